//! Model of vendor lock-in in radio access networks.

pub mod scenario;
