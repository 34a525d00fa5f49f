//! A compilation that lives on: after the first time, loading the program again costs one stat for each file
//! that did not change, and says what changed in the others.
//!
//! What it remembers of a file is the stat, the IR, the imports and the errors, and, from the moment the file changes
//! until its new text can be lowered, the last ZIR that was good: changes are told from good ZIR to good ZIR,
//! however many broken versions were in between. A file that could not be opened or read is tried anew in
//! each update, and what was known of it stays.
//!
//! A file whose text was read within one tick of its mtime may have changed again without the mtime telling. It is
//! looked at by content in each update until that time is over.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use cache_store::{CacheableIr, How, Ir, Options, SourceError, SourceFile, Stat, Warning};
use serde::Serialize;
use syntax::{Ast, Mode};
use zir::Zir;
use zoir::Zoir;

use crate::graph::{Content, Graph, Key, Observer, Program, Source, Stores, Wanted};
use crate::zir_diff::{Changes, zoir_changed};
use crate::{Error, graph};

/// A program that is loaded again and again.
#[derive(Debug)]
pub struct Compilation {
    program: Program,
    stores: Stores,
    pool: rayon::ThreadPool,
    memory: Memory,
}

/// What an update found.
#[derive(Debug)]
pub struct Update {
    /// Its number, from 1.
    pub number: u64,
    /// The program as it is now.
    pub graph: Graph,
    /// How many files were not taken from memory.
    pub looked_at: usize,
    /// What changed since the update before, in path order. Nothing the first time.
    pub changes: Vec<FileChange>,
}

/// A file that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileChange {
    /// Its path as messages name it.
    pub path: PathBuf,
    /// What became of it.
    pub change: Change,
}

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "changes")]
pub enum Change {
    /// It was not part of the program before.
    Appeared,
    /// It is no longer part of the program.
    Vanished,
    /// It can no longer be lowered. What changed will be told when it can be again.
    Broken,
    /// Its declarations changed: from what its ZIR was when it was last good.
    Declarations(Changes),
    /// It is ZON, and its value changed.
    Value,
}

/// How far memory is good for a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    /// It is that of the stat.
    Loaded,
    /// The file could not be loaded the last time.
    RetryableFailure,
}

#[derive(PartialEq, Debug)]
enum Lowered {
    Zig(Zir),
    Zon(Zoir),
}

impl Lowered {
    fn is_good(&self) -> bool {
        match self {
            Lowered::Zig(zir) => !zir.view().lowering_failed(),
            Lowered::Zon(zoir) => !zoir.view().has_compile_errors(),
        }
    }
}

/// What is remembered of a file.
#[derive(Debug)]
struct FileState {
    path: PathBuf,
    status: Status,
    stat: Stat,
    /// Whether the text may have changed after it was read without the stat telling.
    young: bool,
    lowered: Lowered,
    /// The last good IR, where `lowered` is a later one and the difference was not told yet.
    previous: Option<Lowered>,
    content: Content,
    /// The update that last reached the file.
    reached: u64,
    /// The update that first reached it.
    first: u64,
    /// The update in which `lowered` last became another one.
    changed: u64,
}

/// The files of a compilation as workers see them.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    files: Mutex<HashMap<Key, FileState>>,
    /// The number of the update that is under way.
    update: u64,
    looked_at: AtomicUsize,
}

