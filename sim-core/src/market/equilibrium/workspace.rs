//! The solver: buffers that are reused, and the order of the steps.

use super::demand::Demand;
use super::layout::{Layout, write_key};
use super::newton::Newton;
use super::response::Response;
use super::result::{Equilibrium, Output, Work};
use super::start::starting_step;
use super::tender::{NOBODY, SolveError, TenderSpec};

/// Largest relative error of a first-order condition, `|m phi / target - 1|`, at which a tender counts
/// as solved.
pub const TOLERANCE: f64 = 1e-9;
/// The same for the tenders of a run: what a margin that far off costs its seller is of second order, some 1e-16 mu, and the
/// known answers that runs are held to are met to their eight digits.
pub const RUN_TOLERANCE: f64 = 1e-8;
/// The loosest tolerance that may be asked for.
pub const LOOSEST: f64 = 1e-4;
/// What Newton aims at where [`TOLERANCE`] is asked for. One more step reaches it, and carries over to prices what an
/// ill-conditioned tender (a dominant seller) would else lose; between the two a tender is solved too. Looser tolerances
/// are aimed at as they are.
const EXACT_AIM: f64 = 0.1 * TOLERANCE;
/// A start is good enough for Newton below this error.
const STARTED: f64 = 0.1;
/// Factor by which a starting step must cut the error for another one.
const STARTING_GAIN: f64 = 0.8;
/// Most starting steps.
const MAX_STARTING_STEPS: usize = 10;
/// Rounds of fallback before a tender counts as unsolved.
const MAX_ROUNDS: u32 = 12;
/// Sweeps of exact best responses in one round.
const SWEEPS: usize = 5;
/// Changes of the set of ceilings that hold before giving up.
const MAX_CEILING_ROUNDS: usize = 64;

/// Layouts kept: a run has a few dozen, and a sweep over a type's next tenders comes back to one for each kit.
const LAYOUTS: usize = 32;

/// Buffers of the solver. Keep one for each thread: after the first tenders of a size, solving does
/// not allocate.
#[derive(Debug, Default)]
pub struct Workspace {
    key: Vec<u64>,
    /// Layouts of the last tenders, and which of them is to be given up next.
    layouts: Vec<Layout>,
    oldest: usize,
    game: Game,
    output: Output,
}

/// The search for an equilibrium of one layout.
#[derive(Debug, Default)]
struct Game {
    demand: Demand,
    newton: Newton,
    response: Response,
    margins: Vec<f64>,
    saved: Vec<f64>,
    /// Largest error at which the tender counts as solved.
    tolerance: f64,
}

impl Workspace {
    /// An empty workspace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Solves a tender from the standard start, margins near cost.
    ///
    /// Same input, same bits: earlier use of the workspace leaves no trace.
    ///
    /// # Errors
    ///
    /// [`SolveError`] if the tender is not valid. Failure to reach [`TOLERANCE`] is no error but
    /// [`Equilibrium::converged`] = false.
    pub fn solve(&mut self, tender: &TenderSpec<'_>) -> Result<Equilibrium<'_>, SolveError> {
        self.solve_from(tender, None)
    }

    /// Solves a tender, starting from effective margins of a similar one: the table
    /// [`Equilibrium::effective_margins`] of an earlier result, row-major `[seller * nests + nest]`, money. Entries that
    /// are missing (NaN) or of no use start near cost.
    ///
    /// # Errors
    ///
    /// As [`Workspace::solve`], and [`SolveError::Start`] if the table has a wrong length.
    pub fn solve_from(
        &mut self,
        tender: &TenderSpec<'_>,
        start: Option<&[f64]>,
    ) -> Result<Equilibrium<'_>, SolveError> {
        self.solve_within(tender, start, TOLERANCE)
    }

