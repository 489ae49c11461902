//! Scenario files from the disk, with what the command line sets in them.

use std::cell::RefCell;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use sim_core::scenario::document::{
    self, Diagnostics, Document, MAX_FILE_BYTES, ReadFiles, Severity, describe, nearest,
};
use sim_core::scenario::{self, Scenario};

use crate::exit::{Failure, Result};
use crate::model::WorldRequest;
use crate::settings::Override;

/// The file system; notes what was read.
#[derive(Default)]
struct Disk {
    read: RefCell<Vec<String>>,
}

impl ReadFiles for Disk {
    fn read(&self, path: &str) -> std::result::Result<String, String> {
        let mut bytes = Vec::new();
        // One byte more than is allowed is enough to be refused: an endless file is never read to its end.
        File::open(path)
            .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| format!("{error}{}", hint(Path::new(path), &error)))?;
        if bytes.len() > MAX_FILE_BYTES {
            return Err(format!(
                "it is larger than {} MiB, the most that a scenario file may have",
                MAX_FILE_BYTES >> 20
            ));
        }
        self.read.borrow_mut().push(path.to_owned());
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            format!("it is no text in UTF-8 (byte {at})")
        })
    }
}

/// What was perhaps meant by a name that cannot be read: a file of the same ending beside it, or those of a folder.
fn hint(path: &Path, error: &std::io::Error) -> String {
    let worlds = path.join("scenarios");
    if path.join("manifest.json").is_file() && worlds.is_dir() {
        return format!(
            ": scenario files are played here; the worlds of this run are {}",
            worlds.join("*.toml").display()
        );
    }
    if path.is_dir() {
        return format!(": name its files, such as {}", path.join("*.toml").display());
    }
    let (Some(wanted), true) = (path.file_name(), error.kind() == ErrorKind::NotFound) else {
        return String::new();
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new(".")));
    let mut names: Vec<String> = (entries.into_iter().flatten().flatten())
        .map(|entry| PathBuf::from(entry.file_name()))
        .filter(|name| name.extension() == path.extension())
        .filter_map(|name| name.to_str().map(str::to_owned))
        .collect();
    // The order of a folder is not one to rely on.
    names.sort();
    match nearest(&wanted.to_string_lossy(), names.iter().map(String::as_str)) {
        Some(near) => format!(": did you mean {}?", path.with_file_name(near).display()),
        None => String::new(),
    }
}

/// A scenario as read, with `extends` merged and `--set` applied.
pub(super) struct Loaded {
    /// The merged text.
    pub document: Document,
    /// The file as named on the command line, then all that it extends.
    pub files: Vec<String>,
}

impl Loaded {
    /// The id that the file states; empty where it states none, which decoding refuses.
    pub fn id(&self) -> &str {
        let id = self.document.node("scenario.id");
        id.and_then(document::Node::text).unwrap_or_default()
    }

    /// The file as named on the command line.
    pub fn file(&self) -> &str {
        self.files.first().map_or("", String::as_str)
    }

    /// Decodes the scenario with its warnings.
    ///
    /// # Errors
    /// All faults at once.
    pub fn decode(&self) -> std::result::Result<document::Decoded<Scenario>, Diagnostics> {
        scenario::decode(&self.document)
    }
}

/// Reads one file with all that it extends.
///
/// # Errors
/// All faults of reading, as [`Failure::Refused`].
pub(super) fn load(path: &Path) -> Result<Loaded> {
    let Some(name) = path.to_str() else {
        return Err(Failure::Refused(format!(
            "{}: the name of this file is not UTF-8: rename it",
            path.display()
        )));
    };
    let name = if cfg!(windows) {
        name.replace('\\', "/")
    } else {
        name.to_owned()
    };
    let disk = Disk::default();
    let document = document::load(&disk, &name).map_err(|faults| refused(&faults))?;
    Ok(Loaded {
        document,
        files: disk.read.into_inner(),
    })
}

