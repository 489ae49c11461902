//! From a validated scenario to a world: ids become indices, shares become slots.

use std::sync::Arc;

use super::allocation::{Contradiction, StackMix, allocate, sellers_of};
use super::rules::mark;
use super::state::{Arch, Stack};
use super::{BB, CountryInfo, Gen, Layer, Mix, NO_VENDOR, OperatorInfo, Place, RU, Slot, VendorInfo, VendorIx, World};
use crate::calendar::Day;
use crate::draws::stable_hash;
use crate::market::value::grant_element;
use crate::scenario::{Country, Line, Scenario, Vendor};

/// Country left out of `world_ex_china`.
const CHINA: &str = "CHN";

fn lookup(map: &[(String, f64)], key: &str) -> Option<f64> {
    map.iter().find(|(k, _)| k == key).map(|(_, v)| *v)
}

/// Builds the world of a scenario.
///
/// # Errors
/// Contradictions between the mixes of countries and of their operators ([`allocate`]).
pub fn build(scenario: &Arc<Scenario>) -> Result<World, Vec<Contradiction>> {
    let allocation = allocate(scenario)?;
    let s = scenario.as_ref();
    let bloc_index = |id: &str| s.blocs.iter().position(|b| b.id == id).unwrap_or(0);
    let region_blocs: Vec<usize> = (0..s.blocs.len()).filter(|b| s.blocs[*b].region).collect();
    let countries: Vec<CountryInfo> = s
        .countries
        .iter()
        .map(|c| country(s, c, &region_blocs, bloc_index))
        .collect();
    let gens = s.generations.iter().map(|g| Gen {
        id: g.id.clone(),
        price_factor: g.price_factor,
        first_launch: s.countries.iter().filter_map(|c| date(&c.launch, &g.id)).min(),
    });
    let mut world = World {
        scenario: Arc::clone(scenario),
        start: s.start,
        end: s.end,
        gens: gens.collect(),
        environments: s
            .environments
            .iter()
            .map(|e| Mix {
                open_gap: e.open_gap_share,
                criticality: e.criticality,
                ru_work: e.ru_work_factor,
            })
            .collect(),
        environment_ids: s.environments.iter().map(|e| e.id.clone()).collect(),
        blocs: s.blocs.iter().map(|b| b.id.clone()).collect(),
        regions: region_blocs,
        countries,
        vendors: s.vendors.iter().map(|v| vendor(s, v)).collect(),
        operators: Vec::new(),
        slots: Vec::new(),
        places: Vec::new(),
        places_of_country: Vec::new(),
        first_operator_place: 0,
        lead_days: days(s.contract.lead_time_months),
        margin_days: days(s.contract.after_ban_margin_months),
        bidding: s.market.component_bidding,
    };
    for (o, mix) in allocation.operators.iter().enumerate() {
        add_operator(&mut world, o, mix);
    }
    add_places(&mut world);
    Ok(world)
}

/// Months as whole days.
fn days(months: f64) -> i32 {
    libm::round(months * 365.25 / 12.0) as i32
}

fn date(map: &[(String, Day)], key: &str) -> Option<Day> {
    map.iter().find(|(k, _)| k == key).map(|(_, d)| *d)
}

fn country(s: &Scenario, c: &Country, regions: &[usize], bloc_index: impl Fn(&str) -> usize) -> CountryInfo {
    let region_bloc = bloc_index(&c.region);
    let mut blocs: Vec<usize> = std::iter::once(region_bloc)
        .chain(c.blocs.iter().map(|b| bloc_index(b)))
        .collect();
    blocs.sort_unstable();
    blocs.dedup();
    let is_here = |place: &str| place == c.id || place == c.region || c.blocs.iter().any(|b| b == place);
    let by_home = |map: &[(String, f64)]| {
        s.vendors
            .iter()
            .map(|v| lookup(map, &v.home).unwrap_or(0.0))
            .collect::<Vec<_>>()
    };
    CountryInfo {
        id: c.id.clone(),
        region: regions.iter().position(|r| *r == region_bloc).unwrap_or(0),
        blocs,
        price_level: c.price_level,
        labour: c.labour_level,
        wacc: c.wacc,
        crews_per_site: c.crews_per_1000_sites / 1000.0,
        trust: by_home(&c.trust),
        hazard: by_home(&c.ban_hazard),
        sells: s
            .vendors
            .iter()
            .map(|v| v.sells_in.is_empty() || v.sells_in.iter().any(|p| is_here(p)))
            .collect(),
        effect: s
            .vendors
            .iter()
            .map(|v| {
                v.regional_effect
                    .iter()
                    .filter(|(p, _)| is_here(p))
                    .map(|(_, e)| e)
                    .sum()
            })
            .collect(),
        grant: s
            .vendors
            .iter()
            .map(|v| match (&v.credit, c.credit_eligible && v.home != c.id) {
                (Some(credit), true) => {
                    credit.financed_share
                        * grant_element(
                            c.wacc,
                            credit.interest,
                            credit.tenor_years.min(s.contract.term_years),
                            credit.grace_years,
                        )
                }
                _ => 0.0,
            })
            .collect(),
        launch: s.generations.iter().map(|g| date(&c.launch, &g.id)).collect(),
    }
}

