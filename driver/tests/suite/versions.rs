//! Releases: which one counts, several side by side, and those under which a tree passes.

use std::fs;

use driver::graph::Release;
use serde_json::{Value, json};

use crate::common::{Project, Ran, messages};

/// Passes where `async` is a name, and nowhere else.
const NEW: &str = "const async = 1;\n";
/// Passes where it is a keyword.
const OLD: &str = "fn f() void {\n    _ = async g();\n}\nfn g() void {}\n";

fn has_async(release: &Release) -> bool {
    release.rules().async_and_usingnamespace
}

fn complete(wanted: impl Fn(&Release) -> bool) -> Vec<&'static str> {
    let all = Release::ALL.iter();
    all.filter(|r| wanted(r)).map(|r| r.as_str()).collect()
}

fn newest() -> &'static str {
    complete(|_| true).last().unwrap()
}

fn run_as_given(project: &Project, args: &[&str]) -> Ran {
    project.finish(&mut project.command_as_given(args), None)
}

/// Release and where it comes from, of a check without a flag.
fn choice(project: &Project, args: &[&str]) -> (String, String) {
    let check = ["check", "--format", "json", "--no-cache"];
    let ran = run_as_given(project, &[&check[..], args].concat());
    let report = ran.json();
    let text = |key: &str| report[key].as_str().unwrap().to_owned();
    (text("zig_version"), text("zig_version_from"))
}

fn is(release: &str, from: &str) -> (String, String) {
    (release.to_owned(), from.to_owned())
}

#[test]
fn what_decides_without_a_flag() {
    let project = Project::new(&[("main.zig", ""), ("old/main.zig", ""), ("new/main.zig", "")]);
    let main = &["main.zig"][..];
    assert_eq!(choice(&project, main), is(newest(), "newest"));
    project.write(
        "old/build.zig.zon",
        b".{ .name = .x, .minimum_zig_version = \"0.14.0\" }",
    );
    let old = &["old/main.zig"][..];
    assert_eq!(choice(&project, old), is("0.14.0", "minimum_zig_version"));
    let old_dir = &["old"][..];
    assert_eq!(
        choice(&project, old_dir),
        is("0.14.0", "minimum_zig_version")
    );
    let module = &["-Mroot=old/main.zig"][..];
    assert_eq!(
        choice(&project, module),
        is("0.14.0", "minimum_zig_version")
    );
    assert_eq!(choice(&project, main), is(newest(), "newest"));
    // A lib directory whose release nobody knows, or somebody says.
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    let unknown = &["--zig-lib-dir", lib, "old/main.zig"][..];
    assert_eq!(
        choice(&project, unknown),
        is("0.14.0", "minimum_zig_version")
    );
    for (said, release) in [("0.14.0", "0.14.0"), ("0.14", "0.14.1")] {
        let named = format!("--zig-lib-dir={said}={lib}");
        let named = &[&*named, "old/main.zig"][..];
        assert_eq!(choice(&project, named), is(release, "lib_directory"));
    }
    let flag = &["--zig-version", "0.14", "old/main.zig"][..];
    assert_eq!(choice(&project, flag), is("0.14.1", "flag"));
    // What leads to a release that is not known is told.
    project.write(
        "new/build.zig.zon",
        b".{ .minimum_zig_version = \"0.14.9\" }",
    );
    let ran = run_as_given(&project, &["check", "--color", "off", "new/main.zig"]);
    assert_eq!(ran.status, Some(0));
    let note = "note: minimum_zig_version in '[ROOT]/p/new/build.zig.zon' is 0.14.9, which is not known: the nearest, \
                0.14.1, is used\n";
    assert!(ran.err().contains(note), "{}", ran.text());
    // Where it is not obvious, the counts name it.
    let text = String::from_utf8(ran.stderr).unwrap();
    assert!(
        text.ends_with(", as Zig 0.14.1: minimum_zig_version of the project\n"),
        "{text}"
    );
}

