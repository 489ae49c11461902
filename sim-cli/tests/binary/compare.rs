//! `oransim compare` from scenario files to a run directory.

use std::fs;
use std::path::Path;

use crate::common::{assert_same, files};
use crate::{MINIMAL, code, done, edit, err, manifest, oransim, refused, study};

const BAN: &str = "scenarios/ban.toml";

/// A study with a child of `minimal` that bans a vendor, and one that changes nothing.
fn policies() -> tempfile::TempDir {
    let study = study();
    let here = study.path();
    done(here, &["new", BAN, "--from", "minimal", "--quiet"]);
    let text = fs::read_to_string(here.join(BAN)).unwrap();
    let ban = "[levers.alpha-ban.procurement_ban]\nannounced = 2022-06-01\nin_force = 2024-01-01\n\
               deadline = 2028-12-31\nscope = { countries = [\"DEU\"], vendors = [\"alpha\"] }\nreason = \"a test\"\n";
    fs::write(here.join(BAN), format!("{text}\n{ban}")).unwrap();
    done(here, &["new", "scenarios/same.toml", "--from", "minimal", "--quiet"]);
    study
}

/// The cells of the one row of `differences.csv` that begins so.
fn row(folder: &Path, start: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.join("differences.csv")).unwrap();
    let mut found = text.lines().filter(|line| line.starts_with(start));
    let line = found.next().unwrap_or_else(|| panic!("{start}"));
    assert!(found.next().is_none(), "{start}");
    line.split(',').map(str::to_owned).collect()
}

#[test]
fn a_ban_is_compared_with_its_base_and_with_nothing() {
    let study = policies();
    let here = study.path();
    let said = done(
        here,
        &[
            "compare",
            MINIMAL,
            BAN,
            "scenarios/same.toml",
            "-n",
            "30",
            "--format",
            "csv",
        ],
    );
    assert!(said.starts_with("Against minimal, to 2035-12-31\n"), "{said}");
    assert!(said.contains("\n  paired differences of 30 replicates"), "{said}");
    assert!(
        said.contains("undefined: change in lock-in cannot be told from zero"),
        "{said}"
    );
    assert!(said.contains("\n    ban  west  -"), "{said}");
    let runs: Vec<_> = fs::read_dir(here.join("runs"))
        .unwrap()
        .map(|item| item.unwrap().path())
        .collect();
    let [run] = &runs[..] else { panic!("{runs:?}") };
    let made = manifest(run);
    let key = made["run_key"].as_str().unwrap();
    assert!(run.ends_with(format!("compare-minimal-{}", &key[..8])), "{run:?}");
    assert_eq!(
        (&made["mode"], &made["worlds"][0]["id"]),
        (&"compare".into(), &"minimal".into())
    );
    for figure in ["01-lock-in", "06-cost-per-point", "differences"] {
        for kind in ["svg", "csv"] {
            assert!(
                run.join(format!("figures/{figure}.{kind}")).is_file(),
                "{figure}.{kind}"
            );
        }
    }
    let svg = fs::read_to_string(run.join("figures/differences.svg")).unwrap();
    assert!(svg.contains("points off lock-in by 2035</title>"), "{svg}");

    // The difference of the means is the mean of the differences.
    let whole = "share_of_price,ran,all,world,world,all,all,";
    let summary = fs::read_to_string(run.join("summary.csv")).unwrap();
    let mean = |world: &str| -> f64 {
        let start = format!("{world},2035-12-31,lock_in_curve,{whole}");
        let line = summary.lines().find(|line| line.starts_with(&start)).unwrap();
        line.split(',').nth(11).unwrap().parse().unwrap()
    };
    let curve = row(run, &format!("minimal,ban,2035-12-31,lock_in_curve,{whole}"));
    let change: f64 = curve[12].parse().unwrap();
    assert!((change - (mean("ban") - mean("minimal"))).abs() < 1e-12 && change < -0.02);
    let sign: f64 = curve[21].parse().unwrap();
    assert!((0.8..=1.0).contains(&sign));

    // A point costs what the row says: cost over points of discounted mean lock-in, part by part.
    let number = |cells: &[String]| -> f64 { cells[12].parse().unwrap() };
    let lock_in = number(&row(run, &format!("minimal,ban,2035-12-31,discounted_lock_in,{whole}")));
    let mut sum = 0.0;
    for part in ["delay", "operators", "public", "all"] {
        let at = |measure: &str, unit: &str| {
            row(
                run,
                &format!("minimal,ban,2035-12-31,{measure},{unit},ran,all,world,world,all,{part},"),
            )
        };
        let cost = number(&at("discounted_cost", "musd_2020"));
        let price = at("cost_per_lock_in_point", "musd_2020_per_point");
        assert!(
            (number(&price) - cost / (-100.0 * lock_in)).abs() < 1e-9 * cost.abs().max(1.0),
            "{part}"
        );
        assert_eq!(price[11], "30");
        assert!(price[13..19].iter().all(String::is_empty) && price[21..].iter().all(String::is_empty));
        if part == "all" {
            assert!((number(&price) - sum).abs() < 1e-9 * sum.abs());
        }
        sum += number(&price);
    }
    // A report speaks of the paired difference, in points.
    let told = done(here, &["report", &run.to_string_lossy(), "--out", "compare.html"]);
    let points = format!("{:.1}", -100.0 * change);
    assert!(
        told.lines().any(|line| line.contains("less lock-in than")
            && line.contains("(paired, the same luck in both)")
            && line.contains(&points)),
        "{points}: {told}"
    );

    // In its bloc, which is all of this world, the policy is the same.
    let bloc = row(
        run,
        "minimal,ban,2035-12-31,discounted_lock_in,share_of_price,ran,all,bloc,west,all,all,",
    );
    assert_eq!(number(&bloc), lock_in);

    // The world that is the same under another name differs in nothing.
    let text = fs::read_to_string(run.join("differences.csv")).unwrap();
    let mut nils = 0;
    for line in text.lines().filter(|line| line.starts_with("minimal,same,")) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[3] == "cost_per_lock_in_point" {
            assert!(cells[12..].iter().all(|cell| cell.is_empty()), "{line}");
        } else if cells[11] != "0" {
            // A single value has neither spread nor interval.
            let nil = |cell: &&str| *cell == "0" || cells[11] == "1" && cell.is_empty();
            assert!(cells[12..21].iter().all(nil) && cells[21] == "0.5", "{line}");
            // Nil of a variance, or nothing where the base does not vary either.
            assert!(["0", ""].contains(&cells[22]), "{line}");
            nils += 1;
        }
    }
    assert!(nils > 1000);
}

