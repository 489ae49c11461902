//! From the command line to an exit code: the whole program reads here.

use std::ffi::OsString;
use std::sync::Arc;

use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, Command};
use crate::commands::figures::figures as figures_command;
use crate::commands::{
    Session, calibrate, check, compare, explore, init, levers, measures, merge, new, report, resolve, run, schema,
    score, study, trace,
};
use crate::console::Console;
use crate::exit::{Exit, Failure, Result};
use crate::model::Model;
use crate::output::Figures;
use crate::settings::Progress;
use crate::signals;
use crate::surroundings::Surroundings;

/// Who draws the figures of a run directory; notes go to the console.
pub type MakeFigures = fn(Arc<Console>) -> Box<dyn Figures>;

/// Parses, calls and reports.
pub fn start(args: impl IntoIterator<Item = OsString>, model: &dyn Model, figures: Option<MakeFigures>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let parsed = (Cli::command().color(color_of_help(&args)).try_get_matches_from(&args))
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; nobody can be told that their pipe is closed.
            let _ = error.print();
            return if error.use_stderr() { Exit::Refused } else { Exit::Done };
        }
    };
    let console = Arc::new(Console::of_process(cli.common.color, cli.common.quiet));
    let figures = figures.map(|make| make(Arc::clone(&console)));
    match dispatch(cli.command, model, figures.as_deref(), &console) {
        Ok(exit) => exit,
        Err(failure) => {
            if failure != Failure::ClosedPipe {
                console.error(failure.message());
            }
            failure.exit()
        }
    }
}

/// The colour of help and of messages on usage, which are printed before flags are known.
fn color_of_help(args: &[OsString]) -> ColorChoice {
    let words: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let says = |word: &str| {
        words.contains(&format!("--color={word}").as_str()) || words.windows(2).any(|pair| pair == ["--color", word])
    };
    match (says("never"), says("always")) {
        (true, _) => ColorChoice::Never,
        (_, true) => ColorChoice::Always,
        _ => ColorChoice::Auto,
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
        Command::Run(flags) => flags.play.progress,
        Command::Compare(flags) => flags.play.progress,
        Command::Explore(flags) => flags.progress,
        Command::Calibrate(flags) => flags.progress,
        _ => Progress::None,
    };
    let session = Session {
        console: Arc::clone(console),
        runtime: &runtime,
        // Where nobody heeds the flag, a signal ends the process as it would end any other.
        stop: match heeds_stop(&command) {
            true => signals::watch(&runtime)?,
            false => Arc::default(),
        },
        surroundings: Surroundings::here(),
        progress,
        figures,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    match command {
        Command::Run(flags) => run::run(model, &flags.settings(threads), &session),
        Command::Compare(flags) => compare::compare(model, &flags.settings(threads), &session),
        Command::Explore(flags) => explore::explore(model, &flags.settings(threads), &session),
        Command::Calibrate(flags) => calibrate::calibrate(model, &flags.settings(threads), &session),
        Command::Sensitivity(flags) => study::sensitivity(&flags.selection(), &session),
        Command::Discover(flags) => study::discover(&flags.settings(), &session),
        Command::Regret(flags) => study::regret(&flags.settings(), &session),
        Command::Merge(flags) => merge::merge(&flags.settings(), &session),
        Command::Check(flags) => {
            let (assumptions, upgrade) = (flags.assumptions, flags.upgrade);
            check::check(model, &flags.request(), assumptions, upgrade, &session)
        }
        Command::Resolve(flags) => resolve::resolve(model, &flags.request(), &session),
        Command::Schema(flags) => schema::schema(model, flags.write.as_deref(), &session),
        Command::Report(flags) => report::report(&flags.settings(), &session),
        Command::Score(flags) => score::score(model, &flags.settings(), &session),
        Command::Measures(flags) => measures::measures(model, flags.name.as_deref(), flags.form(), &session),
        Command::Levers(flags) => levers::levers(model, &flags, &session),
        Command::Trace(flags) => trace::trace(model, &flags.request(), &session),
        Command::Figures(flags) => figures_command(model, &flags.settings(), &session),
        Command::Init(flags) => init::init(model, &flags.directory, flags.force, &session),
        Command::New(flags) => new::new(model, &flags.file, &flags.from, &session),
    }
}

/// Whether a command looks at the flag that the first Ctrl-C sets. The others only read, or write in a moment: they have
/// nothing to keep.
fn heeds_stop(command: &Command) -> bool {
    matches!(
        command,
        Command::Run(_)
            | Command::Compare(_)
            | Command::Explore(_)
            | Command::Calibrate(_)
            | Command::Merge(_)
            | Command::Figures(_)
            | Command::Trace(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_obeys_the_flag_for_colour() {
        let choice = |line: &str| color_of_help(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(choice("oransim --color never --help"), ColorChoice::Never);
        assert_eq!(choice("oransim run --color=always"), ColorChoice::Always);
        assert_eq!(choice("oransim run"), ColorChoice::Auto);
    }
}
