//! Who is at work in a cache directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use cache_store::file::{
    AtWork, How, Metadata, Mode, Query, Stat, at_work, look_in_cache, real_path, try_lock,
    wall_clock_ns,
};

use crate::environment::layout::{self, Kind};
use crate::inventory::project_of;
use crate::limits::{GRACE, IDLE_POLL};
use crate::paths;

/// Somebody who is at work there, or may be.
#[derive(Clone, Debug)]
pub(crate) enum User {
    /// A process.
    Process(AtWork),
    /// Whoever holds the lock of this manifest.
    Lock(PathBuf),
    /// Something was written lately, on a system that does not tell who is at work.
    Lately,
}

impl User {
    /// Who, and by what that is known.
    pub(crate) fn describe(&self) -> String {
        match self {
            User::Process(AtWork { process, name, how }) => match how {
                How::WorkingDir(dir) => {
                    format!(
                        "process {process} ({name}) has its working directory in '{}'",
                        paths::display(dir)
                    )
                }
                How::Open(path) => {
                    format!(
                        "process {process} ({name}) has '{}' open",
                        paths::display(path)
                    )
                }
                How::Hidden => {
                    format!("process {process} ({name}) cannot be looked at")
                }
            },
            User::Lock(path) => format!("'{}' is locked", paths::display(path)),
            User::Lately => format!(
                "something was written less than {} minutes ago, and this system does not tell who is at work",
                GRACE.as_secs() / 60
            ),
        }
    }
}

/// Looks who is at work in a directory.
#[derive(Debug)]
pub(super) struct Watch {
    query: Query,
    /// The folders in which locks are taken and files written.
    manifests: PathBuf,
    temporary: PathBuf,
}

impl Watch {
    /// # Errors
    /// If the directory is not there.
    pub(super) fn of(dir: &Path) -> io::Result<Watch> {
        let dir = real_path(dir)?;
        // Whoever is at work in a directory of the reference's may be so in ours within.
        let outer = match dir.ends_with(layout::OWN) {
            true => dir.parent().filter(|parent| is_cache(parent)),
            false => None,
        };
        let outer = outer.unwrap_or(&dir).to_owned();
        let mut working_dirs = vec![outer.clone()];
        working_dirs.extend(project_of(&dir).map(Path::to_owned));
        Ok(Watch {
            query: Query {
                open: vec![outer],
                working_dirs,
                names: ["zig", "zirc"].map(str::to_owned).into(),
            },
            manifests: dir.join(Kind::Manifests.folder()),
            temporary: dir.join(Kind::Temporary.folder()),
        })
    }

    /// The processes that are at work. `None` where the system does not tell.
    pub(super) fn processes(&self) -> Option<Vec<User>> {
        let found = at_work(&self.query)?;
        Some(found.into_iter().map(User::Process).collect())
    }

    /// Everybody.
    pub(super) fn everybody(&self) -> Vec<User> {
        let mut users = match self.processes() {
            Some(users) => users,
            None if self.is_young() => vec![User::Lately],
            None => Vec::new(),
        };
        users.extend(self.locked().map(User::Lock));
        users
    }

    /// A manifest that somebody has locked.
    fn locked(&self) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.manifests)
            .into_iter()
            .flatten()
            .flatten();
        let mut paths = entries.map(|entry| entry.path());
        paths.find(|path| {
            // What cannot be opened, or knows no locks, tells nothing.
            let file = look_in_cache(path);
            file.is_ok_and(|file| try_lock(&file, Mode::Exclusive).is_ok_and(|is_ours| !is_ours))
        })
    }

    fn is_young(&self) -> bool {
        let now_ns = wall_clock_ns();
        let folders = [&self.manifests, &self.temporary];
        let entries = folders.map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
        entries.into_iter().flatten().any(|entry| {
            let modified_ns = Metadata::of_link(&entry.path()).map(|m| Stat::of(&m).mtime_ns);
            modified_ns.is_ok_and(|at| at + (GRACE.as_nanos() as i128) > now_ns)
        })
    }

    /// Waits until nobody is at work, at most until a moment. Whoever is then still is told.
    pub(super) fn wait(&self, until: Instant, on_wait: &dyn Fn(&[User])) -> Vec<User> {
        let mut has_told = false;
        loop {
            let users = self.everybody();
            if users.is_empty() || Instant::now() >= until {
                return users;
            }
            if !has_told {
                on_wait(&users);
                has_told = true;
            }
            thread::sleep(IDLE_POLL.min(until.saturating_duration_since(Instant::now())));
        }
    }
}

fn is_cache(dir: &Path) -> bool {
    layout::manifests(dir).is_dir() || layout::entries(dir).is_dir()
}

/// Waits for a directory to be idle. Returns who is still at work at the end of the time.
///
/// # Errors
/// If the directory is not there.
pub(crate) fn wait_until_idle(
    dir: &Path,
    wait: Duration,
    on_wait: &dyn Fn(&[User]),
) -> io::Result<Vec<User>> {
    Ok(Watch::of(dir)?.wait(Instant::now() + wait, on_wait))
}

/// Whether the system tells which processes are at work.
pub(crate) fn sees_processes() -> bool {
    at_work(&Query::default()).is_some()
}
