//! Values of a whole ensemble: path dependence (L6) and the least public money that tips a market (L7).
//!
//! **Path dependence** is the share of the variance of a late outcome that what happened early explains:
//! ```text
//! L6 = Var(E[late | early]) / Var(late)
//! ```
//! the correlation ratio of Pearson (1905), which is the first-order Sobol index of the early luck. 0: what comes late does not remember;
//! 1: it was settled early. There are two estimators, each of which gives 0 on average without memory:
//! - [`intraclass`], where early histories are drawn at random and each is played on several times: the histories are a sample of all that
//!   might have been, and what is asked for is the variance over all of them.
//! - [`path_dependence`], where replicates of one world are grouped by their early outcome, the shares of an early date say, into classes of equal
//!   size: those classes are all that there are, and the variance between them is corrected for the noise of class means.
//!
//! With few histories the second falls short of the first: of c of them it sees c - 1 degrees of freedom out of c.
//!
//! **The cost of unlocking** is the least grant at which the market tips: the probability that the aim is met, which rises
//! with the grant, is searched by bisection over worlds that share their luck. A command plays a world for each trial value (a lever's
//! strength) and reads whether the aim holds in each replicate.

/// Path dependence L6 from late outcomes of early histories drawn at random, `continuations` values in a row for each: the intraclass
/// correlation by analysis of variance (Fisher 1925), `(MSB - MSW) / (MSB + (n - 1) MSW)` with n continuations and the mean squares between
/// and within histories.
///
/// In `[-1/(n - 1), 1]`: about 0 without memory. A ratio of two estimates is biased where there are few histories; downward by up to .05 with
/// eight of four continuations each. `None` with fewer than two histories, with fewer than two continuations, where histories are not
/// of equal length, where a value is undefined, or where the late outcome does not vary.
#[must_use]
pub fn intraclass(late: &[f64], continuations: usize) -> Option<f64> {
    let n = continuations;
    if n < 2 || late.len() / 2 < n || !late.len().is_multiple_of(n) || late.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let squares = |x: &[f64], about: f64| x.iter().map(|v| (v - about) * (v - about)).sum::<f64>();
    let own: Vec<f64> = late.chunks_exact(n).map(mean).collect();
    let within: f64 = late.chunks_exact(n).zip(&own).map(|(x, m)| squares(x, *m)).sum();
    let histories = own.len() as f64;
    let between = n as f64 * squares(&own, mean(&own)) / (histories - 1.0);
    let within = within / (histories * (n as f64 - 1.0));
    let all = between + (n as f64 - 1.0) * within;
    (all > 0.0).then(|| (between - within) / all)
}

/// Path dependence L6 of replicates given by (early, late), in `classes` classes of early outcome of near-equal size.
///
/// By the estimator omega-squared of Hays (1963). In `[0,1]` up to noise: about 0 without memory, and possibly a little below. `None` with fewer than two classes, with fewer than two
/// replicates in one, where a value is undefined, or where the late outcome does not vary.
#[must_use]
pub fn path_dependence(pairs: &[(f64, f64)], classes: usize) -> Option<f64> {
    let n = pairs.len();
    if classes < 2 || n / 2 < classes || pairs.iter().any(|(e, l)| !e.is_finite() || !l.is_finite()) {
        return None;
    }
    let mut order: Vec<usize> = (0..n).collect();
    // Equal early outcomes keep the order of replicates, which is that of their luck.
    order.sort_by(|a, b| pairs[*a].0.total_cmp(&pairs[*b].0));
    let late = |i: usize| pairs[order[i]].1;
    let mean = (0..n).map(late).sum::<f64>() / n as f64;
    let total: f64 = (0..n).map(|i| (late(i) - mean) * (late(i) - mean)).sum();
    if total <= 0.0 {
        return None;
    }
    let mut between = 0.0;
    for class in 0..classes {
        let (from, to) = (class * n / classes, (class + 1) * n / classes);
        let size = (to - from) as f64;
        let own = (from..to).map(late).sum::<f64>() / size;
        between += size * (own - mean) * (own - mean);
    }
    let within = (total - between) / (n - classes) as f64;
    Some((between - (classes - 1) as f64 * within) / (total + within))
}

