//! A made-up run for tests: three worlds, 22 dates, seven parts, eight sellers, six regions. The numbers
//! are smooth curves of plausible size with plausible spread; they say nothing about the world.

use crate::figures::date::Date;
use crate::figures::note::{Mark, Note, Spec, Uncertainty};
use crate::figures::regenerate::MarketFacts;
use crate::figures::summary::{Stats, SummaryRow, SummaryTable};
use crate::figures::{FIGURES, Figure};

pub(in crate::figures) const WORLDS: [(&str, &str); 3] = [
    ("world-2020", "Baseline"),
    ("frozen", "Frozen interfaces"),
    ("uk-removal", "Removal by 2027"),
];
const PARTS: [(&str, f64, f64); 7] = [
    ("swap", 0.062, -0.012),
    ("brought_forward", 0.031, 0.004),
    ("legacy_layer", 0.088, -0.055),
    ("onboarding", 0.028, -0.006),
    ("contract_break", 0.012, 0.0),
    ("outage", 0.009, -0.001),
    ("integration", 0.007, 0.019),
];
const VENDORS: [(&str, &str, f64, f64); 8] = [
    ("huawei", "Huawei", 0.30, -0.09),
    ("ericsson", "Ericsson", 0.24, 0.03),
    ("nokia", "Nokia", 0.19, 0.01),
    ("zte", "ZTE", 0.12, -0.02),
    ("samsung", "Samsung", 0.07, 0.03),
    ("nec", "NEC", 0.03, 0.02),
    ("fujitsu", "Fujitsu", 0.03, 0.005),
    ("mavenir", "Mavenir", 0.02, 0.015),
];
pub(in crate::figures) const REGIONS: [(&str, &str); 6] = [
    ("europe", "Europe"),
    ("north-america", "North America"),
    ("china", "China"),
    ("asia-pacific", "Asia-Pacific without China"),
    ("africa-middle-east", "Africa and Middle East"),
    ("latin-america", "Latin America"),
];

/// The figures that a run from 2020 can feed: those held against what was published or seen need more, and have tests of their own.
pub(in crate::figures) fn figures() -> impl Iterator<Item = &'static dyn Figure> {
    (FIGURES.into_iter()).filter(|figure| !["07-uk-ladder", "09-hindcast", "18-facts"].contains(&figure.name()))
}

pub(in crate::figures) fn dates() -> Vec<Date> {
    let start = Date::parse("2020-01-01").expect("a date");
    (2020..=2040).map(Date::end_of).fold(vec![start], |mut dates, date| {
        dates.push(date);
        dates
    })
}

/// Statistics around `mean` whose spread grows with time, as a pure function of its arguments.
pub(in crate::figures) fn stats(mean: f64, spread: f64) -> Stats {
    let q = |z: f64| (mean + z * spread).max(0.0);
    Stats {
        mean,
        quantiles: [q(-1.64), q(-0.67), q(0.02), q(0.69), q(1.7)],
        ci: Some((mean - 0.062 * spread, mean + 0.062 * spread)),
    }
}

struct At<'a> {
    world: &'a str,
    time: Date,
    rows: &'a mut Vec<SummaryRow>,
}

impl At<'_> {
    fn push(&mut self, measure: &str, unit: &str, (kind, place): (&str, &str), vendor: &str, part: &str, stats: Stats) {
        self.rows.push(SummaryRow {
            scenario: self.world.to_owned(),
            time: self.time,
            measure: measure.to_owned(),
            unit: unit.to_owned(),
            component: "ran".to_owned(),
            generation: "all".to_owned(),
            place_kind: kind.to_owned(),
            place: place.to_owned(),
            vendor: vendor.to_owned(),
            part: part.to_owned(),
            stats: Some(stats),
        });
    }
}

