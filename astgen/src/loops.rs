//! `while` and `for`.

use smallvec::SmallVec;
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag, full};
use zir::{Data, Extended, Index, NullTerminatedString, Ref, Tag, payload};

use crate::blocks::BlockKind;
use crate::classify;
use crate::cond::{Cond, unwrap_payload, unwrap_test};
use crate::emit::{BranchTarget, RestoreErrRetIndex};
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::{ContinueTarget, GenZir, Label};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};
use crate::scope::{IdCat, LocalVal, Scope};

/// Instructions of a loop, which come in two kinds.
#[derive(Clone, Copy)]
struct LoopTags {
    the_loop: Tag,
    block: Tag,
    condbr: Tag,
    repeat: Tag,
    break_: Tag,
}

impl LoopTags {
    fn new(is_inline: bool) -> LoopTags {
        if is_inline {
            LoopTags {
                the_loop: Tag::BlockInline,
                block: Tag::BlockInline,
                condbr: Tag::CondbrInline,
                repeat: Tag::RepeatInline,
                break_: Tag::BreakInline,
            }
        } else {
            LoopTags {
                the_loop: Tag::Loop,
                block: Tag::Block,
                condbr: Tag::Condbr,
                repeat: Tag::Repeat,
                break_: Tag::Break,
            }
        }
    }
}

/// The unwrapped payload of a `while` condition; it joins its block only once that block is stacked.
#[derive(Clone, Copy)]
struct WhilePayload {
    /// The scope of the loop's body and continue expression.
    sub_scope: ScopeId,
    inst: Option<Index>,
    /// The name of the capture, empty where there is none.
    name: NullTerminatedString,
}

/// What a `for` input contributes.
#[derive(Clone, Copy)]
struct ForInput {
    /// What is indexed, or where a counter starts; `NONE` for a counter from zero, which is the index itself.
    indexable: Ref,
    /// The operands of the length check: a length, or a range, or nothing for an unbounded counter.
    len: [Ref; 2],
}

type ForInputs = SmallVec<[ForInput; 2]>;

