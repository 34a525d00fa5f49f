//! Packed words: groups of flags and short integers in `small`, in payload words and in the data bytes.

use release::Range;

use crate::Format;
use crate::enums::{ContainerLayout, NameStrategy, ProngCapture, SpecialProngs, UnionKind};
use crate::index::{Index, NullTerminatedString};
use crate::table::for_each_declaration_id;

/// A member of a packed word.
trait Member: Sized {
    fn to_word(self) -> u64;
    fn from_word(word: u64) -> Option<Self>;
}

macro_rules! int_members {
    ($($ty:ident)*) => {$(
        impl Member for $ty {
            #[inline]
            fn to_word(self) -> u64 {
                u64::from(self)
            }
            #[inline]
            fn from_word(word: u64) -> Option<Self> {
                Some(word as $ty)
            }
        }
    )*};
}
int_members!(u8 u16 u32);

impl Member for bool {
    #[inline]
    fn to_word(self) -> u64 {
        u64::from(self)
    }
    #[inline]
    fn from_word(word: u64) -> Option<Self> {
        Some(word != 0)
    }
}

macro_rules! enum_members {
    ($($ty:ident)*) => {$(
        impl Member for $ty {
            #[inline]
            fn to_word(self) -> u64 {
                u64::from(self.to_int())
            }
            #[inline]
            fn from_word(word: u64) -> Option<Self> {
                $ty::from_int(word as u32)
            }
        }
    )*};
}
enum_members!(ContainerLayout NameStrategy ProngCapture SpecialProngs UnionKind);

macro_rules! from_bits {
    (total $word:ident { $($field:ident: $ty:ident @ $at:literal : $len:literal,)* }) => {
        /// Unpacks a word.
        #[inline]
        pub fn from_bits(bits: $word) -> Self {
            // Members of these words have a value for every pattern of bits.
            Self { $($field: Member::from_word((u64::from(bits) >> $at) & ((1u64 << $len) - 1)).unwrap_or_default(),)* }
        }
    };
    (checked $word:ident { $($field:ident: $ty:ident @ $at:literal : $len:literal,)* }) => {
        /// Unpacks a word; none where a member is of no known value.
        #[inline]
        pub fn from_bits(bits: $word) -> Option<Self> {
            Some(Self { $($field: Member::from_word((u64::from(bits) >> $at) & ((1u64 << $len) - 1))?,)* })
        }
    };
}

macro_rules! zero {
    (bool) => {
        false
    };
    (ContainerLayout) => {
        ContainerLayout::Auto
    };
    (NameStrategy) => {
        NameStrategy::Parent
    };
    (ProngCapture) => {
        ProngCapture::None
    };
    (SpecialProngs) => {
        SpecialProngs::None
    };
    (UnionKind) => {
        UnionKind::Auto
    };
    ($int:ident) => {
        0
    };
}

