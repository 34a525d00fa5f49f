//! The builtin functions that need more than a row of [`AstGen::builtin_call`], each in a function of its
//! own.

use syntax::{NodeIndex, NodeTag};
use zir::small::FullPtrCastFlags;
use zir::{BuiltinValue, Data, Extended, Payload, Ref, SimpleComptimeReason, Tag, payload};

use crate::blocks::BlockKind;
use crate::builtin_fn::{BuiltinFn, BuiltinTag};
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};

/// Which of the two `min_max` lowers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MinMax {
    Min,
    Max,
}

impl AstGen<'_> {
    pub(crate) fn import_builtin(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
    ) -> InnerResult<Ref> {
        if self.tree.node_tag(operand_node) != NodeTag::StringLiteral {
            return Err(self.fail_node(operand_node, "@import operand must be a string literal"));
        }
        let str_lit_token = self.tree.main_token(operand_node);
        let str = self.str_lit_as_string(str_lit_token)?;
        let start = str.index.0 as usize;
        if self.string_bytes[start..start + str.len as usize].contains(&0) {
            return Err(self.fail_tok(str_lit_token, "import path cannot contain null bytes"));
        }
        if str.len == 0 {
            return Err(self.fail_tok(str_lit_token, "import path cannot be empty"));
        }
        let res_ty = self.result_type(ri.rl, gz, node)?.unwrap_or(Ref::NONE);
        let payload_index = self.add_extra(&payload::Import {
            res_ty,
            path: str.index,
        });
        let src_tok = self.token_index_to_relative(gz, str_lit_token);
        let result = self.add(gz, Tag::Import, Data::pl_tok(src_tok, payload_index));
        self.add_import(str.index, str_lit_token);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn src_builtin(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        // A change of place must lead to a new analysis. What is hashed is where the cursor has come to so
        // far.
        self.src_hasher.update(&self.cursor.line.to_le_bytes());
        self.src_hasher.update(&self.cursor.column.to_le_bytes());

        self.advance_source_cursor(self.tree.token_start(self.tree.first_token(node)));
        let src = payload::Src {
            node: self.node_index_to_relative(gz, node),
            line: self.cursor.line,
            column: self.cursor.column,
        };
        let result = self.add_extended_payload(gz, Extended::BuiltinSrc, &src);
        self.rvalue(gz, ri, result, node)
    }

    /// `@Type`
    pub(crate) fn type_builtin(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let strategy = self.take_name_strategy(gz);
        let type_info_ty = self.add_builtin_value(gz, node, BuiltinValue::TypeInfo);
        let operand = self.expr(gz, scope, ResultInfo::coerced(type_info_ty), operand_node)?;
        // The node is absolute: the type's identity depends on it.
        let payload_index = self.add_extra(&payload::Reify {
            node,
            operand,
            src_line: self.cursor.line,
        });
        let data = Data::extended(self.format, Extended::Reify, strategy as u16, payload_index);
        let result = self.add(gz, Tag::Extended, data);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn as_(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs: NodeIndex,
        rhs: NodeIndex,
    ) -> InnerResult<Ref> {
        let dest_type = self.type_expr(gz, scope, lhs)?;
        let result = self.reachable_expr(gz, scope, ResultInfo::typed(dest_type), rhs, node)?;
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn union_init(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let union_type = self.type_expr(gz, scope, params[0])?;
        let field_name = {
            use SimpleComptimeReason::{UnionFieldName, UnionFieldNames};
            let reason = self.reason(UnionFieldName, UnionFieldNames);
            self.field_name(gz, scope, params[1], reason)?
        };
        let payload = payload::FieldTypeRef {
            container_type: union_type,
            field_name,
        };
        let field_type = self.add_pl_node(gz, Tag::FieldTypeRef, node, &payload);
        let init =
            self.reachable_expr(gz, scope, ResultInfo::typed(field_type), params[2], node)?;
        self.pl_node(
            gz,
            ri,
            node,
            Tag::UnionInit,
            &payload::UnionInit {
                union_type,
                field_name,
                init,
            },
        )
    }

    pub(crate) fn bit_cast(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let cursor = if self.rules.bit_cast_marks_its_line {
            Some(self.maybe_advance_source_cursor_to_main_token(gz, node))
        } else {
            None
        };
        let dest_type = self.result_type_for_cast(ri.rl, gz, node, b"@bitCast")?;
        let operand = self.reachable_expr(gz, scope, ResultInfo::NONE, operand_node, node)?;
        if let Some(cursor) = cursor {
            self.emit_dbg_stmt(gz, cursor);
        }
        self.pl_node(
            gz,
            ri,
            node,
            Tag::Bitcast,
            &payload::Bin {
                lhs: dest_type,
                rhs: operand,
            },
        )
    }

    /// Any nest of `@ptrCast`, `@alignCast`, `@addrSpaceCast`, `@constCast` and `@volatileCast` is one
    /// operation: there are no result types between them.
    pub(crate) fn ptr_cast(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        root_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let mut flags = FullPtrCastFlags::default();
        let mut node = root_node;
        // All casts have one parameter, so this form of call is the only one to look for.
        loop {
            let data = self.tree.node_data(node);
            match self.tree.node_tag(node) {
                NodeTag::BuiltinCallTwo | NodeTag::BuiltinCallTwoComma => {}
                NodeTag::GroupedExpression => {
                    node = data.lhs;
                    continue;
                }
                _ => break,
            }
            if data.lhs == 0 {
                break;
            }
            let name = self.tree.token_slice(self.tree.main_token(node));
            let Some(info) = BuiltinFn::get(self.format.generation, name) else {
                break;
            };
            if data.rhs != 0 {
                if info.tag != BuiltinTag::FieldParentPtr || flags.ptr_cast {
                    break;
                }
                // It takes qualifier casts around it along.
                let cursor = self.maybe_advance_source_cursor_to_main_token(gz, root_node);
                let parent_ptr_type =
                    self.result_type_for_cast(ri.rl, gz, root_node, b"@alignCast")?;
                let field_name =
                    self.field_name(gz, scope, data.lhs, SimpleComptimeReason::FieldName)?;
                let field_ptr = self.expr(gz, scope, ResultInfo::NONE, data.rhs)?;
                self.emit_dbg_stmt(gz, cursor);
                let src_node = self.node_index_to_relative(gz, node);
                let payload = payload::FieldParentPtr {
                    src_node,
                    parent_ptr_type,
                    field_name,
                    field_ptr,
                };
                let result = self.add_extended_payload_small(
                    gz,
                    Extended::FieldParentPtr,
                    flags.to_bits(),
                    &payload,
                );
                return self.rvalue(gz, ri, result, root_node);
            }
            let flag = match info.tag {
                BuiltinTag::PtrCast => &mut flags.ptr_cast,
                BuiltinTag::AlignCast => &mut flags.align_cast,
                BuiltinTag::AddrspaceCast => &mut flags.addrspace_cast,
                BuiltinTag::ConstCast => &mut flags.const_cast,
                BuiltinTag::VolatileCast => &mut flags.volatile_cast,
                _ => break,
            };
            if *flag {
                return Err(self.fail_node(node, [b"redundant ".as_slice(), name]));
            }
            *flag = true;
            node = data.lhs;
        }

        if flags
            == (FullPtrCastFlags {
                ptr_cast: true,
                ..FullPtrCastFlags::default()
            })
        {
            return self.type_cast(gz, scope, ri, root_node, node, Tag::PtrCast, b"@ptrCast");
        }
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, root_node);
        let Some(builtin_name) = flags.need_result_type_builtin_name() else {
            // Only qualifiers go away: the result type follows from the operand's.
            let operand = self.expr(gz, scope, ResultInfo::NONE, node)?;
            self.emit_dbg_stmt(gz, cursor);
            let src_node = self.node_index_to_relative(gz, root_node);
            let payload = payload::UnNode {
                node: src_node,
                operand,
            };
            let result = self.add_extended_payload_small(
                gz,
                Extended::PtrCastNoDest,
                flags.to_bits(),
                &payload,
            );
            return self.rvalue(gz, ri, result, root_node);
        };
        let result_type =
            self.result_type_for_cast(ri.rl, gz, root_node, builtin_name.as_bytes())?;
        let operand = self.expr(gz, scope, ResultInfo::NONE, node)?;
        self.emit_dbg_stmt(gz, cursor);
        let src_node = self.node_index_to_relative(gz, root_node);
        let payload = payload::BinNode {
            node: src_node,
            lhs: result_type,
            rhs: operand,
        };
        let result =
            self.add_extended_payload_small(gz, Extended::PtrCastFull, flags.to_bits(), &payload);
        self.rvalue(gz, ri, result, root_node)
    }

    pub(crate) fn type_of(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        args: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let mark = self.mark();
        if args.is_empty() {
            return Err(self.fail_node(node, "expected at least 1 argument, found 0"));
        }
        if let [arg] = *args {
            let typeof_inst = self.make_block_inst(Tag::TypeofBuiltin, gz, node);
            let typeof_gz = self.make_sub_block(gz, scope);
            let block = &mut self.blocks[typeof_gz];
            block.is_comptime = false;
            block.is_typeof = true;
            block.c_import = false;
            let typeof_scope = self.scope_of(typeof_gz);
            let operand =
                self.reachable_expr(typeof_gz, typeof_scope, ResultInfo::NONE, arg, node)?;
            if !self.ref_is_no_return(operand) {
                self.add_break(typeof_gz, Tag::BreakInline, typeof_inst, operand);
            }
            self.set_block_body(typeof_gz, typeof_inst);
            self.release(mark);
            self.stack.push(typeof_inst);
            return self.rvalue(gz, ri, typeof_inst.to_ref(), node);
        }

        let payload_index = self.reserve_extra(payload::TypeOfPeer::len(self.format) + args.len());
        let operands = payload_index as usize + payload::TypeOfPeer::len(self.format);
        let data = Data::extended(
            self.format,
            Extended::TypeofPeer,
            args.len() as u16,
            payload_index,
        );
        let typeof_inst = self.add_as_index(gz, Tag::Extended, data);

        let typeof_gz = self.make_sub_block(gz, scope);
        self.blocks[typeof_gz].is_comptime = false;
        let typeof_scope = self.scope_of(typeof_gz);
        for (i, &arg) in args.iter().enumerate() {
            let operand =
                self.reachable_expr(typeof_gz, typeof_scope, ResultInfo::NONE, arg, node)?;
            self.extra[operands + i] = self.format.ref_word(operand);
        }
        self.add_break(typeof_gz, Tag::BreakInline, typeof_inst, Ref::VOID_VALUE);

        let body = self.instructions_slice(typeof_gz);
        let body_len = self.count_body_len_after_fixups(body.clone());
        let body_index = self.extra.len() as u32;
        let src_node = self.node_index_to_relative(gz, node);
        self.set_extra(
            payload_index,
            &payload::TypeOfPeer {
                src_node,
                body_len,
                body_index,
            },
        );
        self.append_body_with_fixups(body);
        self.unstack(typeof_gz);
        self.release(mark);
        self.rvalue(gz, ri, typeof_inst.to_ref(), node)
    }

    pub(crate) fn min_max(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        args: &[NodeIndex],
        op: MinMax,
    ) -> InnerResult<Ref> {
        if args.len() < 2 {
            let message = format_args!("expected at least 2 arguments, found {}", args.len());
            return Err(self.fail_node(node, message));
        }
        if let [a, b] = *args {
            let lhs = self.expr(gz, scope, ResultInfo::NONE, a)?;
            let rhs = self.expr(gz, scope, ResultInfo::NONE, b)?;
            let tag = if op == MinMax::Min {
                Tag::Min
            } else {
                Tag::Max
            };
            return self.pl_node(gz, ri, node, tag, &payload::Bin { lhs, rhs });
        }
        let opcode = if op == MinMax::Min {
            Extended::MinMulti
        } else {
            Extended::MaxMulti
        };
        self.node_multi_op(gz, scope, ri, node, args, opcode)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn has_decl_or_field(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs_node: NodeIndex,
        rhs_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let lhs = self.type_expr(gz, scope, lhs_node)?;
        let reason = match tag {
            Tag::HasDecl => SimpleComptimeReason::DeclName,
            _ => SimpleComptimeReason::FieldName,
        };
        let rhs = self.field_name(gz, scope, rhs_node, reason)?;
        self.pl_node(gz, ri, node, tag, &payload::Bin { lhs, rhs })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn type_cast(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        tag: Tag,
        builtin_name: &[u8],
    ) -> InnerResult<Ref> {
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        let result_type = self.result_type_for_cast(ri.rl, gz, node, builtin_name)?;
        let operand = self.expr(gz, scope, ResultInfo::NONE, operand_node)?;
        self.emit_dbg_stmt(gz, cursor);
        self.pl_node(
            gz,
            ri,
            node,
            tag,
            &payload::Bin {
                lhs: result_type,
                rhs: operand,
            },
        )
    }

    pub(crate) fn simple_un_op_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let operand = self.type_expr(gz, scope, operand_node)?;
        let result = self.add_un_node(gz, tag, operand, node);
        self.rvalue(gz, ri, result, node)
    }

    /// [`AstGen::simple_un_op`] with an operand of any type.
    pub(crate) fn inferred_un_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        self.simple_un_op(gz, scope, ri, node, ResultInfo::NONE, operand_node, tag)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn simple_un_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_ri: ResultInfo,
        operand_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        let operand = if tag == Tag::CompileError {
            let reason = SimpleComptimeReason::CompileErrorString;
            self.comptime_expr(gz, scope, operand_ri, operand_node, reason)?
        } else {
            self.expr(gz, scope, operand_ri, operand_node)?
        };
        // Those that have a safety check.
        if matches!(tag, Tag::TagName | Tag::ErrorName | Tag::IntFromPtr) {
            self.emit_dbg_stmt(gz, cursor);
        }
        let result = self.add_un_node(gz, tag, operand, node);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn cmpxchg(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
        small: u16,
    ) -> InnerResult<Ref> {
        let int_type = self.type_expr(gz, scope, params[0])?;
        let order_ty = self.add_builtin_value(gz, node, BuiltinValue::AtomicOrder);
        let ptr = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
        let expected_value = self.expr(gz, scope, ResultInfo::typed(int_type), params[2])?;
        let new_value = self.expr(gz, scope, ResultInfo::coerced(int_type), params[3])?;
        let success_order = self.expr(gz, scope, ResultInfo::coerced(order_ty), params[4])?;
        let failure_order = self.expr(gz, scope, ResultInfo::coerced(order_ty), params[5])?;
        let src_node = self.node_index_to_relative(gz, node);
        let payload = payload::Cmpxchg {
            node: src_node,
            ptr,
            expected_value,
            new_value,
            success_order,
            failure_order,
        };
        let result = self.add_extended_payload_small(gz, Extended::Cmpxchg, small, &payload);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn bit_builtin(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let operand = self.expr(gz, scope, ResultInfo::NONE, operand_node)?;
        let result = self.add_un_node(gz, tag, operand, node);
        self.rvalue(gz, ri, result, node)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn div_builtin(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs_node: NodeIndex,
        rhs_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
        let lhs = self.expr(gz, scope, ResultInfo::NONE, lhs_node)?;
        let rhs = self.expr(gz, scope, ResultInfo::NONE, rhs_node)?;
        self.emit_dbg_stmt(gz, cursor);
        self.pl_node(gz, ri, node, tag, &payload::Bin { lhs, rhs })
    }

    pub(crate) fn simple_c_builtin(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        opcode: Extended,
    ) -> InnerResult<Ref> {
        let (what, reason) = match opcode {
            Extended::CUndef => ("C undef", SimpleComptimeReason::OperandCUndefMacroName),
            _ => ("C include", SimpleComptimeReason::OperandCIncludeFileName),
        };
        if !self.blocks[gz].c_import {
            let message = format_args!("{what} valid only inside C import block");
            return Err(self.fail_node(node, message));
        }
        let operand =
            self.comptime_expr(gz, scope, ResultInfo::COERCED_STRING, operand_node, reason)?;
        self.add_extended_un_node(gz, node, opcode, operand);
        self.rvalue(gz, ri, Ref::VOID_VALUE, node)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn offset_of(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs_node: NodeIndex,
        rhs_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let lhs = self.type_expr(gz, scope, lhs_node)?;
        let rhs = self.field_name(gz, scope, rhs_node, SimpleComptimeReason::FieldName)?;
        self.pl_node(gz, ri, node, tag, &payload::Bin { lhs, rhs })
    }

    /// Shift operators and the builtins `@shlExact` and `@shrExact`; only the operators get a debug
    /// statement.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn shift_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        lhs_node: NodeIndex,
        rhs_node: NodeIndex,
        tag: Tag,
    ) -> InnerResult<Ref> {
        let lhs = self.expr(gz, scope, ResultInfo::NONE, lhs_node)?;
        let cursor = match self.tree.node_tag(node) {
            NodeTag::Shl | NodeTag::Shr => {
                Some(self.maybe_advance_source_cursor_to_main_token(gz, node))
            }
            _ => None,
        };
        let log2_int_type = self.add_un_node(gz, Tag::TypeofLog2IntType, lhs, lhs_node);
        let rhs_ri = ResultInfo {
            rl: Loc::Ty(log2_int_type),
            ctx: Context::ShiftOp,
        };
        let rhs = self.expr(gz, scope, rhs_ri, rhs_node)?;
        if let Some(cursor) = cursor {
            self.emit_dbg_stmt(gz, cursor);
        }
        self.pl_node(gz, ri, node, tag, &payload::Bin { lhs, rhs })
    }

    pub(crate) fn c_import(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        body_node: NodeIndex,
    ) -> InnerResult<Ref> {
        if self.blocks[gz].c_import {
            return Err(self.fail_node(node, "cannot nest @cImport"));
        }
        let mark = self.mark();
        let block_gz = self.make_sub_block(gz, scope);
        self.blocks[block_gz].is_comptime = true;
        self.blocks[block_gz].c_import = true;
        let block_scope = self.scope_of(block_gz);
        let block_inst = self.make_block_inst(Tag::CImport, gz, node);
        let result = self.full_body_expr(
            block_gz,
            block_scope,
            ResultInfo::NONE,
            body_node,
            BlockKind::Normal,
        )?;
        // It lands in the body, which is still open.
        self.add_un_node(gz, Tag::EnsureResultUsed, result, node);
        if !self.ref_is_no_return(result) {
            self.add_break(block_gz, Tag::BreakInline, block_inst, Ref::VOID_VALUE);
        }
        self.set_block_body(block_gz, block_inst);
        self.release(mark);
        self.stack.push(block_inst);
        Ok(block_inst.to_ref())
    }

    pub(crate) fn overflow_arithmetic(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
        opcode: Extended,
    ) -> InnerResult<Ref> {
        let lhs = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
        let rhs = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
        self.extended_bin_node(gz, ri, node, opcode, lhs, rhs)
    }
}