#[test]
fn threads_shards_and_more_replicates_do_not_change_a_byte_of_a_comparison() {
    let study = policies();
    let here = study.path();
    let with = |rest: &[&str]| done(here, &[&["compare", MINIMAL, BAN, "--quiet"], rest].concat());
    with(&["-n", "8", "--jobs", "1", "--out", "one"]);
    let expected = files(&here.join("one"));
    assert!(expected.contains_key("figures/06-cost-per-point.svg"));
    with(&["-n", "8", "--jobs", "2", "--out", "two"]);
    assert_same(&files(&here.join("two")), &expected);
    with(&["-n", "3", "--out", "longer"]);
    with(&["-n", "8", "--out", "longer"]);
    assert_same(&files(&here.join("longer")), &expected);
    with(&["-n", "8", "--shard", "2/2", "--out", "parts"]);
    with(&["-n", "8", "--shard", "1/2", "--out", "parts"]);
    let said = done(here, &["merge", "parts"]);
    assert!(said.starts_with("Against minimal"), "{said}");
    let mut parts = files(&here.join("parts"));
    parts.retain(|name, _| !name.starts_with("shard-"));
    assert_same(&parts, &expected);
}

#[cfg(unix)]
#[test]
fn an_interrupted_comparison_has_pairs_and_resumes_to_the_same_bytes() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let study = policies();
    let here = study.path();
    let asked = ["compare", MINIMAL, BAN, "-n", "80", "--jobs", "1", "--out"];
    let child = Command::new(env!("CARGO_BIN_EXE_oransim"))
        .args(asked)
        .arg("cut")
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Bytes of the segments of either world.
    let kept = |world: &str| -> usize {
        let there = here.join("cut/work/segments");
        if !there.is_dir() {
            return 0;
        }
        let of_world = files(&there).into_iter().filter(|(name, _)| name.starts_with(world));
        of_world.map(|(_, bytes)| bytes.len()).sum()
    };
    let began = Instant::now();
    while kept("ban") < 300_000 {
        assert!(began.elapsed() < Duration::from_secs(120), "nothing is played");
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(code(&ended), 4, "{}", err(&ended));
    // Replicate by replicate: the worlds are as far as each other, but for the one under way.
    let (base, ban) = (kept("minimal"), kept("ban"));
    assert!(base.abs_diff(ban) < base / 2, "{base} {ban}");
    done(here, &[&asked[..], &["cut", "--resume"]].concat());
    done(
        here,
        &[
            "compare", MINIMAL, BAN, "-n", "80", "--jobs", "2", "--out", "whole", "--quiet",
        ],
    );
    assert_same(&files(&here.join("whole")), &files(&here.join("cut")));
}

