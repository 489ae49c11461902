//! Prices of one tender: a Bertrand-Nash equilibrium in nested logit, with a future.
//!
//! # The game
//!
//! The buyer chooses by nested logit ([`super::choice`]) from values net of price. Each alternative has no,
//! one or two *price setters*, each adding a margin to cost. All margins are set at once; each seller
//! maximises expected profit now plus what follows, `Pi_j = sum_a P_a (1[j in a] margin_ja + W_j(a))`, where
//! `W_j(a)` is its discounted value after the tender if alternative a wins: with or without j, and
//! also if the buyer keeps what it has. Write `S` for `S_{j|g}`, seller j's share inside nest g, and `Wbar`
//! for the mean of `W_j` over the alternatives of g without j. The first-order conditions are
//!
//! ```text
//! margin_ja + W_j(a) = e_jg = [lambda (mu + Pi_j) + (1 - lambda) (1 - S) Wbar] / [1 - (1 - lambda) S]
//! ```
//!
//! one *effective margin* `e_jg` for each seller and nest; with `W = 0` and mu = 1 it is
//! `e = (1 + Pi) / phi`, `phi = S + (1 - S) / lambda` (multi-product form of Anderson, de Palma and Thisse 1992,
//! chapter 7), and with one nest at lambda = 1, `mu / (1 - S_j)`. A seller's best effective margin is uniform
//! within a nest, so this is the optimum over all price vectors, not a restricted strategy; a
//! single margin over all nests would be restricted. Adding a constant to all of a seller's `W` changes no price.
//!
//! # What is known about existence and uniqueness
//!
//! Proved, for `W = 0`: a seller's best response is unique, also over several nests and with two-seller stacks,
//! and the first-order condition finds it. With an unpriced alternative (an outside option) an
//! equilibrium exists. It is unique if every lambda is 1 or each seller quotes in one nest only: then the
//! conditions are the gradient of a strictly concave function.
//! With one nest and no outside option one exists if and only if no seller stands in every alternative.
//!
//! Proved, for any `W`: where `mu + Pi_j >= Wbar_jg` in each nest in which j quotes, the first-order condition is
//! j's *global* optimum (the parametric problem of Dinkelbach 1967 has one stationary point in each nest).
//! Where that fails profit may have several peaks; then the exact best response over all of them is
//! computed, and a point from which someone gains is not accepted. So `converged` means Nash, to the tolerance.
//!
//! Numerical evidence only: uniqueness with sellers in several nests and lambda below 1 (none of 20,000 tenders times 10
//! starts of the trial had a second equilibrium), and existence and uniqueness with `W`, where
//! no proof covers values that depend on the winner. In random tenders all of 1,000,000 with `W = 0` and all of 200,000
//! with winner-dependent `W` up to 6 mu (losing worth about a third of winning) converged. With losing
//! worth as much as winning or more, and both many mu, up to a quarter did not: best responses may cycle there, and
//! an equilibrium in pure strategies need not exist. The equilibrium reported is the one reached from
//! margins near cost, or from the start that the caller gives.
//!
//! # A seller who cannot be avoided
//!
//! If one seller sets a price in every alternative (the law forbids keeping, say), nothing bounds its price.
//! Such a tender is refused unless the caller gives ceilings for that seller; they are
//! then applied to it alone. A held margin turns its alternative into one whose price it does not set and which
//! it likes by the margin more, so the same solver serves; ceilings that do not bind are released.
//!
//! # The method
//!
//! In units of mu: up to ten cheap steps from margins near cost or from the caller's, then Newton on
//! `(1 + Pi + (1/lambda - 1) L) / e - phi` with `L = (1 - S) Wbar`. Its first Jacobian is reduced by hand to one unknown for
//! each nest, which takes the partners of a two-seller stack and losing values at their means, and Broyden's updates add
//! what is missing; where that gains too little the Jacobian is built in full and factored by LU without pivoting, steps
//! limited and halved until the largest relative error falls; on failure rounds of exact best responses, then Newton
//! again. Unknowns are the pairs of seller and nest that exist. Demand needs the weights of sellers and of pairs of sellers,
//! not of single products, so an evaluation costs one `exp` for each unknown. Conditions are met to [`TOLERANCE`], or to one that the
//! caller chooses ([`Workspace::solve_within`]): what a seller loses by a small error of its price is of second order in it.
//! [`one_shot_gain`] checks a result by other means.
//!
//! # Example
//!
//! ```
//! use sim_core::market::equilibrium::{Alternative, TenderSpec, Workspace};
//! // Two equal sellers; the installed one is worth 1 mu more to this buyer.
//! let tender = TenderSpec {
//!     mu: 1.0,
//!     lambda: &[1.0],
//!     alternatives: &[Alternative::single(0, 0, 1.0, 0.0), Alternative::single(0, 1, 0.0, 0.0)],
//!     sellers: 2,
//!     after: None,
//!     margin_caps: None,
//! };
//! let mut workspace = Workspace::new();
//! let found = workspace.solve(&tender)?;
//! assert!(found.converged);
//! assert!((found.total_margin[0] - 2.3900539630).abs() < 1e-8);
//! assert!((found.probability[0] - 0.5815994051).abs() < 1e-8);
//! # Ok::<(), sim_core::market::equilibrium::SolveError>(())
//! ```

mod demand;
mod dense;
mod deviation;
mod lanes;
mod layout;
mod lu;
mod newton;
mod reduced;
mod response;
mod result;
mod start;
mod tender;
mod values;
mod workspace;

pub use deviation::{Deviation, one_shot_gain};
pub use result::{Equilibrium, Work};
pub use tender::{Alternative, MAX_NESTS, MAX_SELLERS, MIN_LAMBDA, NOBODY, SolveError, TenderSpec};
pub use workspace::{LOOSEST, RUN_TOLERANCE, TOLERANCE, Workspace};
