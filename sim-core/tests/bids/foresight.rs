//! The next-tender table: the known answer V14, and what foresight means.

#![allow(clippy::disallowed_methods, reason = "a test reads the table of known answers")]

use serde_json::Value;
use sim_core::market::equilibrium::Alternative;
use sim_core::market::foresight::game::Solver;
use sim_core::market::foresight::{Future, Game, Limits, Link, NextTender, closure};

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found} is not {expected}"
    );
}

const TIGHT: Limits = Limits {
    tolerance: 1e-10,
    sweeps: 2_000,
};

/// V14: `n` equal sellers, the one that stands is worth `s` more, one nest at lambda 1, no keep. The last kit is none.
fn cabral(n: usize, s: f64, delta: f64) -> Game {
    let tender = |standing: usize| NextTender {
        alternatives: (0..n)
            .map(|j| Alternative::single(0, j as u8, if j == standing { s } else { 0.0 }, 0.0))
            .collect(),
        links: (0..n).map(Link::whole).collect(),
        ..NextTender::default()
    };
    let discount = || [vec![delta; n], vec![delta; n]];
    Game {
        mu: 1.0,
        lambda: vec![1.0],
        sellers: n,
        weight: [1.0, 0.0],
        tenders: (0..=n).map(tender).collect(),
        seller_discount: [discount(), discount(), discount()],
        buyer_discount: [0.5; 3],
        foresight: 0.0,
        fall: 0.0,
    }
}

/// The stationary table of a game from nothing, levels extrapolated: what is constant over kits falls by `delta` a sweep exactly,
/// differences settle within a few sweeps.
fn settled(game: &Game, delta: f64, solver: &mut Solver) -> Future {
    let mut future = Future::nil(game);
    for _ in 0..30 {
        assert_eq!(closure::sweep(game, &mut future, solver, 1.0).unsolved, 0);
    }
    let before = future.clone();
    closure::sweep(game, &mut future, solver, 1.0);
    future.extrapolate(&before, delta);
    future
}

/// Cabral (2016): the stationary table is the Markov-perfect equilibrium of buyer-specific prices with switching costs.
#[test]
fn v14_every_row() {
    let text = include_str!("../data/known_answers.json");
    let v14 = serde_json::from_str::<Value>(text).expect("the table is JSON")["V14"].clone();
    let table = v14["expected"]["table"].as_object().expect("rows");
    assert!(table.len() >= 8, "{} rows", table.len());
    for (name, row) in table {
        let number = |key: &str| row[key].as_f64().expect("a number");
        let (n, s) = name.split_once(",").expect("n and s");
        let n: usize = n[2..].parse().expect("n");
        let s: f64 = s[2..].parse().expect("s");
        for foresight in [0.0, 1.0] {
            // Buyers' foresight is irrelevant: all kits are alike to them.
            let game = Game {
                foresight,
                ..cabral(n, s, 0.9)
            };
            let mut solver = Solver::default();
            let future = settled(&game, 0.9, &mut solver);
            close(future.profits(0)[0], number("v_insider"), 1e-8, name);
            close(future.profits(0)[1], number("v_outsider"), 1e-8, name);
            let attached = solver.solve(&game, &future, 0).expect("a tender");
            close(attached.probability[0], number("q_retain"), 1e-8, name);
            close(attached.total_margin[0], number("p_insider"), 1e-8, name);
            close(attached.total_margin[1], number("p_outsider"), 1e-8, name);
            let paid = attached.probability.iter().zip(attached.total_margin);
            close(paid.map(|(p, m)| p * m).sum(), number("p_avg"), 1e-8, name);
            let first = solver.solve(&game, &future, n).expect("a tender");
            close(first.total_margin[0], number("p_unattached"), 1e-8, name);
        }
    }
}

/// The symmetric equilibrium of V14 is not the only one where sellers are very patient and switching is dear: a seller that is
/// expected to win back what it loses bids for it and does. At the patience of a contract cycle (8 years at 9% are .49)
/// the same start leads back to the symmetric one.
#[test]
fn a_second_equilibrium_where_patience_and_switching_cost_are_large() {
    let from_a_head_start = |delta: f64| {
        let game = cabral(2, 6.0, delta);
        let (mut future, mut solver) = (Future::nil(&game), Solver::default());
        closure::sweep(&game, &mut future, &mut solver, 1.0);
        future.add_profit(0, 0, 3.0);
        let limits = Limits {
            tolerance: 1e-9,
            sweeps: 500,
        };
        assert!(closure::stationary(&game, &mut future, &mut solver, limits).closed);
        future.profits(0)[0] - future.profits(1)[1]
    };
    assert!(from_a_head_start(0.9).abs() > 10.0, "one seller dominates for good");
    close(from_a_head_start(0.49), 0.0, 1e-7, "difference of the two insiders");
}

/// The closed form of the same game, as the table is reached from: retention does not depend on patience.
#[test]
fn retention_does_not_depend_on_patience() {
    let retention = |delta: f64| {
        let game = cabral(3, 2.0, delta);
        let (mut future, mut solver) = (Future::nil(&game), Solver::default());
        assert!(closure::stationary(&game, &mut future, &mut solver, TIGHT).closed);
        solver.solve(&game, &future, 0).expect("a tender").probability[0]
    };
    close(retention(0.9), retention(0.0), 1e-9, "retention");
}

/// Depth 1 knows the static profits alone: here it has the prize of winning exactly, since the rest is the same for both.
#[test]
fn one_tender_has_the_static_profits() {
    let game = cabral(2, 2.0, 0.5);
    let (mut one, mut all, mut solver) = (Future::nil(&game), Future::nil(&game), Solver::default());
    closure::one_tender(&game, &mut one, &mut solver);
    assert!(closure::stationary(&game, &mut all, &mut solver, TIGHT).closed);
    // Static Nash with lead 2: margins 1/(1-q), profit q/(1-q).
    let q = solver
        .solve(&game, &Future::nil(&game), 0)
        .expect("a tender")
        .probability[0];
    close(one.profits(0)[0], q / (1.0 - q), 1e-9, "static profit of the insider");
    let prize = |f: &Future| f.profits(0)[0] - f.profits(0)[1];
    close(prize(&one), prize(&all), 1e-8, "prize of winning");
    assert!(
        all.profits(0)[1] > one.profits(0)[1] + 0.1,
        "later tenders are worth something"
    );
}
