//! Limits on input, each with its reason.

/// How deeply expressions, types, statements and containers may nest.
///
/// The parser and everything that walks a tree recurse, on a stack that grows as needed; this bounds how far.
/// The reference has no limit and crashes: before 20,000 levels with the usual 8 MB of stack, between 100,000
/// and 200,000 with 512 MB. So nothing that it accepts is refused here.
pub const MAX_NESTING: u32 = 200_000;

/// Most room, in bytes, that an array of a tree keeps for the next tree of the thread. Nearly all files need
/// less; of the others the room is not worth keeping, as they take long anyway.
pub const MAX_SPARE: usize = 4 << 20;

/// Longest source in bytes. Offsets are 32 bits; the reference refuses longer files too.
pub const MAX_SOURCE_LEN: usize = u32::MAX as usize;
