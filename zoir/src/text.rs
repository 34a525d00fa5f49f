//! Names and strings as they are written in ZON.

use core::fmt::{self, Write};

const KEYWORDS: &[&str] = &[
    "addrspace",
    "align",
    "allowzero",
    "and",
    "anyframe",
    "anytype",
    "asm",
    "async",
    "await",
    "break",
    "callconv",
    "catch",
    "comptime",
    "const",
    "continue",
    "defer",
    "else",
    "enum",
    "errdefer",
    "error",
    "export",
    "extern",
    "fn",
    "for",
    "if",
    "inline",
    "linksection",
    "noalias",
    "noinline",
    "nosuspend",
    "opaque",
    "or",
    "orelse",
    "packed",
    "pub",
    "resume",
    "return",
    "struct",
    "suspend",
    "switch",
    "test",
    "threadlocal",
    "try",
    "union",
    "unreachable",
    "usingnamespace",
    "var",
    "volatile",
    "while",
];

/// Whether a name can stand without `@"..."` around it as a field or an enum literal.
pub fn is_plain_name(name: &[u8]) -> bool {
    let Some(first) = name.first() else {
        return false;
    };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    !first.is_ascii_digit()
        && name.iter().all(is_word)
        && KEYWORDS
            .binary_search_by(|keyword| keyword.as_bytes().cmp(name))
            .is_err()
}

/// A name, in `@"..."` where it needs that as a field or an enum literal.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a>(pub &'a [u8]);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(self.0) {
            Ok(text) if is_plain_name(self.0) => f.write_str(text),
            _ => write!(f, "@\"{}\"", Escaped(self.0)),
        }
    }
}

/// The inside of a string literal in double quotes. Everything but printable ASCII is escaped byte by byte,
/// so any bytes survive.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while !rest.is_empty() {
            let plain = rest
                .iter()
                .position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'));
            let (text, after) = rest.split_at(plain.unwrap_or(rest.len()));
            f.write_str(core::str::from_utf8(text).unwrap_or_default())?;
            rest = after;
            if let Some((&byte, after)) = rest.split_first() {
                match byte {
                    b'\n' => f.write_str("\\n")?,
                    b'\r' => f.write_str("\\r")?,
                    b'\t' => f.write_str("\\t")?,
                    b'"' => f.write_str("\\\"")?,
                    b'\\' => f.write_str("\\\\")?,
                    _ => write!(f, "\\x{byte:02x}")?,
                }
                rest = after;
            }
        }
        Ok(())
    }
}

/// A character literal with its quotes.
#[derive(Clone, Copy, Debug)]
pub struct CharLiteral(pub u32);

impl fmt::Display for CharLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match char::from_u32(self.0) {
            Some('\'') => f.write_str("'\\''"),
            Some('\\') => f.write_str("'\\\\'"),
            Some('\n') => f.write_str("'\\n'"),
            Some('\r') => f.write_str("'\\r'"),
            Some('\t') => f.write_str("'\\t'"),
            Some(char @ ' '..='~') => {
                f.write_char('\'')?;
                f.write_char(char)?;
                f.write_char('\'')
            }
            _ => write!(f, "'\\u{{{:x}}}'", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names() {
        assert!(KEYWORDS.is_sorted());
        for name in ["a", "_a", "A9", "u8", "type", "__", "_"] {
            assert_eq!(Name(name.as_bytes()).to_string(), name);
        }
        for name in ["", "9", "a b", "fn", "error", "while"] {
            assert_eq!(
                Name(name.as_bytes()).to_string(),
                alloc::format!("@\"{name}\"")
            );
        }
        assert_eq!(Name(b"\xc3\xa4\"").to_string(), r#"@"\xc3\xa4\"""#);
    }

    #[test]
    fn strings() {
        assert_eq!(
            Escaped(b"a'\"\\\n\r\t\0\x7f\xff~").to_string(),
            r#"a'\"\\\n\r\t\x00\x7f\xff~"#
        );
        assert_eq!(CharLiteral(0x27).to_string(), r"'\''");
        assert_eq!(CharLiteral(0x1f4a9).to_string(), r"'\u{1f4a9}'");
    }
}
