//! Known answers: limits in which the model has a closed form or a published value, computed by the functions that the
//! product runs on, and the page `KNOWN_ANSWERS.md` made from what came out.
//!
//! Each theme computes its rows once; one test holds them to their tolerances, another holds the page to them. After a change
//! that is meant, `ORANSIM_BLESS=1 cargo test -p sim-core --test known_answers` writes the page anew.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads and, on demand, rewrites its own page"
)]

#[path = "../market_support/mod.rs"]
mod market_support;

mod choice;
mod dynamics;
mod events;
mod market;
mod measurement;
mod page;
mod supply;

use std::path::PathBuf;
use std::sync::LazyLock;

use page::Theme;

static CHOICE: LazyLock<Theme> = LazyLock::new(choice::theme);
static MARKET: LazyLock<Theme> = LazyLock::new(market::theme);
static DYNAMICS: LazyLock<Theme> = LazyLock::new(dynamics::theme);
static EVENTS: LazyLock<Theme> = LazyLock::new(events::theme);
static SUPPLY: LazyLock<Theme> = LazyLock::new(supply::theme);
static MEASUREMENT: LazyLock<Theme> = LazyLock::new(measurement::theme);

#[test]
fn choice_holds() {
    CHOICE.assert_holds();
}

#[test]
fn market_holds() {
    MARKET.assert_holds();
}

#[test]
fn dynamics_holds() {
    DYNAMICS.assert_holds();
}

#[test]
fn events_holds() {
    EVENTS.assert_holds();
}

#[test]
fn supply_holds() {
    SUPPLY.assert_holds();
}

#[test]
fn measurement_holds() {
    MEASUREMENT.assert_holds();
}

const INTRODUCTION: &str = "# Known answers

<!-- Written by `ORANSIM_BLESS=1 cargo test -p sim-core --test known_answers`; do not edit. -->

Limits in which the model has a closed form or a published value. Each number was obtained by the public functions named,
which are those that `run` calls, and by sums over what they gave (effective numbers, the effect of the state on choices and the parts of a welfare account are such
sums). Outside the path of `run` stand `one_shot_gain`, which checks the solver by other means; `Tree::shares` where a limit is asked that a scenario may
not ask; draws of whole rows of shocks and normals, whose single draws `run` takes by position; and exponential times, which the reference market alone needs. A test compares this page with what comes out today. Tolerances: solvers 1e-8, closed forms 1e-12, simulations four standard errors (SE) at a fixed seed, tests of a distribution
p > 0.0001. Expected values come from the literature named, or were derived and checked by a second method; a derived number is
not a published one. Anchors of sensitivity analysis, scenario discovery and decision rules (V33 to V38) belong to other commands and are
tested there.
";

const NOT_COMPUTED: &str = "
## Not computed by this library

No function of the product computes these, so nothing is claimed about them. To test them against code that lives in a test alone would
show nothing.

| anchor | why |
|---|---|
| V09 Shy (2002), undercut-proof prices | sellers here set Bertrand-Nash prices in (nested) logit demand; the undercut-proof equilibrium is another concept |
| V22 Bass (1969) diffusion | no adoption curve is assumed anywhere: adoption comes out of tenders |
| V30 in part: widget, binomial call, Margrabe exchange option | only the two-period option to switch is reached, by draws and choice |
| V32 in part: Poisson demand, availability in the long run, two sources | deliveries come out of tenders and a cut-off begins once, on its date: there is no renewal of shocks |
";

#[test]
fn the_page_is_what_comes_out() {
    let themes = [&CHOICE, &MARKET, &DYNAMICS, &EVENTS, &SUPPLY, &MEASUREMENT];
    let mut page = INTRODUCTION.to_owned();
    for theme in themes {
        theme.assert_holds();
        theme.write(&mut page);
    }
    page += NOT_COMPUTED;
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("KNOWN_ANSWERS.md");
    if std::env::var_os("ORANSIM_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&file, &page).expect("the page can be written");
        return;
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let differs = there.lines().zip(page.lines()).find(|(a, b)| a != b);
    assert!(
        there == page,
        "KNOWN_ANSWERS.md is not what comes out. If the change is meant, run this test once with ORANSIM_BLESS=1. First difference: {differs:?}"
    );
}
