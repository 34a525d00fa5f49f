//! Ours against the reference's, of the release that the environment names.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use release::{Precision, Release};
use syntax::Ast;
use tools::mutate::Mutator;
use tools::reference::dead::{DeadBytes, is_same};
use tools::reference::{Mode, Names, NoAnswer, Op, Oracle, Reference};

use crate::mutate::put;

/// The environment variable that names the release of Zig; without it, it is the newest.
pub const RELEASE: &str = "FUZZ_RELEASE";

/// An answer that takes longer counts as none: the reference has texts on which it never ends.
const TIMEOUT: Duration = Duration::from_secs(3);

/// How many comparisons there are between two lines that say how many there were.
const REPORT_EVERY: u64 = 1000;

/// Files of the reference's library above this are left out of the texts that are mutated: they would be cut
/// down anyway.
const MAX_FILE: u64 = 200 << 10;

struct Differ {
    release: Release,
    fast: Oracle,
    safe: Oracle,
    names: Names,
    dead: DeadBytes,
    compared: u64,
    skipped: [u64; 4],
}

static DIFFER: OnceLock<Mutex<Differ>> = OnceLock::new();
static REAL: OnceLock<Mutator> = OnceLock::new();

fn did_not_run(why: &dyn std::fmt::Display) -> ! {
    eprintln!("differential: NOT RUN, there is no reference: {why}");
    std::process::exit(2);
}

/// The release that is asked for. An unknown one is not replaced by one like it.
fn release() -> std::io::Result<Release> {
    let Some(text) = std::env::var_os(RELEASE) else {
        return Ok(Release::NEWEST);
    };
    let text = text.to_string_lossy();
    match Release::find(&text) {
        Ok(found) if found.precision == Precision::Exact => Ok(found.release),
        _ => Err(std::io::Error::other(format!(
            "{RELEASE}: {text} is no release that is known"
        ))),
    }
}

/// Starts the reference. Ends the process if there is none: a comparison with nothing must not look like one.
pub fn init() {
    let start = || -> std::io::Result<(Differ, Mutator)> {
        let release = release()?;
        let reference = Reference::locate(release)?;
        let [mut fast, safe] = reference.oracles()?.map(|path| Oracle::new(path, TIMEOUT));
        let names = fast.ask(Op::Names, Mode::Zig, b"");
        let names = names.map_err(|why| std::io::Error::other(why.to_string()))?;
        let names = Names::parse(&String::from_utf8_lossy(&names));
        let mut files: Vec<PathBuf> = fixtures::walk(&reference.lib())?;
        files.retain(|path| path.metadata().is_ok_and(|meta| meta.len() <= MAX_FILE));
        let differ = Differ {
            release,
            dead: DeadBytes::new(&names),
            fast,
            safe,
            names,
            compared: 0,
            skipped: [0; 4],
        };
        Ok((differ, Mutator::from_files(&files)?))
    };
    match start() {
        Ok((differ, real)) => {
            let _ = DIFFER.set(Mutex::new(differ));
            let _ = REAL.set(real);
        }
        Err(err) => did_not_run(&err),
    }
}

/// ZON begins with a dot, Zig never does.
fn mode_of(text: &[u8]) -> Mode {
    if text.trim_ascii_start().starts_with(b".") {
        Mode::Zon
    } else {
        Mode::Zig
    }
}

/// The IR of a text equals the reference's. A text that the reference does not survive is skipped; how many
/// there were is said from time to time.
///
/// # Panics
/// If not.
pub fn check(text: &[u8]) {
    let Some(differ) = DIFFER.get() else {
        did_not_run(&"it was not started");
    };
    differ
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .check(text);
}

impl Differ {
    fn check(&mut self, text: &[u8]) {
        let mode = mode_of(text);
        let op = match mode {
            Mode::Zig => Op::Zir,
            Mode::Zon => Op::Zoir,
        };
        // A failure to send is one to receive.
        let _ = [&mut self.fast, &mut self.safe].map(|oracle| oracle.send(op, mode, text));
        let ours = match mode {
            Mode::Zig => {
                let tree = Ast::parse(text, syntax::Mode::Zig, self.release);
                astgen::generate(&tree).to_bytes()
            }
            Mode::Zon => {
                let tree = Ast::parse(text, syntax::Mode::Zon, self.release);
                zongen::generate(&tree, zongen::Options::default()).to_bytes()
            }
        };
        let [fast, safe] = [&mut self.fast, &mut self.safe].map(Oracle::receive);
        match (fast, safe) {
            (Ok(fast), Ok(safe)) if fast.len() == safe.len() => {
                let same = match mode {
                    Mode::Zig => {
                        let undefined = self.dead.undefined(&self.names, &fast, Some(&safe));
                        is_same(&fast, &ours, &undefined)
                    }
                    Mode::Zon => {
                        let mut bytes = fast.iter().zip(&safe).zip(&ours);
                        fast.len() == ours.len()
                            && bytes.all(|((fast, safe), ours)| fast == ours || fast != safe)
                    }
                };
                assert!(
                    same,
                    "differs from Zig {release} ({mode:?}); `compare {} --zig-version {release}` says where:\n{}",
                    if mode == Mode::Zig { "zir" } else { "zon" },
                    text.escape_ascii(),
                    release = self.release,
                );
                self.compared += 1;
            }
            // The checked build dies where the fast one goes on with undefined behaviour.
            (Err(why), _) | (_, Err(why)) => {
                self.skipped[match why {
                    NoAnswer::Hang => 0,
                    NoAnswer::Crash(_) => 1,
                    NoAnswer::OutOfMemory => 2,
                }] += 1;
            }
            (Ok(_), Ok(_)) => self.skipped[3] += 1,
        }
        let skipped: u64 = self.skipped.iter().sum();
        if (self.compared + skipped).is_multiple_of(REPORT_EVERY) {
            let [hang, crash, memory, split] = self.skipped;
            eprintln!(
                "differential: {} compared, {skipped} skipped (the reference {}: {hang} hangs, {crash} crashes, {memory} out of \
                 memory, {split} not of one mind)",
                self.compared, self.release
            );
        }
    }
}

/// A mutator for libFuzzer: one text in eight is a mutant of a file of the reference's library, one a made-up
/// document of ZON; the others are mutants of the corpus.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let Some(real) = REAL.get() else {
        did_not_run(&"it was not started");
    };
    let number = u64::from(seed) >> 3;
    let text = match seed & 7 {
        0 => real.mutant(1, number).1,
        1 => fixtures::zon::document(1, number),
        2 | 3 => return libfuzzer_sys::fuzzer_mutate(data, size, max_size),
        _ => real.mutant_of(&data[..size], 1, number),
    };
    put(&text, data, max_size)
}
