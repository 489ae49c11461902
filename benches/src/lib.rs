//! Criterion benchmarks live in this member; see the files named in `Cargo.toml`.
