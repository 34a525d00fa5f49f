//! The strings that there are so far: each distinct one that holds no NUL is stored once, with a NUL after
//! it.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

/// Index over the strings in the string bytes.
#[derive(Default, Debug)]
pub(crate) struct StringTable {
    /// Offset and hash of each string.
    table: HashTable<(u32, u32)>,
    hasher: foldhash::fast::FixedState,
}

/// The table wants hashes whose upper and lower bits both vary.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl StringTable {
    fn hash(&self, key: &[u8]) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key);
        hasher.finish() as u32
    }

    fn find(&self, bytes: &[u8], key: &[u8], hash: u32) -> Option<u32> {
        let found = self.table.find(spread(hash), |&(offset, other)| {
            other == hash && is_at(bytes, offset, key)
        });
        found.map(|&(offset, _)| offset)
    }

    fn insert(&mut self, start: u32, hash: u32) {
        self.table
            .insert_unique(spread(hash), (start, hash), |&(_, hash)| spread(hash));
    }

    /// Interns the string at the end of `bytes`, from `start` on. Returns the offset of the one that was
    /// there already, having cut `bytes` back, or of this one, now with a NUL after it.
    pub(crate) fn intern_tail(&mut self, bytes: &mut Vec<u8>, start: u32) -> u32 {
        let key = &bytes[start as usize..];
        let hash = self.hash(key);
        if let Some(offset) = self.find(bytes, key, hash) {
            bytes.truncate(start as usize);
            return offset;
        }
        bytes.push(0);
        self.insert(start, hash);
        start
    }

    /// Interns a string that is not in `bytes` yet. The result is the same.
    pub(crate) fn intern(&mut self, bytes: &mut Vec<u8>, key: &[u8]) -> u32 {
        let hash = self.hash(key);
        if let Some(offset) = self.find(bytes, key, hash) {
            return offset;
        }
        let start = bytes.len() as u32;
        bytes.extend_from_slice(key);
        bytes.push(0);
        self.insert(start, hash);
        start
    }
}

/// Whether a string, which holds no NUL, is the one that starts there.
pub(crate) fn is_at(bytes: &[u8], offset: u32, key: &[u8]) -> bool {
    let rest = bytes.get(offset as usize..).unwrap_or_default();
    rest.get(key.len()) == Some(&0) && rest.starts_with(key)
}

/// Where a string is.
pub(crate) enum StringLiteral {
    /// It ends at a NUL.
    NullTerminated(u32),
    /// It holds NULs itself.
    Slice { start: u32, len: u32 },
}
