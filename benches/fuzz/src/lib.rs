//! What the fuzz targets share: scenarios out of bytes, a plan, entries, seeds made of them, and a folder for readers that take a path.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use sim_cli::engine::Valuation;
use sim_cli::settings::Record;
use sim_cli::store::entry::{Entry, FailedReplicate};
use sim_cli::store::layout::{Layout, SeriesLabel};
use sim_cli::store::manifest::{FORMAT, Manifest, ManifestWorld};
use sim_cli::store::plan::{Plan, PlannedWorld};
use sim_cli::store::points::{Points, hash_of_first};
use sim_cli::store::tenders::{Column, Tenders};
use sim_core::record::Counters;
use sim_core::scenario::Scenario;
use sim_core::scenario::document::{Diagnostics, Document, ReadFiles, load};

const MINIMAL: &str = include_str!("../../../scenarios/minimal.toml");

/// Whether a world is built and played soon enough for a fuzzer; what is larger than the stated limit has been refused before.
#[must_use]
pub fn is_small(scenario: &Scenario) -> bool {
    let batches: f64 = scenario.programmes.iter().map(|p| f64::from(p.years)).sum();
    let cohorts: f64 = (scenario.operators.iter())
        .map(|o| f64::from(o.cohorts) * f64::from(o.lots))
        .sum();
    (cohorts + batches) * (scenario.environments.len() as f64) < 1e4
}

struct Texts<'a> {
    scenario: &'a str,
    draws: &'a str,
}

impl ReadFiles for Texts<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "a.toml" => Ok(self.scenario.to_owned()),
            _ if path.ends_with(".csv") => Ok(self.draws.to_owned()),
            _ if path.ends_with(".toml") => Ok(MINIMAL.to_owned()),
            _ => Err("there is no such file".to_owned()),
        }
    }
}

/// Reads bytes as a scenario, and after a byte 0 as the file of joint draws that it may name. Whatever it extends is the
/// shipped `minimal`, so that a few lines reach what lies behind the checks.
///
/// # Errors
/// Of the loader.
pub fn scenario(bytes: &[u8]) -> Result<Document, Diagnostics> {
    let text = String::from_utf8_lossy(bytes);
    let (scenario, draws) = text.split_once('\0').unwrap_or((&text, ""));
    load(&Texts { scenario, draws }, "a.toml")
}

/// A folder of this process. Readers that take a path read from there; on a file system in memory that costs little.
#[must_use]
pub fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("oransim-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    folder
}

/// Two series at one date.
#[must_use]
pub fn layout() -> Layout {
    let series = |measure: &str| SeriesLabel {
        measure: measure.into(),
        unit: "share".into(),
        component: "ran".into(),
        generation: "all".into(),
        place_kind: "world".into(),
        place: "world".into(),
        vendor: "all".into(),
        part: "all".into(),
    };
    Layout {
        id: "w".into(),
        dates: vec![18_627],
        series: vec![series("hhi_sales"), series("lock_in_curve")],
    }
}

/// A plan of a run of [`layout`], with points where `design` is the text of a design.
#[must_use]
pub fn plan(design: Option<&str>) -> Plan {
    let points = design.map(|text| {
        let count = text.lines().count() as u64 - 1;
        Points {
            count,
            design: "sobol".into(),
            choices: Vec::new(),
            hash: hash_of_first(text, count).unwrap_or_default(),
        }
    });
    Plan {
        manifest: Manifest {
            format: FORMAT,
            model_version: "0.1.0".into(),
            results_epoch: 1,
            mode: "run".into(),
            worlds: vec![ManifestWorld {
                id: "w".into(),
                values_hash: "ab".repeat(32),
            }],
            inputs: Default::default(),
            seed: 1,
            uncertainty: "fixed".into(),
            recorded: Manifest::recorded(Record::default(), &[layout()]),
            replicates: 3,
            until: None,
            points,
        },
        shard: None,
        worlds: vec![PlannedWorld {
            layout: layout(),
            resolved_toml: "[scenario]\n".into(),
            origins: Value::Null,
            valuation: Valuation::default(),
        }],
        sittings: Vec::new(),
        design: design.map(str::to_owned),
    }
}

/// One entry of each kind that a segment may hold, for [`layout`].
#[must_use]
pub fn entries() -> Vec<Entry> {
    let mut tenders = Tenders::default();
    for row in 0..2_u32 {
        for column in &mut tenders.columns {
            match column {
                Column::Text(values) => values.push(format!("t{row}")),
                Column::Number(values) => values.push(if row == 1 { f64::NAN } else { 0.5 }),
                Column::Count(values) => values.push(row),
                Column::Day(values) => values.push(18_627),
            }
        }
    }
    let record = |tenders| Entry::Record {
        counters: Counters::default(),
        values: vec![0.25, f64::NAN],
        tenders,
    };
    let failure = Entry::Failure(FailedReplicate {
        time: "2030-01-01".into(),
        place: "north".into(),
        message: "the bids have no solution".into(),
    });
    vec![record(Tenders::default()), record(tenders), failure]
}

/// Writes the seeds that no file of the repository holds into the folder named in the environment, if one is: the
/// targets of manifests and segments begin with this.
pub fn write_seeds() {
    let Some(corpus) = std::env::var_os("ORANSIM_SEEDS").map(PathBuf::from) else {
        return;
    };
    let put = |target: &str, name: &str, bytes: &[u8]| {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join(name), bytes))
            .expect("seeds can be written");
    };
    for (name, design) in [("plain", None), ("points", Some("point,a\n0,0.5\n1,0.25\n"))] {
        let plan = plan(design);
        put(
            "manifest",
            &format!("{name}-manifest"),
            plan.manifest.to_text().as_bytes(),
        );
        let text = serde_json::to_vec(&plan).expect("a plan is plain data");
        put("manifest", &format!("{name}-plan"), &text);
    }
    // As the target takes them apart: lengths of 16 bits before the payloads of sound frames.
    let mut whole = vec![0];
    for (k, entry) in entries().iter().enumerate() {
        let payload = entry.encode(k as u64);
        let mut one = vec![0];
        for bytes in [&mut one, &mut whole] {
            bytes.extend_from_slice(&(payload.len() as u16).to_le_bytes());
            bytes.extend_from_slice(&payload);
        }
        put("segments", &format!("entry-{k}"), &one);
    }
    put("segments", "entries", &whole);
}
