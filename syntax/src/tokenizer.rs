//! Text to tokens.
//!
//! A token that goes wrong (a stray byte, an unterminated literal, a control character in a comment) becomes
//! an `Invalid` token that reaches to the end of its line, so one mistake costs one line. Where exactly such
//! a token starts and ends decides token numbers after it, and follows the reference to the byte. The text
//! needs no terminator: past its end a NUL is read, and a NUL inside it is told apart by its place.

use crate::blocks::{Block, Guesses, Next};
use crate::bytes::{self, BLOCK};
use crate::keywords::Keywords;
use crate::spare::with_room;
use crate::token::TokenTag;
use crate::token_list::{LONG, TokenList};
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
    block: Block,
    lexicon: &'static Lexicon,
}

/// What the tokens of a generation depend on, in one place: a token is made from one pointer to it.
#[derive(Debug)]
struct Lexicon {
    guesses: Guesses,
    rules: &'static Rules,
}

impl Lexicon {
    const fn new(generation: Generation) -> Lexicon {
        Lexicon {
            guesses: Guesses::new(Keywords::new(generation)),
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
            block: Block::new(first_index(source)),
            lexicon: Lexicon::of(release),
        }
    }

    /// Starts at `index`, which must be a place between two tokens.
    pub fn at(source: &'s [u8], index: ByteOffset, release: Release) -> Tokenizer<'s> {
        Tokenizer {
            source,
            block: Block::new((index as usize).min(source.len())),
            lexicon: Lexicon::of(release),
        }
    }

    /// The next token; at the end of the text an `Eof`, again and again.
    #[inline]
    pub fn next_token(&mut self) -> Token {
        loop {
            let start = match self.block.advance(self.source) {
                Ok(()) => match self.block.take(&self.lexicon.guesses) {
                    Next::Usual(tag, start, len) => {
                        return Token {
                            tag,
                            start: start as ByteOffset,
                            end: (start + len) as ByteOffset,
                        };
                    }
                    Next::Unusual(start) => start,
                },
                Err(start) => start,
            };
            let (token, end) = lex(self.source, start, self.lexicon);
            self.block.go_on_at(end as usize);
            if let Some(tag) = token {
                return Token {
                    tag,
                    start: start as ByteOffset,
                    end,
                };
            }
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

/// Source bytes per token, on the low side: the reference's library has five or six. Room that is not used
/// costs little.
const BYTES_PER_TOKEN: usize = 4;

/// Tokens gathered before they are added to the lists: one look at the room in three lists for all of them. A
/// number of them is a byte.
const CHUNK: usize = 256;

/// The tokens of a text, in the room of `room`, which is empty.
pub(crate) fn tokenize(source: &[u8], release: Release, room: TokenList) -> TokenList {
    let lexicon = Lexicon::of(release);
    let capacity = source.len() / BYTES_PER_TOKEN + 1;
    let mut list = TokenList {
        tags: with_room(room.tags, capacity),
        starts: with_room(room.starts, capacity),
        lens: with_room(room.lens, capacity),
    };
    let mut tags = [TokenTag::Eof; CHUNK];
    let mut starts = [0; CHUNK];
    let mut lens = [0; CHUNK];
    let mut count = 0u8;
    let mut block = Block::new(first_index(source));
    loop {
        let mut add = |tag, start, len| {
            let i = usize::from(count);
            tags[i] = tag;
            starts[i] = start as ByteOffset;
            lens[i] = len;
            count += 1;
        };
        let unusual = match block.advance(source) {
            Ok(()) => loop {
                match block.take(&lexicon.guesses) {
                    // No longer than a block.
                    Next::Usual(tag, start, len) => add(tag, start, len as u8),
                    Next::Unusual(start) => break Some(start),
                }
                if block.is_empty() {
                    break None;
                }
            },
            Err(start) => Some(start),
        };
        let mut is_end = false;
        if let Some(start) = unusual {
            let (token, end) = lex(source, start, lexicon);
            block.go_on_at(end as usize);
            if let Some(tag) = token {
                let len = match tag {
                    // Ends before its second asterisk, and its text is given with it.
                    TokenTag::InvalidPeriodasterisks => LONG,
                    _ => (end as usize - start).min(usize::from(LONG)) as u8,
                };
                add(tag, start, len);
                is_end = tag == TokenTag::Eof;
            }
        }
        // There may be one token more than a block has bytes until here again.
        if is_end || usize::from(count) >= CHUNK - BLOCK - 1 {
            let count = usize::from(std::mem::take(&mut count));
            list.tags.extend_from_slice(&tags[..count]);
            list.starts.extend_from_slice(&starts[..count]);
            list.lens.extend_from_slice(&lens[..count]);
        }
        if is_end {
            return list;
        }
    }
}

/// Where the token that starts at `start` ends.
#[cold]
pub(crate) fn token_end(source: &[u8], start: usize, release: Release) -> usize {
    lex(source, start, Lexicon::of(release)).1 as usize
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

/// Where the name that has started before `index` ends.
#[inline]
fn name_end(source: &[u8], index: usize) -> usize {
    bytes::find(source, index, |bytes| !bytes::names(bytes))
}

/// The byte at `index`, or NUL past the end.
#[inline]
fn byte_at(source: &[u8], index: usize) -> u8 {
    source.get(index).copied().unwrap_or(0)
}

/// What is at `start`, if it is a token, and where it ends. White space and comments that are no tokens end
/// before the first byte of something else.
#[inline(never)]
fn lex(source: &[u8], start: usize, lexicon: &'static Lexicon) -> (Option<TokenTag>, ByteOffset) {
    let end = blank_end(source, start);
    if end > start {
        return (None, end as ByteOffset);
    }
    let (tag, end) = lex_token(source, start, lexicon);
    (Some(tag), end as ByteOffset)
}

/// First offset from `index` on that is in neither white space nor a comment that is no token.
#[inline]
fn blank_end(source: &[u8], index: usize) -> usize {
    let mut i = index;
    loop {
        match byte_at(source, i) {
            b' ' | b'\t' | b'\r' | b'\n' => {
                i = bytes::find(source, i + 1, |bytes| !bytes::spaces(bytes));
            }
            b'/' if byte_at(source, i + 1) == b'/' && doc_comment(source, i).is_none() => {
                let end = bytes::find(source, i + 2, bytes::controls);
                if !is_line_end(source, end) {
                    return i;
                }
                i = end;
            }
            _ => return i,
        }
    }
}

/// What the two slashes at `start` begin if it is a doc comment.
#[inline]
fn doc_comment(source: &[u8], start: usize) -> Option<TokenTag> {
    match (byte_at(source, start + 2), byte_at(source, start + 3)) {
        (b'!', _) => Some(TokenTag::ContainerDocComment),
        (b'/', b'/') => None,
        (b'/', _) => Some(TokenTag::DocComment),
        _ => None,
    }
}

/// Whether a line ends before `index`.
#[inline]
fn is_line_end(source: &[u8], index: usize) -> bool {
    match source.get(index) {
        None | Some(b'\n') => true,
        Some(b'\r') => byte_at(source, index + 1) == b'\n',
        Some(_) => false,
    }
}

/// The token at `start`: its tag and end.
#[inline(always)]
fn lex_token(source: &[u8], start: usize, lexicon: &'static Lexicon) -> (TokenTag, usize) {
    use TokenTag as T;

    let next = |offset: usize| byte_at(source, start + offset);
    let done = |tag: T, len: usize| (tag, start + len);
    let invalid = |from: usize| (T::Invalid, line_end(source, from));

    match byte_at(source, start) {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let end = name_end(source, start);
            let keyword = lexicon.guesses.keywords.find(&source[start..end]);
            (keyword.unwrap_or(T::Identifier), end)
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
        b'0'..=b'9' => (T::NumberLiteral, number_end(source, start + 1)),
        b'"' => string_literal(source, start + 1, T::StringLiteral, lexicon),
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
            b'"' => string_literal(source, start + 2, T::Identifier, lexicon),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => (T::Builtin, name_end(source, start + 2)),
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
            (b'<', b'|') if next(3) == b'=' => done(T::AngleBracketAngleBracketLeftPipeEqual, 4),
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
                let end = bytes::find(source, start + 2, bytes::controls);
                if is_line_end(source, end) {
                    (T::MultilineStringLiteralLine, end)
                } else {
                    invalid(end + 1)
                }
            }
            0 | b'\n' => done(T::Invalid, 1),
            _ => invalid(start + 1),
        },
        b'/' => match next(1) {
            b'=' => done(T::SlashEqual, 2),
            b'/' => {
                let end = bytes::find(source, start + 2, bytes::controls);
                match doc_comment(source, start) {
                    // A NUL ends a doc comment and is itself what is wrong.
                    Some(tag) if is_line_end(source, end) || source[end] == 0 => (tag, end),
                    _ => invalid(end + 1),
                }
            }
            _ => done(T::Slash, 1),
        },
        0 if start >= source.len() => (T::Eof, source.len()),
        _ => invalid(start + 1),
    }
}

/// The rest of a string literal or quoted identifier whose contents begin at `index`.
#[inline]
fn string_literal(
    source: &[u8],
    index: usize,
    tag: TokenTag,
    lexicon: &'static Lexicon,
) -> (TokenTag, usize) {
    let mut i = index;
    loop {
        i = bytes::find(source, i, |bytes| {
            bytes::controls(bytes) | bytes::equal(bytes, b'"') | bytes::equal(bytes, b'\\')
        });
        match source.get(i) {
            Some(b'"') => return (tag, i + 1),
            // What follows a backslash is left to whoever evaluates the literal.
            Some(b'\\') => match byte_at(source, i + 1) {
                0 | b'\n' => return (TokenTag::Invalid, i + 1),
                byte if byte.is_ascii_control() && lexicon.rules.strings_escape_no_controls => {
                    return (TokenTag::Invalid, line_end(source, i + 2));
                }
                _ => i += 2,
            },
            None | Some(b'\n') => return (TokenTag::Invalid, i),
            Some(_) => return (TokenTag::Invalid, line_end(source, i + 1)),
        }
    }
}

/// A character literal; how many characters it holds is left to whoever evaluates it.
#[inline]
fn char_literal(source: &[u8], start: usize) -> (TokenTag, usize) {
    let mut i = start + 1;
    loop {
        let is_text = |byte: u8| !byte.is_ascii_control() && !matches!(byte, b'\'' | b'\\');
        while source.get(i).is_some_and(|&byte| is_text(byte)) {
            i += 1;
        }
        match source.get(i) {
            Some(b'\'') => return (TokenTag::CharLiteral, i + 1),
            Some(b'\\') => match source.get(i + 1) {
                None | Some(b'\n') => return (TokenTag::Invalid, i + 1),
                Some(byte) if byte.is_ascii_control() => {
                    return (TokenTag::Invalid, line_end(source, i + 2));
                }
                Some(_) => i += 2,
            },
            None | Some(b'\n') => return (TokenTag::Invalid, i),
            Some(_) => return (TokenTag::Invalid, line_end(source, i + 1)),
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
            b'.' if !is_float && bytes::is_name(byte_at(source, i + 1)) => {
                i += 1;
                is_float = true;
            }
            byte if bytes::is_name(byte) => i += 1,
            _ => return i,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;

    /// One token after another gives what the whole text gives, and each can be measured alone.
    #[test]
    fn tokens_one_by_one() {
        let source = b"\xEF\xBB\xBFconst @\"a b\" = 'x'; // c\r\n/// d\n\\\\e\n#\0f\n\"g\n.** <<|= 1.5e+3..4 \
            a**b async \"\\\x01\" c";
        let mut counts = Vec::new();
        for release in Release::ALL.iter().copied() {
            let list = tokenize(source, release, TokenList::NONE);
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

    /// The tokens of blocks are those that are read one by one, wherever a block starts and ends.
    #[test]
    fn blocks_give_what_single_tokens_give() {
        let pieces: &[&[u8]] = &[
            b" ",
            b"  ",
            b"\n",
            b"\n        ",
            b"\t",
            b"\r\n",
            b"\r",
            b"a",
            b"foo",
            b"_",
            b"x1",
            b"const",
            b"fn",
            b"comptime",
            b"comptime_",
            b"comptimex",
            b"unreachable",
            b"unreachablx",
            b"errdefer",
            b"nosuspend",
            b"usingnamespace",
            b"async",
            b"a_name_of_more_than_sixteen_bytes",
            &[b'n'; 63],
            &[b'n'; 64],
            &[b'n'; 65],
            &[b'n'; 200],
            b"0",
            b"12",
            b"0x1p",
            b"1.5",
            b"1e",
            b"+",
            b"-",
            b"*",
            b"/",
            b"%",
            b"|",
            b"=",
            b"<",
            b">",
            b"!",
            b"&",
            b"^",
            b".",
            b"..",
            b"(",
            b")",
            b"[",
            b"]",
            b"{",
            b"}",
            b";",
            b",",
            b"?",
            b":",
            b"~",
            b"@",
            b"@x",
            b"@\"",
            b"\"",
            b"\"s\"",
            b"\"\\",
            b"'",
            b"'c'",
            b"'\\",
            b"\\\\",
            b"\\\\ line\n",
            b"\\",
            b"//",
            b"// comment\n",
            b"/// doc\n",
            b"//! doc\n",
            b"//// no\n",
            b"// \x01",
            b"\0",
            b"\x7f",
            b"\x01",
            b"\x80",
            b"\xff",
            b"#",
            b"$",
            b"`",
        ];
        let mut state = 1u64;
        let mut random = |below: usize| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        let rounds = if cfg!(miri) { 20 } else { 20_000 };
        for round in 0..rounds {
            let mut source = Vec::new();
            for _ in 0..random(60) {
                source.extend_from_slice(pieces[random(pieces.len())]);
            }
            let release = Release::ALL[round % Release::ALL.len()];
            let lexicon = Lexicon::of(release);
            let mut expected = Vec::new();
            let mut index = 0;
            loop {
                let (tag, end) = lex(&source, index, lexicon);
                if let Some(tag) = tag {
                    expected.push((tag, index as ByteOffset, end));
                }
                if tag == Some(TokenTag::Eof) {
                    break;
                }
                index = end as usize;
            }
            let text = source.escape_ascii();
            let mut tokenizer = Tokenizer::new(&source, release);
            for &(tag, start, end) in &expected {
                assert_eq!(tokenizer.next_token(), Token { tag, start, end }, "{text}");
            }
            let list = tokenize(&source, release, TokenList::NONE);
            assert!(
                list.tags.iter().eq(expected.iter().map(|token| &token.0)),
                "{text}"
            );
            assert!(
                list.starts.iter().eq(expected.iter().map(|token| &token.1)),
                "{text}"
            );
            for (&len, &(tag, start, end)) in list.lens.iter().zip(&expected) {
                let is_long = tag == TokenTag::InvalidPeriodasterisks || end - start >= LONG.into();
                let expected = if is_long { LONG.into() } else { end - start };
                assert_eq!(u32::from(len), expected, "{text}");
            }
        }
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
