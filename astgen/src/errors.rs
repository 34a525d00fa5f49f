//! Compile errors: recorded in the ZIR itself, message text in its string bytes, notes in `extra`.

use std::fmt;
use std::io::Write;

use syntax::{AstError, ErrorExtra, ErrorTag, NodeIndex, TokenIndex, TokenTag};
use zir::{NullTerminatedString, payload};

use crate::r#gen::AstGen;

/// Lowering of the innermost declaration cannot go on; the error has been recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AnalysisFail;

/// Text of an error or note. Parts that come from the source need not be UTF-8.
pub(crate) trait Message {
    fn append_to(&self, out: &mut Vec<u8>);
}

impl Message for &str {
    fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Message for String {
    fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl Message for fmt::Arguments<'_> {
    fn append_to(&self, out: &mut Vec<u8>) {
        out.write_fmt(*self).expect("writing to memory");
    }
}

impl Message for &[&[u8]] {
    fn append_to(&self, out: &mut Vec<u8>) {
        for part in *self {
            out.extend_from_slice(part);
        }
    }
}

impl<const N: usize> Message for [&[u8]; N] {
    fn append_to(&self, out: &mut Vec<u8>) {
        self.as_slice().append_to(out);
    }
}

impl<const N: usize> Message for &[&[u8]; N] {
    fn append_to(&self, out: &mut Vec<u8>) {
        self.as_slice().append_to(out);
    }
}

/// What an error or a note points at.
#[derive(Clone, Copy)]
enum Place {
    Node(NodeIndex),
    /// A token, and a byte offset into it.
    Token(TokenIndex, u32),
}

impl AstGen<'_> {
    fn append_message(&mut self, msg: impl Message) -> NullTerminatedString {
        let start = self.string_bytes.len() as u32;
        msg.append_to(&mut self.string_bytes);
        self.string_bytes.push(0);
        NullTerminatedString(start)
    }

    fn error_item(
        &mut self,
        place: Place,
        msg: impl Message,
        notes: u32,
    ) -> payload::CompileErrorsItem {
        let msg = self.append_message(msg);
        let (node, token, byte_offset) = match place {
            Place::Node(node) => (Some(node), None, 0),
            Place::Token(token, byte_offset) => (None, Some(token), byte_offset),
        };
        payload::CompileErrorsItem {
            msg,
            node,
            token,
            byte_offset,
            notes,
        }
    }

    #[cold]
    fn append_error(&mut self, place: Place, msg: impl Message, notes: &[u32]) {
        let mut item = self.error_item(place, msg, 0);
        if !notes.is_empty() {
            item.notes = self.extra.len() as u32;
            self.extra.push(notes.len() as u32);
            self.extra.extend_from_slice(notes);
        }
        self.compile_errors.push(item);
    }

    #[cold]
    fn err_note(&mut self, place: Place, msg: impl Message) -> u32 {
        let item = self.error_item(place, msg, 0);
        self.add_extra(&item)
    }

    #[must_use]
    pub(crate) fn fail_node(&mut self, node: NodeIndex, msg: impl Message) -> AnalysisFail {
        self.fail_node_notes(node, msg, &[])
    }

    #[must_use]
    pub(crate) fn fail_node_notes(
        &mut self,
        node: NodeIndex,
        msg: impl Message,
        notes: &[u32],
    ) -> AnalysisFail {
        self.append_error(Place::Node(node), msg, notes);
        AnalysisFail
    }

    #[must_use]
    pub(crate) fn fail_tok(&mut self, token: TokenIndex, msg: impl Message) -> AnalysisFail {
        self.fail_tok_notes(token, msg, &[])
    }

    #[must_use]
    pub(crate) fn fail_tok_notes(
        &mut self,
        token: TokenIndex,
        msg: impl Message,
        notes: &[u32],
    ) -> AnalysisFail {
        self.append_error(Place::Token(token, 0), msg, notes);
        AnalysisFail
    }

    /// Fails at `byte_offset` bytes into `token`.
    #[must_use]
    pub(crate) fn fail_off(
        &mut self,
        token: TokenIndex,
        byte_offset: u32,
        msg: impl Message,
    ) -> AnalysisFail {
        self.append_error(Place::Token(token, byte_offset), msg, &[]);
        AnalysisFail
    }

    pub(crate) fn append_error_node(&mut self, node: NodeIndex, msg: impl Message) {
        self.append_error(Place::Node(node), msg, &[]);
    }

    pub(crate) fn append_error_node_notes(
        &mut self,
        node: NodeIndex,
        msg: impl Message,
        notes: &[u32],
    ) {
        self.append_error(Place::Node(node), msg, notes);
    }

    pub(crate) fn append_error_tok(&mut self, token: TokenIndex, msg: impl Message) {
        self.append_error(Place::Token(token, 0), msg, &[]);
    }

    pub(crate) fn append_error_tok_notes(
        &mut self,
        token: TokenIndex,
        msg: impl Message,
        notes: &[u32],
    ) {
        self.append_error(Place::Token(token, 0), msg, notes);
    }

    pub(crate) fn append_error_tok_notes_off(
        &mut self,
        token: TokenIndex,
        byte_offset: u32,
        msg: impl Message,
        notes: &[u32],
    ) {
        self.append_error(Place::Token(token, byte_offset), msg, notes);
    }

    pub(crate) fn err_note_node(&mut self, node: NodeIndex, msg: impl Message) -> u32 {
        self.err_note(Place::Node(node), msg)
    }

    pub(crate) fn err_note_tok(&mut self, token: TokenIndex, msg: impl Message) -> u32 {
        self.err_note(Place::Token(token, 0), msg)
    }

    /// Turns the first error of the parser, with its notes, into a compile error. As in Zig the errors after
    /// it are dropped: after a recovery they may not be real.
    pub(crate) fn lower_ast_errors(&mut self) {
        let tree = self.tree;
        let Some((first, rest)) = tree.errors.split_first() else {
            return;
        };

        let tok = first.token + u32::from(first.token_is_prev);
        if tree.token_tag(tok) == TokenTag::Invalid {
            let bytes = &tree.source[tree.token_start(tok) as usize..];
            if matches!(bytes.first(), Some(b'"' | b'\'' | b'/')) || bytes.starts_with(b"\\\\") {
                let len = tree.token_slice(tok).len();
                let bad = bytes[..len]
                    .iter()
                    .position(|b| matches!(b, 0x00..=0x09 | 0x0b..=0x1f | 0x7f));
                let offset = bad.unwrap_or(len) as u32;
                let err = AstError {
                    tag: ErrorTag::InvalidByte,
                    is_note: false,
                    token_is_prev: false,
                    token: tok,
                    extra: ErrorExtra::Offset(offset),
                };
                let mut msg = Vec::new();
                tree.render_error(&err, &mut msg);
                self.append_error_tok_notes_off(tok, offset, [msg.as_slice()], &[]);
                return;
            }
        }

        let mut notes = Vec::new();
        let mut msg = Vec::new();
        for note in rest.iter().take_while(|err| err.is_note) {
            msg.clear();
            tree.render_error(note, &mut msg);
            notes.push(self.err_note_tok(note.token, [msg.as_slice()]));
        }
        msg.clear();
        tree.render_error(first, &mut msg);
        self.append_error_tok_notes_off(
            first.token,
            tree.error_offset(first),
            [msg.as_slice()],
            &notes,
        );
    }
}
