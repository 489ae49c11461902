//! Designs as their users meet them: made, played, interrupted, extended, and read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{MINIMAL, done, edit, err, manifest, oransim, refused, silent, study};

/// A child of the smallest scenario with three uncertain numbers and one choice.
const STUDY: &str = r#"#:schema ./scenario.schema.json
extends = "minimal.toml"

[scenario]
id = "study"
end = 2026-12-31

[levers.ban.procurement_ban]
announced = 2021-06-01
in_force = 2022-01-01
deadline = 2025-12-31
scope = { countries = ["DEU"], vendors = ["alpha"] }

[uncertainties]
"market.taste_scale_share" = { uniform = { low = 0.04, high = 0.12 } }
"switching.x2_anchor_usd_per_site" = { triangular = { low = 5000, mode = 17500, high = 30000 } }
"keep.growth_share_per_year" = { log_uniform = { low = 0.01, high = 0.1 } }

[choices]
"levers.ban.procurement_ban.strength" = { values = [0, 1] }
"#;

const CHOICE: &str = "levers.ban.procurement_ban.strength";
const FILE: &str = "scenarios/study.toml";

fn folder() -> tempfile::TempDir {
    let folder = study();
    fs::write(folder.path().join(FILE), STUDY).unwrap();
    folder
}

fn explore(folder: &Path, words: &str) -> String {
    let line = format!("explore {FILE} --jobs 2 {words}");
    let args: Vec<&str> = line.split_whitespace().collect();
    done(folder, &args)
}

/// The files of a run that are a function of its manifest.
fn promised(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for item in fs::read_dir(run).unwrap() {
        let path = item.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_file() && name != "provenance.json" {
            files.insert(name, fs::read(path).unwrap());
        }
    }
    files
}

fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (promised(one), promised(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &other[name], "{name} differs");
    }
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
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

/// Lock-in of radio networks in the world at the last date, by point.
fn lock_in(run: &Path) -> Vec<f64> {
    let wanted = [
        ("time", "2026-12-31"),
        ("measure", "lock_in_index"),
        ("component", "ran"),
        ("generation", "all"),
        ("place", "world"),
        ("vendor", "all"),
        ("part", "all"),
    ];
    let mut found = rows(&run.join("summary.csv"));
    found.retain(|row| wanted.iter().all(|(name, text)| row[*name] == *text));
    for (point, row) in found.iter().enumerate() {
        assert_eq!(row["point"], point.to_string());
    }
    found.iter().map(|row| number(row, "mean")).collect()
}

#[test]
fn a_design_meets_every_policy_with_every_future_and_is_played() {
    let folder = folder();
    let root = folder.path();
    explore(
        root,
        "--design sobol -n 4 --replicates 2 --format csv,parquet --out run",
    );
    let run = root.join("run");
    let design = rows(&run.join("design.csv"));
    assert_eq!(design.len(), 8);
    for pair in design.chunks(2) {
        assert_eq!(pair[0]["market.taste_scale_share"], pair[1]["market.taste_scale_share"]);
        assert_eq!((number(&pair[0], CHOICE), number(&pair[1], CHOICE)), (0.0, 1.0));
        assert!((0.04..=0.12).contains(&number(&pair[0], "market.taste_scale_share")));
    }
    let manifest = manifest(&run);
    assert_eq!(manifest["mode"], "explore");
    assert_eq!(manifest["points"]["count"], 8);
    assert_eq!(manifest["points"]["choices"][0], CHOICE);
    let summary = rows(&run.join("summary.csv"));
    let replicates = rows(&run.join("replicates.csv"));
    assert_eq!(replicates.len(), 2 * summary.len());
    assert_eq!(
        fs::read_to_string(run.join("failures.csv")).unwrap(),
        "point,scenario,replicate,time,where,message\n"
    );
    // The ban leaves less of the banned kit to be locked into.
    let outcomes = lock_in(&run);
    assert_eq!(outcomes.len(), 8);
    assert!(outcomes.iter().all(|value| value.is_finite()));
    assert!(outcomes.chunks(2).any(|pair| pair[0] != pair[1]));
    // A scenario of the run is the scenario with its tables, and runs again.
    done(root, &["check", "run/scenarios/study.toml"]);
}

