//! Any text as a scenario: it is refused with messages, or it is a world, and what is printed of it reads back as the
//! same world.
//!
//! The input is the scenario, and after a byte 0 the file of joint draws that it may name. Whatever it extends is the
//! shipped `minimal`, so that a few lines reach what lies behind the checks.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sim_core::scenario::document::{Document, ReadFiles, load, parse};
use sim_core::scenario::{Scenario, decode};
use sim_core::world::build::build;

const MINIMAL: &str = include_str!("../../../scenarios/minimal.toml");

/// Whether a world is built soon enough for a fuzzer; what is larger than the stated limit has been refused before.
fn is_small(scenario: &Scenario) -> bool {
    let batches: f64 = scenario.programmes.iter().map(|p| f64::from(p.years)).sum();
    let cohorts: f64 = (scenario.operators.iter())
        .map(|o| f64::from(o.cohorts) * f64::from(o.lots))
        .sum();
    (cohorts + batches) * (scenario.environments.len() as f64) < 1e4
}

struct Texts<'a> {
    scenario: &'a str,
    draws: &'a str,
}

impl ReadFiles for Texts<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "a.toml" => Ok(self.scenario.to_owned()),
            _ if path.ends_with(".csv") => Ok(self.draws.to_owned()),
            _ if path.ends_with(".toml") => Ok(MINIMAL.to_owned()),
            _ => Err("there is no such file".to_owned()),
        }
    }
}

fn reads_back(document: &Document) {
    let printed = document.resolve(false);
    let again = parse("resolved.toml", &printed).unwrap_or_else(|faults| panic!("{faults}\n{printed}"));
    assert_eq!(document.canonical_json(), again.canonical_json(), "{printed}");
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (scenario, draws) = text.split_once('\0').unwrap_or((&text, ""));
    let document = match load(&Texts { scenario, draws }, "a.toml") {
        Ok(document) => document,
        Err(faults) => {
            assert!(faults.has_errors() && !faults.to_string().is_empty());
            return;
        }
    };
    reads_back(&document);
    match decode(&document) {
        Err(faults) => assert!(faults.has_errors() && !faults.to_string().is_empty()),
        Ok(read) => {
            assert!(!read.value.operators.is_empty() && read.value.start < read.value.end);
            if is_small(&read.value) {
                let _ = build(&Arc::new(read.value));
            }
        }
    }
});
