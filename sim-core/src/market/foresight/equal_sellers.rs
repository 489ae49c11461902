//! Equal sellers and a cost of leaving the one that stands: how switching costs and patience set prices.
//!
//! The smallest case of the table that still has a future: `n` equal sellers, a buyer that always buys, one nest at lambda = 1, no
//! keep. The seller that stands (the *insider*) is worth `s` more, because leaving it costs `s`. Its prices come from the same
//! next-tender table and the same solver as those of a run; nothing here is solved apart. Money is in units of mu, prices
//! are above unit cost.
//!
//! # What is known of it
//!
//! With `q` the chance that the insider wins, `q0 = (1-q)/(n-1)` that of each outsider, and patience `D`, what a seller's money of the
//! next tender is worth to it in this one, the symmetric Markov-perfect equilibrium is (Cabral, Review of Economic
//! Dynamics 20, 2016, 43-62, for two sellers; `n` of them by the same first-order conditions)
//! ```text
//! d  = D [q/(1-q) - q0/(1-q0)]                 prize of winning
//! p1 = 1/(1-q) - d,   p0 = 1/(1-q0) - d        insider, outsider
//! p  = n/(n-1) - d                             to a buyer without a seller
//! s  = ln(q/q0) + 1/(1-q) - 1/(1-q0)           the chance does not depend on D
//! ```
//! The mean price that attached buyers pay, `q p1 + (1-q) p0`, equals `n/(n-1)`, its value at `s = 0`, where
//! ```text
//! [n q - 1] [n q - 1 - (n-1) D] = 0
//! ```
//! (multiply the difference by `(1-q)(1-q0)` and collect). The first root is `s = 0`, the second the [`frontier`]: below
//! `q = (1 + (n-1) D)/n` switching costs lower the mean price, above it they raise it. With two sellers that is
//! `q = (1+D)/2`. Tests hold the solved game to all of this.

use crate::market::equilibrium::{Alternative, MAX_SELLERS, SolveError};

use super::closure;
use super::game::{Future, Game, Link, NextTender, Solver};

/// A market of equal sellers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EqualSellers {
    /// Number of sellers `n`: 2 to [`MAX_SELLERS`].
    pub sellers: usize,
    /// What it costs the buyer to leave the seller that stands, in units of mu: 0 or more.
    pub switching_cost: f64,
    /// Patience `D` of sellers per contract cycle: look-ahead weight times discount over one contract, in [0, 1).
    pub patience: f64,
}

/// Why a market of equal sellers has no prices.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum EqualSellersError {
    /// Fewer than two sellers, or more than [`MAX_SELLERS`].
    Sellers(usize),
    /// The switching cost is negative or not finite.
    SwitchingCost(f64),
    /// The patience lies outside [0, 1).
    Patience(f64),
    /// A tender cannot be solved.
    Solve(SolveError),
    /// Prices did not meet the tolerance.
    Unsettled,
}

impl std::fmt::Display for EqualSellersError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sellers(n) => write!(f, "{n} equal sellers; there must be 2 to {MAX_SELLERS}"),
            Self::SwitchingCost(s) => write!(f, "switching cost {s} mu; it must be finite and not negative"),
            Self::Patience(d) => write!(f, "patience {d} a contract cycle; it must lie in [0, 1)"),
            Self::Solve(error) => error.fmt(f),
            Self::Unsettled => write!(f, "the prices of equal sellers did not settle"),
        }
    }
}

impl std::error::Error for EqualSellersError {}

impl From<SolveError> for EqualSellersError {
    fn from(error: SolveError) -> Self {
        Self::Solve(error)
    }
}

/// Prices above unit cost, in units of mu, by the role of the seller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RolePrices {
    /// Number of sellers.
    pub sellers: usize,
    /// Chance that an attached buyer stays.
    pub retention: f64,
    /// Price that the seller that stands asks of its own buyer.
    pub insider: f64,
    /// Price that each other seller asks of that buyer.
    pub outsider: f64,
    /// Price that every seller asks of a buyer that has none.
    pub unattached: f64,
    /// Mean price that attached buyers pay, over those who stay and those who leave.
    pub paid: f64,
}

