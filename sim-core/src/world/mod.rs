//! The world: what a replicate is played in.
//!
//! [`World`] is the fixed setting, built once from a validated scenario and one vector of drawn
//! parameters: countries, vendors, operators, and the *slots* in which radio networks are bought.
//! [`State`] is all that changes while a replicate is played. Everything is addressed by index; ids
//! stay at the edges.
//!
//! A **slot** is the smallest thing that is bought whole: the kit of one generation (or the core) at
//! the sites of one operator, in one *territory* (the part of its network that one supplier holds at the
//! start) and one *cohort* (phase of the replacement cycle). Its clusters, one an environment, are
//! geometry only: they give each slot its averages and each table its rows.

pub mod allocation;
pub mod build;
pub mod conditions;
pub mod fates;
pub mod outlay;
pub mod purse;
pub mod quota;
pub mod research;
pub mod rules;
pub mod sourcing;
pub mod state;
pub mod supply;

use crate::calendar::Day;
use crate::scenario::{ComponentBidding, Scenario};

pub use conditions::{Conditions, Shift};
pub use purse::{Aid, Lot, Part, Purse, Support};
pub use quota::{Demand, Quota, QuotaBook, Whole};
pub use rules::{RuleBook, RuleScope};
pub use state::{Arch, LeverDates, Neighbour, SlotState, Stack, State};

/// Index of a vendor; [`NO_VENDOR`] where there is none.
pub type VendorIx = u8;
/// No vendor.
pub const NO_VENDOR: VendorIx = u8::MAX;

/// The two components of a radio stack, in the order of all arrays over components.
pub const RU: usize = 0;
/// Baseband: distributed and central unit; also the place of the core in a core slot.
pub const BB: usize = 1;
/// The core, where it is told apart from the baseband: in what levers and research move of a vendor's products.
pub const CORE: usize = 2;
/// Products of a vendor that are told apart so: radio, baseband, core.
pub const PRODUCTS: usize = 3;

/// The product that a component of a layer is.
#[must_use]
pub fn product(layer: Layer, component: usize) -> usize {
    match layer {
        Layer::Ran(_) => component,
        Layer::Core => CORE,
    }
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The radio network of a generation (index).
    Ran(usize),
    /// The core network.
    Core,
}

impl Layer {
    /// Its index in arrays over layers: generations, then the core.
    #[must_use]
    pub fn index(self, world: &World) -> usize {
        match self {
            Layer::Ran(g) => g,
            Layer::Core => world.gens.len(),
        }
    }
}

/// One generation.
#[derive(Debug, Clone)]
pub struct Gen {
    /// `4g`, `5g`, ...
    pub id: String,
    /// Price of a site's stack over the reference price.
    pub price_factor: f64,
    /// First launch anywhere.
    pub first_launch: Option<Day>,
}

/// A country, with all that its operators share.
#[derive(Debug, Clone)]
pub struct CountryInfo {
    /// ISO 3166-1 alpha-3.
    pub id: String,
    /// Index of the region.
    pub region: usize,
    /// Indices of all blocs, the region among them.
    pub blocs: Vec<usize>,
    /// Price of equipment, 1 = Europe.
    pub price_level: f64,
    /// Price of labour, 1 = Europe.
    pub labour: f64,
    /// Operators' cost of capital, a year.
    pub wacc: f64,
    /// Crews per site in service.
    pub crews_per_site: f64,
    /// Trust weight against each vendor.
    pub trust: Vec<f64>,
    /// Yearly hazard of a ban on each vendor before any announcement.
    pub hazard: Vec<f64>,
    /// Whether each vendor sells here.
    pub sells: Vec<bool>,
    /// Shift of value of each vendor here, share of price.
    pub effect: Vec<f64>,
    /// Grant element of each vendor's tied credit here, share of price (0 without credit).
    pub grant: Vec<f64>,
    /// Launch of each generation, if any.
    pub launch: Vec<Option<Day>>,
}

impl CountryInfo {
    /// Grant element of a vendor's own tied credit here, share of price; 0 for nobody.
    #[must_use]
    pub fn own_credit(&self, vendor: VendorIx) -> f64 {
        self.grant.get(usize::from(vendor)).copied().unwrap_or(0.0)
    }
}

