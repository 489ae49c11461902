//! Switching cost through the path of a run: prepared offers, solved tenders, the lock-in curve.

use crate::common::market_day::MarketDay;
use crate::common::{MINIMAL, Table, WORLD, child, play, simulate, simulate_all, vendor, watch};
use sim_core::draws::{Decision, Draws, StreamKey};
use sim_core::market::shocks::Shocks;
use sim_core::market::tender::{Continuation, Desk, lambdas};
use sim_core::run::Simulation;
use sim_core::world::{BB, Layer, VendorIx};

/// Static equilibrium of n closed bidders, one of them with an advantage of `s` mu (V19; V14 with sellers who do not look
/// ahead): chance, margin of the insider and of an outsider in units of mu.
fn known_answer(n: usize, s: f64) -> (f64, f64, f64) {
    // V14's table: the chance does not depend on patience; margins are 1/(1-q) and 1/(1-q0).
    let q = match (n, s as u32) {
        (2, 0) => 0.5,
        (2, 1) => 0.581_599_41,
        (2, 2) => 0.654_146_22,
        (2, 4) => 0.759_855_20,
        (3, 0) => 1.0 / 3.0,
        (3, 1) => 0.458_235_63,
        (3, 2) => 0.567_399_61,
        (3, 4) => 0.717_467_95,
        _ => unreachable!("not in the table"),
    };
    (q, 1.0 / (1.0 - q), 1.0 / (1.0 - (1.0 - q) / (n as f64 - 1.0)))
}

/// n equal sellers of closed bundles, no taste, no renewal advantage; leaving costs `s` mu of onboarding a site, or of work.
fn theory(n: usize, s: f64, as_onboarding: bool) -> Simulation {
    let (mu, price) = (0.075, 50_000.0 * 0.6);
    let money = s * mu * price;
    // An onboarding of so much for each of the 20,000 sites; or radio work with a renewal that needs none of it.
    let (onboarding, work, phi) = if as_onboarding {
        (money * 20_000.0, 0.0, 1.0)
    } else {
        (0.0, money, 0.0)
    };
    let third = if n == 3 {
        "[[vendor]]\nid = \"gamma\"\nline = \"closed\"\nvirtual_from = 2090-01-01\nru_usd_per_site = 22500\nbb_usd_per_site = 15000\nru_quality = 1.0\nbb_quality = 1.0\nwhite_box = false\n"
    } else {
        "[[vendor]]\nid = \"gamma\"\nremove = true\n"
    };
    simulate(&child(
        MINIMAL,
        &format!(
            r#"
[market]
persistent_taste_sd_share = 0.0
[switching]
ru_work_usd_per_site = {work}
bb_work_usd_per_site = 0
bb_software_work_usd_per_site = 0
removal_usd_per_site = 0
optimisation_usd_per_site = 0
renewal_work_share = {phi}
x2_anchor_usd_per_site = 0
oss_onboarding_usd = {onboarding}
training_usd = 0
onboarding_size_elasticity = 0
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
{third}"#
        ),
    ))
}

