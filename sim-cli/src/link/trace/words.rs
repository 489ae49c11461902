//! A trace for a reader.

use std::fmt::Write as _;

use sim_core::calendar::Day;
use sim_core::market::alternatives::{Alternative, Kind};
use sim_core::market::switching::BROUGHT_FORWARD;
use sim_core::market::tender::Outcome;
use sim_core::run::TenderReport;
use sim_core::run::observe::FLOWS;
use sim_core::world::{BB, NO_VENDOR, RU, Stack, VendorIx, World};

use super::anatomy::{Anatomy, CONTINUATION, Comparison, LATER, Why, part_names};

/// Names of nests for a reader, in the order of their indices.
pub(super) const NEST_NAMES: [&str; 4] = ["closed", "open from one seller", "open from two sellers", "keep"];

/// Id of a vendor; empty where there is none.
pub(super) fn vendor(world: &World, v: VendorIx) -> &str {
    if v == NO_VENDOR {
        return "";
    }
    world.vendors.get(usize::from(v)).map_or("", |info| info.id.as_str())
}

/// The sellers of a stack: `nokia`, or `mavenir+nokia` for radio and baseband.
pub(super) fn sellers(world: &World, seller: [VendorIx; 2]) -> String {
    let [ru, bb] = seller.map(|v| vendor(world, v));
    if ru == bb || ru.is_empty() {
        bb.to_owned()
    } else {
        format!("{ru}+{bb}")
    }
}

/// An alternative in a few words, one for each alternative of a tender.
pub(super) fn label(world: &World, a: &Alternative) -> String {
    let [ru, bb] = a.seller.map(|v| vendor(world, v));
    let who = sellers(world, a.seller);
    match a.kind {
        Kind::Keep => format!("keep {who}"),
        Kind::PartialRu => format!("{ru} radio to {bb} baseband"),
        Kind::PartialBb => format!("{bb} baseband to {ru} radio"),
        Kind::Closed if a.seller[RU] == NO_VENDOR => format!("{who} core"),
        kind => format!("{who} {}", kind.name().replace('_', "-")),
    }
}

/// Kit that stands, in a few words.
pub(super) fn kit(world: &World, stack: &Stack) -> String {
    let open = if stack.is_open() { " open" } else { "" };
    let since = stack.installed[BB];
    format!("{}{open} of {since}", sellers(world, stack.seller))
}

/// Money to the dollar with groups of three digits.
pub(super) fn money(x: f64) -> String {
    if !x.is_finite() {
        return "-".to_owned();
    }
    let digits = format!("{:.0}", x.abs());
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    if x < 0.0 && digits != "0" {
        format!("-{text}")
    } else {
        text
    }
}

/// One line of an event other than a tender.
pub(super) fn event(day: Day, kind: &str, words: &str) -> String {
    format!("{day}  {kind:<8}  {words}\n")
}

/// A tender with all its alternatives.
pub(super) fn tender(world: &World, report: &TenderReport, anatomy: &Anatomy) -> String {
    let slot = &world.slots[report.slot];
    let country = &world.countries[slot.country].id;
    let old = report.old.as_ref().map_or_else(
        || "nothing stands".to_owned(),
        |stack| format!("stands: {}", kit(world, stack)),
    );
    let words = format!(
        "{} ({}, {country}, {} sites; {old})",
        report.id,
        report.kind.replace('_', "-"),
        money(slot.sites)
    );
    let mut text = event(report.day, "tender", &words);
    let width = report
        .alternatives
        .iter()
        .map(|a| label(world, a).len())
        .max()
        .unwrap_or(0);
    for w in &anatomy.weighed {
        let a = &report.alternatives[w.index];
        let i = w.index;
        if w.total == f64::NEG_INFINITY {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "    {:width$}  does not stand: another variant of the same sellers is worth more",
                label(world, a)
            );
            continue;
        }
        let _ = writeln!(
            text,
            "    {:width$}  total {}; net {}; luck {} own, {} nest; price {} (list {}), probability {:.4}",
            label(world, a),
            money(w.total),
            money(w.net),
            money(w.shocks.0),
            money(w.shocks.1),
            money(report.prices[i]),
            money(report.list_prices[i]),
            report.probabilities[i],
        );
        let items: Vec<String> = (part_names().iter().zip(&w.parts))
            .filter(|(_, x)| x.abs() >= 0.5)
            .map(|(name, x)| format!("{name} {}", money(*x)))
            .collect();
        let what = if a.kind == Kind::Keep {
            "the kit for a time, then the best purchase at list price: "
        } else {
            ""
        };
        let _ = write!(text, "    {:width$}    {what}{}", "", items.join(", "));
        let forward = report.bills[i][BROUGHT_FORWARD];
        if forward >= 0.5 {
            let _ = write!(text, "; in price and continuation: brought_forward {}", money(forward));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "    {}", verdict(world, report, anatomy));
    text
}

