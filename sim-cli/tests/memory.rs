//! Memory stays bounded: 1,000 replicates of 30,000 values are 240 MB on disk, and far less in memory.
//!
//! Alone in its file, since the peak is that of the whole process.

mod common;

use std::time::Instant;

use common::{FakeEngine, run, settings};
use sim_cli::settings::{Format, RunSettings, formats};

/// Peak resident memory of this process in bytes; `None` off Linux.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024 * kilobytes)
}

fn played(replicates: u64, more: usize, asked: &[Format]) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let wanted = RunSettings {
        replicates: Some(replicates),
        formats: formats(asked),
        ..settings(&out)
    };
    let began = Instant::now();
    run(vec![FakeEngine::wide("world-2020", more)], &wanted).done();
    let rows = replicates * 3 * (more as u64 + 6);
    println!(
        "{rows} values in {:.1} s, peak {:?} bytes",
        began.elapsed().as_secs_f64(),
        peak()
    );
    rows
}

#[test]
fn a_small_run_needs_little() {
    let rows = played(100, 194, &[]);
    assert_eq!(rows, 60_000);
    if let Some(peak) = peak() {
        assert!(peak < 200_000_000, "peak {peak}");
    }
}

#[test]
#[ignore = "takes minutes without optimisation: run with --release --ignored"]
fn a_run_of_the_reference_size_needs_less_than_half_a_gigabyte() {
    let rows = played(1_000, 9_994, &[]);
    assert_eq!(rows, 30_000_000);
    if let Some(peak) = peak() {
        assert!(peak < 300_000_000, "peak {peak}");
    }
}
