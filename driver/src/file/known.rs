//! Files that an earlier run has seen: what it took from them, which holds as long as their stat does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::file::{Metadata, check_readable};
use cache_store::{Hit, How, Stat};

use super::content::{Content, ContentDigest, Used};
use super::lower::Import;

/// A file in which the earlier run found no error.
#[derive(Clone, Debug)]
pub(crate) struct KnownFile {
    /// The stat that it had. One that proves nothing is none.
    pub(crate) stat: Stat,
    pub(crate) digest: ContentDigest,
    pub(crate) imports: Arc<[Import]>,
}

/// Such files by their paths as messages have them.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<PathBuf, KnownFile>);

impl Known {
    pub(crate) fn new(files: impl IntoIterator<Item = (PathBuf, KnownFile)>) -> Known {
        Known(files.into_iter().collect())
    }

    /// The content of a file that is what it was. Neither it nor its entry is opened.
    pub(crate) fn content(&self, path: &Path) -> Option<Content> {
        let known = self.0.get(path)?;
        let metadata = Metadata::at(path).ok()?;
        let stat = Stat::of(&metadata);
        // What cannot be opened is not unchanged for whoever would have to read it.
        let is_same = metadata.is_file()
            && stat.proves(&known.stat)
            && check_readable(path, &metadata).is_ok();
        is_same.then(|| Content {
            how: How::Hit(Hit::Manifest),
            used: Used {
                stat,
                digest: Some(known.digest),
            },
            failed: false,
            imports: known.imports.clone(),
            diagnostics: Vec::new(),
        })
    }
}