/// The world at a point is the scenario with these numbers: to the last digit the one that `run` plays.
#[test]
fn a_point_is_the_scenario_with_its_numbers() {
    let folder = folder();
    let root = folder.path();
    fs::write(
        root.join("one.csv"),
        format!("market.taste_scale_share,{CHOICE}\n0.09,1\n0.05,0\n"),
    )
    .unwrap();
    let output = oransim(
        root,
        &[
            "explore", FILE, "--design", "one.csv", "--format", "csv", "--out", "points",
        ],
    );
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("no column for switching.x2_anchor_usd_per_site, keep.growth_share_per_year"));
    for (point, taste, strength) in [("0", "0.09", "1"), ("1", "0.05", "0")] {
        let taste = format!("market.taste_scale_share={taste}");
        let strength = format!("{CHOICE}={strength}");
        let out = format!("run-{point}");
        let args = [
            "run",
            FILE,
            "--uncertainty",
            "fixed",
            "--replicates",
            "2",
            "--set",
            &taste,
            "--set",
            &strength,
        ];
        done(root, &[&args[..], &["--format", "csv", "--out", &out]].concat());
        let mut points = rows(&root.join("points/replicates.csv"));
        points.retain(|row| row["point"] == point);
        for row in &mut points {
            row.remove("point");
        }
        assert!(points == rows(&root.join(out).join("replicates.csv")), "point {point}");
    }
}

#[test]
fn points_and_replicates_are_added_and_shards_merged_with_the_same_bytes() {
    let folder = folder();
    let root = folder.path();
    explore(root, "--design sobol -n 4 --replicates 2 --out whole");
    explore(root, "--design sobol -n 2 --replicates 1 --out grown");
    explore(root, "--design sobol -n 4 --replicates 1 --out grown");
    explore(root, "--design sobol -n 4 --replicates 2 --out grown");
    assert_same(&root.join("whole"), &root.join("grown"));
    for shard in ["1/2", "2/2"] {
        explore(
            root,
            &format!("--design sobol -n 4 --replicates 2 --out parts --shard {shard}"),
        );
    }
    done(root, &["merge", "parts"]);
    assert_same(&root.join("whole"), &root.join("parts"));
    // Analyses of fewer points do not outlive them.
    done(root, &["regret", "grown"]);
    assert!(root.join("grown/regret.csv").is_file());
    explore(root, "--design sobol -n 8 --replicates 2 --out grown");
    assert!(!root.join("grown/regret.csv").exists());
    let fewer = refused(
        root,
        &["explore", FILE, "--design", "sobol", "-n", "4", "--out", "grown"],
    );
    assert!(fewer.contains("16 points, more than the 8 asked for"), "{fewer}");
    let other = refused(root, &["explore", FILE, "--design", "lhs", "-n", "8", "--out", "grown"]);
    assert!(other.contains("another design"), "{other}");
}

