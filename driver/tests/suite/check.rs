//! `zirc check`: graphs, modules, messages, statuses.

use std::fs;

use serde_json::json;

use crate::common::{Project, counts, messages};

const CLEAN: &[(&str, &str)] = &[
    (
        "main.zig",
        "const std = @import(\"std\");\nconst a = @import(\"sub/a.zig\");\nconst z: u8 = @import(\"z.zon\");\n",
    ),
    (
        "sub/a.zig",
        "const up = @import(\"../main.zig\");\nconst self = @import(\"a.zig\");\n",
    ),
    ("z.zon", "1"),
];

const WRONG: &[(&str, &str)] = &[
    (
        "main.zig",
        "const a = @import(\"a.zig\");\nconst gone = @import(\"sub/gone.zig\");\nconst b = @import(\"sub/b.zig\");\n\
         const x = undeclared;\nfn f(x: u8) void {}\n",
    ),
    ("a.zig", "fn f() void {\n\treturn 1\n}\n"),
    (
        "sub/b.zig",
        "fn g(p: u8) void {\n    var v = p;\n}\nconst z: u8 = @import(\"z.zon\");\n",
    ),
    ("sub/z.zon", ".{ .a = }"),
];

#[test]
fn a_clean_program() {
    let project = Project::new(CLEAN);
    let ran = project.check(&["--color", "off", "main.zig"]);
    assert_eq!(
        ran.text(),
        "status Some(0)\n--- stderr\n5 files: 0 from the cache, 5 generated, 0 failed, in [TIME]\n"
    );
    let report = project.check_json(0, &["--no-manifest", "main.zig"]);
    assert_eq!(counts(&report), [5, 5, 0]);
    assert_eq!(report["failed"], 0);
    assert!(report["elapsed_ms"].is_u64());
    assert_eq!(report["diagnostics"], json!([]));
    assert_eq!(report["unresolved"], json!([]));
}

#[test]
fn errors_as_text() {
    let project = Project::new(WRONG);
    insta::assert_snapshot!(project.check(&["--color", "off", "main.zig"]).text());
}

#[test]
fn errors_in_colour() {
    let project = Project::new(WRONG);
    let ran = project.check(&["--color", "on", "a.zig"]);
    insta::assert_snapshot!(ran.text().replace('\x1b', "ESC"));
    let plain = project.check(&["--color", "auto", "a.zig"]);
    assert!(!plain.stderr.contains(&0x1b));
}

#[test]
fn errors_as_json() {
    let project = Project::new(WRONG);
    let mut report = project.check_json(1, &["main.zig"]);
    assert!(report["elapsed_ms"].take().is_u64());
    insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
}

#[test]
fn errors_of_cached_files_are_the_same() {
    let project = Project::new(WRONG);
    let first = project.check(&["--color", "off", "main.zig"]);
    let second = project.check(&["--color", "off", "main.zig"]);
    let without = project.check(&["--color", "off", "--no-cache", "main.zig"]);
    let body = |ran: &crate::common::Ran| {
        let text = ran.err();
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.contains(" from the cache, "))
            .collect();
        lines.join("\n")
    };
    assert_eq!(body(&first), body(&second));
    assert_eq!(body(&first), body(&without));
    assert!(
        second
            .err()
            .contains("5 files: 4 from the cache, 0 generated, 5 failed"),
        "{}",
        second.err()
    );
}

