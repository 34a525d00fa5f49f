//! Complete views of the node kinds that the tree stores in several compressed shapes.
//!
//! A view brings the shapes of one construct (`if` with and without `else`, a call with one or many
//! arguments, ...) into one struct and finds the tokens that the tree does not store (labels, payloads,
//! modifiers). Building one allocates nothing. An absent optional node is 0, an absent optional token is
//! `None`.
//!
//! Limits: the views are meant for trees without errors. On others they do not panic, but what they hold is
//! unspecified.

mod getters;

use std::ops::Deref;

use crate::ast::Ast;
use crate::node::NodeTag;
use crate::token::TokenTag;
use crate::{NodeIndex, TokenIndex};

/// A list of nodes: up to two stored in place, or a run of the tree's extra data.
#[derive(Clone, Copy, Debug)]
pub enum NodeList<'t> {
    /// The first `.1` nodes of `.0`.
    Inline([NodeIndex; 2], u8),
    /// All nodes of the slice.
    Slice(&'t [NodeIndex]),
}

impl<'t> NodeList<'t> {
    /// The list without nodes.
    pub const EMPTY: NodeList<'t> = NodeList::Slice(&[]);

    /// No node if `node` is 0, else that one.
    #[inline]
    pub fn optional(node: NodeIndex) -> Self {
        NodeList::Inline([node, 0], (node != 0) as u8)
    }

    /// Exactly one node.
    #[inline]
    pub fn one(node: NodeIndex) -> Self {
        NodeList::Inline([node, 0], 1)
    }

    /// Both nodes; without the second if that is 0, and none if both are.
    #[inline]
    pub(crate) fn up_to_two(first: NodeIndex, second: NodeIndex) -> Self {
        let len = if second != 0 { 2 } else { (first != 0) as u8 };
        NodeList::Inline([first, second], len)
    }

    /// The nodes as a slice.
    #[inline]
    pub fn as_slice(&self) -> &[NodeIndex] {
        match self {
            NodeList::Inline(nodes, len) => &nodes[..usize::from(*len).min(2)],
            NodeList::Slice(nodes) => nodes,
        }
    }
}

impl Deref for NodeList<'_> {
    type Target = [NodeIndex];

    #[inline]
    fn deref(&self) -> &[NodeIndex] {
        self.as_slice()
    }
}

impl<'a> IntoIterator for &'a NodeList<'_> {
    type Item = &'a NodeIndex;
    type IntoIter = std::slice::Iter<'a, NodeIndex>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

impl<'t> IntoIterator for NodeList<'t> {
    type Item = NodeIndex;
    type IntoIter = NodeListIter<'t>;

    #[inline]
    fn into_iter(self) -> NodeListIter<'t> {
        NodeListIter {
            list: self,
            next: 0,
        }
    }
}

/// The nodes of a [`NodeList`] by value.
#[derive(Clone, Debug)]
pub struct NodeListIter<'t> {
    list: NodeList<'t>,
    next: usize,
}

