//! What a run tells at its end.

use crate::commands::Session;
use crate::exit::{Exit, Failure, Result};
use crate::output::comparison::comparison;
use crate::output::differences;
use crate::output::headline::headline;
use crate::play::Played;
use crate::store::directory::RunDirectory;
use crate::store::limited;

/// The line on speed and work; none where nothing was played.
pub fn timing(played: &Played, jobs: usize) -> Option<String> {
    let records = played.records;
    if records == 0 {
        return None;
    }
    let c = &played.counters;
    let seconds = played.elapsed.as_secs_f64();
    let each = |count: u64| count as f64 / records as f64;
    let alternatives = c.alternatives as f64 / c.tenders.max(1) as f64;
    let mut line = format!(
        "played {records} replicates in {seconds:.1} s on {} threads ({:.3} s of a thread each): {:.0} events, {:.0} tenders, {alternatives:.1} alternatives a tender, {:.0} valuations a replicate",
        jobs,
        seconds * jobs as f64 / records as f64,
        each(c.events),
        each(c.tenders),
        each(c.valuations),
    );
    if c.unsolved > 0 {
        line += &format!("; {} tenders did not meet the tolerance", c.unsolved);
    }
    if c.not_closed > 0 {
        line += &format!(
            "; {} times the next-tender table was left at its cap of sweeps",
            c.not_closed
        );
    }
    Some(line)
}

/// Prints the headline of a finished directory; `failed` where replicates were played just now.
///
/// # Errors
/// Where its tables cannot be read.
pub fn show_headline(directory: &RunDirectory, session: &Session<'_>, failed: Option<u64>) -> Result<Exit> {
    let console = &session.console;
    if !console.is_quiet() {
        let (summary, differences) = (directory.file("summary.csv"), directory.file(differences::FILE));
        let bold = |title: &str| console.bold(title);
        let mut text = if differences.is_file() {
            comparison(&differences, &summary, &bold)?
        } else {
            headline(&summary, &bold)?
        };
        text.push_str(&format!("{}\n", directory.root().display()));
        match console.print(&text) {
            Ok(()) | Err(Failure::ClosedPipe) => {}
            Err(other) => return Err(other),
        }
    }
    let known = match failed {
        Some(failed) => failed,
        None => recorded_failures(directory)?,
    };
    if known > 0 {
        console.warn(&format!(
            "{known} replicates failed: see {}",
            directory.file("failures.csv").display()
        ));
    }
    // What was finished before is finished: only the process that played is told by its exit code.
    Ok(failed.map_or(Exit::Done, exit_of))
}

/// Number of rows of `failures.csv`.
fn recorded_failures(directory: &RunDirectory) -> Result<u64> {
    let path = directory.file("failures.csv");
    let reader = csv::Reader::from_reader(limited::open(&path, limited::FAILURES)?);
    Ok(reader.into_records().filter(std::result::Result::is_ok).count() as u64)
}

/// The exit code of a process that played, by the number of failed replicates.
pub fn exit_of(failed: u64) -> Exit {
    if failed > 0 { Exit::SomeFailed } else { Exit::Done }
}
