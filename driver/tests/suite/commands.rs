//! `zirc emit`, `zirc dump`, `zirc completions`, `zirc man`.

use std::fs;

use crate::common::Project;

const SOURCE: &str = "//! Doc.\nconst std = @import(\"std\");\npub fn add(a: u32, b: u32) u32 {\n    return a + b;\n}\ntest add {\n    _ = add(1, 2);\n}\n";

fn word(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

#[test]
fn emitted_bytes_are_header_and_sections() {
    let project = Project::new(&[
        ("a.zig", SOURCE),
        ("b.zon", ".{ .a = 1 }"),
        ("broken.zig", "const a = ;\n"),
        ("list", "b.zon\nbroken.zig\n"),
    ]);
    let ran = project.run(&[
        "emit",
        "--out-dir",
        "out/deep",
        "--files-from",
        "list",
        "a.zig",
    ]);
    assert_eq!(ran.text(), "status Some(0)\n");
    let zir = fs::read(project.path("out/deep/0.bin")).unwrap();
    assert_eq!(zir[16..48], [0; 32], "the stat is zero");
    assert_eq!(
        zir.len(),
        48 + 9 * word(&zir, 0) + word(&zir, 4) + 4 * word(&zir, 8)
    );
    let zoir = fs::read(project.path("out/deep/1.bin")).unwrap();
    assert_eq!(zoir[24..64], [0; 40], "the stat is zero");
    assert_eq!(
        zoir.len(),
        64 + 9 * word(&zoir, 0)
            + 4 * word(&zoir, 4)
            + 8 * word(&zoir, 8)
            + word(&zoir, 12)
            + 20 * word(&zoir, 16)
            + 20 * word(&zoir, 20)
    );
    let broken = fs::read(project.path("out/deep/2.bin")).unwrap();
    assert_eq!(
        word(&broken, 0),
        0,
        "what cannot be parsed has no instructions"
    );
    assert!(!project.path("out/deep/3.bin").exists());
    // The same again, with any number of workers.
    for jobs in ["-j1", "-j8"] {
        project.run(&[
            "emit",
            jobs,
            "--out-dir",
            "again",
            "--files-from",
            "list",
            "a.zig",
        ]);
        assert_eq!(fs::read(project.path("again/0.bin")).unwrap(), zir);
    }
}

#[test]
fn what_cannot_be_emitted() {
    let project = Project::new(&[("a.zig", SOURCE), ("file", "")]);
    let ran = project.run(&["emit", "--out-dir", "out", "gone.zig", "a.zig"]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.err().contains("gone.zig") && ran.err().contains("FileNotFound"),
        "{}",
        ran.text()
    );
    assert!(project.path("out/1.bin").exists() && !project.path("out/0.bin").exists());
    for args in [
        &["emit", "--out-dir", "file", "a.zig"][..],
        &["emit", "--out-dir", "out"],
        &["emit", "a.zig"],
    ] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
    }
}

#[test]
fn dumped_text() {
    let project = Project::new(&[
        ("a.zig", SOURCE),
        (
            "b.zon",
            ".{ .a = 1, .b = .{ \"x\", 0x1_0000_0000_0000_0000 } }",
        ),
        ("broken.zig", "const a = b;\n"),
    ]);
    insta::assert_snapshot!("dump_zig", project.run(&["dump", "a.zig"]).text());
    insta::assert_snapshot!("dump_zon", project.run(&["dump", "b.zon"]).text());
    assert_eq!(project.run(&["dump", "broken.zig"]).status, Some(1));
    assert_eq!(project.run(&["dump", "gone.zig"]).status, Some(2));
}

#[test]
fn completions_for_each_shell() {
    let project = Project::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = project.run(&["completions", shell]);
        assert_eq!(ran.status, Some(0));
        for word in ["zirc", "ast-check", "share-zig-cache"] {
            assert!(ran.out().contains(word), "{shell} lacks {word}");
        }
    }
    assert_eq!(project.run(&["completions", "none"]).status, Some(2));
}

/// The commands below the one that `verbs` name, and below those.
fn commands_below(project: &Project, verbs: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let ran = project.run(&[verbs, &["--help"]].concat());
    let help = ran.out();
    let commands = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().unwrap();
        if name == "help" || line.starts_with("   ") {
            continue;
        }
        let verbs = [verbs, &[name]].concat();
        found.push(verbs.join(" "));
        found.extend(commands_below(project, &verbs));
    }
    found
}

#[test]
fn a_page_for_each_command() {
    let project = Project::new(&[("file", "")]);
    assert_eq!(project.run(&["man", "deep/pages"]).status, Some(0));
    let mut commands = commands_below(&project, &[]);
    assert!(commands.contains(&"cache gc".to_owned()), "{commands:?}");
    commands.push(String::new());
    for command in &commands {
        let verbs: Vec<&str> = command.split_whitespace().collect();
        let name = [&["zirc"][..], &verbs].concat().join("-");
        let page = fs::read_to_string(project.path(&format!("deep/pages/{name}.1")))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .replace("\\-", "-");
        let help = project.run(&[&verbs[..], &["--help"]].concat());
        let help = help.out();
        let options = help.split_whitespace().filter(|word| {
            let is_long = word.strip_prefix("--").is_some_and(|name| !name.is_empty());
            is_long
                && word
                    .bytes()
                    .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
        });
        for option in options.chain(help.lines().next()) {
            assert!(page.contains(option), "{name} lacks {option}");
        }
    }
    let pages = fs::read_dir(project.path("deep/pages")).unwrap().count();
    assert_eq!(pages, commands.len());
    let ran = project.run(&["man", "file/pages"]);
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.err().contains("unable to write pages into"),
        "{}",
        ran.text()
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants a shell")]
fn a_closed_pipe_is_no_panic() {
    let project = Project::new(&[("a.zig", &"const a = b;\n".repeat(50_000))]);
    for args in [
        "dump a.zig",
        "completions bash",
        "check --format json a.zig",
    ] {
        let mut command = project.command_of("sh".as_ref());
        command.env("PATH", "/usr/bin:/bin").arg("-c").arg(format!(
            "'{}' {args} | head -c 1; exit 0",
            env!("CARGO_BIN_EXE_zirc")
        ));
        let ran = project.finish(&mut command, None);
        assert!(!ran.err().contains("panicked"), "{args}: {}", ran.text());
    }
}
