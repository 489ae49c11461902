//! Canonical JSON: one text for one value, so that a hash of the text is a hash of the value.
//!
//! Keys stand in byte order, there is no white space, and numbers are integers only (what is hashed
//! here holds no other), so that the text agrees with RFC 8785 on them.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The canonical text of a JSON value.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    push(&mut out, value);
    out
}

fn push(out: &mut String, value: &Value) {
    match value {
        Value::Object(map) => {
            // Sorted here rather than by the map: another crate may switch on insertion order.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
            out.push('{');
            for (i, (key, inner)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                push(out, inner);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, inner) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push(out, inner);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// SHA-256 of bytes as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// SHA-256 of the canonical text of anything that serialises to JSON.
///
/// # Errors
/// As `serde_json::to_value`: only for maps whose keys are not strings.
pub fn hash_of<T: Serialize>(value: &T) -> serde_json::Result<String> {
    Ok(sha256_hex(canonical(&serde_json::to_value(value)?).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn order_of_keys_does_not_count() {
        assert_eq!(
            canonical(&json!({"b": [1, {"d": null, "c": "x\"y"}], "a": true})),
            r#"{"a":true,"b":[1,{"c":"x\"y","d":null}]}"#
        );
    }

    #[test]
    fn hash_is_the_published_one() {
        // FIPS 180-4, the example of one block.
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
