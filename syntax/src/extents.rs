//! First and last token of a node.
//!
//! Both walk down one path of the tree in a loop, so the depth of the tree does not matter. Tokens that
//! belong to a node but to none of its children (modifiers, closing brackets, trailing commas) are not
//! stored: the walk counts them.
//!
//! On trees with errors the result is that of the reference where it has one, and otherwise unspecified;
//! nothing panics.

use crate::ast::Ast;
use crate::extra;
use crate::node::NodeTag as N;
use crate::token::TokenTag as T;
use crate::{NodeIndex, TokenIndex};

/// Steps down a tree that are taken without remembering anything.
const FAR: u32 = 256;

/// Where the first token of a node is, as far as its tag alone tells.
#[derive(Clone, Copy, Debug)]
enum Start {
    /// It is the main token.
    Main,
    /// It is the one before the main token.
    BeforeMain,
    /// It is that of the left operand.
    Left,
    /// More is to be looked at.
    Other,
}

/// By tag.
static STARTS: [Start; N::ALL.len()] = {
    let mut starts = [Start::Other; N::ALL.len()];
    let mut i = 0;
    while i < starts.len() {
        starts[i] = start_of(N::ALL[i]);
        i += 1;
    }
    starts
};

/// Steps down a tree that are taken by [`STARTS`] alone. Few first tokens are further away.
const NEAR: u32 = 8;

