//! How time and memory grow with the size of what is checked, for `zirc` and for the reference.

pub(crate) mod measure;
mod page;
mod plot;
mod series;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::compare::releases::OneRelease;
use crate::reference::{Mode, Reference};
use crate::sizes::{self, program};

use crate::cost::Cost;
use crate::machine::in_memory;
use crate::zirc::Zirc;
use measure::{End, HowOften};
use series::{FITTED, LINEAR, Outcome, Point, Report, Series};

const AFTER: &str = "\
Examples:
  cargo growth --json all.json
  cargo growth --instructions --from all.json --out docs
  cargo growth --no-reference --max-files 1000 'imports'
Status: 0 every exponent is at most 1.05 (of instructions; of time, which varies, at most 1.1 where they were not
counted), 1 not, 2 could not run.";

/// And of time.
const LINEAR_IN_TIME: f64 = 1.1;

/// The processor time that a whole program may take, over that of a single file.
const PROGRAM_FACTOR: u64 = 10;

/// How time and memory grow with size, for both
///
/// Makes sources and programs of growing size, checks each with `zirc` and with the reference, and says how
/// time and memory grow: the exponent is the slope of a line through the largest sizes, both axes
/// logarithmic. 1 is linear, 2 quadratic.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER, verbatim_doc_comment)]
pub(crate) struct Args {
    /// Parts of names of rows: only those are measured
    names: Vec<String>,
    #[command(flatten)]
    zirc: Zirc,
    #[command(flatten)]
    release: OneRelease,
    /// Where to make the sources, in memory at best [default: /dev/shm, else the system's directory]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Largest program
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    max_files: usize,
    /// Largest source
    #[arg(long, value_name = "N", default_value_t = 110_000_000)]
    max_bytes: u64,
    /// Processor time for one run; whole programs have ten times that
    #[arg(long, value_name = "N", default_value_t = 20)]
    seconds: u64,
    /// Measure ours alone (the reference is there for its standard library)
    #[arg(long)]
    no_reference: bool,
    /// Count the instructions of ours, and measure nothing: exact, and fifty times as slow. Needs valgrind
    #[arg(long)]
    instructions: bool,
    /// Write what was measured
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Start with what was written there: rows that are not named keep what they had
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Write growth.md and growth.svg there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the tables as in growth.md
    #[arg(long)]
    markdown: bool,
}

struct Options {
    zirc: PathBuf,
    release: OneRelease,
    max_files: usize,
    max_bytes: u64,
    seconds: u64,
    with_reference: bool,
    instructions: bool,
    json: Option<PathBuf>,
    names: Vec<String>,
}

/// Runs the command; true if all grows linearly.
pub(crate) fn main(args: Args) -> Result<bool, Box<dyn Error>> {
    let options = Options {
        zirc: args.zirc.path(),
        release: args.release,
        max_files: args.max_files,
        max_bytes: args.max_bytes,
        seconds: args.seconds,
        with_reference: !args.no_reference,
        instructions: args.instructions,
        json: args.json,
        names: args.names,
    };
    let mut report = match &args.from {
        Some(path) => Report::from_json(&fs::read_to_string(path)?)?,
        None => Report::default(),
    };
    if args.from.is_none() || args.instructions || !options.names.is_empty() {
        let dir = args.dir.unwrap_or_else(in_memory);
        let dir = dir.join(format!("growth-{}", std::process::id()));
        fs::create_dir_all(&dir)?;
        let measured =
            Session::new(&options, &dir).and_then(|mut session| session.measure(&mut report));
        fs::remove_dir_all(&dir)?;
        measured?;
    }
    if let Some(dir) = &args.out {
        fs::create_dir_all(dir)?;
        fs::write(dir.join("growth.md"), page::page(&report))?;
        fs::write(dir.join("growth.svg"), plot::svg(&report))?;
    }
    if args.markdown {
        print!("{}", page::tables(&report));
    }
    let steep: Vec<&Series> = report
        .series
        .iter()
        .filter(|series| is_steep(series))
        .collect();
    let different: Vec<&Series> = report
        .series
        .iter()
        .filter(|series| series.different())
        .collect();
    println!(
        "{} rows, {} that are not linear, {} with another status than the reference",
        report.series.len(),
        steep.len(),
        different.len()
    );
    for series in &steep {
        println!(
            "  steep: {} (instructions {:.2}, time {:.2})",
            series.name,
            series.instruction_exponent().unwrap_or(f64::NAN),
            series.ours.time_exponent().unwrap_or(f64::NAN)
        );
    }
    for series in &different {
        println!("  different: {}", series.name);
    }
    Ok(steep.is_empty() && different.is_empty())
}

