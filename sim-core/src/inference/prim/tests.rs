//! V37, and what holds of any box.

use super::check::at_least;
use super::*;
use crate::design::DesignKind;
use crate::draws::Luck;
use proptest::prelude::*;

fn futures(n: u64) -> (Vec<Vec<f64>>, Vec<bool>) {
    let kind = DesignKind::LatinHypercube { n };
    let points = kind
        .unit_points(&["x1", "x2", "x3"], &Luck::new(37, 0))
        .expect("points");
    let interest = points.iter().map(|x| x[0] > 0.7 && x[1] < 0.4).collect();
    (points, interest)
}

fn limits(low1: f64, high2: f64) -> Vec<Limits> {
    let first = Limits {
        low: low1,
        ..Limits::NONE
    };
    let second = Limits {
        high: high2,
        ..Limits::NONE
    };
    vec![first, second, Limits::NONE]
}

/// V37, the measures of given boxes, on a lattice of cell middles that holds each exactly.
#[test]
fn coverage_and_density_of_known_boxes() {
    let points: Vec<Vec<f64>> = (0..100)
        .map(|k| vec![f64::from(k / 10) / 10.0 + 0.05, f64::from(k % 10) / 10.0 + 0.05, 0.5])
        .collect();
    let interest: Vec<bool> = points.iter().map(|x| x[0] > 0.7 && x[1] < 0.4).collect();
    for (low1, high2, coverage, density, mass) in [
        (0.6, 0.5, 1.0, 0.6, 0.2),
        (0.8, 0.4, 2.0 / 3.0, 1.0, 0.08),
        (0.7, 0.4, 1.0, 1.0, 0.12),
        (0.7, f64::INFINITY, 1.0, 0.4, 0.3),
    ] {
        let found = PrimBox::measure(limits(low1, high2), &points, &interest);
        assert!((found.coverage - coverage).abs() < 1e-15 && (found.density - density).abs() < 1e-15);
        assert!((found.mass - mass).abs() < 1e-15);
    }
    let all = PrimBox::measure(vec![Limits::NONE; 3], &points, &interest);
    assert!((1.0 / all.density - 25.0 / 3.0).abs() < 1e-14, "lift of the true box");
}

/// V37: 2,000 Latin points, slices of 5%.
#[test]
fn the_known_box_is_found() {
    let (points, interest) = futures(2000);
    let settings = PrimSettings {
        min_density: 0.9,
        ..PrimSettings::default()
    };
    let boxes = trajectory(&points, &interest, settings);
    assert!((boxes[0].density - 0.12).abs() < 0.01 && boxes[0].coverage == 1.0);
    let first = choose(&boxes, 0.9).expect("a box");
    assert!(first.density >= 0.9 && first.coverage >= 0.95, "{first:?}");
    assert!((first.limits[0].low - 0.7).abs() < 0.05 && (first.limits[1].high - 0.4).abs() < 0.05);
    assert_eq!(first.restricted(), [0, 1]);
    for pair in boxes.windows(2) {
        assert!(pair[1].density > pair[0].density && pair[1].points < pair[0].points);
    }
    let p = quasi_p_values(first, &points, &interest);
    assert!(p.len() == 2 && p.iter().all(|(_, p)| *p < 1e-10), "{p:?}");
    let share = reproduced(
        first,
        &points,
        &interest,
        settings,
        20,
        &mut Luck::new(1, 0).for_path("halves"),
    );
    assert!(share[0] == 1.0 && share[1] == 1.0 && share[2] < 0.5, "{share:?}");
}

#[test]
fn quasi_p_value_of_the_anchor() {
    let p = at_least(57, 60, 0.4);
    assert!((p / 1.589_304_745_440_197_2e-19 - 1.0).abs() < 1e-9, "{p}");
    // Worked by hand: at least 2 of 3 heads.
    assert!((at_least(2, 3, 0.5) - 0.5).abs() < 1e-14);
    assert_eq!((at_least(0, 3, 0.5), at_least(3, 3, 1.0)), (1.0, 1.0));
}

/// Two ways to fail: a corner, and the end of one input.
#[test]
fn two_ways_to_fail_take_two_boxes() {
    let (points, _) = futures(2000);
    let interest: Vec<bool> = points
        .iter()
        .map(|x| (x[0] > 0.75 && x[1] < 0.3) || x[2] > 0.9)
        .collect();
    let boxes = cover(&points, &interest, PrimSettings::default(), 5);
    assert!(boxes.len() >= 2, "{boxes:?}");
    assert!(boxes[0].coverage + boxes[1].coverage > 0.9, "{boxes:?}");
    assert!(boxes[0].density > 0.79 && boxes[1].density > 0.79, "{boxes:?}");
}

/// Impatient slices overshoot; pasting takes back what was cut off.
#[test]
fn pasting_widens_an_overshot_box() {
    let (points, interest) = futures(2000);
    let settings = PrimSettings {
        alpha: 0.3,
        min_density: 0.99,
        min_mass: 0.01,
    };
    let boxes = trajectory(&points, &interest, settings);
    let chosen = choose(&boxes, 0.99).expect("a box");
    let pasted = &cover(&points, &interest, settings, 1)[0];
    assert!(chosen.coverage < 0.9, "{chosen:?}");
    assert!(
        pasted.coverage > chosen.coverage && pasted.density >= chosen.density,
        "{pasted:?}"
    );
}

#[test]
fn listed_values_are_peeled_whole() {
    let points: Vec<Vec<f64>> = (0..90).map(|k| vec![f64::from(k % 3), f64::from(k / 3)]).collect();
    let interest: Vec<bool> = points.iter().map(|x| x[0] == 1.0).collect();
    let boxes = cover(&points, &interest, PrimSettings::default(), 1);
    let found = &boxes[0];
    assert_eq!((found.coverage, found.density), (1.0, 1.0));
    assert_eq!(found.limits, [Limits { low: 0.5, high: 1.5 }, Limits::NONE]);
}

#[test]
fn nothing_to_find_gives_nothing() {
    let (points, _) = futures(100);
    assert!(cover(&points, &[false; 100], PrimSettings::default(), 3).is_empty());
    assert!(cover(&points, &[true; 100], PrimSettings::default(), 3).is_empty());
    assert!(trajectory(&[], &[], PrimSettings::default()).is_empty());
    assert_eq!(choose(&[], 0.5), None);
    let empty = PrimBox::measure(limits(2.0, 0.0), &points, &[true; 100]);
    assert!(empty.density.is_nan() && empty.coverage == 0.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever the data: limits and counts agree, slices shrink the box, and it terminates.
    #[test]
    fn boxes_hold_what_they_say(
        rows in proptest::collection::vec((0..6_i32, -3..3_i32, any::<bool>()), 2..80),
        alpha in 0.01..0.5_f64,
    ) {
        let points: Vec<Vec<f64>> = rows.iter().map(|(a, b, _)| vec![f64::from(*a), f64::from(*b)]).collect();
        let interest: Vec<bool> = rows.iter().map(|row| row.2).collect();
        let settings = PrimSettings { alpha, ..PrimSettings::default() };
        for pair in trajectory(&points, &interest, settings).windows(2) {
            prop_assert!(pair[1].points < pair[0].points && pair[0].density < 1.0);
        }
        for found in cover(&points, &interest, settings, 4) {
            let inside = points.iter().filter(|point| found.contains(point)).count();
            prop_assert_eq!(inside, found.points);
            prop_assert!(found.of_interest > 0);
        }
    }
}
