//! Removing what was planned, without harm to whoever comes meanwhile.
//!
//! A result goes like this: its manifest is locked exclusively, by which nobody can come to believe it any
//! more; nobody is at work who may have believed it before; it is emptied; what it names is renamed to
//! `tmp/`; the lock is given up. Whoever waits for the lock finds an empty manifest, a miss. If this process
//! ends in between there is an output without a manifest, which harms nobody, or something in `tmp/`.
//!
//! What has no manifest has no lock: it is renamed while nobody is at work, and if somebody is right after
//! that, back again.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cache_store::file::{FileId, Metadata, Mode, Stat, open_in_cache, try_lock};

use super::plan::Plan;
use super::users::{User, Watch};
use crate::environment::layout::Kind;
use crate::inventory::{GONE, Holding, Problems, Role, Size, Traces};
use crate::limits::REMOVAL_BATCH;

/// What was done in one directory.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// What is gone.
    pub(crate) removed: Size,
    /// How many things that was.
    pub(crate) count: u64,
    /// What has changed since it was planned, or is in use, and was left.
    pub(crate) left: u64,
    /// Who was at work when it was given up, if it was.
    pub(crate) users: Vec<User>,
    pub(crate) problems: Problems,
}

/// Does what is planned. Where somebody is at work this waits, at most until a moment, and then leaves the
/// rest. `removed` is told of files as they are gone.
///
/// # Errors
/// If the directory is not there, or nothing can be renamed in it.
pub(crate) fn carry_out(
    plan: &Plan,
    until: Instant,
    on_wait: &dyn Fn(&[User]),
    removed: &dyn Fn(u64),
) -> io::Result<Done> {
    let mut removal = Removal {
        dir: &plan.path,
        watch: Watch::of(&plan.path)?,
        temporary: plan.path.join(Kind::Temporary.folder()),
        next: 0,
        done: Done::default(),
        removed,
    };
    if plan.remove.is_empty() {
        return Ok(removal.done);
    }
    removal.prepare()?;
    // What is removed here is missed by nobody: `o/` tells afterwards what it told before.
    let outputs = plan.path.join(Kind::Outputs.folder());
    let was_told = Traces::of(&outputs).is_ok_and(|traces| traces.tell_of_removal());
    removal.remove(plan, until, on_wait);
    if !was_told
        && let Err(error) = Traces::remove(&outputs)
        && error.kind() != io::ErrorKind::NotFound
    {
        removal.note(&outputs, &error);
    }
    Ok(removal.done)
}

struct Removal<'a> {
    dir: &'a Path,
    watch: Watch,
    temporary: PathBuf,
    /// Number of the next name.
    next: u64,
    done: Done,
    removed: &'a dyn Fn(u64),
}

