//! Where Zig keeps what belongs to a project.

use std::path::{Path, PathBuf};

use super::configuration::{BuildDirs, Inputs};
use crate::environment::layout::Kind;
use crate::environment::{CacheDirs, CacheFlags, Environment, layout, variable};
use crate::paths;

/// Zig's own directories for a project, absolute.
pub(super) struct ZigDirs {
    build_root: PathBuf,
    local_cache: PathBuf,
    global_cache: Option<PathBuf>,
    zig_exe: Option<PathBuf>,
    lib: Option<PathBuf>,
}

impl ZigDirs {
    /// Those of the project in `root`, absolute, where `zig build` runs in it.
    pub(super) fn of(root: &Path, environment: &Environment) -> ZigDirs {
        let flags = CacheFlags {
            share: true,
            ..CacheFlags::default()
        };
        let caches = CacheDirs::find(&flags, root, &variable);
        let (local, global) = caches.map(|caches| (caches.local, caches.global)).unzip();
        let local = local.unwrap_or_else(|| root.join(layout::local_folder(true)));
        let cwd = &environment.cwd;
        ZigDirs {
            local_cache: paths::absolute(root, &local),
            global_cache: global.map(|dir| paths::absolute(root, &dir)),
            zig_exe: environment.zig().map(|exe| paths::absolute(cwd, &exe)),
            lib: (environment.lib_dir.as_deref()).map(|dir| paths::absolute(cwd, dir)),
            build_root: root.to_owned(),
        }
    }

    /// The same, where `zig build` ran in `working_dir`.
    pub(super) fn at<'a>(&'a self, working_dir: Option<&'a Path>) -> BuildDirs<'a> {
        BuildDirs {
            build_root: &self.build_root,
            working_dir,
            local_cache: &self.local_cache,
            global_cache: self.global_cache.as_deref(),
            zig_exe: self.zig_exe.as_deref(),
            lib: self.lib.as_deref(),
        }
    }

    /// Where zig keeps packages of all projects, if that is known.
    pub(super) fn packages(&self) -> Option<PathBuf> {
        let global = self.global_cache.as_ref()?;
        Some(global.join(Kind::Packages.folder()))
    }

    /// Where zig has files that it has not put in their places.
    pub(super) fn temporary(&self) -> PathBuf {
        self.local_cache.join(Kind::Temporary.folder())
    }

    /// The inputs of a configured build that a manifest of ours can have: but for those in the lib directory,
    /// which the compiler stands for, and in caches, where everything has its content's name. `None` if it
    /// cannot have them.
    pub(super) fn kept_inputs(&self, inputs: Inputs) -> Option<Vec<PathBuf>> {
        let apart = [
            self.lib.as_ref(),
            self.global_cache.as_ref(),
            Some(&self.local_cache),
        ];
        let is_own = |path: &PathBuf| !apart.iter().flatten().any(|dir| path.starts_with(dir));
        let paths = inputs.paths.into_iter().filter(is_own);
        inputs.are_contents.then(|| paths.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_inputs_are_kept() {
        let zig_dirs = ZigDirs {
            build_root: "/p".into(),
            local_cache: "/p/.zig-cache".into(),
            global_cache: Some("/global".into()),
            zig_exe: None,
            lib: Some("/lib".into()),
        };
        let paths = [
            "/p/build.zig",
            "/p/.zig-cache/o/x",
            "/global/b",
            "/lib/std.zig",
            "/p/a",
        ];
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let kept = |are_contents| {
            let paths = paths.clone();
            zig_dirs.kept_inputs(Inputs {
                paths,
                are_contents,
            })
        };
        assert_eq!(kept(true), Some(vec!["/p/build.zig".into(), "/p/a".into()]));
        // A manifest of lines has no directories.
        assert_eq!(kept(false), None);
    }
}
