//! The binary form: a record an input, and behind the last a zero byte, by which a manifest without inputs
//! is told from an empty file. Nothing comes before the first record: no magic, no version, no count.
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 8 | size |
//! | 8 | 8 | inode |
//! | 16 | 8 | mtime in nanoseconds since 1970, signed |
//! | 24 | 16 | digest |
//! | 40 | 1 | flags: bit 0 a directory, bit 1 metadata only, the other six the number of the directory that the path is below |
//! | 41 | | path, and a zero byte |
//!
//! Numbers have the byte order of the machine, and nothing is aligned. Size, inode and mtime are those that
//! were last seen; mtime and inode are zero if the time was not to be trusted. The digest is that of the
//! content; of a directory that of the list of its entries; and of an input whose metadata alone counts that
//! of the record's first 24 bytes.
//!
//! What is accepted is written back byte for byte. A path may stand there twice: the reference then compares
//! both, and counts the first.

use crate::digest::{Digest, HashHelper};
use crate::entry::{Entry, Kind, ParseErrorKind, check_path};
use crate::prefix::PrefixedPath;
use crate::stat::Stat;

/// The key of the hash.
pub(crate) const KEY: [u8; 16] = [
    0x02, 0xe9, 0xfa, 0xfe, 0xe0, 0x95, 0x81, 0x55, 0xf5, 0x5a, 0x15, 0xcb, 0x4a, 0xf4, 0x00, 0x09,
];

/// The largest number of a directory: what six bits hold.
pub(crate) const MAX_PREFIX: u8 = 63;

/// Bytes of a record before its path.
const HEAD_LEN: usize = 41;

const IS_DIRECTORY: u8 = 1;
const METADATA_ONLY: u8 = 2;
const PREFIX_SHIFT: u32 = 2;

/// Reads the records; there are bytes. What is wrong comes with the number of its record.
pub(crate) fn parse(
    bytes: &[u8],
    prefix_count: usize,
) -> Result<Vec<Entry>, (usize, ParseErrorKind)> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    loop {
        let number = entries.len() + 1;
        match rest {
            [0] => return Ok(entries),
            [_] if number > 1 => return Err((number, ParseErrorKind::Terminator)),
            _ => {
                let (entry, behind) =
                    parse_record(rest, prefix_count).map_err(|kind| (number, kind))?;
                entries.push(entry);
                rest = behind;
            }
        }
    }
}

fn parse_record(bytes: &[u8], prefix_count: usize) -> Result<(Entry, &[u8]), ParseErrorKind> {
    let cut_off = ParseErrorKind::Unfinished;
    let (size, rest) = bytes.split_first_chunk().ok_or(cut_off)?;
    let (inode, rest) = rest.split_first_chunk().ok_or(cut_off)?;
    let (mtime, rest) = rest.split_first_chunk().ok_or(cut_off)?;
    let (digest, rest) = rest.split_first_chunk().ok_or(cut_off)?;
    let (&flags, rest) = rest.split_first().ok_or(cut_off)?;
    let path_len = rest.iter().position(|&byte| byte == 0).ok_or(cut_off)?;
    let (path, behind) = rest.split_at(path_len);
    let prefix = flags >> PREFIX_SHIFT;
    if usize::from(prefix) >= prefix_count {
        return Err(ParseErrorKind::UnknownPrefix(prefix));
    }
    check_path(prefix, path)?;
    let entry = Entry {
        path: PrefixedPath {
            prefix,
            sub_path: path.to_vec(),
        },
        kind: match flags & IS_DIRECTORY {
            0 => Kind::File,
            _ => Kind::Directory,
        },
        metadata_only: flags & METADATA_ONLY != 0,
        stat: Stat {
            size: u64::from_ne_bytes(*size),
            inode: u64::from_ne_bytes(*inode),
            mtime_ns: i64::from_ne_bytes(*mtime),
        },
        digest: Digest(*digest),
    };
    Ok((entry, &behind[1..]))
}

/// The records, and the byte that ends them.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let paths: usize = entries.iter().map(|entry| entry.path.sub_path.len()).sum();
    let mut out = Vec::with_capacity(entries.len() * (HEAD_LEN + 1) + paths + 1);
    for entry in entries {
        out.extend(stat_bytes(&entry.stat));
        out.extend(entry.digest.0);
        out.extend(flags_and_path(entry.kind, entry.metadata_only, &entry.path));
    }
    out.push(0);
    out
}

/// Whether the path can stand in a record.
pub(crate) fn is_writable(path: &PrefixedPath) -> bool {
    path.prefix <= MAX_PREFIX && check_path(path.prefix, &path.sub_path).is_ok()
}

/// The end of a record. This is what an input adds to a manifest's name, too.
pub(crate) fn flags_and_path(kind: Kind, metadata_only: bool, path: &PrefixedPath) -> Vec<u8> {
    let mut flags = path.prefix << PREFIX_SHIFT;
    if kind == Kind::Directory {
        flags |= IS_DIRECTORY;
    }
    if metadata_only {
        flags |= METADATA_ONLY;
    }
    let mut out = Vec::with_capacity(path.sub_path.len() + 2);
    out.push(flags);
    out.extend_from_slice(&path.sub_path);
    out.push(0);
    out
}

/// The digest of an input of which only this counts.
pub(crate) fn metadata_digest(stat: &Stat) -> Digest {
    HashHelper::with_key(&KEY).contents(&stat_bytes(stat))
}

fn stat_bytes(stat: &Stat) -> [u8; 24] {
    let mut out = [0; 24];
    out[..8].copy_from_slice(&stat.size.to_ne_bytes());
    out[8..16].copy_from_slice(&stat.inode.to_ne_bytes());
    out[16..].copy_from_slice(&stat.mtime_ns.to_ne_bytes());
    out
}
