//! String, character and number literals.

use num_bigint::BigUint;
use syntax::number_literal::{self, Base, parse_number_literal};
use syntax::{NodeIndex, TokenIndex};
use zir::{Data, Ref, Tag, payload};

use crate::errors::AnalysisFail;
use crate::float_literal;
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::BlockId;
use crate::result::ResultInfo;

/// Whether a number literal stands behind a minus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    Negative,
    Positive,
}

impl AstGen<'_> {
    pub(crate) fn string_literal(&mut self, gz: BlockId, ri: ResultInfo, node: NodeIndex) -> InnerResult<Ref> {
        let str = self.str_lit_as_string(self.tree.main_token(node))?;
        let result = self.add(gz, Tag::Str, Data::str(str.index, str.len));
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn multiline_string_literal(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let str = self.str_lit_node_as_string(node)?;
        let result = self.add(gz, Tag::Str, Data::str(str.index, str.len));
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn char_literal(&mut self, gz: BlockId, ri: ResultInfo, node: NodeIndex) -> InnerResult<Ref> {
        let token = self.tree.main_token(node);
        let bytes = self.tree.token_slice(token);
        match syntax::string_literal::parse_char_literal(bytes) {
            Ok(codepoint) => {
                let result = self.add_int(gz, u64::from(codepoint));
                self.rvalue(gz, ri, result, node)
            }
            Err(err) => Err(self.fail_with_str_lit_error(err, token, bytes, 0)),
        }
    }

    /// `source_node` is the negation around `node`, if there is one.
    pub(crate) fn number_literal(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        source_node: NodeIndex,
        sign: Sign,
    ) -> InnerResult<Ref> {
        let token = self.tree.main_token(node);
        let bytes = self.tree.token_slice(token);

        let magnitude = match parse_number_literal(bytes) {
            number_literal::Result::Int(0) => {
                if sign == Sign::Negative {
                    let notes = [
                        self.err_note_tok(token, "use '0' for an integer zero"),
                        self.err_note_tok(token, "use '-0.0' for a floating-point signed zero"),
                    ];
                    return Err(self.fail_tok_notes(token, "integer literal '-0' is ambiguous", &notes));
                }
                Ref::ZERO
            }
            number_literal::Result::Int(1) => {
                // There are constants for both signs of this one.
                let result = match sign {
                    Sign::Positive => Ref::ONE,
                    Sign::Negative => Ref::NEGATIVE_ONE,
                };
                return self.rvalue(gz, ri, result, source_node);
            }
            number_literal::Result::Int(value) => self.add_int(gz, value),
            number_literal::Result::BigInt(base) => {
                let limbs = parse_big_int(bytes, base);
                self.add_int_big(gz, &limbs)
            }
            number_literal::Result::Float(_) => {
                let Some(magnitude) = float_literal::parse_f128(bytes) else {
                    // `0x.p0`: Zig's parser does not see that there is no digit and its lowering does not care.
                    return Err(self.fail_tok(token, "expected a digit after base prefix"));
                };
                let bits = match sign {
                    Sign::Positive => magnitude,
                    Sign::Negative => magnitude | 1 << 127,
                };
                let result = match float_literal::exact_f64(bits) {
                    Some(value) => self.add_float(gz, value),
                    None => {
                        let float = payload::Float128 {
                            piece0: bits as u32,
                            piece1: (bits >> 32) as u32,
                            piece2: (bits >> 64) as u32,
                            piece3: (bits >> 96) as u32,
                        };
                        self.add_pl_node(gz, Tag::Float128, node, &float)
                    }
                };
                return self.rvalue(gz, ri, result, source_node);
            }
            number_literal::Result::Failure(err) => return Err(self.fail_with_number_error(err, token, bytes)),
        };

        match sign {
            Sign::Positive => self.rvalue(gz, ri, magnitude, source_node),
            Sign::Negative => {
                let negated = self.add_un_node(gz, Tag::Negate, magnitude, source_node);
                self.rvalue(gz, ri, negated, source_node)
            }
        }
    }

    #[cold]
    fn fail_with_number_error(
        &mut self,
        err: number_literal::Error,
        token: TokenIndex,
        bytes: &[u8],
    ) -> AnalysisFail {
        use number_literal::Error;
        // One byte of the literal as a piece of a message.
        let at = |i: u32| bytes.get(i as usize..).and_then(|rest| rest.get(..1)).unwrap_or_default();
        match err {
            Error::LeadingZero => {
                let message = [b"number '".as_slice(), bytes, b"' has leading zero"];
                if bytes.contains(&b'.') {
                    self.fail_tok(token, message)
                } else {
                    let note = self.err_note_tok(token, "use '0o' prefix for octal literals");
                    self.fail_tok_notes(token, message, &[note])
                }
            }
            Error::DigitAfterBase => self.fail_tok(token, "expected a digit after base prefix"),
            Error::UpperCaseBase(i) => self.fail_off(token, i, "base prefix must be lowercase"),
            Error::InvalidFloatBase(i) => self.fail_off(token, i, "invalid base for float literal"),
            Error::RepeatedUnderscore(i) => self.fail_off(token, i, "repeated digit separator"),
            Error::InvalidUnderscoreAfterSpecial(i) => {
                self.fail_off(token, i, "expected digit before digit separator")
            }
            Error::InvalidDigit { i, base } => {
                let base: &[u8] = match base {
                    Base::Decimal => b"decimal",
                    Base::Hex => b"hex",
                    Base::Binary => b"binary",
                    Base::Octal => b"octal",
                };
                self.fail_off(token, i, [b"invalid digit '".as_slice(), at(i), b"' for ", base, b" base"])
            }
            Error::InvalidDigitExponent(i) => {
                self.fail_off(token, i, [b"invalid digit '".as_slice(), at(i), b"' in exponent"])
            }
            Error::DuplicateExponent(i) => self.fail_off(token, i, "duplicate exponent"),
            Error::ExponentAfterUnderscore(i) => self.fail_off(token, i, "expected digit before exponent"),
            Error::SpecialAfterUnderscore(i) => {
                self.fail_off(token, i, [b"expected digit before '".as_slice(), at(i), b"'"])
            }
            Error::TrailingSpecial(i) => {
                self.fail_off(token, i, [b"expected digit after '".as_slice(), at(i.wrapping_sub(1)), b"'"])
            }
            Error::TrailingUnderscore(i) => self.fail_off(token, i, "trailing digit separator"),
            Error::InvalidExponentSign(i) => self.fail_off(
                token,
                i,
                [
                    b"sign '".as_slice(),
                    at(i),
                    b"' cannot follow digit '",
                    at(i.wrapping_sub(1)),
                    b"' in hex base",
                ],
            ),
            Error::PeriodAfterExponent(i) => self.fail_off(token, i, "unexpected period after exponent"),
            // The tokenizer lets neither through; a message is better than a promise.
            Error::DuplicatePeriod => self.fail_tok(token, "duplicate period"),
            Error::InvalidCharacter(i) => self.fail_off(token, i, "invalid character in number"),
        }
    }
}

/// The limbs, least significant first, of a literal that is too great for 64 bits and otherwise valid.
fn parse_big_int(bytes: &[u8], base: Base) -> Vec<u64> {
    let radix = match base {
        Base::Decimal => return parse_big_decimal(bytes).to_u64_digits(),
        Base::Hex => 16,
        Base::Binary => 2,
        Base::Octal => 8,
    };
    let digits: Vec<u8> = bytes
        .iter()
        .skip(2)
        .filter_map(|&c| (c as char).to_digit(radix))
        .map(|digit| digit as u8)
        .collect();
    BigUint::from_radix_be(&digits, radix).unwrap_or_default().to_u64_digits()
}

/// Joins groups of digits pairwise, then pairs of pairs and so on, so that the work is a few large
/// multiplications and literals of a million digits stay cheap.
fn parse_big_decimal(bytes: &[u8]) -> BigUint {
    const GROUP: usize = 19;
    let digits: Vec<u8> = bytes.iter().filter(|c| c.is_ascii_digit()).map(|c| c - b'0').collect();
    // Least significant group first.
    let mut parts: Vec<BigUint> = digits
        .rchunks(GROUP)
        .map(|group| BigUint::from(group.iter().fold(0u64, |value, &digit| value * 10 + u64::from(digit))))
        .collect();
    let mut scale = BigUint::from(10u64.pow(GROUP as u32));
    while parts.len() > 1 {
        parts = parts
            .chunks(2)
            .map(|pair| match pair {
                [low, high] => high * &scale + low,
                _ => pair[0].clone(),
            })
            .collect();
        if parts.len() > 1 {
            scale = &scale * &scale;
        }
    }
    parts.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_integers() {
        assert_eq!(parse_big_int(b"18446744073709551616", Base::Decimal), [0, 1]);
        assert_eq!(parse_big_int(b"0x1_0000000000000000", Base::Hex), [0, 1]);
        assert_eq!(parse_big_int(b"0xfFFFffffFFFFffff_f", Base::Hex), [u64::MAX, 15]);
        assert_eq!(parse_big_int(b"0o4000000000000000000000", Base::Octal), [0, 2]);
        let digits = "9876543210123456789".repeat(37) + "1";
        let expected: BigUint = digits.parse().unwrap();
        assert_eq!(parse_big_decimal(digits.as_bytes()), expected);
    }
}
