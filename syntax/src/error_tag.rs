//! The parse errors: what each is called, what it says, and where it points. One row an error.

use release::{Generation, Range, counted_numbers};

/// A piece of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A text.
    Text(&'static str),
    /// The symbol of the error's own token.
    Symbol,
    /// `, found '..'` with the symbol of the token found in place of what was expected.
    Found,
    /// As `Found`, but without quotes where the bytes are no token.
    FoundOrInvalid,
    /// The symbol that the error carries.
    Expected,
    /// The text of the error's own token.
    TokenText,
    /// What kind of token the error's own is, where that may contain any byte.
    Literal,
    /// The byte at the offset that the error carries, quoted.
    Byte,
    /// [`MAX_NESTING`](crate::limits::MAX_NESTING)
    MaxNesting,
    /// [`MAX_SOURCE_LEN`](crate::limits::MAX_SOURCE_LEN)
    MaxSourceLen,
}

macro_rules! part {
    (symbol) => {
        Part::Symbol
    };
    (found) => {
        Part::Found
    };
    (found_or_invalid) => {
        Part::FoundOrInvalid
    };
    (expected) => {
        Part::Expected
    };
    (token_text) => {
        Part::TokenText
    };
    (literal) => {
        Part::Literal
    };
    (byte) => {
        Part::Byte
    };
    (max_nesting) => {
        Part::MaxNesting
    };
    (max_source_len) => {
        Part::MaxSourceLen
    };
    ($text:literal) => {
        Part::Text($text)
    };
}

/// Whether an error is about something missing before its token.
macro_rules! is_before {
    (at) => {
        false
    };
    (before) => {
        true
    };
}

/// Row: `Name at [parts of the message];` where the error points at its token, `before` where something is
/// missing before it. Other words of later generations follow as `G15.. [parts]`, the generations that have
/// the error in parentheses before its name, where not all do.
macro_rules! parse_errors {
    ($(
        $(#[doc = $doc:literal])*
        $(($($range:tt)*))? $name:ident $place:ident [$($part:tt)*] $($since:ident.. [$($later:tt)*])*;
    )*) => {
        /// What is wrong, in any release of Zig. The order is the reference's, whose numbers are counted, see
        /// [`ErrorTag::number`]; our own tags come last.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum ErrorTag {
            $($(#[doc = $doc])* $name,)*
        }

        impl ErrorTag {
            /// Every tag, in order.
            pub const ALL: &'static [ErrorTag] = &[$(ErrorTag::$name,)*];

            const RANGES: [Range; ErrorTag::ALL.len()] = [$(range!($($($range)*)?),)*];

            const TABLE: &'static [Row] = &[
                $(Row {
                    is_before: is_before!($place),
                    parts: &[
                        (Range::ALL, &[$(part!($part)),*]),
                        $((release::generations!($since..), &[$(part!($later)),*]),)*
                    ],
                },)*
            ];
        }
    };
}

macro_rules! range {
    () => {
        Range::ALL
    };
    ($($range:tt)+) => {
        release::generations!($($range)+)
    };
}

struct Row {
    is_before: bool,
    /// The message, and what replaced it.
    parts: &'static [(Range, &'static [Part])],
}

impl ErrorTag {
    /// Whether the error is about something missing before its token: where that begins a line, it points at
    /// the end of the token before.
    pub(crate) fn points_at_previous(self) -> bool {
        Self::TABLE[self as usize].is_before
    }

    /// The message.
    pub(crate) fn parts(self, generation: Generation) -> &'static [Part] {
        let wordings = Self::TABLE[self as usize].parts.iter();
        let mut of_it = wordings.filter(|(range, _)| range.contains(generation));
        of_it.next_back().map_or(&[], |(_, parts)| parts)
    }

    /// The generations whose parser finds this error.
    pub const fn generations(self) -> Range {
        Self::RANGES[self as usize]
    }

    /// The reference's number for the tag, counted: `None` if the generation does not have it. Numbers of our
    /// own tags come after all of the reference's.
    pub fn number(self, generation: Generation) -> Option<u8> {
        static NUMBERS: [[Option<u8>; ErrorTag::ALL.len()]; Generation::COUNT] =
            counted_numbers(&ErrorTag::RANGES);
        NUMBERS[generation as usize][self as usize]
    }
}

