//! The manifest of a run: hit or miss, and the right answer in any case.

use std::fs;
use std::path::{MAIN_SEPARATOR, MAIN_SEPARATOR_STR, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use driver::check::{
    CacheFlags, CheckOptions, EnvironmentOptions, LibArg, ManifestState, ModuleArg, Report, check,
};
use driver::graph::{Observer, Release};
use fixtures::system;

use crate::common::{Project, Ran, slashed};

struct Quiet;

impl Observer for Quiet {
    fn progress(&self, _: usize, _: usize) {}
    fn waiting(&self, _: &Path) {}
}

/// A program that imports everything in some way: the library, a file that nothing refers to, ZON.
pub(crate) const FILES: [(&str, &str); 6] = [
    (
        "main.zig",
        "const std = @import(\"std\");\nconst a = @import(\"a.zig\");\n\
         const unused = @import(\"unreferenced.zig\");\nconst z = @import(\"data.zon\");\n\
         pub fn main() void {\n    a.f();\n}\n",
    ),
    (
        "a.zig",
        "const b = @import(\"sub/b.zig\");\npub fn f() void {\n    b.g();\n}\n",
    ),
    ("sub/b.zig", "pub fn g() void {}\n"),
    ("unreferenced.zig", "pub const x = 1;\n"),
    ("data.zon", ".{ .a = 1 }\n"),
    ("util/util.zig", "pub const u = 1;\n"),
];

fn lib(project: &Project) -> LibArg {
    LibArg {
        release: None,
        dir: project.lib(),
    }
}

pub(crate) fn options(project: &Project, paths: &[&str]) -> CheckOptions {
    CheckOptions {
        paths: paths.iter().map(|path| project.path(path)).collect(),
        environment: EnvironmentOptions {
            zig_version: Some(Release::V0_14_1),
            zig_lib_dirs: vec![lib(project)],
            cache: CacheFlags {
                local: Some(project.home().join("local")),
                global: Some(project.home().join("global")),
                share: false,
            },
            ..EnvironmentOptions::default()
        },
        jobs: 2,
        ..CheckOptions::default()
    }
}

/// All of a report that does not depend on caches.
fn answer(report: &Report) -> String {
    let Report {
        files,
        failed,
        inputs,
        diagnostics,
        unresolved,
        said,
        ..
    } = report;
    format!(
        "{files} {failed} {inputs:?}\n{diagnostics:#?}\n{unresolved:#?}\n{:#?}",
        said.notes
    )
}

/// Runs with manifest and without any cache; the answers must be equal.
pub(crate) fn compared(options: &CheckOptions) -> Report {
    let report = check(options, &Quiet).unwrap();
    let fresh = check(
        &CheckOptions {
            environment: EnvironmentOptions {
                no_cache: true,
                ..options.environment.clone()
            },
            ..options.clone()
        },
        &Quiet,
    )
    .unwrap();
    assert_eq!(fresh.manifest, ManifestState::Off);
    assert_eq!(answer(&report), answer(&fresh), "{:?}", report.manifest);
    report
}

fn state(options: &CheckOptions) -> ManifestState {
    compared(options).manifest
}

/// `zirc check` with its manifest.
pub(crate) fn ran(project: &Project, args: &[&str]) -> Ran {
    let lib = project.lib();
    let mut all = vec!["check", "--zig-lib-dir", lib.to_str().unwrap()];
    all.extend(args);
    project.run(&all)
}

pub(crate) fn check_json(project: &Project, status: i32, args: &[&str]) -> serde_json::Value {
    let ran = self::ran(project, &[&["--format", "json"], args].concat());
    assert_eq!(ran.status, Some(status), "{}", ran.text());
    ran.json()
}

pub(crate) fn one_file_in(dir: PathBuf) -> PathBuf {
    let mut files: Vec<PathBuf> = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != "timestamp")
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.pop().unwrap()
}

/// `zirc cache explain`, with the made-up library.
pub(crate) fn explain(project: &Project, args: &[&str]) -> Ran {
    let lib = project.lib();
    let mut all = vec!["cache", "explain", "--zig-lib-dir", lib.to_str().unwrap()];
    all.extend(args);
    project.run(&all)
}

pub(crate) fn manifest_of(project: &Project) -> PathBuf {
    one_file_in(project.home().join("local/h"))
}

fn record_of(project: &Project) -> PathBuf {
    one_file_in(project.home().join("local/o"))
}

pub(crate) fn mtime(path: &Path) -> SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

