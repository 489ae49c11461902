//! Loading of a scenario with all that it extends.

use super::decode::Document;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::merge::merge;
use super::parse::parse_file;
use super::tree::{Entry, FileId, Files, Node, Origin, Value};
use crate::design::parse_table;

/// The format of scenario files that this version reads.
pub const FORMAT: i64 = 1;

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// The largest sum of a file and all that it extends, in bytes.
pub const MAX_TOTAL_BYTES: usize = 64 << 20;

/// The longest chain of `extends`, the scenario itself not counted.
pub const MAX_EXTENDS: usize = 16;

/// Where texts come from: the file system of the binary, or a map in a test.
pub trait ReadFiles {
    /// The text of a file. Paths are as the caller of [`load`] gave them, or joined to their folder by `/`,
    /// with `.` and `folder/..` taken out by name alone; a caller on Windows gives `/` for `\\`.
    ///
    /// # Errors
    /// A short reason, such as "no such file".
    fn read(&self, path: &str) -> Result<String, String>;
}

/// Reads one text by itself; a key `extends` in it is unknown.
///
/// # Errors
/// Every syntax error, a file too large, a format too new.
pub fn parse(name: &str, text: &str) -> Result<Document, Diagnostics> {
    let mut files = Files::default();
    let root = add(&mut files, name, text.to_owned(), MAX_TOTAL_BYTES)?;
    refuse_newer(&files, &root)?;
    Ok(Document { root, files })
}

/// Reads a scenario and all that it extends, and merges them.
///
/// # Errors
/// Files (those of a posterior among them) that cannot be read or are too large, syntax errors, a chain that is too long or comes back to
/// itself, entries to remove that do not stand, a format too new.
pub fn load(reader: &dyn ReadFiles, path: &str) -> Result<Document, Diagnostics> {
    let mut files = Files::default();
    let mut chain: Vec<String> = Vec::new();
    let mut layers: Vec<Node> = Vec::new();
    let mut room = MAX_TOTAL_BYTES;
    let mut next = Some((normalise(path), None));
    while let Some((path, from)) = next {
        let refuse = |message: String, chain: &[String]| refuse(&files, from, message, chain, &path);
        if chain.contains(&path) {
            return Err(refuse(format!("`extends` comes back to {path}"), &chain));
        }
        if chain.len() > MAX_EXTENDS {
            return Err(refuse(
                format!("more than {MAX_EXTENDS} files extend each other"),
                &chain,
            ));
        }
        let text = reader
            .read(&path)
            .map_err(|why| refuse(format!("cannot read {path}: {why}"), &chain))?;
        let size = text.len();
        let mut layer = add(&mut files, &path, text, room)?;
        refuse_newer(&files, &layer)?;
        room -= size;
        read_posterior(reader, &files, &mut layer, &path, &mut room)?;
        next = take_extends(&files, &mut layer, &path)?;
        chain.push(path);
        layers.push(layer);
    }
    let mut faults = Vec::new();
    let mut layers = layers.into_iter().rev();
    let mut root = layers.next().unwrap_or_else(|| empty(FileId(0)));
    for layer in layers {
        root = merge(root, layer, &files, &mut faults);
    }
    if faults.is_empty() {
        Ok(Document { root, files })
    } else {
        Err(Diagnostics::new(faults))
    }
}

/// A table without entries.
pub(super) fn empty(file: FileId) -> Node {
    Node {
        value: Value::Table(Vec::new()),
        origin: Origin { file, start: 0, end: 0 },
    }
}

fn add(files: &mut Files, path: &str, text: String, room: usize) -> Result<Node, Diagnostics> {
    let size = text.len();
    if size > MAX_FILE_BYTES {
        let message = format!("{path} is too large: {size} bytes");
        return Err(Diagnostic::without_place(message)
            .allowed(format!("{MAX_FILE_BYTES} bytes a file"))
            .into());
    }
    if size > room {
        let message = format!("{path} and the files that extend it are too large together");
        return Err(Diagnostic::without_place(message)
            .allowed(format!("{MAX_TOTAL_BYTES} bytes with all `extends`"))
            .into());
    }
    let id = files.add(path.to_owned(), text);
    parse_file(files, id).map_err(Diagnostics::new)
}

