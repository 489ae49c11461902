//! The command line of the simulator as a library: commands, the run directory, tables.
//!
//! The binary `oransim` parses, calls and ends with an [`exit::Exit`]. What it calls is here, so that
//! tests call the same functions. Data flows one way: settings and scenarios become a [`store::plan`],
//! [`play`] appends finished replicates to [`store::segments`], and [`store::finish`] writes tables
//! from them.

pub mod cli;
pub mod commands;
pub mod console;
pub mod engine;
pub mod exit;
pub mod figures;
pub mod link;
pub mod model;
pub mod observed;
pub mod output;
pub mod play;
pub mod progress;
pub mod report;
pub mod settings;
pub mod signals;
pub mod start;
pub mod store;
pub mod surroundings;
pub mod time;
