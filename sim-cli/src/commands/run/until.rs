//! Playing until a mean is known well enough.
//!
//! Looks come at fixed numbers of replicates and see exactly those, in order: so where a run stops depends neither on
//! threads nor on interruptions.

use sim_core::inference::sequential;
use sim_core::measure::interval_rule;

use super::Run;
use crate::exit::Result;
use crate::output::number::number;
use crate::play::Played;
use crate::store::segments::Segments;
use crate::store::until::Until;

/// Where the looks ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    /// Replicates of each world.
    pub replicates: u64,
    /// Half-width there at the level of a look, the widest of all worlds; NaN where it is undefined.
    pub half_width: f64,
}

impl Stop {
    /// What is told of it.
    pub fn line(self, until: &Until) -> String {
        let looks = until.looks().len();
        let level = 100.0 * until.level();
        let reached = if self.half_width <= until.half_width {
            format!("stopped at {} replicates", self.replicates)
        } else {
            format!("not reached with {} replicates, the most allowed", self.replicates)
        };
        format!(
            "{reached}: the mean of `{}` is known within {}, {} was asked for. Each of up to {looks} looks has an interval of \
             {level:.2}%, so that all of them together hold with 95%; summary.csv has the narrower interval of a single look",
            until.measure,
            if self.half_width.is_nan() {
                "no bound".to_owned()
            } else {
                number(three_digits(self.half_width))
            },
            number(until.half_width),
        )
    }
}

/// Three significant digits, for a reader.
fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

impl Run<'_> {
    /// Plays look by look until the rule is met, the most replicates are played, or the user stops it.
    pub(super) fn play_until(&self, until: &Until, segments: &mut Segments) -> Result<(Played, Option<Stop>)> {
        let mut all = Played::default();
        for replicates in until.looks() {
            let keys: Vec<u64> = (0..replicates).collect();
            all = all.and(self.play_keys(&keys, segments)?);
            if all.stopped {
                return Ok((all, None));
            }
            let half_width = widest(until, replicates, segments)?;
            if half_width <= until.half_width || replicates == until.most {
                let stop = Stop { replicates, half_width };
                return Ok((all, Some(stop)));
            }
        }
        Ok((all, None))
    }
}

/// The half-width after so many replicates in the world in which it is widest; NaN where a world has none.
fn widest(until: &Until, replicates: u64, segments: &mut Segments) -> Result<f64> {
    let mut widest = 0.0_f64;
    for world in 0..segments.layouts().len() {
        let cell = until
            .cell(&segments.layouts()[world])
            .map_err(crate::exit::Failure::CouldNotGoOn)?;
        let mut values = Vec::new();
        for k in segments.records(world).into_iter().take_while(|k| *k < replicates) {
            segments.values(world, k, cell..cell + 1, &mut values)?;
        }
        let rule = interval_rule(&segments.layouts()[world].cell(cell).1.measure);
        let half_width = sequential::half_width(&values, until.level(), rule);
        if half_width.is_nan() {
            return Ok(f64::NAN);
        }
        widest = widest.max(half_width);
    }
    Ok(widest)
}
