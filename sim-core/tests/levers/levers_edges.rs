//! Levers that meet on one thing, and levers at the ends of the run.

use crate::common::{MINIMAL, Table, Watch, assert_close, behaviour, child, day, play, simulate, vendor, watch};
use sim_core::record::ReplicateRecord;
use sim_core::run::Simulation;

const REPLICATES: u64 = 3;

fn with(levers: &str) -> Simulation {
    simulate(&child(MINIMAL, levers))
}

/// Sum over all dates of public outlay in the radio network of the world, million dollars.
fn outlay(s: &Simulation, record: &ReplicateRecord) -> f64 {
    let all = Table { simulation: s, record }.world("public_outlay", "all");
    all.iter().skip(1).sum()
}

#[test]
fn states_that_subsidise_one_vendor_bear_together_what_one_would() {
    let subsidy = |name: &str, share: f64| {
        format!(
            "[levers.{name}.state_subsidy]\nin_force = 2020-01-01\nunit_cost_share = {share}\nscope = {{ vendors = [\"alpha\"] }}\n"
        )
    };
    let one = with(&subsidy("a", 0.75));
    let two = with(&format!("{}{}", subsidy("a", 0.5), subsidy("b", 0.5)));
    let uneven = with(&format!("{}{}", subsidy("a", 0.6), subsidy("b", 0.375)));
    for k in 0..REPLICATES {
        let [of_one, of_two, of_uneven] = [&one, &two, &uneven].map(|s| outlay(s, &play(s, k)));
        assert!(of_one > 1.0);
        assert_close(of_two, of_one, 1e-9, &"two that leave a half each");
        assert_close(of_uneven, of_one, 1e-9, &"two that leave .4 and .625");
    }
}
