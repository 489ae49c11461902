//! The stationary closure: a table that is its own future.
//!
//! All kits are renewed from the table before (Jacobi), not each from what is known of the others by then: the order of vendors in a
//! file must not choose among equilibria. Started from nothing, `n` sweeps are the game with `n` tenders to come, solved backwards, and
//! the closure is its limit. That limit need not be the only stationary equilibrium: with patience .9 a tender and a
//! switching cost of 6 mu two equal sellers have an asymmetric one too (a test shows it); at the patience of a contract cycle, about
//! one half, none was found.

use super::game::{Future, Game, Solver};

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Largest change of a value in one sweep, in units of mu.
    pub tolerance: f64,
    /// Most sweeps over all kits.
    pub sweeps: u32,
}

/// What a closure reached.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reached {
    /// Sweeps over all kits.
    pub sweeps: u32,
    /// Largest change in the last sweep, in units of mu.
    pub change: f64,
    /// Whether that met the tolerance.
    pub closed: bool,
    /// Tenders solved.
    pub tenders: u64,
    /// Tenders whose equilibrium did not meet its tolerance.
    pub unsolved: u64,
}

impl Reached {
    /// Adds another type's.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            sweeps: self.sweeps.max(other.sweeps),
            change: self.change.max(other.change),
            closed: self.closed && other.closed,
            tenders: self.tenders + other.tenders,
            unsolved: self.unsolved + other.unsolved,
        }
    }
}

/// Sweeps that move a value by more, in units of mu, are not accelerated: the table still is another game's.
const ACCELERATES_BELOW: f64 = 1.0;
/// A sweep that moves so many times as much as the last shows that acceleration or a whole step went astray.
const RISE: f64 = 2.0;
/// How finely the tenders of sweeps are solved, as the largest relative error of a condition. Coarser by ten, or coarser in early sweeps alone,
/// and two worlds that differ by rounding (their operators in another order) come to differ in the eighth digit or before.
const FINE: f64 = 1e-5;
/// The same at most, as a share of the closure's tolerance.
const FINER: f64 = 1e-2;
/// Least step of a damped sweep.
const LEAST_STEP: f64 = 0.25;

/// One sweep: the tender of every kit, with the table before as its future, moves the table by `step` (1: all the way). Tenders are solved
/// as exactly as may be.
pub fn sweep(game: &Game, future: &mut Future, solver: &mut Solver, step: f64) -> Reached {
    solver.tolerance = 0.0;
    let before = future.clone();
    sweep_from(game, &before, future, solver, step)
}

/// One whole sweep, its tenders solved as in the last sweeps of a closure.
pub(super) fn renewal(game: &Game, future: &mut Future, solver: &mut Solver) -> Reached {
    solver.tolerance = FINE;
    let before = future.clone();
    sweep_from(game, &before, future, solver, 1.0)
}

fn sweep_from(game: &Game, before: &Future, future: &mut Future, solver: &mut Solver, step: f64) -> Reached {
    let mut reached = Reached {
        sweeps: 1,
        closed: true,
        ..Reached::default()
    };
    solver.read(game, before);
    for kit in (0..game.tenders.len()).filter(|k| !game.tenders[*k].alternatives.is_empty()) {
        let moved = solver.update(game, before, future, kit, step);
        reached.tenders += 1;
        reached.unsolved += u64::from(!moved.solved);
        reached.change = reached.change.max(moved.change);
    }
    reached
}

