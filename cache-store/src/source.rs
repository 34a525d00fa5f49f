//! Sources: what was read belongs to the stat that goes with it.

use std::cell::Cell;
use std::fs::File;
use std::hash::Hasher as _;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::age::{ReadTime, is_young};
use crate::file::{Directory, Metadata, Stat, append_at, error_name, find_readable, open_source};
use crate::limits::{FIRST_READ_LEN, MAX_READ_ATTEMPTS, MAX_SOURCE_LEN, MAX_SPARE};
use crate::name::FIRST_KEY;

/// Why a source could not be loaded. [`name`](Self::name) gives the reference's word for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is a directory.
    #[error("is a directory")]
    IsDir,
    /// It is a FIFO, a socket or a device.
    #[error("not a regular file")]
    NotFile,
    /// It is longer than [`MAX_SOURCE_LEN`].
    #[error("file is larger than 4 GiB")]
    FileTooBig,
    /// It was written to each time it was read.
    #[error("file changed while it was read")]
    Changed,
}

impl SourceError {
    /// The name of the error: what the reference prints behind `unable to load '...': `.
    pub fn name(&self) -> &'static str {
        let error = match self {
            SourceError::IsDir => return "IsDir",
            SourceError::NotFile => return "NotFile",
            SourceError::FileTooBig => return "FileTooBig",
            SourceError::Changed => return "UnexpectedEndOfFile",
            SourceError::Io(error) => error,
        };
        error_name(error)
    }

    /// Whether it tells what is at the path: nothing, or no file that is a source. All else is in the way of
    /// this run alone: rights, memory, descriptors, somebody who writes.
    pub fn is_about_source(&self) -> bool {
        match self {
            SourceError::IsDir | SourceError::NotFile | SourceError::FileTooBig => true,
            SourceError::Changed => false,
            SourceError::Io(error) => matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ),
        }
    }
}

/// A source file. Its bytes are read when they are first asked for.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    /// `None` if it was found and is not read yet.
    file: Option<File>,
    stat: Stat,
    /// The digest that an entry has of it, which was good by its stat.
    recorded: Option<[u8; 16]>,
    /// The text as it was read before anybody asked for it.
    begun: Option<Loaded>,
    loaded: Option<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    bytes: Vec<u8>,
    digest: Option<[u8; 16]>,
    read_began: ReadTime,
}

thread_local! {
    /// Room for the next source of the thread: for a short one, and for others. To use a page of memory for
    /// the first time may take longer than to read the source into it.
    static ROOM: [Cell<Vec<u8>>; 2] = const { [Cell::new(Vec::new()), Cell::new(Vec::new())] };
}

/// Which room is for so many bytes.
fn room_for(len: usize) -> usize {
    usize::from(len > FIRST_READ_LEN)
}

impl Drop for Loaded {
    fn drop(&mut self) {
        let mut bytes = mem::take(&mut self.bytes);
        if (1..=MAX_SPARE).contains(&bytes.capacity()) {
            bytes.clear();
            // At the end of a thread nothing is kept.
            let _ = ROOM.try_with(|room| room[room_for(bytes.capacity())].set(bytes));
        }
    }
}

impl SourceFile {
    /// Opens a source without reading it. Never blocks, whatever the path names.
    pub fn open(path: &Path) -> Result<SourceFile, SourceError> {
        let file = open_source(path)?;
        let stat = regular_file_stat(&Metadata::of(&file)?)?;
        Ok(SourceFile::at(path, Some(file), stat))
    }

    /// Opens a source and reads it at once if it is not long: one call of the system less than to do so after
    /// the other. This is for a source whose text will be wanted.
    ///
    /// Its stat is taken after its text alone. What was written to since the read began has an mtime that is
    /// not over yet, and is read again, as every source that young is.
    pub fn read_at_once(path: &Path) -> Result<SourceFile, SourceError> {
        let file = open_source(path)?;
        let read_began = ReadTime::now();
        let mut bytes = room(FIRST_READ_LEN)?;
        // Where that fails, what it is tells why, or reading it once more.
        let _ = append_at(&file, &mut bytes, 0);
        let stat = regular_file_stat(&Metadata::of(&file)?)?;
        let is_whole = bytes.len() as u64 == stat.size;
        let loaded = Loaded {
            bytes,
            digest: None,
            read_began,
        };
        let begun = (is_whole && !is_young(stat, read_began, None)).then_some(loaded);
        Ok(SourceFile {
            begun,
            ..SourceFile::at(path, Some(file), stat)
        })
    }

    /// As [`open`](Self::open), but where its stat tells that it can be opened it is not before it is read.
    /// This is for a source that is not likely to be.
    pub fn find(path: &Path) -> Result<SourceFile, SourceError> {
        let Some(metadata) = find_readable(path) else {
            // If something is wrong, opening it tells what.
            return SourceFile::open(path);
        };
        let stat = regular_file_stat(&metadata)?;
        Ok(SourceFile::at(path, None, stat))
    }

    /// The same of the file of that name below a directory, which is the one at `path`.
    pub fn find_below(
        directory: &Directory,
        name: &[u8],
        path: &Path,
    ) -> Result<SourceFile, SourceError> {
        let Some(stat) = directory.readable(name) else {
            return SourceFile::find(path);
        };
        Ok(SourceFile::at(path, None, stat))
    }

