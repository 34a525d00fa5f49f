//! Any value, owned and open to change.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{
    Deserialize, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::float::F128;
use crate::typed::markers::{ENUM_LITERAL, VALUE};

/// A float of any of the widths that texts differ by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Float {
    /// Of 32 bits.
    F32(f32),
    /// Of 64 bits; also infinities and what is no number.
    F64(f64),
    /// Of 128 bits.
    F128(F128),
}

impl Float {
    /// The nearest `f64`.
    pub fn to_f64(self) -> f64 {
        match self {
            Float::F32(value) => value.into(),
            Float::F64(value) => value,
            Float::F128(value) => value.to_f64(),
        }
    }
}

/// A value of a document, with all that ZON distinguishes: characters from integers, enum literals from
/// strings, integers of any size, and the order of names. Bytes need not be UTF-8.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// An integer beyond that: whether it is negative, and the limbs of its magnitude, least significant
    /// first.
    BigInt(bool, Box<[u64]>),
    /// A float, an infinity, or `nan`.
    Float(Float),
    /// A character's code point.
    Char(u32),
    /// An enum literal's name.
    EnumLiteral(Vec<u8>),
    /// A string.
    String(Vec<u8>),
    /// `.{}`, which is both an array and a struct.
    Empty,
    /// An array.
    Array(Vec<Value>),
    /// A struct: names and values in their order.
    Struct(Vec<(Vec<u8>, Value)>),
}

