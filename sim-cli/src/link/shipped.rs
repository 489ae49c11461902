//! What the binary carries: scenarios, sources and schema, for `oransim init` and `oransim new`.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use sim_core::scenario::Scenario;
use sim_core::scenario::document::nearest;

use super::files::{self, refused};
use crate::exit::{Context as _, Failure, Result};
use crate::model::ShippedFile;
use crate::store::layout::safe_name;

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("scenarios/", $name), include_str!(concat!("../../../scenarios/", $name)))),*]
    };
}

/// Every file of `scenarios/`.
pub(super) const FILES: &[ShippedFile] = shipped![
    "README.md",
    "all-three.toml",
    "backfill.toml",
    "calibration-2019.toml",
    "coalition-holds.toml",
    "deep-uncertainty.toml",
    "early-6g.toml",
    "early-removal.toml",
    "eu-ban-answered.toml",
    "eu-ban.toml",
    "eu-open-mandate.toml",
    "europe-base.toml",
    "europe-early-contested.toml",
    "europe-early.toml",
    "europe-refresh-contested.toml",
    "europe-refresh.toml",
    "hindcast-2019-fit1.toml",
    "hindcast-2019-fit2.toml",
    "hindcast-2019.toml",
    "levers/adoption_fund.toml",
    "levers/alliance.toml",
    "levers/capital_restriction.toml",
    "levers/coalition_pressure.toml",
    "levers/component_cutoff.toml",
    "levers/counter_lobbying.toml",
    "levers/early_generation.toml",
    "levers/equity.toml",
    "levers/export_credit.toml",
    "levers/home_protection.toml",
    "levers/incident.toml",
    "levers/investment_screening.toml",
    "levers/licence_condition.toml",
    "levers/lobbying.toml",
    "levers/merger.toml",
    "levers/norms.toml",
    "levers/open_mandate.toml",
    "levers/procurement_ban.toml",
    "levers/reimbursement.toml",
    "levers/research_base.toml",
    "levers/research_fund.toml",
    "levers/retaliation.toml",
    "levers/royalties.toml",
    "levers/share_cap.toml",
    "levers/state_subsidy.toml",
    "levers/subsidy_bar.toml",
    "levers/talent_restriction.toml",
    "levers/testbed.toml",
    "levers/untrusted_members.toml",
    "levers/virtualisation_support.toml",
    "minimal.toml",
    "observed/forecasts/abi-2024.csv",
    "observed/forecasts/delloro-2021-02.csv",
    "observed/forecasts/delloro-2022-02.csv",
    "observed/forecasts/delloro-2023-01.csv",
    "observed/forecasts/delloro-2024-02.csv",
    "observed/forecasts/delloro-2024-08.csv",
    "observed/forecasts/delloro-2025.csv",
    "observed/forecasts/delloro-before-2023-07.csv",
    "observed/forecasts/omdia-2020-12.csv",
    "observed/forecasts/rethink-2020-10.csv",
    "observed/forecasts/strand-2021.csv",
    "observed/open-ran-bounds.csv",
    "observed/open-ran-sales-delloro.csv",
    "observed/ran-sales-delloro-2021.csv",
    "observed/ran-sales-delloro.csv",
    "observed/ran-sales-lightcounting.csv",
    "open-mandate.toml",
    "posterior/fit-1.csv",
    "posterior/fit-2.csv",
    "put-the-fix-in.toml",
    "removal-at-refresh.toml",
    "run-faster.toml",
    "scenario.schema.json",
    "sources.csv",
    "targets/fit-1.csv",
    "targets/fit-2.csv",
    "theory/dual-sourcing.toml",
    "theory/entrant.toml",
    "theory/feared-loss.toml",
    "theory/line-that-opens.toml",
    "theory/no-switching-cost.toml",
    "theory/reference-market.toml",
    "theory/seller-that-leaves.toml",
    "theory/static-duopoly.toml",
    "theory/static-triopoly.toml",
    "theory/taste-without-cost.toml",
    "theory/unequal-costs.toml",
    "trip.toml",
    "uk-barred.toml",
    "uk-base.toml",
    "uk-cap.toml",
    "uk-purchase-ban.toml",
    "uk-removal.toml",
    "world-2020.toml",
];

/// Ids of the scenarios among [`FILES`]: ids are file names.
fn shipped_ids() -> impl Iterator<Item = &'static str> {
    (FILES.iter()).filter_map(|(name, _)| name.rsplit('/').next()?.strip_suffix(".toml"))
}

/// The text of a new scenario in `file` that extends the scenario `from`: it changes nothing yet, and shows in
/// comments how to.
///
/// # Errors
/// Where `file` cannot name a scenario, there is no scenario `from`, or that one is invalid.
pub(super) fn child(file: &Path, from: &str) -> Result<String> {
    let id = new_id(file, from)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let parent = find(folder, from)?;
    let loaded = files::load(&parent)?;
    let scenario = loaded.decode().map_err(|faults| refused(&faults))?.value;
    if scenario.id != from {
        return Err(Failure::Refused(format!(
            "{} holds the scenario `{}`, not `{from}`",
            parent.display(),
            scenario.id
        )));
    }
    let extends = relative(folder, &parent)?;
    let schema = parent.with_file_name("scenario.schema.json");
    let mut text = String::new();
    if schema.is_file() {
        let schema = relative(folder, &schema)?;
        let here = if schema.contains('/') { "" } else { "./" };
        text += &format!("#:schema {here}{schema}\n");
    }
    write_child(&mut text, &id, &extends, &scenario);
    Ok(text)
}

