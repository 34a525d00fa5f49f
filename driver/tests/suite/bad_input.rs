//! Input that no sane person writes: each has a defined outcome.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{Project, messages};

/// Bytes, and what the reference says of them.
#[test]
fn strange_bytes() {
    let project = Project::new(&[]);
    let cases: &[(&str, &[u8])] = &[
        ("empty", b""),
        ("only a newline", b"\n"),
        ("byte order mark", b"\xef\xbb\xbfconst a = 1;\n"),
        ("byte order mark later", b"const a = 1;\xef\xbb\xbf\n"),
        ("half a byte order mark", b"\xef\xbb"),
        ("NUL", b"const a = 1;\0\n"),
        ("NUL at the start", b"\0const a = 1;\n"),
        ("NUL in a string", b"const a = \"x\0y\";\n"),
        ("NUL in a comment", b"// x\0y\nconst a = 1;\n"),
        ("CR LF", b"const a = 1;\r\nconst b = a;\r\n"),
        ("CR alone", b"const a = 1;\rconst b = a;\n"),
        ("CR in a comment", b"// x\ry\n"),
        ("CR in a string", b"const a = \"x\ry\";\n"),
        ("CR in a multiline string", b"const a =\n    \\\\x\ry\n;\n"),
        ("tabs", b"const\ta\t=\tb;\n"),
        ("tab in a string", b"const a = \"x\ty\";\n"),
        ("tab in a comment", b"//\tx\n"),
        ("escape character", b"const a = 1;\x1b[31m\n"),
        ("delete", b"// \x7f\n"),
        ("not UTF-8", b"const a = \xff;\n"),
        ("not UTF-8 in a string", b"const a = \"\xff\xfe\";\n"),
        ("not UTF-8 in a comment", b"// \xc3\x28\n"),
        ("not UTF-8 in an undeclared name", b"const a = @\"\xff\";\n"),
        ("truncated UTF-8", b"// \xe2\x82"),
        ("surrogate", b"const a = '\xed\xa0\x80';\n"),
        ("not ASCII", "const ä = 1;\n".as_bytes()),
        ("line separators", "// a\u{2028}b\u{85}c\n".as_bytes()),
        ("unfinished string", b"const a = \"x"),
        ("unfinished character", b"const a = '"),
        ("unfinished name", b"const @\""),
        ("unfinished builtin", b"const a = @"),
        ("lone backslash", b"const a = \\ 1;\n"),
        ("no last newline", b"const a = b"),
        ("two parentheses", b"test { ((1)); }"),
        ("import of a NUL", b"const a = @import(\"x\\x00.zig\");\n"),
        ("empty import", b"const a = @import(\"\");\n"),
    ];
    let mut text = String::new();
    for (what, bytes) in cases {
        let ran = project.run_with_input(&["ast-check", "--color", "off"], bytes);
        text += &format!(
            "### {what}\n{}",
            ran.text_as_is()
                .escape_debug()
                .to_string()
                .replace("\\n", "\n")
                .replace("\\\"", "\"")
                .replace("\\'", "'")
                .replace("\\\\", "\\")
        );
        // The other commands say the same, and none of them dies.
        project.write("case.zig", bytes);
        let report = project.check_json(ran.status.unwrap(), &["case.zig"]);
        assert_eq!(report["files"], 1, "{what}");
        assert_eq!(
            messages(&report).is_empty(),
            ran.status == Some(0),
            "{what}"
        );
        assert_eq!(
            project.run(&["dump", "case.zig"]).status,
            ran.status,
            "{what}"
        );
        project.write("case.zon", bytes);
        assert!(
            matches!(project.run(&["ast-check", "case.zon"]).status, Some(0 | 1)),
            "{what}"
        );
        assert!(
            matches!(project.run(&["dump", "case.zon"]).status, Some(0 | 1)),
            "{what}"
        );
    }
    insta::assert_snapshot!(text);
}

