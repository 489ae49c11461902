//! Directions and limits of the levers on the buyers' side that are rules, each on its own mechanism, through runs of the smallest world.

mod common;

use common::{MINIMAL, Tender, Watch, bought_from, child, day, exactly, play, simulate, vendor, watch};
use sim_core::calendar::Day;
use sim_core::market::tender::Outcome;
use sim_core::run::Simulation;
use sim_core::world::{BB, Layer, RU, Stack, VendorIx};

/// A world with one lever.
fn with(kind: &str, keys: &str) -> Simulation {
    simulate(&child(MINIMAL, &format!("[levers.test.{kind}]\n{keys}\n")))
}

/// Share of an operator's sites in the radio network at the end of a day at which this is so.
fn share_where(s: &Simulation, watch: &Watch, operator: usize, on: Day, so: impl Fn(&Stack) -> bool) -> f64 {
    let world = s.world();
    let stacks = watch.stacks_at(world, on);
    let (mut counted, mut all) = (0.0, 0.0);
    for slot in world.operators[operator].slots.clone() {
        if let (Layer::Ran(_), Some(stack)) = (world.slots[slot].layer, stacks[slot]) {
            all += world.slots[slot].sites;
            counted += if so(&stack) { world.slots[slot].sites } else { 0.0 };
        }
    }
    counted / all
}

/// Sites bought from a vendor from one day to before another, half of them for each component.
fn bought(s: &Simulation, watch: &Watch, v: VendorIx, from: Day, to: Day) -> f64 {
    let in_time = watch.tenders.iter().filter(|t| t.day >= from && t.day < to);
    let parts = |t: &Tender| bought_from(t, v).iter().filter(|b| **b).count() as f64;
    in_time.map(|t| parts(t) / 2.0 * s.world().slots[t.slot].sites).sum()
}

const CAP: &str =
    "in_force = 2022-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\"], components = [\"ru\", \"bb\"] }\n";

#[test]
fn above_a_cap_an_operator_sheds_by_the_deadline_and_no_more_than_it_must() {
    let base = simulate(&child(MINIMAL, ""));
    let alpha = vendor(&base, "alpha");
    let mut forced = Vec::new();
    for cap in [0.0, 0.35, 0.7, 1.0] {
        let s = with("share_cap", &format!("share_of_sites = {cap}\n{CAP}"));
        let mut tenders = 0;
        for k in 0..10 {
            let (_, w) = watch(&s, k);
            tenders += w.tenders.iter().filter(|t| t.kind == "forced").count();
            for operator in 0..2 {
                for component in [RU, BB] {
                    let held = |on| share_where(&s, &w, operator, on, |x| x.seller[component] == alpha);
                    // What stands above the cap after the deadline was replaced late, and says so.
                    let late = w
                        .tenders
                        .iter()
                        .any(|t| t.kind == "forced" && t.months_late > 0.0 && t.day <= day(2026, 12, 31));
                    assert!(
                        held(day(2026, 12, 31)) <= cap + 1e-9 || late,
                        "cap {cap}, replicate {k}, operator {operator}: {}",
                        held(day(2026, 12, 31))
                    );
                    assert!(held(day(2028, 12, 31)) <= cap + 1e-9, "cap {cap}, replicate {k}");
                }
            }
            // From in force no award leaves the share above the cap.
            for t in w
                .tenders
                .iter()
                .filter(|t| t.day >= day(2022, 1, 1) && t.kind != "core")
            {
                let operator = s.world().slots[t.slot].operator;
                assert!(
                    cap > 0.0 || bought_from(t, alpha) == [false; 2],
                    "replicate {k}: operator {operator} buys {}",
                    t.id
                );
            }
        }
        forced.push(tenders);
    }
    assert!(
        forced[0] > forced[1] && forced[1] > forced[2] && forced[3] == 0,
        "a tighter cap forces more: {forced:?}"
    );
}

#[test]
fn a_cap_of_one_changes_nothing() {
    let base = simulate(&child(MINIMAL, ""));
    let s = with("share_cap", &format!("share_of_sites = 1.0\n{CAP}"));
    for k in 0..5 {
        assert_eq!(
            exactly(&play(&base, k).values),
            exactly(&play(&s, k).values),
            "replicate {k}"
        );
    }
}

#[test]
fn the_oldest_kit_goes_first() {
    let s = with("share_cap", &format!("share_of_sites = 0.35\n{CAP}"));
    let alpha = vendor(&s, "alpha");
    let world = s.world();
    for k in 0..10 {
        let (_, w) = watch(&s, k);
        let mut seen = 0;
        for t in w.tenders.iter().filter(|t| t.kind == "forced") {
            let Some(old) = t.old.filter(|o| o.holds(alpha)) else {
                continue;
            };
            let operator = world.slots[t.slot].operator;
            // Kit of the operator that stands that day without a successor on order, and is not younger, goes too by the deadline.
            let stacks = w.stacks_at(world, day(2026, 12, 31));
            for other in world.operators[operator].slots.clone() {
                let before = w.stacks_at(world, t.day)[other];
                let (Layer::Ran(_), Some(stack)) = (world.slots[other].layer, before) else {
                    continue;
                };
                let older = stack.seller[RU] == alpha && stack.installed[RU] < old.installed[RU];
                if older && t.months_late == 0.0 {
                    let after = stacks[other].map(|x| x.seller[RU]);
                    assert_ne!(after, Some(alpha), "replicate {k}: {} goes, older kit stays", t.id);
                    seen += 1;
                }
            }
        }
        let _ = seen;
    }
}

#[test]
fn where_nobody_else_sells_kit_runs_on_past_its_date_and_that_is_recorded() {
    let all = "in_force = 2022-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\", \"beta\", \"gamma\"] }\n";
    for (kind, keys) in [
        ("procurement_ban", all.to_owned()),
        ("share_cap", format!("share_of_sites = 0.0\n{all}")),
    ] {
        let s = with(kind, &keys);
        let (_, w) = watch(&s, 0);
        let relaxed = w.tenders.iter().filter(|t| t.outcome == Outcome::Relaxed).count();
        assert!(relaxed > 0, "{kind}: the kit that must go cannot");
        let later = w.tenders.iter().filter(|t| t.day >= day(2022, 6, 1) && t.old.is_some());
        assert!(
            later.clone().count() > 0 && later.clone().all(|t| t.bought().is_none()),
            "{kind}"
        );
        assert!(w.tenders.len() < 1000, "{kind}: {} tenders", w.tenders.len());
    }
}
