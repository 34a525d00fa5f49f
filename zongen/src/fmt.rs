//! ZON text in the reference's canonical layout.
//!
//! Values stay as they are written, and so do comments; what changes is the space around them, trailing commas, and the
//! quotes of names. Whether an array or a struct goes on one line or on many is decided by the text itself: by a comma
//! after its last element and by comments in it.

use memchr::{memchr, memchr_iter};
use syntax::full::NodeList;
use syntax::string_literal::parse_escape_sequence;
use syntax::{Ast, NodeIndex, NodeTag, TokenIndex, TokenTag, fmt_escapes, is_valid_id, primitives};

const INDENT: usize = 4;

/// How deeply arrays and structs may nest in what is formatted.
///
/// The indentation of a text grows with the square of its nesting, so that deep nesting in a small file would fill any
/// memory.
pub const MAX_NESTING: u32 = 1_000;

/// Why a text was not formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It has syntax errors.
    Syntax,
    /// This node is something of Zig that ZON has no place for.
    NotZon(NodeIndex),
    /// This node is nested more than [`MAX_NESTING`] deep.
    TooDeep(NodeIndex),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Syntax => f.write_str("the text has syntax errors"),
            Error::NotZon(_) => f.write_str("not ZON"),
            Error::TooDeep(_) => write!(f, "nested deeper than {MAX_NESTING}"),
        }
    }
}

impl std::error::Error for Error {}

/// The text of `tree` as it should be.
///
/// What [`generate`](crate::generate) rejects only for its meaning, such as duplicate names or bad escapes, is formatted.
///
/// ```
/// use syntax::{Ast, Mode};
///
/// let tree = Ast::parse(b".{.a=1,\n.@\"b\"  =.{2}, // two\n}", Mode::Zon);
/// let text = zongen::fmt::render(&tree)?;
/// assert_eq!(text, b".{\n    .a = 1,\n    .b = .{2}, // two\n}\n");
/// # Ok::<(), zongen::fmt::Error>(())
/// ```
pub fn render(tree: &Ast<'_>) -> Result<Vec<u8>, Error> {
    if !tree.errors.is_empty() {
        return Err(Error::Syntax);
    }
    let layout = Layout::new(tree);
    let mut r = Render::new(tree, &layout);
    let first = tree.token_start(0) as usize;
    r.comments(0, first);
    r.expr(tree.node_data(0).lhs, Space::Newline, 0)?;
    if let Some(offset) = r.out.disabled_offset {
        r.out.append_verbatim(&tree.source[offset..]);
    }
    Ok(r.out.text)
}

/// What of the source counts for the layout, by token: found once, asked often.
struct Layout {
    /// Lines before each token.
    line: Vec<u32>,
    /// Gaps between tokens that hold a comment, before each token.
    comments: Vec<u32>,
    /// Lines of multiline strings before each token.
    string_lines: Vec<u32>,
    /// The `}` of each `{`.
    closing: Vec<TokenIndex>,
}

impl Layout {
    fn new(tree: &Ast<'_>) -> Layout {
        let len = tree.tokens_len() as usize;
        let mut layout = Layout {
            line: Vec::with_capacity(len),
            comments: Vec::with_capacity(len),
            string_lines: Vec::with_capacity(len),
            closing: vec![0; len],
        };
        let (mut line, mut comments, mut string_lines) = (0, 0, 0);
        let mut at = 0;
        let mut open = Vec::new();
        for token in 0..len as TokenIndex {
            let start = tree.token_start(token) as usize;
            line += memchr_iter(b'\n', &tree.source[at..start]).count() as u32;
            at = start;
            layout.line.push(line);
            layout.comments.push(comments);
            layout.string_lines.push(string_lines);
            match tree.token_tag(token) {
                TokenTag::LBrace => open.push(token),
                TokenTag::RBrace => {
                    if let Some(brace) = open.pop() {
                        layout.closing[brace as usize] = token;
                    }
                }
                TokenTag::MultilineStringLiteralLine => string_lines += 1,
                _ => {}
            }
            if (token as usize) + 1 < len {
                let end = start + tree.token_slice(token).len();
                let next = tree.token_start(token + 1) as usize;
                comments += u32::from(find_comment(&tree.source[end..next]).is_some());
            }
        }
        layout
    }

