//! Payloads whose trailing words have a shape of their own, taken apart.
//!
//! Every reader answers `None` where the payload would reach beyond the end of `extra` or has an unknown
//! number in it; references, indices and strings in it are handed over unchecked.

mod containers;
mod containers16;
mod switch16;

pub use switch16::{NonErr, Prong16, Switch16, SwitchItem};

use crate::Format;
use crate::enums::{ProngCapture, SpecialProngs};
use crate::index::{Index, NullTerminatedString, Ref};
use crate::inst::{Extended, ExtendedData, Tag};
use crate::list::{Body, FromWord, List, Refs, Strings};
use crate::payload::{self, Payload};
use crate::small::{
    self, Capture, DeclarationFlags, DeclarationId, ProngInfo, PtrTypeFlags, Under,
};
use crate::view::ZirRef;

pub use containers::{
    BackingInt, EnumDecl, EnumField, StructDecl, StructField, UnionDecl, UnionField,
};
pub use containers16::{ContainerDecl16, Field16, Kind16};

/// Reads words one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    zir: ZirRef<'a>,
    at: u32,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(zir: ZirRef<'a>, at: u32) -> Self {
        Cursor { zir, at }
    }

    pub(crate) fn at(&self) -> u32 {
        self.at
    }

    #[inline]
    pub(crate) fn word(&mut self) -> Option<u32> {
        let word = self.zir.word(self.at)?;
        self.at += 1;
        Some(word)
    }

    /// A word that is a reference.
    #[inline]
    pub(crate) fn reference(&mut self) -> Option<Ref> {
        let format = self.zir.format();
        self.word().map(|word| format.ref_of(word))
    }

    pub(crate) fn word_if(&mut self, present: bool) -> Option<u32> {
        if present { self.word() } else { Some(0) }
    }

    pub(crate) fn ref_if(&mut self, present: bool) -> Option<Ref> {
        if present {
            self.reference()
        } else {
            Some(Ref::NONE)
        }
    }

    pub(crate) fn list<T: FromWord>(&mut self, len: u32) -> Option<List<'a, T>> {
        let list = self.zir.list(self.at, len)?;
        self.at += len;
        Some(list)
    }

    pub(crate) fn payload<P: Payload>(&mut self) -> Option<P> {
        let (payload, end) = self.zir.payload(self.at)?;
        self.at = end;
        Some(payload)
    }
}

/// What a type declaration takes from outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct Captures<'a> {
    values: List<'a, u32>,
    names: Strings<'a>,
}

impl<'a> Captures<'a> {
    fn read(cursor: &mut Cursor<'a>, len: u32) -> Option<Self> {
        Some(Captures {
            values: cursor.list(len)?,
            names: cursor.list(len)?,
        })
    }

    /// Number of captures.
    pub fn len(&self) -> u32 {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The captures and the names they have inside; none in place of a word that is no capture.
    pub fn iter(&self) -> impl Iterator<Item = (Option<Capture>, NullTerminatedString)> + use<'a> {
        self.values
            .iter()
            .map(Capture::from_bits)
            .zip(self.names.iter())
    }
}

/// The words of a container's source hash, as bytes.
pub(crate) fn hash_bytes(words: [u32; 4]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (to, from) in bytes.chunks_exact_mut(4).zip(words) {
        to.copy_from_slice(&from.to_le_bytes());
    }
    bytes
}

/// `opaque_decl`
#[derive(Clone, Copy, Debug)]
pub struct OpaqueDecl<'a> {
    /// `small`
    pub small: small::OpaqueDecl,
    /// The words at the start.
    pub head: payload::OpaqueDecl,
    /// What it captures.
    pub captures: Captures<'a>,
    /// The declarations in it.
    pub decls: Body<'a>,
    end: u32,
}

