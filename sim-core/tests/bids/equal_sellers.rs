//! Equal sellers with switching costs (V14): the sign map and what buyers have of lower switching costs.

use proptest::prelude::*;
use sim_core::market::foresight::equal_sellers::{EqualSellers, EqualSellersError, RolePrices, frontier, sign_map};
use sim_core::market::foresight::game::Solver;

fn prices(sellers: usize, switching_cost: f64, patience: f64) -> RolePrices {
    let market = EqualSellers {
        sellers,
        switching_cost,
        patience,
    };
    market.prices(&mut Solver::default()).expect("prices")
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found} is not {expected}"
    );
}

/// Rows of V14's table at patience .9: both prices, the mean, and the price to a buyer without a seller.
#[test]
fn rows_of_v14() {
    for (n, s, q, insider, outsider, paid, first) in [
        (2, 0.0, 0.5, 2.0, 2.0, 2.0, 2.0),
        (2, 1.0, 0.58159941, 1.78646227, 1.11580484, 1.50585881, 1.39640831),
        (2, 4.0, 0.75985520, 1.60085162, -1.24726254, 0.91689183, -0.56330275),
        (3, 2.0, 0.56739961, 1.37955912, 0.34395573, 0.93155669, 0.56795695),
        (3, 4.0, 0.71746795, 1.40199664, -0.97291988, 0.73100662, -0.63742487),
    ] {
        let found = prices(n, s, 0.9);
        let what = format!("n = {n}, s = {s}");
        close(found.retention, q, 1e-8, &what);
        close(found.insider, insider, 1e-8, &what);
        close(found.outsider, outsider, 1e-8, &what);
        close(found.paid, paid, 1e-8, &what);
        close(found.unattached, first, 1e-8, &what);
    }
}

/// V14's exact facts of the duopoly: least mean price `2 sqrt(1 - D^2)`, and where it returns to 2.
#[test]
fn the_duopoly_has_its_cheapest_switching_cost_and_its_frontier() {
    let paid = |s: f64| prices(2, s, 0.9).paid;
    close(paid(5.6017027), 2.0 * (1.0_f64 - 0.81).sqrt(), 1e-8, "least mean price");
    assert!(paid(5.5) > paid(5.6017027) && paid(5.7) > paid(5.6017027));
    close(paid(21.891807), 2.0, 1e-7, "mean price at the frontier");
    let found = frontier(2, 0.9).expect("a frontier");
    close(found.retention, 0.95, 1e-15, "(1 + D)/2");
    close(found.switching_cost, 21.891807, 5e-7, "switching cost of the frontier");
}

/// Both signs at a switching cost of 2 mu, as V14 gives them: sellers without patience charge more, patient ones less.
#[test]
fn both_signs_stand_on_the_map() {
    let cells = sign_map(2, &[2.0], &[0.0, 0.5, 0.9, 0.99], &mut Solver::default()).expect("a map");
    let expected = [2.42010554, 1.73876296, 1.19368890, 1.07104724];
    for (cell, expected) in cells.iter().zip(expected) {
        close(cell.paid, expected, 1e-8, "mean price");
        close(cell.change, expected - 2.0, 1e-8, "against no switching cost");
    }
}

/// At q = .76 and two others at .12 each: exp(.76 x .27444 + .24 x 2.12026) = exp(.71744) = 2.04918.
#[test]
fn effective_bidders_are_fewer_where_leaving_is_dear() {
    close(prices(4, 0.0, 0.5).effective_bidders(), 4.0, 1e-8, "equal chances");
    let three = RolePrices {
        retention: 0.76,
        ..prices(3, 1.0, 0.5)
    };
    close(three.effective_bidders(), 2.04918, 1e-5, "by hand");
    let at = |s: f64| prices(3, s, 0.5).effective_bidders();
    assert!(at(1.0) > at(3.0) && at(3.0) > at(6.0) && at(6.0) > 1.0);
}

#[test]
fn numbers_outside_the_domain_are_refused() {
    let refused = |sellers, switching_cost, patience| {
        let market = EqualSellers {
            sellers,
            switching_cost,
            patience,
        };
        market.prices(&mut Solver::default()).expect_err("refused")
    };
    assert_eq!(refused(1, 1.0, 0.5), EqualSellersError::Sellers(1));
    assert_eq!(refused(2, -1.0, 0.5), EqualSellersError::SwitchingCost(-1.0));
    assert_eq!(refused(2, 1.0, 1.0), EqualSellersError::Patience(1.0));
    assert!(frontier(2, f64::NAN).is_err());
    assert!(refused(2, f64::INFINITY, 0.5).to_string().contains("finite"));
}

