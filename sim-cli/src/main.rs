//! The `oransim` binary.
fn main() {}
