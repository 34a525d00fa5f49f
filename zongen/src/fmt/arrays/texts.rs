//! Rows put together of the texts of their elements.

use memchr::memchr;
use syntax::{NodeIndex, TokenIndex, TokenTag};

use super::super::output::Space;
use super::super::state::{Done, Render};

/// An element of an array in the text of all of them.
struct Piece {
    range: std::ops::Range<usize>,
    /// Whether it is put as several lines.
    many_lines: bool,
}

impl Render<'_, '_> {
    pub(super) fn rows_of_texts(&mut self, elements: &[NodeIndex], rbrace: TokenIndex) -> Done {
        let mut rest = elements;
        while !rest.is_empty() {
            let row_size = self.text_row_size(rest, rbrace);
            let (section, after) = rest.split_at(self.text_section_len(rest, rbrace));
            self.text_section(section, row_size)?;
            rest = after;
        }
        Ok(())
    }

    /// How many elements share the columns of the first line: all before the next line, the first excepted,
    /// whose last element has a comment after its comma.
    fn text_section_len(&self, elements: &[NodeIndex], rbrace: TokenIndex) -> usize {
        let first = self.first_token(elements[0]);
        let mut line_first = 0;
        let mut line_size = self.text_row_size(elements, rbrace);
        for (i, &element) in elements.iter().enumerate().skip(1) {
            let last = self.last_token(element);
            if self.same_line(first, last) {
                continue;
            }
            if !self.same_line(self.first_token(elements[line_first]), last) {
                line_first = i;
                line_size = self.text_row_size(&elements[i..], rbrace);
            }
            if self.tag(last + 1) == TokenTag::Comma && self.comment_on_same_line(last + 1) {
                return (i + 1).saturating_sub(line_size).max(1);
            }
        }
        elements.len()
    }

    /// Elements in the first line of an array, or 1 where each shall have a line of its own.
    fn text_row_size(&self, elements: &[NodeIndex], rbrace: TokenIndex) -> usize {
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
    fn text_section(&mut self, elements: &[NodeIndex], row_size: usize) -> Done {
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
}
