//! The numbers of one generation: what stands on disk for an instruction, a constant, a member of an enum.
//!
//! In memory there is one set of instructions, constants and members for all generations; a [`Format`] is
//! asked where words are written and read.

use release::{Generation, Range};

use crate::enums::{BuiltinValue, CallModifier, NO_NUMBER, SimpleComptimeReason};
use crate::index::{Index, Ref};
use crate::inst::{Extended, Tag};
use crate::small::DeclarationId;

/// Rows of a table in the numbers of a generation, and back. `N` is the number of rows.
#[derive(Debug)]
struct Numbers<const N: usize> {
    /// The number of each row, [`NO_NUMBER`] where the generation has none.
    number: [u8; N],
    /// The row of each number; what is past the last number is `N`.
    row: [u16; 256],
}

impl<const N: usize> Numbers<N> {
    const fn empty() -> Self {
        Numbers {
            number: [NO_NUMBER as u8; N],
            row: [N as u16; 256],
        }
    }

    const fn set(mut self, row: usize, number: u32) -> Self {
        if number != NO_NUMBER {
            self.number[row] = number as u8;
            self.row[number as usize] = row as u16;
        }
        self
    }

    /// Counted: a row's number is how many rows of the generation stand before it.
    const fn counted(ranges: &[Range], generation: Generation) -> Self {
        let mut numbers = Self::empty();
        let (mut row, mut number) = (0, 0);
        while row < N {
            if ranges[row].contains(generation) {
                numbers = numbers.set(row, number);
                number += 1;
            }
            row += 1;
        }
        numbers
    }
}

/// The numbers of one generation, and what else its encoding is made by.
///
/// The reference's tables differ in which rows they have and hardly in anything else; see the tables' columns
/// of generations.
#[derive(Debug)]
pub struct Format {
    /// The generation.
    pub generation: Generation,
    /// What stands for a node or token that is missing.
    none: u32,
    /// How many constants there are, and so the number of the first instruction among references.
    constants_len: u32,
    /// The byte of each tag, [`NO_NUMBER`] where the generation has none.
    tag_bytes: [u8; Tag::TABLE.len()],
    /// The tag of each byte.
    tags: [Option<Tag>; 256],
    /// The flags of each byte's row, 0 where there is none.
    flags: [u8; 256],
    /// How much larger the number of a reference to an instruction is than its word.
    ref_offset: u32,
    extended: Numbers<{ Extended::TABLE.len() }>,
    constants: Numbers<{ Ref::CONSTANTS.len() }>,
    declarations: Numbers<{ DeclarationId::ALL.len() }>,
    builtin_values: Numbers<{ BuiltinValue::ALL.len() }>,
    call_modifiers: Numbers<{ CallModifier::ALL.len() }>,
    reasons: Numbers<{ SimpleComptimeReason::ALL.len() }>,
}

/// By generation.
static FORMATS: [Format; Generation::COUNT] = [
    Format::build(Generation::G14),
    Format::build(Generation::G15),
    Format::build(Generation::G16),
    Format::build(Generation::G17_0),
    Format::build(Generation::G17_1),
];

