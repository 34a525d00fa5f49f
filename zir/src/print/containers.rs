//! Containers and declarations.

use super::{Printer, put};
use crate::enums::UnionKind;
use crate::index::{NullTerminatedString, Ref};
use crate::list::Body;
use crate::shape::{
    BackingInt, Captures, ContainerDecl16, Declaration, EnumDecl, Kind16, OpaqueDecl, StructDecl,
    UnionDecl,
};
use crate::small::{Capture, DeclarationKind, DeclarationLinkage};

impl<'a> Printer<'a, '_> {
    fn captures(&mut self, captures: Captures<'a>) {
        if captures.is_empty() {
            self.str("{}");
            return;
        }
        for (capture, name) in captures.iter() {
            self.str("{ ");
            if name != NullTerminatedString::EMPTY {
                self.raw(name);
                self.str(" = ");
            }
            match capture {
                Some(Capture::Nested(index)) => put!(self, "[{index}]"),
                Some(Capture::Instruction(inst)) => self.index(inst),
                Some(Capture::InstructionLoad(inst)) => {
                    self.str("load ");
                    self.index(inst);
                }
                Some(Capture::DeclVal(name)) => {
                    self.str("decl_val ");
                    self.quoted(name);
                }
                Some(Capture::DeclRef(name)) => {
                    self.str("decl_ref ");
                    self.quoted(name);
                }
                None => self.str("<damaged>"),
            }
        }
    }

    fn fields_hash(&mut self, hash: [u8; 16]) {
        self.str("hash(");
        self.hash(hash);
        self.str(") ");
    }

    pub(super) fn struct_decl(&mut self, decl: StructDecl<'a>) {
        let outer = std::mem::replace(&mut self.parent_decl_node, decl.head.src_node);
        self.fields_hash(decl.fields_hash());
        self.flag("known_non_opv, ", decl.small.known_non_opv);
        self.flag("known_comptime_only, ", decl.small.known_comptime_only);
        self.str(decl.small.name_strategy.name());
        self.str(", ");
        self.captures(decl.captures);
        self.str(", ");
        match decl.backing_int {
            BackingInt::None => self.str(decl.small.layout.name()),
            BackingInt::Ref(operand) => {
                self.str("packed(");
                self.operand(operand);
                self.str(")");
            }
            BackingInt::Body(body) => {
                self.str("packed(");
                self.braced_in(body);
                self.str(")");
            }
        }
        self.str(", ");
        self.braced(decl.decls);
        self.str(", ");
        if decl.fields_len == 0 {
            self.str("{}, {}");
        } else {
            self.str("{\n");
            self.indent += 2;
            for (n, field) in decl.fields().enumerate() {
                self.spaces();
                self.flag("comptime ", field.is_comptime);
                if field.name == NullTerminatedString::EMPTY {
                    put!(self, "@\"{n}\"");
                } else {
                    self.id(field.name);
                }
                self.str(": ");
                if !field.ty.is_none() {
                    self.operand(field.ty);
                }
                if !field.type_body.is_empty() {
                    self.braced_in(field.type_body);
                }
                if !field.align_body.is_empty() {
                    self.str(" align(");
                    self.braced_in(field.align_body);
                    self.str(")");
                }
                if !field.init_body.is_empty() {
                    self.str(" = ");
                    self.braced_in(field.init_body);
                }
                self.str(",\n");
            }
            self.indent -= 2;
            self.spaces();
            self.str("}");
        }
        self.close(0);
        self.parent_decl_node = outer;
    }

    pub(super) fn union_decl(&mut self, decl: UnionDecl<'a>) {
        let outer = std::mem::replace(&mut self.parent_decl_node, decl.head.src_node);
        self.fields_hash(decl.fields_hash());
        self.str(decl.small.name_strategy.name());
        self.str(", ");
        self.str(decl.small.layout.name());
        self.str(", ");
        self.flag("autoenum, ", decl.small.auto_enum_tag);
        self.captures(decl.captures);
        self.str(", ");
        self.braced(decl.decls);
        if !decl.tag_type.is_none() {
            self.str(", ");
            self.operand(decl.tag_type);
        }
        if decl.fields_len != 0 {
            self.str(", ");
            self.braced(decl.body);
            self.str(", {\n");
            self.indent += 2;
            for field in decl.fields() {
                self.spaces();
                self.id(field.name);
                if let Some(ty) = field.ty {
                    self.str(": ");
                    self.operand(ty);
                }
                if let Some(align) = field.align {
                    self.str(" align(");
                    self.operand(align);
                    self.str(")");
                }
                self.field_value(field.value);
            }
            self.indent -= 2;
            self.spaces();
        }
        self.str("}");
        self.close(0);
        self.parent_decl_node = outer;
    }

    fn field_value(&mut self, value: Option<Ref>) {
        if let Some(value) = value {
            self.str(" = ");
            self.operand(value);
        }
        self.str(",\n");
    }

    pub(super) fn enum_decl(&mut self, decl: EnumDecl<'a>) {
        let outer = std::mem::replace(&mut self.parent_decl_node, decl.head.src_node);
        self.fields_hash(decl.fields_hash());
        self.str(decl.small.name_strategy.name());
        self.str(", ");
        self.flag("nonexhaustive, ", decl.small.nonexhaustive);
        self.captures(decl.captures);
        self.str(", ");
        self.braced(decl.decls);
        self.str(", ");
        if !decl.tag_type.is_none() {
            self.operand(decl.tag_type);
            self.str(", ");
        }
        self.braced(decl.body);
        self.str(", {");
        if decl.fields_len != 0 {
            self.str("\n");
            self.indent += 2;
            for field in decl.fields() {
                self.spaces();
                self.id(field.name);
                self.field_value(field.value);
            }
            self.indent -= 2;
            self.spaces();
        }
        self.str("}");
        self.close(0);
        self.parent_decl_node = outer;
    }

    /// The argument of a container, whose nodes may count from another one.
    fn arg(&mut self, decl: &ContainerDecl16<'a>) {
        self.parent_decl_node = decl.arg_baseline;
        self.braced(decl.arg_body);
        self.parent_decl_node = decl.src_node;
    }

    /// Structs, unions and enums from 0.16 on.
    pub(super) fn container_decl_16(&mut self, decl: ContainerDecl16<'a>) {
        let outer = std::mem::replace(&mut self.parent_decl_node, decl.src_node);
        self.fields_hash(decl.fields_hash);
        self.str(decl.kind.name_strategy().name());
        self.str(", ");
        match decl.kind {
            Kind16::Struct(small) if small.has_backing_int => {
                self.str("packed(");
                self.arg(&decl);
                self.str("), ");
            }
            Kind16::Struct(small) => {
                self.str(small.layout.name());
                self.str(", ");
            }
            Kind16::Union(small) => {
                let (before, after) = match small.kind {
                    UnionKind::Auto => ("auto", ""),
                    UnionKind::Extern => ("extern", ""),
                    UnionKind::Packed => ("packed", ""),
                    UnionKind::PackedExplicit => ("packed(", ")"),
                    UnionKind::TaggedExplicit => ("tagged(", ")"),
                    UnionKind::TaggedEnum => ("tagged(enum", ")"),
                    UnionKind::TaggedEnumExplicit => ("tagged(enum(", "))"),
                };
                self.str(before);
                if small.kind.has_arg_type() {
                    self.arg(&decl);
                }
                self.str(after);
                self.str(", ");
            }
            Kind16::Enum(small) => {
                self.flag("nonexhaustive, ", small.nonexhaustive);
                if small.has_tag_type {
                    self.str("tag(");
                    self.arg(&decl);
                    self.str("), ");
                }
            }
        }
        self.captures(decl.captures);
        self.str(", ");
        self.braced(decl.decls);
        self.str(", ");
        match decl.kind {
            // Of a union without fields the reference prints one brace.
            Kind16::Union(_) if decl.fields_len() == 0 => self.str("}"),
            _ if decl.fields_len() == 0 => self.str("{}"),
            kind => {
                self.str("{\n");
                self.indent += 2;
                self.parent_decl_node = decl.fields_baseline;
                self.fields_16(kind, &decl);
                self.parent_decl_node = decl.src_node;
                self.indent -= 2;
                self.spaces();
                self.str("}");
            }
        }
        self.close(0);
        self.parent_decl_node = outer;
    }

    fn fields_16(&mut self, kind: Kind16, decl: &ContainerDecl16<'a>) {
        let (is_struct, is_enum) = (
            matches!(kind, Kind16::Struct(_)),
            matches!(kind, Kind16::Enum(_)),
        );
        // What an enum's fields have is not indented any further.
        let inner = if is_enum { 0 } else { 2 };
        for field in decl.fields() {
            self.spaces();
            self.flag("comptime ", field.is_comptime);
            self.id(field.name);
            self.indent += inner;
            if is_struct || !field.type_body.is_empty() {
                self.str(": ");
                self.braced(field.type_body);
            }
            if !field.align_body.is_empty() {
                self.str(" align(");
                self.braced(field.align_body);
                self.str(")");
            }
            if !field.value_body.is_empty() {
                self.str(" = ");
                self.braced(field.value_body);
            }
            self.indent -= inner;
            self.str(",\n");
        }
    }

    pub(super) fn opaque_decl(&mut self, decl: OpaqueDecl<'a>) {
        let outer = std::mem::replace(&mut self.parent_decl_node, decl.head.src_node);
        self.str(decl.small.name_strategy.name());
        self.str(", ");
        self.captures(decl.captures);
        self.str(", ");
        self.braced(decl.decls);
        self.close(0);
        self.parent_decl_node = outer;
    }

    fn part(&mut self, name: &str, body: Body<'a>) {
        if !body.is_empty() {
            self.str(name);
            self.braced(body);
        }
    }

    pub(super) fn declaration(&mut self, src_node: u32, payload_index: u32) -> Option<()> {
        let decl = Declaration::read(self.zir, payload_index)?;
        let outer = std::mem::replace(&mut self.parent_decl_node, src_node);
        let id = decl.id();
        self.flag("pub ", id.is_pub());
        match id.linkage() {
            DeclarationLinkage::Normal => {}
            DeclarationLinkage::Extern => self.str("extern "),
            DeclarationLinkage::Export => self.str("export "),
        }
        self.str(match id.kind() {
            DeclarationKind::Comptime => "comptime",
            DeclarationKind::Usingnamespace => "usingnamespace",
            DeclarationKind::UnnamedTest | DeclarationKind::Test => "test",
            DeclarationKind::Decltest => "decltest",
            DeclarationKind::Const => "const",
            DeclarationKind::Var => "var",
        });
        if id.has_name() {
            self.str(" '");
            self.raw(decl.name);
            self.str("'");
        }
        put!(
            self,
            " line({}) column({}) hash(",
            decl.flags.src_line,
            decl.flags.src_column
        );
        self.hash(decl.src_hash);
        self.str(")");
        self.part(" type=", decl.type_body);
        self.part(" align=", decl.align_body);
        self.part(" linksection=", decl.linksection_body);
        self.part(" addrspace=", decl.addrspace_body);
        self.part(" value=", decl.value_body);
        self.close(0);
        self.parent_decl_node = outer;
        Some(())
    }
}
