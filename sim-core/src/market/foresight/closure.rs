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

/// Least step of a damped sweep.
const LEAST_STEP: f64 = 0.25;

/// One sweep: the tender of every kit, with the table before as its future, moves the table by `step` (1: all the way).
pub fn sweep(game: &Game, future: &mut Future, solver: &mut Solver, step: f64) -> Reached {
    let mut reached = Reached::default();
    let before = future.clone();
    for kit in 0..game.tenders.len() {
        if game.tenders[kit].alternatives.is_empty() {
            continue;
        }
        let moved = solver.update(game, &before, future, kit, step);
        reached.tenders += 1;
        reached.unsolved += u64::from(!moved.solved);
        reached.change = reached.change.max(moved.change);
    }
    reached.sweeps = 1;
    reached
}

/// Sweeps until no value moves by more than the tolerance. A sweep that moves more than the one before is damped from then on.
///
/// One sweep shrinks an error by about the discount to the next tender, so an error of a few times the tolerance is left:
/// about `change m / (1 - m)` where each sweep leaves the share `m` of the last change.
pub fn stationary(game: &Game, future: &mut Future, solver: &mut Solver, limits: Limits) -> Reached {
    let mut all = Reached::default();
    let mut step = 1.0_f64;
    let mut last = f64::INFINITY;
    while all.sweeps < limits.sweeps && !all.closed {
        let one = sweep(game, future, solver, step);
        if one.change > last {
            step = (0.5 * step).max(LEAST_STEP);
        }
        last = one.change;
        all.closed = one.change <= limits.tolerance;
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
    for kit in (0..game.tenders.len()).filter(|k| !game.tenders[*k].alternatives.is_empty()) {
        let moved = solver.update(&plain, &nil, future, kit, 1.0);
        all.tenders += 1;
        all.unsolved += u64::from(!moved.solved);
    }
    all
}
