//! Linux and other Unix systems.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileTimes, OpenOptions};
use std::io;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::buffer::spare_capacity;
use rustix::fs::{Access, AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::file::Stat;

/// The bytes of a path.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// A path of these bytes.
pub fn path_from_bytes(bytes: &[u8]) -> Cow<'_, Path> {
    Cow::Borrowed(Path::new(OsStr::from_bytes(bytes)))
}

/// The last bytes of a path, so many, if a path can begin there.
pub fn path_end(path: &Path, len: usize) -> Option<&Path> {
    let bytes = path_bytes(path);
    let start = bytes.len().checked_sub(len)?;
    Some(Path::new(OsStr::from_bytes(&bytes[start..])))
}

/// A path of these bytes that the caller has done with.
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

/// Appends what there is to be had at once at an offset, as far as the capacity of `bytes` goes, and says how
/// much that was. The file's own position does not matter.
///
/// # Errors
/// If the system refuses.
pub fn append_at(file: &File, bytes: &mut Vec<u8>, offset: u64) -> io::Result<usize> {
    Ok(rustix::io::pread(file, spare_capacity(bytes), offset)?)
}

/// Writes all of it at an offset.
///
/// # Errors
/// If the system refuses; some of it may be written then.
pub fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// Puts the file's position back to its beginning where reading and writing at offsets moves it, which is not
/// so here.
///
/// # Errors
/// If the system refuses.
pub fn rewind(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Sets the times of an open file, which is at that path.
///
/// # Errors
/// If the system refuses.
pub fn set_times(file: &File, _path: &Path, times: FileTimes) -> io::Result<()> {
    file.set_times(times)
}

/// Gives a lock up.
pub(in super::super) fn unlock(file: &File) -> io::Result<()> {
    file.unlock()
}

/// Gives the exclusive lock up that a shared one was taken beside: here that has taken its place.
pub(in super::super) fn unlock_exclusive(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Opens a file at once or not at all, and no terminal becomes ours.
pub(in super::super) fn open_at_once(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.custom_flags(flags(AT_ONCE)).open(path)
}

/// The same, and a symbolic link is refused.
pub(in super::super) fn open_no_link(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options
        .custom_flags(flags(AT_ONCE | OFlags::NOFOLLOW))
        .open(path)
}

/// The same, and the time of the last access stays what it is. The system grants that to the owner alone.
pub(in super::super) fn open_without_trace(
    options: &mut OpenOptions,
    path: &Path,
) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    let no_trace = OFlags::NOATIME;
    #[cfg(not(target_os = "linux"))]
    let no_trace = OFlags::empty();
    options
        .custom_flags(flags(AT_ONCE | OFlags::NOFOLLOW | no_trace))
        .open(path)
}

const AT_ONCE: OFlags = OFlags::NONBLOCK.union(OFlags::NOCTTY);

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// What the system tells of a file or directory.
#[derive(Clone, Debug)]
pub struct Metadata(fs::Metadata);

impl Deref for Metadata {
    type Target = fs::Metadata;

    fn deref(&self) -> &fs::Metadata {
        &self.0
    }
}

impl Metadata {
    /// Of an open file.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn of(file: &File) -> io::Result<Metadata> {
        file.metadata().map(Metadata)
    }

    /// Of what is at a path, links followed.
    ///
    /// # Errors
    /// If nothing is there, or the system refuses.
    pub fn at(path: &Path) -> io::Result<Metadata> {
        fs::metadata(path).map(Metadata)
    }

    /// Of what is at a path, which may be a link.
    ///
    /// # Errors
    /// If nothing is there, or the system refuses.
    pub fn of_link(path: &Path) -> io::Result<Metadata> {
        fs::symlink_metadata(path).map(Metadata)
    }

    pub(in super::super) fn inode(&self) -> u64 {
        self.0.ino()
    }

    pub(in super::super) fn device(&self) -> u64 {
        self.0.dev()
    }

    pub(in super::super) fn owner(&self) -> u64 {
        u64::from(self.0.uid())
    }

    pub(in super::super) fn mtime_ns(&self) -> i128 {
        since_1970_ns(self.0.mtime(), self.0.mtime_nsec())
    }

    pub(in super::super) fn changed_ns(&self) -> Option<i128> {
        Some(since_1970_ns(self.0.ctime(), self.0.ctime_nsec()))
    }

    pub(in super::super) fn accessed_ns(&self) -> i128 {
        since_1970_ns(self.0.atime(), self.0.atime_nsec())
    }

    pub(in super::super) fn link_count(&self) -> u64 {
        self.0.nlink()
    }

    /// Whether owner, group and all others may read it.
    pub(in super::super) fn all_may_read(&self) -> bool {
        self.0.mode() & 0o444 == 0o444
    }
}

/// A time as the system has it, in nanoseconds since 1970.
fn since_1970_ns(seconds: impl Into<i128>, nanoseconds: impl Into<i128>) -> i128 {
    seconds.into() * 1_000_000_000 + nanoseconds.into()
}

/// Bytes that the file system gives back when the last name of a file is removed.
pub fn disk_usage(metadata: &Metadata) -> u64 {
    // The unit is that of POSIX, whatever the blocks of the file system are.
    metadata.blocks().saturating_mul(512)
}

/// Whether anybody may run it.
pub fn is_executable(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.mode() & 0o111 != 0
}

/// Lets everybody run it who may read it.
///
/// # Errors
/// If the system refuses.
pub fn make_executable(file: &File) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    let mode = permissions.mode();
    permissions.set_mode(mode | (mode & 0o444) >> 2);
    file.set_permissions(permissions)
}

