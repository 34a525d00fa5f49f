//! Initializers, arguments and error sets: lists that stand on one line or on many.
//!
//! Which of the two is decided by the text itself: by a comma after the last element, and by comments.

use syntax::full::StructInit;
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::names::Quotes;
use super::output::{Indent, Space};
use super::state::{Done, Render};

/// Casts of pointers in the order in which they are written.
const CASTS: [&[u8]; 5] = [
    b"@ptrCast",
    b"@alignCast",
    b"@addrSpaceCast",
    b"@constCast",
    b"@volatileCast",
];

/// What is written for a builtin function that is no more.
pub(super) struct Replacement {
    /// The function that is there now.
    pub(super) name: &'static [u8],
    /// The one that its argument goes through.
    pub(super) cast: Option<&'static [u8]>,
}

/// What a builtin function is replaced with.
pub(super) fn replacement(name: &[u8]) -> Option<Replacement> {
    match name {
        b"@intFromEnum" => Some(Replacement {
            name: b"@backingInt",
            cast: None,
        }),
        b"@enumFromInt" => Some(Replacement {
            name: b"@fromBackingInt",
            cast: Some(b"@intCast"),
        }),
        _ => None,
    }
}

impl Render<'_, '_> {
    pub(super) fn struct_init(&mut self, full: StructInit<'_>, space: Space) -> Done {
        let lbrace = full.ast.lbrace;
        self.init_type(full.ast.type_expr, lbrace)?;
        let fields = full.ast.fields;
        if fields.is_empty() {
            self.empty_brackets(lbrace, space);
            return Ok(());
        }
        let rbrace = self.layout.closing(lbrace);
        let many_lines =
            self.tag(rbrace - 1) == TokenTag::Comma || self.layout.has_comment(lbrace, rbrace);
        if many_lines {
            self.out.push_indent(Indent::Normal);
            self.token(lbrace, Space::Newline);
        } else {
            self.token(lbrace, Space::Blank);
        }
        for (i, &field) in fields.iter().enumerate() {
            let value = self.first_token(field);
            if many_lines && i > 0 {
                self.extra_newline(value - 3);
            }
            self.token(value - 3, Space::None);
            self.name(value - 2, Space::Blank, Quotes::Eager);
            if many_lines {
                // A multiline string begins on the next line.
                let multiline = self.tree.node_tag(field) == NodeTag::MultilineStringLiteral;
                let after_equal = if multiline { Space::None } else { Space::Soft };
                self.token(value - 1, after_equal);
                self.item(field)?;
            } else {
                self.token(value - 1, Space::Soft);
                self.expr(field, Space::CommaBlank)?;
            }
        }
        if many_lines {
            self.out.pop_indent();
        }
        self.token(rbrace, space);
        Ok(())
    }

    /// The type of an initializer, or its dot.
    pub(super) fn init_type(&mut self, type_expr: NodeIndex, lbrace: TokenIndex) -> Done {
        if type_expr == 0 {
            self.token(lbrace - 1, Space::None);
            return Ok(());
        }
        self.expr(type_expr, Space::None)
    }

    /// An expression with a comma and a newline behind it.
    pub(super) fn item(&mut self, node: NodeIndex) -> Done {
        self.out.begin_item(Space::Comma);
        self.expr(node, Space::Comma)?;
        self.out.end_item();
        Ok(())
    }

    /// What is in the parentheses of a call or of a `for`.
    pub(super) fn arguments(
        &mut self,
        lparen: TokenIndex,
        nodes: &[NodeIndex],
        space: Space,
    ) -> Done {
        let Some((&last, others)) = nodes.split_last() else {
            self.empty_brackets(lparen, space);
            return Ok(());
        };
        let after_last = self.last_token(last) + 1;
        let trailing_comma = self.tag(after_last) == TokenTag::Comma;
        self.out.push_indent(Indent::Normal);
        let after_lparen = if trailing_comma {
            Space::Newline
        } else {
            Space::None
        };
        self.token(lparen, after_lparen);
        for (i, &node) in others.iter().enumerate() {
            self.expr(node, Space::None)?;
            let comma = self.last_token(node) + 1;
            let next = self.first_token(nodes[i + 1]);
            if trailing_comma {
                self.token(comma, Space::Newline);
                self.extra_newline(next);
            } else if self.tag(next) == TokenTag::MultilineStringLiteralLine {
                self.token(comma, Space::None);
            } else {
                self.token(comma, Space::Blank);
            }
        }
        if trailing_comma {
            self.item(last)?;
        } else {
            self.expr(last, Space::None)?;
        }
        self.out.pop_indent();
        self.token(after_last + u32::from(trailing_comma), space);
        Ok(())
    }

    pub(super) fn builtin_call(
        &mut self,
        name: TokenIndex,
        nodes: &[NodeIndex],
        space: Space,
    ) -> Done {
        if self.rules.builtin_arguments_as_others {
            return self.replaced_builtin_call(name, nodes, space);
        }
        self.token(name, Space::None);
        let lparen = name + 1;
        let Some(&last) = nodes.last() else {
            self.token(lparen, Space::None);
            self.token(lparen + 1, space);
            return Ok(());
        };
        let after_last = self.last_token(last) + 1;
        if self.tag(after_last) == TokenTag::Comma {
            self.out.push_indent(Indent::Normal);
            self.token(lparen, Space::Newline);
            for &node in nodes {
                self.item(node)?;
            }
            self.out.pop_indent();
            self.token(after_last + 1, space);
            return Ok(());
        }
        self.token(lparen, Space::None);
        for (i, &node) in nodes.iter().enumerate() {
            if i > 0 {
                self.token(self.last_token(nodes[i - 1]) + 1, Space::Blank);
            }
            let first = self.first_token(node);
            let own_line = self.tag(first) == TokenTag::MultilineStringLiteralLine
                || self.comment_on_same_line(first - 1);
            if own_line {
                self.out.push_indent(Indent::Normal);
            }
            self.expr(node, Space::None)?;
            if own_line {
                self.out.pop_indent();
            }
        }
        self.token(after_last, space);
        Ok(())
    }

