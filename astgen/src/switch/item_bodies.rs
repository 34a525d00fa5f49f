//! `switch` from 0.16 on, whose items are names or bodies of their own. One function lowers all of them:
//! those on a value, those that are the error branch of a `catch` or `if`, and those of the latter that
//! have a label.

use smallvec::SmallVec;
use syntax::full;
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};
use zir::small::{ElseProngInfo, ItemInfo, NonErrProngInfo, ProngInfo16, SwitchBlockBits16};
use zir::{Index, NullTerminatedString, ProngCapture, Ref, Tag, payload};

use crate::blocks::BlockKind;
use crate::classify::node_may_append_to_error_trace;
use crate::emit::{BranchTarget, SaveErrRetIndex};
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::{ContinueTarget, GenZir, Label};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};
use crate::scope::{IdCat, LocalVal, Scope};

/// What a switch has to do with an error union.
#[derive(Clone, Copy)]
pub(crate) enum SwitchNonErr {
    /// Nothing.
    None,
    /// It is the right side of `a catch |err|`, which is the node.
    Catch,
    /// It is the `else |err|` of an `if`, which is the node.
    If(full::If),
    /// It is one of these and has a label; the rest of them is lowered already. A `break` from it leaves the
    /// block that is the whole, so that the value for no error and the values of the prongs meet there, and
    /// nowhere else: a `continue` never goes back to what there is no error in.
    PeerBreakTarget {
        block_inst: Index,
        block_ri: ResultInfo,
    },
}

/// What the first pass over the prongs finds out.
#[derive(Default)]
struct Survey {
    any_payload_is_ref: bool,
    any_has_payload_capture: bool,
    any_has_tag_capture: bool,
    any_maybe_runtime_capture: bool,
    scalar_cases_len: u32,
    multi_cases_len: u32,
    /// Number of items that are no ranges, in all prongs.
    items_len: usize,
    ranges_len: usize,
    /// The `else` prong.
    else_node: Option<NodeIndex>,
    /// The item `_`.
    under_node: Option<NodeIndex>,
}

/// Where in [`AstGen::scratch`] the parts of a switch are, each an array. What goes to `extra` before the
/// bodies stands there in that order, from the infos of the prongs on. Before it are the places of the
/// bodies, which themselves come last, in the order of the source.
struct Layout {
    start: usize,
    /// Places of the items' bodies in prongs of one item. The prong's own body follows its item's.
    scalar_bodies: usize,
    /// Places of the items' bodies in the other prongs, of each the items before the bounds of ranges.
    multi_item_bodies: usize,
    /// Places of the bodies of the other prongs.
    multi_prong_bodies: usize,
    scalar_prong_infos: usize,
    multi_prong_infos: usize,
    items_lens: usize,
    /// Numbers of ranges; empty where there are none at all.
    ranges_lens: usize,
    scalar_item_infos: usize,
    multi_item_infos: usize,
    bodies: usize,
}

impl Layout {
    fn new(start: usize, survey: &Survey) -> Layout {
        let scalars = survey.scalar_cases_len as usize;
        let multis = survey.multi_cases_len as usize;
        // Each scalar prong has one item.
        let multi_items = survey.items_len + 2 * survey.ranges_len - scalars;
        let mut end = start;
        let mut array = |len: usize| {
            let at = end;
            end += len;
            at
        };
        Layout {
            start,
            scalar_bodies: array(scalars),
            multi_item_bodies: array(multi_items),
            multi_prong_bodies: array(multis),
            scalar_prong_infos: array(scalars),
            multi_prong_infos: array(multis),
            items_lens: array(multis),
            ranges_lens: array(if survey.ranges_len != 0 { multis } else { 0 }),
            scalar_item_infos: array(scalars),
            multi_item_infos: array(multi_items),
            bodies: array(0),
        }
    }
}

/// How far the arrays are filled.
#[derive(Default)]
struct Progress {
    scalar: usize,
    multi: usize,
    multi_item: usize,
}

