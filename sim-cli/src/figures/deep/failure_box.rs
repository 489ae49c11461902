//! `11-failure-box`: in which futures the most robust policy fails. Of PRIM's box the limits count that chance alone would seldom bring; how
//! much it covers and how dense it is are told of those alone.

use sim_core::inference::prim::{PrimSettings, cover, quasi_p_values};
use sim_core::inference::regret::{Better, Payoffs, Rule, apply_rule};

use super::super::error::Result;
use super::super::number::{fixed, percent};
use super::super::page::{Drawing, Page, Words};
use super::super::panel::{Axis, Panel};
use super::super::sheet::{Anchor, Rect, TextStyle};
use super::super::theme::{self, GROUP, PALETTE, QUIET, TEXT, TICK_SIZE};
use super::{Deep, DeepRow, DeepRun, DeepTable, Explored, nothing, points, rounded};
use crate::output::number::number;

/// The first box that PRIM finds, over the two inputs that it limits most surely.
pub struct FailureBox;

const NAME: &str = "11-failure-box";
const OUTCOME: &str = "lock_in";
const ACROSS: &str = "across";
const UP: &str = "up";
const LIMIT: &str = "limit";
const RANGE: &str = "range";
const P: &str = "quasi_p";
const COVERAGE: &str = "coverage";
const DENSITY: &str = "density";
const THRESHOLD: &str = "threshold";
const BOX: &str = "box";
const HEIGHT: f64 = 320.0;
/// A limit is sure where chance alone would bring as good a one less often than this.
const SURE: f64 = 0.05;

