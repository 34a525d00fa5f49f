//! Structs, unions and enums from 0.16 on: each type, alignment and value of a field is a body.
//!
//! What trails the head of such a declaration is put together on the scratch list, in its order: the
//! declarations, the arrays that say what each field has, and the bodies.

use syntax::{NodeIndex, TokenIndex, full};
use zir::shape::Kind16;
use zir::{ContainerLayout, Index, NameStrategy, Ref, UnionKind, small};

use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::Mark;
use crate::ids::{BlockId, NamespaceId, ScopeId};
use crate::result::{Loc, ResultInfo};
use crate::src_hash::HashMark;

use super::WipMembers;
use super::encode::{SetContainer, Start};
use super::members::Member;
use super::scan::{ContainerKind, ScanResult};

/// A container whose members are being lowered.
struct Open {
    node: NodeIndex,
    decl_inst: Index,
    start: Start,
    mark: Mark,
    namespace: NamespaceId,
    scope: ScopeId,
    block: BlockId,
    /// Where in the scratch list all that follows begins.
    scratch_top: usize,
    wip_decls: WipMembers,
    decls_len: u32,
    /// The names of the fields, and the lengths of the parts they have; those of parts that no field has are
    /// not there.
    names: usize,
    types: Option<usize>,
    aligns: Option<usize>,
    values: Option<usize>,
    comptime_bits: Option<usize>,
    fields_len: u32,
    next_field: u32,
    /// The first field, from which on nodes in the fields may count; 0 before it has come.
    first_field: NodeIndex,
}

/// Which arrays a kind of container has.
#[derive(Clone, Copy)]
struct Arrays {
    types: bool,
    aligns: bool,
    values: bool,
    comptime_bits: bool,
}

impl<'a> AstGen<'a> {
    /// Reserves the instruction of a container, with the cursor at its start.
    fn begin_container(&mut self, gz: BlockId, node: NodeIndex) -> (Index, Start) {
        self.advance_source_cursor_to_node(node);
        let decl_inst = self.reserve_instruction_index(gz);
        (decl_inst, self.container_start())
    }

    fn open_container(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        (decl_inst, start): (Index, Start),
        members: &[NodeIndex],
        kind: ContainerKind,
    ) -> InnerResult<(Open, ScanResult)> {
        let mark = self.mark();
        let (namespace, scope, block) = self.push_container(gz, scope, node);
        let scan = self.scan_container(namespace, members, kind)?;
        // The mark `_` of an enum is no field.
        let marks = kind == ContainerKind::Enum && scan.has_underscore_field;
        let fields_len = scan.fields_len - u32::from(marks);
        let arrays = match kind {
            ContainerKind::Struct => Arrays {
                types: true,
                aligns: scan.any_field_aligns,
                values: scan.any_field_values,
                comptime_bits: scan.any_comptime_fields,
            },
            ContainerKind::Union => Arrays {
                types: true,
                aligns: scan.any_field_aligns,
                values: scan.any_field_values,
                comptime_bits: false,
            },
            ContainerKind::Enum | ContainerKind::Opaque => Arrays {
                types: false,
                aligns: false,
                values: scan.any_field_values,
                comptime_bits: false,
            },
        };
        let scratch_top = self.scratch.len();
        let wip_decls = WipMembers::new(&mut self.scratch, scan.decls_len, 0, 0, 0);
        let mut array = |present: bool, len: u32| {
            let start = self.scratch.len();
            present.then(|| {
                self.scratch.resize(start + len as usize, 0);
                start
            })
        };
        let names = array(true, fields_len).unwrap_or(scratch_top);
        let open = Open {
            node,
            decl_inst,
            start,
            mark,
            namespace,
            scope,
            block,
            scratch_top,
            wip_decls,
            decls_len: scan.decls_len,
            names,
            types: array(arrays.types, fields_len),
            aligns: array(arrays.aligns, fields_len),
            values: array(arrays.values, fields_len),
            comptime_bits: array(arrays.comptime_bits, fields_len.div_ceil(u32::BITS)),
            fields_len,
            next_field: 0,
            first_field: 0,
        };
        Ok((open, scan))
    }

