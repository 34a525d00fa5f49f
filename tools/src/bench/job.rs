//! What is measured, each with its turns.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::reference::Reference;

use super::inputs::{self, Program, Workload};
use super::process::{capture, numbers, run};
use super::table::{Row, Unit};
use super::work;
use crate::cost::Cost;

/// All that a turn needs.
pub(crate) struct Context<'r> {
    pub(crate) reference: &'r Reference,
    /// The reference's front end with a clock around it.
    pub(crate) theirs: PathBuf,
    /// Ours: this program.
    pub(crate) ours: PathBuf,
    pub(crate) zirc: PathBuf,
    /// What makes ours work as the reference's release does.
    pub(crate) release_flag: [String; 2],
    /// Our front end with a counter of allocations; `None` where it was not built.
    pub(crate) allocations: Option<PathBuf>,
    /// What a turn leaves on disk is made below this.
    pub(crate) dir: PathBuf,
    /// How many directories were made there.
    pub(crate) dirs: Cell<u32>,
    pub(crate) workloads: Vec<Workload>,
    pub(crate) programs: Vec<Program>,
}

impl Context<'_> {
    /// A directory that there never was. It stays until all is measured: ext4 takes long to make files where
    /// others have just been deleted.
    fn new_dir(&self) -> io::Result<PathBuf> {
        let number = self.dirs.replace(self.dirs.get() + 1);
        let dir = self.dir.join("turns").join(number.to_string());
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }
}

/// Something that is done by both in turn.
#[derive(Clone, Copy)]
pub(crate) enum Job {
    /// A process that does nothing.
    Startup,
    /// Numbers are positions of workloads.
    Tokenize(usize),
    Lower(usize),
    Validate(usize),
    Store(usize),
    Allocations(usize),
    /// `zirc ast-check` over a workload.
    AstCheck(usize),
    /// `ast-check` of the first file of a workload, as the command that users run on both sides.
    AstCheckAlone(usize),
    /// `zirc check` of a program, with so many threads.
    Check(usize, u32),
    /// `zirc check` of a program that prints a line, before and after an edit.
    Edit(Edit),
}

/// What changes between two checks.
#[derive(Clone, Copy)]
pub(crate) enum Edit {
    /// A file has a line more.
    Line,
    /// The same, while there is an error in another file.
    LineBesideError,
    /// A file has an import more.
    Import,
}

/// What both took; theirs only where there is a counterpart.
pub(crate) type Pair = (Option<f64>, f64);

fn seconds(nanoseconds: f64) -> f64 {
    nanoseconds / 1e9
}

/// All jobs on the workloads and programs that there are.
pub(crate) fn jobs(context: &Context<'_>) -> Vec<Job> {
    let mut jobs = Vec::new();
    for n in 0..context.workloads.len() {
        jobs.extend([
            Job::Tokenize(n),
            Job::Lower(n),
            Job::Validate(n),
            Job::Store(n),
        ]);
    }
    jobs.extend([Job::Startup, Job::AstCheck(0)]);
    let alone =
        ["large", "small"].map(|name| context.workloads.iter().position(|it| it.name == name));
    jobs.extend(alone.into_iter().flatten().map(Job::AstCheckAlone));
    for n in 0..context.programs.len() {
        jobs.extend([Job::Check(n, 1), Job::Check(n, 2)]);
    }
    let edits = [Edit::Line, Edit::LineBesideError, Edit::Import];
    jobs.extend(edits.map(Job::Edit));
    jobs.extend((0..context.workloads.len()).map(Job::Allocations));
    jobs
}

impl Job {
    /// Whether every turn gives the same, so that one is enough.
    pub(crate) fn is_exact(self) -> bool {
        matches!(self, Job::Allocations(_))
    }

    /// The positions of the workload and of the program that it needs.
    pub(crate) fn inputs(self) -> (Option<usize>, Option<usize>) {
        match self {
            Job::Startup | Job::Edit(_) => (None, None),
            Job::Check(n, _) => (None, Some(n)),
            Job::Tokenize(n)
            | Job::Lower(n)
            | Job::Validate(n)
            | Job::Store(n)
            | Job::Allocations(n)
            | Job::AstCheck(n)
            | Job::AstCheckAlone(n) => (Some(n), None),
        }
    }

