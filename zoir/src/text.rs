//! Names, strings and characters as they are written in ZON: in a form that every release reads
//! ([`Name`], [`Escaped`], [`CharLiteral`]), or as a release writes them ([`Style`]).

use core::fmt::{self, Write};

use release::{Release, Rules};

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

/// Keywords of some releases only, see [`Rules::async_and_usingnamespace`].
const FORMER_KEYWORDS: &[&str] = &["async", "await", "usingnamespace"];

/// Whether a name can stand without `@"..."` around it as a field or an enum literal, in every release.
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

/// How a release writes names, strings and characters.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    rules: &'static Rules,
    escape_non_ascii: bool,
}

impl Style {
    /// That of a release.
    pub const fn of(release: Release) -> Style {
        Style {
            rules: release.rules(),
            escape_non_ascii: false,
        }
    }

    /// The same with characters beyond ASCII escaped in strings and character literals, in the releases that
    /// leave them as they are otherwise.
    pub const fn escape_non_ascii(self, escape_non_ascii: bool) -> Style {
        Style {
            escape_non_ascii,
            ..self
        }
    }

    /// Whether a name can stand without `@"..."` around it as a field or an enum literal.
    pub fn is_plain_name(self, name: &[u8]) -> bool {
        is_plain_name(name)
            || (!self.rules.async_and_usingnamespace
                && FORMER_KEYWORDS
                    .iter()
                    .any(|keyword| keyword.as_bytes() == name))
    }

    /// Writes a name, in `@"..."` where it needs that as a field or an enum literal.
    ///
    /// # Errors
    /// Where `f` fails.
    pub fn write_name(self, f: &mut impl Write, name: &[u8]) -> fmt::Result {
        match core::str::from_utf8(name) {
            Ok(text) if self.is_plain_name(name) => f.write_str(text),
            _ => {
                f.write_str("@\"")?;
                self.escape_non_ascii(false).write_escaped(f, name)?;
                f.write_char('"')
            }
        }
    }

    /// Writes a string with its quotes.
    ///
    /// # Errors
    /// Where `f` fails.
    pub fn write_string(self, f: &mut impl Write, value: &[u8]) -> fmt::Result {
        f.write_char('"')?;
        self.write_escaped(f, value)?;
        f.write_char('"')
    }

    fn write_escaped(self, f: &mut impl Write, value: &[u8]) -> fmt::Result {
        if !self.rules.zon_text_beyond_ascii_stays {
            return write!(f, "{}", Escaped(value));
        }
        for chunk in value.utf8_chunks() {
            let mut rest = chunk.valid();
            while !rest.is_empty() {
                let is_special = |char: char| match char {
                    '"' | '\\' | '\0'..='\x1f' | '\x7f' => true,
                    // Not seen, or taken for the end of a line.
                    '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
                    _ => self.escape_non_ascii && !char.is_ascii(),
                };
                let (plain, after) = rest.split_at(rest.find(is_special).unwrap_or(rest.len()));
                f.write_str(plain)?;
                let Some(special) = after.chars().next() else {
                    break;
                };
                let (special_text, after) = after.split_at(special.len_utf8());
                if self.escape_non_ascii && !special.is_ascii() {
                    write!(f, "\\u{{{:x}}}", u32::from(special))?;
                } else {
                    write!(f, "{}", Escaped(special_text.as_bytes()))?;
                }
                rest = after;
            }
            write!(f, "{}", Escaped(chunk.invalid()))?;
        }
        Ok(())
    }

