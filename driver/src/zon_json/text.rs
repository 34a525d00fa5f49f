//! What both ways have in common: strings and names of ZON, new lines, errors.

use std::fmt::Write as _;

use syntax::location::Span;

use crate::diagnostic::{Diagnostic, Lines};
use crate::limits::MAX_INDENT;

pub(super) fn error(path: &[u8], lines: &Lines<'_>, span: Span, message: &str) -> Diagnostic {
    Diagnostic::error(path, Some(lines.location(span)), message.into())
}

pub(super) fn newline(out: &mut Vec<u8>, depth: usize, width: usize) {
    out.push(b'\n');
    out.resize(out.len() + depth.min(MAX_INDENT) * width, b' ');
}

/// A ZON string with its quotes, readable where it is not of ASCII.
pub(super) fn zon_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', char]),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(out, "\\x{:02x}", u32::from(char));
            }
            // Not seen, or taken for the end of a line.
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

/// A name as it stands behind a dot.
pub(super) fn zon_name(name: &str) -> String {
    if zoir::text::is_plain_name(name.as_bytes()) {
        name.to_owned()
    } else {
        format!("@{}", zon_string(name))
    }
}

/// Length of the number at the beginning of a text; `None` if there is none, or if something sticks to it.
pub(super) fn number_len(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(from + count)
    };
    let start = usize::from(text.starts_with(b"-"));
    let mut at = digits(start)?;
    if text[start] == b'0' && at > start + 1 {
        return None;
    }
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at = digits(at + 1 + sign)?;
    }
    let sticks = text.get(at).is_some_and(|byte| is_of_word(*byte));
    (!sticks).then_some(at)
}

pub(super) fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-')
}
