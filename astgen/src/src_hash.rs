//! Source hashes: what a declaration or the fields of a container consist of, as a number that changes with
//! it.
//!
//! What is hashed is collected as a list of parts and only hashed at the end: declarations nest, and a list
//! can be set aside at no cost, which the state of a hash function cannot.

use std::ops::Range;

use crate::room::emptied;

/// Some bytes to be hashed.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Of the source, from one offset to another.
    Source(u32, u32),
    Short {
        len: u8,
        bytes: [u8; 8],
    },
}

impl Part {
    fn bytes<'a>(&'a self, source: &'a [u8]) -> &'a [u8] {
        match self {
            Part::Source(start, end) => source
                .get(*start as usize..*end as usize)
                .unwrap_or_default(),
            Part::Short { len, bytes } => &bytes[..usize::from(*len)],
        }
    }
}

/// The hashes being collected; [`SrcHasher::update`] adds to the innermost one.
#[derive(Default, Debug)]
pub(crate) struct SrcHasher {
    parts: Vec<Part>,
    /// Where the innermost hash begins.
    start: usize,
    /// The parts of one hash, put together.
    joined: Vec<u8>,
}

/// What [`SrcHasher::end`] goes back to.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct HashMark {
    outer_start: usize,
    start: usize,
}

impl SrcHasher {
    /// The same for another file.
    pub(crate) fn emptied(self) -> SrcHasher {
        SrcHasher {
            parts: emptied(self.parts),
            start: 0,
            joined: emptied(self.joined),
        }
    }

    /// Begins a hash of its own inside the current one.
    pub(crate) fn begin(&mut self) -> HashMark {
        let mark = HashMark {
            outer_start: self.start,
            start: self.parts.len(),
        };
        self.start = mark.start;
        mark
    }

    /// Drops the hash begun with `mark`, and those inside it that were not ended.
    pub(crate) fn end(&mut self, mark: HashMark) {
        self.parts.truncate(mark.start);
        self.start = mark.outer_start;
    }

    /// Adds bytes that are no part of the source, of which there are few.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut short = [0; 8];
            short[..chunk.len()].copy_from_slice(chunk);
            self.parts.push(Part::Short {
                len: chunk.len() as u8,
                bytes: short,
            });
        }
    }

    /// Adds a piece of the source.
    pub(crate) fn update_source(&mut self, range: Range<usize>) {
        let part = Part::Source(range.start as u32, range.end as u32);
        self.parts.push(part);
    }

    /// The hash of what was added since it was begun, as the words that ZIR stores.
    pub(crate) fn digest(&mut self, source: &[u8]) -> [u32; 4] {
        self.digest_with(source, &[])
    }

    /// [`SrcHasher::digest`] as if `tail` had been added.
    pub(crate) fn digest_with(&mut self, source: &[u8], tail: &[u8]) -> [u32; 4] {
        let digest = match &self.parts[self.start..] {
            [part] if tail.is_empty() => blake3::hash(part.bytes(source)),
            parts => {
                let parts = parts.iter().map(|part| part.bytes(source)).chain([tail]);
                hash_of_parts(parts, &mut self.joined)
            }
        };
        let (words, _) = digest.as_bytes().as_chunks::<4>();
        [0, 1, 2, 3].map(|i| u32::from_le_bytes(words[i]))
    }
}

/// Bytes that are put together at most, to be hashed at once.
const MAX_JOINED: usize = 1 << 16;

/// The hash of all the parts. Hashing in one piece is cheaper than in many short ones, by more than it costs
/// to put them together, in `joined`.
fn hash_of_parts<'a>(parts: impl Iterator<Item = &'a [u8]>, joined: &mut Vec<u8>) -> blake3::Hash {
    joined.clear();
    let mut hasher = None;
    for part in parts {
        if joined.len() + part.len() > MAX_JOINED {
            let hasher = hasher.get_or_insert_with(blake3::Hasher::new);
            hasher.update(joined);
            joined.clear();
            if part.len() > MAX_JOINED {
                hasher.update(part);
                continue;
            }
        }
        joined.extend_from_slice(part);
    }
    match hasher {
        None => blake3::hash(joined),
        Some(mut hasher) => hasher.update(joined).finalize(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(bytes: &[u8]) -> [u32; 4] {
        let digest = blake3::hash(bytes);
        std::array::from_fn(|i| {
            u32::from_le_bytes(std::array::from_fn(|j| digest.as_bytes()[4 * i + j]))
        })
    }

    #[test]
    fn nested_hashes_do_not_mix() {
        let source = b"inner, then source";
        let mut hasher = SrcHasher::default();
        let outer = hasher.begin();
        hasher.update(b"more than eight bytes");
        let inner = hasher.begin();
        hasher.update_source(0..5);
        let _abandoned = hasher.begin();
        hasher.update(b"x");
        hasher.end(inner);
        hasher.update_source(5..18);
        assert_eq!(
            hasher.digest(source),
            plain(b"more than eight bytes, then source")
        );
        assert_eq!(
            hasher.digest_with(source, b"!"),
            plain(b"more than eight bytes, then source!")
        );
        hasher.end(outer);
        assert_eq!(hasher.digest(source), plain(b""));
    }

    #[test]
    fn long_parts_are_hashed_where_they_are() {
        let source: Vec<u8> = (0..4 * MAX_JOINED).map(|i| (i / 7) as u8).collect();
        let lengths = [1, MAX_JOINED - 1, MAX_JOINED, MAX_JOINED + 1, 3];
        for first in lengths {
            for second in lengths {
                for third in lengths {
                    let mut hasher = SrcHasher::default();
                    let mut whole = Vec::new();
                    for len in [first, second, third] {
                        hasher.update_source(0..len);
                        hasher.update(b"and");
                        whole.extend_from_slice(&source[..len]);
                        whole.extend_from_slice(b"and");
                    }
                    assert_eq!(hasher.digest(&source), plain(&whole));
                    assert!(hasher.joined.capacity() <= 2 * MAX_JOINED);
                }
            }
        }
    }
}