/// The whole made-up run.
pub(in crate::figures) fn summary() -> SummaryTable {
    let mut rows = Vec::new();
    let dates = dates();
    for (w, (world, _)) in WORLDS.iter().enumerate() {
        for (d, time) in dates.iter().enumerate() {
            let t = d as f64 / (dates.len() - 1) as f64;
            let late = t * t * (3.0 - 2.0 * t);
            let spread = 0.004 + 0.02 * t;
            let mut at = At {
                world,
                time: *time,
                rows: &mut rows,
            };
            let here = ("world", "world");
            let wave = 0.012 * ((d * 5 % 9) as f64 / 9.0 - 0.5) * (1.0 - t);
            let lift = [0.0, 0.045, -0.04][w] * late;
            let curve = 0.235 - 0.06 * late + lift + wave;
            at.push(
                "lock_in_curve",
                "share_of_price",
                here,
                "all",
                "all",
                stats(curve, spread),
            );
            for (part, base, change) in PARTS {
                let value = (base + change * late * [1.0, 0.3, 1.6][w]).max(0.001);
                at.push(
                    "lock_in_part",
                    "share_of_price",
                    here,
                    "all",
                    part,
                    stats(value, 0.08 * value),
                );
            }
            shares(&mut at, here, w, late, 1.0);
            for (r, (region, _)) in REGIONS.iter().enumerate() {
                shares(&mut at, ("bloc", region), w, late, 0.35 + 0.3 * r as f64);
            }
            let open = [0.42, 0.08, 0.47][w] * late + 0.01;
            let hhi = 0.215 + [0.045, 0.02, 0.07][w] * late - 0.03 * t;
            at.push("hhi_sites", "index", here, "all", "all", stats(hhi, 0.3 * spread));
            at.push(
                "effective_vendors",
                "count",
                here,
                "all",
                "all",
                stats(1.0 / hhi, 5.0 * spread),
            );
            at.push(
                "open_share_specified",
                "share",
                here,
                "all",
                "all",
                stats(open, 0.15 * open),
            );
            at.push(
                "open_share_multi_vendor",
                "share",
                here,
                "all",
                "all",
                stats(0.2 * open, 0.05 * open),
            );
            at.push(
                "open_share_exercised",
                "share",
                here,
                "all",
                "all",
                stats(0.05 * open, 0.02 * open),
            );
            at.push(
                "pair_experience",
                "sites",
                here,
                "all",
                "all",
                stats(9e5 * open, 4e4 * open),
            );
            for (part, base, growth) in [("fronthaul", 0.15, 0.4), ("x2", 0.1, 0.3), ("management", 0.15, 0.5)] {
                let maturity = base + growth * late * [1.0, 0.0, 1.2][w];
                at.push(
                    "interface_maturity",
                    "maturity",
                    here,
                    "all",
                    part,
                    stats(maturity, 0.5 * spread),
                );
            }
            flows(&mut at, w);
            let stock = (21.0 - 6.0 * d as f64).max(0.0);
            at.push(
                "inventory_months",
                "months",
                here,
                "huawei",
                "all",
                stats(stock, 0.1 * stock),
            );
            for (i, (vendor, _, share, change)) in VENDORS.iter().enumerate() {
                let cut = if i == 0 {
                    [0.0, -0.05, -0.2][w]
                } else {
                    [0.0, 0.01, 0.03][w]
                };
                let sales = (share + (change + cut) * late).max(0.001);
                at.push("share_sales", "share", here, vendor, "all", stats(sales, 0.1 * sales));
            }
            if d == 0 {
                exits(&mut at);
            }
        }
    }
    let differences = differences(&rows);
    SummaryTable { rows, differences }
}

