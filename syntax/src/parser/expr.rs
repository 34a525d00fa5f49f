//! Expressions: operators, control flow, `switch`, `asm`.

use super::primary::{ENDS_EXPR, ENDS_OPERAND};
use super::{NULL_NODE, Parser, Result};
use crate::ast::AstError;
use crate::error_tag::ErrorTag;
use crate::extra;
use crate::node::NodeTag;
use crate::token::TokenTag as T;
use crate::{NodeIndex, TokenIndex};

/// Precedence of a binary operator and the node it makes.
#[derive(Clone, Copy)]
struct OperInfo {
    prec: i8,
    tag: NodeTag,
}

/// The precedence whose operators do not associate.
const COMPARISON_PREC: i8 = 30;

static OPERATORS: [OperInfo; T::ALL.len()] = {
    let mut table = [OperInfo {
        prec: -1,
        tag: NodeTag::Root,
    }; T::ALL.len()];
    let rows: &[(T, i8, NodeTag)] = &[
        (T::KeywordOr, 10, NodeTag::BoolOr),
        (T::KeywordAnd, 20, NodeTag::BoolAnd),
        (T::EqualEqual, COMPARISON_PREC, NodeTag::EqualEqual),
        (T::BangEqual, COMPARISON_PREC, NodeTag::BangEqual),
        (T::AngleBracketLeft, COMPARISON_PREC, NodeTag::LessThan),
        (T::AngleBracketRight, COMPARISON_PREC, NodeTag::GreaterThan),
        (
            T::AngleBracketLeftEqual,
            COMPARISON_PREC,
            NodeTag::LessOrEqual,
        ),
        (
            T::AngleBracketRightEqual,
            COMPARISON_PREC,
            NodeTag::GreaterOrEqual,
        ),
        (T::Ampersand, 40, NodeTag::BitAnd),
        (T::Caret, 40, NodeTag::BitXor),
        (T::Pipe, 40, NodeTag::BitOr),
        (T::KeywordOrelse, 40, NodeTag::Orelse),
        (T::KeywordCatch, 40, NodeTag::Catch),
        (T::AngleBracketAngleBracketLeft, 50, NodeTag::Shl),
        (T::AngleBracketAngleBracketLeftPipe, 50, NodeTag::ShlSat),
        (T::AngleBracketAngleBracketRight, 50, NodeTag::Shr),
        (T::Plus, 60, NodeTag::Add),
        (T::Minus, 60, NodeTag::Sub),
        (T::PlusPlus, 60, NodeTag::ArrayCat),
        (T::PlusPercent, 60, NodeTag::AddWrap),
        (T::MinusPercent, 60, NodeTag::SubWrap),
        (T::PlusPipe, 60, NodeTag::AddSat),
        (T::MinusPipe, 60, NodeTag::SubSat),
        (T::PipePipe, 70, NodeTag::MergeErrorSets),
        (T::Asterisk, 70, NodeTag::Mul),
        (T::Slash, 70, NodeTag::Div),
        (T::Percent, 70, NodeTag::Mod),
        (T::AsteriskAsterisk, 70, NodeTag::ArrayMult),
        (T::AsteriskPercent, 70, NodeTag::MulWrap),
        (T::AsteriskPipe, 70, NodeTag::MulSat),
    ];
    let mut i = 0;
    while i < rows.len() {
        let (token, prec, tag) = rows[i];
        table[token as usize] = OperInfo { prec, tag };
        i += 1;
    }
    table
};

