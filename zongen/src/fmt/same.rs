//! Whether formatting has kept a document.

use std::borrow::Cow;
use std::collections::HashMap;

use syntax::{Ast, Mode, NodeTag, TokenIndex, TokenTag};

use super::assembly::clobber_name;
use super::layout::{find_comment, trim_end, trim_start};
use super::lists::replacement;
use super::loss::{self, Loss, Part};
use super::names::{INLINE, meaning};
use super::output::INDENT;

/// Whether `text` holds the tokens and the comments of `tree`, but for what a layout may change: commas, the
/// quotes of names, the order of a pointer's modifiers and of its casts, colons of inline assembly with
/// nothing behind them, `inline` in place of a calling convention, fields in the place of clobbers that are
/// strings, and builtin functions in the place of those that they replace.
///
/// [`render`](super::render) has seen to it that this holds for its result. It does not hold for everything
/// that the reference makes of its input.
pub fn is_same_document(tree: &Ast<'_>, text: &[u8]) -> bool {
    first_loss(tree, text).is_none()
}

/// The first part of `tree` that `text` does not hold; `None` if it is the [same document](is_same_document).
pub(super) fn first_loss(tree: &Ast<'_>, text: &[u8]) -> Option<Loss> {
    let formatted = Ast::parse(text, Mode::Zon, tree.release);
    let (tokens_before, tokens_after) = (tokens(tree), tokens(&formatted));
    let (comments_before, comments_after) = (comments(tree), comments(&formatted));
    let token = first_difference(&tokens_before, &tokens_after, |token| &token.content);
    let comment = first_difference(&comments_before, &comments_after, |comment| &comment.text);
    let comment = comment.and_then(|at| comments_before.get(at)).map(|lost| {
        // Of comments with the same text it is the one that is not between its tokens any more.
        let before = placed(&comments_before, &tokens_before);
        let after = placed(&comments_after, &tokens_after);
        let lost = first_difference(&before, &after, |comment| comment)
            .and_then(|at| comments_before.get(at))
            .filter(|other| other.text == lost.text)
            .unwrap_or(lost);
        Loss {
            part: Part::Comment,
            start: lost.start,
            end: lost.start + lost.len,
        }
    });
    // The end, which is a token, stands for what is only there afterwards.
    let end = tokens_before.len().saturating_sub(1);
    let of_token = |at: usize| loss::of_token(tree, tokens_before[at.min(end)].index);
    // All tokens may be there and yet be no document, without a comma for instance.
    let unexpected = formatted.errors.first().map(|error| {
        let at = error.token + u32::from(error.token_is_prev);
        of_token(tokens_after.partition_point(|token| token.index < at))
    });
    let has_more = comments_after.len() > comments_before.len();
    let missing = [token.map(of_token), comment].into_iter().flatten();
    let missing = missing.min_by_key(|loss| loss.start);
    // Where the parser stops may be before that which it does not understand.
    let unexpected = unexpected
        .filter(|loss| missing.is_none() || !matches!(loss.part, Part::Token | Part::Name));
    let first = missing.into_iter().chain(unexpected);
    let first = first.min_by_key(|loss| loss.start);
    let mut loss = first.or_else(|| has_more.then(|| of_token(end)))?;
    let is_switch = |comment: &&Comment<'_>| {
        comment.start < loss.start && matches!(&*comment.text, FORMAT_ON | FORMAT_OFF)
    };
    let switch = comments_before.iter().rfind(is_switch);
    if switch.is_some_and(|switch| *switch.text == *FORMAT_OFF) {
        loss.part = Part::Unformatted;
    }
    Some(loss)
}

/// Comments, each with how many of the tokens precede it.
fn placed<'c>(comments: &'c [Comment<'_>], tokens: &[Token<'_>]) -> Vec<(&'c [u8], usize)> {
    let place = |comment: &Comment<'_>| tokens.partition_point(|token| token.index < comment.next);
    let placed = comments
        .iter()
        .map(|comment| (&*comment.text, place(comment)));
    placed.collect()
}

/// The first of `before` that is missing in `after` or not in its place; `before.len()` if `after` only has
/// more. Parts that are there in another order are no difference.
fn first_difference<'p, P, T: Eq + std::hash::Hash + 'p>(
    before: &'p [P],
    after: &'p [P],
    content: impl Fn(&'p P) -> &'p T,
) -> Option<usize> {
    // How many more of a part the one side has than the other, since they were last the same.
    let mut surplus: HashMap<&T, i64> = HashMap::new();
    let mut same = 0;
    for (at, (a, b)) in before.iter().zip(after).enumerate() {
        let (a, b) = (content(a), content(b));
        if !surplus.is_empty() || a != b {
            for (part, one) in [(a, 1), (b, -1)] {
                let count = surplus.entry(part).or_default();
                *count += one;
                if *count == 0 {
                    surplus.remove(part);
                }
            }
        }
        if surplus.is_empty() {
            same = at + 1;
        }
    }
    (same < before.len().max(after.len())).then_some(same)
}

/// A token that counts.
struct Token<'s> {
    index: TokenIndex,
    content: (TokenTag, Cow<'s, [u8]>),
}

fn tokens<'s>(tree: &Ast<'s>) -> Vec<Token<'s>> {
    let len = tree.tokens_len();
    let tag = |token: TokenIndex| (token < len).then(|| tree.token_tag(token));
    let mut out = Vec::with_capacity(len as usize);
    let mut clobbers = replaced_clobbers(tree).into_iter().peekable();
    let mut token = 0;
    while token < len {
        let this = tree.token_tag(token);
        if let Some((_, is_first)) = clobbers.next_if(|clobber| clobber.0 == token) {
            replace_clobber(&mut out, tree, token, is_first);
            token += 1;
            continue;
        }
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
            out.push(Token {
                index: token,
                content: (this, text),
            });
            if this == TokenTag::Builtin && tree.release.rules().enum_builtins_replaced {
                replace_builtin(&mut out);
            }
        }
        token += skipped.max(1);
    }
    out
}

