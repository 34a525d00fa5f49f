//! What is wrong with a document, or with it as a value of some type.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use release::Release;

use crate::text::Style;

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

/// Everything that is wrong, in the order in which it was found. Displayed as the reference does up to
/// 0.16: a line for each item and note, with line and column in front where they are known.
/// [`in_file`](Error::in_file) has the form of later releases.
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
    /// There is no variant of this name, or (none) no name where a tag is wanted; needs the place of that.
    Tag(Option<Named>),
}

/// A name that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Where its bytes were. They are never read there: the address tells which of several equal names it
    /// was.
    pub(crate) address: usize,
    /// The names that would have done.
    pub(crate) expected: &'static [&'static str],
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

    /// Neither an enum literal nor a string where a tag is wanted.
    pub(crate) fn no_tag() -> Error {
        Error::unplaced("expected enum literal".to_owned(), Kind::Tag(None))
    }

    /// The items of an error about something at this place, in the words of a release.
    pub(crate) fn into_items_at(
        self,
        kind: &str,
        location: &Option<Location>,
        release: Release,
    ) -> Vec<Item> {
        let Inner {
            mut items,
            kind: error,
        } = *self.0;
        for item in &mut items {
            if let Kind::Tag(Some(named)) = &error {
                item.message = unexpected(kind, &named.name);
                for note in &mut item.notes {
                    note.message = supported(named.expected, release);
                }
            }
            item.location.clone_from(location);
            for note in &mut item.notes {
                note.location.clone_from(location);
            }
        }
        items
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// The same text with the name of the file in front of each line, and without an end of the last one: the
    /// form of the reference from 0.17.1 on. (0.17.0 ends the last line as well.)
    pub fn in_file<'a>(&'a self, path: &'a str) -> impl fmt::Display + 'a {
        InFile { error: self, path }
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

/// In the words of the reference.
pub(crate) fn unexpected(kind: &str, name: &str) -> String {
    format!("unexpected {kind} '{name}'")
}

/// The note that goes with it.
pub(crate) fn supported(names: &[&str], release: Release) -> String {
    if names.is_empty() {
        return "none expected".to_owned();
    }
    let mut text = "supported: ".to_owned();
    for (n, name) in names.iter().enumerate() {
        text.push_str(if n == 0 { "'" } else { ", '" });
        // Writing to a string does not fail.
        let _ = Style::of(release).write_name(&mut text, name.as_bytes());
        text.push('\'');
    }
    text
}

/// What [`Error::in_file`] gives.
#[derive(Clone, Copy, Debug)]
struct InFile<'a> {
    error: &'a Error,
    path: &'a str,
}

impl fmt::Display for InFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, item) in self.error.items().iter().enumerate() {
            let mut line = |end: &str, location: &Option<Location>, kind: &str, message: &str| {
                write!(f, "{end}{}:", self.path)?;
                if let Some(location) = location {
                    write!(f, "{location}:")?;
                }
                write!(f, " {kind}: {message}")
            };
            line(
                if n == 0 { "" } else { "\n" },
                &item.location,
                "error",
                &item.message,
            )?;
            for note in &item.notes {
                line("\n", &note.location, "note", &note.message)?;
            }
        }
        Ok(())
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

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let item = Item {
            message: unexpected("enum literal", variant),
            location: None,
            notes: vec![Note {
                message: supported(expected, Release::NEWEST),
                location: None,
            }],
        };
        let named = Named {
            name: variant.to_owned(),
            address: variant.as_ptr() as usize,
            expected,
        };
        Error::with(vec![item], Kind::Tag(Some(named)))
    }
}
