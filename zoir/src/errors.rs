//! Compile errors as they are stored.

/// Stands in an error's token where its place is a node.
pub const INVALID_TOKEN: u32 = u32::MAX;

/// Where in the syntax tree an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// At a node.
    Node(u32),
    /// At a token, so many bytes into it.
    Token {
        /// The token.
        token: u32,
        /// The offset.
        offset: u32,
    },
}

impl Place {
    fn to_words(self) -> [u32; 2] {
        match self {
            Place::Node(node) => [INVALID_TOKEN, node],
            Place::Token { token, offset } => [token, offset],
        }
    }

    fn from_words(token: u32, node_or_offset: u32) -> Place {
        if token == INVALID_TOKEN {
            Place::Node(node_or_offset)
        } else {
            Place::Token {
                token,
                offset: node_or_offset,
            }
        }
    }
}

/// A compile error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompileError {
    /// Where its message starts in the string bytes.
    pub msg: u32,
    /// Where it is.
    pub place: Place,
    /// Index of its first note.
    pub first_note: u32,
    /// Number of its notes.
    pub note_count: u32,
}

impl CompileError {
    /// As it is stored.
    pub fn to_words(self) -> [u32; 5] {
        let [token, node_or_offset] = self.place.to_words();
        [
            self.msg,
            token,
            node_or_offset,
            self.first_note,
            self.note_count,
        ]
    }

    /// From how it is stored.
    pub fn from_words(
        [msg, token, node_or_offset, first_note, note_count]: [u32; 5],
    ) -> CompileError {
        CompileError {
            msg,
            place: Place::from_words(token, node_or_offset),
            first_note,
            note_count,
        }
    }
}

/// What is added to a compile error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// Where its message starts in the string bytes.
    pub msg: u32,
    /// Where it is.
    pub place: Place,
}

impl Note {
    /// As it is stored.
    pub fn to_words(self) -> [u32; 3] {
        let [token, node_or_offset] = self.place.to_words();
        [self.msg, token, node_or_offset]
    }

    /// From how it is stored.
    pub fn from_words([msg, token, node_or_offset]: [u32; 3]) -> Note {
        Note {
            msg,
            place: Place::from_words(token, node_or_offset),
        }
    }
}
