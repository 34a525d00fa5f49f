//! The short way to the value of plain number literals.

/// A literal of decimal digits, with or without a point among them, and nothing else: what nearly all are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlainNumber {
    /// No point: the integer.
    Int(u64),
    /// Bits of a float of 128.
    Float(u128),
}

impl PlainNumber {
    /// More digits might not fit into 64 bits.
    const MAX_LEN: usize = 19;

    /// None where there is more to look at, or to object to.
    pub fn parse(text: &[u8]) -> Option<PlainNumber> {
        if text.len() > PlainNumber::MAX_LEN || matches!(text, [b'0', b'0'..=b'9', ..]) {
            return None;
        }
        let mut value = 0;
        let mut point = None;
        for (at, &byte) in text.iter().enumerate() {
            match byte {
                b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
                b'.' if point.is_none() && at > 0 => point = Some(at),
                _ => return None,
            }
        }
        let Some(point) = point else {
            return Some(PlainNumber::Int(value));
        };
        match text.len() - point - 1 {
            0 => None,
            places => Some(PlainNumber::Float(decimal(value, places as u32))),
        }
    }
}

/// The bits of the float of 128 that is nearest to `value / 10^places`, with at most 18 places.
fn decimal(value: u64, places: u32) -> u128 {
    const MANTISSA_BITS: u32 = 112;
    const BIAS: i32 = 16383;
    if value == 0 {
        return 0;
    }
    // With the highest bit of both set the quotient, times 2^127, is within 2^126 and 2^128.
    let divisor = 10u64.pow(places);
    let (up, divisor_up) = (value.leading_zeros(), divisor.leading_zeros());
    let divisor = u128::from(divisor << divisor_up);
    let dividend = u128::from(value << up) << 63;
    let (high, rest) = (dividend / divisor, dividend % divisor);
    let (low, rest) = ((rest << 64) / divisor, (rest << 64) % divisor);
    let quotient = high << 64 | low;

    let len = 128 - quotient.leading_zeros();
    let drop = len - MANTISSA_BITS - 1;
    let kept = quotient >> drop;
    let dropped = quotient - (kept << drop);
    let half = 1 << (drop - 1);
    let is_up = dropped > half || (dropped == half && (rest != 0 || kept & 1 == 1));
    // The highest bit of the mantissa counts as one in the exponent, and so does a carry.
    let exponent = len as i32 - 128 + divisor_up as i32 - up as i32 + BIAS - 1;
    ((exponent as u128) << MANTISSA_BITS) + kept + u128::from(is_up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::float_literal::parse_f128_of_any;
    use crate::number_literal::{Result as Literal, parse_number_literal};
    use release::Generation;

    /// What is made of a literal the long way.
    fn slowly(text: &str) -> Option<PlainNumber> {
        match parse_number_literal(text.as_bytes(), Generation::G17_1.rules()) {
            Literal::Int(value) => Some(PlainNumber::Int(value)),
            Literal::Float(_) => Some(PlainNumber::Float(parse_f128_of_any(text.as_bytes()).ok()?)),
            _ => None,
        }
    }

    #[test]
    fn the_short_way_leads_to_the_same() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 9) % below
        };
        for round in 0..40_000 {
            let len = 1 + next(18) as usize;
            // Also sums of powers of two, which leave no rest, and runs of one digit.
            let mut digits = match round % 4 {
                0 => format!("{}", (1u64 << next(59)) + (1 << next(20))),
                1 => ["9", "1", "3"][next(3) as usize].repeat(len),
                _ => format!("{}", next(10u64.pow(len as u32))),
            };
            digits.truncate(18);
            let at = next(digits.len() as u64 + 1) as usize;
            let text = match at {
                0 => digits.clone(),
                _ => format!("{}.{}", &digits[..at], &digits[at..]),
            };
            let fast = PlainNumber::parse(text.as_bytes());
            assert!(
                fast.is_some() || text.ends_with('.') || text.starts_with('0'),
                "{text}"
            );
            if fast.is_some() {
                assert_eq!(fast, slowly(&text), "{text}");
            }
        }
        for text in [
            "0",
            "0.0",
            "0.5",
            "0.00000000000000001",
            "10000000000000000.1",
            "4.35",
        ] {
            assert!(PlainNumber::parse(text.as_bytes()).is_some(), "{text}");
            assert_eq!(PlainNumber::parse(text.as_bytes()), slowly(text), "{text}");
        }
    }

    #[test]
    fn all_else_is_left_to_it() {
        for text in [
            "00",
            "01",
            "00.5",
            "1.",
            ".5",
            "1..2",
            "1.2.3",
            "1_0",
            "0x1",
            "1e5",
            "1.5e5",
            "-1",
            "1a",
            "18446744073709551616",
            "1.234567890123456789",
        ] {
            assert_eq!(PlainNumber::parse(text.as_bytes()), None, "{text}");
        }
    }
}
