//! Opening files without ever waiting for anything.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::sys::{self, Metadata};

/// Opens a file of a cache directory. Who can write to the directory could have put there what only seems to
/// be such a file: a link to a file that is none of the cache's, a FIFO that nobody writes to.
///
/// # Errors
/// If it cannot be opened so, or is no regular file.
pub fn open_in_cache(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = sys::open_no_link(options, path)?;
    expect_regular(&file)?;
    Ok(file)
}

/// Opens a file of a cache directory to look at it, not to use it: when it was last used stays to be seen,
/// where the system allows that.
///
/// # Errors
/// As [`open_in_cache`].
pub fn look_in_cache(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    match sys::open_without_trace(&mut options, path) {
        Ok(file) => expect_regular(&file).map(|()| file),
        // It belongs to somebody else.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_in_cache(OpenOptions::new().read(true), path)
        }
        Err(error) => Err(error),
    }
}

/// # Errors
/// If it is no regular file.
pub fn expect_regular(file: &File) -> io::Result<()> {
    match file.metadata()?.is_file() {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        )),
    }
}

/// A file of a cache directory that was to be opened for writing.
#[derive(Debug)]
pub struct OpenedInCache {
    /// The file.
    pub file: File,
    /// Why it is open for reading only, if it is.
    pub read_only: Option<io::Error>,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// Makes a file of a cache directory that is not there yet, for reading and writing.
///
/// # Errors
/// If something is there, or nothing can be made.
pub fn create_in_cache(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    sys::open_no_link(&mut options, path)
}

/// Opens a file of a cache directory for reading and writing, made empty if it is not there. Where nothing
/// may be written, what is there is opened to be read.
///
/// # Errors
/// The first one: where the file can neither be written nor read, the reason why it cannot be written.
pub fn open_or_create_in_cache(path: &Path) -> io::Result<OpenedInCache> {
    let open = |write: bool, create: bool| {
        let mut options = OpenOptions::new();
        options.read(true).write(write).create(create);
        sys::open_no_link(&mut options, path)
    };
    let opened = |file, read_only, is_new| OpenedInCache {
        file,
        read_only,
        is_new,
    };
    let error = match open(true, false) {
        Ok(file) => return Ok(opened(file, None, false)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match open(true, true) {
            Ok(file) => return Ok(opened(file, None, true)),
            Err(error) => error,
        },
        Err(error) => error,
    };
    if !is_read_only(&error) {
        return Err(error);
    }
    match open(false, false) {
        Ok(file) => Ok(opened(file, Some(error), false)),
        Err(_) => Err(error),
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// Opens what should be a source, whatever the path names. Links are followed.
///
/// # Errors
/// If it cannot be opened. What it is, is for the caller to look at.
pub fn open_source(path: &Path) -> io::Result<File> {
    sys::open_at_once(OpenOptions::new().read(true), path)
}

/// What is known of a regular file that everybody may read, links followed. `None` where something is in the
/// way, or where only opening it tells.
pub fn find_readable(path: &Path) -> Option<Metadata> {
    sys::find_readable(path)
}

/// Whether a file could be opened for reading, by what is known of it. The system is asked only where not
/// everybody may read the file.
///
/// # Errors
/// The reason why it could not.
pub fn check_readable(path: &Path, metadata: &Metadata) -> io::Result<()> {
    if metadata.all_may_read() {
        return Ok(());
    }
    sys::may_read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In a directory where nothing can be made, the reason is that, and not that there is nothing.
    #[test]
    fn the_first_error_wins() {
        let dir = Path::new("/sys");
        if !dir.join("kernel").is_dir() {
            eprintln!("not run: there is no /sys, a file system that lets nobody make a file");
            return;
        }
        let error = open_or_create_in_cache(&dir.join("zirc-test")).unwrap_err();
        assert!(is_read_only(&error), "{error}");
    }

    #[test]
    fn what_is_there_is_opened_and_what_is_not_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let opened = open_or_create_in_cache(&path).unwrap();
        assert!(opened.is_new && opened.read_only.is_none());
        assert!(!open_or_create_in_cache(&path).unwrap().is_new);
        let missing = open_or_create_in_cache(&dir.path().join("no/file")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        // A directory is in the way of writing as much as of reading, and that is told as it is.
        let directory = open_or_create_in_cache(dir.path()).unwrap_err();
        assert_eq!(directory.kind(), io::ErrorKind::IsADirectory);
    }
}
