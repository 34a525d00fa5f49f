//! Text to syntax tree.

use std::hint::black_box;

use syntax::{Ast, Mode, NodeIndex, Release, TokenTag};

use crate::by_release::releases;

/// How many nodes and tokens of a text those questions are asked of whose answer takes a look at the whole
/// text.
const ASKED: u32 = 64;

/// In both languages: every byte of the text is in one token or blank, tokens are in order and the last is
/// the end; what nodes cover is in range and, in a good tree, nested; errors have messages and places; every
/// question about a good tree has an answer.
///
/// # Panics
/// If not.
pub fn check(input: &[u8]) {
    let (releases, text) = releases(input);
    releases.for_each(|release| check_in(release, text));
}

fn check_in(release: Release, text: &[u8]) {
    for mode in [Mode::Zig, Mode::Zon] {
        let tree = Ast::parse(text, mode, release);
        tokens(&tree);
        errors(&tree);
        if tree.errors.is_empty() {
            extents(&tree);
            views(&tree);
            places(&tree);
        }
    }
}

fn is_blank(mut gap: &[u8]) -> bool {
    while let Some((first, rest)) = gap.split_first() {
        gap = match first {
            b' ' | b'\n' | b'\t' | b'\r' => rest,
            b'/' if rest.first() == Some(&b'/') => {
                let end = gap.iter().position(|byte| *byte == b'\n');
                &gap[end.unwrap_or(gap.len())..]
            }
            _ => return false,
        };
    }
    true
}

fn tokens(tree: &Ast<'_>) {
    let text = tree.source;
    let last = tree.tokens_len().checked_sub(1).expect("there is an end");
    let mut at = if text.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    for token in 0..=last {
        let start = tree.token_start(token) as usize;
        assert!(start >= at, "token {token} overlaps the one before");
        assert!(is_blank(&text[at..start]), "before token {token}");
        let slice = tree.token_slice(token);
        assert!(text[start..].starts_with(slice), "token {token}");
        let is_end = tree.token_tag(token) == TokenTag::Eof;
        assert_eq!(is_end, token == last, "token {token}");
        assert_eq!(is_end, slice.is_empty(), "token {token}");
        at = start + slice.len();
        // The reference's mistake of `.**` goes by three bytes and is two: the second asterisk comes again.
        if tree.token_tag(token) == TokenTag::InvalidPeriodasterisks {
            at -= 1;
        }
    }
    assert_eq!(at, text.len(), "the end is at the end");
}

fn errors(tree: &Ast<'_>) {
    for error in &tree.errors {
        let mut message = Vec::new();
        tree.render_error(error, &mut message);
        assert!(!message.is_empty());
        assert!(error.token < tree.tokens_len());
        let offset = tree.error_offset(error) as usize;
        let start = tree.token_start(error.token) as usize;
        assert!(start + offset <= tree.source.len());
    }
    for error in tree.errors.iter().take(ASKED as usize) {
        black_box(tree.token_location(0, error.token));
        black_box(tree.token_to_span(error.token));
    }
}

/// What nodes cover, from the first to the last token.
fn extents(tree: &Ast<'_>) {
    let mut extents: Vec<_> = (0..tree.nodes_len())
        .map(|node| {
            let (first, last) = (tree.first_token(node), tree.last_token(node));
            assert!(first <= last, "node {node}");
            assert!(last < tree.tokens_len(), "node {node}");
            (first, std::cmp::Reverse(last), node)
        })
        .collect();
    extents.sort_unstable();
    let mut around: Vec<(u32, NodeIndex)> = Vec::new();
    for (first, std::cmp::Reverse(last), node) in extents {
        while around.pop_if(|(end, _)| *end < first).is_some() {}
        if let Some((end, outer)) = around.last() {
            assert!(
                last <= *end,
                "node {node} {:?} begins in node {outer} {:?} and ends behind it",
                tree.node_tag(node),
                tree.node_tag(*outer)
            );
        }
        around.push((last, node));
    }
}

fn views(tree: &Ast<'_>) {
    for node in 0..tree.nodes_len() {
        black_box(tree.full_var_decl(node));
        black_box(tree.full_if(node));
        black_box(tree.full_while(node));
        black_box(tree.full_for(node));
        black_box(tree.full_container_field(node));
        black_box(tree.full_struct_init(node));
        black_box(tree.full_array_init(node));
        black_box(tree.full_array_type(node));
        black_box(tree.full_ptr_type(node));
        black_box(tree.full_slice(node));
        black_box(tree.full_container_decl(node));
        black_box(tree.full_switch(node));
        black_box(tree.full_switch_case(node));
        black_box(tree.full_asm(node));
        black_box(tree.full_call(node));
        black_box(tree.builtin_call_params(node));
        black_box(tree.block_statements(node));
        if let Some(proto) = tree.full_fn_proto(node) {
            let most = tree.tokens_len() as usize;
            assert!(proto.iterate(tree).take(most + 1).count() <= most);
        }
    }
    black_box(tree.container_decl_root());
}

fn places(tree: &Ast<'_>) {
    let lines = tree.source.split(|byte| *byte == b'\n').count();
    for token in 0..tree.tokens_len().min(ASKED) {
        let location = tree.token_location(0, token);
        assert!(location.line < lines);
        assert!(location.line_start + location.column <= tree.source.len());
        black_box(tree.tokens_on_same_line(0, token));
        let span = tree.token_to_span(token);
        assert!(span.start <= span.main && span.main <= span.end);
    }
    for node in 0..tree.nodes_len() {
        let span = tree.node_to_span(node);
        assert!(span.start <= span.main && span.main <= span.end);
        assert!(span.end as usize <= tree.source.len());
        black_box(tree.get_node_source(node));
    }
}
