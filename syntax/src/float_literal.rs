//! Value of a float literal as IEEE 754 binary128 bits.
//!
//! The result is what `std.fmt.parseFloat(f128, ...)` of every release gives, which is the correctly rounded
//! value except in three corners that ZIR shows and that are therefore kept:
//! - a hexadecimal literal of more than 32 significant digits is cut to those that bring its mantissa to
//!   10^31 and counts as inexact even if all that was cut off is zero;
//! - a decimal literal that takes the long way (not exactly representable in one multiplication or division)
//!   drops trailing zeros by looking at the text at an offset that does not count underscores, so zeros
//!   before an underscore may take the place of digits at the end;
//! - its exponent is compared with the limits before leading zeros are dropped.

use num_bigint::BigUint;

use crate::number_literal::Error;
use crate::plain_number::PlainNumber;

/// Significant digits that are kept of a decimal literal, enough to round any of them correctly.
const MAX_DECIMAL_DIGITS: usize = 11564;
/// Bits of the stored part of a mantissa.
const MANTISSA_BITS: u32 = 112;
/// Biased exponent of infinity.
const EXPONENT_INFINITE: u128 = 0x7fff;
const INFINITY: u128 = EXPONENT_INFINITE << MANTISSA_BITS;
/// Exponents saturate above this, in the first look at a literal.
const EXPONENT_CAP: i64 = 0x1000_0000;
/// The same for the long way of decimal literals.
const LONG_EXPONENT_CAP: i64 = 0x10000;

/// Bits of the value of `literal`, which has passed `parse_number_literal` as a float.
///
/// # Errors
/// For what that lets through although it is none: [`Error::DigitAfterBase`] without a digit before the
/// exponent (`0x.p1`), [`Error::PeriodAfterExponent`] with a period in it (`1e5.5`).
pub fn parse_f128(literal: &[u8]) -> Result<u128, Error> {
    match PlainNumber::parse(literal) {
        Some(PlainNumber::Float(bits)) => Ok(bits),
        _ => parse_f128_of_any(literal),
    }
}

/// The same without a short way.
pub(crate) fn parse_f128_of_any(literal: &[u8]) -> Result<u128, Error> {
    let (hex, digits) = match literal {
        [b'0', b'x' | b'X', rest @ ..] => (true, rest),
        _ => (false, literal),
    };
    let number = Number::parse(digits, hex).map_err(|rest| {
        let Some(rest) = rest else {
            return Error::DigitAfterBase;
        };
        let offset = (literal.len() - digits.len() + rest) as u32;
        match digits.get(rest) {
            Some(b'.') => Error::PeriodAfterExponent(offset),
            _ => Error::InvalidCharacter(offset),
        }
    })?;
    if hex {
        return Ok(round_binary(
            number.mantissa,
            number.exponent,
            number.many_digits,
        ));
    }
    if number.is_fast() {
        return Ok(round_decimal(
            &BigUint::from(number.mantissa),
            number.exponent,
        ));
    }
    Ok(convert_decimal(literal))
}

/// The `f64` of the same value as the binary128 `bits`, if there is one. Infinities are such values.
pub fn exact_f64(bits: u128) -> Option<f64> {
    let sign = ((bits >> 127) as u64) << 63;
    let exponent = (bits >> MANTISSA_BITS) & EXPONENT_INFINITE;
    let fraction = bits & ((1 << MANTISSA_BITS) - 1);
    if exponent == EXPONENT_INFINITE {
        return (fraction == 0).then(|| f64::from_bits(sign | (0x7ff << 52)));
    }
    if exponent == 0 {
        // The largest subnormal here is far below the smallest there.
        return (fraction == 0).then(|| f64::from_bits(sign));
    }
    let exponent = exponent as i32 - 16383;
    let mantissa = fraction | (1 << MANTISSA_BITS);
    // The lowest bit that an f64 of this magnitude has, as a power of two.
    let lowest = (exponent - 52).max(-1074);
    let drop = lowest - (exponent - MANTISSA_BITS as i32);
    if exponent > 1023 || drop > MANTISSA_BITS as i32 || mantissa.trailing_zeros() < drop as u32 {
        return None;
    }
    let kept = (mantissa >> drop) as u64;
    let biased = if exponent < -1022 {
        0
    } else {
        (exponent + 1023) as u64
    };
    Some(f64::from_bits(
        sign | (biased << 52) | (kept & ((1 << 52) - 1)),
    ))
}

