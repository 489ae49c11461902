//! V01 to V04, V30, V42: how one buyer chooses.

use sim_core::draws::{Decision, Draws, Luck, StreamKey, stable_hash};
use sim_core::market::choice::{Tree, expected_maximum};
use sim_core::market::equilibrium::{Alternative, NOBODY, TenderSpec, Workspace};

use crate::page::{Theme, anchor, kolmogorov_smirnov, moments, number, numbers, pearson};

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// A stream of luck of its own for each simulation and each of its actors.
pub fn stream(luck: &Luck, name: &str, actor: u32) -> Draws {
    luck.stream(StreamKey {
        kind: Decision::Tender,
        entity: stable_hash(name),
        lot: actor,
        cycle: 0,
        cause: 0,
    })
}

/// What a tender with no price to set yields: probabilities and expected maximum of a buyer with these values.
pub fn choose(mu: f64, lambda: &[f64], nest: &[u8], value: &[f64]) -> (Vec<f64>, Vec<f64>, f64) {
    let alternatives: Vec<Alternative> = (value.iter().zip(nest).enumerate())
        .map(|(k, (v, nest))| Alternative {
            nest: *nest,
            suppliers: [k as u8; 2],
            setters: [NOBODY; 2],
            value: *v,
            cost: 0.0,
        })
        .collect();
    let spec = TenderSpec {
        mu,
        lambda,
        alternatives: &alternatives,
        sellers: value.len(),
        after: None,
        margin_caps: None,
    };
    let mut workspace = Workspace::new();
    let found = workspace.solve(&spec).expect("a valid tender");
    assert!(found.converged);
    (found.probability.to_vec(), found.inclusive.to_vec(), found.logsum)
}

/// Probabilities of plain logit.
pub fn logit(mu: f64, value: &[f64]) -> Vec<f64> {
    choose(mu, &[1.0], &vec![0; value.len()], value).0
}

const ONE_NEST: [u8; 8] = [0; 8];

/// The winner of a plain logit by Gumbel shocks, one a position from `first` on.
pub fn winner(draws: &mut Draws, first: u32, value: &[f64]) -> usize {
    let tree = Tree {
        mu: 1.0,
        lambda: &[1.0],
        nest: &ONE_NEST[..value.len()],
        value,
    };
    // One nest: whatever its inclusive value and shock, it is chosen.
    tree.draw(&[0.0], |_| 0.0, |a| draws.gumbel_at(first + a as u32))
        .expect("something is on offer")
}

const SOLVED: &str = "each tender of `run`, list prices at each review";
const DRAWN: &str = "the winner of each tender of `run` (`market::tender::Solved::draw`)";

pub fn theme() -> Theme {
    let mut t = Theme::new("Choice");
    let luck = Luck::new(42, 0);
    multinomial(&mut t, &luck);
    gumbel(&mut t, &luck);
    nested(&mut t);
    surplus(&mut t);
    option_to_switch(&mut t, &luck);
    persistence(&mut t, &luck);
    t
}

fn multinomial(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V01",
        "Multinomial logit (McFadden 1974; Train, ch. 3)",
        "`market::equilibrium::Workspace::solve` (no price setters), `market::choice::Tree::draw`, `draws::Draws::gumbel_at`",
        SOLVED,
    );
    let v01 = anchor("V01");
    let (value, expected) = (numbers(&v01["params"]["V"]), &v01["expected"]);
    let (shares, _, logsum) = choose(1.0, &[1.0], &[0; 4], &value);
    t.numbers("share at mu 1", &shares, &numbers(&expected["shares_mu1"]), 1e-12);
    t.number("logsum at mu 1", logsum, number(&expected["logsum_mu1"]), 1e-12);
    let (sharper, _, logsum) = choose(0.5, &[1.0], &[0; 4], &value);
    t.numbers("share at mu 0.5", &sharper, &numbers(&expected["shares_mu05"]), 1e-12);
    t.number("logsum at mu 0.5", logsum, number(&expected["mu_logsum_mu05"]), 1e-12);
    // Elasticities of the first share to its own price and the second's, both 2, by central differences of the shares.
    let (price, h) = (2.0, 1e-5);
    let elasticity = |of: usize| {
        let at = |change: f64| {
            let mut moved = value.clone();
            moved[of] -= change;
            logit(1.0, &moved)[0]
        };
        (at(h) - at(-h)) / (2.0 * h) * price / shares[0]
    };
    t.number(
        "own elasticity at price 2",
        elasticity(0),
        number(&expected["own_elast_alt0_alpha1_p2"]),
        1e-9,
    );
    t.number(
        "cross elasticity at price 2",
        elasticity(1),
        number(&expected["cross_elast_wrt_p1_alpha1_p2"]),
        1e-9,
    );
    let mut won = [0; 4];
    for buyer in 0..100_000 {
        won[winner(&mut stream(luck, "V01", buyer), 0, &value)] += 1;
    }
    for (k, p) in numbers(&expected["shares_mu1"]).into_iter().enumerate() {
        t.proportion(&format!("drawn share [{k}]"), won[k], 100_000, p);
    }
    t.law(
        "chi-square of the draws",
        pearson(&won, &numbers(&expected["shares_mu1"])),
    );
}

