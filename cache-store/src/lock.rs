//! Locks on entries: an entry whose lock is refused can still be used.

use std::fs::File;
use std::io;

use crate::file::{self, Mode};

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
        let error = file::lock(&file, mode, on_wait).err();
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
        let result = file::unlock(&self.file)
            .and_then(|()| file::lock(&self.file, Mode::Exclusive, on_wait));
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
