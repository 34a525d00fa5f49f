//! See `zirc_fuzz::manifest`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| zirc_fuzz::manifest::check(data));
