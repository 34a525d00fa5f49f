//! Trees and parse errors of every input, as goldens, and what holds of every tree.

use std::fmt::Write;

use fixtures::{Input, KindByRelease, goldens_by_release};
use release::Generation;
use syntax::{Ast, Mode};

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

/// Tokens cover the source in order without overlap; nodes lie within tokens. Nothing is of another
/// generation.
fn check(tree: &Ast<'_>, name: &str) {
    let generation = tree.release.generation();
    for tag in tree.token_tags() {
        assert!(tag.number(generation).is_some(), "{name}: {tag:?}");
    }
    for tag in tree.node_tags() {
        assert!(tag.number(generation).is_some(), "{name}: {tag:?}");
    }
    for error in &tree.errors {
        let tag = error.tag;
        assert!(tag.number(generation).is_some(), "{name}: {tag:?}");
    }
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

/// The tree of an accepted input, the errors of another. Where a later generation sees it otherwise, that
/// shows: the errors of an input that was accepted, and the tree of one that was not.
fn text(input: &Input, mode: Mode, is_ok: bool, generation: Generation) -> String {
    let of = |generation: Generation| {
        let tree = Ast::parse(&input.bytes, mode, generation.newest_release());
        check(&tree, &input.name);
        tree
    };
    let (tree, oldest) = (of(generation), of(Generation::ALL[0]));
    let shows_tree = tree.errors.is_empty() && (is_ok || !oldest.errors.is_empty());
    if shows_tree {
        nodes(&tree)
    } else {
        errors(&tree)
    }
}

#[test]
fn trees_and_parse_errors() {
    let releases: Vec<_> = Generation::ALL.iter().map(|g| g.name()).collect();
    let of = |mode, is_ok| {
        move |input: &Input, place: usize| Some(text(input, mode, is_ok, Generation::ALL[place]))
    };
    let kind = |name, folder, text| KindByRelease {
        name,
        folder,
        releases: &releases,
        text,
    };
    goldens_by_release(
        env!("CARGO_MANIFEST_DIR"),
        &[
            kind("tree", "zig/ok", &of(Mode::Zig, true)),
            kind("tree", "zon/ok", &of(Mode::Zon, true)),
            kind("errors", "zig/err", &of(Mode::Zig, false)),
            kind("errors", "zon/err", &of(Mode::Zon, false)),
        ],
    );
}
