//! Locks as the reference takes them too: they belong to an open file, so that two threads that open the same
//! file exclude each other just as two processes do, and they go when the file is closed. On Unix they are
//! advisory. Windows refuses to read what another has locked exclusively, and to write what is locked at all.

use std::fs::{File, TryLockError};
use std::io;
use std::time::{Duration, Instant};

use super::sys;
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
    loop {
        let result = match mode {
            Mode::Shared => file.try_lock_shared(),
            Mode::Exclusive => file.try_lock(),
        };
        return match result {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                continue;
            }
            Err(TryLockError::Error(error)) => Err(error),
        };
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
            return wait(file, mode);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LOCK_RETRY_PAUSE);
    }
    Ok(())
}

/// Makes an exclusive lock a shared one. Where the system lets others come in between, it waits for them,
/// with `on_wait` as in [`lock`].
///
/// # Errors
/// If the file system has no locks, or no more of them.
pub fn downgrade(file: &File, on_wait: &mut dyn FnMut()) -> io::Result<()> {
    lock(file, Mode::Shared, on_wait)?;
    sys::unlock_exclusive(file)
}

/// Gives a lock up.
///
/// # Errors
/// If the system refuses, which it has no reason to.
pub fn unlock(file: &File) -> io::Result<()> {
    sys::unlock(file)
}

fn wait(file: &File, mode: Mode) -> io::Result<()> {
    loop {
        let result = match mode {
            Mode::Shared => file.lock_shared(),
            Mode::Exclusive => file.lock(),
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
