//! Equilibria of tenders and foresight: properties, random tenders, naive twins.

#[path = "../market_support/mod.rs"]
mod market_support;

mod equal_sellers;
mod equilibrium_invariants;
mod equilibrium_random;
mod foresight;
