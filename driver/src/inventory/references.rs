//! Which output belongs to which manifest.

use std::collections::HashMap;

use manifest::{Digest, Format};

use super::cache_dir::CacheDir;
use super::manifests::{self, Contents};
use super::problems::Problems;
use super::things::{Seen, Thing, things};
use crate::environment::layout::Kind;

/// A manifest that was read.
pub(super) struct Manifest<'a> {
    pub(super) key: Digest,
    pub(super) format: Format,
    pub(super) contents: &'a Contents,
}

/// The outputs of a directory that manifests name.
#[derive(Debug, Default)]
pub(super) struct References {
    /// With the formats of the manifests.
    pub(super) outputs: HashMap<Digest, Format>,
    /// Manifests that could not be read: what they name is unknown, so that no output can be said to be
    /// named by none.
    pub(super) not_understood: u64,
}

impl References {
    /// Whether an output belongs to no manifest. `None` where that cannot be told.
    pub(super) fn is_orphan(&self, output: &Digest) -> Option<bool> {
        match self.outputs.contains_key(output) {
            true => Some(false),
            false => (self.not_understood == 0).then_some(true),
        }
    }
}

/// Goes over the manifests of a directory, and whatever else is in `h/`, and says which outputs they name.
pub(super) fn references(
    dir: &CacheDir,
    seen: &mut Seen,
    problems: &mut Problems,
    count: &mut dyn FnMut(u64),
    look: &mut dyn FnMut(&Thing, Option<&Manifest<'_>>),
) -> References {
    let mut references = References::default();
    let Some(folder) = dir.folder(Kind::Manifests) else {
        return references;
    };
    things(&folder, seen, problems, count, &mut |thing, problems| {
        let Some((format, key)) = manifests::key_of(&thing.name) else {
            return look(&thing, None);
        };
        let contents = match manifests::read(&thing.path, format) {
            Ok(contents) => contents,
            Err(error) => {
                problems.note(&thing.path, &error);
                references.not_understood += 1;
                return look(&thing, None);
            }
        };
        match &contents {
            Contents::Listed(listing) => {
                let output = manifests::output_of(dir.is_own, key, listing);
                references.outputs.insert(output, format);
            }
            // A miss or an error to whoever reads it: nothing is found by it.
            Contents::Empty | Contents::Other | Contents::Damaged => {}
        }
        let manifest = Manifest {
            key,
            format,
            contents: &contents,
        };
        look(&thing, Some(&manifest));
    });
    references
}
