//! What the reference's layout would lose, and where it is.

use syntax::location::Span;
use syntax::{Ast, NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::names::INLINE;

/// What of a text the reference's layout would lose or spoil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A comment. It stands behind the last comma or colon of an `asm`, or before a calling convention that
    /// becomes the keyword `inline`.
    Comment,
    /// Text behind `// zig fmt: off`, in an element of an array of several lines.
    Unformatted,
    /// What stands behind the alignment of a field without a type.
    AlignedField,
    /// Documentation, of a first parameter without a comma behind the last one: it would stand on the line of
    /// the parenthesis, where there may be none.
    Documentation,
    /// `callconv(.@"inline")` where the keyword `inline` may not stand, such as behind `noinline`.
    InlineConvention,
    /// The quotes of a long name with escapes, without which it is another.
    Name,
    /// A token for a reason that has no name here.
    Token,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Part::Comment => "zig fmt would lose this comment",
            Part::Unformatted => "zig fmt would lose this text behind '// zig fmt: off'",
            Part::AlignedField => {
                "zig fmt would spoil what is behind this alignment of a field without a type"
            }
            Part::Documentation => {
                "zig fmt would put this documentation on a line that has something else on it"
            }
            Part::InlineConvention => {
                "zig fmt would make this calling convention a keyword, which may not stand there"
            }
            Part::Name => "zig fmt would make another name of this one",
            Part::Token => "zig fmt would lose or change this",
        })
    }
}

/// A part of the text that the reference's layout would lose, and its bytes in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What it is.
    pub part: Part,
    /// Where it begins. A token or a comment, which is on one line.
    pub start: syntax::ByteOffset,
    /// Where it ends.
    pub end: syntax::ByteOffset,
}

impl Loss {
    pub(super) fn of_token(tree: &Ast<'_>, part: Part, token: TokenIndex) -> Loss {
        let start = tree.token_start(token);
        Loss {
            part,
            start,
            end: start + tree.token_slice(token).len() as u32,
        }
    }

    /// The place of it.
    pub fn span(&self) -> Span {
        Span {
            start: self.start,
            end: self.end,
            main: self.start,
        }
    }
}

/// What is lost where `token` is the first that is missing, other than before, or not understood.
pub(super) fn of_token(tree: &Ast<'_>, token: TokenIndex) -> Loss {
    // A tree with errors has nodes that are not as they should be.
    if tree.errors.is_empty()
        && let Some(loss) = of_declaration(tree, token)
    {
        return loss;
    }
    let part = match tree.token_tag(token) {
        TokenTag::DocComment => Part::Documentation,
        TokenTag::Identifier if tree.token_slice(token).starts_with(b"@") => Part::Name,
        _ => Part::Token,
    };
    Loss::of_token(tree, part, token)
}

/// Whether the layout of a field or a function spoils the text at `token`, which is in it or right behind it.
fn of_declaration(tree: &Ast<'_>, token: TokenIndex) -> Option<Loss> {
    // Of those around each other the innermost begins last.
    let mut found: Option<(TokenIndex, Loss)> = None;
    for node in 1..tree.nodes_len() {
        let spoiled = match tree.node_tag(node) {
            NodeTag::ContainerField
            | NodeTag::ContainerFieldInit
            | NodeTag::ContainerFieldAlign => aligned_field(tree, node),
            NodeTag::FnDecl => inline_convention(tree, node),
            _ => None,
        };
        if let Some((first, last, loss)) = spoiled
            && (first..=last).contains(&token)
            && found.is_none_or(|(before, _)| before < first)
        {
            found = Some((first, loss));
        }
    }
    found.map(|(_, loss)| loss)
}

/// The tokens that a field with an alignment and without a type spoils, first and last, and that alignment.
fn aligned_field(tree: &Ast<'_>, node: NodeIndex) -> Option<(TokenIndex, TokenIndex, Loss)> {
    let mut field = tree.full_container_field(node)?;
    field.convert_to_non_tuple_like(tree);
    if field.ast.align_expr == 0 || field.ast.type_expr != 0 {
        return None;
    }
    let align = tree.first_token(field.ast.align_expr) - 2;
    // The comma, and what was behind it.
    let last = tree.last_token(node) + 2;
    let loss = Loss::of_token(tree, Part::AlignedField, align);
    Some((align, last, loss))
}

/// The tokens where a function fails that has `inline` both in its convention and, then, among its modifiers.
fn inline_convention(tree: &Ast<'_>, node: NodeIndex) -> Option<(TokenIndex, TokenIndex, Loss)> {
    let proto = tree.full_fn_proto(tree.node_data(node).lhs)?;
    let value = proto.ast.callconv_expr;
    if value == 0
        || tree.node_tag(value) != NodeTag::EnumLiteral
        || tree.token_slice(tree.main_token(value)) != INLINE
    {
        return None;
    }
    let callconv = tree.first_token(value) - 2;
    let fn_token = proto.ast.fn_token;
    let loss = Loss::of_token(tree, Part::InlineConvention, callconv);
    Some((tree.first_token(node), fn_token, loss))
}
