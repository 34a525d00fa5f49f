//! The text of a manifest.
//!
//! Only the one way of writing that [`Listing::to_bytes`] has is read: what is accepted is written back byte
//! for byte. The reference is more liberal (signs, underscores, several spaces), and takes a last line
//! without its newline, which is one that was cut off.

use std::hash::BuildHasher;
use std::io::Write as _;

use hashbrown::HashTable;

use crate::digest::{Digest, HashHelper};
use crate::limits::MAX_PATH_LEN;
use crate::prefix::PrefixedPath;
use crate::stat::Stat;

/// A line: a file and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which file.
    pub path: PrefixedPath,
    /// Its stat.
    pub stat: Stat,
    /// The digest of its content.
    pub digest: Digest,
}

/// The lines of a manifest, in the order in which the files were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The lines.
    pub entries: Vec<Entry>,
}

/// What is wrong with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct ParseError {
    /// Number of the line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: ParseErrorKind,
}

/// What is wrong with a line.
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
    /// The path is empty, too long or has a zero byte.
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

const HEADER: &[u8] = b"0";

impl Listing {
    /// Reads a manifest. `prefix_count` is the number of directories there are, number 0 included.
    pub fn parse(text: &[u8], prefix_count: usize) -> Result<Listing, ParseError> {
        if text.is_empty() {
            return Err(ParseError {
                line: 1,
                kind: ParseErrorKind::Empty,
            });
        }
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen: HashTable<usize> = HashTable::new();
        let hasher = foldhash::fast::RandomState::default();
        for (index, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
            let fail = |kind| ParseError {
                line: index + 1,
                kind,
            };
            let Some(line) = line.strip_suffix(b"\n") else {
                let known = index > 0 || line == HEADER;
                return Err(fail(if known {
                    ParseErrorKind::CutOff
                } else {
                    ParseErrorKind::Header
                }));
            };
            if index == 0 {
                if line != HEADER {
                    return Err(fail(ParseErrorKind::Header));
                }
                continue;
            }
            let entry = parse_line(line, prefix_count).map_err(fail)?;
            let hash = hasher.hash_one(&entry.path);
            if seen
                .find(hash, |&other| entries[other].path == entry.path)
                .is_some()
            {
                return Err(fail(ParseErrorKind::Twice));
            }
            seen.insert_unique(hash, entries.len(), |&other| {
                hasher.hash_one(&entries[other].path)
            });
            entries.push(entry);
        }
        Ok(Listing { entries })
    }

    /// The text.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(2 + self.entries.len() * 112);
        out.extend_from_slice(HEADER);
        out.push(b'\n');
        for Entry { path, stat, digest } in &self.entries {
            // A `Vec` takes everything that is written to it.
            let _ = write!(
                out,
                "{} {} {} {digest} {} ",
                stat.size, stat.inode, stat.mtime_ns, path.prefix
            );
            out.extend_from_slice(&path.sub_path);
            out.push(b'\n');
        }
        out
    }

    /// The name of the output that belongs to the manifest with this key.
    pub fn final_digest(&self, key: Digest) -> Digest {
        let mut hash = HashHelper::new();
        hash.raw(&key.0);
        for entry in &self.entries {
            hash.raw(&entry.digest.0);
        }
        hash.finish()
    }
}

/// Whether the path can stand in a line.
pub(crate) fn is_writable(path: &PrefixedPath) -> bool {
    check_path(path.prefix, &path.sub_path).is_ok() && !path.sub_path.contains(&b'\n')
}

fn parse_line(line: &[u8], prefix_count: usize) -> Result<Entry, ParseErrorKind> {
    let mut fields = line.splitn(6, |&byte| byte == b' ');
    let mut field = || fields.next().ok_or(ParseErrorKind::Fields);
    let (size, inode, mtime, digest, prefix, sub_path) =
        (field()?, field()?, field()?, field()?, field()?, field()?);
    let size = unsigned(size).ok_or(ParseErrorKind::Size)?;
    let inode = unsigned(inode).ok_or(ParseErrorKind::Inode)?;
    let mtime_ns = signed(mtime).ok_or(ParseErrorKind::Mtime)?;
    let digest = Digest::from_hex(digest).ok_or(ParseErrorKind::Digest)?;
    let prefix = unsigned(prefix)
        .and_then(|prefix| u8::try_from(prefix).ok())
        .ok_or(ParseErrorKind::Prefix)?;
    if usize::from(prefix) >= prefix_count {
        return Err(ParseErrorKind::UnknownPrefix(prefix));
    }
    check_path(prefix, sub_path)?;
    Ok(Entry {
        path: PrefixedPath {
            prefix,
            sub_path: sub_path.to_vec(),
        },
        stat: Stat {
            size,
            inode,
            mtime_ns,
        },
        digest,
    })
}

fn check_path(prefix: u8, path: &[u8]) -> Result<(), ParseErrorKind> {
    if path.is_empty() || path.len() > MAX_PATH_LEN || path.contains(&0) {
        return Err(ParseErrorKind::Path);
    }
    if prefix != 0 {
        let outside = |part: &[u8]| part.is_empty() || part == b"." || part == b"..";
        if path.split(|&byte| byte == b'/').any(outside) {
            return Err(ParseErrorKind::Outside);
        }
    }
    Ok(())
}

/// A number without a sign and without needless zeros.
fn unsigned(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || (digits[0] == b'0' && digits.len() > 1) {
        return None;
    }
    let mut value = 0u64;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    Some(value)
}

fn signed(digits: &[u8]) -> Option<i64> {
    match digits.strip_prefix(b"-") {
        Some(rest) => match unsigned(rest)? {
            0 => None,
            magnitude => 0i64.checked_sub_unsigned(magnitude),
        },
        None => i64::try_from(unsigned(digits)?).ok(),
    }
}
