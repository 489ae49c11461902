//! `summary.csv`: statistics over replicates, one row a series and date.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use sim_core::inference::Summary;
use sim_core::measure::interval_rule;

use super::cells::{CellText, csv_part, header};
use super::number::push_number;
use super::{Exporter, Source};
use crate::exit::{Context as _, Result};
use crate::settings::Format;
use crate::store::atomic::Sink;
use crate::store::layout::Layout;
use crate::store::manifest::Recorded;
use crate::store::points::{key, point_and_replicate};

/// The statistics, in the order of columns.
pub const STATISTICS: [&str; 10] = [
    "n", "mean", "sd", "p05", "p25", "p50", "p75", "p95", "ci_low", "ci_high",
];

/// Values held at once while statistics are made: 8 million, 64 MB. Statistics are exact, so all
/// replicates of a cell are needed together; cells are taken in blocks that fit.
const VALUES_AT_ONCE: usize = 8 << 20;

/// The table.
pub struct SummaryCsv;

impl Exporter for SummaryCsv {
    fn file(&self) -> &'static str {
        "summary.csv"
    }

    fn wanted(&self, _: &Recorded, _: &BTreeSet<Format>) -> bool {
        true
    }

    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path) -> Result<()> {
        sink.write_all(&header(
            &[source.point_column(), &["scenario"]].concat(),
            &STATISTICS,
            path,
        )?)
        .while_doing("write", path)?;
        for world in 0..source.segments.layouts().len() {
            write_world(source, world, sink, path, VALUES_AT_ONCE)?;
        }
        Ok(())
    }
}

fn write_world(source: &mut Source<'_>, world: usize, sink: &mut Sink, path: &Path, room: usize) -> Result<()> {
    let layout = source.segments.layouts()[world].clone();
    let scenario = csv_part([layout.id.as_str()], path)?;
    let text = CellText::of(&layout, path)?;
    let records = source.segments.records(world);
    let points = source.manifest.points.as_ref().map_or(1, |points| points.count);
    let mut rest = &records[..];
    for point in 0..points {
        // Keys are sorted by point.
        let own = rest.partition_point(|key| point_and_replicate(*key).0 <= point);
        let (own, after) = rest.split_at(own);
        rest = after;
        let mut before = Vec::new();
        source.push_point(key(point, 0), &mut before);
        before.extend_from_slice(&scenario);
        let rows = Rows {
            world,
            layout: &layout,
            records: own,
            before: &before,
            text: &text,
            cells: layout.cells(),
        };
        rows.write(source, sink, path, room)?;
    }
    Ok(())
}

/// The rows of one world, or of one point of it.
struct Rows<'a> {
    world: usize,
    layout: &'a Layout,
    records: &'a [u64],
    before: &'a [u8],
    text: &'a CellText,
    cells: usize,
}

impl Rows<'_> {
    fn write(&self, source: &mut Source<'_>, sink: &mut Sink, path: &Path, room: usize) -> Result<()> {
        let Self {
            world,
            layout,
            records,
            before,
            text,
            cells,
        } = *self;
        let block = (room / records.len().max(1)).clamp(1, cells.max(1));
        let mut values = Vec::new();
        let mut sorted = Vec::with_capacity(records.len());
        let mut line = Vec::new();
        for start in (0..cells).step_by(block) {
            let end = (start + block).min(cells);
            values.clear();
            for k in records {
                source.go_on()?;
                source.segments.values(world, *k, start..end, &mut values)?;
            }
            for cell in start..end {
                let column = values.iter().skip(cell - start).step_by(end - start);
                let column = column.copied();
                let rule = interval_rule(&layout.cell(cell).1.measure);
                let summary = Summary::with(column, rule, &mut sorted);
                line.clear();
                line.extend_from_slice(before);
                text.push(cell, &mut line);
                push_statistics(&summary, &mut line);
                sink.write_all(&line).while_doing("write", path)?;
            }
        }
        Ok(())
    }
}

/// Appends the statistics and the end of the line.
pub fn push_statistics(summary: &Summary, line: &mut Vec<u8>) {
    line.extend_from_slice(summary.n.to_string().as_bytes());
    let Summary {
        n: _,
        mean,
        sd,
        p05,
        p25,
        p50,
        p75,
        p95,
        ci_low,
        ci_high,
    } = *summary;
    for value in [mean, sd, p05, p25, p50, p75, p95, ci_low, ci_high] {
        line.push(b',');
        push_number(line, value);
    }
    line.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_statistics_are_empty_cells() {
        let mut line = Vec::new();
        push_statistics(&Summary::of(&[f64::NAN]), &mut line);
        assert_eq!(line, b"0,,,,,,,,,\n");
        line.clear();
        push_statistics(&Summary::of(&[1.5, f64::NAN]), &mut line);
        assert_eq!(line, b"1,1.5,,1.5,1.5,1.5,1.5,1.5,,\n");
    }
}
