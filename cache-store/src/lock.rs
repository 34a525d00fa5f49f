//! Locks on entries: an entry whose lock is refused can still be used.

use std::fs::File;
use std::io;

use crate::file::{self, Mode};

/// An open entry and the lock on it.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    /// What lock was asked for, if one was.
    mode: Option<Mode>,
    /// Whether there is a lock. Where one was refused there is none, and the work goes on.
    held: bool,
}

impl LockedFile {
    /// Without a lock.
    pub(crate) fn new(file: File) -> LockedFile {
        LockedFile {
            file,
            mode: None,
            held: false,
        }
    }

    /// Takes a lock in place of the one that there is. What was read before must be read again: others may
    /// have written in between. A refusal is returned; the file can still be used.
    pub(crate) fn lock(&mut self, mode: Mode, on_wait: &mut dyn FnMut()) -> Option<io::Error> {
        let was_refused = self.mode.is_some() && !self.held;
        self.mode = Some(mode);
        if was_refused {
            // Somebody was told.
            return None;
        }
        let given_up = match self.held {
            // Unlocked first: two that hold the shared lock would wait for each other for ever.
            true => file::unlock(&self.file),
            false => Ok(()),
        };
        let result = given_up.and_then(|()| file::lock(&self.file, mode, on_wait));
        self.held = result.is_ok();
        result.err()
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// The lock that was asked for.
    pub(crate) fn mode(&self) -> Option<Mode> {
        self.mode
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held
    }
}
