//! Trees and parse errors of every input, as goldens, and what holds of every tree.

use std::collections::BTreeMap;
use std::fmt::Write;

use syntax::{Ast, Mode};

/// One snapshot for each topic, which is the folder of an input.
fn snapshots(folder: &str, mode: Mode, describe: impl Fn(&Ast<'_>, &mut String)) {
    let mut topics: BTreeMap<String, String> = BTreeMap::new();
    for input in fixtures::inputs(folder) {
        let (topic, _) = input.name.split_once('/').unwrap_or(("all", ""));
        let tree = Ast::parse(&input.bytes, mode);
        check(&tree, &input.name);
        let text = topics.entry(topic.to_owned()).or_default();
        writeln!(text, "==== {}", input.name).unwrap();
        describe(&tree, text);
    }
    for (topic, text) in topics {
        insta::assert_snapshot!(format!("{}-{topic}", folder.replace('/', "-")), text);
    }
}

/// A line a node: number, tag, main token, data, and the text of the main token where it is short.
fn nodes(tree: &Ast<'_>, out: &mut String) {
    for node in 0..tree.nodes_len() {
        let data = tree.node_data(node);
        let main = tree.main_token(node);
        let text = tree.token_slice(main);
        let text = String::from_utf8_lossy(&text[..text.len().min(12)])
            .escape_debug()
            .to_string();
        let (tag, lhs, rhs) = (tree.node_tag(node), data.lhs, data.rhs);
        writeln!(out, "{node} {tag:?} t{main} {lhs} {rhs} {text}").unwrap();
    }
    writeln!(out, "extra {:?}", tree.extra_data).unwrap();
}

fn errors(tree: &Ast<'_>, out: &mut String) {
    for error in &tree.errors {
        let mut message = Vec::new();
        tree.render_error(error, &mut message);
        let kind = if error.is_note { "note" } else { "error" };
        let place = tree.token_start(error.token) + tree.error_offset(error);
        writeln!(
            out,
            "{kind} at {place}: {}",
            String::from_utf8_lossy(&message)
        )
        .unwrap();
    }
}

/// Tokens cover the source in order without overlap; nodes lie within tokens.
fn check(tree: &Ast<'_>, name: &str) {
    let mut end = 0;
    for token in 0..tree.tokens_len() {
        let start = tree.token_start(token);
        assert!(
            start >= end || token == 0,
            "{name}: token {token} begins before the last ends"
        );
        // A misplaced `.**` is one token whose text runs one byte on, as in the reference.
        end = start + 1;
    }
    assert!(
        end as usize <= tree.source.len() + 1,
        "{name}: the last token is past the end"
    );
    if !tree.errors.is_empty() {
        return;
    }
    for node in 0..tree.nodes_len() {
        let (first, last) = (tree.first_token(node), tree.last_token(node));
        assert!(
            first <= last || node == 0,
            "{name}: node {node} ends before it begins"
        );
        assert!(
            last < tree.tokens_len(),
            "{name}: node {node} is past the last token"
        );
    }
}

#[test]
fn trees_of_what_zig_accepts() {
    snapshots("zig/ok", Mode::Zig, nodes);
}

#[test]
fn parse_errors_of_what_zig_refuses() {
    snapshots("zig/err", Mode::Zig, errors);
}

#[test]
fn trees_of_zon() {
    snapshots("zon/ok", Mode::Zon, nodes);
}

#[test]
fn parse_errors_of_zon() {
    snapshots("zon/err", Mode::Zon, errors);
}
