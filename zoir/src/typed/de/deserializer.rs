//! One value of a document.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use core::any::type_name;

use serde::de::{self, DeserializeSeed, Expected, Visitor};

use crate::limits::MAX_TYPED_DEPTH;
use crate::node::{Node, NodeIndex, Range};
use crate::tag::Tag;
use crate::typed::de::access::{Elements, Fields, Next, Place};
use crate::typed::de::document::{Document, Text, lossy};
use crate::typed::de::dummy::{Dummy, Variant};
use crate::typed::de::tag::{self, is_adjacent_tag};
use crate::typed::de::variant::{Chosen, Payload, Special};
use crate::typed::error::{Error, Item, Kind, Location, Note, supported, unexpected};
use crate::typed::markers::{ENUM_LITERAL, SPANNED, VALUE};
use crate::typed::value::{SPECIAL_BIG_INT, SPECIAL_CHAR, SPECIAL_ENUM_LITERAL, SPECIAL_FLOAT};

/// One value of a document. It is what types read themselves from; [`from_zoir`](crate::typed::from_zoir) is
/// the way to one.
#[derive(Clone, Copy)]
pub struct Deserializer<'a, 'z, 'de> {
    pub(super) document: &'a Document<'a, 'z, 'de>,
    pub(super) node: NodeIndex,
    /// Whether `null` would do as well, which messages tell.
    optional: bool,
    depth: u32,
}

