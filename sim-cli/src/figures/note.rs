//! Where the numbers of a figure come from, and how its ids are called for readers.

use super::date::Date;
use super::history::{Known, Published, Score};

/// What the spread of a figure holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertainty {
    /// Parameters at their base values: bands show luck alone.
    Fixed,
    /// Parameters drawn anew in each replicate: bands show luck and parameters.
    Sampled,
}

impl Uncertainty {
    /// The word in tables and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Sampled => "sampled",
        }
    }

    /// Reads [`Uncertainty::word`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Fixed, Self::Sampled].into_iter().find(|u| u.word() == word)
    }
}

/// The source of a figure's numbers: what its note prints and its CSV repeats on every row.
/// No commit and no clock: a committed figure may not change with either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Ids of the worlds, the base first. An id holds no blank.
    pub scenarios: Vec<String>,
    /// Seed of the ensemble.
    pub seed: u64,
    /// Replicates a world.
    pub replicates: u64,
    /// What the bands hold.
    pub uncertainty: Uncertainty,
    /// Version of the model.
    pub version: String,
    /// Hash of the manifest, in hexadecimal; the figure prints the first eight digits.
    pub manifest: String,
}

impl Note {
    /// The cells of the last six columns of `NAME.csv`.
    pub(super) fn cells(&self) -> [String; 6] {
        [
            self.scenarios.join(" "),
            self.seed.to_string(),
            self.replicates.to_string(),
            self.uncertainty.word().to_owned(),
            self.version.clone(),
            self.manifest.clone(),
        ]
    }

    /// What a spread, drawn as `marks` ("Bands"), holds and what it leaves out.
    pub(super) fn spread(&self, marks: &str) -> String {
        match self.uncertainty {
            Uncertainty::Fixed => {
                format!("{marks} show luck alone: parameters stand at their base values, so true uncertainty is wider.")
            }
            Uncertainty::Sampled => {
                format!("{marks} show luck and parameters: the uncertain ones that the scenario lists, no others.")
            }
        }
    }

    /// What a band means, for the foot of a figure that has bands.
    pub(super) fn bands(&self) -> String {
        self.bands_around("median")
    }

    /// The same of lines that are no medians.
    pub(super) fn bands_around(&self, line: &str) -> String {
        format!(
            "Line: {line}. Dark band: middle 50% of replicates; light band: middle 90%. {}",
            self.spread("Bands")
        )
    }

    /// The source line at the foot of every figure.
    pub(super) fn source(&self) -> String {
        let hash: String = self.manifest.chars().take(8).collect();
        let worlds = if self.scenarios.len() == 1 {
            "scenario"
        } else {
            "scenarios"
        };
        format!(
            "Source: oransim {}, {worlds} {}; seed {}, {} replicates, uncertainty {}; manifest {hash}.",
            self.version,
            self.scenarios.join(", "),
            self.seed,
            super::number::grouped(self.replicates),
            self.uncertainty.word(),
        )
    }
}

/// A date to mark with a thin vertical line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// World that it belongs to; `None`: every world.
    pub scenario: Option<String>,
    /// Date.
    pub time: Date,
    /// Text beside the line, a few words.
    pub label: String,
}

/// What a figure is about: which worlds, and the names of what stands in the tables by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spec {
    /// Id and title of the worlds, the base first. Empty: every world of the table, under its id.
    pub worlds: Vec<(String, String)>,
    /// Id and display name of vendors and groups (`group:untrusted`), in the order of their colours.
    pub vendors: Vec<(String, String)>,
    /// Id and display name of the blocs that stand for regions, in reading order. Empty: all blocs.
    pub regions: Vec<(String, String)>,
    /// Dates to mark: the end of history, the start of a policy.
    pub marks: Vec<Mark>,
    /// US dollars of 2020 by unit of money, as the scenarios declare them.
    pub rates: Vec<(String, f64)>,
    /// The rate a year at which society discounts, in the base; `None` where it is not known.
    pub discount_rate: Option<f64>,
    /// Published estimates that the figure asked for, in its order.
    pub published: Vec<Published>,
    /// What was observed and forecast, in the order of the files.
    pub known: Vec<Known>,
    /// How the first world scored on it.
    pub scores: Vec<Score>,
}
