//! Holds `zirc check` against faults of all kinds: see `cargo faults --help`, and docs/faults.md for what is
//! promised.

mod at_once;
mod damage;
mod dice;
mod entries;
mod kinds;
mod lab;
mod program;
mod run;
mod sources;
mod watch;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Parser;
use clap::builder::PossibleValuesParser;

use crate::zirc::Zirc;
use kinds::{KINDS, Kind};
use lab::{Done, Lab, Means, remove, tool};

const AFTER: &str = "\
Examples:
  cargo faults --rounds 1000 --seed 7
  cargo faults --kind kill --kind die --rounds 200
  cargo faults --seed 7 --round 123 --keep      once more, and look at what it leaves

Timing is not repeated: a round that depends on it (kill, vanish, writer) may need several attempts.
Superuser rights let more be tried: file systems are mounted (in a mount namespace of our own), other users impersonated. What
cannot be tried is said and counted.
Status: 0 nothing was wrong, 1 something was, 2 could not run.";

/// Runs `zirc check` on small made-up programs while things go wrong
///
/// Processes are killed, disks fill up, files are damaged, locks are held. After each round the answer has to
/// be that of a run without cache, no entry may be wrong, the cache has to work again, and nothing may be
/// left behind: no files, no locks, no processes. No Zig is needed.
#[derive(Debug, Parser)]
#[command(name = "faults", bin_name = "cargo faults", after_help = AFTER, verbatim_doc_comment)]
struct Arguments {
    /// How many; the kinds take turns
    #[arg(long, value_name = "N", default_value_t = 100)]
    rounds: u64,
    /// What chance decides; a round is made from its number and the seed alone
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only the round with this number, to repeat one
    #[arg(long, value_name = "N")]
    round: Option<u64>,
    /// Only rounds of this kind; may be given several times
    #[arg(long = "kind", value_name = "NAME", value_parser = kind_names(), hide_possible_values = true)]
    kinds: Vec<String>,
    /// Start no round after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// Rounds at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    jobs: Option<u32>,
    #[command(flatten)]
    zirc: Zirc,
    /// Another version of it, to be run on the same caches
    #[arg(long, value_name = "PATH")]
    other_zirc: Option<PathBuf>,
    /// Where rounds take place [default: a directory in the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Keep the directories of failed rounds
    #[arg(long)]
    keep: bool,
    /// List the kinds
    #[arg(long)]
    list: bool,
}

fn kind_names() -> PossibleValuesParser {
    PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name))
}

impl Arguments {
    fn is_wanted(&self, kind: &Kind) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|name| name == kind.name)
    }

    fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, |jobs| jobs as usize)
    }
}

/// The kind of a round: each has its turn, in an order that the seed decides.
fn kind_of(arguments: &Arguments, round: u64) -> &'static Kind {
    // The same whichever kinds are asked for.
    let turn = round / KINDS.len() as u64;
    let mut order: Vec<&'static Kind> = KINDS.iter().collect();
    dice::Dice::new(arguments.seed ^ 0x5eed, turn).shuffle(&mut order);
    order[(round % KINDS.len() as u64) as usize]
}

/// What came of the rounds of a kind.
#[derive(Default)]
struct Tally {
    rounds: u64,
    runs: u64,
    killed: u64,
    failures: Vec<(u64, String)>,
    cannot: Option<String>,
}

