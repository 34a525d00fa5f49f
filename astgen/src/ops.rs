//! Operators, access by name and by index, slices, and the types written with operators.

use syntax::full::PtrSize;
use syntax::{NodeIndex, NodeTag, TokenIndex, extra};
use zir::{
    BuiltinValue, Data, Extended, NullTerminatedString, PointerSize, PtrTypeFlags, Ref, RoundOp,
    SimpleComptimeReason, Tag, payload,
};

use crate::classify;
use crate::cursor::SourceCursor;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::literals::Sign;
use crate::result::{Context, Loc, ResultInfo};
use crate::vars::may_be_unsafe;

const USIZE: ResultInfo = ResultInfo::rl(Loc::CoercedTy(Ref::USIZE_TYPE));
const U16: ResultInfo = ResultInfo::rl(Loc::CoercedTy(Ref::U16_TYPE));

/// Whether a pointer to the value is wanted and not the value.
fn wants_ref(ri: ResultInfo) -> bool {
    matches!(ri.rl, Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_))
}

/// The instruction of a binary operator whose operands are lowered one after the other and nothing else.
fn bin_op_tag(tag: NodeTag) -> Option<Tag> {
    Some(match tag {
        NodeTag::Add => Tag::Add,
        NodeTag::AddWrap => Tag::Addwrap,
        NodeTag::AddSat => Tag::AddSat,
        NodeTag::Sub => Tag::Sub,
        NodeTag::SubWrap => Tag::Subwrap,
        NodeTag::SubSat => Tag::SubSat,
        NodeTag::Mul => Tag::Mul,
        NodeTag::MulWrap => Tag::Mulwrap,
        NodeTag::MulSat => Tag::MulSat,
        NodeTag::Div => Tag::Div,
        NodeTag::Mod => Tag::ModRem,
        NodeTag::ShlSat => Tag::ShlSat,
        NodeTag::BitAnd => Tag::BitAnd,
        NodeTag::BitOr => Tag::BitOr,
        NodeTag::BitXor => Tag::Xor,
        NodeTag::BangEqual => Tag::CmpNeq,
        NodeTag::EqualEqual => Tag::CmpEq,
        NodeTag::GreaterThan => Tag::CmpGt,
        NodeTag::GreaterOrEqual => Tag::CmpGte,
        NodeTag::LessThan => Tag::CmpLt,
        NodeTag::LessOrEqual => Tag::CmpLte,
        NodeTag::ArrayCat => Tag::ArrayCat,
        _ => return None,
    })
}

/// Where a pointer to a part is wanted, the pointer to the whole.
fn pointer_to_whole(ri: ResultInfo) -> ResultInfo {
    ResultInfo::rl(match ri.rl {
        Loc::RefConst => Loc::RefConst,
        _ => Loc::Ref,
    })
}

