//! `zirc watch`, which lives on while things go wrong around it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::lab::{Done, Lab, Result, remove};
use super::run::{How, Patience};

/// No update takes this long, whatever else the machine does.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A `zirc watch` that ends with this.
struct Watching {
    child: Child,
    /// The diagnostics of its last update.
    last: Arc<Mutex<Option<Value>>>,
    stderr: Arc<Mutex<String>>,
}

impl Watching {
    fn begin(lab: &mut Lab) -> Result<Watching> {
        let mut command = Command::new(&lab.means.zirc);
        command
            .current_dir(lab.path("p"))
            .env_clear()
            .env("HOME", lab.path("home"))
            .env("TMPDIR", lab.path("tmp"))
            .args(["watch", "--format", "json", "--debounce", "1"])
            .arg("--zig-lib-dir")
            .arg(lab.path("lib"))
            .arg(format!("--zig-version={}", lab.release))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if lab.share {
            command.arg("--share-zig-cache");
        }
        if lab.dice.chance(70) {
            command.args(["--poll", "10"]);
        }
        let mut child = command
            .arg("main.zig")
            .spawn()
            .map_err(|error| error.to_string())?;
        let (last, stderr) = (Arc::default(), Arc::default());
        if let Some(stdout) = child.stdout.take() {
            let last: Arc<Mutex<Option<Value>>> = Arc::clone(&last);
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(|line| line.ok()) {
                    let update: Value = serde_json::from_str(&line).unwrap_or_default();
                    *last.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some(update["diagnostics"].clone());
                }
            });
        }
        if let Some(mut from) = child.stderr.take() {
            let stderr: Arc<Mutex<String>> = Arc::clone(&stderr);
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(len @ 1..) = from.read(&mut bytes) {
                    stderr
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push_str(&String::from_utf8_lossy(&bytes[..len]));
                }
            });
        }
        Ok(Watching {
            child,
            last,
            stderr,
        })
    }

    fn stderr(&self) -> String {
        self.stderr
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until that holds. An error if it ends, or takes too long.
    fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) -> Result<()> {
        let mut patience = Patience::new(TIME_LIMIT);
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("zirc watch ended: {status}\n{}", self.stderr()));
            }
            if holds(self) {
                return Ok(());
            }
            if !patience.wait(Duration::from_millis(2)) {
                let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                return Err(format!(
                    "zirc watch: {what} not in {} s\n{:#?}\n{}",
                    TIME_LIMIT.as_secs(),
                    *last,
                    self.stderr()
                ));
            }
        }
    }

    /// Waits until its last update says what a run without cache says.
    fn agrees(&mut self, lab: &mut Lab) -> Result<()> {
        let expected = lab.expected()?.diagnostics;
        self.until("the right update", |this| {
            let last = this.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.as_ref() == Some(&expected)
        })
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn watch(lab: &mut Lab) -> Result<Done> {
    lab.only_main();
    lab.warm()?;
    let mut watching = Watching::begin(lab)?;
    for _ in 0..2 + lab.dice.below(4) {
        watching.agrees(lab)?;
        match lab.dice.below(5) {
            0 => lab.empty_caches(),
            1 => {
                // Others at the same time, killed or not.
                let mut others = Vec::new();
                for _ in 0..1 + lab.dice.below(3) {
                    let how = lab.any_way();
                    others.push(lab.spawn(&how)?);
                }
                lab.edit();
                for mut other in others {
                    if lab.dice.chance(50) {
                        other.kill();
                    }
                    lab.wait(other)?;
                }
            }
            2 => {
                for dir in lab.cache_list() {
                    let aside = lab.path("aside");
                    remove(&aside);
                    let _ = std::fs::rename(dir, aside);
                }
                lab.edit();
                remove(&lab.path("aside"));
            }
            3 => held(lab, &mut watching)?,
            _ => {}
        }
        lab.break_file(Path::new("p/main.zig"));
        lab.edit();
    }
    watching.agrees(lab)?;
    drop(watching);
    Ok(Done::Tried)
}

/// Holds the locks of all entries while sources change: it has to say what it waits for, and to go on
/// afterwards.
fn held(lab: &mut Lab, watching: &mut Watching) -> Result<()> {
    lab.run(&How::no_manifest())?.answer()?;
    let before = watching.stderr().len();
    let mut files = Vec::new();
    for path in lab.entries() {
        let file = std::fs::File::options().read(true).write(true).open(path);
        let file = file.map_err(|error| error.to_string())?;
        file.lock().map_err(|error| error.to_string())?;
        files.push(file);
    }
    lab.break_file(Path::new("p/main.zig"));
    watching.until("word of what it waits for", |this| {
        this.stderr()[before..].contains("waiting for another process to release cache entry")
    })
}
