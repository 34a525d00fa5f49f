//! Containers: structs, tuples, unions, enums, opaque types and error sets, and the members that they share.

use hashbrown::HashMap;
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag, full, primitives::is_primitive};
use zir::{
    ContainerLayout, Data, DeclarationKind, Extended, Index, NullTerminatedString, Ref,
    SimpleComptimeReason, Tag, payload, small,
};

use crate::classify::{node_implies_comptime_only, node_implies_more_than_one_possible_value};
use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::{BlockId, GenZir};
use crate::result::{Loc, ResultInfo};
use crate::scope::{LocalPtr, LocalVal, Namespace, NamespaceId, Scope, ScopeId};

/// Declarations and fields of a container under construction. They stand in the scratch list: first the
/// declarations, then groups of bits that say which parts each field has, then the fields themselves. What is
/// put on the scratch list after them is out of its reach.
pub(crate) struct WipMembers {
    payload_top: usize,
    field_bits_start: usize,
    fields_end: usize,
    bits_per_field: u32,
    decl_index: usize,
    field_index: usize,
}

impl WipMembers {
    fn new(
        scratch: &mut Vec<u32>,
        decl_count: u32,
        field_count: u32,
        bits_per_field: u32,
        max_field_size: u32,
    ) -> WipMembers {
        let payload_top = scratch.len();
        let field_bits_start = payload_top + decl_count as usize;
        let bit_words = match bits_per_field {
            0 => 0,
            bits => field_count.div_ceil(small::fields_per_word(bits)),
        };
        let fields_start = field_bits_start + bit_words as usize;
        scratch.resize(
            fields_start + field_count as usize * max_field_size as usize,
            0,
        );
        WipMembers {
            payload_top,
            field_bits_start,
            fields_end: fields_start,
            bits_per_field,
            decl_index: 0,
            field_index: 0,
        }
    }

    pub(crate) fn next_decl(&mut self, scratch: &mut [u32], decl_inst: Index) {
        scratch[self.payload_top + self.decl_index] = decl_inst.0;
        self.decl_index += 1;
    }

    /// Begins a field. The lowest of `bits` is the first.
    fn next_field(&mut self, scratch: &mut [u32], bits: u32) {
        let fields_per_word = small::fields_per_word(self.bits_per_field) as usize;
        let word = &mut scratch[self.field_bits_start + self.field_index / fields_per_word];
        let shift = small::field_shift(self.field_index as u32, self.bits_per_field);
        *word |= bits << shift;
        self.field_index += 1;
    }

    fn append_to_field(&mut self, scratch: &mut [u32], word: u32) {
        scratch[self.fields_end] = word;
        self.fields_end += 1;
    }

    /// Appends the declarations to `extra`.
    fn append_decls(&self, scratch: &[u32], extra: &mut Vec<u32>) {
        extra.extend_from_slice(&scratch[self.payload_top..self.payload_top + self.decl_index]);
    }

    /// Appends the groups of bits and the fields to `extra`.
    fn append_fields(&self, scratch: &[u32], extra: &mut Vec<u32>) {
        extra.extend_from_slice(&scratch[self.field_bits_start..self.fields_end]);
    }
}

/// The container being scanned, as messages call it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ContainerKind {
    Struct,
    Union,
    Enum,
    Opaque,
}

impl ContainerKind {
    fn name(self) -> &'static str {
        match self {
            ContainerKind::Struct => "struct",
            ContainerKind::Union => "union",
            ContainerKind::Enum => "enum",
            ContainerKind::Opaque => "opaque",
        }
    }
}

/// What [`AstGen::container_member`] came upon.
enum Member {
    /// A declaration, lowered already.
    Decl,
    Field(full::ContainerField),
}

/// What [`AstGen::set_struct`] makes a struct of.
struct SetStruct {
    src_node: NodeIndex,
    captures_len: u32,
    fields_len: u32,
    decls_len: u32,
    has_backing_int: bool,
    layout: ContainerLayout,
    known_non_opv: bool,
    known_comptime_only: bool,
    any_comptime_fields: bool,
    any_default_inits: bool,
    any_aligned_fields: bool,
    fields_hash: [u32; 4],
}

/// What [`AstGen::set_union`] makes a union of.
struct SetUnion {
    src_node: NodeIndex,
    tag_type: Ref,
    captures_len: u32,
    body_len: u32,
    fields_len: u32,
    decls_len: u32,
    layout: ContainerLayout,
    auto_enum_tag: bool,
    any_aligned_fields: bool,
    fields_hash: [u32; 4],
}