impl<'a> AstGen<'a> {
    #[inline(never)]
    pub(crate) fn while_expr(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        is_statement: bool,
    ) -> InnerResult<Ref> {
        let Some(while_full) = self.tree.full_while(node) else {
            return Err(self.fail_node(node, "expected expression"));
        };
        let (block_ri, need_result_rvalue) = self.branch_result_info(parent_gz, ri, node)?;
        if let Some(label_token) = while_full.label_token {
            self.check_label_redefinition(scope, label_token)?;
        }
        let is_inline = while_full.inline_token.is_some();
        self.check_inline_keyword(parent_gz, while_full.inline_token);
        let tags = LoopTags::new(is_inline);
        let loop_block = self.make_block_inst(tags.the_loop, parent_gz, node);
        self.stack.push(loop_block);

        let mark = self.mark();
        let loop_scope = self.make_sub_block(parent_gz, scope);
        self.blocks[loop_scope].is_inline = is_inline;
        self.set_break_result_info(loop_scope, block_ri);
        let cond_parent = self.scope_of(loop_scope);
        let cond_scope = self.make_sub_block(parent_gz, cond_parent);
        let payload_is_ref = self.payload_is_ref(while_full.payload_token);

        let cond = self.while_cond(parent_gz, cond_scope, &while_full, payload_is_ref)?;
        let condbr = self.add_cond_br(cond_scope, tags.condbr, node);
        let cond_block = self.make_block_inst(tags.block, loop_scope, node);
        self.set_block_body(cond_scope, cond_block);
        self.stack.push(cond_block);

        // Its record is needed for the scopes now; it is stacked when the loop's own body is complete.
        let then_parent = self.scope_of(cond_scope);
        let then_scope = self.make_sub_block(parent_gz, then_parent);
        self.blocks[then_scope].instructions_top = GenZir::UNSTACKED;
        let payload =
            self.while_payload(then_scope, node, &while_full, payload_is_ref, cond.inst)?;

        let continue_scope = self.make_sub_block(parent_gz, payload.sub_scope);
        self.blocks[continue_scope].instructions_top = GenZir::UNSTACKED;
        let continue_block = self.make_block_inst(tags.block, then_scope, node);

        self.add_node(loop_scope, tags.repeat, node);
        self.set_block_body(loop_scope, loop_block);
        let block = &mut self.blocks[loop_scope];
        block.allow_unlabeled_control_flow = true;
        block.break_target = Some(loop_block);
        block.continue_target = ContinueTarget::Break(continue_block);
        if let Some(token) = while_full.label_token {
            self.set_label(loop_scope, Label::new(token));
        }

        self.blocks[then_scope].instructions_top = self.stack_top();
        if let Some(inst) = payload.inst {
            self.stack.push(inst);
            if payload.name != NullTerminatedString::EMPTY {
                self.add_dbg_var(then_scope, Tag::DbgVarVal, payload.name, inst.to_ref());
            }
        }
        self.stack.push(continue_block);
        if while_full.ast.cont_expr != 0 {
            self.unused_result_expr(then_scope, payload.sub_scope, while_full.ast.cont_expr)?;
        }

        self.blocks[continue_scope].instructions_top = self.stack_top();
        self.while_body(
            parent_gz,
            continue_scope,
            then_scope,
            payload.sub_scope,
            while_full.ast.then_expr,
        )?;
        if !self.ends_with_no_return(continue_scope) {
            self.loop_end_dbg(parent_gz, while_full.ast.then_expr);
            self.restore_loop_trace(continue_scope, continue_block, while_full.ast.then_expr);
            self.add_break(continue_scope, tags.break_, continue_block, Ref::VOID_VALUE);
        }
        self.set_block_body(continue_scope, continue_block);
        let last_node = match while_full.ast.cont_expr {
            0 => while_full.ast.then_expr,
            cont_expr => cont_expr,
        };
        self.restore_loop_trace(then_scope, cond_block, last_node);
        self.add_break(then_scope, tags.break_, cond_block, Ref::VOID_VALUE);

        let else_scope = self.make_sub_block(parent_gz, then_parent);
        let else_node = while_full.ast.else_expr;
        if else_node != 0 {
            let outer = self.scope_of(else_scope);
            let sub_scope = match while_full.error_token {
                Some(token) => self.else_capture(
                    else_scope,
                    token,
                    payload_is_ref,
                    cond.inst,
                    while_full.ast.cond_expr,
                )?,
                None => outer,
            };
            let else_result =
                self.loop_else(else_scope, sub_scope, loop_scope, else_node, is_statement)?;
            self.check_used(parent_gz, outer, sub_scope);
            if !self.ends_with_no_return(else_scope) {
                self.restore_loop_trace(else_scope, loop_block, else_node);
                self.add_break_with_src_node(
                    else_scope,
                    tags.break_,
                    loop_block,
                    else_result,
                    else_node,
                );
            }
        } else {
            let result = self.rvalue(else_scope, ri, Ref::VOID_VALUE, node)?;
            self.add_break(else_scope, tags.break_, loop_block, result);
        }
        self.check_label_used(loop_scope, "unused while loop label");
        self.set_cond_br_payload(condbr, cond.bool_bit, then_scope, else_scope);
        self.release(mark);
        self.loop_result(
            parent_gz,
            ri,
            node,
            loop_block,
            need_result_rvalue,
            is_statement,
        )
    }

    fn check_inline_keyword(&mut self, gz: BlockId, inline_token: Option<u32>) {
        if let Some(token) = inline_token
            && self.blocks[gz].is_comptime
        {
            self.append_error_tok(token, "redundant inline keyword in comptime scope");
        }
    }

