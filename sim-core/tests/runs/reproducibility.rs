//! A replicate is a function of scenario, seed and number: not of threads, of order, or of what was played before.

use crate::common::{MINIMAL, assert_same_record, assert_same_trace, child, play, simulate_all, simulate_with, watch};
use sim_core::record::ReplicateRecord;
use sim_core::run::{Options, Simulation, UncertaintyMode};
use sim_core::scenario::document;
use sim_core::scenario::uncertainty::{Distribution, draw};

/// Three uncertain numbers, one of each distribution.
const UNCERTAIN: &str = r#"
[uncertainties]
"switching.x2_anchor_usd_per_site" = { uniform = { low = 3000, high = 25000 } }
"switching.renewal_work_share" = { triangular = { low = 0.0, mode = 0.5, high = 1.0 } }
"vendor.beta.ru_usd_per_site" = { log_uniform = { low = 20000, high = 30000 } }
"#;

/// Plays replicates 0..n from several threads, each taking its share in turn.
fn from_threads(simulation: &Simulation, n: u64, threads: u64) -> Vec<ReplicateRecord> {
    let mut all: Vec<ReplicateRecord> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|t| {
                scope.spawn(move || {
                    (t..n)
                        .step_by(threads as usize)
                        .map(|k| play(simulation, k))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|w| w.join().expect("a worker")).collect()
    });
    all.sort_by_key(|r| r.replicate);
    all
}

#[test]
fn threads_do_not_matter() {
    for changes in ["", UNCERTAIN] {
        let simulation = simulate_all(&child(MINIMAL, changes));
        let one = from_threads(&simulation, 8, 1);
        for threads in [2, 4] {
            for (a, b) in one.iter().zip(&from_threads(&simulation, 8, threads)) {
                assert_same_record(a, b, &format!("{threads} threads, replicate {}", a.replicate));
            }
        }
    }
}

#[test]
fn a_replicate_does_not_depend_on_what_was_played_before() {
    let simulation = simulate_all(&child(MINIMAL, UNCERTAIN));
    let fresh = simulate_all(&child(MINIMAL, UNCERTAIN));
    let first = play(&simulation, 7);
    for k in [3, 0, 11] {
        let _ = play(&simulation, k);
    }
    assert_same_record(&first, &play(&simulation, 7), "played twice");
    assert_same_record(&first, &play(&fresh, 7), "played alone in another simulation");
    let different = play(&simulation, 8);
    assert!(
        first
            .values
            .iter()
            .zip(&different.values)
            .any(|(a, b)| a.to_bits() != b.to_bits() && !(a.is_nan() && b.is_nan())),
        "replicates differ"
    );
}

#[test]
fn to_watch_a_replicate_does_not_change_it() {
    let simulation = simulate_all(&child(MINIMAL, ""));
    let plain = simulate_with(&child(MINIMAL, ""), Options::default());
    let (watched, a) = watch(&simulation, 2);
    let (_, b) = watch(&simulation, 2);
    assert_same_trace(&a, &b, "watched twice");
    assert_same_record(&watched, &play(&simulation, 2), "watched or not");
    // Which series and rows are asked for changes none of them.
    let few = play(&plain, 2);
    for (s, key) in plain.series().iter().enumerate() {
        let same = simulation
            .series()
            .iter()
            .position(|k| k == key)
            .expect("all series hold the core ones");
        for date in 0..plain.dates().len() {
            let (x, y) = (
                few.values[date * plain.series().len() + s],
                watched.values[date * simulation.series().len() + same],
            );
            assert!(
                x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan(),
                "{key:?}: {x} {y}"
            );
        }
    }
}

#[test]
fn seeds_matter_and_the_option_rules() {
    let document = child(MINIMAL, "");
    let base = simulate_with(&document, Options::default());
    let same = simulate_with(
        &document,
        Options {
            seed: Some(1),
            ..Options::default()
        },
    );
    let other = simulate_with(
        &document,
        Options {
            seed: Some(2),
            ..Options::default()
        },
    );
    assert_same_record(&play(&base, 0), &play(&same, 0), "the scenario's seed");
    assert_ne!(
        play(&base, 0).values.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
        play(&other, 0).values.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
    );
}

#[test]
fn uncertain_numbers_are_drawn_once_a_replicate_the_same_in_two_worlds() {
    let simulation = simulate_all(&child(MINIMAL, UNCERTAIN));
    let banned = simulate_all(&child(
        MINIMAL,
        &format!(
            "{UNCERTAIN}[levers.test.procurement_ban]\nin_force = 2025-01-01\nscope = {{ vendors = [\"alpha\"] }}\n"
        ),
    ));
    assert_eq!(simulation.mode(), UncertaintyMode::Sampled);
    let uncertain = &simulation.scenario().uncertainties;
    assert_eq!(uncertain.len(), 3);
    let mut first = Vec::new();
    for k in 0..200 {
        let drawn = draw(uncertain, simulation.dependence(), &simulation.luck(k));
        assert_eq!(
            drawn,
            draw(&banned.scenario().uncertainties, banned.dependence(), &banned.luck(k)),
            "replicate {k}: another world draws the same"
        );
        for ((path, value), u) in drawn.iter().zip(uncertain) {
            let [low, high] = u.distribution.support();
            assert!((low..=high).contains(value), "{path}: {value} outside [{low}, {high}]");
        }
        first.push(drawn[0].1);
    }
    assert!(
        uncertain
            .iter()
            .any(|u| matches!(u.distribution, Distribution::LogUniform { .. }))
    );
    let unlike = |x: &f64| first.iter().filter(|y| *y == x).count() == 1;
    assert!(first.iter().all(unlike), "each replicate draws anew");

    // The run of replicate k is that of the scenario in which the drawn numbers stand.
    let spec = document::describe::<sim_core::scenario::Scenario>();
    for k in 0..3 {
        let mut document = child(MINIMAL, "");
        for (path, value) in draw(uncertain, simulation.dependence(), &simulation.luck(k)) {
            document
                .set(&spec, path, &format!("{value:?}"))
                .unwrap_or_else(|faults| panic!("{faults}"));
        }
        assert_same_record(
            &play(&simulation, k),
            &play(&simulate_all(&document), k),
            "drawn numbers set by hand",
        );
    }
}

#[test]
fn the_fixed_mode_ignores_uncertainties() {
    let fixed = Options {
        uncertainty: Some(UncertaintyMode::Fixed),
        ..Options::default()
    };
    let with = simulate_with(&child(MINIMAL, UNCERTAIN), fixed);
    let without = simulate_with(&child(MINIMAL, ""), Options::default());
    assert_eq!(
        (with.mode(), without.mode()),
        (UncertaintyMode::Fixed, UncertaintyMode::Fixed)
    );
    for k in 0..3 {
        assert_same_record(&play(&with, k), &play(&without, k), "base values");
    }
}
