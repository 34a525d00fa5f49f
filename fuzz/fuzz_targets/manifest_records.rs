//! See `zirc_fuzz::manifest_records`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| zirc_fuzz::manifest_records::check(data));
