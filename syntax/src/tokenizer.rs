//! Text to tokens.
//!
//! A token that goes wrong (a stray byte, an unterminated literal, a control character in a comment) becomes
//! an `Invalid` token that reaches to the end of its line, so one mistake costs one line. Where exactly such
//! a token starts and ends decides token numbers after it, and follows the reference to the byte. The text
//! needs no terminator: past its end a NUL is read, and a NUL inside it is told apart by its place.

use crate::token::{Keywords, TokenTag};
use crate::{ByteOffset, Release};
use release::{Generation, Rules};

/// A token with its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub tag: TokenTag,
    /// Offset of its first byte.
    pub start: ByteOffset,
    /// Offset after its last byte.
    pub end: ByteOffset,
}

/// Gives the tokens of a text one by one.
#[derive(Clone, Debug)]
pub struct Tokenizer<'s> {
    source: &'s [u8],
    index: usize,
    lexicon: &'static Lexicon,
}

/// What the tokens of a generation depend on, in one place: a token is made from one pointer to it.
#[derive(Debug)]
struct Lexicon {
    keywords: Keywords,
    rules: &'static Rules,
}

impl Lexicon {
    const fn new(generation: Generation) -> Lexicon {
        Lexicon {
            keywords: Keywords::new(generation),
            rules: generation.rules(),
        }
    }

    fn of(release: Release) -> &'static Lexicon {
        static ALL: [Lexicon; Generation::COUNT] = [
            Lexicon::new(Generation::G14),
            Lexicon::new(Generation::G15),
            Lexicon::new(Generation::G16),
            Lexicon::new(Generation::G17_0),
            Lexicon::new(Generation::G17_1),
        ];
        &ALL[release.generation() as usize]
    }
}

impl<'s> Tokenizer<'s> {
    /// Starts at the beginning, behind a byte order mark if there is one.
    pub fn new(source: &'s [u8], release: Release) -> Tokenizer<'s> {
        Tokenizer {
            source,
            index: first_index(source),
            lexicon: Lexicon::of(release),
        }
    }

    /// Starts at `index`, which must be a place between two tokens.
    pub fn at(source: &'s [u8], index: ByteOffset, release: Release) -> Tokenizer<'s> {
        Tokenizer {
            source,
            index: (index as usize).min(source.len()),
            lexicon: Lexicon::of(release),
        }
    }

    /// The next token; at the end of the text an `Eof`, again and again.
    pub fn next_token(&mut self) -> Token {
        let (tag, start, end) = lex(self.source, self.index, self.lexicon);
        self.index = end;
        Token {
            tag,
            start: start as ByteOffset,
            end: end as ByteOffset,
        }
    }
}

/// Behind a byte order mark if there is one.
fn first_index(source: &[u8]) -> usize {
    if source.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    }
}

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

/// In [`TokenList::lens`]: to be measured when asked for.
pub(crate) const LONG: u8 = u8::MAX;

/// Source bytes per token, on the low side: the reference's library has five or six. Room that is not used
/// costs little.
const BYTES_PER_TOKEN: usize = 4;

/// Tokens gathered before they are added to the lists: one look at the room in three lists for all of them.
const CHUNK: usize = 64;

pub(crate) fn tokenize(source: &[u8], release: Release) -> TokenList {
    let lexicon = Lexicon::of(release);
    let capacity = source.len() / BYTES_PER_TOKEN + 1;
    let mut list = TokenList {
        tags: Vec::with_capacity(capacity),
        starts: Vec::with_capacity(capacity),
        lens: Vec::with_capacity(capacity),
    };
    let mut tags = [TokenTag::Eof; CHUNK];
    let mut starts = [0; CHUNK];
    let mut lens = [0; CHUNK];
    let mut index = first_index(source);
    loop {
        let mut count = 0;
        while count < CHUNK {
            let (tag, start, end) = lex_inline(source, index, lexicon);
            tags[count] = tag;
            starts[count] = start as ByteOffset;
            lens[count] = (end - start).min(usize::from(LONG)) as u8;
            count += 1;
            index = end;
            match tag {
                TokenTag::Eof => break,
                // Ends before its second asterisk, and its text is given with it.
                TokenTag::InvalidPeriodasterisks => lens[count - 1] = LONG,
                _ => {}
            }
        }
        list.tags.extend_from_slice(&tags[..count]);
        list.starts.extend_from_slice(&starts[..count]);
        list.lens.extend_from_slice(&lens[..count]);
        if list.tags.last() == Some(&TokenTag::Eof) {
            return list;
        }
    }
}

/// Where the token that starts at `start` ends.
#[cold]
pub(crate) fn token_end(source: &[u8], start: usize, release: Release) -> usize {
    lex(source, start, Lexicon::of(release)).2
}

/// May continue an identifier or a number.
const IDENT: u8 = 1;
/// Stands for itself inside a string literal.
const STRING_TEXT: u8 = 2;
/// Stands for itself inside a character literal.
const CHAR_TEXT: u8 = 4;

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            table[i] |= IDENT;
        }
        if !byte.is_ascii_control() && byte != b'\\' {
            if byte != b'"' {
                table[i] |= STRING_TEXT;
            }
            if byte != b'\'' {
                table[i] |= CHAR_TEXT;
            }
        }
        i += 1;
    }
    table
};

