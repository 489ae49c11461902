//! `oransim score`.

use std::fs;
use std::path::Path;

use crate::{MINIMAL, design, done, edit, err, oransim, refused, silent, study};

const HEADER: &str = "time,measure,unit,component,generation,place_kind,place,vendor,part,value,low,high,source\n";
const CURVE: &str = "lock_in_curve,share_of_price,ran,all,world,world,all,all";

/// Medians of the lock-in curve of the world by date, from `summary.csv`.
fn medians(run: &Path) -> Vec<(String, f64)> {
    let summary = fs::read_to_string(run.join("summary.csv")).unwrap();
    (summary.lines())
        .filter(|line| line.contains(&format!(",{CURVE},")))
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[1].to_owned(), cells[15].parse().unwrap())
        })
        .collect()
}

#[test]
fn a_run_is_scored_against_what_was_observed_and_against_rivals() {
    let study = study();
    let here = study.path();
    done(here, &["run", MINIMAL, "-n", "40", "--out", "a", "--quiet"]);
    let medians = medians(&here.join("a"));
    let rows = |shift: f64, at: usize| -> String {
        let points = medians[..at].iter();
        points
            .map(|(day, median)| format!("{day},{CURVE},{},,,F1\n", median + shift))
            .collect()
    };
    let unknown = "2021-12-31,share_sites,share,ran,all,world,world,nobody,all,0.2,,,F1\n";
    fs::write(here.join("seen.csv"), format!("{HEADER}{}{unknown}", rows(0.0, 9))).unwrap();
    fs::write(here.join("house.csv"), format!("{HEADER}{}", rows(0.01, 9))).unwrap();
    let args = [
        "score",
        "a",
        "--observed",
        "seen.csv",
        "--rival",
        "house.csv",
        "--csv",
        "score.csv",
    ];
    let output = oransim(here, &args);
    assert!(
        err(&output).contains("no series `share_sites,share,ran,all,world,world,nobody,all`"),
        "{}",
        err(&output)
    );
    let table = fs::read_to_string(here.join("score.csv")).unwrap();
    let lines: Vec<Vec<&str>> = table.lines().map(|l| l.split(',').collect()).collect();
    assert_eq!(lines.len(), 4, "{table}");
    // The first date is what persistence knows; the median is what was seen, so there is no bias and each band holds it.
    let persistence = lines
        .iter()
        .find(|l| l[17] == "persistence" && l[1] == "lock_in_curve")
        .unwrap();
    assert_eq!(
        (persistence[9], persistence[10], persistence[13], persistence[14]),
        ("8", "0", "1", "1")
    );
    let house = lines.iter().find(|l| l[17] == "house").unwrap();
    let (crps, rival): (f64, f64) = (house[12].parse().unwrap(), house[19].parse().unwrap());
    assert!((rival - 0.01).abs() < 1e-12 && crps > 0.0);
    let skill: f64 = house[20].parse().unwrap();
    assert!((skill - (1.0 - crps / rival)).abs() < 1e-12);
    assert!(table.contains("no such series in this run"), "named, not dropped");
    // The same in two files, the unknown series in the second: the same table, and the file is named that holds what is missing.
    fs::write(here.join("curve.csv"), format!("{HEADER}{}", rows(0.0, 9))).unwrap();
    fs::write(here.join("sites.csv"), format!("{HEADER}{unknown}")).unwrap();
    let output = oransim(
        here,
        &[
            "score",
            "a",
            "--observed",
            "curve.csv",
            "--observed",
            "sites.csv",
            "--rival",
            "house.csv",
            "--csv",
            "two.csv",
        ],
    );
    assert!(err(&output).contains("sites.csv:2: no series"), "{}", err(&output));
    assert_eq!(fs::read_to_string(here.join("two.csv")).unwrap(), table);
    let twice = oransim(
        here,
        &["score", "a", "--observed", "seen.csv", "--observed", "curve.csv"],
    );
    assert!(
        !twice.status.success() && err(&twice).contains("this point stands already in seen.csv:2"),
        "{}",
        err(&twice)
    );
    // Fewer than five points: no conclusion, whatever they show.
    fs::write(here.join("few.csv"), format!("{HEADER}{}", rows(0.0, 5))).unwrap();
    let said = done(here, &["score", "a", "--observed", "few.csv"]);
    assert!(said.contains("only 4 scored, no conclusion"), "{said}");
    for (file, rows, why) in [
        (
            "lone.csv",
            format!("2021-12-31,{CURVE},0.3,,,F1\n"),
            "0 scored: the one point is where persistence starts",
        ),
        (
            "early.csv",
            format!("2020-01-01,{CURVE},0.3,,,F1\n"),
            "0 scored: no point after 2020-01-01, see --after",
        ),
    ] {
        fs::write(here.join(file), format!("{HEADER}{rows}")).unwrap();
        let said = done(here, &["score", "a", "--observed", file]);
        assert!(said.contains(why), "{said}");
    }
    // What was written before is overwritten, and without a word where none is asked for.
    silent(here, &["score", "a", "--observed", "few.csv", "--csv", "score.csv"]);
    let few = fs::read_to_string(here.join("score.csv")).unwrap();
    silent(here, &["score", "a", "--observed", "few.csv", "--csv", "few-score.csv"]);
    assert_ne!(few, table);
    assert_eq!(few, fs::read_to_string(here.join("few-score.csv")).unwrap());
}

