//! The oldest release that a project works with, as its `build.zig.zon` says.

use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use release::{Found, Precision, Release, Unknown};
use syntax::{Ast, Mode};
use zoir::Node;

use super::layout;
use crate::limits::MAX_PACKAGE_FILE_LEN;

/// `minimum_zig_version` of a project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Minimum {
    /// Where it stands.
    pub(super) file: PathBuf,
    /// What stands there.
    pub(super) text: String,
    /// The release that it leads to. One that is older than all that are known binds nobody.
    pub(super) release: Release,
    /// Whether that is another than the text means, which should be told.
    pub(super) is_another: bool,
}

/// That of the project that a directory, absolute, is in.
pub(super) fn minimum_of(dir: &Path) -> Option<Minimum> {
    let file = layout::package_file(dir)?;
    let source = SourceFile::open(&file).ok()?;
    if source.stat().size > MAX_PACKAGE_FILE_LEN {
        return None;
    }
    let text = version_in(&source.into_bytes().ok()?)?;
    match Release::find(&text) {
        Ok(Found { release, precision }) => Some(Minimum {
            is_another: match precision {
                Precision::Exact => false,
                // What leads to a release means it.
                Precision::Development => !text.starts_with(&format!("{release}-")),
                Precision::UnknownPatch | Precision::Later => true,
            },
            file,
            text,
            release,
        }),
        Err(Unknown::TooOld(_) | Unknown::NoVersion(_)) => None,
    }
}

/// The string in the field of that name. None where the document is broken: whoever checks it is told.
fn version_in(source: &[u8]) -> Option<String> {
    // What has to be understood of it reads alike in all releases.
    let tree = Ast::parse(source, Mode::Zon, Release::NEWEST);
    let zoir = zongen::generate(&tree, zongen::Options::default());
    let view = zoir.view();
    let Some(Node::Struct(root)) = view.root() else {
        return None;
    };
    let place = (root.names.iter()).position(|name| name == b"minimum_zig_version")?;
    match view.node(root.values.get(place as u32)?)? {
        Node::String(text) => Some(std::str::from_utf8(text).ok()?.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_decides() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        let of = |text: &str| {
            std::fs::write(dir.path().join("a/build.zig.zon"), text).unwrap();
            minimum_of(&deep).map(|m| (m.release, m.is_another))
        };
        std::fs::write(
            dir.path().join("build.zig.zon"),
            ".{ .minimum_zig_version = \"0.14.0\" }",
        )
        .unwrap();
        assert_eq!(minimum_of(&deep).unwrap().release, Release::V0_14_0);
        let version = |v: &str| {
            of(&format!(
                ".{{ .name = .x, .minimum_zig_version = \"{v}\" }}"
            ))
        };
        assert_eq!(version("0.15.1"), Some((Release::V0_15_1, false)));
        assert_eq!(
            version("0.16.0-dev.254+6dd0270a1"),
            Some((Release::V0_16_0, false))
        );
        assert_eq!(version("0.15.0"), Some((Release::V0_15_1, true)));
        assert_eq!(version("99.0.0-dev.1"), Some((Release::V0_17_1, true)));
        for nothing in ["0.11.0", "", "soon", "\\xff"] {
            assert_eq!(version(nothing), None, "{nothing}");
        }
        for nothing in [
            "",
            ".{",
            ".{}",
            "1",
            ".{ .minimum_zig_version = 1 }",
            ".{ .minimum_zig_version = .@\"0.14.1\" }",
            ".{ \"minimum_zig_version\", \"0.14.1\" }",
        ] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }
}
