//! Elements, fields, and the place of a value.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use crate::node::{Names, NodeIndex, Range};
use crate::typed::de::cursor::{Deserializer, hopeless};
use crate::typed::de::dummy::Number;
use crate::typed::de::key::Key;
use crate::typed::de::tag::is_adjacent_key;
use crate::typed::error::{Error, Kind};

/// The elements of an array.
pub(super) struct Elements<'a, 'z, 'de> {
    pub(super) de: Deserializer<'a, 'z, 'de>,
    pub(super) range: Range,
    pub(super) next: u32,
    /// How many there must be; what is missing is made up.
    pub(super) len: Option<usize>,
    /// The message about the first that is missing.
    pub(super) short: Option<String>,
}

impl Elements<'_, '_, '_> {
    /// Whether the next element was one that can be left out.
    fn leave_out(&mut self) -> Result<bool, Error> {
        let document = self.de.document;
        if !document.is_careful() {
            return Ok(false);
        }
        let Some(element) = self.range.get(self.next) else {
            return Ok(false);
        };
        let state = document.state.borrow();
        if !state.left_out.contains(&element) {
            return Ok(false);
        }
        let message = state.given_up.get(&element).cloned().flatten();
        drop(state);
        self.next += 1;
        if let Some(message) = message {
            document.fail(document.item(element, message))?;
        }
        Ok(true)
    }

    /// The error of a list's element: the list can do without it from the next run on.
    fn hopeless_element(&self, element: NodeIndex, error: Error) -> Error {
        let document = self.de.document;
        if *error.kind() != Kind::Hopeless || self.len.is_some() || !document.is_careful() {
            return error;
        }
        let mut state = document.state.borrow_mut();
        if !state.left_out.insert(element) {
            return error;
        }
        state.learned = true;
        let items = state.items.clone();
        state.kept.extend(items);
        state.given_up.entry(element).or_default();
        Error::recorded()
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, '_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if self.len.is_some_and(|len| self.next as usize >= len) {
            return Ok(None);
        }
        let is_list = self.len.is_none();
        while is_list && self.leave_out()? {}
        let at = self.next;
        self.next += 1;
        if let Some(element) = self.range.get(at) {
            let parent = (!is_list).then_some(self.de.node);
            let result = self.de.child(element).feed(seed, parent);
            return result
                .map(Some)
                .map_err(|error| self.hopeless_element(element, error));
        }
        if self.len.is_none() {
            return Ok(None);
        }
        let document = self.de.document;
        if let Some(message) = self.short.take() {
            document.fail(document.item(self.de.node, message))?;
        }
        seed.deserialize(document.dummy())
            .map(Some)
            .map_err(|error| self.de.place(hopeless(error), Some(self.de.node)))
    }

    fn size_hint(&self) -> Option<usize> {
        // Elements of a document that was not validated are found missing one by one.
        Some(
            (self.range.len.saturating_sub(self.next) as usize)
                .min(self.de.document.zoir.nodes_len() as usize),
        )
    }
}

/// What the next value of a struct is.
#[derive(Clone, Copy)]
pub(super) enum Next {
    None,
    Node(NodeIndex),
    MadeUp,
}

/// The fields of a struct.
pub(super) struct Fields<'a, 'z, 'de> {
    pub(super) de: Deserializer<'a, 'z, 'de>,
    pub(super) fields: Option<(Names<'z>, Range)>,
    /// The fields that the type has, if it has only these.
    pub(super) known: Option<&'static [&'static str]>,
    /// Which of these probably comes next.
    pub(super) guess: usize,
    pub(super) type_name: &'static str,
    pub(super) next: u32,
    pub(super) is_started: bool,
    /// An adjacent tag, which comes first wherever it stands: then nothing has to be kept of the content,
    /// unread.
    pub(super) tag: Option<u32>,
    pub(super) value: Next,
    /// Required fields that are not there; found when those that are there are done.
    pub(super) missing: Option<Vec<&'static str>>,
}

/// A field's name as far as the type knows it.
enum Known {
    Yes(&'static str),
    No,
    /// Any name will do.
    Any,
}

impl<'z> Fields<'_, 'z, '_> {
    fn look_up(&mut self, names: Names<'z>, index: u32) -> Known {
        let Some(known) = self.known else {
            return Known::Any;
        };
        let name = names.get(index).unwrap_or_default();
        let is_it = |field: &&str| field.as_bytes() == name;
        // Most documents keep to the order of the type.
        let mut at = self.guess;
        if !known.get(at).is_some_and(is_it) {
            match known.iter().position(|field| field.as_bytes() == name) {
                Some(found) => at = found,
                None => return Known::No,
            }
        }
        self.guess = at + 1;
        Known::Yes(known[at])
    }

