//! Mutations that know what a token of Zig is.

use std::sync::OnceLock;

use tools::mutate::Mutator;

use crate::by_release::{of_one, releases};

/// From what the pieces come that are put into a text.
fn pool(folder: &'static str) -> &'static Mutator {
    static ZIG: OnceLock<Mutator> = OnceLock::new();
    static ZON: OnceLock<Mutator> = OnceLock::new();
    let pool = if folder == "zig" { &ZIG } else { &ZON };
    pool.get_or_init(|| {
        let inputs = fixtures::inputs(folder);
        Mutator::new(inputs.map(|input| (input.name, input.bytes)).collect())
    })
}

/// Puts a text where libFuzzer wants it, as much as there is room for.
pub(crate) fn put(text: &[u8], data: &mut [u8], max_size: usize) -> usize {
    let len = text.len().min(max_size).min(data.len());
    data[..len].copy_from_slice(&text[..len]);
    len
}

/// A mutator for libFuzzer: every other mutation is its own, the others are of tokens, statements and
/// declarations, in one generation or another. `folder` is where among the fixtures pieces are taken from.
pub fn mutate(
    folder: &'static str,
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
) -> usize {
    if seed & 1 == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let (_, text) = releases(&data[..size]);
    let text = pool(folder).mutant_of(text, 0, seed.into());
    put(&of_one(&text, seed >> 1), data, max_size)
}
