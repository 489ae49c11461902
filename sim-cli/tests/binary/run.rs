//! `oransim run` from a scenario file to a run directory.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::common::{assert_same, files};
use crate::{MINIMAL, code, done, err, manifest, oransim, refused, study};

#[test]
fn a_run_writes_every_file_and_its_scenario_runs_again_under_the_same_hash() {
    let study = study();
    let here = study.path();
    let text = done(
        here,
        &[
            "run",
            MINIMAL,
            "-n",
            "4",
            "--out",
            "a",
            "--format",
            "csv,parquet,xlsx",
            "--record",
            "core,tenders",
        ],
    );
    assert!(text.starts_with("minimal\n  lock-in of radio networks"), "{text}");
    let all = files(&here.join("a"));
    for name in [
        "manifest.json",
        "scenarios/minimal.toml",
        "summary.csv",
        "replicates.csv",
        "replicates.parquet",
        "tenders.csv",
        "tenders.parquet",
        "summary.xlsx",
        "failures.csv",
        "figures/01-lock-in.svg",
        "figures/01-lock-in.csv",
        "figures/03-shares.svg",
        "figures/05-open-vs-concentration.svg",
    ] {
        assert!(all.contains_key(name), "{name} is missing from {:?}", all.keys());
    }
    assert!(here.join("a/provenance.json").is_file() && !here.join("a/work").exists());
    let summary = fs::read_to_string(here.join("a/summary.csv")).unwrap();
    let row = summary
        .lines()
        .find(|line| line.starts_with("minimal,2035-12-31,lock_in_curve,share_of_price,ran,all,world,world,all,all,"))
        .unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    assert_eq!(cells[10], "4", "{row}");
    let [mean, low, high] = [11, 13, 17].map(|i| cells[i].parse::<f64>().unwrap());
    assert!(low <= mean && mean <= high && (0.0..2.0).contains(&mean), "{row}");
    let tenders = fs::read_to_string(here.join("a/tenders.csv")).unwrap();
    assert!(tenders.lines().filter(|line| line.contains(",renewal,")).count() > 10);
    // A resolved scenario is a scenario, of the same values.
    done(
        here,
        &[
            "run",
            "a/scenarios/minimal.toml",
            "-n",
            "4",
            "--out",
            "b",
            "--record",
            "core,tenders",
            "--quiet",
        ],
    );
    assert_eq!(manifest(&here.join("a"))["hash"], manifest(&here.join("b"))["hash"]);
}

