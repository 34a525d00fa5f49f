//! A directory for the targets that need files.

use std::fs;
use std::path::{Path, PathBuf};

/// A lib directory in `dir`, so that no program is started to find one.
pub(crate) fn lib_dir(dir: &Path) -> PathBuf {
    let lib = dir.join("lib");
    fs::create_dir_all(lib.join("std")).expect("the directory is ours");
    fs::write(lib.join("std/std.zig"), "").expect("the directory is ours");
    lib
}

/// A directory of this process, in memory where there is such a place. What ends the process leaves it
/// behind; it is small, and the next process with the same number empties it.
pub(crate) fn scratch(target: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    let dir = base.join(format!("zirc-fuzz-{target}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap_or_else(|err| panic!("{}: {err}", dir.display()));
    dir
}