/// What a mismatch is called.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    /// A type with a name.
    Type(&'static str),
    /// Something else.
    Kind(&'static str),
}

impl Wanted {
    pub(super) fn message(self, optional: bool) -> String {
        match (self, optional) {
            (Wanted::Type(name), false) => format!("expected type '{name}'"),
            (Wanted::Type(name), true) => format!("expected type '?{name}'"),
            (Wanted::Kind(kind), false) => format!("expected {kind}"),
            (Wanted::Kind(kind), true) => format!("expected optional {kind}"),
        }
    }
}

pub(super) fn hopeless(_: Error) -> Error {
    Error::hopeless()
}

/// An integer before it is known whether it fits.
enum Integer {
    Value {
        negative: bool,
        magnitude: u128,
    },
    TooLarge,
    /// Not one.
    None,
}

impl<'a, 'z, 'de> Deserializer<'a, 'z, 'de> {
    pub(super) fn root(document: &'a Document<'a, 'z, 'de>) -> Self {
        Deserializer {
            document,
            node: NodeIndex::ROOT,
            optional: false,
            depth: 0,
        }
    }

    fn is(self, tag: Tag) -> bool {
        self.document.zoir.tag(self.node) == Some(tag)
    }

    fn value(self) -> Node<'z> {
        // Nothing in a valid document is out of bounds.
        self.document.zoir.node(self.node).unwrap_or(Node::Null)
    }

    pub(super) fn child(self, node: NodeIndex) -> Self {
        Deserializer {
            node,
            optional: false,
            depth: self.depth + 1,
            ..self
        }
    }

    pub(super) fn ast_node(self) -> u32 {
        self.document.zoir.ast_node(self.node).unwrap_or(u32::MAX)
    }

    /// Gives the node to whoever wants it, and sees to errors that have no place yet.
    pub(super) fn feed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
        parent: Option<NodeIndex>,
    ) -> Result<T::Value, Error> {
        let document = self.document;
        if !document.is_careful() && self.depth <= MAX_TYPED_DEPTH {
            return seed
                .deserialize(self)
                .map_err(|error| self.place(error, parent));
        }
        let given_up = document.state.borrow().given_up.get(&self.node).cloned();
        let result = if let Some(message) = given_up {
            if let Some(message) = message {
                document.fail(document.item(self.node, message))?;
            }
            seed.deserialize(document.dummy()).map_err(hopeless)
        } else if self.depth > MAX_TYPED_DEPTH {
            let message = format!("nesting is deeper than {MAX_TYPED_DEPTH} levels");
            document.fail(document.item(self.node, message))?;
            seed.deserialize(document.dummy()).map_err(hopeless)
        } else {
            seed.deserialize(self)
        };
        result.map_err(|error| self.place(error, parent))
    }

    #[cold]
    pub(super) fn place(self, error: Error, parent: Option<NodeIndex>) -> Error {
        let document = self.document;
        if !document.recovers() {
            return error;
        }
        let mut state = document.state.borrow_mut();
        match error.kind() {
            Kind::Complete | Kind::Recorded => error,
            Kind::Hopeless => {
                if let Some(parent) = parent
                    && !state.given_up.contains_key(&parent)
                {
                    state.given_up.insert(parent, None);
                    state.learned = true;
                    let items = state.items.clone();
                    state.kept.extend(items);
                }
                if parent.is_some() {
                    Error::recorded()
                } else {
                    error
                }
            }
            Kind::Tag(named) => {
                // What belongs to a tag cannot be read without it.
                let spot = named.as_ref().and_then(|named| tag::find(self, named));
                let mut node = self.node;
                if tag::is_name(self, node) || state.given_up.contains_key(&node) {
                    node = parent.unwrap_or(node);
                }
                if state.given_up.insert(node, None).is_none() {
                    state.learned = true;
                }
                let (kind, location) = match spot {
                    Some(spot) => (spot.kind, spot.location),
                    None => ("enum literal", document.location(self.node)),
                };
                let release = document.options.release;
                state
                    .kept
                    .extend(error.into_items_at(kind, &location, release));
                Error::recorded()
            }
            Kind::Unplaced | Kind::Missing(_) => {
                let mut items = error.into_items();
                for item in &mut items {
                    item.location = document.location(self.node);
                }
                state
                    .given_up
                    .insert(self.node, items.first().map(|item| item.message.clone()));
                state.learned = true;
                state.items.append(&mut items);
                Error::recorded()
            }
        }
    }

    /// Records that the node is not what is wanted, and gives something that is.
    pub(super) fn instead<T>(
        self,
        wanted: Wanted,
        fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if !self.document.recovers() {
            return Err(Error::recorded());
        }
        self.instead_of(self.node, wanted.message(self.optional), fill)
    }

    pub(super) fn instead_of<T>(
        self,
        node: NodeIndex,
        message: String,
        fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.document.fail(self.document.item(node, message))?;
        fill(self.document.dummy()).map_err(hopeless)
    }

    fn small_integer(self) -> Option<i32> {
        let zoir = self.document.zoir;
        self.is(Tag::IntLiteralSmall)
            .then(|| zoir.data(self.node).unwrap_or_default().cast_signed())
    }

    fn integer(self) -> Integer {
        match self.value() {
            Node::Int(value) => Integer::Value {
                negative: value < 0,
                magnitude: u128::from(value.unsigned_abs()),
            },
            Node::BigInt(value) => match value.magnitude() {
                Some(magnitude) => Integer::Value {
                    negative: value.is_negative(),
                    magnitude,
                },
                None => Integer::TooLarge,
            },
            Node::Char(value) => Integer::Value {
                negative: false,
                magnitude: u128::from(value),
            },
            Node::Float(value) => match value.to_integer() {
                Some((negative, magnitude)) => Integer::Value {
                    negative,
                    magnitude,
                },
                None => Integer::TooLarge,
            },
            _ => Integer::None,
        }
    }

    /// The integer, if it is one and in range.
    fn in_range<I: TryFrom<u128> + TryFrom<i128>>(negative: bool, magnitude: u128) -> Option<I> {
        if negative {
            I::try_from(0i128.checked_sub_unsigned(magnitude)?).ok()
        } else {
            I::try_from(magnitude).ok()
        }
    }

    fn elements(self) -> Option<Range> {
        match self.value() {
            Node::Array(range) => Some(range),
            Node::Empty => Some(Range {
                start: self.node,
                len: 0,
            }),
            _ => None,
        }
    }

    fn fields(
        self,
        known: Option<&'static [&'static str]>,
        type_name: &'static str,
    ) -> Option<Fields<'a, 'z, 'de>> {
        let fields = match self.value() {
            Node::Struct(fields) => Some((fields.names, fields.values)),
            Node::Empty => None,
            _ => return None,
        };
        Some(Fields {
            de: self,
            fields,
            known,
            guess: 0,
            type_name,
            next: 0,
            is_started: false,
            tag: None,
            value: Next::None,
            missing: None,
        })
    }

    /// The text of a string or an enum literal, living long if it can.
    pub(super) fn text(self, bytes: &'z [u8]) -> Text<'z, 'de> {
        let document = self.document;
        let source = document.source.borrow_string(self.ast_node(), bytes);
        document.borrow(bytes, source)
    }

    fn visit_text<V: Visitor<'de>>(
        self,
        text: Text<'z, 'de>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match text.visit_str(self.document, visitor) {
            Ok(result) => result,
            Err(visitor) => self.instead_of(
                self.node,
                "string is not valid UTF-8".to_string(),
                |dummy| de::Deserializer::deserialize_str(dummy, visitor),
            ),
        }
    }

    /// What may be taken for a string.
    fn string(self) -> Option<&'z [u8]> {
        match self.value() {
            Node::String(value) => Some(value),
            Node::EnumLiteral(name) if self.document.options.enum_literals_as_strings => Some(name),
            _ => None,
        }
    }

    /// What may be taken for a tag.
    fn tag_name(self) -> Option<&'z [u8]> {
        match self.value() {
            Node::String(name) | Node::EnumLiteral(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let expecting = || (&visitor as &dyn Expected).to_string();
        let is_array = || expecting().contains("array");
        let Some(elements) = self.elements() else {
            let wanted = Wanted::Kind(if is_array() { "array" } else { "tuple" });
            return self.instead(wanted, |dummy| {
                de::Deserializer::deserialize_tuple(dummy, len, visitor)
            });
        };
        let found = elements.len as usize;
        let mut short = None;
        if let Some(first) = u32::try_from(len).ok().and_then(|len| elements.get(len)) {
            let message = if is_array() {
                format!("index {len} outside of array of length {len}")
            } else {
                format!("index {len} outside of tuple length {len}")
            };
            self.document.fail(self.document.item(first, message))?;
        } else if found < len {
            if is_array() {
                let message = format!("expected {len} array elements; found {found}");
                self.document.fail(self.document.item(self.node, message))?;
            } else {
                short = Some(format!("missing tuple field with index {found}"));
            }
        }
        visitor.visit_seq(Elements {
            de: self,
            range: elements,
            next: 0,
            len: Some(len),
            short,
        })
    }

    /// Whether an enum is what Zig calls a union, as far as is known.
    pub(super) fn is_union(self, variants: &'static [&'static str]) -> bool {
        let mut state = self.document.state.borrow_mut();
        let is_union = state.kinds_of(variants).is_union();
        if is_union.is_none() {
            // What is made up instead tells more.
            state.uncertain = true;
        }
        is_union.unwrap_or(false)
    }

    fn made_up_variant<V: Visitor<'de>>(
        self,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let dummy = self.document.dummy();
        let chosen = dummy.state.borrow_mut().kinds_of(variants).choose();
        visitor
            .visit_enum(Variant {
                dummy,
                variants,
                chosen,
            })
            .map_err(hopeless)
    }

    pub(super) fn unexpected(
        self,
        kind: &str,
        name: &[u8],
        names: &[&str],
        location: Option<Location>,
    ) -> Result<(), Error> {
        self.document.fail(Item {
            message: unexpected(kind, &lossy(name)),
            notes: vec![Note {
                message: supported(names, self.document.options.release),
                location: location.clone(),
            }],
            location,
        })
    }

    /// Anything at all, for [`Value`](crate::typed::Value): what the data model has no word for comes as an
    /// enum.
    fn any_value<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let special = |number: u64, payload| visitor_enum(number, payload);
        match self.value() {
            Node::EnumLiteral(name) => {
                visitor.visit_enum(special(SPECIAL_ENUM_LITERAL, Payload::Bytes(name.to_vec())))
            }
            Node::Char(value) => {
                visitor.visit_enum(special(SPECIAL_CHAR, Payload::Number(value.into())))
            }
            Node::Float(value) => {
                visitor.visit_enum(special(SPECIAL_FLOAT, Payload::Number(value.to_bits())))
            }
            Node::BigInt(value) => {
                let mut bytes = vec![u8::from(value.is_negative())];
                bytes.extend(value.limbs().flat_map(u64::to_le_bytes));
                visitor.visit_enum(special(SPECIAL_BIG_INT, Payload::Bytes(bytes)))
            }
            Node::String(value) => visitor.visit_bytes(value),
            Node::Empty => visitor.visit_unit(),
            Node::Null => visitor.visit_none(),
            _ => de::Deserializer::deserialize_any(self, visitor),
        }
    }
}