    /// As [`Workspace::solve_from`], to a tolerance of the caller's: the largest relative error of a first-order
    /// condition, at least [`TOLERANCE`] and at most [`LOOSEST`] (others are moved there).
    ///
    /// # Errors
    ///
    /// As [`Workspace::solve_from`].
    pub fn solve_within(
        &mut self,
        tender: &TenderSpec<'_>,
        start: Option<&[f64]>,
        tolerance: f64,
    ) -> Result<Equilibrium<'_>, SolveError> {
        tender.check_frame()?;
        if start.is_some_and(|s| s.len() != tender.sellers * tender.lambda.len()) {
            return Err(SolveError::Start);
        }
        let at = self.find_layout(tender)?;
        let (layout, game) = (&mut self.layouts[at], &mut self.game);
        let mut work = Work::default();
        (game.newton.factorings, game.newton.evaluations) = (0, 0);
        game.tolerance = tolerance.clamp(TOLERANCE, LOOSEST);
        let converged = if layout.essential == 0 {
            layout.set_values(tender)?;
            game.solve(layout, tender.mu, start, &mut work)
        } else {
            game.solve_under_ceilings(layout, tender, start, &mut work)?
        };
        work.factorings = game.newton.factorings;
        work.evaluations += game.newton.evaluations;
        self.output.write(tender, layout, &mut game.demand, &game.margins);
        Ok(self.output.view(converged, work))
    }

    /// Place of the tender's layout, a known or a new one.
    fn find_layout(&mut self, tender: &TenderSpec<'_>) -> Result<usize, SolveError> {
        write_key(tender, &mut self.key);
        if let Some(at) = self.layouts.iter().position(|l| l.key == self.key) {
            return Ok(at);
        }
        let at = if self.layouts.len() < LAYOUTS {
            self.layouts.push(Layout::default());
            self.layouts.len() - 1
        } else {
            self.oldest = (self.oldest + 1) % LAYOUTS;
            self.oldest
        };
        self.layouts[at].build(tender, &self.key)?;
        Ok(at)
    }
}

impl Game {
    /// Solves the game of a layout; true if an equilibrium was found.
    fn solve(&mut self, layout: &Layout, mu: f64, start: Option<&[f64]>, work: &mut Work) -> bool {
        self.initial_margins(layout, mu, start);
        let (demand, margins) = (&mut self.demand, &mut self.margins);
        demand.reset(layout, margins);
        let mut error = demand.evaluate(layout, margins);
        work.evaluations += 1;
        let mut last = f64::INFINITY;
        for _ in 0..MAX_STARTING_STEPS {
            // A start that is good, or no longer becomes better fast, is left to Newton.
            if error <= STARTED || error > STARTING_GAIN * last {
                break;
            }
            last = error;
            starting_step(layout, demand, margins);
            error = demand.evaluate(layout, margins);
            work.evaluations += 1;
        }
        let aim = if self.tolerance > TOLERANCE {
            self.tolerance
        } else {
            EXACT_AIM
        };
        error = self.newton.run(layout, demand, margins, error, aim);
        let mut rounds = 0;
        while !(error <= self.tolerance && self.no_better_peak(layout)) {
            if rounds == MAX_ROUNDS {
                return false;
            }
            if rounds == 0 {
                work.fallbacks += 1;
            }
            rounds += 1;
            error = self.sweep(layout, work);
            let (demand, margins) = (&mut self.demand, &mut self.margins);
            error = self.newton.run(layout, demand, margins, error, self.tolerance);
        }
        true
    }

    /// Effective margins to start from, in units of mu: given ones where usable, else lambda, the margin of a
    /// seller without weight.
    fn initial_margins(&mut self, layout: &Layout, mu: f64, start: Option<&[f64]>) {
        let nests = layout.nest_count();
        self.margins.clear();
        for u in &layout.unknowns {
            let (v, g) = (usize::from(u.seller), usize::from(u.nest));
            let lambda = layout.lambda[g];
            let given = start.map_or(f64::NAN, |s| {
                let shift = if layout.extended { layout.shift[v] } else { 0.0 };
                s[usize::from(layout.sellers[v]) * nests + g] / mu - shift
            });
            // NaN fails the comparison too.
            self.margins.push(if given > 0.5 * lambda && given.is_finite() {
                given
            } else {
                lambda
            });
        }
        self.margins.resize(layout.row(), 1.0);
    }

    /// Rounds of exact best responses, seller after seller; returns the error reached.
    fn sweep(&mut self, layout: &Layout, work: &mut Work) -> f64 {
        let (demand, margins) = (&mut self.demand, &mut self.margins);
        let mut error = f64::INFINITY;
        for _ in 0..SWEEPS {
            for v in 0..layout.seller_count() {
                self.response.best(layout, demand, margins, v);
                error = demand.evaluate(layout, margins);
                work.evaluations += 1;
            }
        }
        error
    }

