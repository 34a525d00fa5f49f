//! See `zirc_fuzz::ast`.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    zirc_fuzz::mutate::mutate("zig", data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| zirc_fuzz::ast::check(data));
