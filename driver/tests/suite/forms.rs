//! Both forms of a report say the same: the text is made anew out of the JSON.

use std::path::Path;

use serde_json::Value;

use crate::common::{Project, Ran};

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    let text = value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} in {value}"));
    // The reference shows nothing of what comes after a NUL.
    text.split('\0').next().unwrap_or_default()
}

fn number(value: &Value, key: &str) -> Option<usize> {
    value[key].as_u64().map(|number| number as usize)
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// A diagnostic as text.
fn render(diagnostic: &Value, severity: &str, indent: usize, out: &mut String) {
    let message = text(diagnostic, "message");
    let notes = diagnostic["notes"].as_array().into_iter().flatten();
    let Some(line) = number(diagnostic, "line") else {
        *out += &format!("{}{severity}: {message}\n", spaces(indent));
        for note in notes {
            render(note, text(note, "severity"), indent + 4, out);
        }
        return;
    };
    let column = number(diagnostic, "column").unwrap();
    let path = diagnostic["path"].as_str().unwrap();
    let start = format!("{}{path}:{line}:{column}: {severity}: ", spaces(indent));
    let lines: Vec<&str> = message.split('\n').collect();
    *out += &start;
    *out += &lines.join(&format!("\n{}", spaces(start.len())));
    *out += "\n";
    if !diagnostic["source_line"].is_null() {
        *out += &text(diagnostic, "source_line").replace('\t', " ");
        let [begin, main, end] =
            ["start", "main", "end"].map(|key| number(&diagnostic["span"], key).unwrap());
        let before = main.saturating_sub(begin);
        let after = end.saturating_sub(main).saturating_sub(1);
        let column = (column - 1).saturating_sub(before);
        let marks = ["~".repeat(before), "~".repeat(after)];
        *out += &format!("\n{}{}^{}\n", spaces(column), marks[0], marks[1]);
    }
    for note in notes {
        render(note, text(note, "severity"), indent, out);
    }
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
}

/// The whole report of a check.
fn report(json: &Value) -> String {
    let mut out = String::new();
    for diagnostic in json["diagnostics"].as_array().unwrap() {
        render(diagnostic, text(diagnostic, "severity"), 0, &mut out);
    }
    for import in json["unresolved"].as_array().unwrap() {
        if import["reason"] != "std_not_found" {
            render(import, "note", 0, &mut out);
        }
    }
    for warning in strings(&json["warnings"]) {
        out += &format!("warning: {warning}\n");
    }
    for note in strings(&json["notes"]) {
        out += &format!("note: {note}\n");
    }
    for file in json["explain"]["files"].as_array().into_iter().flatten() {
        let (path, why) = (
            file["path"].as_str().unwrap(),
            file["text"].as_str().unwrap(),
        );
        out += &match file["origin"].as_str().unwrap() {
            "not_loaded" => format!("{path}: {why}\n"),
            origin => format!("{path}: {origin}: {why}\n"),
        };
    }
    if let Some(reason) = json["explain"]["manifest"].as_str() {
        out += &format!("manifest: miss: {reason}\n");
    }
    let [files, hits, generated, failed] =
        ["files", "hits", "generated", "failed"].map(|key| number(json, key).unwrap());
    let plural = if files == 1 { "" } else { "s" };
    out += &match json["manifest"].as_str().unwrap() {
        "hit" => format!("{files} file{plural}: unchanged since the last check, in [TIME]\n"),
        _ => format!(
            "{files} file{plural}: {hits} from the cache, {generated} generated, {failed} failed, in [TIME]\n"
        ),
    };
    out
}

fn assert_same(human: &Ran, json: &Ran, what: &str) {
    assert_eq!(human.status, json.status, "{what}");
    let human = human.err();
    let human = match human.split_once("unchanged since the last check, in ") {
        Some((before, _)) => format!("{before}unchanged since the last check, in [TIME]\n"),
        None => human,
    };
    assert_eq!(report(&json.json()), human, "{what}");
}

#[test]
fn every_fixture_in_both_forms() {
    let project = Project::new(&[]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    for folder in ["zig/err", "zon/err", "zig/ok", "zon/ok"] {
        let inputs: Vec<String> = fixtures::inputs(folder).map(|input| input.name).collect();
        // Some at a time, as starting a process takes longer than checking a file.
        for inputs in inputs.chunks(20) {
            let run = |more: &[&str]| {
                let args = [&["check", "--color", "off", "--no-cache"], more].concat();
                let mut command = project.command(&args);
                command.current_dir(fixtures.join(folder)).args(inputs);
                project.finish(&mut command, None)
            };
            let (human, json) = (run(&[]), run(&["--format", "json"]));
            assert_same(&human, &json, &format!("{folder}: {inputs:?}"));
        }
    }
}

#[test]
fn a_program_in_both_forms() {
    let project = Project::new(&[
        (
            "main.zig",
            "const a = @import(\"a.zig\");\nconst b = @import(\"nobody\");\nconst c = @import(\"../out.zig\");\n",
        ),
        ("a.zig", "const m = @import(\"missing.zig\");\n"),
        ("good.zig", "const b = @import(\"nobody\");\n"),
    ]);
    let dir = project.home().join("c");
    let caches = [
        "--cache-dir",
        dir.to_str().unwrap(),
        "--global-cache-dir",
        "/dev/null/x",
    ];
    for args in [
        &["main.zig"][..],
        &["--explain", "main.zig"],
        &["--explain", "good.zig"],
        &["good.zig"],
        &["--explain", "good.zig"],
    ] {
        // Twice, so that both forms find the same in the cache.
        for _ in 0..2 {
            project.check(&[&caches[..], args].concat());
        }
        let human = project.check(&[&["--color", "off"], &caches[..], args].concat());
        let json = project.check(&[&["--format", "json"], &caches[..], args].concat());
        assert_same(&human, &json, &format!("{args:?}"));
    }
}
