//! Directories that stand for themselves in a manifest, so that it holds no absolute paths of them.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use cache_store::file::{
    SEPARATOR, is_plain_part, is_separator, path_bytes, path_from_bytes, split_root,
};

/// A path as a manifest has it: below a numbered directory, or for number 0 as it was written.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrefixedPath {
    /// The number of the directory.
    pub prefix: u8,
    /// The path below it.
    pub sub_path: Vec<u8>,
}

impl fmt::Display for PrefixedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}",
            self.prefix,
            String::from_utf8_lossy(&self.sub_path)
        )
    }
}

impl fmt::Debug for PrefixedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A directory that the reference gives a number to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Where the compiler ran.
    WorkingDir,
    /// The compiler's lib directory.
    Lib,
    /// The project's cache directory.
    LocalCache,
    /// The user's cache directory.
    GlobalCache,
    /// Where `build.zig` is.
    BuildRoot,
}

/// Where the directories are.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// See [`Place`].
    pub working_dir: &'a Path,
    /// See [`Place`].
    pub lib: &'a Path,
    /// See [`Place`].
    pub local_cache: &'a Path,
    /// See [`Place`].
    pub global_cache: &'a Path,
    /// See [`Place`].
    pub build_root: &'a Path,
}

impl<'a> Places<'a> {
    /// The directories numbered as in this list. Number 0 is the working directory in any case, as it is in
    /// all lists of the reference.
    pub fn numbered(&self, list: &[Place]) -> Prefixes {
        let mut prefixes = Prefixes::new(self.working_dir);
        for &place in list.iter().skip(1) {
            prefixes.push(self.get(place));
        }
        prefixes
    }

    fn get(&self, place: Place) -> &'a Path {
        match place {
            Place::WorkingDir => self.working_dir,
            Place::Lib => self.lib,
            Place::LocalCache => self.local_cache,
            Place::GlobalCache => self.global_cache,
            Place::BuildRoot => self.build_root,
        }
    }
}

/// The directories. Number 0 is the working directory: paths under no other one stay as they were written,
/// and relative ones are looked up there.
#[derive(Clone, Debug)]
pub struct Prefixes {
    dirs: Vec<PathBuf>,
    /// Each directory's absolute path.
    resolved: Vec<Resolved<'static>>,
}

impl Prefixes {
    /// Only number 0.
    pub fn new(working_directory: impl Into<PathBuf>) -> Prefixes {
        let dir = working_directory.into();
        let resolved = Resolved::of(None, path_bytes(&dir)).into_owned();
        Prefixes {
            dirs: vec![dir],
            resolved: vec![resolved],
        }
    }

    /// Adds a directory under the next number. One relative to the working directory is fine. Of those that a
    /// path is below, the one with the lowest number counts.
    ///
    /// There can be 255 of them; a further one is not used for anything.
    pub fn push(&mut self, dir: impl AsRef<Path>) {
        if self.dirs.len() > usize::from(u8::MAX) {
            return;
        }
        let dir = dir.as_ref();
        self.resolved
            .push(self.resolve(path_bytes(dir)).into_owned());
        self.dirs.push(self.dirs[0].join(dir));
    }

    fn resolve<'p>(&'p self, path: &'p [u8]) -> Resolved<'p> {
        Resolved::of(self.resolved.first(), path)
    }

    /// How many there are, number 0 included.
    pub fn count(&self) -> usize {
        self.dirs.len()
    }

    /// The directory with this number.
    pub fn dir(&self, prefix: u8) -> Option<&Path> {
        self.dirs.get(usize::from(prefix)).map(PathBuf::as_path)
    }

    /// A path as it stands in records.
    pub(crate) fn find_absolute(&self, path: &Path) -> PrefixedPath {
        let absolute = self.resolve(path_bytes(path));
        for (number, dir) in self.resolved.iter().enumerate().skip(1) {
            if let Some(rest) = absolute.below(dir) {
                return PrefixedPath {
                    prefix: number as u8,
                    sub_path: rest.to_vec(),
                };
            }
        }
        PrefixedPath {
            prefix: 0,
            sub_path: [&absolute.root[..], &absolute.rest].concat(),
        }
    }

