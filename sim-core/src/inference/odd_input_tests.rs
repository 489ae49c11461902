//! Input that no caller should give has a defined answer too: rows of unequal length, short slices, numbers beyond all
//! measure.

use super::calibration::{
    Calibration, CalibrationError, Prediction, Problem, Surface, Target, correlations, identify, luck_of_history,
};
use super::prim::{Limits, PrimBox, PrimSettings, cover, quasi_p_values, reproduced, trajectory};
use super::sensitivity::{SensitivityError, morris_effects, sobol_indices};
use super::{Discounting, Observation, intraclass, path_dependence};
use crate::draws::{Draws, Luck};
use crate::scenario::Distribution;

fn draws() -> Draws {
    Luck::new(1, 0).for_path("odd")
}

/// A box as a caller may put it together by hand.
fn box_of(limits: Vec<Limits>, points: usize, of_interest: usize) -> PrimBox {
    PrimBox {
        limits,
        points,
        of_interest,
        coverage: 1.0,
        density: 1.0,
        mass: 1.0,
    }
}

const HALF: Limits = Limits { low: 0.0, high: 0.5 };

#[test]
fn no_box_is_found_in_points_of_unequal_length() {
    let ragged = [vec![0.1, 0.2], vec![0.3], vec![0.5, 0.6], vec![0.7, 0.8, 0.9]];
    let interest = [true, false, true, false];
    assert!(trajectory(&ragged, &interest, PrimSettings::default()).is_empty());
    assert!(cover(&ragged, &interest, PrimSettings::default(), 2).is_empty());
}

#[test]
fn nothing_is_peeled_by_an_input_that_is_undefined() {
    // The first input is NaN everywhere, the second tells all.
    let points: Vec<Vec<f64>> = (0..40).map(|k| vec![f64::NAN, f64::from(k)]).collect();
    let interest: Vec<bool> = (0..40).map(|k| k >= 20).collect();
    let boxes = trajectory(&points, &interest, PrimSettings::default());
    let last = boxes.last().expect("boxes");
    assert_eq!(last.limits[0], Limits::NONE);
    assert_eq!(last.limits[1].low, 19.5);
}

#[test]
fn pasting_takes_any_slice() {
    let points: Vec<Vec<f64>> = (0..40).map(|k| vec![f64::from(k)]).collect();
    let interest: Vec<bool> = (0..40).map(|k| (10..30).contains(&k)).collect();
    let settings = PrimSettings {
        alpha: f64::INFINITY,
        ..PrimSettings::default()
    };
    let found = cover(&points, &interest, settings, 1);
    // Half of the points are peeled off, and the density that is left allows no limit to be pushed out.
    assert_eq!(found.len(), 1);
    assert!(found[0].density >= 0.5 && found[0].of_interest > 0, "{found:?}");
}

#[test]
fn boxes_that_contradict_themselves_or_the_points_have_defined_measures() {
    let points: Vec<Vec<f64>> = (0..40).map(|k| vec![f64::from(k) / 40.0, 0.0]).collect();
    let interest: Vec<bool> = (0..40).map(|k| k < 20).collect();
    // Five of interest among one point: no law gives so many.
    assert_eq!(
        quasi_p_values(&box_of(vec![HALF], 1, 5), &points, &interest),
        [(0, 0.0)]
    );
    assert_eq!(
        quasi_p_values(&box_of(vec![HALF], 1, usize::MAX), &points, &interest),
        [(0, 0.0)]
    );
    let again = |limits: Vec<Limits>| {
        let found = box_of(limits, 20, 20);
        reproduced(&found, &points, &interest, PrimSettings::default(), 5, &mut draws())
    };
    assert_eq!(again(vec![]), Vec::<f64>::new());
    assert_eq!(again(vec![HALF]), [1.0]);
    assert_eq!(again(vec![HALF; 3]), [1.0, 0.0, 0.0]);
    let ragged: Vec<Vec<f64>> = (0..40).map(|k| vec![0.1; 1 + k % 2]).collect();
    let shares = reproduced(
        &box_of(vec![HALF], 20, 20),
        &ragged,
        &interest,
        PrimSettings::default(),
        5,
        &mut draws(),
    );
    assert!(shares.len() == 1 && shares[0].is_nan(), "{shares:?}");
}

#[test]
fn points_of_unequal_length_are_no_trajectories() {
    let trajectory = [vec![0.1, 0.2], vec![0.3], vec![0.1, 0.1]];
    let ragged = [trajectory.clone(), trajectory].concat();
    let found = morris_effects(&ragged, &[1.0; 6], 0.5, 5, &mut draws());
    assert_eq!(found, Err(SensitivityError::NotATrajectory));
}

