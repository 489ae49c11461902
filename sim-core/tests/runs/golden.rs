//! The numbers of the model change on purpose or not at all.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads and, on demand, rewrites its own file"
)]

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::common::{MINIMAL, WORLD, child, play, simulate};
use sha2::{Digest, Sha256};
use sim_core::RESULTS_EPOCH;

const ACCEPT: &str = "If the change is meant, raise RESULTS_EPOCH in sim-core/src/lib.rs, run this test once with ORANSIM_BLESS=1 in the environment, and commit the file with the reason and figures made anew. If not, look for what changed the numbers: a draw, an order of summation, a default.";

/// SHA-256 of all values of the first replicates, their bits in order; undefined is one NaN.
fn hash(scenario: &str, replicates: u64) -> String {
    let simulation = simulate(&child(scenario, ""));
    let mut digest = Sha256::new();
    for k in 0..replicates {
        for value in play(&simulation, k).values {
            let bits = if value.is_nan() {
                f64::NAN.to_bits()
            } else {
                value.to_bits()
            };
            digest.update(bits.to_le_bytes());
        }
    }
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The worlds that figures compare, beside those of single levers.
const POLICIES: [&str; 10] = [
    "all-three",
    "coalition-holds",
    "eu-ban",
    "eu-ban-answered",
    "europe-early",
    "hindcast-2019",
    "put-the-fix-in",
    "run-faster",
    "trip",
    "uk-removal",
];

/// Compares what was found with a file of this directory, or rewrites it.
fn compare(name: &str, found: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/runs").join(name);
    if std::env::var_os("ORANSIM_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&file, found).expect("the file can be written");
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == expected,
        "the numbers of the model have changed.\n{ACCEPT}\n--- expected\n{expected}--- found\n{found}"
    );
}

/// The same in dev and release, on any machine: no optimisation may reorder a sum, no library of the system is called.
#[test]
fn numbers_change_on_purpose_only() {
    let found = format!(
        "epoch {RESULTS_EPOCH}\nminimal 3 {}\nworld-2020 1 {}\n",
        hash(MINIMAL, 3),
        hash(WORLD, 1)
    );
    compare("golden.txt", &found);
}

/// Figures of policies are made anew by hand: this says when they must be.
#[test]
#[ignore = "forty worlds: `.ci/run long` plays them in release"]
fn numbers_of_policies_change_on_purpose_only() {
    let of_levers = std::fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scenarios/levers"))
        .expect("the scenarios of single levers")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".toml"))
        .map(|name| format!("levers/{name}"));
    let policies = POLICIES.iter().map(|name| format!("{name}.toml"));
    let mut names: Vec<String> = of_levers.chain(policies).collect();
    names.sort();
    assert!(names.len() > 35, "{names:?}");
    let lines: Vec<String> = names.iter().map(|name| format!("{name} {}\n", hash(name, 1))).collect();
    compare("golden_policies.txt", &lines.concat());
}
