//! Declarations: functions, container-level variables, `comptime`, `usingnamespace` and `test`.

use syntax::{NodeIndex, TokenIndex, TokenTag, full, primitives::is_primitive};
use zir::{
    BuiltinValue, Data, DeclarationId, DeclarationKind as DeclKind, DeclarationLinkage as Linkage,
    Extended, Index, NullTerminatedString, Ref, Tag, payload,
};

use crate::blocks::BlockKind;
use crate::containers::WipMembers;
use crate::cursor::SourceCursor;
use crate::emit::{BranchTarget, RestoreErrRetIndex};
use crate::fixups::FewInsts;
use crate::fn_proto::FuncArgs;
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::GenZir;
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};
use crate::scope::{IdCat, LocalVal, Scope};

/// What [`AstGen::set_declaration`] makes a declaration of.
pub(crate) struct SetDeclaration {
    pub(crate) src_hash: [u32; 4],
    pub(crate) src_line: u32,
    pub(crate) src_column: u32,
    pub(crate) kind: DeclKind,
    pub(crate) name: NullTerminatedString,
    pub(crate) is_pub: bool,
    pub(crate) is_threadlocal: bool,
    pub(crate) linkage: Linkage,
    pub(crate) lib_name: NullTerminatedString,
    pub(crate) bodies: DeclBodies,
}

/// Where the bodies of a declaration begin on the shared list. Each ends where the next begins, the last
/// where the list does. Most of them are empty, and have no block then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeclBodies {
    type_top: u32,
    align_top: u32,
    /// Section and address space, in the order in which the release lowers them.
    attribute_tops: [u32; 2],
    value_top: u32,
}

impl DeclBodies {
    /// A value and nothing else, from `top` on.
    fn of_value(top: u32) -> DeclBodies {
        DeclBodies {
            type_top: top,
            align_top: top,
            attribute_tops: [top; 2],
            value_top: top,
        }
    }
}

/// What the blocks of the parts of a declaration have in common.
#[derive(Clone, Copy, Debug)]
struct DeclPlace {
    /// Where the declaration stands.
    scope: ScopeId,
    inst: Index,
    node: NodeIndex,
    /// What positions in the blocks are relative to.
    block_node: NodeIndex,
    line: u32,
}

impl<'a> AstGen<'a> {
    /// Makes a declaration that no block lists; [`AstGen::set_declaration`] completes it.
    pub(crate) fn make_declaration(&mut self, node: NodeIndex) -> Index {
        self.make_inst(Tag::Declaration, Data::declaration(node, 0))
    }

    /// A block below nothing but `scope`, evaluated at comptime or not, whose positions are relative to
    /// `node`.
    fn push_decl_block(
        &mut self,
        scope: ScopeId,
        is_comptime: bool,
        node: NodeIndex,
        decl_line: u32,
    ) -> BlockId {
        let top = self.stack_top();
        self.push_block(GenZir::new(scope, is_comptime, node, decl_line, top))
    }

    fn extern_export_tag(&self, token: Option<TokenIndex>) -> Option<TokenTag> {
        token.map(|token| self.tree.token_tag(token))
    }

    /// The library that an `extern` declaration names.
    fn decl_lib_name(
        &mut self,
        lib_name_token: Option<TokenIndex>,
    ) -> InnerResult<NullTerminatedString> {
        let Some(token) = lib_name_token else {
            return Ok(NullTerminatedString::EMPTY);
        };
        let name = self.str_lit_as_string(token)?;
        let start = name.index.0 as usize;
        if self.string_bytes[start..start + name.len as usize].contains(&0) {
            return Err(self.fail_tok(token, "library name cannot contain null bytes"));
        }
        if name.len == 0 {
            return Err(self.fail_tok(token, "library name cannot be empty"));
        }
        Ok(name.index)
    }

    /// Starts the hash of a declaration whose source is covered as a whole, and returns where it begins.
    fn hash_decl_source(&mut self, node: NodeIndex) -> u32 {
        let range = self.tree.get_node_range(node);
        let start = range.start as u32;
        let column = self.cursor.column.to_le_bytes();
        self.src_hasher.update_source(range);
        self.src_hasher.update(&column);
        start
    }

