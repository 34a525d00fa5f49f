//! Typed values: documents as values of serde's data model, and back.
//!
//! # Enums
//!
//! An enum as such is what the reference reads: an enum literal for a variant without payload, a struct of
//! one field for any other. A tag that is a field (`tag`, with or without `content`, also flattened) is an
//! enum literal or a string, and may stand anywhere among the fields; a wrong one is the only error of its
//! struct. A variant with `#[serde(other)]` takes all other names. An untagged enum is the first variant that
//! fits. The README of this crate shows an example of each.

mod de;
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
