//! V10, V14, V19, V20, V43: what sellers ask.

use serde_json::Value;
use sim_core::market::equilibrium::{Alternative, Workspace, one_shot_gain};

use crate::choice::choose;
use crate::market_support::Tender;
use crate::page::{Theme, anchor, number, numbers};

const SOLVES: &str = "`market::equilibrium::Workspace::solve`";
const SOLVED: &str = "each tender of `run`, list prices at each review";
const SOLVED_WITH_LATER: &str =
    "each tender of `run`; what later contracts are worth comes in by `market::tender::Continuation`";

pub fn theme() -> Theme {
    let mut t = Theme::new("Prices");
    bargains_then_ripoffs(&mut t);
    tender_with_switching_cost(&mut t);
    bertrand(&mut t);
    merger(&mut t);
    welfare(&mut t);
    t
}

/// A tender of n sellers, one alternative each; seller 0 installed and worth s more. `nest_of(j)` spreads them over
/// three nests of lambda 1, which changes nothing.
fn switching_cost_tender(n: usize, s: f64, mu: f64, cost: f64, nest_of: fn(u8) -> u8) -> Tender {
    let value = |j: u8| cost + 5.0 + if j == 0 { s } else { 0.0 };
    let alternatives: Vec<Alternative> = (0..n as u8)
        .map(|j| Alternative::single(nest_of(j), j, value(j), cost))
        .collect();
    Tender::new(mu, &[1.0; 3], n, &alternatives)
}

const ONE_NEST: fn(u8) -> u8 = |_| 0;
const THREE_NESTS: fn(u8) -> u8 = |j| j % 3;

/// What is known of the stationary game, in units of mu.
struct Stationary {
    insider: f64,
    outsider: f64,
    retained: f64,
    value: f64,
    unattached: f64,
    mean_paid: f64,
    gain: f64,
}

/// The stationary closure: whoever wins is installed at the next tender, `W_j(a) = delta Pi_j(a installed)`, iterated on the solver
/// until profits stand still.
fn stationary(n: usize, s: f64, delta: f64, nest_of: fn(u8) -> u8) -> Stationary {
    let (mu, cost) = (2.0, 7.0);
    let mut workspace = Workspace::new();
    let mut tender = switching_cost_tender(n, s * mu, mu, cost, nest_of);
    let (mut inside, mut outside) = (0.0, 0.0);
    for _ in 0..2000 {
        tender.after = Some(later_values(n, delta, inside, outside));
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        assert!(found.converged);
        let next = (found.expected_profit[0], found.expected_profit[1]);
        let change = (next.0 - inside).abs().max((next.1 - outside).abs());
        (inside, outside) = next;
        if change < 1e-13 * mu {
            break;
        }
    }
    tender.after = Some(later_values(n, delta, inside, outside));
    let spec = tender.spec();
    let found = workspace.solve(&spec).expect("a valid tender");
    let gain = one_shot_gain(&spec, &found).gain / mu;
    let [insider, outsider] = [0, 1].map(|j| found.total_margin[j] / mu);
    let retained = found.probability[0];
    let mut first = switching_cost_tender(n, 0.0, mu, cost, nest_of);
    first.after = Some(later_values(n, delta, inside, outside));
    let unattached = workspace.solve(&first.spec()).expect("a valid tender").total_margin[0] / mu;
    Stationary {
        insider,
        outsider,
        retained,
        value: inside / mu,
        unattached,
        mean_paid: retained * insider + (1.0 - retained) * outsider,
        gain,
    }
}

/// Row-major by seller: a seller's value after its own win and after another's.
fn later_values(n: usize, delta: f64, inside: f64, outside: f64) -> Vec<f64> {
    let cells = (0..n * n).map(|c| if c / n == c % n { inside } else { outside });
    cells.map(|pi| delta * pi).collect()
}

