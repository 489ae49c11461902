//! Runs that find the number of their replicates: `--until-halfwidth`.

use std::path::Path;

use crate::common::{FakeEngine, assert_same, files, run, settings, two_worlds};
use sim_cli::exit::{Exit, Failure};
use sim_cli::settings::{Format, RunSettings, formats};

/// The values of the watched cell are even on an interval of length 1 but for some that are undefined: the standard
/// deviation is 0.29, and after 200 and 400 replicates a 99% interval of the mean (five looks) reaches 0.057 and 0.040
/// to each side.
fn wanted(out: &Path, half_width: f64) -> RunSettings {
    RunSettings {
        until: Some(format!("lock_in_curve={half_width}").parse().unwrap()),
        replicates: Some(1600),
        ..settings(out)
    }
}

/// Replicates that the finished run has, by its manifest.
fn replicates(out: &Path) -> u64 {
    let text = std::fs::read_to_string(out.join("manifest.json")).unwrap();
    let manifest = sim_cli::store::manifest::Manifest::parse(&text).unwrap();
    assert_eq!(manifest.until.as_ref().unwrap().measure, "lock_in_curve");
    manifest.replicates
}

#[test]
fn it_stops_at_the_look_at_which_the_mean_is_known() {
    let dir = tempfile::tempdir().unwrap();
    for (half_width, expected) in [(0.1, 100), (0.07, 200), (0.048, 400), (0.034, 800), (0.000_1, 1600)] {
        let out = dir.path().join(expected.to_string());
        let told = run(two_worlds(), &wanted(&out, half_width)).done();
        assert_eq!(replicates(&out), expected, "{half_width}");
        let word = if expected == 1600 {
            "not reached with"
        } else {
            "stopped at"
        };
        assert!(
            told.err.contains(&format!("{word} {expected} replicates")),
            "{}",
            told.err
        );
        assert!(told.err.contains("99.00%"), "{}", told.err);
    }
}

/// The half-width at the stop by the textbook's formula from the values that the run has kept.
#[test]
fn the_number_that_it_tells_is_that_of_the_replicates_kept() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let wanted = RunSettings {
        formats: formats(&[Format::Csv]),
        ..wanted(&out, 0.048)
    };
    let told = run(vec![FakeEngine::new("world-2020")], &wanted).done();
    let table = std::fs::read_to_string(out.join("replicates.csv")).unwrap();
    let values: Vec<f64> = (table.lines())
        .filter(|line| line.contains(",2022-12-31,lock_in_curve,share,ran,all,world,world,all,all,"))
        .filter_map(|line| line.rsplit(',').next()?.parse().ok())
        .collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let sd = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt();
    // Student's 0.995 quantile at about 330 degrees of freedom.
    let half_width = 2.591 * sd / n.sqrt();
    let said = told
        .err
        .split("known within ")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let said: f64 = said.parse().unwrap();
    assert!((said - half_width).abs() < 2e-4, "{said} {half_width} of {n}");
}

#[test]
fn the_same_bytes_for_any_threads_and_after_interruptions() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| dir.path().join(name);
    let one = RunSettings {
        jobs: 1,
        ..wanted(&place("one"), 0.048)
    };
    run(two_worlds(), &one).done();
    run(two_worlds(), &wanted(&place("two"), 0.048)).done();
    let expected = files(&place("one"));
    assert_same(&files(&place("two")), &expected);

    let out = place("resumed");
    for stop_after in [90, 100, 120] {
        let mut engines = two_worlds();
        engines[0].stop_after = Some(stop_after);
        let again = RunSettings {
            resume: out.exists(),
            ..wanted(&out, 0.048)
        };
        let stopped = run(engines, &again);
        assert!(
            matches!(stopped.result, Err(Failure::Interrupted(_))),
            "{:?}",
            stopped.result
        );
        assert!(!out.join("manifest.json").exists());
    }
    // Without a word on the most replicates, those of the run that was begun hold.
    let rest = RunSettings {
        resume: true,
        replicates: None,
        ..wanted(&out, 0.048)
    };
    run(two_worlds(), &rest).done();
    assert_same(&files(&out), &expected);

    // Asked once more, nothing is played.
    let engines = two_worlds();
    let asked = std::sync::Arc::clone(&engines[0].asked);
    run(engines, &wanted(&out, 0.048)).done();
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_same(&files(&out), &expected);
}

#[test]
fn another_rule_is_another_run() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    run(two_worlds(), &wanted(&out, 0.07)).done();
    let text = run(two_worlds(), &wanted(&out, 0.048)).refusal().to_owned();
    assert!(
        text.contains("lock_in_curve within 0.07 or 1600 replicates there"),
        "{text}"
    );
    let plain = RunSettings {
        replicates: Some(200),
        ..settings(&out)
    };
    assert!(
        run(two_worlds(), &plain)
            .refusal()
            .contains("a number of replicates here")
    );
}

#[test]
fn what_is_not_recorded_cannot_be_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let asks = |text: &str| RunSettings {
        until: Some(text.parse().unwrap()),
        ..settings(&out)
    };
    let text = run(two_worlds(), &asks("lock_in_curv=0.1")).refusal().to_owned();
    assert!(
        text.contains("`lock_in_curv`") && text.contains("Did you mean `lock_in_curve`?"),
        "{text}"
    );
    // Recorded, but for sellers alone.
    assert!(
        run(two_worlds(), &asks("share_sites=0.1"))
            .refusal()
            .contains("`share_sites`")
    );
    assert!(!out.exists());
}

/// A measure that is never defined is never known, and replicates that fail do not hide that.
#[test]
fn failures_are_left_out_and_the_cap_holds() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let mut engines = two_worlds();
    engines[1].failing = (0..130).collect();
    let wanted = RunSettings {
        replicates: Some(120),
        ..wanted(&out, 0.5)
    };
    let told = run(engines, &wanted);
    assert_eq!(told.result, Ok(Exit::SomeFailed));
    assert_eq!(replicates(&out), 120);
    assert!(told.err.contains("known within no bound"), "{}", told.err);
}

#[test]
fn shards_and_rules_do_not_go_together_on_the_command_line() {
    use clap::Parser as _;
    let parse = |args: &[&str]| sim_cli::cli::Cli::try_parse_from(["oransim", "run", "a.toml"].iter().chain(args));
    assert!(parse(&["--until-halfwidth", "hhi_sites=0.01"]).is_ok());
    assert!(parse(&["--until-halfwidth", "hhi_sites=0"]).is_err());
    assert!(parse(&["--until-halfwidth", "hhi_sites=0.01", "--shard", "1/2"]).is_err());
}
