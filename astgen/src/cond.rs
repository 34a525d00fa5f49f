//! Branches: `if`, `try`, `catch`, `orelse`, `and`, `or`.

use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag, full};
use zir::{Index, Ref, Tag, payload};

use crate::blocks::{BlockKind, DefersToEmit};
use crate::classify;
use crate::emit::{BranchTarget, SaveErrRetIndex};
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};
use crate::scope::{IdCat, LocalVal, Scope};
use crate::switch::SwitchNonErr;
use crate::switch_err_union::ErrUnionSwitchKind;

/// A lowered condition: the value that payloads are unwrapped from, and the bit to branch on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cond {
    pub(crate) inst: Ref,
    pub(crate) bool_bit: Ref,
}

/// How `catch` and `orelse` test and unwrap their operand.
#[derive(Clone, Copy, Debug)]
struct UnwrapOps {
    cond: Tag,
    payload: Tag,
    /// `None` for `orelse`, which has no error to capture.
    err_code: Option<Tag>,
}

impl<'a> AstGen<'a> {
    #[inline(never)]
    pub(crate) fn try_expr(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let Some(fn_block) = self.fn_block else {
            return Err(self.fail_node(node, "'try' outside function scope"));
        };
        let defer_node = self.blocks[parent_gz].any_defer_node;
        if defer_node != 0 {
            let note = self.err_note_node(defer_node, "defer expression here");
            return Err(self.fail_node_notes(
                node,
                "'try' not allowed inside defer expression",
                &[note],
            ));
        }

        // The position of the keyword is emitted now, and once more on the error path: that is where an error
        // return trace points.
        if !self.blocks[parent_gz].is_comptime {
            self.emit_dbg_node(parent_gz, node);
        }
        let try_lc = self.relative_line_column(parent_gz);

        let is_ref = matches!(ri.rl, Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_));
        let (operand_rl, block_tag, err_tag) = match ri.rl {
            Loc::RefConst => (Loc::RefConst, Tag::TryPtr, Tag::ErrUnionCodePtr),
            _ if is_ref => (Loc::Ref, Tag::TryPtr, Tag::ErrUnionCodePtr),
            _ => (Loc::None, Tag::Try, Tag::ErrUnionCode),
        };
        let operand_ri = ResultInfo {
            rl: operand_rl,
            ctx: Context::ErrorHandlingExpr,
        };
        let operand = self.try_operand(parent_gz, scope, ri, operand_ri, node, operand_node)?;

        let try_inst = self.make_block_inst(block_tag, parent_gz, node);
        self.stack.push(try_inst);
        let mark = self.mark();
        let else_scope = self.make_sub_block(parent_gz, scope);
        let err_code = self.add_un_node(else_scope, err_tag, operand, node);
        let fn_scope = self.scope_of(fn_block);
        self.gen_defers(else_scope, fn_scope, scope, DefersToEmit::Both(err_code));
        self.emit_dbg_stmt(else_scope, try_lc);
        self.add_un_node(else_scope, Tag::RetNode, err_code, node);
        self.set_try_body(else_scope, try_inst, operand);
        self.release(mark);

