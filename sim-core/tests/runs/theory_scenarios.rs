//! The scenarios of `scenarios/theory/`, played by the full program: reductions of the model whose answer is known. Those of single
//! mechanisms are played in `sourcing.rs` and `vendor_decisions.rs`.

use crate::common::{Table, child, day, simulate_all, vendor, watch};
use sim_core::market::alternatives::Kind;
use sim_core::market::equilibrium::{Alternative, TenderSpec, Workspace};
use sim_core::run::Simulation;
use sim_core::world::{BB, VendorIx};

/// Scale of taste in all of them, US dollars.
const MU: f64 = 3_750.0;
/// Unit cost of a stack where it is not said otherwise.
const COST: f64 = 40_000.0;
const REPLICATES: u64 = 120;

fn theory(name: &str) -> Simulation {
    simulate_all(&child(&format!("theory/{name}.toml"), ""))
}

/// What all tenders of some replicates come to.
#[derive(Default)]
struct Seen {
    tenders: f64,
    retained: f64,
    won: Vec<f64>,
    paid: f64,
    /// Largest distance of a probability from what the closed form says.
    probability_error: f64,
    /// The same of a margin over cost, in units of mu.
    margin_error: f64,
}

/// Plays a scenario; `known(seller, incumbent)` is the probability and the margin in units of mu of a seller, `cost` its unit cost.
fn play(
    simulation: &Simulation,
    known: impl Fn(VendorIx, VendorIx) -> (f64, f64),
    cost: impl Fn(VendorIx) -> f64,
) -> Seen {
    let mut seen = Seen {
        won: vec![0.0; simulation.world().vendors.len()],
        ..Seen::default()
    };
    for k in 0..REPLICATES {
        for t in &watch(simulation, k).1.tenders {
            let incumbent = t.old.expect("kit stands from the start").seller[BB];
            for (a, alternative) in t.alternatives.iter().enumerate() {
                if alternative.kind == Kind::Keep {
                    assert!(t.probabilities[a] < 1e-30, "kit past its date is never kept");
                    continue;
                }
                let seller = alternative.seller[BB];
                let (probability, margin) = known(seller, incumbent);
                let found = (t.prices[a] - cost(seller)) / MU;
                seen.probability_error = seen.probability_error.max((t.probabilities[a] - probability).abs());
                seen.margin_error = seen.margin_error.max((found - margin).abs());
            }
            let bought = t.bought().expect("an award").seller[BB];
            let at = t
                .alternatives
                .iter()
                .position(|a| a.seller[BB] == bought)
                .expect("it was on offer");
            seen.tenders += 1.0;
            seen.retained += f64::from(u8::from(bought == incumbent));
            seen.won[usize::from(bought)] += 1.0;
            seen.paid += t.prices[at];
        }
    }
    assert!(seen.tenders > 8_000.0, "{} tenders", seen.tenders);
    seen
}

/// Asserts that a share of independent tenders is `p` within four standard errors.
#[track_caller]
fn share(found: f64, n: f64, p: f64) {
    let error = (p * (1.0 - p) / n).sqrt();
    assert!(
        (found / n - p).abs() < 4.0 * error,
        "{} is not {p}, SE {error}",
        found / n
    );
}

/// Every defined value of a measure, all series and dates.
fn values(simulation: &Simulation, measure: &str) -> Vec<f64> {
    let (record, _) = watch(simulation, 0);
    let table = Table {
        simulation,
        record: &record,
    };
    let mut all = Vec::new();
    for (s, _) in simulation
        .series()
        .iter()
        .enumerate()
        .filter(|(_, k)| k.measure == measure)
    {
        all.extend(
            (0..simulation.dates().len())
                .map(|d| table.at(d, s))
                .filter(|v| !v.is_nan()),
        );
    }
    assert!(all.len() > 100, "{measure} is defined");
    all
}