#[test]
fn worlds_that_cannot_be_compared_are_refused() {
    let study = policies();
    let here = study.path();
    let compare = |rest: &[&str]| {
        refused(
            here,
            &[&["compare", MINIMAL, BAN, "-n", "1", "--out", "a"], rest].concat(),
        )
    };
    let said = refused(here, &["compare", MINIMAL]);
    assert!(said.contains("<ALT>"), "{said}");
    let said = compare(&["--set", "ban:scenario.end=2030-12-31"]);
    assert!(
        said.contains("`minimal` and `ban` are measured on different dates")
            && said.contains("2020-01-01 to 2030-12-31, 12 dates")
            && said.contains("set `scenario.end` alike"),
        "{said}"
    );
    let said = compare(&["--set", "ban:scenario.start=2020-06-01"]);
    assert!(
        said.contains("set `scenario.start` alike") && said.contains("--set scenario.start=2020-01-01"),
        "{said}"
    );
    let said = compare(&["--set", "ban:measures.dates=quarterly"]);
    assert!(said.contains("set `measures.dates` alike"), "{said}");
    let said = compare(&["--set", "ban:scenario.seed=9"]);
    assert!(said.contains("disagree in `seed`") && said.contains("--seed"), "{said}");
    let said = refused(here, &["compare", MINIMAL, MINIMAL, "-n", "1", "--out", "a"]);
    assert!(said.contains("`minimal` is named twice"), "{said}");
    assert!(!here.join("a").exists());
    // The command line sets it for all.
    edit(&here.join(BAN), "[scenario]", "[scenario]\nend = 2029-12-31");
    let args = ["compare", MINIMAL, BAN, "-n", "1", "--out", "a", "--quiet"];
    refused(here, &args);
    done(here, &[&args[..], &["--set", "scenario.end=2029-12-31"]].concat());
}

#[test]
fn what_makes_a_difference_more_than_the_policys_is_told() {
    let study = policies();
    let here = study.path();
    let compare = |rest: &[&str]| {
        let output = oransim(
            here,
            &[&["compare", MINIMAL, BAN, "-n", "1", "--record", "none"], rest].concat(),
        );
        assert_eq!(code(&output), 0, "{}", err(&output));
        err(&output)
    };
    let odd = "another market.social_discount_rate or market.site_month_usd";
    assert!(!compare(&["--out", "a"]).contains(odd));
    assert!(compare(&["--out", "b", "--set", "ban:market.site_month_usd=1"]).contains(odd));
    let text = fs::read_to_string(here.join(BAN)).unwrap();
    let drawn = "[uncertainties]\n\"market.taste_scale_share\" = { uniform = { low = 0.05, high = 0.1 } }\n";
    fs::write(here.join(BAN), format!("{text}\n{drawn}")).unwrap();
    assert!(compare(&["--out", "c"]).contains("`minimal` and `ban` draw other parameters"));
    assert!(!compare(&["--out", "d", "--uncertainty", "fixed"]).contains("draw other parameters"));
}

#[test]
fn figures_of_the_repository_plot_the_numbers_of_a_comparison() {
    let study = policies();
    let here = study.path();
    done(
        here,
        &[
            "compare", MINIMAL, BAN, "-n", "12", "--seed", "4", "--out", "a", "--quiet",
        ],
    );
    let mut list = String::from("format = 1\n");
    for figure in ["06-cost-per-point", "differences"] {
        list += &format!(
            "[[figure]]\nname = \"{figure}\"\nworlds = [\"{MINIMAL}\", \"{BAN}\"]\nreplicates = 12\nseed = 4\ncheap = true\n\
             command = \"oransim figures\"\n\
             measures = [\"lock_in_curve\", \"operator_cost\", \"site_months_late\", \"public_outlay\"]\n"
        );
    }
    fs::create_dir_all(here.join("results")).unwrap();
    fs::write(here.join("results/figures.toml"), list).unwrap();
    done(here, &["figures"]);
    done(here, &["figures", "--check"]);
    for figure in ["06-cost-per-point", "differences"] {
        // All but the last column, the hash: one was made by `run`, so to say, the other by `compare`.
        let numbers = |folder: &str| -> Vec<String> {
            let text = fs::read_to_string(here.join(format!("{folder}/{figure}.csv"))).unwrap();
            text.lines()
                .map(|line| line.rsplit_once(',').unwrap().0.to_owned())
                .collect()
        };
        assert_eq!(numbers("results"), numbers("a/figures"));
        assert!(numbers("results").len() > 5);
    }
}

#[test]
fn a_finished_run_is_told_where_its_worlds_lie() {
    let study = study();
    let here = study.path();
    done(here, &["run", MINIMAL, "-n", "1", "--out", "runs/a", "--quiet"]);
    let said = refused(here, &["compare", "runs/a", MINIMAL]);
    assert!(
        said.contains("the worlds of this run are runs/a/scenarios/*.toml"),
        "{said}"
    );
}
