//! Writing names and bytes as Zig source.

use std::fmt;

use crate::primitives::is_primitive;
use crate::token::TokenTag;
use release::Rules;

/// Whether `bytes` can be written as an identifier without quotes by `rules`. Primitive names and `_` count
/// as such.
pub fn is_valid_id(bytes: &[u8], rules: &Rules) -> bool {
    has_letters_of_id(bytes) && TokenTag::keyword_by(bytes, rules).is_none()
}

fn has_letters_of_id(bytes: &[u8]) -> bool {
    let Some(first) = bytes.first() else {
        return false;
    };
    !first.is_ascii_digit()
        && bytes
            .iter()
            .all(|&byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// Whether `bytes` is the identifier `_`.
pub fn is_underscore(bytes: &[u8]) -> bool {
    bytes == b"_"
}

/// `bytes` as an identifier: as they are, or `@"quoted"` where they would mean something else or nothing in
/// some release.
pub fn fmt_id(bytes: &[u8]) -> FmtId<'_> {
    FmtId {
        bytes,
        allow_primitive: false,
        allow_underscore: false,
    }
}

/// Displays an identifier; made by [`fmt_id`].
#[derive(Clone, Copy, Debug)]
pub struct FmtId<'a> {
    bytes: &'a [u8],
    allow_primitive: bool,
    allow_underscore: bool,
}

impl FmtId<'_> {
    /// Leaves names of primitive types and values unquoted: for places where they are ordinary names, as
    /// after a dot.
    pub fn allow_primitive(self) -> Self {
        FmtId {
            allow_primitive: true,
            ..self
        }
    }

    /// Leaves `_` unquoted.
    pub fn allow_underscore(self) -> Self {
        FmtId {
            allow_underscore: true,
            ..self
        }
    }

    /// Appends the text.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        if self.is_plain() {
            out.extend_from_slice(self.bytes);
        } else {
            out.extend_from_slice(b"@\"");
            fmt_escapes(self.bytes).append_to(out);
            out.push(b'"');
        }
    }

    fn is_plain(&self) -> bool {
        has_letters_of_id(self.bytes)
            && TokenTag::keyword(self.bytes).is_none()
            && (self.allow_primitive || !is_primitive(self.bytes))
            && (self.allow_underscore || !is_underscore(self.bytes))
    }
}

impl fmt::Display for FmtId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.append_to(&mut text);
        // Both forms are ASCII.
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

/// `bytes` as the inside of a string literal: line feeds, quotes and everything that is not printable ASCII
/// escaped.
pub fn fmt_escapes(bytes: &[u8]) -> FmtEscapes<'_> {
    FmtEscapes { bytes, quote: b'"' }
}

/// Displays escaped bytes; made by [`fmt_escapes`].
#[derive(Clone, Copy, Debug)]
pub struct FmtEscapes<'a> {
    bytes: &'a [u8],
    quote: u8,
}

impl FmtEscapes<'_> {
    /// For use between single quotes: escapes those in place of double quotes.
    pub fn single_quoted(self) -> Self {
        FmtEscapes {
            quote: b'\'',
            ..self
        }
    }

    /// Appends the text.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        for &byte in self.bytes {
            match byte {
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                b'\\' => out.extend_from_slice(b"\\\\"),
                _ if byte == self.quote => out.extend_from_slice(&[b'\\', byte]),
                b' '..=b'~' => out.push(byte),
                _ => {
                    let high = HEX[usize::from(byte >> 4)];
                    let low = HEX[usize::from(byte & 15)];
                    out.extend_from_slice(&[b'\\', b'x', high, low]);
                }
            }
        }
    }
}

impl fmt::Display for FmtEscapes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.append_to(&mut text);
        // Every byte that is not ASCII was escaped.
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use release::Generation;

    #[test]
    fn identifiers() {
        // Bytes, and how they are written with nothing, primitives and `_` allowed.
        let cases: &[(&[u8], [&str; 3])] = &[
            (b"while", ["@\"while\""; 3]),
            (b"hello", ["hello"; 3]),
            (b"_hello4", ["_hello4"; 3]),
            (b"type", ["@\"type\"", "type", "@\"type\""]),
            (b"i123", ["@\"i123\"", "i123", "@\"i123\""]),
            (b"_", ["@\"_\"", "@\"_\"", "_"]),
            (b"4four", ["@\"4four\""; 3]),
            (b"11\"'\x0f\xff", ["@\"11\\\"'\\x0f\\xff\""; 3]),
            (b"", ["@\"\""; 3]),
        ];
        for (bytes, expected) in cases {
            let id = fmt_id(bytes);
            let written = [id, id.allow_primitive(), id.allow_underscore()];
            assert_eq!(written.map(|id| id.to_string()), *expected);
        }
    }

    #[test]
    fn escapes() {
        let bytes = b" \\ hi \x07 \n\r\t \" derp '\x7f\x80";
        assert_eq!(
            fmt_escapes(bytes).to_string(),
            r#" \\ hi \x07 \n\r\t \" derp '\x7f\x80"#
        );
        assert_eq!(
            fmt_escapes(bytes).single_quoted().to_string(),
            r#" \\ hi \x07 \n\r\t " derp \'\x7f\x80"#
        );
    }

    #[test]
    fn every_keyword_is_no_identifier() {
        for tag in TokenTag::ALL {
            let spelled_like_a_word = tag
                .lexeme()
                .filter(|text| text.as_bytes()[0].is_ascii_alphabetic());
            let Some(keyword) = spelled_like_a_word else {
                continue;
            };
            for &generation in Generation::ALL {
                let is_id = |bytes: &[u8]| is_valid_id(bytes, generation.rules());
                let is_keyword = tag.generations().contains(generation);
                assert_eq!(is_id(keyword.as_bytes()), !is_keyword, "{keyword}");
                assert!(is_id(&[keyword.as_bytes(), b"x"].concat()));
            }
            assert!(fmt_id(keyword.as_bytes()).to_string().starts_with('@'));
        }
    }
}
