//! The tokens of a text.

use crate::ByteOffset;
use crate::token::TokenTag;

/// Tokens as parallel arrays; the last one is `Eof`.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenList {
    pub(crate) tags: Vec<TokenTag>,
    pub(crate) starts: Vec<ByteOffset>,
    /// Length of each token's text; [`LONG`] for those that are at least as long.
    ///
    /// The length of a token follows from its start, but a name is asked for more than once, and measuring it
    /// costs more than the byte.
    pub(crate) lens: Vec<u8>,
}

impl TokenList {
    pub(crate) const NONE: TokenList = TokenList {
        tags: Vec::new(),
        starts: Vec::new(),
        lens: Vec::new(),
    };
}

/// In [`TokenList::lens`]: to be measured when asked for.
pub(crate) const LONG: u8 = u8::MAX;
