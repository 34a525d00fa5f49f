//! What the program consists of from 0.15 on: a file is its path, whoever imports it, and belongs to the
//! module that reaches it first.
//!
//! The walk goes over the imports in their order, as that of 0.14 does (`walk`), but decides at once: the
//! first file that two modules reach ends it and is the one error, a path that leads out of the module is an
//! error of the import, and a missing file is one of that file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::SourceError;
use syntax::TokenIndex;
use syntax::location::Span;

use super::found::{Graph, LoadedFile, Unresolved};
use super::instance::{ByPath, Instance, InstanceId, Resolved, Target};
use super::sources::Sources;
use crate::diagnostic::{Diagnostic, Location, Position, quoted};
use crate::file::Import;
use crate::paths;
use crate::project::{ModuleId, Program};

/// An import, by the file of the table that it stands in.
#[derive(Clone, Copy, Debug)]
struct Importer {
    file: usize,
    token: TokenIndex,
}

/// What brought a file in.
#[derive(Clone, Copy, Debug)]
enum Reference {
    /// It is the root of its module, perhaps imported as such.
    Root(Option<Importer>),
    /// The import of its path.
    Path(Importer),
}

/// A file of the program.
#[derive(Debug)]
struct TableFile {
    instance: InstanceId,
    reference: Reference,
}

/// A file that two modules reach.
struct Conflict {
    /// The file that the error names.
    file: usize,
    modules: [ModuleId; 2],
    references: [Reference; 2],
}

/// Decides what the program consists of: one pass in the order of imports.
pub(super) struct CanonicalWalk<'p> {
    program: &'p Program,
    instances: Vec<Instance>,
    files: Vec<TableFile>,
    by_path: ByPath,
    /// Imports whose paths lead out of the module, in the order in which they were found.
    outside: Vec<Importer>,
    unresolved: Vec<Unresolved>,
    sources: Sources<'p>,
}

