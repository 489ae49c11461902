//! Calendar dates as the tables hold them, and their place on a time axis.

use std::fmt;

/// An ISO date of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Year, 0 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, from 1.
    pub day: u32,
}

impl Date {
    /// Reads `YYYY-MM-DD`; `None` if the text is no such date.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| -> Option<u32> {
            let part = text.get(from..to)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            part.parse().ok()
        };
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let date = Self {
            year: i32::try_from(digits(0, 4)?).ok()?,
            month: digits(5, 7)?,
            day: digits(8, 10)?,
        };
        let valid = (1..=12).contains(&date.month) && (1..=date.month_length()).contains(&date.day);
        valid.then_some(date)
    }

    /// The last day of `year`.
    pub fn end_of(year: i32) -> Self {
        Self {
            year,
            month: 12,
            day: 31,
        }
    }

    /// Place on a time axis, in days. Days from civil date after Hinnant ("chrono-compatible low-level
    /// date algorithms"), counted from 1970-01-01.
    pub fn days(self) -> f64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year - era * 400;
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        (era * 146_097 + day_of_era - 719_468) as f64
    }

    /// The year whose end lies nearest: a stock of 1 January is one of the end of the year before.
    pub fn nearest_year_end(self) -> i32 {
        if self.month <= 6 { self.year - 1 } else { self.year }
    }

    fn month_length(self) -> u32 {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written_alike_and_days_count_from_1970() {
        for (text, days) in [
            ("1970-01-01", 0.0),
            ("2000-03-01", 11_017.0),
            ("2020-02-29", 18_321.0),
            ("2025-12-31", 20_453.0),
        ] {
            let date = Date::parse(text).expect("valid");
            assert_eq!(date.to_string(), text);
            assert_eq!(date.days(), days, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2025",
            "2025-13-01",
            "2025-02-29",
            "2025-1-01",
            "+025-01-01",
            "2025-01-0é",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stock_of_the_first_of_january_belongs_to_the_year_before() {
        assert_eq!(Date::parse("2020-01-01").map(Date::nearest_year_end), Some(2019));
        assert_eq!(Date::end_of(2020).nearest_year_end(), 2020);
    }
}
