//! What a program uses of a file.

use std::path::Path;
use std::sync::Arc;

use cache_store::{EntryName, How, Reason, SourceError, SourceFile, Stat, Warning};
use release::Release;
use syntax::{Ast, Mode};

use super::lower::{Facts, Import, Ir};
use crate::diagnostic::Diagnostic;
use crate::paths;

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
    /// The digest of the source; `None` where it was not read, and no entry has it.
    pub digest: Option<ContentDigest>,
}

/// Which entry is that of a file, and which of the two directories it is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct EntryPlace {
    pub(crate) is_local: bool,
    pub(crate) name: EntryName,
}

/// What was loaded of a file.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) how: How,
    pub(crate) used: Used,
    pub(crate) failed: bool,
    pub(crate) imports: Arc<[Import]>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Its entry, once somebody has said so.
    pub(crate) entry: Option<EntryPlace>,
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
        let stat = file.stat();
        let mut diagnostics = Vec::new();
        if facts.has_errors {
            // Errors are placed in the source that is there now, so they are made from it as well: the entry
            // may have come from anywhere.
            let tree = Ast::parse(file.load()?, mode, release);
            diagnostics = Ir::diagnostics_of(&tree, path);
        }
        // What was read just now may be another text than that which the facts are about.
        let digest = match file.stat() == stat {
            true => file.known_digest(),
            false => None,
        };
        let digest = digest.map(|digest| ContentDigest(manifest::Digest(digest)));
        Ok(Content {
            how,
            used: Used { stat, digest },
            failed: !diagnostics.is_empty(),
            imports: facts.imports.into(),
            diagnostics,
            entry: None,
        })
    }
}

impl Content {
    /// What a text comes to that is in memory only. Nothing of it is kept.
    pub(crate) fn of_text(text: &[u8], path: &Path, release: Release) -> Content {
        let tree = Ast::parse(text, crate::input::mode_of(path), release);
        let ir = Ir::lower(&tree);
        let diagnostics = match ir.has_errors() {
            true => ir.diagnostics(&tree, paths::bytes(path)),
            false => Vec::new(),
        };
        Content {
            how: How::Generated(Reason::NoCache),
            used: Used {
                stat: Stat::default(),
                digest: Some(ContentDigest::of(text)),
            },
            failed: !diagnostics.is_empty(),
            imports: ir.facts().imports.into(),
            diagnostics,
            entry: None,
        }
    }
}

/// A content, and what went wrong with the cache and did not matter.
pub(crate) type WithWarnings<T> = (T, Vec<Warning>);

#[cfg(test)]
mod tests {
    use super::*;

    /// One digest of a source serves its entry and the manifest.
    #[test]
    fn a_source_has_the_digest_that_manifests_have_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.zig");
        for text in [b"".as_slice(), b"const a = 1;\n", &[b'x'; 5000]] {
            std::fs::write(&path, text).unwrap();
            let digest = SourceFile::open(&path).unwrap().digest().unwrap();
            assert_eq!(
                ContentDigest(manifest::Digest(digest)),
                ContentDigest::of(text)
            );
        }
    }
}
