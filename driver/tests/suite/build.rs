//! `zirc check --build` and `zirc modules`, with a `zig` that is a script and a map that it hands over.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::common::{Project, RELEASE, Ran};
use crate::watch::{Watching, replace};

/// What the script does for `zig build`: a line of shell.
const GIVE_MAP: &str = "/bin/cp \"$0.map\" \"$ZIRC_MODULE_MAP\"";

/// A map with an executable and tests; `[DIR]` stands for the project's directory.
const MAP: &str = r#".{
    .version = 1,
    .zig = "0.14.1",
    .build_root = "[DIR]",
    .modules = .{
        .{ .root = .{ .path = "[DIR]/src/main.zig" }, .package = "", .imports = .{
            .{ .name = "util", .module = 1 },
            .{ .name = "options", .module = 2 },
            .{ .name = "c", .module = 3 },
        } },
        .{ .root = .{ .path = "[DIR]/src/util.zig" }, .package = "", .imports = .{} },
        .{ .root = .{ .text = .{ .name = "options.zig", .text = "pub const fast = true;\n" } }, .package = "", .imports = .{} },
        .{ .root = .{ .generated = .{ .step = "translate-c c.h", .sub_path = "" } }, .package = "", .imports = .{} },
        .{ .root = .{ .path = "[DIR]/src/tests.zig" }, .package = "", .imports = .{ .{ .name = "util", .module = 1 } } },
    },
    .programs = .{
        .{ .kind = .exe, .name = "p", .step = "compile exe p Debug native", .package = "", .module = 0 },
        .{ .kind = .@"test", .name = "test", .step = "compile test Debug native", .package = "", .module = 4 },
        .{ .kind = .lib, .name = "q", .step = "compile lib q Debug native", .package = "", .module = 0 },
    },
    .absent_packages = .{},
}
"#;

fn project() -> Project {
    let project = Project::new(&[
        ("build.zig", "const extra = @import(\"extra.zig\");\n"),
        ("extra.zig", "\n"),
        ("build.zig.zon", ".{ .name = .p, .version = \"0.0.0\" }\n"),
        (
            "src/main.zig",
            "const util = @import(\"util\");\nconst options = @import(\"options\");\nconst c = @import(\"c\");\n",
        ),
        ("src/util.zig", "\n"),
        ("src/tests.zig", "const util = @import(\"util\");\n"),
        ("unused.zig", "const = 1;\n"),
    ]);
    zig(&project, GIVE_MAP);
    give(&project, MAP);
    project
}

fn script(project: &Project) -> PathBuf {
    project.path("../bin/zig")
}

/// A `zig` on `PATH` that does this for `zig build`.
fn zig(project: &Project, build: &str) {
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> \"$0.log\"\nif [ \"$1\" = version ]; then echo {RELEASE}; exit; fi\n{build}\n"
    );
    put_script(project, &text);
}

/// Writes the script by a process of its own: what another test starts meanwhile would have this one's file
/// open for writing until it is the program, and what is written to cannot be run.
fn put_script(project: &Project, text: &str) {
    let source = script(project).with_extension("sh");
    fs::write(&source, text).unwrap();
    fixtures::system::set_mode(&source, 0o755).unwrap();
    let _ = fs::remove_file(script(project));
    let copied = Command::new("/bin/cp")
        .arg(&source)
        .arg(script(project))
        .status();
    assert!(copied.unwrap().success());
}

/// The map that it hands over.
fn give(project: &Project, map: &str) {
    let map = map.replace("[DIR]", project.dir().to_str().unwrap());
    fs::write(script(project).with_extension("map"), map).unwrap();
}

/// How often `zig build` was run since this was last asked.
fn runs(project: &Project) -> usize {
    let log = script(project).with_extension("log");
    let text = fs::read_to_string(&log).unwrap_or_default();
    let _ = fs::remove_file(log);
    text.lines()
        .filter(|line| line.starts_with("build"))
        .count()
}

fn check(project: &Project, status: i32, args: &[&str]) -> Value {
    project.check_json(status, args)
}

