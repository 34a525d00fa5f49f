//! What the members of all containers have in common: the list of them under construction, the namespace and
//! the block they are lowered in, and the declarations among them.

use syntax::{NodeIndex, NodeTag, full};
use zir::{DeclarationKind, Index, NullTerminatedString, Ref, Tag, small};

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::genzir::GenZir;
use crate::ids::{BlockId, NamespaceId, ScopeId};
use crate::scope::Namespace;

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
    pub(super) fn new(
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
    pub(super) fn next_field(&mut self, scratch: &mut [u32], bits: u32) {
        let fields_per_word = small::fields_per_word(self.bits_per_field) as usize;
        let word = &mut scratch[self.field_bits_start + self.field_index / fields_per_word];
        let shift = small::field_shift(self.field_index as u32, self.bits_per_field);
        *word |= bits << shift;
        self.field_index += 1;
    }

    pub(super) fn append_to_field(&mut self, scratch: &mut [u32], word: u32) {
        scratch[self.fields_end] = word;
        self.fields_end += 1;
    }

    /// Appends the declarations to `extra`.
    pub(super) fn append_decls(&self, scratch: &[u32], extra: &mut Vec<u32>) {
        extra.extend_from_slice(&scratch[self.payload_top..self.payload_top + self.decl_index]);
    }

    /// Appends the groups of bits and the fields to `extra`.
    pub(super) fn append_fields(&self, scratch: &[u32], extra: &mut Vec<u32>) {
        extra.extend_from_slice(&scratch[self.field_bits_start..self.fields_end]);
    }
}

/// What [`AstGen::container_member`] came upon.
pub(super) enum Member {
    /// A declaration, lowered already.
    Decl,
    Field(full::ContainerField),
}

impl<'a> AstGen<'a> {
    /// Opens the scope of the members of `node`: a namespace, and a block in it for what fields consist of.
    pub(super) fn push_container(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
    ) -> (NamespaceId, ScopeId, BlockId) {
        let within_fn = self.within_fn;
        let decls = self.take_name_map(0);
        let (namespace, namespace_scope) =
            self.push_namespace(Namespace::new(scope, node, within_fn, decls));
        self.advance_source_cursor_to_node(node);
        let top = self.stack_top();
        let decl_line = self.blocks[gz].decl_line;
        let block = self.push_block(GenZir::new(namespace_scope, true, node, decl_line, top));
        (namespace, namespace_scope, block)
    }

    pub(super) fn captures_len(&self, namespace: NamespaceId) -> u32 {
        self.namespaces[namespace].captures.len() as u32
    }

    /// Appends what the namespace captured, then the names of that.
    pub(super) fn append_captures(&mut self, namespace: NamespaceId) {
        let captures = &self.namespaces[namespace].captures;
        self.extra
            .extend(captures.iter().map(|(capture, _)| capture.to_bits()));
        self.extra.extend(captures.iter().map(|(_, name)| name.0));
    }

    /// Moves the instructions of `block` to the scratch list, as a body, and returns the length of that.
    pub(super) fn take_body_to_scratch(&mut self, block: BlockId) -> u32 {
        let body = self.instructions_slice(block);
        let top = body.start;
        let before = self.scratch.len();
        self.append_body_with_fixups_to_scratch(body);
        self.stack.truncate(top);
        (self.scratch.len() - before) as u32
    }

    /// Ends the instructions of `block` with a break out of `decl_inst`, unless control does not get there.
    pub(super) fn break_from_body(&mut self, block: BlockId, decl_inst: Index, operand: Ref) {
        if !self.ends_with_no_return(block) {
            self.add_break(block, Tag::BreakInline, decl_inst, operand);
        }
    }

    pub(super) fn hash_node(&mut self, node: NodeIndex) {
        let range = self.tree.get_node_range(node);
        self.src_hasher.update_source(range);
    }

    /// Lowers a member that is a declaration, and returns one that is a field. A declaration that fails does
    /// not make the container fail: an instruction that says so takes its place.
    pub(super) fn container_member(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        wip_members: &mut WipMembers,
        member_node: NodeIndex,
    ) -> InnerResult<Member> {
        let tree = self.tree;
        if tree.node_tag(member_node).is_container_field()
            && let Some(field) = tree.full_container_field(member_node)
        {
            return Ok(Member::Field(field));
        }

        let checkpoint = self.checkpoint();
        let hash_mark = self.src_hasher.begin();
        let prev_decl_index = wip_members.decl_index;
        // What the declaration is called if it fails.
        let (result, kind, name_token, src_node, is_pub) = match tree.node_tag(member_node) {
            NodeTag::Comptime => (
                self.comptime_decl(scope, wip_members, member_node),
                DeclarationKind::Comptime,
                None,
                member_node,
                false,
            ),
            NodeTag::Usingnamespace => (
                self.usingnamespace_decl(scope, wip_members, member_node),
                DeclarationKind::Usingnamespace,
                None,
                member_node,
                self.usingnamespace_is_pub(member_node),
            ),
            // The name may be what is wrong with it.
            NodeTag::TestDecl => (
                self.test_decl(scope, wip_members, member_node),
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
}
