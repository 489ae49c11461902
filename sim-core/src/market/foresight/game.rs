//! The tenders that may come next in one type, one a kit, and the solving of one of them with a given future.

use crate::market::equilibrium::{Alternative, Equilibrium, SolveError, TenderSpec, Workspace};

use super::accelerate::Memory;
use super::ahead::Ahead;
use super::stopping::retender_value;

/// When the next tender of a part comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Horizon {
    /// After a contract term: it is bought now.
    Life,
    /// After the time of a re-tender: it is kept and extended.
    Keep,
    /// At the end of what is left of it: it stays in a partial renewal.
    Part,
}

/// Number of horizons.
pub const HORIZONS: usize = 3;

/// Where one part of an alternative leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The kit with which its next tender is met: an index into [`Game::tenders`].
    pub kit: usize,
    /// When.
    pub horizon: Horizon,
}

impl Link {
    /// What is bought has no second part, and leads to one kit.
    #[must_use]
    pub fn whole(kit: usize) -> [Option<Self>; 2] {
        let horizon = Horizon::Life;
        [Some(Self { kit, horizon }), None]
    }
}

/// The tender that one kit leads to, at the end of its life.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NextTender {
    /// What may be chosen, values without any future; none: this kit does not occur.
    pub alternatives: Vec<Alternative>,
    /// Where the parts of each lead: radio, baseband; `None`: there is no such part.
    pub links: Vec<[Option<Link>; 2]>,
    /// Weight of the parts of each that come from the seller that stands.
    pub stays: Vec<f64>,
    /// List price of each; 0 for keep.
    pub list_prices: Vec<f64>,
    /// `s*`: surplus of the best purchase at list price.
    pub best_at_list: f64,
    /// What keeping on brings at the end of life beside the postponed choice: its value less `d_T s*`.
    pub running: f64,
}

/// All that the next tenders of one type are, but for bids and futures. Money in any one unit.
#[derive(Debug, Clone, Default)]
pub struct Game {
    /// Scale of taste shocks.
    pub mu: f64,
    /// Lambda of each nest.
    pub lambda: Vec<f64>,
    /// Number of sellers.
    pub sellers: usize,
    /// By kit.
    pub tenders: Vec<NextTender>,
    /// Weight of each part in the price.
    pub weight: [f64; 2],
    /// Look-ahead weight times discount times survival of each seller, by horizon and part.
    pub seller_discount: [[Vec<f64>; 2]; HORIZONS],
    /// Discount of the buyer, by horizon.
    pub buyer_discount: [f64; HORIZONS],
    /// Foresight of the buyer.
    pub foresight: f64,
    /// Fall of what keeping on brings from one re-tender to the next.
    pub fall: f64,
}

/// A chain of purchases without discounting has no value; below this the term counts as so much discounted.
const LEAST_DISCOUNTING: f64 = 1e-3;

impl Game {
    /// `C(k)`: what the myopic chain of a kit is worth.
    #[must_use]
    pub fn chain(&self, kit: usize) -> f64 {
        self.tenders[kit].best_at_list / (1.0 - self.buyer_discount[Horizon::Life as usize]).max(LEAST_DISCOUNTING)
    }
}

/// What the next tenders yield: the table of one type. Indexed as [`Game::tenders`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Future {
    /// Number of sellers.
    pub sellers: usize,
    /// `Pi_j(k)` kit-major; then `Lambda(k)`, what a buyer of partial foresight does not see of its future included; then `B(k)`.
    pub(super) values: Vec<f64>,
    /// Probability that the sellers of each kit stay, bought anew or kept, by weight of their parts.
    pub(super) stays: Vec<f64>,
    /// Number of kits.
    pub(super) kits: usize,
    /// Effective margins to start from: by kit, seller and nest.
    pub(super) start: Vec<f64>,
}

impl Future {
    /// Nothing comes after: all nil.
    #[must_use]
    pub fn nil(game: &Game) -> Self {
        let kits = game.tenders.len();
        Self {
            sellers: game.sellers,
            values: vec![0.0; kits * (game.sellers + 2)],
            stays: vec![0.0; kits],
            kits,
            start: vec![f64::NAN; kits * game.sellers * game.lambda.len()],
        }
    }

    /// The same in other money.
    #[must_use]
    pub(super) fn scaled(&self, by: f64) -> Self {
        let mut scaled = self.clone();
        scaled.values.iter_mut().chain(&mut scaled.start).for_each(|x| *x *= by);
        scaled
    }

    /// `Pi_j` of all sellers with a kit.
    #[must_use]
    pub fn profits(&self, kit: usize) -> &[f64] {
        &self.values[kit * self.sellers..][..self.sellers]
    }

    /// `Lambda` of a kit.
    #[must_use]
    pub fn surplus(&self, kit: usize) -> f64 {
        self.values[self.kits * self.sellers + kit]
    }

    /// `B` of a kit.
    #[must_use]
    pub fn best(&self, kit: usize) -> f64 {
        self.values[self.kits * (self.sellers + 1) + kit]
    }

    /// Adds to what a seller expects with a kit: another belief to start from.
    pub fn add_profit(&mut self, kit: usize, seller: usize, money: f64) {
        self.values[kit * self.sellers + seller] += money;
    }

    /// Takes a table that has moved on from `before` to where it would go if each further sweep moved `ratio` of the last.
    pub fn extrapolate(&mut self, before: &Self, ratio: f64) {
        for (now, last) in self.values.iter_mut().zip(&before.values) {
            *now = (*now - ratio * last) / (1.0 - ratio);
        }
    }

    /// `V(k) = Lambda(k) + d_L C(k)`: what the buyer expects from its next tender with a kit on.
    #[must_use]
    pub fn value(&self, game: &Game, kit: usize) -> f64 {
        self.surplus(kit) + game.buyer_discount[Horizon::Life as usize] * game.chain(kit)
    }

