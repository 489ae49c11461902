//! Levers that cannot be obeyed together, and operators that are left without a lawful supplier.

mod common;

use common::{MINIMAL, child, simulate, watch};
use sim_core::market::tender::Outcome;
use sim_core::scenario::{self, document::Document};

fn play_with(levers: &str) -> Document {
    child(MINIMAL, levers)
}

const MANDATE: &str = "[levers.open.open_mandate]\nmode = \"mandate\"\nin_force = 2023-01-01\n";

fn ban(vendors: &str, more: &str) -> String {
    format!("[levers.ban.procurement_ban]\nin_force = 2022-01-01\nscope = {{ vendors = [{vendors}] }}\n{more}")
}

#[test]
fn a_mandate_to_buy_what_is_banned_is_refused_at_its_place() {
    let levers = format!("{MANDATE}{}", ban("\"beta\", \"gamma\"", ""));
    let refused = scenario::decode(&play_with(&levers))
        .expect_err("beta and gamma alone sell open parts")
        .to_string();
    for needle in ["own.toml", "open_mandate", "2023-01-01", "banned", "`preference`"] {
        assert!(refused.contains(needle), "`{needle}` is not in: {refused}");
    }
    // Where the two do not meet, both can be obeyed.
    for fine in [
        ban("\"beta\"", ""),
        ban("\"beta\", \"gamma\"", "end = 2022-12-31\n"),
        ban("\"beta\", \"gamma\"", "strength = 0.5\n"),
        ban("\"beta\", \"gamma\"", "enabled = false\n"),
    ] {
        assert!(
            scenario::decode(&play_with(&format!("{MANDATE}{fine}"))).is_ok(),
            "{fine}"
        );
    }
    let target = MANDATE.replace("\"mandate\"", "\"target\"\ndeadline = 2030-12-31");
    assert!(scenario::decode(&play_with(&format!("{target}{}", ban("\"beta\", \"gamma\"", "")))).is_ok());
}

#[test]
fn nobody_left_to_sell_is_a_warning_with_its_outcome_and_so_it_comes_out() {
    let document = play_with(&ban("\"alpha\", \"beta\", \"gamma\"", "deadline = 2025-12-31\n"));
    let decoded = scenario::decode(&document).expect("a warning, no error");
    let said = decoded.warnings.to_string();
    assert!(
        said.contains("nobody may sell") && said.contains("recorded relaxation"),
        "{said}"
    );
    let (_, w) = watch(&simulate(&document), 0);
    assert!(
        w.tenders.iter().any(|t| t.outcome == Outcome::Relaxed),
        "as the warning says"
    );
    let two = scenario::decode(&play_with(&ban("\"alpha\", \"beta\"", ""))).expect("valid");
    assert_eq!(two.warnings.to_string(), "", "gamma is left");
}