impl Removal<'_> {
    /// All that is planned, as long as nobody is at work.
    fn remove(&mut self, plan: &Plan, until: Instant, on_wait: &dyn Fn(&[User])) {
        let mut pending: Vec<&Holding> = plan.remove.iter().map(|(_, holding)| holding).collect();
        // What is gone already is nobody's.
        pending.sort_by_key(|holding| holding.role != Role::Gone);
        let mut pending = pending.into_iter().peekable();
        while let Some(first) = pending.peek() {
            let is_result = first.role == Role::Result;
            let mut batch = Vec::new();
            while batch.len() < REMOVAL_BATCH
                && let Some(next) = pending.next_if(|next| (next.role == Role::Result) == is_result)
            {
                batch.push(next);
            }
            loop {
                let users = self.watch.wait(until, on_wait);
                if !users.is_empty() {
                    self.done.users = users;
                    return;
                }
                let is_done = match is_result {
                    true => self.results(&batch),
                    false => self.others(&batch),
                };
                // Somebody has come in between: again, when they have left.
                if is_done {
                    break;
                }
            }
        }
    }

    fn prepare(&self) -> io::Result<()> {
        match fs::create_dir(&self.temporary) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ if !self.temporary.symlink_metadata()?.is_dir() => {
                Err(io::Error::other("'tmp' in it is no directory"))
            }
            _ => Ok(()),
        }
    }

    /// Whether nobody is at work now, as far as the system tells.
    fn is_idle(&self) -> bool {
        self.watch.processes().is_none_or(|users| users.is_empty())
    }

    fn note(&mut self, path: &Path, error: &io::Error) {
        // Somebody else has removed it.
        if error.kind() == io::ErrorKind::NotFound {
            self.done.left += 1;
            return;
        }
        self.done.problems.note(path, error);
    }

    fn is_gone(&mut self, holding: &Holding) {
        self.done.count += 1;
        self.done.removed += holding.size;
        (self.removed)(holding.size.files);
    }

    /// Results, each under the lock of its manifest. Says whether it was done.
    fn results(&mut self, batch: &[&Holding]) -> bool {
        let mut locked = Vec::new();
        for holding in batch {
            let Some((name, stat)) = &holding.manifest else {
                continue;
            };
            let path = self.dir.join(Kind::Manifests.path_of(name));
            match lock(&path, *stat) {
                Ok(Some(file)) => locked.push((*holding, path, file)),
                Ok(None) => self.done.left += 1,
                Err(error) => self.note(&path, &error),
            }
        }
        // From here on nobody comes to believe any of them. Who has done so before is at work.
        if !self.is_idle() {
            return false;
        }
        let mut renamed = Vec::new();
        for (holding, path, file) in &locked {
            if let Err(error) = file.set_len(0) {
                self.note(path, &error);
                continue;
            }
            match self.rename(holding) {
                Ok(to) => {
                    renamed.extend(to);
                    self.is_gone(holding);
                }
                Err(error) => self.note(path, &error),
            }
        }
        drop(locked);
        self.delete(renamed);
        true
    }

    /// What belongs to no manifest. Says whether it was done.
    fn others(&mut self, batch: &[&Holding]) -> bool {
        if !self.is_idle() {
            return false;
        }
        let mut renamed = Vec::new();
        for holding in batch {
            let result = match holding.role {
                Role::Gone => Ok(None),
                // Whoever has it open goes on with it, and the next one makes it anew.
                Role::Entry => self.unlink(holding).map(|()| None),
                Role::Empty => self.unlink_empty(holding).map(|()| None),
                _ => self.rename(holding),
            };
            let at = holding.thing.as_ref().map(|(path, _)| self.dir.join(path));
            match result {
                Ok(to) => renamed.push((*holding, at.zip(to))),
                Err(error) => self.note(&at.unwrap_or_default(), &error),
            }
        }
        let is_idle = self.is_idle();
        let mut gone = Vec::new();
        for (holding, names) in renamed {
            match (names, holding.role) {
                (Some((from, to)), _) if !is_idle && is_put_back(&to, &from) => {
                    self.done.left += 1;
                }
                (Some((_, to)), _) => {
                    gone.push(to);
                    self.is_gone(holding);
                }
                (None, Role::Gone) => {
                    let path = holding.thing.as_ref().map(|(path, _)| self.dir.join(path));
                    gone.extend(path);
                    self.is_gone(holding);
                }
                (None, _) => self.is_gone(holding),
            }
        }
        self.delete(gone);
        true
    }

    /// Renames what a holding is to `tmp/`, if it is what was planned. Returns its name there; `None` if
    /// there is nothing.
    fn rename(&mut self, holding: &Holding) -> io::Result<Option<PathBuf>> {
        let Some(from) = self.still_there(holding)? else {
            return Ok(None);
        };
        loop {
            let name = format!("{GONE}{}-{}", std::process::id(), self.next);
            self.next += 1;
            let to = self.temporary.join(name);
            // A name that a process of the same number has left.
            if to.symlink_metadata().is_err() {
                fs::rename(&from, &to)?;
                return Ok(Some(to));
            }
        }
    }

    fn unlink(&self, holding: &Holding) -> io::Result<()> {
        match self.still_there(holding)? {
            Some(path) => fs::remove_file(path),
            None => Ok(()),
        }
    }

    /// An empty manifest that nobody has locked. The lock is given up before: one that is locked and has no
    /// name ends the build of whoever wants it.
    fn unlink_empty(&self, holding: &Holding) -> io::Result<()> {
        let Some((name, stat)) = &holding.manifest else {
            return Ok(());
        };
        let path = self.dir.join(Kind::Manifests.path_of(name));
        match lock(&path, *stat)? {
            Some(file) => {
                drop(file);
                fs::remove_file(path)
            }
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Where something is, if it is there and what it was.
    fn still_there(&self, holding: &Holding) -> io::Result<Option<PathBuf>> {
        let Some((path, id)) = &holding.thing else {
            return Ok(None);
        };
        let path = self.dir.join(path);
        let metadata = Metadata::of_link(&path)?;
        match FileId::of(&metadata) == *id {
            true => Ok(Some(path)),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Deletes what is in `tmp/` under names of ours. Whatever stays is found by the next run.
    fn delete(&mut self, paths: Vec<PathBuf>) {
        for path in paths {
            let is_dir = path.symlink_metadata().is_ok_and(|m| m.is_dir());
            // Neither follows links.
            let result = match is_dir {
                true => fs::remove_dir_all(&path),
                false => fs::remove_file(&path),
            };
            if let Err(error) = result {
                self.note(&path, &error);
            }
        }
    }
}

/// Puts something back where it was, if nothing is there now.
fn is_put_back(to: &Path, from: &Path) -> bool {
    from.symlink_metadata().is_err() && fs::rename(to, from).is_ok()
}

/// A manifest under its exclusive lock. `None` if it is in use, or not as it was.
fn lock(path: &Path, stat: Stat) -> io::Result<Option<File>> {
    let file = open_in_cache(OpenOptions::new().read(true).write(true), path)?;
    let is_ours = try_lock(&file, Mode::Exclusive)? && Stat::of(&Metadata::of(&file)?) == stat;
    Ok(is_ours.then_some(file))
}
