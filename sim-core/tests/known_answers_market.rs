//! Choice and pricing against known answers (`data/known_answers.json`: V01 to V04, V14, V19, V20).

#![allow(clippy::disallowed_methods, reason = "statistics of a test, compared to a tolerance")]

mod market_support;

use market_support::{Random, Tender};
use serde_json::Value;
use sim_core::market::choice::{Tree, gumbel, logit};
use sim_core::market::equilibrium::{Alternative, Workspace, one_shot_gain};

/// The entry of one anchor.
fn anchor(id: &str) -> Value {
    let text = include_str!("data/known_answers.json");
    serde_json::from_str::<Value>(text).expect("the table is JSON")[id].clone()
}

fn number(v: &Value) -> f64 {
    v.as_f64().expect("a number")
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(number).collect()
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(f, e)| close(*f, *e, tolerance));
}

#[test]
fn v01_logit_shares_logsum_and_elasticities() {
    let v01 = anchor("V01");
    let (value, expected) = (numbers(&v01["params"]["V"]), &v01["expected"]);
    let mut shares = [0.0; 4];
    close(logit(&value, 1.0, &mut shares), number(&expected["logsum_mu1"]), 1e-12);
    all_close(&shares, &numbers(&expected["shares_mu1"]), 1e-12);
    let mut sharper = [0.0; 4];
    close(
        logit(&value, 0.5, &mut sharper),
        number(&expected["mu_logsum_mu05"]),
        1e-12,
    );
    all_close(&sharper, &numbers(&expected["shares_mu05"]), 1e-12);
    // Elasticities at alpha 1 of the first share to its own price and to the second's, both 2, by central
    // differences of the shares themselves.
    let (price, h) = (2.0, 1e-5);
    let elasticity = |of: usize| {
        let at = |change: f64| {
            let mut moved = value.clone();
            moved[of] -= change;
            let mut s = [0.0; 4];
            logit(&moved, 1.0, &mut s);
            s[0]
        };
        (at(h) - at(-h)) / (2.0 * h) * price / shares[0]
    };
    close(elasticity(0), number(&expected["own_elast_alt0_alpha1_p2"]), 1e-9);
    close(elasticity(1), number(&expected["cross_elast_wrt_p1_alpha1_p2"]), 1e-9);
}

#[test]
fn v01_the_draw_follows_the_shares() {
    let v01 = anchor("V01");
    let value = numbers(&v01["params"]["V"]);
    let tree = Tree {
        mu: 1.0,
        lambda: &[1.0],
        nest: &[0; 4],
        value: &value,
    };
    let mut inclusive = [0.0];
    tree.inclusive(&mut inclusive);
    let expected = numbers(&v01["expected"]["shares_mu1"]);
    let (mut r, draws) = (Random(1), 100_000);
    let mut won = [0u32; 4];
    for _ in 0..draws {
        won[tree.draw(&inclusive, |_| 0.0, |_| gumbel(r.unit())).expect("a winner")] += 1;
    }
    for (n, p) in won.iter().zip(expected) {
        let error = (p * (1.0 - p) / f64::from(draws)).sqrt();
        close(f64::from(*n) / f64::from(draws), p, 4.0 * error);
    }
}

#[test]
fn v02_gumbel_draws() {
    let expected = &anchor("V02")["expected"];
    close(gumbel(0.5), number(&expected["median"]), 1e-14);
    close(gumbel(0.95), number(&expected["q95"]), 1e-13);
    for edge in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
        assert!(gumbel(edge).is_finite());
    }
    let (mut r, n) = (Random(2), 200_000);
    let value = numbers(&anchor("V02")["params"]["V"]);
    let mut draws: Vec<f64> = (0..n).map(|_| gumbel(r.unit())).collect();
    let mut maxima = Vec::new();
    for _ in 0..n {
        maxima.push(value.iter().map(|v| v + gumbel(r.unit())).fold(f64::MIN, f64::max));
    }
    let count = f64::from(n);
    let moments = |x: &[f64]| {
        let mean = x.iter().sum::<f64>() / count;
        let central = |k: i32| x.iter().map(|d| (d - mean).powi(k)).sum::<f64>() / count;
        (mean, central(2), central(3) / central(2).powf(1.5))
    };
    let sd = number(&expected["sd"]);
    let variance = number(&expected["var"]);
    // Standard error of a variance with excess kurtosis 2.4: var sqrt(4.4 / n).
    let variance_error = 4.0 * variance * (4.4 / count).sqrt();
    let (mean, var, skew) = moments(&draws);
    close(mean, number(&expected["mean"]), 4.0 * sd / count.sqrt());
    close(var, variance, variance_error);
    close(skew, number(&expected["skew"]), 0.05);
    let (mean, var, _) = moments(&maxima);
    close(mean, number(&expected["mean_max"]), 4.0 * sd / count.sqrt());
    close(var, number(&expected["var_max"]), variance_error);
    // Kolmogorov-Smirnov at p = 1e-4: sqrt(ln(2/p)/2) = 2.2253.
    draws.sort_by(f64::total_cmp);
    let law = |x: f64| (-(-x).exp()).exp();
    let distance = draws.iter().enumerate().map(|(i, x)| {
        let f = law(*x);
        (f - i as f64 / count).abs().max((f - (i + 1) as f64 / count).abs())
    });
    assert!(distance.fold(0.0, f64::max) * count.sqrt() < 2.2253);
}