/// All verbs ask the same, and a lib directory that tells nothing is none.
#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn verbs_agree_on_what_decides() {
    let project = Project::new(&[("main.zig", ""), ("old.zig", "")]);
    let bin = project.dir().join("../bin");
    fs::write(project.dir().join("../zig"), "no program").unwrap();
    fixtures::system::symlink(project.lib().join("../zig"), bin.join("zig")).unwrap();
    for (minimum, expected) in [
        ("", (newest(), "newest")),
        ("0.14.0", ("0.14.0", "minimum_zig_version")),
    ] {
        let package = format!(".{{ .minimum_zig_version = \"{minimum}\" }}");
        project.write("build.zig.zon", package.as_bytes());
        let main = &["main.zig"][..];
        assert_eq!(choice(&project, main), is(expected.0, expected.1));
        let diff = ["diff", "--format", "json", "old.zig", "main.zig"];
        let report = run_as_given(&project, &diff).json();
        assert_eq!(report["zig_version"], expected.0);
        assert_eq!(report["zig_version_from"], expected.1);
    }
}

#[test]
fn versions_that_are_not_served() {
    let project = Project::new(&[("a.zig", ""), ("z.zon", "1")]);
    for verb in [
        &["check", "a.zig"][..],
        &["ast-check", "a.zig"],
        &["emit", "--out-dir", "out", "a.zig"],
        &["dump", "a.zig"],
        &["diff", "a.zig", "a.zig"],
        &["watch", "a.zig"],
        &["zon", "json", "z.zon"],
        &["zon", "from-json", "z.zon"],
        &["zon", "fmt", "z.zon"],
    ] {
        let run =
            |version: &str| run_as_given(&project, &[verb, &["--zig-version", version]].concat());
        for (version, problem) in [
            ("next", "'next' is no version of Zig; known are 0.14.0, "),
            (
                "0.13.0",
                "Zig 0.13.0 is older than what is known; known are 0.14.0, ",
            ),
        ] {
            let ran = run(version);
            assert_eq!(ran.status, Some(2), "{verb:?}: {}", ran.text());
            assert!(ran.err().contains(problem), "{}", ran.text());
            assert!(ran.stdout.is_empty());
        }
        if verb[0] == "watch" {
            continue;
        }
        let warning = "warning: Zig 0.14.5 was asked for, and Zig 0.14.1 is taken instead: that patch release is not known\n";
        let ran = run("0.14.5");
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        assert!(ran.err().contains(warning), "{verb:?}: {}", ran.text());
        // Several make sense to some verbs only.
        let takes_several = matches!(verb[0], "check" | "ast-check");
        for several in ["all", "0.14.0,0.14.1"] {
            let expected = if takes_several { Some(0) } else { Some(2) };
            assert_eq!(run(several).status, expected, "{verb:?} {several}");
        }
    }
    let report = project.run(&[
        "check",
        "--format",
        "json",
        "--zig-version",
        "0.14.5",
        "a.zig",
    ]);
    let warning = &report.json()["warnings"][0];
    assert!(
        warning
            .as_str()
            .unwrap()
            .starts_with("Zig 0.14.5 was asked for")
    );
}

#[test]
fn lib_directories_by_release() {
    let project = Project::new(&[("main.zig", "const std = @import(\"std\");\n")]);
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    let check = |args: &[&str]| run_as_given(&project, &[&["check", "main.zig"], args].concat());
    let (old, new) = (format!("0.14.0={lib}"), format!("0.14.1={lib}"));
    for (args, status, message) in [
        (
            &["--zig-lib-dir", &old, "--zig-version", "0.14.1"][..],
            0,
            "std was not found (it is not Zig 0.14.1's: '[ROOT]/lib' is of Zig 0.14.0)",
        ),
        (
            &["--zig-lib-dir", &old, "--zig-version", "0.14.0"],
            0,
            "3 files",
        ),
        (
            &[
                "--zig-lib-dir",
                &old,
                "--zig-lib-dir",
                &new,
                "--zig-version",
                "0.14",
            ],
            0,
            "3 files",
        ),
        (
            &["--zig-lib-dir", &old, "--zig-lib-dir", &new],
            2,
            "several lib directories are named ('[ROOT]/lib' is the second)",
        ),
        (
            &[
                "--zig-lib-dir",
                &old,
                "--zig-lib-dir",
                &old,
                "--zig-version",
                "all",
            ],
            2,
            "two lib directories are named for Zig 0.14.0",
        ),
        (
            &["--zig-lib-dir", "0.13.0=x"],
            2,
            "Zig 0.13.0 is older than what is known",
        ),
        (
            &["--zig-lib-dir", "0.14.0=x"],
            2,
            "--zig-lib-dir names 'x', which is no lib directory",
        ),
        (
            &["--zig-lib-dir", "./0=x"],
            2,
            "--zig-lib-dir names './0=x', which is no lib directory",
        ),
    ] {
        let ran = check(args);
        assert_eq!(ran.status, Some(status), "{args:?}: {}", ran.text());
        assert!(ran.err().contains(message), "{args:?}: {}", ran.text());
    }
}

