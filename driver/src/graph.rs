//! The import graph of one program: every file that its root files reach, loaded, lowered and cached by
//! parallel workers.
//!
//! Workers load a file once for each module that reaches it, in whatever order. What the program then consists
//! of is decided afterwards, by one walk in the order of imports over what they found, so that
//! nothing depends on timing: not which module a file belongs to, not where an error is reported.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use cache_store::{
    CacheableIr, EntryName, How, ModuleRoot, Options, SourceError, SourceFile, Store, Warning,
    ZIG_0_14_1,
};
use syntax::location::Span;
use syntax::{Ast, Mode, TokenIndex};

use crate::diagnostics::{Diagnostic, Lines, Location, Severity, zir_diagnostics};
use crate::incremental::Memory;
use crate::inputs::mode_of;
use crate::limits::{MAX_MULTI_MODULE_ERRORS, MAX_MULTI_MODULE_NOTES};
use crate::module::{Module, ModuleId, Modules};
use crate::paths;
use crate::zon_diagnostics::zoir_diagnostics;

/// What to load, and from where.
#[derive(Debug)]
pub struct Program {
    /// Its modules. The first is the main one.
    pub modules: Modules,
    /// The files to begin with, each by its path below the main module's root.
    pub roots: Vec<PathBuf>,
    /// The working directory, absolute.
    pub cwd: PathBuf,
}

/// Where entries are kept.
#[derive(Clone, Debug)]
pub struct Stores {
    /// For files of the main module.
    pub local: Store,
    /// For all others.
    pub global: Store,
}

/// Called by workers, from any thread.
pub trait Observer: Sync {
    /// A file is done; `total` is how many are known by now.
    fn progress(&self, done: usize, total: usize);
    /// The lock of this entry has been waited for for a while.
    fn waiting(&self, entry: &Path);
    /// The same of a manifest's lock: whoever has it is checking the same program.
    fn waiting_for_manifest(&self, manifest: &Path) {
        self.waiting(manifest);
    }
}

/// Why an import was left alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnresolvedReason {
    /// There is no module of that name, and it is no path of a `.zig` or `.zon` file.
    ModuleNotFound,
    /// The path leads out of the module.
    ImportOutsideModulePath,
    /// The standard library is wanted and was not found.
    StdNotFound,
}

impl UnresolvedReason {
    /// What to tell the user.
    pub fn describe(self) -> &'static str {
        match self {
            UnresolvedReason::ModuleNotFound => "no module of that name is known",
            UnresolvedReason::ImportOutsideModulePath => {
                "the path leads out of the module's root directory"
            }
            UnresolvedReason::StdNotFound => "the standard library was not found",
        }
    }
}

/// An import that leads to no file.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The importing file as messages name it.
    pub path: PathBuf,
    /// What it imports. Need not be UTF-8.
    pub import: Vec<u8>,
    /// Why it is unresolved.
    pub reason: UnresolvedReason,
    /// The token of the import.
    pub token: TokenIndex,
    pub(crate) location: Option<Location>,
}

/// What of a file went into the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Used {
    /// The stat that it had then.
    pub stat: cache_store::Stat,
    /// The digest of the source; `None` where the source was not read.
    pub digest: Option<manifest::Digest>,
}

/// One file of the program.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its path as messages name it.
    pub path: PathBuf,
    /// Where its IR came from; `None` where it has none.
    pub how: Option<How>,
    /// What of it was used; `None` where it could not be loaded.
    pub used: Option<Used>,
    /// Whether it has errors or could not be loaded.
    pub failed: bool,
    /// The digest of the source in which the places of its unresolved imports were found, if it has any. It was read
    /// once more for that.
    pub placed: Option<manifest::Digest>,
}

