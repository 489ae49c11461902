//! Which series a run records, in the order of its tables.

use super::{ByVendor, CATALOGUE, Cell, Component, Measure, Parts, Recorded, exit_deadlines};
use crate::record::SeriesKey;
use crate::world::World;

/// How much is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// What the catalogue lists as default, and what `[measures] extra` asks for.
    Core,
    /// The whole cross of components, generations, places (operators too) and vendors, and every measure.
    All,
}

/// The series of a run.
#[derive(Debug, Clone)]
pub struct SeriesPlan {
    /// Keys, sorted.
    pub keys: Vec<SeriesKey>,
    /// What to read for each.
    pub cells: Vec<Cell>,
}

/// A vendor or a group: its name in tables, and its members.
fn vendor_groups(world: &World) -> Vec<(String, Vec<usize>)> {
    let scenario = &world.scenario;
    let mut all: Vec<(String, Vec<usize>)> = scenario
        .vendors
        .iter()
        .enumerate()
        .map(|(i, v)| (v.id.clone(), vec![i]))
        .collect();
    let mut groups: Vec<&String> = scenario.vendors.iter().flat_map(|v| &v.groups).collect();
    groups.sort();
    groups.dedup();
    for group in groups {
        let members = (0..scenario.vendors.len()).filter(|v| scenario.vendors[*v].groups.contains(group));
        all.push((format!("group:{group}"), members.collect()));
    }
    all
}

/// Whether a vendor or group has a series of its own at a kind of place.
fn is_listed(by: ByVendor, place_kind: &str, id: &str, whole: bool) -> bool {
    let is_group = id.starts_with("group:");
    match (by, place_kind) {
        (ByVendor::No, _) => false,
        (ByVendor::Each, _) => !is_group && (whole || place_kind == "world"),
        (ByVendor::EachEverywhere, _) => !is_group,
        _ if whole => true,
        (_, "world" | "world_ex_china") => true,
        (ByVendor::Wide, "bloc") => id == "group:untrusted",
        (ByVendor::Blocs, "bloc") => !is_group || id == "group:untrusted",
        _ => false,
    }
}

/// Parts of a measure in a world: name and index.
fn parts_of(world: &World, measure: &Measure) -> Vec<(String, usize)> {
    let whole = || ("all".to_owned(), usize::MAX);
    let named = |names: &[&str]| -> Vec<(String, usize)> {
        names.iter().enumerate().map(|(i, n)| ((*n).to_owned(), i)).collect()
    };
    match measure.parts {
        Parts::Whole => vec![whole()],
        Parts::Named(names) => named(names),
        Parts::WithWhole(names) => std::iter::once(whole()).chain(named(names)).collect(),
        Parts::FromVendor => {
            let ids = world.vendors.iter().map(|v| v.id.as_str()).chain(["none"]);
            ids.enumerate().map(|(i, id)| (format!("from:{id}"), i)).collect()
        }
        Parts::Deadline => {
            let dates = exit_deadlines(world.start, world.end);
            dates.iter().enumerate().map(|(i, d)| (d.to_string(), i)).collect()
        }
        Parts::Lever => {
            let levers = world.scenario.levers.iter().enumerate();
            let spending = levers.filter(|(_, l)| l.lever.is_active() && l.lever.spends());
            std::iter::once(whole())
                .chain(spending.map(|(i, l)| (l.name.clone(), i)))
                .collect()
        }
    }
}

/// Whether any lever of a world spends public money.
fn spends(world: &World) -> bool {
    let mut levers = world.scenario.levers.iter();
    levers.any(|l| l.lever.is_active() && l.lever.spends())
}

impl SeriesPlan {
    /// No series: a run that nobody measures.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            keys: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Whether any series of a measure is recorded.
    #[must_use]
    pub fn records(&self, measure: &str) -> bool {
        self.keys.iter().any(|k| k.measure == measure)
    }

    /// Plans the series of a world.
    #[must_use]
    pub fn new(world: &World, breadth: Breadth) -> Self {
        let everyone: Vec<usize> = (0..world.vendors.len()).collect();
        let groups = vendor_groups(world);
        let mut rows = Vec::new();
        for (rank, measure) in CATALOGUE.iter().enumerate() {
            let d = measure.dims;
            let asked = world.scenario.measures.extra.iter().any(|name| name == measure.name);
            let recorded = match measure.recorded {
                _ if asked => Recorded::Everywhere,
                Recorded::ByName => continue,
                _ if breadth == Breadth::All => Recorded::Everywhere,
                Recorded::Never => continue,
                // Where public money is spent, every place has its own account of it.
                Recorded::World if measure.parts == Parts::Lever && spends(world) => Recorded::Everywhere,
                by_default => by_default,
            };
            // What is asked for by name is told of each seller in the blocs too.
            let by_vendor = match d.vendors {
                ByVendor::Wide if asked => ByVendor::Blocs,
                by_default => by_default,
            };
            let is_short = recorded == Recorded::World;
            let parts = parts_of(world, measure);
            for (p, place) in world.places.iter().enumerate() {
                let whole = breadth == Breadth::All && !d.world_only;
                let listed = match place.kind {
                    "world" => true,
                    "operator" => false,
                    "country" => d.countries && !d.world_only,
                    _ => !d.world_only && place.reported,
                };
                if !(listed || whole) || is_short && place.kind != "world" {
                    continue;
                }
                let is_world = place.kind == "world" || whole;
                // No account of public money leaves any of it out.
                let is_full = is_world || measure.parts == Parts::Lever;
                for component in d
                    .components
                    .iter()
                    .filter(|c| is_full && !is_short || **c == Component::Ran)
                {
                    let each = d.generations && is_world && !is_short && *component == Component::Ran;
                    let generations = std::iter::once(None).chain((0..world.gens.len()).filter(|_| each).map(Some));
                    for generation in generations {
                        let mut vendors: Vec<(String, Vec<usize>)> = Vec::new();
                        if d.all_vendors {
                            vendors.push(("all".to_owned(), everyone.clone()));
                        }
                        vendors.extend(
                            groups
                                .iter()
                                .filter(|(id, _)| is_listed(by_vendor, place.kind, id, whole))
                                .filter(|(id, _)| !is_short || !d.all_vendors && id == "group:untrusted")
                                .cloned(),
                        );
                        for (vendor, members) in vendors {
                            for (part, index) in &parts {
                                rows.push((
                                    SeriesKey {
                                        measure_rank: rank as u16,
                                        measure: measure.name,
                                        unit: measure.unit,
                                        component: component.name(),
                                        generation: generation
                                            .map_or_else(|| "all".to_owned(), |g| world.gens[g].id.clone()),
                                        place_kind: place.kind,
                                        place: place.id.clone(),
                                        vendor: vendor.clone(),
                                        part: part.clone(),
                                    },
                                    Cell {
                                        measure: rank,
                                        component: *component,
                                        generation,
                                        place: p,
                                        vendors: members.clone(),
                                        part: *index,
                                    },
                                ));
                            }
                        }
                    }
                }
            }
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let (keys, cells) = rows.into_iter().unzip();
        Self { keys, cells }
    }
}
