//! What became of the inputs of manifests.

use std::fs;
use std::io;

use manifest::{Explanation, Finding, Format, Listing};

use super::trouble::Trouble;
use crate::inventory::outputs::output_in;
use crate::inventory::places::Candidates;
use crate::paths;

/// The first input that makes whoever asks for the manifest do something else than to believe it, and
/// what about it; as the reference looks at them, in order.
pub(super) fn look(candidates: &Candidates, listing: Listing) -> Option<(Trouble, String)> {
    let format = listing.format;
    let (listing, prefixes) = candidates.locate(listing)?;
    let mut changed = None;
    for explanation in manifest::explain(&listing, prefixes, false) {
        let Some(trouble) = trouble(format, &explanation) else {
            continue;
        };
        // What a step makes is made anew before it is looked at, and mostly as it was.
        let is_made = output_in(&explanation.expected.path.sub_path).is_some();
        if is_made && trouble == Trouble::InputMissing {
            continue;
        }
        let found = (
            trouble,
            format!(
                "'{}': {}",
                paths::display(&explanation.path),
                explanation.finding.as_str()
            ),
        );
        match trouble {
            // The reference reads on, to the first that is gone or that it cannot read.
            Trouble::InputChanged if format == Format::Lines => {
                changed = changed.or(Some(found));
            }
            _ => return Some(found),
        }
    }
    changed
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
