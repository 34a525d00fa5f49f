//! The formatter of ZON.

use syntax::{Ast, Mode, Release, TokenTag};

use crate::by_release::releases;

/// How often a text is formatted. The reference's layout of arrays in columns can change once more when it is
/// applied again, and so can that of what is around them.
const ROUNDS: usize = 16;

/// What is formatted says the same, has the same comments, and does not change for ever when it is formatted
/// again.
///
/// # Panics
/// If not.
pub fn check(input: &[u8]) {
    let (releases, text) = releases(input);
    releases.for_each(|release| check_in(release, text));
}

fn check_in(release: Release, text: &[u8]) {
    let mut text = text.to_vec();
    for round in 0..ROUNDS {
        let tree = Ast::parse(&text, Mode::Zon, release);
        let Ok(formatted) = zongen::fmt::render(&tree) else {
            assert!(round == 0, "what was formatted can be formatted");
            return;
        };
        if formatted == text {
            return;
        }
        says_the_same(&tree, &Ast::parse(&formatted, Mode::Zon, release));
        drop(tree);
        text = formatted;
    }
    panic!("{release}, after {ROUNDS} rounds: {}", text.escape_ascii());
}

fn says_the_same(before: &Ast<'_>, after: &Ast<'_>) {
    let text = || after.source.escape_ascii();
    assert!(after.errors.is_empty(), "{}", text());
    let [old, new] = [before, after].map(|tree| zongen::generate(tree, zongen::Options::default()));
    let has_errors = old.view().has_compile_errors();
    assert_eq!(has_errors, new.view().has_compile_errors(), "{}", text());
    if !has_errors {
        assert_eq!(old, new, "{}", text());
    }
    assert_eq!(comments(before), comments(after), "{}", text());
}

/// The comments of a text without the space around them, and in those that switch the formatter also without
/// that in them.
fn comments<'s>(tree: &Ast<'s>) -> Vec<&'s [u8]> {
    let mut at = 0;
    let mut found = Vec::new();
    for token in 0..tree.tokens_len() {
        let start = tree.token_start(token) as usize;
        let gap = tree.source[at..start].split(|byte| *byte == b'\n');
        found.extend(gap.filter_map(|line| {
            let comment = line.trim_ascii();
            let rest = comment.strip_prefix(b"//")?.trim_ascii();
            let switches = matches!(rest, b"zig fmt: on" | b"zig fmt: off");
            Some(if switches { rest } else { comment })
        }));
        at = start;
        if tree.token_tag(token) != TokenTag::Eof {
            at += tree.token_slice(token).len();
        }
    }
    found
}
