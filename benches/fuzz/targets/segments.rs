//! Any bytes as a segment: what is not sound is left out, and all that is offered can be read; and after a repair the
//! same is offered again.
//!
//! The first byte says what follows the header of the file: odd, bytes as they stand on a damaged disk; even, payloads
//! with their lengths (16 bits) before them, each laid into a sound frame, so that what lies behind the checksum is
//! reached.

#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sim_cli::store::bytes::Cursor;
use sim_cli::store::entry::{Entry, FailedReplicate};
use sim_cli::store::frame;
use sim_cli::store::segments::Segments;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(fuzzed::folder);

/// Bytes of a file without a frame.
static HEADER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = FOLDER.join("header");
    let mut segments = empty();
    segments.open_for_writing(&folder).expect("a folder can be made");
    let entry = Entry::Failure(FailedReplicate {
        time: String::new(),
        place: String::new(),
        message: String::new(),
    });
    segments.append(0, 0, &entry).expect("a file can be written");
    let mut bytes = std::fs::read(folder.join("w-0001.seg")).expect("it is there");
    bytes.truncate(bytes.len() - frame::HEAD - entry.encode(0).len());
    bytes
});

fn empty() -> Segments {
    Segments::new(vec![fuzzed::layout()], "fuzz")
}

fn file(bytes: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = bytes.split_first()?;
    let mut file = HEADER.clone();
    if first & 1 == 1 {
        file.extend_from_slice(rest);
        return Some(file);
    }
    let mut cursor = Cursor::new(rest);
    while let Some(length) = cursor.u16() {
        let payload = cursor.take(usize::from(length)).unwrap_or_else(|| cursor.rest());
        file.extend(frame::encode(payload)?);
    }
    Some(file)
}

/// All that a folder offers, written anew.
fn offered(folder: &Path, repair: bool) -> Vec<Vec<u8>> {
    let mut segments = empty();
    let opened = match repair {
        true => segments.open_for_writing(folder),
        false => segments.open_for_reading(folder),
    };
    opened.expect("the header is sound");
    let mut all = Vec::new();
    for k in segments.records(0) {
        let entry = segments.entry(0, k).expect("what is offered can be read");
        assert!(matches!(entry, Entry::Record { .. }));
        let mut values = Vec::new();
        segments.values(0, k, 0..2, &mut values).expect("and its values");
        let whole = segments.tenders(0, k, None).expect("and its tenders");
        let one = segments.tenders(0, k, Some(9)).expect("and a column of them");
        assert_eq!(one.columns[9].len(), whole.len());
        all.push(entry.encode(k));
    }
    let failed = segments.failures(0).expect("and the failures");
    assert_eq!((all.len() + failed.len()) as u64, segments.finished());
    all.extend(failed.into_iter().map(|(k, failure)| Entry::Failure(failure).encode(k)));
    all
}

fuzz_target!(init: fuzzed::write_seeds(), |bytes: &[u8]| {
    let Some(bytes) = file(bytes) else { return };
    let folder = FOLDER.join("segments");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join("w-0001.seg"), bytes).expect("a file can be written");
    let before = offered(&folder, false);
    assert_eq!(before, offered(&folder, true));
    assert_eq!(before, offered(&folder, false));
});
