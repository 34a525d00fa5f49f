//! What lies in a folder, one after the other, with the room that it takes.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use cache_store::file::{FileId, Stat, disk_usage, link_count};
use walkdir::WalkDir;

use super::problems::Problems;

/// How much there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Size {
    /// Everything that is no directory.
    pub(crate) files: u64,
    /// What the file system gives back when it is removed, as `du` counts: blocks, not lengths, and those of
    /// directories too.
    pub(crate) bytes: u64,
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Size) {
        self.files += other.files;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// Something in a folder: a file, or a directory with all that is below it.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) name: OsString,
    pub(super) path: PathBuf,
    /// What it is itself. Of a link, the link.
    pub(super) metadata: Metadata,
    pub(super) size: Size,
    /// When it was last modified, and so anything below it; nanoseconds since 1970.
    pub(super) modified_ns: i128,
}

/// Files with several names that were counted already: they take their room once.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<FileId>);

impl Seen {
    fn size_of(&mut self, metadata: &Metadata) -> Size {
        let is_file = !metadata.is_dir();
        // Every directory has several names, `.` among them.
        if is_file && link_count(metadata) > 1 && !self.0.insert(FileId::of(metadata)) {
            return Size { files: 1, bytes: 0 };
        }
        Size {
            files: u64::from(is_file),
            bytes: disk_usage(metadata),
        }
    }
}

/// Goes over what is in a folder, in no order. `count` is told how many files there were so far.
pub(super) fn things(
    folder: &Path,
    seen: &mut Seen,
    problems: &mut Problems,
    count: &mut dyn FnMut(u64),
    look: &mut dyn FnMut(Thing, &mut Problems),
) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return problems.note(folder, &error),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.note(folder, &error);
                continue;
            }
        };
        let path = entry.path();
        match measure(&path, seen, problems) {
            Ok((metadata, size, modified_ns)) => {
                count(size.files);
                let name = entry.file_name();
                let thing = Thing {
                    name,
                    path,
                    metadata,
                    size,
                    modified_ns,
                };
                look(thing, problems);
            }
            Err(error) => problems.note(&path, &error),
        }
    }
}

/// What a path is, and with all below it how large and when last modified. Links are not followed.
pub(super) fn measure(
    path: &Path,
    seen: &mut Seen,
    problems: &mut Problems,
) -> io::Result<(Metadata, Size, i128)> {
    let metadata = path.symlink_metadata()?;
    let mut size = seen.size_of(&metadata);
    let mut modified = Stat::of(&metadata).mtime_ns;
    if metadata.is_dir() {
        for entry in WalkDir::new(path).min_depth(1).follow_links(false) {
            let below = entry.and_then(|entry| Ok((entry.metadata()?, entry)));
            match below {
                Ok((metadata, _)) => {
                    size += seen.size_of(&metadata);
                    modified = modified.max(Stat::of(&metadata).mtime_ns);
                }
                Err(error) => {
                    let at = error.path().unwrap_or(path).to_owned();
                    problems.note(&at, &io::Error::from(error));
                }
            }
        }
    }
    Ok((metadata, size, modified))
}
