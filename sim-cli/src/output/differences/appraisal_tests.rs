//! Appraisals worked by hand, and the cases without a price.

use super::super::accounts::tests::layout;
use super::*;

const SERIES: [&str; 3] = [
    "lock_in_curve ran all",
    "operator_cost ran price",
    "site_months_late ran all",
];
const PLAIN: Valuation = Valuation {
    discount_rate: 0.0,
    site_month_usd: 1e6,
};

/// Pairs of (lock-in, operators' cost in millions, site-months late), the same at each of two dates.
fn appraised(pairs: &[([f64; 3], [f64; 3])]) -> Vec<AppraisalRow> {
    let (base, alt) = (layout("base", &SERIES, &[0, 1461]), layout("alt", &SERIES, &[0, 1461]));
    let places = Appraisal::places(&base, &alt);
    assert_eq!(places, [("world".to_owned(), "world".to_owned())]);
    let mut appraisal = Appraisal::of(&base, &alt, places, PLAIN);
    for (here, there) in pairs {
        appraisal.add(&[*here; 2].concat(), &[*there; 2].concat());
    }
    appraisal.rows(1).unwrap()
}

fn paired(rows: &[AppraisalRow], measure: &str, part: &str) -> PairedSummary {
    let row = rows
        .iter()
        .find(|r| r.label.measure == measure && r.label.part == part)
        .unwrap();
    match row.statistics {
        Statistics::Paired(paired) => paired,
        Statistics::Ratio { .. } => panic!("a ratio"),
    }
}

fn ratio(rows: &[AppraisalRow], part: &str) -> (f64, Interval) {
    let row = rows
        .iter()
        .find(|r| r.label.measure == COST_PER_POINT && r.label.part == part)
        .unwrap();
    match row.statistics {
        Statistics::Ratio { ratio, interval, .. } => (ratio, interval),
        Statistics::Paired(_) => panic!("a difference"),
    }
}

/// Lock-in falls by 2, 3 and 4 points; operators pay 10, 20 and 30 more and delay costs 3 more each time: 23
/// million for three points.
#[test]
fn three_pairs_by_hand() {
    let rows = appraised(&[
        ([0.30, 100.0, 1.0], [0.28, 110.0, 4.0]),
        ([0.31, 100.0, 0.0], [0.28, 120.0, 3.0]),
        ([0.32, 100.0, 2.0], [0.28, 130.0, 5.0]),
    ]);
    assert!((paired(&rows, LOCK_IN, "all").difference.mean + 0.03).abs() < 1e-12);
    assert_eq!(paired(&rows, COST, "operators").difference.mean, 20.0);
    assert_eq!(paired(&rows, COST, "delay").difference.mean, 3.0);
    assert_eq!(paired(&rows, COST, "public").difference.mean, 0.0);
    assert_eq!(paired(&rows, COST, "all").difference.mean, 23.0);
    let (all, interval) = ratio(&rows, "all");
    assert!((all - 23.0 / 3.0).abs() < 1e-9 && interval.contains(all));
    let parts: f64 = ["delay", "operators", "public"]
        .map(|part| ratio(&rows, part).0)
        .iter()
        .sum();
    assert!((all - parts).abs() < 1e-9);
    // Resamples of three lie between 13 for two points and 33 for four.
    assert!(interval.low >= 13.0 / 2.0 - 1e-9 && interval.high <= 33.0 / 4.0 + 1e-9);
}

#[test]
fn a_saving_is_negative_and_what_cannot_be_told_is_empty() {
    let saving = appraised(&[
        ([0.30, 100.0, 0.0], [0.28, 90.0, 0.0]),
        ([0.31, 100.0, 0.0], [0.285, 85.0, 0.0]),
        ([0.30, 100.0, 0.0], [0.278, 88.0, 0.0]),
    ]);
    let (all, interval) = ratio(&saving, "all");
    assert!(all < 0.0 && interval.high < 0.0);
    let unclear = appraised(&[
        ([0.30, 100.0, 0.0], [0.31, 90.0, 0.0]),
        ([0.31, 100.0, 0.0], [0.30, 85.0, 0.0]),
    ]);
    let more = appraised(&[
        ([0.30, 100.0, 0.0], [0.33, 90.0, 0.0]),
        ([0.31, 100.0, 0.0], [0.3401, 85.0, 0.0]),
        ([0.31, 100.0, 0.0], [0.3402, 87.0, 0.0]),
    ]);
    let alone = appraised(&[([0.30, 100.0, 0.0], [0.28, 90.0, 0.0])]);
    let undefined = appraised(&[([f64::NAN, 1.0, 0.0], [f64::NAN, 2.0, 0.0]); 3]);
    let same = appraised(&[
        ([0.30, 100.0, 0.0], [0.30, 100.0, 0.0]),
        ([0.4, 90.0, 1.0], [0.4, 90.0, 1.0]),
    ]);
    for rows in [&unclear, &more, &alone, &undefined, &same, &appraised(&[])] {
        let (all, interval) = ratio(rows, "all");
        assert!(all.is_nan() && interval.low.is_nan());
    }
    assert_eq!(paired(&same, COST, "all").difference.mean, 0.0);
    assert_eq!(paired(&same, LOCK_IN, "all").p_sign, 0.5);
}

#[test]
fn rows_stand_in_order() {
    let rows = appraised(&[([0.3, 1.0, 0.0], [0.2, 1.0, 0.0])]);
    let mut sorted = rows.clone();
    sorted.sort_by(|a, b| a.order().cmp(&b.order()));
    let shown: Vec<String> = (sorted.iter())
        .map(|row| format!("{} {}", row.label.measure, row.label.part))
        .collect();
    assert_eq!(
        shown,
        [
            "discounted_lock_in all",
            "discounted_cost all",
            "discounted_cost delay",
            "discounted_cost operators",
            "discounted_cost public",
            "cost_per_lock_in_point all",
            "cost_per_lock_in_point delay",
            "cost_per_lock_in_point operators",
            "cost_per_lock_in_point public",
        ]
    );
}
