//! `zirc watch`, and the compilation that lives on below it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use driver::compilation::{Change, Compilation, Update};
use driver::graph::{Directories, Module, Modules, Observer, Program, Release, Stores};
use serde_json::Value;

use crate::common::{Project, messages, slashed_json};

pub(crate) struct Silent;

impl Observer for Silent {
    fn progress(&self, _: usize, _: usize) {}
    fn waiting(&self, _: &Path) {}
}

/// Caches in a project, or none.
pub(crate) fn stores(project: &Project, cache: bool) -> Stores {
    let store = || match cache {
        true => cache_store::Store::open(&project.path("cache/z")).0,
        false => cache_store::Store::disabled(),
    };
    Stores {
        local: store(),
        global: store(),
    }
}

/// A compilation of `main.zig` in a project.
fn compilation(project: &Project, cache: bool) -> Compilation {
    let root = project.path("main.zig");
    let program = Program {
        modules: Modules::new(Module::of_root_file("main", &root)),
        roots: vec!["main.zig".into()],
        release: Release::V0_14_1,
        cwd: project.dir(),
        directories: Directories::new(Release::V0_14_1, b"/", &[]),
        buffer: None,
    };
    Compilation::new(program, stores(project, cache), 2).unwrap()
}

/// The changes by the names of the files.
fn changes(update: &Update) -> Vec<(String, &Change)> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    update
        .changes
        .iter()
        .map(|c| (name(&c.path), &c.change))
        .collect()
}

fn outdated(update: &Update) -> Vec<String> {
    let mut names = Vec::new();
    for change in &update.changes {
        let Change::Declarations(changes) = &change.change else {
            panic!("{change:?}")
        };
        names.extend(changes.outdated.iter().map(|decl| decl.name.clone()));
    }
    names
}

#[test]
fn only_what_changed_is_looked_at() {
    for cache in [false, true] {
        let project = Project::new(&[
            (
                "main.zig",
                "const a = @import(\"a.zig\");\nconst c = @import(\"c.zon\");\npub fn f() void {}\n",
            ),
            ("a.zig", "pub fn g() void {}\nfn h() void {}\n"),
            ("c.zon", ".{ .x = 1 }"),
        ]);
        let mut compilation = compilation(&project, cache);
        let mut update = || compilation.update(&Silent);
        let first = update();
        assert_eq!((first.looked_at, first.graph.files.len()), (3, 3));
        assert!(first.changes.is_empty() && first.graph.diagnostics.is_empty());
        let second = update();
        assert_eq!((second.looked_at, second.graph.files.len()), (0, 3));
        assert!(second.changes.is_empty());

        project.write("a.zig", b"pub fn g() void {}\nfn h() u8 { return 1; }\n");
        let third = update();
        assert_eq!((third.looked_at, third.graph.files.len()), (1, 3));
        assert_eq!(outdated(&third), ["h"]);

        // Another stat, the same text; and text that changes no declaration.
        project.write("a.zig", b"pub fn g() void {}\nfn h() u8 { return 1; }\n");
        project.write("c.zon", b".{   .x = 1 }");
        let fourth = update();
        assert_eq!(fourth.looked_at, 2);
        assert!(fourth.changes.is_empty(), "{:?}", fourth.changes);

        project.write("c.zon", b".{ .x = 22 }");
        assert_eq!(changes(&update()), [("c.zon".to_owned(), &Change::Value)]);
    }
}

#[test]
fn changes_are_told_from_good_to_good() {
    let project = Project::new(&[
        ("main.zig", "const a = @import(\"a.zig\");\n"),
        (
            "a.zig",
            "const b = @import(\"b.zig\");\nconst x = 1;\nconst y = 1;\n",
        ),
        ("b.zig", "pub const z = 1;\n"),
    ]);
    let mut compilation = compilation(&project, true);
    compilation.update(&Silent);

    project.write(
        "a.zig",
        b"const b = @import(\"b.zig\");\nconst x = 2;\nconst y = ;\n",
    );
    let broken = compilation.update(&Silent);
    assert_eq!(changes(&broken), [("a.zig".to_owned(), &Change::Broken)]);
    assert_eq!(broken.graph.diagnostics.len(), 1);
    // What a broken file imports is not known to be out of use.
    assert_eq!((broken.graph.files.len(), compilation.remembered()), (2, 3));

    // Still broken, still the same memory.
    project.write(
        "a.zig",
        b"const b = @import(\"b.zig\");\nconst x = 2;\nconst y = +;\n",
    );
    let broken = compilation.update(&Silent);
    assert_eq!(changes(&broken), [("a.zig".to_owned(), &Change::Broken)]);
    project.write("b.zig", b"pub const z = 2;\n");
    let same = compilation.update(&Silent);
    assert_eq!((same.looked_at, same.graph.diagnostics.len()), (0, 1));

    project.write(
        "a.zig",
        b"const b = @import(\"b.zig\");\nconst x = 2;\nconst y = 1;\nconst w = 1;\n",
    );
    let good = compilation.update(&Silent);
    assert!(
        good.graph.diagnostics.is_empty(),
        "the old error is out of date"
    );
    assert_eq!(outdated(&good), ["x", "z"]);
    let Change::Declarations(in_a) = &good.changes[0].change else {
        panic!()
    };
    let names: Vec<_> = in_a.names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!(names, ["w"]);
}

