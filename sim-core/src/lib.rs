//! Model of vendor lock-in in radio access networks.

pub mod calendar;
pub mod draws;
pub mod inference;
pub mod record;
