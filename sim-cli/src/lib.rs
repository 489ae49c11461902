//! What the `oransim` binary is made of.

pub mod figures;