impl Compilation {
    /// A compilation of `program` with `jobs` workers; 0 means one for each core. Nothing is loaded yet.
    pub fn new(program: Program, stores: Stores, jobs: usize) -> Result<Compilation, Error> {
        Ok(Compilation {
            program,
            stores,
            pool: crate::pool(jobs)?,
            memory: Memory::default(),
        })
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Other root files, by their paths below the main module's root, from the next update on.
    pub fn set_roots(&mut self, roots: Vec<PathBuf>) {
        self.program.roots = roots;
    }

    /// How many files are remembered.
    pub fn remembered(&self) -> usize {
        self.memory.lock().len()
    }

    /// Bytes of IR that are remembered.
    pub fn remembered_bytes(&self) -> usize {
        let len = |lowered: &Lowered| -> usize {
            match lowered {
                Lowered::Zig(zir) => zir.sections().iter().map(|s| s.len()).sum(),
                Lowered::Zon(zoir) => zoir.sections().iter().map(|s| s.len()).sum(),
            }
        };
        let files = self.memory.lock();
        let of_file = |file: &FileState| len(&file.lowered) + file.previous.as_ref().map_or(0, len);
        files.values().map(of_file).sum()
    }

    /// Looks at all files and loads those that changed.
    pub fn update(&mut self, observer: &dyn Observer) -> Update {
        self.memory.update += 1;
        *self.memory.looked_at.get_mut() = 0;
        let graph = self
            .program
            .load_with(&self.stores, &self.pool, observer, Some(&self.memory));
        let number = self.memory.update;
        let mut changes = BTreeMap::new();
        let mut files = self.memory.lock();
        // Of a file that is broken nobody knows what it imports, so nothing can be said to be out of use.
        let broken = graph.files.iter().any(|(_, file)| file.how.is_none())
            || files
                .values()
                .any(|file| file.reached == number && !file.lowered.is_good());
        files.retain(|_, file| {
            let in_use = file.reached == number || broken;
            if !in_use {
                changes.insert(file.path.clone(), Change::Vanished);
            }
            in_use
        });
        for file in files.values_mut() {
            if let Some(change) = file.tell(number) {
                // A file of several modules has changed once.
                changes.insert(file.path.clone(), change);
            }
        }
        drop(files);
        let looked_at = *self.memory.looked_at.get_mut();
        Update {
            number,
            graph,
            looked_at,
            changes: changes
                .into_iter()
                .map(|(path, change)| FileChange { path, change })
                .collect(),
        }
    }
}

impl FileState {
    /// What became of the file, and the end of the memory of what it was.
    fn tell(&mut self, update: u64) -> Option<Change> {
        if self.first == update && update > 1 {
            return Some(Change::Appeared);
        }
        if !self.lowered.is_good() {
            return (self.changed == update && self.first != update).then_some(Change::Broken);
        }
        match (&self.previous.take()?, &self.lowered) {
            (Lowered::Zig(old), Lowered::Zig(new)) => {
                let changes = Changes::between(old.view(), new.view());
                (!changes.is_empty()).then_some(Change::Declarations(changes))
            }
            (Lowered::Zon(old), Lowered::Zon(new)) => {
                zoir_changed(old, new).then_some(Change::Value)
            }
            _ => None,
        }
    }

