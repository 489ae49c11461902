//! The report as one HTML file: no network, no script; it opens from an e-mail and prints well.

use std::fmt::Write as _;

use super::{LIMITS, Material};
use crate::figures::number::grouped;

const STYLE: &str = "\
body{font:16px/1.5 Arimo,Arial,Helvetica,sans-serif;color:#222;max-width:46rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #ccc}\
figure{margin:1.5rem 0;break-inside:avoid}figure svg{width:100%;height:auto}\
table{border-collapse:collapse;font-size:.85rem;width:100%}td,th{border-bottom:1px solid #ddd;padding:.25rem .5rem;text-align:left;vertical-align:top;\
overflow-wrap:anywhere}li{margin:.4rem 0}.note{color:#555;font-size:.85rem}summary{cursor:pointer}\
@media print{body{margin:0;max-width:none;font-size:11pt}details:not([open]){display:none}h2{break-after:avoid}}";

/// Text as it may stand between tags and in attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Lays the report out.
pub fn html(material: &Material, findings: &[String]) -> String {
    let manifest = &material.manifest;
    let titles: Vec<&str> = material.worlds.iter().map(|w| w.title.as_str()).collect();
    let title = escape(&titles.join(" · "));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    // Writing to a string cannot fail.
    for world in material.worlds.iter().filter(|w| !w.question.is_empty()) {
        let _ = writeln!(
            out,
            "<p><b>{}</b>: {}</p>",
            escape(&world.title),
            escape(&world.question)
        );
    }
    out.push_str("<h2>Findings</h2>\n<ul>\n");
    for finding in findings {
        let _ = writeln!(out, "<li>{}</li>", escape(finding));
    }
    out.push_str("</ul>\n");
    let _ = writeln!(
        out,
        "<p class=\"note\">{} replicates a world, seed {}. Bands and intervals hold {}.{}</p>",
        grouped(manifest.replicates),
        manifest.seed,
        if manifest.uncertainty == "sampled" {
            "luck and parameters"
        } else {
            "luck alone: parameters stand at their base values"
        },
        match material.failures {
            0 => String::new(),
            n => format!(" {n} replicates failed and are left out."),
        }
    );
    out.push_str("<h2>Figures</h2>\n");
    for figure in &material.figures {
        let svg = figure.svg.find("<svg").map_or("", |at| &figure.svg[at..]);
        let _ = writeln!(
            out,
            "<figure>\n{}\n<figcaption class=\"note\">{}: {}</figcaption>\n</figure>",
            svg.trim_end(),
            escape(&figure.name),
            figure.title
        );
    }
    out.push_str("<h2>Policies</h2>\n");
    for world in &material.worlds {
        let _ = writeln!(
            out,
            "<p><b>{}</b> (<code>{}</code>)</p>\n<ul>",
            escape(&world.title),
            escape(&world.id)
        );
        if world.levers.is_empty() {
            out.push_str("<li>none</li>\n");
        }
        for lever in &world.levers {
            let _ = writeln!(out, "<li>{}</li>", escape(lever));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("<h2>Assumptions</h2>\n");
    for world in &material.worlds {
        let _ = writeln!(out, "<p>{}</p>", escape(&world.grounds()));
    }
    // Children share the numbers of their parent: the base's list serves all.
    if let Some(base) = material.worlds.first().filter(|base| !base.assumptions.is_empty()) {
        let _ = writeln!(
            out,
            "<details><summary>The {} assumed numbers of {}</summary>\n<table>\n<tr><th>number</th><th>value</th><th>defended range</th><th>why</th></tr>",
            base.assumptions.len(),
            escape(&base.title)
        );
        for row in &base.assumptions {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
            let _ = writeln!(out, "<tr>{cells}</tr>");
        }
        out.push_str("</table></details>\n");
    }
    out.push_str("<h2>Limits</h2>\n<ul>\n");
    for limit in LIMITS {
        let _ = writeln!(out, "<li>{}</li>", escape(limit));
    }
    out.push_str("</ul>\n<h2>Provenance</h2>\n<table>\n");
    for (key, value) in provenance(material) {
        let _ = writeln!(out, "<tr><th>{}</th><td>{}</td></tr>", escape(&key), escape(&value));
    }
    out.push_str("</table>\n</body>\n</html>\n");
    out
}

/// Where the numbers come from, key by key: what the results are a function of first, then how they were made.
pub fn provenance(material: &Material) -> Vec<(String, String)> {
    let m = &material.manifest;
    let mut rows = vec![
        ("manifest hash".to_owned(), m.hash()),
        (
            "model version, results epoch".to_owned(),
            format!("{}, {}", m.model_version, m.results_epoch),
        ),
        (
            "seed, replicates, parameters".to_owned(),
            format!("{}, {}, {}", m.seed, m.replicates, m.uncertainty),
        ),
    ];
    for world in &m.worlds {
        rows.push((format!("values of {}", world.id), world.values_hash.clone()));
    }
    for (name, hash) in &m.inputs {
        rows.push((format!("input {name}"), hash.clone()));
    }
    if let Some(made) = material.provenance.as_object() {
        for (key, value) in made.iter().filter(|(_, v)| v.is_string() || v.is_number()) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            rows.push((key.replace('_', " "), text));
        }
        if let Some(command) = made.get("command").and_then(|c| c.as_array()) {
            let words: Vec<&str> = command.iter().filter_map(|w| w.as_str()).collect();
            rows.push(("command".to_owned(), words.join(" ")));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escape("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
    }
}
