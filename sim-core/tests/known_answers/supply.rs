//! V32: how long a stockpile covers components that no longer come.

use sim_core::world::supply::{CutOff, Stock};

use crate::page::{Theme, anchor, number};

/// Nothing comes, nobody steps in, and the vendor makes nothing itself.
const ALL_CUT: CutOff = CutOff {
    covered: 1.0,
    backfill: 0.0,
    backfill_years: 1.0,
    recovery_per_year: 0.0,
};

pub fn theme() -> Theme {
    let mut t = Theme::new("Supply");
    t.anchor(
        "V32",
        "Supply shock with an inventory: 120 units, 10 a month (renewal-reward)",
        "`world::supply::Stock::draw`, `world::supply::CutOff::mean_missing`",
        "the lever `component_cutoff`, at each review of `run`; measure `inventory_months`",
    );
    let v = anchor("V32");
    let (params, expected) = (&v["params"], &v["expected"]);
    let a_month = number(&params["d"]);
    let full = Stock {
        lever: 0,
        vendor: 0,
        months: number(&params["I"]) / a_month,
        usual: 12.0 * a_month,
        counted: 0.0,
        billed: 0.0,
        unmet: 0.0,
    };
    let partial = CutOff {
        covered: 1.0 - number(&params["resupply_fraction"]),
        ..ALL_CUT
    };
    for (what, cut, key) in [
        ("months until it is empty, nothing comes", &ALL_CUT, "t_stockout"),
        (
            "months until it is empty, 40% still comes",
            &partial,
            "t_stockout_partial",
        ),
    ] {
        t.number(
            what,
            months_until_empty(full, cut, a_month),
            number(&expected[key]),
            1e-9,
        );
    }
    disruptions(&mut t, full, a_month);
    t
}

/// Months of usual deliveries until nothing is left: the time at which a stock drawn at once is just empty.
fn months_until_empty(full: Stock, cut: &CutOff, a_month: f64) -> f64 {
    let (mut before, mut after) = (0.0, 1e3);
    for _ in 0..60 {
        let middle = 0.5 * (before + after);
        let mut stock = full;
        stock.draw(cut, 0.0, middle / 12.0, a_month * middle);
        if stock.is_out() {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

/// Disruptions of exponential length, mean 8 months: means over an even grid of lengths, weighted by their density.
fn disruptions(t: &mut Theme, full: Stock, a_month: f64) {
    let expected = &anchor("V32")["expected"];
    let (mean, step) = (8.0, 0.01);
    let (mut out, mut months) = (0.0, 0.0);
    for i in 0..40_000 {
        let length = (f64::from(i) + 0.5) * step;
        let weight = libm::exp(-length / mean) / mean * step;
        let mut stock = full;
        stock.draw(&ALL_CUT, 0.0, length / 12.0, a_month * length);
        out += if stock.is_out() { weight } else { 0.0 };
        months += stock.unmet * weight;
    }
    for (what, obtained, key) in [
        (
            "probability that a disruption of mean 8 months empties it",
            out,
            "P_stockout",
        ),
        ("months without, a disruption", months, "E_stockout_duration"),
        (
            "units that are not delivered, a disruption",
            a_month * months,
            "E_unmet",
        ),
    ] {
        t.number(what, obtained, number(&expected[key]), 1e-5 * number(&expected[key]));
    }
}