    /// True unless some seller gains by moving to another peak of its profit.
    ///
    /// First-order conditions imply the global best response where `1 + Pi_v >= Wbar_vg` in each of a
    /// seller's nests (see [`super::response`]); only sellers for whom that fails are tried.
    fn no_better_peak(&mut self, layout: &Layout) -> bool {
        let demand = &self.demand;
        if !layout.extended {
            return true;
        }
        // Sellers, as a set of bits.
        let mut doubtful = 0u64;
        for (u, own) in layout.unknowns.iter().zip(&demand.own) {
            let v = usize::from(u.seller);
            let fails = demand.losing(layout, v, usize::from(u.nest)) > (1.0 + demand.profit[v]) * (1.0 - own);
            doubtful |= u64::from(fails) << v;
        }
        for v in 0..layout.seller_count() {
            let kappa = 1.0 + demand.profit[v];
            if doubtful >> v & 1 == 1 {
                self.saved.clear();
                self.saved.extend_from_slice(&self.margins);
                let best = self.response.best(layout, demand, &mut self.saved, v);
                if best - demand.profit[v] > TOLERANCE * kappa {
                    return false;
                }
            }
        }
        true
    }

    /// Solves a tender with sellers whom nothing but ceilings bounds: all ceilings hold at first, and the set of those that do
    /// is changed until it is right.
    fn solve_under_ceilings(
        &mut self,
        layout: &mut Layout,
        tender: &TenderSpec<'_>,
        start: Option<&[f64]>,
        work: &mut Work,
    ) -> Result<bool, SolveError> {
        tender.check_ceilings(layout.essential)?;
        // Unknowns are numbered anew: the layout serves this tender only.
        layout.key.clear();
        layout.set_values(tender)?;
        hold_all(layout, tender);
        for _ in 0..MAX_CEILING_ROUNDS {
            layout.number_unknowns(tender);
            layout.set_values(tender)?;
            let solved = self.solve(layout, tender.mu, start, work);
            if !self.change_ceilings(layout, tender) {
                return Ok(solved);
            }
        }
        Ok(false)
    }

    /// Releases ceilings below which the seller would rather ask, holds margins above them; true if any
    /// changed.
    ///
    /// Profit rises with the margin on product a of nest g as long as the seller's gain from it,
    /// margin + W(a), is below `lambda (1 + Pi) + (1 - lambda) Y_g`.
    fn change_ceilings(&self, layout: &mut Layout, tender: &TenderSpec<'_>) -> bool {
        let Some(caps) = tender.margin_caps else {
            return false;
        };
        let essential = layout.essential;
        let width = layout.lanes();
        let mut changed = false;
        for i in 0..layout.products.len() {
            let (p, standing) = (layout.products[i], layout.standing[i]);
            for slot in 0..2 {
                let v = p.setters[slot];
                if v == NOBODY || essential >> layout.sellers[usize::from(v)] & 1 == 0 {
                    continue;
                }
                let (v, g) = (usize::from(v), usize::from(p.nest));
                let world = layout.sellers[v];
                if layout.held[i][slot] == f64::INFINITY {
                    let later = tender
                        .after
                        .map_or(0.0, |w| w[usize::from(standing) * tender.sellers + usize::from(world)]);
                    let raw = self.margins[usize::from(p.unknown[slot])] + layout.shift[v];
                    let cap = ceiling(tender, caps, standing, world);
                    if raw - later / tender.mu > cap * (1.0 + 1e-12) {
                        layout.held[i][slot] = cap;
                        changed = true;
                    }
                } else {
                    let lambda = layout.lambda[g];
                    let kappa = 1.0 + self.demand.profit[v];
                    let wanted = lambda * kappa + (1.0 - lambda) * self.demand.yields(layout, &self.margins, v, g);
                    if layout.losing[i * width + v] > wanted + self.tolerance * kappa {
                        layout.held[i][slot] = f64::INFINITY;
                        changed = true;
                    }
                }
            }
        }
        changed
    }
}

/// Holds every margin of the essential sellers at its ceiling.
fn hold_all(layout: &mut Layout, tender: &TenderSpec<'_>) {
    let Some(caps) = tender.margin_caps else {
        return;
    };
    let essential = layout.essential;
    layout.held.resize(layout.products.len(), [f64::INFINITY; 2]);
    for ((p, standing), held) in layout.products.iter().zip(&layout.standing).zip(&mut layout.held) {
        for (&v, held) in p.setters.iter().zip(held) {
            if v != NOBODY && essential >> layout.sellers[usize::from(v)] & 1 == 1 {
                let world = layout.sellers[usize::from(v)];
                *held = ceiling(tender, caps, *standing, world);
            }
        }
    }
}

/// Ceiling of a world seller's margin on an alternative, in units of mu.
fn ceiling(tender: &TenderSpec<'_>, caps: &[[f64; 2]], alternative: u16, world: u8) -> f64 {
    let a = usize::from(alternative);
    let slot = tender.alternatives[a].setters.iter().position(|s| *s == world);
    slot.map_or(f64::INFINITY, |s| caps[a][s] / tender.mu)
}
