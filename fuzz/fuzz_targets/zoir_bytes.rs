//! See `zirc_fuzz::zoir_bytes`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: zirc_fuzz::seeds::write("zon", zirc_fuzz::zoir_bytes::seed),
    |data: &[u8]| zirc_fuzz::zoir_bytes::check(data)
);