/// Whether a row grows faster than it needs to.
fn is_steep(series: &Series) -> bool {
    let is_above = match series.instruction_exponent() {
        Some(exponent) => exponent > LINEAR,
        None => {
            let exponent = series.ours.time_exponent();
            exponent.is_some_and(|exponent| exponent > LINEAR_IN_TIME)
        }
    };
    !sizes::is_inherently_steep(&series.group) && is_above
}

/// Whose program.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Ours,
    Theirs,
}
use Which::{Ours, Theirs};

struct Session<'o> {
    options: &'o Options,
    dir: &'o Path,
    reference: Reference,
    /// What checking nothing costs, ours and theirs.
    base: [Option<Cost>; 2],
    /// The instructions of the same.
    base_count: u64,
}

const OURS: HowOften = HowOften {
    rounds: 11,
    together: Duration::from_secs(20),
};

/// The reference's times are for comparison only, and long.
const THEIRS: HowOften = HowOften {
    rounds: 5,
    together: Duration::from_millis(400),
};

/// Programs, on both sides.
const PROGRAMS: HowOften = HowOften {
    rounds: 7,
    together: Duration::from_secs(3),
};

/// A source of a row.
struct Source {
    size: usize,
    bytes: u64,
    path: PathBuf,
}

fn outcome(end: End, base: Option<Cost>) -> Outcome {
    match end {
        End::Status(status, cost) => {
            let base_cpu = base.map_or(0.0, |base| base.cpu.as_secs_f64());
            Outcome::Ended {
                status,
                seconds: (cost.cpu.as_secs_f64() - base_cpu).max(0.0),
                wall: cost.wall.as_secs_f64(),
                memory: cost
                    .memory
                    .saturating_sub(base.map_or(0, |base| base.memory)),
            }
        }
        End::TooSlow => Outcome::TooSlow,
        End::Signal(signal) => Outcome::Crashed(signal),
    }
}

