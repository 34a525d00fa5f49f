//! What became of the inputs of manifests.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, open_in_cache};
use manifest::{Digest, Entry, Explanation, Finding, Format, Listing, Stat};

use super::trouble::Trouble;
use crate::inventory::outputs::output_in;
use crate::inventory::places::{Candidates, LIB_PREFIX, is_compilation};
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

/// Looks at the inputs of a manifest.
pub(super) fn look(candidates: &Candidates, listing: Listing) -> Looked {
    let format = listing.format;
    let mut looked = Looked::default();
    if format == Format::Lines {
        // What is in the lib directory is not compared. But no compiler lists what never was there.
        let mut in_lib = candidates.in_lib(&listing);
        let misspelt = in_lib.find(|(path, entry)| !path.exists() && is_misspelt(path, entry));
        let misspelt = misspelt.map(|(path, _)| path);
        if let Some(path) = misspelt.or_else(|| misspelt_in_build_root(candidates, &listing)) {
            let path = paths::display(&path);
            let detail = format!("'{path}': {}", Finding::Missing.as_str());
            looked.found = Some((Trouble::ManifestDamaged, detail));
            return looked;
        }
    }
    let Some((listing, prefixes)) = candidates.locate(listing) else {
        return looked;
    };
    for explanation in manifest::explain(&listing, prefixes, false) {
        let Some(mut trouble) = trouble(format, &explanation) else {
            continue;
        };
        if trouble == Trouble::InputMissing {
            let output = output_in(&explanation.expected.path.sub_path);
            looked.missing = Some(output.map(|(output, _)| output));
            let Explanation { path, expected, .. } = &explanation;
            let is_misnumbered = || {
                let in_lib = candidates.as_if_in_lib(expected);
                in_lib.is_some_and(|path| is_as_recorded(&path, expected))
            };
            if format == Format::Lines && (is_misspelt(path, expected) || is_misnumbered()) {
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
            break;
        }
    }
    looked
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
