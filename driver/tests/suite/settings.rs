//! `zirc.zon`: what a project says once.

use std::fs;
use std::path::Path;

use fixtures::Rng;
use serde_json::Value;

use crate::common::{Project, Ran};
use crate::watch::Watching;

/// Files of which each that is checked can be told by its error.
const FILES: &[(&str, &str)] = &[
    ("build.zig", "const a = in_build;\n"),
    ("src/main.zig", "const a = in_main;\n"),
    ("src/other.zig", "const a = in_other;\n"),
    ("vendor/v.zig", "const a = in_vendor;\n"),
];

fn project(settings: &str) -> Project {
    let project = Project::new(FILES);
    project.write("zirc.zon", settings.as_bytes());
    project
}

/// `zirc check` with nothing but these arguments, in a folder of the project.
fn check_in(project: &Project, folder: &str, args: &[&str]) -> Ran {
    let args = [&["check", "--color", "off"], args].concat();
    let mut command = project.command_as_given(&args);
    project.finish(command.current_dir(project.path(folder)), None)
}

fn check(project: &Project, args: &[&str]) -> Ran {
    check_in(project, "", args)
}

/// Where the names are that nobody has declared: the files that were checked, as they are called.
fn checked(ran: &Ran) -> Vec<String> {
    let err = ran.err();
    let lines = err
        .lines()
        .filter(|line| line.contains("error: use of undeclared"));
    lines
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

/// What is said of settings that cannot be used.
fn refused(settings: &str) -> String {
    let ran = check(&project(settings), &[]);
    assert_eq!(ran.status, Some(2), "{settings}: {}", ran.text());
    assert_eq!(ran.out(), "");
    ran.err()
}

#[test]
fn roots_are_checked_where_nothing_is_named() {
    let project = project(".{ .roots = .{ \"src/other.zig\", \"vendor\" } }");
    assert_eq!(
        checked(&check(&project, &[])),
        ["src/other.zig", "vendor/v.zig"]
    );
    // What is named counts instead.
    assert_eq!(
        checked(&check(&project, &["src/main.zig"])),
        ["src/main.zig"]
    );
    assert_eq!(
        checked(&check(&project, &["-Mroot=src/main.zig"])),
        ["src/main.zig"]
    );
    // A content that is given names no root.
    let args = [
        "check",
        "--color",
        "off",
        "-",
        "--stdin-filename",
        "src/other.zig",
    ];
    let mut command = project.command_as_given(&args);
    let ran = project.finish(&mut command, Some(b"const b = 1;\n"));
    assert_eq!(checked(&ran), ["vendor/v.zig"], "{}", ran.text());
    let missing = refused(".{ .roots = .{ \"src/none.zig\" } }");
    let why = fs::metadata(project.path("src/none.zig")).unwrap_err();
    assert_eq!(
        missing,
        format!("error: unable to open 'src/none.zig': {why}\n")
    );
}

#[test]
fn settings_above_are_those_of_the_project() {
    let project = project(".{ .roots = .{ \"src/main.zig\", \"vendor/v.zig\" } }");
    // As if they had been typed.
    let above = checked(&check_in(&project, "src", &[]));
    let typed = check_in(&project, "src", &["main.zig", "../vendor/v.zig"]);
    assert_eq!(above, checked(&typed));
    assert_eq!(above.len(), 2, "{above:?}");
    assert!(above.contains(&"main.zig".to_owned()), "{above:?}");
    let explained = check_in(&project, "src", &["--explain"]);
    let note = "note: settings of '../zirc.zon'\n";
    assert!(explained.err().contains(note), "{}", explained.text());
    // A nearer one counts alone.
    project.write("src/zirc.zon", b".{}");
    assert_eq!(
        checked(&check_in(&project, "src", &[])),
        ["main.zig", "other.zig"]
    );
    // What is above the project is not its own.
    fs::remove_file(project.path("src/zirc.zon")).unwrap();
    project.write("src/build.zig", b"");
    assert_eq!(
        checked(&check_in(&project, "src", &[])),
        ["main.zig", "other.zig"]
    );
    // Where there is no project, what is above is anybody's.
    for script in ["src/build.zig", "build.zig"] {
        fs::remove_file(project.path(script)).unwrap();
    }
    assert_eq!(
        checked(&check_in(&project, "src", &[])),
        ["main.zig", "other.zig"]
    );
    assert_eq!(
        checked(&check(&project, &[])),
        ["src/main.zig", "vendor/v.zig"]
    );
}

#[test]
fn modules_are_as_on_the_command_line() {
    const MODULES: &str = ".{ .modules = .{
        .{ .name = \"app\", .root = \"app/main.zig\", .imports = .{
            .{ .name = \"util\" }, .{ .name = \"other\", .module = \"util2\" } } },
        .{ .name = \"util\", .root = \"util/util.zig\", .imports = .{ .{ .name = \"app\" } } },
        .{ .name = \"util2\", .root = \"util2.zig\" },
    } }";
    let files = [
        (
            "app/main.zig",
            "const a = @import(\"util\");\nconst b = @import(\"other\");\nconst c = @import(\"no\");\n",
        ),
        (
            "util/util.zig",
            "const a = @import(\"app\");\nconst b = in_util;\n",
        ),
        ("util2.zig", "const b = in_util2;\n"),
        ("zirc.zon", MODULES),
        ("build.zig", ""),
    ];
    let project = Project::new(&files);
    let command_line = [
        "--dep",
        "util",
        "--dep",
        "other=util2",
        "-Mapp=app/main.zig",
        "--dep",
        "app",
        "-Mutil=util/util.zig",
        "-Mutil2=util2.zig",
    ];
    let here = check(&project, &["--no-cache"]);
    let typed = check(&project, &[&["--no-cache"], &command_line[..]].concat());
    assert_eq!(here.text(), typed.text());
    let mut found = checked(&here);
    // Messages come in the order of the bytes of paths, separators among them.
    found.sort();
    assert_eq!(found, ["util/util.zig", "util2.zig"], "{}", here.text());
    assert!(
        here.err().contains("unresolved import 'no'"),
        "{}",
        here.text()
    );
    // The last -M wins over all of them.
    assert_eq!(
        checked(&check(&project, &["-Mroot=util2.zig"])),
        ["util2.zig"]
    );
}

#[test]
fn versions_are_as_on_the_command_line() {
    const GOOD: &[(&str, &str)] = &[("a.zig", "const a = 1;\n")];
    let with = |settings: &str| {
        let project = Project::new(GOOD);
        project.write("zirc.zon", settings.as_bytes());
        project
    };
    let one = with(".{ .zig_versions = .{ \"0.15.2\" } }");
    let ran = check(&one, &["a.zig"]);
    let by = ", as Zig 0.15.2: zig_versions of the project's zirc.zon\n";
    let err = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(err.ends_with(by), "{err}");
    let json = check(&one, &["a.zig", "--format", "json"]).json();
    assert_eq!(json["zig_version_from"], "settings", "{json}");
    let releases = |ran: &Ran| -> Vec<String> {
        let json = ran.json();
        let reports = json["releases"].as_array();
        let reports = reports.unwrap_or_else(|| panic!("{json}"));
        let release = |report: &Value| report["zig_version"].as_str().unwrap().to_owned();
        reports.iter().map(release).collect()
    };
    let json = ["a.zig", "--format", "json"];
    let several = with(".{ .zig_versions = .{ \"0.16.0\", \"0.14.1\" } }");
    assert_eq!(releases(&check(&several, &json)), ["0.14.1", "0.16.0"]);
    let all = with(".{ .zig_versions = .all }");
    let every = releases(&check(&all, &json));
    assert!(every.len() > 5 && every.contains(&"0.17.1".to_owned()));
    // What is typed counts instead.
    let typed = check(
        &several,
        &[&json[..], &["--zig-version", "0.17.0"]].concat(),
    );
    assert_eq!(typed.json()["zig_version"], "0.17.0");
    let typed = [&json[..], &["--zig-version", "0.17.0,0.17.1"]].concat();
    assert_eq!(releases(&check(&all, &typed)), ["0.17.0", "0.17.1"]);
    // That it is another than was meant is told.
    let ran = check(&with(".{ .zig_versions = .{ \"0.14.7\" } }"), &["a.zig"]);
    let warning = "warning: Zig 0.14.7 was asked for, and Zig 0.14.1 is taken instead";
    assert!(ran.err().contains(warning), "{}", ran.text());
    // The note is one for all of them.
    let ran = check(&several, &["a.zig", "--explain"]);
    assert_eq!(
        ran.err().matches("settings of 'zirc.zon'").count(),
        1,
        "{}",
        ran.text()
    );
}

#[test]
fn excluded_files_are_not_looked_for() {
    let with = |globs: &str| project(&format!(".{{ .exclude = .{{ {globs} }} }}"));
    let main = ["build.zig", "src/main.zig", "src/other.zig"];
    assert_eq!(checked(&check(&with("\"vendor/\""), &[])), main);
    assert_eq!(checked(&check(&with("\"v*.zig\""), &[])), main);
    assert_eq!(checked(&check(&with("\"/vendor\""), &["."])), main);
    let vendor = ["build.zig", "vendor/v.zig"];
    assert_eq!(checked(&check(&with("\"src\""), &[])), vendor);
    let one = with("\"/*\", \"!/src\", \"main.zig\"");
    assert_eq!(checked(&check(&one, &[])), ["src/other.zig"]);
    // Globs are relative to the file, wherever they are used.
    let anchored = with("\"/src/main.zig\", \"/other.zig\"");
    for args in [&["src"][..], &["./src/../src"]] {
        assert_eq!(checked(&check(&anchored, args)), ["src/other.zig"]);
    }
    let absolute = anchored.path("src");
    for (folder, args) in [
        ("src", &[][..]),
        ("src", &["."]),
        ("src", &["../src"]),
        ("vendor", &["../src"]),
        ("vendor", &[absolute.to_str().unwrap()]),
    ] {
        let found = checked(&check_in(&anchored, folder, args));
        let is_other = found.len() == 1 && found[0].ends_with("other.zig");
        assert!(is_other, "{folder}: {args:?}: {found:?}");
    }
    // What is named or imported is checked; so is a directory that is named.
    let vendor = with("\"vendor/\"");
    assert_eq!(
        checked(&check(&vendor, &["vendor/v.zig"])),
        ["vendor/v.zig"]
    );
    assert_eq!(checked(&check(&vendor, &["vendor"])), ["vendor/v.zig"]);
    vendor.write("src/main.zig", b"const a = @import(\"../vendor/v.zig\");\n");
    assert!(checked(&check(&vendor, &["."])).contains(&"vendor/v.zig".to_owned()));
    // No manifest answers for other globs.
    let clean = Project::new(&[("a.zig", ""), ("b.zig", ""), ("build.zig", "")]);
    let files = |settings: &str| {
        clean.write("zirc.zon", settings.as_bytes());
        let ran = check(&clean, &["--format", "json"]);
        ran.json()["files"].as_u64().unwrap()
    };
    assert_eq!(files(".{}"), 4);
    assert_eq!(files(".{ .exclude = .{ \"b.zig\" } }"), 3);
    assert_eq!(files(".{ .exclude = .{ \"b.zig\", \"*.zon\" } }"), 2);
    assert_eq!(files(".{}"), 4);
}

#[test]
fn directories_of_caches_and_of_zig() {
    let project = project(
        ".{ .cache_dir = \"c/local\", .global_cache_dir = \"c/global\", .zig_lib_dir = \"../lib\",
            .zig_versions = .{ \"0.14.1\" } }",
    );
    project.write("src/main.zig", b"const std = @import(\"std\");\n");
    let is_cache = |name: &str| project.path(name).join("z").is_dir();
    // Paths are relative to the file.
    let ran = check_in(&project, "src", &["main.zig", "--format", "json"]);
    assert_eq!(ran.json()["files"], 3, "std was found: {}", ran.text());
    assert!(is_cache("c/local") && is_cache("c/global"));
    assert!(!is_cache(".zirc-cache"));
    // Each for itself, and both before what the environment says.
    let args = ["check", "src/main.zig", "--cache-dir", "typed"];
    let mut command = project.command_as_given(&args);
    let variables = ["ZIG_LOCAL_CACHE_DIR", "ZIG_GLOBAL_CACHE_DIR"];
    fs::remove_dir_all(project.path("c")).unwrap();
    let command = command.envs(variables.map(|name| (name, project.path(name))));
    let ran = project.finish(command, None);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert!(is_cache("typed") && is_cache("c/global"), "{}", ran.text());
    assert!(!project.path("c/local").exists());
    for name in variables {
        assert!(!project.path(name).exists());
    }
    // A lib directory of each release, and one that is typed instead of all.
    let dirs = ".{ .zig_lib_dir = .{ \"0.14.1=../lib\", \"0.15.2=none\" }, .zig_versions = .{ \"0.14.1\" } }";
    project.write("zirc.zon", dirs.as_bytes());
    let ran = check(&project, &["src/main.zig"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert!(ran.err().contains("'none'"), "{}", ran.text());
    let typed = [
        "src/main.zig",
        "--zig-lib-dir",
        "../lib",
        "--format",
        "json",
    ];
    assert_eq!(check(&project, &typed).json()["files"], 3);
}

#[test]
fn format_and_strict() {
    let project = Project::new(&[
        ("a.zig", "const a = @import(\"nowhere\");\n"),
        ("zirc.zon", ".{ .format = .json, .strict = true }"),
    ]);
    let ran = check(&project, &["a.zig"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert_eq!(ran.json()["unresolved"].as_array().unwrap().len(), 1);
    let ran = check(&project, &["a.zig", "--format", "human", "--strict=false"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert_eq!(ran.out(), "");
    project.write("zirc.zon", b".{ .format = .human, .strict = false }");
    assert_eq!(check(&project, &["a.zig"]).status, Some(0));
    let ran = check(&project, &["--strict", "a.zig", "--format=json"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert_eq!(ran.json()["files"], 1);
    fs::remove_file(project.path("zirc.zon")).unwrap();
    assert_eq!(check(&project, &["a.zig"]).status, Some(0));
}

#[test]
fn what_is_for_builds_alone_is_read() {
    let settings = ".{ .build = false, .zig = \"./zig\", .build_options = .{ .target = \"native\", .strip = true } }";
    let ran = check(&project(settings), &["src/main.zig"]);
    assert_eq!(checked(&ran), ["src/main.zig"], "{}", ran.text());
}

#[test]
fn settings_are_named_once_and_only_if_asked() {
    let named = project(".{}");
    let ran = check(&named, &["--explain", "vendor"]);
    assert_eq!(ran.err().matches("zirc.zon").count(), 1, "{}", ran.text());
    assert!(ran.err().contains("note: settings of 'zirc.zon'\n"));
    let ran = check(&named, &["--explain", "vendor", "--format", "json"]);
    let notes = ran.json()["notes"].to_string();
    assert!(notes.contains("settings of 'zirc.zon'"), "{notes}");
    let ran = check(&named, &["vendor"]);
    assert!(!ran.err().contains("zirc.zon"), "{}", ran.text());
    let none = Project::new(FILES);
    let ran = check(&none, &["--explain", "vendor"]);
    assert!(!ran.err().contains("settings"), "{}", ran.text());
}

#[test]
fn watch_has_them_too() {
    let project = Project::new(&[
        ("build.zig", ""),
        ("app/main.zig", "const u = @import(\"util\");\n"),
        ("util.zig", "const b = in_util;\n"),
        ("skip/s.zig", "const b = in_skip;\n"),
    ]);
    let module =
        ".{ .name = \"app\", .root = \"app/main.zig\", .imports = .{ .{ .name = \"util\" } } }";
    let modules =
        format!(".{{ .modules = .{{ {module}, .{{ .name = \"util\", .root = \"util.zig\" }} }} }}");
    project.write("zirc.zon", modules.as_bytes());
    let paths = |update: &Value| -> Vec<String> {
        let all = update["diagnostics"].as_array().unwrap().iter();
        all.map(|d| d["path"].as_str().unwrap().to_owned())
            .collect()
    };
    let watching = Watching::begin(&project, &[]);
    assert_eq!(paths(&watching.next()), ["util.zig"]);
    drop(watching);
    project.write("zirc.zon", b".{ .exclude = .{ \"/skip\" } }");
    let watching = Watching::begin(&project, &[]);
    assert_eq!(paths(&watching.next()), ["util.zig"]);
    // Nor is what comes into being there.
    fs::write(project.path("skip/new.zig"), "const b = in_new;\n").unwrap();
    fs::write(project.path("new.zig"), "const b = in_new;\n").unwrap();
    loop {
        let found = paths(&watching.next());
        assert!(!found.iter().any(|path| path.starts_with("skip")));
        if found.contains(&"new.zig".to_owned()) {
            break;
        }
    }
    drop(watching);
    project.write(
        "zirc.zon",
        b".{ .roots = .{ \"skip/s.zig\", \"util.zig\" } }",
    );
    let watching = Watching::begin(&project, &[]);
    assert_eq!(paths(&watching.next()), ["skip/s.zig"]);
    // What is typed counts instead.
    let watching = Watching::begin(&project, &["util.zig"]);
    assert_eq!(paths(&watching.next()), ["util.zig"]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (settings, expected) in [
        (
            ".{\n    .zig_version = \"0.14.1\",\n}",
            "zirc.zon:2:6: error: unexpected field 'zig_version'\nzirc.zon:2:6: note: supported: 'roots', 'modules', \
             'zig_versions', 'exclude', 'build', 'build_options', 'cache_dir', 'global_cache_dir', 'zig_lib_dir', \
             'format', 'strict', 'zig'\n",
        ),
        (
            ".{ .strict = 1 }",
            "zirc.zon:1:14: error: expected type '?bool'\n",
        ),
        (
            ".{ .roots = .{ 1, \"a\", true } }",
            "zirc.zon:1:16: error: expected string\nzirc.zon:1:24: error: expected string\n",
        ),
        (
            ".{ .roots = \"src\" }",
            "zirc.zon:1:13: error: expected optional array\n",
        ),
        (
            ".{ .format = .xml }",
            "zirc.zon:1:15: error: unexpected enum literal 'xml'\nzirc.zon:1:15: note: supported: 'human', 'json', 'github', 'sarif', 'rdjson', 'gitlab'\n",
        ),
        (
            ".{ .zig_versions = 3 }",
            "zirc.zon:1:20: error: expected array\n",
        ),
        (
            ".{ .zig_versions = .some }",
            "zirc.zon:1:21: error: expected array\n",
        ),
        (
            ".{ .zig_lib_dir = .{ 3 } }",
            "zirc.zon:1:22: error: expected string\n",
        ),
        (
            ".{ .zig_lib_dir = \"9=lib\" }",
            "zirc.zon:1:19: error: '9' is no version of Zig; known are ",
        ),
        (
            ".{ .zig_versions = .{ \"0.14.1\", \"0.13.0\", \"x\" } }",
            "zirc.zon:1:33: error: Zig 0.13.0 is older than what is known; known are ",
        ),
        (
            ".{ .modules = .{ .{ .name = \"a\" } } }",
            "zirc.zon:1:19: error: missing required field root\n",
        ),
        (
            ".{ .modules = .{ .{ .name = \"a\", .root = \"a.zig\", .import = .{} } } }",
            "zirc.zon:1:52: error: unexpected field 'import'\n",
        ),
        (
            ".{ .modules = .{ .{ .name = \"a\", .root = \"a.zig\" }, .{ .name = \"a\", .root = \"b.zig\" } } }",
            "zirc.zon:1:64: error: unable to add module 'a': it exists already\n",
        ),
        (
            ".{ .modules = .{ .{ .name = \"a\", .root = \"a.zig\", .imports = .{ .{ .name = \"b\" } } } } }",
            "zirc.zon:1:76: error: module 'a' depends on non-existent module 'b'\n",
        ),
        (
            ".{ .modules = .{ .{ .name = \"a\", .root = \"a.zig\", .imports = .{ .{ .name = \"root\", .module = \"a\" } } } } }",
            "zirc.zon:1:76: error: unable to import as 'root': conflicts with builtin module\n",
        ),
        (
            ".{\n.modules = .{ .{ .name = \"a\", .root = \"a.zig\" } },\n.roots = .{\"a\"} }",
            "zirc.zon:3:11: error: 'roots' and 'modules' exclude each other: either says what is checked\n",
        ),
        (
            ".{ .exclude = .{ \"a\", \"a[z-a]\" } }",
            "zirc.zon:1:23: error: 'a[z-a]' is no glob: invalid range; 'z' > 'a'\n",
        ),
        (
            ".{ .roots = .{ \"\" } }",
            "zirc.zon:1:16: error: this is no path\n",
        ),
        (
            ".{ .cache_dir = \"a\\x00\" }",
            "zirc.zon:1:17: error: this is no path\n",
        ),
        (
            ".{ .build_options = .{ .a = null } }",
            "zirc.zon:1:29: error: an option is a string, an enum literal, a bool or a number, or a list of these\n",
        ),
        (
            ".{ .strict = true, .strict = true }",
            "zirc.zon:1:5: error: duplicate struct field name\n",
        ),
        (
            ".{ .roots = .{ \"a\" }",
            "zirc.zon:1:21: error: expected ',' after initializer",
        ),
        ("", "zirc.zon:1:1: error: expected expression"),
    ] {
        let found = refused(settings);
        assert!(found.starts_with(expected), "{settings}\n{found}");
        assert!(!found.contains("panicked"), "{found}");
    }
    // Everything that is wrong, in order.
    let found = refused(".{ .zig = \"\", .roots = .{ \"\" }, .zig_versions = .{ \"x\" } }");
    let places: Vec<&str> = found
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        ["zirc.zon:1:11", "zirc.zon:1:27", "zirc.zon:1:52"],
        "{found}"
    );
    // It is called as it is from here.
    let ran = check_in(&project(".{ .x = 1 }"), "src", &[]);
    assert!(
        ran.err().starts_with("../zirc.zon:1:5: error: "),
        "{}",
        ran.text()
    );
    // The same for watch.
    let wrong = project(".{ .x = 1 }");
    let ran = wrong.finish(&mut wrong.command_as_given(&["watch"]), None);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert!(
        ran.err().starts_with("zirc.zon:1:5: error: "),
        "{}",
        ran.text()
    );
}

#[test]
fn any_bytes_give_settings_or_an_error() {
    const GOOD: &str = ".{ .roots = .{ \"src/main.zig\" }, .zig_versions = .{ \"0.14.1\" }, .exclude = .{ \"v/\", \"*.x\" },
        .build_options = .{ .a = 'x', .b = 1.5 }, .zig_lib_dir = .{ \"0.14.1=../lib\" }, .format = .human }";
    let good = GOOD.replace("'x'", "1");
    let project = project(&good);
    let of = |text: &[u8]| -> i32 {
        project.write("zirc.zon", text);
        let ran = check(&project, &[]);
        let (status, err) = (ran.status, ran.err());
        // Errors are found in what is checked, or the settings are refused.
        let is_refused =
            status == Some(2) && (err.contains("zirc.zon") || err.starts_with("error: unable to "));
        assert!(status == Some(1) || is_refused, "{text:?}: {}", ran.text());
        assert!(!err.contains("panicked"), "{text:?}: {}", ran.text());
        status.unwrap_or_default()
    };
    assert_eq!(of(good.as_bytes()), 1);
    assert_eq!(of(GOOD.as_bytes()), 2);
    let end = good.len() - 1;
    for len in (0..end).step_by(5).chain([end - 1]) {
        assert_eq!(of(&good.as_bytes()[..len]), 2, "{len}");
    }
    for number in 0..40 {
        let mut rng = Rng::new(1, number);
        let random: Vec<u8> = (0..rng.below(200)).map(|_| rng.below(256) as u8).collect();
        assert_eq!(of(&random), 2, "{random:?}");
        let mut changed = good.clone().into_bytes();
        for _ in 0..1 + rng.below(3) {
            let at = rng.below(changed.len());
            changed[at] = rng.below(256) as u8;
        }
        of(&changed);
    }
    let nested = [
        ".{ .build_options = ".to_owned(),
        ".{ .a = ".repeat(100_000),
        "1".to_owned(),
        "}".repeat(100_001),
    ]
    .concat();
    assert_eq!(of(nested.as_bytes()), 2);
    assert_eq!(of(b"\xff\xfe.\0{\0}\0"), 2);
    let long = [&b".{}"[..], &vec![b' '; 1 << 20]].concat();
    assert_eq!(of(&long), 2);
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn what_is_no_file_is_an_error() {
    let refused = |project: &Project| {
        let ran = check(project, &["src/main.zig"]);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
        let start = "error: unable to read the settings 'zirc.zon': ";
        assert!(ran.err().starts_with(start), "{}", ran.text());
    };
    let project = Project::new(FILES);
    fs::create_dir(project.path("zirc.zon")).unwrap();
    refused(&project);
    let project = Project::new(FILES);
    project.symlink("zirc.zon", "nowhere");
    refused(&project);
    let project = Project::new(FILES);
    project.fifo("zirc.zon");
    refused(&project);
    // A link to one is as good.
    let project = Project::new(FILES);
    project.write("real.zon", b".{ .roots = .{ \"src/other.zig\" } }");
    project.symlink("zirc.zon", "real.zon");
    assert_eq!(checked(&check(&project, &[])), ["src/other.zig"]);
    assert!(Path::new(&project.path("zirc.zon")).is_symlink());
}

#[test]
fn help_tells_of_them() {
    let project = Project::new(&[]);
    let ran = project.finish(&mut project.command_as_given(&["check", "--help"]), None);
    let out = ran.out();
    assert!(out.contains("zirc.zon"), "{out}");
    // Its example is read.
    let example = out.lines().find(|line| line.contains(".{ .roots")).unwrap();
    let project = Project::new(FILES);
    project.write("zirc.zon", example.as_bytes());
    let ran = check(&project, &["--format", "json"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
}
