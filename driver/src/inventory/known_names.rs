//! Which release an entry of the reference's is of: nothing in it tells, but its name does, where it is the
//! one that a release gives to a file that is known.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cache_store::{Directories, ModuleRoot, Root, entry_name, resolve_path};
use release::Release;

use super::holdings::project_of;
use crate::{input, paths};

/// Names of the entries that files would have, and the releases that would give them.
#[derive(Debug, Default)]
pub(crate) struct KnownNames(HashMap<String, Release>);

impl KnownNames {
    /// Of the files of a lib directory and of the project that a cache directory is in. `cwd` is absolute.
    pub(crate) fn of(dir: &Path, cwd: &Path, lib: Option<&Path>) -> KnownNames {
        let absolute = |path: &Path| paths::absolute(cwd, path);
        let dir = absolute(dir);
        let project = project_of(&dir);
        let lib = lib.map(absolute);
        let files = |dir: Option<&Path>| dir.map(files_below).unwrap_or_default();
        let bases = [
            (lib.as_deref(), files(lib.as_deref()), true),
            (project, files(project), false),
        ];
        let mut names = HashMap::new();
        for &release in Release::ALL {
            let mut add = |name: cache_store::EntryName| {
                names.insert(name.as_str().to_owned(), release);
            };
            let base = project.unwrap_or(cwd);
            let roots = [
                (Root::ZigLib, lib.as_deref()),
                (Root::LocalCache, Some(&*dir)),
                (Root::BuildRoot, project),
            ];
            let roots: Vec<(Root, &[u8])> = (roots.into_iter())
                .filter_map(|(root, path)| Some((root, paths::bytes(path?))))
                .collect();
            let directories = Directories::new(release, paths::bytes(base), &roots);
            let is_canonical = release.rules().files_are_canonical_paths;
            for (base_dir, files, is_lib) in &bases {
                let Some(base_dir) = base_dir else { continue };
                let root_dir = resolve_path(paths::bytes(base), paths::bytes(base_dir));
                for file in files {
                    if is_canonical {
                        let path = base_dir.join(file);
                        add(directories.entry_name(&directories.canonical(paths::bytes(&path))));
                        continue;
                    }
                    // The root of its module may be any directory above it.
                    for above in file.ancestors().skip(1) {
                        let below = paths::bytes(file.strip_prefix(above).unwrap_or(file));
                        add(entry_name(release, ModuleRoot::Main, below));
                        if *is_lib {
                            let module = ModuleRoot::Other {
                                root_dir: Some(&root_dir),
                                sub_path: paths::bytes(above),
                            };
                            add(entry_name(release, module, below));
                        }
                    }
                }
            }
        }
        KnownNames(names)
    }

    /// The release that gives this name to a file.
    pub(super) fn release_of(&self, name: &Path) -> Option<Release> {
        self.0.get(name.to_str()?).copied()
    }
}

/// What cannot be read has no names.
fn files_below(dir: &Path) -> Vec<PathBuf> {
    input::scan(dir, None).unwrap_or_default()
}
