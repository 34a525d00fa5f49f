//! Waits for changes of files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::output::terminal::say;
use crate::paths;

/// How often to look where the system does not tell of changes.
const FALLBACK_POLL: Duration = Duration::from_secs(1);

/// An update comes at the latest after so many times of quiet that never came.
const MAX_DEBOUNCE: u32 = 20;

/// Waits for changes.
pub(super) struct Watcher {
    /// None where it is polled.
    system: Option<RecommendedWatcher>,
    events: Receiver<notify::Result<Event>>,
    watched: BTreeSet<(PathBuf, bool)>,
    poll: Duration,
    debounce: Duration,
    cwd: PathBuf,
}

impl Watcher {
    pub(super) fn new(poll: Option<Duration>, debounce: Duration, cwd: &Path) -> Watcher {
        let (sender, events) = channel();
        let mut watcher = Watcher {
            system: None,
            events,
            watched: BTreeSet::new(),
            poll: poll.unwrap_or(FALLBACK_POLL),
            debounce,
            cwd: cwd.to_owned(),
        };
        if poll.is_none() {
            // Nobody listens any more only when it is all over.
            let handler = move |event| drop(sender.send(event));
            match notify::recommended_watcher(handler) {
                Ok(system) => watcher.system = Some(system),
                Err(error) => watcher.fall_back(&error),
            }
        }
        watcher
    }

    fn fall_back(&mut self, error: &notify::Error) {
        say(format_args!(
            "note: unable to watch for changes ({error}): looking every {} ms",
            self.poll.as_millis()
        ));
        self.system = None;
        self.watched.clear();
    }

    /// Watches these directories, `true` meaning all below as well, and no others. Whether there were new ones.
    pub(super) fn watch(&mut self, dirs: BTreeSet<(PathBuf, bool)>) -> bool {
        let Some(system) = &mut self.system else {
            return false;
        };
        for (gone, _) in self.watched.difference(&dirs) {
            // It may not be there any more, and so not be watched either.
            let _ = system.unwatch(gone);
        }
        let mut watched: BTreeSet<_> = self.watched.intersection(&dirs).cloned().collect();
        let mut new = false;
        for (dir, below) in dirs {
            if watched.contains(&(dir.clone(), below)) {
                continue;
            }
            let mode = if below {
                RecursiveMode::Recursive
            } else {
                RecursiveMode::NonRecursive
            };
            match system.watch(&dir, mode) {
                Ok(()) => {
                    new = true;
                    watched.insert((dir, below));
                }
                Err(error) if is_missing(&error) => {}
                Err(error) => {
                    self.fall_back(&error);
                    return false;
                }
            }
        }
        self.watched = watched;
        new
    }

    /// Returns when something may have changed.
    pub(super) fn wait(&mut self) {
        if self.system.is_none() {
            std::thread::sleep(self.poll);
            return;
        }
        loop {
            match self.events.recv() {
                Ok(event) if self.concerns(&event) => break,
                Ok(_) => {}
                // The sender lives in the watcher.
                Err(_) => {
                    self.system = None;
                    return;
                }
            }
        }
        let latest = Instant::now() + self.debounce * MAX_DEBOUNCE;
        loop {
            let left = latest.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(self.debounce.min(left)) {
                Ok(event) if !left.is_zero() => {
                    self.concerns(&event);
                }
                Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Whether an event may be about the program.
    fn concerns(&mut self, event: &notify::Result<Event>) -> bool {
        // What was missed is not known.
        let Ok(event) = event else {
            return true;
        };
        if event.need_rescan() {
            return true;
        }
        let renamed = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
        let gone = renamed || matches!(event.kind, EventKind::Remove(_));
        if gone {
            // A directory that comes again under that name is another one.
            let paths = &event.paths;
            self.watched
                .retain(|(dir, below)| *below || !paths.iter().any(|path| dir.starts_with(path)));
        }
        match event.kind {
            EventKind::Access(_) => false,
            _ => event.paths.iter().any(|path| {
                let name = paths::bytes(path);
                if name.ends_with(b".zig") || name.ends_with(b".zon") {
                    return true;
                }
                // A directory, if it matters at all; not one of a cache.
                let path = path.strip_prefix(&self.cwd).unwrap_or(path);
                let hidden =
                    |part: &std::ffi::OsStr| paths::bytes(Path::new(part)).starts_with(b".");
                (gone || matches!(event.kind, EventKind::Create(_))) && !path.iter().any(hidden)
            }),
        }
    }
}

/// Whether a directory cannot be watched because it is not there.
fn is_missing(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => matches!(
            error.kind(),
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
        ),
        _ => false,
    }
}
