//! V05, V06, V17, V23: increasing returns, retention and learning.

use sim_core::draws::{Draws, Luck};
use sim_core::inference::beta_cdf;
use sim_core::market::choice::Tree;
use sim_core::market::posted::wright;
use sim_core::measure::herfindahl;
use sim_core::run::reference;

use crate::choice::{logit, stream, winner};
use crate::page::{Theme, anchor, kolmogorov_smirnov, moments, number, numbers, pearson};

const CHOOSES: &str = "`market::choice::Tree::draw`, `draws::Draws`";
const DRAWN: &str = "the winner of each tender of `run` (`market::tender::Solved::draw`)";

pub fn theme() -> Theme {
    let mut t = Theme::new("Lock-in by increasing returns, retention, learning");
    let luck = Luck::new(89, 0);
    random_walk(&mut t, &luck);
    urn(&mut t, &luck);
    markov(&mut t, &luck);
    learning(&mut t);
    reference_market(&mut t);
    t
}

/// Arthur's two types: payoff of each technology alone, and return to each former adopter.
#[derive(Clone, Copy)]
struct Types {
    r_type: [f64; 2],
    r_return: f64,
    s_type: [f64; 2],
    s_return: f64,
}

impl Types {
    /// What a type picks when `lead` more have picked A than B. Indifferent, each keeps to its own taste: ties go to what is listed first.
    fn pick(&self, is_r: bool, lead: f64) -> bool {
        let (own, other) = if is_r {
            (self.r_type[0] + self.r_return * lead, self.r_type[1])
        } else {
            (self.s_type[1], self.s_type[0] + self.s_return * lead)
        };
        let tree = Tree {
            mu: 1.0,
            lambda: &[1.0],
            nest: &[0; 2],
            value: &[own, other],
        };
        let keeps_to_taste = tree.draw(&[0.0], |_| 0.0, |_| 0.0) == Some(0);
        is_r == keeps_to_taste
    }

    /// Plays one market until both types pick the same: whether that is A, and how many had adopted.
    fn play(&self, draws: &mut Draws, p: f64) -> (bool, f64) {
        let (mut lead, mut adopters) = (0.0, 0.0);
        loop {
            let picks = [self.pick(true, lead), self.pick(false, lead)];
            if picks[0] == picks[1] {
                return (picks[0], adopters);
            }
            let is_r = draws.next_uniform() < p;
            lead += if picks[usize::from(!is_r)] { 1.0 } else { -1.0 };
            adopters += 1.0;
        }
    }

    fn subsidised(mut self, a: f64) -> Self {
        self.r_type[0] += a;
        self.s_type[0] += a;
        self
    }
}

fn random_walk(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V05",
        "Arthur (1989): random walk with absorbing barriers, on the lattice (the continuum formula is 2 points off)",
        CHOOSES,
        DRAWN,
    );
    let v05 = anchor("V05");
    let types = |name: &str| {
        let p = &v05["params"][name];
        let at = |key: &str| number(&p[key]);
        Types {
            r_type: [at("aR"), at("bR")],
            r_return: at("r"),
            s_type: [at("aS"), at("bS")],
            s_return: at("s"),
        }
    };
    let expected = &v05["expected"];
    let markets = 40_000;
    let mut play = |name: &str, law: &serde_json::Value, types: Types, p: f64| -> Vec<f64> {
        let (mut to_a, mut times) = (0, Vec::new());
        for market in 0..markets {
            let (a, time) = types.play(&mut stream(luck, name, market), p);
            to_a += usize::from(a);
            times.push(time);
        }
        let n = f64::from(markets);
        t.proportion(&format!("{name}: P(A)"), to_a, markets as usize, number(&law["P_A"]));
        let mean = times.iter().sum::<f64>() / n;
        let error = (number(&law["Var_T"]) / n).sqrt();
        t.sampled(
            &format!("{name}: adopters until lock-in"),
            mean,
            number(&law["E_T"]),
            error,
        );
        times
    };
    let times = play("symmetric", &expected["sym"], types("sym"), 0.5);
    play("asymmetric", &expected["asym"], types("asym"), 0.5);
    play("asymmetric, p = .52", &expected["biased"], types("asym"), 0.52);
    for g in ["0.5", "1.0", "2.0"] {
        let law = &expected["subsidy_to_A_from_start"][g];
        let subsidy: f64 = g.parse().expect("a subsidy");
        play(
            &format!("subsidy {g} to A"),
            law,
            types("asym").subsidised(subsidy),
            0.5,
        );
    }
    for n in ["10", "25", "50", "100"] {
        let by = n.parse::<f64>().expect("adopters");
        let locked = times.iter().filter(|time| **time <= by).count();
        let p = number(&expected["absorbed_by_n_sym"][n]);
        t.proportion(&format!("symmetric: locked in by {n} adopters"), locked, times.len(), p);
    }
    // The least subsidy that makes an R buyer pick A again, by halving.
    for deficit in ["5", "10", "50", "200"] {
        let lead = -deficit.parse::<f64>().expect("a deficit");
        let (mut low, mut high) = (-10.0, 1000.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if types("asym").subsidised(middle).pick(true, lead) {
                high = middle;
            } else {
                low = middle;
            }
        }
        let least = number(&expected["min_subsidy_to_unlock_R_agents_at_deficit_n"][deficit]);
        t.number(
            &format!("subsidy that unlocks at a deficit of {deficit}"),
            high,
            least,
            1e-9,
        );
    }
}