#[test]
fn an_unchanged_program_is_a_hit_that_reports_what_the_first_run_did() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    let first = compared(&options);
    assert_eq!(
        (first.manifest, first.files, first.hits, first.generated),
        (ManifestState::Miss, 7, 0, 7)
    );
    let second = compared(&options);
    assert_eq!(
        (second.manifest, second.files, second.hits, second.generated),
        (ManifestState::Hit, 7, 7, 0)
    );
    assert_eq!(
        second.recorded.map(|run| (run.hits, run.generated)),
        Some((0, 7))
    );
    // Other roots are another program.
    let other = CheckOptions {
        paths: vec![project.path("a.zig")],
        ..options.clone()
    };
    assert_eq!(state(&other), ManifestState::Miss);
    assert_eq!(state(&other), ManifestState::Hit);
    assert_eq!(state(&options), ManifestState::Hit);
    // And so is another release.
    let mut older = options.clone();
    older.environment.zig_version = Some(Release::V0_14_0);
    assert_eq!(state(&older), ManifestState::Miss);
    assert_eq!(state(&older), ManifestState::Hit);
    assert_eq!(state(&options), ManifestState::Hit);
    // And so is another library.
    let other_lib = Project::new(&[]);
    let moved = CheckOptions {
        environment: EnvironmentOptions {
            zig_lib_dirs: vec![lib(&other_lib)],
            ..options.environment.clone()
        },
        ..options
    };
    assert_eq!(state(&moved), ManifestState::Miss);
}

#[test]
fn a_hit_opens_no_source_and_no_entry() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    assert_eq!(check(&options, &Quiet).unwrap().failed, 0);
    // Who reads any of them now finds garbage, as the stat is kept.
    for (name, text) in FILES {
        let before = mtime(&project.path(name));
        fs::write(project.path(name), "@".repeat(text.len())).unwrap();
        project.set_mtime(name, before);
    }
    for cache in ["local", "global"] {
        let dir = project.home().join(cache).join("z");
        for entry in fs::read_dir(&dir).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
    let report = check(&options, &Quiet).unwrap();
    assert_eq!((report.manifest, report.failed), (ManifestState::Hit, 0));
    // An entry that is opened is made.
    for cache in ["local", "global"] {
        let dir = project.home().join(cache).join("z");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
    }
    let off = CheckOptions {
        no_manifest: true,
        ..options
    };
    let report = check(&off, &Quiet).unwrap();
    assert_eq!(report.manifest, ManifestState::Off);
    assert!(report.failed > 0);
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn every_kind_of_change_is_noticed() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    let settle = || {
        while check(&options, &Quiet).unwrap().manifest != ManifestState::Hit {}
    };
    settle();
    // Edited, well and badly.
    project.write("a.zig", b"pub fn f() void {}\n");
    assert_eq!(compared(&options).files, 6);
    project.write("a.zig", b"pub fn f() void { x }\n");
    assert_eq!(compared(&options).failed, 1);
    // Errors are told again, out of the record.
    let report = compared(&options);
    assert_eq!((report.manifest, report.failed), (ManifestState::Hit, 1));
    project.write("a.zig", FILES[1].1.as_bytes());
    settle();
    // Touched: the content decides, and the new stat is recorded.
    project.set_mtime("a.zig", SystemTime::now() - Duration::from_secs(60));
    let before = fs::read(manifest_of(&project)).unwrap();
    assert_eq!(state(&options), ManifestState::Hit);
    let after = fs::read(manifest_of(&project)).unwrap();
    assert_ne!(before, after);
    assert_eq!(state(&options), ManifestState::Hit);
    assert_eq!(fs::read(manifest_of(&project)).unwrap(), after);
    // Deleted, though nothing refers to it.
    fs::remove_file(project.path("unreferenced.zig")).unwrap();
    let report = compared(&options);
    assert_eq!((report.manifest, report.failed), (ManifestState::Miss, 1));
    project.write("unreferenced.zig", FILES[3].1.as_bytes());
    settle();
    // Swapped.
    fs::rename(project.path("a.zig"), project.path("c")).unwrap();
    fs::rename(project.path("sub/b.zig"), project.path("a.zig")).unwrap();
    fs::rename(project.path("c"), project.path("sub/b.zig")).unwrap();
    let report = compared(&options);
    assert_eq!((report.manifest, report.files), (ManifestState::Miss, 6));
    project.write("a.zig", FILES[1].1.as_bytes());
    project.write("sub/b.zig", FILES[2].1.as_bytes());
    settle();
    // ZON.
    project.write("data.zon", b".{ .a = 2 }\n");
    assert_eq!(state(&options), ManifestState::Miss);
    settle();
    project.write("data.zon", b".{ .a = 1 + }\n");
    assert_eq!(compared(&options).failed, 1);
    project.write("data.zon", FILES[4].1.as_bytes());
    settle();
    // The library.
    let mem = project.lib().join("std/mem.zig");
    fs::write(&mem, "pub fn copy() void {}\n").unwrap();
    assert_eq!(state(&options), ManifestState::Miss);
    settle();
    // A directory in place of a file.
    fs::remove_file(project.path("unreferenced.zig")).unwrap();
    fs::create_dir(project.path("unreferenced.zig")).unwrap();
    assert_eq!(compared(&options).failed, 1);
    fs::remove_dir(project.path("unreferenced.zig")).unwrap();
    // A link, and then where it leads.
    project.symlink("unreferenced.zig", "sub/b.zig");
    project.write("other.zig", b"const x = y;\n");
    settle();
    fs::remove_file(project.path("unreferenced.zig")).unwrap();
    project.symlink("unreferenced.zig", "other.zig");
    assert_eq!(compared(&options).failed, 1);
    // One manifest and one record, whatever has happened.
    manifest_of(&project);
    record_of(&project);
}

