//! `oransim figures`: make every figure of `results/` again, or check that it is what it should be.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::{FigureError, Result};
use super::manifest::{self, FigureRun};
use super::note::{Note, Spec};
use super::plot::PlotTable;
use super::summary::SummaryTable;
use super::{Figure, by_name};

/// What a simulation gives to its figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// The rows of `summary.csv`, at least those of the figure's measures.
    pub summary: SummaryTable,
    /// Titles of the worlds, names of sellers and regions, marks.
    pub spec: Spec,
    /// Source of the numbers; its manifest hash must be [`Runner::manifest_hash`].
    pub note: Note,
}

/// Who runs the simulations; errors are sentences for the user.
pub trait Runner {
    /// The hash that the manifest of this run has today, without running it.
    ///
    /// # Errors
    /// Why it cannot be told, for example an invalid scenario.
    fn manifest_hash(&self, run: &FigureRun) -> std::result::Result<String, String>;

    /// Runs it.
    ///
    /// # Errors
    /// Why it cannot be run.
    fn run(&self, run: &FigureRun) -> std::result::Result<Simulated, String>;
}

/// Something that `--check` found; any makes it exit with 5.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// A listed figure has no such file.
    Missing {
        /// The file, from the root of the repository.
        file: PathBuf,
    },
    /// The numbers of a figure cannot be read or drawn.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        message: String,
    },
    /// The inputs have changed since the figure was made.
    Stale {
        /// Name of the figure.
        figure: String,
        /// Manifest hash in its CSV.
        committed: String,
        /// Manifest hash of the same entry today.
        today: String,
    },
    /// Drawn again from its own CSV, the file comes out different.
    Redrawn {
        /// The file.
        file: PathBuf,
        /// First line that differs, from 1.
        line: usize,
    },
    /// Computed again, the file comes out different.
    Recomputed {
        /// The file.
        file: PathBuf,
        /// First line that differs, from 1.
        line: usize,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { file } => write!(f, "{}: missing; make it with `oransim figures`", file.display()),
            Self::Unreadable { file, message } => write!(f, "{}: {message}", file.display()),
            Self::Stale {
                figure,
                committed,
                today,
            } => {
                let short = |hash: &str| hash.chars().take(8).collect::<String>();
                write!(
                    f,
                    "{figure}: stale: made from manifest {}, today's is {}; make it again with \
                     `oransim figures --only {figure}`",
                    short(committed),
                    short(today)
                )
            }
            Self::Redrawn { file, line } => write!(
                f,
                "{}: differs from line {line} on when drawn again from its CSV",
                file.display()
            ),
            Self::Recomputed { file, line } => {
                write!(f, "{}: differs from line {line} on when computed again", file.display())
            }
        }
    }
}

/// Makes the figures named (all if `only` is empty) and gives the files written, from the root of the
/// repository. A file is written beside its place and renamed, so none is ever half written.
///
/// # Errors
/// An invalid list, a name that is not listed, a failed run, or a file that cannot be written.
pub fn make(repo_root: &Path, only: &[String], runner: &dyn Runner) -> Result<Vec<PathBuf>> {
    let runs = manifest::read(repo_root)?;
    for name in only {
        if !runs.iter().any(|run| run.name == *name) {
            let listed: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
            return Err(FigureError::UnknownFigure {
                name: name.clone(),
                known: listed.join(", "),
            });
        }
    }
    let mut results = Results::new(runner);
    let mut written = Vec::new();
    for run in runs.iter().filter(|r| only.is_empty() || only.contains(&r.name)) {
        let (csv, svg) = results.compute(run)?;
        for (file, text) in [(file(run, "csv"), csv), (file(run, "svg"), svg)] {
            replace(&repo_root.join(&file), &text)?;
            written.push(file);
        }
    }
    Ok(written)
}

