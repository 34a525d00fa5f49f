//! Values of string and character literals.
//!
//! Input is the text of a token with its quotes. What is found wrong is reported as the reference does, at an
//! offset into that text. Whether a string is valid UTF-8 is not checked: in Zig it need not be.

/// Why a literal has no value. All payloads are offsets into the literal's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A backslash is followed by nothing, or by a character without meaning there.
    InvalidEscapeCharacter(u32),
    /// `\x` lacks a hex digit.
    ExpectedHexDigit(u32),
    /// `\u{}`.
    EmptyUnicodeEscapeSequence(u32),
    /// `\u{` goes on with something else than hex digits and `}`.
    ExpectedHexDigitOrRbrace(u32),
    /// Beyond the code points, or one that cannot be encoded.
    InvalidUnicodeCodepoint(u32),
    /// `\u` without `{`.
    ExpectedLbrace(u32),
    /// `\u{` is not closed.
    ExpectedRbrace(u32),
    /// A character literal goes on after its character.
    ExpectedSingleQuote(u32),
    /// A character that must be escaped.
    InvalidCharacter(u32),
    /// `''`.
    EmptyCharLiteral,
}

impl Error {
    /// Where in the literal's text.
    pub fn offset(&self) -> u32 {
        match *self {
            Error::InvalidEscapeCharacter(at)
            | Error::ExpectedHexDigit(at)
            | Error::EmptyUnicodeEscapeSequence(at)
            | Error::ExpectedHexDigitOrRbrace(at)
            | Error::InvalidUnicodeCodepoint(at)
            | Error::ExpectedLbrace(at)
            | Error::ExpectedRbrace(at)
            | Error::ExpectedSingleQuote(at)
            | Error::InvalidCharacter(at) => at,
            Error::EmptyCharLiteral => 0,
        }
    }

    /// The message; `raw` is the literal's text. The offending byte goes into it as it is, whatever it is.
    pub fn message(&self, raw: &[u8]) -> Vec<u8> {
        let (text, shows_byte) = match self {
            Error::InvalidEscapeCharacter(_) => ("invalid escape character: '", true),
            Error::ExpectedHexDigit(_) => ("expected hex digit, found '", true),
            Error::EmptyUnicodeEscapeSequence(_) => ("empty unicode escape sequence", false),
            Error::ExpectedHexDigitOrRbrace(_) => ("expected hex digit or '}', found '", true),
            Error::InvalidUnicodeCodepoint(_) => (
                "unicode escape does not correspond to a valid unicode scalar value",
                false,
            ),
            Error::ExpectedLbrace(_) => ("expected '{', found '", true),
            Error::ExpectedRbrace(_) => ("expected '}', found '", true),
            Error::ExpectedSingleQuote(_) => ("expected single quote ('), found '", true),
            Error::InvalidCharacter(_) => ("invalid byte in string or character literal: '", true),
            Error::EmptyCharLiteral => ("empty character literal", false),
        };
        let mut message = text.as_bytes().to_vec();
        if shows_byte {
            message.extend(raw.get(self.offset() as usize));
            message.push(b'\'');
        }
        message
    }
}

/// The code point of a character literal, `raw` being its text with the quotes. Surrogates are possible.
pub fn parse_char_literal(raw: &[u8]) -> Result<u32, Error> {
    if raw.len() < 3 {
        return Err(Error::EmptyCharLiteral);
    }
    let inner = &raw[1..raw.len() - 1];
    match inner[0] {
        b'\\' => {
            let mut offset = 1;
            let value = parse_escape_sequence(raw, &mut offset)?;
            if offset + 1 != raw.len() || raw[offset] != b'\'' {
                return Err(Error::ExpectedSingleQuote(offset as u32));
            }
            Ok(value)
        }
        0 => Err(Error::InvalidCharacter(1)),
        first => {
            let len = match first {
                0x00..=0x7f => 1,
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => return Err(Error::InvalidUnicodeCodepoint(1)),
            };
            if inner.len() > len {
                return Err(Error::ExpectedSingleQuote(1 + len as u32));
            }
            match std::str::from_utf8(inner).map(|text| text.chars().next()) {
                Ok(Some(char)) => Ok(u32::from(char)),
                _ => Err(Error::InvalidUnicodeCodepoint(1)),
            }
        }
    }
}

