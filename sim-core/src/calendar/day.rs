//! A civil day as a number, so that it can be compared, hashed and packed into a queue key.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Span};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Length of the year in which rates and terms are counted, in days (the Julian year).
pub const DAYS_PER_YEAR: f64 = 365.25;

/// The day from which days are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A day of the proleptic Gregorian calendar, UTC: days since 1970-01-01.
///
/// Days run from [`Day::MIN`] (1900-01-01) to [`Day::MAX`] (2400-12-31). Arithmetic that would leave
/// that range stays at the limit: a waiting time of a million years is an event after every run's
/// end, not an overflow. In text and in serde a day is `YYYY-MM-DD`.
///
/// # Example
/// ```
/// use sim_core::calendar::Day;
/// let signed: Day = "2020-01-31".parse()?;
/// assert_eq!(signed.add_months(1).to_string(), "2020-02-29");
/// assert_eq!(signed.plus_years(8.0).to_string(), "2028-01-31");
/// # Ok::<(), sim_core::calendar::DayError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Why a text is not a [`Day`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DayError {
    /// The text is not of the form `YYYY-MM-DD`.
    Format(String),
    /// The form is right, but the calendar has no such day (2021-02-29, say).
    NoSuchDay(String),
    /// The year is outside 1900 to 2400.
    OutOfRange(String),
}

impl fmt::Display for DayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(text) => {
                write!(f, "{text:?} is not a date of the form YYYY-MM-DD")
            }
            Self::NoSuchDay(text) => write!(f, "the calendar has no day {text:?}"),
            Self::OutOfRange(text) => {
                write!(f, "the date {text:?} is outside the years 1900 to 2400")
            }
        }
    }
}

impl std::error::Error for DayError {}

impl Day {
    /// 1900-01-01, the first day that is accepted.
    pub const MIN: Self = Self(-25_567);
    /// 2400-12-31, the last day that is accepted.
    pub const MAX: Self = Self(157_419);