#[test]
fn a_killed_exploration_is_resumed_with_the_same_bytes() {
    let folder = folder();
    let root = folder.path();
    let design = "--design grid -n 3 --replicates 2";
    explore(root, &format!("{design} --out whole"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_oransim"))
        .args(["explore", FILE, "--jobs", "1", "--out", "cut"])
        .args(design.split_whitespace())
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let segment = root.join("cut/work/segments/study-0001.seg");
    let began = Instant::now();
    while fs::metadata(&segment).map_or(0, |meta| meta.len()) < 100_000 && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(120), "nothing is played");
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    child.wait().unwrap();
    if !root.join("cut/manifest.json").exists() {
        let unfinished = refused(root, &["explore", FILE, "--design", "grid", "-n", "3", "--out", "cut"]);
        assert!(unfinished.contains("--resume"), "{unfinished}");
        let early = refused(root, &["regret", "cut"]);
        assert!(early.contains("--resume"), "{early}");
        explore(root, &format!("{design} --out cut --resume"));
    }
    assert_same(&root.join("whole"), &root.join("cut"));
}

#[test]
fn a_design_with_rows_that_were_not_played_is_refused() {
    let folder = folder();
    let root = folder.path();
    explore(root, "--design sobol -n 4 --replicates 2 --out run");
    let path = root.join("run/design.csv");
    let text = fs::read_to_string(&path).unwrap();
    let last = text.lines().last().unwrap();
    let (_, values) = last.split_once(',').unwrap();
    fs::write(&path, format!("{text}8,{values}\n")).unwrap();
    let said = refused(root, &["regret", "run"]);
    assert!(
        said.contains("its design.csv has 9 points, and manifest.json speaks of 8"),
        "{said}"
    );
}

#[test]
fn a_forced_design_does_not_write_over_what_a_run_did_not_write() {
    let folder = folder();
    let root = folder.path();
    done(root, &["run", FILE, "-n", "1", "--out", "run", "--quiet"]);
    let forced = [
        "explore", FILE, "--design", "sobol", "-n", "2", "--out", "run", "--force",
    ];
    // The second is what an analysis writes: it would be removed with the points that it was made of.
    for name in ["design.csv", "regret.csv"] {
        let mine = root.join("run").join(name);
        fs::write(&mine, "mine").unwrap();
        let said = refused(root, &forced);
        assert!(said.contains(&format!("run holds {name}")), "{said}");
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
        assert!(root.join("run/summary.csv").is_file());
        fs::remove_file(mine).unwrap();
    }
    done(root, &forced);
    assert_eq!(manifest(&root.join("run"))["mode"], "explore");
}

#[test]
fn regret_and_boxes_are_those_of_the_outcomes() {
    let folder = folder();
    let root = folder.path();
    explore(root, "--design lhs -n 40 --replicates 1 --out run");
    let outcomes = lock_in(&root.join("run"));
    let said = done(root, &["regret", "run", "--threshold", "1"]);
    assert!(
        said.contains("low is better, over 40 futures") && said.contains(&format!("{CHOICE} = 1")),
        "{said}"
    );
    assert!(said.contains("Savage") && said.contains("on average"), "{said}");
    silent(root, &["regret", "run", "--threshold", "1"]);
    for (args, said) in [
        (
            ["regret", "run", "--threshold", "60"],
            "warning: --threshold 60 lies above all values of this run, ",
        ),
        (["regret", "run", "--threshold", "60"], ": fractions: 0.6 is 60%"),
        (
            ["discover", "run", "--above", "100"],
            "warning: --above 100 lies above all values",
        ),
        (
            ["discover", "run", "--below", "0.0001"],
            "warning: --below 0.0001 lies below all values",
        ),
    ] {
        let output = crate::oransim(root, &args);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains(said), "{args:?}: {text}");
    }
    silent(root, &["regret", "run", "--threshold", "1"]);
    let regret = rows(&root.join("run/regret.csv"));
    assert_eq!(regret.len(), 80);
    for row in &regret {
        let point: usize = row["point"].parse().unwrap();
        let best = outcomes[point & !1].min(outcomes[point | 1]);
        assert_eq!(number(row, "outcome"), outcomes[point]);
        assert_eq!(number(row, "regret"), outcomes[point] - best);
    }
    let rules = rows(&root.join("run/rules.csv"));
    let savage: Vec<_> = rules.iter().filter(|row| row["rule"] == "minimax_regret").collect();
    assert_eq!(savage.len(), 2);
    for (policy, row) in savage.iter().enumerate() {
        let worst = outcomes.chunks(2).map(|pair| pair[policy] - pair[0].min(pair[1]));
        assert_eq!(number(row, "score"), worst.fold(0.0, f64::max));
    }

    let mut sorted: Vec<f64> = outcomes.iter().copied().step_by(2).collect();
    sorted.sort_by(f64::total_cmp);
    let threshold = format!("{}", sorted[24]);
    let said = done(root, &["discover", "run", "--above", &threshold, "--density", "0.7"]);
    assert!(
        said.contains("in 15 of 40 futures") && said.contains("coverage"),
        "{said}"
    );
    silent(root, &["discover", "run", "--above", &threshold, "--density", "0.7"]);
    let boxes = rows(&root.join("run/boxes.csv"));
    let first = boxes.iter().find(|row| row["box"] == "1").unwrap();
    // The box holds what its row says, counted anew.
    let design = rows(&root.join("run/design.csv"));
    let own: Vec<_> = boxes
        .iter()
        .filter(|row| row["policy"] == first["policy"] && row["box"] == "1")
        .collect();
    let inside = |point: &BTreeMap<String, String>| {
        own.iter().all(|limit| {
            let value = number(point, &limit["input"]);
            let above = limit["low"].is_empty() || value >= number(limit, "low");
            above && (limit["high"].is_empty() || value <= number(limit, "high"))
        })
    };
    assert_eq!(first["policy"], format!("{CHOICE} = 0"));
    let points = (0..80).step_by(2).filter(|point| inside(&design[*point]));
    let (mut all, mut hits) = (0.0, 0.0);
    for point in points {
        all += 1.0;
        hits += f64::from(u8::from(outcomes[point] > sorted[24]));
    }
    assert_eq!((number(first, "points"), number(first, "of_interest")), (all, hits));
    assert_eq!(number(first, "density"), hits / all);
    assert!(rows(&root.join("run/peeling.csv")).len() > 4);
}

