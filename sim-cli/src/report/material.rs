//! All that a report takes from a run directory.

use std::fs;
use std::path::Path;

use serde_json::Value;
use toml::Table;

use crate::exit::{Context as _, Failure, Result};
use crate::figures::FigureError;
use crate::figures::summary::SummaryTable;
use crate::output::differences;
use crate::store::directory::{Found, RunDirectory};
use crate::store::limited;
use crate::store::manifest::Manifest;

/// Measures that sentences and tables speak of.
pub const MEASURES: [&str; 10] = [
    "lock_in_curve",
    "lock_in_part",
    "price_captured",
    "retention_rate",
    "share_sites",
    "effective_vendors",
    "open_share_specified",
    "open_share_multi_vendor",
    "untrusted_share",
    "operator_cost",
];

/// Measures whose paired differences sentences speak of. A large comparison has millions of rows of others.
const DIFFERENCES: [&str; 1] = ["lock_in_curve"];

/// One world.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldText {
    /// Id.
    pub id: String,
    /// Title, or the id.
    pub title: String,
    /// Question.
    pub question: String,
    /// Policies: name, kind and dates in words.
    pub levers: Vec<String>,
    /// Numbers with a source, derived and assumed.
    pub pedigree: [usize; 3],
    /// Numbers of the world that stand alone.
    pub alone: usize,
    /// Numbers that are assumed: path, value, what would be defended, and why.
    pub assumptions: Vec<[String; 4]>,
}

