//! What decided a tender: each alternative's value in items, and the comparison that was the closest.
//!
//! A buyer draws its choice in two steps (nested logit): first the nest with the largest `I_g + e_g`, `I_g` its
//! inclusive value and `e_g` its shock; then, in that nest, the alternative with the largest `n_a + e_a`, `n_a` its value
//! net of price. One number orders all alternatives as these two steps do: what an alternative's nest reaches, less
//! what the alternative lacks to the best of its nest,
//!
//! ```text
//! total_a = I_g + e_g - (max_b in g (n_b + e_b) - (n_a + e_a))
//! ```
//!
//! The winner has the largest total. The one with the next is the runner-up: its distance is the smaller of the
//! distance within the winner's nest and the distance to the next nest, and it is that comparison that decided.

use sim_core::market::alternatives::{Alternative, Kind};
use sim_core::market::switching::{BROUGHT_FORWARD, ITEMS};
use sim_core::market::tender::Outcome;
use sim_core::run::TenderReport;
use sim_core::run::observe::FLOWS;

/// Number of items of a value net of price.
pub(super) const PARTS: usize = FLOWS.len() + ITEMS.len() + 3;
/// Place of the price among the items.
pub(super) const PRICE: usize = PARTS - 3;
/// Place of what is due later: see [`Weighed::parts`].
pub(super) const LATER: usize = PARTS - 2;
/// Place of what the buyer's foresight adds.
pub(super) const CONTINUATION: usize = PARTS - 1;

/// Names of the items: flow parts, the bill, the price, what is due later, and what foresight adds.
pub(super) fn part_names() -> [&'static str; PARTS] {
    let mut names = ["price"; PARTS];
    names[..FLOWS.len()].copy_from_slice(&FLOWS);
    names[FLOWS.len()..PRICE].copy_from_slice(&ITEMS);
    names[LATER] = "later";
    names[CONTINUATION] = "continuation";
    names
}

/// One alternative, weighed.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    /// Its place in the report.
    pub index: usize,
    /// What each item adds to the value net of price, money per site; costs are negative. They sum to it.
    ///
    /// `brought_forward` adds nothing: price and continuation contain it. Of *keep*, an item is what the kit brings
    /// over the years of the extension, and from then on what the purchase brings that is best at list prices.
    /// `later` is upkeep and, of a partial renewal, the later renewal of the part that stays; `continuation` is what the buyer
    /// sees of the tenders after this one.
    pub parts: [f64; PARTS],
    /// Value net of price; minus infinity for a variant that does not stand.
    pub net: f64,
    /// Shocks, money: its own and its nest's.
    pub shocks: (f64, f64),
    /// See the module docs.
    pub total: f64,
    /// Index of its nest.
    pub nest: usize,
}

/// How the closest comparison was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    /// Within one nest: by values net of price and own shocks.
    Within,
    /// Between two nests: by their inclusive values and shocks.
    Between {
        /// Inclusive value of the winner's nest.
        winner: f64,
        /// Inclusive value of the runner-up's nest.
        runner_up: f64,
    },
}

/// Why the winner won.
#[derive(Debug, Clone)]
pub(super) struct Why {
    /// Place of the winner in [`Anatomy::weighed`].
    pub winner: usize,
    /// Place of the runner-up in [`Anatomy::weighed`].
    pub runner_up: usize,
    /// Distance of their totals, money per site.
    pub margin: f64,
    /// What was compared.
    pub comparison: Comparison,
    /// The two largest differences of the winner to the runner-up: item and difference, the larger first.
    pub differences: [(usize, f64); 2],
    /// Where luck decided: who would have won with all shocks nil, and by how much over the winner, in values net of
    /// price within a nest and in inclusive values between nests.
    pub without_luck: Option<(usize, f64)>,
}

/// A tender taken apart.
#[derive(Debug, Clone)]
pub(super) struct Anatomy {
    /// The alternatives, the largest total first; those that do not stand last.
    pub weighed: Vec<Weighed>,
    /// Why the winner won; `None` where there was nothing to choose from, or one thing alone.
    pub why: Option<Why>,
}

impl Anatomy {
    /// Takes a report apart.
    pub fn of(report: &TenderReport) -> Self {
        let parts = parts(report);
        let mut weighed: Vec<Weighed> = (report.alternatives.iter().enumerate())
            .map(|(index, a)| Weighed {
                index,
                parts: parts[index],
                net: report.net_values[index],
                shocks: report.shocks[index],
                total: f64::NEG_INFINITY,
                nest: usize::from(a.nest()),
            })
            .collect();
        let mut reach = vec![f64::NEG_INFINITY; report.inclusive.len()];
        for w in &weighed {
            reach[w.nest] = reach[w.nest].max(w.net + w.shocks.0);
        }
        for w in weighed.iter_mut().filter(|w| w.net > f64::NEG_INFINITY) {
            w.total = report.inclusive[w.nest] + w.shocks.1 - (reach[w.nest] - (w.net + w.shocks.0));
        }
        weighed.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.index.cmp(&b.index)));
        let why = why(report, &weighed);
        Self { weighed, why }
    }
}