/// Entries of one release are not those of another.
#[test]
fn each_release_has_entries_of_its_own() {
    let project = Project::new(&[("main.zig", "const x = 1;\n")]);
    let counts = |release: &str| {
        let args = [
            "check",
            "--format",
            "json",
            "--no-manifest",
            "--zig-version",
            release,
        ];
        let report = project.run(&[&args[..], &["main.zig"]].concat()).json();
        (report["hits"].as_u64(), report["generated"].as_u64())
    };
    for release in Release::ALL {
        assert_eq!(counts(release.as_str()), (Some(0), Some(1)), "{release}");
        assert_eq!(counts(release.as_str()), (Some(1), Some(0)), "{release}");
    }
}

/// Entries in Zig's own directories are found again: up to 0.16 from the same place, from 0.17 on from
/// wherever the build root is the same.
#[test]
fn directories_are_shared_in_every_release() {
    let project = Project::new(&[("build.zig", ""), ("main.zig", ""), ("sub/x.zig", "")]);
    let copy = Project::new(&[("build.zig", ""), ("main.zig", ""), ("sub/x.zig", "")]);
    let cache = project.home().join("zig");
    for release in Release::ALL {
        let check = |project: &Project, more: &[&str]| {
            let cache = cache.to_str().unwrap();
            let mut args = vec!["check", "--format", "json", "--no-manifest"];
            args.extend(["--share-zig-cache", "--cache-dir", cache]);
            args.extend(["--zig-version", release.as_str()]);
            args.extend(more);
            let ran = project.run(&args);
            assert_eq!(ran.status, Some(0), "{}", ran.text());
            let report: Value = serde_json::from_str(&ran.out()).unwrap();
            report["generated"].as_u64().unwrap()
        };
        assert_eq!(check(&project, &["main.zig"]), 1, "{release}");
        assert_eq!(check(&project, &["main.zig"]), 0, "{release}");
        let root = project.dir();
        let absolute = project.path("main.zig");
        let absolute = absolute.to_str().unwrap();
        assert_eq!(check(&project, &[absolute]), 0, "{release}");
        // The source of the copy has another inode, and the same content.
        let elsewhere = check(&copy, &["main.zig"]);
        // They are named by the absolute path.
        let by_path = [Release::V0_15_1, Release::V0_15_2, Release::V0_16_0].contains(release);
        assert_eq!(elsewhere, u64::from(by_path), "{release}");
        let below = ["sub/x.zig", "--build-root", "sub"];
        assert_eq!(check(&project, &below), 1, "{release}");
        let root = root.to_str().unwrap();
        let again = check(&project, &["sub/x.zig", "--build-root", root]);
        let by_build_root = [Release::V0_17_0, Release::V0_17_1].contains(release);
        assert_eq!(again, u64::from(by_build_root), "{release}");
    }
}

#[test]
fn a_build_root_that_was_named_must_be_a_directory() {
    let project = Project::new(&[("main.zig", "")]);
    for dir in ["none", "main.zig"] {
        let ran = project.run(&["check", "--build-root", dir, "main.zig"]);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
        let error = format!("unable to open build root directory '{dir}': ");
        assert!(ran.err().contains(&error), "{}", ran.text());
    }
}