#[test]
fn indices_effects_and_luck_are_told() {
    let folder = folder();
    let root = folder.path();
    explore(root, "--design saltelli -n 8 --replicates 2 --out indices");
    assert_eq!(rows(&root.join("indices/design.csv")).len(), 8 * 5 * 2);
    let said = done(root, &["sensitivity", "indices"]);
    assert!(said.contains("with interactions") && said.contains("is luck"), "{said}");
    assert!(said.contains("add blocks (-n 32)"), "{said}");
    let indices = rows(&root.join("indices/sensitivity.csv"));
    assert_eq!(indices.len(), 6);
    for row in &indices {
        assert!(number(row, "total") >= 0.0 && number(row, "total_low") <= number(row, "total_high"));
    }
    let luck = rows(&root.join("indices/luck.csv"));
    assert!(luck.len() == 2 && luck.iter().all(|row| (0.0..=1.0).contains(&number(row, "luck_share"))));

    explore(root, "--design morris -n 4 --replicates 1 --format csv --out effects");
    let said = done(
        root,
        &[
            "sensitivity",
            "effects",
            "--measure",
            "hhi_sites",
            "--time",
            "2024-12-31",
        ],
    );
    assert!(
        said.contains("4 trajectories") && said.contains("at least two futures and two replicates"),
        "{said}"
    );
    let effects = rows(&root.join("effects/sensitivity.csv"));
    assert_eq!(effects.len(), 6);
    // The luck of the run's parquet file is that of its text.
    explore(root, "--design saltelli -n 8 --replicates 2 --format csv --out text");
    silent(root, &["sensitivity", "text"]);
    assert_eq!(
        fs::read(root.join("text/luck.csv")).unwrap(),
        fs::read(root.join("indices/luck.csv")).unwrap()
    );
}

#[test]
fn several_scenarios_are_policies() {
    let folder = folder();
    let root = folder.path();
    let other = STUDY
        .replace("id = \"study\"", "id = \"soon\"")
        .replace("2025-12-31", "2023-12-31");
    fs::write(root.join("scenarios/soon.toml"), &other).unwrap();
    let args = [
        "explore",
        FILE,
        "scenarios/soon.toml",
        "--design",
        "lhs",
        "-n",
        "4",
        "--replicates",
        "1",
        "--out",
        "run",
    ];
    done(root, &args);
    let said = done(root, &["regret", "run"]);
    assert!(
        said.contains(&format!("soon; {CHOICE} = 1")) && said.contains(&format!("study; {CHOICE} = 0")),
        "{said}"
    );
    // A ban that is not in force is no ban, whatever its deadline.
    let regret = rows(&root.join("run/regret.csv"));
    let of = |policy: &str| -> Vec<String> {
        let own = regret
            .iter()
            .filter(|row| row["policy"] == format!("{policy}; {CHOICE} = 0"));
        own.map(|row| row["outcome"].clone()).collect()
    };
    assert_eq!(of("study").len(), 4);
    assert_eq!(of("study"), of("soon"));
    fs::write(
        root.join("scenarios/soon.toml"),
        other.replace("high = 0.12", "high = 0.2"),
    )
    .unwrap();
    let refusal = refused(root, &args);
    assert!(
        refusal.contains("disagree in what `market.taste_scale_share` may be"),
        "{refusal}"
    );
}

#[test]
fn slips_are_refused_before_anything_is_written() {
    let folder = folder();
    let root = folder.path();
    let refuse = |words: &str, said: &str| {
        let args: Vec<&str> = words.split_whitespace().collect();
        let text = refused(root, &args);
        assert!(text.contains(said), "{words}: {text}");
    };
    refuse(
        &format!("explore {MINIMAL} --design lhs -n 3"),
        "neither [uncertainties] nor [choices]",
    );
    refuse(&format!("explore {FILE} --design lhs"), "needs -n N");
    refuse(&format!("explore {FILE} --design random -n 3"), "say grid, lhs, sobol");
    refuse(&format!("explore {FILE} --design lhs -n 0"), "at least one point");
    refuse(
        &format!("explore {FILE} --design lhs -n 60000"),
        "more than 100000 points",
    );
    refuse(&format!("explore {FILE} --design none.csv"), "none.csv");
    refuse(&format!("explore {FILE} --design lhs -n 3 --record tenders"), "tenders");
    for (text, said) in [
        (
            "foo.bar\n0.1\n",
            "bad.csv:1, column foo.bar: the scenario has no `foo` (world `study`)\n  = found: foo.bar\n  = allowed: ",
        ),
        (
            "keep.growth_share_per_year,market.taste_scale_shar\n0,0.1\n",
            "bad.csv:1, column market.taste_scale_shar: `market` has no `taste_scale_shar`",
        ),
        (
            "market.taste_scale_share\r\n0.1\r\n-3\r\n",
            "bad.csv:3, column market.taste_scale_share: this number is out of range (world `study`)\n  = found: -3\n  = allowed: a number ",
        ),
        ("market.taste_scale_share\nhigh\n", "line 2"),
        ("market.taste_scale_share\n", "at least one point"),
    ] {
        fs::write(root.join("bad.csv"), text).unwrap();
        refuse(&format!("explore {FILE} --design bad.csv"), said);
    }
    let file = root.join(FILE);
    edit(&file, "values = [0, 1]", "values = [0, 0]");
    refuse(&format!("check {FILE}"), "a value stands twice");
    edit(&file, "values = [0, 0]", "values = []");
    refuse(&format!("check {FILE}"), "there is nothing to choose");
    edit(&file, "values = []", "values = [-7]");
    refuse(&format!("check {FILE}"), "may not be -7");
    edit(&file, "values = [-7]", "values = [1]");
    assert!(!root.join("runs").exists());

    done(root, &["run", MINIMAL, "--replicates", "1", "--out", "plain"]);
    refuse("regret plain", "has no design");
    refuse("sensitivity nowhere", "no finished run");
    explore(root, "--design lhs -n 3 --replicates 1 --out run");
    refuse("discover run", "--above");
    refuse("regret run --measure lock_in_indx", "did you mean `lock_in_index`?");
    refuse("regret run --time 2019-12-31", "nothing was measured then");
    fs::write(root.join("run/design.csv"), "point,a\n0,1\n").unwrap();
    refuse("regret run", "design.csv is not the one");
}

