//! The borrowed form: the same arrays as slices of bytes that may lie anywhere.

use zerocopy::byteorder::native_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::big_int::BigInt;
use crate::errors::{CompileError, Note};
use crate::float::F128;
use crate::node::{Names, Node, NodeIndex, Range, Struct};
use crate::string::string_at;
use crate::tag::Tag;

/// The ZOIR of one document, borrowed. None of the arrays need be aligned, and nothing in them is trusted:
/// every accessor answers `None` where it would have to read out of bounds or meets an unknown number.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZoirRef<'a> {
    pub(crate) tags: &'a [u8],
    pub(crate) data: &'a [U32],
    pub(crate) ast_nodes: &'a [U32],
    pub(crate) extra: &'a [U32],
    pub(crate) limbs: &'a [U64],
    pub(crate) string_bytes: &'a [u8],
    pub(crate) compile_errors: &'a [[U32; 5]],
    pub(crate) error_notes: &'a [[U32; 3]],
}

/// The whole elements in `bytes`.
fn elements<T: FromBytes + Immutable + KnownLayout>(bytes: &[u8]) -> &[T] {
    let whole = bytes.len() - bytes.len() % size_of::<T>();
    <[T]>::ref_from_bytes(&bytes[..whole]).unwrap_or_default()
}

impl<'a> ZoirRef<'a> {
    /// From the sections of an entry in their order on disk. A rest that is no whole element does not count;
    /// nor do nodes that have not all three of tag, data and node of the syntax tree.
    pub fn from_sections(sections: [&'a [u8]; 8]) -> Self {
        let [
            tags,
            data,
            ast_nodes,
            extra,
            limbs,
            string_bytes,
            compile_errors,
            error_notes,
        ] = sections;
        let (data, ast_nodes) = (elements(data), elements(ast_nodes));
        let len = tags.len().min(data.len()).min(ast_nodes.len());
        ZoirRef {
            tags: &tags[..len],
            data: &data[..len],
            ast_nodes: &ast_nodes[..len],
            extra: elements(extra),
            limbs: elements(limbs),
            string_bytes,
            compile_errors: elements(compile_errors),
            error_notes: elements(error_notes),
        }
    }

    /// The sections of an entry in their order on disk; what follows the header.
    pub fn sections(&self) -> [&'a [u8]; 8] {
        [
            self.tags,
            self.data.as_bytes(),
            self.ast_nodes.as_bytes(),
            self.extra.as_bytes(),
            self.limbs.as_bytes(),
            self.string_bytes,
            self.compile_errors.as_bytes(),
            self.error_notes.as_bytes(),
        ]
    }

    /// Number of nodes.
    #[inline]
    pub fn nodes_len(&self) -> u32 {
        self.tags.len() as u32
    }

    /// The tags' numbers, unchecked.
    #[inline]
    pub fn tag_bytes(&self) -> &'a [u8] {
        self.tags
    }

