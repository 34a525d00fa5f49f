//! Loading with parallel workers, in whatever order: a file once for each module that reaches it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cache_store::file::Directory;
use cache_store::{ModuleRoot, SourceError};

use super::canonical::CanonicalWalk;
use super::found::{Graph, UnresolvedReason};
use super::instance::{Instance, InstanceId, Target};
use super::walk::Walk;
use crate::file::{self, Content, EntryPlace, Key, Known, Observer, Stores, Wanted, WithWarnings};
use crate::memory::Memory;
use crate::paths;
use crate::project::{Module, ModuleId, Modules, Program};

/// So many files at once are something to share among workers.
const SHARED: usize = 2;

/// Room for so many files more than are known: for a few there is no need to move all.
const NEW: usize = 32;

#[derive(Debug)]
struct Table {
    ids: HashMap<Arc<Key>, InstanceId, foldhash::fast::RandomState>,
    instances: Vec<Instance>,
    done: usize,
}

impl Table {
    fn with_capacity(count: usize) -> Table {
        Table {
            ids: HashMap::with_capacity_and_hasher(count, Default::default()),
            instances: Vec::with_capacity(count),
            done: 0,
        }
    }
}

/// What is left of an earlier time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Earlier<'e> {
    /// Of this process.
    pub(crate) memory: Option<&'e Memory>,
    /// Of another, which wrote a manifest.
    pub(crate) known: Option<&'e Known>,
}

