//! What a run is asked to do, validated: past this door no code checks a flag again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::engine::Uncertainty;

/// The command that makes a run directory; part of what identifies a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// `oransim run`: worlds side by side.
    #[default]
    Run,
    /// `oransim compare`: the first world is the base of the others.
    Compare,
    /// `oransim explore`: worlds at the points of a design.
    Explore,
}

impl Mode {
    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Compare => "compare",
            Self::Explore => "explore",
        }
    }
}

/// Which series a run records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordSeries {
    /// The series that `[measures]` lists.
    Core,
    /// The whole cross of measures, places, sellers and dates.
    All,
    /// Summary and figures only: no `replicates.*`.
    None,
}

impl RecordSeries {
    /// The word on the command line and in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

/// What a run records: `--record core|all|none[,tenders]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Which series.
    pub series: RecordSeries,
    /// Whether each cluster of each tender is recorded too.
    pub tenders: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            series: RecordSeries::Core,
            tenders: false,
        }
    }
}

impl std::str::FromStr for Record {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut series = None;
        let mut tenders = false;
        for word in text.split(',') {
            let chosen = match word.trim() {
                "core" => Some(RecordSeries::Core),
                "all" => Some(RecordSeries::All),
                "none" => Some(RecordSeries::None),
                "tenders" if !tenders => {
                    tenders = true;
                    None
                }
                other => {
                    return Err(format!("`{other}`: say core, all or none, then `,tenders` if wanted"));
                }
            };
            if chosen.is_some() && series.is_some() {
                return Err("say only one of core, all and none".into());
            }
            series = series.or(chosen);
        }
        let series = series.unwrap_or(RecordSeries::Core);
        Ok(Self { series, tenders })
    }
}

/// A format of tables, beyond `summary.csv`, which is always written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// `replicates.csv`, `tenders.csv`.
    Csv,
    /// `replicates.parquet`, `tenders.parquet`.
    Parquet,
    /// `summary.xlsx`: a sheet a measure.
    Xlsx,
}

/// One part of a run played elsewhere: `--shard I/N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// From 1 to `of`.
    pub index: u64,
    /// Number of shards.
    pub of: u64,
}

impl Shard {
    /// Whether this shard plays replicate `k` of `replicates`: floor(k N / R) + 1 = I.
    pub fn plays(self, k: u64, replicates: u64) -> bool {
        let place = u128::from(k) * u128::from(self.of) / u128::from(replicates.max(1));
        place + 1 == u128::from(self.index)
    }

    /// Name of the directory of this shard.
    pub fn directory(self) -> String {
        format!("shard-{}-of-{}", self.index, self.of)
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, of)| {
            Some(Self {
                index: index.parse().ok()?,
                of: of.parse().ok()?,
            })
        });
        match numbers {
            Some(shard) if (1..=shard.of).contains(&shard.index) && shard.of <= 10_000_000 => Ok(shard),
            _ => Err("say I/N with I from 1 to N, for example 2/8".into()),
        }
    }
}

/// A value set on the command line: `--set PATH=VALUE` or `--set ID:PATH=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Id of the scenario it is meant for; all of them where none.
    pub scenario: Option<String>,
    /// Path of the value, for example `vendor.huawei.bb_usd_per_site`.
    pub path: String,
    /// A TOML value, as text.
    pub value: String,
}

impl std::str::FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, value) = text
            .split_once('=')
            .ok_or("say PATH=VALUE, for example `--set market.taste_scale_share=0.1`")?;
        // An id holds no dot before a colon of its own: the part before the first colon is an id only
        // if it stands before any quote.
        let quote = place.find(['"', '\'']).unwrap_or(place.len());
        let (scenario, path) = match place[..quote].split_once(':') {
            Some((id, _)) => (Some(id.trim().to_owned()), &place[id.len() + 1..]),
            None => (None, place),
        };
        let path = path.trim();
        if path.is_empty() || value.trim().is_empty() {
            return Err("the path or the value is empty: say PATH=VALUE".into());
        }
        Ok(Self {
            scenario,
            path: path.to_owned(),
            value: value.trim().to_owned(),
        })
    }
}

/// When a run has replicates enough: `--until-halfwidth MEASURE=X`.
#[derive(Debug, Clone, PartialEq)]
pub struct UntilHalfWidth {
    /// Name of the measure.
    pub measure: String,
    /// Half-width of the interval of its mean, in the unit of the measure, above 0.
    pub half_width: f64,
}

