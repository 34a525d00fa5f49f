//! What is printed for every input with errors, as goldens.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Status and text of `zirc ast-check` for an input below a folder of the fixtures.
fn ast_check(folder: &str, name: &str) -> (Option<i32>, String) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut command = Command::new(env!("CARGO_BIN_EXE_zirc"));
    command.args(["ast-check", "--color", "off", "-j1", name]);
    let output = command.current_dir(fixtures.join(folder)).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text)
}

fn snapshots(folder: &str) {
    let mut topics: BTreeMap<String, String> = BTreeMap::new();
    for input in fixtures::inputs(folder) {
        let (topic, _) = input.name.split_once('/').unwrap_or(("all", ""));
        let (status, errors) = ast_check(folder, &input.name);
        assert_eq!(status, Some(1), "{}", input.name);
        let text = topics.entry(topic.to_owned()).or_default();
        *text += &format!("==== {}\n{errors}", input.name);
    }
    for (topic, text) in topics {
        insta::assert_snapshot!(format!("{}-{topic}", folder.replace('/', "-")), text);
    }
}

#[test]
fn text_for_zig_with_errors() {
    snapshots("zig/err");
}

#[test]
fn text_for_zon_with_errors() {
    snapshots("zon/err");
}

#[test]
fn nothing_for_what_is_clean() {
    for folder in ["zig/ok", "zon/ok"] {
        for input in fixtures::inputs(folder) {
            let ran = ast_check(folder, &input.name);
            assert_eq!(ran, (Some(0), String::new()), "{}", input.name);
        }
    }
}
