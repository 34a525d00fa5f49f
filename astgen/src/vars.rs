//! Local declarations and assignments.

use syntax::full::{self, VarDecl};
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};
use zir::{Data, Extended, InplaceOp, NameStrategy, Ref, SimpleComptimeReason, Tag, payload};

use crate::classify;
use crate::emit::{AllocExtended, SaveErrRetIndex};
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{ComponentRange, Context, DestructureComponent, Loc, PtrResultLoc, ResultInfo};
use crate::scope::{IdCat, LocalPtr, LocalVal, Scope};

impl<'a> AstGen<'a> {
    fn is_const(&self, mut_token: TokenIndex) -> bool {
        self.tree.token_tag(mut_token) == TokenTag::KeywordConst
    }

    /// Whether the node is written `_`, which discards what is assigned to it. `@"_"` is a name.
    fn is_discard_identifier(&self, node: NodeIndex) -> bool {
        let tree = self.tree;
        tree.node_tag(node) == NodeTag::Identifier
            && tree.token_slice(tree.main_token(node)) == b"_"
    }

    /// Lowers a local declaration; its name is visible in the returned scope.
    #[inline(never)]
    pub(crate) fn var_decl(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<ScopeId> {
        let Some(var_decl) = self.tree.full_var_decl(node) else {
            return Err(self.fail_node(node, "expected declaration"));
        };
        self.emit_dbg_node(gz, node);
        let is_const = self.is_const(var_decl.ast.mut_token);
        let name_token = var_decl.ast.mut_token + 1;
        let name_raw = self.tree.token_slice(name_token);
        if name_raw == b"_" {
            return Err(self.fail_tok(
                name_token,
                "'_' used as an identifier without @\"_\" syntax",
            ));
        }
        let ident_name = self.ident_as_string(name_token)?;
        let id_cat = if is_const {
            IdCat::LocalConstant
        } else {
            IdCat::LocalVariable
        };
        self.detect_local_shadowing(scope, ident_name, name_token, name_raw, id_cat)?;
        if var_decl.ast.init_node == 0 {
            return Err(self.fail_node(node, "variables must be initialized"));
        }
        self.check_local_attributes(&var_decl, name_raw)?;

        let early_type = self.early_type(gz, scope, &var_decl)?;
        let align_inst = self.local_align(gz, scope, &var_decl)?;
        let local = if is_const {
            if let Some(comptime_token) = var_decl.comptime_token {
                self.append_error_tok(comptime_token, COMPTIME_CONST_IS_REDUNDANT);
            }
            // A value that needs no memory is its own instruction.
            if align_inst == Ref::NONE && !self.nodes_need_rl.contains(node) {
                let inst = self.const_value(gz, scope, node, &var_decl, early_type)?;
                self.add_dbg_var(gz, Tag::DbgVarVal, ident_name, inst);
                if classify::node_may_append_to_error_trace(self.tree, var_decl.ast.init_node) {
                    self.add_save_err_ret_index(gz, SaveErrRetIndex::IfOfErrorType(inst));
                }
                Scope::LocalVal(LocalVal::new(scope, ident_name, inst, name_token, id_cat))
            } else {
                let ptr = self.const_ptr(gz, scope, node, &var_decl, early_type, align_inst)?;
                self.add_dbg_var(gz, Tag::DbgVarPtr, ident_name, ptr);
                Scope::LocalPtr(LocalPtr::new(
                    scope, ident_name, ptr, name_token, true, id_cat,
                ))
            }
        } else {
            if let Some(comptime_token) = var_decl.comptime_token
                && self.blocks[gz].is_comptime
            {
                return Err(self.fail_tok(
                    comptime_token,
                    "'comptime var' is redundant in comptime scope",
                ));
            }
            let is_comptime = var_decl.comptime_token.is_some() || self.blocks[gz].is_comptime;
            let ptr = self.var_ptr(
                gz,
                scope,
                node,
                &var_decl,
                early_type,
                align_inst,
                is_comptime,
            )?;
            self.add_dbg_var(gz, Tag::DbgVarPtr, ident_name, ptr);
            Scope::LocalPtr(LocalPtr::new(
                scope,
                ident_name,
                ptr,
                name_token,
                is_comptime,
                id_cat,
            ))
        };
        Ok(self.push_scope(local))
    }

    /// The type of a variable where it is lowered before the alignment.
    fn early_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        var_decl: &VarDecl,
    ) -> InnerResult<Option<Ref>> {
        match var_decl.ast.type_node {
            type_node if type_node != 0 && self.rules.type_comes_before_alignment => {
                self.type_expr(gz, scope, type_node).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The type of a variable, [`Ref::NONE`] where none is given. `early` is what [`Self::early_type`] said.
    fn local_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        var_decl: &VarDecl,
        early: Option<Ref>,
    ) -> InnerResult<Ref> {
        match (early, var_decl.ast.type_node) {
            (Some(ty), _) => Ok(ty),
            (None, 0) => Ok(Ref::NONE),
            (None, type_node) => self.type_expr(gz, scope, type_node),
        }
    }

    /// The alignment of a variable, [`Ref::NONE`] where none is given.
    fn local_align(&mut self, gz: BlockId, scope: ScopeId, var_decl: &VarDecl) -> InnerResult<Ref> {
        let ri = ResultInfo::COERCED_ALIGN;
        match var_decl.ast.align_node {
            0 => Ok(Ref::NONE),
            align_node if self.rules.local_alignment_is_comptime => {
                self.comptime_expr(gz, scope, ri, align_node, SimpleComptimeReason::Align)
            }
            align_node => self.expr(gz, scope, ri, align_node),
        }
    }

    /// Attributes that only declarations outside of functions can have.
    fn check_local_attributes(&mut self, var_decl: &VarDecl, name: &[u8]) -> InnerResult<()> {
        let (node, what): (_, &[u8]) = if var_decl.ast.addrspace_node != 0 {
            (
                var_decl.ast.addrspace_node,
                b"cannot set address space of local variable '",
            )
        } else if var_decl.ast.section_node != 0 {
            (
                var_decl.ast.section_node,
                b"cannot set section of local variable '",
            )
        } else {
            return Ok(());
        };
        Err(self.fail_tok(self.tree.main_token(node), [what, name, b"'"]))
    }

    /// Lowers the initial value, which gives its name to a container declared there.
    fn var_init(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        var_decl: &VarDecl,
    ) -> InnerResult<Ref> {
        let reason = var_decl
            .comptime_token
            .map(|_| SimpleComptimeReason::ComptimeKeyword);
        let init_node = var_decl.ast.init_node;
        let strategy = NameStrategy::DbgVar;
        if let Some(named) = self.name_strat_expr(gz, scope, ri, init_node, strategy)? {
            return Ok(named);
        }
        let prev_strategy = self.blocks[gz].anon_name_strategy;
        if !self.rules.name_strategy_is_an_argument {
            self.blocks[gz].anon_name_strategy = strategy;
        }
        let init = self.reachable_expr_comptime(gz, scope, ri, init_node, node, reason)?;
        self.blocks[gz].anon_name_strategy = prev_strategy;
        Ok(init)
    }

    fn const_value(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        var_decl: &VarDecl,
        early_type: Option<Ref>,
    ) -> InnerResult<Ref> {
        let rl = match self.local_type(gz, scope, var_decl, early_type)? {
            Ref::NONE => Loc::None,
            ty => Loc::Ty(ty),
        };
        let ri = ResultInfo {
            rl,
            ctx: Context::ConstInit,
        };
        let init = self.var_init(gz, scope, ri, node, var_decl)?;
        self.add_un_node(gz, Tag::ValidateConst, init, var_decl.ast.init_node);
        Ok(init)
    }

    fn const_ptr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        var_decl: &VarDecl,
        early_type: Option<Ref>,
        align_inst: Ref,
    ) -> InnerResult<Ref> {
        let init_node = var_decl.ast.init_node;
        let is_comptime =
            self.blocks[gz].is_comptime || self.tree.node_tag(init_node) == NodeTag::Comptime;
        let type_inst = self.local_type(gz, scope, var_decl, early_type)?;
        let alloc = if align_inst != Ref::NONE {
            self.add_alloc_extended(
                gz,
                AllocExtended {
                    node,
                    type_inst,
                    align_inst,
                    is_const: true,
                    is_comptime,
                },
            )
        } else if type_inst != Ref::NONE {
            self.add_un_node(gz, Tag::Alloc, type_inst, node)
        } else {
            let tag = if is_comptime {
                Tag::AllocInferredComptime
            } else {
                Tag::AllocInferred
            };
            self.add_node(gz, tag, node)
        };
        let (rl, finish_tag) = if type_inst != Ref::NONE {
            (Loc::Ptr(PtrResultLoc::new(alloc)), Tag::MakePtrConst)
        } else {
            (Loc::InferredPtr(alloc), Tag::ResolveInferredAlloc)
        };
        let init = self.var_init(
            gz,
            scope,
            ResultInfo {
                rl,
                ctx: Context::ConstInit,
            },
            node,
            var_decl,
        )?;
        if classify::node_may_append_to_error_trace(self.tree, init_node) {
            self.add_save_err_ret_index(gz, SaveErrRetIndex::IfOfErrorType(init));
        }
        Ok(self.add_un_node(gz, finish_tag, alloc, node))
    }

    #[expect(clippy::too_many_arguments, reason = "a part of `var_decl`")]
    fn var_ptr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        var_decl: &VarDecl,
        early_type: Option<Ref>,
        align_inst: Ref,
        is_comptime: bool,
    ) -> InnerResult<Ref> {
        let type_inst = self.local_type(gz, scope, var_decl, early_type)?;
        let alloc = if align_inst != Ref::NONE {
            self.add_alloc_extended(
                gz,
                AllocExtended {
                    node,
                    type_inst,
                    align_inst,
                    is_const: false,
                    is_comptime,
                },
            )
        } else if type_inst != Ref::NONE {
            let tag = if is_comptime {
                Tag::AllocComptimeMut
            } else {
                Tag::AllocMut
            };
            self.add_un_node(gz, tag, type_inst, node)
        } else {
            let tag = if is_comptime {
                Tag::AllocInferredComptimeMut
            } else {
                Tag::AllocInferredMut
            };
            self.add_node(gz, tag, node)
        };
        let is_inferred = type_inst == Ref::NONE;
        let rl = if is_inferred {
            Loc::InferredPtr(alloc)
        } else {
            Loc::Ptr(PtrResultLoc::new(alloc))
        };
        self.var_init(gz, scope, ResultInfo::rl(rl), node, var_decl)?;
        Ok(if is_inferred {
            self.add_un_node(gz, Tag::ResolveInferredAlloc, alloc, node)
        } else {
            alloc
        })
    }

