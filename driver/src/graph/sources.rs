//! Sources read once more, to place errors in them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use release::Release;
use syntax::location::Span;
use syntax::{Ast, Mode, TokenIndex};

use crate::diagnostic::{Lines, Location};

/// Sources read again to place errors in them.
pub(super) struct Sources {
    release: Release,
    bytes: HashMap<PathBuf, Option<Vec<u8>>>,
}

impl Sources {
    /// None so far; they will be of this release.
    pub(super) fn new(release: Release) -> Sources {
        Sources {
            release,
            bytes: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, path: &Path) -> Option<&[u8]> {
        self.bytes
            .entry(path.to_owned())
            .or_insert_with(|| SourceFile::open(path).and_then(SourceFile::into_bytes).ok())
            .as_deref()
    }

    /// The place of a token; nowhere in particular if the file has changed and has no such token.
    pub(super) fn token(&mut self, path: &Path, token: TokenIndex) -> Option<Location> {
        let release = self.release;
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
