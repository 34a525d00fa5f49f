//! Sources read once more, to place errors in them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use syntax::location::Span;
use syntax::{Ast, Mode, TokenIndex};

use crate::diagnostic::{Lines, Location, token_span};
use crate::project::Program;

/// Sources read again to place errors in them.
pub(super) struct Sources<'p> {
    program: &'p Program,
    bytes: HashMap<PathBuf, Option<Vec<u8>>>,
    /// The tokens of the source that one was asked for last: there may be many more of its.
    tokens: Option<(PathBuf, Vec<Span>)>,
}

impl<'p> Sources<'p> {
    /// None so far; they will be those of this program.
    pub(super) fn new(program: &'p Program) -> Sources<'p> {
        Sources {
            program,
            bytes: HashMap::new(),
            tokens: None,
        }
    }

    pub(super) fn get(&mut self, path: &Path) -> Option<&[u8]> {
        let read = || match self.program.buffered(path) {
            Some(text) => Some(text.to_vec()),
            None => SourceFile::open(path).and_then(SourceFile::into_bytes).ok(),
        };
        self.bytes
            .entry(path.to_owned())
            .or_insert_with(read)
            .as_deref()
    }

    /// The place of a token; nowhere in particular if the file has changed and has no such token.
    pub(super) fn token(&mut self, path: &Path, token: TokenIndex) -> Option<Location> {
        let is_at_hand = (self.tokens.as_ref()).is_some_and(|(of, _)| of == path);
        if !is_at_hand {
            let release = self.program.release;
            let tree = Ast::parse(self.get(path)?, Mode::Zig, release);
            let spans = (0..tree.tokens_len()).map(|token| token_span(&tree, token));
            let spans = spans.collect();
            drop(tree);
            self.tokens = Some((path.to_owned(), spans));
        }
        let (_, spans) = self.tokens.as_ref()?;
        let span = spans.get(token as usize).copied();
        Some(Lines::new(self.get(path)?).location(span?))
    }

    /// The end of what is asked about a source.
    pub(super) fn forget(&mut self, path: &Path) {
        self.bytes.remove(path);
        self.tokens = None;
    }

    /// The place that stands for a whole file.
    pub(super) fn start(&mut self, path: &Path) -> Option<Location> {
        Some(Lines::new(self.get(path)?).location(Span {
            start: 0,
            end: 1,
            main: 0,
        }))
    }
}