        if is_ref {
            Ok(try_inst.to_ref())
        } else {
            self.rvalue(parent_gz, ri, try_inst.to_ref(), node)
        }
    }

    fn try_operand(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        operand_ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
    ) -> InnerResult<Ref> {
        // The callee of `try .name(..)` may be looked up in the result type, though `try` passes none on.
        if let Some(call) = self.tree.full_call(operand_node) {
            let res_ty = self
                .result_type(ri.rl, gz, operand_node)?
                .unwrap_or(Ref::NONE);
            return self.call_expr(gz, scope, operand_ri, res_ty, operand_node, call);
        }
        self.reachable_expr(gz, scope, operand_ri, operand_node, node)
    }

    /// `else_node` as a switch on just the captured error, with or without a label.
    fn switch_on_error(
        &mut self,
        error_token: TokenIndex,
        else_node: NodeIndex,
        labeled: bool,
    ) -> InnerResult<Option<full::Switch<'a>>> {
        let tree = self.tree;
        let Some(switch) = tree.full_switch(else_node) else {
            return Ok(None);
        };
        let condition = switch.ast.condition;
        if switch.label_token.is_some() != labeled
            || tree.node_tag(condition) != NodeTag::Identifier
        {
            return Ok(None);
        }
        let name_token = tree.main_token(condition);
        let same_name = if self.rules.captured_errors_are_compared_decoded {
            self.token_ident_eql(error_token, name_token)?
        } else {
            tree.token_slice(error_token) == tree.token_slice(name_token)
        };
        Ok(same_name.then_some(switch))
    }

    /// The error branch of a `catch` or `if`, whose instruction is `block`.
    #[inline(never)]
    fn error_branch(
        &mut self,
        else_scope: BlockId,
        sub_scope: ScopeId,
        block: Index,
        ris: [ResultInfo; 2],
        error_token: Option<TokenIndex>,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let [block_ri, break_ri] = ris;
        if self.rules.switch_items_are_bodies
            && let Some(error_token) = error_token
            && let Some(switch) = self.switch_on_error(error_token, node, true)?
        {
            let non_err = SwitchNonErr::PeerBreakTarget {
                block_inst: block,
                block_ri,
            };
            return self
                .switch_expr_item_bodies(else_scope, sub_scope, break_ri, node, &switch, non_err);
        }
        let kind = BlockKind::AllowBranchHint;
        self.full_body_expr(else_scope, sub_scope, break_ri, node, kind)
    }

    #[inline(never)]
    pub(crate) fn catch_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let catch_token = self.tree.main_token(node);
        let payload_token =
            (self.tree.token_tag(catch_token + 1) == TokenTag::Pipe).then_some(catch_token + 2);
        if let Some(token) = payload_token
            && let Some(switch) = self.switch_on_error(token, data.rhs, false)?
        {
            if self.rules.switch_items_are_bodies {
                let non_err = SwitchNonErr::Catch;
                return self.switch_expr_item_bodies(gz, scope, ri.br(), node, &switch, non_err);
            }
            return self.switch_expr_err_union(gz, scope, ri.br(), node, ErrUnionSwitchKind::Catch);
        }
        let ops = match ri.rl {
            Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_) => UnwrapOps {
                cond: Tag::IsNonErrPtr,
                payload: Tag::ErrUnionPayloadUnsafePtr,
                err_code: Some(Tag::ErrUnionCodePtr),
            },
            _ => UnwrapOps {
                cond: Tag::IsNonErr,
                payload: Tag::ErrUnionPayloadUnsafe,
                err_code: Some(Tag::ErrUnionCode),
            },
        };
        self.orelse_catch_expr(gz, scope, ri, node, ops, payload_token)
    }

    pub(crate) fn orelse_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let ops = match ri.rl {
            Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_) => UnwrapOps {
                cond: Tag::IsNonNullPtr,
                payload: Tag::OptionalPayloadUnsafePtr,
                err_code: None,
            },
            _ => UnwrapOps {
                cond: Tag::IsNonNull,
                payload: Tag::OptionalPayloadUnsafe,
                err_code: None,
            },
        };
        self.orelse_catch_expr(gz, scope, ri, node, ops, None)
    }

    #[inline(never)]
    fn orelse_catch_expr(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        ops: UnwrapOps,
        payload_token: Option<TokenIndex>,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let (lhs, rhs) = (data.lhs, data.rhs);
        let (block_ri, need_result_rvalue) = self.branch_result_info(parent_gz, ri, node)?;
        let do_err_trace = self.fn_block.is_some() && ops.err_code.is_some();

        let mark = self.mark();
        let block_scope = self.make_sub_block(parent_gz, scope);
        self.set_break_result_info(block_scope, block_ri);
        let break_ri = self.blocks[block_scope].break_result_info;

        let operand_ri = ResultInfo {
            rl: match break_ri.rl {
                Loc::Ref | Loc::RefCoercedTy(_) => Loc::Ref,
                Loc::RefConst => Loc::RefConst,
                _ => Loc::None,
            },
            ctx: if do_err_trace {
                Context::ErrorHandlingExpr
            } else {
                Context::None
            },
        };
        let inner = self.scope_of(block_scope);
        let operand = self.reachable_expr(block_scope, inner, operand_ri, lhs, rhs)?;
        let cond = self.add_un_node(block_scope, ops.cond, operand, node);
        let condbr = self.add_cond_br(block_scope, Tag::Condbr, node);

        let block = self.make_block_inst(Tag::Block, parent_gz, node);
        self.set_block_body(block_scope, block);
        self.stack.push(block);

        let then_scope = self.make_sub_block(block_scope, scope);
        let unwrapped = self.add_un_node(then_scope, ops.payload, operand, node);
        let then_result = match ri.rl {
            Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_) => unwrapped,
            _ => self.rvalue(then_scope, break_ri, unwrapped, node)?,
        };
        self.add_break_with_src_node(then_scope, Tag::Break, block, then_result, node);

        let else_scope = self.make_sub_block(block_scope, scope);
        if do_err_trace && classify::node_may_append_to_error_trace(self.tree, lhs) {
            self.add_save_err_ret_index(else_scope, SaveErrRetIndex::Always);
        }
        let else_sub_scope = match (payload_token, ops.err_code) {
            (Some(payload), Some(code_tag)) => {
                self.catch_capture(else_scope, scope, payload, code_tag, operand, node)?
            }
            _ => self.scope_of(else_scope),
        };
        let ris = [block_ri, break_ri];
        let else_result =
            self.error_branch(else_scope, else_sub_scope, block, ris, payload_token, rhs)?;
        if !self.ends_with_no_return(else_scope) {
            if do_err_trace {
                self.restore_err_ret_index(
                    else_scope,
                    BranchTarget::Block(block),
                    break_ri,
                    rhs,
                    else_result,
                );
            }
            self.add_break_with_src_node(else_scope, Tag::Break, block, else_result, rhs);
        }
        let outer = self.scope_of(else_scope);
        self.check_used(parent_gz, outer, else_sub_scope);

        self.set_cond_br_payload(condbr, cond, then_scope, else_scope);
        self.release(mark);
        if need_result_rvalue {
            self.rvalue(parent_gz, ri, block.to_ref(), node)
        } else {
            Ok(block.to_ref())
        }
    }

    /// The scope of the body of `catch |err|`.
    #[inline(never)]
    fn catch_capture(
        &mut self,
        else_scope: BlockId,
        scope: ScopeId,
        payload: TokenIndex,
        code_tag: Tag,
        operand: Ref,
        node: NodeIndex,
    ) -> InnerResult<ScopeId> {
        let parent = self.scope_of(else_scope);
        let err_str = self.tree.token_slice(payload);
        if err_str == b"_" {
            self.append_error_tok(payload, "discard of error capture; omit it instead");
            return Ok(parent);
        }
        let err_name = self.ident_as_string(payload)?;
        self.detect_local_shadowing(scope, err_name, payload, err_str, IdCat::Capture)?;
        let inst = self.add_un_node(else_scope, code_tag, operand, node);
        let local = LocalVal::new(parent, err_name, inst, payload, IdCat::Capture);
        Ok(self.push_scope(Scope::LocalVal(local)))
    }

    /// `and` and `or`. A chain of them leans to the left: it is walked with a list, not by recursion.
    #[inline(never)]
    pub(crate) fn bool_bin_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let top = self.scratch.len();
        let mut leaf = self.tree.node_data(node).lhs;
        let mut operator = node;
        while bool_br_tag(self.tree.node_tag(leaf)).is_some() {
            self.scratch.push(operator);
            operator = leaf;
            leaf = self.tree.node_data(leaf).lhs;
        }
        let mut lhs = self.expr(gz, scope, ResultInfo::COERCED_BOOL, leaf)?;
        loop {
            let op_ri = if operator == node {
                ri
            } else {
                ResultInfo::COERCED_BOOL
            };
            lhs = self.bool_bin_op_rhs(gz, scope, op_ri, operator, lhs)?;
            if operator == node {
                debug_assert_eq!(self.scratch.len(), top);
                return Ok(lhs);
            }
            match self.scratch.pop() {
                Some(outer) => operator = outer,
                None => return Ok(lhs),
            }
        }
    }

    fn bool_bin_op_rhs(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs: Ref,
    ) -> InnerResult<Ref> {
        let zir_tag = bool_br_tag(self.tree.node_tag(node)).unwrap_or(Tag::BoolBrOr);
        let rhs_node = self.tree.node_data(node).rhs;
        let bool_br = self.make_block_inst(zir_tag, gz, node);
        self.stack.push(bool_br);

        let mark = self.mark();
        let rhs_scope = self.make_sub_block(gz, scope);
        let inner = self.scope_of(rhs_scope);
        let rhs = self.full_body_expr(
            rhs_scope,
            inner,
            ResultInfo::COERCED_BOOL,
            rhs_node,
            BlockKind::AllowBranchHint,
        )?;
        if !self.ref_is_no_return(rhs) {
            self.add_break_with_src_node(rhs_scope, Tag::BreakInline, bool_br, rhs, rhs_node);
        }
        self.set_bool_br_body(rhs_scope, bool_br, lhs);
        self.release(mark);
        self.rvalue(gz, ri, bool_br.to_ref(), node)
    }

    #[inline(never)]
    pub(crate) fn if_node(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let Some(if_full) = self.tree.full_if(node) else {
            return Err(self.fail_node(node, "expected expression"));
        };
        if let Some(error_token) = if_full.error_token
            && let Some(switch) = self.switch_on_error(error_token, if_full.ast.else_expr, false)?
        {
            if self.rules.switch_items_are_bodies {
                let non_err = SwitchNonErr::If(if_full);
                return self.switch_expr_item_bodies(gz, scope, ri.br(), node, &switch, non_err);
            }
            return self.switch_expr_err_union(gz, scope, ri.br(), node, ErrUnionSwitchKind::If);
        }
        self.if_expr(gz, scope, ri.br(), node, &if_full)
    }

    fn if_expr(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        if_full: &full::If,
    ) -> InnerResult<Ref> {
        let do_err_trace = self.fn_block.is_some() && if_full.error_token.is_some();
        let (block_ri, need_result_rvalue) = self.branch_result_info(parent_gz, ri, node)?;

        let mark = self.mark();
        let block_scope = self.make_sub_block(parent_gz, scope);
        self.set_break_result_info(block_scope, block_ri);
        let break_ri = self.blocks[block_scope].break_result_info;
        let payload_is_ref = self.payload_is_ref(if_full.payload_token);

        let cond_node = if_full.ast.cond_expr;
        self.emit_dbg_node(parent_gz, cond_node);
        let inner = self.scope_of(block_scope);
        let cond = if if_full.error_token.is_none() && if_full.payload_token.is_none() {
            let cond = self.expr(block_scope, inner, ResultInfo::COERCED_BOOL, cond_node)?;
            Cond {
                inst: cond,
                bool_bit: cond,
            }
        } else {
            let cond_ri = ResultInfo {
                rl: if payload_is_ref { Loc::Ref } else { Loc::None },
                ctx: if if_full.error_token.is_some() {
                    Context::ErrorHandlingExpr
                } else {
                    Context::None
                },
            };
            let inst = self.expr(block_scope, inner, cond_ri, cond_node)?;
            let tag = unwrap_test(if_full.error_token.is_some(), payload_is_ref);
            Cond {
                inst,
                bool_bit: self.add_un_node(block_scope, tag, inst, cond_node),
            }
        };
        let condbr = self.add_cond_br(block_scope, Tag::Condbr, node);

        let block = self.make_block_inst(Tag::Block, parent_gz, node);
        self.set_block_body(block_scope, block);
        self.stack.push(block);

        let then_node = if_full.ast.then_expr;
        let then_scope = self.make_sub_block(parent_gz, scope);
        let outer = self.scope_of(then_scope);
        let then_sub_scope = match if_full.payload_token {
            Some(_) => self.if_payload(then_scope, if_full, payload_is_ref, cond.inst)?,
            None => {
                if if_full.error_token.is_some() {
                    self.add_un_node(then_scope, Tag::EnsureErrUnionPayloadVoid, cond.inst, node);
                }
                outer
            }
        };
        let then_result = self.full_body_expr(
            then_scope,
            then_sub_scope,
            break_ri,
            then_node,
            BlockKind::AllowBranchHint,
        )?;
        self.check_used(parent_gz, outer, then_sub_scope);
        if !self.ends_with_no_return(then_scope) {
            self.add_break_with_src_node(then_scope, Tag::Break, block, then_result, then_node);
        }

        let else_scope = self.make_sub_block(parent_gz, scope);
        if do_err_trace && classify::node_may_append_to_error_trace(self.tree, cond_node) {
            self.add_save_err_ret_index(else_scope, SaveErrRetIndex::Always);
        }
        let else_node = if_full.ast.else_expr;
        if else_node != 0 {
            let outer = self.scope_of(else_scope);
            let sub_scope = match if_full.error_token {
                Some(token) => {
                    self.else_capture(else_scope, token, payload_is_ref, cond.inst, cond_node)?
                }
                None => outer,
            };
            let ris = [block_ri, break_ri];
            let error_token = if_full.error_token;
            let else_result =
                self.error_branch(else_scope, sub_scope, block, ris, error_token, else_node)?;
            if !self.ends_with_no_return(else_scope) {
                if do_err_trace {
                    let branch = BranchTarget::Block(block);
                    self.restore_err_ret_index(
                        else_scope,
                        branch,
                        break_ri,
                        else_node,
                        else_result,
                    );
                }
                self.add_break_with_src_node(else_scope, Tag::Break, block, else_result, else_node);
            }
            self.check_used(parent_gz, outer, sub_scope);
        } else {
            let result = self.rvalue(else_scope, ri, Ref::VOID_VALUE, node)?;
            self.add_break(else_scope, Tag::Break, block, result);
        }

        self.set_cond_br_payload(condbr, cond.bool_bit, then_scope, else_scope);
        self.release(mark);
        if need_result_rvalue {
            self.rvalue(parent_gz, ri, block.to_ref(), node)
        } else {
            Ok(block.to_ref())
        }
    }

    /// Whether the capture that starts at `payload_token` is `*name`.
    pub(crate) fn payload_is_ref(&self, payload_token: Option<TokenIndex>) -> bool {
        payload_token.is_some_and(|token| self.tree.token_tag(token) == TokenTag::Asterisk)
    }

    /// The scope of the first branch of `if (..) |payload|`.
    #[inline(never)]
    fn if_payload(
        &mut self,
        then_scope: BlockId,
        if_full: &full::If,
        payload_is_ref: bool,
        cond_inst: Ref,
    ) -> InnerResult<ScopeId> {
        let then_node = if_full.ast.then_expr;
        let parent = self.scope_of(then_scope);
        let Some(payload_token) = if_full.payload_token else {
            return Ok(parent);
        };
        let is_err_union = if_full.error_token.is_some();
        let tag = unwrap_payload(is_err_union, payload_is_ref);
        let name_token = payload_token + u32::from(payload_is_ref);
        let name_bytes = self.tree.token_slice(name_token);

        // A discarded payload of an error union is still unwrapped, and its name interned; that of an
        // optional is not.
        let (payload_inst, ident_name);
        if is_err_union {
            payload_inst = self.add_un_node(then_scope, tag, cond_inst, then_node);
            ident_name = self.ident_as_string(name_token)?;
            if name_bytes == b"_" {
                return self.discarded_payload(payload_token, payload_is_ref, parent);
            }
        } else {
            if name_bytes == b"_" {
                return self.discarded_payload(payload_token, payload_is_ref, parent);
            }
            payload_inst = self.add_un_node(then_scope, tag, cond_inst, then_node);
            ident_name = self.ident_as_string(name_token)?;
        }
        self.detect_local_shadowing(parent, ident_name, name_token, name_bytes, IdCat::Capture)?;
        let local = LocalVal::new(parent, ident_name, payload_inst, name_token, IdCat::Capture);
        let sub_scope = self.push_scope(Scope::LocalVal(local));
        self.add_dbg_var(then_scope, Tag::DbgVarVal, ident_name, payload_inst);
        Ok(sub_scope)
    }

    pub(crate) fn discarded_payload(
        &mut self,
        payload_token: TokenIndex,
        payload_is_ref: bool,
        scope: ScopeId,
    ) -> InnerResult<ScopeId> {
        if payload_is_ref {
            return Err(self.fail_tok(payload_token, "pointer modifier invalid on discard"));
        }
        Ok(scope)
    }

    /// The scope of `else |err|` of an `if` or `while`.
    #[inline(never)]
    pub(crate) fn else_capture(
        &mut self,
        else_scope: BlockId,
        error_token: TokenIndex,
        payload_is_ref: bool,
        cond_inst: Ref,
        cond_node: NodeIndex,
    ) -> InnerResult<ScopeId> {
        let parent = self.scope_of(else_scope);
        let tag = if payload_is_ref {
            Tag::ErrUnionCodePtr
        } else {
            Tag::ErrUnionCode
        };
        let inst = self.add_un_node(else_scope, tag, cond_inst, cond_node);
        let ident_name = self.ident_as_string(error_token)?;
        let name_bytes = self.tree.token_slice(error_token);
        if name_bytes == b"_" {
            return Ok(parent);
        }
        self.detect_local_shadowing(parent, ident_name, error_token, name_bytes, IdCat::Capture)?;
        let local = LocalVal::new(parent, ident_name, inst, error_token, IdCat::Capture);
        let sub_scope = self.push_scope(Scope::LocalVal(local));
        self.add_dbg_var(else_scope, Tag::DbgVarVal, ident_name, inst);
        Ok(sub_scope)
    }

    /// Gives a conditional branch its bodies. `else_scope` may be stacked on `then_scope`; both are
    /// unstacked.
    pub(crate) fn set_cond_br_payload(
        &mut self,
        condbr: Index,
        cond: Ref,
        then_scope: BlockId,
        else_scope: BlockId,
    ) {
        let then_body = self.instructions_slice_upto(then_scope, else_scope);
        let else_body = self.instructions_slice(else_scope);
        let payload_index = self.add_extra(&payload::CondBr {
            condition: cond,
            then_body_len: self.count_body_len_after_fixups(then_body.clone()),
            else_body_len: self.count_body_len_after_fixups(else_body.clone()),
        });
        self.data[condbr.0 as usize].set_payload_index(payload_index);
        self.append_body_with_fixups(then_body);
        self.append_body_with_fixups(else_body);
        self.unstack(else_scope);
        self.unstack(then_scope);
    }
}

fn bool_br_tag(tag: NodeTag) -> Option<Tag> {
    match tag {
        NodeTag::BoolAnd => Some(Tag::BoolBrAnd),
        NodeTag::BoolOr => Some(Tag::BoolBrOr),
        _ => None,
    }
}

/// The instruction that tells whether a condition has a payload.
pub(crate) fn unwrap_test(is_err_union: bool, by_ref: bool) -> Tag {
    match (is_err_union, by_ref) {
        (true, false) => Tag::IsNonErr,
        (true, true) => Tag::IsNonErrPtr,
        (false, false) => Tag::IsNonNull,
        (false, true) => Tag::IsNonNullPtr,
    }
}

/// The instruction that takes the payload out of a condition.
pub(crate) fn unwrap_payload(is_err_union: bool, by_ref: bool) -> Tag {
    match (is_err_union, by_ref) {
        (true, false) => Tag::ErrUnionPayloadUnsafe,
        (true, true) => Tag::ErrUnionPayloadUnsafePtr,
        (false, false) => Tag::OptionalPayloadUnsafe,
        (false, true) => Tag::OptionalPayloadUnsafePtr,
    }
}