impl<'a> OpaqueDecl<'a> {
    /// Reads one from `small` and `operand` of the extended instruction.
    pub fn read(zir: ZirRef<'a>, small: u16, operand: u32) -> Option<Self> {
        let small = small::OpaqueDecl::from_bits(small)?;
        let mut cursor = Cursor::new(zir, operand);
        let head = cursor.payload()?;
        let captures_len = cursor.word_if(small.has_captures_len)?;
        let decls_len = cursor.word_if(small.has_decls_len)?;
        let captures = Captures::read(&mut cursor, captures_len)?;
        let decls = cursor.list(decls_len)?;
        Some(OpaqueDecl {
            small,
            head,
            captures,
            decls,
            end: cursor.at(),
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// What the declarations of all kinds of containers have in common, in every generation.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    /// Hash of the source of the fields; zeros for an opaque type.
    pub fields_hash: [u8; 16],
    /// Its node.
    pub src_node: u32,
    /// What it captures.
    pub captures: Captures<'a>,
    /// The declarations in it.
    pub decls: Body<'a>,
}

impl<'a> Container<'a> {
    /// Reads one from the data of the extended instruction; none for other instructions.
    pub fn read(zir: ZirRef<'a>, ext: ExtendedData) -> Option<Self> {
        let (small, at) = (ext.small, ext.operand);
        if ext.opcode != Extended::OpaqueDecl
            && zir.format().generation.rules().container_fields_are_bodies
        {
            let decl = ContainerDecl16::read(zir, ext.opcode, small, at)?;
            return Some(Container {
                fields_hash: decl.fields_hash,
                src_node: decl.src_node,
                captures: decl.captures,
                decls: decl.decls,
            });
        }
        let (fields_hash, src_node, captures, decls) = match ext.opcode {
            Extended::StructDecl => {
                let decl = StructDecl::read(zir, small, at)?;
                let hash = decl.fields_hash();
                (hash, decl.head.src_node, decl.captures, decl.decls)
            }
            Extended::UnionDecl => {
                let decl = UnionDecl::read(zir, small, at)?;
                let hash = decl.fields_hash();
                (hash, decl.head.src_node, decl.captures, decl.decls)
            }
            Extended::EnumDecl => {
                let decl = EnumDecl::read(zir, small, at)?;
                let hash = decl.fields_hash();
                (hash, decl.head.src_node, decl.captures, decl.decls)
            }
            Extended::OpaqueDecl => {
                let decl = OpaqueDecl::read(zir, small, at)?;
                ([0; 16], decl.head.src_node, decl.captures, decl.decls)
            }
            _ => return None,
        };
        Some(Container {
            fields_hash,
            src_node,
            captures,
            decls,
        })
    }
}

/// `declaration`
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// Hash of the source.
    pub src_hash: [u8; 16],
    /// What is declared, and where.
    pub flags: DeclarationFlags,
    /// Its name; empty where it has none.
    pub name: NullTerminatedString,
    /// The library it comes from; empty where none is named.
    pub lib_name: NullTerminatedString,
    /// Its type; empty where it is inferred or the value has it. Likewise below: what is not there is empty.
    pub type_body: Body<'a>,
    /// Its alignment.
    pub align_body: Body<'a>,
    /// Its section.
    pub linksection_body: Body<'a>,
    /// Its address space.
    pub addrspace_body: Body<'a>,
    /// Its value.
    pub value_body: Body<'a>,
    end: u32,
}

impl<'a> Declaration<'a> {
    /// Reads one from the payload index of the instruction.
    pub fn read(zir: ZirRef<'a>, payload_index: u32) -> Option<Self> {
        let mut cursor = Cursor::new(zir, payload_index);
        let head: payload::Declaration = cursor.payload()?;
        let flags = head.flags(zir.format())?;
        let id = flags.id;
        let name = NullTerminatedString(cursor.word_if(id.has_name())?);
        let lib_name = NullTerminatedString(cursor.word_if(id.has_lib_name())?);
        let type_len = cursor.word_if(id.has_type_body())?;
        let align_len = cursor.word_if(id.has_special_bodies())?;
        let linksection_len = cursor.word_if(id.has_special_bodies())?;
        let addrspace_len = cursor.word_if(id.has_special_bodies())?;
        let value_len = cursor.word_if(id.has_value_body())?;
        Some(Declaration {
            src_hash: hash_bytes([
                head.src_hash_0,
                head.src_hash_1,
                head.src_hash_2,
                head.src_hash_3,
            ]),
            flags,
            name,
            lib_name,
            type_body: cursor.list(type_len)?,
            align_body: cursor.list(align_len)?,
            linksection_body: cursor.list(linksection_len)?,
            addrspace_body: cursor.list(addrspace_len)?,
            value_body: cursor.list(value_len)?,
            end: cursor.at(),
        })
    }

    /// What is declared.
    pub fn id(&self) -> DeclarationId {
        self.flags.id
    }

    /// The five bodies, in their order.
    pub fn bodies(&self) -> [Body<'a>; 5] {
        [
            self.type_body,
            self.align_body,
            self.linksection_body,
            self.addrspace_body,
            self.value_body,
        ]
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// A reference or a body, or neither.
#[derive(Clone, Copy, Debug)]
pub enum RefOrBody<'a> {
    /// Neither.
    None,
    /// A reference.
    Ref(Ref),
    /// A body.
    Body(Body<'a>),
}

/// `func`, `func_inferred`, `func_fancy`
#[derive(Clone, Copy, Debug)]
pub struct Func<'a> {
    /// The instruction whose body has the parameters.
    pub param_block: Index,
    /// The calling convention; none for the default.
    pub cc: RefOrBody<'a>,
    /// The return type; none where `func_fancy` has none, which means void.
    pub ret_ty: RefOrBody<'a>,
    /// Whether the return type depends on parameters.
    pub ret_ty_is_generic: bool,
    /// Whether the error set is inferred.
    pub is_inferred_error: bool,
    /// Whether the parameters end in `...`.
    pub is_var_args: bool,
    /// Whether it is `noinline`.
    pub is_noinline: bool,
    /// Bit n: whether parameter n is `noalias`.
    pub noalias_bits: u32,
    /// The body; empty for a prototype.
    pub body: Body<'a>,
    /// Where the braces are; there where there is a body.
    pub src_locs: Option<payload::FuncSrcLocs>,
    /// Hash of the prototype's source; there where there is a body.
    pub proto_hash: Option<[u8; 16]>,
    end: u32,
}

impl<'a> Func<'a> {
    /// Reads one from the tag and payload index of the instruction; none for other tags.
    pub fn read(zir: ZirRef<'a>, tag: Tag, payload_index: u32) -> Option<Self> {
        let mut cursor = Cursor::new(zir, payload_index);
        let mut func = Func {
            param_block: Index(0),
            cc: RefOrBody::None,
            ret_ty: RefOrBody::None,
            ret_ty_is_generic: false,
            is_inferred_error: tag == Tag::FuncInferred,
            is_var_args: false,
            is_noinline: false,
            noalias_bits: 0,
            body: List::default(),
            src_locs: None,
            proto_hash: None,
            end: 0,
        };
        let body_len = match tag {
            Tag::Func | Tag::FuncInferred => {
                let head: payload::Func = cursor.payload()?;
                func.param_block = head.param_block;
                func.ret_ty_is_generic = head.ret_ty.is_generic;
                func.ret_ty = match head.ret_ty.body_len {
                    0 => RefOrBody::Ref(Ref::VOID_TYPE),
                    1 => RefOrBody::Ref(cursor.reference()?),
                    len => RefOrBody::Body(cursor.list(len)?),
                };
                head.body_len
            }
            Tag::FuncFancy => {
                let head: payload::FuncFancy = cursor.payload()?;
                let bits = head.bits;
                func.param_block = head.param_block;
                func.ret_ty_is_generic = bits.ret_ty_is_generic;
                func.is_inferred_error = bits.is_inferred_error;
                func.is_var_args = bits.is_var_args;
                func.is_noinline = bits.is_noinline;
                let mut part = |as_body: bool, as_ref: bool| -> Option<RefOrBody<'a>> {
                    Some(if as_body {
                        let len = cursor.word()?;
                        RefOrBody::Body(cursor.list(len)?)
                    } else if as_ref {
                        RefOrBody::Ref(cursor.reference()?)
                    } else {
                        RefOrBody::None
                    })
                };
                func.cc = part(bits.has_cc_body, bits.has_cc_ref)?;
                func.ret_ty = part(bits.has_ret_ty_body, bits.has_ret_ty_ref)?;
                func.noalias_bits = cursor.word_if(bits.has_any_noalias)?;
                head.body_len
            }
            _ => return None,
        };
        func.body = cursor.list(body_len)?;
        if body_len != 0 {
            func.src_locs = Some(cursor.payload()?);
            func.proto_hash = Some(hash_bytes([
                cursor.word()?,
                cursor.word()?,
                cursor.word()?,
                cursor.word()?,
            ]));
        }
        func.end = cursor.at();
        Some(func)
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// What a call calls.
#[derive(Clone, Copy, Debug)]
pub enum Callee {
    /// A function.
    Direct(Ref),
    /// A field or method.
    Field {
        /// Pointer to the object.
        obj_ptr: Ref,
        /// Name of the field or method.
        name: NullTerminatedString,
    },
}

/// `call`, `field_call`
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Modifier and number of arguments.
    pub flags: small::CallFlags,
    /// What is called.
    pub callee: Callee,
    ends: List<'a, u32>,
    all: List<'a, u32>,
    end: u32,
}

impl<'a> Call<'a> {
    /// Reads one from the tag and payload index of the instruction; none for other tags.
    pub fn read(zir: ZirRef<'a>, tag: Tag, payload_index: u32) -> Option<Self> {
        let mut cursor = Cursor::new(zir, payload_index);
        let (flags, callee) = match tag {
            Tag::Call => {
                let head: payload::Call = cursor.payload()?;
                (head.flags, Callee::Direct(head.callee))
            }
            Tag::FieldCall => {
                let head: payload::FieldCall = cursor.payload()?;
                (
                    head.flags,
                    Callee::Field {
                        obj_ptr: head.obj_ptr,
                        name: head.field_name_start,
                    },
                )
            }
            _ => return None,
        };
        let start = cursor.at();
        let ends = cursor.list::<u32>(flags.args_len)?;
        // The bodies follow each other, so their ends only grow.
        let mut last = flags.args_len;
        for end in ends.iter() {
            if end < last {
                return None;
            }
            last = end;
        }
        let all = zir.list::<u32>(start, last)?;
        Some(Call {
            flags,
            callee,
            ends,
            all,
            end: start + last,
        })
    }

    /// The bodies of the arguments.
    pub fn args(&self) -> impl Iterator<Item = Body<'a>> + use<'a> {
        let all = self.all;
        let mut start = self.flags.args_len;
        self.ends.iter().map_while(move |end| {
            let body = all.slice(start, end)?;
            start = end;
            Some(body.cast())
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// A prong of a switch.
#[derive(Clone, Copy, Debug)]
pub struct Prong<'a> {
    /// Capture and `inline`.
    pub info: ProngInfo,
    /// Single items.
    pub items: Refs<'a>,
    /// First and last of each range, one after the other.
    pub ranges: Refs<'a>,
    /// What is done.
    pub body: Body<'a>,
}

/// `switch_block`, `switch_block_ref`, `switch_block_err_union` up to 0.15
///
/// In `extra` the head is followed by the number of prongs with several items (where the bits say so), the
/// instruction that stands for a capture (likewise), the prong for the payload (error unions only), the
/// special prongs (`else` before `_`), the prongs of one item, the prongs of several. A prong is its
/// [`ProngInfo`] and its body; before them stands the item, or the numbers of items and ranges; between them
/// the items and ranges.
#[derive(Clone, Copy, Debug)]
pub struct Switch<'a> {
    /// What is switched on.
    pub operand: Ref,
    /// The instruction that prongs use for the tag capture, or for the error captured outside.
    pub capture_inst: Option<Index>,
    /// For an error union, the prong of the payload.
    pub non_err: Option<Prong<'a>>,
    /// The `else` prong.
    pub else_prong: Option<Prong<'a>>,
    /// The `_` prong, from 0.15 on with the items beside `_`.
    pub under_prong: Option<Prong<'a>>,
    /// Number of prongs of one item.
    pub scalar_cases_len: u32,
    /// Number of prongs of several items.
    pub multi_cases_len: u32,
    cases: Cursor<'a>,
    end: u32,
}

/// What the bits of a switch say, in every generation up to 0.15.
struct SwitchBits {
    has_multi_cases: bool,
    has_capture: bool,
    special_prongs: SpecialProngs,
    scalar_cases_len: u32,
}

impl SwitchBits {
    fn of(format: &Format, bits: u32) -> Option<SwitchBits> {
        if format.generation.rules().switch_under_has_items {
            let bits = small::SwitchBlockBits15::from_bits(bits)?;
            return Some(SwitchBits {
                has_multi_cases: bits.has_multi_cases,
                has_capture: bits.any_has_tag_capture,
                special_prongs: bits.special_prongs,
                scalar_cases_len: bits.scalar_cases_len,
            });
        }
        let bits = small::SwitchBlockBits::from_bits(bits);
        Some(SwitchBits {
            has_multi_cases: bits.has_multi_cases,
            has_capture: bits.any_has_tag_capture,
            special_prongs: match (bits.has_else, bits.has_under) {
                (false, false) => SpecialProngs::None,
                (true, false) => SpecialProngs::Else,
                (false, true) => SpecialProngs::Under,
                (true, true) => return None,
            },
            scalar_cases_len: bits.scalar_cases_len,
        })
    }

    fn of_err_union(bits: u32) -> SwitchBits {
        let bits = small::SwitchBlockErrUnionBits::from_bits(bits);
        SwitchBits {
            has_multi_cases: bits.has_multi_cases,
            has_capture: bits.any_uses_err_capture,
            special_prongs: if bits.has_else {
                SpecialProngs::Else
            } else {
                SpecialProngs::None
            },
            scalar_cases_len: bits.scalar_cases_len,
        }
    }
}

fn prong_info(cursor: &mut Cursor<'_>) -> Option<ProngInfo> {
    ProngInfo::from_bits(cursor.word()?)
}

fn special_prong<'a>(cursor: &mut Cursor<'a>) -> Option<Prong<'a>> {
    let info = prong_info(cursor)?;
    Some(Prong {
        info,
        items: List::default(),
        ranges: List::default(),
        body: cursor.list(info.body_len)?,
    })
}

fn scalar_prong<'a>(cursor: &mut Cursor<'a>) -> Option<Prong<'a>> {
    let items = cursor.list(1)?;
    let info = prong_info(cursor)?;
    Some(Prong {
        info,
        items,
        ranges: List::default(),
        body: cursor.list(info.body_len)?,
    })
}

fn multi_prong<'a>(cursor: &mut Cursor<'a>) -> Option<Prong<'a>> {
    let items_len = cursor.word()?;
    let ranges_len = cursor.word()?;
    let info = prong_info(cursor)?;
    Some(Prong {
        info,
        items: cursor.list(items_len)?,
        ranges: cursor.list(ranges_len.checked_mul(2)?)?,
        body: cursor.list(info.body_len)?,
    })
}

