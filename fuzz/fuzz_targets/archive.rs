//! See `zirc_fuzz::archive`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| zirc_fuzz::archive::check(data));