/// What all prongs of a switch share.
struct Site {
    parent_gz: BlockId,
    /// The scope of the items.
    scope: ScopeId,
    /// The block that every body is lowered in, one after the other.
    body_gz: BlockId,
    switch_block: Index,
    break_ri: ResultInfo,
    is_err_switch: bool,
    /// Name of the error that is captured around the switch, and where.
    err_capture: Option<(NullTerminatedString, TokenIndex)>,
    /// Whether prongs save and restore the error return trace, and whether there is anything to save.
    do_err_trace: bool,
    may_append_to_trace: bool,
    /// What stands for the payload and the tag capture.
    payload_inst: Index,
    tag_inst: Index,
    /// Those of these instructions that prongs may refer to.
    extra_insts: SmallVec<[Index; 3]>,
}

/// Captures of one prong.
struct Captures {
    /// The scope around them, for the check that they are used.
    outer: ScopeId,
    /// The innermost scope of the prong.
    inner: ScopeId,
    capture: ProngCapture,
    has_tag_capture: bool,
    payload_name: NullTerminatedString,
    tag_name: NullTerminatedString,
}

/// A body in the scratch list.
#[derive(Clone, Copy)]
struct ScratchBody {
    start: usize,
    len: u32,
}

impl<'a> AstGen<'a> {
    pub(crate) fn switch_expr_item_bodies(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        switch: &full::Switch<'a>,
        non_err: SwitchNonErr,
    ) -> InnerResult<Ref> {
        let (switch_node, operand_node, err_token) = match non_err {
            SwitchNonErr::None | SwitchNonErr::PeerBreakTarget { .. } => {
                (node, switch.ast.condition, None)
            }
            SwitchNonErr::Catch => {
                let data = self.tree.node_data(node);
                let err_token = self.tree.main_token(node) + 2;
                (data.rhs, data.lhs, Some(err_token))
            }
            SwitchNonErr::If(if_full) => (
                if_full.ast.else_expr,
                if_full.ast.cond_expr,
                if_full.error_token,
            ),
        };
        let is_err_switch = !matches!(non_err, SwitchNonErr::None);
        let (block_ri, need_result_rvalue) = self.branch_result_info(parent_gz, ri, node)?;
        let do_err_trace = err_token.is_some() && self.fn_block.is_some();
        // The result location of the error union, where a pointer to it is needed.
        let non_err_ref = match non_err {
            SwitchNonErr::Catch => match ri.rl {
                Loc::Ref | Loc::RefCoercedTy(_) => Some(Loc::Ref),
                Loc::RefConst => Some(Loc::RefConst),
                _ => None,
            },
            SwitchNonErr::If(if_full) => {
                let is_ref = self.payload_is_ref(if_full.payload_token);
                is_ref.then_some(Loc::Ref)
            }
            SwitchNonErr::None | SwitchNonErr::PeerBreakTarget { .. } => None,
        };

        if let Some(label_token) = switch.label_token {
            self.check_label_redefinition(scope, label_token)?;
        }
        let err_capture = match err_token {
            Some(token) => {
                let slice = self.tree.token_slice(token);
                if slice == b"_" {
                    // Here the captured error is in use for sure.
                    return Err(self.fail_tok(token, "discard of error capture; omit it instead"));
                }
                let name = self.ident_as_string(token)?;
                self.detect_local_shadowing(scope, name, token, slice, IdCat::Capture)?;
                Some((name, token))
            }
            None => None,
        };

        let survey = self.survey_switch_item_bodies(&switch.ast.cases, is_err_switch)?;
        let layout = Layout::new(self.scratch.len(), &survey);
        self.scratch.resize(layout.bodies, 0);

        let mark = self.mark();
        let block_gz = self.make_sub_block(parent_gz, scope);
        // It collects no instructions.
        self.blocks[block_gz].instructions_top = GenZir::UNSTACKED;

        let operand_ri = ResultInfo {
            rl: if survey.any_payload_is_ref {
                Loc::Ref
            } else {
                non_err_ref.unwrap_or(Loc::None)
            },
            ctx: if do_err_trace {
                Context::ErrorHandlingExpr
            } else {
                Context::None
            },
        };
        self.advance_source_cursor_to_node(operand_node);
        let operand_lc = (
            self.cursor.line - self.blocks[parent_gz].decl_line,
            self.cursor.column,
        );
        let raw_operand = if err_capture.is_some() {
            self.reachable_expr(parent_gz, scope, operand_ri, operand_node, switch_node)?
        } else {
            self.expr(parent_gz, scope, operand_ri, operand_node)?
        };

        // Semantic analysis expects a debug statement immediately before the switch.
        self.emit_dbg_stmt_force_current_index(parent_gz, operand_lc);
        let switch_tag = if err_capture.is_some() {
            Tag::SwitchBlockErrUnion
        } else if survey.any_payload_is_ref {
            Tag::SwitchBlockRef
        } else {
            Tag::SwitchBlock
        };
        // It joins the parent when its bodies are complete.
        let switch_block = self.make_block_inst(switch_tag, parent_gz, switch_node);

        match non_err {
            SwitchNonErr::PeerBreakTarget {
                block_inst,
                block_ri,
            } => {
                self.blocks[block_gz].break_target = Some(block_inst);
                self.set_break_result_info(block_gz, block_ri);
            }
            _ => {
                self.blocks[block_gz].break_target = Some(switch_block);
                self.set_break_result_info(block_gz, block_ri);
            }
        }
        if let Some(label_token) = switch.label_token {
            let operand_ty = switch_block.to_ref();
            let block = &mut self.blocks[block_gz];
            block.continue_target = ContinueTarget::SwitchContinue(switch_block);
            block.continue_result_info = ResultInfo::rl(if survey.any_payload_is_ref {
                Loc::RefCoercedTy(operand_ty)
            } else {
                Loc::CoercedTy(operand_ty)
            });
            self.set_label(block_gz, Label::new(label_token));
        }

        // The switch itself stands for one of: the type of what is continued with, the error captured around
        // it, the payload capture, the tag capture. Those of the captures that come too late get an
        // instruction of their own. That the items have it as their type as well does no harm: nothing else
        // is in scope there.
        let mut is_taken = switch.label_token.is_some() || err_capture.is_some();
        let mut placeholder = |astgen: &mut Self, is_needed: bool| {
            if !is_needed || !is_taken {
                is_taken |= is_needed;
                return None;
            }
            Some(astgen.make_value_placeholder())
        };
        let payload_placeholder = placeholder(self, survey.any_has_payload_capture);
        let tag_placeholder = placeholder(self, survey.any_has_tag_capture);
        let mut extra_insts = SmallVec::new();
        extra_insts.extend(is_taken.then_some(switch_block));
        extra_insts.extend(payload_placeholder);
        extra_insts.extend(tag_placeholder);

        let block_scope = self.scope_of(block_gz);
        let site = Site {
            parent_gz,
            scope,
            body_gz: self.make_sub_block(parent_gz, block_scope),
            switch_block,
            break_ri: self.blocks[block_gz].break_result_info,
            is_err_switch,
            err_capture,
            do_err_trace,
            may_append_to_trace: do_err_trace
                && node_may_append_to_error_trace(self.tree, operand_node),
            payload_inst: payload_placeholder.unwrap_or(switch_block),
            tag_inst: tag_placeholder.unwrap_or(switch_block),
            extra_insts,
        };
        self.blocks[site.body_gz].instructions_top = GenZir::UNSTACKED;

        let non_err_prong = match non_err {
            SwitchNonErr::None | SwitchNonErr::PeerBreakTarget { .. } => None,
            SwitchNonErr::Catch => Some(self.catch_non_err(&site, node, non_err_ref.is_some())?),
            SwitchNonErr::If(if_full) => {
                Some(self.if_non_err(&site, node, &if_full, raw_operand)?)
            }
        };

        let mut progress = Progress::default();
        let mut else_prong = None;
        for &case_node in switch.ast.cases.iter() {
            let Some(case) = self.tree.full_switch_case(case_node) else {
                continue;
            };
            let is_multi = self.is_multi_prong(&case);
            self.case_items(&site, &survey, &layout, &progress, &case)?;
            let case_mark = self.mark();
            let captures = self.case_captures(&site, &case)?;
            let body = self.case_body(&site, &case, &captures)?;
            self.release(case_mark);
            if survey.else_node == Some(case_node) {
                let info = ElseProngInfo {
                    body_len: body.len,
                    capture: captures.capture,
                    is_inline: case.inline_token.is_some(),
                    has_tag_capture: captures.has_tag_capture,
                    is_simple_noreturn: self.is_simple_noreturn(&case, captures.capture)?,
                };
                else_prong = Some((info, body));
                continue;
            }
            let info = ProngInfo16 {
                body_len: body.len,
                capture: captures.capture,
                is_inline: case.inline_token.is_some(),
                has_tag_capture: captures.has_tag_capture,
                is_comptime_unreach: self.is_comptime_unreach(case.ast.target_expr),
            };
            if is_multi {
                self.scratch[layout.multi_prong_bodies + progress.multi] = body.start as u32;
                self.scratch[layout.multi_prong_infos + progress.multi] = info.to_bits();
                progress.multi += 1;
                progress.multi_item += self.item_infos_len(&case);
            } else {
                self.scratch[layout.scalar_prong_infos + progress.scalar] = info.to_bits();
                progress.scalar += 1;
            }
        }

        let label = self.blocks[block_gz].label;
        if let Some(label) = label
            && !label.used
        {
            self.append_error_tok(label.token, "unused switch label");
        }
        self.release(mark);
        self.stack.push(switch_block);

        let payload_index = self.add_extra(&payload::SwitchBlock {
            operand: raw_operand,
            bits: SwitchBlockBits16 {
                has_multi_cases: survey.multi_cases_len != 0,
                any_ranges: survey.ranges_len != 0,
                has_else: else_prong.is_some(),
                has_under: survey.under_node.is_some(),
                has_continue: label.is_some_and(|label| label.used_for_continue),
                any_maybe_runtime_capture: survey.any_maybe_runtime_capture,
                payload_capture_inst_is_placeholder: payload_placeholder.is_some(),
                tag_capture_inst_is_placeholder: tag_placeholder.is_some(),
                scalar_cases_len: survey.scalar_cases_len,
            }
            .to_bits(),
        });
        self.data[switch_block.to_usize()].set_payload_index(payload_index);
        if survey.multi_cases_len != 0 {
            self.extra.push(survey.multi_cases_len);
        }
        let placeholders = payload_placeholder.into_iter().chain(tag_placeholder);
        self.extra.extend(placeholders.map(|inst| inst.0));
        if let Some((info, _)) = non_err_prong {
            let offset = self.node_index_to_relative(parent_gz, node);
            self.extra.extend([offset as u32, info.to_bits()]);
        }
        if let Some((info, _)) = else_prong {
            self.extra.push(info.to_bits());
        }
        let special_bodies = [
            non_err_prong.map(|(_, body)| body),
            else_prong.map(|(_, body)| body),
        ];
        self.append_switch_arrays(&layout, &survey, special_bodies);

        if need_result_rvalue {
            self.rvalue(parent_gz, ri, switch_block.to_ref(), switch_node)
        } else {
            Ok(switch_block.to_ref())
        }
    }