impl Value {
    /// The value of a field, if this is a struct that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let Value::Struct(fields) = self else {
            return None;
        };
        fields
            .iter()
            .find(|(field, _)| field == name.as_bytes())
            .map(|(_, value)| value)
    }

    /// The value of a field, if this is a struct that has it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let Value::Struct(fields) = self else {
            return None;
        };
        fields
            .iter_mut()
            .find(|(field, _)| field == name.as_bytes())
            .map(|(_, value)| value)
    }

    /// Sets a field, behind the others if it is new, and gives what was there. What is no struct is replaced
    /// by one.
    pub fn insert(&mut self, name: &str, value: Value) -> Option<Value> {
        if let Some(old) = self.get_mut(name) {
            return Some(core::mem::replace(old, value));
        }
        let field = (name.as_bytes().to_vec(), value);
        match self {
            Value::Struct(fields) => fields.push(field),
            _ => *self = Value::Struct(Vec::from([field])),
        }
        None
    }

    /// Removes a field; the last one leaves `.{}`.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let Value::Struct(fields) = self else {
            return None;
        };
        let at = fields
            .iter()
            .position(|(field, _)| field == name.as_bytes())?;
        let (_, value) = fields.remove(at);
        if fields.is_empty() {
            *self = Value::Empty;
        }
        Some(value)
    }

    /// The elements of an array; none of `.{}`.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(elements) => Some(elements),
            Value::Empty => Some(&[]),
            _ => None,
        }
    }

    /// The fields of a struct; none of `.{}`.
    pub fn as_struct(&self) -> Option<&[(Vec<u8>, Value)]> {
        match self {
            Value::Struct(fields) => Some(fields),
            Value::Empty => Some(&[]),
            _ => None,
        }
    }

    /// A string that is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(bytes) => core::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// An enum literal's name, if it is UTF-8.
    pub fn as_enum_literal(&self) -> Option<&str> {
        match self {
            Value::EnumLiteral(name) => core::str::from_utf8(name).ok(),
            _ => None,
        }
    }

    /// An integer, or a character's code point.
    pub fn as_int(&self) -> Option<i128> {
        match *self {
            Value::Int(value) => Some(value),
            Value::Char(value) => Some(value.into()),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match *self {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn from_magnitude(negative: bool, magnitude: u128) -> Value {
        let int = if negative {
            0i128.checked_sub_unsigned(magnitude)
        } else {
            i128::try_from(magnitude).ok()
        };
        match int {
            Some(int) => Value::Int(int),
            None => Value::BigInt(
                negative,
                Box::new([magnitude as u64, (magnitude >> 64) as u64]),
            ),
        }
    }
}

/// What comes as an enum: the number tells what it is.
pub(crate) const SPECIAL_ENUM_LITERAL: u64 = 0;
pub(crate) const SPECIAL_CHAR: u64 = 1;
pub(crate) const SPECIAL_FLOAT: u64 = 2;
pub(crate) const SPECIAL_BIG_INT: u64 = 3;

/// A payload of [`SPECIAL_ENUM_LITERAL`] or [`SPECIAL_BIG_INT`].
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bytes, E> {
                Ok(Bytes(text.as_bytes().to_vec()))
            }
        }

        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::from_magnitude(false, value))
    }

    fn visit_f32<E>(self, value: f32) -> Result<Value, E> {
        Ok(Value::Float(Float::F32(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(Float::F64(value)))
    }

    fn visit_char<E>(self, value: char) -> Result<Value, E> {
        Ok(Value::Char(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.as_bytes().to_vec()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value.into_bytes()))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::String(value.to_vec()))
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    /// Of our own deserializer only `.{}`.
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Empty)
    }

    /// Of other deserializers.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        struct Foreign;

        impl<'de> Visitor<'de> for Foreign {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Int(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Int(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Float(Float::F64(value)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::String(value.as_bytes().to_vec()))
            }

            fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
                Ok(Value::String(value.to_vec()))
            }

            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                Value::deserialize(deserializer)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
                ValueVisitor.visit_seq(access)
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
                ValueVisitor.visit_map(access)
            }
        }

        deserializer.deserialize_any(Foreign)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(if elements.is_empty() {
            Value::Empty
        } else {
            Value::Array(elements)
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((Bytes(name), value)) = access.next_entry()? {
            fields.push((name, value));
        }
        Ok(if fields.is_empty() {
            Value::Empty
        } else {
            Value::Struct(fields)
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (kind, payload) = access.variant::<u64>()?;
        match kind {
            SPECIAL_ENUM_LITERAL => payload
                .newtype_variant()
                .map(|Bytes(name)| Value::EnumLiteral(name)),
            SPECIAL_CHAR => {
                let value: u128 = payload.newtype_variant()?;
                Ok(Value::Char(value as u32))
            }
            SPECIAL_FLOAT => {
                let value = F128::from_bits(payload.newtype_variant()?);
                Ok(Value::Float(Float::F128(value)))
            }
            SPECIAL_BIG_INT => {
                let Bytes(bytes) = payload.newtype_variant()?;
                let (&negative, limbs) = bytes
                    .split_first()
                    .ok_or_else(|| A::Error::custom("integer without a sign"))?;
                let limbs: Box<[u64]> = limbs
                    .as_chunks()
                    .0
                    .iter()
                    .map(|limb| u64::from_le_bytes(*limb))
                    .collect();
                Ok(match *limbs {
                    [low] => Value::from_magnitude(negative != 0, low.into()),
                    [low, high] => Value::from_magnitude(
                        negative != 0,
                        u128::from(high) << 64 | u128::from(low),
                    ),
                    _ => Value::BigInt(negative != 0, limbs),
                })
            }
            _ => Err(A::Error::custom("not a value of ZON")),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, ValueVisitor)
    }
}

/// A field's name, which most formats want as text.
struct FieldName<'a>(&'a [u8]);

impl Serialize for FieldName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match core::str::from_utf8(self.0) {
            Ok(name) => serializer.serialize_str(name),
            Err(_) => serializer.serialize_bytes(self.0),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_none(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                _ => serializer.serialize_i128(*value),
            },
            Value::BigInt(..) => Err(serde::ser::Error::custom(
                "integer does not fit into 128 bits",
            )),
            Value::Float(Float::F32(value)) => serializer.serialize_f32(*value),
            Value::Float(value) => serializer.serialize_f64(value.to_f64()),
            Value::Char(value) => match char::from_u32(*value) {
                Some(value) => serializer.serialize_char(value),
                None => serializer.serialize_u32(*value),
            },
            Value::EnumLiteral(name) => {
                serializer.serialize_newtype_struct(ENUM_LITERAL, &FieldName(name))
            }
            Value::String(value) => FieldName(value).serialize(serializer),
            Value::Empty => serializer.serialize_map(Some(0))?.end(),
            Value::Array(elements) => {
                let mut seq = serializer.serialize_seq(Some(elements.len()))?;
                elements
                    .iter()
                    .try_for_each(|element| seq.serialize_element(element))?;
                seq.end()
            }
            Value::Struct(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                fields
                    .iter()
                    .try_for_each(|(name, value)| map.serialize_entry(&FieldName(name), value))?;
                map.end()
            }
        }
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::String(value.to_owned().into_bytes())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

macro_rules! from_integers {
    ($($type:ident)*) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Value {
                Value::Int(value.into())
            }
        })*
    };
}

from_integers! { i8 i16 i32 i64 i128 u8 u16 u32 u64 }

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(Float::F64(value))
    }
}