impl<'a> Switch<'a> {
    /// Reads one from the tag and payload index of the instruction; none for other tags.
    pub fn read(zir: ZirRef<'a>, tag: Tag, payload_index: u32) -> Option<Self> {
        let mut cursor = Cursor::new(zir, payload_index);
        let (operand, bits) = match tag {
            Tag::SwitchBlock | Tag::SwitchBlockRef => {
                let head: payload::SwitchBlock = cursor.payload()?;
                (head.operand, SwitchBits::of(zir.format(), head.bits)?)
            }
            Tag::SwitchBlockErrUnion => {
                let head: payload::SwitchBlockErrUnion = cursor.payload()?;
                (head.operand, SwitchBits::of_err_union(head.bits))
            }
            _ => return None,
        };
        let scalar_cases_len = bits.scalar_cases_len;
        let multi_cases_len = cursor.word_if(bits.has_multi_cases)?;
        let capture_inst = if bits.has_capture {
            Some(Index(cursor.word()?))
        } else {
            None
        };
        let non_err = match tag {
            Tag::SwitchBlockErrUnion => Some(special_prong(&mut cursor)?),
            _ => None,
        };
        let else_prong = if bits.special_prongs.has_else() {
            Some(special_prong(&mut cursor)?)
        } else {
            None
        };
        let under_prong = match bits.special_prongs.under() {
            Under::None => None,
            Under::Alone => Some(special_prong(&mut cursor)?),
            Under::WithItem => Some(scalar_prong(&mut cursor)?),
            Under::WithItems => Some(multi_prong(&mut cursor)?),
        };
        let cases = cursor;
        for _ in 0..scalar_cases_len {
            scalar_prong(&mut cursor)?;
        }
        for _ in 0..multi_cases_len {
            multi_prong(&mut cursor)?;
        }
        Some(Switch {
            operand,
            capture_inst,
            non_err,
            else_prong,
            under_prong,
            scalar_cases_len,
            multi_cases_len,
            cases,
            end: cursor.at(),
        })
    }

