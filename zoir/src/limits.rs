//! Every limit of the crate, with its reason.

/// Integers of more limbs than this are printed in base 16. Base 10 takes time quadratic in their length: at
/// this size (some 20,000 digits) it is still a millisecond.
pub const MAX_DECIMAL_LIMBS: usize = 1024;

/// How far the printer indents. The text of a document nested without limit would otherwise grow with the
/// square of its depth.
pub const MAX_PRINT_INDENT: usize = 1000;

/// How deep a document may nest that is made a typed value. Types read themselves by recursion, and in
/// `no_std` there is no way to know how much stack is left.
#[cfg(feature = "serde")]
pub const MAX_TYPED_DEPTH: u32 = 128;

/// How often a document with errors is gone through to find more of them. Each run finds all errors but those
/// behind a value that its own type refuses, or a kind of missing field.
#[cfg(feature = "serde")]
pub const MAX_TYPED_RUNS: u32 = 64;
