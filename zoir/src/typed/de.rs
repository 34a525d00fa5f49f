//! From a document to a value.
//!
//! A visitor stops at the first error. To find all of them, what the document lacks is made up: the error is recorded, and the
//! visitor gets some value of the right type ([`Dummy`]). Where that is impossible (a struct's visitor finds out by itself that a
//! field is missing, a value is refused for reasons of its own) the run is repeated knowing what was learned.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::any::type_name;
use core::cell::RefCell;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::limits::{MAX_TYPED_DEPTH, MAX_TYPED_RUNS};
use crate::node::{Names, Node, NodeIndex, Range};
use crate::text::Name;
use crate::typed::dummy::{Dummy, Number, Variant};
use crate::typed::error::{Error, Item, Kind, Location, Note};
use crate::typed::markers::{ENUM_LITERAL, SPANNED, VALUE};
use crate::typed::source::{NoSource, Source};
use crate::typed::value::{SPECIAL_BIG_INT, SPECIAL_CHAR, SPECIAL_ENUM_LITERAL, SPECIAL_FLOAT};
use crate::view::ZoirRef;

/// How documents become values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeOptions {
    /// Fields that a struct does not have are no error.
    pub ignore_unknown_fields: bool,
    /// Where a string is wanted, an enum literal is taken by its name.
    pub enum_literals_as_strings: bool,
}

impl DeOptions {
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

/// The value of a document, for instance one out of a cache. Strings are borrowed from it where the target borrows.
///
/// # Errors
/// All of the document's compile errors, or all that keeps it from being a `T`.
pub fn from_zoir<'de, T: Deserialize<'de>>(zoir: ZoirRef<'de>) -> Result<T, Error> {
    Document {
        strings: Some(zoir.string_bytes()),
        ..Document::new(zoir, &NoSource, DeOptions::default())
    }
    .read()
}

/// The value of a document whose text is at hand: errors have places, and strings are borrowed from the text where they stand
/// in it as they are.
///
/// # Errors
/// All of the document's compile errors, or all that keeps it from being a `T`.
pub fn from_zoir_with<'de, T: Deserialize<'de>>(
    zoir: ZoirRef<'_>,
    source: &dyn Source<'de>,
    options: DeOptions,
) -> Result<T, Error> {
    Document::new(zoir, source, options).read()
}

/// Which variants of an enum hold nothing, as far as that is known.
#[derive(Default)]
pub(crate) struct Kinds(Vec<Option<bool>>);

impl Kinds {
    /// Whether that is news.
    fn learn(&mut self, variant: usize, is_unit: bool) -> bool {
        self.0
            .get_mut(variant)
            .is_some_and(|kind| kind.replace(is_unit).is_none())
    }

    /// The variant to make up: one that is not known yet, else one that holds nothing.
    pub(crate) fn choose(&self) -> usize {
        let unknown = self.0.iter().position(Option::is_none);
        unknown
            .or_else(|| self.0.iter().position(|kind| *kind == Some(true)))
            .unwrap_or(0)
    }

    fn is_union(&self) -> Option<bool> {
        if self.0.contains(&Some(false)) {
            return Some(true);
        }
        (!self.0.contains(&None)).then_some(false)
    }
}

/// What the runs over a document find and learn.
#[derive(Default)]
pub(crate) struct State {
    /// The errors of this run.
    items: Vec<Item>,
    /// Errors of earlier runs in what is no longer looked at.
    kept: Vec<Item>,
    /// Whether to go on after an error.
    recover: bool,
    kinds: BTreeMap<(&'static str, usize), Kinds>,
    /// Fields that a type cannot do without.
    required: BTreeSet<(&'static str, &'static str)>,
    /// Nodes that are not looked at, with the message if there is one.
    given_up: BTreeMap<NodeIndex, Option<String>>,
    /// Nodes where nothing can be said before it is known what the other variants of their enum hold.
    probe: BTreeSet<NodeIndex>,
    /// Whether the next run will know more than this one.
    learned: bool,
    /// Whether a message depends on what is not known.
    uncertain: bool,
}

impl State {
    pub(crate) fn kinds_of(&mut self, variants: &'static [&'static str]) -> &mut Kinds {
        // One list of names may serve two enums; the name is not known here, and the worst of it is a wrong word in a message.
        let key = (
            variants.first().copied().unwrap_or_default(),
            variants.as_ptr() as usize,
        );
        self.kinds
            .entry(key)
            .or_insert_with(|| Kinds(vec![None; variants.len()]))
    }

