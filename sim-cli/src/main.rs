//! The `oransim` binary: everything is in the library `sim_cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sim_cli::start::start(std::env::args_os(), &sim_cli::link::Linked, None).into()
}