impl Iterator for NodeListIter<'_> {
    type Item = NodeIndex;

    #[inline]
    fn next(&mut self) -> Option<NodeIndex> {
        let node = self.list.as_slice().get(self.next).copied()?;
        self.next += 1;
        Some(node)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.list.as_slice().len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for NodeListIter<'_> {}

/// `pub extern "lib" threadlocal var name: type align(..) addrspace(..) linksection(..) = init`, also in a
/// block.
#[derive(Clone, Copy, Debug)]
pub struct VarDecl {
    /// `pub`.
    pub visib_token: Option<TokenIndex>,
    /// `extern` or `export`.
    pub extern_export_token: Option<TokenIndex>,
    /// The string after `extern`.
    pub lib_name: Option<TokenIndex>,
    /// `threadlocal`.
    pub threadlocal_token: Option<TokenIndex>,
    /// `comptime`.
    pub comptime_token: Option<TokenIndex>,
    /// What the tree stores.
    pub ast: VarDeclComponents,
}

/// Stored parts of a [`VarDecl`].
#[derive(Clone, Copy, Debug)]
pub struct VarDeclComponents {
    /// `var` or `const`; the name is the next token.
    pub mut_token: TokenIndex,
    /// Type, or 0.
    pub type_node: NodeIndex,
    /// Operand of `align`, or 0.
    pub align_node: NodeIndex,
    /// Operand of `addrspace`, or 0.
    pub addrspace_node: NodeIndex,
    /// Operand of `linksection`, or 0.
    pub section_node: NodeIndex,
    /// Initial value, or 0.
    pub init_node: NodeIndex,
}

impl VarDecl {
    /// First token including modifiers.
    pub fn first_token(&self) -> TokenIndex {
        self.visib_token
            .or(self.extern_export_token)
            .or(self.threadlocal_token)
            .or(self.comptime_token)
            .unwrap_or(self.ast.mut_token)
    }
}

/// `a, const b, c = value`.
#[derive(Clone, Copy, Debug)]
pub struct AssignDestructure<'t> {
    /// `comptime` before the whole statement.
    pub comptime_token: Option<TokenIndex>,
    /// What the tree stores.
    pub ast: AssignDestructureComponents<'t>,
}

/// Stored parts of an [`AssignDestructure`].
#[derive(Clone, Copy, Debug)]
pub struct AssignDestructureComponents<'t> {
    /// Declarations without initial value and lvalue expressions.
    pub variables: NodeList<'t>,
    /// `=`.
    pub equal_token: TokenIndex,
    /// Right-hand side.
    pub value_expr: NodeIndex,
}

/// `if (cond) |payload| then else |error| other`.
#[derive(Clone, Copy, Debug)]
pub struct If {
    /// Token after the first `|`: an identifier, or `*` with an identifier after it.
    pub payload_token: Option<TokenIndex>,
    /// Identifier between the `|` after `else`.
    pub error_token: Option<TokenIndex>,
    /// `else`; 0 without one.
    pub else_token: TokenIndex,
    /// What the tree stores.
    pub ast: IfComponents,
}

/// Stored parts of an [`If`].
#[derive(Clone, Copy, Debug)]
pub struct IfComponents {
    /// `if`.
    pub if_token: TokenIndex,
    /// Condition.
    pub cond_expr: NodeIndex,
    /// Taken branch.
    pub then_expr: NodeIndex,
    /// Other branch, or 0.
    pub else_expr: NodeIndex,
}

/// `label: inline while (cond) |payload| : (cont) then else |error| other`.
#[derive(Clone, Copy, Debug)]
pub struct While {
    /// What the tree stores.
    pub ast: WhileComponents,
    /// `inline`.
    pub inline_token: Option<TokenIndex>,
    /// Identifier before the colon.
    pub label_token: Option<TokenIndex>,
    /// Token after the first `|`: an identifier, or `*` with an identifier after it.
    pub payload_token: Option<TokenIndex>,
    /// Identifier between the `|` after `else`.
    pub error_token: Option<TokenIndex>,
    /// `else`; 0 without one.
    pub else_token: TokenIndex,
}

/// Stored parts of a [`While`].
#[derive(Clone, Copy, Debug)]
pub struct WhileComponents {
    /// `while`.
    pub while_token: TokenIndex,
    /// Condition.
    pub cond_expr: NodeIndex,
    /// Continue expression, or 0.
    pub cont_expr: NodeIndex,
    /// Body.
    pub then_expr: NodeIndex,
    /// Expression after `else`, or 0.
    pub else_expr: NodeIndex,
}

/// `label: inline for (inputs) |payloads| then else other`.
#[derive(Clone, Copy, Debug)]
pub struct For<'t> {
    /// What the tree stores.
    pub ast: ForComponents<'t>,
    /// `inline`.
    pub inline_token: Option<TokenIndex>,
    /// Identifier before the colon.
    pub label_token: Option<TokenIndex>,
    /// First token after the `|`.
    pub payload_token: TokenIndex,
    /// `else`; 0 without one.
    pub else_token: TokenIndex,
}