    /// A call of a builtin function, or of that which replaces it.
    fn replaced_builtin_call(
        &mut self,
        name: TokenIndex,
        nodes: &[NodeIndex],
        space: Space,
    ) -> Done {
        let lparen = name + 1;
        let replacement = self
            .rules
            .enum_builtins_replaced
            .then(|| replacement(self.tree.token_slice(name)))
            .flatten();
        let Some(replacement) = replacement else {
            self.token(name, Space::None);
            return self.arguments(lparen, nodes, space);
        };
        self.out.write(replacement.name);
        if let Some(cast) = replacement.cast {
            self.out.write(b"(");
            self.out.write(cast);
        }
        self.space(name, self.lexeme(name).len(), Space::None);
        if replacement.cast.is_none() {
            return self.arguments(lparen, nodes, space);
        }
        self.arguments(lparen, nodes, Space::Skip)?;
        self.out.write(b")");
        let rparen = match nodes.last() {
            None => lparen + 1,
            Some(&last) => {
                let after_last = self.last_token(last) + 1;
                after_last + u32::from(self.tag(after_last) == TokenTag::Comma)
            }
        };
        self.space(rparen, 1, space);
        Ok(())
    }

    /// Which builtin function is named in the place of the cast `name`, with these arguments: casts of
    /// pointers that are arguments of each other are put into one order.
    pub(super) fn cast_in_order(&self, name: TokenIndex, nodes: &[NodeIndex]) -> TokenIndex {
        if !self.rules.casts_in_order || nodes.len() != 1 {
            return name;
        }
        self.reordered_cast(name).unwrap_or(name)
    }

    /// `None` where it is no cast, or one that stays.
    fn reordered_cast(&self, name: TokenIndex) -> Option<TokenIndex> {
        let commented_stay = self.rules.commented_casts_stay;
        let kind_of = |token| {
            let text = self.tree.token_slice(token);
            CASTS.iter().position(|&cast| cast == text)
        };
        let mut casts = [None; CASTS.len()];
        casts[kind_of(name)?] = Some(name);
        let mut outer = 0;
        let mut at = name;
        while let Some(previous) = at.checked_sub(2) {
            let Some(kind) = kind_of(previous) else {
                break;
            };
            let has_comment = commented_stay && self.layout.has_comment(previous, at);
            if casts[kind].is_some() || has_comment {
                return None;
            }
            casts[kind] = Some(previous);
            outer += 1;
            at = previous;
        }
        at = name;
        loop {
            let next = at + 2;
            if commented_stay && self.layout.has_comment(at, next) {
                return None;
            }
            let Some(kind) = kind_of(next) else {
                break;
            };
            if casts[kind].is_some() {
                return None;
            }
            casts[kind] = Some(next);
            at = next;
        }
        casts.into_iter().flatten().nth(outer)
    }

    pub(super) fn error_set(&mut self, node: NodeIndex, space: Space) {
        let error = self.tree.main_token(node);
        let (lbrace, rbrace) = (error + 1, self.tree.node_data(node).rhs);
        self.token(error, Space::None);
        let has_comment = self.layout.has_comment(lbrace, rbrace);
        let is_short = !has_comment || !self.rules.commented_short_error_sets_on_lines;
        if rbrace - lbrace == 1 && is_short {
            self.token(lbrace, Space::None);
            self.token(rbrace, space);
            return;
        }
        if rbrace - lbrace == 2 && is_short && self.tag(lbrace + 1) == TokenTag::Identifier {
            self.token(lbrace, Space::None);
            self.name(lbrace + 1, Space::None, Quotes::Eager);
            self.token(rbrace, space);
            return;
        }
        // On one line the reference has no layout for what is documented.
        let many_lines = self.tag(rbrace - 1) == TokenTag::Comma
            || self.layout.has_doc_comment(lbrace, rbrace)
            || has_comment && self.rules.commented_error_sets_on_lines;
        if !many_lines {
            self.token(lbrace, Space::Blank);
            for token in lbrace + 1..rbrace {
                if self.tag(token) == TokenTag::Identifier {
                    self.name(token, Space::CommaBlank, Quotes::Eager);
                }
            }
            self.token(rbrace, space);
            return;
        }
        self.out.push_indent(Indent::Normal);
        self.token(lbrace, Space::Newline);
        for token in lbrace + 1..rbrace {
            let is_comma = self.tag(token) == TokenTag::Comma;
            let is_passed_over = is_comma && self.rules.commented_error_sets_on_lines;
            if token > lbrace + 1 && !is_passed_over {
                self.extra_newline(token);
            }
            match self.tag(token) {
                TokenTag::DocComment => self.token(token, Space::Newline),
                TokenTag::Identifier => {
                    self.out.begin_item(Space::Comma);
                    self.name(token, Space::Comma, Quotes::Eager);
                    self.out.end_item();
                }
                _ => {}
            }
        }
        self.out.pop_indent();
        self.token(rbrace, space);
    }
}