/// The index of the alternative that was chosen, where one was.
pub(super) fn chosen(report: &TenderReport) -> Option<usize> {
    match report.outcome {
        Outcome::Award(a) => Some(a),
        Outcome::Keep => report.alternatives.iter().position(|a| a.kind == Kind::Keep),
        Outcome::Relaxed => None,
    }
}

/// Items of every alternative, in the order of the report.
fn parts(report: &TenderReport) -> Vec<[f64; PARTS]> {
    let bought = |a: &Alternative| a.kind != Kind::Keep;
    let mut all: Vec<[f64; PARTS]> = Vec::with_capacity(report.alternatives.len());
    // Keep comes last in the report, so that the best purchase is known when it is reached.
    let mut best: Option<(f64, usize)> = None;
    for (i, a) in report.alternatives.iter().enumerate() {
        let mut parts = [0.0; PARTS];
        for (part, flow) in parts.iter_mut().zip(&report.flows[i]) {
            *part = flow + 0.0;
        }
        if bought(a) {
            for (k, item) in report.bills[i]
                .iter()
                .enumerate()
                .filter(|(k, _)| *k != BROUGHT_FORWARD)
            {
                parts[FLOWS.len() + k] = 0.0 - item; // a cost of nil is nil, not minus nil
            }
            parts[PRICE] = -report.prices[i];
            let surplus = report.values[i] - report.continuation[i] - report.list_prices[i];
            if best.is_none_or(|(top, _)| surplus > top) {
                best = Some((surplus, i));
            }
        } else if let Some((_, b)) = best {
            let now = report.share_of_keep;
            for (k, part) in parts.iter_mut().enumerate() {
                let then = if k == PRICE { -report.list_prices[b] } else { all[b][k] };
                *part = now * *part + (1.0 - now) * then;
            }
            parts[LATER] = 0.0;
        }
        parts[CONTINUATION] = report.continuation[i];
        // What is left of the value is upkeep and later renewals; new stacks have neither.
        let sum: f64 = parts.iter().sum();
        if matches!(a.kind, Kind::Keep | Kind::PartialRu | Kind::PartialBb) {
            parts[LATER] += report.values[i] - report.prices[i] - sum;
        }
        all.push(parts);
    }
    all
}

fn why(report: &TenderReport, weighed: &[Weighed]) -> Option<Why> {
    let index = chosen(report)?;
    let winner = weighed.iter().position(|w| w.index == index)?;
    let stands = |w: &Weighed| w.total > f64::NEG_INFINITY;
    let runner_up = weighed.iter().enumerate().position(|(i, w)| i != winner && stands(w))?;
    let (won, lost) = (&weighed[winner], &weighed[runner_up]);
    let comparison = if won.nest == lost.nest {
        Comparison::Within
    } else {
        Comparison::Between {
            winner: report.inclusive[won.nest],
            runner_up: report.inclusive[lost.nest],
        }
    };
    Some(Why {
        winner,
        runner_up,
        margin: won.total - lost.total,
        comparison,
        differences: largest_differences(won, lost),
        without_luck: without_luck(report, weighed, winner),
    })
}

/// The two items in which two alternatives differ most, the larger first; of equals the first.
fn largest_differences(won: &Weighed, lost: &Weighed) -> [(usize, f64); 2] {
    let mut differences: Vec<(usize, f64)> =
        (won.parts.iter().zip(&lost.parts).map(|(a, b)| a - b).enumerate()).collect();
    differences.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    [differences[0], differences[1]]
}

/// Who would have won with all shocks nil, where that is another.
fn without_luck(report: &TenderReport, weighed: &[Weighed], winner: usize) -> Option<(usize, f64)> {
    let largest = |scores: &mut dyn Iterator<Item = (usize, f64)>| {
        scores.fold(None, |best: Option<(usize, f64)>, (i, x)| {
            if best.is_none_or(|(_, top)| x > top) {
                Some((i, x))
            } else {
                best
            }
        })
    };
    let (nest, inclusive) = largest(&mut report.inclusive.iter().copied().enumerate())?;
    let members = weighed.iter().enumerate().filter(|(_, w)| w.nest == nest);
    let (place, net) = largest(&mut members.map(|(i, w)| (i, w.net)))?;
    let won = &weighed[winner];
    if place == winner {
        None
    } else if won.nest == nest {
        Some((place, net - won.net))
    } else {
        Some((place, inclusive - report.inclusive[won.nest]))
    }
}
