//! The solver on random tenders: it finds an equilibrium in every one, nobody gains by leaving it, and the
//! buyer's draws follow it.

#![allow(clippy::disallowed_methods, reason = "statistics of a test, compared to a tolerance")]

use crate::market_support::{Random, Tender, add_later_values, add_later_values_of, chi_square_tail, random_tender};
use sim_core::market::choice::gumbel;
use sim_core::market::equilibrium::{LOOSEST, RUN_TOLERANCE, Workspace, one_shot_gain};

/// Solves `count` tenders; returns how many did not converge.
fn failures(seed: u64, count: usize, later: bool) -> usize {
    let mut r = Random(seed);
    let mut workspace = Workspace::new();
    let mut failed = 0;
    for _ in 0..count {
        let mut tender = random_tender(&mut r, 1.0);
        if later {
            add_later_values(&mut r, &mut tender);
        }
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("a valid tender");
        let total: f64 = found.probability.iter().sum();
        assert!((total - 1.0).abs() < 1e-12);
        if !found.converged {
            failed += 1;
        }
    }
    failed
}

#[test]
fn twenty_thousand_random_tenders_are_solved() {
    assert_eq!(failures(11, 20_000, false), 0);
}

#[test]
#[ignore = "a million tenders: ten seconds in release, longer in dev"]
fn a_million_random_tenders_are_solved() {
    assert_eq!(failures(21, 1_000_000, false), 0);
}

#[test]
fn tenders_in_which_losing_values_depend_on_the_winner_are_solved() {
    assert_eq!(failures(12, 5_000, true), 0);
}

#[test]
#[ignore = "two hundred thousand tenders"]
fn many_tenders_in_which_losing_values_depend_on_the_winner_are_solved() {
    assert_eq!(failures(22, 200_000, true), 0);
}

/// Largest one-shot gain in units of mu.
fn largest_gain(seed: u64, count: usize, later: bool) -> f64 {
    let mut r = Random(seed);
    let mut workspace = Workspace::new();
    let mut largest = 0.0f64;
    for _ in 0..count {
        let mut tender: Tender = random_tender(&mut r, 2.5);
        if later {
            add_later_values(&mut r, &mut tender);
        }
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("a valid tender");
        largest = largest.max(one_shot_gain(&spec, &found).gain / tender.mu);
    }
    largest
}

#[test]
fn no_seller_gains_by_another_price() {
    let gain = largest_gain(13, 150, false);
    assert!(gain < 1e-8, "{gain:e}");
}

#[test]
fn no_seller_gains_by_another_price_with_later_values() {
    let gain = largest_gain(14, 150, true);
    assert!(gain < 1e-8, "{gain:e}");
}

#[test]
#[ignore = "thousands of exact best responses"]
fn no_seller_gains_in_thousands_of_tenders() {
    let gain = largest_gain(23, 3_000, false).max(largest_gain(24, 3_000, true));
    assert!(gain < 1e-8, "{gain:e}");
}

/// At the tolerance of runs and at the loosest prices are as far off as they may be, and what a seller would gain by another
/// price is of second order in that.
#[test]
fn a_looser_tolerance_costs_sellers_next_to_nothing() {
    let mut r = Random(18);
    let mut workspaces = (Workspace::new(), Workspace::new());
    let mut moved = 0.0f64;
    for _ in 0..100 {
        let mut tender = random_tender(&mut r, 2.5);
        add_later_values(&mut r, &mut tender);
        let spec = tender.spec();
        let exact = workspaces.0.solve(&spec).expect("a valid tender");
        for (tolerance, most) in [(RUN_TOLERANCE, 1e-8), (LOOSEST, 1e-6)] {
            let found = workspaces
                .1
                .solve_within(&spec, None, tolerance)
                .expect("a valid tender");
            assert!(found.converged && found.work.evaluations <= exact.work.evaluations);
            let gain = one_shot_gain(&spec, &found).gain / tender.mu;
            assert!(gain < most, "{gain:e} at {tolerance:e}");
            for (p, q) in found.probability.iter().zip(exact.probability) {
                assert!((p - q).abs() < 100.0 * tolerance, "{p} for {q}");
                moved = moved.max((p - q).abs());
            }
        }
    }
    assert!(moved > 1e-10, "{moved:e}: a looser tolerance saves work");
}

/// Far beyond what next tenders are worth, and with losing worth as much as winning or more, profits have several
/// peaks: fallbacks are used, some tenders stay unsolved and say so, and those solved leave no gain.
#[test]
fn implausible_later_values_are_solved_or_reported() {
    let mut workspace = Workspace::new();
    for (winning, losing, most_unsolved) in [
        (6.0, 3.0, 3),
        (20.0, 3.0, 0),
        (6.0, 6.0, 10),
        (20.0, 20.0, 160),
        (60.0, 60.0, 300),
    ] {
        let mut r = Random(17);
        let (mut unsolved, mut largest) = (0, 0.0f64);
        for i in 0..1_000 {
            let mut tender = random_tender(&mut r, 1.0);
            add_later_values_of(&mut r, &mut tender, winning, losing);
            let spec = tender.spec();
            let found = workspace.solve(&spec).expect("a valid tender");
            if !found.converged {
                unsolved += 1;
            } else if i % 50 == 0 {
                largest = largest.max(one_shot_gain(&spec, &found).gain);
            }
        }
        assert!(unsolved <= most_unsolved, "{unsolved} of ({winning}, {losing})");
        assert!(largest < 1e-8, "{largest:e} of ({winning}, {losing})");
    }
}

