//! The stat of a file as a manifest has it.

use cache_store::file::{self, Metadata};
use std::fmt;

/// The identity of a state of a file, as the file system tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// The length in bytes.
    pub size: u64,
    /// The inode number.
    pub inode: u64,
    /// Time of last modification, nanoseconds since 1970.
    pub mtime_ns: i64,
}

impl Stat {
    /// The stat of an open or found file.
    pub fn of(metadata: &Metadata) -> Stat {
        Stat::from(file::Stat::of(metadata))
    }

    /// Whether this stat is nothing to go by, so that the content decides: its time is zero, as it is
    /// recorded where it could not be trusted.
    pub fn is_distrusted(&self) -> bool {
        self.mtime_ns == 0
    }

    /// The same without what would be gone by.
    pub fn distrusted(self) -> Stat {
        Stat {
            size: self.size,
            inode: 0,
            mtime_ns: 0,
        }
    }

    /// Whether a file with this stat now is in the state in which it had the `recorded` one. Two stats that
    /// are not to be trusted may be equal; that proves nothing.
    pub fn proves(&self, recorded: &Stat) -> bool {
        self == recorded && !self.is_distrusted()
    }
}

/// A time that does not fit (before 1677, after 2262) is as one that cannot be trusted.
impl From<file::Stat> for Stat {
    fn from(stat: file::Stat) -> Stat {
        let known = Stat {
            size: stat.size,
            inode: stat.inode,
            mtime_ns: 0,
        };
        match i64::try_from(stat.mtime_ns) {
            Ok(mtime_ns) => Stat { mtime_ns, ..known },
            Err(_) => known.distrusted(),
        }
    }
}

/// One that is not to be trusted proves nothing there either.
impl From<Stat> for file::Stat {
    fn from(stat: Stat) -> file::Stat {
        file::Stat {
            inode: stat.inode,
            size: stat.size,
            mtime_ns: i128::from(stat.mtime_ns),
        }
    }
}

impl fmt::Display for Stat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "size {} inode {} mtime {}",
            self.size, self.inode, self.mtime_ns
        )
    }
}
