//! Values of number literals: what kind of number, and its value if that is a small integer.
//!
//! Input is the text of a token. Any bytes may be given; where the tokenizer lets no such literal through,
//! the answer is still an error or a value. Floats and large integers are recognised here, not converted.

use release::Rules;

/// Base of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Base {
    /// No prefix.
    Decimal = 10,
    /// `0x`.
    Hex = 16,
    /// `0b`.
    Binary = 2,
    /// `0o`.
    Octal = 8,
}

impl Base {
    /// The base's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Base::Decimal => "decimal",
            Base::Hex => "hex",
            Base::Binary => "binary",
            Base::Octal => "octal",
        }
    }

    /// Number of bytes before the first digit.
    pub(crate) fn prefix_len(self) -> usize {
        match self {
            Base::Decimal => 0,
            _ => 2,
        }
    }
}

/// Base of a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FloatBase {
    /// No prefix.
    Decimal = 10,
    /// `0x`.
    Hex = 16,
}

/// What a literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Result {
    /// An integer of at most 64 bits.
    Int(u64),
    /// A larger integer; digits (with `_` between) start after the base's prefix.
    BigInt(Base),
    /// A float; digits start after the base's prefix.
    Float(FloatBase),
    /// Not a number.
    Failure(Error),
}

/// Why a literal is not a number. Numbers in it are offsets into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `0` directly before another digit.
    LeadingZero,
    /// A base prefix and no digit.
    DigitAfterBase,
    /// `0X` and the like.
    UpperCaseBase(u32),
    /// A period in a binary or octal number.
    InvalidFloatBase(u32),
    /// `__`.
    RepeatedUnderscore(u32),
    /// `_` after a prefix, period, exponent or sign.
    InvalidUnderscoreAfterSpecial(u32),
    /// A digit that the base does not have.
    InvalidDigit {
        /// Where.
        i: u32,
        /// The base.
        base: Base,
    },
    /// A letter in an exponent.
    InvalidDigitExponent(u32),
    /// A second period.
    DuplicatePeriod,
    /// A second exponent.
    DuplicateExponent(u32),
    /// `_` before the exponent.
    ExponentAfterUnderscore(u32),
    /// `_` before a period.
    SpecialAfterUnderscore(u32),
    /// Ends with period, exponent or sign.
    TrailingSpecial(u32),
    /// Ends with `_`.
    TrailingUnderscore(u32),
    /// Something that no number contains.
    InvalidCharacter(u32),
    /// A sign not after an exponent.
    InvalidExponentSign(u32),
    /// A period in the exponent.
    PeriodAfterExponent(u32),
}

/// An [`Error`] for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The text; it may contain any bytes of the literal.
    pub text: Vec<u8>,
    /// Offset into the literal; 0 where the whole literal is meant.
    pub offset: u32,
    /// A note on the same token.
    pub note: Option<&'static str>,
}

impl Error {
    /// Where in the literal; 0 where the whole literal is meant.
    pub fn offset(&self) -> u32 {
        match *self {
            Error::LeadingZero | Error::DigitAfterBase | Error::DuplicatePeriod => 0,
            Error::UpperCaseBase(i)
            | Error::InvalidFloatBase(i)
            | Error::RepeatedUnderscore(i)
            | Error::InvalidUnderscoreAfterSpecial(i)
            | Error::InvalidDigit { i, .. }
            | Error::InvalidDigitExponent(i)
            | Error::DuplicateExponent(i)
            | Error::ExponentAfterUnderscore(i)
            | Error::SpecialAfterUnderscore(i)
            | Error::TrailingSpecial(i)
            | Error::TrailingUnderscore(i)
            | Error::InvalidCharacter(i)
            | Error::InvalidExponentSign(i)
            | Error::PeriodAfterExponent(i) => i,
        }
    }