/// Adds balls to an urn: a logit buyer with value ln(balls) picks in proportion to them.
fn fill(draws: &mut Draws, urn: &mut [f64], balls: u32) {
    let mut value: Vec<f64> = urn.iter().map(|n| libm::log(*n)).collect();
    let kinds = urn.len() as u32;
    for ball in 0..balls {
        let k = winner(draws, ball * kinds, &value);
        urn[k] += 1.0;
        value[k] = libm::log(urn[k]);
    }
}

fn urn(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V06",
        "Linear Polya urn (Arthur, Ermoliev and Kaniovski 1987): buyers with value ln(former buyers)",
        "`market::choice::Tree::draw`, `draws::Draws::gumbel_at`, `measure::herfindahl`",
        "the winner of each tender of `run`; `hhi_sites`, `hhi_sales` on each date",
    );
    let expected = &anchor("V06")["expected"];
    let mut counts = [0; 11];
    for k in 0..40_000 {
        let mut urn = [3.0, 2.0];
        fill(&mut stream(luck, "V06 ten", k), &mut urn, 10);
        counts[(urn[0] - 3.0) as usize] += 1;
    }
    t.law(
        "ten balls from (3,2), chi-square against the beta-binomial",
        pearson(&counts, &numbers(&expected["pmf_k_of_10_from_32"])),
    );
    let (urns, balls) = (4000_u32, 4000);
    let shares = |name: &str, start: &[f64]| -> Vec<Vec<f64>> {
        let one = |k: u32| {
            let mut urn = start.to_vec();
            fill(&mut stream(luck, name, k), &mut urn, balls);
            let all: f64 = urn.iter().sum();
            urn.iter().map(|n| n / all).collect()
        };
        (0..urns).map(one).collect()
    };
    let first = |all: &[Vec<f64>]| -> Vec<f64> { all.iter().map(|s| s[0]).collect() };
    let concentration = |all: &[Vec<f64>]| -> Vec<f64> { all.iter().map(|s| herfindahl(s.iter().copied())).collect() };
    let even = shares("V06 (1,1)", &[1.0, 1.0]);
    t.law("share from (1,1) is uniform", kolmogorov_smirnov(first(&even), |x| x));
    t.mean(
        "HHI from (1,1)",
        &concentration(&even),
        number(&expected["E_HHI_limit_11"]),
    );
    let ahead = first(&shares("V06 (2,1)", &[2.0, 1.0]));
    let above = ahead.iter().filter(|x| **x > 0.9).count();
    t.proportion(
        "P(share > .9) from (2,1)",
        above,
        ahead.len(),
        number(&expected["P_X_gt_0p9_from_21"]),
    );
    let all = shares("V06 (3,2)", &[3.0, 2.0]);
    let x = first(&all);
    t.law(
        "share from (3,2) is Beta(3,2)",
        kolmogorov_smirnov(x.clone(), |x| beta_cdf(3.0, 2.0, x)),
    );
    t.mean("mean share from (3,2)", &x, number(&expected["mean_32"]));
    let above = x.iter().filter(|x| **x > 0.5).count();
    t.proportion(
        "P(share > 1/2) from (3,2)",
        above,
        x.len(),
        number(&expected["P_limit_gt_half_32"]),
    );
    t.mean(
        "HHI from (3,2)",
        &concentration(&all),
        number(&expected["E_HHI_limit_32"]),
    );
    let three = shares("V06 (1,1,1)", &[1.0; 3]);
    t.mean(
        "HHI from (1,1,1)",
        &concentration(&three),
        number(&expected["dirichlet_111_E_HHI"]),
    );
}

