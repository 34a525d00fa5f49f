//! One cache directory: what makes it one.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use cache_store::file::look_in_cache;
use manifest::Digest;

use crate::environment::layout::{self, Kind};
use crate::{Error, paths};

/// A directory in which something was recognised.
#[derive(Debug)]
pub(crate) struct CacheDir {
    /// Where it is, as it was given.
    pub(crate) path: PathBuf,
    /// What is there. Each is a directory and no link to one.
    kinds: Vec<Kind>,
    /// What else is there, by its names.
    pub(crate) others: Vec<OsString>,
    /// Whether its manifests are zirc's, whose output is a record named like the manifest. Those of the
    /// reference have a directory named by a digest.
    pub(crate) is_own: bool,
}

impl CacheDir {
    /// Looks at a directory.
    ///
    /// # Errors
    /// If it cannot be read, or nothing in it is recognised: then it is no cache, and nothing in it is any of
    /// our business.
    pub(crate) fn open(path: &Path) -> Result<CacheDir, Error> {
        let fail = |error| Error::path("read the cache directory", path, error);
        let mut kinds = Vec::new();
        let mut others = Vec::new();
        for entry in fs::read_dir(path).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name();
            let kind = Kind::ALL
                .into_iter()
                .find(|kind| name == OsStr::new(kind.folder()));
            // Of a link, this says that it is one.
            let is_dir = entry.file_type().is_ok_and(|file_type| file_type.is_dir());
            match kind {
                Some(kind) if is_dir => kinds.push(kind),
                // A cache directory within this one, looked at as one of its own.
                None if is_dir && name == layout::OWN => {}
                _ => others.push(name),
            }
        }
        // Folders called `tmp`, `b`, `c`, `o` or `p` are in many a directory that is no cache.
        let tells = |kind: &Kind| matches!(kind, Kind::Entries | Kind::Manifests);
        let packages = path.join(Kind::Packages.folder());
        if !kinds.iter().any(tells) && !has_packages(&packages) {
            return Err(Error::Usage(format!(
                "'{}' is no cache directory: neither z/ nor h/ is in it, nor p/ with packages",
                path.display()
            )));
        }
        kinds.sort();
        others.sort();
        let mut dir = CacheDir {
            path: path.to_owned(),
            kinds,
            others,
            is_own: false,
        };
        dir.is_own = dir.looks_own();
        Ok(dir)
    }

    /// A cache directory and that of zirc's own in it, if there is one.
    ///
    /// # Errors
    /// As [`CacheDir::open`], of the outer one.
    pub(crate) fn open_with_own(path: &Path) -> Result<Vec<CacheDir>, Error> {
        let own = path.join(layout::OWN);
        let is_dir = own
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_dir());
        let own = is_dir.then(|| CacheDir::open(&own).ok()).flatten();
        match CacheDir::open(path) {
            Ok(dir) => Ok([dir].into_iter().chain(own).collect()),
            Err(error) => own.map(|own| vec![own]).ok_or(error),
        }
    }

    /// The folder of a kind, if it is there.
    pub(crate) fn folder(&self, kind: Kind) -> Option<PathBuf> {
        let is_there = self.kinds.contains(&kind);
        is_there.then(|| self.path.join(kind.folder()))
    }

    /// The kinds that are there.
    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// In `o/` of the reference's are directories, in that of ours records. A file that somebody has left in
    /// the former makes it none of ours: what is there would then seem to belong to no manifest.
    fn looks_own(&self) -> bool {
        let outputs = self.folder(Kind::Outputs);
        let outputs = outputs.and_then(|folder| fs::read_dir(folder).ok());
        let mut has_record = false;
        for entry in outputs.into_iter().flatten().flatten() {
            if digest_of(&entry.file_name()).is_none() {
                continue;
            }
            match entry.file_type() {
                Ok(file_type) if file_type.is_dir() => return false,
                Ok(file_type) if file_type.is_file() && !has_record => {
                    has_record = is_record(&entry.path());
                }
                _ => {}
            }
        }
        let local = layout::local_folder(false);
        let name = self.path.file_name();
        has_record || name.is_some_and(|name| name == layout::OWN || name == local)
    }
}

/// Whether a file begins as records do, of whatever version.
fn is_record(path: &Path) -> bool {
    let mut begin = [0; layout::RECORD_MAGIC.len()];
    let read = look_in_cache(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == *layout::RECORD_MAGIC
}

/// The digest that is a name in `z/` and `o/`, and of 0.17's manifests in `h/`.
pub(crate) fn digest_of(name: &OsStr) -> Option<Digest> {
    Digest::from_hex(paths::bytes(Path::new(name)))
}

/// How the packages of a release lie in `p/`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PackageForm {
    /// A directory: up to 0.15.
    Directory,
    /// An archive: from 0.16 on.
    Archive,
}

/// What a name in `p/` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PackageName {
    /// It is a hash as some release makes them.
    Hash,
    /// It is none.
    Other,
}

