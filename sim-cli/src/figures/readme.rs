//! `results/README.md`: what each figure shows, from which worlds, and how to make it again.
//!
//! Nothing in it is typed in: findings and numbers are the words that the figures themselves are drawn with, made from their committed
//! numbers, and the rest stands in `results/figures.toml`. So it is the same text for the same files, and a check needs no simulation.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::deep::{DeepRun, DeepTable, deep_by_name};
use super::error::Result;
use super::manifest::{self, FigureRun, TheoryRun, World};
use super::number::grouped;
use super::page::Words;
use super::plot::PlotTable;
use super::theory::TheoryTable;
use super::{by_name, theory_by_name};

/// Where it lies, from the root of the repository.
pub const PATH: &str = "results/README.md";

const HEAD: &str = "# Results\n\n\
    Made by `oransim figures` together with the figures, and compared by `oransim figures --check`. The numbers behind each picture stand \
    beside it in a CSV; intervals are 95% intervals over replicates, which hold the luck of the model and not the doubt about its parameters, \
    unless a figure says that these were sampled. What is run for each is listed in [figures.toml](figures.toml).\n";

/// The text of the page. A figure whose numbers are not there, or cannot be drawn, is listed as not made.
///
/// # Errors
/// An invalid list of figures.
pub fn page(repo_root: &Path) -> Result<String> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for run in &manifest::read(repo_root)? {
        let shown = numbers(repo_root, &run.name).and_then(|csv| simulated(run, &csv).ok());
        entries.push((run.name.clone(), entry(&run.name, shown, &run.command, &played(run))));
    }
    for run in &manifest::read_theory(repo_root)? {
        let shown = numbers(repo_root, &run.name).and_then(|csv| theoretical(run, &csv).ok());
        let worlds = run.world.as_ref().map_or_else(
            || "None: functions of the model alone.".to_owned(),
            |world| format!("Functions of the model; the world that is marked: {}", played(world)),
        );
        entries.push((run.name.clone(), entry(&run.name, shown, &run.command, &worlds)));
    }
    for run in &manifest::read_deep(repo_root)? {
        let shown = numbers(repo_root, &run.name).and_then(|csv| explored(run, &csv).ok());
        entries.push((run.name.clone(), entry(&run.name, shown, &run.command, &futures(run))));
    }
    // By name: figures of theory and of designs among the others.
    entries.sort();
    let mut text = HEAD.to_owned();
    for (_, entry) in entries {
        text.push('\n');
        text.push_str(&entry);
    }
    Ok(text)
}

fn numbers(repo_root: &Path, name: &str) -> Option<String> {
    let file: PathBuf = repo_root.join("results").join(format!("{name}.csv"));
    std::fs::read_to_string(file).ok()
}

/// Words and source of a figure of runs.
fn simulated(run: &FigureRun, csv: &str) -> Result<(Words, String)> {
    let (plot, note) = PlotTable::from_csv(csv.as_bytes())?;
    let drawing = by_name(&run.name)?.drawing(&plot, &note)?;
    Ok((drawing.words, note.source()))
}

/// Words and source of a figure of theory.
fn theoretical(run: &TheoryRun, csv: &str) -> Result<(Words, String)> {
    let table = TheoryTable::from_csv(csv)?;
    let drawing = theory_by_name(&run.name)?.drawing(&table)?;
    Ok((drawing.words, table.source.line()))
}

/// Words and source of a figure of a design.
fn explored(run: &DeepRun, csv: &str) -> Result<(Words, String)> {
    let table = DeepTable::from_csv(csv)?;
    let drawing = deep_by_name(&run.name)?.drawing(&table)?;
    Ok((drawing.words, table.source.line()))
}

/// The world, the futures and the policies of a design.
fn futures(run: &DeepRun) -> String {
    let keys = match run.set.len() {
        0 => String::new(),
        1 => " with one key set".to_owned(),
        many => format!(" with {many} keys set"),
    };
    format!(
        "{}{keys} under {} policies at the points of a {} design of size {}; replicates at each point: {}, seed {}.",
        link(&run.scenario),
        run.policies.len(),
        run.design,
        run.n,
        run.replicates,
        run.seed
    )
}

fn entry(name: &str, shown: Option<(Words, String)>, command: &str, worlds: &str) -> String {
    let mut text = format!("## {name}\n\n");
    // Writing to a string cannot fail.
    let _ = match shown {
        Some((words, source)) => {
            let title = plain(&words.title);
            write!(
                text,
                "[![{title}]({name}.svg)]({name}.svg)\n\n**{title}:** {}\n\n- Numbers: [{name}.csv]({name}.csv)\n- Worlds: {worlds}\n\
                 - Again: `{command}`\n- {}\n",
                plain(&words.subtitle),
                plain(&source)
            )
        }
        None => write!(text, "Not made yet: `{command}`.\n\n- Worlds: {worlds}\n"),
    };
    text
}

/// The worlds of a run with their replicates and seed.
fn played(run: &FigureRun) -> String {
    let worlds: Vec<String> = run.worlds.iter().map(world).collect();
    format!(
        "{}; {} replicates each, seed {}.",
        worlds.join(", "),
        grouped(run.replicates),
        run.seed
    )
}

fn link(file: &Path) -> String {
    let path = file.to_string_lossy().replace('\\', "/");
    let id = file.file_stem().unwrap_or_default().to_string_lossy();
    format!("[{id}](../{path})")
}

fn world(world: &World) -> String {
    match world {
        World::File(file) => link(file),
        World::Inline { id, extends, set, .. } => {
            let keys: Vec<String> = set.iter().map(|(path, _)| format!("`{path}`")).collect();
            let keys = match &keys[..] {
                [] => "nothing".to_owned(),
                [one] => one.clone(),
                many => format!("{} keys", many.len()),
            };
            format!("`{id}` ({} with {keys} set)", link(extends))
        }
    }
}

/// Text of which Markdown makes nothing else: names of worlds may hold anything.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '[' | ']' | '`' | '<' | '>' | '\\' | '|') {
            plain.push('\\');
        }
        plain.push(if c.is_control() { ' ' } else { c });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_page() {
        assert_eq!(plain("a_b *c* [d](e)\nf"), "a\\_b \\*c\\* \\[d\\](e) f");
    }

    #[test]
    fn a_figure_without_numbers_is_said_to_be_missing() {
        let text = entry("01-lock-in", None, "oransim figures --only 01-lock-in", "none.");
        assert!(text.contains("Not made yet: `oransim figures --only 01-lock-in`") && !text.contains("svg"));
    }
}
