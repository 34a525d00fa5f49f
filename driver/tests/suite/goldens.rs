//! What is printed for every input with errors, as goldens.

use std::collections::BTreeMap;

use driver::ast_check::check_source;
use driver::diagnostics::{Diagnostic, Renderer};
use syntax::Mode;

fn render(diagnostics: &[Diagnostic], out: &mut Vec<u8>) {
    for diagnostic in diagnostics {
        Renderer { color: false }.render(out, diagnostic).unwrap();
    }
}

fn snapshots(folder: &str, mode: Mode) {
    let mut topics: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for input in fixtures::inputs(folder) {
        let (topic, _) = input.name.split_once('/').unwrap_or(("all", ""));
        let text = topics.entry(topic.to_owned()).or_default();
        text.extend_from_slice(format!("==== {}\n", input.name).as_bytes());
        let diagnostics = check_source(&input.bytes, mode, input.name.as_bytes());
        assert!(!diagnostics.is_empty(), "{} is clean", input.name);
        render(&diagnostics, text);
    }
    for (topic, text) in topics {
        let text = String::from_utf8_lossy(&text).into_owned();
        insta::assert_snapshot!(format!("{}-{topic}", folder.replace('/', "-")), text);
    }
}

#[test]
fn text_for_zig_with_errors() {
    snapshots("zig/err", Mode::Zig);
}

#[test]
fn text_for_zon_with_errors() {
    snapshots("zon/err", Mode::Zon);
}

#[test]
fn nothing_for_what_is_clean() {
    for (folder, mode) in [("zig/ok", Mode::Zig), ("zon/ok", Mode::Zon)] {
        for input in fixtures::inputs(folder) {
            let mut text = Vec::new();
            render(&check_source(&input.bytes, mode, b"x"), &mut text);
            assert_eq!(String::from_utf8_lossy(&text), "", "{}", input.name);
        }
    }
}
