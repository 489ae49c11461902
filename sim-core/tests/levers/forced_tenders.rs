//! Tenders under a deadline: who may bid, when they come, what they delay.

use std::collections::BTreeMap;

use crate::common::{MINIMAL, Table, Tender, Watch, child, day, simulate, vendor, watch};
use sim_core::calendar::Day;
use sim_core::market::tender::Outcome;
use sim_core::run::Simulation;
use sim_core::world::{BB, Layer, NO_VENDOR, RU};

const DAYS_PER_MONTH: f64 = 365.25 / 12.0;

fn ban(name: &str, keys: &str) -> String {
    format!("[levers.{name}.procurement_ban]\n{keys}\n")
}

/// Day on which what a tender awarded stood; `None` where it bought nothing, or stood after the last day.
fn delivered(watch: &Watch, t: &Tender) -> Option<Day> {
    matches!(t.outcome, Outcome::Award(_)).then_some(())?;
    let of_slot = watch.deliveries.iter().filter(|(_, slot, _)| *slot == t.slot);
    of_slot.map(|(on, _, _)| *on).find(|on| *on > t.day)
}

/// A rule that is announced lets its target sell until it is in force; but not to those who tender because it must go.
#[test]
fn nobody_bids_for_what_it_must_clear() {
    let rule =
        "announced = 2020-06-01\nin_force = 2023-06-01\ndeadline = 2024-12-31\nscope = { vendors = [\"alpha\"] }";
    let simulation = simulate(&child(MINIMAL, &ban("test", rule)));
    let alpha = vendor(&simulation, "alpha");
    let (mut forced, mut free) = (0, 0);
    for k in 0..10 {
        let (_, watch) = watch(&simulation, k);
        let before = watch
            .tenders
            .iter()
            .filter(|t| t.day > day(2020, 6, 1) && t.day < day(2023, 6, 1));
        for t in before {
            if t.kind == "forced" {
                assert_eq!(t.chance_of(alpha), 0.0, "replicate {k}: {}", t.id);
                forced += 1;
            } else if t.chance_of(alpha) > 0.0 {
                free += 1;
            }
        }
    }
    assert!(
        forced > 5 && free > 20,
        "{forced} forced, {free} others in which it could sell"
    );
}

/// Where one part is replaced by force, the other is tendered when its own life is over, or after two years if that is later.
#[test]
fn a_part_that_stays_beside_a_forced_one_keeps_its_own_date() {
    let rule = "announced = 2024-06-01\nin_force = 2024-06-01\ndeadline = 2026-12-31\n\
                scope = { vendors = [\"gamma\"], components = [\"bb\"] }";
    let simulation = simulate(&child(MINIMAL, &ban("test", rule)));
    let world = simulation.world();
    let term = world.scenario.contract.term_years;
    let mut seen = 0;
    for k in 0..20 {
        let (_, watch) = watch(&simulation, k);
        for (i, t) in watch.tenders.iter().enumerate().filter(|(_, t)| t.kind == "forced") {
            let (Some(old), Some(bought)) = (t.old, t.bought()) else {
                continue;
            };
            let Some(kept) = [RU, BB].into_iter().find(|k| !bought.buys()[*k]) else {
                continue;
            };
            if old.seller[RU] == NO_VENDOR {
                continue;
            }
            let Some(next) = watch.tenders[i + 1..].iter().find(|n| n.slot == t.slot) else {
                continue;
            };
            let own = old.installed[kept].plus_years(term);
            // The part that is bought may come late, and is tendered no later than a life after it stands.
            let latest = own.max(t.day.plus_years(2.0)).add_days(1);
            assert!(
                next.day <= latest,
                "replicate {k}: {} of {:?}, next {:?}, own date {own:?}",
                t.id,
                t.day,
                next.day
            );
            seen += 1;
        }
    }
    assert!(seen > 0, "some open kit loses one part");
}

