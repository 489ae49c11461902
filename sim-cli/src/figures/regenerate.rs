//! `oransim figures`: make every figure of `results/` again, or check that it is what it should be.

use std::fmt;
use std::path::{Path, PathBuf};

use super::deep::{self, DeepRun, DeepTable, Explored, deep_by_name};
use super::error::{FigureError, Result};
use super::manifest::{self, FigureRun, TheoryRun};
use super::note::{Note, Spec};
use super::plot::PlotTable;
use super::summary::SummaryTable;
use super::theory::{self, TheoryTable};
use super::{Figure, by_name, readme, theory_by_name};

/// What a simulation gives to its figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// The rows of `summary.csv`, at least those of the figure's measures.
    pub summary: SummaryTable,
    /// Titles of the worlds, names of sellers and regions, marks.
    pub spec: Spec,
    /// Source of the numbers; its manifest hash must be [`Runner::manifest_hash`].
    pub note: Note,
    /// What theory needs of each world beside its measures, in the order of the worlds.
    pub markets: Vec<MarketFacts>,
}

/// What theory needs of a world beside its measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarketFacts {
    /// Scale of taste shocks mu, as a share of price.
    pub taste_scale_share: f64,
    /// What sellers' money of the next tender is worth to them in this one, over one contract and with no ban in sight.
    pub seller_patience: f64,
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

    /// The hash that the manifest of this design has today, without playing it.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn design_hash(&self, _run: &DeepRun) -> std::result::Result<String, String> {
        Err("no design can be made here".to_owned())
    }

    /// Plays a design.
    ///
    /// # Errors
    /// Why it cannot be played.
    fn explore(&self, _run: &DeepRun) -> std::result::Result<Explored, String> {
        Err("no design can be played here".to_owned())
    }
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
    /// The page that lists the figures does not say what they say.
    Page {
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
            Self::Page { file, line } => write!(
                f,
                "{}: differs from line {line} on from what the figures say; `oransim figures` writes it, also with `--only NAME`",
                file.display()
            ),
            Self::Recomputed { file, line } => {
                write!(f, "{}: differs from line {line} on when computed again", file.display())
            }
        }
    }
}

/// Makes the figures named (all if `only` is empty) and the page that lists all of them, and gives the files written, from the root of the
/// repository. A file is written beside its place and renamed, so none is ever half written.
///
/// # Errors
/// An invalid list, a name that is not listed, a failed run, or a file that cannot be written.
pub fn make(repo_root: &Path, only: &[String], runner: &dyn Runner) -> Result<Vec<PathBuf>> {
    let runs = manifest::read(repo_root)?;
    let theory = manifest::read_theory(repo_root)?;
    let deep = manifest::read_deep(repo_root)?;
    let listed: Vec<&str> = (runs.iter().map(|run| run.name.as_str()))
        .chain(theory.iter().map(|run| run.name.as_str()))
        .chain(deep.iter().map(|run| run.name.as_str()))
        .collect();
    for name in only {
        if !listed.contains(&name.as_str()) {
            return Err(FigureError::UnknownFigure {
                name: name.clone(),
                known: listed.join(", "),
            });
        }
    }
    let mut results = Results::new(runner);
    let mut written = Vec::new();
    let wanted = |name: &String| only.is_empty() || only.contains(name);
    let mut write = |name: &str, (csv, svg): (String, String)| {
        for (file, text) in [(file(name, "csv"), csv), (file(name, "svg"), svg)] {
            replace(&repo_root.join(&file), &text)?;
            written.push(file);
        }
        Ok(())
    };
    for run in runs.iter().filter(|run| wanted(&run.name)) {
        write(&run.name, results.compute(run)?)?;
    }
    for run in theory.iter().filter(|run| wanted(&run.name)) {
        write(&run.name, results.compute_theory(run)?)?;
    }
    for run in deep.iter().filter(|run| wanted(&run.name)) {
        write(&run.name, results.compute_deep(run)?)?;
    }
    // Of all figures: those that were not made anew stand in it as they are.
    replace(&repo_root.join(readme::PATH), &readme::page(repo_root)?)?;
    written.push(readme::PATH.into());
    Ok(written)
}

