//! `zirc ast-check` against `zig ast-check`, as processes.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use syntax::Release;

use crate::reference::Mode;

use super::Result;
use super::releases::Releases;
use super::run::Options;
use super::run::{Outcome, Source, Worker};
use super::selection::Selection;
use super::setup::{Setup, sources};
use crate::zirc::{Zirc, release_flag};

/// Text and status of `zirc ast-check` and `zig ast-check`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare ast-check --with-errors --lib")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    zirc: Zirc,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    args.releases.each(|release| one(args, release))
}

fn one(args: &Args, release: Release) -> Result<bool> {
    let mut setup = Setup::new(release)?;
    let files = setup.files(&args.selection.files)?;
    let zig = setup.reference.zig();
    let zirc = args.zirc.existing()?;
    let release_flag = release_flag(&zirc, &["ast-check"], release)?;
    let sources = sources(files, &args.selection)?;
    let identical = setup.compare("ast-check", &sources, &args.options, &|worker, source| {
        let zig = Asked {
            binary: &zig,
            flags: &[],
        };
        let zirc = Asked {
            binary: &zirc,
            flags: &release_flag,
        };
        check(worker, source, zig, zirc)
    });
    setup.clear();
    Ok(identical)
}

/// A program with a verb `ast-check`.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    binary: &'a Path,
    flags: &'a [String],
}

struct Ran {
    status: String,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Runs to the end, or kills it when the time is up.
fn run(asked: Asked<'_>, file: &Path, zon: bool, limit: Duration) -> io::Result<Option<Ran>> {
    let mut command = Command::new(asked.binary);
    command.arg("ast-check").args(asked.flags);
    if zon {
        command.arg("--zon");
    }
    let mut child = command
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (mut out, mut err) = (
        child.stdout.take().expect("stdout is piped"),
        child.stderr.take().expect("stderr is piped"),
    );
    std::thread::scope(|scope| {
        let stdout = scope.spawn(move || {
            let mut bytes = Vec::new();
            out.read_to_end(&mut bytes).map(|_| bytes)
        });
        let stderr = scope.spawn(move || {
            let mut bytes = Vec::new();
            err.read_to_end(&mut bytes).map(|_| bytes)
        });
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if started.elapsed() > limit {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(Duration::from_micros(300));
        };
        let stdout = stdout.join().expect("reading does not panic")?;
        let stderr = stderr.join().expect("reading does not panic")?;
        Ok(status.map(|status| Ran {
            status: status.to_string(),
            stdout,
            stderr,
        }))
    })
}

fn first_line(a: &[u8], b: &[u8]) -> (usize, String, String) {
    let split = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    };
    let (a, b) = (split(a), split(b));
    let n = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let text = |lines: &[Vec<u8>]| {
        lines.get(n).map_or("(no more)".to_owned(), |line| {
            line.escape_ascii().to_string()
        })
    };
    (n + 1, text(&a), text(&b))
}

/// One source.
pub(crate) fn check(
    worker: &mut Worker,
    source: &Source,
    zig: Asked<'_>,
    zirc: Asked<'_>,
) -> Outcome {
    let zon = Mode::of(&source.name) == Mode::Zon;
    let path = match &source.path {
        Some(path) => path.clone(),
        None => {
            let path = worker.scratch.join(if zon { "m.zon" } else { "m.zig" });
            if let Err(err) =
                fs::create_dir_all(&worker.scratch).and_then(|()| fs::write(&path, &source.bytes))
            {
                return Outcome::Skipped(format!("{}: {err}", path.display()));
            }
            path
        }
    };
    let both = (
        run(zig, &path, zon, Duration::from_secs(10)),
        run(zirc, &path, zon, Duration::from_secs(30)),
    );
    let (theirs, ours) = match both {
        (Ok(theirs), Ok(ours)) => (theirs, ours),
        (Err(err), _) | (_, Err(err)) => return Outcome::Skipped(err.to_string()),
    };
    let Some(ours) = ours else {
        return Outcome::different("no end", "  zirc does not end\n".to_owned());
    };
    if ours.status.starts_with("signal") {
        return Outcome::Panicked(format!("zirc: {}", ours.status));
    }
    let Some(theirs) = theirs else {
        return Outcome::Skipped("the reference hangs".to_owned());
    };
    if theirs.status.starts_with("signal") {
        return Outcome::Skipped(format!("the reference crashes ({})", theirs.status));
    }
    if theirs.status != ours.status {
        let (_, a, b) = first_line(&theirs.stderr, &ours.stderr);
        return Outcome::different(
            &format!("status {} / ours: {}", theirs.status, ours.status),
            format!(
                "  {}, ours {}\n    - {a}\n    + {b}\n",
                theirs.status, ours.status
            ),
        );
    }
    for (what, a, b) in [
        ("stderr", &theirs.stderr, &ours.stderr),
        ("stdout", &theirs.stdout, &ours.stdout),
    ] {
        if a != b {
            let (line, left, right) = first_line(a, b);
            return Outcome::different(
                what,
                format!("  {what} line {line}\n    - {left}\n    + {right}\n"),
            );
        }
    }
    Outcome::Identical
}
