//! Caches: where they are, what is used again, what happens when they cannot be used or are damaged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use cache_store::file::unlock;
use fixtures::system::{fifo, set_mode};
use serde_json::Value;

use crate::common::{Project, RELEASE, Ran, counts, messages};

const FILES: &[(&str, &str)] = &[
    (
        "main.zig",
        "const std = @import(\"std\");\nconst a = @import(\"a.zig\");\nconst z: u8 = @import(\"big.zon\");\n",
    ),
    ("a.zig", "const b = @import(\"sub/b.zig\");\n"),
    ("sub/b.zig", "const x = 1;\n"),
    (
        "big.zon",
        ".{ .a = 0x1234_5678_9abc_def0_1234_5678_9abc_def0 }\n",
    ),
];

/// Both caches in one directory of the project, and every entry looked at.
const IN_ONE_DIRECTORY: [&str; 6] = [
    "--no-manifest",
    "--cache-dir",
    "c",
    "--global-cache-dir",
    "c",
    "main.zig",
];

/// Of `FILES` in the main module.
const LOCAL: usize = 4;
/// Of the made-up library.
const GLOBAL: usize = 2;
const ALL: u64 = (LOCAL + GLOBAL) as u64;

fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(dir.join("z")) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn check(project: &Project) -> [u64; 3] {
    counts(&project.check_json(0, &["--no-manifest", "main.zig"]))
}

