//! From a document to a value.
//!
//! The first run over a document only looks whether it is one of the type, and remembers nothing. If it is
//! not, more runs find out all that is wrong: a visitor stops at the first error, so what the document lacks
//! is made up. The error is recorded, and the visitor gets some value of the right type
//! ([`Dummy`](crate::typed::dummy::Dummy)). Where that is impossible (a struct's visitor finds out by itself
//! that a field is missing, a value is refused for reasons of its own) the run is repeated knowing what was
//! learned.

mod access;
mod deserializer;
mod document;
mod key;
mod state;
mod tag;
mod variant;

use release::Release;
use serde::de::Deserialize;

use crate::typed::error::Error;
use crate::typed::source::{NoSource, Source};
use crate::view::ZoirRef;

pub use deserializer::Deserializer;
use document::Document;
pub(crate) use state::State;

/// How documents become values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeOptions {
    /// The release of Zig by whose rules the text is read, and in whose words it is told what is wrong. The
    /// default is the newest.
    pub release: Release,
    /// Fields that a struct does not have are no error.
    pub ignore_unknown_fields: bool,
    /// Where a string is wanted, an enum literal is taken by its name.
    pub enum_literals_as_strings: bool,
}

impl Default for DeOptions {
    fn default() -> DeOptions {
        DeOptions {
            release: Release::NEWEST,
            ignore_unknown_fields: false,
            enum_literals_as_strings: false,
        }
    }
}

impl DeOptions {
    /// The same with [`release`](Self::release) set.
    pub fn release(self, release: Release) -> Self {
        DeOptions { release, ..self }
    }

    /// The same with [`ignore_unknown_fields`](Self::ignore_unknown_fields) set.
    pub fn ignore_unknown_fields(self, ignore_unknown_fields: bool) -> Self {
        DeOptions {
            ignore_unknown_fields,
            ..self
        }
    }

    /// The same with [`enum_literals_as_strings`](Self::enum_literals_as_strings) set.
    pub fn enum_literals_as_strings(self, enum_literals_as_strings: bool) -> Self {
        DeOptions {
            enum_literals_as_strings,
            ..self
        }
    }
}

/// The value of a document, for instance one out of a cache. Strings are borrowed from it where the target
/// borrows.
///
/// # Errors
/// All of the document's compile errors, or all that keeps it from being a `T`.
pub fn from_zoir<'de, T: Deserialize<'de>>(zoir: ZoirRef<'de>) -> Result<T, Error> {
    Document::new(zoir, &NoSource, DeOptions::default())
        .with_strings(zoir.string_bytes())
        .validate()?
        .read()
}

/// The value of a document whose text is at hand: errors have places, and strings are borrowed from the text
/// where they stand in it as they are.
///
/// # Errors
/// All of the document's compile errors, or all that keeps it from being a `T`.
pub fn from_zoir_with<'de, T: Deserialize<'de>>(
    zoir: ZoirRef<'_>,
    source: &dyn Source<'de>,
    options: DeOptions,
) -> Result<T, Error> {
    Document::new(zoir, source, options).validate()?.read()
}

/// The same for a document that is known to be [valid](crate::validate), such as one that was just made of
/// its text. With one that is not the result is anything, or it takes forever.
///
/// # Errors
/// All of the document's compile errors, or all that keeps it from being a `T`.
pub fn from_valid_zoir_with<'de, T: Deserialize<'de>>(
    zoir: ZoirRef<'_>,
    source: &dyn Source<'de>,
    options: DeOptions,
) -> Result<T, Error> {
    Document::new(zoir, source, options).read()
}
