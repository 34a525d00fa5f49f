//! `switch`, with labels, captures and ranges, up to 0.15.

mod item_bodies;

pub(crate) use item_bodies::SwitchNonErr;

use syntax::full;
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};
use zir::small::{ProngInfo, SwitchBlockBits, SwitchBlockBits15};
use zir::{
    Data, Extended, Index, NullTerminatedString, ProngCapture, Ref, SimpleComptimeReason,
    SpecialProngs, Tag, Under, payload,
};

use crate::blocks::BlockKind;
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::{ContinueTarget, GenZir, Label};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};
use crate::scope::{IdCat, LocalVal, Scope};

/// Where in [`AstGen::scratch`] the prongs of a switch under construction are. A table of positions comes
/// first: of the special prongs, of those with one item, of those with several. Behind it are the prongs
/// themselves, in the order of the source; they go to `extra` in the order of the table.
pub(crate) struct CaseTable {
    start: usize,
    scalar: usize,
    multi: usize,
    end: usize,
    /// The slot of the `_` prong, and what stands in it.
    under: (usize, Under),
}

impl CaseTable {
    /// A table at the end of the scratch list, which has to grow to `end`.
    pub(crate) fn new(
        scratch_top: usize,
        special_len: usize,
        scalar_len: u32,
        multi_len: u32,
    ) -> CaseTable {
        let scalar = scratch_top + special_len;
        let multi = scalar + scalar_len as usize;
        CaseTable {
            start: scratch_top,
            scalar,
            multi,
            end: multi + multi_len as usize,
            under: (scratch_top, Under::None),
        }
    }

    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// The slot of the special prong number `i`.
    pub(crate) fn special_slot(&self, i: usize) -> usize {
        self.start + i
    }
}

/// How far the table is filled.
#[derive(Default)]
pub(crate) struct CaseProgress {
    scalar: usize,
    multi: usize,
}

/// Captures of one prong.
struct Captures {
    /// The innermost scope of the prong.
    sub_scope: ScopeId,
    capture: ProngCapture,
    has_tag_capture: bool,
    payload_name: NullTerminatedString,
    tag_name: NullTerminatedString,
}

/// What the first pass over the prongs finds out.
struct Survey {
    any_payload_is_ref: bool,
    any_has_tag_capture: bool,
    any_non_inline_capture: bool,
    scalar_cases_len: u32,
    multi_cases_len: u32,
    special_prongs: SpecialProngs,
    /// The `else` prong, or 0.
    else_node: NodeIndex,
    /// The `_` prong, or 0.
    under_node: NodeIndex,
    /// The `_` in it.
    under_item: NodeIndex,
}