#[test]
fn what_was_reverted_after_errors_is_one_edit() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    compared(&options);
    project.write("a.zig", b"const x = ;");
    assert_eq!(compared(&options).failed, 1);
    assert_eq!(state(&options), ManifestState::Hit);
    project.write("a.zig", FILES[1].1.as_bytes());
    assert_eq!(state(&options), ManifestState::Miss);
    assert_eq!(state(&options), ManifestState::Hit);
}

/// A file that imports what it did is all that is looked at; what the last run had to tell of others is told
/// again. One that imports something else is one that counts for the others too.
#[test]
fn an_edit_is_a_run_over_one_file() {
    let project = Project::new(&FILES);
    project.write("unreferenced.zig", b"fn f() void { const unused = 1; }\n");
    project.write("data.zon", b".{ .a = 1, .a = 2 }\n");
    project.write(
        "sub/b.zig",
        b"const n = @import(\"nowhere\");\npub fn g() void {}\n",
    );
    let options = CheckOptions {
        explain: true,
        ..options(&project, &["main.zig"])
    };
    let counts = |report: &Report| {
        let counts = [report.hits, report.generated, report.failed];
        let of = |reason: &str| {
            let files = &report.explanation.as_ref().unwrap().files;
            files.iter().filter(|file| file.reason == reason).count()
        };
        (counts, of("manifest"), report.unresolved.len())
    };
    assert_eq!(counts(&compared(&options)), ([0, 7, 2], 0, 1));
    let a = FILES[1].1;
    project.write("a.zig", format!("// More.\n{a}").as_bytes());
    assert_eq!(counts(&compared(&options)), ([6, 1, 2], 6, 1));
    assert_eq!(state(&options), ManifestState::Hit);
    // Behind the first that changed nothing is read to see whether a stat alone is another: it is loaded.
    project.write("a.zig", a.as_bytes());
    project.set_mtime("main.zig", SystemTime::now() - Duration::from_secs(100));
    assert_eq!(counts(&compared(&options)), ([6, 1, 2], 5, 1));
    assert_eq!(state(&options), ManifestState::Hit);
    // Another import, and none; a file with an error, which has no imports that are known.
    project.write(
        "a.zig",
        format!("const c = @import(\"data.zon\");\n{a}").as_bytes(),
    );
    assert_eq!(counts(&compared(&options)), ([6, 1, 2], 4, 1));
    project.write("a.zig", b"pub fn f() void {}\n");
    let report = compared(&options);
    assert_eq!((counts(&report).0, report.files), ([5, 1, 2], 6));
    project.write("data.zon", b".{ .a = 1 }\n");
    assert_eq!(counts(&compared(&options)).0, [5, 1, 1]);
    assert_eq!(state(&options), ManifestState::Hit);
}

#[test]
fn an_edit_of_the_same_size_within_one_tick_is_noticed() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    // As it comes.
    for round in 0..30 {
        let text = if round % 2 == 0 {
            "pub fn g() void {}\n"
        } else {
            "pub fn g() void }{\n"
        };
        fs::write(project.path("sub/b.zig"), text).unwrap();
        assert_eq!(compared(&options).failed, round % 2);
    }
    // With a tick that is not over for certain: also what a clock that was set back leaves.
    let future = SystemTime::now() + Duration::from_secs(3600);
    for round in 0..6 {
        let text = if round % 2 == 0 {
            "pub fn g() void {}\n"
        } else {
            "pub fn g() void }{\n"
        };
        fs::write(project.path("sub/b.zig"), text).unwrap();
        project.set_mtime("sub/b.zig", future);
        assert_eq!(compared(&options).failed, round % 2);
        assert_eq!(compared(&options).failed, round % 2);
    }
    fs::write(project.path("sub/b.zig"), FILES[2].1).unwrap();
    project.set_mtime("sub/b.zig", future);
    compared(&options);
    // Though its stat cannot be trusted.
    assert_eq!(state(&options), ManifestState::Hit);
    let manifest = slashed(&fs::read_to_string(manifest_of(&project)).unwrap());
    let line = manifest.lines().find(|line| line.ends_with("sub/b.zig"));
    assert!(line.unwrap().starts_with("19 0 0 "), "{line:?}");
}