/// A vendor.
#[derive(Debug, Clone)]
pub struct VendorInfo {
    /// Id.
    pub id: String,
    /// Whether it is in group `untrusted`.
    pub untrusted: bool,
    /// Unit cost of radio and baseband at price level 1 and price factor 1; NaN if not sold.
    pub cost: [f64; 2],
    /// Unit cost of a core per subscriber; NaN if not sold.
    pub core_cost: f64,
    /// Quality of radio and baseband.
    pub quality: [f64; 2],
    /// Quality of the core.
    pub core_quality: f64,
    /// Whether it sells each generation.
    pub generations: Vec<bool>,
    /// Whether it sells closed bundles.
    pub closed: bool,
    /// Day from which it sells open parts.
    pub open_from: Option<Day>,
    /// Whether it may open its line by its own decision.
    pub may_open: bool,
    /// Day from which its open baseband is virtual.
    pub virtual_from: Option<Day>,
    /// First day of sale.
    pub sells_from: Option<Day>,
    /// Whether it learns on the shared white-box volume.
    pub white_box: bool,
    /// Sites delivered before the start.
    pub cumulative_sites: f64,
}

impl VendorInfo {
    /// Whether the vendor's parts can be bought open on a day.
    #[must_use]
    pub fn is_open(&self, today: Day) -> bool {
        self.open_from.is_some_and(|d| d <= today)
    }

    /// Whether its open baseband is virtual on a day.
    #[must_use]
    pub fn is_virtual(&self, today: Day) -> bool {
        self.virtual_from.is_some_and(|d| d <= today)
    }

    /// Whether the vendor sells a product at all.
    #[must_use]
    pub fn sells_component(&self, product: usize) -> bool {
        !self.cost.get(product).unwrap_or(&self.core_cost).is_nan()
    }

    /// Quality of its radio, baseband and core on the first day.
    #[must_use]
    pub fn qualities(&self) -> [f64; PRODUCTS] {
        let [ru, bb] = self.quality;
        [ru, bb, self.core_quality]
    }
}

/// An operator.
#[derive(Debug, Clone)]
pub struct OperatorInfo {
    /// Id.
    pub id: String,
    /// [`crate::draws::stable_hash`] of the id: the entity of its luck.
    pub key: u64,
    /// [`rules::mark`] of the id: whether rules of partial strength bind it.
    pub mark: u64,
    /// Country index.
    pub country: usize,
    /// Sites, those of programmes included.
    pub sites: f64,
    /// Integration skill in `[0,1]`.
    pub skill: f64,
    /// Foresight in `[0,1]`.
    pub foresight: f64,
    /// Onboarding cost of a new vendor: tools and training, US dollars.
    pub onboarding: [f64; 2],
    /// Cost of each vendor beyond the first, US dollars a year.
    pub extra_vendor: f64,
    /// Sites that its crews can change in a day.
    pub sites_per_day: f64,
    /// Its slots.
    pub slots: std::ops::Range<usize>,
}

/// One slot: see the module docs.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Operator index.
    pub operator: usize,
    /// Country index.
    pub country: usize,
    /// What it holds.
    pub layer: Layer,
    /// Place of the decision in the operator's network, for luck and ids: territory and cohort.
    pub territory: u32,
    /// Phase of the replacement cycle; programmes count on from the last cohort.
    pub cohort: u32,
    /// Name of the lot in keys of luck: a hash of who stood in the territory at the start, cohort and layer.
    pub lot: u32,
    /// Sites.
    pub sites: f64,
    /// Sites of the same layer and territory over all cohorts: what one contract term brings.
    pub territory_sites: f64,
    /// Price of a site's stack here, US dollars.
    pub price: f64,
    /// Weight of radio and baseband in the price.
    pub weight: [f64; 2],
    /// Site-weighted mean over environments of the open gap, criticality and tower work.
    pub mix: Mix,
    /// Its clusters: environment index and sites.
    pub clusters: Vec<(usize, f64)>,
    /// The other radio slots at the same sites, by generation (slot indices).
    pub siblings: Vec<Option<usize>>,
    /// First tender, if one is scheduled from the start.
    pub first_tender: Option<Day>,
    /// Kit at the start.
    pub initial: Option<Stack>,
    /// Whether its first kit is bought open, as a fact of entry.
    pub open_entry: bool,
    /// Day on which the kit at the start, or the first kit, is due for replacement.
    pub initial_due: Day,
    /// Unit cost multiplier from component cost at level 1 to this slot: price level x price factor, or
    /// subscribers per site for the core.
    pub cost_scale: f64,
}

