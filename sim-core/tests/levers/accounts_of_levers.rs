//! In whose account the money of levers stands: who pays, in whose market it is got, and what is a transfer and what is used up.

use crate::common::levers::NEIGHBOUR;
use crate::common::{MINIMAL, Table, assert_close, behaviour, child, play, simulate_all, vendor, watch};
use sim_core::market::alternatives::Kind;
use sim_core::record::ReplicateRecord;
use sim_core::run::Simulation;
use sim_core::world::{BB, Layer, RU};

const REPLICATES: u64 = 3;

/// Sum over all dates of the flows of a measure at a place; of all vendors, or of one.
fn total(s: &Simulation, record: &ReplicateRecord, measure: &str, part: &str, place: &str, vendor: &str) -> f64 {
    let table = Table { simulation: s, record };
    let series = table.find(|k| {
        k.measure == measure
            && k.part == part
            && k.place == place
            && k.vendor == vendor
            && k.generation == "all"
            && k.component == "ran"
    });
    (1..s.dates().len()).map(|date| table.at(date, series)).sum()
}

fn world_of(kind: &str, keys: &str) -> Simulation {
    simulate_all(&child(
        MINIMAL,
        &format!(
            "[[country]]\nid = \"DEU\"\ncredit_eligible = true\n{NEIGHBOUR}[levers.test.{kind}]\nin_force = 2020-01-01\n{keys}\n"
        ),
    ))
}

/// Levers whose money may come from elsewhere, with keys under which they pay, the vendor alone that they help, and where it is at home.
const PAYING: [(&str, &str); 4] = [
    (
        "state_subsidy",
        "unit_cost_share = 0.1\nshare_of_price = 0.05\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "export_credit",
        "interest_per_year = 0.0\nscope = { vendors = [\"beta\", \"gamma\"] }\n",
    ),
    ("adoption_fund", "share_of_price = 0.3\n"),
    ("virtualisation_support", "share_of_price = 0.5\n"),
];

#[test]
fn public_money_stands_in_the_account_of_who_pays_it() {
    for (kind, keys) in PAYING {
        let usual = world_of(kind, keys);
        let other = world_of(kind, &format!("payer = \"NLD\"\n{keys}"));
        let bloc = world_of(kind, &format!("payer = \"west\"\n{keys}"));
        for k in 0..REPLICATES {
            let [a, b, c] = [&usual, &other, &bloc].map(|s| play(s, k));
            let same = |x: &Simulation, r: &ReplicateRecord| behaviour(x, r) == behaviour(&usual, &a);
            assert!(same(&other, &b) && same(&bloc, &c), "{kind}: who pays moves nobody");
            let paid =
                |s: &Simulation, r: &ReplicateRecord, place: &str| total(s, r, "public_outlay", "all", place, "all");
            let all = paid(&usual, &a, "world");
            assert!(all > 0.0, "{kind} pays");
            let home_is_abroad = matches!(kind, "state_subsidy" | "export_credit");
            let here = paid(&usual, &a, "DEU") + paid(&usual, &a, "NLD");
            // Vendors at home in no country of the scenario: their states pay, and the world counts it.
            assert_close(here, if home_is_abroad { 0.0 } else { all }, 1e-9, &kind);
            assert_eq!(paid(&other, &b, "DEU"), 0.0, "{kind}");
            assert_close(paid(&other, &b, "NLD"), all, 1e-9, &kind);
            assert_close(paid(&other, &b, "world"), all, 1e-9, &kind);
            // The bloc's members by their sites.
            let world = bloc.world();
            let sites = |country: &str| -> f64 {
                let there = |o: &&sim_core::world::OperatorInfo| world.countries[o.country].id == country;
                world.operators.iter().filter(there).map(|o| o.sites).sum()
            };
            let share = sites("NLD") / (sites("NLD") + sites("DEU"));
            assert_close(paid(&bloc, &c, "NLD"), share * all, 1e-9, &kind);
            assert_close(paid(&bloc, &c, "west"), all, 1e-9, &kind);
        }
    }
}

#[test]
fn welfare_adds_up_for_every_place_whoever_pays_and_over_the_world_it_is_the_same() {
    for (kind, keys) in PAYING {
        let usual = world_of(kind, keys);
        let other = world_of(kind, &format!("payer = \"NLD\"\n{keys}"));
        for k in 0..REPLICATES {
            let (a, b) = (play(&usual, k), play(&other, k));
            let w = |s: &Simulation, r: &ReplicateRecord, part: &str, place: &str| {
                total(s, r, "welfare", part, place, "all")
            };
            for (s, r) in [(&usual, &a), (&other, &b)] {
                for place in ["world", "west"] {
                    let part = |name: &str| w(s, r, name, place);
                    let all = part("all");
                    let who = part("consumers") + part("producers") + part("government") + part("externalities");
                    let what = part("benefits") - part("resources") + part("externalities");
                    assert_close(who, all, 1e-9, &(kind, place));
                    assert_close(what, all, 1e-9, &(kind, place));
                }
            }
            for part in ["all", "resources", "consumers", "producers", "government"] {
                assert_close(
                    w(&usual, &a, part, "world"),
                    w(&other, &b, part, "world"),
                    1e-9,
                    &(kind, part),
                );
            }
            let abroad = matches!(kind, "state_subsidy" | "export_credit");
            // What a state outside pays is the bloc's gain: it stands among no resources of the bloc.
            let differs = w(&usual, &a, "all", "west") - w(&other, &b, "all", "west");
            assert!(
                if abroad { differs > 1.0 } else { differs.abs() < 1e-6 },
                "{kind}: {differs}"
            );
        }
    }
}

