//! Checks of levers against the rest of the scenario: what they name, what they wait for, and whether they can be obeyed together.

use super::check::Checker;
use super::document::join;
use super::{Country, Line, NamedLever, Scenario, Vendor};
use crate::calendar::Day;
use crate::lever::{Scoped, Start, Trigger};

/// Homes of vendors are named by country codes that need not be countries of the scenario.
fn homes<'x>(c: &mut Checker, s: &Scenario, path: &str, named: impl Iterator<Item = &'x String>) {
    for home in named {
        c.known(path, home, "vendor's home", s.vendors.iter().map(|v| v.home.as_str()));
    }
}

/// Checks all levers.
pub(super) fn check(c: &mut Checker, s: &Scenario) {
    if let Some(research) = &s.research {
        let named = research.spillover.iter().map(|(home, _)| home);
        homes(c, s, "research.spillover_per_year", named);
    }
    for named in &s.levers {
        if named.lever.needs_research() && named.lever.is_active() && s.research.is_none() {
            c.fault(
                &named.path,
                format!(
                    "`{}` acts on research, which this scenario does not play",
                    named.lever.kind()
                ),
                "a scenario with a [research] section",
                Some("add `[research]`; its keys have defaults".to_owned()),
            );
        }
        if let Some([buyer, target]) = named.lever.takeover().filter(|_| named.lever.is_active()) {
            takeover(c, s, &named.path, buyer, target);
        }
        if let Start::Answers(name) = &named.lever.common().start {
            answers(c, s, named, name);
        }
        comes_too_late(c, s, named);
    }
    what_they_name(c, s);
    obeyable(c, s);
}

/// What levers name: countries, blocs, vendors, components, generations and places.
pub(super) fn what_they_name(c: &mut Checker, s: &Scenario) {
    for named in &s.levers {
        homes(c, s, &named.path, named.lever.homes().iter());
        if let Some(payer) = named.lever.payer() {
            let countries = s.countries.iter().map(|x| x.id.as_str());
            let blocs = s.blocs.iter().map(|x| x.id.as_str());
            let homes = s.vendors.iter().map(|x| x.home.as_str());
            let payers = countries.chain(blocs).chain(homes);
            c.known(&join(&named.path, "payer"), payer, "payer", payers);
        }
        scope(c, s, &named.path, named.lever.scope());
        unread(c, named);
        if let Start::When(trigger) = &named.lever.common().start {
            waits_for(c, s, &join(&named.path, "when"), trigger);
        }
    }
}

/// Warns of a lever of which nothing happens before the scenario ends.
fn comes_too_late(c: &mut Checker, s: &Scenario, named: &NamedLever) {
    let common = named.lever.common();
    let known = common.announced.unwrap_or(common.in_force);
    if named.lever.is_active() && common.start == Start::OnItsDay && known > s.end {
        let key = if common.announced.is_some() {
            "announced"
        } else {
            "in_force"
        };
        c.fault(
            &join(&named.path, key),
            format!(
                "`{}` does nothing: the scenario ends on {}, before it",
                named.name, s.end
            ),
            format!("a day up to {}", s.end),
            Some("bring it forward, or set `scenario.end` later".to_owned()),
        );
        c.last_is_a_warning();
    }
}

/// Refuses a takeover by a vendor that does not sell all that it would have to renew, or not where it would have to.
fn takeover(c: &mut Checker, s: &Scenario, path: &str, buyer: &str, target: &str) {
    let vendor = |id: &str| s.vendors.iter().find(|v| v.id == id);
    let (Some(buyer), Some(target)) = (vendor(buyer), vendor(target)) else {
        return; // told as a name that is not known
    };
    let parts = |v: &Vendor| {
        [
            ("radios", v.ru_cost.is_some()),
            ("basebands", v.bb_cost.is_some()),
            ("cores", v.core_cost.is_some()),
        ]
    };
    for ((part, has), (_, needs)) in parts(buyer).into_iter().zip(parts(target)) {
        if needs && !has {
            c.fault(
                &join(path, "buyer"),
                format!("`{}` sells {part} and `{}` does not", target.id, buyer.id),
                "a buyer that sells every part that the target does",
                Some("give the buyer a unit cost for that part, or let another vendor take over".to_owned()),
            );
        }
    }
    let left = |x: &&Country| sells_in(target, x) && !sells_in(buyer, x);
    if let Some(country) = s.countries.iter().find(left) {
        let more = match s.countries.iter().filter(left).count() {
            1 => String::new(),
            n => format!(" nor in {} other countries", n - 1),
        };
        c.fault(
            &join(path, "buyer"),
            format!(
                "`{}` sells in {} and `{}` does not{more}: nobody would renew what it takes over there",
                target.id, country.id, buyer.id
            ),
            "a buyer that sells wherever the target does",
            Some("widen the buyer's `sells_in`, or let another vendor take over".to_owned()),
        );
    }
}

