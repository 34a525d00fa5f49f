//! `zirc ast-check` against `zig ast-check`, as processes.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use syntax::Release;

use crate::reference::Mode;

use super::releases::Releases;
use super::result::Result;
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
    let zig = Asked {
        binary: &zig,
        flags: &[],
    };
    let zirc = Asked {
        binary: &zirc,
        flags: &release_flag,
    };
    let identical = setup.compare("ast-check", &sources, &args.options, &|worker, source| {
        check(worker, source, zig, zirc)
    });
    let refused = args.selection.mutants.is_some() || refusals(&setup, release, zig, zirc)?;
    setup.clear();
    Ok(identical && refused)
}

/// What both say of what they cannot read, or read as another encoding: as a file, and on standard input.
fn refusals(setup: &Setup, release: Release, zig: Asked<'_>, zirc: Asked<'_>) -> Result<bool> {
    let dir = setup.scratch.join("refusals");
    fs::create_dir_all(dir.join("a \"quirky\\ 'directory.zig"))?;
    std::os::unix::fs::symlink("loop.zig", dir.join("loop.zig"))?;
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        b"\xff\xfe"
            .iter()
            .copied()
            .chain(units)
            .collect::<Vec<u8>>()
    };
    let contents: [(&str, Vec<u8>); 8] = [
        ("empty.zig", Vec::new()),
        ("utf16.zig", utf16("const a = b;\n")),
        ("utf16.zon", utf16(".{ .\u{e9} = b }")),
        ("utf16_empty.zig", utf16("")),
        ("utf16_odd.zig", b"\xff\xfea".to_vec()),
        ("utf16_half_pair.zig", b"\xff\xfe\x00\xd8a\x00".to_vec()),
        ("utf16_big.zig", b"\xfe\xff\x00a".to_vec()),
        ("utf32.zig", b"\xff\xfe\x00\x00a\x00\x00\x00".to_vec()),
    ];
    let mut cases = vec![];
    for name in [
        "gone.zig",
        "loop.zig",
        "a \"quirky\\ 'directory.zig",
        "empty.zig/in.zig",
    ] {
        cases.push((name, Some(dir.join(name)), None));
    }
    for (name, bytes) in contents {
        let path = dir.join(name);
        fs::write(&path, bytes)?;
        cases.push((name, Some(path.clone()), None));
        cases.push((name, None, Some(path)));
    }
    let total = cases.len();
    let mut different = 0;
    for (name, file, stdin) in cases {
        let zon = name.ends_with(".zon");
        let ask = |asked| run(asked, file.as_deref(), stdin.as_deref(), zon, OUR_LIMIT);
        let (Some(theirs), Some(ours)) = (ask(zig)?, ask(zirc)?) else {
            return Err(format!("{name}: no end").into());
        };
        if (&theirs.status, &theirs.stderr) != (&ours.status, &ours.stderr) {
            different += 1;
            let how = if stdin.is_some() {
                "on standard input"
            } else {
                "as a file"
            };
            let (_, left, right) = first_line(&theirs.stderr, &ours.stderr);
            let (status, our_status) = (theirs.status, ours.status);
            println!("{name} {how}: {status}, ours {our_status}\n    - {left}\n    + {right}");
        }
    }
    let identical = total - different;
    println!("ast-check, refusals and encodings {release}: identical: {identical}/{total}");
    Ok(different == 0)
}

/// How long the reference may take, and how long we may.
const THEIR_LIMIT: Duration = Duration::from_secs(10);
const OUR_LIMIT: Duration = Duration::from_secs(30);

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

/// Runs to the end, or kills it when the time is up. Without a file standard input counts.
fn run(
    asked: Asked<'_>,
    file: Option<&Path>,
    stdin: Option<&Path>,
    zon: bool,
    limit: Duration,
) -> io::Result<Option<Ran>> {
    let stdin = match stdin {
        Some(file) => fs::File::open(file)?.into(),
        None => Stdio::null(),
    };
    let mut command = Command::new(asked.binary);
    command.arg("ast-check").args(asked.flags);
    if zon {
        command.arg("--zon");
    }
    let mut child = command
        .args(file)
        .stdin(stdin)
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
        run(zig, Some(&path), None, zon, THEIR_LIMIT),
        run(zirc, Some(&path), None, zon, OUR_LIMIT),
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
