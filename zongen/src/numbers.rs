//! Number literals.

use syntax::number_literal::{Result as Literal, parse_number_literal};
use syntax::plain_number::PlainNumber;
use syntax::{NodeIndex, float_literal, int_literal};
use zoir::{F128, NodeIndex as Dest, Tag};

use crate::lower::{Sign, ZonGen};

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
        match PlainNumber::parse(bytes) {
            Some(PlainNumber::Int(magnitude)) if magnitude > 0 || !negative => {
                self.set_int(dest, src_node, magnitude, negative);
                return;
            }
            Some(PlainNumber::Float(magnitude)) => {
                self.set_float(dest, src_node, magnitude, negative);
                return;
            }
            _ => {}
        }
        match parse_number_literal(bytes, self.tree.release.rules()) {
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
                // Of `0x.p0` and `1e1.0` neither the tokenizer nor the check before sees what is wrong; the
                // reference takes it for granted that both are numbers.
                match float_literal::parse_f128(bytes) {
                    Ok(magnitude) => self.set_float(dest, src_node, magnitude, negative),
                    Err(error) => self.lower_number_error(error, token, bytes),
                }
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
