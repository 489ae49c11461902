//! From scenario files to a validated world.

pub mod document;
