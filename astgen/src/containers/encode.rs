//! Containers into `extra`: the payload of each kind with the flags that say what trails it.

use syntax::NodeIndex;
use zir::shape::Kind16;
use zir::{ContainerLayout, Data, Extended, Index, Ref, Tag, payload, small};

use crate::r#gen::AstGen;
use crate::ids::{BlockId, NamespaceId};

/// What [`AstGen::set_struct`] makes a struct of.
pub(super) struct SetStruct {
    pub(super) src_node: NodeIndex,
    pub(super) captures_len: u32,
    pub(super) fields_len: u32,
    pub(super) decls_len: u32,
    pub(super) has_backing_int: bool,
    pub(super) layout: ContainerLayout,
    pub(super) known_non_opv: bool,
    pub(super) known_comptime_only: bool,
    pub(super) any_comptime_fields: bool,
    pub(super) any_default_inits: bool,
    pub(super) any_aligned_fields: bool,
    pub(super) fields_hash: [u32; 4],
}

/// What [`AstGen::set_union`] makes a union of.
pub(super) struct SetUnion {
    pub(super) src_node: NodeIndex,
    pub(super) tag_type: Ref,
    pub(super) captures_len: u32,
    pub(super) body_len: u32,
    pub(super) fields_len: u32,
    pub(super) decls_len: u32,
    pub(super) layout: ContainerLayout,
    pub(super) auto_enum_tag: bool,
    pub(super) any_aligned_fields: bool,
    pub(super) fields_hash: [u32; 4],
}

/// What [`AstGen::set_enum`] makes an enum of.
pub(super) struct SetEnum {
    pub(super) src_node: NodeIndex,
    pub(super) tag_type: Ref,
    pub(super) captures_len: u32,
    pub(super) body_len: u32,
    pub(super) fields_len: u32,
    pub(super) decls_len: u32,
    pub(super) nonexhaustive: bool,
    pub(super) fields_hash: [u32; 4],
}

/// Line and column of a container's start.
#[derive(Clone, Copy)]
pub(super) struct Start {
    line: u32,
    column: u32,
}

/// What [`AstGen::set_container`] makes a struct, union or enum of, from 0.16 on.
pub(super) struct SetContainer {
    /// What it is; whether there are captures, declarations and fields is filled in.
    pub(super) kind: Kind16,
    pub(super) src_node: NodeIndex,
    pub(super) start: Start,
    /// Where its captures are; none where it cannot have any.
    pub(super) namespace: Option<NamespaceId>,
    /// Node of the argument, and length of its body.
    pub(super) arg: Option<(NodeIndex, u32)>,
    pub(super) decls_len: u32,
    pub(super) fields_len: u32,
    pub(super) first_field: NodeIndex,
    pub(super) fields_hash: [u32; 4],
    /// Where in the scratch list begins all that follows the captures.
    pub(super) remaining: usize,
}

impl AstGen<'_> {
    /// The place at which the cursor is.
    pub(super) fn container_start(&self) -> Start {
        Start {
            line: self.cursor.line,
            column: self.cursor.column,
        }
    }

    /// The line and column that a container is said to be at. Up to 0.16 that is where the cursor is once the
    /// container is lowered, and the column is not written.
    fn container_place(&self, start: Start) -> Start {
        if self.rules.container_bodies_have_baselines {
            start
        } else {
            self.container_start()
        }
    }

    pub(super) fn set_container(&mut self, inst: Index, args: SetContainer) {
        let captures_len = match args.namespace {
            Some(namespace) => self.captures_len(namespace),
            None => 0,
        };
        let (captures, decls) = (captures_len != 0, args.decls_len != 0);
        let fields = args.fields_len != 0;
        let (opcode, small) = match args.kind {
            Kind16::Struct(mut small) => {
                small.has_captures_len = captures;
                small.has_decls_len = decls;
                small.has_fields_len = fields;
                (Extended::StructDecl, small.to_bits())
            }
            Kind16::Union(mut small) => {
                small.has_captures_len = captures;
                small.has_decls_len = decls;
                small.has_fields_len = fields;
                (Extended::UnionDecl, small.to_bits())
            }
            Kind16::Enum(mut small) => {
                small.has_captures_len = captures;
                small.has_decls_len = decls;
                small.has_fields_len = fields;
                (Extended::EnumDecl, small.to_bits())
            }
        };
        let place = self.container_place(args.start);
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        // The heads of the three have the same words.
        let payload_index = self.add_extra(&payload::StructDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: place.line,
            src_column: place.column,
            src_node: args.src_node,
        });
        self.append_unless_zero(&[captures_len, args.decls_len, args.fields_len]);
        if self.rules.container_bodies_have_baselines {
            self.extra.extend(args.arg.map(|(node, _)| node));
            self.extra.extend(fields.then_some(args.first_field));
        }
        self.extra.extend(args.arg.map(|(_, body_len)| body_len));
        if let Some(namespace) = args.namespace {
            self.append_captures(namespace);
        }
        self.extra
            .extend_from_slice(&self.scratch[args.remaining..]);
        self.set_inst(inst, opcode, small, payload_index);
    }

    pub(super) fn append_unless_zero(&mut self, words: &[u32]) {
        self.extra
            .extend(words.iter().copied().filter(|&word| word != 0));
    }

    pub(super) fn set_inst(
        &mut self,
        inst: Index,
        opcode: Extended,
        small: u16,
        payload_index: u32,
    ) {
        self.tags[inst.0 as usize] = self.format.tag_byte(Tag::Extended);
        self.data[inst.0 as usize] = Data::extended(self.format, opcode, small, payload_index);
    }

    pub(super) fn set_struct(&mut self, gz: BlockId, inst: Index, args: SetStruct) {
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        let payload_index = self.add_extra(&payload::StructDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: self.cursor.line,
            src_column: 0,
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

    pub(super) fn set_union(&mut self, gz: BlockId, inst: Index, args: SetUnion) {
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        let payload_index = self.add_extra(&payload::UnionDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: self.cursor.line,
            src_column: 0,
            src_node: args.src_node,
        });
        if args.tag_type != Ref::NONE {
            self.extra.push(self.format.ref_word(args.tag_type));
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

    pub(super) fn set_enum(&mut self, gz: BlockId, inst: Index, args: SetEnum) {
        let [fields_hash_0, fields_hash_1, fields_hash_2, fields_hash_3] = args.fields_hash;
        let payload_index = self.add_extra(&payload::EnumDecl {
            fields_hash_0,
            fields_hash_1,
            fields_hash_2,
            fields_hash_3,
            src_line: self.cursor.line,
            src_column: 0,
            src_node: args.src_node,
        });
        if args.tag_type != Ref::NONE {
            self.extra.push(self.format.ref_word(args.tag_type));
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

    pub(super) fn set_opaque(
        &mut self,
        gz: BlockId,
        inst: Index,
        src_node: NodeIndex,
        start: Start,
        captures_len: u32,
        decls_len: u32,
    ) {
        let place = self.container_place(start);
        let payload_index = self.add_extra(&payload::OpaqueDecl {
            src_line: place.line,
            src_column: place.column,
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
