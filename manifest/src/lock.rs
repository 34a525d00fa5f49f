//! Locks on manifests.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use cache_store::file::{
    Mode, downgrade, expect_regular, open_or_create_in_cache, try_lock, unlock,
};

/// A lock on a manifest, for as long as its output is in use.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Called with the path of a manifest when its lock is not to be had for a second. The wait then goes on
/// until it is.
#[derive(Clone, Copy, Default)]
pub struct OnWait<'c>(Option<&'c (dyn Fn(&Path) + Sync)>);

impl<'c> OnWait<'c> {
    /// Calls `notice`.
    pub fn call(notice: &'c (dyn Fn(&Path) + Sync)) -> OnWait<'c> {
        OnWait(Some(notice))
    }
}

impl fmt::Debug for OnWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnWait").field(&self.0.is_some()).finish()
    }
}

/// An open manifest and the lock on it.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    exclusive: bool,
    writable: bool,
}

/// Who waits for what.
#[derive(Clone, Copy)]
pub(crate) struct Wait<'w> {
    pub(crate) path: &'w Path,
    pub(crate) notice: OnWait<'w>,
}

impl LockedFile {
    /// Opens or creates a manifest. It is not locked yet.
    ///
    /// Where nothing can be written, what is there is opened to be read.
    pub(crate) fn open(path: &Path) -> io::Result<LockedFile> {
        let opened = open_or_create_in_cache(path)?;
        expect_regular(&opened.file)?;
        Ok(LockedFile {
            writable: opened.read_only.is_none(),
            file: opened.file,
            exclusive: false,
        })
    }

    /// Takes the exclusive lock, unless somebody else has a lock and `shared_will_do`.
    pub(crate) fn lock(&mut self, shared_will_do: bool, wait: Wait<'_>) -> io::Result<()> {
        self.exclusive = !shared_will_do || try_lock(&self.file, Mode::Exclusive)?;
        if !shared_will_do {
            wait.acquire(&self.file, Mode::Exclusive)?;
        } else if !self.exclusive {
            wait.acquire(&self.file, Mode::Shared)?;
        }
        Ok(())
    }

    /// Makes the lock exclusive and says whether it was not so before. Then what was read must be read again:
    /// others may have written in between.
    pub(crate) fn upgrade(&mut self, wait: Wait<'_>) -> io::Result<bool> {
        if self.exclusive {
            return Ok(false);
        }
        // Unlocked first: two that hold the shared lock would wait for each other for ever.
        unlock(&self.file)?;
        wait.acquire(&self.file, Mode::Exclusive)?;
        self.exclusive = true;
        Ok(true)
    }

    pub(crate) fn downgrade(&mut self, wait: Wait<'_>) -> io::Result<()> {
        if self.exclusive {
            downgrade(&self.file, &mut || wait.notify())?;
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

impl Wait<'_> {
    fn acquire(self, file: &File, mode: Mode) -> io::Result<()> {
        cache_store::file::lock(file, mode, &mut || self.notify())
    }

    fn notify(self) {
        if let OnWait(Some(notice)) = self.notice {
            notice(self.path);
        }
    }
}
