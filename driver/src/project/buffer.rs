//! A file whose content is another than what is on disk: what an editor has not saved yet.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use cache_store::file::{FileId, Metadata};

use crate::paths;

/// A file's name and the content that it is taken to have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BufferArg {
    /// The file. It need not exist.
    pub path: PathBuf,
    /// All of its text.
    pub text: Vec<u8>,
}

/// The same where it is looked for among the files of a program.
#[derive(Debug)]
pub struct Buffer {
    /// Its path, absolute and without `..`.
    path: PathBuf,
    /// What is there on disk. It may be reached by other names.
    file: Option<FileId>,
    text: Vec<u8>,
    was_used: AtomicBool,
}

fn id_of(path: &Path) -> Option<FileId> {
    Metadata::at(path)
        .ok()
        .map(|metadata| FileId::of(&metadata))
}

impl Buffer {
    /// A buffer, whose path may be relative to `cwd`.
    pub(crate) fn new(arg: &BufferArg, cwd: &Path) -> Buffer {
        let path = paths::absolute(cwd, &arg.path);
        Buffer {
            file: id_of(&path),
            path,
            text: arg.text.clone(),
            was_used: AtomicBool::new(false),
        }
    }

    /// Its path, absolute.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a path, which may be relative to `cwd`, leads to it.
    pub(crate) fn is_at(&self, cwd: &Path, path: &Path) -> bool {
        let path = paths::absolute(cwd, path);
        let is_same = || {
            let found = id_of(&path);
            found.is_some() && found == self.file
        };
        path == self.path || is_same()
    }

    /// The text, for whoever checks it as part of a program.
    pub(crate) fn text(&self) -> &[u8] {
        self.was_used.store(true, Ordering::Relaxed);
        &self.text
    }

    /// Whether some program has it.
    pub(crate) fn was_used(&self) -> bool {
        self.was_used.load(Ordering::Relaxed)
    }
}
