//! Payloads: what stands in `extra` at an instruction's payload index.
//!
//! One table gives every payload its words and says what trails them. A payload is read and written by its
//! words; what trails is described by [`Trailing`] and, where that does not do, taken apart by
//! [`crate::shape`].

use release::Range;

use crate::Format;
use crate::enums::SimpleComptimeReason;
use crate::index::{Index, NullTerminatedString, Ref};

pub use crate::small::{
    BuiltinCallFlags, CallFlags, Capture, DeclarationFlags, DeclarationId, FuncFancyBits,
    FuncRetTy, ParamType, ProngInfo,
};

/// A struct of whole words that stands in `extra`.
pub trait Payload: Sized {
    /// Its row in the table.
    const KIND: PayloadKind;
    /// Number of words.
    fn len(format: &Format) -> usize;
    /// Appends the words.
    fn encode(&self, format: &Format, out: &mut Vec<u32>);
    /// Writes the words over the start of a slice; what does not fit is left out.
    fn write(&self, format: &Format, out: &mut [u32]);
    /// Reads the words from the start of a slice; none where it is too short or a word has no known value.
    /// Words that the format does not have are what [`Default`] makes.
    fn decode(format: &Format, words: &[u32]) -> Option<Self>;
}

/// What a word of a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    /// A number of any value.
    Plain,
    /// A source node or token relative to another, signed.
    Signed,
    /// A [`Ref`].
    Ref,
    /// An [`Index`].
    Index,
    /// A [`NullTerminatedString`].
    String,
    /// A [`SimpleComptimeReason`].
    Reason,
    /// Packed flags, any value of which can be read.
    Flags,
}

/// A value that is one word of a payload.
trait Word: Copy {
    const KIND: WordKind;
    /// What stands for a word that a format does not have.
    const ABSENT: Self;
    fn to_word(self, format: &Format) -> u32;
    fn from_word(format: &Format, word: u32) -> Option<Self>;
}

/// A node or token that may be missing.
pub type OptionalNumber = Option<u32>;

macro_rules! words {
    ($($ty:ident $kind:ident $absent:expr, $f:ident $v:ident => $to:expr, $from:expr;)*) => {$(
        impl Word for $ty {
            const KIND: WordKind = WordKind::$kind;
            const ABSENT: Self = $absent;
            #[inline]
            fn to_word(self, $f: &Format) -> u32 {
                let ($v, _) = (self, $f);
                $to
            }
            #[inline]
            fn from_word($f: &Format, $v: u32) -> Option<Self> {
                let _ = $f;
                $from
            }
        }
    )*};
}

words! {
    u32 Plain 0, f v => v, Some(v);
    i32 Signed 0, f v => v as u32, Some(v as i32);
    OptionalNumber Plain None, f v => f.optional_word(v), Some(f.optional_of(v));
    Ref Ref Ref::NONE, f v => f.ref_word(v), Some(f.ref_of(v));
    Index Index Index(0), f v => v.0, Some(Index(v));
    NullTerminatedString String NullTerminatedString::EMPTY, f v => v.0, Some(NullTerminatedString(v));
    SimpleComptimeReason Reason SimpleComptimeReason::Type, f v => f.reason_number(v), f.reason_of(v);
}

macro_rules! flag_words {
    ($($ty:ident)*) => {$(
        impl Word for $ty {
            const KIND: WordKind = WordKind::Flags;
            const ABSENT: Self = $ty::ZERO;
            #[inline]
            fn to_word(self, _format: &Format) -> u32 {
                self.to_bits()
            }
            #[inline]
            fn from_word(_format: &Format, word: u32) -> Option<Self> {
                Some($ty::from_bits(word))
            }
        }
    )*};
}

flag_words!(CallFlags BuiltinCallFlags FuncFancyBits FuncRetTy ParamType);

/// What follows the words of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trailing {
    /// Nothing.
    None,
    /// Instruction indices, as many as the last word says.
    Body,
    /// References, as many as the last word says.
    Refs,
    /// References, as many as `small` says.
    SmallRefs,
    /// Pairs of references, as many as `small` says.
    SmallRefPairs,
    /// Strings, as many as the last word says.
    Strings,
    /// Payloads of another kind, as many as the last word says.
    Items(PayloadKind),
    /// A shape of its own, see [`crate::shape`].
    Own,
}

/// A word of a payload.
#[derive(Clone, Copy, Debug)]
pub struct WordInfo {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: WordKind,
    /// The generations that have it.
    pub range: Range,
}

