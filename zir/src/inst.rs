//! Instructions: tags, the eight data bytes, and the references between instructions.

use release::Range;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::Format;
use crate::enums::{PointerSize, Signedness};
use crate::index::{Index, NullTerminatedString, Ref};
use crate::payload::PayloadKind;
use crate::small::PtrTypeFlags;
use crate::table::{for_each_extended, for_each_instruction};

/// Row flag: control flow never passes the instruction.
pub const FLAG_NO_RETURN: u8 = 1;
/// Row flag: the result is always void.
pub const FLAG_ALWAYS_VOID: u8 = 2;
/// Row flag: declares a function parameter.
pub const FLAG_PARAM: u8 = 4;
/// Row flag: the trailing indices of the payload are a list, not a body.
pub const FLAG_LIST: u8 = 8;
/// Row flag: the `rhs` of the data is a number, not a reference.
pub const FLAG_PLAIN_RHS: u8 = 16;

macro_rules! flag {
    (no_return) => {
        FLAG_NO_RETURN
    };
    (always_void) => {
        FLAG_ALWAYS_VOID
    };
    (param) => {
        FLAG_PARAM
    };
    (list) => {
        FLAG_LIST
    };
    (plain_rhs) => {
        FLAG_PLAIN_RHS
    };
}

macro_rules! payload_kind {
    (_) => {
        None
    };
    ($p:ident) => {
        Some(PayloadKind::$p)
    };
}

/// A row of the instruction table.
#[derive(Clone, Copy, Debug)]
pub struct TagInfo {
    /// The instruction.
    pub tag: Tag,
    /// Its name in the text form.
    pub name: &'static str,
    /// What the eight data bytes mean.
    pub data: DataKind,
    /// What stands in `extra` at the payload index, where there is one.
    pub payload: Option<PayloadKind>,
    /// `FLAG_*` bits.
    pub flags: u8,
}

macro_rules! define_tags {
    ($($var:ident $name:literal $data:ident $payload:tt [$($flag:ident)*] [$($range:tt)*];)*) => {
        /// The tag of an instruction. Its byte is a matter of the [`Format`](crate::Format).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Tag {
            $(
                #[doc = concat!("The instruction `", $name, "`.")]
                $var,
            )*
        }

        impl Tag {
            /// The generations that have each.
            pub(crate) const RANGES: &'static [Range] = &[$(release::generations!($($range)*),)*];

            /// The instruction table, in the order of the tags.
            pub const TABLE: &'static [TagInfo] = &[
                $(TagInfo {
                    tag: Tag::$var,
                    name: $name,
                    data: DataKind::$data,
                    payload: payload_kind!($payload),
                    flags: 0 $(| flag!($flag))*,
                },)*
            ];
        }
    };
}

for_each_instruction!(define_tags);

impl Tag {
    /// The row of the table.
    #[inline]
    pub const fn info(self) -> &'static TagInfo {
        &Self::TABLE[self as usize]
    }

    /// The name in the text form.
    pub const fn name(self) -> &'static str {
        self.info().name
    }

    /// Whether control flow never passes the instruction.
    #[inline]
    pub const fn is_no_return(self) -> bool {
        self.info().flags & FLAG_NO_RETURN != 0
    }

    /// Whether the result is void, whatever the data says. For `extended` see [`Extended::is_always_void`].
    #[inline]
    pub const fn is_always_void(self) -> bool {
        self.info().flags & FLAG_ALWAYS_VOID != 0
    }

    /// Whether the instruction declares a function parameter.
    #[inline]
    pub const fn is_param(self) -> bool {
        self.info().flags & FLAG_PARAM != 0
    }
}

/// Whether an instruction's result is always void, extended instructions included.
#[inline]
pub fn is_always_void(format: &Format, tag: Tag, data: Data) -> bool {
    match tag {
        Tag::Extended => data
            .as_extended(format)
            .is_some_and(|ext| ext.opcode.is_always_void()),
        _ => tag.is_always_void(),
    }
}