fn gumbel(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V02",
        "Type-I extreme value draws and their maximum",
        "`draws::Draws::fill_gumbel`, `market::equilibrium::Workspace::solve`",
        DRAWN,
    );
    let v02 = anchor("V02");
    let (value, expected) = (numbers(&v02["params"]["V"]), &v02["expected"]);
    let n = 200_000;
    let mut all = vec![0.0; 5 * n];
    stream(luck, "V02", 0).fill_gumbel(&mut all, 0);
    let (draws, rest) = all.split_at(n);
    let variance = number(&expected["var"]);
    let sd = number(&expected["sd"]) / (n as f64).sqrt();
    // Standard error of a variance: var sqrt((excess kurtosis + 2) / n).
    let of_variance = |var: f64, excess: f64| var * ((excess + 2.0) / n as f64).sqrt();
    let kurtosis = number(&expected["ex_kurt"]);
    let (mean, var) = moments(draws);
    t.sampled("mean", mean, number(&expected["mean"]), sd);
    t.sampled("variance", var, variance, of_variance(variance, kurtosis));
    for (name, p) in [("median", 0.5), ("q95", 0.95)] {
        let q = number(&expected[name]);
        let below = draws.iter().filter(|x| **x <= q).count();
        t.proportion(&format!("share below the {name} {q:.8}"), below, n, p);
    }
    let maxima: Vec<f64> = (rest.chunks_exact(4))
        .map(|shocks| (value.iter().zip(shocks)).fold(f64::NEG_INFINITY, |m, (v, x)| m.max(v + x)))
        .collect();
    let (mean, var) = moments(&maxima);
    let logsum = choose(1.0, &[1.0], &[0; 4], &value).2;
    let of_max = number(&expected["mean_max"]);
    t.number(
        "expected maximum: logsum plus Euler's constant",
        logsum + EULER,
        of_max,
        1e-12,
    );
    t.sampled("mean of the maximum", mean, of_max, sd);
    t.sampled(
        "variance of the maximum",
        var,
        number(&expected["var_max"]),
        of_variance(variance, kurtosis),
    );
    let differences: Vec<f64> = draws.iter().zip(rest).map(|(a, b)| a - b).collect();
    let logistic = number(&expected["diff_is_logistic_var"]);
    t.sampled(
        "variance of the difference of two (logistic)",
        moments(&differences).1,
        logistic,
        of_variance(logistic, 1.2),
    );
    let law = |x: f64| libm::exp(-libm::exp(-x));
    t.law("Kolmogorov-Smirnov", kolmogorov_smirnov(draws.to_vec(), law));
    let finite = all.iter().all(|x| x.is_finite());
    t.fact("every draw is finite", finite);
}

