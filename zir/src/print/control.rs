//! Functions, calls, switches, inline assembly.

use super::{Printer, put};
use crate::enums::{CallModifier, ProngCapture};
use crate::index::{Index, Ref};
use crate::inst::Tag;
use crate::shape::{
    Asm, Call, Callee, Func, Prong, RefOrBody, Switch, Switch16, SwitchItem, capture_text,
};

impl<'a> Printer<'a, '_> {
    fn ref_or_body(&mut self, name: &str, part: RefOrBody<'a>) {
        match part {
            RefOrBody::Body(body) if !body.is_empty() => {
                self.str(name);
                self.braced(body);
                self.str(", ");
            }
            RefOrBody::Ref(operand) if !operand.is_none() => {
                self.str(name);
                self.operand(operand);
                self.str(", ");
            }
            _ => {}
        }
    }

    pub(super) fn func(&mut self, func: Func<'a>) -> Option<()> {
        self.ref_or_body("cc=", func.cc);
        self.flag("[generic] ", func.ret_ty_is_generic);
        self.ref_or_body("ret_ty=", func.ret_ty);
        self.flag("vargs, ", func.is_var_args);
        self.flag("inferror, ", func.is_inferred_error);
        self.flag("noinline, ", func.is_noinline);
        if func.noalias_bits != 0 {
            put!(self, "noalias=0b{:b}, ", func.noalias_bits);
        }
        self.str("body=");
        self.braced(func.body);
        self.str(") ");
        if let Some(locs) = func.src_locs {
            put!(
                self,
                "(lbrace={}:{},rbrace={}:{}) ",
                u64::from(locs.lbrace_line) + 1,
                u32::from(locs.lbrace_column()) + 1,
                u64::from(locs.rbrace_line) + 1,
                u32::from(locs.rbrace_column()) + 1
            );
        }
        Some(())
    }

    pub(super) fn call(&mut self, call: Call<'a>) {
        self.flag("nodiscard ", call.flags.ensure_result_used);
        self.str(".");
        self.str(
            self.zir
                .format()
                .call_modifier_of(u32::from(call.flags.packed_modifier))
                .map_or("<damaged>", CallModifier::name),
        );
        self.str(", ");
        match call.callee {
            Callee::Direct(callee) => self.operand(callee),
            Callee::Field { obj_ptr, name } => {
                self.operand(obj_ptr);
                self.str(", ");
                self.quoted(name);
            }
        }
        self.str(", [");
        if call.flags.args_len != 0 {
            self.str("\n");
            self.indent += 2;
            for body in call.args() {
                self.spaces();
                self.braced(body);
                self.str(",\n");
            }
            self.indent -= 2;
            self.spaces();
        }
        self.str("]");
    }

    fn prong_head(&mut self, prong: &Prong<'a>) {
        self.str(",\n");
        self.spaces();
        self.str(capture_text(prong.info.capture));
        self.flag("inline ", prong.info.is_inline);
    }

    fn items(&mut self, prong: &Prong<'a>) {
        self.operands(prong.items.iter());
        for n in 0..prong.ranges.len() / 2 {
            self.flag(", ", n != 0 || !prong.items.is_empty());
            self.operand(prong.ranges.get(2 * n).unwrap_or(Ref::NONE));
            self.str("...");
            self.operand(prong.ranges.get(2 * n + 1).unwrap_or(Ref::NONE));
        }
    }

    pub(super) fn switch(&mut self, tag: Tag, switch: Switch<'a>) {
        self.operand(switch.operand);
        if let Some(inst) = switch.capture_inst {
            self.str(if tag == Tag::SwitchBlockErrUnion {
                ", err_capture="
            } else {
                ", tag_capture="
            });
            self.index(inst);
        }
        self.indent += 2;
        if let Some(prong) = switch.non_err {
            self.str(",\n");
            self.spaces();
            self.str("non_err => ");
            self.braced(prong.body);
        }
        if let Some(prong) = switch.else_prong {
            self.prong_head(&prong);
            self.str("else => ");
            self.braced(prong.body);
        }
        if let Some(prong) = switch.under_prong {
            self.prong_head(&prong);
            self.str("_");
            self.flag(", ", !prong.items.is_empty() || !prong.ranges.is_empty());
            self.items(&prong);
            self.str(" => ");
            self.braced(prong.body);
        }
        for prong in switch.cases() {
            self.prong_head(&prong);
            self.items(&prong);
            self.str(" => ");
            self.braced(prong.body);
        }
        self.indent -= 2;
    }

    /// The captures of a prong, with the instructions that stand for them.
    fn captures16(
        &mut self,
        switch: &Switch16<'a>,
        inst: Index,
        capture: ProngCapture,
        has_tag_capture: bool,
    ) {
        let payload = switch.payload_capture_inst.unwrap_or(inst);
        match capture {
            ProngCapture::None => {}
            ProngCapture::ByVal => put!(self, "by_val=%{} ", payload.0),
            ProngCapture::ByRef => put!(self, "by_ref=%{} ", payload.0),
        }
        if has_tag_capture {
            let tag = switch.tag_capture_inst.unwrap_or(inst);
            put!(self, "tag=%{} ", tag.0);
        }
    }

    fn item16(&mut self, item: SwitchItem<'a>) {
        match item {
            SwitchItem::EnumLiteral(name) => {
                self.str("\".");
                self.escaped(name);
                self.str("\"");
            }
            SwitchItem::ErrorValue(name) => {
                self.str("\"error.");
                self.escaped(name);
                self.str("\"");
            }
            SwitchItem::Body(body) => self.braced(body),
            SwitchItem::Under => self.str("_"),
        }
    }

    pub(super) fn switch16(&mut self, inst: Index, switch: Switch16<'a>) {
        self.operand(switch.operand);
        self.indent += 2;
        if let Some(non_err) = switch.non_err {
            self.flag(" ref", non_err.info.operand_is_ref);
            self.str(",\n");
            self.spaces();
            self.captures16(&switch, inst, non_err.info.capture, false);
            self.str("non_err => ");
            self.braced(non_err.body);
            self.str(" ");
            self.src_node(non_err.src_node);
        }
        if let Some((info, body)) = switch.else_prong {
            self.str(",\n");
            self.spaces();
            self.captures16(&switch, inst, info.capture, info.has_tag_capture);
            self.flag("inline ", info.is_inline);
            self.str("else => ");
            self.braced(body);
        }
        for prong in switch.cases() {
            let info = prong.info;
            self.str(",\n");
            self.spaces();
            self.captures16(&switch, inst, info.capture, info.has_tag_capture);
            self.flag("inline ", info.is_inline);
            let mut no_items = true;
            for item in prong.items() {
                self.flag(", ", !no_items);
                no_items = false;
                self.item16(item);
            }
            for (n, bound) in prong.ranges().enumerate() {
                if n % 2 != 0 {
                    self.str("...");
                } else {
                    // As in the reference: no comma where there are items as well.
                    self.flag(", ", n != 0 && no_items);
                }
                self.item16(bound);
            }
            self.str(" => ");
            self.braced(prong.body);
        }
        self.indent -= 2;
    }

    pub(super) fn asm(&mut self, asm: Asm<'a>, template_is_expr: bool) {
        self.flag("volatile, ", asm.is_volatile);
        if template_is_expr {
            self.operand(self.zir.format().ref_of(asm.head.asm_source.0));
        } else {
            self.quoted(asm.head.asm_source);
        }
        let rules = self.zir.format().generation.rules();
        if rules.asm_clobbers_are_an_expression {
            return self.asm_operands(&asm);
        }
        self.str(", , ");
        let mut left = asm.outputs_len;
        for (output, is_type) in asm.outputs() {
            self.str("output(");
            self.id(output.name);
            self.str(", ");
            self.quoted(output.constraint);
            self.str(", ");
            self.flag("->", is_type);
            self.operand(output.operand);
            self.str(")");
            left -= 1;
            self.flag("), ", left != 0);
        }
        let mut left = asm.inputs_len;
        for input in asm.inputs() {
            self.str("input(");
            self.id(input.name);
            self.str(", ");
            self.quoted(input.constraint);
            self.str(", ");
            self.operand(input.operand);
            self.str(")");
            left -= 1;
            self.flag(", ", left != 0);
        }
        for (n, clobber) in asm.clobbers.iter().enumerate() {
            self.flag(", ", n != 0);
            self.id(clobber);
        }
        self.close_extended(asm.head.src_node);
    }

    /// What follows the template from 0.15 on. The reference's dump of 0.15 still reads these words as 0.14
    /// wrote them, so this is the form of 0.16.
    fn asm_operands(&mut self, asm: &Asm<'a>) {
        self.str(", ");
        for (output, is_type) in asm.outputs() {
            self.str("output(");
            self.id(output.name);
            self.str(", ");
            self.quoted(output.constraint);
            self.str(", ");
            self.flag("-> ", is_type);
            self.operand(output.operand);
            self.str("), ");
        }
        for input in asm.inputs() {
            self.str("input(");
            self.id(input.name);
            self.str(", ");
            self.quoted(input.constraint);
            self.str(", ");
            self.operand(input.operand);
            self.str("), ");
        }
        self.operand(asm.head.clobbers);
        self.close_extended(asm.head.src_node);
    }
}
