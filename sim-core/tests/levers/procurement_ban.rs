//! Direction and limits of the procurement ban, and of the crews that carry it out, in runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{MINIMAL, Table, Tender, WORLD, Watch, bought_from, child, day, simulate, vendor, watch};
use sim_core::calendar::Day;
use sim_core::market::tender::Outcome;
use sim_core::run::Simulation;
use sim_core::world::{BB, Layer, RU, VendorIx};

/// A ban on alpha in the smallest world.
fn ban(dates: &str) -> String {
    format!("[levers.test.procurement_ban]\n{dates}\nscope = {{ vendors = [\"alpha\"] }}\n")
}

/// Sites bought from a vendor from one day to before another, half of them for each component.
fn bought(simulation: &Simulation, watch: &Watch, v: VendorIx, from: Day, to: Day) -> f64 {
    let in_time = watch.tenders.iter().filter(|t| t.day >= from && t.day < to);
    in_time
        .map(|t| bought_from(t, v).iter().filter(|b| **b).count() as f64 / 2.0 * simulation.world().slots[t.slot].sites)
        .sum()
}

/// Slots in which kit of a vendor stands at the end of a day.
fn standing(simulation: &Simulation, watch: &Watch, v: VendorIx, on: Day) -> Vec<usize> {
    let stacks = watch.stacks_at(simulation.world(), on);
    (0..stacks.len())
        .filter(|s| stacks[*s].is_some_and(|x| x.holds(v)))
        .collect()
}

#[test]
fn nothing_is_bought_in_force_and_nothing_stands_after_the_deadline() {
    let simulation = simulate(&child(
        MINIMAL,
        &ban("announced = 2022-01-01\nin_force = 2023-01-01\ndeadline = 2028-12-31\n"),
    ));
    let alpha = vendor(&simulation, "alpha");
    let (in_force, deadline) = (day(2023, 1, 1), day(2028, 12, 31));
    for k in 0..20 {
        let (record, watch) = watch(&simulation, k);
        assert!(
            !standing(&simulation, &watch, alpha, day(2022, 12, 31)).is_empty(),
            "there is something to remove"
        );
        assert_eq!(
            bought(&simulation, &watch, alpha, in_force, Day::MAX),
            0.0,
            "replicate {k}: bought under a ban"
        );
        for t in watch.tenders.iter().filter(|t| t.day >= in_force) {
            assert_eq!(t.chance_of(alpha), 0.0, "replicate {k}, {}", t.id);
        }
        excused(&simulation, &watch, alpha, deadline, k);
        // By a year after the deadline it is gone, late or not, and so say the series.
        assert_eq!(
            standing(&simulation, &watch, alpha, day(2029, 12, 31)),
            Vec::<usize>::new(),
            "replicate {k}"
        );
        let table = Table {
            simulation: &simulation,
            record: &record,
        };
        let last = simulation.dates().len() - 1;
        for (s, key) in simulation
            .series()
            .iter()
            .enumerate()
            .filter(|(_, k)| k.measure == "share_sites" && k.vendor == "alpha")
        {
            let share = table.at(last, s);
            assert!(share.is_nan() || share == 0.0, "{key:?}: {share}");
        }
    }
}

/// What stands after a deadline was replaced late, and the tender recorded that, or was relaxed. Returns how many.
fn excused(simulation: &Simulation, watch: &Watch, v: VendorIx, deadline: Day, k: u64) -> usize {
    let late = standing(simulation, watch, v, deadline);
    for slot in &late {
        let last: Option<&Tender> = watch.tenders.iter().rfind(|t| t.slot == *slot && t.day <= deadline);
        let excuse = last.is_some_and(|t| t.months_late > 0.0 || t.outcome == Outcome::Relaxed);
        assert!(
            excuse,
            "replicate {k}: {} stands after the deadline without a record: {last:?}",
            simulation.world().slot_id(*slot)
        );
    }
    late.len()
}

