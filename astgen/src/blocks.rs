//! Blocks and their statements, and everything that leaves a block: `break`, `continue`, `return`, `defer`.

use syntax::full::NodeList;
use syntax::{NodeIndex, NodeTag, TokenIndex};
use zir::small::{BuiltinCallFlags, CallFlags};
use zir::{Data, Extended, Index, NameStrategy, Ref, SimpleComptimeReason, Tag, payload};

use crate::builtin_fn::EvalToError;
use crate::classify;
use crate::emit::{BranchTarget, RestoreErrRetIndex};
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::{ContinueTarget, Label};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, PtrResultLoc, ResultInfo};
use crate::scope::{Defer, DeferKind, IdCat, LocalVal, Scope};

/// Whether the first statement of a block may be `@branchHint`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BlockKind {
    Normal,
    AllowBranchHint,
}

/// Which deferred bodies an exit runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DefersToEmit {
    /// All; the error is this one.
    Both(Ref),
    /// All, where no body captures the error.
    BothSansErr,
    NormalOnly,
}

/// What kinds of deferred bodies lie between two scopes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeferCounts {
    pub(crate) have_err: bool,
    pub(crate) need_err_code: bool,
}

impl AstGen<'_> {
    /// Lowers `node` as the whole of the body `gz`: an unlabeled block puts its statements into `gz` itself.
    pub(crate) fn full_body_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        block_kind: BlockKind,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        if !matches!(
            tree.node_tag(node),
            NodeTag::Block
                | NodeTag::BlockSemicolon
                | NodeTag::BlockTwo
                | NodeTag::BlockTwoSemicolon
        ) {
            return self.expr(gz, scope, ri, node);
        }
        let statements = tree.block_statements(node).unwrap_or(NodeList::EMPTY);
        if self.is_labeled(tree.main_token(node)) {
            // A `break` may target it, with a result location of its own: it needs a block instruction.
            return self.block_expr(gz, scope, ri, node, &statements, block_kind);
        }
        self.inline_statements(gz, scope, &statements, block_kind)?;
        self.rvalue(gz, ri, Ref::VOID_VALUE, node)
    }

    /// Statements in a lexical scope of their own whose instructions go to `gz`.
    fn inline_statements(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        statements: &[NodeIndex],
        kind: BlockKind,
    ) -> InnerResult<()> {
        let mark = self.mark();
        let sub = self.make_sub_block(gz, scope);
        let sub_scope = self.scope_of(sub);
        self.block_expr_stmts(sub, sub_scope, statements, kind)?;
        self.release(mark);
        Ok(())
    }

    pub(crate) fn block_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        block_node: NodeIndex,
        statements: &[NodeIndex],
        kind: BlockKind,
    ) -> InnerResult<Ref> {
        if self.is_labeled(self.tree.main_token(block_node)) {
            return self.labeled_block_expr(gz, scope, ri, block_node, statements, false, kind);
        }
        if self.blocks[gz].is_comptime {
            self.inline_statements(gz, scope, statements, kind)?;
        } else {
            // Nothing jumps to the end of it, yet the block instruction is where the error return trace is
            // popped.
            let block_inst = self.make_block_inst(Tag::Block, gz, block_node);
            self.stack.push(block_inst);
            let mark = self.mark();
            let block_scope = self.make_sub_block(gz, scope);
            let inner = self.scope_of(block_scope);
            self.block_expr_stmts(block_scope, inner, statements, kind)?;
            if !self.ends_with_no_return(block_scope) {
                // Goes through `gz` although the list is stacked: it lands in the block all the same.
                self.add_restore_err_ret_index(
                    gz,
                    BranchTarget::Block(block_inst),
                    RestoreErrRetIndex::Always,
                    block_node,
                );
                self.add_break(block_scope, Tag::Break, block_inst, Ref::VOID_VALUE);
            }
            self.set_block_body(block_scope, block_inst);
            self.release(mark);
        }
        self.rvalue(gz, ri, Ref::VOID_VALUE, block_node)
    }

    /// Fails when an enclosing block or loop has the label `label` already.
    pub(crate) fn check_label_redefinition(
        &mut self,
        parent_scope: ScopeId,
        label: TokenIndex,
    ) -> InnerResult<()> {
        if !self.may_be_open(label) {
            return Ok(());
        }
        let mut scope = parent_scope;
        loop {
            scope = self.scopes.block(scope);
            match self.scopes[scope] {
                Scope::GenZir(block) => {
                    if let Some(prev) = self.blocks[block].label
                        && self.token_ident_eql(label, prev.token)?
                    {
                        let label_name = self.identifier_token_string(label)?;
                        let note = self.err_note_tok(prev.token, "previous definition here");
                        return Err(self.fail_tok_notes(
                            label,
                            [b"redefinition of label '".as_slice(), &label_name, b"'"],
                            &[note],
                        ));
                    }
                    scope = self.blocks[block].parent;
                }
                _ => return Ok(()),
            }
        }
    }

    /// The result location that the branches of `node` get, and whether the whole still has to deliver its
    /// value to `ri`: pointers are not forwarded into branches that do not need them.
    pub(crate) fn branch_result_info(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<(ResultInfo, bool)> {
        if self.nodes_need_rl.contains(node) {
            return Ok((ri, false));
        }
        let rl = match ri.rl {
            Loc::Ptr(_) => match self.result_type(ri.rl, gz, node)? {
                Some(ty) => Loc::Ty(ty),
                None => Loc::None,
            },
            Loc::InferredPtr(_) => Loc::None,
            _ => return Ok((ri, false)),
        };
        Ok((ResultInfo { rl, ctx: ri.ctx }, true))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one signature for all of them: block, scope, result, node"
    )]
    pub(crate) fn labeled_block_expr(
        &mut self,
        gz: BlockId,
        parent_scope: ScopeId,
        ri: ResultInfo,
        block_node: NodeIndex,
        statements: &[NodeIndex],
        force_comptime: bool,
        block_kind: BlockKind,
    ) -> InnerResult<Ref> {
        let label_token = self.tree.main_token(block_node) - 2;
        self.check_label_redefinition(parent_scope, label_token)?;
        let (block_ri, need_result_rvalue) = self.branch_result_info(gz, ri, block_node)?;

        // Made before its body, so that a `break` can name it.
        let block_tag = if force_comptime {
            Tag::BlockComptime
        } else {
            Tag::Block
        };
        let block_inst = self.make_block_inst(block_tag, gz, block_node);
        self.stack.push(block_inst);
        let mark = self.mark();
        let block_scope = self.make_sub_block(gz, parent_scope);
        let block = &mut self.blocks[block_scope];
        block.is_inline = force_comptime;
        if force_comptime {
            block.is_comptime = true;
        }
        block.break_target = Some(block_inst);
        self.set_label(block_scope, Label::new(label_token));
        self.set_break_result_info(block_scope, block_ri);

        let inner = self.scope_of(block_scope);
        self.block_expr_stmts(block_scope, inner, statements, block_kind)?;
        if !self.ends_with_no_return(block_scope) {
            self.add_restore_err_ret_index(
                gz,
                BranchTarget::Block(block_inst),
                RestoreErrRetIndex::Always,
                block_node,
            );
            let result = self.rvalue(
                gz,
                self.blocks[block_scope].break_result_info,
                Ref::VOID_VALUE,
                block_node,
            )?;
            let break_tag = if force_comptime {
                Tag::BreakInline
            } else {
                Tag::Break
            };
            self.add_break(block_scope, break_tag, block_inst, result);
        }
        if self.blocks[block_scope]
            .label
            .is_some_and(|label| !label.used)
        {
            self.append_error_tok(label_token, "unused block label");
        }
        if force_comptime {
            self.set_block_comptime_body(
                block_scope,
                block_inst,
                SimpleComptimeReason::ComptimeKeyword,
            );
        } else {
            self.set_block_body(block_scope, block_inst);
        }
        self.release(mark);
        if need_result_rvalue {
            self.rvalue(gz, ri, block_inst.to_ref(), block_node)
        } else {
            Ok(block_inst.to_ref())
        }
    }

    /// Lowers statements into `gz`, with a chain of scopes for their locals and defers. The records of those
    /// scopes stay until the caller, who made `gz`, releases it.
    pub(crate) fn block_expr_stmts(
        &mut self,
        gz: BlockId,
        parent_scope: ScopeId,
        statements: &[NodeIndex],
        block_kind: BlockKind,
    ) -> InnerResult<()> {
        if statements.is_empty() {
            return Ok(());
        }
        let tree = self.tree;
        let mut noreturn_src_node = 0;
        let mut scope = parent_scope;
        for (i, &statement) in statements.iter().enumerate() {
            if noreturn_src_node != 0 {
                self.report_unreachable(noreturn_src_node, statement);
            }
            let mut inner = statement;
            while tree.node_tag(inner) == NodeTag::GroupedExpression {
                inner = tree.node_data(inner).lhs;
            }
            match tree.node_tag(inner) {
                NodeTag::GlobalVarDecl
                | NodeTag::LocalVarDecl
                | NodeTag::SimpleVarDecl
                | NodeTag::AlignedVarDecl => {
                    scope = self.var_decl(gz, scope, statement)?;
                }
                NodeTag::AssignDestructure => {
                    scope = self.assign_destructure_maybe_decls(gz, scope, statement)?;
                }
                NodeTag::Defer => {
                    scope = self.defer_stmt(gz, scope, statement, DeferKind::Normal)?
                }
                NodeTag::Errdefer => {
                    scope = self.defer_stmt(gz, scope, statement, DeferKind::Error)?
                }

                NodeTag::Assign => self.assign(gz, scope, statement)?,
                NodeTag::AssignShl => self.assign_shift(gz, scope, statement, Tag::Shl)?,
                NodeTag::AssignShr => self.assign_shift(gz, scope, statement, Tag::Shr)?,
                NodeTag::AssignBitAnd => self.assign_op(gz, scope, statement, Tag::BitAnd)?,
                NodeTag::AssignBitOr => self.assign_op(gz, scope, statement, Tag::BitOr)?,
                NodeTag::AssignBitXor => self.assign_op(gz, scope, statement, Tag::Xor)?,
                NodeTag::AssignDiv => self.assign_op(gz, scope, statement, Tag::Div)?,
                NodeTag::AssignSub => self.assign_op(gz, scope, statement, Tag::Sub)?,
                NodeTag::AssignSubWrap => self.assign_op(gz, scope, statement, Tag::Subwrap)?,
                NodeTag::AssignMod => self.assign_op(gz, scope, statement, Tag::ModRem)?,
                NodeTag::AssignAdd => self.assign_op(gz, scope, statement, Tag::Add)?,
                NodeTag::AssignAddWrap => self.assign_op(gz, scope, statement, Tag::Addwrap)?,
                NodeTag::AssignMul => self.assign_op(gz, scope, statement, Tag::Mul)?,
                NodeTag::AssignMulWrap => self.assign_op(gz, scope, statement, Tag::Mulwrap)?,

                NodeTag::WhileSimple | NodeTag::WhileCont | NodeTag::While => {
                    self.nested(inner, |this| {
                        this.while_expr(gz, scope, ResultInfo::NONE, inner, true)
                    })?;
                }
                NodeTag::ForSimple | NodeTag::For => {
                    self.nested(inner, |this| {
                        this.for_expr(gz, scope, ResultInfo::NONE, inner, true)
                    })?;
                }

                NodeTag::BuiltinCall
                | NodeTag::BuiltinCallComma
                | NodeTag::BuiltinCallTwo
                | NodeTag::BuiltinCallTwoComma => {
                    let allow_branch_hint = block_kind == BlockKind::AllowBranchHint && i == 0;
                    self.emit_dbg_node(gz, inner);
                    let result = self.builtin_call_node(
                        gz,
                        scope,
                        ResultInfo::NONE,
                        inner,
                        allow_branch_hint,
                    )?;
                    noreturn_src_node = self.add_ensure_result(gz, result, inner);
                }

                _ => noreturn_src_node = self.unused_result_expr(gz, scope, inner)?,
            }
        }
        if noreturn_src_node == 0 {
            self.gen_defers(gz, parent_scope, scope, DefersToEmit::NormalOnly);
        }
        self.check_used(gz, parent_scope, scope);
        Ok(())
    }

    /// Lowers an expression statement. Returns the node to blame when control does not pass it, else 0.
    pub(crate) fn unused_result_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        statement: NodeIndex,
    ) -> InnerResult<NodeIndex> {
        self.emit_dbg_node(gz, statement);
        let result = self.expr(gz, scope, ResultInfo::NONE, statement)?;
        Ok(self.add_ensure_result(gz, result, statement))
    }

    /// Has semantic analysis check that an unused result is void, with an instruction only where it is not
    /// known here. Returns `statement` when control does not pass it, else 0.
    pub(crate) fn add_ensure_result(
        &mut self,
        gz: BlockId,
        maybe_unused_result: Ref,
        statement: NodeIndex,
    ) -> NodeIndex {
        let elide_check = match maybe_unused_result.to_index() {
            None => match maybe_unused_result {
                Ref::UNREACHABLE_VALUE => return statement,
                result => result == Ref::VOID_VALUE,
            },
            Some(inst) => {
                let tag = self.tag(inst);
                let inst = inst.to_usize();
                match tag {
                    // Calls have a flag for it, in the first word of their payload.
                    Tag::Call | Tag::FieldCall => {
                        let flags = self.data[inst].as_pl_node().payload_index as usize;
                        self.extra[flags] |= CallFlags {
                            ensure_result_used: true,
                            ..CallFlags::default()
                        }
                        .to_bits();
                        true
                    }
                    Tag::BuiltinCall => {
                        let flags = self.data[inst].as_pl_node().payload_index as usize;
                        self.extra[flags] |= BuiltinCallFlags {
                            ensure_result_used: true,
                            ..BuiltinCallFlags::default()
                        }
                        .to_bits();
                        true
                    }
                    Tag::Extended => matches!(
                        self.data[inst]
                            .as_extended(self.format)
                            .map(|extended| extended.opcode),
                        Some(
                            Extended::Breakpoint
                                | Extended::DisableInstrumentation
                                | Extended::DisableIntrinsics
                                | Extended::SetFloatMode
                                | Extended::BranchHint
                        )
                    ),
                    Tag::DbgStmt
                    | Tag::DbgVarPtr
                    | Tag::DbgVarVal
                    | Tag::EnsureResultUsed
                    | Tag::EnsureResultNonError
                    | Tag::EnsureErrUnionPayloadVoid
                    | Tag::Export
                    | Tag::SetEvalBranchQuota
                    | Tag::AtomicStore
                    | Tag::StoreNode
                    | Tag::StoreToInferredPtr
                    | Tag::ResolveInferredAlloc
                    | Tag::SetRuntimeSafety
                    | Tag::Memcpy
                    | Tag::Memset
                    | Tag::ValidateDeref
                    | Tag::ValidateDestructure
                    | Tag::SaveErrRetIndex
                    | Tag::RestoreErrRetIndexUnconditional
                    | Tag::RestoreErrRetIndexFnEntry
                    | Tag::ValidateStructInitTy
                    | Tag::ValidateStructInitResultTy
                    | Tag::ValidatePtrStructInit
                    | Tag::ValidateArrayInitTy
                    | Tag::ValidateArrayInitResultTy
                    | Tag::ValidatePtrArrayInit
                    | Tag::ValidateRefTy
                    | Tag::ValidateConst => true,
                    tag if tag.is_no_return() => return statement,
                    _ => false,
                }
            }
        };
        if !elide_check {
            self.add_un_node(gz, Tag::EnsureResultUsed, maybe_unused_result, statement);
        }
        0
    }

    pub(crate) fn count_defers(&self, outer_scope: ScopeId, inner_scope: ScopeId) -> DeferCounts {
        let mut counts = DeferCounts {
            have_err: false,
            need_err_code: false,
        };
        let mut scope = inner_scope;
        while let Some(defer) = self.scopes.next_defer(outer_scope, scope) {
            if defer.kind == DeferKind::Error {
                counts.have_err = true;
                counts.need_err_code |= defer.remapped_err_code.is_some();
            }
            scope = defer.parent;
        }
        counts
    }

    /// Emits what the exit from `inner_scope` to `outer_scope` defers, innermost first.
    pub(crate) fn gen_defers(
        &mut self,
        gz: BlockId,
        outer_scope: ScopeId,
        inner_scope: ScopeId,
        which_ones: DefersToEmit,
    ) {
        let mut scope = inner_scope;
        while let Some(defer) = self.scopes.next_defer(outer_scope, scope) {
            match (defer.kind, which_ones, defer.remapped_err_code) {
                (DeferKind::Error, DefersToEmit::NormalOnly, _) => {}
                (DeferKind::Error, DefersToEmit::Both(err_code), Some(remapped_err_code)) => {
                    let payload_index = self.add_extra(&payload::DeferErrCode {
                        remapped_err_code,
                        index: defer.index,
                        len: defer.len,
                    });
                    self.add_as_index(
                        gz,
                        Tag::DeferErrCode,
                        Data::defer_err_code(self.format, err_code, payload_index),
                    );
                }
                _ => self.add_defer(gz, defer.index, defer.len),
            }
            scope = defer.parent;
        }
    }

    /// Reports locals that nothing uses, needless discards, and variables that nothing mutates.
    pub(crate) fn check_used(&mut self, _gz: BlockId, outer_scope: ScopeId, inner_scope: ScopeId) {
        let mut scope = inner_scope;
        while scope != outer_scope {
            let parent = match self.scopes[scope] {
                Scope::LocalVal(s) => {
                    if (s.used == 0) == (s.discarded == 0) {
                        self.report_use(s.token_src, s.used, s.discarded, s.id_cat);
                    }
                    s.parent
                }
                Scope::LocalPtr(s) => {
                    if (s.used == 0) == (s.discarded == 0) {
                        self.report_use(s.token_src, s.used, s.discarded, s.id_cat);
                    }
                    if (s.used != 0 || s.discarded != 0)
                        && s.id_cat == IdCat::LocalVariable
                        && !s.used_as_lvalue
                    {
                        let note = self.err_note_tok(s.token_src, "consider using 'const'");
                        self.append_error_tok_notes(
                            s.token_src,
                            "local variable is never mutated",
                            &[note],
                        );
                    }
                    s.parent
                }
                Scope::GenZir(block) => self.blocks[block].parent,
                Scope::Defer(s) => s.parent,
                Scope::Namespace(_) | Scope::Top => return,
            };
            scope = parent;
        }
    }

    /// A local is neither used nor discarded, or it is both.
    #[cold]
    fn report_use(
        &mut self,
        token_src: TokenIndex,
        used: TokenIndex,
        discarded: TokenIndex,
        id_cat: IdCat,
    ) {
        if used == 0 {
            self.append_error_tok(token_src, [b"unused ".as_slice(), id_cat.name().as_bytes()]);
        } else {
            let note = self.err_note_tok(used, "used here");
            let msg = [
                b"pointless discard of ".as_slice(),
                id_cat.name().as_bytes(),
            ];
            self.append_error_tok_notes(discarded, msg, &[note]);
        }
    }

    /// Stores the body of a `defer` or `errdefer` and returns the scope in which exits run it.
    #[inline(never)]
    fn defer_stmt(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        kind: DeferKind,
    ) -> InnerResult<ScopeId> {
        let mark = self.mark();
        let defer_gen = self.make_sub_block(gz, scope);
        self.blocks[defer_gen].cur_defer_node = node;
        self.blocks[defer_gen].any_defer_node = node;

        let data = self.tree.node_data(node);
        let mut remapped_err_code = None;
        let mut sub_scope = self.scope_of(defer_gen);
        if kind == DeferKind::Error && data.lhs != 0 {
            let payload_token = data.lhs;
            let ident_name = self.ident_as_string(payload_token)?;
            if self.tree.token_slice(payload_token) == b"_" {
                self.append_error_tok(payload_token, "discard of error capture; omit it instead");
            } else {
                // Stands for the error inside the stored body; each exit says which error that is.
                let inst = Index(self.tags.len() as u32);
                self.tags.push(self.format.tag_byte(Tag::Extended));
                self.data.push(Data::extended(
                    self.format,
                    Extended::ValuePlaceholder,
                    0,
                    0,
                ));
                remapped_err_code = Some(inst);
                let inst = inst.to_ref();
                let local =
                    LocalVal::new(sub_scope, ident_name, inst, payload_token, IdCat::Capture);
                sub_scope = self.push_scope(Scope::LocalVal(local));
                self.add_dbg_var(gz, Tag::DbgVarVal, ident_name, inst);
            }
        }
        self.unused_result_expr(defer_gen, sub_scope, data.rhs)?;
        self.check_used(gz, scope, sub_scope);
        self.add_break(defer_gen, Tag::BreakInline, Index(0), Ref::VOID_VALUE);

        let body = self.instructions_slice(defer_gen);
        let extra_insts = remapped_err_code.as_slice();
        let len = self.count_body_len_after_fixups_extra_refs(body.clone(), extra_insts);
        let index = self.extra.len() as u32;
        self.append_body_with_fixups_extra_refs(body, extra_insts);
        self.unstack(defer_gen);
        self.release(mark);
        Ok(self.push_scope(Scope::Defer(Defer {
            kind,
            parent: scope,
            index,
            len,
            remapped_err_code,
        })))
    }

    /// Pops the error return trace before leaving to `bt` with `result`, unless that is an error on its way
    /// to something that handles errors.
    pub(crate) fn restore_err_ret_index(
        &mut self,
        gz: BlockId,
        bt: BranchTarget,
        ri: ResultInfo,
        node: NodeIndex,
        result: Ref,
    ) {
        let op = match classify::node_may_eval_to_error(self.tree, node) {
            EvalToError::Always => return,
            EvalToError::Never => Ref::NONE,
            EvalToError::Maybe => match ri.ctx {
                Context::ErrorHandlingExpr
                | Context::Return
                | Context::FnArg
                | Context::ConstInit => match ri.rl {
                    Loc::Ptr(ptr) => self.add_un_node(gz, Tag::Load, ptr.inst, node),
                    // The allocation cannot be loaded from before its type is inferred, so the trace is
                    // popped whatever the value.
                    Loc::InferredPtr(_) => Ref::NONE,
                    // An array or tuple is no error.
                    Loc::Destructure { .. } => return,
                    _ => result,
                },
                _ => Ref::NONE,
            },
        };
        self.add_restore_err_ret_index(gz, bt, RestoreErrRetIndex::IfNonError(op), node);
    }

    #[inline(never)]
    pub(crate) fn break_expr(
        &mut self,
        parent_gz: BlockId,
        parent_scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let (break_label, rhs) = (data.lhs, data.rhs);

        let mut scope = parent_scope;
        loop {
            scope = self.scopes.block(scope);
            let Scope::GenZir(block_gz) = self.scopes[scope] else {
                break;
            };
            let block = &self.blocks[block_gz];
            if block.cur_defer_node != 0 {
                let defer_node = block.cur_defer_node;
                let note = self.err_note_node(defer_node, "defer expression here");
                return Err(self.fail_node_notes(
                    node,
                    "cannot break out of defer expression",
                    &[note],
                ));
            }
            let target = if break_label == 0 {
                block
                    .break_target
                    .filter(|_| block.allow_unlabeled_control_flow)
            } else if let Some(label) = block.label
                && self.token_ident_eql(label.token, break_label)?
            {
                self.mark_label_used(block_gz, false);
                self.blocks[block_gz].break_target
            } else {
                None
            };
            match target {
                Some(block_inst) => {
                    return self.break_to(
                        parent_gz,
                        parent_scope,
                        node,
                        rhs,
                        scope,
                        block_gz,
                        block_inst,
                    );
                }
                None => scope = self.blocks[block_gz].parent,
            }
        }
        if break_label != 0 {
            return Err(self.fail_label_not_found(break_label));
        }
        Err(self.fail_node(node, "break expression outside loop"))
    }

    fn mark_label_used(&mut self, block: BlockId, for_continue: bool) {
        if let Some(label) = &mut self.blocks[block].label {
            label.used = true;
            label.used_for_continue |= for_continue;
        }
    }

    #[cold]
    fn fail_label_not_found(&mut self, label: TokenIndex) -> crate::errors::AnalysisFail {
        match self.identifier_token_string(label) {
            Ok(name) => self.fail_tok(label, [b"label not found: '".as_slice(), &name, b"'"]),
            Err(fail) => fail,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the second half of `break_expr`")]
    fn break_to(
        &mut self,
        parent_gz: BlockId,
        parent_scope: ScopeId,
        node: NodeIndex,
        rhs: NodeIndex,
        target_scope: ScopeId,
        target_gz: BlockId,
        block_inst: Index,
    ) -> InnerResult<Ref> {
        let target = &self.blocks[target_gz];
        let break_tag = if target.is_inline {
            Tag::BreakInline
        } else {
            Tag::Break
        };
        let is_comptime = target.is_comptime;
        let break_ri = target.break_result_info;
        let branch = BranchTarget::Block(block_inst);

        if rhs == 0 {
            self.rvalue(parent_gz, break_ri, Ref::VOID_VALUE, node)?;
            self.gen_defers(
                parent_gz,
                target_scope,
                parent_scope,
                DefersToEmit::NormalOnly,
            );
            if !is_comptime {
                self.add_restore_err_ret_index(parent_gz, branch, RestoreErrRetIndex::Always, node);
            }
            self.add_break(parent_gz, break_tag, block_inst, Ref::VOID_VALUE);
            return Ok(Ref::UNREACHABLE_VALUE);
        }

        let operand = self.reachable_expr(parent_gz, parent_scope, break_ri, rhs, node)?;
        self.gen_defers(
            parent_gz,
            target_scope,
            parent_scope,
            DefersToEmit::NormalOnly,
        );
        if !is_comptime {
            self.restore_err_ret_index(parent_gz, branch, break_ri, rhs, operand);
        }
        match break_ri.rl {
            // The result went to its location already, or nowhere.
            Loc::Ptr(_) | Loc::Discard => {
                self.add_break(parent_gz, break_tag, block_inst, Ref::VOID_VALUE);
            }
            _ => {
                self.add_break_with_src_node(parent_gz, break_tag, block_inst, operand, rhs);
            }
        }
        Ok(Ref::UNREACHABLE_VALUE)
    }

    #[inline(never)]
    pub(crate) fn continue_expr(
        &mut self,
        parent_gz: BlockId,
        parent_scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let (break_label, rhs) = (data.lhs, data.rhs);
        if break_label == 0 && rhs != 0 {
            return Err(self.fail_node(node, "cannot continue with operand without label"));
        }

        let mut scope = parent_scope;
        loop {
            scope = self.scopes.block(scope);
            let Scope::GenZir(target_gz) = self.scopes[scope] else {
                break;
            };
            let block = &self.blocks[target_gz];
            let (parent, label) = (block.parent, block.label);
            let target = block.continue_target;
            let allow_unlabeled = block.allow_unlabeled_control_flow;
            if block.cur_defer_node != 0 {
                let defer_node = block.cur_defer_node;
                let note = self.err_note_node(defer_node, "defer expression here");
                return Err(self.fail_node_notes(
                    node,
                    "cannot continue out of defer expression",
                    &[note],
                ));
            }
            if break_label == 0 {
                // Without a label it never means a switch.
                if let ContinueTarget::Break(block) = target
                    && allow_unlabeled
                {
                    return self.continue_loop(
                        parent_gz,
                        parent_scope,
                        node,
                        scope,
                        target_gz,
                        block,
                    );
                }
                scope = parent;
                continue;
            }
            // A label that cannot be meant is not even read, unless that has a message.
            let is_candidate = !matches!(target, ContinueTarget::None)
                || self.rules.continue_of_a_block_has_a_message;
            match label {
                Some(label)
                    if is_candidate && self.token_ident_eql(label.token, break_label)? => {}
                _ => {
                    scope = parent;
                    continue;
                }
            }
            return match target {
                ContinueTarget::None => Err(self.fail_node(
                    node,
                    "continue outside of loop or labeled switch expression",
                )),
                ContinueTarget::Break(_) if rhs != 0 => {
                    Err(self.fail_node(node, "cannot continue loop with operand"))
                }
                ContinueTarget::SwitchContinue(_) if rhs == 0 => {
                    Err(self.fail_node(node, "cannot continue switch without operand"))
                }
                ContinueTarget::Break(block) => {
                    self.mark_label_used(target_gz, true);
                    self.continue_loop(parent_gz, parent_scope, node, scope, target_gz, block)
                }
                ContinueTarget::SwitchContinue(switch_block) => {
                    self.mark_label_used(target_gz, true);
                    self.continue_switch(
                        parent_gz,
                        parent_scope,
                        node,
                        scope,
                        target_gz,
                        switch_block,
                    )
                }
            };
        }
        if break_label != 0 {
            return Err(self.fail_label_not_found(break_label));
        }
        Err(self.fail_node(node, "continue expression outside loop"))
    }

    fn continue_switch(
        &mut self,
        parent_gz: BlockId,
        parent_scope: ScopeId,
        node: NodeIndex,
        target_scope: ScopeId,
        target_gz: BlockId,
        switch_block: Index,
    ) -> InnerResult<Ref> {
        let rhs = self.tree.node_data(node).rhs;
        let target = &self.blocks[target_gz];
        let is_comptime = target.is_comptime;
        let operand = self.reachable_expr(
            parent_gz,
            parent_scope,
            target.continue_result_info,
            rhs,
            node,
        )?;
        self.gen_defers(
            parent_gz,
            target_scope,
            parent_scope,
            DefersToEmit::NormalOnly,
        );
        if !is_comptime {
            let branch = BranchTarget::Block(switch_block);
            self.add_restore_err_ret_index(parent_gz, branch, RestoreErrRetIndex::Always, node);
        }
        self.add_break_with_src_node(parent_gz, Tag::SwitchContinue, switch_block, operand, rhs);
        Ok(Ref::UNREACHABLE_VALUE)
    }

    fn continue_loop(
        &mut self,
        parent_gz: BlockId,
        parent_scope: ScopeId,
        node: NodeIndex,
        target_scope: ScopeId,
        target_gz: BlockId,
        block: Index,
    ) -> InnerResult<Ref> {
        let target = &self.blocks[target_gz];
        let (is_inline, is_comptime) = (target.is_inline, target.is_comptime);
        self.gen_defers(
            parent_gz,
            target_scope,
            parent_scope,
            DefersToEmit::NormalOnly,
        );
        if is_inline {
            let tag = Tag::CheckComptimeControlFlow;
            self.add_un_node(parent_gz, tag, block.to_ref(), node);
        }
        if !is_comptime {
            let branch = BranchTarget::Block(block);
            self.add_restore_err_ret_index(parent_gz, branch, RestoreErrRetIndex::Always, node);
        }
        let break_tag = if is_inline {
            Tag::BreakInline
        } else {
            Tag::Break
        };
        self.add_break(parent_gz, break_tag, block, Ref::VOID_VALUE);
        Ok(Ref::UNREACHABLE_VALUE)
    }

    #[inline(never)]
    pub(crate) fn ret(&mut self, gz: BlockId, scope: ScopeId, node: NodeIndex) -> InnerResult<Ref> {
        let Some(fn_block) = self.fn_block else {
            return Err(self.fail_node(node, "'return' outside function scope"));
        };
        let defer_node = self.blocks[gz].any_defer_node;
        if defer_node != 0 {
            let note = self.err_note_node(defer_node, "defer expression here");
            return Err(self.fail_node_notes(node, "cannot return from defer expression", &[note]));
        }

        // The position of the keyword is emitted now, and once more after the operand: that is where an error
        // return trace points.
        if !self.blocks[gz].is_comptime {
            self.emit_dbg_node(gz, node);
        }
        let ret_lc = self.relative_line_column(gz);
        let defer_outer = self.scope_of(fn_block);

        let operand_node = self.tree.node_data(node).lhs;
        if operand_node == 0 {
            self.gen_defers(gz, defer_outer, scope, DefersToEmit::NormalOnly);
            self.add_restore_err_ret_index(gz, BranchTarget::Ret, RestoreErrRetIndex::Always, node);
            self.add_un_node(gz, Tag::RetNode, Ref::VOID_VALUE, node);
            return Ok(Ref::UNREACHABLE_VALUE);
        }
        if self.tree.node_tag(operand_node) == NodeTag::ErrorValue {
            return self.ret_error_value(gz, scope, node, operand_node, defer_outer, ret_lc);
        }

        let rl = if self.nodes_need_rl.contains(node) {
            Loc::Ptr(PtrResultLoc::new(self.add_node(gz, Tag::RetPtr, node)))
        } else {
            Loc::CoercedTy(self.fn_ret_ty)
        };
        let ri = ResultInfo {
            rl,
            ctx: Context::Return,
        };
        let strategy = NameStrategy::Func;
        let operand = match self.name_strat_expr(gz, scope, ri, operand_node, strategy)? {
            Some(named) => named,
            None => {
                let prev_strategy = self.blocks[gz].anon_name_strategy;
                if !self.rules.name_strategy_is_an_argument {
                    self.blocks[gz].anon_name_strategy = strategy;
                }
                let operand = self.reachable_expr(gz, scope, ri, operand_node, node)?;
                self.blocks[gz].anon_name_strategy = prev_strategy;
                operand
            }
        };

        match classify::node_may_eval_to_error(self.tree, operand_node) {
            EvalToError::Never => {
                self.gen_defers(gz, defer_outer, scope, DefersToEmit::NormalOnly);
                self.add_restore_err_ret_index(
                    gz,
                    BranchTarget::Ret,
                    RestoreErrRetIndex::Always,
                    node,
                );
                self.emit_dbg_stmt(gz, ret_lc);
                self.add_ret(gz, ri, operand, node);
            }
            EvalToError::Always => {
                let which_ones = if !self.rules.errdefer_captures_the_error {
                    DefersToEmit::BothSansErr
                } else {
                    DefersToEmit::Both(self.returned_value(gz, ri, operand, node))
                };
                self.gen_defers(gz, defer_outer, scope, which_ones);
                self.emit_dbg_stmt(gz, ret_lc);
                self.add_ret(gz, ri, operand, node);
            }
            EvalToError::Maybe => {
                let counts = self.count_defers(defer_outer, scope);
                if counts.have_err {
                    self.ret_branches(
                        gz,
                        scope,
                        node,
                        ri,
                        operand,
                        defer_outer,
                        ret_lc,
                        counts.need_err_code,
                    );
                } else {
                    self.gen_defers(gz, defer_outer, scope, DefersToEmit::NormalOnly);
                    self.emit_dbg_stmt(gz, ret_lc);
                    let result = self.returned_value(gz, ri, operand, node);
                    self.add_restore_err_ret_index(
                        gz,
                        BranchTarget::Ret,
                        RestoreErrRetIndex::IfNonError(result),
                        node,
                    );
                    self.add_ret(gz, ri, operand, node);
                }
            }
        }
        Ok(Ref::UNREACHABLE_VALUE)
    }

    /// The returned value, which may have been stored rather than computed.
    fn returned_value(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        operand: Ref,
        node: NodeIndex,
    ) -> Ref {
        match ri.rl {
            Loc::Ptr(ptr) => self.add_un_node(gz, Tag::Load, ptr.inst, node),
            _ => operand,
        }
    }

    /// `return error.Name`: no result location, and the error is known to the inferred error set.
    #[inline(never)]
    fn ret_error_value(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        operand_node: NodeIndex,
        defer_outer: ScopeId,
        ret_lc: (u32, u32),
    ) -> InnerResult<Ref> {
        let ident_token = self.tree.node_data(operand_node).rhs;
        let err_name = self.ident_as_string(ident_token)?;
        if self.count_defers(defer_outer, scope).need_err_code {
            let err_code = self.add_str_tok(gz, Tag::RetErrValueCode, err_name, ident_token);
            self.gen_defers(gz, defer_outer, scope, DefersToEmit::Both(err_code));
            self.emit_dbg_stmt(gz, ret_lc);
            self.add_un_node(gz, Tag::RetNode, err_code, node);
        } else {
            self.gen_defers(gz, defer_outer, scope, DefersToEmit::BothSansErr);
            self.emit_dbg_stmt(gz, ret_lc);
            self.add_str_tok(gz, Tag::RetErrValue, err_name, ident_token);
        }
        Ok(Ref::UNREACHABLE_VALUE)
    }

    /// A return whose operand may be an error, with error defers pending: they run in one branch only.
    #[inline(never)]
    #[expect(clippy::too_many_arguments, reason = "the last part of `ret`")]
    fn ret_branches(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        ri: ResultInfo,
        operand: Ref,
        defer_outer: ScopeId,
        ret_lc: (u32, u32),
        need_err_code: bool,
    ) {
        let result = self.returned_value(gz, ri, operand, node);
        let is_non_err = self.add_un_node(gz, Tag::RetIsNonErr, result, node);
        let condbr = self.add_cond_br(gz, Tag::Condbr, node);

        let mark = self.mark();
        let then_scope = self.make_sub_block(gz, scope);
        self.gen_defers(then_scope, defer_outer, scope, DefersToEmit::NormalOnly);
        self.add_restore_err_ret_index(
            then_scope,
            BranchTarget::Ret,
            RestoreErrRetIndex::Always,
            node,
        );
        self.emit_dbg_stmt(then_scope, ret_lc);
        self.add_ret(then_scope, ri, operand, node);

        let else_scope = self.make_sub_block(gz, scope);
        let which_ones = if need_err_code {
            DefersToEmit::Both(self.add_un_node(else_scope, Tag::ErrUnionCode, result, node))
        } else {
            DefersToEmit::BothSansErr
        };
        self.gen_defers(else_scope, defer_outer, scope, which_ones);
        self.emit_dbg_stmt(else_scope, ret_lc);
        self.add_ret(else_scope, ri, operand, node);

        self.set_cond_br_payload(condbr, is_non_err, then_scope, else_scope);
        self.release(mark);
    }
}