#[test]
fn v03_nested_logit() {
    let v03 = anchor("V03");
    let (value, expected) = (numbers(&v03["params"]["V"]), &v03["expected"]);
    let shares = |value: &[f64], lambda: f64| {
        let tree = Tree {
            mu: 1.0,
            lambda: &[lambda, 1.0],
            nest: &[0, 0, 1],
            value,
        };
        let (mut inclusive, mut shares) = ([0.0; 2], vec![0.0; 3]);
        let logsum = tree.shares(&mut inclusive, &mut shares);
        (shares, inclusive[0], logsum)
    };
    let (half, inclusive, logsum) = shares(&value, 0.5);
    all_close(&half, &numbers(&expected["shares"]), 1e-12);
    // The table gives ln sum exp(v / lambda), before the factor mu lambda.
    close(inclusive / 0.5, number(&expected["inclusive_value"]), 1e-12);
    close(logsum, number(&expected["logsum"]), 1e-12);
    all_close(&shares(&value, 1.0).0, &numbers(&expected["lam1_limit"]), 1e-12);
    let equal = [1.0; 3];
    all_close(
        &shares(&equal, 0.5).0,
        &numbers(&expected["redbus_equalV_lam05"]),
        1e-12,
    );
    // Near the limit: the difference is of the order of lambda.
    all_close(
        &shares(&equal, 1e-7).0,
        &numbers(&expected["redbus_equalV_lam_to_0"]),
        1e-7,
    );
}

#[test]
fn v04_consumer_surplus_is_the_expected_maximum() {
    let v04 = anchor("V04");
    let (p, expected) = (&v04["params"], &v04["expected"]);
    let alpha = number(&p["alpha"]);
    let quality = numbers(&p["quality"]);
    // In money: value = quality / alpha - price and mu = 1 / alpha.
    let surplus = |prices: &[f64], entrant: bool| {
        let mut value: Vec<f64> = quality.iter().zip(prices).map(|(q, p)| q / alpha - p).collect();
        if entrant {
            value.push(number(&p["entrant"]["quality"]) / alpha - number(&p["entrant"]["price"]));
        }
        let mut shares = vec![0.0; value.len()];
        (logit(&value, 1.0 / alpha, &mut shares), shares)
    };
    let before = numbers(&p["price0"]);
    let (start, _) = surplus(&before, false);
    close(start, number(&expected["CS0"]), 1e-12);
    let (dearer, _) = surplus(&numbers(&p["price1"]), false);
    close(dearer - start, number(&expected["dCS_price"]), 1e-12);
    let (more, shares) = surplus(&before, true);
    close(more - start, number(&expected["dCS_entry"]), 1e-12);
    close(shares[3], number(&expected["share_entrant"]), 1e-12);
    close(more - start, -(1.0 - shares[3]).ln() / alpha, 1e-12);
}

/// A tender of n sellers, one alternative each; seller 0 installed and worth s more. `nest_of(j)` spreads them.
fn switching_cost_tender(n: usize, s: f64, mu: f64, cost: f64, nest_of: fn(u8) -> u8) -> Tender {
    let value = |j: u8| cost + 5.0 + if j == 0 { s } else { 0.0 };
    let alternatives: Vec<Alternative> = (0..n as u8)
        .map(|j| Alternative::single(nest_of(j), j, value(j), cost))
        .collect();
    Tender::new(mu, &[1.0, 1.0, 1.0], n, &alternatives)
}

