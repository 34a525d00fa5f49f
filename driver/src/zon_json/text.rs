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
