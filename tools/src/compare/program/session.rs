//! What the parts of the comparison share: both commands, and what is found of them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fixtures::programs::Program;
use serde_json::Value;
use syntax::Release;

use crate::compare::result::Result;
use crate::compare::setup::Setup;
use crate::reference::Names;
use crate::reference::dead::DeadBytes;
use crate::reference::layout::{ZIR_HEADER, ZOIR_HEADER, ZirView};

/// What `zirc check --format json` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) status: Option<i32>,
    pub(super) files: u64,
    pub(super) hits: u64,
    pub(super) generated: u64,
    pub(super) failed: u64,
    pub(super) notes: String,
}

/// An entry as it lies on disk. The change time tells of any write, were it of the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) inode: u64,
    pub(super) changed: (i64, i64),
    pub(super) bytes: Vec<u8>,
}

pub(super) type Entries = BTreeMap<String, Entry>;

pub(super) struct Session<'a> {
    pub(super) release: Release,
    pub(super) zig: PathBuf,
    pub(super) lib: PathBuf,
    pub(super) zirc: &'a Path,
    pub(super) release_flag: Vec<String>,
    pub(super) scratch: PathBuf,
    pub(super) names: &'a Names,
    pub(super) dead: DeadBytes,
    pub(super) rounds: u32,
    pub(super) seed: u64,
    pub(super) checks: usize,
    pub(super) failures: usize,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        setup: &'a Setup,
        zirc: &'a Path,
        release_flag: Vec<String>,
        rounds: u32,
        seed: u64,
    ) -> Result<Session<'a>> {
        fs::create_dir_all(&setup.scratch)?;
        Ok(Session {
            release: setup.reference.release(),
            zig: setup.reference.zig(),
            lib: setup.reference.lib(),
            zirc,
            release_flag,
            scratch: setup.scratch.canonicalize()?,
            names: &setup.names,
            dead: DeadBytes::new(&setup.names),
            rounds,
            seed,
            checks: 0,
            failures: 0,
        })
    }

    pub(super) fn report(&mut self, what: &str, problem: Option<String>) {
        self.checks += 1;
        match problem {
            None => println!("right: {what}"),
            Some(problem) => {
                self.failures += 1;
                println!("WRONG: {what}\n{problem}");
            }
        }
    }

    pub(super) fn equal<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: &str,
        expected: T,
        found: T,
    ) {
        let problem =
            (expected != found).then(|| format!("  expected {expected:?}\n  found    {found:?}"));
        self.report(what, problem);
    }

    /// A fresh directory with the program's files.
    pub(super) fn write(&self, program: &Program, into: &str) -> Result<PathBuf> {
        let dir = self.scratch.join(into);
        let _ = fs::remove_dir_all(&dir);
        program.write(&dir)?;
        Ok(dir)
    }

    pub(super) fn zirc_command(&self, dir: &Path, args: &[&OsStr]) -> Command {
        let mut command = Command::new(self.zirc);
        command
            .current_dir(dir)
            .arg("check")
            .args(&self.release_flag)
            .arg("--zig-lib-dir")
            .arg(&self.lib)
            .args(args)
            .stdin(Stdio::null());
        command
    }

    pub(super) fn check_command(
        &self,
        dir: &Path,
        caches: &[PathBuf; 2],
        program: &[&str],
        flags: &[&str],
    ) -> Command {
        let mut args: Vec<&OsStr> = vec!["--cache-dir".as_ref(), caches[0].as_ref()];
        // What is counted is what came of the entries.
        args.extend::<[&OsStr; 5]>([
            "--global-cache-dir".as_ref(),
            caches[1].as_ref(),
            "--format".as_ref(),
            "json".as_ref(),
            "--no-manifest".as_ref(),
        ]);
        args.extend(flags.iter().chain(program).map(OsStr::new));
        self.zirc_command(dir, &args)
    }

    pub(super) fn check(
        &self,
        dir: &Path,
        caches: &[PathBuf; 2],
        program: &[&str],
        flags: &[&str],
    ) -> Result<Counts> {
        counts(&self.check_command(dir, caches, program, flags).output()?)
    }

    pub(super) fn zig_command(
        &self,
        dir: &Path,
        caches: &[PathBuf; 2],
        args: &[&OsStr],
    ) -> Command {
        let mut command = Command::new(&self.zig);
        command
            .current_dir(dir)
            .arg(args[0])
            .arg("--cache-dir")
            .arg(&caches[0])
            .arg("--global-cache-dir")
            .arg(&caches[1])
            .args(&args[1..])
            .stdin(Stdio::null());
        command
    }

    pub(super) fn zig(&self, dir: &Path, caches: &[PathBuf; 2], args: &[&OsStr]) -> Result<Output> {
        Ok(self.zig_command(dir, caches, args).output()?)
    }

    pub(super) fn caches(&self, name: &str) -> [PathBuf; 2] {
        ["local", "global"].map(|which| self.scratch.join(format!("{name}-{which}")))
    }

    /// The first difference of two entries, the second with a trailer.
    pub(super) fn difference(&self, theirs: &[u8], ours: &[u8]) -> Option<String> {
        let Some(ours) = ours.get(..theirs.len()) else {
            return Some(format!("{} bytes, ours {}", theirs.len(), ours.len()));
        };
        let undefined = match ZirView::parse(theirs) {
            Some(_) => self.dead.undefined(self.names, theirs, None),
            None => vec![false; theirs.len()],
        };
        let at = (0..theirs.len()).find(|&at| {
            if undefined[at] {
                ours[at] != 0
            } else {
                ours[at] != theirs[at]
            }
        })?;
        let header = if ZirView::parse(theirs).is_some() {
            ZIR_HEADER
        } else {
            ZOIR_HEADER
        };
        let place = if at < header { "header" } else { "body" };
        Some(format!(
            "byte {at} of {} ({place}): {:#x}, ours {:#x}",
            theirs.len(),
            theirs[at],
            ours[at]
        ))
    }
}