/// The cost of unlocking L7: the least grant in `[0, most]` at which the share of replicates that meet the aim reaches `chance`.
///
/// `tips(grant)` plays the worlds and gives that share. It is taken to rise with the grant, as it does replicate by replicate
/// where worlds share their luck. Bisection to `tolerance` of `most`; the upper end of the last bracket is given, so that the aim is met there.
/// `None` if not even `most` is enough, or if no bracket can be made of what is given.
///
/// # Errors
/// What `tips` fails with.
pub fn unlocking_cost<E>(
    most: f64,
    chance: f64,
    tolerance: f64,
    mut tips: impl FnMut(f64) -> Result<f64, E>,
) -> Result<Option<f64>, E> {
    let sound = most.is_finite() && most > 0.0 && tolerance > 0.0;
    if !sound || tips(most)? < chance {
        return Ok(None);
    }
    if tips(0.0)? >= chance {
        return Ok(Some(0.0));
    }
    let (mut low, mut high) = (0.0, most);
    while high - low > tolerance * most {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break; // the bracket is as narrow as numbers are
        }
        if tips(middle)? >= chance {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(Some(high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Luck, StreamKey};

    fn stream(replicate: u64) -> crate::draws::Draws {
        Luck::new(7, replicate).stream(StreamKey {
            kind: Decision::Tender,
            entity: 1,
            lot: 0,
            cycle: 0,
            cause: 0,
        })
    }

    /// Share of the first colour in a linear Polya urn that begins with one ball of each, after so many additions.
    fn urn(replicate: u64, early: u32, late: u32) -> (f64, f64) {
        let mut draws = stream(replicate);
        let (mut first, mut all, mut at_early) = (1.0, 2.0, 0.5);
        for i in 0..late {
            if draws.uniform_at(i) * all < first {
                first += 1.0;
            }
            all += 1.0;
            if i + 1 == early {
                at_early = first / all;
            }
        }
        (at_early, first / all)
    }

    /// V06: in the urn the share is a martingale, so that Var(E[late | early]) = Var(early share); the share after `m` additions to
    /// (1,1) is uniform on 1/(m+2) .. (m+1)/(m+2), with variance m / (12 (m+2)).
    #[test]
    fn an_urn_is_as_path_dependent_as_its_law_says() {
        let (early, late, replicates) = (10_u32, 400_u32, 6_000_u64);
        let pairs: Vec<(f64, f64)> = (0..replicates).map(|k| urn(k, early, late)).collect();
        let variance = |m: u32| f64::from(m) / (12.0 * f64::from(m + 2));
        let expected = variance(early) / variance(late);
        // The early share has eleven values, as many classes of equal size.
        let found = path_dependence(&pairs, 11).expect("it varies");
        // 4 standard errors of a correlation ratio: 2 sqrt(L6) (1 - L6) / sqrt(R) each; classes that cut a value in two cost a little.
        let error = 8.0 * expected.sqrt() * (1.0 - expected) / (replicates as f64).sqrt();
        assert!((found - expected).abs() < error + 0.01, "{found}, not {expected}");
    }

    #[test]
    fn without_memory_it_is_nil_and_with_nothing_else_it_is_one() {
        let pairs: Vec<(f64, f64)> = (0..4_000)
            .map(|k| {
                let mut d = stream(k);
                (d.uniform_at(0), d.uniform_at(1))
            })
            .collect();
        let nil = path_dependence(&pairs, 20).expect("it varies");
        // Var of omega-squared without effect: 2 (classes - 1) / n^2.
        assert!(nil.abs() < 4.0 * (2.0 * 19.0_f64).sqrt() / 4_000.0, "{nil}");
        let settled: Vec<(f64, f64)> = (0..400).map(|i| (f64::from(i % 4), f64::from(i % 4))).collect();
        assert!((path_dependence(&settled, 4).expect("it varies") - 1.0).abs() < 1e-12);
        assert_eq!(path_dependence(&pairs[..5], 3), None);
        assert_eq!(
            path_dependence(&[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0)], 2),
            None
        );
        assert_eq!(path_dependence(&[(0.0, f64::NAN); 8], 2), None);
    }

    /// Eight random early histories, four continuations each, as `run::histories` plays them by default: the mean over many repetitions is the
    /// share that lies between all histories, short of it by .05 at most (0, .181, .457, .871). Omega-squared, made for classes that are all there
    /// are, gives 0, .167, .428, .856 and fails here.
    #[test]
    fn a_sample_of_histories_gives_the_share_of_all_of_them() {
        let (histories, continuations, repetitions) = (8_u32, 4_u32, 4_000_u64);
        for (truth, short_at_most) in [(0.0, 0.01), (0.2, 0.025), (0.5, 0.05), (0.9, 0.035)] {
            let mut sum = 0.0;
            for k in 0..repetitions {
                let mut draws = stream(k);
                let mut normal = |i: u32| crate::inference::normal_quantile(draws.uniform_at(i));
                let mut late = Vec::new();
                for h in 0..histories {
                    let early = libm::sqrt(truth) * normal(h);
                    for c in 0..continuations {
                        let own = normal(histories + h * continuations + c);
                        late.push(early + libm::sqrt(1.0 - truth) * own);
                    }
                }
                sum += intraclass(&late, continuations as usize).expect("it varies");
            }
            let bias = sum / repetitions as f64 - truth;
            assert!((-short_at_most..0.01).contains(&bias), "{truth}: off by {bias}");
        }
    }

    #[test]
    fn the_intraclass_correlation_by_hand() {
        // Means 2 and 6: MSB = 2 x 8, MSW = (2 + 2) / 2, so (16 - 2) / (16 + 2).
        let found = intraclass(&[1.0, 3.0, 5.0, 7.0], 2).expect("it varies");
        assert!((found - 14.0 / 18.0).abs() < 1e-15);
        assert_eq!(intraclass(&[1.0, 1.0, 5.0, 5.0], 2), Some(1.0));
        assert_eq!(intraclass(&[1.0, 3.0, 1.0, 3.0], 2), Some(-1.0));
        let none = [
            intraclass(&[1.0; 4], 2),
            intraclass(&[1.0, 2.0, 3.0], 2),
            intraclass(&[1.0, 2.0], 2),
            intraclass(&[1.0, 2.0], 1),
            intraclass(&[1.0, 2.0], 0),
            intraclass(&[1.0, 2.0, f64::NAN, 2.0], 2),
        ];
        assert_eq!(none, [None; 6]);
    }

    /// V05 (Arthur 1989): R-agents like A by `a_r + r n_A` against `b_r + r n_B`; once B leads by `deficit`, a grant to A tips them if it
    /// is more than `r deficit - (a_r - b_r)`: .4, 2.9, 22.9 and 97.9 at deficits of 5, 10, 50 and 200.
    #[test]
    fn unlocking_costs_more_the_longer_one_waits() {
        // R-agents value A at 10 and B at 7.9.
        let (lead, r) = (10.0 - 7.9, 0.5);
        let mut last = 0.0;
        for (deficit, expected) in [(5.0, 0.4), (10.0, 2.9), (50.0, 22.9), (200.0, 97.9)] {
            let tips = |grant: f64| Ok::<f64, ()>(f64::from(u8::from(lead + grant > r * deficit)));
            let cost = unlocking_cost(1_000.0, 0.5, 1e-9, tips)
                .expect("plays")
                .expect("enough");
            assert!(
                (cost - expected).abs() < 2e-6,
                "deficit {deficit}: {cost}, not {expected}"
            );
            assert!(cost > last);
            last = cost;
        }
    }

    #[test]
    fn a_market_that_is_open_or_beyond_reach_needs_no_search() {
        let open = unlocking_cost(10.0, 0.5, 1e-6, |_| Ok::<f64, ()>(1.0));
        assert_eq!(open, Ok(Some(0.0)));
        let shut = unlocking_cost(10.0, 0.5, 1e-6, |_| Ok::<f64, ()>(0.2));
        assert_eq!(shut, Ok(None));
        assert_eq!(unlocking_cost(10.0, 0.5, 1e-6, |_| Err("disk")), Err("disk"));
        assert_eq!(unlocking_cost(f64::NAN, 0.5, 1e-6, |_| Ok::<f64, ()>(1.0)), Ok(None));
    }
}