const CORRELATION: &str = r#"
[[correlation]]
of = ["market.taste_scale_share", "keep.growth_share_per_year"]
rank = 0.7
"#;

/// Correlations join the numbers of a design and of sampled replicates, are refused where they cannot hold or indices
/// would mislead, and change nothing where there are none.
#[test]
fn uncertain_numbers_may_go_together() {
    let folder = folder();
    let folder = folder.path();
    let file = folder.join(FILE);
    explore(folder, "--design sobol -n 32 --replicates 1 --out independent");
    fs::write(&file, format!("{STUDY}{CORRELATION}")).unwrap();
    explore(folder, "--design sobol -n 32 --replicates 1 --out together");
    let column = |run: &str, column: usize| -> Vec<f64> {
        let text = fs::read_to_string(folder.join(run).join("design.csv")).unwrap();
        let cell = |line: &str| line.split(',').nth(column).unwrap().parse().unwrap();
        text.lines().skip(1).step_by(2).map(cell).collect()
    };
    // What comes first keeps its values; the other one now rises with it.
    assert_eq!(column("together", 1), column("independent", 1));
    assert_ne!(column("together", 3), column("independent", 3));
    let concordance = |run: &str| {
        let (a, b) = (column(run, 1), column(run, 3));
        let pairs = (0..a.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs
            .map(|(i, j)| ((a[i] - a[j]) * (b[i] - b[j])).signum())
            .sum::<f64>()
            / 496.0
    };
    // Kendall's tau of a Gaussian copula is (2 / pi) asin r: 0.52 at this rank correlation.
    assert!((concordance("together") - 0.52).abs() < 0.15 && concordance("independent").abs() < 0.15);

    let text = refused(folder, &["explore", FILE, "--design", "saltelli", "-n", "4"]);
    assert!(text.contains("some of these are correlated"), "{text}");
    let line = [
        "explore",
        FILE,
        "--design",
        "saltelli",
        "-n",
        "4",
        "--replicates",
        "1",
        "--set",
        "correlation=[]",
    ];
    done(folder, &line);
    // A number that is set is uncertain no more: its correlation has no effect, and that is said.
    let output = oransim(folder, &["check", FILE, "--set", "market.taste_scale_share=0.1"]);
    assert!(
        output.status.success() && err(&output).contains("is not uncertain"),
        "{}",
        err(&output)
    );

    for (more, expected) in [
        (CORRELATION.replace("0.7", "0.5"), "this pair has a correlation already"),
        (CORRELATION.replace("keep.growth", "keep.grwth"), "did you mean `keep.growth_share_per_year`?"),
        (
            "[[correlation]]\nof = [\"market.taste_scale_share\", \"switching.x2_anchor_usd_per_site\"]\nrank = 0.9\n[[correlation]]\nof = [\"switching.x2_anchor_usd_per_site\", \"keep.growth_share_per_year\"]\nrank = -0.9\n".to_owned(),
            "beside the others it can stand between",
        ),
    ] {
        fs::write(&file, format!("{STUDY}{CORRELATION}{more}")).unwrap();
        let text = refused(folder, &["check", FILE]);
        assert!(text.contains(expected), "{text}");
    }
}