#[test]
fn the_matrix_of_a_check() {
    let project = Project::new(&[
        (
            "main.zig",
            "const std = @import(\"std\");\nconst a = @import(\"a.zig\");\nconst n = @import(\"nobody\");\n",
        ),
        ("a.zig", "const x = y;\n"),
        ("new.zig", NEW),
    ]);
    let lib = format!("0.14.1={}", project.lib().display());
    let args = [
        "check",
        "--color",
        "off",
        "--zig-lib-dir",
        &lib,
        "--zig-version",
    ];
    let check = |args: &[&str]| run_as_given(&project, args);
    let two = check(&[&args[..], &["0.14.1,0.14.0", "main.zig"]].concat());
    assert_eq!(two.status, Some(1));
    let text = two.err();
    let (text, ms) = text.rsplit_once("\nin ").unwrap();
    assert!(ms.ends_with(" ms\n"));
    assert_eq!(
        text,
        "\
release  verdict  files  failed  errors  std
0.14.0   fails        2       1       1  not found
0.14.1   fails        4       1       1  found

a.zig:1:11: error: use of undeclared identifier 'y'
const x = y;
          ^
under all

main.zig:3:19: note: unresolved import 'nobody': no module of that name is known
const n = @import(\"nobody\");
                  ^~~~~~~~
under all

note: std was not found (it is not Zig 0.14.0's: '[ROOT]/lib' is of Zig 0.14.1): only the program's own files are \
checked (under 0.14.0)
"
    );
    // Workers change nothing.
    for jobs in ["-j1", "-j8"] {
        let again = check(&[&args[..], &["all", "--no-cache", jobs, "main.zig"]].concat());
        let all = check(&[&args[..], &["all", "--no-cache", "main.zig"]].concat());
        let body = |ran: &Ran| ran.err().rsplit_once("\nin ").unwrap().0.to_owned();
        assert_eq!(body(&again), body(&all));
    }
    // One release decides that it fails.
    let new = check(&[&args[..], &["all", "new.zig"]].concat());
    assert_eq!(new.status, Some(1));
    for release in Release::ALL {
        let verdict = if has_async(release) {
            "fails"
        } else {
            "passes"
        };
        let row = format!("\n{release}   {verdict} ");
        assert!(new.err().contains(&row), "{}", new.text());
    }
    let list = project.home().join("list");
    let list_of = ["--file-inputs", list.to_str().unwrap()];
    check(&[&args[..], &["all", "main.zig"], &list_of].concat());
    let inputs = fs::read_to_string(&list).unwrap();
    assert_eq!(inputs.lines().count(), 4, "{inputs}");
    let explained = check(&[&args[..], &["0.14.0,0.14.1", "--explain", "a.zig"]].concat());
    for release in ["0.14.0", "0.14.1"] {
        let of_release = format!("\nZig {release}:\na.zig: hit: unchanged\n");
        assert!(
            explained.err().contains(&of_release),
            "{}",
            explained.text()
        );
    }
    // Strictly, what leads nowhere is wrong.
    project.write("a.zig", b"");
    let lenient = check(&[&args[..], &["0.14.0,0.14.1", "main.zig"]].concat());
    assert_eq!(lenient.status, Some(0), "{}", lenient.text());
    let strict = check(&[&args[..], &["0.14.0,0.14.1", "--strict", "main.zig"]].concat());
    assert_eq!(strict.status, Some(1));
    let row = "0.14.0   fails        2       0       2  not found\n0.14.1   fails        4       0       1  found\n";
    assert!(strict.err().contains(row), "{}", strict.text());
}

#[test]
fn the_matrix_in_json() {
    let project = Project::new(&[("main.zig", "const x = y;\n"), ("new.zig", NEW)]);
    let args = ["check", "--format", "json", "--zig-version", "all"];
    let ran = run_as_given(&project, &[&args[..], &["main.zig", "new.zig"]].concat());
    assert_eq!(ran.status, Some(1));
    let matrix = ran.json();
    let reports = matrix["releases"].as_array().unwrap();
    assert_eq!(reports.len(), Release::ALL.len());
    for (release, report) in Release::ALL.iter().zip(reports) {
        assert_eq!(report["zig_version"], release.as_str());
        assert_eq!(report["zig_version_from"], "flag");
        assert_eq!(report["files"], 2);
        // The report is that of the release alone.
        let args = [
            "check",
            "--format",
            "json",
            "--zig-version",
            release.as_str(),
        ];
        let alone = run_as_given(&project, &[&args[..], &["main.zig", "new.zig"]].concat());
        let alone = alone.json();
        for key in [
            "zig_version",
            "files",
            "failed",
            "diagnostics",
            "unresolved",
            "notes",
            "warnings",
        ] {
            assert_eq!(report[key], alone[key], "{release} {key}");
        }
        assert_eq!(
            messages(report)[0],
            "main.zig:1:11: error: use of undeclared identifier 'y'"
        );
    }
    let shared = matrix["diagnostics"].as_array().unwrap();
    assert_eq!(shared[0]["releases"], json!(complete(|_| true)));
    assert_eq!(shared[0]["message"], "use of undeclared identifier 'y'");
    let of_new: Vec<&Value> = shared.iter().filter(|d| d["path"] == "new.zig").collect();
    assert_eq!(of_new[0]["releases"], json!(complete(has_async)));
}

#[test]
fn single_files_under_several_releases() {
    let project = Project::new(&[("b.zig", "const x = y;\n"), ("a.zig", NEW), ("c.zig", "")]);
    let args = ["ast-check", "--color", "off", "--zig-version", "all"];
    let all = complete(|_| true).len();
    let run = |more: &[&str], input: Option<&[u8]>| {
        let args = [&args[..], more].concat();
        project.finish(&mut project.command_as_given(&args), input)
    };
    for ran in [
        run(&["b.zig", "c.zig"], None),
        run(&["-j1", "b.zig", "c.zig"], None),
    ] {
        assert_eq!(ran.status, Some(1));
        let text = ran.err();
        let (table, errors) = text.split_once("\n\n").unwrap();
        assert_eq!(table.lines().count(), all + 1);
        for line in table.lines().skip(1) {
            assert!(line.ends_with("fails        2       1       1"), "{text}");
        }
        assert_eq!(
            errors,
            "b.zig:1:11: error: use of undeclared identifier 'y'\nconst x = y;\n          ^\nunder all\n"
        );
    }
    // In the order of the files.
    let both = run(&["b.zig", "a.zig", "gone.zig"], None).err();
    let place = |text: &str| {
        both.find(text)
            .unwrap_or_else(|| panic!("{text} in {both}"))
    };
    assert!(place("b.zig:1") < place("a.zig:1"));
    assert!(
        place("a.zig:1")
            < place("error: unable to open file for ast-check 'gone.zig': FileNotFound")
    );
    assert_eq!(run(&["c.zig"], None).status, Some(0));
    // Standard input.
    assert_eq!(run(&[], Some(b"const x = 1;")).status, Some(0));
    let ran = run(&[], Some(b"const x = y;"));
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.err().contains("<stdin>:1:11: error: "),
        "{}",
        ran.text()
    );
}

#[test]
fn releases_that_a_tree_passes_under() {
    let project = Project::new(&[
        ("both/a.zig", "const std = @import(\"nowhere.zig\");\n"),
        ("both/b.zon", ".{}"),
        ("old/o.zig", OLD),
        ("new/n.zig", NEW),
        ("none/1.zig", "const x = a;\nconst y = b;\n"),
        ("none/2.zig", "const x = c;\nconst y = d;\n"),
        ("none/ignored.zig", "const x = ;"),
        ("none/.gitignore", "ignored.zig"),
        ("empty/readme", ""),
    ]);
    let versions = |path: &str| {
        let ran = run_as_given(&project, &["versions", "--format", "json", path]);
        (ran.status, ran.json())
    };
    for (path, passing) in [
        ("both", complete(|_| true)),
        ("both/a.zig", complete(|_| true)),
        ("new", complete(|r| !has_async(r))),
        ("old", complete(has_async)),
        ("none", vec![]),
    ] {
        let (status, json) = versions(path);
        let expected = if passing.is_empty() { Some(1) } else { Some(0) };
        assert_eq!(status, expected, "{path}");
        assert_eq!(json["oldest"], json!(passing.first()));
        assert_eq!(json["newest"], json!(passing.last()));
        let releases = json["releases"].as_array().unwrap();
        let names: Vec<&Value> = releases.iter().map(|r| &r["zig_version"]).collect();
        assert_eq!(json!(names), json!(complete(|_| true)));
        for release in releases {
            let passes = passing.iter().any(|p| release["zig_version"] == *p);
            assert_eq!(release["passes"], passes, "{path} {release}");
            assert_eq!(release["reasons"] == json!([]), passes);
        }
    }
    let (_, none) = versions("none");
    let first = &none["releases"][0];
    assert_eq!(
        (&first["files"], &first["failed"], &first["errors"]),
        (&json!(2), &json!(2), &json!(4))
    );
    let reasons = first["reasons"].as_array().unwrap();
    let messages: Vec<&str> = reasons
        .iter()
        .map(|r| r["message"].as_str().unwrap())
        .collect();
    let undeclared = |name: &str| format!("use of undeclared identifier '{name}'");
    assert_eq!(messages, ["a", "b", "c"].map(undeclared));
    let text = run_as_given(&project, &["versions", "--color", "off", "none"]);
    assert_eq!(text.status, Some(1));
    assert!(text.stderr.is_empty());
    let out = text.out();
    let table =
        "release  verdict  files  failed  errors\n0.14.0   fails        2       2       4\n";
    assert!(out.starts_with(table), "{out}");
    let rest = format!(
        "\npasses under none of them\n\nZig {}:\nnone/1.zig:1:11: error: use of undeclared identifier 'a'\n",
        complete(|_| true).join(", ")
    );
    assert!(out.contains(&rest), "{out}");
    assert!(out.contains("\nand 1 more\n"), "{out}");
    let text = run_as_given(&project, &["versions", "both"]).out();
    let line = format!("oldest {}, newest {}\n", complete(|_| true)[0], newest());
    assert!(text.ends_with(&line), "{text}");
    for (path, problem) in [
        ("empty", "there is no .zig or .zon file in 'empty'"),
        ("gone", "unable to open 'gone'"),
    ] {
        let ran = run_as_given(&project, &["versions", path]);
        assert_eq!(ran.status, Some(2));
        assert!(ran.err().contains(problem), "{}", ran.text());
    }
}

#[test]
fn releases_that_are_known() {
    let project = Project::new(&[]);
    let lib = format!("0.14.0={}", project.lib().display());
    let args = ["releases", "--zig-lib-dir", &lib];
    let ran = run_as_given(&project, &args);
    assert_eq!(ran.status, Some(0));
    let start = "\
release  generation  lib directory
0.14.0   0.14        [ROOT]/lib (--zig-lib-dir)
0.14.1   0.14        not found
";
    assert!(ran.out().starts_with(start), "{}", ran.text());
    let json = run_as_given(&project, &[&args[..], &["--format", "json"]].concat()).json();
    let releases = json["releases"].as_array().unwrap();
    let names: Vec<&Value> = releases.iter().map(|r| &r["zig_version"]).collect();
    assert_eq!(json!(names), json!(complete(|_| true)));
    assert_eq!(
        releases[0],
        json!({
            "zig_version": "0.14.0", "generation": "0.14",
            "zig_lib_dir": "[ROOT]/lib", "zig_lib_dir_from": "--zig-lib-dir",
        })
    );
    assert_eq!(releases[1]["zig_lib_dir"], Value::Null);
}

/// What a project says of itself is not trusted: whatever it is, files are checked.
#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn what_is_said_to_be_a_package_file() {
    let project = Project::new(&[("main.zig", "const x = 1;\n")]);
    let decided = |what: &str| {
        let found = choice(&project, &["main.zig"]);
        assert_eq!(found, is(newest(), "newest"), "{what}");
        let single = run_as_given(&project, &["ast-check", "main.zig"]);
        assert_eq!(single.text(), "status Some(0)\n", "{what}");
    };
    let nested = [b".{".repeat(200_000), b"}".repeat(200_000)].concat();
    let long = format!(
        ".{{ .minimum_zig_version = \"0.14.0\" }}{}",
        " ".repeat(2 << 20)
    );
    for (what, text) in [
        ("nested", &nested[..]),
        ("too long", long.as_bytes()),
        ("no text", b"\xff\xfe\0"),
        ("no version", b".{ .minimum_zig_version = \"\\xff\" }"),
    ] {
        project.write("build.zig.zon", text);
        decided(what);
    }
    fs::remove_file(project.path("build.zig.zon")).unwrap();
    project.symlink("build.zig.zon", "build.zig.zon");
    decided("a link to itself");
    fs::remove_file(project.path("build.zig.zon")).unwrap();
    project.fifo("build.zig.zon");
    decided("a pipe");
    fs::remove_file(project.path("build.zig.zon")).unwrap();
    fs::create_dir(project.path("build.zig.zon")).unwrap();
    decided("a directory");
}

#[test]
#[cfg_attr(
    windows,
    ignore = "wants FIFOs, symbolic links, names that are no text"
)]
fn trees_of_what_is_no_file() {
    let project = Project::new(&[("tree/a.zig", "")]);
    project.fifo("pipe.zig");
    project.fifo("tree/pipe.zig");
    project.symlink("tree/loop.zig", "loop.zig");
    project.symlink("tree/back", "../tree");
    let ran = run_as_given(&project, &["versions", "--format", "json", "tree"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert_eq!(ran.json()["releases"][0]["files"], 1);
    let ran = run_as_given(&project, &["versions", "--color", "off", "pipe.zig"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert!(ran.out().contains("\nerror: "), "{}", ran.text());
    // Names need not be text.
    let name = fixtures::system::name(b"tree/\xff.zig");
    fs::write(project.dir().join(name), NEW).unwrap();
    for format in ["human", "json"] {
        let ran = run_as_given(&project, &["versions", "--format", format, "tree"]);
        assert!(matches!(ran.status, Some(0 | 1)), "{}", ran.text());
        assert!(ran.out().contains('\u{fffd}'), "{}", ran.text());
    }
}
