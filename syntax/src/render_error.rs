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
            "ambiguous use of '&&'; use 'and' for logical AND, or change whitespace to ' & ' for bitwise AND",
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
                let byte = self.source.get(offset..offset + 1).unwrap_or_default();
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