impl Ast<'_> {
    /// The first token of `node`: labels and the modifiers of declarations included, documentation comments
    /// not.
    #[inline]
    pub fn first_token(&self, node: NodeIndex) -> TokenIndex {
        match STARTS[self.node_tag(node) as usize] {
            Start::Main => self.main_token(node),
            _ => self.first_token_below(node),
        }
    }

    fn first_token_below(&self, node: NodeIndex) -> TokenIndex {
        let mut n = node;
        for _ in 0..NEAR {
            match STARTS[self.node_tag(n) as usize] {
                Start::Main => return self.main_token(n),
                Start::BeforeMain => return self.main_token(n).wrapping_sub(1),
                Start::Left => n = self.node_data(n).lhs,
                Start::Other => break,
            }
        }
        self.far_first_token(n)
    }

    #[inline(never)]
    fn far_first_token(&self, node: NodeIndex) -> TokenIndex {
        let far = self.far_start.get();
        let mut steps = 0u32;
        let mut passed = None;
        let mut n = node;
        // How many tokens of the nodes passed so far stand before the current one.
        let mut before: TokenIndex = 0;
        let start = loop {
            if n == far.0 && n != 0 {
                break far.1;
            }
            if steps == FAR {
                passed = Some((n, before));
            }
            steps += 1;
            let data = self.node_data(n);
            let main = self.main_token(n);
            let tag = self.node_tag(n);
            match STARTS[tag as usize] {
                Start::Main => break main,
                Start::BeforeMain => break main.wrapping_sub(1),
                Start::Left => {
                    n = data.lhs;
                    continue;
                }
                Start::Other => {}
            }
            match tag {
                N::Root => return 0,

                N::AsyncCallOne | N::AsyncCallOneComma | N::AsyncCall | N::AsyncCallComma => {
                    before += 1;
                    n = data.lhs;
                }

                N::AssignDestructure => {
                    // A count precedes the variables.
                    match *self.extra_slice(data.lhs, data.lhs.saturating_add(2)) {
                        [_, first] => n = first,
                        _ => break main,
                    }
                }

                N::FnDecl | N::FnProtoSimple | N::FnProtoMulti | N::FnProtoOne | N::FnProto => {
                    break self.skip_back(main, |tag| {
                        matches!(
                            tag,
                            T::KeywordExtern
                                | T::KeywordExport
                                | T::KeywordPub
                                | T::KeywordInline
                                | T::KeywordNoinline
                                | T::StringLiteral
                        )
                    });
                }

                N::GlobalVarDecl | N::LocalVarDecl | N::SimpleVarDecl | N::AlignedVarDecl => {
                    break self.skip_back(main, |tag| {
                        matches!(
                            tag,
                            T::KeywordExtern
                                | T::KeywordExport
                                | T::KeywordComptime
                                | T::KeywordPub
                                | T::KeywordThreadlocal
                                | T::StringLiteral
                        )
                    });
                }

                N::Usingnamespace => {
                    break self.skip_one_back(main, |tag| tag == T::KeywordPub);
                }
                N::ContainerFieldInit | N::ContainerFieldAlign | N::ContainerField => {
                    break self.skip_one_back(main, |tag| tag == T::KeywordComptime);
                }
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
                | N::TaggedUnionEnumTagTrailing => {
                    break self.skip_one_back(main, |tag| {
                        matches!(tag, T::KeywordPacked | T::KeywordExtern)
                    });
                }

                N::Block | N::BlockSemicolon | N::BlockTwo | N::BlockTwoSemicolon => {
                    let labeled = main >= 2
                        && self.tag_at(main - 1) == T::Colon
                        && self.tag_at(main - 2) == T::Identifier;
                    break if labeled { main - 2 } else { main };
                }

                N::WhileSimple | N::WhileCont | N::While | N::ForSimple | N::For => {
                    let keyword = self.skip_one_back(main, |tag| tag == T::KeywordInline);
                    break if self.tag_at(keyword.saturating_sub(1)) == T::Colon
                        && (!self.release.rules().loop_labels_are_names
                            || self.tag_at(keyword.saturating_sub(2)) == T::Identifier)
                    {
                        keyword.saturating_sub(2)
                    } else {
                        keyword
                    };
                }

                // The main token is the arrow. A prong without items starts at its `else`.
                N::SwitchCaseOne if data.lhs == 0 => break main.wrapping_sub(1),
                N::SwitchCaseInlineOne if data.lhs == 0 => break main.wrapping_sub(2),
                N::SwitchCaseOne => n = data.lhs,
                N::SwitchCaseInlineOne => {
                    before = 1;
                    n = data.lhs;
                }
                tag @ (N::SwitchCase | N::SwitchCaseInline) => {
                    let items: extra::SubRange = self.extra_data(data.lhs);
                    let Some(&first) = self.extra_slice(items.start, items.end).first() else {
                        break main;
                    };
                    if tag == N::SwitchCaseInline {
                        before = 1;
                    }
                    n = first;
                }

                // All others are told by their tag.
                _ => n = data.lhs,
            }
        };
        let first = start.wrapping_sub(before);
        if steps > 2 * FAR
            && let Some((n, before)) = passed
        {
            self.far_start.set(n, first.wrapping_add(before));
        }
        first
    }

    /// The first of the tokens directly before `token` that all satisfy `belongs`, or `token` itself.
    fn skip_back(&self, token: TokenIndex, belongs: impl Fn(T) -> bool) -> TokenIndex {
        let mut first = token;
        while first > 0 && belongs(self.tag_at(first - 1)) {
            first -= 1;
        }
        first
    }

    /// The token before `token` if it satisfies `belongs`, or `token` itself.
    fn skip_one_back(&self, token: TokenIndex, belongs: impl Fn(T) -> bool) -> TokenIndex {
        if token > 0 && belongs(self.tag_at(token - 1)) {
            token - 1
        } else {
            token
        }
    }

    /// The last token of `node`; of a statement or a field that is the one before its `;` or `,`.
    pub fn last_token(&self, node: NodeIndex) -> TokenIndex {
        let far = self.far_end.get();
        let mut steps = 0u32;
        let mut passed = None;
        let mut n = node;
        // How many tokens of the nodes passed so far stand after the current one.
        let mut after: TokenIndex = 0;
        let end = loop {
            if n == far.0 && n != 0 {
                break far.1;
            }
            if steps == FAR {
                passed = Some((n, after));
            }
            steps += 1;
            let data = self.node_data(n);
            let main = self.main_token(n);
            match self.node_tag(n) {
                N::Root => return self.tokens_len().wrapping_sub(1),

                N::Usingnamespace
                | N::BoolNot
                | N::Negation
                | N::BitNot
                | N::NegationWrap
                | N::AddressOf
                | N::Try
                | N::Await
                | N::OptionalType
                | N::Resume
                | N::Nosuspend
                | N::Comptime => n = data.lhs,

                // The right half of the data is the last token itself.
                N::FieldAccess
                | N::UnwrapOptional
                | N::GroupedExpression
                | N::MultilineStringLiteral
                | N::ErrorSetDecl
                | N::AsmSimple
                | N::AsmOutput
                | N::AsmInput
                | N::ErrorValue => break data.rhs,

                N::AnyframeLiteral
                | N::CharLiteral
                | N::NumberLiteral
                | N::UnreachableLiteral
                | N::Identifier
                | N::Deref
                | N::EnumLiteral
                | N::StringLiteral => break main,

                N::Return | N::Suspend => match data.lhs {
                    0 => break main,
                    operand => n = operand,
                },
                N::ForRange => match data.rhs {
                    0 => break main,
                    range_end => n = range_end,
                },
                N::Continue | N::Break => match (data.lhs, data.rhs) {
                    (0, 0) => break main,
                    (label, 0) => break label,
                    (_, operand) => n = operand,
                },

                N::Call | N::AsyncCall => {
                    after += 1;
                    match self.last_in_sub_range(data.rhs) {
                        Some(argument) => n = argument,
                        None => break main,
                    }
                }
                // A container or switch without members ends a fixed number of tokens after its operand.
                N::TaggedUnionEnumTag => match self.last_in_sub_range(data.rhs) {
                    Some(member) => {
                        after += 1;
                        n = member;
                    }
                    None => {
                        after += 4;
                        n = data.lhs;
                    }
                },
                N::Switch | N::ContainerDeclArg => match self.last_in_sub_range(data.rhs) {
                    Some(member) => {
                        after += 1;
                        n = member;
                    }
                    None => {
                        after += 3;
                        n = data.lhs;
                    }
                },
                N::ArrayInit | N::StructInit => {
                    after += 1;
                    match self.last_in_sub_range(data.rhs) {
                        Some(element) => n = element,
                        None => break main,
                    }
                }
                N::CallComma
                | N::AsyncCallComma
                | N::TaggedUnionEnumTagTrailing
                | N::ArrayInitComma
                | N::StructInitComma
                | N::ContainerDeclArgTrailing
                | N::SwitchComma => {
                    after += 2;
                    match self.last_in_sub_range(data.rhs) {
                        Some(element) => n = element,
                        None => break main,
                    }
                }
                N::ArrayInitDot
                | N::StructInitDot
                | N::Block
                | N::ContainerDecl
                | N::TaggedUnion
                | N::BuiltinCall => {
                    after += 1;
                    match self.extra_slice(data.lhs, data.rhs).last() {
                        Some(&element) => n = element,
                        None => break main,
                    }
                }
                N::ArrayInitDotComma
                | N::StructInitDotComma
                | N::BlockSemicolon
                | N::ContainerDeclTrailing
                | N::TaggedUnionTrailing
                | N::BuiltinCallComma => {
                    after += 2;
                    match self.extra_slice(data.lhs, data.rhs).last() {
                        Some(&element) => n = element,
                        None => break main,
                    }
                }

                N::CallOne
                | N::AsyncCallOne
                | N::ArrayAccess
                | N::ArrayInitOne
                | N::StructInitOne => {
                    after += 1;
                    match data.rhs {
                        0 => break main,
                        element => n = element,
                    }
                }
                N::SliceOpen
                | N::CallOneComma
                | N::AsyncCallOneComma
                | N::ArrayInitOneComma
                | N::StructInitOneComma => {
                    after += 2;
                    n = data.rhs;
                }

                tag @ (N::ArrayInitDotTwo
                | N::StructInitDotTwo
                | N::BlockTwo
                | N::BuiltinCallTwo
                | N::ContainerDeclTwo
                | N::TaggedUnionTwo) => match (data.lhs, data.rhs) {
                    (0, 0) => {
                        after += match tag {
                            N::BuiltinCallTwo => 2,
                            // An empty container may still hold comments about itself, which are tokens.
                            N::ContainerDeclTwo => self.skip_container_doc_comments(main, 2),
                            N::TaggedUnionTwo => self.skip_container_doc_comments(main, 5),
                            _ => 1,
                        };
                        break main;
                    }
                    (element, 0) | (_, element) => {
                        after += 1;
                        n = element;
                    }
                },
                N::ArrayInitDotTwoComma
                | N::StructInitDotTwoComma
                | N::BlockTwoSemicolon
                | N::BuiltinCallTwoComma
                | N::ContainerDeclTwoTrailing
                | N::TaggedUnionTwoTrailing => {
                    after += 2;
                    n = if data.rhs != 0 { data.rhs } else { data.lhs };
                }

                // Declarations end with the last part they have; parts in parentheses are one token longer.
                N::SimpleVarDecl => match (data.lhs, data.rhs) {
                    (0, 0) => break main.wrapping_add(1),
                    (part, 0) | (_, part) => n = part,
                },
                N::AlignedVarDecl => match (data.lhs, data.rhs) {
                    (0, 0) => break main.wrapping_add(1),
                    (align, 0) => {
                        after += 1;
                        n = align;
                    }
                    (_, init) => n = init,
                },
                N::GlobalVarDecl if data.rhs == 0 => {
                    let extra: extra::GlobalVarDecl = self.extra_data(data.lhs);
                    if extra.section_node != 0 {
                        after += 1;
                        n = extra.section_node;
                    } else if extra.addrspace_node != 0
                        && self.release.rules().declarations_end_with_addrspace
                    {
                        after += 1;
                        n = extra.addrspace_node;
                    } else if extra.align_node != 0 {
                        after += 1;
                        n = extra.align_node;
                    } else if extra.type_node != 0 {
                        n = extra.type_node;
                    } else {
                        break main.wrapping_add(1);
                    }
                }
                N::LocalVarDecl if data.rhs == 0 => {
                    let extra: extra::LocalVarDecl = self.extra_data(data.lhs);
                    if extra.align_node != 0 {
                        after += 1;
                        n = extra.align_node;
                    } else if extra.type_node != 0 {
                        n = extra.type_node;
                    } else {
                        break main.wrapping_add(1);
                    }
                }
                N::ContainerFieldInit => match (data.lhs, data.rhs) {
                    (0, 0) => break main,
                    (part, 0) | (_, part) => n = part,
                },
                N::ContainerFieldAlign => match (data.lhs, data.rhs) {
                    (0, 0) => break main,
                    (field_type, 0) => n = field_type,
                    (_, align) => {
                        after += 1;
                        n = align;
                    }
                },
                N::ContainerField => {
                    let extra: extra::ContainerField = self.extra_data(data.rhs);
                    if extra.value_expr != 0 {
                        n = extra.value_expr;
                    } else if extra.align_expr != 0 {
                        after += 1;
                        n = extra.align_expr;
                    } else if data.lhs != 0 {
                        n = data.lhs;
                    } else {
                        break main;
                    }
                }
                N::FnDecl => n = if data.rhs != 0 { data.rhs } else { data.lhs },
                N::FnProtoOne => {
                    let extra: extra::FnProtoOne = self.extra_data(data.lhs);
                    let parts = [
                        extra.align_expr,
                        extra.addrspace_expr,
                        extra.section_expr,
                        extra.callconv_expr,
                    ];
                    let (part, parens) = self.last_prototype_part(data.rhs, parts);
                    after += parens;
                    n = part;
                }
                N::FnProto => {
                    let extra: extra::FnProto = self.extra_data(data.lhs);
                    let parts = [
                        extra.align_expr,
                        extra.addrspace_expr,
                        extra.section_expr,
                        extra.callconv_expr,
                    ];
                    let (part, parens) = self.last_prototype_part(data.rhs, parts);
                    after += parens;
                    n = part;
                }

                N::Slice => {
                    let extra: extra::Slice = self.extra_data(data.rhs);
                    after += 1;
                    n = extra.end;
                }
                N::SliceSentinel => {
                    let extra: extra::SliceSentinel = self.extra_data(data.rhs);
                    after += 1;
                    n = extra.sentinel;
                }
                N::ArrayTypeSentinel => {
                    let extra: extra::ArrayTypeSentinel = self.extra_data(data.rhs);
                    n = extra.elem_type;
                }
                N::WhileCont => {
                    let extra: extra::WhileCont = self.extra_data(data.rhs);
                    n = extra.then_expr;
                }
                N::While => {
                    let extra: extra::While = self.extra_data(data.rhs);
                    n = extra.else_expr;
                }
                N::If => {
                    let extra: extra::If = self.extra_data(data.rhs);
                    n = extra.else_expr;
                }
                N::For => {
                    let extra = extra::For::from_bits(data.rhs);
                    let body = data.lhs.wrapping_add(extra.inputs);
                    n = self.extra(body.wrapping_add(u32::from(extra.has_else)));
                }
                N::Asm | N::AsmLegacy => break self.asm_parts(n).rparen,

                // Binary operators, and everything else whose last part is the right operand.
                _ => n = data.rhs,
            }
        };
        let last = end.wrapping_add(after);
        if steps > 2 * FAR
            && let Some((n, after)) = passed
        {
            self.far_end.set(n, last.wrapping_sub(after));
        }
        last
    }

    fn last_in_sub_range(&self, index: u32) -> Option<NodeIndex> {
        let range: extra::SubRange = self.extra_data(index);
        self.extra_slice(range.start, range.end).last().copied()
    }

    /// `count` and as many more as there are container documentation comments at `token + count`.
    fn skip_container_doc_comments(&self, token: TokenIndex, count: u32) -> u32 {
        let mut count = count;
        while self.tag_at(token.wrapping_add(count)) == T::ContainerDocComment {
            count += 1;
        }
        count
    }

    /// The part of a function prototype that comes last, and how many tokens follow it.
    ///
    /// The parts other than the return type may stand in any order, so positions decide. They are taken at
    /// the main tokens.
    fn last_prototype_part(
        &self,
        return_type: NodeIndex,
        parts: [NodeIndex; 4],
    ) -> (NodeIndex, TokenIndex) {
        let mut last = return_type;
        let mut parens = 0;
        for part in parts {
            if part != 0 && self.main_token(part) > self.main_token(last) {
                last = part;
                parens = 1;
            }
        }
        (last, parens)
    }
}