/// Compares every listed figure with what it should be: its SVG redrawn from its CSV, its manifest hash
/// with today's, and, if it is cheap or `full` is asked, both files computed anew.
///
/// # Errors
/// An invalid list or a failed run. What is wrong with a figure's files is no error but a difference.
pub fn check(repo_root: &Path, full: bool, runner: &dyn Runner) -> Result<Vec<Difference>> {
    let mut results = Results::new(runner);
    let mut found = Vec::new();
    for run in &manifest::read(repo_root)? {
        let figure = by_name(&run.name)?;
        let committed = ["csv", "svg"].map(|kind| {
            let file = file(run, kind);
            let text = std::fs::read_to_string(repo_root.join(&file));
            (file, text)
        });
        let [(csv_file, csv), (svg_file, svg)] = committed;
        let missing = [(&csv_file, &csv), (&svg_file, &svg)];
        let missing: Vec<Difference> = (missing.into_iter())
            .filter(|(_, text)| text.is_err())
            .map(|(file, _)| Difference::Missing { file: file.clone() })
            .collect();
        let (Ok(csv), Ok(svg)) = (csv, svg) else {
            found.extend(missing);
            continue;
        };
        let committed_hash = match redraw(figure, &csv) {
            Ok((csv_again, svg_again, note)) => {
                for (file, old, new) in [(&csv_file, &csv, csv_again), (&svg_file, &svg, svg_again)] {
                    if let Some(line) = first_difference(old, &new) {
                        let file = file.clone();
                        found.push(Difference::Redrawn { file, line });
                    }
                }
                note.manifest
            }
            Err(error) => {
                found.push(Difference::Unreadable {
                    file: csv_file,
                    message: error.to_string(),
                });
                continue;
            }
        };
        let today = runner.manifest_hash(run).map_err(|message| failed(run, message))?;
        if committed_hash != today {
            // Computing it would only say again that it differs.
            found.push(Difference::Stale {
                figure: run.name.clone(),
                committed: committed_hash,
                today,
            });
            continue;
        }
        if run.cheap || full {
            let (csv_anew, svg_anew) = results.compute(run)?;
            for (file, old, new) in [(csv_file, &csv, csv_anew), (svg_file, &svg, svg_anew)] {
                if let Some(line) = first_difference(old, &new) {
                    found.push(Difference::Recomputed { file, line });
                }
            }
        }
    }
    Ok(found)
}

/// The two files of a figure from its committed CSV alone.
fn redraw(figure: &dyn Figure, csv: &str) -> Result<(String, String, Note)> {
    let (plot, note) = PlotTable::from_csv(csv.as_bytes())?;
    if plot.figure != figure.name() {
        return Err(FigureError::Table {
            line: 2,
            column: "figure".to_owned(),
            message: format!("`{}` is not `{}`", plot.figure, figure.name()),
        });
    }
    let svg = figure.draw(&plot, &note)?;
    Ok((plot.to_csv(&note)?, svg, note))
}

/// Runs simulations, each of them once.
struct Results<'a> {
    runner: &'a dyn Runner,
    done: Vec<(FigureRun, Simulated)>,
}

impl<'a> Results<'a> {
    fn new(runner: &'a dyn Runner) -> Self {
        Self {
            runner,
            done: Vec::new(),
        }
    }

    /// The CSV and the SVG of a figure.
    fn compute(&mut self, run: &FigureRun) -> Result<(String, String)> {
        let figure = by_name(&run.name)?;
        let known = self.done.iter().position(|(done, _)| done.shares_run(run));
        let at = match known {
            Some(at) => at,
            None => {
                let foreseen = self.runner.manifest_hash(run);
                let foreseen = foreseen.map_err(|m| failed(run, m))?;
                let simulated = self.runner.run(run).map_err(|m| failed(run, m))?;
                if simulated.note.manifest != foreseen {
                    // Such a figure would be stale the moment it is written.
                    let message = format!(
                        "its manifest is {}, and {foreseen} was foreseen",
                        simulated.note.manifest
                    );
                    return Err(failed(run, message));
                }
                self.done.push((run.clone(), simulated));
                self.done.len() - 1
            }
        };
        let Simulated { summary, spec, note } = &self.done[at].1;
        let mut spec = spec.clone();
        spec.marks.extend(run.marks.iter().cloned());
        let plot = figure.plotted(summary, &spec)?;
        let svg = figure.draw(&plot, note)?;
        Ok((plot.to_csv(note)?, svg))
    }
}

fn failed(run: &FigureRun, message: String) -> FigureError {
    FigureError::Run {
        figure: run.name.clone(),
        message,
    }
}

fn file(run: &FigureRun, kind: &str) -> PathBuf {
    Path::new("results").join(format!("{}.{kind}", run.name))
}

fn replace(path: &Path, text: &str) -> Result<()> {
    let mut beside = path.to_owned();
    beside.as_mut_os_string().push(".new");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| FigureError::File {
            path: path.to_owned(),
            message: error.to_string(),
        })
}

/// The first line, from 1, in which two texts differ.
fn first_difference(old: &str, new: &str) -> Option<usize> {
    if old == new {
        return None;
    }
    let (old, new) = (old.split('\n'), new.split('\n'));
    let same = old.zip(new).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}
