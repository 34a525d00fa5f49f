//! Paths as the reference treats them: resolved by their text alone, so that a file has one key in the
//! import table however it is spelled. Symbolic links are not followed.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use cache_store::file::{self, SEPARATOR, is_absolute, is_separator, split_root};

/// The bytes of a path.
pub(crate) fn bytes(path: &Path) -> &[u8] {
    file::path_bytes(path)
}

/// A path of these bytes.
pub(crate) fn from_bytes(bytes: &[u8]) -> Cow<'_, Path> {
    file::path_from_bytes(bytes)
}

/// A path for people and for JSON; what is not UTF-8 is replaced.
pub(crate) fn display(path: &Path) -> String {
    String::from_utf8_lossy(bytes(path)).into_owned()
}

/// Joins the parts, an absolute one starting anew, and takes out `.` and `..`. A relative result may begin
/// with `..`; an empty one is `.`.
pub(crate) fn resolve(parts: &[&[u8]]) -> PathBuf {
    let start = parts.iter().rposition(|part| is_absolute(part));
    let parts = &parts[start.unwrap_or(0)..];
    let (root, first) = split_root(parts.first().copied().unwrap_or_default());
    let rest = parts.get(1..).unwrap_or_default();
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    joined.extend_from_slice(&root);
    // What is before this stays: the root, or `..` that lead out of a relative path.
    let mut floor = root.len();
    let parts = std::iter::once(&first).chain(rest);
    for component in parts.flat_map(|part| part.split(|&b| is_separator(b))) {
        match component {
            b"" | b"." => {}
            b".." if joined.len() > floor => {
                let last = joined[floor..].iter().rposition(|&b| b == SEPARATOR);
                joined.truncate(floor + last.unwrap_or(0));
            }
            b".." if !root.is_empty() => {}
            _ => {
                if joined.len() > root.len() {
                    joined.push(SEPARATOR);
                }
                joined.extend_from_slice(component);
                if component == b".." {
                    floor = joined.len();
                }
            }
        }
    }
    if joined.is_empty() {
        joined.push(b'.');
    }
    file::path_from_vec(joined)
}

/// What `name` means in a file, whose path is resolved: as [`resolve`] has it, of the path, `..` and the
/// name. Most names are plain, so that there is little to resolve.
pub(crate) fn resolve_beside(file: &Path, name: &[u8]) -> PathBuf {
    let dir = bytes(file);
    let plain = || {
        // Elsewhere there are two separators, and drives.
        if SEPARATOR != b'/' {
            return None;
        }
        // Down to the separator, which is kept.
        let up = |dir: &[u8]| Some(memchr::memrchr(SEPARATOR, dir)? + 1);
        let mut dir = &dir[..up(dir)?];
        let mut rest = name;
        while let Some(behind) = rest.strip_prefix(b"../") {
            let above = &dir[..dir.len().checked_sub(1)?];
            let end = up(above)?;
            if &above[end..] == b".." {
                return None;
            }
            dir = &dir[..end];
            rest = behind;
        }
        let begins_oddly = |component: &[u8]| matches!(component, [] | [b'.' | b'/', ..]);
        let mut component = rest;
        while !begins_oddly(component) {
            match memchr::memchr(SEPARATOR, component) {
                Some(end) => component = &component[end + 1..],
                None => return Some(file::path_from_vec([dir, rest].concat())),
            }
        }
        None
    };
    plain().unwrap_or_else(|| resolve(&[dir, b"..", name]))
}

/// A path that is absolute or relative to a directory, which is absolute, by its text alone.
pub(crate) fn absolute(dir: &Path, path: &Path) -> PathBuf {
    resolve(&[bytes(dir), bytes(path)])
}

/// A path as the reference has it, which messages and the names of entries depend on: relative if it is below
/// `cwd`.
pub(crate) fn canonical(cwd: &Path, path: &Path) -> PathBuf {
    file::path_from_vec(cache_store::resolve_path(bytes(cwd), bytes(path)))
}

/// The same of a directory that is walked: the working directory is `.`, however it is named.
pub(crate) fn canonical_dir(cwd: &Path, path: &Path) -> PathBuf {
    let path = canonical(cwd, path);
    if path.as_os_str().is_empty() {
        ".".into()
    } else {
        path
    }
}

