//! Structs, unions and enums from 0.16 on: every type, alignment and value is a body, and the lengths of the
//! bodies stand in arrays, one for each part that a field can have.

use super::{Captures, Cursor, hash_bytes};
use crate::enums::{ContainerLayout, NameStrategy, UnionKind};
use crate::index::NullTerminatedString;
use crate::inst::Extended;
use crate::list::{Body, List, Strings};
use crate::payload;
use crate::small;
use crate::view::ZirRef;

/// What [`ContainerDecl16`] is, with the `small` of its instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind16 {
    /// `struct_decl`
    Struct(small::StructDecl16),
    /// `union_decl`
    Union(small::UnionDecl16),
    /// `enum_decl`
    Enum(small::EnumDecl16),
}

/// What trails a container, as its `small` says.
#[derive(Clone, Copy)]
struct Trailing {
    captures_len: bool,
    decls_len: bool,
    fields_len: bool,
    arg: bool,
    types: bool,
    aligns: bool,
    values: bool,
    comptime_bits: bool,
}

impl Kind16 {
    /// From opcode and `small` of an extended instruction; none for others, and where a member of `small` is
    /// of no known value.
    fn of(opcode: Extended, small: u16) -> Option<Self> {
        Some(match opcode {
            Extended::StructDecl => Kind16::Struct(small::StructDecl16::from_bits(small)?),
            Extended::UnionDecl => Kind16::Union(small::UnionDecl16::from_bits(small)?),
            Extended::EnumDecl => Kind16::Enum(small::EnumDecl16::from_bits(small)?),
            _ => return None,
        })
    }

    fn trailing(self) -> Trailing {
        match self {
            Kind16::Struct(small) => Trailing {
                captures_len: small.has_captures_len,
                decls_len: small.has_decls_len,
                fields_len: small.has_fields_len,
                arg: small.has_backing_int,
                types: true,
                aligns: small.any_field_aligns,
                values: small.any_field_defaults,
                comptime_bits: small.any_comptime_fields,
            },
            Kind16::Union(small) => Trailing {
                captures_len: small.has_captures_len,
                decls_len: small.has_decls_len,
                fields_len: small.has_fields_len,
                arg: small.kind.has_arg_type(),
                types: true,
                aligns: small.any_field_aligns,
                values: small.any_field_values,
                comptime_bits: false,
            },
            Kind16::Enum(small) => Trailing {
                captures_len: small.has_captures_len,
                decls_len: small.has_decls_len,
                fields_len: small.has_fields_len,
                arg: small.has_tag_type,
                types: false,
                aligns: false,
                values: small.any_field_values,
                comptime_bits: false,
            },
        }
    }

    /// How the type gets its name.
    pub fn name_strategy(self) -> NameStrategy {
        match self {
            Kind16::Struct(small) => small.name_strategy,
            Kind16::Union(small) => small.name_strategy,
            Kind16::Enum(small) => small.name_strategy,
        }
    }
}

impl UnionKind {
    /// Whether a type is given for the tag, or for the integer that backs a packed union.
    pub const fn has_arg_type(self) -> bool {
        matches!(
            self,
            UnionKind::TaggedExplicit | UnionKind::TaggedEnumExplicit | UnionKind::PackedExplicit
        )
    }

    /// Memory layout.
    pub const fn layout(self) -> ContainerLayout {
        match self {
            UnionKind::Auto
            | UnionKind::TaggedExplicit
            | UnionKind::TaggedEnum
            | UnionKind::TaggedEnumExplicit => ContainerLayout::Auto,
            UnionKind::Extern => ContainerLayout::Extern,
            UnionKind::Packed | UnionKind::PackedExplicit => ContainerLayout::Packed,
        }
    }
}

/// `struct_decl`, `union_decl` and `enum_decl` from 0.16 on.
///
/// In `extra` the head is followed by the numbers of captures, declarations and fields (each where it is not
/// 0), from 0.17 on the nodes that the argument and the fields count from (each where there is an argument or
/// a field), the length of the argument's body (likewise), captures and their names, declarations, names of
/// the fields; an array each with the lengths of the fields' types (not in enums), alignments (where there is
/// one), values (likewise), and a bit for each field of a struct that says whether it is `comptime` (where
/// one is); then the body of the argument and those of each field: type, alignment, value.
#[derive(Clone, Copy, Debug)]
pub struct ContainerDecl16<'a> {
    /// What it is.
    pub kind: Kind16,
    /// Hash of the sources of the fields, and from 0.17 on of the argument.
    pub fields_hash: [u8; 16],
    /// Its line in the file, from 0.
    pub src_line: u32,
    /// From 0.17 on, its column in the line.
    pub src_column: u32,
    /// Its node, from which the nodes inside count if nothing else is said.
    pub src_node: u32,
    /// The node that the argument's nodes count from.
    pub arg_baseline: u32,
    /// The node that the fields' nodes count from.
    pub fields_baseline: u32,
    /// What it captures.
    pub captures: Captures<'a>,
    /// The declarations in it.
    pub decls: Body<'a>,
    /// The argument: backing type of a struct or packed union, tag type of a union or enum, or the integer
    /// type of a tag. Empty where there is none.
    pub arg_body: Body<'a>,
    names: Strings<'a>,
    types: Option<List<'a, u32>>,
    aligns: Option<List<'a, u32>>,
    values: Option<List<'a, u32>>,
    comptime_bits: Option<List<'a, u32>>,
    bodies: List<'a, u32>,
    end: u32,
}

