//! How old a source was when it was read: whether its mtime can be believed to change with it.

use std::fs::File;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::file::{Metadata, Stat, is_too_young, wall_clock_ns};
use crate::limits::MAX_WRITTEN_AGE;

/// When a source was read, by the two clocks that can tell something about its mtime.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadTime {
    wall_ns: i128,
    instant: Instant,
}

impl ReadTime {
    pub(crate) fn now() -> ReadTime {
        ReadTime {
            wall_ns: wall_clock_ns(),
            instant: Instant::now(),
        }
    }

    /// The earliest time at which the source can have been read.
    fn earliest_ns(&self, written: Option<Written>) -> i128 {
        match written {
            Some(written) => self.wall_ns.min(written.clock_at(self.instant)),
            None => self.wall_ns,
        }
    }
}

/// A moment of the clock of the cache's file system: the mtime that it has just given to an entry. That clock
/// may be a server's, and is more likely that of the source's file system than the wall clock is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    mtime_ns: i128,
    /// Not earlier than the mtime.
    instant: Instant,
}

impl Written {
    /// As an entry tells that was written or made before now.
    pub(crate) fn of(entry: &File) -> Option<Written> {
        let metadata = Metadata::of(entry).ok()?;
        Some(Written {
            mtime_ns: Stat::of(&metadata).mtime_ns,
            instant: Instant::now(),
        })
    }

    /// What the clock showed at another moment, or a little less.
    fn clock_at(&self, instant: Instant) -> i128 {
        let since = instant.saturating_duration_since(self.instant).as_nanos();
        let until = self.instant.saturating_duration_since(instant).as_nanos();
        self.mtime_ns + since as i128 - until as i128
    }
}

/// The last moment that was taken of an entry just made, for as long as it tells enough of the clock: one
/// more call of the system for each entry is a twentieth of what writing a short one takes.
#[derive(Debug, Default)]
pub(crate) struct LastWritten(Mutex<Option<Written>>);

impl LastWritten {
    /// The moment of `entry`, which was made a moment ago, or one shortly before.
    pub(crate) fn of_new(&self, entry: &File) -> Option<Written> {
        // Whoever panicked here left a moment that is none the worse.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.instant.elapsed() > MAX_WRITTEN_AGE) {
            *last = Written::of(entry);
        }
        *last
    }
}

/// Whether the source may have been modified after it was read without its mtime telling.
pub(crate) fn is_young(stat: Stat, read: ReadTime, written: Option<Written>) -> bool {
    is_too_young(stat.mtime_ns, read.earliest_ns(written))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_clock_of_the_cache_counts_from_the_moment_taken() {
        let instant = Instant::now();
        let written = Written {
            mtime_ns: 1_000_000_000_000,
            instant,
        };
        let second = Duration::from_secs(1);
        assert_eq!(written.clock_at(instant), 1_000_000_000_000);
        assert_eq!(written.clock_at(instant + second), 1_001_000_000_000);
        let earlier = ReadTime {
            wall_ns: i128::MAX,
            instant,
        };
        let later = Written {
            instant: instant + second,
            ..written
        };
        assert_eq!(earlier.earliest_ns(Some(later)), 999_000_000_000);
        assert_eq!(earlier.earliest_ns(None), i128::MAX);
        // The earlier of the two clocks counts.
        let by_wall = ReadTime {
            wall_ns: 5,
            ..earlier
        };
        assert_eq!(by_wall.earliest_ns(Some(later)), 5);
    }

    #[test]
    fn a_moment_serves_for_a_while() {
        let file = tempfile::tempfile().unwrap();
        let last = LastWritten::default();
        let first = last.of_new(&file).unwrap();
        assert_eq!(last.of_new(&file).unwrap().instant, first.instant);
        let old = Written {
            mtime_ns: 7,
            instant: Instant::now().checked_sub(2 * MAX_WRITTEN_AGE).unwrap(),
        };
        *last.0.lock().unwrap() = Some(old);
        assert_eq!(last.of_new(&file).unwrap().mtime_ns, first.mtime_ns);
    }
}