fn bargains_then_ripoffs(t: &mut Theme) {
    t.anchor(
        "V10",
        "Bargains, then rip-offs (Farrell and Klemperer 2007, 2.3.1): two periods, no taste, as the limit of the tender for mu to 0",
        SOLVES,
        SOLVED_WITH_LATER,
    );
    let v10 = anchor("V10");
    let (p, expected) = (&v10["params"], &v10["expected"]);
    let (cost, s, delta) = (number(&p["c"]), number(&p["s"]), number(&p["delta"]));
    // With tastes of scale mu prices differ from the limit by less than mu (2 + ln(s / mu)), some 1.7e-5.
    let (mu, tolerance) = (1e-6, 5e-5);
    let mut workspace = Workspace::new();
    let second = switching_cost_tender(2, s, mu, cost, ONE_NEST);
    let found = workspace.solve(&second.spec()).expect("a valid tender");
    assert!(found.converged);
    let later = cost + found.total_margin[0];
    t.number("second price", later, number(&expected["p2"]), tolerance);
    let mut first = switching_cost_tender(2, 0.0, mu, cost, ONE_NEST);
    first.after = Some(later_values(
        2,
        delta,
        found.expected_profit[0],
        found.expected_profit[1],
    ));
    let found = workspace.solve(&first.spec()).expect("a valid tender");
    assert!(found.converged);
    let now = cost + found.total_margin[0];
    t.number("first price", now, number(&expected["p1"]), tolerance);
    t.number(
        "present value of what is paid",
        now + delta * later,
        number(&expected["lifetime_PV_payment"]),
        2.0 * tolerance,
    );
    t.number(
        "seller's profit",
        found.expected_profit[0],
        number(&expected["profit"]),
        tolerance,
    );
}

/// (n, s) of a row's name such as `n=2,s=0.5`.
fn parse_row(name: &str) -> (usize, f64) {
    let (n, s) = name.split_once(',').expect("two parts");
    (n[2..].parse().expect("n"), s[2..].parse().expect("s"))
}

fn rows(table: &Value) -> Vec<(&String, &Value)> {
    table.as_object().expect("rows").iter().collect()
}

fn tender_with_switching_cost(t: &mut Theme) {
    t.anchor(
        "V14",
        "Buyer-specific prices with a switching cost: Markov-perfect equilibrium of n logit sellers, delta .9 (abstract of Cabral 2016; closed form derived). Money in units of mu",
        "`market::equilibrium::Workspace::solve` with winner-dependent later values, `market::equilibrium::one_shot_gain`",
        SOLVED_WITH_LATER,
    );
    let v14 = anchor("V14");
    let delta = number(&v14["params"]["delta"]);
    let expected = &v14["expected"];
    let tolerance = 1e-8;
    for (name, row) in rows(&expected["table"]) {
        let (n, s) = parse_row(name);
        for (nests, nest_of) in [("", ONE_NEST), (", three nests", THREE_NESTS)] {
            let found = stationary(n, s, delta, nest_of);
            for (what, obtained, key) in [
                ("insider wins", found.retained, "q_retain"),
                ("price of the insider", found.insider, "p_insider"),
                ("price of an outsider", found.outsider, "p_outsider"),
                ("mean price paid", found.mean_paid, "p_avg"),
                ("price at the first tender", found.unattached, "p_unattached"),
                ("value of being the insider", found.value, "v_insider"),
            ] {
                t.number(
                    &format!("{name}{nests}: {what}"),
                    obtained,
                    number(&row[key]),
                    tolerance,
                );
            }
            t.number(
                &format!("{name}{nests}: gain of a one-shot deviation"),
                found.gain,
                0.0,
                tolerance,
            );
        }
        // Retention does not depend on the sellers' patience.
        let myopic = stationary(n, s, 0.0, ONE_NEST).retained;
        t.number(
            &format!("{name}: insider wins, delta 0"),
            myopic,
            number(&row["q_retain"]),
            tolerance,
        );
    }
    for (name, price) in rows(&expected["duopoly_avg_price_by_delta"]) {
        let (delta, s) = name.split_once(',').expect("two parts");
        let found = stationary(
            2,
            s[2..].parse().expect("s"),
            delta[6..].parse().expect("delta"),
            ONE_NEST,
        );
        t.number(
            &format!("duopoly, {name}: mean price paid"),
            found.mean_paid,
            number(price),
            tolerance,
        );
    }
    let at = |key: &str| stationary(2, number(&expected[key]), 0.9, ONE_NEST);
    t.number(
        "duopoly: least mean price over s, 2 mu sqrt(1 - delta^2)",
        at("duopoly_s_at_min").mean_paid,
        number(&expected["duopoly_min_avg_price"]),
        tolerance,
    );
    let back = at("duopoly_s_where_avg_price_back_to_2mu");
    t.number("duopoly: mean price at s = 21.891807", back.mean_paid, 2.0, 1e-7);
    t.number(
        "duopoly: insider wins there, (1 + delta) / 2",
        back.retained,
        number(&expected["q_there"]),
        tolerance,
    );
    // The only nest at lambda runs the game at scale lambda mu.
    let lambda = 0.4;
    let mut nested = switching_cost_tender(3, 2.0 * lambda, 1.0, 0.0, ONE_NEST);
    nested.lambda = vec![lambda];
    let mut workspace = Workspace::new();
    let found = workspace.solve(&nested.spec()).expect("a valid tender");
    let myopic = stationary(3, 2.0, 0.0, ONE_NEST);
    t.number(
        "n=3,s=2, delta 0, lambda .4: price over lambda",
        found.total_margin[0] / lambda,
        myopic.insider,
        tolerance,
    );
}

