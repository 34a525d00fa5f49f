//! Finds, before lowering, the nodes that must be given a real result location.
//!
//! Where a value can come out of several places (branches, breaks, prongs), lowering may either break out of
//! a block with the value or hand one result pointer to all of them. The pointer is only worth its cost where
//! some place writes through it piece by piece. This walk goes over every expression with what is known of
//! the result location there, and notes the nodes below which the pointer is really used.

use std::borrow::Cow;

use syntax::{Ast, NodeIndex, NodeTag, TokenIndex, TokenTag, extra, full, string_literal};

use crate::builtin_fn::{BuiltinFn, BuiltinTag};
use crate::limits;
use crate::room::emptied;

/// A set of nodes, one bit a node.
#[derive(Default)]
pub(crate) struct RlNeededSet {
    words: Vec<u64>,
}

impl RlNeededSet {
    /// An empty set of so many nodes, in the room of this one.
    fn of_len(mut self, len: u32) -> Self {
        self.words.clear();
        self.words.resize((len as usize).div_ceil(64), 0);
        self
    }

    /// The same for another file.
    pub(crate) fn emptied(self) -> Self {
        Self {
            words: emptied(self.words),
        }
    }

    fn insert(&mut self, node: NodeIndex) {
        if let Some(word) = self.words.get_mut(node as usize / 64) {
            *word |= 1 << (node % 64);
        }
    }

    pub(crate) fn contains(&self, node: NodeIndex) -> bool {
        self.words
            .get(node as usize / 64)
            .is_some_and(|word| word & (1 << (node % 64)) != 0)
    }
}

/// What the place of an expression offers it.
#[derive(Clone, Copy)]
struct ResultInfo {
    have_type: bool,
    /// There may be a pointer to write to, of known or still unknown type.
    have_ptr: bool,
}

impl ResultInfo {
    const NONE: Self = Self {
        have_type: false,
        have_ptr: false,
    };
    const TYPED_PTR: Self = Self {
        have_type: true,
        have_ptr: true,
    };
    const INFERRED_PTR: Self = Self {
        have_type: false,
        have_ptr: true,
    };
    const TYPE_ONLY: Self = Self {
        have_type: true,
        have_ptr: false,
    };
}

/// A labeled block or a loop around the current expression.
struct Block<'s> {
    label: Option<Cow<'s, [u8]>>,
    is_loop: bool,
    ri: ResultInfo,
    consumes_res_ptr: bool,
}

struct Annotator<'t, 's> {
    tree: &'t Ast<'s>,
    nodes_need_rl: RlNeededSet,
    /// The blocks around the current expression, innermost last.
    blocks: Vec<Block<'s>>,
    /// How many more calls of [`Annotator::nested`] may be open before the stack is looked at.
    unchecked: u32,
}

/// Returns the nodes that need a result location, in the room of `room`. A tree with errors has none: it is
/// not lowered.
pub(crate) fn annotate(tree: &Ast<'_>, room: RlNeededSet) -> RlNeededSet {
    if !tree.errors.is_empty() {
        return RlNeededSet::default();
    }
    let mut annotator = Annotator {
        tree,
        nodes_need_rl: room.of_len(tree.nodes_len()),
        blocks: Vec::new(),
        unchecked: 0,
    };
    for &member in tree.root_decls() {
        annotator.expr(member, ResultInfo::NONE);
    }
    annotator.nodes_need_rl
}