    fn at(path: &Path, file: Option<File>, stat: Stat) -> SourceFile {
        SourceFile {
            path: path.to_owned(),
            file,
            stat,
            recorded: None,
            begun: None,
            loaded: None,
        }
    }

    /// The stat: that of the bytes once they are loaded, before that as it was found.
    pub fn stat(&self) -> Stat {
        self.stat
    }

    /// The source's text if it was needed so far.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.loaded.as_ref().map(|loaded| &*loaded.bytes)
    }

    /// The source's text, read if it was not before.
    pub fn load(&mut self) -> Result<&[u8], SourceError> {
        Ok(&self.loaded()?.bytes)
    }

    /// The source's text as the caller's own, read if it was not before.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, SourceError> {
        Ok(mem::take(&mut self.loaded()?.bytes))
    }

    /// The digest of the source's text, which is read if it was not before: the one that build manifests have
    /// of it, so that who needs both computes one.
    ///
    /// It is SipHash-1-3 of 128 bits under a key that everybody knows: no accident gives two texts the same
    /// one, but it is not made to keep somebody from looking for two that do.
    pub fn digest(&mut self) -> Result<[u8; 16], SourceError> {
        let loaded = self.loaded()?;
        Ok(*loaded
            .digest
            .get_or_insert_with(|| digest_of(&loaded.bytes)))
    }

    /// The same without reading it: `None` if it was not read, and no entry of ours was good by its stat.
    pub fn known_digest(&mut self) -> Option<[u8; 16]> {
        match self.loaded {
            // It is not read again.
            Some(_) => self.digest().ok(),
            None => self.recorded,
        }
    }

    /// An entry that is good by the stat has this digest.
    pub(crate) fn record(&mut self, digest: [u8; 16]) {
        self.recorded = Some(digest);
    }

    pub(crate) fn read_began(&mut self) -> Result<ReadTime, SourceError> {
        Ok(self.loaded()?.read_began)
    }

    fn loaded(&mut self) -> Result<&mut Loaded, SourceError> {
        if self.loaded.is_none() {
            let loaded = self.read()?;
            return Ok(self.loaded.insert(loaded));
        }
        // Not `if let`: the borrow would last over the branch above.
        self.loaded.as_mut().ok_or(SourceError::Changed)
    }

    /// Reads until the stat before and the stat after are the same.
    fn read(&mut self) -> Result<Loaded, SourceError> {
        if let Some(begun) = self.begun.take() {
            return Ok(begun);
        }
        // Not `get_or_insert_with`: opening may fail.
        let file = match self.file.take() {
            Some(file) => file,
            None => open_source(&self.path)?,
        };
        let file = self.file.insert(file);
        // The first attempt can do with the stat that was found: if another file has come in the place of the
        // one that had it, the stat after reading tells.
        let mut before = self.stat;
        for _ in 0..MAX_READ_ATTEMPTS {
            let read_began = ReadTime::now();
            if before.size > MAX_SOURCE_LEN {
                return Err(SourceError::FileTooBig);
            }
            let bytes = read_exactly(file, before.size as usize)?;
            let after = regular_file_stat(&Metadata::of(file)?)?;
            if let Some(bytes) = bytes
                && before == after
            {
                self.stat = after;
                return Ok(Loaded {
                    bytes,
                    digest: None,
                    read_began,
                });
            }
            before = after;
        }
        Err(SourceError::Changed)
    }
}

/// The digest that zirc's manifests have of a source, whose key it has.
fn digest_of(text: &[u8]) -> [u8; 16] {
    let mut hasher = SipHasher13::new_with_key(&FIRST_KEY);
    hasher.write(text);
    hasher.finish128().as_bytes()
}

/// Room for at least so many bytes, of which there are none yet.
fn room(len: usize) -> io::Result<Vec<u8>> {
    let kept = ROOM.try_with(|room| room[room_for(len)].take());
    let mut bytes = kept.unwrap_or_default();
    if bytes.capacity() < len {
        // Given up first, so that the new room may be where the old one was. Twice as much each time, so that
        // there are few of these times.
        bytes = Vec::new();
        let rounded = len.next_power_of_two();
        let capacity = if rounded <= MAX_SPARE { rounded } else { len };
        bytes
            .try_reserve_exact(capacity)
            .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    }
    Ok(bytes)
}

/// The first `len` bytes, or `None` when there are fewer or more.
fn read_exactly(file: &File, len: usize) -> io::Result<Option<Vec<u8>>> {
    // One more than the file should have, so that one that grew is seen.
    let mut bytes = room(len + 1)?;
    while bytes.len() <= len {
        let at = bytes.len() as u64;
        match append_at(file, &mut bytes, at) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        // Where the text should end: whether it does, the stat taken after reading tells as well as another
        // call.
        if bytes.len() == len {
            break;
        }
    }
    Ok((bytes.len() == len).then_some(bytes))
}

fn regular_file_stat(metadata: &Metadata) -> Result<Stat, SourceError> {
    if metadata.is_dir() {
        return Err(SourceError::IsDir);
    }
    if !metadata.is_file() {
        return Err(SourceError::NotFile);
    }
    Ok(Stat::of(metadata))
}