impl LoadedFile {
    /// Takes in what another program, loaded after this one's, made of the same file. Says whether both saw the same of it.
    ///
    /// Where its IR came from is what the first one says: for the later ones it is always in the cache.
    pub(crate) fn merge(&mut self, later: &LoadedFile) -> bool {
        let agree = |a: Option<manifest::Digest>, b| a.zip(b).is_none_or(|(a, b)| a == b);
        let digest = |file: &LoadedFile| file.used.and_then(|used| used.digest);
        let same = agree(self.placed, later.placed)
            && self.used.map(|used| used.stat) == later.used.map(|used| used.stat)
            && agree(digest(self), digest(later));
        self.failed |= later.failed;
        self.placed = self.placed.or(later.placed);
        same
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Graph {
    /// All files by their resolved paths, in path order.
    pub files: Vec<(PathBuf, LoadedFile)>,
    /// Errors, in path order, within a file as the reference orders them.
    pub diagnostics: Vec<Diagnostic>,
    /// Imports that lead nowhere, in path order.
    pub unresolved: Vec<Unresolved>,
    /// What went wrong with the cache and did not matter.
    pub warnings: Vec<Warning>,
}

/// A file as one module reaches it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    module: ModuleId,
    resolved: PathBuf,
}

// By the text of the path. It is resolved, so nothing is gained by comparing components, which is what paths do and costs
// more than all else about an import.
impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.module == other.module && paths::bytes(&self.resolved) == paths::bytes(&other.resolved)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.module.hash(state);
        paths::bytes(&self.resolved).hash(state);
    }
}

/// Position in the list of instances.
pub(crate) type InstanceId = usize;

#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A file of the same module, by its path.
    File(InstanceId),
    /// The root file of a module.
    Package(InstanceId),
    /// Nothing to load.
    Skip,
    Unresolved(UnresolvedReason),
}

#[derive(Debug)]
pub(crate) struct Import {
    name: Vec<u8>,
    token: TokenIndex,
    target: Target,
}

#[derive(Debug)]
struct Instance {
    key: Key,
    sub_file_path: PathBuf,
    result: Option<Result<Content, SourceError>>,
}

/// What was loaded of a file.
#[derive(Debug)]
pub(crate) struct Content {
    how: How,
    used: Used,
    failed: bool,
    imports: Vec<Import>,
    diagnostics: Vec<Diagnostic>,
    pub(crate) warnings: Vec<Warning>,
}

impl Content {
    /// The same with other warnings, its imports not resolved yet.
    pub(crate) fn again(&self, warnings: Vec<Warning>) -> Content {
        let import = |import: &Import| Import {
            name: import.name.clone(),
            token: import.token,
            target: Target::Skip,
        };
        Content {
            how: self.how,
            used: self.used,
            failed: self.failed,
            imports: self.imports.iter().map(import).collect(),
            diagnostics: self.diagnostics.clone(),
            warnings,
        }
    }
}

/// A file that is to be loaded.
pub(crate) struct Wanted<'l> {
    pub(crate) key: Key,
    pub(crate) path: PathBuf,
    pub(crate) mode: Mode,
    pub(crate) name: EntryName,
    pub(crate) store: &'l Store,
    pub(crate) observer: &'l dyn Observer,
}

#[derive(Default, Debug)]
struct Table {
    ids: HashMap<Key, InstanceId>,
    instances: Vec<Instance>,
    done: usize,
}

struct Loader<'p> {
    program: &'p Program,
    stores: &'p Stores,
    observer: &'p dyn Observer,
    memory: Option<&'p Memory>,
    /// The resolved root directories of the modules.
    roots: Vec<PathBuf>,
    table: Mutex<Table>,
}

impl Program {
    /// Loads the program with the workers of `pool`.
    pub fn load(
        &self,
        stores: &Stores,
        pool: &rayon::ThreadPool,
        observer: &dyn Observer,
    ) -> Graph {
        self.load_with(stores, pool, observer, None)
    }

