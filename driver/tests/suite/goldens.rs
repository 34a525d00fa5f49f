//! What is printed for every input with errors, as goldens.

use std::path::Path;
use std::process::Command;

use fixtures::{Input, Kind, goldens};

use crate::common::RELEASE;

/// Status and text of `zirc ast-check` for an input below a folder of the fixtures.
fn ast_check(folder: &str, name: &str) -> (Option<i32>, String) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut command = Command::new(env!("CARGO_BIN_EXE_zirc"));
    command.args(["ast-check", "--zig-version", RELEASE]);
    command.args(["--color", "off", "-j1", name]);
    let output = command.current_dir(fixtures.join(folder)).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text)
}

#[test]
fn text_for_what_has_errors() {
    let text = |folder: &str, input: &Input| {
        let (status, text) = ast_check(folder, &input.name);
        assert_eq!(status, Some(1), "{}", input.name);
        text
    };
    let kind = |folder, text| Kind {
        name: "text",
        folder,
        text,
    };
    goldens(
        env!("CARGO_MANIFEST_DIR"),
        &[
            kind("zig/err", &|input| text("zig/err", input)),
            kind("zon/err", &|input| text("zon/err", input)),
        ],
    );
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