impl<'s> Annotator<'_, 's> {
    /// Returns whether the expression uses the result pointer that `ri` may offer.
    #[inline(always)]
    fn expr(&mut self, node: NodeIndex, ri: ResultInfo) -> bool {
        // Every other expression is one of these, and nothing can be below it.
        if matches!(
            self.tree.node_tag(node),
            NodeTag::Identifier
                | NodeTag::NumberLiteral
                | NodeTag::StringLiteral
                | NodeTag::EnumLiteral
        ) {
            return false;
        }
        self.nested(node, ri)
    }

    fn nested(&mut self, node: NodeIndex, ri: ResultInfo) -> bool {
        if self.unchecked == 0 {
            return self.with_checked_stack(node, ri);
        }
        self.unchecked -= 1;
        let consumes = self.expr_inner(node, ri);
        self.unchecked += 1;
        consumes
    }

    /// [`Annotator::nested`] after a look at the stack.
    #[cold]
    #[inline(never)]
    fn with_checked_stack(&mut self, node: NodeIndex, ri: ResultInfo) -> bool {
        self.unchecked = limits::STACK_CHECK_INTERVAL;
        let consumes = stacker::maybe_grow(limits::STACK_RED_ZONE, limits::STACK_SEGMENT, || {
            self.nested(node, ri)
        });
        self.unchecked = 0;
        consumes
    }

    fn none(&mut self, node: NodeIndex) {
        self.expr(node, ResultInfo::NONE);
    }

    fn typed(&mut self, node: NodeIndex) {
        self.expr(node, ResultInfo::TYPE_ONLY);
    }

    fn typed_opt(&mut self, node: NodeIndex) {
        if node != 0 {
            self.typed(node);
        }
    }

    /// Walks down the leftmost operands in a loop: chains of them can be as long as the file. What is to the
    /// right of such an operand is visited before it; the order has no effect on the outcome.
    fn expr_inner(&mut self, start: NodeIndex, start_ri: ResultInfo) -> bool {
        use NodeTag as N;
        let tree = self.tree;
        let mut node = start;
        let mut ri = start_ri;
        // Set once the loop has gone on to an operand whose own answer does not matter.
        let mut answer: Option<bool> = None;
        loop {
            let data = tree.node_data(node);
            // The operand to go on with, and what it is offered.
            let (next, next_ri) = match tree.node_tag(node) {
                N::Defer | N::Errdefer => (data.rhs, ResultInfo::NONE),
                N::TestDecl => (data.rhs, ResultInfo::NONE),
                N::Usingnamespace => (data.lhs, ResultInfo::TYPE_ONLY),
                N::AnyframeType => (data.rhs, ResultInfo::TYPE_ONLY),

                N::ContainerFieldInit | N::ContainerFieldAlign | N::ContainerField => {
                    if let Some(field) = tree.container_field_components(node) {
                        self.typed_opt(field.type_expr);
                        self.typed_opt(field.align_expr);
                        self.typed_opt(field.value_expr);
                    }
                    return answer.unwrap_or(false);
                }

                N::GlobalVarDecl | N::LocalVarDecl | N::SimpleVarDecl | N::AlignedVarDecl => {
                    if let Some(decl) = tree.var_decl_components(node) {
                        self.var_decl(node, &decl);
                    }
                    return answer.unwrap_or(false);
                }

                N::AssignDestructure => {
                    let full = tree.assign_destructure(node);
                    for &variable in full.ast.variables.iter() {
                        self.none(variable);
                    }
                    // A destructure always has result locations: there is nothing to note.
                    self.none(full.ast.value_expr);
                    return answer.unwrap_or(false);
                }
                N::Assign => {
                    self.none(data.lhs);
                    self.expr(data.rhs, ResultInfo::TYPED_PTR);
                    return answer.unwrap_or(false);
                }

                N::AssignShl
                | N::AssignShlSat
                | N::AssignShr
                | N::AssignBitAnd
                | N::AssignBitOr
                | N::AssignBitXor
                | N::AssignDiv
                | N::AssignSub
                | N::AssignSubWrap
                | N::AssignSubSat
                | N::AssignMod
                | N::AssignAdd
                | N::AssignAddWrap
                | N::AssignAddSat
                | N::AssignMul
                | N::AssignMulWrap
                | N::AssignMulSat
                | N::Add
                | N::AddWrap
                | N::AddSat
                | N::Sub
                | N::SubWrap
                | N::SubSat
                | N::Mul
                | N::MulWrap
                | N::MulSat
                | N::Div
                | N::Mod
                | N::ShlSat
                | N::BitAnd
                | N::BitOr
                | N::BitXor
                | N::BangEqual
                | N::EqualEqual
                | N::GreaterThan
                | N::GreaterOrEqual
                | N::LessThan
                | N::LessOrEqual
                | N::ArrayCat
                | N::ErrorUnion
                | N::MergeErrorSets => {
                    self.none(data.rhs);
                    (data.lhs, ResultInfo::NONE)
                }
                N::Shl | N::Shr | N::ArrayMult | N::ArrayAccess | N::SliceOpen => {
                    self.typed(data.rhs);
                    (data.lhs, ResultInfo::NONE)
                }
                N::BoolAnd | N::BoolOr => {
                    self.typed(data.rhs);
                    (data.lhs, ResultInfo::TYPE_ONLY)
                }
                N::ArrayType => {
                    self.typed(data.lhs);
                    (data.rhs, ResultInfo::TYPE_ONLY)
                }
                N::BoolNot | N::OptionalType => (data.lhs, ResultInfo::TYPE_ONLY),
                N::BitNot
                | N::Negation
                | N::NegationWrap
                | N::FieldAccess
                | N::Deref
                | N::AddressOf
                | N::Suspend
                | N::Resume
                // Only legal outside of comptime, where the result location is not passed on.
                | N::Comptime => (data.lhs, ResultInfo::NONE),

                N::GroupedExpression | N::Try | N::Await | N::Nosuspend | N::UnwrapOptional => {
                    node = data.lhs;
                    continue;
                }

                N::BuiltinCallTwo
                | N::BuiltinCallTwoComma
                | N::BuiltinCall
                | N::BuiltinCallComma => {
                    let consumes = self.builtin_call(node);
                    return answer.unwrap_or(consumes);
                }

                N::CallOne
                | N::CallOneComma
                | N::AsyncCallOne
                | N::AsyncCallOneComma
                | N::Call
                | N::CallComma
                | N::AsyncCall
                | N::AsyncCallComma => {
                    let is_async = matches!(
                        tree.node_tag(node),
                        N::AsyncCallOne | N::AsyncCallOneComma | N::AsyncCall | N::AsyncCallComma
                    );
                    let Some(full) = tree.full_call(node) else {
                        return answer.unwrap_or(false);
                    };
                    for &param in full.ast.params.iter() {
                        self.typed(param);
                    }
                    // A frame is always written where it shall live.
                    answer = answer.or(Some(is_async && ri.have_ptr));
                    (full.ast.fn_expr, ResultInfo::NONE)
                }

                N::Return => {
                    if data.lhs != 0 && self.expr(data.lhs, ResultInfo::TYPED_PTR) {
                        self.nodes_need_rl.insert(node);
                    }
                    return answer.unwrap_or(false);
                }

                N::IfSimple | N::If => {
                    let consumes = match tree.if_components(node) {
                        Some(parts) => self.if_expr(node, &parts, ri),
                        None => false,
                    };
                    return answer.unwrap_or(consumes);
                }
                N::WhileSimple | N::WhileCont | N::While => {
                    let consumes = match tree.while_components(node) {
                        Some(parts) => self.while_expr(node, &parts, ri),
                        None => false,
                    };
                    return answer.unwrap_or(consumes);
                }
                N::ForSimple | N::For => {
                    let consumes = match tree.for_components(node) {
                        Some(parts) => self.for_expr(node, &parts, ri),
                        None => false,
                    };
                    return answer.unwrap_or(consumes);
                }
                N::Switch | N::SwitchComma => {
                    let consumes = self.switch_expr(node, ri);
                    return answer.unwrap_or(consumes);
                }

                N::Slice => {
                    let full = tree.extra_data::<extra::Slice>(data.rhs);
                    self.typed(full.start);
                    self.typed(full.end);
                    (data.lhs, ResultInfo::NONE)
                }
                N::SliceSentinel => {
                    let full = tree.extra_data::<extra::SliceSentinel>(data.rhs);
                    self.typed(full.start);
                    self.typed_opt(full.end);
                    self.none(full.sentinel);
                    (data.lhs, ResultInfo::NONE)
                }

                N::BlockTwo | N::BlockTwoSemicolon | N::Block | N::BlockSemicolon => {
                    let consumes = self.block_expr(node, ri);
                    return answer.unwrap_or(consumes);
                }

                N::Catch | N::Orelse => {
                    let rhs_consumes = self.expr(data.rhs, ri);
                    if rhs_consumes {
                        self.nodes_need_rl.insert(node);
                    }
                    answer = answer.or(Some(rhs_consumes));
                    (data.lhs, ResultInfo::NONE)
                }

                N::PtrTypeAligned | N::PtrTypeSentinel | N::PtrType | N::PtrTypeBitRange => {
                    let Some(parts) = tree.ptr_type_components(node) else {
                        return answer.unwrap_or(false);
                    };
                    self.typed_opt(parts.sentinel);
                    self.typed_opt(parts.addrspace_node);
                    self.typed_opt(parts.align_node);
                    self.typed_opt(parts.bit_range_start);
                    self.typed_opt(parts.bit_range_end);
                    (parts.child_type, ResultInfo::TYPE_ONLY)
                }
                N::ArrayTypeSentinel => {
                    let full = tree.extra_data::<extra::ArrayTypeSentinel>(data.rhs);
                    self.typed(data.lhs);
                    self.typed(full.sentinel);
                    (full.elem_type, ResultInfo::TYPE_ONLY)
                }

                N::ContainerDecl
                | N::ContainerDeclTrailing
                | N::ContainerDeclArg
                | N::ContainerDeclArgTrailing
                | N::ContainerDeclTwo
                | N::ContainerDeclTwoTrailing
                | N::TaggedUnion
                | N::TaggedUnionTrailing
                | N::TaggedUnionEnumTag
                | N::TaggedUnionEnumTagTrailing
                | N::TaggedUnionTwo
                | N::TaggedUnionTwoTrailing => {
                    if let Some(full) = tree.full_container_decl(node) {
                        self.typed_opt(full.ast.arg);
                        for &member in full.ast.members.iter() {
                            self.none(member);
                        }
                    }
                    return answer.unwrap_or(false);
                }

                N::Break => {
                    if data.rhs != 0 {
                        self.break_expr(data.lhs, data.rhs);
                    }
                    return answer.unwrap_or(false);
                }

                N::ArrayInitOne
                | N::ArrayInitOneComma
                | N::ArrayInitDotTwo
                | N::ArrayInitDotTwoComma
                | N::ArrayInitDot
                | N::ArrayInitDotComma
                | N::ArrayInit
                | N::ArrayInitComma => {
                    let consumes = match tree.full_array_init(node) {
                        Some(full) => self.aggregate(full.ast.type_expr, &full.ast.elements, ri),
                        None => false,
                    };
                    return answer.unwrap_or(consumes);
                }
                N::StructInitOne
                | N::StructInitOneComma
                | N::StructInitDotTwo
                | N::StructInitDotTwoComma
                | N::StructInitDot
                | N::StructInitDotComma
                | N::StructInit
                | N::StructInitComma => {
                    let consumes = match tree.full_struct_init(node) {
                        Some(full) => self.aggregate(full.ast.type_expr, &full.ast.fields, ri),
                        None => false,
                    };
                    return answer.unwrap_or(consumes);
                }

                N::FnProtoSimple | N::FnProtoMulti | N::FnProtoOne | N::FnProto | N::FnDecl => {
                    if let Some(parts) = tree.fn_proto_components(node) {
                        self.fn_proto(&parts);
                    }
                    if tree.node_tag(node) == N::FnDecl {
                        self.none(data.rhs);
                    }
                    return answer.unwrap_or(false);
                }

                // Leaves, and nodes that are only met through their parents.
                _ => return answer.unwrap_or(false),
            };
            answer = answer.or(Some(false));
            if next == 0 {
                return answer.unwrap_or(false);
            }
            node = next;
            ri = next_ri;
        }
    }

    fn var_decl(&mut self, node: NodeIndex, decl: &full::VarDeclComponents) {
        let init_ri = if decl.type_node != 0 {
            self.typed(decl.type_node);
            ResultInfo::TYPED_PTR
        } else {
            ResultInfo::INFERRED_PTR
        };
        if decl.init_node == 0 {
            return;
        }
        let consumes = self.expr(decl.init_node, init_ri);
        // A `var` gets its memory in any case.
        if consumes && self.tree.token_tag(decl.mut_token) == TokenTag::KeywordConst {
            self.nodes_need_rl.insert(node);
        }
    }

    /// What is branched on. Its type is known unless it is unwrapped, but nothing depends on that where there
    /// is no pointer.
    fn condition(&mut self, cond: NodeIndex) {
        self.typed(cond);
    }

    fn if_expr(&mut self, node: NodeIndex, parts: &full::IfComponents, ri: ResultInfo) -> bool {
        self.condition(parts.cond_expr);
        if parts.else_expr == 0 {
            self.none(parts.then_expr);
            return false;
        }
        let then_consumes = self.expr(parts.then_expr, ri);
        let else_consumes = self.expr(parts.else_expr, ri);
        let consumes = then_consumes || else_consumes;
        if consumes {
            self.nodes_need_rl.insert(node);
        }
        consumes
    }

    fn while_expr(
        &mut self,
        node: NodeIndex,
        parts: &full::WhileComponents,
        ri: ResultInfo,
    ) -> bool {
        self.condition(parts.cond_expr);
        self.push_loop(parts.while_token, ri);
        if parts.cont_expr != 0 {
            self.none(parts.cont_expr);
        }
        self.none(parts.then_expr);
        self.loop_end(node, parts.else_expr, ri)
    }

    fn for_expr(
        &mut self,
        node: NodeIndex,
        parts: &full::ForComponents<'_>,
        ri: ResultInfo,
    ) -> bool {
        let tree = self.tree;
        for &input in parts.inputs.iter() {
            if tree.node_tag(input) == NodeTag::ForRange {
                let range = tree.node_data(input);
                self.typed(range.lhs);
                self.typed_opt(range.rhs);
            } else {
                self.none(input);
            }
        }
        self.push_loop(parts.for_token, ri);
        self.none(parts.then_expr);
        self.loop_end(node, parts.else_expr, ri)
    }

    fn push_loop(&mut self, keyword: TokenIndex, ri: ResultInfo) {
        let label = self.tree.loop_label(keyword);
        let label = label.map(|token| self.ident_string(token));
        self.push_block(label, true, ri);
    }

    /// The end of the innermost block, which is the loop `node`.
    fn loop_end(&mut self, node: NodeIndex, else_expr: NodeIndex, ri: ResultInfo) -> bool {
        let break_consumes = self.pop_block();
        let else_consumes = else_expr != 0 && self.expr(else_expr, ri);
        let consumes = break_consumes || else_consumes;
        if consumes {
            self.nodes_need_rl.insert(node);
        }
        consumes
    }

    fn switch_expr(&mut self, node: NodeIndex, ri: ResultInfo) -> bool {
        let tree = self.tree;
        let data = tree.node_data(node);
        let cases = tree.extra_data::<extra::SubRange>(data.rhs);
        self.none(data.lhs);
        let mut consumes = false;
        for &case_node in tree.extra_slice(cases.start, cases.end) {
            let Some(case) = tree.full_switch_case(case_node) else {
                continue;
            };
            for &item in case.ast.values.iter() {
                if tree.node_tag(item) == NodeTag::SwitchRange {
                    let range = tree.node_data(item);
                    self.none(range.lhs);
                    self.none(range.rhs);
                } else {
                    self.none(item);
                }
            }
            consumes |= self.expr(case.ast.target_expr, ri);
        }
        if consumes {
            self.nodes_need_rl.insert(node);
        }
        consumes
    }

    fn break_expr(&mut self, label_token: TokenIndex, operand: NodeIndex) {
        let target = if label_token == 0 {
            self.blocks.iter().rposition(|block| block.is_loop)
        } else {
            let label = self.ident_string(label_token);
            self.blocks
                .iter()
                .rposition(|block| block.label.as_deref() == Some(&*label))
        };
        match target {
            Some(target) => {
                let ri = self.blocks[target].ri;
                if self.expr(operand, ri) {
                    self.blocks[target].consumes_res_ptr = true;
                }
            }
            // Nothing to break from: lowering reports it.
            None => self.none(operand),
        }
    }

    /// An array or struct initialiser.
    fn aggregate(&mut self, type_expr: NodeIndex, values: &[NodeIndex], ri: ResultInfo) -> bool {
        let (value_ri, consumes) = if type_expr != 0 {
            self.none(type_expr);
            (ResultInfo::TYPE_ONLY, false)
        } else if ri.have_type {
            (ri, ri.have_ptr)
        } else {
            (ResultInfo::NONE, false)
        };
        for &value in values {
            self.expr(value, value_ri);
        }
        consumes
    }

    fn fn_proto(&mut self, parts: &full::FnProtoComponents<'_>) {
        for &param in parts.params.iter() {
            self.typed(param);
        }
        self.typed_opt(parts.align_expr);
        self.typed_opt(parts.addrspace_expr);
        self.typed_opt(parts.section_expr);
        self.typed_opt(parts.callconv_expr);
        self.typed_opt(parts.return_type);
    }

    fn push_block(&mut self, label: Option<Cow<'s, [u8]>>, is_loop: bool, ri: ResultInfo) {
        self.blocks.push(Block {
            label,
            is_loop,
            ri,
            consumes_res_ptr: false,
        });
    }

    fn pop_block(&mut self) -> bool {
        self.blocks
            .pop()
            .is_some_and(|block| block.consumes_res_ptr)
    }

    fn ident_string(&self, token: TokenIndex) -> Cow<'s, [u8]> {
        let name = self.tree.token_slice(token);
        if name.first() != Some(&b'@') {
            return Cow::Borrowed(name);
        }
        let mut bytes = Vec::new();
        match string_literal::parse_append(&name[1..], &mut bytes) {
            Ok(()) => Cow::Owned(bytes),
            // Lowering reports a bad name; here any answer will do.
            Err(_) => Cow::Borrowed(b""),
        }
    }

    fn block_expr(&mut self, node: NodeIndex, ri: ResultInfo) -> bool {
        let tree = self.tree;
        let Some(statements) = tree.block_statements(node) else {
            return false;
        };
        let lbrace = tree.main_token(node);
        let labeled = lbrace >= 2
            && tree.token_tag(lbrace - 1) == TokenTag::Colon
            && tree.token_tag(lbrace - 2) == TokenTag::Identifier;
        if !labeled {
            for &statement in statements.iter() {
                self.none(statement);
            }
            return false;
        }
        let label = self.ident_string(lbrace - 2);
        self.push_block(Some(label), false, ri);
        for &statement in statements.iter() {
            self.none(statement);
        }
        let consumes = self.pop_block();
        if consumes {
            self.nodes_need_rl.insert(node);
        }
        consumes
    }

    /// No builtin uses its result location yet; the arguments still have to be visited.
    fn builtin_call(&mut self, node: NodeIndex) -> bool {
        let tree = self.tree;
        let Some(args) = tree.builtin_call_params(node) else {
            return false;
        };
        let Some(info) = BuiltinFn::get(
            tree.release.generation(),
            tree.token_slice(tree.main_token(node)),
        ) else {
            return false;
        };
        if info
            .param_count
            .is_some_and(|expected| usize::from(expected) != args.len())
        {
            return false;
        }
        match builtin_args(tree.release.rules(), info.tag) {
            BuiltinArgs::Skip => false,
            // The reference treats the frame address as if it were written through the pointer.
            BuiltinArgs::FrameAddress => true,
            BuiltinArgs::Visit(typed_mask) => {
                for (i, &arg) in args.iter().enumerate() {
                    if i < 8 && typed_mask & (1 << i) != 0 {
                        self.typed(arg);
                    } else {
                        self.none(arg);
                    }
                }
                false
            }
        }
    }
}

