//! Several programs as one: what they share counts once.

use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::path::{Path, PathBuf};

use cache_store::Warning;

use super::found::{Graph, LoadedFile, Unresolved};
use crate::diagnostic::Diagnostic;
use crate::paths;

/// What was found in all programs.
#[derive(Default)]
pub(crate) struct Merged {
    /// By absolute path, in path order.
    pub(crate) files: Vec<(PathBuf, LoadedFile)>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) unresolved: Vec<Unresolved>,
    pub(crate) warnings: Vec<Warning>,
    /// Whether programs that share a file have seen different states of it.
    differs: bool,
}

/// The same while there are more programs to come: files are in no order.
#[derive(Default)]
pub(crate) struct Merging {
    merged: Merged,
    /// Where each path is among the files, once there is anything to be found in them.
    positions: HashMap<Vec<u8>, usize, foldhash::fast::RandomState>,
    seen_diagnostics: HashSet<Diagnostic>,
    seen_unresolved: HashSet<Unresolved>,
}

impl Merging {
    /// Nothing but what has gone wrong with the cache so far.
    pub(crate) fn new(warnings: Vec<Warning>) -> Merging {
        let mut merging = Merging::default();
        merging.merged.warnings = warnings;
        merging
    }

    /// Takes in what was found in one more program.
    pub(crate) fn add(&mut self, graph: Graph, cwd: &Path) {
        let Graph {
            mut files,
            diagnostics,
            unresolved,
            warnings,
        } = graph;
        for (path, _) in &mut files {
            if !path.is_absolute() {
                *path = paths::absolute(cwd, path);
            }
        }
        let ascend = |files: &[(PathBuf, LoadedFile)]| {
            files.is_sorted_by(|(a, _), (b, _)| paths::compare(a, b).is_lt())
        };
        // To sort takes room, needed or not.
        let mut is_ascending = ascend(&files);
        if !is_ascending {
            in_order(&mut files);
            is_ascending = ascend(&files);
        }
        if self.merged.files.is_empty() && is_ascending {
            // All there is, nearly always.
            self.merged.files = files;
        } else {
            self.add_files(files);
        }
        for diagnostic in diagnostics {
            if self.seen_diagnostics.insert(diagnostic.clone()) {
                self.merged.diagnostics.push(diagnostic);
            }
        }
        for import in unresolved {
            if self.seen_unresolved.insert(import.clone()) {
                self.merged.unresolved.push(import);
            }
        }
        self.merged.warnings.extend(warnings);
    }

    fn add_files(&mut self, files: Vec<(PathBuf, LoadedFile)>) {
        let Merging {
            merged, positions, ..
        } = self;
        if positions.is_empty() {
            let there = merged.files.iter().enumerate();
            *positions = there
                .map(|(at, (path, _))| (paths::bytes(path).to_vec(), at))
                .collect();
        }
        for (path, file) in files {
            match positions.entry(paths::bytes(&path).to_vec()) {
                Entry::Vacant(place) => {
                    place.insert(merged.files.len());
                    merged.files.push((path, file));
                }
                Entry::Occupied(at) => {
                    let (_, first) = &mut merged.files[*at.get()];
                    merged.differs |= !first.merge(&file);
                }
            }
        }
    }

    /// All of it.
    pub(crate) fn finish(self) -> Merged {
        let mut merged = self.merged;
        // Those of one program alone are in order.
        if !self.positions.is_empty() {
            in_order(&mut merged.files);
        }
        merged
    }
}

/// Puts files in path order.
fn in_order(files: &mut [(PathBuf, LoadedFile)]) {
    files.sort_by(|(a, _), (b, _)| paths::compare(a, b));
}

impl Merged {
    /// All of it as one graph.
    pub(crate) fn into_graph(self) -> Graph {
        Graph {
            files: self.files,
            diagnostics: self.diagnostics,
            unresolved: self.unresolved,
            warnings: self.warnings,
        }
    }

    /// Errors that are counted and not reported.
    pub(crate) fn unreported(&self) -> usize {
        self.files.iter().map(|(_, file)| file.unreported).sum()
    }

    /// Whether all programs have seen the same of the files that they share.
    pub(crate) fn is_consistent(&self) -> bool {
        !self.differs
    }
}

// Paths of other systems are absolute in other ways.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn graph(paths: &[&str]) -> Graph {
        let file = |path: &&str| (path.into(), LoadedFile::unloaded(path.into()));
        Graph {
            files: paths.iter().map(file).collect(),
            ..Graph::default()
        }
    }

    /// The resolved paths of the files, and how messages name them.
    fn merged(graphs: &[&[&str]]) -> Vec<(String, String)> {
        let mut merging = Merging::default();
        for paths in graphs {
            merging.add(graph(paths), Path::new("/w"));
        }
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let files = merging.finish().files;
        let names = |(path, file): &(PathBuf, LoadedFile)| (text(path), text(&file.path));
        files.iter().map(names).collect()
    }

    fn names(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |&(path, name): &(&str, &str)| (path.to_owned(), name.to_owned());
        list.iter().map(owned).collect()
    }

    #[test]
    fn files_are_in_the_order_of_their_absolute_paths() {
        assert_eq!(
            merged(&[&["/x/std.zig", "a.zig", "b.zig"]]),
            names(&[
                ("/w/a.zig", "a.zig"),
                ("/w/b.zig", "b.zig"),
                ("/x/std.zig", "/x/std.zig"),
            ])
        );
    }

    #[test]
    fn a_file_of_several_programs_counts_once() {
        let all = names(&[
            ("/a/z.zig", "/a/z.zig"),
            ("/w/a.zig", "a.zig"),
            ("/w/b.zig", "/w/b.zig"),
            ("/w/c.zig", "c.zig"),
        ]);
        let programs: [&[&str]; 3] = [
            &["/w/b.zig", "a.zig"],
            &["a.zig", "b.zig", "c.zig"],
            &["/a/z.zig", "c.zig"],
        ];
        assert_eq!(merged(&programs), all);
        // One alone may have it under two names, too.
        let both: &[&str] = &["/w/a.zig", "a.zig"];
        assert_eq!(merged(&[both]), names(&[("/w/a.zig", "/w/a.zig")]));
    }
}
