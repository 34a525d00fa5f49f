//! Where caches are: the reference's rules, under names of our own unless its own directories are wanted.

use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, owner};

use super::layout;

/// The two cache directories. Entries lie in `z/` below each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CacheDirs {
    /// For files of the main module.
    pub(crate) local: PathBuf,
    /// For all others.
    pub(crate) global: PathBuf,
}

/// What the user said about caches.
#[derive(Clone, Debug, Default)]
pub struct CacheFlags {
    /// `--cache-dir`.
    pub local: Option<PathBuf>,
    /// `--global-cache-dir`.
    pub global: Option<PathBuf>,
    /// `--share-zig-cache`.
    pub share: bool,
}

impl CacheDirs {
    /// The directories: flags first, then `ZIG_LOCAL_CACHE_DIR` and `ZIG_GLOBAL_CACHE_DIR`, then for the
    /// local one the folder of the nearest `build.zig`, for the global one `XDG_CACHE_HOME` and `HOME`, on
    /// Windows `LOCALAPPDATA`. Without a `build.zig` the global directory serves as both. `None` where not
    /// even a home is known.
    ///
    /// `env` answers for environment variables.
    pub(crate) fn find(
        flags: &CacheFlags,
        cwd: &Path,
        env: &dyn Fn(&str) -> Option<PathBuf>,
    ) -> Option<CacheDirs> {
        let env = |name: &str| env(name).filter(|value| !value.as_os_str().is_empty());
        // Inside a directory that the reference uses too, ours is a folder of its own.
        let inside = |dir: PathBuf| {
            if flags.share {
                dir
            } else {
                dir.join(layout::OWN)
            }
        };
        let app = layout::app_folder(flags.share);
        let global = flags
            .global
            .clone()
            .or_else(|| env("ZIG_GLOBAL_CACHE_DIR").map(inside))
            .or_else(|| user_caches(&env).map(|dir| dir.join(app)));
        let local = flags
            .local
            .clone()
            .or_else(|| env("ZIG_LOCAL_CACHE_DIR").map(inside))
            .or_else(|| {
                layout::project_root(cwd).map(|dir| dir.join(layout::local_folder(flags.share)))
            })
            .or_else(|| global.clone());
        Some(CacheDirs {
            local: local?,
            global: global?,
        })
    }
}

/// The variable that tells where a user's caches are, where no other one does.
pub(super) const USER_VARIABLE: &str = if cfg!(windows) {
    "LOCALAPPDATA"
} else {
    "HOME"
};

/// Where a user's caches are.
fn user_caches(env: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        return env(USER_VARIABLE);
    }
    env("XDG_CACHE_HOME").or_else(|| env(USER_VARIABLE).map(|home| home.join(".cache")))
}

/// Whether a directory that caches are to be kept in is a symbolic link that somebody else has put there: an
/// error that says so. A link is as good as a directory if it is ours, or belongs to the owner of the
/// directory that it is in; in one that many users write to, another's may lead anywhere.
pub(crate) fn refuse_foreign_link(dir: &Path) -> io::Result<()> {
    // What is not there, or cannot be looked at, is complained about by whoever needs it.
    let Ok(link) = Metadata::of_link(dir) else {
        return Ok(());
    };
    if !link.is_symlink() {
        return Ok(());
    }
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Where there is no `/proc` our own links are as good as others'.
    let owners = [parent, Path::new("/proc/self")];
    let is_owner = |path: &Path| Metadata::at(path).is_ok_and(|m| owner(&m) == owner(&link));
    match owners.into_iter().any(is_owner) {
        true => Ok(()),
        false => Err(io::Error::other("it is a symbolic link of another user")),
    }
}

#[cfg(test)]
mod tests {
    use fixtures::system;

    use super::*;

    fn find(flags: &CacheFlags, vars: &[(&str, &str)]) -> Option<(PathBuf, PathBuf)> {
        let env = |name: &str| {
            vars.iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| PathBuf::from(v))
        };
        CacheDirs::find(flags, Path::new("/nowhere/at/all"), &env)
            .map(|dirs| (dirs.local, dirs.global))
    }

    #[test]
    #[cfg_attr(windows, ignore = "has variables of Unix")]
    fn follows_the_reference_under_other_names() {
        let own = CacheFlags::default();
        let share = CacheFlags {
            share: true,
            ..CacheFlags::default()
        };
        let both = |dir: &str| Some((PathBuf::from(dir), PathBuf::from(dir)));
        assert_eq!(find(&own, &[("HOME", "/h")]), both("/h/.cache/zirc"));
        assert_eq!(find(&share, &[("HOME", "/h")]), both("/h/.cache/zig"));
        assert_eq!(
            find(&own, &[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]),
            both("/x/zirc")
        );
        assert_eq!(
            find(&own, &[("HOME", "/h"), ("XDG_CACHE_HOME", "")]),
            both("/h/.cache/zirc")
        );
        assert_eq!(find(&share, &[("ZIG_GLOBAL_CACHE_DIR", "/g")]), both("/g"));
        assert_eq!(
            find(&own, &[("ZIG_GLOBAL_CACHE_DIR", "/g")]),
            both("/g/zirc")
        );
        assert_eq!(
            find(
                &share,
                &[
                    ("ZIG_GLOBAL_CACHE_DIR", "/g"),
                    ("ZIG_LOCAL_CACHE_DIR", "/l")
                ]
            ),
            Some(("/l".into(), "/g".into()))
        );
        let flags = CacheFlags {
            local: Some("a".into()),
            global: Some("b".into()),
            share: false,
        };
        assert_eq!(
            find(&flags, &[("ZIG_LOCAL_CACHE_DIR", "/l")]),
            Some(("a".into(), "b".into()))
        );
        assert_eq!(find(&own, &[]), None);
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants users and their rights, symbolic links")]
    fn links_of_other_users() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::create_dir(path("real")).unwrap();
        system::symlink("real", path("own")).unwrap();
        for good in ["real", "own", "not there", "own/below"] {
            refuse_foreign_link(&path(good)).unwrap();
        }
        // Only the superuser can make one.
        if system::give_to_nobody(path("own")).is_ok() {
            let error = refuse_foreign_link(&path("own")).unwrap_err();
            assert_eq!(error.to_string(), "it is a symbolic link of another user");
        }
    }

    #[test]
    fn the_nearest_build_script_holds_the_local_directory() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(dir.path().join("build.zig"), "").unwrap();
        let (variable, global) = match cfg!(windows) {
            true => ("LOCALAPPDATA", "/h/zirc"),
            false => ("HOME", "/h/.cache/zirc"),
        };
        let env = |name: &str| (name == variable).then(|| PathBuf::from("/h"));
        let dirs = CacheDirs::find(&CacheFlags::default(), &deep, &env).unwrap();
        assert_eq!(dirs.local, dir.path().join(".zirc-cache"));
        assert_eq!(dirs.global, Path::new(global));
    }
}
