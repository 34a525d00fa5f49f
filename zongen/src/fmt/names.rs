//! Quotes of names, and escapes in them.

use release::Rules;
use syntax::string_literal::{parse_append, parse_escape_sequence};
use syntax::{fmt_escapes, is_underscore, is_valid_id, primitives};

/// The convention that is written as the keyword `inline` where a function is declared.
pub(super) const INLINE: &[u8] = b"@\"inline\"";

/// Which names go without quotes, of those that can.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Not those that would then stand for a primitive.
    UnlessShadowing,
    /// All: behind a dot and the like nothing is shadowed.
    Eager,
    /// All but `_`.
    EagerButUnderscore,
}

/// Longest keyword or name of a primitive.
const LONGEST_SPECIAL: usize = "comptime_float".len();

/// Whether the quoted name with these contents is written without its quotes.
pub(super) fn is_unquoted(contents: &[u8], quotes: Quotes, rules: &Rules) -> bool {
    if is_underscore(contents) {
        return quotes == Quotes::Eager;
    }
    if contents.is_empty() || !looks_plain(contents, rules) {
        return false;
    }
    // Longer names are taken to be plain without another look.
    let mut name = Vec::with_capacity(LONGEST_SPECIAL);
    let mut at = 0;
    while at < contents.len() {
        if name.len() == LONGEST_SPECIAL {
            return true;
        }
        if contents[at] != b'\\' {
            name.push(contents[at]);
            at += 1;
            continue;
        }
        match parse_escape_sequence(contents, &mut at).map(u8::try_from) {
            Ok(Ok(byte)) => name.push(byte),
            _ => return false,
        }
    }
    is_valid_id(&name, rules)
        && (quotes != Quotes::UnlessShadowing || !primitives::is_primitive(&name))
}

/// Whether the characters are those of names. Up to 0.15 an escape at offset n passes over the n characters
/// behind it, whatever they are.
fn looks_plain(contents: &[u8], rules: &Rules) -> bool {
    let may_be = |value: u32, at: usize| {
        u8::try_from(value).is_ok_and(|byte| {
            byte == b'_' || byte.is_ascii_alphabetic() || at > 0 && byte.is_ascii_digit()
        })
    };
    let mut at = 0;
    while let Some(&byte) = contents.get(at) {
        if byte != b'\\' {
            if !may_be(u32::from(byte), at) {
                return false;
            }
            at += 1;
            continue;
        }
        let mut end = at;
        match parse_escape_sequence(contents, &mut end) {
            Ok(value) if may_be(value, at) => {
                at = if rules.quoted_names_read_whole {
                    end
                } else {
                    at + end
                };
            }
            _ => return false,
        }
    }
    true
}

/// The contents of a quoted name with escapes of ASCII in their shortest form, and only where there must be
/// one.
pub(super) fn canonical(contents: &[u8], rules: &Rules) -> Vec<u8> {
    let mut out = Vec::with_capacity(contents.len());
    let mut at = 0;
    while let Some(&byte) = contents.get(at) {
        let start = at;
        if byte == b'\\' {
            match parse_escape_sequence(contents, &mut at).map(u8::try_from) {
                Ok(Ok(value)) if value.is_ascii() => fmt_escapes(&[value]).append_to(&mut out),
                escape => {
                    if rules.bad_escapes_escaped && escape.is_err() {
                        out.push(b'\\');
                    }
                    at = at.clamp(start + 1, contents.len());
                    out.extend_from_slice(&contents[start..at]);
                }
            }
        } else {
            at += 1;
            if byte.is_ascii() {
                fmt_escapes(&[byte]).append_to(&mut out);
            } else {
                out.push(byte);
            }
        }
    }
    out
}

/// What is between the quotes of a name; `None` if it has none.
pub(super) fn quoted(name: &[u8]) -> Option<&[u8]> {
    name.strip_prefix(b"@\"")?.strip_suffix(b"\"")
}

/// The bytes that a name stands for; with bad escapes in it, its text.
pub(super) fn meaning(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match name.strip_prefix(b"@") {
        Some(literal) if parse_append(literal, &mut out).is_ok() => out,
        _ => name.to_vec(),
    }
}
