//! Every limit of the crate, with its reason.

/// How many levels of bodies the printer goes into. Deeper ones are named by their first and last
/// instruction. The indentation grows with the depth, so the text of a file nested without limit would grow
/// with the square of it.
pub const MAX_PRINT_DEPTH: u32 = 1_000;

/// How many instructions the printer prints again because they are in the body of a `defer`, which is printed
/// wherever the block is left. With defers in defers that would be exponential. Beyond it such a body is
/// named by its first and last instruction. Deep instructions count for more, by what they are indented by.
pub const MAX_PRINT_REPEATED: u64 = 1 << 20;

/// Above so many 64-bit limbs the printer prints an integer in hexadecimal: the time for decimal digits grows
/// with the square of them.
pub const MAX_DECIMAL_LIMBS: usize = 4096;
