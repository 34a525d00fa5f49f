//! Expressions: which is written how, and the small ones.

use syntax::{NodeIndex, NodeTag, TokenTag};

use super::names::Quotes;
use super::output::{Indent, Space};
use super::state::{Done, Error, Render};
use crate::limits::MAX_DEPTH;

impl Render<'_, '_> {
    pub(super) fn expr(&mut self, node: NodeIndex, space: Space) -> Done {
        if self.depth == MAX_DEPTH {
            return Err(Error::TooDeep(node));
        }
        if self.out.is_done() {
            return Ok(());
        }
        self.check(node)?;
        self.depth += 1;
        let done = stacker::maybe_grow(128 << 10, 2 << 20, || self.expr_inner(node, space));
        self.depth -= 1;
        done?;
        // Here too: who comes next may be far away.
        self.check(node)
    }

    fn expr_inner(&mut self, node: NodeIndex, space: Space) -> Done {
        let tree = self.tree;
        let main = tree.main_token(node);
        let data = tree.node_data(node);
        match tree.node_tag(node) {
            NodeTag::NumberLiteral
            | NodeTag::CharLiteral
            | NodeTag::StringLiteral
            | NodeTag::UnreachableLiteral
            | NodeTag::AnyframeLiteral => self.token(main, space),
            NodeTag::Identifier => self.name(main, space, Quotes::UnlessShadowing),
            NodeTag::EnumLiteral => {
                self.token(main - 1, Space::None);
                self.name(main, space, Quotes::Eager);
            }
            NodeTag::ErrorValue => {
                self.tokens(main..=main + 1);
                self.name(main + 2, space, Quotes::Eager);
            }
            NodeTag::MultilineStringLiteral => self.multiline_string(node, space),
            NodeTag::GroupedExpression => {
                self.out.push_indent(Indent::Normal);
                self.token(main, Space::None);
                self.expr(data.lhs, Space::None)?;
                self.out.pop_indent();
                self.token(data.rhs, space);
            }

            NodeTag::BoolNot
            | NodeTag::BitNot
            | NodeTag::Negation
            | NodeTag::NegationWrap
            | NodeTag::OptionalType
            | NodeTag::AddressOf => {
                self.token(main, Space::None);
                self.expr(data.lhs, space)?;
            }
            NodeTag::Try
            | NodeTag::Await
            | NodeTag::Resume
            | NodeTag::Comptime
            | NodeTag::Nosuspend
            | NodeTag::Suspend => {
                self.token(main, Space::Soft);
                self.expr(data.lhs, space)?;
            }
            NodeTag::Defer => {
                self.token(main, Space::Soft);
                self.expr(data.rhs, space)?;
            }
            NodeTag::Errdefer => {
                self.token(main, Space::Soft);
                if data.lhs != 0 {
                    self.token(data.lhs - 1, Space::None);
                    self.name(data.lhs, Space::None, Quotes::UnlessShadowing);
                    self.token(data.lhs + 1, Space::Soft);
                }
                self.expr(data.rhs, space)?;
            }
            NodeTag::Return if data.lhs == 0 => self.token(main, space),
            NodeTag::Return => {
                self.token(main, Space::Soft);
                self.expr(data.lhs, space)?;
            }
            NodeTag::Break | NodeTag::Continue => self.jump(node, space)?,

            NodeTag::Catch => self.catch(node, space)?,
            NodeTag::FieldAccess => self.field_access(node, space)?,
            NodeTag::ErrorUnion | NodeTag::SwitchRange => {
                self.expr(data.lhs, Space::None)?;
                self.token(main, Space::None);
                self.expr(data.rhs, space)?;
            }
            NodeTag::ForRange => {
                self.expr(data.lhs, Space::None)?;
                if data.rhs == 0 {
                    self.token(main, space);
                } else {
                    self.token(main, Space::None);
                    self.expr(data.rhs, space)?;
                }
            }
            tag if is_assignment(tag) => {
                self.expr(data.lhs, Space::Blank)?;
                self.right_side(main, data.rhs, Indent::Assigned, space)?;
            }
            tag if is_operator(tag) => {
                self.expr(data.lhs, Space::Blank)?;
                self.right_side(main, data.rhs, Indent::Operand, space)?;
            }
            NodeTag::AssignDestructure => self.destructure(node, space)?,

            NodeTag::Deref => {
                self.expr(data.lhs, Space::None)?;
                self.token(main, space);
            }
            NodeTag::UnwrapOptional => {
                self.expr(data.lhs, Space::None)?;
                self.token(main, Space::None);
                self.token(data.rhs, space);
            }
            NodeTag::ArrayAccess => {
                let lbracket = self.first_token(data.rhs) - 1;
                let rbracket = self.last_token(data.rhs) + 1;
                self.expr(data.lhs, Space::None)?;
                let inner = self.bracket_space(lbracket, rbracket, &[data.rhs])?;
                if inner == Space::None && self.only_lines_count() {
                    self.token(rbracket, space);
                    return Ok(());
                }
                self.out.push_indent(Indent::Normal);
                self.token(lbracket, inner);
                self.expr(data.rhs, inner)?;
                self.out.pop_indent();
                self.token(rbracket, space);
            }
            NodeTag::SliceOpen | NodeTag::Slice | NodeTag::SliceSentinel => {
                self.slice(node, space)?;
            }

            NodeTag::ArrayInitOne
            | NodeTag::ArrayInitOneComma
            | NodeTag::ArrayInitDotTwo
            | NodeTag::ArrayInitDotTwoComma
            | NodeTag::ArrayInitDot
            | NodeTag::ArrayInitDotComma
            | NodeTag::ArrayInit
            | NodeTag::ArrayInitComma => {
                if let Some(full) = tree.full_array_init(node) {
                    self.array_init(full, space)?;
                }
            }
            NodeTag::StructInitOne
            | NodeTag::StructInitOneComma
            | NodeTag::StructInitDotTwo
            | NodeTag::StructInitDotTwoComma
            | NodeTag::StructInitDot
            | NodeTag::StructInitDotComma
            | NodeTag::StructInit
            | NodeTag::StructInitComma => {
                if let Some(full) = tree.full_struct_init(node) {
                    self.struct_init(full, space)?;
                }
            }
            NodeTag::CallOne
            | NodeTag::CallOneComma
            | NodeTag::AsyncCallOne
            | NodeTag::AsyncCallOneComma
            | NodeTag::Call
            | NodeTag::CallComma
            | NodeTag::AsyncCall
            | NodeTag::AsyncCallComma => {
                if let Some(full) = tree.full_call(node) {
                    self.word(full.async_token);
                    self.expr(full.ast.fn_expr, Space::None)?;
                    self.arguments(full.ast.lparen, &full.ast.params, space)?;
                }
            }
            NodeTag::BuiltinCallTwo
            | NodeTag::BuiltinCallTwoComma
            | NodeTag::BuiltinCall
            | NodeTag::BuiltinCallComma => {
                if let Some(params) = tree.builtin_call_params(node) {
                    let name = self.cast_in_order(main, &params);
                    self.builtin_call(name, &params, space)?;
                }
            }

            NodeTag::BlockTwo
            | NodeTag::BlockTwoSemicolon
            | NodeTag::Block
            | NodeTag::BlockSemicolon => self.block(node, space)?,
            NodeTag::If | NodeTag::IfSimple => {
                if let Some(full) = tree.full_if(node) {
                    self.if_expr(full, space)?;
                }
            }
            NodeTag::While | NodeTag::WhileSimple | NodeTag::WhileCont => {
                if let Some(full) = tree.full_while(node) {
                    self.while_expr(full, space)?;
                }
            }
            NodeTag::For | NodeTag::ForSimple => {
                if let Some(full) = tree.full_for(node) {
                    self.for_expr(full, space)?;
                }
            }
            NodeTag::Switch | NodeTag::SwitchComma => {
                if let Some(full) = tree.full_switch(node) {
                    self.switch(node, full, space)?;
                }
            }
            NodeTag::SwitchCaseOne
            | NodeTag::SwitchCaseInlineOne
            | NodeTag::SwitchCase
            | NodeTag::SwitchCaseInline => {
                if let Some(full) = tree.full_switch_case(node) {
                    self.switch_case(full, space)?;
                }
            }
            NodeTag::Asm | NodeTag::AsmLegacy | NodeTag::AsmSimple => {
                if let Some(full) = tree.full_asm(node) {
                    self.assembly(node, full, space)?;
                }
            }

            NodeTag::ArrayType | NodeTag::ArrayTypeSentinel => {
                if let Some(full) = tree.full_array_type(node) {
                    self.array_type(full, space)?;
                }
            }
            NodeTag::PtrTypeAligned
            | NodeTag::PtrTypeSentinel
            | NodeTag::PtrType
            | NodeTag::PtrTypeBitRange => {
                if let Some(full) = tree.full_ptr_type(node) {
                    self.ptr_type(full, space)?;
                }
            }
            NodeTag::AnyframeType if data.rhs == 0 => self.token(main, space),
            NodeTag::AnyframeType => {
                self.tokens(main..=main + 1);
                self.expr(data.rhs, space)?;
            }
            NodeTag::ErrorSetDecl => self.error_set(node, space),
            NodeTag::FnProtoSimple
            | NodeTag::FnProtoMulti
            | NodeTag::FnProtoOne
            | NodeTag::FnProto => {
                if let Some(full) = tree.full_fn_proto(node) {
                    self.fn_proto(full, space)?;
                }
            }
            NodeTag::ContainerDecl
            | NodeTag::ContainerDeclTrailing
            | NodeTag::ContainerDeclTwo
            | NodeTag::ContainerDeclTwoTrailing
            | NodeTag::ContainerDeclArg
            | NodeTag::ContainerDeclArgTrailing
            | NodeTag::TaggedUnion
            | NodeTag::TaggedUnionTrailing
            | NodeTag::TaggedUnionTwo
            | NodeTag::TaggedUnionTwoTrailing
            | NodeTag::TaggedUnionEnumTag
            | NodeTag::TaggedUnionEnumTagTrailing => {
                if let Some(full) = tree.full_container_decl(node) {
                    self.container(node, full, space)?;
                }
            }
            // What else there is stands only in places that see to it.
            _ => return Err(Error::NoLayout(node)),
        }
        Ok(())
    }

