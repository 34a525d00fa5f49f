//! Containers: structs, tuples, unions, enums, opaque types and error sets.
//!
//! `scan` collects the names of members, `members` has what all containers do with their members, `encode`
//! writes what came of it; the kinds themselves are here, those of 0.16 on in `bodies`.

mod bodies;
mod encode;
mod members;
mod scan;

use syntax::{NodeIndex, TokenIndex, TokenTag, full};
use zir::{ContainerLayout, Data, Extended, Ref, SimpleComptimeReason, Tag, payload, small};

use crate::classify::{node_implies_comptime_only, node_implies_more_than_one_possible_value};
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};

use encode::{SetEnum, SetStruct, SetUnion};
use members::Member;
pub(crate) use members::WipMembers;
use scan::{ContainerKind, Names};

/// What [`AstGen::check_enum_fields`] counted.
struct EnumCounts {
    total_fields: u32,
    decls: u32,
    /// The field `_`, or 0.
    nonexhaustive_node: NodeIndex,
}

impl<'a> AstGen<'a> {
    /// Lowers a struct, or a whole file as one, which is node 0.
    pub(crate) fn struct_decl_inner(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        container_decl: full::ContainerDecl<'a>,
        layout: ContainerLayout,
        backing_int_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let members = container_decl.ast.members;
        let tuple_field = members.iter().copied().find(|&member| {
            tree.full_container_field(member)
                .is_some_and(|field| field.ast.tuple_like)
        });
        if let Some(tuple_field) = tuple_field {
            if node == 0 {
                return Err(self.fail_node(tuple_field, "file cannot be a tuple"));
            }
            return self.tuple_decl(gz, scope, node, container_decl, layout, backing_int_node);
        }
        if self.rules.container_fields_are_bodies {
            let name_strategy = self.blocks[gz].anon_name_strategy;
            return self.struct_decl_inner_16(
                gz,
                scope,
                node,
                &members,
                layout,
                backing_int_node,
                name_strategy,
            );
        }

        let decl_inst = self.reserve_instruction_index(gz);
        if members.is_empty() && backing_int_node == 0 {
            let hash_mark = self.src_hasher.begin();
            self.src_hasher.update(layout.name().as_bytes());
            let fields_hash = self.src_hasher.digest(self.tree.source);
            self.src_hasher.end(hash_mark);
            self.set_struct(
                gz,
                decl_inst,
                SetStruct {
                    src_node: node,
                    captures_len: 0,
                    fields_len: 0,
                    decls_len: 0,
                    has_backing_int: false,
                    layout,
                    known_non_opv: false,
                    known_comptime_only: false,
                    any_comptime_fields: false,
                    any_default_inits: false,
                    any_aligned_fields: false,
                    fields_hash,
                },
            );
            return Ok(decl_inst.to_ref());
        }

        let mark = self.mark();
        let (namespace, namespace_scope, block_scope) = self.push_container(gz, scope, node);
        let scratch_top = self.scratch.len();

        let mut backing_int_ref = Ref::NONE;
        let mut backing_int_body_len = 0;
        if backing_int_node != 0 {
            if layout != ContainerLayout::Packed {
                return Err(self.fail_node(
                    backing_int_node,
                    "non-packed struct does not support backing integer type",
                ));
            }
            backing_int_ref = self.type_expr(block_scope, namespace_scope, backing_int_node)?;
            if !self.is_empty(block_scope) {
                self.break_from_body(block_scope, decl_inst, backing_int_ref);
                backing_int_body_len = self.take_body_to_scratch(block_scope);
            }
        }

        let scan = self.scan_container(namespace, &members, ContainerKind::Struct)?;
        let (decl_count, field_count) = (scan.decls_len, scan.fields_len);
        let mut wip_members = WipMembers::new(
            &mut self.scratch,
            decl_count,
            field_count,
            small::STRUCT_FIELD_BITS,
            5,
        );
        // The bodies of the fields are collected on the scratch list after the members.
        let bodies_start = self.scratch.len();

        let hash_mark = self.src_hasher.begin();
        self.src_hasher.update(layout.name().as_bytes());
        if backing_int_node != 0 {
            self.hash_node(backing_int_node);
        }

        let mut known_non_opv = false;
        let mut known_comptime_only = false;
        let mut any_comptime_fields = false;
        let mut any_aligned_fields = false;
        let mut any_default_inits = false;
        for &member_node in members.iter() {
            let mut member = match self.container_member(
                block_scope,
                namespace_scope,
                &mut wip_members,
                member_node,
            )? {
                Member::Decl => continue,
                Member::Field(field) => field,
            };
            self.hash_node(member_node);

            let field_name = self.ident_as_string(member.ast.main_token)?;
            member.convert_to_non_tuple_like(tree);
            wip_members.append_to_field(&mut self.scratch, field_name.0);

            if member.ast.type_expr == 0 {
                return Err(self.fail_tok(member.ast.main_token, "struct field missing type"));
            }
            let field_type = self.type_expr(block_scope, namespace_scope, member.ast.type_expr)?;
            let have_type_body = !self.is_empty(block_scope);
            let have_align = member.ast.align_expr != 0;
            let have_value = member.ast.value_expr != 0;

            if let Some(comptime_token) = member.comptime_token {
                if layout != ContainerLayout::Auto {
                    return Err(self.fail_tok(
                        comptime_token,
                        format_args!("{} struct fields cannot be marked comptime", layout.name()),
                    ));
                }
                any_comptime_fields = true;
            } else {
                known_non_opv = known_non_opv
                    || node_implies_more_than_one_possible_value(tree, member.ast.type_expr);
                known_comptime_only =
                    known_comptime_only || node_implies_comptime_only(tree, member.ast.type_expr);
            }
            wip_members.next_field(
                &mut self.scratch,
                small::StructFieldBits {
                    has_align: have_align,
                    has_init: have_value,
                    is_comptime: member.comptime_token.is_some(),
                    has_type_body: have_type_body,
                }
                .to_bits(),
            );

            let type_word = if have_type_body {
                self.break_from_body(block_scope, decl_inst, field_type);
                self.take_body_to_scratch(block_scope)
            } else {
                self.format.ref_word(field_type)
            };
            wip_members.append_to_field(&mut self.scratch, type_word);

            if have_align {
                if layout == ContainerLayout::Packed {
                    return Err(self.fail_node(
                        member.ast.align_expr,
                        "unable to override alignment of packed struct fields",
                    ));
                }
                any_aligned_fields = true;
                let align_ref = self.expr(
                    block_scope,
                    namespace_scope,
                    ResultInfo::COERCED_ALIGN,
                    member.ast.align_expr,
                )?;
                self.break_from_body(block_scope, decl_inst, align_ref);
                let body_len = self.take_body_to_scratch(block_scope);
                wip_members.append_to_field(&mut self.scratch, body_len);
            }

            if have_value {
                any_default_inits = true;
                // The declaration stands for the type of the field, which is not known before the struct is.
                let ri = ResultInfo::rl(if field_type == Ref::NONE {
                    Loc::None
                } else {
                    Loc::CoercedTy(decl_inst.to_ref())
                });
                let default_inst =
                    self.expr(block_scope, namespace_scope, ri, member.ast.value_expr)?;
                self.break_from_body(block_scope, decl_inst, default_inst);
                let body_len = self.take_body_to_scratch(block_scope);
                wip_members.append_to_field(&mut self.scratch, body_len);
            } else if let Some(comptime_token) = member.comptime_token {
                return Err(self.fail_tok(
                    comptime_token,
                    "comptime field without default initialization value",
                ));
            }
        }

        let fields_hash = self.src_hasher.digest(self.tree.source);
        self.src_hasher.end(hash_mark);
        let captures_len = self.captures_len(namespace);
        self.set_struct(
            gz,
            decl_inst,
            SetStruct {
                src_node: node,
                captures_len,
                fields_len: field_count,
                decls_len: decl_count,
                has_backing_int: backing_int_ref != Ref::NONE,
                layout,
                known_non_opv,
                known_comptime_only,
                any_comptime_fields,
                any_default_inits,
                any_aligned_fields,
                fields_hash,
            },
        );
        self.append_captures(namespace);
        if backing_int_ref != Ref::NONE {
            self.extra.push(backing_int_body_len);
            if backing_int_body_len == 0 {
                self.extra.push(self.format.ref_word(backing_int_ref));
            } else {
                let body = scratch_top..scratch_top + backing_int_body_len as usize;
                self.extra.extend_from_slice(&self.scratch[body]);
            }
        }
        wip_members.append_decls(&self.scratch, &mut self.extra);
        wip_members.append_fields(&self.scratch, &mut self.extra);
        self.extra.extend_from_slice(&self.scratch[bodies_start..]);

        self.scratch.truncate(scratch_top);
        self.unstack(block_scope);
        self.release(mark);
        Ok(decl_inst.to_ref())
    }

