//! The lock of a run directory: one process at a time.
//!
//! The operating system holds the lock and frees it when the process ends, however it ends; the text
//! in the file is only for the message to the second process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use crate::exit::{Context as _, Failure, Result};
use crate::surroundings::host_name;

/// The lock, held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a working directory, which is created if need be.
    ///
    /// # Errors
    /// [`Failure::Refused`] naming the process that holds it; [`Failure::CouldNotGoOn`] where the
    /// directory cannot be written.
    pub fn take(work: &Path) -> Result<Self> {
        let path = work.join("lock");
        // A run that ends removes its working directory, lock and all: a file locked after that is no
        // longer the file that the next process sees, so look again.
        for _ in 0..100 {
            fs::create_dir_all(work).while_doing("create", work)?;
            let opened = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path);
            let mut file = match opened {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                opened => opened.while_doing("write", &path)?,
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    let holder = holder.trim();
                    let holder = if holder.is_empty() { "another process" } else { holder };
                    return Err(Failure::Refused(format!(
                        "{} is in use by {holder}: wait for it to end, or choose another --out",
                        work.parent().unwrap_or(work).display()
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(error).while_doing("lock", &path),
            }
            if !is_same_file(&file, &path) {
                continue;
            }
            let text = format!("process {} on {}\n", std::process::id(), host_name());
            file.set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| file.write_all(text.as_bytes()))
                .while_doing("write", &path)?;
            return Ok(Self { _file: file });
        }
        Err(Failure::CouldNotGoOn(format!(
            "cannot lock {}: it keeps vanishing",
            path.display()
        )))
    }
}

/// Whether an open file is what stands at `path`.
#[cfg(unix)]
pub(super) fn is_same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(seen)) => (held.dev(), held.ino()) == (seen.dev(), seen.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same_file(_: &File, path: &Path) -> bool {
    // Elsewhere an open file cannot be removed, so what was opened is what stands there.
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().join("work");
        let first = Lock::take(&work).unwrap();
        let Err(Failure::Refused(text)) = Lock::take(&work) else {
            panic!("two locks")
        };
        assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
        drop(first);
        Lock::take(&work).unwrap();
    }
}
