//! What a run tells: headline on standard output, progress and notes on standard error.

use crate::common::{FakeEngine, run, run_unread, run_with_progress, settings, two_worlds};
use sim_cli::exit::Exit;
use sim_cli::settings::{Progress, RunSettings};

#[test]
fn results_and_notes_are_kept_apart() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let told = run(two_worlds(), &settings(&out)).done();
    let titles: Vec<&str> = told
        .out
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.is_empty())
        .collect();
    assert_eq!(titles, ["world-2020", "uk-ban", out.to_str().unwrap()]);
    assert!(
        told.err.starts_with("12 replicates of 2 worlds: about "),
        "{}",
        told.err
    );
    assert!(told.err.contains("played 24 replicates in "), "{}", told.err);
    assert!(told.err.contains("10.0 alternatives a tender"), "{}", told.err);
}

#[test]
fn progress_for_machines_is_one_object_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut engines = two_worlds();
    engines[0].failing.insert(2);
    let told = run_with_progress(engines, &settings(&dir.path().join("run")), Progress::Json);
    assert_eq!(told.result, Ok(Exit::SomeFailed));
    let lines: Vec<serde_json::Value> = told
        .err
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["event"], &last["done"], &last["total"]),
        (&"progress".into(), &24.into(), &24.into())
    );
    assert_eq!(last["failed"], 1);
    let done: Vec<u64> = lines.iter().map(|line| line["done"].as_u64().unwrap()).collect();
    assert!(done.is_sorted());
}

#[test]
fn a_closed_pipe_ends_quietly_and_the_run_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    assert_eq!(
        run_unread(vec![FakeEngine::new("world-2020")], &settings(&out)),
        Ok(Exit::Done)
    );
    assert!(out.join("manifest.json").exists());
    let again = RunSettings {
        replicates: Some(12),
        ..settings(&out)
    };
    assert_eq!(run_unread(vec![FakeEngine::new("world-2020")], &again), Ok(Exit::Done));
}
