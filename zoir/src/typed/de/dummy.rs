//! Values that stand in where the document has none of the right type, so that the rest of it can be looked
//! at too.

use core::cell::RefCell;

use serde::de::value::{StrDeserializer, U64Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::typed::de::state::State;
use crate::typed::error::Error;
use crate::typed::markers::{ENUM_LITERAL, SPANNED, VALUE};

/// How deep such values go. Deeper types are recursive, and have no end that could be found here.
const MAX_DEPTH: u32 = 32;

/// Gives every type some value: one (some types refuse zero), the empty string, no elements.
#[derive(Clone, Copy)]
pub(crate) struct Dummy<'a> {
    pub(crate) state: &'a RefCell<State>,
    pub(crate) depth: u32,
}

macro_rules! give {
    ($($method:ident => $visit:ident($($value:expr)?),)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit($($value)?)
        })*
    };
}

impl<'a> Dummy<'a> {
    fn inner(self) -> Result<Dummy<'a>, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::recorded());
        }
        Ok(Dummy {
            depth: self.depth + 1,
            ..self
        })
    }

    fn elements(self, len: usize) -> Result<Elements<'a>, Error> {
        Ok(Elements {
            dummy: self.inner()?,
            left: len,
        })
    }
}

impl<'de> Deserializer<'de> for Dummy<'_> {
    type Error = Error;

    give! {
        deserialize_any => visit_unit(),
        deserialize_bool => visit_bool(false),
        deserialize_i8 => visit_i8(1),
        deserialize_i16 => visit_i16(1),
        deserialize_i32 => visit_i32(1),
        deserialize_i64 => visit_i64(1),
        deserialize_i128 => visit_i128(1),
        deserialize_u8 => visit_u8(1),
        deserialize_u16 => visit_u16(1),
        deserialize_u32 => visit_u32(1),
        deserialize_u64 => visit_u64(1),
        deserialize_u128 => visit_u128(1),
        deserialize_f32 => visit_f32(1.0),
        deserialize_f64 => visit_f64(1.0),
        deserialize_char => visit_char('\0'),
        deserialize_str => visit_borrowed_str(""),
        deserialize_string => visit_borrowed_str(""),
        deserialize_bytes => visit_borrowed_bytes(b""),
        deserialize_byte_buf => visit_borrowed_bytes(b""),
        deserialize_option => visit_none(),
        deserialize_unit => visit_unit(),
        deserialize_ignored_any => visit_unit(),
    }

    /// The first field or variant, whatever its name is.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(0)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            ENUM_LITERAL => visitor.visit_borrowed_str(""),
            VALUE => visitor.visit_unit(),
            _ => visitor.visit_newtype_struct(self.inner()?),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.elements(0)?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.elements(len)?)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(self.elements(len)?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Place {
            dummy: self.inner()?,
            next: u64::MAX,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == SPANNED {
            return visitor.visit_map(Place {
                dummy: self.inner()?,
                next: 0,
            });
        }
        // As a sequence: `fields` may hold several names of one field.
        visitor.visit_seq(self.elements(fields.len())?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let chosen = self.state.borrow_mut().kinds_of(variants).choose();
        visitor.visit_enum(Variant {
            dummy: self.inner()?,
            variants,
            chosen,
        })
    }
}

struct Elements<'a> {
    dummy: Dummy<'a>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        match self.left.checked_sub(1) {
            None => Ok(None),
            Some(left) => {
                self.left = left;
                seed.deserialize(self.dummy).map(Some)
            }
        }
    }
}

/// The map that [`Spanned`](crate::typed::Spanned) reads, all zero; an empty one if `next` is beyond it.
struct Place<'a> {
    dummy: Dummy<'a>,
    next: u64,
}

impl<'de> MapAccess<'de> for Place<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if self.next > 4 {
            return Ok(None);
        }
        let key: U64Deserializer<Error> = self.next.into_deserializer();
        self.next += 1;
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.dummy)
    }
}

/// One of an enum's variants. What it turns out to hold is remembered.
pub(crate) struct Variant<'a> {
    pub(crate) dummy: Dummy<'a>,
    pub(crate) variants: &'static [&'static str],
    pub(crate) chosen: usize,
}

impl Variant<'_> {
    fn learn(&self, is_unit: bool) {
        self.dummy
            .state
            .borrow_mut()
            .learn(self.variants, self.chosen, is_unit);
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name = self.variants.get(self.chosen).ok_or_else(Error::recorded)?;
        let name: StrDeserializer<'_, Error> = name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.learn(true);
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.learn(false);
        seed.deserialize(self.dummy)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.learn(false);
        self.dummy.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.learn(false);
        self.dummy.deserialize_struct("", fields, visitor)
    }
}

/// Nothing but a name, for the keys of structs.
pub(crate) struct Number(pub(crate) u64);

impl<'de> Deserializer<'de> for Number {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
