//! Files that are either not there or whole: written beside their place, then renamed.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::exit::{Context as _, Result};

/// What a table is written to.
pub type Sink = BufWriter<File>;

/// Ending of a file that is not finished.
pub const PARTIAL: &str = ".partial";

fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    PathBuf::from(name)
}

/// Writes `path` with `write` and puts it in its place when it is whole and on the disk.
///
/// # Errors
/// Of `write`, or of the disk; then `path` is as it was before.
pub fn write_file(path: &Path, write: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).while_doing("create", parent)?;
    }
    let beside = partial(path);
    let file = File::create(&beside).while_doing("write", path)?;
    let mut sink = BufWriter::with_capacity(1 << 18, file);
    let written = write(&mut sink)
        .and_then(|()| sink.flush().while_doing("write", path))
        .and_then(|()| sink.get_ref().sync_all().while_doing("write", path))
        .and_then(|()| fs::rename(&beside, path).while_doing("write", path));
    if written.is_err() {
        // The partial file would only take room; that it cannot be removed is the lesser trouble.
        let _ = fs::remove_file(&beside);
    }
    written?;
    sync_directory(path.parent())
}

/// Writes a short text as [`write_file`] does.
///
/// # Errors
/// As [`write_file`].
pub fn write_text(path: &Path, text: &str) -> Result<()> {
    write_file(path, |sink| sink.write_all(text.as_bytes()).while_doing("write", path))
}

/// Brings the names in a directory to the disk, where the platform can.
///
/// # Errors
/// Of the disk.
#[cfg(unix)]
pub fn sync_directory(directory: Option<&Path>) -> Result<()> {
    match directory {
        Some(directory) if !directory.as_os_str().is_empty() => File::open(directory)
            .and_then(|handle| handle.sync_all())
            .while_doing("write", directory),
        _ => Ok(()),
    }
}

/// Brings the names in a directory to the disk, where the platform can.
///
/// # Errors
/// None here.
#[cfg(not(unix))]
pub fn sync_directory(_: Option<&Path>) -> Result<()> {
    Ok(())
}
