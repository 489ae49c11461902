//! The statistics of one cell over replicates, as they stand in `summary.csv`.
//!
//! The numbers are the library's; this file only names them for the tables.

pub use crate::summary_of::Summary;
