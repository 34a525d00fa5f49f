//! Files of which it is known what they come to, without loading them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use cache_store::{Hit, How, Stat};

use super::content::{Content, ContentDigest, EntryPlace, Used};
use super::lower::Import;
use crate::paths;

/// A file in which an earlier run found no error, and which is what it was then.
#[derive(Clone, Debug)]
pub(crate) struct KnownFile {
    pub(crate) stat: Stat,
    pub(crate) digest: ContentDigest,
    pub(crate) imports: Arc<[Import]>,
    pub(crate) entry: Option<EntryPlace>,
}

/// What is known, by the text of the path as messages have it.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Out of an earlier run.
    files: HashMap<Vec<u8>, KnownFile, foldhash::fast::RandomState>,
    /// Loaded in this one, none of them among the others.
    loaded: HashMap<Vec<u8>, Content>,
}

impl Known {
    /// At most `count` files.
    pub(crate) fn new<'p>(
        count: usize,
        files: impl IntoIterator<Item = (&'p Path, KnownFile)>,
    ) -> Known {
        let mut known = Known::default();
        known.files.reserve(count);
        for (path, file) in files {
            known.files.insert(paths::bytes(path).to_vec(), file);
        }
        known
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len() + self.loaded.len()
    }

    /// Adds what was loaded already.
    pub(crate) fn add_loaded(&mut self, path: &Path, loaded: Content) {
        let path = paths::bytes(path);
        self.files.remove(path);
        self.loaded.insert(path.to_vec(), loaded);
    }

    /// What a file comes to, if that is known. Neither it nor its entry is opened.
    pub(crate) fn content(&self, path: &Path) -> Option<Content> {
        let path = paths::bytes(path);
        let Some(known) = self.files.get(path) else {
            return self.loaded.get(path).cloned();
        };
        Some(Content {
            how: How::Hit(Hit::Manifest),
            used: Used {
                stat: known.stat,
                digest: Some(known.digest),
            },
            failed: false,
            imports: known.imports.clone(),
            diagnostics: Vec::new(),
            entry: known.entry,
        })
    }
}
