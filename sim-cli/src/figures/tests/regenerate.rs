//! Making and checking a small repository of figures.

use std::cell::Cell;
use std::path::Path;

use super::fixture;
use crate::figures::deep::{DeepRun, Explored};
use crate::figures::manifest::{self, FigureRun};
use crate::figures::regenerate::{Difference, Runner, Simulated, check, make};
use crate::figures::{by_name, readme};

const LIST: &str = r#"format = 1
[[figure]]
name = "01-lock-in"
worlds = ["scenarios/base.toml"]
replicates = 20
seed = 7
cheap = true
command = "oransim figures --only 01-lock-in"
measures = ["lock_in_curve", "share_sites"]
[[figure]]
name = "03-shares"
worlds = ["scenarios/base.toml"]
replicates = 20
seed = 7
cheap = false
command = "oransim figures --only 03-shares"
measures = ["lock_in_curve", "share_sites"]
"#;

/// Gives the made-up run, scaled, under a manifest hash; counts its runs.
struct Fake {
    hash: &'static str,
    scale: f64,
    runs: Cell<usize>,
}

impl Fake {
    fn new(hash: &'static str, scale: f64) -> Self {
        Self {
            hash,
            scale,
            runs: Cell::new(0),
        }
    }
}

impl Runner for Fake {
    fn design_hash(&self, _: &DeepRun) -> Result<String, String> {
        Ok(self.hash.to_owned())
    }

    fn explore(&self, _: &DeepRun) -> Result<Explored, String> {
        self.runs.set(self.runs.get() + 1);
        Ok(fixture::explored(self.hash, self.scale))
    }

    fn manifest_hash(&self, _: &FigureRun) -> Result<String, String> {
        Ok(self.hash.to_owned())
    }

    fn run(&self, _: &FigureRun) -> Result<Simulated, String> {
        self.runs.set(self.runs.get() + 1);
        let mut summary = fixture::summary();
        for row in &mut summary.rows {
            row.stats = row.stats.map(|stats| stats.scaled(self.scale));
        }
        let mut note = fixture::note();
        note.manifest = self.hash.to_owned();
        Ok(Simulated {
            summary,
            spec: fixture::spec(),
            note,
            markets: fixture::markets(),
        })
    }
}

struct Broken;

impl Runner for Broken {
    fn manifest_hash(&self, _: &FigureRun) -> Result<String, String> {
        Ok("aaaa".to_owned())
    }

    fn run(&self, _: &FigureRun) -> Result<Simulated, String> {
        Err("disk is full".to_owned())
    }
}

struct Unforeseen;

impl Runner for Unforeseen {
    fn manifest_hash(&self, run: &FigureRun) -> Result<String, String> {
        match run.name.as_str() {
            "01-lock-in" => Ok("bbbb".to_owned()),
            _ => Err("scenario is invalid".to_owned()),
        }
    }

    fn run(&self, run: &FigureRun) -> Result<Simulated, String> {
        Fake::new("aaaa", 1.0).run(run)
    }
}

fn repository() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a directory");
    for folder in ["results", "scenarios"] {
        std::fs::create_dir(root.path().join(folder)).expect("a folder");
    }
    std::fs::write(root.path().join("scenarios/base.toml"), "").expect("written");
    std::fs::write(root.path().join(manifest::PATH), LIST).expect("written");
    root
}

fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join("results").join(file);
    let text = std::fs::read_to_string(&path).expect("read");
    assert!(text.contains(from));
    std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
}