    /// The same, with what an earlier time left in memory.
    pub(crate) fn load_with(
        &self,
        stores: &Stores,
        pool: &rayon::ThreadPool,
        observer: &dyn Observer,
        memory: Option<&Memory>,
    ) -> Graph {
        let loader = Loader {
            program: self,
            stores,
            observer,
            memory,
            roots: (self.modules.all().iter())
                .map(Module::resolved_root)
                .collect(),
            table: Mutex::default(),
        };
        let mut roots = Vec::new();
        {
            let mut fresh = Vec::new();
            for root in &self.roots {
                roots.push(loader.instance(Modules::MAIN, root.clone(), &mut fresh));
            }
            pool.scope(|scope| loader.spawn(scope, fresh));
        }
        let table = loader
            .table
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        Walk::new(self, table.instances).run(&roots)
    }
}

impl<'p> Loader<'p> {
    /// The instance of a file, which joins `fresh` when it is new.
    fn instance(
        &self,
        module: ModuleId,
        sub_file_path: PathBuf,
        fresh: &mut Vec<InstanceId>,
    ) -> InstanceId {
        let resolved = self.resolved(module, &sub_file_path);
        self.instance_at(Key { module, resolved }, |_| sub_file_path, fresh)
    }

    fn resolved(&self, module: ModuleId, sub_file_path: &Path) -> PathBuf {
        let root = self.root(module);
        paths::resolve(&[paths::bytes(root), paths::bytes(sub_file_path)])
    }

    /// The resolved root directory of a module.
    fn root(&self, module: ModuleId) -> &Path {
        &self.roots[module.0 as usize]
    }

