//! Arrays. Up to 0.15 rows are put together of texts ([`texts`]), in 0.16 and 0.17.0 by the widths of all
//! elements ([`widths`]), from 0.17.1 on line by line ([`lines`]).

mod lines;
mod texts;
mod widths;

use memchr::memchr;
use syntax::full::ArrayInit;
use syntax::{NodeIndex, TokenIndex, TokenTag};

use super::output::{Indent, Space};
use super::state::{Done, Render};

impl Render<'_, '_> {
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
        if self.is_measuring() {
            // That it has several lines is all there is to know. Measured in its turn, what is in it would be
            // written twice as often with each array around it.
            self.out.newline();
            self.switch_formatting_between(lbrace, rbrace);
            if !self.rules.array_sections_by_line {
                self.token(rbrace, space);
            }
            return Ok(());
        }
        self.out.push_indent(Indent::Normal);
        self.token(lbrace, Space::Newline);
        if self.rules.array_rows_by_width {
            self.out.begin_item(Space::Comma);
            if self.rules.array_sections_by_line {
                self.rows_by_line(elements, rbrace)?;
            } else {
                self.rows_by_width(elements, rbrace)?;
            }
            self.out.end_item();
        } else {
            self.rows_of_texts(elements, rbrace)?;
        }
        self.out.pop_indent();
        self.token(rbrace, space);
        Ok(())
    }

    /// The comma of an element, or its last token.
    fn element_end(&self, element: NodeIndex) -> TokenIndex {
        let last = self.last_token(element);
        last + u32::from(self.tag(last + 1) == TokenTag::Comma)
    }

    /// Whether a comment follows a token on its line.
    fn comment_behind(&self, token: TokenIndex) -> bool {
        let gap = self.token_end(token)..self.tree.token_start(token + 1) as usize;
        let gap = &self.tree.source[gap];
        let line = memchr(b'\n', gap).unwrap_or(gap.len());
        memchr(b'/', &gap[..line]).is_some()
    }

    /// Elements in rows of `columns`, padded so that they stand in columns. Those without a width have lines
    /// of their own, and what follows such a one begins a row. `first` is the first element of the whole
    /// array.
    fn section(
        &mut self,
        elements: &[NodeIndex],
        widths: &[Option<usize>],
        columns: usize,
        first: NodeIndex,
    ) -> Done {
        let mut column_widths = vec![0; columns];
        let mut column = 0;
        for width in widths {
            match *width {
                None => column = 0,
                Some(width) => {
                    column_widths[column] = width.max(column_widths[column]);
                    column = (column + 1) % columns;
                }
            }
        }
        column = 0;
        for (i, (&element, &width)) in elements.iter().zip(widths).enumerate() {
            let keeps_blank_line = i > 0 || self.rules.array_sections_by_line && element != first;
            if column == 0 && keeps_blank_line {
                self.extra_newline(self.first_token(element));
            }
            match (width, widths.get(i + 1)) {
                (Some(width), Some(Some(_))) if column + 1 != columns => {
                    self.expr(element, Space::CommaBlank)?;
                    let padding = column_widths[column].saturating_sub(width);
                    self.out.write(&vec![b' '; padding]);
                    column += 1;
                }
                _ => {
                    self.expr(element, Space::Comma)?;
                    column = 0;
                }
            }
        }
        Ok(())
    }
}
