//! Where we are: the working directory, the lib directory and its release, the cache directories, and what
//! lies where below them. What is to be told about it is returned, not printed.

mod cache_dirs;
mod choice;
pub(crate) mod layout;
mod lib_dir;
mod lib_release;
mod minimum;
mod zig_exe;

use std::path::{Path, PathBuf};

use cache_store::{Directories, Root};
use release::Release;

pub use cache_dirs::CacheFlags;
use cache_dirs::USER_VARIABLE;
pub(crate) use cache_dirs::{CacheDirs, refuse_foreign_link};
pub use choice::{Choice, ReleaseFrom};
pub use lib_dir::LibArg;
pub(crate) use lib_dir::{Lib, LibSource, NOT_FOUND, first as find_lib_dir, split_version};

use crate::{Error, paths};
use choice::Chosen;
use lib_dir::Effort;

/// What the user said about where things are.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentOptions {
    /// `--zig-version`.
    pub zig_version: Option<Release>,
    /// Whether it is the settings that name the release, or releases.
    pub is_release_of_settings: bool,
    /// Each `--zig-lib-dir`.
    pub zig_lib_dirs: Vec<LibArg>,
    /// Where caches are.
    pub cache: CacheFlags,
    /// `--zig`.
    pub zig: Option<PathBuf>,
    /// Use no cache.
    pub no_cache: bool,
    /// `--build-root`.
    pub build_root: Option<PathBuf>,
    /// What the user is to be told already.
    pub notes: Vec<String>,
    /// What the user is to be warned of already.
    pub warnings: Vec<String>,
}

impl EnvironmentOptions {
    /// The lib directories that are named, or that of the `zig` that is.
    fn lib_args(&self, cwd: &Path) -> Result<Vec<LibArg>, Error> {
        match &self.zig {
            Some(zig) if self.zig_lib_dirs.is_empty() => {
                let dir = zig_exe::lib_dir_of_named(&zig_exe::named(zig, cwd)?)?;
                Ok(vec![LibArg { release: None, dir }])
            }
            _ => Ok(self.zig_lib_dirs.clone()),
        }
    }
}

/// Where things are.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// The release of Zig that programs are checked as.
    pub(crate) choice: Choice,
    /// The working directory, absolute.
    pub(crate) cwd: PathBuf,
    /// The lib directory, if there is one of that release.
    pub(crate) lib_dir: Option<PathBuf>,
    /// Whether what is in it is known. Errors in one that is not are not the program's.
    pub(crate) lib_is_known: bool,
    /// The `zig` that is named, absolute.
    pub(crate) zig: Option<PathBuf>,
    /// The cache directories, if there are to be any.
    pub(crate) dirs: Option<CacheDirs>,
    /// The directory of the build.
    pub(crate) build_root: PathBuf,
    /// Whether those are the reference's own.
    pub(crate) shared: bool,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
    /// What is wrong with the cache.
    pub(crate) warnings: Vec<String>,
}

impl Environment {
    /// Finds out, for a program of one release. `path` is what is checked, if anything is named.
    ///
    /// # Errors
    /// If there is no working directory, or a lib directory was named that is none, or the release that
    /// follows is not understood here.
    pub(crate) fn find(
        options: &EnvironmentOptions,
        path: Option<&Path>,
    ) -> Result<Environment, Error> {
        let cwd = working_dir()?;
        let near = choice::near(path, &cwd);
        let chosen = choice::choose(
            options.zig_version,
            &options.lib_args(&cwd)?,
            &near,
            &cwd,
            Effort::Ask,
        )?;
        Environment::of(options, &cwd, chosen)
    }

