//! What a lever waits for: a day, a measure that passes a bound, or another lever that it answers.
//!
//! A trigger looks at the measure on each measurement date, as an authority that reads yearly statistics would (at a flow not on the
//! first day, when there is none yet); the lever
//! becomes known and binds on the next market review. A lever that answers another one begins on the day on which that one binds, and
//! ends with it unless it has `lasts_years` of its own. Each begins once.

use crate::measure::{CATALOGUE, Cell, Component, Measure, Parts, Recorded, fraction_hint};
use crate::scenario::document::{Fields, Number, Table, nearest};
use crate::world::World;

/// What a lever waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// Its own `in_force`.
    OnItsDay,
    /// A measure that passes a bound.
    When(Trigger),
    /// The lever of this name, once it binds.
    Answers(String),
}

impl Start {
    /// Reads `when` and `answers`; `dated`: whether there is an `in_force`. Exactly one of the three must stand.
    #[must_use]
    pub fn fields(f: &mut Fields<'_>, dated: bool) -> Self {
        let when: Option<Trigger> = f.optional_table("when", "A measure that starts it when it passes a bound");
        let answers = f.optional_text(
            "answers",
            "Name of the lever that it answers: it begins once that one binds",
        );
        let given = usize::from(dated) + usize::from(when.is_some()) + usize::from(answers.is_some());
        f.require(
            given == 1,
            "in_force",
            if given == 0 {
                "it does not say when it binds"
            } else {
                "it says more than once when it binds"
            },
            "exactly one of `in_force`, `when` and `answers`",
        );
        match (when, answers) {
            (Some(trigger), _) => Start::When(trigger),
            (None, Some(name)) => Start::Answers(name),
            (None, None) => Start::OnItsDay,
        }
    }
}

/// `when`: a bound on a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// Name of the measure.
    pub measure: String,
    /// Place: `world`, `world_ex_china`, a bloc or a country.
    pub place: String,
    /// Vendor, `group:ID` or `all`.
    pub vendor: String,
    /// Part of the measure, or `all`.
    pub part: String,
    /// Component.
    pub component: Component,
    /// It starts above this.
    pub above: Option<f64>,
    /// It starts below this.
    pub below: Option<f64>,
}

impl Table for Trigger {
    fn fields(f: &mut Fields<'_>) -> Self {
        let trigger = Trigger {
            measure: f.text("measure", "Name of the measure, as in the tables of a run"),
            place: f.text_or("place", "world", "`world`, `world_ex_china`, a bloc or a country"),
            vendor: f.text_or("vendor", "all", "A vendor, `group:ID` or `all`"),
            part: f.text_or("part", "all", "Part of the measure"),
            component: f.choice_or(
                "component",
                "ran",
                &[
                    ("ran", Component::Ran),
                    ("ru", Component::Ru),
                    ("bb", Component::Bb),
                    ("core", Component::Core),
                ],
                "Component",
            ),
            above: f.optional_number("above", Number::new("unit of the measure"), "It starts above this"),
            below: f.optional_number("below", Number::new("unit of the measure"), "It starts below this"),
        };
        f.require(
            trigger.above.is_some() != trigger.below.is_some(),
            "above",
            "a trigger has one bound",
            "exactly one of `above` and `below`",
        );
        let names = || CATALOGUE.iter().map(|m| m.name);
        let known = CATALOGUE.iter().find(|m| m.name == trigger.measure);
        f.require(
            known.is_some(),
            "measure",
            match nearest(&trigger.measure, names()) {
                Some(near) => format!("there is no measure `{}`; did you mean `{near}`?", trigger.measure),
                None => format!("there is no measure `{}`", trigger.measure),
            },
            "the name of a measure",
        );
        if let Some(measure) = known {
            f.require(
                measure.recorded != Recorded::Never && !matches!(measure.parts, Parts::Deadline | Parts::FromVendor),
                "measure",
                format!(
                    "`{}` is recorded on request only and cannot be waited for",
                    trigger.measure
                ),
                "a measure that every run records",
            );
            f.require(
                part_of(&measure.parts, &trigger.part).is_some(),
                "part",
                format!("`{}` has no part `{}`", trigger.measure, trigger.part),
                match measure.parts {
                    Parts::Named(names) => names.join(", "),
                    _ => "`all`".to_owned(),
                },
            );
            for (key, bound) in [("above", trigger.above), ("below", trigger.below)] {
                if let Some(bound) = bound {
                    within_reach(f, measure, key, bound);
                }
            }
        }
        trigger
    }
}

/// Refuses a bound that the measure can never pass, and warns of one that is likely a slip of the unit.
fn within_reach(f: &mut Fields<'_>, measure: &Measure, key: &str, bound: f64) {
    let domain = measure.domain();
    let hint = fraction_hint(measure.unit, bound);
    f.require_hinted(
        domain.allows(bound),
        key,
        format!("`{}` never comes there", measure.name),
        domain.allowed(),
        hint.clone(),
    );
    f.warn_unless(
        !domain.allows(bound) || measure.unit != "share_of_price" || bound.abs() <= 1.0,
        key,
        format!("`{}` would be more than the whole price", measure.name),
        hint.unwrap_or_default(),
    );
}

fn part_of(parts: &Parts, name: &str) -> Option<usize> {
    match parts {
        Parts::Named(names) => names.iter().position(|n| *n == name),
        Parts::WithWhole(names) if name != "all" => names.iter().position(|n| *n == name),
        Parts::Whole | Parts::WithWhole(_) | Parts::Lever => (name == "all").then_some(usize::MAX),
        _ => None,
    }
}

impl Trigger {
    /// The cell that it reads; `None` where the world has no such place or vendor, which a check of the scenario refuses.
    #[must_use]
    pub fn cell(&self, world: &World) -> Option<Cell> {
        let measure = CATALOGUE.iter().position(|m| m.name == self.measure)?;
        let vendors: Vec<usize> = (0..world.vendors.len())
            .filter(|v| {
                let vendor = &world.scenario.vendors[*v];
                let group = self.vendor.strip_prefix("group:");
                self.vendor == "all"
                    || self.vendor == vendor.id
                    || group.is_some_and(|g| vendor.groups.iter().any(|x| x == g))
            })
            .collect();
        Some(Cell {
            measure,
            component: self.component,
            generation: None,
            place: world
                .places
                .iter()
                .position(|p| p.kind != "operator" && p.id == self.place)?,
            vendors,
            part: part_of(&CATALOGUE[measure].parts, &self.part)?,
        })
    }

    /// Whether a value passes the bound; an undefined one does not.
    #[must_use]
    pub fn is_passed(&self, value: f64) -> bool {
        self.above.is_some_and(|x| value > x) || self.below.is_some_and(|x| value < x)
    }
}