    /// Takes over what a newer text was lowered to.
    fn replace(&mut self, fresh: FileState) {
        let same = self.lowered == fresh.lowered;
        let old = std::mem::replace(&mut self.lowered, fresh.lowered);
        if !same {
            self.changed = fresh.changed;
            if self.previous.is_none() && old.is_good() {
                self.previous = Some(old);
            }
        }
        self.status = Status::Loaded;
        self.stat = fresh.stat;
        self.young = fresh.young;
        self.content = fresh.content;
        self.reached = fresh.reached;
    }
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, FileState>> {
        self.files
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The content of a file: from memory if its stat is the remembered one.
    pub(crate) fn load(&self, wanted: Wanted<'_>) -> Result<Content, SourceError> {
        // In one update a file is loaded once for each module, so nobody misses it meanwhile.
        let mut state = self.lock().remove(&wanted.key);
        let result = self.update_file(&mut state, &wanted);
        if let Some(state) = state {
            self.lock().insert(wanted.key, state);
        }
        result
    }

    fn update_file(
        &self,
        state: &mut Option<FileState>,
        wanted: &Wanted<'_>,
    ) -> Result<Content, SourceError> {
        let now = now_ns();
        let loaded = SourceFile::open(&wanted.path).and_then(|file| {
            if let Some(state) = state
                && state.status == Status::Loaded
                && state.stat == file.stat()
                && !state.young
            {
                state.reached = self.update;
                return Ok(None);
            }
            self.looked_at.fetch_add(1, Ordering::Relaxed);
            // Its entry is known to be of another text.
            let exclusive = state
                .as_ref()
                .is_some_and(|s| s.status == Status::Loaded && s.stat != file.stat());
            self.lower(file, wanted, exclusive, now).map(Some)
        });
        match loaded {
            Err(error) => {
                if let Some(state) = state {
                    state.status = Status::RetryableFailure;
                    state.reached = self.update;
                }
                Err(error)
            }
            Ok(fresh) => {
                let mut warnings = Vec::new();
                if let Some((fresh, new_warnings)) = fresh {
                    warnings = new_warnings;
                    match state {
                        Some(state) => state.replace(fresh),
                        None => *state = Some(fresh),
                    }
                }
                let content = state.as_ref().map(|state| state.content.again(warnings));
                // There is a state by now.
                content.ok_or(SourceError::Changed)
            }
        }
    }

    fn lower(
        &self,
        file: SourceFile,
        wanted: &Wanted<'_>,
        exclusive: bool,
        now: i128,
    ) -> Result<(FileState, Vec<Warning>), SourceError> {
        let mut source = Source {
            file,
            path: &wanted.path,
            name: wanted.name,
            store: wanted.store,
        };
        let on_wait = |entry: &Path| wanted.observer.waiting(entry);
        let options = Options {
            want: cache_store::Want::Body,
            map: true,
            exclusive,
            on_wait: Some(&on_wait),
        };
        let (lowered, mut content) = match wanted.mode {
            Mode::Zig => {
                let lower = |text: &[u8]| astgen::generate(&Ast::parse(text, Mode::Zig));
                let (how, zir, warnings) = body(&mut source, &options, lower, |v| v.to_owned())?;
                let summary = zir::Summary::of(zir.view());
                let content = graph::zig_content(&mut source, how, summary, warnings)?;
                (Lowered::Zig(zir), content)
            }
            Mode::Zon => {
                let lower = |text: &[u8]| {
                    zongen::generate(&Ast::parse(text, Mode::Zon), zongen::Options::default())
                };
                let (how, zoir, warnings) =
                    body(&mut source, &options, lower, |v| Some(v.to_owned()))?;
                let failed = zoir.view().has_compile_errors();
                let content = graph::zon_content(&mut source, how, failed, warnings)?;
                (Lowered::Zon(zoir), content)
            }
        };
        let stat = source.file.stat();
        let tick = cache_store::limits::TIMESTAMP_TICK.as_nanos() as i128;
        let warnings = std::mem::take(&mut content.warnings);
        let state = FileState {
            path: wanted.path.clone(),
            status: Status::Loaded,
            stat,
            young: stat.mtime_ns + tick > now,
            lowered,
            previous: None,
            content,
            reached: self.update,
            first: self.update,
            changed: self.update,
        };
        Ok((state, warnings))
    }
}

/// The IR of a source as our own: entries are locked for as long as they are looked at.
fn body<I: CacheableIr>(
    source: &mut Source<'_>,
    options: &Options<'_>,
    lower: impl Fn(&[u8]) -> I,
    own: impl FnOnce(&I::View<'_>) -> Option<I>,
) -> Result<(How, I, Vec<Warning>), SourceError> {
    let outcome = source
        .store
        .update(&source.name, &mut source.file, options, &lower)?;
    let ir = match outcome.ir {
        Ir::Fresh(ir) => Some(ir),
        Ir::Entry { body, .. } => body.view().as_ref().and_then(own),
        Ir::Summary(_) => None,
    };
    let ir = match ir {
        Some(ir) => ir,
        None => lower(source.file.load()?),
    };
    Ok((outcome.how, ir, outcome.warnings))
}

fn now_ns() -> i128 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}
