//! What one replicate leaves behind: the plain data that flows from a run to tables and figures.
//!
//! Nothing here knows about the world or about files. A [`SeriesKey`] says what is measured, of what,
//! where; a [`ReplicateRecord`] holds one value for each date and series. Undefined values are NaN in
//! memory and an empty cell in a file.

use crate::calendar::Day;

/// The identity of one series: one row a date in `summary.csv`.
///
/// The field order is the column order of every table. Keys are compared by byte after the measure,
/// which is compared by its place in the catalogue (`measure_rank`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// Place of the measure in the catalogue: rows are ordered by it before any other key.
    pub measure_rank: u16,
    /// Name in the catalogue, for example `lock_in_index`.
    pub measure: &'static str,
    /// Unit of the value, for example `share_of_price`, `share`, `musd_2020`, `usd_2020_per_site`.
    pub unit: &'static str,
    /// `all`, `ran`, `ru`, `bb` or `core`.
    pub component: &'static str,
    /// `all` or a generation id such as `5g`.
    pub generation: String,
    /// `world`, `world_ex_china`, `bloc`, `country` or `operator`.
    pub place_kind: &'static str,
    /// Id of the place.
    pub place: String,
    /// `all`, a vendor id or `group:ID`.
    pub vendor: String,
    /// `all` or an item of the measure's own breakdown.
    pub part: String,
}

/// All that one replicate of one world yields.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicateRecord {
    /// Index of the replicate, from 0.
    pub replicate: u64,
    /// Values, row-major by date then series: `values[date * series + s]`; NaN where undefined.
    pub values: Vec<f64>,
    /// One row a cluster of a tender, in event order; empty unless tenders are recorded.
    pub tenders: Vec<TenderRow>,
    /// Work done, for reports on speed.
    pub counters: Counters,
}

/// Counts of the work that one replicate did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events taken from the calendar.
    pub events: u64,
    /// Tenders held (lots awarded, kept or relaxed).
    pub tenders: u64,
    /// Alternatives evaluated over all tenders.
    pub alternatives: u64,
    /// Installed-base valuations.
    pub valuations: u64,
    /// Tenders whose equilibrium did not meet the tolerance.
    pub unsolved: u64,
    /// Next tenders solved for the table of foresight.
    pub next_tenders: u64,
    /// Iterations of that table that ended at their cap.
    pub not_closed: u64,
}

/// One cluster of one tender: the columns of `tenders.*` after `scenario,replicate`.
/// Money is per site in US dollars of 2020; NaN where undefined.
#[derive(Debug, Clone, PartialEq)]
pub struct TenderRow {
    /// Stable id of the tender: the same in every world that holds it.
    pub tender: String,
    /// Day of the award.
    pub time: Day,
    /// `renewal`, `new_build`, `expansion`, `forced` or `core`.
    pub kind: &'static str,
    /// Operator id.
    pub operator: String,
    /// Country id, ISO 3166-1 alpha-3.
    pub country: String,
    /// Cluster id.
    pub cluster: String,
    /// Environment id.
    pub environment: String,
    /// Generation id; empty for the core.
    pub generation: String,
    /// Sites of the cluster in this tender.
    pub sites: f64,
    /// Radio seller before; empty if none.
    pub old_ru: String,
    /// Baseband (or core) seller before; empty if none.
    pub old_bb: String,
    /// Radio seller after.
    pub new_ru: String,
    /// Baseband (or core) seller after.
    pub new_bb: String,
    /// `closed`, `open_single`, `open_multi`, `partial` or `keep`.
    pub architecture: &'static str,
    /// Number of alternatives that stood.
    pub alternatives: u32,
    /// Price paid.
    pub price: f64,
    /// Price bid for the best alternative without the winner.
    pub price_best_rival: f64,
    /// Itemised switching cost of the winning alternative, in the order of
    /// [`crate::market::switching::ITEMS`].
    pub items: [f64; 7],
    /// Months that the kit waits for crews beyond its lead time.
    pub months_late: f64,
    /// `award`, `keep` or `relaxed`.
    pub outcome: &'static str,
}