/// The paired differences of the lock-in curves, and an appraisal of each policy: the first dominates nothing and
/// raises lock-in, the second has a price with parts of both signs.
fn differences(rows: &[SummaryRow]) -> Vec<SummaryRow> {
    let curve = |world: &str| {
        let of = move |row: &&SummaryRow| row.measure == "lock_in_curve" && row.scenario == world;
        rows.iter().filter(of).cloned().collect::<Vec<_>>()
    };
    let base = curve(WORLDS[0].0);
    let mut differences = Vec::new();
    for (world, _) in &WORLDS[1..] {
        for (mut row, base) in curve(world).into_iter().zip(&base) {
            let mean = |row: &SummaryRow| row.stats.map_or(0.0, |stats| stats.mean);
            let change = mean(&row) - mean(base);
            row.stats = Some(spread(change, 0.002 + 0.2 * change.abs()));
            differences.push(row);
        }
        let Some(last) = differences.last().cloned() else {
            continue;
        };
        let mut add = |measure: &str, part: &str, stats: Option<Stats>| {
            differences.push(SummaryRow {
                measure: measure.to_owned(),
                part: part.to_owned(),
                stats,
                ..last.clone()
            });
        };
        let has_price = *world == "uk-removal";
        let change = if has_price { -0.02 } else { 0.018 };
        add("discounted_lock_in", "all", Some(spread(change, 0.004)));
        for (part, cost) in [
            ("all", 1120.0),
            ("delay", -130.0),
            ("operators", 950.0),
            ("public", 300.0),
        ] {
            let price = Stats {
                mean: cost,
                quantiles: [f64::NAN; 5],
                ci: Some((cost - 90.0, cost + 110.0)),
            };
            add("cost_per_lock_in_point", part, has_price.then_some(price));
        }
    }
    differences
}

/// Statistics of either sign around `mean`.
fn spread(mean: f64, spread: f64) -> Stats {
    Stats {
        mean,
        quantiles: [-1.64, -0.67, 0.02, 0.69, 1.7].map(|z| mean + z * spread),
        ci: Some((mean - 0.062 * spread, mean + 0.062 * spread)),
    }
}

/// What removals would cost and take, by deadline: less the later, and with a tail beyond the earliest.
fn exits(at: &mut At) {
    for (year, part) in [(2022, 1.0), (2024, 0.8), (2027, 0.5), (2029, 0.45), (2039, 0.3)] {
        let deadline = Date::end_of(year).to_string();
        for (vendor, _, share, _) in VENDORS {
            let place = ("world_ex_china", "world_ex_china");
            let bill = 9e4 * share * part;
            at.push(
                "exit_cost",
                "musd_2020",
                place,
                vendor,
                &deadline,
                stats(bill, 0.05 * bill),
            );
            let years = f64::from(year - 2019).max(9.0 * share / 0.3);
            at.push("exit_years", "years", place, vendor, &deadline, stats(years, 0.1));
        }
    }
}

/// Sites that change hands in a year: more stay than leave, and under the third world more leave the first seller.
fn flows(at: &mut At, w: usize) {
    for (f, from) in VENDORS.iter().map(|v| v.0).chain(["none"]).enumerate() {
        for (t, (to, .., share, _)) in VENDORS.iter().enumerate() {
            let leaves = if f == 0 { [0.2, 0.2, 0.6][w] } else { 0.2 };
            let size = VENDORS.get(f).map_or(0.1, |v| v.2);
            let part = if f == t { 1.0 - leaves } else { leaves * share };
            let sites = 9e5 * size * part;
            at.push(
                "awarded_sites",
                "sites",
                ("world", "world"),
                to,
                &format!("from:{from}"),
                stats(sites, 0.2 * sites),
            );
        }
    }
}

fn shares(at: &mut At, place: (&str, &str), w: usize, late: f64, tilt: f64) {
    let value = |i: usize, base: f64, change: f64| {
        let home = if i == 0 || i == 3 { tilt } else { 2.0 - tilt.min(1.7) };
        let policy = if i == 0 || i == 3 {
            [1.0, 0.9, 2.2][w]
        } else {
            [1.0, 0.9, 1.6][w]
        };
        ((base + change * late * policy) * home).max(0.001)
    };
    let all: Vec<f64> = VENDORS.iter().enumerate().map(|(i, v)| value(i, v.2, v.3)).collect();
    let total: f64 = all.iter().sum();
    for ((id, ..), share) in VENDORS.iter().zip(&all) {
        at.push(
            "share_sites",
            "share",
            place,
            id,
            "all",
            stats(share / total, 0.004 + 0.05 * late * share),
        );
    }
    let untrusted = (all[0] + all[3]) / total;
    at.push(
        "share_sites",
        "share",
        place,
        "group:untrusted",
        "all",
        stats(untrusted, 0.005 + 0.05 * late * untrusted),
    );
}