#[test]
fn what_could_not_be_loaded_is_tried_again() {
    let project = Project::new(&[
        ("main.zig", "const a = @import(\"a.zig\");\n"),
        ("a.zig", "const x = 1;\n"),
    ]);
    let mut compilation = compilation(&project, true);
    assert!(compilation.update(&Silent).graph.diagnostics.is_empty());
    fs::rename(project.path("a.zig"), project.path("kept")).unwrap();
    for _ in 0..2 {
        let gone = compilation.update(&Silent);
        assert_eq!(gone.graph.diagnostics.len(), 1);
        assert!(
            String::from_utf8_lossy(&gone.graph.diagnostics[0].message).contains("FileNotFound")
        );
        assert_eq!(compilation.remembered(), 2);
    }
    // The same file again: nothing changed after all.
    fs::rename(project.path("kept"), project.path("a.zig")).unwrap();
    let back = compilation.update(&Silent);
    assert!(back.graph.diagnostics.is_empty() && back.changes.is_empty());
    assert_eq!(back.looked_at, 1);
    fs::remove_file(project.path("a.zig")).unwrap();
    compilation.update(&Silent);
    project.write("a.zig", b"const x = 2;\n");
    assert_eq!(outdated(&compilation.update(&Silent)), ["x"]);
}

#[test]
fn an_edit_that_the_mtime_does_not_tell_of() {
    let project = Project::new(&[("main.zig", "const x = 1;\n")]);
    fs::write(project.path("main.zig"), "const x = 1;\n").unwrap();
    let stat = fs::metadata(project.path("main.zig")).unwrap();
    let mut compilation = compilation(&project, true);
    compilation.update(&Silent);
    fs::write(project.path("main.zig"), "const x = 2;\n").unwrap();
    project.set_mtime("main.zig", stat.modified().unwrap());
    assert_eq!(outdated(&compilation.update(&Silent)), ["x"]);
}

#[test]
fn files_come_and_go() {
    let project = Project::new(&[
        ("main.zig", "const a = @import(\"a.zig\");\n"),
        ("a.zig", "const x = 1;\n"),
        ("b.zig", "const x = 1;\n"),
    ]);
    let mut compilation = compilation(&project, false);
    compilation.update(&Silent);
    project.write("main.zig", b"const a = @import(\"b.zig\"); // b\n");
    let update = compilation.update(&Silent);
    let found = changes(&update);
    let [
        (a, Change::Vanished),
        (b, Change::Appeared),
        (main, Change::Declarations(_)),
    ] = &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!([a, b, main], ["a.zig", "b.zig", "main.zig"]);
    assert_eq!(compilation.remembered(), 2);
}

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
#[cfg_attr(windows, ignore = "wants /proc")]
fn memory_is_flat_over_a_thousand_updates() {
    // In a process of its own: what other tests use meanwhile is not to be counted.
    const ALONE: &str = "ZIRC_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let ran = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "watch::memory_is_flat_over_a_thousand_updates",
                "--nocapture",
            ])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(
            ran.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        return;
    }
    let texts: Vec<Vec<u8>> = fixtures::inputs("zig/ok")
        .map(|input| input.bytes)
        .collect();
    let mut largest: Vec<&Vec<u8>> = texts.iter().collect();
    largest.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let names: Vec<String> = (0..8).map(|i| format!("f{i}.zig")).collect();
    let imports: String = names
        .iter()
        .map(|n| format!("const {} = @import(\"{n}\");\n", &n[..2]))
        .collect();
    let project = Project::new(&[("main.zig", &imports)]);
    for (name, text) in names.iter().zip(&largest) {
        project.write(name, text);
    }
    let mut compilation = compilation(&project, true);
    compilation.update(&Silent);
    let bytes = compilation.remembered_bytes();
    let mut told = 0;
    let mut before = 0;
    for round in 0..1_000 {
        let (name, text) = (&names[round % 8], largest[round % 8]);
        // Each time another edit; every fourth time one that breaks the file.
        let tail = match round % 32 {
            24.. => format!("\nconst broken_{round} = ;\n"),
            _ => format!("\nconst fresh_{round} = {round};\n"),
        };
        project.write(name, &[&text[..], tail.as_bytes()].concat());
        told += compilation.update(&Silent).changes.len();
        if round == 199 {
            before = resident();
        }
    }
    assert!(told >= 900, "{told}");
    let after = compilation.remembered_bytes();
    // Eight files may be broken, and so be there in two versions.
    assert!(after < bytes * 2 + 10_000, "{bytes} {after}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 8 << 20, "grown by {grown} bytes");
}

