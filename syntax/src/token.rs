//! Token tags: their numbering, spelling and keywords.

use crate::blocks::{ANY, BLOCK, Guess};
use release::{Generation, Range, Rules, counted_numbers};

macro_rules! token_tags {
    ($($name:ident: $kind:ident $text:literal $([$($range:tt)*])?,)*) => {
        /// What kind of token this is, in any release of Zig. The order is the reference's; its numbers are
        /// counted, see [`TokenTag::number`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TokenTag {
            $(
                #[doc = concat!("`", $text, "`")]
                $name,
            )*
        }

        impl TokenTag {
            /// Every tag, in order.
            pub const ALL: &'static [TokenTag] = &[$(TokenTag::$name,)*];

            const RANGES: [Range; TokenTag::ALL.len()] = [$(token_tags!(@range $($($range)*)?),)*];
        }

        const CONST_TEXT: [&str; TokenTag::ALL.len()] = [$($text,)*];
        static TEXT: [&str; TokenTag::ALL.len()] = CONST_TEXT;
        static FIXED_LEN: [u8; TokenTag::ALL.len()] = [$(token_tags!(@len $kind $text),)*];
        const IS_KEYWORD: [bool; TokenTag::ALL.len()] = [$(token_tags!(@keyword $kind),)*];
    };
    (@len open $text:literal) => { 0 };
    (@len $kind:ident $text:literal) => { $text.len() as u8 };
    (@keyword keyword) => { true };
    (@keyword $kind:ident) => { false };
    (@range) => { Range::ALL };
    (@range $($range:tt)+) => { release::generations!($($range)+) };
}

// `open`: the spelling varies and the text names the kind; `fixed` and `keyword`: the text is the spelling.
// In brackets the generations that have the token, where not all do.
token_tags! {
    Invalid: open "invalid token",
    InvalidPeriodasterisks: fixed ".**" [..G17_0],
    Identifier: open "an identifier",
    StringLiteral: open "a string literal",
    MultilineStringLiteralLine: open "a multiline string literal",
    CharLiteral: open "a character literal",
    Eof: open "EOF",
    Builtin: open "a builtin function",
    Bang: fixed "!",
    Pipe: fixed "|",
    PipePipe: fixed "||",
    PipeEqual: fixed "|=",
    Equal: fixed "=",
    EqualEqual: fixed "==",
    EqualAngleBracketRight: fixed "=>",
    BangEqual: fixed "!=",
    LParen: fixed "(",
    RParen: fixed ")",
    Semicolon: fixed ";",
    Percent: fixed "%",
    PercentEqual: fixed "%=",
    LBrace: fixed "{",
    RBrace: fixed "}",
    LBracket: fixed "[",
    RBracket: fixed "]",
    Period: fixed ".",
    PeriodAsterisk: fixed ".*",
    Ellipsis2: fixed "..",
    Ellipsis3: fixed "...",
    Caret: fixed "^",
    CaretEqual: fixed "^=",
    Plus: fixed "+",
    PlusPlus: fixed "++",
    PlusEqual: fixed "+=",
    PlusPercent: fixed "+%",
    PlusPercentEqual: fixed "+%=",
    PlusPipe: fixed "+|",
    PlusPipeEqual: fixed "+|=",
    Minus: fixed "-",
    MinusEqual: fixed "-=",
    MinusPercent: fixed "-%",
    MinusPercentEqual: fixed "-%=",
    MinusPipe: fixed "-|",
    MinusPipeEqual: fixed "-|=",
    Asterisk: fixed "*",
    AsteriskEqual: fixed "*=",
    AsteriskAsterisk: fixed "**" [..G17_0],
    AsteriskPercent: fixed "*%",
    AsteriskPercentEqual: fixed "*%=",
    AsteriskPipe: fixed "*|",
    AsteriskPipeEqual: fixed "*|=",
    Arrow: fixed "->",
    Colon: fixed ":",
    Slash: fixed "/",
    SlashEqual: fixed "/=",
    Comma: fixed ",",
    Ampersand: fixed "&",
    AmpersandEqual: fixed "&=",
    QuestionMark: fixed "?",
    AngleBracketLeft: fixed "<",
    AngleBracketLeftEqual: fixed "<=",
    AngleBracketAngleBracketLeft: fixed "<<",
    AngleBracketAngleBracketLeftEqual: fixed "<<=",
    AngleBracketAngleBracketLeftPipe: fixed "<<|",
    AngleBracketAngleBracketLeftPipeEqual: fixed "<<|=",
    AngleBracketRight: fixed ">",
    AngleBracketRightEqual: fixed ">=",
    AngleBracketAngleBracketRight: fixed ">>",
    AngleBracketAngleBracketRightEqual: fixed ">>=",
    Tilde: fixed "~",
    NumberLiteral: open "a number literal",
    DocComment: open "a document comment",
    ContainerDocComment: open "a document comment",
    KeywordAddrspace: keyword "addrspace",
    KeywordAlign: keyword "align",
    KeywordAllowzero: keyword "allowzero",
    KeywordAnd: keyword "and",
    KeywordAnyframe: keyword "anyframe",
    KeywordAnytype: keyword "anytype",
    KeywordAsm: keyword "asm",
    KeywordAsync: keyword "async" [..G15],
    KeywordAwait: keyword "await" [..G15],
    KeywordBreak: keyword "break",
    KeywordCallconv: keyword "callconv",
    KeywordCatch: keyword "catch",
    KeywordComptime: keyword "comptime",
    KeywordConst: keyword "const",
    KeywordContinue: keyword "continue",
    KeywordDefer: keyword "defer",
    KeywordElse: keyword "else",
    KeywordEnum: keyword "enum",
    KeywordErrdefer: keyword "errdefer",
    KeywordError: keyword "error",
    KeywordExport: keyword "export",
    KeywordExtern: keyword "extern",
    KeywordFn: keyword "fn",
    KeywordFor: keyword "for",
    KeywordIf: keyword "if",
    KeywordInline: keyword "inline",
    KeywordNoalias: keyword "noalias",
    KeywordNoinline: keyword "noinline",
    KeywordNosuspend: keyword "nosuspend",
    KeywordOpaque: keyword "opaque",
    KeywordOr: keyword "or",
    KeywordOrelse: keyword "orelse",
    KeywordPacked: keyword "packed",
    KeywordPub: keyword "pub",
    KeywordResume: keyword "resume",
    KeywordReturn: keyword "return",
    KeywordLinksection: keyword "linksection",
    KeywordStruct: keyword "struct",
    KeywordSuspend: keyword "suspend",
    KeywordSwitch: keyword "switch",
    KeywordTest: keyword "test",
    KeywordThreadlocal: keyword "threadlocal",
    KeywordTry: keyword "try",
    KeywordUnion: keyword "union",
    KeywordUnreachable: keyword "unreachable",
    KeywordUsingnamespace: keyword "usingnamespace" [..G15],
    KeywordVar: keyword "var",
    KeywordVolatile: keyword "volatile",
    KeywordWhile: keyword "while",
}

