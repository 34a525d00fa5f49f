//! Tokens and what stands between them.

use memchr::memchr;
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::layout::{find_comment, newlines, trim_end, trim_start};
use super::names::{Quotes, canonical, is_unquoted, quoted};
use super::output::{Indent, Space};
use super::state::Render;

/// The comments that turn formatting on and off.
const ON: &[u8] = b"zig fmt: on";
const OFF: &[u8] = b"zig fmt: off";

impl<'s> Render<'_, 's> {
    pub(super) fn tag(&self, token: TokenIndex) -> TokenTag {
        self.tree.token_tag(token)
    }

    pub(super) fn same_line(&self, a: TokenIndex, b: TokenIndex) -> bool {
        self.layout.same_line(a, b)
    }

    pub(super) fn first_token(&self, node: NodeIndex) -> TokenIndex {
        self.tree.first_token(node)
    }

    pub(super) fn last_token(&self, node: NodeIndex) -> TokenIndex {
        let main = self.tree.main_token(node);
        match self.tree.node_tag(node) {
            // Without a walk through what is in them.
            NodeTag::ArrayInitDotTwo
            | NodeTag::ArrayInitDotTwoComma
            | NodeTag::ArrayInitDot
            | NodeTag::ArrayInitDotComma
            | NodeTag::StructInitDotTwo
            | NodeTag::StructInitDotTwoComma
            | NodeTag::StructInitDot
            | NodeTag::StructInitDotComma
            | NodeTag::Block
            | NodeTag::BlockSemicolon
            | NodeTag::BlockTwo
            | NodeTag::BlockTwoSemicolon => self.layout.closing(main),
            _ => self.tree.last_token(node),
        }
    }

    /// The text of a token, as it is written.
    pub(super) fn lexeme(&self, token: TokenIndex) -> &'s [u8] {
        let text = self.tree.token_slice(token);
        match self.tag(token) {
            TokenTag::DocComment | TokenTag::ContainerDocComment => trim_end(text),
            _ => text,
        }
    }

    /// Where a token ends, as it is written.
    pub(super) fn token_end(&self, token: TokenIndex) -> usize {
        self.tree.token_start(token) as usize + self.lexeme(token).len()
    }

    pub(super) fn token(&mut self, token: TokenIndex, space: Space) {
        let text = self.lexeme(token);
        self.out.write(text);
        self.space(token, text.len(), space);
    }

    /// Tokens in a row with nothing between them.
    pub(super) fn tokens(&mut self, tokens: std::ops::RangeInclusive<TokenIndex>) {
        for token in tokens {
            self.token(token, Space::None);
        }
    }

    /// A token that ends an item with `end`, and a newline.
    fn ending_token(&mut self, token: TokenIndex, end: Space) {
        let text = self.lexeme(token);
        self.out.write(text);
        self.out.enter_end(end);
        self.space(token, text.len(), Space::Newline);
    }

    /// What stands behind a token: comments, a comma or semicolon, and white space.
    pub(super) fn space(&mut self, token: TokenIndex, len: usize, space: Space) {
        if space == Space::Skip {
            return;
        }
        let next = token + 1;
        let next_tag = self.tag(next);
        if space == Space::Comma && next_tag != TokenTag::Comma {
            self.out.write(b",");
        }
        if matches!(space, Space::Comma | Space::Semicolon) {
            self.out.enter_end(space);
        }
        let end = self.tree.token_start(token) as usize + len;
        let comment = self.comments(end, self.tree.token_start(next) as usize);
        match (space, next_tag) {
            (Space::None | Space::Skip, _) => {}
            (Space::Comma, TokenTag::Comma) | (Space::Semicolon, TokenTag::Semicolon) => {
                self.token(next, Space::Newline);
            }
            (Space::CommaBlank, TokenTag::Comma) => self.token(next, Space::Blank),
            (Space::CommaSoft, TokenTag::Comma) => self.token(next, Space::Soft),
            _ if comment => {}
            (Space::Soft, TokenTag::MultilineStringLiteralLine)
                if self.rules.lines_before_multiline_strings => {}
            (Space::Blank | Space::Soft | Space::CommaBlank | Space::CommaSoft, _) => {
                self.out.write(b" ");
            }
            (Space::Newline | Space::Comma | Space::Semicolon, _) => self.out.newline(),
        }
        self.out.leave_end();
    }

    /// A token, and the comma behind it if there is one.
    pub(super) fn token_and_comma(&mut self, token: TokenIndex, space: Space) {
        if self.tag(token + 1) == TokenTag::Comma && space != Space::Comma {
            self.token(token, Space::None);
            self.token(token + 1, space);
        } else {
            self.token(token, space);
        }
    }

    pub(super) fn name(&mut self, token: TokenIndex, space: Space, quotes: Quotes) {
        let text = self.lexeme(token);
        match quoted(text) {
            None => self.out.write(text),
            Some(contents) if is_unquoted(contents, quotes, self.rules) => {
                self.out.write(&canonical(contents, self.rules));
            }
            Some(contents) => {
                self.out.write(b"@\"");
                self.out.write(&canonical(contents, self.rules));
                self.out.write(b"\"");
            }
        }
        self.space(token, text.len(), space);
    }

    /// A label and its colon.
    pub(super) fn label(&mut self, token: Option<TokenIndex>) {
        if let Some(token) = token {
            self.name(token, Space::None, Quotes::Eager);
            self.token(token + 1, Space::Blank);
        }
    }

    /// A token and a space, where there is that token.
    pub(super) fn word(&mut self, token: Option<TokenIndex>) {
        if let Some(token) = token {
            self.token(token, Space::Blank);
        }
    }

    /// A token and a space if a multiline string does not follow, where there is that token.
    pub(super) fn soft_word(&mut self, token: Option<TokenIndex>) {
        if let Some(token) = token {
            self.token(token, Space::Soft);
        }
    }

    pub(super) fn multiline_string(&mut self, node: NodeIndex, space: Space) {
        let lines = self.tree.node_data(node);
        self.out.newline_unless_empty();
        for token in lines.lhs..lines.rhs {
            self.token(token, Space::Newline);
        }
        if space == Space::Skip {
            self.token(lines.rhs, Space::Skip);
            self.out.newline();
        } else {
            self.token(lines.rhs, Space::Newline);
        }
        // What follows stands on a line of its own, which is not indented as the string is.
        let next = lines.rhs + 1;
        if self.rules.strings_unindent_within_items {
            if self.tag(next) != TokenTag::Colon && self.out.is_inside_item() {
                self.out.suspend_indent();
            }
        } else {
            let dedent = match self.tag(next) {
                TokenTag::Colon => false,
                TokenTag::Semicolon | TokenTag::Comma => self.out.is_inside_item(),
                _ => true,
            };
            if dedent {
                self.out.restart_indent();
            }
        }
        match (space, self.tag(next)) {
            (Space::Comma, TokenTag::Comma) | (Space::Semicolon, TokenTag::Semicolon) => {
                self.ending_token(next, space);
            }
            (Space::CommaBlank, TokenTag::Comma) => self.token(next, Space::Blank),
            (Space::CommaSoft, TokenTag::Comma) => self.token(next, Space::Soft),
            _ => {}
        }
    }

    /// Whether anything but white space stands between two tokens.
    pub(super) fn anything_between(&self, start: TokenIndex, end: TokenIndex) -> bool {
        let from = if self.rules.slash_in_token_is_no_comment {
            self.token_end(start)
        } else {
            self.tree.token_start(start) as usize
        };
        let to = self.tree.token_start(end) as usize;
        start + 1 != end || memchr(b'/', &self.tree.source[from..to]).is_some()
    }

    pub(super) fn comment_on_same_line(&self, token: TokenIndex) -> bool {
        let start = self.tree.token_start(token) as usize;
        let between = &self.tree.source[start..self.tree.token_start(token + 1) as usize];
        let line = memchr(b'\n', between).unwrap_or(between.len());
        memchr(b'/', &between[..line]).is_some()
    }

    /// The comments in a gap between tokens. Returns whether there were any.
    pub(super) fn comments(&mut self, start: usize, end: usize) -> bool {
        let source = self.tree.source;
        let mut at = start;
        while let Some(offset) = find_comment(&source[at..end]) {
            let comment_start = at + offset;
            let newline = memchr(b'\n', &source[comment_start..end]).map(|i| comment_start + i);
            let comment = trim_end(&source[comment_start..newline.unwrap_or(source.len())]);
            let before = &source[at..comment_start];
            if at == 0 {
                // A file does not begin with white space.
            } else if at == start && newlines(before) == 2 {
                self.out.newline();
                self.out.newline();
            } else if newlines(before) > 0 {
                self.out.newline();
            } else if at == start {
                self.out.write(b" ");
            }
            at = newline.map_or(end, |newline| newline + 1);
            let text = trim_start(&comment[2..]);
            match self.out.disabled_offset {
                Some(disabled) if text == ON => {
                    self.out.append_verbatim(&source[disabled..comment_start]);
                    self.out.text.extend_from_slice(b"// zig fmt: on\n");
                    self.out.disabled_offset = None;
                    if self.rules.format_on_begins_line {
                        self.out.begin_line();
                    }
                }
                None if text == OFF => {
                    self.out.write(b"// zig fmt: off\n");
                    self.out.disabled_offset = Some(at);
                }
                _ => {
                    self.out.write(comment);
                    self.out.write(b"\n");
                }
            }
        }
        // An empty line may follow, but not at the end of the file.
        if at != start && end != source.len() && newlines(&source[at - 1..end]) == 2 {
            self.out.newline();
        }
        at != start
    }

    /// Turns formatting off and on as the comments in a part of the source say, which are not written.
    pub(super) fn switch_formatting(&mut self, start: usize, end: usize) {
        let source = self.tree.source;
        let mut at = start;
        while let Some(offset) = find_comment(&source[at..end]) {
            let comment_start = at + offset;
            let newline = memchr(b'\n', &source[comment_start..end]).map(|i| comment_start + i);
            let comment = &source[comment_start..newline.unwrap_or(source.len())];
            at = newline.map_or(end, |newline| newline + 1);
            match (
                self.out.disabled_offset,
                trim_start(trim_end(&comment[2..])),
            ) {
                (Some(_), ON) => self.out.disabled_offset = None,
                (None, OFF) => self.out.disabled_offset = Some(at),
                _ => {}
            }
        }
    }

    /// The empty line before a token, if there is one. Where a comment precedes, it has seen to that.
    pub(super) fn extra_newline(&mut self, token: TokenIndex) {
        let Some(previous) = token.checked_sub(1) else {
            return;
        };
        let end = self.tree.token_start(previous) as usize + self.lexeme(previous).len();
        let gap = &self.tree.source[end..self.tree.token_start(token) as usize];
        if self.tag(previous) != TokenTag::DocComment
            && find_comment(gap).is_none()
            && newlines(gap) == 2
        {
            self.out.newline();
        }
    }

    /// The comments that document what begins with this token.
    pub(super) fn doc_comments(&mut self, token: TokenIndex) {
        let mut first = token;
        while first > 0 && self.tag(first - 1) == TokenTag::DocComment {
            first -= 1;
        }
        if first == token {
            return;
        }
        if first > 0 && self.tag(first - 1) != TokenTag::LBrace {
            self.extra_newline(first);
        }
        for comment in first..token {
            self.token(comment, Space::Newline);
        }
    }

    /// The comments that document a container, from the first of them on.
    pub(super) fn container_doc_comments(&mut self, first: TokenIndex) {
        let mut token = first;
        while self.tag(token) == TokenTag::ContainerDocComment {
            self.token(token, Space::Newline);
            token += 1;
        }
        // A comment that documents the first member sees to its own empty line.
        if self.tag(token) != TokenTag::DocComment {
            self.extra_newline(token);
        }
    }

    /// An opening and a closing bracket without anything between them but comments.
    pub(super) fn empty_brackets(&mut self, opening: TokenIndex, space: Space) {
        self.out.push_indent(Indent::Normal);
        self.token(opening, Space::None);
        self.out.pop_indent();
        self.token(opening + 1, space);
    }
}