fn bertrand(t: &mut Theme) {
    t.anchor(
        "V19",
        "Bertrand pricing in logit demand (Anderson, de Palma and Thisse 1992)",
        SOLVES,
        SOLVED,
    );
    let v19 = anchor("V19");
    let expected = &v19["expected"];
    let mut workspace = Workspace::new();
    for (n, markup) in rows(&expected["symmetric_markup_over_mu"]) {
        let tender = switching_cost_tender(n.parse().expect("n"), 0.0, 1.7, 4.0, ONE_NEST);
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        t.number(
            &format!("{n} equal sellers: margin over mu"),
            found.total_margin[0] / 1.7,
            number(markup),
            1e-8,
        );
    }
    let p = &v19["params"]["asym"];
    let (quality, cost) = (numbers(&p["quality"]), numbers(&p["cost"]));
    for (nests, spread) in [("", 0), (", a nest each", 1)] {
        let single = |j: u8| Alternative::single(j * spread, j, quality[usize::from(j)], cost[usize::from(j)]);
        let mut alternatives: Vec<Alternative> = (0..3).map(single).collect();
        alternatives.push(Alternative::unpriced(3, number(&p["outside_V"])));
        let tender = Tender::new(number(&p["mu"]), &[1.0; 4], 3, &alternatives);
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        let prices: Vec<f64> = found.total_margin.iter().zip(&cost).map(|(m, c)| m + c).collect();
        t.numbers(
            &format!("unequal sellers{nests}: price"),
            &prices,
            &numbers(&expected["asym_prices"]),
            1e-8,
        );
        let shares = &found.probability[..3];
        t.numbers(
            &format!("unequal sellers{nests}: share"),
            shares,
            &numbers(&expected["asym_shares"]),
            1e-8,
        );
        let outside = number(&expected["asym_outside"]);
        t.number(
            &format!("unequal sellers{nests}: nothing bought"),
            found.probability[3],
            outside,
            1e-8,
        );
    }
    let duopoly = switching_cost_tender(2, 1.0, 1.0, 0.0, ONE_NEST);
    let found = workspace.solve(&duopoly.spec()).expect("a valid tender");
    t.numbers(
        "duopoly, quality gap 1: price",
        found.total_margin,
        &numbers(&expected["duopoly_prices"]),
        1e-8,
    );
    t.numbers(
        "duopoly, quality gap 1: share",
        found.probability,
        &numbers(&expected["duopoly_shares"]),
        1e-8,
    );
}

