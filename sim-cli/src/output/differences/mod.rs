//! `differences.csv`: for each alternative, the paired difference to the base of every series that stands in
//! both worlds; then what the policy costs for each point of lock-in that it removes.

pub mod accounts;
pub mod appraisal;
pub mod matching;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;

use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use sim_core::inference::{PairedRoom, PairedSummary};

use super::cells::{CellText, csv_part, header};
use super::number::push_number;
use super::summary::{STATISTICS, push_statistics};
use super::{Exporter, Source};
use crate::exit::{Context as _, Failure, Result};
use crate::settings::{Format, Mode};
use crate::store::atomic::Sink;
use crate::store::manifest::Recorded;
use crate::time::iso;
use appraisal::{Appraisal, AppraisalRow, Statistics};
use matching::Matching;

/// File name of the table.
pub const FILE: &str = "differences.csv";
/// The columns that `differences.csv` has beyond those of `summary.csv`.
pub const BEYOND: [&str; 2] = ["p_sign", "variance_ratio"];
/// Values of both worlds held at once: 8 million, 64 MB. All pairs of a cell are needed together.
const VALUES_AT_ONCE: usize = 8 << 20;
/// Cells that a thread takes at a time: eight cache lines of each replicate.
const TILE: usize = 64;

/// The table.
pub struct DifferencesCsv;

impl Exporter for DifferencesCsv {
    fn file(&self) -> &'static str {
        FILE
    }

    fn wanted(&self, _: &Recorded, _: &BTreeSet<Format>) -> bool {
        true
    }

    fn made_by(&self, mode: &str) -> bool {
        mode == Mode::Compare.word()
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        write_all(source, sink, path, VALUES_AT_ONCE)
    }
}

/// Writes the table with so much room for values.
fn write_all(source: &mut Source<'_>, sink: &mut Sink, path: &Path, room: usize) -> Result<()> {
    let after: Vec<&str> = STATISTICS.iter().chain(&BEYOND).copied().collect();
    sink.write_all(&header(&["base", "alt"], &after, path)?)
        .while_doing("write", path)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(source.jobs)
        .build()
        .map_err(|error| Failure::CouldNotGoOn(format!("cannot start {} threads: {error}", source.jobs)))?;
    for alt in 1..source.segments.layouts().len() {
        let pair = Pair::of(source, alt, path)?;
        pair.write_series(source, &pool, sink, room)?;
        pair.write_appraisal(source, sink, room)?;
    }
    Ok(())
}

/// The base and one alternative.
struct Pair<'a> {
    alt: usize,
    matching: Matching,
    /// Replicates that have a record in both worlds.
    replicates: Vec<u64>,
    text: CellText,
    /// `base,alt`.
    worlds: Vec<u8>,
    path: &'a Path,
}

impl<'a> Pair<'a> {
    fn of(source: &Source<'_>, alt: usize, path: &'a Path) -> Result<Self> {
        let layouts = source.segments.layouts();
        let there = source.segments.records(alt);
        let mut replicates = source.segments.records(0);
        replicates.retain(|k| there.binary_search(k).is_ok());
        Ok(Self {
            alt,
            matching: Matching::of(&layouts[0], &layouts[alt])?,
            replicates,
            text: CellText::of(&layouts[0], path)?,
            worlds: csv_part([layouts[0].id.as_str(), layouts[alt].id.as_str()], path)?,
            path,
        })
    }

    /// Writes the differences of all series, in blocks of cells whose values fit into `room`.
    fn write_series(&self, source: &mut Source<'_>, pool: &ThreadPool, sink: &mut Sink, room: usize) -> Result<()> {
        let cells = self.matching.cells();
        let block = (room / (2 * self.replicates.len()).max(1)).clamp(1, cells.max(1));
        let (mut base, mut alt) = (Vec::new(), Vec::new());
        for start in (0..cells).step_by(block) {
            let block = start..(start + block).min(cells);
            let spans = self.matching.spans(block.clone());
            base.clear();
            alt.clear();
            for k in &self.replicates {
                source.go_on()?;
                source.segments.values(0, *k, spans.0.clone(), &mut base)?;
                source.segments.values(self.alt, *k, spans.1.clone(), &mut alt)?;
            }
            let values = Block {
                base: (&base, spans.0),
                alt: (&alt, spans.1),
                pairs: self.replicates.len(),
            };
            let tiles: Vec<usize> = block.clone().step_by(TILE).collect();
            let lines: Vec<Result<Vec<u8>>> = pool.install(|| {
                (tiles.into_par_iter())
                    .map_init(Columns::default, |columns, tile| {
                        self.lines(&values, tile..(tile + TILE).min(block.end), columns)
                    })
                    .collect()
            });
            for lines in lines {
                sink.write_all(&lines?).while_doing("write", self.path)?;
            }
        }
        Ok(())
    }

