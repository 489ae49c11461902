//! Playing points: what is finished is read, the rest is played.

use super::targets::Targets;
use crate::commands::Session;
use crate::exit::{Failure, Result};
use crate::model::AtPoints;
use crate::play::Play;
use crate::store::points::key;
use crate::store::segments::Segments;

/// What is said where a calibration is interrupted.
pub(super) const INTERRUPTED: &str =
    "interrupted: finished replicates are kept. Run the same command with --resume to go on";

/// Who plays, and what has been played so far.
pub(super) struct Player<'a> {
    world: &'a dyn AtPoints,
    /// Where the targets stand in a record.
    cells: Vec<usize>,
    jobs: usize,
    session: &'a Session<'a>,
    segments: Segments,
    /// Values of the inputs at all points so far; their numbers begin at 1, 0 is the scenario as it stands.
    points: Vec<Vec<f64>>,
    /// Keys asked for: what else lies in the segments is of a calibration that went on for longer.
    failed: u64,
}

impl<'a> Player<'a> {
    pub fn new(
        world: &'a dyn AtPoints,
        targets: &Targets,
        jobs: usize,
        session: &'a Session<'a>,
        segments: Segments,
    ) -> Self {
        let cells = segments.layouts().first().map(|layout| targets.cells(layout));
        Self {
            world,
            cells: cells.unwrap_or_default(),
            jobs,
            session,
            segments,
            points: Vec::new(),
            failed: 0,
        }
    }

    /// Replicates that failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// The rows of `failures.csv`: point, replicate and what was said.
    pub fn failures(&mut self) -> Result<Vec<(u64, crate::store::entry::FailedReplicate)>> {
        self.segments.failures(0)
    }

    /// Replicates 0 to `n` of the scenario as it stands; those that failed are not among them.
    pub fn histories(&mut self, n: u64) -> Result<Vec<Vec<f64>>> {
        let keys: Vec<u64> = (0..n).map(|k| key(0, k)).collect();
        Ok(self.play(&keys)?.into_iter().flatten().collect())
    }

    /// Mean outcomes at new points over replicates 0 to `n`, the same at each; none where one failed or left a target undefined.
    pub fn means(&mut self, values: &[Vec<f64>], n: u64) -> Result<Vec<Option<Vec<f64>>>> {
        let first = self.add(values);
        let keys: Vec<u64> = (0..values.len() as u64)
            .flat_map(|i| (0..n).map(move |k| key(first + i, k)))
            .collect();
        let played = self.play(&keys)?;
        Ok(played.chunks(n as usize).map(mean).collect())
    }

    /// Outcomes of each of `n` replicates at new points, each point with replicates of its own.
    pub fn apart(&mut self, values: &[Vec<f64>], n: u64) -> Result<Vec<Vec<Vec<f64>>>> {
        let first = self.add(values);
        let of = |i: u64| (0..n).map(move |k| key(first + i, n * (i + 1) + k));
        let keys: Vec<u64> = (0..values.len() as u64).flat_map(of).collect();
        let played = self.play(&keys)?;
        Ok(played
            .chunks(n as usize)
            .map(|point| point.iter().flatten().cloned().collect())
            .collect())
    }

    fn add(&mut self, values: &[Vec<f64>]) -> u64 {
        let first = 1 + self.points.len() as u64;
        self.points.extend(values.iter().cloned());
        first
    }

    /// Targets' values under each key, in order; none where the replicate failed.
    fn play(&mut self, keys: &[u64]) -> Result<Vec<Option<Vec<f64>>>> {
        let tasks: Vec<(u64, usize)> = (keys.iter().filter(|key| !self.segments.has(0, **key)))
            .map(|key| (*key, 0))
            .collect();
        if !tasks.is_empty() {
            let engine = self.world.engine(self.points.clone());
            let play = Play {
                engines: &[engine.as_ref()],
                tasks: &tasks,
                jobs: self.jobs,
                stop: &self.session.stop,
                runtime: self.session.runtime,
                console: &self.session.console,
                progress: self.session.progress,
            };
            if play.play(&mut self.segments)?.stopped {
                return Err(Failure::Interrupted(INTERRUPTED.to_owned()));
            }
        }
        let width = self
            .segments
            .layouts()
            .first()
            .map_or(0, crate::store::layout::Layout::cells);
        let mut found = Vec::with_capacity(keys.len());
        let recorded: std::collections::BTreeSet<u64> = self.segments.records(0).into_iter().collect();
        for key in keys {
            if !recorded.contains(key) {
                self.failed += 1;
                found.push(None);
                continue;
            }
            let mut values = Vec::with_capacity(width);
            self.segments.values(0, *key, 0..width, &mut values)?;
            let read = |cell: &usize| values.get(*cell).copied().unwrap_or(f64::NAN);
            found.push(Some(self.cells.iter().map(read).collect()));
        }
        Ok(found)
    }
}

/// Mean over replicates; none where one is missing or holds something undefined.
fn mean(replicates: &[Option<Vec<f64>>]) -> Option<Vec<f64>> {
    let mut sum: Vec<f64> = Vec::new();
    for replicate in replicates {
        let values = replicate.as_ref()?;
        sum.resize(values.len(), 0.0);
        for (sum, value) in sum.iter_mut().zip(values) {
            *sum += value;
        }
    }
    let n = replicates.len() as f64;
    let means: Vec<f64> = sum.into_iter().map(|sum| sum / n).collect();
    means.iter().all(|mean| mean.is_finite()).then_some(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_needs_all_replicates() {
        assert_eq!(
            mean(&[Some(vec![1.0, 4.0]), Some(vec![3.0, 0.0])]),
            Some(vec![2.0, 2.0])
        );
        assert_eq!(mean(&[Some(vec![1.0]), None]), None);
        assert_eq!(mean(&[Some(vec![f64::NAN])]), None);
    }
}