/// A `zirc watch` that is killed in the end.
pub(crate) struct Watching {
    child: Child,
    lines: Receiver<Value>,
}

impl Watching {
    pub(crate) fn begin(project: &Project, args: &[&str]) -> Watching {
        let lib = project.lib();
        let lib = lib.to_str().unwrap();
        let watch = ["watch", "--format", "json", "--zig-lib-dir", lib];
        let mut child = project
            .command(&[&watch[..], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        let root = project.dir().parent().unwrap().to_owned();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let mut value = serde_json::from_str(&line).unwrap();
                slashed_json(&mut value, root.to_str().unwrap());
                if sender.send(value).is_err() {
                    break;
                }
            }
        });
        Watching { child, lines }
    }

    pub(crate) fn next(&self) -> Value {
        self.lines.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// Updates until one satisfies: one edit may be seen as several.
    pub(crate) fn until(&self, satisfies: impl Fn(&Value) -> bool) -> Value {
        loop {
            let value = self.next();
            if satisfies(&value) {
                return value;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As editors do it: another file under the same name. One that is written in place is empty for a moment, in
/// which it may be looked at.
pub(crate) fn replace(project: &Project, name: &str, text: &str) {
    let other = project.path(&format!("{name}.new"));
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    fs::write(&other, text).unwrap();
    let began = Instant::now();
    while let Err(error) = fs::rename(&other, project.path(name)) {
        // Not every system replaces what somebody reads.
        assert!(began.elapsed() < Duration::from_secs(60), "{error}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_root_file_is_watched() {
    for args in [
        &["main.zig"][..],
        &["main.zig", "--poll", "20"],
        &["main.zig", "--no-cache"],
    ] {
        let project = Project::new(&[
            (
                "main.zig",
                "const std = @import(\"std\");\nconst a = @import(\"sub/a.zig\");\n",
            ),
            ("sub/a.zig", "const x = 1;\n"),
        ]);
        let watching = Watching::begin(&project, args);
        let first = watching.next();
        assert_eq!((&first["update"], &first["files"]), (&1.into(), &4.into()));
        assert!(first["changes"].as_array().unwrap().is_empty());

        replace(&project, "sub/a.zig", "const x = 2;\npub const y = 3;\n");
        let edited = watching.until(|v| !v["changes"].as_array().unwrap().is_empty());
        let change = &edited["changes"][0];
        assert_eq!(
            (&change["path"], &change["kind"]),
            (&"sub/a.zig".into(), &"declarations".into())
        );
        assert_eq!(change["changes"]["outdated"][0]["name"], "x");
        assert_eq!(change["changes"]["names"][0]["name"], "y");

        replace(&project, "sub/a.zig", "const x = ;\n");
        let broken = watching.until(|v| !v["diagnostics"].as_array().unwrap().is_empty());
        assert_eq!(broken["changes"][0]["kind"], "broken");
        assert!(
            messages(&broken)[0].starts_with("sub/a.zig:1:11: error: "),
            "{broken}"
        );

        fs::remove_dir_all(project.path("sub")).unwrap();
        let gone = watching.until(|v| v.to_string().contains("FileNotFound"));
        assert_eq!(gone["failed"], 1);
        replace(&project, "sub/a.zig", "const x = 4;\npub const y = 3;\n");
        let back = watching.until(|v| v["diagnostics"].as_array().unwrap().is_empty());
        assert_eq!(back["changes"][0]["changes"]["outdated"][0]["name"], "x");
    }
}

#[test]
fn a_directory_is_watched() {
    let project = Project::new(&[("a.zig", "const x = 1;\n")]);
    let watching = Watching::begin(&project, &[]);
    assert_eq!(watching.next()["files"], 1);
    // Of a file that was seen while it was still empty, the first good text is no change of a value.
    replace(&project, "deep/b.zon", ".{ 1 }");
    let appeared = watching.until(|v| v["files"] == 2);
    assert_eq!(appeared["changes"][0]["kind"], "appeared");
    replace(&project, "deep/b.zon", ".{ 2 }");
    assert_eq!(
        watching.until(|v| v["changes"][0]["kind"] == "value")["files"],
        2
    );
    fs::remove_file(project.path("deep/b.zon")).unwrap();
    let vanished = watching.until(|v| v["files"] == 1);
    assert_eq!(vanished["changes"][0]["kind"], "vanished");
}

/// An edit, and how the update is recognised that tells of it.
struct Edit {
    name: &'static str,
    /// What is watched.
    arg: &'static str,
    /// What is done to a project with `main.zig` and `real/`.
    prepare: fn(&Project),
    edit: fn(&Project),
    told: fn(&Value) -> bool,
}

fn append(project: &Project, name: &str, text: &str) {
    let mut file = fs::File::options()
        .append(true)
        .open(project.path(name))
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Makes a link lead elsewhere, in one step.
fn retarget(project: &Project, name: &str, to: &str) {
    let other = format!("{name}.new");
    project.symlink(&other, to);
    fs::rename(project.path(&other), project.path(name)).unwrap();
}

fn is_fresh(update: &Value) -> bool {
    update["changes"].to_string().contains("fresh")
}

fn has_another_value(update: &Value) -> bool {
    update["changes"][0]["kind"] == "value"
}

/// Enough for the watcher to be waiting: what is done before that is found without an event.
const SETTLED: Duration = Duration::from_millis(700);

const FRESH: &str = "pub const fresh = 1;\n";

const EDITS: &[Edit] = &[
    Edit {
        name: "a root that is a link",
        arg: "root.zig",
        prepare: |project| project.symlink("root.zig", "real/x"),
        edit: |project| append(project, "real/x", FRESH),
        told: is_fresh,
    },
    Edit {
        name: "a root in a directory that is a link",
        arg: "to/x",
        prepare: |project| project.symlink("to", "real"),
        edit: |project| replace(project, "real/x", FRESH),
        told: is_fresh,
    },
    Edit {
        name: "a source that is a link",
        arg: "main.zig",
        prepare: |project| project.symlink("a.zig", "real/x"),
        edit: |project| append(project, "real/x", FRESH),
        told: is_fresh,
    },
    Edit {
        name: "a ZON file that is a link",
        arg: "main.zig",
        prepare: |project| project.symlink("c.zon", "real/z"),
        edit: |project| replace(project, "real/z", ".{ 2 }"),
        told: has_another_value,
    },
    Edit {
        name: "a link to a link",
        arg: "main.zig",
        prepare: |project| {
            project.symlink("a.zig", "real/between");
            project.symlink("real/between", "deep/x");
        },
        edit: |project| append(project, "real/deep/x", FRESH),
        told: is_fresh,
    },
    Edit {
        name: "a link to a link that is retargeted",
        arg: "main.zig",
        prepare: |project| {
            project.symlink("a.zig", "real/between");
            project.symlink("real/between", "x");
            project.write("real/y", FRESH.as_bytes());
        },
        edit: |project| retarget(project, "real/between", "y"),
        told: is_fresh,
    },
    Edit {
        name: "a link that leads nowhere yet",
        arg: "main.zig",
        prepare: |project| project.symlink("a.zig", "real/later/x"),
        edit: |project| {
            fs::create_dir(project.path("real/later")).unwrap();
            std::thread::sleep(SETTLED);
            replace(project, "real/later/x", FRESH);
        },
        told: |update| update["failed"] == 0,
    },
    Edit {
        name: "a retargeted directory",
        arg: "src/main.zig",
        prepare: |project| {
            project.write("v1/main.zig", b"const x = 1;\n");
            project.write("v2/main.zig", FRESH.as_bytes());
            project.symlink("src", "v1");
        },
        edit: |project| retarget(project, "src", "v2"),
        told: is_fresh,
    },
    Edit {
        name: "a directory between that is another",
        arg: "deep/er/src/main.zig",
        prepare: |project| {
            project.write("deep/er/src/main.zig", b"const x = 1;\n");
            project.write("deep/er.new/src/main.zig", FRESH.as_bytes());
        },
        edit: |project| {
            fs::rename(project.path("deep/er"), project.path("deep/er.old")).unwrap();
            fs::rename(project.path("deep/er.new"), project.path("deep/er")).unwrap();
        },
        told: is_fresh,
    },
    Edit {
        name: "another name of the same file",
        arg: "main.zig",
        prepare: |project| {
            fs::hard_link(project.path("real/x"), project.path("a.zig")).unwrap();
        },
        edit: |project| append(project, "real/x", FRESH),
        told: is_fresh,
    },
    Edit {
        name: "another name of the same file, after it was replaced",
        arg: "main.zig",
        prepare: |project| {
            fs::hard_link(project.path("real/x"), project.path("a.zig")).unwrap();
        },
        edit: |project| {
            fs::hard_link(project.path("real/deep/x"), project.path("new")).unwrap();
            fs::rename(project.path("new"), project.path("a.zig")).unwrap();
            std::thread::sleep(SETTLED);
            append(project, "real/deep/x", FRESH);
        },
        told: is_fresh,
    },
    Edit {
        name: "a link below a directory that is watched",
        arg: "below",
        prepare: |project| {
            fs::create_dir(project.path("below")).unwrap();
            project.symlink("below/a.zig", "../real/x");
        },
        edit: |project| append(project, "real/x", FRESH),
        told: is_fresh,
    },
    Edit {
        name: "a watched directory that comes again",
        arg: "real",
        prepare: |project| project.write("real/a.zig", b"const x = 1;\n"),
        edit: |project| {
            fs::rename(project.path("real"), project.path("old")).unwrap();
            std::thread::sleep(SETTLED);
            fs::create_dir(project.path("real")).unwrap();
            std::thread::sleep(SETTLED);
            replace(project, "real/a.zig", FRESH);
        },
        told: |update| update["files"] == 1 && update["failed"] == 0,
    },
    Edit {
        name: "what a directory leaves out",
        arg: "real",
        prepare: |project| {
            project.write("real/a.zig", b"const x = 1;\n");
            project.write("real/b.zig", b"const x = 1;\n");
        },
        edit: |project| replace(project, "real/.ignore", "b.zig\n"),
        told: |update| update["files"] == 1,
    },
];

/// What is told by events is what is told where all files are looked at every few milliseconds.
#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn events_tell_what_polling_tells() {
    let updates = |edit: &Edit, args: &[&str]| {
        let main = "const a = @import(\"a.zig\");\nconst c = @import(\"c.zon\");\n";
        let project = Project::new(&[
            ("main.zig", main),
            ("real/x", "const x = 1;\n"),
            ("real/z", ".{ 1 }"),
            ("real/deep/x", "const x = 1;\n"),
        ]);
        (edit.prepare)(&project);
        for (name, text) in [("a.zig", "const x = 1;\n"), ("c.zon", ".{ 1 }")] {
            if fs::symlink_metadata(project.path(name)).is_err() {
                project.write(name, text.as_bytes());
            }
        }
        let watching = Watching::begin(&project, &[&[edit.arg], args].concat());
        watching.next();
        std::thread::sleep(SETTLED);
        (edit.edit)(&project);
        let mut last = watching.lines.recv_timeout(Duration::from_secs(20)).ok()?;
        while !(edit.told)(&last) {
            last = watching.lines.recv_timeout(Duration::from_secs(20)).ok()?;
        }
        let keys = ["files", "failed", "diagnostics", "unresolved", "changes"];
        Some(keys.map(|key| last[key].clone()))
    };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = EDITS
            .iter()
            .map(|edit| {
                scope.spawn(move || {
                    let (told, polled) = (updates(edit, &[]), updates(edit, &["--poll", "20"]));
                    assert!(polled.is_some(), "{}: not even by polling", edit.name);
                    (told != polled).then(|| format!("{}: {told:?}, not {polled:?}", edit.name))
                })
            })
            .collect();
        runs.into_iter()
            .filter_map(|run| run.join().unwrap())
            .collect()
    });
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn what_cannot_be_watched() {
    let project = Project::new(&[("a.zig", "")]);
    for args in [
        &["watch", "gone.zig"][..],
        &["watch", "a.zig", "a.zig"],
        &["watch", "--poll", "0"],
    ] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
    }
}
