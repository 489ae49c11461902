//! What a theme of anchors leaves behind: rows of expected and obtained numbers, from which the page is written.

use std::fmt::Write as _;

use serde_json::Value;

/// One number of an anchor, obtained and expected.
pub struct Row {
    /// Anchor.
    pub id: &'static str,
    /// What the number is.
    pub what: String,
    /// Value that is known.
    pub expected: f64,
    /// Value that the library gave.
    pub obtained: f64,
    /// Largest distance that is accepted.
    pub tolerance: f64,
    /// Whether the tolerance is four standard errors of a simulation.
    pub sampled: bool,
}

impl Row {
    /// Whether the obtained value is near enough; an undefined one never is.
    pub fn holds(&self) -> bool {
        (self.obtained - self.expected).abs() <= self.tolerance
    }
}

/// One anchor: what it is and by which functions it was computed.
pub struct Anchor {
    /// Its id in the list of known answers.
    pub id: &'static str,
    /// Name and literature.
    pub title: &'static str,
    /// Public functions called.
    pub functions: &'static str,
    /// Where `run` or a command calls them.
    pub path: &'static str,
}

/// A group of anchors, written and tested together.
pub struct Theme {
    /// Heading.
    pub title: &'static str,
    /// Its anchors.
    pub anchors: Vec<Anchor>,
    /// Their numbers.
    pub rows: Vec<Row>,
}

/// Largest `p` of a test of a distribution at which the law is taken as false.
pub const REFUTED: f64 = 1e-4;

impl Theme {
    pub fn new(title: &'static str) -> Self {
        Self {
            title,
            anchors: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Opens an anchor; the numbers that follow are its own.
    pub fn anchor(&mut self, id: &'static str, title: &'static str, functions: &'static str, path: &'static str) {
        self.anchors.push(Anchor {
            id,
            title,
            functions,
            path,
        });
    }

    fn id(&self) -> &'static str {
        self.anchors.last().expect("an anchor is open").id
    }

    fn row(&mut self, what: &str, obtained: f64, expected: f64, tolerance: f64, sampled: bool) {
        let id = self.id();
        self.rows.push(Row {
            id,
            what: what.to_owned(),
            expected,
            obtained,
            tolerance,
            sampled,
        });
    }

    /// A number that is computed, not sampled.
    pub fn number(&mut self, what: &str, obtained: f64, expected: f64, tolerance: f64) {
        self.row(what, obtained, expected, tolerance, false);
    }

    /// Numbers that are computed, not sampled.
    pub fn numbers(&mut self, what: &str, obtained: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(obtained.len(), expected.len(), "{what}");
        for (i, (o, e)) in obtained.iter().zip(expected).enumerate() {
            self.number(&format!("{what} [{i}]"), *o, *e, tolerance);
        }
    }

    /// The mean of a simulation, with the standard error of that mean.
    pub fn sampled(&mut self, what: &str, obtained: f64, expected: f64, standard_error: f64) {
        self.row(what, obtained, expected, 4.0 * standard_error, true);
    }

    /// The share of `n` trials that succeeded, where the law says `p`.
    pub fn proportion(&mut self, what: &str, successes: usize, n: usize, p: f64) {
        let error = (p * (1.0 - p) / n as f64).sqrt();
        self.sampled(what, successes as f64 / n as f64, p, error);
    }

    /// The mean of a sample against a known mean, with the standard error that the sample shows.
    pub fn mean(&mut self, what: &str, sample: &[f64], expected: f64) {
        let (mean, variance) = moments(sample);
        self.sampled(what, mean, expected, (variance / sample.len() as f64).sqrt());
    }

    /// A test of a distribution: its p-value must exceed 1e-4.
    pub fn law(&mut self, what: &str, p_value: f64) {
        // Any p-value above the limit will do: the tolerance reaches from the limit to 1.
        let middle = (1.0 + REFUTED) / 2.0;
        self.row(&format!("{what}: p-value"), p_value, middle, 1.0 - middle, true);
    }

    /// Something that must be so exactly, as 1.
    pub fn fact(&mut self, what: &str, so: bool) {
        self.number(what, f64::from(u8::from(so)), 1.0, 0.0);
    }

    /// Fails with every row that does not hold.
    pub fn assert_holds(&self) {
        let wrong: Vec<String> = (self.rows.iter().filter(|r| !r.holds()))
            .map(|r| {
                format!(
                    "{} {}: {} is not {} to {}",
                    r.id, r.what, r.obtained, r.expected, r.tolerance
                )
            })
            .collect();
        assert!(wrong.is_empty(), "{}:\n{}", self.title, wrong.join("\n"));
        assert!(!self.rows.is_empty());
    }

    /// The theme as Markdown.
    pub fn write(&self, page: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## {}\n", self.title);
        for anchor in &self.anchors {
            let _ = write!(
                page,
                "\n### {} {}\n\nCalls {}. In use: {}.\n\n| quantity | expected | obtained | tolerance |\n|---|---:|---:|---:|\n",
                anchor.id, anchor.title, anchor.functions, anchor.path
            );
            for r in self.rows.iter().filter(|r| r.id == anchor.id) {
                let digits = if r.sampled { 5 } else { 9 };
                let expected = if r.what.ends_with("p-value") {
                    "above 0.0001".to_owned()
                } else {
                    digits_of(r.expected, 9)
                };
                let tolerance = match (r.what.ends_with("p-value"), r.sampled, r.tolerance) {
                    (true, ..) => "law".to_owned(),
                    (_, true, t) => format!("{} (4 SE)", digits_of(t, 2)),
                    (_, false, 0.0) => "exact".to_owned(),
                    (_, false, t) => digits_of(t, 2),
                };
                let _ = writeln!(
                    page,
                    "| {} | {expected} | {} | {tolerance} |",
                    r.what,
                    digits_of(r.obtained, digits)
                );
            }
        }
    }
}

/// A number with so many significant digits, in its shortest spelling.
fn digits_of(x: f64, digits: usize) -> String {
    let rounded: f64 = format!("{x:.*e}", digits - 1).parse().unwrap_or(x);
    // What is nil up to rounding is shown as nil: its digits are noise.
    if rounded.abs() < 1e-12 && digits > 2 {
        return "0".to_owned();
    }
    if rounded != 0.0 && !(1e-4..1e9).contains(&rounded.abs()) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}

/// Mean and unbiased variance.
pub fn moments(sample: &[f64]) -> (f64, f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let square: f64 = sample.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, square / (n - 1.0))
}

