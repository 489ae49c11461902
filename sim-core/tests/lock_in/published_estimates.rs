//! What was published of rules before they came, as directions that runs and tenders must show. Sizes are reported by figure 07 and stand
//! in no assertion but one: the price effect of a further bidder (F320), which the model does not reach.

use crate::common::market_day::MarketDay;
use sim_core::market::alternatives::Kind;
use sim_core::market::tender::{Continuation, lambdas};
use sim_core::market::terms::{Buyer, Rules};
use sim_core::run::Simulation;
use sim_core::scenario::ComponentBidding;

/// Replicates of each world, of paired luck.
const REPLICATES: u64 = 6;

fn to(end: &str, scenario: &str) -> Simulation {
    let changes = format!("[scenario]\nid = \"own\"\nend = {end}\n");
    crate::common::simulate(&crate::common::child(&format!("{scenario}.toml"), &changes))
}

/// Price, work and integration over all years at a bloc, and site-months late; means over replicates.
fn bill(simulation: &Simulation, place: &str) -> (f64, f64) {
    let keys = simulation.series();
    let of = |measure: &str, parts: &[&str]| -> Vec<usize> {
        let here = |i: &usize| {
            let k = &keys[*i];
            k.measure == measure && k.component == "ran" && k.place == place && k.vendor == "all"
        };
        let found: Vec<usize> = (0..keys.len())
            .filter(here)
            .filter(|i| parts.contains(&keys[*i].part.as_str()))
            .collect();
        assert_eq!(found.len(), parts.len(), "{measure} at {place}");
        found
    };
    let (cost, late) = (
        of("operator_cost", &["price", "switching", "integration"]),
        of("site_months_late", &["all"]),
    );
    let mut sums = (0.0, 0.0);
    for k in 0..REPLICATES {
        let record = crate::common::play(simulation, k);
        for values in record.values.chunks_exact(keys.len()) {
            let sum = |of: &[usize]| of.iter().map(|i| values[*i]).filter(|v| !v.is_nan()).sum::<f64>();
            sums.0 += sum(&cost) / REPLICATES as f64;
            sums.1 += sum(&late) / REPLICATES as f64;
        }
    }
    sums
}

#[test]
fn the_british_rungs_cost_more_than_no_rule_and_removal_most() {
    let [none, cap, removal] = ["uk-base", "uk-cap", "uk-removal"].map(|name| bill(&to("2027-12-31", name), "uk"));
    assert!(cap.0 > none.0, "a cap costs: {} against {}", cap.0, none.0);
    assert!(removal.0 > cap.0, "removal costs more: {} against {}", removal.0, cap.0);
    assert!(cap.1 > none.1 && removal.1 > none.1, "each delays");
}

#[test]
fn a_key_supplier_that_may_not_bid_makes_networks_dearer() {
    let [with, without] = ["uk-base", "uk-barred"].map(|name| bill(&to("2025-12-31", name), "uk"));
    let rise = without.0 / with.0 - 1.0;
    assert!(
        rise > 0.0 && rise < 0.29,
        "the bill rises by {rise}, at most as F315 says"
    );
}

/// The two disagreements of the European estimates, each moved alone.
#[test]
fn early_removal_costs_more_and_more_bidders_take_off() {
    let worlds = [
        "europe-base",
        "europe-early",
        "europe-early-contested",
        "europe-refresh",
    ];
    let [none, early, contested, refresh] = worlds.map(|name| bill(&to("2030-12-31", name), "europe31"));
    let (early, contested, refresh) = (early.0 - none.0, contested.0 - none.0, refresh.0 - none.0);
    assert!(
        early > 2.0 * refresh.max(0.0),
        "kit that goes early: {early}, at its end: {refresh}"
    );
    assert!(
        contested < early,
        "with as many bidders {contested}, with fewer {early}"
    );
}

/// Mean price of a first contract for 5G of the average buyer of a country's region, by the tender function of the run, where some
/// sellers may not bid and all else is equal.
fn first_price(simulation: &Simulation, country: &str, barred: &[&str]) -> f64 {
    let mut market = MarketDay::first(simulation, 0);
    let world = market.world;
    let home = world.countries.iter().find(|c| c.id == country).expect("a country");
    let region = home.region;
    let (_, buyer) = (simulation.average_buyers().iter())
        .filter(|b| b.region() == region)
        .map(|b| (b.slot().layer, b))
        .find(|(layer, _)| layer.index(world) == 1)
        .expect("5G is sold");
    let mut conditions = buyer.country().clone();
    for id in barred {
        conditions.sells[usize::from(crate::common::vendor(simulation, id))] = false;
    }
    let who = Buyer {
        country: &conditions,
        rules: Rules::Region(buyer.shares()),
        operator: None,
        slot: buyer.slot(),
    };
    let desk = &mut market.desk;
    desk.offer.prepare(
        world,
        &market.state,
        &market.posted,
        &who,
        None,
        [0.0; 2],
        false,
        market.state.today,
    );
    let lambda = lambdas(world);
    let solved = desk
        .bidding
        .solve_as(
            ComponentBidding::Independent,
            0.0,
            &desk.offer,
            &lambda,
            Continuation::default(),
        )
        .expect("solved");
    let (mut price, mut sum) = (0.0, 0.0);
    for (a, alternative) in desk.offer.alternatives.iter().enumerate() {
        assert!(alternative.kind != Kind::Keep, "nothing to keep");
        let p = solved.equilibrium.probability[a];
        price += p * solved.price(a);
        sum += p;
    }
    assert!((sum - 1.0).abs() < 1e-9);
    price
}

/// F320: adding the lower-cost Chinese bidders to an otherwise equal tender. It lowers the price, as it must; by how much is what the
/// model's costs and scale of taste make of it. Where this fails because the fall has come to the published 10 to 25 per cent, say so in
/// the validation section of the model document.
#[test]
fn the_chinese_bidders_lower_the_price_of_a_first_contract_by_less_than_was_published() {
    let simulation = crate::common::simulate(&crate::common::shipped("world-2020.toml"));
    let price = |barred: &[&str]| first_price(&simulation, "GBR", barred);
    let fall = 1.0 - price(&[]) / price(&["huawei", "zte"]);
    // Three large sellers stand without them: equal bidders could not give more than 1 / (n - 1)^2.
    assert!(fall > 0.005 && fall < 0.25, "fall {fall}");
    assert!(fall < 0.10, "the fall of {fall} meets F320 now");
}
