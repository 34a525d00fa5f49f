//! Questions about a node that its tag (and a little of what is below it) answers without lowering it.

use syntax::number_literal::{self, parse_number_literal};
use syntax::{Ast, NodeIndex, NodeTag, TokenTag};

use crate::builtin_fn::{BuiltinFn, EvalToError};

/// Whether the node is written as the integer zero.
pub(crate) fn node_is_trivially_zero(tree: &Ast<'_>, node: NodeIndex) -> bool {
    tree.node_tag(node) == NodeTag::NumberLiteral
        && matches!(
            parse_number_literal(
                tree.token_slice(tree.main_token(node)),
                tree.release.rules()
            ),
            number_literal::Result::Int(0)
        )
}

/// Whether evaluating the node can leave entries in the error return trace.
pub(crate) fn node_may_append_to_error_trace(tree: &Ast<'_>, start_node: NodeIndex) -> bool {
    let mut node = start_node;
    loop {
        match tree.node_tag(node) {
            // Nothing at runtime is called here.
            NodeTag::ErrorValue | NodeTag::Identifier | NodeTag::Comptime => return false,
            NodeTag::GroupedExpression
            | NodeTag::Try
            | NodeTag::Nosuspend
            | NodeTag::UnwrapOptional => node = tree.node_data(node).lhs,
            // What is not an error in the end has popped its entries again.
            _ => return node_may_eval_to_error(tree, start_node) != EvalToError::Never,
        }
    }
}

/// Whether the value of the node can be an error.
pub(crate) fn node_may_eval_to_error(tree: &Ast<'_>, start_node: NodeIndex) -> EvalToError {
    use NodeTag as N;
    let mut node = start_node;
    loop {
        match tree.node_tag(node) {
            N::ErrorValue => return EvalToError::Always,

            N::Asm
            | N::AsmLegacy
            | N::AsmSimple
            | N::Identifier
            | N::FieldAccess
            | N::Deref
            | N::ArrayAccess
            | N::WhileSimple
            | N::WhileCont
            | N::While
            | N::ForSimple
            | N::For
            | N::IfSimple
            | N::If
            | N::Switch
            | N::SwitchComma
            | N::CallOne
            | N::CallOneComma
            | N::AsyncCallOne
            | N::AsyncCallOneComma
            | N::Call
            | N::CallComma
            | N::AsyncCall
            | N::AsyncCallComma
            // The left operand can hold an error below the optional or error union it is unwrapped from.
            | N::Catch
            | N::Orelse => return EvalToError::Maybe,

            N::GroupedExpression
            | N::Try
            | N::Await
            | N::Comptime
            | N::Nosuspend
            | N::UnwrapOptional => node = tree.node_data(node).lhs,

            N::BlockTwo | N::BlockTwoSemicolon | N::Block | N::BlockSemicolon => {
                // A labeled block takes the value of its breaks.
                let lbrace = tree.main_token(node);
                return if lbrace > 0 && tree.token_tag(lbrace - 1) == TokenTag::Colon {
                    EvalToError::Maybe
                } else {
                    EvalToError::Never
                };
            }

            N::BuiltinCall | N::BuiltinCallComma | N::BuiltinCallTwo | N::BuiltinCallTwoComma => {
                // An unknown name is reported when the call is lowered.
                return match BuiltinFn::get(
                    tree.release.generation(),
                    tree.token_slice(tree.main_token(node)),
                ) {
                    Some(info) => info.eval_to_error,
                    None => EvalToError::Maybe,
                };
            }

            _ => return EvalToError::Never,
        }
    }
}

/// What the name of a primitive says about the type it stands for.
enum PrimitiveKind {
    /// A type that exists at runtime and has more than one value (or whose values are opaque).
    Runtime,
    /// A type with values at comptime only.
    ComptimeOnly,
    /// `void`, `noreturn` and the primitives that are no types.
    Other,
}

fn primitive_kind(name: &[u8]) -> PrimitiveKind {
    match name {
        b"anyerror" | b"anyframe" | b"anyopaque" | b"bool" | b"c_int" | b"c_long"
        | b"c_longdouble" | b"c_longlong" | b"c_char" | b"c_short" | b"c_uint" | b"c_ulong"
        | b"c_ulonglong" | b"c_ushort" | b"f16" | b"f32" | b"f64" | b"f80" | b"f128" | b"i8"
        | b"i16" | b"i32" | b"i64" | b"i128" | b"isize" | b"u1" | b"u8" | b"u16" | b"u29"
        | b"u32" | b"u64" | b"u128" | b"usize" => PrimitiveKind::Runtime,
        b"comptime_float" | b"comptime_int" | b"type" => PrimitiveKind::ComptimeOnly,
        _ => PrimitiveKind::Other,
    }
}

/// The node below all the wrappers whose answer is that of their operand.
fn skip_wrappers(tree: &Ast<'_>, mut node: NodeIndex) -> NodeIndex {
    while matches!(
        tree.node_tag(node),
        NodeTag::GroupedExpression
            | NodeTag::Try
            | NodeTag::Await
            | NodeTag::Comptime
            | NodeTag::Nosuspend
            | NodeTag::UnwrapOptional
    ) {
        node = tree.node_data(node).lhs;
    }
    node
}

/// Whether the type expression is known to have more than one possible value.
pub(crate) fn node_implies_more_than_one_possible_value(
    tree: &Ast<'_>,
    start_node: NodeIndex,
) -> bool {
    let node = skip_wrappers(tree, start_node);
    match tree.node_tag(node) {
        NodeTag::PtrTypeAligned
        | NodeTag::PtrTypeSentinel
        | NodeTag::PtrType
        | NodeTag::PtrTypeBitRange
        | NodeTag::OptionalType
        | NodeTag::AnyframeType
        | NodeTag::ArrayTypeSentinel => true,
        NodeTag::Identifier => !matches!(
            primitive_kind(tree.token_slice(tree.main_token(node))),
            PrimitiveKind::Other
        ),
        _ => false,
    }
}

/// Whether the type expression is known to be a type that runtime cannot use.
pub(crate) fn node_implies_comptime_only(tree: &Ast<'_>, start_node: NodeIndex) -> bool {
    let node = skip_wrappers(tree, start_node);
    match tree.node_tag(node) {
        // A function body, not a pointer to one.
        NodeTag::FnProtoSimple | NodeTag::FnProtoMulti | NodeTag::FnProtoOne | NodeTag::FnProto => {
            true
        }
        NodeTag::Identifier => matches!(
            primitive_kind(tree.token_slice(tree.main_token(node))),
            PrimitiveKind::ComptimeOnly
        ),
        _ => false,
    }
}

/// Whether lowering the node reads the naming strategy of its block.
pub(crate) fn node_uses_anon_name_strategy(tree: &Ast<'_>, node: NodeIndex) -> bool {
    use NodeTag as N;
    match tree.node_tag(node) {
        N::ContainerDecl
        | N::ContainerDeclTrailing
        | N::ContainerDeclTwo
        | N::ContainerDeclTwoTrailing
        | N::ContainerDeclArg
        | N::ContainerDeclArgTrailing
        | N::TaggedUnion
        | N::TaggedUnionTrailing
        | N::TaggedUnionTwo
        | N::TaggedUnionTwoTrailing
        | N::TaggedUnionEnumTag
        | N::TaggedUnionEnumTagTrailing => true,
        N::BuiltinCallTwo | N::BuiltinCallTwoComma | N::BuiltinCall | N::BuiltinCallComma => {
            tree.token_slice(tree.main_token(node)) == b"@Type"
        }
        _ => false,
    }
}