/// The p-value of a Kolmogorov-Smirnov test of a sample against a continuous law (asymptotic, two-sided).
pub fn kolmogorov_smirnov(mut sample: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let distance = sample.iter().enumerate().fold(0.0_f64, |most, (i, x)| {
        let f = law(*x);
        most.max((f - i as f64 / n).abs()).max((f - (i + 1) as f64 / n).abs())
    });
    let scaled = distance * n.sqrt();
    let tail: f64 = (1..=100)
        .map(|k| {
            let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
            sign * libm::exp(-2.0 * f64::from(k * k) * scaled * scaled)
        })
        .sum();
    tail.clamp(0.0, 1.0)
}

/// The p-value of Pearson's chi-square test of counts against probabilities.
pub fn pearson(counts: &[usize], probability: &[f64]) -> f64 {
    let n: usize = counts.iter().sum();
    let statistic: f64 = counts
        .iter()
        .zip(probability)
        .map(|(c, p)| {
            let expected = n as f64 * p;
            (*c as f64 - expected) * (*c as f64 - expected) / expected
        })
        .sum();
    super::market_support::chi_square_tail(statistic, counts.len() as u32 - 1)
}

/// The entry of one anchor in the table of known answers.
pub fn anchor(id: &str) -> Value {
    let text = include_str!("../data/known_answers.json");
    serde_json::from_str::<Value>(text).expect("the table is JSON")[id].clone()
}

/// A number of the table.
pub fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or_else(|| panic!("{v} is not a number"))
}

/// A list of the table.
pub fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(number).collect()
}
