//! Rows by the widths of all elements.

use syntax::{NodeIndex, TokenIndex, TokenTag};

use super::super::output::Output;
use super::super::state::{Done, Error, Render};

impl Render<'_, '_> {
    pub(super) fn rows_by_width(&mut self, elements: &[NodeIndex], rbrace: TokenIndex) -> Done {
        let widths = self.widths(elements)?;
        let mut start = 0;
        while start < elements.len() {
            let (rest, rest_widths) = (&elements[start..], &widths[start..]);
            let columns = self.first_row_len(rest, rest_widths, rbrace);
            let len = self.section_len(rest, &widths, columns);
            self.section(&rest[..len], &rest_widths[..len], columns, elements[0])?;
            start += len;
        }
        Ok(())
    }

    /// The columns of each element; `None` for what is to have lines of its own.
    fn widths(&mut self, elements: &[NodeIndex]) -> Result<Vec<Option<usize>>, Error> {
        let mut probe = Output::new(self.rules);
        probe.disabled_offset = self.out.disabled_offset;
        let mut widths = Vec::with_capacity(elements.len());
        for &element in elements {
            let end = self.element_end(element);
            widths.push(if probe.disabled_offset.is_some() {
                std::mem::swap(&mut self.out, &mut probe);
                self.switch_formatting_between(self.first_token(element), end + 1);
                std::mem::swap(&mut self.out, &mut probe);
                None
            } else {
                self.width(&mut probe, element, end)?
            });
        }
        Ok(widths)
    }

    /// Elements in the first line, up to the first that has lines of its own, or 1 where each shall have a
    /// line.
    fn first_row_len(
        &self,
        elements: &[NodeIndex],
        widths: &[Option<usize>],
        rbrace: TokenIndex,
    ) -> usize {
        let mut len = 1;
        for (i, (&element, width)) in elements.iter().zip(widths).enumerate() {
            if width.is_none() {
                return len;
            }
            len = i + 1;
            let end = self.element_end(element);
            if !self.same_line(end, end + 1) {
                return len;
            }
        }
        // All of them are on the line of the brace.
        if self.tag(rbrace - 1) == TokenTag::Comma {
            1
        } else {
            len
        }
    }

    /// How many elements share the columns of the first row: all before the next row whose line ends in a
    /// comment. An element with lines of its own ends a row; but the reference looks for it among
    /// `all_widths`, those of the whole array, as if the section were at its beginning.
    fn section_len(
        &self,
        elements: &[NodeIndex],
        all_widths: &[Option<usize>],
        columns: usize,
    ) -> usize {
        let mut row = columns;
        for (i, &element) in elements.iter().enumerate().skip(columns) {
            let first = self.first_token(element);
            if all_widths[i - 1].is_none() || !self.same_line(first - 1, first) {
                row = i;
            }
            if self.comment_behind(self.element_end(element)) {
                return row;
            }
        }
        elements.len()
    }
}