/// The bytes of an instruction's data that mean nothing, bit n for byte n: undefined in the reference's
/// files, zero in ours.
pub fn dead_bytes(format: &Format, tag: Tag, data: Data) -> u8 {
    if tag != Tag::Extended {
        return tag.info().data.info().dead_bytes();
    }
    // Where the opcode is unknown nothing can be said about the other bytes.
    let Some(ext) = data.as_extended(format) else {
        return 0;
    };
    let info = ext.opcode.info();
    let operand = if info.operand == ExtendedOperand::Dead {
        0x0f
    } else {
        0
    };
    let small = if info.small == SmallKind::Dead {
        0xc0
    } else {
        0
    };
    operand | small
}

/// What the `operand` of an extended instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedOperand {
    /// A source node, relative to the declaration.
    SrcNode,
    /// An index into `extra`.
    Payload(PayloadKind),
    /// A reference.
    Operand,
    /// Not used.
    Dead,
}

/// What the `small` of an extended instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmallKind {
    /// [`crate::small::StructDecl`], from 0.16 on [`crate::small::StructDecl16`]
    StructDecl,
    /// [`crate::small::EnumDecl`], from 0.16 on [`crate::small::EnumDecl16`]
    EnumDecl,
    /// [`crate::small::UnionDecl`], from 0.16 on [`crate::small::UnionDecl16`]
    UnionDecl,
    /// [`crate::small::OpaqueDecl`]
    OpaqueDecl,
    /// [`crate::small::AllocExtended`]
    AllocExtended,
    /// [`crate::small::Asm`]
    Asm,
    /// [`crate::small::FullPtrCastFlags`]
    FullPtrCastFlags,
    /// [`crate::NameStrategy`]
    NameStrategy,
    /// [`crate::BuiltinValue`]
    BuiltinValue,
    /// [`crate::RoundOp`]
    RoundOp,
    /// [`crate::ReifySliceArgInfo`]
    ReifySliceArgInfo,
    /// [`crate::InplaceOp`]
    InplaceOp,
    /// The number of trailing elements.
    Len,
    /// An index into the captures of the innermost type declaration.
    Index,
    /// 0 or 1.
    Bool,
    /// Not used.
    Dead,
}

/// A row of the table of extended instructions.
#[derive(Clone, Copy, Debug)]
pub struct ExtendedInfo {
    /// The instruction.
    pub opcode: Extended,
    /// Its name in the text form.
    pub name: &'static str,
    /// What `operand` is.
    pub operand: ExtendedOperand,
    /// What `small` is.
    pub small: SmallKind,
    /// `FLAG_*` bits.
    pub flags: u8,
}

macro_rules! extended_operand {
    (SrcNode) => {
        ExtendedOperand::SrcNode
    };
    (Operand) => {
        ExtendedOperand::Operand
    };
    (Dead) => {
        ExtendedOperand::Dead
    };
    ((Payload $p:ident)) => {
        ExtendedOperand::Payload(PayloadKind::$p)
    };
}

macro_rules! define_extended {
    ($($var:ident $name:literal $operand:tt $small:ident [$($flag:ident)*] [$($range:tt)*];)*) => {
        /// The opcode of an `extended` instruction. Its number is a matter of the [`Format`](crate::Format).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Extended {
            $(
                #[doc = concat!("The extended instruction `", $name, "`.")]
                $var,
            )*
        }

        impl Extended {
            /// All of them, in their order.
            pub const ALL: &'static [Extended] = &[$(Extended::$var,)*];

            /// The generations that have each.
            pub(crate) const RANGES: &'static [Range] = &[$(release::generations!($($range)*),)*];

            /// The table of extended instructions, in the order of the opcodes.
            pub const TABLE: &'static [ExtendedInfo] = &[
                $(ExtendedInfo {
                    opcode: Extended::$var,
                    name: $name,
                    operand: extended_operand!($operand),
                    small: SmallKind::$small,
                    flags: 0 $(| flag!($flag))*,
                },)*
            ];
        }
    };
}

