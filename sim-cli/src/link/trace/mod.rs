//! `oransim trace`: every event of one replicate, and for each tender why the winner won.

mod anatomy;
mod json;
mod teller;
#[cfg(test)]
mod tests;
mod words;

use std::sync::atomic::AtomicBool;

use sim_core::run::{Options, ReplicateError, Simulation, UncertaintyMode};
use sim_core::scenario::document::nearest;

use super::ensemble::{options, playable};
use super::files::{self, Loaded, text_of};
use crate::exit::{Failure, Result};
use crate::model::TraceRequest;
use teller::{Filter, Teller};

/// Plays the replicate and prints what the request asks for. Gives the warnings of loading.
///
/// # Errors
/// Where the scenario is invalid, a name is unknown, the replicate fails, or nobody reads any more.
pub(super) fn trace(request: &TraceRequest, print: &mut dyn FnMut(&str) -> Result<()>) -> Result<Vec<String>> {
    let (loaded, mut warnings) = files::load_all(&request.world)?;
    let Some(world) = loaded.first() else {
        return Err(Failure::Refused("no scenario is named".into()));
    };
    let options = options(request.world.seed, request.world.uncertainty, request.world.record);
    let (playable, said) = playable(world, options).map_err(Failure::Refused)?;
    files::add_new(&mut warnings, said);
    let base = playable.simulation();
    let drawn = drawn(world, base, options, request.replicate)?;
    let simulation = drawn.as_ref().map_or(base, |(simulation, _)| simulation);
    let filter = Filter::new(request, simulation)?;
    let stop = AtomicBool::new(false);
    let mut teller = Teller {
        world: simulation.world(),
        filter,
        json: request.json,
        print,
        stop: &stop,
        failure: None,
        tenders: Vec::new(),
        told: false,
    };
    if let Some((_, vector)) = &drawn {
        teller.parameters(vector);
    }
    let played = simulation.trace(request.replicate, &stop, &mut teller);
    let Teller {
        failure, tenders, told, ..
    } = teller;
    if let Some(failure) = failure {
        return Err(failure);
    }
    match played {
        Ok(_) | Err(ReplicateError::Stopped) => {}
        Err(error) => {
            return Err(Failure::CouldNotGoOn(format!(
                "replicate {} failed: {error}",
                request.replicate
            )));
        }
    }
    match &request.tender {
        Some(wanted) if !told => Err(Failure::Refused(no_such_tender(wanted, &tenders))),
        _ => Ok(warnings),
    }
}

/// A simulation together with the parameters that were drawn for it.
type Drawn<'a> = (Simulation, Vec<(&'a str, f64)>);

/// The world of one replicate with its drawn parameters, as a simulation of its own: what is seen of it is told by that
/// world. `None` where the base world serves.
fn drawn<'a>(world: &Loaded, base: &'a Simulation, options: Options, replicate: u64) -> Result<Option<Drawn<'a>>> {
    if base.mode() == UncertaintyMode::Fixed || !base.scenario().is_uncertain() {
        return Ok(None);
    }
    let failed = |faults| {
        let text = text_of(&faults);
        Failure::CouldNotGoOn(format!(
            "the parameters drawn for replicate {replicate} make no world: {text}"
        ))
    };
    let vector = base.scenario().draw(base.dependence(), &base.luck(replicate));
    let document = world.document.with_numbers(&vector).map_err(failed)?;
    let options = Options {
        seed: Some(base.seed()),
        uncertainty: Some(UncertaintyMode::Fixed),
        ..options
    };
    let simulation = Simulation::new(&document, options).map_err(failed)?;
    Ok(Some((simulation, vector)))
}

fn no_such_tender(wanted: &str, tenders: &[String]) -> String {
    let hint = match nearest(wanted, tenders.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "without --tender all of them are shown".to_owned(),
    };
    format!("there is no tender `{wanted}` in this replicate and in what else was asked for: {hint}")
}
