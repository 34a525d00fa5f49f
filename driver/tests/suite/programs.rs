//! The programs of several files, under every release: goldens of what is printed, and that neither threads
//! nor caches nor what is checked beside them change it.

use std::fmt::Write as _;
use std::fs;

use cache_store::file::path_bytes;
use driver::compilation::{Compilation, Update};
use driver::graph::{Directories, Module, Modules, Program as Loaded, Release};
use fixtures::programs::{ANOTHER_CASE, Program, WRONG};
use release::Generation;
use serde_json::Value;

use crate::common::{Project, Ran, counts, messages};
use crate::watch::{Silent, Watching, replace, stores};

/// One of each generation.
fn releases() -> impl Iterator<Item = Release> {
    Generation::ALL.iter().map(|g| g.newest_release())
}

/// Those under which a file is its path.
fn later_releases() -> impl Iterator<Item = Release> {
    releases().filter(|release| release.rules().files_are_canonical_paths)
}

fn project(program: &Program) -> Project {
    let project = Project::new(&[]);
    program.write(&project.dir()).unwrap();
    project
}

fn check(project: &Project, program: &Program, release: Release, flags: &[&str]) -> Ran {
    let mut args = vec!["--zig-version", release.as_str(), "--color", "off"];
    args.extend(flags);
    args.extend(program.args);
    project.check(&args)
}

/// All but what depends on caches.
fn body(ran: &Ran) -> String {
    body_of(&ran.text())
}

fn body_of(all: &str) -> String {
    let mut text = String::new();
    for line in all.split_inclusive('\n') {
        match line.split_once(": ") {
            Some((files, rest)) if rest.starts_with("unchanged since the last check, ") => {
                let mut parts = rest.split(", ");
                let failed = parts.find(|part| part.ends_with(" failed"));
                writeln!(text, "{files}, {}", failed.unwrap_or("0 failed")).unwrap();
            }
            Some((files, rest)) if rest.contains(" from the cache, ") => {
                let failed = rest.split(", ").nth(2).unwrap();
                writeln!(text, "{files}, {failed}").unwrap();
            }
            _ => text += line,
        }
    }
    text
}

/// The name of a golden.
fn slug(name: &str) -> String {
    let kept = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != ' ', "");
    kept.replace(' ', "_").to_lowercase()
}

/// Some of the programs: those that have symbolic links, or those that have not.
fn wrong(has_links: bool) -> impl Iterator<Item = &'static Program> {
    let programs = WRONG.iter();
    programs.filter(move |program| program.has_links() == has_links)
}

/// The program whose imports have quotes, backslashes and control characters in their names.
fn needs_escapes(program: &&Program) -> bool {
    program.name == "names that need escapes"
}

#[test]
fn texts() {
    let programs = wrong(false).filter(|program| !needs_escapes(program));
    programs.for_each(assert_text);
    let goldens = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/suite/snapshots/programs"
    );
    let mut held: Vec<String> = fs::read_dir(goldens)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".snap"))
        .collect();
    held.sort();
    let mut named: Vec<String> = WRONG
        .iter()
        .map(|program| format!("{}.snap", slug(program.name)))
        .collect();
    named.sort();
    assert_eq!(held, named, "goldens of other programs");
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn texts_of_programs_with_links() {
    assert_eq!(wrong(true).map(assert_text).count(), 3);
}

#[test]
#[cfg_attr(windows, ignore = "wants names that Windows does not allow")]
fn texts_of_names_that_need_escapes() {
    let programs = wrong(false).filter(needs_escapes);
    assert_eq!(programs.map(assert_text).count(), 1);
}

/// Releases that say the same share a text.
fn assert_text(program: &Program) {
    let project = project(program);
    if program.name == ANOTHER_CASE && project.path("Sub.zig").exists() {
        // The file system takes both names for one, and nothing is wrong.
        for release in releases() {
            let text = check(&project, program, release, &["--no-cache", "-j1"]);
            assert_eq!(
                body(&text),
                "status Some(0)\n--- stderr\n2 files, 0 failed\n",
                "{release}"
            );
        }
        return;
    }
    let mut texts: Vec<(Vec<&str>, String)> = Vec::new();
    for release in releases() {
        let ran = check(&project, program, release, &["--no-cache", "-j1"]);
        // What leaves its module is no error of 0.14's unless another module has it.
        let is_error = release.rules().files_are_canonical_paths
            || program.name != "import outside the module path";
        assert_eq!(
            ran.status,
            Some(is_error.into()),
            "{} {release}",
            program.name
        );
        let mut text = match program.name {
            // Its one path has no separator, and its message has a backslash.
            "bytes that are not text" => body_of(&ran.text_as_is()),
            _ => body(&ran),
        };
        if cfg!(windows) && program.name == "import through a file" {
            // To Windows what is below a file is only not there.
            text = text.replace("FileNotFound", "NotDir");
        }
        match texts.last_mut() {
            Some((same, last)) if *last == text => same.push(release.as_str()),
            _ => texts.push((vec![release.as_str()], text)),
        }
    }
    let texts: String = texts
        .iter()
        .map(|(releases, text)| format!("=== {}\n{text}", releases.join(", ")))
        .collect();
    insta::with_settings!({
        snapshot_path => "snapshots/programs",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(slug(program.name), texts);
    });
}