    /// Counts prongs, items and ranges, and finds the special ones.
    fn survey_switch_item_bodies(
        &mut self,
        cases: &[NodeIndex],
        is_err_switch: bool,
    ) -> InnerResult<Survey> {
        let mut survey = Survey::default();
        let mut else_src: Option<TokenIndex> = None;
        for &case_node in cases {
            let Some(case) = self.tree.full_switch_case(case_node) else {
                continue;
            };
            if let Some(payload_token) = case.payload_token {
                let is_ref = self.payload_is_ref(case.payload_token);
                survey.any_payload_is_ref |= is_ref;
                let ident = payload_token + u32::from(is_ref);
                if self.tree.token_slice(ident) != b"_" {
                    survey.any_has_payload_capture = true;
                    // Even on an inline prong the payload of a union may be known at run time only.
                    survey.any_maybe_runtime_capture = true;
                }
                if self.tree.token_tag(ident + 1) == TokenTag::Comma {
                    survey.any_has_tag_capture = true;
                    survey.any_maybe_runtime_capture |= case.inline_token.is_none();
                }
            }

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
            for &item in case.ast.values.iter() {
                match self.tree.node_tag(item) {
                    NodeTag::SwitchRange => {
                        survey.ranges_len += 1;
                        continue;
                    }
                    NodeTag::StringLiteral => {
                        return Err(self.fail_node(item, "cannot switch on strings"));
                    }
                    _ => survey.items_len += 1,
                }
                if self.is_underscore_item(item) {
                    self.check_underscore(&survey, &case, item, is_err_switch)?;
                    survey.under_node = Some(item);
                }
            }
            if self.is_multi_prong(&case) {
                survey.multi_cases_len += 1;
            } else {
                survey.scalar_cases_len += 1;
            }
        }
        Ok(survey)
    }

