//! The trailer: what stands behind the body of an entry of ours.
//!
//! All numbers are little endian.
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 8 | magic; its last byte is the version of this layout |
//! | 8 | 8 | [`CacheableIr::TRAILER_TAG`](crate::CacheableIr::TRAILER_TAG) |
//! | 16 | 4 | flags |
//! | 20 | 4 | length of the summary |
//! | 24 | 16 | digest of the source ([`SourceFile::digest`](crate::SourceFile::digest)) |
//! | 40 | 16 | checksum of the header without its stat, and the body |
//! | 56 | 8, 8, 16 | the stat that stands in the header: inode, size, mtime |
//! | 88 | 16 | checksum of the header without its stat, the bytes above, and the summary |
//! | 104 | | the summary |
//!
//! The stat stands here again because nothing else covers the one in the header: a header whose stat is
//! another one is not believed, and the source's content decides.
//!
//! A checksum is XXH3 of 128 bits. It finds damage; who may write an entry can write any checksum.
//!
//! Version 1 had SHA-256 of the source, and BLAKE3 for the checksums. Its first 24 bytes are those of today.

use twox_hash::XxHash3_128;

use crate::file::Stat;
use crate::limits::MAX_SUMMARY_LEN;

const MAGIC: [u8; 7] = *b"IRtrail";
const VERSION: u8 = 2;

/// Length of what stands before the summary.
pub(crate) const FIXED_LEN: usize = 104;
const SUMMED_LEN: usize = 88;

/// The source was so young when it was read that it may have changed since with the same mtime.
const CHECK_CONTENT: u32 = 1;
/// There is no summary: it would have been too long.
const NO_SUMMARY: u32 = 2;

/// A checksum.
pub(crate) type Sum = [u8; 16];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trailer {
    pub(crate) stat: Stat,
    pub(crate) check_content: bool,
    pub(crate) source_digest: [u8; 16],
    pub(crate) body_sum: Sum,
    pub(crate) summary: Option<Box<[u8]>>,
}

/// Why bytes are not a trailer to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// Of another layout, or for another version of the IR.
    Version,
    /// Anything else.
    Damaged,
}

/// The fixed part, taken apart but not yet believed.
pub(crate) struct Fixed<'a> {
    bytes: &'a [u8; FIXED_LEN],
    flags: u32,
    /// How long the summary claims to be.
    pub(crate) summary_len: usize,
}

/// How many bytes behind a body tell [`trailer_tag_in`] what it asks for.
pub const TRAILER_TAG_END: usize = 16;

/// The tag ([`CacheableIr::trailer_tag`](crate::CacheableIr::trailer_tag)) in what stands behind a body, if a
/// trailer of ours begins there, of this version or an earlier one. Nothing of it is verified.
pub fn trailer_tag_in(bytes: &[u8]) -> Option<[u8; 8]> {
    let fixed = bytes.first_chunk::<TRAILER_TAG_END>()?;
    let is_ours = fixed[..7] == MAGIC && (1..=VERSION).contains(&fixed[7]);
    is_ours.then(|| std::array::from_fn(|i| fixed[8 + i]))
}

/// How many bytes behind a body tell [`trailer_source_in`] what it asks for.
pub const TRAILER_SOURCE_END: usize = 40;

/// The digest ([`SourceFile::digest`](crate::SourceFile::digest)) of the source that an entry was made of, if
/// what stands behind its body is a trailer of ours of this version. Nothing of it is verified.
pub fn trailer_source_in(bytes: &[u8]) -> Option<[u8; 16]> {
    trailer_tag_in(bytes)?;
    let fixed = bytes.first_chunk::<TRAILER_SOURCE_END>()?;
    (fixed[7] == VERSION).then(|| std::array::from_fn(|i| fixed[24 + i]))
}

impl Trailer {
    /// The fixed part of this trailer. The summary follows it in the file.
    pub(crate) fn encode(&self, tag: &[u8; 8], bare_header: &[u8]) -> [u8; FIXED_LEN] {
        let summary = self.summary.as_deref().unwrap_or_default();
        let mut flags = 0;
        if self.check_content {
            flags |= CHECK_CONTENT;
        }
        if self.summary.is_none() {
            flags |= NO_SUMMARY;
        }
        let mut out = [0; FIXED_LEN];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            out[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(&MAGIC);
        put(&[VERSION]);
        put(tag);
        put(&flags.to_le_bytes());
        put(&(summary.len() as u32).to_le_bytes());
        put(&self.source_digest);
        put(&self.body_sum);
        put(&self.stat.inode.to_le_bytes());
        put(&self.stat.size.to_le_bytes());
        put(&self.stat.mtime_ns.to_le_bytes());
        let sum = Checksum::of([bare_header, &out[..SUMMED_LEN], summary]);
        out[SUMMED_LEN..].copy_from_slice(&sum);
        out
    }
}

impl<'a> Fixed<'a> {
    pub(crate) fn parse(bytes: &'a [u8; FIXED_LEN], tag: &[u8; 8]) -> Result<Fixed<'a>, Bad> {
        if bytes[..7] != MAGIC {
            return Err(Bad::Damaged);
        }
        if bytes[7] != VERSION || bytes[8..16] != *tag {
            return Err(Bad::Version);
        }
        let flags = u32::from_le_bytes(array(bytes, 16));
        let summary_len = u32::from_le_bytes(array(bytes, 20)) as usize;
        if summary_len > MAX_SUMMARY_LEN {
            return Err(Bad::Damaged);
        }
        Ok(Fixed {
            bytes,
            flags,
            summary_len,
        })
    }

    /// The trailer, if the checksum is that of header, fixed part and summary.
    pub(crate) fn verify(&self, bare_header: &[u8], summary: &[u8]) -> Result<Trailer, Bad> {
        let (summed, sum) = self.bytes.split_at(SUMMED_LEN);
        if Checksum::of([bare_header, summed, summary]) != *sum {
            return Err(Bad::Damaged);
        }
        Ok(Trailer {
            stat: Stat {
                inode: u64::from_le_bytes(array(self.bytes, 56)),
                size: u64::from_le_bytes(array(self.bytes, 64)),
                mtime_ns: i128::from_le_bytes(array(self.bytes, 72)),
            },
            check_content: self.flags & CHECK_CONTENT != 0,
            source_digest: array(self.bytes, 24),
            body_sum: array(self.bytes, 40),
            summary: (self.flags & NO_SUMMARY == 0).then(|| summary.into()),
        })
    }
}

/// Bytes that are summed at once.
const SHORT_LEN: usize = 512;

/// A checksum under way, of parts one after the other. The lengths of all but the last are fixed or follow
/// from what is before them, so no two different lists of parts run together.
pub(crate) struct Checksum(XxHash3_128);

impl Checksum {
    pub(crate) fn new() -> Checksum {
        Checksum(XxHash3_128::new())
    }

