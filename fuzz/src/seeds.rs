//! Seeds for the targets that take bytes: IR of the fixtures.

use std::fs;
use std::path::PathBuf;

use fixtures::Input;
use syntax::Release;

use crate::by_release::numbered;

/// The environment variable that names the directory for them.
pub const DIR: &str = "ZIRC_FUZZ_SEEDS";

/// No seed is longer.
const MAX_LEN: usize = 8 << 10;

/// Writes a seed for each fixture, as `make` makes it for one generation or another, into the directory that
/// [`DIR`] names if it names one. To be called before libFuzzer reads its corpus.
///
/// # Panics
/// If a seed cannot be written, or there is none.
pub fn write(folder: &str, make: impl Fn(&Input, Release) -> Vec<u8>) {
    let Some(dir) = std::env::var_os(DIR).map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&dir).unwrap_or_else(|err| panic!("{}: {err}", dir.display()));
    let mut count = 0;
    for (number, input) in fixtures::inputs(folder).enumerate() {
        let seed = make(&input, numbered(number));
        if seed.len() <= MAX_LEN {
            let path = dir.join(input.name.replace('/', "-"));
            fs::write(&path, seed).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
            count += 1;
        }
    }
    assert!(count > 0, "no seeds");
}