impl PayloadInfo {
    /// The words that a generation has.
    pub fn words_of(&self, format: &Format) -> impl Iterator<Item = &'static WordInfo> + use<> {
        let generation = format.generation;
        let all = self.words.iter();
        all.filter(move |word| word.range.contains(generation))
    }

    /// The number of words that a generation has.
    pub fn len_of(&self, format: &Format) -> u32 {
        self.words_of(format).count() as u32
    }
}

/// A row of the payload table.
#[derive(Clone, Copy, Debug)]
pub struct PayloadInfo {
    /// The reference's name of the payload.
    pub name: &'static str,
    /// The words of all generations.
    pub words: &'static [WordInfo],
    /// What follows them.
    pub trailing: Trailing,
}

macro_rules! trailing {
    (Items $item:ident) => {
        Trailing::Items(PayloadKind::$item)
    };
    ($t:ident) => {
        Trailing::$t
    };
}

macro_rules! range {
    () => {
        Range::ALL
    };
    ([$($range:tt)*]) => {
        release::generations!($($range)*)
    };
}

/// Whether a format has a word; known when compiling where all have it.
macro_rules! has {
    ($format:ident, $field:ident) => {
        true
    };
    ($format:ident [$($range:tt)*], $field:ident) => {
        release::generations!($($range)*).contains($format.generation)
    };
}

macro_rules! define_payloads {
    ($($(#[doc = $doc:literal])* $name:ident { $($field:ident: $ty:ident $([$($range:tt)*])?),* } $trailing:ident $($item:ident)?;)*) => {
        /// The payloads by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum PayloadKind {
            $(
                #[doc = concat!("[`", stringify!($name), "`]")]
                $name,
            )*
        }

        impl PayloadKind {
            /// The payload table, in the order of the members.
            pub const TABLE: &'static [PayloadInfo] = &[
                $(PayloadInfo {
                    name: stringify!($name),
                    words: &[$(WordInfo {
                        name: stringify!($field),
                        kind: <$ty as Word>::KIND,
                        range: range!($([$($range)*])?),
                    },)*],
                    trailing: trailing!($trailing $($item)?),
                },)*
            ];

            /// The row of the table.
            #[inline]
            pub const fn info(self) -> &'static PayloadInfo {
                &Self::TABLE[self as usize]
            }
        }

        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $name {
                $(
                    #[doc = concat!("The word `", stringify!($field), "`.")]
                    pub $field: $ty,
                )*
            }

            impl Payload for $name {
                const KIND: PayloadKind = PayloadKind::$name;

                #[inline]
                fn len(format: &Format) -> usize {
                    let _ = format;
                    0 $(+ usize::from(has!(format $([$($range)*])?, $field)))*
                }

                #[inline]
                fn encode(&self, format: &Format, out: &mut Vec<u32>) {
                    let mut words = [0; 0 $(+ { let _ = stringify!($field); 1 })*];
                    let mut len = 0;
                    $(if has!(format $([$($range)*])?, $field) {
                        words[len] = Word::to_word(self.$field, format);
                        len += 1;
                    })*
                    out.extend_from_slice(&words[..len]);
                }

                #[inline]
                fn write(&self, format: &Format, out: &mut [u32]) {
                    let mut out = out.iter_mut();
                    $(if has!(format $([$($range)*])?, $field)
                        && let Some(word) = out.next()
                    {
                        *word = Word::to_word(self.$field, format);
                    })*
                }

                #[inline]
                fn decode(format: &Format, words: &[u32]) -> Option<Self> {
                    let mut words = words.iter();
                    Some(Self { $($field: if has!(format $([$($range)*])?, $field) {
                        Word::from_word(format, *words.next()?)?
                    } else {
                        Word::ABSENT
                    },)* })
                }
            }
        )*
    };
}