impl Slot {
    /// Traffic of its sites, in sites of average traffic.
    #[must_use]
    pub fn traffic(&self, scenario: &Scenario) -> f64 {
        let weight = |environment: usize| scenario.environments[environment].traffic_weight;
        self.clusters.iter().map(|(e, sites)| sites * weight(*e)).sum()
    }

    /// What a tender of it is about.
    #[must_use]
    pub fn lot(&self) -> Lot {
        Lot {
            country: self.country,
            layer: self.layer,
            reference: self.weight.map(|weight| self.sites * weight * self.price),
        }
    }
}

/// What an environment asks of kit and crews; also the mean over a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    /// Performance gap of open stacks at maturity 0, share of quality value.
    pub open_gap: f64,
    /// Weight of security risk.
    pub criticality: f64,
    /// Tower work factor.
    pub ru_work: f64,
}

/// Places of results: kind and id, with the countries in each.
#[derive(Debug, Clone)]
pub struct Place {
    /// `world`, `world_ex_china`, `bloc`, `country` or `operator`.
    pub kind: &'static str,
    /// Id.
    pub id: String,
    /// Whether it has series of its own by default.
    pub reported: bool,
}

/// The fixed setting of a replicate.
#[derive(Debug, Clone)]
pub struct World {
    /// The scenario it was built from, with this replicate's parameters.
    pub scenario: std::sync::Arc<Scenario>,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Generations, the oldest first.
    pub gens: Vec<Gen>,
    /// Environments' demands on kit, by index.
    pub environments: Vec<Mix>,
    /// Ids of the environments.
    pub environment_ids: Vec<String>,
    /// Blocs' ids.
    pub blocs: Vec<String>,
    /// Regions: indices of blocs in which list prices form.
    pub regions: Vec<usize>,
    /// Countries.
    pub countries: Vec<CountryInfo>,
    /// Vendors, in the order of the scenario: the order of all draws.
    pub vendors: Vec<VendorInfo>,
    /// Operators.
    pub operators: Vec<OperatorInfo>,
    /// Slots, by operator.
    pub slots: Vec<Slot>,
    /// Places of results: the world, the world without China, blocs, countries, operators.
    pub places: Vec<Place>,
    /// For each country, the places that it belongs to (operators' own places not among them).
    pub places_of_country: Vec<Vec<usize>>,
    /// Index of the first operator among the places.
    pub first_operator_place: usize,
    /// Days from award to the first site.
    pub lead_days: i32,
    /// Forced tenders aim to be finished so many days before a deadline.
    pub margin_days: i32,
    /// Who sets the price of a two-seller stack.
    pub bidding: ComponentBidding,
}

impl World {
    /// Clusters in all: slots' environments with sites.
    #[must_use]
    pub fn cluster_count(&self) -> usize {
        // A cluster is a place, whatever generations stand there: count those of the base layer.
        let ran = self.slots.iter().filter(|s| {
            s.layer == Layer::Ran(0) || s.initial.is_none() && s.siblings.first().is_some_and(Option::is_none)
        });
        ran.map(|s| s.clusters.len()).sum()
    }

    /// Id of a slot's decision, stable across worlds: operator, territory, cohort and layer.
    #[must_use]
    pub fn slot_id(&self, slot: usize) -> String {
        let s = &self.slots[slot];
        let layer = match s.layer {
            Layer::Ran(g) => self.gens[g].id.as_str(),
            Layer::Core => "core",
        };
        format!(
            "{}.t{}.c{}.{layer}",
            self.operators[s.operator].id, s.territory, s.cohort
        )
    }
}
