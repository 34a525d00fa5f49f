//! Advisory locks on entries. The only place that knows where they come from.
//!
//! They are `flock` locks, which the reference takes too: they belong to an open file, so that two threads
//! that open the same entry exclude each other just as two processes do, and they go when the
//! file is closed.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use crate::limits::{LOCK_RETRY_PAUSE, LOCK_WAIT_BEFORE_NOTICE};

/// How much a lock excludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Others may read too.
    Shared,
    /// Nobody else may use the entry.
    Exclusive,
}

/// An open entry and the lock on it.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    mode: Mode,
    /// Whether there is a lock. Without one, `mode` is what was asked for: the work goes on.
    held: bool,
}

impl LockedFile {
    /// Takes a lock. A refusal is returned beside the file, which can still be used.
    pub(crate) fn new(
        file: File,
        mode: Mode,
        on_wait: &mut dyn FnMut(),
    ) -> (LockedFile, Option<io::Error>) {
        let error = acquire(&file, mode, on_wait).err();
        let held = error.is_none();
        (LockedFile { file, mode, held }, error)
    }

    /// Gives the shared lock up and takes the exclusive one. What was read before must be read again:
    /// others may have written in between.
    pub(crate) fn upgrade(&mut self, on_wait: &mut dyn FnMut()) -> Option<io::Error> {
        self.mode = Mode::Exclusive;
        if !self.held {
            // It was refused before, and somebody was told.
            return None;
        }
        // Unlocked first: two that hold the shared lock would wait for each other for ever.
        let result = fs2::FileExt::unlock(&self.file)
            .and_then(|()| acquire(&self.file, Mode::Exclusive, on_wait));
        self.held = result.is_ok();
        result.err()
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn is_exclusive(&self) -> bool {
        self.mode == Mode::Exclusive
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held
    }
}

fn acquire(file: &File, mode: Mode, on_wait: &mut dyn FnMut()) -> io::Result<()> {
    let began = Instant::now();
    let mut pause = Duration::from_micros(50);
    loop {
        let result = match mode {
            Mode::Shared => fs2::FileExt::try_lock_shared(file),
            Mode::Exclusive => fs2::FileExt::try_lock_exclusive(file),
        };
        match result {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {}
            Err(error) => return Err(error),
        }
        if began.elapsed() >= LOCK_WAIT_BEFORE_NOTICE {
            break;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LOCK_RETRY_PAUSE);
    }
    on_wait();
    loop {
        let result = match mode {
            Mode::Shared => fs2::FileExt::lock_shared(file),
            Mode::Exclusive => fs2::FileExt::lock_exclusive(file),
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
