//! Where we are: the working directory, the lib directory and its release, the cache directories, and what lies where below
//! them. What is to be told about it is returned, not printed.

mod cache_dirs;
pub(crate) mod layout;
mod lib_dir;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "whoever finds the lib directory asks it next")
)]
mod lib_release;

use std::path::{Path, PathBuf};

pub use cache_dirs::CacheFlags;
pub(crate) use cache_dirs::{CacheDirs, refuse_foreign_link};
pub(crate) use lib_dir::{NOT_FOUND, find as find_lib_dir};

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
            cwd,
            lib_dir,
            dirs,
            shared: options.cache.share,
            notes,
            warnings,
        })
    }

    /// The directories of entries, local and global: `None` for one that is not to be used, which is warned of.
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