    /// The day of this year, month (1 to 12) and day of the month; `None` if the calendar has no
    /// such day or the year is outside 1900 to 2400.
    #[must_use]
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        if !(1900..=2400).contains(&year) {
            return None;
        }
        let year = i16::try_from(year).ok()?;
        let month = i8::try_from(month).ok()?;
        let day = i8::try_from(day).ok()?;
        Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// The day that is `days` after 1970-01-01; `None` outside [`Day::MIN`] to [`Day::MAX`].
    #[must_use]
    pub fn from_days_since_epoch(days: i32) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&days).then_some(Self(days))
    }

    /// Days since 1970-01-01, negative before it: the value of a Parquet `DATE`.
    #[must_use]
    pub const fn days_since_epoch(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`, with exactly four, two and two digits.
    ///
    /// # Errors
    /// [`DayError`] says whether the form, the day or the range is wrong.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        let formed = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| match i {
                4 | 7 => *b == b'-',
                _ => b.is_ascii_digit(),
            });
        if !formed {
            return Err(DayError::Format(text.to_owned()));
        }
        // Ten ASCII characters: every slice below is on a character boundary and fits its type.
        let number = |from: usize, to: usize| bytes[from..to].iter().fold(0_i32, |n, b| n * 10 + i32::from(*b - b'0'));
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        if !(1900..=2400).contains(&year) {
            return Err(DayError::OutOfRange(text.to_owned()));
        }
        u8::try_from(month)
            .ok()
            .zip(u8::try_from(day).ok())
            .and_then(|(month, day)| Self::from_ymd(year, month, day))
            .ok_or_else(|| DayError::NoSuchDay(text.to_owned()))
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    #[must_use]
    pub fn ymd(self) -> (i32, u8, u8) {
        let date = self.date();
        (
            i32::from(date.year()),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        i32::from(self.date().year())
    }

    /// The day `days` later (earlier if negative), held within the accepted range.
    #[must_use]
    pub const fn add_days(self, days: i32) -> Self {
        let sum = self.0.saturating_add(days);
        if sum < Self::MIN.0 {
            Self::MIN
        } else if sum > Self::MAX.0 {
            Self::MAX
        } else {
            Self(sum)
        }
    }

    /// The same day of the month `months` later (earlier if negative), or the month's last day where
    /// it is shorter: 31 January and one month is 28 or 29 February. Held within the accepted range.
    #[must_use]
    pub fn add_months(self, months: i32) -> Self {
        let limit = if months < 0 { Self::MIN } else { Self::MAX };
        Span::new()
            .try_months(months)
            .and_then(|span| self.date().checked_add(span))
            .map_or(limit, |date| Self::from_date(date).clamp(Self::MIN, Self::MAX))
    }

    /// Years of 365.25 days from this day to `other`; negative if `other` is earlier.
    #[must_use]
    pub fn years_until(self, other: Self) -> f64 {
        f64::from(other.0 - self.0) / DAYS_PER_YEAR
    }

    /// Days from this day to `other`; negative if `other` is earlier.
    #[must_use]
    pub const fn days_until(self, other: Self) -> i32 {
        other.0 - self.0
    }

    /// The day `years` of 365.25 days later, rounded to the nearest day with ties to the even number
    /// of days, held within the accepted range. A waiting time that is not a number never ends: it
    /// gives [`Day::MAX`].
    #[must_use]
    pub fn plus_years(self, years: f64) -> Self {
        if years.is_nan() {
            return Self::MAX;
        }
        // The cast saturates, so that infinite times meet the limits as well.
        self.add_days(libm::rint(years * DAYS_PER_YEAR) as i32)
    }

    /// 31 December of the same year.
    #[must_use]
    pub fn end_of_year(self) -> Self {
        Self::from_date(self.date().last_of_year())
    }

    /// 1 January of the same year.
    #[must_use]
    pub fn start_of_year(self) -> Self {
        Self::from_date(self.date().first_of_year())
    }

    /// The part of the calendar year that has passed at the start of this day, in [0, 1): 0 on
    /// 1 January, 365/366 on 31 December of a leap year.
    #[must_use]
    pub fn year_fraction(self) -> f64 {
        let date = self.date();
        f64::from(date.day_of_year() - 1) / f64::from(date.days_in_year())
    }

    /// The year with its passed part, for axes and trends: 2020.5 on 2020-07-02.
    #[must_use]
    pub fn decimal_year(self) -> f64 {
        f64::from(self.year()) + self.year_fraction()
    }

    fn from_date(date: Date) -> Self {
        // Two civil dates are a whole number of 24-hour days apart; jiff's range is 7.3 million days.
        Self((date.duration_since(EPOCH).as_hours() / 24) as i32)
    }

    fn date(self) -> Date {
        // A `Day` is always in range, so that the sum exists.
        EPOCH
            .checked_add(SignedDuration::from_hours(i64::from(self.0) * 24))
            .unwrap_or(EPOCH)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        Self::parse(text)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date as text, for example \"2020-01-01\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                Day::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a date")
    }

    #[test]
    fn epoch_and_limits() {
        assert_eq!(day("1970-01-01").days_since_epoch(), 0);
        // 30 years of which 7 are leap years; 10,957 is the published day number.
        assert_eq!(day("2000-01-01").days_since_epoch(), 10_957);
        assert_eq!(day("1900-01-01"), Day::MIN);
        assert_eq!(day("2400-12-31"), Day::MAX);
        assert_eq!(Day::from_days_since_epoch(Day::MAX.0 + 1), None);
        assert_eq!(Day::from_ymd(1899, 12, 31), None);
        assert_eq!(Day::from_ymd(2401, 1, 1), None);
        assert_eq!(Day::from_ymd(2021, 2, 29), None);
        assert_eq!(Day::from_ymd(2021, 200, 1), None);
    }

    #[test]
    fn each_day_follows_the_one_before() {
        // The naive twin: month lengths and the Gregorian rule, day by day.
        let (mut y, mut m, mut d) = (1900, 1_u8, 1_u8);
        for number in Day::MIN.0..=Day::MAX.0 {
            let today = Day(number);
            assert_eq!(today.ymd(), (y, m, d));
            assert_eq!(Day::from_ymd(y, m, d), Some(today));
            assert_eq!(today.year(), y);
            let leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
            let length = match m {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            d += 1;
            if d > length {
                (m, d) = (m + 1, 1);
            }
            if m > 12 {
                (y, m) = (y + 1, 1);
            }
        }
        assert_eq!((y, m, d), (2401, 1, 1));
    }

    #[test]
    fn text_goes_both_ways_and_faults_are_named() {
        for text in ["1900-01-01", "2020-02-29", "2026-11-22", "2400-12-31"] {
            assert_eq!(day(text).to_string(), text);
            let json = serde_json::to_string(&day(text)).expect("json");
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Day>(&json).expect("day"), day(text));
        }
        for text in [
            "",
            "2020",
            "2020-1-1",
            "20200101",
            "2020-01-01T00:00",
            " 2020-01-01",
            "2020/01/01",
            "-020-01-01",
            "202é-01-01",
        ] {
            assert!(matches!(Day::parse(text), Err(DayError::Format(_))), "{text}");
        }
        for text in ["2021-02-29", "2020-13-01", "2020-00-10", "2020-04-31", "2020-01-00"] {
            assert!(matches!(Day::parse(text), Err(DayError::NoSuchDay(_))), "{text}");
        }
        for text in ["1899-12-31", "2401-01-01", "0000-01-01"] {
            assert!(matches!(Day::parse(text), Err(DayError::OutOfRange(_))), "{text}");
        }
        assert!(serde_json::from_str::<Day>("20200101").is_err());
        let message = serde_json::from_str::<Day>("\"2021-02-29\"").expect_err("no such day");
        assert!(message.to_string().contains("2021-02-29"));
    }

    #[test]
    fn months_clamp_to_the_end_of_the_month() {
        for (from, months, to) in [
            ("2020-01-31", 1, "2020-02-29"),
            ("2021-01-31", 1, "2021-02-28"),
            ("2020-08-31", 3, "2020-11-30"),
            ("2020-03-31", -1, "2020-02-29"),
            ("2020-05-15", -17, "2018-12-15"),
            ("2020-05-15", 0, "2020-05-15"),
            ("2400-06-01", 12, "2400-12-31"),
            ("1900-06-01", -12, "1900-01-01"),
            ("2020-01-01", i32::MAX, "2400-12-31"),
            ("2020-01-01", i32::MIN, "1900-01-01"),
        ] {
            assert_eq!(day(from).add_months(months), day(to), "{from} + {months}");
        }
    }

    #[test]
    fn years_are_of_365_and_a_quarter_days() {
        let start = day("2020-01-01");
        assert_eq!(start.years_until(day("2024-01-01")), 4.0);
        assert_eq!(day("2024-01-01").years_until(start), -4.0);
        assert_eq!(start.plus_years(4.0), day("2024-01-01"));
        // Half a day goes to the even number of days: 0.5 to 0, 1.5 to 2, 2.5 to 2.
        assert_eq!(start.plus_years(0.5 / DAYS_PER_YEAR), start);
        assert_eq!(start.plus_years(1.5 / DAYS_PER_YEAR), start.add_days(2));
        assert_eq!(start.plus_years(2.5 / DAYS_PER_YEAR), start.add_days(2));
        assert_eq!(start.plus_years(-1.0), start.add_days(-365));
        assert_eq!(start.plus_years(f64::INFINITY), Day::MAX);
        assert_eq!(start.plus_years(f64::NEG_INFINITY), Day::MIN);
        assert_eq!(start.plus_years(1e300), Day::MAX);
        assert_eq!(start.plus_years(f64::NAN), Day::MAX);
        assert_eq!(start.add_days(i32::MAX), Day::MAX);
        assert_eq!(start.add_days(i32::MIN), Day::MIN);
        for days in -40_000..=130_000 {
            let later = start.add_days(days);
            assert_eq!(start.plus_years(start.years_until(later)), later);
            assert_eq!(start.days_until(later), later.0 - start.0);
        }
    }

    #[test]
    fn parts_of_the_year() {
        assert_eq!(day("2020-03-01").end_of_year(), day("2020-12-31"));
        assert_eq!(day("2020-12-31").end_of_year(), day("2020-12-31"));
        assert_eq!(day("2020-12-31").start_of_year(), day("2020-01-01"));
        assert_eq!(day("2020-01-01").year_fraction(), 0.0);
        assert_eq!(day("2020-12-31").year_fraction(), 365.0 / 366.0);
        assert_eq!(day("2021-12-31").year_fraction(), 364.0 / 365.0);
        assert_eq!(day("2020-07-02").decimal_year(), 2020.5);
    }
}
