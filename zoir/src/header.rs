//! The header of an entry on disk.

use core::fmt;

use crate::view::ZoirRef;

/// Length of the header in bytes.
pub const HEADER_LEN: usize = 64;

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
    /// Number of nodes.
    pub nodes_len: u32,
    /// Number of words in `extra`.
    pub extra_len: u32,
    /// Number of limbs.
    pub limbs_len: u32,
    /// Length of the string bytes.
    pub string_bytes_len: u32,
    /// Number of compile errors.
    pub compile_errors_len: u32,
    /// Number of their notes.
    pub error_notes_len: u32,
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

impl core::error::Error for Truncated {}

/// Size of an element of each section, in the order of the sections.
const ELEMENT_SIZES: [u64; 8] = [1, 4, 4, 4, 8, 1, 20, 12];

/// Where the stat stands.
const STAT: usize = 32;

fn part<const N: usize>(bytes: &[u8; HEADER_LEN], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}

impl Header {
    /// The header of given arrays.
    pub fn of(zoir: ZoirRef<'_>, stat: Stat) -> Self {
        Header {
            nodes_len: zoir.nodes_len(),
            extra_len: zoir.extra().len() as u32,
            limbs_len: zoir.limbs().len() as u32,
            string_bytes_len: zoir.string_bytes().len() as u32,
            compile_errors_len: zoir.compile_errors().len() as u32,
            error_notes_len: zoir.error_notes_len(),
            stat,
        }
    }

    fn lens(&self) -> [u32; 6] {
        [
            self.nodes_len,
            self.extra_len,
            self.limbs_len,
            self.string_bytes_len,
            self.compile_errors_len,
            self.error_notes_len,
        ]
    }

    /// The bytes on disk.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        for (to, len) in bytes.chunks_exact_mut(4).zip(self.lens()) {
            to.copy_from_slice(&len.to_ne_bytes());
        }
        bytes[STAT..STAT + 8].copy_from_slice(&self.stat.inode.to_ne_bytes());
        bytes[STAT + 8..STAT + 16].copy_from_slice(&self.stat.size.to_ne_bytes());
        bytes[STAT + 16..].copy_from_slice(&self.stat.mtime.to_ne_bytes());
        bytes
    }

    /// From the bytes on disk. The eight bytes that the format leaves unused are not looked at.
    pub fn decode(bytes: &[u8; HEADER_LEN]) -> Self {
        let len = |n: usize| u32::from_ne_bytes(part(bytes, n * 4));
        Header {
            nodes_len: len(0),
            extra_len: len(1),
            limbs_len: len(2),
            string_bytes_len: len(3),
            compile_errors_len: len(4),
            error_notes_len: len(5),
            stat: Stat {
                inode: u64::from_ne_bytes(part(bytes, STAT)),
                size: u64::from_ne_bytes(part(bytes, STAT + 8)),
                mtime: i128::from_ne_bytes(part(bytes, STAT + 16)),
            },
        }
    }

    /// Lengths in bytes of the eight sections, in their order: tags, data, nodes of the syntax tree, extra,
    /// limbs, string bytes, compile errors, notes.
    pub fn section_lens(&self) -> [u64; 8] {
        let [nodes, extra, limbs, string_bytes, errors, notes] = self.lens().map(u64::from);
        let mut lens = [
            nodes,
            nodes,
            nodes,
            extra,
            limbs,
            string_bytes,
            errors,
            notes,
        ];
        for (len, size) in lens.iter_mut().zip(ELEMENT_SIZES) {
            *len *= size;
        }
        lens
    }

    /// Length in bytes of all sections. At most 54 times 2³², so it never overflows.
    pub fn body_len(&self) -> u64 {
        self.section_lens().iter().sum()
    }

    /// The sections in the bytes behind the header. What lies behind the last of them is not looked at.
    pub fn sections<'a>(&self, body: &'a [u8]) -> Result<ZoirRef<'a>, Truncated> {
        let truncated = Truncated {
            want: self.body_len(),
            have: body.len() as u64,
        };
        let mut rest = body;
        let mut sections: [&[u8]; 8] = [&[]; 8];
        for (section, len) in sections.iter_mut().zip(self.section_lens()) {
            let len = usize::try_from(len).map_err(|_| truncated)?;
            (*section, rest) = rest.split_at_checked(len).ok_or(truncated)?;
        }
        Ok(ZoirRef::from_sections(sections))
    }
}

/// Reads header and sections of a whole entry; none where it is shorter than a header.
pub fn read_entry(bytes: &[u8]) -> Option<(Header, Result<ZoirRef<'_>, Truncated>)> {
    let (header, body) = bytes.split_first_chunk::<HEADER_LEN>()?;
    let header = Header::decode(header);
    Some((header, header.sections(body)))
}