/// First offset from `index` on whose byte lacks `class`.
#[inline]
fn class_end(source: &[u8], index: usize, class: u8) -> usize {
    let mut i = index;
    while let Some(&byte) = source.get(i) {
        if CLASS[byte as usize] & class == 0 {
            break;
        }
        i += 1;
    }
    i
}

// Runs of like bytes are measured eight at a time: a word holds eight bytes, the first in its lowest bits,
// and a mask has the high bit of each byte that ends the run. That costs one branch a word where a loop over
// bytes mispredicts once a token.

/// A byte in each byte of a word.
const fn splat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const HIGH: u64 = splat(0x80);

/// Eight bytes from `index` on, NULs past the end.
#[inline]
fn load8(source: &[u8], index: usize) -> u64 {
    match source.get(index..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_last(source, index),
    }
}

#[cold]
fn load_last(source: &[u8], index: usize) -> u64 {
    let rest = source.get(index..).unwrap_or_default();
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_le_bytes(bytes)
}

/// How many bytes of the word come before the first one marked.
#[inline]
const fn run_len(mask: u64) -> usize {
    (mask.trailing_zeros() / 8) as usize
}

/// Marks bytes that cannot be part of an identifier.
#[inline]
const fn non_ident_mask(word: u64) -> u64 {
    // Below 0x80 a sum stays in its byte, and its high bit tells whether the byte has reached a bound.
    const fn at_least(low7: u64, bound: u8) -> u64 {
        low7 + splat(0x80 - bound)
    }
    let low7 = word & !HIGH;
    let lower = low7 | splat(0x20);
    let letter = at_least(lower, b'a') & !at_least(lower, b'z' + 1);
    let digit = at_least(low7, b'0') & !at_least(low7, b'9' + 1);
    let underscore = !at_least(low7 ^ splat(b'_'), 1);
    (!(letter | digit | underscore) | word) & HIGH
}

/// Marks control characters (below 0x20, and 0x7f).
#[inline]
const fn control_mask(word: u64) -> u64 {
    let low7 = word & !HIGH;
    let printable = (low7 + splat(0x60)) & !(low7 + splat(1));
    !(printable | word) & HIGH
}

/// First offset from `index` on that cannot be part of an identifier.
#[inline]
fn ident_end(source: &[u8], index: usize) -> usize {
    let mut i = index;
    loop {
        let mask = non_ident_mask(load8(source, i));
        if mask != 0 {
            return i + run_len(mask);
        }
        i += 8;
    }
}

