//! Model of vendor lock-in in radio access networks.
pub mod calendar;
pub mod record;
