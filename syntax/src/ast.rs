//! The tree: its arrays, plain accessors and parse errors.

use std::mem;

use crate::error_tag::ErrorTag;
use crate::extra::{self, ExtraData};
use crate::far_token::FarToken;
use crate::node::{NodeData, NodeList, NodeTag};
use crate::spare::Spare;
use crate::token::TokenTag;
use crate::token_list::{self, TokenList};
use crate::tokenizer;
use crate::{ByteOffset, ExtraIndex, NodeIndex, Release, TokenIndex};

/// Which language the text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A file of Zig source.
    Zig,
    /// Zig object notation: one value.
    Zon,
}

/// A parsed file: tokens, nodes, extra data and the errors met on the way.
///
/// A tree always results; where `errors` is not empty it covers only what could be understood and is good for
/// nothing but reporting those errors. Node 0 is the root, so 0 stands for "no node" in data words; likewise
/// 0 stands for "no token" where a token is optional.
#[derive(Clone, Debug)]
pub struct Ast<'s> {
    /// The text, without any terminator.
    pub source: &'s [u8],
    /// The language it was parsed as.
    pub mode: Mode,
    /// The release of Zig whose grammar it was parsed by.
    pub release: Release,
    /// Payloads of nodes.
    pub extra_data: Vec<u32>,
    /// What was wrong with the text; notes follow the error they belong to.
    pub errors: Vec<AstError>,
    pub(crate) tokens: TokenList,
    pub(crate) nodes: NodeList,
    pub(crate) far_start: FarToken,
    pub(crate) far_end: FarToken,
}

impl<'s> Ast<'s> {
    /// Tag of a node.
    #[inline]
    pub fn node_tag(&self, node: NodeIndex) -> NodeTag {
        self.nodes[node].tag
    }

    /// Data words of a node.
    #[inline]
    pub fn node_data(&self, node: NodeIndex) -> NodeData {
        self.nodes[node].data
    }

    /// Main token of a node.
    #[inline]
    pub fn main_token(&self, node: NodeIndex) -> TokenIndex {
        self.nodes[node].main_token
    }

    /// Number of nodes.
    #[inline]
    pub fn nodes_len(&self) -> u32 {
        self.nodes.len()
    }

    /// All node tags.
    pub fn node_tags(&self) -> impl ExactSizeIterator<Item = NodeTag> {
        self.nodes.0.iter().map(|node| node.tag)
    }

    /// All main tokens.
    pub fn main_tokens(&self) -> impl ExactSizeIterator<Item = TokenIndex> {
        self.nodes.0.iter().map(|node| node.main_token)
    }

    /// All node data.
    pub fn node_datas(&self) -> impl ExactSizeIterator<Item = NodeData> {
        self.nodes.0.iter().map(|node| node.data)
    }

    /// Tag of a token.
    #[inline]
    pub fn token_tag(&self, token: TokenIndex) -> TokenTag {
        self.tokens.tags[token as usize]
    }

    /// Where a token starts.
    #[inline]
    pub fn token_start(&self, token: TokenIndex) -> ByteOffset {
        self.tokens.starts[token as usize]
    }

    /// Number of tokens, the `Eof` at the end included.
    #[inline]
    pub fn tokens_len(&self) -> u32 {
        self.tokens.tags.len() as u32
    }

    /// All token tags.
    pub fn token_tags(&self) -> &[TokenTag] {
        &self.tokens.tags
    }

    /// All token starts.
    pub fn token_starts(&self) -> &[ByteOffset] {
        &self.tokens.starts
    }

    /// Text of a token.
    #[inline]
    pub fn token_slice(&self, token: TokenIndex) -> &'s [u8] {
        let start = self.token_start(token) as usize;
        let len = match self.tokens.lens[token as usize] {
            token_list::LONG => self.long_token_len(token, start),
            len => usize::from(len),
        };
        &self.source[start..][..len]
    }

    #[cold]
    #[inline(never)]
    fn long_token_len(&self, token: TokenIndex, start: usize) -> usize {
        match self.token_tag(token).lexeme_len() {
            0 => tokenizer::token_end(self.source, start, self.release) - start,
            len => len as usize,
        }
    }

    /// One word of extra data.
    #[inline]
    pub fn extra(&self, index: ExtraIndex) -> u32 {
        self.extra_data[index as usize]
    }

    /// Words `start..end` of extra data.
    #[inline]
    pub fn extra_slice(&self, start: ExtraIndex, end: ExtraIndex) -> &[u32] {
        &self.extra_data[start as usize..end as usize]
    }

    /// A payload in extra data.
    #[inline]
    pub fn extra_data<T: ExtraData>(&self, index: ExtraIndex) -> T {
        T::read(&self.extra_data[index as usize..])
    }

    /// What the tree stores of an `asm` with more than a template: `Asm` and `AsmLegacy`.
    pub fn asm_parts(&self, node: NodeIndex) -> extra::Asm {
        let index = self.node_data(node).rhs;
        let rules = self.release.rules();
        if self.node_tag(node) == NodeTag::Asm && rules.asm_clobbers_are_an_expression {
            return self.extra_data(index);
        }
        let extra::AsmLegacy {
            items_start,
            items_end,
            rparen,
        } = self.extra_data(index);
        extra::Asm {
            items_start,
            items_end,
            clobbers: 0,
            rparen,
        }
    }

    /// Members of the file, or in ZON the one value.
    pub fn root_decls(&self) -> &[NodeIndex] {
        let root = &self.nodes[0].data;
        match self.mode {
            Mode::Zig => self.extra_slice(root.lhs, root.rhs),
            Mode::Zon => std::slice::from_ref(&root.lhs),
        }
    }
}

/// The arrays are kept for the next tree of the thread.
impl Drop for Ast<'_> {
    fn drop(&mut self) {
        Spare::keep_tree(
            mem::take(&mut self.tokens),
            mem::take(&mut self.nodes),
            mem::take(&mut self.extra_data),
        );
    }
}

/// A parse error, or a note to the error before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AstError {
    /// What is wrong.
    pub tag: ErrorTag,
    /// Whether this is a note.
    pub is_note: bool,
    /// Whether `token` is the token *before* the offending one, and the error's place is that token's end.
    pub token_is_prev: bool,
    /// Where.
    pub token: TokenIndex,
    /// What the message needs besides.
    pub extra: ErrorExtra,
}

impl AstError {
    /// An error at `token`.
    pub(crate) const fn new(tag: ErrorTag, token: TokenIndex) -> AstError {
        AstError {
            tag,
            is_note: false,
            token_is_prev: false,
            token,
            extra: ErrorExtra::None,
        }
    }

    /// A note at `token`.
    pub(crate) const fn note(tag: ErrorTag, token: TokenIndex) -> AstError {
        AstError {
            is_note: true,
            ..AstError::new(tag, token)
        }
    }

    /// The same with a token tag for the message.
    pub(crate) const fn with_tag(self, expected: TokenTag) -> AstError {
        AstError {
            extra: ErrorExtra::ExpectedTag(expected),
            ..self
        }
    }
}

/// What an error's message needs besides its tag and token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorExtra {
    /// Nothing.
    None,
    /// A token tag: the expected one, or the keyword of a container in C style.
    ExpectedTag(TokenTag),
    /// An offset into the token.
    Offset(u32),
}
