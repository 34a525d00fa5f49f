//! Our side of the stages: what `oracle/bench.zig` does with the reference's front end, done with our crates.
//!
//! It runs as a process of its own (`compare bench-stages`), as the other side does, so that both begin each
//! turn with fresh memory.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::compare::releases::OneRelease;
use crate::reference::Mode;
use cache_store::{CacheableIr, Ir, ModuleRoot, Options, Store, Want, entry_name};
use syntax::{Ast, Release};

fn is_zon(path: &Path) -> bool {
    Mode::of(&path.to_string_lossy()) == Mode::Zon
}

fn lower_zig(source: &[u8], release: Release) -> zir::Zir {
    astgen::generate(&Ast::parse(source, syntax::Mode::Zig, release))
}

fn lower_zon(source: &[u8], release: Release) -> zoir::Zoir {
    let tree = Ast::parse(source, syntax::Mode::Zon, release);
    zongen::generate(&tree, zongen::Options::default())
}

fn sources(paths: &[PathBuf]) -> io::Result<Vec<(bool, Vec<u8>)>> {
    let read = |path: &PathBuf| Ok((is_zon(path), fs::read(path)?));
    paths.iter().map(read).collect()
}

fn tokenize(paths: &[PathBuf], release: Release) -> io::Result<[Duration; 1]> {
    let sources = sources(paths)?;
    let start = Instant::now();
    for (_, source) in &sources {
        let mut tokenizer = syntax::Tokenizer::new(source, release);
        while black_box(tokenizer.next_token()).tag != syntax::TokenTag::Eof {}
    }
    Ok([start.elapsed()])
}

/// Parsing and lowering. Freeing is part of the latter, as it is there.
fn lower(paths: &[PathBuf], release: Release) -> io::Result<[Duration; 2]> {
    let (mut parsing, mut lowering) = (Duration::ZERO, Duration::ZERO);
    for (zon, source) in &sources(paths)? {
        let start = Instant::now();
        let mode = if *zon {
            syntax::Mode::Zon
        } else {
            syntax::Mode::Zig
        };
        let tree = Ast::parse(source, mode, release);
        let parsed = Instant::now();
        if *zon {
            drop(black_box(zongen::generate(
                &tree,
                zongen::Options::default(),
            )));
        } else {
            astgen::reuse(black_box(astgen::generate(&tree)));
        }
        drop(tree);
        parsing += parsed - start;
        lowering += parsed.elapsed();
    }
    Ok([parsing, lowering])
}

fn validate(paths: &[PathBuf], release: Release) -> Result<[Duration; 1], Box<dyn Error>> {
    let mut spent = Duration::ZERO;
    for (zon, source) in &sources(paths)? {
        if *zon {
            let zoir = lower_zon(source, release);
            let start = Instant::now();
            zoir::validate(zoir.view())?;
            spent += start.elapsed();
        } else {
            let zir = lower_zig(source, release);
            let start = Instant::now();
            zir::validate(zir.view())?;
            spent += start.elapsed();
        }
    }
    Ok([spent])
}

/// One file's way through a store; what making the IR takes is told apart, and `None` if the entry was good.
fn update<I: CacheableIr>(
    store: &Store,
    path: &Path,
    want: Want,
    release: Release,
    lower: fn(&[u8], Release) -> I,
    reuse: fn(I),
) -> Result<(Duration, Option<Duration>), Box<dyn Error>> {
    let mut generating = None;
    let start = Instant::now();
    let mut source = store.source(path)?;
    let name = entry_name(release, ModuleRoot::Main, path.as_os_str().as_bytes());
    let options = Options {
        want,
        ..Options::default()
    };
    let outcome = store.update(&name, &mut source, &options, |text| {
        let start = Instant::now();
        let ir = lower(text, release);
        generating = Some(start.elapsed());
        ir
    })?;
    drop(source);
    if let Some(warning) = outcome.warnings.into_iter().next() {
        return Err(warning.into());
    }
    let whole = match outcome.ir {
        // The other side does not count freeing it.
        Ir::Fresh(fresh) => {
            let whole = start.elapsed();
            reuse(black_box(fresh));
            whole
        }
        // To give up the map and the lock is part of the use of an entry.
        found => {
            drop(black_box(found));
            start.elapsed()
        }
    };
    Ok((whole - generating.unwrap_or_default(), generating))
}

/// Writing entries, loading them whole, and loading of them what a walk over imports needs.
fn store(paths: &[PathBuf], dir: &Path, release: Release) -> Result<[Duration; 3], Box<dyn Error>> {
    let (store, warning) = Store::open(dir);
    if let Some(warning) = warning {
        return Err(warning.into());
    }
    let mut spent = [Duration::ZERO; 3];
    for (pass, want) in [Want::Body, Want::Body, Want::Summary]
        .into_iter()
        .enumerate()
    {
        for path in paths {
            let (whole, generating) = if is_zon(path) {
                update(&store, path, want, release, lower_zon, drop)?
            } else {
                update(&store, path, want, release, lower_zig, astgen::reuse)?
            };
            if generating.is_some() != (pass == 0) {
                return Err(format!("{}: not the entry that was expected", path.display()).into());
            }
            spent[pass] += whole;
        }
    }
    Ok(spent)
}

/// The files of a list, one a line.
pub(crate) fn paths(list: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(fs::read_to_string(list)?
        .lines()
        .map(PathBuf::from)
        .collect())
}

/// Stages of ours, in this process
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file with the names of the sources, one a line
    list: PathBuf,
    /// tokenize, lower, validate or store
    mode: String,
    /// The store, for the mode of that name
    dir: Option<PathBuf>,
    #[command(flatten)]
    release: OneRelease,
}

/// Prints the nanoseconds of each stage of the mode.
pub(crate) fn main(args: &Args) -> Result<bool, Box<dyn Error>> {
    // As `zirc` does at its start, so that memory freed after one file is kept for the next.
    drop(black_box(Vec::<u8>::with_capacity(256 << 10)));
    let paths = paths(&args.list)?;
    let release = args.release.release();
    let spent = match (args.mode.as_str(), &args.dir) {
        ("tokenize", None) => tokenize(&paths, release)?.to_vec(),
        ("lower", None) => lower(&paths, release)?.to_vec(),
        ("validate", None) => validate(&paths, release)?.to_vec(),
        ("store", Some(dir)) => store(&paths, dir, release)?.to_vec(),
        _ => return Err(format!("unknown mode {}", args.mode).into()),
    };
    let words: Vec<String> = spent
        .iter()
        .map(|time| time.as_nanos().to_string())
        .collect();
    println!("{}", words.join(" "));
    Ok(true)
}
