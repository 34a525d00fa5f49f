//! Four of the reference and four of ours at once on one empty cache that they share, killed at random in
//! half of the rounds. Who was not killed must be right, and so must be both on what was left behind.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fixtures::Rng;
use fixtures::programs::Program;

use super::programs::MODULES;
use super::session::{Counts, Session, counts, succeeded};
use crate::compare::result::Result;

/// How many of each there are.
const OF_EACH: usize = 4;

/// How often the program with an error is tried for each time that the other is built: no code is made of it,
/// so that most of the time goes to the entries.
const ROUNDS_WITH_ERROR: u32 = 4;

/// A program with a syntax error, which both say after they have looked at all of its files.
const WRONG: Program = Program {
    name: "with an error",
    files: &[
        (
            "main.zig",
            "const std = @import(\"std\");\nconst a = @import(\"a.zig\");\npub fn main() void {\n    \
             std.debug.print(\"{d}\\n\", .{a.a});\n}\n",
        ),
        ("a.zig", "pub const a: u8 = ;\n"),
    ],
    args: &["main.zig"],
};

/// What a process must have said.
struct Right {
    zig: Said,
    zirc: Counts,
}

#[derive(PartialEq, Eq, Debug)]
struct Said {
    status: Option<i32>,
    stderr: String,
    /// What the program that was built says, if there is one.
    program: Option<String>,
}

/// One at work.
struct Running {
    child: Child,
    /// The binary that it makes. `None`: it is ours, and makes none.
    binary: Option<PathBuf>,
    /// When it is killed.
    ends: Option<Duration>,
}

impl<'a> Session<'a> {
    pub(super) fn race(&mut self) -> Result<()> {
        let mut rng = Rng::new(self.seed, 0);
        self.race_of(&MODULES, "build-exe", self.rounds, &mut rng)?;
        let rounds = self.rounds * ROUNDS_WITH_ERROR;
        self.race_of(&WRONG, "build-obj", rounds, &mut rng)
    }

    fn race_of(&mut self, program: &Program, verb: &str, rounds: u32, rng: &mut Rng) -> Result<()> {
        let dir = self.write(program, "race")?;
        let caches = self.caches("race");
        let begun = Instant::now();
        let right = Right {
            zig: self.finish_zig(self.start_zig(program, verb, &dir, &caches, 0)?)?,
            zirc: counts(
                &self
                    .start_zirc(program, &dir, &caches)?
                    .child
                    .wait_with_output()?,
            )?,
        };
        let alone = begun.elapsed();
        let mut problems = String::new();
        let (mut ended, mut killed) = (0, 0);
        for round in 1..=rounds {
            for cache in &caches {
                let _ = fs::remove_dir_all(cache);
            }
            let are_killed = round % 2 == 0;
            let begun = Instant::now();
            let mut running = Vec::new();
            for index in 0..OF_EACH {
                running.push(self.start_zig(program, verb, &dir, &caches, index)?);
                running.push(self.start_zirc(program, &dir, &caches)?);
            }
            for process in &mut running {
                // Ours end long before, and all of them together take longer than one.
                let most = match process.binary {
                    Some(_) => alone * 2,
                    None => alone / 4,
                };
                let millis = rng.below(most.as_millis().try_into()?);
                process.ends = are_killed.then(|| Duration::from_millis(millis as u64));
            }
            let mut check = |session: &Session, process: Running| -> Result<()> {
                match session.problem(process, &right)? {
                    Ok(()) => ended += 1,
                    Err(None) => killed += 1,
                    Err(Some(problem)) => problems += &format!("  round {round}: {problem}\n"),
                }
                Ok(())
            };
            kill_in_time(&mut running, begun)?;
            for process in running {
                check(self, process)?;
            }
            if are_killed {
                check(self, self.start_zirc(program, &dir, &caches)?)?;
                check(self, self.start_zig(program, verb, &dir, &caches, 0)?)?;
                check(self, self.start_zirc(program, &dir, &caches)?)?;
            }
        }
        self.report(
            &format!(
                "{}: {OF_EACH} of zig {verb} and {OF_EACH} of zirc at once, {rounds} rounds: {ended} right, {killed} killed",
                program.name
            ),
            (!problems.is_empty()).then_some(problems),
        );
        Ok(())
    }

