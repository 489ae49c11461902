//! The titles that figures give themselves: a rise, a fall, and what cannot be told from zero.

use super::fixture::{self, series};
use crate::figures::by_name;
use crate::figures::note::{Note, Spec, Uncertainty};
use crate::figures::summary::{SummaryRow, SummaryTable};

fn part<'a>(svg: &'a str, tag: &str) -> &'a str {
    let from = svg.find(&format!("<{tag} id")).expect(tag);
    let inner = &svg[from + svg[from..].find('>').expect("an element") + 1..];
    &inner[..inner.find("</").expect("closed")]
}

/// Title and description of a figure made from rows.
fn words(figure: &str, rows: Vec<SummaryRow>, spec: &Spec) -> (String, String) {
    let figure = by_name(figure).expect("known");
    let plot = figure
        .plotted(
            &SummaryTable {
                rows,
                ..SummaryTable::default()
            },
            spec,
        )
        .expect("plots");
    let svg = figure.draw(&plot, &fixture::note()).expect("draws");
    (part(&svg, "title").to_owned(), part(&svg, "desc").to_owned())
}

fn policy() -> Spec {
    let worlds = [("base", "Baseline"), ("ban", "Early ban")];
    Spec {
        worlds: worlds.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec(),
        ..Spec::default()
    }
}

fn two_worlds(measure: &str, vendor: &str, ends: [f64; 2]) -> Vec<SummaryRow> {
    ["base", "ban"]
        .into_iter()
        .zip(ends)
        .flat_map(|(world, end)| series(world, measure, vendor, &[(0.24, 0.01), (end, 0.01)]))
        .collect()
}

#[test]
fn lock_in_under_a_policy() {
    for (end, title) in [
        (0.15, "Lock-in in 2021 is 5.0 points lower under “Early ban”"),
        (0.26, "Lock-in in 2021 is 6.0 points higher under “Early ban”"),
        (
            0.21,
            "Effect of “Early ban” on lock-in by 2021 cannot be told from zero",
        ),
    ] {
        let rows = two_worlds("lock_in_curve", "all", [0.20, end]);
        let (said, description) = words("01-lock-in", rows, &policy());
        assert_eq!(said, title);
        let number = format!("mean {}.0% against 20.0%", (end * 100.0_f64).round());
        assert!(description.contains(&number), "{description}");
        assert!(description.contains("(95% interval "), "{description}");
    }
}

#[test]
fn lock_in_over_time_in_one_world() {
    for (end, title) in [
        (0.15, "Lock-in falls from 24.0% to 15.0% of list price by 2021"),
        (0.30, "Lock-in rises from 24.0% to 30.0% of list price by 2021"),
        (0.245, "Change in lock-in by 2021 cannot be told from zero"),
    ] {
        let rows = series("base", "lock_in_curve", "all", &[(0.24, 0.01), (end, 0.01)]);
        assert_eq!(words("01-lock-in", rows, &Spec::default()).0, title);
    }
}

#[test]
fn causes_name_the_part_that_leads() {
    for (end, title) in [
        (0.05, "Lock-in falls 19.0 points by 2021, led by swapping kit"),
        (0.40, "Lock-in rises 16.0 points by 2021, led by swapping kit"),
        (0.25, "Change in lock-in by 2021 cannot be told from zero"),
    ] {
        let mut rows = series("base", "lock_in_part", "all", &[(0.24, 0.01), (end, 0.01)]);
        for row in &mut rows {
            row.part = "swap".to_owned();
        }
        assert_eq!(words("02-causes", rows, &Spec::default()).0, title);
    }
}