    /// The message; `bytes` is the literal.
    pub fn message(&self, bytes: &[u8]) -> Message {
        let byte = |i: u32| {
            bytes
                .get(i as usize..)
                .unwrap_or_default()
                .get(..1)
                .unwrap_or_default()
        };
        let (at, before) = (byte(self.offset()), byte(self.offset().wrapping_sub(1)));
        let mut note = None;
        let text = match self {
            Error::LeadingZero => {
                if !bytes.contains(&b'.') {
                    note = Some("use '0o' prefix for octal literals");
                }
                [b"number '".as_slice(), bytes, b"' has leading zero"].concat()
            }
            Error::DigitAfterBase => b"expected a digit after base prefix".to_vec(),
            Error::UpperCaseBase(_) => b"base prefix must be lowercase".to_vec(),
            Error::InvalidFloatBase(_) => b"invalid base for float literal".to_vec(),
            Error::RepeatedUnderscore(_) => b"repeated digit separator".to_vec(),
            Error::InvalidUnderscoreAfterSpecial(_) => {
                b"expected digit before digit separator".to_vec()
            }
            Error::InvalidDigit { base, .. } => {
                let base = base.name().as_bytes();
                [b"invalid digit '", at, b"' for ", base, b" base"].concat()
            }
            Error::InvalidDigitExponent(_) => [b"invalid digit '", at, b"' in exponent"].concat(),
            // The tokenizer ends a literal before a second period.
            Error::DuplicatePeriod => b"duplicate period".to_vec(),
            Error::DuplicateExponent(_) => b"duplicate exponent".to_vec(),
            Error::ExponentAfterUnderscore(_) => b"expected digit before exponent".to_vec(),
            Error::SpecialAfterUnderscore(_) => [b"expected digit before '", at, b"'"].concat(),
            // The reference shows the byte before the last one here, not the special character itself.
            Error::TrailingSpecial(_) => [b"expected digit after '", before, b"'"].concat(),
            Error::TrailingUnderscore(_) => b"trailing digit separator".to_vec(),
            // The tokenizer makes no such literal.
            Error::InvalidCharacter(_) => [b"invalid character '", at, b"'"].concat(),
            Error::InvalidExponentSign(_) => [
                b"sign '",
                at,
                b"' cannot follow digit '",
                before,
                b"' in hex base",
            ]
            .concat(),
            Error::PeriodAfterExponent(_) => b"unexpected period after exponent".to_vec(),
        };
        Message {
            text,
            offset: self.offset(),
            note,
        }
    }
}

/// What the number literal `bytes` is by `rules`.
pub fn parse_number_literal(bytes: &[u8], rules: &Rules) -> Result {
    if let Some(value) = plain_int(bytes) {
        return Result::Int(value);
    }
    match parse(bytes, rules) {
        Ok(result) => result,
        Err(error) => Result::Failure(error),
    }
}

/// The value of a literal of digits and nothing else, in base 10 or 16, so few that they fit: what nearly all
/// are.
#[inline]
fn plain_int(bytes: &[u8]) -> Option<u64> {
    let (base, digits, max_len) = match bytes {
        [b'0', b'x', digits @ ..] => (16, digits, 16),
        [b'0', _, ..] => return None,
        digits => (10, digits, 19),
    };
    if digits.is_empty() || digits.len() > max_len {
        return None;
    }
    let mut value = 0;
    for &byte in digits {
        value = value * base + u64::from(char::from(byte).to_digit(base as u32)?);
    }
    Some(value)
}

