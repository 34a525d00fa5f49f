//! Containers and their members: fields, tests, functions, declarations.

use std::ops::ControlFlow;

use super::{NULL_NODE, NodePair, ParseError, Parser, Result};
use crate::ast::AstError;
use crate::error_tag::ErrorTag;
use crate::extra;
use crate::node::NodeTag;
use crate::token::TokenTag as T;
use crate::{NodeIndex, TokenIndex};

/// What has been seen of a container's fields; they must stand together.
#[derive(Clone, Copy)]
enum FieldState {
    /// No field.
    None,
    /// Fields, and nothing since.
    Seen,
    /// Fields, and then this declaration.
    End(NodeIndex),
    /// It has been reported that they do not.
    Reported,
}

struct MemberState {
    fields: FieldState,
    last_field: TokenIndex,
    trailing: bool,
}

/// The members of a container.
pub(super) struct Members {
    nodes: NodePair,
    /// Whether a comma or semicolon stands before the closing brace.
    trailing: bool,
}

impl Members {
    /// As a range in any case.
    pub(super) fn into_span(self, p: &mut Parser<'_>) -> extra::SubRange {
        let NodePair { len, lhs, rhs } = self.nodes;
        if self.nodes.is_range() {
            extra::SubRange {
                start: lhs,
                end: rhs,
            }
        } else {
            p.list_to_span(&[lhs, rhs][..len])
        }
    }
}

/// Parameters of a function: none or one, or a range.
enum Params {
    ZeroOrOne(NodeIndex),
    Multi(extra::SubRange),
}

