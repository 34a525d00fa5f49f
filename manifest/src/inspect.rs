//! What became of a file since it was recorded.

use std::fs::File;
use std::io;
use std::path::Path;

use cache_store::file::{Directory, Metadata, check_readable, open_source, path_bytes, read_whole};

use crate::digest::Digest;
use crate::entry::{Entry, Kind};
use crate::format::Format;
use crate::limits::MAX_DIRECTORY_LEN;
use crate::prefix::{PrefixedPath, Prefixes};
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
    /// The stat is another, or none was recorded, and it is all that counts.
    MetadataChanged {
        /// The stat now.
        found: Stat,
    },
    /// There is no such file.
    Missing,
    /// There is something else than a regular file.
    NotAFile,
    /// There is something else than a directory.
    NotADirectory,
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
            Finding::MetadataChanged { .. } => "stat changed, which is what counts",
            Finding::Missing => "missing",
            Finding::NotAFile => "not a regular file",
            Finding::NotADirectory => "not a directory",
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

/// Compares an input with what is recorded of it. `before_reading` is called if the content has to be
/// looked at; with `always_read` that is in any case, unless only the stat counts.
pub(crate) fn inspect(
    path: &Path,
    recorded: &Entry,
    format: Format,
    always_read: bool,
    before_reading: impl FnOnce(),
) -> Finding {
    let metadata = match Metadata::at(path) {
        Ok(metadata) => metadata,
        Err(error) => return Finding::of_error(error),
    };
    // Before it is opened: opening a FIFO would wait, and opening a device may do anything.
    match recorded.kind {
        Kind::File if !metadata.is_file() => return Finding::NotAFile,
        Kind::Directory if !metadata.is_dir() => return Finding::NotADirectory,
        _ => {}
    }
    let found = Stat::of(&metadata);
    if recorded.metadata_only {
        if found.proves(&recorded.stat) {
            return Finding::Unchanged;
        }
        before_reading();
        return match Metadata::at(path) {
            Ok(metadata) => Finding::MetadataChanged {
                found: Stat::of(&metadata),
            },
            Err(error) => Finding::of_error(error),
        };
    }
    if !always_read && found.proves(&recorded.stat) {
        // What cannot be opened is not unchanged for whoever would have to read it.
        return match check_readable(path, &metadata) {
            Ok(()) => Finding::Unchanged,
            Err(error) => Finding::of_error(error),
        };
    }
    before_reading();
    let (found, digest) = match hash(path, recorded.kind, format) {
        Ok(read) => read,
        Err(error) => return Finding::of_error(error),
    };
    match (digest == recorded.digest, found == recorded.stat) {
        (true, true) => Finding::Unchanged,
        (true, false) => Finding::StatChanged { found },
        (false, _) => Finding::ContentChanged { found, digest },
    }
}

/// Whether an input has the stat that is recorded of it. Its content is not looked at.
pub(crate) fn is_unchanged(path: &Path, recorded: &Entry) -> bool {
    let Ok(metadata) = Metadata::at(path) else {
        return false;
    };
    let is_kind = match recorded.kind {
        Kind::File => metadata.is_file(),
        Kind::Directory => metadata.is_dir(),
    };
    // What cannot be opened is not unchanged for whoever would have to read it.
    is_kind && Stat::of(&metadata).proves(&recorded.stat) && check_readable(path, &metadata).is_ok()
}

/// The directories of a manifest, each opened when the first file below it is looked for: most files are what
/// they were, and the system need not find the way to the directory once for each.
pub(crate) struct Nearby<'p> {
    prefixes: &'p Prefixes,
    /// By number, as far as they were asked for; the directory if it could be opened.
    opened: Vec<Option<Option<Directory>>>,
}

impl Nearby<'_> {
    /// None is opened yet.
    pub(crate) fn new(prefixes: &Prefixes) -> Nearby<'_> {
        Nearby {
            prefixes,
            opened: Vec::new(),
        }
    }

    /// Whether an input is a file that has the stat that is recorded of it and that everybody may read. Where
    /// not, or where it is something else, nothing is said.
    pub(crate) fn proves(&mut self, recorded: &Entry) -> bool {
        if recorded.kind != Kind::File || recorded.metadata_only {
            return false;
        }
        let PrefixedPath { prefix, sub_path } = &recorded.path;
        let number = usize::from(*prefix);
        if number >= self.opened.len() {
            self.opened.resize_with(number + 1, || None);
        }
        let dir = self.opened[number]
            .get_or_insert_with(|| self.prefixes.dir(*prefix).and_then(Directory::open));
        let found = dir.as_ref().and_then(|dir| dir.readable(sub_path));
        found.is_some_and(|found| Stat::from(found).proves(&recorded.stat))
    }
}

/// Stat and digest of the content of a file or directory.
pub(crate) fn hash(path: &Path, kind: Kind, format: Format) -> io::Result<(Stat, Digest)> {
    match kind {
        Kind::File => {
            let (file, found) = open(path)?;
            Ok((found, format.hash_file(&file)?))
        }
        Kind::Directory => {
            // Before it is read: what comes meanwhile changes the time.
            let found = Stat::of(&Metadata::at(path)?);
            Ok((found, format.hash_contents(&list_directory(path)?)))
        }
    }
}

/// The stat of an input, if it is of that kind.
pub(crate) fn stat(path: &Path, kind: Kind) -> io::Result<Stat> {
    let metadata = Metadata::at(path)?;
    match kind {
        Kind::File if !metadata.is_file() => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        )),
        Kind::Directory if !metadata.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
        _ => Ok(Stat::of(&metadata)),
    }
}

/// What counts of a directory: for each entry a byte that says what it is (1 a regular file, 2 a directory, 3
/// anything else, a link too), its name and a zero byte, sorted as bytes.
///
/// # Errors
/// It cannot be read, or the list is longer than
/// [`MAX_DIRECTORY_LEN`](crate::limits::MAX_DIRECTORY_LEN).
pub fn list_directory(path: &Path) -> io::Result<Vec<u8>> {
    let mut entries = Vec::new();
    let mut len = 0;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let file_type = entry.file_type()?;
        let kind = match (file_type.is_file(), file_type.is_dir()) {
            (true, _) => 1,
            (_, true) => 2,
            _ => 3,
        };
        let name = entry.file_name();
        let name = path_bytes(Path::new(&name));
        len += name.len() + 2;
        if len > MAX_DIRECTORY_LEN {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "too many entries in the directory",
            ));
        }
        entries.push([&[kind], name, &[0]].concat());
    }
    entries.sort_unstable();
    Ok(entries.concat())
}

/// Opens a regular file.
pub(crate) fn open(path: &Path) -> io::Result<(File, Stat)> {
    let file = open_source(path)?;
    let metadata = Metadata::of(&file)?;
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
    let bytes = read_whole(&file, max)?;
    Ok(bytes.map(|bytes| (bytes, stat)))
}