    fn same_line(&self, a: TokenIndex, b: TokenIndex) -> bool {
        self.line[a as usize] == self.line[b as usize]
    }

    fn has_comment(&self, start: TokenIndex, end: TokenIndex) -> bool {
        self.comments[start as usize] != self.comments[end as usize]
    }

    fn has_multiline_string(&self, start: TokenIndex, end: TokenIndex) -> bool {
        self.string_lines[start as usize] != self.string_lines[end as usize]
    }
}

/// Where the first `//` is.
fn find_comment(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b'/', bytes).find(|&at| bytes.get(at + 1) == Some(&b'/'))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn trim(bytes: &[u8]) -> &[u8] {
    let bytes = trim_end(bytes);
    let start = bytes.iter().position(|&byte| !is_space(byte));
    &bytes[start.unwrap_or(bytes.len())..]
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&byte| !is_space(byte));
    &bytes[..end.map_or(0, |end| end + 1)]
}

fn newlines(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).take(2).count()
}

/// What follows a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    None,
    Blank,
    Newline,
    /// A comma, from the source or not, and a newline.
    Comma,
    /// The comma of the source, if any, and a space.
    CommaBlank,
}

/// Text under construction, indented line by line.
#[derive(Default)]
struct Output {
    text: Vec<u8>,
    /// Where in the source formatting was turned off. Until it is on again nothing is written.
    disabled_offset: Option<usize>,
    /// The open indentations that count.
    indent: usize,
    /// All open indentations. One counts from the first line that ends in it: several that open on one line are one.
    open: Vec<bool>,
    /// The indentations at the starts of the open elements that end with a comma.
    comma_indents: Vec<usize>,
    /// The indentation that holds instead of `indent`: what stands before a comma belongs to its element.
    indent_override: Option<usize>,
    line_started: bool,
}

impl Output {
    fn current_indent(&self) -> usize {
        self.indent_override.unwrap_or(self.indent)
    }

    fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if !self.line_started && self.disabled_offset.is_none() {
            let width = self.current_indent() * INDENT;
            self.text.resize(self.text.len() + width, b' ');
        }
        self.line_started = true;
        self.write_unindented(bytes);
    }

    fn write_unindented(&mut self, bytes: &[u8]) {
        if self.disabled_offset.is_none() {
            self.text.extend_from_slice(bytes);
        }
        if bytes.ends_with(b"\n") {
            self.line_started = false;
            if let Some(counts) = self.open.last_mut()
                && !*counts
            {
                *counts = true;
                self.indent += 1;
            }
        }
    }

    fn newline(&mut self) {
        self.write_unindented(b"\n");
    }

    fn newline_unless_empty(&mut self) {
        if self.line_started {
            self.newline();
        }
    }

    fn push_indent(&mut self) {
        self.open.push(false);
    }

    fn pop_indent(&mut self) {
        if self.open.pop() == Some(true) {
            self.indent -= 1;
        }
    }

    fn begin_comma(&mut self) {
        self.indent_override = self.comma_indents.last().copied().or(self.indent_override);
    }

    fn end_comma(&mut self) {
        self.indent_override = None;
    }

    /// Source that is not to be formatted, but for bytes that may not stay.
    fn append_verbatim(&mut self, source: &[u8]) {
        for &byte in source {
            match byte {
                b'\t' => self.text.extend_from_slice(&[b' '; INDENT]),
                b'\r' => {}
                _ => self.text.push(byte),
            }
        }
    }
}

struct Render<'r, 's> {
    tree: &'r Ast<'s>,
    layout: &'r Layout,
    out: Output,
}

impl<'r, 's> Render<'r, 's> {
    fn new(tree: &'r Ast<'s>, layout: &'r Layout) -> Self {
        Render {
            tree,
            layout,
            out: Output::default(),
        }
    }

