//! Statistics over replicates: summaries, intervals and paired differences.
//!
//! Every number here is an exact function of the values in their order: sums are folded by index,
//! and functions come from `libm`, so that a table has the same bytes on every machine.

mod distributions;

pub use distributions::{beta_cdf, normal_quantile, student_t_quantile};
