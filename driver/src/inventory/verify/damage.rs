//! Whether the text of a manifest is wrong by a bit or a byte, in a way that makes a build fail.
//!
//! The reference compares the paths in the text with those that it asks for, as far as it asks for them; if
//! one is another, that is an error to it, whatever is at that path. What is asked for is not known here. But
//! a path that was damaged is mostly not there, and the file that it was the path of is where one bit or byte
//! of the text says otherwise, with the stat or the content that is recorded.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, is_separator, open_in_cache};
use manifest::{Entry, Finding, Format, Listing, PrefixedPath, Prefixes, Stat};

use crate::environment::layout::STD_FILE;
use crate::inventory::outputs::output_in;
use crate::inventory::places::{Candidates, LIB_PREFIX, NO_DIR, is_below_std, is_compilation};
use crate::inventory::reference_lines::{self, End};
use crate::limits::MAX_SIBLINGS;
use crate::paths;

/// Looks for what is wrong in the lines of a manifest.
pub(super) struct Damage<'a> {
    candidates: &'a Candidates,
    /// Directories that it may have been written with.
    sets: &'a [Prefixes],
    entries: &'a [Entry],
    /// How many of them come first that whoever asks for the manifest tells.
    told: usize,
    end: End<'a>,
}

impl<'a> Damage<'a> {
    /// `end` is how the text ends.
    pub(super) fn new(candidates: &'a Candidates, listing: &'a Listing, end: End<'a>) -> Self {
        Damage {
            candidates,
            sets: candidates.sets_with_lib(listing),
            entries: &listing.entries,
            told: told(listing),
            end,
        }
    }

    /// The first input of those that were told whose line is wrong, where it is or should be, and what about
    /// it.
    pub(super) fn in_told(&self) -> Option<(PathBuf, &'static str)> {
        let told = &self.entries[..self.told];
        for (at, entry) in told.iter().enumerate() {
            // Most sets have it in the same place.
            let mut places: Vec<(PathBuf, &Prefixes)> = Vec::new();
            for prefixes in self.sets {
                if let Some(place) = prefixes.locate(&entry.path)
                    && !place.starts_with(NO_DIR)
                    && places.iter().all(|(other, _)| *other != place)
                {
                    places.push((place, prefixes));
                }
            }
            if places.iter().any(|(place, _)| place.exists()) {
                continue;
            }
            let is_last = at + 1 == self.entries.len();
            if self.is_seen(entry, &places, is_last) {
                let place = places.into_iter().next().map(|(place, _)| place);
                let place = place.unwrap_or_else(|| paths::from_bytes(&entry.path.sub_path).into());
                return Some((place, Finding::Missing.as_str()));
            }
            // It was removed: a miss, so that the rest is not read. What a step makes is made anew before.
            if !places.is_empty() && output_in(&entry.path.sub_path).is_none() {
                return None;
            }
        }
        let path = misnumbered(self.sets, told)?;
        Some((path, "its directory has another number"))
    }

    /// Whether an input that is in none of these places is there if the text is another at one point.
    fn is_seen(&self, entry: &Entry, places: &[(PathBuf, &Prefixes)], is_last: bool) -> bool {
        let mut sets = self.sets.iter();
        reference_lines::has_swallowed_line(&entry.path.sub_path)
            || is_last && self.end == End::Cut
            || sets.any(|set| is_misnumbered(set, entry))
            || places.iter().any(|(place, prefixes)| {
                is_misspelt(place, entry)
                    || is_split_otherwise(prefixes, entry)
                    || match self.end {
                        End::Refused(line) => is_last && goes_on(prefixes, entry, line),
                        End::Whole | End::Cut => false,
                    }
            })
    }

    /// Where a file of the lib directory should be that was found out and is listed under a path that is
    /// wrong. That is a miss. Files there are not compared otherwise.
    pub(super) fn in_lib_found_out(&self) -> Option<PathBuf> {
        let mut found_out = self.entries[self.told..].iter();
        found_out.find_map(|entry| {
            if entry.path.prefix != LIB_PREFIX {
                return None;
            }
            let place = self.candidates.as_if_in_lib(entry);
            let is_lost = reference_lines::has_swallowed_line(&entry.path.sub_path)
                || place
                    .as_ref()
                    .is_some_and(|place| !place.exists() && is_misspelt(place, entry));
            is_lost.then(|| place.unwrap_or_else(|| paths::from_bytes(&entry.path.sub_path).into()))
        })
    }
}

/// How many inputs, from the first on, whoever asks for a manifest tells. In lines another path in one of
/// their places is an error; a path that was found out may be gone, which is a miss.
///
/// A compiler is told the root files of modules and what is linked. The file of the compiler's own runtime,
/// unless that is what is compiled, and those of `std` it finds out; no file that it was told comes after
/// them.
fn told(listing: &Listing) -> usize {
    let all = listing.entries.len();
    if !is_compilation(listing) {
        return all;
    }
    let is_runtime = |entry: &Entry| {
        entry.path.prefix == LIB_PREFIX && entry.path.sub_path == *b"compiler_rt.zig"
    };
    let entries = listing.entries.iter().enumerate();
    let mut found_out =
        entries.filter(|(at, entry)| is_below_std(&entry.path) || (*at > 0 && is_runtime(entry)));
    let Some((at, _)) = found_out.next() else {
        return all;
    };
    // The first of them may be the one that is damaged.
    let before = at.checked_sub(1).filter(|&before| before > 0);
    before
        .filter(|&before| is_nearly_std(&listing.entries[before]))
        .unwrap_or(at)
}

