//! Names of entries.
//!
//! A file has one entry of each release. Up to 0.14 it is named by the module and the path below the module's
//! root (`module`), from 0.15 on by its canonical path alone (`canonical`).

mod canonical;
mod module;

use std::borrow::Cow;
use std::fmt;
use std::hash::Hasher as _;

use release::{Range, Release, generations};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::file::{SEPARATOR, is_separator, split_root};

pub use canonical::{CanonicalPath, Directories, Root};
pub use module::{ModuleRoot, entry_name, resolve_path};

/// The key of all hashes of the releases up to 0.16.
pub(crate) const FIRST_KEY: [u8; 16] = [
    0x33, 0x52, 0xa2, 0x84, 0xcf, 0x17, 0x56, 0x57, 0x01, 0xbb, 0xcd, 0xe4, 0x77, 0xd6, 0xf0, 0x60,
];

/// The keys of the hash of a name.
const KEYS: [(Range, [u8; 16]); 2] = [
    (generations!(..G17_0), FIRST_KEY),
    (
        generations!(G17_0..),
        [
            0x02, 0xe9, 0xfa, 0xfe, 0xe0, 0x95, 0x81, 0x55, 0xf5, 0x5a, 0x15, 0xcb, 0x4a, 0xf4,
            0x00, 0x09,
        ],
    ),
];

/// The number of the code generator that the releases were built with: LLVM.
const BACKEND: u64 = 2;

/// The hash of a name under way.
struct NameHasher(SipHasher13);

impl NameHasher {
    fn new(release: Release) -> NameHasher {
        let generation = release.generation();
        let key = (KEYS.iter()).find(|(generations, _)| generations.contains(generation));
        // Every generation is in one of the ranges; a test says so.
        NameHasher(SipHasher13::new_with_key(
            &key.map_or([0; 16], |(_, key)| *key),
        ))
    }

    /// Bytes of a length that follows from what stands before.
    fn raw(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// Bytes with their length before them.
    fn field(&mut self, bytes: &[u8]) {
        self.raw(&(bytes.len() as u64).to_le_bytes());
        self.raw(bytes);
    }

    /// Which compiler it is.
    fn compiler(&mut self, release: Release) {
        self.field(release.as_str().as_bytes());
        self.field(&BACKEND.to_le_bytes());
    }

    fn finish(self, release: Release) -> EntryName {
        EntryName::from_digest(release, self.0.finish128().as_bytes())
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

/// The parts of what is behind a path's root, but for empty ones and `.`.
fn parts(rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    rest.split(|&byte| is_separator(byte))
        .filter(|part| !part.is_empty() && *part != b".")
}

/// A path without `.` and `..`: its root, which is empty if it is relative, and the parts behind it.
struct Resolved<'p> {
    root: Cow<'p, [u8]>,
    parts: Vec<&'p [u8]>,
}

impl<'p> Resolved<'p> {
    fn of(path: &'p [u8]) -> Resolved<'p> {
        let (root, rest) = split_root(path);
        let parts = Vec::new();
        Resolved { root, parts }.join(rest)
    }

    /// With parts behind it, of which `..` take those before them; above the root there is nothing.
    fn join(mut self, rest: &'p [u8]) -> Resolved<'p> {
        for part in parts(rest) {
            if part == b".." {
                self.parts.pop();
            } else {
                self.parts.push(part);
            }
        }
        self
    }

    /// The parts of a path below this one.
    fn below<'o>(&self, other: &'o Resolved<'p>) -> Option<&'o [&'p [u8]]> {
        let is_same_root = self.root == other.root;
        is_same_root.then(|| other.parts.strip_prefix(&self.parts[..]))?
    }

    fn text(&self) -> Vec<u8> {
        [&self.root[..], &self.parts.join(&SEPARATOR)].concat()
    }
}

/// A path without `.` and `..`, by its text: the path itself where it has none.
fn resolved(path: &[u8]) -> Cow<'_, [u8]> {
    match is_plain(path) {
        true => path.into(),
        false => Resolved::of(path).text().into(),
    }
}

/// Whether there is nothing to resolve in a path, told quickly: there may be nothing in others too.
fn is_plain(path: &[u8]) -> bool {
    let is_odd = |at: usize| {
        let part = &path[at + 1..];
        path[at] == SEPARATOR
            && matches!(
                part,
                [] | [b'.'] | [SEPARATOR, ..] | [b'.', b'.' | SEPARATOR, ..]
            )
    };
    // Elsewhere there are two separators, and drives.
    SEPARATOR == b'/' && !matches!(path, [] | [b'.', ..]) && !(0..path.len()).any(is_odd)
}

#[cfg(test)]
mod tests {
    use release::Generation;

    use super::*;

    /// What is told quickly is so.
    #[test]
    fn plain_paths_are_resolved() {
        let parts = ["a", ".b", "c.", ".", "..", "..d", ""];
        let mut plain = 0;
        for root in ["/", ""] {
            for first in parts {
                for second in parts {
                    for third in parts {
                        let path = format!("{root}{first}/{second}/{third}");
                        if is_plain(path.as_bytes()) {
                            plain += 1;
                            assert_eq!(
                                Resolved::of(path.as_bytes()).text(),
                                path.as_bytes(),
                                "{path}"
                            );
                        }
                    }
                }
            }
        }
        assert_eq!(plain > 0, SEPARATOR == b'/');
    }

    #[test]
    fn every_generation_has_one_key() {
        for &generation in Generation::ALL {
            let keys = KEYS.iter().filter(|(range, _)| range.contains(generation));
            assert_eq!(keys.count(), 1, "{generation:?}");
        }
    }
}
