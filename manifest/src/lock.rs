//! Advisory locks on manifests: `flock`, as the reference takes them. They belong to the open file, so that two threads
//! exclude each other just as two processes do.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A lock on a manifest, for as long as its output is in use.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// An open manifest and the lock on it.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    exclusive: bool,
    writable: bool,
}

impl LockedFile {
    /// Opens or creates a manifest. Takes the exclusive lock, unless somebody else has a lock and `shared_will_do`.
    ///
    /// Where nothing can be written, what is there is opened to be read.
    pub(crate) fn open(path: &Path, shared_will_do: bool) -> io::Result<LockedFile> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let (file, writable) = match options.open(path) {
            Ok(file) => (file, true),
            Err(error) if is_read_only(&error) => (File::open(path)?, false),
            Err(error) => return Err(error),
        };
        let mut locked = LockedFile {
            file,
            exclusive: true,
            writable,
        };
        if !shared_will_do {
            retry(|| fs2::FileExt::lock_exclusive(&locked.file))?;
            return Ok(locked);
        }
        match retry(|| fs2::FileExt::try_lock_exclusive(&locked.file)) {
            Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {
                retry(|| fs2::FileExt::lock_shared(&locked.file))?;
                locked.exclusive = false;
            }
            result => result?,
        }
        Ok(locked)
    }

    /// Makes the lock exclusive and says whether it was not so before. Then what was read must be read again: others may
    /// have written in between.
    pub(crate) fn upgrade(&mut self) -> io::Result<bool> {
        if self.exclusive {
            return Ok(false);
        }
        // Unlocked first: two that hold the shared lock would wait for each other for ever.
        fs2::FileExt::unlock(&self.file)?;
        retry(|| fs2::FileExt::lock_exclusive(&self.file))?;
        self.exclusive = true;
        Ok(true)
    }

    pub(crate) fn downgrade(&mut self) -> io::Result<()> {
        if self.exclusive {
            retry(|| fs2::FileExt::lock_shared(&self.file))?;
            self.exclusive = false;
        }
        Ok(())
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn may_write(&self) -> bool {
        self.exclusive && self.writable
    }

    pub(crate) fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    pub(crate) fn into_lock(self) -> Lock {
        Lock { _file: self.file }
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

fn retry(mut lock: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    loop {
        match lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
