//! Prices of one tender as a Bertrand-Nash equilibrium.

mod demand;
mod deviation;
mod layout;
mod newton;
mod response;
mod result;
mod start;
mod tender;
mod workspace;

pub use deviation::{Deviation, one_shot_gain};
pub use result::{Equilibrium, Work};
pub use tender::{Alternative, MAX_NESTS, MAX_SELLERS, MIN_LAMBDA, NOBODY, SolveError, TenderSpec};
pub use workspace::{TOLERANCE, Workspace};