#[test]
fn threads_and_shards_do_not_change_a_byte() {
    let study = study();
    let here = study.path();
    let with = |rest: &[&str]| {
        let args = [
            &[
                "run",
                MINIMAL,
                "-n",
                "6",
                "--format",
                "csv",
                "--record",
                "core,tenders",
                "--quiet",
            ],
            rest,
        ]
        .concat();
        done(here, &args)
    };
    with(&["--jobs", "1", "--out", "one"]);
    with(&["--jobs", "2", "--out", "two"]);
    assert_same(&files(&here.join("one")), &files(&here.join("two")));
    with(&["--shard", "2/2", "--out", "parts"]);
    with(&["--shard", "1/2", "--out", "parts"]);
    done(here, &["merge", "parts", "--format", "csv", "--quiet"]);
    let mut parts = files(&here.join("parts"));
    parts.retain(|name, _| !name.starts_with("shard-"));
    assert_same(&files(&here.join("one")), &parts);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_resumes_to_the_same_bytes() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    let study = study();
    let here = study.path();
    let asked = ["run", MINIMAL, "-n", "100", "--jobs", "1", "--format", "csv", "--out"];
    let child = Command::new(env!("CARGO_BIN_EXE_oransim"))
        .args(asked)
        .arg("cut")
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Some replicates are on the disk, most are not.
    let kept = || {
        let there = files(&here.join("cut/work/segments"));
        there.values().map(Vec::len).sum::<usize>()
    };
    let began = Instant::now();
    while !here.join("cut/work/segments").is_dir() || kept() < 300_000 {
        assert!(began.elapsed() < Duration::from_secs(120), "nothing is played");
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(code(&ended), 4, "{}", err(&ended));
    assert!(err(&ended).contains("--resume"), "{}", err(&ended));
    assert!(here.join("cut/work").is_dir() && !here.join("cut/manifest.json").exists());
    let again = oransim(here, &[&asked[..], &["cut"]].concat());
    assert_eq!(code(&again), 2, "without --resume: {}", err(&again));
    done(here, &[&asked[..], &["cut", "--resume"]].concat());
    done(
        here,
        &[
            "run", MINIMAL, "-n", "100", "--jobs", "2", "--format", "csv", "--out", "whole", "--quiet",
        ],
    );
    assert_same(&files(&here.join("whole")), &files(&here.join("cut")));
}

#[test]
fn values_set_on_the_command_line_reach_the_worlds_that_they_are_meant_for() {
    let study = study();
    let here = study.path();
    done(here, &["new", "scenarios/other.toml", "--from", "minimal"]);
    let both = ["run", MINIMAL, "scenarios/other.toml", "-n", "2", "--quiet"];
    done(here, &[&both[..], &["--out", "a"]].concat());
    done(
        here,
        &[
            &both[..],
            &["--out", "b", "--set", "other:market.taste_scale_share=0.1"],
        ]
        .concat(),
    );
    done(
        here,
        &[&both[..], &["--out", "c", "--set", "market.taste_scale_share=0.1"]].concat(),
    );
    let hash = |run: &str, world: usize| manifest(&here.join(run))["worlds"][world]["values_hash"].clone();
    assert_eq!((hash("a", 0), hash("b", 1)), (hash("b", 0), hash("c", 1)));
    assert_ne!(hash("a", 1), hash("b", 1));
    assert_ne!(hash("a", 0), hash("c", 0));
    let resolved = fs::read_to_string(here.join("b/scenarios/other.toml")).unwrap();
    assert!(resolved.contains("taste_scale_share = 0.1\n"), "{resolved}");
    assert!(!resolved.contains("extends"), "{resolved}");

    let said = refused(here, &["run", MINIMAL, "--set", "market.taste_scal=1", "--out", "d"]);
    assert!(said.contains("did you mean `market.taste_scale_share`?"), "{said}");
    let said = refused(
        here,
        &["run", MINIMAL, "--set", "minima:market.ru_share=0.5", "--out", "d"],
    );
    assert!(said.contains("did you mean `minimal`?"), "{said}");
    let said = refused(here, &["run", MINIMAL, "--set", "market.ru_share=7", "--out", "d"]);
    assert!(said.contains("--set:1:17") && said.contains("out of range"), "{said}");
    assert!(!here.join("d").exists(), "nothing is written for a refused run");
}

#[test]
fn worlds_that_disagree_in_what_a_run_has_once_are_refused() {
    let study = study();
    let here = study.path();
    done(here, &["new", "scenarios/other.toml", "--from", "minimal"]);
    let both = [
        "run",
        MINIMAL,
        "scenarios/other.toml",
        "--set",
        "other:scenario.seed=7",
        "--out",
        "a",
        "-n",
        "1",
        "--quiet",
    ];
    let said = refused(here, &both);
    assert!(said.contains("disagree in `seed` (`minimal` 1, `other` 7)"), "{said}");
    done(here, &[&both[..], &["--seed", "3"]].concat());
    assert_eq!(manifest(&here.join("a"))["seed"], 3);
}

#[test]
fn drawn_parameters_are_those_of_the_trace() {
    let study = study();
    let here = study.path();
    done(here, &["new", "mine.toml", "--from", "minimal"]);
    let drawn = "[uncertainties]\n\"market.taste_scale_share\" = { uniform = { low = 0.05, high = 0.1 } }\n";
    let text = fs::read_to_string(here.join("mine.toml")).unwrap();
    fs::write(here.join("mine.toml"), format!("{text}\n{drawn}")).unwrap();
    let args = [
        "run",
        "mine.toml",
        "-n",
        "2",
        "--format",
        "csv",
        "--record",
        "none,tenders",
        "--quiet",
    ];
    done(here, &[&args[..], &["--out", "sampled"]].concat());
    assert_eq!(manifest(&here.join("sampled"))["uncertainty"], "sampled");
    done(
        here,
        &[&args[..], &["--out", "fixed", "--uncertainty", "fixed"]].concat(),
    );
    assert_eq!(manifest(&here.join("fixed"))["uncertainty"], "fixed");
    let paid = |run: &str| fs::read_to_string(here.join(run).join("tenders.csv")).unwrap();
    assert_ne!(paid("sampled"), paid("fixed"));
    let lines = done(here, &["trace", "mine.toml", "--replicate", "1", "--json"]);
    let events: Vec<Value> = (lines.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let taste = events[0]["parameters"]["market.taste_scale_share"].as_f64().unwrap();
    assert!(events[0]["event"] == "draw" && (0.05..0.1).contains(&taste) && taste != 0.075);
    // The price of the winner in the trace is the price paid in the table.
    let mut compared = 0;
    for event in events.iter().filter(|event| event["outcome"] == "award") {
        let row = format!("mine,1,{},", event["tender"].as_str().unwrap());
        let table = paid("sampled");
        let row = table.lines().find(|line| line.starts_with(&row)).unwrap();
        let winner = &event["alternatives"][0];
        assert_eq!(winner["alternative"], event["winner"]);
        let column = row.split(',').nth(17).unwrap();
        let (table, traced) = (column.parse::<f64>().unwrap(), winner["price"].as_f64().unwrap());
        // The reader of JSON here may miss the last digit.
        assert!((table / traced - 1.0).abs() < 1e-14, "{table} {traced}");
        compared += 1;
    }
    assert!(compared > 20);
}