    /// Fails if `_` cannot be an item of the prong.
    fn check_underscore(
        &mut self,
        survey: &Survey,
        case: &full::SwitchCase<'_>,
        item: NodeIndex,
        is_err_switch: bool,
    ) -> InnerResult<()> {
        if is_err_switch {
            let case_src = case.ast.arrow_token - 1;
            let note = self.err_note_tok(case_src, "consider using 'else'");
            let message = "'_' prong is not allowed when switching on errors";
            return Err(self.fail_tok_notes(case_src, message, &[note]));
        }
        if let Some(prev) = survey.under_node {
            let note = self.err_note_node(prev, "previous '_' prong here");
            let message = "multiple '_' prongs in switch expression";
            return Err(self.fail_node_notes(item, message, &[note]));
        }
        if case.inline_token.is_some() {
            return Err(self.fail_node(item, "cannot inline '_' prong"));
        }
        Ok(())
    }

    /// Moves the instructions of the block that bodies are lowered in to the scratch list.
    fn body_to_scratch(&mut self, site: &Site, extra_insts: &[Index]) -> ScratchBody {
        let start = self.scratch.len();
        let body = self.instructions_slice(site.body_gz);
        self.append_body_with_fixups_extra_refs_to_scratch(body, extra_insts);
        self.unstack(site.body_gz);
        ScratchBody {
            start,
            len: (self.scratch.len() - start) as u32,
        }
    }