/// Refuses a format that only a later version reads, before its other keys are called unknown.
fn refuse_newer(files: &Files, root: &Node) -> Result<(), Diagnostics> {
    let format = root.get("scenario").and_then(|s| s.get("format"));
    let Some(
        node @ Node {
            value: Value::Integer(number),
            ..
        },
    ) = format
    else {
        return Ok(());
    };
    if *number <= FORMAT {
        return Ok(());
    }
    let version = env!("CARGO_PKG_VERSION");
    Err(Diagnostic::error(
        files,
        node.origin,
        format!("format {number} is newer than this program"),
    )
    .key("scenario.format")
    .found(number.to_string())
    .allowed(format!("a format up to {FORMAT}, which version {version} reads"))
    .hint(format!(
        "take a later version of the program, one that reads format {number}"
    ))
    .into())
}

/// The table that names a file of joint draws.
pub(super) const POSTERIOR: &str = "posterior";

/// Lays the text of the file that `[posterior]` names into the document, if it is not there yet: a resolved scenario holds it.
fn read_posterior(
    reader: &dyn ReadFiles,
    files: &Files,
    layer: &mut Node,
    path: &str,
    room: &mut usize,
) -> Result<(), Diagnostics> {
    let Some(Value::Table(entries)) = layer.get_mut(POSTERIOR).map(|node| &mut node.value) else {
        return Ok(());
    };
    if entries.iter().any(|entry| entry.key == "text") {
        return Ok(());
    }
    let Some(entry) = entries.iter().find(|entry| entry.key == "file") else {
        return Ok(());
    };
    let origin = entry.node.origin;
    let fault = |message: String| -> Diagnostics {
        Diagnostic::error(files, origin, message)
            .key("posterior.file")
            .found(files.excerpt(origin))
            .allowed("a CSV file of joint draws, as `oransim calibrate` writes it: a path relative to this file")
            .hint("[posterior] file = \"posterior/fit-1.csv\"")
            .into()
    };
    // What is no text is refused with all other faults, on decoding.
    let Some(name) = entry.node.text() else {
        return Ok(());
    };
    let Some(file) = beside(path, name) else {
        return Err(fault(format!("`{name}` is not a relative path")));
    };
    let text = reader
        .read(&file)
        .map_err(|why| fault(format!("cannot read {file}: {why}")))?;
    if text.len() > *room {
        return Err(fault(format!(
            "{file} is too large: with all that it is laid into, more than {MAX_TOTAL_BYTES} bytes"
        )));
    }
    *room -= text.len();
    parse_table(&text).map_err(|why| fault(format!("{file}: {why}")))?;
    entries.push(Entry {
        key: "text".to_owned(),
        key_origin: origin,
        node: Node {
            value: Value::Text(text),
            origin,
        },
    });
    Ok(())
}

/// A path relative to a file; `None` where it is not relative.
fn beside(path: &str, name: &str) -> Option<String> {
    if name.is_empty() || name.starts_with('/') || name.contains(['\\', ':', '\0']) {
        return None;
    }
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
    Some(normalise(&format!("{folder}{name}")))
}

type Next = Option<(String, Option<Origin>)>;

/// Takes `extends` out of a file and finds the path that it names.
fn take_extends(files: &Files, layer: &mut Node, path: &str) -> Result<Next, Diagnostics> {
    let Value::Table(entries) = &mut layer.value else {
        return Ok(None);
    };
    let Some(index) = entries.iter().position(|e| e.key == "extends") else {
        return Ok(None);
    };
    let entry = entries.remove(index);
    let fault = |message: &str| -> Diagnostics {
        Diagnostic::error(files, entry.node.origin, message)
            .key("extends")
            .found(files.excerpt(entry.node.origin))
            .allowed("a path relative to this file, with `/` between folders")
            .hint("extends = \"world-2020.toml\"")
            .into()
    };
    let Some(parent) = entry.node.text() else {
        return Err(fault("`extends` is not a string"));
    };
    let Some(parent) = beside(path, parent) else {
        return Err(fault("`extends` is not a relative path"));
    };
    Ok(Some((parent, Some(entry.node.origin))))
}

fn refuse(files: &Files, from: Option<Origin>, message: String, chain: &[String], path: &str) -> Diagnostics {
    match from {
        None => Diagnostic::without_place(message).into(),
        Some(origin) => {
            let mut names: Vec<&str> = chain.iter().map(String::as_str).collect();
            names.push(path);
            Diagnostic::error(files, origin, message)
                .key("extends")
                .found(files.excerpt(origin))
                .allowed(format!("a chain of at most {MAX_EXTENDS} files that exist, each once"))
                .hint(format!("the chain is {}", names.join(" -> ")))
                .into()
        }
    }
}

/// Removes `.` and `folder/..` from a path, so that one file has one name.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for (i, part) in path.split('/').enumerate() {
        match part {
            "." => {}
            "" if i > 0 => {}
            ".." if parts.last().is_some_and(|p| !matches!(*p, ".." | "")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