/// Stored parts of a [`For`].
#[derive(Clone, Copy, Debug)]
pub struct ForComponents<'t> {
    /// `for`.
    pub for_token: TokenIndex,
    /// Operands: at least one.
    pub inputs: NodeList<'t>,
    /// Body.
    pub then_expr: NodeIndex,
    /// Expression after `else`, or 0.
    pub else_expr: NodeIndex,
}

/// `comptime name: type align(..) = value`.
#[derive(Clone, Copy, Debug)]
pub struct ContainerField {
    /// `comptime`.
    pub comptime_token: Option<TokenIndex>,
    /// What the tree stores.
    pub ast: ContainerFieldComponents,
}

/// Stored parts of a [`ContainerField`].
#[derive(Clone, Copy, Debug)]
pub struct ContainerFieldComponents {
    /// The name; the first token of the type if there is no name.
    pub main_token: TokenIndex,
    /// Type, or 0.
    pub type_expr: NodeIndex,
    /// Operand of `align`, or 0.
    pub align_expr: NodeIndex,
    /// Value, or 0.
    pub value_expr: NodeIndex,
    /// The field has no `name:` and so is a tuple's (or an enum's, whose name then stands as the type).
    pub tuple_like: bool,
}

impl ContainerField {
    /// First token including `comptime`.
    pub fn first_token(&self) -> TokenIndex {
        self.comptime_token.unwrap_or(self.ast.main_token)
    }

    /// For containers that cannot be tuples: a lone identifier is the name, not the type.
    pub fn convert_to_non_tuple_like(&mut self, tree: &Ast<'_>) {
        if self.ast.tuple_like && tree.node_tag(self.ast.type_expr) == NodeTag::Identifier {
            self.ast.type_expr = 0;
            self.ast.tuple_like = false;
        }
    }
}

/// `pub extern "lib" inline fn name(params) align(..) addrspace(..) linksection(..) callconv(..)
/// return_type`.
#[derive(Clone, Copy, Debug)]
pub struct FnProto<'t> {
    /// `pub`.
    pub visib_token: Option<TokenIndex>,
    /// `extern`, `export`, `inline` or `noinline`.
    pub extern_export_inline_token: Option<TokenIndex>,
    /// The string after `extern`.
    pub lib_name: Option<TokenIndex>,
    /// The function's name.
    pub name_token: Option<TokenIndex>,
    /// `(` of the parameter list.
    pub lparen: TokenIndex,
    /// What the tree stores.
    pub ast: FnProtoComponents<'t>,
}

/// Stored parts of a [`FnProto`].
#[derive(Clone, Copy, Debug)]
pub struct FnProtoComponents<'t> {
    /// The prototype itself, also when the view was made from a function with a body.
    pub proto_node: NodeIndex,
    /// `fn`.
    pub fn_token: TokenIndex,
    /// Return type; 0 only after a syntax error.
    pub return_type: NodeIndex,
    /// Types of the parameters, those with `anytype` and `...` left out: see [`FnProto::iterate`].
    pub params: NodeList<'t>,
    /// Operand of `align`, or 0.
    pub align_expr: NodeIndex,
    /// Operand of `addrspace`, or 0.
    pub addrspace_expr: NodeIndex,
    /// Operand of `linksection`, or 0.
    pub section_expr: NodeIndex,
    /// Operand of `callconv`, or 0.
    pub callconv_expr: NodeIndex,
}

impl<'t> FnProto<'t> {
    /// First token including modifiers.
    pub fn first_token(&self) -> TokenIndex {
        self.visib_token
            .or(self.extern_export_inline_token)
            .unwrap_or(self.ast.fn_token)
    }

    /// All parameters in order, also `anytype` and `...`.
    pub fn iterate(&self, tree: &'t Ast<'t>) -> ParamIterator<'t> {
        ParamIterator {
            tree,
            params: self.ast.params,
            param_i: 0,
            tok_i: self.lparen.wrapping_add(1),
            scan_tokens: true,
        }
    }
}

