//! `oransim trace` and `oransim figures`, and the help of all commands.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::{MINIMAL, code, done, edit, err, oransim, refused, study};

#[test]
fn trace_tells_in_words_and_for_machines() {
    let study = study();
    let here = study.path();
    let words = done(
        here,
        &[
            "trace",
            MINIMAL,
            "--replicate",
            "0",
            "--operator",
            "north",
            "--to",
            "2021-12-31",
        ],
    );
    assert!(
        words.contains("  tender    north.t0.c0.4g.n0 (renewal, DEU, 5,000 sites; stands: alpha of "),
        "{words}"
    );
    assert!(words.contains(" won over ") && !words.contains("south."), "{words}");
    let lines = done(here, &["trace", MINIMAL, "--replicate", "0", "--json"]);
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for kind in ["review", "launch", "tender", "delivery"] {
        assert!(events.iter().any(|event| event["event"] == kind), "{kind}");
    }
    // The trace plays the very replicate that a run records.
    done(
        here,
        &[
            "run",
            MINIMAL,
            "-n",
            "1",
            "--format",
            "csv",
            "--record",
            "core,tenders",
            "--out",
            "a",
            "--quiet",
        ],
    );
    let tenders = fs::read_to_string(here.join("a/tenders.csv")).unwrap();
    let traced = events.iter().filter(|event| event["event"] == "tender");
    assert!(traced.clone().count() > 50);
    for event in traced {
        let id = format!(",{},", event["tender"].as_str().unwrap());
        let row = tenders.lines().find(|line| line.contains(&id)).unwrap();
        assert!(
            row.contains(&format!(",{}", event["outcome"].as_str().unwrap())),
            "{row}"
        );
    }
    let said = refused(here, &["trace", MINIMAL, "--replicate", "0", "--operator", "nrth"]);
    assert!(said.contains("did you mean `north`?"), "{said}");
    let days = ["--from", "2024-01-01", "--to", "2020-02-01"];
    let said = refused(here, &[&["trace", MINIMAL, "--replicate", "0"][..], &days].concat());
    assert!(said.contains("--from 2024-01-01 is after --to 2020-02-01"), "{said}");
}

#[test]
fn figures_are_made_checked_and_found_stale() {
    let study = study();
    let here = study.path();
    fs::create_dir(here.join("results")).unwrap();
    let list = r#"format = 1
[[world]]
id = "open"
title = "Open from the start"
extends = "scenarios/minimal.toml"
[world.set]
"vendor.beta.opens" = 2015-01-01
"levers.out" = { procurement_ban = { in_force = 2026-01-01, scope = { vendors = ["alpha"] } } }
[[figure]]
name = "01-lock-in"
worlds = ["scenarios/minimal.toml", "open"]
replicates = 3
seed = 5
cheap = true
command = "oransim figures --only 01-lock-in"
measures = ["lock_in_curve"]
"#;
    fs::write(here.join("results/figures.toml"), list).unwrap();
    // From a folder below, too.
    let made = done(&here.join("scenarios"), &["figures", "--only", "01-lock-in"]);
    assert_eq!(
        made,
        "results/01-lock-in.csv\nresults/01-lock-in.svg\nresults/README.md\n"
    );
    done(here, &["figures", "--check"]);
    // The hash is that of a run of the same worlds, and so are the numbers.
    done(here, &["new", "scenarios/open.toml", "--from", "minimal"]);
    let open = [
        "run",
        MINIMAL,
        "scenarios/open.toml",
        "-n",
        "3",
        "--seed",
        "5",
        "--out",
        "a",
        "--quiet",
        "--set",
        "open:scenario.title=Open from the start",
        "--set",
        "open:vendor.beta.opens=2015-01-01",
        "--set",
        "open:levers.out={ procurement_ban = { in_force = 2026-01-01, scope = { vendors = [\"alpha\"] } } }",
    ];
    edit(&here.join("scenarios/open.toml"), "question = \"\"\n", "");
    done(here, &open);
    let csv = |path: PathBuf| fs::read_to_string(path).unwrap();
    assert_eq!(
        csv(here.join("results/01-lock-in.csv")),
        csv(here.join("a/figures/01-lock-in.csv"))
    );
    edit(&here.join("results/01-lock-in.svg"), "</svg>", "<!-- hand --></svg>");
    let output = oransim(here, &["figures", "--check"]);
    assert_eq!(code(&output), 5, "{}", err(&output));
    assert!(err(&output).contains("01-lock-in.svg: differs"), "{}", err(&output));
    // The page that lists all figures is not asked for with one of them, and other figures are not computed.
    edit(&here.join("results/README.md"), "\n", "\nby hand\n");
    let other = list
        .replace("01-lock-in", "02-causes")
        .replace("\"lock_in_curve\"", "\"lock_in_part\", \"lock_in_index\"");
    let (_, other) = other.split_once("[[figure]]").unwrap();
    fs::write(here.join("results/figures.toml"), format!("{list}[[figure]]{other}")).unwrap();
    let output = oransim(here, &["figures", "--only", "01-lock-in", "--check"]);
    assert_eq!(code(&output), 5, "{}", err(&output));
    let said = err(&output);
    assert!(
        said.lines()
            .all(|line| line.contains("results/01-lock-in.svg: differs")),
        "{said}"
    );
    edit(&here.join("results/01-lock-in.svg"), "<!-- hand -->", "");
    done(here, &["figures", "--only", "01-lock-in", "--check"]);
    let output = oransim(here, &["figures", "--only", "02-causes", "--check"]);
    assert!(
        code(&output) == 5 && err(&output).contains("02-causes.csv: missing"),
        "{}",
        err(&output)
    );
    assert!(refused(here, &["figures", "--only", "03-shares", "--check"]).contains("there are 01-lock-in, 02-causes"));
    fs::write(here.join("results/figures.toml"), list).unwrap();
    edit(&here.join(MINIMAL), "ru_share = 0.6", "ru_share = 0.61");
    let output = oransim(here, &["figures", "--check"]);
    assert!(code(&output) == 5 && err(&output).contains("stale"), "{}", err(&output));
    assert!(refused(here, &["figures", "--only", "02-causes"]).contains("there are 01-lock-in"));
    let empty = tempfile::tempdir().unwrap();
    assert!(refused(empty.path(), &["figures"]).contains("results/figures.toml"));
}

#[test]
fn help_of_each_command_shows_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "run", "merge", "score", "report", "check", "resolve", "schema", "measures", "levers", "trace", "figures",
        "init", "new",
    ] {
        let help = done(folder.path(), &[command, "--help"]);
        assert!(
            help.contains("Examples:") && help.contains(&format!("  oransim {command}")),
            "{help}"
        );
    }
    assert!(done(folder.path(), &["--help"]).contains("Exit codes:"));
    for (command, said) in [
        ("score", "a file that is there already is overwritten"),
        ("report", "name a folder that holds both: typst compile --root DIR"),
    ] {
        let help = done(folder.path(), &[command, "--help"]);
        // However the lines are broken.
        let words: Vec<&str> = help.split_whitespace().collect();
        assert!(words.join(" ").contains(said), "{help}");
    }
    assert_eq!(code(&oransim(folder.path(), &["no-such-command"])), 2);
}