/// Those about entries.
fn warnings(report: &Value) -> Vec<String> {
    let warnings = report["warnings"].as_array().unwrap();
    warnings
        .iter()
        .map(|warning| warning.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_generated_when() {
    let project = Project::new(FILES);
    assert_eq!(check(&project), [ALL, 0, ALL]);
    assert_eq!(check(&project), [ALL, ALL, 0]);
    project.write("sub/b.zig", b"const x = 2;\n");
    assert_eq!(check(&project), [ALL, ALL - 1, 1]);
    assert_eq!(check(&project), [ALL, ALL, 0]);
    project.write(
        "big.zon",
        b".{ .a = 0x1234_5678_9abc_def0_1234_5678_9abc_def1 }\n",
    );
    assert_eq!(check(&project), [ALL, ALL - 1, 1]);
    // A big integer is written as it is read.
    assert_eq!(check(&project), [ALL, ALL, 0]);
}

#[test]
fn the_same_content_is_a_hit_whatever_its_stat() {
    let project = Project::new(FILES);
    check(&project);
    for (name, _) in FILES {
        project.set_mtime(name, SystemTime::now());
    }
    assert_eq!(check(&project), [ALL, ALL, 0], "touched");
    let away = project.path("../away");
    fs::rename(project.dir(), &away).unwrap();
    for (name, _) in FILES {
        let to = project.path(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(away.join(name), to).unwrap();
    }
    assert_eq!(check(&project), [ALL, ALL, 0], "copied away and back");
}

/// Neither inode nor size nor mtime tells of these edits, and entries are asked.
#[test]
fn an_edit_within_a_tick_is_seen() {
    let project = Project::new(FILES);
    let now = SystemTime::now();
    for x in "abcdef".chars() {
        fs::write(project.path("sub/b.zig"), format!("const x = {x};\n")).unwrap();
        project.set_mtime("sub/b.zig", now);
        let report = project.check_json(1, &["--no-manifest", "main.zig"]);
        assert_eq!(
            messages(&report),
            [format!(
                "sub/b.zig:1:11: error: use of undeclared identifier '{x}'"
            )]
        );
    }
}

#[test]
fn the_entries_have_the_names_that_zig_gives_them() {
    let project = Project::new(&[("hello.zig", ""), ("cfg.zon", "1")]);
    project.check_json(
        0,
        &["hello.zig", "--cache-dir", "l", "--global-cache-dir", "g"],
    );
    project.check_json(
        0,
        &["cfg.zon", "--cache-dir", "l", "--global-cache-dir", "g"],
    );
    let names: Vec<PathBuf> = [
        "bc4ea4bdfba659a31bd26d77b7ed8ab6",
        "c1636a01d58b0e60406377649be44b8c",
    ]
    .map(|name| project.path("l/z").join(name))
    .to_vec();
    assert_eq!(entries(&project.path("l")), names);
    assert_eq!(entries(&project.path("g")), Vec::<PathBuf>::new());
}

#[test]
fn where_caches_are() {
    let project = Project::new(FILES);
    let lib = project.lib();
    let run = |args: &[&str], env: &[(&str, &str)]| {
        let mut command =
            project.command(&["check", "--zig-lib-dir", lib.to_str().unwrap(), "main.zig"]);
        command.args(args).envs(env.iter().copied());
        let ran = project.finish(&mut command, None);
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        ran
    };
    let count = |dir: &str| entries(&project.path(dir)).len();

    run(&["--no-cache"], &[]);
    assert_eq!(
        fs::read_dir(project.home()).unwrap().count(),
        0,
        "no cache, no directories"
    );
    run(&[], &[]);
    assert_eq!(
        count("../home/.cache/zirc"),
        LOCAL + GLOBAL,
        "without a build.zig all is in the global one"
    );
    let caches_of_users = match cfg!(windows) {
        true => "LOCALAPPDATA",
        false => "XDG_CACHE_HOME",
    };
    run(&[], &[(caches_of_users, "xdg")]);
    assert_eq!(count("xdg/zirc"), LOCAL + GLOBAL);
    run(
        &[],
        &[("ZIG_GLOBAL_CACHE_DIR", "g"), ("ZIG_LOCAL_CACHE_DIR", "l")],
    );
    assert_eq!((count("l/zirc"), count("g/zirc")), (LOCAL, GLOBAL));
    run(
        &["--cache-dir", "l2", "--global-cache-dir", "g2"],
        &[("ZIG_GLOBAL_CACHE_DIR", "g3")],
    );
    assert_eq!(
        (count("l2"), count("g2"), count("g3/zirc")),
        (LOCAL, GLOBAL, 0)
    );
    run(
        &["--share-zig-cache"],
        &[
            ("ZIG_GLOBAL_CACHE_DIR", "g4"),
            ("ZIG_LOCAL_CACHE_DIR", "l4"),
        ],
    );
    assert_eq!((count("l4"), count("g4")), (LOCAL, GLOBAL));
    project.write("build.zig", b"");
    run(&[], &[(caches_of_users, "xdg2")]);
    assert_eq!((count(".zirc-cache"), count("xdg2/zirc")), (LOCAL, GLOBAL));
    run(&["--share-zig-cache"], &[(caches_of_users, "xdg2")]);
    assert_eq!((count(".zig-cache"), count("xdg2/zig")), (LOCAL, GLOBAL));

    let home = match cfg!(windows) {
        true => "LOCALAPPDATA",
        false => "HOME",
    };
    let mut homeless = project.command(&["check", "--format", "json", "--no-cache"]);
    homeless
        .env_remove(home)
        .current_dir(project.lib())
        .arg(project.path("a.zig"));
    assert_eq!(project.finish(&mut homeless, None).status, Some(0));
    let mut homeless = project.command(&["check", "--format", "json"]);
    homeless
        .env_remove(home)
        .current_dir(project.lib())
        .arg(project.path("a.zig"));
    let ran = project.finish(&mut homeless, None);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert!(
        warnings(&ran.json())[0].contains(&format!("{home} is not set")),
        "{}",
        ran.text()
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants /proc")]
fn a_cache_that_cannot_be_made_is_a_warning() {
    let project = Project::new(FILES);
    project.write("file", b"");
    for (what, dir) in [
        ("a file", "file"),
        ("below a file", "file/deeper"),
        ("no file system", "/proc/none"),
    ] {
        for _ in 0..2 {
            let report = project.check_json(
                0,
                &[
                    "--no-manifest",
                    "--cache-dir",
                    dir,
                    "--global-cache-dir",
                    dir,
                    "main.zig",
                ],
            );
            assert_eq!(counts(&report), [ALL, 0, ALL], "{what}");
            let warnings = warnings(&report);
            assert_eq!(warnings.len(), 1, "{what}: {warnings:?}");
            assert!(
                warnings[0].starts_with(&format!("unable to create cache directory '{dir}/z'")),
                "{warnings:?}"
            );
        }
    }
    assert_eq!(fs::read(project.path("file")).unwrap(), b"");
    let ran = project.check(&["--cache-dir", "file", "main.zig"]);
    assert_eq!(ran.status, Some(0));
    assert!(
        ran.err()
            .contains("warning: unable to create cache directory 'file/z'"),
        "{}",
        ran.text()
    );
    // Errors in the program are found all the same.
    project.write("sub/b.zig", b"const x = y;\n");
    project.check_json(1, &["--cache-dir", "file", "main.zig"]);
}

/// The limit on the length of files stands in for a disk that is full.
#[test]
#[cfg_attr(windows, ignore = "wants a shell")]
fn a_cache_that_is_full_is_a_warning() {
    let project = Project::new(FILES);
    for (blocks, cache) in [(0, "none"), (1, "some")] {
        for round in 0..2 {
            let mut command = project.command_of("sh".as_ref());
            let script = format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec '{}' check --no-manifest --format json --zig-lib-dir '{}' --cache-dir {cache} --global-cache-dir {cache} main.zig",
                env!("CARGO_BIN_EXE_zirc"),
                project.lib().display()
            );
            command.env("PATH", "/usr/bin:/bin").args(["-c", &script]);
            let ran = project.finish(&mut command, None);
            assert_eq!(ran.status, Some(0), "{}", ran.text());
            let report = ran.json();
            let [files, hits, generated] = counts(&report);
            assert_eq!((files, hits + generated), (ALL, ALL));
            if blocks == 0 {
                assert_eq!(generated, ALL, "round {round}");
                let warnings = warnings(&report);
                assert_eq!(warnings.len(), 1, "one for all of them: {report}");
                assert!(
                    warnings[0].starts_with("unable to write cache entry 'none/z/")
                        && warnings[0].ends_with(&format!(" (and {} more like it)", ALL - 1)),
                    "{report}"
                );
                for entry in entries(&project.path(cache)) {
                    assert_eq!(
                        fs::metadata(entry).unwrap().len(),
                        0,
                        "nothing half written"
                    );
                }
            }
        }
        // With room again, all is well.
        let flags = [
            "--no-manifest",
            "--cache-dir",
            cache,
            "--global-cache-dir",
            cache,
            "main.zig",
        ];
        let report = project.check_json(0, &flags);
        assert!(warnings(&report).is_empty());
        assert_eq!(counts(&project.check_json(0, &flags)), [ALL, ALL, 0]);
    }
}

/// Runs `zirc` as a user without rights; `None` and a word on why if that cannot be done.
fn as_nobody(project: &Project) -> Option<Command> {
    set_mode(project.dir().parent().unwrap(), 0o755).unwrap();
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    let mut command = project.command_of(if is_root {
        "setpriv".as_ref()
    } else {
        "env".as_ref()
    });
    command.env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        let mut probe = Command::new("setpriv");
        probe.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            env!("CARGO_BIN_EXE_zirc"),
            "--version",
        ]);
        if !probe.output().is_ok_and(|output| output.status.success()) {
            eprintln!("not run: zirc cannot be started as another user here");
            return None;
        }
    }
    command.arg(env!("CARGO_BIN_EXE_zirc"));
    Some(command)
}

#[test]
#[cfg_attr(windows, ignore = "wants users and their rights, modes of files")]
fn a_cache_that_is_read_only() {
    let project = Project::new(FILES);
    let lib = project.lib();
    for filled in [false, true] {
        let cache = if filled { "filled" } else { "empty" };
        fs::create_dir_all(project.path(cache).join("z")).unwrap();
        let flags = [
            "--no-manifest",
            "--cache-dir",
            cache,
            "--global-cache-dir",
            cache,
            "main.zig",
        ];
        if filled {
            project.check_json(0, &flags);
            for entry in entries(&project.path(cache)) {
                set_mode(entry, 0o444).unwrap();
            }
        }
        set_mode(project.path(cache).join("z"), 0o555).unwrap();
        let Some(mut command) = as_nobody(&project) else {
            return;
        };
        command
            .args([
                "check",
                "--zig-version",
                RELEASE,
                "--format",
                "json",
                "--zig-lib-dir",
                lib.to_str().unwrap(),
            ])
            .args(flags);
        let ran = project.finish(&mut command, None);
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        let report = ran.json();
        if filled {
            assert_eq!(counts(&report), [ALL, ALL, 0], "what is there can be used");
            assert!(warnings(&report).is_empty(), "{report}");
        } else {
            assert_eq!(counts(&report), [ALL, 0, ALL]);
            assert!(!warnings(&report).is_empty());
        }
        set_mode(project.path(cache).join("z"), 0o755).unwrap();
    }
}

#[test]
#[cfg_attr(windows, ignore = "wants users and their rights, modes of files")]
fn a_file_that_may_not_be_read() {
    let project = Project::new(&[
        ("main.zig", "const a = @import(\"a.zig\");\n"),
        ("a.zig", ""),
    ]);
    set_mode(project.path("a.zig"), 0o000).unwrap();
    let Some(mut command) = as_nobody(&project) else {
        return;
    };
    let ran = project.finish(
        command.args([
            "check",
            "--no-cache",
            "--zig-version",
            "0.14.1",
            "--color",
            "off",
            "main.zig",
        ]),
        None,
    );
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert!(
        ran.err().starts_with("main.zig:1:19: error: unable to load './a.zig': AccessDenied\nconst a = @import(\"a.zig\");\n                  ^~~~~~~\n"),
        "{}",
        ran.text()
    );
    let mut command = as_nobody(&project).unwrap();
    let ran = project.finish(command.args(["ast-check", "a.zig"]), None);
    assert_eq!(
        ran.text(),
        "status Some(1)\n--- stderr\nerror: unable to open file \"a.zig\" for ast-check: AccessDenied\n"
    );
    let mut command = as_nobody(&project).unwrap();
    let ran = project.finish(
        command.args(["check", "--no-cache", "--color", "off", "a.zig"]),
        None,
    );
    assert!(
        matches!(ran.status, Some(1 | 2)) && ran.err().contains("a.zig"),
        "{}",
        ran.text()
    );
}

/// Whatever stands in an entry, the result is that of a run without a cache.
#[test]
fn damaged_entries_are_not_believed() {
    let project = Project::new(&[
        FILES[0],
        FILES[1],
        (
            "sub/b.zig",
            "const x = y;\nconst z = @import(\"../gone.zig\");\n",
        ),
        FILES[3],
    ]);
    let flags = IN_ONE_DIRECTORY;
    let expected = messages(&project.check_json(1, &flags));
    assert_eq!(expected.len(), 2);
    let good: Vec<(PathBuf, Vec<u8>)> = entries(&project.path("c"))
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert_eq!(good.len(), ALL as usize);
    type Damage = (&'static str, fn(&mut Vec<u8>));
    let damages: &[Damage] = &[
        ("empty", |bytes| bytes.clear()),
        ("header cut", |bytes| bytes.truncate(20)),
        ("body cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("trailer cut", |bytes| bytes.truncate(bytes.len() - 1)),
        ("no trailer, header of another", |bytes| bytes[0] ^= 1),
        ("lengths", |bytes| bytes[..12].fill(0xff)),
        ("body", |bytes| {
            bytes[64..].iter_mut().for_each(|byte| *byte = !*byte)
        }),
        ("one bit", |bytes| *bytes.last_mut().unwrap() ^= 1),
        ("ones", |bytes| bytes.fill(0xff)),
        ("noise", |bytes| {
            let mut state = 1u32;
            for byte in bytes.iter_mut() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
            }
        }),
        ("long", |bytes| bytes.extend(vec![0; 1 << 20])),
    ];
    for (what, damage) in damages {
        for (path, bytes) in &good {
            let mut bytes = bytes.clone();
            damage(&mut bytes);
            fs::write(path, bytes).unwrap();
        }
        let report = project.check_json(1, &flags);
        assert_eq!(messages(&report), expected, "{what}");
        assert!(warnings(&report).is_empty(), "{what}: {report}");
        let report = project.check_json(1, &flags);
        assert_eq!(
            (messages(&report), counts(&report)),
            (expected.clone(), [ALL + 1, ALL, 0]),
            "mended after {what}"
        );
    }
    // Things that are no files.
    for (path, _) in &good {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }
    let report = project.check_json(1, &flags);
    assert_eq!(
        (messages(&report), counts(&report)),
        (expected.clone(), [ALL + 1, 0, ALL])
    );
    assert_eq!(warnings(&report).len(), 1, "{report}");
    assert!(
        warnings(&report)[0].ends_with(&format!(" (and {} more like it)", ALL - 1)),
        "{report}"
    );
}

/// A pipe in the place of an entry is not waited for.
#[test]
#[cfg_attr(windows, ignore = "wants FIFOs")]
fn entries_that_are_pipes() {
    let project = Project::new(FILES);
    let flags = IN_ONE_DIRECTORY;
    project.check_json(0, &flags);
    for path in entries(&project.path("c")) {
        fs::remove_file(&path).unwrap();
        fifo(path);
    }
    let report = project.check_json(0, &flags);
    assert_eq!(counts(&report), [ALL, 0, ALL]);
    assert_eq!(warnings(&report).len(), 1, "{report}");
}

#[test]
fn many_processes_share_the_work() {
    let mut files = vec![("main.zig".to_owned(), String::new())];
    for n in 0..40 {
        files[0].1 += &format!("const n{n} = @import(\"f{n}.zig\");\n");
        files.push((
            format!("f{n}.zig"),
            format!(
                "fn f() void {{\n{}}}\n",
                "    _ = g(1, 2) + 3;\n".repeat(200)
            ),
        ));
    }
    files.push(("g.zig".to_owned(), String::new()));
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, text)| (name, text.replace("g(1, 2)", "1")))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let project = Project::new(&files);
    for round in 0..3 {
        let cache = format!("c{round}");
        let reports: Vec<Value> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        project.check_json(
                            0,
                            &[
                                "--no-manifest",
                                "--cache-dir",
                                &cache,
                                "--global-cache-dir",
                                &cache,
                                "main.zig",
                            ],
                        )
                    })
                })
                .collect();
            running
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let all: Vec<[u64; 3]> = reports.iter().map(counts).collect();
        assert!(
            all.iter()
                .all(|[files, hits, generated]| (*files, hits + generated) == (41, 41)),
            "{all:?}"
        );
        assert_eq!(
            all.iter().map(|[_, _, generated]| generated).sum::<u64>(),
            41,
            "each once: {all:?}"
        );
    }
}