    pub(crate) fn learn(
        &mut self,
        variants: &'static [&'static str],
        variant: usize,
        is_unit: bool,
    ) {
        if self.kinds_of(variants).learn(variant, is_unit) {
            self.learned = true;
        }
    }
}

/// What is the same for all nodes.
pub(crate) struct Document<'a, 'z, 'de> {
    zoir: ZoirRef<'z>,
    /// The string bytes, if they live long enough to be borrowed from.
    strings: Option<&'de [u8]>,
    source: &'a dyn Source<'de>,
    options: DeOptions,
    state: RefCell<State>,
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

impl<'a, 'z, 'de> Document<'a, 'z, 'de> {
    fn new(zoir: ZoirRef<'z>, source: &'a dyn Source<'de>, options: DeOptions) -> Self {
        Document {
            zoir,
            strings: None,
            source,
            options,
            state: RefCell::default(),
        }
    }

    fn compile_errors(&self) -> Error {
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

    fn read<T: Deserialize<'de>>(&self) -> Result<T, Error> {
        if self.zoir.has_compile_errors() {
            return Err(self.compile_errors());
        }
        // What follows trusts the document: elements without end would keep it busy forever.
        if let Err(error) = crate::validate::validate(self.zoir) {
            return Err(Error::new(vec![Item {
                message: format!("document is damaged: {error}"),
                location: None,
                notes: Vec::new(),
            }]));
        }
        self.state.borrow_mut().recover = true;
        for _ in 0..MAX_TYPED_RUNS {
            {
                let mut state = self.state.borrow_mut();
                state.items.clear();
                (state.learned, state.uncertain) = (false, false);
            }
            let result = Deserializer {
                document: self,
                node: NodeIndex::ROOT,
                optional: false,
                depth: 0,
            }
            .feed(core::marker::PhantomData::<T>, None);
            let state = self.state.borrow();
            match result {
                Ok(value)
                    if state.items.is_empty()
                        && state.kept.is_empty()
                        && state.given_up.is_empty() =>
                {
                    return Ok(value);
                }
                Ok(_) if !(state.uncertain && state.learned) => break,
                Err(_) if !state.learned => break,
                _ => {}
            }
        }
        let mut state = self.state.borrow_mut();
        let mut items = core::mem::take(&mut state.items);
        for item in core::mem::take(&mut state.kept) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
        if items.is_empty() {
            items.push(self.item(NodeIndex::ROOT, "value is not accepted".to_string()));
        }
        Err(Error::new(items))
    }

    fn location(&self, node: NodeIndex) -> Option<Location> {
        self.source.node(self.zoir.ast_node(node)?)
    }

    fn item(&self, node: NodeIndex, message: String) -> Item {
        Item {
            message,
            location: self.location(node),
            notes: Vec::new(),
        }
    }

    /// Records an error, or returns it where the first one ends everything.
    fn fail(&self, item: Item) -> Result<(), Error> {
        let mut state = self.state.borrow_mut();
        if !state.recover {
            return Err(Error::new(vec![item]));
        }
        state.items.push(item);
        Ok(())
    }

    fn dummy(&self) -> Dummy<'_> {
        Dummy {
            state: &self.state,
            depth: 0,
        }
    }

    /// The same bytes, living as long as the text or the document if they can.
    fn borrow(&self, bytes: &'z [u8], from_source: Option<&'de [u8]>) -> Text<'z, 'de> {
        if from_source.is_some_and(|text| text == bytes) {
            return Text::Long(from_source.unwrap_or_default());
        }
        let start =
            (bytes.as_ptr() as usize).wrapping_sub(self.zoir.string_bytes().as_ptr() as usize);
        let long = self
            .strings
            .and_then(|strings| strings.get(start..)?.get(..bytes.len()));
        long.filter(|long| *long == bytes)
            .map_or(Text::Short(bytes), Text::Long)
    }
}

