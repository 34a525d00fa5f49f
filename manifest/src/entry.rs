//! An input in a manifest, and what may be wrong with what stands there of it.

use cache_store::file::{is_plain_part, is_separator};
use memchr::memchr;

use crate::digest::Digest;
use crate::limits::MAX_PATH_LEN;
use crate::prefix::PrefixedPath;
use crate::stat::Stat;

/// What an input is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A regular file.
    #[default]
    File,
    /// A directory: what counts is which entries it has, not what is in them.
    Directory,
}

/// An input and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which one.
    pub path: PrefixedPath,
    /// What it is. In lines there are files only.
    pub kind: Kind,
    /// Whether its stat alone counts: another stat is another input, whatever the content. Never so in lines.
    pub metadata_only: bool,
    /// Its stat.
    pub stat: Stat,
    /// The digest of its content; if `metadata_only`, that of the stat.
    pub digest: Digest,
}

/// What is wrong with a line or record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// There is nothing at all: it is being written, or whoever began to write it has failed.
    #[error("empty: the build that it is for has not ended well")]
    Empty,
    /// The first line is not `0`.
    #[error("not the first line of a manifest")]
    Header,
    /// It is longer than [`MAX_MANIFEST_LEN`](crate::limits::MAX_MANIFEST_LEN).
    #[error("longer than 100 MiB")]
    TooLong,
    /// The last line has no newline.
    #[error("cut off: no newline at the end")]
    CutOff,
    /// The last record has no end, or nothing stands behind it.
    #[error("cut off: the record is not whole, or the zero byte behind the last is missing")]
    Unfinished,
    /// Behind the last record stands something else than the zero byte.
    #[error("the last byte is not the zero that ends a manifest")]
    Terminator,
    /// Less than six fields.
    #[error(
        "a line needs size, inode, mtime, digest, prefix and path, with one space between them"
    )]
    Fields,
    /// The size is not a number as we write them, or too large.
    #[error("the size is not a number of 64 bits")]
    Size,
    /// The same of the inode.
    #[error("the inode is not a number of 64 bits")]
    Inode,
    /// The same of the modification time.
    #[error("the modification time is not a signed number of 64 bits")]
    Mtime,
    /// Not 32 lower case hexadecimal digits.
    #[error("the digest is not 32 lower case hexadecimal digits")]
    Digest,
    /// Not a number of 8 bits.
    #[error("the prefix is not a number of 8 bits")]
    Prefix,
    /// There is no directory with this number.
    #[error("no directory has the prefix {0}")]
    UnknownPrefix(u8),
    /// The path is empty (in a line), too long or has a zero byte.
    #[error("the path is empty, too long or contains a zero byte")]
    Path,
    /// The path leads out of the directory that its prefix says it is below.
    #[error("the path leads out of the directory that it should be below")]
    Outside,
    /// A file stands there twice.
    #[error("this file is in the manifest already")]
    Twice,
    /// The file is not the input that belongs here.
    #[error("not the input that belongs at this place")]
    OtherInput,
}

/// Whether a path is one, and below its directory. An empty one is the directory itself.
pub(crate) fn check_path(prefix: u8, path: &[u8]) -> Result<(), ParseErrorKind> {
    if path.len() > MAX_PATH_LEN || memchr(0, path).is_some() {
        return Err(ParseErrorKind::Path);
    }
    if prefix == 0 || path.is_empty() {
        return Ok(());
    }
    match path.split(|&byte| is_separator(byte)).all(is_plain_part) {
        true => Ok(()),
        false => Err(ParseErrorKind::Outside),
    }
}