/// A stopped process that holds a lock is waited for, and the user is told.
#[test]
fn a_held_lock_is_waited_for() {
    let project = Project::new(&[("hello.zig", "")]);
    let flags = [
        "--no-manifest",
        "--cache-dir",
        "c",
        "--global-cache-dir",
        "c",
        "hello.zig",
    ];
    project.check_json(0, &flags);
    let entry = fs::File::options()
        .read(true)
        .write(true)
        .open(project.path("c/z/c1636a01d58b0e60406377649be44b8c"))
        .unwrap();
    // One that is whole is read without its lock.
    entry.set_len(0).unwrap();
    entry.lock().unwrap();
    let ran = check_until_unlocked(&project, &flags, &entry);
    assert_eq!(ran.status, Some(0));
    assert!(ran.err().contains("waiting for another process to release cache entry 'c/z/c1636a01d58b0e60406377649be44b8c'"), "{}", ran.text());
}

/// Checks while `held` is locked, which it is no longer once that is complained about.
fn check_until_unlocked(project: &Project, args: &[&str], held: &fs::File) -> Ran {
    let mut is_held = true;
    project.finish_hearing(&mut project.check_command(args), None, |told| {
        if is_held && told.ends_with(b"\n") {
            is_held = false;
            unlock(held).unwrap();
        }
    })
}

/// The same of a manifest: another process is checking the same program. JSON on standard output is not
/// disturbed by that.
#[test]
fn a_held_manifest_is_waited_for() {
    let project = Project::new(&[("hello.zig", "")]);
    let flags = ["--cache-dir", "c", "--global-cache-dir", "c", "hello.zig"];
    project.check_json(0, &flags);
    let manifest = fs::read_dir(project.path("c/h")).unwrap();
    let mut manifest = manifest.map(|entry| entry.unwrap().path());
    let manifest = manifest.find(|path| path.extension().is_some()).unwrap();
    let file = fs::File::options().read(true).open(&manifest).unwrap();
    file.lock().unwrap();
    let ran = check_until_unlocked(
        &project,
        &[&["--format", "json"], &flags[..]].concat(),
        &file,
    );
    assert_eq!(ran.status, Some(0));
    assert_eq!(ran.json()["manifest"], "hit");
    let name = manifest.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        ran.err(),
        format!(
            "note: waiting for another process that checks the same program to release manifest 'c/h/{name}'\n"
        )
    );
}
