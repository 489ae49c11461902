//! `provenance.json`: all that the results are not a function of, and where each value came from.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::atomic;
use super::plan::Plan;
use crate::exit::{Context as _, Result};
use crate::surroundings::{Surroundings, host_name, platform};
use crate::time::now_utc;

/// What is told of a run besides its results.
pub struct Provenance<'a> {
    /// What the run was about and who worked on it.
    pub plan: &'a Plan,
    /// The process that finishes it.
    pub surroundings: &'a Surroundings,
    /// Replicates that failed.
    pub failures: u64,
    /// Files of the directory, but for this one and the manifest.
    pub files: &'a [String],
}

impl Provenance<'_> {
    /// Writes it, indented: it is read by people.
    ///
    /// # Errors
    /// Of the disk.
    pub fn write(&self, path: &Path) -> Result<()> {
        let plan = self.plan;
        let origins: Map<String, Value> = plan
            .worlds
            .iter()
            .map(|w| (w.layout.id.clone(), w.origins.clone()))
            .collect();
        let value = json!({
            "hash": plan.manifest.hash(),
            "run_key": plan.manifest.run_key(),
            "program": format!("oransim {}", env!("CARGO_PKG_VERSION")),
            "command": self.surroundings.command,
            "git_revision": self.surroundings.git_revision,
            "host": host_name(),
            "platform": platform(),
            "jobs": plan.sittings.last().map(|sitting| sitting.jobs),
            "started": plan.sittings.first().map(|sitting| sitting.started.clone()),
            "finished": now_utc(),
            "resumptions": plan.sittings.len().saturating_sub(1),
            "sittings": plan.sittings,
            "failures": self.failures,
            "files": self.files,
            "origins": origins,
        });
        let text = serde_json::to_string_pretty(&value).while_doing("write", path)?;
        atomic::write_text(path, &(text + "\n"))
    }
}