    /// Declares a function. `body_node` is 0 for a prototype.
    pub(crate) fn fn_decl(
        &mut self,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        decl_node: NodeIndex,
        body_node: NodeIndex,
        fn_proto: full::FnProto<'a>,
    ) -> InnerResult<()> {
        let tree = self.tree;
        // The source itself follows at the end: the hash of the prototype branches off before it.
        let column = self.cursor.column.to_le_bytes();
        self.src_hasher.update(&column);

        // The scan of the container has refused functions without a name.
        let fn_name_token = fn_proto.name_token.unwrap_or(fn_proto.ast.fn_token + 1);

        // First, so that its index marks where the declaration begins.
        let decl_inst = self.make_declaration(fn_proto.ast.proto_node);
        let range = tree.get_node_range(decl_node);
        self.advance_source_cursor(range.start as u32);
        let saved_cursor = self.save_source_cursor();

        let prev_within_fn = self.within_fn;
        self.within_fn = true;

        let modifier = self.extern_export_tag(fn_proto.extern_export_inline_token);
        let is_export = modifier == Some(TokenTag::KeywordExport);
        let is_extern = modifier == Some(TokenTag::KeywordExtern);
        let has_inline_keyword = modifier == Some(TokenTag::KeywordInline);
        let lib_name = self.decl_lib_name(fn_proto.lib_name)?;
        if fn_proto.ast.callconv_expr != 0 && has_inline_keyword {
            return Err(self.fail_node(
                fn_proto.ast.callconv_expr,
                "explicit callconv incompatible with inline keyword",
            ));
        }
        if body_node == 0 {
            if !is_extern {
                return Err(self.fail_tok(fn_proto.ast.fn_token, "non-extern function has no body"));
            }
            if let Some(bang) = self.inferred_error_token(&fn_proto) {
                return Err(
                    self.fail_tok(bang, "function prototype may not have inferred error set")
                );
            }
        }

        wip_members.next_decl(&mut self.scratch, decl_inst);

        let mark = self.mark();
        let decl_line = self.cursor.line;
        let proto_node = fn_proto.ast.proto_node;
        let type_top = self.stack_top();
        if is_extern {
            let type_gz = self.push_decl_block(scope, true, proto_node, decl_line);
            let type_scope = self.scope_of(type_gz);
            let type_inst = self.fn_proto_expr_inner(
                type_gz,
                type_scope,
                ResultInfo::NONE,
                decl_node,
                fn_proto,
                true,
            )?;
            self.add_break_with_src_node(
                type_gz,
                Tag::BreakInline,
                decl_inst,
                type_inst,
                decl_node,
            );
        }

        // Where the section comes last, the cursor returns to the start once, and not for each part.
        let section_is_last = self.rules.address_space_comes_before_section;
        if section_is_last && is_extern {
            self.restore_source_cursor(saved_cursor);
        }
        let decl = DeclPlace {
            scope,
            inst: decl_inst,
            node: decl_node,
            block_node: proto_node,
            line: decl_line,
        };
        let align_top = self.stack_top();
        if fn_proto.ast.align_expr != 0 {
            if !section_is_last {
                self.restore_source_cursor(saved_cursor);
            }
            self.align_body(decl, fn_proto.ast.align_expr)?;
        }

        let mut attribute_tops = [self.stack_top(); 2];
        let (section_expr, addrspace_expr) =
            (fn_proto.ast.section_expr, fn_proto.ast.addrspace_expr);
        if section_is_last {
            self.addrspace_body(decl, addrspace_expr)?;
            attribute_tops[1] = self.stack_top();
            self.linksection_body(decl, section_expr)?;
        } else {
            if section_expr != 0 {
                self.restore_source_cursor(saved_cursor);
            }
            self.linksection_body(decl, section_expr)?;
            attribute_tops[1] = self.stack_top();
            if addrspace_expr != 0 {
                self.restore_source_cursor(saved_cursor);
            }
            self.addrspace_body(decl, addrspace_expr)?;
        }

        let value_top = self.stack_top();
        if !is_extern {
            self.restore_source_cursor(saved_cursor);
            let value_gz = self.push_decl_block(scope, true, proto_node, decl_line);
            let value_scope = self.scope_of(value_gz);
            self.fn_decl_inner(
                value_gz,
                value_scope,
                saved_cursor,
                decl_inst,
                decl_node,
                body_node,
                fn_proto,
            )?;
        }

        self.src_hasher.update_source(range);
        let src_hash = self.src_hasher.digest(self.tree.source);
        let name = self.ident_as_string(fn_name_token)?;
        self.set_declaration(
            decl_inst,
            SetDeclaration {
                src_hash,
                src_line: decl_line,
                src_column: saved_cursor.column,
                kind: DeclKind::Const,
                name,
                is_pub: fn_proto.visib_token.is_some(),
                is_threadlocal: false,
                linkage: if is_extern {
                    Linkage::Extern
                } else if is_export {
                    Linkage::Export
                } else {
                    Linkage::Normal
                },
                lib_name,
                bodies: DeclBodies {
                    type_top,
                    align_top,
                    attribute_tops,
                    value_top,
                },
            },
        );
        self.release(mark);
        self.within_fn = prev_within_fn;
        Ok(())
    }

    /// Opens the block of a part of a declaration.
    fn push_part_block(&mut self, decl: DeclPlace) -> (BlockId, ScopeId) {
        let block = self.push_decl_block(decl.scope, true, decl.block_node, decl.line);
        (block, self.scope_of(block))
    }

    fn break_from_part(&mut self, gz: BlockId, decl: DeclPlace, operand: Ref) {
        self.add_break_with_src_node(gz, Tag::BreakInline, decl.inst, operand, decl.node);
    }

    /// Lowers the alignment of a declaration.
    fn align_body(&mut self, decl: DeclPlace, align_expr: NodeIndex) -> InnerResult<()> {
        let (align_gz, scope) = self.push_part_block(decl);
        let inst = self.expr(align_gz, scope, ResultInfo::COERCED_ALIGN, align_expr)?;
        self.break_from_part(align_gz, decl, inst);
        Ok(())
    }