parse_errors! {
    /// `.*` directly followed by `*`.
    (..G17_0) AsteriskAfterPtrDeref at ["'.*' cannot be followed by '*'. Are you missing a space?"]
        G15.. ["'.*' cannot be followed by '*'; are you missing a space?"];
    /// `a < b < c`.
    ChainedComparisonOperators at ["comparison operators cannot be chained"];
    /// A declaration stands between fields.
    DeclBetweenFields at ["declarations are not allowed between container fields"];
    /// Expected: block.
    ExpectedBlock before ["expected block" found];
    /// Expected: block or assignment.
    ExpectedBlockOrAssignment before ["expected block or assignment" found];
    /// Expected: block or expression.
    ExpectedBlockOrExpr before ["expected block or expression" found];
    /// Expected: block or field.
    ExpectedBlockOrField before ["expected block or field" found];
    /// Expected: container members.
    ExpectedContainerMembers at ["expected test, comptime, var decl, or container field" found];
    /// Expected: expression.
    ExpectedExpr before ["expected expression" found];
    /// Expected: expression or assignment.
    ExpectedExprOrAssignment before ["expected expression or assignment" found];
    /// Expected: expression or variable declaration.
    ExpectedExprOrVarDecl at ["expected expression or var decl" found];
    /// Expected: function.
    ExpectedFn before ["expected function" found];
    /// Something that can be `inline` was expected.
    ExpectedInlinable before ["expected 'while' or 'for'" found];
    /// Something that can bear a label was expected.
    ExpectedLabelable before ["expected 'while', 'for', 'inline', or '{'" found];
    /// Expected: parameter list.
    ExpectedParamList before ["expected parameter list" found];
    /// Expected: prefix expression.
    ExpectedPrefixExpr before ["expected prefix expression" found];
    /// Expected: primary type expression.
    ExpectedPrimaryTypeExpr before ["expected primary type expression" found];
    /// Expected: declaration to publish.
    ExpectedPubItem before ["expected function or variable declaration after pub"];
    /// Expected: return type.
    ExpectedReturnType before ["expected return type expression" found];
    /// Expected: semicolon or else.
    ExpectedSemiOrElse before ["expected ';' or 'else' after statement"];
    /// Expected: semicolon or `{`.
    ExpectedSemiOrLbrace before ["expected ';' or block after function prototype"];
    /// Expected: statement.
    ExpectedStatement at ["expected statement" found];
    /// Expected: suffix operator.
    ExpectedSuffixOp before ["expected pointer dereference, optional unwrap, or field access" found];
    /// Expected: type expression.
    ExpectedTypeExpr before ["expected type expression" found];
    /// Expected: variable declaration.
    ExpectedVarDecl before ["expected variable declaration" found];
    /// Expected: variable declaration or function.
    ExpectedVarDeclOrFn before ["expected variable declaration or function" found];
    /// Expected: loop payload.
    ExpectedLoopPayload before ["expected loop payload" found];
    /// Expected: container.
    ExpectedContainer before ["expected a struct, enum or union" found];
    /// An `extern fn` with a body.
    ExternFnBody at ["extern functions have no body"];
    /// A second `addrspace`.
    ExtraAddrspaceQualifier at ["extra addrspace qualifier"];
    /// A second `align`.
    ExtraAlignQualifier at ["extra align qualifier"];
    /// A second `allowzero`.
    (..G17_0) ExtraAllowzeroQualifier at ["extra allowzero qualifier"];
    /// A second `const`.
    (..G17_0) ExtraConstQualifier at ["extra const qualifier"];
    /// A second `volatile`.
    (..G17_0) ExtraVolatileQualifier at ["extra volatile qualifier"];
    /// A pointer qualifier after `[n]`.
    PtrModOnArrayChildType at ["pointer modifier '" symbol "' not allowed on array child type"];
    /// `align(a:b:c)` on a slice.
    InvalidBitRange at ["bit range not allowed on slices and arrays"]
        G16.. ["bit range only allowed on single item pointers"];
    /// A doc comment behind something on its line.
    SameLineDocComment at ["same line documentation comment"];
    /// A doc comment with nothing after it.
    UnattachedDocComment at ["unattached documentation comment"];
    /// A doc comment on a test.
    TestDocComment at ["documentation comments cannot be attached to tests"];
    /// A doc comment on a `comptime` block.
    ComptimeDocComment at ["documentation comments cannot be attached to comptime blocks"];
    /// `...` is not the last parameter.
    VarargsNonfinal at ["function prototype has parameter after varargs"];
    /// Expected: continue expression.
    (..G16) ExpectedContinueExpr at ["expected ':' before while continue expression"];
    /// Expected: semicolon after declaration.
    ExpectedSemiAfterDecl before ["expected ';' after declaration"];
    /// Expected: semicolon after statement.
    ExpectedSemiAfterStmt before ["expected ';' after statement"];
    /// Expected: comma after field.
    ExpectedCommaAfterField before ["expected ',' after field"];
    /// Expected: comma after argument.
    ExpectedCommaAfterArg before ["expected ',' after argument"];
    /// Expected: comma after parameter.
    ExpectedCommaAfterParam before ["expected ',' after parameter"];
    /// Expected: comma after initializer.
    ExpectedCommaAfterInitializer before ["expected ',' after initializer"];
    /// Expected: comma after switch prong.
    ExpectedCommaAfterSwitchProng before ["expected ',' after switch prong"];
    /// Expected: comma after for operand.
    ExpectedCommaAfterForOperand before ["expected ',' after for operand"];
    /// Expected: comma after capture.
    ExpectedCommaAfterCapture before ["expected ',' after for capture"];
    /// Expected: initializer.
    ExpectedInitializer at ["expected field initializer"];
    /// Space on one side of a binary operator only.
    MismatchedBinaryOpWhitespace at
        ["binary operator `" symbol "` has whitespace on one side, but not the other."]
        G15.. ["binary operator '" symbol "' has whitespace on one side, but not the other"];
    /// `&&`.
    InvalidAmpersandAmpersand at
        ["ambiguous use of '&&'; use 'and' for logical AND, or change whitespace to ' & &' for bitwise AND"];
    /// `struct Foo {}`; carries the keyword.
    CStyleContainer at ["'" expected " " token_text "' is invalid"];
    /// A declaration lacks its `var` or `const`.
    ExpectedVarConst at ["expected 'var' or 'const' before variable declaration"];
    /// `==` where `=` is meant.
    WrongEqualVarDecl at ["variable initialized with '==' instead of '='"];
    /// Note: a declaration begins with `var` or `const`.
    VarConstDecl at ["use 'var' or 'const' to declare variable"];
    /// More captures than operands of `for`.
    (..G17_0) ExtraForCapture at ["extra capture in for loop"];
    /// Fewer captures than operands of `for`.
    (..G17_0) ForInputNotCaptured at ["for input is not captured"];
    /// Note: how to declare a container; carries the keyword.
    ZigStyleContainer at ["to declare a container do 'const " token_text " = " expected "'"];
    /// Note: the field before.
    PreviousField at ["field before declarations here"];
    /// Note: the field after.
    NextField at ["field after declarations here"];
    /// Another token was expected; carries its tag.
    ExpectedToken before ["expected '" expected "'" found_or_invalid];
    /// A byte that may not be there; carries its offset in the token. Found after parsing.
    InvalidByte at [literal " contains invalid byte: '" byte "'"];
    /// Nested deeper than [`MAX_NESTING`](crate::limits::MAX_NESTING); nothing after it was parsed.
    NestingTooDeep at ["nesting is deeper than " max_nesting " levels"];
    /// Longer than [`MAX_SOURCE_LEN`](crate::limits::MAX_SOURCE_LEN); nothing was parsed.
    SourceTooLong at ["source is longer than " max_source_len " bytes"];
}