/// V14 with a look-ahead of nothing, and V19: the prices of a run's own tenders are those of the closed form.
#[test]
fn prices_of_a_runs_tender_are_those_of_the_closed_form() {
    for as_onboarding in [true, false] {
        for (n, s) in [
            (2, 0.0),
            (2, 1.0),
            (2, 2.0),
            (2, 4.0),
            (3, 0.0),
            (3, 1.0),
            (3, 2.0),
            (3, 4.0),
        ] {
            let simulation = theory(n, s, as_onboarding);
            let mut day = MarketDay::first(&simulation, 0);
            let slot = simulation
                .world()
                .slots
                .iter()
                .position(|x| x.operator == 0 && x.layer == Layer::Ran(0))
                .expect("a slot of north");
            day.prepare(slot, false);
            let (alpha, mu) = (vendor(&simulation, "alpha"), day.desk.offer.terms.mu);
            assert_eq!(day.desk.offer.alternatives.len(), n, "closed bundles alone");
            let lambda = lambdas(day.world);
            let offer = &day.desk.offer;
            let solved = day
                .desk
                .bidding
                .solve(offer, day.world, &lambda, Continuation::default())
                .expect("an equilibrium");
            let (q, inside, outside) = known_answer(n, s);
            for (a, alternative) in offer.alternatives.iter().enumerate() {
                let margin = (solved.price(a) - offer.terms.cost(alternative)) / mu;
                let (chance, expected) = if alternative.seller[1] == alpha {
                    (q, inside)
                } else {
                    ((1.0 - q) / (n as f64 - 1.0), outside)
                };
                // The table has eight digits; 1/(1-q) magnifies the last by up to 17.
                assert!(
                    (solved.equilibrium.probability[a] - chance).abs() < 1e-8,
                    "{n} sellers, s = {s} mu: chance {}",
                    solved.equilibrium.probability[a]
                );
                assert!(
                    (margin - expected).abs() < 1e-7,
                    "{n} sellers, s = {s} mu: margin {margin} mu, not {expected}"
                );
                assert!(
                    (solved.payments(&offer.terms, a).iter().sum::<f64>() - solved.price(a)).abs()
                        < 1e-9 * solved.price(a),
                    "what sellers get is what the buyer pays"
                );
            }
            if (n, s) == (2, 2.0) {
                let margins: Vec<f64> = (0..2)
                    .map(|a| (solved.price(a) - offer.terms.cost(&offer.alternatives[a])) / mu)
                    .collect();
                assert!(
                    (margins[0] - 2.891_395_36).abs() < 1e-7 && (margins[1] - 1.528_710_19).abs() < 1e-7,
                    "{margins:?}"
                );
            }
        }
    }
}

/// Luck of a slot's first decision, by hand.
fn luck(simulation: &Simulation, slot: usize) -> Draws {
    let info = &simulation.world().slots[slot];
    let key = StreamKey {
        kind: Decision::Tender,
        entity: simulation.world().operators[info.operator].key,
        lot: info.cohort,
        cycle: 0,
        cause: 0,
    };
    simulation.luck(0).stream(key)
}

/// A seller whose unit cost rises by a tenth wins less often in every tender in which it bids; no shock moves.
fn a_dearer_seller_wins_less(simulation: &Simulation, step: usize) -> usize {
    let mut day = MarketDay::first(simulation, 0);
    let lambda = lambdas(day.world);
    let mut bids = 0;
    for slot in (0..day.world.slots.len()).step_by(step) {
        if day.state.slots[slot].stack.is_none() {
            continue;
        }
        for v in 0..day.world.vendors.len() as VendorIx {
            day.prepare(slot, true);
            let sets =
                |a: &sim_core::market::alternatives::Alternative| (0..2).any(|k| a.buys()[k] && a.seller[k] == v);
            if !day.desk.offer.alternatives.iter().any(sets) {
                continue;
            }
            let solve = |desk: &mut Desk| -> (f64, Vec<(u64, u64)>) {
                let offer = &desk.offer;
                let solved = desk
                    .bidding
                    .solve(offer, day.world, &lambda, Continuation::default())
                    .expect("an equilibrium");
                let chance = offer
                    .alternatives
                    .iter()
                    .zip(solved.equilibrium.probability)
                    .filter(|(a, _)| sets(a))
                    .map(|(_, p)| p)
                    .sum();
                let mut shocks = Shocks::from(luck(simulation, slot));
                (
                    chance,
                    (0..offer.alternatives.len())
                        .map(|a| solved.shock(&mut shocks, a))
                        .map(|s| (s.0.to_bits(), s.1.to_bits()))
                        .collect(),
                )
            };
            let (before, shocks_before) = solve(&mut day.desk);
            let offer = &mut day.desk.offer;
            for cost in &mut offer.terms.seller_mut(v).cost {
                *cost *= 1.1;
            }
            for (cost, a) in offer.costs.iter_mut().zip(&offer.alternatives) {
                *cost = offer.terms.cost(a);
            }
            let (after, shocks_after) = solve(&mut day.desk);
            assert!(
                after < before || before < 1e-9,
                "{} {}: {before} to {after}",
                day.world.slot_id(slot),
                day.world.vendors[usize::from(v)].id
            );
            assert_eq!(shocks_before, shocks_after);
            bids += 1;
        }
    }
    bids
}

