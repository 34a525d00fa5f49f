//! See `zirc_fuzz::differential`.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    zirc_fuzz::differential::mutate(data, size, max_size, seed)
});

fuzz_target!(
    init: zirc_fuzz::differential::init(),
    |data: &[u8]| zirc_fuzz::differential::check(data)
);
