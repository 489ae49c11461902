//! The binary as its users meet it: arguments in, files, texts and exit codes out.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{assert_same, files};
use serde_json::Value;

fn oransim(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oransim"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1");
    command.output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs and gives standard output; the exit code must be 0.
fn done(folder: &Path, args: &[&str]) -> String {
    let output = oransim(folder, args);
    assert_eq!(code(&output), 0, "{args:?}: {}", err(&output));
    out(&output)
}

/// Runs and gives standard error; the exit code must be 2.
fn refused(folder: &Path, args: &[&str]) -> String {
    let output = oransim(folder, args);
    assert_eq!(code(&output), 2, "{args:?}: {}", err(&output));
    assert!(!err(&output).contains("error: error"), "{}", err(&output));
    err(&output)
}

/// A folder with the scenarios that the program carries.
fn study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["init", "."]);
    folder
}

const MINIMAL: &str = "scenarios/minimal.toml";

fn manifest(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

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
    assert!(
        text.starts_with("minimal\n  lock-in of radio networks"),
        "{text}"
    );
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
        assert!(
            all.contains_key(name),
            "{name} is missing from {:?}",
            all.keys()
        );
    }
    assert!(here.join("a/provenance.json").is_file() && !here.join("a/work").exists());
    let summary = fs::read_to_string(here.join("a/summary.csv")).unwrap();
    let row = summary
        .lines()
        .find(|line| {
            line.starts_with(
                "minimal,2035-12-31,lock_in_curve,share_of_price,ran,all,world,world,all,all,",
            )
        })
        .unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    assert_eq!(cells[10], "4", "{row}");
    let [mean, low, high] = [11, 13, 17].map(|i| cells[i].parse::<f64>().unwrap());
    assert!(
        low <= mean && mean <= high && (0.0..2.0).contains(&mean),
        "{row}"
    );
    let tenders = fs::read_to_string(here.join("a/tenders.csv")).unwrap();
    assert!(
        tenders
            .lines()
            .filter(|line| line.contains(",renewal,"))
            .count()
            > 10
    );
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
    assert_eq!(
        manifest(&here.join("a"))["hash"],
        manifest(&here.join("b"))["hash"]
    );
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
    let asked = [
        "run", MINIMAL, "-n", "100", "--jobs", "1", "--format", "csv", "--out",
    ];
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
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "nothing is played"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
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
            "run", MINIMAL, "-n", "100", "--jobs", "2", "--format", "csv", "--out", "whole",
            "--quiet",
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
        &[
            &both[..],
            &["--out", "c", "--set", "market.taste_scale_share=0.1"],
        ]
        .concat(),
    );
    let hash =
        |run: &str, world: usize| manifest(&here.join(run))["worlds"][world]["values_hash"].clone();
    assert_eq!((hash("a", 0), hash("b", 1)), (hash("b", 0), hash("c", 1)));
    assert_ne!(hash("a", 1), hash("b", 1));
    assert_ne!(hash("a", 0), hash("c", 0));
    let resolved = fs::read_to_string(here.join("b/scenarios/other.toml")).unwrap();
    assert!(resolved.contains("taste_scale_share = 0.1\n"), "{resolved}");
    assert!(!resolved.contains("extends"), "{resolved}");

    let said = refused(
        here,
        &["run", MINIMAL, "--set", "market.taste_scal=1", "--out", "d"],
    );
    assert!(
        said.contains("did you mean `market.taste_scale_share`?"),
        "{said}"
    );
    let said = refused(
        here,
        &[
            "run",
            MINIMAL,
            "--set",
            "minima:market.ru_share=0.5",
            "--out",
            "d",
        ],
    );
    assert!(said.contains("did you mean `minimal`?"), "{said}");
    let said = refused(
        here,
        &["run", MINIMAL, "--set", "market.ru_share=7", "--out", "d"],
    );
    assert!(
        said.contains("--set:1:17") && said.contains("out of range"),
        "{said}"
    );
    assert!(
        !here.join("d").exists(),
        "nothing is written for a refused run"
    );
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
    assert!(
        said.contains("disagree in `seed` (`minimal` 1, `other` 7)"),
        "{said}"
    );
    done(here, &[&both[..], &["--seed", "3"]].concat());
    assert_eq!(manifest(&here.join("a"))["seed"], 3);
}