/// What is printed for `(1);`, the reference never ends on.
#[test]
fn doubly_parenthesised_statements_end() {
    let project = Project::new(&[]);
    let dump = |source: &str| {
        project.write("p.zig", source.as_bytes());
        assert_eq!(
            project.run(&["ast-check", "p.zig"]).text(),
            "status Some(0)\n",
            "{source}"
        );
        let ran = project.run(&["dump", "p.zig"]);
        let text = ran.text();
        // Hashes and places are of the source, which differs.
        let lines = text.lines().map(|line| {
            let mut line = line.to_owned();
            if let Some(at) = line.find("hash(") {
                line.truncate(at);
            }
            let cut = [" node_offset:", " token_offset:", " (lbrace=", "dbg_stmt("]
                .iter()
                .filter_map(|word| line.find(word))
                .min();
            line[..cut.unwrap_or(line.len())].to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    let plain = dump("test { (1); }");
    assert!(plain.contains("ensure_result_used(@one)"), "{plain}");
    assert_eq!(dump("test { ((1)); }"), plain);
    assert_eq!(dump("test { (((((1))))); }"), plain);
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn imports_of_what_is_no_file() {
    let long = "n".repeat(300);
    let main = format!(
        "const a = @import(\"gone.zig\");\nconst b = @import(\"dir.zig\");\nconst c = @import(\"fifo.zig\");\nconst d = @import(\"loop.zig\");\n\
         const e = @import(\"a\\x00b.zig\");\nconst f = @import(\"{long}.zig\");\nconst g = @import(\"main.zig/x.zig\");\nconst h = @import(\"dev.zig\");\n\
         const i = @import(\"gone.zon\");\nconst j = @import(\"\\xff.zig\");\nconst k = @import(\"dangling.zig\");\nconst l = @import(\".zig\");\n"
    );
    let project = Project::new(&[("main.zig", &main), ("dir.zig/inside.zig", "")]);
    project.fifo("fifo.zig");
    project.symlink("loop.zig", "loop2.zig");
    project.symlink("loop2.zig", "loop.zig");
    project.symlink("dangling.zig", "nowhere.zig");
    project.symlink("dev.zig", "/dev/zero");
    let ran = project.check(&["--color", "off", "main.zig"]);
    insta::assert_snapshot!(ran.text().replace(&long, "[LONG]"));
    let report = project.check_json(1, &["main.zig"]);
    assert_eq!(report["failed"], 12);
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn roots_of_what_is_no_file() {
    let project = Project::new(&[("a.zig", "")]);
    project.fifo("fifo.zig");
    project.symlink("loop.zig", "loop.zig");
    project.symlink("dev.zig", "/dev/zero");
    for root in ["gone.zig", "fifo.zig", "loop.zig", "dev.zig", "a.zig/b.zig"] {
        for command in ["check", "dump", "emit"] {
            let mut args = vec![command, root];
            if command == "emit" {
                args.extend(["--out-dir", "out"]);
            }
            let ran = project.run(&args);
            assert!(
                matches!(ran.status, Some(1 | 2)),
                "{args:?}: {}",
                ran.text()
            );
            assert!(ran.err().contains(root), "{args:?}: {}", ran.text());
        }
    }
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn cycles_and_links() {
    let project = Project::new(&[
        (
            "main.zig",
            "const self = @import(\"main.zig\");\nconst a = @import(\"a.zig\");\nconst l = @import(\"link/a.zig\");\n",
        ),
        (
            "a.zig",
            "const b = @import(\"./x/../b.zig\");\nconst e = in_a;\n",
        ),
        (
            "b.zig",
            "const a = @import(\"a.zig\");\nconst m = @import(\"main.zig\");\n",
        ),
    ]);
    // A directory that contains itself. A path through it is another path, so another file, which imports the
    // next, until the system has followed enough links.
    project.symlink("link", ".");
    let report = project.check_json(1, &["main.zig"]);
    let (last, all) = messages(&report)
        .split_last()
        .map(|(last, all)| (last.clone(), all.to_vec()))
        .unwrap();
    assert!(
        last.contains("error: unable to load './link/link/") && last.ends_with("': SymLinkLoop"),
        "{last}"
    );
    for (n, message) in all.iter().enumerate() {
        assert_eq!(
            *message,
            format!(
                "{}a.zig:2:11: error: use of undeclared identifier 'in_a'",
                "link/".repeat(n)
            )
        );
    }
    project.write("main.zig", b"const a = @import(\"link/../a.zig\");\n");
    // Walking a directory does not follow it.
    let report = project.check_json(1, &["."]);
    assert_eq!(report["files"], 3);
}

/// A sparse file of 4 GiB and one byte: refused before it is read.
#[test]
fn a_file_that_is_too_long() {
    let project = Project::new(&[("main.zig", "const a = @import(\"huge.zig\");\n")]);
    let huge = fs::File::create(project.path("huge.zig")).unwrap();
    if let Err(err) = huge.set_len((1 << 32) + 1) {
        eprintln!("not run: no sparse file of 4 GiB can be made here: {err}");
        return;
    }
    let ran = project.run(&["ast-check", "huge.zig"]);
    assert_eq!(
        ran.text(),
        "status Some(1)\n--- stderr\nerror: FileTooBig\n"
    );
    let report = project.check_json(1, &["main.zig"]);
    assert_eq!(
        messages(&report),
        ["main.zig:1:19: error: unable to load './huge.zig': FileTooBig"]
    );
    for command in ["check", "dump"] {
        let ran = project.run(&[command, "huge.zig"]);
        assert!(
            matches!(ran.status, Some(1 | 2)) && ran.err().contains("FileTooBig"),
            "{}",
            ran.text()
        );
    }
}

/// The file is rewritten all the time. Any state of it is right; a torn one is refused.
#[test]
fn a_file_that_changes_while_it_is_read() {
    let project = Project::new(&[
        ("main.zig", "const a = @import(\"a.zig\");\n"),
        ("a.zig", ""),
    ]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0u32;
            while !done.load(Ordering::Relaxed) {
                n += 1;
                // However it is cut, nothing but empty lines is in it.
                fs::write(
                    project.path("a.zig"),
                    "\n".repeat((n * 7919 % 300_000) as usize),
                )
                .unwrap();
            }
        });
        let runs = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for n in 0..40 {
                let ran = project.check(if n % 2 == 0 {
                    &["--format", "json", "main.zig"]
                } else {
                    &["--no-cache", "--format", "json", "main.zig"]
                });
                let report = ran.json();
                match ran.status {
                    Some(0) => assert!(messages(&report).is_empty()),
                    Some(1) => assert_eq!(
                        messages(&report),
                        ["main.zig:1:19: error: unable to load './a.zig': UnexpectedEndOfFile"]
                    ),
                    _ => panic!("{}", ran.text()),
                }
            }
        }));
        done.store(true, Ordering::Relaxed);
        runs.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    project.write("a.zig", b"const x = y;\n");
    assert_eq!(
        messages(&project.check_json(1, &["main.zig"])),
        ["a.zig:1:11: error: use of undeclared identifier 'y'"]
    );
}

#[test]
#[cfg_attr(windows, ignore = "removes a file that is open, which Wine does not")]
fn a_file_that_comes_and_goes() {
    let project = Project::new(&[
        ("main.zig", "const a = @import(\"a.zig\");\n"),
        ("a.zig", "const x = y;\n"),
    ]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _ = fs::remove_file(project.path("a.zig"));
                fs::write(project.path("new"), "const x = y;\n").unwrap();
                fs::rename(project.path("new"), project.path("a.zig")).unwrap();
            }
        });
        let runs = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..40 {
                let report = project.check_json(1, &["main.zig"]);
                let found = messages(&report);
                assert!(
                    found == ["main.zig:1:19: error: unable to load './a.zig': FileNotFound"]
                        || found == ["a.zig:1:11: error: use of undeclared identifier 'y'"],
                    "{found:?}"
                );
            }
        }));
        done.store(true, Ordering::Relaxed);
        runs.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

