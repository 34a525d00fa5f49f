//! What became of a file since it was recorded.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use cache_store::file::{check_readable, open_source};

use crate::digest::{Digest, hash_file};
use crate::listing::Entry;
use crate::stat::Stat;

/// What became of a file since it was recorded.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finding {
    /// The stat is the recorded one.
    Unchanged,
    /// The stat is another, or none was recorded; the content is the recorded one.
    StatChanged {
        /// The stat now.
        found: Stat,
    },
    /// The content is another.
    ContentChanged {
        /// The stat now.
        found: Stat,
        /// The digest of the content now.
        digest: Digest,
    },
    /// There is no such file.
    Missing,
    /// There is something else than a regular file.
    NotAFile,
    /// It cannot be read.
    Unreadable(io::Error),
}

impl Finding {
    /// Whether the file is still what was recorded.
    pub fn is_same(&self) -> bool {
        matches!(self, Finding::Unchanged | Finding::StatChanged { .. })
    }

    /// The finding in a word or two.
    pub fn as_str(&self) -> &'static str {
        match self {
            Finding::Unchanged => "unchanged",
            Finding::StatChanged { .. } => "stat changed, content same",
            Finding::ContentChanged { .. } => "content changed",
            Finding::Missing => "missing",
            Finding::NotAFile => "not a regular file",
            Finding::Unreadable(_) => "unreadable",
        }
    }

    fn of_error(error: io::Error) -> Finding {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Finding::Missing,
            _ => Finding::Unreadable(error),
        }
    }
}

/// Compares a file with what is recorded of it. `before_reading` is called if the content has to be
/// looked at; with `always_read` that is in any case.
pub(crate) fn inspect(
    path: &Path,
    recorded: &Entry,
    always_read: bool,
    before_reading: impl FnOnce(),
) -> Finding {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return Finding::of_error(error),
    };
    // Before it is opened: opening a FIFO would wait, and opening a device may do anything.
    if !metadata.is_file() {
        return Finding::NotAFile;
    }
    if !always_read && Stat::of(&metadata).proves(&recorded.stat) {
        // What cannot be opened is not unchanged for whoever would have to read it.
        return match check_readable(path, &metadata) {
            Ok(()) => Finding::Unchanged,
            Err(error) => Finding::of_error(error),
        };
    }
    before_reading();
    let (found, digest) = match open(path).and_then(|(file, found)| Ok((found, hash_file(&file)?)))
    {
        Ok(read) => read,
        Err(error) => return Finding::of_error(error),
    };
    match (digest == recorded.digest, found == recorded.stat) {
        (true, true) => Finding::Unchanged,
        (true, false) => Finding::StatChanged { found },
        (false, _) => Finding::ContentChanged { found, digest },
    }
}

/// Opens a regular file.
pub(crate) fn open(path: &Path) -> io::Result<(File, Stat)> {
    let file = open_source(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok((file, Stat::of(&metadata)))
}

/// Reads a file whole, if it is not longer than `max`.
pub(crate) fn read(path: &Path, max: u64) -> io::Result<Option<(Vec<u8>, Stat)>> {
    let (file, stat) = open(path)?;
    let mut bytes = Vec::new();
    if stat.size <= max {
        bytes.reserve_exact(usize::try_from(stat.size).unwrap_or(0).saturating_add(1));
    }
    // It may grow while it is read.
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max).then_some((bytes, stat)))
}