/// First offset from `index` on of a control character, or the end of the text.
#[inline]
fn text_end(source: &[u8], index: usize) -> usize {
    let mut i = index;
    loop {
        let mask = control_mask(load8(source, i));
        if mask != 0 {
            return (i + run_len(mask)).min(source.len());
        }
        i += 8;
    }
}

/// First offset from `index` on of something else than a space.
#[inline]
fn spaces_end(source: &[u8], index: usize) -> usize {
    let mut i = index;
    loop {
        let others = load8(source, i) ^ splat(b' ');
        if others != 0 {
            return i + run_len(others);
        }
        i += 8;
    }
}

/// End of an invalid token: the end of its line. A NUL inside the text does not end it.
#[cold]
fn line_end(source: &[u8], index: usize) -> usize {
    match source
        .get(index..)
        .and_then(|rest| memchr::memchr(b'\n', rest))
    {
        Some(offset) => index + offset,
        None => source.len(),
    }
}

/// The byte at `index`, or NUL past the end.
#[inline]
fn byte_at(source: &[u8], index: usize) -> u8 {
    source.get(index).copied().unwrap_or(0)
}

/// The first token at or after `index`: its tag, start and end.
fn lex(source: &[u8], index: usize, lexicon: &'static Lexicon) -> (TokenTag, usize, usize) {
    lex_inline(source, index, lexicon)
}

