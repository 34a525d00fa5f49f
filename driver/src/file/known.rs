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
    /// All files of an earlier run, and what is known of each.
    paths: Arc<Vec<PathBuf>>,
    files: Vec<Option<KnownFile>>,
    index: Index,
    /// Loaded in this one, none of them among the others.
    loaded: HashMap<Vec<u8>, Content>,
}

impl Known {
    /// What is known of each of an earlier run's files.
    pub(crate) fn new(paths: Arc<Vec<PathBuf>>, files: Vec<Option<KnownFile>>) -> Known {
        Known {
            index: Index::of(paths.len(), path_at(&paths)),
            paths,
            files,
            loaded: HashMap::new(),
        }
    }

    /// How many files are known.
    pub(crate) fn len(&self) -> usize {
        self.files.iter().flatten().count() + self.loaded.len()
    }

    /// Adds what was loaded already.
    pub(crate) fn add_loaded(&mut self, path: &Path, loaded: Content) {
        let path = paths::bytes(path);
        if let Some(position) = self.index.get(path, path_at(&self.paths)) {
            self.files[position] = None;
        }
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
