//! What is told of a tender that was held: to the observer, and in the tender table.

use super::engine::Run;
use super::hold::{Decided, Scratch};
use super::observe::TenderReport;
use crate::calendar::Day;
use crate::market::alternatives::{Alternative, Kind};
use crate::market::tender::{Offer, Outcome};
use crate::record::TenderRow;
use crate::world::{BB, Layer, NO_VENDOR, RU, Stack, World};

/// A tender that was held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) slot: usize,
    /// Kit that stood.
    pub(super) old: Option<Stack>,
    pub(super) forced: bool,
    /// Times that this kit had been kept, and the number of the cycle.
    pub(super) keeps: u32,
    pub(super) cycle: u32,
    /// Months that the award waits for crews.
    pub(super) late: f64,
}

impl Run<'_> {
    /// Tells the observer and fills the tender table.
    pub(super) fn report(&mut self, held: &Held, decided: &Decided) {
        if self.observer.is_none() && self.tenders.is_none() {
            return;
        }
        let Held {
            slot,
            old,
            forced,
            keeps,
            cycle,
            late,
        } = *held;
        let world = self.world;
        let info = &world.slots[slot];
        let kind = match (info.layer, forced, old.is_some()) {
            (Layer::Core, _, _) => "core",
            (_, true, _) => "forced",
            (_, _, false) => "new_build",
            _ => "renewal",
        };
        let suffix = if forced {
            ".forced".to_owned()
        } else if keeps > 0 {
            format!(".k{keeps}")
        } else {
            String::new()
        };
        let id = format!("{}.n{cycle}{suffix}", world.slot_id(slot));
        let offer = &self.desk.offer;
        if let Some(rows) = &mut self.tenders {
            let names = (id.as_str(), kind);
            rows.extend(rows_of(
                world,
                self.state.today,
                held,
                names,
                offer,
                &self.scratch,
                decided,
            ));
        }
        if let Some(observer) = self.observer.as_deref_mut() {
            let flows: Vec<[f64; 7]> = offer
                .alternatives
                .iter()
                .map(|a| flow_parts(offer, a, old.as_ref()))
                .collect();
            observer.tender(&TenderReport {
                id,
                day: self.state.today,
                kind,
                slot,
                old,
                alternatives: &offer.alternatives,
                bills: &offer.bills,
                values: &offer.values,
                prices: &self.scratch.prices,
                list_prices: &offer.list_prices,
                probabilities: &self.scratch.probabilities,
                shocks: &self.scratch.shocks,
                flows: &flows,
                continuation: &offer.continuation,
                later: &self.scratch.later,
                net_values: &self.scratch.net_values,
                inclusive: &self.scratch.inclusive,
                share_of_keep: offer.terms.share_of_life(world.scenario.keep.retender_years),
                outcome: decided.outcome,
                months_late: late,
            });
        }
    }
}

/// Parts of an alternative's flow of value, in the order of [`super::observe::FLOWS`].
fn flow_parts(offer: &Offer, a: &Alternative, old: Option<&Stack>) -> [f64; 7] {
    let terms = &offer.terms;
    let sum = |of: fn(&crate::market::terms::SellerTerms) -> [f64; 2]| -> f64 {
        [RU, BB]
            .into_iter()
            .filter(|k| a.seller[*k] != NO_VENDOR)
            .map(|k| of(terms.seller(a.seller[k]))[k])
            .sum()
    };
    // Kit that is kept takes no new credit and has nothing left to lose by a removal.
    let (finance, removal) = if a.kind == Kind::Keep {
        (0.0, 0.0)
    } else {
        (sum(|s| s.finance), sum(|s| s.removal))
    };
    [
        sum(|s| s.quality),
        sum(|s| s.taste),
        finance,
        -sum(|s| s.risk) - removal,
        -terms.gap(a, old),
        -terms.running(a),
        terms.by_architecture(a, old),
    ]
}

/// The rows of a tender, one an environment. `names`: its id and kind.
fn rows_of(
    world: &World,
    today: Day,
    held: &Held,
    names: (&str, &'static str),
    offer: &Offer,
    scratch: &Scratch,
    decided: &Decided,
) -> Vec<TenderRow> {
    let (id, kind) = names;
    let old = held.old;
    let info = &world.slots[held.slot];
    let name = |v: Option<u8>| {
        v.filter(|v| *v != NO_VENDOR)
            .map_or_else(String::new, |v| world.vendors[usize::from(v)].id.clone())
    };
    let (architecture, new, outcome, items, best_rival) = match decided.outcome {
        Outcome::Award(a) => {
            let won = offer.alternatives[a];
            // Best alternative in which the winner of the baseband sells nothing.
            let rivals = offer
                .alternatives
                .iter()
                .enumerate()
                .filter(|(_, x)| x.kind != Kind::Keep && !x.seller.contains(&won.seller[BB]));
            let best = rivals.max_by(|(x, _), (y, _)| {
                (offer.values[*x] - scratch.prices[*x]).total_cmp(&(offer.values[*y] - scratch.prices[*y]))
            });
            (
                won.kind.name(),
                Some(won.seller),
                if decided.relaxed { "relaxed" } else { "award" },
                offer.bills[a],
                best.map_or(f64::NAN, |(x, _)| scratch.prices[x]),
            )
        }
        Outcome::Keep => ("keep", old.map(|o| o.seller), "keep", [0.0; 7], f64::NAN),
        Outcome::Relaxed => ("keep", old.map(|o| o.seller), "relaxed", [0.0; 7], f64::NAN),
    };
    let price = if matches!(decided.outcome, Outcome::Award(_)) {
        decided.price
    } else {
        0.0
    };
    info.clusters
        .iter()
        .map(|(environment, sites)| TenderRow {
            tender: id.to_owned(),
            time: today,
            kind,
            operator: world.operators[info.operator].id.clone(),
            country: world.countries[info.country].id.clone(),
            cluster: format!(
                "{}.t{}.c{}.{}",
                world.operators[info.operator].id, info.territory, info.cohort, world.environment_ids[*environment]
            ),
            environment: world.environment_ids[*environment].clone(),
            generation: match info.layer {
                Layer::Ran(g) => world.gens[g].id.clone(),
                Layer::Core => String::new(),
            },
            sites: *sites,
            old_ru: name(old.map(|o| o.seller[RU])),
            old_bb: name(old.map(|o| o.seller[BB])),
            new_ru: name(new.map(|n| n[RU])),
            new_bb: name(new.map(|n| n[BB])),
            architecture,
            alternatives: offer.alternatives.len() as u32,
            price,
            price_best_rival: best_rival,
            items,
            months_late: held.late,
            outcome,
        })
        .collect()
}
