//! Containers and declarations.

use super::{Printer, put};
use crate::inst::{NullTerminatedString, Ref};
use crate::list::Body;
use crate::shape::{
    BackingInt, Captures, Declaration, EnumDecl, OpaqueDecl, StructDecl, UnionDecl,
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
