//! Which `zig` is meant where one is to be run.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};

use super::lib_dir::{lib_dir_of, on_path};
use crate::{Error, paths};
use cache_store::file::is_separator;

/// The `zig` that is named on the command line: a path, or the name of one on `PATH`.
///
/// # Errors
/// If there is none.
pub(crate) fn named(name: &Path, cwd: &Path) -> Result<PathBuf, Error> {
    let is_name = name.components().count() == 1
        && !paths::bytes(name).iter().any(|&byte| is_separator(byte));
    let found = match is_name {
        true => on_path(&name.to_string_lossy()).next(),
        false => Some(paths::absolute(cwd, name)),
    };
    found.filter(|exe| exe.is_file()).ok_or_else(|| {
        let place = if is_name { " on PATH" } else { "" };
        Error::Usage(format!(
            "--zig names '{}', and there is no such file{place}",
            name.display()
        ))
    })
}

/// The lib directory of a `zig` that is named.
///
/// # Errors
/// If it has none.
pub(super) fn lib_dir_of_named(exe: &Path) -> Result<PathBuf, Error> {
    lib_dir_of(exe, super::lib_dir::Effort::Ask).ok_or_else(|| {
        Error::Usage(format!(
            "--zig names '{}', and its lib directory was not found: is it a compiler of Zig?",
            exe.display()
        ))
    })
}

/// The `zig` that a lib directory belongs to: beside it, in its folder `bin`, or above it.
fn of_lib_dir(lib_dir: &Path) -> Option<PathBuf> {
    let above = lib_dir.ancestors().skip(1).take(2);
    let places = above
        .flat_map(|dir| ["zig", "bin/zig"].map(|place| dir.join(format!("{place}{EXE_SUFFIX}"))));
    places.into_iter().find(|place| place.is_file())
}

/// The `zig` to run for programs that use a lib directory: its own, else the one on `PATH`.
pub(super) fn find(lib_dir: Option<&Path>, cwd: &Path) -> Option<PathBuf> {
    let lib_dir = lib_dir.map(|dir| paths::absolute(cwd, dir));
    let own = lib_dir.as_deref().and_then(of_lib_dir);
    own.or_else(|| on_path("zig").next())
}