/// Times that no manifest can hold, or that tell nothing. A source with such a time is replaced by one of the
/// same length.
#[test]
fn times_that_prove_nothing_are_never_equal() {
    let at = |seconds: u64| Duration::from_secs(seconds);
    let times = [
        ("after 2262", SystemTime::UNIX_EPOCH + at(9_250_000_000)),
        ("before 1677", SystemTime::UNIX_EPOCH - at(11_000_000_000)),
        ("1970", SystemTime::UNIX_EPOCH),
    ];
    for (name, time) in times {
        let project = Project::new(&FILES);
        let set = || {
            project.set_mtime("a.zig", time);
            project.set_mtime("unreferenced.zig", time);
        };
        set();
        if mtime(&project.path("a.zig")) != time {
            eprintln!("not run: the file system cannot hold a time {name}");
            continue;
        }
        let options = options(&project, &["main.zig"]);
        assert_eq!(state(&options), ManifestState::Miss);
        assert_eq!(
            state(&options),
            ManifestState::Hit,
            "{name}: what did not change is a hit"
        );
        // The same inode and length: nothing but the content tells.
        let good = fs::read_to_string(project.path("unreferenced.zig")).unwrap();
        fs::write(
            project.path("unreferenced.zig"),
            good.replace("= 1;", "= ++"),
        )
        .unwrap();
        set();
        let manifest = manifest_of(&project);
        let explained = explain(&project, &[manifest.to_str().unwrap()]);
        assert_eq!(explained.status, Some(1), "{name}: {}", explained.text());
        let text = explained.out();
        assert!(
            text.contains("unreferenced.zig: content changed"),
            "{name}: {text}"
        );
        let report = compared(&options);
        assert_eq!(
            (report.manifest, report.failed),
            (ManifestState::Miss, 1),
            "{name}"
        );
        // And of an entry, without a manifest.
        let report = ran(&project, &["--no-manifest", "main.zig"]);
        assert_eq!(report.status, Some(1), "{name}: {}", report.text());
    }
}

/// Tests that depend on permissions run as somebody whom they keep out.
fn as_nobody(project: &Project, args: &[&str]) -> Option<Ran> {
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    let args = [&["check", "--color", "off", "--zig-lib-dir", lib], args].concat();
    let mut command = project.command(&args);
    let is_superuser = system::is_superuser();
    if is_superuser == Some(true) {
        system::run_as_nobody(&mut command);
        let own = |path: &Path| system::give_to_nobody(path).unwrap();
        let mut pending = vec![project.home(), project.dir()];
        while let Some(path) = pending.pop() {
            own(&path);
            if path.is_dir() {
                pending.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            }
        }
        own(project.dir().parent().unwrap());
    } else if is_superuser.is_none() {
        eprintln!("not run: it is not known who we are");
        return None;
    }
    Some(project.finish(&mut command, None))
}

#[test]
#[cfg_attr(
    windows,
    ignore = "wants users and their rights, modes of files, /proc"
)]
fn what_cannot_be_opened_is_not_unchanged() {
    let project = Project::new(&FILES);
    let set_mode = |name: &str, mode| {
        system::set_mode(project.path(name), mode).unwrap();
    };
    let Some(first) = as_nobody(&project, &["main.zig"]) else {
        return;
    };
    assert_eq!(first.status, Some(0), "{}", first.text());
    for (name, mode, back, lost) in [
        ("a.zig", 0, 0o644, "a.zig"),
        ("sub", 0o600, 0o755, "sub/b.zig"),
    ] {
        let Some(unchanged) = as_nobody(&project, &["main.zig"]) else {
            return;
        };
        assert!(
            unchanged.err().contains("unchanged since"),
            "{}",
            unchanged.text()
        );
        set_mode(name, mode);
        let with_manifest = as_nobody(&project, &["main.zig"]).unwrap();
        let without = as_nobody(&project, &["--no-cache", "main.zig"]).unwrap();
        set_mode(name, back);
        // What could not be loaded is tried again, whatever the manifest says of the rest.
        let again = as_nobody(&project, &["main.zig"]).unwrap();
        assert_eq!(again.status, Some(0), "{}", again.text());
        for ran in [with_manifest, without] {
            assert_eq!(ran.status, Some(1), "{name}: {}", ran.text());
            let expected = format!("unable to load './{lost}': AccessDenied");
            assert!(ran.err().contains(&expected), "{name}: {}", ran.text());
        }
    }
    // Readable for us though not for all: still a hit.
    set_mode("a.zig", 0o600);
    let ran = as_nobody(&project, &["main.zig"]).unwrap();
    assert!(ran.err().contains("unchanged since"), "{}", ran.text());
}

