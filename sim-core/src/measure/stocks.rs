//! Stocks on the day of a measurement: who stands where, and how locked in.

use super::cube::{Cube, Field};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::market::tender::Desk;
use crate::market::terms::{Buyer, Rules};
use crate::market::wedge::{self, Scan};
use crate::world::{Arch, BB, Layer, NO_VENDOR, Neighbour, RU, State, VendorIx, World};

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
/// Cohorts of one network that hold the same kit share one scan of the alternatives; what differs is the life left.
pub fn fill(
    cube: &mut Cube,
    world: &World,
    state: &State,
    posted: &Posted,
    desk: &mut Desk,
    order: &[usize],
    today: Day,
) -> u64 {
    let mut valuations = 0;
    let mut last: Option<(Shared, Scan)> = None;
    let mut common = None;
    for &i in order {
        let slot = &world.slots[i];
        let Some(stack) = state.slots[i].stack else { continue };
        let layer = layer_index(world, slot.layer);
        let operator_place = world.first_operator_place + slot.operator;
        let places = || {
            world.places_of_country[slot.country]
                .iter()
                .copied()
                .chain([operator_place])
        };
        let count = |yes: bool| if yes { slot.sites } else { 0.0 };
        // Sites, Open, Exercised, Multi are neighbours among the fields.
        let multi = stack.seller[RU] != stack.seller[BB] && stack.seller[RU] != NO_VENDOR;
        let standing = [slot.sites, count(stack.is_open()), count(stack.exercised), count(multi)];
        for component in [RU, BB] {
            if stack.seller[component] != NO_VENDOR {
                cube.add_all(
                    places(),
                    layer,
                    component,
                    usize::from(stack.seller[component]),
                    Field::Sites,
                    &standing,
                );
            }
        }
        let legacy = state.legacy(world, i);
        let shared = Shared {
            operator: slot.operator,
            territory: slot.territory,
            layer,
            seller: stack.seller,
            arch: stack.arch,
            is_virtual: stack.is_virtual,
            legacy,
        };
        let scan = match last {
            Some((ref same, ref scan)) if *same == shared => scan,
            _ => {
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
                    offer
                        .terms
                        .fill_common(world, state, posted, &buyer, Some(&stack), today);
                    common = same;
                }
                offer.terms.fit(world, state, posted, &buyer, Some(&stack), today);
                offer.two_bills.fill(&offer.terms, &stack, legacy);
                let scan = wedge::scan(&offer.terms, &offer.two_bills, &stack);
                &last.insert((shared, scan)).1
            }
        };
        let (life_left, _) = state.life(world, &stack, today);
        let offer = &desk.offer;
        let wedges = wedge::value(scan, &offer.terms, &stack, life_left);
        valuations += 1;
        for component in [RU, BB] {
            if stack.seller[component] == NO_VENDOR {
                continue;
            }
            let vendor = usize::from(stack.seller[component]);
            if let Some(w) = wedges.at_end[component] {
                let shares = [
                    slot.sites,
                    slot.sites * w.share(),
                    slot.sites * w.preference_gap / w.list_price,
                ];
                cube.add_all(places(), layer, component, vendor, Field::CurveSites, &shares);
            }
            if let Some(w) = wedges.today[component] {
                let mut today = [0.0; 10];
                today[..3].copy_from_slice(&[slot.sites, slot.sites * w.share(), slot.sites * w.money()]);
                for (cell, part) in today[3..].iter_mut().zip(w.parts) {
                    *cell = slot.sites * part / w.list_price;
                }
                cube.add_all(places(), layer, component, vendor, Field::IndexSites, &today);
            }
        }
    }
    valuations
}
