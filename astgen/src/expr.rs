//! Expressions: the dispatch over every node tag, the comptime and lvalue variants, and the async keywords.

use std::mem::replace;

use syntax::full::NodeList;
use syntax::{NodeIndex, NodeTag, TokenTag};
use zir::{Data, Extended, NameStrategy, Ref, SimpleComptimeReason, Tag, payload};

use crate::blocks::BlockKind;
use crate::builtin_fn::{BuiltinFn, BuiltinTag};
use crate::classify;
use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::identifiers::ComptimeBlockInfo;
use crate::ids::{BlockId, ScopeId};
use crate::limits;
use crate::literals::Sign;
use crate::result::{Loc, ResultInfo};
use crate::switch::SwitchNonErr;

impl<'a> AstGen<'a> {
    pub(crate) fn type_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        type_node: NodeIndex,
    ) -> InnerResult<Ref> {
        self.comptime_expr(
            gz,
            scope,
            ResultInfo::COERCED_TYPE,
            type_node,
            SimpleComptimeReason::Type,
        )
    }

    pub(crate) fn reachable_type_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        type_node: NodeIndex,
        reachable_node: NodeIndex,
    ) -> InnerResult<Ref> {
        self.reachable_expr_comptime(
            gz,
            scope,
            ResultInfo::COERCED_TYPE,
            type_node,
            reachable_node,
            Some(SimpleComptimeReason::Type),
        )
    }

    /// Like [`Self::expr`], reporting an error at `reachable_node` when the result cannot be reached.
    pub(crate) fn reachable_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        reachable_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let result = self.expr(gz, scope, ri, node)?;
        if self.ref_is_no_return(result) {
            self.report_unreachable(node, reachable_node);
        }
        Ok(result)
    }

    /// `comptime_reason` is `None` where the expression is not forced to be evaluated at comptime.
    pub(crate) fn reachable_expr_comptime(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        reachable_node: NodeIndex,
        comptime_reason: Option<SimpleComptimeReason>,
    ) -> InnerResult<Ref> {
        let result = match comptime_reason {
            Some(reason) => self.comptime_expr(gz, scope, ri, node, reason)?,
            None => self.expr(gz, scope, ri, node)?,
        };
        if self.ref_is_no_return(result) {
            self.report_unreachable(node, reachable_node);
        }
        Ok(result)
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn report_unreachable(
        &mut self,
        diverted_at: NodeIndex,
        unreachable_node: NodeIndex,
    ) {
        let note = self.err_note_node(diverted_at, "control flow is diverted here");
        self.append_error_node_notes(unreachable_node, "unreachable code", &[note]);
    }

    /// The pointer that an assignment to `node` stores through.
    pub(crate) fn lval_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let assignable = match self.tree.node_tag(node) {
            NodeTag::UnwrapOptional
            | NodeTag::Deref
            | NodeTag::FieldAccess
            | NodeTag::ArrayAccess
            | NodeTag::Identifier
            | NodeTag::GroupedExpression
            | NodeTag::Orelse => true,
            // An unknown builtin is let through: `builtin_call` has a better message for it.
            NodeTag::BuiltinCall
            | NodeTag::BuiltinCallComma
            | NodeTag::BuiltinCallTwo
            | NodeTag::BuiltinCallTwoComma => {
                let name = self.tree.token_slice(self.tree.main_token(node));
                BuiltinFn::get(self.format.generation, name).is_none_or(|info| info.allows_lvalue)
            }
            _ => false,
        };
        if !assignable {
            return Err(self.fail_node(node, "invalid left-hand side to assignment"));
        }
        self.expr(gz, scope, ResultInfo::rl(Loc::Ref), node)
    }

    /// Lowers one expression. With a result location of `Discard`, `Ptr` or `InferredPtr` the returned
    /// instruction says only whether control flow ends; it is no value.
    pub(crate) fn expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        // Every other expression is one of these. They have nothing below them, nor a name to give away.
        match self.tree.node_tag(node) {
            NodeTag::Identifier => self.identifier(gz, scope, ri, node, None),
            NodeTag::NumberLiteral => self.number_literal(gz, ri, node, node, Sign::Positive),
            _ => self.outer_expr(gz, scope, ri, node, None),
        }
    }

    /// [`AstGen::expr`] of what may have other expressions in it. A container is named by `strategy`, or by
    /// what the block has if there is none.
    #[inline(never)]
    fn outer_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        strategy: Option<NameStrategy>,
    ) -> InnerResult<Ref> {
        let mut inner = node;
        while self.tree.node_tag(inner) == NodeTag::GroupedExpression {
            inner = self.tree.node_data(inner).lhs;
        }
        if self.depth >= self.check_at {
            return self
                .with_checked_stack(inner, |this| this.outer_expr(gz, scope, ri, node, strategy));
        }
        // Where the strategy is an argument, the block has none but while `name_strat_expr` sets it.
        let prev_strategy = self.blocks[gz].anon_name_strategy;
        if let Some(strategy) = strategy {
            self.blocks[gz].anon_name_strategy = strategy;
        } else if prev_strategy != NameStrategy::Anon
            && (inner != node || !classify::node_uses_anon_name_strategy(self.tree, inner))
        {
            self.blocks[gz].anon_name_strategy = NameStrategy::Anon;
        }
        self.depth += 1;
        let result = self.expr_inner(gz, scope, ri, inner);
        self.depth -= 1;
        self.blocks[gz].anon_name_strategy = prev_strategy;
        result
    }

    /// Of a reason that was renamed in 0.16, that which the release has.
    pub(crate) fn reason(
        &self,
        before: SimpleComptimeReason,
        since: SimpleComptimeReason,
    ) -> SimpleComptimeReason {
        if self.rules.reasons_are_renamed {
            since
        } else {
            before
        }
    }

    /// Lowers a container or a reified type that is the whole of a value, with a name chosen by `strategy`;
    /// none for other expressions.
    #[inline(always)]
    pub(crate) fn name_strat_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        strategy: NameStrategy,
    ) -> InnerResult<Option<Ref>> {
        if !self.rules.name_strategy_is_an_argument {
            return Ok(None);
        }
        match self.tree.node_tag(node) {
            NodeTag::BuiltinCallTwo
            | NodeTag::BuiltinCallTwoComma
            | NodeTag::BuiltinCall
            | NodeTag::BuiltinCallComma => {
                let name = self.tree.token_slice(self.tree.main_token(node));
                match BuiltinFn::get(self.format.generation, name).map(|info| info.tag) {
                    Some(BuiltinTag::Struct | BuiltinTag::Union | BuiltinTag::Enum) => {}
                    Some(BuiltinTag::Type) => {
                        let params = self.tree.builtin_call_params(node);
                        if params.is_none_or(|params| params.len() != 1) {
                            return Ok(None);
                        }
                    }
                    _ => return Ok(None),
                }
            }
            NodeTag::ContainerDecl
            | NodeTag::ContainerDeclTrailing
            | NodeTag::ContainerDeclTwo
            | NodeTag::ContainerDeclTwoTrailing
            | NodeTag::ContainerDeclArg
            | NodeTag::ContainerDeclArgTrailing
            | NodeTag::TaggedUnion
            | NodeTag::TaggedUnionTrailing
            | NodeTag::TaggedUnionTwo
            | NodeTag::TaggedUnionTwoTrailing
            | NodeTag::TaggedUnionEnumTag
            | NodeTag::TaggedUnionEnumTagTrailing => {}
            _ => return Ok(None),
        }
        self.outer_expr(gz, scope, ri, node, Some(strategy))
            .map(Some)
    }

    /// Runs `lower`, which lowers `node`, one level deeper. Every cycle of calls in this crate that follows
    /// the nesting of the source goes through here or through [`AstGen::outer_expr`], which does the same.
    pub(crate) fn nested<T>(
        &mut self,
        node: NodeIndex,
        lower: impl FnOnce(&mut Self) -> InnerResult<T>,
    ) -> InnerResult<T> {
        if self.depth >= self.check_at {
            return self.with_checked_stack(node, |this| this.nested(node, lower));
        }
        self.depth += 1;
        let result = lower(self);
        self.depth -= 1;
        result
    }

    /// Runs `lower`, which lowers `node`, after a look at the stack and at how deep this is: the place where
    /// nesting is limited and the stack grows. It begins anew with the levels until the next look, so `lower`
    /// may be what came here.
    #[cold]
    #[inline(never)]
    fn with_checked_stack<T>(
        &mut self,
        node: NodeIndex,
        lower: impl FnOnce(&mut Self) -> InnerResult<T>,
    ) -> InnerResult<T> {
        if self.depth >= limits::MAX_NESTING {
            return Err(self.fail_too_deep(node));
        }
        let next = (self.depth + limits::STACK_CHECK_INTERVAL).min(limits::MAX_NESTING);
        let before = replace(&mut self.check_at, next);
        let result = stacker::maybe_grow(limits::STACK_RED_ZONE, limits::STACK_SEGMENT, || {
            lower(self)
        });
        self.check_at = before;
        result
    }

    #[cold]
    #[inline(never)]
    fn fail_too_deep(&mut self, node: NodeIndex) -> AnalysisFail {
        self.fail_node(node, "expression is nested too deeply")
    }

    fn expr_inner(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let tag = tree.node_tag(node);
        let data = tree.node_data(node);
        match tag {
            // These belong to a construct that lowers them itself; an expression never starts with one.
            NodeTag::Root
            | NodeTag::Usingnamespace
            | NodeTag::TestDecl
            | NodeTag::ContainerFieldInit
            | NodeTag::ContainerFieldAlign
            | NodeTag::ContainerField
            | NodeTag::FnDecl
            | NodeTag::GlobalVarDecl
            | NodeTag::LocalVarDecl
            | NodeTag::SimpleVarDecl
            | NodeTag::AlignedVarDecl
            | NodeTag::Defer
            | NodeTag::Errdefer
            | NodeTag::SwitchCase
            | NodeTag::SwitchCaseInline
            | NodeTag::SwitchCaseOne
            | NodeTag::SwitchCaseInlineOne
            | NodeTag::SwitchRange
            | NodeTag::AsmOutput
            | NodeTag::AsmInput
            | NodeTag::ForRange => Err(self.fail_node(node, "expected expression")),

            NodeTag::Assign
            | NodeTag::AssignDestructure
            | NodeTag::AssignShl
            | NodeTag::AssignShlSat
            | NodeTag::AssignShr
            | NodeTag::AssignBitAnd
            | NodeTag::AssignBitOr
            | NodeTag::AssignBitXor
            | NodeTag::AssignDiv
            | NodeTag::AssignSub
            | NodeTag::AssignSubWrap
            | NodeTag::AssignSubSat
            | NodeTag::AssignMod
            | NodeTag::AssignAdd
            | NodeTag::AssignAddWrap
            | NodeTag::AssignAddSat
            | NodeTag::AssignMul
            | NodeTag::AssignMulWrap
            | NodeTag::AssignMulSat => self.assignment_expr(gz, scope, ri, node, tag),

            NodeTag::Shl => self.shift_op(gz, scope, ri, node, data.lhs, data.rhs, Tag::Shl),
            NodeTag::Shr => self.shift_op(gz, scope, ri, node, data.lhs, data.rhs, Tag::Shr),

            NodeTag::Add
            | NodeTag::AddWrap
            | NodeTag::AddSat
            | NodeTag::Sub
            | NodeTag::SubWrap
            | NodeTag::SubSat
            | NodeTag::Mul
            | NodeTag::MulWrap
            | NodeTag::MulSat
            | NodeTag::Div
            | NodeTag::Mod
            | NodeTag::ShlSat
            | NodeTag::BitAnd
            | NodeTag::BitOr
            | NodeTag::BitXor
            | NodeTag::BangEqual
            | NodeTag::EqualEqual
            | NodeTag::GreaterThan
            | NodeTag::GreaterOrEqual
            | NodeTag::LessThan
            | NodeTag::LessOrEqual
            | NodeTag::ArrayCat => self.simple_bin_op(gz, scope, ri, node),

            NodeTag::ArrayMult => self.array_mult(gz, scope, ri, node),
            NodeTag::ErrorUnion => self.bin_type_op(gz, scope, ri, node, Tag::ErrorUnionType),
            NodeTag::MergeErrorSets => self.bin_type_op(gz, scope, ri, node, Tag::MergeErrorSets),

            NodeTag::BoolAnd | NodeTag::BoolOr => self.bool_bin_op(gz, scope, ri, node),
            NodeTag::BoolNot => self.simple_un_op(
                gz,
                scope,
                ri,
                node,
                if self.rules.bool_not_operand_is_untyped {
                    ResultInfo::NONE
                } else {
                    ResultInfo::COERCED_BOOL
                },
                data.lhs,
                Tag::BoolNot,
            ),
            NodeTag::BitNot => self.simple_un_op(
                gz,
                scope,
                ri,
                node,
                ResultInfo::rl(Loc::None),
                data.lhs,
                Tag::BitNot,
            ),
            NodeTag::Negation => self.negation(gz, scope, ri, node),
            NodeTag::NegationWrap => self.simple_un_op(
                gz,
                scope,
                ri,
                node,
                ResultInfo::rl(Loc::None),
                data.lhs,
                Tag::NegateWrap,
            ),

            NodeTag::Identifier => self.identifier(gz, scope, ri, node, None),
            NodeTag::AsmSimple | NodeTag::Asm => self.asm_node(gz, scope, ri, node),
            NodeTag::AsmLegacy => {
                let note = self.err_note_node(node, "use 'zig fmt' to auto-upgrade");
                Err(self.fail_node_notes(node, "legacy asm clobbers syntax", &[note]))
            }
            NodeTag::StringLiteral => self.string_literal(gz, ri, node),
            NodeTag::MultilineStringLiteral => self.multiline_string_literal(gz, ri, node),
            NodeTag::NumberLiteral => self.number_literal(gz, ri, node, node, Sign::Positive),

            NodeTag::BuiltinCall
            | NodeTag::BuiltinCallComma
            | NodeTag::BuiltinCallTwo
            | NodeTag::BuiltinCallTwoComma => self.builtin_call_node(gz, scope, ri, node, false),

            NodeTag::CallOne
            | NodeTag::CallOneComma
            | NodeTag::AsyncCallOne
            | NodeTag::AsyncCallOneComma
            | NodeTag::Call
            | NodeTag::CallComma
            | NodeTag::AsyncCall
            | NodeTag::AsyncCallComma => self.call_node(gz, scope, ri, node),

            NodeTag::UnreachableLiteral => self.unreachable_literal(gz, node),
            NodeTag::Return => self.ret(gz, scope, node),
            NodeTag::FieldAccess => self.field_access(gz, scope, ri, node),

            NodeTag::IfSimple | NodeTag::If => self.if_node(gz, scope, ri, node),
            NodeTag::WhileSimple | NodeTag::WhileCont | NodeTag::While => {
                self.while_expr(gz, scope, ri.br(), node, false)
            }
            NodeTag::ForSimple | NodeTag::For => self.for_expr(gz, scope, ri.br(), node, false),

            NodeTag::SliceOpen | NodeTag::Slice | NodeTag::SliceSentinel => {
                self.slice_expr(gz, scope, ri, node)
            }
            NodeTag::Deref => self.deref(gz, scope, ri, node),
            NodeTag::AddressOf => self.address_of(gz, scope, ri, node),
            NodeTag::OptionalType => self.optional_type(gz, scope, ri, node),
            NodeTag::UnwrapOptional => self.unwrap_optional(gz, scope, ri, node),

            NodeTag::Block
            | NodeTag::BlockSemicolon
            | NodeTag::BlockTwo
            | NodeTag::BlockTwoSemicolon => {
                let statements = tree.block_statements(node).unwrap_or(NodeList::EMPTY);
                self.block_expr(gz, scope, ri, node, &statements, BlockKind::Normal)
            }

            NodeTag::EnumLiteral => self.enum_literal(gz, ri, node),
            NodeTag::ErrorValue => self.simple_str_tok(gz, ri, data.rhs, node, Tag::ErrorValue),
            NodeTag::AnyframeLiteral => {
                let result = self.add_un_node(gz, Tag::AnyframeType, Ref::VOID_TYPE, node);
                self.rvalue(gz, ri, result, node)
            }
            NodeTag::AnyframeType => self.anyframe_type(gz, scope, ri, node),

            NodeTag::Catch => self.catch_node(gz, scope, ri, node),
            NodeTag::Orelse => self.orelse_node(gz, scope, ri, node),

            NodeTag::PtrTypeAligned
            | NodeTag::PtrTypeSentinel
            | NodeTag::PtrType
            | NodeTag::PtrTypeBitRange => self.ptr_type(gz, scope, ri, node),

            NodeTag::ContainerDecl
            | NodeTag::ContainerDeclTrailing
            | NodeTag::ContainerDeclArg
            | NodeTag::ContainerDeclArgTrailing
            | NodeTag::ContainerDeclTwo
            | NodeTag::ContainerDeclTwoTrailing
            | NodeTag::TaggedUnion
            | NodeTag::TaggedUnionTrailing
            | NodeTag::TaggedUnionEnumTag
            | NodeTag::TaggedUnionEnumTagTrailing
            | NodeTag::TaggedUnionTwo
            | NodeTag::TaggedUnionTwoTrailing => self.container_node(gz, scope, ri, node),

            NodeTag::Break => self.break_expr(gz, scope, node),
            NodeTag::Continue => self.continue_expr(gz, scope, node),
            NodeTag::GroupedExpression => self.expr(gz, scope, ri, data.lhs),
            NodeTag::ArrayType => self.array_type(gz, scope, ri, node),
            NodeTag::ArrayTypeSentinel => self.array_type_sentinel(gz, scope, ri, node),
            NodeTag::CharLiteral => self.char_literal(gz, ri, node),
            NodeTag::ErrorSetDecl => self.error_set_decl(gz, ri, node),
            NodeTag::ArrayAccess => self.array_access(gz, scope, ri, node),
            NodeTag::Comptime => self.comptime_expr_ast(gz, scope, ri, node),
            NodeTag::Switch | NodeTag::SwitchComma => self.switch_node(gz, scope, ri, node),

            NodeTag::Nosuspend => self.nosuspend_expr(gz, scope, ri, node),
            NodeTag::Suspend => self.suspend_expr(gz, scope, node),
            NodeTag::Await => self.await_expr(gz, scope, ri, node),
            NodeTag::Resume => self.resume_expr(gz, scope, ri, node),
            NodeTag::Try => self.try_expr(gz, scope, ri, node, data.lhs),

            NodeTag::ArrayInitOne
            | NodeTag::ArrayInitOneComma
            | NodeTag::ArrayInitDotTwo
            | NodeTag::ArrayInitDotTwoComma
            | NodeTag::ArrayInitDot
            | NodeTag::ArrayInitDotComma
            | NodeTag::ArrayInit
            | NodeTag::ArrayInitComma => self.array_init_node(gz, scope, ri, node),

            NodeTag::StructInitOne
            | NodeTag::StructInitOneComma
            | NodeTag::StructInitDotTwo
            | NodeTag::StructInitDotTwoComma
            | NodeTag::StructInitDot
            | NodeTag::StructInitDotComma
            | NodeTag::StructInit
            | NodeTag::StructInitComma => self.struct_init_node(gz, scope, ri, node),

            NodeTag::FnProtoSimple
            | NodeTag::FnProtoMulti
            | NodeTag::FnProtoOne
            | NodeTag::FnProto => self.fn_proto_node(gz, scope, ri, node),
        }
    }

    // The views of the nodes below are large: each lives in a frame of its own, so that the frame of the
    // dispatch, which every level of nesting pays for, stays small.

    #[inline(never)]
    fn assignment_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        tag: NodeTag,
    ) -> InnerResult<Ref> {
        match tag {
            NodeTag::Assign => self.assign(gz, scope, node)?,
            NodeTag::AssignDestructure => self.assign_destructure(gz, scope, node)?,
            NodeTag::AssignShl => self.assign_shift(gz, scope, node, Tag::Shl)?,
            NodeTag::AssignShlSat => self.assign_shift_sat(gz, scope, node)?,
            NodeTag::AssignShr => self.assign_shift(gz, scope, node, Tag::Shr)?,
            NodeTag::AssignBitAnd => self.assign_op(gz, scope, node, Tag::BitAnd)?,
            NodeTag::AssignBitOr => self.assign_op(gz, scope, node, Tag::BitOr)?,
            NodeTag::AssignBitXor => self.assign_op(gz, scope, node, Tag::Xor)?,
            NodeTag::AssignDiv => self.assign_op(gz, scope, node, Tag::Div)?,
            NodeTag::AssignSub => self.assign_op(gz, scope, node, Tag::Sub)?,
            NodeTag::AssignSubWrap => self.assign_op(gz, scope, node, Tag::Subwrap)?,
            NodeTag::AssignSubSat => self.assign_op(gz, scope, node, Tag::SubSat)?,
            NodeTag::AssignMod => self.assign_op(gz, scope, node, Tag::ModRem)?,
            NodeTag::AssignAdd => self.assign_op(gz, scope, node, Tag::Add)?,
            NodeTag::AssignAddWrap => self.assign_op(gz, scope, node, Tag::Addwrap)?,
            NodeTag::AssignAddSat => self.assign_op(gz, scope, node, Tag::AddSat)?,
            NodeTag::AssignMul => self.assign_op(gz, scope, node, Tag::Mul)?,
            NodeTag::AssignMulWrap => self.assign_op(gz, scope, node, Tag::Mulwrap)?,
            _ => self.assign_op(gz, scope, node, Tag::MulSat)?,
        }
        self.rvalue(gz, ri, Ref::VOID_VALUE, node)
    }

    #[inline(never)]
    pub(crate) fn builtin_call_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        allow_branch_hint: bool,
    ) -> InnerResult<Ref> {
        let params = self
            .tree
            .builtin_call_params(node)
            .unwrap_or(NodeList::EMPTY);
        self.builtin_call(gz, scope, ri, node, &params, allow_branch_hint)
    }

    #[inline(never)]
    fn call_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_call(node) {
            Some(call) => self.call_expr(gz, scope, ri, Ref::NONE, node, call),
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn asm_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_asm(node) {
            Some(full) => self.asm_expr(gz, scope, ri, node, full),
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn container_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_container_decl(node) {
            Some(full) => {
                self.depth += limits::CONTAINER_NESTING;
                let result = self.container_decl(gz, scope, ri, node, full);
                self.depth -= limits::CONTAINER_NESTING;
                result
            }
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn switch_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_switch(node) {
            Some(full) if self.rules.switch_items_are_bodies => {
                let non_err = SwitchNonErr::None;
                self.switch_expr_item_bodies(gz, scope, ri.br(), node, &full, non_err)
            }
            Some(full) => self.switch_expr(gz, scope, ri.br(), node, full),
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn array_init_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_array_init(node) {
            Some(full) => self.array_init_expr(gz, scope, ri, node, full),
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn struct_init_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_struct_init(node) {
            Some(full) => self.struct_init_expr(gz, scope, ri, node, full),
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn fn_proto_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match self.tree.full_fn_proto(node) {
            Some(full) => self.fn_proto_expr(gz, scope, ri, node, full),
            None => Err(self.fail_node(node, "expected expression")),
        }
    }

    #[inline(never)]
    fn unreachable_literal(&mut self, gz: BlockId, node: NodeIndex) -> InnerResult<Ref> {
        self.emit_dbg_node(gz, node);
        let src_node = self.node_index_to_relative(gz, node);
        self.add_as_index(gz, Tag::Unreachable, Data::unreachable(src_node));
        Ok(Ref::UNREACHABLE_VALUE)
    }

    #[inline(never)]
    fn enum_literal(&mut self, gz: BlockId, ri: ResultInfo, node: NodeIndex) -> InnerResult<Ref> {
        let name_token = self.tree.main_token(node);
        let Some(res_ty) = self.result_type(ri.rl, gz, node)? else {
            return self.simple_str_tok(gz, ri, name_token, node, Tag::EnumLiteral);
        };
        let field_name_start = self.ident_as_string(name_token)?;
        let result = self.add_pl_node(
            gz,
            Tag::DeclLiteral,
            node,
            &payload::Field {
                lhs: res_ty,
                field_name_start,
            },
        );
        match ri.rl {
            // The instruction itself coerces to the result type.
            Loc::Ty(_) | Loc::CoercedTy(_) => Ok(result),
            _ => self.rvalue(gz, ri, result, node),
        }
    }

    #[inline(never)]
    fn anyframe_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let return_type = self.type_expr(gz, scope, self.tree.node_data(node).rhs)?;
        let result = self.add_un_node(gz, Tag::AnyframeType, return_type, node);
        self.rvalue(gz, ri, result, node)
    }

    /// Evaluates `node` at comptime, in a block of its own unless that is known to change nothing.
    pub(crate) fn comptime_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        reason: SimpleComptimeReason,
    ) -> InnerResult<Ref> {
        self.comptime_expr2(gz, scope, ri, node, node, reason)
    }

    /// As [`Self::comptime_expr`]; the comptime block gets `src_node` as its source.
    pub(crate) fn comptime_expr2(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        src_node: NodeIndex,
        reason: SimpleComptimeReason,
    ) -> InnerResult<Ref> {
        if self.blocks[gz].is_comptime {
            return self.expr(gz, scope, ri, node);
        }
        match self.tree.node_tag(node) {
            // Decides for itself whether a block is needed.
            NodeTag::Identifier => self.identifier(
                gz,
                scope,
                ri,
                node,
                Some(ComptimeBlockInfo { src_node, reason }),
            ),

            // Leaves that are comptime-known, and nodes that force their operands to be comptime-known: the
            // block would say nothing new.
            NodeTag::NumberLiteral
            | NodeTag::CharLiteral
            | NodeTag::StringLiteral
            | NodeTag::MultilineStringLiteral
            | NodeTag::EnumLiteral
            | NodeTag::ErrorValue
            | NodeTag::AnyframeLiteral
            | NodeTag::ErrorSetDecl
            | NodeTag::ErrorUnion
            | NodeTag::MergeErrorSets
            | NodeTag::OptionalType
            | NodeTag::AnyframeType
            | NodeTag::PtrTypeAligned
            | NodeTag::PtrTypeSentinel
            | NodeTag::PtrType
            | NodeTag::PtrTypeBitRange
            | NodeTag::ArrayType
            | NodeTag::ArrayTypeSentinel
            | NodeTag::FnProtoSimple
            | NodeTag::FnProtoMulti
            | NodeTag::FnProtoOne
            | NodeTag::FnProto
            | NodeTag::ContainerDecl
            | NodeTag::ContainerDeclTrailing
            | NodeTag::ContainerDeclArg
            | NodeTag::ContainerDeclArgTrailing
            | NodeTag::ContainerDeclTwo
            | NodeTag::ContainerDeclTwoTrailing
            | NodeTag::TaggedUnion
            | NodeTag::TaggedUnionTrailing
            | NodeTag::TaggedUnionEnumTag
            | NodeTag::TaggedUnionEnumTagTrailing
            | NodeTag::TaggedUnionTwo
            | NodeTag::TaggedUnionTwoTrailing => self.expr(gz, scope, ri, node),

            NodeTag::Block
            | NodeTag::BlockSemicolon
            | NodeTag::BlockTwo
            | NodeTag::BlockTwoSemicolon => {
                // The result type is computed for an unlabeled block too, and then once more below.
                let ty_only_ri = self.type_only(gz, ri, node)?;
                if !self.is_labeled(self.tree.main_token(node)) {
                    return self.comptime_block(gz, scope, ri, node, src_node, reason);
                }
                // A labeled block becomes the comptime block itself.
                let statements = self.tree.block_statements(node).unwrap_or(NodeList::EMPTY);
                let block_ref = self.labeled_block_expr(
                    gz,
                    scope,
                    ty_only_ri,
                    node,
                    &statements,
                    true,
                    BlockKind::Normal,
                )?;
                self.rvalue(gz, ri, block_ref, node)
            }

            _ => self.comptime_block(gz, scope, ri, node, src_node, reason),
        }
    }

    /// The result location may name runtime memory, which code at comptime cannot write: only its type
    /// crosses the boundary, and the value is copied outside.
    fn type_only(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<ResultInfo> {
        let rl = match self.result_type(ri.rl, gz, node)? {
            Some(res_ty) => Loc::CoercedTy(res_ty),
            None => Loc::None,
        };
        Ok(ResultInfo { rl, ctx: ri.ctx })
    }

    fn comptime_block(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        src_node: NodeIndex,
        reason: SimpleComptimeReason,
    ) -> InnerResult<Ref> {
        let mark = self.mark();
        let block_scope = self.make_sub_block(gz, scope);
        self.blocks[block_scope].is_comptime = true;

        let block_inst = self.make_block_inst(Tag::BlockComptime, gz, src_node);
        let ty_only_ri = self.type_only(gz, ri, src_node)?;
        let result =
            self.full_body_expr(block_scope, scope, ty_only_ri, node, BlockKind::Normal)?;
        if !self.ref_is_no_return(result) {
            self.add_break(block_scope, Tag::BreakInline, block_inst, result);
        }
        self.set_block_comptime_body(block_scope, block_inst, reason);
        self.stack.push(block_inst);
        self.release(mark);
        self.rvalue(gz, ri, block_inst.to_ref(), src_node)
    }

    /// The `comptime` keyword, which is an error where everything is comptime already.
    pub(crate) fn comptime_expr_ast(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        if self.blocks[gz].is_comptime {
            let message = "redundant comptime keyword in already comptime scope";
            if self.rules.redundant_comptime_points_at_keyword {
                self.append_error_tok(self.tree.main_token(node), message);
            } else {
                self.append_error_node(node, message);
            }
        }
        let body_node = self.tree.node_data(node).lhs;
        self.comptime_expr2(
            gz,
            scope,
            ri,
            body_node,
            node,
            SimpleComptimeReason::ComptimeKeyword,
        )
    }

    /// Whether the block or switch that opens with `lbrace` has a label: `name: {`.
    pub(crate) fn is_labeled(&self, lbrace: u32) -> bool {
        lbrace >= 2
            && self.tree.token_tag(lbrace - 1) == TokenTag::Colon
            && self.tree.token_tag(lbrace - 2) == TokenTag::Identifier
    }

    fn nosuspend_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let outer = self.blocks[gz].nosuspend_node;
        if outer != 0 {
            let note = self.err_note_node(outer, "other nosuspend block here");
            self.append_error_node_notes(node, "redundant nosuspend block", &[note]);
        }
        self.blocks[gz].nosuspend_node = node;
        let result = self.expr(gz, scope, ri, self.tree.node_data(node).lhs);
        self.blocks[gz].nosuspend_node = 0;
        result
    }

    fn suspend_expr(&mut self, gz: BlockId, scope: ScopeId, node: NodeIndex) -> InnerResult<Ref> {
        let nosuspend_node = self.blocks[gz].nosuspend_node;
        if nosuspend_node != 0 {
            let note = self.err_note_node(nosuspend_node, "nosuspend block here");
            return Err(self.fail_node_notes(node, "suspend inside nosuspend block", &[note]));
        }
        let suspend_node = self.blocks[gz].suspend_node;
        if suspend_node != 0 {
            let note = self.err_note_node(suspend_node, "other suspend block here");
            return Err(self.fail_node_notes(node, "cannot suspend inside suspend block", &[note]));
        }
        let suspend_inst = self.make_block_inst(Tag::SuspendBlock, gz, node);
        self.stack.push(suspend_inst);

        let mark = self.mark();
        let suspend_scope = self.make_sub_block(gz, scope);
        self.blocks[suspend_scope].suspend_node = node;
        let body_scope = self.scope_of(suspend_scope);
        let body_result = self.full_body_expr(
            suspend_scope,
            body_scope,
            ResultInfo::rl(Loc::None),
            self.tree.node_data(node).lhs,
            BlockKind::Normal,
        )?;
        if !self.ref_is_no_return(body_result) {
            self.add_break(
                suspend_scope,
                Tag::BreakInline,
                suspend_inst,
                Ref::VOID_VALUE,
            );
        }
        self.set_block_body(suspend_scope, suspend_inst);
        self.release(mark);
        Ok(suspend_inst.to_ref())
    }

    fn await_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let suspend_node = self.blocks[gz].suspend_node;
        if suspend_node != 0 {
            let note = self.err_note_node(suspend_node, "suspend block here");
            return Err(self.fail_node_notes(node, "cannot await inside suspend block", &[note]));
        }
        let operand = self.expr(
            gz,
            scope,
            ResultInfo::rl(Loc::Ref),
            self.tree.node_data(node).lhs,
        )?;
        let result = if self.blocks[gz].nosuspend_node != 0 {
            let src = self.node_index_to_relative(gz, node);
            self.add_extended_payload(
                gz,
                Extended::AwaitNosuspend,
                &payload::UnNode { node: src, operand },
            )
        } else {
            self.add_un_node(gz, Tag::Await, operand, node)
        };
        self.rvalue(gz, ri, result, node)
    }

    fn resume_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let operand = self.expr(
            gz,
            scope,
            ResultInfo::rl(Loc::Ref),
            self.tree.node_data(node).lhs,
        )?;
        let result = self.add_un_node(gz, Tag::Resume, operand, node);
        self.rvalue(gz, ri, result, node)
    }
}