    /// Lets the nodes of what is lowered next count from `node`.
    fn count_from(&mut self, open: &Open, node: NodeIndex) {
        self.blocks[open.block].decl_node_index = node;
    }

    /// Takes what was lowered for `operand` as a body that yields it, and returns its length.
    fn take_container_body(&mut self, open: &Open, operand: Ref) -> u32 {
        self.break_from_body(open.block, open.decl_inst, operand);
        self.take_body_to_scratch(open.block)
    }

    /// Begins the hash of the fields, and lowers the argument if there is one: a type.
    fn container_arg(
        &mut self,
        open: &Open,
        arg_node: NodeIndex,
    ) -> InnerResult<(HashMark, Option<(NodeIndex, u32)>)> {
        let in_hash = self.rules.container_bodies_have_baselines;
        let early = in_hash.then(|| self.src_hasher.begin());
        let mut arg = None;
        if arg_node != 0 {
            if self.rules.container_arguments_count_from_themselves {
                self.count_from(open, arg_node);
            }
            if in_hash {
                self.hash_node(arg_node);
            }
            let type_ref = self.type_expr(open.block, open.scope, arg_node)?;
            arg = Some((arg_node, self.take_container_body(open, type_ref)));
            self.count_from(open, open.node);
        }
        let hash_mark = early.unwrap_or_else(|| self.src_hasher.begin());
        Ok((hash_mark, arg))
    }

    /// Begins a field: its number, with its source in the hash.
    fn next_container_field(&mut self, open: &mut Open, member_node: NodeIndex) -> usize {
        let field = open.next_field as usize;
        open.next_field += 1;
        if field == 0 {
            open.first_field = member_node;
        }
        if self.rules.container_bodies_have_baselines {
            self.count_from(open, open.first_field);
        }
        self.hash_node(member_node);
        field
    }

    fn set_field_name(&mut self, open: &Open, field: usize, token: TokenIndex) -> InnerResult<()> {
        self.scratch[open.names + field] = self.ident_as_string(token)?.0;
        Ok(())
    }

    /// Lowers the type of a field.
    fn field_type(&mut self, open: &Open, field: usize, node: NodeIndex) -> InnerResult<()> {
        let type_ref = self.type_expr(open.block, open.scope, node)?;
        let body_len = self.take_container_body(open, type_ref);
        self.set_field_len(open.types, field, body_len);
        Ok(())
    }

    /// Lowers the alignment of a field.
    fn field_align(&mut self, open: &Open, field: usize, node: NodeIndex) -> InnerResult<()> {
        let ri = ResultInfo::COERCED_ALIGN;
        let align_ref = self.expr(open.block, open.scope, ri, node)?;
        let body_len = self.take_container_body(open, align_ref);
        self.set_field_len(open.aligns, field, body_len);
        Ok(())
    }

    /// Lowers the default value of a field, or the value of its tag. The declaration stands for its type,
    /// which is not known before the container is.
    fn field_value(&mut self, open: &Open, field: usize, node: NodeIndex) -> InnerResult<()> {
        let ri = ResultInfo::rl(Loc::CoercedTy(open.decl_inst.to_ref()));
        let value_ref = self.expr(open.block, open.scope, ri, node)?;
        let body_len = self.take_container_body(open, value_ref);
        self.set_field_len(open.values, field, body_len);
        Ok(())
    }

    fn set_field_len(&mut self, array: Option<usize>, field: usize, len: u32) {
        if let Some(start) = array {
            self.scratch[start + field] = len;
        }
    }

