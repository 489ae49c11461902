//! Time: the civil [`Day`] and the one event queue, [`Calendar`].
//!
//! Model time is a whole number of days since 1970-01-01 UTC; rates are per year of 365.25 days. A
//! date in a scenario means the start of that day, a deadline its end. All events of a run stand in
//! one calendar with the total order (time, phase, rank, sequence): the day first, then the [`Phase`] of
//! the day, then what they are about, then the order in which they were scheduled. Ties therefore never depend on memory
//! layout, thread count or platform.

mod day;
mod queue;
#[cfg(test)]
mod queue_tests;

pub use day::{DAYS_PER_YEAR, Day, DayError};
pub use queue::{Calendar, Handle, Phase, ScheduleError, Scheduled};