#[test]
fn a_dearer_seller_wins_less_wherever_it_bids() {
    assert!(a_dearer_seller_wins_less(&simulate(&child(MINIMAL, "")), 1) >= 16);
    assert!(a_dearer_seller_wins_less(&simulate(&child(WORLD, "")), 7) >= 300);
}

/// Leaving costs no more than staying: no advantage of renewal, nothing to learn, break, integrate or bring forward.
const NO_SWITCHING_COST: &str = r#"
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
"#;

/// V42: persistence is not lock-in. Tastes alone bring buyers back to the same seller, and the measure says nil.
#[test]
fn without_switching_cost_there_is_persistence_and_no_lock_in() {
    let none = simulate_all(&child(
        MINIMAL,
        &format!("{NO_SWITCHING_COST}[market]\npersistent_taste_sd_share = 0.2\n"),
    ));
    let (mut kept, mut defended) = (0.0, 0.0);
    // Awards by former and new seller of the baseband.
    let vendors = none.world().vendors.len();
    let (mut former, mut new) = (vec![0.0; vendors], vec![0.0; vendors]);
    for k in 0..40 {
        let (record, watch) = watch(&none, k);
        let table = Table {
            simulation: &none,
            record: &record,
        };
        let mut zeros = 0;
        for (s, key) in none
            .series()
            .iter()
            .enumerate()
            .filter(|(_, k)| k.measure == "lock_in_curve")
        {
            for date in 0..none.dates().len() {
                let value = table.at(date, s);
                assert!(value.is_nan() || value.abs() < 1e-12, "replicate {k}: {key:?} {value}");
                zeros += usize::from(!value.is_nan());
            }
        }
        assert!(zeros > 100, "the curve is defined");
        for t in watch.tenders.iter().filter(|t| t.kind == "renewal") {
            let (Some(old), Some(bought)) = (t.old, t.bought()) else {
                continue;
            };
            former[usize::from(old.seller[BB])] += 1.0;
            new[usize::from(bought.seller[BB])] += 1.0;
            defended += 1.0;
            kept += f64::from(u8::from(old.seller[BB] == bought.seller[BB]));
        }
    }
    // A buyer without memory would come back as often as the former seller is any award's seller.
    let chance: f64 = former.iter().zip(&new).map(|(f, n)| f / defended * n / defended).sum();
    let retention = kept / defended;
    assert!(
        retention > chance + 0.05,
        "retention {retention} against {chance} by chance"
    );
}

/// K falls as the incumbent's own renewal becomes as laborious as a change (phi from 0 to 1), in every place.
#[test]
fn lock_in_falls_with_the_work_of_the_incumbents_own_renewal() {
    let with = |phi: f64| simulate_all(&child(MINIMAL, &format!("[switching]\nrenewal_work_share = {phi:?}\n")));
    let worlds = [0.0, 0.5, 1.0].map(with);
    let records: Vec<_> = worlds.iter().map(|w| play(w, 0)).collect();
    let mut compared = 0;
    for (s, key) in worlds[0]
        .series()
        .iter()
        .enumerate()
        .filter(|(_, k)| k.measure == "lock_in_curve")
    {
        // On the first day the three worlds hold the same kit.
        let [none, half, whole] = [0, 1, 2].map(|w| {
            Table {
                simulation: &worlds[w],
                record: &records[w],
            }
            .at(0, s)
        });
        if !none.is_nan() {
            assert!(
                none > half && half > whole && whole >= -1e-12,
                "{key:?}: {none} {half} {whole}"
            );
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} series");
}
