//! Windows.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, Seek};
use std::ops::Deref;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf, Prefix};

use winapi_util::file::information;
use windows_sys::Win32::Foundation as code;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_BACKUP_SEMANTICS,
    FILE_FLAG_OPEN_REPARSE_POINT, FILE_WRITE_ATTRIBUTES,
};

use crate::file::Stat;

/// The bytes of a path: WTF-8, which is UTF-8 unless the name has halves of surrogate pairs in it.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// A path of these bytes. What is no WTF-8 in them is replaced, as no name can have it.
pub fn path_from_bytes(bytes: &[u8]) -> Cow<'_, Path> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(Path::new(text)),
        Err(_) => Cow::Owned(OsString::from_wide(&units(bytes)).into()),
    }
}

/// The last bytes of a path, so many, if a path can begin there.
pub fn path_end(path: &Path, len: usize) -> Option<&Path> {
    // A path has no other borrowed parts than its components.
    let mut components = path.components();
    while components.as_path().as_os_str().len() > len {
        components.next()?;
    }
    let end = components.as_path();
    (end.as_os_str().len() == len).then_some(end)
}

/// A path of these bytes that the caller has done with.
pub fn path_from_vec(bytes: Vec<u8>) -> PathBuf {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => path_from_bytes(error.as_bytes()).into_owned(),
    }
}

/// What these bytes are in UTF-16, halves of surrogate pairs as they are.
fn units(mut bytes: &[u8]) -> Vec<u16> {
    let mut units = Vec::with_capacity(bytes.len());
    loop {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => {
                units.extend(text.encode_utf16());
                return units;
            }
            Err(error) => error,
        };
        let (good, rest) = bytes.split_at(error.valid_up_to());
        units.extend(String::from_utf8_lossy(good).encode_utf16());
        let bad_len = match *rest {
            [0xed, high @ 0xa0..=0xbf, low @ 0x80..=0xbf, ..] => {
                units.push(0xd000 | u16::from(high & 0x3f) << 6 | u16::from(low & 0x3f));
                3
            }
            _ => {
                units.push(char::REPLACEMENT_CHARACTER as u16);
                error.error_len().unwrap_or(rest.len())
            }
        };
        bytes = &rest[bad_len..];
    }
}

/// Reads at an offset what there is to be had at once. The file's own position moves.
///
/// # Errors
/// If the system refuses.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Appends what there is to be had at once at an offset, as far as the capacity of `bytes` goes, and says how
/// much that was. The file's own position moves.
///
/// # Errors
/// If the system refuses.
pub fn append_at(file: &File, bytes: &mut Vec<u8>, offset: u64) -> io::Result<usize> {
    let len = bytes.len();
    bytes.resize(bytes.capacity(), 0);
    let read = file.seek_read(&mut bytes[len..], offset);
    bytes.truncate(len + read.as_ref().copied().unwrap_or(0));
    read
}

/// Writes all of it at an offset.
///
/// # Errors
/// If the system refuses; some of it may be written then.
pub fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.seek_write(bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = &bytes[written..];
                offset += written as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Puts the file's position back to its beginning, as reading and writing at offsets moves it.
///
/// # Errors
/// If the system refuses.
pub fn rewind(mut file: &File) -> io::Result<()> {
    file.rewind()
}

/// Sets the times of an open file, which is at that path. Whoever has it open to read it may not, so that it
/// is opened once more.
///
/// # Errors
/// If the system refuses.
pub fn set_times(_file: &File, path: &Path, times: FileTimes) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.access_mode(FILE_WRITE_ATTRIBUTES);
    open_at_once(&mut options, path)?.set_times(times)
}

/// Gives a lock up.
pub(in super::super) fn unlock(file: &File) -> io::Result<()> {
    match file.unlock() {
        // There may be two, so that it is tried until there is none; Wine says so with another error.
        Err(error) if error.raw_os_error() == Some(code::ERROR_LOCK_VIOLATION.cast_signed()) => {
            Ok(())
        }
        result => result,
    }
}

/// Gives the exclusive lock up that a shared one was taken beside: of the two that an open file then has, the
/// system gives up the exclusive one first.
pub(in super::super) fn unlock_exclusive(file: &File) -> io::Result<()> {
    fs4::FileExt::unlock(file)
}

/// Opens a file, or a directory to see that it is one. Opening waits for nobody here.
pub(in super::super) fn open_at_once(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    options.open(path)
}