/// Compares every listed figure with what it should be: its SVG redrawn from its CSV, its manifest hash
/// with today's, and, if it is cheap or `full` is asked, both files computed anew; and the page that lists them.
///
/// # Errors
/// An invalid list or a failed run. What is wrong with a figure's files is no error but a difference.
pub fn check(repo_root: &Path, full: bool, runner: &dyn Runner) -> Result<Vec<Difference>> {
    let mut results = Results::new(runner);
    let mut found = Vec::new();
    for run in &manifest::read(repo_root)? {
        let figure = by_name(&run.name)?;
        let today = || runner.manifest_hash(run).map_err(|message| failed(run, message));
        let redraw = |csv: &str| redraw(figure, csv);
        let anew = || (run.cheap || full).then(|| results.compute(run)).transpose();
        found.extend(check_one(repo_root, &run.name, redraw, today, anew)?);
    }
    for run in &manifest::read_theory(repo_root)? {
        let today = results.inputs_hash(run);
        let anew = || results.compute_theory(run).map(Some);
        found.extend(check_one(
            repo_root,
            &run.name,
            |csv| redraw_theory(&run.name, csv),
            move || today,
            anew,
        )?);
    }
    for run in &manifest::read_deep(repo_root)? {
        let today = results.design_inputs_hash(run);
        // A design takes minutes: it is played only where all is computed.
        let anew = || full.then(|| results.compute_deep(run)).transpose();
        found.extend(check_one(
            repo_root,
            &run.name,
            |csv| redraw_deep(&run.name, csv),
            move || today,
            anew,
        )?);
    }
    let broken = |d: &Difference| matches!(d, Difference::Missing { .. } | Difference::Unreadable { .. });
    if !found.iter().any(broken) {
        found.extend(check_page(repo_root)?);
    }
    Ok(found)
}

/// What is wrong with the page that lists the figures; asked where the numbers of all figures can be read.
fn check_page(repo_root: &Path) -> Result<Option<Difference>> {
    let file = PathBuf::from(readme::PATH);
    let Ok(committed) = std::fs::read_to_string(repo_root.join(&file)) else {
        return Ok(Some(Difference::Missing { file }));
    };
    let line = first_difference(&committed, &readme::page(repo_root)?);
    Ok(line.map(|line| Difference::Page { file, line }))
}

/// CSV and SVG of a figure.
type Files = (String, String);

/// What is wrong with the files of one figure. `redraw` makes them from the CSV and tells the hash in it, `today` tells today's,
/// `anew` computes both files where that is wanted.
fn check_one(
    repo_root: &Path,
    name: &str,
    redraw: impl FnOnce(&str) -> Result<(Files, String)>,
    today: impl FnOnce() -> Result<String>,
    anew: impl FnOnce() -> Result<Option<Files>>,
) -> Result<Vec<Difference>> {
    let [csv_file, svg_file] = ["csv", "svg"].map(|kind| file(name, kind));
    let [csv, svg] = [&csv_file, &svg_file].map(|file| std::fs::read_to_string(repo_root.join(file)));
    let (csv, svg) = match (csv, svg) {
        (Ok(csv), Ok(svg)) => (csv, svg),
        (csv, svg) => {
            let files = [(csv_file, csv.is_err()), (svg_file, svg.is_err())];
            let missing = files.into_iter().filter(|(_, missing)| *missing);
            return Ok(missing.map(|(file, _)| Difference::Missing { file }).collect());
        }
    };
    let lines = |again: &Files| {
        let pairs = [(&csv_file, &csv, &again.0), (&svg_file, &svg, &again.1)];
        pairs
            .into_iter()
            .filter_map(|(file, old, new)| Some((file.clone(), first_difference(old, new)?)))
            .collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    let committed = match redraw(&csv) {
        Ok((again, committed)) => {
            let redrawn = lines(&again).into_iter();
            found.extend(redrawn.map(|(file, line)| Difference::Redrawn { file, line }));
            committed
        }
        Err(error) => {
            found.push(Difference::Unreadable {
                file: csv_file,
                message: error.to_string(),
            });
            return Ok(found);
        }
    };
    let today = today()?;
    if committed != today {
        // Computing it would only say again that it differs.
        found.push(Difference::Stale {
            figure: name.to_owned(),
            committed,
            today,
        });
    } else if let Some(anew) = anew()? {
        let recomputed = lines(&anew).into_iter();
        found.extend(recomputed.map(|(file, line)| Difference::Recomputed { file, line }));
    }
    Ok(found)
}

/// The two files of a figure from its committed CSV alone, and its manifest hash.
fn redraw(figure: &dyn Figure, csv: &str) -> Result<(Files, String)> {
    let (plot, note) = PlotTable::from_csv(csv.as_bytes())?;
    is_of(&plot.figure, figure.name())?;
    let svg = figure.draw(&plot, &note)?;
    Ok(((plot.to_csv(&note)?, svg), note.manifest))
}

/// The same of a figure of theory, with the hash of its inputs.
fn redraw_theory(name: &str, csv: &str) -> Result<(Files, String)> {
    let table = TheoryTable::from_csv(csv)?;
    is_of(&table.figure, name)?;
    let svg = theory_by_name(name)?.draw(&table)?;
    Ok(((table.to_csv()?, svg), table.source.inputs))
}

/// The same of a figure of deep uncertainty, with the hash of its inputs.
fn redraw_deep(name: &str, csv: &str) -> Result<(Files, String)> {
    let table = DeepTable::from_csv(csv)?;
    is_of(&table.figure, name)?;
    let svg = deep_by_name(name)?.draw(&table)?;
    Ok(((table.to_csv()?, svg), table.source.inputs))
}

fn is_of(figure: &str, name: &str) -> Result<()> {
    if figure == name {
        return Ok(());
    }
    Err(FigureError::Table {
        line: 2,
        column: "figure".to_owned(),
        message: format!("`{figure}` is not `{name}`"),
    })
}

/// Runs simulations, each of them once.
struct Results<'a> {
    runner: &'a dyn Runner,
    done: Vec<(FigureRun, Simulated)>,
    explored: Vec<(DeepRun, Explored)>,
}

