//! The log of who assumed what.

use std::fmt::Write as _;

use sim_core::scenario::Scenario;
use sim_core::scenario::document::{Decoded, Pedigree, PedigreeKind, spell};

use super::super::files::Loaded;
use super::{KINDS, kind_word};

/// Every number with a ground, one a line between tabs; then counts by kind and the part of the site weight that
/// rests on each.
pub(super) fn log(world: &Loaded, decoded: &Decoded<Scenario>) -> String {
    let mut text = String::from("  path\tvalue\tlow\thigh\tunit\tkind\tground\twhere\n");
    for pedigree in decoded.pedigrees() {
        text += &line(world, pedigree);
    }
    let alone = decoded
        .numbers
        .iter()
        .filter(|n| n.pedigree.is_none() && n.origin.is_some())
        .count();
    let default = decoded.numbers.iter().filter(|n| n.origin.is_none()).count();
    let counts: Vec<String> = (KINDS.iter())
        .map(|kind| {
            let n = decoded.pedigrees().filter(|p| p.kind == *kind).count();
            format!("{n} {}", kind_word(*kind))
        })
        .collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  by kind: {}, {alone} without a word, {default} at their defaults",
        counts.join(", ")
    );
    text + &site_weight(decoded)
}

fn line(world: &Loaded, p: &Pedigree) -> String {
    let number = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
    let (file, position, _) = world.document.files().locate(p.origin);
    let ground: String = p.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!(
        "  {}\t{}\t{}\t{}\t{}\t{}\t{ground}\t{file}:{}\n",
        p.path,
        p.value,
        number(p.low),
        number(p.high),
        p.unit,
        p.kind.name(),
        position.line,
    )
}

/// How much of all operators' sites rests on which kind of ground.
fn site_weight(decoded: &Decoded<Scenario>) -> String {
    let ground = |operator: &str| -> Option<PedigreeKind> {
        let path = spell(&["operator", operator, "sites"].map(str::to_owned));
        decoded.pedigrees().find(|p| p.path == path).map(|p| p.kind)
    };
    let operators = &decoded.value.operators;
    let all: f64 = operators.iter().map(|o| o.sites).sum();
    if all <= 0.0 {
        return "  no operator has sites at the start\n".to_owned();
    }
    let grounds: Vec<(f64, Option<PedigreeKind>)> = operators.iter().map(|o| (o.sites, ground(&o.id))).collect();
    let share = |kind: Option<PedigreeKind>| -> f64 {
        let sites: f64 = grounds.iter().filter(|(_, k)| *k == kind).map(|(sites, _)| sites).sum();
        100.0 * sites / all
    };
    let words: Vec<String> = (KINDS.iter())
        .map(|kind| format!("{:.1}% {}", share(Some(*kind)) + 0.0, kind_word(*kind)))
        .collect();
    format!(
        "  site weight ({all:.0} sites): {}, {:.1}% without a word\n",
        words.join(", "),
        share(None)
    )
}
