//! Arrays and tables of the generator, kept for the next file of the same thread.
//!
//! Most files are short, and asking for two dozen arrays, which grow besides, takes as long as a good part of
//! what is then done with them. Only room is kept: nothing of a file can be seen in the next one's ZIR.

use std::cell::Cell;
use std::hash::{BuildHasher, Hash};

use hashbrown::HashMap;
use syntax::TokenIndex;
use zir::{Data, Index, NullTerminatedString};

use crate::fixups::RefTable;
use crate::genzir::Blocks;
use crate::labels::OpenLabels;
use crate::limits::{FEW_NAMES, MAX_SPARE, MAX_SPARE_NAMES};
use crate::result::DestructureComponent;
use crate::rl_annotate::RlNeededSet;
use crate::scope::{NameMap, Namespaces, Scopes};
use crate::src_hash::SrcHasher;
use crate::strings::StringTable;

thread_local! {
    static SPARE: Cell<Option<Spare>> = const { Cell::new(None) };
}

/// What a generator begins with, all of it empty.
#[derive(Default)]
pub(crate) struct Spare {
    pub(crate) nodes_need_rl: RlNeededSet,
    pub(crate) tags: Vec<u8>,
    pub(crate) data: Vec<Data>,
    pub(crate) extra: Vec<u32>,
    pub(crate) string_bytes: Vec<u8>,
    pub(crate) imports: Vec<(NullTerminatedString, TokenIndex)>,
    pub(crate) import_names: NameMap,
    pub(crate) string_table: StringTable,
    pub(crate) blocks: Blocks,
    pub(crate) open_labels: OpenLabels,
    pub(crate) scopes: Scopes,
    pub(crate) namespaces: Namespaces,
    pub(crate) name_maps: Vec<NameMap>,
    pub(crate) flags: Vec<bool>,
    pub(crate) destructure_components: Vec<DestructureComponent>,
    pub(crate) stack: Vec<Index>,
    pub(crate) scratch: Vec<u32>,
    pub(crate) ref_table: RefTable,
    pub(crate) line_starts: Vec<u32>,
    pub(crate) src_hasher: SrcHasher,
}

impl Spare {
    /// What is kept, which is kept no more. The first time, and at the end of a thread, that is nothing.
    pub(crate) fn take() -> Spare {
        SPARE
            .try_with(Cell::take)
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// Keeps this. Each part must have been emptied.
    pub(crate) fn keep(self) {
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
    }
}

/// A list that has room for as many items, `list` itself if it has. It is empty.
pub(crate) fn with_room<T>(list: Vec<T>, capacity: usize) -> Vec<T> {
    if list.capacity() >= capacity {
        return list;
    }
    // First, so that the new room may be where the old one was. To reserve more in it could mean to copy it.
    drop(list);
    // Twice as much each time, so that there are few of these times.
    let rounded = capacity.next_power_of_two();
    let is_kept = rounded * size_of::<T>() <= MAX_SPARE;
    Vec::with_capacity(if is_kept { rounded } else { capacity })
}

/// Whether a list has so much room that it is not to be kept.
pub(crate) fn is_much<T>(list: &Vec<T>) -> bool {
    list.capacity() * size_of::<T>() > MAX_SPARE
}

/// The list without items, and without room if that is much.
pub(crate) fn emptied<T>(mut list: Vec<T>) -> Vec<T> {
    if is_much(&list) {
        return Vec::new();
    }
    list.clear();
    list
}

/// The map without entries, and without room if that is much, or much more than it needed: all of the room is
/// gone over when a map is emptied.
pub(crate) fn emptied_map<K: Eq + Hash, V, S: BuildHasher + Default>(
    mut map: HashMap<K, V, S>,
) -> HashMap<K, V, S> {
    let is_mostly_empty = map.capacity() > FEW_NAMES && map.len() < map.capacity() / 8;
    if map.capacity() > MAX_SPARE_NAMES || is_mostly_empty {
        return HashMap::default();
    }
    map.clear();
    map
}

/// Puts the room of `list` in the place of `room`, which is empty, if it is more and not too much.
pub(crate) fn give_back<T>(room: &mut Vec<T>, list: Vec<T>) {
    let list = emptied(list);
    if list.capacity() > room.capacity() {
        *room = list;
    }
}
