//! Trees and parse errors of every input, as goldens, and what holds of every tree.

use std::fmt::Write;

use fixtures::{Input, Kind, goldens};
use syntax::{Ast, Mode, Release};

/// A line a node: number, tag, main token, data, and the text of the main token where it is short.
fn nodes(tree: &Ast<'_>) -> String {
    let mut out = String::new();
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
    out
}

fn errors(tree: &Ast<'_>) -> String {
    let mut out = String::new();
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
    out
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
fn trees_and_parse_errors() {
    let parse = |input: &Input, mode, describe: fn(&Ast<'_>) -> String| {
        let tree = Ast::parse(&input.bytes, mode, Release::V0_14_1);
        check(&tree, &input.name);
        describe(&tree)
    };
    let kind = |name, folder, text| Kind { name, folder, text };
    goldens(
        env!("CARGO_MANIFEST_DIR"),
        &[
            kind("tree", "zig/ok", &|input| parse(input, Mode::Zig, nodes)),
            kind("tree", "zon/ok", &|input| parse(input, Mode::Zon, nodes)),
            kind("errors", "zig/err", &|input| {
                parse(input, Mode::Zig, errors)
            }),
            kind("errors", "zon/err", &|input| {
                parse(input, Mode::Zon, errors)
            }),
        ],
    );
}
