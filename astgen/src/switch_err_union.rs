//! `a catch |err| switch (err) {...}` and `if (a) |x| ... else |err| switch (err) {...}`: one instruction
//! that switches on an error union.

use syntax::full;
use syntax::{NodeIndex, TokenIndex, TokenTag};
use zir::small::{ProngInfo, SwitchBlockErrUnionBits};
use zir::{Index, NullTerminatedString, ProngCapture, Ref, Tag, payload};

use crate::blocks::BlockKind;
use crate::classify::node_may_append_to_error_trace;
use crate::emit::{BranchTarget, SaveErrRetIndex};
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::GenZir;
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};
use crate::scope::{IdCat, LocalVal, Scope};
use crate::switch::{CaseProgress, CaseTable};

/// What the `switch` is the error branch of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ErrUnionSwitchKind {
    Catch,
    If,
}

/// The node around the `switch`.
#[derive(Clone, Copy)]
enum Outer {
    Catch,
    If(full::If),
}

/// What the first pass over the prongs finds out.
struct Survey {
    scalar_cases_len: u32,
    multi_cases_len: u32,
    else_node: Option<NodeIndex>,
}

impl AstGen<'_> {
    pub(crate) fn switch_expr_err_union(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        catch_or_if_node: NodeIndex,
        node_ty: ErrUnionSwitchKind,
    ) -> InnerResult<Ref> {
        let if_full = match node_ty {
            ErrUnionSwitchKind::If => self.tree.full_if(catch_or_if_node),
            ErrUnionSwitchKind::Catch => None,
        };
        let (outer, switch_node, operand_node, error_payload) = match if_full {
            Some(if_full) => (
                Outer::If(if_full),
                if_full.ast.else_expr,
                if_full.ast.cond_expr,
                if_full.error_token.unwrap_or(if_full.else_token),
            ),
            None => {
                let data = self.tree.node_data(catch_or_if_node);
                (
                    Outer::Catch,
                    data.rhs,
                    data.lhs,
                    self.tree.main_token(catch_or_if_node) + 2,
                )
            }
        };
        let do_err_trace = self.fn_block.is_some();
        let Some(switch) = self.tree.full_switch(switch_node) else {
            return self.expr(parent_gz, scope, ri, switch_node);
        };
        let (block_ri, need_result_rvalue) =
            self.switch_block_ri(parent_gz, ri, catch_or_if_node)?;

        let payload_is_ref = match &outer {
            Outer::If(if_full) => if_full
                .payload_token
                .is_some_and(|token| self.tree.token_tag(token) == TokenTag::Asterisk),
            Outer::Catch => matches!(ri.rl, Loc::Ref | Loc::RefCoercedTy(_)),
        };

        let survey = self.survey_switch_err_union(&switch.ast.cases)?;

        let operand_ri = ResultInfo {
            rl: if payload_is_ref { Loc::Ref } else { Loc::None },
            ctx: Context::ErrorHandlingExpr,
        };
        self.advance_source_cursor_to_node(operand_node);
        let operand_lc = (
            self.cursor.line - self.blocks[parent_gz].decl_line,
            self.cursor.column,
        );
        let raw_operand =
            self.reachable_expr(parent_gz, scope, operand_ri, operand_node, switch_node)?;

        // The special prongs are that for no error and `else`.
        let scratch_top = self.scratch.len();
        let table = CaseTable::new(
            scratch_top,
            1 + usize::from(survey.else_node.is_some()),
            survey.scalar_cases_len,
            survey.multi_cases_len,
        );
        self.scratch.resize(table.end(), 0);

        let mark = self.mark();
        let block_gz = self.make_sub_block(parent_gz, scope);
        // It collects no instructions.
        self.blocks[block_gz].instructions_top = GenZir::UNSTACKED;
        self.set_break_result_info(block_gz, block_ri);
        let break_result_info = self.blocks[block_gz].break_result_info;

        // Semantic analysis expects a debug statement immediately before the switch.
        self.emit_dbg_stmt_force_current_index(parent_gz, operand_lc);
        // It joins the parent after the items, which are evaluated there.
        let switch_block = self.make_block_inst(Tag::SwitchBlockErrUnion, parent_gz, switch_node);

        let block_scope = self.scope_of(block_gz);
        let case_gz = self.make_sub_block(parent_gz, block_scope);
        self.blocks[case_gz].instructions_top = GenZir::UNSTACKED;
        let case_scope = self.scope_of(case_gz);

        // The prong for no error.
        let body_len_index = self.scratch.len();
        self.scratch[table.special_slot(0)] = body_len_index as u32;
        self.scratch.push(0);
        self.blocks[case_gz].instructions_top = self.stack_top();
        let unwrap_tag = if payload_is_ref {
            Tag::ErrUnionPayloadUnsafePtr
        } else {
            Tag::ErrUnionPayloadUnsafe
        };
        let unwrapped_payload =
            self.add_un_node(case_gz, unwrap_tag, raw_operand, catch_or_if_node);
        let non_error_capture = match &outer {
            Outer::Catch => {
                let result = match ri.rl {
                    Loc::Ref | Loc::RefCoercedTy(_) => unwrapped_payload,
                    _ => self.rvalue(
                        case_gz,
                        break_result_info,
                        unwrapped_payload,
                        catch_or_if_node,
                    )?,
                };
                self.add_break_with_src_node(
                    case_gz,
                    Tag::Break,
                    switch_block,
                    result,
                    catch_or_if_node,
                );
                ProngCapture::None
            }
            Outer::If(if_full) => {
                let then_mark = self.mark();
                let then_node = if_full.ast.then_expr;
                let sub_scope = self.non_error_scope(
                    case_gz,
                    if_full
                        .payload_token
                        .map(|token| token + u32::from(payload_is_ref)),
                    raw_operand,
                    unwrapped_payload,
                    catch_or_if_node,
                )?;
                let result = self.expr(case_gz, sub_scope, break_result_info, then_node)?;
                self.check_used(parent_gz, case_scope, sub_scope);
                if !self.ends_with_no_return(case_gz) {
                    self.add_break_with_src_node(
                        case_gz,
                        Tag::Break,
                        switch_block,
                        result,
                        then_node,
                    );
                }
                self.release(then_mark);
                match if_full.payload_token {
                    None => ProngCapture::None,
                    Some(_) if payload_is_ref => ProngCapture::ByRef,
                    Some(_) => ProngCapture::ByVal,
                }
            }
        };
        let info = ProngInfo {
            body_len: 0,
            capture: non_error_capture,
            is_inline: false,
            has_tag_capture: false,
        };
        self.finish_prong(case_gz, body_len_index, info, &[switch_block]);

        let err_slice = self.tree.token_slice(error_payload);
        if err_slice == b"_" {
            // Here the captured error is in use for sure.
            return Err(self.fail_tok(error_payload, "discard of error capture; omit it instead"));
        }
        let err_name = self.ident_as_string(error_payload)?;
        self.detect_local_shadowing(scope, err_name, error_payload, err_slice, IdCat::Capture)?;
        // One instruction stands for the captured error in all prongs.
        let err_inst = self.make_value_placeholder();

        let mut progress = CaseProgress::default();
        let mut any_uses_err_capture = false;
        for &case_node in switch.ast.cases.iter() {
            let Some(case) = self.tree.full_switch_case(case_node) else {
                continue;
            };
            let case_mark = self.mark();
            let (capture_scope, capture_name) =
                self.error_capture_scope(&case, case_gz, switch_block)?;
            let err_local = LocalVal::new(
                capture_scope,
                err_name,
                err_inst.to_ref(),
                error_payload,
                IdCat::Capture,
            );
            let err_scope = self.push_scope(Scope::LocalVal(err_local));

            let special_slot = (Some(case_node) == survey.else_node).then(|| table.special_slot(1));
            let body_len_index = self.prong_items(
                parent_gz,
                scope,
                &case,
                &table,
                &mut progress,
                special_slot,
                0,
            )?;

            self.blocks[case_gz].instructions_top = self.stack_top();
            if do_err_trace && node_may_append_to_error_trace(self.tree, operand_node) {
                self.add_save_err_ret_index(case_gz, SaveErrRetIndex::Always);
            }
            if capture_name != NullTerminatedString::EMPTY {
                self.add_dbg_var(case_gz, Tag::DbgVarVal, capture_name, switch_block.to_ref());
            }
            let target = case.ast.target_expr;
            let result = self.full_body_expr(
                case_gz,
                err_scope,
                break_result_info,
                target,
                BlockKind::AllowBranchHint,
            )?;
            // The error captured outside may stay unused in a prong, so its scope is left out.
            self.check_used(parent_gz, case_scope, capture_scope);
            let err_local = *self.local_val_mut(err_scope);
            let uses_err = err_local.used != 0 || err_local.discarded != 0;
            if uses_err {
                self.add_dbg_var(case_gz, Tag::DbgVarVal, err_name, err_inst.to_ref());
                any_uses_err_capture = true;
            }
            if !self.ref_is_no_return(result) {
                if do_err_trace {
                    let target_block = BranchTarget::Block(switch_block);
                    self.restore_err_ret_index(
                        case_gz,
                        target_block,
                        break_result_info,
                        target,
                        result,
                    );
                }
                self.add_break_with_src_node(case_gz, Tag::Break, switch_block, result, target);
            }

            let extra_insts = [switch_block, err_inst];
            let extra_insts = &extra_insts[..1 + usize::from(uses_err)];
            let capture = if case.payload_token.is_some() {
                ProngCapture::ByVal
            } else {
                ProngCapture::None
            };
            let info = ProngInfo {
                body_len: 0,
                capture,
                is_inline: case.inline_token.is_some(),
                has_tag_capture: false,
            };
            self.finish_prong(case_gz, body_len_index, info, extra_insts);
            self.release(case_mark);
        }
        self.release(mark);

        self.stack.push(switch_block);
        let main_src_node_offset = self.node_index_to_relative(parent_gz, catch_or_if_node);
        let payload_index = self.add_extra(&payload::SwitchBlockErrUnion {
            operand: raw_operand,
            bits: SwitchBlockErrUnionBits {
                has_multi_cases: survey.multi_cases_len != 0,
                has_else: survey.else_node.is_some(),
                any_uses_err_capture,
                payload_is_ref,
                scalar_cases_len: survey.scalar_cases_len,
            }
            .to_bits(),
            main_src_node_offset,
        });
        if survey.multi_cases_len != 0 {
            self.extra.push(survey.multi_cases_len);
        }
        if any_uses_err_capture {
            self.extra.push(err_inst.0);
        }
        self.data[switch_block.to_usize()].set_payload_index(payload_index);
        self.append_prongs(&table);

        if need_result_rvalue {
            self.rvalue(parent_gz, ri, switch_block.to_ref(), switch_node)
        } else {
            Ok(switch_block.to_ref())
        }
    }

    /// Counts prongs of each kind and finds the `else` prong.
    fn survey_switch_err_union(&mut self, cases: &[NodeIndex]) -> InnerResult<Survey> {
        let mut survey = Survey {
            scalar_cases_len: 0,
            multi_cases_len: 0,
            else_node: None,
        };
        let mut else_src: Option<TokenIndex> = None;
        for &case_node in cases {
            let Some(case) = self.tree.full_switch_case(case_node) else {
                continue;
            };
            let case_src = case.ast.arrow_token - 1;
            if case.ast.values.is_empty() {
                if let Some(src) = else_src {
                    let note = self.err_note_tok(src, "previous else prong here");
                    let message = "multiple else prongs in switch expression";
                    return Err(self.fail_tok_notes(case_src, message, &[note]));
                }
                survey.else_node = Some(case_node);
                else_src = Some(case_src);
                continue;
            }
            if self.is_underscore_prong(&case) {
                let note = self.err_note_tok(case_src, "consider using 'else'");
                let message = "'_' prong is not allowed when switching on errors";
                return Err(self.fail_tok_notes(case_src, message, &[note]));
            }
            self.check_no_strings(&case)?;
            if self.is_multi_prong(&case) {
                survey.multi_cases_len += 1;
            } else {
                survey.scalar_cases_len += 1;
            }
        }
        Ok(survey)
    }

    /// The scope of the branch for no error of an `if`, whose capture's name is at `name_token`.
    fn non_error_scope(
        &mut self,
        case_gz: BlockId,
        name_token: Option<TokenIndex>,
        raw_operand: Ref,
        unwrapped_payload: Ref,
        if_node: NodeIndex,
    ) -> InnerResult<ScopeId> {
        let case_scope = self.scope_of(case_gz);
        let Some(name_token) = name_token else {
            self.add_un_node(
                case_gz,
                Tag::EnsureErrUnionPayloadVoid,
                raw_operand,
                if_node,
            );
            return Ok(case_scope);
        };
        let name = self.ident_as_string(name_token)?;
        let name_slice = self.tree.token_slice(name_token);
        if name_slice == b"_" {
            return Ok(case_scope);
        }
        self.detect_local_shadowing(case_scope, name, name_token, name_slice, IdCat::Capture)?;
        let local = LocalVal::new(
            case_scope,
            name,
            unwrapped_payload,
            name_token,
            IdCat::Capture,
        );
        self.add_dbg_var(case_gz, Tag::DbgVarVal, name, unwrapped_payload);
        Ok(self.push_scope(Scope::LocalVal(local)))
    }

    /// The scope of a prong's own capture and the capture's name, which is empty where there is none.
    fn error_capture_scope(
        &mut self,
        case: &full::SwitchCase<'_>,
        case_gz: BlockId,
        switch_block: Index,
    ) -> InnerResult<(ScopeId, NullTerminatedString)> {
        let case_scope = self.scope_of(case_gz);
        let Some(capture_token) = case.payload_token else {
            return Ok((case_scope, NullTerminatedString::EMPTY));
        };
        if self.tree.token_tag(capture_token) != TokenTag::Identifier {
            return Err(self.fail_tok(
                capture_token + 1,
                "error set cannot be captured by reference",
            ));
        }
        let capture_slice = self.tree.token_slice(capture_token);
        if capture_slice == b"_" {
            self.append_error_tok(capture_token, "discard of error capture; omit it instead");
        }
        let name = self.ident_as_string(capture_token)?;
        self.detect_local_shadowing(
            case_scope,
            name,
            capture_token,
            capture_slice,
            IdCat::Capture,
        )?;
        let local = LocalVal::new(
            case_scope,
            name,
            switch_block.to_ref(),
            capture_token,
            IdCat::Capture,
        );
        Ok((self.push_scope(Scope::LocalVal(local)), name))
    }
}
