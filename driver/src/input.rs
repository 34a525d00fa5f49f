//! Lists of files: from the command line, from a list file, from a directory.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::limits::MAX_SOURCE_LEN;
use cache_store::{SourceError, SourceFile};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
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
    let text = match stream_of(file) {
        Some(stream) => read_stream(stream),
        None => SourceFile::open(file).and_then(SourceFile::into_bytes),
    };
    text.map_err(|e| Error::path("load", file, std::io::Error::other(e.name())))
}

/// What is read once, from its beginning to its end, and has no name of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stream<'a> {
    /// Standard input, as `-`.
    Stdin,
    /// A file that is open already, by the name under which a shell passes it.
    Open(&'a Path),
}

/// The stream that a name on the command line stands for. Every other name is a file's: a pipe with a name in
/// the file system is none, as nobody may ever write to it.
pub(crate) fn stream_of(file: &Path) -> Option<Stream<'_>> {
    const OPEN: [&[u8]; 2] = [b"/dev/fd/", b"/proc/self/fd/"];
    let name = paths::bytes(file);
    match name {
        b"-" => Some(Stream::Stdin),
        b"/dev/stdin" | b"/dev/null" => Some(Stream::Open(file)),
        _ if OPEN.iter().any(|dir| name.starts_with(dir)) => Some(Stream::Open(file)),
        _ => None,
    }
}

/// All of a stream, which may be as long as a source.
pub(crate) fn read_stream(stream: Stream<'_>) -> Result<Vec<u8>, SourceError> {
    match stream {
        Stream::Stdin => read_stdin(),
        Stream::Open(file) => read_source(File::open(file)?),
    }
}

/// What standard input is called in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// Standard input, which may be as long as a source.
pub(crate) fn read_stdin() -> Result<Vec<u8>, SourceError> {
    read_source(std::io::stdin().lock())
}

fn read_source(from: impl Read) -> Result<Vec<u8>, SourceError> {
    let mut source = Vec::new();
    from.take(MAX_SOURCE_LEN + 1).read_to_end(&mut source)?;
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

/// A source as UTF-8, or the reference's word for what is wrong with it.
pub(crate) fn decode(source: &[u8]) -> Result<Cow<'_, [u8]>, &'static str> {
    const UNSUPPORTED: [&[u8]; 3] = [b"\xff\xfe\0\0", b"\xfe\xff\0\0", b"\xfe\xff"];
    if UNSUPPORTED.iter().any(|mark| source.starts_with(mark)) {
        return Err("UnsupportedEncoding");
    }
    if !source.starts_with(b"\xff\xfe") {
        return Ok(Cow::Borrowed(source));
    }
    let (units, []) = source.as_chunks::<2>() else {
        return Err("InvalidEncoding");
    };
    let units: Vec<u16> = units.iter().map(|&unit| u16::from_le_bytes(unit)).collect();
    match String::from_utf16(&units) {
        Ok(text) => Ok(Cow::Owned(text.into_bytes())),
        Err(_) => Err("UnsupportedEncoding"),
    }
}

/// The paths in a list file, one a line, or with NULs between them; `-` is standard input. Empty ones are
/// passed over.
pub(crate) fn read_list(list: &Path, null: bool) -> Result<Vec<PathBuf>, Error> {
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
    let end = if null { b'\0' } else { b'\n' };
    let lines = bytes.split(|&b| b == end).map(|line| match null {
        true => line,
        false => line.strip_suffix(b"\r").unwrap_or(line),
    });
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(|line| paths::from_bytes(line).into_owned())
        .collect())
}

/// The files named one by one and those of a list, see [`read_list`].
pub(crate) fn gather(
    files: &[PathBuf],
    list: Option<&Path>,
    null: bool,
) -> Result<Vec<PathBuf>, Error> {
    let mut all = files.to_vec();
    if let Some(list) = list {
        all.extend(read_list(list, null)?);
    }
    Ok(all)
}

/// Directories of build products, left out even where no ignore file names them.
const BUILD_PRODUCTS: [&str; 3] = ["zig-out", "zig-cache", "zig-pkg"];

/// What is left out of directories whose files are looked for, besides what ignore files name.
#[derive(Clone, Debug)]
pub struct Exclude {
    /// What paths are relative to, absolute.
    cwd: Arc<Path>,
    /// The globs, of the directory that they are relative to.
    globs: Arc<Gitignore>,
}

impl Exclude {
    /// None yet. `dir`, absolute, is what globs are relative to, `cwd` what paths are that are asked about.
    pub(crate) fn builder(dir: &Path, cwd: &Path) -> ExcludeBuilder {
        ExcludeBuilder {
            cwd: cwd.into(),
            globs: GitignoreBuilder::new(dir),
        }
    }

    /// Whether it is left out, given that the directory that it is in is not.
    fn is_match(&self, path: &Path, is_dir: bool) -> bool {
        let path = paths::absolute(&self.cwd, path);
        path.starts_with(self.globs.path()) && self.globs.matched(&path, is_dir).is_ignore()
    }
}

/// An [`Exclude`] in the making.
#[derive(Debug)]
pub(crate) struct ExcludeBuilder {
    cwd: Arc<Path>,
    globs: GitignoreBuilder,
}

impl ExcludeBuilder {
    /// Adds a line as an ignore file has it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn add(&mut self, glob: &str) -> Result<(), String> {
        match self.globs.add_line(None, glob) {
            Ok(_) => Ok(()),
            Err(ignore::Error::Glob { err, .. }) => Err(format!("'{glob}' is no glob: {err}")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// All of them.
    ///
    /// # Errors
    /// What is wrong with all of them together: there are too many.
    pub(crate) fn build(&self) -> Result<Exclude, String> {
        let globs = self.globs.build().map_err(|error| error.to_string())?;
        let cwd = self.cwd.clone();
        let globs = Arc::new(globs);
        Ok(Exclude { cwd, globs })
    }
}

/// All `.zig` and `.zon` files below `dir`, by their paths below it, sorted. Ignore files are honoured;
/// hidden files, build products and what is excluded are left out.
pub(crate) fn scan(dir: &Path, exclude: Option<&Exclude>) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let exclude = exclude.cloned();
    let walk = ignore::WalkBuilder::new(dir)
        .require_git(false)
        .filter_entry(move |entry| {
            let is_product = BUILD_PRODUCTS.iter().any(|name| entry.file_name() == *name);
            let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_excluded = |exclude: &Exclude| exclude.is_match(entry.path(), is_dir);
            !is_product && !exclude.as_ref().is_some_and(is_excluded)
        })
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
