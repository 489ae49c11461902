//! The report as Typst source, for a PDF; it takes the figures from beside it.

use std::fmt::Write as _;

use super::html::provenance;
use super::{LIMITS, Material};

/// Text that Typst prints as it stands.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\#$*_`<>@[]=-+/~\"'".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Lays the report out; figures are read from the folder `figures`, as seen from the file.
pub fn typst(material: &Material, findings: &[String], figures: &str) -> String {
    let titles: Vec<&str> = material.worlds.iter().map(|w| w.title.as_str()).collect();
    let mut out = format!(
        "#set page(margin: 2.2cm)\n#set text(size: 10.5pt)\n= {}\n\n== Findings\n",
        escape(&titles.join(" · "))
    );
    // Writing to a string cannot fail.
    for finding in findings {
        let _ = writeln!(out, "- {}", escape(finding));
    }
    out.push_str("\n== Figures\n");
    for figure in &material.figures {
        let path = format!("{figures}/{}.svg", figure.name)
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        let _ = writeln!(out, "#image(\"{path}\", width: 100%)");
    }
    out.push_str("\n== Policies\n");
    for world in &material.worlds {
        let _ = writeln!(out, "*{}*\n", escape(&world.title));
        for lever in &world.levers {
            let _ = writeln!(out, "- {}", escape(lever));
        }
        if world.levers.is_empty() {
            out.push_str("- none\n");
        }
        out.push('\n');
    }
    out.push_str("== Assumptions\n");
    for world in &material.worlds {
        let _ = writeln!(out, "- {}", escape(&world.grounds()));
    }
    out.push_str("\n== Limits\n");
    for limit in LIMITS {
        let _ = writeln!(out, "- {}", escape(limit));
    }
    out.push_str("\n== Provenance\n");
    for (key, value) in provenance(material) {
        let _ = writeln!(out, "/ {}: {}", escape(&key), escape(&value));
    }
    out
}