/// Runs what the command line asks for. The status is 0 if nothing was wrong, 1 if something was, 2 if it
/// could not run.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        for kind in KINDS {
            println!("{:<14} {}", kind.name, kind.about);
        }
        return ExitCode::SUCCESS;
    }
    match in_namespace_of_our_own().and_then(|()| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn is_root() -> bool {
    Path::new("/proc/self")
        .metadata()
        .is_ok_and(|metadata| metadata.uid() == 0)
}

/// Starts this program again where what it mounts is seen by nobody else, and goes with it. Where that is not
/// possible nothing will be mounted.
fn in_namespace_of_our_own() -> Result<(), String> {
    const MARK: &str = "FAULTS_NAMESPACE";
    if std::env::var_os(MARK).is_some()
        || !is_root()
        || tool("unshare", &["-m".as_ref(), "true".as_ref()]).is_err()
    {
        return Ok(());
    }
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("unshare");
    command
        .arg("-m")
        .arg("--")
        .arg(this)
        .args(std::env::args_os().skip(1))
        .env(MARK, "1");
    Err(format!("unshare: {}", command.exec()))
}

/// What this machine lets us do.
fn means(arguments: &Arguments, dir: &Path) -> Result<Means, String> {
    let zirc = arguments.zirc.path();
    let zirc = zirc
        .canonicalize()
        .map_err(|error| format!("{}: {error}: build it first", zirc.display()))?;
    let other_zirc = match &arguments.other_zirc {
        Some(path) => Some(
            path.canonicalize()
                .map_err(|error| format!("{}: {error}", path.display()))?,
        ),
        None => None,
    };
    let mount = match std::env::var_os("FAULTS_NAMESPACE") {
        None => Err("file systems cannot be mounted by this user".to_owned()),
        Some(_) => {
            let at = dir.join("mount");
            std::fs::create_dir_all(&at).map_err(|error| error.to_string())?;
            let args = ["-t", "tmpfs", "-o", "size=64k", "none"].map(std::ffi::OsStr::new);
            let tried = tool("mount", &[&args[..], &[at.as_ref()]].concat());
            tried.and_then(|()| tool("umount", &[at.as_ref()]))
        }
    };
    Ok(Means {
        shim: shim(dir, &zirc),
        zirc,
        other_zirc,
        mount,
        root: is_root(),
    })
}

/// Compiles the library that is preloaded, and sees whether it is.
fn shim(dir: &Path, zirc: &Path) -> Result<PathBuf, String> {
    let (source, library, mark) = (dir.join("shim.c"), dir.join("shim.so"), dir.join("mark"));
    std::fs::write(&source, include_str!("shim.c")).map_err(|error| error.to_string())?;
    let flags = ["-shared", "-fPIC", "-O1", "-o"].map(std::ffi::OsStr::new);
    let tail = [library.as_os_str(), source.as_os_str(), "-ldl".as_ref()];
    let compiled = tool("cc", &[&flags[..], &tail[..]].concat());
    compiled.map_err(|error| format!("no library to preload can be made: {error}"))?;
    let status = Command::new(zirc)
        .arg("--version")
        .env("LD_PRELOAD", &library)
        .env("FAULTS_MARK", &mark)
        .output();
    match status {
        Ok(output) if output.status.success() && mark.exists() => Ok(library),
        _ => Err("libraries are not preloaded into zirc".to_owned()),
    }
}

/// The directory of this run, locked. Names of entries depend on it, and so what chance hits: the same seed
/// gets the same directory, unless it is in use.
fn place(arguments: &Arguments) -> Result<(PathBuf, std::fs::File), String> {
    let parent = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    for n in 0..100 {
        let dir = parent.join(format!("zirc-faults-{}-{n}", arguments.seed));
        let fail = |error: std::io::Error| format!("{}: {error}", dir.display());
        std::fs::create_dir_all(&dir).map_err(fail)?;
        let dir = dir.canonicalize().map_err(fail)?;
        let lock = std::fs::File::create(dir.join("lock")).map_err(fail)?;
        if lock.try_lock().is_ok() {
            // Somebody may have looked at what an earlier run kept.
            for entry in std::fs::read_dir(&dir).map_err(fail)?.flatten() {
                if entry.file_name() != "lock" {
                    remove(&entry.path());
                }
            }
            return Ok((dir, lock));
        }
    }
    Err(format!("{}: too many runs at once", parent.display()))
}

fn run(arguments: &Arguments) -> Result<bool, String> {
    let (dir, _lock) = place(arguments)?;
    let means = Arc::new(means(arguments, &dir)?);
    let rounds: Vec<u64> = match arguments.round {
        Some(round) => vec![round],
        None => {
            let wanted = |round: &u64| arguments.is_wanted(kind_of(arguments, *round));
            (0..)
                .filter(wanted)
                .take(arguments.rounds as usize)
                .collect()
        }
    };
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let tallies: Mutex<BTreeMap<&str, Tally>> = Mutex::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..arguments.jobs().min(rounds.len()))
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let late = arguments
                            .seconds
                            .is_some_and(|limit| began.elapsed().as_secs() >= limit);
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(&round) = rounds.get(index as usize).filter(|_| !late) else {
                            break;
                        };
                        one_round(arguments, &means, &dir, round, &tallies);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            let mut told = Instant::now();
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
                if told.elapsed() > Duration::from_secs(30) {
                    let done = next.load(Ordering::Relaxed).min(rounds.len() as u64);
                    eprintln!(
                        "{done} of {} rounds after {} s",
                        rounds.len(),
                        began.elapsed().as_secs()
                    );
                    told = Instant::now();
                }
            }
        });
        for worker in workers {
            let _ = worker.join();
        }
        over.store(true, Ordering::Relaxed);
    });
    let tallies = tallies
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let good = summary(arguments, &tallies, began.elapsed());
    if good || !arguments.keep {
        remove(&dir);
    }
    Ok(good)
}