/// The clobbers that are strings and are written as fields of a value, and whether they are the first of
/// theirs.
fn replaced_clobbers(tree: &Ast<'_>) -> Vec<(TokenIndex, bool)> {
    let mut clobbers = Vec::new();
    if !tree.release.rules().asm_clobber_strings_are_a_node {
        return clobbers;
    }
    for node in 0..tree.nodes_len() {
        if tree.node_tag(node) != NodeTag::AsmLegacy {
            continue;
        }
        let first = tree.full_asm(node).and_then(|full| full.first_clobber);
        let mut next = first;
        while let Some(token) = next {
            clobbers.push((token, first == Some(token)));
            let goes_on = tree.token_tag(token + 1) == TokenTag::Comma
                && tree.token_tag(token + 2) == TokenTag::StringLiteral;
            next = goes_on.then_some(token + 2);
        }
    }
    clobbers.sort_unstable();
    clobbers
}

/// The tokens of the field that a clobber is written as, and with the first of them the braces around all.
fn replace_clobber(
    tokens: &mut Vec<Token<'_>>,
    tree: &Ast<'_>,
    clobber: TokenIndex,
    is_first: bool,
) {
    let name = clobber_name(tree.token_slice(clobber), tree.release.rules());
    let name = if name.starts_with(b"@") {
        meaning(&name)
    } else {
        name
    };
    let mut add = |tag, text: Cow<'static, [u8]>| {
        tokens.push(Token {
            index: clobber,
            content: (tag, text),
        });
    };
    if is_first {
        add(TokenTag::Period, Cow::Borrowed(b"."));
        add(TokenTag::LBrace, Cow::Borrowed(b"{"));
        add(TokenTag::RBrace, Cow::Borrowed(b"}"));
    }
    add(TokenTag::Period, Cow::Borrowed(b"."));
    add(TokenTag::Identifier, Cow::Owned(name));
    add(TokenTag::Equal, Cow::Borrowed(b"="));
    add(TokenTag::Identifier, Cow::Borrowed(b"true"));
}

/// Puts the tokens of what a builtin function is replaced with in the place of its name, which is the last of
/// `tokens`. A parenthesis that is closed later counts as closed here: the order of tokens is no difference.
fn replace_builtin(tokens: &mut Vec<Token<'_>>) {
    let Some(name) = tokens.last() else {
        return;
    };
    let Some(replacement) = replacement(&name.content.1) else {
        return;
    };
    let index = name.index;
    tokens.pop();
    let mut add = |tag, text: &'static [u8]| {
        tokens.push(Token {
            index,
            content: (tag, Cow::Borrowed(text)),
        });
    };
    add(TokenTag::Builtin, replacement.name);
    if let Some(cast) = replacement.cast {
        add(TokenTag::LParen, b"(");
        add(TokenTag::Builtin, cast);
        add(TokenTag::RParen, b")");
    }
}

const FORMAT_ON: &[u8] = b"// zig fmt: on";
const FORMAT_OFF: &[u8] = b"// zig fmt: off";

/// A comment without what may be changed of it: white space at its end, tabs and carriage returns where
/// nothing is formatted, and the space before the words that turn formatting on and off.
fn comment_text(comment: &[u8]) -> Cow<'_, [u8]> {
    let comment = trim_end(comment);
    for known in [FORMAT_ON, FORMAT_OFF] {
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

/// A comment, and its bytes in the source.
struct Comment<'s> {
    text: Cow<'s, [u8]>,
    start: u32,
    len: u32,
    /// The token behind it.
    next: TokenIndex,
}

fn comments<'s>(tree: &Ast<'s>) -> Vec<Comment<'s>> {
    let mut out = Vec::new();
    let mut end = 0;
    for token in 0..tree.tokens_len() {
        let start = tree.token_start(token) as usize;
        let mut gap = &tree.source[end.min(start)..start];
        while let Some(at) = find_comment(gap) {
            let line = gap[at..].split(|&byte| byte == b'\n').next();
            let line = line.unwrap_or_default();
            out.push(Comment {
                text: comment_text(line),
                start: (start - gap.len() + at) as u32,
                len: trim_end(line).len() as u32,
                next: token,
            });
            gap = &gap[at + line.len()..];
        }
        end = start + tree.token_slice(token).len();
    }
    out
}
