//! Where we are: the working directory, the lib directory and its release, the cache directories, and what
//! lies where below them. What is to be told about it is returned, not printed.

mod cache_dirs;
pub(crate) mod layout;
mod lib_dir;
mod lib_release;

use std::path::{Path, PathBuf};

use release::Release;

pub use cache_dirs::CacheFlags;
pub(crate) use cache_dirs::{CacheDirs, refuse_foreign_link};
pub(crate) use lib_dir::{NOT_FOUND, find as find_lib_dir};
use lib_release::{LibRelease, release_of, supported};
pub(crate) use lib_release::{LibStamp, stamp_of};

use crate::Error;

/// What the user said about where things are.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentOptions {
    /// `--zig-lib-dir`.
    pub zig_lib_dir: Option<PathBuf>,
    /// Where caches are.
    pub cache: CacheFlags,
    /// Use no cache.
    pub no_cache: bool,
}

/// Where things are.
#[derive(Debug)]
pub(crate) struct Environment {
    /// The release of Zig that programs are loaded as.
    pub(crate) release: Release,
    /// The working directory, absolute.
    pub(crate) cwd: PathBuf,
    /// The lib directory, if there is one.
    pub(crate) lib_dir: Option<PathBuf>,
    /// The cache directories, if there are to be any.
    pub(crate) dirs: Option<CacheDirs>,
    /// Whether those are the reference's own.
    pub(crate) shared: bool,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
    /// What is wrong with the cache.
    pub(crate) warnings: Vec<String>,
}

impl Environment {
    /// Finds out.
    ///
    /// # Errors
    /// If there is no working directory, or a lib directory was named that is none.
    pub(crate) fn find(options: &EnvironmentOptions) -> Result<Environment, Error> {
        let cwd = working_dir()?;
        let mut notes = Vec::new();
        let mut warnings = Vec::new();
        let lib_dir = find_lib_dir(options.zig_lib_dir.as_deref(), &cwd)?;
        if lib_dir.is_none() {
            notes.push(format!(
                "std was not found ({NOT_FOUND}): only the program's own files are checked"
            ));
        }
        let dirs = match options.no_cache {
            true => None,
            false => {
                let dirs = CacheDirs::find(&options.cache, &cwd, &variable);
                if dirs.is_none() {
                    let warning =
                        "no cache directory is known (HOME is not set): nothing is cached";
                    warnings.push(warning.to_owned());
                }
                dirs
            }
        };
        Ok(Environment {
            release: Release::V0_14_1,
            cwd,
            lib_dir,
            dirs,
            shared: options.cache.share,
            notes,
            warnings,
        })
    }

    /// The directories of entries, local and global: `None` for one that is not to be used, which is warned
    /// of.
    pub(crate) fn entry_dirs(&mut self) -> [Option<PathBuf>; 2] {
        let Some(dirs) = &self.dirs else {
            return [None, None];
        };
        let mut usable = |dir: &Path| {
            let entries = layout::entries(dir);
            for dir in [dir, &entries] {
                if let Err(error) = refuse_foreign_link(dir) {
                    let dir = dir.display();
                    let warning = format!("unable to use cache directory '{dir}': {error}");
                    if !self.warnings.contains(&warning) {
                        self.warnings.push(warning);
                    }
                    return None;
                }
            }
            Some(entries)
        };
        [usable(&dirs.local), usable(&dirs.global)]
    }

    /// Whether the lib directory, if there is one, is of a release that is understood here. Files of it are
    /// read.
    ///
    /// # Errors
    /// If it is known to be of another release.
    pub(crate) fn knows_lib_release(&self) -> Result<bool, Error> {
        match &self.lib_dir {
            Some(dir) => is_known(dir, release_of(dir)),
            None => Ok(true),
        }
    }
}

fn is_known(dir: &Path, release: LibRelease) -> Result<bool, Error> {
    match release {
        LibRelease::Supported(_) => Ok(true),
        LibRelease::Unknown => Ok(false),
        LibRelease::Unsupported(release) => {
            let known = supported().collect::<Vec<_>>().join(" and ");
            let newest = supported().next_back().unwrap_or_default();
            Err(Error::Usage(format!(
                "the lib directory '{}' is of Zig {release}, and this is zirc {}, which knows Zig {known}: name one \
                 of {known} with --zig-lib-dir or ZIG_LIB_DIR (the Python package ziglang {newest} has one)",
                dir.display(),
                env!("CARGO_PKG_VERSION"),
            )))
        }
    }
}

/// The working directory.
///
/// # Errors
/// If it cannot be found out.
pub(crate) fn working_dir() -> Result<PathBuf, Error> {
    std::env::current_dir()
        .map_err(|error| Error::path("find the working directory", Path::new("."), error))
}

/// The value of an environment variable, as a path.
pub(crate) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_that_is_not_understood_is_named() {
        let judge = |release| is_known(Path::new("/z/lib"), release).map_err(|e| e.to_string());
        assert_eq!(judge(LibRelease::Supported("0.14.1")), Ok(true));
        assert_eq!(judge(LibRelease::Unknown), Ok(false));
        let error = judge(LibRelease::Unsupported("0.15.2")).unwrap_err();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            error,
            format!(
                "the lib directory '/z/lib' is of Zig 0.15.2, and this is zirc {version}, which knows Zig 0.14.0 and 0.14.1: \
                 name one of 0.14.0 and 0.14.1 with --zig-lib-dir or ZIG_LIB_DIR (the Python package ziglang 0.14.1 has one)"
            )
        );
    }
}
