//! What a value of a document is to each type.

use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use core::any::type_name;

use serde::de::{self, Expected, Visitor};

use crate::node::Node;
use crate::tag::Tag;
use crate::typed::de::access::{Elements, Fields, Next, Place};
use crate::typed::de::cursor::{Deserializer, Integer, Wanted, hopeless};
use crate::typed::de::document::Text;
use crate::typed::de::dummy::Variant;
use crate::typed::de::tag::is_adjacent_tag;
use crate::typed::de::variant::{Chosen, Payload, Special};
use crate::typed::error::{Error, Kind, Location};
use crate::typed::markers::{ENUM_LITERAL, SPANNED, VALUE};
use crate::typed::value::{SPECIAL_BIG_INT, SPECIAL_CHAR, SPECIAL_ENUM_LITERAL, SPECIAL_FLOAT};

impl<'a, 'z, 'de> Deserializer<'a, 'z, 'de> {
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
