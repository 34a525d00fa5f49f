//! Texts and positions of parse errors.

use crate::ast::{Ast, AstError, ErrorExtra};
use crate::error_tag::Part;
use crate::fmt_id::fmt_escapes;
use crate::limits::{MAX_NESTING, MAX_SOURCE_LEN};
use crate::token::TokenTag;

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
        let rules = self.release.rules();
        let carried = || match error.extra {
            ErrorExtra::ExpectedTag(tag) => tag.symbol(rules),
            _ => "",
        };
        for part in error.tag.parts(rules.generation) {
            match part {
                Part::Text(text) => out.extend_from_slice(text.as_bytes()),
                Part::Symbol => {
                    out.extend_from_slice(self.tag_at(error.token).symbol(rules).as_bytes());
                }
                Part::FoundOrInvalid if self.found_tag(error) == TokenTag::Invalid => {
                    out.extend_from_slice(b", found invalid bytes");
                }
                Part::Found | Part::FoundOrInvalid => {
                    out.extend_from_slice(b", found '");
                    out.extend_from_slice(self.found_tag(error).symbol(rules).as_bytes());
                    out.push(b'\'');
                }
                Part::Expected => out.extend_from_slice(carried().as_bytes()),
                Part::TokenText => out.extend_from_slice(self.token_slice(error.token)),
                Part::Literal => out.extend_from_slice(self.literal_kind(error).as_bytes()),
                Part::Byte => {
                    let offset = match error.extra {
                        ErrorExtra::Offset(offset) => offset as usize,
                        _ => 0,
                    };
                    let at = self.token_start(error.token) as usize + offset;
                    // An open literal ends at the end of the file, where the reference sees a NUL.
                    let byte = self.source.get(at..at + 1).unwrap_or(&[0]);
                    fmt_escapes(byte).single_quoted().append_to(out);
                }
                Part::MaxNesting => out.extend_from_slice(MAX_NESTING.to_string().as_bytes()),
                Part::MaxSourceLen => {
                    out.extend_from_slice(MAX_SOURCE_LEN.to_string().as_bytes());
                }
            }
        }
    }

    /// The offending token: the error's own or the one after it.
    fn found_tag(&self, error: &AstError) -> TokenTag {
        self.tag_at(error.token.wrapping_add(u32::from(error.token_is_prev)))
    }

    fn literal_kind(&self, error: &AstError) -> &'static str {
        match self.source.get(self.token_start(error.token) as usize) {
            Some(b'\'') => "character literal",
            Some(b'"' | b'\\') => "string literal",
            _ => "comment",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorTag, Mode, Release};

    /// Each error of a text as `token+offset message`.
    fn errors(source: &[u8]) -> Vec<String> {
        let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
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
            let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
            let mut error = AstError::new(ErrorTag::InvalidByte, 0);
            error.extra = ErrorExtra::Offset(*offset);
            let mut message = Vec::new();
            tree.render_error(&error, &mut message);
            assert_eq!(String::from_utf8_lossy(&message), *expected);
        }
    }
}