    /// A path as it stands in lines. It is normalised (`.`, `..` and doubled slashes go) without asking
    /// the file system, as the reference does it.
    pub fn find(&self, path: &Path) -> PrefixedPath {
        let path = path_bytes(path);
        let absolute = self.resolve(path);
        for (number, dir) in self.resolved.iter().enumerate().skip(1) {
            match absolute.below(dir) {
                Some(rest) if !rest.is_empty() => {
                    return PrefixedPath {
                        prefix: number as u8,
                        sub_path: rest.to_vec(),
                    };
                }
                _ => {}
            }
        }
        PrefixedPath {
            prefix: 0,
            sub_path: normalise(path),
        }
    }

    /// Where the file is. `None` if there is no such number.
    pub fn locate(&self, path: &PrefixedPath) -> Option<PathBuf> {
        let mut at = PathBuf::new();
        self.locate_in(path, &mut at).then_some(at)
    }

    /// The same, into a path that has room from an earlier time. False if there is no such number.
    pub(crate) fn locate_in(&self, path: &PrefixedPath, at: &mut PathBuf) -> bool {
        let Some(dir) = self.dir(path.prefix) else {
            return false;
        };
        at.as_mut_os_string().clear();
        let len = dir.as_os_str().len() + 1 + path.sub_path.len();
        at.as_mut_os_string().reserve(len);
        at.push(dir);
        // Joined with nothing it would end with a slash.
        if !path.sub_path.is_empty() {
            at.push(&*path_from_bytes(&path.sub_path));
        }
        true
    }
}

/// Whether these are parts as [`Resolved`] has them, with nothing to be carried out: nearly all paths are.
fn is_joined(path: &[u8]) -> bool {
    let is_ours = |&byte: &u8| byte == SEPARATOR || !is_separator(byte);
    path.split(|&byte| byte == SEPARATOR).all(is_plain_part) && path.iter().all(is_ours)
}

/// A path as text for people.
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    path_from_bytes(bytes).into_owned()
}

fn parts(rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    rest.split(|&byte| is_separator(byte))
        .filter(|part| !part.is_empty() && *part != b".")
}

/// An absolute path, with `..` carried out.
#[derive(Clone, Debug)]
struct Resolved<'p> {
    root: Cow<'p, [u8]>,
    /// Its parts, with a separator between two.
    rest: Cow<'p, [u8]>,
}

impl<'p> Resolved<'p> {
    /// A path that is absolute or relative to `base`; without one it is relative to the root.
    fn of(base: Option<&'p Resolved<'_>>, path: &'p [u8]) -> Resolved<'p> {
        let (root, below) = split_root(path);
        let (root, above) = match base {
            Some(base) if root.is_empty() => (Cow::Borrowed(&*base.root), &*base.rest),
            None if root.is_empty() => (Cow::Borrowed([SEPARATOR].as_slice()), [].as_slice()),
            _ => (root, [].as_slice()),
        };
        if above.is_empty() && is_joined(below) {
            let rest = Cow::Borrowed(below);
            return Resolved { root, rest };
        }
        let mut rest = Vec::with_capacity(above.len() + 1 + below.len());
        rest.extend_from_slice(above);
        for part in parts(below) {
            if part == b".." {
                let end = rest.iter().rposition(|&byte| byte == SEPARATOR);
                rest.truncate(end.unwrap_or(0));
                continue;
            }
            if !rest.is_empty() {
                rest.push(SEPARATOR);
            }
            rest.extend_from_slice(part);
        }
        let rest = Cow::Owned(rest);
        Resolved { root, rest }
    }

    fn into_owned(self) -> Resolved<'static> {
        Resolved {
            root: Cow::Owned(self.root.into_owned()),
            rest: Cow::Owned(self.rest.into_owned()),
        }
    }

    /// What is behind `dir`, if it is below that.
    fn below(&self, dir: &Resolved<'_>) -> Option<&[u8]> {
        if self.root != dir.root {
            return None;
        }
        match self.rest.strip_prefix(&*dir.rest)? {
            rest if rest.is_empty() || dir.rest.is_empty() => Some(rest),
            [SEPARATOR, rest @ ..] => Some(rest),
            _ => None,
        }
    }
}

