//! Taking apart what the oracle answers.

use std::ops::Range;

/// Size of a ZIR header.
pub const ZIR_HEADER: usize = 48;

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// A ZIR cache entry, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct ZirView<'a> {
    /// Tag of each instruction.
    pub tags: &'a [u8],
    /// Eight bytes per instruction.
    pub data: &'a [u8],
    /// The string table.
    pub strings: &'a [u8],
    /// Four bytes per word.
    pub extra: &'a [u8],
}

impl<'a> ZirView<'a> {
    /// `None` if the sections do not fill the bytes exactly.
    pub fn parse(bytes: &'a [u8]) -> Option<ZirView<'a>> {
        let [instructions, strings, extra] =
            [word(bytes, 0)?, word(bytes, 4)?, word(bytes, 8)?].map(|n| n as usize);
        let mut rest = bytes.get(ZIR_HEADER..)?;
        let mut take = |len: usize| {
            let (section, after) = rest.split_at_checked(len)?;
            rest = after;
            Some(section)
        };
        let view = ZirView {
            tags: take(instructions)?,
            data: take(instructions * 8)?,
            strings: take(strings)?,
            extra: take(extra * 4)?,
        };
        rest.is_empty().then_some(view)
    }

    /// Number of instructions.
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether there are no instructions, as after a parse error.
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// The data bytes of an instruction.
    pub fn data_of(&self, index: usize) -> [u8; 8] {
        self.data[index * 8..][..8].try_into().expect("eight bytes")
    }

    /// A word of `extra`.
    pub fn extra_at(&self, index: usize) -> Option<u32> {
        word(self.extra, index.checked_mul(4)?)
    }

    /// A string of the table, up to its zero.
    pub fn string(&self, at: u32) -> String {
        let rest = self.strings.get(at as usize..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(rest.len());
        String::from_utf8_lossy(&rest[..end]).into_owned()
    }

    /// Whether there are compile errors.
    pub fn has_errors(&self) -> bool {
        self.extra_at(0).is_some_and(|at| at != 0)
    }

    /// The compile errors with their notes, in order.
    pub fn errors(&self) -> Vec<CompileError> {
        let at = self.extra_at(0).unwrap_or(0) as usize;
        if at == 0 {
            return Vec::new();
        }
        let count = self.extra_at(at).unwrap_or(0) as usize;
        (0..count)
            .map_while(|n| self.error_at(at + 1 + 5 * n))
            .collect()
    }

    fn error_at(&self, at: usize) -> Option<CompileError> {
        let notes_at = self.extra_at(at + 4)? as usize;
        let notes = match notes_at {
            0 => Vec::new(),
            _ => (0..self.extra_at(notes_at)? as usize)
                .map_while(|n| {
                    let note = self.extra_at(notes_at + 1 + n)? as usize;
                    // A note has no notes: its fifth word is not looked at.
                    self.place_at(note, Vec::new())
                })
                .collect(),
        };
        self.place_at(at, notes)
    }

    fn place_at(&self, at: usize, notes: Vec<CompileError>) -> Option<CompileError> {
        Some(CompileError {
            message: self.string(self.extra_at(at)?),
            node: self.extra_at(at + 1)?,
            token: self.extra_at(at + 2)?,
            byte_offset: self.extra_at(at + 3)?,
            notes,
        })
    }
}

/// A compile error in a ZIR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// The text.
    pub message: String,
    /// Its node; 0 or, from 0.15 on, all ones for none.
    pub node: u32,
    /// Its token, where there is no node.
    pub token: u32,
    /// An offset into the token.
    pub byte_offset: u32,
    /// Notes; they have none themselves.
    pub notes: Vec<CompileError>,
}

/// The oracle's answer for an AST, taken apart: where each array lies.
#[derive(Clone, Debug)]
pub struct AstLayout {
    /// Number of tokens.
    pub tokens: usize,
    /// Number of nodes.
    pub nodes: usize,
    /// One byte each.
    pub token_tags: Range<usize>,
    /// Four bytes each.
    pub token_starts: Range<usize>,
    /// One byte each.
    pub node_tags: Range<usize>,
    /// Four bytes each.
    pub main_tokens: Range<usize>,
    /// Eight bytes each.
    pub node_data: Range<usize>,
    /// Four bytes each.
    pub extra: Range<usize>,
    /// What is left: the errors.
    pub errors: Range<usize>,
}

impl AstLayout {
    /// `None` if the bytes are too short.
    pub fn parse(bytes: &[u8]) -> Option<AstLayout> {
        let [tokens, nodes, extra] =
            [word(bytes, 0)?, word(bytes, 4)?, word(bytes, 8)?].map(|n| n as usize);
        let mut at = 16;
        let mut take = |len: usize| {
            let start = at;
            at += len;
            start..at
        };
        let layout = AstLayout {
            tokens,
            nodes,
            token_tags: take(tokens),
            token_starts: take(tokens * 4),
            node_tags: take(nodes),
            main_tokens: take(nodes * 4),
            node_data: take(nodes * 8),
            extra: take(extra * 4),
            errors: at..bytes.len(),
        };
        (layout.errors.start <= layout.errors.end).then_some(layout)
    }