    fn first_token(&self, node: NodeIndex) -> TokenIndex {
        let main = self.tree.main_token(node);
        match self.tree.node_tag(node) {
            NodeTag::MultilineStringLiteral => self.tree.node_data(node).lhs,
            NodeTag::NumberLiteral
            | NodeTag::CharLiteral
            | NodeTag::StringLiteral
            | NodeTag::Identifier
            | NodeTag::Negation
            | NodeTag::GroupedExpression => main,
            NodeTag::EnumLiteral
            | NodeTag::ArrayInitDotTwo
            | NodeTag::ArrayInitDotTwoComma
            | NodeTag::ArrayInitDot
            | NodeTag::ArrayInitDotComma
            | NodeTag::StructInitDotTwo
            | NodeTag::StructInitDotTwoComma
            | NodeTag::StructInitDot
            | NodeTag::StructInitDotComma => main.saturating_sub(1),
            _ => self.tree.first_token(node),
        }
    }

    fn last_token(&self, mut node: NodeIndex) -> TokenIndex {
        while self.tree.node_tag(node) == NodeTag::Negation {
            node = self.tree.node_data(node).lhs;
        }
        let main = self.tree.main_token(node);
        match self.tree.node_tag(node) {
            NodeTag::NumberLiteral
            | NodeTag::CharLiteral
            | NodeTag::StringLiteral
            | NodeTag::Identifier
            | NodeTag::EnumLiteral => main,
            NodeTag::MultilineStringLiteral | NodeTag::GroupedExpression => {
                self.tree.node_data(node).rhs
            }
            NodeTag::ArrayInitDotTwo
            | NodeTag::ArrayInitDotTwoComma
            | NodeTag::ArrayInitDot
            | NodeTag::ArrayInitDotComma
            | NodeTag::StructInitDotTwo
            | NodeTag::StructInitDotTwoComma
            | NodeTag::StructInitDot
            | NodeTag::StructInitDotComma => self.layout.closing[main as usize],
            _ => self.tree.last_token(node),
        }
    }

    fn expr(&mut self, node: NodeIndex, space: Space, depth: u32) -> Result<(), Error> {
        if depth > MAX_NESTING {
            return Err(Error::TooDeep(node));
        }
        stacker::maybe_grow(64 << 10, 1 << 20, || self.expr_inner(node, space, depth))
    }

    fn expr_inner(&mut self, mut node: NodeIndex, space: Space, depth: u32) -> Result<(), Error> {
        let tree = self.tree;
        while tree.node_tag(node) == NodeTag::Negation {
            self.token(tree.main_token(node), Space::None);
            node = tree.node_data(node).lhs;
        }
        let main = tree.main_token(node);
        match tree.node_tag(node) {
            NodeTag::NumberLiteral | NodeTag::CharLiteral | NodeTag::StringLiteral => {
                self.token(main, space);
            }
            NodeTag::Identifier => self.identifier(main, space, false),
            NodeTag::EnumLiteral => {
                self.token(main - 1, Space::None);
                self.identifier(main, space, true);
            }
            NodeTag::MultilineStringLiteral => self.multiline_string(node, space),
            NodeTag::GroupedExpression => {
                let data = tree.node_data(node);
                self.out.push_indent();
                self.token(main, Space::None);
                self.expr(data.lhs, Space::None, depth + 1)?;
                self.out.pop_indent();
                self.token(data.rhs, space);
            }
            NodeTag::ArrayInitDotTwo
            | NodeTag::ArrayInitDotTwoComma
            | NodeTag::ArrayInitDot
            | NodeTag::ArrayInitDotComma => {
                if let Some(full) = tree.full_array_init(node) {
                    self.array_init(full.ast.lbrace, full.ast.elements, space, depth + 1)?;
                }
            }
            NodeTag::StructInitDotTwo
            | NodeTag::StructInitDotTwoComma
            | NodeTag::StructInitDot
            | NodeTag::StructInitDotComma => {
                if let Some(full) = tree.full_struct_init(node) {
                    self.struct_init(full.ast.lbrace, full.ast.fields, space, depth + 1)?;
                }
            }
            _ => return Err(Error::NotZon(node)),
        }
        Ok(())
    }

