//! The text: a line `0`, then a line a file: size, inode, mtime in nanoseconds, digest, number of the
//! directory and path, with a space between them. A path may contain spaces.
//!
//! Only the one way of writing that [`write`] has is read: what is accepted is written back byte for byte.
//! The reference is more liberal (signs, underscores, several spaces), and takes a last line without its
//! newline, which is one that was cut off.

use std::hash::BuildHasher;
use std::io::Write as _;

use hashbrown::HashTable;

use crate::digest::Digest;
use crate::listing::{Entry, Kind, ParseErrorKind, check_path};
use crate::prefix::PrefixedPath;
use crate::stat::Stat;

const HEADER: &[u8] = b"0";

/// What every text begins with.
pub(crate) const HEADER_LINE: &[u8] = b"0\n";

/// Reads the text; it is not empty. What is wrong comes with the number of its line.
pub(crate) fn parse(
    text: &[u8],
    prefix_count: usize,
) -> Result<Vec<Entry>, (usize, ParseErrorKind)> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut seen: HashTable<usize> = HashTable::new();
    let hasher = foldhash::fast::RandomState::default();
    for (index, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let fail = |kind| (index + 1, kind);
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
    Ok(entries)
}

/// The text of files' contents; the format knows nothing else.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_LINE.len() + entries.len() * 112);
    out.extend_from_slice(HEADER_LINE);
    for Entry {
        path, stat, digest, ..
    } in entries
    {
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

/// Whether the path can stand in a line.
pub(crate) fn is_writable(path: &PrefixedPath) -> bool {
    check(path.prefix, &path.sub_path).is_ok() && !path.sub_path.contains(&b'\n')
}

fn check(prefix: u8, path: &[u8]) -> Result<(), ParseErrorKind> {
    if path.is_empty() {
        return Err(ParseErrorKind::Path);
    }
    check_path(prefix, path)
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
    check(prefix, sub_path)?;
    Ok(Entry {
        path: PrefixedPath {
            prefix,
            sub_path: sub_path.to_vec(),
        },
        kind: Kind::File,
        metadata_only: false,
        stat: Stat {
            size,
            inode,
            mtime_ns,
        },
        digest,
    })
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