fn nested(t: &mut Theme) {
    t.anchor(
        "V03",
        "Nested logit {A,B},{C} (McFadden 1978; Train, ch. 4)",
        "`market::equilibrium::Workspace::solve`; the limit lambda to 0, which scenarios may not ask for, by `market::choice::Tree::shares`",
        SOLVED,
    );
    let v03 = anchor("V03");
    let (value, expected) = (numbers(&v03["params"]["V"]), &v03["expected"]);
    let nest = [0, 0, 1];
    let (shares, inclusive, logsum) = choose(1.0, &[0.5, 1.0], &nest, &value);
    t.numbers("share", &shares, &numbers(&expected["shares"]), 1e-12);
    // The table gives ln sum exp(v / lambda), before the factor mu lambda.
    t.number(
        "inclusive value over lambda",
        inclusive[0] / 0.5,
        number(&expected["inclusive_value"]),
        1e-12,
    );
    t.number("logsum", logsum, number(&expected["logsum"]), 1e-12);
    t.number(
        "logsum from inclusive values",
        expected_maximum(1.0, &inclusive),
        number(&expected["logsum"]),
        1e-12,
    );
    let plain = choose(1.0, &[1.0, 1.0], &nest, &value).0;
    t.numbers("share at lambda 1", &plain, &numbers(&expected["lam1_limit"]), 1e-12);
    let buses = choose(1.0, &[0.5, 1.0], &nest, &[1.0; 3]).0;
    t.numbers(
        "red bus, blue bus, lambda 0.5",
        &buses,
        &numbers(&expected["redbus_equalV_lam05"]),
        1e-12,
    );
    let limit = Tree {
        mu: 1.0,
        lambda: &[1e-7, 1.0],
        nest: &nest,
        value: &[1.0; 3],
    };
    let (mut inclusive, mut shares) = ([0.0; 2], [0.0; 3]);
    limit.shares(&mut inclusive, &mut shares);
    t.numbers(
        "red bus, blue bus, lambda 1e-7",
        &shares,
        &numbers(&expected["redbus_equalV_lam_to_0"]),
        1e-7,
    );
}

fn surplus(t: &mut Theme) {
    t.anchor(
        "V04",
        "Consumer surplus is the logsum (Small and Rosen 1981). A logit buyer always gains from a further variety, also from a duplicate",
        "`market::equilibrium::Workspace::solve`",
        SOLVED,
    );
    let v04 = anchor("V04");
    let (p, expected) = (&v04["params"], &v04["expected"]);
    let alpha = number(&p["alpha"]);
    let quality = numbers(&p["quality"]);
    // In money: value = quality / alpha - price, mu = 1 / alpha.
    let value = |prices: &[f64]| -> Vec<f64> { quality.iter().zip(prices).map(|(q, p)| q / alpha - p).collect() };
    let before = value(&numbers(&p["price0"]));
    let (mu, lambda) = (1.0 / alpha, [1.0]);
    let start = choose(mu, &lambda, &[0; 3], &before).2;
    t.number("surplus", start, number(&expected["CS0"]), 1e-12);
    let dearer = choose(mu, &lambda, &[0; 3], &value(&numbers(&p["price1"]))).2;
    t.number(
        "change, price 2 to 2.4",
        dearer - start,
        number(&expected["dCS_price"]),
        1e-12,
    );
    let mut entry = before;
    entry.push(number(&p["entrant"]["quality"]) / alpha - number(&p["entrant"]["price"]));
    let (shares, _, more) = choose(mu, &lambda, &[0; 4], &entry);
    t.number("change, entry", more - start, number(&expected["dCS_entry"]), 1e-12);
    t.number(
        "share of the entrant",
        shares[3],
        number(&expected["share_entrant"]),
        1e-12,
    );
    t.number(
        "change, entry, by -ln(1 - share) / alpha",
        -libm::log(1.0 - shares[3]) / alpha,
        number(&expected["dCS_entry_identity"]),
        1e-12,
    );
}

fn option_to_switch(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V30",
        "Two-period option to switch: an entrant saves X ~ N(-1, 4^2), leaving costs 5 closed and 1 open, discount .9",
        "`draws::Draws::normal_at`, `market::choice::Tree::draw`",
        "tastes at the start of `run` (`world::State::new`); the winner of each tender",
    );
    let v30 = anchor("V30");
    let (p, expected) = (&v30["params"]["normal"], &v30["expected"]);
    let (mean, sd) = (number(&p["saving_mean"]), number(&p["sd"]));
    let delta = number(&p["delta"]);
    let n = 400_000_usize;
    let mut normals = vec![0.0; n];
    stream(luck, "V30", 0).fill_normal(&mut normals, 0);
    let play = |cost: f64| -> (Vec<f64>, usize) {
        let mut switches = 0;
        let gains = normals.iter().map(|z| {
            let value = [0.0, mean + sd * z - cost];
            let tree = Tree {
                mu: 1.0,
                lambda: &[1.0],
                nest: &[0; 2],
                value: &value,
            };
            let chosen = tree.draw(&[0.0], |_| 0.0, |_| 0.0).expect("a choice");
            switches += chosen;
            value[chosen]
        });
        (gains.collect(), switches)
    };
    let (closed, left_closed) = play(number(&p["s_closed"]));
    let (open, left_open) = play(number(&p["s_open"]));
    t.mean("expected gain, closed", &closed, number(&expected["E_max_closed"]));
    t.mean("expected gain, open", &open, number(&expected["E_max_open"]));
    t.proportion(
        "probability of a switch, closed",
        left_closed,
        n,
        number(&expected["P_switch_closed"]),
    );
    t.proportion(
        "probability of a switch, open",
        left_open,
        n,
        number(&expected["P_switch_open"]),
    );
    let worth: Vec<f64> = open.iter().zip(&closed).map(|(o, c)| delta * (o - c)).collect();
    t.mean(
        "present value of openness (by the expected saving alone it is 0)",
        &worth,
        number(&expected["openness_value_PV"]),
    );
}

