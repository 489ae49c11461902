//! Flows of time: each day counts for the kit that stands on it, whatever dates are measured.

use crate::common::{MINIMAL, Table, assert_close, child, play, simulate, watch};
use sim_core::market::tender::Outcome;
use sim_core::run::Simulation;
use sim_core::world::Layer;

const STATIC: &str = "theory/static-duopoly.toml";

/// A sum over all dates; nothing is defined on the first.
fn sum(s: &Simulation, k: u64, measure: &str, part: &str) -> f64 {
    let record = play(s, k);
    let all = Table {
        simulation: s,
        record: &record,
    }
    .world(measure, part);
    all[1..].iter().sum()
}

#[test]
fn sums_of_flows_do_not_depend_on_the_dates_of_measures() {
    let ban = "[levers.test.procurement_ban]\nin_force = 2022-01-01\ndeadline = 2023-05-15\nscope = { vendors = [\"alpha\"] }\n\
               [supply]\nsites_per_crew_week = 30\n";
    for rule in ["", ban] {
        let with = |dates: &str| simulate(&child(MINIMAL, &format!("[measures]\ndates = \"{dates}\"\n{rule}")));
        let (yearly, quarterly) = (with("yearly"), with("quarterly"));
        for k in 0..3 {
            for part in ["price", "switching", "integration", "extension"] {
                let of = |s: &Simulation| sum(s, k, "operator_cost", part);
                assert_close(of(&yearly), of(&quarterly), 1e-9, &(part, k));
            }
            let late = |s: &Simulation| sum(s, k, "site_months_late", "all");
            assert_close(late(&yearly), late(&quarterly), 1e-9, &("late", k));
            assert!(rule.is_empty() || late(&yearly) > 0.0);
        }
    }
}

#[test]
fn a_state_pays_its_share_of_added_capacity_too() {
    let with = |rate: f64| {
        simulate(&child(
            STATIC,
            &format!(
                "[scenario]\nend = 2041-12-31\n[market]\nexpansion_share_per_year = {rate}\n[levers.test.state_subsidy]\n\
                 in_force = 2020-01-01\nunit_cost_share = 0.4\nscope = {{ vendors = [\"alpha\"] }}\n"
            ),
        ))
    };
    let (without, added) = (with(0.0), with(0.04));
    for k in 0..3 {
        let outlay = |s: &Simulation| sum(s, k, "public_outlay", "all");
        let made = |s: &Simulation| sum(s, k, "welfare", "producers");
        assert!(
            outlay(&added) > 1.05 * outlay(&without),
            "{} {}",
            outlay(&added),
            outlay(&without)
        );
        // Each site of alpha's is sold at the same margin, bought at first or added later.
        assert!(made(&added) > made(&without));
    }
}

/// What a seller's credit is worth to the buyer is off its outlay, as a lever's would be.
#[test]
fn outlay_is_net_of_the_sellers_own_credit() {
    let s = simulate(&child(
        MINIMAL,
        "[market]\nexpansion_share_per_year = 0\n[[country]]\nid = \"DEU\"\ncredit_eligible = true\n\
         [[vendor]]\nid = \"alpha\"\n[vendor.credit]\ninterest = 0.02\ntenor_years = 8\nfinanced_share = 0.85\n",
    ));
    let world = s.world();
    for k in 0..3 {
        let (_, seen) = watch(&s, k);
        let (mut net, mut credit) = (0.0, 0.0);
        for t in &seen.tenders {
            let slot = &world.slots[t.slot];
            let (Outcome::Award(a), false) = (t.outcome, slot.layer == Layer::Core) else {
                continue;
            };
            let bought = &t.alternatives[a];
            for c in (0..2).filter(|c| bought.buys()[*c]) {
                let grant = world.countries[slot.country].own_credit(bought.seller[c]);
                credit += slot.sites * slot.price * slot.weight[c] * grant;
            }
            net += slot.sites * t.prices[a];
        }
        assert!(credit > 0.0);
        assert_close(1e6 * sum(&s, k, "operator_cost", "price"), net - credit, 1e-9, &k);
    }
}
