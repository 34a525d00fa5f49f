//! Every limit of the crate, with its reason.

/// The longest manifest that is read; the reference's limit. At some hundred bytes a line it is a million
/// files.
pub const MAX_MANIFEST_LEN: u64 = 100 << 20;

/// The longest path in a manifest. No system call takes a longer one (`PATH_MAX` on Linux, with its zero
/// byte).
pub const MAX_PATH_LEN: usize = 4095;

/// Numbers that a manifest can give to directories: what a byte holds.
pub const MAX_PREFIXES: usize = 256;

/// The longest list of a directory's entries that is made. At some dozens of bytes a name it is ten million
/// entries, which no build has read.
pub const MAX_DIRECTORY_LEN: usize = 256 << 20;

/// Bytes hashed at a time: large enough that system calls do not count, small enough for the processor's
/// cache.
pub const HASH_BUFFER_LEN: usize = 64 << 10;
