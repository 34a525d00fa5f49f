//! The text: a line `0`, then a line a file: size, inode, mtime in nanoseconds, digest, number of the
//! directory and path, with a space between them. A path may contain spaces.
//!
//! Only the one way of writing that [`write`] has is read: what is accepted is written back byte for byte.
//! The reference is more liberal (signs, underscores, several spaces), and takes a last line without its
//! newline, which is one that was cut off.

use memchr::memchr;

use crate::digest::Digest;
use crate::entry::{Entry, Kind, ParseErrorKind, check_path};
use crate::index::Index;
use crate::prefix::PrefixedPath;
use crate::stat::Stat;

const HEADER: &[u8] = b"0";

/// Bytes of the shortest line, its end among them: five fields, a space behind each, and a path of one byte.
const MIN_LINE_LEN: usize = 1 + 1 + 1 + 32 + 1 + 5 + 1 + 1;

/// What every text begins with.
pub(crate) const HEADER_LINE: &[u8] = b"0\n";

/// Reads the text; it is not empty. What is wrong comes with the number of its line.
pub(crate) fn parse(
    text: &[u8],
    prefix_count: usize,
) -> Result<Vec<Entry>, (usize, ParseErrorKind)> {
    let Some(mut rest) = text.strip_prefix(HEADER_LINE) else {
        let kind = match text == HEADER {
            true => ParseErrorKind::CutOff,
            false => ParseErrorKind::Header,
        };
        return Err((1, kind));
    };
    // No more than there can be: of ends of lines alone nothing is made.
    let count = memchr::memchr_iter(b'\n', rest).count();
    let count = count.min(rest.len() / MIN_LINE_LEN);
    let mut entries: Vec<Entry> = Vec::with_capacity(count);
    let mut seen = Index::with_capacity(count);
    while !rest.is_empty() {
        // Line 1 is the header.
        let number = entries.len() + 2;
        let fail = |kind| (number, kind);
        let end = memchr(b'\n', rest).ok_or(fail(ParseErrorKind::CutOff))?;
        let line = &rest[..end];
        rest = &rest[end + 1..];
        entries.push(parse_line(line, prefix_count).map_err(fail)?);
        if !seen.insert_new(entries.len() - 1, |other| &entries[other].path) {
            return Err(fail(ParseErrorKind::Twice));
        }
    }
    Ok(entries)
}

/// The text of files' contents; the format knows nothing else.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_LINE.len() + entries.len() * 112);
    out.extend_from_slice(HEADER_LINE);
    let mut buffer = itoa::Buffer::new();
    for Entry {
        path, stat, digest, ..
    } in entries
    {
        let mut field = |digits: &[u8]| {
            out.extend_from_slice(digits);
            out.push(b' ');
        };
        field(buffer.format(stat.size).as_bytes());
        field(buffer.format(stat.inode).as_bytes());
        field(buffer.format(stat.mtime_ns).as_bytes());
        field(&digest.to_hex());
        field(buffer.format(path.prefix).as_bytes());
        out.extend_from_slice(&path.sub_path);
        out.push(b'\n');
    }
    out
}

/// Whether the path can stand in a line.
pub(crate) fn is_writable(path: &PrefixedPath) -> bool {
    check(path.prefix, &path.sub_path).is_ok() && memchr(b'\n', &path.sub_path).is_none()
}

fn check(prefix: u8, path: &[u8]) -> Result<(), ParseErrorKind> {
    if path.is_empty() {
        return Err(ParseErrorKind::Path);
    }
    check_path(prefix, path)
}

fn parse_line(line: &[u8], prefix_count: usize) -> Result<Entry, ParseErrorKind> {
    let mut sub_path = line;
    let mut field = || {
        // A field is so short that looking at each byte is the least work.
        let end = sub_path.iter().position(|&byte| byte == b' ');
        let end = end.ok_or(ParseErrorKind::Fields)?;
        let field = &sub_path[..end];
        sub_path = &sub_path[end + 1..];
        Ok(field)
    };
    let (size, inode, mtime, digest, prefix) = (field()?, field()?, field()?, field()?, field()?);
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
