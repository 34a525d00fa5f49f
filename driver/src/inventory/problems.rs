//! What could not be looked at.

use std::io;
use std::path::{Path, PathBuf};

use crate::limits::MAX_PROBLEMS;

/// Something that could not be looked at, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    pub(crate) path: PathBuf,
    pub(crate) error: String,
}

/// The first of them, and how many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    /// As many as are worth telling.
    pub(crate) first: Vec<Problem>,
    /// All of them.
    pub(crate) count: u64,
}

impl Problems {
    /// Notes one. What is not there any more was removed while we looked, which is no problem.
    pub(crate) fn note(&mut self, path: &Path, error: &io::Error) {
        if error.kind() == io::ErrorKind::NotFound {
            return;
        }
        self.count += 1;
        if self.first.len() < MAX_PROBLEMS {
            self.first.push(Problem {
                path: path.to_owned(),
                error: error.to_string(),
            });
        }
    }
}