    fn multiline_string(&mut self, node: NodeIndex, space: Space) {
        let tree = self.tree;
        let lines = tree.node_data(node);
        self.out.newline_unless_empty();
        for token in lines.lhs..=lines.rhs {
            self.token(token, Space::Newline);
        }
        let next = lines.rhs + 1;
        let next_is_comma = tree.token_tag(next) == TokenTag::Comma;
        // What follows stands on a line of its own, which is not indented as the string is.
        if !self.out.open.is_empty() {
            let element_indent = self.out.comma_indents.last().copied().unwrap_or(0);
            if !next_is_comma || element_indent < self.out.current_indent() {
                self.out.pop_indent();
                self.out.push_indent();
            }
        }
        match space {
            Space::Comma if next_is_comma => {
                let text = tree.token_slice(next);
                self.out.write(text);
                self.out.begin_comma();
                self.space(next, text.len(), Space::Newline);
                self.out.end_comma();
            }
            Space::CommaBlank if next_is_comma => self.token(next, Space::Blank),
            _ => {}
        }
    }

    fn struct_init(
        &mut self,
        lbrace: TokenIndex,
        fields: NodeList<'_>,
        space: Space,
        depth: u32,
    ) -> Result<(), Error> {
        let tree = self.tree;
        self.token(lbrace - 1, Space::None);
        if fields.is_empty() {
            self.empty(lbrace, space);
            return Ok(());
        }
        let rbrace = self.layout.closing[lbrace as usize];
        let trailing_comma = tree.token_tag(rbrace - 1) == TokenTag::Comma;
        let many_lines = trailing_comma || self.layout.has_comment(lbrace, rbrace);
        if many_lines {
            self.out.push_indent();
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
            self.identifier(value - 2, Space::Blank, true);
            if many_lines {
                // A multiline string begins on the next line.
                let multiline = tree.node_tag(field) == NodeTag::MultilineStringLiteral;
                let after_equal = if multiline { Space::None } else { Space::Blank };
                self.token(value - 1, after_equal);
                self.out.comma_indents.push(self.out.indent);
                self.expr(field, Space::Comma, depth)?;
                self.out.comma_indents.pop();
            } else {
                self.token(value - 1, Space::Blank);
                self.expr(field, Space::CommaBlank, depth)?;
            }
        }
        if many_lines {
            self.out.pop_indent();
        }
        self.token(rbrace, space);
        Ok(())
    }

    fn empty(&mut self, lbrace: TokenIndex, space: Space) {
        self.out.push_indent();
        self.token(lbrace, Space::None);
        self.out.pop_indent();
        self.token(lbrace + 1, space);
    }

    fn array_init(
        &mut self,
        lbrace: TokenIndex,
        elements: NodeList<'_>,
        space: Space,
        depth: u32,
    ) -> Result<(), Error> {
        let tree = self.tree;
        let elements = elements.as_slice();
        self.token(lbrace - 1, Space::None);
        let Some(&last) = elements.last() else {
            self.empty(lbrace, space);
            return Ok(());
        };
        let rbrace = self.layout.closing[lbrace as usize];
        let trailing_comma = tree.token_tag(rbrace - 1) == TokenTag::Comma;
        if let &[only] = elements {
            let is_string_line =
                tree.token_tag(self.first_token(only)) == TokenTag::MultilineStringLiteralLine;
            if !is_string_line && !self.anything_between(self.last_token(last), rbrace) {
                self.token(lbrace, Space::None);
                self.expr(only, Space::None, depth)?;
                self.token(rbrace, space);
                return Ok(());
            }
        }
        let many_lines = trailing_comma
            || self.layout.has_comment(lbrace, rbrace)
            || self.layout.has_multiline_string(lbrace, rbrace);
        if !many_lines {
            if let &[only] = elements {
                self.token(lbrace, Space::None);
                self.expr(only, Space::None, depth)?;
            } else {
                self.token(lbrace, Space::Blank);
                for &element in elements {
                    self.expr(element, Space::CommaBlank, depth)?;
                }
            }
            self.token(rbrace, space);
            return Ok(());
        }
        self.out.push_indent();
        self.token(lbrace, Space::Newline);
        let mut rest = elements;
        while !rest.is_empty() {
            let row_size = self.row_size(rest, rbrace);
            let (section, after) = rest.split_at(self.section_len(rest, rbrace));
            self.section(section, row_size, depth)?;
            rest = after;
        }
        self.out.pop_indent();
        self.token(rbrace, space);
        Ok(())
    }