/// Opens a file that is in the place itself: a directory, a symbolic link or a junction is refused.
pub(in super::super) fn open_no_link(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    let file = options.open(path).map_err(|error| reason(error, path))?;
    let metadata = file.metadata()?;
    if metadata.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT == 0 {
        return Ok(file);
    }
    if metadata.is_symlink() {
        return Err(io::Error::from_raw_os_error(
            code::ERROR_CANT_ACCESS_FILE.cast_signed(),
        ));
    }
    // A file that is kept elsewhere, or only in part: what was opened is a note of where.
    drop(file);
    options.custom_flags(0).open(path)
}

/// Why a file was not opened. A directory in its place is refused as if rights were missing, and those are
/// missing in a cache that may only be read, which nobody complains about.
fn reason(error: io::Error, path: &Path) -> io::Error {
    let is_directory =
        |metadata: fs::Metadata| metadata.file_attributes() & FILE_ATTRIBUTE_DIRECTORY != 0;
    match error.kind() {
        io::ErrorKind::PermissionDenied if fs::symlink_metadata(path).is_ok_and(is_directory) => {
            io::ErrorKind::IsADirectory.into()
        }
        _ => error,
    }
}

/// The same: that somebody has looked is written down only where the system is told to, which it is not.
pub(in super::super) fn open_without_trace(
    options: &mut OpenOptions,
    path: &Path,
) -> io::Result<File> {
    open_no_link(options, path)
}

/// What the system tells of a file or directory.
#[derive(Clone, Debug)]
pub struct Metadata {
    metadata: fs::Metadata,
    id: Id,
}

/// What names a file to the system, and under how many names it is there.
#[derive(Clone, Copy, Default, Debug)]
struct Id {
    volume: u64,
    index: u64,
    links: u64,
}

impl Id {
    /// That of an open file. Where a file system has none it is zero, as it is in the reference.
    fn of(file: &File) -> Id {
        information(file).map_or(Id::default(), |information| Id {
            volume: information.volume_serial_number(),
            index: information.file_index(),
            links: information.number_of_links(),
        })
    }
}

impl Deref for Metadata {
    type Target = fs::Metadata;

    fn deref(&self) -> &fs::Metadata {
        &self.metadata
    }
}

impl Metadata {
    /// Of an open file.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn of(file: &File) -> io::Result<Metadata> {
        Ok(Metadata {
            metadata: file.metadata()?,
            id: Id::of(file),
        })
    }

    /// Of what is at a path, links followed.
    ///
    /// # Errors
    /// If nothing is there, or the system refuses.
    pub fn at(path: &Path) -> io::Result<Metadata> {
        look(path, FILE_FLAG_BACKUP_SEMANTICS, |path| fs::metadata(path))
    }

    /// Of what is at a path, which may be a link.
    ///
    /// # Errors
    /// If nothing is there, or the system refuses.
    pub fn of_link(path: &Path) -> io::Result<Metadata> {
        let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
        look(path, flags, |path| fs::symlink_metadata(path))
    }

    pub(in super::super) fn inode(&self) -> u64 {
        self.id.index
    }

    pub(in super::super) fn device(&self) -> u64 {
        self.id.volume
    }

    /// Nobody in particular: the system does not tell without being asked for more than we ask.
    pub(in super::super) fn owner(&self) -> u64 {
        0
    }

    pub(in super::super) fn mtime_ns(&self) -> i128 {
        since_1970_ns(self.metadata.last_write_time())
    }

    /// What is told does not have it.
    pub(in super::super) fn changed_ns(&self) -> Option<i128> {
        None
    }

    pub(in super::super) fn accessed_ns(&self) -> i128 {
        since_1970_ns(self.metadata.last_access_time())
    }

    pub(in super::super) fn link_count(&self) -> u64 {
        self.id.links
    }

    /// Nothing in it says that everybody may.
    pub(in super::super) fn all_may_read(&self) -> bool {
        false
    }
}

/// Looks at what is at a path without asking to read it.
fn look(
    path: &Path,
    flags: u32,
    without_id: impl FnOnce(&Path) -> io::Result<fs::Metadata>,
) -> io::Result<Metadata> {
    let mut options = OpenOptions::new();
    match options.access_mode(0).custom_flags(flags).open(path) {
        Ok(file) => Metadata::of(&file),
        // What nobody may open has an entry in its directory.
        Err(_) => Ok(Metadata {
            metadata: without_id(path)?,
            id: Id::default(),
        }),
    }
}