/// V14 at discount 0 and V19: n equal sellers, one of them installed and hence worth s mu more.
fn equal_sellers(name: &str, n: usize, s: f64, q: f64, mean_margin: f64) {
    let simulation = theory(name);
    let outside = (1.0 - q) / (n as f64 - 1.0);
    let known = |seller, incumbent| {
        let chance = if seller == incumbent { q } else { outside };
        (chance, 1.0 / (1.0 - chance))
    };
    let seen = play(&simulation, known, |_| COST);
    // The known answers have eight digits.
    assert!(seen.probability_error < 1e-8, "{name}: {}", seen.probability_error);
    assert!(seen.margin_error < 1e-7, "{name}: {}", seen.margin_error);
    share(seen.retained, seen.tenders, q);
    let (inside, other) = (known(0, 0).1, known(1, 0).1);
    assert!((q * inside + (1.0 - q) * other - mean_margin).abs() < 1e-7);
    let error = MU * (inside - other) * (q * (1.0 - q) / seen.tenders).sqrt();
    let mean = seen.paid / seen.tenders;
    let expected = COST + MU * mean_margin;
    assert!(
        (mean - expected).abs() < 4.0 * error + 1e-3,
        "{name}: {mean} paid, not {expected}"
    );
    // The wedge is the whole cost of leaving, over the list price: cost and the margin that an unattached buyer is asked.
    let list = COST + MU * n as f64 / (n as f64 - 1.0);
    for value in values(&simulation, "lock_in_curve") {
        assert!((value - s * MU / list).abs() < 1e-9, "{name}: lock-in {value}");
    }
}

#[test]
fn a_duopoly_with_a_switching_cost() {
    equal_sellers("static-duopoly", 2, 1.0, 0.581_599_405_1, 2.109_450_49);
}

#[test]
fn a_triopoly_with_a_switching_cost() {
    let q: f64 = 0.567_399_61;
    let outside = (1.0 - q) / 2.0;
    equal_sellers(
        "static-triopoly",
        3,
        2.0,
        q,
        q / (1.0 - q) + (1.0 - q) / (1.0 - outside),
    );
}

/// (4) of the invariants: without switching cost, network effect or learning what was bought before moves no chance.
#[test]
fn a_duopoly_without_a_switching_cost() {
    equal_sellers("no-switching-cost", 2, 0.0, 0.5, 2.0);
}

#[test]
fn a_cost_lead_is_passed_on_in_part() {
    let simulation = theory("unequal-costs");
    let alpha = vendor(&simulation, "alpha");
    let q = 0.581_599_405_1;
    let known = |seller, _| {
        let chance: f64 = if seller == alpha { q } else { 1.0 - q };
        (chance, 1.0 / (1.0 - chance))
    };
    let cost = |seller| if seller == alpha { COST - MU } else { COST };
    let seen = play(&simulation, known, cost);
    assert!(seen.probability_error < 1e-8, "{}", seen.probability_error);
    assert!(seen.margin_error < 1e-7, "{}", seen.margin_error);
    share(seen.won[usize::from(alpha)], seen.tenders, q);
    // The buyer that leaves the cheap seller and the one that leaves the dear one lose nothing by the change itself.
    for value in values(&simulation, "lock_in_curve") {
        assert!(value.abs() < 1e-12, "lock-in {value}");
    }
}

/// Retention where tastes differ by N(0, sd^2) mu between two sellers and nothing ties a buyer: the mean of q^2 + (1-q)^2, with q from the
/// equilibrium of each taste.
fn retention_by_taste(sd: f64) -> f64 {
    let mut workspace = Workspace::new();
    let mut repeat = |gap: f64| {
        let spec = TenderSpec {
            mu: 1.0,
            lambda: &[1.0],
            alternatives: &[Alternative::single(0, 0, gap, 0.0), Alternative::single(0, 1, 0.0, 0.0)],
            sellers: 2,
            after: None,
            margin_caps: None,
        };
        let q = workspace.solve(&spec).expect("a valid tender").probability[0];
        q * q + (1.0 - q) * (1.0 - q)
    };
    let (step, mut sum, mut all) = (0.01, 0.0, 0.0);
    for k in -600..=600 {
        let z = step * f64::from(k);
        let density = libm::exp(-z * z / 2.0);
        sum += density * repeat(sd * z);
        all += density;
    }
    sum / all
}

