//! Every limit of the crate, with its reason.

use std::time::Duration;

/// The longest source. Offsets into a source are 32 bits wide in every IR.
pub const MAX_SOURCE_LEN: u64 = u32::MAX as u64;

/// How often a source that changes while it is read is read again before that is an error. A save by
/// an editor is over by the second time; what is still changing at the third is being written to
/// all the time.
pub const MAX_READ_ATTEMPTS: u32 = 3;

/// A source modified less than this before it was read may change again without its mtime changing.
/// The coarsest timestamps in use are FAT's with two seconds; the rest is for the clocks of two
/// machines that share a file system.
pub const TIMESTAMP_TICK: Duration = Duration::from_millis(2500);

/// What the clock of a file system may lag behind where its timestamps are whole seconds: FAT counts in steps
/// of two, and the clocks of two machines that share it may differ by a little.
pub const WHOLE_SECONDS_TICK: Duration = Duration::from_millis(2500);

/// The same where timestamps are whole hundredths of a second (exFAT), or milliseconds.
pub const HUNDREDTHS_TICK: Duration = Duration::from_millis(20);

/// The longest header an implementor may have. Headers are read into a buffer on the stack.
pub const MAX_HEADER_LEN: usize = 128;

/// The longest summary that is written or believed. The longest real ones have some hundred imports; an
/// entry that says more than this is damaged, and must not make us allocate what it says.
pub const MAX_SUMMARY_LEN: usize = 16 << 20;

/// Bytes read with the trailer in the hope that they hold the whole summary, so that a second read is
/// rare. Nearly all summaries are shorter than half of this, and clearing it costs something for each entry.
pub const TRAILER_READ_LEN: usize = 1024;

/// Bytes read of an entry at once if only its summary is wanted: of short entries that is all, and of long
/// ones it costs little more than their header.
pub const START_READ_LEN: usize = 4096;

/// Bytes read of an entry at once if its body is wanted. A buffer of this length is kept by every thread that
/// does so, and one call of the system is enough for four of five entries of a standard library.
pub const BODY_READ_LEN: usize = 64 << 10;

/// Bytes of a body that are written at once. So many are still in the processor's cache when they are
/// written, after they were read for the checksum, and the calls cost nothing beside copying them.
pub const WRITE_LEN: usize = 256 << 10;

/// Header and body that are shorter than this are copied rather than mapped. To make a map, to touch its
/// pages for the first time and to take it away costs more than reading the entries of a standard library,
/// which are shorter; one of 24 MB is mapped in half the time that the reference takes to copy it.
pub const MIN_MAP_LEN: u64 = 512 << 10;

/// How long to wait for a lock before telling the user for what. Lowering the largest known source takes a
/// fraction of it, so whoever holds the lock of an entry longer is stopped or hung; and a build that takes
/// longer under the lock of its manifest is worth a word.
pub const LOCK_WAIT_BEFORE_NOTICE: Duration = Duration::from_secs(1);

/// The longest pause between two attempts at a lock, before the notice. It bounds what a wait for
/// a lock costs over the wait for the work.
pub const LOCK_RETRY_PAUSE: Duration = Duration::from_millis(4);

/// Bytes of a source that are read before its stat tells how long it is. One in forty files of a standard
/// library is longer, and read again.
pub const FIRST_READ_LEN: usize = 128 << 10;

/// How long the mtime of an entry just made tells the clock of the cache's file system for others as well.
/// A clock that is set while zirc runs is noticed so soon.
pub const MAX_WRITTEN_AGE: Duration = Duration::from_millis(500);

/// Most room, in bytes, that is kept for the next source of a thread. Nearly all sources are shorter.
pub const MAX_SPARE: usize = 4 << 20;
