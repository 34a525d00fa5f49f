//! Waits for changes of files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use cache_store::file::remote_file_system;
use notify::event::ModifyKind;
use notify::{
    Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
};

use super::places::{Place, Places, What};
use crate::limits::{FALLBACK_POLL, MAX_DEBOUNCE};
use crate::output::terminal::say;
use crate::paths;

/// Files that decide which others of a directory are looked at.
const IGNORE_FILES: [&[u8]; 2] = [b".gitignore", b".ignore"];

/// What is watched at a path.
struct Watched {
    place: Place,
    /// It may be another by now, and is watched anew if it is still wanted.
    stale: bool,
}

/// Waits for changes.
pub(super) struct Watcher {
    /// None where it is polled.
    system: Option<RecommendedWatcher>,
    events: Receiver<notify::Result<Event>>,
    watched: HashMap<PathBuf, Watched>,
    /// What was wanted last.
    places: Places,
    poll: Duration,
    debounce: Duration,
    cwd: PathBuf,
}

impl Watcher {
    /// A watcher that polls where an interval is given.
    pub(super) fn new(poll: Option<Duration>, debounce: Duration, cwd: &Path) -> Watcher {
        let (sender, events) = channel();
        let mut watcher = Watcher {
            system: None,
            events,
            watched: HashMap::new(),
            places: Places::default(),
            poll: poll.unwrap_or(FALLBACK_POLL),
            debounce,
            cwd: cwd.to_owned(),
        };
        if poll.is_none() {
            // Nobody listens any more only when it is all over.
            let handler = move |event| drop(sender.send(event));
            // Where links lead is in `Places`: a directory is to be watched under one name.
            let config = Config::default().with_follow_symlinks(false);
            match RecommendedWatcher::new(handler, config) {
                Ok(system) => watcher.system = Some(system),
                Err(error) => watcher.fall_back(&error.to_string()),
            }
        }
        watcher
    }

    fn fall_back(&mut self, reason: &str) {
        say(format_args!(
            "note: unable to watch for changes ({reason}): looking every {} ms",
            self.poll.as_millis()
        ));
        self.system = None;
        self.watched.clear();
    }

    /// Watches these files, every file below `directory`, and nothing else. Whether something was not watched
    /// before: what changed until now has to be looked for then.
    pub(super) fn watch<'a>(
        &mut self,
        files: impl Iterator<Item = &'a Path>,
        directory: Option<&Path>,
    ) -> bool {
        if self.system.is_none() {
            return false;
        }
        self.places = Places::of(files, directory, &self.cwd);
        match self.update() {
            Ok(new) => new,
            Err(reason) => {
                self.fall_back(&reason);
                false
            }
        }
    }

    /// Whether there was something new, or why it cannot be watched.
    fn update(&mut self) -> Result<bool, String> {
        let (Some(system), wanted) = (&mut self.system, &self.places.watched) else {
            return Ok(false);
        };
        let outdated = |(path, watched): &(&PathBuf, &Watched)| {
            watched.stale || wanted.get(*path) != Some(&watched.place)
        };
        let outdated = self.watched.iter().filter(outdated);
        let outdated: Vec<PathBuf> = outdated.map(|(path, _)| path.clone()).collect();
        for path in outdated {
            // It may not be there any more, and so not be watched either.
            let _ = system.unwatch(&path);
            let watched = self.watched.remove(&path);
            if watched.is_some_and(|watched| watched.place.what == What::Tree) {
                // All below it went with it.
                self.watched.retain(|other, _| !other.starts_with(&path));
            }
        }
        let mut new = false;
        for (path, place) in wanted {
            if self.watched.contains_key(path) {
                continue;
            }
            if let Ok(Some(kind)) = remote_file_system(path) {
                let path = path.display();
                return Err(format!("'{path}' is on {kind}, which cannot tell of all"));
            }
            let mode = match place.what {
                What::Tree => RecursiveMode::Recursive,
                What::Directory | What::File => RecursiveMode::NonRecursive,
            };
            match system.watch(path, mode) {
                Ok(()) => {
                    new = true;
                    let (place, stale) = (*place, false);
                    self.watched.insert(path.clone(), Watched { place, stale });
                }
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(new)
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
            // What comes again under that name is another one.
            let is_gone = |watched: &Path| event.paths.iter().any(|path| watched.starts_with(path));
            for (path, watched) in &mut self.watched {
                watched.stale |= is_gone(path);
            }
        }
        let appeared = gone || matches!(event.kind, EventKind::Create(_));
        !matches!(event.kind, EventKind::Access(_))
            && event.paths.iter().any(|path| {
                self.places.names.contains(path)
                    || self.places.watched.contains_key(path)
                    || self.is_of_directory(path, appeared)
            })
    }

    /// Whether a change of this path may be one of what is in the directory that is watched as a whole.
    fn is_of_directory(&self, path: &Path, appeared: bool) -> bool {
        let directory = self.places.directory.as_deref();
        let Some(below) = directory.and_then(|dir| path.strip_prefix(dir).ok()) else {
            return false;
        };
        let name = paths::bytes(below.file_name().map_or(below, Path::new));
        if name.ends_with(b".zig") || name.ends_with(b".zon") || IGNORE_FILES.contains(&name) {
            return true;
        }
        // A directory, if it matters at all; not one of a cache.
        let hidden = |part: &std::ffi::OsStr| paths::bytes(Path::new(part)).starts_with(b".");
        appeared && !below.iter().any(hidden)
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
