//! Array and struct initialisation.

use std::collections::HashMap;

use syntax::full;
use syntax::{NodeIndex, NodeTag, TokenIndex};
use zir::{Data, NullTerminatedString, Payload, Ref, SimpleComptimeReason, Tag, payload};

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{DestructureComponent, Loc, PtrResultLoc, ResultInfo};

/// Up to so many fields are compared pairwise when looking for duplicates.
const FEW_FIELDS: usize = 16;

/// The names of the fields of an initialisation, which lie on the scratch list from here on.
#[derive(Clone, Copy, Debug)]
struct FieldNames {
    top: usize,
}

impl AstGen<'_> {
    pub(crate) fn array_init_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        array_init: full::ArrayInit<'_>,
    ) -> InnerResult<Ref> {
        let elements: &[NodeIndex] = &array_init.ast.elements;
        if array_init.ast.type_expr != 0 {
            // With a type of its own, elements never get a result pointer.
            let (array_ty, elem_ty) = self.array_init_type(
                gz,
                scope,
                node,
                array_init.ast.type_expr,
                elements.len() as u32,
            )?;
            return match ri.rl {
                Loc::Discard => {
                    for (i, &elem_init) in elements.iter().enumerate() {
                        let ty = match elem_ty {
                            Some(ty) => ty,
                            None => self.array_init_elem_type(gz, array_ty, i),
                        };
                        self.expr(gz, scope, ResultInfo::rl(Loc::Ty(ty)), elem_init)?;
                    }
                    Ok(Ref::VOID_VALUE)
                }
                Loc::Ref | Loc::RefConst => {
                    self.array_init_expr_typed(gz, scope, node, elements, array_ty, elem_ty, true)
                }
                _ => {
                    let array_inst = self.array_init_expr_typed(
                        gz, scope, node, elements, array_ty, elem_ty, false,
                    )?;
                    self.rvalue(gz, ri, array_inst, node)
                }
            };
        }

        match ri.rl {
            Loc::None => self.array_init_expr_anon(gz, scope, node, elements),
            Loc::Discard => {
                for &elem_init in elements {
                    self.expr(gz, scope, ResultInfo::rl(Loc::Discard), elem_init)?;
                }
                Ok(Ref::VOID_VALUE)
            }
            Loc::Ref | Loc::RefConst => {
                let result = self.array_init_expr_anon(gz, scope, node, elements)?;
                let token = self.tree.first_token(node);
                Ok(self.add_un_tok(gz, Tag::Ref, result, token))
            }
            Loc::RefCoercedTy(ptr_ty) => {
                let validate = payload::ArrayInitRefTy {
                    ptr_ty,
                    elem_count: elements.len() as u32,
                };
                let array_ty = self.add_pl_node(gz, Tag::ValidateArrayInitRefTy, node, &validate);
                self.array_init_expr_typed(gz, scope, node, elements, array_ty, None, true)
            }
            Loc::Ty(ty) | Loc::CoercedTy(ty) => {
                let validate = payload::ArrayInit {
                    ty,
                    init_count: elements.len() as u32,
                };
                self.add_pl_node(gz, Tag::ValidateArrayInitResultTy, node, &validate);
                self.array_init_expr_typed(gz, scope, node, elements, ty, None, false)
            }
            Loc::Ptr(ptr) => {
                self.array_init_expr_ptr(gz, scope, node, elements, ptr.inst)?;
                Ok(Ref::VOID_VALUE)
            }
            Loc::InferredPtr(_) => {
                // There are no element pointers while the type is unknown.
                let result = self.array_init_expr_anon(gz, scope, node, elements)?;
                self.rvalue(gz, ri, result, node)
            }
            Loc::Destructure {
                src_node,
                components,
            } => {
                if elements.len() != components.len as usize {
                    let note = self.err_note_node(src_node, "result destructured here");
                    return Err(self.fail_node_notes(
                        node,
                        format_args!(
                            "expected {} elements for destructure, found {}",
                            components.len,
                            elements.len()
                        ),
                        &[note],
                    ));
                }
                for (i, &elem_init) in elements.iter().enumerate() {
                    let rl = match self.destructure_components[components.start as usize + i] {
                        DestructureComponent::TypedPtr(ptr) => Loc::Ptr(ptr),
                        DestructureComponent::InferredPtr(ptr) => Loc::InferredPtr(ptr),
                        DestructureComponent::Discard => Loc::Discard,
                    };
                    self.expr(gz, scope, ResultInfo::rl(rl), elem_init)?;
                }
                Ok(Ref::VOID_VALUE)
            }
        }
    }

    /// The type of a typed array initialisation, and the element type where `[_]T` says it.
    fn array_init_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        type_expr: NodeIndex,
        len: u32,
    ) -> InnerResult<(Ref, Option<Ref>)> {
        if let Some(array_type) = self.tree.full_array_type(type_expr)
            && self.is_inferred_array_len(&array_type)
        {
            let len = self.add_int(gz, u64::from(len));
            let (array_ty, elem_ty) =
                self.inferred_len_array_type(gz, scope, type_expr, &array_type, len)?;
            return Ok((array_ty, Some(elem_ty)));
        }
        let ty = self.type_expr(gz, scope, type_expr)?;
        self.add_pl_node(
            gz,
            Tag::ValidateArrayInitTy,
            node,
            &payload::ArrayInit {
                ty,
                init_count: len,
            },
        );
        Ok((ty, None))
    }

    /// `[_]T`; `[@"_"]T` is something else.
    fn is_inferred_array_len(&self, array_type: &full::ArrayType) -> bool {
        let elem_count = array_type.ast.elem_count;
        self.tree.node_tag(elem_count) == NodeTag::Identifier
            && self.tree.token_slice(self.tree.main_token(elem_count)) == b"_"
    }

    /// The type that `[_]T` or `[_:s]T` stands for, and `T`.
    fn inferred_len_array_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        type_expr: NodeIndex,
        array_type: &full::ArrayType,
        len: Ref,
    ) -> InnerResult<(Ref, Ref)> {
        let saved_cursor = self.save_source_cursor();
        let elem_type = self.type_expr(gz, scope, array_type.ast.elem_type)?;
        let array_ty = if array_type.ast.sentinel == 0 {
            self.add_pl_node(
                gz,
                Tag::ArrayType,
                type_expr,
                &payload::Bin {
                    lhs: len,
                    rhs: elem_type,
                },
            )
        } else {
            if self.rules.cursor_returns_before_sentinels {
                self.restore_source_cursor(saved_cursor);
            }
            let sentinel = self.comptime_expr(
                gz,
                scope,
                ResultInfo::rl(Loc::Ty(elem_type)),
                array_type.ast.sentinel,
                SimpleComptimeReason::ArraySentinel,
            )?;
            let payload = payload::ArrayTypeSentinel {
                len,
                elem_type,
                sentinel,
            };
            self.add_pl_node(gz, Tag::ArrayTypeSentinel, type_expr, &payload)
        };
        Ok((array_ty, elem_type))
    }

    fn array_init_elem_type(&mut self, gz: BlockId, array_ty: Ref, index: usize) -> Ref {
        self.add(
            gz,
            Tag::ArrayInitElemType,
            // The right operand is a number, as of this kind of data.
            Data::elem_val_imm(self.format, array_ty, index as u32),
        )
    }

    fn array_init_expr_anon(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        elements: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let payload_index = self.add_extra(&payload::MultiOp {
            operands_len: elements.len() as u32,
        });
        let operands = self.reserve_extra(elements.len()) as usize;
        for (i, &elem_init) in elements.iter().enumerate() {
            let elem = self.expr(gz, scope, ResultInfo::NONE, elem_init)?;
            self.extra[operands + i] = self.format.ref_word(elem);
        }
        Ok(self.add_pl_node_payload_index(gz, Tag::ArrayInitAnon, node, payload_index))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    fn array_init_expr_typed(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        elements: &[NodeIndex],
        ty: Ref,
        elem_ty: Option<Ref>,
        is_ref: bool,
    ) -> InnerResult<Ref> {
        // The first operand is the type.
        let len = elements.len() + 1;
        let payload_index = self.add_extra(&payload::MultiOp {
            operands_len: len as u32,
        });
        let operands = self.reserve_extra(len) as usize;
        self.extra[operands] = self.format.ref_word(ty);
        for (i, &elem_init) in elements.iter().enumerate() {
            let elem_ty = match elem_ty {
                Some(elem_ty) => elem_ty,
                None => self.array_init_elem_type(gz, ty, i),
            };
            let elem = self.expr(
                gz,
                scope,
                ResultInfo::rl(Loc::CoercedTy(elem_ty)),
                elem_init,
            )?;
            self.extra[operands + 1 + i] = self.format.ref_word(elem);
        }
        let tag = if is_ref {
            Tag::ArrayInitRef
        } else {
            Tag::ArrayInit
        };
        Ok(self.add_pl_node_payload_index(gz, tag, node, payload_index))
    }

    /// Initialises each element in place.
    fn array_init_expr_ptr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        elements: &[NodeIndex],
        ptr: Ref,
    ) -> InnerResult<()> {
        let array_ptr = self.add_un_node(gz, Tag::OptEuBasePtrInit, ptr, node);
        let payload_index = self.add_extra(&payload::Block {
            body_len: elements.len() as u32,
        });
        let body = self.reserve_extra(elements.len()) as usize;
        for (i, &elem_init) in elements.iter().enumerate() {
            let payload = payload::ElemPtrImm {
                ptr: array_ptr,
                index: i as u32,
            };
            let elem_ptr =
                self.add_as_index_pl_node(gz, Tag::ArrayInitElemPtr, elem_init, &payload);
            self.extra[body + i] = elem_ptr.0;
            self.expr(
                gz,
                scope,
                ResultInfo::rl(Loc::Ptr(PtrResultLoc::new(elem_ptr.to_ref()))),
                elem_init,
            )?;
        }
        self.add_pl_node_payload_index(gz, Tag::ValidatePtrArrayInit, node, payload_index);
        Ok(())
    }

    pub(crate) fn struct_init_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        struct_init: full::StructInit<'_>,
    ) -> InnerResult<Ref> {
        let type_expr = struct_init.ast.type_expr;
        let fields: &[NodeIndex] = &struct_init.ast.fields;
        if fields.is_empty() {
            return if type_expr == 0 {
                self.struct_init_empty(gz, ri, node)
            } else {
                let ty = match self.tree.full_array_type(type_expr) {
                    Some(array_type) if self.is_inferred_array_len(&array_type) => {
                        self.inferred_len_array_type(
                            gz,
                            scope,
                            type_expr,
                            &array_type,
                            Ref::ZERO_USIZE,
                        )?
                        .0
                    }
                    _ => self.type_expr(gz, scope, type_expr)?,
                };
                let result = self.add_un_node(gz, Tag::StructInitEmpty, ty, node);
                self.rvalue(gz, ri, result, node)
            };
        }
        if type_expr != 0 && self.tree.full_array_type(type_expr).is_some() {
            return Err(self.fail_node(type_expr, "initializing array with struct syntax"));
        }

        let names = self.field_names(node, fields)?;
        let result = self.struct_init_fields(gz, scope, ri, node, &struct_init, names);
        self.scratch.truncate(names.top);
        result
    }

    /// [`AstGen::struct_init_expr`] for one that has fields.
    fn struct_init_fields(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        struct_init: &full::StructInit<'_>,
        names: FieldNames,
    ) -> InnerResult<Ref> {
        let type_expr = struct_init.ast.type_expr;
        let fields: &[NodeIndex] = &struct_init.ast.fields;
        if type_expr != 0 {
            // With a type of its own, fields never get a result pointer.
            let ty = self.type_expr(gz, scope, type_expr)?;
            self.add_un_node(gz, Tag::ValidateStructInitTy, ty, node);
            return match ri.rl {
                Loc::Ref | Loc::RefConst => {
                    self.struct_init_expr_typed(gz, scope, node, fields, names, ty, true)
                }
                _ => {
                    let struct_inst =
                        self.struct_init_expr_typed(gz, scope, node, fields, names, ty, false)?;
                    self.rvalue(gz, ri, struct_inst, node)
                }
            };
        }

        match ri.rl {
            Loc::None => self.struct_init_expr_anon(gz, scope, node, fields, names),
            Loc::Discard => {
                for &field_init in fields {
                    self.expr(gz, scope, ResultInfo::rl(Loc::Discard), field_init)?;
                }
                Ok(Ref::VOID_VALUE)
            }
            Loc::Ref | Loc::RefConst => {
                let result = self.struct_init_expr_anon(gz, scope, node, fields, names)?;
                let token = self.tree.first_token(node);
                Ok(self.add_un_tok(gz, Tag::Ref, result, token))
            }
            Loc::RefCoercedTy(ptr_ty) => {
                let ty = self.add_un_node(gz, Tag::ElemType, ptr_ty, node);
                self.add_un_node(gz, Tag::ValidateStructInitResultTy, ty, node);
                self.struct_init_expr_typed(gz, scope, node, fields, names, ty, true)
            }
            Loc::Ty(ty) | Loc::CoercedTy(ty) => {
                self.add_un_node(gz, Tag::ValidateStructInitResultTy, ty, node);
                self.struct_init_expr_typed(gz, scope, node, fields, names, ty, false)
            }
            Loc::Ptr(ptr) => {
                self.struct_init_expr_ptr(gz, scope, node, fields, names, ptr.inst)?;
                Ok(Ref::VOID_VALUE)
            }
            Loc::InferredPtr(_) => {
                // There are no field pointers while the type is unknown.
                let struct_inst = self.struct_init_expr_anon(gz, scope, node, fields, names)?;
                self.rvalue(gz, ri, struct_inst, node)
            }
            Loc::Destructure { src_node, .. } => {
                let note = self.err_note_node(src_node, "result destructured here");
                Err(self.fail_node_notes(node, "struct value cannot be destructured", &[note]))
            }
        }
    }

    /// `.{}`
    fn struct_init_empty(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        match ri.rl {
            Loc::Discard => Ok(Ref::VOID_VALUE),
            Loc::RefCoercedTy(ptr_ty) => {
                Ok(self.add_un_node(gz, Tag::StructInitEmptyRefResult, ptr_ty, node))
            }
            Loc::Ty(ty) | Loc::CoercedTy(ty) => {
                Ok(self.add_un_node(gz, Tag::StructInitEmptyResult, ty, node))
            }
            Loc::Ptr(_) => {
                let ty = self.result_type(ri.rl, gz, node)?.unwrap_or(Ref::NONE);
                let value = self.add_un_node(gz, Tag::StructInitEmptyResult, ty, node);
                self.rvalue(gz, ri, value, node)
            }
            Loc::None | Loc::Ref | Loc::RefConst | Loc::InferredPtr(_) => {
                self.rvalue(gz, ri, Ref::EMPTY_TUPLE, node)
            }
            Loc::Destructure { src_node, .. } => {
                let note = self.err_note_node(src_node, "result destructured here");
                Err(self.fail_node_notes(node, "empty initializer cannot be destructured", &[note]))
            }
        }
    }

    /// Puts the names of fields on the scratch list, from where the caller removes them. Fails if one comes
    /// twice.
    fn field_names(&mut self, node: NodeIndex, fields: &[NodeIndex]) -> InnerResult<FieldNames> {
        let top = self.scratch.len();
        for &field in fields {
            let name_token = self.field_name_token(field);
            let name = self.ident_as_string(name_token)?;
            self.scratch.push(name.0);
        }
        let any_duplicate = if fields.len() <= FEW_FIELDS {
            let names = &self.scratch[top..];
            names
                .iter()
                .enumerate()
                .any(|(i, name)| names[..i].contains(name))
        } else {
            let sorted_top = self.scratch.len();
            self.scratch.extend_from_within(top..);
            let sorted = &mut self.scratch[sorted_top..];
            sorted.sort_unstable();
            let any_duplicate = sorted.windows(2).any(|pair| pair[0] == pair[1]);
            self.scratch.truncate(sorted_top);
            any_duplicate
        };
        let names = FieldNames { top };
        if any_duplicate {
            Err(self.fail_duplicate_fields(node, fields, names))
        } else {
            Ok(names)
        }
    }

    /// The name of the field at a position.
    fn name_of_field(&self, names: FieldNames, position: usize) -> NullTerminatedString {
        NullTerminatedString(self.scratch[names.top + position])
    }

    #[cold]
    fn fail_duplicate_fields(
        &mut self,
        node: NodeIndex,
        fields: &[NodeIndex],
        names: FieldNames,
    ) -> AnalysisFail {
        // One error for each name, in the order of first uses.
        let mut positions: HashMap<NullTerminatedString, usize> = HashMap::new();
        let mut groups: Vec<Vec<TokenIndex>> = Vec::new();
        for (i, &field) in fields.iter().enumerate() {
            let token = self.field_name_token(field);
            let next = groups.len();
            let position = *positions
                .entry(self.name_of_field(names, i))
                .or_insert(next);
            if position == next {
                groups.push(Vec::new());
            }
            groups[position].push(token);
        }
        for tokens in groups.iter().filter(|tokens| tokens.len() > 1) {
            let mut notes: Vec<u32> = tokens[1..]
                .iter()
                .map(|&token| self.err_note_tok(token, "duplicate name here"))
                .collect();
            notes.push(self.err_note_node(node, "struct declared here"));
            self.append_error_tok_notes(tokens[0], "duplicate struct field name", &notes);
        }
        AnalysisFail
    }

    /// The name of a field stands two tokens before its value.
    fn field_name_token(&self, field_init: NodeIndex) -> TokenIndex {
        self.tree.first_token(field_init) - 2
    }

    fn struct_init_expr_anon(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        fields: &[NodeIndex],
        names: FieldNames,
    ) -> InnerResult<Ref> {
        let payload_index = self.add_extra(&payload::StructInitAnon {
            abs_node: node,
            src_line: self.cursor.line,
            src_column: self.cursor.column,
            fields_len: fields.len() as u32,
        });
        let item_len = payload::StructInitAnonItem::len(self.format);
        let items = self.reserve_extra(fields.len() * item_len);
        for (i, &field_init) in fields.iter().enumerate() {
            let field_name = self.name_of_field(names, i);
            let init = self.expr(gz, scope, ResultInfo::NONE, field_init)?;
            self.set_extra(
                items + (i * item_len) as u32,
                &payload::StructInitAnonItem { field_name, init },
            );
        }
        Ok(self.add_pl_node_payload_index(gz, Tag::StructInitAnon, node, payload_index))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig, and the names"
    )]
    fn struct_init_expr_typed(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        fields: &[NodeIndex],
        names: FieldNames,
        ty: Ref,
        is_ref: bool,
    ) -> InnerResult<Ref> {
        let payload_index = self.add_extra(&payload::StructInit {
            abs_node: node,
            src_line: self.cursor.line,
            src_column: self.cursor.column,
            fields_len: fields.len() as u32,
        });
        let item_len = payload::StructInitItem::len(self.format);
        let items = self.reserve_extra(fields.len() * item_len);
        for (i, &field_init) in fields.iter().enumerate() {
            let name_start = self.name_of_field(names, i);
            let field_ty = self.add_as_index_pl_node(
                gz,
                Tag::StructInitFieldType,
                field_init,
                &payload::FieldType {
                    container_type: ty,
                    name_start,
                },
            );
            let init = self.expr(
                gz,
                scope,
                ResultInfo::rl(Loc::CoercedTy(field_ty.to_ref())),
                field_init,
            )?;
            let item = payload::StructInitItem {
                field_type: field_ty,
                init,
            };
            self.set_extra(items + (i * item_len) as u32, &item);
        }
        let tag = if is_ref {
            Tag::StructInitRef
        } else {
            Tag::StructInit
        };
        Ok(self.add_pl_node_payload_index(gz, tag, node, payload_index))
    }

    /// Initialises each field in place.
    fn struct_init_expr_ptr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        fields: &[NodeIndex],
        names: FieldNames,
        ptr: Ref,
    ) -> InnerResult<()> {
        let struct_ptr = self.add_un_node(gz, Tag::OptEuBasePtrInit, ptr, node);
        let payload_index = self.add_extra(&payload::Block {
            body_len: fields.len() as u32,
        });
        let body = self.reserve_extra(fields.len()) as usize;
        for (i, &field_init) in fields.iter().enumerate() {
            let field_name_start = self.name_of_field(names, i);
            let field_ptr = self.add_as_index_pl_node(
                gz,
                Tag::StructInitFieldPtr,
                field_init,
                &payload::Field {
                    lhs: struct_ptr,
                    field_name_start,
                },
            );
            self.extra[body + i] = field_ptr.0;
            self.expr(
                gz,
                scope,
                ResultInfo::rl(Loc::Ptr(PtrResultLoc::new(field_ptr.to_ref()))),
                field_init,
            )?;
        }
        self.add_pl_node_payload_index(gz, Tag::ValidatePtrStructInit, node, payload_index);
        Ok(())
    }

    fn add_as_index_pl_node(
        &mut self,
        gz: BlockId,
        tag: Tag,
        src_node: NodeIndex,
        payload: &impl Payload,
    ) -> zir::Index {
        let payload_index = self.add_extra(payload);
        let src_node = self.node_index_to_relative(gz, src_node);
        self.add_as_index(gz, tag, Data::pl_node(src_node, payload_index))
    }
}