macro_rules! packed {
    ($($(#[doc = $doc:literal])* $mode:ident $name:ident: $word:ident {
        $($(#[doc = $fdoc:literal])* $field:ident: $ty:ident @ $at:literal : $len:literal,)*
    })*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name {
            $($(#[doc = $fdoc])* pub $field: $ty,)*
        }

        impl $name {
            /// All bits zero.
            pub const ZERO: Self = Self { $($field: zero!($ty),)* };

            /// Packs the members into a word; bits that no member covers are zero.
            #[inline]
            pub fn to_bits(self) -> $word {
                let mut bits = 0u64;
                $(bits |= (Member::to_word(self.$field) & ((1u64 << $len) - 1)) << $at;)*
                bits as $word
            }

            from_bits!($mode $word { $($field: $ty @ $at : $len,)* });

            /// Names, offsets and lengths in bits of the members.
            pub const LAYOUT: &'static [(&'static str, u8, u8)] = &[$((stringify!($field), $at, $len),)*];
        }
    )*};
}

/// Number of bits a field of a struct has in the words of [`StructFieldBits`].
pub const STRUCT_FIELD_BITS: u32 = 4;
/// Number of bits a field of a union has in the words of [`UnionFieldBits`]. The highest is never set.
pub const UNION_FIELD_BITS: u32 = 4;
/// Number of bits a field of an enum has in the words of [`EnumFieldBits`].
pub const ENUM_FIELD_BITS: u32 = 1;

/// How many fields share a word where each has `bits_per_field` bits, which is not 0.
#[inline]
pub const fn fields_per_word(bits_per_field: u32) -> u32 {
    u32::BITS / bits_per_field
}

/// How far up the bits of field number `field` stand in their word.
#[inline]
pub const fn field_shift(field: u32, bits_per_field: u32) -> u32 {
    field % fields_per_word(bits_per_field) * bits_per_field
}

packed! {
    /// `small` of `struct_decl` up to 0.15.
    checked StructDecl: u16 {
        /// Whether the number of captures trails.
        has_captures_len: bool @ 0:1,
        /// Whether the number of fields trails.
        has_fields_len: bool @ 1:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 2:1,
        /// Whether a backing integer type trails.
        has_backing_int: bool @ 3:1,
        /// Whether the struct surely has more than one possible value.
        known_non_opv: bool @ 4:1,
        /// Whether the struct surely exists at compile time only.
        known_comptime_only: bool @ 5:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 6:2,
        /// Memory layout.
        layout: ContainerLayout @ 8:2,
        /// Whether a field has a default value.
        any_default_inits: bool @ 10:1,
        /// Whether a field is `comptime`.
        any_comptime_fields: bool @ 11:1,
        /// Whether a field has an alignment.
        any_aligned_fields: bool @ 12:1,
    }

    /// `small` of `union_decl` up to 0.15.
    checked UnionDecl: u16 {
        /// Whether a tag type (or tag integer type) trails.
        has_tag_type: bool @ 0:1,
        /// Whether the number of captures trails.
        has_captures_len: bool @ 1:1,
        /// Whether the length of the body trails.
        has_body_len: bool @ 2:1,
        /// Whether the number of fields trails.
        has_fields_len: bool @ 3:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 4:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 5:2,
        /// Memory layout.
        layout: ContainerLayout @ 7:2,
        /// Whether it is `union(enum)`, with or without an integer type.
        auto_enum_tag: bool @ 9:1,
        /// Whether a field has an alignment.
        any_aligned_fields: bool @ 10:1,
    }

    /// `small` of `enum_decl` up to 0.15.
    checked EnumDecl: u16 {
        /// Whether a tag type trails.
        has_tag_type: bool @ 0:1,
        /// Whether the number of captures trails.
        has_captures_len: bool @ 1:1,
        /// Whether the length of the body trails.
        has_body_len: bool @ 2:1,
        /// Whether the number of fields trails.
        has_fields_len: bool @ 3:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 4:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 5:2,
        /// Whether the enum ends in `_`.
        nonexhaustive: bool @ 7:1,
    }

    /// `small` of `struct_decl` from 0.16 on.
    checked StructDecl16: u16 {
        /// Whether the number of captures trails.
        has_captures_len: bool @ 0:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 1:1,
        /// Whether the number of fields trails.
        has_fields_len: bool @ 2:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 3:2,
        /// Memory layout.
        layout: ContainerLayout @ 5:2,
        /// Whether a backing integer type trails.
        has_backing_int: bool @ 7:1,
        /// Whether a field has an alignment.
        any_field_aligns: bool @ 8:1,
        /// Whether a field has a default value.
        any_field_defaults: bool @ 9:1,
        /// Whether a field is `comptime`.
        any_comptime_fields: bool @ 10:1,
    }

    /// `small` of `union_decl` from 0.16 on.
    checked UnionDecl16: u16 {
        /// Whether the number of captures trails.
        has_captures_len: bool @ 0:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 1:1,
        /// Whether the number of fields trails.
        has_fields_len: bool @ 2:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 3:2,
        /// Memory layout and tag.
        kind: UnionKind @ 5:3,
        /// Whether a field has an alignment.
        any_field_aligns: bool @ 8:1,
        /// Whether a field has a tag value.
        any_field_values: bool @ 9:1,
    }

    /// `small` of `enum_decl` from 0.16 on.
    checked EnumDecl16: u16 {
        /// Whether the number of captures trails.
        has_captures_len: bool @ 0:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 1:1,
        /// Whether the number of fields trails.
        has_fields_len: bool @ 2:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 3:2,
        /// Whether a tag type trails.
        has_tag_type: bool @ 5:1,
        /// Whether the enum ends in `_`.
        nonexhaustive: bool @ 6:1,
        /// Whether a field has a value.
        any_field_values: bool @ 7:1,
    }

    /// `small` of `opaque_decl`.
    checked OpaqueDecl: u16 {
        /// Whether the number of captures trails.
        has_captures_len: bool @ 0:1,
        /// Whether the number of declarations trails.
        has_decls_len: bool @ 1:1,
        /// How the type gets its name.
        name_strategy: NameStrategy @ 2:2,
    }

    /// `small` of `alloc`.
    total AllocExtended: u16 {
        /// Whether a type trails.
        has_type: bool @ 0:1,
        /// Whether an alignment trails.
        has_align: bool @ 1:1,
        /// Whether it is `const`.
        is_const: bool @ 2:1,
        /// Whether it is `comptime`.
        is_comptime: bool @ 3:1,
    }

    /// Which parts a field of a struct has; [`STRUCT_FIELD_BITS`] of each field stand in one word with those
    /// of others.
    total StructFieldBits: u32 {
        /// Whether an alignment trails.
        has_align: bool @ 0:1,
        /// Whether a default value trails.
        has_init: bool @ 1:1,
        /// Whether it is `comptime`.
        is_comptime: bool @ 2:1,
        /// Whether the type is a body, and its word the length of that.
        has_type_body: bool @ 3:1,
    }

    /// Which parts a field of a union has; [`UNION_FIELD_BITS`] of each field stand in one word with those of
    /// others.
    total UnionFieldBits: u32 {
        /// Whether a type trails.
        has_type: bool @ 0:1,
        /// Whether an alignment trails.
        has_align: bool @ 1:1,
        /// Whether a tag value trails.
        has_value: bool @ 2:1,
    }

    /// Which parts a field of an enum has; [`ENUM_FIELD_BITS`] of each field stand in one word with those of
    /// others.
    total EnumFieldBits: u32 {
        /// Whether a value trails.
        has_value: bool @ 0:1,
    }

    /// `small` of `asm` and `asm_expr` from 0.15 on.
    total Asm15: u16 {
        /// Whether it is `volatile`.
        is_volatile: bool @ 0:1,
        /// Number of outputs.
        outputs_len: u8 @ 1:7,
        /// Number of inputs.
        inputs_len: u8 @ 8:8,
    }

    /// `small` of `asm` and `asm_expr` in 0.14.
    total Asm: u16 {
        /// Number of outputs.
        outputs_len: u8 @ 0:5,
        /// Number of inputs.
        inputs_len: u8 @ 5:5,
        /// Number of clobbers.
        clobbers_len: u8 @ 10:5,
        /// Whether it is `volatile`.
        is_volatile: bool @ 15:1,
    }

    /// `small` of the pointer casts: which builtins a nest of casts consists of.
    total FullPtrCastFlags: u16 {
        /// `@ptrCast`
        ptr_cast: bool @ 0:1,
        /// `@alignCast`
        align_cast: bool @ 1:1,
        /// `@addrSpaceCast`
        addrspace_cast: bool @ 2:1,
        /// `@constCast`
        const_cast: bool @ 3:1,
        /// `@volatileCast`
        volatile_cast: bool @ 4:1,
    }

    /// The flags of `ptr_type`.
    total PtrTypeFlags: u8 {
        /// `allowzero`
        is_allowzero: bool @ 0:1,
        /// Not `const`.
        is_mutable: bool @ 1:1,
        /// `volatile`
        is_volatile: bool @ 2:1,
        /// Whether a sentinel trails.
        has_sentinel: bool @ 3:1,
        /// Whether an alignment trails.
        has_align: bool @ 4:1,
        /// Whether an address space trails.
        has_addrspace: bool @ 5:1,
        /// Whether a range of bits trails.
        has_bit_range: bool @ 6:1,
    }

    /// The flags of `call` and `field_call`.
    total CallFlags: u32 {
        /// A [`CallModifier`](crate::CallModifier).
        packed_modifier: u8 @ 0:3,
        /// Whether the result must not be ignored.
        ensure_result_used: bool @ 3:1,
        /// Whether the error return trace is reset after the call.
        pop_error_return_trace: bool @ 4:1,
        /// Number of arguments.
        args_len: u32 @ 5:27,
    }

    /// The flags of `builtin_call`.
    total BuiltinCallFlags: u32 {
        /// Whether it is in a `nosuspend` scope.
        is_nosuspend: bool @ 0:1,
        /// Whether the result must not be ignored.
        ensure_result_used: bool @ 1:1,
    }

    /// The flags of `switch_block` and `switch_block_ref` in 0.14.
    total SwitchBlockBits: u32 {
        /// Whether a prong has several items or a range.
        has_multi_cases: bool @ 0:1,
        /// Whether there is an `else` prong.
        has_else: bool @ 1:1,
        /// Whether there is a `_` prong.
        has_under: bool @ 2:1,
        /// Whether an `inline` prong captures the tag.
        any_has_tag_capture: bool @ 3:1,
        /// Whether a prong that is not `inline` has a capture.
        any_non_inline_capture: bool @ 4:1,
        /// Whether a `continue` names the switch.
        has_continue: bool @ 5:1,
        /// Number of prongs of one item.
        scalar_cases_len: u32 @ 6:26,
    }

    /// The flags of `switch_block` and `switch_block_ref` in 0.15.
    checked SwitchBlockBits15: u32 {
        /// Whether a prong has several items or a range.
        has_multi_cases: bool @ 0:1,
        /// Which special prongs there are.
        special_prongs: SpecialProngs @ 1:3,
        /// Whether an `inline` prong captures the tag.
        any_has_tag_capture: bool @ 4:1,
        /// Whether a prong that is not `inline` has a capture.
        any_non_inline_capture: bool @ 5:1,
        /// Whether a `continue` names the switch.
        has_continue: bool @ 6:1,
        /// Number of prongs of one item.
        scalar_cases_len: u32 @ 7:25,
    }

    /// The flags of `switch_block_err_union`.
    total SwitchBlockErrUnionBits: u32 {
        /// Whether a prong has several items or a range.
        has_multi_cases: bool @ 0:1,
        /// Whether there is an `else` prong.
        has_else: bool @ 1:1,
        /// Whether the error captured outside of the switch is used.
        any_uses_err_capture: bool @ 2:1,
        /// Whether the payload is captured by reference.
        payload_is_ref: bool @ 3:1,
        /// Number of prongs of one item.
        scalar_cases_len: u32 @ 4:28,
    }

    /// What precedes the body of a switch prong.
    checked ProngInfo: u32 {
        /// Length of the body.
        body_len: u32 @ 0:28,
        /// How the payload is captured.
        capture: ProngCapture @ 28:2,
        /// Whether the prong is `inline`.
        is_inline: bool @ 30:1,
        /// Whether the tag is captured.
        has_tag_capture: bool @ 31:1,
    }

    /// The flags of `switch_block` and its like from 0.16 on.
    total SwitchBlockBits16: u32 {
        /// Whether a prong has several items or a range.
        has_multi_cases: bool @ 0:1,
        /// Whether a prong has a range.
        any_ranges: bool @ 1:1,
        /// Whether there is an `else` prong.
        has_else: bool @ 2:1,
        /// Whether `_` is among the items.
        has_under: bool @ 3:1,
        /// Whether a `continue` names the switch.
        has_continue: bool @ 4:1,
        /// Whether a capture may be known at run time only.
        any_maybe_runtime_capture: bool @ 5:1,
        /// Whether an instruction of its own stands for the payload capture.
        payload_capture_inst_is_placeholder: bool @ 6:1,
        /// Whether an instruction of its own stands for the tag capture.
        tag_capture_inst_is_placeholder: bool @ 7:1,
        /// Number of prongs of one item.
        scalar_cases_len: u32 @ 8:24,
    }

    /// What a switch prong with items is like, from 0.16 on.
    checked ProngInfo16: u32 {
        /// Length of the body.
        body_len: u32 @ 0:27,
        /// How the payload is captured.
        capture: ProngCapture @ 27:2,
        /// Whether the prong is `inline`.
        is_inline: bool @ 29:1,
        /// Whether the tag is captured.
        has_tag_capture: bool @ 30:1,
        /// Whether the body is `comptime unreachable`.
        is_comptime_unreach: bool @ 31:1,
    }

    /// What the `else` prong of a switch is like, from 0.16 on.
    checked ElseProngInfo: u32 {
        /// Length of the body.
        body_len: u32 @ 0:27,
        /// How the payload is captured.
        capture: ProngCapture @ 27:2,
        /// Whether the prong is `inline`.
        is_inline: bool @ 29:1,
        /// Whether the tag is captured.
        has_tag_capture: bool @ 30:1,
        /// Whether the body is `unreachable`, `return`, or the return of what is captured.
        is_simple_noreturn: bool @ 31:1,
    }

    /// What the branch for no error of a switch on an error union is like, from 0.16 on.
    checked NonErrProngInfo: u32 {
        /// Length of the body.
        body_len: u32 @ 0:29,
        /// How the payload is captured.
        capture: ProngCapture @ 29:2,
        /// Whether the operand is a pointer to the error union.
        operand_is_ref: bool @ 31:1,
    }

    /// The flags of `func_fancy`.
    total FuncFancyBits: u32 {
        /// Whether the parameters end in `...`.
        is_var_args: bool @ 0:1,
        /// Whether the error set is inferred.
        is_inferred_error: bool @ 1:1,
        /// Whether the function is `noinline`.
        is_noinline: bool @ 2:1,
        /// Whether a calling convention trails as a reference.
        has_cc_ref: bool @ 3:1,
        /// Whether a calling convention trails as a body.
        has_cc_body: bool @ 4:1,
        /// Whether a return type trails as a reference.
        has_ret_ty_ref: bool @ 5:1,
        /// Whether a return type trails as a body.
        has_ret_ty_body: bool @ 6:1,
        /// Whether the `noalias` bits of the parameters trail.
        has_any_noalias: bool @ 7:1,
        /// Whether the return type depends on parameters.
        ret_ty_is_generic: bool @ 8:1,
    }

    /// The type of a `param`.
    total ParamType: u32 {
        /// Length of the body that is the type.
        body_len: u32 @ 0:31,
        /// Whether the type depends on earlier parameters.
        is_generic: bool @ 31:1,
    }

    /// The return type of `func` and `func_inferred`.
    total FuncRetTy: u32 {
        /// 0: void; 1: a reference trails; else the length of a body.
        body_len: u32 @ 0:31,
        /// Whether the type depends on parameters.
        is_generic: bool @ 31:1,
    }

    /// The bits of [`DeclarationFlags`].
    total DeclarationBits: u64 {
        /// Line in the file.
        src_line: u32 @ 0:30,
        /// Column in the line.
        src_column: u32 @ 30:29,
        /// The number of the [`DeclarationId`].
        id: u8 @ 59:5,
    }
}

/// The flags of `declaration`, which take two words of its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeclarationFlags {
    /// Line in the file, 30 bits.
    pub src_line: u32,
    /// Column in the line, 29 bits.
    pub src_column: u32,
    /// What is declared, and which parts trail.
    pub id: DeclarationId,
}