    /// The branch for no error of a `catch`: the payload is the value of the whole.
    fn catch_non_err(
        &mut self,
        site: &Site,
        node: NodeIndex,
        operand_is_ref: bool,
    ) -> InnerResult<(NonErrProngInfo, ScratchBody)> {
        let body_gz = site.body_gz;
        self.blocks[body_gz].instructions_top = self.stack_top();
        // No prong is in scope yet, so the switch itself can stand for the payload.
        let payload = site.switch_block.to_ref();
        let result = if operand_is_ref {
            payload
        } else {
            self.rvalue(body_gz, site.break_ri, payload, node)?
        };
        self.add_break_with_src_node(body_gz, Tag::Break, site.switch_block, result, node);
        let body = self.body_to_scratch(site, &[site.switch_block]);
        let info = NonErrProngInfo {
            body_len: body.len,
            capture: by_ref_or_val(operand_is_ref),
            operand_is_ref,
        };
        Ok((info, body))
    }

    /// The branch for no error of an `if`.
    fn if_non_err(
        &mut self,
        site: &Site,
        node: NodeIndex,
        if_full: &full::If,
        raw_operand: Ref,
    ) -> InnerResult<(NonErrProngInfo, ScratchBody)> {
        let body_gz = site.body_gz;
        let operand_is_ref = self.payload_is_ref(if_full.payload_token);
        self.blocks[body_gz].instructions_top = self.stack_top();
        let mark = self.mark();
        let payload = site.switch_block.to_ref();
        let mut capture = ProngCapture::None;
        let outer = self.scope_of(body_gz);
        let mut sub_scope = outer;
        if let Some(payload_token) = if_full.payload_token {
            let name_token = payload_token + u32::from(operand_is_ref);
            let name = self.ident_as_string(name_token)?;
            let name_slice = self.tree.token_slice(name_token);
            if name_slice != b"_" {
                capture = by_ref_or_val(operand_is_ref);
                self.detect_local_shadowing(outer, name, name_token, name_slice, IdCat::Capture)?;
                let local = LocalVal::new(outer, name, payload, name_token, IdCat::Capture);
                sub_scope = self.push_scope(Scope::LocalVal(local));
                self.add_dbg_var(body_gz, Tag::DbgVarVal, name, payload);
            } else if operand_is_ref && self.rules.pointer_to_discarded_payload_is_refused {
                let message = "pointer modifier invalid on discard";
                return Err(self.fail_tok(payload_token, message));
            }
        } else {
            self.add_un_node(body_gz, Tag::EnsureErrUnionPayloadVoid, raw_operand, node);
        }
        let then_node = if_full.ast.then_expr;
        let result = self.full_body_expr(
            body_gz,
            sub_scope,
            site.break_ri,
            then_node,
            BlockKind::AllowBranchHint,
        )?;
        self.check_used(site.parent_gz, outer, sub_scope);
        if !self.ends_with_no_return(body_gz) {
            self.add_break_with_src_node(body_gz, Tag::Break, site.switch_block, result, then_node);
        }
        self.release(mark);
        let body = self.body_to_scratch(site, &[site.switch_block]);
        let info = NonErrProngInfo {
            body_len: body.len,
            capture,
            operand_is_ref,
        };
        Ok((info, body))
    }

