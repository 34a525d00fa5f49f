//! Blocks, branches, loops and the declarations in blocks.

use syntax::full::{For, If, Switch, SwitchCase, VarDecl, While, WhileComponents};
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::names::Quotes;
use super::output::{Indent, Space};
use super::state::{Done, Render};

/// What follows the head of an `if`, a `while` or a `for`.
struct Branches {
    then: NodeIndex,
    else_token: TokenIndex,
    error_token: Option<TokenIndex>,
    /// 0 if there is none.
    otherwise: NodeIndex,
}

impl Render<'_, '_> {
    pub(super) fn block(&mut self, node: NodeIndex, space: Space) -> Done {
        let tree = self.tree;
        let lbrace = tree.main_token(node);
        let rbrace = self.layout.closing(lbrace);
        if lbrace >= 2
            && self.tag(lbrace - 1) == TokenTag::Colon
            && self.tag(lbrace - 2) == TokenTag::Identifier
        {
            self.label(Some(lbrace - 2));
        }
        let Some(statements) = tree.block_statements(node) else {
            return Ok(());
        };
        self.out.push_indent(Indent::Normal);
        if statements.is_empty() {
            self.token(lbrace, Space::None);
        } else {
            self.token(lbrace, Space::Newline);
        }
        for (i, &statement) in statements.iter().enumerate() {
            if i > 0 {
                self.extra_newline(self.first_token(statement));
            }
            self.out.begin_item(Space::Semicolon);
            match tree.full_var_decl(statement) {
                Some(declaration) => self.var_decl(declaration, Space::Semicolon)?,
                None => self.expr(statement, Space::Semicolon)?,
            }
            self.out.end_item();
        }
        self.out.pop_indent();
        self.token(rbrace, space);
        Ok(())
    }

    pub(super) fn var_decl(&mut self, full: VarDecl, space: Space) -> Done {
        self.word(full.visib_token);
        self.word(full.extern_export_token);
        if full.extern_export_token.is_some() {
            self.word(full.lib_name);
        }
        self.word(full.threadlocal_token);
        self.word(full.comptime_token);
        let ast = full.ast;
        self.token(ast.mut_token, Space::Blank);

        // What is there after the name, and what of it is the last.
        let clauses = [ast.align_node, ast.addrspace_node, ast.section_node];
        let last_clause = clauses.iter().rposition(|&clause| clause != 0);
        let has_init = ast.init_node != 0;
        let has_more = last_clause.is_some() || has_init;
        let name = ast.mut_token + 1;
        let after_name = match (ast.type_node, has_more) {
            (0, false) => space,
            (0, true) => Space::Blank,
            _ => Space::None,
        };
        self.name(name, after_name, Quotes::UnlessShadowing);
        if ast.type_node != 0 {
            self.token(name + 1, Space::Soft);
            self.expr(ast.type_node, if has_more { Space::Blank } else { space })?;
        }
        for (i, &clause) in clauses.iter().enumerate() {
            if clause == 0 {
                continue;
            }
            if has_init || last_clause != Some(i) {
                self.clause(clause, Space::Blank)?;
            } else if clause == ast.addrspace_node && !self.rules.address_space_ends_declaration {
                // Its semicolon is written whatever the declaration is a part of.
                self.clause(clause, Space::None)?;
                self.token(self.last_token(clause) + 2, Space::Newline);
            } else {
                self.clause(clause, space)?;
            }
        }
        if has_init {
            let equal = self.first_token(ast.init_node) - 1;
            self.right_side(equal, ast.init_node, Indent::Assigned, space)?;
        }
        Ok(())
    }

    pub(super) fn if_expr(&mut self, full: If, space: Space) -> Done {
        let loop_like = While {
            ast: WhileComponents {
                while_token: full.ast.if_token,
                cond_expr: full.ast.cond_expr,
                cont_expr: 0,
                then_expr: full.ast.then_expr,
                else_expr: full.ast.else_expr,
            },
            inline_token: None,
            label_token: None,
            payload_token: full.payload_token,
            error_token: full.error_token,
            else_token: full.else_token,
        };
        self.while_expr(loop_like, space)
    }

