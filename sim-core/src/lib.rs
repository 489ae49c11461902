//! Model of vendor lock-in in radio access networks.

pub mod calendar;
pub mod draws;
pub mod inference;
pub mod lever;
pub mod market;
pub mod measure;
pub mod record;
pub mod run;
pub mod scenario;
pub mod world;

/// Version of the model: stands in every manifest.
pub const MODEL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Raised on purpose when numbers change; a golden test fails when they change without it.
pub const RESULTS_EPOCH: u32 = 1;