    /// Number of ranges among the items.
    fn ranges_len(&self, values: &[NodeIndex]) -> usize {
        let is_range = |&&value: &&NodeIndex| self.tree.node_tag(value) == NodeTag::SwitchRange;
        values.iter().filter(is_range).count()
    }

    /// Number of infos that the items take: a range has two.
    fn item_infos_len(&self, case: &full::SwitchCase<'_>) -> usize {
        case.ast.values.len() + self.ranges_len(&case.ast.values)
    }

    /// Lowers the items of a prong in the order of the source, and notes them in that of the arrays.
    fn case_items(
        &mut self,
        site: &Site,
        survey: &Survey,
        layout: &Layout,
        progress: &Progress,
        case: &full::SwitchCase<'_>,
    ) -> InnerResult<()> {
        let values: &[NodeIndex] = &case.ast.values;
        if !self.is_multi_prong(case) {
            if let [item] = *values {
                let start = self.scratch.len();
                let info = self.switch_item_body(site, survey, item)?;
                self.scratch[layout.scalar_bodies + progress.scalar] = start as u32;
                self.scratch[layout.scalar_item_infos + progress.scalar] = info.to_bits();
            }
            return Ok(());
        }
        let ranges_len = if survey.ranges_len != 0 {
            self.ranges_len(values)
        } else {
            0
        };
        let items_len = values.len() - ranges_len;
        let mut next_item = progress.multi_item;
        let mut next_bound = next_item + items_len;
        for &value in values {
            let data = self.tree.node_data(value);
            let bounds = [data.lhs, data.rhs];
            let (nodes, next) = if self.tree.node_tag(value) == NodeTag::SwitchRange {
                (&bounds[..], &mut next_bound)
            } else {
                (&[value][..], &mut next_item)
            };
            for &item in nodes {
                let start = self.scratch.len();
                let info = self.switch_item_body(site, survey, item)?;
                self.scratch[layout.multi_item_bodies + *next] = start as u32;
                self.scratch[layout.multi_item_infos + *next] = info.to_bits();
                *next += 1;
            }
        }
        self.scratch[layout.items_lens + progress.multi] = items_len as u32;
        if survey.ranges_len != 0 {
            self.scratch[layout.ranges_lens + progress.multi] = ranges_len as u32;
        }
        Ok(())
    }

    /// An item; what needs a body is lowered to the end of the scratch list.
    fn switch_item_body(
        &mut self,
        site: &Site,
        survey: &Survey,
        item: NodeIndex,
    ) -> InnerResult<ItemInfo> {
        match self.tree.node_tag(item) {
            NodeTag::EnumLiteral => {
                let name_token = self.tree.main_token(item);
                return Ok(ItemInfo::EnumLiteral(self.ident_as_string(name_token)?));
            }
            NodeTag::ErrorValue => {
                // Behind `error` and the point.
                let name_token = self.tree.main_token(item) + 2;
                return Ok(ItemInfo::ErrorValue(self.ident_as_string(name_token)?));
            }
            _ if survey.under_node == Some(item) => return Ok(ItemInfo::Under),
            _ => {}
        }
        let body_gz = site.body_gz;
        let item_ri = ResultInfo::coerced(site.switch_block.to_ref());
        self.blocks[body_gz].instructions_top = self.stack_top();
        let result = self.full_body_expr(body_gz, site.scope, item_ri, item, BlockKind::Normal)?;
        if !self.ends_with_no_return(body_gz) {
            let tag = Tag::BreakInline;
            self.add_break_with_src_node(body_gz, tag, site.switch_block, result, item);
        }
        let body = self.body_to_scratch(site, &[site.switch_block]);
        Ok(ItemInfo::BodyLen(body.len))
    }

