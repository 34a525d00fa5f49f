//! Which release of Zig a lib directory is of, told by what is in its files.
//!
//! No program is started. A few files differ so between the releases that a digest of them tells all apart,
//! and only digests stand here. What was patched, or is of a build between two releases, has no row. As every
//! run asks this, what is read to know a supported release is short: long files lend their length only.

use std::path::Path;

use cache_store::SourceFile;
use cache_store::file::Metadata;
use release::Release;

use super::layout;
use crate::limits::MAX_RELEASE_FILE_LEN;

/// What the contents of a lib directory tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LibRelease {
    /// It is of this release, which is understood here.
    Known(Release),
    /// It is of this release, which is not.
    Foreign(&'static str),
    /// It is of no release as it was published, or no lib directory at all.
    Unknown,
}

/// What of a file, below the lib directory, goes into the digest.
enum Part {
    Contents(&'static str),
    Length(&'static str),
}
use Part::{Contents, Length};

/// What tells the supported releases apart: a short file in which each differs from the next, and the lengths
/// of long ones that change often. `std/zig/system.zig` would do too, but packagers patch it.
const PARTS: [Part; 7] = [
    Contents(layout::STD_FILE),
    Contents("std/testing/FailingAllocator.zig"),
    Contents("std/math/powi.zig"),
    Contents("std/debug/simple_panic.zig"),
    Length("std/zig/AstGen.zig"),
    Length("std/process.zig"),
    Length("std/os/windows/kernel32.zig"),
];

/// What tells the others apart, in which those above are not all there.
const FOREIGN_PARTS: [Part; 3] = [
    Contents(layout::STD_FILE),
    Contents("std/process.zig"),
    Contents("std/os/windows/kernel32.zig"),
];

/// Hexadecimal digits of a row.
const DIGITS: usize = 32;

/// Supported releases as they were published: the digest of [`PARTS`].
const RELEASES: [(Release, &str); 7] = [
    (Release::V0_14_0, "8230efd3b546ccb4791e2d34109c3a39"),
    (Release::V0_14_1, "dd4ae10f13d4f568ef86c950b6e0855a"),
    (Release::V0_15_1, "0d9a55c5f776215f26da8cf84ddaf396"),
    (Release::V0_15_2, "32a335762a1ba1086769aa435fa20aa8"),
    (Release::V0_16_0, "ada8f01e457899726e9f6618875a3790"),
    (Release::V0_17_0, "c8022c66f36eef73b44dba1b5c2cfdcf"),
    (Release::V0_17_1, "de3cfa4838f5919217f9d025e6d07974"),
];

/// Releases that are not supported, all that are Python wheels: name and digest of [`FOREIGN_PARTS`].
const FOREIGN: [(&str, &str); 10] = [
    ("0.8.0", "03cac34126b061aeec333b592874fdd0"),
    ("0.8.1", "c2d65ea0b4928a18743c4ed3d055096c"),
    ("0.9.0", "1c249fdd641c792f6a0d2527dc6038e6"),
    ("0.9.1", "f064e7aeb50abf9927d6e19afe548b55"),
    ("0.10.0", "90b3120072b3b3f61a43f841c87afeca"),
    ("0.10.1", "aa89614cb54f322f19da950260d585f3"),
    ("0.11.0", "5afaf62588b405ba21e6f11a7a2a7c90"),
    ("0.12.0", "41a6adfaf38eca0efb71eff0a88625cc"),
    ("0.12.1", "fca56febf9b6910f8c1e21de301fbcb3"),
    ("0.13.0", "cb1c8b47fdd7712a5a205c4261a7e784"),
];

/// The release of a lib directory.
pub(crate) fn release_of(lib_dir: &Path) -> LibRelease {
    if let Some(release) = row_of(lib_dir, &PARTS, &RELEASES) {
        return LibRelease::Known(release);
    }
    match row_of(lib_dir, &FOREIGN_PARTS, &FOREIGN) {
        Some(name) => LibRelease::Foreign(name),
        None => LibRelease::Unknown,
    }
}

/// What stands in a table for the digest of these parts.
fn row_of<T: Copy>(lib_dir: &Path, parts: &[Part], table: &[(T, &str)]) -> Option<T> {
    let digest = digest_of(lib_dir, parts)?;
    let row = table.iter().find(|(_, row)| *row == digest);
    row.map(|(of, _)| *of)
}

/// The digest that a row has: BLAKE3 over each part, contents behind their length. `None` where a file is
/// missing or unreadable, or one that is read is longer than in any release.
fn digest_of(lib_dir: &Path, parts: &[Part]) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        match part {
            Contents(name) => {
                let file = SourceFile::open(&lib_dir.join(name)).ok()?;
                if file.stat().size > MAX_RELEASE_FILE_LEN {
                    return None;
                }
                let bytes = file.into_bytes().ok()?;
                hasher.update(&(bytes.len() as u64).to_le_bytes());
                hasher.update(&bytes);
            }
            Length(name) => {
                let metadata = Metadata::at(&lib_dir.join(name)).ok()?;
                hasher.update(&metadata.len().to_le_bytes());
            }
        }
    }
    // Half of it: nobody is to be kept out, only releases told apart.
    Some(hasher.finalize().to_hex()[..DIGITS].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::fs;
    use std::path::PathBuf;

    #[test]
    fn no_two_rows_are_equal() {
        let supported = RELEASES
            .iter()
            .map(|(release, row)| (release.as_str(), *row));
        let rows: Vec<_> = supported.chain(FOREIGN).collect();
        let names: HashSet<_> = rows.iter().map(|(name, _)| name).collect();
        let digests: HashSet<_> = rows.iter().map(|(_, digest)| digest).collect();
        assert_eq!((digests.len(), names.len()), (rows.len(), rows.len()));
        for release in Release::ALL {
            assert!(names.contains(&release.as_str()), "{release}");
        }
        for digest in digests {
            let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            assert!(
                digest.len() == DIGITS && digest.bytes().all(is_digit),
                "{digest}"
            );
        }
    }

    #[test]
    fn what_was_made_up_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(release_of(&dir.path().join("none")), LibRelease::Unknown);
        assert_eq!(release_of(dir.path()), LibRelease::Unknown);
        for file in files() {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "const made_up = 1;\n").unwrap();
            assert_eq!(release_of(dir.path()), LibRelease::Unknown);
        }
        let std_file = layout::std_file(dir.path());
        fs::remove_file(&std_file).unwrap();
        fs::create_dir(&std_file).unwrap();
        assert_eq!(release_of(dir.path()), LibRelease::Unknown);
    }

    /// All files that are looked at to know a supported release.
    fn files() -> impl Iterator<Item = &'static str> {
        PARTS.iter().map(|part| match part {
            Contents(name) | Length(name) => *name,
        })
    }

    /// The lib directory of the reference, where it is installed already.
    fn reference_lib() -> Option<PathBuf> {
        let references = match std::env::var_os("ZIRC_REFERENCES") {
            Some(dir) => PathBuf::from(dir),
            None => match std::env::var_os("XDG_CACHE_HOME") {
                Some(dir) => PathBuf::from(dir),
                None => Path::new(&std::env::var_os("HOME")?).join(".cache"),
            }
            .join("zirc-references"),
        };
        let lib = references.join("0.14.1/ziglang/lib");
        lib.is_dir().then_some(lib)
    }

    #[test]
    fn the_reference_is_recognised_as_it_was_published() {
        let Some(lib) = reference_lib() else {
            eprintln!("not run: the reference is not installed in the user's cache directory");
            return;
        };
        let expected = LibRelease::Known(Release::V0_14_1);
        // What is printed if this fails is the row of another release.
        let row = digest_of(&lib, &PARTS);
        assert_eq!(release_of(&lib), expected, "{row:?}");
        // Changed, cut off or gone, any one of the files makes it another.
        let dir = tempfile::tempdir().unwrap();
        for file in files() {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::copy(lib.join(file), path).unwrap();
        }
        assert_eq!(release_of(dir.path()), expected);
        for file in files() {
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