impl Asm {
    /// The word for these many outputs, inputs and clobbers. A number that does not fit its five bits runs
    /// over into the bits above, as it does in the reference.
    #[inline]
    pub fn bits_of_lens(
        outputs_len: usize,
        inputs_len: usize,
        clobbers_len: usize,
        is_volatile: bool,
    ) -> u16 {
        let lens = outputs_len | inputs_len << 5 | clobbers_len << 10;
        let flag = Asm {
            is_volatile,
            ..Asm::default()
        };
        lens as u16 | flag.to_bits()
    }
}

impl DeclarationFlags {
    /// The two payload words.
    pub fn to_words(self, format: &Format) -> [u32; 2] {
        let bits = DeclarationBits {
            src_line: self.src_line,
            src_column: self.src_column,
            id: format.declaration_number(self.id) as u8,
        }
        .to_bits();
        [bits as u32, (bits >> 32) as u32]
    }

    /// From the two payload words; none where the id is unknown.
    pub fn from_words(format: &Format, words: [u32; 2]) -> Option<Self> {
        let bits = DeclarationBits::from_bits(u64::from(words[0]) | u64::from(words[1]) << 32);
        Some(DeclarationFlags {
            src_line: bits.src_line,
            src_column: bits.src_column,
            id: format.declaration_of(u32::from(bits.id))?,
        })
    }
}