    /// Writes a code point as a character literal with its quotes. Up to 0.14 one beyond ASCII becomes what
    /// is no character.
    ///
    /// # Errors
    /// Where `f` fails.
    pub fn write_char(self, f: &mut impl Write, code_point: u32) -> fmt::Result {
        let rules = self.rules;
        match char::from_u32(code_point) {
            Some(' '..='~' | '\n' | '\r' | '\t') => write!(f, "{}", CharLiteral(code_point)),
            Some(char) if char.is_ascii() || !rules.zon_characters_are_code_points => {
                let mut utf8 = [0; 4];
                write!(f, "'{}'", Escaped(char.encode_utf8(&mut utf8).as_bytes()))
            }
            Some(char) if rules.zon_text_beyond_ascii_stays && !self.escape_non_ascii => {
                write!(f, "'{char}'")
            }
            Some(..='\u{ff}') if !rules.zon_text_beyond_ascii_stays => {
                write!(f, "'\\x{code_point:02x}'")
            }
            _ => write!(f, "{}", CharLiteral(code_point)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    #[test]
    fn names() {
        assert!(KEYWORDS.is_sorted());
        assert!(FORMER_KEYWORDS.iter().all(|word| KEYWORDS.contains(word)));
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

    /// What `std.zig.fmtIdPU`, `std.zig.fmtString` and the serializer of each release write.
    #[test]
    fn styles_of_releases() {
        let written = |release: Release, write: &dyn Fn(Style, &mut String) -> fmt::Result| {
            let mut text = String::new();
            write(Style::of(release), &mut text).unwrap();
            text
        };
        let old = Release::V0_14_1;
        for &release in Release::ALL {
            let is_old = release.rules().async_and_usingnamespace;
            let stays = release.rules().zon_text_beyond_ascii_stays;
            let name = |name: &[u8]| written(release, &|style, f| style.write_name(f, name));
            assert_eq!(name(b"await"), if is_old { "@\"await\"" } else { "await" });
            assert_eq!(name(b"fn"), "@\"fn\"");
            let beyond = if stays {
                "@\"\u{e4}\""
            } else {
                "@\"\\xc3\\xa4\""
            };
            assert_eq!(name("\u{e4}".as_bytes()), beyond);

            let string = |text: &[u8]| written(release, &|style, f| style.write_string(f, text));
            let plain = b"a'\"\\\n\r\t\0\x7f\xff~\xe2\x80\xed\xa0\x80\xf4\x90\x80\x80\xf4\x90a";
            assert_eq!(
                string(plain),
                r#""a'\"\\\n\r\t\x00\x7f\xff~\xe2\x80\xed\xa0\x80\xf4\x90\x80\x80\xf4\x90a""#
            );
            let wide = "\u{20ac}\u{85}\u{2028}\u{feff}z".as_bytes();
            let escaped = if stays {
                "\"\u{20ac}\\xc2\\x85\\xe2\\x80\\xa8\\xef\\xbb\\xbfz\"".to_string()
            } else {
                alloc::format!("\"{}\"", Escaped(wide))
            };
            assert_eq!(string(wide), escaped);
            let all = written(release, &|style, f| {
                style.escape_non_ascii(true).write_string(f, wide)
            });
            let points = "\"\\u{20ac}\\u{85}\\u{2028}\\u{feff}z\"";
            assert_eq!(all, if stays { points } else { &escaped });
        }
        for (point, [of_14, of_15, of_17, of_17_escaped]) in [
            (0x61, ["'a'", "'a'", "'a'", "'a'"]),
            (0x22, ["'\"'", "'\"'", "'\"'", "'\"'"]),
            (0x27, ["'\\''", "'\\''", "'\\''", "'\\''"]),
            (7, ["'\\x07'", "'\\x07'", "'\\x07'", "'\\x07'"]),
            (0xe4, ["'\\xc3\\xa4'", "'\\xe4'", "'\u{e4}'", "'\\u{e4}'"]),
            (
                0x26a1,
                [
                    "'\\xe2\\x9a\\xa1'",
                    "'\\u{26a1}'",
                    "'\u{26a1}'",
                    "'\\u{26a1}'",
                ],
            ),
        ] {
            let char = |release| written(release, &|style, f| style.write_char(f, point));
            assert_eq!(char(old), of_14);
            assert_eq!(char(Release::V0_15_2), of_15);
            assert_eq!(char(Release::V0_16_0), of_15);
            assert_eq!(char(Release::V0_17_1), of_17);
            let escaped = written(Release::V0_17_1, &|style, f| {
                style.escape_non_ascii(true).write_char(f, point)
            });
            assert_eq!(escaped, of_17_escaped);
        }
    }
}