define_payloads! {
    /// Two operands.
    Bin { lhs: Ref, rhs: Ref } None;
    /// Two operands of an extended instruction.
    BinNode { node: i32, lhs: Ref, rhs: Ref } None;
    /// The operand of an extended instruction.
    UnNode { node: i32, operand: Ref } None;
    /// Where a break goes to. `operand_src_node` is [`Break::NO_SRC_NODE`] where there is none.
    Break { operand_src_node: i32, block_inst: Index } None;
    /// Inline assembly; [`AsmOutput`]s, [`AsmInput`]s and clobbers (strings, up to 0.14) trail. Bit n of
    /// `output_type_bits`: whether output n is a type, and so the result. For `asm_expr` the word
    /// `asm_source` is a [`Ref`].
    Asm { src_node: i32, asm_source: NullTerminatedString, output_type_bits: u32, clobbers: Ref [G15..] } Own;
    /// An output of inline assembly.
    AsmOutput { name: NullTerminatedString, constraint: NullTerminatedString, operand: Ref } None;
    /// An input of inline assembly.
    AsmInput { name: NullTerminatedString, constraint: NullTerminatedString, operand: Ref } None;
    /// A function. Trailing: return type; body; with a body also [`FuncSrcLocs`] and the hash of the
    /// prototype.
    Func { ret_ty: FuncRetTy, param_block: Index, body_len: u32 } Own;
    /// Lines and columns of a function's braces, relative to the declaration; `columns` has the column of the
    /// left brace in its lower 16 bits and that of the right brace in its upper 16.
    FuncSrcLocs { lbrace_line: u32, rbrace_line: u32, columns: u32 } None;
    /// A function with a calling convention or other extras. Trailing: calling convention; return type;
    /// `noalias` bits; body; with a body also [`FuncSrcLocs`] and the hash of the prototype.
    FuncFancy { param_block: Index, body_len: u32, bits: FuncFancyBits } Own;
    /// Operands; as many references trail.
    MultiOp { operands_len: u32 } Refs;
    /// Operands of an extended instruction; as many references trail as `small` says.
    NodeMultiOp { src_node: i32 } SmallRefs;
    /// A body; its instructions trail.
    Block { body_len: u32 } Body;
    /// A body evaluated at compile time.
    BlockComptime { reason: SimpleComptimeReason, body_len: u32 } Body;
    /// The left operand of `and` or `or`; the body of the right one trails.
    BoolBr { lhs: Ref, body_len: u32 } Body;
    /// A declaration: source hash, then [`DeclarationFlags`]. What trails depends on the flags' id.
    Declaration {
        src_hash_0: u32, src_hash_1: u32, src_hash_2: u32, src_hash_3: u32, flags_0: u32, flags_1: u32
    } Own;
    /// A call. Trailing: for each argument the end of its body, counted from the first trailing word; then
    /// the bodies.
    Call { flags: CallFlags, callee: Ref } Own;
    /// A call of a field or method; arguments as in [`Call`].
    FieldCall { flags: CallFlags, obj_ptr: Ref, field_name_start: NullTerminatedString } Own;
    /// `@TypeOf` of several operands: a body elsewhere in `extra`; as many references trail as `small` says.
    TypeOfPeer { src_node: i32, body_len: u32, body_index: u32 } Own;
    /// `@call`.
    BuiltinCall { flags: BuiltinCallFlags, modifier: Ref, callee: Ref, args: Ref } None;
    /// A condition; the bodies of the two branches trail.
    CondBr { condition: Ref, then_body_len: u32, else_body_len: u32 } Own;
    /// An error union; the body for the error case trails.
    Try { operand: Ref, body_len: u32 } Body;
    /// A pointer type. Trailing, by the flags: sentinel, alignment, address space, bit start, host size.
    PtrType { elem_type: Ref, src_node: i32 } Own;
    /// `[len:sentinel]elem_type`.
    ArrayTypeSentinel { len: Ref, sentinel: Ref, elem_type: Ref } None;
    /// `lhs[start..]`.
    SliceStart { lhs: Ref, start: Ref } None;
    /// `lhs[start..end]`.
    SliceEnd { lhs: Ref, start: Ref, end: Ref } None;
    /// `lhs[start..end :sentinel]`.
    SliceSentinel { lhs: Ref, start: Ref, end: Ref, sentinel: Ref } None;
    /// `lhs[start..][0..len]`, with or without a sentinel.
    SliceLength { lhs: Ref, start: Ref, len: Ref, sentinel: Ref, start_src_node_offset: i32 } None;
    /// A pointer and a constant index.
    ElemPtrImm { ptr: Ref, index: u32 } None;
    /// `@Type`; the node is absolute.
    Reify { node: u32, operand: Ref, src_line: u32 } None;
    /// `@Pointer`.
    ReifyPointer { node: i32, size: Ref, attrs: Ref, elem_ty: Ref, sentinel: Ref } None;
    /// `@Fn`.
    ReifyFn { node: i32, param_types: Ref, param_attrs: Ref, ret_ty: Ref, fn_attrs: Ref } None;
    /// `@Struct`; the node is absolute.
    ReifyStruct {
        src_line: u32, src_column: u32 [G17_0..], node: u32, layout: Ref, backing_ty: Ref, field_names: Ref,
        field_types: Ref, field_attrs: Ref
    } None;
    /// `@Union`; the node is absolute.
    ReifyUnion {
        src_line: u32, src_column: u32 [G17_0..], node: u32, layout: Ref, arg_ty: Ref, field_names: Ref,
        field_types: Ref, field_attrs: Ref
    } None;
    /// `@Enum`; the node is absolute.
    ReifyEnum {
        src_line: u32, src_column: u32 [G17_0..], node: u32, tag_ty: Ref, mode: Ref, field_names: Ref,
        field_values: Ref
    } None;
    /// `@SpirvType`; the node is absolute.
    ReifySpirvType { src_line: u32, src_column: u32, node: u32, operand: Ref } None;
    /// A switch on the error of an error union. Trailing: see [`crate::shape::Switch`].
    SwitchBlockErrUnion { operand: Ref, bits: u32, main_src_node_offset: i32 } Own;
    /// A switch. Trailing: see [`crate::shape::Switch`].
    SwitchBlock { operand: Ref, bits: u32 } Own;
    /// A pointer type and a number of elements.
    ArrayInitRefTy { ptr_ty: Ref, elem_count: u32 } None;
    /// An operand and the name of its field.
    Field { lhs: Ref, field_name_start: NullTerminatedString } None;
    /// An operand and the name of its field as a value.
    FieldNamed { lhs: Ref, field_name: Ref } None;
    /// A type and an operand coerced to it.
    As { dest_type: Ref, operand: Ref } None;
    /// A struct. Trailing: see [`crate::shape::StructDecl`], from 0.16 on [`crate::shape::ContainerDecl16`].
    StructDecl {
        fields_hash_0: u32, fields_hash_1: u32, fields_hash_2: u32, fields_hash_3: u32, src_line: u32,
        src_column: u32 [G17_0..], src_node: u32
    } Own;
    /// An enum. Trailing: see [`crate::shape::EnumDecl`], from 0.16 on [`crate::shape::ContainerDecl16`].
    EnumDecl {
        fields_hash_0: u32, fields_hash_1: u32, fields_hash_2: u32, fields_hash_3: u32, src_line: u32,
        src_column: u32 [G17_0..], src_node: u32
    } Own;
    /// A union. Trailing: see [`crate::shape::UnionDecl`], from 0.16 on [`crate::shape::ContainerDecl16`].
    UnionDecl {
        fields_hash_0: u32, fields_hash_1: u32, fields_hash_2: u32, fields_hash_3: u32, src_line: u32,
        src_column: u32 [G17_0..], src_node: u32
    } Own;
    /// An opaque type. Trailing: see [`crate::shape::OpaqueDecl`].
    OpaqueDecl { src_line: u32, src_column: u32 [G17_0..], src_node: u32 } Own;
    /// A tuple type; for each field its type and its `comptime` value trail.
    TupleDecl { src_node: i32 } SmallRefPairs;
    /// An error set; the names trail.
    ErrorSetDecl { fields_len: u32 } Strings;
    /// A 128-bit float, least significant word first.
    Float128 { piece0: u32, piece1: u32, piece2: u32, piece3: u32 } None;
    /// A typed struct initialisation; [`StructInitItem`]s trail.
    StructInit { abs_node: u32, src_line: u32, src_column: u32 [G17_0..], fields_len: u32 } Items StructInitItem;
    /// A field of a typed struct initialisation.
    StructInitItem { field_type: Index, init: Ref } None;
    /// A struct initialisation without a type; [`StructInitAnonItem`]s trail.
    StructInitAnon { abs_node: u32, src_line: u32, src_column: u32 [G17_0..], fields_len: u32 } Items StructInitAnonItem;
    /// A field of a struct initialisation without a type.
    StructInitAnonItem { field_name: NullTerminatedString, init: Ref } None;
    /// A type and the name of its field.
    FieldType { container_type: Ref, name_start: NullTerminatedString } None;
    /// A type and the name of its field as a value.
    FieldTypeRef { container_type: Ref, field_name: Ref } None;
    /// `@cmpxchgWeak` and `@cmpxchgStrong`.
    Cmpxchg { node: i32, ptr: Ref, expected_value: Ref, new_value: Ref, success_order: Ref, failure_order: Ref } None;
    /// `@atomicRmw`.
    AtomicRmw { ptr: Ref, operation: Ref, operand: Ref, ordering: Ref } None;
    /// `@unionInit`.
    UnionInit { union_type: Ref, field_name: Ref, init: Ref } None;
    /// `@atomicStore`.
    AtomicStore { ptr: Ref, operand: Ref, ordering: Ref } None;
    /// `@atomicLoad`.
    AtomicLoad { elem_type: Ref, ptr: Ref, ordering: Ref } None;
    /// `@mulAdd`.
    MulAdd { mulend1: Ref, mulend2: Ref, addend: Ref } None;
    /// `@fieldParentPtr`.
    FieldParentPtr { src_node: i32, parent_ptr_type: Ref, field_name: Ref, field_ptr: Ref } None;
    /// `@shuffle`.
    Shuffle { elem_type: Ref, a: Ref, b: Ref, mask: Ref } None;
    /// `@select`.
    Select { node: i32, elem_type: Ref, pred: Ref, a: Ref, b: Ref } None;
    /// `@asyncCall`.
    AsyncCall { node: i32, frame_buffer: Ref, result_ptr: Ref, fn_ptr: Ref, args: Ref } None;
    /// A parameter; the body of its type trails.
    Param { name: NullTerminatedString, r#type: ParamType } Own;
    /// An allocation. Trailing, by `small`: type, alignment.
    AllocExtended { src_node: i32 } Own;
    /// `@export`.
    Export { exported: Ref, options: Ref } None;
    /// The compile errors of the file; [`CompileErrorsItem`]s trail.
    CompileErrors { items_len: u32 } Items CompileErrorsItem;
    /// A compile error or note. `node` is none where `token` and `byte_offset` say the place; `notes` is 0 or
    /// the index of a [`Block`] of indices of such items.
    CompileErrorsItem {
        msg: NullTerminatedString, node: OptionalNumber, token: OptionalNumber, byte_offset: u32, notes: u32
    } None;
    /// The imports of the file; [`ImportsItem`]s trail.
    Imports { imports_len: u32 } Items ImportsItem;
    /// An import: its name and the token of the string.
    ImportsItem { name: NullTerminatedString, token: u32 } None;
    /// A line and a column.
    LineColumn { line: u32, column: u32 } None;
    /// A type and a number of elements.
    ArrayInit { ty: Ref, init_count: u32 } None;
    /// `@src`.
    Src { node: i32, line: u32, column: u32 } None;
    /// `errdefer` with a capture: the instruction that stands for the capture, and a body elsewhere in
    /// `extra`.
    DeferErrCode { remapped_err_code: Index, index: u32, len: u32 } Own;
    /// A destructuring assignment.
    ValidateDestructure { operand: Ref, destructure_node: i32, expect_len: u32 } None;
    /// `lhs ** rhs` with its result type, if known.
    ArrayMul { res_ty: Ref, lhs: Ref, rhs: Ref } None;
    /// Where the error return trace goes back to.
    RestoreErrRetIndex { src_node: i32, block: Ref, operand: Ref } None;
    /// `@import` with its result type, if known.
    Import { res_ty: Ref, path: NullTerminatedString } None;
}

impl Break {
    /// The value of `operand_src_node` where the break has no operand of its own.
    pub const NO_SRC_NODE: i32 = i32::MAX;
}

impl Declaration {
    /// From a source hash and flags.
    pub fn new(format: &Format, src_hash: [u8; 16], flags: DeclarationFlags) -> Self {
        let [src_hash_0, src_hash_1, src_hash_2, src_hash_3] = hash_words(src_hash);
        let [flags_0, flags_1] = flags.to_words(format);
        Self {
            src_hash_0,
            src_hash_1,
            src_hash_2,
            src_hash_3,
            flags_0,
            flags_1,
        }
    }

    /// The flags; none where the id is unknown.
    pub fn flags(&self, format: &Format) -> Option<DeclarationFlags> {
        DeclarationFlags::from_words(format, [self.flags_0, self.flags_1])
    }
}

impl FuncSrcLocs {
    /// The word `columns`. Columns beyond 16 bits run over, as they do in the reference.
    pub const fn pack_columns(lbrace_column: u32, rbrace_column: u32) -> u32 {
        lbrace_column | rbrace_column << 16
    }

    /// Column of the left brace.
    pub fn lbrace_column(&self) -> u16 {
        self.columns as u16
    }

    /// Column of the right brace.
    pub fn rbrace_column(&self) -> u16 {
        (self.columns >> 16) as u16
    }
}

impl Float128 {
    /// From the bits of the number.
    pub fn new(bits: u128) -> Self {
        Self {
            piece0: bits as u32,
            piece1: (bits >> 32) as u32,
            piece2: (bits >> 64) as u32,
            piece3: (bits >> 96) as u32,
        }
    }

    /// The bits of the number.
    pub fn to_bits(self) -> u128 {
        u128::from(self.piece0)
            | u128::from(self.piece1) << 32
            | u128::from(self.piece2) << 64
            | u128::from(self.piece3) << 96
    }
}

/// A 16-byte hash as the four words in which payloads hold it, their least significant bytes first.
pub(crate) fn hash_words(hash: [u8; 16]) -> [u32; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(hash.chunks_exact(4)) {
        *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    words
}