impl TokenTag {
    /// The spelling of a token that has only one.
    #[inline]
    pub fn lexeme(self) -> Option<&'static str> {
        (FIXED_LEN[self as usize] != 0).then(|| TEXT[self as usize])
    }

    /// Length of the one spelling, or 0 where spellings vary.
    #[inline]
    pub(crate) fn lexeme_len(self) -> u32 {
        u32::from(FIXED_LEN[self as usize])
    }

    /// How messages name the token: its spelling, or else its kind.
    pub fn symbol(self, rules: &Rules) -> &'static str {
        match self {
            TokenTag::MultilineStringLiteralLine if !rules.multiline_strings_are_named => {
                TokenTag::StringLiteral.symbol(rules)
            }
            _ => TEXT[self as usize],
        }
    }

    /// The generations whose tokenizer gives this token.
    pub const fn generations(self) -> Range {
        Self::RANGES[self as usize]
    }

    /// The reference's number for the tag, counted: `None` if the generation does not have it.
    pub fn number(self, generation: Generation) -> Option<u8> {
        static NUMBERS: [[Option<u8>; TokenTag::ALL.len()]; Generation::COUNT] =
            counted_numbers(&TokenTag::RANGES);
        NUMBERS[generation as usize][self as usize]
    }

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
            if IS_KEYWORD[i] && TokenTag::RANGES[i].contains(generation) {
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

    #[test]
    fn numbers_and_texts_agree() {
        for (i, &tag) in TokenTag::ALL.iter().enumerate() {
            assert_eq!(tag as usize, i);
            assert_eq!(tag.number(Generation::G14), Some(i as u8));
            assert_eq!(tag.lexeme().map_or(0, str::len), tag.lexeme_len() as usize);
        }
        assert_eq!(TokenTag::Eof.lexeme(), None);
        assert_eq!(TokenTag::InvalidPeriodasterisks.lexeme(), Some(".**"));
        let last = TokenTag::KeywordWhile;
        let numbers = Generation::ALL.iter().map(|&g| last.number(g));
        assert!(numbers.eq([121, 118, 118, 116, 116].map(Some)));
        assert_eq!(TokenTag::KeywordAsync.number(Generation::G15), None);
    }
}
