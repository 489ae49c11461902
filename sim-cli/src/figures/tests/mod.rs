//! Tests that hold for every figure: each runs the functions that `oransim figures` runs.

mod drawing;
pub(super) mod fixture;
mod manifest;
mod regenerate;
mod theory;
mod wording;