/// See [`STARTS`].
const fn start_of(tag: N) -> Start {
    match tag {
        N::TestDecl
        | N::Errdefer
        | N::Defer
        | N::BoolNot
        | N::Negation
        | N::BitNot
        | N::NegationWrap
        | N::AddressOf
        | N::Try
        | N::Await
        | N::OptionalType
        | N::Switch
        | N::SwitchComma
        | N::IfSimple
        | N::If
        | N::Suspend
        | N::Resume
        | N::Continue
        | N::Break
        | N::Return
        | N::AnyframeType
        | N::Identifier
        | N::AnyframeLiteral
        | N::CharLiteral
        | N::NumberLiteral
        | N::UnreachableLiteral
        | N::StringLiteral
        | N::MultilineStringLiteral
        | N::GroupedExpression
        | N::BuiltinCallTwo
        | N::BuiltinCallTwoComma
        | N::BuiltinCall
        | N::BuiltinCallComma
        | N::ErrorSetDecl
        | N::Comptime
        | N::Nosuspend
        | N::AsmSimple
        | N::AsmLegacy
        | N::Asm
        | N::ArrayType
        | N::ArrayTypeSentinel
        | N::ErrorValue
        | N::PtrTypeAligned
        | N::PtrTypeSentinel
        | N::PtrType
        | N::PtrTypeBitRange => Start::Main,

        // The dot before the main token, or the bracket of an operand's name.
        N::ArrayInitDot
        | N::ArrayInitDotComma
        | N::ArrayInitDotTwo
        | N::ArrayInitDotTwoComma
        | N::StructInitDot
        | N::StructInitDotComma
        | N::StructInitDotTwo
        | N::StructInitDotTwoComma
        | N::EnumLiteral
        | N::AsmOutput
        | N::AsmInput => Start::BeforeMain,

        N::Root
        | N::AsyncCallOne
        | N::AsyncCallOneComma
        | N::AsyncCall
        | N::AsyncCallComma
        | N::AssignDestructure
        | N::FnDecl
        | N::FnProtoSimple
        | N::FnProtoMulti
        | N::FnProtoOne
        | N::FnProto
        | N::GlobalVarDecl
        | N::LocalVarDecl
        | N::SimpleVarDecl
        | N::AlignedVarDecl
        | N::Usingnamespace
        | N::ContainerFieldInit
        | N::ContainerFieldAlign
        | N::ContainerField
        | N::ContainerDecl
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
        | N::TaggedUnionEnumTagTrailing
        | N::Block
        | N::BlockSemicolon
        | N::BlockTwo
        | N::BlockTwoSemicolon
        | N::WhileSimple
        | N::WhileCont
        | N::While
        | N::ForSimple
        | N::For
        | N::SwitchCaseOne
        | N::SwitchCaseInlineOne
        | N::SwitchCase
        | N::SwitchCaseInline => Start::Other,

        // Binary operators and suffix expressions start where their left operand starts.
        _ => Start::Left,
    }
}