    /// Writes the container and drops what was needed to lower it.
    fn close_container(
        &mut self,
        open: &Open,
        kind: Kind16,
        arg: Option<(NodeIndex, u32)>,
        fields_hash: [u32; 4],
    ) -> Ref {
        self.set_container(
            open.decl_inst,
            SetContainer {
                kind,
                src_node: open.node,
                start: open.start,
                namespace: Some(open.namespace),
                arg,
                decls_len: open.decls_len,
                fields_len: open.fields_len,
                first_field: open.first_field,
                fields_hash,
                remaining: open.scratch_top,
            },
        );
        self.scratch.truncate(open.scratch_top);
        self.unstack(open.block);
        self.release(open.mark);
        open.decl_inst.to_ref()
    }

    /// Lowers a struct that is no tuple, or a whole file as one, which is node 0.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(super) fn struct_decl_inner_16(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        members: &[NodeIndex],
        layout: ContainerLayout,
        backing_int_node: NodeIndex,
        name_strategy: NameStrategy,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let begun = self.begin_container(gz, node);
        let mut small = small::StructDecl16 {
            name_strategy,
            layout,
            has_backing_int: backing_int_node != 0,
            ..small::StructDecl16::ZERO
        };
        if members.is_empty() && backing_int_node == 0 {
            let (decl_inst, start) = begun;
            self.set_container(
                decl_inst,
                SetContainer {
                    kind: Kind16::Struct(small),
                    src_node: node,
                    start,
                    namespace: None,
                    arg: None,
                    decls_len: 0,
                    fields_len: 0,
                    first_field: 0,
                    fields_hash: [0; 4],
                    remaining: self.scratch.len(),
                },
            );
            return Ok(decl_inst.to_ref());
        }

        let kind = ContainerKind::Struct;
        let (mut open, scan) = self.open_container(gz, scope, node, begun, members, kind)?;
        small.any_field_aligns = scan.any_field_aligns;
        small.any_field_defaults = scan.any_field_values;
        small.any_comptime_fields = scan.any_comptime_fields;

        if backing_int_node != 0 && layout != ContainerLayout::Packed {
            return Err(self.fail_node(
                backing_int_node,
                "non-packed struct does not support backing integer type",
            ));
        }
        let (hash_mark, arg) = self.container_arg(&open, backing_int_node)?;
        for &member_node in members {
            let member =
                self.container_member(open.block, open.scope, &mut open.wip_decls, member_node)?;
            let Member::Field(mut member) = member else {
                continue;
            };
            let field = self.next_container_field(&mut open, member_node);
            member.convert_to_non_tuple_like(tree);
            let ast = member.ast;
            self.set_field_name(&open, field, ast.main_token)?;

            if ast.type_expr == 0 {
                return Err(self.fail_tok(ast.main_token, "struct field missing type"));
            }
            self.field_type(&open, field, ast.type_expr)?;
            if ast.align_expr != 0 {
                if layout == ContainerLayout::Packed {
                    return Err(self.fail_node(
                        ast.align_expr,
                        "unable to override alignment of packed struct fields",
                    ));
                }
                self.field_align(&open, field, ast.align_expr)?;
            }
            if ast.value_expr != 0 {
                self.field_value(&open, field, ast.value_expr)?;
            }
            if let Some(comptime_token) = member.comptime_token {
                if layout != ContainerLayout::Auto {
                    return Err(self.fail_tok(
                        comptime_token,
                        format_args!("{} struct fields cannot be marked comptime", layout.name()),
                    ));
                }
                if ast.value_expr == 0 {
                    return Err(self.fail_tok(
                        comptime_token,
                        "comptime field without default initialization value",
                    ));
                }
                if let Some(start) = open.comptime_bits {
                    let bits = u32::BITS as usize;
                    self.scratch[start + field / bits] |= 1 << (field % bits);
                }
            }
            self.count_from(&open, node);
        }