/// What buyers pay and what they have of it, in units of mu.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuyerOutcome {
    /// Chance that an attached buyer stays.
    pub retention: f64,
    /// Price that a new buyer pays at its first tender, above unit cost.
    pub new_price: f64,
    /// Mean price that an attached buyer pays at a tender, above unit cost.
    pub attached_price: f64,
    /// Discounted surplus of a new buyer over its first tender and all later ones.
    pub new_value: f64,
    /// Discounted surplus of an attached buyer over its next tender and all later ones.
    pub attached_value: f64,
}

/// Largest change of a price between two sweeps at which prices are settled, in units of mu.
const SETTLED: f64 = 1e-9;
/// Most sweeps. What all kits have in common changes no price, and what differs between them settles within a few.
const SWEEPS: usize = 50;

impl EqualSellers {
    /// The tenders of this market: one a seller that stands, the last of a buyer without any.
    ///
    /// # Errors
    /// A number outside its domain.
    pub fn game(&self) -> Result<Game, EqualSellersError> {
        let (n, s) = (self.sellers, self.switching_cost);
        if !(2..=MAX_SELLERS).contains(&n) {
            return Err(EqualSellersError::Sellers(n));
        }
        if !(s.is_finite() && s >= 0.0) {
            return Err(EqualSellersError::SwitchingCost(s));
        }
        if !(0.0..1.0).contains(&self.patience) {
            return Err(EqualSellersError::Patience(self.patience));
        }
        let tender = |standing: usize| NextTender {
            alternatives: (0..n)
                .map(|j| Alternative::single(0, j as u8, if j == standing { s } else { 0.0 }, 0.0))
                .collect(),
            links: (0..n).map(Link::whole).collect(),
            ..NextTender::default()
        };
        let discount = || [vec![self.patience; n], vec![self.patience; n]];
        Ok(Game {
            mu: 1.0,
            lambda: vec![1.0],
            sellers: n,
            weight: [1.0, 0.0],
            tenders: (0..=n).map(tender).collect(),
            seller_discount: [discount(), discount(), discount()],
            // All kits are alike to the buyer: neither its discount nor its foresight changes a price.
            buyer_discount: [self.patience; 3],
            foresight: 0.0,
            fall: 0.0,
        })
    }

    /// Its prices: the symmetric equilibrium that is the limit of finitely many tenders to come.
    ///
    /// # Errors
    /// A number outside its domain, or prices that do not settle.
    pub fn prices(&self, solver: &mut Solver) -> Result<RolePrices, EqualSellersError> {
        let game = self.game()?;
        let mut future = Future::nil(&game);
        let mut last: Option<RolePrices> = None;
        for _ in 0..SWEEPS {
            if closure::sweep(&game, &mut future, solver, 1.0).unsolved > 0 {
                return Err(EqualSellersError::Unsettled);
            }
            let now = self.read(&game, &future, solver)?;
            let moved = |last: &RolePrices| {
                let pairs = [
                    (last.insider, now.insider),
                    (last.outsider, now.outsider),
                    (last.unattached, now.unattached),
                ];
                pairs.into_iter().fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()))
            };
            if last.as_ref().is_some_and(|last| moved(last) <= SETTLED) {
                return Ok(now);
            }
            last = Some(now);
        }
        Err(EqualSellersError::Unsettled)
    }

    fn read(&self, game: &Game, future: &Future, solver: &mut Solver) -> Result<RolePrices, EqualSellersError> {
        let attached = solver.solve(game, future, 0)?;
        let won = attached.probability.iter().zip(attached.total_margin);
        let (retention, insider, outsider) = (
            attached.probability[0],
            attached.total_margin[0],
            attached.total_margin[1],
        );
        let paid = won.map(|(p, margin)| p * margin).sum();
        let unattached = solver.solve(game, future, self.sellers)?.total_margin[0];
        Ok(RolePrices {
            sellers: self.sellers,
            retention,
            insider,
            outsider,
            unattached,
            paid,
        })
    }
}

