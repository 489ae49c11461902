//! Numbers as text: the shortest digits that read back to the same number.

use std::io::Write as _;

/// The value as it is stored: `-0` becomes `0`, and what is not finite becomes NaN, "undefined".
pub fn canonical(value: f64) -> f64 {
    if value == 0.0 {
        0.0
    } else if value.is_finite() {
        value
    } else {
        f64::NAN
    }
}

/// Appends `value`: nothing where it is undefined, plain digits where they are few, otherwise a power
/// of ten (`1.5e-7`).
pub fn push_number(out: &mut Vec<u8>, value: f64) {
    let value = canonical(value);
    if value.is_nan() {
        return;
    }
    let size = value.abs();
    // Within these bounds plain digits are at most 22 long; the bounds are those of ECMAScript's
    // Number-to-string, which readers of CSV know.
    let written = if size == 0.0 || (1e-6..1e21).contains(&size) {
        write!(out, "{value}")
    } else {
        write!(out, "{value:e}")
    };
    debug_assert!(written.is_ok(), "writing to memory does not fail");
}

/// [`push_number`] as a string.
pub fn number(value: f64) -> String {
    let mut out = Vec::new();
    push_number(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

/// Reads what [`push_number`] writes: empty is undefined.
pub fn parse_number(text: &str) -> Option<f64> {
    if text.is_empty() {
        return Some(f64::NAN);
    }
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Numbers as text in JSON, for `#[serde(with = "exact")]`: readers of JSON may miss the last digit.
pub mod exact {
    use serde::de::Error;
    use serde::{Deserialize as _, Deserializer, Serializer};

    /// Writes the shortest digits.
    ///
    /// # Errors
    /// Of the serializer.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature is that of serde")]
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::number(*value))
    }

    /// Reads them back.
    ///
    /// # Errors
    /// Where the text is no number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_number(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not a number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_examples() {
        for (value, text) in [
            (0.2914, "0.2914"),
            (-0.0, "0"),
            (1000.0, "1000"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
            (1.5e-7, "1.5e-7"),
            (-1e300, "-1e300"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(parse_number("inf"), None);
        assert_eq!(parse_number("NaN"), None);
    }

    proptest! {
        #[test]
        fn every_number_reads_back_to_itself(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            let back = parse_number(&number(value)).unwrap();
            prop_assert_eq!(back.to_bits(), canonical(value).to_bits());
        }
    }
}
