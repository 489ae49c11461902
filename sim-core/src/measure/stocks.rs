//! Stocks on the day of a measurement: who stands where, and how locked in.

use super::cube::{Cube, Field, Places, STANDING, part_field};
use super::exits::ExitBook;
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::market::tender::Desk;
use crate::market::terms::{Buyer, Market, Rules};
use crate::market::wedge::{self, Scan};
use crate::world::state::sellers;
use crate::world::{Arch, BB, Layer, NO_VENDOR, Neighbour, RU, State, VendorIx, World};

/// Average days in a month.
pub const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

/// Index of a slot's layer in arrays over layers: generations, then the core.
#[must_use]
pub fn layer_index(world: &World, layer: Layer) -> usize {
    layer.index(world)
}

/// What a valuation depends on beside the day and the life that is left.
#[derive(PartialEq)]
struct Shared {
    operator: usize,
    territory: u32,
    layer: usize,
    seller: [VendorIx; 2],
    arch: Arch,
    is_virtual: bool,
    legacy: [Neighbour; 2],
    /// The sites of the lot, where public money does not reach for all of them.
    short_of_money: Option<u64>,
}

impl Shared {
    /// Whether all but the kit is the same.
    fn same_network(&self, other: &Self) -> bool {
        (self.operator, self.territory, self.layer) == (other.operator, other.territory, other.layer)
    }
}

/// The markets of one country on the day of a measurement, by layer: its operators meet the same ones, unless a rule tells them apart.
#[derive(Default)]
struct Markets {
    known: Vec<(Option<(usize, u64)>, Market)>,
}

impl Markets {
    /// The market of a buyer.
    fn of(&mut self, world: &World, state: &State, posted: &Posted, buyer: &Buyer, today: Day) -> &Market {
        let layer = buyer.slot.layer;
        let at = layer_index(world, layer);
        if self.known.len() <= at {
            self.known.resize_with(at + 1, Default::default);
        }
        let (key, market) = &mut self.known[at];
        let of_buyer = match buyer.rules {
            Rules::Country(country, mark) => {
                let apart = !state.quotas.is_empty() || state.rules.tells_apart(country);
                Some((country, if apart { mark } else { 0 }))
            }
            Rules::Region(_) | Rules::Announced(_) => None,
        };
        if of_buyer.is_none() || *key != of_buyer {
            market.fill(world, state, posted, (buyer.country, &buyer.rules), layer, today);
            *key = of_buyer;
        }
        market
    }
}

/// Slots in the order in which neighbours are most often alike: operator, layer, territory, cohort.
#[must_use]
pub fn valuation_order(world: &World) -> Vec<usize> {
    let mut order: Vec<usize> = (0..world.slots.len()).collect();
    order.sort_by_key(|i| {
        let s = &world.slots[*i];
        (s.operator, s.layer, s.territory, s.cohort)
    });
    order
}

