//! Levers that wait: for a measure that passes a bound, or for another lever.

use crate::common::{MINIMAL, Table, assert_same_record, assert_same_trace, child, day, simulate, watch};
use sim_core::lever::Moment;
use sim_core::run::Simulation;
use sim_core::scenario::{self, document::Document};

fn refusal(document: &Document) -> String {
    match scenario::decode(document) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    }
}

fn ban(keys: &str) -> Document {
    child(
        MINIMAL,
        &format!("[levers.test.procurement_ban]\nscope = {{ vendors = [\"alpha\"] }}\n{keys}\n"),
    )
}

fn open_share(s: &Simulation, k: u64) -> Vec<f64> {
    let record = crate::common::play(s, k);
    Table {
        simulation: s,
        record: &record,
    }
    .world("open_share_specified", "all")
}

#[test]
fn a_lever_begins_at_the_review_after_its_measure_has_passed_the_bound() {
    let s = simulate(&ban(
        "deadline_years = 3\nlasts_years = 5\nwhen = { measure = \"open_share_specified\", above = 0.2 }\n",
    ));
    for k in 0..10 {
        let (record, w) = watch(&s, k);
        let open = Table {
            simulation: &s,
            record: &record,
        }
        .world("open_share_specified", "all");
        let Some(first) = open.iter().position(|x| *x > 0.2) else {
            assert!(w.levers.is_empty(), "replicate {k}: it has begun for nothing");
            continue;
        };
        let on = s.dates()[first].add_days(1); // reviews are on the first of a quarter
        let expected = [
            (on, Moment::Announced),
            (on, Moment::InForce),
            (on.plus_years(3.0), Moment::Deadline),
            (on.plus_years(5.0), Moment::End),
        ];
        let seen: Vec<_> = w.levers.iter().map(|(d, _, m)| (*d, *m)).collect();
        let within: Vec<_> = expected.into_iter().filter(|e| e.0 <= s.world().end).collect();
        assert_eq!(seen, within, "replicate {k}");
        // Up to that day the world is the one without the lever.
        let base = simulate(&child(MINIMAL, ""));
        assert_eq!(open[..=first], open_share(&base, k)[..=first], "replicate {k}");
    }
}

#[test]
fn a_bound_that_is_never_passed_changes_no_byte() {
    let base = simulate(&child(MINIMAL, ""));
    let s = simulate(&ban("when = { measure = \"open_share_specified\", above = 1 }\n"));
    for k in 0..3 {
        let (a, b) = (watch(&base, k), watch(&s, k));
        assert_same_record(&a.0, &b.0, "never");
        assert_same_trace(&a.1, &b.1, "never");
    }
}

#[test]
fn below_works_too_and_a_removal_that_was_triggered_is_carried_out() {
    let s = simulate(&ban(
        "deadline_years = 6\nwhen = { measure = \"share_sites\", vendor = \"alpha\", below = 0.99 }\n",
    ));
    let alpha = crate::common::vendor(&s, "alpha");
    let (_, w) = watch(&s, 0);
    assert_eq!(
        w.levers[0].0,
        day(2020, 4, 1),
        "known at the start, in force from the next review"
    );
    assert!(w.tenders.iter().any(|t| t.kind == "forced"));
    let later = w.stacks_at(s.world(), day(2028, 12, 31));
    assert!(later.iter().flatten().all(|x| !x.holds(alpha)));
}

#[test]
fn a_lever_that_answers_begins_and_ends_with_the_other() {
    let answer = "[levers.back.retaliation]\nanswers = \"test\"\nscope = { vendors = [\"beta\"] }\n";
    let s = simulate(&ban(&format!(
        "announced = 2021-01-01\nin_force = 2022-06-15\nend = 2027-03-01\n{answer}"
    )));
    let (_, w) = watch(&s, 0);
    let back: Vec<_> = w.levers.iter().filter(|l| l.1 == "back").map(|l| (l.0, l.2)).collect();
    assert_eq!(
        back,
        [
            (day(2022, 6, 15), Moment::Announced),
            (day(2022, 6, 15), Moment::InForce),
            (day(2027, 3, 1), Moment::End),
        ]
    );
    let never = simulate(&ban(&format!("in_force = 2022-06-15\nstrength = 0\n{answer}")));
    assert!(watch(&never, 0).1.levers.is_empty(), "a lever at zero is not answered");
}

#[test]
fn what_cannot_be_waited_for_is_refused() {
    for (keys, needle) in [
        ("", "it does not say when it binds"),
        (
            "in_force = 2022-01-01\nanswers = \"test\"\n",
            "it says more than once when it binds",
        ),
        ("answers = \"other\"\n", "there is no lever `other`"),
        ("answers = \"test\"\n", "it answers itself"),
        (
            "in_force = 2022-01-01\nlasts_years = 2\n",
            "`lasts_years` is for levers that wait",
        ),
        (
            "deadline = 2022-01-01\nwhen = { measure = \"hhi_sites\", above = 1 }\n",
            "a lever that waits has no day in `deadline`",
        ),
        (
            "when = { measure = \"hhi_site\", above = 1 }\n",
            "did you mean `hhi_sites`",
        ),
        ("when = { measure = \"hhi_sites\" }\n", "a trigger has one bound"),
        (
            "when = { measure = \"hhi_sites\", part = \"x\", above = 1 }\n",
            "has no part `x`",
        ),
        (
            "when = { measure = \"hhi_sites\", place = \"DEUX\", above = 1 }\n",
            "there is no place `DEUX`",
        ),
        (
            "when = { measure = \"hhi_sites\", vendor = \"alfa\", above = 1 }\n",
            "there is no vendor `alfa`",
        ),
        (
            "when = { measure = \"untrusted_share\", above = 40 }\n",
            "= allowed: a number from 0 to 1 (share)\n  = hint: fractions: 0.4 is 40%",
        ),
        (
            "when = { measure = \"hhi_sites\", above = 2480 }\n",
            "0.248 is an index of 2480",
        ),
        (
            "when = { measure = \"lock_in_curve\", above = 40 }\n",
            "fractions: 0.4 is 40%",
        ),
        (
            "when = { measure = \"share_sites\", below = -0.1 }\n",
            "`share_sites` never comes there",
        ),
    ] {
        let said = refusal(&ban(keys));
        assert!(said.contains(needle), "{keys}: {said}");
    }
}

#[test]
fn a_bound_beyond_the_whole_price_and_a_lever_after_the_end_are_warned_of() {
    let warnings = |keys: &str| scenario::decode(&ban(keys)).map(|d| d.warnings.to_string());
    let said = warnings("when = { measure = \"lock_in_curve\", above = 5 }\n").unwrap_or_default();
    assert!(said.contains("hint: fractions: 0.05 is 5%"), "{said}");
    let said = warnings("in_force = 2099-01-01\n").unwrap_or_default();
    assert!(said.contains("`test` does nothing: the scenario ends on 20"), "{said}");
    for fine in [
        "when = { measure = \"lock_in_curve\", above = 0.4 }\n",
        "announced = 2022-01-01\nin_force = 2099-01-01\n",
        "in_force = 2099-01-01\nenabled = false\n",
    ] {
        assert_eq!(warnings(fine).as_deref(), Ok(""), "{fine}");
    }
}
