//! Entries: what the payload of a frame says about one replicate.
//!
//! `kind (1) | replicate (8) | counters (7 x 8) | values (cells x 8) | tenders` for a record,
//! `kind (1) | replicate (8) | time | place | message` for a failure. Values come at a fixed place so
//! that a few columns of many replicates can be read without the rest.

use sim_core::record::{Counters, ReplicateRecord};

use super::bytes::Cursor;
use super::tenders::Tenders;
use crate::output::number::canonical;

const RECORD: u8 = 0;
const FAILURE: u8 = 1;

/// Bytes of a record's payload before its values.
pub const VALUES_AT: u64 = 1 + 8 + 7 * 8;

/// What is known of a replicate that failed: a row of `failures.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedReplicate {
    /// Simulated date, ISO.
    pub time: String,
    /// Where in the world.
    pub place: String,
    /// What went wrong.
    pub message: String,
}

/// One finished replicate.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// It was played.
    Record {
        /// Work done.
        counters: Counters,
        /// One value a cell, NaN where undefined.
        values: Vec<f64>,
        /// Its tenders, if recorded.
        tenders: Tenders,
    },
    /// It failed, and would fail again.
    Failure(FailedReplicate),
}

impl Entry {
    /// The entry of a record.
    pub fn of(record: &ReplicateRecord) -> Self {
        Self::Record {
            counters: record.counters,
            values: record.values.iter().map(|v| canonical(*v)).collect(),
            tenders: Tenders::of(&record.tenders),
        }
    }

    /// The payload of replicate `k`.
    pub fn encode(&self, k: u64) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Record {
                counters,
                values,
                tenders,
            } => {
                out.reserve(64 + 8 * values.len());
                out.push(RECORD);
                out.extend_from_slice(&k.to_le_bytes());
                let Counters {
                    events,
                    tenders: held,
                    alternatives,
                    valuations,
                    unsolved,
                    next_tenders,
                    not_closed,
                } = counters;
                let counts = [
                    events,
                    held,
                    alternatives,
                    valuations,
                    unsolved,
                    next_tenders,
                    not_closed,
                ];
                for count in counts {
                    out.extend_from_slice(&count.to_le_bytes());
                }
                for value in values {
                    out.extend_from_slice(&canonical(*value).to_le_bytes());
                }
                tenders.encode(&mut out);
            }
            Self::Failure(failed) => {
                out.push(FAILURE);
                out.extend_from_slice(&k.to_le_bytes());
                for text in [&failed.time, &failed.place, &failed.message] {
                    // A message is for a reader: what goes beyond 16 KiB is cut.
                    let cut: String = text.chars().take(4096).collect();
                    out.extend_from_slice(&(cut.len() as u16).to_le_bytes());
                    out.extend_from_slice(cut.as_bytes());
                }
            }
        }
        out
    }

    /// Reads a payload of a world with `cells` values back; `None` where it is not one; never panics.
    pub fn decode(payload: &[u8], cells: usize) -> Option<(u64, Self)> {
        let mut cursor = Cursor::new(payload);
        let kind = cursor.u8()?;
        let k = cursor.u64()?;
        let entry = match kind {
            RECORD => {
                let counters = Counters {
                    events: cursor.u64()?,
                    tenders: cursor.u64()?,
                    alternatives: cursor.u64()?,
                    valuations: cursor.u64()?,
                    unsolved: cursor.u64()?,
                    next_tenders: cursor.u64()?,
                    not_closed: cursor.u64()?,
                };
                let mut bytes = Cursor::new(cursor.take(cells.checked_mul(8)?)?);
                let values = (0..cells).map(|_| bytes.f64()).collect::<Option<Vec<_>>>()?;
                let tenders = Tenders::decode(cursor.rest(), None)?;
                Self::Record {
                    counters,
                    values,
                    tenders,
                }
            }
            FAILURE => {
                let (time, place, message) = (cursor.text()?, cursor.text()?, cursor.text()?);
                Self::Failure(FailedReplicate { time, place, message })
            }
            _ => return None,
        };
        cursor.is_at_end().then_some((k, entry))
    }

    /// The index and kind of a payload (`true` for a record), without reading the rest.
    pub fn peek(payload: &[u8]) -> Option<(u64, bool)> {
        let mut cursor = Cursor::new(payload);
        let is_record = match cursor.u8()? {
            RECORD => true,
            FAILURE => false,
            _ => return None,
        };
        Some((cursor.u64()?, is_record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn entries_read_back(k in any::<u64>(), values in prop::collection::vec(any::<f64>(), 0..20), failed in any::<bool>(), message in "\\PC*") {
            let entry = if failed {
                Entry::Failure(FailedReplicate { time: "2030-01-01".into(), place: "x".into(), message })
            } else {
                Entry::Record { counters: Counters { events: k, ..Counters::default() }, values: values.clone(), tenders: Tenders::default() }
            };
            let payload = entry.encode(k);
            let (read, back) = Entry::decode(&payload, values.len()).unwrap();
            prop_assert_eq!(read, k);
            prop_assert_eq!(Entry::peek(&payload), Some((k, !failed)));
            prop_assert_eq!(back.encode(k), payload);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cells in 0usize..40) {
            if let Some((k, entry)) = Entry::decode(&bytes, cells) {
                prop_assert_eq!(Entry::peek(&bytes).map(|(index, _)| index), Some(k));
                prop_assert_eq!(entry.encode(k).len(), bytes.len());
            }
        }
    }
}
