//! What lies in a folder, one after the other, with the room that it takes.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use cache_store::file::{FileId, Metadata, Stat, accessed_ns, disk_usage, link_count};
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
    /// When it was last modified or read, as far as the file system keeps that.
    pub(super) used_ns: i128,
}

impl Thing {
    /// Whether it is a file, or a link that leads somewhere: to what is none of our business.
    pub(super) fn opens_as_file(&self) -> bool {
        self.metadata.is_file() || self.leads_somewhere()
    }

    /// The same of a directory.
    pub(super) fn opens_as_dir(&self) -> bool {
        self.metadata.is_dir() || self.leads_somewhere()
    }

    fn leads_somewhere(&self) -> bool {
        self.metadata.is_symlink() && fs::metadata(&self.path).is_ok()
    }
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
            Ok(Measured {
                metadata,
                size,
                modified_ns,
                used_ns,
            }) => {
                count(size.files);
                let name = entry.file_name();
                let thing = Thing {
                    name,
                    path,
                    metadata,
                    size,
                    modified_ns,
                    used_ns,
                };
                look(thing, problems);
            }
            Err(error) => problems.note(&path, &error),
        }
    }
}

/// What a path is, with all below it.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) metadata: Metadata,
    pub(super) size: Size,
    pub(super) modified_ns: i128,
    pub(super) used_ns: i128,
}

impl Measured {
    fn add_times(&mut self, metadata: &Metadata) {
        let modified_ns = Stat::of(metadata).mtime_ns;
        self.modified_ns = self.modified_ns.max(modified_ns);
        self.used_ns = self.used_ns.max(modified_ns);
        // Directories are read by whoever looks for something else.
        if !metadata.is_dir() {
            self.used_ns = self.used_ns.max(accessed_ns(metadata));
        }
    }
}

/// What a path is, and with all below it how large and when last modified. Links are not followed.
pub(super) fn measure(
    path: &Path,
    seen: &mut Seen,
    problems: &mut Problems,
) -> io::Result<Measured> {
    let metadata = Metadata::of_link(path)?;
    let is_dir = metadata.is_dir();
    let mut measured = Measured {
        size: seen.size_of(&metadata),
        modified_ns: i128::MIN,
        used_ns: i128::MIN,
        metadata: metadata.clone(),
    };
    measured.add_times(&metadata);
    if is_dir {
        for entry in WalkDir::new(path).min_depth(1).follow_links(false) {
            let found = match entry {
                Ok(entry) => {
                    Metadata::of_link(entry.path()).map_err(|error| (entry.into_path(), error))
                }
                Err(error) => {
                    let at = error.path().unwrap_or(path).to_owned();
                    Err((at, io::Error::from(error)))
                }
            };
            match found {
                Ok(metadata) => {
                    measured.size += seen.size_of(&metadata);
                    measured.add_times(&metadata);
                }
                Err((at, error)) => problems.note(&at, &error),
            }
        }
    }
    Ok(measured)
}
