//! How figures call what tables know by id.

use sim_core::scenario::Scenario;

use crate::figures::Spec;

/// Titles of the worlds, names of sellers, groups and regions of all scenarios, each id once, the base first.
pub(super) fn spec<'a>(scenarios: impl Iterator<Item = &'a Scenario>) -> Spec {
    let mut spec = Spec::default();
    let mut groups: Vec<(String, String)> = Vec::new();
    for scenario in scenarios {
        let title = if scenario.title.is_empty() {
            &scenario.id
        } else {
            &scenario.title
        };
        add(&mut spec.worlds, &scenario.id, title);
        for vendor in &scenario.vendors {
            add(&mut spec.vendors, &vendor.id, &vendor.name);
            for group in &vendor.groups {
                add(&mut groups, &format!("group:{group}"), &group_name(group));
            }
        }
        for bloc in scenario.blocs.iter().filter(|bloc| bloc.region) {
            add(&mut spec.regions, &bloc.id, &bloc.title);
        }
    }
    spec.vendors.extend(groups);
    spec
}

fn add(list: &mut Vec<(String, String)>, id: &str, name: &str) {
    if !list.iter().any(|(known, _)| known == id) {
        list.push((id.to_owned(), name.to_owned()));
    }
}

/// `untrusted` is `Untrusted sellers`.
fn group_name(group: &str) -> String {
    let mut letters = group.chars();
    let first = letters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{} sellers", letters.as_str())
}
