//! `zirc check` of whole programs against `zig build-obj` and `zig build-exe`, as processes: which entries
//! there are and what is in them, when they are used again, what is printed.

mod programs;
mod race;
mod session;
mod share;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::compare::releases::Releases;
use crate::compare::result::Result;
use crate::compare::setup::Setup;
use crate::reference::layout::ZirView;
use crate::zirc::{Zirc, release_flag};
use clap::builder::PossibleValuesParser;
use fixtures::programs::WRONG;
use programs::{HELLO, MODULES};
use session::{Counts, Session, messages, read_entries, run, succeeded};

/// The parts of the comparison.
const PARTS: [&str; 6] = ["entries", "again", "share", "together", "race", "errors"];

/// Entries, reuse and messages of `zirc check` and `zig build-obj` on whole programs
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare program entries again")]
pub(crate) struct Args {
    /// Parts of the comparison [default: all]
    #[arg(value_parser = PossibleValuesParser::new(PARTS))]
    parts: Vec<String>,
    /// How often the reference and zirc are started together: the part `race`
    #[arg(long, value_name = "N", default_value_t = 2)]
    rounds: u32,
    /// What chance depends on in it: the times of kills
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    releases: Releases,
    #[command(flatten)]
    zirc: Zirc,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    let zirc = args.zirc.existing()?.canonicalize()?;
    args.releases.each(|release| {
        let setup = Setup::new(release)?;
        let flag = release_flag(&zirc, &["check"], release)?;
        Session::new(&setup, &zirc, flag, args.rounds, args.seed)?.run(&args.parts)
    })
}

/// Programs in which an import leaves its module for a file that the other module has as well: until a file
/// is its path the reference finds that out only if it has loaded the file before.
const TIMED: [&str; 1] = ["root below the module that it imports"];