#[test]
fn a_bad_scenario_gets_all_its_errors_with_their_places() {
    let study = study();
    let here = study.path();
    let bad = here.join("scenarios/bad.toml");
    fs::copy(here.join(MINIMAL), &bad).unwrap();
    edit(
        &bad,
        "taste_scale_share = 0.075",
        "taste_scale_share = \"much\"",
    );
    edit(&bad, "region = \"west\"", "region = \"wets\"");
    for command in [
        &["run"][..],
        &["check"],
        &["resolve"],
        &["trace", "--replicate", "0"],
    ] {
        let args = [command, &["scenarios/bad.toml"]].concat();
        let said = refused(here, &args);
        assert!(
            said.contains("scenarios/bad.toml:19:21"),
            "{args:?}: {said}"
        );
        assert!(said.contains("did you mean `west`?"), "{args:?}: {said}");
    }
    fs::write(&bad, "[scenario\n").unwrap();
    let said = refused(
        here,
        &[
            "check",
            "scenarios/bad.toml",
            "scenarios/absent.toml",
            MINIMAL,
        ],
    );
    assert!(
        said.contains("scenarios/bad.toml:1:") && said.contains("scenarios/absent.toml"),
        "{said}"
    );
    fs::write(&bad, b"\xff\xfe").unwrap();
    assert!(refused(here, &["run", "scenarios/bad.toml"]).contains("UTF-8"));
}

#[test]
fn check_compares_numbers_with_their_sources_and_mixes_with_their_operators() {
    let study = study();
    let here = study.path();
    let report = done(here, &["check", MINIMAL, "--upgrade"]);
    assert!(
        report.contains("format 1 is the only one")
            && report.contains("DEU  alpha 0.7000 beta 0.3000"),
        "{report}"
    );
    let world = here.join("scenarios/world-2020.toml");
    let report = done(
        here,
        &["check", "scenarios/world-2020.toml", "--assumptions"],
    );
    assert!(
        report.contains("compared with scenarios/sources.csv"),
        "{report}"
    );
    assert!(
        report.contains("market.ru_share\t0.6\t") && report.contains("site weight ("),
        "{report}"
    );
    assert!(
        report.contains(
            "group untrusted 0.5700; cited:\n         F233: 57 % of 4G RAN, Germany 2020"
        ),
        "{report}"
    );

    edit(
        &world,
        "ru_share = { value = 0.6, source",
        "ru_share = { value = 0.61, source",
    );
    let said = refused(here, &["check", "scenarios/world-2020.toml"]);
    assert!(
        said.contains("market.ru_share") && said.contains("world-2020.toml:"),
        "{said}"
    );
    fs::remove_file(here.join("scenarios/sources.csv")).unwrap();
    assert!(
        refused(here, &["check", "scenarios/world-2020.toml"])
            .contains("no sources.csv stands beside it")
    );

    let known = "operator.south.installed={ alpha = 0.9, beta = 0.1 }";
    let said = refused(here, &["check", MINIMAL, "--set", known]);
    assert!(
        said.contains("add up to another mix") && said.contains("minimal.toml:"),
        "{said}"
    );
    let said = refused(
        here,
        &[
            "check",
            MINIMAL,
            "--set",
            "country.DEU.installed_4g={ alpha = 0.1, beta = 0.9 }",
        ],
    );
    assert!(
        said.contains("hold more `alpha` than the country's mix allows"),
        "{said}"
    );
}

#[test]
fn sources_are_found_beside_what_a_scenario_extends() {
    let study = study();
    let here = study.path();
    done(here, &["new", "mine/child.toml", "--from", "world-2020"]);
    let report = done(here, &["check", "mine/child.toml"]);
    assert!(
        report.contains("scenario `child`")
            && report.contains("compared with scenarios/sources.csv"),
        "{report}"
    );
}

#[test]
fn a_new_scenario_is_valid_as_it_stands_and_with_all_its_examples() {
    let study = study();
    let here = study.path();
    for parent in ["minimal", "world-2020"] {
        let file = format!("scenarios/child-of-{parent}.toml");
        done(here, &["new", &file, "--from", parent]);
        done(here, &["check", &file]);
        let text = fs::read_to_string(here.join(&file)).unwrap();
        assert!(
            text.starts_with("#:schema ./scenario.schema.json\n"),
            "{text}"
        );
        // Lines of examples look like TOML behind their mark; the others are prose.
        let awake: Vec<&str> = (text.lines())
            .map(|line| match line.strip_prefix("# ") {
                Some(rest)
                    if rest.starts_with(['[', '"'])
                        || rest
                            .split_once(" = ")
                            .is_some_and(|(key, _)| !key.contains(' ')) =>
                {
                    rest
                }
                _ => line,
            })
            .collect();
        fs::write(here.join(&file), awake.join("\n")).unwrap();
        let report = done(here, &["check", &file]);
        assert!(report.contains(", 1 uncertainties;"), "{report}");
        assert!(done(here, &["resolve", &file]).contains("procurement_ban"));
    }
    assert!(refused(here, &["new", MINIMAL, "--from", "world-2020"]).contains("is there already"));
    assert!(
        refused(here, &["new", "x.toml", "--from", "minimla"]).contains("did you mean `minimal`?")
    );
    assert!(refused(here, &["new", "A B.toml", "--from", "minimal"]).contains("a-z 0-9"));
    let empty = tempfile::tempdir().unwrap();
    assert!(
        refused(empty.path(), &["new", "x.toml", "--from", "minimal"]).contains("oransim init DIR")
    );
}