/// Errors in a library of no known release are counted, but what is only in the way of this run is told: it
/// says nothing of the library.
#[test]
#[cfg_attr(windows, ignore = "wants users and their rights, modes of files")]
fn what_cannot_be_opened_in_an_unknown_library_is_told() {
    let project = Project::new(&FILES);
    for version in ["0.14.1", "0.17.1"] {
        let args = ["--zig-version", version, "main.zig"];
        let mem = project.path("../lib/std/mem.zig");
        let Some(first) = as_nobody(&project, &args) else {
            return;
        };
        assert_eq!(first.status, Some(0), "{}", first.text());
        system::set_mode(&mem, 0).unwrap();
        let hindered = as_nobody(&project, &args).unwrap();
        system::set_mode(&mem, 0o644).unwrap();
        assert_eq!(hindered.status, Some(1), "{}", hindered.text());
        let text = hindered.err();
        assert!(
            text.contains("unable to load") && text.contains("AccessDenied"),
            "{text}"
        );
        // Of a file that is not there, the library is to blame.
        std::fs::rename(&mem, project.path("../lib/std/other.zig")).unwrap();
        let without = as_nobody(&project, &args).unwrap();
        std::fs::rename(project.path("../lib/std/other.zig"), &mem).unwrap();
        assert_eq!(without.status, Some(0), "{}", without.text());
        assert!(without.err().contains("1 error in the lib directory"));
        let again = as_nobody(&project, &args).unwrap();
        assert_eq!(again.status, Some(0), "{}", again.text());
        assert!(!again.err().contains("1 error"), "{}", again.text());
    }
}

#[test]
fn a_directory_that_gains_or_loses_a_file_is_another_program() {
    let project = Project::new(&FILES);
    let options = options(&project, &["."]);
    compared(&options);
    assert_eq!(state(&options), ManifestState::Hit);
    project.write("sub/new.zig", b"pub const n = 1;\n");
    let report = compared(&options);
    assert_eq!((report.manifest, report.files), (ManifestState::Miss, 9));
    assert_eq!(state(&options), ManifestState::Hit);
    project.write("sub/worse.zig", b"pub const n = x;\n");
    assert_eq!(compared(&options).failed, 1);
    assert_eq!(state(&options), ManifestState::Hit);
    fs::remove_file(project.path("sub/worse.zig")).unwrap();
    assert_eq!(state(&options), ManifestState::Hit);
    fs::remove_file(project.path("sub/new.zig")).unwrap();
    let report = compared(&options);
    // Nothing of it has changed since.
    assert_eq!((report.manifest, report.files), (ManifestState::Hit, 8));
    project.write(".gitignore", b"util\n");
    let report = compared(&options);
    assert_eq!((report.manifest, report.files), (ManifestState::Miss, 7));
}

#[test]
fn modules_and_their_dependencies_are_part_of_the_key() {
    let project = Project::new(&FILES);
    project.write("main.zig", b"const u = @import(\"util\");\n");
    let module = |name: &str, path: &str, deps: &[(&str, &str)]| ModuleArg {
        name: name.to_owned(),
        root: project.path(path),
        deps: deps
            .iter()
            .map(|(import, module)| ((*import).to_owned(), (*module).to_owned()))
            .collect(),
    };
    let with = |deps: &[(&str, &str)], util: &str| CheckOptions {
        modules: vec![module("root", "main.zig", deps), module("m", util, &[])],
        ..options(&project, &[])
    };
    let found = with(&[("util", "m")], "util/util.zig");
    let report = compared(&found);
    assert_eq!((report.manifest, report.files), (ManifestState::Miss, 2));
    assert_eq!(state(&found), ManifestState::Hit);
    let lost = with(&[], "util/util.zig");
    let report = compared(&lost);
    assert_eq!(
        (report.manifest, report.files, report.unresolved.len()),
        (ManifestState::Miss, 1, 1)
    );
    // Where the import stands is told again.
    let report = compared(&lost);
    assert_eq!(report.manifest, ManifestState::Hit);
    assert!(report.unresolved[0].location().is_some());
    let elsewhere = with(&[("util", "m")], "sub/b.zig");
    assert_eq!(state(&elsewhere), ManifestState::Miss);
    assert_eq!(state(&found), ManifestState::Hit);
    // A module that was not there and is not imported has no part in it; imported it is an error until it is
    // there.
    let missing = with(&[("util", "m")], "coming.zig");
    assert_eq!(compared(&missing).failed, 1);
    project.write("coming.zig", b"");
    assert_eq!(compared(&missing).failed, 0);
}

#[test]
fn several_programs_in_one_run() {
    let project = Project::new(&FILES);
    let both = options(&project, &["main.zig", "a.zig", "util"]);
    let report = compared(&both);
    assert_eq!((report.manifest, report.files), (ManifestState::Miss, 8));
    assert_eq!(state(&both), ManifestState::Hit);
    project.write("util/util.zig", b"pub const u = 2;\n");
    assert_eq!(state(&both), ManifestState::Miss);
}

