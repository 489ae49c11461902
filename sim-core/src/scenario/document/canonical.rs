//! The values of a document without anything else: what a manifest hashes.

use super::decode::Document;
use super::number::is_pedigree;
use super::tree::{Entry, Node, Value};
use sha2::{Digest, Sha256};

impl Document {
    /// The values as canonical JSON.
    ///
    /// Keys are sorted by byte; numbers have the fewest digits that read back to the same number, and an
    /// integer and a float of one value are written alike; dates are ISO strings. Comments, the order of
    /// keys, line ends and the split over files do not show. Of a number with a pedigree the value alone
    /// counts, with its unit where it gives one: where a number comes from does not change a result.
    #[must_use]
    pub fn canonical_json(&self) -> String {
        let mut out = String::new();
        write(&mut out, &self.root);
        out
    }

    /// SHA-256 of [`Document::canonical_json`] in 64 lowercase hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        use std::fmt::Write as _;
        let digest = Sha256::digest(self.canonical_json().as_bytes());
        digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

fn write(out: &mut String, node: &Node) {
    match &node.value {
        Value::Text(text) => string(out, text),
        Value::Integer(i) => out.push_str(&i.to_string()),
        Value::Float(x) => out.push_str(&float(*x)),
        Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Date(date) => string(out, &date.to_string()),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Table(entries) if is_pedigree(node) => {
            let counts = |key: &str| key == "value" || key == "unit";
            match (node.get("unit"), node.get("value")) {
                (None, Some(value)) => write(out, value),
                _ => table(out, entries.iter().filter(|e| counts(&e.key)).collect()),
            }
        }
        Value::Table(entries) => table(out, entries.iter().collect()),
    }
}

fn table(out: &mut String, mut entries: Vec<&Entry>) {
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    out.push('{');
    for (i, entry) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        string(out, &entry.key);
        out.push(':');
        write(out, &entry.node);
    }
    out.push('}');
}

fn string(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// Shortest digits without exponent; a whole number as an integer. What is not finite, which JSON cannot
/// hold and decoding refuses, is a string.
fn float(x: f64) -> String {
    if x.is_finite() {
        // Adding zero turns a negative zero into zero: both denote one number.
        format!("{}", x + 0.0)
    } else {
        format!("\"{x}\"")
    }
}