impl<'a> AstGen<'a> {
    /// Most binary operators. A chain of them leans to the left and may be long: it is walked with a list,
    /// not by recursion.
    #[inline(never)]
    pub(crate) fn simple_bin_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let top = self.scratch.len();
        let mut operator = node;
        let leaf = loop {
            self.check_no_string_comparison(operator)?;
            let lhs = self.tree.node_data(operator).lhs;
            if bin_op_tag(self.tree.node_tag(lhs)).is_none() {
                break lhs;
            }
            self.scratch.push(operator);
            operator = lhs;
        };
        let mut lhs = self.expr(gz, scope, ResultInfo::NONE, leaf)?;
        let mut lhs_node = leaf;
        loop {
            if self.ref_is_no_return(lhs) {
                self.report_unreachable(lhs_node, operator);
            }
            let op_ri = if operator == node {
                ri
            } else {
                ResultInfo::NONE
            };
            lhs = self.bin_op_rhs(gz, scope, op_ri, operator, lhs)?;
            if self.scratch.len() == top {
                return Ok(lhs);
            }
            lhs_node = operator;
            match self.scratch.pop() {
                Some(outer) => operator = outer,
                None => return Ok(lhs),
            }
        }
    }

    fn check_no_string_comparison(&mut self, node: NodeIndex) -> InnerResult<()> {
        let tree = self.tree;
        let operator = match tree.node_tag(node) {
            NodeTag::EqualEqual => "==",
            NodeTag::BangEqual => "!=",
            _ => return Ok(()),
        };
        let data = tree.node_data(node);
        if tree.node_tag(data.lhs) == NodeTag::StringLiteral
            || tree.node_tag(data.rhs) == NodeTag::StringLiteral
        {
            return Err(self.fail_node(
                node,
                [
                    b"cannot compare strings with ".as_slice(),
                    operator.as_bytes(),
                ],
            ));
        }
        Ok(())
    }

    fn bin_op_rhs(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs: Ref,
    ) -> InnerResult<Ref> {
        let Some(tag) = bin_op_tag(self.tree.node_tag(node)) else {
            return Err(self.fail_node(node, "expected expression"));
        };
        let cursor =
            may_be_unsafe(tag).then(|| self.maybe_advance_source_cursor_to_main_token(gz, node));
        let rhs = self.reachable_expr(
            gz,
            scope,
            ResultInfo::NONE,
            self.tree.node_data(node).rhs,
            node,
        )?;
        if let Some(cursor) = cursor {
            self.emit_dbg_stmt(gz, cursor);
        }
        let result = self.add_pl_node(gz, tag, node, &payload::Bin { lhs, rhs });
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn array_mult(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        // The result type lets semantic analysis coerce before it multiplies.
        let res_ty = self.result_type(ri.rl, gz, node)?.unwrap_or(Ref::NONE);
        let lhs = self.expr(gz, scope, ResultInfo::NONE, data.lhs)?;
        let rhs = self.comptime_expr(
            gz,
            scope,
            USIZE,
            data.rhs,
            SimpleComptimeReason::ArrayMulFactor,
        )?;
        let result = self.add_pl_node(
            gz,
            Tag::ArrayMul,
            node,
            &payload::ArrayMul { res_ty, lhs, rhs },
        );
        self.rvalue(gz, ri, result, node)
    }

    /// `A!B` and `A || B`.
    #[inline(never)]
    pub(crate) fn bin_type_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let lhs = self.reachable_type_expr(gz, scope, data.lhs, node)?;
        let rhs = self.reachable_type_expr(gz, scope, data.rhs, node)?;
        let result = self.add_pl_node(gz, tag, node, &payload::Bin { lhs, rhs });
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn negation(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let operand_node = self.tree.node_data(node).lhs;
        // The sign of a literal belongs to the literal: there is a negative zero.
        if self.tree.node_tag(operand_node) == NodeTag::NumberLiteral {
            return self.number_literal(gz, ri, operand_node, node, Sign::Negative);
        }
        let operand = self.expr(gz, scope, ResultInfo::NONE, operand_node)?;
        let result = self.add_un_node(gz, Tag::Negate, operand, node);
        self.rvalue(gz, ri, result, node)
    }

    /// Whether two identifiers are the same name, however they are written.
    pub(crate) fn token_ident_eql(
        &mut self,
        token1: TokenIndex,
        token2: TokenIndex,
    ) -> InnerResult<bool> {
        let name1 = self.identifier_token_string(token1)?;
        let name2 = self.identifier_token_string(token2)?;
        Ok(name1 == name2)
    }

    pub(crate) fn simple_str_tok(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        ident_token: TokenIndex,
        node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let str_index = self.ident_as_string(ident_token)?;
        let result = self.add_str_tok(gz, tag, str_index, ident_token);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn field_access(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        if wants_ref(ri) {
            let lhs_ri = pointer_to_whole(ri);
            return self.add_field_access(Tag::FieldPtr, gz, scope, lhs_ri, node);
        }
        let (tag, lhs_ri) = if self.rules.elements_are_loaded_through_pointers {
            (Tag::FieldPtrLoad, ResultInfo::rl(Loc::RefConst))
        } else {
            (Tag::FieldVal, ResultInfo::NONE)
        };
        let access = self.add_field_access(tag, gz, scope, lhs_ri, node)?;
        self.rvalue(gz, ri, access, node)
    }

    /// `a.b.c` leans to the left like the operators. Names are interned on the way in, accesses emitted on
    /// the way out.
    #[inline(never)]
    pub(crate) fn add_field_access(
        &mut self,
        tag: Tag,
        gz: BlockId,
        scope: ScopeId,
        lhs_ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let top = self.scratch.len();
        let mut access = node;
        let mut name = self.field_name_of(access)?;
        let object = loop {
            let lhs = self.tree.node_data(access).lhs;
            if self.tree.node_tag(lhs) != NodeTag::FieldAccess {
                break lhs;
            }
            self.scratch.extend([access, name.0]);
            access = lhs;
            name = self.field_name_of(access)?;
        };
        // All accesses but the outermost are lowered with `lhs_ri`, as a field access of their own.
        let inner_tag = if wants_ref(lhs_ri) {
            Tag::FieldPtr
        } else {
            Tag::FieldVal
        };
        let mut lhs = self.expr(gz, scope, lhs_ri, object)?;
        loop {
            let cursor = self.maybe_advance_source_cursor_to_main_token(gz, access);
            self.emit_dbg_stmt(gz, cursor);
            let is_outermost = self.scratch.len() == top;
            let access_tag = if is_outermost { tag } else { inner_tag };
            let field = payload::Field {
                lhs,
                field_name_start: name,
            };
            lhs = self.add_pl_node(gz, access_tag, access, &field);
            if is_outermost {
                return Ok(lhs);
            }
            if !wants_ref(lhs_ri) {
                lhs = self.rvalue(gz, lhs_ri, lhs, access)?;
            }
            name = NullTerminatedString(self.scratch.pop().unwrap_or_default());
            access = self.scratch.pop().unwrap_or_default();
        }
    }

    fn field_name_of(&mut self, node: NodeIndex) -> InnerResult<NullTerminatedString> {
        self.ident_as_string(self.tree.main_token(node) + 1)
    }

    #[inline(never)]
    pub(crate) fn array_access(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let by_ref = wants_ref(ri);
        let (tag, lhs_ri) = if by_ref {
            (Tag::ElemPtrNode, pointer_to_whole(ri))
        } else if self.rules.elements_are_loaded_through_pointers {
            (Tag::ElemPtrLoad, ResultInfo::rl(Loc::RefConst))
        } else {
            (Tag::ElemValNode, ResultInfo::NONE)
        };
        let lhs = self.expr(gz, scope, lhs_ri, data.lhs)?;
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        let rhs = self.expr(gz, scope, USIZE, data.rhs)?;
        self.emit_dbg_stmt(gz, cursor);
        let result = self.add_pl_node(gz, tag, node, &payload::Bin { lhs, rhs });
        if by_ref {
            return Ok(result);
        }
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn deref(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let lhs = self.expr(gz, scope, ResultInfo::NONE, self.tree.node_data(node).lhs)?;
        if self.rules.deref_is_one_instruction {
            if wants_ref(ri) {
                return Ok(self.add_un_node(gz, Tag::RefDeref, lhs, node));
            }
            let result = self.add_un_node(gz, Tag::Deref, lhs, node);
            return self.rvalue(gz, ri, result, node);
        }
        self.add_un_node(gz, Tag::ValidateDeref, lhs, node);
        if wants_ref(ri) {
            return Ok(lhs);
        }
        let result = self.add_un_node(gz, Tag::Load, lhs, node);
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn address_of(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let operand_rl = match self.result_type(ri.rl, gz, node)? {
            Some(res_ty) => {
                let first = self.tree.first_token(node);
                self.add_un_tok(gz, Tag::ValidateRefTy, res_ty, first);
                Loc::RefCoercedTy(res_ty)
            }
            None => Loc::Ref,
        };
        let ctx = match ri.ctx {
            Context::Return if self.rules.address_of_local_is_not_returned => Context::ReturnAddrof,
            _ => Context::None,
        };
        let operand_ri = ResultInfo {
            rl: operand_rl,
            ctx,
        };
        let result = self.expr(gz, scope, operand_ri, self.tree.node_data(node).lhs)?;
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn optional_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let operand = self.type_expr(gz, scope, self.tree.node_data(node).lhs)?;
        let result = self.add_un_node(gz, Tag::OptionalType, operand, node);
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn unwrap_optional(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let by_ref = wants_ref(ri);
        let lhs_ri = if by_ref {
            pointer_to_whole(ri)
        } else {
            ResultInfo::NONE
        };
        let lhs = self.expr(gz, scope, lhs_ri, self.tree.node_data(node).lhs)?;
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        self.emit_dbg_stmt(gz, cursor);
        if by_ref {
            return Ok(self.add_un_node(gz, Tag::OptionalPayloadSafePtr, lhs, node));
        }
        let result = self.add_un_node(gz, Tag::OptionalPayloadSafe, lhs, node);
        self.rvalue(gz, ri, result, node)
    }

    /// All forms of `a[start..end :sentinel]`.
    #[inline(never)]
    pub(crate) fn slice_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let Some(full) = tree.full_slice(node) else {
            return Err(self.fail_node(node, "expected expression"));
        };
        let slice = full.ast;
        if slice.end != 0
            && tree.node_tag(slice.sliced) == NodeTag::SliceOpen
            && classify::node_is_trivially_zero(tree, slice.start)
            && let Some(open) = tree.full_slice(slice.sliced)
        {
            // `a[start..][0..len]`
            let lhs = self.expr(gz, scope, ResultInfo::rl(Loc::Ref), open.ast.sliced)?;
            let start = self.expr(gz, scope, USIZE, open.ast.start)?;
            let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
            let len = self.expr(gz, scope, USIZE, slice.end)?;
            let sentinel = match slice.sentinel {
                0 => Ref::NONE,
                sentinel if self.rules.sentinel_of_slice_by_length_is_typed => {
                    let ty = self.add_un_node(gz, Tag::SliceSentinelTy, lhs, node);
                    self.expr(gz, scope, ResultInfo::coerced(ty), sentinel)?
                }
                sentinel => self.expr(gz, scope, ResultInfo::NONE, sentinel)?,
            };
            self.emit_dbg_stmt(gz, cursor);
            let start_src_node_offset = self.node_index_to_relative(gz, slice.sliced);
            let operands = payload::SliceLength {
                lhs,
                start,
                len,
                sentinel,
                start_src_node_offset,
            };
            let result = self.add_pl_node(gz, Tag::SliceLength, node, &operands);
            return self.rvalue(gz, ri, result, node);
        }

        let lhs = self.expr(gz, scope, ResultInfo::rl(Loc::Ref), slice.sliced)?;
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        let start = self.expr(gz, scope, USIZE, slice.start)?;
        let end = match slice.end {
            0 => Ref::NONE,
            end => self.expr(gz, scope, USIZE, end)?,
        };
        let sentinel = match slice.sentinel {
            0 => Ref::NONE,
            sentinel => {
                let sentinel_ty = self.add_un_node(gz, Tag::SliceSentinelTy, lhs, node);
                self.expr(
                    gz,
                    scope,
                    ResultInfo::rl(Loc::CoercedTy(sentinel_ty)),
                    sentinel,
                )?
            }
        };
        self.emit_dbg_stmt(gz, cursor);
        let result = if sentinel != Ref::NONE {
            self.add_pl_node(
                gz,
                Tag::SliceSentinel,
                node,
                &payload::SliceSentinel {
                    lhs,
                    start,
                    end,
                    sentinel,
                },
            )
        } else if end != Ref::NONE {
            self.add_pl_node(
                gz,
                Tag::SliceEnd,
                node,
                &payload::SliceEnd { lhs, start, end },
            )
        } else {
            self.add_pl_node(
                gz,
                Tag::SliceStart,
                node,
                &payload::SliceStart { lhs, start },
            )
        };
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn ptr_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let Some(ptr_info) = self.tree.full_ptr_type(node) else {
            return Err(self.fail_node(node, "expected expression"));
        };
        let size = match ptr_info.size {
            PtrSize::One => PointerSize::One,
            PtrSize::Many => PointerSize::Many,
            PtrSize::Slice => PointerSize::Slice,
            PtrSize::C => PointerSize::C,
        };
        if size == PointerSize::C
            && let Some(token) = ptr_info.allowzero_token
        {
            return Err(self.fail_tok(token, "C pointers always allow address zero"));
        }
        if let Some(token) = ptr_info.duplicate_token {
            return Err(self.fail_tok(token, "Extra pointer qualifier"));
        }

        // The attributes stand before the element type, which their types may depend on: the cursor goes back
        // for each.
        let start: SourceCursor = self.save_source_cursor();
        let elem_type = self.type_expr(gz, scope, ptr_info.ast.child_type)?;
        let mut sentinel = Ref::NONE;
        let mut align = Ref::NONE;
        let mut addrspace = Ref::NONE;
        let mut bit_range = None;
        if ptr_info.ast.sentinel != 0 {
            self.restore_source_cursor(start);
            let reason = match size {
                PointerSize::Slice => SimpleComptimeReason::SliceSentinel,
                _ => SimpleComptimeReason::PointerSentinel,
            };
            let ri = ResultInfo::rl(Loc::Ty(elem_type));
            sentinel = self.comptime_expr(gz, scope, ri, ptr_info.ast.sentinel, reason)?;
        }
        if ptr_info.ast.addrspace_node != 0 {
            self.restore_source_cursor(start);
            let operand = ptr_info.ast.addrspace_node;
            let ty = self.add_builtin_value(gz, operand, BuiltinValue::AddressSpace);
            let ri = ResultInfo::rl(Loc::CoercedTy(ty));
            addrspace =
                self.comptime_expr(gz, scope, ri, operand, SimpleComptimeReason::Addrspace)?;
        }
        if ptr_info.ast.align_node != 0 {
            self.restore_source_cursor(start);
            let ri = ResultInfo::COERCED_ALIGN;
            align = self.comptime_expr(
                gz,
                scope,
                ri,
                ptr_info.ast.align_node,
                SimpleComptimeReason::Align,
            )?;
        }
        if ptr_info.ast.bit_range_start != 0 {
            let reason = SimpleComptimeReason::Type;
            let bit_start =
                self.comptime_expr(gz, scope, U16, ptr_info.ast.bit_range_start, reason)?;
            let bit_end = self.comptime_expr(gz, scope, U16, ptr_info.ast.bit_range_end, reason)?;
            bit_range = Some([bit_start, bit_end]);
        }

        let src_node = self.node_index_to_relative(gz, node);
        let payload_index = self.add_extra(&payload::PtrType {
            elem_type,
            src_node,
        });
        for attribute in [sentinel, align, addrspace] {
            if attribute != Ref::NONE {
                self.append_refs(&[attribute]);
            }
        }
        if let Some(bits) = bit_range {
            self.append_refs(&bits);
        }
        let flags = PtrTypeFlags {
            is_allowzero: ptr_info.allowzero_token.is_some(),
            is_mutable: ptr_info.const_token.is_none(),
            is_volatile: ptr_info.volatile_token.is_some(),
            has_sentinel: sentinel != Ref::NONE,
            has_align: align != Ref::NONE,
            has_addrspace: addrspace != Ref::NONE,
            has_bit_range: bit_range.is_some(),
        };
        let result = self.add(gz, Tag::PtrType, Data::ptr_type(flags, size, payload_index));
        self.rvalue(gz, ri, result, node)
    }

    fn check_array_len_known(&mut self, len_node: NodeIndex) -> InnerResult<()> {
        let tree = self.tree;
        if tree.node_tag(len_node) == NodeTag::Identifier
            && tree.token_slice(tree.main_token(len_node)) == b"_"
        {
            return Err(self.fail_node(len_node, "unable to infer array size"));
        }
        Ok(())
    }

    #[inline(never)]
    pub(crate) fn array_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        self.check_array_len_known(data.lhs)?;
        let reason = Some(SimpleComptimeReason::Type);
        let len = self.reachable_expr_comptime(gz, scope, USIZE, data.lhs, node, reason)?;
        let elem_type = self.type_expr(gz, scope, data.rhs)?;
        let result = self.add_pl_node(
            gz,
            Tag::ArrayType,
            node,
            &payload::Bin {
                lhs: len,
                rhs: elem_type,
            },
        );
        self.rvalue(gz, ri, result, node)
    }

    #[inline(never)]
    pub(crate) fn array_type_sentinel(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let data = self.tree.node_data(node);
        let parts = self.tree.extra_data::<extra::ArrayTypeSentinel>(data.rhs);
        self.check_array_len_known(data.lhs)?;
        let reason = Some(SimpleComptimeReason::ArrayLength);
        let len = self.reachable_expr_comptime(gz, scope, USIZE, data.lhs, node, reason)?;
        let saved_cursor = self.save_source_cursor();
        let elem_type = self.type_expr(gz, scope, parts.elem_type)?;
        if self.rules.cursor_returns_before_sentinels {
            self.restore_source_cursor(saved_cursor);
        }
        let sentinel_ri = ResultInfo::rl(Loc::CoercedTy(elem_type));
        let reason = Some(SimpleComptimeReason::ArraySentinel);
        let sentinel =
            self.reachable_expr_comptime(gz, scope, sentinel_ri, parts.sentinel, node, reason)?;
        let operands = payload::ArrayTypeSentinel {
            len,
            elem_type,
            sentinel,
        };
        let result = self.add_pl_node(gz, Tag::ArrayTypeSentinel, node, &operands);
        self.rvalue(gz, ri, result, node)
    }

    /// A builtin of one floating point number.
    pub(crate) fn float_un_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        if !self.rules.float_builtins_pass_their_type_down {
            return self.inferred_un_op(gz, scope, ri, node, operand_node, tag);
        }
        let operand_rl = match self.result_type(ri.rl, gz, node)? {
            Some(operand) => {
                let node = self.node_index_to_relative(gz, node);
                let payload = payload::UnNode { node, operand };
                Loc::Ty(self.add_extended_payload(gz, Extended::FloatOpResultTy, &payload))
            }
            None => Loc::None,
        };
        let operand = self.expr(gz, scope, ResultInfo::rl(operand_rl), operand_node)?;
        let result = self.add_un_node(gz, tag, operand, node);
        self.rvalue(gz, ri, result, node)
    }

    /// A builtin that rounds; with a result type it may yield an integer.
    pub(crate) fn float_round_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        op: RoundOp,
    ) -> InnerResult<Ref> {
        let tag = match op {
            RoundOp::Round => Tag::Round,
            RoundOp::Floor => Tag::Floor,
            RoundOp::Ceil => Tag::Ceil,
            RoundOp::Trunc => Tag::Trunc,
        };
        if !self.rules.float_builtins_pass_their_type_down {
            return self.inferred_un_op(gz, scope, ri, node, operand_node, tag);
        }
        let Some(dest_type) = self.result_type(ri.rl, gz, node)? else {
            return self.float_un_op(gz, scope, ri, node, operand_node, tag);
        };
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        let src_node = self.node_index_to_relative(gz, node);
        let payload = payload::UnNode {
            node: src_node,
            operand: dest_type,
        };
        let operand_ty = self.add_extended_payload(gz, Extended::RoundOpTy, &payload);
        let operand = self.expr(gz, scope, ResultInfo::coerced(operand_ty), operand_node)?;
        self.emit_dbg_stmt(gz, cursor);
        let payload = payload::BinNode {
            node: src_node,
            lhs: dest_type,
            rhs: operand,
        };
        let result = self.add_extended_payload_small(gz, Extended::RoundOp, op as u16, &payload);
        self.rvalue(gz, ri, result, node)
    }
}
