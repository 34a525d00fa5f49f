//! Statements, blocks and assignments.

use super::{NULL_NODE, ParseError, Parser, Result};
use crate::ast::AstError;
use crate::error_tag::ErrorTag;
use crate::extra;
use crate::node::NodeTag;
use crate::token::TokenTag as T;
use crate::{NodeIndex, TokenIndex};

/// How the body of an `if`, `for` or `while` statement ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyEnd {
    /// It is a block.
    Block,
    /// With a semicolon, which ends the whole statement.
    Semicolon,
    /// Neither; only `else` may follow.
    Open,
}

impl Parser<'_> {
    /// A block in braces, or 0.
    pub(super) fn parse_block(&mut self) -> Result<NodeIndex> {
        match self.eat_token(T::LBrace) {
            Some(lbrace) => self.nested(|p| p.finish_block(lbrace)),
            None => Ok(NULL_NODE),
        }
    }

    fn finish_block(&mut self, lbrace: TokenIndex) -> Result<NodeIndex> {
        let top = self.scratch.len();
        while self.current() != T::RBrace {
            let statement = self.expect_statement_recoverable()?;
            if statement == NULL_NODE {
                break;
            }
            self.scratch.push(statement);
        }
        self.expect_token(T::RBrace)?;
        let semicolon = self.behind(2) == T::Semicolon;
        let statements = self.pop_pair(top);
        let tag = match (statements.len, semicolon) {
            (0, _) | (1 | 2, false) => NodeTag::BlockTwo,
            (1 | 2, true) => NodeTag::BlockTwoSemicolon,
            (_, false) => NodeTag::Block,
            (_, true) => NodeTag::BlockSemicolon,
        };
        Ok(self.add_node(tag, lbrace, statements.lhs, statements.rhs))
    }

    /// The next statement that can be parsed; 0 if errors reach to the end of the block.
    fn expect_statement_recoverable(&mut self) -> Result<NodeIndex> {
        let top = self.scratch.len();
        loop {
            if let Ok(node) = self.expect_statement(true) {
                return Ok(node);
            }
            self.scratch.truncate(top);
            self.find_next_stmt();
            match self.current() {
                T::RBrace => return Ok(NULL_NODE),
                T::Eof => return Err(ParseError),
                _ => {}
            }
        }
    }

    /// `allow_defer_var`: whether `defer` and declarations may stand here (in a block, not behind `else`).
    fn expect_statement(&mut self, allow_defer_var: bool) -> Result<NodeIndex> {
        match self.current() {
            T::KeywordComptime => {
                let comptime_token = self.next_token();
                let block = self.parse_block_expr()?;
                if block != NULL_NODE {
                    return Ok(self.add_node(NodeTag::Comptime, comptime_token, block, 0));
                }
                if allow_defer_var {
                    return self.expect_var_decl_expr_statement(Some(comptime_token));
                }
                let assign = self.expect_assign_expr()?;
                self.expect_semicolon(ErrorTag::ExpectedSemiAfterStmt, true)?;
                if self.rules.destructuring_is_never_wrapped
                    && self.node_tag(assign) == NodeTag::AssignDestructure
                {
                    return Ok(assign);
                }
                return Ok(self.add_node(NodeTag::Comptime, comptime_token, assign, 0));
            }
            T::KeywordNosuspend => {
                let token = self.next_token();
                let body = self.expect_block_expr_statement()?;
                return Ok(self.add_node(NodeTag::Nosuspend, token, body, 0));
            }
            T::KeywordSuspend => {
                let token = self.next_token();
                let body = self.expect_block_expr_statement()?;
                return Ok(self.add_node(NodeTag::Suspend, token, body, 0));
            }
            T::KeywordDefer if allow_defer_var => {
                let token = self.next_token();
                let body = self.expect_block_expr_statement()?;
                return Ok(self.add_node(NodeTag::Defer, token, 0, body));
            }
            T::KeywordErrdefer if allow_defer_var => {
                let token = self.next_token();
                let payload = if self.rules.errdefer_captures_the_error {
                    self.parse_payload()?
                } else {
                    0
                };
                let body = self.expect_block_expr_statement()?;
                return Ok(self.add_node(NodeTag::Errdefer, token, payload, body));
            }
            T::KeywordIf => return self.expect_if_statement(),
            T::KeywordEnum | T::KeywordStruct | T::KeywordUnion => {
                let identifier = self.tok_i + 1;
                if self.parse_c_style_container()? {
                    // The caller wants a statement.
                    return Ok(self.add_node(NodeTag::Identifier, identifier, 0, 0));
                }
            }
            _ => {}
        }

        let labeled = self.parse_labeled_statement()?;
        if labeled != NULL_NODE {
            return Ok(labeled);
        }
        if allow_defer_var {
            return self.expect_var_decl_expr_statement(None);
        }
        let assign = self.expect_assign_expr()?;
        self.expect_semicolon(ErrorTag::ExpectedSemiAfterStmt, true)?;
        Ok(assign)
    }

    /// A declaration, an expression, an assignment or a destructuring.
    #[inline(always)]
    fn expect_var_decl_expr_statement(
        &mut self,
        comptime_token: Option<TokenIndex>,
    ) -> Result<NodeIndex> {
        let top = self.scratch.len();
        loop {
            let mut target = self.parse_var_decl_proto()?;
            if target == NULL_NODE {
                target = self.parse_expr()?;
            }
            if target == NULL_NODE {
                return Err(self.fail(if self.scratch.len() == top {
                    ErrorTag::ExpectedStatement
                } else {
                    ErrorTag::ExpectedExprOrVarDecl
                }));
            }
            self.scratch.push(target);
            if self.eat_token(T::Comma).is_none() {
                break;
            }
        }

        let first = self.scratch[top];
        let is_single = self.scratch.len() - top == 1;
        let is_var_decl = matches!(
            self.node_tag(first),
            NodeTag::GlobalVarDecl
                | NodeTag::LocalVarDecl
                | NodeTag::SimpleVarDecl
                | NodeTag::AlignedVarDecl
        );

        let equal_token = match self.current() {
            T::Equal => self.next_token(),
            tag if !is_single || is_var_decl => {
                // Nothing else can be meant, so `==` passes for `=`.
                if tag != T::EqualEqual {
                    return Err(self.fail_expected(T::Equal));
                }
                self.warn_msg(AstError::new(ErrorTag::WrongEqualVarDecl, self.tok_i));
                self.next_token()
            }
            _ => {
                self.scratch.truncate(top);
                let expr = self.finish_assign_expr(first)?;
                self.expect_semicolon(ErrorTag::ExpectedSemiAfterStmt, true)?;
                return Ok(self.wrap_comptime(comptime_token, expr));
            }
        };

        let rhs = self.expect_expr()?;
        self.expect_semicolon(ErrorTag::ExpectedSemiAfterStmt, true)?;

        if !is_single {
            return Ok(self.add_destructure(top, equal_token, rhs));
        }
        self.scratch.truncate(top);
        if is_var_decl {
            // Whether it is `comptime` is seen from the token before it.
            self.nodes[first].data.rhs = rhs;
            return Ok(first);
        }
        let assign = self.add_node(NodeTag::Assign, equal_token, first, rhs);
        Ok(self.wrap_comptime(comptime_token, assign))
    }

    fn wrap_comptime(&mut self, comptime_token: Option<TokenIndex>, node: NodeIndex) -> NodeIndex {
        match comptime_token {
            Some(token) => self.add_node(NodeTag::Comptime, token, node, 0),
            None => node,
        }
    }

    /// The targets are on scratch from `top` on.
    fn add_destructure(
        &mut self,
        top: usize,
        equal_token: TokenIndex,
        rhs: NodeIndex,
    ) -> NodeIndex {
        let lhs = self.extra_data.len() as u32;
        self.extra_data.push((self.scratch.len() - top) as u32);
        self.pop_span(top);
        self.add_node(NodeTag::AssignDestructure, equal_token, lhs, rhs)
    }

    /// The body of an `if`, `for` or `while` statement.
    fn expect_statement_body(&mut self) -> Result<(NodeIndex, BodyEnd)> {
        let block = self.parse_block_expr()?;
        if block != NULL_NODE {
            return Ok((block, BodyEnd::Block));
        }
        let assign = self.parse_assign_expr()?;
        if assign == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedBlockOrAssignment));
        }
        let end = match self.eat_token(T::Semicolon) {
            Some(_) => BodyEnd::Semicolon,
            None => BodyEnd::Open,
        };
        Ok((assign, end))
    }

    /// Takes the `else` behind a body if there is one; reports it missing if there must be.
    fn eat_statement_else(&mut self, end: BodyEnd) -> bool {
        if end == BodyEnd::Semicolon {
            return false;
        }
        if self.eat_token(T::KeywordElse).is_some() {
            return true;
        }
        if end == BodyEnd::Open {
            self.warn(ErrorTag::ExpectedSemiOrElse);
        }
        false
    }

    fn expect_else_statement(&mut self) -> Result<NodeIndex> {
        self.nested(|p| p.expect_statement(false))
    }

    fn expect_if_statement(&mut self) -> Result<NodeIndex> {
        let if_token = self.next_token();
        let condition = self.expect_condition()?;
        let (then_expr, end) = self.expect_statement_body()?;
        if !self.eat_statement_else(end) {
            return Ok(self.add_node(NodeTag::IfSimple, if_token, condition, then_expr));
        }
        self.parse_payload()?;
        let else_expr = self.expect_else_statement()?;
        let rhs = self.add_extra(&extra::If {
            then_expr,
            else_expr,
        });
        Ok(self.add_node(NodeTag::If, if_token, condition, rhs))
    }

    /// A block, loop or `switch`, with or without label.
    fn parse_labeled_statement(&mut self) -> Result<NodeIndex> {
        let label_token = self.parse_block_label();
        let block = self.parse_block()?;
        if block != NULL_NODE {
            return Ok(block);
        }
        let loop_stmt = self.parse_loop_statement()?;
        if loop_stmt != NULL_NODE {
            return Ok(loop_stmt);
        }
        let switch_expr = self.parse_switch_expr(label_token != 0)?;
        if switch_expr != NULL_NODE {
            return Ok(switch_expr);
        }
        if label_token == 0 {
            return Ok(NULL_NODE);
        }

        // Perhaps a declaration without its `var`.
        let after_colon = self.tok_i;
        if self.parse_type_expr()? != NULL_NODE {
            let mut is_decl = self.parse_byte_align()? != NULL_NODE;
            is_decl |= self.parse_addr_space()? != NULL_NODE;
            is_decl |= self.parse_link_section()? != NULL_NODE;
            if self.eat_token(T::Equal).is_some() {
                self.expect_expr()?;
                is_decl = true;
            }
            if is_decl {
                return Err(self.fail_msg(AstError::new(ErrorTag::ExpectedVarConst, label_token)));
            }
        }
        Err(self.fail_msg(AstError::new(ErrorTag::ExpectedLabelable, after_colon)))
    }

    fn parse_loop_statement(&mut self) -> Result<NodeIndex> {
        let is_inline = self.eat_token(T::KeywordInline).is_some();
        match self.current() {
            T::KeywordFor => self.expect_for_statement(),
            T::KeywordWhile => self.expect_while_statement(),
            _ if is_inline => Err(self.fail(ErrorTag::ExpectedInlinable)),
            _ => Ok(NULL_NODE),
        }
    }

    fn expect_for_statement(&mut self) -> Result<NodeIndex> {
        let for_token = self.next_token();
        let top = self.scratch.len();
        let inputs = self.for_prefix()?;
        let (then_expr, end) = self.expect_statement_body()?;
        self.scratch.push(then_expr);
        let has_else = self.eat_statement_else(end);
        if has_else {
            let else_stmt = self.expect_else_statement()?;
            self.scratch.push(else_stmt);
        }
        Ok(self.add_for(for_token, top, inputs, has_else))
    }

    fn expect_while_statement(&mut self) -> Result<NodeIndex> {
        let while_token = self.next_token();
        let condition = self.expect_condition()?;
        let cont_expr = self.parse_while_continue_expr()?;
        let (then_expr, end) = self.expect_statement_body()?;
        let mut else_expr = NULL_NODE;
        if self.eat_statement_else(end) {
            self.parse_payload()?;
            else_expr = self.expect_else_statement()?;
        }
        Ok(self.add_while(while_token, condition, cont_expr, then_expr, else_expr))
    }

    fn expect_block_expr_statement(&mut self) -> Result<NodeIndex> {
        let block = self.parse_block_expr()?;
        if block != NULL_NODE {
            return Ok(block);
        }
        let assign = self.parse_assign_expr()?;
        if assign == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedBlockOrExpr));
        }
        self.expect_semicolon(ErrorTag::ExpectedSemiAfterStmt, true)?;
        Ok(assign)
    }

    /// A block, labeled or not.
    fn parse_block_expr(&mut self) -> Result<NodeIndex> {
        match self.current() {
            T::Identifier if self.peek(1) == T::Colon && self.peek(2) == T::LBrace => {
                self.tok_i += 2;
                self.parse_block()
            }
            T::LBrace => self.parse_block(),
            _ => Ok(NULL_NODE),
        }
    }

    pub(super) fn parse_assign_expr(&mut self) -> Result<NodeIndex> {
        let expr = self.parse_expr()?;
        if expr == NULL_NODE {
            return Ok(NULL_NODE);
        }
        self.finish_assign_expr(expr)
    }

    fn finish_assign_expr(&mut self, lhs: NodeIndex) -> Result<NodeIndex> {
        if self.current() == T::Comma {
            return self.finish_assign_destructure_expr(lhs);
        }
        self.finish_single_assign_expr(lhs)
    }

    #[inline(always)]
    fn finish_single_assign_expr(&mut self, lhs: NodeIndex) -> Result<NodeIndex> {
        let Some(tag) = assign_op_node(self.current()) else {
            return Ok(lhs);
        };
        let op_token = self.next_token();
        let rhs = self.expect_expr()?;
        Ok(self.add_node(tag, op_token, lhs, rhs))
    }

    fn finish_assign_destructure_expr(&mut self, first: NodeIndex) -> Result<NodeIndex> {
        let top = self.scratch.len();
        self.scratch.push(first);
        while self.eat_token(T::Comma).is_some() {
            let expr = self.expect_expr()?;
            self.scratch.push(expr);
        }
        let equal_token = self.expect_token(T::Equal)?;
        let rhs = self.expect_expr()?;
        Ok(self.add_destructure(top, equal_token, rhs))
    }

    pub(super) fn expect_single_assign_expr(&mut self) -> Result<NodeIndex> {
        let lhs = self.parse_expr()?;
        if lhs == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedExprOrAssignment));
        }
        self.finish_single_assign_expr(lhs)
    }

    pub(super) fn expect_assign_expr(&mut self) -> Result<NodeIndex> {
        let expr = self.parse_assign_expr()?;
        if expr == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedExprOrAssignment));
        }
        Ok(expr)
    }
}

