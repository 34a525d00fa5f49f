//! Keywords, and what is guessed of a token by its first bytes.

use release::{Generation, Rules};

use crate::bytes::BLOCK;
use crate::token::{CONST_TEXT, IS_KEYWORD, TEXT, TokenTag};

/// What a token is, unless a byte of one of these classes follows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess {
    pub(crate) tag: TokenTag,
    pub(crate) unless: u8,
}

/// The class of all bytes, which is no other class.
pub(crate) const ANY: u8 = 1 << 7;

impl TokenTag {
    /// The keyword spelled `bytes` in any release, if there is one.
    pub fn keyword(bytes: &[u8]) -> Option<TokenTag> {
        // No release has a keyword that the oldest lacks.
        static ALL: Keywords = Keywords::new(Generation::G14);
        ALL.find(bytes)
    }

    /// The keyword that `bytes` is by `rules`, if it is one.
    pub fn keyword_by(bytes: &[u8], rules: &Rules) -> Option<TokenTag> {
        Self::keyword(bytes).filter(|tag| tag.generations().contains(rules.generation))
    }
}

/// The keywords of a generation, by hash.
#[derive(Debug)]
pub(crate) struct Keywords {
    /// As [`keyword_word`] makes them; 0 where there is none, which is made of no text without NULs.
    words: [u64; KEYWORD_SLOTS],
    guesses: [Guess; KEYWORD_SLOTS],
    /// What a word has besides the text, by its length.
    marks: [u64; BLOCK],
}

impl Keywords {
    /// Those of one generation.
    pub(crate) const fn new(generation: Generation) -> Keywords {
        let none = Guess {
            tag: TokenTag::Identifier,
            unless: ANY,
        };
        let mut keywords = Keywords {
            words: [0; KEYWORD_SLOTS],
            guesses: [none; KEYWORD_SLOTS],
            marks: [0; BLOCK],
        };
        let mut i = 0;
        while i < TokenTag::ALL.len() {
            if IS_KEYWORD[i] && TokenTag::ALL[i].generations().contains(generation) {
                let text = CONST_TEXT[i].as_bytes();
                let word = keyword_word(text);
                let slot = keyword_slot(word);
                assert!(keywords.words[slot] == 0);
                keywords.words[slot] = word;
                keywords.guesses[slot] = Guess {
                    tag: TokenTag::ALL[i],
                    // The rest of a long one has to be looked at.
                    unless: if text.len() > 8 { ANY } else { 0 },
                };
            }
            i += 1;
        }
        let mut len = 0;
        while len < BLOCK {
            keywords.marks[len] = keyword_mark(len);
            len += 1;
        }
        keywords
    }

    /// The keyword that is `bytes`.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<TokenTag> {
        let word = keyword_word(bytes);
        let slot = keyword_slot(word);
        let tag = self.guesses[slot].tag;
        (self.words[slot] == word && TEXT[tag as usize].as_bytes() == bytes).then_some(tag)
    }

    /// What is guessed of the keyword that a text begins with, or else `other`. The text has `len` bytes,
    /// fewer than [`BLOCK`], and `word` is the first eight of it and what follows.
    #[inline(always)]
    pub(crate) fn or<'a>(&'a self, word: u64, len: usize, other: &'a Guess) -> &'a Guess {
        let word = word | self.marks[len % BLOCK];
        let slot = keyword_slot(word);
        std::hint::select_unpredictable(self.words[slot] == word, &self.guesses[slot], other)
    }
}

const KEYWORD_HASH_BITS: u32 = 7;
const KEYWORD_SLOTS: usize = 1 << KEYWORD_HASH_BITS;

/// Found by search: with it no two keywords share a slot (the table's construction checks that).
const KEYWORD_MULTIPLIER: u64 = 0x0390_a622_08e0_0b6b;

/// The first eight bytes of a text, the first of them lowest, and its mark.
const fn keyword_word(bytes: &[u8]) -> u64 {
    let mut word = keyword_mark(bytes.len());
    let mut i = 0;
    while i < bytes.len() && i < 8 {
        word |= (bytes[i] as u64) << (i * 8);
        i += 1;
    }
    word
}

/// What tells texts of one length from those of another: behind a short text all bits are set, in the word of
/// one longer than eight bytes the highest.
const fn keyword_mark(len: usize) -> u64 {
    match len {
        0..8 => u64::MAX << (len * 8),
        8 => 0,
        _ => 1 << 63,
    }
}

/// Keywords differ in their first eight bytes, which a multiplication spreads.
#[inline]
const fn keyword_slot(word: u64) -> usize {
    (word.wrapping_mul(KEYWORD_MULTIPLIER) >> (64 - KEYWORD_HASH_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_and_nothing_near_it() {
        for &generation in Generation::ALL {
            let rules = generation.rules();
            let keywords: Vec<TokenTag> = (0..TokenTag::ALL.len())
                .filter(|&i| IS_KEYWORD[i])
                .map(|i| TokenTag::ALL[i])
                .collect();
            let of_it = |tag: &TokenTag| tag.generations().contains(generation);
            let count = keywords.iter().filter(|tag| of_it(tag)).count();
            let expected = if generation == Generation::G14 {
                49
            } else {
                46
            };
            assert_eq!(count, expected, "{}", generation.name());
            for tag in keywords {
                let text = TEXT[tag as usize].as_bytes();
                let keyword = TokenTag::keyword_by(text, rules);
                assert_eq!(keyword, of_it(&tag).then_some(tag), "{}", generation.name());
                assert_eq!(TokenTag::keyword(text), Some(tag));
                let mut near: Vec<Vec<u8>> = vec![
                    [&text[..text.len() - 1], b"z"].concat(),
                    [text, b"_"].concat(),
                    text.to_ascii_uppercase(),
                ];
                near.push([text, b"x", text].concat());
                for word in near {
                    let keyword = TokenTag::keyword_by(&word, rules);
                    assert_eq!(keyword, None, "{}", word.escape_ascii());
                }
            }
            assert_eq!(TokenTag::keyword_by(b"", rules), None);
            assert_eq!(TokenTag::keyword_by(b"invalid token", rules), None);
        }
    }
}
