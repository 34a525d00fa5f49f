//! Types that stand for what serde's data model has no word for.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut, Range};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Asks a deserializer or serializer of ours for an enum literal.
pub(crate) const ENUM_LITERAL: &str = "$zoir::EnumLiteral";
/// Asks a deserializer of ours for any value.
pub(crate) const VALUE: &str = "$zoir::Value";
/// Asks a deserializer of ours for a value and its place.
pub(crate) const SPANNED: &str = "$zoir::Spanned";

pub(crate) const SPANNED_FIELDS: &[&str] = &["start", "end", "line", "column", "value"];

/// An enum literal whose name is not known beforehand, such as the name of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumLiteral(pub String);

impl fmt::Display for EnumLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EnumLiteral {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = EnumLiteral;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an enum literal")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<EnumLiteral, E> {
                Ok(EnumLiteral(name.to_owned()))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<EnumLiteral, D::Error> {
                String::deserialize(deserializer).map(EnumLiteral)
            }
        }

        deserializer.deserialize_newtype_struct(ENUM_LITERAL, NameVisitor)
    }
}

impl Serialize for EnumLiteral {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(ENUM_LITERAL, &self.0)
    }
}

/// A value and where it stands in the text. Without the text, or where it does not come from ZON at all, the
/// place is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// The bytes of the value.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// The value.
    pub value: T,
}

impl<T> Spanned<T> {
    /// The bytes of the value.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Spanned<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value and its place")
            }

            /// Of our own deserializer, whose keys are the numbers of the fields.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
                let mut place = [0u64; 4];
                for (n, slot) in (0u64..).zip(&mut place) {
                    if map.next_key::<u64>()? != Some(n) {
                        return Err(serde::de::Error::custom(
                            "a place is asked of something else than ZON",
                        ));
                    }
                    *slot = map.next_value()?;
                }
                map.next_key::<u64>()?;
                let value = map.next_value()?;
                let [start, end, line, column] = place;
                Ok(Spanned {
                    start: start as usize,
                    end: end as usize,
                    line: line as u32,
                    column: column as u32,
                    value,
                })
            }
        }

        deserializer.deserialize_struct(SPANNED, SPANNED_FIELDS, SpannedVisitor(PhantomData))
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
