//! Colours and progress on a terminal.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::graph::Observer;

/// `--color`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// If what is written to is a terminal. `NO_COLOR` and `CLICOLOR_FORCE` are heeded.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Color {
    /// Whether to use colours on standard error.
    pub(crate) fn on_stderr(self) -> bool {
        self.on(&std::io::stderr())
    }

    /// Whether to use colours on standard output.
    pub(crate) fn on_stdout(self) -> bool {
        self.on(&std::io::stdout())
    }

    fn on(self, stream: &impl IsTerminal) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Color::On => true,
            Color::Off => false,
            Color::Auto if set("NO_COLOR") => false,
            Color::Auto => {
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                (stream.is_terminal() && !dumb) || set("CLICOLOR_FORCE")
            }
        }
    }
}

/// Prints a line on standard error. That nobody can read it any more, or that the disk that it goes to is
/// full, is no reason to stop, as it would be for `eprintln!`.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Shows how far a run is, if standard error is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(wanted: bool) -> Progress {
        let target = if wanted {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} files {wide_msg}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Progress { bar }
    }

    /// One that counts, where nobody knows beforehand how many files there are.
    pub(crate) fn counting() -> Progress {
        let progress = Progress::new(true);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} files {wide_msg}") {
            progress.bar.set_style(style);
        }
        progress
    }

    /// Counts on.
    pub(crate) fn count(&self, files: u64) {
        self.bar.inc(files);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, message: &str) {
        if self.bar.is_hidden() {
            say(format_args!("note: {message}"));
        } else {
            self.bar.println(format!("note: {message}"));
        }
    }
}

impl Observer for Progress {
    fn progress(&self, done: usize, total: usize) {
        if !self.bar.is_hidden() {
            self.bar.set_length(total as u64);
            self.bar.set_position(done as u64);
        }
    }

    fn note(&self, what: &str) {
        self.say(what);
    }

    fn running(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    fn waiting(&self, entry: &Path) {
        self.say(&format!(
            "waiting for another process to release cache entry '{}'",
            entry.display()
        ));
    }

    fn waiting_for_manifest(&self, manifest: &Path) {
        self.say(&format!(
            "waiting for another process that checks the same program to release manifest '{}'",
            manifest.display()
        ));
    }
}