/// The id of a new scenario: the name of its file.
fn new_id(file: &Path, from: &str) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let refuse = |why: &str| Err(Failure::Refused(format!("{}: {why}", file.display())));
    if file.extension().is_none_or(|ending| ending != "toml") {
        return refuse("a scenario file ends in .toml");
    }
    if !safe_name(stem) || stem.len() > 64 {
        return refuse(
            "the id of a scenario is the name of its file: use only a-z 0-9 . _ -, beginning with a letter or digit",
        );
    }
    if stem == from {
        return refuse("it would have the id of the scenario that it extends: choose another name");
    }
    Ok(stem.to_owned())
}

/// The file of a scenario: beside the new one, in `scenarios/` beside it, or in `scenarios/` here.
fn find(folder: &Path, from: &str) -> Result<PathBuf> {
    let folders = [
        folder.to_owned(),
        folder.join("scenarios"),
        folder.join("../scenarios"),
        PathBuf::from("scenarios"),
    ];
    let name = format!("{from}.toml");
    if let Some(found) = folders.iter().map(|f| f.join(&name)).find(|path| path.is_file()) {
        return Ok(found);
    }
    let mut known: Vec<String> = Vec::new();
    for folder in &folders {
        let entries = std::fs::read_dir(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        });
        for path in entries.into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == "toml") {
                known.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
            }
        }
    }
    known.sort();
    known.dedup();
    let hint = match nearest(from, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if shipped_ids().any(|id| id == from) => {
            "this program carries it: `oransim init DIR` writes it to DIR/scenarios".to_owned()
        }
        None if known.is_empty() => "`oransim init DIR` writes the scenarios that this program carries".to_owned(),
        None => format!("there is {}", known.join(", ")),
    };
    Err(Failure::Refused(format!(
        "no file {name} stands beside the new scenario or in scenarios/: {hint}"
    )))
}

/// The way from a folder to a file, with `/` between folders.
fn relative(folder: &Path, file: &Path) -> Result<String> {
    let absolute = |path: &Path| {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        std::fs::canonicalize(path).while_doing("find", path)
    };
    // The folder of a new file may not be there yet: what exists of it is made absolute, the rest is joined.
    let mut missing = Vec::new();
    let mut there = folder;
    while !there.as_os_str().is_empty() && !there.exists() {
        missing.extend(there.file_name());
        there = there.parent().unwrap_or(Path::new(""));
    }
    let mut from = absolute(there)?;
    from.extend(missing.iter().rev());
    let to = absolute(file)?;
    let (from, to): (Vec<Component>, Vec<Component>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    Ok(up.chain(down).collect::<Vec<_>>().join("/"))
}

fn write_child(text: &mut String, id: &str, extends: &str, parent: &Scenario) {
    let vendor = (parent
        .vendors
        .iter()
        .find(|v| v.groups.iter().any(|g| g == "untrusted")))
    .or(parent.vendors.first())
    .map_or("", |v| v.id.as_str());
    let country = parent.countries.first().map_or("", |c| c.id.as_str());
    let day = |years: i32| parent.start.add_months(12 * years).min(parent.end);
    let taste = parent.market.taste_scale_share;
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        r#"# All that is not said here is as in {extends}.
extends = "{extends}"

[scenario]
format = 1
id = "{id}"
title = "{id}"
question = ""

# Take away the marks of what you need. `oransim check` says what is wrong, `oransim resolve` what it comes to.

# A number stands alone or says where it comes from: source, derived or assumption.
# [market]
# taste_scale_share = {{ value = {taste}, low = {low}, high = {high}, assumption = "why this value, and what would change it" }}

# An entry of a list is found by its id; `remove = true` takes it out.
# [[interface]]
# id = "fronthaul"
# growth_per_year = 0.3

# A policy is [levers.NAME.KIND]; `oransim schema` lists the kinds and their keys.
# [levers.{id}.procurement_ban]
# announced = {announced}
# in_force = {in_force}
# deadline = {deadline}
# scope = {{ countries = ["{country}"], vendors = ["{vendor}"] }}

# What is not known is drawn anew in each replicate.
# [uncertainties]
# "market.taste_scale_share" = {{ triangular = {{ low = {low}, mode = {taste}, high = {high} }} }}
"#,
        low = 0.5 * taste,
        high = 2.0 * taste,
        announced = day(1),
        in_force = day(2),
        deadline = day(7),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_carried() {
        fn collect(folder: &Path, name: &str, there: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
                let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
                if entry.path().is_dir() {
                    collect(&entry.path(), &name, there);
                } else {
                    there.push(name);
                }
            }
        }
        let mut there = Vec::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        collect(&folder, "scenarios", &mut there);
        there.sort();
        let carried: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(there, carried);
    }

    #[test]
    fn the_way_to_a_file_goes_up_and_down() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("scenarios/base.toml");
        std::fs::create_dir_all(base.parent().unwrap()).unwrap();
        std::fs::write(&base, "").unwrap();
        let way = |folder: &str| relative(&root.path().join(folder), &base).unwrap();
        assert_eq!(way("scenarios"), "base.toml");
        assert_eq!(way("scenarios/mine"), "../base.toml");
        assert_eq!(way("not/yet"), "../../scenarios/base.toml");
    }
}