    /// The rows of some cells of a block.
    fn lines(&self, values: &Block<'_>, cells: Range<usize>, columns: &mut Columns) -> Result<Vec<u8>> {
        let mut lines = Vec::with_capacity(300 * cells.len());
        let n = values.pairs;
        columns.base.resize(TILE * n, 0.0);
        columns.alt.resize(TILE * n, 0.0);
        // Replicate by replicate, in which neighbouring cells lie side by side.
        let of: Vec<(usize, usize)> = cells.clone().map(|cell| self.matching.pair(cell)).collect();
        for k in 0..n {
            for (i, (base, alt)) in of.iter().enumerate() {
                columns.base[i * n + k] = Block::value(&values.base, k, *base);
                columns.alt[i * n + k] = Block::value(&values.alt, k, *alt);
            }
        }
        for (i, (base, _)) in of.iter().enumerate() {
            let column = i * n..(i + 1) * n;
            let paired = PairedSummary::with(&columns.base[column.clone()], &columns.alt[column], &mut columns.room)
                .map_err(|error| Failure::CouldNotGoOn(error.to_string()))?;
            lines.extend_from_slice(&self.worlds);
            self.text.push(*base, &mut lines);
            push_paired(&paired, &mut lines);
        }
        Ok(lines)
    }

    /// Writes what the policy costs, place by place, as many places at once as fit into `room`.
    fn write_appraisal(&self, source: &mut Source<'_>, sink: &mut Sink, room: usize) -> Result<()> {
        let layouts = source.segments.layouts();
        let (base, alt) = (layouts[0].clone(), layouts[self.alt].clone());
        let Some(last) = base.dates.last().map(|day| iso(*day)) else {
            return Ok(());
        };
        let mut rows: Vec<AppraisalRow> = Vec::new();
        let mut left = Appraisal::places(&base, &alt);
        let at_once = (room / (appraisal::VALUES_PER_PAIR * self.replicates.len()).max(1)).max(1);
        let (mut here, mut there) = (Vec::new(), Vec::new());
        while !left.is_empty() {
            let later = left.split_off(at_once.min(left.len()));
            let mut appraisal = Appraisal::of(&base, &alt, left, source.valuation);
            for k in &self.replicates {
                source.go_on()?;
                here.clear();
                there.clear();
                source.segments.values(0, *k, 0..base.cells(), &mut here)?;
                source.segments.values(self.alt, *k, 0..alt.cells(), &mut there)?;
                appraisal.add(&here, &there);
            }
            rows.extend(appraisal.rows(source.manifest.seed)?);
            left = later;
        }
        rows.sort_by(|a, b| a.order().cmp(&b.order()));
        for row in rows {
            let mut line = self.worlds.clone();
            line.extend_from_slice(format!(",{last},").as_bytes());
            line.extend_from_slice(&csv_part(row.label.texts(), self.path)?);
            line.push(b',');
            match row.statistics {
                Statistics::Paired(paired) => push_paired(&paired, &mut line),
                Statistics::Ratio { n, ratio, interval } => {
                    line.extend_from_slice(n.to_string().as_bytes());
                    line.push(b',');
                    push_number(&mut line, ratio);
                    // The spread over replicates and the sign share are not those of a ratio of means.
                    line.extend_from_slice(b",,,,,,");
                    for value in [interval.low, interval.high] {
                        line.push(b',');
                        push_number(&mut line, value);
                    }
                    line.extend_from_slice(b",,\n");
                }
            }
            sink.write_all(&line).while_doing("write", self.path)?;
        }
        Ok(())
    }
}

/// Values of a block of cells: replicate by replicate, each the cells of a span.
struct Block<'a> {
    base: (&'a [f64], Range<usize>),
    alt: (&'a [f64], Range<usize>),
    pairs: usize,
}

impl Block<'_> {
    fn value((values, span): &(&[f64], Range<usize>), k: usize, cell: usize) -> f64 {
        values[k * span.len() + cell - span.start]
    }
}