    /// How many elements share the columns of the first line: all before the next line, the first excepted, whose last
    /// element has a comment after its comma.
    fn section_len(&self, elements: &[NodeIndex], rbrace: TokenIndex) -> usize {
        let first = self.first_token(elements[0]);
        let mut line_first = 0;
        let mut line_size = self.row_size(elements, rbrace);
        for (i, &element) in elements.iter().enumerate().skip(1) {
            let last = self.last_token(element);
            if self.layout.same_line(first, last) {
                continue;
            }
            if !self
                .layout
                .same_line(self.first_token(elements[line_first]), last)
            {
                line_first = i;
                line_size = self.row_size(&elements[i..], rbrace);
            }
            if self.tree.token_tag(last + 1) == TokenTag::Comma
                && self.comment_on_same_line(last + 1)
            {
                return (i + 1).saturating_sub(line_size).max(1);
            }
        }
        elements.len()
    }

    /// Elements in the first line of an array, or 1 where each shall have a line of its own.
    fn row_size(&self, elements: &[NodeIndex], rbrace: TokenIndex) -> usize {
        if self.layout.same_line(self.first_token(elements[0]), rbrace) {
            let trailing_comma = self.tree.token_tag(rbrace - 1) == TokenTag::Comma;
            return if trailing_comma { 1 } else { elements.len() };
        }
        let same_row = |pair: &&[NodeIndex]| {
            let comma = self.last_token(pair[0]) + 1;
            self.layout.same_line(comma, self.first_token(pair[1]))
        };
        1 + elements.windows(2).take_while(same_row).count()
    }

