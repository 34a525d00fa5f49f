//! Every limit of the crate, with its reason.

/// How deeply expressions may lie in each other.
///
/// Each takes a part of the stack. The reference, whose stack does not grow, crashes at a tenth of it.
pub const MAX_DEPTH: u32 = 100_000;

/// How many indentations a line may have.
///
/// The text of nested lists on lines of their own grows with the square of their nesting, and the time with
/// the cube, so that a small file would fill any memory. The reference takes 15 seconds for this many.
pub const MAX_NESTING: u32 = 1_000;
