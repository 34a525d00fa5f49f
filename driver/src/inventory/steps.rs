//! What a manifest is of, as a user would call it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, Stat, is_separator};

use super::cache_dir::CacheDir;
use super::manifests::{self, Contents};
use super::places::LIB_PREFIX;
use crate::environment::layout::Kind;
use crate::paths;

/// A manifest with what tells of which step of a build, or of which program, it is. The name of the step is
/// not in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    /// The manifest.
    pub(crate) path: PathBuf,
    /// When it was written, nanoseconds since 1970. A hit writes none.
    pub(crate) modified_ns: i128,
    /// The first file that it lists (see [`manifests::root_of`]). Those of ours are sorted, so that it may be
    /// any of them outside of the lib directory.
    pub(crate) roots: Vec<Vec<u8>>,
    /// The names of the files that the step made. A program or library is named like its step.
    pub(crate) outputs: Vec<Vec<u8>>,
}

/// The manifests of a directory that list something, in no order. What cannot be read is none.
pub(crate) fn steps(dir: &CacheDir) -> Vec<Step> {
    let Some(folder) = dir.folder(Kind::Manifests) else {
        return Vec::new();
    };
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let step = |path: PathBuf| {
        let (format, key) = manifests::key_of(path.file_name()?)?;
        let Ok(Contents::Listed(listing)) = manifests::read(&path, format) else {
            return None;
        };
        let modified_ns = Stat::of(&Metadata::of_link(&path).ok()?).mtime_ns;
        let output = manifests::output_of(dir.is_own, key, &listing).to_string();
        let output = dir.folder(Kind::Outputs).map(|folder| folder.join(output));
        let files = output.and_then(|output| std::fs::read_dir(output).ok());
        let names = files.into_iter().flatten().flatten();
        let mut outputs: Vec<Vec<u8>> = names
            .map(|entry| paths::bytes(Path::new(&entry.file_name())).to_vec())
            .collect();
        outputs.sort();
        let roots = match dir.is_own {
            true => {
                let files = listing.entries.iter();
                let files = files.filter(|entry| entry.path.prefix != LIB_PREFIX);
                files.map(|entry| entry.path.sub_path.clone()).collect()
            }
            false => manifests::root_of(&listing).into_iter().collect(),
        };
        Some(Step {
            path,
            modified_ns,
            roots,
            outputs,
        })
    };
    found.filter_map(|entry| step(entry.path())).collect()
}

impl Step {
    /// Whether somebody may call it so: by a file that it made, `foo` for `libfoo.a` too; by its root file,
    /// as a path, a name or without what is behind the first point.
    pub(crate) fn is_called(&self, name: &[u8]) -> bool {
        let of_output = |output: &Vec<u8>| {
            let stem = stem(output);
            output == name || stem == name || stem.strip_prefix(b"lib") == Some(name)
        };
        let of_root = |root: &Vec<u8>| {
            let file = root
                .rsplit(|&byte| is_separator(byte))
                .next()
                .unwrap_or(root);
            root == name || file == name || stem(file) == name
        };
        self.outputs.iter().any(of_output) || self.roots.iter().any(of_root)
    }

    /// What it may be called.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let names = self.outputs.iter().chain(&self.roots);
        names
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect()
    }
}

/// A name up to its first point, which it does not begin with.
fn stem(name: &[u8]) -> &[u8] {
    let points = name.iter().enumerate().skip(1);
    let mut points = points.filter(|(_, byte)| **byte == b'.');
    points.next().map_or(name, |(at, _)| &name[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steps_are_called() {
        let step = |root: &str, outputs: &[&str]| Step {
            path: PathBuf::new(),
            modified_ns: 0,
            roots: vec![root.into()],
            outputs: outputs.iter().map(|&name| name.into()).collect(),
        };
        let program = step("src/main.zig", &["app", "app.o"]);
        for name in ["app", "app.o", "src/main.zig", "main.zig", "main"] {
            assert!(program.is_called(name.as_bytes()), "{name}");
        }
        for name in ["", "ap", "src", "main.zi", "rc/main.zig", ".o"] {
            assert!(!program.is_called(name.as_bytes()), "{name}");
        }
        let library = step("o/*/gen.zig", &["libfoo.so.1.0.0", ".hidden"]);
        for name in ["foo", "libfoo", "libfoo.so.1.0.0", "gen", ".hidden"] {
            assert!(library.is_called(name.as_bytes()), "{name}");
        }
        assert!(!library.is_called(b""));
    }
}
