//! Source hashes: what a declaration or the fields of a container consist of, as a number that changes with
//! it.
//!
//! What is hashed is collected as a list of parts and only hashed at the end: declarations nest, and a list
//! can be set aside at no cost, which the state of a hash function cannot.

/// Some bytes to be hashed.
#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Source(&'a [u8]),
    Short { len: u8, bytes: [u8; 8] },
}

impl Part<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Part::Source(bytes) => bytes,
            Part::Short { len, bytes } => &bytes[..usize::from(*len)],
        }
    }
}

/// The hashes being collected; [`SrcHasher::update`] adds to the innermost one.
#[derive(Default, Debug)]
pub(crate) struct SrcHasher<'a> {
    parts: Vec<Part<'a>>,
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

impl<'a> SrcHasher<'a> {
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
    pub(crate) fn update_source(&mut self, source: &'a [u8]) {
        self.parts.push(Part::Source(source));
    }

    /// The hash of what was added since it was begun, as the words that ZIR stores.
    pub(crate) fn digest(&mut self) -> [u32; 4] {
        self.digest_with(&[])
    }

    /// [`SrcHasher::digest`] as if `tail` had been added.
    pub(crate) fn digest_with(&mut self, tail: &[u8]) -> [u32; 4] {
        // Hashing in one piece is cheaper than in many short ones, by more than it costs to put them
        // together.
        let digest = match &self.parts[self.start..] {
            [Part::Source(whole)] if tail.is_empty() => blake3::hash(whole),
            parts => {
                self.joined.clear();
                for part in parts {
                    self.joined.extend_from_slice(part.bytes());
                }
                self.joined.extend_from_slice(tail);
                blake3::hash(&self.joined)
            }
        };
        let (words, _) = digest.as_bytes().as_chunks::<4>();
        [0, 1, 2, 3].map(|i| u32::from_le_bytes(words[i]))
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
        let mut hasher = SrcHasher::default();
        let outer = hasher.begin();
        hasher.update(b"more than eight bytes");
        let inner = hasher.begin();
        hasher.update_source(b"inner");
        let _abandoned = hasher.begin();
        hasher.update(b"x");
        hasher.end(inner);
        hasher.update_source(b", then source");
        assert_eq!(
            hasher.digest(),
            plain(b"more than eight bytes, then source")
        );
        assert_eq!(
            hasher.digest_with(b"!"),
            plain(b"more than eight bytes, then source!")
        );
        hasher.end(outer);
        assert_eq!(hasher.digest(), plain(b""));
    }
}