#[test]
fn there_are_no_blocks_of_more_inputs_than_can_be() {
    for inputs in [usize::MAX, usize::MAX - 2] {
        let found = sobol_indices(&[1.0; 6], inputs, 5, &mut draws());
        let block = usize::MAX;
        assert_eq!(found, Err(SensitivityError::Ragged { outcomes: 6, block }));
    }
    let found = sobol_indices(&[], usize::MAX, 5, &mut draws());
    assert_eq!(found, Err(SensitivityError::TooFew { blocks: 0 }));
}

#[test]
fn dates_beyond_the_values_are_undefined() {
    let yearly = Discounting::new(&[0, 365, 730], 0.0);
    // Weights 1 and 2 of the two dates that both have.
    let (base, alt) = yearly.means(&[0.1, 0.4], &[0.2, 0.2, 9.0]);
    assert!((base - 0.3).abs() < 1e-15 && (alt - 0.2).abs() < 1e-15);
    let (base, alt) = yearly.means(&[], &[0.2]);
    assert!(base.is_nan() && alt.is_nan());
}

#[test]
fn replicates_and_rows_of_unequal_length_are_left_out_or_say_nothing() {
    let sound = [vec![1.0, 2.0], vec![3.0, 6.0]];
    let with_odd = [&sound[..], &[vec![1.0], vec![], vec![5.0, 5.0, 5.0]]].concat();
    assert_eq!(luck_of_history(&with_odd), luck_of_history(&sound));
    assert_eq!(luck_of_history(&with_odd).map(|found| found.n), Some(2));
    assert_eq!(luck_of_history(&[vec![1.0, 2.0], vec![1.0]]), None);
    let prior = [Distribution::Uniform { low: 0.0, high: 1.0 }];
    assert_eq!(identify(&prior, &[vec![1.0], vec![]], 2.0, 1), []);
    assert_eq!(identify(&prior, &[vec![0.2], vec![0.4]], 2.0, 1).len(), 1);
    assert_eq!(correlations(&[vec![1.0, 2.0], vec![1.0]], 2.0, 1), []);
    assert_eq!(correlations(&[vec![1.0], vec![1.0, 2.0]], 2.0, 1), []);
    assert_eq!(correlations(&sound, 2.0, 1).len(), 1);
}

#[test]
fn there_is_no_path_dependence_over_more_classes_than_can_be() {
    assert_eq!(path_dependence(&[(0.0, 1.0), (1.0, 2.0)], usize::MAX), None);
    assert_eq!(intraclass(&[1.0, 2.0], usize::MAX), None);
}

/// One input that makes one outcome.
fn problem(luck: Vec<f64>) -> Problem {
    Problem {
        priors: vec![Distribution::Uniform { low: 0.0, high: 1.0 }],
        targets: vec![Target {
            observation: Observation::Value(0.5),
            tolerance: 0.1,
        }],
        luck,
        replicates: 4,
        cutoff: 3.0,
        candidates: 64,
        seed: 1,
    }
}

#[test]
fn a_surface_is_fitted_to_rows_of_one_length_only() {
    let points: Vec<Vec<f64>> = (0..16).map(|k| vec![f64::from(k)]).collect();
    let mut ragged = points.clone();
    ragged[3] = vec![];
    for (points, outcomes) in [(&ragged, &points), (&points, &ragged), (&points, &points[1..].to_vec())] {
        assert_eq!(Surface::fit(points, outcomes).err(), Some(CalibrationError::Ragged));
    }
    let surface = Surface::fit(&points, &points).expect("a line");
    let mut at = Prediction::default();
    for odd in [&[][..], &[1.0, 2.0]] {
        surface.predict(odd, &mut at);
        assert!(at.means.len() == 1 && at.means[0].is_nan() && at.leverage.is_nan());
    }
    surface.predict(&[3.5], &mut at);
    assert!((at.means[0] - 3.5).abs() < 1e-12);
}

#[test]
fn a_calibration_learns_nothing_of_what_the_problem_does_not_have() {
    let mut calibration = Calibration::new(problem(vec![0.01]));
    let points = calibration.first_points(16).expect("points");
    let outcomes: Vec<Option<Vec<f64>>> = points.iter().map(|point| Some(point.clone())).collect();
    let (mut short, mut long) = (points.clone(), outcomes.clone());
    short[2] = vec![];
    long[2] = Some(vec![0.1, 0.2]);
    for (points, outcomes) in [(&short, &outcomes), (&points, &long)] {
        assert_eq!(
            calibration.learn(points, outcomes, 8).err(),
            Some(CalibrationError::Ragged)
        );
    }
    let report = calibration.learn(&points, &outcomes, 8).expect("a wave");
    assert_eq!((report.wave, report.fitted), (1, 16));
    assert!(calibration.implausibility(&[]).0.is_nan());
    assert!(calibration.foretell(&[]).expect("a surface")[0].0.is_nan());
    let mut without_luck = Calibration::new(problem(vec![]));
    assert_eq!(
        without_luck.learn(&points, &outcomes, 8).err(),
        Some(CalibrationError::Ragged)
    );
}
