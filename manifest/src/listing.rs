//! A manifest in memory, whichever format it has on disk.

use std::fmt;

use cache_store::file::{is_plain_part, is_separator};
use hashbrown::HashSet;
use memchr::memchr;

use crate::digest::{Digest, HashHelper};
use crate::format::{Format, lines, records};
use crate::limits::{MAX_PATH_LEN, MAX_PREFIXES};
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

/// What stands in a manifest, in the order in which the inputs were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// How it is written.
    pub format: Format,
    /// The inputs.
    pub entries: Vec<Entry>,
}

/// What is wrong with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// What the manifest was read as.
    pub format: Format,
    /// Number of the line or record, from 1. Line 1 is the text's header.
    pub number: usize,
    /// What it is.
    pub kind: ParseErrorKind,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.format.unit(), self.number, self.kind)
    }
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

impl Listing {
    /// Reads a manifest of either format ([`Format::of_bytes`]). `prefix_count` is the number of directories
    /// there are, number 0 included.
    pub fn parse(bytes: &[u8], prefix_count: usize) -> Result<Listing, ParseError> {
        Format::of_bytes(bytes).parse(bytes, prefix_count)
    }

    /// The same, whatever directories there were: to look at what a manifest says where nothing is known of
    /// them.
    pub fn parse_any(bytes: &[u8]) -> Result<Listing, ParseError> {
        Listing::parse(bytes, MAX_PREFIXES)
    }

    /// What stands in the manifest's file.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.format {
            Format::Lines => lines::write(&self.entries),
            Format::Records => records::write(&self.entries),
        }
    }

    /// The name of a manifest of records whose inputs are the first `inputs` of these and which was told what
    /// went into `told`; the entries after them were found while the work was done. In lines, the names of
    /// inputs are part of what a build is told.
    pub fn key(&self, told: &HashHelper, inputs: usize) -> Digest {
        let mut hash = told.clone();
        if self.format == Format::Records {
            for entry in self.entries.iter().take(inputs) {
                let (kind, metadata_only) = (entry.kind, entry.metadata_only);
                hash.raw(&records::flags_and_path(kind, metadata_only, &entry.path));
            }
        }
        hash.finish()
    }

    /// The name of the output that belongs to the manifest with this key: in `o/`, and of a configuration in
    /// `c/`.
    pub fn final_digest(&self, key: Digest) -> Digest {
        final_digest(self.format, key, &self.entries)
    }
}

pub(crate) fn final_digest(format: Format, key: Digest, entries: &[Entry]) -> Digest {
    let mut hash = format.hash();
    hash.raw(&key.0);
    let mut seen = HashSet::<_, foldhash::fast::RandomState>::default();
    for entry in entries {
        // There is none twice in lines.
        if format == Format::Lines || seen.insert(&entry.path) {
            hash.raw(&entry.digest.0);
        }
    }
    hash.finish()
}

/// Whether the path can stand in a manifest of this format.
pub(crate) fn is_writable(format: Format, path: &PrefixedPath) -> bool {
    match format {
        Format::Lines => lines::is_writable(path),
        Format::Records => records::is_writable(path),
    }
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
