//! Points of a design in a run directory, and the keys under which their replicates are kept.
//!
//! A replicate of a plain run is kept under its index. In a run of `oransim explore` the key is point and replicate
//! together: neither more points nor more replicates change the key of one that is there, so that both can be added.

use serde::{Deserialize, Serialize};

use super::canonical::sha256_hex;

/// Bits of a key that hold the replicate: ten million, the most a run may have, take 24.
const REPLICATE_BITS: u32 = 32;

/// The key of a replicate at a point; of a plain run the point is 0.
pub fn key(point: u64, replicate: u64) -> u64 {
    point << REPLICATE_BITS | replicate
}

/// Point and replicate of a key.
pub fn point_and_replicate(key: u64) -> (u64, u64) {
    (key >> REPLICATE_BITS, key & ((1 << REPLICATE_BITS) - 1))
}

/// The points of a design, in the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// How many.
    pub count: u64,
    /// Kind of the design: `grid`, `lhs`, `sobol`, `saltelli`, `morris` or `csv`.
    pub design: String,
    /// The paths that are choices; all others are uncertain.
    pub choices: Vec<String>,
    /// SHA-256 of `design.csv`.
    pub hash: String,
}

/// SHA-256 of the first `points` rows of a `design.csv` with its header; `None` where it has fewer.
pub fn hash_of_first(design: &str, points: u64) -> Option<String> {
    let lines = usize::try_from(points).ok()?.checked_add(1)?;
    let mut ends = design.match_indices('\n').map(|(at, _)| at + 1);
    let end = ends.nth(lines.checked_sub(1)?)?;
    Some(sha256_hex(&design.as_bytes()[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_there_and_back() {
        assert_eq!(key(0, 17), 17);
        for (point, replicate) in [(0, 0), (3, 9_999_999), (99_999, 1)] {
            assert_eq!(point_and_replicate(key(point, replicate)), (point, replicate));
        }
    }

    #[test]
    fn the_first_rows_have_a_hash_of_their_own() {
        let short = "point,a\n0,1\n";
        let long = "point,a\n0,1\n1,2\n";
        assert_eq!(hash_of_first(long, 1), hash_of_first(short, 1));
        assert_ne!(hash_of_first(long, 2), hash_of_first(long, 1));
        assert_eq!(hash_of_first(short, 2), None);
        assert_eq!(hash_of_first("", 0), None);
    }
}
