//! Lists of files: from the command line, from a list file, from a directory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use cache_store::limits::MAX_SOURCE_LEN;
use cache_store::{SourceError, SourceFile};
use syntax::Mode;

use crate::limits::MAX_LIST_LEN;
use crate::{Error, paths};

/// What a file holds, by its name.
pub(crate) fn mode_of(file: &Path) -> Mode {
    if paths::bytes(file).ends_with(b".zon") {
        Mode::Zon
    } else {
        Mode::Zig
    }
}

/// The text of a source that a command was given. An error has the reference's word for what went wrong.
pub(crate) fn load(file: &Path) -> Result<Vec<u8>, Error> {
    SourceFile::open(file)
        .and_then(SourceFile::into_bytes)
        .map_err(|e| Error::path("load", file, std::io::Error::other(e.name())))
}

/// What standard input is called in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// Standard input, which may be as long as a source.
pub(crate) fn read_stdin() -> Result<Vec<u8>, SourceError> {
    let mut source = Vec::new();
    std::io::stdin()
        .lock()
        .take(MAX_SOURCE_LEN + 1)
        .read_to_end(&mut source)?;
    if source.len() as u64 > MAX_SOURCE_LEN {
        return Err(SourceError::FileTooBig);
    }
    Ok(source)
}

/// The same for a command that does nothing without it.
pub(crate) fn load_stdin() -> Result<Vec<u8>, Error> {
    read_stdin().map_err(|error| {
        let error = match error {
            SourceError::Io(error) => error,
            error => std::io::Error::other(error.name()),
        };
        Error::path("read", Path::new(STDIN), error)
    })
}

/// The paths in a list file, one a line; `-` is standard input. Empty lines are passed over.
pub(crate) fn read_list(list: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut bytes = Vec::new();
    let error = |error| Error::path("read the list", list, error);
    let reader: Box<dyn Read> = if list == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(list).map_err(error)?)
    };
    reader
        .take(MAX_LIST_LEN + 1)
        .read_to_end(&mut bytes)
        .map_err(error)?;
    if bytes.len() as u64 > MAX_LIST_LEN {
        return Err(Error::Usage(format!(
            "the list '{}' is longer than {MAX_LIST_LEN} bytes",
            list.display()
        )));
    }
    let lines = bytes
        .split(|&b| b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(|line| paths::from_bytes(line).to_owned())
        .collect())
}

/// The files named one by one and those of a list.
pub(crate) fn gather(files: &[PathBuf], list: Option<&Path>) -> Result<Vec<PathBuf>, Error> {
    let mut all = files.to_vec();
    if let Some(list) = list {
        all.extend(read_list(list)?);
    }
    Ok(all)
}

/// Directories of build products, left out even where no ignore file names them.
const BUILD_PRODUCTS: [&str; 3] = ["zig-out", "zig-cache", "zig-pkg"];

/// All `.zig` and `.zon` files below `dir`, by their paths below it, sorted. Ignore files are honoured;
/// hidden files and build products are left out.
pub(crate) fn scan(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let walk = ignore::WalkBuilder::new(dir)
        .require_git(false)
        .filter_entry(|entry| !BUILD_PRODUCTS.iter().any(|name| entry.file_name() == *name))
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| {
            let error = error
                .into_io_error()
                .unwrap_or_else(|| std::io::Error::other("cannot be walked"));
            Error::path("read the directory", dir, error)
        })?;
        let path = entry.path();
        let name = paths::bytes(path);
        if (name.ends_with(b".zig") || name.ends_with(b".zon"))
            && path.is_file()
            && let Ok(below) = path.strip_prefix(dir)
        {
            files.push(below.to_owned());
        }
    }
    files.sort();
    Ok(files)
}
