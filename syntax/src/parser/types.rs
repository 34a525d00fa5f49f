//! Type expressions: prefixes of types, pointers and arrays, error unions.

use super::expr::is_whitespace;
use super::primary::ENDS_OPERAND;
use super::{NULL_NODE, Parser, Result};
use crate::ast::AstError;
use crate::error_tag::ErrorTag;
use crate::extra;
use crate::node::NodeTag;
use crate::token::TokenTag as T;
use crate::{NodeIndex, TokenIndex};

/// What stands between a pointer's `*` or `]` and its element type; 0 for what does not.
#[derive(Clone, Copy, Default)]
struct PtrModifiers {
    align_node: NodeIndex,
    addrspace_node: NodeIndex,
    bit_range_start: NodeIndex,
    bit_range_end: NodeIndex,
}

/// Whether `align(a:b:c)` may stand before the element type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BitRange {
    Allowed,
    Refused,
}

impl Parser<'_> {
    pub(super) fn parse_type_expr(&mut self) -> Result<NodeIndex> {
        if let Some(leaf) = self.eat_leaf_before(&ENDS_OPERAND) {
            return Ok(leaf);
        }
        self.nested(Self::parse_type_expr_here)
    }

    pub(super) fn expect_type_expr(&mut self) -> Result<NodeIndex> {
        let node = self.parse_type_expr()?;
        if node == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedTypeExpr));
        }
        Ok(node)
    }

    /// At the level of nesting of the caller.
    pub(super) fn parse_type_expr_here(&mut self) -> Result<NodeIndex> {
        match self.current() {
            T::QuestionMark => {
                let token = self.next_token();
                let child = self.expect_type_expr()?;
                Ok(self.add_node(NodeTag::OptionalType, token, child, 0))
            }
            T::KeywordAnyframe if self.peek(1) == T::Arrow => {
                let token = self.next_token();
                let arrow = self.next_token();
                let child = self.expect_type_expr()?;
                Ok(self.add_node(NodeTag::AnyframeType, token, arrow, child))
            }
            T::Asterisk => {
                let asterisk = self.next_token();
                self.expect_pointee(asterisk, NULL_NODE)
            }
            T::AsteriskAsterisk => {
                // One token, two pointers; the qualifiers belong to the inner one.
                let asterisk = self.next_token();
                let inner = self.expect_pointee(asterisk, NULL_NODE)?;
                Ok(self.add_node(NodeTag::PtrTypeAligned, asterisk, 0, inner))
            }
            T::LBracket if self.peek(1) == T::Asterisk => self.expect_many_pointer(),
            T::LBracket => self.expect_slice_or_array_type(),
            _ => self.parse_error_union_expr(),
        }
    }

    /// `[*]`, `[*c]`, `[*:s]`
    fn expect_many_pointer(&mut self) -> Result<NodeIndex> {
        let lbracket = self.next_token();
        self.tok_i += 1;
        let mut sentinel = NULL_NODE;
        if let Some(ident) = self.eat_token(T::Identifier) {
            if !self.is_letter_c(ident) {
                self.tok_i = ident;
            }
        } else if self.eat_token(T::Colon).is_some() {
            sentinel = self.expect_expr()?;
        }
        self.expect_token(T::RBracket)?;
        if self.rules.bit_ranges_on_single_pointers_only {
            self.expect_pointee_without_bit_range(lbracket, sentinel)
        } else {
            self.expect_pointee(lbracket, sentinel)
        }
    }

    /// Whether the identifier is `c`. By the older rule the text up to the next token is `c` and white space:
    /// a comment between spoils it.
    fn is_letter_c(&self, token: TokenIndex) -> bool {
        let start = self.token_starts[token as usize] as usize;
        if self.rules.comments_may_follow_c {
            let goes_on = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
            return self.source[start] == b'c' && !self.source.get(start + 1).is_some_and(goes_on);
        }
        let end = self.token_starts[token as usize + 1] as usize;
        matches!(&self.source[start..end], [b'c', rest @ ..] if rest.iter().all(|&byte| is_whitespace(byte)))
    }

    fn expect_slice_or_array_type(&mut self) -> Result<NodeIndex> {
        let lbracket = self.next_token();
        let len_expr = self.parse_expr()?;
        let sentinel = match self.eat_token(T::Colon) {
            Some(_) => self.expect_expr()?,
            None => NULL_NODE,
        };
        self.expect_token(T::RBracket)?;

        if len_expr == NULL_NODE {
            return self.expect_pointee_without_bit_range(lbracket, sentinel);
        }

        if let T::KeywordAlign
        | T::KeywordConst
        | T::KeywordVolatile
        | T::KeywordAllowzero
        | T::KeywordAddrspace = self.current()
        {
            return Err(self.fail(ErrorTag::PtrModOnArrayChildType));
        }
        let elem_type = self.expect_type_expr()?;
        if sentinel == NULL_NODE {
            return Ok(self.add_node(NodeTag::ArrayType, lbracket, len_expr, elem_type));
        }
        let rhs = self.add_extra(&extra::ArrayTypeSentinel {
            sentinel,
            elem_type,
        });
        Ok(self.add_node(NodeTag::ArrayTypeSentinel, lbracket, len_expr, rhs))
    }

    /// Qualifiers and element type of a pointer.
    fn expect_pointee(&mut self, main_token: TokenIndex, sentinel: NodeIndex) -> Result<NodeIndex> {
        let mods = self.parse_ptr_modifiers(BitRange::Allowed)?;
        let elem_type = self.expect_type_expr()?;
        Ok(self.add_ptr_type(main_token, sentinel, mods, elem_type))
    }

    /// Of a pointer that may not have a bit range: it is reported and left out.
    fn expect_pointee_without_bit_range(
        &mut self,
        main_token: TokenIndex,
        sentinel: NodeIndex,
    ) -> Result<NodeIndex> {
        let mut mods = self.parse_ptr_modifiers(BitRange::Refused)?;
        let elem_type = self.expect_type_expr()?;
        if mods.bit_range_start != NULL_NODE && !self.rules.bit_ranges_are_told_at_once {
            let token = self.main_token(mods.bit_range_start);
            self.warn_msg(AstError::new(ErrorTag::InvalidBitRange, token));
        }
        mods.bit_range_start = NULL_NODE;
        Ok(self.add_ptr_type(main_token, sentinel, mods, elem_type))
    }

    /// The smallest pointer node that holds all that was given.
    fn add_ptr_type(
        &mut self,
        main_token: TokenIndex,
        sentinel: NodeIndex,
        mods: PtrModifiers,
        elem_type: NodeIndex,
    ) -> NodeIndex {
        let PtrModifiers {
            align_node,
            addrspace_node,
            bit_range_start,
            bit_range_end,
        } = mods;
        let (tag, lhs) = if bit_range_start != NULL_NODE {
            let payload = extra::PtrTypeBitRange {
                sentinel,
                align_node,
                addrspace_node,
                bit_range_start,
                bit_range_end,
            };
            (NodeTag::PtrTypeBitRange, self.add_extra(&payload))
        } else if sentinel == NULL_NODE && addrspace_node == NULL_NODE {
            (NodeTag::PtrTypeAligned, align_node)
        } else if align_node == NULL_NODE && addrspace_node == NULL_NODE {
            (NodeTag::PtrTypeSentinel, sentinel)
        } else {
            let payload = extra::PtrType {
                sentinel,
                align_node,
                addrspace_node,
            };
            (NodeTag::PtrType, self.add_extra(&payload))
        };
        self.add_node(tag, main_token, lhs, elem_type)
    }

    fn parse_ptr_modifiers(&mut self, bit_range: BitRange) -> Result<PtrModifiers> {
        let mut mods = PtrModifiers::default();
        let (mut saw_const, mut saw_volatile, mut saw_allowzero) = (false, false, false);
        loop {
            let (saw, extra_error) = match self.current() {
                T::KeywordAlign => {
                    if mods.align_node != NULL_NODE {
                        self.warn(ErrorTag::ExtraAlignQualifier);
                    }
                    self.tok_i += 1;
                    self.expect_token(T::LParen)?;
                    mods.align_node = self.expect_expr()?;
                    if self.current() == T::Colon {
                        if bit_range == BitRange::Refused && self.rules.bit_ranges_are_told_at_once
                        {
                            self.warn(ErrorTag::InvalidBitRange);
                        }
                        self.tok_i += 1;
                        mods.bit_range_start = self.expect_expr()?;
                        self.expect_token(T::Colon)?;
                        mods.bit_range_end = self.expect_expr()?;
                    }
                    self.expect_token(T::RParen)?;
                    continue;
                }
                T::KeywordAddrspace => {
                    if mods.addrspace_node != NULL_NODE {
                        self.warn(ErrorTag::ExtraAddrspaceQualifier);
                    }
                    mods.addrspace_node = self.parse_addr_space()?;
                    continue;
                }
                T::KeywordConst => (&mut saw_const, ErrorTag::ExtraConstQualifier),
                T::KeywordVolatile => (&mut saw_volatile, ErrorTag::ExtraVolatileQualifier),
                T::KeywordAllowzero => (&mut saw_allowzero, ErrorTag::ExtraAllowzeroQualifier),
                _ => return Ok(mods),
            };
            if std::mem::replace(saw, true) && self.rules.parser_refuses_repeated_qualifiers {
                self.warn(extra_error);
            }
            self.tok_i += 1;
        }
    }

    #[inline(always)]
    pub(super) fn parse_error_union_expr(&mut self) -> Result<NodeIndex> {
        let error_set = self.parse_suffix_expr()?;
        if error_set == NULL_NODE {
            return Ok(NULL_NODE);
        }
        let Some(bang) = self.eat_token(T::Bang) else {
            return Ok(error_set);
        };
        let payload = self.expect_type_expr()?;
        Ok(self.add_node(NodeTag::ErrorUnion, bang, error_set, payload))
    }
}
