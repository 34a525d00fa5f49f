//! Operands and their suffixes: literals, names, calls, initializers, element and field access.

use super::{NULL_NODE, Parser, Result};
use crate::error_tag::ErrorTag;
use crate::extra;
use crate::node::NodeTag;
use crate::token::TokenTag as T;
use crate::{NodeIndex, TokenIndex};

/// An initializer list whose items are on scratch.
struct InitList {
    /// Whether the items are `.name = value`. An empty list counts as such.
    is_struct: bool,
    /// Whether a comma stands before the closing brace.
    comma: bool,
}

/// The node that a token makes alone, if it can; else `Root`.
static LEAVES: [NodeTag; T::ALL.len()] = {
    let mut table = [NodeTag::Root; T::ALL.len()];
    table[T::Identifier as usize] = NodeTag::Identifier;
    table[T::NumberLiteral as usize] = NodeTag::NumberLiteral;
    table[T::StringLiteral as usize] = NodeTag::StringLiteral;
    table[T::CharLiteral as usize] = NodeTag::CharLiteral;
    table[T::KeywordUnreachable as usize] = NodeTag::UnreachableLiteral;
    table
};

/// Tokens, each at its number.
pub(super) type TokenSet = [bool; T::ALL.len()];

/// The set of these tokens.
const fn set_of(tokens: &[T]) -> TokenSet {
    let mut set = [false; T::ALL.len()];
    let mut at = 0;
    while at < tokens.len() {
        set[tokens[at] as usize] = true;
        at += 1;
    }
    set
}

/// The set of all others.
const fn all_but(tokens: &[T]) -> TokenSet {
    let mut set = set_of(tokens);
    let mut at = 0;
    while at < set.len() {
        set[at] = !set[at];
        at += 1;
    }
    set
}

/// Tokens that end an operand begun by the token before: all but those that may go on it.
pub(super) static ENDS_OPERAND: TokenSet = all_but(&[
    T::Colon,
    T::Period,
    T::PeriodAsterisk,
    T::InvalidPeriodasterisks,
    T::LParen,
    T::LBracket,
    T::LBrace,
    T::Bang,
]);

/// Tokens that end an expression whatever it is: they go on no operand, and are no operator.
pub(super) static ENDS_EXPR: TokenSet = set_of(&[
    T::Comma,
    T::Semicolon,
    T::RParen,
    T::RBracket,
    T::RBrace,
    T::Ellipsis2,
    T::Equal,
]);

