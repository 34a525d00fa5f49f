//! Which packages projects refer to.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use release::Release;
use syntax::{Ast, Mode};
use zoir::Node;

use crate::environment::layout::{self, Kind};
use crate::limits::{MAX_PACKAGE_FILE_LEN, MAX_PROJECTS};
use crate::paths;

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
        let mut seen = HashSet::new();
        let mut pending: Vec<PathBuf> = projects.to_vec();
        while let Some(dir) = pending.pop() {
            let canonical = dir.canonicalize().unwrap_or_else(|_| dir.clone());
            if !seen.insert(canonical) {
                continue;
            }
            if seen.len() > MAX_PROJECTS {
                unknown.push(format!("more than {MAX_PROJECTS} packages"));
                break;
            }
            let file = dir.join(layout::PACKAGE_FILE);
            let dependencies = match dependencies_of(&file) {
                Ok(dependencies) => dependencies,
                Err(why) => {
                    unknown.push(format!("'{}': {why}", paths::display(&file)));
                    continue;
                }
            };
            for dependency in dependencies {
                match dependency {
                    Dependency::Path(path) => pending.push(dir.join(paths::from_bytes(&path))),
                    Dependency::Hash(hash) => {
                        let name = paths::from_bytes(&hash);
                        let places = projects
                            .iter()
                            .map(|dir| dir.join(layout::PROJECT_PACKAGES));
                        let places = places
                            .chain(caches.iter().map(|dir| dir.join(Kind::Packages.folder())));
                        let found = places.map(|dir| dir.join(name)).find(|dir| dir.is_dir());
                        let archive = format!("{}.tar.gz", String::from_utf8_lossy(&hash));
                        let is_packed = caches
                            .iter()
                            .any(|dir| dir.join(Kind::Packages.folder()).join(&archive).exists());
                        match found {
                            Some(found) => pending.push(found),
                            // What is not there at all refers to nothing.
                            None if is_packed => unknown.push(format!("'{archive}' is packed")),
                            None => {}
                        }
                        used.insert(hash);
                    }
                }
            }
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

enum Dependency {
    Hash(Vec<u8>),
    Path(Vec<u8>),
}

/// The dependencies that a `build.zig.zon` lists. One that is not there lists none.
fn dependencies_of(file: &Path) -> Result<Vec<Dependency>, String> {
    match fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.to_string()),
        Ok(metadata) if metadata.len() > MAX_PACKAGE_FILE_LEN => return Err("too long".to_owned()),
        Ok(_) => {}
    }
    let source = SourceFile::open(file).map_err(|error| error.to_string())?;
    let source = source.into_bytes().map_err(|error| error.to_string())?;
    dependencies_in(&source).ok_or_else(|| "not understood".to_owned())
}

fn dependencies_in(source: &[u8]) -> Option<Vec<Dependency>> {
    // What has to be understood of it reads alike in all releases.
    let tree = Ast::parse(source, Mode::Zon, Release::NEWEST);
    let zoir = zongen::generate(&tree, zongen::Options::default());
    let view = zoir.view();
    let fields = |node: Node<'_>| -> Option<Vec<(Vec<u8>, zoir::NodeIndex)>> {
        match node {
            Node::Struct(fields) => (0..)
                .zip(fields.names.iter())
                .map(|(place, name)| Some((name.to_vec(), fields.values.get(place)?)))
                .collect(),
            Node::Empty => Some(Vec::new()),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for (name, value) in fields(view.root()?)? {
        if name != b"dependencies" {
            continue;
        }
        for (_, dependency) in fields(view.node(value)?)? {
            for (name, value) in fields(view.node(dependency)?)? {
                match (&*name, view.node(value)?) {
                    (b"hash", Node::String(hash)) => found.push(Dependency::Hash(hash.to_vec())),
                    (b"path", Node::String(path)) => found.push(Dependency::Path(path.to_vec())),
                    (b"hash" | b"path", _) => return None,
                    _ => {}
                }
            }
        }
    }
    Some(found)
}
