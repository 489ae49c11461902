//! Whole runs: the same bytes, invariants, pairing, mechanisms of the market.

#[path = "../common/mod.rs"]
mod common;

mod accrual;
mod base_year;
mod foresight_world;
mod golden;
mod histories;
mod mechanisms;
mod metamorphic;
mod null_and_pairing;
mod outside_the_domain;
mod reproducibility;
mod run_invariants;
mod sourcing;
mod symmetries;
mod theory_scenarios;
mod vendor_decisions;
