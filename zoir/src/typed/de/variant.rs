//! Variants of enums.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::node::NodeIndex;
use crate::typed::de::cursor::{Deserializer, Wanted};
use crate::typed::de::document::lossy;
use crate::typed::de::dummy::{Dummy, Number};
use crate::typed::error::Error;

/// A variant that the document names, and its payload if it has one.
pub(super) struct Chosen<'a, 'z, 'de> {
    pub(super) de: Deserializer<'a, 'z, 'de>,
    pub(super) variants: &'static [&'static str],
    pub(super) name: &'z [u8],
    /// None if it is of no name known; there may be a variant for these.
    pub(super) index: Option<usize>,
    pub(super) payload: Option<NodeIndex>,
    /// The visitor of an external enum; none where the name is a tag.
    pub(super) external: Option<&'static str>,
}

impl Chosen<'_, '_, '_> {
    fn learn(&self, is_unit: bool) {
        let document = self.de.document;
        if let Some(index) = self.index
            && self.external.is_some()
            && document.is_careful()
        {
            let mut state = document.state.borrow_mut();
            state.learn(self.variants, index, is_unit);
        }
    }

    /// For a name without the payload that its variant has. The reference does not say here whether `null`
    /// would do as well.
    fn no_payload<T>(&self, fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let message = Wanted::Kind("union").message(false);
        self.de.instead_of(self.de.node, message, fill)
    }
}

impl<'de> EnumAccess<'de> for Chosen<'_, '_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let known = self.index.and_then(|index| self.variants.get(index));
        let name = known.map_or_else(|| lossy(self.name), |name| Cow::Borrowed(*name));
        let name: StrDeserializer<'_, Error> = (&*name).into_deserializer();
        let error = match seed.deserialize(name) {
            Ok(name) => return Ok((name, self)),
            Err(error) => error,
        };
        let document = self.de.document;
        if let (Some(visitor), None) = (self.external, self.index)
            && document.recovers()
        {
            // The next run says so, and goes on.
            let mut state = document.state.borrow_mut();
            if state
                .closed
                .insert((visitor, self.variants.as_ptr() as usize))
            {
                state.learned = true;
                return Err(Error::recorded());
            }
        }
        Err(error)
    }
}

impl<'de> VariantAccess<'de> for Chosen<'_, '_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.learn(true);
        let Some(payload) = self.payload else {
            return Ok(());
        };
        if self.de.is_union(self.variants) {
            return self
                .de
                .instead_of(payload, Wanted::Type("void").message(false), |_| Ok(()));
        }
        let document = self.de.document;
        let mut state = document.state.borrow_mut();
        if document.is_careful()
            && state.kinds_of(self.variants).is_union().is_none()
            && state.probe.insert(self.de.node)
        {
            state.learned = true;
            return Err(Error::recorded());
        }
        drop(state);
        self.de.instead(Wanted::Kind("enum literal"), |_| Ok(()))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.learn(false);
        match self.payload {
            Some(payload) => self.de.child(payload).feed(seed, Some(self.de.node)),
            None => self.no_payload(|dummy| seed.deserialize(dummy)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.learn(false);
        match self.payload {
            Some(payload) => {
                let child = self.de.child(payload);
                child
                    .tuple(len, visitor)
                    .map_err(|error| child.place(error, Some(self.de.node)))
            }
            None => {
                self.no_payload(|dummy| de::Deserializer::deserialize_tuple(dummy, len, visitor))
            }
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.learn(false);
        match self.payload {
            Some(payload) => {
                let child = self.de.child(payload);
                let result = de::Deserializer::deserialize_struct(child, "", fields, visitor);
                result.map_err(|error| child.place(error, Some(self.de.node)))
            }
            None => self.no_payload(|dummy| {
                de::Deserializer::deserialize_struct(dummy, "", fields, visitor)
            }),
        }
    }
}

/// What [`Value`](crate::typed::Value) reads where the data model has no word.
pub(super) struct Special {
    pub(super) number: u64,
    pub(super) payload: Payload,
}

pub(super) enum Payload {
    Bytes(Vec<u8>),
    Number(u128),
}

impl<'de> EnumAccess<'de> for Special {
    type Error = Error;
    type Variant = Payload;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Payload), Error> {
        Ok((seed.deserialize(Number(self.number))?, self.payload))
    }
}

impl<'de> VariantAccess<'de> for Payload {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Err(de::Error::custom("not a unit"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("not a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(de::Error::custom("not a struct"))
    }
}

impl<'de> de::Deserializer<'de> for Payload {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Payload::Bytes(bytes) => visitor.visit_byte_buf(bytes),
            Payload::Number(number) => visitor.visit_u128(number),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
