//! Finding what is in a list by a part of it.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;

/// Positions in a list, found by keys of which no two are the same. The list keeps them: `key` gives the one
/// at a position, so that no key is there twice.
#[derive(Clone, Debug, Default)]
pub struct Index {
    positions: HashTable<usize>,
    hasher: foldhash::fast::RandomState,
}

impl Index {
    /// An empty one with room for so many.
    pub fn with_capacity(count: usize) -> Index {
        Index {
            positions: HashTable::with_capacity(count),
            hasher: foldhash::fast::RandomState::default(),
        }
    }

    /// Those at the positions up to `count`.
    pub fn of<'e, K: Hash + Eq + ?Sized + 'e>(count: usize, key: impl Fn(usize) -> &'e K) -> Index {
        let mut index = Index::with_capacity(count);
        for position in 0..count {
            index.insert(position, &key);
        }
        index
    }

    /// The position of that key.
    pub fn get<'e, K: Hash + Eq + ?Sized + 'e>(
        &self,
        wanted: &K,
        key: impl Fn(usize) -> &'e K,
    ) -> Option<usize> {
        let hash = self.hasher.hash_one(wanted);
        let is_it = |&position: &usize| key(position) == wanted;
        self.positions.find(hash, is_it).copied()
    }

    /// Makes room for so many positions more.
    pub fn reserve<'e, K: Hash + Eq + ?Sized + 'e>(
        &mut self,
        count: usize,
        key: impl Fn(usize) -> &'e K,
    ) {
        let hash = |&position: &usize| self.hasher.hash_one(key(position));
        self.positions.reserve(count, hash);
    }

    /// Adds the position of a key that is not there yet.
    pub fn insert<'e, K: Hash + Eq + ?Sized + 'e>(
        &mut self,
        position: usize,
        key: impl Fn(usize) -> &'e K,
    ) {
        let hash = |&position: &usize| self.hasher.hash_one(key(position));
        self.positions
            .insert_unique(hash(&position), position, hash);
    }

    /// Adds the position of a key; says whether it was not there yet.
    pub fn insert_new<'e, K: Hash + Eq + ?Sized + 'e>(
        &mut self,
        position: usize,
        key: impl Fn(usize) -> &'e K,
    ) -> bool {
        let wanted = key(position);
        let rehash = |&position: &usize| self.hasher.hash_one(key(position));
        let is_it = |&position: &usize| key(position) == wanted;
        let entry = self.positions.entry(rehash(&position), is_it, rehash);
        match entry {
            hashbrown::hash_table::Entry::Occupied(_) => false,
            hashbrown::hash_table::Entry::Vacant(place) => {
                place.insert(position);
                true
            }
        }
    }
}
