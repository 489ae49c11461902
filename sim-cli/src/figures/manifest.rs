//! `results/figures.toml`: which figures there are, and what must be run to make them.
//!
//! ```toml
//! format = 1
//!
//! [[world]]                       # a policy world that needs no file of its own
//! id = "frozen-interfaces"
//! title = "Frozen interfaces"
//! extends = "scenarios/world-2020.toml"
//! set = { "interface.growth_per_year" = 0.0 }   # the paths of `--set`
//!
//! [[figure]]
//! name = "01-lock-in"             # results/01-lock-in.svg and .csv
//! worlds = ["scenarios/world-2020.toml", "frozen-interfaces"]   # files and ids; the base first
//! replicates = 200
//! seed = 2020
//! cheap = true                    # computed anew by every `--check`
//! command = "oransim figures --only 01-lock-in"
//! measures = ["lock_in_curve"]    # at least those that the figure needs
//! marks = [{ date = 2027-12-31, label = "Removal due", world = "uk-removal" }]   # optional
//! bases = ["uk-base", "europe-base"]   # optional: each world is compared with the last of these before it; else with the first world
//! observed = ["scenarios/observed/ran-sales-delloro.csv"]      # optional: what the first world is scored on
//! rivals = ["scenarios/observed/forecasts/omdia-2020-12.csv"]  # optional: published forecasts beside it
//! ```
//!
//! A figure of theory needs no run; one that marks a world names it:
//!
//! ```toml
//! [[theory]]
//! name = "13-sign-map"
//! command = "oransim figures --only 13-sign-map"
//! world = { scenario = "scenarios/world-2020.toml", replicates = 20, seed = 2020 }   # optional
//! ```
//!
//! A figure of deep uncertainty reads one number of a design, as `oransim explore` plays it:
//!
//! ```toml
//! [labels]                        # names of uncertain inputs for readers, by path
//! "market.taste_scale_share" = "Weight of taste"
//!
//! [[deep]]
//! name = "12-regret"
//! command = "oransim figures --only 12-regret"
//! scenario = "scenarios/deep-uncertainty.toml"
//! set = { "levers.eu-ban.procurement_ban.strength" = 0 }   # optional
//! design = "sobol"                # or lhs, morris, saltelli
//! n = 96
//! replicates = 2
//! seed = 2020
//! measure = "lock_in_curve"       # of component `ran`, at the last date; less is better
//! place = { id = "eu", name = "the EU" }
//! threshold = 0.5                 # above it a policy has failed
//! policies = ["No new rule", "Ban"]   # names of the combinations of choices, in the order of the design
//! ```
//!
//! Figures of the same worlds, replicates, seed and measures share one run.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::date::Date;
use super::deep::{DeepRun, deep_by_name};
use super::error::{FigureError, Result};
use super::note::Mark;
use super::{Figure, by_name, theory_by_name};

/// Where the list lies, from the root of the repository.
pub const PATH: &str = "results/figures.toml";

/// One entry of the list, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureRun {
    /// Name of the figure.
    pub name: String,
    /// Its worlds, the base first.
    pub worlds: Vec<World>,
    /// Replicates a world, at least 1.
    pub replicates: u64,
    /// Seed.
    pub seed: u64,
    /// Whether `--check` computes it anew each time.
    pub cheap: bool,
    /// The command that makes it, for readers.
    pub command: String,
    /// Measures to record.
    pub measures: Vec<String>,
    /// Dates to mark.
    pub marks: Vec<Mark>,
    /// Places of the worlds that others are compared with: each with the last of them before it.
    pub bases: Vec<usize>,
    /// Files of what was observed, on which the first world is scored; from the root of the repository.
    pub observed: Vec<PathBuf>,
    /// Files of published forecasts, one a forecaster.
    pub rivals: Vec<PathBuf>,
    /// Ids of published estimates that the figure sets its numbers against.
    pub sources: Vec<String>,
}

impl FigureRun {
    /// Whether one run serves both figures.
    pub fn shares_run(&self, other: &Self) -> bool {
        self.worlds == other.worlds
            && self.replicates == other.replicates
            && self.seed == other.seed
            && self.measures == other.measures
            && self.bases == other.bases
            && self.observed == other.observed
            && self.rivals == other.rivals
            && self.sources == other.sources
    }
}

