//! In the reference's own cache directories each hits what the other wrote, wherever both are started, and by
//! whichever of the reference's commands.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fixtures::programs::Program;
use release::{Range, generations};

use super::programs::{HELLO, MODULES};
use super::session::{Entries, Session, read_entries, succeeded};
use crate::compare::result::Result;

/// Where both are started, and how the program's files are named then.
struct Situation {
    name: &'static str,
    /// The working directory, from the one that holds the program's.
    from: &'static str,
    /// What stands before the names of files. `/` is the absolute path of the program's directory.
    before: &'static str,
    /// What both are told besides.
    flags: &'static [&'static str],
    /// How the reference builds it.
    by: By,
    /// The releases that have all this.
    range: Range,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    BuildExe,
    /// `zig build`, whose steps give the modules to the compiler by its options.
    Build,
}

/// The program's directory.
const DIR: &str = "share";

const SITUATIONS: [Situation; 5] = [
    Situation {
        name: "in its directory",
        from: DIR,
        before: "",
        flags: &[],
        by: By::BuildExe,
        range: generations!(..),
    },
    Situation {
        name: "from above",
        from: ".",
        before: "share/",
        flags: &[],
        by: By::BuildExe,
        range: generations!(..),
    },
    Situation {
        name: "from elsewhere",
        from: "elsewhere/deep",
        before: "/",
        flags: &[],
        by: By::BuildExe,
        range: generations!(..),
    },
    Situation {
        name: "with another build root",
        from: "elsewhere",
        before: "../share/",
        flags: &["--build-root", "../share"],
        by: By::BuildExe,
        range: generations!(G17_0..),
    },
    Situation {
        name: "by zig build",
        from: DIR,
        before: "",
        flags: &[],
        by: By::Build,
        range: generations!(..),
    },
];

/// Builds [`MODULES`]. The binary is the same each time: without debug information, optimised.
const BUILD: &str = r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.resolveTargetQuery(.{});
    const settings = b.createModule(.{ .root_source_file = b.path("settings.zig"), .target = target, .optimize = .ReleaseSmall });
    const util = b.createModule(.{ .root_source_file = b.path("util/util.zig"), .target = target, .optimize = .ReleaseSmall });
    util.addImport("settings", settings);
    const root = b.createModule(.{ .root_source_file = b.path("src/main.zig"), .target = target, .optimize = .ReleaseSmall, .strip = true });
    root.addImport("util", util);
    root.addImport("cfg", settings);
    b.installArtifact(b.addExecutable(.{ .name = "modules", .root_module = root }));
}
"#;

impl<'a> Session<'a> {
    /// All situations with a program of several modules and ZON, the first with the smallest too.
    pub(super) fn share(&mut self) -> Result<()> {
        self.share_in(&HELLO, &SITUATIONS[0])?;
        for situation in &SITUATIONS {
            if situation.range.contains(self.release.generation()) {
                self.share_in(&MODULES, situation)?;
            }
        }
        Ok(())
    }