impl Parser<'_> {
    #[inline]
    pub(super) fn parse_expr(&mut self) -> Result<NodeIndex> {
        if let Some(leaf) = self.eat_leaf_before(&ENDS_EXPR) {
            return Ok(leaf);
        }
        if let Some(literal) = self.eat_enum_literal_before(&ENDS_EXPR) {
            return Ok(literal);
        }
        self.nested(|p| p.parse_expr_precedence(0))
    }

    pub(super) fn expect_expr(&mut self) -> Result<NodeIndex> {
        let node = self.parse_expr()?;
        if node == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedExpr));
        }
        Ok(node)
    }

    /// Operators of at least `min_prec`. Recursion here is bounded by the number of precedences.
    fn parse_expr_precedence(&mut self, min_prec: i8) -> Result<NodeIndex> {
        let mut node = self.parse_prefix_expr()?;
        if node == NULL_NODE {
            return Ok(NULL_NODE);
        }
        let mut banned_prec = -1;
        loop {
            let tag = self.current();
            let info = OPERATORS[tag as usize];
            if info.prec < min_prec {
                return Ok(node);
            }
            if info.prec == banned_prec {
                return Err(self.fail(ErrorTag::ChainedComparisonOperators));
            }
            let oper_token = self.next_token();
            if tag == T::KeywordCatch {
                self.parse_payload()?;
            }
            let is_spacing_told_first = self.rules.operator_spacing_is_told_first;
            if is_spacing_told_first {
                self.check_operator_spacing(tag, oper_token);
            }
            let rhs = self.parse_expr_precedence(info.prec + 1)?;
            if rhs == NULL_NODE {
                self.warn(ErrorTag::ExpectedExpr);
                return Ok(node);
            }
            if !is_spacing_told_first {
                self.check_operator_spacing(tag, oper_token);
            }
            node = self.add_node(info.tag, oper_token, node, rhs);
            if info.prec == COMPARISON_PREC {
                banned_prec = info.prec;
            }
        }
    }

    #[inline(always)]
    fn check_operator_spacing(&mut self, tag: T, oper_token: TokenIndex) {
        let start = self.token_starts[oper_token as usize] as usize;
        let end = start + tag.lexeme_len() as usize;
        // Operands stand on both sides; where none does, that is what is told.
        let (Some(&before), Some(&after)) =
            (self.source.get(start.wrapping_sub(1)), self.source.get(end))
        else {
            return;
        };
        if tag == T::Ampersand && after == b'&' {
            self.warn_msg(AstError::new(
                ErrorTag::InvalidAmpersandAmpersand,
                oper_token,
            ));
        } else if is_whitespace(before) != is_whitespace(after) {
            self.warn_msg(AstError::new(
                ErrorTag::MismatchedBinaryOpWhitespace,
                oper_token,
            ));
        }
    }

    fn parse_prefix_expr(&mut self) -> Result<NodeIndex> {
        if let Some(leaf) = self.eat_leaf_before(&ENDS_OPERAND) {
            return Ok(leaf);
        }
        if self.at_plain_operand() {
            return self.parse_plain_operand();
        }
        let tag = match self.current() {
            T::Bang => NodeTag::BoolNot,
            T::Minus => NodeTag::Negation,
            T::Tilde => NodeTag::BitNot,
            T::MinusPercent => NodeTag::NegationWrap,
            T::Ampersand => NodeTag::AddressOf,
            T::KeywordTry => NodeTag::Try,
            T::KeywordAwait => NodeTag::Await,
            _ => return self.parse_primary_expr(),
        };
        let token = self.next_token();
        let operand = self.nested(Self::parse_prefix_expr)?;
        if operand == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedPrefixExpr));
        }
        Ok(self.add_node(tag, token, operand, 0))
    }

    fn parse_primary_expr(&mut self) -> Result<NodeIndex> {
        match self.current() {
            T::KeywordAsm => self.expect_asm_expr(),
            T::KeywordIf => self.expect_if(Self::expect_expr),
            T::KeywordBreak => self.expect_jump(NodeTag::Break),
            T::KeywordContinue => self.expect_jump(NodeTag::Continue),
            T::KeywordComptime => self.expect_keyword_expr(NodeTag::Comptime),
            T::KeywordNosuspend => self.expect_keyword_expr(NodeTag::Nosuspend),
            T::KeywordResume => self.expect_keyword_expr(NodeTag::Resume),
            T::KeywordReturn => {
                let token = self.next_token();
                let operand = self.parse_expr()?;
                Ok(self.add_node(NodeTag::Return, token, operand, 0))
            }
            T::Identifier if self.peek(1) == T::Colon => match self.peek(2) {
                T::KeywordInline | T::KeywordFor | T::KeywordWhile => {
                    self.tok_i += 2;
                    self.expect_loop(Self::expect_expr)
                }
                T::LBrace if !self.rules.labeled_blocks_are_operands => {
                    self.tok_i += 2;
                    self.parse_block()
                }
                _ => self.parse_curly_suffix_expr(),
            },
            T::KeywordInline | T::KeywordFor | T::KeywordWhile => {
                self.expect_loop(Self::expect_expr)
            }
            T::LBrace => self.parse_block(),
            _ => self.parse_curly_suffix_expr(),
        }
    }

    fn expect_keyword_expr(&mut self, tag: NodeTag) -> Result<NodeIndex> {
        let token = self.next_token();
        let operand = self.expect_expr()?;
        Ok(self.add_node(tag, token, operand, 0))
    }

    fn expect_jump(&mut self, tag: NodeTag) -> Result<NodeIndex> {
        let token = self.next_token();
        let is_label = self.current() == T::Colon
            && (self.peek(1) == T::Identifier || !self.rules.label_colon_needs_a_name);
        let label = if is_label {
            self.tok_i += 1;
            self.expect_token(T::Identifier)?
        } else {
            0
        };
        let operand = self.parse_expr()?;
        Ok(self.add_node(tag, token, label, operand))
    }

    /// A `for` or `while`, with or without `inline`. `body` parses its bodies.
    pub(super) fn expect_loop(
        &mut self,
        body: impl Fn(&mut Self) -> Result<NodeIndex> + Copy,
    ) -> Result<NodeIndex> {
        self.eat_token(T::KeywordInline);
        match self.current() {
            T::KeywordFor => self.expect_for(body),
            T::KeywordWhile => self.expect_while(body),
            _ => Err(self.fail(ErrorTag::ExpectedInlinable)),
        }
    }

    /// `(condition) |payload|`
    pub(super) fn expect_condition(&mut self) -> Result<NodeIndex> {
        self.expect_token(T::LParen)?;
        let condition = self.expect_expr_and_rparen()?;
        self.parse_ptr_payload()?;
        Ok(condition)
    }

    pub(super) fn expect_if(
        &mut self,
        body: impl Fn(&mut Self) -> Result<NodeIndex> + Copy,
    ) -> Result<NodeIndex> {
        let if_token = self.next_token();
        let condition = self.expect_condition()?;
        let then_expr = body(self)?;
        if self.eat_token(T::KeywordElse).is_none() {
            return Ok(self.add_node(NodeTag::IfSimple, if_token, condition, then_expr));
        }
        self.parse_payload()?;
        let else_expr = body(self)?;
        let rhs = self.add_extra(&extra::If {
            then_expr,
            else_expr,
        });
        Ok(self.add_node(NodeTag::If, if_token, condition, rhs))
    }

    fn expect_for(
        &mut self,
        body: impl Fn(&mut Self) -> Result<NodeIndex> + Copy,
    ) -> Result<NodeIndex> {
        let for_token = self.next_token();
        let top = self.scratch.len();
        let inputs = self.for_prefix()?;
        let then_expr = body(self)?;
        self.scratch.push(then_expr);
        let has_else = self.eat_token(T::KeywordElse).is_some();
        if has_else {
            let else_expr = body(self)?;
            self.scratch.push(else_expr);
        }
        Ok(self.add_for(for_token, top, inputs, has_else))
    }

    /// The operands and bodies are on scratch from `top` on.
    pub(super) fn add_for(
        &mut self,
        for_token: TokenIndex,
        top: usize,
        inputs: usize,
        has_else: bool,
    ) -> NodeIndex {
        if inputs == 1 && !has_else {
            let operands = self.pop_pair(top);
            return self.add_node(NodeTag::ForSimple, for_token, operands.lhs, operands.rhs);
        }
        let lhs = self.pop_span(top).start;
        let word = extra::For {
            inputs: inputs as u32,
            has_else,
        };
        self.add_node(NodeTag::For, for_token, lhs, word.to_bits())
    }

    /// Operands and captures of a `for`. The operands are left on scratch; their number is given.
    pub(super) fn for_prefix(&mut self) -> Result<usize> {
        let top = self.scratch.len();
        self.expect_token(T::LParen)?;
        loop {
            let mut input = self.expect_expr()?;
            if let Some(ellipsis) = self.eat_token(T::Ellipsis2) {
                let end = self.parse_expr()?;
                input = self.add_node(NodeTag::ForRange, ellipsis, input, end);
            }
            self.scratch.push(input);
            if self.end_of_item(T::RParen, ErrorTag::ExpectedCommaAfterForOperand)?
                || self.eat_token(T::RParen).is_some()
            {
                break;
            }
        }
        let inputs = self.scratch.len() - top;

        if self.eat_token(T::Pipe).is_none() {
            self.warn(ErrorTag::ExpectedLoopPayload);
            return Ok(inputs);
        }
        let mut captures = 0;
        loop {
            self.eat_token(T::Asterisk);
            let identifier = self.expect_token(T::Identifier)?;
            captures += 1;
            if captures == inputs + 1 && self.rules.parser_counts_for_captures {
                self.warn_msg(AstError::new(ErrorTag::ExtraForCapture, identifier));
            }
            match self.current() {
                T::Comma => self.tok_i += 1,
                T::Pipe => {
                    self.tok_i += 1;
                    break;
                }
                _ => self.warn(ErrorTag::ExpectedCommaAfterCapture),
            }
            if self.eat_token(T::Pipe).is_some() {
                break;
            }
        }
        if captures < inputs && self.rules.parser_counts_for_captures {
            // The reference counts from the back.
            let input = self.scratch[self.scratch.len() - captures];
            let token = self.main_token(input);
            self.warn_msg(AstError::new(ErrorTag::ForInputNotCaptured, token));
        }
        Ok(inputs)
    }

    fn expect_while(
        &mut self,
        body: impl Fn(&mut Self) -> Result<NodeIndex> + Copy,
    ) -> Result<NodeIndex> {
        let while_token = self.next_token();
        let condition = self.expect_condition()?;
        let cont_expr = self.parse_while_continue_expr()?;
        let then_expr = body(self)?;
        let mut else_expr = NULL_NODE;
        if self.eat_token(T::KeywordElse).is_some() {
            self.parse_payload()?;
            else_expr = body(self)?;
        }
        Ok(self.add_while(while_token, condition, cont_expr, then_expr, else_expr))
    }

    /// `cont_expr` and `else_expr` may be 0.
    pub(super) fn add_while(
        &mut self,
        while_token: TokenIndex,
        condition: NodeIndex,
        cont_expr: NodeIndex,
        then_expr: NodeIndex,
        else_expr: NodeIndex,
    ) -> NodeIndex {
        let (tag, rhs) = if else_expr != NULL_NODE {
            let payload = extra::While {
                cont_expr,
                then_expr,
                else_expr,
            };
            (NodeTag::While, self.add_extra(&payload))
        } else if cont_expr != NULL_NODE {
            let payload = extra::WhileCont {
                cont_expr,
                then_expr,
            };
            (NodeTag::WhileCont, self.add_extra(&payload))
        } else {
            (NodeTag::WhileSimple, then_expr)
        };
        self.add_node(tag, while_token, condition, rhs)
    }

    pub(super) fn parse_while_continue_expr(&mut self) -> Result<NodeIndex> {
        if self.eat_token(T::Colon).is_none() {
            if self.rules.continue_expr_without_colon_is_told
                && self.current() == T::LParen
                && self.tokens_on_same_line(self.tok_i - 1, self.tok_i)
            {
                return Err(self.fail(ErrorTag::ExpectedContinueExpr));
            }
            return Ok(NULL_NODE);
        }
        self.expect_token(T::LParen)?;
        let node = self.expect_assign_expr()?;
        self.expect_token(T::RParen)?;
        Ok(node)
    }

    // Captures and labels: the token, or 0.

    /// `|a|`
    pub(super) fn parse_payload(&mut self) -> Result<TokenIndex> {
        if self.eat_token(T::Pipe).is_none() {
            return Ok(0);
        }
        let identifier = self.expect_token(T::Identifier)?;
        self.expect_token(T::Pipe)?;
        Ok(identifier)
    }

    /// `|*a|`
    fn parse_ptr_payload(&mut self) -> Result<()> {
        if self.eat_token(T::Pipe).is_some() {
            self.eat_token(T::Asterisk);
            self.expect_token(T::Identifier)?;
            self.expect_token(T::Pipe)?;
        }
        Ok(())
    }

    /// `|*a, b|`
    fn parse_ptr_index_payload(&mut self) -> Result<()> {
        if self.eat_token(T::Pipe).is_some() {
            self.eat_token(T::Asterisk);
            self.expect_token(T::Identifier)?;
            if self.eat_token(T::Comma).is_some() {
                self.expect_token(T::Identifier)?;
            }
            self.expect_token(T::Pipe)?;
        }
        Ok(())
    }

    pub(super) fn parse_block_label(&mut self) -> TokenIndex {
        if self.current() == T::Identifier && self.peek(1) == T::Colon {
            let label = self.tok_i;
            self.tok_i += 2;
            return label;
        }
        0
    }

    // Switch.

    pub(super) fn parse_switch_expr(&mut self, is_labeled: bool) -> Result<NodeIndex> {
        if self.current() == T::KeywordSwitch {
            self.expect_switch_expr(is_labeled)
        } else {
            Ok(NULL_NODE)
        }
    }

    pub(super) fn expect_switch_expr(&mut self, is_labeled: bool) -> Result<NodeIndex> {
        let switch_token = self.next_token();
        // A label stands two tokens before.
        let main_token = if is_labeled {
            switch_token - 2
        } else {
            switch_token
        };
        self.expect_token(T::LParen)?;
        let operand = self.expect_expr_and_rparen()?;
        self.expect_token(T::LBrace)?;
        let cases = self.parse_switch_prong_list()?;
        let tag = if self.behind(1) == T::Comma {
            NodeTag::SwitchComma
        } else {
            NodeTag::Switch
        };
        self.expect_token(T::RBrace)?;
        let rhs = self.add_extra(&cases);
        Ok(self.add_node(tag, main_token, operand, rhs))
    }

    fn parse_switch_prong_list(&mut self) -> Result<extra::SubRange> {
        let top = self.scratch.len();
        loop {
            let prong = self.parse_switch_prong()?;
            if prong == NULL_NODE {
                break;
            }
            self.scratch.push(prong);
            match self.current() {
                T::Comma => self.tok_i += 1,
                T::Colon | T::RParen | T::RBrace | T::RBracket => break,
                _ => self.warn(ErrorTag::ExpectedCommaAfterSwitchProng),
            }
        }
        Ok(self.pop_span(top))
    }

    fn parse_switch_prong(&mut self) -> Result<NodeIndex> {
        let top = self.scratch.len();
        let is_inline = self.eat_token(T::KeywordInline).is_some();
        if self.eat_token(T::KeywordElse).is_none() {
            loop {
                let item = self.parse_switch_item()?;
                if item == NULL_NODE {
                    break;
                }
                self.scratch.push(item);
                if self.eat_token(T::Comma).is_none() {
                    break;
                }
            }
            if self.scratch.len() == top {
                if is_inline {
                    self.tok_i -= 1;
                }
                return Ok(NULL_NODE);
            }
        }
        let arrow_token = self.expect_token(T::EqualAngleBracketRight)?;
        self.parse_ptr_index_payload()?;
        let (is_multi, lhs) = self.pop_one(top);
        let tag = match (is_multi, is_inline) {
            (false, false) => NodeTag::SwitchCaseOne,
            (false, true) => NodeTag::SwitchCaseInlineOne,
            (true, false) => NodeTag::SwitchCase,
            (true, true) => NodeTag::SwitchCaseInline,
        };
        let rhs = self.expect_single_assign_expr()?;
        Ok(self.add_node(tag, arrow_token, lhs, rhs))
    }

    fn parse_switch_item(&mut self) -> Result<NodeIndex> {
        let expr = self.parse_expr()?;
        if expr == NULL_NODE {
            return Ok(NULL_NODE);
        }
        let Some(token) = self.eat_token(T::Ellipsis3) else {
            return Ok(expr);
        };
        let end = self.expect_expr()?;
        Ok(self.add_node(NodeTag::SwitchRange, token, expr, end))
    }

    // Assembly.

    fn expect_asm_expr(&mut self) -> Result<NodeIndex> {
        let asm_token = self.next_token();
        self.eat_token(T::KeywordVolatile);
        self.expect_token(T::LParen)?;
        let template = self.expect_expr()?;
        if let Some(rparen) = self.eat_token(T::RParen) {
            return Ok(self.add_node(NodeTag::AsmSimple, asm_token, template, rparen));
        }
        self.expect_token(T::Colon)?;

        let top = self.scratch.len();
        let mut clobbers = NULL_NODE;
        let mut are_strings = !self.rules.asm_clobbers_are_an_expression;
        let mut tag = NodeTag::Asm;
        self.parse_asm_items(Self::parse_asm_output_item)?;
        if self.eat_token(T::Colon).is_some() {
            self.parse_asm_items(Self::parse_asm_input_item)?;
            if self.eat_token(T::Colon).is_some() {
                if self.rules.asm_clobber_strings_are_a_node && self.current() == T::StringLiteral {
                    are_strings = true;
                    tag = NodeTag::AsmLegacy;
                }
                if are_strings {
                    // They have no nodes.
                    while self.eat_token(T::StringLiteral).is_some() && self.eat_asm_comma() {}
                } else {
                    clobbers = self.expect_expr()?;
                }
            }
        }
        let rparen = self.expect_token(T::RParen)?;
        let extra::SubRange {
            start: items_start,
            end: items_end,
        } = self.pop_span(top);
        let rhs = if are_strings {
            self.add_extra(&extra::AsmLegacy {
                items_start,
                items_end,
                rparen,
            })
        } else {
            self.add_extra(&extra::Asm {
                items_start,
                items_end,
                clobbers,
                rparen,
            })
        };
        Ok(self.add_node(tag, asm_token, template, rhs))
    }

    fn parse_asm_items(&mut self, item: impl Fn(&mut Self) -> Result<NodeIndex>) -> Result<()> {
        loop {
            let node = item(self)?;
            if node == NULL_NODE {
                return Ok(());
            }
            self.scratch.push(node);
            if !self.eat_asm_comma() {
                return Ok(());
            }
        }
    }

    /// Whether another item may follow.
    fn eat_asm_comma(&mut self) -> bool {
        match self.current() {
            T::Comma => self.tok_i += 1,
            T::Colon | T::RParen | T::RBrace | T::RBracket => return false,
            _ => self.warn_expected(T::Comma),
        }
        true
    }

    fn parse_asm_output_item(&mut self) -> Result<NodeIndex> {
        let identifier = self.parse_asm_item_name()?;
        if identifier == 0 {
            return Ok(NULL_NODE);
        }
        let type_expr = match self.eat_token(T::Arrow) {
            Some(_) => self.expect_type_expr()?,
            None => {
                self.expect_token(T::Identifier)?;
                NULL_NODE
            }
        };
        let rparen = self.expect_token(T::RParen)?;
        Ok(self.add_node(NodeTag::AsmOutput, identifier, type_expr, rparen))
    }

    fn parse_asm_input_item(&mut self) -> Result<NodeIndex> {
        let identifier = self.parse_asm_item_name()?;
        if identifier == 0 {
            return Ok(NULL_NODE);
        }
        let expr = self.expect_expr()?;
        let rparen = self.expect_token(T::RParen)?;
        Ok(self.add_node(NodeTag::AsmInput, identifier, expr, rparen))
    }

    /// `[name] "constraint" (`; gives the name's token, or 0.
    fn parse_asm_item_name(&mut self) -> Result<TokenIndex> {
        if self.eat_token(T::LBracket).is_none() {
            return Ok(0);
        }
        let identifier = self.expect_token(T::Identifier)?;
        self.expect_token(T::RBracket)?;
        self.expect_token(T::StringLiteral)?;
        self.expect_token(T::LParen)?;
        Ok(identifier)
    }
}

/// White space as the reference's library counts it.
pub(super) fn is_whitespace(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
