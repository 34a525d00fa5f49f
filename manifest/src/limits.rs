//! Every limit of the crate, with its reason.

/// The longest manifest that is read; the reference's limit. At some hundred bytes a line it is a million
/// files.
pub const MAX_MANIFEST_LEN: u64 = 100 << 20;

/// The longest path in a manifest. No system call takes a longer one (`PATH_MAX` on Linux, with its zero
/// byte).
pub const MAX_PATH_LEN: usize = 4095;

/// Bytes hashed at a time: large enough that system calls do not count, small enough for the processor's
/// cache.
pub const HASH_BUFFER_LEN: usize = 64 << 10;
