//! Several programs as one: what they share counts once.

use std::collections::HashSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::Path;

use cache_store::Warning;

use crate::graph::{Diagnostic, Graph, LoadedFile, Unresolved};
use crate::paths::{self, Resolved};

/// What was found in all programs.
#[derive(Default)]
pub(super) struct Merged {
    /// By absolute path.
    pub(super) files: BTreeMap<Resolved, LoadedFile>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) unresolved: Vec<Unresolved>,
    pub(super) warnings: Vec<Warning>,
    /// Whether programs that share a file have seen different states of it.
    differs: bool,
    seen_diagnostics: HashSet<Diagnostic>,
    seen_unresolved: HashSet<Unresolved>,
}

impl Merged {
    /// Takes in what was found in one more program.
    pub(super) fn add(&mut self, graph: Graph, cwd: &Path) {
        let Graph {
            files,
            diagnostics,
            unresolved,
            warnings,
        } = graph;
        let absolute = |(resolved, file): (std::path::PathBuf, LoadedFile)| {
            let parts = [paths::bytes(cwd), paths::bytes(&resolved)];
            (Resolved(paths::resolve(&parts)), file)
        };
        let loaded: Vec<(Resolved, LoadedFile)> = files.into_iter().map(absolute).collect();
        if self.files.is_empty() && loaded.is_sorted_by(|a, b| a.0 < b.0) {
            // All there is, nearly always, and it is in order: no place is looked for.
            self.files = loaded.into_iter().collect();
        } else {
            for (resolved, file) in loaded {
                match self.files.entry(resolved) {
                    Entry::Vacant(place) => drop(place.insert(file)),
                    Entry::Occupied(mut first) => self.differs |= !first.get_mut().merge(&file),
                }
            }
        }
        for diagnostic in diagnostics {
            if self.seen_diagnostics.insert(diagnostic.clone()) {
                self.diagnostics.push(diagnostic);
            }
        }
        for import in unresolved {
            if self.seen_unresolved.insert(import.clone()) {
                self.unresolved.push(import);
            }
        }
        self.warnings.extend(warnings);
    }

    /// Errors that are counted and not reported.
    pub(super) fn unreported(&self) -> usize {
        self.files.values().map(|file| file.unreported).sum()
    }

    /// Whether all programs have seen the same of the files that they share.
    pub(super) fn is_consistent(&self) -> bool {
        !self.differs
    }
}
