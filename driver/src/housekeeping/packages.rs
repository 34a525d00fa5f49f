//! Which packages projects refer to.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::environment::layout::{self, Kind};
use crate::limits::MAX_PROJECTS;
use crate::paths;
use crate::project::{Place, each_package};

/// What projects refer to, and the packages that they refer to in turn.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    /// Their hashes. `None` where nobody said which projects there are.
    used: Option<HashSet<Vec<u8>>>,
    /// Why it is not known what is used, if it is not.
    pub(crate) unknown: Vec<String>,
}

impl Packages {
    /// Of these projects, with their packages in `p/` of these cache directories, or below the projects.
    pub(crate) fn of(projects: &[PathBuf], caches: &[PathBuf]) -> Packages {
        if projects.is_empty() {
            return Packages::default();
        }
        let mut unknown = Vec::new();
        let mut used = HashSet::new();
        let all = each_package(projects, |dir, dependencies| {
            let mut next = Vec::new();
            let dependencies = dependencies.unwrap_or_else(|why| {
                let file = paths::display(&dir.join(layout::PACKAGE_FILE));
                unknown.push(format!("'{file}': {why}"));
                Vec::new()
            });
            for dependency in dependencies {
                match dependency.place {
                    Place::Path(path) => next.push(dir.join(paths::from_bytes(&path))),
                    Place::Hash(hash) => {
                        let name = paths::from_bytes(&hash);
                        let places = projects
                            .iter()
                            .map(|dir| dir.join(layout::PROJECT_PACKAGES));
                        let places = places
                            .chain(caches.iter().map(|dir| dir.join(Kind::Packages.folder())));
                        let found = places.map(|dir| dir.join(&name)).find(|dir| dir.is_dir());
                        let archive = format!("{}.tar.gz", String::from_utf8_lossy(&hash));
                        let is_packed = caches
                            .iter()
                            .any(|dir| dir.join(Kind::Packages.folder()).join(&archive).exists());
                        match found {
                            Some(found) => next.push(found),
                            // What is not there at all refers to nothing.
                            None if is_packed => unknown.push(format!("'{archive}' is packed")),
                            None => {}
                        }
                        used.insert(hash);
                    }
                }
            }
            next
        });
        if !all {
            unknown.push(format!("more than {MAX_PROJECTS} packages"));
        }
        Packages {
            used: Some(used),
            unknown,
        }
    }

    /// Whether it is not known what is used.
    pub(crate) fn is_unknown(&self) -> bool {
        self.used.is_none() || !self.unknown.is_empty()
    }

    /// Whether it is known of a package in `p/` that nobody refers to it.
    pub(super) fn is_unused(&self, package: Option<&Path>) -> bool {
        let name = package.and_then(Path::file_name);
        let (Some(used), Some(name), false) = (&self.used, name, self.is_unknown()) else {
            return false;
        };
        let name = paths::bytes(Path::new(name));
        let hash = name.strip_suffix(b".tar.gz").unwrap_or(name);
        !used.contains(hash)
    }
}