#[test]
fn threads_and_caches_change_nothing() {
    wrong(false).for_each(assert_the_same_again);
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn threads_and_caches_change_nothing_where_links_are() {
    wrong(true).for_each(assert_the_same_again);
}

fn assert_the_same_again(program: &Program) {
    let project = project(program);
    // A process takes a third of a second to start in Wine, and these are six for each. There each program is
    // tried under one release alone, not the same one as the program before.
    let number = WRONG.iter().position(|one| one.name == program.name);
    let turn = number.unwrap() % Generation::ALL.len();
    let is_tried = |at: usize| !cfg!(windows) || at == turn;
    for (_, release) in releases().enumerate().filter(|&(at, _)| is_tried(at)) {
        let fresh = body(&check(&project, program, release, &["--no-cache", "-j1"]));
        // All generated, then from the cache, then from the manifest of the run.
        for flags in [
            &["--no-cache", "-j2"][..],
            &["--no-manifest", "-j2"],
            &["--no-manifest", "-j1"],
            &["-j2"],
            &["-j2"],
        ] {
            let ran = check(&project, program, release, flags);
            assert_eq!(body(&ran), fresh, "{} {release} {flags:?}", program.name);
        }
    }
}

/// Each file is a root of the one module that the directory is.
#[test]
fn a_directory() {
    let project = Project::new(&[
        (
            "d/a.zig",
            "const b = @import(\"sub/b.zig\");\nconst out = @import(\"../out.zig\");\n",
        ),
        (
            "d/sub/b.zig",
            "const a = @import(\"../a.zig\");\nconst gone = @import(\"gone.zig\");\nconst std = @import(\"std\");\n",
        ),
        ("d/sub/z.zon", ".{ 1, "),
        (
            "d/unused.zig",
            "const gone = @import(\"sub/gone.zig\");\nconst e = e0;\n",
        ),
        ("out.zig", "const e = e1;\n"),
    ]);
    for release in later_releases() {
        let quote = match release.rules().paths_are_escaped {
            true => '"',
            false => '\'',
        };
        for jobs in ["-j1", "-j2"] {
            let flags = ["--zig-version", release.as_str(), "--no-cache", jobs, "d"];
            let report = project.check_json(1, &flags);
            assert_eq!(
                messages(&report),
                [
                    "d/a.zig:2:21: error: import of file outside module path",
                    &*format!(
                        "d/sub/gone.zig:1:1: error: unable to load {quote}gone.zig{quote}: FileNotFound"
                    ),
                    "d/sub/b.zig:2:22: note: file imported here",
                    "d/sub/z.zon:1:7: error: expected expression, found 'EOF'",
                    "d/unused.zig:2:11: error: use of undeclared identifier 'e0'",
                ],
                "{release} {jobs}"
            );
            // Those of the directory, the missing one and two of the library.
            assert_eq!(report["files"], 7, "{release} {jobs}");
        }
    }
}

/// Each path is a program of its own: what two have in common belongs to one module in each.
#[test]
fn several_programs() {
    let project = Project::new(&[
        ("a.zig", "const s = @import(\"sub/s.zig\");\n"),
        (
            "sub/b.zig",
            "const s = @import(\"s.zig\");\nconst a = @import(\"../a.zig\");\n",
        ),
        ("sub/s.zig", "const e = e0;\n"),
    ]);
    for release in later_releases() {
        let check = |more: &[&str]| {
            let flags = ["--zig-version", release.as_str()];
            project.check_json(1, &[&flags[..], more].concat())
        };
        let error = "sub/s.zig:1:11: error: use of undeclared identifier 'e0'";
        let outside = "sub/b.zig:2:19: error: import of file outside module path";
        for jobs in ["-j1", "-j2"] {
            let report = check(&[jobs, "a.zig", "sub/b.zig"]);
            assert_eq!(messages(&report), [error, outside], "{release} {jobs}");
            assert_eq!(report["files"], 3);
        }
        assert_eq!(messages(&check(&["a.zig"])), [error]);
    }
}

/// An import that makes the program wrong is a miss, and then its error is told again by a hit.
#[test]
fn a_manifest_of_two_modules() {
    for release in later_releases() {
        let project = Project::new(&[
            (
                "main.zig",
                "const m = @import(\"m\");\nconst a = @import(\"a.zig\");\n",
            ),
            ("a.zig", ""),
            ("m.zig", "pub const x = 1;\n"),
        ]);
        let check = |status| {
            let program = ["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"];
            let flags = ["--zig-version", release.as_str()];
            project.check_json(status, &[&flags[..], &program].concat())
        };
        assert_eq!(counts(&check(0)), [3, 0, 3], "{release}");
        assert_eq!(check(0)["manifest"], "hit", "{release}");
        project.write("m.zig", b"const a = @import(\"a.zig\");\n");
        for manifest in ["miss", "hit"] {
            let report = check(1);
            assert_eq!(report["manifest"], manifest, "{release}");
            let file = match release.rules().conflict_names_the_importer {
                true => "m.zig",
                false => "a.zig",
            };
            let error = format!("{file}:1:1: error: file exists in modules 'root' and 'm'");
            assert_eq!(messages(&report)[0], error, "{release}");
        }
        project.write("m.zig", b"pub const x = 1;\n");
        assert_eq!(counts(&check(0)), [3, 2, 1], "{release}");
        assert_eq!(check(0)["manifest"], "hit", "{release}");
    }
}

/// A compilation that lives on says after each edit what a fresh one says.
#[test]
fn updates() {
    let conflict = "const a = @import(\"a.zig\");\n";
    let outside = "const a = @import(\"../a.zig\");\nconst gone = @import(\"gone.zig\");\n";
    // Edits, and the number of errors after each.
    let edits = [
        ("m/m.zig", "pub const x = 2;\n", 0),
        ("m/m.zig", outside, 1),
        ("main.zig", "const m = @import(\"m\");\n", 2),
        ("m/gone.zig", conflict, 2),
        ("m/a.zig", "const e = e0;\n", 2),
        ("m/gone.zig", "pub const x = 1;\n", 1),
        (
            "main.zig",
            "const m = @import(\"m/m.zig\");\nconst a = @import(\"a.zig\");\n",
            0,
        ),
        (
            "main.zig",
            "const m = @import(\"m/m.zig\");\nconst n = @import(\"m\");\n",
            1,
        ),
        ("main.zig", "pub const x = 3;\n", 0),
    ];
    for release in later_releases() {
        for cache in [false, true] {
            let project = Project::new(&[
                (
                    "main.zig",
                    "const m = @import(\"m\");\nconst a = @import(\"a.zig\");\n",
                ),
                ("a.zig", ""),
                ("m/m.zig", "pub const x = 1;\n"),
            ]);
            let compilation = |cache, jobs| {
                let module = |name, path| Module::of_root_file(name, &project.path(path));
                let mut modules = Modules::new(module("root", "main.zig"));
                let m = modules.add(module("m", "m/m.zig"));
                let main = modules.get_mut(Modules::MAIN);
                main.deps.insert(b"m".to_vec(), m);
                let program = Loaded {
                    modules,
                    roots: vec!["main.zig".into()],
                    release,
                    cwd: project.dir(),
                    directories: Directories::new(release, path_bytes(&project.dir()), &[]),
                    buffer: None,
                };
                Compilation::new(program, stores(&project, cache), jobs).unwrap()
            };
            let told = |update: &Update| {
                let files = update.graph.files.iter();
                let files = files.map(|(path, file)| (path.clone(), file.failed));
                (
                    files.collect::<Vec<_>>(),
                    format!("{:#?}", update.graph.diagnostics),
                )
            };
            let mut living = compilation(cache, 2);
            assert_eq!(living.update(&Silent).graph.diagnostics.len(), 0);
            for (number, (name, text, errors)) in edits.iter().enumerate() {
                project.write(name, text.as_bytes());
                let update = living.update(&Silent);
                let fresh = compilation(false, 1).update(&Silent);
                assert_eq!(told(&update), told(&fresh), "{release}, edit {number}");
                assert_eq!(
                    update.graph.diagnostics.len(),
                    *errors,
                    "{release}, edit {number}"
                );
            }
        }
    }
}

#[test]
fn an_import_leaves_its_module_while_it_is_watched() {
    for release in later_releases() {
        let project = Project::new(&[
            ("sub/main.zig", "const a = @import(\"a.zig\");\n"),
            ("sub/a.zig", "pub const x = 1;\n"),
        ]);
        let flags = ["--zig-version", release.as_str()];
        let watching = Watching::begin(&project, &[&flags[..], &["sub/main.zig"]].concat());
        let has_error = |value: &Value| !value["diagnostics"].as_array().unwrap().is_empty();
        let first = watching.next();
        assert!(!has_error(&first) && first["files"] == 2, "{first}");
        replace(&project, "sub/a.zig", "const o = @import(\"../o.zig\");\n");
        let outside = "sub/a.zig:1:19: error: import of file outside module path";
        assert_eq!(messages(&watching.until(has_error)), [outside], "{release}");
        replace(
            &project,
            "sub/a.zig",
            "const gone = @import(\"gone.zig\");\n",
        );
        let gone = watching.until(|value| value.to_string().contains("FileNotFound"));
        let note = "sub/a.zig:1:22: note: file imported here";
        assert_eq!(messages(&gone)[1..], [note], "{release}");
        replace(&project, "sub/gone.zig", "");
        let last = watching.until(|value| !has_error(value));
        assert_eq!(last["files"], 3, "{release}");
    }
}