    /// Lowers the section of a declaration; nothing where `section_expr` is 0.
    fn linksection_body(&mut self, decl: DeclPlace, section_expr: NodeIndex) -> InnerResult<()> {
        if section_expr == 0 {
            return Ok(());
        }
        let (linksection_gz, scope) = self.push_part_block(decl);
        let ri = ResultInfo::COERCED_LINKSECTION;
        let inst = self.expr(linksection_gz, scope, ri, section_expr)?;
        self.break_from_part(linksection_gz, decl, inst);
        Ok(())
    }

    /// Lowers the address space of a declaration; nothing where `addrspace_expr` is 0.
    fn addrspace_body(&mut self, decl: DeclPlace, addrspace_expr: NodeIndex) -> InnerResult<()> {
        if addrspace_expr == 0 {
            return Ok(());
        }
        let (addrspace_gz, scope) = self.push_part_block(decl);
        let addrspace_ty =
            self.add_builtin_value(addrspace_gz, addrspace_expr, BuiltinValue::AddressSpace);
        let ri = ResultInfo::rl(Loc::CoercedTy(addrspace_ty));
        let inst = self.expr(addrspace_gz, scope, ri, addrspace_expr)?;
        self.break_from_part(addrspace_gz, decl, inst);
        Ok(())
    }

    /// The error for a parameter that is nothing but a type, or nothing but a name.
    fn fail_param_without_name(&mut self, param: &full::Param) -> crate::errors::AnalysisFail {
        let tree = self.tree;
        if let Some(token) = param.anytype_ellipsis3 {
            return self.fail_tok(token, "missing parameter name");
        }
        let node = param.type_expr;
        let text = tree.token_slice(tree.main_token(node));
        if tree.node_tag(node) != syntax::NodeTag::Identifier || is_primitive(text) {
            return self.fail_node(node, "missing parameter name");
        }
        let (name_note, type_note) = if self.rules.parameter_notes_have_a_colon {
            (
                b"if this is a name, annotate its type: '".as_slice(),
                b"if this is a type, give it a name: 'name: ".as_slice(),
            )
        } else {
            (
                b"if this is a name, annotate its type '".as_slice(),
                b"if this is a type, give it a name '<name>: ".as_slice(),
            )
        };
        let as_name = self.err_note_node(node, [name_note, text, b": T'"]);
        let as_type = self.err_note_node(node, [type_note, text, b"'"]);
        self.fail_node_notes(node, "missing parameter name or type", &[as_name, as_type])
    }

