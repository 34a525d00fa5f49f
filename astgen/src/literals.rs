//! String, character and number literals.

use syntax::number_literal::{self, Base, parse_number_literal};
use syntax::{NodeIndex, TokenIndex, float_literal, int_literal};
use zir::{Data, Ref, Tag, payload};

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::BlockId;
use crate::result::ResultInfo;

/// Whether a number literal stands behind a minus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    Negative,
    Positive,
}

impl AstGen<'_> {
    pub(crate) fn string_literal(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
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

    pub(crate) fn char_literal(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
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
    #[inline(always)]
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

        let magnitude = match parse_number_literal(bytes, self.tree.release.rules()) {
            number_literal::Result::Int(0) => {
                if sign == Sign::Negative {
                    let notes = [
                        self.err_note_tok(token, "use '0' for an integer zero"),
                        self.err_note_tok(token, "use '-0.0' for a floating-point signed zero"),
                    ];
                    return Err(self.fail_tok_notes(
                        token,
                        "integer literal '-0' is ambiguous",
                        &notes,
                    ));
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
                let limbs = int_literal::parse_big_int(bytes, base);
                self.add_int_big(gz, &limbs)
            }
            number_literal::Result::Float(_) => {
                // Zig takes it for granted that this cannot fail; where it does, zero is what a release of
                // Zig has there.
                let magnitude = float_literal::parse_f128(bytes).unwrap_or(0);
                let bits = match sign {
                    Sign::Positive => magnitude,
                    Sign::Negative => magnitude | 1 << 127,
                };
                let result = match float_literal::exact_f64(bits) {
                    Some(value) => self.add_float(gz, value),
                    None => {
                        let float = payload::Float128::new(bits);
                        self.add_pl_node(gz, Tag::Float128, node, &float)
                    }
                };
                return self.rvalue(gz, ri, result, source_node);
            }
            number_literal::Result::Failure(err) => {
                return Err(self.fail_with_number_error(err, token, bytes));
            }
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
        let at = |i: u32| {
            bytes
                .get(i as usize..)
                .and_then(|rest| rest.get(..1))
                .unwrap_or_default()
        };
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
                self.fail_off(
                    token,
                    i,
                    [
                        b"invalid digit '".as_slice(),
                        at(i),
                        b"' for ",
                        base,
                        b" base",
                    ],
                )
            }
            Error::InvalidDigitExponent(i) => self.fail_off(
                token,
                i,
                [b"invalid digit '".as_slice(), at(i), b"' in exponent"],
            ),
            Error::DuplicateExponent(i) => self.fail_off(token, i, "duplicate exponent"),
            Error::ExponentAfterUnderscore(i) => {
                self.fail_off(token, i, "expected digit before exponent")
            }
            Error::SpecialAfterUnderscore(i) => self.fail_off(
                token,
                i,
                [b"expected digit before '".as_slice(), at(i), b"'"],
            ),
            Error::TrailingSpecial(i) => self.fail_off(
                token,
                i,
                [
                    b"expected digit after '".as_slice(),
                    at(i.wrapping_sub(1)),
                    b"'",
                ],
            ),
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
            Error::PeriodAfterExponent(i) => {
                self.fail_off(token, i, "unexpected period after exponent")
            }
            // The tokenizer lets neither through; a message is better than a promise.
            Error::DuplicatePeriod => self.fail_tok(token, "duplicate period"),
            Error::InvalidCharacter(i) => self.fail_off(token, i, "invalid character in number"),
        }
    }
}