/// Costs that do not move, no fees, no additions: what is made and paid can be told from the tenders.
const PLAIN: &str = "[learning]\nprogress_ratio = 1\nwhite_box_progress_ratio = 1\n[market]\nexpansion_share_per_year = 0\n[contract]\nbreak_fee_share = 0\n";

#[test]
fn royalties_pass_between_vendors_and_use_up_nothing() {
    let rate = 0.2;
    let ask = |rate: f64| {
        simulate_all(&child(
            MINIMAL,
            &format!(
                "{PLAIN}[levers.test.royalties]\nin_force = 2020-01-01\nrate_share = {rate}\nportfolio = {{ alpha = 1 }}\n"
            ),
        ))
    };
    let (s, free) = (ask(rate), simulate_all(&child(MINIMAL, PLAIN)));
    let world = s.world();
    let alpha = vendor(&s, "alpha");
    for k in 0..REPLICATES {
        let (record, seen) = watch(&s, k);
        // From the tenders: payments to all and to alpha, what all made and what others than alpha made, million dollars.
        let (mut paid, mut to_alpha, mut made, mut by_alpha) = (0.0, 0.0, 0.0, 0.0);
        for t in seen.tenders.iter().filter(|t| world.slots[t.slot].layer != Layer::Core) {
            let Some(bought) = t.bought() else { continue };
            let slot = &world.slots[t.slot];
            let chosen = t.alternatives.iter().position(|a| *a == bought).expect("among them");
            let price = 1e-6 * slot.sites * t.prices[chosen];
            let unit = |k: usize| world.vendors[usize::from(bought.seller[k])].cost[k] * slot.cost_scale;
            let cost: f64 = [RU, BB].iter().filter(|k| bought.buys()[**k]).map(|k| unit(*k)).sum();
            let cost = 1e-6 * slot.sites * cost;
            paid += price;
            made += cost;
            if bought.seller.contains(&alpha) {
                assert_eq!(bought.kind, Kind::Closed, "alpha sells whole stacks alone");
                to_alpha += price;
                by_alpha += cost;
            }
        }
        let profit = |vendor: &str| total(&s, &record, "vendor_profit", "all", "world", vendor);
        assert_close(
            profit("all"),
            paid - made,
            1e-9,
            &"all vendors: payments less what is used up",
        );
        let royalties = rate * (made - by_alpha);
        assert!(royalties > 1.0);
        assert_close(
            profit("alpha"),
            to_alpha - by_alpha + royalties,
            1e-9,
            &"who holds the patents",
        );
        assert_close(
            profit("beta") + profit("gamma"),
            paid - to_alpha - (made - by_alpha) - royalties,
            1e-9,
            &"who pays",
        );
        let first = |s: &Simulation| {
            let tenders = watch(s, k).1.tenders;
            tenders.into_iter().find(|t| t.kind == "renewal").expect("a renewal")
        };
        let (x, y) = (first(&free), first(&s));
        let at = |t: &crate::common::Tender, v: &str| {
            let v = vendor(&s, v);
            t.alternatives
                .iter()
                .position(|a| a.kind == Kind::Closed && a.seller == [v; 2])
        };
        let price = |t: &crate::common::Tender| t.prices[at(t, "beta").expect("beta bids for the whole stack")];
        assert!(price(&y) > price(&x), "prices feel it");
    }
}

/// Cores are in no row of the radio network: neither is the public money for them.
#[test]
fn public_money_for_cores_is_not_of_the_radio_network() {
    let scope = "scope = { vendors = [\"alpha\"], components = [\"core\"] }\n";
    let ban = format!("[levers.ban.procurement_ban]\nin_force = 2021-01-01\ndeadline = 2026-12-31\n{scope}");
    let refund = format!(
        "{ban}[levers.test.reimbursement]\nin_force = 2021-01-01\nappropriations = [{{ date = 2021-01-01, usd = 1e10 }}]\n{scope}"
    );
    let [without, with] = [&ban, &refund].map(|more| simulate_all(&child(MINIMAL, more)));
    let mut all = 0.0;
    for k in 0..REPLICATES {
        let [a, b] = [&without, &with].map(|s| play(s, k));
        let paid = |component: &str, place: &str, part: &str| -> f64 {
            let table = Table {
                simulation: &with,
                record: &b,
            };
            let series = table.find(|key| {
                (key.measure, key.component, key.place.as_str(), key.part.as_str())
                    == ("public_outlay", component, place, part)
            });
            (1..with.dates().len()).map(|date| table.at(date, series)).sum()
        };
        for place in ["world", "DEU", "west"] {
            for part in ["all", "test"] {
                assert_eq!(paid("ran", place, part), 0.0, "{place} {part}");
                assert_eq!(
                    paid("core", place, part),
                    paid("core", "world", "all"),
                    "{place} {part}"
                );
            }
        }
        all += paid("core", "world", "all");
        // Nobody waits for money, so that nothing of the radio network moves: least of all who gains.
        let parts = ["all", "consumers", "producers", "government", "benefits", "resources"];
        let of = |s: &Simulation, r: &ReplicateRecord| parts.map(|p| total(s, r, "welfare", p, "world", "all"));
        assert_eq!(of(&without, &a), of(&with, &b));
        let cost = |s: &Simulation, r: &ReplicateRecord| {
            let price = total(s, r, "operator_cost", "price", "world", "all");
            price + total(s, r, "operator_cost", "switching", "world", "all")
        };
        assert_eq!(cost(&without, &a), cost(&with, &b));
    }
    assert!(all > 0.0);
}
