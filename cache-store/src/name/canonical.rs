//! Names from 0.15 on: the canonical path of the source, which is a root that the compiler knows and the path
//! below it.
//!
//! So entries of the standard library do not depend on where it is, and those of 0.17 not on where the
//! project is. The reference has this in `Compilation.Path`.

use std::borrow::Cow;

use release::{Range, Release, generations};

use super::{EntryName, NameHasher, Resolved, resolved};
use crate::file::{SEPARATOR, is_absolute};

/// What canonical paths begin at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Root {
    /// The lib directory.
    ZigLib,
    /// The global cache directory.
    GlobalCache,
    /// The local cache directory.
    LocalCache,
    /// The directory of the build: `--build-root`, or the working directory.
    BuildRoot,
    /// Nothing: the path is absolute.
    None,
}

/// The roots in the order of their numbers, which are counted, and the generations that have them.
const ROOTS: [(Root, Range); 5] = [
    (Root::ZigLib, generations!(..)),
    (Root::GlobalCache, generations!(..)),
    (Root::LocalCache, generations!(..)),
    (Root::BuildRoot, generations!(G17_0..)),
    (Root::None, generations!(..)),
];

impl Root {
    /// Its number in that release.
    fn number(self, release: Release) -> u8 {
        let generation = release.generation();
        let known = ROOTS
            .iter()
            .filter(|(_, range)| range.contains(generation))
            .take_while(|(root, _)| *root != self);
        known.fold(0, |n, _| n + 1)
    }
}

/// Where the directories are that canonical paths begin at, for one release and one working directory.
#[derive(Clone, Debug)]
pub struct Directories {
    release: Release,
    /// Resolved, absolute.
    cwd: Vec<u8>,
    /// As the reference has them: relative to the working directory where they are below it. The longest
    /// first.
    roots: Vec<(Vec<u8>, Root)>,
}

/// A file's path as names of entries have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CanonicalPath {
    /// What it is below.
    pub root: Root,
    /// The rest, without a separator before or behind it; empty for the root itself. Absolute below
    /// [`Root::None`].
    pub sub_path: Vec<u8>,
}

impl Directories {
    /// Those of `release`, in the working directory `cwd`, which is absolute. `directories` may be relative
    /// to it. Of two that are the same the first of the enum counts; roots that the release has not are left
    /// out.
    pub fn new(release: Release, cwd: &[u8], directories: &[(Root, &[u8])]) -> Directories {
        let mut this = Directories {
            release,
            cwd: Resolved::of(cwd).text(),
            roots: Vec::new(),
        };
        for (root, range) in ROOTS {
            if root == Root::None || !range.contains(release.generation()) {
                continue;
            }
            let given = directories.iter().filter(|(given, _)| *given == root);
            let paths: Vec<_> = given
                .map(|(_, path)| (this.resolve(path).into_owned(), root))
                .collect();
            this.roots.extend(paths);
        }
        // Stable, so that of equals the first stays the first.
        this.roots
            .sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        this
    }

    /// The release that they are of.
    pub fn release(&self) -> Release {
        self.release
    }

    /// A path without `.` and `..`, by its text: relative to the working directory if it is below that,
    /// otherwise absolute. The working directory is empty.
    fn resolve<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        let may_lead_out = !is_absolute(path) && path.windows(2).any(|two| two == b"..");
        let path = match may_lead_out {
            true => Resolved::of(&self.cwd).join(path).text().into(),
            false => resolved(path),
        };
        match path {
            Cow::Borrowed(path) => below(&self.cwd, path).unwrap_or(path).into(),
            Cow::Owned(path) => match below(&self.cwd, &path) {
                Some(rest) => rest.to_vec().into(),
                None => path.into(),
            },
        }
    }

    /// The canonical path of a file, whose path may be relative to the working directory.
    pub fn canonical(&self, path: &[u8]) -> CanonicalPath {
        let path = self.resolve(path);
        for (root_path, root) in &self.roots {
            let sub_path = if root_path.is_empty() {
                // The working directory, which what is elsewhere is not relative to.
                (!is_absolute(&path)).then_some(&path[..])
            } else {
                below(root_path, &path)
            };
            if let Some(sub_path) = sub_path {
                return CanonicalPath {
                    root: *root,
                    sub_path: sub_path.to_vec(),
                };
            }
        }
        let sub_path = if is_absolute(&path) {
            path.into_owned()
        } else {
            [&self.cwd, &path[..]].join(&SEPARATOR)
        };
        CanonicalPath {
            root: Root::None,
            sub_path,
        }
    }

    /// The name of the entry of that file.
    pub fn entry_name(&self, path: &CanonicalPath) -> EntryName {
        let mut hasher = NameHasher::new(self.release);
        hasher.raw(&[path.root.number(self.release)]);
        hasher.raw(&path.sub_path);
        hasher.compiler(self.release);
        hasher.finish(self.release)
    }
}

impl CanonicalPath {
    /// Whether its entry lies in the global cache directory: what does not belong to the project.
    pub fn is_global(&self) -> bool {
        matches!(self.root, Root::ZigLib | Root::GlobalCache)
    }
}