#[test]
fn v14_without_look_ahead() {
    let v14 = anchor("V14");
    let mut workspace = Workspace::new();
    for (name, row) in v14["expected"]["table"].as_object().expect("rows") {
        let (n, s) = parse_row(name);
        for nest_of in [(|_| 0) as fn(u8) -> u8, |j| j % 3] {
            let tender = switching_cost_tender(n, s, 1.0, 0.0, nest_of);
            let found = workspace.solve(&tender.spec()).expect("a valid tender");
            assert!(found.converged);
            // q does not depend on the sellers' patience.
            close(found.probability[0], number(&row["q_retain"]), 1e-8);
        }
    }
    let tender = switching_cost_tender(2, 2.0, 1.0, 0.0, |_| 0);
    let found = workspace.solve(&tender.spec()).expect("a valid tender");
    close(found.total_margin[0], 2.891_395_36, 1e-8);
    close(found.total_margin[1], 1.528_710_19, 1e-8);
}

/// (n, s) of a row's name such as `n=2,s=0.5`.
fn parse_row(name: &str) -> (usize, f64) {
    let (n, s) = name.split_once(',').expect("two parts");
    (n[2..].parse().expect("n"), s[2..].parse().expect("s"))
}

/// The stationary game: whoever wins is installed at the next tender, `W_j(a) = delta Pi_j(a installed)`.
/// Returns price of the insider, of an outsider, the insider's probability and value, and the price that
/// each asks of a buyer without kit. With `spread` the sellers sit in different nests of lambda 1.
fn stationary(n: usize, s: f64, delta: f64, nest_of: fn(u8) -> u8) -> [f64; 5] {
    let mut workspace = Workspace::new();
    let (mu, cost) = (2.0, 7.0);
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
    assert!(one_shot_gain(&spec, &found).gain < 1e-8 * mu);
    let [insider, outsider] = [0, 1].map(|j| found.total_margin[j] / mu);
    let retained = found.probability[0];
    let mut first = switching_cost_tender(n, 0.0, mu, cost, nest_of);
    first.after = Some(later_values(n, delta, inside, outside));
    let unattached = workspace.solve(&first.spec()).expect("a valid tender").total_margin[0] / mu;
    [insider, outsider, retained, inside / mu, unattached]
}

/// Row-major by seller: a seller's value after its own win and after another's.
fn later_values(n: usize, delta: f64, inside: f64, outside: f64) -> Vec<f64> {
    let cells = (0..n * n).map(|c| if c / n == c % n { inside } else { outside });
    cells.map(|pi| delta * pi).collect()
}

#[test]
fn v14_with_look_ahead() {
    let v14 = anchor("V14");
    let delta = number(&v14["params"]["delta"]);
    for (name, row) in v14["expected"]["table"].as_object().expect("rows") {
        let (n, s) = parse_row(name);
        for nest_of in [(|_| 0) as fn(u8) -> u8, |j| j % 3] {
            let [insider, outsider, retained, value, unattached] = stationary(n, s, delta, nest_of);
            close(retained, number(&row["q_retain"]), 1e-8);
            close(insider, number(&row["p_insider"]), 1e-8);
            close(outsider, number(&row["p_outsider"]), 1e-8);
            close(value, number(&row["v_insider"]), 1e-8);
            close(unattached, number(&row["p_unattached"]), 1e-8);
        }
    }
}

#[test]
fn v14_patience_turns_the_sign() {
    let expected = &anchor("V14")["expected"];
    for (name, price) in expected["duopoly_avg_price_by_delta"].as_object().expect("rows") {
        let (delta, s) = name.split_once(',').expect("two parts");
        let delta: f64 = delta[6..].parse().expect("delta");
        let [insider, outsider, q, ..] = stationary(2, s[2..].parse().expect("s"), delta, |_| 0);
        close(q * insider + (1.0 - q) * outsider, number(price), 1e-8);
    }
    let mean = |s: f64| {
        let [insider, outsider, q, ..] = stationary(2, s, 0.9, |_| 0);
        (q * insider + (1.0 - q) * outsider, q)
    };
    let lowest = mean(number(&expected["duopoly_s_at_min"])).0;
    close(lowest, number(&expected["duopoly_min_avg_price"]), 1e-8);
    let (back, q) = mean(number(&expected["duopoly_s_where_avg_price_back_to_2mu"]));
    close(back, 2.0, 1e-7);
    close(q, number(&expected["q_there"]), 1e-8);
}

