//! Segments under damage.

use super::*;
use proptest::prelude::*;
use sim_core::record::Counters;

fn layout() -> Layout {
    let label = super::super::layout::SeriesLabel {
        measure: "lock_in_curve".into(),
        unit: "share_of_price".into(),
        component: "ran".into(),
        generation: "all".into(),
        place_kind: "world".into(),
        place: "world".into(),
        vendor: "all".into(),
        part: "all".into(),
    };
    Layout {
        id: "w".into(),
        dates: vec![0, 365, 730],
        series: vec![label],
    }
}

fn entry(k: u64) -> Entry {
    if k % 5 == 4 {
        let text = format!("replicate {k}");
        return Entry::Failure(FailedReplicate {
            time: text.clone(),
            place: text.clone(),
            message: text,
        });
    }
    let values = vec![k as f64, f64::NAN, -(k as f64)];
    Entry::Record {
        counters: Counters::default(),
        values,
        tenders: Tenders::default(),
    }
}

fn written(directory: &Path, replicates: u64) -> PathBuf {
    let mut segments = Segments::new(vec![layout()], "key");
    segments.open_for_writing(directory).unwrap();
    for k in 0..replicates {
        segments.append(0, k, &entry(k)).unwrap();
    }
    directory.join("w-0001.seg")
}

#[test]
fn blocks_of_columns_are_those_of_the_record() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 10);
    let mut segments = Segments::new(vec![layout()], "key");
    segments.open_for_reading(dir.path()).unwrap();
    assert_eq!(segments.records(0), [0, 1, 2, 3, 5, 6, 7, 8]);
    let mut block = Vec::new();
    segments.values(0, 7, 0..1, &mut block).unwrap();
    segments.values(0, 3, 2..3, &mut block).unwrap();
    assert_eq!(block, [7.0, -3.0]);
    assert_eq!(segments.failures(0).unwrap().len(), 2);
}

#[test]
fn segments_of_another_run_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 2);
    let refused = Segments::new(vec![layout()], "other").open_for_reading(dir.path());
    assert!(matches!(refused, Err(Failure::Refused(_))));
}

#[test]
fn a_segment_larger_than_any_is_refused_unread() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(dir.path(), 2);
    // The file has no more room on the disk than before.
    let grown = OpenOptions::new().write(true).open(&path).unwrap();
    grown.set_len(FILE_MOST + 1).unwrap();
    let refused = Segments::new(vec![layout()], "key")
        .open_for_writing(dir.path())
        .unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)));
    assert!(
        refused.message().contains("w-0001.seg has more than 4160 MiB"),
        "{refused}"
    );
    assert_eq!(fs::metadata(&path).unwrap().len(), FILE_MOST + 1, "nothing is cut off");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damage_costs_at_most_what_it_touches(
        cut in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        rubbish in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = written(dir.path(), 10);
        let good = fs::read(&path).unwrap();
        let mut bytes = good.clone();
        bytes.truncate(FILE_HEAD + cut.index(good.len() + 1 - FILE_HEAD));
        let at = FILE_HEAD + at.index(bytes.len() + 1 - FILE_HEAD);
        let end = (at + rubbish.len()).min(bytes.len());
        bytes[at..end].copy_from_slice(&rubbish[..end - at]);
        fs::write(&path, &bytes).unwrap();
        let mut segments = Segments::new(vec![layout()], "key");
        segments.open_for_writing(dir.path()).unwrap();
        let mut whole = 0;
        let frames = frame::scan(&good, FILE_HEAD);
        for (k, range) in (0..10).zip(&frames) {
            let frame = range.start - frame::HEAD..range.end;
            let is_whole = frame.end <= bytes.len() && bytes[frame.clone()] == good[frame];
            prop_assert_eq!(segments.has(0, k), is_whole);
            if is_whole {
                whole += 1;
                prop_assert_eq!(segments.entry(0, k).unwrap().encode(k), entry(k).encode(k));
            }
        }
        prop_assert_eq!(segments.finished(), whole);
        // What was lost is appended again, in another file, and then all is there.
        for k in 0..10 {
            if !segments.has(0, k) {
                segments.append(0, k, &entry(k)).unwrap();
            }
        }
        let mut again = Segments::new(vec![layout()], "key");
        again.open_for_reading(dir.path()).unwrap();
        prop_assert_eq!(again.finished(), 10);
    }
}