impl Deep for FailureBox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn rows(&self, run: &DeepRun, explored: &Explored) -> Result<Vec<DeepRow>> {
        let outcomes = explored.outcomes();
        let payoffs = Payoffs::new(&outcomes, Better::Low)
            .ok_or_else(|| nothing(NAME, "a future in which every policy has an outcome"))?;
        let robust = apply_rule(&payoffs, Rule::Regret90)
            .winners
            .first()
            .copied()
            .unwrap_or(0);
        let kept = payoffs.futures();
        let futures: Vec<Vec<f64>> = kept.iter().map(|future| explored.futures[*future].clone()).collect();
        let failed: Vec<bool> = kept
            .iter()
            .map(|future| outcomes[robust][*future] > run.threshold)
            .collect();
        let settings = PrimSettings::default();
        let found = cover(&futures, &failed, settings, 1).into_iter().next();
        // The inputs that the box limits, the surest first; then others, so that there are always two to draw.
        let mut p = found
            .as_ref()
            .map(|found| quasi_p_values(found, &futures, &failed))
            .unwrap_or_default();
        p.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut shown: Vec<usize> = p.iter().map(|(input, _)| *input).collect();
        let others: Vec<usize> = (0..explored.inputs.len())
            .filter(|input| !shown.contains(input))
            .collect();
        shown.extend(others);
        let [x, y, ..] = shown[..] else {
            return Err(nothing(NAME, "a design over at least two uncertain inputs"));
        };
        let policy = run.policy(robust);
        let mut rows = vec![DeepRow::new(BOX, &policy, THRESHOLD, "share_of_price", run.threshold)];
        for (axis, input) in [(ACROSS, x), (UP, y)] {
            let values = || futures.iter().map(|future| future[input]);
            let (low, high) = (
                values().fold(f64::INFINITY, f64::min),
                values().fold(f64::NEG_INFINITY, f64::max),
            );
            let row = DeepRow::new(axis, &run.label(&explored.inputs[input]), RANGE, "", f64::NAN);
            rows.push(row.between(low, high));
        }
        if let Some(found) = &found {
            // Of the sure limits alone: a box is as good as what is said of it, and what is drawn.
            let sure: Vec<usize> = p.iter().filter(|(_, p)| *p <= SURE).map(|(input, _)| *input).collect();
            let is_in = |point: &[f64]| {
                let within = |input: &usize| {
                    let limits = found.limits[*input];
                    (limits.low..=limits.high).contains(&point[*input])
                };
                sure.iter().all(within)
            };
            let inside: Vec<bool> = futures.iter().map(|point| is_in(point)).collect();
            let count = |of: &mut dyn Iterator<Item = bool>| of.filter(|x| *x).count() as f64;
            let both = count(&mut inside.iter().zip(&failed).map(|(i, f)| *i && *f));
            let coverage = both / count(&mut failed.iter().copied());
            let density = both / count(&mut inside.iter().copied());
            rows.push(DeepRow::new(BOX, &policy, COVERAGE, "share", rounded(coverage)));
            rows.push(DeepRow::new(BOX, &policy, DENSITY, "share", rounded(density)));
            for (place, (input, p)) in p.iter().copied().enumerate() {
                let limits = found.limits[input];
                let axis = match input {
                    input if input == x && p <= SURE => ACROSS.to_owned(),
                    input if input == y && p <= SURE => UP.to_owned(),
                    _ => format!("limit-{}", place + 1),
                };
                let label = run.label(&explored.inputs[input]);
                rows.push(DeepRow::new(&axis, &label, LIMIT, "", f64::NAN).between(limits.low, limits.high));
                rows.push(DeepRow::new(&axis, &label, P, "probability", rounded(p)));
            }
        }
        for (future, point) in futures.iter().enumerate() {
            let series = format!("future-{}", kept[future]);
            let row = |quantity: &str, unit: &str, value: f64| DeepRow::new(&series, "", quantity, unit, value);
            rows.push(row(ACROSS, "", point[x]));
            rows.push(row(UP, "", point[y]));
            rows.push(row(OUTCOME, "share_of_price", rounded(outcomes[robust][kept[future]])));
        }
        Ok(rows)
    }

    fn drawing(&self, table: &DeepTable) -> Result<Drawing> {
        let [across, up] = [ACROSS, UP].map(|axis| table.of(RANGE).find(|row| row.series == axis));
        let (Some(across), Some(up)) = (across, up) else {
            return Err(nothing(NAME, "two inputs"));
        };
        let page = Page::begin_from(NAME, words(table), HEIGHT + 64.0, &table.source.line());
        let frame = Rect {
            x: page.body.x + 56.0,
            y: page.body.y + 20.0,
            width: page.body.width - 72.0,
            height: HEIGHT,
        };
        let axis = |row: &DeepRow| {
            let [low, high] = row.between;
            let room = 0.02 * (high - low).max(1e-12);
            Axis::exact(low - room, high + room, 6, fixed)
        };
        let mut panel = Panel::new(&page.sheet, frame, axis(across), axis(up))?;
        panel.grid(false, true)?;
        let quiet = TextStyle::new(TICK_SIZE, QUIET);
        page.sheet.text(page.body.x, page.body.y + 8.0, &up.label, quiet);
        let end = quiet.anchored(Anchor::End);
        page.sheet
            .text(frame.right(), frame.bottom() + 32.0, &across.label, end);
        let limit = |axis: &DeepRow| {
            let found = table.of(LIMIT).find(|row| row.series == axis.series);
            let [low, high] = found.map_or([f64::NAN; 2], |row| row.between);
            let or = |value: f64, other: f64| if value.is_finite() { value } else { other };
            [or(low, axis.between[0]), or(high, axis.between[1])]
        };
        if table.of(COVERAGE).next().is_some() {
            let ([left, right], [low, high]) = (limit(across), limit(up));
            let corners = vec![(left, low), (right, low), (right, high), (left, high)];
            panel.area(corners.clone(), PALETTE[1].line, 0.12)?;
            let closed: Vec<(f64, f64)> = corners.iter().chain(corners.first()).copied().collect();
            panel.curve(&closed, PALETTE[1].line, 1.6, "")?;
        }
        let threshold = table.value(BOX, THRESHOLD);
        let futures: Vec<&DeepRow> = table.of(OUTCOME).collect();
        // Those that fail come last, on top.
        for failing in [false, true] {
            for row in futures.iter().filter(|row| (row.value > threshold) == failing) {
                let (x, y) = (table.value(&row.series, ACROSS), table.value(&row.series, UP));
                let (colour, radius) = if failing {
                    (PALETTE[1].line, 4.2)
                } else {
                    (theme::pale(GROUP.line), 3.2)
                };
                page.sheet.dot(panel.x(x), panel.y(y), radius, colour);
            }
        }
        let (x, y) = (page.body.x, frame.bottom() + 52.0);
        page.sheet.dot(x + 4.0, y - 4.0, 4.2, PALETTE[1].line);
        let words = format!("lock-in above {}%", points(threshold, 0));
        page.sheet
            .text(x + 14.0, y, &words, TextStyle::new(TICK_SIZE, PALETTE[1].text));
        page.sheet.dot(x + 144.0, y - 4.0, 3.2, theme::pale(GROUP.line));
        page.sheet
            .text(x + 154.0, y, "at most that", TextStyle::new(TICK_SIZE, TEXT));
        Ok(page.finish())
    }
}

/// `0.043` of a limit that was drawn from a sample: three digits tell all there is.
fn short(value: f64) -> String {
    let text = format!("{value:.2e}").parse().map(number);
    text.unwrap_or_default()
}

/// A sure limit on an input: where it keeps, and of what range.
struct Limit<'a> {
    label: &'a str,
    between: [f64; 2],
    range: Option<[f64; 2]>,
}