impl Parser<'_> {
    /// An operand of one token, if a token that `ends` operands is behind it: a short cut past the grammar.
    #[inline]
    pub(super) fn eat_leaf_before(&mut self, ends: &TokenSet) -> Option<NodeIndex> {
        let tag = LEAVES[self.current() as usize];
        if tag == NodeTag::Root || !ends[self.peek(1) as usize] {
            return None;
        }
        Some(self.add_leaf(tag))
    }

    /// The same of an enum literal.
    #[inline]
    pub(super) fn eat_enum_literal_before(&mut self, ends: &TokenSet) -> Option<NodeIndex> {
        let is_here = self.current() == T::Period
            && self.peek(1) == T::Identifier
            && ends[self.peek(2) as usize];
        is_here.then(|| self.add_enum_literal())
    }

    /// Whether an operand is here that begins with a name. A label is none.
    #[inline]
    fn at_name(&self) -> bool {
        self.current() == T::Identifier && self.peek(1) != T::Colon
    }

    /// Whether an operand is here that begins with a name, or with a point before a name or a brace.
    #[inline]
    pub(super) fn at_plain_operand(&self) -> bool {
        self.at_name()
            || self.current() == T::Period && matches!(self.peek(1), T::Identifier | T::LBrace)
    }

    /// Such an operand, perhaps with an initializer list: a short cut, too.
    pub(super) fn parse_plain_operand(&mut self) -> Result<NodeIndex> {
        let lhs = self.parse_error_union_expr()?;
        self.finish_curly_suffix(lhs)
    }

    /// A type or other operand, perhaps with an initializer list.
    #[inline(always)]
    pub(super) fn parse_curly_suffix_expr(&mut self) -> Result<NodeIndex> {
        let lhs = self.parse_type_expr_here()?;
        if lhs == NULL_NODE {
            return Ok(NULL_NODE);
        }
        self.finish_curly_suffix(lhs)
    }

    #[inline]
    fn finish_curly_suffix(&mut self, lhs: NodeIndex) -> Result<NodeIndex> {
        match self.eat_token(T::LBrace) {
            Some(lbrace) => self.finish_typed_init(lhs, lbrace),
            None => Ok(lhs),
        }
    }

    fn finish_typed_init(&mut self, lhs: NodeIndex, lbrace: TokenIndex) -> Result<NodeIndex> {
        let top = self.scratch.len();
        let InitList { is_struct, comma } = self.parse_init_list(top)?;
        let (is_multi, rhs) = self.pop_one(top);
        let tag = match (is_struct, is_multi, comma) {
            (true, false, false) => NodeTag::StructInitOne,
            (true, false, true) => NodeTag::StructInitOneComma,
            (true, true, false) => NodeTag::StructInit,
            (true, true, true) => NodeTag::StructInitComma,
            (false, false, false) => NodeTag::ArrayInitOne,
            (false, false, true) => NodeTag::ArrayInitOneComma,
            (false, true, false) => NodeTag::ArrayInit,
            (false, true, true) => NodeTag::ArrayInitComma,
        };
        Ok(self.add_node(tag, lbrace, lhs, rhs))
    }

    /// `.name`
    fn add_enum_literal(&mut self) -> NodeIndex {
        let dot = self.next_token();
        let name = self.next_token();
        self.add_node(NodeTag::EnumLiteral, name, dot, 0)
    }

    /// `.{ ... }`
    fn expect_dot_init(&mut self) -> Result<NodeIndex> {
        let lbrace = self.tok_i + 1;
        self.tok_i += 2;
        let top = self.scratch.len();
        let InitList { is_struct, comma } = self.parse_init_list(top)?;
        let items = self.pop_pair(top);
        let tag = match (is_struct, items.is_range(), comma) {
            (true, false, false) => NodeTag::StructInitDotTwo,
            (true, false, true) => NodeTag::StructInitDotTwoComma,
            (true, true, false) => NodeTag::StructInitDot,
            (true, true, true) => NodeTag::StructInitDotComma,
            (false, false, false) => NodeTag::ArrayInitDotTwo,
            (false, false, true) => NodeTag::ArrayInitDotTwoComma,
            (false, true, false) => NodeTag::ArrayInitDot,
            (false, true, true) => NodeTag::ArrayInitDotComma,
        };
        Ok(self.add_node(tag, lbrace, items.lhs, items.rhs))
    }

    /// Behind the opening brace, up to and with the closing one. The first item decides what the list is.
    fn parse_init_list(&mut self, top: usize) -> Result<InitList> {
        let mut is_struct = self.at_field_init();
        if is_struct {
            loop {
                let value = self.expect_field_init()?;
                self.scratch.push(value);
                if self.end_of_item(T::RBrace, ErrorTag::ExpectedCommaAfterInitializer)?
                    || self.eat_token(T::RBrace).is_some()
                {
                    break;
                }
            }
        } else {
            self.parse_expr_list(T::RBrace, ErrorTag::ExpectedCommaAfterInitializer)?;
            is_struct = self.scratch.len() == top;
        }
        Ok(InitList {
            is_struct,
            comma: self.behind(2) == T::Comma,
        })
    }

    /// Expressions up to and with `close`, onto scratch.
    fn parse_expr_list(&mut self, close: T, missing_comma: ErrorTag) -> Result<()> {
        while self.eat_token(close).is_none() {
            let item = self.expect_expr()?;
            self.scratch.push(item);
            if self.end_of_item(close, missing_comma)? {
                break;
            }
        }
        Ok(())
    }

    fn at_field_init(&self) -> bool {
        self.current() == T::Period && self.peek(1) == T::Identifier && self.peek(2) == T::Equal
    }

    fn expect_field_init(&mut self) -> Result<NodeIndex> {
        if !self.at_field_init() {
            return Err(self.fail(ErrorTag::ExpectedInitializer));
        }
        self.tok_i += 3;
        self.expect_expr()
    }

    pub(super) fn parse_suffix_expr(&mut self) -> Result<NodeIndex> {
        if self.at_name() {
            let name = self.add_leaf(NodeTag::Identifier);
            return self.parse_suffixes(name);
        }
        if self.eat_token(T::KeywordAsync).is_some() {
            return self.expect_async_call();
        }
        let node = self.parse_primary_type_expr()?;
        if node == NULL_NODE {
            return Ok(NULL_NODE);
        }
        self.parse_suffixes(node)
    }

    /// All suffixes of an operand.
    fn parse_suffixes(&mut self, mut node: NodeIndex) -> Result<NodeIndex> {
        loop {
            match self.current() {
                T::LParen => {}
                T::Period if self.peek(1) == T::Identifier => {
                    node = self.add_field_access(node);
                    continue;
                }
                T::Period | T::PeriodAsterisk | T::InvalidPeriodasterisks | T::LBracket => {
                    let suffixed = self.parse_suffix_op(node)?;
                    if suffixed != NULL_NODE {
                        node = suffixed;
                        continue;
                    }
                    // What a faulty suffix leaves behind ends with its point.
                    if self.current() != T::LParen
                        || self.rules.faulty_suffixes_end_operands && self.behind(1) == T::Period
                    {
                        return Ok(node);
                    }
                }
                _ => return Ok(node),
            }
            let lparen = self.next_token();
            let (is_multi, comma, rhs) = self.parse_call_args()?;
            let tag = match (is_multi, comma) {
                (false, false) => NodeTag::CallOne,
                (false, true) => NodeTag::CallOneComma,
                (true, false) => NodeTag::Call,
                (true, true) => NodeTag::CallComma,
            };
            node = self.add_node(tag, lparen, node, rhs);
        }
    }

    /// Behind `async`. The call must be the last suffix.
    fn expect_async_call(&mut self) -> Result<NodeIndex> {
        let mut callee = self.parse_primary_type_expr()?;
        if callee == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedPrimaryTypeExpr));
        }
        loop {
            let suffixed = self.parse_suffix_op(callee)?;
            if suffixed == NULL_NODE {
                break;
            }
            callee = suffixed;
        }
        let Some(lparen) = self.eat_token(T::LParen) else {
            self.warn(ErrorTag::ExpectedParamList);
            return Ok(callee);
        };
        let (is_multi, comma, rhs) = self.parse_call_args()?;
        let tag = match (is_multi, comma) {
            (false, false) => NodeTag::AsyncCallOne,
            (false, true) => NodeTag::AsyncCallOneComma,
            (true, false) => NodeTag::AsyncCall,
            (true, true) => NodeTag::AsyncCallComma,
        };
        Ok(self.add_node(tag, lparen, callee, rhs))
    }

    /// Behind the `(`: whether there are several arguments, whether a comma ends them, and the node's data
    /// word.
    fn parse_call_args(&mut self) -> Result<(bool, bool, u32)> {
        let top = self.scratch.len();
        self.parse_expr_list(T::RParen, ErrorTag::ExpectedCommaAfterArg)?;
        let comma = self.behind(2) == T::Comma;
        let (is_multi, word) = self.pop_one(top);
        Ok((is_multi, comma, word))
    }

    /// A suffix other than a call on `lhs`, or 0.
    fn parse_suffix_op(&mut self, lhs: NodeIndex) -> Result<NodeIndex> {
        match self.current() {
            T::LBracket => self.expect_index_or_slice(lhs),
            T::PeriodAsterisk => {
                let token = self.next_token();
                Ok(self.add_node(NodeTag::Deref, token, lhs, 0))
            }
            T::InvalidPeriodasterisks => {
                self.warn(ErrorTag::AsteriskAfterPtrDeref);
                let token = self.next_token();
                Ok(self.add_node(NodeTag::Deref, token, lhs, 0))
            }
            T::Period => match self.peek(1) {
                T::Identifier => Ok(self.add_field_access(lhs)),
                T::QuestionMark => {
                    let dot = self.next_token();
                    let question_mark = self.next_token();
                    Ok(self.add_node(NodeTag::UnwrapOptional, dot, lhs, question_mark))
                }
                // A misplaced `.{`: whoever comes next will say so.
                T::LBrace => Ok(NULL_NODE),
                _ => {
                    self.tok_i += 1;
                    self.warn(ErrorTag::ExpectedSuffixOp);
                    Ok(NULL_NODE)
                }
            },
            _ => Ok(NULL_NODE),
        }
    }

    /// `.name`
    fn add_field_access(&mut self, lhs: NodeIndex) -> NodeIndex {
        let dot = self.next_token();
        let name = self.next_token();
        self.add_node(NodeTag::FieldAccess, dot, lhs, name)
    }

    fn expect_index_or_slice(&mut self, lhs: NodeIndex) -> Result<NodeIndex> {
        let lbracket = self.next_token();
        let start = self.expect_expr()?;
        if self.eat_token(T::Ellipsis2).is_none() {
            self.expect_token(T::RBracket)?;
            return Ok(self.add_node(NodeTag::ArrayAccess, lbracket, lhs, start));
        }
        let end = self.parse_expr()?;
        if self.eat_token(T::Colon).is_some() {
            let sentinel = self.expect_expr()?;
            self.expect_token(T::RBracket)?;
            let rhs = self.add_extra(&extra::SliceSentinel {
                start,
                end,
                sentinel,
            });
            return Ok(self.add_node(NodeTag::SliceSentinel, lbracket, lhs, rhs));
        }
        self.expect_token(T::RBracket)?;
        if end == NULL_NODE {
            return Ok(self.add_node(NodeTag::SliceOpen, lbracket, lhs, start));
        }
        let rhs = self.add_extra(&extra::Slice { start, end });
        Ok(self.add_node(NodeTag::Slice, lbracket, lhs, rhs))
    }

    #[inline(always)]
    fn parse_primary_type_expr(&mut self) -> Result<NodeIndex> {
        match self.current() {
            T::Identifier => {
                if self.peek(1) == T::Colon {
                    match self.peek(2) {
                        T::KeywordInline | T::KeywordFor | T::KeywordWhile => {
                            self.tok_i += 2;
                            return self.expect_loop(Self::expect_type_expr);
                        }
                        T::KeywordSwitch => {
                            self.tok_i += 2;
                            return self.expect_switch_expr(true);
                        }
                        T::LBrace => {
                            self.tok_i += 2;
                            return self.parse_block();
                        }
                        _ => {}
                    }
                }
                Ok(self.add_leaf(NodeTag::Identifier))
            }
            T::NumberLiteral => Ok(self.add_leaf(NodeTag::NumberLiteral)),
            T::StringLiteral => Ok(self.add_leaf(NodeTag::StringLiteral)),
            T::CharLiteral => Ok(self.add_leaf(NodeTag::CharLiteral)),
            T::KeywordUnreachable => Ok(self.add_leaf(NodeTag::UnreachableLiteral)),
            T::KeywordAnyframe => Ok(self.add_leaf(NodeTag::AnyframeLiteral)),
            T::Builtin => self.expect_builtin_call(),
            T::KeywordFn => self.parse_fn_proto(),
            T::KeywordIf => self.expect_if(Self::expect_type_expr),
            T::KeywordSwitch => self.expect_switch_expr(false),
            T::KeywordExtern | T::KeywordPacked => {
                self.tok_i += 1;
                self.parse_container_decl_auto()
            }
            T::KeywordStruct | T::KeywordOpaque | T::KeywordEnum | T::KeywordUnion => {
                self.parse_container_decl_auto()
            }
            T::KeywordComptime => {
                let token = self.next_token();
                let operand = self.expect_type_expr()?;
                Ok(self.add_node(NodeTag::Comptime, token, operand, 0))
            }
            T::MultilineStringLiteralLine => {
                let first = self.next_token();
                while self.eat_token(T::MultilineStringLiteralLine).is_some() {}
                Ok(self.add_node(
                    NodeTag::MultilineStringLiteral,
                    first,
                    first,
                    self.tok_i - 1,
                ))
            }
            T::KeywordInline | T::KeywordFor | T::KeywordWhile => {
                self.expect_loop(Self::expect_type_expr)
            }
            T::Period => match self.peek(1) {
                T::Identifier => Ok(self.add_enum_literal()),
                T::LBrace => self.expect_dot_init(),
                _ => Ok(NULL_NODE),
            },
            T::KeywordError => {
                if self.peek(1) == T::LBrace {
                    self.expect_error_set_decl()
                } else {
                    self.expect_error_value()
                }
            }
            T::LParen => {
                let lparen = self.next_token();
                let expr = self.expect_expr()?;
                let rparen = self.expect_token(T::RParen)?;
                Ok(self.add_node(NodeTag::GroupedExpression, lparen, expr, rparen))
            }
            _ => Ok(NULL_NODE),
        }
    }

    /// A node of one token.
    #[inline]
    pub(super) fn add_leaf(&mut self, tag: NodeTag) -> NodeIndex {
        let token = self.next_token();
        self.add_node(tag, token, 0, 0)
    }

    fn expect_error_set_decl(&mut self) -> Result<NodeIndex> {
        let error_token = self.tok_i;
        self.tok_i += 2;
        while self.eat_token(T::RBrace).is_none() {
            self.eat_doc_comments();
            self.expect_token(T::Identifier)?;
            if self.end_of_item(T::RBrace, ErrorTag::ExpectedCommaAfterField)? {
                break;
            }
        }
        let rbrace = self.tok_i - 1;
        Ok(self.add_node(NodeTag::ErrorSetDecl, error_token, 0, rbrace))
    }

    /// `error.name`
    fn expect_error_value(&mut self) -> Result<NodeIndex> {
        let error_token = self.next_token();
        let mut part = |tag: T| match self.eat_token(tag) {
            Some(token) => Ok(token),
            None if self.rules.error_value_is_whole => Err(self.fail_expected(tag)),
            // Reported and left 0.
            None => {
                self.warn_expected(tag);
                Ok(0)
            }
        };
        let period = part(T::Period)?;
        let identifier = part(T::Identifier)?;
        Ok(self.add_node(NodeTag::ErrorValue, error_token, period, identifier))
    }

    fn expect_builtin_call(&mut self) -> Result<NodeIndex> {
        let builtin_token = self.next_token();
        if self.eat_token(T::LParen).is_none() {
            self.warn(ErrorTag::ExpectedParamList);
            // It passes for a name.
            return Ok(self.add_node(NodeTag::Identifier, builtin_token, 0, 0));
        }
        let top = self.scratch.len();
        while self.eat_token(T::RParen).is_none() {
            let param = self.expect_expr()?;
            self.scratch.push(param);
            match self.current() {
                T::Comma => self.tok_i += 1,
                T::RParen => {
                    self.tok_i += 1;
                    break;
                }
                _ => self.warn(ErrorTag::ExpectedCommaAfterArg),
            }
        }
        let comma = self.behind(2) == T::Comma;
        let params = self.pop_pair(top);
        let tag = match (params.is_range(), comma) {
            (false, false) => NodeTag::BuiltinCallTwo,
            (false, true) => NodeTag::BuiltinCallTwoComma,
            (true, false) => NodeTag::BuiltinCall,
            (true, true) => NodeTag::BuiltinCallComma,
        };
        Ok(self.add_node(tag, builtin_token, params.lhs, params.rhs))
    }
}
