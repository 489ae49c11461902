//! Foresight: what the tenders after this one are worth, to sellers and to the buyer.
//!
//! # The table
//!
//! An average buyer of each region and layer (a *type*, [`super::list_price::AverageBuyer`]) faces its next tender with
//! some *kit*: the closed bundle of a seller, or open parts of one. For every kit that tender is solved at
//! equilibrium bids ([`game`]), with the same table as its own future, until the table reproduces itself ([`closure`]). It
//! yields, in shares of the type's price:
//!
//! - `Pi_j(k)`: what seller j expects of the tender that kit k leads to, its later tenders included;
//! - `Lambda(k)`: the buyer's expected maximum there;
//! - `B(k)`: its best purchase there at the prices that are bid, tastes of the day left out.
//!
//! A stack of two sellers, and one whose parts end at two dates, is the mean of its parts' kits by their weight in the price:
//! each part leads to its own next tender at its own date. Solving all pairs would square the table; a test solves
//! them and states the gap.
//!
//! # Sellers
//!
//! With look-ahead weight `w` (0: none, 1: all), after alternative `a` seller j has, also where it has no part in it,
//! ```text
//! W_j(a) = w sum_k g_k exp(-(r_s + h_jk) T_k) Pi_j(kit_k(a))
//! ```
//! `g_k` weight of part k, `T_k` years until its next tender (the contract term for what is bought, what is left for a part
//! that stays, the re-tender's time for keep), `r_s` the sellers' discount rate, `h_jk` the hazard of a ban, infinite once a rule
//! is known. These are the deductions of [`super::equilibrium::TenderSpec::after`]. With one nest at
//! lambda = 1, no keep and equal sellers this is the Markov-perfect equilibrium of V14 (Cabral 2016).
//!
//! # Buyers
//!
//! A buyer that does not look ahead values every alternative for one term `L` and puts off what it keeps
//! at posted prices. With `d_T = exp(-rT)`, that is the value, less a constant, of a chain in which it buys its best offer `s*` at list price every `L`
//! years for ever, worth `C = s*/(1 - d_L)`: keep for `T` years has
//! ```text
//! running + d_T C - d_L C = running + (1 - rho) s*,    rho = (1 - d_T)/(1 - d_L)
//! ```
//! which is the closed form of [`super::terms::Terms::keep`]. The true future of a purchase that leads to kit k is not `C` but
//! `V(k) = Lambda(k) + d_L C(k)`, `Lambda` being measured, as all values in a tender, against `d_L C(k)` of its own kit. A buyer of
//! foresight `f` in `[0,1]` therefore adds `f c_a` to alternative `a`, with
//! ```text
//! bought part:   c = d_L [V(k') - C(k)]           k' kit after, k kit now
//! kept part:     c = d_T [B*(k) - s*(k)]          B* what its next tender brings, s* what the closed form took for it
//! ```
//! What a buyer of partial foresight does not see it will meet all the same: `Lambda(k) = logsum + (1 - f) sum_a P_a c_a`, so that
//! `V` is the true value of what the average buyer will do, whatever its `f`.
//!
//! `f = 0` changes no bit; `f = 1` compares alternatives of different horizon as Bellman's equation does, for the average buyer
//! exactly. Levels enter only as differences inside the table, so the lasting tastes of an operator stay where they are known: in the tender.
//!
//! `B*` and not `Lambda` stands in the second line because a re-tender is no new lottery ticket: the same alternative has the
//! same shock as before, so waiting brings no fresh draw. `B*` is the best of buying at the bids and of keeping once more, as often as
//! that pays ([`stopping`]).
//!
//! # What is static
//!
//! Unit costs, experience, tastes and products are expected to stay; bans and mandates in force *or announced* to hold; maturity to move
//! on along its present slope for a bounded time ([`typical`]). Types know no operator, so their tenders carry mean costs of
//! change and no persistent taste; a rule of a minority of a region's sites is seen by those whom it binds in
//! `h_jk` and in their own choice set, not in their rivals' `Pi`. Bidders do not price for learning.

mod accelerate;
mod ahead;
pub mod closure;
pub mod equal_sellers;
pub mod game;
pub mod option_value;
pub mod outlook;
pub mod prospects;
pub mod stopping;
pub mod table;
pub mod type_table;
pub mod typical;

pub use closure::{Limits, Reached};
pub use game::{Future, Game, Horizon, Link, NextTender};
pub use option_value::{OptionValue, option_value};
pub use outlook::Outlook;
pub use prospects::{Prospects, Standing};
pub use table::{NextTenders, Occasion, TypeTable};
