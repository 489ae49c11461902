//! Units that convert into each other, so that a number can be compared with its source.
//!
//! A unit is a product of words over words: `USD/site/yr`, `usd_bn_2020`, `gbp_bn_2012`, `%`, `months`,
//! `million`. `_` reads as a space and `per` as `/`. Built in are fractions and per cent, thousands to
//! billions, days to years, and US dollars of the base year; all other money converts by the rates of the
//! scenario. What qualifies a ratio, a sum or a time (`% of sales`, `years straight line`) is left out.
//! An unknown word is a thing of its own (`site`, `kw`), in singular or plural.

use std::collections::BTreeMap;

/// Conversions between units.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Units {
    money: BTreeMap<String, f64>,
}

/// A unit taken apart: how much of its base it is, and the base.
#[derive(Debug, Clone, Default, PartialEq)]
struct Parts {
    factor: f64,
    /// Exponents of the things that it is made of; `usd`, `year`, or a word of its own.
    powers: BTreeMap<String, i32>,
}

/// One word, or words that belong together, between two strokes.
enum Word {
    Scaled(f64, Option<String>),
    Money {
        currency: String,
        year: Option<String>,
        scale: f64,
    },
}

const SCALES: [(&str, f64); 9] = [
    ("k", 1e3),
    ("thousand", 1e3),
    ("thousands", 1e3),
    ("m", 1e6),
    ("mn", 1e6),
    ("million", 1e6),
    ("millions", 1e6),
    ("bn", 1e9),
    ("billion", 1e9),
];

const RATIOS: [(&str, f64); 7] = [
    ("%", 0.01),
    ("percent", 0.01),
    ("share", 1.0),
    ("fraction", 1.0),
    ("ratio", 1.0),
    ("points", 0.01),
    ("1", 1.0),
];

const TIMES: [(&str, f64); 9] = [
    ("year", 1.0),
    ("years", 1.0),
    ("yr", 1.0),
    ("month", 1.0 / 12.0),
    ("months", 1.0 / 12.0),
    ("week", 7.0 / 365.25),
    ("weeks", 7.0 / 365.25),
    ("day", 1.0 / 365.25),
    ("days", 1.0 / 365.25),
];

/// ISO 4217 codes that the sources use; others are declared by [`Units::with_money`].
const CURRENCIES: [&str; 12] = [
    "usd", "eur", "gbp", "cny", "jpy", "cad", "krw", "inr", "sek", "nok", "chf", "aud",
];

/// Years of prices of the base, in which a US dollar is a US dollar.
const BASE_YEAR: &str = "2020";

impl Units {
    /// Units without any exchange rate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares that one of a money unit is `factor` US dollars of the base year: `gbp_2012` for pounds
    /// at prices of 2012, `gbp` for pounds of a year that is not declared, `usd_2012` for a deflator.
    #[must_use]
    pub fn with_money(mut self, unit: impl AsRef<str>, factor: f64) -> Self {
        self.money
            .insert(unit.as_ref().trim().to_lowercase().replace(' ', "_"), factor);
        self
    }

    /// The factor by which a value in `from` becomes a value in `to`; `None` where they measure
    /// different things or a currency has no rate.
    ///
    /// ```
    /// use sim_core::scenario::document::Units;
    /// let units = Units::new().with_money("gbp", 1.28);
    /// assert_eq!(units.factor("%", "share"), Some(0.01));
    /// assert_eq!(units.factor("GBP bn", "USD m"), Some(1280.0));
    /// assert_eq!(units.factor("EUR bn", "USD m"), None);
    /// ```
    #[must_use]
    pub fn factor(&self, from: &str, to: &str) -> Option<f64> {
        if from.trim() == to.trim() {
            return Some(1.0);
        }
        ratio(self.parts(from, "", None)?, self.parts(to, "", None)?)
    }

    /// As [`Units::factor`], for a row of a table of sources: money in `from` that does not say its year
    /// is of `year` if that year has a rate, and money of one currency compares without a rate where one
    /// side does not say its year.
    #[must_use]
    pub fn factor_of_year(&self, from: &str, year: &str, to: &str) -> Option<f64> {
        let rated = || ratio(self.parts(from, year, None)?, self.parts(to, "", None)?);
        let unrated = || {
            let plain = same_currency(from, to)?;
            ratio(self.parts(from, year, Some(&plain))?, self.parts(to, "", Some(&plain))?)
        };
        rated()
            .or_else(|| (from.trim() == to.trim()).then_some(1.0))
            .or_else(unrated)
    }

    /// How many of its base one of a unit is: shares, US dollars of the base year, years, pieces; `None`
    /// where a currency has no rate. Money that does not say its year is of `year` if that year has a rate.
    #[must_use]
    pub fn base(&self, unit: &str, year: &str) -> Option<f64> {
        self.parts(unit, year, None).map(|parts| parts.factor)
    }