/// One parameter of a [`FnProto`].
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// First line of the documentation comment.
    pub first_doc_comment: Option<TokenIndex>,
    /// The name.
    pub name_token: Option<TokenIndex>,
    /// `comptime` or `noalias`.
    pub comptime_noalias: Option<TokenIndex>,
    /// `anytype` or `...` in the place of a type.
    pub anytype_ellipsis3: Option<TokenIndex>,
    /// Type, or 0.
    pub type_expr: NodeIndex,
}

/// Iterator over [`Param`]s.
///
/// Only typed parameters are nodes. The iterator alternates: between two typed parameters it scans tokens for
/// untyped ones.
#[derive(Clone, Debug)]
pub struct ParamIterator<'t> {
    tree: &'t Ast<'t>,
    params: NodeList<'t>,
    param_i: usize,
    tok_i: TokenIndex,
    scan_tokens: bool,
}

impl ParamIterator<'_> {
    fn typed(&mut self) -> Option<Param> {
        let type_expr = self.params.as_slice().get(self.param_i).copied()?;
        let mut param = Param {
            first_doc_comment: None,
            name_token: None,
            comptime_noalias: None,
            anytype_ellipsis3: None,
            type_expr,
        };
        let mut token = self.tree.first_token(type_expr);
        while token > 0 {
            token -= 1;
            match self.tree.tag_at(token) {
                TokenTag::Colon => {}
                TokenTag::Identifier => param.name_token = Some(token),
                TokenTag::DocComment => param.first_doc_comment = Some(token),
                TokenTag::KeywordComptime | TokenTag::KeywordNoalias => {
                    param.comptime_noalias = Some(token);
                }
                _ => break,
            }
        }
        self.param_i += 1;
        self.tok_i = self.tree.last_token(type_expr).wrapping_add(1);
        self.skip_comma();
        self.scan_tokens = true;
        Some(param)
    }

    fn skip_comma(&mut self) {
        if self.tree.tag_at(self.tok_i) == TokenTag::Comma {
            self.tok_i += 1;
        }
    }
}

impl Iterator for ParamIterator<'_> {
    type Item = Param;

    fn next(&mut self) -> Option<Param> {
        if !self.scan_tokens {
            return self.typed();
        }
        self.skip_comma();
        if self.tree.tag_at(self.tok_i) == TokenTag::RParen {
            return None;
        }
        let mut param = Param {
            first_doc_comment: None,
            name_token: None,
            comptime_noalias: None,
            anytype_ellipsis3: None,
            type_expr: 0,
        };
        if self.tree.tag_at(self.tok_i) == TokenTag::DocComment {
            param.first_doc_comment = Some(self.tok_i);
            while self.tree.tag_at(self.tok_i) == TokenTag::DocComment {
                self.tok_i += 1;
            }
        }
        match self.tree.tag_at(self.tok_i) {
            TokenTag::Ellipsis3 => {
                // Nothing may follow; the nodes are used up, so the next call ends the iteration.
                self.scan_tokens = false;
                param.anytype_ellipsis3 = Some(self.tok_i);
                return Some(param);
            }
            TokenTag::KeywordNoalias | TokenTag::KeywordComptime => {
                param.comptime_noalias = Some(self.tok_i);
                self.tok_i += 1;
            }
            _ => {}
        }
        if self.tree.tag_at(self.tok_i) == TokenTag::Identifier
            && self.tree.tag_at(self.tok_i + 1) == TokenTag::Colon
        {
            param.name_token = Some(self.tok_i);
            self.tok_i += 2;
        }
        if self.tree.tag_at(self.tok_i) == TokenTag::KeywordAnytype {
            param.anytype_ellipsis3 = Some(self.tok_i);
            self.tok_i += 1;
            return Some(param);
        }
        // What was scanned belongs to a typed parameter, which finds its tokens from its node.
        self.scan_tokens = false;
        self.typed()
    }
}

