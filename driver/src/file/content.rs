//! What a program uses of a file.

use cache_store::{How, SourceError, SourceFile, Stat, Warning};
use release::Release;
use syntax::{Ast, Mode};

use super::lower::{Facts, Import, Ir};
use crate::diagnostic::Diagnostic;

/// The digest of a source, as manifests have it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContentDigest(pub(crate) manifest::Digest);

impl ContentDigest {
    /// The digest of this text.
    pub fn of(text: &[u8]) -> ContentDigest {
        ContentDigest(manifest::hash_contents(text))
    }
}

/// What of a file went into the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Used {
    /// The stat that it had then.
    pub stat: Stat,
    /// The digest of the source; `None` where the source was not read.
    pub digest: Option<ContentDigest>,
}

/// What was loaded of a file.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) how: How,
    pub(crate) used: Used,
    pub(crate) failed: bool,
    pub(crate) imports: Vec<Import>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Content {
    /// What the facts about an IR come to. Errors are made from the source.
    pub(crate) fn new(
        file: &mut SourceFile,
        path: &[u8],
        mode: Mode,
        release: Release,
        how: How,
        facts: Facts,
    ) -> Result<Content, SourceError> {
        let used = Used {
            stat: file.stat(),
            digest: file.bytes().map(ContentDigest::of),
        };
        let mut diagnostics = Vec::new();
        if facts.has_errors {
            // Errors are placed in the source that is there now, so they are made from it as well: the entry
            // may have come from anywhere.
            let tree = Ast::parse(file.load()?, mode, release);
            diagnostics = Ir::lower(&tree).diagnostics(&tree, path);
        }
        Ok(Content {
            how,
            used,
            failed: !diagnostics.is_empty(),
            imports: facts.imports,
            diagnostics,
        })
    }
}

/// A content, and what went wrong with the cache and did not matter.
pub(crate) type WithWarnings<T> = (T, Vec<Warning>);
