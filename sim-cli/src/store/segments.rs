//! Segments: the append-only files that hold finished replicates while a run is under way.
//!
//! A file is a header, that says whose it is, and frames. Files are small enough to be read whole, so
//! that checking them at the door is simple; after the door an index tells where each replicate lies,
//! and tables are written from there in bounded memory.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::atomic::sync_directory;
use super::canonical::sha256_hex;
use super::entry::{Entry, FailedReplicate, VALUES_AT};
use super::frame;
use super::layout::Layout;
use super::limited;
use super::tenders::Tenders;
use crate::exit::{Context as _, Failure, Result};

const FILE_MAGIC: [u8; 8] = *b"ORANSEG1";
/// Magic, 64 digits of identity, checksum.
const FILE_HEAD: usize = 8 + 64 + 4;
/// A file that has grown beyond this is closed and another begun: 64 MiB.
const FILE_FULL: u64 = 64 << 20;
/// Most bytes of a file: one that is not full yet takes one frame more, however large.
const FILE_MOST: u64 = FILE_FULL + frame::HEAD as u64 + frame::MAX_PAYLOAD as u64;

/// Where a finished replicate lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: usize,
    payload: u64,
    length: usize,
    is_record: bool,
}

/// The file that is being appended to, one a world.
struct Open {
    index: usize,
    file: File,
    length: u64,
    unsynced: bool,
}

/// All finished replicates of a run, wherever their files lie.
pub struct Segments {
    layouts: Vec<Layout>,
    run_key: String,
    files: Vec<PathBuf>,
    index: Vec<BTreeMap<u64, Place>>,
    open: Vec<Option<Open>>,
    directory: Option<PathBuf>,
    /// The file read last: replicates lie nearly in order, so it is mostly the next one too.
    reading: Option<(usize, File)>,
}

impl Segments {
    /// No replicate yet, of worlds with these layouts in the run with this key.
    pub fn new(layouts: Vec<Layout>, run_key: &str) -> Self {
        let worlds = layouts.len();
        Self {
            layouts,
            run_key: run_key.to_owned(),
            files: Vec::new(),
            index: vec![BTreeMap::new(); worlds],
            open: (0..worlds).map(|_| None).collect(),
            directory: None,
            reading: None,
        }
    }