    fn start_zig(
        &self,
        program: &Program,
        verb: &str,
        dir: &Path,
        caches: &[PathBuf; 2],
        index: usize,
    ) -> Result<Running> {
        let binary = self.scratch.join(format!("race-{index}"));
        let _ = fs::remove_file(&binary);
        let mut args = vec![verb.to_owned(), format!("-femit-bin={}", binary.display())];
        args.extend(["--color", "off"].map(str::to_owned));
        args.extend(program.args.iter().map(|&arg| arg.to_owned()));
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        Ok(Running {
            child: piped(self.zig_command(dir, caches, &args))?,
            binary: Some(binary),
            ends: None,
        })
    }

    fn start_zirc(&self, program: &Program, dir: &Path, caches: &[PathBuf; 2]) -> Result<Running> {
        let command = self.check_command(dir, caches, program.args, &["--share-zig-cache"]);
        Ok(Running {
            child: piped(command)?,
            binary: None,
            ends: None,
        })
    }

    fn finish_zig(&self, running: Running) -> Result<Said> {
        let output = running.child.wait_with_output()?;
        self.said(&output, running.binary.as_deref())
    }

    fn said(&self, output: &Output, binary: Option<&Path>) -> Result<Said> {
        let program = match binary.filter(|binary| output.status.success() && binary.exists()) {
            Some(binary) => {
                let ran = Command::new(binary).output()?;
                succeeded(&ran)?;
                Some(String::from_utf8_lossy(&ran.stderr).into_owned())
            }
            None => None,
        };
        Ok(Said {
            status: output.status.code(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            program,
        })
    }

    /// What is wrong with what a process has said. `Err(None)`: it was killed before it could say it.
    fn problem(
        &self,
        process: Running,
        right: &Right,
    ) -> Result<std::result::Result<(), Option<String>>> {
        let binary = process.binary;
        let output = process.child.wait_with_output()?;
        if output.status.code().is_none() && process.ends.is_some() {
            return Ok(Err(None));
        }
        Ok(match binary {
            Some(binary) => {
                let said = self.said(&output, Some(&binary))?;
                match said == right.zig {
                    true => Ok(()),
                    false => Err(Some(format!("zig: {said:?}"))),
                }
            }
            None => match counts(&output) {
                Ok(counts) if counts.is_as_right_as(&right.zirc) => Ok(()),
                Ok(counts) => Err(Some(format!("zirc: {counts:?}"))),
                Err(error) => Err(Some(format!("zirc: {error}, {}", output.status))),
            },
        })
    }
}

impl Counts {
    /// The same, but for who made the entries.
    fn is_as_right_as(&self, right: &Counts) -> bool {
        (self.status, self.files, self.failed) == (right.status, right.files, right.failed)
            && self.hits + self.generated == right.hits + right.generated
    }
}

fn piped(mut command: Command) -> Result<Child> {
    // What is said is short, so that the pipes hold it until somebody listens.
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command.stdin(Stdio::null()).spawn()?)
}

/// Kills each at its time, unless it has ended by then.
fn kill_in_time(running: &mut [Running], begun: Instant) -> Result<()> {
    let mut left: Vec<&mut Running> = running.iter_mut().filter(|p| p.ends.is_some()).collect();
    while !left.is_empty() {
        let mut later = Vec::new();
        for process in left {
            if process.child.try_wait()?.is_some() {
                continue;
            }
            match process.ends {
                Some(ends) if begun.elapsed() >= ends => process.child.kill()?,
                _ => later.push(process),
            }
        }
        left = later;
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