    fn while_cond(
        &mut self,
        parent_gz: BlockId,
        cond_scope: BlockId,
        while_full: &full::While,
        payload_is_ref: bool,
    ) -> InnerResult<Cond> {
        let cond_node = while_full.ast.cond_expr;
        self.emit_dbg_node(parent_gz, cond_node);
        let inner = self.scope_of(cond_scope);
        let is_err_union = while_full.error_token.is_some();
        if !is_err_union && while_full.payload_token.is_none() {
            let cond = self.full_body_expr(
                cond_scope,
                inner,
                ResultInfo::COERCED_BOOL,
                cond_node,
                BlockKind::Normal,
            )?;
            return Ok(Cond {
                inst: cond,
                bool_bit: cond,
            });
        }
        let cond_ri = ResultInfo::rl(if payload_is_ref { Loc::Ref } else { Loc::None });
        let inst = self.full_body_expr(cond_scope, inner, cond_ri, cond_node, BlockKind::Normal)?;
        let tag = unwrap_test(is_err_union, payload_is_ref);
        Ok(Cond {
            inst,
            bool_bit: self.add_un_node(cond_scope, tag, inst, cond_node),
        })
    }

    fn while_payload(
        &mut self,
        then_scope: BlockId,
        node: NodeIndex,
        while_full: &full::While,
        payload_is_ref: bool,
        cond_inst: Ref,
    ) -> InnerResult<WhilePayload> {
        let parent = self.scope_of(then_scope);
        let mut payload = WhilePayload {
            sub_scope: parent,
            inst: None,
            name: NullTerminatedString::EMPTY,
        };
        let is_err_union = while_full.error_token.is_some();
        let Some(payload_token) = while_full.payload_token else {
            if is_err_union {
                // As in Zig: the list is the loop's at this point, so that is where the check goes.
                self.add_un_node(then_scope, Tag::EnsureErrUnionPayloadVoid, cond_inst, node);
            }
            return Ok(payload);
        };
        let tag = unwrap_payload(is_err_union, payload_is_ref);
        let inst = self.make_un_node(then_scope, tag, cond_inst, while_full.ast.cond_expr);
        payload.inst = Some(inst);
        let ident_token = payload_token + u32::from(payload_is_ref);
        let ident_bytes = self.tree.token_slice(ident_token);
        let is_discard = ident_bytes == b"_";
        // The name of an optional's payload is interned even where it is a discard.
        let ident_name = if is_discard && is_err_union {
            NullTerminatedString::EMPTY
        } else {
            self.ident_as_string(ident_token)?
        };
        if is_discard {
            payload.sub_scope = self.discarded_payload(payload_token, payload_is_ref, parent)?;
            return Ok(payload);
        }
        self.detect_local_shadowing(parent, ident_name, ident_token, ident_bytes, IdCat::Capture)?;
        let local = LocalVal::new(
            parent,
            ident_name,
            inst.to_ref(),
            ident_token,
            IdCat::Capture,
        );
        payload.sub_scope = self.push_scope(Scope::LocalVal(local));
        payload.name = ident_name;
        Ok(payload)
    }

    fn while_body(
        &mut self,
        parent_gz: BlockId,
        continue_scope: BlockId,
        then_scope: BlockId,
        then_sub_scope: ScopeId,
        then_node: NodeIndex,
    ) -> InnerResult<()> {
        self.emit_dbg_node(continue_scope, then_node);
        let inner = self.scope_of(continue_scope);
        let result = self.full_body_expr(
            continue_scope,
            inner,
            ResultInfo::NONE,
            then_node,
            BlockKind::AllowBranchHint,
        )?;
        self.add_ensure_result(continue_scope, result, then_node);
        let outer = self.scope_of(then_scope);
        self.check_used(parent_gz, outer, then_sub_scope);
        Ok(())
    }

