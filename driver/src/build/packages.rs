//! The packages of a project: which are needed, and which files of theirs a build's configuration depends on.

use std::path::{Path, PathBuf};

use super::zig_dirs::ZigDirs;
use crate::environment::{Environment, layout};
use crate::graph::{Modules, Observer, Stores};
use crate::paths;
use crate::project::{Frame, Module, Place, each_package};

/// The packages of a project, itself included.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// The directories of those that are there, absolute.
    pub(super) dirs: Vec<PathBuf>,
    /// Where those are looked for that are not there, all places of each.
    pub(super) absent: Vec<PathBuf>,
    /// Those that are needed and not there: names and hashes.
    pub(super) missing: Vec<(String, String)>,
}

impl Packages {
    /// Those of the project in `root`, absolute. A `build.zig.zon` that is not understood lists none: `zig
    /// build` says what is wrong with it.
    pub(super) fn of(root: &Path, environment: &Environment) -> Packages {
        let global = ZigDirs::of(root, environment).packages();
        let rules = environment.choice.release.rules();
        let (place, archives) = match rules.packages_are_in_the_project {
            true => (Some(root.join(layout::PROJECT_PACKAGES)), global.as_deref()),
            false => (global.clone(), None),
        };
        let mut packages = Packages::default();
        each_package(&[root.to_owned()], |dir, dependencies| {
            let mut next = Vec::new();
            for dependency in dependencies.unwrap_or_default() {
                let hash = match dependency.place {
                    Place::Hash(hash) => hash,
                    Place::Path(path) => {
                        let path = paths::absolute(dir, &paths::from_bytes(&path));
                        match path.is_dir() {
                            true => next.push(path),
                            false => packages.absent.push(path),
                        }
                        continue;
                    }
                };
                let at = (place.as_ref()).map(|place| place.join(paths::from_bytes(&hash)));
                if let Some(dir) = at.as_ref().filter(|dir| dir.is_dir()) {
                    next.push(dir.clone());
                    continue;
                }
                packages.absent.extend(at);
                let hash = String::from_utf8_lossy(&hash).into_owned();
                let archive = archives.map(|dir| dir.join(format!("{hash}.tar.gz")));
                let is_packed = archive.is_some_and(|archive| archive.exists());
                if !is_packed && !dependency.is_lazy {
                    let name = String::from_utf8_lossy(&dependency.name);
                    packages.missing.push((name.into_owned(), hash));
                }
            }
            packages.dirs.push(dir.to_owned());
            next
        });
        packages
    }

    /// The build scripts with all that they import, and what the packages say of themselves. Where there is
    /// no such file, that joins `absent`.
    pub(super) fn inputs(
        &mut self,
        environment: &Environment,
        stores: &Stores,
        pool: &rayon::ThreadPool,
        observer: &dyn Observer,
    ) -> Vec<PathBuf> {
        let directories = environment.directories();
        let frame = Frame {
            directories: &directories,
            cwd: &environment.cwd,
            // What a release brings along is known by its `zig`.
            lib_dir: None,
            buffer: None,
            exclude: None,
        };
        let mut inputs = Vec::new();
        for dir in &self.dirs {
            let file = dir.join(layout::PACKAGE_FILE);
            match file.is_file() {
                true => inputs.push(file),
                false => self.absent.push(file),
            }
            let script = layout::build_script(dir);
            if !script.is_file() {
                self.absent.push(script);
                continue;
            }
            let main = Module::of_root_file("root", &paths::canonical(&environment.cwd, &script));
            let roots = main.root_src_path.iter().cloned().collect();
            let program = frame.program(Modules::new(main), roots);
            let graph = program.load(stores, pool, observer);
            let files = graph
                .files
                .into_iter()
                .filter(|(_, file)| file.used.is_some());
            inputs.extend(files.map(|(resolved, _)| paths::absolute(&environment.cwd, &resolved)));
        }
        inputs.sort();
        inputs.dedup();
        inputs
    }
}