fn parse(bytes: &[u8], rules: &Rules) -> std::result::Result<Result, Error> {
    let base = match *bytes {
        [b'0', b'b', ..] => Base::Binary,
        [b'0', b'o', ..] => Base::Octal,
        [b'0', b'x', ..] => Base::Hex,
        [b'0', b'B' | b'O' | b'X', ..] => return Err(Error::UpperCaseBase(1)),
        [b'0'] | [b'0', b'.' | b'e' | b'E', ..] => Base::Decimal,
        [b'0', ..] => return Err(Error::LeadingZero),
        _ => Base::Decimal,
    };
    let prefix_len = base.prefix_len();
    if prefix_len != 0 && bytes.len() == prefix_len {
        return Err(Error::DigitAfterBase);
    }

    let mut value = 0u64;
    let mut overflow = false;
    let mut underscore = false;
    let mut period = false;
    let mut exponent = false;
    let mut float = false;
    // The period, exponent letter or sign that was the last byte.
    let mut special = None;
    for (index, &byte) in bytes.iter().enumerate().skip(prefix_len) {
        let i = index as u32;
        match byte {
            b'_' => {
                if special.is_some() || (prefix_len != 0 && index == prefix_len) {
                    return Err(Error::InvalidUnderscoreAfterSpecial(i));
                }
                if underscore {
                    return Err(Error::RepeatedUnderscore(i));
                }
                underscore = true;
                continue;
            }
            b'e' | b'E' | b'p' | b'P'
                if base
                    == if matches!(byte, b'e' | b'E') {
                        Base::Decimal
                    } else {
                        Base::Hex
                    } =>
            {
                if base == Base::Hex && index == prefix_len {
                    return Err(Error::DigitAfterBase);
                }
                if exponent {
                    return Err(Error::DuplicateExponent(i));
                }
                if underscore {
                    return Err(Error::ExponentAfterUnderscore(i));
                }
                float = true;
                exponent = true;
                special = Some(byte);
                continue;
            }
            b'.' => {
                // The older rule looks two bytes back and no further: `1e5.2` is let through, `1e.2` and
                // `1e55.2` are not.
                let earlier = index.checked_sub(2).map(|earlier| bytes[earlier]);
                if exponent
                    && (rules.points_never_follow_exponents
                        || earlier.is_some_and(|earlier| earlier.is_ascii_digit()))
                {
                    return Err(Error::PeriodAfterExponent(i));
                }
                if !matches!(base, Base::Decimal | Base::Hex) {
                    let told_at_letter = rules.float_bases_are_told_at_their_letter;
                    return Err(Error::InvalidFloatBase(if told_at_letter { 1 } else { 2 }));
                }
                if period {
                    return Err(Error::DuplicatePeriod);
                }
                if underscore {
                    return Err(Error::SpecialAfterUnderscore(i));
                }
                float = true;
                period = true;
                special = Some(byte);
                continue;
            }
            b'+' | b'-' => {
                match special {
                    Some(b'p' | b'P') => {}
                    Some(b'e' | b'E') if base == Base::Decimal => {}
                    _ => return Err(Error::InvalidExponentSign(i)),
                }
                special = Some(byte);
                continue;
            }
            _ => {}
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 10,
            _ => return Err(Error::InvalidCharacter(i)),
        };
        if digit >= base as u8 {
            return Err(Error::InvalidDigit { i, base });
        }
        if exponent && digit >= 10 {
            return Err(Error::InvalidDigitExponent(i));
        }
        underscore = false;
        special = None;
        if float {
            continue;
        }
        let scaled = value.checked_mul(base as u64);
        match scaled.and_then(|scaled| scaled.checked_add(u64::from(digit))) {
            Some(next) => value = next,
            // The digits that follow must still be looked at.
            None => overflow = true,
        }
    }
    let last = (bytes.len() as u32).wrapping_sub(1);
    if underscore {
        return Err(Error::TrailingUnderscore(last));
    }
    if special.is_some() {
        return Err(Error::TrailingSpecial(last));
    }
    Ok(match (float, base) {
        (true, Base::Hex) => Result::Float(FloatBase::Hex),
        (true, _) => Result::Float(FloatBase::Decimal),
        (false, _) if overflow => Result::BigInt(base),
        (false, _) => Result::Int(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use release::Generation;

    fn parse_old(text: &[u8]) -> Result {
        parse_number_literal(text, Generation::G14.rules())
    }

    #[test]
    fn values() {
        let cases: &[(&str, Result)] = &[
            ("0", Result::Int(0)),
            ("1_000", Result::Int(1000)),
            ("0xFf", Result::Int(255)),
            ("0b101", Result::Int(5)),
            ("0o17", Result::Int(15)),
            ("18446744073709551615", Result::Int(u64::MAX)),
            ("18446744073709551616", Result::BigInt(Base::Decimal)),
            ("0x1_0000_0000_0000_0000", Result::BigInt(Base::Hex)),
            ("0o7777777777777777777777", Result::BigInt(Base::Octal)),
            ("0.5", Result::Float(FloatBase::Decimal)),
            ("1e+10", Result::Float(FloatBase::Decimal)),
            ("1e5.2", Result::Float(FloatBase::Decimal)),
            ("0x1.8p-3", Result::Float(FloatBase::Hex)),
            ("0x1e1", Result::Int(0x1e1)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_old(text.as_bytes()), *expected, "{text}");
        }
    }

    #[test]
    fn failures_with_text_and_offset() {
        let cases: &[(&str, u32, &str)] = &[
            ("012", 0, "number '012' has leading zero"),
            ("00.5", 0, "number '00.5' has leading zero"),
            ("0x", 0, "expected a digit after base prefix"),
            ("0xp1", 0, "expected a digit after base prefix"),
            ("0X1", 1, "base prefix must be lowercase"),
            ("0o1.2", 2, "invalid base for float literal"),
            ("1__2", 2, "repeated digit separator"),
            ("1._2", 2, "expected digit before digit separator"),
            ("0x_1", 2, "expected digit before digit separator"),
            ("0b12", 3, "invalid digit '2' for binary base"),
            ("0o8", 2, "invalid digit '8' for octal base"),
            ("1a", 1, "invalid digit 'a' for decimal base"),
            ("0xg", 2, "invalid digit 'g' for hex base"),
            ("0x1pa", 4, "invalid digit 'a' in exponent"),
            ("1e1e1", 3, "duplicate exponent"),
            ("1_e1", 2, "expected digit before exponent"),
            ("0x1.0_p1", 6, "expected digit before exponent"),
            ("1_.2", 2, "expected digit before '.'"),
            ("1e", 1, "expected digit after '1'"),
            ("1e+", 2, "expected digit after 'e'"),
            ("1_", 1, "trailing digit separator"),
            ("0xe+1", 3, "sign '+' cannot follow digit 'e' in hex base"),
            ("1e.2", 2, "unexpected period after exponent"),
            ("1e55.2", 4, "unexpected period after exponent"),
        ];
        for (text, offset, expected) in cases {
            let Result::Failure(error) = parse_old(text.as_bytes()) else {
                panic!("{text} is a number");
            };
            let message = error.message(text.as_bytes());
            assert_eq!(String::from_utf8_lossy(&message.text), *expected, "{text}");
            assert_eq!(message.offset, *offset, "{text}");
            assert_eq!(message.note.is_some(), *text == "012", "{text}");
        }
    }

    #[test]
    fn points_by_generation() {
        let cases: &[(&str, [Option<Error>; 2])] = &[
            ("1e5.2", [None, Some(Error::PeriodAfterExponent(3))]),
            ("0x1p1.1", [None, Some(Error::PeriodAfterExponent(5))]),
            (
                "1e55.2",
                [4, 4].map(|at| Some(Error::PeriodAfterExponent(at))),
            ),
            ("0b1.1", [2, 1].map(|at| Some(Error::InvalidFloatBase(at)))),
        ];
        for (text, expected) in cases {
            let error = |generation: Generation| match parse_number_literal(
                text.as_bytes(),
                generation.rules(),
            ) {
                Result::Failure(error) => Some(error),
                _ => None,
            };
            for (generations, expected) in [
                (
                    &[Generation::G14, Generation::G15, Generation::G16][..],
                    expected[0],
                ),
                (&[Generation::G17_0, Generation::G17_1][..], expected[1]),
            ] {
                for &generation in generations {
                    assert_eq!(error(generation), expected, "{text} {}", generation.name());
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_answered() {
        let alphabet = b"019aefpxob_.+-EPX\0\xff";
        let mut text = Vec::new();
        for seed in 0..200_000u32 {
            let mut rest = seed;
            text.clear();
            while rest > 0 {
                text.push(alphabet[rest as usize % alphabet.len()]);
                rest /= alphabet.len() as u32;
            }
            for rules in [Generation::G14, Generation::G17_0].map(Generation::rules) {
                if let Result::Failure(error) = parse_number_literal(&text, rules) {
                    assert!(error.offset() < text.len().max(1) as u32, "{text:?}");
                    assert!(!error.message(&text).text.is_empty());
                }
            }
        }
    }
}