impl<'o> Session<'o> {
    fn new(options: &'o Options, dir: &'o Path) -> io::Result<Session<'o>> {
        if !options.zirc.exists() {
            let missing = format!("{} is not there: build it first", options.zirc.display());
            return Err(io::Error::other(missing));
        }
        Ok(Session {
            options,
            dir,
            reference: Reference::locate(options.release.release())?,
            base: [None, None],
            base_count: 0,
        })
    }

    fn wanted(&self, name: &str) -> bool {
        self.options.names.is_empty()
            || self
                .options
                .names
                .iter()
                .any(|part| name.contains(part.as_str()))
    }

    /// Adds a row. What there is is written at once: all rows take a while.
    fn put(&self, report: &mut Report, mut series: Series) -> io::Result<()> {
        if !self.options.release.is_default() {
            series.name += &format!(", {}", self.options.release.release());
        }
        page::print_progress(&series);
        report.put(series);
        match &self.options.json {
            Some(path) => fs::write(path, report.to_json()),
            None => Ok(()),
        }
    }

    fn measure(&mut self, report: &mut Report) -> io::Result<()> {
        let empty = self.dir.join("empty.zig");
        fs::write(&empty, "")?;
        if self.options.instructions {
            let command = self.ast_check(Ours, &empty);
            self.base_count = self.count(&command)?.unwrap_or_default();
        } else {
            report.describe_machine(self.options.seconds);
            self.base = [self.single(Ours, &empty)?, None];
            if self.options.with_reference {
                self.base[1] = self.single(Theirs, &empty)?;
            }
        }
        for row in sizes::rows() {
            let name = match row.mode {
                Mode::Zig => row.name.to_owned(),
                Mode::Zon => format!("ZON: {}", row.name),
            };
            if self.wanted(&name) {
                let series = self.row(&row, name)?;
                self.put(report, series)?;
            }
        }
        self.programs(report)
    }

    /// What checking one file costs.
    fn single(&self, side: Which, path: &Path) -> io::Result<Option<Cost>> {
        alone(self.ast_check(side, path), OURS, self.options.seconds)
    }

    fn count(&self, command: &Command) -> io::Result<Option<u64>> {
        measure::count(command, &self.dir.join("valgrind.log"))
    }

    /// The command that checks one file.
    fn ast_check(&self, side: Which, path: &Path) -> Command {
        let mut command = match side {
            Ours => Command::new(&self.options.zirc),
            Theirs => Command::new(self.reference.zig()),
        };
        command.arg("ast-check");
        if side == Ours {
            command.arg("-j1").args(self.options.release.flag());
        }
        command.arg(path);
        command
    }

    /// Runs over each source.
    fn points(&self, side: Which, sources: &[Source], how: HowOften) -> io::Result<Vec<Point>> {
        let commands: Vec<Command> = sources
            .iter()
            .map(|source| self.ast_check(side, &source.path))
            .collect();
        let ends = measure::in_turn(&commands, how, self.options.seconds, &mut |_| Ok(()))?;
        let points = ends.into_iter().zip(sources).map(|(end, source)| Point {
            size: source.size,
            bytes: source.bytes,
            outcome: outcome(end, self.base[side as usize]),
        });
        Ok(points.collect())
    }

    fn row(&self, row: &sizes::Row, name: String) -> io::Result<Series> {
        let mut sources = Vec::new();
        for &size in row.sizes {
            let path = self.dir.join(match row.mode {
                Mode::Zig => format!("{size}.zig"),
                Mode::Zon => format!("{size}.zon"),
            });
            let mut out = BufWriter::new(File::create(&path)?);
            row.write(size, &mut out)?;
            out.flush()?;
            let bytes = fs::metadata(&path)?.len();
            if bytes > self.options.max_bytes {
                fs::remove_file(&path)?;
                break;
            }
            sources.push(Source { size, bytes, path });
        }
        let mut series = Series::new(name, row.group.to_owned());
        if self.options.instructions {
            for source in &sources[sources.len().saturating_sub(FITTED)..] {
                let count = self.count(&self.ast_check(Ours, &source.path))?;
                series.count(source.bytes, count, self.base_count);
            }
        } else {
            series.ours.points = self.points(Ours, &sources, OURS)?;
            if self.options.with_reference {
                series.theirs.points = self.points(Theirs, &sources, THEIRS)?;
            }
        }
        for side in [&series.ours, &series.theirs] {
            if let Some(Outcome::Ended { status, .. }) = side.points.first().map(|p| p.outcome)
                && (status != 0) != row.is_wrong()
            {
                // A source that is not what it is meant to be measures nothing.
                let message = format!("{}: status {status}", series.name);
                return Err(io::Error::other(message));
            }
        }
        for Source { path, .. } in sources {
            fs::remove_file(path)?;
        }
        Ok(series)
    }

    fn programs(&self, report: &mut Report) -> io::Result<()> {
        use program::Shape;
        const PROJECT: &[usize] = &[10, 100, 1000, 10_000, 100_000];
        const OTHER: &[usize] = &[1000, 10_000, 100_000];
        let parts: [(Shape, &str, &[usize]); 7] = [
            (Shape::Project, "files of a program", PROJECT),
            (Shape::Errors, "files with an error in each", OTHER),
            (
                Shape::Unresolved,
                "files with an import that leads nowhere",
                OTHER,
            ),
            (Shape::Missing, "files missing that two import", OTHER),
            (Shape::Flat, "files imported by one", OTHER),
            (Shape::Chain, "files in a chain of imports", OTHER),
            (Shape::Roots, "roots in a directory", OTHER),
        ];
        for (shape, name, sizes) in parts {
            let names = match shape {
                Shape::Project | Shape::Roots => vec![
                    format!("{name}, empty cache"),
                    format!("{name}, full cache"),
                    format!("{name}, by manifest"),
                    format!("{name}, after an edit"),
                ],
                _ => vec![name.to_owned()],
            };
            if !names.iter().any(|name| self.wanted(name)) {
                continue;
            }
            for series in self.program(shape, names, sizes)? {
                self.put(report, series)?;
            }
        }
        Ok(())
    }

    /// Measures programs of one shape: with an empty cache, and where there are four names, with a full one,
    /// by manifest, and by manifest after one file has changed.
    fn program(
        &self,
        shape: program::Shape,
        names: Vec<String>,
        sizes: &[usize],
    ) -> io::Result<Vec<Series>> {
        let mut programs = Vec::new();
        for &files in sizes {
            if files <= self.options.max_files {
                programs.push(Written::new(self.dir, shape, files)?);
            }
        }
        // The least program that stops in this stage: for the reference it contains std, which is in its
        // cache from then on.
        let least = Written {
            files: 1,
            bytes: 0,
            sources: self.dir.to_owned(),
            root: self.dir.join("failing.zig"),
            edited: PathBuf::new(),
        };
        fs::write(&least.root, program::FAILING)?;
        let mut all: Vec<Series> = names
            .into_iter()
            .map(|name| Series::new(name, "Whole programs".to_owned()))
            .collect();
        if self.options.instructions {
            self.count_programs(&mut all, &programs, &least)?;
        } else {
            self.time_programs(&mut all, &programs, &least)?;
            if self.options.with_reference && shape != program::Shape::Roots {
                self.time_reference(&mut all, &programs, &least)?;
            }
        }
        for written in programs {
            fs::remove_dir_all(written.sources)?;
        }
        Ok(all)
    }

    fn check(&self, written: &Written, state: State) -> Command {
        let mut command = Command::new(&self.options.zirc);
        command.arg("check").arg(&written.root);
        command.args(self.options.release.flag());
        command.arg("--zig-lib-dir").arg(self.reference.lib());
        command.arg("--cache-dir").arg(written.cache());
        let global = self.dir.join("zirc-global");
        command.arg("--global-cache-dir").arg(global);
        if !state.is_by_manifest() {
            command.arg("--no-manifest");
        }
        command
    }

    fn time_programs(
        &self,
        all: &mut [Series],
        programs: &[Written],
        least: &Written,
    ) -> io::Result<()> {
        let seconds = self.options.seconds * PROGRAM_FACTOR;
        let base = alone(self.check(least, State::ByManifest), PROGRAMS, seconds)?;
        for (state, series) in State::ALL.into_iter().zip(all) {
            let commands: Vec<Command> = programs
                .iter()
                .map(|written| self.check(written, state))
                .collect();
            if state == State::ByManifest {
                for command in &commands {
                    measure::run(command, seconds)?;
                }
            }
            let mut edits = 0;
            let mut before = |at: usize| programs[at].prepare(state, &mut edits);
            let ends = measure::in_turn(&commands, PROGRAMS, seconds, &mut before)?;
            series.ours.points = program_points(ends, programs, base);
        }
        Ok(())
    }

    fn time_reference(
        &self,
        all: &mut [Series],
        programs: &[Written],
        least: &Written,
    ) -> io::Result<()> {
        let seconds = self.options.seconds * PROGRAM_FACTOR;
        let build = |root: &Path, cache: &Path| {
            let mut command = Command::new(self.reference.zig());
            command.arg("build-obj").arg(root).arg("-fno-emit-bin");
            command.arg("--cache-dir").arg(cache);
            let global = self.dir.join("zig-global");
            command.arg("--global-cache-dir").arg(global);
            command
        };
        let least = build(&least.root, &self.dir.join("zig-local"));
        measure::run(&least, seconds)?;
        let base = alone(least, PROGRAMS, seconds)?;
        let commands: Vec<Command> = programs
            .iter()
            .map(|written| build(&written.sources.join("failing.zig"), &written.cache()))
            .collect();
        for (state, series) in [State::EmptyCache, State::FullCache].into_iter().zip(all) {
            let mut before = |at: usize| programs[at].prepare(state, &mut 0);
            let ends = measure::in_turn(&commands, PROGRAMS, seconds, &mut before)?;
            let has_failed = ends.len() < commands.len();
            series.theirs.points = program_points(ends, programs, base);
            if has_failed {
                break;
            }
        }
        Ok(())
    }

    fn count_programs(
        &self,
        all: &mut [Series],
        programs: &[Written],
        least: &Written,
    ) -> io::Result<()> {
        let check = |written: &Written, state: State| {
            let mut command = self.check(written, state);
            // How often workers look for work depends on how long the others take.
            command.arg("-j1");
            command
        };
        let base = self.count(&check(least, State::ByManifest))?;
        let base = base.unwrap_or_default();
        for written in &programs[programs.len().saturating_sub(FITTED)..] {
            for (state, series) in State::ALL.into_iter().zip(&mut *all) {
                let command = check(written, state);
                written.prepare(state, &mut 0)?;
                if state == State::ByManifest {
                    measure::run(&command, self.options.seconds * PROGRAM_FACTOR)?;
                }
                series.count(written.bytes, self.count(&command)?, base);
            }
        }
        Ok(())
    }
}