pub(in crate::figures) fn spec() -> Spec {
    let pairs = |list: &[(&str, &str)]| {
        (list.iter())
            .map(|(id, title)| ((*id).to_owned(), (*title).to_owned()))
            .collect()
    };
    let mut vendors: Vec<(String, String)> = VENDORS.iter().map(|v| (v.0.to_owned(), v.1.to_owned())).collect();
    vendors.push(("group:untrusted".to_owned(), "Untrusted sellers".to_owned()));
    Spec {
        worlds: pairs(&WORLDS),
        vendors,
        regions: pairs(&REGIONS),
        marks: vec![
            Mark {
                scenario: None,
                time: Date::end_of(2025),
                label: "Data end".to_owned(),
            },
            Mark {
                scenario: Some("uk-removal".to_owned()),
                time: Date::end_of(2027),
                label: "Removal due".to_owned(),
            },
        ],
        ..Spec::default()
    }
}

pub(in crate::figures) fn note() -> Note {
    Note {
        scenarios: WORLDS.iter().map(|w| w.0.to_owned()).collect(),
        seed: 2020,
        replicates: 1000,
        uncertainty: Uncertainty::Sampled,
        version: "0.1.0".to_owned(),
        manifest: "3f9c2a71d0b85e46".to_owned(),
    }
}

/// A series of the world for titles and golden files: mean and half-width by year from 2020.
pub(in crate::figures) fn series(
    scenario: &str,
    measure: &str,
    vendor: &str,
    values: &[(f64, f64)],
) -> Vec<SummaryRow> {
    (values.iter().zip(2020..))
        .map(|((mean, half), year)| SummaryRow {
            scenario: scenario.to_owned(),
            time: Date::end_of(year),
            measure: measure.to_owned(),
            unit: "share".to_owned(),
            component: "ran".to_owned(),
            generation: "all".to_owned(),
            place_kind: "world".to_owned(),
            place: "world".to_owned(),
            vendor: vendor.to_owned(),
            part: "all".to_owned(),
            stats: Some(Stats {
                mean: *mean,
                quantiles: [-2.0, -1.0, 0.0, 1.0, 2.0].map(|k| mean + k * half),
                ci: Some((mean - half, mean + half)),
            }),
        })
        .collect()
}

/// What theory needs of the worlds.
pub(in crate::figures) fn markets() -> Vec<MarketFacts> {
    let facts = MarketFacts {
        taste_scale_share: 0.075,
        seller_patience: 0.5,
    };
    vec![facts; WORLDS.len()]
}

/// A design over three inputs, as made up as the rest: 64 futures, two policies, two replicates. Lock-in rises with the
/// first two inputs; the second policy takes most of the effect of the first away and costs a little everywhere.
pub(crate) fn explored(manifest: &str, scale: f64) -> crate::figures::deep::Explored {
    let futures: Vec<Vec<f64>> = (0..64)
        .map(|i: u32| {
            vec![
                f64::from(i % 8) / 7.0,
                f64::from(i / 8) / 7.0,
                f64::from(i * 5 % 64) / 64.0,
            ]
        })
        .collect();
    let policy = |weight: f64, cost: f64| -> Vec<Vec<f64>> {
        (futures.iter())
            .map(|x| {
                let value = scale * (0.3 + cost + 0.2 * weight * x[0] + 0.15 * x[1] + 0.01 * x[2]);
                vec![value - 0.004, value + 0.004]
            })
            .collect()
    };
    crate::figures::deep::Explored {
        inputs: ["a.first", "a.second", "a.third"].map(str::to_owned).into(),
        values: vec![policy(1.0, 0.0), policy(0.2, 0.02)],
        futures,
        time: "2035-12-31".into(),
        version: "0.1.0".into(),
        manifest: manifest.to_owned(),
    }
}
