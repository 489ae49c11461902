//! All that changes while a replicate is played.

use super::fates::Fates;
use super::research::Research;
use super::supply::Supplies;
use super::{BB, Conditions, Layer, NO_VENDOR, Purse, QuotaBook, RU, RuleBook, VendorIx, World};
use crate::calendar::{Day, Handle};
use crate::draws::{Decision, Luck, StreamKey};

/// Architecture of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arch {
    /// One vendor's bundle.
    Closed,
    /// One vendor, open interfaces.
    OpenSingle,
    /// Radio and baseband of two vendors.
    OpenMulti,
}

/// Kit of one slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stack {
    /// Seller of radio and baseband (for the core, only the second).
    pub seller: [VendorIx; 2],
    /// Architecture.
    pub arch: Arch,
    /// Whether the baseband is virtual.
    pub is_virtual: bool,
    /// Day on which each component stood.
    pub installed: [Day; 2],
    /// Whether a part of this open stack has been changed for another seller's.
    pub exercised: bool,
    /// Grant element of the credit that was taken with each component at its award, share of price: the seller's own, or that of a lever's
    /// loan. What of it the contract has still to run for is lost on leaving early, whatever terms are offered today.
    pub grant: [f64; 2],
}

impl Stack {
    /// Whether the vendor supplies any of it.
    #[must_use]
    pub fn holds(&self, vendor: VendorIx) -> bool {
        self.seller.contains(&vendor)
    }

    /// Whether the fronthaul is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.arch != Arch::Closed
    }
}

/// A generation beside a slot's own at the same sites.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Seller of its baseband.
    pub seller: VendorIx,
    /// Share of the slot's own sites at which it stands.
    pub overlap: f64,
    /// Price of a site's stack of it, US dollars.
    pub price: f64,
}

impl Neighbour {
    /// No neighbour.
    pub const NONE: Self = Self {
        seller: NO_VENDOR,
        overlap: 0.0,
        price: 0.0,
    };
}

/// State of one slot.
#[derive(Debug, Clone, Copy)]
pub struct SlotState {
    /// Kit in service.
    pub stack: Option<Stack>,
    /// Kit bought and not yet standing.
    pub pending: Option<Stack>,
    /// Day on which the kit is due for replacement.
    pub due: Day,
    /// Awards so far: the number of the cycle in the key of luck.
    pub cycle: u32,
    /// Times that the kit has been kept since the last award.
    pub keeps: u32,
    /// The next tender in the calendar.
    pub tender: Option<Handle>,
    /// Whether that tender is forced.
    pub forced: bool,
    /// Contract price of a site, for add-ons, US dollars.
    pub contract_price: f64,
    /// Probability, expected at the last award, that its sellers stay at the next tender; `None` where nobody looked ahead.
    pub expected_to_stay: Option<f64>,
}

/// One interface between parts, with what is posted of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InterfaceState {
    /// Maturity in `[0,1]`.
    pub maturity: f64,
    /// Day of the last release.
    pub last_release: Day,
}

/// Interfaces, in the order of the arrays.
pub const FRONTHAUL: usize = 0;
/// Between generations and between neighbours.
pub const X2: usize = 1;
/// Between networks and management systems.
pub const MANAGEMENT: usize = 2;

/// When a lever binds, and until when it must be obeyed: known from the start, or since what it waited for came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeverDates {
    /// Day from which it binds.
    pub in_force: Option<Day>,
    /// Last day to do what it demands.
    pub deadline: Option<Day>,
}