    /// Start of a token, given the same bytes.
    pub fn token_start(&self, bytes: &[u8], token: usize) -> Option<usize> {
        if token >= self.tokens {
            return None;
        }
        word(bytes, self.token_starts.start + token * 4).map(|start| start as usize)
    }

    /// Main token of a node, given the same bytes.
    pub fn main_token(&self, bytes: &[u8], node: usize) -> Option<usize> {
        if node >= self.nodes {
            return None;
        }
        word(bytes, self.main_tokens.start + node * 4).map(|token| token as usize)
    }

    /// The errors: tag, flags, token, extra, offset and message of each.
    pub fn errors(&self, bytes: &[u8]) -> Vec<ParseError> {
        let mut at = self.errors.start;
        let mut errors = Vec::new();
        while let Some(len) = word(bytes, at + 16) {
            let len = len as usize;
            let Some(message) = bytes.get(at + 20..at + 20 + len) else {
                break;
            };
            let number = |offset| word(bytes, at + offset).expect("the length behind it is there");
            errors.push(ParseError {
                tag: bytes[at],
                is_note: bytes[at + 1] != 0,
                token_is_prev: bytes[at + 2] != 0,
                token: number(4),
                extra: number(8),
                offset: number(12),
                message: String::from_utf8_lossy(message).into_owned(),
            });
            at += 20 + len;
        }
        errors
    }
}

/// A parse error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Number of its kind.
    pub tag: u8,
    /// Whether it belongs to the error before it.
    pub is_note: bool,
    /// Whether the token is the one before the offending one.
    pub token_is_prev: bool,
    /// Its token.
    pub token: u32,
    /// The expected token's tag or an offset, where its kind has one.
    pub extra: u32,
    /// Where in the token it points.
    pub offset: u32,
    /// The rendered text.
    pub message: String,
}

/// Size of a ZOIR header.
pub const ZOIR_HEADER: usize = 64;

/// The sections of a ZOIR entry, in their order, with the size of an element.
pub const SECTIONS: [(&str, usize); 8] = [
    ("node tag", 1),
    ("node data", 4),
    ("node of the tree", 4),
    ("extra data", 4),
    ("limb", 8),
    ("string byte", 1),
    ("compile error", 20),
    ("error note", 12),
];

/// Where each section of an entry lies. `None` if they do not fill it exactly.
pub fn sections(entry: &[u8]) -> Option<[Range<usize>; 8]> {
    let len = |n: usize| {
        let bytes = entry.get(n * 4..n * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    let [nodes, extra, limbs, strings, errors, notes] =
        [len(0)?, len(1)?, len(2)?, len(3)?, len(4)?, len(5)?];
    let counts = [nodes, nodes, nodes, extra, limbs, strings, errors, notes];
    let mut at = ZOIR_HEADER;
    let mut n = 0;
    let sections = counts.map(|count| {
        let start = at;
        at += count * SECTIONS[n].1;
        n += 1;
        start..at
    });
    (at == entry.len()).then_some(sections)
}