        let fields_hash = self.src_hasher.digest(self.tree.source);
        self.src_hasher.end(hash_mark);
        Ok(self.close_container(&open, Kind16::Struct(small), arg, fields_hash))
    }

    /// Lowers a union. `arg_node` is its tag type, the type of an inferred tag's integers, or the integer
    /// that backs a packed union; `auto_enum_tok` is there where the tag is inferred.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    pub(super) fn union_decl_inner_16(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        members: &[NodeIndex],
        layout: ContainerLayout,
        arg_node: NodeIndex,
        auto_enum_tok: Option<TokenIndex>,
        name_strategy: NameStrategy,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let no_tag = format_args!("{} union does not support enum tag type", layout.name());
        if layout == ContainerLayout::Extern && arg_node != 0 {
            return Err(self.fail_node(arg_node, no_tag));
        }
        if let Some(token) = auto_enum_tok
            && layout != ContainerLayout::Auto
        {
            return Err(self.fail_tok(token, no_tag));
        }
        // A type of the tag, be it an enum or the integer of an inferred one.
        let explicit_tag = layout == ContainerLayout::Auto && arg_node != 0;
        let is_tagged = explicit_tag || auto_enum_tok.is_some();

        let begun = self.begin_container(gz, node);
        let kind = ContainerKind::Union;
        let (mut open, scan) = self.open_container(gz, scope, node, begun, members, kind)?;

        let (hash_mark, arg) = self.container_arg(&open, arg_node)?;

        for &member_node in members {
            let member =
                self.container_member(open.block, open.scope, &mut open.wip_decls, member_node)?;
            let Member::Field(mut member) = member else {
                continue;
            };
            let field = self.next_container_field(&mut open, member_node);
            member.convert_to_non_tuple_like(tree);
            let ast = member.ast;
            if ast.tuple_like {
                return Err(self.fail_tok(ast.main_token, "union field missing name"));
            }
            if let Some(comptime_token) = member.comptime_token {
                return Err(self.fail_tok(comptime_token, "union fields cannot be marked comptime"));
            }
            self.set_field_name(&open, field, ast.main_token)?;

            if ast.type_expr != 0 {
                self.field_type(&open, field, ast.type_expr)?;
            } else if !is_tagged {
                return Err(self.fail_node(member_node, "union field missing type"));
            }
            if ast.align_expr != 0 {
                if layout == ContainerLayout::Packed {
                    return Err(self.fail_node(
                        ast.align_expr,
                        "unable to override alignment of packed union fields",
                    ));
                }
                self.field_align(&open, field, ast.align_expr)?;
            }
            if ast.value_expr != 0 {
                let missing = if !explicit_tag {
                    Some("explicitly valued tagged union missing integer tag type")
                } else if auto_enum_tok.is_none() {
                    Some("explicitly valued tagged union requires inferred enum tag type")
                } else {
                    None
                };
                if let Some(msg) = missing {
                    let note = self.err_note_node(ast.value_expr, "tag value specified here");
                    return Err(self.fail_node_notes(node, msg, &[note]));
                }
                self.field_value(&open, field, ast.value_expr)?;
            }
            self.count_from(&open, node);
        }

        let fields_hash = self.src_hasher.digest(self.tree.source);
        self.src_hasher.end(hash_mark);
        let small = small::UnionDecl16 {
            name_strategy,
            kind: match (layout, auto_enum_tok.is_some(), arg_node != 0) {
                (ContainerLayout::Auto, false, false) => UnionKind::Auto,
                (ContainerLayout::Auto, false, true) => UnionKind::TaggedExplicit,
                (ContainerLayout::Auto, true, false) => UnionKind::TaggedEnum,
                (ContainerLayout::Auto, true, true) => UnionKind::TaggedEnumExplicit,
                (ContainerLayout::Extern, _, _) => UnionKind::Extern,
                (ContainerLayout::Packed, _, false) => UnionKind::Packed,
                (ContainerLayout::Packed, _, true) => UnionKind::PackedExplicit,
            },
            any_field_aligns: scan.any_field_aligns,
            any_field_values: scan.any_field_values,
            ..small::UnionDecl16::ZERO
        };
        Ok(self.close_container(&open, Kind16::Union(small), arg, fields_hash))
    }

    /// Lowers an enum.
    pub(super) fn enum_decl_inner_16(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        container_decl: &full::ContainerDecl<'a>,
        name_strategy: NameStrategy,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        if let Some(token) = container_decl.layout_token {
            return Err(self.fail_tok(
                token,
                "enums do not support 'packed' or 'extern'; instead provide an explicit integer tag type",
            ));
        }
        let members = container_decl.ast.members;
        let arg_node = container_decl.ast.arg;
        let begun = self.begin_container(gz, node);
        let kind = ContainerKind::Enum;
        let (mut open, scan) = self.open_container(gz, scope, node, begun, &members, kind)?;

        let (hash_mark, arg) = self.container_arg(&open, arg_node)?;

        let mut nonexhaustive_node = 0;
        for &member_node in members.iter() {
            let member =
                self.container_member(open.block, open.scope, &mut open.wip_decls, member_node)?;
            let Member::Field(mut member) = member else {
                continue;
            };
            member.convert_to_non_tuple_like(tree);
            let ast = member.ast;
            if ast.tuple_like {
                return Err(self.fail_tok(ast.main_token, "enum field missing name"));
            }
            if let Some(comptime_token) = member.comptime_token {
                return Err(self.fail_tok(comptime_token, "enum fields cannot be marked comptime"));
            }
            if ast.type_expr != 0 {
                let note = self.err_note_node(
                    node,
                    "consider 'union(enum)' here to make it a tagged union",
                );
                return Err(self.fail_node_notes(
                    ast.type_expr,
                    "enum fields do not have types",
                    &[note],
                ));
            }
            if ast.align_expr != 0 {
                return Err(self.fail_node(ast.align_expr, "enum fields cannot be aligned"));
            }
            if tree.token_slice(ast.main_token) == b"_" {
                if nonexhaustive_node != 0 {
                    let note = self.err_note_node(nonexhaustive_node, "other mark here");
                    return Err(self.fail_node_notes(
                        member_node,
                        "redundant non-exhaustive enum mark",
                        &[note],
                    ));
                }
                if ast.value_expr != 0 {
                    return Err(self.fail_node(
                        ast.value_expr,
                        "'_' is used to mark an enum as non-exhaustive and cannot be assigned a value",
                    ));
                }
                if open.next_field != open.fields_len {
                    return Err(self
                        .fail_node(member_node, "'_' field of non-exhaustive enum must be last"));
                }
                if arg_node == 0 {
                    let note = self.err_note_node(member_node, "marked non-exhaustive here");
                    return Err(self.fail_node_notes(
                        node,
                        "non-exhaustive enum missing integer tag type",
                        &[note],
                    ));
                }
                nonexhaustive_node = member_node;
                continue;
            }

            let field = self.next_container_field(&mut open, member_node);
            self.set_field_name(&open, field, ast.main_token)?;
            if ast.value_expr != 0 {
                if arg_node == 0 {
                    let note = self.err_note_node(ast.value_expr, "tag value specified here");
                    return Err(self.fail_node_notes(
                        node,
                        "explicitly valued enum missing integer tag type",
                        &[note],
                    ));
                }
                self.field_value(&open, field, ast.value_expr)?;
            }
            self.count_from(&open, node);
        }

        let fields_hash = self.src_hasher.digest(self.tree.source);
        self.src_hasher.end(hash_mark);
        let small = small::EnumDecl16 {
            name_strategy,
            has_tag_type: arg_node != 0,
            nonexhaustive: scan.has_underscore_field,
            any_field_values: scan.any_field_values,
            ..small::EnumDecl16::ZERO
        };
        Ok(self.close_container(&open, Kind16::Enum(small), arg, fields_hash))
    }
}
