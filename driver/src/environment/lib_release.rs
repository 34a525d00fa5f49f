//! Which release of Zig a lib directory is of, told by what is in its files.
//!
//! No program is started. Three small files differ so between the releases that a digest of them tells all
//! apart, and only digests stand here. What was patched, or is of a build between two releases, has no row.

use std::path::Path;

use cache_store::SourceFile;
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

/// The files that decide, below the lib directory. `std/zig/system.zig` would do too, but packagers patch it.
const FILES: [&str; 3] = [
    layout::STD_FILE,
    "std/process.zig",
    "std/os/windows/kernel32.zig",
];

/// Hexadecimal digits of a row.
const DIGITS: usize = 32;

/// Releases as they were published, all that are Python wheels: name and digest of the contents of [`FILES`].
const RELEASES: [(&str, &str); 17] = [
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
    ("0.14.0", "e0c25b0ed54d584faaccaeac9006a1bc"),
    ("0.14.1", "ccded5b6a06c20b605f6daab9d2be687"),
    ("0.15.1", "cff5c2719bb82331050165179bac71d4"),
    ("0.15.2", "fb88aabe8d6c4999d31655277b63970b"),
    ("0.16.0", "7806081106b55b3c7cfd573cc4d08dbe"),
    ("0.17.0", "d730f8b1b3f0001bda8e850a72dc4239"),
    ("0.17.1", "721d7ef895f73fcc0cc0b4abd3bbe787"),
];

/// The release of a lib directory. Three small files are read.
pub(crate) fn release_of(lib_dir: &Path) -> LibRelease {
    let digest = digest_of(lib_dir);
    let Some((name, _)) = digest.and_then(|d| RELEASES.iter().find(|(_, row)| *row == d)) else {
        return LibRelease::Unknown;
    };
    let known = Release::ALL.iter().find(|r| r.as_str() == *name);
    match known {
        Some(release) => LibRelease::Known(*release),
        None => LibRelease::Foreign(name),
    }
}

/// The digest that a row has: BLAKE3 over each file behind its length. `None` where a file is missing or
/// unreadable, or longer than in any release.
fn digest_of(lib_dir: &Path) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for name in FILES {
        let file = SourceFile::open(&lib_dir.join(name)).ok()?;
        if file.stat().size > MAX_RELEASE_FILE_LEN {
            return None;
        }
        let bytes = file.into_bytes().ok()?;
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
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
        let digests: HashSet<_> = RELEASES.iter().map(|(_, digest)| digest).collect();
        let names: HashSet<_> = RELEASES.iter().map(|(name, _)| name).collect();
        assert_eq!(
            (digests.len(), names.len()),
            (RELEASES.len(), RELEASES.len())
        );
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
        for file in FILES {
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
        let row = digest_of(&lib);
        assert_eq!(release_of(&lib), expected, "{row:?}");
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
