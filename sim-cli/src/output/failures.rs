//! `failures.csv`: the replicates that failed, and why; the header alone when none did.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use super::cells::csv_line;
use super::{Exporter, Source};
use crate::exit::{Context as _, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;
use crate::store::points::point_and_replicate;

/// The table.
pub struct FailuresCsv;

impl Exporter for FailuresCsv {
    fn file(&self) -> &'static str {
        "failures.csv"
    }

    fn wanted(&self, _: &Recorded, _: &BTreeSet<Format>) -> bool {
        true
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        let names = ["scenario", "replicate", "time", "where", "message"];
        let head = csv_line(source.point_column().iter().copied().chain(names), path)?;
        sink.write_all(&head).while_doing("write", path)?;
        for world in 0..source.segments.layouts().len() {
            let id = source.segments.layouts()[world].id.clone();
            for (k, failed) in source.segments.failures(world)? {
                let mut line = Vec::new();
                source.push_point(k, &mut line);
                let k = point_and_replicate(k).1.to_string();
                line.extend(csv_line(
                    [&*id, &*k, &*failed.time, &*failed.place, &*failed.message],
                    path,
                )?);
                sink.write_all(&line).while_doing("write", path)?;
            }
        }
        Ok(())
    }
}
