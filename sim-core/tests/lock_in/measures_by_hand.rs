//! Measures against numbers worked by hand from what their docs say.

use crate::common::market_day::MarketDay;
use crate::common::{MINIMAL, Table, assert_close, child, simulate_all, vendor, watch};
use sim_core::measure::{CATALOGUE, Cell, Component, Cube, View};
use sim_core::run::Simulation;
use sim_core::world::sourcing::{expected_loss, exposure, second_source_share};
use sim_core::world::supply::Stock;
use sim_core::world::{Arch, Layer, Stack, VendorIx};

/// The value of a measure of the radio network over the world for some vendors.
fn read(day: &MarketDay<'_>, name: &str, vendors: &[usize]) -> f64 {
    let cube = Cube::new(day.world, false);
    let view = View {
        world: day.world,
        cube: &cube,
        posted: &day.posted,
        state: &day.state,
        exits: None,
        everyone: &[0, 1, 2],
        country_sites: &[1.0],
        discount: 1.0,
    };
    let of_name = CATALOGUE.iter().enumerate().find(|(_, m)| m.name == name);
    let (rank, measure) = of_name.expect("listed");
    let cell = Cell {
        measure: rank,
        component: Component::Ran,
        generation: None,
        place: 0,
        vendors: vendors.to_vec(),
        part: usize::MAX,
    };
    (measure.value)(&view, &cell)
}

/// Puts 4G kit into each lot of the first operator by its number, and takes all other radio kit away.
fn stand_alone(day: &mut MarketDay<'_>, sellers: impl Fn(usize) -> Option<[VendorIx; 2]>) {
    let own = day.world.operators[0].slots.clone();
    let mut lot = 0;
    for (i, info) in day.world.slots.iter().enumerate() {
        let mut kit = None;
        if own.contains(&i) && info.layer == Layer::Ran(0) {
            kit = sellers(lot);
            lot += 1;
        }
        day.state.slots[i].pending = None;
        day.state.slots[i].stack = kit.map(|seller| Stack {
            seller,
            arch: Arch::Closed,
            is_virtual: false,
            installed: [day.world.start; 2],
            exercised: false,
            grant: [0.0; 2],
        });
    }
    assert_eq!(lot, 4, "four lots of 5,000 sites");
}

/// North's crews: 8 for each 1,000 of its 20,000 sites, 1.5 sites a crew and week.
const SITES_PER_MONTH: f64 = 8.0 * 20.0 * 1.5 / 7.0 * 365.25 / 12.0;

/// A new seller comes after a year, later than the four months of an order.
const SOURCING: &str = "[sourcing]\nemergency_months = 12\nloss_hazard_per_year = 0.05\n";

fn sourced() -> Simulation {
    simulate_all(&child(MINIMAL, SOURCING))
}

#[test]
fn what_is_at_risk_counts_radios_and_basebands_by_their_weight() {
    let s = sourced();
    let [alpha, beta] = ["alpha", "beta"].map(|v| vendor(&s, v));
    let mut day = MarketDay::first(&s, 0);
    // Alpha has all radios (0.6 of a site) and beta all basebands (0.4): 20,000 sites wait a year and then half of the crews' time.
    stand_alone(&mut day, |_| Some([alpha, beta]));
    let whole = 20_000.0 * 12.0 + 20_000.0 * 20_000.0 / (2.0 * SITES_PER_MONTH);
    for (v, weight) in [(alpha, 0.6), (beta, 0.4)] {
        let v = usize::from(v);
        assert_close(read(&day, "service_at_risk", &[v]), weight * whole, 1e-9, &v);
        assert_close(exposure(day.world, &day.state, v, |o| o == 0), weight * whole, 1e-9, &v);
        assert_eq!(exposure(day.world, &day.state, v, |o| o != 0), 0.0);
    }
    assert_eq!(read(&day, "service_at_risk", &[2]), 0.0);
    // Radios of two sellers over basebands of one.
    stand_alone(&mut day, |lot| Some([if lot < 2 { alpha } else { beta }, beta]));
    assert_close(
        second_source_share(day.world, &day.state, |_| true),
        0.6,
        1e-12,
        &"radios",
    );
    assert_close(read(&day, "second_source_share", &[0, 1, 2]), 0.6, 1e-12, &"radios");
    stand_alone(&mut day, |lot| Some([beta, if lot < 2 { alpha } else { beta }]));
    assert_close(
        second_source_share(day.world, &day.state, |_| true),
        0.4,
        1e-12,
        &"basebands",
    );
}

