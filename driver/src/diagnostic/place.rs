//! Places in a source: line, column, and the range that is marked.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use syntax::location::Span;
use syntax::{Ast, TokenIndex};

use crate::limits::MAX_SHOWN_LINES_LEN;

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// Line, from 0.
    pub line: u32,
    /// Column in bytes, from 0.
    pub column: u32,
    /// Byte offsets: where the marked range begins, where the caret stands, where the range ends.
    pub span: Span,
    /// The line without its newline, where it should be shown.
    pub source_line: Option<Arc<[u8]>>,
}

fn token_end(tree: &Ast<'_>, token: TokenIndex) -> u32 {
    tree.token_start(token) + tree.token_slice(token).len() as u32
}

/// Where the lines of a source begin, so that any number of places is found without reading it anew.
#[derive(Debug)]
pub(crate) struct Lines<'s> {
    source: &'s [u8],
    /// Offset of the first byte of each line.
    starts: Vec<u32>,
    /// The line asked for last: many errors on one long line share its text.
    last: RefCell<Option<(u32, Arc<[u8]>)>>,
    /// What showing the lines of all places given out takes.
    shown: Cell<u64>,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(source: &'s [u8]) -> Lines<'s> {
        let newlines = memchr::memchr_iter(b'\n', source).map(|newline| newline as u32 + 1);
        Lines {
            source,
            starts: std::iter::once(0).chain(newlines).collect(),
            last: RefCell::new(None),
            shown: Cell::new(0),
        }
    }

    /// Line and column of a byte offset, both from 0, and the line itself without its newline.
    pub(crate) fn find(&self, offset: u32) -> (u32, u32, &'s [u8]) {
        let offset = offset.min(self.source.len() as u32);
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let start = self.starts[line];
        let end = self
            .starts
            .get(line + 1)
            .map_or(self.source.len(), |&next| next as usize - 1);
        (
            line as u32,
            offset - start,
            &self.source[start as usize..end],
        )
    }

    /// Whether so much was shown that no more lines will be.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.shown.get() > MAX_SHOWN_LINES_LEN
    }

    /// The place of `span`.
    pub(crate) fn location(&self, span: Span) -> Location {
        let (line, column, text) = self.find(span.main);
        let marks = u64::from(span.end.max(span.main).saturating_sub(span.start));
        let shown = text.len() as u64 + u64::from(column) + marks;
        self.shown.set(self.shown.get() + shown);
        if self.is_exhausted() {
            return Location {
                line,
                column,
                span,
                source_line: None,
            };
        }
        let mut last = self.last.borrow_mut();
        let source_line = match &*last {
            Some((number, text)) if *number == line => text.clone(),
            _ => Arc::from(text),
        };
        *last = Some((line, source_line.clone()));
        Location {
            line,
            column,
            span,
            source_line: Some(source_line),
        }
    }
}

impl Location {
    /// For a note: the line is not shown again if the error is on it already.
    pub(crate) fn without_line_of(mut self, error: &Location) -> Location {
        if self.shows_the_same(error) {
            self.source_line = None;
        }
        self
    }

    /// Whether the same text would be shown, marked at the same place.
    pub(crate) fn shows_the_same(&self, other: &Location) -> bool {
        self.line == other.line
            && self.column == other.column
            && self.source_line == other.source_line
    }

    /// The place of a token.
    pub(crate) fn of_token(tree: &Ast<'_>, token: TokenIndex) -> Location {
        let start = tree.token_start(token);
        Lines::new(tree.source).location(Span {
            start,
            end: token_end(tree, token),
            main: start,
        })
    }
}

/// The same place without its line, where that is not to be shown.
pub(crate) fn without_line(location: Option<Location>) -> Option<Location> {
    location.map(|location| Location {
        source_line: None,
        ..location
    })
}
