//! Direct labels at the right ends of curves.

use super::font::{self, Weight};
use super::labels::{Wish, place};
use super::panel::Panel;
use super::sheet::{Sheet, TextStyle};
use super::theme::{Ink, LABEL_SIZE};

/// What stands at the end of one curve.
#[derive(Debug, Clone, PartialEq)]
pub struct EndLabel {
    /// Name, bold, wrapped where it must be; empty where a legend says whose line it is.
    pub name: String,
    /// Value, on the last line of the name where it fits.
    pub value: String,
    /// Last value of the curve, on the y axis.
    pub at: f64,
    /// Colours of the curve.
    pub ink: Ink,
}

/// Room between the end of the curve and its label, crossed by a thin leader.
pub const LEADER: f64 = 16.0;
const LEADING: f64 = 1.2 * LABEL_SIZE;
/// Between two labels, and before the second line of one: without them a name in two lines reads as two names.
const APART: f64 = 3.0;
const INDENT: f64 = 8.0;

/// Writes the labels beside the right edge of the panel, in a column `width` pixels wide, from `low` to
/// `high` on the page. Of labels that find no room, those at the smallest values are left out; their
/// names are given back.
pub fn write(sheet: &Sheet, panel: &Panel, labels: &[EndLabel], width: f64, (low, high): (f64, f64)) {
    let lines: Vec<Vec<(String, Weight)>> = labels.iter().map(|l| lines(l, width)).collect();
    let wishes: Vec<Wish> = labels
        .iter()
        .zip(&lines)
        .map(|(label, lines)| Wish {
            centre: panel.y(label.at),
            height: lines.len() as f64 * LEADING + APART,
            weight: label.at,
        })
        .collect();
    let edge = panel.frame.right();
    for ((label, lines), (wish, centre)) in labels
        .iter()
        .zip(&lines)
        .zip(wishes.iter().zip(place(&wishes, low, high)))
    {
        let Some(centre) = centre else {
            continue;
        };
        let leader = [(edge + 1.5, wish.centre), (edge + LEADER - 3.0, centre)];
        sheet.line(&leader, label.ink.line, 1.0);
        let first = centre - (lines.len() as f64 - 1.0) * LEADING / 2.0;
        for (i, (text, weight)) in lines.iter().enumerate() {
            let mut style = TextStyle::new(LABEL_SIZE, label.ink.text);
            style.weight = *weight;
            let indent = if i == 0 { 0.0 } else { INDENT };
            sheet.text_centred(edge + LEADER + indent, first + i as f64 * LEADING, text, style);
        }
    }
}

/// The lines of a label, all but the first narrower by the indent: the value on the last line of the name where both fit, else
/// below it.
fn lines(label: &EndLabel, width: f64) -> Vec<(String, Weight)> {
    let room = |line: usize| if line == 0 { width } else { width - INDENT };
    let mut lines: Vec<(String, Weight)> = Vec::new();
    let name = label.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(first) = font::wrap(&name, LABEL_SIZE, Weight::Bold, width).into_iter().next() {
        let rest = name.get(first.len()..).unwrap_or_default();
        lines.push((first, Weight::Bold));
        let rest = font::wrap(rest, LABEL_SIZE, Weight::Bold, room(1));
        lines.extend(rest.into_iter().map(|line| (line, Weight::Bold)));
    }
    let at = lines.len().saturating_sub(1);
    if let Some((last, weight)) = lines.last_mut() {
        let together = format!("{last} {}", label.value);
        if font::width(&together, LABEL_SIZE, *weight) <= room(at) {
            *last = together;
            return lines;
        }
    }
    let value = font::wrap(&label.value, LABEL_SIZE, Weight::Regular, room(lines.len()));
    lines.extend(value.into_iter().map(|line| (line, Weight::Regular)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::theme::PALETTE;

    #[test]
    fn a_name_in_two_lines_is_whole_and_fits_its_column() {
        let label = |name: &str| EndLabel {
            name: name.to_owned(),
            value: "1.9%".to_owned(),
            at: 0.0,
            ink: PALETTE[0],
        };
        let text = |name: &str| -> Vec<String> { lines(&label(name), 90.0).into_iter().map(|line| line.0).collect() };
        assert_eq!(text("Nokia"), ["Nokia 1.9%"]);
        assert_eq!(text("Parallel Wireless"), ["Parallel", "Wireless 1.9%"]);
        assert_eq!(text("Untrusted sellers"), ["Untrusted", "sellers 1.9%"]);
        for (i, (line, weight)) in lines(&label("A name of very many words indeed"), 90.0)
            .iter()
            .enumerate()
        {
            let indent = if i == 0 { 0.0 } else { INDENT };
            assert!(indent + font::width(line, LABEL_SIZE, *weight) <= 90.0, "{line}");
        }
    }
}