    /// All of `extra`.
    #[inline]
    pub fn extra(&self) -> &'a [U32] {
        self.extra
    }

    /// All limbs.
    #[inline]
    pub fn limbs(&self) -> &'a [U64] {
        self.limbs
    }

    /// All string bytes.
    #[inline]
    pub fn string_bytes(&self) -> &'a [u8] {
        self.string_bytes
    }

    /// The tag of a node.
    #[inline]
    pub fn tag(&self, node: NodeIndex) -> Option<Tag> {
        Tag::from_u8(*self.tags.get(node.0 as usize)?)
    }

    /// The data of a node.
    #[inline]
    pub fn data(&self, node: NodeIndex) -> Option<u32> {
        self.data.get(node.0 as usize).map(|data| data.get())
    }

    /// The node of the syntax tree that a node was made of.
    #[inline]
    pub fn ast_node(&self, node: NodeIndex) -> Option<u32> {
        self.ast_nodes.get(node.0 as usize).map(|node| node.get())
    }

    /// Words of `extra`.
    #[inline]
    pub(crate) fn words<const N: usize>(&self, start: u32) -> Option<[u32; N]> {
        let words = self.extra.get(start as usize..)?.first_chunk::<N>()?;
        Some(words.map(|word| word.get()))
    }

    /// The bytes of a string that ends at its first NUL, without that; none where it starts or ends out of
    /// bounds.
    pub fn string(&self, start: u32) -> Option<&'a [u8]> {
        string_at(self.string_bytes, start)
    }

    /// The document's value. None in a document with errors.
    #[inline]
    pub fn root(&self) -> Option<Node<'a>> {
        self.node(NodeIndex::ROOT)
    }

    /// The value of a node. That the nodes it refers to exist is not checked here.
    pub fn node(&self, index: NodeIndex) -> Option<Node<'a>> {
        let data = self.data(index)?;
        Some(match self.tag(index)? {
            Tag::True => Node::True,
            Tag::False => Node::False,
            Tag::Null => Node::Null,
            Tag::PosInf => Node::PosInf,
            Tag::NegInf => Node::NegInf,
            Tag::Nan => Node::Nan,
            Tag::IntLiteralSmall => Node::Int(data.cast_signed()),
            tag @ (Tag::IntLiteralPos | Tag::IntLiteralNeg) => {
                let [len, start] = self.words(data)?;
                let limbs = self.limbs.get(start as usize..)?.get(..len as usize)?;
                Node::BigInt(BigInt::new(tag == Tag::IntLiteralNeg, limbs))
            }
            Tag::FloatLiteralSmall => Node::Float(F128::from(f32::from_bits(data))),
            Tag::FloatLiteral => {
                let words: [u32; 4] = self.words(data)?;
                Node::Float(F128::from_words(words))
            }
            Tag::CharLiteral => Node::Char(data),
            Tag::EnumLiteral => Node::EnumLiteral(self.string(data)?),
            Tag::StringLiteral => {
                let [start, len] = self.words(data)?;
                Node::String(
                    self.string_bytes
                        .get(start as usize..)?
                        .get(..len as usize)?,
                )
            }
            Tag::StringLiteralNull => Node::String(self.string(data)?),
            Tag::EmptyLiteral => Node::Empty,
            Tag::ArrayLiteral => {
                let [len, first] = self.words(data)?;
                Node::Array(Range {
                    start: NodeIndex(first),
                    len,
                })
            }
            Tag::StructLiteral => {
                let [len, first] = self.words(data)?;
                let names = self.extra.get(data as usize + 2..)?.get(..len as usize)?;
                Node::Struct(Struct {
                    names: Names::new(self.string_bytes, names),
                    values: Range {
                        start: NodeIndex(first),
                        len,
                    },
                })
            }
        })
    }

    /// Whether there are compile errors, and so no nodes.
    #[inline]
    pub fn has_compile_errors(&self) -> bool {
        !self.compile_errors.is_empty()
    }

    /// The compile errors.
    pub fn compile_errors(&self) -> impl ExactSizeIterator<Item = CompileError> + Clone + use<'a> {
        self.compile_errors
            .iter()
            .map(|error| CompileError::from_words(error.map(|word| word.get())))
    }

    /// Number of notes of all errors.
    #[inline]
    pub fn error_notes_len(&self) -> u32 {
        self.error_notes.len() as u32
    }

    /// The notes of an error; none where they are out of bounds.
    pub fn notes(
        &self,
        error: &CompileError,
    ) -> impl ExactSizeIterator<Item = Note> + Clone + use<'a> {
        let notes = self.error_notes.get(error.first_note as usize..);
        let notes = notes
            .and_then(|notes| notes.get(..error.note_count as usize))
            .unwrap_or_default();
        notes
            .iter()
            .map(|note| Note::from_words(note.map(|word| word.get())))
    }
}