#[cfg(test)]
mod tests {
    use release::generations;

    use crate::{Ast, Mode, NodeIndex, NodeTag, Release};

    /// One expression a line; `$` stands for a line feed in it.
    const EXPRESSIONS: &str = r#"
a
1
'c'
"s"
.e
error.E
unreachable
anyframe
anyframe->T
(a)
a.b.c
a.?
a.*
-a
-%a
~a
!a
&a
?T
try a
await a
resume a
nosuspend a
comptime a
a + b
a - b * c
(a + b) * c
a == b
a and b or c
a orelse b
a catch b
a catch |e| b
a ++ b ** c
E!T
A || B
a[b]
a[b..]
a[b..c]
a[b..c :d]
a[b.. :d]
f()
f(a)
f(a,)
f(a, b)
f(a, b,)
async f()
async f(a)
async f(a,)
async f(a, b)
async f(a, b,)
f()(a).b(c, d)[e]
@f()
@f(a)
@f(a,)
@f(a, b)
@f(a, b,)
@f(a, b, c)
@f(a, b, c,)
.{}
.{a}
.{a,}
.{ a, b }
.{ a, b, }
.{ a, b, c }
.{ a, b, c, }
.{ .a = b }
.{ .a = b, }
.{ .a = b, .c = d, .e = f }
.{ .a = b, .c = d, .e = f, }
T{}
T{a}
T{a,}
T{ a, b }
T{ a, b, }
T{ .a = b }
T{ .a = b, }
T{ .a = b, .c = d }
T{ .a = b, .c = d, }
*T
**T
*const T
*align(a) T
*align(a:b:c) volatile T
*addrspace(.generic) const T
[]T
[:0]const T
[*]T
[*:0]T
[*c]allowzero T
[n]T
[n:0]T
[_]*T
if (a) b
if (a) |x| b else c
if (a) b else |e| c
while (a) b
while (a) : (b) c
while (a) |x| : (b) c else |e| d
l: while (a) b
inline while (a) b
for (a) |x| b
for (a, b, 0..) |x, y, z| d
l: inline for (a, 0..) |x, i| b else c
switch (a) {}
switch (a) { b => c }
switch (a) { b...c, d => |x| e, else => f, }
l: switch (a) { else => b }
l: {}
l: { break :l a; }
l: { a(); b(); c(); }
comptime l: {}
struct {}
struct { //! d$}
packed struct(T) {}
extern struct { a: T }
struct { a: T, }
struct { a: T, b: T }
struct { a: T, b: T, c: T }
struct { a: T, b: T, c: T, }
struct { fn f() void {} }
enum { a }
enum(T) { a, b, }
enum(T) { a, b }
enum(T) {}
opaque {}
union { a, b }
union(enum) {}
union(enum) { a: T }
union(enum) { a, }
union(enum) { a, b, c }
union(enum) { a, b, c, }
union(T) { a }
union(enum(T)) {}
union(enum(T)) { a, b }
union(enum(T)) { a, b, }
error{}
error{A}
error{ A, B, }
fn () void
fn (a) void
fn (a: A, comptime b: B, c: anytype, ...) callconv(.C) void
fn (a: A) align(4) linksection("s") void
fn (noalias a: A, b: B) align(c) addrspace(d) T
asm ("")
asm volatile ("" : [a] "" (-> T) : [b] "" (c) : "d")
asm ("" ::: "d")
"#;

