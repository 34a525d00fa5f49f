//! Functions, calls, switches, inline assembly.

use super::{Printer, put};
use crate::enums::CallModifier;
use crate::inst::{Ref, Tag};
use crate::shape::{Asm, Call, Callee, Func, Prong, RefOrBody, Switch, capture_text};

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

    pub(super) fn asm(&mut self, asm: Asm<'a>, template_is_expr: bool) {
        self.flag("volatile, ", asm.is_volatile);
        if template_is_expr {
            self.operand(self.zir.format().ref_of(asm.head.asm_source.0));
        } else {
            self.quoted(asm.head.asm_source);
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
        if !asm.head.clobbers.is_none() {
            self.operand(asm.head.clobbers);
        }
        self.close_extended(asm.head.src_node);
    }
}
