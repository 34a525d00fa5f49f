//! From a document to a value.
//!
//! The first run over a document only looks whether it is one of the type, and remembers nothing. If it is
//! not, more runs find out all that is wrong: a visitor stops at the first error, so what the document lacks
//! is made up. The error is recorded, and the visitor gets some value of the right type
//! ([`Dummy`](dummy::Dummy)). Where that is impossible (a struct's visitor finds out by itself
//! that a field is missing, a value is refused for reasons of its own) the run is repeated knowing what was
//! learned.

mod access;
mod cursor;
mod deserializer;
mod document;
mod dummy;
mod key;
mod options;
mod runs;
mod state;
mod tag;
mod variant;

use serde::de::Deserialize;

use crate::typed::error::Error;
use crate::typed::source::{NoSource, Source};
use crate::view::ZoirRef;

pub use cursor::Deserializer;
use document::Document;
pub use options::DeOptions;

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
