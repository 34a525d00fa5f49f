//! What of the source counts for the layout.

use memchr::{memchr_iter, memmem};
use syntax::{Ast, TokenIndex, TokenTag};

/// Sums by token: found once, asked often.
pub(super) struct Layout {
    /// Lines before each token.
    line: Vec<u32>,
    /// Gaps between tokens that hold a comment, before each token.
    comments: Vec<u32>,
    /// Lines of multiline strings before each token.
    string_lines: Vec<u32>,
    /// Comments that document a member, before each token.
    doc_comments: Vec<u32>,
    /// The `}` of each `{`.
    closing: Vec<TokenIndex>,
    /// Tokens with a comment behind them that may turn formatting off or on, or that look like one
    /// themselves.
    switches: Vec<TokenIndex>,
}

/// How comments begin that turn formatting off and on.
const SWITCH: &[u8] = b"zig fmt:";

impl Layout {
    pub(super) fn new(tree: &Ast<'_>) -> Layout {
        let len = tree.tokens_len() as usize;
        let mut layout = Layout {
            line: Vec::with_capacity(len),
            comments: Vec::with_capacity(len),
            string_lines: Vec::with_capacity(len),
            doc_comments: Vec::with_capacity(len),
            closing: vec![0; len],
            switches: Vec::new(),
        };
        let (mut line, mut comments, mut string_lines, mut doc_comments) = (0, 0, 0, 0);
        let mut at = 0;
        let mut open = Vec::new();
        for token in 0..len as TokenIndex {
            let start = tree.token_start(token) as usize;
            line += memchr_iter(b'\n', &tree.source[at..start]).count() as u32;
            at = start;
            layout.line.push(line);
            layout.comments.push(comments);
            layout.string_lines.push(string_lines);
            layout.doc_comments.push(doc_comments);
            match tree.token_tag(token) {
                TokenTag::LBrace => open.push(token),
                TokenTag::RBrace => {
                    if let Some(brace) = open.pop() {
                        layout.closing[brace as usize] = token;
                    }
                }
                TokenTag::MultilineStringLiteralLine => string_lines += 1,
                TokenTag::DocComment => doc_comments += 1,
                _ => {}
            }
            if (token as usize) + 1 < len {
                let end = start + tree.token_slice(token).len();
                let next = tree.token_start(token + 1) as usize;
                let comment = find_comment(&tree.source[end..next]);
                comments += u32::from(comment.is_some());
                let is_string = tree.token_tag(token) == TokenTag::MultilineStringLiteralLine;
                let has_switch = |text| memmem::find(text, SWITCH).is_some();
                if comment.is_some_and(|at| has_switch(&tree.source[end + at..next]))
                    || is_string && has_switch(&tree.source[start..end])
                {
                    layout.switches.push(token);
                }
            }
        }
        layout
    }

    pub(super) fn same_line(&self, a: TokenIndex, b: TokenIndex) -> bool {
        self.line[a as usize] == self.line[b as usize]
    }

    pub(super) fn has_comment(&self, start: TokenIndex, end: TokenIndex) -> bool {
        self.comments[start as usize] != self.comments[end as usize]
    }

    pub(super) fn has_multiline_string(&self, start: TokenIndex, end: TokenIndex) -> bool {
        self.string_lines[start as usize] != self.string_lines[end as usize]
    }

    pub(super) fn has_doc_comment(&self, start: TokenIndex, end: TokenIndex) -> bool {
        self.doc_comments[start as usize] != self.doc_comments[end as usize]
    }

    /// Whether formatting may be turned off or on behind one of the tokens from `start` to `end`.
    pub(super) fn has_switch(&self, start: TokenIndex, end: TokenIndex) -> bool {
        let at = self.switches.partition_point(|&token| token < start);
        self.switches.get(at).is_some_and(|&token| token < end)
    }

    pub(super) fn closing(&self, lbrace: TokenIndex) -> TokenIndex {
        self.closing[lbrace as usize]
    }
}

/// Where the first `//` is.
pub(super) fn find_comment(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b'/', bytes).find(|&at| bytes.get(at + 1) == Some(&b'/'))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

pub(super) fn trim_start(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&byte| !is_space(byte));
    &bytes[start.unwrap_or(bytes.len())..]
}

pub(super) fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&byte| !is_space(byte));
    &bytes[..end.map_or(0, |end| end + 1)]
}

/// Newlines, of which only the first two count.
pub(super) fn newlines(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).take(2).count()
}