fn vendor(s: &Scenario, v: &Vendor) -> VendorInfo {
    let both = v.ru_cost.is_some() && v.bb_cost.is_some();
    VendorInfo {
        id: v.id.clone(),
        untrusted: v.groups.iter().any(|g| g == "untrusted"),
        cost: [v.ru_cost.unwrap_or(f64::NAN), v.bb_cost.unwrap_or(f64::NAN)],
        core_cost: v.core_cost.unwrap_or(f64::NAN),
        quality: [v.ru_quality, v.bb_quality],
        core_quality: v.core_quality,
        generations: s.generations.iter().map(|g| v.generations.contains(&g.id)).collect(),
        closed: both && v.line != Line::Open,
        open_from: match v.line {
            Line::Open | Line::OpenCapable => Some(Day::MIN),
            Line::Closed => v.opens,
        },
        may_open: both && v.line == Line::Closed && s.vendor_decisions.is_some_and(|d| d.opening_cost.is_some()),
        virtual_from: v.virtual_from,
        sells_from: v.sells_from,
        white_box: v.white_box,
        cumulative_sites: v.cumulative_sites,
    }
}

/// One stretch of an operator's network: where, and with which kit.
struct Stretch {
    territory: u32,
    cohort: u32,
    /// Phase in [0,1) of the cohort within its operator's cycle.
    phase: f64,
    /// Who stood here at the start, or the programme: the name of the lot in keys of luck.
    name: String,
    /// Clusters in each environment.
    pieces: u32,
    /// Sites by environment.
    by_environment: Vec<f64>,
    /// First generation that stands here, and the day of its first tender (none: it stands at the start).
    first: (usize, Option<Day>),
    stack: Option<Stack>,
    /// Whether the first kit of each generation is bought open.
    open_entry: bool,
}