/// Whether it is `std.zig` by all but a byte of its path, or by its path and not by its directory.
fn is_nearly_std(entry: &Entry) -> bool {
    let path = &entry.path.sub_path[..];
    path == STD_FILE.as_bytes() || differ_by_a_byte(path, STD_FILE.as_bytes())
}

/// Whether an input is there under this number and path.
fn is_there_as(prefixes: &Prefixes, prefix: u8, sub_path: Vec<u8>, entry: &Entry) -> bool {
    let place = prefixes.locate(&PrefixedPath { prefix, sub_path });
    place.is_some_and(|place| is_as_recorded(&place, entry))
}

/// Whether an input is there if its directory has another number.
fn is_misnumbered(prefixes: &Prefixes, entry: &Entry) -> bool {
    let numbers = (0..=u8::MAX).take(prefixes.count());
    let mut others = numbers.filter(|&number| number != entry.path.prefix);
    others.any(|number| is_there_as(prefixes, number, entry.path.sub_path.clone(), entry))
}

/// Whether an input that is not there is there if a byte of its path became a separator by one bit, or was
/// one.
fn is_split_otherwise(prefixes: &Prefixes, entry: &Entry) -> bool {
    let path = &entry.path.sub_path;
    let flipped =
        (0..path.len()).flat_map(|at| (0..u8::BITS).map(move |bit| (at, path[at] ^ (1 << bit))));
    let mut others = flipped.filter(|&(at, byte)| is_separator(byte) || is_separator(path[at]));
    others.any(|(at, byte)| {
        let mut sub_path = path.clone();
        sub_path[at] = byte;
        is_there_as(prefixes, entry.path.prefix, sub_path, entry)
    })
}

/// An input that is there under a number under which nobody asks for it: that of another directory leads to
/// it as well, and comes first. None if there are directories with which all of them have the right number.
fn misnumbered(sets: &[Prefixes], inputs: &[Entry]) -> Option<PathBuf> {
    let mut found = None;
    for prefixes in sets {
        let is_known = |entry: &&Entry| prefixes.dir(entry.path.prefix) != Some(Path::new(NO_DIR));
        let inputs = inputs.iter().filter(is_known);
        let at: Option<Vec<_>> = inputs
            .map(|entry| Some((entry, prefixes.locate(&entry.path)?)))
            .collect();
        let at = at.unwrap_or_default();
        let is_odd =
            |(entry, path): &&(&Entry, PathBuf)| prefixes.find(path).prefix != entry.path.prefix;
        match at.iter().find(is_odd) {
            None if at.iter().all(|(_, path)| path.exists()) => return None,
            Some((_, odd)) if at.iter().all(|(entry, path)| is_as_recorded(path, entry)) => {
                found = Some(odd.clone());
            }
            _ => {}
        }
    }
    found
}

/// Whether the path of an input that is not there goes on in the next line, after a byte that has become a
/// newline by one bit.
fn goes_on(prefixes: &Prefixes, entry: &Entry, rest: &[u8]) -> bool {
    (0..u8::BITS).any(|bit| {
        let byte = b'\n' ^ (1 << bit);
        let sub_path = [&entry.path.sub_path[..], &[byte], rest].concat();
        is_there_as(prefixes, entry.path.prefix, sub_path, entry)
    })
}

/// Whether a file that is not there is there under a path with another byte in it: then it is the manifest
/// that is wrong.
fn is_misspelt(path: &Path, expected: &Entry) -> bool {
    // The first part of the path that is not there.
    let gone = path
        .ancestors()
        .take_while(|at| at.symlink_metadata().is_err());
    let Some(gone) = gone.last() else {
        return false;
    };
    let (Some(folder), Some(name)) = (gone.parent(), gone.file_name()) else {
        return false;
    };
    let rest = path.strip_prefix(gone).unwrap_or(Path::new(""));
    let name = paths::bytes(Path::new(name));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries = entries.take(MAX_SIBLINGS);
    entries.any(|entry| {
        let other = entry.file_name();
        let other = paths::bytes(Path::new(&other));
        let at = match rest.as_os_str().is_empty() {
            true => entry.path(),
            false => entry.path().join(rest),
        };
        differ_by_a_byte(name, other) && is_as_recorded(&at, expected)
    })
}

/// Whether two names are as long and differ in one byte.
fn differ_by_a_byte(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).filter(|(a, b)| a != b).count() == 1
}

/// Whether a file is the one that a text has, by its stat or its content: a cache that was copied has other
/// inodes.
fn is_as_recorded(path: &Path, expected: &Entry) -> bool {
    let Ok(metadata) = Metadata::at(path) else {
        return false;
    };
    let stat = Stat::of(&metadata);
    let has_content = || {
        let digest = open_in_cache(OpenOptions::new().read(true), path)
            .and_then(|file| Format::Lines.hash_file(&file));
        digest.is_ok_and(|digest| digest == expected.digest)
    };
    stat.proves(&expected.stat)
        || (metadata.is_file() && stat.size == expected.stat.size && has_content())
}