#[cfg(unix)]
#[test]
fn a_table_goes_to_standard_output_and_through_links() {
    let study = study();
    let here = study.path();
    done(here, &["run", MINIMAL, "-n", "2", "--out", "a", "--quiet"]);
    fs::write(here.join("seen.csv"), format!("{HEADER}2021-12-31,{CURVE},0.3,,,F1\n")).unwrap();
    let to = |csv: &str| ["score", "a", "--observed", "seen.csv", "--csv", csv].map(str::to_owned);
    let quiet = |csv: &str| [to(csv).to_vec(), vec!["--quiet".to_owned()]].concat();
    let score = |args: &[String]| done(here, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let said = score(&to("plain.csv"));
    let table = fs::read_to_string(here.join("plain.csv")).unwrap();
    // Before what is said, in one stream.
    assert_eq!(score(&to("/dev/stdout")), format!("{table}{said}"));
    assert_eq!(score(&quiet("/dev/stdout")), table);
    fs::write(here.join("log.txt"), "kept\n").unwrap();
    let log = fs::OpenOptions::new().append(true).open(here.join("log.txt")).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_oransim"));
    command.args(to("/dev/stdout")).current_dir(here).stdout(log);
    assert!(command.status().unwrap().success());
    assert_eq!(
        fs::read_to_string(here.join("log.txt")).unwrap(),
        format!("kept\n{table}{said}")
    );
    std::os::unix::fs::symlink("log.txt", here.join("link.csv")).unwrap();
    score(&to("link.csv"));
    assert!(fs::symlink_metadata(here.join("link.csv")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(here.join("log.txt")).unwrap(), table);
}

#[test]
fn what_cannot_be_scored_is_refused() {
    let study = study();
    let here = study.path();
    let row = format!("2021-12-31,{CURVE},0.3,,,F1\n");
    fs::write(here.join("seen.csv"), format!("{HEADER}{row}")).unwrap();
    fs::write(
        here.join("twice.csv"),
        format!("{HEADER}{row}{}", row.replace("0.3", "0.4")),
    )
    .unwrap();
    assert!(refused(here, &["score", "nowhere", "--observed", "seen.csv"]).contains("no finished run"));
    assert!(refused(here, &["score", "nowhere", "--observed", "lost.csv"]).contains("cannot read lost.csv"));
    assert!(refused(here, &["score", "nowhere", "--observed", "scenarios"]).contains("cannot read scenarios"));
    let rival = ["score", "nowhere", "--observed", "seen.csv", "--rival", "lost.csv"];
    assert!(refused(here, &rival).contains("cannot read lost.csv"));
    assert!(
        refused(here, &["score", "nowhere", "--observed", "twice.csv"]).contains("twice.csv:3: contradicts line 2")
    );
    done(
        here,
        &["run", MINIMAL, "-n", "2", "--record", "none", "--out", "a", "--quiet"],
    );
    assert!(refused(here, &["score", "a", "--observed", "seen.csv"]).contains("--record none"));
    design(here, "b");
    assert!(refused(here, &["score", "b", "--observed", "seen.csv"]).contains("no forecast"));
    edit(&here.join("seen.csv"), "time,measure", "date,measure");
    assert!(refused(here, &["score", "a", "--observed", "seen.csv"]).contains("seen.csv:1: the columns are"));
}