    /// Lowers a function with a body to a `func` instruction in `decl_gz`, and leaves the declaration with
    /// it.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    fn fn_decl_inner(
        &mut self,
        decl_gz: BlockId,
        scope: ScopeId,
        saved_cursor: SourceCursor,
        decl_inst: Index,
        decl_node: NodeIndex,
        body_node: NodeIndex,
        fn_proto: full::FnProto<'a>,
    ) -> InnerResult<()> {
        let tree = self.tree;
        let modifier = self.extern_export_tag(fn_proto.extern_export_inline_token);
        let is_noinline = modifier == Some(TokenTag::KeywordNoinline);
        let is_inferred_error = self.inferred_error_token(&fn_proto).is_some();

        let mark = self.mark();
        let mut param_insts = FewInsts::new();
        // Set when a later type refers to any parameter: that type is generic then.
        let any_param_used = self.push_flag();
        let mut noalias_bits = 0;
        let mut params_scope = scope;
        let mut is_var_args = false;
        for (position, param) in fn_proto.iterate(tree).enumerate() {
            let is_comptime = self.param_modifier(&param, position, &mut noalias_bits)?;
            if let Some(token) = param.anytype_ellipsis3
                && tree.token_tag(token) == TokenTag::Ellipsis3
            {
                is_var_args = true;
                break;
            }
            let Some(name_token) = param.name_token else {
                return Err(self.fail_param_without_name(&param));
            };
            let name_bytes = tree.token_slice(name_token);
            let param_name = if name_bytes == b"_" {
                NullTerminatedString::EMPTY
            } else {
                let param_name = self.ident_as_string(name_token)?;
                self.detect_local_shadowing(
                    params_scope,
                    param_name,
                    name_token,
                    name_bytes,
                    IdCat::FunctionParameter,
                )?;
                param_name
            };

            let param_inst = if param.anytype_ellipsis3.is_some() {
                let tag = if is_comptime {
                    Tag::ParamAnytypeComptime
                } else {
                    Tag::ParamAnytype
                };
                self.add_str_tok(decl_gz, tag, param_name, name_token)
            } else {
                self.clear_flag(any_param_used);
                let param_mark = self.mark();
                let param_gz = self.make_sub_block(decl_gz, scope);
                let param_type = self.full_body_expr(
                    param_gz,
                    params_scope,
                    ResultInfo::COERCED_TYPE,
                    param.type_expr,
                    BlockKind::Normal,
                )?;
                let expected = Index(self.tags.len() as u32 + 1);
                self.add_break_with_src_node(
                    param_gz,
                    Tag::BreakInline,
                    expected,
                    param_type,
                    param.type_expr,
                );
                let is_generic = self.flag(any_param_used);
                let tag = if is_comptime {
                    Tag::ParamComptime
                } else {
                    Tag::Param
                };
                let param_inst = self.add_param(
                    decl_gz,
                    param_gz,
                    &param_insts,
                    is_generic,
                    tag,
                    name_token,
                    param_name,
                );
                debug_assert_eq!(param_inst, expected);
                self.release(param_mark);
                param_inst.to_ref()
            };

            if param_name == NullTerminatedString::EMPTY {
                continue;
            }
            let mut local = LocalVal::new(
                params_scope,
                param_name,
                param_inst,
                name_token,
                IdCat::FunctionParameter,
            );
            local.is_used_or_discarded = Some(any_param_used);
            params_scope = self.push_scope(Scope::LocalVal(local));
            param_insts.extend(param_inst.to_index());
        }

        // The breaks out of the return type and the calling convention get their target with the function.
        let cc_is_first = self.rules.calling_convention_comes_before_return_type;
        let early_cc = if cc_is_first {
            let cc_gz = self.make_sub_block(decl_gz, scope);
            let cc_ref = self.calling_convention(cc_gz, scope, decl_node, &fn_proto)?;
            Some((cc_gz, cc_ref))
        } else {
            None
        };

        let ret_gz = self.make_sub_block(decl_gz, params_scope);
        self.clear_flag(any_param_used);
        let ret_ref = self.full_body_expr(
            ret_gz,
            params_scope,
            ResultInfo::COERCED_TYPE,
            fn_proto.ast.return_type,
            BlockKind::Normal,
        )?;
        if !self.is_empty(ret_gz) {
            self.add_break(ret_gz, Tag::BreakInline, Index(0), ret_ref);
        }
        let ret_param_refs = self.fetch_remove_ref_entries(&param_insts);
        let ret_ty_is_generic = self.flag(any_param_used);

        let (cc_gz, cc_ref) = match early_cc {
            Some(early_cc) => early_cc,
            None => {
                // The calling convention stands before the return type.
                self.restore_source_cursor(saved_cursor);
                let cc_gz = self.make_sub_block(decl_gz, scope);
                let cc_ref = self.calling_convention(cc_gz, scope, decl_node, &fn_proto)?;
                (cc_gz, cc_ref)
            }
        };

        let decl_line = self.blocks[decl_gz].decl_line;
        let body_gz = self.push_decl_block(params_scope, false, fn_proto.ast.proto_node, decl_line);

        let proto_source = tree.get_node_source(tree.node_data(decl_node).lhs);
        let proto_hash = self.src_hasher.digest_with(tree.source, proto_source);

        let prev_fn_block = self.fn_block;
        let prev_fn_ret_ty = self.fn_ret_ty;
        let prev_var_args = self.fn_var_args;
        self.fn_block = Some(body_gz);
        // A type that is not well known is fetched once, for all returns of the body.
        self.fn_ret_ty = if is_inferred_error || ret_ref.to_index().is_some() {
            self.add_node(body_gz, Tag::RetType, decl_node)
        } else {
            ret_ref
        };
        self.fn_var_args = is_var_args;

        self.advance_source_cursor_to_node(body_node);
        let lbrace_line = self.cursor.line - decl_line;
        let lbrace_column = self.cursor.column;

        let body_scope = self.scope_of(body_gz);
        self.full_body_expr(
            body_gz,
            body_scope,
            ResultInfo::NONE,
            body_node,
            BlockKind::AllowBranchHint,
        )?;
        self.check_used(decl_gz, scope, params_scope);

        if !self.ends_with_no_return(body_gz) {
            self.add_implicit_return(body_gz, decl_node, body_node);
        }

        let func_inst = self.add_func(
            decl_gz,
            FuncArgs {
                lbrace_line,
                lbrace_column,
                ret_gz: Some(ret_gz),
                body_gz: Some(body_gz),
                cc_gz: Some(cc_gz),
                ret_param_refs: &ret_param_refs,
                param_insts: &param_insts,
                ret_ty_is_generic,
                cc_ref,
                ret_ref,
                noalias_bits,
                is_var_args,
                is_inferred_error,
                is_noinline,
                proto_hash,
                ..FuncArgs::new(decl_node, decl_inst)
            },
        );
        self.add_break_with_src_node(decl_gz, Tag::BreakInline, decl_inst, func_inst, decl_node);

        self.fn_block = prev_fn_block;
        self.fn_ret_ty = prev_fn_ret_ty;
        self.fn_var_args = prev_var_args;
        self.release(mark);
        Ok(())
    }

    /// Lowers the calling convention of a function, which does not see the parameters; [`Ref::NONE`] where
    /// none is given.
    fn calling_convention(
        &mut self,
        cc_gz: BlockId,
        scope: ScopeId,
        decl_node: NodeIndex,
        fn_proto: &full::FnProto<'a>,
    ) -> InnerResult<Ref> {
        let cc_expr = fn_proto.ast.callconv_expr;
        let modifier = self.extern_export_tag(fn_proto.extern_export_inline_token);
        if cc_expr != 0 {
            let cc_ty = self.add_builtin_value(cc_gz, cc_expr, BuiltinValue::CallingConvention);
            let inst = self.expr(cc_gz, scope, ResultInfo::rl(Loc::CoercedTy(cc_ty)), cc_expr)?;
            if !self.is_empty(cc_gz) {
                self.add_break(cc_gz, Tag::BreakInline, Index(0), inst);
            }
            Ok(inst)
        } else if modifier == Some(TokenTag::KeywordInline) {
            let inst =
                self.add_builtin_value(cc_gz, decl_node, BuiltinValue::CallingConventionInline);
            self.add_break(cc_gz, Tag::BreakInline, Index(0), inst);
            Ok(inst)
        } else {
            Ok(Ref::NONE)
        }
    }

    /// Ends a function whose body runs into its closing brace.
    fn add_implicit_return(
        &mut self,
        body_gz: BlockId,
        decl_node: NodeIndex,
        body_node: NodeIndex,
    ) {
        self.add_restore_err_ret_index(
            body_gz,
            BranchTarget::Ret,
            RestoreErrRetIndex::Always,
            decl_node,
        );
        let rbrace = self.tree.last_token(body_node);
        self.add_un_tok(body_gz, Tag::RetImplicit, Ref::VOID_VALUE, rbrace);
    }

    /// Declares a container-level variable or constant.
    pub(crate) fn global_var_decl(
        &mut self,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        node: NodeIndex,
        var_decl: full::VarDecl,
    ) -> InnerResult<()> {
        let tree = self.tree;
        let start = self.hash_decl_source(node);

        let is_mutable = tree.token_tag(var_decl.ast.mut_token) == TokenTag::KeywordVar;
        let name_token = var_decl.ast.mut_token + 1;
        let modifier = self.extern_export_tag(var_decl.extern_export_token);
        let is_export = modifier == Some(TokenTag::KeywordExport);
        let is_extern = modifier == Some(TokenTag::KeywordExtern);
        if let Some(token) = var_decl.threadlocal_token
            && !is_mutable
        {
            return Err(self.fail_tok(token, "threadlocal variable cannot be constant"));
        }
        let lib_name = self.decl_lib_name(var_decl.lib_name)?;

        self.advance_source_cursor(start);
        let decl_line = self.cursor.line;
        let decl_column = self.cursor.column;

        let decl_inst = self.make_declaration(node);
        wip_members.next_decl(&mut self.scratch, decl_inst);

        let ast = var_decl.ast;
        if ast.init_node != 0 {
            if is_extern {
                return Err(self.fail_node(ast.init_node, "extern variables have no initializers"));
            }
        } else if !is_extern {
            return Err(self.fail_node(node, "variables must be initialized"));
        }
        if is_extern && ast.type_node == 0 {
            return Err(self.fail_node(node, "unable to infer variable type"));
        }

        let mark = self.mark();
        let decl = DeclPlace {
            scope,
            inst: decl_inst,
            node,
            block_node: node,
            line: decl_line,
        };
        let type_top = self.stack_top();
        if ast.type_node != 0 {
            let (type_gz, type_scope) = self.push_part_block(decl);
            let inst = self.expr(type_gz, type_scope, ResultInfo::COERCED_TYPE, ast.type_node)?;
            self.break_from_part(type_gz, decl, inst);
        }

        let align_top = self.stack_top();
        if ast.align_node != 0 {
            self.align_body(decl, ast.align_node)?;
        }

        let mut attribute_tops = [self.stack_top(); 2];
        if self.rules.address_space_comes_before_section {
            self.addrspace_body(decl, ast.addrspace_node)?;
            attribute_tops[1] = self.stack_top();
            self.linksection_body(decl, ast.section_node)?;
        } else {
            self.linksection_body(decl, ast.section_node)?;
            attribute_tops[1] = self.stack_top();
            self.addrspace_body(decl, ast.addrspace_node)?;
        }

        let value_top = self.stack_top();
        if ast.init_node != 0 {
            let (init_gz, init_scope) = self.push_part_block(decl);
            if !self.rules.name_strategy_is_an_argument {
                self.blocks[init_gz].anon_name_strategy = zir::NameStrategy::Parent;
            }
            let init_ri = if ast.type_node != 0 {
                ResultInfo::rl(Loc::CoercedTy(decl_inst.to_ref()))
            } else {
                ResultInfo::NONE
            };
            let strategy = zir::NameStrategy::Parent;
            let named =
                self.name_strat_expr(init_gz, init_scope, init_ri, ast.init_node, strategy)?;
            let inst = match named {
                Some(inst) => inst,
                None => self.expr(init_gz, init_scope, init_ri, ast.init_node)?,
            };
            self.break_from_part(init_gz, decl, inst);
        }

        let src_hash = self.src_hasher.digest(self.tree.source);
        let name = self.ident_as_string(name_token)?;
        self.set_declaration(
            decl_inst,
            SetDeclaration {
                src_hash,
                src_line: decl_line,
                src_column: decl_column,
                kind: if is_mutable {
                    DeclKind::Var
                } else {
                    DeclKind::Const
                },
                name,
                is_pub: var_decl.visib_token.is_some(),
                is_threadlocal: var_decl.threadlocal_token.is_some(),
                linkage: if is_extern {
                    Linkage::Extern
                } else if is_export {
                    Linkage::Export
                } else {
                    Linkage::Normal
                },
                lib_name,
                bodies: DeclBodies {
                    type_top,
                    align_top,
                    attribute_tops,
                    value_top,
                },
            },
        );
        self.release(mark);
        Ok(())
    }

    /// Declares a `comptime` block.
    pub(crate) fn comptime_decl(
        &mut self,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        node: NodeIndex,
    ) -> InnerResult<()> {
        let body_node = self.tree.node_data(node).lhs;
        let start = self.hash_decl_source(node);

        let decl_inst = self.make_declaration(node);
        wip_members.next_decl(&mut self.scratch, decl_inst);
        self.advance_source_cursor(start);
        let SourceCursor { line, column, .. } = self.cursor;

        let mark = self.mark();
        let top = self.stack_top();
        let comptime_gz = self.push_decl_block(scope, true, node, line);
        let comptime_scope = self.scope_of(comptime_gz);
        let result = self.full_body_expr(
            comptime_gz,
            comptime_scope,
            ResultInfo::NONE,
            body_node,
            BlockKind::Normal,
        )?;
        if self.is_empty(comptime_gz) || !self.ref_is_no_return(result) {
            self.add_break(comptime_gz, Tag::BreakInline, decl_inst, Ref::VOID_VALUE);
        }

        self.set_untyped_declaration(
            decl_inst,
            (line, column),
            DeclKind::Comptime,
            NullTerminatedString::EMPTY,
            false,
            top,
        );
        self.release(mark);
        Ok(())
    }

    /// Whether a `usingnamespace` is `pub`.
    pub(crate) fn usingnamespace_is_pub(&self, node: NodeIndex) -> bool {
        let main_token = self.tree.main_token(node);
        main_token > 0 && self.tree.token_tag(main_token - 1) == TokenTag::KeywordPub
    }

    /// Declares a `usingnamespace`.
    pub(crate) fn usingnamespace_decl(
        &mut self,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        node: NodeIndex,
    ) -> InnerResult<()> {
        let type_expr = self.tree.node_data(node).lhs;
        let start = self.hash_decl_source(node);
        let is_pub = self.usingnamespace_is_pub(node);

        let decl_inst = self.make_declaration(node);
        wip_members.next_decl(&mut self.scratch, decl_inst);
        self.advance_source_cursor(start);
        let SourceCursor { line, column, .. } = self.cursor;

        let mark = self.mark();
        let top = self.stack_top();
        let value_gz = self.push_decl_block(scope, true, node, line);
        let value_scope = self.scope_of(value_gz);
        let namespace_inst = self.type_expr(value_gz, value_scope, type_expr)?;
        self.add_break(value_gz, Tag::BreakInline, decl_inst, namespace_inst);

        self.set_untyped_declaration(
            decl_inst,
            (line, column),
            DeclKind::Usingnamespace,
            NullTerminatedString::EMPTY,
            is_pub,
            top,
        );
        self.release(mark);
        Ok(())
    }

    /// Declares a `test`.
    pub(crate) fn test_decl(
        &mut self,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        node: NodeIndex,
    ) -> InnerResult<()> {
        let tree = self.tree;
        let body_node = tree.node_data(node).rhs;
        let start = self.hash_decl_source(node);

        let decl_inst = self.make_declaration(node);
        wip_members.next_decl(&mut self.scratch, decl_inst);
        self.advance_source_cursor(start);
        let SourceCursor { line, column, .. } = self.cursor;

        let mark = self.mark();
        let top = self.stack_top();
        let decl_block = self.push_decl_block(scope, true, node, line);

        let test_name_token = tree.main_token(node) + 1;
        let (kind, name) = match tree.token_tag(test_name_token) {
            TokenTag::StringLiteral => (DeclKind::Test, self.test_string_name(test_name_token)?),
            TokenTag::Identifier => (
                DeclKind::Decltest,
                self.test_decl_name(scope, test_name_token)?,
            ),
            _ => (DeclKind::UnnamedTest, NullTerminatedString::EMPTY),
        };

        let decl_scope = self.scope_of(decl_block);
        let fn_block = self.push_decl_block(decl_scope, false, node, line);

        let prev_within_fn = self.within_fn;
        let prev_fn_block = self.fn_block;
        let prev_fn_ret_ty = self.fn_ret_ty;
        self.within_fn = true;
        self.fn_block = Some(fn_block);
        self.fn_ret_ty = Ref::ANYERROR_VOID_ERROR_UNION_TYPE;

        self.advance_source_cursor_to_node(body_node);
        let lbrace_line = self.cursor.line - line;
        let lbrace_column = self.cursor.column;

        let fn_scope = self.scope_of(fn_block);
        let result = self.full_body_expr(
            fn_block,
            fn_scope,
            ResultInfo::NONE,
            body_node,
            BlockKind::Normal,
        )?;
        if self.is_empty(fn_block) || !self.ref_is_no_return(result) {
            self.add_implicit_return(fn_block, node, body_node);
        }

        let func_inst = self.add_func(
            decl_block,
            FuncArgs {
                lbrace_line,
                lbrace_column,
                body_gz: Some(fn_block),
                ret_ref: Ref::ANYERROR_VOID_ERROR_UNION_TYPE,
                ..FuncArgs::new(node, decl_inst)
            },
        );
        self.add_break(decl_block, Tag::BreakInline, decl_inst, func_inst);

        self.set_untyped_declaration(decl_inst, (line, column), kind, name, false, top);
        self.within_fn = prev_within_fn;
        self.fn_block = prev_fn_block;
        self.fn_ret_ty = prev_fn_ret_ty;
        self.release(mark);
        Ok(())
    }

    fn test_string_name(&mut self, token: TokenIndex) -> InnerResult<NullTerminatedString> {
        let name = self.str_lit_as_string(token)?;
        let start = name.index.0 as usize;
        if self.string_bytes[start..start + name.len as usize].contains(&0) {
            return Err(self.fail_tok(token, "test name cannot contain null bytes"));
        }
        if name.len == 0 {
            return Err(self.fail_tok(token, "empty test name must be omitted"));
        }
        Ok(name.index)
    }

    /// The name of the declaration that a test is for. It must be in scope, once, and no local.
    fn test_decl_name(
        &mut self,
        scope: ScopeId,
        token: TokenIndex,
    ) -> InnerResult<NullTerminatedString> {
        let text = self.tree.token_slice(token);
        if text == b"_" {
            return Err(self.fail_tok(token, "'_' used as an identifier without @\"_\" syntax"));
        }
        if text.first() != Some(&b'@') && is_primitive(text) {
            return Err(self.fail_tok(token, "cannot test a primitive"));
        }
        let name = self.ident_as_string(token)?;
        let mut found_already = None;
        let mut s = scope;
        loop {
            s = self.scopes.near(s, name);
            let local = match &mut self.scopes[s] {
                Scope::LocalVal(local) if local.name == name => {
                    local.used = token;
                    Some((local.id_cat, local.token_src))
                }
                Scope::LocalPtr(local) if local.name == name => {
                    local.used = token;
                    Some((local.id_cat, local.token_src))
                }
                _ => None,
            };
            if let Some((id_cat, token_src)) = local {
                let note =
                    self.err_note_tok(token_src, format_args!("{} declared here", id_cat.name()));
                return Err(self.fail_tok_notes(
                    token,
                    format_args!("cannot test a {}", id_cat.name()),
                    &[note],
                ));
            }
            if let Scope::Namespace(ns) = self.scopes[s]
                && let Some(&decl_node) = self.namespaces[ns].decls.get(&name)
            {
                if let Some(first) = found_already {
                    let here = self.err_note_node(first, "declared here");
                    let also = self.err_note_node(decl_node, "also declared here");
                    return Err(self.fail_tok_notes(token, "ambiguous reference", &[here, also]));
                }
                // The search goes on: the name may be declared further out as well.
                found_already = Some(decl_node);
            }
            match self.scope_parent(s) {
                Some(parent) => s = parent,
                None => break,
            }
        }
        if found_already.is_none() {
            let ident_name = self.identifier_token_string(token)?;
            return Err(self.fail_tok(
                token,
                [
                    b"use of undeclared identifier '".as_slice(),
                    &ident_name,
                    b"'",
                ],
            ));
        }
        self.ident_as_string(token)
    }

    /// Stands in for a declaration that could not be lowered.
    pub(crate) fn add_failed_declaration(
        &mut self,
        wip_members: &mut WipMembers,
        gz: BlockId,
        kind: DeclKind,
        name: NullTerminatedString,
        src_node: NodeIndex,
        is_pub: bool,
    ) {
        let decl_inst = self.make_declaration(src_node);
        wip_members.next_decl(&mut self.scratch, decl_inst);

        let top = self.stack_top();
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, Extended::AstgenError, 0, 0),
        );
        let SourceCursor { line, column, .. } = self.cursor;
        self.set_declaration(
            decl_inst,
            SetDeclaration {
                // Changes of the source do not matter while lowering keeps failing.
                src_hash: [0; 4],
                src_line: line,
                src_column: column,
                kind,
                name,
                is_pub,
                is_threadlocal: false,
                linkage: Linkage::Normal,
                lib_name: NullTerminatedString::EMPTY,
                bodies: DeclBodies::of_value(top),
            },
        );
    }

    /// [`AstGen::set_declaration`] for what has a value and nothing else, from `top` on. The hash is that of
    /// the source fed so far.
    fn set_untyped_declaration(
        &mut self,
        decl_inst: Index,
        (src_line, src_column): (u32, u32),
        kind: DeclKind,
        name: NullTerminatedString,
        is_pub: bool,
        top: u32,
    ) {
        let src_hash = self.src_hasher.digest(self.tree.source);
        self.set_declaration(
            decl_inst,
            SetDeclaration {
                src_hash,
                src_line,
                src_column,
                kind,
                name,
                is_pub,
                is_threadlocal: false,
                linkage: Linkage::Normal,
                lib_name: NullTerminatedString::EMPTY,
                bodies: DeclBodies::of_value(top),
            },
        );
    }

    /// Completes a declaration and unstacks its bodies.
    pub(crate) fn set_declaration(&mut self, decl_inst: Index, args: SetDeclaration) {
        let DeclBodies {
            type_top,
            align_top,
            attribute_tops: [second_top, third_top],
            value_top,
        } = args.bodies;
        let body = |start: u32, end: u32| start as usize..end as usize;
        let type_body = body(type_top, align_top);
        let align_body = body(align_top, second_top);
        let second_body = body(second_top, third_top);
        let third_body = body(third_top, value_top);
        let (linksection_body, addrspace_body) = if self.rules.address_space_comes_before_section {
            (third_body, second_body)
        } else {
            (second_body, third_body)
        };
        let value_body = body(value_top, self.stack_top());

        let id = declaration_id(
            &args,
            !type_body.is_empty(),
            !(align_body.is_empty() && linksection_body.is_empty() && addrspace_body.is_empty()),
        );
        debug_assert!(id.has_type_body() || type_body.is_empty());
        debug_assert_eq!(id.has_value_body(), !value_body.is_empty());
        debug_assert_eq!(id.has_name(), args.name != NullTerminatedString::EMPTY);
        debug_assert!(id.has_lib_name() || args.lib_name == NullTerminatedString::EMPTY);

        let bodies = [
            type_body,
            align_body,
            linksection_body,
            addrspace_body,
            value_body,
        ];
        let [
            type_len,
            align_len,
            linksection_len,
            addrspace_len,
            value_len,
        ] = bodies.clone().map(|body| match body.is_empty() {
            true => 0,
            false => self.count_body_len_after_fixups(body),
        });

        let [src_hash_0, src_hash_1, src_hash_2, src_hash_3] = args.src_hash;
        let [flags_0, flags_1] = payload::DeclarationFlags {
            src_line: args.src_line,
            src_column: args.src_column,
            id,
        }
        .to_words(self.format);
        let payload_index = self.add_extra(&payload::Declaration {
            src_hash_0,
            src_hash_1,
            src_hash_2,
            src_hash_3,
            flags_0,
            flags_1,
        });
        self.data[decl_inst.0 as usize].set_payload_index(payload_index);

        if id.has_name() {
            self.extra.push(args.name.0);
        }
        if id.has_lib_name() {
            self.extra.push(args.lib_name.0);
        }
        if id.has_type_body() {
            self.extra.push(type_len);
        }
        if id.has_special_bodies() {
            self.extra
                .extend_from_slice(&[align_len, linksection_len, addrspace_len]);
        }
        if id.has_value_body() {
            self.extra.push(value_len);
        }
        for body in bodies {
            if !body.is_empty() {
                self.append_body_with_fixups(body);
            }
        }
        self.stack.truncate(type_top as usize);
    }
}