for_each_extended!(define_extended);

impl Extended {
    /// The row of the table.
    #[inline]
    pub const fn info(self) -> &'static ExtendedInfo {
        &Self::TABLE[self as usize]
    }

    /// The name in the text form.
    pub const fn name(self) -> &'static str {
        self.info().name
    }

    /// Whether the result is always void.
    #[inline]
    pub const fn is_always_void(self) -> bool {
        self.info().flags & FLAG_ALWAYS_VOID != 0
    }
}

/// The eight data bytes of an instruction, as they stand in memory and on disk.
///
/// The [`Tag`] decides which [`DataKind`] they are. The constructors leave the bytes that a kind does not use
/// zero.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    FromBytes,
    IntoBytes,
    Immutable,
    KnownLayout,
    Unaligned,
)]
#[repr(transparent)]
pub struct Data(pub [u8; 8]);

/// A value that stands in the data bytes.
trait Field: Copy {
    /// Size in the data bytes.
    const SIZE: u8;
    /// Writes the value at an offset.
    fn put(self, format: &Format, bytes: &mut [u8; 8], at: usize);
    /// Reads a value; none where the bytes are no value of the type.
    fn get(format: &Format, bytes: &[u8; 8], at: usize) -> Option<Self>;
}

/// A [`Field`] whose bytes are the same in every format.
trait PlainField: Copy {
    const SIZE: u8;
    fn put(self, bytes: &mut [u8; 8], at: usize);
    fn get(bytes: &[u8; 8], at: usize) -> Option<Self>;
}

impl<T: PlainField> Field for T {
    const SIZE: u8 = <T as PlainField>::SIZE;
    #[inline]
    fn put(self, _format: &Format, bytes: &mut [u8; 8], at: usize) {
        PlainField::put(self, bytes, at);
    }
    #[inline]
    fn get(_format: &Format, bytes: &[u8; 8], at: usize) -> Option<Self> {
        PlainField::get(bytes, at)
    }
}

impl Field for Ref {
    const SIZE: u8 = 4;
    #[inline]
    fn put(self, format: &Format, bytes: &mut [u8; 8], at: usize) {
        PlainField::put(format.ref_word(self), bytes, at);
    }
    #[inline]
    fn get(format: &Format, bytes: &[u8; 8], at: usize) -> Option<Self> {
        Some(format.ref_of(PlainField::get(bytes, at)?))
    }
}

impl Field for Extended {
    const SIZE: u8 = 2;
    #[inline]
    fn put(self, format: &Format, bytes: &mut [u8; 8], at: usize) {
        PlainField::put(format.extended_number(self) as u16, bytes, at);
    }
    #[inline]
    fn get(format: &Format, bytes: &[u8; 8], at: usize) -> Option<Self> {
        format.extended_of(u32::from(<u16 as PlainField>::get(bytes, at)?))
    }
}

macro_rules! int_fields {
    ($($ty:ident)*) => {$(
        impl PlainField for $ty {
            const SIZE: u8 = size_of::<$ty>() as u8;
            #[inline]
            fn put(self, bytes: &mut [u8; 8], at: usize) {
                bytes[at..at + size_of::<$ty>()].copy_from_slice(&self.to_ne_bytes());
            }
            #[inline]
            fn get(bytes: &[u8; 8], at: usize) -> Option<Self> {
                let mut own = [0; size_of::<$ty>()];
                own.copy_from_slice(&bytes[at..at + size_of::<$ty>()]);
                Some($ty::from_ne_bytes(own))
            }
        }
    )*};
}
int_fields!(u8 u16 u32 i32 u64 f64);