    pub(super) fn while_expr(&mut self, full: While, space: Space) -> Done {
        self.label(full.label_token);
        self.word(full.inline_token);
        let ast = full.ast;
        self.token(ast.while_token, Space::Blank);
        self.token(ast.while_token + 1, Space::None);
        self.expr(ast.cond_expr, Space::None)?;
        let mut head_end = self.last_token(ast.cond_expr) + 1;
        if let Some(payload) = full.payload_token {
            self.token(head_end, Space::Blank);
            head_end = self.payload(payload);
        }
        if ast.cont_expr != 0 {
            self.token(head_end, Space::Blank);
            let lparen = self.first_token(ast.cont_expr) - 1;
            self.token(lparen - 1, Space::Blank);
            self.token(lparen, Space::None);
            self.expr(ast.cont_expr, Space::None)?;
            head_end = self.last_token(ast.cont_expr) + 1;
        }
        let branches = Branches {
            then: ast.then_expr,
            else_token: full.else_token,
            error_token: full.error_token,
            otherwise: ast.else_expr,
        };
        self.branches(head_end, &branches, space)
    }

    /// `|a` or `|*a, b` without the last pipe, which is returned. `first` is the token after the first pipe.
    fn payload(&mut self, first: TokenIndex) -> TokenIndex {
        self.token(first - 1, Space::None);
        let mut name = first;
        if self.tag(name) == TokenTag::Asterisk {
            self.token(name, Space::None);
            name += 1;
        }
        self.name(name, Space::None, Quotes::UnlessShadowing);
        if self.tag(name + 1) == TokenTag::Comma {
            self.token(name + 1, Space::Blank);
            name += 2;
            self.name(name, Space::None, Quotes::UnlessShadowing);
        }
        name + 1
    }

    pub(super) fn for_expr(&mut self, full: For<'_>, space: Space) -> Done {
        self.label(full.label_token);
        self.word(full.inline_token);
        let for_token = full.ast.for_token;
        self.token(for_token, Space::Blank);
        self.arguments(for_token + 1, &full.ast.inputs, Space::Blank)?;

        let mut token = full.payload_token;
        let mut pipe = token;
        while self.tag(pipe) != TokenTag::Pipe {
            pipe += 1;
        }
        let many_lines = self.tag(pipe - 1) == TokenTag::Comma;
        let (after_pipe, after_comma) = if many_lines {
            self.out.push_indent(Indent::Normal);
            (Space::Newline, Space::Newline)
        } else {
            (Space::None, Space::Blank)
        };
        self.token(token - 1, after_pipe);
        while token < pipe {
            match self.tag(token) {
                TokenTag::Identifier => self.name(token, Space::None, Quotes::UnlessShadowing),
                TokenTag::Comma => self.token(token, after_comma),
                _ => self.token(token, Space::None),
            }
            token += 1;
        }
        if many_lines {
            self.out.pop_indent();
        }
        let branches = Branches {
            then: full.ast.then_expr,
            else_token: full.else_token,
            error_token: None,
            otherwise: full.ast.else_expr,
        };
        self.branches(pipe, &branches, space)
    }