    /// The instance of that key, which joins `fresh` when it is new.
    fn instance_at(
        &self,
        key: Key,
        sub_file_path: impl FnOnce(&Key) -> PathBuf,
        fresh: &mut Vec<InstanceId>,
    ) -> InstanceId {
        let mut table = self.lock();
        let Table { ids, instances, .. } = &mut *table;
        *ids.entry(key).or_insert_with_key(|key| {
            let id = instances.len();
            instances.push(Instance {
                key: key.clone(),
                sub_file_path: sub_file_path(key),
                result: None,
            });
            fresh.push(id);
            id
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn spawn<'s>(&'s self, scope: &rayon::Scope<'s>, instances: Vec<InstanceId>) {
        for id in instances {
            scope.spawn(move |scope| {
                let (module, sub_file_path) = {
                    let table = self.lock();
                    let instance = &table.instances[id];
                    (instance.key.module, instance.sub_file_path.clone())
                };
                let mut result = self.load(module, &sub_file_path);
                let mut fresh = Vec::new();
                if let Ok(content) = &mut result {
                    for import in &mut content.imports {
                        import.target =
                            self.resolve(module, &sub_file_path, &import.name, &mut fresh);
                    }
                }
                self.spawn(scope, fresh);
                let mut table = self.lock();
                table.instances[id].result = Some(result);
                table.done += 1;
                let (done, total) = (table.done, table.instances.len());
                drop(table);
                self.observer.progress(done, total);
            });
        }
    }

    /// What the import of `name` means in a file.
    fn resolve(
        &self,
        module: ModuleId,
        sub_file_path: &Path,
        name: &[u8],
        fresh: &mut Vec<InstanceId>,
    ) -> Target {
        let modules = &self.program.modules;
        let package = match name {
            // Made by the compiler, not read from a file.
            b"builtin" => return Target::Skip,
            b"std" => match modules.std {
                Some(std) => Some(std),
                None => return Target::Unresolved(UnresolvedReason::StdNotFound),
            },
            b"root" => Some(Modules::MAIN),
            _ => modules.get(module).deps.get(name).copied(),
        };
        if let Some(package) = package {
            // A directory that is checked as a whole has no root file.
            return match &modules.get(package).root_src_path {
                Some(root) => Target::Package(self.instance(package, root.clone(), fresh)),
                None => Target::Skip,
            };
        }
        if !name.ends_with(b".zig") && !name.ends_with(b".zon") {
            return Target::Unresolved(UnresolvedReason::ModuleNotFound);
        }
        let root = self.root(module);
        let resolved =
            paths::resolve(&[paths::bytes(root), paths::bytes(sub_file_path), b"..", name]);
        if paths::below_by_text(root, &resolved).is_some() {
            // The path below the root is wanted only where the file is new.
            let sub_file_path = |key: &Key| {
                let below = paths::below_by_text(root, &key.resolved);
                below.unwrap_or(&key.resolved).to_owned()
            };
            let key = Key { module, resolved };
            return Target::File(self.instance_at(key, sub_file_path, fresh));
        }
        match paths::below(&self.program.cwd, root, &resolved) {
            Some(sub_file_path) => Target::File(self.instance(module, sub_file_path, fresh)),
            None => Target::Unresolved(UnresolvedReason::ImportOutsideModulePath),
        }
    }

    fn load(&self, module: ModuleId, sub_file_path: &Path) -> Result<Content, SourceError> {
        let path = self.program.modules.get(module).full_path(sub_file_path);
        let name = self.entry_name(module, sub_file_path);
        let store = if module == Modules::MAIN {
            &self.stores.local
        } else {
            &self.stores.global
        };
        let mode = mode_of(sub_file_path);
        if let Some(memory) = self.memory {
            let resolved = self.resolved(module, sub_file_path);
            return memory.load(Wanted {
                key: Key { module, resolved },
                path,
                mode,
                name,
                store,
                observer: self.observer,
            });
        }
        let file = Source {
            file: SourceFile::open(&path)?,
            path: &path,
            name,
            store,
        };
        match mode {
            Mode::Zon => self.load_zon(file),
            Mode::Zig => self.load_zig(file),
        }
    }

    fn load_zig(&self, mut source: Source<'_>) -> Result<Content, SourceError> {
        let lower = |text: &[u8]| astgen::generate(&Ast::parse(text, Mode::Zig));
        let (how, summary, warnings) = self.update(&mut source, lower)?;
        let summary = match zir::Summary::decode(&summary) {
            Some(summary) => summary,
            None => zir::Summary::of(lower(source.file.load()?).view()),
        };
        zig_content(&mut source, how, summary, warnings)
    }

    fn load_zon(&self, mut source: Source<'_>) -> Result<Content, SourceError> {
        let lower = |text: &[u8]| {
            zongen::generate(&Ast::parse(text, Mode::Zon), zongen::Options::default())
        };
        let (how, summary, warnings) = self.update(&mut source, lower)?;
        let failed = match zoir::Summary::decode(&summary) {
            Some(summary) => summary.has_compile_errors,
            None => lower(source.file.load()?).view().has_compile_errors(),
        };
        zon_content(&mut source, how, failed, warnings)
    }

    /// Where the IR of a source comes from, and its summary.
    fn update<I: CacheableIr>(
        &self,
        source: &mut Source<'_>,
        lower: impl FnOnce(&[u8]) -> I,
    ) -> Result<(How, Vec<u8>, Vec<Warning>), SourceError> {
        let on_wait = |entry: &Path| self.observer.waiting(entry);
        let options = Options {
            // A body is looked at only of an entry of the reference, and then all of it: a map would save nothing, and who
            // cuts such an entry without asking for its lock could end us with a signal.
            map: false,
            on_wait: Some(&on_wait),
            ..Options::default()
        };
        let Source {
            file, name, store, ..
        } = source;
        let outcome = store.update(name, file, &options, lower)?;
        let summary = outcome.ir.summary().into_owned();
        Ok((outcome.how, summary, outcome.warnings))
    }

    fn entry_name(&self, module: ModuleId, sub_file_path: &Path) -> EntryName {
        let root = if module == Modules::MAIN {
            ModuleRoot::Main
        } else {
            self.program.modules.get(module).entry_root()
        };
        cache_store::entry_name(&ZIG_0_14_1, root, paths::bytes(sub_file_path))
    }
}

/// What the summary of a file's ZIR comes to; errors are made from the source.
pub(crate) fn zig_content(
    source: &mut Source<'_>,
    how: How,
    summary: zir::Summary,
    warnings: Vec<Warning>,
) -> Result<Content, SourceError> {
    // As in the reference, a file that could not be lowered imports nothing.
    let imports = if summary.lowering_failed {
        Vec::new()
    } else {
        summary.imports
    };
    let mut content = Content {
        how,
        used: source.used(),
        failed: summary.has_compile_errors,
        imports: imports
            .into_iter()
            .map(|import| Import {
                name: import.name,
                token: import.token,
                target: Target::Skip,
            })
            .collect(),
        diagnostics: Vec::new(),
        warnings,
    };
    if content.failed {
        // Errors are placed in the source that is there now, so they are made from it as well: the
        // entry may have come from anywhere.
        let tree = Ast::parse(source.file.load()?, Mode::Zig);
        let zir = astgen::generate(&tree);
        content.diagnostics = zir_diagnostics(&zir, &tree, paths::bytes(source.path));
        content.failed = !content.diagnostics.is_empty();
    }
    Ok(content)
}

/// The same of a ZON document.
pub(crate) fn zon_content(
    source: &mut Source<'_>,
    how: How,
    failed: bool,
    warnings: Vec<Warning>,
) -> Result<Content, SourceError> {
    let mut content = Content {
        how,
        used: source.used(),
        failed,
        imports: Vec::new(),
        diagnostics: Vec::new(),
        warnings,
    };
    if content.failed {
        let tree = Ast::parse(source.file.load()?, Mode::Zon);
        let zoir = zongen::generate(&tree, zongen::Options::default());
        content.diagnostics = zoir_diagnostics(zoir.view(), &tree, paths::bytes(source.path));
        content.failed = !content.diagnostics.is_empty();
    }
    Ok(content)
}

/// A file that is being loaded.
pub(crate) struct Source<'l> {
    pub(crate) file: SourceFile,
    pub(crate) path: &'l Path,
    pub(crate) name: EntryName,
    pub(crate) store: &'l Store,
}

impl Source<'_> {
    fn used(&self) -> Used {
        Used {
            stat: self.file.stat(),
            digest: self.file.bytes().map(manifest::hash_contents),
        }
    }
}

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
struct Walk<'p> {
    program: &'p Program,
    instances: Vec<Instance>,
    files: Vec<TableFile>,
    by_path: HashMap<Vec<u8>, usize>,
    /// The file that each instance was found to be.
    by_instance: Vec<Option<usize>>,
    queue: VecDeque<usize>,
}