/// Bytes that outlive the deserializer, or do not.
#[derive(Clone, Copy)]
enum Text<'z, 'de> {
    Short(&'z [u8]),
    Long(&'de [u8]),
}

impl<'de> Text<'_, 'de> {
    /// None if it is not UTF-8.
    fn visit_str<V: Visitor<'de>>(self, visitor: V) -> Result<Result<V::Value, Error>, V> {
        match self {
            Text::Short(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => Ok(visitor.visit_str(text)),
                Err(_) => Err(visitor),
            },
            Text::Long(bytes) => match core::str::from_utf8(bytes) {
                Ok(text) => Ok(visitor.visit_borrowed_str(text)),
                Err(_) => Err(visitor),
            },
        }
    }

    fn visit_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Text::Short(bytes) => visitor.visit_bytes(bytes),
            Text::Long(bytes) => visitor.visit_borrowed_bytes(bytes),
        }
    }
}

/// One value of a document. It is what types read themselves from; [`from_zoir`] is the way to one.
#[derive(Clone, Copy)]
pub struct Deserializer<'a, 'z, 'de> {
    document: &'a Document<'a, 'z, 'de>,
    node: NodeIndex,
    /// Whether `null` would do as well, which messages tell.
    optional: bool,
    depth: u32,
}

