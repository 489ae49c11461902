//! Direct labels at the right ends of curves.

use super::font::{self, Weight};
use super::labels::{Wish, place};
use super::panel::Panel;
use super::sheet::{Sheet, TextStyle};
use super::theme::{Ink, LABEL_SIZE};

/// What stands at the end of one curve.
#[derive(Debug, Clone, PartialEq)]
pub struct EndLabel {
    /// Name, bold, wrapped where it must be.
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
            height: lines.len() as f64 * LEADING + 1.0,
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
            sheet.text_centred(edge + LEADER, first + i as f64 * LEADING, text, style);
        }
    }
}

/// The lines of a label: the value on the last line of the name where both fit, else below it.
fn lines(label: &EndLabel, width: f64) -> Vec<(String, Weight)> {
    let mut lines: Vec<(String, Weight)> = font::wrap(&label.name, LABEL_SIZE, Weight::Bold, width)
        .into_iter()
        .map(|line| (line, Weight::Bold))
        .collect();
    if let Some((last, weight)) = lines.last_mut() {
        let together = format!("{last} {}", label.value);
        if font::width(&together, LABEL_SIZE, *weight) <= width {
            *last = together;
            return lines;
        }
    }
    let value = font::wrap(&label.value, LABEL_SIZE, Weight::Regular, width);
    lines.extend(value.into_iter().map(|line| (line, Weight::Regular)));
    lines
}
