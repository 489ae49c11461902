//! The market on one day of a replicate, with a desk at which any slot's tender can be prepared.

use sim_core::calendar::Day;
use sim_core::market::list_price;
use sim_core::market::posted::Posted;
use sim_core::market::switching::Attachment;
use sim_core::market::tender::Desk;
use sim_core::market::terms::{Buyer, Rules};
use sim_core::run::Simulation;
use sim_core::world::{RU, State, World};

use super::Watch;

/// See the module docs.
pub struct MarketDay<'a> {
    pub world: &'a World,
    pub state: State,
    pub posted: Posted,
    pub desk: Desk,
}

impl<'a> MarketDay<'a> {
    /// The first day.
    pub fn first(simulation: &'a Simulation, replicate: u64) -> Self {
        Self::posted(simulation, State::new(simulation.world(), &simulation.luck(replicate)))
    }

    /// A later day of a replicate that was watched, from what was delivered until then.
    pub fn later(simulation: &'a Simulation, replicate: u64, watch: &Watch, today: Day) -> Self {
        let world = simulation.world();
        let mut state = State::new(world, &simulation.luck(replicate));
        for (day, slot, stack) in watch.deliveries.iter().take_while(|(d, _, _)| *d <= today) {
            state.today = *day;
            if let Some(old) = state.slots[*slot].stack {
                state.leave(world, *slot, &old);
            }
            state.enter(world, *slot, stack);
            state.slots[*slot].stack = Some(*stack);
            for (component, seller) in stack.seller.iter().enumerate() {
                if stack.installed[component] == *day && stack.seller[RU] != sim_core::world::NO_VENDOR {
                    state.volume[usize::from(*seller)] +=
                        world.slots[*slot].sites * world.slots[*slot].weight[component];
                }
            }
        }
        state.today = today;
        if let Some((_, maturity)) = watch.reviews.iter().rfind(|(d, _)| *d <= today) {
            for (interface, m) in state.interfaces.iter_mut().zip(maturity) {
                interface.maturity = *m;
            }
        }
        Self::posted(simulation, state)
    }

    fn posted(simulation: &'a Simulation, state: State) -> Self {
        let world = simulation.world();
        let mut posted = Posted::new(world, &state);
        let mut desk = Desk::default();
        let unsolved = list_price::post(
            world,
            &state,
            &mut posted,
            simulation.average_buyers(),
            &mut desk,
            state.today,
        );
        assert_eq!(unsolved, 0, "list prices");
        Self {
            world,
            state,
            posted,
            desk,
        }
    }

    /// Prepares the tender of a slot as if its kit were at the end of its life today.
    pub fn prepare(&mut self, slot: usize, may_keep: bool) {
        let info = &self.world.slots[slot];
        let stack = self.state.slots[slot].stack;
        let attached = Attachment {
            stack: stack.as_ref(),
            legacy: self.state.legacy(self.world, slot),
            life_left: [0.0; 2],
        };
        let buyer = Buyer {
            country: &self.world.countries[info.country],
            rules: Rules::Country(info.country, self.world.operators[info.operator].mark),
            operator: Some((info.operator, &self.world.operators[info.operator])),
            slot: info,
        };
        let ages = [self.world.scenario.contract.term_years; 2];
        self.desk.offer.prepare(
            self.world,
            &self.state,
            &self.posted,
            &buyer,
            Some(&attached),
            ages,
            may_keep,
            self.state.today,
        );
    }
}