/// What a mismatch is called.
#[derive(Clone, Copy)]
enum Wanted {
    /// A type with a name.
    Type(&'static str),
    /// Something else.
    Kind(&'static str),
}

impl Wanted {
    fn message(self, optional: bool) -> String {
        match (self, optional) {
            (Wanted::Type(name), false) => format!("expected type '{name}'"),
            (Wanted::Type(name), true) => format!("expected type '?{name}'"),
            (Wanted::Kind(kind), false) => format!("expected {kind}"),
            (Wanted::Kind(kind), true) => format!("expected optional {kind}"),
        }
    }
}

fn hopeless(_: Error) -> Error {
    Error::hopeless()
}

/// An integer before it is known whether it fits.
enum Integer {
    Value {
        negative: bool,
        magnitude: u128,
    },
    TooLarge,
    /// Not one.
    None,
}

impl<'a, 'z, 'de> Deserializer<'a, 'z, 'de> {
    fn value(self) -> Node<'z> {
        // Nothing in a valid document is out of bounds.
        self.document.zoir.node(self.node).unwrap_or(Node::Null)
    }

    fn child(self, node: NodeIndex) -> Self {
        Deserializer {
            node,
            optional: false,
            depth: self.depth + 1,
            ..self
        }
    }

    fn ast_node(self) -> u32 {
        self.document.zoir.ast_node(self.node).unwrap_or(u32::MAX)
    }

    /// Gives the node to whoever wants it, and sees to errors that have no place yet.
    fn feed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
        parent: Option<NodeIndex>,
    ) -> Result<T::Value, Error> {
        let document = self.document;
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

    fn place(self, mut error: Error, parent: Option<NodeIndex>) -> Error {
        let document = self.document;
        let mut state = document.state.borrow_mut();
        match error.kind {
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
            Kind::Unplaced | Kind::Missing(_) => {
                let mut items = core::mem::take(&mut error).into_items();
                for item in &mut items {
                    item.location = document.location(self.node);
                }
                if !state.recover {
                    return Error::new(items);
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
    fn instead<T>(
        self,
        wanted: Wanted,
        fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.instead_of(self.node, wanted.message(self.optional), fill)
    }

    fn instead_of<T>(
        self,
        node: NodeIndex,
        message: String,
        fill: impl FnOnce(Dummy<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.document.fail(self.document.item(node, message))?;
        fill(self.document.dummy()).map_err(hopeless)
    }

    fn integer(self) -> Integer {
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
    fn in_range<I: TryFrom<u128> + TryFrom<i128>>(negative: bool, magnitude: u128) -> Option<I> {
        if negative {
            I::try_from(0i128.checked_sub_unsigned(magnitude)?).ok()
        } else {
            I::try_from(magnitude).ok()
        }
    }

    fn elements(self) -> Option<Range> {
        match self.value() {
            Node::Array(range) => Some(range),
            Node::Empty => Some(Range {
                start: self.node,
                len: 0,
            }),
            _ => None,
        }
    }

    fn fields(
        self,
        known: Option<&'static [&'static str]>,
        type_name: &'static str,
    ) -> Option<Fields<'a, 'z, 'de>> {
        let fields = match self.value() {
            Node::Struct(fields) => Some((fields.names, fields.values)),
            Node::Empty => None,
            _ => return None,
        };
        Some(Fields {
            de: self,
            fields,
            known,
            type_name,
            next: 0,
            value: Next::None,
            missing: None,
        })
    }

    fn visit_text<V: Visitor<'de>>(self, bytes: &'z [u8], visitor: V) -> Result<V::Value, Error> {
        let text = self.document.borrow(
            bytes,
            self.document.source.borrow_string(self.ast_node(), bytes),
        );
        match text.visit_str(visitor) {
            Ok(result) => result,
            Err(visitor) => self.instead_of(
                self.node,
                "string is not valid UTF-8".to_string(),
                |dummy| de::Deserializer::deserialize_str(dummy, visitor),
            ),
        }
    }

    fn tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let expecting = || (&visitor as &dyn Expected).to_string();
        let is_array = || expecting().contains("array");
        let Some(elements) = self.elements() else {
            let wanted = Wanted::Kind(if is_array() { "array" } else { "tuple" });
            return self.instead(wanted, |dummy| {
                de::Deserializer::deserialize_tuple(dummy, len, visitor)
            });
        };
        let found = elements.len as usize;
        let mut short = None;
        if let Some(first) = u32::try_from(len).ok().and_then(|len| elements.get(len)) {
            let message = if is_array() {
                format!("index {len} outside of array of length {len}")
            } else {
                format!("index {len} outside of tuple length {len}")
            };
            self.document.fail(self.document.item(first, message))?;
        } else if found < len {
            if is_array() {
                let message = format!("expected {len} array elements; found {found}");
                self.document.fail(self.document.item(self.node, message))?;
            } else {
                short = Some(format!("missing tuple field with index {found}"));
            }
        }
        visitor.visit_seq(Elements {
            de: self,
            range: elements,
            next: 0,
            len: Some(len),
            short,
        })
    }

    /// Whether an enum is what Zig calls a union, as far as is known.
    fn is_union(self, variants: &'static [&'static str]) -> bool {
        let mut state = self.document.state.borrow_mut();
        let is_union = state.kinds_of(variants).is_union();
        if is_union.is_none() {
            // What is made up instead tells more.
            state.uncertain = true;
        }
        is_union.unwrap_or(false)
    }

    fn made_up_variant<V: Visitor<'de>>(
        self,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let dummy = self.document.dummy();
        let chosen = dummy.state.borrow_mut().kinds_of(variants).choose();
        visitor
            .visit_enum(Variant {
                dummy,
                variants,
                chosen,
            })
            .map_err(hopeless)
    }

    fn unexpected(
        self,
        kind: &str,
        name: &[u8],
        names: &[&str],
        location: Option<Location>,
    ) -> Result<(), Error> {
        let note = if names.is_empty() {
            "none expected".to_string()
        } else {
            let names: Vec<String> = names
                .iter()
                .map(|name| format!("'{}'", Name(name.as_bytes())))
                .collect();
            format!("supported: {}", names.join(", "))
        };
        self.document.fail(Item {
            message: format!("unexpected {kind} '{}'", lossy(name)),
            notes: vec![Note {
                message: note,
                location: location.clone(),
            }],
            location,
        })
    }

    /// Anything at all, for [`Value`](crate::typed::Value): what the data model has no word for comes as an enum.
    fn any_value<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let special = |number: u64, payload| visitor_enum(number, payload);
        match self.value() {
            Node::EnumLiteral(name) => {
                visitor.visit_enum(special(SPECIAL_ENUM_LITERAL, Payload::Bytes(name.to_vec())))
            }
            Node::Char(value) => {
                visitor.visit_enum(special(SPECIAL_CHAR, Payload::Number(value.into())))
            }
            Node::Float(value) => {
                visitor.visit_enum(special(SPECIAL_FLOAT, Payload::Number(value.to_bits())))
            }
            Node::BigInt(value) => {
                let mut bytes = vec![u8::from(value.is_negative())];
                bytes.extend(value.limbs().flat_map(u64::to_le_bytes));
                visitor.visit_enum(special(SPECIAL_BIG_INT, Payload::Bytes(bytes)))
            }
            Node::String(value) => visitor.visit_bytes(value),
            Node::Empty => visitor.visit_unit(),
            Node::Null => visitor.visit_none(),
            _ => de::Deserializer::deserialize_any(self, visitor),
        }
    }
}

