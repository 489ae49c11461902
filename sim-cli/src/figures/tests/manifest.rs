//! Reading `results/figures.toml`: what it says, and errors with the line.

use crate::figures::Result;
use crate::figures::date::Date;
use crate::figures::manifest::{FigureRun, PATH, World, read};

const LIST: &str = r#"format = 1
[[world]]
id = "frozen"
title = "Frozen interfaces"
extends = "scenarios/base.toml"
set = { "interface.growth_per_year" = 0.0 }
[[figure]]
name = "01-lock-in"
worlds = ["scenarios/base.toml", "frozen"]
replicates = 20
seed = 7
cheap = true
command = "oransim figures --only 01-lock-in"
measures = ["lock_in_curve"]
marks = [{ date = 2027-12-31, label = "Removal due", world = "frozen" }]
"#;

fn read_text(text: &str) -> Result<Vec<FigureRun>> {
    let root = tempfile::tempdir().expect("a directory");
    for folder in ["results", "scenarios"] {
        std::fs::create_dir(root.path().join(folder)).expect("a folder");
    }
    std::fs::write(root.path().join("scenarios/base.toml"), "").expect("written");
    std::fs::write(root.path().join(PATH), text).expect("written");
    read(root.path())
}

#[test]
fn a_list_is_read_with_its_worlds_and_marks() {
    let figures = read_text(LIST).expect("valid");
    let figure = &figures[0];
    assert_eq!((figure.replicates, figure.seed, figure.cheap), (20, 7, true));
    assert_eq!(figure.worlds[0], World::File("scenarios/base.toml".into()));
    let World::Inline { id, set, .. } = &figure.worlds[1] else {
        panic!("not inline");
    };
    assert_eq!(id, "frozen");
    assert_eq!(set[0].0, "interface.growth_per_year");
    assert_eq!(figure.marks[0].time, Date::end_of(2027));
    assert!(figure.shares_run(&figure.clone()));
}

#[test]
fn errors_name_the_line_and_what_is_allowed() {
    for (from, to, line, said) in [
        (
            "format = 1",
            "format = 2",
            1,
            "format 2 is not known; this version reads format 1",
        ),
        ("seed = 7", "sede = 7", 11, "unknown field `sede`"),
        ("seed = 7\n", "", 7, "missing field `seed`"),
        ("= 20", "= 0", 10, "`replicates` is 0"),
        ("= 20", "= twenty", 10, ""),
        (
            "01-lock-in\"\nw",
            "01-lockin\"\nw",
            8,
            "no figure is called `01-lockin`; there are 01-lock-in",
        ),
        (", \"frozen\"", ", \"fozen\"", 9, "`fozen` is neither a scenario file"),
        ("[\"scenarios/base.toml\", \"frozen\"]", "[]", 9, "`worlds` is empty"),
        ("[\"scenarios/base.toml\"", "[\"../base.toml\"", 9, "without `..`"),
        (
            "[\"scenarios/base.toml\"",
            "[\"scenarios/bse.toml\"",
            9,
            "`scenarios/bse.toml` is not there",
        ),
        ("[\"lock_in_curve\"]", "[\"hhi_sites\"]", 14, "lacks lock_in_curve"),
        ("2027-12-31", "12:00:00", 15, "`12:00:00` is not a date"),
    ] {
        let text = LIST.replacen(from, to, 1);
        assert_ne!(text, LIST, "{from}");
        let error = read_text(&text).expect_err(to).to_string();
        assert!(error.contains(&format!("figures.toml:{line}: ")), "{to}: {error}");
        assert!(error.contains(said), "{to}: {error}");
    }
    let twice = format!("{LIST}{}", &LIST[LIST.find("[[figure]]").expect("there")..]);
    let error = read_text(&twice).expect_err("twice").to_string();
    assert!(error.contains("figure `01-lock-in` is given twice"), "{error}");
}