macro_rules! wrapped_fields {
    ($($ty:ident: $int:ident, $v:ident => $put:expr, $get:expr;)*) => {$(
        impl PlainField for $ty {
            const SIZE: u8 = size_of::<$int>() as u8;
            #[inline]
            fn put(self, bytes: &mut [u8; 8], at: usize) {
                let $v = self;
                <$int as PlainField>::put($put, bytes, at);
            }
            #[inline]
            fn get(bytes: &[u8; 8], at: usize) -> Option<Self> {
                let $v = <$int as PlainField>::get(bytes, at)?;
                $get
            }
        }
    )*};
}
wrapped_fields! {
    Index: u32, v => v.0, Some(Index(v));
    NullTerminatedString: u32, v => v.0, Some(NullTerminatedString(v));
    Signedness: u8, v => v as u8, Signedness::from_int(u32::from(v));
    PointerSize: u8, v => v as u8, PointerSize::from_int(u32::from(v));
    PtrTypeFlags: u8, v => v.to_bits(), Some(PtrTypeFlags::from_bits(v));
}

/// What the validator has to check about a field of the data bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFieldKind {
    /// A number of any value.
    Plain,
    /// A [`Ref`].
    Ref,
    /// An [`Index`].
    Index,
    /// A [`NullTerminatedString`].
    String,
}

/// A field of a data kind.
#[derive(Clone, Copy, Debug)]
pub struct DataField {
    /// Its name.
    pub name: &'static str,
    /// Offset in the eight bytes.
    pub offset: u8,
    /// Size in bytes.
    pub size: u8,
    /// What it is.
    pub kind: DataFieldKind,
}

/// A row of the table of data kinds.
#[derive(Clone, Copy, Debug)]
pub struct DataInfo {
    /// The reference's name.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [DataField],
}

impl DataInfo {
    /// The bytes that no field covers, one bit a byte: undefined in the reference's files and zero in ours.
    pub const fn dead_bytes(&self) -> u8 {
        let mut live = 0u8;
        let mut i = 0;
        while i < self.fields.len() {
            let field = &self.fields[i];
            let mask = ((1u16 << field.size) - 1) as u8;
            live |= mask << field.offset;
            i += 1;
        }
        !live
    }
}

macro_rules! field_kind {
    (Ref) => {
        DataFieldKind::Ref
    };
    (Index) => {
        DataFieldKind::Index
    };
    (NullTerminatedString) => {
        DataFieldKind::String
    };
    ($other:ident) => {
        DataFieldKind::Plain
    };
}

macro_rules! accessor {
    (plain $var:ident $get:ident { $($field:ident: $ty:ident @ $at:literal,)* }) => {
        #[doc = concat!("Reads the bytes as [`", stringify!($var), "`].")]
        #[inline]
        pub fn $get(self) -> $var {
            // Fields of these kinds have a value for every pattern of bits.
            $var { $($field: <$ty as PlainField>::get(&self.0, $at).unwrap_or(<$ty as Fallback>::FALLBACK),)* }
        }
    };
    (fields $var:ident $get:ident { $($field:ident: $ty:ident @ $at:literal,)* }) => {
        #[doc = concat!("Reads the bytes as [`", stringify!($var), "`].")]
        #[inline]
        pub fn $get(self, format: &Format) -> $var {
            // Fields of these kinds have a value for every pattern of bits.
            $var { $($field: <$ty as Field>::get(format, &self.0, $at).unwrap_or(<$ty as Fallback>::FALLBACK),)* }
        }
    };
    (checked $var:ident $get:ident { $($field:ident: $ty:ident @ $at:literal,)* }) => {
        #[doc = concat!("Reads the bytes as [`", stringify!($var), "`]; none where a member is of no known value.")]
        #[inline]
        pub fn $get(self, format: &Format) -> Option<$var> {
            Some($var { $($field: <$ty as Field>::get(format, &self.0, $at)?,)* })
        }
    };
    (known $var:ident $get:ident { $($field:ident: $ty:ident @ $at:literal,)* }) => {
        #[doc = concat!("Reads the bytes as [`", stringify!($var), "`]; none where a member is of no known value.")]
        #[inline]
        pub fn $get(self) -> Option<$var> {
            Some($var { $($field: <$ty as PlainField>::get(&self.0, $at)?,)* })
        }
    };
    (scalar $var:ident $get:ident { $($field:ident: $ty:ident @ $at:literal,)* }) => {
        $(
            #[doc = concat!("Reads the bytes as `", stringify!($field), "`.")]
            #[inline]
            pub fn $get(self) -> $ty {
                <$ty as PlainField>::get(&self.0, $at).unwrap_or(<$ty as Fallback>::FALLBACK)
            }
        )*
    };
}

