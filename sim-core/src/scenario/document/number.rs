//! Numbers, which stand alone or carry their pedigree.

use super::context::{Context, NumberUse, Pedigree, PedigreeKind};
use super::domain::{MAX_WHOLE, Number};
use super::fields::{Fields, Mode};
use super::path::{join, nearest};
use super::tree::{Node, Origin, Value};
use super::words::list_words;

/// The keys of a number with a pedigree.
pub(super) const PEDIGREE_KEYS: [&str; 8] = ["value", "unit", "low", "high", "source", "derived", "assumption", "was"];

/// An assumption says why in at least so many words.
pub(super) const ASSUMPTION_WORDS: usize = 6;

impl Fields<'_> {
    /// Notes a number that stands at its default, so that paths may address it.
    pub(super) fn note_default(&mut self, key: &str, value: f64, number: &Number) {
        if let Mode::Decode { .. } = self.mode {
            self.cx.numbers.push(NumberUse {
                path: join(&self.path, key),
                value,
                number: number.clone(),
                origin: None,
                pedigree: None,
            });
        }
    }
}

/// Whether a table is a number with a pedigree: it has a number as `value`, and beside it nothing but keys
/// of pedigrees. No domain table may look like that, since merging and hashing go by this sign.
#[must_use]
pub(super) fn is_pedigree(node: &Node) -> bool {
    let Some(entries) = node.entries() else {
        return false;
    };
    entries.len() > 1
        && entries.iter().all(|e| PEDIGREE_KEYS.contains(&e.key.as_str()))
        && node.get("value").is_some_and(|v| v.number().is_some())
}

/// Reads a number, alone or with its pedigree, in the unit of its key.
pub(super) fn read_number(cx: &mut Context, node: &Node, path: &str, number: &Number) -> f64 {
    let faults = cx.errors();
    let (value, at, pedigree) = match &node.value {
        Value::Table(_) => {
            let Some((pedigree, value_node)) = read_pedigree(cx, node, path, number) else {
                return number.stand_in();
            };
            let Some(factor) = unit_factor(cx, node, path, number) else {
                return number.stand_in();
            };
            (pedigree.value * factor, value_node, says_why(&pedigree))
        }
        Value::Integer(i) => (*i as f64, node, None),
        Value::Float(x) => (*x, node, None),
        _ => {
            let fault = cx.wrong_kind(node, path, number.allowed());
            fault.hint = Some(match &node.value {
                Value::Text(text) if text.trim().parse::<f64>().is_ok() => "remove the quotes".to_owned(),
                _ => "a number stands alone, or as { value = .., source = \"..\" }".to_owned(),
            });
            return number.stand_in();
        }
    };
    if !number.allows(value) {
        let message = if !value.is_finite() {
            "this number is not finite"
        } else if number.is_whole() && value != value.trunc() {
            "this number is not whole"
        } else {
            "this number is out of range"
        };
        let mut allowed = number.allowed();
        if number.is_inexact(value) {
            allowed.push_str(&format!(", up to {MAX_WHOLE}"));
        }
        cx.bad_value(at, path, message, allowed).hint = number.equation().map(outside_the_domain);
    }
    if cx.errors() > faults {
        return number.stand_in();
    }
    cx.numbers.push(NumberUse {
        path: path.to_owned(),
        value,
        number: number.clone(),
        origin: Some(node.origin),
        pedigree,
    });
    value
}

/// What is said of a number outside an equation's domain.
pub(super) fn outside_the_domain(equation: &str) -> String {
    format!("the equation `{equation}` is defined there alone: see MODEL.md")
}

/// A value that only names its unit has no pedigree.
fn says_why(pedigree: &Pedigree) -> Option<Pedigree> {
    (!pedigree.text.is_empty()).then(|| pedigree.clone())
}

fn unit_factor(cx: &mut Context, node: &Node, path: &str, number: &Number) -> Option<f64> {
    let unit_node = node.get("unit");
    let Some(unit) = unit_node.and_then(Node::text) else {
        return Some(1.0);
    };
    let factor = cx.units.factor(unit, number.unit());
    if let (None, Some(unit_node)) = (factor, unit_node) {
        let message = format!("the unit `{unit}` does not convert into `{}`", number.unit());
        let allowed = format!(
            "`{}`, or a unit that [money] or the built-in scales convert into it",
            number.unit()
        );
        cx.bad_value(unit_node, path, message, allowed);
    }
    factor
}

