//! What words of ZIR name: instructions, their results and constants, strings.

use release::Range;

use crate::table::for_each_ref;

/// The number of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Index(pub u32);

impl Index {
    /// The struct that is the file itself.
    pub const MAIN_STRUCT_INST: Index = Index(0);

    /// The first [`Ref`] that is an instruction; those below are constants.
    pub const REF_START_INDEX: u32 = Ref::CONSTANTS.len() as u32;

    /// The reference to the instruction's result.
    ///
    /// Numbers near the end of the range wrap; no file within the limits has them.
    #[inline]
    pub const fn to_ref(self) -> Ref {
        Ref(self.0.wrapping_add(Self::REF_START_INDEX))
    }

    /// As a position in the instruction arrays.
    #[inline]
    pub const fn to_usize(self) -> usize {
        self.0 as usize
    }
}

/// A reference: a constant, the result of an instruction, or none.
///
/// The number is one of this crate, in which constants of all generations have a place; the word that stands
/// for it in a file is a matter of the [`Format`](crate::Format).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(pub(crate) u32);

macro_rules! define_refs {
    ($($name:ident $text:literal [$($range:tt)*];)*) => {
        /// Counts the constants.
        #[expect(
            non_camel_case_types,
            clippy::upper_case_acronyms,
            reason = "named as the constants are"
        )]
        enum Constant {
            $($name,)*
        }

        impl Ref {
            $(
                #[doc = concat!("The constant `", $text, "`.")]
                pub const $name: Ref = Ref(Constant::$name as u32);
            )*

            /// The generations that have each constant.
            pub(crate) const RANGES: &'static [Range] = &[$(release::generations!($($range)*),)*];

            /// Names of all constants, in their order.
            pub const CONSTANTS: &'static [&'static str] = &[$($text,)*];
        }
    };
}

for_each_ref!(define_refs);

impl Ref {
    /// No reference.
    pub const NONE: Ref = Ref(u32::MAX);

    /// The instruction referred to; none for constants and for [`Ref::NONE`].
    #[inline]
    pub const fn to_index(self) -> Option<Index> {
        if self.0 >= Index::REF_START_INDEX && self.0 != u32::MAX {
            Some(Index(self.0 - Index::REF_START_INDEX))
        } else {
            None
        }
    }

    /// Whether this is [`Ref::NONE`].
    #[inline]
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }

    /// The name of the constant; none for instructions.
    pub fn constant_name(self) -> Option<&'static str> {
        if self.is_none() {
            return Some("none");
        }
        Self::CONSTANTS.get(self.0 as usize).copied()
    }
}

/// The start of a string in the string bytes, which ends at the next zero byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NullTerminatedString(pub u32);

impl NullTerminatedString {
    /// The empty string, or no string.
    pub const EMPTY: NullTerminatedString = NullTerminatedString(0);
}
