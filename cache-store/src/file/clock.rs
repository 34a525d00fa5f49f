//! Clocks, and which timestamps can be believed.
//!
//! Timestamps come in ticks: a file written twice within one has the same mtime both times. So an mtime says
//! something only if its tick was over before the file was read: if it lies before a moment of the same clock
//! that was taken earlier than the content. Such a moment is the mtime of a file written for that purpose
//! ([`Clock`]); where there is none, the wall clock serves, with some room for its being another one
//! ([`is_too_young`]).

use std::fs::{File, FileTimes, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::open::open_in_cache;
use super::stat::{Stat, since_1970_ns};
use super::sys::{Metadata, set_times};
use crate::limits::{HUNDREDTHS_TICK, TIMESTAMP_TICK, WHOLE_SECONDS_TICK};

/// Whether a file with this mtime, read at `read_ns` of the wall clock or later, may be changed with its
/// mtime staying what it is. Both are nanoseconds since 1970.
pub fn is_too_young(mtime_ns: i128, read_ns: i128) -> bool {
    is_within(mtime_ns, read_ns, TIMESTAMP_TICK)
}

/// The question itself: whether the tick of an mtime was not over yet at a moment. A time of zero is none at
/// all.
fn is_within(mtime_ns: i128, moment_ns: i128, tick: Duration) -> bool {
    mtime_ns == 0 || mtime_ns.saturating_add(tick.as_nanos() as i128) >= moment_ns
}

/// Gives an open file, which is at that path, a time of modification in nanoseconds since 1970.
///
/// # Errors
/// If the system refuses, or has no such time.
pub fn set_mtime(file: &File, path: &Path, mtime_ns: i128) -> io::Result<()> {
    let distance = u64::try_from(mtime_ns.unsigned_abs()).ok();
    let distance = distance.map(Duration::from_nanos);
    let time = match mtime_ns {
        0.. => distance.and_then(|distance| UNIX_EPOCH.checked_add(distance)),
        _ => distance.and_then(|distance| UNIX_EPOCH.checked_sub(distance)),
    };
    let time = time.ok_or_else(|| io::Error::other("there is no such time"))?;
    set_times(file, path, FileTimes::new().set_modified(time))
}

/// The clock of the file system that a directory is on.
#[derive(Debug)]
pub struct Clock {
    dir: PathBuf,
    /// The moment taken. `Some(None)` if the clock could not be asked: then nothing is trusted.
    moment: Option<Option<i128>>,
}

impl Clock {
    /// `dir` is where the file is written whose mtime is the moment.
    pub fn new(dir: &Path) -> Clock {
        Clock {
            dir: dir.into(),
            moment: None,
        }
    }

    /// Takes the moment if it was not taken before. To be called before what is to be trusted is read.
    pub fn observe(&mut self) {
        if self.moment.is_none() {
            self.moment = Some(now(&self.dir).ok());
        }
    }

    /// Whether a file with this mtime, read after the moment, cannot be changed without its mtime changing.
    pub fn trusts(&self, mtime_ns: i128) -> bool {
        match self.moment.flatten() {
            Some(moment) => !is_within(mtime_ns, moment, tick_of(mtime_ns)),
            None => false,
        }
    }

    /// Whether the clock was set back since the moment: then mtimes before the moment may come again.
    pub fn ran_backwards(&self) -> bool {
        match (self.moment, now(&self.dir)) {
            (Some(Some(moment)), Ok(now)) => now < moment,
            _ => true,
        }
    }
}

fn now(dir: &Path) -> io::Result<i128> {
    // Not truncated: some file systems write a file that was to the disk when it is closed.
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let mut file = open_in_cache(&mut options, &dir.join("timestamp"))?;
    file.write_all(b"\n")?;
    Ok(Stat::of(&Metadata::of(&file)?).mtime_ns)
}

/// Files may lie on another file system than the moment's file, one with coarser timestamps. How coarse,
/// their digits tell.
fn tick_of(mtime_ns: i128) -> Duration {
    if mtime_ns % 1_000_000_000 == 0 {
        WHOLE_SECONDS_TICK
    } else if mtime_ns % 1_000_000 == 0 {
        HUNDREDTHS_TICK
    } else {
        Duration::ZERO
    }
}

/// The wall clock: nanoseconds since 1970.
pub fn wall_clock_ns() -> i128 {
    since_1970_ns(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(moment: i128) -> Clock {
        Clock {
            dir: PathBuf::new(),
            moment: Some(Some(moment)),
        }
    }

    #[test]
    fn only_ticks_that_are_over() {
        let clock = clock(5_000_000_001);
        assert!(clock.trusts(4_999_999_999));
        assert!(!clock.trusts(5_000_000_001));
        assert!(!clock.trusts(5_000_000_002));
        assert!(!clock.trusts(i128::MAX));
        assert!(clock.trusts(i128::MIN + 1));
        // Whole seconds: a file system with a tick of two of them may be at work.
        assert!(!clock.trusts(5_000_000_000));
        assert!(!clock.trusts(3_000_000_000));
        assert!(clock.trusts(2_000_000_000));
        assert!(!clock.trusts(4_990_000_000));
        assert!(clock.trusts(4_970_000_000));
        // None at all.
        assert!(!clock.trusts(0));
        assert!(is_too_young(0, i128::MAX));
        assert!(is_too_young(i128::MAX, 1));
        assert!(!is_too_young(1, 3_000_000_000));
        assert!(is_too_young(1, 2_000_000_000));
    }

    #[test]
    fn nothing_is_trusted_without_a_clock() {
        let mut clock = Clock::new("/nonexistent/dir".as_ref());
        assert!(!clock.trusts(1));
        clock.observe();
        assert!(!clock.trusts(1));
        assert!(clock.ran_backwards());
    }

    #[test]
    fn a_clock_set_back_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let mut clock = Clock::new(dir.path());
        clock.observe();
        assert!(!clock.ran_backwards());
        clock.moment = Some(Some(i128::MAX));
        assert!(clock.ran_backwards());
    }
}
