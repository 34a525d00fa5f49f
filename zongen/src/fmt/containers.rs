//! Containers and what is declared in them.

use syntax::full::{ContainerDecl, ContainerField};
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::names::Quotes;
use super::output::{Indent, Space};
use super::state::{Done, Error, Render};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Enum,
    /// A struct whose fields have no names.
    Tuple,
    Other,
}

impl Render<'_, '_> {
    pub(super) fn container(
        &mut self,
        node: NodeIndex,
        full: ContainerDecl<'_>,
        space: Space,
    ) -> Done {
        let main = full.ast.main_token;
        let members = full.ast.members;
        let kind = match self.tag(main) {
            TokenTag::KeywordEnum => Kind::Enum,
            TokenTag::KeywordStruct if self.has_no_names(&members) => Kind::Tuple,
            _ => Kind::Other,
        };
        self.word(full.layout_token);
        let lbrace = self.container_head(&full)?;
        let rbrace = self.last_token(node);
        let has_doc_comment = self.tag(lbrace + 1) == TokenTag::ContainerDocComment;
        if !members.is_empty() && !self.fits_one_line(&members, lbrace, rbrace) {
            self.out.push_indent(Indent::Normal);
            self.token(lbrace, Space::Newline);
            if has_doc_comment {
                self.container_doc_comments(lbrace + 1);
            }
            for (i, &member) in members.iter().enumerate() {
                if i > 0 {
                    self.extra_newline(self.first_token(member));
                }
                if self.tree.full_container_field(member).is_some() {
                    self.out.begin_item(Space::Comma);
                    self.member(kind, member, Space::Comma)?;
                    self.out.end_item();
                } else {
                    self.member(kind, member, Space::Newline)?;
                }
            }
            self.out.pop_indent();
        } else if members.is_empty() {
            self.out.push_indent(Indent::Normal);
            if has_doc_comment {
                self.token(lbrace, Space::Newline);
                self.container_doc_comments(lbrace + 1);
            } else {
                self.token(lbrace, Space::None);
            }
            self.out.pop_indent();
        } else {
            self.token(lbrace, Space::Blank);
            for &member in members.iter() {
                self.member(kind, member, Space::Blank)?;
            }
        }
        self.token(rbrace, space);
        Ok(())
    }

    fn has_no_names(&self, members: &[NodeIndex]) -> bool {
        members.iter().all(|&member| {
            self.tree
                .full_container_field(member)
                .is_none_or(|field| field.ast.tuple_like)
        })
    }

    /// What stands before the brace, which is returned.
    fn container_head(&mut self, full: &ContainerDecl<'_>) -> Result<TokenIndex, Error> {
        let main = full.ast.main_token;
        let arg = full.ast.arg;
        let rparen = match (full.ast.enum_token, arg) {
            (None, 0) => main,
            (None, _) => {
                self.tokens(main..=main + 1);
                self.expr(arg, Space::None)?;
                self.last_token(arg) + 1
            }
            (Some(tag), 0) => {
                self.tokens(main..=tag);
                tag + 1
            }
            (Some(tag), _) => {
                self.tokens(main..=tag + 1);
                self.expr(arg, Space::None)?;
                let rparen = self.last_token(arg) + 1;
                self.token(rparen, Space::None);
                rparen + 1
            }
        };
        self.token(rparen, Space::Blank);
        Ok(rparen + 1)
    }

    fn fits_one_line(&self, members: &[NodeIndex], lbrace: TokenIndex, rbrace: TokenIndex) -> bool {
        self.tag(rbrace - 1) != TokenTag::Comma
            && self.tag(lbrace + 1) != TokenTag::ContainerDocComment
            && !self.layout.has_comment(lbrace, rbrace)
            && !self.layout.has_multiline_string(lbrace, rbrace)
            && !self.layout.has_doc_comment(lbrace + 1, rbrace - 1)
            && members
                .iter()
                .all(|&member| self.tree.full_container_field(member).is_some())
    }

    fn member(&mut self, kind: Kind, node: NodeIndex, space: Space) -> Done {
        let tree = self.tree;
        self.doc_comments(self.first_token(node));
        let main = tree.main_token(node);
        let data = tree.node_data(node);
        match tree.node_tag(node) {
            NodeTag::FnDecl => {
                self.fn_modifiers(tree.main_token(data.lhs));
                if let Some(proto) = tree.full_fn_proto(data.lhs) {
                    let callconv = proto.ast.callconv_expr;
                    if self.is_inline(callconv) && tree.node_tag(callconv) == NodeTag::EnumLiteral {
                        self.out.write(b"inline ");
                    }
                }
                self.expr(data.lhs, Space::Blank)?;
                self.expr(data.rhs, space)
            }
            NodeTag::FnProtoSimple
            | NodeTag::FnProtoMulti
            | NodeTag::FnProtoOne
            | NodeTag::FnProto => {
                self.fn_modifiers(main);
                self.expr(node, Space::None)?;
                self.token(self.last_token(node) + 1, space);
                Ok(())
            }
            NodeTag::Usingnamespace => {
                if main > 0 && self.tag(main - 1) == TokenTag::KeywordPub {
                    self.token(main - 1, Space::Blank);
                }
                self.token(main, Space::Blank);
                self.expr(data.lhs, Space::None)?;
                self.token(self.last_token(data.lhs) + 1, space);
                Ok(())
            }
            NodeTag::TestDecl => {
                self.token(main, Space::Blank);
                match self.tag(main + 1) {
                    TokenTag::StringLiteral => self.token(main + 1, Space::Blank),
                    TokenTag::Identifier => {
                        self.name(main + 1, Space::Blank, Quotes::UnlessShadowing);
                    }
                    _ => {}
                }
                self.expr(data.rhs, space)
            }
            _ => {
                if let Some(declaration) = tree.full_var_decl(node) {
                    self.out.begin_item(Space::Semicolon);
                    self.var_decl(declaration, Space::Semicolon)?;
                    self.out.end_item();
                    Ok(())
                } else if let Some(field) = tree.full_container_field(node) {
                    self.field(kind, field, space)
                } else {
                    self.expr(node, space)
                }
            }
        }
    }