fn visitor_enum(number: u64, payload: Payload) -> Special {
    Special { number, payload }
}

macro_rules! integers {
    ($($method:ident $type:ident $visit:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            // Most are small, and in range.
            if let Some(small) = self.small_integer()
                && let Ok(value) = <$type>::try_from(small)
            {
                return visitor.$visit(value);
            }
            let name = stringify!($type);
            let value = match self.integer() {
                Integer::None => return self.instead(Wanted::Type(name), |dummy| dummy.$method(visitor)),
                Integer::Value { negative, magnitude } => Self::in_range::<$type>(negative, magnitude),
                Integer::TooLarge => None,
            };
            match value {
                Some(value) => visitor.$visit(value),
                None => {
                    let message = format!("type '{name}' cannot represent value");
                    self.instead_of(self.node, message, |dummy| dummy.$method(visitor))
                }
            }
        })*
    };
}

macro_rules! floats {
    ($($method:ident $type:ident $visit:ident $to:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            if self.is(Tag::FloatLiteralSmall) {
                let bits = self.document.zoir.data(self.node).unwrap_or_default();
                return visitor.$visit(f32::from_bits(bits).into());
            }
            let value = match self.value() {
                Node::Int(value) => value as $type,
                Node::BigInt(value) => value.$to(),
                Node::Float(value) => value.$to(),
                Node::Char(value) => value as $type,
                Node::PosInf => $type::INFINITY,
                Node::NegInf => $type::NEG_INFINITY,
                Node::Nan => $type::NAN,
                _ => return self.instead(Wanted::Type(stringify!($type)), |dummy| dummy.$method(visitor)),
            };
            visitor.$visit(value)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Deserializer<'_, '_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::True => visitor.visit_bool(true),
            Node::False => visitor.visit_bool(false),
            Node::Null => visitor.visit_unit(),
            Node::PosInf => visitor.visit_f64(f64::INFINITY),
            Node::NegInf => visitor.visit_f64(f64::NEG_INFINITY),
            Node::Nan => visitor.visit_f64(f64::NAN),
            Node::Int(value) => visitor.visit_i64(value.into()),
            Node::Char(value) => visitor.visit_u64(value.into()),
            Node::Float(value) => visitor.visit_f64(value.to_f64()),
            Node::BigInt(value) => match (value.to_i128(), value.to_u128()) {
                (Some(int), _) => match (i64::try_from(int), u64::try_from(int)) {
                    (Ok(int), _) => visitor.visit_i64(int),
                    (_, Ok(int)) => visitor.visit_u64(int),
                    _ => visitor.visit_i128(int),
                },
                (None, Some(int)) => visitor.visit_u128(int),
                (None, None) => Err(de::Error::custom("integer does not fit into 128 bits")),
            },
            Node::EnumLiteral(name) => self.visit_text(self.text(name), visitor),
            Node::String(value) => {
                let text = self.text(value);
                match text.visit_str(self.document, visitor) {
                    Ok(result) => result,
                    Err(visitor) => text.visit_bytes(visitor),
                }
            }
            Node::Empty | Node::Struct(_) => self.deserialize_map(visitor),
            Node::Array(_) => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::True => visitor.visit_bool(true),
            Node::False => visitor.visit_bool(false),
            _ => self.instead(Wanted::Type("bool"), |dummy| {
                dummy.deserialize_bool(visitor)
            }),
        }
    }

    integers! {
        deserialize_i8 i8 visit_i8,
        deserialize_i16 i16 visit_i16,
        deserialize_i32 i32 visit_i32,
        deserialize_i64 i64 visit_i64,
        deserialize_i128 i128 visit_i128,
        deserialize_u8 u8 visit_u8,
        deserialize_u16 u16 visit_u16,
        deserialize_u32 u32 visit_u32,
        deserialize_u64 u64 visit_u64,
        deserialize_u128 u128 visit_u128,
    }

    floats! {
        deserialize_f32 f32 visit_f32 to_f32,
        deserialize_f64 f64 visit_f64 to_f64,
    }

    /// What is a `u21` in Zig.
    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match self.integer() {
            Integer::None => {
                return self.instead(Wanted::Type("u21"), |dummy| dummy.deserialize_char(visitor));
            }
            Integer::Value {
                negative,
                magnitude,
            } => Self::in_range::<u32>(negative, magnitude),
            Integer::TooLarge => None,
        };
        match value.and_then(char::from_u32) {
            Some(char) => visitor.visit_char(char),
            None => {
                let message = "type 'u21' cannot represent value".to_string();
                self.instead_of(self.node, message, |dummy| dummy.deserialize_char(visitor))
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.string() {
            Some(value) => self.visit_text(self.text(value), visitor),
            None => self.instead(Wanted::Kind("string"), |dummy| {
                dummy.deserialize_str(visitor)
            }),
        }
    }

    /// For those that keep a copy: nothing is borrowed.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.string() {
            Some(value) => self.visit_text(Text::Short(value), visitor),
            None => self.deserialize_str(visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::String(value) => self.text(value).visit_bytes(visitor),
            Node::Array(_) | Node::Empty => self.deserialize_seq(visitor),
            _ => self.instead(Wanted::Kind("string"), |dummy| {
                dummy.deserialize_bytes(visitor)
            }),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::String(value) => visitor.visit_bytes(value),
            _ => self.deserialize_bytes(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is(Tag::Null) {
            return visitor.visit_none();
        }
        visitor.visit_some(Deserializer {
            optional: true,
            ..self
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::Null => visitor.visit_unit(),
            _ => self.instead(Wanted::Type("void"), |dummy| {
                dummy.deserialize_unit(visitor)
            }),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value() {
            Node::Empty => visitor.visit_unit(),
            Node::Struct(fields) if !self.document.options.ignore_unknown_fields => {
                let location = self.document.source.field_name(self.ast_node(), 0);
                self.unexpected(
                    "field",
                    fields.names.get(0).unwrap_or_default(),
                    &[],
                    location,
                )?;
                visitor.visit_unit()
            }
            Node::Struct(_) => visitor.visit_unit(),
            _ => self.instead(Wanted::Kind("struct"), |dummy| {
                dummy.deserialize_unit(visitor)
            }),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            VALUE => self.any_value(visitor),
            ENUM_LITERAL => match self.value() {
                // It keeps a copy.
                Node::EnumLiteral(name) => self.visit_text(Text::Short(name), visitor),
                _ => self.instead(Wanted::Kind("enum literal"), |dummy| {
                    dummy.deserialize_newtype_struct(name, visitor)
                }),
            },
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.elements() {
            Some(range) => visitor.visit_seq(Elements {
                de: self,
                range,
                next: 0,
                len: None,
                short: None,
            }),
            None => self.instead(Wanted::Kind("array"), |dummy| {
                dummy.deserialize_seq(visitor)
            }),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.fields(None, "") {
            Some(fields) => visitor.visit_map(fields),
            None => self.instead(Wanted::Kind("struct"), |dummy| {
                dummy.deserialize_map(visitor)
            }),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == SPANNED {
            let place = self.document.location(self.node);
            let place = place.unwrap_or(Location {
                line: 0,
                column: 0,
                span: 0..0,
            });
            let place = [
                place.span.start as u64,
                place.span.end as u64,
                place.line.into(),
                place.column.into(),
            ];
            return visitor.visit_map(Place {
                de: self,
                place,
                next: 0,
            });
        }
        let Some(access) = self.fields(Some(fields), type_name::<V>()) else {
            return self.instead(Wanted::Kind("struct"), |dummy| {
                dummy.deserialize_struct(name, fields, visitor)
            });
        };
        visitor.visit_map(access).map_err(|error| {
            let Kind::Missing(field) = *error.kind() else {
                return error;
            };
            if !self.document.recovers() {
                return error;
            }
            let mut state = self.document.state.borrow_mut();
            if state.adjacent.contains(type_name::<V>()) {
                return error;
            }
            // A field that is missing although it was made up stays with the caller.
            if !state.required.insert((type_name::<V>(), field)) {
                return error;
            }
            state.learned = true;
            let mut items = error.into_items();
            for item in &mut items {
                item.location = self.document.location(self.node);
            }
            state.items.append(&mut items);
            Error::recorded()
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let find = |name: &[u8]| {
            variants
                .iter()
                .position(|variant| variant.as_bytes() == name)
        };
        let external = (!is_adjacent_tag::<V>()).then(type_name::<V>);
        let chosen = |name, payload| Chosen {
            de: self,
            variants,
            name,
            index: find(name),
            payload,
            external,
        };
        if external.is_none() {
            let name = self.tag_name().ok_or_else(Error::no_tag)?;
            return visitor.visit_enum(chosen(name, None));
        }
        // Whether there is a variant for all other names only the visitor knows.
        let may_be = |name: &[u8]| {
            let key = (type_name::<V>(), variants.as_ptr() as usize);
            find(name).is_some()
                || !self.document.is_careful()
                || !self.document.state.borrow().closed.contains(&key)
        };
        let is_probe = || self.document.state.borrow().probe.contains(&self.node);
        if self.document.is_careful()
            && is_probe()
            && self
                .document
                .state
                .borrow_mut()
                .kinds_of(variants)
                .is_union()
                .is_none()
        {
            self.is_union(variants);
            // Something is wrong with it for sure; the run that knows what says what.
            let message = Wanted::Kind("enum literal").message(self.optional);
            self.document.fail(self.document.item(self.node, message))?;
            return self.made_up_variant(variants, visitor);
        }
        match self.value() {
            Node::EnumLiteral(name) => {
                if may_be(name) {
                    return visitor.visit_enum(chosen(name, None));
                }
                let kind = if self.is_union(variants) {
                    "field"
                } else {
                    "enum literal"
                };
                self.unexpected(kind, name, variants, self.document.location(self.node))?;
            }
            Node::Struct(fields) if fields.names.len() == 1 => {
                let name = fields.names.get(0).unwrap_or_default();
                if let (true, Some(payload)) = (may_be(name), fields.values.get(0)) {
                    return visitor.visit_enum(chosen(name, Some(payload)));
                }
                if self.is_union(variants) {
                    let location = self.document.source.field_name(self.ast_node(), 0);
                    self.unexpected("field", name, variants, location)?;
                } else {
                    let message = Wanted::Kind("enum literal").message(self.optional);
                    self.document.fail(self.document.item(self.node, message))?;
                }
            }
            _ => {
                let wanted = Wanted::Kind(if self.is_union(variants) {
                    "union"
                } else {
                    "enum literal"
                });
                self.document
                    .fail(self.document.item(self.node, wanted.message(self.optional)))?;
            }
        }
        self.made_up_variant(variants, visitor)
    }

    /// For tags that are fields.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let name = self.tag_name().ok_or_else(Error::no_tag)?;
        let text = self.text(name);
        match text.visit_str(self.document, visitor) {
            Ok(result) => result,
            Err(visitor) => text.visit_bytes(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}