fn merger(t: &mut Theme) {
    t.anchor(
        "V20",
        "Merger in logit demand (Werden and Froeb 1994): sellers 1 and 2 become one",
        "`market::equilibrium::Workspace::solve`, `measure::herfindahl`",
        "each tender of `run`; `hhi_sites`, `hhi_sales` on each date",
    );
    let v20 = anchor("V20");
    let (p, expected) = (&v20["params"], &v20["expected"]);
    let (quality, cost) = (numbers(&p["quality"]), numbers(&p["cost"]));
    let mut workspace = Workspace::new();
    let mut solve = |owner: [u8; 4], nests: [u8; 4]| {
        let good = |k: usize| Alternative {
            // Suppliers tell the merged firm's two goods apart.
            suppliers: [k as u8; 2],
            ..Alternative::single(nests[k], owner[k], quality[k], cost[k])
        };
        let mut alternatives: Vec<Alternative> = (0..4).map(good).collect();
        alternatives.push(Alternative::unpriced(4, number(&p["outside_V"])));
        let tender = Tender::new(number(&p["mu"]), &[1.0; 5], 4, &alternatives);
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        assert!(found.converged);
        let prices: Vec<f64> = found.total_margin.iter().zip(&cost).map(|(m, c)| m + c).collect();
        (prices, found.probability.to_vec(), found.logsum)
    };
    for (name, nests) in [
        ("", [0, 0, 0, 0]),
        (", a nest each", [0, 1, 2, 3]),
        (", across nests", [0, 1, 0, 1]),
    ] {
        let (before, shares, surplus) = solve([0, 1, 2, 3], nests);
        t.numbers(
            &format!("price before{name}"),
            &before[..4],
            &numbers(&expected["pre_prices"]),
            1e-8,
        );
        t.numbers(
            &format!("share before{name}"),
            &shares[..4],
            &numbers(&expected["pre_shares"]),
            1e-8,
        );
        let inside = sim_core::measure::herfindahl(shares[..4].iter().copied());
        t.number(
            &format!("HHI of what is bought, before{name}"),
            1e4 * inside,
            number(&expected["HHI_pre_inside"]),
            1e-4,
        );
        let (after, shares, worse) = solve([0, 0, 2, 3], nests);
        t.numbers(
            &format!("price after{name}"),
            &after[..4],
            &numbers(&expected["post_prices"]),
            1e-8,
        );
        t.numbers(
            &format!("share after{name}"),
            &shares[..4],
            &numbers(&expected["post_shares"]),
            1e-8,
        );
        t.number(
            &format!("change of surplus{name}"),
            worse - surplus,
            number(&expected["dCS"]),
            1e-8,
        );
    }
}

fn welfare(t: &mut Theme) {
    t.anchor(
        "V43",
        "Welfare: surplus, profit and a subsidy of .2 to seller 2 at the prices of before",
        "`market::equilibrium::Workspace::solve`",
        SOLVED,
    );
    let v43 = anchor("V43");
    let (p, expected) = (&v43["params"], &v43["expected"]);
    let (quality, cost) = (numbers(&p["quality"]), numbers(&p["cost"]));
    let subsidy = number(&p["subsidy_on_2"]);
    let mut alternatives: Vec<Alternative> = (0..2)
        .map(|j| Alternative::single(0, j as u8, quality[j], cost[j]))
        .collect();
    alternatives.push(Alternative::unpriced(0, 0.0));
    let tender = Tender::new(number(&p["mu"]), &[1.0], 2, &alternatives);
    let mut workspace = Workspace::new();
    let found = workspace.solve(&tender.spec()).expect("a valid tender");
    let prices: Vec<f64> = found.total_margin.iter().zip(&cost).map(|(m, c)| m + c).collect();
    t.numbers("price", &prices, &numbers(&expected["prices"]), 1e-9);
    t.numbers("share", found.probability, &numbers(&expected["shares"]), 1e-9);
    let surplus = found.logsum;
    let profit: f64 = found.expected_profit.iter().sum();
    t.number("buyers' surplus", surplus, number(&expected["CS"]), 1e-9);
    t.number("sellers' profit", profit, number(&expected["PS"]), 1e-9);
    t.number("welfare", surplus + profit, number(&expected["W"]), 1e-9);
    let paid = [prices[0], prices[1] - subsidy];
    let value = [quality[0] - paid[0], quality[1] - paid[1], 0.0];
    let (shares, _, surplus) = choose(1.0, &[1.0], &[0; 3], &value);
    let profit: f64 = (0..2).map(|j| shares[j] * (prices[j] - cost[j])).sum();
    let public = subsidy * shares[1];
    t.number(
        "subsidised: buyers' surplus",
        surplus,
        number(&expected["CS_sub"]),
        1e-9,
    );
    t.number("subsidised: sellers' profit", profit, number(&expected["PS_sub"]), 1e-9);
    t.number("subsidised: public cost", public, number(&expected["gov_cost"]), 1e-9);
    t.number(
        "subsidised: welfare",
        surplus + profit - public,
        number(&expected["W_sub"]),
        1e-9,
    );
    // The same subsidy on everything, also on buying nothing, paid for by one sum: nothing changes (invariant 9).
    let level = value.map(|v| v + 0.7);
    let (same, _, higher) = choose(1.0, &[1.0], &[0; 3], &level);
    t.numbers("equal subsidy on all, lump-sum financed: share", &same, &shares, 1e-12);
    t.number(
        "equal subsidy on all, lump-sum financed: surplus net of the tax",
        higher - 0.7,
        surplus,
        1e-12,
    );
}