#[inline(always)]
fn lex_inline(source: &[u8], index: usize, lexicon: &'static Lexicon) -> (TokenTag, usize, usize) {
    use TokenTag as T;

    let mut start = index;
    // Every pass but the last skips a comment or white space.
    loop {
        // One space before a token is the usual case, and worth no branch.
        start += usize::from(byte_at(source, start) == b' ');
        let first = byte_at(source, start);
        let next = |offset: usize| byte_at(source, start + offset);
        let done = |tag: T, len: usize| (tag, start, start + len);
        let invalid = |from: usize| (T::Invalid, start, line_end(source, from));

        return match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let word = load8(source, start);
                let mask = non_ident_mask(word);
                if mask != 0 {
                    let len = run_len(mask);
                    (lexicon.keywords.short_word(word, len), start, start + len)
                } else {
                    let end = ident_end(source, start + 8);
                    (
                        lexicon.keywords.long_word(word, &source[start..end]),
                        start,
                        end,
                    )
                }
            }
            b'\n' => {
                // Indentation follows.
                start = spaces_end(source, start + 1);
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                start += 1;
                continue;
            }
            b'(' => done(T::LParen, 1),
            b')' => done(T::RParen, 1),
            b'[' => done(T::LBracket, 1),
            b']' => done(T::RBracket, 1),
            b'{' => done(T::LBrace, 1),
            b'}' => done(T::RBrace, 1),
            b';' => done(T::Semicolon, 1),
            b',' => done(T::Comma, 1),
            b'?' => done(T::QuestionMark, 1),
            b':' => done(T::Colon, 1),
            b'~' => done(T::Tilde, 1),
            b'0'..=b'9' => (T::NumberLiteral, start, number_end(source, start + 1)),
            b'"' => string_literal(source, start, start + 1, T::StringLiteral, lexicon),
            b'\'' => char_literal(source, start),
            b'.' => match next(1) {
                b'.' if next(2) == b'.' => done(T::Ellipsis3, 3),
                b'.' => done(T::Ellipsis2, 2),
                // The second asterisk stays in the text and makes a token of its own.
                b'*' if next(2) == b'*' && lexicon.rules.double_asterisk => {
                    done(T::InvalidPeriodasterisks, 2)
                }
                b'*' => done(T::PeriodAsterisk, 2),
                _ => done(T::Period, 1),
            },
            b'@' => match next(1) {
                0 | b'\n' => done(T::Invalid, 1),
                b'"' => string_literal(source, start, start + 2, T::Identifier, lexicon),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                    (T::Builtin, start, ident_end(source, start + 2))
                }
                _ => invalid(start + 1),
            },
            b'=' => match next(1) {
                b'=' => done(T::EqualEqual, 2),
                b'>' => done(T::EqualAngleBracketRight, 2),
                _ => done(T::Equal, 1),
            },
            b'!' => match next(1) {
                b'=' => done(T::BangEqual, 2),
                _ => done(T::Bang, 1),
            },
            b'|' => match next(1) {
                b'=' => done(T::PipeEqual, 2),
                b'|' => done(T::PipePipe, 2),
                _ => done(T::Pipe, 1),
            },
            b'%' => match next(1) {
                b'=' => done(T::PercentEqual, 2),
                _ => done(T::Percent, 1),
            },
            b'&' => match next(1) {
                b'=' => done(T::AmpersandEqual, 2),
                _ => done(T::Ampersand, 1),
            },
            b'^' => match next(1) {
                b'=' => done(T::CaretEqual, 2),
                _ => done(T::Caret, 1),
            },
            b'*' => match (next(1), next(2)) {
                (b'=', _) => done(T::AsteriskEqual, 2),
                (b'*', _) if lexicon.rules.double_asterisk => done(T::AsteriskAsterisk, 2),
                (b'%', b'=') => done(T::AsteriskPercentEqual, 3),
                (b'%', _) => done(T::AsteriskPercent, 2),
                (b'|', b'=') => done(T::AsteriskPipeEqual, 3),
                (b'|', _) => done(T::AsteriskPipe, 2),
                _ => done(T::Asterisk, 1),
            },
            b'+' => match (next(1), next(2)) {
                (b'=', _) => done(T::PlusEqual, 2),
                (b'+', _) => done(T::PlusPlus, 2),
                (b'%', b'=') => done(T::PlusPercentEqual, 3),
                (b'%', _) => done(T::PlusPercent, 2),
                (b'|', b'=') => done(T::PlusPipeEqual, 3),
                (b'|', _) => done(T::PlusPipe, 2),
                _ => done(T::Plus, 1),
            },
            b'-' => match (next(1), next(2)) {
                (b'>', _) => done(T::Arrow, 2),
                (b'=', _) => done(T::MinusEqual, 2),
                (b'%', b'=') => done(T::MinusPercentEqual, 3),
                (b'%', _) => done(T::MinusPercent, 2),
                (b'|', b'=') => done(T::MinusPipeEqual, 3),
                (b'|', _) => done(T::MinusPipe, 2),
                _ => done(T::Minus, 1),
            },
            b'<' => match (next(1), next(2)) {
                (b'=', _) => done(T::AngleBracketLeftEqual, 2),
                (b'<', b'=') => done(T::AngleBracketAngleBracketLeftEqual, 3),
                (b'<', b'|') if next(3) == b'=' => {
                    done(T::AngleBracketAngleBracketLeftPipeEqual, 4)
                }
                (b'<', b'|') => done(T::AngleBracketAngleBracketLeftPipe, 3),
                (b'<', _) => done(T::AngleBracketAngleBracketLeft, 2),
                _ => done(T::AngleBracketLeft, 1),
            },
            b'>' => match (next(1), next(2)) {
                (b'=', _) => done(T::AngleBracketRightEqual, 2),
                (b'>', b'=') => done(T::AngleBracketAngleBracketRightEqual, 3),
                (b'>', _) => done(T::AngleBracketAngleBracketRight, 2),
                _ => done(T::AngleBracketRight, 1),
            },
            b'\\' => match next(1) {
                b'\\' => {
                    let end = text_end(source, start + 2);
                    match source.get(end) {
                        None | Some(b'\n') => (T::MultilineStringLiteralLine, start, end),
                        Some(b'\r') if byte_at(source, end + 1) == b'\n' => {
                            (T::MultilineStringLiteralLine, start, end)
                        }
                        Some(_) => invalid(end + 1),
                    }
                }
                0 | b'\n' => done(T::Invalid, 1),
                _ => invalid(start + 1),
            },
            b'/' => match next(1) {
                b'=' => done(T::SlashEqual, 2),
                b'/' => {
                    let doc = match (next(2), next(3)) {
                        (b'!', _) => Some(T::ContainerDocComment),
                        (b'/', b'/') => None,
                        (b'/', _) => Some(T::DocComment),
                        _ => None,
                    };
                    let end = text_end(source, start + 2);
                    match (doc, source.get(end)) {
                        // A NUL ends a doc comment and is itself what is wrong.
                        (Some(tag), None | Some(b'\n' | 0)) => (tag, start, end),
                        (Some(tag), Some(b'\r')) if byte_at(source, end + 1) == b'\n' => {
                            (tag, start, end)
                        }
                        (None, None) => (T::Eof, source.len(), source.len()),
                        (None, Some(b'\n')) => {
                            start = end + 1;
                            continue;
                        }
                        (None, Some(b'\r')) if byte_at(source, end + 1) == b'\n' => {
                            start = end + 2;
                            continue;
                        }
                        _ => invalid(end + 1),
                    }
                }
                _ => done(T::Slash, 1),
            },
            0 if start >= source.len() => (T::Eof, source.len(), source.len()),
            _ => invalid(start + 1),
        };
    }
}

