//! Times ours against the reference, in turn, on the same work.
//!
//! Every measurement is a process of its own on either side, so both begin with fresh memory; what is timed
//! within a process (the stages) is one pass over files that were read before. Wall clock, so run it on a
//! machine that does nothing else, and in a release build.

mod inputs;
mod job;
mod process;
mod table;
mod work;

use std::cell::Cell;
use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compare::releases::OneRelease;
use crate::reference::{Reference, target_dir};

use crate::machine::Machine;
use crate::zirc::Zirc;
use job::{Context, Job};
use table::{Report, Row};
pub(crate) use work::{Args as StagesArgs, main as stages};

const AFTER: &str = "\
Examples:
  cargo measure --only 'lib: ' --only 'check: std -j1'
  cargo measure --dir /dev/shm --json new.json

What is compared, by the group of the row:
  lib large small zon
                    stages, one thread, sources read before; each turn is a new process and one pass. Theirs is Zig's
                    own code, built ReleaseFast for this processor (tools/oracle/bench.zig). tokenize: no tokens are
                    kept. parse: tokens and tree. lower: ZIR or ZOIR, and freeing all. validate: zirc alone does that,
                    of bytes it does not trust. write: a cache entry that is not there yet: opening the source, name, lock,
                    reading the source, the entry; ours hashes the source and the entry too. load: an entry that is good;
                    theirs is copied into memory, ours is copied or, if it is long, mapped, and its checksum verified. load imports: what
                    `zirc check` reads of an entry instead; the reference has to load it whole.
  process           starting a program, which is in all rows below
  ast-check         `zirc ast-check -j1 --files-from` against theirs reading, parsing and lowering the same files. the
                    command: `zirc ast-check FILE` against `zig ast-check FILE`
  check             `zirc check` against `zig build-obj -fno-emit-bin` of a program with a syntax error in one file, after
                    which the reference stops when all files are lowered (that it does is verified); -j1 and -j2 for both.
                    cold: caches empty, sources in the system's memory. std known: the local cache is empty, as another program
                    finds it. warm, every entry: --no-manifest. warm, by
                    manifest: against the same time of the reference, which has no such thing. In the reference's time are, besides what zirc
                    does too: its start (a binary of 160 MB), finding out about the machine, hashing the options, and
                    preparing the compilation. `process` says how much the first of these is.
                    std, analysed: the error is an unused constant, which does not stop the reference: it goes on to semantic
                    analysis, so this is what its user waits for, not the same work.
  edit              `zirc check` of a program that prints a line, after a line or an import was added to one of its files:
                    against the same of the reference, as in `check`, and against our own run before that, with nothing
                    changed
  processor         time of the processor for the same processes, over all threads: says nearly the same on a busy machine
  memory            most resident memory of these processes. The reference's binary is part of that, as far as it
                    is used; ast-check -j1 is the row without it
  allocations       calls of the allocator and bytes asked for; ours in a binary with a counter. What grows where it lies
                    counts in full in ours (its counter cannot tell), and by what it grew in theirs. Ours keeps the room of
                    its arrays for the next file: it counts where it is asked for, and not again
Status: 0 measured, 1 zirc took more time or memory than the reference for a check, 2 could not run.";

/// Time, memory and allocations of both, by stage and for whole programs
///
/// Times zirc and a release of Zig on the same work, in turn, and prints medians, their ratios and MB/s. The
/// reference is installed, and both sides are built, as far as they are not yet there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER, verbatim_doc_comment)]
pub(crate) struct Args {
    /// Turns of each [default: 9]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// Rows whose title has this in it; may be given again
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Print the titles of the rows, and measure nothing
    #[arg(long)]
    list: bool,
    /// Make inputs and caches below this directory (/dev/shm for memory) [default: target/bench]
    ///
    /// All caches stay until the end, 4 GB for nine rounds.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Write everything that was measured, each round
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print the tables of docs/figures.md: a selection of the rows, unless --only makes one
    #[arg(long)]
    markdown: bool,
    /// Nothing of ours is built: take target/release as it is. What --zirc names is never built
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    zirc: Zirc,
    #[command(flatten)]
    release: OneRelease,
}

impl Args {
    fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(9)
    }

    fn dir(&self) -> PathBuf {
        match &self.dir {
            Some(dir) => dir.join("zirc-bench"),
            None => target_dir().join("bench"),
        }
    }

    /// The call that repeats this. What only says where the result goes is not part of it.
    fn command(&self) -> String {
        let mut command = String::from("compare bench");
        if let Some(rounds) = self.rounds {
            command += &format!(" --rounds {rounds}");
        }
        if let Some(dir) = &self.dir {
            command += &format!(" --dir {}", dir.display());
        }
        if !self.release.is_default() {
            command += &format!(" {}", self.release.flag().join(" "));
        }
        for part in &self.only {
            command += &format!(" --only '{part}'");
        }
        command
    }
}

fn cargo(arguments: &[&str]) -> io::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    eprintln!("building: cargo {}", arguments.join(" "));
    let status = Command::new(cargo)
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("cargo build: {status}")));
    }
    Ok(())
}

/// Builds what is to be measured, and says where it is: the binary, and the counter of allocations.
fn build(options: &Args, count: bool) -> io::Result<(PathBuf, Option<PathBuf>)> {
    let there = |path: PathBuf| {
        path.canonicalize()
            .map_err(|err| io::Error::other(format!("{}: {err}", path.display())))
    };
    let release = target_dir().join("release");
    if !options.no_build && options.zirc.named().is_none() {
        cargo(&["build", "--release", "--locked", "--quiet", "-p", "driver"])?;
    }
    if !options.no_build && count {
        let counter = ["--features", "allocations", "--bin", "allocations"];
        let package = ["build", "--release", "--locked", "--quiet", "-p", "tools"];
        cargo(&[package.as_slice(), &counter].concat())?;
    }
    let zirc = there(options.zirc.path())?;
    let counter = release.join("allocations");
    let counter = match count && counter.exists() {
        true => Some(there(counter)?),
        false => None,
    };
    Ok((zirc, counter))
}

