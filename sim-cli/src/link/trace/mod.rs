//! `oransim trace`: every event of one replicate, and for each tender why the winner won.

mod anatomy;
mod json;
#[cfg(test)]
mod tests;
mod words;

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};
use sim_core::calendar::Day;
use sim_core::lever::Moment;
use sim_core::run::{Observer, ReplicateError, Simulation, TenderReport};
use sim_core::scenario::INTERFACES;
use sim_core::scenario::document::nearest;
use sim_core::world::{Stack, World};

use super::ensemble::{options, playable};
use super::files;
use crate::exit::{Failure, Result};
use crate::model::TraceRequest;
use anatomy::Anatomy;

/// Plays the replicate and prints what the request asks for. Gives the warnings of loading.
///
/// # Errors
/// Where the scenario is invalid, a name is unknown, the replicate fails, or nobody reads any more.
pub(super) fn trace(
    request: &TraceRequest,
    print: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Vec<String>> {
    let (loaded, mut warnings) = files::load_all(&request.world)?;
    let Some(world) = loaded.first() else {
        return Err(Failure::Refused("no scenario is named".into()));
    };
    let options = options(
        request.world.seed,
        request.world.uncertainty,
        request.world.record,
    );
    let (playable, said) = playable(world, options).map_err(Failure::Refused)?;
    files::add_new(&mut warnings, said);
    let simulation = playable.simulation();
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
    let played = simulation.trace(request.replicate, &stop, &mut teller);
    let Teller {
        failure,
        tenders,
        told,
        ..
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

fn no_such_tender(wanted: &str, tenders: &[String]) -> String {
    let hint = match nearest(wanted, tenders.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "without --tender all of them are shown".to_owned(),
    };
    format!(
        "there is no tender `{wanted}` in this replicate and in what else was asked for: {hint}"
    )
}

/// What is shown.
struct Filter {
    operator: Option<usize>,
    tender: Option<String>,
    from: Option<Day>,
    to: Option<Day>,
}

impl Filter {
    fn new(request: &TraceRequest, simulation: &Simulation) -> Result<Self> {
        let world = simulation.world();
        let operator = match &request.operator {
            None => None,
            Some(id) => Some(
                world
                    .operators
                    .iter()
                    .position(|o| o.id == *id)
                    .ok_or_else(|| {
                        let near = nearest(id, world.operators.iter().map(|o| o.id.as_str()));
                        let hint = near
                            .map(|near| format!(": did you mean `{near}`?"))
                            .unwrap_or_default();
                        Failure::Refused(format!("there is no operator `{id}`{hint}"))
                    })?,
            ),
        };
        let day = |text: &Option<String>| -> Result<Option<Day>> {
            let parsed = text.as_deref().map(Day::parse).transpose();
            parsed.map_err(|error| Failure::Refused(error.to_string()))
        };
        Ok(Self {
            operator,
            tender: request.tender.clone(),
            from: day(&request.from)?,
            to: day(&request.to)?,
        })
    }

    fn holds(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether what concerns everybody is shown.
    fn everybody(&self) -> bool {
        self.operator.is_none() && self.tender.is_none()
    }
}

/// Tells what it sees.
struct Teller<'a> {
    world: &'a World,
    filter: Filter,
    json: bool,
    print: &'a mut dyn FnMut(&str) -> Result<()>,
    stop: &'a AtomicBool,
    failure: Option<Failure>,
    /// Ids of the tenders seen, for a hint; only where one was asked for.
    tenders: Vec<String>,
    told: bool,
}

impl Teller<'_> {
    fn tell(&mut self, text: &str) {
        self.told = true;
        if self.failure.is_none()
            && let Err(failure) = (self.print)(text)
        {
            self.failure = Some(failure);
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a day is shown; past the last one the run need not go on.
    fn shows(&mut self, day: Day) -> bool {
        if self.filter.to.is_some_and(|to| to < day) {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.filter.holds(day)
    }

    /// An event of everybody.
    fn common(&mut self, day: Day, kind: &str, words: &str, fields: Value) {
        if !self.shows(day) || !self.filter.everybody() {
            return;
        }
        let text = match (self.json, fields) {
            (true, Value::Object(fields)) => json::event(day, kind, fields),
            _ => words::event(day, kind, words),
        };
        self.tell(&text);
    }
}

impl Observer for Teller<'_> {
    fn lever(&mut self, day: Day, name: &str, moment: Moment) {
        let words = format!("{name}: {}", moment.name());
        self.common(
            day,
            "lever",
            &words,
            json!({ "lever": name, "moment": moment.name() }),
        );
    }

    fn launch(&mut self, day: Day, generation: &str) {
        let words = format!("{generation} for the first time anywhere");
        self.common(day, "launch", &words, json!({ "generation": generation }));
    }

    fn review(&mut self, day: Day, maturity: [f64; 3]) {
        let words: Vec<String> = (INTERFACES.iter().zip(maturity))
            .map(|(id, m)| format!("{id} {m:.3}"))
            .collect();
        let fields: Map<String, Value> = (INTERFACES.iter().zip(maturity))
            .map(|(id, m)| ((*id).to_owned(), m.into()))
            .collect();
        let words = format!("maturity of interfaces: {}", words.join(", "));
        self.common(day, "review", &words, json!({ "maturity": fields }));
    }

    fn delivery(&mut self, day: Day, slot: usize, stack: &Stack) {
        let of_operator = self
            .filter
            .operator
            .is_none_or(|o| self.world.slots[slot].operator == o);
        if !self.shows(day) || !of_operator || self.filter.tender.is_some() {
            return;
        }
        let id = self.world.slot_id(slot);
        let text = if self.json {
            let mut fields = json::slot(self.world, slot);
            fields.insert("slot".into(), id.into());
            fields.insert("stack".into(), json::stack(self.world, stack));
            json::event(day, "delivery", fields)
        } else {
            words::event(
                day,
                "delivery",
                &format!("{id}: {} stands", words::sellers(self.world, stack.seller)),
            )
        };
        self.tell(&text);
    }

    fn tender(&mut self, report: &TenderReport) {
        let of_operator = self
            .filter
            .operator
            .is_none_or(|o| self.world.slots[report.slot].operator == o);
        if !self.shows(report.day) || !of_operator {
            return;
        }
        if let Some(wanted) = &self.filter.tender
            && *wanted != report.id
        {
            self.tenders.push(report.id.clone());
            return;
        }
        let anatomy = Anatomy::of(report);
        let text = if self.json {
            json::tender(self.world, report, &anatomy)
        } else {
            words::tender(self.world, report, &anatomy)
        };
        self.tell(&text);
    }
}