/// The rest of `path` below `root`, empty where they are the same.
fn below<'p>(root: &[u8], path: &'p [u8]) -> Option<&'p [u8]> {
    let rest = path.strip_prefix(root)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix(&[SEPARATOR])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directories(release: Release) -> Directories {
        let known: [(Root, &[u8]); 4] = [
            (Root::ZigLib, b"/opt/zig/lib"),
            (Root::GlobalCache, b"/home/.cache/zig"),
            (Root::LocalCache, b"/w/p/.zig-cache"),
            (Root::BuildRoot, b"/w/p"),
        ];
        Directories::new(release, b"/w/p", &known)
    }

    /// A path with slashes on every system.
    fn slashed(path: &[u8]) -> String {
        let bytes = path.iter().map(|&byte| match byte {
            SEPARATOR => b'/',
            byte => byte,
        });
        String::from_utf8(bytes.collect()).unwrap()
    }

    // All names here were seen in caches of the reference.

    #[test]
    #[cfg_attr(windows, ignore = "has paths of Unix")]
    fn names() {
        let name = |release, path: &str| {
            let known: [(Root, &[u8]); 2] =
                [(Root::ZigLib, b"/opt/zig/lib"), (Root::BuildRoot, b".")];
            let cwd = format!("/tmp/nm/{release}/p");
            let directories = Directories::new(release, cwd.as_bytes(), &known);
            directories
                .entry_name(&directories.canonical(path.as_bytes()))
                .to_string()
        };
        let cases = [
            (
                Release::V0_15_2,
                "/opt/zig/lib/std/std.zig",
                "e6d569155f9d4f62892d981a7bbe43fc",
            ),
            (
                Release::V0_15_2,
                "sub/cfg.zon",
                "0909b116d1fe6bf8ad7d93a3b469caba",
            ),
            (
                Release::V0_16_0,
                "/opt/zig/lib/std/std.zig",
                "54e5b76effa24bf48f3bf74028c25e26",
            ),
            (
                Release::V0_16_0,
                "main.zig",
                "6622589d2868688fa91071894135e428",
            ),
            (
                Release::V0_17_1,
                "/opt/zig/lib/std/std.zig",
                "dedf47cc6dbc65afcdf0094fd7447410",
            ),
            (
                Release::V0_17_1,
                "main.zig",
                "901288a822950e019001a8e7a3ec115e",
            ),
            (
                Release::V0_17_1,
                "../out/dep.zig",
                "c63e2e167a835422b374aec0355de661",
            ),
        ];
        for (release, path, want) in cases {
            assert_eq!(name(release, path), want, "{release} {path}");
        }
    }

    #[test]
    fn paths() {
        let cases: [(&str, Root, &str); 14] = [
            ("/opt/zig/lib/std/std.zig", Root::ZigLib, "std/std.zig"),
            ("/opt/zig/lib", Root::ZigLib, ""),
            (
                "/opt/zig/library/a.zig",
                Root::None,
                "/opt/zig/library/a.zig",
            ),
            ("/home/.cache/zig/p/x/a.zig", Root::GlobalCache, "p/x/a.zig"),
            ("main.zig", Root::BuildRoot, "main.zig"),
            ("./sub//a.zig", Root::BuildRoot, "sub/a.zig"),
            ("sub/../b..zig", Root::BuildRoot, "b..zig"),
            ("/w/p/main.zig", Root::BuildRoot, "main.zig"),
            (".zig-cache/o/x/a.zig", Root::LocalCache, "o/x/a.zig"),
            ("../q/a.zig", Root::None, "/w/q/a.zig"),
            ("/w/pp/a.zig", Root::None, "/w/pp/a.zig"),
            ("..", Root::None, "/w"),
            ("", Root::BuildRoot, ""),
            ("/w/p/../p", Root::BuildRoot, ""),
        ];
        for (path, root, sub_path) in cases {
            let CanonicalPath {
                root: of,
                sub_path: rest,
            } = directories(Release::V0_17_1).canonical(path.as_bytes());
            assert_eq!((of, slashed(&rest)), (root, sub_path.into()), "{path}");
            // Before 0.17 there is no build root.
            let earlier = directories(Release::V0_16_0).canonical(path.as_bytes());
            if root == Root::BuildRoot {
                assert_eq!(earlier.root, Root::None, "{path}");
                assert!(slashed(&earlier.sub_path).starts_with("/w/p/"), "{path}");
            } else {
                assert_eq!(
                    (earlier.root, slashed(&earlier.sub_path)),
                    (root, sub_path.into())
                );
            }
        }
    }

    #[test]
    fn of_two_directories_that_are_the_same_the_first_counts() {
        let known: [(Root, &[u8]); 3] = [
            (Root::LocalCache, b"cache"),
            (Root::GlobalCache, b"/w/p/cache/"),
            (Root::ZigLib, b"."),
        ];
        let directories = Directories::new(Release::V0_16_0, b"/w/p", &known);
        assert_eq!(directories.canonical(b"cache/a").root, Root::GlobalCache);
        assert_eq!(directories.canonical(b"a").root, Root::ZigLib);
        assert_eq!(directories.canonical(b"../a").root, Root::None);
    }
    /// These were seen in caches of the reference for Windows.
    #[test]
    #[cfg(windows)]
    fn names_on_windows() {
        for (release, path, want) in [
            (
                Release::V0_16_0,
                "a.zig",
                "18965a601fe22691b7f8c2dea1958a46",
            ),
            (Release::V0_16_0, "lib", "d4d688ef48fedf2b11ad045647c262bb"),
            (
                Release::V0_17_1,
                "a.zig",
                "1000b89acac2b88abf536e6412194c48",
            ),
            (Release::V0_17_1, "lib", "a4be937b5734002956e7ec2d0c392ee2"),
        ] {
            let lib = format!("C:\\z\\{release}\\ziglang\\lib");
            let known: [(Root, &[u8]); 2] =
                [(Root::ZigLib, lib.as_bytes()), (Root::BuildRoot, b".")];
            let directories = Directories::new(release, b"C:\\w", &known);
            let path = path.replace("lib", &format!("{lib}/std/std.zig"));
            let name = directories.entry_name(&directories.canonical(path.as_bytes()));
            assert_eq!(name.as_str(), want, "{release} {path}");
        }
    }
}