    pub(crate) fn add(&mut self, part: &[u8]) {
        self.0.write(part);
    }

    pub(crate) fn finish(&self) -> Sum {
        self.0.finish_128().to_le_bytes()
    }

    /// That of these parts. Where they are short, as a trailer is, they are put together: all at once is a
    /// fourth of the work.
    pub(crate) fn of<const N: usize>(parts: [&[u8]; N]) -> Sum {
        let mut together = [0; SHORT_LEN];
        let mut rest = &mut together[..];
        for part in parts {
            let Some((room, behind)) = rest.split_at_mut_checked(part.len()) else {
                let mut sum = Checksum::new();
                parts.iter().for_each(|part| sum.add(part));
                return sum.finish();
            };
            room.copy_from_slice(part);
            rest = behind;
        }
        let len = SHORT_LEN - rest.len();
        XxHash3_128::oneshot(&together[..len]).to_le_bytes()
    }
}

fn array<const N: usize>(bytes: &[u8; FIXED_LEN], at: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes[at + i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Trailer {
        Trailer {
            stat: Stat {
                inode: 7,
                size: 11,
                mtime_ns: 1_700_000_000_123_456_789,
            },
            check_content: true,
            source_digest: [0xab; 16],
            body_sum: [0xcd; 16],
            summary: Some((*b"std builtin").into()),
        }
    }

    const TAG: [u8; 8] = *b"toy\0\0\0\0\x01";

    /// The layout is a file format: it must not change without a new version.
    #[test]
    fn layout() {
        let bytes = sample().encode(&TAG, b"header");
        let lines: Vec<String> = bytes.chunks(16).map(hex::encode).collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        4952747261696c02746f790000000001
        010000000b000000abababababababab
        ababababababababcdcdcdcdcdcdcdcd
        cdcdcdcdcdcdcdcd0700000000000000
        0b0000000000000015cd853dfe9c9717
        000000000000000071ae006932d41687
        b241f3984fabb63c
        ");
    }

    #[test]
    fn round_trip() {
        for trailer in [
            sample(),
            Trailer {
                summary: None,
                check_content: false,
                ..sample()
            },
        ] {
            let bytes = trailer.encode(&TAG, b"header");
            let fixed = Fixed::parse(&bytes, &TAG).ok().unwrap();
            let summary = trailer.summary.clone().unwrap_or_default();
            assert_eq!(fixed.summary_len, summary.len());
            assert_eq!(fixed.verify(b"header", &summary), Ok(trailer));
        }
    }

    #[test]
    fn a_checksum_does_not_depend_on_how_it_is_made() {
        let bytes: Vec<u8> = (0..2 * SHORT_LEN).map(|i| i as u8).collect();
        for len in [
            0,
            1,
            240,
            241,
            SHORT_LEN - 1,
            SHORT_LEN,
            SHORT_LEN + 1,
            2 * SHORT_LEN,
        ] {
            let (first, second) = bytes[..len].split_at(len / 3);
            let mut sum = Checksum::new();
            sum.add(&bytes[..len]);
            assert_eq!(Checksum::of([first, second]), sum.finish(), "{len}");
        }
    }

    #[test]
    fn every_damage_is_seen() {
        let good = sample().encode(&TAG, b"header");
        let verify = |bytes: &[u8; FIXED_LEN], header: &[u8], summary: &[u8]| {
            Fixed::parse(bytes, &TAG).and_then(|fixed| fixed.verify(header, summary))
        };
        assert!(verify(&good, b"header", b"std builtin").is_ok());
        for at in 0..FIXED_LEN {
            let mut bytes = good;
            bytes[at] ^= 0x10;
            let want = if (7..16).contains(&at) {
                Bad::Version
            } else {
                Bad::Damaged
            };
            assert_eq!(
                verify(&bytes, b"header", b"std builtin"),
                Err(want),
                "byte {at}"
            );
        }
        assert_eq!(verify(&good, b"Header", b"std builtin"), Err(Bad::Damaged));
        assert_eq!(verify(&good, b"header", b"std Builtin"), Err(Bad::Damaged));
    }
}
