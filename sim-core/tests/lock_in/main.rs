//! Measures of lock-in and what it costs.

#[path = "../common/mod.rs"]
mod common;

mod exposure_and_welfare;
mod measures_by_hand;
mod posted_valuation;
mod published_estimates;
mod shared_values;
mod switching;
mod views_of_lock_in;
mod wedge_parts;