fn add_operator(world: &mut World, o: usize, mix: &StackMix) {
    let scenario = Arc::clone(&world.scenario);
    let s = scenario.as_ref();
    let op = &s.operators[o];
    let c = s.countries.iter().position(|c| c.id == op.country).unwrap_or(0);
    let country = &s.countries[c];
    let cohorts = op.cohorts.max(1);
    // Cohorts that fall due within a year are one round and are awarded together; more of them are finer geometry, not more decisions.
    let waves = cohorts.min((s.contract.term_years as u32).max(1));
    let pieces = |wave: u32| cohorts / waves + u32::from(wave < cohorts % waves);
    let programmes: Vec<_> = s.programmes.iter().filter(|p| p.operator == op.id).collect();
    let sites = op.sites + programmes.iter().map(|p| p.sites).sum::<f64>();
    let mix_of = |sites: f64| -> Vec<f64> {
        s.environments
            .iter()
            .map(|e| sites * lookup(&country.environment_mix, &e.id).unwrap_or(0.0))
            .collect()
    };
    let mut stretches = Vec::new();
    let term = s.contract.term_years;
    let base_launch = s
        .generations
        .first()
        .and_then(|g| date(&country.launch, &g.id))
        .unwrap_or(world.start);
    let lots = op.lots.max(1) as usize;
    let cut = (0..mix.len() * lots).map(|t| (t, t % lots, &mix[t / lots]));
    for (t, lot, (key, share)) in cut {
        let (ru, bb) = sellers_of(key);
        let seller = |id: &str| {
            s.vendors
                .iter()
                .position(|v| v.id == id)
                .map_or(NO_VENDOR, |v| v as VendorIx)
        };
        for cohort in 0..waves {
            let phase = (f64::from(cohort) + (t as f64 + 0.5) / (mix.len() * lots) as f64) / f64::from(waves);
            // Ages are uniform by cohort from the national launch on: the cycle's phase goes round with it.
            let turns = phase - base_launch.years_until(world.start) / term;
            let due = world.start.plus_years(term * (turns - libm::floor(turns)));
            let installed = due.plus_years(-term);
            let stack = Stack {
                seller: [seller(ru), seller(bb)],
                arch: if ru == bb { Arch::Closed } else { Arch::OpenMulti },
                is_virtual: false,
                installed: [installed; 2],
                exercised: false,
                grant: [ru, bb].map(|id| world.countries[c].own_credit(seller(id))),
            };
            stretches.push(Stretch {
                territory: t as u32,
                cohort,
                phase,
                name: if lot == 0 { key.clone() } else { format!("{key}#{lot}") },
                pieces: pieces(cohort),
                by_environment: mix_of(op.sites * share / f64::from(waves) / lots as f64),
                first: (0, None),
                stack: Some(stack),
                open_entry: false,
            });
        }
    }
    let mut cohort = waves;
    for (p, programme) in programmes.iter().enumerate() {
        let g = s
            .generations
            .iter()
            .position(|g| g.id == programme.generation)
            .unwrap_or(0);
        for batch in 0..programme.years {
            let tender = programme.start.add_months(12 * batch as i32).max(world.start);
            let phase = (f64::from(batch) + 0.5) / f64::from(programme.years);
            stretches.push(Stretch {
                territory: (mix.len() * lots + p) as u32,
                cohort,
                phase,
                name: programme.id.clone(),
                pieces: 1,
                by_environment: mix_of(programme.sites / f64::from(programme.years)),
                first: (g, Some(tender)),
                stack: None,
                open_entry: programme.open,
            });
            cohort += 1;
        }
    }
    let first_slot = world.slots.len();
    for stretch in &stretches {
        add_stretch(world, o, c, stretch);
    }
    let core_slot = world.slots.len();
    for i in first_slot..core_slot {
        let (layer, territory) = (world.slots[i].layer, world.slots[i].territory);
        world.slots[i].territory_sites = world.slots[first_slot..core_slot]
            .iter()
            .filter(|x| x.layer == layer && x.territory == territory)
            .map(|x| x.sites)
            .sum();
    }
    if op.sites > 0.0 && op.subscribers_m > 0.0 {
        add_core(world, o, c, op.sites, mix);
    }
    let size = libm::pow(
        sites.max(1.0) / s.switching.onboarding_reference_sites,
        s.switching.onboarding_size_elasticity,
    );
    let info = &world.countries[c];
    world.operators.push(OperatorInfo {
        id: op.id.clone(),
        key: stable_hash(&op.id),
        mark: mark(&op.id),
        country: c,
        sites,
        skill: op.integration_skill,
        foresight: op.foresight.unwrap_or(s.foresight.buyer),
        onboarding: [
            info.labour * size * s.switching.oss_onboarding,
            info.labour * size * s.switching.training,
        ],
        extra_vendor: info.labour * size * s.integration.extra_vendor_per_year,
        sites_per_day: (sites * info.crews_per_site * s.supply.sites_per_crew_week / 7.0).max(f64::MIN_POSITIVE),
        slots: first_slot..world.slots.len(),
    });
}

/// Name of a lot in keys of luck: who stood there at the start (or the programme), cohort and layer, whatever else the operator has.
fn lot_name(name: &str, cohort: u32, layer: &str) -> u32 {
    (stable_hash(&format!("{name}/{cohort}/{layer}")) >> 32) as u32
}

fn add_stretch(world: &mut World, o: usize, c: usize, stretch: &Stretch) {
    let scenario = Arc::clone(&world.scenario);
    let s = scenario.as_ref();
    let country = &s.countries[c];
    let first = world.slots.len();
    let mut siblings = vec![None; s.generations.len()];
    for (g, generation) in s.generations.iter().enumerate().skip(stretch.first.0) {
        let is_first = g == stretch.first.0;
        let rollout = lookup(&country.rollout_years, &generation.id).unwrap_or(4.0);
        let launch = date(&country.launch, &generation.id).map(|d| d.plus_years(rollout * stretch.phase));
        let built = stretch.first.1.unwrap_or(world.start);
        let first_tender = if is_first {
            stretch.first.1
        } else {
            launch.map(|d| d.max(built))
        };
        // What is first bought after the last day stands here too: prices for the average buyer must not hang on when a run ends.
        if !is_first && launch.is_none() {
            continue;
        }
        let factor = lookup(&country.coverage_factor, &generation.id).unwrap_or(1.0);
        let covered = |e: usize| {
            if is_first {
                1.0
            } else {
                lookup(&s.environments[e].coverage, &generation.id).unwrap_or(1.0) * factor
            }
        };
        let whole = (0..s.environments.len())
            .map(|e| (e, stretch.by_environment[e] * covered(e)))
            .filter(|(_, n)| *n > 0.0);
        let clusters: Vec<(usize, f64)> = whole
            .flat_map(|(e, n)| (0..stretch.pieces).map(move |_| (e, n / f64::from(stretch.pieces))))
            .collect();
        let sites: f64 = clusters.iter().map(|(_, n)| n).sum();
        if sites <= 0.0 {
            continue;
        }
        let mean = |of: fn(&Mix) -> f64| {
            clusters
                .iter()
                .map(|(e, n)| n * of(&world.environments[*e]))
                .sum::<f64>()
                / sites
        };
        let mix = Mix {
            open_gap: mean(|m| m.open_gap),
            criticality: mean(|m| m.criticality),
            ru_work: mean(|m| m.ru_work),
        };
        let stack = if is_first { stretch.stack } else { None };
        let initial_due = match stack {
            Some(stack) => stack.installed[RU].plus_years(s.contract.term_years),
            None => first_tender.unwrap_or(world.start).add_days(world.lead_days),
        };
        siblings[g] = Some(world.slots.len());
        world.slots.push(Slot {
            operator: o,
            country: c,
            layer: Layer::Ran(g),
            territory: stretch.territory,
            cohort: stretch.cohort,
            lot: lot_name(&stretch.name, stretch.cohort, &generation.id),
            sites,
            territory_sites: sites,
            price: s.market.reference_price * country.price_level * generation.price_factor,
            weight: [s.market.ru_share, 1.0 - s.market.ru_share],
            mix,
            clusters,
            siblings: Vec::new(),
            first_tender,
            initial: stack,
            open_entry: stretch.open_entry,
            initial_due,
            cost_scale: country.price_level * generation.price_factor,
        });
    }
    for slot in &mut world.slots[first..] {
        slot.siblings.clone_from(&siblings);
    }
}