struct Loader<'p> {
    program: &'p Program,
    stores: &'p Stores,
    observer: &'p dyn Observer,
    memory: Option<&'p Memory>,
    known: Option<&'p Known>,
    /// The resolved root directories of the modules.
    roots: Vec<PathBuf>,
    /// The same opened, once they are needed.
    root_directories: Vec<OnceLock<Option<Directory>>>,
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
        self.load_by(stores, pool, observer, Earlier::default())
    }

    /// The same, with what is left of an earlier time.
    pub(crate) fn load_by(
        &self,
        stores: &Stores,
        pool: &rayon::ThreadPool,
        observer: &dyn Observer,
        earlier: Earlier<'_>,
    ) -> Graph {
        let started = || Ok::<_, Infallible>(Some(pool));
        let Ok(graph) = self.load_with(stores, started, observer, earlier);
        graph
    }

    /// The same with workers that may not be started yet: `workers` is asked for them once there is work for
    /// them; without any this thread does it.
    ///
    /// # Errors
    /// That of `workers`.
    pub(crate) fn load_with<'w, E>(
        &self,
        stores: &Stores,
        workers: impl FnOnce() -> Result<Option<&'w rayon::ThreadPool>, E>,
        observer: &dyn Observer,
        Earlier { memory, known }: Earlier<'_>,
    ) -> Result<Graph, E> {
        let loader = Loader {
            program: self,
            stores,
            observer,
            memory,
            // What is in memory only may be of a file that is known.
            known: known.filter(|_| self.buffer.is_none()),
            roots: (self.modules.all().iter())
                .map(Module::resolved_root)
                .collect(),
            root_directories: (self.modules.all().iter())
                .map(|_| OnceLock::new())
                .collect(),
            table: Mutex::new(Table::with_capacity(
                known.map_or(0, |known| known.len() + NEW),
            )),
        };
        let mut roots = Vec::new();
        {
            let mut fresh = Vec::new();
            for root in &self.roots {
                roots.push(loader.instance(Modules::MAIN, root.clone(), &mut fresh));
            }
            let mut unknown = loader.follow(fresh);
            if known.is_some_and(|known| known.len() > 0) {
                // Perhaps all that there is to read are a few files, one behind the other.
                unknown = loader.load_here(unknown, SHARED);
            }
            if !unknown.is_empty() {
                // They can start while the first file is read.
                let workers = workers()?;
                unknown = loader.load_here(unknown, workers.map_or(usize::MAX, |_| SHARED));
                if let Some(workers) = workers {
                    workers.scope(|scope| loader.spawn(scope, unknown));
                }
            }
        }
        let table = loader.table.into_inner();
        let instances = table.unwrap_or_else(PoisonError::into_inner).instances;
        Ok(match self.release.rules().files_are_canonical_paths {
            true => CanonicalWalk::new(self, instances).run(&roots),
            false => Walk::new(self, instances).run(&roots),
        })
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

    /// The root directory of a module, for its files to be found in, if the way to it is long.
    fn root_directory(&self, module: ModuleId) -> Option<&Directory> {
        let open = || {
            let path = self.program.modules.get(module).full_path(Path::new(""));
            path.is_absolute().then(|| Directory::open(&path)).flatten()
        };
        self.root_directories[module.0 as usize]
            .get_or_init(open)
            .as_ref()
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
        if let Some(id) = ids.get(&key) {
            return *id;
        }
        let id = instances.len();
        let key = Arc::new(key);
        instances.push(Instance {
            sub_file_path: sub_file_path(&key).into(),
            key: Arc::clone(&key),
            result: None,
            targets: Vec::new(),
            warnings: Vec::new(),
        });
        ids.insert(key, id);
        fresh.push(id);
        id
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes from instances to what they import, as far as files are known: nothing is read for those, and
    /// handing them to workers would take longer than they do. Returns the instances that are to be read.
    fn follow(&self, mut instances: Vec<InstanceId>) -> Vec<InstanceId> {
        let Some(known) = self.known else {
            return instances;
        };
        let mut unknown = Vec::new();
        while let Some(id) = instances.pop() {
            let (key, sub_file_path) = self.place(id);
            match known.content(&self.path(&key, &sub_file_path)) {
                Some(content) => self.add(id, &key, Ok((content, Vec::new())), &mut instances),
                None => unknown.push(id),
            }
        }
        unknown
    }

    /// Reads instances, and what they import.
    fn spawn<'s>(&'s self, scope: &rayon::Scope<'s>, instances: Vec<InstanceId>) {
        for id in instances {
            scope.spawn(move |scope| {
                let unknown = self.read(id);
                self.spawn(scope, unknown);
            });
        }
    }

    /// The same in this thread, until there is nothing left or enough of it. Returns what is left.
    fn load_here(&self, mut instances: Vec<InstanceId>, enough: usize) -> Vec<InstanceId> {
        while instances.len() < enough {
            let Some(id) = instances.pop() else {
                break;
            };
            instances.append(&mut self.read(id));
        }
        instances
    }

    /// Reads an instance. Returns those that are to be read because of it.
    fn read(&self, id: InstanceId) -> Vec<InstanceId> {
        let (key, sub_file_path) = self.place(id);
        let loaded = self.load(&key, &sub_file_path);
        let mut fresh = Vec::new();
        self.add(id, &key, loaded, &mut fresh);
        self.follow(fresh)
    }

    /// Where the file of an instance is.
    fn place(&self, id: InstanceId) -> (Arc<Key>, Arc<Path>) {
        let table = self.lock();
        let instance = &table.instances[id];
        (
            Arc::clone(&instance.key),
            Arc::clone(&instance.sub_file_path),
        )
    }

    /// The path of a file as messages have it.
    fn path(&self, key: &Key, sub_file_path: &Path) -> PathBuf {
        self.program
            .modules
            .get(key.module)
            .full_path(sub_file_path)
    }

    /// Adds what came of loading an instance. What it imports joins `fresh` where it is new.
    fn add(
        &self,
        id: InstanceId,
        key: &Key,
        loaded: Result<WithWarnings<Content>, SourceError>,
        fresh: &mut Vec<InstanceId>,
    ) {
        let (result, warnings) = match loaded {
            Ok((content, warnings)) => (Ok(content), warnings),
            Err(error) => (Err(error), Vec::new()),
        };
        let imports = result.as_ref().map_or(&[][..], |content| &content.imports);
        let targets = imports
            .iter()
            .map(|import| self.resolve(key, &import.name, fresh))
            .collect();
        let mut table = self.lock();
        let instance = &mut table.instances[id];
        instance.result = Some(result);
        instance.targets = targets;
        instance.warnings = warnings;
        table.done += 1;
        let (done, total) = (table.done, table.instances.len());
        drop(table);
        self.observer.progress(done, total);
    }

    /// What the import of `name` means in a file.
    fn resolve(&self, file: &Key, name: &[u8], fresh: &mut Vec<InstanceId>) -> Target {
        let module = file.module;
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
            let module = modules.get(package);
            if module.made_by.is_some() {
                return Target::NotGenerated(package);
            }
            // A directory that is checked as a whole has no root file, nor has a module without Zig.
            return match &module.root_src_path {
                Some(root) => Target::Package(self.instance(package, root.clone(), fresh)),
                None => Target::Skip,
            };
        }
        if !name.ends_with(b".zig") && !name.ends_with(b".zon") {
            return Target::Unresolved(UnresolvedReason::ModuleNotFound);
        }
        let root = self.root(module);
        let resolved = paths::resolve_beside(&file.resolved, name);
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
            None => Target::Outside(resolved),
        }
    }

    fn load(&self, key: &Key, sub_file_path: &Path) -> Result<WithWarnings<Content>, SourceError> {
        let module = key.module;
        let path = self.path(key, sub_file_path);
        if let Some(text) = self.program.buffered(&path) {
            let content = Content::of_text(text, &path, self.program.release);
            return Ok((content, Vec::new()));
        }
        let entry = self.entry(key, sub_file_path);
        let wanted = Wanted {
            path: &path,
            below: self
                .root_directory(module)
                .map(|directory| (directory, paths::bytes(sub_file_path))),
            release: self.program.release,
            name: entry.name,
            store: self.stores.get(entry.is_local),
            observer: self.observer,
        };
        let (mut content, warnings) = match self.memory {
            Some(memory) => {
                let shared = self.program.modules.get(module).shared;
                let module = shared.unwrap_or(module);
                let resolved = key.resolved.clone();
                memory.load(Key { module, resolved }, &wanted)
            }
            None => file::load(&wanted),
        }?;
        content.entry = Some(entry);
        Ok((content, warnings))
    }

    /// The entry of a file.
    fn entry(&self, key: &Key, sub_file_path: &Path) -> EntryPlace {
        let module = key.module;
        let Program {
            modules,
            release,
            directories,
            ..
        } = self.program;
        if !release.rules().files_are_canonical_paths {
            let is_main = module == Modules::MAIN;
            let root = if is_main {
                ModuleRoot::Main
            } else {
                modules.get(module).entry_root()
            };
            let name = cache_store::entry_name(*release, root, paths::bytes(sub_file_path));
            EntryPlace {
                is_local: is_main,
                name,
            }
        } else {
            let path = directories.canonical(paths::bytes(&key.resolved));
            EntryPlace {
                is_local: !path.is_global(),
                name: directories.entry_name(&path),
            }
        }
    }
}