/// One figure of theory of the list, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TheoryRun {
    /// Name of the figure.
    pub name: String,
    /// The command that makes it, for readers.
    pub command: String,
    /// The run of the world to mark; `None`: no world is marked.
    pub world: Option<FigureRun>,
}

/// A world to run.
#[derive(Debug, Clone, PartialEq)]
pub enum World {
    /// A scenario file, from the root of the repository.
    File(PathBuf),
    /// A child of a scenario file, written in the list itself.
    Inline {
        /// Id of the world.
        id: String,
        /// Title for readers.
        title: String,
        /// The parent, from the root of the repository.
        extends: PathBuf,
        /// What differs, as for `--set`: path and value.
        set: Vec<(String, toml::Value)>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    format: Spanned<u64>,
    #[serde(default)]
    world: Vec<RawWorld>,
    #[serde(default)]
    figure: Vec<RawFigure>,
    #[serde(default)]
    theory: Vec<RawTheory>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    deep: Vec<RawDeep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeep {
    name: Spanned<String>,
    command: String,
    scenario: Spanned<String>,
    #[serde(default)]
    set: toml::Table,
    design: String,
    n: Spanned<u64>,
    replicates: Spanned<u64>,
    seed: u64,
    measure: String,
    place: RawPlace,
    threshold: f64,
    policies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlace {
    id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTheory {
    name: Spanned<String>,
    command: String,
    world: Option<RawMarked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMarked {
    scenario: Spanned<String>,
    replicates: Spanned<u64>,
    seed: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorld {
    id: Spanned<String>,
    title: String,
    extends: Spanned<String>,
    #[serde(default)]
    set: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFigure {
    name: Spanned<String>,
    worlds: Spanned<Vec<Spanned<String>>>,
    replicates: Spanned<u64>,
    seed: u64,
    cheap: bool,
    command: String,
    measures: Spanned<Vec<String>>,
    #[serde(default)]
    marks: Vec<RawMark>,
    #[serde(default)]
    bases: Vec<Spanned<String>>,
    #[serde(default)]
    observed: Vec<Spanned<String>>,
    #[serde(default)]
    rivals: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMark {
    date: Spanned<toml::value::Datetime>,
    label: String,
    world: Option<String>,
}

/// Reads and checks the list of a repository.
///
/// # Errors
/// [`FigureError::File`] if it cannot be read; [`FigureError::Manifest`] with the line: TOML that does not
/// parse, an unknown or missing key, another `format`, an unknown figure or world, a name given twice, a
/// scenario file that is not there, no replicate, or measures that lack one that the figure needs.
pub fn read(repo_root: &Path) -> Result<Vec<FigureRun>> {
    read_as(repo_root, |list, raw| list.figures(raw))
}

/// Reads and checks the figures of theory of the same list.
///
/// # Errors
/// As [`read`]; also a world for a figure that marks none.
pub fn read_theory(repo_root: &Path) -> Result<Vec<TheoryRun>> {
    read_as(repo_root, |list, raw| list.theory(raw))
}

/// Reads and checks the figures of deep uncertainty of the same list.
///
/// # Errors
/// As [`read`].
pub fn read_deep(repo_root: &Path) -> Result<Vec<DeepRun>> {
    read_as(repo_root, |list, raw| list.deep(raw))
}

fn read_as<T>(repo_root: &Path, checked: impl Fn(&List, &RawList) -> Result<T>) -> Result<T> {
    let path = repo_root.join(PATH);
    let text = std::fs::read_to_string(&path).map_err(|error| FigureError::File {
        path: path.clone(),
        message: error.to_string(),
    })?;
    let list = List {
        root: repo_root,
        path,
        text: &text,
    };
    checked(&list, &list.raw()?)
}

struct List<'a> {
    root: &'a Path,
    path: PathBuf,
    text: &'a str,
}

impl List<'_> {
    fn raw(&self) -> Result<RawList> {
        let raw: RawList = toml::from_str(self.text).map_err(|error| FigureError::Manifest {
            path: self.path.clone(),
            line: error.span().map_or(0, |span| self.line(span.start)),
            message: error.message().to_owned(),
        })?;
        if *raw.format.get_ref() != 1 {
            let message = format!(
                "format {} is not known; this version reads format 1",
                raw.format.get_ref()
            );
            return Err(self.error(raw.format.span().start, message));
        }
        Ok(raw)
    }

    fn theory(&self, raw: &RawList) -> Result<Vec<TheoryRun>> {
        let mut runs: Vec<TheoryRun> = Vec::new();
        for entry in &raw.theory {
            let (name, at) = (entry.name.get_ref(), entry.name.span().start);
            let theory = theory_by_name(name).map_err(|e| self.error(at, e.to_string()))?;
            if runs.iter().any(|known| known.name == *name) {
                return Err(self.error(at, format!("figure `{name}` is given twice")));
            }
            let world = match &entry.world {
                Some(_) if theory.measures().is_empty() => {
                    return Err(self.error(at, format!("figure `{name}` marks no world")));
                }
                Some(marked) if *marked.replicates.get_ref() == 0 => {
                    let message = "`replicates` is 0; a world that is marked needs at least one".to_owned();
                    return Err(self.error(marked.replicates.span().start, message));
                }
                Some(marked) => Some(FigureRun {
                    name: name.clone(),
                    worlds: vec![World::File(self.file(&marked.scenario)?)],
                    replicates: *marked.replicates.get_ref(),
                    seed: marked.seed,
                    cheap: true,
                    command: entry.command.clone(),
                    measures: theory.measures().iter().map(|m| (*m).to_owned()).collect(),
                    marks: Vec::new(),
                    bases: vec![0],
                    observed: Vec::new(),
                    rivals: Vec::new(),
                    sources: Vec::new(),
                }),
                None => None,
            };
            runs.push(TheoryRun {
                name: name.clone(),
                command: entry.command.clone(),
                world,
            });
        }
        Ok(runs)
    }

    fn deep(&self, raw: &RawList) -> Result<Vec<DeepRun>> {
        let mut runs: Vec<DeepRun> = Vec::new();
        for entry in &raw.deep {
            let (name, at) = (entry.name.get_ref(), entry.name.span().start);
            deep_by_name(name).map_err(|e| self.error(at, e.to_string()))?;
            if runs.iter().any(|known| known.name == *name) {
                return Err(self.error(at, format!("figure `{name}` is given twice")));
            }
            for (number, what) in [(&entry.n, "n"), (&entry.replicates, "replicates")] {
                if *number.get_ref() == 0 {
                    return Err(self.error(
                        number.span().start,
                        format!("`{what}` is 0; a design needs at least one"),
                    ));
                }
            }
            runs.push(DeepRun {
                name: name.clone(),
                command: entry.command.clone(),
                scenario: self.file(&entry.scenario)?,
                set: (entry.set.iter())
                    .map(|(path, value)| (path.clone(), value.to_string()))
                    .collect(),
                design: entry.design.clone(),
                n: *entry.n.get_ref(),
                replicates: *entry.replicates.get_ref(),
                seed: entry.seed,
                measure: entry.measure.clone(),
                place: (entry.place.id.clone(), entry.place.name.clone()),
                threshold: entry.threshold,
                labels: raw.labels.clone(),
                policies: entry.policies.clone(),
            });
        }
        Ok(runs)
    }

    fn figures(&self, raw: &RawList) -> Result<Vec<FigureRun>> {
        let mut worlds: Vec<(String, World)> = Vec::new();
        for world in &raw.world {
            let id = world.id.get_ref();
            if worlds.iter().any(|(known, _)| known == id) {
                let message = format!("world `{id}` is given twice");
                return Err(self.error(world.id.span().start, message));
            }
            let inline = World::Inline {
                id: id.clone(),
                title: world.title.clone(),
                extends: self.file(&world.extends)?,
                set: (world.set.iter())
                    .map(|(path, value)| (path.clone(), value.clone()))
                    .collect(),
            };
            worlds.push((id.clone(), inline));
        }
        let mut figures: Vec<FigureRun> = Vec::new();
        for raw in &raw.figure {
            let figure = self.figure(raw, &worlds)?;
            if figures.iter().any(|known| known.name == figure.name) {
                let message = format!("figure `{}` is given twice", figure.name);
                return Err(self.error(raw.name.span().start, message));
            }
            figures.push(figure);
        }
        Ok(figures)
    }

    fn figure(&self, raw: &RawFigure, inline: &[(String, World)]) -> Result<FigureRun> {
        let name = raw.name.get_ref();
        let figure = by_name(name).map_err(|e| self.error(raw.name.span().start, e.to_string()))?;
        let mut worlds = Vec::new();
        for world in raw.worlds.get_ref() {
            let known = inline.iter().find(|(id, _)| id == world.get_ref());
            worlds.push(match known {
                Some((_, world)) => world.clone(),
                None if is_toml(world.get_ref()) => World::File(self.file(world)?),
                None => {
                    let ids: Vec<&str> = inline.iter().map(|(id, _)| id.as_str()).collect();
                    let message = format!(
                        "`{}` is neither a scenario file (*.toml) nor a [[world]] of this list ({})",
                        world.get_ref(),
                        ids.join(", ")
                    );
                    return Err(self.error(world.span().start, message));
                }
            });
        }
        if worlds.is_empty() {
            let message = "`worlds` is empty; a figure needs at least one".to_owned();
            return Err(self.error(raw.worlds.span().start, message));
        }
        if *raw.replicates.get_ref() == 0 {
            let message = "`replicates` is 0; a figure needs at least one".to_owned();
            return Err(self.error(raw.replicates.span().start, message));
        }
        let measures = raw.measures.get_ref();
        let lacking: Vec<&str> = missing(figure, measures);
        if !lacking.is_empty() {
            let message = format!(
                "`measures` of `{name}` lacks {}, which the figure plots",
                lacking.join(", ")
            );
            return Err(self.error(raw.measures.span().start, message));
        }
        Ok(FigureRun {
            name: name.clone(),
            worlds,
            replicates: *raw.replicates.get_ref(),
            seed: raw.seed,
            cheap: raw.cheap,
            command: raw.command.clone(),
            measures: measures.clone(),
            marks: (raw.marks.iter()).map(|m| self.mark(m)).collect::<Result<_>>()?,
            bases: self.bases(raw)?,
            observed: self.tables(&raw.observed)?,
            rivals: self.tables(&raw.rivals)?,
            sources: figure.sources().iter().map(|id| (*id).to_owned()).collect(),
        })
    }

    fn mark(&self, raw: &RawMark) -> Result<Mark> {
        let text = raw.date.get_ref().to_string();
        let time = Date::parse(&text).ok_or_else(|| {
            let message = format!("`{text}` is not a date YYYY-MM-DD");
            self.error(raw.date.span().start, message)
        })?;
        Ok(Mark {
            scenario: raw.world.clone(),
            time,
            label: raw.label.clone(),
        })
    }

    /// Places of the bases among the worlds; the first world is one where none is named.
    fn bases(&self, raw: &RawFigure) -> Result<Vec<usize>> {
        let worlds = raw.worlds.get_ref();
        let mut bases = vec![0];
        for base in &raw.bases {
            let at = worlds.iter().position(|world| world.get_ref() == base.get_ref());
            let at = at.ok_or_else(|| {
                let message = format!("`{}` in `bases` is none of the figure's `worlds`", base.get_ref());
                self.error(base.span().start, message)
            })?;
            bases.push(at);
        }
        bases.sort_unstable();
        bases.dedup();
        Ok(bases)
    }

    /// Files of observations.
    fn tables(&self, paths: &[Spanned<String>]) -> Result<Vec<PathBuf>> {
        paths.iter().map(|path| self.file_of(path, "csv")).collect()
    }

    /// A scenario file that is there, given from the root and within it.
    fn file(&self, path: &Spanned<String>) -> Result<PathBuf> {
        self.file_of(path, "toml")
    }

    fn file_of(&self, path: &Spanned<String>, kind: &str) -> Result<PathBuf> {
        let relative = PathBuf::from(path.get_ref());
        let within = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let problem = if !within {
            "must be a path from the root of the repository, without `..`"
        } else if relative.extension().is_none_or(|e| e != kind) {
            if kind == "toml" {
                "must be a scenario file (*.toml)"
            } else {
                "must be a table (*.csv)"
            }
        } else if !self.root.join(&relative).is_file() {
            "is not there"
        } else {
            return Ok(relative);
        };
        let message = format!("`{}` {problem}", path.get_ref());
        Err(self.error(path.span().start, message))
    }

    fn error(&self, at: usize, message: String) -> FigureError {
        FigureError::Manifest {
            path: self.path.clone(),
            line: self.line(at),
            message,
        }
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        1 + before.filter(|byte| **byte == b'\n').count()
    }
}

fn is_toml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e == "toml")
}

fn missing(figure: &dyn Figure, measures: &[String]) -> Vec<&'static str> {
    (figure.measures().iter())
        .copied()
        .filter(|needed| !measures.iter().any(|m| m == needed))
        .collect()
}