#[test]
fn init_leaves_what_differs() {
    let study = study();
    let here = study.path();
    done(here, &["init", "."]);
    edit(&here.join(MINIMAL), "seed = 1", "seed = 2");
    let said = refused(here, &["init", "."]);
    assert!(said.contains("minimal.toml is there and differs"), "{said}");
    assert!(
        fs::read_to_string(here.join(MINIMAL))
            .unwrap()
            .contains("seed = 2")
    );
    done(here, &["init", ".", "--force"]);
    assert!(
        fs::read_to_string(here.join(MINIMAL))
            .unwrap()
            .contains("seed = 1")
    );
}

#[test]
fn the_committed_schema_is_that_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let schema = done(folder.path(), &["schema"]);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/scenario.schema.json");
    assert!(
        schema == fs::read_to_string(committed).unwrap(),
        "make it again with `oransim schema --write`"
    );
    done(folder.path(), &["schema", "--write"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("scenarios/scenario.schema.json")).unwrap(),
        schema
    );
    let read: Value = serde_json::from_str(&schema).unwrap();
    assert!(read["properties"]["market"]["properties"]["ru_share"].is_object());
}

#[test]
fn resolve_says_where_each_value_comes_from() {
    let study = study();
    let here = study.path();
    done(here, &["new", "mine.toml", "--from", "minimal"]);
    let text = done(
        here,
        &["resolve", "mine.toml", "--set", "market.ru_share=0.5"],
    );
    assert!(text.contains("ru_share = 0.5  # --set"), "{text}");
    assert!(text.contains("id = \"mine\"  # mine.toml:"), "{text}");
    assert!(
        text.contains("taste_scale_share = 0.075  # scenarios/minimal.toml:19"),
        "{text}"
    );
}

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
        words.contains(
            "  tender    north.t0.c0.4g.n0 (renewal, DEU, 5,000 sites; stands: alpha of "
        ),
        "{words}"
    );
    assert!(
        words.contains(" won over ") && !words.contains("south."),
        "{words}"
    );
    let lines = done(here, &["trace", MINIMAL, "--replicate", "0", "--json"]);
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
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
    let said = refused(
        here,
        &["trace", MINIMAL, "--replicate", "0", "--operator", "nrth"],
    );
    assert!(said.contains("did you mean `north`?"), "{said}");
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
    let made = done(
        &here.join("scenarios"),
        &["figures", "--only", "01-lock-in"],
    );
    assert_eq!(made, "results/01-lock-in.csv\nresults/01-lock-in.svg\n");
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
    edit(
        &here.join("results/01-lock-in.svg"),
        "</svg>",
        "<!-- hand --></svg>",
    );
    let output = oransim(here, &["figures", "--check"]);
    assert_eq!(code(&output), 5, "{}", err(&output));
    assert!(
        err(&output).contains("01-lock-in.svg: differs"),
        "{}",
        err(&output)
    );
    edit(&here.join(MINIMAL), "ru_share = 0.6", "ru_share = 0.61");
    let output = oransim(here, &["figures", "--check"]);
    assert!(
        code(&output) == 5 && err(&output).contains("stale"),
        "{}",
        err(&output)
    );
    assert!(refused(here, &["figures", "--only", "02-causes"]).contains("there are 01-lock-in"));
    let empty = tempfile::tempdir().unwrap();
    assert!(refused(empty.path(), &["figures"]).contains("results/figures.toml"));
}

#[test]
fn help_of_each_command_shows_an_example() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "run", "merge", "check", "resolve", "schema", "trace", "figures", "init", "new",
    ] {
        let help = done(folder.path(), &[command, "--help"]);
        assert!(
            help.contains("Examples:") && help.contains(&format!("  oransim {command}")),
            "{help}"
        );
    }
    assert!(done(folder.path(), &["--help"]).contains("Exit codes:"));
    assert_eq!(code(&oransim(folder.path(), &["no-such-command"])), 2);
}
