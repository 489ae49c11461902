//! Launches that levers bring forward: the run plans the launch and the first tenders of the generation anew.
//!
//! A launch comes no earlier than the day on which it is moved, and one that has been is not moved. The first tenders behind it keep
//! their distance: they move by as many days as the launch itself.

use super::engine::{Event, Run, phase};
use crate::calendar::Day;
use crate::world::Layer;

impl Run<'_> {
    /// Plans anew what levers have moved since it was last planned. A first tender comes earlier by as many days as the launch
    /// in its country does, not before today and not before its sites are built; a launch or tender that has been is not undone.
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
        let before = self.launch_shift.clone();
        for (c, country) in world.countries.iter().enumerate() {
            for (g, launch) in country.launch.iter().enumerate() {
                let at = c * world.gens.len() + g;
                let forward = self.state.launch_forward[at];
                if let Some(launch) = launch.filter(|_| forward != self.planned_forward[at]) {
                    self.launch_shift[at] = shifted(launch, before[at], forward, today);
                }
            }
        }
        for (i, slot) in world.slots.iter().enumerate() {
            let (Layer::Ran(g), Some(first)) = (slot.layer, slot.first_tender) else {
                continue;
            };
            let s = &self.state.slots[i];
            let waits = s.stack.is_none() && s.pending.is_none() && s.cycle == 0 && s.tender.is_some();
            let moved = slot.country * world.gens.len() + g;
            let forward = self.launch_shift[moved];
            if !waits || forward == before[moved] {
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

/// Days by which a launch comes earlier, if it came `before` days earlier until today and levers now ask for `forward`.
fn shifted(launch: Day, before: i32, forward: i32, today: Day) -> i32 {
    let left = today.days_until(launch);
    if before >= left {
        // It has been: nothing brings it further forward, and what is no longer asked for is taken back from those that follow.
        before.min(forward)
    } else {
        forward.min(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_moves_as_far_as_there_are_days_left_and_not_once_it_has_been() {
        let today = Day::from_ymd(2029, 12, 30).unwrap();
        let launch = today.add_days(2);
        assert_eq!(shifted(launch, 0, 730, today), 2);
        assert_eq!(shifted(launch, 0, 1, today), 1);
        assert_eq!(shifted(launch, 5, 730, today), 5, "it has been");
        assert_eq!(shifted(launch, 5, 0, today), 0, "it ends");
        assert_eq!(shifted(today.add_days(-9), 0, 730, today), 0);
    }
}
