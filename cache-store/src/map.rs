//! The mapped read, and the only `unsafe` of the workspace.
//!
//! # Contract
//!
//! A slice of a mapped file is sound as long as its bytes do not change and the file does not get
//! shorter than the map (touching a page behind the end is a signal, not an error). Both are bought
//! with the lock: an entry is truncated and written under an exclusive lock only, by us and by the
//! reference, and a [`Map`] owns the locked file it maps, so the lock outlives the map. The length is
//! checked against the file after the lock was taken. A file without a lock is not mapped.
//!
//! What remains is a process that writes to the cache directory without honouring locks. That is a
//! user who damages the files of a running program; the crate's documentation names the way out
//! (copying).
#![expect(unsafe_code, reason = "the one exception; the contract is above")]

use std::io;

use memmap2::{Mmap, MmapOptions};

use crate::lock::LockedFile;

/// The first bytes of an entry, mapped, with the lock that keeps them there.
#[derive(Debug)]
pub(crate) struct Map {
    // Fields are dropped in order: the map has to go before the lock.
    map: Mmap,
    file: LockedFile,
}

impl Map {
    /// Maps the first `len` bytes, which must be more than none. Gives the file back where that cannot be
    /// done.
    pub(crate) fn new(file: LockedFile, len: u64) -> Result<Map, (LockedFile, io::Error)> {
        let long_enough = match file.file().metadata() {
            Ok(metadata) => metadata.is_file() && metadata.len() >= len,
            Err(error) => return Err((file, error)),
        };
        let len = match usize::try_from(len) {
            Ok(len @ 1..) if file.is_held() && long_enough => len,
            _ => return Err((file, io::ErrorKind::Unsupported.into())),
        };
        // SAFETY: the file is a regular one, at least `len` long, and locked against truncation and
        // writing (see the module's contract); the lock is owned by the value that owns the map.
        match unsafe { MmapOptions::new().len(len).map(file.file()) } {
            Ok(map) => Ok(Map { map, file }),
            Err(error) => Err((file, error)),
        }
    }

    /// Unmaps and gives the file back, still locked.
    pub(crate) fn into_file(self) -> LockedFile {
        self.file
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }
}
