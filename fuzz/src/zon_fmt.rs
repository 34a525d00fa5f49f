//! The formatter of ZON.

use syntax::{Ast, Mode, TokenTag};

/// What is formatted is formatted for good, says the same, and has the same comments.
///
/// # Panics
/// If not.
pub fn check(text: &[u8]) {
    let before = Ast::parse(text, Mode::Zon);
    let Ok(formatted) = zongen::fmt::render(&before) else {
        return;
    };
    let after = Ast::parse(&formatted, Mode::Zon);
    assert!(after.errors.is_empty(), "{}", formatted.escape_ascii());
    let again = zongen::fmt::render(&after).expect("it was good before");
    assert!(
        again == formatted,
        "formatted twice:\n{}\n{}",
        formatted.escape_ascii(),
        again.escape_ascii()
    );
    let [old, new] =
        [&before, &after].map(|tree| zongen::generate(tree, zongen::Options::default()));
    assert_eq!(
        old.view().has_compile_errors(),
        new.view().has_compile_errors()
    );
    if !old.view().has_compile_errors() {
        assert_eq!(old, new, "{}", formatted.escape_ascii());
    }
    assert_eq!(comments(&before), comments(&after));
}

/// The comments of a text without the space around them.
fn comments<'s>(tree: &Ast<'s>) -> Vec<&'s [u8]> {
    let mut at = 0;
    let mut found = Vec::new();
    for token in 0..tree.tokens_len() {
        let start = tree.token_start(token) as usize;
        let gap = tree.source[at..start].split(|byte| *byte == b'\n');
        found.extend(
            gap.map(<[u8]>::trim_ascii)
                .filter(|line| line.starts_with(b"//")),
        );
        at = start;
        if tree.token_tag(token) != TokenTag::Eof {
            at += tree.token_slice(token).len();
        }
    }
    found
}