impl FullPtrCastFlags {
    /// The builtin that asks for the result type: the outermost kind of cast that changes more than
    /// qualifiers.
    pub fn need_result_type_builtin_name(self) -> Option<&'static str> {
        if self.ptr_cast {
            Some("@ptrCast")
        } else if self.align_cast {
            Some("@alignCast")
        } else if self.addrspace_cast {
            Some("@addrSpaceCast")
        } else {
            None
        }
    }
}

/// What stands in the `_` prong of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// There is no such prong.
    None,
    /// `_`
    Alone,
    /// `_` and one item.
    WithItem,
    /// `_` and several items, or a range.
    WithItems,
}

impl SpecialProngs {
    /// What stands for these.
    pub const fn new(has_else: bool, under: Under) -> SpecialProngs {
        match (has_else, under) {
            (false, Under::None) => SpecialProngs::None,
            (true, Under::None) => SpecialProngs::Else,
            (false, Under::Alone) => SpecialProngs::Under,
            (true, Under::Alone) => SpecialProngs::UnderAndElse,
            (false, Under::WithItem) => SpecialProngs::UnderOneItem,
            (true, Under::WithItem) => SpecialProngs::UnderOneItemAndElse,
            (false, Under::WithItems) => SpecialProngs::UnderManyItems,
            (true, Under::WithItems) => SpecialProngs::UnderManyItemsAndElse,
        }
    }