    /// Finds out for each of several releases.
    ///
    /// # Errors
    /// As [`Environment::find`].
    pub(crate) fn find_each(
        options: &EnvironmentOptions,
        releases: &[Release],
    ) -> Result<Vec<Environment>, Error> {
        let cwd = working_dir()?;
        let libs = choice::at_hand(&options.lib_args(&cwd)?, releases, &cwd)?;
        let releases = releases.iter();
        let environment = |&release| {
            let chosen = choice::choose_among(release, &libs);
            Environment::of(options, &cwd, chosen)
        };
        releases.map(environment).collect()
    }

    fn of(options: &EnvironmentOptions, cwd: &Path, chosen: Chosen) -> Result<Environment, Error> {
        let Chosen {
            mut choice,
            lib,
            notes,
        } = chosen;
        if choice.from == ReleaseFrom::Flag && options.is_release_of_settings {
            choice.from = ReleaseFrom::Settings;
        }
        if let Some(dir) = &options.build_root {
            std::fs::read_dir(dir)
                .map_err(|error| Error::path("open build root directory", dir, error))?;
        }
        let mut warnings = options.warnings.clone();
        let dirs = match options.no_cache {
            true => None,
            false => {
                let dirs = CacheDirs::find(&options.cache, cwd, &variable);
                if dirs.is_none() {
                    warnings.push(format!(
                        "no cache directory is known ({USER_VARIABLE} is not set): nothing is cached"
                    ));
                }
                dirs
            }
        };
        Ok(Environment {
            choice,
            cwd: cwd.to_owned(),
            zig: (options.zig.as_deref())
                .map(|zig| zig_exe::named(zig, cwd))
                .transpose()?,
            lib_is_known: lib.as_ref().is_none_or(choice::is_known),
            lib_dir: lib.map(|lib| lib.dir),
            dirs,
            build_root: options.build_root.clone().unwrap_or_else(|| cwd.to_owned()),
            shared: options.cache.share,
            notes: [options.notes.clone(), notes].concat(),
            warnings,
        })
    }

    /// The `zig` to run for programs of this release: the one that is named, else that of the lib directory,
    /// else the one on `PATH`.
    pub(crate) fn zig(&self) -> Option<PathBuf> {
        let zig = self.zig.clone();
        zig.or_else(|| zig_exe::find(self.lib_dir.as_deref(), &self.cwd))
    }

    /// What canonical paths begin at.
    pub(crate) fn directories(&self) -> Directories {
        let dirs = self.dirs.as_ref();
        let known = [
            (Root::ZigLib, self.lib_dir.as_ref()),
            (Root::GlobalCache, dirs.map(|dirs| &dirs.global)),
            (Root::LocalCache, dirs.map(|dirs| &dirs.local)),
            (Root::BuildRoot, Some(&self.build_root)),
        ];
        let known: Vec<_> = (known.into_iter())
            .filter_map(|(root, path)| Some((root, paths::bytes(path?))))
            .collect();
        Directories::new(self.choice.release, paths::bytes(&self.cwd), &known)
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
}

/// The release that single files are checked as: `asked`, which is `--zig-version`, or what follows from
/// where `path` is, the working directory if there is none.
///
/// # Errors
/// If there is no working directory, or the project wants a release that is not understood here.
pub(crate) fn release_for_files(
    asked: Option<Release>,
    path: Option<&Path>,
) -> Result<Choice, Error> {
    if let Some(release) = asked {
        let from = ReleaseFrom::Flag;
        return Ok(Choice { release, from });
    }
    let cwd = working_dir()?;
    Ok(choice::choose_for_files(&choice::near(path, &cwd), &cwd))
}

/// Whether there is a `zig` of that path, or of that name on `PATH`.
pub(crate) fn has_zig(name: &Path) -> bool {
    working_dir().is_ok_and(|cwd| zig_exe::named(name, &cwd).is_ok())
}

/// The lib directories that are at hand, of whichever releases.
///
/// # Errors
/// If there is no working directory, or one is named that is none.
pub(crate) fn libs_at_hand(args: &[LibArg]) -> Result<Vec<Lib>, Error> {
    choice::at_hand(args, Release::ALL, &working_dir()?)
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
