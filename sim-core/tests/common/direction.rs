//! What runs in the smallest world show of a direction, over a few replicates.

use sim_core::run::Simulation;
use sim_core::world::VendorIx;

use super::{MINIMAL, Watch, behaviour, bought_from, child, play, simulate, watch};

/// Replicates over which directions are averaged.
pub const REPLICATES: u64 = 12;

/// The smallest world, changed.
pub fn minimal(changes: &str) -> Simulation {
    simulate(&child(MINIMAL, changes))
}

/// Mean over replicates of what a watch shows.
pub fn mean(simulation: &Simulation, of: impl Fn(&Watch) -> f64) -> f64 {
    (0..REPLICATES).map(|k| of(&watch(simulation, k).1)).sum::<f64>() / REPLICATES as f64
}

/// Sites bought from a vendor from a year to before another, half of them for each component.
pub fn bought(s: &Simulation, w: &Watch, v: VendorIx, from: i32, to: i32) -> f64 {
    let in_time = w.tenders.iter().filter(|t| (from..to).contains(&t.day.year()));
    in_time
        .map(|t| bought_from(t, v).iter().filter(|b| **b).count() as f64 / 2.0 * s.world().slots[t.slot].sites)
        .sum()
}

/// Mean chance of a vendor in the tenders of some years.
pub fn chance(w: &Watch, v: VendorIx, from: i32, to: i32) -> f64 {
    let all: Vec<f64> = (w.tenders.iter())
        .filter(|t| (from..to).contains(&t.day.year()))
        .map(|t| t.chance_of(v))
        .collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

/// Asserts that two worlds came out the same to the bit; the days of a lever itself are not counted.
#[track_caller]
pub fn assert_same_values(a: &Simulation, b: &Simulation, k: u64, what: &str) {
    assert_eq!(behaviour(a, &play(a, k)), behaviour(b, &play(b, k)), "{what}");
}