    /// A place for debuggers to stop at the end of a loop's body.
    fn loop_end_dbg(&mut self, gz: BlockId, then_node: NodeIndex) {
        let last = self.tree.last_token(then_node);
        self.advance_source_cursor(self.tree.token_start(last));
        let lc = self.relative_line_column(gz);
        self.emit_dbg_stmt(gz, lc);
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, Extended::DbgEmptyStmt, 0, 0),
        );
    }

    /// Pops the error return trace at the end of a part of a loop, where the release does so.
    fn restore_loop_trace(&mut self, gz: BlockId, block: Index, node: NodeIndex) {
        if self.rules.loops_restore_error_trace && !self.blocks[gz].is_comptime {
            self.add_restore_err_ret_index(
                gz,
                BranchTarget::Block(block),
                RestoreErrRetIndex::Always,
                node,
            );
        }
    }

    /// The `else` of a loop, in which `break` and `continue` are those of the loops around; the label still
    /// means this one to a `break`.
    fn loop_else(
        &mut self,
        else_scope: BlockId,
        sub_scope: ScopeId,
        loop_scope: BlockId,
        else_node: NodeIndex,
        is_statement: bool,
    ) -> InnerResult<Ref> {
        let block = &mut self.blocks[loop_scope];
        block.allow_unlabeled_control_flow = false;
        block.continue_target = ContinueTarget::None;
        let break_ri = block.break_result_info;
        let result = self.full_body_expr(
            else_scope,
            sub_scope,
            break_ri,
            else_node,
            BlockKind::AllowBranchHint,
        )?;
        if is_statement {
            self.add_ensure_result(else_scope, result, else_node);
        }
        Ok(result)
    }

    fn check_label_used(&mut self, loop_scope: BlockId, msg: &str) {
        if let Some(label) = self.blocks[loop_scope].label
            && !label.used
        {
            self.append_error_tok(label.token, msg);
        }
    }

    fn loop_result(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        loop_block: Index,
        need_result_rvalue: bool,
        is_statement: bool,
    ) -> InnerResult<Ref> {
        let mut result = loop_block.to_ref();
        if need_result_rvalue {
            result = self.rvalue(gz, ri, result, node)?;
        }
        if is_statement {
            self.add_un_node(gz, Tag::EnsureResultUsed, result, node);
        }
        Ok(result)
    }

    #[inline(never)]
    pub(crate) fn for_expr(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        is_statement: bool,
    ) -> InnerResult<Ref> {
        let Some(for_full) = self.tree.full_for(node) else {
            return Err(self.fail_node(node, "expected expression"));
        };
        if let Some(label_token) = for_full.label_token {
            self.check_label_redefinition(scope, label_token)?;
        }
        let (block_ri, need_result_rvalue) = self.branch_result_info(parent_gz, ri, node)?;
        let is_inline = for_full.inline_token.is_some();
        self.check_inline_keyword(parent_gz, for_full.inline_token);
        let tags = LoopTags::new(is_inline);

        // One counter from zero, however many inputs there are.
        let alloc_tag = if is_inline {
            Tag::AllocComptimeMut
        } else {
            Tag::Alloc
        };
        let index_ptr = self.add_un_node(parent_gz, alloc_tag, Ref::USIZE_TYPE, node);
        self.add_pl_node(
            parent_gz,
            Tag::StoreNode,
            node,
            &payload::Bin {
                lhs: index_ptr,
                rhs: Ref::ZERO_USIZE,
            },
        );
        let inputs = self.for_inputs(parent_gz, scope, node, &for_full)?;
        let len = self.for_len(parent_gz, node, &inputs);

        let loop_block = self.make_block_inst(tags.the_loop, parent_gz, node);
        self.stack.push(loop_block);
        let mark = self.mark();
        let loop_scope = self.make_sub_block(parent_gz, scope);
        self.blocks[loop_scope].is_inline = is_inline;
        self.set_break_result_info(loop_scope, block_ri);

        // Belongs at the start of the loop's body, which is put together last: what refers to the index from
        // the branches has to be known then.
        let index = self.make_un_node(loop_scope, Tag::Load, index_ptr, node);

        let cond_parent = self.scope_of(loop_scope);
        let cond_scope = self.make_sub_block(parent_gz, cond_parent);
        let cond = self.add_pl_node(
            cond_scope,
            Tag::CmpLt,
            node,
            &payload::Bin {
                lhs: index.to_ref(),
                rhs: len,
            },
        );
        let condbr = self.add_cond_br(cond_scope, tags.condbr, node);
        let cond_block = self.make_block_inst(tags.block, loop_scope, node);
        self.set_block_body(cond_scope, cond_block);

        let block = &mut self.blocks[loop_scope];
        block.allow_unlabeled_control_flow = true;
        block.break_target = Some(loop_block);
        block.continue_target = ContinueTarget::Break(cond_block);
        if let Some(token) = for_full.label_token {
            self.set_label(loop_scope, Label::new(token));
        }

        let then_node = for_full.ast.then_expr;
        let then_parent = self.scope_of(cond_scope);
        let then_scope = self.make_sub_block(parent_gz, then_parent);
        let then_sub_scope = self.for_captures(then_scope, &for_full, &inputs, index.to_ref())?;
        let then_result = self.full_body_expr(
            then_scope,
            then_sub_scope,
            ResultInfo::NONE,
            then_node,
            BlockKind::AllowBranchHint,
        )?;
        self.add_ensure_result(then_scope, then_result, then_node);
        let outer = self.scope_of(then_scope);
        self.check_used(parent_gz, outer, then_sub_scope);
        self.loop_end_dbg(parent_gz, then_node);
        self.restore_loop_trace(then_scope, cond_block, then_node);
        self.add_break(then_scope, tags.break_, cond_block, Ref::VOID_VALUE);

        let else_scope = self.make_sub_block(parent_gz, then_parent);
        let else_node = for_full.ast.else_expr;
        if else_node != 0 {
            let sub_scope = self.scope_of(else_scope);
            let else_result =
                self.loop_else(else_scope, sub_scope, loop_scope, else_node, is_statement)?;
            if !self.ends_with_no_return(else_scope) {
                self.restore_loop_trace(else_scope, loop_block, else_node);
                self.add_break_with_src_node(
                    else_scope,
                    tags.break_,
                    loop_block,
                    else_result,
                    else_node,
                );
            }
        } else {
            let result = self.rvalue(else_scope, ri, Ref::VOID_VALUE, node)?;
            self.add_break(else_scope, tags.break_, loop_block, result);
        }
        self.check_label_used(loop_scope, "unused for loop label");
        self.set_cond_br_payload(condbr, cond, then_scope, else_scope);

        self.blocks[loop_scope].instructions_top = self.stack_top();
        self.stack.push(index);
        self.stack.push(cond_block);
        let next = &payload::Bin {
            lhs: index.to_ref(),
            rhs: Ref::ONE_USIZE,
        };
        let next = self.add_pl_node(loop_scope, Tag::AddUnsafe, node, next);
        self.add_pl_node(
            loop_scope,
            Tag::StoreNode,
            node,
            &payload::Bin {
                lhs: index_ptr,
                rhs: next,
            },
        );
        self.add_node(loop_scope, tags.repeat, node);
        self.set_block_body(loop_scope, loop_block);
        self.release(mark);
        self.loop_result(
            parent_gz,
            ri,
            node,
            loop_block,
            need_result_rvalue,
            is_statement,
        )
    }

    #[inline(never)]
    fn for_inputs(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        for_full: &full::For<'_>,
    ) -> InnerResult<ForInputs> {
        let tree = self.tree;
        let mut inputs = ForInputs::new();
        let mut any_len_checks = false;
        let mut capture_token = for_full.payload_token;
        let counts_captures = self.rules.for_captures_are_counted_in_lowering;
        // With too few captures these are tokens of what follows, and may run out.
        let last = tree.tokens_len() - 1;
        let tag_of = |token: TokenIndex| tree.token_tag(token.min(last));
        for &input in &for_full.ast.inputs {
            let capture_is_ref = tag_of(capture_token) == TokenTag::Asterisk;
            let ident_tok = capture_token + u32::from(capture_is_ref);
            if counts_captures && tag_of(ident_tok) != TokenTag::Identifier {
                return Err(self.fail_node(input, "for input is not captured"));
            }
            let is_discard = tree.token_slice(ident_tok) == b"_";
            if is_discard && capture_is_ref {
                return Err(self.fail_tok(capture_token, "pointer modifier invalid on discard"));
            }
            capture_token = ident_tok + 2;

            self.emit_dbg_node(gz, input);
            if tree.node_tag(input) != NodeTag::ForRange {
                let indexable = self.expr(gz, scope, ResultInfo::NONE, input)?;
                any_len_checks = true;
                inputs.push(ForInput {
                    indexable,
                    len: [indexable, Ref::NONE],
                });
                continue;
            }
            if capture_is_ref {
                return Err(self.fail_tok(ident_tok, "cannot capture reference to range"));
            }
            let data = tree.node_data(input);
            let usize_ri = ResultInfo::rl(Loc::Ty(Ref::USIZE_TYPE));
            let start = self.expr(gz, scope, usize_ri, data.lhs)?;
            let end = if data.rhs != 0 {
                self.expr(gz, scope, usize_ri, data.rhs)?
            } else {
                Ref::NONE
            };
            let len = if end == Ref::NONE {
                if is_discard {
                    self.append_error_tok(ident_tok, "discard of unbounded counter");
                }
                [Ref::NONE; 2]
            } else {
                any_len_checks = true;
                [start, end]
            };
            let indexable = if classify::node_is_trivially_zero(tree, data.lhs) {
                Ref::NONE
            } else {
                start
            };
            inputs.push(ForInput { indexable, len });
        }
        if counts_captures
            && tag_of(capture_token) != TokenTag::Pipe
            && tag_of(capture_token - 1) != TokenTag::Pipe
        {
            return Err(self.fail_tok(capture_token.min(last), "extra capture in for loop"));
        }
        if !any_len_checks {
            return Err(self.fail_node(node, "unbounded for loop"));
        }
        Ok(inputs)
    }

    /// One instruction checks that all lengths agree.
    fn for_len(&mut self, gz: BlockId, node: NodeIndex, inputs: &ForInputs) -> Ref {
        let operands_len = inputs.len() as u32 * 2;
        let len = self.add_pl_node(gz, Tag::ForLen, node, &payload::MultiOp { operands_len });
        for input in inputs {
            self.append_refs(&input.len);
        }
        len
    }

    /// The scope of the body of a `for`, with its captures.
    #[inline(never)]
    fn for_captures(
        &mut self,
        then_scope: BlockId,
        for_full: &full::For<'_>,
        inputs: &ForInputs,
        index: Ref,
    ) -> InnerResult<ScopeId> {
        let tree = self.tree;
        let mut sub_scope = self.scope_of(then_scope);
        let mut capture_token = for_full.payload_token;
        for (&input, &ForInput { indexable, .. }) in for_full.ast.inputs.iter().zip(inputs) {
            let capture_is_ref = tree.token_tag(capture_token) == TokenTag::Asterisk;
            let ident_tok = capture_token + u32::from(capture_is_ref);
            let capture_name = tree.token_slice(ident_tok);
            capture_token = ident_tok + 2;
            if capture_name == b"_" {
                continue;
            }
            let name = self.ident_as_string(ident_tok)?;
            self.detect_local_shadowing(sub_scope, name, ident_tok, capture_name, IdCat::Capture)?;

            let inst = if indexable == Ref::NONE {
                index
            } else {
                let tag = if capture_is_ref {
                    Tag::ElemPtr
                } else if tree.node_tag(input) == NodeTag::ForRange {
                    Tag::Add
                } else {
                    Tag::ElemVal
                };
                self.add_pl_node(
                    then_scope,
                    tag,
                    input,
                    &payload::Bin {
                        lhs: indexable,
                        rhs: index,
                    },
                )
            };
            let local = LocalVal::new(sub_scope, name, inst, ident_tok, IdCat::Capture);
            sub_scope = self.push_scope(Scope::LocalVal(local));
            self.add_dbg_var(then_scope, Tag::DbgVarVal, name, inst);
        }
        Ok(sub_scope)
    }
}
