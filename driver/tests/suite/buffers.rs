//! Contents that are not on disk: `check -` and streams in the place of files.

use std::ffi::OsStr;
use std::fs;

use crate::common::{Project, Ran};

const FILES: &[(&str, &str)] = &[
    ("main.zig", "const a = @import(\"sub/a.zig\");\n"),
    ("sub/a.zig", "pub const a = 1;\n"),
    ("z.zon", ".{}\n"),
];

fn check(project: &Project, args: &[&str], input: &str) -> Ran {
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    let check = ["check", "--color", "off", "--zig-lib-dir", lib];
    project.run_with_input(&[&check[..], args].concat(), input.as_bytes())
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn a_buffer_counts_for_its_file() {
    let project = Project::new(FILES);
    let unsaved = "const b = @import(\"../new.zig\");\nconst x = y;\n";
    let before = project.check(&["main.zig"]);
    assert_eq!(before.status, Some(0), "{}", before.text());
    fs::create_dir(project.path("elsewhere")).unwrap();
    project.symlink("elsewhere/link.zig", "../sub/a.zig");
    let absolute = project.path("sub/a.zig");
    let found =
        "sub/a.zig:2:11: error: use of undeclared identifier 'y'\nconst x = y;\n          ^\n";
    let missing = "sub/a.zig:1:19: error: unable to load './new.zig': FileNotFound\n";
    for name in [
        "sub/a.zig",
        "./sub/../sub/a.zig",
        absolute.to_str().unwrap(),
        "elsewhere/link.zig",
    ] {
        let ran = check(
            &project,
            &["main.zig", "-", "--stdin-filename", name],
            unsaved,
        );
        assert_eq!(ran.status, Some(1), "{name}: {}", ran.text());
        assert!(ran.err().contains(found), "{name}: {}", ran.text());
        assert!(ran.err().contains(missing), "{name}: {}", ran.text());
        assert!(!ran.err().contains("counts for nothing"), "{}", ran.text());
    }
    // Nothing of it was kept.
    let after = project.check(&["main.zig"]);
    assert_eq!(after.status, Some(0), "{}", after.text());
    assert!(after.err().contains("unchanged"), "{}", after.text());
}

#[test]
fn a_buffer_mends_what_is_on_disk() {
    let project = Project::new(FILES);
    fs::write(project.path("sub/a.zig"), "const x = y;\n").unwrap();
    assert_eq!(project.check(&["main.zig"]).status, Some(1));
    let args = ["main.zig", "-", "--stdin-filename", "sub/a.zig"];
    let ran = check(&project, &args, "pub const a = 1;\n");
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert_eq!(project.check(&["main.zig"]).status, Some(1));
}

#[test]
fn a_buffer_of_a_file_that_is_not_there_yet() {
    for release in ["0.14.1", "0.17.1"] {
        let project = Project::new(FILES);
        let main = "const new = @import(\"new.zig\");\n";
        fs::write(project.path("main.zig"), main).unwrap();
        let version = ["--zig-version", release];
        let run = |args: &[&str], input| check(&project, &[&version[..], args].concat(), input);
        for args in [
            &["main.zig", "-", "--stdin-filename", "new.zig"][..],
            &["new.zig", "-", "--stdin-filename", "new.zig"],
            &["-Mroot=new.zig", "-", "--stdin-filename", "new.zig"],
            // All files of the directory.
            &["-", "--stdin-filename", "new.zig"],
            &[".", "-", "--stdin-filename", "./new.zig"],
        ] {
            let ran = run(args, "const x = y;\n");
            assert_eq!(ran.status, Some(1), "{args:?}: {}", ran.text());
            let found = "new.zig:1:11: error: use of undeclared identifier 'y'\n";
            assert!(ran.err().contains(found), "{args:?}: {}", ran.text());
            let ran = run(args, "const x = 1;\n");
            assert_eq!(ran.status, Some(0), "{args:?}: {}", ran.text());
        }
    }
}

#[test]
fn what_is_said_of_buffers_that_do_not_count() {
    let project = Project::new(FILES);
    let ran = check(
        &project,
        &["main.zig", "-", "--stdin-filename", "other.zig"],
        "x",
    );
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert!(
        ran.err().contains("is not part of what was checked"),
        "{}",
        ran.text()
    );
    for args in [
        &["main.zig", "-"][..],
        &["main.zig", "--stdin-filename", "a"],
    ] {
        let ran = check(&project, args, "");
        assert_eq!(ran.status, Some(2), "{}", ran.text());
        assert!(ran.err().contains("--stdin-filename"), "{}", ran.text());
    }
}

#[test]
fn a_buffer_under_several_releases() {
    let project = Project::new(FILES);
    let args = [
        "--zig-version",
        "0.14.1,0.17.1",
        "main.zig",
        "-",
        "--stdin-filename",
        "main.zig",
    ];
    let ran = check(&project, &args, "usingnamespace @import(\"std\");\n");
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert!(
        ran.err().contains("main.zig:1:16: error: "),
        "{}",
        ran.text()
    );
}

/// A file, read through the shell by a pipe.
fn by_pipe(project: &Project, words: &str) -> Ran {
    let zirc = env!("CARGO_BIN_EXE_zirc");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = project.command_of(OsStr::new("/bin/sh"));
    command.env("PATH", path);
    command.args([
        "-c",
        &format!("exec 3< \"$1\"; \"$0\" {words}"),
        zirc,
        "in.zig",
    ]);
    project.finish(&mut command, Some(b"const b = c;\n"))
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell, FIFOs")]
fn streams_in_the_place_of_files() {
    let project = Project::new(&[
        ("in.zig", "const a = b;\n"),
        ("z.zon", ".{ .a = 2 }"),
        ("good.zig", "const a = 1;\n"),
    ]);
    for (words, status, text) in [
        (
            "ast-check --color off -",
            1,
            "<stdin>:1:11: error: use of undeclared identifier 'c'",
        ),
        (
            "ast-check --color off /dev/stdin",
            1,
            "/dev/stdin:1:11: error: use of undeclared",
        ),
        (
            "ast-check --color off /dev/fd/3",
            1,
            "/dev/fd/3:1:11: error: use of undeclared identifier 'b'",
        ),
        ("ast-check good.zig /dev/null", 0, ""),
        ("dump -", 1, "declaration(const 'b'"),
        ("dump /dev/fd/3", 1, "declaration(const 'a'"),
        ("dump --zon - < z.zon", 0, "[a] %1 = int(2)"),
        (
            "diff --color off good.zig -",
            1,
            "error: use of undeclared identifier 'c'",
        ),
        ("diff z.zon - < z.zon", 0, ""),
        ("diff - -", 2, "standard input cannot be both"),
        ("zon json /dev/fd/4 4< z.zon", 0, "{\n  \"a\": 2\n}"),
        (
            "ast-check --color off --files-from list -0",
            1,
            "in.zig:1:11",
        ),
    ] {
        fs::write(project.path("list"), "good.zig\0in.zig\0").unwrap();
        let ran = by_pipe(&project, words);
        assert_eq!(ran.status, Some(status), "{words}: {}", ran.text());
        assert!(ran.text().contains(text), "{words}: {}", ran.text());
    }
    // What has a name in the file system is a file: nobody may ever write to this one.
    project.fifo("fifo.zig");
    let ran = project.run(&["ast-check", "fifo.zig"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
}
