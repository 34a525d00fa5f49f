//! Rows found line by line. Elements are only measured where there are columns.

use syntax::{NodeIndex, TokenIndex, TokenTag};

use super::super::output::{Output, Space};
use super::super::state::{Done, Error, Render};

impl Render<'_, '_> {
    pub(super) fn rows_by_line(&mut self, elements: &[NodeIndex], rbrace: TokenIndex) -> Done {
        let mut probe = Output::new(self.rules);
        let mut rest = elements;
        while !rest.is_empty() {
            rest = self.section_by_line(&mut probe, elements, rest, rbrace)?;
        }
        Ok(())
    }

    /// Writes the first section of `rest`, and returns what is left.
    fn section_by_line<'e>(
        &mut self,
        probe: &mut Output,
        all: &[NodeIndex],
        mut rest: &'e [NodeIndex],
        rbrace: TokenIndex,
    ) -> Result<&'e [NodeIndex], Error> {
        probe.disabled_offset = self.out.disabled_offset;
        let mut widths = Vec::new();
        let mut columns = 0;
        let mut is_first_line = true;
        // Elements of the current line that stand side by side.
        let mut in_line = 0;
        while let Some(&element) = rest.get(widths.len()) {
            let end = self.element_end(element);
            let ends_line = widths.len() + 1 == rest.len() || !self.same_line(end, end + 1);
            let is_single = ends_line && columns == 0;
            let width = if is_single {
                None
            } else {
                self.width_in_row(probe, element, end, columns)?
            };
            if width.is_some() {
                widths.push(width);
                in_line += 1;
                columns += usize::from(is_first_line);
                if !ends_line {
                    continue;
                }
            }
            if is_first_line && columns <= 1 {
                let (len, shares_line) = self.single_column_len(rest);
                self.single_column(&rest[..len], all)?;
                rest = &rest[len..];
                if !shares_line {
                    return Ok(rest);
                }
                // The line that ends in a comment may begin with elements that have lines of their own. Those
                // still belong to the section.
                probe.disabled_offset = self.out.disabled_offset;
                widths.clear();
                columns = 1;
                in_line = 0;
                is_first_line = false;
                continue;
            }
            let has_own_lines = width.is_none();
            is_first_line &= !has_own_lines || widths.is_empty();
            if !is_first_line && self.comment_behind(end) {
                if !has_own_lines {
                    widths.truncate(widths.len() - in_line);
                }
                break;
            }
            if has_own_lines {
                widths.push(None);
            }
            in_line = 0;
            is_first_line = false;
        }
        let (section, rest) = rest.split_at(widths.len());
        let is_one_line = columns == all.len()
            && self.tag(rbrace - 1) == TokenTag::Comma
            && self.same_line(rbrace - 1, rbrace);
        if columns == 1 || is_one_line {
            self.single_column(section, all)?;
        } else {
            self.section(section, &widths, columns, all[0])?;
        }
        Ok(rest)
    }

    /// The columns of an element; `None` if it has lines of its own.
    fn width_in_row(
        &mut self,
        probe: &mut Output,
        element: NodeIndex,
        end: TokenIndex,
        columns: usize,
    ) -> Result<Option<usize>, Error> {
        if probe.disabled_offset.is_none() {
            return self.width(probe, element, end);
        }
        if columns >= 2 {
            std::mem::swap(&mut self.out, probe);
            self.switch_formatting_between(self.first_token(element), end + 1);
            std::mem::swap(&mut self.out, probe);
        }
        Ok(None)
    }

    /// How many elements on lines of their own come before the next line that ends in a comment, and whether
    /// there is such a line that has several.
    fn single_column_len(&self, elements: &[NodeIndex]) -> (usize, bool) {
        let mut in_line = 0;
        for (i, &element) in elements.iter().enumerate().skip(1) {
            let end = self.element_end(element);
            if self.same_line(end, end + 1) {
                in_line += 1;
            } else if self.comment_behind(end) {
                return (i - in_line, in_line > 0);
            } else {
                in_line = 0;
            }
        }
        (elements.len(), false)
    }

    /// Elements each on a line of its own.
    fn single_column(&mut self, elements: &[NodeIndex], all: &[NodeIndex]) -> Done {
        for &element in elements {
            if element != all[0] {
                self.extra_newline(self.first_token(element));
            }
            self.expr(element, Space::Comma)?;
        }
        Ok(())
    }
}
