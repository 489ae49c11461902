//! `differences.csv`: what it holds, worked by hand, and the promise of bytes for comparisons.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{FakeEngine, assert_same, files, join, run, settings, shard, two_worlds};
use sim_cli::exit::Exit;
use sim_cli::settings::{Mode, Record, RecordSeries, RunSettings};

fn comparing(out: &Path, replicates: u64) -> RunSettings {
    RunSettings {
        mode: Mode::Compare,
        replicates: Some(replicates),
        ..settings(out)
    }
}

/// The base, an alternative with other luck in which replicate 5 fails, and one that lacks a seller and has another.
fn worlds() -> Vec<FakeEngine> {
    let mut engines = two_worlds();
    engines[1].failing.insert(5);
    let mut third = FakeEngine::wide("other-sellers", 2);
    third.series.retain(|key| key.vendor != "huawei");
    engines.push(third);
    engines
}

type Rows = BTreeMap<String, Vec<String>>;

/// The rows of a table by their first `keys` columns.
fn rows(path: &Path, keys: usize) -> Rows {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let records = reader.records().map(Result::unwrap);
    let row = |record: csv::StringRecord| {
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        (cells[..keys].join(","), cells[keys..].to_vec())
    };
    records.map(row).collect()
}

#[test]
fn each_common_series_has_its_paired_difference() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let wanted = RunSettings {
        formats: crate::common::all_formats(),
        ..comparing(&out, 12)
    };
    assert_eq!(run(worlds(), &wanted).result, Ok(Exit::SomeFailed));
    let text = fs::read_to_string(out.join("differences.csv")).unwrap();
    assert_eq!(
        text.lines().next(),
        Some(
            "base,alt,time,measure,unit,component,generation,place_kind,place,vendor,part,\
             n,mean,sd,p05,p25,p50,p75,p95,ci_low,ci_high,p_sign,variance_ratio"
        )
    );
    let differences = rows(&out.join("differences.csv"), 11);
    // Six series at three dates in the second world; in the third one of them is missing.
    assert_eq!(differences.len(), 18 + 15);
    assert!(
        !differences
            .keys()
            .any(|key| key.contains("other-sellers") && key.contains("huawei"))
    );
    assert!(!text.contains("vendor-"));
    // Against the replicates, by the definitions.
    let replicates = rows(&out.join("replicates.csv"), 11);
    for (key, cells) in &differences {
        let (alt, series) = key.strip_prefix("world-2020,").unwrap().split_once(',').unwrap();
        let value =
            |world: &str, k: u64| -> Option<f64> { replicates.get(&format!("{world},{k},{series}"))?[0].parse().ok() };
        let pairs: Vec<f64> = (0..12)
            .filter_map(|k| Some(value(alt, k)? - value("world-2020", k)?))
            .collect();
        assert_eq!(cells[0], pairs.len().to_string(), "{key}");
        assert!(
            alt != "uk-ban" || pairs.len() < 12,
            "the pair of the failed replicate counts"
        );
        let mean = pairs.iter().sum::<f64>() / pairs.len() as f64;
        assert!((cells[1].parse::<f64>().unwrap() - mean).abs() < 1e-12, "{key}");
        let halves: f64 = (pairs.iter())
            .map(|d| match d * mean {
                same if same > 0.0 => 1.0,
                0.0 => 0.5,
                _ => 0.0,
            })
            .sum();
        assert!(
            (cells[10].parse::<f64>().unwrap() - halves / pairs.len() as f64).abs() < 1e-12,
            "{key}"
        );
    }
}

#[test]
fn a_run_is_no_comparison() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    run(two_worlds(), &settings(&out)).done();
    assert!(!out.join("differences.csv").exists());
    // The same worlds compared are another run.
    let text = run(two_worlds(), &comparing(&out, 12)).refusal().to_owned();
    assert!(text.contains("made by `oransim run`"), "{text}");
}

#[test]
fn nothing_that_happens_to_a_comparison_changes_a_byte() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let with = |out: &Path, replicates| comparing(out, replicates);
    assert_eq!(run(worlds(), &with(&at("one"), 30)).result, Ok(Exit::SomeFailed));
    let expected = files(&at("one"));
    assert!(expected.contains_key("differences.csv"));
    for jobs in [1, 5] {
        let out = at(&format!("jobs-{jobs}"));
        let wanted = RunSettings { jobs, ..with(&out, 30) };
        assert_eq!(run(worlds(), &wanted).result, Ok(Exit::SomeFailed));
        assert_same(&files(&out), &expected);
    }
    // Interrupted, resumed.
    let out = at("cut");
    let mut stopping = worlds();
    for engine in &mut stopping {
        engine.stop_after = Some(7);
    }
    assert!(run(stopping, &with(&out, 30)).result.is_err());
    assert!(!out.join("manifest.json").exists());
    let resumed = RunSettings {
        resume: true,
        ..with(&out, 30)
    };
    assert_eq!(run(worlds(), &resumed).result, Ok(Exit::SomeFailed));
    assert_same(&files(&out), &expected);
    // Extended.
    let out = at("longer");
    assert_eq!(run(worlds(), &with(&out, 9)).result, Ok(Exit::SomeFailed));
    assert_eq!(run(worlds(), &with(&out, 30)).result, Ok(Exit::SomeFailed));
    assert_same(&files(&out), &expected);
    // Merged.
    let out = at("parts");
    for index in [3, 1, 2] {
        let part = RunSettings {
            shard: shard(index, 3),
            ..with(&out, 30)
        };
        assert!(run(worlds(), &part).result.is_ok());
    }
    assert!(join(&out, &settings(&out).formats).result.is_ok());
    let mut merged = files(&out);
    merged.retain(|name, _| !name.starts_with("shard-"));
    assert_same(&merged, &expected);
    // A table that was lost is made again from what is there.
    fs::remove_file(at("one").join("differences.csv")).unwrap();
    run(worlds(), &with(&at("one"), 30)).done();
    assert_same(&files(&at("one")), &expected);
}

#[test]
fn worlds_of_the_same_values_differ_by_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let record = Record {
        series: RecordSeries::None,
        tenders: false,
    };
    let wanted = RunSettings {
        record,
        ..comparing(&out, 20)
    };
    run(vec![FakeEngine::new("a"), FakeEngine::new("b")], &wanted).done();
    let differences = rows(&out.join("differences.csv"), 11);
    assert_eq!(differences.len(), 18);
    for (key, cells) in differences {
        // Every difference is nil and has no spread; the values of either world vary.
        assert_eq!(
            cells[1..],
            ["0", "0", "0", "0", "0", "0", "0", "0", "0", "0.5", "0"],
            "{key}"
        );
    }
}

#[test]
fn with_no_pair_rows_stand_empty() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("run");
    let mut engines = two_worlds();
    engines[0].failing.insert(0);
    engines[1].failing.insert(1);
    assert_eq!(run(engines, &comparing(&out, 2)).result, Ok(Exit::SomeFailed));
    let text = fs::read_to_string(out.join("differences.csv")).unwrap();
    assert_eq!(text.lines().count(), 19);
    assert!(
        text.lines().skip(1).all(|line| line.ends_with(",0,,,,,,,,,,,")),
        "{text}"
    );
}
