//! One number of every point of a design, by policy and future.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use sim_core::design::parse_table;
use sim_core::measure::fraction_hint;
use sim_core::scenario::document::nearest;

use super::words::short;
use crate::exit::{Context as _, Failure, Result};
use crate::output::number::{number, parse_number};
use crate::store::directory::{Found, RunDirectory};
use crate::store::force::DESIGN;
use crate::store::import::each_record;
use crate::store::layout::{Layout, SeriesLabel};
use crate::store::manifest::Manifest;
use crate::store::points::{Points, hash_of_first, point_and_replicate};
use crate::time::parse_iso;

/// Which number is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The run directory.
    pub directory: PathBuf,
    /// Date; the last where none.
    pub time: Option<String>,
    /// Measure, component, generation, place, vendor and part.
    pub keys: [String; 6],
}

/// Names of [`Selection::keys`] and their columns in `summary.csv` of a design.
const KEYS: [(&str, usize); 6] = [
    ("measure", 3),
    ("component", 5),
    ("generation", 6),
    ("place", 8),
    ("vendor", 9),
    ("part", 10),
];
const SCENARIO: usize = 1;
const TIME: usize = 2;
const UNIT: usize = 4;
const MEAN: usize = 12;

/// A scenario with one value for each choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Place of the scenario in the manifest.
    pub world: usize,
    /// The scenario's id, where there are several, and the values of the choices.
    pub name: String,
}

/// The outcomes of a design.
pub struct Study {
    /// The run directory.
    pub directory: RunDirectory,
    /// What the results are a function of.
    pub manifest: Manifest,
    /// What the manifest says of the points.
    pub design: Points,
    /// Paths of the uncertain numbers.
    pub inputs: Vec<String>,
    /// The policies: scenarios in order, and for each the combinations of choices in the order of the design.
    pub policies: Vec<Policy>,
    /// Values of the uncertain numbers, by future.
    pub futures: Vec<Vec<f64>>,
    /// Mean over replicates, `[policy][future]`; NaN where it is undefined or the design has no such point.
    pub outcomes: Vec<Vec<f64>>,
    /// Point of each policy in each future.
    pub points: Vec<Vec<Option<u64>>>,
    /// The number in words: measure, unit, what else was chosen, date.
    pub title: String,
    /// Its unit.
    pub unit: String,
    cells: Vec<usize>,
    layouts: Vec<Layout>,
}

impl Study {
    /// Reads a finished run of `oransim explore`.
    ///
    /// # Errors
    /// [`Failure::Refused`] where the directory holds none, its files do not agree, or it has no such number.
    pub fn open(selection: &Selection) -> Result<Self> {
        let directory = RunDirectory::new(&selection.directory);
        let at = directory.root().display().to_string();
        let refuse = |why: &str| Failure::Refused(format!("{at}: {why}"));
        let manifest = match directory.look()? {
            Found::Finished(manifest) => *manifest,
            Found::Unfinished { .. } => {
                return Err(refuse("the run is not finished: run the same command with --resume"));
            }
            _ => return Err(refuse("there is no finished run of `oransim explore`")),
        };
        let Some(design) = manifest.points.clone() else {
            return Err(refuse("this run has no design: make one with `oransim explore`"));
        };
        let path = directory.file(DESIGN);
        let text = std::fs::read_to_string(&path).while_doing("read", &path)?;
        if hash_of_first(&text, design.count).as_ref() != Some(&design.hash) {
            return Err(refuse("its design.csv is not the one that manifest.json speaks of"));
        }
        let table = parse_table(&text).map_err(|error| Failure::Refused(format!("{}: {error}", path.display())))?;
        // The hash is over the first points only, so that a design may be made longer.
        if table.points.len() as u64 != design.count {
            return Err(refuse(&format!(
                "its design.csv has {} points, and manifest.json speaks of {}",
                table.points.len(),
                design.count
            )));
        }
        let is_choice: Vec<bool> = table.paths.iter().map(|path| design.choices.contains(path)).collect();
        let part = |row: &[f64], chosen: bool| -> Vec<f64> {
            let cells = row.iter().zip(&is_choice).filter(|(_, choice)| **choice == chosen);
            cells.map(|(value, _)| *value).collect()
        };
        let mut combinations: Vec<Vec<f64>> = Vec::new();
        let mut futures: Vec<Vec<f64>> = Vec::new();
        let crossed = design.design != "csv";
        let places: Vec<(usize, usize)> = {
            let rows = || table.points.iter();
            for row in rows() {
                let chosen = part(row, true);
                if !combinations.contains(&chosen) {
                    combinations.push(chosen);
                }
            }
            // Two futures of a known design may have the same values (trajectories cross); those of a file are told
            // apart by their values.
            let mut known = std::collections::BTreeMap::new();
            rows()
                .enumerate()
                .map(|(point, row)| {
                    let values = part(row, false);
                    let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
                    let label = if crossed {
                        vec![(point / combinations.len()) as u64]
                    } else {
                        bits
                    };
                    let future = *known.entry(label).or_insert_with(|| {
                        futures.push(values);
                        futures.len() - 1
                    });
                    let combination = combinations.iter().position(|one| *one == part(row, true));
                    (combination.unwrap_or(0), future)
                })
                .collect()
        };
        let choice_paths: Vec<&String> = table
            .paths
            .iter()
            .zip(&is_choice)
            .filter(|(_, c)| **c)
            .map(|(p, _)| p)
            .collect();
        let mut policies = Vec::new();
        for (world, one) in manifest.worlds.iter().enumerate() {
            for combination in &combinations {
                let values = choice_paths.iter().zip(combination);
                let mut name: Vec<String> = values
                    .map(|(path, value)| format!("{path} = {}", number(*value)))
                    .collect();
                // The scenario goes without saying where there is one, and a choice to tell its policies apart.
                if manifest.worlds.len() > 1 || name.is_empty() {
                    name.insert(0, one.id.clone());
                }
                policies.push(Policy {
                    world,
                    name: name.join("; "),
                });
            }
        }
        let found = read_summary(&directory, &manifest, selection)?;
        let mut outcomes = vec![vec![f64::NAN; futures.len()]; policies.len()];
        let mut points = vec![vec![None; futures.len()]; policies.len()];
        for world in 0..manifest.worlds.len() {
            for (point, (combination, future)) in places.iter().enumerate() {
                let policy = world * combinations.len() + combination;
                outcomes[policy][*future] = found.means[world][point];
                points[policy][*future] = Some(point as u64);
            }
        }
        let inputs = table
            .paths
            .iter()
            .zip(&is_choice)
            .filter(|(_, c)| !**c)
            .map(|(p, _)| p.clone());
        Ok(Self {
            inputs: inputs.collect(),
            design,
            policies,
            futures,
            outcomes,
            points,
            title: found.title,
            unit: found.unit,
            cells: found.cells,
            layouts: found.layouts,
            directory,
            manifest,
        })
    }

