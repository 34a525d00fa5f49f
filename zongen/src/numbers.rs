//! Number literals.

use syntax::number_literal::{Result as Literal, parse_number_literal};
use syntax::{NodeIndex, float_literal, int_literal};
use zoir::{F128, NodeIndex as Dest, Tag};

use crate::lower::ZonGen;

/// Whether a literal stands behind a minus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    Negative,
    Positive,
}

impl ZonGen<'_> {
    /// `src_node` is the negation around `num_node`, if there is one.
    pub(crate) fn number_literal(
        &mut self,
        num_node: NodeIndex,
        src_node: NodeIndex,
        dest: Dest,
        sign: Sign,
    ) {
        let token = self.tree.main_token(num_node);
        let bytes = self.tree.token_slice(token);
        let negative = sign == Sign::Negative;
        match Plain::parse(bytes) {
            Some(Plain::Int(magnitude)) if magnitude > 0 || !negative => {
                self.set_int(dest, src_node, magnitude, negative);
                return;
            }
            Some(Plain::Float(magnitude)) => {
                self.set_float(dest, src_node, magnitude, negative);
                return;
            }
            _ => {}
        }
        match parse_number_literal(bytes) {
            Literal::Int(0) if negative => {
                let notes = [
                    self.err_note_tok(token, "use '0' for an integer zero"),
                    self.err_note_tok(token, "use '-0.0' for a floating-point signed zero"),
                ];
                self.add_error_tok_notes(token, "integer literal '-0' is ambiguous", &notes);
            }
            Literal::Int(magnitude) => self.set_int(dest, src_node, magnitude, negative),
            Literal::BigInt(base) => {
                let limbs = int_literal::parse_big_int(bytes, base);
                self.set_big_int_literal_node(dest, src_node, &limbs, negative);
            }
            Literal::Float(_) => {
                let Some(magnitude) = float_literal::parse_f128(bytes) else {
                    // `0x.p0`: neither the tokenizer nor the check before sees that there is no digit.
                    self.add_error_tok(token, "expected a digit after base prefix");
                    return;
                };
                self.set_float(dest, src_node, magnitude, negative);
            }
            Literal::Failure(error) => self.lower_number_error(error, token, bytes),
        }
    }

    fn set_int(&mut self, dest: Dest, src_node: NodeIndex, magnitude: u64, negative: bool) {
        let value = i128::from(magnitude);
        match i32::try_from(if negative { -value } else { value }) {
            Ok(small) => {
                let data = small.cast_unsigned();
                self.zoir
                    .set_node(dest, Tag::IntLiteralSmall, data, src_node);
            }
            Err(_) => self.set_big_int_literal_node(dest, src_node, &[magnitude], negative),
        }
    }

    /// `magnitude` is the bits of a float of 128.
    fn set_float(&mut self, dest: Dest, src_node: NodeIndex, magnitude: u128, negative: bool) {
        /// What an `f32` has no room for.
        const BEYOND_F32: u128 = (1 << (112 - 23)) - 1;
        let value = F128::from_bits(magnitude | u128::from(negative) << 127);
        if magnitude & BEYOND_F32 == 0 {
            let small = value.to_f32();
            if F128::from(small) == value {
                self.zoir
                    .set_node(dest, Tag::FloatLiteralSmall, small.to_bits(), src_node);
                return;
            }
        }
        let extra_index = self.zoir.extra.len() as u32;
        self.zoir.extra.extend(value.to_words());
        self.zoir
            .set_node(dest, Tag::FloatLiteral, extra_index, src_node);
    }

    fn set_big_int_literal_node(
        &mut self,
        dest: Dest,
        src_node: NodeIndex,
        limbs: &[u64],
        negative: bool,
    ) {
        let limbs_index = self.zoir.limbs.len() as u32;
        self.zoir.limbs.extend_from_slice(limbs);
        let extra_index = self.zoir.extra.len() as u32;
        self.zoir.extra.extend([limbs.len() as u32, limbs_index]);
        let tag = if negative {
            Tag::IntLiteralNeg
        } else {
            Tag::IntLiteralPos
        };
        self.zoir.set_node(dest, tag, extra_index, src_node);
    }
}

/// A literal of decimal digits, with or without a point among them, and nothing else: what nearly all are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Plain {
    Int(u64),
    /// Bits of a float of 128.
    Float(u128),
}

impl Plain {
    /// More digits might not fit into 64 bits.
    const MAX_LEN: usize = 19;

    /// None where there is more to look at, or to object to.
    fn parse(text: &[u8]) -> Option<Plain> {
        if text.len() > Plain::MAX_LEN || matches!(text, [b'0', b'0'..=b'9', ..]) {
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
            return Some(Plain::Int(value));
        };
        match text.len() - point - 1 {
            0 => None,
            places => Some(Plain::Float(decimal(value, places as u32))),
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

    /// What is made of a literal the long way.
    fn slowly(text: &str) -> Option<Plain> {
        match parse_number_literal(text.as_bytes()) {
            Literal::Int(value) => Some(Plain::Int(value)),
            Literal::Float(_) => Some(Plain::Float(float_literal::parse_f128(text.as_bytes())?)),
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
            let fast = Plain::parse(text.as_bytes());
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
            assert!(Plain::parse(text.as_bytes()).is_some(), "{text}");
            assert_eq!(Plain::parse(text.as_bytes()), slowly(text), "{text}");
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
            assert_eq!(Plain::parse(text.as_bytes()), None, "{text}");
        }
    }
}
