//! The solver on random tenders: it finds an equilibrium in every one, and nobody gains by leaving it.

mod market_support;

use market_support::{Random, Tender, add_later_values, random_tender};
use sim_core::market::equilibrium::{Work, Workspace, one_shot_gain};

/// Solves `count` tenders; returns how many did not converge and the total effort.
fn failures(seed: u64, count: usize, later: bool) -> (usize, Work) {
    let mut r = Random(seed);
    let mut workspace = Workspace::new();
    let mut failed = 0;
    let mut total = Work::default();
    for _ in 0..count {
        let mut tender = random_tender(&mut r, 1.0);
        if later {
            add_later_values(&mut r, &mut tender);
        }
        let spec = tender.spec();
        let found = workspace.solve(&spec).expect("a valid tender");
        if !found.converged {
            failed += 1;
            if failed <= 3 {
                eprintln!("unsolved: {tender:?}");
            }
            continue;
        }
        total.evaluations += found.work.evaluations;
        total.factorings += found.work.factorings;
        total.fallbacks += found.work.fallbacks;
    }
    (failed, total)
}

#[test]
fn twenty_thousand_random_tenders_are_solved() {
    let (failed, work) = failures(11, 20_000, false);
    eprintln!("{work:?}");
    assert_eq!(failed, 0);
}

#[test]
fn tenders_in_which_losing_values_depend_on_the_winner_are_solved() {
    let (failed, work) = failures(12, 5_000, true);
    eprintln!("{work:?}");
    assert_eq!(failed, 0);
}

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
    let gain = largest_gain(13, 60, false);
    eprintln!("{gain:e}");
    assert!(gain < 1e-8, "{gain}");
}

#[test]
fn no_seller_gains_by_another_price_with_later_values() {
    let gain = largest_gain(14, 60, true);
    eprintln!("{gain:e}");
    assert!(gain < 1e-8, "{gain}");
}