#[test]
fn manifests_do_not_depend_on_the_number_of_threads() {
    let project = Project::new(&FILES);
    let mut manifests = Vec::new();
    for jobs in [1, 8] {
        let dir = project.home().join(format!("j{jobs}"));
        let base = options(&project, &["main.zig", "."]);
        let options = CheckOptions {
            jobs,
            environment: EnvironmentOptions {
                cache: CacheFlags {
                    local: Some(dir.clone()),
                    global: Some(dir.clone()),
                    share: false,
                },
                ..base.environment.clone()
            },
            ..base.clone()
        };
        check(&options, &Quiet).unwrap();
        let (manifest, record) = (one_file_in(dir.join("h")), one_file_in(dir.join("o")));
        let bytes = [fs::read(&manifest).unwrap(), fs::read(&record).unwrap()];
        let names = [manifest, record].map(|path| path.file_name().unwrap().to_owned());
        manifests.push((bytes, names));
    }
    assert!(manifests[0] == manifests[1]);
    assert!(manifests[0].0[0].len() > 500);
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

const NAMES: [&str; 7] = [
    "main.zig",
    "a.zig",
    "sub/b.zig",
    "unreferenced.zig",
    "data.zon",
    "util/util.zig",
    "extra.zig",
];

/// Many of the same length, so that the size alone tells little.
const TEXTS: [&str; 9] = [
    "const b = @import(\"sub/b.zig\");\n",
    "const b = @import(\"data.zon\"); \n",
    "const b = @import(\"extra.zig\");\n",
    "const b = @import(\"a.zig\");    \n",
    "const b = @import(\"util\");     \n",
    "pub const answer: u32 = 41 + 1;\n",
    "pub const answer: u32 = 41 + x;\n",
    "pub const answer: u32 = 41 + ;;\n",
    ".{ .a = 1, .b = \"22222222222\" }\n",
];

fn change(project: &Project, numbers: &mut Numbers) {
    let name = NAMES[numbers.below(NAMES.len())];
    let path = project.path(name);
    match numbers.below(9) {
        // Just now, so that the next edit may be in the same tick.
        0..=2 => fs::write(path, numbers.one_of(&TEXTS)).unwrap(),
        3 => project.write(name, numbers.one_of(&TEXTS).as_bytes()),
        4 => {
            let original = FILES.iter().find(|(other, _)| *other == name);
            project.write(name, original.map_or("", |(_, text)| text).as_bytes());
        }
        5 => {
            let _ = fs::remove_file(path);
        }
        6 if path.exists() => {
            let age = Duration::from_secs(numbers.below(5000) as u64);
            project.set_mtime(name, SystemTime::now() - age);
        }
        7 => {
            let other = project.path(NAMES[numbers.below(NAMES.len())]);
            if path.exists() && other.exists() && path != other {
                let aside = project.path("aside");
                fs::rename(&path, &aside).unwrap();
                fs::rename(&other, &path).unwrap();
                fs::rename(&aside, &other).unwrap();
            }
        }
        _ => {
            // A new file over the old one, as editors write.
            let aside = project.path("aside");
            fs::write(&aside, numbers.one_of(&TEXTS)).unwrap();
            fs::rename(aside, path).unwrap();
        }
    }
}

/// `count` sequences of edits and runs, from `seed` on. Returns how often there was a hit.
fn sequences(seed: u64, count: u64) -> usize {
    let mut hits = 0;
    for seed in seed..seed + count {
        let mut numbers = Numbers(seed);
        let project = Project::new(&FILES);
        let choices: [&[&str]; 3] = [&["main.zig"], &["."], &["main.zig", "sub"]];
        let roots = choices[numbers.below(3)];
        let release = *numbers.one_of(Release::ALL);
        for step in 0..6 {
            let mut options = CheckOptions {
                jobs: 1 + numbers.below(3),
                ..options(&project, roots)
            };
            options.environment.zig_version = Some(release);
            let run = || {
                std::panic::catch_unwind(|| compared(&options))
                    .unwrap_or_else(|_| panic!("in step {step} from seed {seed}"))
            };
            if !project.path("main.zig").exists() {
                project.write("main.zig", FILES[0].1.as_bytes());
            }
            if !project.path("sub/b.zig").exists() {
                project.write("sub/b.zig", FILES[2].1.as_bytes());
            }
            let report = run();
            assert!(
                report.said.warnings.is_empty(),
                "{:?}",
                report.said.warnings
            );
            hits += usize::from(report.manifest == ManifestState::Hit);
            if report.failed == 0 && report.diagnostics.is_empty() {
                // Nothing has changed: that must be known.
                assert_eq!(run().manifest, ManifestState::Hit, "seed {seed}");
            }
            for _ in 0..=numbers.below(2) {
                change(&project, &mut numbers);
            }
        }
    }
    hits
}

#[test]
fn random_edits_give_the_answer_of_a_run_without_cache() {
    // Wine asks another process about every file that is looked at, so that a sequence takes it seconds.
    let count = if cfg!(windows) { 30 } else { 300 };
    let hits = sequences(1, count);
    // Otherwise nothing was put to the test.
    assert!(hits as u64 > count / 3, "{hits}");
}

#[test]
#[ignore = "takes long"]
fn many_random_edits_give_the_answer_of_a_run_without_cache() {
    assert!(sequences(1_000_000, 1000) > 300);
}

#[test]
fn damaged_manifests_and_records_are_misses() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    compared(&options);
    let manifest = manifest_of(&project);
    let good = fs::read(&manifest).unwrap();
    let record = record_of(&project);
    let good_record = fs::read(&record).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    // What the paths of the lib directory begin with.
    let std = format!(" 1 std{MAIN_SEPARATOR}");
    assert!(text.contains(&std), "{text}");
    let mut bad: Vec<Vec<u8>> = (0..good.len()).map(|len| good[..len].to_vec()).collect();
    bad.extend([
        b"garbage".to_vec(),
        b"0\n".to_vec(),
        b"1\n".to_vec(),
        vec![b'0'; 1 << 20],
        vec![0xff; 1000],
        text.replace("main.zig", "../../etc/passwd").into_bytes(),
        text.replace(&std, " 1 ../std/").into_bytes(),
        text.replace(&std, " 9 std/").into_bytes(),
        text.replace(&std, " -1 std/").into_bytes(),
        text.replacen('\n', "\n-", 2).into_bytes(),
        text.replacen('\n', "\n99999999999999999999", 2)
            .into_bytes(),
        [good.as_slice(), &good[2..]].concat(),
    ]);
    // Cut to any number of whole lines it reads well, but is not believed.
    for bytes in bad {
        fs::write(&manifest, &bytes).unwrap();
        let report = check(&options, &Quiet).unwrap();
        assert_eq!(
            (report.manifest, report.files, report.failed),
            (ManifestState::Miss, 7, 0),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
        assert!(
            report.said.warnings.is_empty(),
            "{:?}",
            report.said.warnings
        );
        assert_eq!(fs::read(&manifest).unwrap(), good);
        assert_eq!(
            check(&options, &Quiet).unwrap().manifest,
            ManifestState::Hit
        );
    }
    let mut bad: Vec<Vec<u8>> = (0..good_record.len())
        .step_by(7)
        .map(|len| good_record[..len].to_vec())
        .collect();
    bad.push(vec![b'x'; good_record.len()]);
    for bytes in bad {
        fs::write(&record, &bytes).unwrap();
        assert_eq!(
            check(&options, &Quiet).unwrap().manifest,
            ManifestState::Miss
        );
        assert_eq!(
            check(&options, &Quiet).unwrap().manifest,
            ManifestState::Hit
        );
    }
    fs::remove_file(&record).unwrap();
    assert_eq!(state(&options), ManifestState::Miss);
    assert_eq!(state(&options), ManifestState::Hit);
}

/// A line whose stat is right and whose digest is another's must not find its way into the next manifest.
#[test]
fn nothing_of_a_damaged_manifest_is_carried_over() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    compared(&options);
    let manifest = manifest_of(&project);
    let good = fs::read_to_string(&manifest).unwrap();
    let digest = |line: &str| line.split(' ').nth(3).unwrap().to_owned();
    let lines: Vec<&str> = good.lines().skip(1).collect();
    let first = digest(lines[0]);
    for line in &lines[1..] {
        fs::write(&manifest, good.replace(&digest(line), &first)).unwrap();
        assert_eq!(compared(&options).manifest, ManifestState::Miss, "{line}");
        assert_eq!(fs::read_to_string(&manifest).unwrap(), good, "{line}");
        assert_eq!(state(&options), ManifestState::Hit, "{line}");
    }
}

