//! Calibration as its users meet it: a known truth is found, the same bytes come out, and what cannot be used is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{MINIMAL, code, done, edit, err, manifest, oransim, refused, silent, study};

const HEADER: &str = "time,measure,unit,component,generation,place_kind,place,vendor,part,value,low,high,source\n";
const PART: &str = "lock_in_part,share_of_price,ran,all,world,world,all";
const SHARE: &str = "share_sales,share,ran,all,world,world";

/// The smallest scenario with two numbers that parts of lock-in tell and one that they do not see.
const STUDY: &str = r#"#:schema ./scenario.schema.json
extends = "minimal.toml"

[scenario]
id = "study"
seed = 5

[uncertainties]
"switching.x2_anchor_usd_per_site" = { uniform = { low = 5000, high = 30000 } }
"switching.renewal_work_share" = { uniform = { low = 0.0, high = 1.0 } }
"market.site_month_usd" = { uniform = { low = 100, high = 3000 } }
"#;
/// The truth of the synthetic targets.
const TRUTH: [f64; 2] = [12_000.0, 0.7];
const EFFORT: &str = "--points 24 --replicates 2 --waves 2 --luck 24 --draws 60 --checks 6 --progress none";

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let names = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        names
            .iter()
            .map(str::to_owned)
            .zip(row.iter().map(str::to_owned))
            .collect()
    };
    reader.records().map(|one| row(one.unwrap())).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// A folder with the study and targets that the model made itself, at the truth, over many replicates.
fn folder() -> tempfile::TempDir {
    let folder = study();
    let root = folder.path();
    fs::write(root.join("scenarios/study.toml"), STUDY).unwrap();
    let anchor = format!("switching.x2_anchor_usd_per_site={}", TRUTH[0]);
    let share = format!("switching.renewal_work_share={}", TRUTH[1]);
    done(
        root,
        &[
            "run",
            MINIMAL,
            "-n",
            "60",
            "--set",
            &anchor,
            "--set",
            &share,
            "--set",
            "scenario.end=2024-12-31",
            "--out",
            "truth",
            "--quiet",
        ],
    );
    let mut targets = HEADER.to_owned();
    for row in rows(&root.join("truth/summary.csv")) {
        let wanted = ["2021-12-31", "2022-12-31", "2024-12-31"].contains(&row["time"].as_str())
            && row["measure"] == "lock_in_part"
            && (row["component"].as_str(), row["generation"].as_str()) == ("ran", "all")
            && (row["place"].as_str(), row["vendor"].as_str()) == ("world", "all")
            && ["swap", "legacy_layer"].contains(&row["part"].as_str());
        if wanted {
            let mean = number(&row, "mean");
            targets += &format!(
                "{},{PART},{},{mean},{},{},F1\n",
                row["time"],
                row["part"],
                mean - 0.02,
                mean + 0.02
            );
        }
    }
    assert_eq!(targets.lines().count(), 7, "{targets}");
    fs::write(root.join("targets.csv"), targets).unwrap();
    folder
}

fn line<'a>(words: &'a str, out: &'a str) -> Vec<&'a str> {
    let fixed = [
        "calibrate",
        "scenarios/study.toml",
        "--targets",
        "targets.csv",
        "--out",
        out,
    ];
    fixed
        .into_iter()
        .chain(EFFORT.split(' '))
        .chain(words.split_whitespace())
        .collect()
}