/// V42: persistence without lock-in.
#[test]
fn tastes_bring_buyers_back_and_lock_nobody_in() {
    let simulation = theory("taste-without-cost");
    // Each operator of each replicate has one draw of tastes. The first cycle ends with the kit of the start; from then on both tenders of a
    // pair are the taste's own.
    let mut means = Vec::new();
    for k in 0..200 {
        let tenders = watch(&simulation, k).1.tenders;
        for operator in 0..2 {
            let later = tenders
                .iter()
                .filter(|t| simulation.world().slots[t.slot].operator == operator && t.day > day(2028, 12, 31));
            let stays: Vec<f64> = later
                .map(|t| {
                    let incumbent = t.old.expect("kit stands from the start").seller[BB];
                    f64::from(u8::from(t.bought().expect("an award").seller[BB] == incumbent))
                })
                .collect();
            assert!(stays.len() > 25);
            means.push(stays.iter().sum::<f64>() / stays.len() as f64);
        }
    }
    let n = means.len() as f64;
    let retention = means.iter().sum::<f64>() / n;
    let variance = means.iter().map(|m| (m - retention) * (m - retention)).sum::<f64>() / (n - 1.0);
    // Four taste scales for each seller: the gap has sqrt(2) of that.
    let known = retention_by_taste(4.0 * std::f64::consts::SQRT_2);
    let error = (variance / n).sqrt();
    assert!(
        (retention - known).abs() < 4.0 * error,
        "retention {retention}, not {known}, SE {error}"
    );
    assert!(retention > 0.5 + 10.0 * error, "retention {retention}");
    for value in values(&simulation, "lock_in_curve") {
        assert!(value.abs() < 1e-12, "lock-in {value}");
    }
}

#[test]
fn the_reference_market_as_a_scenario_is_the_reference_market() {
    use sim_core::run::reference;
    let simulation = crate::common::simulate(&crate::common::shipped("theory/reference-market.toml"));
    let keys = simulation.series();
    assert_eq!(keys.len(), reference::VENDORS + 1, "eight shares and an index");
    let (mut end, replicates) = ([0.0; 3], 5);
    for k in 0..replicates {
        let record = crate::common::play(&simulation, k);
        let table = Table {
            simulation: &simulation,
            record: &record,
        };
        let played = reference::play(10_000, &simulation.luck(k));
        assert_eq!(record.counters.tenders, played.tenders);
        for (s, key) in keys.iter().enumerate() {
            let seller = simulation.world().vendors.iter().position(|v| v.id == key.vendor);
            let first = table.at(0, s);
            assert!(
                (first - 0.125).abs() < 1e-12,
                "{key:?}: {first} before the first tender"
            );
            for (year, of) in played.years.iter().enumerate() {
                let expected = seller.map_or(of.hhi, |v| of.shares[v]);
                assert!(
                    (table.at(year + 1, s) - expected).abs() < 1e-12,
                    "{key:?} in year {year}"
                );
            }
        }
        let last = &played.years[29];
        for (sum, x) in end.iter_mut().zip([last.hhi, last.shares[0], last.shares[5]]) {
            *sum += x / replicates as f64;
        }
    }
    // The known answers have three digits.
    for (found, known) in end.into_iter().zip([0.128, 0.103, 0.156]) {
        assert!((found - known).abs() < 0.004, "{found}, not {known}");
    }
    assert_eq!(reference::starting_shares(10), [0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
}
