//! Every size limit of this crate, each with its reason.

/// How deep expressions may nest. Zig's own compiler overflows its stack before 20,000 levels where that has
/// the usual 8 MB; with 512 MB, at about 100,000 levels of `.{` and 200,000 of prefix operators. So whatever
/// it accepts stays below; memory for the stack at this depth is some hundred MB.
pub const MAX_NESTING: u32 = 1 << 18;

/// Levels that a container counts for: each one's source is hashed, all that is in it included, so time grows
/// with the square of how deep containers nest. This allows 8,192; Zig's own compiler overflows its stack
/// before 6,000.
pub const CONTAINER_NESTING: u32 = 32;

/// Most room, in bytes, that an array of the generator keeps for the next file of the thread. Nearly all
/// files need less; of the others the room is not worth keeping, as they take long anyway.
pub const MAX_SPARE: usize = 4 << 20;

/// Most names for which a table keeps its room. To empty a table takes time in proportion to its room, which
/// a short file should not pay for a long one before it.
pub const MAX_SPARE_NAMES: usize = 1 << 13;

/// For how many names a table keeps its room whatever it was needed for: to empty it costs next to nothing.
pub const FEW_NAMES: usize = 256;

/// Most tables of names that are kept. As many are in use where that many containers nest.
pub const MAX_SPARE_MAPS: usize = 16;

/// The stack is checked once in this many levels of expressions.
pub const STACK_CHECK_INTERVAL: u32 = 16;

/// Stack that must be left for [`STACK_CHECK_INTERVAL`] levels of any kind of expression.
pub const STACK_RED_ZONE: usize = 256 * 1024;

/// Size of one stack segment when the stack must grow.
pub const STACK_SEGMENT: usize = 4 * 1024 * 1024;