macro_rules! numbered {
    ($($(#[doc = $doc:literal])+ $field:ident: $ty:ident $all:expr, $to:ident $from:ident;)*) => {$(
        $(#[doc = $doc])+
        #[inline]
        pub fn $to(&self, member: $ty) -> u32 {
            let number = self.$field.number[member as usize];
            debug_assert_ne!(u32::from(number), NO_NUMBER, "{member:?} is not in {:?}", self.generation);
            u32::from(number)
        }

        /// What has that number; none where nothing has.
        #[inline]
        pub fn $from(&self, number: u32) -> Option<$ty> {
            let row = *self.$field.row.get(number as usize)?;
            $all.get(usize::from(row)).copied()
        }
    )*};
}

impl Format {
    const fn build(generation: Generation) -> Format {
        let mut reasons = Numbers::empty();
        let column = match generation {
            Generation::G14 => 0,
            Generation::G15 => 1,
            Generation::G16 => 2,
            Generation::G17_0 | Generation::G17_1 => 3,
        };
        let mut row = 0;
        while row < SimpleComptimeReason::COLUMNS.len() {
            reasons = reasons.set(row, SimpleComptimeReason::COLUMNS[row][column]);
            row += 1;
        }
        let counted_tags = Numbers::<{ Tag::TABLE.len() }>::counted(Tag::RANGES, generation);
        let mut tags = [None; 256];
        let mut flags = [0; 256];
        let mut byte = 0;
        while byte < tags.len() {
            let row = counted_tags.row[byte] as usize;
            if row < Tag::TABLE.len() {
                tags[byte] = Some(Tag::TABLE[row].tag);
                flags[byte] = Tag::TABLE[row].flags;
            }
            byte += 1;
        }
        let constants = Numbers::counted(Ref::RANGES, generation);
        let mut constants_len = 0;
        while constants_len < 256 && constants.row[constants_len] as usize != Ref::CONSTANTS.len() {
            constants_len += 1;
        }
        Format {
            generation,
            none: if generation.rules().missing_index_is_all_ones {
                u32::MAX
            } else {
                0
            },
            constants_len: constants_len as u32,
            tag_bytes: counted_tags.number,
            tags,
            flags,
            ref_offset: Index::REF_START_INDEX - constants_len as u32,
            extended: Numbers::counted(Extended::RANGES, generation),
            constants,
            declarations: Numbers::counted(DeclarationId::RANGES, generation),
            builtin_values: Numbers::counted(BuiltinValue::RANGES, generation),
            call_modifiers: Numbers::counted(CallModifier::RANGES, generation),
            reasons,
        }
    }

    /// The format of a generation.
    #[inline]
    pub fn of(generation: Generation) -> &'static Format {
        &FORMATS[generation as usize]
    }

    /// The byte of an instruction.
    #[inline]
    pub fn tag_byte(&self, tag: Tag) -> u8 {
        let byte = self.tag_bytes[tag as usize];
        debug_assert_ne!(
            u32::from(byte),
            NO_NUMBER,
            "{tag:?} is not in {:?}",
            self.generation
        );
        byte
    }

    /// The instruction of that byte.
    #[inline]
    pub fn tag(&self, byte: u8) -> Option<Tag> {
        self.tags[usize::from(byte)]
    }

    /// The `FLAG_*` bits (see [`crate::inst`]) of the instruction of that byte; 0 where it is unknown.
    #[inline]
    pub fn tag_flags(&self, byte: u8) -> u8 {
        self.flags[usize::from(byte)]
    }

    /// The word of a reference.
    #[inline]
    pub fn ref_word(&self, operand: Ref) -> u32 {
        if operand.0 >= Index::REF_START_INDEX {
            if operand.is_none() {
                return u32::MAX;
            }
            return operand.0 - self.ref_offset;
        }
        let number = self.constants.number[operand.0 as usize];
        debug_assert_ne!(
            u32::from(number),
            NO_NUMBER,
            "{operand:?} is not in {:?}",
            self.generation
        );
        u32::from(number)
    }

    /// The reference of that word. Where the word names an instruction past all that could be counted, so
    /// does the reference.
    #[inline]
    pub fn ref_of(&self, word: u32) -> Ref {
        if word >= self.constants_len {
            if word == u32::MAX {
                return Ref::NONE;
            }
            let moved = word.saturating_add(self.ref_offset);
            return Ref(moved.min(u32::MAX - 1));
        }
        Ref(u32::from(self.constants.row[word as usize]))
    }

    /// The word of a node or token that may be missing.
    #[inline]
    pub fn optional_word(&self, number: Option<u32>) -> u32 {
        number.unwrap_or(self.none)
    }

    /// The node or token of that word, none where it stands for a missing one.
    #[inline]
    pub fn optional_of(&self, word: u32) -> Option<u32> {
        (word != self.none).then_some(word)
    }

    /// How many constants there are, and so the word of a reference to the first instruction.
    pub fn constants_len(&self) -> u32 {
        self.constants_len
    }

    numbered! {
        /// The number of a kind of declaration.
        declarations: DeclarationId DeclarationId::ALL, declaration_number declaration_of;
        /// The number of a type or value of `std.builtin`.
        builtin_values: BuiltinValue BuiltinValue::ALL, builtin_value_number builtin_value_of;
        /// The number of the modifier of a call.
        call_modifiers: CallModifier CallModifier::ALL, call_modifier_number call_modifier_of;
        /// The number of a reason.
        reasons: SimpleComptimeReason SimpleComptimeReason::ALL, reason_number reason_of;
        /// The opcode of an extended instruction.
        extended: Extended Extended::ALL, extended_number extended_of;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_what_they_are_of() {
        for &generation in Generation::ALL {
            let format = Format::of(generation);
            assert_eq!(format.generation, generation);
            for byte in 0..=u8::MAX {
                if let Some(tag) = format.tag(byte) {
                    assert_eq!(format.tag_byte(tag), byte);
                }
            }
            for number in 0..300 {
                if let Some(reason) = format.reason_of(number) {
                    assert_eq!(format.reason_number(reason), number);
                }
                if let Some(opcode) = format.extended_of(number) {
                    assert_eq!(format.extended_number(opcode), number);
                }
                assert_eq!(format.ref_word(format.ref_of(number)), number);
            }
            for word in [u32::MAX, u32::MAX - 200, 1 << 31] {
                assert_eq!(format.ref_word(format.ref_of(word)), word);
            }
            // Past what can be counted it stays an instruction that no file has.
            let last = format.ref_of(u32::MAX - 1);
            assert!(last.to_index().is_some_and(|inst| inst.0 > u32::MAX / 2));
            assert_eq!(format.ref_of(0), Ref::U0_TYPE);
            assert_eq!(Index(0).to_ref(), format.ref_of(format.constants_len()));
        }
    }

    #[test]
    fn the_tables_are_as_long_as_the_references() {
        let lens = |generation| {
            let format = Format::of(generation);
            let tags = (0..=u8::MAX).filter(|&byte| format.tag(byte).is_some());
            let extended = (0..256).filter(|&n| format.extended_of(n).is_some());
            let reasons = (0..256).filter(|&n| format.reason_of(n).is_some());
            let declarations = (0..256).filter(|&n| format.declaration_of(n).is_some());
            (
                tags.count(),
                extended.count(),
                format.constants_len(),
                declarations.count(),
                reasons.count(),
            )
        };
        assert_eq!(lens(Generation::G14), (253, 60, 93, 32, 66));
        assert_eq!(lens(Generation::G15), (252, 58, 124, 30, 67));
        assert_eq!(lens(Generation::G16), (253, 69, 129, 30, 79));
        assert_eq!(lens(Generation::G17_0), (254, 67, 128, 30, 72));
        assert_eq!(lens(Generation::G17_1), (254, 67, 128, 30, 72));
    }
}
