//! Decisions under deep uncertainty: how policies do over futures of which no one knows the probabilities.
//!
//! The rules disagree by design: each states another attitude. No rule here needs a probability but Laplace's, the mean
//! regret, the share of best futures and the value of information, which hold all futures of the design to be alike
//! likely. Savage 1951 (regret), Wald 1950 (maximin), Hurwicz 1951, Starr 1962 (domain criterion: satisficing share and
//! share best), Lempert, Groves, Popper and Bankes 2006 (robust decision making).

mod rules;

#[cfg(test)]
mod tests;

pub use rules::{Rule, RuleResult, apply_rule, rank_stability};

use super::summary::compensated_sum;

/// Which outcomes are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Large ones.
    High,
    /// Small ones.
    Low,
}

impl Better {
    /// An outcome such that more is better.
    fn oriented(self, value: f64) -> f64 {
        match self {
            Self::High => value,
            Self::Low => -value,
        }
    }

    /// Whether an outcome is at least as good as a threshold.
    #[must_use]
    pub fn reaches(self, value: f64, threshold: f64) -> bool {
        self.oriented(value) >= self.oriented(threshold)
    }
}

/// Outcomes of policies in futures, all defined.
#[derive(Debug, Clone, PartialEq)]
pub struct Payoffs {
    better: Better,
    /// `[policy][future]`, oriented such that more is better.
    payoffs: Vec<Vec<f64>>,
    futures: Vec<usize>,
}

impl Payoffs {
    /// From `outcomes[policy][future]`. A future in which any policy has no finite outcome is left out for all, since
    /// policies can be compared only where all have one. `None` where no policy or no future is left, or where policies
    /// have different numbers of futures.
    #[must_use]
    pub fn new(outcomes: &[Vec<f64>], better: Better) -> Option<Self> {
        let all = outcomes.first()?.len();
        if outcomes.iter().any(|row| row.len() != all) {
            return None;
        }
        let futures: Vec<usize> = (0..all)
            .filter(|f| outcomes.iter().all(|row| row[*f].is_finite()))
            .collect();
        if futures.is_empty() {
            return None;
        }
        let oriented = |row: &Vec<f64>| futures.iter().map(|f| better.oriented(row[*f])).collect();
        Some(Self {
            better,
            payoffs: outcomes.iter().map(oriented).collect(),
            futures,
        })
    }

    /// Number of policies.
    #[must_use]
    pub fn policies(&self) -> usize {
        self.payoffs.len()
    }

    /// The futures that are compared, by their place in the outcomes given.
    #[must_use]
    pub fn futures(&self) -> &[usize] {
        &self.futures
    }

    /// Regret of each policy in each future: what the best policy there would have done better, never negative.
    /// `[policy][future]`, in the outcome's unit.
    #[must_use]
    pub fn regret(&self) -> Vec<Vec<f64>> {
        let best = self.best();
        let row = |row: &Vec<f64>| row.iter().zip(&best).map(|(payoff, best)| best - payoff).collect();
        self.payoffs.iter().map(row).collect()
    }

    /// The best payoff of each future.
    fn best(&self) -> Vec<f64> {
        (0..self.futures.len())
            .map(|f| self.payoffs.iter().map(|row| row[f]).fold(f64::NEG_INFINITY, f64::max))
            .collect()
    }

    /// Share of the futures in which each policy is at least as good as the threshold.
    #[must_use]
    pub fn satisficing(&self, threshold: f64) -> Vec<f64> {
        let bar = self.better.oriented(threshold);
        let share = |row: &Vec<f64>| row.iter().filter(|payoff| **payoff >= bar).count() as f64 / row.len() as f64;
        self.payoffs.iter().map(share).collect()
    }

    /// Share of the futures in which each policy is the best; equally good ones share a future. They sum to 1.
    #[must_use]
    pub fn share_best(&self) -> Vec<f64> {
        let best = self.best();
        let mut shares = vec![0.0; self.policies()];
        for (f, best) in best.iter().enumerate() {
            let winners: Vec<usize> = (0..self.policies()).filter(|p| self.payoffs[*p][f] == *best).collect();
            for winner in &winners {
                shares[*winner] += 1.0 / winners.len() as f64;
            }
        }
        shares.iter().map(|share| share / self.futures.len() as f64).collect()
    }

    /// Expected value of perfect information where all futures are alike likely: the mean of the best payoffs less the
    /// best mean, in the outcome's unit. It is the smallest mean regret.
    #[must_use]
    pub fn value_of_information(&self) -> f64 {
        let mean = |values: &[f64]| compensated_sum(values.iter().copied()) / values.len() as f64;
        let best_mean = self
            .payoffs
            .iter()
            .map(|row| mean(row))
            .fold(f64::NEG_INFINITY, f64::max);
        mean(&self.best()) - best_mean
    }
}
