//! A value's place in a document.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

use serde::de::{self, DeserializeSeed, Visitor};

use crate::limits::MAX_TYPED_DEPTH;
use crate::node::{Node, NodeIndex, Range};
use crate::tag::Tag;
use crate::typed::de::document::{Document, Text, lossy};
use crate::typed::de::dummy::Dummy;
use crate::typed::de::tag;
use crate::typed::error::{Error, Item, Kind, Location, Note, supported, unexpected};

/// One value of a document. It is what types read themselves from; [`from_zoir`](crate::typed::from_zoir) is
/// the way to one.
#[derive(Clone, Copy)]
pub struct Deserializer<'a, 'z, 'de> {
    pub(super) document: &'a Document<'a, 'z, 'de>,
    pub(super) node: NodeIndex,
    /// Whether `null` would do as well, which messages tell.
    pub(super) optional: bool,
    pub(super) depth: u32,
}

/// What a mismatch is called.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    /// A type with a name.
    Type(&'static str),
    /// Something else.
    Kind(&'static str),
}

impl Wanted {
    pub(super) fn message(self, optional: bool) -> String {
        match (self, optional) {
            (Wanted::Type(name), false) => format!("expected type '{name}'"),
            (Wanted::Type(name), true) => format!("expected type '?{name}'"),
            (Wanted::Kind(kind), false) => format!("expected {kind}"),
            (Wanted::Kind(kind), true) => format!("expected optional {kind}"),
        }
    }
}

pub(super) fn hopeless(_: Error) -> Error {
    Error::hopeless()
}

/// An integer before it is known whether it fits.
pub(super) enum Integer {
    Value {
        negative: bool,
        magnitude: u128,
    },
    TooLarge,
    /// Not one.
    None,
}

impl<'a, 'z, 'de> Deserializer<'a, 'z, 'de> {
    pub(super) fn root(document: &'a Document<'a, 'z, 'de>) -> Self {
        Deserializer {
            document,
            node: NodeIndex::ROOT,
            optional: false,
            depth: 0,
        }
    }

    pub(super) fn is(self, tag: Tag) -> bool {
        self.document.zoir.tag(self.node) == Some(tag)
    }

    pub(super) fn value(self) -> Node<'z> {
        // Nothing in a valid document is out of bounds.
        self.document.zoir.node(self.node).unwrap_or(Node::Null)
    }

    pub(super) fn child(self, node: NodeIndex) -> Self {
        Deserializer {
            node,
            optional: false,
            depth: self.depth + 1,
            ..self
        }
    }

    pub(super) fn ast_node(self) -> u32 {
        self.document.ast_node(self.node)
    }

    /// Gives the node to whoever wants it, and sees to errors that have no place yet.
    pub(super) fn feed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
        parent: Option<NodeIndex>,
    ) -> Result<T::Value, Error> {
        let document = self.document;
        if !document.is_careful() && self.depth <= MAX_TYPED_DEPTH {
            return seed
                .deserialize(self)
                .map_err(|error| self.place(error, parent));
        }
        let given_up = document.state.borrow().given_up.get(&self.node).cloned();
        let result = if let Some(message) = given_up {
            if let Some(message) = message {
                document.fail(document.item(self.node, message))?;
            }
            seed.deserialize(document.dummy()).map_err(hopeless)
        } else if self.depth > MAX_TYPED_DEPTH {
            let message = format!("nesting is deeper than {MAX_TYPED_DEPTH} levels");
            document.fail(document.item(self.node, message))?;
            seed.deserialize(document.dummy()).map_err(hopeless)
        } else {
            seed.deserialize(self)
        };
        result.map_err(|error| self.place(error, parent))
    }

    #[cold]
    pub(super) fn place(self, error: Error, parent: Option<NodeIndex>) -> Error {
        let document = self.document;
        if !document.recovers() {
            return error;
        }
        let mut state = document.state.borrow_mut();
        match error.kind() {
            Kind::Complete | Kind::Recorded => error,
            Kind::Hopeless => {
                if let Some(parent) = parent
                    && !state.given_up.contains_key(&parent)
                {
                    state.given_up.insert(parent, None);
                    state.learned = true;
                    let items = state.items.clone();
                    state.kept.extend(items);
                }
                if parent.is_some() {
                    Error::recorded()
                } else {
                    error
                }
            }
            Kind::Tag(named) => {
                // What belongs to a tag cannot be read without it.
                let spot = named
                    .as_ref()
                    .and_then(|named| tag::find(document, self.node, named));
                let mut node = self.node;
                if tag::is_name(document, node) || state.given_up.contains_key(&node) {
                    node = parent.unwrap_or(node);
                }
                if state.given_up.insert(node, None).is_none() {
                    state.learned = true;
                }
                let (kind, location) = match spot {
                    Some(spot) => (spot.kind, spot.location),
                    None => ("enum literal", document.location(self.node)),
                };
                let release = document.options.release;
                state
                    .kept
                    .extend(error.into_items_at(kind, &location, release));
                Error::recorded()
            }
            Kind::Unplaced | Kind::Missing(_) => {
                let mut items = error.into_items();
                for item in &mut items {
                    item.location = document.location(self.node);
                }
                state
                    .given_up
                    .insert(self.node, items.first().map(|item| item.message.clone()));
                state.learned = true;
                state.items.append(&mut items);
                Error::recorded()
            }
        }
    }

    /// Records that the node is not what is wanted, and gives something that is.
    pub(super) fn instead<T>(
        self,
        wanted: Wanted,
        fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if !self.document.recovers() {
            return Err(Error::recorded());
        }
        self.instead_of(self.node, wanted.message(self.optional), fill)
    }

    pub(super) fn instead_of<T>(
        self,
        node: NodeIndex,
        message: String,
        fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.document.fail(self.document.item(node, message))?;
        fill(self.document.dummy()).map_err(hopeless)
    }

    pub(super) fn small_integer(self) -> Option<i32> {
        let zoir = self.document.zoir;
        self.is(Tag::IntLiteralSmall)
            .then(|| zoir.data(self.node).unwrap_or_default().cast_signed())
    }

    pub(super) fn integer(self) -> Integer {
        match self.value() {
            Node::Int(value) => Integer::Value {
                negative: value < 0,
                magnitude: u128::from(value.unsigned_abs()),
            },
            Node::BigInt(value) => match value.magnitude() {
                Some(magnitude) => Integer::Value {
                    negative: value.is_negative(),
                    magnitude,
                },
                None => Integer::TooLarge,
            },
            Node::Char(value) => Integer::Value {
                negative: false,
                magnitude: u128::from(value),
            },
            Node::Float(value) => match value.to_integer() {
                Some((negative, magnitude)) => Integer::Value {
                    negative,
                    magnitude,
                },
                None => Integer::TooLarge,
            },
            _ => Integer::None,
        }
    }

    /// The integer, if it is one and in range.
    pub(super) fn in_range<I: TryFrom<u128> + TryFrom<i128>>(
        negative: bool,
        magnitude: u128,
    ) -> Option<I> {
        if negative {
            I::try_from(0i128.checked_sub_unsigned(magnitude)?).ok()
        } else {
            I::try_from(magnitude).ok()
        }
    }

    pub(super) fn elements(self) -> Option<Range> {
        match self.value() {
            Node::Array(range) => Some(range),
            Node::Empty => Some(Range {
                start: self.node,
                len: 0,
            }),
            _ => None,
        }
    }

    /// The text of a string or an enum literal, living long if it can.
    pub(super) fn text(self, bytes: &'z [u8]) -> Text<'z, 'de> {
        self.document.string(self.node, bytes)
    }

    pub(super) fn visit_text<V: Visitor<'de>>(
        self,
        text: Text<'z, 'de>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match text.visit_str(self.document, visitor) {
            Ok(result) => result,
            Err(visitor) => self.instead_of(
                self.node,
                "string is not valid UTF-8".to_string(),
                |dummy| de::Deserializer::deserialize_str(dummy, visitor),
            ),
        }
    }

    /// What may be taken for a string.
    pub(super) fn string(self) -> Option<&'z [u8]> {
        match self.value() {
            Node::String(value) => Some(value),
            Node::EnumLiteral(name) if self.document.options.enum_literals_as_strings => Some(name),
            _ => None,
        }
    }

    /// What may be taken for a tag.
    pub(super) fn tag_name(self) -> Option<&'z [u8]> {
        match self.value() {
            Node::String(name) | Node::EnumLiteral(name) => Some(name),
            _ => None,
        }
    }

    /// Whether an enum is what Zig calls a union, as far as is known.
    pub(super) fn is_union(self, variants: &'static [&'static str]) -> bool {
        let mut state = self.document.state.borrow_mut();
        let is_union = state.kinds_of(variants).is_union();
        if is_union.is_none() {
            // What is made up instead tells more.
            state.uncertain = true;
        }
        is_union.unwrap_or(false)
    }

    pub(super) fn unexpected(
        self,
        kind: &str,
        name: &[u8],
        names: &[&str],
        location: Option<Location>,
    ) -> Result<(), Error> {
        self.document.fail(Item {
            message: unexpected(kind, &lossy(name)),
            notes: vec![Note {
                message: supported(names, self.document.options.release),
                location: location.clone(),
            }],
            location,
        })
    }
}
