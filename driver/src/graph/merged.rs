//! Several programs as one: what they share counts once.

use std::collections::HashSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::Path;

use cache_store::Warning;

use super::found::{Graph, LoadedFile, Unresolved};
use crate::diagnostic::Diagnostic;
use crate::paths::{self, Resolved};

/// What was found in all programs.
#[derive(Default)]
pub(crate) struct Merged {
    /// By absolute path.
    pub(crate) files: BTreeMap<Resolved, LoadedFile>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) unresolved: Vec<Unresolved>,
    pub(crate) warnings: Vec<Warning>,
    /// Whether programs that share a file have seen different states of it.
    differs: bool,
    seen_diagnostics: HashSet<Diagnostic>,
    seen_unresolved: HashSet<Unresolved>,
}

impl Merged {
    /// Takes in what was found in one more program.
    pub(crate) fn add(&mut self, graph: Graph, cwd: &Path) {
        let Graph {
            files,
            diagnostics,
            unresolved,
            warnings,
        } = graph;
        let absolute = |(resolved, file): (std::path::PathBuf, LoadedFile)| {
            let absolute = match resolved.is_absolute() {
                true => resolved,
                false => paths::absolute(cwd, &resolved),
            };
            (Resolved(absolute), file)
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

    /// All of it as one graph.
    pub(crate) fn into_graph(self) -> Graph {
        let files = self.files.into_iter();
        Graph {
            files: files.map(|(Resolved(path), file)| (path, file)).collect(),
            diagnostics: self.diagnostics,
            unresolved: self.unresolved,
            warnings: self.warnings,
        }
    }

    /// Errors that are counted and not reported.
    pub(crate) fn unreported(&self) -> usize {
        self.files.values().map(|file| file.unreported).sum()
    }

    /// Whether all programs have seen the same of the files that they share.
    pub(crate) fn is_consistent(&self) -> bool {
        !self.differs
    }
}
