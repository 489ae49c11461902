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

const ACCEPT: &str = "If the change is meant, raise RESULTS_EPOCH in sim-core/src/lib.rs, run this test once with ORANSIM_BLESS=1 in the environment, and commit tests/runs/golden.txt with the reason. If not, look for what changed the numbers: a draw, an order of summation, a default.";

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

/// The same in dev and release, on any machine: no optimisation may reorder a sum, no library of the system is called.
#[test]
fn numbers_change_on_purpose_only() {
    let found = format!(
        "epoch {RESULTS_EPOCH}\nminimal 3 {}\nworld-2020 1 {}\n",
        hash(MINIMAL, 3),
        hash(WORLD, 1)
    );
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/runs/golden.txt");
    if std::env::var_os("ORANSIM_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&file, &found).expect("golden.txt can be written");
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == expected,
        "the numbers of the model have changed.\n{ACCEPT}\n--- expected\n{expected}--- found\n{found}"
    );
}
