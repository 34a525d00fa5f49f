//! Which release of Zig a lib directory is of, told by what is in its files.
//!
//! No program is started. Three small files differ so between the releases that a digest of them tells all
//! apart, and only digests stand here. What was patched, or is of a build between two releases, has no row.

use std::path::Path;

use cache_store::SourceFile;
use cache_store::file::{Stat, is_too_young, wall_clock_ns};
use manifest::{Digest, HashHelper};

use crate::limits::MAX_RELEASE_FILE_LEN;

/// What the contents of a lib directory tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LibRelease {
    /// It is of this release, which is understood here.
    Supported(&'static str),
    /// It is of this release, whose language is another.
    Unsupported(&'static str),
    /// It is of no release as it was published, or no lib directory at all.
    Unknown,
}

/// The files that decide, below the lib directory. `std/zig/system.zig` would do too, but packagers patch it.
const FILES: [&str; 3] = [
    "std/std.zig",
    "std/process.zig",
    "std/os/windows/kernel32.zig",
];

/// The file below the lib directory with whose stat an answer may be kept: no release is installed over
/// another without it being written.
const DECIDING_FILE: &str = FILES[0];

/// What an answer about a lib directory may be kept with: as long as this stays, so does the release.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct LibStamp {
    /// The stat of the file that decides.
    pub(crate) stat: Stat,
    /// The digest of the contents, where the stat says too little.
    pub(crate) digest: Option<Digest>,
}

/// The stamp of a lib directory: one stat, nearly always.
pub(crate) fn stamp_of(lib_dir: &Path) -> LibStamp {
    let metadata = lib_dir.join(DECIDING_FILE).metadata();
    let stat = metadata
        .map(|metadata| Stat::of(&metadata))
        .unwrap_or_default();
    let digest = match is_too_young(stat.mtime_ns, wall_clock_ns()) {
        true => digest_of(lib_dir),
        false => None,
    };
    LibStamp { stat, digest }
}

/// Releases as they were published, all that are Python wheels: name, digest of the contents of [`FILES`],
/// and whether it is supported.
const RELEASES: [(&str, &str, bool); 17] = [
    ("0.8.0", "3638e07c028c9b32404de407c9312756", false),
    ("0.8.1", "ca1236cd14119f576662c15bb8679626", false),
    ("0.9.0", "6d88dc856fb536dd5dd1ff6bfacc1068", false),
    ("0.9.1", "727c775d133f2a4bd8e4d6a936d49828", false),
    ("0.10.0", "d1aa9d808d7d20981af6c56c5d4cbfeb", false),
    ("0.10.1", "00fa4aa9cf83b9b4816959740918547b", false),
    ("0.11.0", "9cab358697845d3cfab33b601ba98d60", false),
    ("0.12.0", "8235c50f5ae1eaf59130edc7d1ef2d40", false),
    ("0.12.1", "c4522a2e33197a52b3fe419ed7f6936d", false),
    ("0.13.0", "695f9f54d768d82fc86527deec832930", false),
    ("0.14.0", "9bfca941b708177efee20e5f3389ce84", true),
    ("0.14.1", "da0a931e1808ed04be1d410102195eeb", true),
    ("0.15.1", "fadbb787787e70c8c6da6cf96466b59f", false),
    ("0.15.2", "a7d2c5bf32c24f193befa928027917f4", false),
    ("0.16.0", "0b7d702ad41ba351eea4694b0990c1ef", false),
    ("0.17.0", "3bcd0b14601fe8310afab664f2b020bc", false),
    ("0.17.1", "aac6fdd9ff1e580b0179c3df8afb53da", false),
];

/// The release of a lib directory. Three small files are read.
pub(crate) fn release_of(lib_dir: &Path) -> LibRelease {
    let Some(digest) = digest_of(lib_dir) else {
        return LibRelease::Unknown;
    };
    let hex = digest.to_hex();
    match RELEASES.iter().find(|(_, row, _)| row.as_bytes() == hex) {
        Some((name, _, true)) => LibRelease::Supported(name),
        Some((name, _, false)) => LibRelease::Unsupported(name),
        None => LibRelease::Unknown,
    }
}

/// The digest that a row has. `None` where a file is missing or unreadable, or longer than in any release.
fn digest_of(lib_dir: &Path) -> Option<Digest> {
    let mut hash = HashHelper::new();
    for name in FILES {
        let file = SourceFile::open(&lib_dir.join(name)).ok()?;
        if file.stat().size > MAX_RELEASE_FILE_LEN {
            return None;
        }
        hash.add_bytes(&file.into_bytes().ok()?);
    }
    Some(hash.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::fs;
    use std::path::PathBuf;

    #[test]
    fn no_two_rows_are_equal() {
        let digests: HashSet<_> = RELEASES.iter().map(|(_, digest, _)| digest).collect();
        let names: HashSet<_> = RELEASES.iter().map(|(name, _, _)| name).collect();
        assert_eq!(
            (digests.len(), names.len()),
            (RELEASES.len(), RELEASES.len())
        );
        for digest in digests {
            assert!(Digest::from_hex(digest.as_bytes()).is_some(), "{digest}");
        }
    }

    #[test]
    fn what_was_made_up_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(release_of(&dir.path().join("none")), LibRelease::Unknown);
        assert_eq!(release_of(dir.path()), LibRelease::Unknown);
        for file in FILES {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "const made_up = 1;\n").unwrap();
            assert_eq!(release_of(dir.path()), LibRelease::Unknown);
        }
        let std_file = dir.path().join(DECIDING_FILE);
        fs::remove_file(&std_file).unwrap();
        fs::create_dir(&std_file).unwrap();
        assert_eq!(release_of(dir.path()), LibRelease::Unknown);
    }

    /// The lib directory of the reference, where it is installed already.
    fn reference_lib() -> Option<PathBuf> {
        let root = match std::env::var_os("ZIRC_REFERENCE") {
            Some(dir) => PathBuf::from(dir),
            None => match std::env::var_os("CARGO_TARGET_DIR") {
                Some(dir) => PathBuf::from(dir),
                None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
            }
            .join("reference/ziglang"),
        };
        let lib = root.join("lib");
        lib.is_dir().then_some(lib)
    }

    #[test]
    fn the_reference_is_recognised_as_it_was_published() {
        let Some(lib) = reference_lib() else {
            eprintln!("not run: the reference is not installed in target/reference");
            return;
        };
        let expected = LibRelease::Supported("0.14.1");
        // What is printed if this fails is the row of another release.
        assert_eq!(release_of(&lib), expected, "{:?}", digest_of(&lib));
        // Changed, cut off or gone, any one of the files makes it another.
        let dir = tempfile::tempdir().unwrap();
        for file in FILES {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::copy(lib.join(file), path).unwrap();
        }
        assert_eq!(release_of(dir.path()), expected);
        for file in FILES {
            let path = dir.path().join(file);
            let bytes = fs::read(&path).unwrap();
            for changed in [&[&bytes[..], b"\n"].concat()[..], &bytes[1..], b""] {
                fs::write(&path, changed).unwrap();
                assert_eq!(release_of(dir.path()), LibRelease::Unknown, "{file}");
            }
            fs::remove_file(&path).unwrap();
            assert_eq!(release_of(dir.path()), LibRelease::Unknown, "{file}");
            fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(release_of(dir.path()), expected);
    }
}
