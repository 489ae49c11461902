//! `oransim compare`: play policies against a base with the same luck.
//!
//! The work is that of `run`; beside its files stands `differences.csv`, and the headline and figures speak of
//! differences. What is new here is the door: worlds whose dates differ have no paired differences.

use toml::{Table, Value};

use super::Session;
use super::run::{load, run_ensemble};
use crate::engine::{Engine, Ensemble, Uncertainty, World};
use crate::exit::{Exit, Failure, Result};
use crate::model::Model;
use crate::settings::RunSettings;
use crate::time::{day_number, iso};

/// Loads the worlds, the base first, checks that they can be compared, and plays them.
///
/// # Errors
/// [`Failure::Refused`] where a scenario is invalid or the worlds disagree in their dates, seed or replicates;
/// else as [`run_ensemble`].
pub fn compare(model: &dyn Model, settings: &RunSettings, session: &Session<'_>) -> Result<Exit> {
    let ensemble = load(model, settings, session)?;
    agree_in_dates(&ensemble)?;
    for warning in other_valuations(&ensemble).iter().chain(&other_parameters(&ensemble)) {
        session.console.warn(warning);
    }
    run_ensemble(&ensemble, settings, session)
}

/// That all worlds are measured on the dates of the base.
fn agree_in_dates(ensemble: &Ensemble) -> Result<()> {
    let dates = |engine: &dyn Engine| -> Vec<i32> { engine.dates().iter().map(|day| day_number(*day)).collect() };
    let mut engines = ensemble.worlds.iter().map(|world| world.engine.as_ref());
    let Some(base) = engines.next() else {
        return Ok(());
    };
    let wanted = dates(base);
    let Some(other) = engines.find(|engine| dates(*engine) != wanted) else {
        return Ok(());
    };
    let found = dates(other);
    let day = |day: Option<&i32>| day.map_or_else(String::new, |day| iso(*day));
    let (key, value) = if wanted.first() != found.first() {
        ("scenario.start", day(wanted.first()))
    } else if wanted.last() != found.last() {
        ("scenario.end", day(wanted.last()))
    } else {
        ("measures.dates", "yearly".to_owned())
    };
    let span = |dates: &[i32]| match (dates.first(), dates.last()) {
        (Some(first), Some(last)) => format!("{} to {}, {} dates", iso(*first), iso(*last), dates.len()),
        _ => "no date".to_owned(),
    };
    Err(Failure::Refused(format!(
        "`{}` and `{}` are measured on different dates ({}; {}), so they cannot be compared: set `{key}` alike, for all of them with --set {key}={value}",
        base.id(),
        other.id(),
        span(&wanted),
        span(&found),
    )))
}

/// One sentence for each alternative that would value costs otherwise than the base does.
fn other_valuations(ensemble: &Ensemble) -> Vec<String> {
    let mut engines = ensemble.worlds.iter().map(|world| world.engine.as_ref());
    let Some(base) = engines.next() else {
        return Vec::new();
    };
    let differs = engines.filter(|engine| engine.valuation() != base.valuation());
    differs
        .map(|engine| {
            format!(
                "`{}` has another market.social_discount_rate or market.site_month_usd than `{}`: costs are discounted and delay is priced as `{1}` says",
                engine.id(),
                base.id()
            )
        })
        .collect()
}

/// One sentence for each alternative that draws other parameters than the base does: its difference then holds
/// what it draws beside what it does.
fn other_parameters(ensemble: &Ensemble) -> Vec<String> {
    let drawn = |world: &World| -> [Option<Value>; 2] {
        let scenario: Table = toml::from_str(&world.resolved_toml).unwrap_or_default();
        ["uncertainties", "posterior"].map(|table| scenario.get(table).cloned())
    };
    let Some((base, others)) = ensemble.worlds.split_first() else {
        return Vec::new();
    };
    if ensemble.uncertainty == Uncertainty::Fixed {
        return Vec::new();
    }
    let wanted = drawn(base);
    let differs = others.iter().filter(|world| drawn(world) != wanted);
    differs
        .map(|world| {
            format!(
                "`{}` and `{}` draw other parameters ([uncertainties] or [posterior] differ), so their difference is not the policy's alone: put the table into the base, or say --uncertainty fixed",
                base.engine.id(),
                world.engine.id()
            )
        })
        .collect()
}