/// Whether a vendor sells in a country at all.
fn sells_in(v: &Vendor, country: &Country) -> bool {
    let meant = |p: &String| *p == country.id || *p == country.region || country.blocs.contains(p);
    v.sells_in.is_empty() || v.sells_in.iter().any(meant)
}

fn vendor_or_group(c: &mut Checker, s: &Scenario, path: &str, vendor: &str) {
    match vendor.strip_prefix("group:") {
        Some(group) => {
            let groups = s.vendors.iter().flat_map(|v| v.groups.iter().map(String::as_str));
            let groups: Vec<&str> = groups.collect();
            c.known(path, group, "vendor group", groups.iter().copied());
        }
        None => {
            c.known(path, vendor, "vendor", s.vendors.iter().map(|x| x.id.as_str()));
        }
    }
}

fn scope(c: &mut Checker, s: &Scenario, path: &str, scoped: &Scoped) {
    let scope = join(path, "scope");
    let at = |key: &str| join(&scope, key);
    for id in &scoped.countries {
        c.known(
            &at("countries"),
            id,
            "country",
            s.countries.iter().map(|x| x.id.as_str()),
        );
    }
    for id in &scoped.blocs {
        c.known(&at("blocs"), id, "bloc", s.blocs.iter().map(|x| x.id.as_str()));
    }
    for id in &scoped.vendors {
        vendor_or_group(c, s, &at("vendors"), id);
    }
    for id in &scoped.components {
        c.known(&at("components"), id, "component", ["ru", "bb", "core"].into_iter());
    }
    for id in &scoped.generations {
        c.known(
            &at("generations"),
            id,
            "generation",
            s.generations.iter().map(|g| g.id.as_str()),
        );
    }
}

/// Refuses keys of a scope that the lever does not read: they look like a narrower scope and are none.
fn unread(c: &mut Checker, named: &NamedLever) {
    let reads = named.lever.reads();
    let known: Vec<String> = reads.iter().map(|key| format!("`{key}`")).collect();
    let known = match known.split_last() {
        None => "no scope".to_owned(),
        Some((last, [])) => format!("{last} alone of a scope"),
        Some((last, rest)) => format!("{} and {last} alone of a scope", rest.join(", ")),
    };
    for (key, list) in named.lever.scope().lists() {
        if !list.is_empty() && !reads.contains(&key) {
            c.fault(
                &join(&join(&named.path, "scope"), key),
                format!("`{}` as it stands here reads {known}", named.lever.kind()),
                "a scope that narrows what the lever does",
                Some(format!("take `{key}` out: it would change nothing")),
            );
        }
    }
}

fn waits_for(c: &mut Checker, s: &Scenario, path: &str, trigger: &Trigger) {
    let countries = s.countries.iter().map(|x| x.id.as_str());
    let blocs = s.blocs.iter().map(|x| x.id.as_str());
    let places = ["world", "world_ex_china"].into_iter().chain(blocs).chain(countries);
    c.known(&join(path, "place"), &trigger.place, "place", places);
    if trigger.vendor != "all" {
        vendor_or_group(c, s, &join(path, "vendor"), &trigger.vendor);
    }
}

fn answers(c: &mut Checker, s: &Scenario, named: &NamedLever, name: &str) {
    let path = join(&named.path, "answers");
    if name == named.name {
        c.fault(&path, "it answers itself", "the name of another lever", None);
    } else if c.known(&path, name, "lever", s.levers.iter().map(|l| l.name.as_str())) && named.lever.is_active() {
        begins(c, s, named, &path);
    }
}

/// Refuses levers that answer one another in a ring, and warns of one that answers a lever which does nothing.
fn begins(c: &mut Checker, s: &Scenario, named: &NamedLever, path: &str) {
    let mut at = named;
    // A chain longer than all levers runs into a ring of others, which is told there.
    for _ in &s.levers {
        let Start::Answers(name) = &at.lever.common().start else {
            return;
        };
        let Some(next) = s.levers.iter().find(|l| l.name == *name) else {
            return;
        };
        if next.name == named.name {
            c.fault(
                path,
                format!(
                    "`{}` and what it answers wait for one another: none ever begins",
                    named.name
                ),
                "a lever that begins on a day or when a measure passes a bound",
                None,
            );
            return;
        }
        if !next.lever.is_active() {
            c.fault(
                path,
                format!("`{}` does nothing, so that `{}` never begins", next.name, named.name),
                "the name of a lever with a `strength` above 0 that is enabled",
                None,
            );
            c.last_is_a_warning();
            return;
        }
        at = next;
    }
}

