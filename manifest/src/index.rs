//! Finding inputs by their paths.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::prefix::PrefixedPath;

/// Positions in a list of inputs, found by path. The list is kept elsewhere: `path` gives the path at a
/// position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    positions: HashTable<usize>,
    hasher: foldhash::fast::RandomState,
}

impl Index {
    /// An empty one with room for so many.
    pub(crate) fn with_capacity(count: usize) -> Index {
        Index {
            positions: HashTable::with_capacity(count),
            hasher: foldhash::fast::RandomState::default(),
        }
    }

    /// Those at the positions up to `count`. No path is there twice.
    pub(crate) fn of<'e>(count: usize, path: impl Fn(usize) -> &'e PrefixedPath) -> Index {
        let mut index = Index::with_capacity(count);
        for position in 0..count {
            index.insert(position, &path);
        }
        index
    }

    /// The position of that path.
    pub(crate) fn get<'e>(
        &self,
        wanted: &PrefixedPath,
        path: impl Fn(usize) -> &'e PrefixedPath,
    ) -> Option<usize> {
        let hash = self.hasher.hash_one(wanted);
        let is_it = |&position: &usize| path(position) == wanted;
        self.positions.find(hash, is_it).copied()
    }

    /// Adds the position of a path that is not there yet.
    pub(crate) fn insert<'e>(&mut self, position: usize, path: impl Fn(usize) -> &'e PrefixedPath) {
        let hash = |&position: &usize| self.hasher.hash_one(path(position));
        self.positions
            .insert_unique(hash(&position), position, hash);
    }

    /// Adds the position of a path; says whether it was not there yet.
    pub(crate) fn insert_new<'e>(
        &mut self,
        position: usize,
        path: impl Fn(usize) -> &'e PrefixedPath,
    ) -> bool {
        let wanted = path(position);
        let rehash = |&position: &usize| self.hasher.hash_one(path(position));
        let is_it = |&position: &usize| path(position) == wanted;
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
