//! `manifest.json`: all that the results are a function of, and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::{canonical, hash_of, sha256_hex};
use super::layout::{Layout, safe_name};
use super::points::{self, Points};
use super::until::Until;
use crate::settings::Record;
use sim_core::design::MAX_POINTS;

/// Format of the files of a run directory. A new column is a new format.
pub const FORMAT: u32 = 1;

/// Most replicates of a world.
pub const MOST_REPLICATES: u64 = 10_000_000;

/// One world of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestWorld {
    /// Id of the scenario.
    pub id: String,
    /// SHA-256 of the canonical JSON of its resolved values.
    pub values_hash: String,
}

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// `core`, `all` or `none`.
    pub series: String,
    /// Whether tenders are recorded.
    pub tenders: bool,
    /// SHA-256 of the dates and series of every world.
    pub layout_hash: String,
}

/// All that the results are a function of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format of the files.
    pub format: u32,
    /// Version of the model.
    pub model_version: String,
    /// Raised on purpose when numbers change.
    pub results_epoch: u32,
    /// `run`; other commands that make run directories put their own name.
    pub mode: String,
    /// The worlds in the order given.
    pub worlds: Vec<ManifestWorld>,
    /// Hashes of other inputs by name.
    pub inputs: BTreeMap<String, String>,
    /// Seed of the ensemble.
    pub seed: u64,
    /// `fixed` or `sampled`.
    pub uncertainty: String,
    /// What is recorded.
    pub recorded: Recorded,
    /// Number of replicates of each world, in a design at each of its points.
    pub replicates: u64,
    /// The rule by which the number of replicates was found; none where it was given. While the run is unfinished,
    /// `replicates` is the most that there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
    /// The points of a design; none in a plain run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
}

/// Why a text is not a manifest of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadManifest {
    /// Not JSON of this shape.
    NotAManifest(String),
    /// Made by a version that knows a newer format.
    NewerFormat(u64),
    /// The hashes in the file are not those of its content.
    Damaged,
}

impl std::fmt::Display for BadManifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAManifest(why) => write!(f, "it is not a manifest of this program ({why})"),
            Self::NewerFormat(format) => write!(
                f,
                "it has format {format}, this version reads up to {FORMAT}: use a newer oransim"
            ),
            Self::Damaged => write!(f, "its hashes do not match its content"),
        }
    }
}

impl Manifest {
    /// What layouts and options say is recorded.
    pub fn recorded(record: Record, layouts: &[Layout]) -> Recorded {
        // Layouts are plain lists of text and integers: serialising them cannot fail.
        let layout_hash = hash_of(&layouts).unwrap_or_default();
        Recorded {
            series: record.series.word().to_owned(),
            tenders: record.tenders,
            layout_hash,
        }
    }

    /// Whether these dates and series are those of the run.
    pub fn is_laid_out_as(&self, layouts: &[Layout]) -> bool {
        hash_of(&layouts).is_ok_and(|hash| hash == self.recorded.layout_hash)
    }

    fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The keys of all replicates, in the order of tables: by point, then by replicate.
    pub fn keys(&self) -> impl Iterator<Item = u64> + use<> {
        let (points, replicates) = (self.points.as_ref().map_or(1, |points| points.count), self.replicates);
        (0..points).flat_map(move |point| (0..replicates).map(move |k| points::key(point, k)))
    }

    /// Whether a key is that of one of its replicates.
    pub fn has_key(&self, key: u64) -> bool {
        let (point, k) = points::point_and_replicate(key);
        point < self.points.as_ref().map_or(1, |points| points.count) && k < self.replicates
    }

    /// SHA-256 over all but the replicates and points: what a longer or shorter run of the same worlds shares.
    pub fn run_key(&self) -> String {
        let mut value = self.value();
        if let Some(map) = value.as_object_mut() {
            map.remove("replicates");
            map.remove("points");
        }
        sha256_hex(canonical(&value).as_bytes())
    }

    /// SHA-256 over all.
    pub fn hash(&self) -> String {
        sha256_hex(canonical(&self.value()).as_bytes())
    }

    /// What differs between two runs, in words, for a refusal.
    pub fn difference(&self, new: &Self) -> String {
        let old = self;
        let mut words = Vec::new();
        let ids = |manifest: &Manifest| {
            manifest
                .worlds
                .iter()
                .map(|w| w.id.clone())
                .collect::<Vec<_>>()
                .join(", ")
        };
        if ids(old) != ids(new) {
            words.push(format!("scenarios {} there, {} here", ids(old), ids(new)));
        } else if old.worlds != new.worlds {
            words.push("the values of a scenario differ".into());
        }
        if old.seed != new.seed {
            words.push(format!("seed {} there, {} here", old.seed, new.seed));
        }
        if (old.format, &old.model_version, old.results_epoch) != (new.format, &new.model_version, new.results_epoch) {
            words.push(format!("made by version {}", old.model_version));
        }
        if old.mode != new.mode {
            words.push(format!("made by `oransim {}`", old.mode));
        }
        if old.uncertainty != new.uncertainty {
            words.push(format!(
                "uncertainty {} there, {} here",
                old.uncertainty, new.uncertainty
            ));
        }
        if old.recorded != new.recorded {
            words.push("it records other series".into());
        }
        if old.inputs != new.inputs {
            let design = old.inputs.get("design") != new.inputs.get("design");
            words.push(
                if design {
                    "another design"
                } else {
                    "other inputs differ"
                }
                .into(),
            );
        }
        if old.until != new.until {
            let rule = |manifest: &Manifest| match &manifest.until {
                Some(until) => until.words(),
                None => "a number of replicates".to_owned(),
            };
            words.push(format!("it stops at {} there, {} here", rule(old), rule(new)));
        }
        if words.is_empty() {
            words.push("another shard".into());
        }
        words.join("; ")
    }

