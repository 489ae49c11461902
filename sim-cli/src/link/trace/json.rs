//! A trace for machines: one JSON object an event. What is not a number is `null`.

use serde_json::{Map, Value, json};
use sim_core::calendar::Day;
use sim_core::market::switching::{BROUGHT_FORWARD, ITEMS};
use sim_core::market::tender::Outcome;
use sim_core::run::TenderReport;
use sim_core::world::{BB, Layer, RU, Stack, World};

use super::anatomy::{Anatomy, Comparison, Why, chosen, part_names};
use super::words::{NEST_NAMES, label, reasons, vendor, verdict};

/// One line of an event.
pub(super) fn event(day: Day, kind: &str, mut fields: Map<String, Value>) -> String {
    fields.insert("event".into(), kind.into());
    fields.insert("date".into(), day.to_string().into());
    Value::Object(fields).to_string() + "\n"
}

/// Kit as an object.
pub(super) fn stack(world: &World, stack: &Stack) -> Value {
    json!({
        "ru": vendor(world, stack.seller[RU]),
        "bb": vendor(world, stack.seller[BB]),
        "open": stack.is_open(),
        "virtual": stack.is_virtual,
        "installed": [stack.installed[RU].to_string(), stack.installed[BB].to_string()],
    })
}

/// The fields of a slot: who, where, what.
pub(super) fn slot(world: &World, slot: usize) -> Map<String, Value> {
    let s = &world.slots[slot];
    let generation = match s.layer {
        Layer::Ran(g) => world.gens[g].id.as_str(),
        Layer::Core => "core",
    };
    let mut fields = Map::new();
    fields.insert("operator".into(), world.operators[s.operator].id.clone().into());
    fields.insert("country".into(), world.countries[s.country].id.clone().into());
    fields.insert("layer".into(), generation.into());
    fields.insert("sites".into(), s.sites.into());
    fields
}

/// A tender with all its alternatives.
pub(super) fn tender(world: &World, report: &TenderReport, anatomy: &Anatomy) -> String {
    let mut fields = slot(world, report.slot);
    let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    put("tender", report.id.clone().into());
    put("kind", report.kind.into());
    put("old", report.old.as_ref().map_or(Value::Null, |old| stack(world, old)));
    let outcome = match report.outcome {
        Outcome::Award(_) => "award",
        Outcome::Keep => "keep",
        Outcome::Relaxed => "relaxed",
    };
    put("outcome", outcome.into());
    put(
        "winner",
        chosen(report).map_or(Value::Null, |a| label(world, &report.alternatives[a]).into()),
    );
    put("months_late", report.months_late.into());
    let nests = NEST_NAMES.iter().zip(report.inclusive).filter(|(_, i)| i.is_finite());
    put(
        "inclusive_values",
        nests
            .map(|(name, i)| ((*name).to_owned(), Value::from(*i)))
            .collect::<Map<_, _>>()
            .into(),
    );
    put(
        "alternatives",
        anatomy
            .weighed
            .iter()
            .map(|w| alternative(world, report, w))
            .collect::<Vec<_>>()
            .into(),
    );
    put(
        "why",
        anatomy
            .why
            .as_ref()
            .map_or(Value::Null, |why| reason(world, report, anatomy, why)),
    );
    put("sentence", verdict(world, report, anatomy).into());
    event(report.day, "tender", fields)
}

fn alternative(world: &World, report: &TenderReport, w: &super::anatomy::Weighed) -> Value {
    let (i, a) = (w.index, &report.alternatives[w.index]);
    let items: Map<String, Value> = part_names()
        .iter()
        .zip(&w.parts)
        .map(|(name, x)| ((*name).to_owned(), Value::from(*x)))
        .collect();
    json!({
        "alternative": label(world, a),
        "kind": a.kind.name(),
        "ru": vendor(world, a.seller[RU]),
        "bb": vendor(world, a.seller[BB]),
        "nest": NEST_NAMES.get(w.nest),
        "stands": w.net.is_finite(),
        "total": w.total,
        "value": report.values[i],
        "price": report.prices[i],
        "net": w.net,
        "list_price": report.list_prices[i],
        "probability": report.probabilities[i],
        "worth_later_to_setters": report.later[i],
        "own_shock": w.shocks.0,
        "nest_shock": w.shocks.1,
        "items": items,
        (ITEMS[BROUGHT_FORWARD]): report.bills[i][BROUGHT_FORWARD],
    })
}

fn reason(world: &World, report: &TenderReport, anatomy: &Anatomy, why: &Why) -> Value {
    let name = |place: usize| label(world, &report.alternatives[anatomy.weighed[place].index]);
    let compared = match why.comparison {
        Comparison::Within => json!({ "within": "nest" }),
        Comparison::Between { winner, runner_up } => {
            json!({ "between": "nests", "winner": winner, "runner_up": runner_up })
        }
    };
    let differences: Vec<Value> = (why.differences.iter())
        .map(|(part, x)| json!({ "item": part_names()[*part], "difference": x }))
        .collect();
    json!({
        "runner_up": name(why.runner_up),
        "margin": why.margin,
        "compared": compared,
        "differences": differences,
        "reasons": reasons(why),
        "without_luck": why.without_luck.map(|(place, margin)| json!({ "winner": name(place), "margin": margin })),
    })
}