/// The files that are a function of the manifest, and the manifest.
fn promised(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let items = fs::read_dir(run).unwrap().map(|item| item.unwrap().path());
    let files = items.filter(|path| path.is_file() && !path.ends_with("provenance.json"));
    files
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_known_truth_is_found_and_what_the_data_do_not_see_is_named() {
    let folder = folder();
    let root = folder.path();
    let said = done(root, &line("--jobs 2", "fit"));
    assert!(said.contains("The data do not move market.site_month_usd"), "{said}");
    let fit = root.join("fit");
    let parameters = rows(&fit.join("parameters.csv"));
    assert_eq!(parameters.len(), 3);
    for (row, truth) in parameters.iter().zip(TRUTH) {
        let (low, high) = (number(row, "p05"), number(row, "p95"));
        assert!(low < truth && truth < high, "{truth} in {low}..{high}");
        assert!(number(row, "shrinkage") > 0.3, "{row:?}");
        assert_eq!(row["verdict"], "moved by the data");
    }
    // The region shrinks, and the posterior as played goes through the targets.
    let waves = rows(&fit.join("waves.csv"));
    assert_eq!(waves.len(), 3);
    assert!(
        number(&waves[0], "standing") < 0.5 && number(&waves[1], "standing") <= number(&waves[0], "standing") * 1.1,
        "{waves:?}"
    );
    assert!(number(&waves[2], "effective_sample") > 20.0);
    for row in rows(&fit.join("targets.csv")) {
        assert!(number(&row, "score").abs() < 2.0, "{row:?}");
        assert_eq!(row["n"], "12");
    }
    assert_eq!(rows(&fit.join("correlations.csv")).len(), 3);
    assert_eq!(rows(&fit.join("points.csv")).len(), 48);
    assert_eq!(rows(&fit.join("outcomes.csv")).len(), 48 * 6);
    assert_eq!(rows(&fit.join("failures.csv")).len(), 0);
    let posterior = fs::read_to_string(fit.join("posterior.csv")).unwrap();
    let made_by = manifest(&fit)["hash"].as_str().unwrap().to_owned();
    for note in [
        "# seed = 5",
        "# scenario = study",
        &format!("# calibration = {made_by}"),
    ] {
        assert!(posterior.contains(note), "{note} in {posterior}");
    }
    assert_eq!(rows(&fit.join("posterior.csv")).len(), 60);
    // Finished, it is printed again and not played; another run does not take its place.
    let again = done(root, &line("", "fit"));
    assert_eq!(again, said);
    silent(root, &line("", "fit"));
    assert!(refused(root, &["run", MINIMAL, "--out", "fit"]).contains("made by `oransim calibrate`"));

    let text = refused(root, &["report", "fit"]);
    assert!(text.contains("fit/report.txt"), "{text}");

    // A scenario draws whole rows of it.
    fs::create_dir(root.join("scenarios/mine")).unwrap();
    fs::copy(fit.join("posterior.csv"), root.join("scenarios/mine/fit.csv")).unwrap();
    let child = "extends = \"minimal.toml\"\n[scenario]\nid = \"fitted\"\nend = 2022-12-31\n[posterior]\nfile = \"mine/fit.csv\"\n\
                 [uncertainties]\n\"market.ru_share\" = { uniform = { low = 0.5, high = 0.7 } }\n";
    let path = root.join("scenarios/fitted.toml");
    fs::write(&path, child).unwrap();
    done(
        root,
        &["run", "scenarios/fitted.toml", "-n", "8", "--out", "drawn", "--quiet"],
    );
    let drawn = manifest(&root.join("drawn"));
    assert_eq!(drawn["uncertainty"], "sampled");
    assert_eq!(drawn["inputs"]["posterior of fitted"].as_str().unwrap().len(), 64);
    // What the run keeps stands by itself: the same results from there.
    done(
        root,
        &[
            "run",
            "drawn/scenarios/fitted.toml",
            "-n",
            "8",
            "--out",
            "again",
            "--quiet",
        ],
    );
    assert_eq!(promised(&root.join("drawn")), promised(&root.join("again")));
    // A row brought as a design is played as a future.
    done(
        root,
        &[
            "explore",
            MINIMAL,
            "--design",
            "fit/posterior.csv",
            "-n",
            "2",
            "--set",
            "scenario.end=2021-12-31",
            "--out",
            "futures",
            "--quiet",
        ],
    );
    assert_eq!(rows(&root.join("futures/design.csv")).len(), 2);
    // --set drops its column, and says so; a number in both is refused.
    let dropped = oransim(
        root,
        &[
            "check",
            "scenarios/fitted.toml",
            "--set",
            "switching.renewal_work_share=0.5",
        ],
    );
    assert!(
        err(&dropped).contains("column `switching.renewal_work_share` of the posterior is dropped"),
        "{}",
        err(&dropped)
    );
    edit(&path, "market.ru_share", "switching.renewal_work_share");
    let both = refused(root, &["check", "scenarios/fitted.toml"]);
    assert!(
        both.contains("stands in [uncertainties] and in the posterior mine/fit.csv"),
        "{both}"
    );
    edit(&path, "mine/fit.csv", "mine/none.csv");
    let none = refused(root, &["check", "scenarios/fitted.toml"]);
    assert!(
        none.contains("fitted.toml:6:") && none.contains("cannot read scenarios/mine/none.csv"),
        "{none}"
    );
    fs::write(
        root.join("scenarios/mine/none.csv"),
        "# a note\nmarket.ru_share\n0.5\nhalf\n",
    )
    .unwrap();
    let half = refused(root, &["check", "scenarios/fitted.toml"]);
    assert!(
        half.contains("line 4: column `market.ru_share`: `half` is no number"),
        "{half}"
    );
}

#[test]
fn the_same_bytes_on_any_threads_and_after_a_kill() {
    let folder = folder();
    let root = folder.path();
    done(root, &line("--jobs 1", "one"));
    let expected = promised(&root.join("one"));
    // Killed on the way, it is refused without --resume and finished with it.
    let mut child = Command::new(env!("CARGO_BIN_EXE_oransim"))
        .args(line("--jobs 2", "killed"))
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let segments = root.join("killed/work/segments");
    let began = Instant::now();
    let is_there =
        || fs::read_dir(&segments).is_ok_and(|mut items| items.any(|i| i.unwrap().metadata().unwrap().len() > 3000));
    while !is_there() && child.try_wait().unwrap().is_none() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    if !root.join("killed/manifest.json").is_file() {
        assert!(refused(root, &line("", "killed")).contains("add --resume"));
        assert!(refused(root, &line("--seed 6 --resume", "killed")).contains("another, unfinished run"));
    }
    done(root, &line("--jobs 2 --resume", "killed"));
    assert_eq!(promised(&root.join("killed")), expected);
    assert!(!root.join("killed/work").exists());
    // Replaced on demand, by another seed.
    done(root, &line("--seed 6 --force", "killed"));
    assert_ne!(
        promised(&root.join("killed"))["posterior.csv"],
        expected["posterior.csv"]
    );
}

#[test]
fn a_forced_calibration_does_not_write_over_what_a_run_did_not_write() {
    let folder = study();
    let root = folder.path();
    fs::write(root.join("scenarios/study.toml"), STUDY).unwrap();
    let target = format!("2022-12-31,{SHARE},alpha,all,0.4,0.3,0.5,F1\n");
    fs::write(root.join("targets.csv"), format!("{HEADER}{target}")).unwrap();
    done(root, &["run", MINIMAL, "-n", "2", "--out", "a", "--quiet"]);
    let before = promised(&root.join("a"));
    for name in ["report.txt", "points.csv", "posterior.csv"] {
        let mine = root.join("a").join(name);
        fs::write(&mine, "mine").unwrap();
        let said = refused(root, &line("--force", "a"));
        assert!(said.contains(&format!("a holds {name}")), "{said}");
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
        fs::remove_file(mine).unwrap();
        assert!(promised(&root.join("a")) == before && !root.join("a/work").exists());
    }
}

#[test]
fn targets_that_cannot_be_used_are_refused_by_line() {
    let folder = study();
    let root = folder.path();
    fs::write(root.join("scenarios/study.toml"), STUDY).unwrap();
    let good = format!("2022-12-31,{SHARE},alpha,all,0.4,0.3,0.5,F1\n");
    let said = |text: &str, words: &str| {
        fs::write(root.join("targets.csv"), format!("{HEADER}{text}")).unwrap();
        refused(root, &line(words, "none"))
    };
    let unknown = said(
        &format!(
            "{good}2022-12-31,{SHARE},nobody,all,0.4,0.3,0.5,F1\n2019-12-31,{SHARE},alpha,all,0.4,0.3,0.5,F1\n2022-06-30,{SHARE},beta,all,0.4,0.3,0.5,F1\n"
        ),
        "",
    );
    for part in [
        "targets.csv:3: scenario `study` has no series `share_sales,share,ran,all,world,world,nobody,all`",
        "targets.csv:4: 2019-12-31 is no date of scenario `study`, which is measured from 2020-01-01 to 2035-12-31",
        "targets.csv:5: 2022-06-30 is no date",
    ] {
        assert!(unknown.contains(part), "{part} in {unknown}");
    }
    let twice = said(&format!("{good}{}", good.replace("0.4", "0.45")), "");
    assert!(twice.contains("targets.csv:3: contradicts line 2"), "{twice}");
    let loose = said(&format!("2022-12-31,{SHARE},alpha,all,0.4,,,F1\n"), "");
    assert!(loose.contains("targets.csv:2: no tolerance"), "{loose}");
    let half = said(
        &format!("2022-12-31,{SHARE},alpha,all,0.4,0.3,,F1\n"),
        "--tolerance 0.1",
    );
    assert!(half.contains("a value with one bound has no tolerance"), "{half}");
    assert!(said("", "").contains("no observation in targets.csv"));
    assert!(said(&good, "--cutoff 0").contains("say a number above 0"));
    let few = [
        "calibrate",
        "scenarios/study.toml",
        "--targets",
        "targets.csv",
        "--out",
        "none",
        "--points",
        "6",
    ];
    let few = refused(root, &few);
    assert!(
        few.contains("3 inputs need at least 8 points a wave, and 20 for a quadratic surface"),
        "{few}"
    );
    assert!(!root.join("none").exists(), "nothing was written");
    // Nothing to calibrate, and a posterior where priors should be.
    let plain = refused(root, &["calibrate", MINIMAL, "--targets", "targets.csv"]);
    assert!(plain.contains("has no [uncertainties]"), "{plain}");
    // A target that the model cannot make: a difference, told with the target that rules it out.
    fs::write(
        root.join("targets.csv"),
        format!("{HEADER}2022-12-31,lock_in_curve,share_of_price,ran,all,world,world,all,all,5,4.99,5.01,F1\n"),
    )
    .unwrap();
    let output = oransim(root, &line("", "refuted"));
    assert_eq!(code(&output), 5, "{}", err(&output));
    assert!(
        err(&output).contains("what rules it out is lock_in_curve ran world of 2022-12-31 (line 2)"),
        "{}",
        err(&output)
    );
}
