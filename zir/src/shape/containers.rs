//! Structs, unions and enums up to 0.15: what a field consists of stands with the field, as references where
//! it needs no body.

use super::{Captures, Cursor, hash_bytes};
use crate::index::{NullTerminatedString, Ref};
use crate::list::{Body, List};
use crate::payload;
use crate::small;
use crate::view::ZirRef;

macro_rules! fields_hash {
    ($head:expr) => {
        hash_bytes([
            $head.fields_hash_0,
            $head.fields_hash_1,
            $head.fields_hash_2,
            $head.fields_hash_3,
        ])
    };
}

/// The backing integer type of a packed struct.
#[derive(Clone, Copy, Debug)]
pub enum BackingInt<'a> {
    /// None is given.
    None,
    /// A reference.
    Ref(Ref),
    /// A body.
    Body(Body<'a>),
}

/// `struct_decl` up to 0.15
#[derive(Clone, Copy, Debug)]
pub struct StructDecl<'a> {
    /// `small`
    pub small: small::StructDecl,
    /// The words at the start.
    pub head: payload::StructDecl,
    /// What it captures.
    pub captures: Captures<'a>,
    /// The backing integer type.
    pub backing_int: BackingInt<'a>,
    /// The declarations in it.
    pub decls: Body<'a>,
    /// Number of fields.
    pub fields_len: u32,
    bits: List<'a, u32>,
    fields: Cursor<'a>,
    bodies: List<'a, u32>,
    end: u32,
}

/// A field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct StructField<'a> {
    /// Its name; empty for a tuple's.
    pub name: NullTerminatedString,
    /// Its type, where that is a reference.
    pub ty: Ref,
    /// Its type, where that is a body.
    pub type_body: Body<'a>,
    /// Its alignment.
    pub align_body: Body<'a>,
    /// Its default value.
    pub init_body: Body<'a>,
    /// Whether it is `comptime`.
    pub is_comptime: bool,
}

/// The words of a struct's field, before its bodies are known.
struct StructFieldWords {
    name: u32,
    ty: Ref,
    type_len: u32,
    align_len: u32,
    init_len: u32,
}

fn struct_field_words(
    cursor: &mut Cursor<'_>,
    bits: small::StructFieldBits,
) -> Option<StructFieldWords> {
    let name = cursor.word()?;
    let format = cursor.zir.format();
    let ty = cursor.word()?;
    let has_type_body = bits.has_type_body;
    Some(StructFieldWords {
        name,
        ty: if has_type_body {
            Ref::NONE
        } else {
            format.ref_of(ty)
        },
        type_len: if has_type_body { ty } else { 0 },
        align_len: cursor.word_if(bits.has_align)?,
        init_len: cursor.word_if(bits.has_init)?,
    })
}

/// The bits of a field, those of the fields after it above them.
fn field_bits(bits: &List<'_, u32>, field: u32, bits_per_field: u32) -> Option<u32> {
    let word = bits.get(field / small::fields_per_word(bits_per_field))?;
    Some(word >> small::field_shift(field, bits_per_field))
}

fn struct_field_bits(bits: &List<'_, u32>, field: u32) -> Option<small::StructFieldBits> {
    field_bits(bits, field, small::STRUCT_FIELD_BITS).map(small::StructFieldBits::from_bits)
}

fn union_field_bits(bits: &List<'_, u32>, field: u32) -> Option<small::UnionFieldBits> {
    field_bits(bits, field, small::UNION_FIELD_BITS).map(small::UnionFieldBits::from_bits)
}

