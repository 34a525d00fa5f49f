//! What a program consists of: one pass in the order of imports over what the workers found.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::SourceError;
use cache_store::file::SEPARATOR;
use syntax::TokenIndex;

use super::found::{Graph, LoadedFile, Unresolved, UnresolvedReason};
use super::instance::{ByPath, Instance, InstanceId, Resolved, Target};
use super::sources::Sources;
use crate::diagnostic::{Diagnostic, Location, without_line};
use crate::file::Import;
use crate::limits::{MAX_MULTI_MODULE_ERRORS, MAX_MULTI_MODULE_NOTES};
use crate::paths;
use crate::project::{ModuleId, Modules, Program};

/// What refers to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reference {
    Root(ModuleId),
    Import {
        importer: InstanceId,
        token: TokenIndex,
    },
}

/// A file of the import table.
#[derive(Debug)]
struct TableFile {
    instance: InstanceId,
    references: Vec<Reference>,
    /// The import that brought it in, if one did.
    first_import: Option<(InstanceId, TokenIndex)>,
    multi_module: bool,
}

/// Decides what the program consists of: one pass in the order of imports.
pub(super) struct Walk<'p> {
    program: &'p Program,
    instances: Vec<Instance>,
    files: Vec<TableFile>,
    by_path: ByPath,
    /// The file that each instance was found to be.
    by_instance: Vec<Option<usize>>,
    queue: VecDeque<usize>,
}

