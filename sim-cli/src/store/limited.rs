//! Reading files that may be of any size: whoever made a run directory may have put anything into it.

use std::fs::File;
use std::io::{self, Read as _, Take};
use std::path::Path;

use crate::exit::{Context as _, Failure, Result};

/// Most bytes of a `manifest.json`: 16 MiB.
pub const MANIFEST: u64 = 16 << 20;

/// Most bytes of a `plan.json` or `shard.json`, which hold the layouts and texts of all worlds, and the design: 1 GiB.
pub const PLAN: u64 = 1 << 30;

/// Most bytes of a `failures.csv`: 1 GiB.
pub const FAILURES: u64 = 1 << 30;

/// Opens a file that may have `most` bytes, to be read no further than to the first byte beyond them, however it grows.
///
/// # Errors
/// [`Failure::Refused`] where it has more; of the disk.
pub fn open(path: &Path, most: u64) -> Result<Take<File>> {
    let file = File::open(path).while_doing("read", path)?;
    if file.metadata().while_doing("read", path)?.len() > most {
        return Err(too_large(path, most));
    }
    Ok(file.take(most.saturating_add(1)))
}

/// Reads a file that may have `most` bytes.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let mut file = open(path, most)?;
    let length = file.get_ref().metadata().while_doing("read", path)?.len().min(most);
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX))
        .map_err(io::Error::from)
        .while_doing("read", path)?;
    file.read_to_end(&mut bytes).while_doing("read", path)?;
    // A device has no length, and a file may grow while it is read.
    if bytes.len() as u64 > most {
        return Err(too_large(path, most));
    }
    Ok(bytes)
}

fn too_large(path: &Path, most: u64) -> Failure {
    let size = match most >> 20 {
        0 => format!("{most} bytes"),
        size => format!("{size} MiB"),
    };
    Failure::Refused(format!(
        "{} has more than {size}, the most that is read of such a file",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_to_the_last_byte_that_it_may_have() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("some");
        std::fs::write(&path, b"12345678").unwrap();
        assert_eq!(read(&path, 8).unwrap(), b"12345678");
        let refused = read(&path, 7).unwrap_err();
        assert!(matches!(refused, Failure::Refused(_)));
        assert!(refused.message().contains("some has more than 7 bytes"), "{refused}");
        let large = File::create(&path).unwrap();
        large.set_len(MANIFEST + 1).unwrap();
        let refused = read(&path, MANIFEST).unwrap_err();
        assert!(refused.message().contains("more than 16 MiB"), "{refused}");
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_file_is_not_read_to_its_end() {
        let refused = read(Path::new("/dev/zero"), 1000).unwrap_err();
        assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    }
}
