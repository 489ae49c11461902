//! What every drawing must keep: the same bytes again, text inside the page and apart, no panic.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::fixture;
use crate::figures::date::Date;
use crate::figures::font::{self, Weight};
use crate::figures::note::{Mark, Note, Spec};
use crate::figures::plot::PlotTable;
use crate::figures::sheet::Rect;
use crate::figures::summary::SummaryTable;
use crate::figures::{FIGURES, FigureError, png};

/// A text of an SVG with the place that it takes, measured from the file alone.
struct Text {
    content: String,
    place: Rect,
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let from = element.find(&format!(" {name}=\""))? + name.len() + 3;
    element[from..].split('"').next()
}

fn number(element: &str, name: &str) -> f64 {
    attribute(element, name)
        .and_then(|value| value.parse().ok())
        .expect(name)
}

fn texts(svg: &str) -> Vec<Text> {
    (svg.lines().filter(|line| line.starts_with("<text")))
        .map(|line| {
            let (element, rest) = line.split_once('>').expect("an element");
            let content = rest.strip_suffix("</text>").expect("closed");
            let content = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
                .iter()
                .fold(content.to_owned(), |text, (from, to)| text.replace(from, to));
            let size = number(element, "font-size");
            let weight = match attribute(element, "font-weight") {
                Some(_) => Weight::Bold,
                None => Weight::Regular,
            };
            let width = font::width(&content, size, weight);
            let shift = match attribute(element, "text-anchor") {
                Some("middle") => width / 2.0,
                Some("end") => width,
                _ => 0.0,
            };
            let place = Rect {
                x: number(element, "x") - shift,
                y: number(element, "y") - size * font::CAP_HEIGHT,
                width,
                height: size * (font::CAP_HEIGHT + font::DESCENT),
            };
            Text { content, place }
        })
        .collect()
}

pub(super) fn assert_laid_out(svg: &str) {
    let (width, height) = (number(svg, "width"), number(svg, "height"));
    let texts = texts(svg);
    assert!(texts.len() > 3);
    for (i, a) in texts.iter().enumerate() {
        let place = a.place;
        let inside = place.x >= 0.0 && place.right() <= width + 0.1 && place.y >= 0.0 && place.bottom() <= height + 0.1;
        assert!(inside, "`{}` leaves the page: {place:?}", a.content);
        for b in &texts[..i] {
            // Half a pixel each way: coordinates are rounded.
            let apart = place.x + 0.5 > b.place.right()
                || b.place.x + 0.5 > place.right()
                || place.y + 0.5 > b.place.bottom()
                || b.place.y + 0.5 > place.bottom();
            assert!(apart, "`{}` covers `{}`", a.content, b.content);
        }
    }
}

#[test]
fn every_figure_comes_out_of_its_csv_alone_with_the_same_bytes() {
    let (table, spec, note) = (fixture::summary(), fixture::spec(), fixture::note());
    for figure in fixture::figures() {
        let plot = figure.plotted(&table, &spec).expect("plots");
        let svg = figure.draw(&plot, &note).expect("draws");
        let csv = plot.to_csv(&note).expect("writes");
        let (read, read_note) = PlotTable::from_csv(csv.as_bytes()).expect("reads");
        assert_eq!((&read, &read_note), (&plot, &note), "{}", figure.name());
        assert_eq!(figure.draw(&read, &read_note).expect("draws"), svg);
        assert_eq!(read.to_csv(&read_note).expect("writes"), csv);
        assert!(csv.is_ascii() && !csv.contains("NaN") && !csv.contains('\r'));
    }
}