    /// The rows it fills.
    pub(crate) fn rows(self, context: &Context<'_>) -> Vec<Row> {
        let stage = |n: usize, names: &[&str]| {
            let workload = &context.workloads[n];
            names
                .iter()
                .map(|name| Row::new(workload.name, *name, Unit::Seconds).of(workload.bytes))
                .collect()
        };
        match self {
            Job::Startup => vec![Row::new(
                "process",
                "that only prints its version",
                Unit::Seconds,
            )],
            Job::Tokenize(n) => stage(n, &["tokenize"]),
            Job::Lower(n) => stage(n, &["parse", "lower"]),
            Job::Validate(n) => stage(n, &["validate"]),
            Job::Store(n) => {
                let mut rows: Vec<Row> = stage(n, &["write", "load"]);
                // That does not depend on the length of the sources.
                let name = context.workloads[n].name;
                rows.push(Row::new(name, "load imports", Unit::Seconds));
                rows
            }
            Job::Allocations(n) => {
                let workload = &context.workloads[n];
                let row = |name: &str, unit| {
                    Row::new("allocations", format!("{}, {name}", workload.name), unit)
                };
                vec![
                    row("parse: calls a file", Unit::Count),
                    row("parse: bytes a file", Unit::Bytes),
                    row("lower: calls a file", Unit::Count),
                    row("lower: bytes a file", Unit::Bytes),
                    row("most held by one file", Unit::Bytes),
                ]
            }
            Job::AstCheck(n) => {
                let workload = &context.workloads[n];
                let name = format!("{} -j1", workload.name);
                vec![
                    Row::new("ast-check", name.clone(), Unit::Seconds).of(workload.bytes),
                    Row::new("processor", format!("ast-check {name}"), Unit::Seconds),
                    Row::new("memory", format!("ast-check {name}"), Unit::Bytes),
                ]
            }
            Job::AstCheckAlone(n) => {
                let name = format!("a {} file, the command", context.workloads[n].name);
                vec![
                    Row::new("ast-check", name.clone(), Unit::Seconds),
                    Row::new("memory", format!("ast-check {name}"), Unit::Bytes),
                ]
            }
            Job::Check(n, threads) => {
                let name = context.programs[n].name;
                let program = format!("{name} -j{threads}");
                let states = [
                    "cold",
                    "std known",
                    "warm, every entry",
                    "warm, by manifest",
                ];
                let times = states
                    .map(|state| Row::new("check", format!("{program}, {state}"), Unit::Seconds));
                let [processor, memory] = [("processor", Unit::Seconds), ("memory", Unit::Bytes)]
                    .map(|(group, unit)| {
                        let name = |state| format!("check {program}, {state}");
                        states.map(|state| Row::new(group, name(state), unit))
                    });
                [times, processor, memory].into_iter().flatten().collect()
            }
            Job::Edit(edit) => {
                let program = match edit {
                    Edit::Line => "hello world",
                    Edit::LineBesideError => "hello world, an error in another file",
                    Edit::Import => "hello world, an import more",
                };
                ["the reference's own", "ours with nothing changed"]
                    .map(|other| format!("{program}, against {other}"))
                    .map(|name| Row::new("edit", name, Unit::Seconds))
                    .into()
            }
        }
    }

