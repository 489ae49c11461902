//! Views of lock-in in tenders (L1 to L5) through the run: identities, known answers, and what must be nil.

use crate::common::by_part::{BAN, DELAY, by_part};
use crate::common::market_day::MarketDay;
use crate::common::{MINIMAL, Table, assert_close, child, play, simulate, simulate_all, vendor, watch};
use sim_core::market::dependence::Dependence;
use sim_core::market::switching::Attachment;
use sim_core::market::tender::{Continuation, lambdas};
use sim_core::measure::{CATALOGUE, Cell, Component, Cube, Field, Places, View};
use sim_core::scenario::document::Document;
use sim_core::world::Layer;

/// Mean over sellers equal sellers of closed bundles, no taste, no renewal advantage; leaving costs `s` mu of work.
fn theory(s: f64) -> Document {
    theory_with(s, "")
}

/// The same with a policy.
fn theory_with(s: f64, lever: &str) -> Document {
    let money = s * 0.075 * 30_000.0;
    child(
        MINIMAL,
        &format!(
            r#"
[market]
persistent_taste_sd_share = 0.0
[switching]
ru_work_usd_per_site = {money}
bb_work_usd_per_site = 0
bb_software_work_usd_per_site = 0
removal_usd_per_site = 0
optimisation_usd_per_site = 0
renewal_work_share = 0
x2_anchor_usd_per_site = 0
oss_onboarding_usd = 0
training_usd = 0
outage_usd_per_site = 0
[integration]
extra_vendor_usd_per_year = 0
[[environment]]
id = "urban"
ru_work_factor = 1.0
[[country]]
id = "DEU"
trust = {{ CHN = 0.0 }}
ban_hazard_per_year = {{ CHN = 0.0 }}
[[vendor]]
id = "beta"
opens = 2090-01-01
virtual_from = 2090-01-01
ru_usd_per_site = 22500
bb_usd_per_site = 15000
ru_quality = 1.0
bb_quality = 1.0
[[vendor]]
id = "gamma"
remove = true
{lever}"#
        ),
    )
}

/// K = captured + protected, the three computed apart, in every place and year.
#[test]
fn the_wedge_of_awards_is_what_is_captured_and_what_is_left() {
    for changes in [DELAY, &format!("{DELAY}{BAN}")] {
        let simulation = simulate_all(&child(MINIMAL, changes));
        let mut seen = 0;
        let records: Vec<_> = (0..3).map(|k| play(&simulation, k)).collect();
        for (k, date) in (0..3).flat_map(|k| (1..simulation.dates().len()).map(move |d| (k, d))) {
            let record = &records[k];
            let [wedge, captured, protected] =
                ["lock_in_awarded", "price_captured", "price_protected"].map(|m| by_part(&simulation, record, m, date));
            for (key, parts) in &wedge {
                let sum = captured[key]["all"] + protected[key]["all"];
                assert_close(parts["all"], sum, 1e-9, &(key, k, date));
                seen += usize::from(!sum.is_nan());
            }
        }
        assert!(seen > 40, "{seen} values");
    }
}

/// V42 through the run: with lasting tastes and no switching cost buyers come back to their sellers, and state dependence is nil.
#[test]
fn taste_alone_is_no_state_dependence() {
    let none = r#"
[market]
persistent_taste_sd_share = 0.2
[keep]
growth_share_per_year = 1.0
[switching]
renewal_work_share = 1.0
removal_usd_per_site = 0
bb_software_work_usd_per_site = 3000
x2_anchor_usd_per_site = 0
oss_onboarding_usd = 0
training_usd = 0
outage_usd_per_site = 0
[contract]
break_fee_share = 0.0
[integration]
start_up_usd_per_site = 0
extra_vendor_usd_per_year = 0
[measures]
extra = ["state_dependence"]
"#;
    let simulation = simulate(&child(MINIMAL, none));
    let (mut values, mut kept, mut defended, mut chance) = (0, 0.0, 0.0, 0.0);
    for k in 0..40 {
        let (record, watch) = watch(&simulation, k);
        let table = Table {
            simulation: &simulation,
            record: &record,
        };
        for part in ["resolved", "frozen"] {
            for x in table.world("state_dependence", part) {
                assert!(x.is_nan() || x.abs() < 1e-7, "replicate {k}, {part}: {x}");
                values += usize::from(!x.is_nan());
            }
        }
        for t in watch.tenders.iter().filter(|t| t.kind == "renewal") {
            let (Some(old), Some(bought)) = (t.old, t.bought()) else {
                continue;
            };
            defended += 1.0;
            kept += f64::from(u8::from(old.seller[1] == bought.seller[1]));
            chance += 1.0 / 3.0;
        }
    }
    assert!(values > 100, "{values} values");
    assert!(
        kept > chance + 0.05 * defended,
        "a naive index of inertia finds {} against {}",
        kept / defended,
        chance / defended
    );
    // With the costs of the scenario it is there.
    let with = simulate(&child(MINIMAL, "[measures]\nextra = [\"state_dependence\"]\n"));
    let record = play(&with, 0);
    let table = Table {
        simulation: &with,
        record: &record,
    };
    let resolved = table.world("state_dependence", "resolved");
    let seen: Vec<f64> = resolved.into_iter().filter(|x| !x.is_nan()).collect();
    let mean = seen.iter().sum::<f64>() / seen.len() as f64;
    assert!((0.1..0.95).contains(&mean), "{mean}");
}

