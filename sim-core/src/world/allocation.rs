//! Who supplies whom at the start: a written rule, since the facts give country totals and few contracts.
//!
//! A country states its market mix (`installed_4g`, weighted by subscribers); some operators state
//! their own, where a source does. All others of the country get one and the same *residual mix*
//!
//! ```text
//! rest_v = (mix_v x subscribers of the country - sum over known operators of mix_kv x subscribers_k)
//!          / subscribers of the unknown operators
//! ```
//!
//! so that the subscriber-weighted aggregate equals the country's mix exactly, and no contract of a named
//! firm is assumed. A negative rest means that the known operators contradict the country's mix; it is an
//! error, not a thing to clip.

use crate::scenario::Scenario;

/// Shares by stack key (`vendor` or `radio+baseband`), in order of first mention.
pub type StackMix = Vec<(String, f64)>;

/// Smallest share that is kept as a territory of its own; less is an artefact of rounding.
const NEGLIGIBLE: f64 = 1e-9;

/// A country whose operators contradict its market mix.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// Country id.
    pub country: String,
    /// Stack key.
    pub stack: String,
    /// The rest that would be left for operators without a known mix.
    pub rest: f64,
}

/// What an allocation gives: each operator's mix, and each country's aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// Mix of each operator, in the scenario's order; empty without sites.
    pub operators: Vec<StackMix>,
    /// Subscriber-weighted mix of each country, in the scenario's order.
    pub countries: Vec<StackMix>,
}

/// Allocates the installed base of the oldest generation.
///
/// # Errors
/// All contradictions between countries' and operators' mixes.
pub fn allocate(scenario: &Scenario) -> Result<Allocation, Vec<Contradiction>> {
    let mut operators = vec![StackMix::new(); scenario.operators.len()];
    let mut countries = Vec::with_capacity(scenario.countries.len());
    let mut faults = Vec::new();
    for country in &scenario.countries {
        let local: Vec<usize> = (0..scenario.operators.len())
            .filter(|o| scenario.operators[*o].country == country.id && scenario.operators[*o].sites > 0.0)
            .collect();
        let weight = |o: &usize| scenario.operators[*o].subscribers_m.max(NEGLIGIBLE);
        let total: f64 = local.iter().map(weight).sum();
        let (known, unknown): (Vec<usize>, Vec<usize>) = local
            .iter()
            .partition(|o| !scenario.operators[**o].installed.is_empty());
        let unknown_weight: f64 = unknown.iter().map(weight).sum();
        for o in &known {
            operators[*o] = scenario.operators[*o].installed.clone();
        }
        let known_of = |key: &str| -> f64 {
            let share = |o: &usize| {
                scenario.operators[*o]
                    .installed
                    .iter()
                    .find(|(k, _)| k == key)
                    .map_or(0.0, |(_, s)| *s)
            };
            known.iter().map(|o| share(o) * weight(o)).sum()
        };
        let rest: StackMix = country
            .installed
            .iter()
            .map(|(key, share)| (key.clone(), (share * total - known_of(key)) / unknown_weight))
            .collect();
        if !unknown.is_empty() {
            let bad = rest.iter().filter(|(_, s)| *s < -1e-6);
            faults.extend(bad.map(|(stack, s)| Contradiction {
                country: country.id.clone(),
                stack: stack.clone(),
                rest: *s,
            }));
            let kept: StackMix = rest.into_iter().filter(|(_, s)| *s > 1e-6).collect();
            // Known operators may hold suppliers that the country's mix does not name (a greenfield's, say).
            let sum: f64 = kept.iter().map(|(_, s)| s).sum();
            for o in &unknown {
                operators[*o] = kept.iter().map(|(k, s)| (k.clone(), s / sum)).collect();
            }
        }
        let mut aggregate = StackMix::new();
        for o in &local {
            for (key, share) in &operators[*o] {
                let add = share * weight(o) / total;
                match aggregate.iter_mut().find(|(k, _)| k == key) {
                    Some((_, s)) => *s += add,
                    None => aggregate.push((key.clone(), add)),
                }
            }
        }
        countries.push(aggregate);
    }
    if faults.is_empty() {
        Ok(Allocation { operators, countries })
    } else {
        Err(faults)
    }
}

/// Splits a stack key into its radio and its baseband seller.
#[must_use]
pub fn sellers_of(key: &str) -> (&str, &str) {
    key.split_once('+').unwrap_or((key, key))
}