/// The order of resolved paths: that of [`Path`], by components, but that a leading `..` is a name as others
/// are. There is nothing to normalise, so it is found in the text, which costs a tenth.
pub(crate) fn compare(a: &Path, b: &Path) -> Ordering {
    let (a, b) = (bytes(a), bytes(b));
    let same = common_len(a, b);
    match a.get(same).zip(b.get(same)) {
        // Where one component ends is the smaller path.
        Some((&SEPARATOR, _)) => Ordering::Less,
        Some((_, &SEPARATOR)) => Ordering::Greater,
        Some((a, b)) => a.cmp(b),
        None => a.len().cmp(&b.len()),
    }
}

/// How many bytes two begin with in common. Paths of one program have most of theirs.
pub(crate) fn common_len(a: &[u8], b: &[u8]) -> usize {
    let (chunks, _) = a.as_chunks::<8>();
    let (others, _) = b.as_chunks::<8>();
    let chunks = chunks.iter().zip(others);
    let same = 8 * chunks.take_while(|(a, b)| a == b).count();
    let rest = a[same..].iter().zip(&b[same..]);
    same + rest.take_while(|(a, b)| a == b).count()
}

/// A resolved path, in the order of [`compare`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Resolved(pub(crate) PathBuf);

impl Ord for Resolved {
    fn cmp(&self, other: &Resolved) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl PartialOrd for Resolved {
    fn partial_cmp(&self, other: &Resolved) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The rest of `path` behind `root`, both resolved, where their text tells that it is below it.
pub(crate) fn below_by_text<'p>(root: &Path, path: &'p Path) -> Option<&'p Path> {
    let rest = bytes(path).strip_prefix(bytes(root))?;
    let rest = rest.strip_prefix(&[SEPARATOR])?;
    // `../..` is not below `..`.
    let is_below = !rest.is_empty() && !rest.starts_with(b"..");
    is_below.then(|| file::path_end(path, rest.len()))?
}

/// The path of `path` below `root`, both resolved. `None` when it is not below it. `cwd` is what relative
/// ones are relative to.
pub(crate) fn below(cwd: &Path, root: &Path, path: &Path) -> Option<PathBuf> {
    let root = resolve(&[bytes(cwd), bytes(root)]);
    let path = resolve(&[bytes(cwd), bytes(path)]);
    let rest = path.strip_prefix(&root).ok()?;
    (!rest.as_os_str().is_empty()).then(|| rest.to_owned())
}