macro_rules! constructor {
    ($mode:ident $make:ident $name:literal { $($field:ident: $ty:ident @ $at:literal,)* } plain) => {
        #[doc = concat!("Makes the bytes of `", $name, "`.")]
        #[inline]
        pub fn $make($($field: $ty),*) -> Data {
            let mut bytes = [0u8; 8];
            $(PlainField::put($field, &mut bytes, $at);)*
            Data(bytes)
        }
    };
    (plain $make:ident $name:literal $fields:tt) => {
        constructor!(plain $make $name $fields plain);
    };
    (known $make:ident $name:literal $fields:tt) => {
        constructor!(known $make $name $fields plain);
    };
    (scalar $make:ident $name:literal $fields:tt) => {
        constructor!(scalar $make $name $fields plain);
    };
    ($mode:ident $make:ident $name:literal { $($field:ident: $ty:ident @ $at:literal,)* }) => {
        #[doc = concat!("Makes the bytes of `", $name, "`.")]
        #[inline]
        pub fn $make(format: &Format, $($field: $ty),*) -> Data {
            let mut bytes = [0u8; 8];
            $(Field::put($field, format, &mut bytes, $at);)*
            Data(bytes)
        }
    };
}

/// The value that stands in for a read that cannot fail.
trait Fallback {
    const FALLBACK: Self;
}
macro_rules! fallbacks {
    ($($ty:ident = $v:expr;)*) => { $(impl Fallback for $ty { const FALLBACK: Self = $v; })* };
}
fallbacks! {
    u32 = 0; i32 = 0; u64 = 0; f64 = 0.0; Ref = Ref::NONE; Index = Index(0); NullTerminatedString = NullTerminatedString(0);
}

macro_rules! define_data {
    ($($mode:ident $var:ident $strukt:ident $name:literal $make:ident $get:ident { $($field:ident: $ty:ident @ $at:literal,)* })*) => {
        /// What the eight data bytes of an instruction mean.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum DataKind {
            $(
                #[doc = concat!("`", $name, "`")]
                $var,
            )*
        }

        impl DataKind {
            /// The table of data kinds, in the order of the members.
            pub const TABLE: &'static [DataInfo] = &[
                $(DataInfo {
                    name: $name,
                    fields: &[$(DataField {
                        name: stringify!($field),
                        offset: $at,
                        size: <$ty as Field>::SIZE,
                        kind: field_kind!($ty),
                    },)*],
                },)*
            ];

            /// The row of the table.
            #[inline]
            pub const fn info(self) -> &'static DataInfo {
                &Self::TABLE[self as usize]
            }
        }

        $(
            #[doc = concat!("The members of `", $name, "`.")]
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub struct $strukt {
                $(
                    #[doc = concat!("Member `", stringify!($field), "`.")]
                    pub $field: $ty,
                )*
            }
        )*

        impl Data {
            $(
                constructor!($mode $make $name { $($field: $ty @ $at,)* });

                accessor!($mode $strukt $get { $($field: $ty @ $at,)* });
            )*
        }
    };
}