/// What a thread keeps between tiles: the columns of a tile, and room for statistics.
#[derive(Default)]
struct Columns {
    base: Vec<f64>,
    alt: Vec<f64>,
    room: PairedRoom,
}

/// Appends the statistics of a difference and the end of the line.
fn push_paired(paired: &PairedSummary, line: &mut Vec<u8>) {
    push_statistics(&paired.difference, line);
    line.pop();
    for value in [paired.p_sign, paired.variance_ratio] {
        line.push(b',');
        push_number(line, value);
    }
    line.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::super::store::atomic::write_file;
    use super::*;
    use crate::engine::Valuation;
    use crate::store::entry::Entry;
    use crate::store::layout::Layout;
    use crate::store::manifest::{FORMAT, Manifest};
    use crate::store::segments::Segments;
    use crate::store::tenders::Tenders;
    use sim_core::record::Counters;
    use std::sync::atomic::AtomicBool;

    /// Nine replicates of two worlds, of which the alternative lacks the first series and has one more.
    fn segments(directory: &Path) -> Segments {
        let series = [
            "share_sites ran all",
            "lock_in_curve ran all",
            "operator_cost ran price",
            "operator_cost ran running",
            "site_months_late ran all",
            "public_outlay ran fund",
        ];
        let dates = [0, 365, 730, 1095];
        let layouts: Vec<Layout> = vec![
            accounts::tests::layout("base", &series[..5], &dates),
            accounts::tests::layout("alt", &series[1..], &dates),
        ];
        let mut segments = Segments::new(layouts, "key");
        segments.open_for_writing(directory).unwrap();
        for k in 0..9 {
            for world in 0..2 {
                let value = |cell: usize| ((7 * k + 3) * (cell + 2) % 23) as f64 + 5.0 * world as f64;
                let entry = Entry::Record {
                    counters: Counters::default(),
                    values: (0..20).map(value).collect(),
                    tenders: Tenders::default(),
                };
                segments.append(world, k as u64, &entry).unwrap();
            }
        }
        segments
    }

    fn table(room: usize, jobs: usize) -> String {
        let dir = tempfile::tempdir().unwrap();
        let manifest = Manifest {
            format: FORMAT,
            model_version: "0".into(),
            results_epoch: 1,
            mode: "compare".into(),
            worlds: Vec::new(),
            inputs: Default::default(),
            seed: 1,
            uncertainty: "fixed".into(),
            recorded: Recorded {
                series: "core".into(),
                tenders: false,
                layout_hash: String::new(),
            },
            replicates: 9,
            until: None,
            points: None,
        };
        let mut source = Source {
            manifest: &manifest,
            valuation: Valuation {
                discount_rate: 0.05,
                site_month_usd: 1e6,
            },
            jobs,
            segments: &mut segments(&dir.path().join("segments")),
            directory: dir.path(),
            stop: &AtomicBool::new(false),
        };
        let path = dir.path().join(FILE);
        write_file(&path, |sink| write_all(&mut source, sink, &path, room)).unwrap();
        std::fs::read_to_string(&path).unwrap()
    }

    #[test]
    fn the_room_for_values_and_the_threads_do_not_change_the_table() {
        let expected = table(VALUES_AT_ONCE, 1);
        // A header, four common series at four dates, and nine rows of appraisal.
        assert_eq!(expected.lines().count(), 1 + 16 + 9);
        for (room, jobs) in [(1, 1), (18, 2), (54, 1), (90, 3), (1000, 2)] {
            assert_eq!(table(room, jobs), expected, "{room} {jobs}");
        }
        // Only the alternative has an outlay: the base pays none.
        let row = "base,alt,1971-01-01,";
        assert!(!expected.contains("public_outlay") && expected.contains(row));
        let public = expected
            .lines()
            .find(|line| line.contains(",discounted_cost,") && line.contains(",public,"));
        assert!(!public.unwrap().contains(",public,9,0,"), "{public:?}");
    }

    #[test]
    fn a_row_has_a_cell_for_every_column() {
        let mut line = Vec::new();
        push_paired(&PairedSummary::of(&[1.0, 2.0], &[1.5, 2.0]).unwrap(), &mut line);
        let text = String::from_utf8(line).unwrap();
        assert_eq!(text.split(',').count(), STATISTICS.len() + BEYOND.len());
        // Differences .5 and 0: mean .25, one and a half of two signs, variance .125 over .5 + .125.
        assert!(text.starts_with("2,0.25,") && text.ends_with(",0.75,0.2\n"), "{text}");
    }
}
