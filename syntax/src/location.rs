//! Where tokens and nodes stand in the source.

use std::ops::Range;

use crate::ast::Ast;
use crate::bytes::{self, BLOCK};
use crate::{ByteOffset, NodeIndex, TokenIndex};
use wide::u8x16;

/// Line and column of a token, both counted from 0, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// Lines before the token's, counted from the offset where the search started.
    pub line: usize,
    /// Bytes before the token in its line.
    pub column: usize,
    /// Offset of the line's first byte.
    pub line_start: usize,
    /// Offset of the line's end, the line feed excluded.
    pub line_end: usize,
}

/// A range of the source with one point of interest, as error messages show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: ByteOffset,
    /// Offset behind the last byte.
    pub end: ByteOffset,
    /// Offset of the point of interest.
    pub main: ByteOffset,
}

/// Appends the offset of the first byte of each line of `source` to `starts`.
pub fn line_starts(source: &[u8], starts: &mut Vec<ByteOffset>) {
    starts.push(0);
    let (blocks, rest) = source.as_chunks::<BLOCK>();
    let mut base = 0;
    for block in blocks {
        let mut newlines = 0;
        for (i, &bytes) in block.as_chunks().0.iter().enumerate() {
            let found = bytes::equal(u8x16::new(bytes), b'\n');
            newlines |= u64::from(found.to_bitmask()) << (16 * i);
        }
        while newlines != 0 {
            starts.push(base + newlines.trailing_zeros() + 1);
            newlines &= newlines - 1;
        }
        base += BLOCK as u32;
    }
    for (i, &byte) in rest.iter().enumerate() {
        if byte == b'\n' {
            starts.push(base + i as u32 + 1);
        }
    }
}

impl Ast<'_> {
    /// Location of a token, searched from `start_offset`, which must be the start of a line at or before the
    /// token.
    pub fn token_location(&self, start_offset: ByteOffset, token: TokenIndex) -> Location {
        let token_start = (self.token_start(token) as usize).min(self.source.len());
        let first_line = (start_offset as usize).min(token_start);
        let before = &self.source[first_line..token_start];
        let line = memchr::memchr_iter(b'\n', before).count();
        let line_start = match memchr::memrchr(b'\n', before) {
            Some(newline) => first_line + newline + 1,
            None => first_line,
        };
        let line_end = match memchr::memchr(b'\n', &self.source[token_start..]) {
            Some(length) => token_start + length,
            None => self.source.len(),
        };
        Location {
            line,
            column: token_start - line_start,
            line_start,
            line_end,
        }
    }

    /// Whether no line feed stands between the starts of two tokens, of which `first` must not come after
    /// `second`.
    pub fn tokens_on_same_line(&self, first: TokenIndex, second: TokenIndex) -> bool {
        let start = self.token_start(first) as usize;
        let end = self.token_start(second) as usize;
        match self.source.get(start..end) {
            Some(between) => memchr::memchr(b'\n', between).is_none(),
            None => false,
        }
    }

    /// Span of a node with its main token as the point of interest.
    pub fn node_to_span(&self, node: NodeIndex) -> Span {
        self.tokens_to_span(
            self.first_token(node),
            self.last_token(node),
            self.main_token(node),
        )
    }

    /// Span of one token.
    pub fn token_to_span(&self, token: TokenIndex) -> Span {
        self.tokens_to_span(token, token, token)
    }

    /// Span from `start` to `end`, cut down to what stands on the line of `main` if they are on different
    /// lines.
    pub(crate) fn tokens_to_span(
        &self,
        start: TokenIndex,
        end: TokenIndex,
        main: TokenIndex,
    ) -> Span {
        let (start, end) = if self.tokens_on_same_line(start, end) {
            (start, end)
        } else if self.tokens_on_same_line(start, main) {
            (start, main)
        } else if self.tokens_on_same_line(main, end) {
            (main, end)
        } else {
            (main, main)
        };
        Span {
            start: self.token_start(start),
            end: self.token_start(end) + self.token_slice(end).len() as u32,
            main: self.token_start(main),
        }
    }
}

impl<'s> Ast<'s> {
    /// The source text of a node, from its first to its last token.
    pub fn get_node_source(&self, node: NodeIndex) -> &'s [u8] {
        self.source
            .get(self.get_node_range(node))
            .unwrap_or_default()
    }

    /// Where the source text of a node is. In a tree with errors the end may come before the start.
    pub fn get_node_range(&self, node: NodeIndex) -> Range<usize> {
        let last = self.last_token(node);
        let start = self.token_start(self.first_token(node)) as usize;
        let end = self.token_start(last) as usize + self.token_slice(last).len();
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mode, Release};

    #[test]
    fn every_line_has_its_start() {
        let mut source = Vec::new();
        for len in 0..200usize {
            let mut starts = vec![7];
            line_starts(&source, &mut starts);
            let newlines = (0..len).filter(|&i| source[i] == b'\n');
            let expected: Vec<u32> = newlines.map(|i| i as u32 + 1).collect();
            assert_eq!(starts[..2], [7, 0]);
            assert_eq!(starts[2..], expected);
            let is_end = len % 7 == 3 || len % 64 > 61;
            source.push(if is_end { b'\n' } else { b'\x8a' });
        }
    }

    #[test]
    fn lines_and_columns() {
        let source = b"const a = 1;\n\n  const bc = 2;\nx";
        let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
        let found: Vec<_> = (0..tree.tokens_len())
            .map(|token| {
                let at = tree.token_location(0, token);
                (at.line, at.column, at.line_start, at.line_end)
            })
            .collect();
        assert_eq!(found[0], (0, 0, 0, 12));
        assert_eq!(found[4], (0, 11, 0, 12));
        assert_eq!(found[6], (2, 8, 14, 29));
        // The last token and the end of the file.
        assert_eq!(found[10], (3, 0, 30, 31));
        assert_eq!(found[11], (3, 1, 30, 31));
        // From a later start lines are counted from there.
        assert_eq!(tree.token_location(14, 6).line, 0);
        assert_eq!(tree.token_location(14, 6).column, 8);
    }

    #[test]
    fn a_span_stays_on_the_main_tokens_line() {
        let source = b"const a = b ++\n c;\nconst d = e\n ++ f;\nconst g = h ++ i;";
        let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
        let spans = tree.root_decls().iter().map(|&decl| {
            let span = tree.node_to_span(tree.node_data(decl).rhs);
            let text = &source[span.start as usize..span.end as usize];
            (text, span.main)
        });
        assert_eq!(
            spans.collect::<Vec<_>>(),
            [
                (b"b ++".as_slice(), 12),
                (b"++ f".as_slice(), 32),
                (b"h ++ i".as_slice(), 50)
            ]
        );
    }
}
