//! Room of lists and maps, kept for what comes next.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashMap;

use crate::limits::{FEW_NAMES, MAX_SPARE, MAX_SPARE_NAMES};

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
