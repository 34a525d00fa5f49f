//! Sources cut into tokens, by rules that also hold for broken ones.

use super::words::MARKS;
use fixtures::Rng;
use syntax::TokenTag;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    Comment,
    Name,
    Keyword,
    Builtin,
    Number,
    Text,
    Mark,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
}

/// Cuts a source into tokens, spaces and comments included: put together again they are the source.
pub(super) fn tokens(source: &[u8]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    let name_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    while at < source.len() {
        let rest = &source[at..];
        let span = |test: &dyn Fn(u8) -> bool| {
            rest.iter()
                .position(|byte| !test(*byte))
                .unwrap_or(rest.len())
        };
        let quoted = |quote: u8, from: usize| {
            let mut end = from;
            while end < rest.len() && rest[end] != quote && rest[end] != b'\n' {
                end += if rest[end] == b'\\' { 2 } else { 1 };
            }
            (end + usize::from(rest.get(end) == Some(&quote))).min(rest.len())
        };
        let (kind, len) = match rest[0] {
            b' ' | b'\n' | b'\t' | b'\r' => (Kind::Space, span(&|byte| byte.is_ascii_whitespace())),
            b'/' if rest.starts_with(b"//") => (Kind::Comment, span(&|byte| byte != b'\n')),
            b'\\' if rest.starts_with(b"\\\\") => (Kind::Text, span(&|byte| byte != b'\n')),
            b'"' => (Kind::Text, quoted(b'"', 1)),
            b'\'' => (Kind::Number, quoted(b'\'', 1)),
            b'@' if rest.starts_with(b"@\"") => (Kind::Name, quoted(b'"', 2)),
            b'@' => (
                Kind::Builtin,
                1 + rest[1..]
                    .iter()
                    .position(|byte| !name_byte(*byte))
                    .unwrap_or(rest.len() - 1),
            ),
            b'0'..=b'9' => (Kind::Number, span(&name_byte)),
            byte if name_byte(byte) => {
                let len = span(&name_byte);
                let keyword = TokenTag::keyword(&rest[..len]).is_some();
                (if keyword { Kind::Keyword } else { Kind::Name }, len)
            }
            _ => {
                let mark = MARKS.iter().find(|mark| rest.starts_with(mark.as_bytes()));
                (Kind::Mark, mark.map_or(1, |mark| mark.len()))
            }
        };
        let len = len.max(1);
        out.push(Token {
            kind,
            text: rest[..len].to_vec(),
        });
        at += len;
    }
    out
}

pub(super) fn join(tokens: &[Token]) -> Vec<u8> {
    tokens
        .iter()
        .flat_map(|token| token.text.iter().copied())
        .collect()
}

pub(super) fn some_token(
    rng: &mut Rng,
    all: &[Token],
    wanted: impl Fn(Kind) -> bool,
) -> Option<usize> {
    let start = rng.below(all.len());
    (start..all.len())
        .chain(0..start)
        .find(|n| wanted(all[*n].kind))
}
