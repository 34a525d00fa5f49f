//! Every limit of the crate, with its reason.

use std::time::Duration;

/// The longest manifest that is read; the reference's limit. At some hundred bytes a line it is a million files.
pub const MAX_MANIFEST_LEN: u64 = 100 << 20;

/// The longest path in a manifest. No system call takes a longer one (`PATH_MAX` on Linux, with its zero byte).
pub const MAX_PATH_LEN: usize = 4095;

/// What the clock of a file system may lag behind where its timestamps are whole seconds: FAT counts in steps of two, and
/// the clocks of two machines that share it may differ by a little.
pub const WHOLE_SECONDS_TICK: Duration = Duration::from_millis(2500);

/// The same where timestamps are whole hundredths of a second (exFAT), or milliseconds.
pub const HUNDREDTHS_TICK: Duration = Duration::from_millis(20);

/// Bytes hashed at a time: large enough that system calls do not count, small enough for the processor's cache.
pub const HASH_BUFFER_LEN: usize = 64 << 10;

/// How long to wait for a lock before somebody is told for what. A build that takes longer than this under its lock is
/// worth a word.
pub const LOCK_WAIT_BEFORE_NOTICE: Duration = Duration::from_secs(1);

/// The longest pause between two attempts at a lock, before the notice. It bounds what a wait for a lock costs over the
/// wait for the work.
pub const LOCK_RETRY_PAUSE: Duration = Duration::from_millis(4);