/// The core: one stack an operator, from the largest of its radio suppliers that sells one.
fn add_core(world: &mut World, o: usize, c: usize, sites: f64, mix: &StackMix) {
    let scenario = Arc::clone(&world.scenario);
    let s = scenario.as_ref();
    let op = &s.operators[o];
    let cores = |id: &str| s.vendors.iter().position(|v| v.id == id && v.core_cost.is_some());
    let mut by_share: Vec<&(String, f64)> = mix.iter().collect();
    by_share.sort_by(|a, b| b.1.total_cmp(&a.1));
    let supplier = by_share.iter().find_map(|(key, _)| cores(sellers_of(key).1));
    let Some(supplier) = supplier.or_else(|| {
        s.vendors
            .iter()
            .position(|v| v.core_cost.is_some() && v.sells_in.is_empty())
    }) else {
        return;
    };
    let subscribers_per_site = op.subscribers_m * 1e6 / sites;
    let term = s.contract.term_years;
    // The phase is the operator's own: neither the order of operators nor another operator moves it.
    let phase = (stable_hash(&op.id) >> 11) as f64 / (1u64 << 53) as f64;
    let due = world.start.plus_years(term * phase);
    let sells = s.vendors.len();
    debug_assert!(supplier < sells);
    world.slots.push(Slot {
        operator: o,
        country: c,
        layer: Layer::Core,
        territory: 0,
        cohort: 0,
        lot: lot_name("core", 0, "core"),
        sites,
        territory_sites: sites,
        price: s.market.core_price_per_subscriber * subscribers_per_site,
        weight: [0.0, 1.0],
        mix: Mix {
            open_gap: 0.0,
            criticality: 2.0,
            ru_work: 1.0,
        },
        clusters: vec![(0, sites)],
        siblings: vec![None; s.generations.len()],
        first_tender: None,
        initial: Some(Stack {
            seller: [NO_VENDOR, supplier as VendorIx],
            arch: Arch::Closed,
            is_virtual: false,
            installed: [due.plus_years(-term); 2],
            exercised: false,
            grant: [0.0, world.countries[c].own_credit(supplier as VendorIx)],
        }),
        open_entry: false,
        initial_due: due,
        cost_scale: subscribers_per_site,
    });
    debug_assert_eq!(world.slots.last().map(|x| x.weight[BB]), Some(1.0));
}

fn add_places(world: &mut World) {
    let place = |kind, id: &str| Place {
        kind,
        id: id.to_owned(),
        reported: true,
    };
    let mut places = vec![place("world", "world"), place("world_ex_china", "world_ex_china")];
    let first_bloc = places.len();
    places.extend(world.scenario.blocs.iter().map(|b| Place {
        reported: b.report,
        ..place("bloc", &b.id)
    }));
    let first_country = places.len();
    places.extend(world.countries.iter().map(|c| place("country", &c.id)));
    world.first_operator_place = places.len();
    places.extend(world.operators.iter().map(|o| place("operator", &o.id)));
    world.places_of_country = world
        .countries
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let mut all = vec![0];
            if c.id != CHINA {
                all.push(1);
            }
            all.extend(c.blocs.iter().map(|b| first_bloc + b));
            all.push(first_country + i);
            all
        })
        .collect();
    world.places = places;
}
