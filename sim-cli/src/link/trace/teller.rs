//! Who watches a replicate and tells what it sees.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};
use sim_core::calendar::Day;
use sim_core::lever::Moment;
use sim_core::run::{Observer, Simulation, TenderReport};
use sim_core::scenario::INTERFACES;
use sim_core::scenario::document::nearest;
use sim_core::world::fates::Fate;
use sim_core::world::{Stack, World};

use super::anatomy::Anatomy;
use super::{json, words};
use crate::exit::{Failure, Result};
use crate::model::TraceRequest;

/// What is shown.
pub(super) struct Filter {
    operator: Option<usize>,
    tender: Option<String>,
    from: Option<Day>,
    to: Option<Day>,
}

impl Filter {
    /// What a request asks for.
    ///
    /// # Errors
    /// An unknown operator, a date that the calendar does not hold.
    pub fn new(request: &TraceRequest, simulation: &Simulation) -> Result<Self> {
        let world = simulation.world();
        let operator = match &request.operator {
            None => None,
            Some(id) => Some(world.operators.iter().position(|o| o.id == *id).ok_or_else(|| {
                let near = nearest(id, world.operators.iter().map(|o| o.id.as_str()));
                let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
                Failure::Refused(format!("there is no operator `{id}`{hint}"))
            })?),
        };
        let day = |text: &Option<String>| -> Result<Option<Day>> {
            let parsed = text.as_deref().map(Day::parse).transpose();
            parsed.map_err(|error| Failure::Refused(error.to_string()))
        };
        let (from, to) = (day(&request.from)?, day(&request.to)?);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Failure::Refused(format!(
                "--from {from} is after --to {to}: no day lies between"
            )));
        }
        Ok(Self {
            operator,
            tender: request.tender.clone(),
            from,
            to,
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
pub(super) struct Teller<'a> {
    /// The world that is played.
    pub world: &'a World,
    /// What is shown.
    pub filter: Filter,
    /// Whether for machines.
    pub json: bool,
    /// Where it tells.
    pub print: &'a mut dyn FnMut(&str) -> Result<()>,
    /// Set when nothing more is wanted.
    pub stop: &'a AtomicBool,
    /// Why it ended early.
    pub failure: Option<Failure>,
    /// Ids of the tenders seen, for a hint; only where one was asked for.
    pub tenders: Vec<String>,
    /// Whether anything was shown.
    pub told: bool,
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

    /// Tells the parameters that were drawn for this replicate.
    pub fn parameters(&mut self, drawn: &[(&str, f64)]) {
        let words: Vec<String> = (drawn.iter()).map(|(path, x)| format!("{path} {x}")).collect();
        let fields: Map<String, Value> = (drawn.iter())
            .map(|(path, x)| ((*path).to_owned(), (*x).into()))
            .collect();
        let words = format!("drawn: {}", words.join(", "));
        self.common(self.world.start, "draw", &words, json!({ "parameters": fields }));
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

    /// An event of one slot, with one field of its own.
    fn of_slot(&mut self, day: Day, kind: &str, slot: usize, words: &str, (key, field): (&str, Value)) {
        let of_operator = (self.filter.operator).is_none_or(|o| self.world.slots[slot].operator == o);
        if !self.shows(day) || !of_operator || self.filter.tender.is_some() {
            return;
        }
        let id = self.world.slot_id(slot);
        let text = if self.json {
            let mut fields = json::slot(self.world, slot);
            fields.insert("slot".into(), id.into());
            fields.insert(key.into(), field);
            json::event(day, kind, fields)
        } else {
            words::event(day, kind, &format!("{id}: {words}"))
        };
        self.tell(&text);
    }
}

impl Observer for Teller<'_> {
    fn lever(&mut self, day: Day, name: &str, moment: Moment) {
        let words = format!("{name}: {}", moment.name());
        self.common(day, "lever", &words, json!({ "lever": name, "moment": moment.name() }));
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

    fn vendor(&mut self, day: Day, vendor: &str, fate: Fate) {
        let (does, name) = match fate {
            Fate::Opened => ("opens its line", "opened"),
            Fate::Entered => ("enters the market", "entered"),
            Fate::Left => ("leaves the market", "left"),
        };
        let words = format!("{vendor} {does}");
        self.common(day, "vendor", &words, json!({ "vendor": vendor, "decision": name }));
    }

    fn held_back(&mut self, day: Day, slot: usize, until: Day) {
        let words = format!("its removal waits for public money, at most until {until}");
        self.of_slot(day, "waiting", slot, &words, ("until", until.to_string().into()));
    }

    fn delivery(&mut self, day: Day, slot: usize, stack: &Stack) {
        let words = format!("{} stands", words::sellers(self.world, stack.seller));
        let field = json::stack(self.world, stack);
        self.of_slot(day, "delivery", slot, &words, ("stack", field));
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
