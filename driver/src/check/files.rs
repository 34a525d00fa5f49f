//! Single files, each by itself under any number of releases: no imports are followed, no cache is used.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use cache_store::{SourceError, SourceFile};
use rayon::prelude::*;
use release::Release;
use syntax::{Ast, Mode};

use crate::diagnostic::{Diagnostic, quoted};
use crate::file::Ir;
use crate::input::Stream;
use crate::limits::FILES_BATCH;
use crate::{Error, environment, input, paths};

/// All errors of one file, for each release. `zon` if it is ZON whatever its name.
pub(crate) fn check_file(file: &Path, zon: bool, releases: &[Release]) -> Vec<Vec<Diagnostic>> {
    let stream = input::stream_of(file);
    if let Some(Stream::Stdin) = stream {
        return check_stdin(zon, releases);
    }
    let mut source;
    let text = match stream {
        Some(stream) => owned(input::read_stream(stream)),
        None => match SourceFile::read_at_once(file) {
            Ok(opened) => {
                source = opened;
                source.load().map(Cow::Borrowed).map_err(Unread::Load)
            }
            Err(SourceError::Io(error)) => Err(Unread::Open(SourceError::Io(error))),
            Err(error) => Err(Unread::Load(error)),
        },
    };
    let mode = if zon { Mode::Zon } else { input::mode_of(file) };
    check_text(text, mode, Some(file), releases)
}

/// All errors of standard input, for each release.
pub(crate) fn check_stdin(zon: bool, releases: &[Release]) -> Vec<Vec<Diagnostic>> {
    let text = owned(input::read_stdin());
    let mode = if zon { Mode::Zon } else { Mode::Zig };
    check_text(text, mode, None, releases)
}

/// Why there is no text.
enum Unread {
    /// The file could not be opened.
    Open(SourceError),
    /// It could not be read, or is none that is.
    Load(SourceError),
}

fn owned(text: Result<Vec<u8>, SourceError>) -> Result<Cow<'static, [u8]>, Unread> {
    text.map(Cow::Owned).map_err(Unread::Load)
}

/// The errors of what was read of a file, or of standard input.
fn check_text(
    text: Result<Cow<'_, [u8]>, Unread>,
    mode: Mode,
    file: Option<&Path>,
    releases: &[Release],
) -> Vec<Vec<Diagnostic>> {
    let path = file.map_or(input::STDIN.as_bytes(), paths::bytes);
    let check = |&release: &Release| {
        let problem = match &text {
            Ok(text) => {
                let decodes = file.is_none() || release.rules().checked_files_are_decoded;
                let decoded = match decodes {
                    true => input::decode(text),
                    false => Ok(Cow::Borrowed(&**text)),
                };
                match decoded {
                    Ok(text) => {
                        let tree = Ast::parse(&text, mode, release);
                        return Ir::diagnostics_of(&tree, path);
                    }
                    Err(name) => message(file, false, name.as_bytes(), release),
                }
            }
            Err(Unread::Open(error)) => message(file, true, error.name().as_bytes(), release),
            Err(Unread::Load(error)) => message(file, false, load_error(error, release), release),
        };
        vec![Diagnostic::error(path, None, problem)]
    };
    match releases {
        [release] => vec![check(release)],
        _ => releases.par_iter().map(check).collect(),
    }
}

/// What a release says of a file, or of standard input, that it cannot open or load.
fn message(file: Option<&Path>, opening: bool, error: &[u8], release: Release) -> Vec<u8> {
    if release.rules().checked_files_are_decoded {
        let name = file.map_or(input::STDIN.as_bytes(), paths::bytes);
        let verb: &[u8] = if opening { b"open" } else { b"load" };
        let name = quoted(name, release);
        return [
            b"unable to ",
            verb,
            b" file ",
            &name,
            b" for ast-check: ",
            error,
        ]
        .concat();
    }
    match file {
        Some(file) if opening => {
            let name = quoted(paths::bytes(file), release);
            [b"unable to open file for ast-check ", &*name, b": ", error].concat()
        }
        Some(_) => error.to_vec(),
        None => [b"unable to read stdin: error.", error].concat(),
    }
}

/// The name of an error while a file was read. That it is none is found by reading.
fn load_error(error: &SourceError, release: Release) -> &'static [u8] {
    let is_told = !release.rules().checked_files_are_decoded;
    match error {
        _ if is_told => error.name().as_bytes(),
        SourceError::IsDir | SourceError::Io(_) => b"ReadFailed",
        SourceError::FileTooBig => b"StreamTooLong",
        error => error.name().as_bytes(),
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
    let files: Vec<PathBuf> = (input::scan(&dir, None)?.iter())
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
