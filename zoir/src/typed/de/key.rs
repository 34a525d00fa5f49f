//! Names of fields as values.

use serde::de::value::StrDeserializer;
use serde::de::{self, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::node::Names;
use crate::typed::de::cursor::Deserializer;
use crate::typed::de::document::Text;
use crate::typed::error::Error;
use crate::typed::markers::ENUM_LITERAL;

/// The name of a field as a value.
#[derive(Clone, Copy)]
pub(super) struct Key<'a, 'z, 'de> {
    pub(super) de: Deserializer<'a, 'z, 'de>,
    pub(super) names: Names<'z>,
    pub(super) index: u32,
    /// The same name as the type has it.
    pub(super) known: Option<&'static str>,
}

impl<'z, 'de> Key<'_, 'z, 'de> {
    fn name(self) -> &'z [u8] {
        self.names.get(self.index).unwrap_or_default()
    }

    fn text(self) -> Text<'z, 'de> {
        let (document, name) = (self.de.document, self.name());
        let source = document
            .source
            .borrow_field_name(self.de.ast_node(), self.index, name);
        document.borrow(name, source)
    }

    fn visit_str<V: Visitor<'de>>(
        self,
        text: Text<'z, 'de>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        text.visit_str(self.de.document, visitor)
            .unwrap_or_else(|_| Err(Self::not_utf8()))
    }

    fn not_utf8() -> Error {
        de::Error::custom("name is not valid UTF-8")
    }
}

macro_rules! number_keys {
    ($($method:ident $type:ident $visit:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = core::str::from_utf8(self.name()).map_err(|_| Self::not_utf8())?;
            match text.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(de::Error::custom(format_args!("name '{text}' is no '{}'", stringify!($type)))),
            }
        })*
    };
}

impl<'de> de::Deserializer<'de> for Key<'_, '_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit_str(self.text(), visitor)
    }

    /// For those that keep a copy.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit_str(Text::Short(self.name()), visitor)
    }

    /// For structs, which need it only for a moment.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.known {
            Some(name) => visitor.visit_str(name),
            None => Text::Short(self.name())
                .visit_str(self.de.document, visitor)
                .unwrap_or_else(|visitor| visitor.visit_bytes(self.name())),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text().visit_bytes(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bytes(self.name())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            ENUM_LITERAL => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text = core::str::from_utf8(self.name()).map_err(|_| Self::not_utf8())?;
        let text: StrDeserializer<'_, Error> = text.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    number_keys! {
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
        deserialize_bool bool visit_bool,
    }

    forward_to_deserialize_any! {
        f32 f64 char str unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}
