//! The size of a run on disk, estimated before it starts.

use std::path::Path;

use super::layout::Layout;
use super::manifest::Manifest;
use crate::exit::{Failure, Result};
use crate::settings::{Format, Mode, RecordSeries, RunSettings};

/// Bytes of a row of a table of text: the names of series, a date and a number.
const CSV_ROW: u64 = 110;
/// Bytes of a row of `summary.csv`, with nine statistics.
const SUMMARY_ROW: u64 = 210;
/// Bytes of a row of `differences.csv`, with eleven statistics.
const DIFFERENCE_ROW: u64 = 300;
/// Bytes of a row of `replicates.parquet`: the number, and what is left of the names.
const PARQUET_ROW: u64 = 9;
/// Bytes of a row of tenders in segments and in text; in Parquet about a quarter.
const TENDER_ROW: u64 = 330;

/// What a run will take, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// While it runs, in `work/`.
    pub working: u64,
    /// When it is finished.
    pub finished: u64,
}

impl Estimate {
    /// Of `replicates` replicates of each world at each of `points` points (1 in a plain run); `tender_rows` a
    /// replicate, over all worlds.
    pub fn of(layouts: &[Layout], points: u64, replicates: u64, tender_rows: u64, settings: &RunSettings) -> Self {
        let cells: u64 = layouts.iter().map(|layout| layout.cells() as u64).sum();
        let (cells, replicates) = (cells.saturating_mul(points), replicates.saturating_mul(points));
        let rows = cells.saturating_mul(replicates / points.max(1));
        let tenders = if settings.record.tenders {
            tender_rows.saturating_mul(replicates)
        } else {
            0
        };
        let working = rows
            .saturating_mul(8)
            .saturating_add(tenders.saturating_mul(TENDER_ROW));
        let mut finished = cells.saturating_mul(SUMMARY_ROW);
        if settings.mode == Mode::Compare {
            // One row of `differences.csv`, a little longer, for each cell of each world but the base.
            let base = layouts.first().map_or(0, |layout| layout.cells() as u64);
            finished = finished.saturating_add(cells.saturating_sub(base).saturating_mul(DIFFERENCE_ROW));
        }
        let recorded = settings.record.series != RecordSeries::None;
        for format in &settings.formats {
            let (row, tender) = match format {
                Format::Csv => (CSV_ROW, TENDER_ROW),
                Format::Parquet => (PARQUET_ROW, TENDER_ROW / 4),
                Format::Xlsx => {
                    finished = finished.saturating_add(cells.saturating_mul(SUMMARY_ROW / 3));
                    continue;
                }
            };
            let replicates = if recorded { rows.saturating_mul(row) } else { 0 };
            finished = finished
                .saturating_add(replicates)
                .saturating_add(tenders.saturating_mul(tender));
        }
        Self { working, finished }
    }

    /// Room needed at the worst moment: both stand side by side before `work/` is removed.
    pub fn peak(self) -> u64 {
        self.working.saturating_add(self.finished)
    }

    /// The line printed before the start.
    pub fn line(self, manifest: &Manifest) -> String {
        let points = manifest
            .points
            .as_ref()
            .map(|points| format!(" at {} points", points.count));
        format!(
            "{}{} replicates{} of {}: about {} on disk, {} while it runs",
            if manifest.until.is_some() { "at most " } else { "" },
            manifest.replicates,
            points.unwrap_or_default(),
            if manifest.worlds.len() == 1 {
                "1 world".into()
            } else {
                format!("{} worlds", manifest.worlds.len())
            },
            bytes(self.finished),
            bytes(self.peak()),
        )
    }

    /// Refuses a run that does not fit.
    ///
    /// # Errors
    /// [`Failure::Refused`] with both sizes and what to do. A platform that cannot say how much room
    /// there is refuses nothing.
    pub fn check(self, directory: &Path) -> Result<()> {
        let there = directory.ancestors().find(|path| path.exists());
        let there = there
            .filter(|path| !path.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        match (fs4::total_space(there), fs4::available_space(there)) {
            // A file system that says it has no size at all is not one of disks.
            (Ok(0), _) => Ok(()),
            // What an earlier sitting left in work/ is part of the estimate and takes no new room.
            (Ok(_), Ok(room)) => {
                let there = size_of(&directory.join("work").join("segments"));
                self.check_room(room.saturating_add(there), directory)
            }
            _ => Ok(()),
        }
    }

    fn check_room(self, room: u64, directory: &Path) -> Result<()> {
        if self.peak() <= room {
            return Ok(());
        }
        Err(Failure::Refused(format!(
            "{} has room for {}, the run takes about {}: record less (--record none), play fewer replicates, or choose another --out",
            directory.display(),
            bytes(room),
            bytes(self.peak()),
        )))
    }
}

/// Bytes of the files that lie in a directory; zero where there is none.
fn size_of(directory: &Path) -> u64 {
    let items = std::fs::read_dir(directory).into_iter().flatten().flatten();
    items
        .filter_map(|item| item.metadata().ok())
        .map(|meta| meta.len())
        .sum()
}

/// A size in words: `950 kB`, `1.2 GB`.
pub fn bytes(count: u64) -> String {
    let mut size = count as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        if size < 1000.0 {
            break;
        }
        size /= 1000.0;
        unit = next;
    }
    if unit == "B" || size >= 100.0 {
        format!("{size:.0} {unit}")
    } else {
        format!("{size:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_both_sizes() {
        let estimate = Estimate {
            working: 3_000_000_000,
            finished: 1_000_000_000,
        };
        assert!(estimate.check_room(4_000_000_000, Path::new("x")).is_ok());
        let Err(Failure::Refused(text)) = estimate.check_room(3_999_999_999, Path::new("x")) else {
            panic!()
        };
        assert!(text.contains("4.0 GB"), "{text}");
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(
            [bytes(0), bytes(999), bytes(1500), bytes(240_000_000)],
            ["0 B", "999 B", "1.5 kB", "240 MB"]
        );
    }
}