impl<'p> Walk<'p> {
    fn new(program: &'p Program, instances: Vec<Instance>) -> Walk<'p> {
        Walk {
            program,
            by_instance: vec![None; instances.len()],
            instances,
            files: Vec::new(),
            by_path: HashMap::new(),
            queue: VecDeque::new(),
        }
    }

    fn run(mut self, roots: &[InstanceId]) -> Graph {
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
        while let Some(file) = self.queue.pop_front() {
            let importer = self.files[file].instance;
            let Some(Ok(content)) = &mut self.instances[importer].result else {
                continue;
            };
            for import in std::mem::take(&mut content.imports) {
                let Import {
                    name: import,
                    token,
                    target,
                } = import;
                match target {
                    Target::Skip => {}
                    Target::Unresolved(reason) => {
                        let path = self.full_path(importer);
                        unresolved.push(Unresolved {
                            path,
                            import,
                            reason,
                            token,
                            location: None,
                        });
                    }
                    Target::Package(instance) => {
                        let module = self.instances[instance].key.module;
                        let file = self.file(instance, Some((importer, token)));
                        self.refer(file, Reference::Root(module));
                    }
                    Target::File(instance) => {
                        let file = self.file(instance, Some((importer, token)));
                        self.refer(file, Reference::Import { importer, token });
                    }
                }
            }
        }
        self.finish(unresolved)
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
        let resolved = paths::bytes(&self.instances[instance].key.resolved).to_vec();
        let Walk { files, queue, .. } = self;
        let file = *self.by_path.entry(resolved).or_insert_with(|| {
            let file = files.len();
            files.push(TableFile {
                instance,
                references: Vec::new(),
                first_import,
                multi_module: false,
            });
            queue.push_back(file);
            file
        });
        self.by_instance[instance] = Some(file);
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

    fn finish(mut self, mut unresolved: Vec<Unresolved>) -> Graph {
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        order.sort_by(|&a, &b| {
            let path = |file: usize| &*self.instances[self.files[file].instance].key.resolved;
            paths::compare(path(a), path(b))
        });
        let mut sources = Sources::default();
        let mut graph = Graph::default();
        let multi = self.multi_module_errors(&order, &mut sources);
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
            let mut loaded = LoadedFile {
                path,
                how: None,
                used: None,
                failed: true,
                placed: None,
            };
            if let Some(Ok(content)) = self.instances[instance].result.take() {
                loaded.how = Some(content.how);
                loaded.used = Some(content.used);
                loaded.failed = content.failed || multi_module;
                graph.diagnostics.extend(content.diagnostics);
                graph.warnings.extend(content.warnings);
            }
            graph.diagnostics.extend(load_error);
            graph.files.push((resolved, loaded));
        }
        graph.diagnostics.extend(multi);
        // An import that cannot be loaded is reported in the importing file.
        graph.diagnostics.sort_by(|a, b| a.path.cmp(&b.path));
        unresolved.sort_by(|a, b| a.path.cmp(&b.path).then(a.token.cmp(&b.token)));
        for import in &mut unresolved {
            import.location = sources.token(&import.path, import.token);
        }
        let with_unresolved: HashSet<&Path> = unresolved.iter().map(|u| &*u.path).collect();
        for (_, file) in &mut graph.files {
            if with_unresolved.contains(&*file.path) {
                file.placed = sources.get(&file.path).map(manifest::hash_contents);
            }
        }
        graph.unresolved = unresolved;
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
                message.push(b'/');
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
        Diagnostic {
            severity: Severity::Error,
            path: paths::bytes(&path).to_vec(),
            location,
            message,
            notes: Vec::new(),
        }
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
                let note = |path: &Path, location, message: String| Diagnostic {
                    severity: Severity::Note,
                    path: paths::bytes(path).to_vec(),
                    location,
                    message: message.into_bytes(),
                    notes: Vec::new(),
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
                Diagnostic {
                    severity: Severity::Error,
                    path: paths::bytes(&path).to_vec(),
                    location: without_line(whole),
                    message: b"file exists in multiple modules".to_vec(),
                    notes,
                }
            })
            .collect();
        let omitted = failed.len().saturating_sub(MAX_MULTI_MODULE_ERRORS);
        if omitted > 0
            && let Some(last) = errors.last_mut()
        {
            let note = Diagnostic {
                severity: Severity::Note,
                path: last.path.clone(),
                location: without_line(last.location.clone()),
                message: format!("{omitted} more errors omitted").into_bytes(),
                notes: Vec::new(),
            };
            last.notes.push(note);
        }
        errors
    }
}

fn without_line(location: Option<Location>) -> Option<Location> {
    location.map(|location| Location {
        source_line: None,
        ..location
    })
}

/// Sources read again to place errors in them.
#[derive(Default)]
struct Sources {
    bytes: HashMap<PathBuf, Option<Vec<u8>>>,
}

impl Sources {
    fn get(&mut self, path: &Path) -> Option<&[u8]> {
        self.bytes
            .entry(path.to_owned())
            .or_insert_with(|| SourceFile::open(path).and_then(SourceFile::into_bytes).ok())
            .as_deref()
    }

    /// The place of a token; nowhere in particular if the file has changed and has no such token.
    fn token(&mut self, path: &Path, token: TokenIndex) -> Option<Location> {
        let tree = Ast::parse(self.get(path)?, Mode::Zig);
        (token < tree.tokens_len()).then(|| Location::of_token(&tree, token))
    }

    /// The place that stands for a whole file.
    fn start(&mut self, path: &Path) -> Option<Location> {
        Some(Lines::new(self.get(path)?).location(Span {
            start: 0,
            end: 1,
            main: 0,
        }))
    }
}
