//! Tokens to nodes: a recursive descent that recovers from errors.
//!
//! The grammar is split by region: `container` (members, functions, declarations), `statement`, `expr`,
//! `types` and `primary` (operands and their suffixes). Conventions, of which node numbers depend on the
//! first two:
//!
//! - A node is added after its operands, so operands have lower numbers; only function declarations and
//!   prototypes are reserved before theirs.
//! - A list is gathered on `scratch` and moved to the extra data in one piece when it is complete.
//! - `parse_x` gives 0 when there is no `x` here and nothing was consumed; `expect_x` makes that an error.
//! - `Err` means that the error has been recorded and the caller should unwind to a place that knows where to
//!   go on: the next statement or container member. Such a place drops what unwinding left on `scratch`.
//! - Right-nested constructs go through `nested`, which counts depth and sees to it that there is stack.
//!   Left-nested ones (`a.b.c`, `a + b + c`) are loops and have no limit.

mod container;
mod expr;
mod primary;
mod statement;
mod types;

use crate::ast::{Ast, AstError, Mode};
use crate::error_tag::ErrorTag;
use crate::extra::{ExtraData, SubRange, pair_of};
use crate::limits::{MAX_NESTING, MAX_SOURCE_LEN};
use crate::node::{NodeList, NodeTag};
use crate::spare::{Spare, with_room};
use crate::token::TokenTag;
use crate::token_list::TokenList;
use crate::tokenizer;
use crate::{ByteOffset, NodeIndex, Release, TokenIndex};
use release::Rules;

impl<'s> Ast<'s> {
    /// Parses `source` as `release` of Zig does.
    pub fn parse(source: &'s [u8], mode: Mode, release: Release) -> Ast<'s> {
        parse_limited(source, mode, release, MAX_SOURCE_LEN)
    }
}

fn parse_limited(source: &[u8], mode: Mode, release: Release, max_len: usize) -> Ast<'_> {
    let too_long = source.len() > max_len;
    let mut room = Spare::take();
    let tokens = tokenizer::tokenize(
        if too_long { &[] } else { source },
        release,
        std::mem::take(&mut room.tokens),
    );

    let mut parser = Parser::new(source, &tokens, release.rules(), room);
    parser.nodes.add(NodeTag::Root, 0, 0, 0);
    if too_long {
        parser.warn(ErrorTag::SourceTooLong);
    } else {
        match mode {
            Mode::Zig => parser.parse_root(),
            Mode::Zon => parser.parse_zon(),
        }
    }

    let Parser {
        errors,
        nodes,
        extra_data,
        scratch,
        ..
    } = parser;
    Spare::keep_scratch(scratch);
    Ast {
        source,
        mode,
        release,
        extra_data,
        errors,
        tokens,
        nodes,
        far_start: Default::default(),
        far_end: Default::default(),
    }
}

/// The error has been recorded; unwind to where parsing can go on.
#[derive(Clone, Copy, Debug)]
struct ParseError;

type Result<T> = std::result::Result<T, ParseError>;

/// "No node" where a node is optional.
const NULL_NODE: NodeIndex = 0;

/// Levels of nesting between two looks at the stack.
const LEVELS_PER_STACK_CHECK: u32 = 16;

/// Must hold that many levels in an unoptimised build.
const STACK_RED_ZONE: usize = 256 * 1024;

const STACK_SEGMENT: usize = 4 * 1024 * 1024;

struct Parser<'t> {
    rules: &'static Rules,
    source: &'t [u8],
    token_tags: &'t [TokenTag],
    token_starts: &'t [ByteOffset],
    tok_i: TokenIndex,
    errors: Vec<AstError>,
    nodes: NodeList,
    extra_data: Vec<u32>,
    scratch: Vec<u32>,
    depth: u32,
    /// At what depth the stack is looked at next.
    check_at: u32,
    /// Set when the nesting limit was hit: what is still reported while unwinding means nothing.
    stopped: bool,
}

/// A finished list of nodes: up to two of them as such, more as a range of the extra data.
#[derive(Clone, Copy)]
struct NodePair {
    len: usize,
    lhs: u32,
    rhs: u32,
}