    /// One turn of theirs, then one of ours.
    pub(crate) fn turn(self, context: &Context<'_>) -> io::Result<Vec<Pair>> {
        let workload = |n: usize| &context.workloads[n];
        let theirs = |n: usize, mode: &str| {
            let mut command = Command::new(&context.theirs);
            command.arg(&workload(n).list).args(["1", mode]);
            command
        };
        let ours = |n: usize, mode: &str| {
            let mut command = Command::new(&context.ours);
            command.arg("bench-stages").args(&context.release_flag);
            command.arg(&workload(n).list).arg(mode);
            command
        };
        Ok(match self {
            Job::Startup => {
                let theirs = run(Command::new(context.reference.zig()).arg("version"), 0)?;
                let ours = run(Command::new(&context.zirc).arg("--version"), 0)?;
                vec![(Some(wall(theirs)), wall(ours))]
            }
            Job::Tokenize(n) => {
                let [_, theirs, _, _] = numbers(&mut theirs(n, "tokenize"))?;
                let [ours] = numbers(&mut ours(n, "tokenize"))?;
                vec![(Some(seconds(theirs)), seconds(ours))]
            }
            Job::Lower(n) => {
                let [_, _, parse, lower] = numbers(&mut theirs(n, "lower"))?;
                let ours: [f64; 2] = numbers(&mut ours(n, "lower"))?;
                vec![
                    (Some(seconds(parse)), seconds(ours[0])),
                    (Some(seconds(lower)), seconds(ours[1])),
                ]
            }
            Job::Validate(n) => {
                let [ours] = numbers(&mut ours(n, "validate"))?;
                vec![(None, seconds(ours))]
            }
            Job::Store(n) => {
                let [write, load] = numbers(theirs(n, "store").arg(context.new_dir()?))?;
                let dir = context.new_dir()?;
                let [our_write, our_load, imports] = numbers(ours(n, "store").arg(dir))?;
                vec![
                    (Some(seconds(write)), seconds(our_write)),
                    (Some(seconds(load)), seconds(our_load)),
                    (None, seconds(imports)),
                ]
            }
            Job::Allocations(n) => {
                let program = context
                    .allocations
                    .as_ref()
                    .ok_or_else(|| io::Error::other("the counter of allocations was not built"))?;
                let theirs: [f64; 6] = numbers(&mut theirs(n, "allocations"))?;
                let ours: [f64; 6] = numbers(
                    Command::new(program)
                        .arg(&workload(n).list)
                        .arg(context.reference.release().as_str()),
                )?;
                let files = workload(n).files as f64;
                if [theirs[0], ours[0]] != [files; 2] {
                    return Err(io::Error::other("not all files were counted"));
                }
                (1..6)
                    .map(|at| {
                        // The last is of one file, the others are of all.
                        let share = if at == 5 { 1.0 } else { files };
                        (Some(theirs[at] / share), ours[at] / share)
                    })
                    .collect()
            }
            Job::AstCheck(n) => {
                let theirs = run(&mut theirs(n, "check"), 0)?;
                let mut command = Command::new(&context.zirc);
                command
                    .args(["ast-check", "-j1"])
                    .args(&context.release_flag)
                    .arg("--files-from")
                    .arg(&workload(n).list);
                let ours = run(&mut command, 0)?;
                vec![
                    (Some(wall(theirs)), wall(ours)),
                    (Some(cpu(theirs)), cpu(ours)),
                    (Some(memory(theirs)), memory(ours)),
                ]
            }
            Job::AstCheckAlone(n) => {
                let file = &work::paths(&workload(n).list)?[0];
                let mut theirs = Command::new(context.reference.zig());
                let theirs = run(theirs.arg("ast-check").arg(file), 0)?;
                let mut ours = Command::new(&context.zirc);
                ours.arg("ast-check").args(&context.release_flag).arg(file);
                let ours = run(&mut ours, 0)?;
                vec![
                    (Some(wall(theirs)), wall(ours)),
                    (Some(memory(theirs)), memory(ours)),
                ]
            }
            Job::Check(n, threads) => check(context, &context.programs[n], threads)?,
            Job::Edit(change) => edit(context, change)?,
        })
    }

    /// Looks whether what will be timed does what it should.
    pub(crate) fn verify(self, context: &Context<'_>) -> io::Result<()> {
        let Job::Check(n, threads) = self else {
            return Ok(());
        };
        let program = &context.programs[n];
        let caches = Caches::new(context)?;
        for mut command in [
            caches.theirs(context, &program.failing, threads),
            caches.ours(context, &program.failing, threads),
        ] {
            let output = capture(&mut command)?;
            let text = String::from_utf8_lossy(&output.stderr);
            let errors = text.matches(" error: ").count();
            if errors != 1 || !text.contains(&format!(" error: {}", program.error)) {
                let message = format!("one error was expected, there are {errors}:\n{text}");
                return Err(io::Error::other(message));
            }
        }
        Ok(())
    }
}

/// New cache directories, all of them on one file system.
struct Caches {
    dir: PathBuf,
}

impl Caches {
    fn new(context: &Context<'_>) -> io::Result<Caches> {
        let dir = context.new_dir()?;
        Ok(Caches { dir })
    }

    fn directories(&self, command: &mut Command) {
        command
            .arg("--cache-dir")
            .arg(self.dir.join("local"))
            .arg("--global-cache-dir")
            .arg(self.dir.join("global"));
    }