/// Reads `{ value, unit, low, high, was, source | derived | assumption }`; `None` where there is no value.
fn read_pedigree<'n>(cx: &mut Context, node: &'n Node, path: &str, number: &Number) -> Option<(Pedigree, &'n Node)> {
    let faults = cx.errors();
    for entry in node.entries().unwrap_or(&[]) {
        if !PEDIGREE_KEYS.contains(&entry.key.as_str()) {
            let near = nearest(&entry.key, PEDIGREE_KEYS).map(|near| format!("did you mean `{near}`?"));
            let fault = cx.fault(entry.key_origin, path, format!("a number has no key `{}`", entry.key));
            fault.allowed = Some(list_words(PEDIGREE_KEYS.into_iter()));
            fault.hint = near;
        }
    }
    let Some(value_node) = node.get("value") else {
        let fault = cx.fault(node.origin, path, "a number with a pedigree needs a `value`");
        fault.allowed = Some(number.allowed());
        fault.hint = Some("{ value = 6000, low = 3000, high = 12000, source = \"P054\" }".to_owned());
        return None;
    };
    let value = plain(cx, value_node, path, number)?;
    let low = optional_plain(cx, node, "low", path, number);
    let high = optional_plain(cx, node, "high", path, number);
    let unit = text(cx, node, "unit", path);
    let was = text(cx, node, "was", path);
    let kinds = [PedigreeKind::Source, PedigreeKind::Derived, PedigreeKind::Assumption];
    let grounds: Vec<(PedigreeKind, String, Origin)> = kinds
        .into_iter()
        .filter_map(|kind| {
            let origin = node.get(kind.name())?.origin;
            Some((kind, text(cx, node, kind.name(), path)?, origin))
        })
        .collect();
    let allowed = "exactly one of `source`, `derived` and `assumption`";
    let (kind, ground) = match (grounds.as_slice(), &was) {
        ([(kind, ground, origin)], _) => {
            check_ground(cx, node, path, *kind, ground, *origin);
            (*kind, ground.clone())
        }
        ([], Some(was)) => (PedigreeKind::Set, was.clone()),
        ([], None) if cx.errors() > faults => return None,
        // A sum may name its unit and nothing else.
        ([], None) if unit.is_some() && low.is_none() && high.is_none() => (PedigreeKind::Set, String::new()),
        ([], None) => {
            let fault = cx.fault(node.origin, path, "this number does not say where it comes from");
            fault.allowed = Some(allowed.to_owned());
            fault.hint = Some("a number without a pedigree stands alone, without a table".to_owned());
            return None;
        }
        ([_, (_, _, origin), ..], _) => {
            let origin = *origin;
            cx.fault(origin, path, "this number has two grounds").allowed = Some(allowed.to_owned());
            return None;
        }
    };
    let inside = low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high);
    if !inside && value.is_finite() {
        cx.bad_value(
            value_node,
            path,
            "the value lies outside its own `low` and `high`",
            bounds(low, high),
        );
    }
    let pedigree = Pedigree {
        path: path.to_owned(),
        value,
        unit: unit.unwrap_or_else(|| number.unit().to_owned()),
        low,
        high,
        kind,
        text: ground,
        was,
        origin: node.origin,
    };
    Some((pedigree, value_node))
}

fn bounds(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => {
            format!("a number from {low} to {high}, with low <= value <= high")
        }
        (Some(low), None) => format!("a number at least {low}"),
        (None, Some(high)) => format!("a number at most {high}"),
        (None, None) => "a number".to_owned(),
    }
}

/// Checks what each kind of ground asks for.
fn check_ground(cx: &mut Context, node: &Node, path: &str, kind: PedigreeKind, ground: &str, origin: Origin) {
    if kind == PedigreeKind::Assumption {
        let words = ground.split_whitespace().count();
        if words < ASSUMPTION_WORDS {
            let fault = cx.fault(origin, path, format!("an assumption in {words} words does not say why"));
            fault.allowed = Some(format!("at least {ASSUMPTION_WORDS} words"));
            fault.hint = Some("say why this value, and what would change it".to_owned());
        }
        for bound in ["low", "high"] {
            if node.get(bound).is_none() {
                let fault = cx.fault(node.origin, path, format!("an assumption needs `{bound}`"));
                fault.allowed = Some("`low` and `high`, with low <= value <= high".to_owned());
                fault.hint = Some("how low and how high could it plausibly be?".to_owned());
            }
        }
    } else if ground.trim().is_empty() {
        let fault = cx.fault(origin, path, format!("`{}` is empty", kind.name()));
        fault.allowed =
            Some("an id of sources.csv such as \"F116\", or a formula such as \"midpoint(F320)\"".to_owned());
    }
}

fn plain(cx: &mut Context, node: &Node, path: &str, number: &Number) -> Option<f64> {
    let value = node.number();
    if value.is_none() {
        cx.wrong_kind(node, path, number.allowed());
    }
    value
}

fn optional_plain(cx: &mut Context, node: &Node, key: &str, path: &str, number: &Number) -> Option<f64> {
    let node = node.get(key)?;
    let value = plain(cx, node, path, number)?;
    if !value.is_finite() {
        cx.bad_value(node, path, "this number is not finite", "a finite number");
        return None;
    }
    Some(value)
}

fn text(cx: &mut Context, node: &Node, key: &str, path: &str) -> Option<String> {
    let node = node.get(key)?;
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        _ => {
            let fault = cx.wrong_kind(node, path, "a string");
            fault.hint = Some(format!("`{key}` stands in quotes"));
            None
        }
    }
}
