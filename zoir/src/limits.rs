//! Every limit of the crate, with its reason.

/// Integers of more limbs than this are printed in base 16. Base 10 takes time quadratic in their length: at this size
/// (some 20,000 digits) it is still a millisecond.
pub const MAX_DECIMAL_LIMBS: usize = 1024;

/// How far the printer indents. The text of a document nested without limit would otherwise grow with the square of its
/// depth.
pub const MAX_PRINT_INDENT: usize = 1000;
