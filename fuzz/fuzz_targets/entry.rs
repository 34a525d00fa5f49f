//! See `zirc_fuzz::entry`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: zirc_fuzz::seeds::write("zon", zirc_fuzz::entry::seed),
    |data: &[u8]| zirc_fuzz::entry::check(data)
);
