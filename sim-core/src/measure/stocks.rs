//! Stocks on the day of a measurement: who stands where, and how locked in.

use super::cube::{Cube, Field};
use crate::calendar::Day;
use crate::market::posted::Posted;
use crate::market::switching::Attachment;
use crate::market::tender::Desk;
use crate::market::terms::Buyer;
use crate::market::wedge::Wedge;
use crate::world::{BB, Layer, NO_VENDOR, RU, State, World};

/// Index of a slot's layer in arrays over layers: generations, then the core.
#[must_use]
pub fn layer_index(world: &World, layer: Layer) -> usize {
    match layer {
        Layer::Ran(g) => g,
        Layer::Core => world.gens.len(),
    }
}

/// Fills the stock fields of a cube. Returns the number of valuations.
pub fn fill(cube: &mut Cube, world: &World, state: &State, posted: &Posted, desk: &mut Desk, today: Day) -> u64 {
    let mut valuations = 0;
    for (i, slot) in world.slots.iter().enumerate() {
        let Some(stack) = state.slots[i].stack else { continue };
        let layer = layer_index(world, slot.layer);
        let operator_place = world.first_operator_place + slot.operator;
        let places = || world.places_of_country[slot.country].iter().copied().chain([operator_place]);
        let count = |yes: bool| if yes { slot.sites } else { 0.0 };
        // Sites, Open, Exercised, Multi are neighbours among the fields.
        let multi = stack.seller[RU] != stack.seller[BB] && stack.seller[RU] != NO_VENDOR;
        let standing = [slot.sites, count(stack.is_open()), count(stack.exercised), count(multi)];
        for component in [RU, BB] {
            if stack.seller[component] != NO_VENDOR {
                cube.add_all(places(), layer, component, usize::from(stack.seller[component]), Field::Sites, &standing);
            }
        }
        let (life_left, _) = state.life(world, &stack, today);
        let attached = Attachment { stack: Some(&stack), legacy: state.legacy(world, i), life_left: [0.0; 2] };
        let buyer = Buyer { country: &world.countries[slot.country], country_index: slot.country, operator: Some((slot.operator, &world.operators[slot.operator])), slot };
        desk.offer.prepare_valuation(world, state, posted, &buyer, &attached, today);
        let wedges = desk.offer.wedges(&stack, attached.legacy, life_left);
        valuations += 1;
        for component in [RU, BB] {
            let vendor = usize::from(stack.seller[component]);
            if let Some(w) = wedges.at_end[component] {
                cube.add_all(places(), layer, component, vendor, Field::CurveSites, &[slot.sites, slot.sites * w.share()]);
                cube.add(places(), layer, component, vendor, Field::Preference, slot.sites * w.preference_gap / w.list_price);
            }
            if let Some(w) = wedges.today[component] {
                let by_item = |w: &Wedge| w.parts.map(|p| slot.sites * p / w.list_price);
                cube.add_all(places(), layer, component, vendor, Field::IndexSites, &[slot.sites, slot.sites * w.share(), slot.sites * w.money()]);
                cube.add_all(places(), layer, component, vendor, Field::Part0, &by_item(&w));
            }
        }
    }
    valuations
}