/// Reads all scenarios of a request and applies its `--set`; gives the warnings of setting too.
///
/// # Errors
/// All faults of all files and overrides together; two files of one id.
pub(super) fn load_all(request: &WorldRequest) -> Result<(Vec<Loaded>, Vec<String>)> {
    let read = read_all(request);
    together(read.faults)?;
    together(named_twice(&read.worlds))?;
    Ok((read.worlds, read.warnings))
}

/// One sentence for each scenario whose id an earlier one has, with both files. Files without an id are refused elsewhere.
pub(super) fn named_twice(worlds: &[Loaded]) -> Vec<String> {
    let mut said = Vec::new();
    for (i, world) in worlds.iter().enumerate() {
        let before = worlds.iter().take(i).find(|other| other.id() == world.id());
        if let (Some(before), false) = (before, world.id().is_empty()) {
            said.push(format!(
                "scenario `{}` is named twice, by {} and by {}: give one of them another `id` in [scenario]",
                world.id(),
                before.file(),
                world.file(),
            ));
        }
    }
    said
}

/// What was read of a request, and what was wrong.
#[derive(Default)]
pub(super) struct ReadAll {
    /// The scenarios that could be read.
    pub worlds: Vec<Loaded>,
    /// Warnings of setting values.
    pub warnings: Vec<String>,
    /// Faults of files and overrides.
    pub faults: Vec<String>,
}

/// As [`load_all`], going on after faults.
pub(super) fn read_all(request: &WorldRequest) -> ReadAll {
    let mut all = ReadAll::default();
    for path in &request.scenarios {
        match load(path) {
            Ok(world) => all.worlds.push(world),
            Err(failure) => add_new(&mut all.faults, [failure.message().to_owned()]),
        }
    }
    // An id may be that of a file that could not be read: only a whole set is told what it lacks.
    if all.faults.is_empty() {
        apply(&mut all, &request.overrides);
    }
    all
}

/// Sets values in the worlds that they are meant for.
fn apply(all: &mut ReadAll, overrides: &[Override]) {
    let spec = describe::<Scenario>();
    let ids: Vec<String> = all.worlds.iter().map(|world| world.id().to_owned()).collect();
    for one in overrides {
        if let Some(id) = &one.scenario
            && !ids.contains(id)
        {
            let near = nearest(id, ids.iter().map(String::as_str));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is {}", ids.join(", ")),
            };
            all.faults.push(format!(
                "--set {id}:{}={}: no scenario named here has the id `{id}`: {hint}",
                one.path, one.value,
            ));
            continue;
        }
        let meant = |id: &String| one.scenario.as_ref().is_none_or(|wanted| wanted == id);
        for (world, _) in (all.worlds.iter_mut().zip(&ids)).filter(|(_, id)| meant(id)) {
            match world.document.set(&spec, &one.path, &one.value) {
                Ok(said) => add_new(&mut all.warnings, warnings_of(&said)),
                Err(said) => add_new(&mut all.faults, [text_of(&said)]),
            }
        }
    }
}

/// Adds lines that are not there yet: several worlds may say the same.
pub(super) fn add_new(list: &mut Vec<String>, lines: impl IntoIterator<Item = String>) {
    for line in lines {
        if !list.contains(&line) {
            list.push(line);
        }
    }
}

/// Ends with all faults that were gathered, if any.
pub(super) fn together(faults: Vec<String>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    // The console writes the word before the first one.
    Err(Failure::Refused(faults.join("\n\nerror: ")))
}

/// Faults as the command line reports them.
pub(super) fn refused(faults: &Diagnostics) -> Failure {
    Failure::Refused(text_of(faults))
}

/// The text of faults without the word that the console writes before it.
pub(super) fn text_of(faults: &Diagnostics) -> String {
    let text = faults.to_string();
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

/// The warnings among diagnostics, without the word that the console writes before each.
pub(super) fn warnings_of(said: &Diagnostics) -> Vec<String> {
    let warnings = said.iter().filter(|d| d.severity == Severity::Warning);
    let text = |d: &document::Diagnostic| {
        let text = d.to_string();
        text.strip_prefix("warning: ").unwrap_or(&text).to_owned()
    };
    warnings.map(text).collect()
}
