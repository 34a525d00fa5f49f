//! Command lines.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// Each line is an argument. Whatever they are, zirc would either act on them or has a text to print instead.
/// Nothing is run.
///
/// # Panics
/// If not.
pub fn check(lines: &[u8]) {
    let args = lines
        .split(|byte| *byte == b'\n')
        .map(|line| OsString::from_vec(line.to_vec()));
    let all = std::iter::once(OsString::from("zirc")).chain(args);
    if let Err(text) = driver::cli::check_args(all) {
        assert!(!text.is_empty());
    }
}
