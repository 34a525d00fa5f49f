//! See `zirc_fuzz::zir_bytes`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: zirc_fuzz::seeds::write("zig", zirc_fuzz::zir_bytes::seed),
    |data: &[u8]| zirc_fuzz::zir_bytes::check(data)
);