/// V14/V19 in a tender of the run: two sellers, leaving costs s mu. P_i(i installed) = q and P_i(k installed) = 1 - q; at frozen bids
/// the outsider asks what it asked as insider.
#[test]
fn state_dependence_of_the_logit_duopoly_is_known() {
    for (s, q) in [
        (0.0, 0.5),
        (1.0, 0.581_599_41),
        (2.0, 0.654_146_22),
        (4.0, 0.759_855_20),
    ] {
        let simulation = simulate(&theory(s));
        let mut day = MarketDay::first(&simulation, 0);
        let slot = simulation
            .world()
            .slots
            .iter()
            .position(|x| x.operator == 0 && x.layer == Layer::Ran(0))
            .expect("a slot of north");
        day.prepare(slot, false);
        let stack = day.state.slots[slot].stack.expect("kit");
        let attached = Attachment {
            stack: Some(&stack),
            legacy: day.state.legacy(day.world, slot),
            life_left: [0.0; 2],
        };
        let lambda = lambdas(day.world);
        let found = Dependence::default().of(&day.desk.offer, &attached, [8.0; 2], day.world, &lambda);
        let (inside, outside) = (1.0 / (1.0 - q), 1.0 / q);
        let frozen = 1.0 / (1.0 + libm::exp(s + inside - outside));
        for component in found {
            let d = component.expect("two sellers");
            assert!((d.resolved - (2.0 * q - 1.0)).abs() < 2e-8, "s = {s}: {d:?}");
            assert!((d.frozen - (q - frozen)).abs() < 2e-7, "s = {s}: {d:?}");
            assert!(d.frozen >= d.resolved - 1e-9, "frozen bids overstate");
        }
    }
}

/// V42 at equal prices: half of the buyers like the installed seller by 1 mu more than the other, half the other, and leaving costs 1 mu.
/// The causal index is .38079708 for each, and nil without the cost.
#[test]
fn state_dependence_at_equal_prices_is_that_of_the_textbook() {
    for (s, expected) in [(1.0, 0.380_797_08), (0.0, 0.0)] {
        let simulation = simulate(&theory(s));
        let mut day = MarketDay::first(&simulation, 0);
        let slot = (0..day.world.slots.len())
            .find(|i| day.world.slots[*i].operator == 0 && day.world.slots[*i].layer == Layer::Ran(0))
            .expect("a slot of north");
        let stack = day.state.slots[slot].stack.expect("kit");
        let attached = Attachment {
            stack: Some(&stack),
            legacy: day.state.legacy(day.world, slot),
            life_left: [0.0; 2],
        };
        let lambda = lambdas(day.world);
        let installed = usize::from(stack.seller[1]);
        let first = day.state.taste.clone();
        for likes in [1.0, -1.0] {
            // Tastes are in units of price, mu is .075 of it.
            day.state.taste.clone_from(&first);
            for v in 0..day.world.vendors.len() {
                day.state.taste[v] = if v == installed { likes * 0.075 } else { 0.0 };
            }
            day.prepare(slot, false);
            let found = Dependence::default().at_prices(&day.desk.offer, &attached, [8.0; 2], &lambda, |_| 37_500.0);
            for component in found {
                let index = component.expect("two sellers");
                assert!((index - expected).abs() < 1e-8, "s = {s}, likes {likes}: {index}");
            }
        }
    }
}

/// L3 in the same duopoly: the twin pays 2 mu over cost, the insider asks 1/(1-q), the outsider 1/q: a premium for those who stay, a
/// discount for those who leave.
#[test]
fn the_premium_of_the_logit_duopoly_is_known() {
    let (s, q) = (2.0, 0.654_146_22);
    let simulation = simulate(&theory(s));
    let mut day = MarketDay::first(&simulation, 0);
    let slot = simulation
        .world()
        .slots
        .iter()
        .position(|x| x.operator == 0 && x.layer == Layer::Ran(0))
        .expect("a slot of north");
    day.prepare(slot, false);
    let stack = day.state.slots[slot].stack.expect("kit");
    let legacy = day.state.legacy(day.world, slot);
    let (lambda, alpha) = (lambdas(day.world), vendor(&simulation, "alpha"));
    let solved = day
        .desk
        .bidding
        .solve(&day.desk.offer, day.world, &lambda, Continuation::default())
        .expect("an equilibrium");
    let margin = solved.equilibrium.total_margin.to_vec();
    let _ = day.desk.offer.wedges(&stack, legacy, [0.0; 2]);
    let offer = &day.desk.offer;
    let twin = day
        .desk
        .bidding
        .solve_twin(offer, day.world, &lambda)
        .expect("an equilibrium");
    for (index, a) in offer.alternatives.iter().enumerate() {
        let premium = (margin[index] - twin.total_margin[twin.entry(index).expect("whole")]) / offer.terms.mu;
        let expected = if a.seller[1] == alpha { 1.0 / (1.0 - q) } else { 1.0 / q } - 2.0;
        assert!((premium - expected).abs() < 1e-7, "{premium} mu, not {expected}");
    }
}