/// The kind of declaration that ZIR stores: the smallest one that has room for all parts.
fn declaration_id(
    args: &SetDeclaration,
    has_type_body: bool,
    has_special_body: bool,
) -> DeclarationId {
    use DeclarationId as Id;
    let has_lib_name = args.lib_name != NullTerminatedString::EMPTY;
    let choose = |private, public| if args.is_pub { public } else { private };
    match (args.kind, args.linkage) {
        (DeclKind::UnnamedTest, _) => Id::UnnamedTest,
        (DeclKind::Test, _) => Id::Test,
        (DeclKind::Decltest, _) => Id::Decltest,
        (DeclKind::Comptime, _) => Id::Comptime,
        (DeclKind::Usingnamespace, _) => choose(Id::Usingnamespace, Id::PubUsingnamespace),

        (DeclKind::Const, Linkage::Normal) if has_special_body => choose(Id::Const, Id::PubConst),
        (DeclKind::Const, Linkage::Normal) if has_type_body => {
            choose(Id::ConstTyped, Id::PubConstTyped)
        }
        (DeclKind::Const, Linkage::Normal) => choose(Id::ConstSimple, Id::PubConstSimple),
        (DeclKind::Const, Linkage::Extern) if has_lib_name || has_special_body => {
            choose(Id::ExternConst, Id::PubExternConst)
        }
        (DeclKind::Const, Linkage::Extern) => {
            choose(Id::ExternConstSimple, Id::PubExternConstSimple)
        }
        (DeclKind::Const, Linkage::Export) => choose(Id::ExportConst, Id::PubExportConst),

        (DeclKind::Var, Linkage::Normal) if args.is_threadlocal => {
            choose(Id::VarThreadlocal, Id::PubVarThreadlocal)
        }
        (DeclKind::Var, Linkage::Normal) if has_special_body || has_type_body => {
            choose(Id::Var, Id::PubVar)
        }
        (DeclKind::Var, Linkage::Normal) => choose(Id::VarSimple, Id::PubVarSimple),
        (DeclKind::Var, Linkage::Extern) if args.is_threadlocal => {
            choose(Id::ExternVarThreadlocal, Id::PubExternVarThreadlocal)
        }
        (DeclKind::Var, Linkage::Extern) => choose(Id::ExternVar, Id::PubExternVar),
        (DeclKind::Var, Linkage::Export) if args.is_threadlocal => {
            choose(Id::ExportVarThreadlocal, Id::PubExportVarThreadlocal)
        }
        (DeclKind::Var, Linkage::Export) => choose(Id::ExportVar, Id::PubExportVar),
    }
}
