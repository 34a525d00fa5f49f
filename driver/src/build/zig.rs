//! Running `zig`.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cache_store::file::kill_tree;

use crate::limits::{EXIT_POLL, MAX_SAID_LEN};

/// A program that was started, for those who want to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Started {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it ran.
    pub elapsed: Duration,
}

/// What became of a run.
pub(super) struct Ran {
    /// `None` if it was ended because it took too long.
    pub(super) status: Option<ExitStatus>,
    /// What it printed, the end of it if it is long.
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) started: Started,
}

/// A run of `zig`.
pub(super) struct Zig<'a> {
    pub(super) exe: &'a Path,
    /// Where it is run.
    pub(super) dir: &'a Path,
    /// How long it may take.
    pub(super) timeout: Duration,
}

impl Zig<'_> {
    /// Runs it. It has no standard input, and what it prints is kept and not shown.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) fn run(
        &self,
        args: &[OsString],
        variable: Option<(&str, &Path)>,
    ) -> std::io::Result<Ran> {
        let begin = Instant::now();
        let mut command = Command::new(self.exe);
        command
            .args(args)
            .current_dir(self.dir)
            .envs(variable)
            // What it prints is for people who cannot see colours here.
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
            .env_remove("ZIG_PROGRESS")
            .env_remove("CLICOLOR_FORCE");
        let mut child = command.spawn()?;
        let stdout = Tail::follow(child.stdout.take());
        let stderr = Tail::follow(child.stderr.take());
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if begin.elapsed() > self.timeout {
                kill_tree(&mut child);
                break None;
            }
            std::thread::sleep(EXIT_POLL);
        };
        let words = std::iter::once(self.exe.as_os_str());
        let words = words.chain(args.iter().map(OsString::as_os_str));
        Ok(Ran {
            status,
            stdout: stdout.text(),
            stderr: stderr.text(),
            started: Started {
                command: words
                    .map(|word: &OsStr| word.to_string_lossy().into_owned())
                    .collect(),
                elapsed: begin.elapsed(),
            },
        })
    }

    /// What it calls itself.
    ///
    /// # Errors
    /// If it cannot be started, or does not answer.
    pub(super) fn version(&self) -> std::io::Result<(String, Started)> {
        let ran = self.run(&["version".into()], None)?;
        let text = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
        match ran.status {
            Some(status) if status.success() && !text.is_empty() => Ok((text, ran.started)),
            _ => Err(std::io::Error::other("it does not say its version")),
        }
    }
}

/// The end of what a program prints.
struct Tail {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Tail {
    fn follow(stream: Option<impl Read + Send + 'static>) -> Tail {
        let text = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&text);
        let reader = stream.map(|mut stream| {
            std::thread::spawn(move || {
                let mut part = [0; 4096];
                while let Ok(len @ 1..) = stream.read(&mut part) {
                    let mut text = shared.lock().unwrap_or_else(|e| e.into_inner());
                    text.extend_from_slice(&part[..len]);
                    // Rarely, so that it is not moved for each part.
                    if text.len() > 2 * MAX_SAID_LEN {
                        let from = text.len() - MAX_SAID_LEN;
                        text.drain(..from);
                    }
                }
            })
        });
        Tail { text, reader }
    }

    /// What is there once the program has ended. A process that it left behind may have the stream open for
    /// as long as it likes, so it is waited for only a moment.
    fn text(self) -> Vec<u8> {
        let begin = Instant::now();
        let is_open = || {
            self.reader
                .as_ref()
                .is_some_and(|reader| !reader.is_finished())
        };
        while is_open() && begin.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(EXIT_POLL);
        }
        let mut text = self.text.lock().unwrap_or_else(|e| e.into_inner());
        let from = text.len().saturating_sub(MAX_SAID_LEN);
        text.split_off(from)
    }
}

/// A command as a line of text.
pub(crate) fn command_line(words: &[String]) -> String {
    let quoted = |word: &String| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+%".contains(c);
        match !word.is_empty() && word.chars().all(is_plain) {
            true => word.clone(),
            false => format!("'{}'", word.replace('\'', r"'\''")),
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// A file of a run's own for what is to come out of it.
pub(super) struct OutFile {
    dir: tempfile::TempDir,
}

impl OutFile {
    /// One below a directory, which is made, or anywhere.
    pub(super) fn new(below: Option<&Path>) -> std::io::Result<OutFile> {
        let dir = match below {
            Some(below) => {
                std::fs::create_dir_all(below)?;
                tempfile::Builder::new().prefix("zirc-").tempdir_in(below)?
            }
            None => tempfile::tempdir()?,
        };
        Ok(OutFile { dir })
    }

    /// Its path, absolute.
    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("modules.zon")
    }
}
