//! What the file system tells of a file.

use std::time::{SystemTime, UNIX_EPOCH};

use super::sys::Metadata;

/// The identity of a state of a source file, as the file system tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stat {
    /// The inode number.
    pub inode: u64,
    /// The length in bytes.
    pub size: u64,
    /// Time of last modification, nanoseconds since 1970.
    pub mtime_ns: i128,
}

impl Stat {
    /// All fields zero: what stands in for the stat where a header is checksummed.
    pub const ZERO: Stat = Stat {
        inode: 0,
        size: 0,
        mtime_ns: 0,
    };

    /// The stat of an open or found file.
    pub fn of(metadata: &Metadata) -> Stat {
        Stat {
            inode: metadata.inode(),
            size: metadata.len(),
            mtime_ns: metadata.mtime_ns(),
        }
    }

    /// Whether a file with this stat now is in the state in which it had the `recorded` one. A time that
    /// tells nothing is like none that was recorded: zero, which is what programs write that want all times
    /// alike.
    pub fn proves(&self, recorded: &Stat) -> bool {
        self == recorded && self.mtime_ns != 0
    }
}

/// One file under all its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// That of an open or found file.
    pub fn of(metadata: &Metadata) -> FileId {
        FileId {
            device: metadata.device(),
            inode: metadata.inode(),
        }
    }
}

/// Who owns a file, by a number that means something to the system only.
pub fn owner(metadata: &Metadata) -> u64 {
    metadata.owner()
}

/// Under how many names a file is there.
pub fn link_count(metadata: &Metadata) -> u64 {
    metadata.link_count()
}

/// When anything about a file was last changed, its name too, nanoseconds since 1970. `None` where the system
/// does not tell.
pub fn changed_ns(metadata: &Metadata) -> Option<i128> {
    metadata.changed_ns()
}

/// When a file was made, nanoseconds since 1970. `None` where the system does not tell.
pub fn created_ns(metadata: &Metadata) -> Option<i128> {
    metadata.created().ok().map(since_1970_ns)
}

/// When a file was last read, nanoseconds since 1970, as far as the file system keeps that: some write it
/// once a day, some never.
pub fn accessed_ns(metadata: &Metadata) -> i128 {
    metadata.accessed_ns()
}

/// A time in nanoseconds since 1970.
pub(super) fn since_1970_ns(time: SystemTime) -> i128 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}