    /// A warning where a threshold, given as `option`, lies beyond all outcomes: it then tells none of them apart.
    pub fn beyond_all(&self, option: &str, threshold: f64) -> Option<String> {
        let defined = self.outcomes.iter().flatten().filter(|x| x.is_finite());
        let (low, high) = defined.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(*x), high.max(*x))
        });
        let side = match threshold {
            x if x > high => "above",
            x if x < low => "below",
            _ => return None,
        };
        let hint = fraction_hint(&self.unit, threshold).filter(|_| threshold.abs() > 1.0);
        Some(format!(
            "--{option} {} lies {side} all values of this run, {} to {}{}",
            short(threshold),
            short(low),
            short(high),
            hint.map_or_else(String::new, |hint| format!(": {hint}"))
        ))
    }

    /// The number in each replicate, `[policy][future][replicate]`, NaN where one failed; `None` where the run kept no
    /// replicates.
    ///
    /// # Errors
    /// Where `replicates.*` cannot be read.
    pub fn replicates(&self) -> Result<Option<Vec<Vec<Vec<f64>>>>> {
        if self.manifest.recorded.series == "none" {
            return Ok(None);
        }
        let replicates = usize::try_from(self.manifest.replicates).unwrap_or(0);
        let points = usize::try_from(self.design.count).unwrap_or(0);
        let mut values = vec![vec![vec![f64::NAN; replicates]; points]; self.layouts.len()];
        each_record(&self.directory, &self.manifest, &self.layouts, |world, key, record| {
            let (point, k) = point_and_replicate(key);
            values[world][point as usize][k as usize] = record[self.cells[world]];
        })?;
        let of_policy = |(policy, points): (&Policy, &Vec<Option<u64>>)| {
            let of_point = |point: &Option<u64>| match point {
                Some(point) => values[policy.world][*point as usize].clone(),
                None => vec![f64::NAN; replicates],
            };
            points.iter().map(of_point).collect()
        };
        Ok(Some(self.policies.iter().zip(&self.points).map(of_policy).collect()))
    }
}

/// What `summary.csv` says of the number.
struct Numbers {
    /// `[world][point]`.
    means: Vec<Vec<f64>>,
    cells: Vec<usize>,
    layouts: Vec<Layout>,
    title: String,
    unit: String,
}

