#![doc = include_str!("../MODEL.md")]
//!
//! (This page is `sim-core/MODEL.md`. Names in code font lead to the functions that compute the equations; rustdoc checks that they exist.)

// Brought into scope so that the document can link to them by the names that a reader of the source knows.
#[allow(unused_imports, reason = "the document links to them")]
use crate::{calendar, draws, inference, market, measure, run, scenario, world};