/// All that changes.
#[derive(Debug, Clone)]
pub struct State {
    /// Today.
    pub today: Day,
    /// Slots.
    pub slots: Vec<SlotState>,
    /// First day on which each operator's crews are free.
    pub crew_free: Vec<Day>,
    /// Slots held by each vendor at each operator, operator-major.
    pub supplied: Vec<u32>,
    /// Last day on which a vendor supplied an operator, operator-major; `None` if never.
    pub last_supplied: Vec<Option<Day>>,
    /// Days of the levers, by their place in the scenario.
    pub dates: Vec<LeverDates>,
    /// Rules.
    pub rules: RuleBook,
    /// Caps and floors on shares of operators' sites.
    pub quotas: QuotaBook,
    /// What levers have moved of the conditions of the market.
    pub conditions: Conditions,
    /// Public money toward purchases.
    pub purse: Purse,
    /// Components of vendors that are cut off.
    pub supply: Supplies,
    /// Research and quality, where the scenario switches them on.
    pub research: Option<Research>,
    /// What vendors have decided of themselves, where the scenario lets them.
    pub fates: Option<Fates>,
    /// Days by which levers have brought the launch of a generation forward, country-major.
    pub launch_forward: Vec<i32>,
    /// Whether each generation has been launched anywhere: what has been launched stays so, whatever becomes of the lever that brought it
    /// forward.
    pub launched: Vec<bool>,
    /// Interfaces: fronthaul, X2, management.
    pub interfaces: [InterfaceState; 3],
    /// Cumulative sites of each vendor.
    pub volume: Vec<f64>,
    /// Sites of the operators to whom each vendor has delivered a core since the start, once a core.
    pub core_volume: Vec<f64>,
    /// Cumulative white-box sites.
    pub white_box_volume: f64,
    /// Sites of each (radio, baseband) pair of two sellers, radio-major.
    pub pair_sites: Vec<f64>,
    /// Persistent tastes in units of price, operator-major.
    pub taste: Vec<f64>,
}

impl State {
    /// The state on the first day.
    #[must_use]
    pub fn new(world: &World, luck: &Luck) -> Self {
        let vendors = world.vendors.len();
        let slots = world.slots.iter().map(|s| SlotState {
            stack: s.initial,
            pending: None,
            due: s.initial_due,
            cycle: 0,
            keeps: 0,
            tender: None,
            forced: false,
            contract_price: s.price,
            expected_to_stay: None,
        });
        let integration = &world.scenario.interfaces;
        let interface = |i: usize| InterfaceState {
            maturity: integration[i].maturity,
            last_release: world.start,
        };
        let mut state = Self {
            today: world.start,
            slots: slots.collect(),
            crew_free: vec![world.start; world.operators.len()],
            supplied: vec![0; world.operators.len() * vendors],
            last_supplied: vec![None; world.operators.len() * vendors],
            dates: world.scenario.levers.iter().map(|n| n.lever.common().dates()).collect(),
            rules: RuleBook::new(world.countries.len(), vendors),
            quotas: QuotaBook::default(),
            conditions: Conditions::neutral(world.countries.len(), vendors),
            purse: Purse::new(world.scenario.levers.len(), world.countries.len()),
            supply: Supplies::default(),
            research: Research::new(world),
            fates: Fates::new(world),
            launch_forward: vec![0; world.countries.len() * world.gens.len()],
            launched: (world.gens.iter())
                .map(|g| g.first_launch.is_some_and(|d| d <= world.start))
                .collect(),
            interfaces: [interface(FRONTHAUL), interface(X2), interface(MANAGEMENT)],
            volume: world.vendors.iter().map(|v| v.cumulative_sites).collect(),
            core_volume: vec![0.0; vendors],
            white_box_volume: world.scenario.learning.white_box_sites,
            pair_sites: vec![0.0; vendors * vendors],
            taste: draw_tastes(world, luck),
        };
        for (i, slot) in world.slots.iter().enumerate() {
            if let Some(stack) = state.slots[i].stack {
                state.enter(world, i, &stack);
                if stack.arch == Arch::OpenMulti {
                    let pair = usize::from(stack.seller[RU]) * vendors + usize::from(stack.seller[BB]);
                    state.pair_sites[pair] += slot.sites;
                }
            }
        }
        Research::begin(world, &mut state);
        state
    }