    /// Nothing inside brackets on one line, else newlines. `inside` is what stands between them.
    pub(super) fn bracket_space(
        &mut self,
        opening: u32,
        closing: u32,
        inside: &[NodeIndex],
    ) -> Result<Space, Error> {
        if !self.same_line(opening, closing) {
            return Ok(Space::Newline);
        }
        if self.rules.brackets_around_lines_break {
            for &node in inside {
                if self.has_lines(node)? {
                    return Ok(Space::Newline);
                }
            }
        }
        Ok(Space::None)
    }

    /// A space behind a token, or the newline that is there.
    pub(super) fn space_as_written(&self, token: u32, next: u32) -> Space {
        if self.same_line(token, next) {
            Space::Blank
        } else {
            Space::Newline
        }
    }

    /// What is behind an operator or an equals sign: a space, or the newline that is there, or one before a
    /// multiline string.
    pub(super) fn space_before_value(&self, token: u32, value: u32) -> Space {
        if self.rules.lines_before_multiline_strings
            && self.tag(value) == TokenTag::MultilineStringLiteralLine
        {
            return Space::Newline;
        }
        self.space_as_written(token, value)
    }

    /// An operator and what stands to its right.
    pub(super) fn right_side(
        &mut self,
        operator: u32,
        value: NodeIndex,
        indent: Indent,
        space: Space,
    ) -> Done {
        self.out.push_indent(indent);
        self.token(operator, self.space_before_value(operator, operator + 1));
        self.expr(value, space)?;
        self.out.pop_indent();
        Ok(())
    }

