//! See `zirc_fuzz::cache_verify`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| zirc_fuzz::cache_verify::check(data));
