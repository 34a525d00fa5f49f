//! Function calls.

use syntax::full;
use syntax::{NodeIndex, NodeTag};
use zir::small::CallFlags;
use zir::{CallModifier, Data, NullTerminatedString, Ref, Tag, payload};

use crate::blocks::BlockKind;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};

/// What is called.
enum Callee {
    /// `a.b()`: maybe a method, so the object is there by pointer, should the first parameter want one.
    Field {
        obj_ptr: Ref,
        field_name_start: NullTerminatedString,
    },
    Direct(Ref),
}

impl AstGen<'_> {
    /// Where `override_decl_literal_type` is not [`Ref::NONE`], it is the type in which the callee of
    /// `.foo(...)` is looked up, and not the result type.
    #[inline(always)]
    pub(crate) fn call_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        override_decl_literal_type: Ref,
        node: NodeIndex,
        call: full::Call<'_>,
    ) -> InnerResult<Ref> {
        let callee = self.callee_expr(
            gz,
            scope,
            ri.rl,
            override_decl_literal_type,
            call.ast.fn_expr,
        )?;
        let modifier = if call.async_token.is_some() {
            CallModifier::AsyncKw
        } else if self.blocks[gz].nosuspend_node != 0 {
            if self.rules.async_and_usingnamespace {
                CallModifier::NoAsync
            } else {
                CallModifier::NoSuspend
            }
        } else {
            CallModifier::Auto
        };

        // Semantic analysis expects a debug statement immediately before the call.
        self.advance_source_cursor(self.tree.token_start(call.ast.lparen));
        let line = self.cursor.line - self.blocks[gz].decl_line;
        let column = self.cursor.column;
        self.emit_dbg_stmt_force_current_index(gz, (line, column));

        let call_index = self.reserve_instruction_index(gz);
        let call_inst = call_index.to_ref();

        // First the end of each argument's body, then the bodies.
        let scratch_top = self.scratch.len();
        let params: &[NodeIndex] = &call.ast.params;
        self.scratch.resize(scratch_top + params.len(), 0);
        // The call instruction stands for the type of the parameter in the argument's body.
        let arg_ri = ResultInfo {
            rl: Loc::CoercedTy(call_inst),
            ctx: Context::FnArg,
        };
        for (i, &param_node) in params.iter().enumerate() {
            if self.is_leaf(param_node) {
                self.leaf_argument(gz, scope, arg_ri, param_node, call_index)?;
                self.scratch[scratch_top + i] = (self.scratch.len() - scratch_top) as u32;
                continue;
            }
            let mark = self.mark();
            let arg_block = self.make_sub_block(gz, scope);
            let arg_scope = self.scope_of(arg_block);
            let arg_ref =
                self.full_body_expr(arg_block, arg_scope, arg_ri, param_node, BlockKind::Normal)?;
            self.add_break_with_src_node(
                arg_block,
                Tag::BreakInline,
                call_index,
                arg_ref,
                param_node,
            );
            let body = self.instructions_slice(arg_block);
            self.append_body_with_fixups_to_scratch(body);
            self.unstack(arg_block);
            self.release(mark);
            self.scratch[scratch_top + i] = (self.scratch.len() - scratch_top) as u32;
        }

        // Behind these consumers the error trace of the callee is still of interest.
        let propagate_error_trace = matches!(
            ri.ctx,
            Context::ErrorHandlingExpr | Context::Return | Context::FnArg | Context::ConstInit
        );
        let flags = CallFlags {
            packed_modifier: self.format.call_modifier_number(modifier) as u8,
            ensure_result_used: false,
            pop_error_return_trace: !propagate_error_trace,
            args_len: params.len() as u32,
        };
        let (tag, payload_index) = match callee {
            Callee::Direct(callee) => (Tag::Call, self.add_extra(&payload::Call { flags, callee })),
            Callee::Field {
                obj_ptr,
                field_name_start,
            } => (
                Tag::FieldCall,
                self.add_extra(&payload::FieldCall {
                    flags,
                    obj_ptr,
                    field_name_start,
                }),
            ),
        };
        self.extra.extend_from_slice(&self.scratch[scratch_top..]);
        self.scratch.truncate(scratch_top);
        self.tags[call_index.to_usize()] = self.format.tag_byte(tag);
        self.data[call_index.to_usize()] =
            Data::pl_node(self.node_index_to_relative(gz, node), payload_index);
        self.rvalue(gz, ri, call_inst, node)
    }

    /// Whether a node has none below it, and is no place where control goes.
    fn is_leaf(&self, node: NodeIndex) -> bool {
        matches!(
            self.tree.node_tag(node),
            NodeTag::Identifier
                | NodeTag::NumberLiteral
                | NodeTag::CharLiteral
                | NodeTag::StringLiteral
                | NodeTag::EnumLiteral
        )
    }

    /// Puts the body of an argument on the scratch list. It has no block of its own: of a leaf nothing is
    /// asked that it would answer otherwise than `gz`, but where it begins.
    fn leaf_argument(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        call: zir::Index,
    ) -> InnerResult<()> {
        let top = self.stack_top();
        let outer_top = std::mem::replace(&mut self.blocks[gz].instructions_top, top);
        let operand = self.expr(gz, scope, ri, node);
        self.blocks[gz].instructions_top = outer_top;
        self.add_break_with_src_node(gz, Tag::BreakInline, call, operand?, node);
        self.append_body_with_fixups_to_scratch(top as usize..self.stack.len());
        self.stack.truncate(top as usize);
        Ok(())
    }

    /// The function part of a call, but not the operand of `@call`: it tells method calls from others.
    fn callee_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        call_rl: Loc,
        override_decl_literal_type: Ref,
        node: NodeIndex,
    ) -> InnerResult<Callee> {
        match self.tree.node_tag(node) {
            NodeTag::FieldAccess => {
                let object_node = self.tree.node_data(node).lhs;
                let field_ident = self.tree.main_token(node) + 1;
                let field_name_start = self.ident_as_string(field_ident)?;
                let obj_ptr = self.expr(gz, scope, ResultInfo::rl(Loc::Ref), object_node)?;
                let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
                self.emit_dbg_stmt(gz, cursor);
                Ok(Callee::Field {
                    obj_ptr,
                    field_name_start,
                })
            }
            NodeTag::EnumLiteral => {
                let res_ty = if override_decl_literal_type != Ref::NONE {
                    override_decl_literal_type
                } else if let Some(ty) = self.result_type(call_rl, gz, node)? {
                    ty
                } else {
                    // Semantic analysis reports that an enum literal cannot be called.
                    return Ok(Callee::Direct(self.expr(
                        gz,
                        scope,
                        ResultInfo::NONE,
                        node,
                    )?));
                };
                // `.init()` looks `init` up in the type; what it finds is called, not coerced.
                let field_name_start = self.ident_as_string(self.tree.main_token(node))?;
                let payload = payload::Field {
                    lhs: res_ty,
                    field_name_start,
                };
                Ok(Callee::Direct(self.add_pl_node(
                    gz,
                    Tag::DeclLiteralNoCoerce,
                    node,
                    &payload,
                )))
            }
            _ => Ok(Callee::Direct(self.expr(
                gz,
                scope,
                ResultInfo::NONE,
                node,
            )?)),
        }
    }
}
