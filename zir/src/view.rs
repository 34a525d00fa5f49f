//! The borrowed form: the same arrays as slices of bytes that may lie anywhere.

use zerocopy::byteorder::native_endian::U32;
use zerocopy::{FromBytes, IntoBytes};

use release::Generation;

use crate::Format;
use crate::index::{Index, NullTerminatedString};
use crate::inst::{Data, Tag};
use crate::list::{FromWord, List};
use crate::payload::Payload;

/// Index in `extra` of the word that says where the compile errors are.
pub const EXTRA_COMPILE_ERRORS: u32 = 0;
/// Index in `extra` of the word that says where the imports are.
pub const EXTRA_IMPORTS: u32 = 1;
/// Words at the start of `extra` that no payload uses.
pub const EXTRA_RESERVED: u32 = 2;

/// The ZIR of one file, borrowed. None of the arrays need be aligned, and nothing in them is trusted: every
/// accessor answers `None` where it would have to read out of bounds or meets an unknown number.
#[derive(Clone, Copy, Debug)]
pub struct ZirRef<'a> {
    format: &'static Format,
    tags: &'a [u8],
    data: &'a [Data],
    string_bytes: &'a [u8],
    extra: &'a [U32],
}

/// Words of `extra`.
pub type Words<'a> = &'a [U32];

impl<'a> ZirRef<'a> {
    /// From the four arrays, which are of that generation. Where there are not as many tags as data, what is
    /// over does not count; nor does a rest of `extra` that is no whole word.
    pub fn new(
        generation: Generation,
        tags: &'a [u8],
        data: &'a [Data],
        string_bytes: &'a [u8],
        extra: &'a [u8],
    ) -> Self {
        let len = tags.len().min(data.len());
        let extra = &extra[..extra.len() & !3];
        Self {
            format: Format::of(generation),
            tags: &tags[..len],
            data: &data[..len],
            string_bytes,
            extra: <[U32]>::ref_from_bytes(extra).unwrap_or_default(),
        }
    }

    /// The numbers by which it is written.
    #[inline]
    pub fn format(&self) -> &'static Format {
        self.format
    }

    /// Number of instructions.
    #[inline]
    pub fn instructions_len(&self) -> u32 {
        self.tags.len() as u32
    }

    /// The tags as bytes, unchecked.
    #[inline]
    pub fn tag_bytes(&self) -> &'a [u8] {
        self.tags
    }

    /// The data of all instructions.
    #[inline]
    pub fn datas(&self) -> &'a [Data] {
        self.data
    }

    /// All string bytes.
    #[inline]
    pub fn string_bytes(&self) -> &'a [u8] {
        self.string_bytes
    }

    /// All of `extra`.
    #[inline]
    pub fn extra(&self) -> Words<'a> {
        self.extra
    }

    /// The tag of an instruction.
    #[inline]
    pub fn tag(&self, inst: Index) -> Option<Tag> {
        self.format.tag(*self.tags.get(inst.to_usize())?)
    }

    /// The data of an instruction.
    #[inline]
    pub fn data(&self, inst: Index) -> Option<Data> {
        self.data.get(inst.to_usize()).copied()
    }

    /// A word of `extra`.
    #[inline]
    pub fn word(&self, index: u32) -> Option<u32> {
        self.extra.get(index as usize).map(|word| word.get())
    }

    /// Words of `extra`.
    #[inline]
    pub fn words(&self, start: u32, len: u32) -> Option<Words<'a>> {
        self.extra.get(start as usize..)?.get(..len as usize)
    }

    /// A payload and the index behind its words.
    #[inline]
    pub fn payload<P: Payload>(&self, index: u32) -> Option<(P, u32)> {
        let len = P::len(self.format);
        let end = index.checked_add(len as u32)?;
        let words = self.extra.get(index as usize..end as usize)?;
        let mut own = [0u32; 8];
        for (to, from) in own.iter_mut().zip(words) {
            *to = from.get();
        }
        Some((P::decode(self.format, &own[..len])?, end))
    }

    /// Words of one kind.
    #[inline]
    pub fn list<T: FromWord>(&self, start: u32, len: u32) -> Option<List<'a, T>> {
        Some(List::new(self.format, start, self.words(start, len)?))
    }

    /// The bytes of a string without its terminator; none where it starts or ends out of bounds.
    pub fn string(&self, start: NullTerminatedString) -> Option<&'a [u8]> {
        let bytes = self.string_bytes.get(start.0 as usize..)?;
        let end = bytes.iter().position(|&byte| byte == 0)?;
        Some(&bytes[..end])
    }

    /// The bytes of a string of known length.
    pub fn string_of_len(&self, start: NullTerminatedString, len: u32) -> Option<&'a [u8]> {
        self.string_bytes
            .get(start.0 as usize..)?
            .get(..len as usize)
    }

    /// Whether the file has compile errors. It may have instructions nevertheless.
    pub fn has_compile_errors(&self) -> bool {
        self.word(EXTRA_COMPILE_ERRORS) != Some(0)
    }

    /// Whether the errors left no instructions at all.
    pub fn lowering_failed(&self) -> bool {
        self.tags.is_empty()
    }

    /// The sections of an entry in their order on disk; what follows the header.
    pub fn sections(&self) -> [&'a [u8]; 4] {
        [
            self.tags,
            self.data.as_bytes(),
            self.string_bytes,
            self.extra.as_bytes(),
        ]
    }
}
