//! Any scenario that is not refused can be played: three years of one replicate end with values or with a message.

#![no_main]

use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use sim_core::run::{Options, ReplicateError, Simulation};
use sim_core::scenario::decode;

static GO_ON: AtomicBool = AtomicBool::new(false);

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = fuzzed::scenario(bytes) else { return };
    let Ok(read) = decode(&document) else { return };
    if !fuzzed::is_small(&read.value) || read.value.reference_market.is_some() {
        return;
    }
    let simulation = match Simulation::new(&document, Options::default()) {
        Ok(simulation) => simulation,
        Err(faults) => {
            assert!(faults.has_errors() && !faults.to_string().is_empty());
            return;
        }
    };
    match simulation.replicate_until(0, read.value.start.plus_years(3.0), &GO_ON) {
        Ok(record) => assert!(record.values.iter().all(|value| !value.is_infinite())),
        Err(ReplicateError::Failed { message, .. }) => assert!(!message.is_empty()),
        Err(other) => panic!("nobody asked it to stop: {other}"),
    }
});