    /// Members with the separator after them: what precedes it belongs to the node.
    const MEMBERS: &[(&str, &str)] = &[
        ("const a = b", ";"),
        ("pub extern \"c\" threadlocal var a: T", ";"),
        ("export var a align(b)", ";"),
        ("var a: T align(b) addrspace(c) linksection(d)", ";"),
        ("var a: T align(b) addrspace(c) linksection(d) = e", ";"),
        ("pub usingnamespace a.b", ";"),
        ("comptime {}", ""),
        ("test {}", ""),
        ("test \"a\" { b(); }", ""),
        ("a", ","),
        ("a: T", ","),
        ("a: T = b", ","),
        ("a: T align(b)", ","),
        ("comptime a: T align(b) = c", ","),
        ("fn f() void {}", ""),
        ("pub inline fn f(a: A) void { b(); }", ""),
        ("pub extern \"c\" fn f(a: A, ...) callconv(.C) T", ";"),
        ("export fn f() align(a) callconv(b) T {}", ""),
    ];

    /// Statements of a function; the last token is the one before the semicolon.
    const STATEMENTS: &[(&str, &str)] = &[
        ("a = b", ";"),
        ("a <<|= b", ";"),
        ("a, const b, var c: T = d", ";"),
        ("comptime var a = b", ";"),
        ("var a: T align(b) = c", ";"),
        ("defer a()", ";"),
        ("errdefer |e| a(e)", ";"),
        ("suspend {}", ""),
        ("return", ";"),
        ("return a", ";"),
        ("break", ";"),
        ("break :l", ";"),
        ("continue :l a", ";"),
        ("{}", ""),
        ("{ a(); }", ""),
        ("if (a) {} else {}", ""),
        ("while (a) {}", ""),
    ];