    /// The prongs with items: those of one item, then the others.
    pub fn cases(&self) -> impl Iterator<Item = Prong<'a>> + use<'a> {
        let (mut cursor, scalars) = (self.cases, self.scalar_cases_len);
        let all = u64::from(scalars) + u64::from(self.multi_cases_len);
        (0..all).map_while(move |case| {
            if case < u64::from(scalars) {
                scalar_prong(&mut cursor)
            } else {
                multi_prong(&mut cursor)
            }
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// How a prong captures the payload, in the words of the text form.
pub(crate) fn capture_text(capture: ProngCapture) -> &'static str {
    match capture {
        ProngCapture::None => "",
        ProngCapture::ByVal => "by_val ",
        ProngCapture::ByRef => "by_ref ",
    }
}

/// `asm`, `asm_expr`
#[derive(Clone, Copy, Debug)]
pub struct Asm<'a> {
    /// Number of outputs.
    pub outputs_len: u8,
    /// Number of inputs.
    pub inputs_len: u8,
    /// Whether it is `volatile`.
    pub is_volatile: bool,
    /// The words at the start.
    pub head: payload::Asm,
    /// Clobbers, up to 0.14; later they are an expression of the head.
    pub clobbers: Strings<'a>,
    operands: Cursor<'a>,
    end: u32,
}

impl<'a> Asm<'a> {
    /// Reads one from `small` and `operand` of the extended instruction.
    pub fn read(zir: ZirRef<'a>, small: u16, operand: u32) -> Option<Self> {
        let (outputs_len, inputs_len, clobbers_len, is_volatile) = if zir
            .format()
            .generation
            .rules()
            .asm_clobbers_are_an_expression
        {
            let small = small::Asm15::from_bits(small);
            (small.outputs_len, small.inputs_len, 0, small.is_volatile)
        } else {
            let small = small::Asm::from_bits(small);
            let lens = (small.outputs_len, small.inputs_len);
            (lens.0, lens.1, small.clobbers_len, small.is_volatile)
        };
        let mut cursor = Cursor::new(zir, operand);
        let head = cursor.payload()?;
        let operands = cursor;
        for _ in 0..outputs_len {
            cursor.payload::<payload::AsmOutput>()?;
        }
        for _ in 0..inputs_len {
            cursor.payload::<payload::AsmInput>()?;
        }
        let clobbers = cursor.list(u32::from(clobbers_len))?;
        Some(Asm {
            outputs_len,
            inputs_len,
            is_volatile,
            head,
            clobbers,
            operands,
            end: cursor.at(),
        })
    }

    /// The outputs, and whether each is a type.
    pub fn outputs(&self) -> impl Iterator<Item = (payload::AsmOutput, bool)> + use<'a> {
        let (mut cursor, bits) = (self.operands, self.head.output_type_bits);
        // What is damaged may have more outputs than there are bits.
        let is_type = move |n| bits.checked_shr(u32::from(n)).unwrap_or(0) & 1 != 0;
        (0..self.outputs_len).map_while(move |n| Some((cursor.payload()?, is_type(n))))
    }

    /// The inputs.
    pub fn inputs(&self) -> impl Iterator<Item = payload::AsmInput> + use<'a> {
        let mut cursor = self.operands;
        cursor.at +=
            u32::from(self.outputs_len) * payload::AsmOutput::len(cursor.zir.format()) as u32;
        (0..self.inputs_len).map_while(move |_| cursor.payload())
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// `ptr_type`
#[derive(Clone, Copy, Debug)]
pub struct PtrType {
    /// The words at the start.
    pub head: payload::PtrType,
    /// Sentinel; [`Ref::NONE`] where there is none, likewise below.
    pub sentinel: Ref,
    /// Alignment.
    pub align: Ref,
    /// Address space.
    pub addrspace: Ref,
    /// First bit of a range of bits.
    pub bit_start: Ref,
    /// Bytes of the integer that has the range.
    pub host_size: Ref,
    end: u32,
}

impl PtrType {
    /// Reads one from flags and payload index of the instruction.
    pub fn read(zir: ZirRef<'_>, flags: PtrTypeFlags, payload_index: u32) -> Option<Self> {
        let mut cursor = Cursor::new(zir, payload_index);
        Some(PtrType {
            head: cursor.payload()?,
            sentinel: cursor.ref_if(flags.has_sentinel)?,
            align: cursor.ref_if(flags.has_align)?,
            addrspace: cursor.ref_if(flags.has_addrspace)?,
            bit_start: cursor.ref_if(flags.has_bit_range)?,
            host_size: cursor.ref_if(flags.has_bit_range)?,
            end: cursor.at(),
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// `alloc` among the extended instructions.
#[derive(Clone, Copy, Debug)]
pub struct AllocExtended {
    /// `small`
    pub small: small::AllocExtended,
    /// The words at the start.
    pub head: payload::AllocExtended,
    /// Type; [`Ref::NONE`] where it is inferred.
    pub ty: Ref,
    /// Alignment; [`Ref::NONE`] where there is none.
    pub align: Ref,
    end: u32,
}

impl AllocExtended {
    /// Reads one from `small` and `operand` of the extended instruction.
    pub fn read(zir: ZirRef<'_>, small: u16, operand: u32) -> Option<Self> {
        let small = small::AllocExtended::from_bits(small);
        let mut cursor = Cursor::new(zir, operand);
        Some(AllocExtended {
            small,
            head: cursor.payload()?,
            ty: cursor.ref_if(small.has_type)?,
            align: cursor.ref_if(small.has_align)?,
            end: cursor.at(),
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}