fn visitor_enum(number: u64, payload: Payload) -> Special {
    Special { number, payload }
}

macro_rules! integers {
    ($($method:ident $type:ident $visit:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let name = stringify!($type);
            let value = match self.integer() {
                Integer::None => return self.instead(Wanted::Type(name), |dummy| dummy.$method(visitor)),
                Integer::Value { negative, magnitude } => Self::in_range::<$type>(negative, magnitude),
                Integer::TooLarge => None,
            };
            match value {
                Some(value) => visitor.$visit(value),
                None => {
                    let message = format!("type '{name}' cannot represent value");
                    self.instead_of(self.node, message, |dummy| dummy.$method(visitor))
                }
            }
        })*
    };
}

macro_rules! floats {
    ($($method:ident $type:ident $visit:ident $to:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let value = match self.value() {
                Node::Int(value) => value as $type,
                Node::BigInt(value) => value.$to(),
                Node::Float(value) => value.$to(),
                Node::Char(value) => value as $type,
                Node::PosInf => $type::INFINITY,
                Node::NegInf => $type::NEG_INFINITY,
                Node::Nan => $type::NAN,
                _ => return self.instead(Wanted::Type(stringify!($type)), |dummy| dummy.$method(visitor)),
            };
            visitor.$visit(value)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Deserializer<'_, '_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::True => visitor.visit_bool(true),
            Node::False => visitor.visit_bool(false),
            Node::Null => visitor.visit_none(),
            Node::PosInf => visitor.visit_f64(f64::INFINITY),
            Node::NegInf => visitor.visit_f64(f64::NEG_INFINITY),
            Node::Nan => visitor.visit_f64(f64::NAN),
            Node::Int(value) => visitor.visit_i64(value.into()),
            Node::Char(value) => visitor.visit_u64(value.into()),
            Node::Float(value) => visitor.visit_f64(value.to_f64()),
            Node::BigInt(value) => match (value.to_i128(), value.to_u128()) {
                (Some(int), _) => match (i64::try_from(int), u64::try_from(int)) {
                    (Ok(int), _) => visitor.visit_i64(int),
                    (_, Ok(int)) => visitor.visit_u64(int),
                    _ => visitor.visit_i128(int),
                },
                (None, Some(int)) => visitor.visit_u128(int),
                (None, None) => Err(de::Error::custom("integer does not fit into 128 bits")),
            },
            Node::EnumLiteral(name) => self.visit_text(name, visitor),
            Node::String(value) => {
                let text = self.document.borrow(
                    value,
                    self.document.source.borrow_string(self.ast_node(), value),
                );
                match text.visit_str(visitor) {
                    Ok(result) => result,
                    Err(visitor) => text.visit_bytes(visitor),
                }
            }
            Node::Empty | Node::Struct(_) => self.deserialize_map(visitor),
            Node::Array(_) => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::True => visitor.visit_bool(true),
            Node::False => visitor.visit_bool(false),
            _ => self.instead(Wanted::Type("bool"), |dummy| {
                dummy.deserialize_bool(visitor)
            }),
        }
    }

    integers! {
        deserialize_i8 i8 visit_i8,
        deserialize_i16 i16 visit_i16,
        deserialize_i32 i32 visit_i32,
        deserialize_i64 i64 visit_i64,
        deserialize_i128 i128 visit_i128,
        deserialize_u8 u8 visit_u8,
        deserialize_u16 u16 visit_u16,
        deserialize_u32 u32 visit_u32,
        deserialize_u64 u64 visit_u64,
        deserialize_u128 u128 visit_u128,
    }

    floats! {
        deserialize_f32 f32 visit_f32 to_f32,
        deserialize_f64 f64 visit_f64 to_f64,
    }

    /// What is a `u21` in Zig.
    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match self.integer() {
            Integer::None => {
                return self.instead(Wanted::Type("u21"), |dummy| dummy.deserialize_char(visitor));
            }
            Integer::Value {
                negative,
                magnitude,
            } => Self::in_range::<u32>(negative, magnitude),
            Integer::TooLarge => None,
        };
        match value.and_then(char::from_u32) {
            Some(char) => visitor.visit_char(char),
            None => {
                let message = "type 'u21' cannot represent value".to_string();
                self.instead_of(self.node, message, |dummy| dummy.deserialize_char(visitor))
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::String(value) => self.visit_text(value, visitor),
            Node::EnumLiteral(name) if self.document.options.enum_literals_as_strings => {
                self.visit_text(name, visitor)
            }
            _ => self.instead(Wanted::Kind("string"), |dummy| {
                dummy.deserialize_str(visitor)
            }),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::String(value) => {
                let source = self.document.source.borrow_string(self.ast_node(), value);
                self.document.borrow(value, source).visit_bytes(visitor)
            }
            Node::Array(_) | Node::Empty => self.deserialize_seq(visitor),
            _ => self.instead(Wanted::Kind("string"), |dummy| {
                dummy.deserialize_bytes(visitor)
            }),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(Deserializer {
                optional: true,
                ..self
            }),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value() {
            Node::Null => visitor.visit_unit(),
            _ => self.instead(Wanted::Type("void"), |dummy| {
                dummy.deserialize_unit(visitor)
            }),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value() {
            Node::Empty => visitor.visit_unit(),
            Node::Struct(fields) if !self.document.options.ignore_unknown_fields => {
                let location = self.document.source.field_name(self.ast_node(), 0);
                self.unexpected(
                    "field",
                    fields.names.get(0).unwrap_or_default(),
                    &[],
                    location,
                )?;
                visitor.visit_unit()
            }
            Node::Struct(_) => visitor.visit_unit(),
            _ => self.instead(Wanted::Kind("struct"), |dummy| {
                dummy.deserialize_unit(visitor)
            }),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            VALUE => self.any_value(visitor),
            ENUM_LITERAL => match self.value() {
                Node::EnumLiteral(name) => self.visit_text(name, visitor),
                _ => self.instead(Wanted::Kind("enum literal"), |dummy| {
                    dummy.deserialize_newtype_struct(name, visitor)
                }),
            },
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.elements() {
            Some(range) => visitor.visit_seq(Elements {
                de: self,
                range,
                next: 0,
                len: None,
                short: None,
            }),
            None => self.instead(Wanted::Kind("array"), |dummy| {
                dummy.deserialize_seq(visitor)
            }),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.fields(None, "") {
            Some(fields) => visitor.visit_map(fields),
            None => self.instead(Wanted::Kind("struct"), |dummy| {
                dummy.deserialize_map(visitor)
            }),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == SPANNED {
            let place = self.document.location(self.node);
            let place = place.unwrap_or(Location {
                line: 0,
                column: 0,
                span: 0..0,
            });
            let place = [
                place.span.start as u64,
                place.span.end as u64,
                place.line.into(),
                place.column.into(),
            ];
            return visitor.visit_map(Place {
                de: self,
                place,
                next: 0,
            });
        }
        let Some(access) = self.fields(Some(fields), type_name::<V>()) else {
            return self.instead(Wanted::Kind("struct"), |dummy| {
                dummy.deserialize_struct(name, fields, visitor)
            });
        };
        visitor.visit_map(access).map_err(|error| {
            let Kind::Missing(field) = error.kind else {
                return error;
            };
            let mut state = self.document.state.borrow_mut();
            // A field that is missing although it was made up stays with the caller.
            if !state.recover || !state.required.insert((type_name::<V>(), field)) {
                return error;
            }
            state.learned = true;
            let mut items = error.into_items();
            for item in &mut items {
                item.location = self.document.location(self.node);
            }
            state.items.append(&mut items);
            Error::recorded()
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let find = |name: &[u8]| {
            variants
                .iter()
                .position(|variant| variant.as_bytes() == name)
        };
        let chosen = |index: usize, payload| Chosen {
            de: self,
            variants,
            index,
            payload,
        };
        let probe = self.document.state.borrow().probe.contains(&self.node);
        if probe
            && self
                .document
                .state
                .borrow_mut()
                .kinds_of(variants)
                .is_union()
                .is_none()
        {
            self.is_union(variants);
            // Something is wrong with it for sure; the run that knows what says what.
            let message = Wanted::Kind("enum literal").message(self.optional);
            self.document.fail(self.document.item(self.node, message))?;
            return self.made_up_variant(variants, visitor);
        }
        match self.value() {
            Node::EnumLiteral(name) => {
                if let Some(index) = find(name) {
                    return visitor.visit_enum(chosen(index, None));
                }
                let kind = if self.is_union(variants) {
                    "field"
                } else {
                    "enum literal"
                };
                self.unexpected(kind, name, variants, self.document.location(self.node))?;
            }
            Node::Struct(fields) if fields.names.len() == 1 => {
                let name = fields.names.get(0).unwrap_or_default();
                if let (Some(index), Some(payload)) = (find(name), fields.values.get(0)) {
                    return visitor.visit_enum(chosen(index, Some(payload)));
                }
                if self.is_union(variants) {
                    let location = self.document.source.field_name(self.ast_node(), 0);
                    self.unexpected("field", name, variants, location)?;
                } else {
                    let message = Wanted::Kind("enum literal").message(self.optional);
                    self.document.fail(self.document.item(self.node, message))?;
                }
            }
            _ => {
                let wanted = Wanted::Kind(if self.is_union(variants) {
                    "union"
                } else {
                    "enum literal"
                });
                self.document
                    .fail(self.document.item(self.node, wanted.message(self.optional)))?;
            }
        }
        self.made_up_variant(variants, visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

/// The elements of an array.
struct Elements<'a, 'z, 'de> {
    de: Deserializer<'a, 'z, 'de>,
    range: Range,
    next: u32,
    /// How many there must be; what is missing is made up.
    len: Option<usize>,
    /// The message about the first that is missing.
    short: Option<String>,
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
        let at = self.next;
        self.next += 1;
        if let Some(element) = self.range.get(at) {
            return self
                .de
                .child(element)
                .feed(seed, Some(self.de.node))
                .map(Some);
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
enum Next {
    None,
    Node(NodeIndex),
    MadeUp,
}

/// The fields of a struct.
struct Fields<'a, 'z, 'de> {
    de: Deserializer<'a, 'z, 'de>,
    fields: Option<(Names<'z>, Range)>,
    /// The fields that the type has, if it has only these.
    known: Option<&'static [&'static str]>,
    type_name: &'static str,
    next: u32,
    value: Next,
    /// Required fields that are not there; found when those that are there are done.
    missing: Option<Vec<&'static str>>,
}

impl<'de> Fields<'_, '_, 'de> {
    fn find_missing(&self) -> Vec<&'static str> {
        let state = self.de.document.state.borrow();
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
        while let Some((names, values)) = self.fields
            && let (Some(name), Some(value)) = (names.get(self.next), values.get(self.next))
        {
            let index = self.next;
            self.next += 1;
            let location = || document.source.field_name(self.de.ast_node(), index);
            let is_known = self
                .known
                .is_none_or(|known| known.iter().any(|field| field.as_bytes() == name));
            if !is_known && !document.options.ignore_unknown_fields {
                self.de
                    .unexpected("field", name, self.known.unwrap_or_default(), location())?;
                continue;
            }
            self.value = Next::Node(value);
            return match seed.deserialize(Key {
                de: self.de,
                index,
                name,
            }) {
                Ok(key) => Ok(Some(key)),
                Err(error) => {
                    let mut items = error.into_items();
                    for item in &mut items {
                        item.location = location();
                    }
                    let mut state = document.state.borrow_mut();
                    if !state.recover {
                        return Err(Error::new(items));
                    }
                    // Without its key there is no telling what the rest of the map is.
                    state.items.append(&mut items);
                    drop(state);
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

/// The name of a field as a value.
#[derive(Clone, Copy)]
struct Key<'a, 'z, 'de> {
    de: Deserializer<'a, 'z, 'de>,
    index: u32,
    name: &'z [u8],
}

impl<'z, 'de> Key<'_, 'z, 'de> {
    fn text(self) -> Text<'z, 'de> {
        let document = self.de.document;
        let source = document
            .source
            .borrow_field_name(self.de.ast_node(), self.index, self.name);
        document.borrow(self.name, source)
    }

    fn not_utf8() -> Error {
        de::Error::custom("name is not valid UTF-8")
    }
}

macro_rules! number_keys {
    ($($method:ident $type:ident $visit:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = core::str::from_utf8(self.name).map_err(|_| Self::not_utf8())?;
            match text.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(de::Error::custom(format_args!("name '{text}' is no '{}'", stringify!($type)))),
            }
        })*
    };
}

impl<'de> de::Deserializer<'de> for Key<'_, '_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text()
            .visit_str(visitor)
            .unwrap_or_else(|_| Err(Self::not_utf8()))
    }

    /// For structs, which need it only for a moment.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        Text::Short(self.name)
            .visit_str(visitor)
            .unwrap_or_else(|visitor| visitor.visit_bytes(self.name))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text().visit_bytes(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text().visit_bytes(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            ENUM_LITERAL => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text = core::str::from_utf8(self.name).map_err(|_| Self::not_utf8())?;
        let text: StrDeserializer<'_, Error> = text.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    number_keys! {
        deserialize_i8 i8 visit_i8,
        deserialize_i16 i16 visit_i16,
        deserialize_i32 i32 visit_i32,
        deserialize_i64 i64 visit_i64,
        deserialize_i128 i128 visit_i128,
        deserialize_u8 u8 visit_u8,
        deserialize_u16 u16 visit_u16,
        deserialize_u32 u32 visit_u32,
        deserialize_u64 u64 visit_u64,
        deserialize_u128 u128 visit_u128,
        deserialize_bool bool visit_bool,
    }

    forward_to_deserialize_any! {
        f32 f64 char str string unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}

/// The map that [`Spanned`](crate::typed::Spanned) reads: numbers for names.
struct Place<'a, 'z, 'de> {
    de: Deserializer<'a, 'z, 'de>,
    place: [u64; 4],
    next: usize,
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

/// A variant that the document names, and its payload if it has one.
struct Chosen<'a, 'z, 'de> {
    de: Deserializer<'a, 'z, 'de>,
    variants: &'static [&'static str],
    index: usize,
    payload: Option<NodeIndex>,
}

impl Chosen<'_, '_, '_> {
    fn learn(&self, is_unit: bool) {
        self.de
            .document
            .state
            .borrow_mut()
            .learn(self.variants, self.index, is_unit);
    }
}

impl<'de> EnumAccess<'de> for Chosen<'_, '_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.variants[self.index].into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

const NO_PAYLOAD: Wanted = Wanted::Kind("union");

impl<'de> VariantAccess<'de> for Chosen<'_, '_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.learn(true);
        let Some(payload) = self.payload else {
            return Ok(());
        };
        if self.de.is_union(self.variants) {
            return self
                .de
                .instead_of(payload, Wanted::Type("void").message(false), |_| Ok(()));
        }
        let mut state = self.de.document.state.borrow_mut();
        if state.recover
            && state.kinds_of(self.variants).is_union().is_none()
            && state.probe.insert(self.de.node)
        {
            state.learned = true;
            return Err(Error::recorded());
        }
        drop(state);
        self.de.instead(Wanted::Kind("enum literal"), |_| Ok(()))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.learn(false);
        match self.payload {
            Some(payload) => self.de.child(payload).feed(seed, Some(self.de.node)),
            None => self.de.instead(NO_PAYLOAD, |dummy| seed.deserialize(dummy)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.learn(false);
        match self.payload {
            Some(payload) => {
                let child = self.de.child(payload);
                child
                    .tuple(len, visitor)
                    .map_err(|error| child.place(error, Some(self.de.node)))
            }
            None => self.de.instead(NO_PAYLOAD, |dummy| {
                de::Deserializer::deserialize_tuple(dummy, len, visitor)
            }),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.learn(false);
        match self.payload {
            Some(payload) => {
                let child = self.de.child(payload);
                let result = de::Deserializer::deserialize_struct(child, "", fields, visitor);
                result.map_err(|error| child.place(error, Some(self.de.node)))
            }
            None => self.de.instead(NO_PAYLOAD, |dummy| {
                de::Deserializer::deserialize_struct(dummy, "", fields, visitor)
            }),
        }
    }
}

/// What [`Value`](crate::typed::Value) reads where the data model has no word.
struct Special {
    number: u64,
    payload: Payload,
}

enum Payload {
    Bytes(Vec<u8>),
    Number(u128),
}

impl<'de> EnumAccess<'de> for Special {
    type Error = Error;
    type Variant = Payload;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Payload), Error> {
        Ok((seed.deserialize(Number(self.number))?, self.payload))
    }
}

impl<'de> VariantAccess<'de> for Payload {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Err(de::Error::custom("not a unit"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("not a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(de::Error::custom("not a struct"))
    }
}

impl<'de> de::Deserializer<'de> for Payload {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Payload::Bytes(bytes) => visitor.visit_byte_buf(bytes),
            Payload::Number(number) => visitor.visit_u128(number),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
