//! Levers that begin and end while a replicate is played: those that wait, and those that answer others.

use crate::calendar::Day;
use crate::lever::{Moment, Start};
use crate::world::{LeverDates, State, World};

/// A moment that a lever (its place in the scenario) reaches on a day.
pub type Dated = (Day, usize, Moment);

/// Begins a lever that has waited: it becomes known and binds on a day. Its moments, in order.
pub fn begin(world: &World, state: &mut State, lever: usize, day: Day) -> Vec<Dated> {
    let common = world.scenario.levers[lever].lever.common();
    let deadline = common.deadline_years.map(|y| day.plus_years(y));
    state.dates[lever] = LeverDates {
        in_force: Some(day),
        deadline,
    };
    let end = common.lasts_years.map(|y| day.plus_years(y).max(day.add_days(1)));
    let moments = [
        (Some(day), Moment::Announced),
        (Some(day), Moment::InForce),
        (deadline, Moment::Deadline),
        (end, Moment::End),
    ];
    moments
        .into_iter()
        .filter_map(|(day, moment)| Some((day?, lever, moment)))
        .collect()
}

/// What the levers that answer a lever do when it reaches a moment: those that have not begun begin with it, and those that have no end
/// of their own end with it, also where they are to bind on this same day. `stages`: the last moment that each lever has reached.
pub fn answers(
    world: &World,
    state: &mut State,
    stages: &[Option<Moment>],
    lever: usize,
    moment: Moment,
) -> Vec<Dated> {
    let today = state.today;
    let mut moments = Vec::new();
    let Some(answered) = world.scenario.levers.get(lever) else {
        return moments;
    };
    for (j, other) in world.scenario.levers.iter().enumerate() {
        let common = other.lever.common();
        let does_answer = matches!(&common.start, Start::Answers(name) if *name == answered.name);
        if !does_answer || !other.lever.is_active() {
            continue;
        }
        let has_begun = state.dates[j].in_force.is_some();
        match moment {
            Moment::InForce if !has_begun => moments.extend(begin(world, state, j, today)),
            Moment::End if has_begun && common.lasts_years.is_none() && stages[j] != Some(Moment::End) => {
                moments.push((today, j, Moment::End));
            }
            _ => {}
        }
    }
    moments
}
