//! Values of number literals: what kind of number, and its value if that is a small integer.
//!
//! Input is the text of a token. Any bytes may be given; where the tokenizer lets no such literal through, the answer is
//! still an error or a value. Floats and large integers are recognised here, not converted.

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
    pub fn prefix_len(self) -> usize {
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

/// What the number literal `bytes` is.
pub fn parse_number_literal(bytes: &[u8]) -> Result {
    match parse(bytes) {
        Ok(result) => result,
        Err(error) => Result::Failure(error),
    }
}

fn parse(bytes: &[u8]) -> std::result::Result<Result, Error> {
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
                // The byte two before tells `1e5.` from `1e.`.
                let earlier = index.checked_sub(2).map(|earlier| bytes[earlier]);
                if exponent && earlier.is_some_and(|earlier| earlier.is_ascii_digit()) {
                    return Err(Error::PeriodAfterExponent(i));
                }
                if !matches!(base, Base::Decimal | Base::Hex) {
                    return Err(Error::InvalidFloatBase(2));
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