#[test]
fn shares_speak_of_the_group_or_of_the_largest() {
    for (end, title) in [
        (
            0.10,
            "group:untrusted: share 10.0 points lower in 2021 under “Early ban”",
        ),
        (
            0.30,
            "group:untrusted: share 10.0 points higher in 2021 under “Early ban”",
        ),
        (
            0.20,
            "group:untrusted: effect of “Early ban” by 2021 cannot be told from zero",
        ),
    ] {
        let mut rows = two_worlds("share_sites", "group:untrusted", [0.20, end]);
        rows.extend(two_worlds("share_sites", "nokia", [0.9, 0.1]));
        assert_eq!(words("03-shares", rows, &policy()).0, title);
    }
    let rows = series("base", "share_sites", "nokia", &[(0.2, 0.01), (0.5, 0.01)]);
    let (title, _) = words("03-shares", rows, &Spec::default());
    assert_eq!(title, "nokia: share of sites rises from 20% to 50% by 2021");
}

#[test]
fn regions_name_the_one_that_moves_most() {
    for (end, title) in [
        (0.04, "nokia lose most in asia by 2021"),
        (0.60, "nokia gain most in asia by 2021"),
        (0.24, "No region’s change in nokia by 2021 can be told from zero"),
    ] {
        let mut rows = series("base", "share_sites", "nokia", &[(0.24, 0.01), (end, 0.01)]);
        for row in &mut rows {
            row.place_kind = "bloc".to_owned();
            row.place = "asia".to_owned();
        }
        assert_eq!(words("04-shares-by-region", rows, &Spec::default()).0, title);
    }
}

#[test]
fn openness_does_not_promise_diversity() {
    for (open, sellers, title) in [
        (0.4, 3.0, "Open sites rise to 40%, yet effective sellers fall to 3.0"),
        (0.4, 5.0, "Open sites rise to 40%, effective sellers to 5.0"),
        (
            0.4,
            4.0,
            "Open sites rise to 40%; change in diversity cannot be told from zero",
        ),
        (0.01, 3.0, "Open sites fall to 1.0%, effective sellers to 3.0"),
        (0.01, 5.0, "Open sites fall to 1.0%, yet effective sellers rise to 5.0"),
        (0.105, 5.0, "Change in openness by 2021 cannot be told from zero"),
    ] {
        let mut rows = series("base", "open_share_specified", "all", &[(0.1, 0.01), (open, 0.01)]);
        rows.extend(series(
            "base",
            "effective_vendors",
            "all",
            &[(4.0, 0.1), (sellers, 0.1)],
        ));
        let (said, _) = words("05-open-vs-concentration", rows, &Spec::default());
        assert_eq!(said, title);
    }
}

#[test]
fn one_replicate_claims_nothing() {
    let mut rows = series("base", "lock_in_curve", "all", &[(0.24, 0.01), (0.10, 0.01)]);
    for stats in rows.iter_mut().filter_map(|row| row.stats.as_mut()) {
        stats.ci = None;
    }
    let (title, description) = words("01-lock-in", rows, &Spec::default());
    assert_eq!(title, "Change in lock-in by 2021 cannot be told from zero");
    assert!(description.contains("one replicate: no interval"), "{description}");
}

#[test]
fn titles_of_the_made_up_run_are_short() {
    for figure in crate::figures::FIGURES {
        let plot = figure.plotted(&fixture::summary(), &fixture::spec()).expect("plots");
        let svg = figure.draw(&plot, &fixture::note()).expect("draws");
        let title = part(&svg, "title");
        assert!(title.split_whitespace().count() <= 12, "{title}");
    }
}

#[test]
fn the_note_says_what_the_bands_hold() {
    let fixed = Note {
        uncertainty: Uncertainty::Fixed,
        ..fixture::note()
    };
    for figure in crate::figures::FIGURES {
        let plot = figure.plotted(&fixture::summary(), &fixture::spec()).expect("plots");
        for (note, said) in [
            (&fixture::note(), "sampled; manifest 3f9c2a71."),
            (&fixed, "uncertainty fixed"),
        ] {
            let svg = figure.draw(&plot, note).expect("draws");
            assert!(svg.contains(said), "{}", figure.name());
        }
        if figure.name() != "02-causes" {
            let svg = figure.draw(&plot, &fixed).expect("draws");
            assert!(svg.contains("luck alone"), "{}", figure.name());
        }
    }
}