    /// Whether there is an `else` prong.
    pub const fn has_else(self) -> bool {
        matches!(
            self,
            SpecialProngs::Else
                | SpecialProngs::UnderAndElse
                | SpecialProngs::UnderOneItemAndElse
                | SpecialProngs::UnderManyItemsAndElse
        )
    }

    /// What stands in the `_` prong.
    pub const fn under(self) -> Under {
        match self {
            SpecialProngs::None | SpecialProngs::Else => Under::None,
            SpecialProngs::Under | SpecialProngs::UnderAndElse => Under::Alone,
            SpecialProngs::UnderOneItem | SpecialProngs::UnderOneItemAndElse => Under::WithItem,
            SpecialProngs::UnderManyItems | SpecialProngs::UnderManyItemsAndElse => {
                Under::WithItems
            }
        }
    }
}

/// An item of a switch prong, from 0.16 on, or a bound of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemInfo {
    /// `.name`
    EnumLiteral(NullTerminatedString),
    /// `error.name`
    ErrorValue(NullTerminatedString),
    /// Anything else: the length of the body that evaluates it.
    BodyLen(u32),
    /// `_`
    Under,
}

impl ItemInfo {
    /// Packs kind (2 bits) and number (30 bits; higher bits are lost) into a payload word.
    pub const fn to_bits(self) -> u32 {
        match self {
            ItemInfo::EnumLiteral(name) => name.0 << 2,
            ItemInfo::ErrorValue(name) => 1 | name.0 << 2,
            ItemInfo::BodyLen(len) => 2 | len << 2,
            ItemInfo::Under => 3,
        }
    }