    /// Lowers a struct whose fields have no names.
    fn tuple_decl(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        container_decl: full::ContainerDecl<'a>,
        layout: ContainerLayout,
        backing_int_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let members = container_decl.ast.members;
        if self.rules.name_strategy_is_an_argument {
            // Fields are lowered in the same block, and have no share in the name.
            self.take_name_strategy(gz);
        }
        if layout != ContainerLayout::Auto {
            return Err(self.fail_node(
                node,
                format_args!("{} tuples are not supported", layout.name()),
            ));
        }
        if backing_int_node != 0 {
            return Err(self.fail_node(
                backing_int_node,
                "tuple does not support backing integer type",
            ));
        }

        let fields_start = self.scratch.len();
        for &member_node in members.iter() {
            let Some(field) = tree.full_container_field(member_node) else {
                let tuple_member = members
                    .iter()
                    .copied()
                    .find(|&member| tree.node_tag(member).is_container_field())
                    .unwrap_or(member_node);
                let note = self.err_note_node(tuple_member, "tuple field here");
                return Err(self.fail_node_notes(
                    member_node,
                    "tuple declarations cannot contain declarations",
                    &[note],
                ));
            };
            let main_token = field.ast.main_token;
            if !field.ast.tuple_like {
                return Err(self.fail_tok(main_token, "tuple field has a name"));
            }
            if field.ast.align_expr != 0 {
                return Err(self.fail_tok(main_token, "tuple field has alignment"));
            }
            match field.comptime_token {
                None if field.ast.value_expr != 0 => {
                    return Err(self.fail_tok(
                        main_token,
                        "non-comptime tuple field has default initialization value",
                    ));
                }
                Some(comptime_token) if field.ast.value_expr == 0 => {
                    return Err(self.fail_tok(
                        comptime_token,
                        "comptime field without default initialization value",
                    ));
                }
                _ => {}
            }

            let field_type = self.type_expr(gz, scope, field.ast.type_expr)?;
            self.scratch.push(self.format.ref_word(field_type));
            let field_init = if field.ast.value_expr != 0 {
                self.comptime_expr(
                    gz,
                    scope,
                    ResultInfo::rl(Loc::CoercedTy(field_type)),
                    field.ast.value_expr,
                    SimpleComptimeReason::TupleFieldDefaultValue,
                )?
            } else {
                Ref::NONE
            };
            self.scratch.push(self.format.ref_word(field_init));
        }

        let Ok(fields_len) = u16::try_from(members.len()) else {
            return Err(self.fail_node(
                node,
                "this compiler implementation only supports 65535 tuple fields",
            ));
        };
        let src_node = self.node_index_to_relative(gz, node);
        let payload_index = self.add_extra(&payload::TupleDecl { src_node });
        self.extra.extend_from_slice(&self.scratch[fields_start..]);
        self.scratch.truncate(fields_start);
        Ok(self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, Extended::TupleDecl, fields_len, payload_index),
        ))
    }

    /// Lowers a union. `arg_node` is its tag type, or the type of an inferred tag's integers; `auto_enum_tok`
    /// is there where the tag is inferred.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parameters are those of the function in Zig"
    )]
    fn union_decl_inner(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        members: &[NodeIndex],
        layout: ContainerLayout,
        arg_node: NodeIndex,
        auto_enum_tok: Option<TokenIndex>,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let decl_inst = self.reserve_instruction_index(gz);
        let mark = self.mark();
        let (namespace, namespace_scope, block_scope) = self.push_container(gz, scope, node);
        let block_as_scope = self.scope_of(block_scope);

        let scan = self.scan_container(namespace, members, ContainerKind::Union)?;
        let (decl_count, field_count) = (scan.decls_len, scan.fields_len);

        if layout != ContainerLayout::Auto {
            let msg = format_args!("{} union does not support enum tag type", layout.name());
            if arg_node != 0 {
                return Err(self.fail_node(arg_node, msg));
            }
            if let Some(token) = auto_enum_tok {
                return Err(self.fail_tok(token, msg));
            }
        }

        let arg_inst = if arg_node != 0 {
            self.type_expr(block_scope, namespace_scope, arg_node)?
        } else {
            Ref::NONE
        };

        let scratch_top = self.scratch.len();
        let mut wip_members = WipMembers::new(
            &mut self.scratch,
            decl_count,
            field_count,
            small::UNION_FIELD_BITS,
            4,
        );
        let mut any_aligned_fields = false;

        let hash_mark = self.src_hasher.begin();
        self.src_hasher.update(layout.name().as_bytes());
        self.src_hasher.update(&[u8::from(auto_enum_tok.is_some())]);
        if arg_node != 0 {
            self.hash_node(arg_node);
        }

        for &member_node in members {
            let mut member = match self.container_member(
                block_scope,
                namespace_scope,
                &mut wip_members,
                member_node,
            )? {
                Member::Decl => continue,
                Member::Field(field) => field,
            };
            self.hash_node(member_node);
            member.convert_to_non_tuple_like(tree);
            if member.ast.tuple_like {
                return Err(self.fail_tok(member.ast.main_token, "union field missing name"));
            }
            if let Some(comptime_token) = member.comptime_token {
                return Err(self.fail_tok(comptime_token, "union fields cannot be marked comptime"));
            }

            let field_name = self.ident_as_string(member.ast.main_token)?;
            wip_members.append_to_field(&mut self.scratch, field_name.0);

            let have_type = member.ast.type_expr != 0;
            let have_align = member.ast.align_expr != 0;
            let have_value = member.ast.value_expr != 0;
            wip_members.next_field(
                &mut self.scratch,
                small::UnionFieldBits {
                    has_type: have_type,
                    has_align: have_align,
                    has_value: have_value,
                }
                .to_bits(),
            );

            if have_type {
                let field_type =
                    self.type_expr(block_scope, namespace_scope, member.ast.type_expr)?;
                wip_members.append_to_field(&mut self.scratch, self.format.ref_word(field_type));
            } else if arg_inst == Ref::NONE && auto_enum_tok.is_none() {
                return Err(self.fail_node(member_node, "union field missing type"));
            }
            if have_align {
                if layout == ContainerLayout::Packed
                    && self.rules.packed_union_fields_have_no_alignment
                {
                    return Err(self.fail_node(
                        member.ast.align_expr,
                        "unable to override alignment of packed union fields",
                    ));
                }
                let align_inst = self.expr(
                    block_scope,
                    block_as_scope,
                    ResultInfo::COERCED_ALIGN,
                    member.ast.align_expr,
                )?;
                wip_members.append_to_field(&mut self.scratch, self.format.ref_word(align_inst));
                any_aligned_fields = true;
            }
            if have_value {
                let missing = if arg_inst == Ref::NONE {
                    Some("explicitly valued tagged union missing integer tag type")
                } else if auto_enum_tok.is_none() {
                    Some("explicitly valued tagged union requires inferred enum tag type")
                } else {
                    None
                };
                if let Some(msg) = missing {
                    let note =
                        self.err_note_node(member.ast.value_expr, "tag value specified here");
                    return Err(self.fail_node_notes(node, msg, &[note]));
                }
                let ri = ResultInfo::rl(Loc::Ty(arg_inst));
                let tag_value =
                    self.expr(block_scope, block_as_scope, ri, member.ast.value_expr)?;
                wip_members.append_to_field(&mut self.scratch, self.format.ref_word(tag_value));
            }
        }

        let fields_hash = self.src_hasher.digest(self.tree.source);
        self.src_hasher.end(hash_mark);

        if !self.is_empty(block_scope) {
            self.add_break(block_scope, Tag::BreakInline, decl_inst, Ref::VOID_VALUE);
        }
        let body = self.instructions_slice(block_scope);
        let body_len = self.count_body_len_after_fixups(body.clone());
        let captures_len = self.captures_len(namespace);
        self.set_union(
            gz,
            decl_inst,
            SetUnion {
                src_node: node,
                tag_type: arg_inst,
                captures_len,
                body_len,
                fields_len: field_count,
                decls_len: decl_count,
                layout,
                auto_enum_tag: auto_enum_tok.is_some(),
                any_aligned_fields,
                fields_hash,
            },
        );
        self.append_captures(namespace);
        wip_members.append_decls(&self.scratch, &mut self.extra);
        self.append_body_with_fixups(body);
        wip_members.append_fields(&self.scratch, &mut self.extra);

        self.scratch.truncate(scratch_top);
        self.unstack(block_scope);
        self.release(mark);
        Ok(decl_inst.to_ref())
    }

    /// Lowers a container expression.
    pub(crate) fn container_decl(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        container_decl: full::ContainerDecl<'a>,
    ) -> InnerResult<Ref> {
        let prev_fn_block = self.fn_block.take();
        let ast = &container_decl.ast;
        let layout = match container_decl
            .layout_token
            .map(|token| self.tree.token_tag(token))
        {
            Some(TokenTag::KeywordPacked) => ContainerLayout::Packed,
            Some(TokenTag::KeywordExtern) => ContainerLayout::Extern,
            _ => ContainerLayout::Auto,
        };
        let result = match self.tree.token_tag(ast.main_token) {
            TokenTag::KeywordStruct => {
                self.struct_decl_inner(gz, scope, node, container_decl, layout, ast.arg)?
            }
            TokenTag::KeywordUnion if self.rules.container_fields_are_bodies => {
                let name_strategy = self.blocks[gz].anon_name_strategy;
                self.union_decl_inner_16(
                    gz,
                    scope,
                    node,
                    &ast.members,
                    layout,
                    ast.arg,
                    ast.enum_token,
                    name_strategy,
                )?
            }
            TokenTag::KeywordEnum if self.rules.container_fields_are_bodies => {
                let name_strategy = self.blocks[gz].anon_name_strategy;
                self.enum_decl_inner_16(gz, scope, node, &container_decl, name_strategy)?
            }
            TokenTag::KeywordUnion => self.union_decl_inner(
                gz,
                scope,
                node,
                &ast.members,
                layout,
                ast.arg,
                ast.enum_token,
            )?,
            TokenTag::KeywordEnum => self.enum_decl_inner(gz, scope, node, &container_decl)?,
            // The parser lets no other keyword through.
            _ => self.opaque_decl_inner(gz, scope, node, &container_decl)?,
        };
        // A container inside the function has been lowered without seeing its blocks.
        let result = self.rvalue(gz, ri, result, node);
        self.fn_block = prev_fn_block;
        result
    }

    /// Refuses what an enum cannot have, and counts the rest.
    fn check_enum_fields(
        &mut self,
        node: NodeIndex,
        container_decl: &full::ContainerDecl<'a>,
    ) -> InnerResult<EnumCounts> {
        let tree = self.tree;
        if let Some(token) = container_decl.layout_token {
            return Err(self.fail_tok(
                token,
                "enums do not support 'packed' or 'extern'; instead provide an explicit integer tag type",
            ));
        }
        let has_tag_type = container_decl.ast.arg != 0;
        let mut counts = EnumCounts {
            total_fields: 0,
            decls: 0,
            nonexhaustive_node: 0,
        };
        let mut nonfinal_nonexhaustive = false;
        for &member_node in container_decl.ast.members.iter() {
            let Some(mut member) = tree.full_container_field(member_node) else {
                counts.decls += 1;
                continue;
            };
            member.convert_to_non_tuple_like(tree);
            let full::ContainerFieldComponents {
                main_token,
                type_expr,
                align_expr,
                value_expr,
                tuple_like,
            } = member.ast;
            if tuple_like {
                return Err(self.fail_tok(main_token, "enum field missing name"));
            }
            if let Some(comptime_token) = member.comptime_token {
                return Err(self.fail_tok(comptime_token, "enum fields cannot be marked comptime"));
            }
            if type_expr != 0 {
                let note = self.err_note_node(
                    node,
                    "consider 'union(enum)' here to make it a tagged union",
                );
                return Err(self.fail_node_notes(
                    type_expr,
                    "enum fields do not have types",
                    &[note],
                ));
            }
            if align_expr != 0 {
                return Err(self.fail_node(align_expr, "enum fields cannot be aligned"));
            }
            if tree.token_slice(main_token) == b"_" {
                if counts.nonexhaustive_node != 0 {
                    let note = self.err_note_node(counts.nonexhaustive_node, "other mark here");
                    return Err(self.fail_node_notes(
                        member_node,
                        "redundant non-exhaustive enum mark",
                        &[note],
                    ));
                }
                counts.nonexhaustive_node = member_node;
                if value_expr != 0 {
                    return Err(self.fail_node(
                        value_expr,
                        "'_' is used to mark an enum as non-exhaustive and cannot be assigned a value",
                    ));
                }
                continue;
            }
            nonfinal_nonexhaustive |= counts.nonexhaustive_node != 0;
            counts.total_fields += 1;
            if value_expr != 0 && !has_tag_type {
                return Err(self.fail_node(
                    value_expr,
                    "value assigned to enum tag with inferred tag type",
                ));
            }
        }
        if nonfinal_nonexhaustive {
            return Err(self.fail_node(
                counts.nonexhaustive_node,
                "'_' field of non-exhaustive enum must be last",
            ));
        }
        if counts.nonexhaustive_node != 0 && !has_tag_type {
            let note = self.err_note_node(counts.nonexhaustive_node, "marked non-exhaustive here");
            return Err(self.fail_node_notes(
                node,
                "non-exhaustive enum missing integer tag type",
                &[note],
            ));
        }
        Ok(counts)
    }

    fn enum_decl_inner(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        container_decl: &full::ContainerDecl<'a>,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let members = container_decl.ast.members;
        let arg_node = container_decl.ast.arg;
        let counts = self.check_enum_fields(node, container_decl)?;
        let nonexhaustive = counts.nonexhaustive_node != 0;

        let decl_inst = self.reserve_instruction_index(gz);
        let mark = self.mark();
        let (namespace, namespace_scope, block_scope) = self.push_container(gz, scope, node);
        self.scan_container(namespace, &members, ContainerKind::Enum)?;

        let arg_inst = if arg_node != 0 {
            self.comptime_expr(
                block_scope,
                namespace_scope,
                ResultInfo::COERCED_TYPE,
                arg_node,
                SimpleComptimeReason::Type,
            )?
        } else {
            Ref::NONE
        };

        let scratch_top = self.scratch.len();
        let mut wip_members = WipMembers::new(
            &mut self.scratch,
            counts.decls,
            counts.total_fields,
            small::ENUM_FIELD_BITS,
            2,
        );

        let hash_mark = self.src_hasher.begin();
        if arg_node != 0 {
            self.hash_node(arg_node);
        }
        self.src_hasher.update(&[u8::from(nonexhaustive)]);

        for &member_node in members.iter() {
            if member_node == counts.nonexhaustive_node {
                continue;
            }
            // Unlike in the other containers the declarations are part of the hash.
            self.hash_node(member_node);
            let mut member = match self.container_member(
                block_scope,
                namespace_scope,
                &mut wip_members,
                member_node,
            )? {
                Member::Decl => continue,
                Member::Field(field) => field,
            };
            member.convert_to_non_tuple_like(tree);

            let field_name = self.ident_as_string(member.ast.main_token)?;
            wip_members.append_to_field(&mut self.scratch, field_name.0);
            let have_value = member.ast.value_expr != 0;
            let bits = small::EnumFieldBits {
                has_value: have_value,
            };
            wip_members.next_field(&mut self.scratch, bits.to_bits());
            if have_value {
                if arg_inst == Ref::NONE {
                    let note =
                        self.err_note_node(member.ast.value_expr, "tag value specified here");
                    return Err(self.fail_node_notes(
                        node,
                        "explicitly valued enum missing integer tag type",
                        &[note],
                    ));
                }
                let ri = ResultInfo::rl(Loc::Ty(arg_inst));
                let tag_value =
                    self.expr(block_scope, namespace_scope, ri, member.ast.value_expr)?;
                wip_members.append_to_field(&mut self.scratch, self.format.ref_word(tag_value));
            }
        }

        if !self.is_empty(block_scope) {
            self.add_break(block_scope, Tag::BreakInline, decl_inst, Ref::VOID_VALUE);
        }
        let fields_hash = self.src_hasher.digest(self.tree.source);
        self.src_hasher.end(hash_mark);

        let body = self.instructions_slice(block_scope);
        let body_len = self.count_body_len_after_fixups(body.clone());
        let captures_len = self.captures_len(namespace);
        self.set_enum(
            gz,
            decl_inst,
            SetEnum {
                src_node: node,
                tag_type: arg_inst,
                captures_len,
                body_len,
                fields_len: counts.total_fields,
                decls_len: counts.decls,
                nonexhaustive,
                fields_hash,
            },
        );
        self.append_captures(namespace);
        wip_members.append_decls(&self.scratch, &mut self.extra);
        self.append_body_with_fixups(body);
        wip_members.append_fields(&self.scratch, &mut self.extra);

        self.scratch.truncate(scratch_top);
        self.unstack(block_scope);
        self.release(mark);
        Ok(decl_inst.to_ref())
    }

    fn opaque_decl_inner(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        container_decl: &full::ContainerDecl<'a>,
    ) -> InnerResult<Ref> {
        let members = container_decl.ast.members;
        let decl_inst = self.reserve_instruction_index(gz);
        let mark = self.mark();
        let (namespace, namespace_scope, block_scope) = self.push_container(gz, scope, node);
        let start = self.container_start();
        let scan = self.scan_container(namespace, &members, ContainerKind::Opaque)?;
        let decl_count = scan.decls_len;

        let scratch_top = self.scratch.len();
        let mut wip_members = WipMembers::new(&mut self.scratch, decl_count, 0, 0, 0);
        if let Some(token) = container_decl.layout_token {
            return Err(self.fail_tok(token, "opaque types do not support 'packed' or 'extern'"));
        }
        for &member_node in members.iter() {
            let member =
                self.container_member(block_scope, namespace_scope, &mut wip_members, member_node)?;
            if let Member::Field(_) = member {
                return Err(self.fail_node(member_node, "opaque types cannot have fields"));
            }
        }

        let captures_len = self.captures_len(namespace);
        self.set_opaque(gz, decl_inst, node, start, captures_len, decl_count);
        self.append_captures(namespace);
        wip_members.append_decls(&self.scratch, &mut self.extra);

        self.scratch.truncate(scratch_top);
        self.unstack(block_scope);
        self.release(mark);
        Ok(decl_inst.to_ref())
    }

    /// Lowers an error set.
    pub(crate) fn error_set_decl(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let payload_index = self.reserve_extra(<payload::ErrorSetDecl as payload::Payload>::len(
            self.format,
        ));
        let mut names = Names::new(self.take_name_map(0));
        let mut fields_len = 0;
        // The names begin after `error {`.
        let mut token = tree.main_token(node) + 2;
        loop {
            match tree.token_tag(token) {
                TokenTag::Identifier => {
                    let name = self.ident_as_string(token)?;
                    if !names.add(name, token) {
                        let first = names.first[&name];
                        let text = self.null_terminated_string(name).to_vec();
                        let note = self.err_note_tok(first, "previous declaration here");
                        return Err(self.fail_tok_notes(
                            token,
                            [b"duplicate error set field '".as_slice(), &text, b"'"],
                            &[note],
                        ));
                    }
                    self.extra.push(name.0);
                    fields_len += 1;
                }
                TokenTag::DocComment | TokenTag::Comma => {}
                // Nothing else is possible after a parse without errors.
                _ => break,
            }
            token += 1;
        }
        self.give_name_map(names.first);
        self.set_extra(payload_index, &payload::ErrorSetDecl { fields_len });
        let result = self.add_pl_node_payload_index(gz, Tag::ErrorSetDecl, node, payload_index);
        self.rvalue(gz, ri, result, node)
    }
}