#[test]
fn what_stands_in_the_way_of_a_manifest_costs_no_more_than_the_manifest() {
    for (blocked, what) in [
        ("h", "dir"),
        ("o", "dir"),
        ("manifest", "file"),
        ("record", "file"),
    ] {
        let project = Project::new(&FILES);
        let options = options(&project, &["main.zig"]);
        compared(&options);
        let path = match blocked {
            "manifest" => manifest_of(&project),
            "record" => record_of(&project),
            name => project.home().join("local").join(name),
        };
        if what == "dir" {
            fs::remove_dir_all(&path).unwrap();
            fs::write(&path, "in the way").unwrap();
        } else {
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
        }
        let report = compared(&options);
        assert_ne!(report.manifest, ManifestState::Hit, "{blocked}");
        assert_eq!((report.files, report.failed), (7, 0), "{blocked}");
        assert!(!report.said.warnings.is_empty(), "{blocked}");
    }
    // Without a clock no stat is trusted, and contents decide.
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    fs::create_dir_all(project.home().join("local/h/timestamp")).unwrap();
    assert_eq!(state(&options), ManifestState::Miss);
    assert_eq!(state(&options), ManifestState::Hit);
    let before = mtime(&project.path("a.zig"));
    let text = FILES[1].1.replace("pub fn f", "pub fn ;");
    fs::write(project.path("a.zig"), text).unwrap();
    project.set_mtime("a.zig", before);
    assert_eq!(
        check(&options, &Quiet).unwrap().manifest,
        ManifestState::Miss
    );
}

#[test]
fn a_cache_that_goes_while_a_run_is_on_is_done_without() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _ = fs::remove_dir_all(project.home().join("local"));
                std::thread::yield_now();
            }
        });
        let runs = std::panic::catch_unwind(|| {
            for _ in 0..40 {
                let report = compared(&options);
                assert_eq!((report.files, report.failed), (7, 0));
            }
        });
        done.store(true, Ordering::Relaxed);
        runs.unwrap();
    });
    compared(&options);
    assert_eq!(state(&options), ManifestState::Hit);
}

