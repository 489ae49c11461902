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
        for vendor in &scenario.vendors {
            add(&mut spec.vendors, &vendor.id, &vendor.name);
            has_group |= vendor.groups.iter().any(|group| group == GROUP);
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

fn add(list: &mut Vec<(String, String)>, id: &str, name: &str) {
    if !list.iter().any(|(known, _)| known == id) {
        list.push((id.to_owned(), name.to_owned()));
    }
}
