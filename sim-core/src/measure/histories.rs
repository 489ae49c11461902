//! What one run cannot say of itself: how much of the late market its early luck decided (L6), and what it would take to tip it (L7).
//!
//! Each value takes many continuations of the replicate ([`crate::run::histories`]) and is filled in when the run is over; only where a
//! scenario names the measure in `[measures] extra`. A replicate gives an estimate of its own, so that the mean over replicates has an
//! interval like that of any other measure.

use super::{ByVendor, Dims, Measure, PLAIN, Parts, Recorded};

/// Name of L6.
pub const PATH_DEPENDENCE: &str = "path_dependence";
/// Name of L7.
pub const UNLOCKING_COST: &str = "unlocking_cost";
/// Parts of L6: the world as it is, and without switching cost and learning.
pub const WORLDS: &[&str] = &["as_is", "memoryless"];

/// The family, in the order of tables.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: PATH_DEPENDENCE,
        unit: "share",
        is_flow: false,
        is_bounded: false,
        doc: "Path dependence (L6): share of the variance of a seller's share of radio sites on the date that the luck of the first `measures.histories.early_years` explains, lasting tastes given; `memoryless`: the same with switching cost and learning off. Undefined until then, and where the share does not vary",
        equation: "Var(E[share | early luck]) / Var(share): inference::intraclass over early histories x continuations of the replicate",
        recorded: Recorded::ByName,
        parts: Parts::Named(WORLDS),
        dims: Dims {
            vendors: ByVendor::Wide,
            all_vendors: false,
            world_only: true,
            ..PLAIN
        },
        value: |_, _| f64::NAN,
    },
    Measure {
        name: UNLOCKING_COST,
        unit: "musd_2020",
        is_flow: false,
        is_bounded: false,
        doc: "Unlocking cost (L7): least public money, from the date of the row on, with which the share of radio sites with open fronthaul reaches `measures.histories.tipped_share` at the end of the run, as a grant on every open purchase everywhere; 0 where it does without, undefined where a grant of the whole reference price does not do it",
        equation: "outlay at the least grant, by inference::unlocking_cost over continuations that share the luck of the replicate",
        recorded: Recorded::ByName,
        parts: Parts::Whole,
        dims: Dims {
            world_only: true,
            ..PLAIN
        },
        value: |_, _| f64::NAN,
    },
];
