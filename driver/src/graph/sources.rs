//! Sources read once more, to place errors in them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use syntax::location::Span;
use syntax::{Ast, Mode, TokenIndex};

use crate::diagnostic::{Lines, Location, token_span};
use crate::limits::MAX_SOURCES_LEN;
use crate::project::Program;

/// Sources read again to place errors in them.
pub(super) struct Sources<'p> {
    program: &'p Program,
    /// Those at hand; `None` where one cannot be read.
    read: HashMap<PathBuf, Option<Source>>,
    /// Bytes of them.
    len: usize,
}

struct Source {
    lines: Lines<'static>,
    /// Where its tokens are, once one was asked for: there may be many more.
    tokens: Option<Vec<Span>>,
}

impl<'p> Sources<'p> {
    /// None so far; they will be those of this program.
    pub(super) fn new(program: &'p Program) -> Sources<'p> {
        Sources {
            program,
            read: HashMap::new(),
            len: 0,
        }
    }

    /// A source. It stays the same until another is asked for.
    fn source(&mut self, path: &Path) -> Option<&mut Source> {
        if !self.read.contains_key(path) {
            let text = match self.program.buffered(path) {
                Some(text) => Some(text.to_vec()),
                None => SourceFile::open(path).and_then(SourceFile::into_bytes).ok(),
            };
            let len = text.as_ref().map_or(0, Vec::len);
            if self.len + len > MAX_SOURCES_LEN {
                self.read.clear();
                self.len = 0;
            }
            self.len += len;
            let source = text.map(|text| Source {
                lines: Lines::new(text),
                tokens: None,
            });
            self.read.insert(path.to_owned(), source);
        }
        self.read.get_mut(path)?.as_mut()
    }

    /// The text of a source.
    pub(super) fn text(&mut self, path: &Path) -> Option<&[u8]> {
        Some(self.source(path)?.lines.source())
    }

    /// The place of a token; nowhere in particular if the file has changed and has no such token.
    pub(super) fn token(&mut self, path: &Path, token: TokenIndex) -> Option<Location> {
        let release = self.program.release;
        let Source { lines, tokens } = self.source(path)?;
        let spans = tokens.get_or_insert_with(|| {
            let tree = Ast::parse(lines.source(), Mode::Zig, release);
            let spans = (0..tree.tokens_len()).map(|token| token_span(&tree, token));
            spans.collect()
        });
        Some(lines.location(*spans.get(token as usize)?))
    }

    /// The place that stands for a whole file.
    pub(super) fn start(&mut self, path: &Path) -> Option<Location> {
        let span = Span {
            start: 0,
            end: 1,
            main: 0,
        };
        Some(self.source(path)?.lines.location(span))
    }
}