/// The only nest at lambda runs the game at scale lambda mu.
#[test]
fn v14_one_nest_alone_rescales() {
    let lambda = 0.4;
    let mut tender = switching_cost_tender(3, 2.0 * lambda, 1.0, 0.0, |_| 0);
    tender.lambda = vec![lambda];
    let mut workspace = Workspace::new();
    let nested = workspace
        .solve(&tender.spec())
        .expect("a valid tender")
        .total_margin
        .to_vec();
    let plain = switching_cost_tender(3, 2.0, 1.0, 0.0, |_| 0);
    let plain = workspace.solve(&plain.spec()).expect("a valid tender");
    for (a, b) in nested.iter().zip(plain.total_margin) {
        close(a / lambda, *b, 1e-8);
    }
}

#[test]
fn v19_bertrand_logit() {
    let v19 = anchor("V19");
    let expected = &v19["expected"];
    let mut workspace = Workspace::new();
    for (n, markup) in expected["symmetric_markup_over_mu"].as_object().expect("rows") {
        let mu = 1.7;
        let tender = switching_cost_tender(n.parse().expect("n"), 0.0, mu, 4.0, |_| 0);
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        found
            .total_margin
            .iter()
            .for_each(|m| close(m / mu, number(markup), 1e-8));
    }
    let p = &v19["params"]["asym"];
    let (quality, cost) = (numbers(&p["quality"]), numbers(&p["cost"]));
    // All in one nest, and each in a nest of its own.
    for spread in [0, 1] {
        let single = |j: u8| Alternative::single(j * spread, j, quality[usize::from(j)], cost[usize::from(j)]);
        let mut alternatives: Vec<Alternative> = (0..3).map(single).collect();
        alternatives.push(Alternative::unpriced(3, number(&p["outside_V"])));
        let tender = Tender::new(number(&p["mu"]), &[1.0; 4], 3, &alternatives);
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        let prices: Vec<f64> = found.total_margin.iter().zip(&cost).map(|(m, c)| m + c).collect();
        all_close(&prices, &numbers(&expected["asym_prices"]), 1e-8);
        all_close(&found.probability[..3], &numbers(&expected["asym_shares"]), 1e-8);
        close(found.probability[3], number(&expected["asym_outside"]), 1e-8);
    }
    let duopoly = switching_cost_tender(2, 1.0, 1.0, 0.0, |_| 0);
    let found = workspace.solve(&duopoly.spec()).expect("a valid tender");
    all_close(found.total_margin, &numbers(&expected["duopoly_prices"]), 1e-8);
    all_close(found.probability, &numbers(&expected["duopoly_shares"]), 1e-8);
}

#[test]
fn v20_merger() {
    let v20 = anchor("V20");
    let (p, expected) = (&v20["params"], &v20["expected"]);
    let (quality, cost) = (numbers(&p["quality"]), numbers(&p["cost"]));
    let mut workspace = Workspace::new();
    let mut solve = |owner: [u8; 4], nests: [u8; 4]| {
        let mut alternatives: Vec<Alternative> = (0..4)
            .map(|k| {
                // Suppliers tell the merged firm's two goods apart.
                let good = Alternative::single(nests[k], owner[k], quality[k], cost[k]);
                Alternative {
                    suppliers: [k as u8; 2],
                    ..good
                }
            })
            .collect();
        alternatives.push(Alternative::unpriced(4, number(&p["outside_V"])));
        let tender = Tender::new(number(&p["mu"]), &[1.0; 5], 4, &alternatives);
        let found = workspace.solve(&tender.spec()).expect("a valid tender");
        assert!(found.converged);
        let prices: Vec<f64> = found.total_margin.iter().zip(&cost).map(|(m, c)| m + c).collect();
        (prices, found.probability.to_vec(), found.logsum)
    };
    for nests in [[0, 0, 0, 0], [0, 1, 2, 3], [0, 1, 0, 1]] {
        let (before, shares, surplus) = solve([0, 1, 2, 3], nests);
        all_close(&before[..4], &numbers(&expected["pre_prices"])[..], 1e-8);
        all_close(&shares[..4], &numbers(&expected["pre_shares"])[..], 1e-8);
        let (after, shares, worse) = solve([0, 0, 2, 3], nests);
        all_close(&after[..4], &numbers(&expected["post_prices"])[..], 1e-8);
        all_close(&shares[..4], &numbers(&expected["post_shares"])[..], 1e-8);
        close(worse - surplus, number(&expected["dCS"]), 1e-8);
    }
}
