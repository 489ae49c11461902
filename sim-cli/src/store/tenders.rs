//! Rows of tenders by column: the shape in which they are framed, read back and written to tables.
//!
//! By column, because a table of the Parquet format is written column after column: one column of many
//! replicates can be read without the rest.

use sim_core::record::TenderRow;

use super::bytes::Cursor;
use crate::output::number::canonical;
use crate::time::day_number;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// A number; NaN where undefined.
    Number,
    /// A count.
    Count,
    /// Days since 1970-01-01.
    Day,
}

/// The columns after `scenario,replicate`, in the order of the file.
pub const COLUMNS: [(&str, Kind); 26] = [
    ("tender", Kind::Text),
    ("time", Kind::Day),
    ("kind", Kind::Text),
    ("operator", Kind::Text),
    ("country", Kind::Text),
    ("cluster", Kind::Text),
    ("environment", Kind::Text),
    ("generation", Kind::Text),
    ("sites", Kind::Number),
    ("old_ru", Kind::Text),
    ("old_bb", Kind::Text),
    ("new_ru", Kind::Text),
    ("new_bb", Kind::Text),
    ("architecture", Kind::Text),
    ("alternatives", Kind::Count),
    ("price", Kind::Number),
    ("price_best_rival", Kind::Number),
    ("swap", Kind::Number),
    ("brought_forward", Kind::Number),
    ("legacy_layer", Kind::Number),
    ("onboarding", Kind::Number),
    ("contract_break", Kind::Number),
    ("outage", Kind::Number),
    ("integration", Kind::Number),
    ("months_late", Kind::Number),
    ("outcome", Kind::Text),
];

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// UTF-8 text.
    Text(Vec<String>),
    /// Numbers; NaN where undefined.
    Number(Vec<f64>),
    /// Counts.
    Count(Vec<u32>),
    /// Days since 1970-01-01.
    Day(Vec<i32>),
}

impl Column {
    /// An empty column of a kind.
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::new()),
            Kind::Number => Self::Number(Vec::new()),
            Kind::Count => Self::Count(Vec::new()),
            Kind::Day => Self::Day(Vec::new()),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Count(values) => values.len(),
            Self::Day(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        match self {
            Self::Text(values) => {
                for value in values {
                    // Ids are short; what is longer than 64 KiB is cut at a character.
                    let length = (0..=value.len().min(usize::from(u16::MAX)))
                        .rev()
                        .find(|i| value.is_char_boundary(*i))
                        .unwrap_or(0);
                    body.extend_from_slice(&(length as u16).to_le_bytes());
                    body.extend_from_slice(&value.as_bytes()[..length]);
                }
            }
            Self::Number(values) => values
                .iter()
                .for_each(|v| body.extend_from_slice(&canonical(*v).to_le_bytes())),
            Self::Count(values) => {
                values.iter().for_each(|v| body.extend_from_slice(&v.to_le_bytes()));
            }
            Self::Day(values) => {
                values.iter().for_each(|v| body.extend_from_slice(&v.to_le_bytes()));
            }
        }
        out.extend_from_slice(&(body.len() as u64).to_le_bytes());
        out.extend_from_slice(&body);
    }

    fn decode(kind: Kind, rows: usize, body: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let column = match kind {
            Kind::Text => Self::Text((0..rows).map(|_| cursor.text()).collect::<Option<_>>()?),
            Kind::Number => Self::Number((0..rows).map(|_| cursor.f64()).collect::<Option<_>>()?),
            Kind::Count => Self::Count((0..rows).map(|_| cursor.u32()).collect::<Option<_>>()?),
            Kind::Day => Self::Day((0..rows).map(|_| cursor.i32()).collect::<Option<_>>()?),
        };
        cursor.is_at_end().then_some(column)
    }
}

/// Rows of tenders of one replicate, by column in the order of [`COLUMNS`].
#[derive(Debug, Clone, PartialEq)]
pub struct Tenders {
    /// One entry a column.
    pub columns: Vec<Column>,
}