    /// Unpacks a payload word.
    pub const fn from_bits(bits: u32) -> ItemInfo {
        let number = bits >> 2;
        match bits & 3 {
            0 => ItemInfo::EnumLiteral(NullTerminatedString(number)),
            1 => ItemInfo::ErrorValue(NullTerminatedString(number)),
            2 => ItemInfo::BodyLen(number),
            _ => ItemInfo::Under,
        }
    }

    /// Length of its body; 0 for an item that has none.
    pub const fn body_len(self) -> u32 {
        match self {
            ItemInfo::BodyLen(len) => len,
            _ => 0,
        }
    }
}

/// What kind of thing a declaration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclarationKind {
    /// `test {}`
    UnnamedTest,
    /// `test "name" {}`
    Test,
    /// `test name {}`
    Decltest,
    /// `comptime {}`
    Comptime,
    /// `usingnamespace`
    Usingnamespace,
    /// `const` or `fn`
    Const,
    /// `var`
    Var,
}

/// Linkage of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclarationLinkage {
    /// Neither of the others.
    Normal,
    /// `extern`
    Extern,
    /// `export`
    Export,
}

macro_rules! part {
    ($want:ident: $($have:ident)*) => {
        false $(|| same!($want $have))*
    };
}
macro_rules! same {
    (name name) => {
        true
    };
    (lib_name lib_name) => {
        true
    };
    (type_body type_body) => {
        true
    };
    (special_bodies special_bodies) => {
        true
    };
    (value_body value_body) => {
        true
    };
    (is_pub is_pub) => {
        true
    };
    (threadlocal threadlocal) => {
        true
    };
    ($a:ident $b:ident) => {
        false
    };
}

