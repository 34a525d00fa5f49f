//! The usual tokens of a text, found in blocks of bytes.
//!
//! Of all bytes of a block together it is found out which are white space and which may be part of a name.
//! That tells where tokens start and where names end without looking at one byte after another. A token is
//! usual if its first byte, its length and the byte behind it tell what it is: names, short keywords, most
//! numbers, operators of one character. For these one way without branches leads to the tag, as there is
//! nothing that a processor guesses worse than what kind of token comes next.

use crate::bytes::{self, BLOCK};
use crate::keywords::{ANY, Guess, Keywords};
use crate::token::TokenTag;
use wide::u8x16;

/// A block, and bytes behind it, of which a word may be read at each place of the block.
const WINDOW: usize = BLOCK + 8;

/// A block of a text, and what is left of it.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its bytes and some behind them. Behind the text there are NULs, as past it everywhere.
    window: [u8; WINDOW],
    /// Offset of the block in the text.
    base: usize,
    /// Where the next block starts. Between two tokens, or in white space.
    next: usize,
    /// A bit for each byte that does not continue what the byte before it is part of.
    ends: u64,
    /// A bit for the first byte of each token to come. A name that reaches the block's end is left to the
    /// next one.
    starts: u64,
}

/// What a block has next.
pub(crate) enum Next {
    /// A token: its tag, start and length.
    Usual(TokenTag, usize, usize),
    /// Something else, which starts at this offset and is not white space.
    Unusual(usize),
}

impl Block {
    /// No block yet; the first one is to start at `index`, which is not behind the end of the text.
    pub(crate) fn new(index: usize) -> Block {
        Block {
            window: [0; WINDOW],
            base: index,
            next: index,
            ends: 0,
            starts: 0,
        }
    }

    /// Whether all tokens of the block have been taken.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.starts == 0
    }

    /// Goes on to the next block with a token in it. There is always one: the end of the text is found as a
    /// NUL is. `Err` has an offset from which the text must be read in another way, because a name fills the
    /// block.
    #[inline(always)]
    pub(crate) fn advance(&mut self, source: &[u8]) -> Result<(), usize> {
        while self.is_empty() {
            let rest = source.get(self.next..).unwrap_or_default();
            self.window = match rest.first_chunk() {
                Some(window) => *window,
                None => last_window(rest),
            };
            let (names, spaces) = classify(&self.window);
            let last_name = BLOCK - names.leading_ones() as usize;
            if last_name == 0 {
                return Err(self.next);
            }
            self.base = self.next;
            self.next = self.base + last_name;
            self.ends = !(names & (names << 1));
            self.starts = !spaces & self.ends & (u64::MAX >> (BLOCK - last_name));
        }
        Ok(())
    }

    /// What comes next in a block that is not empty. Only what is usual is taken.
    #[inline(always)]
    pub(crate) fn take(&mut self, guesses: &Guesses) -> Next {
        let place = self.starts.trailing_zeros() as usize;
        // Bits of the token's first byte, and of all before it.
        let passed = self.starts ^ self.starts.wrapping_sub(1);
        let end = (self.ends & !passed).trailing_zeros() as usize;
        let len = end - place;
        let by_byte = &guesses.first[usize::from(self.window[place])];
        let word = self.window[place..].first_chunk().copied();
        let word = u64::from_le_bytes(word.unwrap_or_default());
        let guess = guesses.keywords.or(word, len, by_byte);
        let behind = guesses.behind[usize::from(self.window[end])];
        if guess.unless & behind != 0 {
            return Next::Unusual(self.base + place);
        }
        self.starts &= !passed;
        Next::Usual(guess.tag, self.base + place, len)
    }

    /// Goes on at `index`, which is not before the next token.
    #[inline(always)]
    pub(crate) fn go_on_at(&mut self, index: usize) {
        if index >= self.next {
            self.starts = 0;
            self.next = index;
        } else {
            self.starts &= u64::MAX << (index - self.base);
        }
    }
}

/// The window of less than that many bytes, which are the last of the text.
#[cold]
fn last_window(rest: &[u8]) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    window[..rest.len()].copy_from_slice(rest);
    window
}

