//! What a lever that makes no sense is answered: place, cause, what is allowed, and a hint. The texts are held word for word.

use crate::common::{MINIMAL, child};
use sim_core::scenario;

/// Cases: what is wrong, and the lever.
const CASES: &[(&str, &str)] = &[
    (
        "unknown vendor",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\nscope = { vendors = [\"alfa\"] }\n",
    ),
    (
        "unknown group",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\nscope = { vendors = [\"group:untrused\"] }\n",
    ),
    (
        "unknown country and bloc, both told",
        "[levers.x.share_cap]\nin_force = 2022-01-01\nscope = { vendors = [\"alpha\"], countries = [\"DEY\"], blocs = [\"wst\"] }\n",
    ),
    (
        "unknown component and generation",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\nscope = { vendors = [\"alpha\"], components = [\"antenna\"], generations = [\"7g\"] }\n",
    ),
    (
        "unknown kind of lever",
        "[levers.x.procurment_ban]\nin_force = 2022-01-01\n",
    ),
    (
        "unknown payer",
        "[levers.x.state_subsidy]\nin_force = 2022-01-01\npayer = \"DEX\"\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "end before its start",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\nend = 2021-01-01\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "deadline before its start",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\ndeadline = 2021-01-01\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "announced after it binds",
        "[levers.x.procurement_ban]\nannounced = 2023-01-01\nin_force = 2022-01-01\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "a ban of everyone by not naming anyone",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\n",
    ),
    (
        "strength beyond all",
        "[levers.x.procurement_ban]\nin_force = 2022-01-01\nstrength = 1.5\nscope = { vendors = [\"alpha\"] }\n",
    ),
    (
        "a mandate to buy what is banned",
        "[levers.open.open_mandate]\nmode = \"mandate\"\nin_force = 2024-01-01\n[levers.ban.procurement_ban]\nin_force = 2023-06-01\nscope = { vendors = [\"beta\", \"gamma\"] }\n",
    ),
    (
        "nobody left to sell: a warning with what then happens",
        "[levers.ban.procurement_ban]\nin_force = 2023-06-01\ndeadline = 2027-01-01\nscope = { vendors = [\"alpha\", \"beta\", \"gamma\"] }\n",
    ),
];

#[test]
fn dates_and_names_are_told_in_one_pass() {
    let lever = "[levers.x.procurement_ban]\nannounced = 2027-01-01\nin_force = 2024-01-01\ndeadline = 2023-01-01\nend = 2022-01-01\n\
                 scope = { countries = [\"DE\"], vendors = [\"Alpha\"] }\n[levers.y.share_cap]\nin_force = 2024-01-01\nstrength = 2\n\
                 scope = { blocs = [\"wst\"], vendors = 3 }\n";
    let said = scenario::decode(&child(MINIMAL, lever)).map(drop).unwrap_err();
    let messages: Vec<&str> = said.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "announced after it is in force",
            "the deadline is before it is in force",
            "it ends before it starts",
            "there is no country `DE`",
            "there is no vendor `Alpha`",
            "this number is out of range",
            "there is no bloc `wst`",
            "an integer cannot stand here",
        ]
    );
}

#[test]
fn levers_that_make_no_sense_are_explained() {
    let mut told = String::new();
    for (what, lever) in CASES {
        let said = match scenario::decode(&child(MINIMAL, lever)) {
            Ok(decoded) => decoded.warnings.to_string(),
            Err(faults) => faults.to_string(),
        };
        for part in ["own.toml:", "= allowed: "] {
            assert!(said.contains(part), "{what}: no `{part}` in {said}");
        }
        told += &format!("==== {what}\n{said}\n\n");
    }
    insta::assert_snapshot!(told);
}