impl<'a> StructDecl<'a> {
    /// Reads one from `small` and `operand` of the extended instruction; none in later generations.
    pub fn read(zir: ZirRef<'a>, small: u16, operand: u32) -> Option<Self> {
        if zir.format().generation.rules().container_fields_are_bodies {
            return None;
        }
        let small = small::StructDecl::from_bits(small)?;
        let mut cursor = Cursor::new(zir, operand);
        let head = cursor.payload()?;
        let captures_len = cursor.word_if(small.has_captures_len)?;
        let fields_len = cursor.word_if(small.has_fields_len)?;
        let decls_len = cursor.word_if(small.has_decls_len)?;
        let captures = Captures::read(&mut cursor, captures_len)?;
        let backing_int = if small.has_backing_int {
            match cursor.word()? {
                0 => BackingInt::Ref(cursor.reference()?),
                len => BackingInt::Body(cursor.list(len)?),
            }
        } else {
            BackingInt::None
        };
        let decls = cursor.list(decls_len)?;
        let bits = cursor
            .list::<u32>(fields_len.div_ceil(small::fields_per_word(small::STRUCT_FIELD_BITS)))?;
        let fields = cursor;
        let mut bodies_len = 0u32;
        for field in 0..fields_len {
            let words = struct_field_words(&mut cursor, struct_field_bits(&bits, field)?)?;
            for len in [words.type_len, words.align_len, words.init_len] {
                bodies_len = bodies_len.checked_add(len)?;
            }
        }
        let bodies = cursor.list(bodies_len)?;
        Some(StructDecl {
            small,
            head,
            captures,
            backing_int,
            decls,
            fields_len,
            bits,
            fields,
            bodies,
            end: cursor.at(),
        })
    }