    /// Names of the fields in which this state differs from another one: what a lever has written.
    #[must_use]
    pub fn changes(&self, before: &Self) -> Vec<&'static str> {
        let mut changed = Vec::new();
        let mut note = |name: &'static str, differs: bool| {
            if differs {
                changed.push(name);
            }
        };
        let same_slot = |(a, b): (&SlotState, &SlotState)| {
            a.stack == b.stack
                && a.pending == b.pending
                && a.due == b.due
                && a.cycle == b.cycle
                && a.keeps == b.keeps
                && a.forced == b.forced
                && a.contract_price.to_bits() == b.contract_price.to_bits()
        };
        let (c, d) = (&self.conditions, &before.conditions);
        note("today", self.today != before.today);
        note("slots", !self.slots.iter().zip(&before.slots).all(same_slot));
        note("crew_free", self.crew_free != before.crew_free);
        note(
            "supplied",
            self.supplied != before.supplied || self.last_supplied != before.last_supplied,
        );
        note("rules", self.rules != before.rules);
        note("quotas", self.quotas != before.quotas);
        note("conditions.trust", c.trust != d.trust);
        note("conditions.hazard", c.hazard != d.hazard);
        note("conditions.levies", !c.levies().eq(d.levies()));
        note("conditions.wacc", c.wacc != d.wacc);
        note("conditions.closed_handicap", c.closed_handicap != d.closed_handicap);
        note("conditions.open_risk", c.open_risk != d.open_risk);
        note("conditions.cost", c.cost != d.cost);
        note("conditions.subsidised", c.subsidised != d.subsidised);
        note("conditions.royalties", c.royalties != d.royalties);
        note("conditions.quality", c.quality != d.quality);
        note("conditions.support", c.support != d.support);
        note("conditions.wait", c.wait != d.wait);
        note("conditions.maturity_cap", c.maturity_cap != d.maturity_cap);
        note("supply", self.supply != before.supply);
        note("research", self.research != before.research);
        note("fates", self.fates != before.fates);
        note("launch_forward", self.launch_forward != before.launch_forward);
        note("launched", self.launched != before.launched);
        note("purse", self.purse != before.purse);
        note("interfaces", self.interfaces != before.interfaces);
        note(
            "volume",
            self.volume != before.volume
                || self.core_volume != before.core_volume
                || self.white_box_volume != before.white_box_volume,
        );
        note("pair_sites", self.pair_sites != before.pair_sites);
        note("taste", self.taste != before.taste);
        changed
    }

    /// Counts a stack among what its sellers supply to the operator.
    /// The core counts apart: a core supplier knows nothing of the operator's radio network.
    pub fn enter(&mut self, world: &World, slot: usize, stack: &Stack) {
        if world.slots[slot].layer == Layer::Core {
            return;
        }
        let operator = world.slots[slot].operator;
        for v in sellers(stack) {
            let at = operator * world.vendors.len() + usize::from(v);
            self.supplied[at] += 1;
            self.last_supplied[at] = Some(self.today);
        }
    }

    /// Takes a stack out of what its sellers supply.
    pub fn leave(&mut self, world: &World, slot: usize, stack: &Stack) {
        if world.slots[slot].layer == Layer::Core {
            return;
        }
        let operator = world.slots[slot].operator;
        for v in sellers(stack) {
            let at = operator * world.vendors.len() + usize::from(v);
            self.supplied[at] = self.supplied[at].saturating_sub(1);
            self.last_supplied[at] = Some(self.today);
        }
    }

    /// The neighbouring generations at the same sites: the nearest older and the nearest newer one that stand.
    #[must_use]
    pub fn legacy(&self, world: &World, slot: usize) -> [Neighbour; 2] {
        let info = &world.slots[slot];
        let Layer::Ran(own) = info.layer else {
            return [Neighbour::NONE; 2];
        };
        let standing = |sibling: &Option<usize>| {
            let s = (*sibling)?;
            let stack = self.slots[s].stack?;
            let other = &world.slots[s];
            Some(Neighbour {
                seller: stack.seller[BB],
                overlap: (other.sites / info.sites).min(1.0),
                price: other.price,
            })
        };
        let older = info.siblings[..own.min(info.siblings.len())]
            .iter()
            .rev()
            .find_map(standing);
        let newer = info.siblings.get(own + 1..).unwrap_or(&[]).iter().find_map(standing);
        [older.unwrap_or(Neighbour::NONE), newer.unwrap_or(Neighbour::NONE)]
    }

    /// Years of life left of each component of a slot's stack on a day, and years of age.
    #[must_use]
    pub fn life(&self, world: &World, stack: &Stack, today: Day) -> ([f64; 2], [f64; 2]) {
        let term = world.scenario.contract.term_years;
        let ages = stack.installed.map(|d| d.years_until(today).max(0.0));
        (ages.map(|a| (term - a).max(0.0)), ages)
    }

    /// Days by which a generation is brought forward in a country.
    #[must_use]
    pub fn forward(&self, world: &World, country: usize, generation: usize) -> i32 {
        self.launch_forward[country * world.gens.len() + generation]
    }

    /// First launch of a generation anywhere, as it is planned today.
    #[must_use]
    pub fn first_launch(&self, world: &World, generation: usize) -> Option<Day> {
        self.launches(world, generation).min()
    }

    /// Whether a generation has been launched somewhere by today.
    #[must_use]
    pub fn is_launched(&self, world: &World, generation: usize) -> bool {
        self.launched[generation] || self.launches(world, generation).any(|d| d <= self.today)
    }

    /// Launches of a generation as they are planned today.
    fn launches(&self, world: &World, generation: usize) -> impl Iterator<Item = Day> {
        let planned = move |(c, country): (usize, &super::CountryInfo)| {
            country.launch[generation].map(|d| d.add_days(-self.forward(world, c, generation)))
        };
        world.countries.iter().enumerate().filter_map(planned)
    }

    /// Share of each country's radio sites, weighted by component, that each vendor supplies: country-major, zeros where nothing stands.
    #[must_use]
    pub fn country_shares(&self, world: &World) -> Vec<f64> {
        self.shares(world, world.countries.len(), |slot| slot.country, |_| true)
    }

    /// Share of all radio sites, weighted by component, that each vendor supplies in stacks of some kind.
    #[must_use]
    pub fn world_shares(&self, world: &World, counts: impl Fn(&Stack) -> bool) -> Vec<f64> {
        self.shares(world, 1, |_| 0, counts)
    }

    fn shares(
        &self,
        world: &World,
        places: usize,
        place: impl Fn(&super::Slot) -> usize,
        counts: impl Fn(&Stack) -> bool,
    ) -> Vec<f64> {
        let vendors = world.vendors.len();
        let mut held = vec![0.0; places * vendors];
        let mut all = vec![0.0; places];
        for (slot, info) in self.slots.iter().zip(&world.slots) {
            let (Some(stack), Layer::Ran(_)) = (slot.stack, info.layer) else {
                continue;
            };
            let at = place(info);
            all[at] += info.sites;
            if counts(&stack) {
                for k in [RU, BB] {
                    held[at * vendors + usize::from(stack.seller[k])] += info.sites * info.weight[k];
                }
            }
        }
        for (i, h) in held.iter_mut().enumerate() {
            let sites = all[i / vendors];
            *h = if sites > 0.0 { *h / sites } else { 0.0 };
        }
        held
    }

    /// How far an operator is trained for a vendor, in `[0,1]`: 1 while it supplies, then halving with the
    /// half-life of training.
    #[must_use]
    pub fn trained(&self, world: &World, operator: usize, vendor: VendorIx) -> f64 {
        let at = operator * world.vendors.len() + usize::from(vendor);
        if self.supplied[at] > 0 {
            return 1.0;
        }
        let half_life = world.scenario.switching.training_half_life_years;
        self.last_supplied[at].map_or(0.0, |d| libm::exp2(-d.years_until(self.today) / half_life))
    }
}

