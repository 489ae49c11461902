//! What was observed and forecast, and how a run scored on it, as figures read it.

use super::date::Date;

/// A number that somebody published of a series at a date: observed, or forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// `observed`, or the name of the forecaster.
    pub by: String,
    /// Date.
    pub time: Date,
    /// Measure.
    pub measure: String,
    /// Generation.
    pub generation: String,
    /// Id of the place.
    pub place: String,
    /// Vendor.
    pub vendor: String,
    /// Lower end; of a value, the value; minus infinity for "at most".
    pub low: f64,
    /// Upper end; infinity for "at least".
    pub high: f64,
    /// Id in the table of sources.
    pub source: String,
}

/// The score of a run on a series, or on several together, against one rival.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Measure.
    pub measure: String,
    /// Generation.
    pub generation: String,
    /// Id of the place, or `pooled`.
    pub place: String,
    /// Vendor, or `pooled`.
    pub vendor: String,
    /// Name of the rival.
    pub rival: String,
    /// What was found, by the names of `oransim score`; NaN where nothing was.
    pub values: Vec<(&'static str, f64)>,
    /// In words.
    pub verdict: String,
}

/// A published estimate: a row of the table of sources, in its own unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Id of the row.
    pub id: String,
    /// Lower end; of a value, the value; minus infinity for "at most".
    pub low: f64,
    /// Upper end; infinity for "at least".
    pub high: f64,
    /// Unit, as written there.
    pub unit: String,
}
