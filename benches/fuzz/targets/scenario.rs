//! Any text as a scenario: it is refused with messages, or it is a world, and what is printed of it reads back as the
//! same world.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sim_core::scenario::decode;
use sim_core::scenario::document::{Document, parse};
use sim_core::world::build::build;

fn reads_back(document: &Document) {
    let printed = document.resolve(false);
    let again = parse("resolved.toml", &printed).unwrap_or_else(|faults| panic!("{faults}\n{printed}"));
    assert_eq!(document.canonical_json(), again.canonical_json(), "{printed}");
}

fuzz_target!(|bytes: &[u8]| {
    let document = match fuzzed::scenario(bytes) {
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
            if fuzzed::is_small(&read.value) {
                let _ = build(&Arc::new(read.value));
            }
        }
    }
});