fn fails(project: &Project, args: &[&str]) -> String {
    let ran: Ran = project.check(args);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    ran.err()
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn each_compile_step_with_its_modules() {
    let project = project();
    let report = check(&project, 0, &["--build"]);
    // std of the made-up library is not imported by any of them.
    assert_eq!(report["files"], 4, "{report:#}");
    assert_eq!(report["unresolved"].as_array().unwrap().len(), 0);
    let made = &report["not_generated"][0];
    assert_eq!(made["path"], "src/main.zig");
    assert_eq!(made["import"], "c");
    assert_eq!(made["step"], "translate-c c.h");
    assert_eq!(made["line"], 3);
    let build = &report["builds"][0];
    assert_eq!(build["modules_from"], "run");
    assert_eq!(build["compile_steps"], 3);
    assert_eq!(build["programs"], 2);
    assert_eq!(build["started"].as_array().unwrap().len(), 2);
    assert_eq!(runs(&project), 1);
    // What a test step alone reaches.
    project.write("src/tests.zig", b"test { const x = 1; }\n");
    let report = check(&project, 1, &["--build"]);
    assert_eq!(report["diagnostics"][0]["path"], "src/tests.zig");
    assert_eq!(report["builds"][0]["modules_from"], "cache");
    assert_eq!(runs(&project), 0);
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn imports_of_what_is_not_made_yet_are_one_line() {
    let project = project();
    let ran = project.check(&["--build", "--strict"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    let line = "note: 1 import is of what the build has yet to make: 'c' (translate-c c.h)\n";
    assert!(ran.err().contains(line), "{}", ran.text());
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn it_is_run_again_only_if_something_it_depends_on_has_changed() {
    let project = project();
    let is_run = |expected: usize, args: &[&str], why: &str| {
        let all = [&["--build"], args].concat();
        let report = check(&project, 0, &all);
        assert_eq!(runs(&project), expected, "{why}");
        report
    };
    is_run(1, &[], "the first time");
    let report = is_run(0, &[], "again");
    assert_eq!(report["manifest"], "hit");
    project.write("src/util.zig", b"// longer\n");
    is_run(0, &[], "a source");
    for (file, text) in [
        ("build.zig", "const extra = @import(\"extra.zig\"); //\n"),
        ("extra.zig", "//\n"),
        ("build.zig.zon", ".{ .name = .p, .version = \"0.0.1\" }\n"),
    ] {
        project.write(file, text.as_bytes());
        is_run(1, &[], file);
        is_run(0, &[], file);
    }
    is_run(1, &["-Dfast", "-Dx=1"], "options");
    is_run(0, &["-Dfast", "-Dx=1"], "the same options");
    is_run(0, &[], "without, as before");
    is_run(1, &["--reconfigure"], "it is asked for");
    is_run(0, &[], "nothing changed");
    // Another zig.
    zig(&project, &format!("{GIVE_MAP} # another"));
    is_run(1, &[], "another zig");
    // What was kept is damaged, or gone.
    for entry in fs::read_dir(project.path(".zirc-cache/o")).unwrap() {
        fs::write(entry.unwrap().path(), b".{").unwrap();
    }
    is_run(1, &[], "a damaged map");
    fs::remove_dir_all(project.path(".zirc-cache")).unwrap();
    is_run(1, &[], "no cache");
    is_run(1, &["--no-cache"], "no cache is used");
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn without_being_asked_nothing_is_run() {
    let project = project();
    project.write("unused.zig", b"\n");
    let report = check(&project, 0, &[]);
    assert_eq!(runs(&project), 0);
    let note = report["notes"].to_string();
    assert!(note.contains("with --build it is run"), "{note}");
    // Every file, as without build.zig.
    assert_eq!(report["files"], 7, "{report:#}");
    check(&project, 0, &["--build"]);
    assert_eq!(runs(&project), 1);
    let report = check(&project, 0, &[]);
    assert_eq!(runs(&project), 0);
    assert_eq!(report["files"], 4);
    let note = report["notes"].to_string();
    assert!(note.contains("nothing was run"), "{note}");
    // What is named is what is checked.
    assert_eq!(check(&project, 0, &["."])["files"], 7);
    assert_eq!(check(&project, 0, &["src/util.zig"])["files"], 1);
    // It is not as it was any more.
    project.write("extra.zig", b"// other\n");
    assert_eq!(check(&project, 0, &[])["files"], 7);
    assert_eq!(runs(&project), 0);
    // A zig that is gone makes no other map.
    check(&project, 0, &["--build"]);
    fs::remove_file(script(&project)).unwrap();
    assert_eq!(check(&project, 0, &[])["files"], 4);
    assert_eq!(check(&project, 0, &["--build"])["files"], 4);
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn what_goes_wrong_is_said() {
    let project = project();
    for (build, expected) in [
        ("echo broken: no >&2; exit 1", "broken: no"),
        ("echo; exit 0", "without telling its modules"),
        ("echo .{ > \"$ZIRC_MODULE_MAP\"", "not understood"),
        (
            "echo '.{ .version = 2 }' > \"$ZIRC_MODULE_MAP\"",
            "not understood",
        ),
        ("kill -9 $$", "signal"),
    ] {
        zig(&project, build);
        let error = fails(&project, &["--build"]);
        assert!(error.contains(expected), "{build}: {error}");
        assert!(error.contains("zig build --build-runner"), "{error}");
    }
    zig(&project, "/bin/sleep 600 & wait");
    let error = fails(&project, &["--build", "--build-timeout", "1"]);
    assert!(
        error.contains("ended after 1 s (--build-timeout)"),
        "{error}"
    );
    // One that prints without end.
    zig(
        &project,
        "while :; do echo 'one line after the other, and none is the last'; done",
    );
    let error = fails(&project, &["--build", "--build-timeout", "1s"]);
    assert!(error.len() < 100_000, "{}", error.len());
    // It prints, and all is well.
    zig(&project, &format!("echo hello; echo world >&2; {GIVE_MAP}"));
    check(&project, 0, &["--build"]);
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn which_zig_is_run() {
    let project = project();
    fs::rename(script(&project), project.path("../other")).unwrap();
    fs::rename(
        script(&project).with_extension("map"),
        project.path("../other.map"),
    )
    .unwrap();
    let error = fails(&project, &["--build"]);
    assert!(error.contains("none was found"), "{error}");
    let error = fails(&project, &["--build", "--zig", "no/such"]);
    assert!(error.contains("--zig names 'no/such'"), "{error}");
    check(&project, 0, &["--build", "--zig", "../other"]);
    for version in ["0.13.0", "0.15.2", "0.99.0"] {
        let text = format!("#!/bin/sh\necho {version}\n");
        put_script(&project, &text);
        let error = fails(&project, &["--build", "--reconfigure"]);
        assert!(error.contains(&format!("is Zig {version}")), "{error}");
        assert!(error.contains("--zig"), "{error}");
        let is_known = version == "0.15.2";
        assert_eq!(error.contains("not known here"), !is_known, "{error}");
    }
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn where_a_project_is() {
    let project = project();
    // From a directory below, all of the project.
    let below = |dir: &str, args: &[&str]| {
        let lib = project.lib();
        let all = [
            &[
                "check",
                "--zig-lib-dir",
                lib.to_str().unwrap(),
                "--format",
                "json",
            ],
            args,
        ]
        .concat();
        project.finish(project.command(&all).current_dir(project.path(dir)), None)
    };
    let report = below("src", &["--build"]).json();
    assert_eq!(report["files"], 4, "{report:#}");
    let error = fails(&project, &["--build", "src/main.zig"]);
    assert!(error.contains("is a file"), "{error}");
    let error = fails(&project, &["--build", "-Mroot=src/main.zig"]);
    assert!(error.contains("-M names them"), "{error}");
    let error = fails(&project, &["--build", "none"]);
    assert!(error.contains("unable to open 'none'"), "{error}");
    let ran = below("..", &["--build"]);
    assert!(
        ran.err().contains("there is no build.zig"),
        "{}",
        ran.text()
    );
    // Several in one tree, each by itself.
    project.write("nested/build.zig", b"");
    project.write("nested/src/main.zig", b"const x = 1;\n");
    let report = check(&project, 0, &["--build", "nested", "src"]);
    assert_eq!(report["builds"].as_array().unwrap().len(), 2, "{report:#}");
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn packages_that_are_not_there() {
    let project = project();
    let zon = |fields: &str| {
        let text = format!(".{{ .name = .p, .dependencies = .{{ .dep = .{{ {fields} }} }} }}\n");
        project.write("build.zig.zon", text.as_bytes());
    };
    zon(".url = \"https://example.org/dep.tar.gz\", .hash = \"dep-1.0.0-AAAA\"");
    let error = fails(&project, &["--build"]);
    assert!(
        error.contains("needs package 'dep' (dep-1.0.0-AAAA)"),
        "{error}"
    );
    assert!(error.contains("zig build --fetch"), "{error}");
    assert_eq!(runs(&project), 0);
    // A lazy one is for the build to ask for.
    zon(".url = \"https://example.org/dep.tar.gz\", .hash = \"dep-1.0.0-AAAA\", .lazy = true");
    check(&project, 0, &["--build"]);
    check(&project, 0, &["--build"]);
    assert_eq!(runs(&project), 1);
    // Once it is there the build may be another.
    let place = project.home().join(".cache/zig/p/dep-1.0.0-AAAA");
    fs::create_dir_all(&place).unwrap();
    check(&project, 0, &["--build"]);
    assert_eq!(runs(&project), 1);
    fs::write(place.join("build.zig"), b"").unwrap();
    check(&project, 0, &["--build"]);
    assert_eq!(runs(&project), 1);
    // In a circle.
    project.write(
        "../a/build.zig.zon",
        b".{ .dependencies = .{ .p = .{ .path = \"../p\" } } }",
    );
    zon(".path = \"../a\"");
    check(&project, 0, &["--build"]);
    check(&project, 0, &["--build"]);
    assert_eq!(runs(&project), 1);
}

/// What path dependencies are is known without running anything.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn files_of_path_dependencies() {
    let project = project();
    project.write("unused.zig", b"\n");
    project.write(
        "../a/build.zig.zon",
        b".{ .dependencies = .{ .b = .{ .path = \"../b\" } } }",
    );
    project.write("../a/a.zig", b"");
    project.write(
        "../b/build.zig.zon",
        b".{ .dependencies = .{ .a = .{ .path = \"../a\" } } }",
    );
    project.write("../b/b.zig", b"const x = ;\n");
    let before = check(&project, 0, &[])["files"].as_u64().unwrap();
    project.write(
        "build.zig.zon",
        b".{ .name = .p, .dependencies = .{ .a = .{ .path = \"../a\" } } }",
    );
    let report = check(&project, 1, &[]);
    // Two documents and two sources more.
    assert_eq!(report["files"], before + 4, "{report:#}");
    assert!(
        report["diagnostics"][0]["path"]
            .as_str()
            .unwrap()
            .ends_with("b/b.zig")
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn packages_that_the_build_asks_for() {
    let project = project();
    let map = MAP.replace(
        ".absent_packages = .{}",
        ".absent_packages = .{\"lazy-1.0.0-AAAA\"}",
    );
    give(&project, &map);
    let report = check(&project, 0, &["--build"]);
    let note = report["notes"].to_string();
    assert!(note.contains("lazy-1.0.0-AAAA"), "{note}");
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn a_root_file_that_is_not_made_yet() {
    let project = project();
    let map = MAP.replace(
        ".test\", .step = \"compile test Debug native\", .package = \"\", .module = 4",
        "",
    );
    assert_eq!(map, MAP);
    give(&project, &MAP.replace(".module = 4", ".module = 3"));
    let report = check(&project, 0, &["--build"]);
    let note = report["notes"].to_string();
    assert!(
        note.contains("'compile test Debug native' is not checked"),
        "{note}"
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn explained() {
    let project = project();
    let ran = project.check(&["--build", "--explain"]);
    let text = ran.err();
    assert!(
        text.contains("modules of '[ROOT]/p' by Zig 0.14.1: build.zig was run"),
        "{text}"
    );
    assert!(text.contains("started: [ROOT]/bin/zig version ("), "{text}");
    assert!(
        text.contains("started: [ROOT]/bin/zig build --build-runner "),
        "{text}"
    );
    let text = project.check(&["--build", "--explain"]).err();
    assert!(!text.contains("started"), "{text}");
    assert!(text.contains("unchanged, says the manifest"), "{text}");
}

/// The content of standard input in place of a file of a module.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn with_a_buffer() {
    let project = project();
    let lib = project.lib();
    let args = [
        "check",
        "--zig-lib-dir",
        lib.to_str().unwrap(),
        "--build",
        "-",
        "--stdin-filename",
        "src/util.zig",
    ];
    let ran = project.run_with_input(&args, b"const = 1;\n");
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert!(
        ran.err().contains("src/util.zig:1:7: error"),
        "{}",
        ran.text()
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn modules() {
    let project = project();
    let lib = project.lib();
    let modules = |args: &[&str]| {
        let all = [&["modules", "--zig-lib-dir", lib.to_str().unwrap()], args].concat();
        project.run(&all)
    };
    let ran = modules(&[]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert!(ran.err().contains("are not known"), "{}", ran.text());
    let ran = modules(&["--build"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    let expected = "\
executable p: compile exe p Debug native
  root     src/main.zig
             imports util, options, c
  util     src/util.zig
  options  (options.zig, written by the build)
  c        (yet to be made by 'translate-c c.h')
tests test: compile test Debug native
  root  src/tests.zig
          imports util
  util  src/util.zig
library q: compile lib q Debug native
  root     src/main.zig
             imports util, options, c
  util     src/util.zig
  options  (options.zig, written by the build)
  c        (yet to be made by 'translate-c c.h')
";
    assert_eq!(ran.out(), expected);
    let json = modules(&["--format", "json"]).json();
    assert_eq!(json["modules_from"], "cache");
    assert_eq!(json["programs"][1]["kind"], "test");
    assert_eq!(json["modules"][0]["imports"]["options"], 2);
    assert_eq!(json["modules"][2]["text"], "pub const fast = true;\n");
    assert_eq!(json["modules"][3]["made_by"], "translate-c c.h");
    // They are arguments: checked by hand, it is the same.
    let ran = modules(&["--format", "args"]);
    let out = ran.out();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.text());
    assert_eq!(
        lines[1],
        "--dep util -Mroot=src/tests.zig -Mutil=src/util.zig"
    );
    assert!(ran.err().contains("left out: c"), "{}", ran.text());
    let args: Vec<&str> = lines[0].split(' ').collect();
    let report = check(&project, 0, &args);
    assert_eq!(report["files"], 3, "{report:#}");
    assert_eq!(report["unresolved"].as_array().unwrap().len(), 1);
}

/// Names as `zig build` gives them to the compiler.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn names_of_modules() {
    let project = project();
    let module = |file: &str, imports: &str| {
        format!(
            ".{{ .root = .{{ .path = \"[DIR]/{file}\" }}, .package = \"\", .imports = .{{ {imports} }} }},"
        )
    };
    let import =
        |name: &str, module: usize| format!(".{{ .name = \"{name}\", .module = {module} }},");
    let modules = [
        module("r.zig", &[import("a", 1), import("b", 2)].concat()),
        // Another module of the same name, itself, and one that was named before.
        module(
            "a.zig",
            &[import("a", 3), import("self", 1), import("bee", 2)].concat(),
        ),
        module("b.zig", &import("root", 3)),
        module("c.zig", &import("a", 4)),
        module("d.zig", &import("self", 5)),
        module("e.zig", ""),
    ];
    give(
        &project,
        &format!(
            ".{{ .version = 1, .zig = \"0.14.1\", .build_root = \"[DIR]\", .modules = .{{ {} }}, .programs = .{{
            .{{ .kind = .exe, .name = \"p\", .step = \"s\", .package = \"\", .module = 0 }} }}, .absent_packages = .{{}} }}",
            modules.concat()
        ),
    );
    let lib = project.lib();
    let ran = project.run(&[
        "modules",
        "--zig-lib-dir",
        lib.to_str().unwrap(),
        "--build",
        "--format",
        "args",
    ]);
    let expected = "--dep a=self --dep b=bee -Mroot=r.zig --dep a=root0 --dep self --dep bee -Mself=a.zig \
                    --dep root=root0 -Mbee=b.zig --dep a -Mroot0=c.zig --dep self=self0 -Ma=d.zig -Mself0=e.zig\n";
    assert_eq!(ran.out(), expected, "{}", ran.text());
}

/// A zig of one release knows the modules for all.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn under_several_releases() {
    let project = project();
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    let libs = [format!("0.14.1={lib}"), format!("0.15.2={lib}")];
    let args = [
        "check",
        "--build",
        "--format",
        "json",
        "--zig-version",
        "0.14.1,0.15.2",
        "--zig-lib-dir",
        &libs[0],
        "--zig-lib-dir",
        &libs[1],
    ];
    let ran = project.run(&args);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    let matrix = ran.json();
    for report in matrix["releases"].as_array().unwrap() {
        assert_eq!(report["files"], 4, "{report:#}");
        let is_own = report["zig_version"] == RELEASE;
        let notes = report["notes"].to_string();
        assert_eq!(
            notes.contains("since Zig 0.15.2 does not"),
            !is_own,
            "{notes}"
        );
    }
}

/// A development version goes by the release that is nearest to it, and says so.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn a_development_version() {
    let project = project();
    let text = fs::read_to_string(script(&project)).unwrap();
    put_script(
        &project,
        &text.replace("echo 0.14.1;", "echo 0.14.1-dev.7+abc;"),
    );
    let ran = project.check(&["--build"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert!(
        ran.err()
            .contains("is Zig 0.14.1-dev.7+abc, which is not known"),
        "{}",
        ran.text()
    );
}

/// All that is made is watched, and what says which modules there are.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn watched() {
    let project = project();
    let watching = Watching::begin(&project, &["--build", "--poll", "20"]);
    let has_error = |update: &Value, path: &str| update["diagnostics"][0]["path"] == path;
    let first = watching.next();
    assert_eq!(first["files"], 4, "{first:#}");
    assert_eq!(first["not_generated"][0]["module"], "c");
    replace(&project, "src/tests.zig", "test { const x = 1; }\n");
    watching.until(|update| has_error(update, "src/tests.zig"));
    replace(&project, "src/tests.zig", "\n");
    watching.until(|update| update["failed"] == 0);
    assert_eq!(runs(&project), 1);
    // Another module, made by another build.zig.
    project.write("src/new.zig", b"const = 1;\n");
    give(&project, &MAP.replace("src/tests.zig", "src/new.zig"));
    replace(&project, "build.zig", "// new\n");
    watching.until(|update| has_error(update, "src/new.zig"));
    assert_eq!(runs(&project), 1);
    // A build.zig that fails leaves what was.
    zig(&project, "exit 1");
    replace(&project, "build.zig", "// broken\n");
    replace(&project, "src/new.zig", "\n");
    watching.until(|update| update["failed"] == 0);
}

/// What `zirc.zon` says of the build.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn settings() {
    let project = project();
    project.write("unused.zig", b"\n");
    project.write(
        "zirc.zon",
        b".{ .build = true, .build_options = .{ .fast = true, .n = 3 } }\n",
    );
    let report = check(&project, 0, &[]);
    assert_eq!(report["files"], 4, "{report:#}");
    let log = fs::read_to_string(script(&project).with_extension("log")).unwrap();
    assert!(log.contains(" -Dfast=true -Dn=3\n"), "{log}");
    assert_eq!(runs(&project), 1);
    // The command line wins.
    let report = check(&project, 0, &["-Dfast=false"]);
    assert_eq!(report["files"], 4, "{report:#}");
    let log = fs::read_to_string(script(&project).with_extension("log")).unwrap();
    assert!(log.contains(" -Dfast=false\n"), "{log}");
    runs(&project);
    fs::remove_dir_all(project.path(".zirc-cache")).unwrap();
    assert_eq!(check(&project, 0, &["--no-build"])["files"], 8);
    assert_eq!(check(&project, 0, &["src/util.zig"])["files"], 1);
    assert_eq!(runs(&project), 0);
    // Another zig.
    fs::rename(script(&project), project.path("../other")).unwrap();
    fs::rename(
        script(&project).with_extension("map"),
        project.path("../other.map"),
    )
    .unwrap();
    project.write("zirc.zon", b".{ .build = true, .zig = \"../other\" }\n");
    assert_eq!(check(&project, 0, &[])["files"], 4);
    for what in [
        ".roots = .{ \"a.zig\" }",
        ".modules = .{ .{ .name = \"a\", .root = \"a.zig\" } }",
    ] {
        let text = format!(".{{ .build = true, {what} }}\n");
        project.write("zirc.zon", text.as_bytes());
        let error = fails(&project, &[]);
        assert!(
            error.contains("zirc.zon:1:13: error: 'build' excludes"),
            "{error}"
        );
    }
}

/// It is compiled with the tests, and imports what they may.
#[test]
#[cfg_attr(windows, ignore = "wants a shell, modes of files")]
fn a_test_runner() {
    let project = project();
    project.write(
        "runner.zig",
        b"const util = @import(\"util\");\nconst x = ;\n",
    );
    let step = ".package = \"\", .module = 4";
    assert_eq!(MAP.matches(step).count(), 1);
    let runner = format!("{step}, .test_runner = \"[DIR]/runner.zig\"");
    give(&project, &MAP.replace(step, &runner));
    let report = check(&project, 1, &["--build"]);
    assert_eq!(report["files"], 5, "{report:#}");
    assert_eq!(report["builds"][0]["programs"], 3);
    assert_eq!(report["diagnostics"][0]["path"], "runner.zig");
    project.write("runner.zig", b"const util = @import(\"util\");\n");
    let report = check(&project, 0, &["--build"]);
    assert_eq!(
        report["unresolved"].as_array().unwrap().len(),
        0,
        "{report:#}"
    );
    let lib = project.lib();
    let ran = project.run(&["modules", "--zig-lib-dir", lib.to_str().unwrap()]);
    assert!(
        ran.out().contains("  (test runner runner.zig)\n"),
        "{}",
        ran.text()
    );
}