/// What a program's cache is like when it is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    EmptyCache,
    FullCache,
    ByManifest,
    AfterEdit,
}

impl State {
    /// In the order of their rows; each leaves behind what the next begins with.
    const ALL: [State; 4] = [
        State::EmptyCache,
        State::FullCache,
        State::ByManifest,
        State::AfterEdit,
    ];

    fn is_by_manifest(self) -> bool {
        matches!(self, State::ByManifest | State::AfterEdit)
    }
}

/// A program on disk.
struct Written {
    files: usize,
    bytes: u64,
    /// All is in here, the caches too.
    sources: PathBuf,
    /// What is checked.
    root: PathBuf,
    /// The file that changes.
    edited: PathBuf,
}

impl Written {
    fn new(dir: &Path, shape: program::Shape, files: usize) -> io::Result<Written> {
        let sources = dir.join(format!("program-{files}"));
        let bytes = program::write(&sources, files, shape)?;
        let root = match shape {
            program::Shape::Roots => sources.clone(),
            _ => sources.join("main.zig"),
        };
        Ok(Written {
            files,
            bytes,
            edited: program::last_file(&sources, files),
            sources,
            root,
        })
    }

    fn cache(&self) -> PathBuf {
        self.sources.join(".zig-cache")
    }

    /// Makes the state from the one before.
    fn prepare(&self, state: State, edits: &mut u64) -> io::Result<()> {
        match state {
            State::EmptyCache => match fs::remove_dir_all(self.cache()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
            State::FullCache | State::ByManifest => Ok(()),
            State::AfterEdit => {
                *edits += 1;
                edit(&self.edited, *edits)
            }
        }
    }
}

/// What a command costs that runs by itself; `None` if it does not end in time.
fn alone(command: Command, how: HowOften, seconds: u64) -> io::Result<Option<Cost>> {
    let ends = measure::in_turn(&[command], how, seconds, &mut |_| Ok(()))?;
    Ok(match ends.first() {
        Some(End::Status(_, cost)) => Some(*cost),
        _ => None,
    })
}

fn program_points(ends: Vec<End>, programs: &[Written], base: Option<Cost>) -> Vec<Point> {
    let points = ends.into_iter().zip(programs).map(|(end, written)| Point {
        size: written.files,
        bytes: written.bytes,
        outcome: outcome(end, base),
    });
    points.collect()
}

/// Adds a line to a file, which is as old as it was but for a second more each time.
fn edit(path: &Path, number: u64) -> io::Result<()> {
    let before = fs::metadata(path)?.modified()?;
    let mut file = File::options().append(true).open(path)?;
    writeln!(file, "// {number}")?;
    file.set_modified(before - Duration::from_secs(1))
}
