//! Linux and other Unix systems.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, OFlags};
use rustix::io::Errno;

/// The bytes of a path.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// A path of these bytes.
pub fn path_from_bytes(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// The same, owned.
pub fn path_from_vec(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}

/// Reads at an offset what there is to be had at once. The file's own position does not matter.
///
/// # Errors
/// If the system refuses.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Writes all of it at an offset.
///
/// # Errors
/// If the system refuses; some of it may be written then.
pub fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// A file is opened at once or not at all, and no terminal becomes ours.
pub(in super::super) fn never_wait(options: &mut OpenOptions) {
    options.custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY));
}

/// The same, and a symbolic link is refused.
pub(in super::super) fn follow_no_link(options: &mut OpenOptions) {
    options.custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW));
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

pub(in super::super) fn inode(metadata: &Metadata) -> u64 {
    metadata.ino()
}

pub(in super::super) fn device(metadata: &Metadata) -> u64 {
    metadata.dev()
}

pub(in super::super) fn owner(metadata: &Metadata) -> u64 {
    u64::from(metadata.uid())
}

pub(in super::super) fn mtime_ns(metadata: &Metadata) -> i128 {
    i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
}

/// Whether owner, group and all others may read it.
pub(in super::super) fn all_may_read(metadata: &Metadata) -> bool {
    metadata.mode() & 0o444 == 0o444
}

/// Whether we may read it, as whom files would be opened.
pub(in super::super) fn may_read(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::accessat(
        CWD,
        path,
        Access::READ_OK,
        AtFlags::EACCESS,
    )?)
}

/// The reference's name for an error about a file.
pub fn error_name(error: &io::Error) -> &'static str {
    match Errno::from_io_error(error) {
        Some(Errno::INVAL) => "BadPathName",
        Some(Errno::ACCESS | Errno::PERM) => "AccessDenied",
        Some(Errno::FBIG | Errno::OVERFLOW) => "FileTooBig",
        Some(Errno::ISDIR) => "IsDir",
        Some(Errno::LOOP) => "SymLinkLoop",
        Some(Errno::MFILE) => "ProcessFdQuotaExceeded",
        Some(Errno::NFILE) => "SystemFdQuotaExceeded",
        Some(Errno::NAMETOOLONG) => "NameTooLong",
        Some(Errno::NODEV | Errno::NXIO) => "NoDevice",
        Some(Errno::NOENT) => "FileNotFound",
        Some(Errno::NOMEM | Errno::NOBUFS) => "SystemResources",
        Some(Errno::NOTDIR) => "NotDir",
        Some(Errno::BUSY) => "DeviceBusy",
        Some(Errno::TXTBSY) => "FileBusy",
        Some(Errno::IO) => "InputOutput",
        Some(_) => "Unexpected",
        None => match error.kind() {
            // A path with a zero byte in it never reaches the system.
            io::ErrorKind::InvalidInput => "BadPathName",
            io::ErrorKind::OutOfMemory => "OutOfMemory",
            _ => "Unexpected",
        },
    }
}