/// Walks over a literal, skipping underscores between digits and counting them.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
    underscores: usize,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            offset: 0,
            underscores: 0,
        }
    }

    fn first(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    /// Offset as if the underscores passed so far were not there.
    fn digits_before(&self) -> i64 {
        (self.offset - self.underscores) as i64
    }

    fn digit(&mut self, hex: bool) -> Option<u8> {
        while self.first() == Some(b'_') {
            self.offset += 1;
            self.underscores += 1;
        }
        let value = match self.first()? {
            c @ b'0'..=b'9' => c - b'0',
            c @ b'a'..=b'f' if hex => c - b'a' + 10,
            c @ b'A'..=b'F' if hex => c - b'A' + 10,
            _ => return None,
        };
        self.offset += 1;
        Some(value)
    }

    /// The exponent after its letter; it stops growing at `cap`.
    fn exponent(&mut self, cap: i64) -> i64 {
        let negative = self.first() == Some(b'-');
        if matches!(self.first(), Some(b'-' | b'+')) {
            self.offset += 1;
        }
        let mut value = 0;
        while let Some(digit) = self.digit(false) {
            if value < cap {
                value = 10 * value + i64::from(digit);
            }
        }
        if negative { -value } else { value }
    }
}

/// A literal as integer mantissa and exponent: of ten, or of two for a hexadecimal one.
struct Number {
    mantissa: u128,
    exponent: i64,
    /// Digits were left out of the mantissa.
    many_digits: bool,
}

impl Number {
    /// The error is the offset of what is behind the number, or none where the number has no digit.
    fn parse(text: &[u8], hex: bool) -> Result<Number, Option<usize>> {
        let (base, max_digits): (u128, i64) = if hex { (16, 32) } else { (10, 38) };
        let mut cursor = Cursor::new(text);
        let all_digits = |cursor: &mut Cursor<'_>, mantissa: &mut u128| {
            while let Some(digit) = cursor.digit(hex) {
                *mantissa = mantissa.wrapping_mul(base).wrapping_add(u128::from(digit));
            }
        };

        let mut mantissa = 0;
        all_digits(&mut cursor, &mut mantissa);
        let int_end = cursor.digits_before();
        let mut digits = int_end;
        let mut exponent = 0;
        if cursor.first() == Some(b'.') {
            cursor.offset += 1;
            let marker = cursor.digits_before();
            all_digits(&mut cursor, &mut mantissa);
            let after_dot = cursor.digits_before() - marker;
            exponent = -after_dot;
            digits += after_dot;
        }
        if digits == 0 {
            return Err(None);
        }
        let scale = if hex { 4 } else { 1 };
        exponent *= scale;
        let mut explicit = 0;
        if cursor
            .first()
            .is_some_and(|c| c | 0x20 == if hex { b'p' } else { b'e' })
        {
            cursor.offset += 1;
            explicit = cursor.exponent(EXPONENT_CAP);
            exponent += explicit;
        }
        if cursor.first().is_some() {
            return Err(Some(cursor.offset));
        }

        let leading_zeros = text
            .iter()
            .take_while(|&c| matches!(c, b'0' | b'.' | b'_'))
            .filter(|&&c| c == b'0')
            .count();
        if digits <= max_digits || digits - max_digits - leading_zeros as i64 <= 0 {
            return Ok(Number {
                mantissa,
                exponent,
                many_digits: false,
            });
        }

        // Too many digits for the integer: take as many as bring it to the limit, which is a power of ten for
        // hexadecimal digits too.
        let limit = 10u128.pow(max_digits as u32 - 1);
        let some_digits = |cursor: &mut Cursor<'_>, mantissa: &mut u128| {
            while *mantissa < limit
                && let Some(digit) = cursor.digit(hex)
            {
                *mantissa = mantissa.wrapping_mul(base).wrapping_add(u128::from(digit));
            }
        };
        mantissa = 0;
        cursor = Cursor::new(text);
        some_digits(&mut cursor, &mut mantissa);
        if mantissa >= limit {
            exponent = int_end - cursor.digits_before();
        } else {
            cursor.offset += 1; // the dot
            let marker = cursor.digits_before();
            some_digits(&mut cursor, &mut mantissa);
            exponent = marker - cursor.digits_before();
        }
        Ok(Number {
            mantissa,
            exponent: exponent * scale + explicit,
            many_digits: true,
        })
    }

    /// Whether one multiplication or division of exact binary128 numbers gives the value.
    fn is_fast(&self) -> bool {
        const MAX_MANTISSA: u128 = 2 << MANTISSA_BITS;
        if self.many_digits || !(-48..=82).contains(&self.exponent) || self.mantissa > MAX_MANTISSA
        {
            return false;
        }
        self.exponent <= 48
            || self
                .mantissa
                .checked_mul(10u128.pow((self.exponent - 48) as u32))
                .is_some_and(|product| product <= MAX_MANTISSA)
    }
}

