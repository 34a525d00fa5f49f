//! The configured build that `zig build` keeps from 0.17 on: which of those in a cache directory is current,
//! and the map of modules that is in one.
//!
//! Such a file is what running `build.zig` came to. It has no magic and no version, so what it should be of
//! is told by whoever has it: it comes from a manifest whose name is made of the release's version
//! ([`current`]), or from a compiler that was asked for it. Every number in what is read is looked at before
//! it is followed, so a file of another layout mostly ends in an error: lengths that do not add up, kinds and
//! flags that nothing has.
//!
//! What is not in it: modules that no compile step reaches, and compile steps that no step reaches which
//! `zig build` lists.

mod arrays;
mod current;
mod error;
mod modules;
mod records;
mod steps;
#[cfg(test)]
mod tests;

use release::Release;

use crate::project::ModuleMap;
pub(super) use current::{Inputs, current, made_of};
use error::Error;
#[cfg(test)]
use error::{Problem, Unknown};
pub(super) use modules::BuildDirs;

use arrays::Arrays;
use modules::Mapper;
use records::File;

/// What is in a configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Configured {
    /// The modules.
    pub(super) map: ModuleMap,
    /// Whether it depends on what nobody can follow, a program's output for example: it holds for once only.
    pub(super) is_poisoned: bool,
}

/// Reads a configuration of `release`.
///
/// Modules that begin with a file which a step makes have the step's name, and the file's text where the
/// configuration has it: options without paths of files yet to be made, and files that a step writes alone
/// into a directory.
///
/// # Errors
/// If it is damaged, of another layout, of a release that has none, or has a name that is not UTF-8. Time and
/// memory are linear in its length, but for names, see
/// [`MAX_MODULE_MAP_LEN`](crate::limits::MAX_MODULE_MAP_LEN).
pub(super) fn read(
    bytes: &[u8],
    release: Release,
    dirs: &BuildDirs<'_>,
) -> Result<Configured, Error> {
    if !release.rules().configured_build_is_kept {
        return Err(Error::Release(release.as_str()));
    }
    let arrays = Arrays::parse(bytes, release.as_str())?;
    let file = File::new(arrays, release);
    let steps = steps::read(&file)?;
    let map = Mapper::new(&file, &steps, *dirs).run(release.as_str())?;
    Ok(Configured {
        map,
        is_poisoned: arrays.is_poisoned(),
    })
}