/// Joins with a separator between parts that are not empty, an absolute one starting anew.
pub(crate) fn join(parts: &[&Path]) -> PathBuf {
    let start = parts.iter().rposition(|part| is_absolute(bytes(part)));
    let parts = &parts[start.unwrap_or(0)..];
    let mut joined = Vec::with_capacity(parts.iter().map(|part| bytes(part).len() + 1).sum());
    for part in parts {
        let part = bytes(part);
        if !part.is_empty() {
            if joined.last().is_some_and(|&end| !is_separator(end)) {
                joined.push(SEPARATOR);
            }
            joined.extend_from_slice(part);
        }
    }
    file::path_from_vec(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path with the system's separators.
    fn native(path: &str) -> String {
        path.replace('/', &char::from(SEPARATOR).to_string())
    }

    #[test]
    fn resolves_by_text() {
        let r = |parts: &[&str]| {
            let parts: Vec<&[u8]> = parts.iter().map(|p| p.as_bytes()).collect();
            display(&resolve(&parts)).replace(char::from(SEPARATOR), "/")
        };
        assert_eq!(r(&[".", "", "main.zig", "..", "a/../b.zig"]), "b.zig");
        assert_eq!(r(&["."]), ".");
        assert_eq!(r(&["a", "../../b"]), "../b");
        assert_eq!(r(&["a", "/x/./y/..", "z"]), "/x/z");
        assert_eq!(r(&["/..", "a"]), "/a");
        assert_eq!(r(&["../..", "../a"]), "../../../a");
        assert_eq!(r(&["../a/..", "../b/c/../d"]), "../../b/d");
        assert_eq!(r(&["a/b", "..", ".."]), ".");
        assert_eq!(r(&["/a/b", "..", "..", ".."]), "/");
    }

    #[test]
    fn beside_a_file_is_what_it_is_in_full() {
        let files = [
            "main.zig",
            "a/b/c.zig",
            "/main.zig",
            "/a/b.zig",
            "../x.zig",
            "../../y/x.zig",
        ];
        let names = [
            "b.zig",
            "s/b.zig",
            "../b.zig",
            "../../b.zig",
            "../../../b.zig",
            "./b.zig",
            "s/../b.zig",
            "s//b.zig",
            "s/./b.zig",
            "/abs/b.zig",
            "..",
            ".",
            "",
            "s/",
            "../",
            ".b.zig",
            "s/.b.zig",
            "...zig",
            "../.b.zig",
            "..b.zig",
        ];
        for file in files.map(Path::new) {
            for name in names.map(str::as_bytes) {
                let full = resolve(&[bytes(file), b"..", name]);
                assert_eq!(resolve_beside(file, name), full, "{file:?} {name:?}");
            }
        }
    }

    #[test]
    fn what_two_begin_with() {
        let texts = [
            "",
            "a",
            "abcdefg",
            "abcdefgh",
            "abcdefghi",
            "abcdefghx",
            "xbcdefgh",
        ];
        for a in texts.map(str::as_bytes) {
            for b in texts.map(str::as_bytes) {
                let expected = a.iter().zip(b).take_while(|(a, b)| a == b).count();
                assert_eq!(common_len(a, b), expected);
            }
        }
    }

    #[test]
    fn the_order_is_that_of_components() {
        let names = ["a", "a.zig", "a b", "ab", "b", "b-", "b.zon", "\u{fe}"];
        let mut paths = vec![PathBuf::from(native("/"))];
        for a in names {
            for root in ["/", ""] {
                paths.push(native(&format!("{root}{a}")).into());
                let below = names.iter().map(|b| native(&format!("{root}{a}/{b}")));
                paths.extend(below.map(PathBuf::from));
            }
        }
        for a in &paths {
            for b in &paths {
                assert_eq!(compare(a, b), a.cmp(b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn tells_what_is_below() {
        let b = |root: &str, path: &str| {
            below(Path::new("/w"), Path::new(root), Path::new(path)).map(|p| display(&p))
        };
        assert_eq!(b(".", "a/b.zig"), Some(native("a/b.zig")));
        assert_eq!(b("a", "a/b.zig"), Some("b.zig".into()));
        assert_eq!(b("a", "ab.zig"), None);
        assert_eq!(b("a", "b.zig"), None);
        assert_eq!(b("/w", "x/y"), Some(native("x/y")));
        assert_eq!(b("x", "x"), None);
        let t = |root: &str, path: &str| {
            let (root, path) = (native(root), native(path));
            below_by_text(Path::new(&root), Path::new(&path)).map(display)
        };
        for (root, path) in [("a", "a/b.zig"), ("/w", "/w/x/y"), ("..", "../a")] {
            assert_eq!(t(root, path), b(root, path));
        }
        for (root, path) in [
            ("a", "ab"),
            ("a", "a"),
            (".", "a"),
            ("..", "../.."),
            ("/", "/a"),
        ] {
            assert_eq!(t(root, path), None, "{root} {path}");
        }
    }

    #[test]
    #[cfg(windows)]
    fn on_windows() {
        let r = |parts: &[&str]| {
            let parts: Vec<&[u8]> = parts.iter().map(|p| p.as_bytes()).collect();
            display(&resolve(&parts))
        };
        assert_eq!(
            r(&["C:\\lib", "std/a.zig", "..", "b\\c.zig"]),
            "C:\\lib\\std\\b\\c.zig"
        );
        assert_eq!(r(&["a", "c:/x/./y/..", "z"]), "C:\\x\\z");
        assert_eq!(r(&["C:\\a", "../..\\.."]), "C:\\");
        assert_eq!(r(&["\\\\s\\t", "..", "a"]), "\\\\s\\t\\a");
        assert_eq!(r(&["a", "..\\../b"]), "..\\b");
        let b = |root: &str, path: &'static str| {
            below_by_text(Path::new(root), Path::new(path)).map(display)
        };
        assert_eq!(b("C:\\w", "C:\\w\\s\\a.zig"), Some("s\\a.zig".into()));
        assert_eq!(b("a", "ab"), None);
        let j = |parts: [&str; 3]| display(&join(&parts.map(Path::new)));
        assert_eq!(j(["", "a", "b\\c"]), "a\\b\\c");
        // It stays below: the system knows no such name.
        assert_eq!(j(["C:\\w", "", "D:x"]), "C:\\w\\D:x");
        let order = ["C:\\a", "C:\\a\\b", "C:\\a.zig", "C:\\ab"].map(PathBuf::from);
        assert!(order.is_sorted_by(|a, b| compare(a, b) == Ordering::Less));
    }
}