/// How a package lies there, and whether its name is a hash: `1220` and 64 digits, or name, version and 44
/// characters.
pub(crate) fn package_name(name: &OsStr, is_dir: bool) -> (PackageForm, PackageName) {
    let bytes = paths::bytes(Path::new(name));
    let (form, hash) = match bytes.strip_suffix(b".tar.gz") {
        Some(hash) if !is_dir => (PackageForm::Archive, hash),
        _ => (PackageForm::Directory, bytes),
    };
    let is_old = hash.len() == OLD_HASH_LEN
        && hash.starts_with(b"1220")
        && hash.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_new = || {
        let at = hash.len().checked_sub(HASH_TAIL_LEN)?;
        let (front, tail) = hash.split_at_checked(at)?;
        let in_alphabet = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let parts = front.strip_suffix(b"-")?.splitn(2, |&b| b == b'-');
        let is_named = parts.filter(|part| !part.is_empty()).count() == 2;
        Some(is_named && tail.iter().all(in_alphabet))
    };
    let is_hash = is_old || is_new().unwrap_or(false);
    let name = match is_hash {
        true => PackageName::Hash,
        false => PackageName::Other,
    };
    (form, name)
}

/// Length of the hashes of 0.13 and before, which later releases know too: a multihash in hexadecimal digits.
const OLD_HASH_LEN: usize = 68;

/// Length of what stands behind name and version in a hash: 33 bytes in base 64.
const HASH_TAIL_LEN: usize = 44;

fn has_packages(packages: &Path) -> bool {
    let found = fs::read_dir(packages).into_iter().flatten().flatten();
    let mut found = found.take(crate::limits::MAX_LOOKS_LIKE);
    found.any(|entry| {
        let is_dir = entry.file_type().is_ok_and(|file_type| file_type.is_dir());
        package_name(&entry.file_name(), is_dir).1 == PackageName::Hash
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        let tail = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_";
        let old = format!("1220{}", "ab".repeat(32));
        let name = |name: &str, is_dir| package_name(OsStr::new(name), is_dir);
        use {PackageForm as Form, PackageName as Name};
        for (text, is_dir, form, is) in [
            (&*old, true, Form::Directory, Name::Hash),
            (&format!("{old}.tar.gz"), false, Form::Archive, Name::Hash),
            (&format!("{old}.tar.gz"), true, Form::Directory, Name::Other),
            (
                &format!("foo-1.0.0-{tail}"),
                true,
                Form::Directory,
                Name::Hash,
            ),
            (
                &format!("foo-1.0.0-beta-{tail}"),
                true,
                Form::Directory,
                Name::Hash,
            ),
            (&format!("N-V-{tail}"), true, Form::Directory, Name::Hash),
            (
                &format!("N-V-{tail}.tar.gz"),
                false,
                Form::Archive,
                Name::Hash,
            ),
            (&format!("foo-{tail}"), true, Form::Directory, Name::Other),
            (tail, true, Form::Directory, Name::Other),
            ("my sources", true, Form::Directory, Name::Other),
            ("", true, Form::Directory, Name::Other),
        ] {
            assert_eq!(name(text, is_dir), (form, is), "{text}");
        }
    }

    #[test]
    fn whose_a_directory_is() {
        let dir = tempfile::tempdir().unwrap();
        let is_own = |name: &str| CacheDir::open(&dir.path().join(name)).unwrap().is_own;
        let record = format!("o/{}", "1".repeat(32));
        for name in ["cache", "zirc"] {
            let at = |below: &str| dir.path().join(name).join(below);
            for folder in ["h", "o"] {
                fs::create_dir_all(at(folder)).unwrap();
            }
            let by_name = name == "zirc";
            assert_eq!(is_own(name), by_name);
            fs::write(at(&record), "left here").unwrap();
            assert_eq!(is_own(name), by_name);
            fs::write(at(&record), "zircrec and more").unwrap();
            assert!(is_own(name));
            fs::create_dir(at("o/other")).unwrap();
            assert!(is_own(name));
            for digit in ["0", "2"] {
                let output = at(&format!("o/{}", digit.repeat(32)));
                fs::create_dir(&output).unwrap();
                assert!(!is_own(name), "{digit}");
                fs::remove_dir(output).unwrap();
            }
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn a_home_directory_is_no_cache() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["tmp", "b", "c", "o", "p", "p/cs-101", "Documents"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let error = CacheDir::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("is no cache directory"), "{error}");
        // A link is not what it leads to.
        fixtures::system::symlink("tmp", dir.path().join("h")).unwrap();
        assert!(CacheDir::open(dir.path()).is_err());
        fs::create_dir(dir.path().join("z")).unwrap();
        let found = CacheDir::open(dir.path()).unwrap();
        assert_eq!(found.others, ["Documents", "h"]);
        assert!(!found.is_own && found.folder(Kind::Manifests).is_none());
    }
}
