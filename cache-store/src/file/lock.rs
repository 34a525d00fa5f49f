//! Advisory locks, `flock`, which the reference takes too: they belong to an open file, so that two threads
//! that open the same file exclude each other just as two processes do, and they go when the file is closed.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use crate::limits::{LOCK_RETRY_PAUSE, LOCK_WAIT_BEFORE_NOTICE};

/// How much a lock excludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Others may have it shared too.
    Shared,
    /// Nobody else may have it.
    Exclusive,
}

/// Takes a lock if it can be had at once. Says whether it was.
///
/// # Errors
/// If the file system has no locks, or no more of them.
pub fn try_lock(file: &File, mode: Mode) -> io::Result<bool> {
    let result = again_if_interrupted(|| match mode {
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

/// Takes a lock, waiting for it as long as need be. `on_wait` is called once if that is longer than a second.
///
/// # Errors
/// If the file system has no locks, or no more of them.
pub fn lock(file: &File, mode: Mode, on_wait: &mut dyn FnMut()) -> io::Result<()> {
    let began = Instant::now();
    let mut pause = Duration::from_micros(50);
    while !try_lock(file, mode)? {
        if began.elapsed() >= LOCK_WAIT_BEFORE_NOTICE {
            on_wait();
            return again_if_interrupted(|| match mode {
                Mode::Shared => fs2::FileExt::lock_shared(file),
                Mode::Exclusive => fs2::FileExt::lock_exclusive(file),
            });
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LOCK_RETRY_PAUSE);
    }
    Ok(())
}

/// Gives a lock up.
///
/// # Errors
/// If the system refuses, which it has no reason to.
pub fn unlock(file: &File) -> io::Result<()> {
    fs2::FileExt::unlock(file)
}

fn again_if_interrupted(mut lock: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    loop {
        match lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