/// What [`AstGen::set_enum`] makes an enum of.
struct SetEnum {
    src_node: NodeIndex,
    tag_type: Ref,
    captures_len: u32,
    body_len: u32,
    fields_len: u32,
    decls_len: u32,
    nonexhaustive: bool,
    fields_hash: [u32; 4],
}

/// What [`AstGen::check_enum_fields`] counted.
struct EnumCounts {
    total_fields: u32,
    decls: u32,
    /// The field `_`, or 0.
    nonexhaustive_node: NodeIndex,
}

/// The tokens that declare names of one sort in a container.
#[derive(Default)]
struct Names {
    first: HashMap<NullTerminatedString, TokenIndex, foldhash::fast::FixedState>,
    /// First token, repeating token and name of each name that came again.
    duplicates: Vec<(TokenIndex, TokenIndex, NullTerminatedString)>,
}

impl Names {
    /// Returns whether the name is new.
    fn add(&mut self, name: NullTerminatedString, token: TokenIndex) -> bool {
        let first = *self.first.entry(name).or_insert(token);
        if first != token {
            self.duplicates.push((first, token, name));
        }
        first == token
    }
}

impl<'a> AstGen<'a> {
    /// Opens the scope of the members of `node`: a namespace, and a block in it for what fields consist of.
    fn push_container(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> (NamespaceId, ScopeId, BlockId) {
        let within_fn = self.within_fn;
        let (namespace, namespace_scope) =
            self.push_namespace(Namespace::new(scope, node, within_fn));
        self.advance_source_cursor_to_node(node);
        let top = self.stack_top();
        let decl_line = self.blocks[gz].decl_line;
        let block = self.push_block(GenZir::new(namespace_scope, true, node, decl_line, top));
        (namespace, namespace_scope, block)
    }

    fn captures_len(&self, namespace: NamespaceId) -> u32 {
        self.namespaces[namespace].captures.len() as u32
    }

    /// Appends what the namespace captured, then the names of that.
    fn append_captures(&mut self, namespace: NamespaceId) {
        let captures = &self.namespaces[namespace].captures;
        self.extra
            .extend(captures.iter().map(|(capture, _)| capture.to_bits()));
        self.extra.extend(captures.iter().map(|(_, name)| name.0));
    }

    /// Moves the instructions of `block` to the scratch list, as a body, and returns the length of that.
    fn take_body_to_scratch(&mut self, block: BlockId) -> u32 {
        let body = self.instructions_slice(block);
        let top = body.start;
        let before = self.scratch.len();
        self.append_body_with_fixups_to_scratch(body);
        self.stack.truncate(top);
        (self.scratch.len() - before) as u32
    }

    /// Ends the instructions of `block` with a break out of `decl_inst`, unless control does not get there.
    fn break_from_body(&mut self, block: BlockId, decl_inst: Index, operand: Ref) {
        if !self.ends_with_no_return(block) {
            self.add_break(block, Tag::BreakInline, decl_inst, operand);
        }
    }

    fn hash_node(&mut self, node: NodeIndex) {
        let source = self.tree.get_node_source(node);
        self.src_hasher.update_source(source);
    }

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

        let decl_inst = self.reserve_instruction_index(gz);
        if members.is_empty() && backing_int_node == 0 {
            let hash_mark = self.src_hasher.begin();
            self.src_hasher.update(layout.name().as_bytes());
            let fields_hash = self.src_hasher.digest();
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

        let decl_count = self.scan_container(namespace, &members, ContainerKind::Struct)?;
        let field_count = members.len() as u32 - decl_count;
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
                field_type.0
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

        let fields_hash = self.src_hasher.digest();
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
                self.extra.push(backing_int_ref.0);
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
            self.scratch.push(field_type.0);
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
            self.scratch.push(field_init.0);
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
            Data::extended(Extended::TupleDecl, fields_len, payload_index),
        ))
    }

    /// Lowers a union. `arg_node` is its tag type, or the type of an inferred tag's integers; `auto_enum_tok` is
    /// there where the tag is inferred.
    #[allow(clippy::too_many_arguments)]
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

        let decl_count = self.scan_container(namespace, members, ContainerKind::Union)?;
        let field_count = members.len() as u32 - decl_count;

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
                wip_members.append_to_field(&mut self.scratch, field_type.0);
            } else if arg_inst == Ref::NONE && auto_enum_tok.is_none() {
                return Err(self.fail_node(member_node, "union field missing type"));
            }
            if have_align {
                let align_inst = self.expr(
                    block_scope,
                    block_as_scope,
                    ResultInfo::COERCED_ALIGN,
                    member.ast.align_expr,
                )?;
                wip_members.append_to_field(&mut self.scratch, align_inst.0);
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
                wip_members.append_to_field(&mut self.scratch, tag_value.0);
            }
        }

        let fields_hash = self.src_hasher.digest();
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
                wip_members.append_to_field(&mut self.scratch, tag_value.0);
            }
        }

        if !self.is_empty(block_scope) {
            self.add_break(block_scope, Tag::BreakInline, decl_inst, Ref::VOID_VALUE);
        }
        let fields_hash = self.src_hasher.digest();
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
        let decl_count = self.scan_container(namespace, &members, ContainerKind::Opaque)?;

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
        self.set_opaque(gz, decl_inst, node, captures_len, decl_count);
        self.append_captures(namespace);
        wip_members.append_decls(&self.scratch, &mut self.extra);

        self.scratch.truncate(scratch_top);
        self.unstack(block_scope);
        self.release(mark);
        Ok(decl_inst.to_ref())
    }

    /// Lowers a member that is a declaration, and returns one that is a field. A declaration that fails does not
    /// make the container fail: an instruction that says so takes its place.
    fn container_member(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        member_node: NodeIndex,
    ) -> InnerResult<Member> {
        let tree = self.tree;
        if let Some(field) = tree.full_container_field(member_node) {
            return Ok(Member::Field(field));
        }

        let checkpoint = self.checkpoint();
        let hash_mark = self.src_hasher.begin();
        let prev_decl_index = wip_members.decl_index;
        // What the declaration is called if it fails.
        let (result, kind, name_token, src_node, is_pub) = match tree.node_tag(member_node) {
            NodeTag::Comptime => (
                self.comptime_decl(gz, scope, wip_members, member_node),
                DeclarationKind::Comptime,
                None,
                member_node,
                false,
            ),
            NodeTag::Usingnamespace => (
                self.usingnamespace_decl(gz, scope, wip_members, member_node),
                DeclarationKind::Usingnamespace,
                None,
                member_node,
                self.usingnamespace_is_pub(member_node),
            ),
            // The name may be what is wrong with it.
            NodeTag::TestDecl => (
                self.test_decl(gz, scope, wip_members, member_node),
                DeclarationKind::UnnamedTest,
                None,
                member_node,
                false,
            ),
            tag => {
                if let Some(full) = tree.full_var_decl(member_node) {
                    (
                        self.global_var_decl(scope, wip_members, member_node, full),
                        DeclarationKind::Const,
                        Some(full.ast.mut_token + 1),
                        member_node,
                        full.visib_token.is_some(),
                    )
                } else if let Some(full) = tree.full_fn_proto(member_node) {
                    let body = if tag == NodeTag::FnDecl {
                        tree.node_data(member_node).rhs
                    } else {
                        0
                    };
                    (
                        self.fn_decl(scope, wip_members, member_node, body, full),
                        DeclarationKind::Const,
                        full.name_token,
                        full.ast.proto_node,
                        full.visib_token.is_some(),
                    )
                } else {
                    unreachable!("the parser makes no other member: {tag:?}")
                }
            }
        };
        self.src_hasher.end(hash_mark);
        if let Err(AnalysisFail) = result {
            self.restore(checkpoint);
            wip_members.decl_index = prev_decl_index;
            let name = match name_token {
                Some(token) => self.ident_as_string(token)?,
                None => NullTerminatedString::EMPTY,
            };
            self.add_failed_declaration(wip_members, gz, kind, name, src_node, is_pub);
        }
        Ok(Member::Decl)
    }

    /// Lowers an error set.
    pub(crate) fn error_set_decl(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
    ) -> InnerResult<Ref> {
        let tree = self.tree;
        let payload_index = self.reserve_extra(<payload::ErrorSetDecl as payload::Payload>::LEN);
        let mut names = Names::default();
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
        self.set_extra(payload_index, &payload::ErrorSetDecl { fields_len });
        let result = self.add_pl_node_payload_index(gz, Tag::ErrorSetDecl, node, payload_index);
        self.rvalue(gz, ri, result, node)
    }

    /// Fills the namespace with the names that `members` declare, and reports those that collide. Returns how many
    /// declarations there are, those without a name included.
    fn scan_container(
        &mut self,
        namespace: NamespaceId,
        members: &[NodeIndex],
        container_kind: ContainerKind,
    ) -> InnerResult<u32> {
        let tree = self.tree;
        let mut any_invalid_declarations = false;
        let mut names = Names::default();
        let mut test_names = Names::default();
        let mut decltest_names = Names::default();
        let mut decl_count = 0;

        for &member_node in members {
            let main_token = tree.main_token(member_node);
            let (is_field, name_token) = match tree.node_tag(member_node) {
                NodeTag::ContainerFieldInit
                | NodeTag::ContainerFieldAlign
                | NodeTag::ContainerField => {
                    let Some(mut field) = tree.full_container_field(member_node) else {
                        continue;
                    };
                    if matches!(container_kind, ContainerKind::Union | ContainerKind::Enum) {
                        field.convert_to_non_tuple_like(tree);
                    }
                    if field.ast.tuple_like {
                        continue;
                    }
                    (true, field.ast.main_token)
                }
                NodeTag::GlobalVarDecl
                | NodeTag::LocalVarDecl
                | NodeTag::SimpleVarDecl
                | NodeTag::AlignedVarDecl => {
                    decl_count += 1;
                    (false, main_token + 1)
                }
                NodeTag::Comptime | NodeTag::Usingnamespace => {
                    decl_count += 1;
                    continue;
                }
                NodeTag::TestDecl => {
                    decl_count += 1;
                    // Test names are apart from all others and shadow nothing.
                    let token = main_token + 1;
                    match tree.token_tag(token) {
                        TokenTag::StringLiteral => {
                            let name = self.str_lit_as_string(token)?;
                            test_names.add(name.index, token);
                        }
                        TokenTag::Identifier => {
                            let name = self.ident_as_string(token)?;
                            decltest_names.add(name, token);
                        }
                        _ => {}
                    }
                    continue;
                }
                // Functions, with and without a body.
                _ => {
                    decl_count += 1;
                    if tree.token_tag(main_token + 1) != TokenTag::Identifier {
                        self.append_error_node(member_node, "missing function name");
                        any_invalid_declarations = true;
                        continue;
                    }
                    (false, main_token + 1)
                }
            };

            let name = self.ident_as_string(name_token)?;
            if !is_field {
                // Also where there are errors, which are not to cause others about unknown names.
                self.namespaces[namespace].decls.insert(name, member_node);
            }
            if !names.add(name, name_token) || is_field {
                continue;
            }
            if self.decl_is_shadowing(namespace, name, name_token) {
                any_invalid_declarations = true;
            }
        }

        let node = self.namespaces[namespace].node;
        let kind = container_kind.name();
        let member_name = format!("duplicate {kind} member name '");
        for (names, what, again) in [
            (names, member_name.as_str(), "duplicate name here"),
            (test_names, "duplicate test name '", "duplicate test here"),
            (
                decltest_names,
                "duplicate decltest '",
                "duplicate decltest here",
            ),
        ] {
            if !names.duplicates.is_empty() {
                any_invalid_declarations = true;
                self.report_duplicates(names, node, kind, what, again);
            }
        }
        if any_invalid_declarations {
            return Err(AnalysisFail);
        }
        Ok(decl_count)
    }

    /// Reports a declaration that hides a primitive or a local further out.
    fn decl_is_shadowing(
        &mut self,
        namespace: NamespaceId,
        name: NullTerminatedString,
        name_token: TokenIndex,
    ) -> bool {
        let text = self.tree.token_slice(name_token);
        if text.first() != Some(&b'@') && is_primitive(text) {
            let note = self.err_note_tok(
                name_token,
                [
                    b"consider using @\"".as_slice(),
                    text,
                    b"\" to disambiguate",
                ],
            );
            self.append_error_tok_notes(
                name_token,
                [b"name shadows primitive '".as_slice(), text, b"'"],
                &[note],
            );
            return true;
        }
        let mut scope = self.namespaces[namespace].parent;
        loop {
            scope = self.scopes.near(scope, name);
            match self.scopes[scope] {
                Scope::LocalVal(LocalVal {
                    name: other,
                    id_cat,
                    token_src,
                    ..
                })
                | Scope::LocalPtr(LocalPtr {
                    name: other,
                    id_cat,
                    token_src,
                    ..
                }) if other == name => {
                    let note = self.err_note_tok(token_src, "previous declaration here");
                    self.append_error_tok_notes(
                        name_token,
                        [
                            b"declaration '".as_slice(),
                            text,
                            b"' shadows ",
                            id_cat.name().as_bytes(),
                            b" from outer scope",
                        ],
                        &[note],
                    );
                    return true;
                }
                _ => {}
            }
            match self.scope_parent(scope) {
                Some(parent) => scope = parent,
                None => return false,
            }
        }
    }

    /// One error for each name that came more than once, in the order of the first of each.
    fn report_duplicates(
        &mut self,
        mut names: Names,
        container_node: NodeIndex,
        container_kind: &str,
        what: &str,
        again: &str,
    ) {
        names.duplicates.sort_unstable();
        for group in names.duplicates.chunk_by(|a, b| a.0 == b.0) {
            let mut notes = Vec::with_capacity(group.len() + 1);
            for &(_, token, _) in group {
                notes.push(self.err_note_tok(token, again));
            }
            notes.push(self.err_note_node(
                container_node,
                format_args!("{container_kind} declared here"),
            ));
            let (first, _, name) = group[0];
            let text = self.null_terminated_string(name).to_vec();
            self.append_error_tok_notes(first, [what.as_bytes(), &text, b"'"], &notes);
        }
    }

    fn append_unless_zero(&mut self, words: &[u32]) {
        self.extra
            .extend(words.iter().copied().filter(|&word| word != 0));
    }

    fn set_inst(&mut self, inst: Index, opcode: Extended, small: u16, payload_index: u32) {
        self.tags[inst.0 as usize] = Tag::Extended;
        self.data[inst.0 as usize] = Data::extended(opcode, small, payload_index);
    }

    fn set_struct(&mut self, gz: BlockId, inst: Index, args: SetStruct) {
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        let payload_index = self.add_extra(&payload::StructDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: self.cursor.line,
            src_node: args.src_node,
        });
        self.append_unless_zero(&[args.captures_len, args.fields_len, args.decls_len]);
        let small = small::StructDecl {
            has_captures_len: args.captures_len != 0,
            has_fields_len: args.fields_len != 0,
            has_decls_len: args.decls_len != 0,
            has_backing_int: args.has_backing_int,
            known_non_opv: args.known_non_opv,
            known_comptime_only: args.known_comptime_only,
            name_strategy: self.blocks[gz].anon_name_strategy,
            layout: args.layout,
            any_default_inits: args.any_default_inits,
            any_comptime_fields: args.any_comptime_fields,
            any_aligned_fields: args.any_aligned_fields,
        };
        self.set_inst(inst, Extended::StructDecl, small.to_bits(), payload_index);
    }

    fn set_union(&mut self, gz: BlockId, inst: Index, args: SetUnion) {
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        let payload_index = self.add_extra(&payload::UnionDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: self.cursor.line,
            src_node: args.src_node,
        });
        if args.tag_type != Ref::NONE {
            self.extra.push(args.tag_type.0);
        }
        self.append_unless_zero(&[
            args.captures_len,
            args.body_len,
            args.fields_len,
            args.decls_len,
        ]);
        let small = small::UnionDecl {
            has_tag_type: args.tag_type != Ref::NONE,
            has_captures_len: args.captures_len != 0,
            has_body_len: args.body_len != 0,
            has_fields_len: args.fields_len != 0,
            has_decls_len: args.decls_len != 0,
            name_strategy: self.blocks[gz].anon_name_strategy,
            layout: args.layout,
            auto_enum_tag: args.auto_enum_tag,
            any_aligned_fields: args.any_aligned_fields,
        };
        self.set_inst(inst, Extended::UnionDecl, small.to_bits(), payload_index);
    }

    fn set_enum(&mut self, gz: BlockId, inst: Index, args: SetEnum) {
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        let payload_index = self.add_extra(&payload::EnumDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: self.cursor.line,
            src_node: args.src_node,
        });
        if args.tag_type != Ref::NONE {
            self.extra.push(args.tag_type.0);
        }
        self.append_unless_zero(&[
            args.captures_len,
            args.body_len,
            args.fields_len,
            args.decls_len,
        ]);
        let small = small::EnumDecl {
            has_tag_type: args.tag_type != Ref::NONE,
            has_captures_len: args.captures_len != 0,
            has_body_len: args.body_len != 0,
            has_fields_len: args.fields_len != 0,
            has_decls_len: args.decls_len != 0,
            name_strategy: self.blocks[gz].anon_name_strategy,
            nonexhaustive: args.nonexhaustive,
        };
        self.set_inst(inst, Extended::EnumDecl, small.to_bits(), payload_index);
    }

    fn set_opaque(
        &mut self,
        gz: BlockId,
        inst: Index,
        src_node: NodeIndex,
        captures_len: u32,
        decls_len: u32,
    ) {
        let payload_index = self.add_extra(&payload::OpaqueDecl {
            src_line: self.cursor.line,
            src_node,
        });
        self.append_unless_zero(&[captures_len, decls_len]);
        let small = small::OpaqueDecl {
            has_captures_len: captures_len != 0,
            has_decls_len: decls_len != 0,
            name_strategy: self.blocks[gz].anon_name_strategy,
        };
        self.set_inst(inst, Extended::OpaqueDecl, small.to_bits(), payload_index);
    }
}
