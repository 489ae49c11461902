//! What users and damaged disks may feed to the readers: any bytes end in a value or in a message.
//!
//! Each property plays a fixed number of cases, 64 by default: `PROPTEST_CASES=20000 cargo test --release -p sim-cli
//! --test hostile` is the long form, and `benches/fuzz/run` sets a fuzzer that sees branches on the same readers.

mod common;

use std::path::Path;
use std::sync::LazyLock;

use common::{run, settings, two_worlds};
use proptest::prelude::*;
use proptest::test_runner::Config;
use sim_cli::exit::Failure;
use sim_cli::observed;
use sim_cli::settings::RunSettings;
use sim_cli::store::entry::Entry;
use sim_cli::store::manifest::Manifest;
use sim_cli::store::plan::Plan;
use sim_cli::store::segments::Segments;
use sim_core::design::parse_table;
use sim_core::scenario::document::{MAX_FILE_BYTES, ReadFiles, load};

/// A change of a text or a file by bytes: what editors, transfers and bad disks do.
#[derive(Debug, Clone)]
enum Change {
    Cut(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    Replace(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, usize, u8),
    End(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    // Pieces that mean something to a reader of TOML, CSV or JSON, beside any bytes.
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..8),
        prop::sample::select(vec![
            "\"",
            "'",
            "[",
            "]]",
            "{",
            "}",
            ",",
            "\n",
            "\r\n",
            "=",
            "#",
            "\\u{110000}",
            "\u{feff}",
            "-",
            "1e999",
            "-1e-999",
            "99999999999999999999",
            "nan",
            "inf",
            "0x",
            "\"\"\"",
            "2020-13-45",
            "../..",
            "null",
            "point",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (at(), 1_usize..60).prop_map(|(at, n)| Change::Cut(at, n)),
        (at(), piece.clone()).prop_map(|(at, with)| Change::Insert(at, with)),
        (at(), piece).prop_map(|(at, with)| Change::Replace(at, with)),
        (at(), 1_usize..40, 1_u8..60).prop_map(|(at, n, times)| Change::Repeat(at, n, times)),
        at().prop_map(Change::End),
    ]
}

fn changed(good: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        let (Change::Cut(at, _)
        | Change::Insert(at, _)
        | Change::Replace(at, _)
        | Change::Repeat(at, ..)
        | Change::End(at)) = change;
        let start = at.index(length);
        let upto = |n: usize| (start + n).min(length);
        match change {
            Change::Cut(_, n) => drop(bytes.drain(start..upto(*n))),
            Change::Insert(_, with) => drop(bytes.splice(start..start, with.iter().copied())),
            Change::Replace(_, with) => drop(bytes.splice(start..upto(with.len()), with.iter().copied())),
            Change::Repeat(_, n, times) => {
                let piece = bytes[start..upto(*n)].repeat(usize::from(*times));
                drop(bytes.splice(start..start, piece));
            }
            Change::End(_) => bytes.truncate(start),
        }
    }
    bytes
}

fn repository(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

static MINIMAL: LazyLock<Vec<u8>> = LazyLock::new(|| repository("scenarios/minimal.toml"));
static OBSERVED: LazyLock<Vec<u8>> = LazyLock::new(|| repository("scenarios/observed/ran-sales-delloro.csv"));

/// A finished run and one that was left in the middle.
static RUNS: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    run(two_worlds(), &settings(&dir.path().join("finished"))).done();
    let mut engines = two_worlds();
    engines[0].stop_after = Some(9);
    engines.iter_mut().for_each(|engine| engine.tenders = true);
    let stopped = run(
        engines,
        &RunSettings {
            record: "core,tenders".parse().unwrap(),
            ..settings(&dir.path().join("stopped"))
        },
    );
    assert!(matches!(stopped.result, Err(Failure::Interrupted(_))));
    dir
});

fn of_runs(name: &str) -> Vec<u8> {
    std::fs::read(RUNS.path().join(name)).unwrap()
}

/// One file, under the name of a scenario.
struct One<'a>(&'a str);

impl ReadFiles for One<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "a.toml" => Ok(self.0.to_owned()),
            _ => Err("there is no such file".to_owned()),
        }
    }
}

/// Loads, decodes and checks a scenario: a world, or messages.
fn scenario_is_read_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    let text = String::from_utf8_lossy(bytes);
    match load(&One(&text), "a.toml") {
        Err(faults) => prop_assert!(faults.has_errors() && !faults.to_string().is_empty()),
        Ok(document) => match sim_core::scenario::decode(&document) {
            Ok(read) => prop_assert!(!read.value.operators.is_empty() && read.value.start < read.value.end),
            Err(faults) => prop_assert!(faults.has_errors() && !faults.to_string().is_empty()),
        },
    }
    Ok(())
}

fn observations_are_read_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("observed.csv");
    std::fs::write(&path, bytes).unwrap();
    match observed::read(&path) {
        Ok(found) => prop_assert!(found.values().all(|points| !points.is_empty())),
        Err(Failure::Refused(text) | Failure::CouldNotGoOn(text)) => {
            prop_assert!(text.contains("observed.csv") && text.len() < 1 << 20, "{}", text.len());
        }
        Err(other) => prop_assert!(false, "{other:?}"),
    }
    Ok(())
}