/// The long way for decimal literals: from all their digits, as far as they can matter.
fn convert_decimal(literal: &[u8]) -> u128 {
    let mut cursor = Cursor::new(literal);
    // Underscores passed here are not counted, which moves the offset used for trailing zeros below.
    while matches!(cursor.first(), Some(b'0' | b'_')) {
        cursor.offset += 1;
    }
    let mut digits = Vec::with_capacity(literal.len().min(MAX_DECIMAL_DIGITS));
    let mut count = 0;
    push_digits(&mut cursor, &mut digits, &mut count);
    let mut point = 0;
    if cursor.first() == Some(b'.') {
        cursor.offset += 1;
        let marker = cursor.digits_before();
        if count == 0 {
            while cursor.first() == Some(b'0') {
                cursor.offset += 1;
            }
        }
        push_digits(&mut cursor, &mut digits, &mut count);
        point = marker - cursor.digits_before();
    }
    // What is dropped from the count below comes back in the exponent: the point stays where it is.
    point += count as i64;
    if count != 0 {
        let mut trailing_zeros = 0;
        for i in (1..cursor.digits_before() as usize).rev() {
            match literal[i] {
                b'0' => trailing_zeros += 1,
                b'.' => {}
                _ => break,
            }
        }
        count = count.saturating_sub(trailing_zeros);
    }
    let truncated = count > MAX_DECIMAL_DIGITS;
    // Zig never ends where nothing but zeros is left; the digits before that are as good an answer as any.
    if digits.iter().take(count).any(|&digit| digit != 0) {
        digits.truncate(count);
    }
    if cursor.first().is_some_and(|c| c | 0x20 == b'e') {
        cursor.offset += 1;
        point += cursor.exponent(LONG_EXPONENT_CAP);
    }

    // The value is 0.d1d2d3... * 10^point.
    if digits.is_empty() || point < -4966 {
        return 0;
    }
    if point >= 4934 {
        return INFINITY;
    }
    if truncated {
        // Whatever was cut off only decides what would otherwise be a tie.
        digits.push(1);
    }
    match BigUint::from_radix_be(&digits, 10) {
        Some(mantissa) => round_decimal(&mantissa, point - digits.len() as i64),
        None => 0,
    }
}

fn push_digits(cursor: &mut Cursor<'_>, digits: &mut Vec<u8>, count: &mut usize) {
    while let Some(digit) = cursor.digit(false) {
        if *count < MAX_DECIMAL_DIGITS {
            digits.push(digit);
        }
        *count += 1;
    }
}

/// `mantissa * 10^exponent`, rounded.
fn round_decimal(mantissa: &BigUint, exponent: i64) -> u128 {
    if mantissa.bits() == 0 {
        return 0;
    }
    let five = BigUint::from(5u8).pow(exponent.unsigned_abs() as u32);
    let (quotient, shift, inexact) = if exponent >= 0 {
        (mantissa * five, 0, false)
    } else {
        let shift =
            (i64::from(ROUND_BITS) + 1 + five.bits() as i64 - mantissa.bits() as i64).max(0);
        let dividend = mantissa << shift as u64;
        let quotient = &dividend / &five;
        let inexact = &quotient * &five != dividend;
        (quotient, shift, inexact)
    };
    let drop = quotient.bits().saturating_sub(128);
    let top = &quotient >> drop;
    let inexact = inexact || quotient.trailing_zeros().unwrap_or(0) < drop;
    let top = top
        .iter_u64_digits()
        .rev()
        .fold(0u128, |value, digit| value << 64 | u128::from(digit));
    round_binary(top, exponent - shift + drop as i64, inexact)
}

/// The bits that rounding looks at: those of the mantissa, one more, and one for all that is below.
const ROUND_BITS: u32 = MANTISSA_BITS + 3;