/// What is asked of a buyer on a day: by whom it may not buy, and whether that must be open.
struct Asked<'a> {
    s: &'a Scenario,
    day: Day,
}

fn is_standing(named: &NamedLever, day: Day) -> bool {
    let common = named.lever.common();
    named.lever.is_active()
        && common.strength >= 1.0
        && common.start == Start::OnItsDay
        && common.in_force <= day
        && common.end.is_none_or(|end| day < end)
}

fn is_concerned(scoped: &Scoped, country: &Country) -> bool {
    (scoped.countries.is_empty() && scoped.blocs.is_empty())
        || scoped.countries.contains(&country.id)
        || scoped
            .blocs
            .iter()
            .any(|b| *b == country.region || country.blocs.contains(b))
}

fn names(scoped: &Scoped, vendor: &Vendor) -> bool {
    let named = |x: &String| {
        *x == vendor.id
            || x.strip_prefix("group:")
                .is_some_and(|g| vendor.groups.iter().any(|y| y == g))
    };
    scoped.vendors.is_empty() || scoped.vendors.iter().any(named)
}

fn covers(scoped: &Scoped, generation: &str, component: &str) -> bool {
    (scoped.generations.is_empty() || scoped.generations.iter().any(|g| g == generation))
        && (scoped.components.is_empty() || scoped.components.iter().any(|c| c == component))
}

impl Asked<'_> {
    /// Vendors that sell a component of a generation in a country, open if asked: how many there are, and how many of them are not banned.
    fn sellers(&self, country: &Country, generation: &str, component: &str, open: bool) -> (usize, usize) {
        let sells = |v: &&Vendor| {
            let part = match component {
                "ru" => v.ru_cost.is_some(),
                _ => v.bb_cost.is_some(),
            };
            sells_in(v, country)
                && part
                && v.generations.iter().any(|g| g == generation)
                && (!open || v.line != Line::Closed || v.opens.is_some())
        };
        let is_banned = |v: &Vendor| {
            self.s.levers.iter().any(|l| {
                let scoped = l.lever.scope();
                l.lever.stops_purchases()
                    && is_standing(l, self.day)
                    && is_concerned(scoped, country)
                    && covers(scoped, generation, component)
                    && names(scoped, v)
            })
        };
        let all: Vec<&Vendor> = self.s.vendors.iter().filter(sells).collect();
        (all.len(), all.iter().filter(|v| !is_banned(v)).count())
    }
}

/// Refuses mandates of open stacks whose sellers are all banned, and warns where nobody at all may sell.
fn obeyable(c: &mut Checker, s: &Scenario) {
    // The set of rules changes for the worse only on days on which a lever comes into force.
    let rules = |l: &&NamedLever| l.lever.stops_purchases() || l.lever.demands_open();
    for named in s.levers.iter().filter(rules) {
        let day = named.lever.common().in_force;
        if !is_standing(named, day) {
            continue;
        }
        let asked = Asked { s, day };
        let mut closed_to_all: Vec<String> = Vec::new();
        for country in &s.countries {
            for generation in &s.generations {
                for (component, word) in [("ru", "radios"), ("bb", "basebands")] {
                    let (any, lawful) = asked.sellers(country, &generation.id, component, false);
                    if any > 0 && lawful == 0 {
                        closed_to_all.push(format!("{} {word} in {}", generation.id, country.id));
                        continue;
                    }
                    let mandate = s.levers.iter().find(|l| {
                        l.lever.demands_open()
                            && is_standing(l, day)
                            && is_concerned(l.lever.scope(), country)
                            && covers(l.lever.scope(), &generation.id, component)
                    });
                    let (open, lawful) = asked.sellers(country, &generation.id, component, true);
                    if mandate.is_some() && open == 0 && any > 0 {
                        closed_to_all.push(format!("open {} {word} in {}", generation.id, country.id));
                    } else if let Some(mandate) = mandate.filter(|_| open > 0 && lawful == 0) {
                        c.fault(
                            &mandate.path,
                            format!(
                                "from {day} on all who sell open {} {word} in {} are banned, and nothing else may be bought",
                                generation.id, country.id
                            ),
                            "a mandate that somebody may lawfully meet",
                            Some("narrow the scope of the ban or of the mandate, or ask for a `target` or a `preference`".to_owned()),
                        );
                        return;
                    }
                }
            }
        }
        if let Some(first) = closed_to_all.first() {
            let more = match closed_to_all.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            c.fault(
                &named.path,
                format!("from {day} on there is nobody who may sell {first}{more}, and nothing else may be bought"),
                "somebody who may sell",
                Some(
                    "kit that stands will run on, past a deadline as a recorded relaxation that counts as late; what is not built yet will wait"
                        .to_owned(),
                ),
            );
            c.last_is_a_warning();
        }
    }
}
