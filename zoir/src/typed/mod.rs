//! Typed values: documents as values of serde's data model, and back.

mod de;
mod dummy;
mod error;
mod markers;
mod ser;
mod source;
mod value;

pub use de::{DeOptions, Deserializer, from_valid_zoir_with, from_zoir, from_zoir_with};
pub use error::{Error, Item, Location, Note};
pub use markers::{EnumLiteral, Spanned};
pub use ser::{
    CodePoints, SerError, SerOptions, to_string, to_string_with, to_value, to_value_with,
};
pub use source::{NoSource, Source};
pub use value::{Float, Value};
