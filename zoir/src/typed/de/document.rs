//! What is the same for all nodes of a document.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use serde::de::Visitor;

use crate::node::NodeIndex;
use crate::typed::de::dummy::Dummy;
use crate::typed::de::options::DeOptions;
use crate::typed::de::state::State;
use crate::typed::error::{Error, Item, Location, Note};
use crate::typed::source::Source;
use crate::view::ZoirRef;

/// What is the same for all nodes.
pub(super) struct Document<'a, 'z, 'de> {
    pub(super) zoir: ZoirRef<'z>,
    /// The string bytes as text; none where not all of them are.
    text: Option<&'z str>,
    /// The string bytes, if they live long enough to be borrowed from.
    strings: Option<&'de [u8]>,
    pub(super) source: &'a dyn Source<'de>,
    pub(super) options: DeOptions,
    /// Whether to go on after an error, remembering what there is to learn.
    pub(super) careful: Cell<bool>,
    /// Whether there was an error in the first run.
    pub(super) failed: Cell<bool>,
    pub(super) state: RefCell<State>,
}

pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

impl<'a, 'z, 'de> Document<'a, 'z, 'de> {
    pub(super) fn new(zoir: ZoirRef<'z>, source: &'a dyn Source<'de>, options: DeOptions) -> Self {
        Document {
            zoir,
            text: core::str::from_utf8(zoir.string_bytes()).ok(),
            strings: None,
            source,
            options,
            careful: Cell::new(false),
            failed: Cell::new(false),
            state: RefCell::default(),
        }
    }

    /// The same with its string bytes, which live long.
    pub(super) fn with_strings(self, strings: &'de [u8]) -> Self {
        Document {
            strings: Some(strings),
            ..self
        }
    }

    /// What follows trusts the document: elements without end would keep it busy forever.
    pub(super) fn validate(self) -> Result<Self, Error> {
        if self.zoir.has_compile_errors() {
            return Err(self.compile_errors());
        }
        match crate::validate::validate(self.zoir) {
            Ok(()) => Ok(self),
            Err(error) => Err(Error::new(vec![Item {
                message: alloc::format!("document is damaged: {error}"),
                location: None,
                notes: Vec::new(),
            }])),
        }
    }

    pub(super) fn compile_errors(&self) -> Error {
        let text = |start: u32| lossy(self.zoir.string(start).unwrap_or_default()).into_owned();
        let items = self.zoir.compile_errors().map(|error| Item {
            message: text(error.msg),
            location: self.source.place(error.place),
            notes: self
                .zoir
                .notes(&error)
                .map(|note| Note {
                    message: text(note.msg),
                    location: self.source.place(note.place),
                })
                .collect(),
        });
        Error::new(items.collect())
    }

    /// Whether errors are recorded. Where they are not, the first of them ends the run: that there was one is
    /// noted here.
    pub(super) fn recovers(&self) -> bool {
        let careful = self.careful.get();
        self.failed.set(self.failed.get() || !careful);
        careful
    }

    #[inline]
    pub(super) fn is_careful(&self) -> bool {
        self.careful.get()
    }

    pub(super) fn location(&self, node: NodeIndex) -> Option<Location> {
        self.source.node(self.zoir.ast_node(node)?)
    }

    pub(super) fn item(&self, node: NodeIndex, message: String) -> Item {
        Item {
            message,
            location: self.location(node),
            notes: Vec::new(),
        }
    }

    /// Records an error, or returns it where the first one ends everything.
    pub(super) fn fail(&self, item: Item) -> Result<(), Error> {
        if !self.recovers() {
            return Err(Error::recorded());
        }
        self.state.borrow_mut().items.push(item);
        Ok(())
    }

    pub(super) fn dummy(&self) -> Dummy<'_> {
        Dummy {
            state: &self.state,
            depth: 0,
        }
    }

    /// Where some of the string bytes start among them, if they are such.
    fn start_of(&self, bytes: &[u8]) -> usize {
        (bytes.as_ptr() as usize).wrapping_sub(self.zoir.string_bytes().as_ptr() as usize)
    }

    /// Some of the string bytes as text.
    fn text_of(&self, bytes: &'z [u8]) -> Option<&'z str> {
        let start = self.start_of(bytes);
        // The whole was looked at once; what is none of it, or cuts characters, is looked at now.
        self.text
            .and_then(|text| text.get(start..start.checked_add(bytes.len())?))
            .or_else(|| core::str::from_utf8(bytes).ok())
    }

    /// The node of the syntax tree that a node was made of.
    pub(super) fn ast_node(&self, node: NodeIndex) -> u32 {
        self.zoir.ast_node(node).unwrap_or(u32::MAX)
    }

    /// The text of a string or an enum literal, living long if it can.
    pub(super) fn string(&self, node: NodeIndex, bytes: &'z [u8]) -> Text<'z, 'de> {
        let source = self.source.borrow_string(self.ast_node(node), bytes);
        self.borrow(bytes, source)
    }

    /// The same bytes, living as long as the text or the document if they can.
    pub(super) fn borrow(&self, bytes: &'z [u8], from_source: Option<&'de [u8]>) -> Text<'z, 'de> {
        if from_source.is_some_and(|text| text == bytes) {
            return Text::Long(from_source.unwrap_or_default());
        }
        let start = self.start_of(bytes);
        let long = self
            .strings
            .and_then(|strings| strings.get(start..start.checked_add(bytes.len())?));
        long.filter(|long| *long == bytes)
            .map_or(Text::Short(bytes), Text::Long)
    }
}

/// Bytes that outlive the deserializer, or do not.
#[derive(Clone, Copy)]
pub(super) enum Text<'z, 'de> {
    /// Some of the string bytes.
    Short(&'z [u8]),
    Long(&'de [u8]),
}

impl<'z, 'de> Text<'z, 'de> {
    /// The visitor back if it is not UTF-8.
    pub(super) fn visit_str<V: Visitor<'de>>(
        self,
        document: &Document<'_, 'z, 'de>,
        visitor: V,
    ) -> Result<Result<V::Value, Error>, V> {
        match self {
            Text::Short(bytes) => match document.text_of(bytes) {
                Some(text) => Ok(visitor.visit_str(text)),
                None => Err(visitor),
            },
            Text::Long(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => Ok(visitor.visit_borrowed_str(text)),
                Err(_) => Err(visitor),
            },
        }
    }

    /// Where the bytes are.
    pub(super) fn address(self) -> usize {
        match self {
            Text::Short(bytes) | Text::Long(bytes) => bytes.as_ptr() as usize,
        }
    }

    pub(super) fn visit_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Text::Short(bytes) => visitor.visit_bytes(bytes),
            Text::Long(bytes) => visitor.visit_borrowed_bytes(bytes),
        }
    }
}