#[test]
fn what_was_made_checks_clean_and_one_run_serves_both_figures() {
    let root = repository();
    let runner = Fake::new("aaaa", 1.0);
    let written = make(root.path(), &[], &runner).expect("makes");
    assert_eq!(written.len(), 5);
    assert_eq!(runner.runs.get(), 1);
    assert_eq!(check(root.path(), false, &runner).expect("checks"), []);
    assert_eq!(runner.runs.get(), 2, "the cheap figure is computed anew");
    assert_eq!(check(root.path(), true, &runner).expect("checks"), []);
    let left: Vec<_> = std::fs::read_dir(root.path().join("results"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left.len(), 6, "{left:?}");
}

#[test]
fn only_the_named_figure_is_made_and_a_wrong_name_is_refused() {
    let root = repository();
    let runner = Fake::new("aaaa", 1.0);
    let only = |name: &str| make(root.path(), &[name.to_owned()], &runner);
    assert_eq!(only("03-shares").expect("makes").len(), 3);
    let error = only("02-causes").expect_err("not listed").to_string();
    assert_eq!(
        error,
        "no figure is called `02-causes`; there are 01-lock-in, 03-shares"
    );
    let found = check(root.path(), false, &runner).expect("checks");
    let missing = |file: &str| Difference::Missing { file: file.into() };
    assert_eq!(
        found,
        [missing("results/01-lock-in.csv"), missing("results/01-lock-in.svg")]
    );
}

#[test]
fn a_changed_input_makes_a_figure_stale() {
    let root = repository();
    make(root.path(), &[], &Fake::new("aaaa", 1.0)).expect("makes");
    let found = check(root.path(), true, &Fake::new("bbbb", 1.0)).expect("checks");
    assert_eq!(found.len(), 2);
    let said = found[0].to_string();
    assert!(
        said.starts_with("01-lock-in: stale: made from manifest aaaa, today's is bbbb"),
        "{said}"
    );
}

#[test]
fn hands_on_the_files_are_seen() {
    let root = repository();
    let runner = Fake::new("aaaa", 1.0);
    make(root.path(), &[], &runner).expect("makes");
    edit(root.path(), "03-shares.svg", "</svg>", "<!-- hand --></svg>");
    let found = check(root.path(), false, &runner).expect("checks");
    assert!(
        matches!(&found[..], [Difference::Redrawn { file, .. }] if file.ends_with("03-shares.svg")),
        "{found:?}"
    );
    make(root.path(), &[], &runner).expect("makes");
    edit(root.path(), "03-shares.csv", "2020-01-01", "soon");
    let found = check(root.path(), false, &runner).expect("checks");
    assert!(matches!(&found[..], [Difference::Unreadable { .. }]), "{found:?}");
    assert!(found[0].to_string().contains("line 2, column `time`"), "{}", found[0]);
}

#[test]
fn the_page_says_what_the_figures_say_and_how_to_make_them() {
    let root = repository();
    let runner = Fake::new("aaaa", 1.0);
    let page = || std::fs::read_to_string(root.path().join(readme::PATH)).expect("a page");
    make(root.path(), &["03-shares".to_owned()], &runner).expect("makes");
    assert!(page().contains("## 01-lock-in\n\nNot made yet: `oransim figures --only 01-lock-in`"));
    make(root.path(), &[], &runner).expect("makes");
    let (plot, note) = (
        fixture::summary(),
        runner
            .run(&manifest::read(root.path()).expect("a list")[0])
            .expect("runs")
            .note,
    );
    let figure = by_name("01-lock-in").expect("a figure");
    let plot = figure.plotted(&plot, &fixture::spec()).expect("plotted");
    let words = figure.drawing(&plot, &note).expect("draws").words;
    for said in [
        &format!("**{}:** {}", words.title, words.subtitle),
        "(01-lock-in.svg)",
        "[base](../scenarios/base.toml); 20 replicates each, seed 7.",
        "`oransim figures --only 01-lock-in`",
        &note.source(),
    ] {
        assert!(page().contains(said), "{said} is not in\n{}", page());
    }
    edit(root.path(), "README.md", "seed 7", "seed 8");
    let found = check(root.path(), false, &runner).expect("checks");
    assert!(
        matches!(&found[..], [Difference::Page { file, .. }] if file == Path::new(readme::PATH)),
        "{found:?}"
    );
    std::fs::remove_file(root.path().join(readme::PATH)).expect("removed");
    let found = check(root.path(), false, &runner).expect("checks");
    assert_eq!(
        found,
        [Difference::Missing {
            file: readme::PATH.into()
        }]
    );
}

#[test]
fn other_numbers_are_found_in_cheap_figures_and_in_all_with_full() {
    let root = repository();
    make(root.path(), &[], &Fake::new("aaaa", 1.0)).expect("makes");
    let changed = Fake::new("aaaa", 1.001);
    for (full, files) in [(false, 2), (true, 4)] {
        let found = check(root.path(), full, &changed).expect("checks");
        assert_eq!(found.len(), files);
        assert!(found.iter().all(|d| matches!(d, Difference::Recomputed { .. })));
    }
}

#[test]
fn a_failing_run_is_an_error_that_names_the_figure() {
    let root = repository();
    let error = make(root.path(), &[], &Broken).expect_err("fails").to_string();
    assert_eq!(error, "the simulation behind figure `01-lock-in` failed: disk is full");
    let error = make(root.path(), &[], &Unforeseen).expect_err("fails");
    assert!(
        error
            .to_string()
            .ends_with("its manifest is aaaa, and bbbb was foreseen"),
        "{error}"
    );
    make(root.path(), &[], &Fake::new("aaaa", 1.0)).expect("makes");
    let error = check(root.path(), false, &Unforeseen).expect_err("fails");
    let said = "the simulation behind figure `03-shares` failed: scenario is invalid";
    assert_eq!(error.to_string(), said);
}