impl NodePair {
    fn is_range(&self) -> bool {
        self.len > 2
    }
}

impl<'t> Parser<'t> {
    fn new(
        source: &'t [u8],
        tokens: &'t TokenList,
        rules: &'static Rules,
        room: Spare,
    ) -> Parser<'t> {
        Parser {
            rules,
            source,
            token_tags: &tokens.tags,
            token_starts: &tokens.starts,
            tok_i: 0,
            errors: Vec::new(),
            // About two tokens a node, from experience with the reference's library.
            nodes: NodeList(with_room(room.nodes.0, (tokens.tags.len() + 2) / 2)),
            extra_data: with_room(room.extra_data, tokens.tags.len() / 8),
            scratch: room.scratch,
            depth: 0,
            check_at: 0,
            stopped: false,
        }
    }

    // Tokens.

    /// Tag of the token `ahead` of the current one; past the end it is `Eof`.
    #[inline]
    fn peek(&self, ahead: u32) -> TokenTag {
        self.tag_of(self.tok_i + ahead)
    }

    #[inline]
    fn current(&self) -> TokenTag {
        self.tag_of(self.tok_i)
    }

    #[inline]
    fn tag_of(&self, token: TokenIndex) -> TokenTag {
        self.token_tags
            .get(token as usize)
            .copied()
            .unwrap_or(TokenTag::Eof)
    }

    /// Tag of the token `back` before the current one.
    #[inline]
    fn behind(&self, back: u32) -> TokenTag {
        self.tag_of(self.tok_i.wrapping_sub(back))
    }

    #[inline]
    fn next_token(&mut self) -> TokenIndex {
        let token = self.tok_i;
        self.tok_i += 1;
        token
    }

    #[inline]
    fn eat_token(&mut self, tag: TokenTag) -> Option<TokenIndex> {
        (self.current() == tag).then(|| self.next_token())
    }

    #[inline]
    fn expect_token(&mut self, tag: TokenTag) -> Result<TokenIndex> {
        if self.current() == tag {
            Ok(self.next_token())
        } else {
            Err(self.fail_expected(tag))
        }
    }

    /// Without the semicolon it is an error either way, but a recoverable one goes on as if it were there.
    fn expect_semicolon(&mut self, error: ErrorTag, recoverable: bool) -> Result<()> {
        if self.eat_token(TokenTag::Semicolon).is_some() {
            return Ok(());
        }
        self.warn(error);
        if recoverable { Ok(()) } else { Err(ParseError) }
    }

    fn tokens_on_same_line(&self, token1: TokenIndex, token2: TokenIndex) -> bool {
        let start = |token: TokenIndex| self.token_starts[token as usize] as usize;
        memchr::memchr(b'\n', &self.source[start(token1)..start(token2)]).is_none()
    }

    /// Passes over doc comments; gives the first that documents something.
    #[inline(always)]
    fn eat_doc_comments(&mut self) -> Option<TokenIndex> {
        let token = self.eat_token(TokenTag::DocComment)?;
        let mut first = token;
        if token > 0 && self.tokens_on_same_line(token - 1, token) {
            self.warn_msg(AstError::new(ErrorTag::SameLineDocComment, token));
            first = self.eat_token(TokenTag::DocComment)?;
        }
        while self.eat_token(TokenTag::DocComment).is_some() {}
        Some(first)
    }

    // Nodes and extra data.

    #[inline]
    fn add_node(&mut self, tag: NodeTag, main_token: TokenIndex, lhs: u32, rhs: u32) -> NodeIndex {
        self.nodes.add(tag, main_token, lhs, rhs)
    }

    /// Takes a number for a node that stands before its operands.
    fn reserve_node(&mut self, tag: NodeTag) -> NodeIndex {
        self.nodes.add(tag, 0, 0, 0)
    }

    /// A reserved node that came to nothing: where its number is taken, it becomes a harmless literal.
    #[cold]
    fn unreserve_node(&mut self, node: NodeIndex) {
        if self.rules.last_node_is_given_back && node + 1 == self.nodes.len() {
            self.nodes.pop();
            return;
        }
        self.nodes
            .set(node, NodeTag::UnreachableLiteral, self.tok_i, 0, 0);
    }

    fn node_tag(&self, node: NodeIndex) -> NodeTag {
        self.nodes[node].tag
    }

    fn main_token(&self, node: NodeIndex) -> TokenIndex {
        self.nodes[node].main_token
    }

    #[inline]
    fn add_extra(&mut self, payload: &impl ExtraData) -> u32 {
        let index = self.extra_data.len() as u32;
        payload.write(&mut self.extra_data);
        index
    }

    fn list_to_span(&mut self, list: &[NodeIndex]) -> SubRange {
        let start = self.extra_data.len() as u32;
        self.extra_data.extend_from_slice(list);
        SubRange {
            start,
            end: self.extra_data.len() as u32,
        }
    }

    // Lists on scratch, each from a `top` on. The pop functions end the list.

    fn pop_span(&mut self, top: usize) -> SubRange {
        let start = self.extra_data.len() as u32;
        self.extra_data.extend_from_slice(&self.scratch[top..]);
        self.scratch.truncate(top);
        SubRange {
            start,
            end: self.extra_data.len() as u32,
        }
    }

    /// For nodes with room for two.
    fn pop_pair(&mut self, top: usize) -> NodePair {
        let len = self.scratch.len() - top;
        if len > 2 {
            let span = self.pop_span(top);
            return NodePair {
                len,
                lhs: span.start,
                rhs: span.end,
            };
        }
        let (lhs, rhs) = pair_of(&self.scratch[top..]);
        self.scratch.truncate(top);
        NodePair { len, lhs, rhs }
    }

    /// For nodes with room for one: whether there are more, and the one node, 0, or the extra index of a
    /// `SubRange`.
    #[inline(always)]
    fn pop_one(&mut self, top: usize) -> (bool, u32) {
        let len = self.scratch.len() - top;
        if len > 1 {
            let span = self.pop_span(top);
            return (true, self.add_extra(&span));
        }
        let (node, _) = pair_of(&self.scratch[top..]);
        self.scratch.truncate(top);
        (false, node)
    }

    /// After an item of a list: takes the comma, or the token that closes the list. True if the list is
    /// closed. A missing comma is reported and passed over, but another closing token means that ours is
    /// missing.
    fn end_of_item(&mut self, close: TokenTag, missing_comma: ErrorTag) -> Result<bool> {
        match self.current() {
            TokenTag::Comma => {
                self.tok_i += 1;
                Ok(false)
            }
            tag if tag == close => {
                self.tok_i += 1;
                Ok(true)
            }
            TokenTag::Colon | TokenTag::RParen | TokenTag::RBrace | TokenTag::RBracket => {
                Err(self.fail_expected(close))
            }
            _ => {
                self.warn(missing_comma);
                Ok(false)
            }
        }
    }

    // Errors.

    #[cold]
    fn warn(&mut self, tag: ErrorTag) {
        self.warn_msg(AstError::new(tag, self.tok_i));
    }

    #[cold]
    fn warn_expected(&mut self, expected: TokenTag) {
        self.warn_msg(AstError::new(ErrorTag::ExpectedToken, self.tok_i).with_tag(expected));
    }

    #[cold]
    fn warn_msg(&mut self, mut error: AstError) {
        if self.stopped {
            return;
        }
        // Something missing at the end of a line is reported there, not at whatever the next line begins
        // with.
        if error.tag.points_at_previous()
            && error.token != 0
            && !self.tokens_on_same_line(error.token - 1, error.token)
        {
            error.token -= 1;
            error.token_is_prev = true;
        }
        self.errors.push(error);
    }

    #[cold]
    fn fail(&mut self, tag: ErrorTag) -> ParseError {
        self.warn(tag);
        ParseError
    }

    #[cold]
    fn fail_expected(&mut self, expected: TokenTag) -> ParseError {
        self.warn_expected(expected);
        ParseError
    }

    #[cold]
    fn fail_msg(&mut self, error: AstError) -> ParseError {
        self.warn_msg(error);
        ParseError
    }

    // Nesting.

    /// Runs `parse` one level deeper.
    #[inline]
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= self.check_at {
            return self.nested_with_checked_stack(parse);
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// [`Parser::nested`] after a look at the stack and at how deep this is.
    #[cold]
    #[inline(never)]
    fn nested_with_checked_stack<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if self.depth >= MAX_NESTING {
            return Err(self.stop());
        }
        let next = (self.depth + LEVELS_PER_STACK_CHECK).min(MAX_NESTING);
        let before = std::mem::replace(&mut self.check_at, next);
        let result = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || self.nested(parse));
        self.check_at = before;
        result
    }

    /// Gives up: from the end of the text every level unwinds at once.
    #[cold]
    fn stop(&mut self) -> ParseError {
        self.warn(ErrorTag::NestingTooDeep);
        self.stopped = true;
        self.tok_i = self.token_tags.len() as u32 - 1;
        ParseError
    }

    // Recovery.

    /// Skips to what may be the next container member.
    #[cold]
    fn find_next_container_member(&mut self) {
        use TokenTag as T;
        let mut level = 0u32;
        loop {
            let token = self.next_token();
            match self.tag_of(token) {
                T::KeywordTest
                | T::KeywordComptime
                | T::KeywordPub
                | T::KeywordExport
                | T::KeywordExtern
                | T::KeywordInline
                | T::KeywordNoinline
                | T::KeywordUsingnamespace
                | T::KeywordThreadlocal
                | T::KeywordConst
                | T::KeywordVar
                | T::KeywordFn
                    if level == 0 =>
                {
                    self.tok_i = token;
                    return;
                }
                T::Identifier if level == 0 && self.tag_of(token + 1) == T::Comma => {
                    self.tok_i = token;
                    return;
                }
                T::Comma | T::Semicolon if level == 0 => return,
                T::LParen | T::LBracket | T::LBrace => level += 1,
                T::RParen | T::RBracket => level = level.saturating_sub(1),
                T::RBrace => {
                    if level == 0 {
                        self.tok_i = token;
                        return;
                    }
                    level -= 1;
                }
                T::Eof => {
                    self.tok_i = token;
                    return;
                }
                _ => {}
            }
        }
    }

    /// Skips behind the next semicolon of this block, or to the block's end.
    #[cold]
    fn find_next_stmt(&mut self) {
        let mut level = 0u32;
        loop {
            let token = self.next_token();
            match self.tag_of(token) {
                TokenTag::LBrace => level += 1,
                TokenTag::RBrace => {
                    if level == 0 {
                        self.tok_i = token;
                        return;
                    }
                    level -= 1;
                }
                TokenTag::Semicolon if level == 0 => return,
                TokenTag::Eof => {
                    self.tok_i = token;
                    return;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use release::generations;

    use super::*;

    /// A prototype reserves its node before its parameters, and comes to nothing here.
    #[test]
    fn what_comes_to_nothing_is_given_back() {
        for &release in Release::ALL {
            let nodes = |source: &'static [u8]| {
                let tree = Ast::parse(source, Mode::Zig, release);
                assert!(!tree.errors.is_empty(), "{release}");
                tree.nodes_len()
            };
            let gives_back = generations!(G17_1..);
            let given_back = u32::from(gives_back.contains(release.generation()));
            assert_eq!(nodes(b"fn f("), 2 - given_back, "{release}");
            assert_eq!(nodes(b"fn f(a: u8"), 3, "{release}");
        }
    }

    #[test]
    fn a_text_too_long_is_not_looked_at() {
        let source = b"const a = 1;";
        assert_eq!(
            parse_limited(source, Mode::Zig, Release::NEWEST, source.len()).errors,
            []
        );
        for mode in [Mode::Zig, Mode::Zon] {
            let tree = parse_limited(source, mode, Release::NEWEST, source.len() - 1);
            assert_eq!(tree.errors, [AstError::new(ErrorTag::SourceTooLong, 0)]);
            assert_eq!((tree.tokens_len(), tree.nodes_len()), (1, 1));
        }
    }
}
