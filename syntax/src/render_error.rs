//! Texts and positions of parse errors.

use crate::ast::{Ast, AstError, ErrorExtra, ErrorTag as E};
use crate::fmt_id::fmt_escapes;
use crate::limits::{MAX_NESTING, MAX_SOURCE_LEN};
use crate::token::TokenTag;

/// What a message consists of.
enum Form {
    /// The text alone.
    Plain(&'static str),
    /// The text, and then the token found in place of what was expected.
    Found(&'static str),
    /// Neither: made by hand.
    Other,
}

fn form(tag: E) -> Form {
    use Form::{Found, Other, Plain};
    match tag {
        E::AsteriskAfterPtrDeref => {
            Plain("'.*' cannot be followed by '*'. Are you missing a space?")
        }
        E::ChainedComparisonOperators => Plain("comparison operators cannot be chained"),
        E::DeclBetweenFields => Plain("declarations are not allowed between container fields"),
        E::ExpectedBlock => Found("block"),
        E::ExpectedBlockOrAssignment => Found("block or assignment"),
        E::ExpectedBlockOrExpr => Found("block or expression"),
        E::ExpectedBlockOrField => Found("block or field"),
        E::ExpectedContainerMembers => Found("test, comptime, var decl, or container field"),
        E::ExpectedExpr => Found("expression"),
        E::ExpectedExprOrAssignment => Found("expression or assignment"),
        E::ExpectedExprOrVarDecl => Found("expression or var decl"),
        E::ExpectedFn => Found("function"),
        E::ExpectedInlinable => Found("'while' or 'for'"),
        E::ExpectedLabelable => Found("'while', 'for', 'inline', or '{'"),
        E::ExpectedParamList => Found("parameter list"),
        E::ExpectedPrefixExpr => Found("prefix expression"),
        E::ExpectedPrimaryTypeExpr => Found("primary type expression"),
        E::ExpectedPubItem => Plain("expected function or variable declaration after pub"),
        E::ExpectedReturnType => Found("return type expression"),
        E::ExpectedSemiOrElse => Plain("expected ';' or 'else' after statement"),
        E::ExpectedSemiOrLbrace => Plain("expected ';' or block after function prototype"),
        E::ExpectedStatement => Found("statement"),
        E::ExpectedSuffixOp => Found("pointer dereference, optional unwrap, or field access"),
        E::ExpectedTypeExpr => Found("type expression"),
        E::ExpectedVarDecl => Found("variable declaration"),
        E::ExpectedVarDeclOrFn => Found("variable declaration or function"),
        E::ExpectedLoopPayload => Found("loop payload"),
        E::ExpectedContainer => Found("a struct, enum or union"),
        E::ExternFnBody => Plain("extern functions have no body"),
        E::ExtraAddrspaceQualifier => Plain("extra addrspace qualifier"),
        E::ExtraAlignQualifier => Plain("extra align qualifier"),
        E::ExtraAllowzeroQualifier => Plain("extra allowzero qualifier"),
        E::ExtraConstQualifier => Plain("extra const qualifier"),
        E::ExtraVolatileQualifier => Plain("extra volatile qualifier"),
        E::InvalidBitRange => Plain("bit range not allowed on slices and arrays"),
        E::SameLineDocComment => Plain("same line documentation comment"),
        E::UnattachedDocComment => Plain("unattached documentation comment"),
        E::TestDocComment => Plain("documentation comments cannot be attached to tests"),
        E::ComptimeDocComment => {
            Plain("documentation comments cannot be attached to comptime blocks")
        }
        E::VarargsNonfinal => Plain("function prototype has parameter after varargs"),
        E::ExpectedContinueExpr => Plain("expected ':' before while continue expression"),
        E::ExpectedSemiAfterDecl => Plain("expected ';' after declaration"),
        E::ExpectedSemiAfterStmt => Plain("expected ';' after statement"),
        E::ExpectedCommaAfterField => Plain("expected ',' after field"),
        E::ExpectedCommaAfterArg => Plain("expected ',' after argument"),
        E::ExpectedCommaAfterParam => Plain("expected ',' after parameter"),
        E::ExpectedCommaAfterInitializer => Plain("expected ',' after initializer"),
        E::ExpectedCommaAfterSwitchProng => Plain("expected ',' after switch prong"),
        E::ExpectedCommaAfterForOperand => Plain("expected ',' after for operand"),
        E::ExpectedCommaAfterCapture => Plain("expected ',' after for capture"),
        E::ExpectedInitializer => Plain("expected field initializer"),
        E::InvalidAmpersandAmpersand => Plain(
            "ambiguous use of '&&'; use 'and' for logical AND, or change whitespace to ' & &' for bitwise AND",
        ),
        E::ExpectedVarConst => Plain("expected 'var' or 'const' before variable declaration"),
        E::WrongEqualVarDecl => Plain("variable initialized with '==' instead of '='"),
        E::VarConstDecl => Plain("use 'var' or 'const' to declare variable"),
        E::ExtraForCapture => Plain("extra capture in for loop"),
        E::ForInputNotCaptured => Plain("for input is not captured"),
        E::PreviousField => Plain("field before declarations here"),
        E::NextField => Plain("field after declarations here"),
        E::PtrModOnArrayChildType
        | E::MismatchedBinaryOpWhitespace
        | E::CStyleContainer
        | E::ZigStyleContainer
        | E::ExpectedToken
        | E::InvalidByte
        | E::NestingTooDeep
        | E::SourceTooLong => Other,
    }
}

impl Ast<'_> {
    /// How many bytes after the start of the error's token the error's place is.
    pub fn error_offset(&self, error: &AstError) -> u32 {
        if error.token_is_prev {
            self.token_slice(error.token).len() as u32
        } else {
            0
        }
    }

    /// Appends the error's message. It may contain any bytes of the source.
    pub fn render_error(&self, error: &AstError, out: &mut Vec<u8>) {
        match form(error.tag) {
            Form::Plain(text) => out.extend_from_slice(text.as_bytes()),
            Form::Found(expected) => {
                let found = match error.tag {
                    // These two name the error's own token always.
                    E::ExpectedContainerMembers | E::ExpectedStatement => self.tag_at(error.token),
                    _ => self.found_tag(error),
                };
                concat(
                    out,
                    &["expected ", expected, ", found '", found.symbol(), "'"],
                );
            }
            Form::Other => self.render_other(error, out),
        }
    }

    /// The offending token: the error's own or the one after it.
    fn found_tag(&self, error: &AstError) -> TokenTag {
        self.tag_at(error.token.wrapping_add(u32::from(error.token_is_prev)))
    }

    fn render_other(&self, error: &AstError, out: &mut Vec<u8>) {
        let tag_in_extra = match error.extra {
            ErrorExtra::ExpectedTag(tag) => tag.symbol(),
            _ => "",
        };
        match error.tag {
            E::PtrModOnArrayChildType => {
                let modifier = self.tag_at(error.token).symbol();
                concat(
                    out,
                    &[
                        "pointer modifier '",
                        modifier,
                        "' not allowed on array child type",
                    ],
                );
            }
            E::MismatchedBinaryOpWhitespace => {
                let operator = self.tag_at(error.token).symbol();
                concat(
                    out,
                    &[
                        "binary operator `",
                        operator,
                        "` has whitespace on one side, but not the other.",
                    ],
                );
            }
            E::CStyleContainer => {
                concat(out, &["'", tag_in_extra, " "]);
                out.extend_from_slice(self.token_slice(error.token));
                out.extend_from_slice(b"' is invalid");
            }
            E::ZigStyleContainer => {
                out.extend_from_slice(b"to declare a container do 'const ");
                out.extend_from_slice(self.token_slice(error.token));
                concat(out, &[" = ", tag_in_extra, "'"]);
            }
            E::ExpectedToken => {
                concat(out, &["expected '", tag_in_extra, "', found "]);
                match self.found_tag(error) {
                    TokenTag::Invalid => out.extend_from_slice(b"invalid bytes"),
                    found => concat(out, &["'", found.symbol(), "'"]),
                }
            }
            E::InvalidByte => {
                let start = self.token_start(error.token) as usize;
                let place = match self.source.get(start) {
                    Some(b'\'') => "character literal",
                    Some(b'"' | b'\\') => "string literal",
                    _ => "comment",
                };
                let offset = match error.extra {
                    ErrorExtra::Offset(offset) => start + offset as usize,
                    _ => start,
                };
                // An open literal ends at the end of the file, where the reference sees a NUL.
                let byte = self.source.get(offset..offset + 1).unwrap_or(&[0]);
                concat(out, &[place, " contains invalid byte: '"]);
                fmt_escapes(byte).single_quoted().append_to(out);
                out.push(b'\'');
            }
            E::NestingTooDeep => {
                let limit = MAX_NESTING.to_string();
                concat(out, &["nesting is deeper than ", &limit, " levels"]);
            }
            E::SourceTooLong => {
                let limit = MAX_SOURCE_LEN.to_string();
                concat(out, &["source is longer than ", &limit, " bytes"]);
            }
            _ => {}
        }
    }
}

fn concat(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;

    /// Each error of a text as `token+offset message`.
    fn errors(source: &[u8]) -> Vec<String> {
        let tree = Ast::parse(source, Mode::Zig);
        let render = |error: &AstError| {
            let mut message = Vec::new();
            tree.render_error(error, &mut message);
            let offset = tree.error_offset(error);
            let note = if error.is_note { "note: " } else { "" };
            let message = String::from_utf8_lossy(&message);
            format!("{}+{offset} {note}{message}", error.token)
        };
        tree.errors.iter().map(render).collect()
    }

    #[test]
    fn messages() {
        let cases: &[(&str, &[&str])] = &[
            (
                "const a = b && c;",
                &[
                    "4+0 ambiguous use of '&&'; use 'and' for logical AND, or change whitespace to ' & &' for bitwise AND",
                ],
            ),
            (
                "fn f() void { asm volatile (\"x\" : [a] \"b\" (c) : [d] (e)); }",
                &["22+0 expected 'a string literal', found '('"],
            ),
            (
                "fn f() void { asm (\"x\" : [a] \"b\" (-> ) ); }",
                &["16+0 expected type expression, found ')'"],
            ),
            (
                "const a = b.**c;",
                &["4+0 '.*' cannot be followed by '*'. Are you missing a space?"],
            ),
            (
                "const a = async b;",
                &["5+0 expected parameter list, found ';'"],
            ),
            (
                "const a: []align(1:2:3) u8 = 1;",
                &["9+0 bit range not allowed on slices and arrays"],
            ),
            (
                "fn f() void { while (true) break; for (a) |x| ; while (a) const }",
                &[
                    "19+0 expected block or assignment, found ';'",
                    "24+0 expected block or assignment, found 'const'",
                ],
            ),
            (
                "fn f() void { defer const; }",
                &["7+0 expected block or expression, found 'const'"],
            ),
            (
                "struct Foo { a: u8 };",
                &[
                    "1+0 'struct Foo' is invalid",
                    "1+0 note: to declare a container do 'const Foo = struct'",
                ],
            ),
            (
                "fn f() void { enum Foo { a }; }",
                &[
                    "7+0 'enum Foo' is invalid",
                    "7+0 note: to declare a container do 'const Foo = enum'",
                ],
            ),
            (
                "const a = 1 < 2 < 3;",
                &["6+0 comparison operators cannot be chained"],
            ),
            ("const a = b(1 2);", &["6+0 expected ',' after argument"]),
            (
                "fn f() void { for (a, b) |x y| {} }",
                &["14+0 expected ',' after for capture"],
            ),
            ("a: u8\nb: u8;", &["2+2 expected ',' after field"]),
            (
                "fn f() void { for (a b) |x| {} }",
                &[
                    "9+0 expected ',' after for operand",
                    "9+0 for input is not captured",
                ],
            ),
            (
                "const a = .{ 1 2 };",
                &["6+0 expected ',' after initializer"],
            ),
            (
                "const a = .{ .a = 1 .b = 2 };",
                &[
                    "11+0 expected ',' after initializer",
                    "11+0 expected field initializer",
                    "13+0 expected 'EOF', found '}'",
                ],
            ),
            (
                "fn f(a: u8 b: u8) void {}",
                &["6+0 expected ',' after parameter"],
            ),
            (
                "fn f() void { switch (a) { 1 => 2 3 => 4 } }",
                &["14+0 expected ',' after switch prong"],
            ),
            (
                "/// x\ncomptime {}",
                &["0+0 documentation comments cannot be attached to comptime blocks"],
            ),
            (
                "const a = packed 1;",
                &["4+0 expected a struct, enum or union, found 'a number literal'"],
            ),
            (
                "const a = extern fn",
                &[
                    "4+0 expected a struct, enum or union, found 'fn'",
                    "5+0 expected '(', found 'EOF'",
                ],
            ),
            (
                "fn f() void { while (a) (b) {} }",
                &["10+0 expected ':' before while continue expression"],
            ),
            (
                "a: u8,\nconst b = 1;\nc: u8,",
                &[
                    "4+0 declarations are not allowed between container fields",
                    "0+0 note: field before declarations here",
                    "9+0 note: field after declarations here",
                ],
            ),
            (
                "fn f() void { a, const b: u8 1; }",
                &["12+0 expected '=', found 'a number literal'"],
            ),
            (
                "const a = error.;",
                &["5+0 expected 'an identifier', found ';'"],
            ),
            (
                "fn f() void { suspend x; defer 1; }\ntest \"x\" 1;",
                &["15+0 expected block, found 'a number literal'"],
            ),
            (
                "a = 1;",
                &[
                    "3+0 expected ',' after field",
                    "0+0 note: use 'var' or 'const' to declare variable",
                ],
            ),
            (
                "pub a = 1;",
                &["1+0 expected function or variable declaration after pub"],
            ),
            ("const a = ;", &["3+0 expected expression, found ';'"]),
            (
                "fn f() void { comptime ; }",
                &["7+0 expected statement, found ';'"],
            ),
            (
                "fn f() void { a, = 1; }",
                &["8+0 expected expression or var decl, found '='"],
            ),
            (
                "extern fn f() void {}",
                &[
                    "0+0 extern functions have no body",
                    "6+0 expected type expression, found '{'",
                ],
            ),
            (
                "const a: *addrspace(.x) addrspace(.y) u8 = 1;",
                &["9+0 extra addrspace qualifier"],
            ),
            (
                "const a: *align(1) align(2) u8 = 1;",
                &["8+0 extra align qualifier"],
            ),
            (
                "const a: *allowzero allowzero u8 = 1;",
                &["5+0 extra allowzero qualifier"],
            ),
            (
                "fn f() void { for (a) |x, y| {} }",
                &["13+0 extra capture in for loop"],
            ),
            (
                "const a: *const const u8 = 1;",
                &["5+0 extra const qualifier"],
            ),
            (
                "const a: *volatile volatile u8 = 1;",
                &["5+0 extra volatile qualifier"],
            ),
            (
                "inline const a = 1;",
                &["1+0 expected function, found 'const'"],
            ),
            (
                "export inline 1;",
                &[
                    "1+0 expected variable declaration or function, found 'inline'",
                    "2+0 expected function, found 'a number literal'",
                ],
            ),
            (
                "fn f() void { if (a) |x b; }",
                &["12+0 expected '|', found 'an identifier'"],
            ),
            (
                "fn f() void { inline if (a) {} }",
                &["7+0 expected 'while' or 'for', found 'if'"],
            ),
            ("const x = a: 1;", &["4+0 expected ';' after declaration"]),
            (
                "fn f() void { for (a) b; }",
                &["10+0 expected loop payload, found 'an identifier'"],
            ),
            (
                "const a = b +c;",
                &["4+0 binary operator `+` has whitespace on one side, but not the other."],
            ),
            (
                "const a = b<< c;",
                &["4+0 binary operator `<<` has whitespace on one side, but not the other."],
            ),
            (
                "const a = -;",
                &["4+0 expected prefix expression, found ';'"],
            ),
            (
                "const a = async ;",
                &["4+0 expected primary type expression, found ';'"],
            ),
            (
                "const a: [3]const u8 = 1;",
                &["6+0 pointer modifier 'const' not allowed on array child type"],
            ),
            (
                "const a: [3]allowzero u8 = 1;",
                &["6+0 pointer modifier 'allowzero' not allowed on array child type"],
            ),
            (
                "const a: [3]align(1) volatile addrspace(.x) u8 = 1;",
                &["6+0 pointer modifier 'align' not allowed on array child type"],
            ),
            (
                "fn f() {}",
                &["4+0 expected return type expression, found '{'"],
            ),
            ("a: u8, /// x\n", &["4+0 same line documentation comment"]),
            (
                "fn f() void { if (a) b c }",
                &[
                    "11+0 expected ';' or 'else' after statement",
                    "12+0 expected ';' after statement",
                ],
            ),
            (
                "fn f() void const",
                &[
                    "5+0 expected ';' or block after function prototype",
                    "6+0 expected 'an identifier', found 'EOF'",
                ],
            ),
            (
                "const a = b.;",
                &["5+0 expected pointer dereference, optional unwrap, or field access, found ';'"],
            ),
            (
                "fn f() void { switch (a) { => 1 } }",
                &[
                    "11+0 expected '}', found '=>'",
                    "14+0 expected 'EOF', found '}'",
                ],
            ),
            (
                "/// x\ntest {}",
                &["0+0 documentation comments cannot be attached to tests"],
            ),
            ("const a = (1;", &["5+0 expected ')', found ';'"]),
            (
                "const a = [1;\nconst b = @import(\"x\";",
                &[
                    "5+0 expected ']', found ';'",
                    "12+0 expected ',' after argument",
                    "12+0 expected expression, found ';'",
                ],
            ),
            (
                "const a = (1 `;",
                &["5+0 expected ')', found invalid bytes"],
            ),
            ("/// x\n", &["0+0 unattached documentation comment"]),
            (
                "threadlocal fn f() void {}",
                &["1+0 expected variable declaration, found 'fn'"],
            ),
            (
                "fn f(..., a: u8) void;",
                &["5+0 function prototype has parameter after varargs"],
            ),
            (
                "fn f() void { while (a) b else |c| ; }",
                &["15+0 expected expression or assignment, found ';'"],
            ),
            (
                "const a == 1;",
                &["2+0 variable initialized with '==' instead of '='"],
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(errors(source.as_bytes()), *expected, "{source}");
        }
    }

    #[test]
    fn invalid_bytes_name_their_place() {
        let cases: &[(&[u8], u32, &str)] = &[
            (
                b"'\x01'",
                1,
                "character literal contains invalid byte: '\\x01'",
            ),
            (b"\"a\t\"", 2, "string literal contains invalid byte: '\\t'"),
            (
                b"\\\\\x7f",
                2,
                "string literal contains invalid byte: '\\x7f'",
            ),
            (b"//!\"\0", 4, "comment contains invalid byte: '\\x00'"),
            (
                b"\"\xff\"",
                1,
                "string literal contains invalid byte: '\\xff'",
            ),
        ];
        for (source, offset, expected) in cases {
            let tree = Ast::parse(source, Mode::Zig);
            let mut error = AstError::new(E::InvalidByte, 0);
            error.extra = ErrorExtra::Offset(*offset);
            let mut message = Vec::new();
            tree.render_error(&error, &mut message);
            assert_eq!(String::from_utf8_lossy(&message), *expected);
        }
    }
}