#[test]
fn what_an_operator_expects_to_lose_with_a_seller_is_by_component_too() {
    let s = sourced();
    let mut day = MarketDay::first(&s, 0);
    stand_alone(&mut day, |_| None);
    let slot = (day.world.operators[0].slots.clone())
        .find(|i| day.world.slots[*i].layer == Layer::Ran(0))
        .expect("4G");
    // Once in 20 years 5,000 sites wait a year and then half of the crews' time; a month of a site is worth 640 dollars.
    let a_site = 0.05 * 640.0 * (12.0 + 5_000.0 / (2.0 * SITES_PER_MONTH));
    let beta = usize::from(vendor(&s, "beta"));
    let [radio, baseband] = expected_loss(day.world, &day.state, slot);
    assert_close(radio[beta], 0.6 * a_site, 1e-9, &"radio");
    assert_close(baseband[beta], 0.4 * a_site, 1e-9, &"baseband");
}

#[test]
fn the_scarcest_stockpile_counts() {
    let s = simulate_all(&child(MINIMAL, ""));
    let mut day = MarketDay::first(&s, 0);
    assert!(read(&day, "inventory_months", &[0]).is_nan(), "nobody is cut off");
    // Two cut-offs of the first vendor, one of the second.
    for (lever, vendor, months) in [(0, 0, 7.0), (1, 0, 3.0), (0, 1, 5.0)] {
        day.state.supply.stocks.push(Stock {
            lever,
            vendor,
            months,
            usual: 100.0,
            counted: 0.0,
            billed: 0.0,
            unmet: 0.0,
        });
    }
    assert_eq!(read(&day, "inventory_months", &[0]), 3.0);
    assert_eq!(read(&day, "inventory_months", &[1]), 5.0);
    assert_eq!(read(&day, "inventory_months", &[0, 1]), 3.0, "of a group");
    assert_eq!(
        read(&day, "inventory_months", &[1, 2]),
        5.0,
        "of those that are cut off"
    );
    assert!(read(&day, "inventory_months", &[2]).is_nan());
}

#[test]
fn experience_counts_pairs_of_two_sellers_alone() {
    let s = simulate_all(&child(MINIMAL, ""));
    let mut day = MarketDay::first(&s, 0);
    // Radio by row, baseband by column; what one seller makes alone is no pair.
    day.state.pair_sites = vec![1000.0, 1.0, 2.0, 4.0, 2000.0, 8.0, 16.0, 32.0, 4000.0];
    assert_eq!(read(&day, "pair_experience", &[0, 1, 2]), 63.0);
}

/// Payments for open stacks over all payments, from the tenders themselves.
#[test]
fn the_open_share_of_sales_is_what_was_paid_for_open_stacks() {
    let s = simulate_all(&child(MINIMAL, "[market]\nexpansion_share_per_year = 0\n"));
    let world = s.world();
    let mut between = 0;
    for k in 0..3 {
        let (record, w) = watch(&s, k);
        let table = Table {
            simulation: &s,
            record: &record,
        };
        let told = table.world("open_share_sales", "all");
        for (d, days) in s.dates().windows(2).enumerate() {
            let (mut open, mut all) = (0.0, 0.0);
            for t in w.tenders.iter().filter(|t| t.day > days[0] && t.day <= days[1]) {
                let slot = &world.slots[t.slot];
                let Some(bought) = t.bought().filter(|_| slot.layer != Layer::Core) else {
                    continue;
                };
                let chosen = t.alternatives.iter().position(|a| *a == bought).expect("among them");
                let paid = slot.sites * t.prices[chosen];
                all += paid;
                open += if bought.arch(t.old.as_ref()) == Arch::Closed {
                    0.0
                } else {
                    paid
                };
            }
            let expected = if all > 0.0 { open / all } else { f64::NAN };
            assert_close(told[d + 1], expected, 1e-9, &(k, d));
            between += usize::from(expected > 0.01 && expected < 0.49);
        }
    }
    assert!(between > 3, "{between} shares that are neither none nor half");
}