impl<'a> Results<'a> {
    fn new(runner: &'a dyn Runner) -> Self {
        Self {
            runner,
            done: Vec::new(),
            explored: Vec::new(),
        }
    }

    /// The CSV and the SVG of a figure.
    fn compute(&mut self, run: &FigureRun) -> Result<Files> {
        let figure = by_name(&run.name)?;
        let Simulated {
            summary, spec, note, ..
        } = self.simulated(run)?;
        let mut spec = spec.clone();
        spec.marks.extend(run.marks.iter().cloned());
        let plot = figure.plotted(summary, &spec)?;
        let svg = figure.draw(&plot, note)?;
        Ok((plot.to_csv(note)?, svg))
    }

    /// The CSV and the SVG of a figure of theory.
    fn compute_theory(&mut self, run: &TheoryRun) -> Result<Files> {
        let figure = theory_by_name(&run.name)?;
        let world = run.world.as_ref().map(|world| self.simulated(world)).transpose()?;
        let table = theory::compute(figure, world)?;
        Ok((table.to_csv()?, figure.draw(&table)?))
    }

    /// The hash that the inputs of a figure of theory have today.
    fn inputs_hash(&self, run: &TheoryRun) -> Result<String> {
        let manifest = |world| self.runner.manifest_hash(world).map_err(|m| failed(world, m));
        let manifest = run.world.as_ref().map(manifest).transpose()?;
        Ok(theory::inputs_hash(theory_by_name(&run.name)?, manifest.as_deref()))
    }

    /// The CSV and the SVG of a figure of deep uncertainty; its design is played once.
    fn compute_deep(&mut self, run: &DeepRun) -> Result<Files> {
        let figure = deep_by_name(&run.name)?;
        let at = match self.explored.iter().position(|(done, _)| done.shares_run(run)) {
            Some(at) => at,
            None => {
                let explored = self.runner.explore(run).map_err(|m| failed_design(run, m))?;
                self.explored.push((run.clone(), explored));
                self.explored.len() - 1
            }
        };
        let table = deep::compute(figure, run, &self.explored[at].1)?;
        Ok((table.to_csv()?, figure.draw(&table)?))
    }

    /// The hash that the inputs of a figure of deep uncertainty have today.
    fn design_inputs_hash(&self, run: &DeepRun) -> Result<String> {
        let manifest = self.runner.design_hash(run).map_err(|m| failed_design(run, m))?;
        Ok(deep::inputs_hash(run, &manifest))
    }

    /// The run behind a figure, played once.
    fn simulated(&mut self, run: &FigureRun) -> Result<&Simulated> {
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
        Ok(&self.done[at].1)
    }
}

fn failed(run: &FigureRun, message: String) -> FigureError {
    FigureError::Run {
        figure: run.name.clone(),
        message,
    }
}

fn failed_design(run: &DeepRun, message: String) -> FigureError {
    FigureError::Run {
        figure: run.name.clone(),
        message,
    }
}

fn file(name: &str, kind: &str) -> PathBuf {
    Path::new("results").join(format!("{name}.{kind}"))
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