/// The bytes of all of them, on every platform. After a change that is meant, run the test once with
/// `ORANSIM_BLESS=1`, look at the figures, and commit the new golden files.
#[test]
fn the_bytes_are_those_of_the_golden_files() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/figures/tests/golden");
    let mut hashes = String::new();
    let (table, spec, note) = (fixture::summary(), fixture::spec(), fixture::note());
    for figure in fixture::figures() {
        let plot = figure.plotted(&table, &spec).expect("plots");
        let svg = figure.draw(&plot, &note).expect("draws");
        let hash: String = (Sha256::digest(svg.as_bytes()).iter())
            .map(|byte| format!("{byte:02x}"))
            .collect();
        hashes.push_str(&format!("{hash}  {}.svg\n", figure.name()));
    }
    let rows = ["base", "policy"].iter().zip([0.20, 0.14]).flat_map(|(world, end)| {
        fixture::series(
            world,
            "lock_in_curve",
            "all",
            &[(0.24, 0.004), (0.22, 0.006), (end, 0.01)],
        )
    });
    let table = SummaryTable {
        rows: rows.collect(),
        ..SummaryTable::default()
    };
    let small = FIGURES[0];
    let plot = small.plotted(&table, &Spec::default()).expect("plots");
    let svg = small.draw(&plot, &note).expect("draws");
    for (name, text) in [("hashes.txt", hashes), ("small.svg", svg)] {
        let path = format!("{folder}/{name}");
        if std::env::var_os("ORANSIM_BLESS").is_some() {
            std::fs::write(&path, &text).expect("writes");
        }
        let golden = std::fs::read_to_string(&path).expect("golden file");
        assert!(golden == text, "{name} differs; see the comment on this test\n{text}");
    }
}

#[test]
fn no_text_leaves_the_page_or_covers_another() {
    for figure in fixture::figures() {
        let plot = figure.plotted(&fixture::summary(), &fixture::spec()).expect("plots");
        assert_laid_out(&figure.draw(&plot, &fixture::note()).expect("draws"));
    }
}

/// The renderer's own measure of each text, with the embedded font, is ours.
#[test]
fn the_renderer_measures_text_as_we_do() {
    for figure in fixture::figures() {
        let plot = figure.plotted(&fixture::summary(), &fixture::spec()).expect("plots");
        let svg = figure.draw(&plot, &fixture::note()).expect("draws");
        let ours = texts(&svg);
        let tree = png::tree(&svg).expect("an SVG");
        let theirs: Vec<_> = (tree.root().children().iter())
            .filter_map(|node| match node {
                resvg::usvg::Node::Text(text) => Some(text.bounding_box()),
                _ => None,
            })
            .collect();
        assert_eq!(ours.len(), theirs.len(), "{}", figure.name());
        for (ours, theirs) in ours.iter().zip(theirs) {
            let width = f64::from(theirs.width());
            let left = f64::from(theirs.left());
            let near = |a: f64, b: f64| (a - b).abs() < 1.5;
            assert!(
                near(width, ours.place.width) && near(left, ours.place.x),
                "`{}`: {width} from {left}, {:?}",
                ours.content,
                ours.place
            );
        }
    }
}

#[test]
fn a_rendered_figure_shows_its_text() {
    let figure = FIGURES[0];
    let plot = figure.plotted(&fixture::summary(), &fixture::spec()).expect("plots");
    let svg = figure.draw(&plot, &fixture::note()).expect("draws");
    let silent: String = (svg.lines())
        .filter(|line| !line.starts_with("<text"))
        .map(|line| format!("{line}\n"))
        .collect();
    let dark = |svg: &str| {
        let bytes = png::render(svg, 1.0).expect("renders");
        let image = resvg::tiny_skia::Pixmap::decode_png(&bytes).expect("a PNG");
        image.pixels().iter().filter(|p| p.red() < 90).count()
    };
    assert!(dark(&svg) > dark(&silent) + 3_000);
}