/// Sweeps until none moves a value by more than the tolerance: plain ones as long as they move much, then accelerated ones
/// (file `accelerate`). Where a sweep moves values by `change` and the next would by a share `rho` of it, `rho/(1 - rho) change` is left: two
/// to three times the tolerance at the contractions of .65 to .77 that plain sweeps have in `world-2020`.
///
/// Tenders are solved to 1e-5, or to a hundredth of a tolerance that is finer. Against tenders solved as exactly as may be this moves the series of a replicate by a relative 1e-6 (95th
/// percentile of all series). After a sweep that moves far more than the last, plain and damped ones follow until the change is small again.
pub fn stationary(game: &Game, future: &mut Future, solver: &mut Solver, limits: Limits) -> Reached {
    let mut all = Reached::default();
    let mut step = 1.0_f64;
    let mut last = f64::INFINITY;
    solver.memory.clear();
    solver.tolerance = FINE.min(FINER * limits.tolerance);
    while all.sweeps < limits.sweeps && !all.closed {
        let before = future.clone();
        let one = sweep_from(game, &before, future, solver, step);
        all.closed = one.change <= limits.tolerance;
        if one.change > RISE * last {
            solver.memory.clear();
            step = (0.5 * step).max(LEAST_STEP);
        } else if one.change <= ACCELERATES_BELOW && !all.closed {
            solver
                .memory
                .step(&before.values, &mut future.values, &mut future.start);
        }
        last = one.change;
        all.change = one.change;
        all.sweeps += 1;
        all.tenders += one.tenders;
        all.unsolved += one.unsolved;
    }
    all
}

/// The tenders after the next one are worth nothing: each kit is solved once without a future.
pub fn one_tender(game: &Game, future: &mut Future, solver: &mut Solver) -> Reached {
    let nil = Future::nil(game);
    let mut all = Reached {
        sweeps: 1,
        closed: true,
        ..Reached::default()
    };
    let plain = Game {
        foresight: 0.0,
        ..game.clone()
    };
    solver.read(&plain, &nil);
    solver.tolerance = 0.0;
    for kit in (0..game.tenders.len()).filter(|k| !game.tenders[*k].alternatives.is_empty()) {
        let moved = solver.update(&plain, &nil, future, kit, 1.0);
        all.tenders += 1;
        all.unsolved += u64::from(!moved.solved);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::game::{Link, NextTender};
    use super::*;
    use crate::market::equilibrium::Alternative;

    /// Three sellers, one of whom is dearer, and a buyer to whom a change costs 2 mu.
    fn three_sellers(cost: f64) -> Game {
        let tender = |kit: usize| NextTender {
            alternatives: (0..3)
                .map(|j| Alternative::single(0, j, 2.0 * f64::from(usize::from(j) == kit), cost * f64::from(j)))
                .collect(),
            links: (0..3).map(Link::whole).collect(),
            stays: (0..3).map(|j| f64::from(j == kit)).collect(),
            list_prices: vec![1.5; 3],
            best_at_list: 0.5,
            running: f64::NEG_INFINITY,
        };
        Game {
            mu: 1.0,
            lambda: vec![1.0],
            sellers: 3,
            tenders: (0..3).map(tender).collect(),
            weight: [1.0, 0.0],
            seller_discount: std::array::from_fn(|_| [vec![0.5; 3], vec![0.0; 3]]),
            buyer_discount: [0.5, 0.9, 0.8],
            foresight: 0.5,
            ..Game::default()
        }
    }

    /// A closure at the run's tolerance is off an exact one by no more than the contraction lets it, and a renewal in turn is
    /// off an exact sweep by what its solver leaves, whatever the solver was used for before.
    #[test]
    fn rough_tenders_leave_a_table_near_the_exact_one() {
        let limits = |tolerance| Limits { tolerance, sweeps: 300 };
        let far = |a: &Future, b: &Future| {
            let apart = a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs());
            apart.fold(0.0, f64::max)
        };
        let (before, now) = (three_sellers(0.1), three_sellers(0.4));
        let mut solver = Solver::default();
        let (mut rough, mut exact) = (Future::nil(&before), Future::nil(&before));
        assert!(stationary(&before, &mut rough, &mut solver, limits(1e-3)).closed);
        assert!(stationary(&before, &mut exact, &mut solver, limits(1e-9)).closed);
        let left = far(&rough, &exact);
        assert!(left > 1e-9 && left < 2e-3, "{left:e}");

        let (mut swept, mut renewed, mut again) = (rough.clone(), rough.clone(), rough.clone());
        let moved = sweep(&now, &mut swept, &mut Solver::default(), 1.0).change;
        renewal(&now, &mut renewed, &mut solver);
        let left = far(&swept, &renewed);
        assert!(moved > 0.1 && left < 1e-3, "{moved} {left:e}");
        sweep(&now, &mut again, &mut solver, 1.0);
        assert_eq!(far(&swept, &again), 0.0, "a sweep is exact after a renewal too");
    }
}