/// The rest of a string literal or quoted identifier whose contents begin at `index`.
#[inline]
fn string_literal(
    source: &[u8],
    start: usize,
    index: usize,
    tag: TokenTag,
    lexicon: &'static Lexicon,
) -> (TokenTag, usize, usize) {
    let mut i = index;
    loop {
        i = class_end(source, i, STRING_TEXT);
        match source.get(i) {
            Some(b'"') => return (tag, start, i + 1),
            // What follows a backslash is left to whoever evaluates the literal.
            Some(b'\\') => match byte_at(source, i + 1) {
                0 | b'\n' => return (TokenTag::Invalid, start, i + 1),
                byte if byte.is_ascii_control() && lexicon.rules.strings_escape_no_controls => {
                    return (TokenTag::Invalid, start, line_end(source, i + 2));
                }
                _ => i += 2,
            },
            None | Some(b'\n') => return (TokenTag::Invalid, start, i),
            Some(_) => return (TokenTag::Invalid, start, line_end(source, i + 1)),
        }
    }
}

/// A character literal; how many characters it holds is left to whoever evaluates it.
#[inline]
fn char_literal(source: &[u8], start: usize) -> (TokenTag, usize, usize) {
    let mut i = start + 1;
    loop {
        i = class_end(source, i, CHAR_TEXT);
        match source.get(i) {
            Some(b'\'') => return (TokenTag::CharLiteral, start, i + 1),
            Some(b'\\') => match source.get(i + 1) {
                None | Some(b'\n') => return (TokenTag::Invalid, start, i + 1),
                Some(byte) if byte.is_ascii_control() => {
                    return (TokenTag::Invalid, start, line_end(source, i + 2));
                }
                Some(_) => i += 2,
            },
            None | Some(b'\n') => return (TokenTag::Invalid, start, i),
            Some(_) => return (TokenTag::Invalid, start, line_end(source, i + 1)),
        }
    }
}