/// A time of the system, which counts tenths of microseconds since 1601, in nanoseconds since 1970.
fn since_1970_ns(time: u64) -> i128 {
    const BETWEEN: i128 = 11_644_473_600 * 10_000_000;
    (i128::from(time) - BETWEEN) * 100
}

/// Bytes that the file system gives back when the last name of a file is removed: the length, as blocks are
/// not told.
pub fn disk_usage(metadata: &Metadata) -> u64 {
    match metadata.is_file() {
        true => metadata.len(),
        false => 0,
    }
}

/// Whether anybody may run it. No file is marked so.
pub fn is_executable(_metadata: &Metadata) -> bool {
    false
}

/// Lets everybody run it who may read it, as is so anyway.
///
/// # Errors
/// None.
pub fn make_executable(_file: &File) -> io::Result<()> {
    Ok(())
}

/// A directory in which files are looked for. Here each is looked for by its whole path.
#[derive(Debug)]
pub struct Directory;

impl Directory {
    /// Never.
    pub fn open(_path: &Path) -> Option<Directory> {
        None
    }

    /// Never.
    pub fn readable(&self, _name: &[u8]) -> Option<Stat> {
        None
    }

    /// Never.
    pub fn open_in_cache(&self, _name: &str) -> Option<File> {
        None
    }

    /// Never.
    pub fn create_in_cache(&self, _name: &str) -> Option<File> {
        None
    }
}

/// Nothing: to look at a file it has to be opened here, which costs as much as to open it for reading.
pub(in super::super) fn find_readable(_path: &Path) -> Option<Metadata> {
    None
}

/// Whether we may read it, as whom files would be opened.
pub(in super::super) fn may_read(path: &Path) -> io::Result<()> {
    open_at_once(OpenOptions::new().read(true), path).map(drop)
}

/// The reference's name for an error about a file.
pub fn error_name(error: &io::Error) -> &'static str {
    let number = error.raw_os_error().map(i32::cast_unsigned);
    match number {
        Some(code::ERROR_FILE_NOT_FOUND | code::ERROR_PATH_NOT_FOUND) => "FileNotFound",
        Some(code::ERROR_BAD_NETPATH | code::ERROR_BAD_NET_NAME) => "NetworkNotFound",
        Some(
            code::ERROR_ACCESS_DENIED
            | code::ERROR_SHARING_VIOLATION
            | code::ERROR_DELETE_PENDING
            | code::ERROR_PRIVILEGE_NOT_HELD,
        ) => "AccessDenied",
        Some(code::ERROR_INVALID_NAME | code::ERROR_BAD_PATHNAME) => "BadPathName",
        Some(code::ERROR_FILENAME_EXCED_RANGE) => "NameTooLong",
        Some(code::ERROR_DIRECTORY) => "NotDir",
        Some(code::ERROR_PIPE_BUSY) => "PipeBusy",
        Some(code::ERROR_CANT_RESOLVE_FILENAME) => "SymLinkLoop",
        Some(code::ERROR_TOO_MANY_OPEN_FILES) => "ProcessFdQuotaExceeded",
        Some(
            code::ERROR_NOT_ENOUGH_MEMORY
            | code::ERROR_OUTOFMEMORY
            | code::ERROR_NO_SYSTEM_RESOURCES,
        ) => "SystemResources",
        Some(code::ERROR_NOT_READY | code::ERROR_DEV_NOT_EXIST) => "NoDevice",
        Some(_) => "Unexpected",
        None => match error.kind() {
            // A path with a zero in it never reaches the system.
            io::ErrorKind::InvalidInput => "BadPathName",
            io::ErrorKind::IsADirectory => "IsDir",
            io::ErrorKind::OutOfMemory => "OutOfMemory",
            _ => "Unexpected",
        },
    }
}

/// The kind of file system a path is on, if others may change it without this system hearing of it.
///
/// # Errors
/// If the path is not there, or the system refuses.
pub fn remote_file_system(path: &Path) -> io::Result<Option<&'static str>> {
    let path = path.canonicalize()?;
    let is_share = matches!(
        path.components().next(),
        Some(Component::Prefix(prefix))
            if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
    );
    Ok(is_share.then_some("a share"))
}

/// The same path without links, as users write paths: not in the form in which the system takes them as they
/// stand, unless they have no other.
///
/// # Errors
/// If the path is not there, or the system refuses.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    dunce::canonicalize(path)
}