/// Says on a terminal what is going on.
struct Progress {
    on: bool,
}

impl Progress {
    fn say(&self, what: &str) {
        if self.on {
            eprint!("\r\x1b[2K{what}");
            let _ = io::stderr().flush();
        }
    }
}

/// Runs the command. True if ours is slower or larger nowhere that counts.
pub(crate) fn main(options: &Args) -> Result<bool, Box<dyn Error>> {
    let reference = Reference::locate(options.release.release())?;
    let dir = options.dir();
    fs::create_dir_all(&dir)?;
    let dir = dir.canonicalize()?.join(std::process::id().to_string());
    let measured = measure(options, &reference, &dir);
    // It is not there if nothing came to it.
    let _ = fs::remove_dir_all(&dir);
    measured
}

fn measure(options: &Args, reference: &Reference, dir: &Path) -> Result<bool, Box<dyn Error>> {
    if cfg!(debug_assertions) {
        eprintln!("warning: this is no release build: the stages are slower than they should be");
    }
    let wanted = |title: &str| {
        options.only.is_empty()
            || options
                .only
                .iter()
                .any(|part| title.contains(part.as_str()))
    };
    let inputs = dir.join("inputs");
    let mut context = Context {
        reference,
        theirs: PathBuf::new(),
        ours: std::env::current_exe()?,
        zirc: PathBuf::new(),
        release_flag: options.release.flag(),
        allocations: None,
        dir: dir.to_owned(),
        dirs: Cell::default(),
        workloads: inputs::workloads(&inputs),
        programs: inputs::programs(&inputs),
    };
    let has_wanted = |job: &Job| {
        let rows = job.rows(&context);
        rows.iter().any(|row| wanted(&row.title()))
    };
    let mut jobs = job::jobs(&context);
    jobs.retain(has_wanted);
    if jobs.is_empty() {
        return Err("no row has such a title; see --list".into());
    }
    if options.list {
        for row in jobs.iter().flat_map(|job| job.rows(&context)) {
            if wanted(&row.title()) {
                println!("{}", row.title());
            }
        }
        return Ok(true);
    }
    fs::create_dir_all(&inputs)?;
    // Before the builds, which are load of our own.
    let machine = Machine::here(dir);
    let count = jobs.iter().any(|job| job.is_exact());
    (context.zirc, context.allocations) = build(options, count)?;
    if count && context.allocations.is_none() {
        eprintln!("warning: the counter of allocations is not built: these rows are left out");
        jobs.retain(|job| !job.is_exact());
    }
    context.theirs = reference.bench()?;
    for job in &jobs {
        let (workload, program) = job.inputs();
        if let Some(n) = workload
            && context.workloads[n].files == 0
        {
            context.workloads[n].make(reference, &inputs)?;
        }
        if let Some(n) = program {
            context.programs[n].make(&inputs)?;
        }
    }
    let mut jobs: Vec<(Job, Vec<Row>)> = jobs
        .into_iter()
        .map(|job| (job, job.rows(&context)))
        .collect();

    let progress = Progress {
        on: io::stderr().is_terminal(),
    };
    let title = |rows: &[Row]| rows.first().map_or(String::new(), Row::title);
    // Not counted: afterwards sources and programs are in the system's memory.
    for (job, rows) in &jobs {
        progress.say(&format!("before the first round: {}", title(rows)));
        job.verify(&context)?;
        if !job.is_exact() {
            job.turn(&context)?;
        }
    }
    for round in 1..=options.rounds() {
        for (job, rows) in &mut jobs {
            if job.is_exact() && round > 1 {
                continue;
            }
            progress.say(&format!(
                "round {round} of {}: {}",
                options.rounds(),
                title(rows)
            ));
            for (row, (theirs, ours)) in rows.iter_mut().zip(job.turn(&context)?) {
                row.theirs.extend(theirs);
                row.ours.push(ours);
            }
        }
    }
    progress.say("");

    let mut rows: Vec<Row> = jobs
        .into_iter()
        .flat_map(|(_, rows)| rows)
        .filter(|row| wanted(&row.title()))
        .collect();
    // Rows of one group together: jobs fill rows of several.
    let mut groups: Vec<&str> = rows.iter().map(|row| row.group).collect();
    let mut seen = Vec::new();
    groups.retain(|group| {
        let new = !seen.contains(group);
        seen.push(group);
        new
    });
    rows.sort_by_key(|row| groups.iter().position(|group| *group == row.group));
    let report = Report {
        machine: &machine,
        release: reference.release(),
        command: &options.command(),
        rounds: options.rounds(),
        selected: !options.only.is_empty(),
        workloads: &context.workloads,
        rows: &rows,
        floor: process::own_memory(),
    };
    if let Some(path) = &options.json {
        fs::write(path, format!("{:#}\n", report.json()))?;
    }
    if options.markdown {
        print!("{}", report.markdown());
    } else {
        print!("{}", report.text());
    }
    Ok(rows.iter().all(|row| {
        let counts = match row.group {
            "check" | "ast-check" => true,
            "memory" => row.name.starts_with("check"),
            _ => false,
        };
        !counts || row.ratio().is_none_or(|ratio| ratio <= 1.0)
    }))
}
