//! What every lever is held to: it writes only the state that its file lists (never a measure, a share or a probability, which are no
//! state at all), and at zero it is no lever.

use crate::common::levers::{EACH, example};
use crate::common::{
    MINIMAL, assert_same_record, assert_same_trace, behaviour, child, exactly, play, simulate, simulate_with, watch,
};
use sim_core::draws::Luck;
use sim_core::lever::{CATALOGUE, Moment};
use sim_core::market::posted::Posted;
use sim_core::measure::Breadth;
use sim_core::run::{Options, Simulation};
use sim_core::world::{Shift, State};

#[test]
fn every_kind_has_an_example() {
    let mut kinds: Vec<&str> = CATALOGUE.iter().map(|v| v.key).collect();
    let mut tried: Vec<&str> = EACH.iter().map(|(kind, ..)| *kind).collect();
    kinds.sort_unstable();
    tried.sort_unstable();
    assert_eq!(kinds, tried);
}

#[test]
fn each_lever_writes_only_what_it_lists() {
    for (kind, keys, more) in EACH {
        let simulation = simulate(&child(MINIMAL, &example(kind, keys, more, "")));
        let world = simulation.world();
        let lever = &world.scenario.levers[0].lever;
        let mut state = State::new(world, &Luck::new(1, 0));
        let start = state.clone();
        assert!(state.changes(&start).is_empty());
        let posted = Posted::new(world, &state);
        for moment in [Moment::Announced, Moment::InForce, Moment::Deadline, Moment::End] {
            lever.act(0, moment, world, &mut state);
            if matches!(moment, Moment::InForce | Moment::Deadline) {
                // A year on, it is asked what goes on.
                let mut later = state.clone();
                later.today = lever.common().in_force.plus_years(1.0);
                for v in &mut later.volume {
                    *v += 1000.0;
                }
                let before = later.clone();
                lever.review(0, lever.common().in_force, world, &posted, &mut later);
                for field in later.changes(&before) {
                    assert!(lever.writes().contains(&field), "{kind} writes `{field}` at a review");
                }
            }
            for field in state.changes(&start) {
                assert!(
                    lever.writes().contains(&field),
                    "{kind} writes `{field}` when {}, which its file does not list",
                    moment.name()
                );
            }
        }
    }
}

#[test]
fn each_lever_at_zero_changes_no_byte_and_strength_scales_it() {
    let options = Options {
        tenders: true,
        breadth: Breadth::Core,
        ..Options::default()
    };
    for (kind, keys, more) in EACH {
        let base = simulate_with(&child(MINIMAL, more), options);
        let seen = watch(&base, 0);
        for (rest, name) in [("strength = 0", "strength 0"), ("enabled = false", "not enabled")] {
            let with = simulate_with(&child(MINIMAL, &example(kind, keys, more, rest)), options);
            assert_eq!(base.series(), with.series(), "{kind} {name}: no extra series");
            let (record, trace) = watch(&with, 0);
            assert_same_record(&seen.0, &record, &format!("{kind} {name}"));
            assert_same_trace(&seen.1, &trace, &format!("{kind} {name}"));
        }
        let real = simulate_with(&child(MINIMAL, &example(kind, keys, more, "")), options);
        let acted = watch(&real, 0).0;
        assert!(
            exactly(&seen.0.values) != exactly(&acted.values),
            "{kind} does nothing at full strength"
        );
        // Of some kinds it is the share of operators that are bound: some share binds one of the two, who minds it in some replicate.
        let values = |s: &Simulation, k: u64| exactly(&play(s, k).values);
        let scales = (1..20).any(|i| {
            let strength = f64::from(i) / 20.0;
            let rest = format!("strength = {strength}");
            let part = simulate_with(&child(MINIMAL, &example(kind, keys, more, &rest)), options);
            (0..6).any(|k| {
                let part = values(&part, k);
                part != values(&base, k) && part != values(&real, k)
            })
        });
        // One operator alone is small enough for the bar: it binds that one or nobody.
        assert!(scales || *kind == "subsidy_bar", "strength does not scale {kind}");
    }
}

/// Conditions are those without the lever to the last bit once it has ended, also where others stand that add no round numbers.
#[test]
fn what_has_ended_leaves_no_bit_behind() {
    for (kind, keys, more) in EACH {
        let simulation = simulate(&child(MINIMAL, &example(kind, keys, more, "")));
        let world = simulation.world();
        let lever = &world.scenario.levers[0].lever;
        if lever.common().end.is_none() {
            continue; // a merger is not undone, and some money is paid until it is gone
        }
        let mut state = State::new(world, &Luck::new(1, 0));
        let others = Shift {
            trust: (0..state.conditions.trust.len()).map(|i| 0.1 * i as f64).collect(),
            closed_handicap: vec![0.3; world.countries.len()],
            cost: vec![[1.1, 0.7, 1.3]; world.vendors.len()],
            subsidised: vec![0.9; world.vendors.len()],
            ..Shift::default()
        };
        state.conditions.shift(99, others);
        let before = state.conditions.clone();
        let posted = Posted::new(world, &state);
        state.today = lever.common().in_force;
        for moment in [Moment::Announced, Moment::InForce] {
            lever.act(0, moment, world, &mut state);
        }
        for year in 1..4 {
            let last = state.today;
            state.today = lever.common().in_force.plus_years(f64::from(year));
            lever.review(0, last, world, &posted, &mut state);
        }
        lever.act(0, Moment::End, world, &mut state);
        assert!(state.conditions == before, "{kind} leaves something behind");
    }
}

/// What had ended before the first day is no news to anybody: it only lets dates be looked up once more, and who goes first of the tenders of
/// a day must not depend on that.
#[test]
fn a_lever_that_ended_before_the_start_changes_nothing() {
    let dated = |line: &&str| {
        ["announced", "in_force", "deadline", "end"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    for (kind, keys, more) in EACH {
        if *kind == "merger" {
            continue; // it has no end
        }
        let mut past: Vec<&str> = keys.lines().filter(|line| !dated(line)).collect();
        past.extend(["announced = 2015-01-01", "in_force = 2016-01-01", "end = 2018-01-01"]);
        if keys.lines().any(|line| line.starts_with("deadline")) {
            past.push("deadline = 2017-12-31");
        }
        let base = simulate(&child(MINIMAL, more));
        let with = simulate(&child(MINIMAL, &example(kind, &past.join("\n"), more, "")));
        for k in 0..2 {
            let [(plain, seen), (record, mut trace)] = [&base, &with].map(|s| watch(s, k));
            trace.levers.clone_from(&seen.levers);
            let what = format!("{kind}, replicate {k}");
            assert_same_trace(&seen, &trace, &what);
            assert_eq!(behaviour(&base, &plain), behaviour(&with, &record), "{what}");
            if base.series() == with.series() {
                assert_eq!(exactly(&plain.values), exactly(&record.values), "{what}");
            }
        }
    }
}