/// `T{ .a = b }` or `.{ .a = b }`.
#[derive(Clone, Copy, Debug)]
pub struct StructInit<'t> {
    /// What the tree stores.
    pub ast: StructInitComponents<'t>,
}

/// Stored parts of a [`StructInit`].
#[derive(Clone, Copy, Debug)]
pub struct StructInitComponents<'t> {
    /// `{`.
    pub lbrace: TokenIndex,
    /// The fields' values; a field's name is two tokens before its value's first.
    pub fields: NodeList<'t>,
    /// Type, or 0 for `.{}`.
    pub type_expr: NodeIndex,
}

/// `T{ a, b }` or `.{ a, b }`.
#[derive(Clone, Copy, Debug)]
pub struct ArrayInit<'t> {
    /// What the tree stores.
    pub ast: ArrayInitComponents<'t>,
}

/// Stored parts of an [`ArrayInit`].
#[derive(Clone, Copy, Debug)]
pub struct ArrayInitComponents<'t> {
    /// `{`.
    pub lbrace: TokenIndex,
    /// Elements.
    pub elements: NodeList<'t>,
    /// Type, or 0 for `.{}`.
    pub type_expr: NodeIndex,
}

/// `[count:sentinel]elem`.
#[derive(Clone, Copy, Debug)]
pub struct ArrayType {
    /// What the tree stores.
    pub ast: ArrayTypeComponents,
}

/// Stored parts of an [`ArrayType`].
#[derive(Clone, Copy, Debug)]
pub struct ArrayTypeComponents {
    /// `[`.
    pub lbracket: TokenIndex,
    /// Length.
    pub elem_count: NodeIndex,
    /// Sentinel, or 0.
    pub sentinel: NodeIndex,
    /// Element type.
    pub elem_type: NodeIndex,
}

/// The four kinds of pointers, numbered as the reference does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PtrSize {
    /// `*T`
    One,
    /// `[*]T`
    Many,
    /// `[]T`
    Slice,
    /// `[*c]T`
    C,
}

/// `[*:sentinel]allowzero align(a:b:c) addrspace(..) const volatile T` and the other pointers.
#[derive(Clone, Copy, Debug)]
pub struct PtrType {
    /// Which kind of pointer.
    pub size: PtrSize,
    /// `allowzero`.
    pub allowzero_token: Option<TokenIndex>,
    /// `const`.
    pub const_token: Option<TokenIndex>,
    /// `volatile`.
    pub volatile_token: Option<TokenIndex>,
    /// The last of the qualifiers above that the pointer had already, where the parser lets that pass.
    pub duplicate_token: Option<TokenIndex>,
    /// What the tree stores.
    pub ast: PtrTypeComponents,
}

/// Stored parts of a [`PtrType`].
#[derive(Clone, Copy, Debug)]
pub struct PtrTypeComponents {
    /// `*`, `**` (shared with the pointer inside it or around it) or `[`.
    pub main_token: TokenIndex,
    /// Operand of `align`, or 0.
    pub align_node: NodeIndex,
    /// Operand of `addrspace`, or 0.
    pub addrspace_node: NodeIndex,
    /// Sentinel, or 0.
    pub sentinel: NodeIndex,
    /// Bit offset in `align`, or 0.
    pub bit_range_start: NodeIndex,
    /// Host size in `align`, or 0.
    pub bit_range_end: NodeIndex,
    /// Pointed-to type.
    pub child_type: NodeIndex,
}

/// `sliced[start..end :sentinel]`.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// What the tree stores.
    pub ast: SliceComponents,
}

/// Stored parts of a [`Slice`].
#[derive(Clone, Copy, Debug)]
pub struct SliceComponents {
    /// What is sliced.
    pub sliced: NodeIndex,
    /// `[`.
    pub lbracket: TokenIndex,
    /// Start.
    pub start: NodeIndex,
    /// End, or 0.
    pub end: NodeIndex,
    /// Sentinel, or 0.
    pub sentinel: NodeIndex,
}

