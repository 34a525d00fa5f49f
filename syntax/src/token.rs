//! Token tags: their numbering and spelling.

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

        /// What each is spelled as, or called.
        pub(crate) const CONST_TEXT: [&str; TokenTag::ALL.len()] = [$($text,)*];
        /// The same in one place.
        pub(crate) static TEXT: [&str; TokenTag::ALL.len()] = CONST_TEXT;
        static FIXED_LEN: [u8; TokenTag::ALL.len()] = [$(token_tags!(@len $kind $text),)*];
        pub(crate) const IS_KEYWORD: [bool; TokenTag::ALL.len()] = [$(token_tags!(@keyword $kind),)*];
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
