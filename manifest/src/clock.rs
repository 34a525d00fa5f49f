//! The file system's own clock, and which timestamps can be trusted.
//!
//! Timestamps come in ticks: a file written twice within one has the same mtime both times. So an mtime says something
//! only if its tick was over before the file was read: if it lies before a moment of the same clock that was taken
//! earlier than the content. Such a moment is the mtime of a file written for that purpose.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::limits::{HUNDREDTHS_TICK, WHOLE_SECONDS_TICK};
use crate::listing::Stat;
use crate::lock::open_in_cache;

#[derive(Debug)]
pub(crate) struct Clock {
    dir: PathBuf,
    /// The moment taken. `Some(None)` if the clock could not be asked: then nothing is trusted.
    moment: Option<Option<i64>>,
}

impl Clock {
    /// `dir` is where the file is written.
    pub(crate) fn new(dir: &Path) -> Clock {
        Clock {
            dir: dir.into(),
            moment: None,
        }
    }

    /// Takes the moment if it was not taken before. To be called before what is to be trusted is read.
    pub(crate) fn observe(&mut self) {
        if self.moment.is_none() {
            self.moment = Some(now(&self.dir).ok());
        }
    }

    /// Whether a file with this mtime, read after the moment, cannot be changed without its mtime changing.
    pub(crate) fn trusts(&self, mtime_ns: i64) -> bool {
        match self.moment.flatten() {
            Some(moment) => mtime_ns.saturating_add(slack_ns(mtime_ns)) < moment,
            None => false,
        }
    }

    /// What to record of this stat.
    pub(crate) fn recorded(&self, stat: Stat) -> Stat {
        if self.trusts(stat.mtime_ns) {
            stat
        } else {
            stat.distrusted()
        }
    }

    /// Whether the clock was set back since the moment: then mtimes before the moment may come again.
    pub(crate) fn ran_backwards(&self) -> bool {
        match (self.moment, now(&self.dir)) {
            (Some(Some(moment)), Ok(now)) => now < moment,
            _ => true,
        }
    }
}

fn now(dir: &Path) -> io::Result<i64> {
    // Not truncated: some file systems write a file that was to the disk when it is closed.
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let mut file = open_in_cache(&mut options, &dir.join("timestamp"))?;
    file.write_all(b"\n")?;
    let stat = Stat::of(&file.metadata()?);
    match stat.is_distrusted() {
        false => Ok(stat.mtime_ns),
        true => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Files may lie on another file system than the moment's file, one with coarser timestamps. How coarse, their
/// digits tell.
fn slack_ns(mtime_ns: i64) -> i64 {
    let tick = if mtime_ns % 1_000_000_000 == 0 {
        WHOLE_SECONDS_TICK
    } else if mtime_ns % 1_000_000 == 0 {
        HUNDREDTHS_TICK
    } else {
        return 0;
    };
    i64::try_from(tick.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(moment: i64) -> Clock {
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
        assert!(!clock.trusts(i64::MAX));
        assert!(clock.trusts(i64::MIN + 1));
        // Whole seconds: a file system with a tick of two of them may be at work.
        assert!(!clock.trusts(5_000_000_000));
        assert!(!clock.trusts(3_000_000_000));
        assert!(clock.trusts(2_000_000_000));
        assert!(!clock.trusts(4_990_000_000));
        assert!(clock.trusts(4_970_000_000));
    }

    #[test]
    fn nothing_is_trusted_without_a_clock() {
        let mut clock = Clock::new("/nonexistent/dir".as_ref());
        assert!(!clock.trusts(1));
        clock.observe();
        assert!(!clock.trusts(1));
        assert!(clock.ran_backwards());
        let stat = Stat {
            size: 3,
            inode: 4,
            mtime_ns: 5,
        };
        assert_eq!(
            clock.recorded(stat),
            Stat {
                size: 3,
                inode: 0,
                mtime_ns: 0
            }
        );
    }

    #[test]
    fn a_clock_set_back_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let mut clock = Clock::new(dir.path());
        clock.observe();
        assert!(!clock.ran_backwards());
        clock.moment = Some(Some(i64::MAX));
        assert!(clock.ran_backwards());
    }
}
