//! Files of which it is known what they come to, without loading them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::{Hit, How, Stat};
use manifest::Index;

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
    /// All files of an earlier run, and which of them are known.
    paths: Arc<Vec<PathBuf>>,
    files: Vec<Option<KnownFile>>,
    /// The positions of those that are.
    index: Index,
    /// Loaded in this one, none of them among the others.
    loaded: HashMap<Vec<u8>, Content>,
}

impl Known {
    /// Those of an earlier run's files that are known.
    pub(crate) fn new(paths: Arc<Vec<PathBuf>>, files: Vec<Option<KnownFile>>) -> Known {
        let mut known = Known {
            index: Index::with_capacity(paths.len()),
            paths,
            files,
            loaded: HashMap::new(),
        };
        for (position, file) in known.files.iter().enumerate() {
            if file.is_some() {
                known.index.insert(position, path_at(&known.paths));
            }
        }
        known
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len() + self.loaded.len()
    }

    /// Adds what was loaded already.
    pub(crate) fn add_loaded(&mut self, path: &Path, loaded: Content) {
        let path = paths::bytes(path);
        self.index.remove(path, path_at(&self.paths));
        self.loaded.insert(path.to_vec(), loaded);
    }

    /// What a file comes to, if that is known. Neither it nor its entry is opened.
    pub(crate) fn content(&self, path: &Path) -> Option<Content> {
        let path = paths::bytes(path);
        let position = self.index.get(path, path_at(&self.paths));
        let Some(known) = position.and_then(|position| self.files[position].as_ref()) else {
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

fn path_at<'p>(all: &'p [PathBuf]) -> impl Fn(usize) -> &'p [u8] {
    |position| paths::bytes(&all[position])
}