// One row a kind: how it is read, names, members in the order in which the reference declares them, each with
// its place in the eight bytes. The compiler sorts the members of a struct by alignment, so the places were
// read off the compiler.
define_data! {
    checked Extended ExtendedData "extended" extended as_extended { opcode: Extended @ 4, small: u16 @ 6, operand: u32 @ 0, }
    fields UnNode UnNode "un_node" un_node as_un_node { src_node: i32 @ 0, operand: Ref @ 4, }
    fields UnTok UnTok "un_tok" un_tok as_un_tok { src_tok: u32 @ 0, operand: Ref @ 4, }
    plain PlNode PlNode "pl_node" pl_node as_pl_node { src_node: i32 @ 0, payload_index: u32 @ 4, }
    plain PlTok PlTok "pl_tok" pl_tok as_pl_tok { src_tok: u32 @ 0, payload_index: u32 @ 4, }
    fields Bin Bin "bin" bin as_bin { lhs: Ref @ 0, rhs: Ref @ 4, }
    plain Str Str "str" str as_str { start: NullTerminatedString @ 0, len: u32 @ 4, }
    plain StrTok StrTok "str_tok" str_tok as_str_tok { start: NullTerminatedString @ 0, src_tok: u32 @ 4, }
    scalar Tok Tok "tok" tok as_tok { token: u32 @ 0, }
    scalar Node Node "node" node as_node { src_node: i32 @ 0, }
    scalar Int Int "int" int as_int { value: u64 @ 0, }
    scalar Float Float "float" float as_float { value: f64 @ 0, }
    known PtrType PtrType "ptr_type" ptr_type as_ptr_type { flags: PtrTypeFlags @ 4, size: PointerSize @ 5, payload_index: u32 @ 0, }
    known IntType IntType "int_type" int_type as_int_type { src_node: i32 @ 0, signedness: Signedness @ 6, bit_count: u16 @ 4, }
    plain Unreachable Unreachable "unreachable" unreachable as_unreachable { src_node: i32 @ 0, }
    fields Break Break "break" break_ as_break { operand: Ref @ 0, payload_index: u32 @ 4, }
    plain DbgStmt DbgStmt "dbg_stmt" dbg_stmt as_dbg_stmt { line: u32 @ 0, column: u32 @ 4, }
    plain InstNode InstNode "inst_node" inst_node as_inst_node { src_node: i32 @ 0, inst: Index @ 4, }
    fields StrOp StrOp "str_op" str_op as_str_op { str: NullTerminatedString @ 0, operand: Ref @ 4, }
    plain Defer Defer "defer" defer_ as_defer { index: u32 @ 0, len: u32 @ 4, }
    fields DeferErrCode DeferErrCode "defer_err_code" defer_err_code as_defer_err_code { err_code: Ref @ 0, payload_index: u32 @ 4, }
    fields SaveErrRetIndex SaveErrRetIndex "save_err_ret_index" save_err_ret_index as_save_err_ret_index { operand: Ref @ 0, }
    fields ElemValImm ElemValImm "elem_val_imm" elem_val_imm as_elem_val_imm { operand: Ref @ 0, idx: u32 @ 4, }
    plain Declaration Declaration "declaration" declaration as_declaration { src_node: u32 @ 0, payload_index: u32 @ 4, }
}

impl Data {
    /// All bytes zero: an instruction that is reserved and not filled yet.
    pub const ZERO: Data = Data([0; 8]);

    /// Replaces the payload index of a kind that has it in its last four bytes (`pl_node`, `pl_tok`, `break`,
    /// `defer_err_code`, `declaration`).
    #[inline]
    pub fn set_payload_index(&mut self, payload_index: u32) {
        PlainField::put(payload_index, &mut self.0, 4);
    }

    /// The payload index of such a kind.
    #[inline]
    pub fn payload_index(self) -> u32 {
        self.as_pl_node().payload_index
    }
}
