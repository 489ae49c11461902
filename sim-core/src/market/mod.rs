//! The market for networks: how a buyer chooses and what sellers ask.
//!
//! Pure functions of what they are given: no calendar, no world, no luck of their own. All values,
//! costs, prices and the taste scale mu are money per site in US dollars of 2020, though any one
//! unit of money will do.
//!
//! - [`choice`]: logit and nested logit, inclusive values, expected maximum, and the draw of a winner
//!   from uniforms or Gumbel shocks that the caller supplies.
//! - [`equilibrium`]: the prices that sellers ask in one tender, as a Nash equilibrium.

pub mod alternatives;
pub mod appraisal;
pub mod choice;
pub mod dependence;
pub mod equilibrium;
pub mod foresight;
pub mod list_price;
pub mod offer;
pub mod pairs;
pub mod posted;
pub mod shocks;
pub mod switching;
pub mod tender;
pub mod terms;
pub mod value;
pub mod wedge;
