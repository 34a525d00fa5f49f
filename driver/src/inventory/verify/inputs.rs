//! What became of the inputs of manifests.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, is_separator, open_in_cache};
use manifest::{
    Digest, Entry, Explanation, Finding, Format, Listing, PrefixedPath, Prefixes, Stat,
};

use super::trouble::Trouble;
use crate::inventory::outputs::output_in;
use crate::inventory::places::{Candidates, LIB_PREFIX, NO_DIR, is_below_std, is_compilation};
use crate::inventory::reference_lines::{self, End};
use crate::limits::MAX_SIBLINGS;
use crate::paths;

/// What was found out about the inputs of a manifest.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// The first input that makes whoever asks for the manifest do something else than to believe it, and
    /// what about it; as the reference looks at them, in order.
    pub(super) found: Option<(Trouble, String)>,
    /// The output that an input which is not there belongs to, if it does to one: the last such input. Mostly
    /// it was removed; but if its path was damaged, a text is an error.
    pub(super) missing: Option<Option<Digest>>,
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
    found_out.next().map_or(all, |(at, _)| at)
}

/// Looks at the inputs of a manifest. `end` is how its text ends.
pub(super) fn look(candidates: &Candidates, listing: Listing, end: End<'_>) -> Looked {
    let format = listing.format;
    let mut looked = Looked::default();
    let is_lines = format == Format::Lines;
    let mut told = told(&listing);
    if is_lines {
        // What is in the lib directory is not compared. But no compiler lists what never was there.
        let is_cut = |entry: &Entry| end == End::Cut && listing.entries.last() == Some(entry);
        let sets = candidates.sets(&listing);
        let is_elsewhere = |entry: &Entry| {
            let mut paths = sets
                .iter()
                .flat_map(|prefixes| other_numbers(prefixes, entry));
            paths.any(|path| is_as_recorded(&path, entry))
        };
        let mut in_lib = candidates.in_lib(&listing, told);
        let misspelt = in_lib.find(|(path, entry)| {
            !path.exists() && (is_cut(entry) || is_misspelt(path, entry) || is_elsewhere(entry))
        });
        let misspelt = misspelt.map(|(path, _)| path);
        if let Some(path) = misspelt.or_else(|| misspelt_in_build_root(candidates, &listing)) {
            looked.found = Some(damaged(&path, Finding::Missing.as_str()));
            return looked;
        }
    }
    // Files of the lib directory that were found out under such a path: a miss.
    let found_out = listing.entries[told..].iter();
    let mut found_out = found_out.filter(|e| is_lines && e.path.prefix == LIB_PREFIX);
    let lost = found_out.find_map(|entry| {
        let path = candidates.as_if_in_lib(entry);
        let is_misspelt = |path: &PathBuf| !path.exists() && is_misspelt(path, entry);
        let is_lost = reference_lines::has_swallowed_line(&entry.path.sub_path)
            || path.as_ref().is_some_and(is_misspelt);
        is_lost
            .then(|| path.unwrap_or_else(|| paths::from_bytes(&entry.path.sub_path).into_owned()))
    });
    let before = &listing.entries[..told];
    let in_lib = before.iter().filter(|e| e.path.prefix == LIB_PREFIX);
    let in_lib = in_lib.count();
    let sets = candidates.sets(&listing);
    let last = listing.entries.last().cloned();
    let count = listing.entries.len();
    let Some((listing, prefixes)) = candidates.locate(listing) else {
        return looked;
    };
    // Those are left out of a compilation.
    if listing.entries.len() < count {
        told = told.saturating_sub(in_lib);
    }
    let before = &listing.entries[..told.min(listing.entries.len())];
    let sets = std::iter::once(prefixes).chain(sets);
    if is_lines && let Some(path) = misnumbered(sets, before) {
        looked.found = Some(damaged(&path, "its directory has another number"));
        return looked;
    }
    for (at, explanation) in manifest::explain(&listing, prefixes, false)
        .iter()
        .enumerate()
    {
        let Some(mut trouble) = trouble(format, explanation) else {
            continue;
        };
        if trouble == Trouble::InputMissing {
            let output = output_in(&explanation.expected.path.sub_path);
            looked.missing = Some(output.map(|(output, _)| output));
            let Explanation { path, expected, .. } = explanation;
            let is_misnumbered = || {
                let elsewhere = other_numbers(prefixes, expected);
                let mut elsewhere = elsewhere.chain(candidates.as_if_in_lib(expected));
                elsewhere.any(|path| is_as_recorded(&path, expected))
            };
            let is_cut = || match end {
                _ if Some(expected) != last.as_ref() => false,
                End::Whole => false,
                End::Cut => true,
                End::Refused(line) => is_cut(prefixes, expected, line),
            };
            let is_damaged = || {
                reference_lines::has_swallowed_line(&expected.path.sub_path)
                    || is_misspelt(path, expected)
                    || is_split_otherwise(prefixes, expected)
                    || is_misnumbered()
                    || is_cut()
            };
            if is_lines && at < told && is_damaged() {
                trouble = Trouble::ManifestDamaged;
            } else if output.is_some() {
                // What a step makes is made anew before it is looked at, and mostly as it was.
                continue;
            }
        }
        let path = paths::display(&explanation.path);
        let found = (
            trouble,
            format!("'{path}': {}", explanation.finding.as_str()),
        );
        // The reference reads on, to the first that is gone or that it cannot read.
        let is_last = trouble != Trouble::InputChanged || format == Format::Records;
        if is_last || looked.found.is_none() {
            looked.found = Some(found);
        }
        if is_last {
            return looked;
        }
    }
    if let Some(path) = lost {
        let path = paths::display(&path);
        let what = Finding::Missing.as_str();
        looked.found = Some((Trouble::InputMissing, format!("'{path}': {what}")));
    }
    looked
}

