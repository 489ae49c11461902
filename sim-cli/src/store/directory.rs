//! The run directory and what is found in it.

use std::fs;
use std::path::{Path, PathBuf};

use super::limited;
use super::manifest::Manifest;
use super::plan::Plan;
use crate::exit::{Context as _, Failure, Result};

/// Paths of a run directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDirectory {
    root: PathBuf,
}

/// What a directory holds before a run begins.
#[derive(Debug)]
pub enum Found {
    /// Nothing, or only what a process left that was ended before it had begun.
    Nothing,
    /// A finished run.
    Finished(Box<Manifest>),
    /// A run that was interrupted; `base` is the shorter finished run that it extends.
    Unfinished {
        /// What it is about.
        plan: Box<Plan>,
        /// The finished run that is being extended.
        base: Option<Box<Manifest>>,
    },
    /// A finished shard.
    Shard(Box<Plan>),
    /// Something else: why, in words.
    Foreign(String),
}

impl RunDirectory {
    /// The directory at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `manifest.json`.
    pub fn manifest(&self) -> PathBuf {
        self.root.join("manifest.json")
    }

    /// `provenance.json`.
    pub fn provenance(&self) -> PathBuf {
        self.root.join("provenance.json")
    }

    /// `shard.json`, in the directory of a shard.
    pub fn shard(&self) -> PathBuf {
        self.root.join("shard.json")
    }

    /// `work/`.
    pub fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// `work/plan.json`.
    pub fn plan(&self) -> PathBuf {
        self.work().join("plan.json")
    }

    /// `work/segments/`.
    pub fn segments(&self) -> PathBuf {
        self.work().join("segments")
    }

    /// Where the manifest lies while a finished run is extended.
    pub fn base_manifest(&self) -> PathBuf {
        self.work().join("manifest.json")
    }

    /// `scenarios/ID.toml`.
    pub fn scenario(&self, id: &str) -> PathBuf {
        self.root.join("scenarios").join(format!("{id}.toml"))
    }

    /// A file by its name.
    pub fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Names of all that lies in the directory, sorted; none where it is not there.
    ///
    /// # Errors
    /// Where it cannot be read, or is not a directory.
    pub fn names(&self) -> Result<Vec<String>> {
        let items = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(Failure::Refused(format!(
                    "{} is not a directory: choose another --out",
                    self.root.display()
                )));
            }
            items => items.while_doing("read", &self.root)?,
        };
        let mut names = Vec::new();
        for item in items {
            let item = item.while_doing("read", &self.root)?;
            names.push(item.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    /// What is there, apart from directories of shards. Nothing is touched.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub fn look(&self) -> Result<Found> {
        let names = self.names()?;
        if self.manifest().is_file() {
            return Ok(match read_manifest(&self.manifest())? {
                Ok(manifest) => Found::Finished(Box::new(manifest)),
                Err(why) => Found::Foreign(format!("its manifest.json cannot be used: {why}")),
            });
        }
        if self.shard().is_file() {
            let plan = Plan::read(&self.shard());
            return Ok(match plan {
                Ok(plan) if plan.shard.is_some() => Found::Shard(Box::new(plan)),
                Ok(_) => Found::Foreign("its shard.json does not say which shard it is".into()),
                Err(Failure::Refused(why)) => Found::Foreign(why),
                Err(other) => return Err(other),
            });
        }
        if self.plan().is_file() {
            let plan = match Plan::read(&self.plan()) {
                Ok(plan) => Box::new(plan),
                Err(Failure::Refused(why)) => return Ok(Found::Foreign(why)),
                Err(other) => return Err(other),
            };
            let base = match self.base_manifest().is_file() {
                false => None,
                true => match read_manifest(&self.base_manifest())? {
                    Ok(manifest) => Some(Box::new(manifest)),
                    Err(why) => {
                        return Ok(Found::Foreign(format!("its work/manifest.json cannot be used: {why}")));
                    }
                },
            };
            return Ok(Found::Unfinished { plan, base });
        }
        let others: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| *name != "work" && !is_shard_name(name))
            .collect();
        if others.is_empty() && self.work_is_ours()? {
            return Ok(Found::Nothing);
        }
        let some = if others.is_empty() {
            "work".into()
        } else {
            others[..others.len().min(3)].join(", ")
        };
        Ok(Found::Foreign(format!("it holds other files ({some})")))
    }

    /// Whether `work/` is absent or holds only what a process writes before it has a plan.
    fn work_is_ours(&self) -> Result<bool> {
        let names = Self::new(self.work()).names()?;
        Ok(names
            .iter()
            .all(|name| ["lock", "plan.json.partial"].contains(&name.as_str())))
    }

    /// The directories of shards in it, sorted by name.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn shards(&self) -> Result<Vec<String>> {
        let mut names = self.names()?;
        names.retain(|name| is_shard_name(name));
        Ok(names)
    }

    /// Removes `work/` and all in it.
    ///
    /// # Errors
    /// Of the disk.
    pub fn remove_work(&self) -> Result<()> {
        match fs::remove_dir_all(self.work()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.while_doing("remove", &self.work()),
        }
    }
}

fn is_shard_name(name: &str) -> bool {
    let numbers = name.strip_prefix("shard-").and_then(|rest| rest.split_once("-of-"));
    numbers.is_some_and(|(index, of)| index.parse::<u64>().is_ok() && of.parse::<u64>().is_ok())
}

fn read_manifest(path: &Path) -> Result<std::result::Result<Manifest, String>> {
    let bytes = match limited::read(path, limited::MANIFEST) {
        Err(Failure::Refused(why)) => return Ok(Err(why)),
        read => read?,
    };
    let text = String::from_utf8_lossy(&bytes);
    Ok(Manifest::parse(&text).map_err(|why| why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a file that has `length` bytes, and room on the disk for none of them.
    fn of_length(path: &Path, length: u64) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(path).unwrap().set_len(length).unwrap();
    }

    #[test]
    fn a_manifest_or_plan_beyond_all_measure_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let directory = RunDirectory::new(dir.path());
        let foreign = || match directory.look().unwrap() {
            Found::Foreign(why) => why,
            other => panic!("{other:?}"),
        };
        of_length(&directory.plan(), limited::PLAN + 1);
        let why = foreign();
        assert!(why.contains("plan.json has more than 1024 MiB"), "{why}");
        of_length(&directory.shard(), limited::PLAN + 1);
        let why = foreign();
        assert!(why.contains("shard.json has more than 1024 MiB"), "{why}");
        of_length(&directory.manifest(), limited::MANIFEST + 1);
        let why = foreign();
        assert!(why.contains("manifest.json has more than 16 MiB"), "{why}");
    }

    #[test]
    fn a_plan_that_is_no_text_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let directory = RunDirectory::new(dir.path());
        fs::create_dir_all(directory.work()).unwrap();
        fs::write(directory.plan(), b"\xff\xfe").unwrap();
        assert!(matches!(directory.look(), Ok(Found::Foreign(why)) if why.contains("no text in UTF-8")));
    }
}