/// Which bytes of the block at the start of a window may be part of a name, and which are white space.
#[inline(always)]
fn classify(window: &[u8; WINDOW]) -> (u64, u64) {
    let (mut names, mut spaces) = (0, 0);
    for (i, &bytes) in window.as_chunks().0.iter().enumerate() {
        let bytes = u8x16::new(bytes);
        names |= u64::from(bytes::names(bytes).to_bitmask()) << (16 * i);
        spaces |= u64::from(bytes::spaces(bytes).to_bitmask()) << (16 * i);
    }
    (names, spaces)
}

/// What tokens are told by.
#[derive(Debug)]
pub(crate) struct Guesses {
    pub(crate) keywords: Keywords,
    /// By the first byte.
    first: [Guess; 256],
    /// The classes of a byte behind.
    behind: [u8; 256],
}

// Classes of bytes. Some have more than one byte: the guess is given up more often than need be, but not
// often.
const EQUAL: u8 = 1;
const ANGLE: u8 = 1 << 1;
const PERIOD_ASTERISK: u8 = 1 << 2;
const PIPE_PERCENT: u8 = 1 << 3;
/// Bytes that may be there twice.
const AGAIN: u8 = 1 << 4;
/// Bytes that a number may go on with.
const IN_NUMBER: u8 = 1 << 5;

impl Guesses {
    pub(crate) const fn new(keywords: Keywords) -> Guesses {
        let never = Guess {
            tag: TokenTag::Invalid,
            unless: ANY,
        };
        let mut guesses = Guesses {
            keywords,
            first: [never; 256],
            behind: [ANY; 256],
        };
        let mut i = 0;
        while i < 256 {
            guesses.first[i] = first_guess(i as u8);
            guesses.behind[i] |= classes(i as u8);
            i += 1;
        }
        guesses
    }
}

const fn first_guess(byte: u8) -> Guess {
    use TokenTag as T;

    let (tag, unless) = match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (T::Identifier, 0),
        b'0'..=b'9' => (T::NumberLiteral, IN_NUMBER),
        b'(' => (T::LParen, 0),
        b')' => (T::RParen, 0),
        b'[' => (T::LBracket, 0),
        b']' => (T::RBracket, 0),
        b'{' => (T::LBrace, 0),
        b'}' => (T::RBrace, 0),
        b';' => (T::Semicolon, 0),
        b',' => (T::Comma, 0),
        b'?' => (T::QuestionMark, 0),
        b':' => (T::Colon, 0),
        b'~' => (T::Tilde, 0),
        b'.' => (T::Period, PERIOD_ASTERISK),
        b'=' => (T::Equal, EQUAL | ANGLE),
        b'!' => (T::Bang, EQUAL),
        b'|' => (T::Pipe, EQUAL | PIPE_PERCENT),
        b'%' => (T::Percent, EQUAL),
        b'&' => (T::Ampersand, EQUAL),
        b'^' => (T::Caret, EQUAL),
        b'*' => (T::Asterisk, EQUAL | PERIOD_ASTERISK | PIPE_PERCENT),
        b'+' => (T::Plus, EQUAL | PIPE_PERCENT | AGAIN),
        b'-' => (T::Minus, EQUAL | ANGLE | PIPE_PERCENT),
        b'<' => (T::AngleBracketLeft, EQUAL | AGAIN),
        b'>' => (T::AngleBracketRight, EQUAL | ANGLE),
        b'/' => (T::Slash, EQUAL | AGAIN),
        _ => (T::Invalid, ANY),
    };
    Guess { tag, unless }
}

const fn classes(byte: u8) -> u8 {
    match byte {
        b'=' => EQUAL,
        b'>' => ANGLE,
        b'.' => PERIOD_ASTERISK | IN_NUMBER,
        b'*' => PERIOD_ASTERISK,
        b'|' | b'%' => PIPE_PERCENT,
        b'+' => AGAIN | IN_NUMBER,
        b'<' | b'/' => AGAIN,
        b'-' => IN_NUMBER,
        _ => 0,
    }
}
