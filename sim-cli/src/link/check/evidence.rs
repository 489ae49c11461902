//! Whether the numbers of a scenario are what `sources.csv` says.

use std::path::Path;

use sim_core::scenario::document::{Decoded, PedigreeKind, Sources, check_pedigree};
use sim_core::scenario::{Scenario, units};

use super::super::files::{Loaded, text_of};
use super::{KINDS, kind_word};

/// What was found.
pub(super) struct Evidence {
    /// The table of sources, where one stands beside the scenario or what it extends.
    pub sources: Option<Sources>,
    /// One line: how many numbers rest on what.
    pub summary: String,
    /// Numbers that are not what they cite.
    pub errors: Vec<String>,
}

/// Compares every number with what it cites.
pub(super) fn check(world: &Loaded, decoded: &Decoded<Scenario>) -> Evidence {
    let count = |kind: PedigreeKind| decoded.pedigrees().filter(|p| p.kind == kind).count();
    let words: Vec<String> = (KINDS.iter())
        .map(|kind| (count(*kind), kind_word(*kind)))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let cited = count(PedigreeKind::Source) + count(PedigreeKind::Derived);
    let mut errors = Vec::new();
    let mut against = String::new();
    let sources = match find(world) {
        Some(path) => match read(&path) {
            Ok(sources) => {
                let faults = check_pedigree(&world.document, decoded, &sources, &units(&world.document));
                if !faults.is_empty() {
                    errors.push(text_of(&faults));
                }
                against = format!("; compared with {path}");
                Some(sources)
            }
            Err(fault) => {
                errors.push(fault);
                None
            }
        },
        None => {
            if cited > 0 {
                errors.push(format!(
                    "{}: {cited} numbers cite sources, and no sources.csv stands beside it or beside what it extends",
                    world.files.first().map_or("", String::as_str)
                ));
            }
            None
        }
    };
    let summary = if words.is_empty() {
        "no number says where it comes from".to_owned()
    } else {
        format!("pedigrees: {}{against}", words.join(", "))
    };
    Evidence {
        sources,
        summary,
        errors,
    }
}

/// `sources.csv` beside the scenario, or beside the nearest scenario that it extends and that has one.
fn find(world: &Loaded) -> Option<String> {
    world.files.iter().find_map(|file| {
        let path = match file.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/sources.csv"),
            None => "sources.csv".to_owned(),
        };
        Path::new(&path).is_file().then_some(path)
    })
}

fn read(path: &str) -> Result<Sources, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    Sources::parse(path, &text).map_err(|faults| text_of(&faults))
}
