//! Parameters outside an equation's domain are refused at the door, with the equation named.

use std::collections::BTreeSet;

use crate::common::{MINIMAL, child, play, simulate, text};
use sim_core::scenario;
use sim_core::scenario::document::{Shape, TableSpec, describe};

/// Country, vendors and operator of the smallest scenario stay as they are; one key is changed.
fn refusal(changes: &str) -> String {
    match scenario::decode(&child(MINIMAL, changes)) {
        Ok(_) => panic!("accepted: {changes}"),
        Err(faults) => faults.to_string(),
    }
}

const SPECIALIST: &str =
    "generations = [\"4g\", \"5g\"]\nru_usd_per_site = 20000\ncumulative_sites = 1000\nhome = \"DEU\"\n";

#[test]
fn what_no_equation_is_defined_for() {
    let cases = [
        ("a discount of 1", "[foresight]\nseller_discount_rate = 1\n".to_owned()),
        (
            "no discount at all",
            "[foresight]\nseller_discount_rate = 0\n".to_owned(),
        ),
        (
            "sellers who look ahead by more than all",
            "[foresight]\nseller_look_ahead = 1.01\n".to_owned(),
        ),
        (
            "buyers who look ahead by less than nothing",
            "[foresight]\nbuyer = -0.1\n".to_owned(),
        ),
        (
            "a cost of capital of 1",
            "[[country]]\nid = \"DEU\"\nwacc = 1\n".to_owned(),
        ),
        (
            "a social discount of 1",
            "[market]\nsocial_discount_rate = 1.0\n".to_owned(),
        ),
        ("a scale of taste of 0", "[market]\ntaste_scale_share = 0\n".to_owned()),
        (
            "a scale of taste below 0",
            "[market]\ntaste_scale_share = -0.1\n".to_owned(),
        ),
        (
            "a core without a price",
            "[[operator]]\nid = \"north\"\nsubscribers_m = 1e-300\n".to_owned(),
        ),
        (
            "a price of 0",
            "[[generation]]\nid = \"5g\"\nprice_factor = 0\n".to_owned(),
        ),
        ("a lambda below .1", "[nests]\nopen_multi = 0.09\n".to_owned()),
        ("a lambda above 1", "[nests]\nclosed = 1.000001\n".to_owned()),
        ("a lambda of 0", "[nests]\nkeep = 0\n".to_owned()),
        ("a contract without a term", "[contract]\nterm_years = 0\n".to_owned()),
        (
            "a learning curve that rises",
            "[learning]\nprogress_ratio = 1.1\n".to_owned(),
        ),
        (
            "training without a half-life",
            "[switching]\ntraining_half_life_years = 0\n".to_owned(),
        ),
        (
            "a work share above 1",
            "[switching]\nrenewal_work_share = 1.5\n".to_owned(),
        ),
        (
            "pairs that learn on nothing",
            "[integration]\nexperience_reference_sites = 0\n".to_owned(),
        ),
        (
            "an interface that grows backwards",
            "[[interface]]\nid = \"x2\"\ngrowth_per_year = -0.1\n".to_owned(),
        ),
        (
            "a credit without a tenor",
            "[[vendor]]\nid = \"alpha\"\ncredit = { interest = 0.02, tenor_years = 0, financed_share = 0.8 }\n"
                .to_owned(),
        ),
        (
            "an uncertainty that leaves the domain",
            "[uncertainties]\n\"nests.open_multi\" = { uniform = { low = 0.05, high = 1 } }\n".to_owned(),
        ),
        (
            "a seller without an alternative: a closed radio",
            format!("[[vendor]]\nid = \"delta\"\nname = \"Delta\"\nline = \"closed\"\n{SPECIALIST}"),
        ),
        (
            "a seller without an alternative: an open radio that nobody's baseband goes with",
            "[[vendor]]\nid = \"beta\"\ngenerations = [\"5g\"]\n[[vendor]]\nid = \"gamma\"\ngenerations = [\"5g\"]\nru_usd_per_site = 1\n[[vendor]]\nid = \"delta\"\nname = \"Delta\"\nhome = \"DEU\"\nline = \"open\"\ngenerations = [\"4g\"]\nru_usd_per_site = 20000\ncumulative_sites = 1000\n".to_owned(),
        ),
    ];
    let mut page = String::new();
    for (name, changes) in cases {
        page.push_str(&format!("## {name}\n{}\n", refusal(&changes)));
    }
    insta::assert_snapshot!(page);
    // Each names an equation; the two worlds without one name the function that lists alternatives.
    let named = page.matches("the equation `").count()
        + page.matches("the core (`market::choice::Tree`)").count()
        + page.matches("`market::alternatives::list`").count();
    assert!(named >= 23, "{named} of 23 name their equation");
}

fn numbers<'a>(spec: &'a TableSpec, out: &mut BTreeSet<&'a str>) {
    for field in &spec.fields {
        match &field.shape {
            Shape::Number(n) | Shape::Numbers(n, _) | Shape::NumberMap(_, n) => out.extend(n.equation()),
            Shape::Table(t) | Shape::Tables(t, _) | Shape::Entries(_, t) => numbers(t, out),
            _ => {}
        }
    }
}

#[test]
fn every_equation_that_is_named_stands_in_the_model_document() {
    let spec = describe::<scenario::Scenario>();
    let mut equations = BTreeSet::new();
    numbers(&spec, &mut equations);
    assert!(equations.len() >= 12, "{equations:?}");
    let page = text("../sim-core/MODEL.md");
    for equation in equations {
        assert!(page.contains(&format!("`{equation}`")), "{equation}");
    }
}

#[test]
fn a_run_ends_a_year_before_the_calendar_does() {
    let to = |end: &str| format!("[scenario]\nstart = 2398-01-01\nend = {end}\n");
    let said = refusal(&to("2400-01-01"));
    assert!(
        said.contains("the run ends too late") && said.contains("2399-12-31 or earlier"),
        "{said}"
    );
    let s = simulate(&child(MINIMAL, &to("2399-12-31")));
    assert_eq!(s.dates().last(), Some(&s.world().end));
    assert!(play(&s, 0).counters.tenders > 0);
}