impl RolePrices {
    /// Effective bidders of an attached buyer's tender, `exp(-sum P ln P)`: fewer than the sellers, the more so the dearer
    /// leaving is. The measure `effective_bidders` of a run is of this kind, so it compares with this and not with `n`.
    #[must_use]
    pub fn effective_bidders(&self) -> f64 {
        let others = self.sellers as f64 - 1.0;
        let term = |p: f64| if p > 0.0 { -p * libm::log(p) } else { 0.0 };
        libm::exp(term(self.retention) + others * term((1.0 - self.retention) / others))
    }

    /// What buyers pay and have at these prices if leaving costs them `switching_cost` (mu) and they discount `buyer_discount` a
    /// contract cycle, in [0, 1). With the switching cost that the prices were made for, that is the market itself; with
    /// another, it is what frozen prices suggest.
    ///
    /// An attached buyer's expected surplus at a tender is `ln sum exp` of its alternatives, leaving it
    /// costing `s`: `U1 = -p1 - ln q`. One without a seller has `U0 = ln n - p`. Then `U1/(1-b)` and `U0 + b U1/(1-b)`.
    #[must_use]
    pub fn met_with(&self, switching_cost: f64, buyer_discount: f64) -> BuyerOutcome {
        let others = self.sellers as f64 - 1.0;
        let lead = self.outsider + switching_cost - self.insider;
        let retention = 1.0 / (1.0 + others * libm::exp(-lead));
        // `ln q` without loss where q is near 1.
        let attached = -self.insider + libm::log1p(others * libm::exp(-lead));
        let new = libm::log(self.sellers as f64) - self.unattached;
        let later = attached / (1.0 - buyer_discount);
        BuyerOutcome {
            retention,
            new_price: self.unattached,
            attached_price: retention * self.insider + (1.0 - retention) * self.outsider,
            new_value: new + buyer_discount * later,
            attached_value: later,
        }
    }
}

/// Where the effect of switching costs on the mean price paid changes its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frontier {
    /// Chance that an attached buyer stays: `(1 + (n-1) D)/n`.
    pub retention: f64,
    /// The switching cost that brings it about, in units of mu.
    pub switching_cost: f64,
}

/// The frontier of a number of sellers at a patience: below it switching costs lower the mean price that attached buyers pay, above
/// it they raise it. Closed form, see the top of this module.
///
/// # Errors
/// A number outside its domain.
pub fn frontier(sellers: usize, patience: f64) -> Result<Frontier, EqualSellersError> {
    let market = EqualSellers {
        sellers,
        switching_cost: 0.0,
        patience,
    };
    market.game()?;
    let n = sellers as f64;
    let q = (1.0 + (n - 1.0) * patience) / n;
    let q0 = (1.0 - q) / (n - 1.0);
    Ok(Frontier {
        retention: q,
        switching_cost: libm::log(q / q0) + 1.0 / (1.0 - q) - 1.0 / (1.0 - q0),
    })
}

/// One place of the sign map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignCell {
    /// Switching cost, in units of mu.
    pub switching_cost: f64,
    /// Patience of sellers per contract cycle.
    pub patience: f64,
    /// Mean price that attached buyers pay, above unit cost, in units of mu.
    pub paid: f64,
    /// The same less what they pay where leaving costs nothing: its sign is what the map shows.
    pub change: f64,
}

/// The sign map of a number of sellers: the mean price paid against that without switching costs, patience by patience.
///
/// # Errors
/// As [`EqualSellers::prices`].
pub fn sign_map(
    sellers: usize,
    switching_costs: &[f64],
    patiences: &[f64],
    solver: &mut Solver,
) -> Result<Vec<SignCell>, EqualSellersError> {
    let mut cells = Vec::with_capacity(switching_costs.len() * patiences.len());
    for patience in patiences {
        let market = |switching_cost: f64| EqualSellers {
            sellers,
            switching_cost,
            patience: *patience,
        };
        let without = market(0.0).prices(solver)?.paid;
        for switching_cost in switching_costs {
            let paid = market(*switching_cost).prices(solver)?.paid;
            cells.push(SignCell {
                switching_cost: *switching_cost,
                patience: *patience,
                paid,
                change: paid - without,
            });
        }
    }
    Ok(cells)
}
