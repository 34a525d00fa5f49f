//! Names of entries.
//!
//! An entry is named by the path of its source within its module, so that a file has one entry however it
//! is reached, and a release of the compiler has entries of its own.

use std::fmt;
use std::hash::Hasher as _;

use release::Release;
use siphasher::sip128::{Hasher128, SipHasher13};

/// The key of the hash of a name.
const KEY: [u8; 16] = [
    0x33, 0x52, 0xa2, 0x84, 0xcf, 0x17, 0x56, 0x57, 0x01, 0xbb, 0xcd, 0xe4, 0x77, 0xd6, 0xf0, 0x60,
];

/// The number of the code generator that the releases were built with: LLVM.
const BACKEND: u64 = 2;

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
    fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
        path.split(|&byte| byte == b'/')
            .filter(|part| !part.is_empty() && *part != b".")
    }
    let below_root = |path: &[u8]| {
        let mut kept: Vec<Vec<u8>> = Vec::new();
        for part in parts(path) {
            if part == b".." {
                kept.pop();
            } else {
                kept.push(part.to_vec());
            }
        }
        kept
    };
    if path.first() == Some(&b'/') {
        return match below_root(path).strip_prefix(&below_root(cwd)[..]) {
            Some(rest) => rest.join(&b'/'),
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
        let absolute = below_root(&[cwd, path].join(&b'/'));
        return [b"/".as_slice(), &absolute.join(&b'/')].concat();
    }
    match below_root(path) {
        kept if kept.is_empty() => b".".to_vec(),
        kept => kept.join(&b'/'),
    }
}

/// The file name of an entry, 32 lower case hexadecimal digits, and the release whose IR is in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryName {
    hex: [u8; 32],
    release: Release,
}

impl EntryName {
    /// The name of this digest, for an entry of `release`.
    pub fn from_digest(release: Release, digest: [u8; 16]) -> EntryName {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = [0; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(digest) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        EntryName { hex, release }
    }

    /// The release whose IR the entry has.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        // Digits only, so this cannot fail.
        std::str::from_utf8(&self.hex).unwrap_or_default()
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of the entry that `release` has of a file. `sub_file_path` is the file's path below its module's
/// root directory, normalised, with `/` between its parts.
pub fn entry_name(release: Release, module: ModuleRoot<'_>, sub_file_path: &[u8]) -> EntryName {
    let mut hasher = SipHasher13::new_with_key(&KEY);
    let mut field = |bytes: &[u8]| {
        hasher.write(&(bytes.len() as u64).to_le_bytes());
        hasher.write(bytes);
    };
    field(release.as_str().as_bytes());
    field(&BACKEND.to_le_bytes());
    if let ModuleRoot::Other { root_dir, sub_path } = module {
        field(&[u8::from(root_dir.is_some())]);
        if let Some(root_dir) = root_dir {
            field(root_dir);
        }
        field(sub_path);
    }
    field(sub_file_path);
    EntryName::from_digest(release, hasher.finish128().as_bytes())
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
}
