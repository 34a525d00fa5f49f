//! Sources read once more, to place errors in them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use syntax::location::Span;
use syntax::{Ast, Mode, TokenIndex};

use crate::diagnostic::{Lines, Location};
use crate::project::Program;

/// Sources read again to place errors in them.
pub(super) struct Sources<'p> {
    program: &'p Program,
    bytes: HashMap<PathBuf, Option<Vec<u8>>>,
}

impl<'p> Sources<'p> {
    /// None so far; they will be those of this program.
    pub(super) fn new(program: &'p Program) -> Sources<'p> {
        Sources {
            program,
            bytes: HashMap::new(),
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
        let release = self.program.release;
        let tree = Ast::parse(self.get(path)?, Mode::Zig, release);
        (token < tree.tokens_len()).then(|| Location::of_token(&tree, token))
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