    fn share_in(&mut self, program: &Program, situation: &Situation) -> Result<()> {
        let dir = self.write(program, DIR)?;
        fs::write(dir.join("build.zig"), BUILD)?;
        let from = self.scratch.join(situation.from);
        fs::create_dir_all(&from)?;
        let before = match situation.before {
            "/" => format!("{}/", dir.display()),
            before => before.to_owned(),
        };
        let files: Vec<String> = program
            .args
            .iter()
            .map(|arg| placed(arg, &before))
            .collect();
        let args: Vec<&str> = (situation.flags.iter().copied())
            .chain(files.iter().map(String::as_str))
            .collect();
        let caches = self.caches("share");
        let clear = || caches.iter().try_for_each(|dir| remove(dir));
        let build = || -> Result<Vec<u8>> {
            let output = dir.join("zig-out");
            remove(&output)?;
            let binary = output.join("bin").join("modules");
            fs::create_dir_all(output.join("bin"))?;
            succeeded(&match situation.by {
                By::BuildExe => {
                    let emit = format!("-femit-bin={}", binary.display());
                    let mut all = vec!["build-exe", &emit, "-OReleaseSmall", "-fstrip"];
                    all.extend(&args);
                    let all: Vec<&OsStr> = all.iter().map(OsStr::new).collect();
                    self.zig(&from, &caches, &all)?
                }
                By::Build => self.zig_build(&from, &caches)?,
            })?;
            let bytes = fs::read(&binary)?;
            Ok(bytes)
        };
        let check = || self.check(&from, &caches, &args, &["--share-zig-cache"]);
        let entries = || -> Result<[Entries; 2]> {
            Ok([read_entries(&caches[0])?, read_entries(&caches[1])?])
        };

        clear()?;
        let from_empty = build()?;
        let filled = entries()?;
        let on_theirs = check()?;
        let untouched = touched(&filled, &entries()?);

        clear()?;
        let on_empty = check()?;
        let ours = entries()?;
        let from_ours = build()?;
        let written = touched(&ours, &entries()?);
        let output = match program.name == MODULES.name {
            true => Some(Command::new(dir.join("zig-out/bin/modules")).output()?),
            false => None,
        };

        let name = format!("{}, {}", program.name, situation.name);
        let files = on_theirs.files;
        self.equal(
            &format!("{name}: on a cache that zig filled, of {files} files none is generated"),
            (Some(0), files, 0),
            (on_theirs.status, on_theirs.hits, on_theirs.generated),
        );
        self.report(
            &format!("{name}: nor is an entry of zig's touched"),
            untouched,
        );
        self.equal(
            &format!("{name}: all generated into an empty cache"),
            (Some(0), on_empty.files),
            (on_empty.status, on_empty.generated),
        );
        self.equal(
            &format!("{name}: an entry for each"),
            on_empty.files as usize,
            ours.iter().map(|entries| entries.len()).sum(),
        );
        self.report(
            &format!("{name}: zig writes to none of {} entries", on_empty.files),
            written,
        );
        self.equal(
            &format!(
                "{name}: and makes the same binary of {} bytes as with an empty cache",
                from_empty.len()
            ),
            true,
            from_ours == from_empty,
        );
        if let Some(output) = output {
            self.equal(
                &format!("{name}: which works"),
                format!("some \"name\" 34 4\n{}\n", "f".repeat(64)).into_bytes(),
                output.stderr,
            );
        }
        Ok(())
    }

    /// Releases differ in which options of `zig build` name the directories, all know the variables.
    fn zig_build(&self, dir: &Path, caches: &[PathBuf; 2]) -> Result<Output> {
        let mut command = Command::new(&self.zig);
        command
            .current_dir(dir)
            .arg("build")
            .env("ZIG_LOCAL_CACHE_DIR", &caches[0])
            .env("ZIG_GLOBAL_CACHE_DIR", &caches[1]);
        Ok(command.stdin(Stdio::null()).output()?)
    }
}

/// An argument with something before the name of the file in it, if it names one.
fn placed(arg: &str, before: &str) -> String {
    match arg
        .strip_prefix("-M")
        .and_then(|module| module.split_once('='))
    {
        Some((name, path)) => format!("-M{name}={before}{path}"),
        None if arg.ends_with(".zig") => format!("{before}{arg}"),
        None => arg.to_owned(),
    }
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}

/// Entries of `before` that are not as they were.
fn touched(before: &[Entries; 2], after: &[Entries; 2]) -> Option<String> {
    let mut problems = String::new();
    for (before, after) in before.iter().zip(after) {
        for (name, entry) in before {
            match after.get(name) {
                None => problems += &format!("  {name} is gone\n"),
                Some(now) if now == entry => {}
                Some(now) if now.bytes != entry.bytes => {
                    problems += &format!("  {name} has other bytes\n")
                }
                Some(_) => problems += &format!("  {name} was written, with the same bytes\n"),
            }
        }
    }
    (!problems.is_empty()).then_some(problems)
}
