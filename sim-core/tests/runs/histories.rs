//! L6 and L7 as measures of a run: asked by name alone, with the answers that must come out where they are known.

use crate::common::{MINIMAL, Table, assert_same_record, child, play, simulate, simulate_all};
use sim_core::run::Simulation;

/// Few and short histories.
const SMALL: &str = "[measures.histories]\nearly = 6\nlate = 3\nearly_years = 4\n";

/// Values of a measure by date, in one replicate.
fn values(s: &Simulation, measure: &str, vendor: &str, part: &str, k: u64) -> Vec<f64> {
    let at = (s.series().iter())
        .position(|x| x.measure == measure && x.vendor == vendor && x.part == part)
        .expect("it is recorded");
    let record = play(s, k);
    let table = Table {
        simulation: s,
        record: &record,
    };
    (0..s.dates().len()).map(|d| table.at(d, at)).collect()
}

#[test]
fn they_are_recorded_by_name_alone_and_change_no_other_value() {
    let all = simulate_all(&child(MINIMAL, ""));
    for name in ["path_dependence", "unlocking_cost"] {
        assert!(!all.plan().records(name), "{name}");
    }
    let plain = simulate(&child(MINIMAL, ""));
    let asked = simulate(&child(
        MINIMAL,
        &format!("[measures]\nextra = [\"path_dependence\", \"unlocking_cost\"]\n{SMALL}start_every_years = 8\n"),
    ));
    let (a, b) = (play(&plain, 0), play(&asked, 0));
    let mut same = 0;
    for (s, key) in plain.series().iter().enumerate() {
        let other = asked.series().iter().position(|k| k == key).expect("nothing is lost");
        for d in 0..plain.dates().len() {
            let [x, y] = [
                a.values[d * plain.series().len() + s],
                b.values[d * asked.series().len() + other],
            ];
            assert_eq!(x.to_bits(), y.to_bits(), "{key:?}");
            same += 1;
        }
    }
    assert!(same > 1000);
    assert_same_record(&b, &play(&asked, 0), "the same bytes again");
}

#[test]
fn path_dependence_is_a_share_that_memory_raises() {
    let s = simulate(&child(
        MINIMAL,
        &format!("[measures]\nextra = [\"path_dependence\"]\n{SMALL}"),
    ));
    let until = s.world().start.plus_years(4.0);
    let mean = |part: &str| {
        let (mut sum, mut n) = (0.0, 0.0);
        for k in 0..6 {
            let found = values(&s, "path_dependence", "alpha", part, k);
            for (day, value) in s.dates().iter().zip(found) {
                if *day <= until {
                    assert!(value.is_nan(), "nothing is late yet on {day}");
                } else if value.is_finite() {
                    assert!((-0.6..=1.0 + 1e-12).contains(&value), "{day}: {value}");
                    // Half a cycle after the early years: what was bought early still stands in the mean otherwise.
                    if until.years_until(*day) > 8.5 {
                        (sum, n) = (sum + value, n + 1.0);
                    }
                }
            }
        }
        assert!(n > 10.0, "{n}");
        sum / n
    };
    let [as_is, memoryless] = ["as_is", "memoryless"].map(mean);
    assert!(as_is > memoryless, "{as_is} {memoryless}");
    assert!(
        memoryless.abs() < 0.25,
        "once all kit has been renewed, nothing is left: {memoryless}"
    );
}

fn unlocking(share: f64) -> Vec<f64> {
    let s = simulate(&child(
        MINIMAL,
        &format!(
            "[measures]\nextra = [\"unlocking_cost\"]\n[measures.histories]\ntipped_share = {share}\nstart_every_years = 6\n"
        ),
    ));
    values(&s, "unlocking_cost", "all", "all", 0)
}

#[test]
fn what_is_tipped_already_costs_nothing_and_more_of_it_costs_more() {
    let defined = |v: &[f64]| v.iter().filter(|x| x.is_finite()).count();
    let nothing = unlocking(0.0);
    assert!(
        defined(&nothing) == 3 && nothing.iter().all(|x| x.is_nan() || *x == 0.0),
        "{nothing:?}"
    );
    let [some, more] = [0.4, 0.8].map(unlocking);
    assert!(
        some[0] >= 0.0 && (more[0] >= some[0] || more[0].is_nan()),
        "{some:?} {more:?}"
    );
    assert!(
        [some, more].iter().flatten().any(|x| *x > 0.0),
        "a grant is needed somewhere"
    );
}
