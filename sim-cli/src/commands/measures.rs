//! `oransim measures`: the catalogue of what can be measured.

use std::fmt::Write as _;

use serde_json::json;

use super::Session;
use crate::exit::{Exit, Failure, Result};
use crate::model::{MeasureEntry, Model};

/// How the catalogue is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// An array of objects.
    Json,
    /// The table of the README.
    Markdown,
}

/// Prints all measures, or one.
///
/// # Errors
/// Where there is no measure of that name.
pub fn measures(model: &dyn Model, name: Option<&str>, form: Form, session: &Session<'_>) -> Result<Exit> {
    let entries = model.measures(name)?;
    session.console.print(&match form {
        Form::Text if name.is_some() => entries.iter().map(in_full).collect(),
        Form::Text => list(&entries),
        Form::Json => as_json(&entries)?,
        Form::Markdown => markdown(&entries),
    })?;
    Ok(Exit::Done)
}

fn list(entries: &[MeasureEntry]) -> String {
    let width = entries.iter().map(|m| m.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for m in entries {
        let mark = mark(m);
        let _ = writeln!(text, "{:width$} {mark} {} ({}, {})", m.name, m.meaning, m.unit, m.kind);
    }
    text.push_str(
        "\n+ by default the row of the world alone, * none: in full with `[measures] extra = [\"NAME\"]` in the scenario\n\
         `oransim measures NAME` says how one is computed and broken down.\n",
    );
    text
}

fn mark(m: &MeasureEntry) -> &'static str {
    match m.recorded {
        "full" => " ",
        "world" => "+",
        _ => "*",
    }
}

fn in_full(m: &MeasureEntry) -> String {
    let recorded = match m.recorded {
        "full" => "by default",
        "world" => "by default for the world alone; in full with `[measures] extra`",
        _ => "with `[measures] extra`, or --record all",
    };
    format!(
        "{}\n  {}\n\n  unit        {}\n  kind        {}\n  parts       {}\n  components  {}\n  series      {}\n  recorded    {recorded}\n  equation    {}\n",
        m.name,
        m.meaning,
        m.unit,
        match m.kind {
            "flow" => "flow: since the previous date",
            _ => "stock: at the end of the day",
        },
        m.parts.join(", "),
        m.components.join(", "),
        m.dimensions.join("; "),
        m.equation,
    )
}

fn as_json(entries: &[MeasureEntry]) -> Result<String> {
    let all: Vec<_> = entries
        .iter()
        .map(|m| {
            json!({
                "name": m.name,
                "unit": m.unit,
                "kind": m.kind,
                "parts": m.parts,
                "components": m.components,
                "series": m.dimensions,
                "meaning": m.meaning,
                "equation": m.equation,
                "recorded": m.recorded,
            })
        })
        .collect();
    serde_json::to_string_pretty(&all)
        .map(|text| text + "\n")
        .map_err(|error| Failure::CouldNotGoOn(format!("cannot print the catalogue: {error}")))
}

fn markdown(entries: &[MeasureEntry]) -> String {
    let mut text = "| measure | what it says | unit | kind | parts |\n|---|---|---|---|---|\n".to_owned();
    for m in entries {
        let mark = match mark(m) {
            " " => String::new(),
            mark => format!(" {mark}"),
        };
        let parts: Vec<String> = m.parts.iter().map(|part| format!("`{part}`")).collect();
        let parts = if m.parts == ["all"] {
            String::new()
        } else {
            parts.join(" ")
        };
        // A bar would end the cell.
        let meaning = m.meaning.replace('|', "\\|");
        let _ = writeln!(
            text,
            "| `{}`{mark} | {meaning} | `{}` | {} | {parts} |",
            m.name, m.unit, m.kind
        );
    }
    text
}
