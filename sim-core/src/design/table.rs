//! Designs as tables: what `design.csv` holds, and what an analyst brings from elsewhere.

use super::{DesignError, MAX_POINTS};

/// Points over named paths, as read.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignTable {
    /// The headers but for `point`.
    pub paths: Vec<String>,
    /// One row a point, all numbers finite.
    pub points: Vec<Vec<f64>>,
}

/// Reads a design: a header of paths, then one row of numbers a point. A first column `point` may count the rows from
/// 0; it is left out. Lines that begin with `#` may stand above the header: so a posterior can be read as a design.
///
/// # Errors
/// [`DesignError::Table`] with the line: no header, a path twice, a row of another length, what is no finite number, a
/// count out of order; [`DesignError::Empty`] and [`DesignError::TooManyPoints`].
pub fn parse_table(text: &str) -> Result<DesignTable, DesignError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (notes, text) = below_notes(text);
    let at = |line: u64, message: String| DesignError::Table {
        line: line + notes,
        message,
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| at(1, error.to_string()))?.clone();
    let counted = header.get(0) == Some("point");
    let paths: Vec<String> = header.iter().skip(usize::from(counted)).map(str::to_owned).collect();
    if paths.is_empty() {
        return Err(at(1, "the header names no path".to_owned()));
    }
    for (i, path) in paths.iter().enumerate() {
        if path.is_empty() {
            return Err(at(1, "a column has no name".to_owned()));
        }
        if paths[..i].contains(path) {
            return Err(at(1, format!("`{path}` is named twice")));
        }
    }
    let mut points = Vec::new();
    for row in reader.records() {
        let line_of = |error: &csv::Error| error.position().map_or(1, csv::Position::line);
        let row = row.map_err(|error| at(line_of(&error), error.to_string()))?;
        let line = line_at(text, row.position().map_or(0, csv::Position::byte));
        if points.len() as u64 == MAX_POINTS {
            return Err(DesignError::TooManyPoints);
        }
        if counted && row.get(0).and_then(|count| count.parse().ok()) != Some(points.len()) {
            return Err(at(line, format!("column `point` should hold {}", points.len())));
        }
        let number = |(text, path): (&str, &String)| match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(at(line, format!("column `{path}`: `{text}` is no number"))),
        };
        let values = row.iter().skip(usize::from(counted)).zip(&paths).map(number);
        points.push(values.collect::<Result<Vec<f64>, _>>()?);
    }
    if points.is_empty() {
        return Err(DesignError::Empty);
    }
    Ok(DesignTable { paths, points })
}

/// Line in a text of the header (`None`) or of a row of [`DesignTable::points`], for messages on what was read from there.
#[must_use]
pub fn line_of(text: &str, row: Option<usize>) -> u64 {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (notes, text) = below_notes(text);
    let Some(row) = row else { return notes + 1 };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let byte = reader.records().nth(row).and_then(Result::ok);
    notes + line_at(text, byte.and_then(|row| Some(row.position()?.byte())).unwrap_or(0))
}

/// Line, from 1, of the first cell at or after a byte. The reader's own count depends on how lines end.
fn line_at(text: &str, byte: u64) -> u64 {
    let bytes = text.as_bytes();
    let byte = usize::try_from(byte).map_or(bytes.len(), |byte| byte.min(bytes.len()));
    let (before, rest) = bytes.split_at(byte);
    let ends = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    1 + before.iter().chain(ends).filter(|b| **b == b'\n').count() as u64
}

/// How many lines stand above the header, and the text from the header on.
fn below_notes(mut text: &str) -> (u64, &str) {
    let mut notes = 0;
    while text.starts_with('#') {
        text = text.split_once('\n').map_or("", |(_, rest)| rest);
        notes += 1;
    }
    (notes, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_may_stand_above_the_header_and_count_as_lines() {
        let table = parse_table("# a note, with, commas\n# another\na,b\n1,2\n").unwrap();
        assert_eq!((table.paths.len(), table.points), (2, vec![vec![1.0, 2.0]]));
        let Err(DesignError::Table { line, .. }) = parse_table("# a note\na,b\n1,2\n1,x\n") else {
            panic!("x is a number")
        };
        assert_eq!(line, 4);
        assert!(parse_table("# only a note").is_err());
    }

    #[test]
    fn lines_are_counted_however_they_end() {
        for end in ["\n", "\r\n"] {
            let text = ["\u{feff}# a note", "a,b", "1,2", "", "3,4"].join(end);
            let lines = [None, Some(0), Some(1)].map(|row| line_of(&text, row));
            assert_eq!(lines, [2, 3, 5], "{end:?}");
            let Err(DesignError::Table { line, .. }) = parse_table(&text.replace('4', "x")) else {
                panic!("x is a number")
            };
            assert_eq!(line, 5, "{end:?}");
        }
    }
}
