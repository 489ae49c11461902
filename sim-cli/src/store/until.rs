//! The rule by which a run finds the number of its replicates: `--until-halfwidth`.

use serde::{Deserialize, Serialize};
use sim_core::inference::sequential;
use sim_core::scenario::document::nearest;

use super::layout::{Layout, SeriesLabel};
use crate::output::number::{exact, number};

/// Most replicates where the command line does not say.
pub const MOST_BY_DEFAULT: u64 = 10_000;

/// Play until the mean of a measure is known well enough, or there are `most` replicates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// Name of the measure: of the world, component `ran`, all else `all`, at the last date.
    pub measure: String,
    /// Half-width of the interval of its mean that is enough.
    #[serde(with = "exact")]
    pub half_width: f64,
    /// Most replicates; with them the number of looks, and the level of each, is known from the start.
    pub most: u64,
}

impl Until {
    /// The numbers of replicates at which it is looked.
    pub fn looks(&self) -> Vec<u64> {
        sequential::looks(self.most)
    }

    /// The level of the interval at each look, such that all of them together hold with 95%.
    pub fn level(&self) -> f64 {
        sequential::level(self.looks().len())
    }

    /// The rule in words.
    pub fn words(&self) -> String {
        let (measure, half_width) = (&self.measure, number(self.half_width));
        format!("{measure} within {half_width} or {} replicates", self.most)
    }

    /// The cell of the records of a world that is watched.
    ///
    /// # Errors
    /// In words, where the world has no such series, with the nearest measure that has one.
    pub fn cell(&self, layout: &Layout) -> Result<usize, String> {
        let watched = |label: &SeriesLabel| {
            let [_, _, component, generation, place_kind, place, vendor, part] = label.texts();
            (component, generation, place_kind, place) == ("ran", "all", "world", "world")
                && (vendor, part) == ("all", "all")
        };
        let of_world = || layout.series.iter().filter(|label| watched(label));
        let found = (layout.series.iter()).position(|label| label.measure == self.measure && watched(label));
        match (found, layout.dates.len().checked_sub(1)) {
            (Some(series), Some(last)) => Ok(last * layout.series.len() + series),
            _ => {
                let near = nearest(&self.measure, of_world().map(|label| &*label.measure));
                let hint = near.map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
                Err(format!(
                    "--until-halfwidth: `{}` records no series `{}` of the world, component `ran`, over all generations and \
                     sellers: `oransim measures` lists what there is, and --record all keeps more.{hint}",
                    layout.id, self.measure
                ))
            }
        }
    }
}