#[test]
fn a_table_without_the_series_is_an_error_that_says_what_is_wanted() {
    let empty = SummaryTable::default();
    let mut undefined = fixture::summary();
    for row in undefined.rows.iter_mut().chain(&mut undefined.differences) {
        row.stats = None;
    }
    for table in [&empty, &undefined] {
        for figure in fixture::figures() {
            let error = figure.plotted(table, &fixture::spec()).expect_err("nothing to plot");
            assert!(matches!(error, FigureError::NoSeries { .. }));
            let text = error.to_string();
            assert!(text.contains(figure.name()), "{text}");
            assert!(
                text.contains(figure.measures().last().copied().unwrap_or(""))
                    || text.contains("open_share")
                    || text.contains("share_sales")
            );
        }
    }
    let nothing = PlotTable {
        figure: String::new(),
        rows: Vec::new(),
    };
    for figure in fixture::figures() {
        assert!(figure.draw(&nothing, &fixture::note()).is_err());
    }
}

#[test]
fn a_csv_of_something_else_is_refused_with_its_line() {
    let plot = FIGURES[0]
        .plotted(&fixture::summary(), &fixture::spec())
        .expect("plots");
    let csv = plot.to_csv(&fixture::note()).expect("writes");
    let header = csv.lines().next().expect("a header");
    for (text, said) in [
        ("a,b\n1,2\n".to_owned(), "line 1: these are not the columns"),
        (format!("{header}\n"), "line 1: the table has a header and no row"),
        (
            csv.replacen(",1000,", ",many,", 1),
            "line 2, column `replicates`: `many` is not a whole number",
        ),
        (
            csv.replacen("sampled", "guessed", 1),
            "line 2, column `uncertainty`: `guessed`",
        ),
        (csv.replacen("3f9c2a71", "00000000", 1), "line 3, column `manifest`"),
        (csv.replacen("2020-12-31", "2020-12-32", 1), "line 3, column `time`"),
    ] {
        let error = PlotTable::from_csv(text.as_bytes()).expect_err(said);
        assert!(error.to_string().starts_with(said), "{error}");
    }
}

/// A made-up run with other names, fewer worlds and dates, shifted values and extra marks.
fn distort(worlds: usize, dates: usize, names: &[String], shift: f64, marks: Vec<Mark>) -> (SummaryTable, Spec, Note) {
    let mut table = fixture::summary();
    let last = fixture::dates()[dates - 1];
    let kept = &fixture::WORLDS[..worlds];
    table
        .rows
        .retain(|row| row.time <= last && kept.iter().any(|(id, _)| *id == row.scenario));
    // What is about the whole horizon stands at its last date.
    for row in table
        .differences
        .iter_mut()
        .filter(|row| row.measure != "lock_in_curve")
    {
        row.time = last;
    }
    table.differences.retain(|row| row.time <= last);
    for row in table.rows.iter_mut().chain(&mut table.differences) {
        if let Some(stats) = &mut row.stats {
            stats.ci = stats.ci.map(|(low, high)| (low + shift, high + shift));
            stats.mean += shift;
            stats.quantiles = stats.quantiles.map(|q| q + shift);
        }
    }
    let mut spec = fixture::spec();
    spec.worlds.truncate(worlds);
    spec.marks = marks;
    let named = [&mut spec.worlds, &mut spec.vendors, &mut spec.regions];
    for (pair, name) in named.into_iter().flatten().zip(names.iter().cycle()) {
        pair.1.clone_from(name);
    }
    (table, spec, fixture::note())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn nothing_leaves_the_page_whatever_the_names_and_numbers(
        worlds in 1usize..4,
        dates in 1usize..22,
        names in proptest::collection::vec("[A-Za-zäé<& -]{0,40}", 1..9),
        shift in prop_oneof![Just(0.0), -1.0f64..1.0],
        marks in proptest::collection::vec((2018i32..2043, "[a-z ]{0,40}"), 0..5),
    ) {
        let marks = marks
            .into_iter()
            .map(|(year, label)| Mark { scenario: None, time: Date::end_of(year), label })
            .collect();
        let (table, spec, note) = distort(worlds, dates, &names, shift, marks);
        let possible = fixture::figures().filter(|figure| worlds > 1 || figure.differences().is_empty());
        for figure in possible {
            let plot = figure.plotted(&table, &spec).expect("plots");
            let svg = figure.draw(&plot, &note).expect("draws");
            assert_laid_out(&svg);
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf\""));
        }
    }
}