    /// Makes the scopes of a prong's captures: of the error captured around the switch, of the payload, of
    /// the tag.
    fn case_captures(&mut self, site: &Site, case: &full::SwitchCase<'_>) -> InnerResult<Captures> {
        let mut outer = self.scope_of(site.body_gz);
        if let Some((name, token)) = site.err_capture {
            let operand = site.switch_block.to_ref();
            let local = LocalVal::new(outer, name, operand, token, IdCat::Capture);
            outer = self.push_scope(Scope::LocalVal(local));
        }
        let mut captures = Captures {
            // The error captured around may stay unused in a prong, so its scope is left out of the check.
            outer,
            inner: outer,
            capture: ProngCapture::None,
            has_tag_capture: false,
            payload_name: NullTerminatedString::EMPTY,
            tag_name: NullTerminatedString::EMPTY,
        };
        let Some(payload_token) = case.payload_token else {
            return Ok(captures);
        };
        let is_ref = self.payload_is_ref(case.payload_token);
        let ident = payload_token + u32::from(is_ref);
        let ident_slice = self.tree.token_slice(ident);
        if ident_slice == b"_" {
            if is_ref {
                return Err(self.fail_tok(payload_token, "pointer modifier invalid on discard"));
            }
        } else {
            captures.capture = by_ref_or_val(is_ref);
            let name = self.ident_as_string(ident)?;
            self.detect_local_shadowing(outer, name, ident, ident_slice, IdCat::Capture)?;
            let inst = site.payload_inst.to_ref();
            let local = LocalVal::new(outer, name, inst, ident, IdCat::Capture);
            captures.inner = self.push_scope(Scope::LocalVal(local));
            captures.payload_name = name;
        }
        if site.is_err_switch && is_ref {
            return Err(self.fail_tok(ident, "error set cannot be captured by reference"));
        }

        if self.tree.token_tag(ident + 1) != TokenTag::Comma {
            if captures.capture == ProngCapture::None {
                // Only beside a capture of the tag there is a reason for it.
                return Err(self.fail_tok(payload_token, "discard of capture; omit it instead"));
            }
            return Ok(captures);
        }
        let tag_token = ident + 2;
        let tag_slice = self.tree.token_slice(tag_token);
        if tag_slice == b"_" {
            return Err(self.fail_tok(tag_token, "discard of tag capture; omit it instead"));
        }
        let name = self.ident_as_string(tag_token)?;
        self.detect_local_shadowing(
            captures.inner,
            name,
            tag_token,
            tag_slice,
            IdCat::SwitchTagCapture,
        )?;
        if site.is_err_switch {
            return Err(self.fail_tok(tag_token, "cannot capture tag of error union"));
        }
        captures.has_tag_capture = true;
        captures.tag_name = name;
        let local = LocalVal::new(
            captures.inner,
            name,
            site.tag_inst.to_ref(),
            tag_token,
            IdCat::SwitchTagCapture,
        );
        captures.inner = self.push_scope(Scope::LocalVal(local));
        Ok(captures)
    }

    /// Lowers what a prong does to the end of the scratch list.
    fn case_body(
        &mut self,
        site: &Site,
        case: &full::SwitchCase<'_>,
        captures: &Captures,
    ) -> InnerResult<ScratchBody> {
        let body_gz = site.body_gz;
        self.blocks[body_gz].instructions_top = self.stack_top();
        for (name, inst) in [
            (captures.payload_name, site.payload_inst),
            (captures.tag_name, site.tag_inst),
        ] {
            if name != NullTerminatedString::EMPTY {
                self.add_dbg_var(body_gz, Tag::DbgVarVal, name, inst.to_ref());
            }
        }
        if site.may_append_to_trace {
            self.add_save_err_ret_index(body_gz, SaveErrRetIndex::Always);
        }
        let target = case.ast.target_expr;
        let result = self.full_body_expr(
            body_gz,
            captures.inner,
            site.break_ri,
            target,
            BlockKind::AllowBranchHint,
        )?;
        self.check_used(site.parent_gz, captures.outer, captures.inner);
        if !self.ends_with_no_return(body_gz) {
            if site.do_err_trace {
                let branch = BranchTarget::Block(site.switch_block);
                self.restore_err_ret_index(body_gz, branch, site.break_ri, target, result);
            }
            self.add_break_with_src_node(body_gz, Tag::Break, site.switch_block, result, target);
        }
        Ok(self.body_to_scratch(site, &site.extra_insts))
    }

