//! Any bytes as a file of observations: points in order, or a message that names the file and is no longer than a
//! person reads.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sim_cli::exit::Failure;
use sim_cli::observed::{COLUMNS, read};

static FILE: LazyLock<PathBuf> = LazyLock::new(|| fuzzed::folder().join("observed.csv"));

fuzz_target!(|bytes: &[u8]| {
    // Half of the inputs are rows below the right header: guessing it takes the fuzzer a long time.
    let mut text = Vec::new();
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        text.extend_from_slice(COLUMNS.join(",").as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(bytes);
    std::fs::write(&*FILE, text).expect("a temporary file can be written");
    match read(&FILE) {
        Ok(found) => assert!(found.values().all(|points| !points.is_empty())),
        Err(Failure::Refused(text) | Failure::CouldNotGoOn(text)) => {
            assert!(
                text.contains("observed.csv") && text.len() < 1 << 20,
                "{} bytes",
                text.len()
            );
        }
        Err(other) => panic!("{other:?}"),
    }
});
