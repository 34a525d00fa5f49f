//! What a package says of itself in its `build.zig.zon`: which others it depends on.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use cache_store::file::real_path;
use release::Release;
use syntax::{Ast, Mode};
use zoir::Node;

use crate::environment::layout;
use crate::limits::{MAX_PACKAGE_FILE_LEN, MAX_PROJECTS};

/// A dependency that a `build.zig.zon` lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Dependency {
    /// The name that the package gives it.
    pub(crate) name: Vec<u8>,
    /// Where it is.
    pub(crate) place: Place,
    /// Whether it is fetched only if the build asks for it.
    pub(crate) is_lazy: bool,
}

/// Where a dependency is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Among the packages, under this hash.
    Hash(Vec<u8>),
    /// In this directory, relative to the package that depends on it.
    Path(Vec<u8>),
}

/// The dependencies that a `build.zig.zon` lists. One that is not there lists none.
///
/// # Errors
/// If it cannot be read or is not understood.
fn dependencies_of(file: &Path) -> Result<Vec<Dependency>, String> {
    match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.to_string()),
        Ok(metadata) if metadata.len() > MAX_PACKAGE_FILE_LEN => return Err("too long".to_owned()),
        Ok(_) => {}
    }
    let source = SourceFile::open(file).map_err(|error| error.to_string())?;
    let source = source.into_bytes().map_err(|error| error.to_string())?;
    dependencies_in(&source).ok_or_else(|| "not understood".to_owned())
}

/// Goes through packages and those that they lead to, each once, the nearest first. `next` is told of a
/// package's directory and of what its `build.zig.zon` lists, or why that is not known, and says which
/// directories to go on with. Returns whether it came to the end.
pub(crate) fn each_package(
    roots: &[PathBuf],
    mut next: impl FnMut(&Path, Result<Vec<Dependency>, String>) -> Vec<PathBuf>,
) -> bool {
    let mut pending: VecDeque<PathBuf> = roots.iter().cloned().collect();
    let mut seen = HashSet::new();
    while let Some(dir) = pending.pop_front() {
        let canonical = real_path(&dir).unwrap_or_else(|_| dir.clone());
        if !seen.insert(canonical) {
            continue;
        }
        if seen.len() > MAX_PROJECTS {
            return false;
        }
        pending.extend(next(&dir, dependencies_of(&dir.join(layout::PACKAGE_FILE))));
    }
    true
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
        for (dependency_name, dependency) in fields(view.node(value)?)? {
            let mut place = None;
            let mut is_lazy = false;
            for (name, value) in fields(view.node(dependency)?)? {
                match (&*name, view.node(value)?) {
                    (b"hash", Node::String(hash)) => place = Some(Place::Hash(hash.to_vec())),
                    (b"path", Node::String(path)) => place = Some(Place::Path(path.to_vec())),
                    (b"hash" | b"path", _) => return None,
                    (b"lazy", node) => is_lazy = matches!(node, Node::True),
                    _ => {}
                }
            }
            // One without either is refused by `zig build`, which says what to write.
            if let Some(place) = place {
                found.push(Dependency {
                    name: dependency_name,
                    place,
                    is_lazy,
                });
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed() {
        let source = b".{ .name = .a, .dependencies = .{
            .b = .{ .url = \"u\", .hash = \"b-1\", .lazy = true },
            .@\"c d\" = .{ .path = \"../c\" },
            .e = .{ .url = \"u\" },
        } }";
        let dependency = |name: &[u8], place, is_lazy| Dependency {
            name: name.to_vec(),
            place,
            is_lazy,
        };
        let expected = [
            dependency(b"b", Place::Hash(b"b-1".to_vec()), true),
            dependency(b"c d", Place::Path(b"../c".to_vec()), false),
        ];
        assert_eq!(dependencies_in(source).as_deref(), Some(&expected[..]));
        assert_eq!(dependencies_in(b".{}"), Some(Vec::new()));
        for bad in [
            &b".{ .dependencies = 1 }"[..],
            b".{ .dependencies = .{ .a = .{ .hash = 1 } } }",
            b"\xff",
        ] {
            assert_eq!(dependencies_in(bad), None);
        }
    }
}
