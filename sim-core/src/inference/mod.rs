//! Statistics over replicates: summaries, intervals and paired differences.
//!
//! Every number here is an exact function of the values in their order: sums are folded by index, and
//! functions come from `libm`, so that a table has the same bytes on every machine. An undefined
//! value is NaN, on the way in as on the way out.

mod appraisal;
pub mod calibration;
mod distributions;
mod interval;
#[cfg(test)]
mod odd_input_tests;
mod paired;
pub mod path;
pub mod prim;
pub mod regret;
mod score;
pub mod sensitivity;
pub mod sequential;
mod summary;

pub use appraisal::{Discounting, Verdict};
pub use distributions::{beta_cdf, normal_quantile, student_t_quantile};
pub use interval::{
    Interval, QuantileRanks, exact_upper_limit, mean_interval, quantile_ranks, replicates_needed, wilson_interval,
};
pub use paired::{PairedRoom, PairedSummary, RatioSummary, UnpairedError};
pub use path::{intraclass, path_dependence, unlocking_cost};
pub use score::{Observation, PointScore, crps, score_point, skill};
pub use summary::{IntervalRule, Summary, compensated_sum, quantile};