fn damaged(path: &Path, what: &str) -> (Trouble, String) {
    let path = paths::display(path);
    (Trouble::ManifestDamaged, format!("'{path}': {what}"))
}

/// Where an input would be if its directory had another number.
fn other_numbers(prefixes: &Prefixes, entry: &Entry) -> impl Iterator<Item = PathBuf> {
    let numbers = (0..=u8::MAX).take(prefixes.count());
    let numbers = numbers.filter(|&number| number != entry.path.prefix);
    numbers.filter_map(|prefix| {
        let sub_path = entry.path.sub_path.clone();
        prefixes.locate(&PrefixedPath { prefix, sub_path })
    })
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
        let prefix = entry.path.prefix;
        let path = prefixes.locate(&PrefixedPath { prefix, sub_path });
        path.is_some_and(|path| is_as_recorded(&path, entry))
    })
}

/// An input that is there under a number under which nobody asks for it: that of another directory leads to
/// it as well, and comes first. None if there are directories with which all of them have the right number.
fn misnumbered<'p>(sets: impl Iterator<Item = &'p Prefixes>, inputs: &[Entry]) -> Option<PathBuf> {
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
fn is_cut(prefixes: &Prefixes, entry: &Entry, rest: &[u8]) -> bool {
    (0..u8::BITS).any(|bit| {
        let byte = b'\n' ^ (1 << bit);
        let sub_path = [&entry.path.sub_path[..], &[byte], rest].concat();
        let prefix = entry.path.prefix;
        let path = prefixes.locate(&PrefixedPath { prefix, sub_path });
        path.is_some_and(|path| is_as_recorded(&path, entry))
    })
}

/// An input of a step that compiles nothing which is nowhere, and somewhere under a path with another byte.
fn misspelt_in_build_root(candidates: &Candidates, listing: &Listing) -> Option<PathBuf> {
    if is_compilation(listing) {
        return None;
    }
    let entries = listing.entries.iter();
    let mut entries = entries.filter(|entry| entry.path.prefix == LIB_PREFIX);
    entries.find_map(|entry| {
        let paths = candidates.in_build_root(entry);
        if paths.iter().any(|path| path.exists()) {
            return None;
        }
        paths.into_iter().find(|path| is_misspelt(path, entry))
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
        let differing = name.iter().zip(other).filter(|(a, b)| a != b).count();
        let at = match rest.as_os_str().is_empty() {
            true => entry.path(),
            false => entry.path().join(rest),
        };
        (other.len(), differing) == (name.len(), 1) && is_as_recorded(&at, expected)
    })
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

fn trouble(format: Format, explanation: &Explanation) -> Option<Trouble> {
    Some(match &explanation.finding {
        Finding::Unchanged | Finding::StatChanged { .. } => return None,
        Finding::ContentChanged { .. } | Finding::MetadataChanged { .. } => Trouble::InputChanged,
        Finding::Missing => match fs::metadata(&explanation.path) {
            // A directory on the way to it has become a file.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Trouble::InputNoFile,
            _ => Trouble::InputMissing,
        },
        Finding::NotAFile => match format {
            Format::Lines => Trouble::InputNoFile,
            Format::Records => Trouble::InputChanged,
        },
        Finding::NotADirectory => Trouble::InputChanged,
        _ => Trouble::InputUnreadable,
    })
}
