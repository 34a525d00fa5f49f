//! Function types, and the instructions that parameters and functions are made of.

use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag, full};
use zir::{
    BuiltinValue, Data, Index, NullTerminatedString, Ref, SimpleComptimeReason, Tag, payload,
};

use crate::blocks::BlockKind;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};

/// Where the target block stands in [`payload::Break`].
const BREAK_BLOCK_INST: usize = 1;

/// What [`AstGen::add_func`] makes a function of.
pub(crate) struct FuncArgs<'x> {
    pub(crate) src_node: NodeIndex,
    pub(crate) lbrace_line: u32,
    pub(crate) lbrace_column: u32,
    pub(crate) param_block: Index,
    /// The blocks are stacked in the order return type, calling convention, body.
    pub(crate) ret_gz: Option<BlockId>,
    pub(crate) body_gz: Option<BlockId>,
    pub(crate) cc_gz: Option<BlockId>,
    /// `ref`s of parameters that belong to the body of the return type.
    pub(crate) ret_param_refs: &'x [Index],
    /// The parameters; `ref`s of them that the body uses are still in the table.
    pub(crate) param_insts: &'x [Index],
    pub(crate) ret_ty_is_generic: bool,
    pub(crate) cc_ref: Ref,
    pub(crate) ret_ref: Ref,
    pub(crate) noalias_bits: u32,
    pub(crate) is_var_args: bool,
    pub(crate) is_inferred_error: bool,
    pub(crate) is_noinline: bool,
    /// Without meaning where there is no body.
    pub(crate) proto_hash: [u32; 4],
}

impl FuncArgs<'_> {
    /// A function with no body and nothing out of the ordinary.
    pub(crate) fn new(src_node: NodeIndex, param_block: Index) -> Self {
        FuncArgs {
            src_node,
            lbrace_line: 0,
            lbrace_column: 0,
            param_block,
            ret_gz: None,
            body_gz: None,
            cc_gz: None,
            ret_param_refs: &[],
            param_insts: &[],
            ret_ty_is_generic: false,
            cc_ref: Ref::NONE,
            ret_ref: Ref::NONE,
            noalias_bits: 0,
            is_var_args: false,
            is_inferred_error: false,
            is_noinline: false,
            proto_hash: [0; 4],
        }
    }
}