/// Fact 8 of the model's specification, at the patience of a contract cycle: what comes out of the game.
#[test]
fn cheaper_switching_helps_attached_buyers_less_than_frozen_prices_suggest() {
    let discount = libm::exp(-0.09 * 8.0);
    for n in [2, 3, 5] {
        let before = prices(n, 3.0, discount);
        let was = before.met_with(3.0, discount);
        for s in [0.0, 1.0, 2.0] {
            let frozen = before.met_with(s, discount);
            let now = prices(n, s, discount).met_with(s, discount);
            let gain = now.attached_value - was.attached_value;
            assert!(gain < frozen.attached_value - was.attached_value, "n = {n}, s = {s}");
            assert!(gain > 0.0, "n = {n}, s = {s}: {gain}");
            // The bargain of the first tender shrinks.
            assert!(now.new_price > was.new_price);
        }
    }
    // From a higher cost a small fall helps them more: the insider's price falls where switching is still rare.
    let before = prices(2, 5.0, discount);
    let gain = |prices: &RolePrices| {
        prices.met_with(4.0, discount).attached_value - before.met_with(5.0, discount).attached_value
    };
    assert!(gain(&prices(2, 4.0, discount)) > gain(&before));
}

/// In a duopoly a new buyer pays more for its lost bargain than cheaper switching later gives it; with more sellers it gains.
#[test]
fn cheaper_switching_hurts_new_buyers_in_a_duopoly_alone() {
    let discount = libm::exp(-0.09 * 8.0);
    for (n, gains) in [(2, false), (3, true), (5, true)] {
        for before in [3.0, 5.0] {
            let value = |s: f64| prices(n, s, discount).met_with(s, discount).new_value;
            assert_eq!(value(0.0) > value(before), gains, "n = {n}, from {before}");
        }
    }
}

/// The closed form of the top of the module, by bisection on the chance: another way than the table's.
fn closed_form(n: usize, s: f64, d: f64) -> RolePrices {
    let others = n as f64 - 1.0;
    let (mut low, mut high) = (1.0 / n as f64, 1.0);
    for _ in 0..200 {
        let q = 0.5 * (low + high);
        let q0 = (1.0 - q) / others;
        if libm::log(q / q0) + 1.0 / (1.0 - q) - 1.0 / (1.0 - q0) < s {
            low = q;
        } else {
            high = q;
        }
    }
    let q = 0.5 * (low + high);
    let q0 = (1.0 - q) / others;
    let prize = d * (q / (1.0 - q) - q0 / (1.0 - q0));
    let (insider, outsider) = (1.0 / (1.0 - q) - prize, 1.0 / (1.0 - q0) - prize);
    RolePrices {
        sellers: n,
        retention: q,
        insider,
        outsider,
        unattached: n as f64 / others - prize,
        paid: q * insider + (1.0 - q) * outsider,
    }
}

proptest! {
    #[test]
    fn the_table_gives_the_closed_form(n in 2usize..8, s in 0.0f64..12.0, d in 0.0f64..0.97) {
        let (found, expected) = (prices(n, s, d), closed_form(n, s, d));
        for (found, expected) in [
            (found.retention, expected.retention),
            (found.insider, expected.insider),
            (found.outsider, expected.outsider),
            (found.unattached, expected.unattached),
            (found.paid, expected.paid),
        ] {
            prop_assert!((found - expected).abs() < 1e-7, "{found} is not {expected}");
        }
        // At its own switching cost the prices are met as they were made.
        let met = found.met_with(s, 0.5);
        prop_assert!((met.retention - found.retention).abs() < 1e-8);
        prop_assert!((met.attached_price - found.paid).abs() < 1e-7);
    }

    /// On the frontier the mean price is that without switching costs, and it parts the two signs.
    #[test]
    fn the_frontier_parts_the_signs(n in 2usize..8, d in 0.05f64..0.9) {
        let on = frontier(n, d).expect("a frontier");
        prop_assert!((on.retention - (1.0 + (n as f64 - 1.0) * d) / n as f64).abs() < 1e-12);
        let s = on.switching_cost;
        let cells = sign_map(n, &[0.9 * s, s, 1.1 * s], &[d], &mut Solver::default()).expect("a map");
        prop_assert!(cells[0].change < 0.0 && cells[2].change > 0.0, "{cells:?}");
        prop_assert!(cells[1].change.abs() < 1e-6, "{cells:?}");
    }
}