    fn parse(source: &str, release: Release) -> Ast<'_> {
        let tree = Ast::parse(source.as_bytes(), Mode::Zig, release);
        assert_eq!(tree.errors, [], "{source} of {release}");
        tree
    }

    /// Whether a release has the construct. They are told by what they contain, and used nowhere else.
    fn is_in(source: &str, release: Release) -> bool {
        let rules = release.rules();
        let is_old = |words: &[&str]| words.iter().any(|word| source.contains(word));
        (rules.async_and_usingnamespace || !is_old(&["async ", "await ", "usingnamespace "]))
            && (rules.double_asterisk || !is_old(&[" ** "]))
            && (rules.errdefer_captures_the_error || !is_old(&["errdefer |"]))
    }

    fn text(tree: &Ast<'_>, node: NodeIndex) -> String {
        String::from_utf8_lossy(tree.get_node_source(node)).into_owned()
    }

    #[test]
    fn an_expression_covers_its_text() {
        for &release in Release::ALL {
            for line in EXPRESSIONS.lines().filter(|line| !line.is_empty()) {
                if !is_in(line, release) {
                    continue;
                }
                let expression = line.replace('$', "\n");
                let source = format!("const x = {expression};");
                let tree = parse(&source, release);
                let init = tree.node_data(tree.root_decls()[0]).rhs;
                assert_eq!(text(&tree, init), expression, "{:?}", tree.node_tag(init));
            }
        }
    }