fn one_round(
    arguments: &Arguments,
    means: &Arc<Means>,
    dir: &Path,
    round: u64,
    tallies: &Mutex<BTreeMap<&str, Tally>>,
) {
    let kind = kind_of(arguments, round);
    let root = dir.join(round.to_string());
    // A panic of ours is a failure of the round, and others go on.
    let outcome = std::panic::catch_unwind(|| {
        let mut lab = Lab::new(means.clone(), &root, arguments.seed, round);
        let result = (kind.run)(&mut lab).and_then(|done| match done {
            Done::Tried => lab.verify().map(|()| None),
            Done::Cannot(why) => Ok(Some(why)),
        });
        (result, lab.runs.get(), lab.killed.get())
    });
    let (result, runs, killed) =
        outcome.unwrap_or_else(|_| (Err("a panic of the harness".to_owned()), 0, 0));
    let failed = result.is_err();
    {
        let mut tallies = tallies
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let tally = tallies.entry(kind.name).or_default();
        tally.runs += u64::from(runs);
        tally.killed += u64::from(killed);
        match result {
            Ok(None) => tally.rounds += 1,
            Ok(Some(why)) => tally.cannot = Some(why),
            Err(wrong) => {
                tally.rounds += 1;
                eprintln!(
                    "round {round} ({}) FAILED: {}",
                    kind.name,
                    wrong.lines().next().unwrap_or_default()
                );
                tally.failures.push((round, wrong));
            }
        }
    }
    if !(failed && arguments.keep) {
        remove(&root);
    }
}

/// Prints what came of it, and says whether all was well.
fn summary(arguments: &Arguments, tallies: &BTreeMap<&str, Tally>, elapsed: Duration) -> bool {
    println!(
        "{:<14} {:>7} {:>7} {:>7} {:>7}",
        "kind", "rounds", "runs", "killed", "failed"
    );
    let mut all = [0; 4];
    for kind in KINDS {
        let Some(tally) = tallies.get(kind.name) else {
            continue;
        };
        let row = [
            tally.rounds,
            tally.runs,
            tally.killed,
            tally.failures.len() as u64,
        ];
        let [rounds, runs, killed, failed] = row;
        println!(
            "{:<14} {rounds:>7} {runs:>7} {killed:>7} {failed:>7}",
            kind.name
        );
        if let Some(why) = &tally.cannot {
            println!("{:<14} could not be tried: {why}", "");
        }
        for (all, one) in all.iter_mut().zip(row) {
            *all += one;
        }
    }
    let [rounds, runs, killed, failed] = all;
    println!(
        "{:<14} {rounds:>7} {runs:>7} {killed:>7} {failed:>7}",
        "all"
    );
    println!("seed {}, {} s", arguments.seed, elapsed.as_secs());
    let mut first: Vec<(&str, &(u64, String))> = tallies
        .iter()
        .filter_map(|(name, tally)| Some((*name, tally.failures.iter().min()?)))
        .collect();
    first.sort_by_key(|(_, (round, _))| *round);
    for (name, (round, wrong)) in first {
        println!(
            "\nfirst failure of {name}: repeat with --seed {} --round {round} --keep\n{wrong}",
            arguments.seed
        );
    }
    failed == 0
}