    /// Hash of the source of the fields.
    pub fn fields_hash(&self) -> [u8; 16] {
        fields_hash!(self.head)
    }

    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = StructField<'a>> + use<'a> {
        let (bits, bodies, mut cursor) = (self.bits, self.bodies, self.fields);
        let mut at = 0;
        (0..self.fields_len).map_while(move |field| {
            let field_bits = struct_field_bits(&bits, field)?;
            let words = struct_field_words(&mut cursor, field_bits)?;
            let mut body = |len: u32| {
                let list = bodies.slice(at, at.checked_add(len)?)?;
                at += len;
                Some(list.cast())
            };
            Some(StructField {
                name: NullTerminatedString(words.name),
                ty: words.ty,
                type_body: body(words.type_len)?,
                align_body: body(words.align_len)?,
                init_body: body(words.init_len)?,
                is_comptime: field_bits.is_comptime,
            })
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// `union_decl` up to 0.15
#[derive(Clone, Copy, Debug)]
pub struct UnionDecl<'a> {
    /// `small`
    pub small: small::UnionDecl,
    /// The words at the start.
    pub head: payload::UnionDecl,
    /// The tag type, or the integer type of the tag.
    pub tag_type: Ref,
    /// What it captures.
    pub captures: Captures<'a>,
    /// The declarations in it.
    pub decls: Body<'a>,
    /// The body in which the fields' types, alignments and values are.
    pub body: Body<'a>,
    /// Number of fields.
    pub fields_len: u32,
    bits: List<'a, u32>,
    fields: Cursor<'a>,
    end: u32,
}

/// A field of a union.
#[derive(Clone, Copy, Debug)]
pub struct UnionField {
    /// Its name.
    pub name: NullTerminatedString,
    /// Its type; none where it is not given.
    pub ty: Option<Ref>,
    /// Its alignment.
    pub align: Option<Ref>,
    /// Its tag value.
    pub value: Option<Ref>,
}

fn union_field(cursor: &mut Cursor<'_>, bits: small::UnionFieldBits) -> Option<UnionField> {
    let name = NullTerminatedString(cursor.word()?);
    let mut part = |present: bool| -> Option<Option<Ref>> {
        if present {
            Some(Some(cursor.reference()?))
        } else {
            Some(None)
        }
    };
    Some(UnionField {
        name,
        ty: part(bits.has_type)?,
        align: part(bits.has_align)?,
        value: part(bits.has_value)?,
    })
}

impl<'a> UnionDecl<'a> {
    /// Reads one from `small` and `operand` of the extended instruction; none in later generations.
    pub fn read(zir: ZirRef<'a>, small: u16, operand: u32) -> Option<Self> {
        if zir.format().generation.rules().container_fields_are_bodies {
            return None;
        }
        let small = small::UnionDecl::from_bits(small)?;
        let mut cursor = Cursor::new(zir, operand);
        let head = cursor.payload()?;
        let tag_type = cursor.ref_if(small.has_tag_type)?;
        let captures_len = cursor.word_if(small.has_captures_len)?;
        let body_len = cursor.word_if(small.has_body_len)?;
        let fields_len = cursor.word_if(small.has_fields_len)?;
        let decls_len = cursor.word_if(small.has_decls_len)?;
        let captures = Captures::read(&mut cursor, captures_len)?;
        let decls = cursor.list(decls_len)?;
        let body = cursor.list(body_len)?;
        let bits = cursor
            .list::<u32>(fields_len.div_ceil(small::fields_per_word(small::UNION_FIELD_BITS)))?;
        let fields = cursor;
        for field in 0..fields_len {
            union_field(&mut cursor, union_field_bits(&bits, field)?)?;
        }
        Some(UnionDecl {
            small,
            head,
            tag_type,
            captures,
            decls,
            body,
            fields_len,
            bits,
            fields,
            end: cursor.at(),
        })
    }

    /// Hash of the source of the fields.
    pub fn fields_hash(&self) -> [u8; 16] {
        fields_hash!(self.head)
    }

    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = UnionField> + use<'a> {
        let (bits, mut cursor) = (self.bits, self.fields);
        (0..self.fields_len)
            .map_while(move |field| union_field(&mut cursor, union_field_bits(&bits, field)?))
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

/// `enum_decl` up to 0.15
#[derive(Clone, Copy, Debug)]
pub struct EnumDecl<'a> {
    /// `small`
    pub small: small::EnumDecl,
    /// The words at the start.
    pub head: payload::EnumDecl,
    /// The integer type of the tag.
    pub tag_type: Ref,
    /// What it captures.
    pub captures: Captures<'a>,
    /// The declarations in it.
    pub decls: Body<'a>,
    /// The body in which the fields' values are.
    pub body: Body<'a>,
    /// Number of fields.
    pub fields_len: u32,
    bits: List<'a, u32>,
    fields: Cursor<'a>,
    end: u32,
}

/// A field of an enum.
#[derive(Clone, Copy, Debug)]
pub struct EnumField {
    /// Its name.
    pub name: NullTerminatedString,
    /// Its value; none where it is not given.
    pub value: Option<Ref>,
}

fn enum_field(cursor: &mut Cursor<'_>, bits: &List<'_, u32>, field: u32) -> Option<EnumField> {
    let name = NullTerminatedString(cursor.word()?);
    let bits = field_bits(bits, field, small::ENUM_FIELD_BITS)?;
    let has_value = small::EnumFieldBits::from_bits(bits).has_value;
    Some(EnumField {
        name,
        value: if has_value {
            Some(cursor.reference()?)
        } else {
            None
        },
    })
}

impl<'a> EnumDecl<'a> {
    /// Reads one from `small` and `operand` of the extended instruction; none in later generations.
    pub fn read(zir: ZirRef<'a>, small: u16, operand: u32) -> Option<Self> {
        if zir.format().generation.rules().container_fields_are_bodies {
            return None;
        }
        let small = small::EnumDecl::from_bits(small)?;
        let mut cursor = Cursor::new(zir, operand);
        let head = cursor.payload()?;
        let tag_type = cursor.ref_if(small.has_tag_type)?;
        let captures_len = cursor.word_if(small.has_captures_len)?;
        let body_len = cursor.word_if(small.has_body_len)?;
        let fields_len = cursor.word_if(small.has_fields_len)?;
        let decls_len = cursor.word_if(small.has_decls_len)?;
        let captures = Captures::read(&mut cursor, captures_len)?;
        let decls = cursor.list(decls_len)?;
        let body = cursor.list(body_len)?;
        let bits = cursor
            .list::<u32>(fields_len.div_ceil(small::fields_per_word(small::ENUM_FIELD_BITS)))?;
        let fields = cursor;
        for field in 0..fields_len {
            enum_field(&mut cursor, &bits, field)?;
        }
        Some(EnumDecl {
            small,
            head,
            tag_type,
            captures,
            decls,
            body,
            fields_len,
            bits,
            fields,
            end: cursor.at(),
        })
    }

    /// Hash of the source of the fields.
    pub fn fields_hash(&self) -> [u8; 16] {
        fields_hash!(self.head)
    }

    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = EnumField> + use<'a> {
        let (bits, mut cursor) = (self.bits, self.fields);
        (0..self.fields_len).map_while(move |field| enum_field(&mut cursor, &bits, field))
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}
