//! The JSON Schema that editors complete and check scenario files by.

use super::domain::Number;
use super::extends::{FORMAT, MAX_EXTENDS, MAX_FILE_BYTES, MAX_TOTAL_BYTES};
use super::names::{Keys, Kind};
use super::number::{ASSUMPTION_WORDS, PEDIGREE_KEYS};
use super::parse::MAX_NESTING;
use super::spec::{FieldSpec, Shape, TableSpec};
use serde_json::{Map, Value, json};
use std::ops::Bound;

/// Makes the JSON Schema (draft 2020-12) of a scenario file.
///
/// A file that extends another gives only what differs. So a key that must stand after merging is called
/// required in its description, and only the `id` of an array entry is required by the schema itself.
#[must_use]
pub fn json_schema(spec: &TableSpec, title: &str) -> Value {
    let mut schema = table(spec);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let extends = json!({
            "type": "string",
            "minLength": 1,
            "description": "Path, relative to this file, of the scenario that this one changes. Tables merge deeply, \
                arrays of tables with an id merge by id, all else replaces.",
        });
        properties.insert("extends".to_owned(), extends);
    }
    let limits = format!(
        "Format {FORMAT}. Limits: {} MiB a file, {} MiB with all that it extends, at most {MAX_EXTENDS} files deep; \
         tables and arrays at most {MAX_NESTING} deep.",
        MAX_FILE_BYTES >> 20,
        MAX_TOTAL_BYTES >> 20,
    );
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": limits,
        "$defs": { "pedigree": pedigree(), "date": date() },
    });
    merge(&mut root, schema);
    root
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

fn table(spec: &TableSpec) -> Value {
    let mut properties = Map::new();
    for field in &spec.fields {
        properties.insert(field.key.to_owned(), described(field));
    }
    let mut schema = json!({ "type": "object", "additionalProperties": false });
    for group in spec.one_of.iter().filter(|group| !group.several) {
        let alternatives: Vec<Value> = group.keys.iter().map(|key| json!({ "required": [key] })).collect();
        schema["oneOf"] = json!(alternatives);
    }
    schema["properties"] = Value::Object(properties);
    schema
}

/// An entry of an array of tables: its id finds it when a child is merged over its parent.
fn entry(spec: &TableSpec) -> Value {
    let mut schema = table(spec);
    let ids: Vec<&str> = spec
        .fields
        .iter()
        .filter(|f| matches!(f.shape, Shape::Id(_)))
        .map(|f| f.key)
        .collect();
    if !ids.is_empty() {
        schema["required"] = json!(ids);
        schema["properties"]["remove"] = json!({
            "type": "boolean",
            "description": "In a scenario that extends another: true drops the entry of this id.",
        });
    }
    schema
}

/// The schema of a field with what its docs say.
fn described(field: &FieldSpec) -> Value {
    let mut schema = shape(&field.shape);
    let mut text = field.doc.to_owned();
    if let Shape::Number(number) | Shape::Numbers(number, _) | Shape::NumberMap(_, number) = &field.shape
        && !matches!(number.unit(), "" | "1")
    {
        text.push_str(&format!(" Unit: {}.", number.unit()));
    }
    if field.required {
        text.push_str(" Required.");
    }
    if let Some(default) = &field.default {
        text.push_str(&format!(" Default: {default}."));
        if let Ok(value) = serde_json::from_str::<Value>(default) {
            schema["default"] = value;
        }
    }
    schema["description"] = Value::String(text);
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Number(n) => number(n),
        Shape::Numbers(n, most) => json!({ "type": "array", "items": number(n), "maxItems": most }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Id(kind) => json!({ "type": "string", "pattern": kind.spelling.pattern() }),
        Shape::Reference(kind) => reference(*kind),
        Shape::References(kind) => {
            json!({ "type": "array", "items": reference(*kind), "uniqueItems": true })
        }
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Date => json!({ "$ref": "#/$defs/date" }),
        Shape::Choice(words) => json!({ "type": "string", "enum": words }),
        Shape::Choices(words) => {
            json!({ "type": "array", "items": { "type": "string", "enum": words }, "uniqueItems": true })
        }
        Shape::NumberMap(keys, n) => map(*keys, number(n)),
        Shape::DateMap(keys) => map(*keys, json!({ "$ref": "#/$defs/date" })),
        Shape::Table(spec) => table(spec),
        Shape::Tables(spec, most) => {
            json!({ "type": "array", "items": entry(spec), "maxItems": most })
        }
        Shape::Entries(keys, spec) => map(*keys, table(spec)),
        // Editors that are strict about tables want to be told that any key may stand.
        Shape::Raw => json!({ "additionalProperties": true }),
    }
}