/// What is known of a regular file that everybody may read, links followed.
pub(in super::super) fn find_readable(path: &Path) -> Option<Metadata> {
    let metadata = Metadata::at(path).ok()?;
    (metadata.is_file() && metadata.all_may_read()).then_some(metadata)
}

/// A directory in which files are looked for: the way to it is gone once.
#[derive(Debug)]
pub struct Directory(OwnedFd);

impl Directory {
    /// The directory at a path, if it can be looked into.
    pub fn open(path: &Path) -> Option<Directory> {
        #[cfg(target_os = "linux")]
        let how = OFlags::PATH;
        #[cfg(not(target_os = "linux"))]
        let how = OFlags::RDONLY;
        let how = how | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(path, how, Mode::empty())
            .ok()
            .map(Directory)
    }

    /// The stat of a regular file below it that everybody may read, links followed. `None` where something is
    /// in the way, or where only opening it tells.
    pub fn readable(&self, name: &[u8]) -> Option<Stat> {
        let stat = rustix::fs::statat(&self.0, name, AtFlags::empty()).ok()?;
        let is_readable = stat.st_mode & 0o444 == 0o444;
        let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
        (is_file && is_readable).then(|| Stat {
            inode: stat.st_ino,
            size: stat.st_size.cast_unsigned(),
            mtime_ns: since_1970_ns(stat.st_mtime, stat.st_mtime_nsec),
        })
    }

    /// A file of this cache directory, open for reading and writing, whatever there is under that name but a
    /// link. `None` where it is not to be had: then opening it by its path tells why.
    pub fn open_in_cache(&self, name: &str) -> Option<File> {
        self.open_with(name, OFlags::empty())
    }

    /// The same of one that is not there yet.
    pub fn create_in_cache(&self, name: &str) -> Option<File> {
        self.open_with(name, OFlags::CREATE | OFlags::EXCL)
    }

    fn open_with(&self, name: &str, how: OFlags) -> Option<File> {
        let how = how | AT_ONCE | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // As the standard library makes files.
        let mode = Mode::from_raw_mode(0o666);
        let file = rustix::fs::openat(&self.0, name, how, mode).ok()?;
        Some(File::from(file))
    }
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

/// File systems that others may change without this system hearing of it, by the number that `statfs` gives:
/// those over a network, of a host, and of programs.
#[cfg(target_os = "linux")]
const REMOTE: [(u32, &str); 17] = [
    (0x0000_517b, "smb"),
    (0x0000_564c, "ncp"),
    (0x0000_6969, "nfs"),
    (0x00c3_6400, "ceph"),
    (0x0102_1997, "9p"),
    (0x0116_1970, "gfs2"),
    (0x0bd0_0bd0, "lustre"),
    (0x4750_4653, "gpfs"),
    (0x5346_414f, "afs"),
    (0x6573_5546, "fuse"),
    (0x6b41_4653, "afs"),
    (0x7375_7245, "coda"),
    (0x7461_636f, "ocfs2"),
    (0x786f_4256, "vboxsf"),
    (0xbacb_acbc, "vmhgfs"),
    (0xfe53_4d42, "smb2"),
    (0xff53_4d42, "cifs"),
];

/// The kind of file system a path is on, if others may change it without this system hearing of it.
///
/// # Errors
/// If the path is not there, or the system refuses.
pub fn remote_file_system(path: &Path) -> io::Result<Option<&'static str>> {
    #[cfg(target_os = "linux")]
    {
        // The numbers have 32 bits. Where the field is longer they may be there with their sign.
        Ok(remote_kind(rustix::fs::statfs(path)?.f_type as u32))
    }
    #[cfg(not(target_os = "linux"))]
    {
        path.metadata().map(|_| None)
    }
}

/// The same path without links.
///
/// # Errors
/// If the path is not there, or the system refuses.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

#[cfg(target_os = "linux")]
fn remote_kind(number: u32) -> Option<&'static str> {
    let row = REMOTE.iter().find(|(row, _)| *row == number);
    row.map(|(_, name)| *name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_is_found_below_a_directory_is_what_is_found_by_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let below = Directory::open(dir.path()).unwrap();
        let path = dir.path().join("a/b");
        fs::create_dir(dir.path().join("a")).unwrap();
        assert_eq!(below.readable(b"a/b"), None, "missing");
        fs::write(&path, "text").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let second = Duration::from_millis(1500);
        let epoch = SystemTime::UNIX_EPOCH;
        for time in [epoch - second, epoch + second, SystemTime::now()] {
            let times = FileTimes::new().set_modified(time);
            set_times(
                &File::options().write(true).open(&path).unwrap(),
                &path,
                times,
            )
            .unwrap();
            let by_path = Stat::of(&Metadata::at(&path).unwrap());
            assert_eq!(below.readable(b"a/b"), Some(by_path));
            assert_eq!(below.readable(path_bytes(&path)), Some(by_path), "absolute");
        }
        std::os::unix::fs::symlink("a/b", dir.path().join("link")).unwrap();
        assert!(below.readable(b"link").is_some());
        assert_eq!(below.readable(b"a"), None, "a directory");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(below.readable(b"a/b"), None, "not everybody's");
        assert!(Directory::open(&path).is_none(), "no directory");
    }

    #[test]
    fn tells_what_is_remote() {
        assert!(REMOTE.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(remote_kind(0x6969), Some("nfs"));
        // ext4, tmpfs, overlayfs.
        for local in [0xef53, 0x0102_1994, 0x794c_7630] {
            assert_eq!(remote_kind(local), None);
        }
        assert_eq!(remote_file_system(Path::new("/proc")).unwrap(), None);
        assert!(remote_file_system(Path::new("/none/such")).is_err());
    }
}