macro_rules! define_declaration_ids {
    ($($var:ident $name:literal $kind:ident $linkage:ident [$($part:ident)*] [$($range:tt)*];)*) => {
        /// What a `declaration` declares and which parts its payload has. Its number is a matter of the
        /// [`Format`](crate::Format).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum DeclarationId {
            $(
                #[doc = concat!("`", $name, "`")]
                $var,
            )*
        }

        impl DeclarationId {
            /// All members, in their order.
            pub const ALL: &'static [DeclarationId] = &[$(DeclarationId::$var,)*];

            /// The generations that have each.
            pub(crate) const RANGES: &'static [Range] = &[$(release::generations!($($range)*),)*];

            /// The reference's name of the member.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$var => $name,)* }
            }

            /// What kind of thing is declared.
            pub const fn kind(self) -> DeclarationKind {
                match self { $(Self::$var => DeclarationKind::$kind,)* }
            }

            /// Its linkage.
            pub const fn linkage(self) -> DeclarationLinkage {
                match self { $(Self::$var => DeclarationLinkage::$linkage,)* }
            }

            /// Whether the name trails.
            pub const fn has_name(self) -> bool {
                match self { $(Self::$var => part!(name: $($part)*),)* }
            }

            /// Whether the library name trails.
            pub const fn has_lib_name(self) -> bool {
                match self { $(Self::$var => part!(lib_name: $($part)*),)* }
            }

            /// Whether a body for the type trails.
            pub const fn has_type_body(self) -> bool {
                match self { $(Self::$var => part!(type_body: $($part)*),)* }
            }

            /// Whether bodies for alignment, section and address space trail.
            pub const fn has_special_bodies(self) -> bool {
                match self { $(Self::$var => part!(special_bodies: $($part)*),)* }
            }

            /// Whether a body for the value trails.
            pub const fn has_value_body(self) -> bool {
                match self { $(Self::$var => part!(value_body: $($part)*),)* }
            }

            /// Whether it is `pub`.
            pub const fn is_pub(self) -> bool {
                match self { $(Self::$var => part!(is_pub: $($part)*),)* }
            }

            /// Whether it is `threadlocal`.
            pub const fn is_threadlocal(self) -> bool {
                match self { $(Self::$var => part!(threadlocal: $($part)*),)* }
            }
        }
    };
}

for_each_declaration_id!(define_declaration_ids);

/// A value that a type declaration takes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capture {
    /// A capture of the enclosing type declaration.
    Nested(u16),
    /// The result of an instruction.
    Instruction(Index),
    /// What the pointer that is the result of an instruction points at.
    InstructionLoad(Index),
    /// The value of a declaration, by name.
    DeclVal(NullTerminatedString),
    /// A pointer to a declaration, by name.
    DeclRef(NullTerminatedString),
}

impl Capture {
    /// Packs kind (3 bits) and number (29 bits; higher bits are lost) into a payload word.
    pub const fn to_bits(self) -> u32 {
        match self {
            Capture::Nested(index) => (index as u32) << 3,
            Capture::Instruction(inst) => 1 | inst.0 << 3,
            Capture::InstructionLoad(inst) => 2 | inst.0 << 3,
            Capture::DeclVal(name) => 3 | name.0 << 3,
            Capture::DeclRef(name) => 4 | name.0 << 3,
        }
    }

    /// Unpacks a payload word; none where it is no capture.
    pub const fn from_bits(bits: u32) -> Option<Capture> {
        let number = bits >> 3;
        Some(match bits & 7 {
            0 if number <= u16::MAX as u32 => Capture::Nested(number as u16),
            1 => Capture::Instruction(Index(number)),
            2 => Capture::InstructionLoad(Index(number)),
            3 => Capture::DeclVal(NullTerminatedString(number)),
            4 => Capture::DeclRef(NullTerminatedString(number)),
            _ => return None,
        })
    }
}