/// L4b, L4c: what a state bears of its champion's cost uses up nothing. With equal sellers and leaving at a cost of mu a planner leaves
/// everybody where he is, whoever is subsidised, so no retention is inefficient and every switch is.
#[test]
fn a_subsidy_makes_no_retention_inefficient() {
    let subsidy = r#"
[levers.champion.state_subsidy]
in_force = 2020-01-01
unit_cost_share = 0.2
scope = { vendors = ["alpha"] }
"#;
    let (mut judged, mut lost) = (0, 0);
    for lever in ["", subsidy] {
        let simulation = simulate_all(&theory_with(1.0, lever));
        for k in 0..2 {
            let record = play(&simulation, k);
            let table = Table {
                simulation: &simulation,
                record: &record,
            };
            for x in table.world("inefficient_retention", "without_shocks") {
                assert!(x.is_nan() || x == 0.0, "{lever}: {x}");
                judged += usize::from(x == 0.0);
            }
            let switching = table.world("inefficient_switching", "without_shocks");
            lost += switching.iter().filter(|x| **x > 0.0).count();
        }
    }
    assert!(judged > 20 && lost > 10, "{judged}, {lost}");
}

/// L5: site-years in service are those of the sites; hazard, tenure and half-life are one number three ways.
#[test]
fn tenure_is_the_inverse_of_the_hazard() {
    let simulation = simulate_all(&child(MINIMAL, BAN));
    let record = play(&simulation, 2);
    let mut seen = 0;
    for date in 1..simulation.dates().len() {
        let [hazard, tenure, half] =
            ["switching_hazard", "tenure_years", "half_life_years"].map(|m| by_part(&simulation, &record, m, date));
        for (key, parts) in &hazard {
            let (h, t) = (parts["all"], tenure[key]["all"]);
            if h > 0.0 {
                assert_close(h * t, 1.0, 1e-12, key);
                seen += 1;
            } else {
                assert!(t.is_nan(), "{key:?}: {t}");
            }
            if let Some(half) = half.get(key).filter(|_| h > 0.0) {
                assert_close(half["all"], std::f64::consts::LN_2 / h, 1e-12, key);
            }
        }
    }
    assert!(seen > 10, "{seen} values");
}

/// V17: in a Markov chain with these chances of staying a year, at its stationary shares, tenures are 1/(1 - p_ii) and the switch rate is
/// .15037594; read by the catalogue from the flows of a year.
#[test]
fn tenures_of_a_markov_chain_are_known() {
    let simulation = simulate(&child(MINIMAL, ""));
    let day = MarketDay::first(&simulation, 0);
    let world = day.world;
    let mut cube = Cube::new(world, false);
    let shares = [0.360_902_26, 0.488_721_80, 0.150_375_94];
    let stays = [0.85, 0.88, 0.75];
    let places = Places {
        of_country: &[0],
        own: usize::MAX,
    };
    for k in 0..2 {
        for v in 0..3 {
            cube.add(places, 0, k, v, Field::Service, 1_000.0 * shares[v]);
            cube.add(places, 0, k, v, Field::Lost, 1_000.0 * shares[v] * (1.0 - stays[v]));
        }
    }
    let view = View {
        world,
        cube: &cube,
        posted: &day.posted,
        state: &day.state,
        exits: None,
        everyone: &[0, 1, 2],
        country_sites: &[1.0],
        discount: 1.0,
    };
    let read = |name: &str, vendors: &[usize]| {
        let (rank, measure) = CATALOGUE
            .iter()
            .enumerate()
            .find(|(_, m)| m.name == name)
            .expect("listed");
        let cell = Cell {
            measure: rank,
            component: Component::Ran,
            generation: None,
            place: 0,
            vendors: vendors.to_vec(),
            part: usize::MAX,
        };
        (measure.value)(&view, &cell)
    };
    for (v, expected) in [6.666_666_7, 8.333_333_3, 4.0].into_iter().enumerate() {
        assert_close(read("tenure_years", &[v]), expected, 1e-7, &v);
    }
    let rate = read("switching_hazard", &[0, 1, 2]);
    assert_close(rate, 0.150_375_94, 1e-7, &"switch rate");
    assert_close(
        read("half_life_years", &[0, 1, 2]),
        std::f64::consts::LN_2 / rate,
        1e-9,
        &"half-life",
    );
}
