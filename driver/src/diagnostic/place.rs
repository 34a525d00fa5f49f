//! Places in a source: line, column, and the range that is marked.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use syntax::location::{Span, line_starts};
use syntax::{Ast, TokenIndex};

use crate::limits::MAX_SHOWN_LINES_LEN;

/// A line of a source, and how far into it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Position {
    /// Line, from 0.
    pub line: u32,
    /// Column in bytes, from 0.
    pub column: u32,
    /// The same in UTF-16 code units, where what is not UTF-8 counts as it is shown: one for each U+FFFD.
    pub column_utf16: u32,
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// Where the caret stands: line, from 0.
    pub line: u32,
    /// Where the caret stands: column in bytes, from 0.
    pub column: u32,
    /// The same column in UTF-16 code units, as in [`Position`].
    pub column_utf16: u32,
    /// Behind the last byte of the marked range; not before the caret.
    pub end: Position,
    /// Byte offsets: where the marked range begins, where the caret stands, where the range ends.
    pub span: Span,
    /// The line without its newline, where it should be shown.
    pub source_line: Option<Arc<[u8]>>,
}

/// Where a token is.
pub(crate) fn token_span(tree: &Ast<'_>, token: TokenIndex) -> Span {
    let start = tree.token_start(token);
    Span {
        start,
        end: start + tree.token_slice(token).len() as u32,
        main: start,
    }
}

/// Where the lines of a source begin, so that any number of places is found without reading it anew.
#[derive(Debug)]
pub(crate) struct Lines<'s> {
    source: Cow<'s, [u8]>,
    /// Offset of the first byte of each line.
    starts: Vec<u32>,
    /// The line asked for last: many errors on one long line share its text.
    last: RefCell<Option<(u32, Arc<[u8]>)>>,
    /// What showing the lines of all places given out takes.
    shown: Cell<u64>,
    units: OnceCell<Units>,
}

/// How many UTF-16 code units a text is up to some of its bytes.
#[derive(Debug)]
enum Units {
    /// As many as bytes.
    Ascii,
    /// Offsets between two characters, in order, with the units before each. They are so close that counting
    /// on from one takes no time, however long a line is.
    Marks(Vec<(u32, u32)>),
}

impl Units {
    /// So many bytes at least are between two marks.
    const STEP: usize = 256;

    fn new(text: &[u8]) -> Units {
        if text.is_ascii() {
            return Units::Ascii;
        }
        let mut marks = vec![(0, 0)];
        let (mut offset, mut units, mut next) = (0, 0, Units::STEP);
        for (bytes, count) in chars(text) {
            offset += bytes;
            units += count;
            if offset >= next {
                marks.push((offset as u32, units));
                next = offset + Units::STEP;
            }
        }
        Units::Marks(marks)
    }

    /// The units of `text`, which these were made of, before an offset.
    fn before(&self, text: &[u8], offset: u32) -> u32 {
        let Units::Marks(marks) = self else {
            return offset;
        };
        let (mark, units) = marks[marks.partition_point(|(at, _)| *at <= offset) - 1];
        let rest = chars(&text[mark as usize..offset as usize]);
        units + rest.map(|(_, count)| count).sum::<u32>()
    }
}

/// The characters of a text that may not be UTF-8: the bytes and the UTF-16 code units of each.
fn chars(text: &[u8]) -> impl Iterator<Item = (usize, u32)> {
    text.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars();
        let valid = valid.map(|char| (char.len_utf8(), char.len_utf16() as u32));
        let invalid = chunk.invalid().len();
        valid.chain((invalid > 0).then_some((invalid, 1)))
    })
}

impl<'s> Lines<'s> {
    pub(crate) fn new(source: impl Into<Cow<'s, [u8]>>) -> Lines<'s> {
        let source = source.into();
        let mut starts = Vec::new();
        line_starts(&source, &mut starts);
        Lines {
            source,
            starts,
            last: RefCell::new(None),
            shown: Cell::new(0),
            units: OnceCell::new(),
        }
    }

    /// The source.
    pub(crate) fn source(&self) -> &[u8] {
        &self.source
    }

    /// Line and columns of a byte offset.
    fn position(&self, offset: u32) -> Position {
        let (line, column, _) = self.find(offset);
        let units = self.units.get_or_init(|| Units::new(&self.source));
        let start = self.starts[line as usize];
        let before = |offset| units.before(&self.source, offset);
        Position {
            line,
            column,
            column_utf16: before(start + column) - before(start),
        }
    }

    /// Line and column of a byte offset, both from 0, and the line itself without its newline.
    pub(crate) fn find(&self, offset: u32) -> (u32, u32, &[u8]) {
        let offset = offset.min(self.source.len() as u32);
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        (line as u32, offset - self.starts[line], self.line(line))
    }

    /// A line without its newline.
    fn line(&self, line: usize) -> &[u8] {
        let next = self.starts.get(line + 1);
        let end = next.map_or(self.source.len(), |&next| next as usize - 1);
        &self.source[self.starts[line] as usize..end]
    }

    /// Whether so much was shown that no more lines will be.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.shown.get() > MAX_SHOWN_LINES_LEN
    }

    /// The place of `span`.
    pub(crate) fn location(&self, span: Span) -> Location {
        let Position {
            line,
            column,
            column_utf16,
        } = self.position(span.main);
        let text = self.line(line as usize);
        let end = self.position(span.end.max(span.main));
        let marks = u64::from(span.end.max(span.main).saturating_sub(span.start));
        let shown = text.len() as u64 + u64::from(column) + marks;
        self.shown.set(self.shown.get() + shown);
        if self.is_exhausted() {
            return Location {
                line,
                column,
                column_utf16,
                end,
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
            column_utf16,
            end,
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
}

/// The same place without its line, where that is not to be shown.
pub(crate) fn without_line(location: Option<Location>) -> Option<Location> {
    location.map(|location| Location {
        source_line: None,
        ..location
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text with characters of every length, and with bytes that are none.
    fn strange(seed: u64) -> Vec<u8> {
        let mut rng = fixtures::Rng::new(seed, 0);
        let pieces: [&[u8]; 9] = [
            b"a",
            b"\n",
            "\u{e9}".as_bytes(),
            "\u{20ac}".as_bytes(),
            "\u{1f4a9}".as_bytes(),
            b"\xff",
            b"\xe2\x82",
            b"\xf0\x9f\x92",
            b"\x80",
        ];
        (0..1500).flat_map(|_| rng.pick(&pieces).to_vec()).collect()
    }

    #[test]
    fn columns_in_utf16_are_those_of_the_shown_line() {
        for seed in 0..20 {
            let text = strange(seed);
            let lines = Lines::new(&*text);
            for offset in 0..=text.len() {
                let position = lines.position(offset as u32);
                let start = offset - position.column as usize;
                let shown = String::from_utf8_lossy(&text[start..offset]);
                assert_eq!(position.column_utf16 as usize, shown.encode_utf16().count());
            }
        }
    }
}