/// A relative path stays relative, with as many `..` at its beginning as it needs.
fn normalise(path: &[u8]) -> Vec<u8> {
    let (root, rest) = split_root(path);
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut up = 0;
    for part in parts(rest) {
        if part != b".." {
            kept.push(part);
        } else if kept.pop().is_none() && root.is_empty() {
            up += 1;
        }
    }
    let mut out = vec![b"..".as_slice(); up];
    out.extend(kept);
    match [&root[..], &out.join(&SEPARATOR)].concat() {
        nothing if nothing.is_empty() => b".".to_vec(),
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path with the system's separators.
    fn native(path: &str) -> Vec<u8> {
        let bytes = path.bytes();
        bytes
            .map(|byte| if byte == b'/' { SEPARATOR } else { byte })
            .collect()
    }

    fn prefixes() -> Prefixes {
        let mut prefixes = Prefixes::new("/w/project");
        prefixes.push("/opt/zig/lib");
        prefixes.push(".zig-cache");
        prefixes.push("/w/global/");
        prefixes
    }

    #[test]
    fn paths_below_a_directory_are_relative_to_it() {
        let prefixes = prefixes();
        let cases = [
            ("src/main.zig", 0, "src/main.zig"),
            ("./src//a/../main.zig", 0, "src/main.zig"),
            ("../other/x.zig", 0, "../other/x.zig"),
            ("a/../../../x", 0, "../../x"),
            ("/w/project/src/main.zig", 0, "/w/project/src/main.zig"),
            ("/elsewhere/./x", 0, "/elsewhere/x"),
            ("/../x", 0, "/x"),
            ("", 0, "."),
            ("/", 0, "/"),
            (".zig-cache/o/1/x", 2, "o/1/x"),
            ("/w/project/.zig-cache/o/1/x", 2, "o/1/x"),
            ("../../opt/zig/lib/std/std.zig", 1, "std/std.zig"),
            ("/opt/zig/lib2/std.zig", 0, "/opt/zig/lib2/std.zig"),
            ("/opt/zig/lib/../x", 0, "/opt/zig/x"),
            ("/opt/zig/lib", 0, "/opt/zig/lib"),
            ("../global/x", 3, "x"),
        ];
        for (path, prefix, sub_path) in cases {
            let found = prefixes.find(path.as_ref());
            assert_eq!(
                found,
                PrefixedPath {
                    prefix,
                    sub_path: native(sub_path)
                },
                "{path}"
            );
        }
    }

    #[test]
    #[cfg(windows)]
    fn drives_and_shares_are_roots() {
        let mut prefixes = Prefixes::new("C:\\w\\project");
        prefixes.push("D:\\zig\\lib");
        prefixes.push(".zig-cache");
        prefixes.push("\\\\server\\share\\global");
        for (path, prefix, sub_path) in [
            ("src/main.zig", 0, "src\\main.zig"),
            ("c:/w/./project/../x.zig", 0, "C:\\w\\x.zig"),
            ("d:/zig/lib/std/std.zig", 1, "std\\std.zig"),
            (
                "C:\\zig\\lib\\std\\std.zig",
                0,
                "C:\\zig\\lib\\std\\std.zig",
            ),
            ("c:\\w\\project\\.zig-cache\\o\\1\\x", 2, "o\\1\\x"),
            ("//server/share/global/x", 3, "x"),
            ("\\\\server\\share\\x", 0, "\\\\server\\share\\x"),
        ] {
            let found = prefixes.find(path.as_ref());
            let sub_path = sub_path.into();
            assert_eq!(found, PrefixedPath { prefix, sub_path }, "{path}");
        }
    }

    #[test]
    fn what_was_found_is_located_again() {
        let prefixes = prefixes();
        for (path, at) in [
            ("src/main.zig", "/w/project/src/main.zig"),
            ("/x/y", "/x/y"),
            (".zig-cache/o/1/x", "/w/project/.zig-cache/o/1/x"),
            ("/w/global/x", "/w/global/x"),
        ] {
            assert_eq!(
                prefixes.locate(&prefixes.find(path.as_ref())),
                Some(PathBuf::from(at))
            );
        }
        assert_eq!(
            prefixes.locate(&PrefixedPath {
                prefix: 4,
                sub_path: b"x".to_vec()
            }),
            None
        );
    }

    #[test]
    fn no_more_directories_than_numbers() {
        let mut prefixes = Prefixes::new("/w");
        for number in 1..300 {
            prefixes.push(format!("/dir{number}"));
        }
        assert_eq!(prefixes.count(), 256);
        assert_eq!(prefixes.find("/dir255/x".as_ref()).prefix, 255);
        assert_eq!(prefixes.find("/dir256/x".as_ref()).prefix, 0);
    }
}
