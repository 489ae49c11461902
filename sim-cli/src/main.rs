//! The `oransim` binary: everything is in the library `sim_cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let figures = sim_cli::link::run_figures;
    sim_cli::start::start(std::env::args_os(), &sim_cli::link::Linked, Some(figures)).into()
}
