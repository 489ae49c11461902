//! Runs with an engine made for the test: files, bytes, resumption, tables.

#[path = "../common/mod.rs"]
mod common;

mod comparing;
mod directory;
mod same_bytes;
mod tables;
mod telling;
mod until;