/// Takes a damaged segment in and reads all that it still offers.
fn segment_is_read_or_left_out(bytes: &[u8]) -> Result<(), TestCaseError> {
    let plan = Plan::parse(&String::from_utf8(of_runs("stopped/work/plan.json")).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("world-2020-0001.seg"), bytes).unwrap();
    let mut segments = Segments::new(plan.layouts(), &plan.manifest.run_key());
    if segments.open_for_writing(dir.path()).is_err() {
        // A whole header of another run.
        return Ok(());
    }
    for world in 0..plan.worlds.len() {
        for k in segments.records(world) {
            let entry = segments.entry(world, k).unwrap();
            let is_record = matches!(entry, Entry::Record { .. });
            prop_assert!(is_record);
            segments.tenders(world, k, None).unwrap();
        }
        prop_assert!(segments.failures(world).is_ok());
    }
    Ok(())
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: cases(), ..Config::default() })]

    #[test]
    fn any_bytes_make_no_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        scenario_is_read_or_refused(&bytes)?;
        observations_are_read_or_refused(&bytes)?;
        segment_is_read_or_left_out(&bytes)?;
        prop_assert!(Manifest::parse(&text).is_err() && Plan::parse(&text).is_err());
        if let Ok(table) = parse_table(&text) {
            prop_assert!(table.points.iter().flatten().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn changed_scenarios(changes in prop::collection::vec(change(), 1..6)) {
        scenario_is_read_or_refused(&changed(&MINIMAL, &changes))?;
    }

    #[test]
    fn changed_observations(changes in prop::collection::vec(change(), 1..6)) {
        observations_are_read_or_refused(&changed(&OBSERVED, &changes))?;
    }

    #[test]
    fn changed_designs(rows in 1_usize..30, changes in prop::collection::vec(change(), 1..6)) {
        let lines = (0..rows).map(|row| format!("{row},{},{}\n", row as f64 / 7.0, -1.5e-3 * row as f64));
        let good = format!("point,market.taste_scale_share,\"a \"\"b\"\"\"\n{}", lines.collect::<String>());
        prop_assert!(parse_table(&good).is_ok());
        if let Ok(table) = parse_table(&String::from_utf8_lossy(&changed(good.as_bytes(), &changes))) {
            prop_assert!(table.points.iter().all(|row| row.len() == table.paths.len()));
            prop_assert!(table.points.iter().flatten().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn changed_manifests_and_plans(changes in prop::collection::vec(change(), 1..6)) {
        let good = of_runs("finished/manifest.json");
        let text = String::from_utf8_lossy(&changed(&good, &changes)).into_owned();
        if let Ok(read) = Manifest::parse(&text) {
            // Its hashes hold, so that it can only be the one that was written.
            prop_assert_eq!(Some(read), Manifest::parse(&String::from_utf8_lossy(&good)).ok());
        }
        let plan = changed(&of_runs("stopped/work/plan.json"), &changes);
        if let Ok(plan) = Plan::parse(&String::from_utf8_lossy(&plan)) {
            prop_assert_eq!(plan.worlds.len(), plan.manifest.worlds.len());
        }
    }

    #[test]
    fn changed_segments(changes in prop::collection::vec(change(), 1..6)) {
        segment_is_read_or_left_out(&changed(&of_runs("stopped/work/segments/world-2020-0001.seg"), &changes))?;
    }
}

/// Cases of each property, as `PROPTEST_CASES` says.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(64)
}

/// The stated limits hold before anything is built of what is beyond them.
#[test]
fn what_is_too_large_is_refused_by_its_size() {
    let long = "#".repeat(MAX_FILE_BYTES + 1);
    let text = load(&One(&long), "a.toml").unwrap_err().to_string();
    assert!(text.contains("bytes a file"), "{}", &text[..text.len().min(300)]);
    let deep = format!("a = {}1{}\n", "[".repeat(500), "]".repeat(500));
    assert!(load(&One(&deep), "a.toml").is_err());
    let rows = "1\n".repeat(sim_core::design::MAX_POINTS as usize + 1);
    let text = parse_table(&format!("a\n{rows}")).unwrap_err().to_string();
    assert!(text.contains("more than 100000 points"), "{text}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("observed.csv");
    let file = std::fs::File::create(&path).unwrap();
    // A hole: no byte of it is ever read.
    file.set_len(8 << 30).unwrap();
    let text = observed::read(&path).unwrap_err().to_string();
    assert!(text.contains("MiB"), "{text}");
    // A million faults are told in a few lines.
    let header = String::from_utf8(OBSERVED.clone())
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    std::fs::write(&path, format!("{header}\n{}", "x\n".repeat(200_000))).unwrap();
    let text = observed::read(&path).unwrap_err().to_string();
    assert!(
        text.lines().count() < 60 && text.contains("more"),
        "{}",
        text.lines().count()
    );
}