fn reference(kind: Kind) -> Value {
    let id = json!({ "type": "string", "pattern": kind.spelling.pattern() });
    if kind.words.is_empty() {
        id
    } else {
        json!({ "anyOf": [id, { "enum": kind.words }] })
    }
}

/// A table of free names.
fn map(keys: Keys, values: Value) -> Value {
    match keys {
        Keys::Of(kind) | Keys::Define(kind) => json!({
            "type": "object",
            "additionalProperties": values,
            "propertyNames": reference(kind),
        }),
        Keys::Names => json!({
            "type": "object",
            "additionalProperties": values,
            "propertyNames": { "pattern": super::names::Spelling::Slug.pattern() },
        }),
        Keys::Words(words) => {
            let properties: Map<String, Value> = words.iter().map(|w| ((*w).to_owned(), values.clone())).collect();
            json!({ "type": "object", "additionalProperties": false, "properties": properties })
        }
        Keys::NumberPaths | Keys::Any => json!({
            "type": "object",
            "additionalProperties": values,
            "propertyNames": { "minLength": 1 },
        }),
    }
}

/// A number alone within its range, or a pedigree whose value may be in another unit.
fn number(number: &Number) -> Value {
    let mut alone = json!({ "type": if number.is_whole() { "integer" } else { "number" } });
    match number.low() {
        Bound::Included(low) => alone["minimum"] = bound(low),
        Bound::Excluded(low) => alone["exclusiveMinimum"] = bound(low),
        Bound::Unbounded => {}
    }
    match number.high() {
        Bound::Included(high) => alone["maximum"] = bound(high),
        Bound::Excluded(high) => alone["exclusiveMaximum"] = bound(high),
        Bound::Unbounded => {}
    }
    json!({ "oneOf": [alone, { "$ref": "#/$defs/pedigree" }] })
}

/// Whole bounds are written without a point.
fn bound(x: f64) -> Value {
    if x == x.trunc() && x.abs() < 9e15 {
        json!(x as i64)
    } else {
        json!(x)
    }
}

fn date() -> Value {
    json!({ "type": "string", "format": "date", "description": "A date, without quotes: 2027-12-31" })
}

fn pedigree() -> Value {
    let describe = |key: &str| match key {
        "value" => json!({ "type": "number", "description": "The value." }),
        "unit" => {
            json!({ "type": "string", "description": "Unit of value, low and high, where it is not that of the key." })
        }
        "low" => json!({ "type": "number", "description": "Lower end of the plausible range." }),
        "high" => json!({ "type": "number", "description": "Upper end of the plausible range." }),
        "source" => {
            json!({ "type": "string", "minLength": 1, "description": "Id of a row of sources.csv that has this value." })
        }
        "derived" => {
            json!({ "type": "string", "minLength": 1, "description": "Formula over ids of sources.csv, such as midpoint(F320)." })
        }
        "assumption" => json!({
            "type": "string",
            "pattern": format!("^\\s*(\\S+\\s+){{{}}}\\S+", ASSUMPTION_WORDS - 1),
            "description": format!("Why this value, and what would change it, in at least {ASSUMPTION_WORDS} words. Needs low and high."),
        }),
        _ => json!({ "type": "string", "description": "What stood here before --set." }),
    };
    let properties: Map<String, Value> = PEDIGREE_KEYS
        .iter()
        .map(|key| ((*key).to_owned(), describe(key)))
        .collect();
    let grounds = json!([{ "required": ["source"] }, { "required": ["derived"] }, { "required": ["assumption"] }]);
    json!({
        "type": "object",
        "description": "A number in another unit than that of its key, or with its pedigree: exactly one of source, derived and assumption.",
        "additionalProperties": false,
        "properties": properties,
        "required": ["value"],
        "oneOf": [
            { "required": ["source"] },
            { "required": ["derived"] },
            { "required": ["assumption", "low", "high"] },
            { "required": ["was"], "not": { "anyOf": grounds } },
            { "required": ["unit"], "not": { "anyOf": [
                { "anyOf": grounds }, { "required": ["was"] }, { "required": ["low"] }, { "required": ["high"] },
            ] } },
        ],
    })
}