/// The value of the escape sequence whose backslash is at `*offset`, which moves past the sequence, on errors
/// perhaps only into it.
pub fn parse_escape_sequence(raw: &[u8], offset: &mut usize) -> Result<u32, Error> {
    let Some(&kind) = raw.get(*offset + 1) else {
        return Err(Error::InvalidEscapeCharacter(*offset as u32 + 1));
    };
    *offset += 2;
    match kind {
        b'n' => Ok(u32::from(b'\n')),
        b'r' => Ok(u32::from(b'\r')),
        b't' => Ok(u32::from(b'\t')),
        b'\\' | b'\'' | b'"' => Ok(u32::from(kind)),
        b'x' => {
            let mut value = 0;
            for at in *offset..*offset + 2 {
                match raw.get(at).copied().and_then(hex_digit) {
                    Some(digit) => value = value * 16 + digit,
                    None => return Err(Error::ExpectedHexDigit(at as u32)),
                }
            }
            *offset += 2;
            Ok(value)
        }
        b'u' => {
            let mut at = *offset;
            if raw.get(at) != Some(&b'{') {
                return Err(Error::ExpectedLbrace(at as u32));
            }
            at += 1;
            match raw.get(at) {
                None => return Err(Error::ExpectedHexDigitOrRbrace(at as u32)),
                Some(b'}') => return Err(Error::EmptyUnicodeEscapeSequence(at as u32)),
                Some(_) => {}
            }
            let mut value = 0;
            loop {
                match raw.get(at) {
                    None => return Err(Error::ExpectedRbrace(at as u32)),
                    Some(b'}') => break,
                    Some(&byte) => match hex_digit(byte) {
                        Some(digit) => value = value * 16 + digit,
                        None => return Err(Error::ExpectedHexDigitOrRbrace(at as u32)),
                    },
                }
                if value > u32::from(char::MAX) {
                    return Err(Error::InvalidUnicodeCodepoint(at as u32));
                }
                at += 1;
            }
            *offset = at + 1;
            Ok(value)
        }
        _ => Err(Error::InvalidEscapeCharacter(*offset as u32 - 1)),
    }
}

