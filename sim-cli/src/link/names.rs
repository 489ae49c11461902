//! How figures call what tables know by id.

use sim_core::scenario::Scenario;

use crate::figures::Spec;

/// The group that figures show beside the sellers: other groups overlap with it.
const GROUP: &str = "untrusted";

/// Titles of the worlds, names of sellers, of group `untrusted` and of regions of all scenarios, each id once, the base
/// first.
pub(super) fn spec<'a>(scenarios: impl Iterator<Item = &'a Scenario>) -> Spec {
    let mut spec = Spec::default();
    let mut has_group = false;
    for scenario in scenarios {
        let title = if scenario.title.is_empty() {
            &scenario.id
        } else {
            &scenario.title
        };
        add(&mut spec.worlds, &scenario.id, title);
        (spec.discount_rate).get_or_insert(scenario.market.social_discount_rate);
        for vendor in &scenario.vendors {
            add(&mut spec.vendors, &vendor.id, &vendor.name);
            has_group |= vendor.groups.iter().any(|group| group == GROUP);
        }
        for (unit, rate) in &scenario.money.rates {
            if !spec.rates.iter().any(|(known, _)| known == unit) {
                spec.rates.push((unit.clone(), *rate));
            }
        }
        for bloc in scenario.blocs.iter().filter(|bloc| bloc.region) {
            add(&mut spec.regions, &bloc.id, &bloc.title);
        }
    }
    if has_group {
        add(&mut spec.vendors, &format!("group:{GROUP}"), "Untrusted sellers");
    }
    spec
}

/// Radio sites at the start by bloc and country.
pub(super) fn sites(scenario: &Scenario) -> Vec<(String, f64)> {
    let within = |holds: &dyn Fn(&str) -> bool| -> f64 {
        let operators = scenario.operators.iter().filter(|o| holds(&o.country));
        operators.map(|o| o.sites).sum()
    };
    let blocs = scenario.blocs.iter().map(|bloc| {
        let members = |country: &str| {
            let mut countries = scenario.countries.iter();
            countries.any(|c| c.id == country && (c.region == bloc.id || c.blocs.contains(&bloc.id)))
        };
        (bloc.id.clone(), within(&members))
    });
    let countries = (scenario.countries.iter()).map(|c| (c.id.clone(), within(&|country: &str| country == c.id)));
    blocs.chain(countries).collect()
}

fn add(list: &mut Vec<(String, String)>, id: &str, name: &str) {
    if !list.iter().any(|(known, _)| known == id) {
        list.push((id.to_owned(), name.to_owned()));
    }
}