    /// `B*(k)`: what the next tender brings without fresh luck, `periods` re-tenders after the end of the kit's life.
    #[must_use]
    pub fn retender(&self, game: &Game, kit: usize, periods: f64) -> f64 {
        let t = &game.tenders[kit];
        retender_value(
            self.best(kit),
            t.running - periods * game.fall,
            game.fall,
            game.buyer_discount[Horizon::Keep as usize],
        )
    }

    /// What the buyer adds to an alternative, at foresight 1. `now`: the kit it has.
    #[must_use]
    pub fn continuation(&self, game: &Game, now: usize, links: &[Option<Link>; 2]) -> f64 {
        let mut sum = 0.0;
        for (weight, link) in game.weight.iter().zip(links) {
            let Some(link) = link else { continue };
            let then = match link.horizon {
                Horizon::Life => self.value(game, link.kit) - game.chain(now),
                Horizon::Keep => self.retender(game, link.kit, 1.0) - game.tenders[link.kit].best_at_list,
                Horizon::Part => self.best(link.kit) - game.tenders[link.kit].best_at_list,
            };
            sum += weight * game.buyer_discount[link.horizon as usize] * then;
        }
        sum
    }
}

/// Buffers in which next tenders are solved.
#[derive(Debug, Default)]
pub struct Solver {
    workspace: Workspace,
    alternatives: Vec<Alternative>,
    ahead: Ahead,
    after: Vec<f64>,
    continuation: Vec<f64>,
    pub(super) memory: Memory,
    /// To which the tenders of a closure are solved; nil: as exactly as may be.
    pub(super) tolerance: f64,
}

/// How one solved tender moved the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moved {
    /// Largest change of a value, in units of mu.
    pub change: f64,
    /// Whether the equilibrium met its tolerance.
    pub solved: bool,
}

impl Solver {
    /// Solves the tender of one kit with a given future.
    ///
    /// # Errors
    /// As [`Workspace::solve`].
    pub fn solve(&mut self, game: &Game, future: &Future, kit: usize) -> Result<Equilibrium<'_>, SolveError> {
        self.read(game, future);
        self.fill(game, kit);
        let width = game.sellers * game.lambda.len();
        let spec = TenderSpec {
            mu: game.mu,
            lambda: &game.lambda,
            alternatives: &self.alternatives,
            sellers: game.sellers,
            after: Some(&self.after),
            margin_caps: None,
        };
        self.workspace
            .solve_from(&spec, Some(&future.start[kit * width..][..width]))
    }

    /// What each alternative of a kit's tender adds to the value of one contract, at foresight 1: as of the last
    /// tender solved.
    #[must_use]
    pub fn continuation(&self) -> &[f64] {
        &self.continuation
    }

    /// Takes a table as the future of the tenders that are solved next.
    pub(super) fn read(&mut self, game: &Game, future: &Future) {
        self.ahead.read(game, future);
    }

    /// Values with what the buyer sees of its future, and `W_j(a)`.
    fn fill(&mut self, game: &Game, kit: usize) {
        let tender = &game.tenders[kit];
        self.ahead
            .fill(game, kit, tender, &mut self.continuation, &mut self.after);
        self.alternatives.clear();
        let with_future = tender.alternatives.iter().zip(&self.continuation);
        self.alternatives.extend(with_future.map(|(a, then)| Alternative {
            value: a.value + game.foresight * then,
            ..*a
        }));
    }

    /// Solves the tender of one kit with the future that was read, starting at the margins of `from`, and moves its values in `into` by
    /// `step` (1: all the way).
    pub(super) fn update(&mut self, game: &Game, from: &Future, into: &mut Future, kit: usize, step: f64) -> Moved {
        self.fill(game, kit);
        let width = game.sellers * game.lambda.len();
        let spec = TenderSpec {
            mu: game.mu,
            lambda: &game.lambda,
            alternatives: &self.alternatives,
            sellers: game.sellers,
            after: Some(&self.after),
            margin_caps: None,
        };
        let start = &from.start[kit * width..][..width];
        let Ok(found) = self.workspace.solve_within(&spec, Some(start), self.tolerance) else {
            return Moved::default();
        };
        // What the buyer does not see of its future it will meet all the same.
        let unseen = |a: usize| (1.0 - game.foresight) * self.continuation[a];
        let mut change = 0.0_f64;
        let mut moved = |value: &mut f64, to: f64| {
            change = change.max((to - *value).abs());
            *value += step * (to - *value);
        };
        let sellers = game.sellers;
        for (value, to) in into.values[kit * sellers..][..sellers]
            .iter_mut()
            .zip(found.expected_profit)
        {
            moved(value, *to);
        }
        let mut surplus = found.logsum;
        let mut best = f64::NEG_INFINITY;
        for (a, (alternative, net)) in game.tenders[kit].alternatives.iter().zip(found.net_value).enumerate() {
            surplus += found.probability[a] * unseen(a);
            if alternative.setter_mask() != 0 {
                best = best.max(net + unseen(a));
            }
        }
        let links = found.probability.iter().zip(&game.tenders[kit].stays);
        into.stays[kit] = links.map(|(p, stays)| p * stays).sum();
        let kits = into.kits;
        moved(&mut into.values[kits * sellers + kit], surplus);
        let best = if best.is_finite() { best } else { surplus };
        moved(&mut into.values[kits * (sellers + 1) + kit], best);
        if found.converged {
            into.start[kit * width..][..width].copy_from_slice(found.effective_margins);
        }
        Moved {
            change: change / game.mu,
            solved: found.converged,
        }
    }
}
