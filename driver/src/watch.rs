//! `zirc watch`: a program checked anew whenever one of its files changes.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use serde::Serialize;

use crate::check::{self, CheckOptions, Format};
use crate::diagnostics::{Diagnostic, Renderer, Severity};
use crate::graph::UnresolvedReason;
use crate::incremental::{Change, Compilation, FileChange, Update};
use crate::module::Modules;
use crate::terminal::Progress;
use crate::{Error, Status, inputs, paths};

/// What to watch, and how.
#[derive(Clone, Debug)]
pub(crate) struct WatchOptions {
    /// What to check: one path.
    pub(crate) check: CheckOptions,
    /// Look at all files this often instead of waiting to be told.
    pub(crate) poll: Option<Duration>,
    /// How long it must have been quiet before an update: editors write a file in several steps.
    pub(crate) debounce: Duration,
}

/// How often to look where the system does not tell of changes.
const FALLBACK_POLL: Duration = Duration::from_secs(1);

/// An update comes at the latest after so many times of quiet that never came.
const MAX_DEBOUNCE: u32 = 20;

/// An update in JSON, on a line of its own.
#[derive(Serialize)]
struct JsonUpdate<'a> {
    update: u64,
    files: usize,
    looked_at: usize,
    failed: usize,
    elapsed_ms: u64,
    diagnostics: &'a [Diagnostic],
    unresolved: usize,
    changes: Vec<JsonChange<'a>>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct JsonChange<'a> {
    path: String,
    #[serde(flatten)]
    change: &'a Change,
}

/// Checks, waits for a change, and so on until the process is ended or nobody reads the output any more.
pub(crate) fn run(options: &WatchOptions) -> Result<Status, Error> {
    let check = &options.check;
    let prepared = check::prepare(check)?;
    for note in &prepared.notes {
        crate::terminal::say(format_args!("note: {note}"));
    }
    for warning in &prepared.warnings {
        crate::terminal::say(format_args!("warning: {warning}"));
    }
    let Some(program) = prepared.programs.into_iter().next() else {
        return Err(Error::Usage("no path was given".to_owned()));
    };
    let cwd = program.cwd.clone();
    let main = program.modules.get(Modules::MAIN);
    // Of a directory every file is a root, and there may be others the next time.
    let directory = main.root_src_path.is_none().then(|| main.display_root());
    let mut compilation = Compilation::new(program, prepared.stores, check.jobs)?;
    let mut watcher = Watcher::new(options, &cwd);
    let mut printer = Printer {
        options: check,
        last: None,
    };
    loop {
        let begin = Instant::now();
        if let Some(directory) = &directory {
            match inputs::scan(directory) {
                Ok(roots) => compilation.set_roots(roots),
                // It may be there again in a moment.
                Err(error) => crate::terminal::say(format_args!("error: {error}")),
            }
        }
        let progress = Progress::new(check.format == Format::Human);
        let update = compilation.update(&progress);
        progress.finish();
        printer.print(&update, begin.elapsed())?;
        let files = update.graph.files.iter();
        let dirs = files.filter_map(|(_, file)| Some((cwd.join(file.path.parent()?), false)));
        let mut dirs: BTreeSet<(PathBuf, bool)> = dirs.collect();
        if let Some(directory) = &directory {
            let directory = cwd.join(directory);
            dirs.retain(|(dir, _)| !dir.starts_with(&directory));
            dirs.insert((directory, true));
        }
        // What changed before a directory was watched has to be looked for.
        if !watcher.watch(dirs) {
            watcher.wait();
        }
    }
}

struct Printer<'o> {
    options: &'o CheckOptions,
    /// The diagnostics that were printed last.
    last: Option<Vec<u8>>,
}

impl Printer<'_> {
    /// Prints an update if it tells something new.
    fn print(&mut self, update: &Update, elapsed: Duration) -> Result<(), Error> {
        let graph = &update.graph;
        let renderer = Renderer {
            color: self.options.color.on_stderr(),
        };
        let mut err = Vec::new();
        for diagnostic in &graph.diagnostics {
            renderer.render(&mut err, diagnostic)?;
        }
        for unresolved in &graph.unresolved {
            if unresolved.reason != UnresolvedReason::StdNotFound {
                renderer.render(&mut err, &unresolved.diagnostic(Severity::Note))?;
            }
        }
        if update.changes.is_empty() && self.last.as_ref() == Some(&err) {
            return Ok(());
        }
        let warnings = check::describe_warnings(&graph.warnings);
        let failed = graph.files.iter().filter(|(_, file)| file.failed).count();
        let mut out = Vec::new();
        let mut told = Vec::new();
        match self.options.format {
            Format::Json => {
                let line = JsonUpdate {
                    update: update.number,
                    files: graph.files.len(),
                    looked_at: update.looked_at,
                    failed,
                    elapsed_ms: elapsed.as_millis() as u64,
                    diagnostics: &graph.diagnostics,
                    unresolved: graph.unresolved.len(),
                    changes: update
                        .changes
                        .iter()
                        .map(|FileChange { path, change }| JsonChange {
                            path: paths::display(path),
                            change,
                        })
                        .collect(),
                    warnings,
                };
                serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)?;
                out.push(b'\n');
            }
            Format::Human => {
                out.extend_from_slice(describe(&update.changes).as_bytes());
                let mut text = err.clone();
                for warning in warnings {
                    writeln!(text, "warning: {warning}")?;
                }
                let files = graph.files.len();
                let counts = format!(
                    "{files} file{}: {} looked at, {failed} failed, in {} ms",
                    if files == 1 { "" } else { "s" },
                    update.looked_at,
                    elapsed.as_millis()
                );
                renderer.dim(&mut text, &counts)?;
                told = text;
            }
        }
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&out)?;
        stdout.flush()?;
        std::io::stderr().lock().write_all(&told)?;
        self.last = Some(err);
        Ok(())
    }
}

/// The changes as text.
fn describe(changes: &[FileChange]) -> String {
    let mut text = String::new();
    for FileChange { path, change } in changes {
        text += &paths::display(path);
        match change {
            Change::Appeared => text += ": appeared\n",
            Change::Vanished => text += ": vanished\n",
            Change::Broken => text += ": broken\n",
            Change::Value => text += ": value\n",
            Change::Declarations(changes) => {
                text += ":\n";
                changes.write(&mut text, "  ");
            }
        }
    }
    text
}

/// Waits for changes.
struct Watcher {
    /// None where it is polled.
    system: Option<RecommendedWatcher>,
    events: Receiver<notify::Result<Event>>,
    watched: BTreeSet<(PathBuf, bool)>,
    poll: Duration,
    debounce: Duration,
    cwd: PathBuf,
}

impl Watcher {
    fn new(options: &WatchOptions, cwd: &Path) -> Watcher {
        let (sender, events) = channel();
        let mut watcher = Watcher {
            system: None,
            events,
            watched: BTreeSet::new(),
            poll: options.poll.unwrap_or(FALLBACK_POLL),
            debounce: options.debounce,
            cwd: cwd.to_owned(),
        };
        if options.poll.is_none() {
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
        crate::terminal::say(format_args!(
            "note: unable to watch for changes ({error}): looking every {} ms",
            self.poll.as_millis()
        ));
        self.system = None;
        self.watched.clear();
    }

    /// Watches these directories, `true` meaning all below as well, and no others. Whether there were new ones.
    fn watch(&mut self, dirs: BTreeSet<(PathBuf, bool)>) -> bool {
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
    fn wait(&mut self) {
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