#[inline]
fn assign_op_node(tag: T) -> Option<NodeTag> {
    Some(match tag {
        T::AsteriskEqual => NodeTag::AssignMul,
        T::SlashEqual => NodeTag::AssignDiv,
        T::PercentEqual => NodeTag::AssignMod,
        T::PlusEqual => NodeTag::AssignAdd,
        T::MinusEqual => NodeTag::AssignSub,
        T::AngleBracketAngleBracketLeftEqual => NodeTag::AssignShl,
        T::AngleBracketAngleBracketLeftPipeEqual => NodeTag::AssignShlSat,
        T::AngleBracketAngleBracketRightEqual => NodeTag::AssignShr,
        T::AmpersandEqual => NodeTag::AssignBitAnd,
        T::CaretEqual => NodeTag::AssignBitXor,
        T::PipeEqual => NodeTag::AssignBitOr,
        T::AsteriskPercentEqual => NodeTag::AssignMulWrap,
        T::PlusPercentEqual => NodeTag::AssignAddWrap,
        T::MinusPercentEqual => NodeTag::AssignSubWrap,
        T::AsteriskPipeEqual => NodeTag::AssignMulSat,
        T::PlusPipeEqual => NodeTag::AssignAddSat,
        T::MinusPipeEqual => NodeTag::AssignSubSat,
        T::Equal => NodeTag::Assign,
        _ => return None,
    })
}
