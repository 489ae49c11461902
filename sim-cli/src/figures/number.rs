//! Numbers as readers of a briefing expect them: 24%, 3.1 points, 2,480.

/// A coordinate in an SVG: one decimal, no trailing zero, no minus zero.
pub fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// `value` with `decimals` decimals and a true minus sign, never minus zero.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|b| b == b'0' || b == b'.') => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

/// A fraction in per cent: `0.2` is `20%`, `0.034` is `3.4%`. Below ten a decimal is kept.
pub fn percent(fraction: f64) -> String {
    let value = 100.0 * fraction;
    let decimals = usize::from(value.abs() < 9.95 && value != 0.0);
    format!("{}%", fixed(value, decimals))
}

/// A whole number with commas at thousands.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with commas at the thousands and a true minus sign.
pub fn thousands(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let (sign, digits) = text.strip_prefix('−').map_or(("", &*text), |digits| ("−", digits));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{sign}{whole}{rest}")
}

/// An amount of money with three digits at least: `1,234`, `12.3`, `1.23`.
pub fn money(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 99.95 || size == 0.0 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    thousands(value, decimals)
}

/// A Herfindahl-Hirschman index kept as a fraction, shown on the usual scale: `0.248` is `2,480`.
pub fn hhi(fraction: f64) -> String {
    grouped((fraction * 10_000.0).round().max(0.0) as u64)
}

/// Round steps for an axis: a multiple of 1, 2, 2.5 or 5 times a power of ten, at most `steps` of them
/// over `low..=high`. Powers come from repeated products, since `powf` differs between platforms.
pub fn ticks(low: f64, high: f64, steps: usize) -> Vec<f64> {
    let span = high - low;
    // NaN must leave here too, hence not `span <= 0.0`.
    if !(span.is_finite() && span > 0.0) || steps == 0 {
        return vec![low];
    }
    let rough = span / steps as f64;
    let mut unit = 1.0;
    while unit > rough {
        unit /= 10.0;
    }
    while unit * 10.0 <= rough {
        unit *= 10.0;
    }
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|m| m * unit)
        .find(|s| *s >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * unit);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_a_briefing() {
        assert_eq!(percent(0.2412), "24%");
        assert_eq!(percent(0.0342), "3.4%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(-0.0342), "−3.4%");
        assert_eq!(percent(0.0997), "10%");
        assert_eq!(hhi(0.248), "2,480");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
        assert_eq!(thousands(-1_234_567.5, 1), "−1,234,567.5");
        let amounts = [0.0, -0.004, 9.994, 9.996, 99.96, -1234.6].map(money);
        assert_eq!(amounts, ["0", "0.00", "9.99", "10.0", "100", "−1,235"]);
        assert_eq!(fixed(-0.04, 1), "0.0");
        assert_eq!(fixed(-3.06, 1), "−3.1");
        assert_eq!(coordinate(-0.04), "0");
        assert_eq!(coordinate(12.04), "12");
        assert_eq!(coordinate(12.06), "12.1");
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(ticks(0.0, 30.0, 6), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(ticks(0.0, 0.62, 4), [0.0, 0.2, 0.4, 0.6000000000000001]);
        assert_eq!(ticks(3.0, 3.0, 5), [3.0]);
        assert_eq!(ticks(f64::NAN, 3.0, 5).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn ticks_stay_in_range_and_in_number(
            low in -1e6f64..1e6, span in 1e-6f64..1e6, steps in 1usize..12,
        ) {
            let high = low + span;
            let ticks = ticks(low, high, steps);
            proptest::prop_assert!(ticks.len() <= steps + 1);
            for tick in ticks {
                proptest::prop_assert!(tick >= low - 1e-6 * span && tick <= high + 1e-6 * span);
            }
        }
    }
}
