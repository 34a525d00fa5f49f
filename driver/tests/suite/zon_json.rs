//! `zirc zon json` and `zirc zon from-json`.

use crate::common::Project;

#[test]
fn the_commands() {
    let project = Project::new(&[
        ("a.zon", ".{ .a = .b }\n"),
        ("a.json", "{\"a\": \".b\"}\n"),
        ("broken.zon", ".{ .a = 1, .a = 2, .b = foo }\n"),
        ("broken.json", "{\n  \"a\": 1,\n  \"a\": tru\n}\n"),
        ("bytes.zon", ".{ .a = \"\\xff\", .@\"\\xfe\" = 1 }\n"),
    ]);
    let json = "{\n  \"a\": \".b\"\n}\n";
    let zon = ".{\n    .a = .b,\n}\n";
    let ok = |output: &str| format!("status Some(0)\n--- stdout\n{output}");
    assert_eq!(project.run(&["zon", "json", "a.zon"]).text(), ok(json));
    assert_eq!(project.run(&["zon", "from-json", "a.json"]).text(), ok(zon));
    for args in [&["zon", "json"][..], &["zon", "json", "-"]] {
        assert_eq!(
            project.run_with_input(args, b".{ .a = .b }").text(),
            ok(json)
        );
    }
    let plain = project.run_with_input(&["zon", "from-json", "--plain"], json.as_bytes());
    assert_eq!(plain.text(), ok(".{\n    .a = \".b\",\n}\n"));

    // A broken document: as ast-check has it.
    let broken = project.run(&["zon", "json", "broken.zon"]);
    assert_eq!(broken.status, Some(1));
    assert_eq!(
        broken.text(),
        project.run(&["ast-check", "broken.zon"]).text()
    );
    assert!(broken.out().is_empty() && broken.err().contains("broken.zon:1:5: error: duplicate"));
    assert_eq!(
        project.run(&["zon", "from-json", "broken.json"]).text(),
        "status Some(1)\n--- stderr\n\
         broken.json:3:3: error: this name is in the object twice\n  \"a\": tru\n  ^~~\n\
         broken.json:2:3: note: the same name first here\n  \"a\": 1,\n  ^~~\n"
    );
    assert_eq!(
        project.run(&["zon", "json", "bytes.zon"]).text_as_is(),
        "status Some(1)\n--- stderr\n\
         bytes.zon:1:9: error: the string is not UTF-8: JSON cannot hold it\n\
         .{ .a = \"\\xff\", .@\"\\xfe\" = 1 }\n        ^~~~~~\n\
         bytes.zon:1:18: error: the name is not UTF-8: JSON cannot hold it\n\
         .{ .a = \"\\xff\", .@\"\\xfe\" = 1 }\n                 ^~~~~~~\n"
    );
    for command in ["json", "from-json"] {
        let missing = project.run(&["zon", command, "missing"]);
        assert_eq!(
            missing.text(),
            "status Some(2)\n--- stderr\nerror: unable to load 'missing': FileNotFound\n"
        );
    }
    assert_eq!(project.run(&["zon"]).status, Some(2));
}

/// The release goes down to what reads and to what writes.
#[test]
fn names_by_release() {
    let project = Project::new(&[]);
    let run = |verb: &str, release: &str, input: &str| {
        let args: &[&str] = match verb {
            "fmt" => &["zon", "fmt", "--stdin", "--zig-version", release],
            verb => &["zon", verb, "--zig-version", release],
        };
        project.run_with_input(args, input.as_bytes())
    };
    let (json, plain, quoted) = (
        "{\n  \"async\": 1\n}\n",
        ".{\n    .async = 1,\n}\n",
        ".{\n    .@\"async\" = 1,\n}\n",
    );
    for (release, is_keyword) in [("0.14.1", true), ("0.15.2", false), ("0.17.1", false)] {
        let written = if is_keyword { quoted } else { plain };
        assert_eq!(run("from-json", release, json).out(), written, "{release}");
        assert_eq!(run("fmt", release, quoted).out(), written, "{release}");
        assert_eq!(run("json", release, quoted).out(), json, "{release}");
        let read = run("json", release, plain);
        assert_eq!(read.status, Some(i32::from(is_keyword)), "{release}");
        assert_eq!(read.out(), if is_keyword { "" } else { json }, "{release}");
    }
}
