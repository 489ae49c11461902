//! V38, and what holds of any table.

use super::*;
use crate::draws::Luck;
use proptest::prelude::*;

/// V38: hedged, incumbent, hybrid, open over five futures.
fn table() -> Vec<Vec<f64>> {
    vec![
        vec![60.0, 55.0, 50.0, 48.0, 45.0],
        vec![90.0, 70.0, 40.0, 20.0, 5.0],
        vec![75.0, 66.0, 58.0, 35.0, 30.0],
        vec![50.0, 52.0, 54.0, 56.0, 58.0],
    ]
}

fn near(got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-12, "{got}, expected {expected}");
    }
}

#[test]
fn the_rules_disagree() {
    let payoffs = Payoffs::new(&table(), Better::High).expect("a table");
    near(&payoffs.regret()[0], &[30.0, 15.0, 8.0, 8.0, 13.0]);
    near(&payoffs.regret()[2], &[15.0, 4.0, 0.0, 21.0, 28.0]);
    for (rule, scores, winner) in [
        (Rule::MinimaxRegret, [30.0, 53.0, 28.0, 40.0], 2),
        // Sorted regrets of the first are 8, 8, 13, 15, 30: 15 and .6 of the step to 30.
        (Rule::Regret90, [24.0, 46.2, 25.2, 31.2], 0),
        (Rule::Maximin, [45.0, 5.0, 30.0, 50.0], 3),
        (Rule::Maximax, [60.0, 90.0, 75.0, 58.0], 1),
        (Rule::Hurwicz { optimism: 0.5 }, [52.5, 47.5, 52.5, 54.0], 3),
        (Rule::Laplace, [51.6, 45.0, 52.8, 54.0], 3),
        (Rule::Satisficing { threshold: 50.0 }, [0.6, 0.4, 0.6, 1.0], 3),
    ] {
        let result = apply_rule(&payoffs, rule);
        near(&result.scores, &scores);
        assert_eq!(result.winners, [winner], "{}", rule.name());
    }
    near(&payoffs.share_best(), &[0.0, 0.4, 0.2, 0.4]);
    near(&payoffs.satisficing(50.0), &[0.6, 0.4, 0.6, 1.0]);
    near(&[payoffs.value_of_information()], &[12.4]);
}

/// The same table as costs: every choice stays, and scores are costs.
#[test]
fn low_may_be_better() {
    let costs: Vec<Vec<f64>> = table()
        .iter()
        .map(|row| row.iter().map(|x| 100.0 - x).collect())
        .collect();
    let payoffs = Payoffs::new(&costs, Better::Low).expect("a table");
    near(
        &apply_rule(&payoffs, Rule::MinimaxRegret).scores,
        &[30.0, 53.0, 28.0, 40.0],
    );
    let maximin = apply_rule(&payoffs, Rule::Maximin);
    near(&maximin.scores, &[55.0, 95.0, 70.0, 50.0]);
    assert_eq!(maximin.winners, [3]);
    near(&payoffs.satisficing(50.0), &[0.6, 0.4, 0.6, 1.0]);
    near(&[payoffs.value_of_information()], &[12.4]);
    assert!(Better::Low.reaches(49.0, 50.0) && !Better::High.reaches(49.0, 50.0));
}

#[test]
fn a_future_with_a_hole_is_left_out_for_all() {
    let mut outcomes = table();
    outcomes[1][0] = f64::NAN;
    let payoffs = Payoffs::new(&outcomes, Better::High).expect("a table");
    assert_eq!(payoffs.futures(), [1, 2, 3, 4]);
    near(&apply_rule(&payoffs, Rule::Maximax).scores, &[55.0, 70.0, 66.0, 58.0]);
    assert_eq!(Payoffs::new(&[], Better::High), None);
    assert_eq!(Payoffs::new(&[vec![f64::NAN]], Better::High), None);
    assert_eq!(Payoffs::new(&[vec![1.0], vec![1.0, 2.0]], Better::High), None);
}

#[test]
fn equals_win_together_and_share() {
    let payoffs = Payoffs::new(&[vec![1.0, 2.0], vec![1.0, 2.0]], Better::High).expect("a table");
    assert_eq!(apply_rule(&payoffs, Rule::Laplace).winners, [0, 1]);
    near(&payoffs.share_best(), &[0.5, 0.5]);
    let steady = rank_stability(&payoffs, Rule::MinimaxRegret, 50, &mut Luck::new(1, 0).for_path("s"));
    near(&steady, &[0.5, 0.5]);
}

/// A policy that is best everywhere wins every draw; in V38 the mean is not settled by five futures.
#[test]
fn stability_tells_a_clear_choice_from_a_narrow_one() {
    let mut outcomes = table();
    outcomes.push(vec![100.0; 5]);
    let clear = Payoffs::new(&outcomes, Better::High).expect("a table");
    let mut draws = Luck::new(1, 0).for_path("s");
    near(
        &rank_stability(&clear, Rule::Laplace, 100, &mut draws),
        &[0.0, 0.0, 0.0, 0.0, 1.0],
    );
    let narrow = Payoffs::new(&table(), Better::High).expect("a table");
    let shares = rank_stability(&narrow, Rule::Laplace, 1000, &mut draws);
    assert!(shares[3] < 0.9 && shares[2] > 0.05, "{shares:?}");
}

proptest! {
    #[test]
    fn identities(rows in proptest::collection::vec(proptest::collection::vec(-50..50_i32, 6), 1..5)) {
        let outcomes: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|x| f64::from(*x)).collect()).collect();
        let payoffs = Payoffs::new(&outcomes, Better::High).expect("a table");
        let regret = payoffs.regret();
        // Someone has no regret in each future, nobody a negative one.
        for f in 0..6 {
            prop_assert_eq!(regret.iter().map(|row| row[f]).fold(f64::INFINITY, f64::min), 0.0);
        }
        prop_assert!((payoffs.share_best().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let means = regret.iter().map(|row| row.iter().sum::<f64>() / 6.0);
        prop_assert!((means.fold(f64::INFINITY, f64::min) - payoffs.value_of_information()).abs() < 1e-9);
        // Optimism 0 is maximin, 1 is maximax.
        let of = |rule| apply_rule(&payoffs, rule).scores;
        prop_assert_eq!(of(Rule::Hurwicz { optimism: 0.0 }), of(Rule::Maximin));
        prop_assert_eq!(of(Rule::Hurwicz { optimism: 1.0 }), of(Rule::Maximax));
    }
}