/// How the arguments of a builtin are visited.
enum BuiltinArgs {
    /// Not at all.
    Skip,
    /// Not at all, and the call counts as using the result pointer.
    FrameAddress,
    /// All of them; a set bit says that the type is known where that argument stands.
    Visit(u8),
}

fn builtin_args(rules: &release::Rules, tag: BuiltinTag) -> BuiltinArgs {
    use BuiltinTag as B;
    match tag {
        B::Sqrt
        | B::Sin
        | B::Cos
        | B::Tan
        | B::Exp
        | B::Exp2
        | B::Log
        | B::Log2
        | B::Log10
        | B::Floor
        | B::Ceil
        | B::Trunc
        | B::Round => {
            let is_typed = rules.float_builtins_pass_their_type_down;
            BuiltinArgs::Visit(u8::from(is_typed))
        }

        B::Import
        | B::Src
        | B::This
        | B::EnumLiteral
        | B::ReturnAddress
        | B::ErrorReturnTrace
        | B::Frame
        | B::Breakpoint
        | B::DisableInstrumentation
        | B::DisableIntrinsics
        | B::InComptime
        | B::Panic
        | B::Trap
        | B::CVaStart => BuiltinArgs::Skip,
        B::FrameAddress => BuiltinArgs::FrameAddress,

        B::CompileLog
        | B::TypeOf
        | B::BitCast
        | B::CImport
        | B::Min
        | B::Max
        | B::IntFromPtr
        | B::IntFromEnum
        | B::Abs
        | B::TagName
        | B::TypeName
        | B::FrameType
        | B::FrameSize
        | B::IntFromFloat
        | B::FloatFromInt
        | B::PtrFromInt
        | B::EnumFromInt
        | B::FloatCast
        | B::IntCast
        | B::Truncate
        | B::ErrorCast
        | B::PtrCast
        | B::AlignCast
        | B::AddrspaceCast
        | B::ConstCast
        | B::VolatileCast
        | B::Clz
        | B::Ctz
        | B::PopCount
        | B::ByteSwap
        | B::BitReverse
        | B::DivExact
        | B::DivFloor
        | B::DivTrunc
        | B::Mod
        | B::Rem
        | B::AddWithOverflow
        | B::SubWithOverflow
        | B::MulWithOverflow
        | B::ShlWithOverflow
        | B::Memcpy
        | B::Memmove
        | B::DivCeil
        | B::BackingInt
        | B::AsyncCall
        | B::CVaCopy
        | B::CVaEnd => BuiltinArgs::Visit(0),

        B::BranchHint
        | B::SizeOf
        | B::BitSizeOf
        | B::AlignOf
        | B::CompileError
        | B::SetEvalBranchQuota
        | B::IntFromBool
        | B::IntFromError
        | B::ErrorFromInt
        | B::EmbedFile
        | B::ErrorName
        | B::SetRuntimeSafety
        | B::Type
        | B::Tuple
        | B::FromBackingInt
        | B::SpirvType
        | B::CUndef
        | B::CInclude
        | B::WasmMemorySize
        | B::Splat
        | B::SetFloatMode
        | B::TypeInfo
        | B::WorkItemId
        | B::WorkGroupSize
        | B::WorkGroupId => BuiltinArgs::Visit(0b1),

        B::As
        | B::Int
        | B::Extern
        | B::BitOffsetOf
        | B::OffsetOf
        | B::HasDecl
        | B::HasField
        | B::Field
        | B::FieldType
        | B::WasmMemoryGrow
        | B::Vector => BuiltinArgs::Visit(0b11),

        B::Export | B::ShlExact | B::ShrExact | B::Memset | B::Prefetch | B::CVaArg => {
            BuiltinArgs::Visit(0b10)
        }
        B::FieldParentPtr | B::CDefine | B::Reduce | B::Call | B::Shuffle | B::Select => {
            BuiltinArgs::Visit(0b1)
        }
        B::UnionInit | B::MulAdd => BuiltinArgs::Visit(0b111),
        B::Pointer | B::Fn | B::Enum => BuiltinArgs::Visit(0b1111),
        B::Struct | B::Union => BuiltinArgs::Visit(0b1_1111),
        B::AtomicLoad => BuiltinArgs::Visit(0b101),
        B::AtomicRmw => BuiltinArgs::Visit(0b1_1101),
        B::AtomicStore => BuiltinArgs::Visit(0b1101),
        B::CmpxchgStrong | B::CmpxchgWeak => BuiltinArgs::Visit(0b1_1110),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syntax::Mode;

    /// The tags of the nodes that need a result location, in node order.
    fn tags(source: &[u8]) -> Vec<NodeTag> {
        let tree = Ast::parse(source, Mode::Zig, syntax::Release::V0_14_1);
        assert!(tree.errors.is_empty());
        let set = annotate(&tree, RlNeededSet::default());
        (0..tree.nodes_len())
            .filter(|&node| set.contains(node))
            .map(|node| tree.node_tag(node))
            .collect()
    }

    #[test]
    fn typed_initialiser_through_branches() {
        assert_eq!(
            tags(b"test { const x: T = if (c) .{ .a = 1 } else y; }"),
            [NodeTag::SimpleVarDecl, NodeTag::If]
        );
    }

    #[test]
    fn untyped_initialiser_needs_nothing() {
        assert_eq!(tags(b"test { const x = if (c) .{ .a = 1 } else y; }"), []);
    }

    #[test]
    fn break_reaches_its_labeled_block() {
        assert_eq!(
            tags(b"fn f() T { return blk: { while (c) break; break :blk .{ 1, 2 }; }; }"),
            [NodeTag::BlockTwoSemicolon, NodeTag::Return]
        );
    }

    #[test]
    fn long_left_deep_chain() {
        let mut source = b"const x = a".to_vec();
        for _ in 0..200_000 {
            source.extend_from_slice(b"+a");
        }
        source.push(b';');
        assert_eq!(tags(&source), []);
    }
}
