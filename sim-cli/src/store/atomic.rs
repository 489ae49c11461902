//! Files that are either not there or whole: written beside their place, then renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

#[cfg(unix)]
use super::lock::is_same_file;
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

/// Writes `path` with `write` and puts it in its place when it is whole and on the disk. A symbolic link stays, what it
/// leads to is replaced; standard output, a FIFO or a device is written to as it is.
///
/// # Errors
/// Of `write`, or of the disk; then a plain file at `path` is as it was before.
pub fn write_file(path: &Path, write: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
    match open_as_it_is(path).while_doing("write", path)? {
        Some(file) => {
            let mut sink = BufWriter::new(file);
            write(&mut sink)?;
            sink.flush().while_doing("write", path)
        }
        None => replace(&end_of_links(path), write),
    }
}

/// Writes beside `path`, then renames onto it.
fn replace(path: &Path, write: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
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

/// Opens what stands at `path` if it cannot be replaced by a plain file: a FIFO, a device, the standard output.
fn open_as_it_is(path: &Path) -> io::Result<Option<File>> {
    let there = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        there => there?,
    };
    match standard_output(path) {
        Some(file) => Ok(Some(file)),
        None if there.is_file() => Ok(None),
        None => OpenOptions::new().write(true).open(path).map(Some),
    }
}

/// The standard output, if `path` stands for it. It is shared, not opened anew: where it goes to a file, that file is
/// written on from where the program stands in it.
#[cfg(unix)]
fn standard_output(path: &Path) -> Option<File> {
    use std::os::fd::AsFd as _;
    let file = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    is_same_file(&file, path).then_some(file)
}

/// The standard output has no path here.
#[cfg(not(unix))]
fn standard_output(_: &Path) -> Option<File> {
    None
}

/// Where a symbolic link leads, though nothing may be there yet; any other path as it is.
fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::read_link(&end) {
            Ok(to) => end = end.parent().unwrap_or(Path::new("")).join(to),
            Err(_) => break,
        }
    }
    end
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    fn is_link(path: &Path) -> bool {
        fs::symlink_metadata(path).unwrap().is_symlink()
    }

    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (link, far) = (dir.path().join("link.csv"), dir.path().join("far/table.csv"));
        fs::create_dir(dir.path().join("far")).unwrap();
        symlink("again.csv", &link).unwrap();
        symlink("far/table.csv", dir.path().join("again.csv")).unwrap();
        for text in ["made", "replaced"] {
            write_text(&link, text).unwrap();
            assert!(is_link(&link) && is_link(&dir.path().join("again.csv")));
            assert!(!is_link(&far));
            assert_eq!(fs::read_to_string(&far).unwrap(), text);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "nothing is left beside");
        symlink("ring.csv", dir.path().join("ring.csv")).unwrap();
        assert!(write_text(&dir.path().join("ring.csv"), "lost").is_err());
    }

    #[test]
    fn a_fifo_and_a_device_are_written_to_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let fifo = dir.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
        assert!(made.success());
        let reader = std::thread::spawn({
            let fifo = fifo.clone();
            move || fs::read_to_string(fifo).unwrap()
        });
        write_text(&fifo, "told").unwrap();
        assert!(fs::metadata(&fifo).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), "told");
        let null = dir.path().join("null");
        symlink("/dev/null", &null).unwrap();
        write_text(&null, "nobody reads this").unwrap();
        assert!(is_link(&null) && fs::metadata(&null).unwrap().file_type().is_char_device());
        assert!(write_text(dir.path(), "a directory is none of these").is_err());
    }
}
