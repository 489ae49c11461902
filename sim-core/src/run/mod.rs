//! The run: calendar, world, market and levers together, from a scenario to records.

mod account;
mod accrual;
pub mod aid;
mod answers;
pub mod deliver;
pub mod engine;
pub mod histories;
pub mod hold;
pub mod launches;
pub mod maturity;
pub mod observe;
mod quota;
pub mod reference;
mod report;
pub mod simulation;
mod sourcing;
mod vendors;

pub use engine::{Event, ReplicateError, Run};
pub use observe::{Observer, TenderReport};
pub use simulation::{Options, Simulation, UncertaintyMode};