impl WorldText {
    /// On what the numbers rest, in a sentence: those with a source, derived and assumed, each with its share of all that
    /// have a pedigree, `359 (21%)`.
    pub fn grounds(&self) -> String {
        let all: usize = self.pedigree.iter().sum();
        if all == 0 {
            return format!(
                "{}: no number says where it comes from ({} numbers stand alone).",
                self.title, self.alone
            );
        }
        let [sourced, derived, assumed] = self.pedigree.map(|n| {
            let percent = 100.0 * n as f64 / all as f64;
            format!("{n} ({percent:.0}%)")
        });
        format!(
            "{}: of its numbers with a pedigree {sourced} are sourced, {derived} derived from sources, {assumed} assumed.",
            self.title
        )
    }
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureText {
    /// File name without its ending.
    pub name: String,
    /// What it shows, in a sentence.
    pub title: String,
    /// The picture.
    pub svg: String,
}

/// See the module docs.
#[derive(Debug, Clone)]
pub struct Material {
    /// The manifest.
    pub manifest: Manifest,
    /// Worlds in order; the first is the base.
    pub worlds: Vec<WorldText>,
    /// Statistics of [`MEASURES`]; where the run is a comparison, also the paired differences that findings speak of.
    pub summary: SummaryTable,
    /// Figures by name.
    pub figures: Vec<FigureText>,
    /// `provenance.json`, if it is there.
    pub provenance: Value,
    /// Replicates that failed.
    pub failures: usize,
}

impl Material {
    /// Reads a finished run.
    ///
    /// # Errors
    /// [`Failure::Refused`] where there is no finished run, or one that another command reads; [`Failure::CouldNotGoOn`] where a file cannot be read.
    pub fn read(directory: &RunDirectory) -> Result<Self> {
        let at = directory.root().display();
        let manifest = match directory.look()? {
            Found::Finished(manifest) if manifest.points.is_some() => {
                return Err(Failure::Refused(format!(
                    "{at} was made by `oransim explore`: read it with `oransim regret {at}`, `oransim discover {at}` or `oransim sensitivity {at}`"
                )));
            }
            Found::Finished(manifest) if manifest.mode == "calibrate" => {
                return Err(Failure::Refused(format!(
                    "{at} was made by `oransim calibrate`, which wrote its own report: {}",
                    directory.file("report.txt").display()
                )));
            }
            Found::Finished(manifest) => *manifest,
            Found::Unfinished { .. } => {
                return Err(Failure::Refused(format!(
                    "{at} is not finished: add --resume to the command that began it"
                )));
            }
            _ => return Err(Failure::Refused(format!("{at} is no finished run of this program"))),
        };
        let worlds = (manifest.worlds.iter())
            .map(|world| world_text(&directory.scenario(&world.id), &world.id))
            .collect::<Result<Vec<WorldText>>>()?;
        let worlds = told_apart(worlds);
        let provenance = fs::read_to_string(directory.provenance())
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or(Value::Null);
        Ok(Self {
            worlds,
            summary: tables(directory)?,
            figures: figures(&directory.file("figures"))?,
            provenance,
            failures: count_rows(&directory.file("failures.csv"))?,
            manifest,
        })
    }
}

/// The rows of `summary.csv` and `differences.csv` that a report speaks of.
fn tables(directory: &RunDirectory) -> Result<SummaryTable> {
    let broken = |path: &Path, error: &FigureError| match error {
        FigureError::File { .. } => Failure::CouldNotGoOn(error.to_string()),
        _ => Failure::CouldNotGoOn(format!("{}: {error}", path.display())),
    };
    let path = directory.file("summary.csv");
    let mut table = SummaryTable::read_file(&path, &MEASURES).map_err(|error| broken(&path, &error))?;
    let path = directory.file(differences::FILE);
    if path.is_file() {
        let read = table.read_differences(&path, &DIFFERENCES);
        read.map_err(|error| broken(&path, &error))?;
    }
    Ok(table)
}

/// Number of rows of a table below its header; none where it is not there.
fn count_rows(path: &Path) -> Result<usize> {
    if !path.is_file() {
        return Ok(0);
    }
    let mut reader = csv::Reader::from_reader(limited::open(path, limited::FAILURES)?);
    let (mut row, mut rows) = (csv::ByteRecord::new(), 0);
    while reader.read_byte_record(&mut row).while_doing("read", path)? {
        rows += 1;
    }
    Ok(rows)
}

fn figures(folder: &Path) -> Result<Vec<FigureText>> {
    let mut names: Vec<String> = match fs::read_dir(folder) {
        Ok(entries) => entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".svg").map(str::to_owned))
            .collect(),
        Err(_) => Vec::new(),
    };
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let path = folder.join(format!("{name}.svg"));
            let svg = fs::read_to_string(&path).while_doing("read", &path)?;
            let title = svg
                .split_once("<title")
                .and_then(|(_, rest)| rest.split_once('>'))
                .and_then(|(_, rest)| rest.split_once("</title>"))
                .map_or_else(|| name.clone(), |(title, _)| title.to_owned());
            Ok(FigureText { name, title, svg })
        })
        .collect()
}

/// Sections whose numbers say how a world is played and asked, not what it is.
const NOT_OF_THE_WORLD: [&str; 7] = [
    "scenario",
    "uncertainties",
    "correlation",
    "posterior",
    "choices",
    "measures",
    "figures",
];

/// Adds the id to titles that several worlds bear: a child that was given none has its parent's.
fn told_apart(mut worlds: Vec<WorldText>) -> Vec<WorldText> {
    let titles: Vec<String> = worlds.iter().map(|world| world.title.clone()).collect();
    for world in &mut worlds {
        if titles.iter().filter(|title| **title == world.title).count() > 1 {
            world.title = format!("{} ({})", world.title, world.id);
        }
    }
    worlds
}

fn world_text(path: &Path, id: &str) -> Result<WorldText> {
    let text = fs::read_to_string(path).while_doing("read", path)?;
    let table: Table = text
        .parse()
        .map_err(|error| Failure::CouldNotGoOn(format!("{} is no scenario: {error}", path.display())))?;
    let header = |key: &str| -> Option<String> { Some(table.get("scenario")?.get(key)?.as_str()?.to_owned()) };
    let mut world = WorldText {
        id: id.to_owned(),
        title: header("title").unwrap_or_else(|| id.to_owned()),
        question: header("question").unwrap_or_default(),
        levers: levers(&table),
        pedigree: [0; 3],
        alone: 0,
        assumptions: Vec::new(),
    };
    for (key, value) in table
        .iter()
        .filter(|(key, _)| !NOT_OF_THE_WORLD.contains(&key.as_str()))
    {
        pedigree(key, value, &mut world);
    }
    Ok(world)
}

