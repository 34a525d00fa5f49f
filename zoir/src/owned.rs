//! The owned form: the arrays themselves.

use alloc::vec::Vec;

use zerocopy::IntoBytes;
use zerocopy::byteorder::native_endian::U32;

use crate::errors::{CompileError, Note};
use crate::header::{Header, Stat};
use crate::node::NodeIndex;
use crate::tag::Tag;
use crate::view::ZoirRef;

/// The ZOIR of one document, owned. Everything that can be asked of it is asked of its [view](Zoir::view).
///
/// Either there are nodes, the first of which is the root, or there are compile errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zoir {
    /// The number of each node's [`Tag`].
    pub tags: Vec<u8>,
    /// Each node's data; what it means depends on the tag.
    pub data: Vec<u32>,
    /// The node of the syntax tree that each node was made of.
    pub ast_nodes: Vec<u32>,
    /// What does not fit into data.
    pub extra: Vec<u32>,
    /// Parts of large integers, least significant first.
    pub limbs: Vec<u64>,
    /// Names, strings and messages.
    pub string_bytes: Vec<u8>,
    /// The compile errors: see [`CompileError::to_words`].
    pub compile_errors: Vec<[u32; 5]>,
    /// Their notes: see [`Note::to_words`].
    pub error_notes: Vec<[u32; 3]>,
}

impl Zoir {
    /// The borrowed form of the same arrays; costs nothing.
    pub fn view(&self) -> ZoirRef<'_> {
        ZoirRef::from_sections(self.sections())
    }

    /// The sections of an entry in their order on disk; what follows the header.
    pub fn sections(&self) -> [&[u8]; 8] {
        [
            &self.tags,
            self.data.as_bytes(),
            self.ast_nodes.as_bytes(),
            self.extra.as_bytes(),
            self.limbs.as_bytes(),
            &self.string_bytes,
            self.compile_errors.as_bytes(),
            self.error_notes.as_bytes(),
        ]
    }

    /// The bytes of an entry whose stat is zero.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = Header::of(self.view(), Stat::default());
        let mut bytes = header.encode().to_vec();
        bytes.reserve(header.body_len() as usize);
        for section in self.sections() {
            bytes.extend_from_slice(section);
        }
        bytes
    }

    /// Appends a node.
    pub fn push_node(&mut self, tag: Tag, data: u32, ast_node: u32) -> NodeIndex {
        let index = NodeIndex(self.tags.len() as u32);
        self.tags.push(tag as u8);
        self.data.push(data);
        self.ast_nodes.push(ast_node);
        index
    }

    /// Appends nodes to be [set](Self::set_node) later.
    pub fn reserve_nodes(&mut self, count: u32) -> NodeIndex {
        let first = NodeIndex(self.tags.len() as u32);
        let len = self.tags.len() + count as usize;
        self.tags.resize(len, 0);
        self.data.resize(len, 0);
        self.ast_nodes.resize(len, 0);
        first
    }

    /// Drops all nodes but the first so many.
    pub fn truncate_nodes(&mut self, len: u32) {
        self.tags.truncate(len as usize);
        self.data.truncate(len as usize);
        self.ast_nodes.truncate(len as usize);
    }

    /// Replaces a node; nothing happens where there is none of that index.
    pub fn set_node(&mut self, node: NodeIndex, tag: Tag, data: u32, ast_node: u32) {
        let at = node.0 as usize;
        if let (Some(to_tag), Some(to_data), Some(to_node)) = (
            self.tags.get_mut(at),
            self.data.get_mut(at),
            self.ast_nodes.get_mut(at),
        ) {
            (*to_tag, *to_data, *to_node) = (tag as u8, data, ast_node);
        }
    }

    /// Appends a compile error.
    pub fn push_error(&mut self, error: CompileError) {
        self.compile_errors.push(error.to_words());
    }

    /// Appends a note.
    pub fn push_note(&mut self, note: Note) {
        self.error_notes.push(note.to_words());
    }
}

impl ZoirRef<'_> {
    /// Copies the arrays.
    pub fn to_owned(&self) -> Zoir {
        let words = |words: &[U32]| -> Vec<u32> { words.iter().map(|word| word.get()).collect() };
        Zoir {
            tags: self.tags.to_vec(),
            data: words(self.data),
            ast_nodes: words(self.ast_nodes),
            extra: words(self.extra),
            limbs: self.limbs.iter().map(|limb| limb.get()).collect(),
            string_bytes: self.string_bytes.to_vec(),
            compile_errors: self
                .compile_errors
                .iter()
                .map(|error| error.map(|word| word.get()))
                .collect(),
            error_notes: self
                .error_notes
                .iter()
                .map(|note| note.map(|word| word.get()))
                .collect(),
        }
    }
}