fn read_summary(directory: &RunDirectory, manifest: &Manifest, selection: &Selection) -> Result<Numbers> {
    let path = directory.file("summary.csv");
    let points = manifest.points.as_ref().map_or(0, |points| points.count as usize);
    let layouts = read_layouts(&path, manifest)?;
    let time = match &selection.time {
        Some(time) => time.clone(),
        None => {
            let last = layouts.first().and_then(|layout| layout.dates.last());
            last.map(|day| crate::time::iso(*day)).unwrap_or_default()
        }
    };
    let cells: Vec<usize> = (layouts.iter().map(|layout| cell_of(layout, &time, selection))).collect::<Result<_>>()?;
    let mut means = vec![vec![f64::NAN; points]; layouts.len()];
    let mut reader = csv::Reader::from_path(&path).while_doing("read", &path)?;
    let broken = || Failure::Refused(format!("{}: its rows are not those of the design", path.display()));
    let mut unit = String::new();
    let mut row = StringRecord::new();
    for (world, layout) in layouts.iter().enumerate() {
        for (point, mean) in means[world].iter_mut().enumerate() {
            for cell in 0..layout.cells() {
                if !reader.read_record(&mut row).while_doing("read", &path)? {
                    return Err(broken());
                }
                if cell == cells[world] {
                    let place = row.get(0).and_then(|text| text.parse().ok());
                    if place != Some(point) || row.get(SCENARIO) != Some(layout.id.as_str()) {
                        return Err(broken());
                    }
                    *mean = row.get(MEAN).and_then(parse_number).ok_or_else(broken)?;
                    unit = row.get(UNIT).unwrap_or_default().to_owned();
                }
            }
        }
    }
    let [measure, rest @ ..] = &selection.keys;
    let rest: Vec<&str> = rest.iter().map(String::as_str).filter(|key| *key != "all").collect();
    Ok(Numbers {
        means,
        cells,
        layouts,
        title: format!("{measure} ({unit}; {}; {time})", rest.join(", ")),
        unit,
    })
}

/// The cells of each world, from the rows of its first point.
fn read_layouts(path: &Path, manifest: &Manifest) -> Result<Vec<Layout>> {
    let mut reader = csv::Reader::from_path(path).while_doing("read", path)?;
    let mut layouts: Vec<Layout> = Vec::new();
    let mut row = StringRecord::new();
    let broken = || Failure::Refused(format!("{}: it is not the summary of a design", path.display()));
    while reader.read_record(&mut row).while_doing("read", path)? {
        let text = |i: usize| row.get(i).unwrap_or_default().to_owned();
        let is_new = layouts.last().is_none_or(|layout| layout.id != text(SCENARIO));
        if is_new {
            layouts.push(Layout {
                id: text(SCENARIO),
                dates: Vec::new(),
                series: Vec::new(),
            });
        }
        if row.get(0) != Some("0") {
            // With one world nothing more is to be learned.
            if manifest.worlds.len() == 1 {
                break;
            }
            continue;
        }
        let Some(layout) = layouts.last_mut() else { continue };
        let day = parse_iso(&text(TIME)).ok_or_else(broken)?;
        if layout.dates.last() != Some(&day) {
            layout.dates.push(day);
        }
        if layout.dates.len() == 1 {
            layout.series.push(SeriesLabel {
                measure: text(3),
                unit: text(4),
                component: text(5),
                generation: text(6),
                place_kind: text(7),
                place: text(8),
                vendor: text(9),
                part: text(10),
            });
        }
    }
    let ids = layouts.iter().map(|layout| &layout.id);
    if !ids.eq(manifest.worlds.iter().map(|world| &world.id)) {
        return Err(broken());
    }
    Ok(layouts)
}

fn cell_of(layout: &Layout, time: &str, selection: &Selection) -> Result<usize> {
    let date = layout.dates.iter().position(|day| crate::time::iso(*day) == time);
    let Some(date) = date else {
        let known: Vec<String> = layout.dates.iter().map(|day| crate::time::iso(*day)).collect();
        return Err(Failure::Refused(format!(
            "--time {time}: nothing was measured then. There is {}",
            known.join(", ")
        )));
    };
    let mut left: Vec<usize> = (0..layout.series.len()).collect();
    for ((name, column), wanted) in KEYS.iter().zip(&selection.keys) {
        // Column `point` and the two after it stand before the labels.
        let key = |series: usize| layout.series[series].texts()[column - 3];
        let before = left.clone();
        left.retain(|series| key(*series) == wanted);
        if left.is_empty() {
            let known: BTreeSet<&str> = before.iter().map(|series| key(*series)).collect();
            let near = nearest(wanted, known.iter().copied());
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let some: Vec<&str> = known.iter().copied().take(20).collect();
                    let more = if known.len() > some.len() { ", ..." } else { "" };
                    format!("there is {}{more}", some.join(", "))
                }
            };
            return Err(Failure::Refused(format!(
                "--{name} {wanted}: no such series is recorded: {hint}"
            )));
        }
    }
    Ok(date * layout.series.len() + left[0])
}