    /// What stands before the `fn` of a declaration.
    fn fn_modifiers(&mut self, fn_token: TokenIndex) {
        let mut token = fn_token;
        while token > 0
            && matches!(
                self.tag(token - 1),
                TokenTag::KeywordExtern
                    | TokenTag::KeywordExport
                    | TokenTag::KeywordPub
                    | TokenTag::StringLiteral
                    | TokenTag::KeywordInline
                    | TokenTag::KeywordNoinline
            )
        {
            token -= 1;
        }
        for token in token..fn_token {
            self.token(token, Space::Blank);
        }
    }

    fn field(&mut self, kind: Kind, mut full: ContainerField, space: Space) -> Done {
        if kind != Kind::Tuple {
            full.convert_to_non_tuple_like(self.tree);
        }
        let quotes = match kind {
            Kind::Enum => Quotes::EagerButUnderscore,
            _ => Quotes::Eager,
        };
        self.soft_word(full.comptime_token);
        if self.rules.aligned_fields_whole {
            return self.whole_field(&full, quotes, space);
        }
        let ast = full.ast;
        let name = ast.main_token;
        match (ast.type_expr, ast.value_expr) {
            (0, 0) if ast.align_expr == 0 => {
                if self.tag(name + 1) == TokenTag::Comma && space != Space::Comma {
                    self.name(name, Space::None, quotes);
                    self.token(name + 1, space);
                } else {
                    self.name(name, space, quotes);
                }
                Ok(())
            }
            (0, 0) => {
                self.name(name, Space::Blank, quotes);
                self.clause(ast.align_expr, Space::Blank)
            }
            (0, value) => {
                self.name(name, Space::Blank, quotes);
                if ast.align_expr != 0 {
                    self.clause(ast.align_expr, Space::Blank)?;
                }
                self.token(name + 1, Space::Blank);
                self.expr_and_comma(value, space)
            }
            (field_type, value) => {
                if !ast.tuple_like {
                    self.name(name, Space::None, quotes);
                    self.token(name + 1, Space::Blank);
                }
                if ast.align_expr == 0 && value == 0 {
                    return self.expr_and_comma(field_type, space);
                }
                self.expr(field_type, Space::Blank)?;
                if value != 0 {
                    if ast.align_expr != 0 {
                        self.clause(ast.align_expr, Space::Blank)?;
                    }
                    return self.field_value(value, space);
                }
                let first = self.first_token(ast.align_expr);
                self.tokens(first - 2..=first - 1);
                self.expr(ast.align_expr, Space::None)?;
                self.token_and_comma(self.last_token(ast.align_expr) + 1, space);
                Ok(())
            }
        }
    }

    /// A field, part by part.
    fn whole_field(&mut self, full: &ContainerField, quotes: Quotes, space: Space) -> Done {
        let ast = &full.ast;
        let name = ast.main_token;
        if !ast.tuple_like {
            if ast.type_expr == 0 && ast.align_expr == 0 && ast.value_expr == 0 {
                if self.tag(name + 1) == TokenTag::Comma && space != Space::Comma {
                    self.name(name, Space::None, quotes);
                    self.token(name + 1, space);
                } else {
                    self.name(name, space, quotes);
                }
                return Ok(());
            }
            let after_name = if ast.type_expr == 0 {
                Space::Blank
            } else {
                Space::None
            };
            self.name(name, after_name, quotes);
            if ast.type_expr != 0 {
                self.token(name + 1, Space::Soft);
            }
        }
        if ast.type_expr != 0 {
            if ast.align_expr == 0 && ast.value_expr == 0 {
                return self.expr_and_comma(ast.type_expr, space);
            }
            self.expr(ast.type_expr, Space::Blank)?;
        }
        if ast.align_expr != 0 {
            let first = self.first_token(ast.align_expr);
            self.tokens(first - 2..=first - 1);
            self.expr(ast.align_expr, Space::None)?;
            let rparen = self.last_token(ast.align_expr) + 1;
            if ast.value_expr == 0 {
                self.token_and_comma(rparen, space);
                return Ok(());
            }
            self.token(rparen, Space::Blank);
        }
        self.field_value(ast.value_expr, space)
    }

    /// The value of a field with a type.
    fn field_value(&mut self, value: NodeIndex, space: Space) -> Done {
        let equal = self.first_token(value) - 1;
        let after_equal = self.space_before_value(equal, equal + 1);
        self.out.push_indent(Indent::Assigned);
        self.token(equal, after_equal);
        if after_equal == Space::Blank {
            self.out.pop_indent();
            return self.expr_and_comma(value, space);
        }
        let comma = self.last_token(value) + 1;
        if self.tag(comma) == TokenTag::Comma {
            self.expr(value, Space::None)?;
            self.out.pop_indent();
            self.token(comma, Space::Newline);
        } else {
            self.expr(value, space)?;
            self.out.pop_indent();
        }
        Ok(())
    }

    /// An expression, and the comma behind it if there is one.
    pub(super) fn expr_and_comma(&mut self, node: NodeIndex, space: Space) -> Done {
        let comma = self.last_token(node) + 1;
        if self.tag(comma) == TokenTag::Comma && space != Space::Comma {
            self.expr(node, Space::None)?;
            self.token(comma, space);
            return Ok(());
        }
        self.expr(node, space)
    }
}