fn markov(t: &mut Theme, luck: &Luck) {
    t.anchor(
        "V17",
        "Markov retention: a buyer whose value of each seller depends on the installed one",
        "`market::equilibrium::Workspace::solve`, `market::choice::Tree::draw`, `measure::herfindahl`",
        "each tender of `run`; `hhi_sites`, `hhi_sales` on each date",
    );
    let v17 = anchor("V17");
    let expected = &v17["expected"];
    let law: Vec<Vec<f64>> = v17["params"]["P"]
        .as_array()
        .expect("rows")
        .iter()
        .map(numbers)
        .collect();
    let value: Vec<Vec<f64>> = law
        .iter()
        .map(|row| row.iter().map(|p| libm::log(*p)).collect())
        .collect();
    for (from, row) in law.iter().enumerate() {
        t.numbers(
            &format!("law of the tender with {from} installed"),
            &logit(1.0, &value[from]),
            row,
            1e-12,
        );
    }
    let (buyers, tenders) = (40_000_usize, 120);
    let (mut after_five, mut last, mut switched) = ([0; 3], [0; 3], 0);
    // Spells that a switch began and a switch ended, by seller.
    let (mut spells, mut spent) = ([0.0; 3], [0.0; 3]);
    for buyer in 0..buyers as u32 {
        let mut draws = stream(luck, "V17", buyer);
        let (mut installed, mut began) = (0, None);
        for tender in 0..tenders {
            let chosen = winner(&mut draws, 3 * tender, &value[installed]);
            if tender == tenders - 1 {
                switched += usize::from(chosen != installed);
            }
            if chosen != installed {
                // Only spells that began early enough to end within the run, nearly all: no bias by length.
                if let Some(start) = began.filter(|b| *b < 10) {
                    spells[installed] += 1.0;
                    spent[installed] += f64::from(tender - start);
                }
                began = Some(tender);
            }
            installed = chosen;
            if tender == 4 {
                after_five[installed] += 1;
            }
        }
        last[installed] += 1;
    }
    let five = numbers(&expected["share_after_5_from_A"]);
    let stationary = numbers(&expected["stationary"]);
    for k in 0..3 {
        t.proportion(
            &format!("share after 5 tenders from A [{k}]"),
            after_five[k],
            buyers,
            five[k],
        );
    }
    for k in 0..3 {
        t.proportion(&format!("stationary share [{k}]"), last[k], buyers, stationary[k]);
    }
    t.proportion(
        "stationary switch rate",
        switched,
        buyers,
        number(&expected["switch_rate_stationary"]),
    );
    for (k, tenure) in numbers(&expected["tenure_periods"]).into_iter().enumerate() {
        let rho = 1.0 - 1.0 / tenure;
        let error = rho.sqrt() / (1.0 - rho) / f64::sqrt(spells[k]);
        t.sampled(&format!("tenure, tenders [{k}]"), spent[k] / spells[k], tenure, error);
    }
    let power = |k: i32| stationary.iter().map(|s| (0..k).fold(1.0, |p, _| p * s)).sum::<f64>();
    let error = 2.0 * ((power(3) - power(2) * power(2)) / buyers as f64).sqrt();
    let hhi = herfindahl(last.iter().map(|n| *n as f64));
    t.sampled("stationary HHI", hhi, number(&expected["HHI_stationary"]), error);
}

fn learning(t: &mut Theme) {
    t.anchor(
        "V23",
        "Wright's law (1936), progress ratio .8, first unit at 100",
        "`market::posted::wright`",
        "unit costs at each review of `run` (`market::posted::Posted::post_stocks`)",
    );
    let expected = &anchor("V23")["expected"];
    let cost = |n: f64| 100.0 * wright(n, 1.0, 0.8);
    for (what, n, key) in [
        ("cost of unit 2", 2.0, "C2"),
        ("cost of unit 8", 8.0, "C8"),
        ("cost of unit 1024", 1024.0, "C1024"),
        ("cost of unit 1000", 1000.0, "C_at_1000"),
    ] {
        t.number(what, cost(n), number(&expected[key]), 1e-12 * 100.0);
    }
    t.number(
        "exponent",
        libm::log(wright(libm::exp(1.0), 1.0, 0.8)),
        number(&expected["exponent"]),
        1e-12,
    );
    let discrete: f64 = (1..=1000).map(|n| cost(f64::from(n))).sum();
    t.number(
        "cost of 1000 units, unit by unit",
        discrete,
        number(&expected["cum_cost_discrete_1000"]),
        1e-8,
    );
    t.number(
        "fall of cost a year at 30% growth of volume, per cent",
        100.0 * (1.0 - wright(1.3, 1.0, 0.8)),
        number(&expected["growth_30pct_yr_cost_decline_pct_per_yr"]),
        1e-12 * 100.0,
    );
}

fn reference_market(t: &mut Theme) {
    t.anchor(
        "RM",
        "The reference market: 8 vendors, switching cost, network effect and learning over 30 years (expected values simulated with another program, three digits)",
        "`run::reference::play`",
        "`cargo bench -p benches --bench reference_market`; it plays on `calendar::Calendar`, `draws::Luck`, `market::posted::wright`, `measure::herfindahl`",
    );
    let last = |operators: u32, runs: u64| -> Vec<[f64; 3]> {
        let one = |k: u64| {
            let end = reference::play(operators, &Luck::new(7, k)).years[29];
            [end.hhi, end.shares[0], end.shares[5]]
        };
        (0..runs).map(one).collect()
    };
    let mut mean = |what: &str, all: &[[f64; 3]], column: usize, expected: f64| {
        let sample: Vec<f64> = all.iter().map(|row| row[column]).collect();
        let (mean, variance) = moments(&sample);
        // The expected value is rounded to the third digit.
        let error = (variance / sample.len() as f64).sqrt() + 0.0005 / 4.0;
        t.sampled(what, mean, expected, error);
    };
    let many = last(10_000, 50);
    mean("10,000 operators: HHI", &many, 0, 0.128);
    mean("10,000 operators: share of vendor 0", &many, 1, 0.103);
    mean("10,000 operators: share of vendor 5", &many, 2, 0.156);
    mean("100 operators: HHI", &last(100, 2_000), 0, 0.139);
}