impl<'a> Session<'a> {
    /// All parts, or those that `only` names. True if nothing differs.
    fn run(mut self, only: &[String]) -> Result<bool> {
        type Part<'a> = fn(&mut Session<'a>) -> Result<()>;
        let parts: [Part<'a>; PARTS.len()] = [
            Session::entries,
            Session::again,
            Session::share,
            Session::together,
            Session::race,
            Session::errors,
        ];
        for (name, part) in PARTS.into_iter().zip(parts) {
            if only.is_empty() || only.iter().any(|wanted| wanted == name) {
                part(&mut self)?;
            }
        }
        let _ = fs::remove_dir_all(&self.scratch);
        println!(
            "program {}: {} of {} checks right",
            self.release,
            self.checks - self.failures,
            self.checks
        );
        if self.checks == 0 {
            println!(
                "program {}: nothing was compared: this check did not run",
                self.release
            );
        }
        Ok(self.failures == 0 && self.checks > 0)
    }

    /// The same names, and in each entry the same bytes.
    fn entries(&mut self) -> Result<()> {
        for program in [&HELLO, &MODULES] {
            let dir = self.write(program, "entries")?;
            let theirs = self.caches(&format!("theirs-{}", program.name));
            let ours = self.caches(&format!("ours-{}", program.name));
            let object = format!("-femit-bin={}", self.scratch.join("entries.o").display());
            let mut args: Vec<&OsStr> = vec!["build-obj".as_ref(), object.as_ref()];
            args.extend(program.args.iter().map(OsStr::new));
            succeeded(&self.zig(&dir, &theirs, &args)?)?;
            let counts = self.check(&dir, &ours, program.args, &[])?;
            for (which, theirs, ours) in [
                ("local", &theirs[0], &ours[0]),
                ("global", &theirs[1], &ours[1]),
            ] {
                let (theirs, ours) = (read_entries(theirs)?, read_entries(ours)?);
                self.equal(
                    &format!("{}: there are {which} entries", program.name),
                    true,
                    !theirs.is_empty(),
                );
                let (left, right): (BTreeSet<_>, BTreeSet<_>) =
                    (theirs.keys().collect(), ours.keys().collect());
                let describe = |name: &&String| {
                    let bytes = theirs
                        .get(*name)
                        .or(ours.get(*name))
                        .map(|entry| entry.bytes.as_slice());
                    let kind = if bytes.and_then(ZirView::parse).is_some() {
                        "ZIR"
                    } else {
                        "ZOIR or with a trailer"
                    };
                    format!("{name} ({kind})")
                };
                let only = |a: &BTreeSet<&String>, b: &BTreeSet<&String>| {
                    a.difference(b).map(describe).collect::<Vec<_>>()
                };
                let problem = (left != right).then(|| {
                    format!(
                        "  only the reference has {:?}\n  only zirc has {:?}",
                        only(&left, &right),
                        only(&right, &left)
                    )
                });
                self.report(
                    &format!("{}: names of {} {which} entries", program.name, left.len()),
                    problem,
                );
                let mut problems = String::new();
                for (name, entry) in &theirs {
                    if let Some(ours) = ours.get(name)
                        && let Some(problem) = self.difference(&entry.bytes, &ours.bytes)
                    {
                        problems += &format!("  {name}: {problem}\n");
                    }
                }
                self.report(
                    &format!(
                        "{}: headers and bodies of the {which} entries",
                        program.name
                    ),
                    (!problems.is_empty()).then_some(problems),
                );
            }
            self.equal(
                &format!("{}: every file is generated", program.name),
                (Some(0), counts.files),
                (counts.status, counts.generated),
            );
        }
        Ok(())
    }

    /// What is used again, and what is made anew.
    fn again(&mut self) -> Result<()> {
        let dir = self.write(&MODULES, "again")?;
        let caches = self.caches("again");
        let program = MODULES.args;
        let first = self.check(&dir, &caches, program, &[])?;
        self.equal(
            "first run: all generated, none failed",
            (Some(0), 0, first.files, 0),
            (first.status, first.hits, first.generated, first.failed),
        );
        let expect = |session: &mut Session<'a>, what: &str, generated: u64| -> Result<()> {
            let counts = session.check(&dir, &caches, program, &[])?;
            session.equal(
                what,
                (first.files, first.files - generated, generated),
                (counts.files, counts.hits, counts.generated),
            );
            Ok(())
        };
        expect(self, "second run: all hits", 0)?;
        let edited = dir.join("util/more.zig");
        let text = fs::read_to_string(&edited)?;
        fs::write(&edited, text.replace("a +% b", "b +% a"))?;
        expect(self, "one file edited, of the same size: one generated", 1)?;
        expect(self, "after the edit: all hits", 0)?;
        fs::write(&edited, format!("{text}// more\n"))?;
        expect(self, "one file longer: one generated", 1)?;
        let zon = dir.join("src/values.zon");
        fs::write(&zon, fs::read_to_string(&zon)?.replace("0x10", "0x11"))?;
        expect(self, "one ZON file edited: one generated", 1)?;
        for (name, _) in MODULES.files {
            fs::File::options()
                .append(true)
                .open(dir.join(name))?
                .set_modified(SystemTime::now())?;
        }
        expect(self, "all files touched: none generated", 0)?;
        expect(self, "after that: all hits", 0)?;
        let away = self.scratch.join("away");
        run(
            "cp",
            &["-r".as_ref(), dir.as_ref(), away.as_ref()],
            &self.scratch,
        )?;
        fs::remove_dir_all(&dir)?;
        run(
            "cp",
            &["-r".as_ref(), away.as_ref(), dir.as_ref()],
            &self.scratch,
        )?;
        expect(self, "copied away and back: none generated", 0)?;
        let git = |args: &[&str]| {
            let mut all: Vec<&OsStr> = [
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b",
                "-c",
                "commit.gpgsign=false",
            ]
            .map(OsStr::new)
            .to_vec();
            all.extend(args.iter().map(OsStr::new));
            run("git", &all, &dir)
        };
        git(&["init", "-q"])?;
        git(&["add", "."])?;
        git(&["commit", "-q", "-m", "all"])?;
        for (name, _) in MODULES.files {
            // Another file takes the inode, so that the new one gets another.
            fs::rename(dir.join(name), dir.join(format!("{name}.old")))?;
        }
        git(&["checkout", "-q", "--", "."])?;
        expect(self, "checked out anew: none generated", 0)?;
        expect(self, "after that: all hits", 0)?;
        Ok(())
    }

    /// Eight processes on one empty cache.
    fn together(&mut self) -> Result<()> {
        let dir = self.write(&MODULES, "together")?;
        let alone = self.caches("alone");
        let one = self.check(&dir, &alone, MODULES.args, &[])?;
        for round in 1..=3 {
            let caches = self.caches(&format!("together-{round}"));
            let all: Vec<Counts> = std::thread::scope(|scope| {
                let running: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            self.check(&dir, &caches, MODULES.args, &[])
                                .map_err(|err| err.to_string())
                        })
                    })
                    .collect();
                running
                    .into_iter()
                    .map(|thread| thread.join().map_err(|_| "a thread panicked".to_owned())?)
                    .collect::<std::result::Result<_, String>>()
            })?;
            let wrong: Vec<&Counts> = all
                .iter()
                .filter(|counts| {
                    counts.status != Some(0)
                        || counts.files != one.files
                        || counts.hits + counts.generated != one.files
                })
                .collect();
            self.report(
                &format!("eight at once, round {round}: all right"),
                (!wrong.is_empty()).then(|| format!("  {wrong:?}")),
            );
            self.equal(
                &format!("eight at once, round {round}: each entry generated once"),
                one.files,
                all.iter().map(|counts| counts.generated).sum(),
            );
            for (alone, together) in alone.iter().zip(&caches) {
                let bodies = |dir: &Path| -> Result<BTreeMap<String, Vec<u8>>> {
                    Ok(read_entries(dir)?
                        .into_iter()
                        .map(|(name, entry)| (name, entry.bytes))
                        .collect())
                };
                let same = bodies(alone)? == bodies(together)?;
                self.equal(
                    &format!("eight at once, round {round}: entries as of one alone"),
                    true,
                    same,
                );
            }
        }
        Ok(())
    }

    /// The text of errors and the status. Where the reference prints files in the order in which its threads
    /// found them, sets are compared.
    fn errors(&mut self) -> Result<()> {
        let caches = self.caches("errors");
        for program in WRONG {
            if !self.release.rules().files_are_canonical_paths && TIMED.contains(&program.name) {
                println!(
                    "skipped: messages: {}: depends on which thread of the reference is first",
                    program.name
                );
                continue;
            }
            let dir = self.write(program, "wrong")?;
            let mut args: Vec<&OsStr> = vec![
                "build-obj".as_ref(),
                "-fno-emit-bin".as_ref(),
                "--color".as_ref(),
                "off".as_ref(),
            ];
            args.extend(program.args.iter().map(OsStr::new));
            let theirs = self.zig(&dir, &caches, &args)?;
            let mut args: Vec<&OsStr> =
                vec!["--color".as_ref(), "off".as_ref(), "--no-cache".as_ref()];
            args.extend(program.args.iter().map(OsStr::new));
            let ours = self.zirc_command(&dir, &args).output()?;
            let is_ordered = self.release.rules().files_are_canonical_paths;
            let [left, right] = [&theirs.stderr, &ours.stderr].map(|stderr| {
                let mut messages = messages(stderr);
                if !is_ordered {
                    for parts in &mut messages {
                        parts[1..].sort();
                    }
                    messages.sort();
                }
                messages
                    .iter()
                    .map(|parts| parts.concat())
                    .collect::<Vec<_>>()
            });
            let problem =
                (left != right || ours.status.code() != theirs.status.code()).then(|| {
                    let show = |messages: &[String]| {
                        messages
                            .concat()
                            .lines()
                            .map(|line| format!("    {line}\n"))
                            .collect::<String>()
                    };
                    format!(
                        "  reference ({}):\n{}  zirc ({}):\n{}",
                        theirs.status,
                        show(&left),
                        ours.status,
                        show(&right)
                    )
                });
            self.report(&format!("messages: {}", program.name), problem);
        }
        Ok(())
    }
}