    /// The layouts of the worlds.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    fn identity(&self, world: usize) -> String {
        sha256_hex(format!("{}/{}", self.run_key, self.layouts[world].id).as_bytes())
    }

    fn header(&self, world: usize) -> Vec<u8> {
        let mut head = FILE_MAGIC.to_vec();
        head.extend_from_slice(self.identity(world).as_bytes());
        head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
        head
    }

    /// Takes in what a directory holds and appends to it from now on; torn tails are cut off.
    ///
    /// # Errors
    /// Where the directory cannot be read or written, or holds segments of another run or larger than any is.
    pub fn open_for_writing(&mut self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory).while_doing("create", directory)?;
        self.take_in(directory, true)?;
        self.directory = Some(directory.to_owned());
        Ok(())
    }

    /// Takes in what a directory holds, changing nothing.
    ///
    /// # Errors
    /// Where the directory cannot be read, or holds segments of another run or larger than any is.
    pub fn open_for_reading(&mut self, directory: &Path) -> Result<()> {
        self.take_in(directory, false)
    }

    fn take_in(&mut self, directory: &Path, repair: bool) -> Result<()> {
        let mut names = Vec::new();
        for item in fs::read_dir(directory).while_doing("read", directory)? {
            let path = item.while_doing("read", directory)?.path();
            if path.extension().is_some_and(|extension| extension == "seg") {
                names.push(path);
            }
        }
        names.sort();
        for path in names {
            self.take_in_file(path, repair)?;
        }
        Ok(())
    }

    fn take_in_file(&mut self, path: PathBuf, repair: bool) -> Result<()> {
        let bytes = limited::read(&path, FILE_MOST)?;
        let head = bytes.get(..FILE_HEAD);
        let sound =
            head.is_some_and(|head| crc32fast::hash(&head[..FILE_HEAD - 4]).to_le_bytes() == head[FILE_HEAD - 4..]);
        if !sound {
            // The kill came while the header was being written, or the header is damaged: without it
            // nothing says whose the frames are, so they are played again.
            return Ok(());
        }
        let Some(world) = (0..self.layouts.len()).find(|w| head == Some(&self.header(*w)[..])) else {
            return Err(Failure::Refused(format!(
                "{} belongs to another run: remove it, or begin again with --force",
                path.display()
            )));
        };
        let file = self.files.len();
        let mut end = FILE_HEAD;
        for range in frame::scan(&bytes, FILE_HEAD) {
            end = range.end;
            let payload = &bytes[range.clone()];
            if let Some((k, _)) = Entry::decode(payload, self.layouts[world].cells())
                && let Some((_, is_record)) = Entry::peek(payload)
            {
                let place = Place {
                    file,
                    payload: range.start as u64,
                    length: range.len(),
                    is_record,
                };
                self.index[world].entry(k).or_insert(place);
            }
        }
        if repair && end < bytes.len() {
            let writer = OpenOptions::new()
                .write(true)
                .open(&path)
                .while_doing("repair", &path)?;
            writer.set_len(end as u64).while_doing("repair", &path)?;
        }
        self.files.push(path);
        Ok(())
    }

    /// Appends a finished replicate. It survives a kill of the program from here on, and a loss of
    /// power from the next [`Segments::sync`] on.
    ///
    /// # Errors
    /// Where the file cannot be written; what was appended before stands.
    pub fn append(&mut self, world: usize, k: u64, entry: &Entry) -> Result<()> {
        let payload = entry.encode(k);
        let Some(bytes) = frame::encode(&payload) else {
            return Err(Failure::CouldNotGoOn(format!(
                "one replicate of `{}` takes more than 4 GiB: record fewer series",
                self.layouts[world].id
            )));
        };
        let is_full = self.open[world].as_ref().is_some_and(|open| open.length > FILE_FULL);
        if is_full && let Some(open) = self.open[world].take() {
            open.file.sync_data().while_doing("write", &self.files[open.index])?;
        }
        let mut open = match self.open[world].take() {
            Some(open) => open,
            None => self.begin_file(world)?,
        };
        let path = &self.files[open.index];
        open.file.write_all(&bytes).while_doing("write", path)?;
        let place = Place {
            file: open.index,
            payload: open.length + frame::HEAD as u64,
            length: payload.len(),
            is_record: matches!(entry, Entry::Record { .. }),
        };
        open.length += bytes.len() as u64;
        open.unsynced = true;
        self.open[world] = Some(open);
        self.index[world].entry(k).or_insert(place);
        Ok(())
    }

    fn begin_file(&mut self, world: usize) -> Result<Open> {
        let Some(directory) = &self.directory else {
            return Err(Failure::CouldNotGoOn("segments were opened for reading only".into()));
        };
        let mut number = 1u32;
        let (path, mut file) = loop {
            let path = directory.join(format!("{}-{number:04}.seg", self.layouts[world].id));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                opened => break (path.clone(), opened.while_doing("create", &path)?),
            }
        };
        // At once on the disk: without its header the frames of a file belong to nobody.
        file.write_all(&self.header(world))
            .and_then(|()| file.sync_all())
            .while_doing("write", &path)?;
        sync_directory(Some(directory))?;
        self.files.push(path);
        let index = self.files.len() - 1;
        Ok(Open {
            index,
            file,
            length: FILE_HEAD as u64,
            unsynced: true,
        })
    }

    /// Brings all that was appended to the disk.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn sync(&mut self) -> Result<()> {
        for open in self.open.iter_mut().flatten().filter(|open| open.unsynced) {
            open.file.sync_data().while_doing("write", &self.files[open.index])?;
            open.unsynced = false;
        }
        Ok(())
    }

    /// Forgets replicates that are not wanted: a shorter run was asked for.
    pub fn keep(&mut self, wanted: impl Fn(u64) -> bool) {
        for index in &mut self.index {
            index.retain(|key, _| wanted(*key));
        }
    }

    /// Whether a replicate is finished, be it a failure.
    pub fn has(&self, world: usize, k: u64) -> bool {
        self.index[world].contains_key(&k)
    }

    /// Number of finished replicates over all worlds.
    pub fn finished(&self) -> u64 {
        self.index.iter().map(|index| index.len() as u64).sum()
    }

    /// Indices of the replicates of a world that have a record, in order.
    pub fn records(&self, world: usize) -> Vec<u64> {
        let records = self.index[world].iter().filter(|(_, place)| place.is_record);
        records.map(|(k, _)| *k).collect()
    }

    /// Number of failed replicates over all worlds.
    pub fn failed(&self) -> u64 {
        let places = self.index.iter().flat_map(BTreeMap::values);
        places.filter(|place| !place.is_record).count() as u64
    }

    /// The failed replicates of a world, in order.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn failures(&mut self, world: usize) -> Result<Vec<(u64, FailedReplicate)>> {
        let failed = self.index[world].iter().filter(|(_, place)| !place.is_record);
        let failed: Vec<u64> = failed.map(|(k, _)| *k).collect();
        let mut found = Vec::with_capacity(failed.len());
        for k in failed {
            if let Entry::Failure(failure) = self.entry(world, k)? {
                found.push((k, failure));
            }
        }
        Ok(found)
    }

    /// All that is known of one finished replicate.
    ///
    /// # Errors
    /// Where it is not there, cannot be read, or is no longer what it was.
    pub fn entry(&mut self, world: usize, k: u64) -> Result<Entry> {
        let place = self.place(world, k)?;
        let payload = self.read(place, 0..place.length as u64)?;
        match Entry::decode(&payload, self.layouts[world].cells()) {
            Some((read, entry)) if read == k => Ok(entry),
            _ => Err(self.changed(place)),
        }
    }

    /// Appends the values of some cells of a record to `out`.
    ///
    /// # Errors
    /// As [`Segments::entry`].
    pub fn values(&mut self, world: usize, k: u64, cells: Range<usize>, out: &mut Vec<f64>) -> Result<()> {
        let place = self.place(world, k)?;
        let at = |cell: usize| VALUES_AT + 8 * cell as u64;
        let bytes = self.read(place, at(cells.start)..at(cells.end))?;
        let (numbers, _) = bytes.as_chunks::<8>();
        out.extend(numbers.iter().map(|number| f64::from_le_bytes(*number)));
        Ok(())
    }

    /// The tenders of a record: all columns, or only one.
    ///
    /// # Errors
    /// As [`Segments::entry`].
    pub fn tenders(&mut self, world: usize, k: u64, only: Option<usize>) -> Result<Tenders> {
        let place = self.place(world, k)?;
        let at = VALUES_AT + 8 * self.layouts[world].cells() as u64;
        let bytes = self.read(place, at..place.length as u64)?;
        Tenders::decode(&bytes, only).ok_or_else(|| self.changed(place))
    }

    fn place(&self, world: usize, k: u64) -> Result<Place> {
        self.index[world]
            .get(&k)
            .copied()
            .ok_or_else(|| Failure::CouldNotGoOn(format!("replicate {k} of `{}` is not there", self.layouts[world].id)))
    }

    fn changed(&self, place: Place) -> Failure {
        Failure::CouldNotGoOn(format!(
            "{} has changed while it was read: is another program writing there?",
            self.files[place.file].display()
        ))
    }

    fn read(&mut self, place: Place, range: Range<u64>) -> Result<Vec<u8>> {
        let path = &self.files[place.file];
        let mut file = match self.reading.take() {
            Some((index, file)) if index == place.file => file,
            _ => File::open(path).while_doing("read", path)?,
        };
        let length = range.end.saturating_sub(range.start);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        let read = file
            .seek(SeekFrom::Start(place.payload + range.start))
            .and_then(|_| file.read_exact(&mut bytes));
        read.while_doing("read", path)?;
        self.reading = Some((place.file, file));
        Ok(bytes)
    }
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