    /// A keyword with an argument in parentheses, as in `align(4)`.
    pub(super) fn clause(&mut self, argument: NodeIndex, space: Space) -> Done {
        let first = self.first_token(argument);
        self.tokens(first - 2..=first - 1);
        self.expr(argument, Space::None)?;
        self.token(self.last_token(argument) + 1, space);
        Ok(())
    }

    fn jump(&mut self, node: NodeIndex, space: Space) -> Done {
        let main = self.tree.main_token(node);
        let data = self.tree.node_data(node);
        let (label, value) = (data.lhs, data.rhs);
        let before_value = if value == 0 { space } else { Space::Soft };
        if label == 0 {
            self.token(main, before_value);
        } else {
            self.token(main, Space::Blank);
            self.token(label - 1, Space::None);
            self.name(label, before_value, Quotes::Eager);
        }
        if value != 0 {
            self.expr(value, space)?;
        }
        Ok(())
    }

    fn catch(&mut self, node: NodeIndex, space: Space) -> Done {
        let main = self.tree.main_token(node);
        let data = self.tree.node_data(node);
        let fallback = self.first_token(data.rhs);
        let before_fallback = self.space_before_value(main, fallback);
        self.expr(data.lhs, Space::Blank)?;
        self.out.push_indent(Indent::Normal);
        if self.tag(fallback - 1) == TokenTag::Pipe {
            self.token(main, Space::Blank);
            self.token(main + 1, Space::None);
            self.name(main + 2, Space::None, Quotes::UnlessShadowing);
            self.token(main + 3, before_fallback);
        } else {
            self.token(main, before_fallback);
        }
        self.expr(data.rhs, space)?;
        self.out.pop_indent();
        Ok(())
    }

