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

use syntax::Release;

use crate::reference::{Mode, Reference};
use crate::sizes::{self, program};

use crate::cost::Cost;
use crate::zirc::Zirc;
use measure::{End, Runs};
use series::{Outcome, Point, Report, Series};

const AFTER: &str = "\
Examples:
  cargo growth --out docs
  cargo growth --no-reference --max-files 1000 'imports'
Status: 0 every exponent is at most 1.1, 1 not, 2 could not run.";

/// What exponent still passes for linear.
const LINEAR: f64 = 1.1;

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
    /// Measure ours alone
    #[arg(long)]
    no_reference: bool,
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

/// How work grows is the same in all releases; the page tells of this one.
const HELD_AGAINST: Release = Release::V0_14_1;

struct Options {
    zirc: PathBuf,
    max_files: usize,
    max_bytes: u64,
    seconds: u64,
    with_reference: bool,
    json: Option<PathBuf>,
    names: Vec<String>,
}

/// A directory in memory, if there is one.
pub(crate) fn in_memory() -> PathBuf {
    let shm = Path::new("/dev/shm");
    if shm.is_dir() {
        shm.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// Runs the command; true if all grows linearly.
pub(crate) fn main(args: Args) -> Result<bool, Box<dyn Error>> {
    let options = Options {
        zirc: args.zirc.path(),
        max_files: args.max_files,
        max_bytes: args.max_bytes,
        seconds: args.seconds,
        with_reference: !args.no_reference,
        json: args.json,
        names: args.names,
    };
    let mut report = match &args.from {
        Some(path) => Report::from_json(&fs::read_to_string(path)?)?,
        None => Report::default(),
    };
    if args.from.is_none() || !options.names.is_empty() {
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
        "{} rows, {} with an exponent above {LINEAR}, {} with another status than the reference",
        report.series.len(),
        steep.len(),
        different.len()
    );
    for series in &steep {
        println!(
            "  steep: {} ({:.2})",
            series.name,
            series.ours.time_exponent().unwrap_or_default()
        );
    }
    for series in &different {
        println!("  different: {}", series.name);
    }
    Ok(steep.is_empty() && different.is_empty())
}

/// Whether a row grows faster than it needs to.
fn is_steep(series: &Series) -> bool {
    !sizes::is_inherently_steep(&series.group)
        && series
            .ours
            .time_exponent()
            .is_some_and(|exponent| exponent > LINEAR)
}

struct Session<'o> {
    options: &'o Options,
    dir: &'o Path,
    reference: Option<Reference>,
    /// What checking nothing costs, ours and theirs.
    base: [Option<Cost>; 2],
}

/// How often something is run: so many times, or until all runs have used so much processor time, but twice
/// at least, or once where that takes more and 4 s.
#[derive(Clone, Copy)]
struct HowOften {
    rounds: u32,
    together: Duration,
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
        let reference = match options.with_reference {
            true => Some(Reference::locate(HELD_AGAINST)?),
            false => None,
        };
        if !options.zirc.exists() {
            let missing = format!("{} is not there: build it first", options.zirc.display());
            return Err(io::Error::other(missing));
        }
        Ok(Session {
            options,
            dir,
            reference,
            base: [None, None],
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
    fn put(&self, report: &mut Report, series: Series) -> io::Result<()> {
        page::print_progress(&series);
        report.put(series);
        match &self.options.json {
            Some(path) => fs::write(path, report.to_json()),
            None => Ok(()),
        }
    }

    fn measure(&mut self, report: &mut Report) -> io::Result<()> {
        report.describe_machine(self.options.seconds);
        let empty = self.dir.join("empty.zig");
        fs::write(&empty, "")?;
        self.base = [self.single(0, &empty)?, self.single(1, &empty)?];
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
    fn single(&self, side: usize, path: &Path) -> io::Result<Option<Cost>> {
        let Some(command) = self.ast_check(side, path) else {
            return Ok(None);
        };
        let HowOften { rounds, together } = OURS;
        let seconds = self.options.seconds;
        let end = measure::median(&command, seconds, rounds, together, &mut || Ok(()))?;
        Ok(match end {
            End::Status(_, cost) => Some(cost),
            _ => None,
        })
    }

    /// The command that checks one file: ours, or theirs.
    fn ast_check(&self, side: usize, path: &Path) -> Option<Command> {
        let mut command = match side {
            0 => Command::new(&self.options.zirc),
            _ => Command::new(self.reference.as_ref()?.zig()),
        };
        command.arg("ast-check");
        if side == 0 {
            command.args(["-j1", "--zig-version", HELD_AGAINST.as_str()]);
        }
        command.arg(path);
        Some(command)
    }

    /// Runs of each source. They are in turn, so that what else the machine does is in the times of none more
    /// than in those of others.
    fn points(&self, side: usize, sources: &[Source], how: HowOften) -> io::Result<Vec<Point>> {
        let mut runs = vec![Runs::default(); sources.len()];
        let mut tried = sources.len();
        for _ in 0..how.rounds {
            for (at, source) in sources.iter().enumerate().take(tried) {
                let Some(command) = self.ast_check(side, &source.path) else {
                    return Ok(Vec::new());
                };
                if runs[at].are_enough(how.together) {
                    continue;
                }
                runs[at].again(&command, self.options.seconds)?;
                if !matches!(runs[at].end()?, End::Status(..)) {
                    // More of it is not tried.
                    tried = at + 1;
                    break;
                }
            }
        }
        let points = runs.iter().zip(sources).take(tried).map(|(runs, source)| {
            Ok(Point {
                size: source.size,
                bytes: source.bytes,
                outcome: outcome(runs.end()?, self.base[side]),
            })
        });
        points.collect()
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
        series.ours.points = self.points(0, &sources, OURS)?;
        series.theirs.points = self.points(1, &sources, THEIRS)?;
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
        let parts: [(Shape, &str, &[usize]); 5] = [
            (Shape::Project, "files of a program", PROJECT),
            (Shape::Errors, "files with an error in each", OTHER),
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
        let seconds = self.options.seconds * PROGRAM_FACTOR;
        let [sources, zirc_local, zirc_global, zig_local, zig_global] = [
            "sources",
            "zirc-local",
            "zirc-global",
            "zig-local",
            "zig-global",
        ]
        .map(|name| self.dir.join(name));
        let check = |root: &Path, by_manifest: bool| {
            let mut command = Command::new(&self.options.zirc);
            command.arg("check").arg(root);
            command.args(["--zig-version", HELD_AGAINST.as_str()]);
            command.arg("--cache-dir").arg(&zirc_local);
            command.arg("--global-cache-dir").arg(&zirc_global);
            if let Some(reference) = &self.reference {
                command.arg("--zig-lib-dir").arg(reference.lib());
            }
            if !by_manifest {
                command.arg("--no-manifest");
            }
            command
        };
        let build = |reference: &Reference, root: &Path| {
            let mut command = Command::new(reference.zig());
            command.arg("build-obj").arg(root).arg("-fno-emit-bin");
            command.arg("--cache-dir").arg(&zig_local);
            command.arg("--global-cache-dir").arg(&zig_global);
            command
        };
        let empty = |cache: &Path| match fs::remove_dir_all(cache) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
            _ => Ok(()),
        };
        let cost = |end: End| match end {
            End::Status(_, cost) => Some(cost),
            _ => None,
        };

        // The least program that stops in this stage: for the reference it contains std, which is in its
        // cache from then on.
        let least = self.dir.join("failing.zig");
        fs::write(&least, program::FAILING)?;
        let median = |command: &Command, before: &mut dyn FnMut() -> io::Result<()>| {
            let HowOften { rounds, together } = PROGRAMS;
            measure::median(command, seconds, rounds, together, before)
        };
        let base_ours = cost(median(&check(&least, true), &mut || Ok(()))?);
        let base_theirs = match &self.reference {
            Some(reference) => {
                let command = build(reference, &least);
                measure::run(&command, seconds)?;
                cost(median(&command, &mut || Ok(()))?)
            }
            None => None,
        };

        let mut all: Vec<Series> = names
            .into_iter()
            .map(|name| Series::new(name, "Whole programs".to_owned()))
            .collect();
        let mut theirs_gave_up = self.reference.is_none();
        for &files in sizes
            .iter()
            .filter(|&&files| files <= self.options.max_files)
        {
            let bytes = program::write(&sources, files, shape)?;
            let root = match shape {
                program::Shape::Roots => sources.clone(),
                _ => sources.join("main.zig"),
            };
            let edited = program::last_file(&sources, files);
            let mut edits = 0;
            for (way, series) in all.iter_mut().enumerate() {
                let command = check(&root, way >= 2);
                let mut before = || match way {
                    0 => empty(&zirc_local),
                    3 => {
                        edits += 1;
                        edit(&edited, edits)
                    }
                    _ => Ok(()),
                };
                if way == 2 {
                    measure::run(&command, seconds)?;
                }
                let end = median(&command, &mut before)?;
                let outcome = outcome(end, base_ours);
                series.ours.points.push(Point {
                    size: files,
                    bytes,
                    outcome,
                });
            }
            empty(&zirc_local)?;
            if let Some(reference) = &self.reference
                && shape != program::Shape::Roots
                && !theirs_gave_up
            {
                let command = build(reference, &sources.join("failing.zig"));
                for (way, series) in all.iter_mut().enumerate().take(2) {
                    let mut before = || match way {
                        0 => empty(&zig_local),
                        _ => Ok(()),
                    };
                    let end = median(&command, &mut before)?;
                    let outcome = outcome(end, base_theirs);
                    theirs_gave_up |= !matches!(outcome, Outcome::Ended { .. });
                    series.theirs.points.push(Point {
                        size: files,
                        bytes,
                        outcome,
                    });
                }
                empty(&zig_local)?;
            }
            fs::remove_dir_all(&sources)?;
        }
        Ok(all)
    }
}

/// Adds a line to a file, which is as old as it was but for a second more each time.
fn edit(path: &Path, number: u64) -> io::Result<()> {
    let before = fs::metadata(path)?.modified()?;
    let mut file = File::options().append(true).open(path)?;
    writeln!(file, "// {number}")?;
    file.set_modified(before - Duration::from_secs(1))
}