/// `mantissa * 2^exponent` rounded to nearest, ties to even. With `inexact` the value is a little greater.
fn round_binary(mut mantissa: u128, exponent: i64, inexact: bool) -> u128 {
    const MIN_EXPONENT: i64 = -16382;
    if mantissa == 0 {
        return 0;
    }
    let length = 128 - mantissa.leading_zeros();
    // The exponent of the highest bit.
    let mut exponent = exponent + i64::from(length) - 1;
    if length < ROUND_BITS {
        mantissa <<= ROUND_BITS - length;
    }
    mantissa |= u128::from(inexact);
    let mut excess = i64::from(length.saturating_sub(ROUND_BITS));
    if exponent < MIN_EXPONENT {
        excess += MIN_EXPONENT - exponent;
        exponent = MIN_EXPONENT;
    }
    mantissa = shift_right_sticky(mantissa, excess);

    let rest = mantissa & 3;
    mantissa >>= 2;
    if rest == 3 || (rest == 2 && mantissa & 1 == 1) {
        mantissa += 1;
        if mantissa == 1 << (MANTISSA_BITS + 1) {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    if exponent > 16383 {
        return INFINITY;
    }
    let fraction = mantissa & ((1 << MANTISSA_BITS) - 1);
    if mantissa >> MANTISSA_BITS == 0 {
        return fraction;
    }
    (((exponent + 16383) as u128) << MANTISSA_BITS) | fraction
}

/// `value >> by` with the lowest bit set if any bit was lost.
fn shift_right_sticky(value: u128, by: i64) -> u128 {
    if by >= 128 {
        return u128::from(value != 0);
    }
    let shifted = value >> by;
    if shifted << by == value {
        shifted
    } else {
        shifted | 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(literal: &str) -> f64 {
        exact_f64(parse_f128(literal.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn exact_values_become_f64() {
        for literal in [
            "0.0",
            "1.0",
            "1.5e3",
            "0.1015625",
            "1e22",
            "123456789.0",
            "1e-0",
            "4e0",
        ] {
            assert_eq!(
                value(literal).to_bits(),
                literal.parse::<f64>().unwrap().to_bits(),
                "{literal}"
            );
        }
        assert_eq!(value("0x1.8p1"), 3.0);
        assert_eq!(value("0x1p-1074"), f64::from_bits(1));
        assert_eq!(value("0x0.0000000000001p-1022"), f64::from_bits(1));
        assert_eq!(value("0x1.fffffffffffffp1023"), f64::MAX);
        assert_eq!(value("1e99999"), f64::INFINITY);
        assert_eq!(value("1e-99999"), 0.0);
    }

    #[test]
    fn inexact_values_do_not() {
        for literal in [
            "0.1",
            "1e400",
            "0x1p-1075",
            "0x1.8p-1074",
            "0x1.00000000000008p0",
            "0x1p1024",
        ] {
            assert_eq!(
                exact_f64(parse_f128(literal.as_bytes()).unwrap()),
                None,
                "{literal}"
            );
        }
    }

    #[test]
    fn rounds_to_binary128() {
        let bits = |literal: &str| parse_f128(literal.as_bytes()).unwrap();
        assert_eq!(bits("0.1"), 0x3ffb_9999_9999_9999_9999_9999_9999_999a);
        // The smallest subnormal, half of it (a tie, to even), and a little more than half.
        assert_eq!(bits("0x1p-16494"), 1);
        assert_eq!(bits("0x1p-16495"), 0);
        assert_eq!(bits("0x1.8p-16495"), 1);
        // The largest finite value and the first that rounds to infinity.
        assert_eq!(bits("0x1.ffffffffffffffffffffffffffffp16383"), INFINITY - 1);
        assert_eq!(bits("0x1.ffffffffffffffffffffffffffff8p16383"), INFINITY);
        assert_eq!(bits("1_2.5e-1_0"), bits("12.5e-10"));
    }

    #[test]
    fn not_everything_is_a_float() {
        let cases = [
            ("0x.p1", Error::DigitAfterBase),
            ("1e5.5", Error::PeriodAfterExponent(3)),
            ("1.5e+5.5", Error::PeriodAfterExponent(6)),
            ("1e-1_0.5", Error::PeriodAfterExponent(6)),
            ("0x1p5.5", Error::PeriodAfterExponent(5)),
            ("1e5x", Error::InvalidCharacter(3)),
        ];
        for (literal, error) in cases {
            assert_eq!(parse_f128(literal.as_bytes()), Err(error), "{literal}");
        }
    }
}