impl Limit<'_> {
    /// Where the box lies in words and numbers: `“Work” below 0.755 (of 0 to 1)`.
    fn said(&self) -> String {
        let label = self.label;
        let said = match self.between.map(f64::is_finite) {
            [true, true] => format!(
                "“{label}” between {} and {}",
                short(self.between[0]),
                short(self.between[1])
            ),
            [true, false] => format!("“{label}” above {}", short(self.between[0])),
            _ => format!("“{label}” below {}", short(self.between[1])),
        };
        match self.range {
            Some([low, high]) => format!("{said} (of {} to {})", fixed(low, 2), fixed(high, 2)),
            None => said,
        }
    }

    /// `low` or `high`, where it keeps at most half of its range at one end: of more than that neither is true.
    fn word(&self) -> Option<&'static str> {
        let [low, high] = self.range?;
        let (word, kept) = match self.between.map(f64::is_finite) {
            [true, false] => ("high", high - self.between[0]),
            [false, true] => ("low", self.between[1] - low),
            _ => return None,
        };
        (kept <= 0.5 * (high - low)).then_some(word)
    }
}

fn words(table: &DeepTable) -> Words {
    let policy = table.of(THRESHOLD).next().map_or("", |row| &row.label);
    let threshold = table.value(BOX, THRESHOLD);
    let futures: Vec<f64> = table.of(OUTCOME).map(|row| row.value).collect();
    let failing = futures.iter().filter(|value| **value > threshold).count();
    // What chance could bring as well is told at the foot alone.
    let sure = |row: &DeepRow| table.value(&row.series, P) <= SURE;
    let limits: Vec<Limit> = (table.of(LIMIT).filter(|row| sure(row)))
        .map(|row| Limit {
            label: &row.label,
            between: row.between,
            range: table
                .of(RANGE)
                .find(|range| range.label == row.label)
                .map(|range| range.between),
        })
        .collect();
    let [coverage, density] = [COVERAGE, DENSITY].map(|quantity| table.value(BOX, quantity));
    let all = futures.len() as f64;
    // Failures in the box over their share in it.
    let size = coverage * failing as f64 / density / all;
    let title = match (failing, limits.len()) {
        (0, _) => format!("“{policy}”, the most robust policy, fails in none of the futures"),
        (all, _) if all == futures.len() => format!("“{policy}”, the most robust policy, fails in all of the futures"),
        (_, 0) => format!("No simple limits tell the futures in which “{policy}” fails"),
        _ => {
            let named = |limit: &Limit| Some(format!("“{}” is {}", limit.label, limit.word()?));
            let named: Option<Vec<String>> = limits.iter().map(named).collect();
            format!(
                "{} of the failures of “{policy}”, the most robust policy, lie in {} of the futures{}",
                percent(coverage),
                percent(size),
                named.map_or_else(String::new, |named| format!(", where {}", named.join(" and ")))
            )
        }
    };
    let mut subtitle = format!(
        "In {failing} of {} futures the {} is above {}%.",
        futures.len(),
        table.outcome(),
        points(threshold, 0)
    );
    let mut notes = Vec::new();
    if !limits.is_empty() {
        let said: Vec<String> = limits.iter().map(Limit::said).collect();
        subtitle.push_str(&format!(
            " The box holds {} of them and {} of all futures; of the futures in it {} fail, of all futures {}: {}.",
            percent(coverage),
            percent(size),
            percent(density),
            percent(failing as f64 / all),
            said.join("; ")
        ));
        let doubtful: Vec<String> = (table.of(P).filter(|row| row.value > SURE))
            .map(|row| format!("“{}”", row.label))
            .collect();
        if !doubtful.is_empty() {
            notes.push(format!(
                "Limits that chance could bring as well (p above 5%): {}.",
                doubtful.join(", ")
            ));
        }
    }
    notes.push(
        "Box by PRIM (patient rule induction): limits on few inputs that hold most failures and little else. The other inputs \
         vary too, which is why dots mix. The most robust policy is that with the smallest regret in nine of ten futures."
            .to_owned(),
    );
    Words {
        title,
        subtitle,
        notes,
        description:
            "Scatter of futures over two inputs; those in which the policy fails are marked, with the box around most \
                      of them."
                .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_keeps_most_of_its_range_is_neither_low_nor_high() {
        let word = |low: f64, high: f64| {
            let limit = Limit {
                label: "Cost",
                between: [low, high],
                range: Some([0.75, 0.95]),
            };
            (limit.word(), limit.said())
        };
        let none = f64::NAN;
        assert_eq!(
            word(none, 0.927),
            (None, "“Cost” below 0.927 (of 0.75 to 0.95)".to_owned())
        );
        assert_eq!(word(none, 0.80).0, Some("low"));
        assert_eq!(
            word(0.90, none),
            (Some("high"), "“Cost” above 0.9 (of 0.75 to 0.95)".to_owned())
        );
        assert_eq!(word(0.80, none).0, None);
        assert_eq!(
            word(0.80, 0.82),
            (None, "“Cost” between 0.8 and 0.82 (of 0.75 to 0.95)".to_owned())
        );
    }
}