/// Fills the stock fields of a cube. Returns the number of valuations.
///
/// Cohorts of one network that hold the same kit share one scan of the alternatives; what differs is the life left. `exits`: also
/// values the removal of each seller, where it is asked for.
#[allow(clippy::too_many_arguments)]
pub fn fill(
    cube: &mut Cube,
    world: &World,
    state: &State,
    posted: &Posted,
    desk: &mut Desk,
    order: &[usize],
    today: Day,
    mut exits: Option<&mut ExitBook>,
) -> u64 {
    let mut valuations = 0;
    if let Some(book) = exits.as_deref_mut() {
        book.begin(today);
    }
    restoration(cube, world, state);
    let mut scans: Vec<(Shared, Scan)> = Vec::new();
    let mut markets = Markets::default();
    let (mut common, mut fitted) = (None, usize::MAX);
    for &i in order {
        let slot = &world.slots[i];
        let Some(stack) = state.slots[i].stack else { continue };
        let layer = layer_index(world, slot.layer);
        let places = Places::of(world, slot.country, slot.operator);
        let count = |yes: bool| if yes { slot.sites } else { 0.0 };
        let traffic = slot.traffic(&world.scenario);
        // Neighbours among the fields, from Sites on.
        let multi = stack.seller[RU] != stack.seller[BB] && stack.seller[RU] != NO_VENDOR;
        let standing = [
            slot.sites,
            count(stack.is_open()),
            count(stack.exercised),
            count(multi),
            traffic,
        ];
        let legacy = state.legacy(world, i);
        let shared = Shared {
            operator: slot.operator,
            territory: slot.territory,
            layer,
            seller: stack.seller,
            arch: stack.arch,
            is_virtual: stack.is_virtual,
            legacy,
            short_of_money: state.purse.is_short(&slot.lot()).then_some(slot.sites.to_bits()),
        };
        if scans.first().is_some_and(|(known, _)| !known.same_network(&shared)) {
            scans.clear();
        }
        let known = scans.iter().position(|(known, _)| *known == shared);
        let at = known.unwrap_or(scans.len());
        if known.is_none() || at != fitted {
            let buyer = Buyer {
                country: &world.countries[slot.country],
                rules: Rules::Country(slot.country, world.operators[slot.operator].mark),
                operator: Some((slot.operator, &world.operators[slot.operator])),
                slot,
            };
            let offer = &mut desk.offer;
            // All slots of an operator and layer have most of their terms in common.
            let same = Some((slot.operator, layer, slot.price, slot.cost_scale));
            if common != same {
                let market = markets.of(world, state, posted, &buyer, today);
                offer.terms.enter(market, world, state, posted, &buyer, Some(&stack));
                common = same;
            }
            offer.terms.fit(world, state, posted, &buyer, Some(&stack), today);
            fitted = at;
            if known.is_none() {
                offer.two_bills.fill(&offer.terms, &stack, legacy);
                scans.push((shared, wedge::scan(&offer.terms, &offer.two_bills, &stack)));
            }
        }
        let scan = &scans[at].1;
        let (life_left, _) = state.life(world, &stack, today);
        let offer = &desk.offer;
        let wedges = wedge::value(scan, &offer.terms, &stack, life_left);
        valuations += 1;
        if let Some(book) = exits.as_deref_mut() {
            book.add(world, i, &stack, life_left, scan, &offer.terms);
        }
        for component in [RU, BB] {
            if stack.seller[component] == NO_VENDOR {
                continue;
            }
            // One cell, all its fields at once; what is not valued adds nothing.
            let mut sums = [0.0; STANDING];
            sums[..standing.len()].copy_from_slice(&standing);
            if let Some(w) = wedges.at_end[component] {
                let of_share = slot.sites * w.share();
                let preference = slot.sites * w.preference_gap / w.list_price;
                sums[Field::CurveSites as usize..][..3].copy_from_slice(&[slot.sites, of_share, preference]);
            }
            if let Some(w) = wedges.today[component] {
                let money = w.money();
                let index = [slot.sites, slot.sites * (money / w.list_price), slot.sites * money];
                sums[Field::IndexSites as usize..][..3].copy_from_slice(&index);
                for (cell, part) in sums[part_field(0)..].iter_mut().zip(w.parts) {
                    *cell = slot.sites * part / w.list_price;
                }
            }
            let vendor = usize::from(stack.seller[component]);
            cube.add_all(places, layer, component, vendor, Field::Sites, &sums);
        }
    }
    if let Some(book) = exits {
        book.end(world);
    }
    valuations
}

/// Months until each operator's crews had replaced all radio sites that a seller has a part in, with those sites.
fn restoration(cube: &mut Cube, world: &World, state: &State) {
    let mut held = vec![0.0; world.vendors.len()];
    let lead = f64::from(world.lead_days);
    for (o, operator) in world.operators.iter().enumerate() {
        held.fill(0.0);
        let mut layer = None;
        for slot in operator.slots.clone() {
            let info = &world.slots[slot];
            let Some(stack) = state.slots[slot].stack.filter(|_| info.layer != Layer::Core) else {
                continue;
            };
            layer = layer.or(Some(layer_index(world, info.layer)));
            for v in sellers(&stack) {
                held[usize::from(v)] += info.sites;
            }
        }
        let Some(layer) = layer else { continue };
        let places = Places::of(world, operator.country, o);
        for (v, sites) in held.iter().enumerate().filter(|(_, sites)| **sites > 0.0) {
            let months = (lead + sites / operator.sites_per_day) / DAYS_PER_MONTH;
            cube.add_all(places, layer, BB, v, Field::HeldSites, &[*sites, sites * months]);
        }
    }
}
