//! The header of an entry on disk.

use std::fmt;

use crate::inst::Data;
use crate::view::ZirRef;
use release::Generation;
use zerocopy::FromBytes;

/// Length of the header in bytes.
pub const HEADER_LEN: usize = 48;

/// The stat of the source file that an entry was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stat {
    /// Number of the file in its file system.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change, in nanoseconds since 1970.
    pub mtime: i128,
}

/// The header of an entry: how long its sections are, and what source it was made of. All numbers are in the
/// byte order of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Header {
    /// Number of instructions.
    pub instructions_len: u32,
    /// Length of the string bytes.
    pub string_bytes_len: u32,
    /// Number of words in `extra`.
    pub extra_len: u32,
    /// The source's stat.
    pub stat: Stat,
}

/// Where a section ends before the end of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncated {
    /// Bytes that the header asks for.
    pub want: u64,
    /// Bytes that there are.
    pub have: u64,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the header asks for {} bytes and there are {}",
            self.want, self.have
        )
    }
}

impl std::error::Error for Truncated {}

fn part<const N: usize>(bytes: &[u8; HEADER_LEN], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}

impl Header {
    /// The header of given arrays.
    pub fn of(zir: ZirRef<'_>, stat: Stat) -> Self {
        Header {
            instructions_len: zir.instructions_len(),
            string_bytes_len: zir.string_bytes().len() as u32,
            extra_len: zir.extra().len() as u32,
            stat,
        }
    }

    /// The bytes on disk.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[0..4].copy_from_slice(&self.instructions_len.to_ne_bytes());
        bytes[4..8].copy_from_slice(&self.string_bytes_len.to_ne_bytes());
        bytes[8..12].copy_from_slice(&self.extra_len.to_ne_bytes());
        bytes[16..24].copy_from_slice(&self.stat.inode.to_ne_bytes());
        bytes[24..32].copy_from_slice(&self.stat.size.to_ne_bytes());
        bytes[32..48].copy_from_slice(&self.stat.mtime.to_ne_bytes());
        bytes
    }

    /// From the bytes on disk. The four bytes that the format leaves unused are not looked at.
    pub fn decode(bytes: &[u8; HEADER_LEN]) -> Self {
        Header {
            instructions_len: u32::from_ne_bytes(part(bytes, 0)),
            string_bytes_len: u32::from_ne_bytes(part(bytes, 4)),
            extra_len: u32::from_ne_bytes(part(bytes, 8)),
            stat: Stat {
                inode: u64::from_ne_bytes(part(bytes, 16)),
                size: u64::from_ne_bytes(part(bytes, 24)),
                mtime: i128::from_ne_bytes(part(bytes, 32)),
            },
        }
    }

    /// Lengths in bytes of the four sections, in their order: tags, data, string bytes, extra.
    pub fn section_lens(&self) -> [u64; 4] {
        [
            u64::from(self.instructions_len),
            u64::from(self.instructions_len) * 8,
            u64::from(self.string_bytes_len),
            u64::from(self.extra_len) * 4,
        ]
    }

    /// Length in bytes of all sections. At most 13 times 2³², so it never overflows.
    pub fn body_len(&self) -> u64 {
        self.section_lens().iter().sum()
    }

    /// The sections in the bytes behind the header, of an entry of that generation. What lies behind the last
    /// of them is not looked at.
    pub fn sections<'a>(
        &self,
        generation: Generation,
        body: &'a [u8],
    ) -> Result<ZirRef<'a>, Truncated> {
        let truncated = Truncated {
            want: self.body_len(),
            have: body.len() as u64,
        };
        let mut rest = body;
        let mut section = |len: u64| {
            let (section, tail) = usize::try_from(len)
                .ok()
                .and_then(|len| rest.split_at_checked(len))
                .ok_or(truncated)?;
            rest = tail;
            Ok(section)
        };
        let [tags, data, string_bytes, extra] = self.section_lens();
        let (tags, data) = (section(tags)?, section(data)?);
        let (string_bytes, extra) = (section(string_bytes)?, section(extra)?);
        let data = <[Data]>::ref_from_bytes(data).map_err(|_| truncated)?;
        Ok(ZirRef::new(generation, tags, data, string_bytes, extra))
    }
}

/// Reads header and sections of a whole entry of that generation; none where it is shorter than a header.
pub fn read_entry(
    generation: Generation,
    bytes: &[u8],
) -> Option<(Header, Result<ZirRef<'_>, Truncated>)> {
    let (header, body) = bytes.split_first_chunk::<HEADER_LEN>()?;
    let header = Header::decode(header);
    Some((header, header.sections(generation, body)))
}
