//! Whether formatting has kept a document.

use std::borrow::Cow;

use syntax::{Ast, Mode, TokenIndex, TokenTag};

use super::layout::{find_comment, trim_end, trim_start};
use super::names::meaning;
use super::output::INDENT;
use super::types::INLINE;

/// Whether `text` holds the tokens and the comments of `tree`, but for what a layout may change: commas, the quotes of
/// names, the order of a pointer's modifiers, colons of inline assembly with nothing behind them, and `inline` in place of
/// a calling convention.
///
/// [`render`](super::render) has seen to it that this holds for its result. It does not hold for everything that the
/// reference makes of its input.
pub fn is_same_document(tree: &Ast<'_>, text: &[u8]) -> bool {
    let formatted = Ast::parse(text, Mode::Zon);
    formatted.errors.is_empty()
        && same_parts(tokens(tree), tokens(&formatted))
        && same_parts(comments(tree), comments(&formatted))
}

/// Whether both have the same parts, perhaps in another order.
fn same_parts<T: Ord>(mut a: Vec<T>, mut b: Vec<T>) -> bool {
    a == b
        || a.len() == b.len() && {
            a.sort_unstable();
            b.sort_unstable();
            a == b
        }
}

type Token<'s> = (TokenTag, Cow<'s, [u8]>);

fn tokens<'s>(tree: &Ast<'s>) -> Vec<Token<'s>> {
    let len = tree.tokens_len();
    let tag = |token: TokenIndex| (token < len).then(|| tree.token_tag(token));
    let mut out = Vec::with_capacity(len as usize);
    let mut token = 0;
    while token < len {
        let this = tree.token_tag(token);
        let skipped = match this {
            TokenTag::Comma | TokenTag::KeywordInline => 1,
            TokenTag::Colon
                if matches!(tag(token + 1), Some(TokenTag::Colon | TokenTag::RParen)) =>
            {
                1
            }
            // `callconv(.@"inline")`
            TokenTag::KeywordCallconv
                if tag(token + 3) == Some(TokenTag::Identifier)
                    && tree.token_slice(token + 3) == INLINE
                    && tag(token + 4) == Some(TokenTag::RParen) =>
            {
                5
            }
            _ => 0,
        };
        if skipped == 0 {
            let text = tree.token_slice(token);
            let text = match this {
                TokenTag::Identifier if text.starts_with(b"@") => Cow::Owned(meaning(text)),
                TokenTag::DocComment | TokenTag::ContainerDocComment => comment_text(text),
                // With a carriage return before the end of its line it is the same.
                TokenTag::MultilineStringLiteralLine => {
                    Cow::Borrowed(text.strip_suffix(b"\r").unwrap_or(text))
                }
                _ => Cow::Borrowed(text),
            };
            out.push((this, text));
        }
        token += skipped.max(1);
    }
    out
}

/// A comment without what may be changed of it: white space at its end, tabs and carriage returns where nothing is
/// formatted, and the space before the words that turn formatting on and off.
fn comment_text(comment: &[u8]) -> Cow<'_, [u8]> {
    let comment = trim_end(comment);
    for known in [b"// zig fmt: on", b"// zig fmt: off".as_slice()] {
        if comment.get(2..).map(trim_start) == known.get(3..) {
            return Cow::Borrowed(known);
        }
    }
    if !comment.iter().any(|byte| matches!(byte, b'\t' | b'\r')) {
        return Cow::Borrowed(comment);
    }
    let mut out = Vec::with_capacity(comment.len());
    for &byte in comment {
        match byte {
            b'\t' => out.extend([b' '; INDENT]),
            b'\r' => {}
            _ => out.push(byte),
        }
    }
    Cow::Owned(out)
}

fn comments<'s>(tree: &Ast<'s>) -> Vec<Cow<'s, [u8]>> {
    let mut out = Vec::new();
    let mut end = 0;
    for token in 0..tree.tokens_len() {
        let start = tree.token_start(token) as usize;
        let mut gap = &tree.source[end.min(start)..start];
        while let Some(at) = find_comment(gap) {
            let line = gap[at..].split(|&byte| byte == b'\n').next();
            let line = line.unwrap_or_default();
            out.push(comment_text(line));
            gap = &gap[at + line.len()..];
        }
        end = start + tree.token_slice(token).len();
    }
    out
}
