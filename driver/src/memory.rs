//! What a compilation remembers of its files between updates.
//!
//! Of a file it is the stat, the IR, the imports and the errors, and, from the moment the file changes
//! until its new text can be lowered, the last IR that was good: changes are told from good IR to good IR,
//! however many broken versions were in between. A file that could not be opened or read is tried anew in
//! each update, and what was known of it stays.
//!
//! A file whose text was read within one tick of its mtime may have changed again without the mtime telling.
//! It is looked at by content in each update until that time is over.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use cache_store::file::{is_too_young, wall_clock_ns};
use cache_store::{SourceError, SourceFile, Stat, Warning};

use crate::changes::{Change, FileChange};
use crate::file::{Content, Ir, Key, Loaded, Wanted, load_ir};

/// How far memory is good for a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    /// It is that of the stat.
    Loaded,
    /// The file could not be loaded the last time.
    RetryableFailure,
}

/// What is remembered of a file.
#[derive(Debug)]
struct FileState {
    path: PathBuf,
    status: Status,
    stat: Stat,
    /// Whether the text may have changed after it was read without the stat telling.
    young: bool,
    ir: Ir,
    /// The last good IR, where `ir` is a later one and the difference was not told yet.
    previous: Option<Ir>,
    content: Content,
    /// The update that last reached the file.
    reached: u64,
    /// The update that first reached it.
    first: u64,
    /// The update in which `ir` last became another one.
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

impl FileState {
    /// What became of the file, and the end of the memory of what it was.
    fn tell(&mut self, update: u64) -> Option<Change> {
        if self.first == update && update > 1 {
            return Some(Change::Appeared);
        }
        if !self.ir.is_good() {
            return (self.changed == update && self.first != update).then_some(Change::Broken);
        }
        Ir::compare(&self.previous.take()?, &self.ir)?.into_change()
    }

    /// Takes over what a newer text was lowered to.
    fn replace(&mut self, fresh: FileState) {
        let same = self.ir == fresh.ir;
        let old = std::mem::replace(&mut self.ir, fresh.ir);
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
    /// Begins an update and gives its number, from 1.
    pub(crate) fn begin(&mut self) -> u64 {
        self.update += 1;
        *self.looked_at.get_mut() = 0;
        self.update
    }

    /// How many files were not taken from memory in this update.
    pub(crate) fn looked_at(&self) -> usize {
        self.looked_at.load(Ordering::Relaxed)
    }

    /// Ends the update: what changed since the one before, in path order. Files that it did not reach are
    /// forgotten, unless some could not be loaded (`incomplete`) or lowered: what those import is not known
    /// to be out of use.
    pub(crate) fn tell(&mut self, incomplete: bool) -> Vec<FileChange> {
        let update = self.update;
        let mut changes = BTreeMap::new();
        let mut files = self.lock();
        let broken = incomplete
            || files
                .values()
                .any(|file| file.reached == update && !file.ir.is_good());
        files.retain(|_, file| {
            let in_use = file.reached == update || broken;
            if !in_use {
                changes.insert(file.path.clone(), Change::Vanished);
            }
            in_use
        });
        for file in files.values_mut() {
            if let Some(change) = file.tell(update) {
                // A file of several modules has changed once.
                changes.insert(file.path.clone(), change);
            }
        }
        let change = |(path, change)| FileChange { path, change };
        changes.into_iter().map(change).collect()
    }

    /// How many files are remembered.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Bytes of IR that are remembered.
    pub(crate) fn bytes(&self) -> usize {
        let of_file = |file: &FileState| file.ir.len() + file.previous.as_ref().map_or(0, Ir::len);
        self.lock().values().map(of_file).sum()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, FileState>> {
        self.files
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The content of a file: from memory if its stat is the remembered one.
    pub(crate) fn load(
        &self,
        key: Key,
        wanted: &Wanted<'_>,
    ) -> Result<(Content, Vec<Warning>), SourceError> {
        // In one update a file is loaded once for each module, so nobody misses it meanwhile.
        let mut state = self.lock().remove(&key);
        let result = self.update_file(&mut state, wanted);
        if let Some(state) = state {
            self.lock().insert(key, state);
        }
        result
    }

    fn update_file(
        &self,
        state: &mut Option<FileState>,
        wanted: &Wanted<'_>,
    ) -> Result<(Content, Vec<Warning>), SourceError> {
        let now = wall_clock_ns();
        let found = match wanted.below {
            Some((directory, name)) => SourceFile::find_below(directory, name, wanted.path),
            None => SourceFile::find(wanted.path),
        };
        let loaded = found.and_then(|file| {
            if let Some(state) = state
                && state.status == Status::Loaded
                && file.stat().proves(&state.stat)
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
            let (loaded, warnings) = load_ir(file, wanted, exclusive)?;
            Ok(Some((self.state(wanted, loaded, now), warnings)))
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
                let content = state.as_ref().map(|state| state.content.clone());
                // There is a state by now.
                Ok((content.ok_or(SourceError::Changed)?, warnings))
            }
        }
    }

    fn state(&self, wanted: &Wanted<'_>, loaded: Loaded, now: i128) -> FileState {
        let Loaded { ir, content } = loaded;
        let stat = content.used.stat;
        FileState {
            path: wanted.path.to_owned(),
            status: Status::Loaded,
            stat,
            young: is_too_young(stat.mtime_ns, now),
            ir,
            previous: None,
            content,
            reached: self.update,
            first: self.update,
            changed: self.update,
        }
    }
}
