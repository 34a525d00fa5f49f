//! Single files, each by itself under any number of releases: no imports are followed, no cache is used.

use std::path::{Path, PathBuf};

use cache_store::{SourceError, SourceFile};
use rayon::prelude::*;
use release::Release;
use syntax::{Ast, Mode};

use crate::diagnostic::Diagnostic;
use crate::file::Ir;
use crate::limits::FILES_BATCH;
use crate::{Error, environment, input, paths};

/// All errors of one source, for each release.
pub(crate) fn check_source(
    source: &[u8],
    mode: Mode,
    path: &[u8],
    releases: &[Release],
) -> Vec<Vec<Diagnostic>> {
    let check = |&release: &Release| {
        let tree = Ast::parse(source, mode, release);
        Ir::lower(&tree).diagnostics(&tree, path)
    };
    match releases {
        [release] => vec![check(release)],
        _ => releases.par_iter().map(check).collect(),
    }
}

/// All errors of one file, for each release. `zon` if it is ZON whatever its name.
pub(crate) fn check_file(file: &Path, zon: bool, releases: &[Release]) -> Vec<Vec<Diagnostic>> {
    let path = paths::bytes(file);
    match SourceFile::open(file).and_then(SourceFile::into_bytes) {
        Ok(source) => {
            let mode = if zon { Mode::Zon } else { input::mode_of(file) };
            check_source(&source, mode, path, releases)
        }
        Err(error) => {
            let mut message = Vec::new();
            // Those that are no files the reference gets to open; it fails later, without a word about the
            // file.
            if let SourceError::Io(_) = &error {
                message.extend_from_slice(b"unable to open file for ast-check '");
                message.extend_from_slice(path);
                message.extend_from_slice(b"': ");
            }
            message.extend_from_slice(error.name().as_bytes());
            vec![vec![Diagnostic::error(path, None, message)]; releases.len()]
        }
    }
}

/// What all files of a tree are under one release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Verdict {
    /// The release.
    pub(crate) release: Release,
    /// Number of files.
    pub(crate) files: usize,
    /// How many have errors or could not be read.
    pub(crate) failed: usize,
    /// Number of errors in all.
    pub(crate) errors: usize,
    /// The first of them, in path order.
    pub(crate) reasons: Vec<Diagnostic>,
}

impl Verdict {
    /// How many errors are shown of a release.
    const REASONS: usize = 3;

    fn new(release: Release) -> Verdict {
        Verdict {
            release,
            files: 0,
            failed: 0,
            errors: 0,
            reasons: Vec::new(),
        }
    }

    fn add(&mut self, file: Vec<Diagnostic>) {
        self.files += 1;
        self.failed += usize::from(!file.is_empty());
        self.errors += file.len();
        let missing = Self::REASONS - self.reasons.len();
        self.reasons.extend(file.into_iter().take(missing));
    }

    /// Whether the tree is in the language of this release.
    pub(crate) fn passes(&self) -> bool {
        self.failed == 0
    }
}

/// Each file at or below `path` under each release. `jobs` workers; 0 means one for each core.
///
/// # Errors
/// If the path cannot be read, or there is no file.
pub(crate) fn check_tree(
    path: &Path,
    releases: &[Release],
    jobs: usize,
) -> Result<Vec<Verdict>, Error> {
    let files = files_of(path)?;
    let pool = crate::pool(jobs)?;
    let mut verdicts: Vec<Verdict> = releases.iter().map(|&r| Verdict::new(r)).collect();
    for batch in files.chunks(FILES_BATCH) {
        let checked: Vec<_> = pool.install(|| {
            let files = batch.par_iter();
            files
                .map(|file| check_file(file, false, releases))
                .collect()
        });
        for found in checked {
            for (verdict, found) in verdicts.iter_mut().zip(found) {
                verdict.add(found);
            }
        }
    }
    Ok(verdicts)
}

/// The file itself, or all `.zig` and `.zon` files below the directory, as messages name them.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let metadata = path.metadata();
    let metadata = metadata.map_err(|error| Error::path("open", path, error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let dir = paths::canonical_dir(&environment::working_dir()?, path);
    let files: Vec<PathBuf> = (input::scan(&dir)?.iter())
        .map(|below| match dir == Path::new(".") {
            true => below.clone(),
            false => dir.join(below),
        })
        .collect();
    match files.is_empty() {
        true => Err(Error::Usage(format!(
            "there is no .zig or .zon file in '{}'",
            path.display()
        ))),
        false => Ok(files),
    }
}