/// The distinct sellers of a stack.
pub fn sellers(stack: &Stack) -> impl Iterator<Item = VendorIx> {
    let [a, b] = stack.seller;
    let first = Some(a).filter(|v| *v != NO_VENDOR);
    let second = Some(b).filter(|v| *v != NO_VENDOR && *v != a);
    first.into_iter().chain(second)
}

/// Candidate vectors of taste from which one is taken.
const TASTE_CANDIDATES: usize = 32;
/// Positions of one candidate: as many as an index of vendors can name.
const TASTE_STRIDE: usize = 256;

/// Persistent taste of each operator for each vendor in units of the price, operator-major, drawn
/// *conditional on the kit at the start*: of `TASTE_CANDIDATES` vectors of N(0, sd), one is taken with
/// probability proportional to that with which a buyer of that taste would have bought the installed kit
/// (sampling importance resampling). Without the condition all persistence would be lock-in by construction.
fn draw_tastes(world: &World, luck: &Luck) -> Vec<f64> {
    let market = &world.scenario.market;
    let sd = market.persistent_taste_sd_share;
    let vendors = world.vendors.len();
    let mut tastes = Vec::with_capacity(world.operators.len() * vendors);
    let mut candidates = vec![0.0; TASTE_CANDIDATES * vendors];
    let mut weight = vec![0.0; TASTE_CANDIDATES];
    for operator in &world.operators {
        let key = StreamKey {
            kind: Decision::Taste,
            entity: operator.key,
            lot: 0,
            cycle: 0,
            cause: 0,
        };
        let mut draws = luck.stream(key);
        for (i, c) in candidates.iter_mut().enumerate() {
            // A fixed stride: a vendor that is added later changes no other vendor's taste.
            *c = draws.normal_at((1 + i / vendors * TASTE_STRIDE + i % vendors) as u32);
        }
        // Sites that each vendor holds at the start: what the taste must have led to.
        let mut held = vec![0.0; vendors];
        let mut all = 0.0;
        for slot in &world.slots[operator.slots.clone()] {
            let (Layer::Ran(_), Some(stack)) = (slot.layer, slot.initial) else {
                continue;
            };
            for component in [RU, BB] {
                held[usize::from(stack.seller[component])] += slot.sites * slot.weight[component];
            }
            all += slot.sites;
        }
        let country = &world.countries[operator.country];
        // What an unattached buyer here would think of each vendor's bundle, share of price: quality, trust and credit less cost.
        let part = [market.ru_share, 1.0 - market.ru_share];
        let plain: Vec<f64> = world
            .vendors
            .iter()
            .enumerate()
            .map(|(v, info)| {
                let per_component = |k: usize| {
                    part[k] * market.quality_value_share * info.quality[k] - info.cost[k] / market.reference_price
                };
                per_component(RU) + per_component(BB) + country.effect[v] + country.grant[v]
                    - market.risk_share * country.trust[v]
            })
            .collect();
        // Who is not in the market yet has had no part in what stands.
        let absent = |v: usize| world.scenario.vendors[v].potential;
        let open_to = |v: usize| {
            country.sells[v]
                && !absent(v)
                && world.vendors[v].sells_component(RU)
                && world.vendors[v].sells_component(BB)
        };
        for (k, w) in weight.iter_mut().enumerate() {
            let taste = &candidates[k * vendors..(k + 1) * vendors];
            let utility = |v: usize| (sd * taste[v] + plain[v]) / market.taste_scale_share;
            let top = (0..vendors)
                .filter(|v| open_to(*v))
                .map(utility)
                .fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = (0..vendors)
                .filter(|v| open_to(*v))
                .map(|v| libm::exp(utility(v) - top))
                .sum();
            // Likelihood of the mix: a geometric mean over sites of the shares of those who hold them.
            let log = |v: usize| utility(v) - top - libm::log(sum);
            let mean: f64 = if all > 0.0 {
                (0..vendors)
                    .filter(|v| held[*v] > 0.0)
                    .map(|v| held[v] / all * log(v))
                    .sum()
            } else {
                0.0
            };
            *w = libm::exp(mean);
        }
        let total: f64 = weight.iter().sum();
        let mut left = draws.uniform_at(0) * total;
        let pick = weight
            .iter()
            .position(|w| {
                left -= w;
                left <= 0.0
            })
            .unwrap_or(TASTE_CANDIDATES - 1);
        tastes.extend(candidates[pick * vendors..(pick + 1) * vendors].iter().map(|n| sd * n));
    }
    tastes
}