    #[inline(never)]
    pub(crate) fn assign(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        infix_node: NodeIndex,
    ) -> InnerResult<()> {
        self.emit_dbg_node(gz, infix_node);
        let data = self.tree.node_data(infix_node);
        let ri = if self.is_discard_identifier(data.lhs) {
            ResultInfo {
                rl: Loc::Discard,
                ctx: Context::Assignment,
            }
        } else {
            let inst = self.lval_expr(gz, scope, data.lhs)?;
            ResultInfo::rl(Loc::Ptr(PtrResultLoc {
                inst,
                src_node: Some(infix_node),
            }))
        };
        self.expr(gz, scope, ri, data.rhs)?;
        Ok(())
    }

    fn redundant_comptime(&mut self, node: NodeIndex, comptime_token: Option<TokenIndex>) {
        let message = "redundant comptime keyword in already comptime scope";
        match comptime_token {
            Some(token) if self.rules.redundant_comptime_points_at_keyword => {
                self.append_error_tok(token, message);
            }
            _ => self.append_error_node(node, message),
        }
    }

    /// A destructuring assignment that declares nothing.
    #[inline(never)]
    pub(crate) fn assign_destructure(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<()> {
        self.emit_dbg_node(gz, node);
        let full = self.tree.assign_destructure(node);
        if full.comptime_token.is_some() && self.blocks[gz].is_comptime {
            // As in Zig, nothing is lowered then.
            self.redundant_comptime(node, full.comptime_token);
            return Ok(());
        }
        let mark = self.mark();
        let inner_gz = self.destructure_block(gz, scope, full.comptime_token.is_some());
        let components = self.discard_components(full.ast.variables.len());
        for (i, &variable_node) in full.ast.variables.iter().enumerate() {
            if !self.is_discard_identifier(variable_node) {
                let inst = self.lval_expr(inner_gz, scope, variable_node)?;
                let ptr = PtrResultLoc {
                    inst,
                    src_node: Some(variable_node),
                };
                self.set_component(components, i, DestructureComponent::TypedPtr(ptr));
            }
        }
        let ri = ResultInfo::rl(Loc::Destructure {
            src_node: node,
            components,
        });
        self.expr(inner_gz, scope, ri, full.ast.value_expr)?;
        if full.comptime_token.is_some() {
            self.finish_destructure_block(gz, inner_gz, node);
        }
        self.release(mark);
        Ok(())
    }

    fn discard_components(&mut self, len: usize) -> ComponentRange {
        let start = self.destructure_components.len() as u32;
        let end = self.destructure_components.len() + len;
        self.destructure_components
            .resize(end, DestructureComponent::Discard);
        ComponentRange {
            start,
            len: len as u32,
        }
    }

    fn set_component(
        &mut self,
        components: ComponentRange,
        i: usize,
        component: DestructureComponent,
    ) {
        self.destructure_components[components.start as usize + i] = component;
    }

    /// The block that a destructuring assignment is evaluated in: one of its own if it is `comptime`.
    fn destructure_block(&mut self, gz: BlockId, scope: ScopeId, is_comptime: bool) -> BlockId {
        if !is_comptime {
            return gz;
        }
        let inner = self.make_sub_block(gz, scope);
        self.blocks[inner].is_comptime = true;
        inner
    }

    fn finish_destructure_block(&mut self, gz: BlockId, inner_gz: BlockId, node: NodeIndex) {
        let block_inst = self.make_block_inst(Tag::BlockComptime, gz, node);
        self.add_break(inner_gz, Tag::BreakInline, block_inst, Ref::VOID_VALUE);
        self.set_block_comptime_body(inner_gz, block_inst, SimpleComptimeReason::ComptimeKeyword);
        self.stack.push(block_inst);
    }

    /// A destructuring assignment that may declare locals; they are visible in the returned scope. Records
    /// made here are left to the enclosing block.
    #[inline(never)]
    pub(crate) fn assign_destructure_maybe_decls(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> InnerResult<ScopeId> {
        self.emit_dbg_node(gz, node);
        let full = self.tree.assign_destructure(node);
        if full.comptime_token.is_some() && self.blocks[gz].is_comptime {
            self.redundant_comptime(node, full.comptime_token);
        }
        let is_comptime = full.comptime_token.is_some() || self.blocks[gz].is_comptime;
        let value_is_comptime = self.tree.node_tag(full.ast.value_expr) == NodeTag::Comptime;
        let saved_cursor = self.save_source_cursor();

        // Every declaration gets memory, so that no tuple type is needed for the value. Allocations come
        // first; the pointers of existing variables are taken later, inside the comptime block if there is
        // one.
        let components = self.discard_components(full.ast.variables.len());
        let mut any_non_const_variables = false;
        let mut any_lvalue_expr = false;
        for (i, &variable_node) in full.ast.variables.iter().enumerate() {
            if let Some(var_decl) = self.tree.full_var_decl(variable_node) {
                any_non_const_variables |= !self.is_const(var_decl.ast.mut_token);
                let component = self.destructured_alloc(
                    gz,
                    scope,
                    node,
                    &var_decl,
                    is_comptime,
                    value_is_comptime,
                )?;
                self.set_component(components, i, component);
                continue;
            }
            any_non_const_variables = true;
            any_lvalue_expr |= !self.is_discard_identifier(variable_node);
        }
        if let Some(comptime_token) = full.comptime_token
            && !any_non_const_variables
        {
            self.append_error_tok(comptime_token, COMPTIME_CONST_IS_REDUNDANT);
        }

        let inner_gz = self.destructure_block(gz, scope, full.comptime_token.is_some());
        if any_lvalue_expr {
            if self.rules.cursor_returns_before_sentinels {
                self.restore_source_cursor(saved_cursor);
            }
            for (i, &variable_node) in full.ast.variables.iter().enumerate() {
                if is_var_decl(self.tree.node_tag(variable_node))
                    || self.is_discard_identifier(variable_node)
                {
                    continue;
                }
                let inst = self.lval_expr(inner_gz, scope, variable_node)?;
                let ptr = PtrResultLoc {
                    inst,
                    src_node: Some(variable_node),
                };
                self.set_component(components, i, DestructureComponent::TypedPtr(ptr));
            }
        }
        let ri = ResultInfo::rl(Loc::Destructure {
            src_node: node,
            components,
        });
        self.reachable_expr(inner_gz, scope, ri, full.ast.value_expr, node)?;
        if full.comptime_token.is_some() {
            self.finish_destructure_block(gz, inner_gz, node);
        }
        self.destructured_scopes(gz, scope, node, &full, components, is_comptime)
    }

    /// The memory of one declaration in a destructuring assignment.
    fn destructured_alloc(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        var_decl: &VarDecl,
        is_comptime: bool,
        value_is_comptime: bool,
    ) -> InnerResult<DestructureComponent> {
        let name_token = var_decl.ast.mut_token + 1;
        let name_raw = self.tree.token_slice(name_token);
        if name_raw == b"_" {
            return Err(self.fail_tok(
                name_token,
                "'_' used as an identifier without @\"_\" syntax",
            ));
        }
        self.check_local_attributes(var_decl, name_raw)?;
        let is_const = self.is_const(var_decl.ast.mut_token);
        let is_comptime = is_comptime || (is_const && value_is_comptime);
        let early_type = self.early_type(gz, scope, var_decl)?;
        let align_inst = self.local_align(gz, scope, var_decl)?;
        let type_inst = self.local_type(gz, scope, var_decl, early_type)?;
        let ptr = if align_inst != Ref::NONE {
            self.add_alloc_extended(
                gz,
                AllocExtended {
                    node,
                    type_inst,
                    align_inst,
                    is_const,
                    is_comptime,
                },
            )
        } else if type_inst != Ref::NONE {
            let tag = match (is_const, is_comptime) {
                (true, true) if self.rules.comptime_constants_are_allocated_so => {
                    Tag::AllocComptimeMut
                }
                (true, _) => Tag::Alloc,
                (false, true) => Tag::AllocComptimeMut,
                (false, false) => Tag::AllocMut,
            };
            self.add_un_node(gz, tag, type_inst, node)
        } else {
            let tag = match (is_const, is_comptime) {
                (true, true) => Tag::AllocInferredComptime,
                (true, false) => Tag::AllocInferred,
                (false, true) => Tag::AllocInferredComptimeMut,
                (false, false) => Tag::AllocInferredMut,
            };
            self.add_node(gz, tag, node)
        };
        Ok(if type_inst != Ref::NONE {
            DestructureComponent::TypedPtr(PtrResultLoc::new(ptr))
        } else {
            DestructureComponent::InferredPtr(ptr)
        })
    }

    /// Completes the allocations of a destructuring assignment and names them.
    fn destructured_scopes(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        full: &full::AssignDestructure<'_>,
        components: ComponentRange,
        is_comptime: bool,
    ) -> InnerResult<ScopeId> {
        let mut cur_scope = scope;
        for (i, &variable_node) in full.ast.variables.iter().enumerate() {
            if !is_var_decl(self.tree.node_tag(variable_node)) {
                continue;
            }
            let Some(var_decl) = self.tree.full_var_decl(variable_node) else {
                continue;
            };
            let is_const = self.is_const(var_decl.ast.mut_token);
            let ptr = match self.destructure_components[components.start as usize + i] {
                DestructureComponent::InferredPtr(raw_ptr) => {
                    self.add_un_node(gz, Tag::ResolveInferredAlloc, raw_ptr, variable_node)
                }
                DestructureComponent::TypedPtr(raw_ptr) if is_const => {
                    self.add_un_node(gz, Tag::MakePtrConst, raw_ptr.inst, node)
                }
                DestructureComponent::TypedPtr(raw_ptr) => raw_ptr.inst,
                DestructureComponent::Discard => continue,
            };
            let name_token = var_decl.ast.mut_token + 1;
            let ident_name = self.ident_as_string(name_token)?;
            let id_cat = if is_const {
                IdCat::LocalConstant
            } else {
                IdCat::LocalVariable
            };
            let name_raw = self.tree.token_slice(name_token);
            self.detect_local_shadowing(cur_scope, ident_name, name_token, name_raw, id_cat)?;
            self.add_dbg_var(gz, Tag::DbgVarPtr, ident_name, ptr);
            let local = LocalPtr::new(
                cur_scope,
                ident_name,
                ptr,
                name_token,
                is_const || is_comptime,
                id_cat,
            );
            cur_scope = self.push_scope(Scope::LocalPtr(local));
        }
        Ok(cur_scope)
    }

    #[inline(never)]
    pub(crate) fn assign_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        infix_node: NodeIndex,
        op_inst_tag: Tag,
    ) -> InnerResult<()> {
        self.emit_dbg_node(gz, infix_node);
        let data = self.tree.node_data(infix_node);
        let lhs_ptr = self.lval_expr(gz, scope, data.lhs)?;
        let cursor = may_be_unsafe(op_inst_tag)
            .then(|| self.maybe_advance_source_cursor_to_main_token(gz, infix_node));
        let lhs = self.add_un_node(gz, Tag::Load, lhs_ptr, infix_node);
        // A pointer may be on the left, with an integer on the right.
        let inplace_op = match op_inst_tag {
            Tag::Add => Some(InplaceOp::AddEq),
            Tag::Sub => Some(InplaceOp::SubEq),
            _ => None,
        };
        let rhs_ty = match inplace_op {
            Some(op) => self.add(
                gz,
                Tag::Extended,
                Data::extended(
                    self.format,
                    Extended::InplaceArithResultTy,
                    op as u16,
                    self.format.ref_word(lhs),
                ),
            ),
            None => self.add_un_node(gz, Tag::Typeof, lhs, infix_node),
        };
        let rhs = self.expr(gz, scope, ResultInfo::rl(Loc::Ty(rhs_ty)), data.rhs)?;
        if let Some(cursor) = cursor {
            self.emit_dbg_stmt(gz, cursor);
        }
        self.store_op(gz, infix_node, op_inst_tag, lhs_ptr, lhs, rhs);
        Ok(())
    }

    fn store_op(
        &mut self,
        gz: BlockId,
        infix_node: NodeIndex,
        tag: Tag,
        lhs_ptr: Ref,
        lhs: Ref,
        rhs: Ref,
    ) {
        let result = self.add_pl_node(gz, tag, infix_node, &payload::Bin { lhs, rhs });
        self.add_pl_node(
            gz,
            Tag::StoreNode,
            infix_node,
            &payload::Bin {
                lhs: lhs_ptr,
                rhs: result,
            },
        );
    }

    #[inline(never)]
    pub(crate) fn assign_shift(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        infix_node: NodeIndex,
        op_inst_tag: Tag,
    ) -> InnerResult<()> {
        self.emit_dbg_node(gz, infix_node);
        let data = self.tree.node_data(infix_node);
        let lhs_ptr = self.lval_expr(gz, scope, data.lhs)?;
        let lhs = self.add_un_node(gz, Tag::Load, lhs_ptr, infix_node);
        let rhs_type = self.add_un_node(gz, Tag::TypeofLog2IntType, lhs, infix_node);
        let rhs = self.expr(gz, scope, ResultInfo::rl(Loc::Ty(rhs_type)), data.rhs)?;
        self.store_op(gz, infix_node, op_inst_tag, lhs_ptr, lhs, rhs);
        Ok(())
    }

    #[inline(never)]
    pub(crate) fn assign_shift_sat(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        infix_node: NodeIndex,
    ) -> InnerResult<()> {
        self.emit_dbg_node(gz, infix_node);
        let data = self.tree.node_data(infix_node);
        let lhs_ptr = self.lval_expr(gz, scope, data.lhs)?;
        let lhs = self.add_un_node(gz, Tag::Load, lhs_ptr, infix_node);
        // The right side may be of any integer type here.
        let rhs = self.expr(gz, scope, ResultInfo::NONE, data.rhs)?;
        self.store_op(gz, infix_node, Tag::ShlSat, lhs_ptr, lhs, rhs);
        Ok(())
    }
}

const COMPTIME_CONST_IS_REDUNDANT: &str =
    "'comptime const' is redundant; instead wrap the initialization expression with 'comptime'";

fn is_var_decl(tag: NodeTag) -> bool {
    matches!(
        tag,
        NodeTag::GlobalVarDecl
            | NodeTag::LocalVarDecl
            | NodeTag::SimpleVarDecl
            | NodeTag::AlignedVarDecl
    )
}

/// Whether the operator has a safety check, so that its position is emitted for the message.
pub(crate) fn may_be_unsafe(tag: Tag) -> bool {
    matches!(tag, Tag::Add | Tag::Sub | Tag::Mul | Tag::Div | Tag::ModRem)
}
