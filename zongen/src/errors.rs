//! Errors and notes. A note is made before the error it belongs to: that is the order of the messages.

use syntax::{NodeIndex, TokenIndex, number_literal, string_literal};
use zoir::{CompileError, Note, Place};

use crate::lower::ZonGen;

fn at_token(token: TokenIndex) -> Place {
    Place::Token { token, offset: 0 }
}

impl ZonGen<'_> {
    fn add_message(&mut self, message: &[u8]) -> u32 {
        let start = self.zoir.string_bytes.len() as u32;
        self.zoir.string_bytes.extend_from_slice(message);
        self.zoir.string_bytes.push(0);
        start
    }

    #[cold]
    fn add_error(&mut self, place: Place, message: &[u8], notes: &[Note]) {
        let first_note = self.zoir.error_notes.len() as u32;
        for &note in notes {
            self.zoir.push_note(note);
        }
        let msg = self.add_message(message);
        self.zoir.push_error(CompileError {
            msg,
            place,
            first_note,
            note_count: notes.len() as u32,
        });
    }

    fn note(&mut self, place: Place, message: &[u8]) -> Note {
        Note {
            msg: self.add_message(message),
            place,
        }
    }

    pub(crate) fn err_note_node(&mut self, node: NodeIndex, message: &str) -> Note {
        self.note(Place::Node(node), message.as_bytes())
    }

    pub(crate) fn err_note_tok(&mut self, token: TokenIndex, message: &str) -> Note {
        self.note(at_token(token), message.as_bytes())
    }

    pub(crate) fn add_error_node(&mut self, node: NodeIndex, message: &str) {
        self.add_error(Place::Node(node), message.as_bytes(), &[]);
    }

    pub(crate) fn add_error_node_notes(&mut self, node: NodeIndex, message: &str, notes: &[Note]) {
        self.add_error(Place::Node(node), message.as_bytes(), notes);
    }

    pub(crate) fn add_error_tok(&mut self, token: TokenIndex, message: &str) {
        self.add_error(at_token(token), message.as_bytes(), &[]);
    }

    pub(crate) fn add_error_tok_bytes(&mut self, token: TokenIndex, message: &[u8]) {
        self.add_error(at_token(token), message, &[]);
    }

    pub(crate) fn add_error_tok_notes(&mut self, token: TokenIndex, message: &str, notes: &[Note]) {
        self.add_error(at_token(token), message.as_bytes(), notes);
    }

    pub(crate) fn lower_str_lit_error(
        &mut self,
        error: string_literal::Error,
        token: TokenIndex,
        raw: &[u8],
        raw_offset: u32,
    ) {
        let place = Place::Token {
            token,
            offset: raw_offset + error.offset(),
        };
        self.add_error(place, &error.message(raw), &[]);
    }

    pub(crate) fn lower_number_error(
        &mut self,
        error: number_literal::Error,
        token: TokenIndex,
        bytes: &[u8],
    ) {
        let message = error.message(bytes);
        let note = message.note.map(|note| self.err_note_tok(token, note));
        let place = Place::Token {
            token,
            offset: message.offset,
        };
        self.add_error(place, &message.text, note.as_slice());
    }

    /// Of the parser's errors only the first, with its notes: those after it may be consequences.
    pub(crate) fn lower_ast_errors(&mut self) {
        let tree = self.tree;
        let Some((first, rest)) = tree.errors.split_first() else {
            return;
        };
        let mut notes = Vec::new();
        let mut message = Vec::new();
        for error in rest.iter().take_while(|error| error.is_note) {
            message.clear();
            tree.render_error(error, &mut message);
            notes.push(self.note(at_token(error.token), &message));
        }
        message.clear();
        tree.render_error(first, &mut message);
        let place = Place::Token {
            token: first.token,
            offset: tree.error_offset(first),
        };
        self.add_error(place, &message, &notes);
    }
}
