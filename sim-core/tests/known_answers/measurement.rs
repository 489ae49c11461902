//! V24: concentration.

use sim_core::draws::Luck;
use sim_core::measure::herfindahl;

use crate::choice::{logit, stream, winner};
use crate::page::{Theme, anchor, number, numbers};

pub fn theme() -> Theme {
    let mut t = Theme::new("Measurement");
    t.anchor(
        "V24",
        "Concentration, and its bias in small numbers",
        "`measure::herfindahl`, `market::equilibrium::Workspace::solve`, `market::choice::Tree::draw`",
        "`hhi_sites`, `hhi_sales`, `effective_vendors` on each date of `run`",
    );
    let v24 = anchor("V24");
    let (p, expected) = (&v24["params"], &v24["expected"]);
    let shares = numbers(&p["shares"]);
    let hhi = |shares: &[f64]| herfindahl(shares.iter().copied());
    t.number("HHI of (.4,.3,.2,.1)", hhi(&shares), number(&expected["HHI"]), 1e-12);
    t.number(
        "effective number of sellers",
        1.0 / hhi(&shares),
        number(&expected["N_eff"]),
        1e-12,
    );
    let amounts: Vec<f64> = shares.iter().map(|s| 1234.5 * s).collect();
    t.number(
        "HHI of amounts, not shares",
        hhi(&amounts),
        number(&expected["HHI"]),
        1e-12,
    );
    let bought = logit(1.0, &numbers(&p["logit_V"]));
    t.number(
        "HHI of logit shares",
        hhi(&bought),
        number(&expected["logit_HHI"]),
        1e-12,
    );
    t.number(
        "effective number of sellers, logit shares",
        1.0 / hhi(&bought),
        number(&expected["logit_N_eff"]),
        1e-12,
    );
    let luck = Luck::new(24, 0);
    let worlds: Vec<f64> = (0..20_000)
        .map(|world| {
            let mut draws = stream(&luck, "V24", world);
            let mut sold = [0.0; 4];
            for operator in 0..20 {
                sold[winner(&mut draws, 4 * operator, &[0.0; 4])] += 1.0;
            }
            hhi(&sold)
        })
        .collect();
    t.mean(
        "mean HHI of 20 operators that choose evenly among 4 (.25 in the limit)",
        &worlds,
        number(&expected["E_HHI_multinomial_N20_equal4"]),
    );
    t
}
