//! What an expression would look like, found out before it is written: from 0.16 on layouts depend on it.

use memchr::memchr;
use syntax::{NodeIndex, TokenIndex};

use super::output::{Output, Space};
use super::state::{Aim, Error, Render};

impl Render<'_, '_> {
    /// Whether what is written now is thrown away.
    pub(super) fn is_measuring(&self) -> bool {
        self.measured.aim != Aim::Text
    }

    /// Whether what is on one line need not be written at all.
    pub(super) fn only_lines_count(&self) -> bool {
        self.measured.aim == Aim::Lines
    }

    /// Whether an expression would be written on several lines here.
    pub(super) fn has_lines(&mut self, node: NodeIndex) -> Result<bool, Error> {
        if self.out.disabled_offset.is_some() {
            return Ok(true);
        }
        let key = (node, self.out.over_indent());
        if let Some(&known) = self.measured.has_lines.get(&key) {
            return Ok(known);
        }
        let mut preview = self.out.preview();
        let outer = std::mem::replace(&mut self.measured.aim, Aim::Lines);
        std::mem::swap(&mut self.out, &mut preview);
        let done = self.expr(node, Space::None);
        std::mem::swap(&mut self.out, &mut preview);
        self.measured.aim = outer;
        done?;
        let has_lines = preview.disabled_offset.is_some() || memchr(b'\n', &preview.text).is_some();
        self.measured.has_lines.insert(key, has_lines);
        Ok(has_lines)
    }

    /// The columns of an element of an array, whose last token or comma is `end`; `None` if it is to have
    /// lines of its own. `probe` is where its text is put down for that, and knows behind it whether
    /// formatting is off.
    pub(super) fn width(
        &mut self,
        probe: &mut Output,
        element: NodeIndex,
        end: TokenIndex,
    ) -> Result<Option<usize>, Error> {
        let first = self.first_token(element);
        probe.restart(self.layout.has_switch(first, end + 1));
        let outer = std::mem::replace(&mut self.measured.aim, Aim::Width);
        std::mem::swap(&mut self.out, probe);
        let done = self.expr_and_comma(element, Space::Skip);
        let text = &self.out.text;
        let is_printable = |&byte: &u8| byte == b' ' || byte.is_ascii_graphic();
        let width = if self.out.disabled_offset.is_none() && text.iter().all(is_printable) {
            Some(text.len() - usize::from(text.ends_with(b",")))
        } else {
            None
        };
        if done.is_ok() {
            self.switch_formatting(self.token_end(end), self.tree.token_start(end + 1) as usize);
        }
        std::mem::swap(&mut self.out, probe);
        self.measured.aim = outer;
        done?;
        Ok(width)
    }

    /// Turns formatting off and on as the comments between the tokens from `start` to `end` say.
    pub(super) fn switch_formatting_between(&mut self, start: TokenIndex, end: TokenIndex) {
        if !self.layout.has_switch(start, end) {
            return;
        }
        // From 0.17.1 on the reference takes the first two gaps for one, with the token between them, and
        // leaves out as many bytes at its beginning as that token has.
        let joins_gaps = self.rules.array_sections_by_line;
        let first = start + u32::from(joins_gaps);
        for token in first..end {
            let from = if joins_gaps && token == first {
                self.tree.token_start(start) as usize + self.lexeme(token).len()
            } else {
                self.token_end(token)
            };
            self.switch_formatting(from, self.tree.token_start(token + 1) as usize);
        }
    }
}
