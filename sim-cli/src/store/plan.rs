//! `work/plan.json`: what an unfinished run is about, enough to finish it or to join its shards
//! without the engine. A finished shard keeps it as `shard.json`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::atomic;
use super::canonical::{canonical, hash_of};
use super::layout::Layout;
use super::limited;
use super::manifest::{FORMAT, Manifest};
use super::points::{hash_of_first, key};
use crate::engine::Valuation;
use crate::exit::{Context as _, Failure, Result};
use crate::settings::Shard;
use sim_core::draws::stable_hash;

/// One world of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedWorld {
    /// What its records mean.
    pub layout: Layout,
    /// Text of `scenarios/ID.toml`.
    pub resolved_toml: String,
    /// The origin of each value.
    pub origins: Value,
    /// How the effects of policies are valued where this world is the base.
    pub valuation: Valuation,
}

/// One process that worked on a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sitting {
    /// When it began, UTC.
    pub started: String,
    /// Its command line.
    pub command: Vec<String>,
    /// Its threads.
    pub jobs: usize,
}

/// What a run is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What the results will be a function of.
    pub manifest: Manifest,
    /// Which part is played here.
    pub shard: Option<Shard>,
    /// The worlds in the order of the manifest.
    pub worlds: Vec<PlannedWorld>,
    /// All processes that worked on it, in order.
    pub sittings: Vec<Sitting>,
    /// Text of `design.csv`, where the run has points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<String>,
}

impl Plan {
    /// Threads of the process at work, or of the last one.
    pub fn jobs(&self) -> usize {
        self.sittings.last().map_or(1, |sitting| sitting.jobs.max(1))
    }

    /// How the effects of policies are valued: as the base says, which is the first world.
    pub fn valuation(&self) -> Valuation {
        self.worlds
            .first()
            .map_or_else(Valuation::default, |base| base.valuation)
    }

    /// The layouts of the worlds.
    pub fn layouts(&self) -> Vec<Layout> {
        self.worlds.iter().map(|world| world.layout.clone()).collect()
    }

    /// The keys that are played here, in the order in which they are played: the first replicate everywhere, then the
    /// second, so that what stands after an interruption is a fair sample. The points of a grid are taken in a scattered
    /// order; those of other designs are fair in their own.
    pub fn keys_to_play(&self) -> Vec<u64> {
        let replicates = self.manifest.replicates;
        let own = |k: &u64| self.shard.is_none_or(|shard| shard.plays(*k, replicates));
        let count = self.manifest.points.as_ref().map_or(1, |points| points.count);
        let mut order: Vec<u64> = (0..count).collect();
        if self
            .manifest
            .points
            .as_ref()
            .is_some_and(|points| points.design == "grid")
        {
            order.sort_by_cached_key(|point| stable_hash(&point.to_string()));
        }
        let keys = (0..replicates).filter(own);
        keys.flat_map(|k| order.iter().map(move |point| key(*point, k)))
            .collect()
    }

    /// Whether the design is that of the manifest.
    fn design_agrees(&self) -> bool {
        match (&self.design, &self.manifest.points) {
            (None, None) => true,
            (Some(design), Some(points)) => hash_of_first(design, points.count).as_ref() == Some(&points.hash),
            _ => false,
        }
    }

    /// Whether the first points of this run are those of `old`, and no fewer.
    pub fn begins_with_points_of(&self, old: &Manifest) -> bool {
        match (&self.design, &old.points) {
            (None, None) => true,
            (Some(design), Some(points)) => hash_of_first(design, points.count).as_ref() == Some(&points.hash),
            _ => false,
        }
    }

    /// Writes it whole or not at all.
    ///
    /// # Errors
    /// Where it would be too large to be read back; of the disk.
    pub fn write(&self, path: &Path) -> Result<()> {
        let value = serde_json::to_value(self).while_doing("write", path)?;
        let text = canonical(&value) + "\n";
        if text.len() as u64 > limited::PLAN {
            return Err(Failure::CouldNotGoOn(format!(
                "{} would have more than {} MiB: record fewer series, or play fewer worlds at a time",
                path.display(),
                limited::PLAN >> 20
            )));
        }
        atomic::write_text(path, &text)
    }