    /// The text of `manifest.json`: canonical JSON of all fields with `run_key` and `hash`, and a newline.
    pub fn to_text(&self) -> String {
        let mut value = self.value();
        if let Some(map) = value.as_object_mut() {
            map.insert("run_key".into(), self.run_key().into());
            map.insert("hash".into(), self.hash().into());
        }
        canonical(&value) + "\n"
    }

    /// Whether numbers and ids are such as this program writes: readers make room for as many points and replicates as a
    /// manifest speaks of, files bear the ids of its worlds, and a hash is no proof of who wrote it.
    ///
    /// # Errors
    /// In words, which number is too large, or which id cannot name a file in the directory.
    pub fn within_limits(&self) -> Result<(), String> {
        let points = self.points.as_ref().map_or(1, |points| points.count);
        let of = |number: u64, what: &str, most: u64| match number <= most {
            true => Ok(()),
            false => Err(format!("it speaks of {number} {what}, and at most {most} can be")),
        };
        of(self.replicates, "replicates", MOST_REPLICATES)?;
        of(points, "points", MAX_POINTS)?;
        match self.worlds.iter().find(|world| !safe_name(&world.id)) {
            None => Ok(()),
            Some(world) => Err(format!("`{}`, the id of a scenario, cannot name a file", world.id)),
        }
    }

    /// Reads [`Manifest::to_text`] back.
    ///
    /// # Errors
    /// [`BadManifest`]; never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self, BadManifest> {
        let bad = |error: serde_json::Error| BadManifest::NotAManifest(error.to_string());
        let mut value: Value = serde_json::from_str(text).map_err(bad)?;
        let Some(map) = value.as_object_mut() else {
            return Err(BadManifest::NotAManifest("it is not an object".into()));
        };
        if let Some(format) = map.get("format").and_then(Value::as_u64)
            && format > u64::from(FORMAT)
        {
            return Err(BadManifest::NewerFormat(format));
        }
        let run_key = map.remove("run_key");
        let hash = map.remove("hash");
        let manifest: Self = serde_json::from_value(value).map_err(bad)?;
        manifest.within_limits().map_err(BadManifest::NotAManifest)?;
        let same = |claimed: Option<Value>, real: String| claimed.is_some_and(|text| text == real);
        if same(run_key, manifest.run_key()) && same(hash, manifest.hash()) {
            Ok(manifest)
        } else {
            Err(BadManifest::Damaged)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn example() -> Manifest {
        Manifest {
            format: FORMAT,
            model_version: "0.1.0".into(),
            results_epoch: 1,
            mode: "run".into(),
            worlds: vec![ManifestWorld {
                id: "minimal".into(),
                values_hash: "ab".repeat(32),
            }],
            inputs: BTreeMap::new(),
            seed: u64::MAX,
            uncertainty: "fixed".into(),
            recorded: Recorded {
                series: "core".into(),
                tenders: false,
                layout_hash: "cd".repeat(32),
            },
            replicates: 100,
            until: None,
            points: None,
        }
    }

    #[test]
    fn run_key_ignores_replicates_and_nothing_else() {
        let base = example();
        let longer = Manifest {
            replicates: 200,
            ..base.clone()
        };
        assert_eq!(base.run_key(), longer.run_key());
        assert_ne!(base.hash(), longer.hash());
        let reseeded = Manifest {
            seed: 1,
            ..base.clone()
        };
        assert_ne!(base.run_key(), reseeded.run_key());
        assert_eq!(Manifest::parse(&base.to_text()), Ok(base));
    }

    #[test]
    fn newer_formats_are_named() {
        let text = example().to_text().replace("\"format\":1", "\"format\":7");
        assert_eq!(Manifest::parse(&text), Err(BadManifest::NewerFormat(7)));
    }

    #[test]
    fn numbers_beyond_the_limits_are_refused_though_the_hashes_hold() {
        let most = Manifest {
            replicates: MOST_REPLICATES,
            ..example()
        };
        assert_eq!(Manifest::parse(&most.to_text()), Ok(most.clone()));
        let replicates = Manifest {
            replicates: MOST_REPLICATES + 1,
            ..most.clone()
        };
        let points = Manifest {
            points: Some(Points {
                count: 1 << 60,
                design: "sobol".into(),
                choices: Vec::new(),
                hash: "ef".repeat(32),
            }),
            ..most
        };
        for (beyond, word) in [
            (replicates, "10000001 replicates"),
            (points, "1152921504606846976 points"),
        ] {
            let Err(BadManifest::NotAManifest(why)) = Manifest::parse(&beyond.to_text()) else {
                panic!("{word} are too many");
            };
            assert!(why.contains(word), "{why}");
        }
    }

    #[test]
    fn ids_that_lead_out_of_the_directory_are_refused_though_the_hashes_hold() {
        for id in ["../../elsewhere", "/etc/elsewhere", "a\\b", "..", ""] {
            let mut out = example();
            out.worlds[0].id = id.into();
            let Err(BadManifest::NotAManifest(why)) = Manifest::parse(&out.to_text()) else {
                panic!("{id} leads out");
            };
            assert!(why.contains("cannot name a file"), "{why}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_never_accepted(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let good = example().to_text().into_bytes();
            let mut bytes = good.clone();
            let at = at.index(good.len());
            bytes[at] = byte;
            if let Ok(text) = std::str::from_utf8(&bytes)
                && let Ok(read) = Manifest::parse(text)
            {
                // Only a change of white space can pass, and it changes nothing.
                prop_assert_eq!(read, example());
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
            prop_assert!(Manifest::parse(&text).is_err());
        }
    }
}