/// When the stricter of two rules is lifted, kit whose own date is in time for the other goes back to that date.
#[test]
fn a_rule_that_ends_gives_kit_its_own_date_back_though_another_stands() {
    let short = "announced = 2020-03-01\nin_force = 2020-03-01\ndeadline = 2023-12-31\nend = 2021-03-01\nscope = { vendors = [\"alpha\"] }";
    let long =
        "announced = 2020-03-01\nin_force = 2034-06-01\ndeadline = 2035-06-30\nscope = { vendors = [\"alpha\"] }";
    let alone = simulate(&child(MINIMAL, &ban("a", short)));
    let both = simulate(&child(MINIMAL, &(ban("a", short) + &ban("b", long))));
    // The first tender of each slot after the end of the stricter rule.
    let first = |simulation: &Simulation, k: u64| {
        let mut first: BTreeMap<usize, Day> = BTreeMap::new();
        for t in watch(simulation, k)
            .1
            .tenders
            .iter()
            .filter(|t| t.day > day(2021, 3, 1))
        {
            first.entry(t.slot).or_insert(t.day);
        }
        first
    };
    let mut compared = 0;
    for k in 0..3 {
        let (alone, both) = (first(&alone, k), first(&both, k));
        for (slot, day_alone) in alone.iter().filter(|(_, on)| **on < day(2029, 1, 1)) {
            assert_eq!(both.get(slot), Some(day_alone), "replicate {k}, slot {slot}");
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared}");
}

/// A site is late once: until its deadline because new kit waits, past it because old kit stands.
#[test]
fn a_month_is_late_once() {
    let rule =
        "announced = 2021-01-01\nin_force = 2021-01-01\ndeadline = 2021-09-30\nscope = { vendors = [\"alpha\"] }";
    let simulation = simulate(&child(MINIMAL, &ban("test", rule)));
    let world = simulation.world();
    let deadline = day(2021, 9, 30);
    for k in 0..5 {
        let (record, watch) = watch(&simulation, k);
        let table = Table {
            simulation: &simulation,
            record: &record,
        };
        let measured: f64 = table.world("site_months_late", "all").iter().skip(1).sum();
        let mut most = 0.0;
        for t in watch
            .tenders
            .iter()
            .filter(|t| world.slots[t.slot].layer != Layer::Core)
        {
            let Some(on) = delivered(&watch, t) else { continue };
            let usual = t.day.add_days(world.lead_days);
            let from = if t.kind == "forced" { usual.min(deadline) } else { usual };
            most += world.slots[t.slot].sites * f64::from(from.days_until(on).max(0)) / DAYS_PER_MONTH;
        }
        assert!(
            measured > 0.0 && measured <= most,
            "replicate {k}: {measured} site-months, {most} at most"
        );
    }
}

/// A seller who is short of components holds up its own kit, and not the crews who could build another's.
#[test]
fn crews_do_not_wait_for_a_seller_who_is_short() {
    let cut = "[levers.cut.component_cutoff]\nin_force = 2020-01-01\ninventory_months = 0\ndependence_share = 0.0\ncritical_share = 1\n\
               backfill_share = 0.05\nrecovery_per_year = 0.02\nscope = { vendors = [\"alpha\"] }\n\
               [[country]]\nid = \"DEU\"\ncrews_per_1000_sites = 80\n";
    let simulation = simulate(&child(MINIMAL, cut));
    let alpha = vendor(&simulation, "alpha");
    let (mut short, mut others) = (0.0_f64, 0);
    for k in 0..10 {
        for t in &watch(&simulation, k).1.tenders {
            let Some(bought) = t.bought() else { continue };
            if bought.seller.contains(&alpha) {
                short = short.max(t.months_late);
            } else if t.day > day(2021, 1, 1) {
                assert!(t.months_late < 2.0, "replicate {k}: {} waits {}", t.id, t.months_late);
                others += 1;
            }
        }
    }
    assert!(
        short > 6.0 && others > 50,
        "{short} months for the one, {others} awards to others"
    );
}
