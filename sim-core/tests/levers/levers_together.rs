//! Levers that cannot be obeyed together, operators that are left without a lawful supplier, and the scenario that plays each lever.

use crate::common::{MINIMAL, child, play, simulate, simulate_all, watch};
use sim_core::lever::CATALOGUE;
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
        said.contains("nobody who may sell") && said.contains("recorded relaxation"),
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

#[test]
fn under_a_mandate_with_nothing_open_on_sale_the_kit_runs_on() {
    // Gamma's line is closed, and what beta opens comes after the run: nothing open is on sale.
    let closed = "[[vendor]]\nid = \"gamma\"\nline = \"closed\"\n[[vendor]]\nid = \"beta\"\nopens = 2099-01-01\n";
    let document = play_with(&format!("{MANDATE}{closed}"));
    let (_, w) = watch(&simulate(&document), 0);
    let later = w.tenders.iter().filter(|t| t.kind != "core" && t.day.year() >= 2023);
    assert!(
        later.clone().count() > 0 && later.clone().all(|t| t.bought().is_none()),
        "nothing is bought"
    );
}

#[test]
fn a_cap_that_would_stop_a_network_from_being_built_is_set_aside_and_recorded() {
    let cap = "[levers.cap.share_cap]\nin_force = 2020-01-02\nshare_of_sites = 0.0\nscope = { vendors = [\"alpha\", \"beta\", \"gamma\"] }\n";
    let s = simulate_all(&play_with(cap));
    let rows = play(&s, 0).tenders;
    let built: Vec<_> = rows
        .iter()
        .filter(|r| r.kind == "new_build" && !r.new_bb.is_empty())
        .collect();
    assert!(!built.is_empty() && built.iter().all(|r| r.outcome == "relaxed" && r.price > 0.0));
    let renewals: Vec<_> = rows.iter().filter(|r| r.kind == "renewal").collect();
    assert!(
        !renewals.is_empty() && renewals.iter().all(|r| r.outcome == "keep"),
        "what stands runs on"
    );
}

#[test]
fn each_lever_has_a_scenario_that_plays_it_without_a_warning() {
    for variant in CATALOGUE {
        let file = format!("levers/{}.toml", variant.key);
        let document = crate::common::shipped(&file);
        let decoded = scenario::decode(&document).unwrap_or_else(|faults| panic!("{file}: {faults}"));
        assert_eq!(decoded.value.id, variant.key, "{file}");
        let plays = |l: &&scenario::NamedLever| l.lever.kind() == variant.key && l.lever.is_active();
        assert!(
            decoded.value.levers.iter().any(|l| plays(&l)),
            "{file} does not play it"
        );
        assert_eq!(decoded.warnings.to_string(), "", "{file}");
    }
}
