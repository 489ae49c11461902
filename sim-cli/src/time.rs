//! Days as text and as numbers. The one place that knows how the library stores a day.

use jiff::civil::Date;
use sim_core::calendar::Day;

/// Days since 1970-01-01: the number that Parquet's DATE holds.
pub fn day_number(day: Day) -> i32 {
    day.days_since_epoch()
}

/// ISO text of a day given as days since 1970-01-01, for example `2030-12-31`.
///
/// Days beyond the years -9999 to 9999, which no scenario may hold, read as the nearest one within.
pub fn iso(days: i32) -> String {
    let epoch = Date::constant(1970, 1, 1);
    let span = jiff::SignedDuration::from_hours(24 * i64::from(days));
    epoch.saturating_add(span).to_string()
}

/// Days since 1970-01-01 of an ISO date; `None` where the text is not one.
pub fn parse_iso(text: &str) -> Option<i32> {
    let date: Date = text.parse().ok()?;
    let span = date.since(Date::constant(1970, 1, 1)).ok()?;
    Some(span.get_days())
}

/// The present moment in UTC, to the second, as ISO text. For provenance only.
pub fn now_utc() -> String {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs())
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(String::new, |stamp| stamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_text_agree_both_ways() {
        for (days, text) in [
            (0, "1970-01-01"),
            (22_280, "2031-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
        ] {
            assert_eq!(iso(days), text);
            assert_eq!(parse_iso(text), Some(days));
        }
        assert_eq!(parse_iso("2031-13-01"), None);
        for days in -40_000..40_000 {
            assert_eq!(parse_iso(&iso(days)), Some(days));
        }
    }
}