impl Default for Tenders {
    fn default() -> Self {
        let columns = COLUMNS.iter().map(|(_, kind)| Column::new(*kind)).collect();
        Self { columns }
    }
}

impl Tenders {
    /// The rows of a record.
    pub fn of(rows: &[TenderRow]) -> Self {
        let text = |f: fn(&TenderRow) -> &str| Column::Text(rows.iter().map(|r| f(r).to_owned()).collect());
        let number = |f: fn(&TenderRow) -> f64| Column::Number(rows.iter().map(|r| canonical(f(r))).collect());
        let mut columns = vec![
            text(|r| &r.tender),
            Column::Day(rows.iter().map(|r| day_number(r.time)).collect()),
            text(|r| r.kind),
            text(|r| &r.operator),
            text(|r| &r.country),
            text(|r| &r.cluster),
            text(|r| &r.environment),
            text(|r| &r.generation),
            number(|r| r.sites),
            text(|r| &r.old_ru),
            text(|r| &r.old_bb),
            text(|r| &r.new_ru),
            text(|r| &r.new_bb),
            text(|r| r.architecture),
            Column::Count(rows.iter().map(|r| r.alternatives).collect()),
            number(|r| r.price),
            number(|r| r.price_best_rival),
        ];
        for item in 0..7 {
            columns.push(Column::Number(rows.iter().map(|r| canonical(r.items[item])).collect()));
        }
        columns.push(number(|r| r.months_late));
        columns.push(text(|r| r.outcome));
        Self { columns }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends the bytes: number of rows, then each column with its length.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.len() as u64).to_le_bytes());
        if !self.is_empty() {
            self.columns.iter().for_each(|column| column.encode(out));
        }
    }

    /// Reads the bytes back, all columns or only the one with index `only`; the others stay empty.
    /// `None` where the bytes are not such rows; never panics.
    pub fn decode(bytes: &[u8], only: Option<usize>) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let rows = usize::try_from(cursor.u64()?).ok()?;
        let mut tenders = Self::default();
        if rows == 0 {
            return cursor.is_at_end().then_some(tenders);
        }
        for (index, (_, kind)) in COLUMNS.iter().enumerate() {
            let length = usize::try_from(cursor.u64()?).ok()?;
            let body = cursor.take(length)?;
            // Each row takes two bytes at least, so a false count cannot ask for more memory than
            // the file is long.
            if rows > body.len() {
                return None;
            }
            if only.is_none_or(|wanted| wanted == index) {
                tenders.columns[index] = Column::decode(*kind, rows, body)?;
            }
        }
        cursor.is_at_end().then_some(tenders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn example() -> Vec<u8> {
        let mut tenders = Tenders::default();
        for row in 0..3u32 {
            for column in &mut tenders.columns {
                match column {
                    Column::Text(values) => values.push(format!("text {row}")),
                    Column::Number(values) => values.push(if row == 1 { f64::NAN } else { 0.5 }),
                    Column::Count(values) => values.push(row),
                    Column::Day(values) => values.push(-1),
                }
            }
        }
        let mut bytes = Vec::new();
        tenders.encode(&mut bytes);
        bytes
    }

    #[test]
    fn one_column_reads_as_in_the_whole() {
        let bytes = example();
        let whole = Tenders::decode(&bytes, None).unwrap();
        assert_eq!(whole.len(), 3);
        for (index, column) in whole.columns.iter().enumerate() {
            let only = Tenders::decode(&bytes, Some(index)).unwrap();
            // NaN is not equal to itself: compare the text.
            assert_eq!(format!("{:?}", only.columns[index]), format!("{column:?}"));
        }
    }

    proptest! {
        #[test]
        fn damaged_rows_never_make_the_reader_panic(
            at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = example();
            let length = bytes.len();
            bytes[at.index(length)] = byte;
            bytes.truncate(cut.index(length + 1));
            if let Some(read) = Tenders::decode(&bytes, None) {
                prop_assert_eq!(read.columns.iter().map(Column::len).max(), Some(read.len()));
            }
        }
    }
}
