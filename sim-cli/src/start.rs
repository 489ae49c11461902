//! From the command line to an exit code: the whole program reads here.

use std::ffi::OsString;
use std::sync::Arc;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::commands::{Session, check, init, merge, new, resolve, run, schema, trace};
use crate::console::Console;
use crate::exit::{Exit, Failure, Result};
use crate::model::Model;
use crate::output::Figures;
use crate::settings::Progress;
use crate::signals;
use crate::surroundings::Surroundings;

/// Parses, calls and reports.
pub fn start(
    args: impl IntoIterator<Item = OsString>,
    model: &dyn Model,
    figures: Option<&dyn Figures>,
) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; nobody can be told that their pipe is closed.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Refused
            } else {
                Exit::Done
            };
        }
    };
    let console = Arc::new(Console::of_process(cli.common.color, cli.common.quiet));
    match dispatch(cli.command, model, figures, &console) {
        Ok(exit) => exit,
        Err(failure) => {
            if failure != Failure::ClosedPipe {
                console.error(failure.message());
            }
            failure.exit()
        }
    }
}

fn dispatch(
    command: Command,
    model: &dyn Model,
    figures: Option<&dyn Figures>,
    console: &Arc<Console>,
) -> Result<Exit> {
    let runtime = signals::runtime()?;
    let progress = match &command {
        Command::Run(flags) => flags.progress,
        _ => Progress::None,
    };
    let session = Session {
        console: Arc::clone(console),
        runtime: &runtime,
        stop: signals::watch(&runtime)?,
        surroundings: Surroundings::here(),
        progress,
        figures,
    };
    match command {
        Command::Run(flags) => {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            run::run(model, &flags.settings(threads), &session)
        }
        Command::Merge(flags) => merge::merge(&flags.settings(), &session),
        Command::Check(flags) => {
            let assumptions = flags.assumptions;
            check::check(model, &flags.request(), assumptions, &session)
        }
        Command::Resolve(flags) => resolve::resolve(model, &flags.request(), &session),
        Command::Schema(flags) => schema::schema(model, flags.write.as_deref(), &session),
        Command::Trace(flags) => trace::trace(model, &flags.request(), &session),
        Command::Init(flags) => init::init(model, &flags.directory, flags.force, &session),
        Command::New(flags) => new::new(model, &flags.file, &flags.from, &session),
    }
}