impl Parser<'_> {
    pub(super) fn parse_root(&mut self) {
        let members = self.parse_container_members();
        let span = members.into_span(self);
        if self.current() != T::Eof {
            self.warn_expected(T::Eof);
        }
        self.nodes.set(0, NodeTag::Root, 0, span.start, span.end);
    }

    pub(super) fn parse_zon(&mut self) {
        let Ok(value) = self.expect_expr() else {
            return;
        };
        if self.current() != T::Eof {
            self.warn_expected(T::Eof);
        }
        self.nodes.set(0, NodeTag::Root, 0, value, 0);
    }

    /// Everything up to the closing brace or the end of the text. Errors in a member are dealt with here.
    pub(super) fn parse_container_members(&mut self) -> Members {
        let top = self.scratch.len();
        let mut state = MemberState {
            fields: FieldState::None,
            last_field: 0,
            trailing: false,
        };

        while self.eat_token(T::ContainerDocComment).is_some() {}

        loop {
            let doc_comment = self.eat_doc_comments();
            match self.current() {
                T::KeywordTest => {
                    if let Some(token) = doc_comment {
                        self.warn_msg(AstError::new(ErrorTag::TestDocComment, token));
                    }
                    let node = self.recover_member(Self::expect_test_decl);
                    self.add_decl(&mut state, node);
                    state.trailing = false;
                }
                T::KeywordComptime if self.peek(1) == T::LBrace => {
                    if let Some(token) = doc_comment {
                        self.warn_msg(AstError::new(ErrorTag::ComptimeDocComment, token));
                    }
                    let comptime_token = self.next_token();
                    let block = self.recover_member(Self::parse_block);
                    if block != NULL_NODE {
                        let node = self.add_node(NodeTag::Comptime, comptime_token, block, 0);
                        self.add_decl(&mut state, node);
                    }
                    state.trailing = false;
                }
                T::KeywordPub => {
                    self.tok_i += 1;
                    let node = self.recover_member(Self::expect_top_level_decl);
                    self.add_decl(&mut state, node);
                    state.trailing = self.behind(1) == T::Semicolon;
                }
                T::KeywordUsingnamespace => {
                    let node = self.recover_member(Self::expect_using_namespace);
                    self.add_decl(&mut state, node);
                    state.trailing = self.behind(1) == T::Semicolon;
                }
                T::KeywordExtern | T::KeywordInline if self.at_modified_field() => {
                    if self.field_member(&mut state).is_break() {
                        break;
                    }
                }
                T::KeywordConst
                | T::KeywordVar
                | T::KeywordThreadlocal
                | T::KeywordExport
                | T::KeywordExtern
                | T::KeywordInline
                | T::KeywordNoinline
                | T::KeywordFn => {
                    let node = self.recover_member(Self::expect_top_level_decl);
                    self.add_decl(&mut state, node);
                    state.trailing = self.behind(1) == T::Semicolon;
                }
                T::Eof | T::RBrace => {
                    if let Some(token) = doc_comment {
                        self.warn_msg(AstError::new(ErrorTag::UnattachedDocComment, token));
                    }
                    break;
                }
                tag => {
                    if tag != T::KeywordComptime {
                        let before = self.scratch.len();
                        match self.parse_c_style_container() {
                            Ok(true) => continue,
                            Ok(false) => {}
                            Err(ParseError) => self.scratch.truncate(before),
                        }
                    }
                    if self.field_member(&mut state).is_break() {
                        break;
                    }
                }
            }
        }

        Members {
            nodes: self.pop_pair(top),
            trailing: state.trailing,
        }
    }

    /// Parses a member; if that fails, skips to the next and gives 0.
    fn recover_member(&mut self, parse: impl FnOnce(&mut Self) -> Result<NodeIndex>) -> NodeIndex {
        let top = self.scratch.len();
        match parse(self) {
            Ok(node) => node,
            Err(ParseError) => {
                self.scratch.truncate(top);
                self.find_next_container_member();
                NULL_NODE
            }
        }
    }

    fn add_decl(&mut self, state: &mut MemberState, node: NodeIndex) {
        if node == NULL_NODE {
            return;
        }
        if let FieldState::Seen = state.fields {
            state.fields = FieldState::End(node);
        }
        self.scratch.push(node);
    }

    /// At an `extern` or `inline`: whether it belongs to the type of a field.
    fn at_modified_field(&self) -> bool {
        self.rules.fields_begin_with_modifiers
            && match self.current() {
                T::KeywordExtern => matches!(
                    self.peek(1),
                    T::KeywordStruct | T::KeywordUnion | T::KeywordEnum | T::KeywordOpaque
                ),
                _ => matches!(self.peek(1), T::KeywordFor | T::KeywordWhile),
            }
    }

    /// A field and the comma after it. Breaks at the end of the container.
    fn field_member(&mut self, state: &mut MemberState) -> ControlFlow<()> {
        let identifier = self.tok_i;
        let is_told_first = self.rules.declarations_between_fields_are_told_first;
        if is_told_first {
            self.field_seen(state, identifier);
        }
        let field = self.recover_member(Self::expect_container_field);
        if field == NULL_NODE {
            state.last_field = identifier;
            return ControlFlow::Continue(());
        }
        if !is_told_first {
            self.field_seen(state, identifier);
        }
        state.last_field = identifier;
        self.scratch.push(field);
        match self.current() {
            T::Comma => {
                self.tok_i += 1;
                state.trailing = true;
                return ControlFlow::Continue(());
            }
            T::RBrace | T::Eof => {
                state.trailing = false;
                return ControlFlow::Break(());
            }
            _ => {}
        }
        self.warn(ErrorTag::ExpectedCommaAfterField);
        if self.current() == T::Semicolon && self.tag_of(identifier) == T::Identifier {
            self.warn_msg(AstError::note(ErrorTag::VarConstDecl, identifier));
        }
        self.find_next_container_member();
        ControlFlow::Continue(())
    }

    /// The field that begins with `identifier` must not stand behind declarations that stand behind a field.
    fn field_seen(&mut self, state: &mut MemberState, identifier: TokenIndex) {
        match state.fields {
            FieldState::None => state.fields = FieldState::Seen,
            FieldState::Seen | FieldState::Reported => {}
            FieldState::End(decl) => {
                let decl_token = self.main_token(decl);
                self.warn_msg(AstError::new(ErrorTag::DeclBetweenFields, decl_token));
                self.warn_msg(AstError::note(ErrorTag::PreviousField, state.last_field));
                self.warn_msg(AstError::note(ErrorTag::NextField, identifier));
                state.fields = FieldState::Reported;
            }
        }
    }

    fn expect_test_decl(&mut self) -> Result<NodeIndex> {
        let test_token = self.next_token();
        let name_token = match self.current() {
            T::StringLiteral | T::Identifier => self.next_token(),
            _ => 0,
        };
        let block = self.parse_block()?;
        if block == NULL_NODE {
            return Err(self.fail(ErrorTag::ExpectedBlock));
        }
        Ok(self.add_node(NodeTag::TestDecl, test_token, name_token, block))
    }

    /// A function or variable, or what `pub` may stand before besides. 0 after an error that needs no
    /// skipping.
    fn expect_top_level_decl(&mut self) -> Result<NodeIndex> {
        let first = self.tok_i;
        let mut is_extern = false;
        let mut expect_fn = false;
        let mut expect_var_or_fn = false;
        match self.current() {
            T::KeywordExtern => {
                self.tok_i += 1;
                self.eat_token(T::StringLiteral);
                is_extern = true;
                expect_var_or_fn = true;
            }
            T::KeywordExport => {
                self.tok_i += 1;
                expect_var_or_fn = true;
            }
            T::KeywordInline | T::KeywordNoinline => {
                self.tok_i += 1;
                expect_fn = true;
            }
            _ => {}
        }
        let fn_proto = self.parse_fn_proto()?;
        if fn_proto != NULL_NODE {
            return match self.current() {
                T::Semicolon => {
                    self.tok_i += 1;
                    Ok(fn_proto)
                }
                T::LBrace if is_extern => {
                    self.warn_msg(AstError::new(ErrorTag::ExternFnBody, first));
                    Ok(NULL_NODE)
                }
                T::LBrace => {
                    let fn_decl = self.reserve_node(NodeTag::FnDecl);
                    match self.parse_block() {
                        Ok(body) => {
                            let main_token = self.main_token(fn_proto);
                            self.nodes
                                .set(fn_decl, NodeTag::FnDecl, main_token, fn_proto, body);
                            Ok(fn_decl)
                        }
                        Err(error) => {
                            self.unreserve_node(fn_decl);
                            Err(error)
                        }
                    }
                }
                _ => {
                    // A block fails only for want of its closing brace, so the function most likely ends
                    // here.
                    self.warn(ErrorTag::ExpectedSemiOrLbrace);
                    Ok(NULL_NODE)
                }
            };
        }
        if expect_fn {
            return Err(self.fail(ErrorTag::ExpectedFn));
        }

        let thread_local_token = self.eat_token(T::KeywordThreadlocal);
        let var_decl = self.parse_global_var_decl()?;
        if var_decl != NULL_NODE {
            return Ok(var_decl);
        }
        if thread_local_token.is_some() {
            return Err(self.fail(ErrorTag::ExpectedVarDecl));
        }
        if expect_var_or_fn {
            return Err(self.fail(ErrorTag::ExpectedVarDeclOrFn));
        }
        if self.current() != T::KeywordUsingnamespace {
            return Err(self.fail(ErrorTag::ExpectedPubItem));
        }
        self.expect_using_namespace()
    }

    fn expect_using_namespace(&mut self) -> Result<NodeIndex> {
        let token = self.next_token();
        let expr = self.expect_expr()?;
        self.expect_semicolon(ErrorTag::ExpectedSemiAfterDecl, false)?;
        Ok(self.add_node(NodeTag::Usingnamespace, token, expr, 0))
    }

    /// The prototype's node comes before its operands.
    pub(super) fn parse_fn_proto(&mut self) -> Result<NodeIndex> {
        let Some(fn_token) = self.eat_token(T::KeywordFn) else {
            return Ok(NULL_NODE);
        };
        let node = self.reserve_node(NodeTag::FnProto);
        match self.finish_fn_proto(node, fn_token) {
            Ok(()) => Ok(node),
            Err(error) => {
                self.unreserve_node(node);
                Err(error)
            }
        }
    }

    fn finish_fn_proto(&mut self, node: NodeIndex, fn_token: TokenIndex) -> Result<()> {
        self.eat_token(T::Identifier);
        let params = self.parse_param_decl_list()?;
        let align_expr = self.parse_byte_align()?;
        let addrspace_expr = self.parse_addr_space()?;
        let section_expr = self.parse_link_section()?;
        let callconv_expr = self.parse_callconv()?;
        self.eat_token(T::Bang);

        let return_type = self.parse_type_expr()?;
        if return_type == NULL_NODE {
            self.warn(ErrorTag::ExpectedReturnType);
        }

        let is_plain = align_expr | addrspace_expr | section_expr | callconv_expr == 0;
        let (tag, lhs) = match (params, is_plain) {
            (Params::ZeroOrOne(param), true) => (NodeTag::FnProtoSimple, param),
            (Params::Multi(span), true) => (NodeTag::FnProtoMulti, self.add_extra(&span)),
            (Params::ZeroOrOne(param), false) => (
                NodeTag::FnProtoOne,
                self.add_extra(&extra::FnProtoOne {
                    param,
                    align_expr,
                    addrspace_expr,
                    section_expr,
                    callconv_expr,
                }),
            ),
            (Params::Multi(span), false) => (
                NodeTag::FnProto,
                self.add_extra(&extra::FnProto {
                    params_start: span.start,
                    params_end: span.end,
                    align_expr,
                    addrspace_expr,
                    section_expr,
                    callconv_expr,
                }),
            ),
        };
        self.nodes.set(node, tag, fn_token, lhs, return_type);
        Ok(())
    }

    fn parse_param_decl_list(&mut self) -> Result<Params> {
        enum Varargs {
            None,
            Seen,
            Nonfinal(TokenIndex),
        }

        self.expect_token(T::LParen)?;
        let top = self.scratch.len();
        let mut varargs = Varargs::None;
        while self.eat_token(T::RParen).is_none() {
            if let Varargs::Seen = varargs {
                varargs = Varargs::Nonfinal(self.tok_i);
                if self.rules.parameters_behind_varargs_are_told_at_once {
                    self.warn(ErrorTag::VarargsNonfinal);
                }
            }
            let param = self.expect_param_decl()?;
            if param != NULL_NODE {
                self.scratch.push(param);
            } else if self.behind(1) == T::Ellipsis3 && matches!(varargs, Varargs::None) {
                varargs = Varargs::Seen;
            }
            if self.end_of_item(T::RParen, ErrorTag::ExpectedCommaAfterParam)? {
                break;
            }
        }
        if let Varargs::Nonfinal(token) = varargs
            && !self.rules.parameters_behind_varargs_are_told_at_once
        {
            self.warn_msg(AstError::new(ErrorTag::VarargsNonfinal, token));
        }
        if self.scratch.len() - top > 1 {
            Ok(Params::Multi(self.pop_span(top)))
        } else {
            Ok(Params::ZeroOrOne(self.pop_pair(top).lhs))
        }
    }

    /// Gives 0 for `anytype` and `...`, which have no node.
    fn expect_param_decl(&mut self) -> Result<NodeIndex> {
        if self.rules.varargs_have_no_doc_comments && self.eat_token(T::Ellipsis3).is_some() {
            return Ok(NULL_NODE);
        }
        self.eat_doc_comments();
        match self.current() {
            T::KeywordNoalias | T::KeywordComptime => self.tok_i += 1,
            T::Ellipsis3 if !self.rules.varargs_have_no_doc_comments => {
                self.tok_i += 1;
                return Ok(NULL_NODE);
            }
            _ => {}
        }
        if self.current() == T::Identifier && self.peek(1) == T::Colon {
            self.tok_i += 2;
        }
        if self.eat_token(T::KeywordAnytype).is_some() {
            return Ok(NULL_NODE);
        }
        self.expect_type_expr()
    }

    /// A variable up to its initializer, for which the right data word is still 0.
    #[inline(always)]
    pub(super) fn parse_var_decl_proto(&mut self) -> Result<NodeIndex> {
        if !matches!(self.current(), T::KeywordConst | T::KeywordVar) {
            return Ok(NULL_NODE);
        }
        let mut_token = self.next_token();
        self.expect_token(T::Identifier)?;
        let type_node = match self.eat_token(T::Colon) {
            Some(_) => self.expect_type_expr()?,
            None => NULL_NODE,
        };
        let align_node = self.parse_byte_align()?;
        let addrspace_node = self.parse_addr_space()?;
        let section_node = self.parse_link_section()?;

        let (tag, lhs) = if section_node != NULL_NODE || addrspace_node != NULL_NODE {
            let payload = extra::GlobalVarDecl {
                type_node,
                align_node,
                addrspace_node,
                section_node,
            };
            (NodeTag::GlobalVarDecl, self.add_extra(&payload))
        } else if align_node == NULL_NODE {
            (NodeTag::SimpleVarDecl, type_node)
        } else if type_node == NULL_NODE {
            (NodeTag::AlignedVarDecl, align_node)
        } else {
            let payload = extra::LocalVarDecl {
                type_node,
                align_node,
            };
            (NodeTag::LocalVarDecl, self.add_extra(&payload))
        };
        Ok(self.add_node(tag, mut_token, lhs, 0))
    }

    fn parse_global_var_decl(&mut self) -> Result<NodeIndex> {
        let var_decl = self.parse_var_decl_proto()?;
        if var_decl == NULL_NODE {
            return Ok(NULL_NODE);
        }
        let has_init = match self.current() {
            T::EqualEqual => {
                self.warn(ErrorTag::WrongEqualVarDecl);
                true
            }
            T::Equal => true,
            _ => false,
        };
        if has_init {
            self.tok_i += 1;
            let init = self.expect_expr()?;
            self.nodes[var_decl].data.rhs = init;
        }
        self.expect_semicolon(ErrorTag::ExpectedSemiAfterDecl, false)?;
        Ok(var_decl)
    }

    fn expect_container_field(&mut self) -> Result<NodeIndex> {
        self.eat_token(T::KeywordComptime);
        let main_token = self.tok_i;
        if self.current() == T::Identifier && self.peek(1) == T::Colon {
            self.tok_i += 2;
        }
        let type_expr = self.expect_type_expr()?;
        let align_expr = self.parse_byte_align()?;
        let value_expr = match self.eat_token(T::Equal) {
            Some(_) => self.expect_expr()?,
            None => NULL_NODE,
        };
        let (tag, rhs) = if align_expr == NULL_NODE {
            (NodeTag::ContainerFieldInit, value_expr)
        } else if value_expr == NULL_NODE {
            (NodeTag::ContainerFieldAlign, align_expr)
        } else {
            let payload = extra::ContainerField {
                align_expr,
                value_expr,
            };
            (NodeTag::ContainerField, self.add_extra(&payload))
        };
        Ok(self.add_node(tag, main_token, type_expr, rhs))
    }

    /// From the container's keyword on, behind `extern` or `packed`.
    pub(super) fn parse_container_decl_auto(&mut self) -> Result<NodeIndex> {
        let main_token = self.next_token();
        let arg = match self.tag_of(main_token) {
            T::KeywordOpaque => NULL_NODE,
            T::KeywordStruct | T::KeywordEnum => match self.eat_token(T::LParen) {
                Some(_) => self.expect_expr_and_rparen()?,
                None => NULL_NODE,
            },
            T::KeywordUnion => {
                if self.eat_token(T::LParen).is_none() {
                    NULL_NODE
                } else if self.eat_token(T::KeywordEnum).is_none() {
                    self.expect_expr_and_rparen()?
                } else if self.eat_token(T::LParen).is_some() {
                    let enum_tag = self.expect_expr_and_rparen()?;
                    self.expect_token(T::RParen)?;
                    self.expect_token(T::LBrace)?;
                    let members = self.parse_container_members();
                    let tag = if members.trailing {
                        NodeTag::TaggedUnionEnumTagTrailing
                    } else {
                        NodeTag::TaggedUnionEnumTag
                    };
                    let span = members.into_span(self);
                    self.expect_token(T::RBrace)?;
                    let rhs = self.add_extra(&span);
                    return Ok(self.add_node(tag, main_token, enum_tag, rhs));
                } else {
                    self.expect_token(T::RParen)?;
                    let Members { nodes, trailing } = self.expect_braced_members()?;
                    let tag = match (nodes.is_range(), trailing) {
                        (false, false) => NodeTag::TaggedUnionTwo,
                        (false, true) => NodeTag::TaggedUnionTwoTrailing,
                        (true, false) => NodeTag::TaggedUnion,
                        (true, true) => NodeTag::TaggedUnionTrailing,
                    };
                    return Ok(self.add_node(tag, main_token, nodes.lhs, nodes.rhs));
                }
            }
            _ => {
                self.tok_i = main_token;
                return Err(self.fail(ErrorTag::ExpectedContainer));
            }
        };
        let members = self.expect_braced_members()?;
        if arg != NULL_NODE {
            let tag = if members.trailing {
                NodeTag::ContainerDeclArgTrailing
            } else {
                NodeTag::ContainerDeclArg
            };
            let span = members.into_span(self);
            let rhs = self.add_extra(&span);
            return Ok(self.add_node(tag, main_token, arg, rhs));
        }
        let Members { nodes, trailing } = members;
        let tag = match (nodes.is_range(), trailing) {
            (false, false) => NodeTag::ContainerDeclTwo,
            (false, true) => NodeTag::ContainerDeclTwoTrailing,
            (true, false) => NodeTag::ContainerDecl,
            (true, true) => NodeTag::ContainerDeclTrailing,
        };
        Ok(self.add_node(tag, main_token, nodes.lhs, nodes.rhs))
    }

    fn expect_braced_members(&mut self) -> Result<Members> {
        self.expect_token(T::LBrace)?;
        let members = self.parse_container_members();
        self.expect_token(T::RBrace)?;
        Ok(members)
    }

    /// `struct Foo {};` as in C: reported with a hint, and passed over. False if it is something else.
    pub(super) fn parse_c_style_container(&mut self) -> Result<bool> {
        let keyword = self.current();
        if !matches!(keyword, T::KeywordEnum | T::KeywordUnion | T::KeywordStruct) {
            return Ok(false);
        }
        let identifier = self.tok_i + 1;
        if self.tag_of(identifier) != T::Identifier {
            return Ok(false);
        }
        self.tok_i += 2;
        self.warn_msg(AstError::new(ErrorTag::CStyleContainer, identifier).with_tag(keyword));
        self.warn_msg(AstError::note(ErrorTag::ZigStyleContainer, identifier).with_tag(keyword));
        self.nested(Self::expect_braced_members)?;
        self.expect_semicolon(ErrorTag::ExpectedSemiAfterDecl, true)?;
        Ok(true)
    }

    // Clauses of declarations, each a keyword and an operand in parentheses.

    pub(super) fn parse_byte_align(&mut self) -> Result<NodeIndex> {
        self.parse_clause(T::KeywordAlign)
    }

    pub(super) fn parse_addr_space(&mut self) -> Result<NodeIndex> {
        self.parse_clause(T::KeywordAddrspace)
    }

    pub(super) fn parse_link_section(&mut self) -> Result<NodeIndex> {
        self.parse_clause(T::KeywordLinksection)
    }

    fn parse_callconv(&mut self) -> Result<NodeIndex> {
        self.parse_clause(T::KeywordCallconv)
    }

    #[inline]
    fn parse_clause(&mut self, keyword: T) -> Result<NodeIndex> {
        if self.eat_token(keyword).is_none() {
            return Ok(NULL_NODE);
        }
        self.expect_token(T::LParen)?;
        self.expect_expr_and_rparen()
    }

    pub(super) fn expect_expr_and_rparen(&mut self) -> Result<NodeIndex> {
        let expr = self.expect_expr()?;
        self.expect_token(T::RParen)?;
        Ok(expr)
    }
}