impl<'p> CanonicalWalk<'p> {
    pub(super) fn new(program: &'p Program, instances: Vec<Instance>) -> CanonicalWalk<'p> {
        CanonicalWalk {
            program,
            files: Vec::with_capacity(instances.len()),
            by_path: HashMap::with_capacity_and_hasher(instances.len(), Default::default()),
            instances,
            outside: Vec::new(),
            unresolved: Vec::new(),
            sources: Sources::new(program),
        }
    }

    pub(super) fn run(mut self, roots: &[InstanceId]) -> Graph {
        // The standard library is where analysis begins; its start code imports the main module.
        let std = self.program.modules.std.and_then(|std| {
            let root = self.program.modules.get(std).root_src_path.as_deref();
            self.instances
                .iter()
                .position(|i| i.key.module == std && Some(&*i.sub_file_path) == root)
        });
        let mut next = 0;
        for root in std.into_iter().chain(roots.iter().copied()) {
            if !self.by_path.contains_key(self.instances[root].resolved()) {
                self.add(root, Reference::Root(None));
            }
            while next < self.files.len() {
                if let Some(conflict) = self.imports(next) {
                    let error = self.conflict_error(&conflict);
                    return self.finish(Some((conflict.file, error)));
                }
                next += 1;
            }
        }
        self.finish(None)
    }

    fn add(&mut self, instance: InstanceId, reference: Reference) {
        let file = self.files.len();
        self.files.push(TableFile {
            instance,
            reference,
        });
        let path = Resolved(Arc::clone(&self.instances[instance].key));
        self.by_path.insert(path, file);
    }

    fn module(&self, file: usize) -> ModuleId {
        self.instances[self.files[file].instance].key.module
    }

    /// Follows the imports of a file, up to the first that gives a file a second module.
    fn imports(&mut self, file: usize) -> Option<Conflict> {
        let id = self.files[file].instance;
        let Some(Ok(content)) = &self.instances[id].result else {
            return None;
        };
        let imports = Arc::clone(&content.imports);
        let targets = std::mem::take(&mut self.instances[id].targets);
        for (&Import { ref name, token }, target) in imports.iter().zip(targets) {
            let importer = Importer { file, token };
            let (instance, module, reference) = match target {
                Target::Skip => continue,
                Target::Unresolved(reason) => {
                    let path = self.full_path(file);
                    let import = Unresolved::new(path, name.clone(), token, reason);
                    self.unresolved.push(import);
                    continue;
                }
                Target::NotGenerated(module) => {
                    let path = self.full_path(file);
                    let module = self.program.modules.get(module);
                    let import = Unresolved::not_generated(path, name.clone(), token, module);
                    self.unresolved.push(import);
                    continue;
                }
                Target::Package(instance) => {
                    let module = self.instances[instance].key.module;
                    (Ok(instance), module, Reference::Root(Some(importer)))
                }
                Target::File(instance) => {
                    let module = self.instances[instance].key.module;
                    (Ok(instance), module, Reference::Path(importer))
                }
                Target::Outside(resolved) => {
                    (Err(resolved), self.module(file), Reference::Path(importer))
                }
            };
            let path = match &instance {
                Ok(instance) => self.instances[*instance].resolved(),
                Err(outside) => paths::bytes(outside),
            };
            match (self.by_path.get(path), instance) {
                (Some(&found), _) => {
                    let first = self.module(found);
                    if first != module {
                        let rules = self.program.release.rules();
                        return Some(Conflict {
                            file: if rules.conflict_names_the_importer {
                                file
                            } else {
                                found
                            },
                            modules: [first, module],
                            references: [self.files[found].reference, reference],
                        });
                    }
                }
                (None, Ok(instance)) => self.add(instance, reference),
                (None, Err(_)) => self.outside.push(importer),
            }
        }
        None
    }

    fn full_path(&self, file: usize) -> PathBuf {
        let Instance {
            key, sub_file_path, ..
        } = &self.instances[self.files[file].instance];
        self.program
            .modules
            .get(key.module)
            .full_path(sub_file_path)
    }

    /// The place that stands for a whole file, there or not.
    fn whole_file() -> Option<Location> {
        Some(Location {
            line: 0,
            column: 0,
            column_utf16: 0,
            end: Position::default(),
            span: Span {
                start: 0,
                end: 0,
                main: 0,
            },
            source_line: None,
        })
    }

    fn note_at(&mut self, importer: Importer, message: &str) -> Diagnostic {
        let path = self.full_path(importer.file);
        let location = self.sources.token(&path, importer.token);
        Diagnostic::note(paths::bytes(&path), location, message.into())
    }

    fn conflict_error(&mut self, conflict: &Conflict) -> Diagnostic {
        let names = conflict
            .modules
            .map(|module| self.program.modules.get(module).name.clone());
        let path = self.full_path(conflict.file);
        let path = paths::bytes(&path);
        let one = "files must belong to only one module";
        let mut notes = vec![Diagnostic::note(path, Self::whole_file(), one.into())];
        for (reference, name) in conflict.references.iter().zip(&names) {
            self.explain(path, *reference, name, &mut notes);
        }
        let message = format!("file exists in modules '{}' and '{}'", names[0], names[1]);
        Diagnostic {
            notes,
            ..Diagnostic::error(path, Self::whole_file(), message.into())
        }
    }

    /// How a file came into a module: the imports up to the module's root.
    fn explain(
        &mut self,
        path: &[u8],
        reference: Reference,
        module: &str,
        notes: &mut Vec<Diagnostic>,
    ) {
        let Reference::Path(mut importer) = reference else {
            let message = format!("file is the root of module '{module}'");
            notes.push(Diagnostic::note(path, Self::whole_file(), message.into()));
            return;
        };
        let mut thing = "file";
        loop {
            match self.files[importer.file].reference {
                Reference::Root(_) => {
                    let id = self.module(importer.file);
                    let name = self.program.modules.get(id).name.clone();
                    let message =
                        format!("{thing} is imported here by the root of module '{name}'");
                    notes.push(self.note_at(importer, &message));
                    return;
                }
                Reference::Path(next) => {
                    notes.push(self.note_at(importer, &format!("{thing} is imported here")));
                    importer = next;
                    thing = "which";
                }
            }
        }
    }

    /// The error of a file that could not be loaded.
    fn load_error(&mut self, file: usize, error: &SourceError) -> Diagnostic {
        let path = self.full_path(file);
        let name = paths::bytes(path.file_name().map_or(&*path, Path::new));
        let name = quoted(name, self.program.release);
        let message = [b"unable to load ", &*name, b": ", error.name().as_bytes()].concat();
        let notes = match self.files[file].reference {
            Reference::Root(None) => Vec::new(),
            Reference::Root(Some(importer)) | Reference::Path(importer) => {
                vec![self.note_at(importer, "file imported here")]
            }
        };
        Diagnostic {
            notes,
            ..Diagnostic::error(paths::bytes(&path), Self::whole_file(), message)
        }
    }

    /// The files in the order of messages: by what canonical paths begin at, then by the bytes of the rest.
    /// Behind them are those that there is nothing to say about, which are nearly all.
    fn message_order(&self) -> Vec<usize> {
        let instance = |file: usize| &self.instances[self.files[file].instance];
        let (mut order, silent): (Vec<usize>, Vec<usize>) =
            (0..self.files.len()).partition(|&file| instance(file).has_messages());
        order.sort_by_cached_key(|&file| {
            let path = self
                .program
                .directories
                .canonical(instance(file).resolved());
            (path.root, path.sub_path)
        });
        order.extend(silent);
        order
    }

    fn finish(mut self, conflict: Option<(usize, Diagnostic)>) -> Graph {
        let mut graph = Graph::default();
        let mut failed = vec![false; self.files.len()];
        let mut messages = Vec::new();
        for importer in std::mem::take(&mut self.outside) {
            let path = self.full_path(importer.file);
            let location = self.sources.token(&path, importer.token);
            let message = b"import of file outside module path".to_vec();
            let error = Diagnostic::error(paths::bytes(&path), location, message);
            failed[importer.file] = true;
            messages.push(error);
        }
        graph.files.reserve(self.files.len());
        for file in self.message_order() {
            let id = self.files[file].instance;
            let path = self.full_path(file);
            let is_hindered = self.instances[id].is_hindered();
            let (mut loaded, mut diagnostics) = match self.instances[id].result.take() {
                Some(Ok(content)) => LoadedFile::of(path, content),
                Some(Err(error)) => {
                    let error = self.load_error(file, &error);
                    (LoadedFile::unloaded(path), vec![error])
                }
                None => (LoadedFile::unloaded(path), Vec::new()),
            };
            loaded.failed |= failed[file];
            let module = self.program.modules.get(self.module(file));
            if module.errors_are_counted && !is_hindered {
                loaded.unreported = diagnostics.len();
                loaded.failed = failed[file];
                diagnostics.clear();
            }
            loaded.failed |= conflict.as_ref().is_some_and(|(named, _)| *named == file);
            messages.append(&mut diagnostics);
            graph.warnings.append(&mut self.instances[id].warnings);
            let resolved = self.instances[id].key.resolved.clone();
            graph.files.push((resolved, loaded));
        }
        // Beside a file of two modules nothing else counts.
        graph.diagnostics = match conflict {
            Some((_, error)) => vec![error],
            None => messages,
        };
        graph.files.sort_by(|(a, _), (b, _)| paths::compare(a, b));
        graph.set_unresolved(self.unresolved, &mut self.sources);
        graph
    }
}