/// The errors in what was printed: each its lines, and then a part for each note.
pub(super) fn messages(stderr: &[u8]) -> Vec<Vec<String>> {
    let mut messages: Vec<Vec<String>> = Vec::new();
    let mut is_own_note = false;
    for line in String::from_utf8_lossy(stderr).lines() {
        // Imports that lead nowhere are no errors of the reference until it analyses them.
        let begins = line.contains(": error: ") || line.contains(": note: ");
        is_own_note = if begins {
            line.contains(": note: unresolved import '")
        } else {
            is_own_note
        };
        if is_own_note && !line.contains(" from the cache, ") {
            continue;
        }
        // What we say besides, about the run.
        if line.starts_with("note: ")
            || line.starts_with("warning: ")
            || line.contains(" from the cache, ")
        {
            continue;
        }
        let line_with_end = format!("{line}\n");
        match messages.last_mut() {
            Some(parts) if !line.starts_with("error: ") && !line.contains(": error: ") => {
                match parts.last_mut() {
                    Some(part) if !line.contains(": note: ") => *part += &line_with_end,
                    _ => parts.push(line_with_end),
                }
            }
            _ => messages.push(vec![line_with_end]),
        }
    }
    messages
}

pub(super) fn counts(output: &Output) -> Result<Counts> {
    let value: Value = serde_json::from_slice(&output.stdout).map_err(|err| {
        format!(
            "{err} in the output of zirc: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })?;
    let number = |key: &str| {
        value[key]
            .as_u64()
            .ok_or(format!("no number '{key}' in the output of zirc"))
    };
    Ok(Counts {
        status: output.status.code(),
        files: number("files")?,
        hits: number("hits")?,
        generated: number("generated")?,
        failed: number("failed")?,
        notes: value["notes"].to_string(),
    })
}

pub(super) fn read_entries(cache: &Path) -> Result<Entries> {
    let mut entries = BTreeMap::new();
    let dir = match fs::read_dir(cache.join("z")) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(entries),
        dir => dir?,
    };
    for entry in dir {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| format!("{name:?} is no name of an entry"))?;
        let bytes = fs::read(entry.path())?;
        let metadata = entry.metadata()?;
        let changed = (metadata.ctime(), metadata.ctime_nsec());
        entries.insert(
            name,
            Entry {
                inode: metadata.ino(),
                changed,
                bytes,
            },
        );
    }
    Ok(entries)
}

pub(super) fn succeeded(output: &Output) -> Result<()> {
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

pub(super) fn run(program: &str, args: &[&OsStr], dir: &Path) -> Result<()> {
    let output = Command::new(program).args(args).current_dir(dir).output()?;
    succeeded(&output).map_err(|err| format!("{program}: {err}").into())
}