/// `packed struct(arg) { members }` and the other containers; also a whole file.
#[derive(Clone, Copy, Debug)]
pub struct ContainerDecl<'t> {
    /// `packed` or `extern`.
    pub layout_token: Option<TokenIndex>,
    /// What the tree stores.
    pub ast: ContainerDeclComponents<'t>,
}

/// Stored parts of a [`ContainerDecl`].
#[derive(Clone, Copy, Debug)]
pub struct ContainerDeclComponents<'t> {
    /// `struct`, `union`, `enum` or `opaque`; 0 for a whole file.
    pub main_token: TokenIndex,
    /// `enum` in `union(enum)`.
    pub enum_token: Option<TokenIndex>,
    /// Fields and declarations.
    pub members: NodeList<'t>,
    /// Backing integer or tag type, or 0.
    pub arg: NodeIndex,
}

/// `label: switch (condition) { cases }`.
#[derive(Clone, Copy, Debug)]
pub struct Switch<'t> {
    /// What the tree stores.
    pub ast: SwitchComponents<'t>,
    /// Identifier before the colon.
    pub label_token: Option<TokenIndex>,
}

/// Stored parts of a [`Switch`].
#[derive(Clone, Copy, Debug)]
pub struct SwitchComponents<'t> {
    /// `switch`.
    pub switch_token: TokenIndex,
    /// Operand.
    pub condition: NodeIndex,
    /// Prongs.
    pub cases: NodeList<'t>,
}

/// `inline a, b => |payload| target`.
#[derive(Clone, Copy, Debug)]
pub struct SwitchCase<'t> {
    /// `inline`.
    pub inline_token: Option<TokenIndex>,
    /// Token after the first `|`: an identifier, or `*` with an identifier after it.
    pub payload_token: Option<TokenIndex>,
    /// What the tree stores.
    pub ast: SwitchCaseComponents<'t>,
}

/// Stored parts of a [`SwitchCase`].
#[derive(Clone, Copy, Debug)]
pub struct SwitchCaseComponents<'t> {
    /// Items and ranges; none for `else`.
    pub values: NodeList<'t>,
    /// `=>`.
    pub arrow_token: TokenIndex,
    /// Body.
    pub target_expr: NodeIndex,
}

/// `asm volatile (template : outputs : inputs : clobbers)`.
#[derive(Clone, Copy, Debug)]
pub struct Asm<'t> {
    /// What the tree stores.
    pub ast: AsmComponents<'t>,
    /// `volatile`.
    pub volatile_token: Option<TokenIndex>,
    /// First clobber string; the others follow it with commas between. `None` where clobbers are an
    /// expression.
    pub first_clobber: Option<TokenIndex>,
    /// Outputs.
    pub outputs: NodeList<'t>,
    /// Inputs.
    pub inputs: NodeList<'t>,
}

/// Stored parts of an [`Asm`].
#[derive(Clone, Copy, Debug)]
pub struct AsmComponents<'t> {
    /// `asm`.
    pub asm_token: TokenIndex,
    /// Template.
    pub template: NodeIndex,
    /// Outputs and then inputs.
    pub items: NodeList<'t>,
    /// Clobbers, or 0; always 0 where they are strings.
    pub clobbers: NodeIndex,
    /// `)`.
    pub rparen: TokenIndex,
}

/// `async fn_expr(params)`.
#[derive(Clone, Copy, Debug)]
pub struct Call<'t> {
    /// What the tree stores.
    pub ast: CallComponents<'t>,
    /// `async`.
    pub async_token: Option<TokenIndex>,
}

/// Stored parts of a [`Call`].
#[derive(Clone, Copy, Debug)]
pub struct CallComponents<'t> {
    /// `(`.
    pub lparen: TokenIndex,
    /// Callee.
    pub fn_expr: NodeIndex,
    /// Arguments.
    pub params: NodeList<'t>,
}
