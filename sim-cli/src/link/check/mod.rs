//! `oransim check`: is a scenario valid, is it what its sources say, and who assumed what.

mod assumptions;
mod evidence;
mod installed;
mod money;

use std::fmt::Write as _;
use std::path::Path;

use sim_core::scenario::document::{FORMAT, PedigreeKind};

use super::files::{self, Loaded, add_new, text_of, warnings_of};
use crate::exit::Result;
use crate::model::{Checked, WorldRequest};

/// Checks all scenarios of a request, going on after faults.
///
/// # Errors
/// None now: what is wrong with a scenario stands in the result.
pub(super) fn check(request: &WorldRequest, assumptions: bool, upgrade: bool) -> Result<Checked> {
    let read = files::read_all(request);
    let mut checked = Checked {
        report: String::new(),
        warnings: read.warnings,
        errors: read.faults,
    };
    if upgrade {
        // Reading has refused what is newer, and nothing is older than the first format.
        checked.report +=
            &format!("format {FORMAT} is the only one there is: no file needs an upgrade, none was changed\n");
    }
    add_new(&mut checked.warnings, files::named_twice(&read.worlds));
    // What each country has installed is many lines: they are of use where one file is looked at.
    let with_mixes = request.scenarios.len() == 1;
    for (i, world) in read.worlds.iter().enumerate() {
        if i > 0 || upgrade {
            checked.report.push('\n');
        }
        check_one(world, assumptions, with_mixes, &mut checked);
    }
    Ok(checked)
}

fn check_one(world: &Loaded, assumptions: bool, with_mixes: bool, checked: &mut Checked) {
    let name = world.file();
    let decoded = match world.decode() {
        Ok(decoded) => decoded,
        Err(faults) => {
            add_new(&mut checked.errors, [text_of(&faults)]);
            checked.report += &format!("{name}: invalid\n");
            return;
        }
    };
    add_new(&mut checked.warnings, warnings_of(&decoded.warnings));
    add_new(&mut checked.warnings, other_name(name, &decoded.value.id));
    let errors_before = checked.errors.len();
    let evidence = evidence::check(world, &decoded);
    let installed = installed::check(world, &decoded, evidence.sources.as_ref());
    add_new(&mut checked.errors, evidence.errors);
    add_new(&mut checked.errors, installed.errors);
    let scenario = &decoded.value;
    let report = &mut checked.report;
    // Writing to a string cannot fail.
    let _ = writeln!(
        report,
        "{name}: scenario `{}`, {} to {}",
        scenario.id, scenario.start, scenario.end
    );
    let _ = writeln!(
        report,
        "  {} countries, {} operators, {} vendors, {} levers, {} uncertainties; {} numbers, {} of them at their defaults",
        scenario.countries.len(),
        scenario.operators.len(),
        scenario.vendors.len(),
        scenario.levers.len(),
        scenario.uncertainties.len(),
        decoded.numbers.len(),
        decoded.numbers.iter().filter(|n| n.origin.is_none()).count(),
    );
    if let Some(posterior) = &scenario.posterior {
        let _ = writeln!(
            report,
            "  posterior {}: {} joint draws of {} numbers",
            posterior.file,
            posterior.rows.len(),
            posterior.paths.len()
        );
    }
    let _ = writeln!(report, "  {}", evidence.summary);
    if with_mixes {
        report.push_str(&installed.report);
    }
    if assumptions {
        report.push_str(&assumptions::log(world, &decoded));
        report.push_str(&money::at_par(&decoded, evidence.sources.as_ref()));
    }
    let found = checked.errors.len() - errors_before;
    let _ = match found {
        0 => writeln!(report, "  valid"),
        _ => writeln!(report, "  invalid: see the errors"),
    };
}

/// That the id of a scenario is not the name of its file, where it is not: a copy whose id was left.
fn other_name(file: &str, id: &str) -> Option<String> {
    let stem = Path::new(file).file_stem()?.to_str()?;
    (stem != id).then(|| {
        format!(
            "{file}: its id is `{id}`, not the name of its file: tables and `compare` call it by its id; \
             set `id = \"{stem}\"` in [scenario] if it is a copy"
        )
    })
}

/// How many numbers of a kind of ground, in words for a reader.
fn kind_word(kind: PedigreeKind) -> &'static str {
    match kind {
        PedigreeKind::Source => "sourced",
        PedigreeKind::Derived => "derived",
        PedigreeKind::Assumption => "assumed",
        PedigreeKind::Set => "set on the command line",
    }
}

/// The kinds in the order of reports.
const KINDS: [PedigreeKind; 4] = [
    PedigreeKind::Source,
    PedigreeKind::Derived,
    PedigreeKind::Assumption,
    PedigreeKind::Set,
];