impl std::str::FromStr for UntilHalfWidth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = text.split_once('=').and_then(|(measure, number)| {
            let half_width: f64 = number.trim().parse().ok()?;
            let measure = measure.trim().to_owned();
            let sound = !measure.is_empty() && half_width.is_finite() && half_width > 0.0;
            sound.then_some(Self { measure, half_width })
        });
        read.ok_or_else(|| "say MEASURE=X with X above 0, for example lock_in_index=0.005".to_owned())
    }
}

/// How progress is shown on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Progress {
    /// A bar on a terminal, nothing otherwise.
    Auto,
    /// A bar.
    Bar,
    /// One JSON object a line, about once a second.
    Json,
    /// Nothing.
    None,
}

/// All that `oransim run` or `oransim compare` was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSettings {
    /// Which of the two.
    pub mode: Mode,
    /// The scenario files, in order.
    pub scenarios: Vec<PathBuf>,
    /// Replicates, where the command line says.
    pub replicates: Option<u64>,
    /// Seed, where the command line says.
    pub seed: Option<u64>,
    /// Threads that play replicates, at least 1.
    pub jobs: usize,
    /// Run directory, where the command line says.
    pub out: Option<PathBuf>,
    /// Values set on the command line, in order: the last wins.
    pub overrides: Vec<Override>,
    /// Formats of tables; holds Csv or Parquet.
    pub formats: BTreeSet<Format>,
    /// What is recorded.
    pub record: Record,
    /// Mode, where the command line says.
    pub uncertainty: Option<Uncertainty>,
    /// When it has replicates enough, if that is to be seen as they are played; `replicates` is then the most.
    pub until: Option<UntilHalfWidth>,
    /// Which part is played here.
    pub shard: Option<Shard>,
    /// Finish an unfinished run.
    pub resume: bool,
    /// Begin again, replacing files that this program wrote.
    pub force: bool,
    /// Figures as PNG too.
    pub png: bool,
}

/// The formats in force: Parquet where no format of replicates is named.
pub fn formats(asked: &[Format]) -> BTreeSet<Format> {
    let mut formats: BTreeSet<Format> = asked.iter().copied().collect();
    if !formats.contains(&Format::Csv) {
        formats.insert(Format::Parquet);
    }
    formats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read() {
        let tenders = Record {
            series: RecordSeries::Core,
            tenders: true,
        };
        assert_eq!("core,tenders".parse(), Ok(tenders));
        assert_eq!("tenders".parse(), Ok(tenders));
        assert_eq!(
            "none".parse(),
            Ok(Record {
                series: RecordSeries::None,
                tenders: false
            })
        );
        assert!("core,all".parse::<Record>().is_err());
        assert!("everything".parse::<Record>().is_err());
    }

    #[test]
    fn shards_read_and_cover_each_replicate_once() {
        assert_eq!("2/8".parse(), Ok(Shard { index: 2, of: 8 }));
        for bad in ["0/3", "4/3", "1", "a/b", "1/0"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
        for replicates in 1..40 {
            for of in 1..9 {
                for k in 0..replicates {
                    let owners = (1..=of).filter(|index| Shard { index: *index, of }.plays(k, replicates));
                    assert_eq!(owners.count(), 1);
                }
            }
        }
    }

    #[test]
    fn overrides_read() {
        let read = |text: &str| text.parse::<Override>();
        let plain = read("vendor.huawei.bb_usd_per_site = 9e3").unwrap();
        assert_eq!(
            (plain.scenario, &*plain.path, &*plain.value),
            (None, "vendor.huawei.bb_usd_per_site", "9e3")
        );
        let one = read("uk-cap:market.patience=\"a=b\"").unwrap();
        assert_eq!(
            (one.scenario.as_deref(), &*one.path, &*one.value),
            (Some("uk-cap"), "market.patience", "\"a=b\"")
        );
        let quoted = read("vendor.\"x:y\".z=1").unwrap();
        assert_eq!((quoted.scenario, &*quoted.path), (None, "vendor.\"x:y\".z"));
        assert!(read("no-value").is_err());
        assert!(read("=1").is_err());
    }

    #[test]
    fn half_widths_read() {
        let read: UntilHalfWidth = "hhi_sites=5e-3".parse().unwrap();
        assert_eq!((&*read.measure, read.half_width), ("hhi_sites", 0.005));
        for bad in ["hhi_sites", "=1", "a=0", "a=-1", "a=NaN", "a=inf", "a=x"] {
            assert!(bad.parse::<UntilHalfWidth>().is_err(), "{bad}");
        }
    }

    #[test]
    fn parquet_is_the_default() {
        assert!(formats(&[]).contains(&Format::Parquet));
        assert!(formats(&[Format::Xlsx]).contains(&Format::Parquet));
        assert!(!formats(&[Format::Csv]).contains(&Format::Parquet));
    }
}