#[test]
#[cfg_attr(windows, ignore = "wants names that are no text")]
fn names_that_are_not_text() {
    let project = Project::new(&[("main.zig", "const a = @import(\"\\xff\\xfe.zig\");\n")]);
    let name = fixtures::system::name(b"\xff\xfe.zig");
    if let Err(err) = fs::write(project.dir().join(name), "const a = b;\n") {
        eprintln!("not run: the file system takes no such names: {err}");
        return;
    }
    let ran = project.check(&["--color", "off", "main.zig"]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.stderr
            .starts_with(b"\xff\xfe.zig:1:11: error: use of undeclared identifier 'b'\n"),
        "{}",
        ran.text()
    );
    let report = project.check_json(1, &["main.zig"]);
    assert_eq!(
        messages(&report),
        ["\u{fffd}\u{fffd}.zig:1:11: error: use of undeclared identifier 'b'"]
    );
    let report = project.check_json(1, &["."]);
    assert_eq!(report["files"], 2);
}

/// So many errors on so long a line that showing the line for each would take terabytes.
#[test]
fn very_many_errors_on_a_very_long_line() {
    let project = Project::new(&[("a.zig", &"const a = 1; ".repeat(200_000))]);
    let ran = project.run(&["ast-check", "--color", "off", "a.zig"]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.stderr
            .starts_with(b"a.zig:1:7: error: duplicate struct member name 'a'\n")
    );
    assert_eq!(
        ran.stderr
            .windows(21)
            .filter(|bytes| bytes == b"note: duplicate name ")
            .count(),
        199_999
    );
    assert!(ran.stderr.len() < 600 << 20, "{} bytes", ran.stderr.len());
}
