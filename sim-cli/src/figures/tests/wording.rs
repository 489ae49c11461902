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

/// A paired difference of the world at the end of 2021: mean and half-width; a ratio has no quantiles.
fn difference(alt: &str, measure: &str, part: &str, mean: f64, half: f64) -> SummaryRow {
    let is_ratio = measure == "cost_per_lock_in_point";
    let mut row = series(alt, measure, "all", &[(mean, half), (mean, half)]).remove(1);
    part.clone_into(&mut row.part);
    if let Some(stats) = row.stats.as_mut().filter(|_| is_ratio) {
        stats.quantiles = [f64::NAN; 5];
    }
    row.stats = row.stats.filter(|stats| !stats.mean.is_nan());
    row
}

/// Title and description of a figure of a comparison, `worlds` beside the base.
fn compared(figure: &str, differences: Vec<SummaryRow>, worlds: &[(&str, &str)]) -> (String, String) {
    let spec = Spec {
        worlds: ([("base", "Baseline")].iter().chain(worlds))
            .map(|(id, title)| ((*id).to_owned(), (*title).to_owned()))
            .collect(),
        ..Spec::default()
    };
    let rows = (spec.worlds.iter())
        .flat_map(|(id, _)| series(id, "lock_in_curve", "all", &[(0.24, 0.01), (0.2, 0.01)]))
        .collect();
    let figure = by_name(figure).expect("known");
    let table = SummaryTable { rows, differences };
    let plot = figure.plotted(&table, &spec).expect("plots");
    let svg = figure.draw(&plot, &fixture::note()).expect("draws");
    (part(&svg, "title").to_owned(), part(&svg, "desc").to_owned())
}

#[test]
fn paired_differences_in_lock_in() {
    let ban = [("ban", "Early ban")];
    for (mean, title) in [
        (-0.05, "“Early ban” takes 5.0 points off lock-in by 2021"),
        (0.06, "“Early ban” adds 6.0 points to lock-in by 2021"),
        (
            0.005,
            "Effect of “Early ban” on lock-in by 2021 cannot be told from zero",
        ),
    ] {
        let rows = vec![difference("ban", "lock_in_curve", "all", mean, 0.01)];
        let (said, description) = compared("differences", rows, &ban);
        assert_eq!(said, title);
        assert!(description.contains("Early ban: 2021: "), "{description}");
    }
    let two = [("ban", "Early ban"), ("fund", "A fund")];
    let rows = two.map(|(id, _)| difference(id, "lock_in_curve", "all", 0.001, 0.01));
    let (said, _) = compared("differences", rows.to_vec(), &two);
    assert_eq!(said, "No policy’s effect on lock-in by 2021 can be told from zero");
}