    /// The end of a head and what depends on it.
    fn branches(&mut self, head_end: TokenIndex, parts: &Branches, space: Space) -> Done {
        let tag = |node| self.tree.node_tag(node);
        let then_is_block = is_block(tag(parts.then));
        let is_string = |node| {
            self.rules.lines_before_multiline_strings
                && self.tag(self.first_token(node)) == TokenTag::MultilineStringLiteralLine
        };
        let own_line = !then_is_block
            && (!self.same_line(head_end, self.first_token(parts.then)) || is_string(parts.then));
        let else_is_bracketed = parts.otherwise != 0
            && (is_block(tag(parts.otherwise)) || is_branch(tag(parts.otherwise)));
        let else_is_string = parts.otherwise != 0 && is_string(parts.otherwise);
        if own_line {
            self.out.push_indent(Indent::Normal);
            self.token(head_end, Space::Newline);
        } else if then_is_block && self.out.is_over_indented() {
            // A brace behind a head of several lines would hide where the block begins.
            self.out.hold_indent(true);
            self.token(head_end, Space::Newline);
            self.out.hold_indent(false);
        } else {
            self.token(head_end, Space::Blank);
        }
        if parts.otherwise == 0 {
            self.expr(parts.then, space)?;
            if own_line {
                self.out.pop_indent();
            }
            return Ok(());
        }
        if own_line {
            self.expr(parts.then, Space::Newline)?;
            self.out.pop_indent();
        } else {
            self.expr(parts.then, Space::Blank)?;
        }
        let mut else_end = parts.else_token;
        if let Some(error) = parts.error_token {
            self.token(parts.else_token, Space::Blank);
            self.token(error - 1, Space::None);
            self.name(error, Space::None, Quotes::UnlessShadowing);
            else_end = error + 1;
        }
        if own_line && !else_is_bracketed || else_is_string {
            self.out.push_indent(Indent::Normal);
            self.token(else_end, Space::Newline);
            self.expr(parts.otherwise, space)?;
            self.out.pop_indent();
        } else {
            self.token(else_end, Space::Blank);
            self.expr(parts.otherwise, space)?;
        }
        Ok(())
    }

    pub(super) fn switch(&mut self, node: NodeIndex, full: Switch<'_>, space: Space) -> Done {
        self.label(full.label_token);
        let ast = full.ast;
        self.token(ast.switch_token, Space::Blank);
        self.token(ast.switch_token + 1, Space::None);
        self.expr(ast.condition, Space::None)?;
        let rparen = self.last_token(ast.condition) + 1;
        self.token(rparen, Space::Blank);
        self.out.push_indent(Indent::Normal);
        if ast.cases.is_empty() {
            self.token(rparen + 1, Space::None);
        } else {
            self.token(rparen + 1, Space::Newline);
            self.items(&ast.cases)?;
        }
        self.out.pop_indent();
        self.token(self.last_token(node), space);
        Ok(())
    }

    /// Expressions on lines of their own with commas behind them. Empty lines between them stay.
    fn items(&mut self, nodes: &[NodeIndex]) -> Done {
        self.out.begin_item(Space::Comma);
        for (i, &node) in nodes.iter().enumerate() {
            if i > 0 {
                self.extra_newline(self.first_token(node));
            }
            self.expr(node, Space::Comma)?;
        }
        self.out.end_item();
        Ok(())
    }

    pub(super) fn switch_case(&mut self, full: SwitchCase<'_>, space: Space) -> Done {
        let ast = full.ast;
        let arrow = ast.arrow_token;
        let values = ast.values;
        self.soft_word(full.inline_token);
        match values.first() {
            None => self.token(arrow - 1, Space::Blank),
            Some(&first) => {
                let own_lines = self.tag(arrow - 1) == TokenTag::Comma
                    || self.layout.has_comment(self.first_token(first), arrow);
                if own_lines {
                    self.items(&values)?;
                } else {
                    for &value in values.iter() {
                        self.expr(value, Space::CommaSoft)?;
                    }
                }
            }
        }
        // A multiline string begins on the next line.
        let is_multiline = self.tree.node_tag(ast.target_expr) == NodeTag::MultilineStringLiteral;
        let before_target = if is_multiline {
            Space::None
        } else {
            Space::Soft
        };
        match full.payload_token {
            None => self.token(arrow, before_target),
            Some(payload) => {
                self.token(arrow, Space::Blank);
                let pipe = self.payload(payload);
                self.token(pipe, before_target);
            }
        }
        self.expr(ast.target_expr, space)
    }
}

fn is_block(tag: NodeTag) -> bool {
    matches!(
        tag,
        NodeTag::Block | NodeTag::BlockSemicolon | NodeTag::BlockTwo | NodeTag::BlockTwoSemicolon
    )
}

fn is_branch(tag: NodeTag) -> bool {
    matches!(
        tag,
        NodeTag::If
            | NodeTag::IfSimple
            | NodeTag::For
            | NodeTag::ForSimple
            | NodeTag::While
            | NodeTag::WhileSimple
            | NodeTag::WhileCont
            | NodeTag::Switch
            | NodeTag::SwitchComma
    )
}
