//! Names up to 0.14: the path of the source within its module, so that a file has one entry however it is
//! reached.

use release::Release;

use super::{EntryName, NameHasher, Resolved, parts, resolved};
use crate::file::{SEPARATOR, is_absolute};

/// Which module a file belongs to, as far as names of entries depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleRoot<'a> {
    /// The main module; its entries lie in the local cache directory.
    Main,
    /// Any other; its entries lie in the global cache directory.
    Other {
        /// The directory that `sub_path` is relative to, as the compiler has it: for `std` the lib directory
        /// as [`resolve_path`] gives it, for a module of the command line `None`.
        root_dir: Option<&'a [u8]>,
        /// The directory of the module's root file, relative to `root_dir`: `std` for `std`. For a module
        /// of the command line the directory part of its root file's [`resolve_path`], empty where
        /// that has none.
        sub_path: &'a [u8],
    },
}

/// A path as the reference has it after reading it from its command line or environment: relative to the
/// working directory where it is below that, otherwise absolute.
///
/// So a name depends on the directory the compiler runs in, for the lib directory too. Quirks included: an
/// absolute path outside the working directory stays as it was written, and the working directory itself is
/// `.` or empty, depending on how it was written.
pub fn resolve_path(cwd: &[u8], path: &[u8]) -> Vec<u8> {
    if is_absolute(path) {
        return match Resolved::of(cwd).below(&Resolved::of(path)) {
            Some(rest) => rest.join(&SEPARATOR),
            None => path.to_vec(),
        };
    }
    let mut depth = 0usize;
    let mut leaves_cwd = false;
    for part in parts(path) {
        match (part == b"..", depth) {
            (true, 0) => leaves_cwd = true,
            (true, _) => depth -= 1,
            (false, _) => depth += 1,
        }
    }
    if leaves_cwd {
        return Resolved::of(cwd).join(path).text();
    }
    match resolved(path) {
        kept if kept.is_empty() => b".".to_vec(),
        kept => kept.into_owned(),
    }
}

/// The name of the entry that a release up to 0.14 has of a file. `sub_file_path` is the file's path below
/// its module's root directory, normalised, with the system's separator between its parts.
pub fn entry_name(release: Release, module: ModuleRoot<'_>, sub_file_path: &[u8]) -> EntryName {
    let mut hasher = NameHasher::new(release);
    hasher.compiler(release);
    if let ModuleRoot::Other { root_dir, sub_path } = module {
        hasher.field(&[u8::from(root_dir.is_some())]);
        if let Some(root_dir) = root_dir {
            hasher.field(root_dir);
        }
        hasher.field(sub_path);
    }
    hasher.field(sub_file_path);
    hasher.finish(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    // All names here were seen in caches of the reference.

    #[test]
    fn names_of_the_main_module() {
        let name = |path: &[u8]| entry_name(Release::V0_14_1, ModuleRoot::Main, path).to_string();
        assert_eq!(name(b"hello.zig"), "c1636a01d58b0e60406377649be44b8c");
        assert_eq!(name(b"cfg.zon"), "bc4ea4bdfba659a31bd26d77b7ed8ab6");
        // The directory of the main module does not matter, what is below it does.
        assert_eq!(name(b"sub/c.zig"), "706dbb44de2a83f166e6c7c5225163cd");
    }

    #[test]
    fn names_of_other_modules() {
        let name = |root_dir, sub_path, path| {
            entry_name(
                Release::V0_14_1,
                ModuleRoot::Other { root_dir, sub_path },
                path,
            )
            .to_string()
        };
        let std = |path| name(Some(b"lib".as_slice()), b"std".as_slice(), path);
        assert_eq!(
            std(b"std.zig".as_slice()),
            "490ff0990bf019732ff71f85ea28053f"
        );
        assert_eq!(std(b"Build/Cache.zig"), "30c350fa876ccae381e01a491c7853dd");
        assert_eq!(
            name(None, b"dep", b"foo.zig"),
            "ff8d83bde8a64cf8839e5955eb2291e0"
        );
        assert_eq!(
            name(None, b"", b"bar.zig"),
            "29cf768dbd6d95635ab6b9dfb163c19b"
        );
        assert_eq!(
            name(None, b"/tmp/nm", b"outer.zig"),
            "34b127ef715a1dcdb86a870c2d103516"
        );
        // From `-Mabs=//tmp/./abs.zig`: an absolute path is not normalised.
        assert_eq!(
            name(None, b"//tmp/.", b"abs.zig"),
            "e18b2bb523876d50f724449f878de92a"
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "has paths of Unix")]
    fn paths() {
        let cases: [(&[u8], &[u8]); 15] = [
            (b"m.zig", b"m.zig"),
            (b"./dep/foo.zig", b"dep/foo.zig"),
            (b"dep/../bar.zig", b"bar.zig"),
            (b"./lib/../lib", b"lib"),
            (b".", b"."),
            (b"", b"."),
            (b"..", b"/a"),
            (b".././outer.zig", b"/a/outer.zig"),
            (b"../b/m.zig", b"/a/b/m.zig"),
            (b"../../../../x", b"/x"),
            (b"/a/b/q/in.zig", b"q/in.zig"),
            (b"/a/c/../b/q", b"q"),
            (b"/a/b", b""),
            (b"//tmp/./abs.zig", b"//tmp/./abs.zig"),
            (b"/a/bc", b"/a/bc"),
        ];
        for (path, want) in cases {
            let got = resolve_path(b"/a/b", path);
            assert_eq!(
                got,
                want,
                "{}: {}",
                String::from_utf8_lossy(path),
                String::from_utf8_lossy(&got)
            );
        }
    }

    #[test]
    #[cfg(windows)]
    fn paths_on_windows() {
        for (path, want) in [
            ("m.zig", "m.zig"),
            ("./dep/foo.zig", "dep\\foo.zig"),
            ("dep\\..\\bar.zig", "bar.zig"),
            ("", "."),
            ("..", "C:\\a"),
            ("../x\\y", "C:\\a\\x\\y"),
            ("..\\..\\..\\x", "C:\\x"),
            ("c:/a/b/q/in.zig", "q\\in.zig"),
            ("C:\\a\\b", ""),
            ("D:\\a\\b\\x", "D:\\a\\b\\x"),
            ("\\\\s\\t\\x", "\\\\s\\t\\x"),
        ] {
            let got = resolve_path(b"C:\\a\\b", path.as_bytes());
            assert_eq!(String::from_utf8_lossy(&got), want, "{path}");
        }
    }
}
