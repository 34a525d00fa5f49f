//! What JSON has no form for, as strings that hold its text in ZON.

use syntax::{float_literal, string_literal};
use zoir::F128;

use super::text::{number_len, zon_name};

/// The largest integer up to which every reader of JSON has all integers: 2^53 - 1.
pub(super) const MAX_EXACT: u64 = (1 << 53) - 1;

/// What stands before a string that would otherwise be taken for something else.
pub(super) const MARK: char = '\'';

/// Whether a finite float is infinite or zero as a double although it is not.
pub(super) fn is_beyond_double(value: F128) -> bool {
    let double = value.to_f64();
    let is_zero = value.to_bits() << 1 == 0;
    double.is_infinite() || (double == 0.0 && !is_zero)
}

/// An enum literal.
pub(super) fn enum_literal(name: &str) -> String {
    format!(".{}", zon_name(name))
}

/// Whether the text of a string is one of those that stand for something else.
pub(super) fn is_special(text: &str) -> bool {
    match text.as_bytes() {
        [b'.', b'@', quoted @ ..] => is_quoted_name(text, quoted),
        [b'.', name @ ..] => zoir::text::is_plain_name(name),
        _ => matches!(text, "nan" | "inf" | "-inf") || is_number(text),
    }
}

/// Whether a string must have the mark.
pub(super) fn needs_mark(text: &str) -> bool {
    is_special(text.trim_start_matches(MARK))
}

/// Whether `quoted`, which is `text` behind its `.@`, is a name in quotes, as it would be written here.
fn is_quoted_name(text: &str, quoted: &[u8]) -> bool {
    if quoted.len() < 3 || !quoted.starts_with(b"\"") || !quoted.ends_with(b"\"") {
        return false;
    }
    let mut name = Vec::new();
    if string_literal::parse_append(quoted, &mut name).is_err() {
        return false;
    }
    match std::str::from_utf8(&name) {
        Ok(name) => !name.is_empty() && !name.contains('\0') && enum_literal(name) == text,
        Err(_) => false,
    }
}

/// Whether it is a number that is written as a string.
fn is_number(text: &str) -> bool {
    let magnitude = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if let Some(hex) = magnitude.strip_prefix(b"0x") {
        let max = format!("{MAX_EXACT:x}");
        let is_hex = hex
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        return is_hex && is_greater(hex, max.as_bytes());
    }
    if number_len(magnitude) != Some(magnitude.len()) || magnitude.starts_with(b"-") {
        return false;
    }
    if magnitude.iter().all(u8::is_ascii_digit) {
        return is_greater(magnitude, MAX_EXACT.to_string().as_bytes());
    }
    float_literal::parse_f128(magnitude).is_ok_and(|bits| is_beyond_double(F128::from_bits(bits)))
}

/// Compares digits without leading zeros.
fn is_greater(digits: &[u8], than: &[u8]) -> bool {
    !digits.starts_with(b"0") && (digits.len(), digits) > (than.len(), than)
}
