//! `[posterior]`: numbers that are not known, as joint draws from a file: what `oransim calibrate` leaves.
//!
//! The file is a CSV table: lines that begin with `#` and say where it comes from, a header of paths, one row a draw, all rows of equal
//! weight. On loading its text is laid into the document, so that a resolved scenario stands by itself and its hash covers the draws.

use sha2::{Digest, Sha256};

use super::document::{Fields, Table, split};
use crate::design::{DesignTable, parse_table};
use crate::draws::Luck;

/// The stream that picks the row. No path of a number can be spelled like this.
const STREAM: &str = "[posterior]";

/// Joint draws of some numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// File as the scenario names it.
    pub file: String,
    /// SHA-256 of its text, 64 hexadecimal digits.
    pub hash: String,
    /// Paths of the numbers.
    pub paths: Vec<String>,
    /// One row a draw.
    pub rows: Vec<Vec<f64>>,
}

impl Table for Posterior {
    fn fields(f: &mut Fields<'_>) -> Self {
        let file = f.text(
            "file",
            "CSV file of joint draws, as `oransim calibrate` writes it: a path relative to this file",
        );
        let text = f.text_or("text", "", "What stands in the file: filled on reading");
        let table = parse_table(&text);
        let why = match &table {
            Ok(_) => String::new(),
            Err(_) if text.is_empty() => "the file has not been read".to_owned(),
            Err(error) => format!("the draws cannot be read: {error}"),
        };
        f.require(
            table.is_ok(),
            "file",
            why,
            "a CSV file with a header of paths and one row a draw",
        );
        let DesignTable { paths, points } = table.unwrap_or(DesignTable {
            paths: Vec::new(),
            points: Vec::new(),
        });
        Posterior {
            hash: hash_of_text(&text),
            file,
            paths,
            rows: points,
        }
    }
}

impl Posterior {
    /// The draw of a replicate: one whole row, so that what the numbers have to do with each other is kept.
    #[must_use]
    pub fn draw(&self, luck: &Luck) -> Vec<(&str, f64)> {
        let u = luck.for_path(STREAM).uniform_at(0);
        let index = ((u * self.rows.len() as f64) as usize).min(self.rows.len().saturating_sub(1));
        let values = self.rows.get(index).into_iter().flatten().copied();
        self.paths.iter().map(String::as_str).zip(values).collect()
    }

    /// Least and greatest value of each number.
    pub fn support(&self) -> impl Iterator<Item = (&str, [f64; 2])> {
        self.paths.iter().enumerate().map(|(i, path)| {
            let values = || self.rows.iter().map(|row| row[i]);
            let ends = [
                values().fold(f64::INFINITY, f64::min),
                values().fold(f64::NEG_INFINITY, f64::max),
            ];
            (path.as_str(), ends)
        })
    }
}

fn hash_of_text(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// The text without the columns at a path and below it, and which they were; the text is empty where no column is left. The rows that are
/// left are draws from the joint distribution of the other numbers, whatever the dropped ones are: not those at a value set for these.
pub(super) fn without(text: &str, segments: &[String]) -> Option<(String, Vec<String>)> {
    let table = parse_table(text).ok()?;
    let is_below = |path: &String| split(path).is_ok_and(|path| path.starts_with(segments));
    let dropped: Vec<String> = table.paths.iter().filter(|path| is_below(path)).cloned().collect();
    if dropped.is_empty() {
        return None;
    }
    let kept: Vec<usize> = (0..table.paths.len()).filter(|i| !is_below(&table.paths[*i])).collect();
    let mut out = String::new();
    if !kept.is_empty() {
        let notes = text.lines().take_while(|line| line.starts_with('#'));
        out.extend(notes.map(|line| format!("{line}\n")));
        let line = |cells: Vec<String>| cells.join(",") + "\n";
        out += &line(kept.iter().map(|i| table.paths[*i].clone()).collect());
        for row in &table.points {
            out += &line(kept.iter().map(|i| row[*i].to_string()).collect());
        }
    }
    Some((out, dropped))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# oransim posterior\n# seed = 1\na.b,a.c,d\n1,2,3\n4,5,6\n";

    fn posterior() -> Posterior {
        let DesignTable { paths, points } = parse_table(TEXT).unwrap();
        Posterior {
            file: "p.csv".to_owned(),
            hash: hash_of_text(TEXT),
            paths,
            rows: points,
        }
    }

    #[test]
    fn rows_are_drawn_whole_and_all_alike() {
        let posterior = posterior();
        let mut first = 0;
        for k in 0..2000 {
            let drawn = posterior.draw(&Luck::new(5, k));
            assert!(
                drawn == [("a.b", 1.0), ("a.c", 2.0), ("d", 3.0)] || drawn == [("a.b", 4.0), ("a.c", 5.0), ("d", 6.0)]
            );
            first += u32::from(drawn[0].1 == 1.0);
        }
        // 1,000 +- 22.
        assert!((930..1070).contains(&first), "{first}");
        assert_eq!(posterior.draw(&Luck::new(5, 3)), posterior.draw(&Luck::new(5, 3)));
        assert_eq!(posterior.support().nth(1), Some(("a.c", [2.0, 5.0])));
    }

    #[test]
    fn columns_are_dropped_at_a_path_and_below() {
        let path = |text: &str| split(text).unwrap();
        let (text, dropped) = without(TEXT, &path("a")).unwrap();
        assert_eq!(text, "# oransim posterior\n# seed = 1\nd\n3\n6\n");
        assert_eq!(dropped, ["a.b", "a.c"]);
        assert_eq!(without(TEXT, &path("x")), None);
        let (all, _) = without("d\n3\n", &path("d")).unwrap();
        assert_eq!(all, "");
    }
}
