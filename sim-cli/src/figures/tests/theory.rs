//! Figures of theory: their numbers, their bytes, and how the list and the check treat them.

use std::path::Path;

use super::drawing::assert_laid_out;
use super::fixture;
use crate::figures::manifest::{self, FigureRun};
use crate::figures::note::Note;
use crate::figures::regenerate::{Difference, MarketFacts, Runner, Simulated, check, make};
use crate::figures::summary::SummaryTable;
use crate::figures::theory::{TheoryTable, compute, inputs_hash};
use crate::figures::{THEORY, theory_by_name};

/// A world with a wedge of .3, and bidders and mu as asked.
fn world(bidders: f64, taste_scale_share: f64) -> Simulated {
    let series = |measure: &str, value: f64| fixture::series("base", measure, "all", &[(value, 0.01), (value, 0.01)]);
    let rows = series("lock_in_curve", 0.3).into_iter();
    Simulated {
        summary: SummaryTable {
            rows: rows.chain(series("effective_bidders", bidders)).collect(),
            ..SummaryTable::default()
        },
        spec: fixture::spec(),
        note: Note {
            scenarios: vec!["base".to_owned()],
            ..fixture::note()
        },
        markets: vec![MarketFacts {
            taste_scale_share,
            seller_patience: 0.5,
        }],
    }
}

#[test]
fn every_figure_comes_out_of_its_csv_alone_with_the_same_bytes() {
    for theory in THEORY {
        let marked = world(2.8, 0.075);
        for world in [None, Some(&marked)] {
            let table = compute(theory, world).expect("computes");
            let (csv, svg) = (table.to_csv().expect("writes"), theory.draw(&table).expect("draws"));
            assert!(csv.is_ascii() && !csv.contains("NaN"));
            let read = TheoryTable::from_csv(&csv).expect("reads");
            assert_eq!(read, table, "{}", theory.name());
            assert_eq!(read.to_csv().expect("writes"), csv);
            assert_eq!(theory.draw(&read).expect("draws"), svg);
            let again = compute(theory, world).expect("computes");
            assert_eq!(again.to_csv().expect("writes"), csv, "computed twice");
            assert_laid_out(&svg);
        }
    }
}

/// The rows of the map are those of V14: at D = 0, .5 and .9 for two sellers and s = 2; on the frontier the sign turns.
#[test]
fn the_map_holds_the_known_answers() {
    let table = compute(theory_by_name("13-sign-map").expect("known"), None).expect("computes");
    let at = |n: f64, s: f64, d: f64| {
        let cells = table.series("cell", "mean_price_change", n);
        let cell = cells
            .iter()
            .find(|c| c.switching_cost == s && (c.patience - d).abs() < 1e-9);
        cell.expect("a cell").value
    };
    for (d, paid) in [(0.0, 2.42010554), (0.5, 1.73876296), (0.9, 1.19368890)] {
        assert!((at(2.0, 2.0, d) - (paid - 2.0)).abs() < 1e-6, "patience {d}");
    }
    assert_eq!(at(5.0, 0.0, 0.5), 0.0);
    for n in [2.0, 3.0, 5.0] {
        for on in table.series("frontier", "retention", n) {
            assert!((on.value - (1.0 + (n - 1.0) * on.patience) / n).abs() < 1e-5);
        }
        // Every cell lies on the side of the frontier that its sign tells.
        let line = table.series("frontier", "retention", n);
        for cell in table.series("cell", "mean_price_change", n) {
            let on = line.iter().find(|on| (on.patience - cell.patience).abs() < 1e-9);
            let turn = on.expect("a point of the frontier").switching_cost;
            if (cell.switching_cost - turn).abs() < 1e-5 || cell.switching_cost == 0.0 {
                assert!(cell.value.abs() < 1e-5, "{cell:?}");
            } else {
                assert_eq!(cell.value > 0.0, cell.switching_cost > turn, "{cell:?}");
            }
        }
    }
}

#[test]
fn the_world_stands_where_its_numbers_put_it() {
    let theory = theory_by_name("13-sign-map").expect("known");
    for (scale, title) in [
        (0.06, "switching costs raise the prices paid"),
        (0.15, "switching costs do not raise the prices paid"),
    ] {
        let table = compute(theory, Some(&world(2.4, scale))).expect("computes");
        let point = table.series("world", "effective_bidders_of_the_world", 2.4);
        assert!((point[0].switching_cost - 0.3 / scale).abs() < 1e-5);
        assert_eq!((point[0].patience, table.source.world.as_str()), (0.5, "base"));
        let svg = theory.draw(&table).expect("draws");
        let title = format!("In the theory of equal sellers, at base’s wedge, {title}");
        assert!(svg.contains(&title), "{title}");
    }
    let mut without = world(2.4, 0.06);
    without.summary.rows.retain(|row| row.measure != "effective_bidders");
    let error = compute(theory, Some(&without)).expect_err("no bidders").to_string();
    assert!(error.contains("effective_bidders"), "{error}");
}