    fn parts(&self, unit: &str, of_year: &str, plain: Option<&str>) -> Option<Parts> {
        let mut parts = Parts {
            factor: 1.0,
            powers: BTreeMap::new(),
        };
        for (i, term) in terms(unit).iter().enumerate() {
            let (factor, base) = match read_term(term) {
                Word::Scaled(factor, base) => (factor, base),
                Word::Money { currency, scale, .. } if plain == Some(&currency) => (scale, Some("usd".to_owned())),
                Word::Money { currency, year, scale } => (
                    scale * self.rate(&currency, year.as_deref(), of_year)?,
                    Some("usd".to_owned()),
                ),
            };
            let power = if i == 0 { 1 } else { -1 };
            parts.factor = if i == 0 {
                parts.factor * factor
            } else {
                parts.factor / factor
            };
            if let Some(base) = base {
                *parts.powers.entry(base).or_insert(0) += power;
            }
        }
        parts.powers.retain(|_, power| *power != 0);
        Some(parts)
    }

    fn rate(&self, currency: &str, year: Option<&str>, of_year: &str) -> Option<f64> {
        if let Some(year) = year {
            let dated = self.money.get(&format!("{currency}_{year}"));
            return match dated {
                Some(rate) => Some(*rate),
                None => (currency == "usd" && year == BASE_YEAR).then_some(1.0),
            };
        }
        let dated = self.money.get(&format!("{currency}_{of_year}"));
        let rate = dated.or_else(|| self.money.get(currency)).copied();
        rate.or_else(|| (currency == "usd").then_some(1.0))
    }
}

/// The factor between two units of one base.
fn ratio(from: Parts, to: Parts) -> Option<f64> {
    (from.powers == to.powers && to.factor != 0.0).then(|| from.factor / to.factor)
}

/// The terms of a unit in lower case: the first is the numerator, each further one a denominator.
fn terms(unit: &str) -> Vec<String> {
    let lower = unit.to_lowercase().replace('_', " ");
    // What stands in brackets explains; it is no part of the unit.
    let mut depth = 0_u32;
    let bare: String = lower
        .chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect();
    bare.replace(" per ", "/")
        .split('/')
        .map(|term| term.trim().to_owned())
        .collect()
}

fn lookup(table: &[(&str, f64)], word: &str) -> Option<f64> {
    table.iter().find(|(name, _)| *name == word).map(|(_, factor)| *factor)
}

fn read_term(term: &str) -> Word {
    let words: Vec<&str> = term.split_whitespace().collect();
    let Some(first) = words.first() else {
        return Word::Scaled(1.0, None);
    };
    if let Some(factor) = lookup(&RATIOS, first) {
        return Word::Scaled(factor, None);
    }
    if let Some(factor) = lookup(&TIMES, first) {
        return Word::Scaled(factor, Some("year".to_owned()));
    }
    if let Some(money) = read_money(&words) {
        return money;
    }
    // A lone scale is a number of pieces; `m` alone would be metres.
    if let Some(scale) = lookup(&SCALES, first).filter(|_| *first != "m") {
        let rest = words.get(1..).unwrap_or(&[]).join(" ");
        return Word::Scaled(scale, (!rest.is_empty()).then(|| singular(&rest)));
    }
    Word::Scaled(1.0, Some(singular(term)))
}

fn read_money(words: &[&str]) -> Option<Word> {
    let first = words.first()?;
    // `musd` is a million US dollars, `kusd` a thousand.
    let (mut scale, currency) = match first.strip_prefix(['m', 'k']) {
        Some(rest) if CURRENCIES.contains(&rest) => (if first.starts_with('m') { 1e6 } else { 1e3 }, rest),
        _ => (1.0, *first),
    };
    if !CURRENCIES.contains(&currency) {
        return None;
    }
    let mut year = None;
    for word in words.get(1..).unwrap_or(&[]) {
        if let Some(factor) = lookup(&SCALES, word) {
            scale *= factor;
        } else if word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) {
            year = Some((*word).to_owned());
        } else {
            break;
        }
    }
    Some(Word::Money {
        currency: currency.to_owned(),
        year,
        scale,
    })
}

/// The currency of both units, where it is one and at least one side does not say its year.
fn same_currency(from: &str, to: &str) -> Option<String> {
    let money = |unit: &str| {
        terms(unit).iter().find_map(|term| match read_term(term) {
            Word::Money { currency, year, .. } => Some((currency, year)),
            Word::Scaled(..) => None,
        })
    };
    let ((a, year_a), (b, year_b)) = (money(from)?, money(to)?);
    (a == b && (year_a.is_none() || year_b.is_none() || year_a == year_b)).then_some(a)
}

fn singular(word: &str) -> String {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}
