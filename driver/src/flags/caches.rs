//! Which cache directories a verb of `zirc cache` is about.

use std::path::{Path, PathBuf};

use cache_store::file::real_path;
use clap::Args;

use super::{CacheDirFlags, LibFlag};
use crate::environment::{self, CacheDirs};
use crate::inventory::CacheDir;
use crate::output::terminal::say;
use crate::{Error, paths};

/// Cache directories by name, or those that are found.
#[derive(Args, Debug)]
pub(crate) struct CachesArgs {
    /// Cache directories, of zirc or of Zig, local or global. Otherwise those of both that a check and a
    /// build here would use.
    #[arg(value_name = "DIR")]
    named: Vec<PathBuf>,
    #[command(flatten)]
    dirs: CacheDirFlags,
    #[command(flatten)]
    pub(crate) lib: LibFlag,
}

impl CachesArgs {
    /// The directories, those of zirc's own within Zig's among them.
    ///
    /// # Errors
    /// If one that was named is no cache, or none is found.
    pub(crate) fn open(&self) -> Result<Vec<CacheDir>, Error> {
        let cwd = environment::working_dir()?;
        let own = self.dirs.resolve(false);
        let mut named = self.named.clone();
        named.extend(own.local.clone());
        named.extend(own.global.clone());
        let mut found: Vec<CacheDir> = Vec::new();
        let mut add = |dirs: Vec<CacheDir>| {
            let is_same = |a: &Path, b: &Path| match (real_path(a), real_path(b)) {
                (Ok(a), Ok(b)) => a == b,
                _ => a == b,
            };
            for dir in dirs {
                if !found.iter().any(|other| is_same(&other.path, &dir.path)) {
                    found.push(dir);
                }
            }
        };
        for path in &named {
            add(CacheDir::open_with_own(path)?);
        }
        if named.is_empty() {
            let looked_in = self.known(&cwd);
            for path in looked_in.iter().filter(|path| path.is_dir()) {
                match CacheDir::open_with_own(path) {
                    Ok(dirs) => add(dirs),
                    // Nobody asked for it.
                    Err(error) => say(format_args!("note: {error}")),
                }
            }
            if found.is_empty() {
                let looked_in: Vec<String> = looked_in.iter().map(|d| paths::display(d)).collect();
                let error = format!(
                    "there is no cache directory: none of {}",
                    looked_in.join(", ")
                );
                return Err(Error::Usage(error));
            }
        }
        Ok(found)
    }

    /// The directories that a check and a build would use here, whether they are there or not.
    pub(crate) fn known(&self, cwd: &Path) -> Vec<PathBuf> {
        let mut known = Vec::new();
        for dirs in self.sets(cwd) {
            for dir in [dirs.local, dirs.global] {
                if !known.contains(&dir) {
                    known.push(dir);
                }
            }
        }
        known
    }

    /// The same in pairs: zirc's, and Zig's.
    pub(crate) fn sets(&self, cwd: &Path) -> Vec<CacheDirs> {
        let sets = [false, true].into_iter();
        sets.filter_map(|share| {
            CacheDirs::find(&self.dirs.resolve(share), cwd, &environment::variable)
        })
        .collect()
    }
}