    /// As another program finds them: what is shared is there.
    fn forget_local(&self) -> io::Result<()> {
        fs::rename(self.dir.join("local"), self.dir.join("local of another"))
    }

    fn theirs(&self, context: &Context<'_>, program: &Path, threads: u32) -> Command {
        let mut command = Command::new(context.reference.zig());
        command.arg("build-obj").arg(program);
        command.arg("-fno-emit-bin").arg(format!("-j{threads}"));
        self.directories(&mut command);
        command
    }

    fn ours(&self, context: &Context<'_>, program: &Path, threads: u32) -> Command {
        let mut command = Command::new(&context.zirc);
        command
            .arg("check")
            .arg(program)
            .args(&context.release_flag);
        command.arg(format!("-j{threads}"));
        command.arg("--zig-lib-dir").arg(context.reference.lib());
        self.directories(&mut command);
        command
    }
}

fn wall(cost: Cost) -> f64 {
    cost.wall.as_secs_f64()
}

fn cpu(cost: Cost) -> f64 {
    cost.cpu.as_secs_f64()
}

fn memory(cost: Cost) -> f64 {
    cost.memory as f64
}

fn check(context: &Context<'_>, program: &Program, threads: u32) -> io::Result<Vec<Pair>> {
    let caches = Caches::new(context)?;
    let theirs = || run(&mut caches.theirs(context, &program.failing, threads), 1);
    let cold = theirs()?;
    caches.forget_local()?;
    let (known, warm) = (theirs()?, theirs()?);

    let caches = Caches::new(context)?;
    let ours = |root: &Path| caches.ours(context, root, threads);
    let our_cold = run(&mut ours(&program.failing), 1)?;
    caches.forget_local()?;
    let our_known = run(&mut ours(&program.failing), 1)?;
    let our_warm = run(ours(&program.failing).arg("--no-manifest"), 1)?;
    let our_manifest = run(&mut ours(&program.failing), 1)?;

    let pairs = [
        (cold, our_cold),
        (known, our_known),
        (warm, our_warm),
        (warm, our_manifest),
    ];
    let rows = |of: fn(Cost) -> f64| pairs.map(|(theirs, ours)| (Some(of(theirs)), of(ours)));
    Ok([rows(wall), rows(cpu), rows(memory)].concat())
}

/// Threads for a check after an edit; there is nothing to share out.
const EDIT_THREADS: u32 = 2;

fn edit(context: &Context<'_>, change: Edit) -> io::Result<Vec<Pair>> {
    // The reference's always has one: otherwise it would not stop.
    let sources = Hello::new(context, true)?;
    let caches = Caches::new(context)?;
    let theirs = || {
        run(
            &mut caches.theirs(context, &sources.root(), EDIT_THREADS),
            1,
        )
    };
    theirs()?;
    sources.edit(change)?;
    let theirs = theirs()?;

    let with_error = matches!(change, Edit::LineBesideError);
    let sources = Hello::new(context, with_error)?;
    let caches = Caches::new(context)?;
    let ours = || {
        let mut command = caches.ours(context, &sources.root(), EDIT_THREADS);
        run(&mut command, i32::from(with_error))
    };
    ours()?;
    // The first run over what another has just written is slower than all that follow.
    ours()?;
    let unchanged = ours()?;
    sources.edit(change)?;
    let edited = ours()?;
    Ok(vec![
        (Some(wall(theirs)), wall(edited)),
        (Some(wall(unchanged)), wall(edited)),
    ])
}

/// The sources of a program that prints a line.
struct Hello {
    dir: PathBuf,
}

impl Hello {
    fn new(context: &Context<'_>, with_error: bool) -> io::Result<Hello> {
        let dir = context.new_dir()?;
        inputs::hello(&dir, with_error)?;
        Ok(Hello { dir })
    }

    fn root(&self) -> PathBuf {
        self.dir.join("main.zig")
    }

    fn edit(&self, change: Edit) -> io::Result<()> {
        let line = match change {
            Edit::Line | Edit::LineBesideError => "pub fn g() void {}",
            Edit::Import => "const b = @import(\"b.zig\");",
        };
        inputs::edit_hello(&self.dir, line)
    }
}
