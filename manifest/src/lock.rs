//! Advisory locks on manifests: `flock`, as the reference takes them. They belong to the open file, so that two threads
//! exclude each other just as two processes do.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::limits::{LOCK_RETRY_PAUSE, LOCK_WAIT_BEFORE_NOTICE};

/// A lock on a manifest, for as long as its output is in use.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Called with the path of a manifest when its lock is not to be had for a second. The wait then goes on until it is.
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

#[derive(Clone, Copy)]
enum Mode {
    Shared,
    Exclusive,
}

/// Who waits for what.
#[derive(Clone, Copy)]
pub(crate) struct Wait<'w> {
    pub(crate) path: &'w Path,
    pub(crate) notice: OnWait<'w>,
}

/// Opens a file of a cache directory, never waiting for anything. Who can write to the directory could have put there
/// what only seems to be such a file: a link to a file that is none of the cache's, a FIFO that nobody writes to.
///
/// # Errors
/// If it cannot be opened so, or is no regular file.
pub fn open_in_cache(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)?;
    if !file.metadata()?.is_file() {
        let error = "not a regular file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
    }
    Ok(file)
}

impl LockedFile {
    /// Opens or creates a manifest. It is not locked yet.
    ///
    /// Where nothing can be written, what is there is opened to be read.
    pub(crate) fn open(path: &Path) -> io::Result<LockedFile> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let (file, writable) = match open_in_cache(&mut options, path) {
            Ok(file) => (file, true),
            Err(error) if is_read_only(&error) => {
                (open_in_cache(OpenOptions::new().read(true), path)?, false)
            }
            Err(error) => return Err(error),
        };
        Ok(LockedFile {
            file,
            exclusive: false,
            writable,
        })
    }

    /// Takes the exclusive lock, unless somebody else has a lock and `shared_will_do`.
    pub(crate) fn lock(&mut self, shared_will_do: bool, wait: Wait<'_>) -> io::Result<()> {
        self.exclusive = !shared_will_do || try_acquire(&self.file, Mode::Exclusive)?;
        if !shared_will_do {
            acquire(&self.file, Mode::Exclusive, wait)?;
        } else if !self.exclusive {
            acquire(&self.file, Mode::Shared, wait)?;
        }
        Ok(())
    }

    /// Makes the lock exclusive and says whether it was not so before. Then what was read must be read again: others may
    /// have written in between.
    pub(crate) fn upgrade(&mut self, wait: Wait<'_>) -> io::Result<bool> {
        if self.exclusive {
            return Ok(false);
        }
        // Unlocked first: two that hold the shared lock would wait for each other for ever.
        fs2::FileExt::unlock(&self.file)?;
        acquire(&self.file, Mode::Exclusive, wait)?;
        self.exclusive = true;
        Ok(true)
    }

    pub(crate) fn downgrade(&mut self, wait: Wait<'_>) -> io::Result<()> {
        if self.exclusive {
            acquire(&self.file, Mode::Shared, wait)?;
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

/// Whether the lock could be had at once.
fn try_acquire(file: &File, mode: Mode) -> io::Result<bool> {
    let result = retry(|| match mode {
        Mode::Shared => fs2::FileExt::try_lock_shared(file),
        Mode::Exclusive => fs2::FileExt::try_lock_exclusive(file),
    });
    match result {
        Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {
            Ok(false)
        }
        result => result.map(|()| true),
    }
}

fn acquire(file: &File, mode: Mode, wait: Wait<'_>) -> io::Result<()> {
    let began = Instant::now();
    let mut pause = Duration::from_micros(50);
    while !try_acquire(file, mode)? {
        if began.elapsed() >= LOCK_WAIT_BEFORE_NOTICE {
            if let OnWait(Some(notice)) = wait.notice {
                notice(wait.path);
            }
            return retry(|| match mode {
                Mode::Shared => fs2::FileExt::lock_shared(file),
                Mode::Exclusive => fs2::FileExt::lock_exclusive(file),
            });
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LOCK_RETRY_PAUSE);
    }
    Ok(())
}

fn retry(mut lock: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    loop {
        match lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