    /// Whether the `else` prong does nothing but leave, so that nobody minds if it is unreachable: with
    /// `unreachable`, `return`, or the return of what it captures.
    fn is_simple_noreturn(
        &mut self,
        case: &full::SwitchCase<'_>,
        capture: ProngCapture,
    ) -> InnerResult<bool> {
        let target = case.ast.target_expr;
        match self.tree.node_tag(target) {
            NodeTag::UnreachableLiteral => return Ok(true),
            NodeTag::Return => {}
            _ => return Ok(false),
        }
        let operand = self.tree.node_data(target).lhs;
        if operand == 0 {
            return Ok(true);
        }
        match case.payload_token {
            Some(payload_token)
                if capture == ProngCapture::ByVal
                    && self.tree.node_tag(operand) == NodeTag::Identifier =>
            {
                let captured = self.ident_as_string(payload_token)?;
                let returned = self.ident_as_string(self.tree.main_token(operand))?;
                Ok(captured == returned)
            }
            _ => Ok(false),
        }
    }

    /// Whether it is `comptime unreachable`: such a prong may be for errors that cannot occur.
    fn is_comptime_unreach(&self, node: NodeIndex) -> bool {
        self.tree.node_tag(node) == NodeTag::Comptime
            && self.tree.node_tag(self.tree.node_data(node).lhs) == NodeTag::UnreachableLiteral
    }

    /// Copies arrays and bodies from the scratch list to `extra`, the bodies in their order there, and drops
    /// them.
    fn append_switch_arrays(
        &mut self,
        layout: &Layout,
        survey: &Survey,
        special_bodies: [Option<ScratchBody>; 2],
    ) {
        let arrays = layout.scalar_prong_infos..layout.bodies;
        self.extra.extend_from_slice(&self.scratch[arrays]);
        for body in special_bodies.into_iter().flatten() {
            self.append_scratch_body(body.start, body.len);
        }
        let body_len = |bits: u32| ProngInfo16::from_bits(bits).map_or(0, |info| info.body_len);
        let item_len = |bits: u32| ItemInfo::from_bits(bits).body_len();
        for i in 0..survey.scalar_cases_len as usize {
            let item_start = self.scratch[layout.scalar_bodies + i] as usize;
            let item_len = item_len(self.scratch[layout.scalar_item_infos + i]);
            let prong_len = body_len(self.scratch[layout.scalar_prong_infos + i]);
            self.append_scratch_body(item_start + item_len as usize, prong_len);
            self.append_scratch_body(item_start, item_len);
        }
        let mut next = 0;
        for i in 0..survey.multi_cases_len as usize {
            let prong_start = self.scratch[layout.multi_prong_bodies + i] as usize;
            let prong_len = body_len(self.scratch[layout.multi_prong_infos + i]);
            self.append_scratch_body(prong_start, prong_len);
            let items_len = self.scratch[layout.items_lens + i] as usize;
            let ranges_len = if survey.ranges_len != 0 {
                self.scratch[layout.ranges_lens + i] as usize
            } else {
                0
            };
            for _ in 0..items_len + 2 * ranges_len {
                let start = self.scratch[layout.multi_item_bodies + next] as usize;
                let len = item_len(self.scratch[layout.multi_item_infos + next]);
                self.append_scratch_body(start, len);
                next += 1;
            }
        }
        self.scratch.truncate(layout.start);
    }

    fn append_scratch_body(&mut self, start: usize, len: u32) {
        let body = &self.scratch[start..start + len as usize];
        self.extra.extend_from_slice(body);
    }
}

fn by_ref_or_val(is_ref: bool) -> ProngCapture {
    if is_ref {
        ProngCapture::ByRef
    } else {
        ProngCapture::ByVal
    }
}
