//! The kinds of things with ids in a scenario, and dates as days.

use super::document::{Kind, ScenarioDate};
use crate::calendar::Day;

/// `[[environment]]`.
pub const ENVIRONMENT: Kind = Kind::slug("environment");
/// `[[generation]]`.
pub const GENERATION: Kind = Kind::slug("generation");
/// `[[bloc]]`.
pub const BLOC: Kind = Kind::slug("bloc");
/// `[[country]]`.
pub const COUNTRY: Kind = Kind::alpha3("country");
/// `[[operator]]`.
pub const OPERATOR: Kind = Kind::slug("operator");
/// `[[programme]]`.
pub const PROGRAMME: Kind = Kind::slug("programme");
/// `[[vendor]]`.
pub const VENDOR: Kind = Kind::slug("vendor");
/// `[[interface]]`.
pub const INTERFACE: Kind = Kind::slug("interface");

/// A date of a file as a day; one outside the calendar's years is held at its limit, and refused by the caller's
/// own check.
#[must_use]
pub fn day(date: ScenarioDate) -> Day {
    let (year, month, day) = (i32::from(date.year()), date.month() as u8, date.day() as u8);
    Day::from_ymd(year, month, day).unwrap_or(if year < 2000 { Day::MIN } else { Day::MAX })
}

/// A map of dates as days.
#[must_use]
pub fn days(map: Vec<(String, ScenarioDate)>) -> Vec<(String, Day)> {
    map.into_iter().map(|(key, date)| (key, day(date))).collect()
}