fn hex_digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// Appends the bytes of a string literal, `raw` being its text with the quotes.
///
/// On an error, what precedes the offending place has been appended.
pub fn parse_append(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let mut index = 1;
    loop {
        let rest = raw.get(index..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'\\' | b'\n' | b'"'))
            .unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        index += plain;
        match raw.get(index) {
            Some(b'"') => return Ok(()),
            Some(b'\\') => {
                let kind_index = index + 1;
                let value = parse_escape_sequence(raw, &mut index)?;
                if raw[kind_index] == b'u' {
                    let Some(char) = char::from_u32(value) else {
                        return Err(Error::InvalidUnicodeCodepoint(kind_index as u32 + 1));
                    };
                    let mut utf8 = [0; 4];
                    out.extend_from_slice(char.encode_utf8(&mut utf8).as_bytes());
                } else {
                    out.push(value as u8);
                }
            }
            // A line feed, or the end: the tokenizer lets neither through.
            _ => return Err(Error::InvalidCharacter(index as u32)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(raw: &[u8]) -> (Vec<u8>, Option<(Error, String)>) {
        let mut out = Vec::new();
        let error = parse_append(raw, &mut out).err().map(|error| {
            let message = error.message(raw);
            (error, String::from_utf8_lossy(&message).into_owned())
        });
        (out, error)
    }

    #[test]
    fn strings() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"\"\"", b""),
            (b"\"foo\\nbar\"", b"foo\nbar"),
            (b"\"\\x12\\xFf\"", b"\x12\xff"),
            (b"\"a\\u{1234}b\"", "a\u{1234}b".as_bytes()),
            (b"\"\\u{1F4af}\"", "\u{1f4af}".as_bytes()),
            (b"\"\\\\\\\"\\'\\t\\r\"", b"\\\"'\t\r"),
            (b"\"\xff\x80\0\"", b"\xff\x80\0"),
        ];
        for (raw, expected) in cases {
            assert_eq!(string(raw), (expected.to_vec(), None), "{raw:?}");
        }
    }

    #[test]
    fn string_errors_keep_what_precedes() {
        let cases: &[(&[u8], Error, &str)] = &[
            (
                b"\"ab\\q\"",
                Error::InvalidEscapeCharacter(4),
                "invalid escape character: 'q'",
            ),
            (
                b"\"ab\\x4\"",
                Error::ExpectedHexDigit(6),
                "expected hex digit, found '\"'",
            ),
            (
                b"\"ab\\u{}\"",
                Error::EmptyUnicodeEscapeSequence(6),
                "empty unicode escape sequence",
            ),
            (
                b"\"ab\\u{4g}\"",
                Error::ExpectedHexDigitOrRbrace(7),
                "expected hex digit or '}', found 'g'",
            ),
            (
                b"\"ab\\u{110000}\"",
                Error::InvalidUnicodeCodepoint(11),
                "unicode escape does not correspond to a valid unicode scalar value",
            ),
            (
                b"\"ab\\u{d800}\"",
                Error::InvalidUnicodeCodepoint(5),
                "unicode escape does not correspond to a valid unicode scalar value",
            ),
            (
                b"\"ab\\u41\"",
                Error::ExpectedLbrace(5),
                "expected '{', found '4'",
            ),
            (
                b"\"ab\n\"",
                Error::InvalidCharacter(3),
                "invalid byte in string or character literal: '\n'",
            ),
        ];
        for (raw, error, message) in cases {
            let expected = (b"ab".to_vec(), Some((*error, message.to_string())));
            assert_eq!(string(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn unterminated_input_is_an_error() {
        for raw in [
            b"".as_slice(),
            b"\"",
            b"\"abc",
            b"\"abc\\",
            b"\"\\u{12",
            b"\"\\u",
            b"\"\\u{",
        ] {
            let (_, error) = string(raw);
            assert!(error.is_some(), "{raw:?}");
        }
    }

    #[test]
    fn characters() {
        let cases: &[(&[u8], Result<u32, Error>)] = &[
            (b"'a'", Ok(0x61)),
            ("'\u{e4}'".as_bytes(), Ok(0xe4)),
            ("'\u{3041}'".as_bytes(), Ok(0x3041)),
            ("'\u{1f4af}'".as_bytes(), Ok(0x1f4af)),
            (b"'\\x4F'", Ok(0x4f)),
            (b"'\\''", Ok(0x27)),
            (b"'\\u{10FFFF}'", Ok(0x10ffff)),
            (b"'\\u{d800}'", Ok(0xd800)),
            (b"''", Err(Error::EmptyCharLiteral)),
            (b"'\0'", Err(Error::InvalidCharacter(1))),
            (b"'ab'", Err(Error::ExpectedSingleQuote(2))),
            (b"'\\x000'", Err(Error::ExpectedSingleQuote(5))),
            (b"'\\x0'", Err(Error::ExpectedHexDigit(4))),
            (b"'\\y'", Err(Error::InvalidEscapeCharacter(2))),
            (b"'\\uFFFF'", Err(Error::ExpectedLbrace(3))),
            (b"'\\u{}'", Err(Error::EmptyUnicodeEscapeSequence(4))),
            (b"'\\u{FFFFFF}'", Err(Error::InvalidUnicodeCodepoint(9))),
            (b"'\\u{FFFF'", Err(Error::ExpectedHexDigitOrRbrace(8))),
            (b"'\x80'", Err(Error::InvalidUnicodeCodepoint(1))),
            (b"'\xc3'", Err(Error::InvalidUnicodeCodepoint(1))),
            (b"'\xed\xa0\x80'", Err(Error::InvalidUnicodeCodepoint(1))),
        ];
        for (raw, expected) in cases {
            assert_eq!(parse_char_literal(raw), *expected, "{raw:?}");
        }
        let quote = Error::ExpectedSingleQuote(2).message(b"'ab'");
        assert_eq!(quote, b"expected single quote ('), found 'b'");
        assert_eq!(
            Error::EmptyCharLiteral.message(b"''"),
            b"empty character literal"
        );
    }
}