fn persistence(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V42",
        "Persistence is not lock-in (Heckman 1981): two types of buyer, utility +1 and -1, habit k",
        "`market::equilibrium::Workspace::solve`, `market::choice::Tree::draw`, `draws::Draws::normal_at`",
        "each tender of `run`; the measure itself is held to it in `tests/lock_in/switching.rs`: tastes without switching cost leave `lock_in_curve` at 0",
    );
    let expected = &anchor("V42")["expected"];
    let repeat = |u: f64| {
        let p = logit(1.0, &[u, 0.0]);
        p[0] * p[0] + p[1] * p[1]
    };
    let two = (repeat(1.0) + repeat(-1.0)) / 2.0;
    t.number(
        "repeat probability, two types, k = 0",
        two,
        number(&expected["P_repeat_two_types_k0"]),
        1e-12,
    );
    t.number(
        "repeat probability, one type, k = 0",
        repeat(0.0),
        number(&expected["P_repeat_homogeneous_k0"]),
        1e-12,
    );
    t.number(
        "naive inertia index with no switching cost",
        2.0 * two - 1.0,
        number(&expected["naive_inertia_index_2P_minus_1"]),
        1e-12,
    );
    // From probabilities, with the installed seller exchanged: what measure L1 does.
    let causal = |u: f64, k: f64| logit(1.0, &[u + k, 0.0])[0] - logit(1.0, &[u, k])[0];
    t.number(
        "causal state dependence, two types, k = 1",
        (causal(1.0, 1.0) + causal(-1.0, 1.0)) / 2.0,
        number(&expected["causal_index_k1_two_types"]),
        1e-12,
    );
    t.number("causal state dependence, two types, k = 0", causal(1.0, 0.0), 0.0, 0.0);
    t.number(
        "repeat probability, one type, k = 1",
        logit(1.0, &[1.0, 0.0])[0],
        number(&expected["P_repeat_homog_k1"]),
        1e-12,
    );
    let n = 40_000;
    let mut simulated = |what: &str, name: &str, taste: &dyn Fn(&mut Draws, u32) -> f64, k: f64, tenders: u32| {
        let repeats = (0..n).filter(|buyer| {
            let mut draws = stream(luck, name, *buyer);
            let u = taste(&mut draws, *buyer);
            let (mut installed, mut before) = (0, 0);
            for tender in 0..tenders {
                before = installed;
                let habit = if tender == 0 { 0.0 } else { k };
                let mut value = [u, 0.0];
                value[installed] += habit;
                installed = winner(&mut draws, 1 + 2 * tender, &value);
            }
            installed == before
        });
        let repeats = repeats.count();
        t.proportion(what, repeats, n as usize, number(&expected[name]));
    };
    let type_of = |_: &mut Draws, buyer: u32| if buyer.is_multiple_of(2) { 1.0 } else { -1.0 };
    let normal = |draws: &mut Draws, _: u32| 1.5 * draws.normal_at(0);
    simulated("drawn, two types, k = 0", "P_repeat_two_types_k0", &type_of, 0.0, 2);
    simulated(
        "drawn, tastes N(0, 1.5^2), k = 0",
        "P_repeat_normal_sd15_k0",
        &normal,
        0.0,
        2,
    );
    simulated("drawn, two types, k = 0.5", "P_repeat_k05", &type_of, 0.5, 24);
    simulated("drawn, two types, k = 1", "P_repeat_k1", &type_of, 1.0, 24);
}
