//! Numbers and boxes in words.

use sim_core::inference::Interval;
use sim_core::inference::prim::PrimBox;

/// A number in about four digits.
pub fn short(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = match size {
        s if s >= 1000.0 => 0,
        s if s >= 100.0 => 1,
        s if s >= 10.0 => 2,
        s if s >= 1.0 => 3,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// `0.31 [0.29, 0.33]`.
pub fn with_interval(value: f64, interval: Interval) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    format!("{value:.2} [{:.2}, {:.2}]", interval.low, interval.high)
}

/// `37%`.
pub fn percent(share: f64) -> String {
    if share.is_nan() {
        return "-".to_owned();
    }
    let text = format!("{:.0}%", 100.0 * share);
    match (text.as_str(), share) {
        // What is not all or nothing is not said to be.
        ("0%", share) if share > 0.0 => "under 1%".to_owned(),
        ("100%", share) if share < 1.0 => "over 99%".to_owned(),
        _ => text,
    }
}

/// The limits of a box: `market.a above 0.7 and market.b below 0.4`.
pub fn box_in_words(found: &PrimBox, names: &[String]) -> String {
    let limited = found.restricted().into_iter().map(|input| {
        let (limits, name) = (found.limits[input], &names[input]);
        match (limits.low.is_finite(), limits.high.is_finite()) {
            (true, true) => format!("{name} between {} and {}", short(limits.low), short(limits.high)),
            (true, false) => format!("{name} above {}", short(limits.low)),
            _ => format!("{name} below {}", short(limits.high)),
        }
    });
    let limited: Vec<String> = limited.collect();
    if limited.is_empty() {
        return "any future".to_owned();
    }
    limited.join(" and ")
}

/// Rows of text with their columns aligned: the first to the left, the others to the right; two spaces of indent.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        let cells = rows.iter().filter_map(|row| row.get(i));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(i, (cell, width))| match i {
            0 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::inference::prim::Limits;

    #[test]
    fn numbers_are_short_and_shares_honest() {
        assert_eq!(
            [0.0, 0.123_456, -12.5, 1234.6, 7.0, 2e-9, f64::NAN].map(short),
            ["0", "0.1235", "-12.5", "1235", "7", "2.000e-9", "-"]
        );
        assert_eq!(
            [0.0, 0.004, 0.37, 0.999, 1.0].map(percent),
            ["0%", "under 1%", "37%", "over 99%", "100%"]
        );
    }

    #[test]
    fn boxes_read_as_sentences() {
        let mut limits = vec![Limits::NONE; 3];
        limits[0].low = 0.7;
        limits[2] = Limits { low: 1.0, high: 2.5 };
        let found = PrimBox::measure(limits, &[vec![0.8, 0.0, 2.0]], &[true]);
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(box_in_words(&found, &names), "a above 0.7 and c between 1 and 2.5");
        let open = PrimBox::measure(vec![Limits::NONE; 3], &[], &[]);
        assert_eq!(box_in_words(&open, &names), "any future");
    }
}