impl<'p> Walk<'p> {
    pub(super) fn new(program: &'p Program, instances: Vec<Instance>) -> Walk<'p> {
        Walk {
            program,
            by_instance: vec![None; instances.len()],
            files: Vec::with_capacity(instances.len()),
            by_path: HashMap::with_capacity_and_hasher(instances.len(), Default::default()),
            instances,
            queue: VecDeque::new(),
        }
    }

    pub(super) fn run(mut self, roots: &[InstanceId]) -> Graph {
        for &root in roots {
            let reference = self
                .program
                .modules
                .get(Modules::MAIN)
                .root_src_path
                .is_some();
            let file = self.file(root, None);
            if reference {
                self.refer(file, Reference::Root(Modules::MAIN));
            }
        }
        let mut unresolved = Vec::new();
        let mut outside = Vec::new();
        while let Some(file) = self.queue.pop_front() {
            let importer = self.files[file].instance;
            let Some(Ok(content)) = &self.instances[importer].result else {
                continue;
            };
            let imports = Arc::clone(&content.imports);
            let targets = std::mem::take(&mut self.instances[importer].targets);
            for (import, target) in imports.iter().zip(targets) {
                let &Import { ref name, token } = import;
                let reference = Reference::Import { importer, token };
                match target {
                    Target::Skip => {}
                    Target::Unresolved(reason) => {
                        let path = self.full_path(importer);
                        unresolved.push(Unresolved::new(path, name.clone(), token, reason));
                    }
                    Target::NotGenerated(module) => {
                        let path = self.full_path(importer);
                        let module = self.program.modules.get(module);
                        let import = Unresolved::not_generated(path, name.clone(), token, module);
                        unresolved.push(import);
                    }
                    Target::Package(instance) => {
                        let module = self.instances[instance].key.module;
                        let file = self.file(instance, Some((importer, token)));
                        self.refer(file, Reference::Root(module));
                    }
                    Target::File(instance) => {
                        let file = self.file(instance, Some((importer, token)));
                        self.refer(file, reference);
                    }
                    Target::Outside(resolved) => {
                        outside.push((resolved, importer, name.clone(), token));
                    }
                }
            }
        }
        // Not before all files are known: that which of them was found first does not count.
        let mut late = Vec::new();
        for (resolved, importer, name, token) in outside {
            match self.by_path.get(paths::bytes(&resolved)) {
                Some(&file) => {
                    self.refer(file, Reference::Import { importer, token });
                    late.push(file);
                }
                None => {
                    let reason = UnresolvedReason::ImportOutsideModulePath;
                    let path = self.full_path(importer);
                    unresolved.push(Unresolved::new(path, name, token, reason));
                }
            }
        }
        for file in late {
            self.order_references(file);
        }
        self.finish(unresolved)
    }

    /// Puts the references of a file in the order in which the walk would come by them.
    fn order_references(&mut self, file: usize) {
        let by_instance = &self.by_instance;
        self.files[file]
            .references
            .sort_by_key(|reference| match *reference {
                Reference::Root(_) => None,
                Reference::Import { importer, token } => Some((by_instance[importer], token)),
            });
    }

    fn full_path(&self, instance: InstanceId) -> PathBuf {
        let Instance {
            key, sub_file_path, ..
        } = &self.instances[instance];
        self.program
            .modules
            .get(key.module)
            .full_path(sub_file_path)
    }

    /// The file at the path of `instance`. The first module to reach a path owns the file.
    fn file(
        &mut self,
        instance: InstanceId,
        first_import: Option<(InstanceId, TokenIndex)>,
    ) -> usize {
        if let Some(file) = self.by_instance[instance] {
            return file;
        }
        let file = match self.by_path.get(self.instances[instance].resolved()) {
            Some(&file) => file,
            None => self.add(instance, first_import),
        };
        self.by_instance[instance] = Some(file);
        file
    }

    fn add(
        &mut self,
        instance: InstanceId,
        first_import: Option<(InstanceId, TokenIndex)>,
    ) -> usize {
        let file = self.files.len();
        self.files.push(TableFile {
            instance,
            references: Vec::new(),
            first_import,
            multi_module: false,
        });
        let path = Resolved(Arc::clone(&self.instances[instance].key));
        self.by_path.insert(path, file);
        self.queue.push_back(file);
        file
    }

    fn refer(&mut self, file: usize, reference: Reference) {
        let module = match reference {
            Reference::Root(module) => module,
            Reference::Import { importer, .. } => self.instances[importer].key.module,
        };
        let file = &mut self.files[file];
        match reference {
            Reference::Root(_) if file.references.contains(&reference) => return,
            // Roots first: they tell more.
            Reference::Root(_) => file.references.insert(0, reference),
            Reference::Import { .. } => file.references.push(reference),
        }
        file.multi_module |= module != self.instances[file.instance].key.module;
    }

    fn finish(mut self, unresolved: Vec<Unresolved>) -> Graph {
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        // No two have the same path.
        order.sort_unstable_by(|&a, &b| {
            let path = |file: usize| &*self.instances[self.files[file].instance].key.resolved;
            paths::compare(path(a), path(b))
        });
        let mut sources = Sources::new(self.program);
        let mut graph = Graph::default();
        let multi = self.multi_module_errors(&order, &mut sources);
        graph.files.reserve(order.len());
        for file in order {
            let TableFile {
                instance,
                first_import,
                multi_module,
                ..
            } = self.files[file];
            let path = self.full_path(instance);
            let load_error = match &self.instances[instance].result {
                Some(Err(error)) => {
                    Some(self.load_error(instance, first_import, error, &mut sources))
                }
                _ => None,
            };
            let resolved = self.instances[instance].key.resolved.clone();
            let module = self.instances[instance].key.module;
            let counted = self.program.modules.get(module).errors_are_counted
                && !multi_module
                && !self.instances[instance].is_hindered();
            let (mut loaded, mut diagnostics) = match self.instances[instance].result.take() {
                Some(Ok(content)) => LoadedFile::of(path, content),
                _ => (LoadedFile::unloaded(path), Vec::new()),
            };
            loaded.failed |= multi_module;
            graph
                .warnings
                .append(&mut self.instances[instance].warnings);
            diagnostics.extend(load_error);
            if counted {
                loaded.unreported = diagnostics.len();
                loaded.failed = false;
            } else {
                graph.diagnostics.append(&mut diagnostics);
            }
            graph.files.push((resolved, loaded));
        }
        graph.diagnostics.extend(multi);
        // An import that cannot be loaded is reported in the importing file.
        graph.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        graph.set_unresolved(unresolved, &mut sources);
        graph
    }

    /// The error about a file that could not be loaded, at the import that wants it.
    fn load_error(
        &self,
        instance: InstanceId,
        import: Option<(InstanceId, TokenIndex)>,
        error: &SourceError,
        sources: &mut Sources,
    ) -> Diagnostic {
        let Instance {
            key, sub_file_path, ..
        } = &self.instances[instance];
        let module = self.program.modules.get(key.module);
        let mut message = b"unable to load '".to_vec();
        let (path, location) = match import {
            Some((importer, token)) => {
                message.extend_from_slice(paths::bytes(&module.display_root()));
                message.push(SEPARATOR);
                message.extend_from_slice(paths::bytes(sub_file_path));
                let importer = self.full_path(importer);
                let location = sources.token(&importer, token);
                (importer, location)
            }
            None => {
                let path = module.full_path(sub_file_path);
                message.extend_from_slice(paths::bytes(&path));
                (path, None)
            }
        };
        message.extend_from_slice(b"': ");
        message.extend_from_slice(error.name().as_bytes());
        Diagnostic::error(paths::bytes(&path), location, message)
    }

    fn multi_module_errors(&self, order: &[usize], sources: &mut Sources) -> Vec<Diagnostic> {
        let failed: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&file| self.files[file].multi_module)
            .collect();
        let mut errors: Vec<Diagnostic> = failed
            .iter()
            .take(MAX_MULTI_MODULE_ERRORS)
            .map(|&file| {
                let TableFile {
                    instance,
                    references,
                    ..
                } = &self.files[file];
                let path = self.full_path(*instance);
                let whole = sources.start(&path);
                let note = |path: &Path, location, message: String| {
                    Diagnostic::note(paths::bytes(path), location, message.into_bytes())
                };
                let mut last: Option<Location> = None;
                let mut notes: Vec<Diagnostic> = references
                    .iter()
                    .take(MAX_MULTI_MODULE_NOTES)
                    .map(|reference| match *reference {
                        Reference::Root(module) => {
                            let name = &self.program.modules.get(module).name;
                            note(
                                &path,
                                without_line(whole.clone()),
                                format!("root of module {name}"),
                            )
                        }
                        Reference::Import { importer, token } => {
                            let name = &self
                                .program
                                .modules
                                .get(self.instances[importer].key.module)
                                .name;
                            let importer = self.full_path(importer);
                            let found = sources.token(&importer, token);
                            // As in the reference, a line is not shown twice in a row; that it may be
                            // one of another file is not asked.
                            let location = match (&last, &found) {
                                (Some(last), Some(found)) if found.shows_the_same(last) => {
                                    without_line(Some(found.clone()))
                                }
                                _ => found.clone(),
                            };
                            last = found;
                            note(&importer, location, format!("imported from module {name}"))
                        }
                    })
                    .collect();
                let omitted = references.len().saturating_sub(MAX_MULTI_MODULE_NOTES);
                if omitted > 0 {
                    let message = format!("{omitted} more references omitted");
                    notes.push(note(&path, without_line(whole.clone()), message));
                }
                let message = b"file exists in multiple modules".to_vec();
                Diagnostic {
                    notes,
                    ..Diagnostic::error(paths::bytes(&path), without_line(whole), message)
                }
            })
            .collect();
        let omitted = failed.len().saturating_sub(MAX_MULTI_MODULE_ERRORS);
        if omitted > 0
            && let Some(last) = errors.last_mut()
        {
            let note = Diagnostic::note(
                &last.path,
                without_line(last.location.clone()),
                format!("{omitted} more errors omitted").into_bytes(),
            );
            last.notes.push(note);
        }
        errors
    }
}