/// A field of [`ContainerDecl16`]. A body is empty where that part is not given.
#[derive(Clone, Copy, Debug)]
pub struct Field16<'a> {
    /// Its name.
    pub name: NullTerminatedString,
    /// Its type.
    pub type_body: Body<'a>,
    /// Its alignment.
    pub align_body: Body<'a>,
    /// Its default value, or the value of its tag.
    pub value_body: Body<'a>,
    /// Whether it is `comptime`.
    pub is_comptime: bool,
}

impl<'a> ContainerDecl16<'a> {
    /// Reads one from opcode, `small` and `operand` of the extended instruction; none for other
    /// instructions, and in generations up to 0.15.
    pub fn read(zir: ZirRef<'a>, opcode: Extended, small: u16, operand: u32) -> Option<Self> {
        let rules = zir.format().generation.rules();
        if !rules.container_fields_are_bodies {
            return None;
        }
        let kind = Kind16::of(opcode, small)?;
        let trailing = kind.trailing();
        let mut cursor = Cursor::new(zir, operand);
        // The heads of the three have the same words.
        let head: payload::StructDecl = cursor.payload()?;
        let captures_len = cursor.word_if(trailing.captures_len)?;
        let decls_len = cursor.word_if(trailing.decls_len)?;
        let fields_len = cursor.word_if(trailing.fields_len)?;
        let mut baseline = |present: bool| {
            if present && rules.container_bodies_have_baselines {
                cursor.word()
            } else {
                Some(head.src_node)
            }
        };
        let arg_baseline = baseline(trailing.arg)?;
        let fields_baseline = baseline(trailing.fields_len)?;
        let arg_len = cursor.word_if(trailing.arg)?;
        let captures = Captures::read(&mut cursor, captures_len)?;
        let decls = cursor.list(decls_len)?;
        let names = cursor.list(fields_len)?;
        let mut array = |present: bool, len: u32| -> Option<Option<List<'a, u32>>> {
            Some(if present {
                Some(cursor.list(len)?)
            } else {
                None
            })
        };
        let types = array(trailing.types, fields_len)?;
        let aligns = array(trailing.aligns, fields_len)?;
        let values = array(trailing.values, fields_len)?;
        let comptime_bits = array(trailing.comptime_bits, fields_len.div_ceil(u32::BITS))?;
        let arg_body = cursor.list(arg_len)?;
        let mut bodies_len = 0u32;
        for len in [types, aligns, values]
            .iter()
            .flatten()
            .flat_map(List::iter)
        {
            bodies_len = bodies_len.checked_add(len)?;
        }
        let bodies = cursor.list(bodies_len)?;
        Some(ContainerDecl16 {
            kind,
            fields_hash: hash_bytes([
                head.fields_hash_0,
                head.fields_hash_1,
                head.fields_hash_2,
                head.fields_hash_3,
            ]),
            src_line: head.src_line,
            src_column: head.src_column,
            src_node: head.src_node,
            arg_baseline: if rules.container_arguments_count_from_themselves {
                arg_baseline
            } else {
                head.src_node
            },
            fields_baseline,
            captures,
            decls,
            arg_body,
            names,
            types,
            aligns,
            values,
            comptime_bits,
            bodies,
            end: cursor.at(),
        })
    }

    /// Number of fields.
    pub fn fields_len(&self) -> u32 {
        self.names.len()
    }

    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = Field16<'a>> + use<'a> {
        let (types, aligns, values) = (self.types, self.aligns, self.values);
        let (comptime_bits, bodies) = (self.comptime_bits, self.bodies);
        let mut at = 0;
        let mut names = self.names.iter();
        (0..self.names.len()).map_while(move |field| {
            let mut body = |lens: Option<List<'a, u32>>| {
                let len = match lens {
                    Some(lens) => lens.get(field)?,
                    None => 0,
                };
                let list = bodies.slice(at, at.checked_add(len)?)?;
                at += len;
                Some(list.cast())
            };
            let word = comptime_bits.and_then(|bits| bits.get(field / u32::BITS));
            Some(Field16 {
                name: names.next()?,
                type_body: body(types)?,
                align_body: body(aligns)?,
                value_body: body(values)?,
                is_comptime: word.unwrap_or(0) >> (field % u32::BITS) & 1 != 0,
            })
        })
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}
