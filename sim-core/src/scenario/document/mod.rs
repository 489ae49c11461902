//! The layer between the text of scenario files and validated domain types.
//!
//! A domain type says once which keys it has; that one description decodes and checks a file, makes the
//! JSON Schema, lists the allowed keys in messages, and addresses values for `--set`.
//!
//! ```
//! use sim_core::scenario::document::{self, Fields, Kind, Number, Table, Units};
//!
//! const VENDOR: Kind = Kind::slug("vendor");
//!
//! #[derive(Debug)]
//! struct World {
//!     vendors: Vec<Vendor>,
//! }
//!
//! #[derive(Debug)]
//! struct Vendor {
//!     id: String,
//!     radio_usd_per_site: f64,
//!     allies: Vec<String>,
//! }
//!
//! impl Table for Vendor {
//!     fn fields(f: &mut Fields<'_>) -> Self {
//!         let price = Number::new("USD/site").range(0.0..=1e7);
//!         Self {
//!             id: f.id("id", VENDOR, "Id of the vendor."),
//!             radio_usd_per_site: f.number("radio_usd_per_site", price, "Cost of the radios of a site."),
//!             allies: f.references("allies", VENDOR, "Vendors of the same alliance."),
//!         }
//!     }
//! }
//!
//! impl Table for World {
//!     fn fields(f: &mut Fields<'_>) -> Self {
//!         Self { vendors: f.tables("vendor", 200, "The vendors.") }
//!     }
//! }
//!
//! let text = r#"
//! [[vendor]]
//! id = "alpha"
//! radio_usd_per_site = { value = 12000, low = 9000, high = 15000, source = "P002" }
//!
//! [[vendor]]
//! id = "beta"
//! radio_usd_per_site = -5
//! allies = ["alfa"]
//! "#;
//! let document = document::parse("world.toml", text).unwrap();
//! let faults = document.decode::<World>(&Units::new()).unwrap_err();
//! assert_eq!(faults.len(), 2);
//! assert!(faults.to_string().contains("did you mean `alpha`?"));
//! ```
//!
//! The way of a scenario, by the module that each step stands in:
//!
//! 1. `extends` reads a file and all that it extends (and the draws that a `[posterior]` names), `parse` makes trees of values that know their place
//!    (`tree`), `merge` lays a child over its parent. The result is a [`Document`].
//! 2. `edit` changes single values for `--set` and for drawn numbers; `locate` finds what a path means.
//! 3. [`Document::decode`] has the domain types read the tree through [`Fields`]: `scalars`, `collections`
//!    and `nested` read keys, `number` reads numbers with their pedigree, `context` gathers faults
//!    (`diagnostic`), references and numbers. Nothing that has a fault is handed out.
//! 4. `evidence` compares numbers with the table of `sources` by `formula` and `units`.
//! 5. `resolve` prints the merged document, `canonical` hashes its values, `schema` describes it.
//!
//! Two shapes are kept for this layer: a table of `value` and of nothing but the other keys of a pedigree
//! is a number, and in an array whose entries all have an `id`, a flag `remove` drops an entry.

mod canonical;
mod collections;
mod context;
mod decode;
mod diagnostic;
mod domain;
mod edit;
mod evidence;
mod extends;
mod fields;
mod formula;
mod locate;
mod merge;
mod names;
mod nested;
mod number;
mod parse;
mod path;
mod resolve;
mod scalars;
mod schema;
mod sources;
mod spec;
mod tree;
mod units;
mod words;

pub use context::{NumberUse, Pedigree, PedigreeKind};
pub use decode::{Decoded, Document, describe};
pub use diagnostic::{Diagnostic, Diagnostics, Place, Severity};
pub use domain::Number;
pub use evidence::check_pedigree;
pub use extends::{FORMAT, MAX_EXTENDS, MAX_FILE_BYTES, MAX_TOTAL_BYTES, ReadFiles, load, parse};
pub use fields::{Fields, Table};
pub use names::{Keys, Kind, Spelling};
pub use nested::{Named, Variant, describe_with};
pub use parse::MAX_NESTING;
pub use path::{join, nearest, spell, split};
pub use schema::json_schema;
pub use sources::{SourceRow, Sources};
pub use spec::{FieldSpec, OneOf, Shape, TableSpec};
pub use tree::{Entry, FileId, Files, Node, Origin, Position, ScenarioDate, SourceText, Value};
pub use units::Units;

#[cfg(test)]
mod tests;