/// End of a number literal whose first digit is before `index`. Takes in whatever might be meant as part of
/// the number.
#[inline]
fn number_end(source: &[u8], index: usize) -> usize {
    let mut i = index;
    let mut is_float = false;
    loop {
        match byte_at(source, i) {
            b'e' | b'E' | b'p' | b'P' => {
                i += 1;
                if matches!(byte_at(source, i), b'+' | b'-') {
                    i += 1;
                    is_float = true;
                }
            }
            // `1..2` is a range, and `1.*` and the like end the number too.
            b'.' if !is_float && CLASS[byte_at(source, i + 1) as usize] & IDENT != 0 => {
                i += 1;
                is_float = true;
            }
            byte if CLASS[byte as usize] & IDENT != 0 => i += 1,
            _ => return i,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;

    /// Every byte at every place of a word, among bytes that must not disturb it.
    #[test]
    fn masks_mark_what_they_say() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                for filler in [0u8, b' ', b'a', b'_', 0x7f, 0x80, 0xff] {
                    let mut bytes = [filler; 8];
                    bytes[place] = byte;
                    let word = u64::from_le_bytes(bytes);
                    let marked = |mask: u64| mask.to_le_bytes()[place] != 0;
                    let is_ident = byte.is_ascii_alphanumeric() || byte == b'_';
                    assert_eq!(
                        marked(non_ident_mask(word)),
                        !is_ident,
                        "{byte} at {place} in {filler}"
                    );
                    assert_eq!(
                        marked(control_mask(word)),
                        byte.is_ascii_control(),
                        "{byte} at {place} in {filler}"
                    );
                }
            }
        }
    }

    #[test]
    fn runs_end_where_they_should_at_any_length() {
        for len in 0..40 {
            for tail in [&b""[..], b"\n", b"\n    x"] {
                let ident = [&vec![b'x'; len][..], tail].concat();
                assert_eq!(ident_end(&ident, 0), len);
                assert_eq!(text_end(&ident, 0), len);
                let spaces = [&vec![b' '; len][..], tail].concat();
                assert_eq!(spaces_end(&spaces, 0), len);
            }
        }
    }

    /// One token after another gives what the whole text gives, and each can be measured alone.
    #[test]
    fn tokens_one_by_one() {
        let source = b"\xEF\xBB\xBFconst @\"a b\" = 'x'; // c\r\n/// d\n\\\\e\n#\0f\n\"g\n.** <<|= 1.5e+3..4 \
            a**b async \"\\\x01\" c";
        let mut counts = Vec::new();
        for release in Release::ALL.iter().copied() {
            let list = tokenize(source, release);
            let mut tokenizer = Tokenizer::new(source, release);
            for ((&tag, &start), &len) in list.tags.iter().zip(&list.starts).zip(&list.lens) {
                assert!(tag.generations().contains(release.generation()));
                let token = tokenizer.next_token();
                assert_eq!((token.tag, token.start), (tag, start));
                if tag == TokenTag::InvalidPeriodasterisks {
                    assert_eq!(len, LONG);
                } else {
                    assert_eq!(token.end - token.start, u32::from(len));
                }
                assert_eq!(
                    token_end(source, start as usize, release),
                    token.end as usize
                );
                let again = Tokenizer::at(source, start, release).next_token();
                assert_eq!(again, token);
            }
            assert_eq!(tokenizer.next_token().tag, TokenTag::Eof);
            counts.push(list.tags.len());
        }
        // A string that reaches to the end of its line from 0.16 on, `**` as two tokens from 0.17.
        let base = counts[0];
        let expected = [base, base, base, base, base - 1, base, base];
        assert_eq!(counts, expected);
    }

    #[test]
    fn long_tokens_are_measured_when_asked_for() {
        for len in [1, 254, 255, 256, 1000] {
            let source = [b"a + ".as_slice(), &vec![b'x'; len], b" + b"].concat();
            let tree = crate::Ast::parse(&source, crate::Mode::Zig, Release::V0_14_1);
            assert_eq!(tree.token_slice(2), vec![b'x'; len]);
            assert_eq!(tree.token_slice(4), b"b");
            assert_eq!(tree.token_slice(5), b"");
        }
        let tree = crate::Ast::parse(b"a.**", crate::Mode::Zig, Release::V0_14_1);
        assert_eq!(tree.token_slice(1), b".**");
    }
}