    fn field_access(&mut self, node: NodeIndex, space: Space) -> Done {
        let dot = self.tree.main_token(node);
        let data = self.tree.node_data(node);
        self.out.push_indent(Indent::Chain);
        let last = self.last_token(data.lhs);
        let is_same_line = self.same_line(last, dot + 1);
        // Or the dot would be one of the number's.
        let before_dot = if self.rules.number_before_field_spaced
            && is_same_line
            && self.tag(last) == TokenTag::NumberLiteral
        {
            Space::Blank
        } else {
            Space::None
        };
        self.expr(data.lhs, before_dot)?;
        // The dot may begin a line.
        if !is_same_line && !self.layout.has_comment(last, dot) {
            self.out.newline();
        }
        self.token(dot, Space::None);
        self.name(data.rhs, space, Quotes::Eager);
        self.out.pop_indent();
        Ok(())
    }

    fn slice(&mut self, node: NodeIndex, space: Space) -> Done {
        let tree = self.tree;
        let Some(slice) = tree.full_slice(node) else {
            return Ok(());
        };
        let slice = slice.ast;
        let is_wide = |part| part != 0 && takes_space_in_slice(tree.node_tag(part));
        let (before_dots, behind_dots) = if is_wide(slice.start) || is_wide(slice.end) {
            (Space::Blank, Space::Soft)
        } else {
            (Space::None, Space::None)
        };
        let before_sentinel = if slice.sentinel == 0 {
            Space::None
        } else {
            Space::Blank
        };
        self.expr(slice.sliced, Space::None)?;
        self.token(slice.lbracket, Space::None);
        self.expr(slice.start, before_dots)?;
        let dots = self.last_token(slice.start) + 1;
        if slice.end == 0 {
            self.token(dots, before_sentinel);
        } else {
            self.token(dots, behind_dots);
            self.expr(slice.end, before_sentinel)?;
        }
        if slice.sentinel != 0 {
            self.token(self.first_token(slice.sentinel) - 1, Space::None);
            self.expr(slice.sentinel, Space::None)?;
        }
        self.token(self.last_token(node), space);
        Ok(())
    }

    fn destructure(&mut self, node: NodeIndex, space: Space) -> Done {
        let full = self.tree.assign_destructure(node);
        self.soft_word(full.comptime_token);
        let variables = full.ast.variables;
        for (i, &variable) in variables.iter().enumerate() {
            let after = if i + 1 == variables.len() {
                Space::Soft
            } else {
                Space::CommaSoft
            };
            match self.tree.full_var_decl(variable) {
                Some(mut declaration) => {
                    // It stands before all of them, and is written already.
                    declaration.comptime_token = None;
                    self.var_decl(declaration, after)?;
                }
                None => self.expr(variable, after)?,
            }
        }
        self.right_side(
            full.ast.equal_token,
            full.ast.value_expr,
            Indent::Assigned,
            space,
        )
    }
}

fn is_assignment(tag: NodeTag) -> bool {
    (NodeTag::AssignMul..=NodeTag::Assign).contains(&tag)
}

/// Binary operators with spaces around them, but for `catch`.
fn is_operator(tag: NodeTag) -> bool {
    (NodeTag::EqualEqual..=NodeTag::GreaterOrEqual).contains(&tag)
        || (NodeTag::MergeErrorSets..=NodeTag::BoolOr).contains(&tag)
}

/// Whether a bound of this kind has its slice written with spaces around the dots. Saturating operators were
/// forgotten in the reference.
fn takes_space_in_slice(tag: NodeTag) -> bool {
    match tag {
        NodeTag::MulSat
        | NodeTag::AddSat
        | NodeTag::SubSat
        | NodeTag::ShlSat
        | NodeTag::AssignShlSat
        | NodeTag::AssignMulSat
        | NodeTag::AssignAddSat
        | NodeTag::AssignSubSat => false,
        NodeTag::Catch | NodeTag::ErrorUnion => true,
        _ => is_assignment(tag) || is_operator(tag),
    }
}
