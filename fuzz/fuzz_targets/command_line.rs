//! See `zirc_fuzz::command_line`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| zirc_fuzz::command_line::check(data));