#[test]
fn threads_change_nothing() {
    let mut files = vec![("main.zig".to_owned(), String::new())];
    for n in 0..60 {
        files[0].1 += &format!("const n{n} = @import(\"d{}/f{n}.zig\");\n", n % 7);
        let text = format!(
            "const a = missing{n};\nconst next = @import(\"../d{}/f{}.zig\");\nconst none = @import(\"gone{n}.zig\");\nconst m = @import(\"module{n}\");\n",
            (n + 1) % 60 % 7,
            (n + 1) % 60
        );
        files.push((format!("d{}/f{n}.zig", n % 7), text));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let project = Project::new(&files);
    let one = project.check(&["--no-cache", "-j1", "main.zig"]);
    assert_eq!(one.status, Some(1));
    assert_eq!(
        one.err()
            .matches("error: use of undeclared identifier")
            .count(),
        60
    );
    assert_eq!(one.err().matches("error: unable to load").count(), 60);
    assert_eq!(one.err().matches("note: unresolved import").count(), 60);
    for jobs in ["-j8", "-j3", "-j8", "-j8"] {
        assert_eq!(
            project.check(&["--no-cache", jobs, "main.zig"]).text(),
            one.text(),
            "{jobs}"
        );
    }
}

#[test]
fn the_working_directory_by_its_whole_path() {
    let project = Project::new(&[("a.zig", "const x = ;\n"), ("b.zig", "")]);
    let here = project.dir();
    let here = here.to_str().unwrap();
    for verb in ["check", "versions"] {
        let ran = |path| {
            project
                .run(&[verb, "--format", "json", "--color", "off", path])
                .out()
        };
        let report: serde_json::Value = serde_json::from_str(&ran(here)).unwrap();
        let same: serde_json::Value = serde_json::from_str(&ran(".")).unwrap();
        for key in ["files", "failed", "diagnostics", "releases"] {
            assert_eq!(report[key], same[key], "{verb} {key}");
        }
    }
}

#[test]
fn a_directory_honours_ignore_files() {
    let project = Project::new(&[
        ("a.zig", "const gone = @import(\"gone.zig\");\n"),
        ("deep/er/b.zig", "const x = y;\n"),
        ("deep/c.zon", ".{ 1, "),
        ("deep/text.txt", "const x = ;"),
        (".gitignore", "ignored.zig\n/generated/\n"),
        (".ignore", "also.zig\n"),
        ("ignored.zig", "const x = ;"),
        ("deep/also.zig", "const x = ;"),
        ("generated/g.zig", "const x = ;"),
        (".hidden/h.zig", "const x = ;"),
        ("zig-out/o.zig", "const x = ;"),
        (
            "imported/deep/a.zig",
            "const i = @import(\"../../generated/wanted.zig\");\n",
        ),
        ("generated/wanted.zig", "const x = z;\n"),
    ]);
    insta::assert_snapshot!(project.check(&["--color", "off"]).text());
    assert_eq!(
        project
            .check(&["--color", "off", "."])
            .err()
            .lines()
            .count(),
        project.check(&["--color", "off"]).err().lines().count()
    );
    let report = project.check_json(1, &["deep"]);
    assert_eq!(report["files"], 2);
}

#[test]
fn several_paths_are_several_programs() {
    let project = Project::new(&[
        ("a.zig", "const shared = @import(\"shared.zig\");\n"),
        ("b.zig", "const shared = @import(\"shared.zig\");\n"),
        ("shared.zig", "const x = y;\n"),
        ("empty/readme", ""),
    ]);
    let report = project.check_json(1, &["a.zig", "b.zig", "empty"]);
    assert_eq!(report["files"], 3);
    assert_eq!(
        messages(&report),
        ["shared.zig:1:11: error: use of undeclared identifier 'y'"]
    );
}

#[test]
fn modules_by_name() {
    let project = Project::new(&[
        (
            "main.zig",
            "const u = @import(\"util\");\nconst o = @import(\"other\");\nconst r = @import(\"root\");\nconst b = @import(\"builtin\");\n",
        ),
        (
            "util/u.zig",
            "const cfg = @import(\"cfg\");\nconst x = in_util;\nconst other = @import(\"other\");\n",
        ),
        ("cfg.zig", "const x = in_cfg;\n"),
        ("unused.zig", "const x = in_unused;\n"),
    ]);
    let report = project.check_json(
        1,
        &[
            "--dep",
            "util",
            "--dep",
            "other=cfg",
            "-Mroot=main.zig",
            "--dep",
            "cfg",
            "-Mutil=util/u.zig",
            "-Mcfg=cfg.zig",
            "-Munused=unused.zig",
        ],
    );
    assert_eq!(
        messages(&report),
        [
            "cfg.zig:1:11: error: use of undeclared identifier 'in_cfg'",
            "util/u.zig:2:11: error: use of undeclared identifier 'in_util'",
        ]
    );
    assert_eq!(
        nowhere(&report),
        json!([{
            "path": "util/u.zig", "line": 3, "column": 23, "import": "other", "reason": "module_not_found",
            "message": "unresolved import 'other': no module of that name is known",
        }])
    );
}

/// Imports that lead nowhere, without what shows their lines.
fn nowhere(report: &serde_json::Value) -> serde_json::Value {
    let mut list = report["unresolved"].clone();
    for import in list.as_array_mut().unwrap() {
        let import = import.as_object_mut().unwrap();
        for shows_it in ["span", "source_line", "end_line", "end_column"] {
            assert!(import.remove(shows_it).is_some());
        }
        assert_eq!(import.remove("rule"), Some("unresolved-import".into()));
    }
    list
}

#[test]
fn a_file_in_two_modules() {
    let project = Project::new(&[
        (
            "main.zig",
            "const m = @import(\"m\");\nconst s = @import(\"shared.zig\");\nconst same = @import(\"m.zig\");\n",
        ),
        ("m.zig", "const sh = @import(\"shared.zig\");\n"),
        ("shared.zig", "\n"),
    ]);
    insta::assert_snapshot!(
        project
            .check(&[
                "--color",
                "off",
                "--dep",
                "m",
                "-Mroot=main.zig",
                "-Mm=m.zig"
            ])
            .text()
    );
}

#[test]
fn wrong_module_arguments() {
    let project = Project::new(&[("main.zig", "")]);
    for (args, message) in [
        (
            &["-Mroot=main.zig", "main.zig"][..],
            "main module provided both by '-Mroot=main.zig' and by positional argument 'main.zig'",
        ),
        (
            &["--dep", "a", "-Mroot=main.zig"],
            "module 'root' depends on non-existent module 'a'",
        ),
        (
            &["-Mroot=main.zig", "--dep", "a"],
            "--dep a has no -M after it",
        ),
        (&["-Mroot"], "expected NAME=PATH after -M, found 'root'"),
        (
            &["-Mroot=main.zig", "-Mroot=main.zig"],
            "unable to add module 'root': it exists already",
        ),
        (
            &["--dep", "builtin", "-Mroot=main.zig"],
            "unable to import as 'builtin': conflicts with builtin module",
        ),
        (&["-Mroot=gone.zig"], "unable to open 'gone.zig'"),
    ] {
        let ran = project.check(args);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
        assert!(ran.err().contains(message), "{}", ran.text());
        assert!(ran.stdout.is_empty());
    }
}

/// An import that leaves its module is an error if it reaches a file that another module has, and leads
/// nowhere if not; when each file was found does not count.
#[test]
fn imports_that_leave_their_module() {
    let project = Project::new(&[
        (
            "main.zig",
            "const l = @import(\"lib\");\nconst c = @import(\"common.zig\");\n",
        ),
        ("common.zig", "pub const x = 1;\n"),
        (
            "lib/root.zig",
            "const c = @import(\"../common.zig\");\nconst n = @import(\"../nobody.zig\");\n",
        ),
        ("nobody.zig", ""),
        // Its root by way of the other module's directory.
        (
            "sub/to_root.zig",
            "const c = @import(\"../lib/alone.zig\");\nconst l = @import(\"lib\");\n",
        ),
        ("lib/alone.zig", ""),
        // Deeper, and into each other.
        (
            "sub/main.zig",
            "const d = @import(\"deep.zig\");\nconst l = @import(\"lib\");\n",
        ),
        (
            "sub/deep.zig",
            "const leaf = @import(\"../lib/leaf.zig\");\n",
        ),
        ("lib/mid.zig", "const leaf = @import(\"leaf.zig\");\n"),
        ("lib/leaf.zig", "const m = @import(\"../sub/main.zig\");\n"),
    ]);
    let check = |jobs: &str, root: &str, lib: &str| {
        let (root, lib) = (format!("-Mroot={root}"), format!("-Mlib={lib}"));
        let args = [
            jobs,
            "--no-cache",
            "--color",
            "off",
            "--dep",
            "lib",
            &root,
            &lib,
        ];
        project.check(&args)
    };
    for (root, lib, expected) in [
        (
            "main.zig",
            "lib/root.zig",
            "common.zig:1:1: error: file exists in multiple modules
main.zig:2:19: note: imported from module root
const c = @import(\"common.zig\");
                  ^~~~~~~~~~~~
lib/root.zig:1:19: note: imported from module lib
const c = @import(\"../common.zig\");
                  ^~~~~~~~~~~~~~~
lib/root.zig:2:19: note: unresolved import '../nobody.zig': the path leads out of the module's root directory
const n = @import(\"../nobody.zig\");
                  ^~~~~~~~~~~~~~~
3 files: 0 from the cache, 3 generated, 1 failed, in [TIME]
",
        ),
        (
            "sub/to_root.zig",
            "lib/alone.zig",
            "lib/alone.zig:1:1: error: file exists in multiple modules
lib/alone.zig:1:1: note: root of module lib
sub/to_root.zig:1:19: note: imported from module root
const c = @import(\"../lib/alone.zig\");
                  ^~~~~~~~~~~~~~~~~~
2 files: 0 from the cache, 2 generated, 1 failed, in [TIME]
",
        ),
        (
            "sub/main.zig",
            "lib/mid.zig",
            "lib/leaf.zig:1:1: error: file exists in multiple modules
sub/deep.zig:1:22: note: imported from module root
const leaf = @import(\"../lib/leaf.zig\");
                     ^~~~~~~~~~~~~~~~~
lib/mid.zig:1:22: note: imported from module lib
const leaf = @import(\"leaf.zig\");
                     ^~~~~~~~~~
sub/main.zig:1:1: error: file exists in multiple modules
sub/main.zig:1:1: note: root of module root
lib/leaf.zig:1:19: note: imported from module lib
const m = @import(\"../sub/main.zig\");
                  ^~~~~~~~~~~~~~~~~
4 files: 0 from the cache, 4 generated, 2 failed, in [TIME]
",
        ),
    ] {
        for jobs in ["-j1", "-j2", "-j8", "-j8", "-j8"] {
            assert_eq!(check(jobs, root, lib).err(), expected, "{root} {jobs}");
        }
    }
}

#[test]
fn a_missing_root_of_another_module_is_an_error_at_its_import() {
    let project = Project::new(&[("main.zig", "const m = @import(\"m\");\n")]);
    let report = project.check_json(1, &["--dep", "m", "-Mroot=main.zig", "-Mm=sub/m.zig"]);
    assert_eq!(
        messages(&report),
        ["main.zig:1:19: error: unable to load 'sub/m.zig': FileNotFound"]
    );
    project.write("main.zig", b"");
    project.check_json(0, &["--dep", "m", "-Mroot=main.zig", "-Mm=sub/m.zig"]);
}

#[test]
fn a_root_that_is_a_directory_is_one() {
    let project = Project::new(&[
        ("main.zig", "const m = @import(\"m\");\n"),
        ("sub/x.zig", ""),
    ]);
    for (root, named) in [
        (".", "."),
        ("sub/..", "."),
        ("..", "[ROOT]"),
        ("sub", "sub"),
        ("/", "/"),
    ] {
        let root = format!("-Mroot={root}");
        let ran = project.check(&["--color", "off", &root]);
        assert_eq!(ran.status, Some(1), "{root}: {}", ran.text());
        let expected = format!("error: unable to load '{named}': IsDir\n");
        assert!(ran.err().starts_with(&expected), "{root}: {}", ran.text());
    }
    for (root, named) in [(".", "./."), ("sub", "./sub")] {
        let root = format!("-Mm={root}");
        let report = project.check_json(1, &["--dep", "m", "-Mroot=main.zig", &root]);
        let expected = format!("main.zig:1:19: error: unable to load '{named}': IsDir");
        assert_eq!(messages(&report), [expected]);
    }
}

#[test]
fn neither_a_cache_nor_a_temporary_directory_is_needed() {
    let project = Project::new(&[("main.zig", "const x = 1;\n")]);
    let mut command = project.command(&["check", "--no-cache"]);
    command.env("TMPDIR", project.path("nowhere"));
    let ran = project.finish(&mut command, None);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
}

#[test]
fn what_leads_nowhere_fails_only_a_strict_run() {
    let project = Project::new(&[
        (
            "src/main.zig",
            "const a = @import(\"../outside.zig\");\nconst b = @import(\"nobody\");\nconst c = @import(\"x.txt\");\n",
        ),
        ("outside.zig", ""),
    ]);
    let report = project.check_json(0, &["--no-manifest", "src/main.zig"]);
    assert_eq!(
        nowhere(&report),
        json!([
            {
                "path": "src/main.zig", "line": 1, "column": 19, "import": "../outside.zig",
                "reason": "import_outside_module_path",
                "message": "unresolved import '../outside.zig': the path leads out of the module's root directory",
            },
            {
                "path": "src/main.zig", "line": 2, "column": 19, "import": "nobody", "reason": "module_not_found",
                "message": "unresolved import 'nobody': no module of that name is known",
            },
            {
                "path": "src/main.zig", "line": 3, "column": 19, "import": "x.txt", "reason": "module_not_found",
                "message": "unresolved import 'x.txt': no module of that name is known",
            },
        ])
    );
    insta::assert_snapshot!(
        "lenient",
        project
            .check(&["--no-manifest", "--color", "off", "src/main.zig"])
            .text()
    );
    insta::assert_snapshot!(
        "strict",
        project
            .check(&[
                "--no-manifest",
                "--color",
                "off",
                "--strict",
                "src/main.zig"
            ])
            .text()
    );
}

#[test]
fn without_a_standard_library_the_rest_is_checked() {
    let project = Project::new(CLEAN);
    let ran = project.run(&["check", "--color", "off", "main.zig"]);
    insta::assert_snapshot!(ran.text());
    assert_eq!(
        project.run(&["check", "--strict", "main.zig"]).status,
        Some(1)
    );
    let report = project
        .run(&["check", "--format", "json", "main.zig"])
        .json();
    assert!(
        report["notes"][0]
            .as_str()
            .unwrap()
            .contains("std was not found"),
        "{report}"
    );
    assert_eq!(report["unresolved"][0]["reason"], "std_not_found");
}

/// A lib directory that is of no known release is used; what is wrong in it is not the program's fault.
#[test]
fn errors_in_a_lib_directory_of_no_known_release_are_counted() {
    let project = Project::new(CLEAN);
    project.write(
        "../lib/std/mem.zig",
        b"pub fn copy() void { const unused = 1; }\nconst x = y;\n",
    );
    let note =
        |report: &serde_json::Value| report["notes"][0].as_str().unwrap_or_default().to_owned();
    let mut states = Vec::new();
    for args in [
        &["main.zig"][..],
        &["main.zig"],
        &["--no-manifest", "main.zig"],
        &["--no-cache", "main.zig"],
    ] {
        let report = project.check_json(0, args);
        let note = note(&report);
        assert!(
            note.starts_with("2 errors in the lib directory '")
                && note.contains("no release of Zig"),
            "{note}"
        );
        assert_eq!(
            (&report["unreported"], &report["failed"]),
            (&json!(2), &json!(0)),
            "{args:?}"
        );
        assert_eq!(report["diagnostics"], json!([]));
        states.push(report["manifest"].as_str().unwrap().to_owned());
    }
    assert_eq!(states, ["miss", "hit", "off", "off"]);
    // Those of the program are reported, and those of the library where it is what is checked.
    project.write("main.zig", b"const std = @import(\"std\");\nconst x = y;\n");
    assert_eq!(messages(&project.check_json(1, &["main.zig"])).len(), 1);
    assert_eq!(
        messages(&project.check_json(1, &["../lib/std/std.zig"])).len(),
        2
    );
    // Another library in its place is not taken for the one that was judged.
    project.write("main.zig", b"const std = @import(\"std\");\n");
    project.check_json(0, &["main.zig"]);
    project.write(
        "../lib/std/std.zig",
        b"pub const mem = @import(\"mem.zig\");\n\n",
    );
    assert_eq!(project.check_json(0, &["main.zig"])["manifest"], "miss");
}

#[test]
fn a_lib_directory_that_was_named_must_be_one() {
    let project = Project::new(CLEAN);
    fs::create_dir_all(project.path("empty")).unwrap();
    fs::create_dir_all(project.path("folder/std/std.zig")).unwrap();
    // Of what is not there, in the system's own words.
    let missing = fs::metadata(project.path("nowhere")).unwrap_err();
    for (dir, problem) in [
        ("nowhere", &*missing.to_string()),
        ("main.zig", "it is no directory"),
        ("empty", "it holds no std/std.zig"),
        ("folder", "its std/std.zig is no file"),
    ] {
        for by_flag in [true, false] {
            let mut command = project.command(&["check", "main.zig"]);
            let by = match by_flag {
                true => {
                    command.args(["--zig-lib-dir", dir]);
                    "--zig-lib-dir"
                }
                false => {
                    command.env("ZIG_LIB_DIR", dir);
                    "ZIG_LIB_DIR"
                }
            };
            let ran = project.finish(&mut command, None);
            let expected = format!(
                "status Some(2)\n--- stderr\nerror: {by} names '{dir}', which is no lib directory of Zig: {problem}\n"
            );
            assert_eq!(ran.text(), expected);
        }
    }
    // An empty variable names nothing.
    let mut command = project.command(&["check", "main.zig"]);
    let ran = project.finish(command.env("ZIG_LIB_DIR", ""), None);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, symbolic links, modes of files")]
fn where_the_standard_library_is() {
    let project = Project::new(CLEAN);
    let files = |command: &mut std::process::Command| {
        let ran = project.finish(command, None);
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        ran.json()["files"].as_u64().unwrap()
    };
    let args = ["check", "--format", "json", "--no-cache", "main.zig"];
    assert_eq!(
        files(project.command(&args).env("ZIG_LIB_DIR", project.lib())),
        5
    );
    assert_eq!(
        files(project.command(&args).env("ZIG_LIB_DIR", "../lib")),
        5
    );
    assert_eq!(files(&mut project.command(&args)), 3);
    let bin = project.dir().join("../bin");
    // A zig that only `zig env` tells about.
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = env ] && echo '.{{ .lib_dir = \"{}\", }}'\n",
        project.lib().display()
    );
    fs::write(bin.join("zig"), script).unwrap();
    fixtures::system::set_mode(bin.join("zig"), 0o755).unwrap();
    assert_eq!(files(&mut project.command(&args)), 5);
    // One that lies beside its lib directory is not asked.
    fs::remove_file(bin.join("zig")).unwrap();
    fixtures::system::symlink(project.lib().join("../zig"), bin.join("zig")).unwrap();
    fs::write(project.lib().join("../zig"), "no program").unwrap();
    assert_eq!(files(&mut project.command(&args)), 5);
}

#[test]
fn what_cannot_run() {
    let project = Project::new(&[]);
    for args in [
        &["check", "gone.zig"][..],
        &["check", "--nonsense"],
        &["nonsense"],
        &[],
        &["check", "--format", "xml"],
        &["check", "-jx"],
    ] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.text());
        assert!(
            ran.stdout.is_empty() && !ran.stderr.is_empty(),
            "{args:?}: {}",
            ran.text()
        );
    }
    for args in [&["--help"][..], &["--version"], &["check", "--help"]] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(0), "{args:?}: {}", ran.text());
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty());
    }
}

#[test]
fn a_chain_of_ten_thousand_files() {
    const LEN: usize = 10_000;
    // A hundred to a directory: where a name is not there yet Wine looks at all that are.
    let name = |n: usize| match n {
        0 => "f0.zig".to_owned(),
        _ => format!("d{}/f{n}.zig", n / 100),
    };
    let project = Project::new(&[]);
    for n in 0..LEN {
        if n % 100 == 0 {
            fs::create_dir(project.path(&format!("d{}", n / 100))).unwrap();
        }
        let up = if n == 0 { "" } else { "../" };
        let text = match n + 1 {
            LEN => "const e = the_end;\n".to_owned(),
            next => format!("const next = @import(\"{up}{}\");\n", name(next)),
        };
        fs::write(project.path(&name(n)), text).unwrap();
    }
    for jobs in ["-j1", "-j8"] {
        // Gone over each time: a manifest would tell of the first.
        let report = project.check_json(1, &["--no-cache", jobs, "f0.zig"]);
        assert_eq!(report["files"], LEN);
        assert_eq!(
            messages(&report),
            ["d99/f9999.zig:1:11: error: use of undeclared identifier 'the_end'"]
        );
    }
}