#[test]
fn what_a_point_of_lock_in_costs() {
    let policy = |id: &str, change: f64, (cost, half): (f64, f64)| {
        let mut rows = vec![difference(id, "discounted_lock_in", "all", change, 0.004)];
        for (part, share) in [("all", 1.0), ("operators", 1.2), ("public", 0.0), ("delay", -0.2)] {
            rows.push(difference(id, "cost_per_lock_in_point", part, share * cost, half));
        }
        rows
    };
    let undefined = (f64::NAN, f64::NAN);
    let ban = [("ban", "Early ban")];
    for (change, cost, title, said) in [
        (
            -0.05,
            (1520.0, 300.0),
            "“Early ban” removes a point of lock-in for USD 1.5 billion",
            "Early ban: 1,520 (1,220 to 1,820).",
        ),
        (
            -0.05,
            (152.0, 300.0),
            "“Early ban” removes lock-in at a cost that cannot be told from zero",
            "152 (−148 to 452) Cost cannot be told from zero.",
        ),
        (
            -0.05,
            (-152.0, 30.0),
            "“Early ban” removes lock-in with lower outlays of operators, without public outlay",
            "−152 (−182 to −122) Dominant: less lock-in at lower cost.",
        ),
        (
            0.001,
            undefined,
            "No policy here can be said to remove lock-in: a point has no price",
            "Early ban: Undefined: change in lock-in cannot be told from zero.",
        ),
        (
            0.05,
            undefined,
            "No policy here can be said to remove lock-in: a point has no price",
            "Early ban: Undefined: there is more lock-in.",
        ),
    ] {
        let (heading, description) = compared("06-cost-per-point", policy("ban", change, cost), &ban);
        assert_eq!(heading, title);
        assert!(description.contains(said), "{description}");
    }
    let two = [("ban", "Early ban"), ("fund", "A fund")];
    for (ban, fund, title) in [
        (
            (90.0, 9.0),
            (45.0, 9.0),
            "“A fund” removes lock-in most cheaply: USD 45.0 million a point",
        ),
        (
            (60.0, 9.0),
            (45.0, 9.0),
            "No policy can be called the cheapest per point of lock-in",
        ),
        (
            (90.0, 9.0),
            undefined,
            "Only “Early ban” removes lock-in: USD 90.0 million a point",
        ),
    ] {
        let rows = [policy("ban", -0.05, ban), policy("fund", -0.01, fund)].concat();
        let (said, description) = compared("06-cost-per-point", rows, &two);
        assert_eq!(said, title);
        assert!(!description.contains("transfer from sellers"), "{description}");
    }
    // Where all pay less, the range is told, and that it is no saving to society.
    let rows = [
        policy("ban", -0.05, (-152.0, 30.0)),
        policy("fund", -0.01, (-900.0, 90.0)),
    ];
    let (said, description) = compared("06-cost-per-point", rows.concat(), &two);
    assert_eq!(
        said,
        "All 2 policies remove lock-in with lower outlays of operators, without public outlay"
    );
    for words in [
        "Counted in: states pay nothing a point under each. ",
        "From USD −152 million a point (95% interval −182 to −122) under “Early ban” to −900 (95% interval −990 to −810) under",
        "Lower prices are a transfer from sellers, no saving to society.",
        "kit bought late is not credited after 2021.",
    ] {
        assert!(description.contains(words), "{description}");
    }
    // Only delay is less: outlays are not.
    let mut rows = policy("ban", -0.05, (-152.0, 30.0));
    for row in &mut rows {
        if row.part == "operators" {
            row.stats = row.stats.map(|stats| stats.scaled(-1.0));
        }
    }
    assert_eq!(
        compared("06-cost-per-point", rows, &ban).0,
        "“Early ban” removes lock-in at lower cost to operators and states together, delay counted"
    );
}

/// Who saves and who spends is told apart: a lower sum is no lower outlay of each.
#[test]
fn states_that_pay_more_are_not_said_to_pay_less() {
    let policy = |id: &str, [operators, public]: [f64; 2]| {
        let parts = [
            ("all", operators + public),
            ("operators", operators),
            ("public", public),
            ("delay", 0.0),
        ];
        let mut rows = vec![difference(id, "discounted_lock_in", "all", -0.05, 0.004)];
        rows.extend(parts.map(|(part, cost)| difference(id, "cost_per_lock_in_point", part, cost, 9.0)));
        rows
    };
    let two = [("ban", "Early ban"), ("fund", "A fund")];
    for (ban, fund, who) in [
        (
            [-1265.0, 0.0],
            [-9000.0, 8356.0],
            "as operators save more than states spend",
        ),
        (
            [-1265.0, -3.0],
            [-900.0, 0.0],
            "with lower outlays of operators and states",
        ),
        (
            [100.0, -265.0],
            [0.0, -90.0],
            "as states save more than operators spend",
        ),
        (
            [100.0, -265.0],
            [-900.0, 90.0],
            "with lower outlays of operators and states together",
        ),
    ] {
        let rows = [policy("ban", ban), policy("fund", fund)].concat();
        let (title, _) = compared("06-cost-per-point", rows, &two);
        assert_eq!(title, format!("All 2 policies remove lock-in {who}"));
    }
    let rows = [policy("ban", [-1265.0, 0.0]), policy("fund", [-9000.0, 8356.0])].concat();
    let (_, description) = compared("06-cost-per-point", rows, &two);
    let said = "Counted in: states pay from nothing a point under “Early ban” to USD 8,356 million under “A fund”. ";
    assert!(description.contains(said), "{description}");
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
        (0.05, "Lock-in index falls 19.0 points by 2021, led by swapping kit"),
        (0.40, "Lock-in index rises 16.0 points by 2021, led by swapping kit"),
        (0.25, "Change in the lock-in index by 2021 cannot be told from zero"),
    ] {
        let mut rows = series("base", "lock_in_part", "all", &[(0.24, 0.01), (end, 0.01)]);
        for row in &mut rows {
            row.part = "swap".to_owned();
        }
        assert_eq!(words("02-causes", rows, &Spec::default()).0, title);
    }
}