/// The diagnostic itself sees a mistake: all margins one per cent off leave something to gain.
#[test]
fn the_gain_of_wrong_prices_is_seen() {
    let mut r = Random(15);
    let mut workspace = Workspace::new();
    let mut largest = 0.0f64;
    for _ in 0..40 {
        let tender = random_tender(&mut r, 1.0);
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("a valid tender");
        let margins: Vec<[f64; 2]> = found.margins.iter().map(|m| m.map(|x| 1.01 * x)).collect();
        let value: Vec<f64> = found
            .net_value
            .iter()
            .zip(found.total_margin)
            .map(|(v, m)| v - 0.01 * m)
            .collect();
        let mut wrong = found;
        (wrong.margins, wrong.net_value) = (&margins, &value);
        largest = largest.max(one_shot_gain(&spec, &wrong).gain);
    }
    assert!(largest > 1e-4, "{largest:e}");
}

/// Effective margins are uniform in a nest at any optimum: prices that are not gain nothing either.
#[test]
fn no_seller_gains_by_prices_set_alternative_by_alternative() {
    let mut r = Random(16);
    let mut workspace = Workspace::new();
    for _ in 0..150 {
        let mut tender = random_tender(&mut r, 1.0);
        add_later_values(&mut r, &mut tender);
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("a valid tender");
        let seller = r.below(tender.sellers);
        let count = tender.alternatives.len();
        let later = |i: usize| tender.after.as_ref().map_or(0.0, |w| w[i * tender.sellers + seller]);
        let profit = |changes: &[f64]| {
            let value: Vec<f64> = found.net_value.iter().zip(changes).map(|(v, c)| v - c).collect();
            let mut tree = found.tree(&spec);
            tree.value = &value;
            let (mut inclusive, mut shares) = (vec![0.0; tender.lambda.len()], vec![0.0; count]);
            tree.shares(&mut inclusive, &mut shares);
            let terms = tender.alternatives.iter().enumerate().map(|(i, a)| {
                let slot = a.setters.iter().position(|j| usize::from(*j) == seller);
                let margin = slot.map_or(0.0, |s| found.margins[i][s] + changes[i]);
                shares[i] * (margin + later(i))
            });
            terms.sum::<f64>()
        };
        let present = profit(&vec![0.0; count]);
        assert!((present - found.expected_profit[seller]).abs() < 1e-9);
        for size in [1e-3, 0.1, 1.0] {
            let change = |a: &sim_core::market::equilibrium::Alternative, r: &mut Random| {
                let sets = a.setter_mask() >> seller & 1 == 1;
                if sets { size * r.between(-1.0, 1.0) } else { 0.0 }
            };
            let changes: Vec<f64> = tender.alternatives.iter().map(|a| change(a, &mut r)).collect();
            assert!(profit(&changes) <= present + 1e-9);
        }
    }
}

/// p-value of `draws` winners against the probabilities of one equilibrium.
fn draw_p_value(seed: u64, draws: u32) -> f64 {
    let mut r = Random(seed);
    let mut tender = random_tender(&mut r, 1.0);
    while tender.alternatives.len() < 20 {
        tender = random_tender(&mut r, 1.0);
    }
    add_later_values(&mut r, &mut tender);
    let spec = tender.spec();
    let mut workspace = Workspace::new();
    let found = workspace.solve(&spec).expect("a valid tender");
    let tree = found.tree(&spec);
    let mut won = vec![0u32; tender.alternatives.len()];
    let mut shocks = Random(seed + 1);
    for _ in 0..draws {
        let mut nests = Random(shocks.bits());
        let nest = |_| gumbel(nests.unit());
        let winner = tree.draw(found.inclusive, nest, |_| gumbel(shocks.unit()));
        won[winner.expect("something is on offer")] += 1;
    }
    // Cells with few expected winners are taken together.
    let (mut statistic, mut cells) = (0.0, 0);
    let (mut rest_won, mut rest_expected) = (0.0, 0.0);
    for (n, p) in won.iter().zip(found.probability) {
        let expected = f64::from(draws) * p;
        if expected < 10.0 {
            rest_won += f64::from(*n);
            rest_expected += expected;
        } else {
            statistic += (f64::from(*n) - expected).powi(2) / expected;
            cells += 1;
        }
    }
    if rest_expected > 1.0 {
        statistic += (rest_won - rest_expected).powi(2) / rest_expected;
        cells += 1;
    } else {
        assert!(rest_won < 12.0);
    }
    assert!(cells > 3, "the tender says something");
    chi_square_tail(statistic, cells - 1)
}

#[test]
fn winners_follow_the_probabilities() {
    for seed in 40..45 {
        let p = draw_p_value(seed, 100_000);
        assert!(p > 1e-4, "seed {seed}: p = {p:e}");
    }
}

#[test]
#[ignore = "a million draws of several tenders"]
fn a_million_winners_follow_the_probabilities() {
    for seed in 50..55 {
        let p = draw_p_value(seed, 1_000_000);
        assert!(p > 1e-4, "seed {seed}: p = {p:e}");
    }
}