    /// Reads it back.
    ///
    /// # Errors
    /// [`Failure::Refused`] where the file is larger than a plan may be, or not a plan whose parts agree.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            String::from_utf8(limited::read(path, limited::PLAN)?).map_err(|_| "it is no text in UTF-8".to_owned());
        text.and_then(|text| Self::parse(&text)).map_err(|why| {
            Failure::Refused(format!(
                "{} cannot be used: {why}. Remove it, or choose another --out",
                path.display()
            ))
        })
    }

    /// [`Plan::read`] on a text; never panics.
    ///
    /// # Errors
    /// Why the text is not a plan.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let plan: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if plan.manifest.format != FORMAT {
            return Err(format!(
                "it has format {}, this version writes {FORMAT}",
                plan.manifest.format
            ));
        }
        plan.manifest.within_limits()?;
        let layout_hash = hash_of(&plan.layouts()).map_err(|error| error.to_string())?;
        let ids = |worlds: &[PlannedWorld]| worlds.iter().map(|w| w.layout.id.clone()).collect::<Vec<_>>();
        let agree = layout_hash == plan.manifest.recorded.layout_hash
            && plan.design_agrees()
            && ids(&plan.worlds) == plan.manifest.worlds.iter().map(|w| w.id.clone()).collect::<Vec<_>>();
        if agree {
            Ok(plan)
        } else {
            Err("its parts do not agree".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Record;
    use crate::store::manifest::ManifestWorld;
    use proptest::prelude::*;

    fn example() -> String {
        let layout = Layout {
            id: "w".into(),
            dates: vec![0],
            series: Vec::new(),
        };
        let world = PlannedWorld {
            layout: layout.clone(),
            resolved_toml: "[scenario]\n".into(),
            origins: Value::Null,
            valuation: Valuation::default(),
        };
        let manifest = Manifest {
            format: FORMAT,
            model_version: "0".into(),
            results_epoch: 1,
            mode: "run".into(),
            worlds: vec![ManifestWorld {
                id: "w".into(),
                values_hash: String::new(),
            }],
            inputs: Default::default(),
            seed: 1,
            uncertainty: "fixed".into(),
            recorded: Manifest::recorded(Record::default(), &[layout]),
            replicates: 3,
            until: None,
            points: None,
        };
        let plan = Plan {
            manifest,
            shard: None,
            worlds: vec![world],
            sittings: Vec::new(),
            design: None,
        };
        serde_json::to_string(&plan).unwrap()
    }

    #[test]
    fn a_layout_that_is_not_the_manifests_is_refused() {
        let text = example();
        assert!(Plan::parse(&text).is_ok());
        assert!(Plan::parse(&text.replace("\"dates\":[0]", "\"dates\":[1]")).is_err());
        assert!(Plan::parse(&text.replace("\"format\":1", "\"format\":2")).is_err());
    }

    #[test]
    fn an_id_that_leads_out_of_the_directory_is_refused() {
        let mut plan = Plan::parse(&example()).unwrap();
        let id = "../../elsewhere";
        plan.worlds[0].layout.id = id.into();
        plan.manifest.worlds[0].id = id.into();
        plan.manifest.recorded = Manifest::recorded(Record::default(), &plan.layouts());
        let why = Plan::parse(&serde_json::to_string(&plan).unwrap()).unwrap_err();
        assert!(why.contains("cannot name a file"), "{why}");
    }

    proptest! {
        #[test]
        fn damaged_plans_never_make_the_reader_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = example().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let read = Plan::parse(&String::from_utf8_lossy(&bytes));
            if let Ok(plan) = read {
                prop_assert_eq!(plan.worlds.len(), plan.manifest.worlds.len());
            }
        }
    }
}
