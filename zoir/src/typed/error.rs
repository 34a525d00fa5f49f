//! What is wrong with a document, or with it as a value of some type.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

/// A place in the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// The bytes meant.
    pub span: Range<usize>,
}

/// What belongs to an [`Item`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// What it says.
    pub message: String,
    /// Where; unknown without the text.
    pub location: Option<Location>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// What it is.
    pub message: String,
    /// Where; unknown without the text.
    pub location: Option<Location>,
    /// What belongs to it.
    pub notes: Vec<Note>,
}

/// Everything that is wrong, in the order in which it was found. Displayed as the reference does: a line for each item
/// and note, with line and column in front where they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error(Box<Inner>);

/// Elsewhere, because results that have no error should be small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Inner {
    items: Vec<Item>,
    kind: Kind,
}

/// What an error is while it is on its way out of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Complete.
    #[default]
    Complete,
    /// The items are with the deserializer already.
    Recorded,
    /// The same, and there is no value of the type to go on with.
    Hopeless,
    /// A message that still needs a place.
    Unplaced,
    /// A struct lacks this field; needs a place.
    Missing(&'static str),
}

impl Error {
    fn with(items: Vec<Item>, kind: Kind) -> Error {
        Error(Box::new(Inner { items, kind }))
    }

    pub(crate) fn new(items: Vec<Item>) -> Error {
        Error::with(items, Kind::Complete)
    }

    pub(crate) fn recorded() -> Error {
        Error::with(Vec::new(), Kind::Recorded)
    }

    pub(crate) fn hopeless() -> Error {
        Error::with(Vec::new(), Kind::Hopeless)
    }

    fn unplaced(message: String, kind: Kind) -> Error {
        let item = Item {
            message,
            location: None,
            notes: Vec::new(),
        };
        Error::with(vec![item], kind)
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// What is wrong; at least one thing.
    pub fn items(&self) -> &[Item] {
        &self.0.items
    }

    /// The same as owned values.
    pub fn into_items(self) -> Vec<Item> {
        self.0.items
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |location: &Option<Location>, kind: &str, message: &str| {
            if let Some(location) = location {
                write!(f, "{location}: ")?;
            }
            writeln!(f, "{kind}: {message}")
        };
        for item in &self.0.items {
            line(&item.location, "error", &item.message)?;
            for note in &item.notes {
                line(&note.location, "note", &note.message)?;
            }
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Error::unplaced(message.to_string(), Kind::Unplaced)
    }

    fn missing_field(field: &'static str) -> Self {
        Error::unplaced(
            "missing required field ".to_owned() + field,
            Kind::Missing(field),
        )
    }
}