impl<'a> AstGen<'a> {
    /// Lowers a function type. What only a declaration may have is refused.
    pub(crate) fn fn_proto_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        fn_proto: full::FnProto<'a>,
    ) -> InnerResult<Ref> {
        if let Some(name_token) = fn_proto.name_token {
            return Err(self.fail_tok(name_token, "function type cannot have a name"));
        }
        for (operand, msg) in [
            (
                fn_proto.ast.align_expr,
                "function type cannot have an alignment",
            ),
            (
                fn_proto.ast.addrspace_expr,
                "function type cannot have an addrspace",
            ),
            (
                fn_proto.ast.section_expr,
                "function type cannot have a linksection",
            ),
        ] {
            if operand != 0 {
                return Err(self.fail_node(operand, msg));
            }
        }
        if let Some(bang) = self.inferred_error_token(&fn_proto) {
            return Err(self.fail_tok(bang, "function type cannot have an inferred error set"));
        }
        self.fn_proto_expr_inner(gz, scope, ri, node, fn_proto, false)
    }

    /// The `!` before a return type whose error set is inferred.
    pub(crate) fn inferred_error_token(&self, fn_proto: &full::FnProto<'_>) -> Option<TokenIndex> {
        let maybe_bang = self
            .tree
            .first_token(fn_proto.ast.return_type)
            .checked_sub(1)?;
        (self.tree.token_tag(maybe_bang) == TokenTag::Bang).then_some(maybe_bang)
    }

    /// Whether the parameter is `comptime`; notes in `noalias_bits` whether it is `noalias`.
    pub(crate) fn param_modifier(
        &mut self,
        param: &full::Param,
        position: usize,
        noalias_bits: &mut u32,
    ) -> InnerResult<bool> {
        let Some(token) = param.comptime_noalias else {
            return Ok(false);
        };
        match self.tree.token_tag(token) {
            TokenTag::KeywordNoalias => {
                if position >= 32 {
                    return Err(self.fail_tok(
                        token,
                        "this compiler implementation only supports 'noalias' on the first 32 parameters",
                    ));
                }
                *noalias_bits |= 1 << position;
                Ok(false)
            }
            tag => Ok(tag == TokenTag::KeywordComptime),
        }
    }

    /// Lowers a function type as a block that declares the parameters and yields the type. With
    /// `implicit_ccc` the calling convention is C's where none is given.
    pub(crate) fn fn_proto_expr_inner(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        fn_proto: full::FnProto<'a>,
        implicit_ccc: bool,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let mark = self.mark();
        let block_scope = self.make_sub_block(gz, scope);
        let block_inst = self.make_block_inst(Tag::BlockInline, gz, node);

        let mut noalias_bits = 0;
        let mut is_var_args = false;
        for (position, param) in fn_proto.iterate(tree).enumerate() {
            let is_comptime = self.param_modifier(&param, position, &mut noalias_bits)?;
            if let Some(token) = param.anytype_ellipsis3
                && tree.token_tag(token) == TokenTag::Ellipsis3
            {
                is_var_args = true;
                break;
            }
            let param_name = match param.name_token {
                Some(name_token) if tree.token_slice(name_token) != b"_" => {
                    self.ident_as_string(name_token)?
                }
                _ => NullTerminatedString::EMPTY,
            };
            if let Some(anytype_token) = param.anytype_ellipsis3 {
                let tag = if is_comptime {
                    Tag::ParamAnytypeComptime
                } else {
                    Tag::ParamAnytype
                };
                self.add_str_tok(
                    block_scope,
                    tag,
                    param_name,
                    param.name_token.unwrap_or(anytype_token),
                );
                continue;
            }
            let param_mark = self.mark();
            let param_gz = self.make_sub_block(block_scope, scope);
            self.blocks[param_gz].is_comptime = true;
            let param_type = self.full_body_expr(
                param_gz,
                scope,
                ResultInfo::COERCED_TYPE,
                param.type_expr,
                BlockKind::Normal,
            )?;
            // The break is made first, the parameter that it leaves right after it.
            let expected = Index(self.tags.len() as u32 + 1);
            self.add_break_with_src_node(
                param_gz,
                Tag::BreakInline,
                expected,
                param_type,
                param.type_expr,
            );
            let name_token = param
                .name_token
                .unwrap_or_else(|| tree.main_token(param.type_expr));
            let tag = if is_comptime {
                Tag::ParamComptime
            } else {
                Tag::Param
            };
            // Without scopes for the parameters none can refer to those before it.
            let param_inst = self.add_param(
                block_scope,
                param_gz,
                &[],
                false,
                tag,
                name_token,
                param_name,
            );
            debug_assert_eq!(param_inst, expected);
            self.release(param_mark);
        }

        let cc_expr = fn_proto.ast.callconv_expr;
        let cc_ref = if cc_expr != 0 {
            let cc_ty =
                self.add_builtin_value(block_scope, cc_expr, BuiltinValue::CallingConvention);
            self.comptime_expr(
                block_scope,
                scope,
                ResultInfo::rl(Loc::CoercedTy(cc_ty)),
                cc_expr,
                SimpleComptimeReason::Callconv,
            )?
        } else if implicit_ccc {
            self.add_builtin_value(block_scope, node, BuiltinValue::CallingConventionC)
        } else {
            Ref::NONE
        };

        let ret_ref = self.comptime_expr(
            block_scope,
            scope,
            ResultInfo::COERCED_TYPE,
            fn_proto.ast.return_type,
            self.reason(
                SimpleComptimeReason::FunctionRetTy,
                SimpleComptimeReason::FnRetTy,
            ),
        )?;

        let result = self.add_func(
            block_scope,
            FuncArgs {
                cc_ref,
                ret_ref,
                is_var_args,
                noalias_bits,
                ..FuncArgs::new(fn_proto.ast.proto_node, block_inst)
            },
        );
        self.add_break(block_scope, Tag::BreakInline, block_inst, result);
        self.set_block_body(block_scope, block_inst);
        self.stack.push(block_inst);
        self.release(mark);

        self.rvalue(gz, ri, block_inst.to_ref(), fn_proto.ast.proto_node)
    }

    /// Declares a parameter whose type is the body of `param_gz`, which is stacked on `gz` and gets
    /// unstacked. `ref`s of `prev_param_insts` that the type uses go into its body.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(crate) fn add_param(
        &mut self,
        gz: BlockId,
        param_gz: BlockId,
        prev_param_insts: &[Index],
        ty_is_generic: bool,
        tag: Tag,
        abs_tok_index: TokenIndex,
        name: NullTerminatedString,
    ) -> Index {
        let param_body = self.instructions_slice(param_gz);
        let body_len =
            self.count_body_len_after_fixups_extra_refs(param_body.clone(), prev_param_insts);
        let payload_index = self.add_extra(&payload::Param {
            name,
            r#type: payload::ParamType {
                body_len,
                is_generic: ty_is_generic,
            },
        });
        self.append_body_with_fixups_extra_refs(param_body, prev_param_insts);
        self.unstack(param_gz);

        let src_tok = self.token_index_to_relative(gz, abs_tok_index);
        self.add_as_index(gz, tag, Data::pl_tok(src_tok, payload_index))
    }

    /// Adds a function to `gz` and unstacks the blocks it is made of.
    pub(crate) fn add_func(&mut self, gz: BlockId, args: FuncArgs<'_>) -> Ref {
        let tree = self.tree;
        // `void` is what a function returns when nothing is said.
        let ret_ref = if args.ret_ref == Ref::VOID_TYPE {
            Ref::NONE
        } else {
            args.ret_ref
        };
        let new_index = Index(self.tags.len() as u32);

        let mut stacked = None;
        let mut body_of = |this: &Self, block: Option<BlockId>| match block {
            Some(block) => {
                let body = this.instructions_slice_upto_opt(block, stacked);
                stacked = Some(block);
                body
            }
            None => 0..0,
        };
        let body = body_of(self, args.body_gz);
        let (cc_body, ret_body);
        if self.rules.calling_convention_comes_before_return_type {
            ret_body = body_of(self, args.ret_gz);
            cc_body = body_of(self, args.cc_gz);
        } else {
            cc_body = body_of(self, args.cc_gz);
            ret_body = body_of(self, args.ret_gz);
        }

        let mut src_locs_and_hash = [0; 7];
        let src_locs_and_hash: &[u32] = if args.body_gz.is_some() {
            debug_assert!(matches!(
                tree.node_tag(args.src_node),
                NodeTag::FnDecl | NodeTag::TestDecl
            ));
            let block = tree.node_data(args.src_node).rhs;
            self.advance_source_cursor(tree.token_start(tree.last_token(block)));
            let rbrace_line = self.cursor.line - self.blocks[gz].decl_line;
            let rbrace_column = self.cursor.column;
            src_locs_and_hash[0] = args.lbrace_line;
            src_locs_and_hash[1] = rbrace_line;
            src_locs_and_hash[2] =
                payload::FuncSrcLocs::pack_columns(args.lbrace_column, rbrace_column);
            src_locs_and_hash[3..].copy_from_slice(&args.proto_hash);
            &src_locs_and_hash
        } else {
            &[]
        };

        let body_len = self.count_body_len_after_fixups_extra_refs(body.clone(), args.param_insts);
        let ret_body_len = if ret_body.is_empty() {
            u32::from(ret_ref != Ref::NONE)
        } else {
            self.count_insts_len_after_fixups(args.ret_param_refs)
                + self.count_body_len_after_fixups(ret_body.clone())
        };

        let is_fancy = args.cc_ref != Ref::NONE
            || args.is_var_args
            || args.noalias_bits != 0
            || args.is_noinline;
        let (tag, payload_index) = if is_fancy {
            let payload_index = self.add_extra(&payload::FuncFancy {
                param_block: args.param_block,
                body_len,
                bits: payload::FuncFancyBits {
                    is_var_args: args.is_var_args,
                    is_inferred_error: args.is_inferred_error,
                    is_noinline: args.is_noinline,
                    has_any_noalias: args.noalias_bits != 0,
                    has_cc_ref: args.cc_ref != Ref::NONE,
                    has_ret_ty_ref: ret_ref != Ref::NONE,
                    has_cc_body: !cc_body.is_empty(),
                    has_ret_ty_body: !ret_body.is_empty(),
                    ret_ty_is_generic: args.ret_ty_is_generic,
                },
            });
            if let Some(last) = cc_body.clone().last() {
                let cc_body_len = self.count_body_len_after_fixups(cc_body.clone());
                self.extra.push(cc_body_len);
                self.append_body_with_fixups(cc_body);
                self.set_break_target(self.stack[last], new_index);
            } else if args.cc_ref != Ref::NONE {
                self.extra.push(self.format.ref_word(args.cc_ref));
            }
            if !ret_body.is_empty() {
                self.extra.push(ret_body_len);
            }
            (Tag::FuncFancy, payload_index)
        } else {
            let payload_index = self.add_extra(&payload::Func {
                ret_ty: payload::FuncRetTy {
                    body_len: ret_body_len,
                    is_generic: args.ret_ty_is_generic,
                },
                param_block: args.param_block,
                body_len,
            });
            (
                if args.is_inferred_error {
                    Tag::FuncInferred
                } else {
                    Tag::Func
                },
                payload_index,
            )
        };

        if let Some(last) = ret_body.clone().last() {
            self.append_insts_with_fixups(args.ret_param_refs);
            self.append_body_with_fixups(ret_body);
            self.set_break_target(self.stack[last], new_index);
        } else if ret_ref != Ref::NONE {
            self.extra.push(self.format.ref_word(ret_ref));
        }
        if args.noalias_bits != 0 {
            self.extra.push(args.noalias_bits);
        }
        self.append_body_with_fixups_extra_refs(body, args.param_insts);
        self.extra.extend_from_slice(src_locs_and_hash);

        for block in [args.body_gz, args.cc_gz, args.ret_gz]
            .into_iter()
            .flatten()
        {
            self.unstack(block);
        }

        let src_node = self.node_index_to_relative(gz, args.src_node);
        self.add(gz, tag, Data::pl_node(src_node, payload_index))
    }

    /// Makes the break `inst` leave `target`, which had no index yet when the break was made.
    fn set_break_target(&mut self, inst: Index, target: Index) {
        let payload_index = self.data[inst.0 as usize]
            .as_break(self.format)
            .payload_index;
        self.extra[payload_index as usize + BREAK_BLOCK_INST] = target.0;
    }
}