    /// Elements in rows, padded so that they stand in columns.
    fn section(
        &mut self,
        elements: &[NodeIndex],
        row_size: usize,
        depth: u32,
    ) -> Result<(), Error> {
        /// Where an element is in the text of all of them, and whether it is put as several lines.
        struct Piece {
            range: std::ops::Range<usize>,
            many_lines: bool,
        }
        let mut sub = Render::new(self.tree, self.layout);
        let mut pieces: Vec<Piece> = Vec::with_capacity(elements.len());
        let mut column_widths = vec![0; row_size.min(elements.len())];
        let mut column = 0;
        let mut single_line = true;
        let mut any_newline = false;
        for (i, &element) in elements.iter().enumerate() {
            let start = sub.out.text.len();
            let next = elements.get(i + 1);
            let after = if next.is_some() {
                Space::None
            } else {
                Space::Comma
            };
            sub.expr(element, after, depth)?;
            let end = sub.out.text.len();
            let text = &sub.out.text[start..end];
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
                single_line &= self.layout.same_line(comma, self.first_token(next));
            }
            pieces.push(Piece {
                range: start..end,
                many_lines,
            });
        }
        column = 0;
        for (i, piece) in pieces.iter().enumerate() {
            let text = &sub.out.text[piece.range.clone()];
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

    fn token(&mut self, token: TokenIndex, space: Space) {
        let text = self.tree.token_slice(token);
        self.out.write(text);
        self.space(token, text.len(), space);
    }

    /// What stands behind a token: comments, a comma, and white space.
    fn space(&mut self, token: TokenIndex, len: usize, space: Space) {
        let next = token + 1;
        let next_is_comma = self.tree.token_tag(next) == TokenTag::Comma;
        if space == Space::Comma {
            if !next_is_comma {
                self.out.write(b",");
            }
            self.out.begin_comma();
        }
        let end = self.tree.token_start(token) as usize + len;
        let comment = self.comments(end, self.tree.token_start(next) as usize);
        match space {
            Space::None => {}
            Space::Comma if next_is_comma => self.token(next, Space::Newline),
            Space::CommaBlank if next_is_comma => self.token(next, Space::Blank),
            _ if comment => {}
            Space::Blank | Space::CommaBlank => self.out.write(b" "),
            Space::Newline | Space::Comma => self.out.newline(),
        }
        self.out.end_comma();
    }

    /// A name, without quotes if it needs none. After a dot names of primitives need none.
    fn identifier(&mut self, token: TokenIndex, space: Space, after_dot: bool) {
        let text = self.tree.token_slice(token);
        match text
            .strip_prefix(b"@\"")
            .and_then(|text| text.strip_suffix(b"\""))
        {
            None => self.out.write(text),
            Some(inner) if can_be_unquoted(inner, after_dot) => {
                self.out.write(&canonical_name(inner));
            }
            Some(inner) => {
                self.out.write(b"@\"");
                self.out.write(&canonical_name(inner));
                self.out.write(b"\"");
            }
        }
        self.space(token, text.len(), space);
    }

    /// Whether anything but white space stands between two tokens.
    fn anything_between(&self, start: TokenIndex, end: TokenIndex) -> bool {
        let from = self.tree.token_start(start) as usize;
        // The first token itself is looked at too, so that a string with a slash counts. It makes no difference.
        start + 1 != end
            || memchr(
                b'/',
                &self.tree.source[from..self.tree.token_start(end) as usize],
            )
            .is_some()
    }

    fn comment_on_same_line(&self, comma: TokenIndex) -> bool {
        let start = self.tree.token_start(comma) as usize;
        let between = &self.tree.source[start..self.tree.token_start(comma + 1) as usize];
        let line = memchr(b'\n', between).unwrap_or(between.len());
        memchr(b'/', &between[..line]).is_some()
    }

    /// The comments in a gap between tokens. Returns whether there were any.
    fn comments(&mut self, start: usize, end: usize) -> bool {
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
            let text = trim(&comment[2..]);
            match self.out.disabled_offset {
                Some(disabled) if text == b"zig fmt: on" => {
                    self.out.append_verbatim(&source[disabled..comment_start]);
                    self.out.text.extend_from_slice(b"// zig fmt: on\n");
                    self.out.disabled_offset = None;
                }
                None if text == b"zig fmt: off" => {
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

    /// The empty line before a token, if there is one. Where a comment precedes, it has seen to that.
    fn extra_newline(&mut self, token: TokenIndex) {
        let previous = token - 1;
        let start = self.tree.token_start(previous) as usize;
        let end = start + self.tree.token_slice(previous).len();
        let gap = &self.tree.source[end..self.tree.token_start(token) as usize];
        if find_comment(gap).is_none() && newlines(gap) == 2 {
            self.out.newline();
        }
    }
}

/// Whether the name that `inner` stands for, the inside of a quoted one, can do without its quotes.
fn can_be_unquoted(inner: &[u8], after_dot: bool) -> bool {
    if inner == b"_" {
        return after_dot;
    }
    let mut name = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        if byte != b'\\' {
            name.push(byte);
            at += 1;
            continue;
        }
        match parse_escape_sequence(inner, &mut at).map(u8::try_from) {
            Ok(Ok(byte)) => name.push(byte),
            _ => return false,
        }
    }
    is_valid_id(&name) && (after_dot || !primitives::is_primitive(&name))
}

/// The inside of a quoted name with escapes of ASCII in their shortest form, and only where there must be one.
fn canonical_name(inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        let start = at;
        if byte == b'\\' {
            match parse_escape_sequence(inner, &mut at).map(u8::try_from) {
                Ok(Ok(value)) if value.is_ascii() => fmt_escapes(&[value]).append_to(&mut out),
                _ => {
                    at = at.clamp(start + 1, inner.len());
                    out.extend_from_slice(&inner[start..at]);
                }
            }
        } else {
            at += 1;
            if byte.is_ascii() {
                fmt_escapes(&[byte]).append_to(&mut out);
            } else {
                out.push(byte);
            }
        }
    }
    out
}