/// Who won and why, in a sentence or two.
pub(super) fn verdict(world: &World, report: &TenderReport, anatomy: &Anatomy) -> String {
    let late = if report.months_late > 0.05 {
        format!(" It will stand {:.1} months late.", report.months_late)
    } else {
        String::new()
    };
    let name = |place: usize| label(world, &report.alternatives[anatomy.weighed[place].index]);
    match (&anatomy.why, report.outcome) {
        (Some(why), _) => {
            let mut text = format!(
                "{} won over {} by {} USD a site: {}.{}",
                name(why.winner),
                name(why.runner_up),
                money(why.margin),
                reasons(why),
                compared(anatomy, why),
            );
            if let Some((place, margin)) = why.without_luck {
                let of = if anatomy.weighed[place].nest == anatomy.weighed[why.winner].nest {
                    "of value net of price"
                } else {
                    "of its nest's inclusive value"
                };
                let _ = write!(
                    text,
                    " Luck decided: without it {} would have won by {} USD a site {of}.",
                    name(place),
                    money(margin)
                );
            }
            text + &late
        }
        (None, Outcome::Award(a)) => format!(
            "{} won: nothing else may be bought or kept.{late}",
            label(world, &report.alternatives[a])
        ),
        (None, Outcome::Keep) => "The kit runs on: nothing may be bought.".to_owned(),
        (None, Outcome::Relaxed) => {
            "The kit runs on against the rules, which is recorded as a relaxation: nothing may be bought or kept."
                .to_owned()
        }
    }
}

/// The two largest differences in words: `price 4,100 lower, taste 1,250 higher`.
pub(super) fn reasons(why: &Why) -> String {
    let words = why.differences.iter().filter(|(_, x)| x.abs() >= 0.5).map(|(part, x)| {
        // Quality, taste, finance and what comes after are gains; all else is a cost, of which less is better.
        let gain =
            *part == CONTINUATION || *part < FLOWS.len() && matches!(FLOWS[*part], "quality" | "taste" | "finance");
        let higher = (*x > 0.0) == gain;
        let name = match *part {
            LATER => "upkeep and later renewal",
            part => part_names()[part],
        };
        format!(
            "{} {} {}",
            name.replace('_', " "),
            money(x.abs()),
            if higher { "higher" } else { "lower" }
        )
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        "by luck alone, they are worth the same".to_owned()
    } else {
        words.join(", ")
    }
}

/// What the closest comparison was between.
fn compared(anatomy: &Anatomy, why: &Why) -> String {
    let nest = |place: usize| NEST_NAMES.get(anatomy.weighed[place].nest).copied().unwrap_or_default();
    match why.comparison {
        Comparison::Within => format!(
            " Both are in the nest `{}`, where value net of price and own luck decide.",
            nest(why.winner)
        ),
        Comparison::Between { winner, runner_up } => format!(
            " The nests decided: `{}` has the inclusive value {}, `{}` {}, before luck.",
            nest(why.winner),
            money(winner),
            nest(why.runner_up),
            money(runner_up),
        ),
    }
}