#[test]
fn new_buyers_lose_in_a_duopoly_alone() {
    let theory = theory_by_name("17-bargains").expect("known");
    let table = compute(theory, None).expect("computes");
    let gain = |series: &str, n: f64| table.series(series, "lifetime_gain", n)[0].value;
    assert!(gain("new:responding", 2.0) < 0.0 && gain("new:responding", 3.0) > 0.0);
    for n in [2.0, 3.0, 5.0] {
        assert!(gain("attached:responding", n) < gain("attached:frozen", n));
        // Where nothing has changed frozen prices are the prices.
        for quantity in ["price_paid", "lifetime_gain"] {
            let last = |series: &str| table.series(series, quantity, n)[20].value;
            assert!((last("attached:frozen") - last("attached:responding")).abs() < 2e-6);
            assert!((last("new:frozen") - last("new:responding")).abs() < 2e-6);
        }
    }
    let svg = theory.draw(&table).expect("draws");
    assert!(svg.contains("Cheaper switching hurts new buyers in a duopoly and helps them where more sellers bid"));
}

/// Plays [`world`] under a manifest hash.
struct Fake(&'static str);

impl Runner for Fake {
    fn manifest_hash(&self, _: &FigureRun) -> Result<String, String> {
        Ok(self.0.to_owned())
    }

    fn run(&self, run: &FigureRun) -> Result<Simulated, String> {
        assert_eq!(run.measures, ["lock_in_curve", "effective_bidders"]);
        let mut world = world(2.8, 0.075);
        world.note.manifest = self.0.to_owned();
        Ok(world)
    }
}

const LIST: &str = r#"format = 1
[[theory]]
name = "13-sign-map"
command = "oransim figures --only 13-sign-map"
world = { scenario = "scenarios/base.toml", replicates = 2, seed = 1 }
[[theory]]
name = "17-bargains"
command = "oransim figures --only 17-bargains"
"#;

fn repository(list: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a directory");
    for folder in ["results", "scenarios"] {
        std::fs::create_dir(root.path().join(folder)).expect("a folder");
    }
    std::fs::write(root.path().join("scenarios/base.toml"), "").expect("written");
    std::fs::write(root.path().join(manifest::PATH), list).expect("written");
    root
}

#[test]
fn they_are_made_checked_and_found_stale() {
    let root = repository(LIST);
    assert_eq!(make(root.path(), &[], &Fake("aaaa")).expect("makes").len(), 5);
    assert_eq!(check(root.path(), false, &Fake("aaaa")).expect("checks"), []);
    let found = check(root.path(), false, &Fake("bbbb")).expect("checks");
    assert!(
        matches!(&found[..], [Difference::Stale { figure, .. }] if figure == "13-sign-map"),
        "the other needs no world: {found:?}"
    );
    let edit = |from: &str, to: &str| {
        let path = root.path().join("results/17-bargains.csv");
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.contains(from));
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
    };
    edit(",price_paid,mu,2,0,", ",price_paid,mu,2,0.1,");
    let found = check(root.path(), false, &Fake("aaaa")).expect("checks");
    let in_file =
        |d: &Difference, name: &str| matches!(d, Difference::Recomputed { file, .. } if file == Path::new(name));
    assert!(found.iter().any(|d| in_file(d, "results/17-bargains.csv")), "{found:?}");
    edit("17-bargains,", "13-sign-map,");
    let found = check(root.path(), false, &Fake("aaaa")).expect("checks");
    assert!(matches!(&found[..], [Difference::Unreadable { .. }]), "{found:?}");
}

#[test]
fn errors_of_the_list_name_the_line() {
    for (from, to, line, said) in [
        ("13-sign-map", "13-signs", 3, "there are 13-sign-map, 17-bargains"),
        ("base.toml", "bse.toml", 5, "`scenarios/bse.toml` is not there"),
        ("replicates = 2", "replicates = 0", 5, "`replicates` is 0"),
        ("17-bargains", "13-sign-map", 7, "given twice"),
        (
            "only 17-bargains\"\n",
            "only 17-bargains\"\nworld = { scenario = \"scenarios/base.toml\", replicates = 2, seed = 1 }\n",
            7,
            "marks no world",
        ),
    ] {
        let root = repository(&LIST.replacen(from, to, 1));
        let error = manifest::read_theory(root.path()).expect_err(to).to_string();
        assert!(
            error.contains(&format!("figures.toml:{line}: ")) && error.contains(said),
            "{error}"
        );
    }
}

#[test]
fn the_hash_holds_parameters_and_world() {
    let [map, bargains] = THEORY;
    let hashes = [
        inputs_hash(map, None),
        inputs_hash(map, Some("aaaa")),
        inputs_hash(bargains, None),
    ];
    assert!(hashes.iter().all(|hash| hash.len() == 64));
    assert!(hashes[0] != hashes[1] && hashes[0] != hashes[2]);
}

#[test]
fn a_table_of_something_else_is_refused() {
    let table = compute(theory_by_name("17-bargains").expect("known"), None).expect("computes");
    let csv = table.to_csv().expect("writes");
    let header = csv.lines().next().expect("a header");
    for (text, said) in [
        ("a,b\n1,2\n".to_owned(), "line 1: these are not the columns"),
        (format!("{header}\n"), "line 1: the table has a header and no row"),
        (
            csv.replacen(",mu,2,", ",mu,two,", 1),
            "line 2, column `sellers`: `two` is not a finite number",
        ),
    ] {
        let error = TheoryTable::from_csv(&text).expect_err(said).to_string();
        assert!(error.starts_with(said), "{error}");
    }
    for theory in THEORY {
        let nothing = TheoryTable {
            rows: Vec::new(),
            ..table.clone()
        };
        assert!(theory.draw(&nothing).is_err());
    }
}