/// Two parts that move against each other leave the index sure: its own interval counts, not theirs added.
#[test]
fn the_interval_of_a_sum_of_causes_is_that_of_the_index() {
    let parts = || {
        ["swap", "outage"].into_iter().flat_map(|part| {
            let mut rows = series("base", "lock_in_part", "all", &[(0.12, 0.01), (0.09, 0.025)]);
            for row in &mut rows {
                part.clone_into(&mut row.part);
            }
            rows
        })
    };
    let (title, description) = words("02-causes", parts().collect(), &Spec::default());
    assert_eq!(title, "Change in the lock-in index by 2021 cannot be told from zero");
    assert!(description.contains("(95% interval −13.0 to 1.0)"), "{description}");
    let index = series("base", "lock_in_index", "all", &[(0.24, 0.001), (0.18, 0.002)]);
    let (title, description) = words("02-causes", parts().chain(index).collect(), &Spec::default());
    assert!(title.starts_with("Lock-in index falls 6.0 points by 2021"), "{title}");
    assert!(
        description.contains("−6.0 points (95% interval −6.3 to −5.7)"),
        "{description}"
    );
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
        // Which world is shown stands in the sentence, under the name that readers know.
        let one = Spec {
            worlds: policy().worlds[..1].to_vec(),
            ..Spec::default()
        };
        let (said, description) = words("04-shares-by-region", rows, &one);
        assert_eq!(said, title);
        assert!(
            description.starts_with("Baseline, asia: mean share of sites 24% in 2020"),
            "{description}"
        );
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
    for figure in fixture::figures() {
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
    for figure in fixture::figures() {
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

/// Sites that go from one seller to another at the end of 2021: mean and half-width.
fn flow(world: &str, from: &str, to: &str, (mean, half): (f64, f64)) -> SummaryRow {
    let mut row = series(world, "awarded_sites", to, &[(0.0, 0.0), (mean, half)]).remove(1);
    row.part = format!("from:{from}");
    row
}

#[test]
fn who_wins_whose_sites() {
    let one = Spec {
        worlds: vec![("base".to_owned(), "Baseline".to_owned())],
        ..Spec::default()
    };
    let rows = |world: &str, there: (f64, f64), back: (f64, f64)| {
        vec![
            flow(world, "a", "a", (4e6, 1e4)),
            flow(world, "a", "b", there),
            flow(world, "b", "a", back),
            flow(world, "b", "b", (1e6, 1e4)),
            flow(world, "none", "b", (7e6, 1e4)),
        ]
    };
    for (there, back, title) in [
        (
            (2.24e6, 1e4),
            (1e6, 1e4),
            "A net 1.24 million sites move from a to b by 2021",
        ),
        (
            (2e5, 1e4),
            (3e5, 1e4),
            "A net 100 thousand sites move from b to a by 2021",
        ),
        (
            (2e5, 1e5),
            (3e5, 1e5),
            "No net flow of sites between two sellers by 2021 can be told from zero",
        ),
    ] {
        let (said, description) = words("15-flows", rows("base", there, back), &one);
        assert_eq!(said, title);
        // New networks are nobody's loss, and no renewal.
        let total = (5e6 + there.0 + back.0) / 1e6;
        assert!(
            description.contains(&format!("{total:.2} million sites tendered again")),
            "{description}"
        );
    }
    for (there, title, said) in [
        (
            (5e5, 1e4),
            "“Early ban” brings b 300 thousand sites more by 2021",
            "; from a to b go 300 thousand sites more (95% interval 280 thousand sites to 320 thousand sites).",
        ),
        (
            (1e5, 1e4),
            "“Early ban” costs b 100 thousand sites by 2021",
            "; from a to b go 100 thousand sites fewer (95% interval 80 thousand sites to 120 thousand sites).",
        ),
        (
            (2.1e5, 1e4),
            "This figure’s test cannot tell whom “Early ban” costs sites",
            "; between which sellers sites move cannot be told.",
        ),
    ] {
        // Renewals and new networks are the same in each replicate.
        let sure = |mut rows: Vec<SummaryRow>| {
            for stats in rows
                .iter_mut()
                .filter_map(|row| row.stats.as_mut())
                .filter(|stats| stats.mean >= 1e6)
            {
                stats.ci = Some((stats.mean, stats.mean));
            }
            rows
        };
        let mut all = sure(rows("base", (2e5, 1e4), (3e5, 1e4)));
        all.extend(sure(rows("ban", there, (3e5, 1e4))));
        let (heading, description) = words("15-flows", all, &policy());
        assert_eq!(heading, title);
        assert!(description.contains(said), "{description}");
    }
}

/// What a policy takes from a seller is mostly what it no longer keeps: the title counts all.
#[test]
fn who_loses_sites_is_told_by_all_that_it_loses() {
    let all = [("base", [4e6, 2e5, 3e5]), ("ban", [3.5e6, 2.5e5, 2e5])]
        .into_iter()
        .flat_map(|(world, [kept, there, back])| {
            vec![
                flow(world, "a", "a", (kept, 0.0)),
                flow(world, "a", "b", (there, 0.0)),
                flow(world, "b", "a", (back, 0.0)),
            ]
        });
    let (title, description) = words("15-flows", all.collect(), &policy());
    assert_eq!(title, "“Early ban” costs a 600 thousand sites by 2021");
    let said = "of its own it keeps 500 thousand sites fewer (95% interval 500 thousand sites to 500 thousand sites); from b to a go 100 \
                thousand sites fewer";
    assert!(description.contains(said), "{description}");
}

/// Two flows with wide intervals that move together: their difference is sure, and it counts where it is known.
#[test]
fn who_wins_whose_sites_is_tested_in_pairs() {
    let total = |row: SummaryRow| SummaryRow {
        measure: "awarded_sites_total".to_owned(),
        ..row
    };
    let worlds = [("base", 2e5), ("ban", 2.5e5)].into_iter().flat_map(|(world, there)| {
        let flows = [
            flow(world, "a", "a", (4e6, 1e4)),
            flow(world, "a", "b", (there, 1e5)),
            flow(world, "b", "a", (3e5, 1e5)),
            flow(world, "b", "b", (1e6, 1e4)),
        ];
        flows.into_iter().flat_map(move |row| [total(row.clone()), row])
    });
    let mut table = SummaryTable {
        rows: worlds.collect(),
        differences: Vec::new(),
    };
    let figure = by_name("15-flows").expect("known");
    let drawn = |table: &SummaryTable| {
        let plot = figure.plotted(table, &policy()).expect("plots");
        figure.drawing(&plot, &fixture::note()).expect("draws").words
    };
    let said = drawn(&table);
    assert_eq!(
        said.title,
        "This figure’s test cannot tell whom “Early ban” costs sites"
    );
    assert!(said.subtitle.contains("b: 50 thousand sites more"), "{}", said.subtitle);
    let changes = [("a", "b", (5e4, 2e4)), ("b", "a", (1e3, 2e3))];
    table.differences = changes
        .map(|(from, to, change)| total(flow("ban", from, to, change)))
        .into();
    let said = drawn(&table);
    assert_eq!(said.title, "“Early ban” brings b 50 thousand sites more by 2021");
    assert!(
        said.subtitle
            .contains("from a to b go 50 thousand sites more (95% interval 30 thousand sites to 70 thousand sites)"),
        "{}",
        said.subtitle
    );
    assert!(
        said.notes[1].contains("Of 2 flows between two sellers 1 can be told"),
        "{}",
        said.notes[1]
    );
}

/// What buyers make of interfaces leads; how mature these are stands beside it, with digits that tell its interval.
#[test]
fn sites_of_two_sellers_lead() {
    let rows = |world: &str, sites: f64, maturity: f64| {
        let mut rows = series(world, "interface_maturity", "all", &[(0.15, 0.01), (maturity, 0.001)]);
        for row in &mut rows {
            "fronthaul".clone_into(&mut row.part);
        }
        rows.extend(series(
            world,
            "open_share_multi_vendor",
            "all",
            &[(0.01, 0.0), (sites, 0.01)],
        ));
        rows
    };
    let one = Spec {
        worlds: vec![("base".to_owned(), "Baseline".to_owned())],
        ..Spec::default()
    };
    for (sites, title) in [
        (0.2, "Sites of two sellers rise from 1.0% to 20% by 2021"),
        (0.0, "Change in sites of two sellers by 2021 cannot be told from zero"),
    ] {
        let (said, description) = words("16-interfaces", rows("base", sites, 0.45), &one);
        assert_eq!(said, title);
        assert!(
            description.contains("; the fronthaul’s maturity 0.15 to 0.45."),
            "{description}"
        );
    }
    for (sites, title) in [
        (0.43, "“Early ban” lifts sites of two sellers from 20% to 43%"),
        (0.10, "“Early ban” lowers sites of two sellers from 20% to 10%"),
        (
            0.21,
            "Effect of “Early ban” on sites of two sellers by 2021 cannot be told from zero",
        ),
    ] {
        let all = [rows("base", 0.2, 0.45), rows("ban", sites, 0.4717)].concat();
        let (said, description) = words("16-interfaces", all, &policy());
        assert_eq!(said, title);
        let maturity = "the fronthaul’s maturity +0.022 (95% interval 0.020 to 0.024).";
        assert!(description.contains(maturity), "{description}");
    }
    // Without such a record the maturity itself leads.
    let mut rows = rows("base", 0.2, 0.45);
    for row in rows.iter_mut().filter(|row| row.measure == "open_share_multi_vendor") {
        "pair_experience".clone_into(&mut row.measure);
    }
    assert_eq!(
        words("16-interfaces", rows, &one).0,
        "The fronthaul’s maturity rises from 0.15 to 0.45 by 2021"
    );
}

/// A title of a column that is cut off tells nothing.
#[test]
fn no_title_of_the_uses_is_cut_off() {
    let figure = by_name("16-interfaces").expect("known");
    let plot = figure.plotted(&fixture::summary(), &fixture::spec()).expect("plots");
    let svg = figure.draw(&plot, &fixture::note()).expect("draws");
    assert!(!svg.contains('…'), "{svg}");
    for panel in [
        "Fronthaul",
        "X2 (between base stations)",
        "Management",
        "Two sellers",
        "Pairs, thousands",
    ] {
        assert!(svg.contains(&format!(">{panel}<")), "{panel}");
    }
}

#[test]
fn the_bill_of_a_removal_by_its_deadline() {
    let spec = Spec {
        worlds: vec![("base".to_owned(), "Baseline".to_owned())],
        vendors: vec![("a".to_owned(), "Alpha".to_owned())],
        discount_rate: Some(0.05),
        ..Spec::default()
    };
    for (late, title) in [
        (
            4000.0,
            "Waiting until 2039 cuts the discounted bill of removing Alpha by 60%",
        ),
        (
            15000.0,
            "Waiting until 2039 raises the discounted bill of removing Alpha by 50%",
        ),
        (
            10100.0,
            "What waiting changes in the discounted bill of removing Alpha cannot be told from zero",
        ),
    ] {
        let rows = |measure: &str, values: [f64; 2]| {
            let of = |(deadline, value): (&str, f64)| {
                let mut row = series("base", measure, "a", &[(value, 100.0)]).remove(0);
                deadline.clone_into(&mut row.part);
                row
            };
            ["2022-12-31", "2039-12-31"]
                .into_iter()
                .zip(values)
                .map(of)
                .collect::<Vec<_>>()
        };
        let all = [rows("exit_cost", [10000.0, late]), rows("exit_years", [4.5, 19.0])].concat();
        let (said, description) = words("08-exit-cost", all, &spec);
        assert_eq!(said, title);
        assert!(
            description.contains("Alpha: USD 10.0 billion (95% interval 9.9 to 10.1)"),
            "{description}"
        );
        assert!(
            description.contains(", in present value, discounted at 5% a year. "),
            "{description}"
        );
        assert!(
            description.contains("The earliest deadline takes 4.5 years."),
            "{description}"
        );
    }
}

/// Once all kit has reached its end of life a later deadline changes nothing: the wait is told by the first such year.
#[test]
fn a_deadline_that_changes_nothing_is_no_wait() {
    let spec = Spec {
        worlds: vec![("base".to_owned(), "Baseline".to_owned())],
        vendors: vec![("a".to_owned(), "Alpha".to_owned())],
        discount_rate: Some(0.035),
        ..Spec::default()
    };
    let bills = |values: [f64; 4]| {
        let deadlines = ["2022-12-31", "2024-12-31", "2027-12-31", "2039-12-31"];
        let of = |(deadline, value): (&str, f64)| {
            let mut row = series("base", "exit_cost", "a", &[(value, 20.0)]).remove(0);
            deadline.clone_into(&mut row.part);
            row
        };
        deadlines.into_iter().zip(values).map(of).collect()
    };
    let (title, description) = words("08-exit-cost", bills([10e3, 8e3, 5e3, 5e3]), &spec);
    assert_eq!(
        title,
        "Waiting to the end of the kit’s life (by 2027) cuts the discounted bill of removing Alpha by 50%; later deadlines change nothing"
    );
    // Ten billion, give or take two hundredths: to the digit that is told there is no doubt.
    let told = "Alpha: USD 10.0 billion if gone by the end of 2022, USD 5.0 billion by that of 2027 or later, in present value, discounted at 3.5% a year.";
    assert!(description.contains(told), "{description}");
    let (title, _) = words("08-exit-cost", bills([10e3, 8e3, 5e3, 4e3]), &spec);
    assert_eq!(
        title,
        "Waiting until 2039 cuts the discounted bill of removing Alpha by 60%"
    );
    let (title, _) = words("08-exit-cost", bills([5e3; 4]), &spec);
    assert_eq!(
        title,
        "Waiting changes nothing in the discounted bill of removing Alpha"
    );
}

#[test]
fn a_seller_that_is_cut_off() {
    let spec = Spec {
        vendors: ["a", "b"].map(|v| (v.to_owned(), v.to_uppercase())).to_vec(),
        ..policy()
    };
    let rows = |world: &str, sales: f64, stock: Option<[f64; 2]>| {
        let mut rows = series(world, "share_sales", "a", &[(0.3, 0.01), (sales, 0.01)]);
        rows.extend(series(world, "share_sales", "b", &[(0.7, 0.01), (1.0 - sales, 0.01)]));
        if let Some(stock) = stock {
            rows.extend(series(
                world,
                "inventory_months",
                "a",
                &stock.map(|months| (months, 0.0)),
            ));
        }
        rows
    };
    for (sales, title) in [
        (0.1, "“Early ban” costs A 15.0 points of sales in 2021"),
        (0.4, "“Early ban” brings A 15.0 points of sales in 2021"),
        (
            0.26,
            "Effect of “Early ban” on A’s share of sales cannot be told from zero",
        ),
    ] {
        let all = [rows("base", 0.25, None), rows("ban", sales, Some([20.0, 0.0]))].concat();
        let (said, description) = words("14-cut-off", all, &spec);
        assert_eq!(said, title);
        assert!(
            description.contains("A’s stock is gone by the end of 2021."),
            "{description}"
        );
    }
    let all = [rows("base", 0.25, None), rows("ban", 0.1, Some([20.0, 4.0]))].concat();
    let (_, description) = words("14-cut-off", all, &spec);
    assert!(description.contains("A’s stock is never gone."), "{description}");
}

/// A year picked for its size flatters: the last one is told, and the worst at the foot.
#[test]
fn a_cut_off_is_told_by_the_last_year() {
    let rows = |world: &str, sales: [f64; 3]| {
        let of =
            |vendor: &str, sales: [f64; 3]| series(world, "share_sales", vendor, &sales.map(|share| (share, 0.01)));
        let mut rows = of("a", sales);
        rows.extend(of("b", sales.map(|share| 1.0 - share)));
        if world == "ban" {
            rows.extend(series(
                world,
                "inventory_months",
                "a",
                &[(20.0, 0.0), (9.0, 0.0), (0.0, 0.0)],
            ));
        }
        rows
    };
    let spec = Spec {
        vendors: ["a", "b"].map(|v| (v.to_owned(), v.to_uppercase())).to_vec(),
        ..policy()
    };
    let table = SummaryTable {
        rows: [rows("base", [0.3; 3]), rows("ban", [0.3, 0.1, 0.2])].concat(),
        ..SummaryTable::default()
    };
    let figure = by_name("14-cut-off").expect("known");
    let plot = figure.plotted(&table, &spec).expect("plots");
    let drawing = figure.drawing(&plot, &fixture::note()).expect("draws");
    assert_eq!(drawing.words.title, "“Early ban” costs A 10.0 points of sales in 2022");
    let worst = "The effect on A is largest in 2021: −20.0 points (95% interval −22.0 to −18.0).";
    assert!(
        drawing.words.notes.iter().any(|note| note == worst),
        "{:?}",
        drawing.words.notes
    );
    // The panel of the subject names its lines: each world stands beside it, the stock and the other seller.
    assert_eq!(drawing.svg.matches(">Early ban ").count(), 3, "{}", drawing.svg);
    assert!(!drawing.svg.contains('…'), "{}", drawing.svg);
}