#[test]
fn a_deadline_too_near_is_missed_and_recorded() {
    let near = simulate(&child(
        MINIMAL,
        &ban("announced = 2021-01-01\nin_force = 2021-01-01\ndeadline = 2021-09-30\n"),
    ));
    let far = simulate(&child(
        MINIMAL,
        &ban("announced = 2021-01-01\nin_force = 2021-01-01\ndeadline = 2029-12-31\n"),
    ));
    let alpha = vendor(&near, "alpha");
    for k in 0..5 {
        let (record, watch_near) = watch(&near, k);
        assert!(
            excused(&near, &watch_near, alpha, day(2021, 9, 30), k) > 0,
            "35,000 sites in nine months"
        );
        assert!(watch_near.tenders.iter().any(|t| t.kind == "forced"));
        let late = |s: &Simulation, r| {
            Table {
                simulation: s,
                record: r,
            }
            .world("site_months_late", "all")
            .iter()
            .skip(1)
            .sum::<f64>()
        };
        let (record_far, _) = watch(&far, k);
        assert!(late(&near, &record) > late(&far, &record_far) + 1.0, "replicate {k}");
    }
}

#[test]
fn fewer_crews_are_later() {
    let with = |crews: f64| {
        simulate(&child(
            MINIMAL,
            &format!("[[country]]\nid = \"DEU\"\ncrews_per_1000_sites = {crews}\n"),
        ))
    };
    let late = |s: &Simulation| {
        (0..10)
            .map(|k| {
                Table {
                    simulation: s,
                    record: &crate::common::play(s, k),
                }
                .world("site_months_late", "all")
                .iter()
                .skip(1)
                .sum::<f64>()
            })
            .sum::<f64>()
    };
    let [plenty, usual, half, quarter] = [80.0, 8.0, 4.0, 2.0].map(|c| late(&with(c)));
    assert!(
        plenty < usual && usual < half && half < quarter,
        "{plenty} {usual} {half} {quarter}"
    );
}

/// Compares the same tender, held in the same state, the day after an announcement and without one.
#[test]
fn an_announcement_never_raises_the_chance_of_the_banned_vendor() {
    let base = simulate(&child(MINIMAL, ""));
    let alpha = vendor(&base, "alpha");
    let days: BTreeSet<Day> = (0..3)
        .flat_map(|k| watch(&base, k).1.tenders.into_iter().map(|t| t.day))
        .filter(|d| *d > day(2020, 2, 1) && *d < day(2031, 1, 1))
        .collect();
    let mut compared = 0;
    let mut lower = 0;
    for tender_day in days.iter().step_by(5) {
        // Announced that day: levers come before tenders, and nothing is posted between, but for the first of a quarter.
        for removal in [false, true] {
            let (y, m, d) = tender_day.ymd();
            if d == 1 {
                continue; // a review of that day would post other prices
            }
            let deadline = if removal {
                format!("deadline = {}-12-31\n", y + 3)
            } else {
                String::new()
            };
            let dates = format!(
                "announced = {y:04}-{m:02}-{d:02}\nin_force = {}-12-01\n{deadline}",
                y + 1
            );
            let banned = simulate(&child(MINIMAL, &ban(&dates)));
            for k in 0..3 {
                let (_, a) = watch(&base, k);
                let (_, b) = watch(&banned, k);
                let before: BTreeMap<&str, &Tender> = a
                    .tenders
                    .iter()
                    .filter(|t| t.day == *tender_day)
                    .map(|t| (t.id.as_str(), t))
                    .collect();
                for t in b.tenders.iter().filter(|t| t.day == *tender_day) {
                    let Some(same) = before.get(t.id.as_str()) else {
                        continue;
                    };
                    assert_eq!(same.old, t.old, "{}: the states have parted", t.id);
                    let (p, q) = (same.chance_of(alpha), t.chance_of(alpha));
                    assert!(
                        q <= p + 1e-9,
                        "{} on {tender_day:?}, removal {removal}: an announcement raises {p} to {q}",
                        t.id
                    );
                    compared += 1;
                    lower += usize::from(q < p - 1e-6);
                }
            }
        }
    }
    assert!(compared > 20, "only {compared} tenders compared");
    assert!(2 * lower > compared, "{lower} of {compared} fell");
}