    fn start(&mut self) {
        let document = self.de.document;
        if document.is_careful() {
            let mut state = document.state.borrow_mut();
            state.adjacent.insert(self.type_name);
        }
        let tag = self.known.and_then(|known| known.first());
        self.tag = self.fields.and_then(|(names, _)| {
            let is_it = |name: &[u8]| tag.is_some_and(|tag| tag.as_bytes() == name);
            (0..names.len()).find(|&index| names.get(index).is_some_and(is_it))
        });
    }

    fn find_missing(&self) -> Vec<&'static str> {
        if !self.de.document.is_careful() {
            return Vec::new();
        }
        let state = self.de.document.state.borrow();
        if state.adjacent.contains(self.type_name) {
            return Vec::new();
        }
        let Some(known) = self.known.filter(|_| !state.required.is_empty()) else {
            return Vec::new();
        };
        let is_there = |field: &str| {
            self.fields
                .is_some_and(|(names, _)| names.iter().any(|name| name == field.as_bytes()))
        };
        let required = known
            .iter()
            .rev()
            .copied()
            .filter(|field| state.required.contains(&(self.type_name, *field)));
        required.filter(|field| !is_there(field)).collect()
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let document = self.de.document;
        let mut first = None;
        if !self.is_started {
            self.is_started = true;
            if is_adjacent_key::<K>() {
                self.start();
                first = self.tag;
            }
        }
        while let Some((names, values)) = self.fields
            && let Some(index) = first.or((self.next < names.len()).then_some(self.next))
            && let Some(value) = values.get(index)
        {
            if first.take().is_none() {
                self.next += 1;
                if self.tag == Some(index) {
                    continue;
                }
            }
            let known = self.look_up(names, index);
            let location = || document.source.field_name(self.de.ast_node(), index);
            if matches!(known, Known::No) && !document.options.ignore_unknown_fields {
                let name = names.get(index).unwrap_or_default();
                self.de
                    .unexpected("field", name, self.known.unwrap_or_default(), location())?;
                continue;
            }
            self.value = Next::Node(value);
            let key = Key {
                de: self.de,
                names,
                index,
                known: match known {
                    Known::Yes(field) => Some(field),
                    _ => None,
                },
            };
            return match seed.deserialize(key) {
                Ok(key) => Ok(Some(key)),
                Err(error) => {
                    if !document.recovers() {
                        return Err(error);
                    }
                    let mut items =
                        error.into_items_at("field", &location(), document.options.release);
                    // Without its key there is no telling what the rest of the map is.
                    document.state.borrow_mut().items.append(&mut items);
                    Err(self
                        .de
                        .place(hopeless(Error::recorded()), Some(self.de.node)))
                }
            };
        }
        if self.missing.is_none() {
            self.missing = Some(self.find_missing());
        }
        let Some(field) = self.missing.as_mut().and_then(Vec::pop) else {
            return Ok(None);
        };
        document.fail(document.item(self.de.node, format!("missing required field {field}")))?;
        self.value = Next::MadeUp;
        let name: StrDeserializer<'_, Error> = field.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let parent = Some(self.de.node);
        match self.value {
            Next::Node(node) => self.de.child(node).feed(seed, parent),
            Next::MadeUp | Next::None => seed
                .deserialize(self.de.document.dummy())
                .map_err(|error| self.de.place(hopeless(error), parent)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.fields
            .map(|(names, _)| names.len().saturating_sub(self.next) as usize)
    }
}

/// The map that [`Spanned`](crate::typed::Spanned) reads: numbers for names.
pub(super) struct Place<'a, 'z, 'de> {
    pub(super) de: Deserializer<'a, 'z, 'de>,
    pub(super) place: [u64; 4],
    pub(super) next: usize,
}

impl<'de> MapAccess<'de> for Place<'_, '_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        seed.deserialize(Number(self.next as u64)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.place.get(self.next) {
            Some(&number) => {
                self.next += 1;
                seed.deserialize(Number(number))
            }
            None => seed.deserialize(self.de),
        }
    }
}