    #[test]
    fn a_member_starts_with_its_modifiers() {
        for &release in Release::ALL {
            for (member, separator) in MEMBERS {
                if !is_in(member, release) {
                    continue;
                }
                let source = format!("{member}{separator}");
                let tree = parse(&source, release);
                assert_eq!(text(&tree, tree.root_decls()[0]), *member);
            }
        }
    }

    #[test]
    fn where_a_declaration_ends_depends_on_the_release() {
        let source = "extern var a: T addrspace(.b);";
        for &release in Release::ALL {
            let tree = parse(source, release);
            let covered = if generations!(..G16).contains(release.generation()) {
                "extern var a: T"
            } else {
                "extern var a: T addrspace(.b)"
            };
            assert_eq!(text(&tree, tree.root_decls()[0]), covered, "{release}");
        }
    }

    #[test]
    fn where_a_loop_begins_depends_on_the_release() {
        let source = "const a = [*:while (b) c]T;";
        for &release in Release::ALL {
            let tree = parse(source, release);
            let nodes = 0..tree.nodes_len();
            let mut loops = nodes.filter(|&node| tree.node_tag(node) == NodeTag::WhileSimple);
            let covered = if generations!(..G15).contains(release.generation()) {
                "*:while (b) c"
            } else {
                "while (b) c"
            };
            assert_eq!(text(&tree, loops.next().unwrap()), covered, "{release}");
        }
    }

