//! Nodes as readers see them.

use core::fmt;

use zerocopy::byteorder::native_endian::U32;

use crate::big_int::BigInt;
use crate::float::F128;
use crate::string::string_at;

/// Index of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub u32);

impl NodeIndex {
    /// The document's value.
    pub const ROOT: NodeIndex = NodeIndex(0);
}

/// Nodes that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// The first of them.
    pub start: NodeIndex,
    /// How many.
    pub len: u32,
}

impl Range {
    /// One of them.
    #[inline]
    pub fn get(&self, index: u32) -> Option<NodeIndex> {
        (index < self.len).then(|| NodeIndex(self.start.0.wrapping_add(index)))
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = NodeIndex> + Clone + use<> {
        let start = self.start.0;
        (0..self.len).map(move |index| NodeIndex(start.wrapping_add(index)))
    }
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`.
    Null,
    /// `inf`.
    PosInf,
    /// `-inf`.
    NegInf,
    /// `nan`.
    Nan,
    /// An integer of 32 bits.
    Int(i32),
    /// Any other integer.
    BigInt(BigInt<'a>),
    /// A float.
    Float(F128),
    /// A character's code point. May be a surrogate.
    Char(u32),
    /// An enum literal's name.
    EnumLiteral(&'a [u8]),
    /// A string. Need not be UTF-8.
    String(&'a [u8]),
    /// `.{}`, which is both an array and a struct.
    Empty,
    /// An array of at least one element.
    Array(Range),
    /// A struct of at least one field.
    Struct(Struct<'a>),
}

/// The fields of a struct.
#[derive(Clone, Copy, Debug)]
pub struct Struct<'a> {
    /// The names.
    pub names: Names<'a>,
    /// The values, as many as names.
    pub values: Range,
}

/// The names of a struct's fields, in their order.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    string_bytes: &'a [u8],
    starts: &'a [U32],
}

impl<'a> Names<'a> {
    pub(crate) fn new(string_bytes: &'a [u8], starts: &'a [U32]) -> Self {
        Names {
            string_bytes,
            starts,
        }
    }

    /// Number of names.
    #[inline]
    pub fn len(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Where a name starts in the string bytes. Within one document equal names start at the same place.
    #[inline]
    pub fn start(&self, index: u32) -> Option<u32> {
        self.starts.get(index as usize).map(|start| start.get())
    }

    /// One of the names. Empty where it starts or ends out of bounds, which a valid document has not.
    pub fn get(&self, index: u32) -> Option<&'a [u8]> {
        let start = self.start(index)?;
        Some(string_at(self.string_bytes, start).unwrap_or_default())
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + Clone + use<'a> {
        let string_bytes = self.string_bytes;
        self.starts
            .iter()
            .map(move |start| string_at(string_bytes, start.get()).unwrap_or_default())
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|name| name.escape_ascii()))
            .finish()
    }
}
