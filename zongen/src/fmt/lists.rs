//! Initializers, arguments and error sets: lists that stand on one line or on many.
//!
//! Which of the two is decided by the text itself: by a comma after the last element, and by comments.

use memchr::memchr;
use syntax::full::{ArrayInit, StructInit};
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::names::Quotes;
use super::output::{Indent, Space};
use super::{Done, Render};

/// An element of an array in the text of all of them.
struct Piece {
    range: std::ops::Range<usize>,
    /// Whether it is put as several lines.
    many_lines: bool,
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
                let after_equal = if multiline { Space::None } else { Space::Blank };
                self.token(value - 1, after_equal);
                self.item(field)?;
            } else {
                self.token(value - 1, Space::Blank);
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
    fn init_type(&mut self, type_expr: NodeIndex, lbrace: TokenIndex) -> Done {
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

    pub(super) fn array_init(&mut self, full: ArrayInit<'_>, space: Space) -> Done {
        let lbrace = full.ast.lbrace;
        let elements = full.ast.elements.as_slice();
        self.init_type(full.ast.type_expr, lbrace)?;
        let Some(&last) = elements.last() else {
            self.empty_brackets(lbrace, space);
            return Ok(());
        };
        let rbrace = self.layout.closing(lbrace);
        let trailing_comma = self.tag(rbrace - 1) == TokenTag::Comma;
        let is_bare = match elements {
            &[only] => {
                self.tag(self.first_token(only)) != TokenTag::MultilineStringLiteralLine
                    && !self.anything_between(self.last_token(last), rbrace)
            }
            _ => false,
        };
        let many_lines = !is_bare
            && (trailing_comma
                || self.layout.has_comment(lbrace, rbrace)
                || self.layout.has_multiline_string(lbrace, rbrace));
        if !many_lines {
            if let &[only] = elements {
                self.token(lbrace, Space::None);
                self.expr(only, Space::None)?;
            } else {
                self.token(lbrace, Space::Blank);
                for &element in elements {
                    self.expr(element, Space::CommaBlank)?;
                }
            }
            self.token(rbrace, space);
            return Ok(());
        }
        self.out.push_indent(Indent::Normal);
        self.token(lbrace, Space::Newline);
        let mut rest = elements;
        while !rest.is_empty() {
            let row_size = self.row_size(rest, rbrace);
            let (section, after) = rest.split_at(self.section_len(rest, rbrace));
            self.section(section, row_size)?;
            rest = after;
        }
        self.out.pop_indent();
        self.token(rbrace, space);
        Ok(())
    }

    /// How many elements share the columns of the first line: all before the next line, the first excepted,
    /// whose last element has a comment after its comma.
    fn section_len(&self, elements: &[NodeIndex], rbrace: TokenIndex) -> usize {
        let first = self.first_token(elements[0]);
        let mut line_first = 0;
        let mut line_size = self.row_size(elements, rbrace);
        for (i, &element) in elements.iter().enumerate().skip(1) {
            let last = self.last_token(element);
            if self.same_line(first, last) {
                continue;
            }
            if !self.same_line(self.first_token(elements[line_first]), last) {
                line_first = i;
                line_size = self.row_size(&elements[i..], rbrace);
            }
            if self.tag(last + 1) == TokenTag::Comma && self.comment_on_same_line(last + 1) {
                return (i + 1).saturating_sub(line_size).max(1);
            }
        }
        elements.len()
    }

    /// Elements in the first line of an array, or 1 where each shall have a line of its own.
    fn row_size(&self, elements: &[NodeIndex], rbrace: TokenIndex) -> usize {
        if self.same_line(self.first_token(elements[0]), rbrace) {
            let trailing_comma = self.tag(rbrace - 1) == TokenTag::Comma;
            return if trailing_comma { 1 } else { elements.len() };
        }
        let same_row = |pair: &&[NodeIndex]| {
            let comma = self.last_token(pair[0]) + 1;
            self.same_line(comma, self.first_token(pair[1]))
        };
        1 + elements.windows(2).take_while(same_row).count()
    }

    /// Elements in rows, padded so that they stand in columns.
    fn section(&mut self, elements: &[NodeIndex], row_size: usize) -> Done {
        let part = self.out.part();
        let outer = std::mem::replace(&mut self.out, part);
        let mut pieces: Vec<Piece> = Vec::with_capacity(elements.len());
        let mut column_widths = vec![0; row_size.min(elements.len())];
        let mut column = 0;
        let mut single_line = true;
        let mut any_newline = false;
        for (i, &element) in elements.iter().enumerate() {
            let start = self.out.text.len();
            let next = elements.get(i + 1);
            let after = if next.is_some() {
                Space::None
            } else {
                Space::Comma
            };
            self.expr(element, after)?;
            let end = self.out.text.len();
            let text = &self.out.text[start..end];
            // Behind the last one are a comma and a newline.
            let own = match next {
                Some(_) => text,
                None => &text[..text.len().saturating_sub(1)],
            };
            let newline = memchr(b'\n', own).is_some();
            any_newline |= newline;
            let many_lines = if next.is_some() { newline } else { any_newline };
            if many_lines {
                column = 0;
                single_line &= next.is_none();
            } else {
                let width = match next {
                    Some(_) => text.len(),
                    None => text.len().saturating_sub(2),
                };
                let at = column % row_size;
                column_widths[at] = width.max(column_widths[at]);
                column += 1;
            }
            if let Some(&next) = next {
                let comma = self.last_token(element) + 1;
                single_line &= self.same_line(comma, self.first_token(next));
            }
            pieces.push(Piece {
                range: start..end,
                many_lines,
            });
        }
        self.check(elements[0])?;
        let texts = std::mem::replace(&mut self.out, outer).text;
        column = 0;
        for (i, piece) in pieces.iter().enumerate() {
            let text = &texts[piece.range.clone()];
            if piece.many_lines {
                self.lines(text);
            } else {
                self.out.write(text);
            }
            let Some(next) = pieces.get(i + 1) else {
                break;
            };
            let comma = self.last_token(elements[i]) + 1;
            if column + 1 != row_size && !piece.many_lines && !next.many_lines {
                self.token(comma, Space::Blank);
                let padding = column_widths[column].saturating_sub(piece.range.len());
                self.out.write(&vec![b' '; padding]);
                column += 1;
            } else if single_line && row_size != 1 {
                self.token(comma, Space::Blank);
            } else {
                column = 0;
                self.token(comma, Space::Newline);
                self.extra_newline(self.first_token(elements[i + 1]));
            }
        }
        Ok(())
    }

    /// Lines that are indented for themselves already.
    fn lines(&mut self, text: &[u8]) {
        let mut last_was_empty = false;
        for (i, line) in text.split(|&byte| byte == b'\n').enumerate() {
            if i > 0 {
                if last_was_empty && line.starts_with(b"//") {
                    self.out.newline();
                } else {
                    self.out.newline_unless_empty();
                }
                last_was_empty = line.is_empty();
            }
            self.out.write(line);
        }
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

    pub(super) fn error_set(&mut self, node: NodeIndex, space: Space) {
        let error = self.tree.main_token(node);
        let (lbrace, rbrace) = (error + 1, self.tree.node_data(node).rhs);
        self.token(error, Space::None);
        if rbrace - lbrace == 1 {
            self.token(lbrace, Space::None);
            self.token(rbrace, space);
            return;
        }
        if rbrace - lbrace == 2 && self.tag(lbrace + 1) == TokenTag::Identifier {
            self.token(lbrace, Space::None);
            self.name(lbrace + 1, Space::None, Quotes::Eager);
            self.token(rbrace, space);
            return;
        }
        // On one line the reference has no layout for what is documented.
        let many_lines =
            self.tag(rbrace - 1) == TokenTag::Comma || self.layout.has_doc_comment(lbrace, rbrace);
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
            if token > lbrace + 1 {
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