#[test]
fn runs_at_the_same_time_share_one_answer() {
    let project = Project::new(&FILES);
    let options = options(&project, &["main.zig"]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(compared(&options).files, 7);
                }
            });
        }
    });
    assert_eq!(state(&options), ManifestState::Hit);
}

#[test]
fn a_hit_says_so_in_both_forms() {
    let project = Project::new(&FILES);
    let first = check_json(&project, 0, &["main.zig"]);
    assert_eq!(first["manifest"], "miss");
    let second = check_json(&project, 0, &["main.zig"]);
    assert_eq!(second["manifest"], "hit");
    for key in ["files", "failed", "diagnostics"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    for key in ["hits", "generated"] {
        assert_eq!(first[key], second["recorded"][key], "{key}");
    }
    assert_eq!(
        (&second["hits"], &second["generated"]),
        (&7.into(), &0.into())
    );
    assert_eq!(
        check_json(&project, 0, &["--no-cache", "main.zig"])["manifest"],
        "off"
    );
    assert_eq!(
        check_json(&project, 0, &["--no-manifest", "main.zig"])["manifest"],
        "off"
    );
    let text = ran(&project, &["main.zig"]).err();
    assert!(
        text.starts_with("7 files: unchanged since the last check, in "),
        "{text}"
    );
}

#[test]
fn strictness_is_decided_when_reporting() {
    let project = Project::new(&[("main.zig", "const x = @import(\"nothing\");\n")]);
    let lenient = check_json(&project, 0, &["main.zig"]);
    assert_eq!(lenient["manifest"], "miss");
    let strict = check_json(&project, 1, &["--strict", "main.zig"]);
    assert_eq!(strict["manifest"], "hit");
    assert_eq!(strict["unresolved"], lenient["unresolved"]);
    let ran = self::ran(&project, &["--strict", "main.zig"]);
    assert!(
        ran.err().contains(
            "main.zig:1:19: error: unresolved import 'nothing': no module of that name is known\n\
             const x = @import(\"nothing\");\n"
        ),
        "{}",
        ran.text()
    );
}

#[test]
fn manifests_in_directories_of_the_reference_are_kept_apart() {
    let project = Project::new(&FILES);
    project.write("build.zig", b"");
    assert_eq!(
        check_json(&project, 0, &["--share-zig-cache", "main.zig"])["manifest"],
        "miss"
    );
    assert_eq!(
        check_json(&project, 0, &["--share-zig-cache", "main.zig"])["manifest"],
        "hit"
    );
    assert!(project.path(".zig-cache/zirc/h").is_dir());
    assert!(project.path(".zig-cache/z").is_dir());
    assert!(!project.path(".zig-cache/h").exists());
    assert!(!project.path(".zig-cache/o").exists());
    let hex = one_file_in(project.path(".zig-cache/zirc/h"));
    let hex = hex.file_stem().unwrap().to_str().unwrap();
    assert_eq!(explain(&project, &[hex]).status, Some(0));
}

#[test]
fn everything_that_was_read_is_listed() {
    let project = Project::new(&FILES);
    let args = ["--file-inputs", "list", "--depfile", "out.d", "main.zig"];
    let lib = project.lib();
    let expected = format!(
        "a.zig\ndata.zon\nmain.zig\nsub/b.zig\nunreferenced.zig\n{0}/std/mem.zig\n{0}/std/std.zig\n",
        lib.display()
    );
    let expected = expected.replace('/', MAIN_SEPARATOR_STR);
    let mut found: Vec<String> = Vec::new();
    for state in ["miss", "hit"] {
        assert_eq!(check_json(&project, 0, &args)["manifest"], state);
        let list = fs::read_to_string(project.path("list")).unwrap();
        let mut lines: Vec<&str> = list.lines().collect();
        lines.sort_by_key(|line| Path::new(line).is_absolute());
        assert_eq!(lines.join("\n") + "\n", expected, "{state}");
        let depfile = fs::read(project.path("out.d")).unwrap();
        assert!(depfile.starts_with(b"out: \\\n"));
        let names = manifest::prerequisites(&depfile).unwrap();
        assert_eq!(names, list.lines().map(str::as_bytes).collect::<Vec<_>>());
        found.push(list);
    }
    assert_eq!(found[0], found[1]);
    // With errors too, but not what could not be read.
    project.write("a.zig", b"const x = y; const z = @import(\"nowhere.zig\");");
    check_json(&project, 1, &args);
    let list = fs::read_to_string(project.path("list")).unwrap();
    assert!(
        list.contains("a.zig\n") && !list.contains("nowhere"),
        "{list}"
    );
    let ran = self::ran(&project, &["--file-inputs", "no/such/dir/list", "main.zig"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
}