#[test]
fn purchases_do_not_rise_between_announcement_and_force() {
    let base = simulate(&child(MINIMAL, ""));
    let alpha = vendor(&base, "alpha");
    let (from, to) = (day(2021, 1, 1), day(2023, 7, 1));
    for deadline in ["", "deadline = 2028-12-31\n"] {
        let banned = simulate(&child(
            MINIMAL,
            &ban(&format!("announced = 2021-01-01\nin_force = 2023-07-01\n{deadline}")),
        ));
        let (mut without, mut with) = (0.0, 0.0);
        for k in 0..100 {
            without += bought(&base, &watch(&base, k).1, alpha, from, to);
            with += bought(&banned, &watch(&banned, k).1, alpha, from, to);
        }
        assert!(
            without > 0.0 && with < without,
            "{deadline}: {without} sites become {with}"
        );
    }
}

#[test]
fn a_lifted_ban_binds_no_more() {
    let simulation = simulate(&child(
        MINIMAL,
        &ban("in_force = 2022-01-01\ndeadline = 2026-12-31\nend = 2027-01-01\n"),
    ));
    let alpha = vendor(&simulation, "alpha");
    let mut again = 0.0;
    for k in 0..20 {
        let (_, watch) = watch(&simulation, k);
        assert_eq!(
            bought(&simulation, &watch, alpha, day(2022, 1, 1), day(2027, 1, 1)),
            0.0
        );
        let after: Vec<&Tender> = watch.tenders.iter().filter(|t| t.day > day(2027, 1, 1)).collect();
        assert!(
            after
                .iter()
                .filter(|t| t.kind != "core")
                .all(|t| t.alternatives.is_empty() || t.chance_of(alpha) > 0.0),
            "replicate {k}: it may sell again"
        );
        assert!(
            after.iter().all(|t| t.kind != "forced"),
            "replicate {k}: nothing is forced any more"
        );
        again += bought(&simulation, &watch, alpha, day(2027, 1, 1), Day::MAX);
    }
    assert!(again > 0.0, "and it does sell");
}

#[test]
fn a_narrow_scope_binds_that_component_and_generation_alone() {
    let narrow = "[levers.test.procurement_ban]\nin_force = 2022-01-01\ndeadline = 2026-12-31\nscope = { vendors = [\"alpha\"], components = [\"bb\"], generations = [\"5g\"] }\n";
    let simulation = simulate(&child(MINIMAL, narrow));
    let world = simulation.world();
    let alpha = vendor(&simulation, "alpha");
    let mut elsewhere = 0.0;
    for k in 0..20 {
        let (_, watch) = watch(&simulation, k);
        for t in watch.tenders.iter().filter(|t| t.day >= day(2022, 1, 1)) {
            let in_scope = world.slots[t.slot].layer == Layer::Ran(1);
            let bought = bought_from(t, alpha);
            assert!(!(in_scope && bought[BB]), "replicate {k}: {}", t.id);
            if !in_scope && (bought[RU] || bought[BB]) {
                elsewhere += world.slots[t.slot].sites;
            }
        }
    }
    assert!(elsewhere > 0.0, "what is out of scope may be bought");
}

/// A ban of strength one half binds about half of the operators, those named by their marks, in each replicate.
#[test]
fn half_a_ban_binds_the_same_half_of_the_operators() {
    let half = "[scenario]\nend = 2024-12-31\n[levers.test.procurement_ban]\nin_force = 2020-01-02\nstrength = 0.5\nscope = { vendors = [\"huawei\", \"zte\"] }\n";
    let simulation = simulate(&child(WORLD, half));
    let world = simulation.world();
    let banned = [vendor(&simulation, "huawei"), vendor(&simulation, "zte")];
    let bound: Vec<bool> = world.operators.iter().map(|o| o.mark <= u64::MAX / 2).collect();
    let share = bound.iter().filter(|b| **b).count() as f64 / bound.len() as f64;
    assert!((0.35..0.65).contains(&share), "{share} of operators are bound");
    let mut buyers = BTreeSet::new();
    for k in 0..3 {
        let (_, watch) = watch(&simulation, k);
        for t in watch.tenders.iter().filter(|t| t.day > day(2020, 1, 2)) {
            let operator = world.slots[t.slot].operator;
            for v in banned {
                if bound[operator] {
                    assert_eq!(
                        t.chance_of(v),
                        0.0,
                        "replicate {k}: {} is bound",
                        world.operators[operator].id
                    );
                } else if bought_from(t, v) != [false; 2] {
                    buyers.insert(operator);
                }
            }
        }
    }
    assert!(buyers.len() > 10, "those who are not bound still buy: {}", buyers.len());
}
