//! Model of vendor lock-in in radio access networks: a discrete-event simulation of operators that buy their networks tender by tender.
//!
//! The library reads no file, clock or environment and prints nothing. Data flows one way:
//!
//! 1. [`scenario::document::load`] merges TOML files into a document; [`scenario::decode`] makes it a validated
//!    [`scenario::Scenario`], or says all that is wrong with it at once.
//! 2. [`run::Simulation::new`] builds the [`world::World`]: ids become indices, market shares become slots with kit of some age.
//! 3. [`run::Simulation::replicate`] plays it: a [`calendar::Calendar`] of tenders, deliveries, reviews and policies. A tender gathers the
//!    terms of the day ([`market::terms`]), lists what may be bought ([`market::alternatives`]), bills it ([`market::switching`]), finds
//!    the bids ([`market::equilibrium`]) and draws a winner from keyed luck ([`draws`]).
//! 4. On the dates of measurement the installed base is valued ([`market::wedge`]) and every series of [`measure::CATALOGUE`] is read into
//!    a [`record::ReplicateRecord`]; [`inference`] summarises replicates.
//!
//! Policies are levers ([`lever`]): they write rules, costs, rates or stocks, never a result.
//!
//! [`model_document`] is the whole model in ODD order: every equation, and what is approximated.
//!
//! Units: money is US dollars of 2020 a site, times are years or whole days, rates a year, shares fractions.

pub mod calendar;
pub mod design;
pub mod draws;
pub mod inference;
pub mod lever;
pub mod market;
pub mod measure;
pub mod model_document;
pub mod record;
pub mod run;
pub mod scenario;
pub mod world;

/// Version of the model: stands in every manifest.
pub const MODEL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Raised on purpose when numbers change; a golden test fails when they change without it.
pub const RESULTS_EPOCH: u32 = 1;
