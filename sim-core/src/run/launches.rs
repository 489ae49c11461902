//! Launches that levers bring forward: the run plans the launch and the first tenders of the generation anew.

use super::engine::{Event, Run, phase};
use crate::world::Layer;

impl Run<'_> {
    /// Plans anew what levers have moved since it was last planned. A first tender comes earlier by as many days as the launch
    /// in its country, not before today and not before its sites are built; a launch or tender that has been is not undone.
    pub(super) fn plan_launches(&mut self) {
        let world = self.world;
        if self.state.launch_forward == self.planned_forward {
            return;
        }
        let today = self.state.today;
        for g in 0..world.gens.len() {
            if self.state.launched[g] {
                continue;
            }
            if let Some(handle) = self.launches[g].take() {
                self.calendar.cancel(handle);
            }
            if let Some(day) = self.state.first_launch(world, g) {
                self.launches[g] = self.schedule(day.max(today), phase::LAUNCH, Event::Launch(g));
            }
        }
        for (i, slot) in world.slots.iter().enumerate() {
            let (Layer::Ran(g), Some(first)) = (slot.layer, slot.first_tender) else {
                continue;
            };
            let s = &self.state.slots[i];
            let waits = s.stack.is_none() && s.pending.is_none() && s.cycle == 0 && s.tender.is_some();
            let moved = slot.country * world.gens.len() + g;
            let forward = self.state.launch_forward[moved];
            if !waits || forward == self.planned_forward[moved] {
                continue;
            }
            // Sites that a programme builds are there from the tender of their oldest generation on.
            let oldest = slot.siblings[..g].iter().flatten().next();
            let Some(oldest) = oldest else {
                continue; // this is the oldest one: it comes with the programme, not with a launch
            };
            let built = world.slots[*oldest].first_tender.unwrap_or(world.start);
            let day = first.add_days(-forward).max(built).max(today);
            self.state.slots[i].due = day.add_days(world.lead_days);
            self.schedule_tender(i, day, false);
        }
        self.planned_forward.clone_from(&self.state.launch_forward);
    }
}
