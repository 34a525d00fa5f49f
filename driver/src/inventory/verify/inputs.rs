//! What became of the inputs of manifests.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use manifest::{Digest, Explanation, Finding, Format, Listing};

use super::damage::Damage;
use super::trouble::Trouble;
use crate::inventory::outputs::{options_in, output_in};
use crate::inventory::places::Candidates;
use crate::inventory::reference_lines::End;
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
    /// Files of options that are not any more what they were, below the cache directory. They are named by
    /// what is in them, so the step that makes them lets them be.
    pub(super) damaged_options: Vec<PathBuf>,
}

/// Looks at the inputs of a manifest. `end` is how its text ends.
pub(super) fn look(candidates: &Candidates, listing: Listing, end: End<'_>) -> Looked {
    let format = listing.format;
    let mut looked = Looked::default();
    let mut lost = None;
    let tell = |path: &Path, what: &str| format!("'{}': {what}", paths::display(path));
    if format == Format::Lines {
        let damage = Damage::new(candidates, &listing, end);
        if let Some((path, what)) = damage.in_told() {
            looked.found = Some((Trouble::ManifestDamaged, tell(&path, what)));
            return looked;
        }
        lost = damage.in_lib_found_out();
    }
    let Some((listing, prefixes)) = candidates.locate(listing) else {
        return looked;
    };
    for explanation in manifest::explain(&listing, prefixes, false) {
        let Some(trouble) = trouble(format, &explanation) else {
            continue;
        };
        if format == Format::Lines
            && matches!(trouble, Trouble::InputChanged | Trouble::InputNoFile)
        {
            let options = options_in(&explanation.expected.path.sub_path);
            looked.damaged_options.extend(options);
        }
        if trouble == Trouble::InputMissing {
            let output = output_in(&explanation.expected.path.sub_path);
            looked.missing = Some(output.map(|(output, _)| output));
            if output.is_some() {
                // What a step makes is made anew before it is looked at, and mostly as it was.
                continue;
            }
        }
        let what = tell(&explanation.path, explanation.finding.as_str());
        let found = (trouble, what);
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
        let what = tell(&path, Finding::Missing.as_str());
        looked.found = Some((Trouble::InputMissing, what));
    }
    looked
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