    #[test]
    fn a_statement_ends_before_its_semicolon() {
        for &release in Release::ALL {
            for (statement, separator) in STATEMENTS {
                if !is_in(statement, release) {
                    continue;
                }
                let source = format!("fn f() void {{ {statement}{separator} }}");
                let tree = parse(&source, release);
                let body = tree.node_data(tree.root_decls()[0]).rhs;
                let statements = tree
                    .block_statements(body)
                    .unwrap_or(crate::full::NodeList::EMPTY);
                let covered = text(&tree, statements[0]);
                assert_eq!(covered, *statement);
                assert_eq!(text(&tree, body), format!("{{ {statement}{separator} }}"));
            }
        }
    }

    #[test]
    fn deep_trees_are_walked_in_a_loop() {
        let mut source = b"const x = a".to_vec();
        for _ in 0..300_000 {
            source.extend_from_slice(b".b(c)");
        }
        source.push(b';');
        let tree = Ast::parse(&source, Mode::Zig, Release::V0_14_1);
        assert!(tree.errors.is_empty());
        let init = tree.node_data(tree.root_decls()[0]).rhs;
        assert_eq!(tree.node_tag(init), NodeTag::CallOne);
        assert_eq!(tree.first_token(init), 3);
        assert_eq!(tree.last_token(init), tree.tokens_len() - 3);
        // Views of all links of the chain together take linear time.
        let calls = (0..tree.nodes_len()).filter(|&node| tree.full_call(node).is_some());
        assert_eq!(calls.count(), 300_000);
    }

    /// What is remembered of long ways changes no answer, in whatever order the questions come.
    #[test]
    fn long_ways_are_remembered_rightly() {
        let deep = |open: &str, core: &str, close: &str| {
            [
                "const x = ",
                &open.repeat(1500),
                core,
                &close.repeat(1500),
                ";",
            ]
            .concat()
        };
        for source in [
            deep("(", "a", ")"),
            deep("struct { a: ", "u8", ", }"),
            deep("f(.{ ", "a", ", b })"),
            deep("", "a", ".b[0].*.?()"),
            deep("if (a) b else ", "c", ""),
            deep("while (a) { x; ", "b;", "}"),
        ] {
            let tree = Ast::parse(source.as_bytes(), Mode::Zig, Release::V0_14_1);
            assert!(tree.errors.is_empty(), "{:?}", tree.errors);
            let nodes = tree.nodes_len();
            for node in (0..nodes).chain((0..nodes).rev()) {
                let both = |tree: &Ast<'_>| (tree.first_token(node), tree.last_token(node));
                let remembered = both(&tree);
                let (start, end) = (tree.far_start.get(), tree.far_end.get());
                tree.far_start.set(0, 0);
                tree.far_end.set(0, 0);
                assert_eq!(remembered, both(&tree), "node {node}");
                tree.far_start.set(start.0, start.1);
                tree.far_end.set(end.0, end.1);
            }
        }
    }
}