impl AstGen<'_> {
    pub(crate) fn switch_expr(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        switch: full::Switch<'_>,
    ) -> InnerResult<Ref> {
        let operand_node = switch.ast.condition;
        let (block_ri, need_result_rvalue) = self.switch_block_ri(parent_gz, ri, node)?;

        if let Some(label_token) = switch.label_token {
            self.check_label_redefinition(scope, label_token)?;
        }

        let survey = self.survey_switch(node, &switch.ast.cases)?;

        let operand_rl = if survey.any_payload_is_ref {
            Loc::Ref
        } else {
            Loc::None
        };
        self.advance_source_cursor_to_node(operand_node);
        let operand_lc = (
            self.cursor.line - self.blocks[parent_gz].decl_line,
            self.cursor.column,
        );
        let raw_operand = self.expr(parent_gz, scope, ResultInfo::rl(operand_rl), operand_node)?;
        // Operands of `continue`s are coerced to it.
        let raw_operand_ty = match switch.label_token {
            Some(_) => self.add_un_node(parent_gz, Tag::Typeof, raw_operand, operand_node),
            None => Ref::NONE,
        };

        let scratch_top = self.scratch.len();
        let has_else = usize::from(survey.special_prongs.has_else());
        let under = survey.special_prongs.under();
        let mut table = CaseTable::new(
            scratch_top,
            has_else + usize::from(under != Under::None),
            survey.scalar_cases_len,
            survey.multi_cases_len,
        );
        table.under = (table.special_slot(has_else), under);
        self.scratch.resize(table.end(), 0);

        let mark = self.mark();
        let block_gz = self.make_sub_block(parent_gz, scope);
        // It collects no instructions.
        self.blocks[block_gz].instructions_top = GenZir::UNSTACKED;
        self.set_break_result_info(block_gz, block_ri);

        // Semantic analysis expects a debug statement immediately before the switch.
        self.emit_dbg_stmt_force_current_index(parent_gz, operand_lc);
        let switch_tag = if survey.any_payload_is_ref {
            Tag::SwitchBlockRef
        } else {
            Tag::SwitchBlock
        };
        // It joins the parent after the items, which are evaluated there.
        let switch_block = self.make_block_inst(switch_tag, parent_gz, node);

        if let Some(label_token) = switch.label_token {
            let block = &mut self.blocks[block_gz];
            block.break_target = Some(switch_block);
            block.continue_target = ContinueTarget::SwitchContinue(switch_block);
            block.continue_result_info = ResultInfo::rl(if survey.any_payload_is_ref {
                Loc::RefCoercedTy(raw_operand_ty)
            } else {
                Loc::CoercedTy(raw_operand_ty)
            });
            // A `break` finds the switch by the label.
            self.set_label(block_gz, Label::new(label_token));
        }

        let block_scope = self.scope_of(block_gz);
        let break_result_info = self.blocks[block_gz].break_result_info;
        let case_gz = self.make_sub_block(parent_gz, block_scope);
        self.blocks[case_gz].instructions_top = GenZir::UNSTACKED;
        let case_scope = self.scope_of(case_gz);

        // One instruction stands for the tag captures of all prongs.
        let tag_inst = survey
            .any_has_tag_capture
            .then(|| self.make_value_placeholder());

        let mut progress = CaseProgress::default();
        for &case_node in switch.ast.cases.iter() {
            let Some(case) = self.tree.full_switch_case(case_node) else {
                continue;
            };
            let case_mark = self.mark();
            let captures = self.prong_captures(&case, case_gz, switch_block, tag_inst)?;

            let special_slot = if case_node == survey.else_node {
                Some(table.special_slot(0))
            } else if case_node == survey.under_node {
                Some(table.under.0)
            } else {
                None
            };
            let under_item = survey.under_item;
            let body_len_index = self.prong_items(
                parent_gz,
                scope,
                &case,
                &table,
                &mut progress,
                special_slot,
                under_item,
            )?;

            self.blocks[case_gz].instructions_top = self.stack_top();
            if captures.payload_name != NullTerminatedString::EMPTY {
                self.add_dbg_var(
                    case_gz,
                    Tag::DbgVarVal,
                    captures.payload_name,
                    switch_block.to_ref(),
                );
            }
            if captures.tag_name != NullTerminatedString::EMPTY
                && let Some(tag_inst) = tag_inst
            {
                self.add_dbg_var(
                    case_gz,
                    Tag::DbgVarVal,
                    captures.tag_name,
                    tag_inst.to_ref(),
                );
            }
            let target = case.ast.target_expr;
            let result = self.full_body_expr(
                case_gz,
                captures.sub_scope,
                break_result_info,
                target,
                BlockKind::AllowBranchHint,
            )?;
            self.check_used(parent_gz, case_scope, captures.sub_scope);
            if !self.ref_is_no_return(result) {
                self.add_break_with_src_node(case_gz, Tag::Break, switch_block, result, target);
            }

            let extra_insts = [switch_block, tag_inst.unwrap_or(switch_block)];
            let extra_insts = &extra_insts[..1 + usize::from(captures.has_tag_capture)];
            let info = ProngInfo {
                body_len: 0,
                capture: captures.capture,
                is_inline: case.inline_token.is_some(),
                has_tag_capture: captures.has_tag_capture,
            };
            self.finish_prong(case_gz, body_len_index, info, extra_insts);
            self.release(case_mark);
        }

        let label = self.blocks[block_gz].label;
        if let Some(label) = label
            && !label.used
        {
            self.append_error_tok(label.token, "unused switch label");
        }
        self.release(mark);

        self.stack.push(switch_block);
        let has_continue = label.is_some_and(|label| label.used_for_continue);
        let bits = if self.rules.switch_under_has_items {
            SwitchBlockBits15 {
                has_multi_cases: survey.multi_cases_len != 0,
                special_prongs: survey.special_prongs,
                any_has_tag_capture: survey.any_has_tag_capture,
                any_non_inline_capture: survey.any_non_inline_capture,
                has_continue,
                scalar_cases_len: survey.scalar_cases_len,
            }
            .to_bits()
        } else {
            SwitchBlockBits {
                has_multi_cases: survey.multi_cases_len != 0,
                has_else: survey.special_prongs == SpecialProngs::Else,
                has_under: survey.special_prongs == SpecialProngs::Under,
                any_has_tag_capture: survey.any_has_tag_capture,
                any_non_inline_capture: survey.any_non_inline_capture,
                has_continue,
                scalar_cases_len: survey.scalar_cases_len,
            }
            .to_bits()
        };
        let payload_index = self.add_extra(&payload::SwitchBlock {
            operand: raw_operand,
            bits,
        });
        if survey.multi_cases_len != 0 {
            self.extra.push(survey.multi_cases_len);
        }
        if let Some(tag_inst) = tag_inst {
            self.extra.push(tag_inst.0);
        }
        self.data[switch_block.to_usize()].set_payload_index(payload_index);
        self.append_prongs(&table);

        if need_result_rvalue {
            self.rvalue(parent_gz, ri, switch_block.to_ref(), node)
        } else {
            Ok(switch_block.to_ref())
        }
    }

    /// The result location of the prongs, and whether the result of the whole has to be stored where `ri`
    /// says.
    pub(crate) fn switch_block_ri(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<(ResultInfo, bool)> {
        if self.nodes_need_rl.contains(node) {
            return Ok((ri, false));
        }
        Ok(match ri.rl {
            Loc::Ptr(_) => {
                let ty = self.result_type(ri.rl, gz, node)?.unwrap_or(Ref::NONE);
                (
                    ResultInfo {
                        rl: Loc::Ty(ty),
                        ctx: ri.ctx,
                    },
                    true,
                )
            }
            Loc::InferredPtr(_) => (
                ResultInfo {
                    rl: Loc::None,
                    ctx: ri.ctx,
                },
                true,
            ),
            _ => (ri, false),
        })
    }

    /// Whether the only item of a prong is `_`.
    pub(crate) fn is_underscore_prong(&self, case: &full::SwitchCase<'_>) -> bool {
        matches!(*case.ast.values, [item] if self.is_underscore_item(item))
    }

    /// Whether an item is `_`.
    fn is_underscore_item(&self, item: NodeIndex) -> bool {
        self.tree.node_tag(item) == NodeTag::Identifier
            && self.tree.token_slice(self.tree.main_token(item)) == b"_"
    }

    /// Whether a prong counts as one with several items.
    pub(crate) fn is_multi_prong(&self, case: &full::SwitchCase<'_>) -> bool {
        match *case.ast.values {
            [] => false,
            [item] => self.tree.node_tag(item) == NodeTag::SwitchRange,
            _ => true,
        }
    }

    /// Counts prongs of each kind and finds the special one.
    fn survey_switch(&mut self, node: NodeIndex, cases: &[NodeIndex]) -> InnerResult<Survey> {
        let mut survey = Survey {
            any_payload_is_ref: false,
            any_has_tag_capture: false,
            any_non_inline_capture: false,
            scalar_cases_len: 0,
            multi_cases_len: 0,
            special_prongs: SpecialProngs::None,
            else_node: 0,
            under_node: 0,
            under_item: 0,
        };
        let mut else_src: Option<TokenIndex> = None;
        let mut underscore_src: Option<TokenIndex> = None;
        for &case_node in cases {
            let Some(case) = self.tree.full_switch_case(case_node) else {
                continue;
            };
            if let Some(payload_token) = case.payload_token {
                let is_ref = self.tree.token_tag(payload_token) == TokenTag::Asterisk;
                survey.any_payload_is_ref |= is_ref;
                let ident = payload_token + u32::from(is_ref);
                if self.tree.token_tag(ident + 1) == TokenTag::Comma {
                    survey.any_has_tag_capture = true;
                }
                // A first capture that is ignored leaves only the tag, which belongs to an inline prong.
                // Whether others are known at compile time takes semantic analysis.
                if self.tree.token_slice(ident) != b"_" {
                    survey.any_non_inline_capture = true;
                }
            }

            let case_src = case.ast.arrow_token - 1;
            if case.ast.values.is_empty() {
                if let Some(src) = else_src {
                    let note = self.err_note_tok(src, "previous else prong here");
                    let message = "multiple else prongs in switch expression";
                    return Err(self.fail_tok_notes(case_src, message, &[note]));
                }
                if let Some(underscore) = underscore_src
                    && !self.rules.switch_under_has_items
                {
                    let notes = [
                        self.err_note_tok(case_src, "else prong here"),
                        self.err_note_tok(underscore, "'_' prong here"),
                    ];
                    return Err(self.fail_node_notes(
                        node,
                        "else and '_' prong in switch expression",
                        &notes,
                    ));
                }
                survey.else_node = case_node;
                survey.special_prongs = SpecialProngs::new(true, survey.special_prongs.under());
                else_src = Some(case_src);
                continue;
            }
            if self.rules.switch_under_has_items {
                if self.survey_items(&mut survey, case_node, &case, &mut underscore_src)? {
                    continue;
                }
                if self.is_multi_prong(&case) {
                    survey.multi_cases_len += 1;
                } else {
                    survey.scalar_cases_len += 1;
                }
                continue;
            }
            if self.is_underscore_prong(&case) {
                if let Some(src) = underscore_src {
                    let note = self.err_note_tok(src, "previous '_' prong here");
                    let message = "multiple '_' prongs in switch expression";
                    return Err(self.fail_tok_notes(case_src, message, &[note]));
                }
                if let Some(some_else) = else_src {
                    let notes = [
                        self.err_note_tok(some_else, "else prong here"),
                        self.err_note_tok(case_src, "'_' prong here"),
                    ];
                    return Err(self.fail_node_notes(
                        node,
                        "else and '_' prong in switch expression",
                        &notes,
                    ));
                }
                if case.inline_token.is_some() {
                    return Err(self.fail_tok(case_src, "cannot inline '_' prong"));
                }
                survey.under_node = case_node;
                survey.under_item = case.ast.values[0];
                survey.special_prongs = SpecialProngs::Under;
                underscore_src = Some(case_src);
                continue;
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

    /// Looks at the items of a prong, among which `_` may stand. Returns whether it does.
    fn survey_items(
        &mut self,
        survey: &mut Survey,
        case_node: NodeIndex,
        case: &full::SwitchCase<'_>,
        underscore_src: &mut Option<TokenIndex>,
    ) -> InnerResult<bool> {
        let mut has_underscore = false;
        for &item in case.ast.values.iter() {
            match self.tree.node_tag(item) {
                NodeTag::Identifier => {
                    let src = self.tree.main_token(item);
                    if self.tree.token_slice(src) != b"_" {
                        continue;
                    }
                    if let Some(previous) = *underscore_src {
                        let note = self.err_note_tok(previous, "previous '_' prong here");
                        let message = "multiple '_' prongs in switch expression";
                        return Err(self.fail_tok_notes(src, message, &[note]));
                    }
                    if case.inline_token.is_some() {
                        return Err(self.fail_tok(src, "cannot inline '_' prong"));
                    }
                    *underscore_src = Some(src);
                    survey.under_node = case_node;
                    survey.under_item = item;
                    let under = match case.ast.values.len() {
                        1 => Under::Alone,
                        2 => Under::WithItem,
                        _ => Under::WithItems,
                    };
                    survey.special_prongs =
                        SpecialProngs::new(survey.special_prongs.has_else(), under);
                    has_underscore = true;
                }
                NodeTag::StringLiteral => {
                    return Err(self.fail_node(item, "cannot switch on strings"));
                }
                _ => {}
            }
        }
        Ok(has_underscore)
    }

    /// Fails if an item of the prong is a string literal.
    pub(crate) fn check_no_strings(&mut self, case: &full::SwitchCase<'_>) -> InnerResult<()> {
        for &item in case.ast.values.iter() {
            if self.tree.node_tag(item) == NodeTag::StringLiteral {
                return Err(self.fail_node(item, "cannot switch on strings"));
            }
        }
        Ok(())
    }

    /// Makes the scopes of a prong's captures.
    fn prong_captures(
        &mut self,
        case: &full::SwitchCase<'_>,
        case_gz: BlockId,
        switch_block: Index,
        tag_inst: Option<Index>,
    ) -> InnerResult<Captures> {
        let case_scope = self.scope_of(case_gz);
        let mut captures = Captures {
            sub_scope: case_scope,
            capture: ProngCapture::None,
            has_tag_capture: false,
            payload_name: NullTerminatedString::EMPTY,
            tag_name: NullTerminatedString::EMPTY,
        };
        let Some(payload_token) = case.payload_token else {
            return Ok(captures);
        };
        let is_ptr = self.tree.token_tag(payload_token) == TokenTag::Asterisk;
        let ident = payload_token + u32::from(is_ptr);
        captures.capture = if is_ptr {
            ProngCapture::ByRef
        } else {
            ProngCapture::ByVal
        };

        let ident_slice = self.tree.token_slice(ident);
        if ident_slice == b"_" {
            if is_ptr {
                return Err(self.fail_tok(payload_token, "pointer modifier invalid on discard"));
            }
        } else {
            let name = self.ident_as_string(ident)?;
            self.detect_local_shadowing(case_scope, name, ident, ident_slice, IdCat::Capture)?;
            let local = LocalVal::new(
                case_scope,
                name,
                switch_block.to_ref(),
                ident,
                IdCat::Capture,
            );
            captures.sub_scope = self.push_scope(Scope::LocalVal(local));
            captures.payload_name = name;
        }

        if self.tree.token_tag(ident + 1) != TokenTag::Comma {
            return Ok(captures);
        }
        let tag_token = ident + 2;
        let tag_slice = self.tree.token_slice(tag_token);
        if tag_slice == b"_" {
            self.append_error_tok(tag_token, "discard of tag capture; omit it instead");
        } else if case.inline_token.is_none() {
            return Err(self.fail_tok(tag_token, "tag capture on non-inline prong"));
        }
        let name = self.ident_as_string(tag_token)?;
        self.detect_local_shadowing(
            captures.sub_scope,
            name,
            tag_token,
            tag_slice,
            IdCat::SwitchTagCapture,
        )?;
        captures.has_tag_capture = true;
        let inst = tag_inst.unwrap_or(switch_block).to_ref();
        let local = LocalVal::new(
            captures.sub_scope,
            name,
            inst,
            tag_token,
            IdCat::SwitchTagCapture,
        );
        captures.sub_scope = self.push_scope(Scope::LocalVal(local));
        captures.tag_name = name;
        Ok(captures)
    }

    /// Appends what precedes the body of a prong to the scratch list, evaluating its items in `parent_gz`,
    /// and notes the prong's position in the table. Returns where the [`ProngInfo`] goes.
    #[expect(
        clippy::too_many_arguments,
        reason = "what a prong is made of, and where it goes"
    )]
    pub(crate) fn prong_items(
        &mut self,
        parent_gz: BlockId,
        scope: ScopeId,
        case: &full::SwitchCase<'_>,
        table: &CaseTable,
        progress: &mut CaseProgress,
        special_slot: Option<usize>,
        under_item: NodeIndex,
    ) -> InnerResult<usize> {
        let values: &[NodeIndex] = &case.ast.values;
        let header = self.scratch.len();
        if self.is_multi_prong(case) {
            if let Some(slot) = special_slot {
                self.scratch[slot] = header as u32;
                if table.under.1 == Under::WithItem {
                    self.scratch.resize(header + 2, 0);
                    let other = values.iter().find(|&&item| item != under_item);
                    if let Some(&other) = other {
                        let item = self.switch_item(parent_gz, scope, other)?;
                        self.scratch[header] = self.format.ref_word(item);
                    }
                    return Ok(header + 1);
                }
            } else {
                self.scratch[table.multi + progress.multi] = header as u32;
                progress.multi += 1;
            }
            // Number of items, number of ranges, info; then first the items.
            self.scratch.resize(header + 3, 0);
            let mut items_len = 0;
            for &item in values {
                let is_under = item == under_item && special_slot.is_some();
                if !is_under && self.tree.node_tag(item) != NodeTag::SwitchRange {
                    items_len += 1;
                    self.push_switch_item(parent_gz, scope, item)?;
                }
            }
            let mut ranges_len = 0;
            for &range in values {
                if self.tree.node_tag(range) == NodeTag::SwitchRange {
                    ranges_len += 1;
                    let data = self.tree.node_data(range);
                    self.push_switch_item(parent_gz, scope, data.lhs)?;
                    self.push_switch_item(parent_gz, scope, data.rhs)?;
                }
            }
            self.scratch[header] = items_len;
            self.scratch[header + 1] = ranges_len;
            Ok(header + 2)
        } else if let Some(slot) = special_slot {
            self.scratch[slot] = header as u32;
            self.scratch.push(0);
            Ok(header)
        } else {
            self.scratch[table.scalar + progress.scalar] = header as u32;
            progress.scalar += 1;
            // The room for the info comes first: the item may use the scratch list itself.
            self.scratch.resize(header + 2, 0);
            let item = self.switch_item(parent_gz, scope, values[0])?;
            self.scratch[header] = self.format.ref_word(item);
            Ok(header + 1)
        }
    }

    fn push_switch_item(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<()> {
        let item = self.switch_item(gz, scope, node)?;
        self.scratch.push(self.format.ref_word(item));
        Ok(())
    }

    fn switch_item(&mut self, gz: BlockId, scope: ScopeId, node: NodeIndex) -> InnerResult<Ref> {
        self.comptime_expr(
            gz,
            scope,
            ResultInfo::NONE,
            node,
            SimpleComptimeReason::SwitchItem,
        )
    }

    /// Moves the body of a prong from `case_gz` to the scratch list. `info` lacks nothing but the length.
    pub(crate) fn finish_prong(
        &mut self,
        case_gz: BlockId,
        body_len_index: usize,
        info: ProngInfo,
        extra_insts: &[Index],
    ) {
        let body = self.instructions_slice(case_gz);
        let body_start = self.scratch.len();
        self.append_body_with_fixups_extra_refs_to_scratch(body, extra_insts);
        let body_len = (self.scratch.len() - body_start) as u32;
        self.scratch[body_len_index] = ProngInfo { body_len, ..info }.to_bits();
        self.unstack(case_gz);
    }

    /// Copies the prongs from the scratch list to `extra` in the order of the table, and drops them there.
    pub(crate) fn append_prongs(&mut self, table: &CaseTable) {
        for slot in table.start..table.end {
            let start = self.scratch[slot] as usize;
            let info_index = if slot < table.scalar {
                match table.under {
                    (under, Under::WithItem) if under == slot => start + 1,
                    (under, Under::WithItems) if under == slot => start + 2,
                    _ => start,
                }
            } else if slot < table.multi {
                start + 1
            } else {
                start + 2
            };
            let items_end = if info_index < start + 2 {
                info_index + 1
            } else {
                info_index + 1 + self.scratch[start] as usize + 2 * self.scratch[start + 1] as usize
            };
            let body_len =
                ProngInfo::from_bits(self.scratch[info_index]).map_or(0, |info| info.body_len);
            self.extra
                .extend_from_slice(&self.scratch[start..items_end + body_len as usize]);
        }
        self.scratch.truncate(table.start);
    }

    /// An instruction that belongs to no body: others refer to it as the value of a capture.
    pub(crate) fn make_value_placeholder(&mut self) -> Index {
        self.make_inst(
            Tag::Extended,
            Data::extended(self.format, Extended::ValuePlaceholder, 0, 0),
        )
    }
}
