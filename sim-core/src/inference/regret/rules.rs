//! Rules of decision without probabilities.

use super::Payoffs;
use crate::draws::Draws;
use crate::inference::summary::compensated_sum;

/// A rule that scores each policy; the smallest regret or the largest payoff wins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// The best worst outcome (Wald).
    Maximin,
    /// The best best outcome.
    Maximax,
    /// The best mix of best outcome, with this weight, and worst outcome.
    Hurwicz {
        /// Weight of the best outcome, 0 to 1.
        optimism: f64,
    },
    /// The best mean.
    Laplace,
    /// The smallest largest regret (Savage).
    MinimaxRegret,
    /// The smallest 90% quantile of regret: as Savage's, but not in the hands of one future.
    Regret90,
    /// The largest share of futures at least as good as the threshold (Starr).
    Satisficing {
        /// In the outcome's own unit and direction.
        threshold: f64,
    },
}

impl Rule {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Maximin => "maximin",
            Self::Maximax => "maximax",
            Self::Hurwicz { .. } => "hurwicz",
            Self::Laplace => "laplace",
            Self::MinimaxRegret => "minimax_regret",
            Self::Regret90 => "regret_p90",
            Self::Satisficing { .. } => "satisficing",
        }
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleResult {
    /// Score of each policy, as it is read: an outcome in its own direction, a regret, or a share.
    pub scores: Vec<f64>,
    /// The policies that win, the first named first: several where they are equally good.
    pub winners: Vec<usize>,
}

/// Applies a rule.
#[must_use]
pub fn apply_rule(payoffs: &Payoffs, rule: Rule) -> RuleResult {
    let all: Vec<usize> = (0..payoffs.futures.len()).collect();
    let regret = payoffs.regret();
    // More is better.
    let merits: Vec<f64> = (0..payoffs.policies())
        .map(|p| merit(payoffs, &regret, rule, p, &all))
        .collect();
    let scores = merits.iter().map(|merit| match rule {
        Rule::Satisficing { .. } => *merit,
        Rule::MinimaxRegret | Rule::Regret90 => 0.0 - *merit,
        _ => payoffs.better.oriented(*merit),
    });
    RuleResult {
        scores: scores.collect(),
        winners: winners(&merits),
    }
}

fn winners(merits: &[f64]) -> Vec<usize> {
    let best = merits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (0..merits.len()).filter(|p| merits[*p] == best).collect()
}

fn merit(payoffs: &Payoffs, regret: &[Vec<f64>], rule: Rule, policy: usize, futures: &[usize]) -> f64 {
    let row = || futures.iter().map(|f| payoffs.payoffs[policy][*f]);
    let lost = || futures.iter().map(|f| regret[policy][*f]);
    let (worst, best) = (
        || row().fold(f64::INFINITY, f64::min),
        || row().fold(f64::NEG_INFINITY, f64::max),
    );
    match rule {
        Rule::Maximin => worst(),
        Rule::Maximax => best(),
        Rule::Hurwicz { optimism } => optimism * best() + (1.0 - optimism) * worst(),
        Rule::Laplace => compensated_sum(row()) / futures.len() as f64,
        Rule::MinimaxRegret => -lost().fold(0.0, f64::max),
        Rule::Regret90 => {
            let mut sorted: Vec<f64> = lost().collect();
            sorted.sort_unstable_by(f64::total_cmp);
            -crate::inference::quantile(&sorted, 900)
        }
        Rule::Satisficing { threshold } => {
            let bar = payoffs.better.oriented(threshold);
            row().filter(|payoff| *payoff >= bar).count() as f64 / futures.len() as f64
        }
    }
}

/// How steady a rule's choice is: for each policy, the share of `resamples` draws of as many futures, with repetition,
/// in which it wins; equally good ones share a draw.
///
/// A share near one half says that other futures of the same kind would have given another answer. Rules that look at a
/// single future (maximin, maximax, minimax regret) hang on that one being in the draw.
#[must_use]
pub fn rank_stability(payoffs: &Payoffs, rule: Rule, resamples: u32, draws: &mut Draws) -> Vec<f64> {
    let n = payoffs.futures.len();
    let bound = u32::try_from(n).unwrap_or(u32::MAX);
    let regret = payoffs.regret();
    let mut shares = vec![0.0; payoffs.policies()];
    for _ in 0..resamples {
        let picks: Vec<usize> = (0..n).map(|_| draws.next_below(bound) as usize).collect();
        let merits: Vec<f64> = (0..payoffs.policies())
            .map(|p| merit(payoffs, &regret, rule, p, &picks))
            .collect();
        let winners = winners(&merits);
        for winner in &winners {
            shares[*winner] += 1.0 / winners.len() as f64;
        }
    }
    shares.iter().map(|share| share / f64::from(resamples)).collect()
}