/// Policies with their dates.
fn levers(table: &Table) -> Vec<String> {
    let Some(levers) = table.get("levers").and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    for (name, kinds) in levers {
        for (kind, keys) in kinds.as_table().into_iter().flatten() {
            let words = |key: &str| keys.get(key).map(|v| format!("{} {v}", key.replace('_', " ")));
            let dates: Vec<String> = ["announced", "in_force", "deadline", "end", "strength"]
                .into_iter()
                .filter_map(words)
                .collect();
            let reason = keys.get("reason").and_then(toml::Value::as_str).unwrap_or_default();
            said.push(format!(
                "{name}: {}, {}. {reason}",
                kind.replace('_', " "),
                dates.join(", ")
            ));
        }
    }
    said
}

/// Counts numbers below a value, those with a pedigree by its kind, and lists the assumed ones.
fn pedigree(path: &str, value: &toml::Value, world: &mut WorldText) {
    match value {
        toml::Value::Table(table) => {
            let kinds = ["source", "derived", "assumption"];
            if let (Some(value), Some(kind)) = (table.get("value"), kinds.iter().position(|k| table.contains_key(*k))) {
                world.pedigree[kind] += 1;
                if kind == 2 {
                    let word = |key: &str| table.get(key).map_or_else(String::new, ToString::to_string);
                    let why = table
                        .get("assumption")
                        .and_then(toml::Value::as_str)
                        .unwrap_or_default();
                    world.assumptions.push([
                        path.to_owned(),
                        value.to_string(),
                        format!("{} to {}", word("low"), word("high")),
                        why.to_owned(),
                    ]);
                }
                return;
            }
            for (key, value) in table {
                pedigree(&format!("{path}.{key}"), value, world);
            }
        }
        toml::Value::Array(items) => {
            for item in items {
                let id = item.get("id").and_then(toml::Value::as_str).unwrap_or_default();
                pedigree(&format!("{path}.{id}"), item, world);
            }
        }
        toml::Value::Integer(_) | toml::Value::Float(_) => world.alone += 1,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::summary::{COLUMNS, Key};

    #[test]
    fn of_a_comparison_only_the_differences_that_are_spoken_of_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let directory = RunDirectory::new(folder.path());
        fs::write(directory.file("summary.csv"), format!("{}\n", COLUMNS.join(","))).unwrap();
        let header = format!(
            "base,alt,{},{}\n",
            COLUMNS[1..].join(","),
            differences::BEYOND.join(",")
        );
        let row = |measure: &str, mean: &str| {
            format!("a,b,2030-12-31,{measure},share,ran,all,world,world,all,all,9,{mean},0.1,,,,,,-0.3,-0.1,0.9,0.5\n")
        };
        // A row that is kept is read in full: of the others nothing but the measure is.
        let rows = [row("lock_in_curve", "-0.2"), row("share_sites", "no number").repeat(3)].concat();
        fs::write(directory.file(differences::FILE), header + &rows).unwrap();
        let table = tables(&directory).unwrap();
        assert_eq!(table.differences.len(), 1);
        let found = table.differences(&Key::world("b", "lock_in_curve"));
        let stats = found[0].stats.unwrap();
        assert_eq!((stats.mean, stats.ci), (-0.2, Some((-0.3, -0.1))));
        assert_eq!(count_rows(&directory.file(differences::FILE)).unwrap(), 4);
        assert_eq!(count_rows(&directory.file("failures.csv")).unwrap(), 0);
        let beyond = fs::File::create(directory.file("failures.csv")).unwrap();
        beyond.set_len(limited::FAILURES + 1).unwrap();
        let refused = count_rows(&directory.file("failures.csv")).unwrap_err();
        assert!(refused.message().contains("more than 1024 MiB"), "{refused}");
    }
}
