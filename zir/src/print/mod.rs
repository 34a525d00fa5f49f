//! The text form: what the reference's own dump of ZIR prints, byte for byte.
//!
//! That form has its quirks (parentheses that some extended instructions leave open, a comma too many here
//! and there); they are kept, so that two dumps can be compared. The one thing that differs is `builtin_src`,
//! where the reference prints the words of another payload than the one that is there.
//!
//! Nothing that the arrays say is trusted: what cannot be read is printed as `<damaged>`, and the depth and
//! the repetition of bodies have [limits](crate::limits).

mod containers;
mod control;
mod text;

use std::collections::HashSet;

use crate::enums::{InplaceOp, NameStrategy, ReifySliceArgInfo, RoundOp, SimpleComptimeReason};
use crate::index::{Index, NullTerminatedString, Ref};
use crate::inst::{Data, DataKind, Extended, ExtendedData, Tag};
use crate::limits::{MAX_PRINT_DEPTH, MAX_PRINT_REPEATED};
use crate::list::{Body, Refs};
use crate::payload::{self, PayloadKind, WordKind};
use crate::shape;
use crate::small::{AllocExtended, FullPtrCastFlags};
use crate::view::{EXTRA_IMPORTS, ZirRef};

/// Lines and columns of a piece of source, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Line of the first byte.
    pub start_line: u32,
    /// Column of the first byte.
    pub start_column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column behind the last byte.
    pub end_column: u32,
}

/// Where the nodes and tokens of the printed file are. Numbers may be out of range; the answer is none then.
pub trait Positions {
    /// The span of a node.
    fn node(&self, node: u32) -> Option<Span>;
    /// The span of a token.
    fn token(&self, token: u32) -> Option<Span>;
    /// The first token of a node.
    fn first_token(&self, node: u32) -> Option<u32>;
}

/// Appends the text form of a file: the main struct with everything in it, and the imports.
///
/// Without positions, the numbers of nodes and tokens stand in their place. A file without instructions has
/// no text.
pub fn print(zir: ZirRef<'_>, positions: Option<&dyn Positions>, out: &mut Vec<u8>) {
    let mut printer = Printer::new(zir, positions, out);
    if zir.lowering_failed() {
        return;
    }
    printer.str("%0 ");
    printer.inst(Index::MAIN_STRUCT_INST);
    printer.str("\n");
    if zir.word(EXTRA_IMPORTS).is_some_and(|at| at != 0) {
        printer.str("Imports:\n");
        for import in zir.imports() {
            printer.str("  @import(\"");
            text::escape(import.path, printer.out);
            printer.str("\") ");
            printer.token_abs(import.token);
            printer.str("\n");
        }
    }
}

/// Writes formatted text to a printer.
macro_rules! put {
    ($printer:expr, $($arg:tt)*) => {{
        use std::io::Write;
        // Writing to memory does not fail.
        let _ = write!($printer.out, $($arg)*);
    }};
}
use put;

struct Printer<'a, 'b> {
    zir: ZirRef<'a>,
    positions: Option<&'b dyn Positions>,
    out: &'b mut Vec<u8>,
    indent: usize,
    depth: u32,
    /// The node that source nodes are relative to.
    parent_decl_node: u32,
    /// One bit an instruction: whether it has been printed.
    printed: Vec<u64>,
    /// How many instructions that have been printed before are being printed again without what is in their
    /// bodies.
    abridging: u32,
    /// Bodies of `defer` that have been printed.
    defers: HashSet<(u32, u32)>,
    /// How many bodies that have been printed before are being printed again.
    repeating: u32,
    repeated: u64,
}

impl<'a, 'b> Printer<'a, 'b> {
    fn new(zir: ZirRef<'a>, positions: Option<&'b dyn Positions>, out: &'b mut Vec<u8>) -> Self {
        Printer {
            zir,
            positions,
            out,
            indent: 0,
            depth: 0,
            parent_decl_node: 0,
            abridging: 0,
            printed: vec![0; (zir.instructions_len() as usize).div_ceil(64)],
            defers: HashSet::new(),
            repeating: 0,
            repeated: 0,
        }
    }

    fn str(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn flag(&mut self, text: &str, flag: bool) {
        if flag {
            self.str(text);
        }
    }

    fn spaces(&mut self) {
        self.out.resize(self.out.len() + self.indent, b' ');
    }

    fn string(&mut self, start: NullTerminatedString) -> &'a [u8] {
        self.zir.string(start).unwrap_or(b"<damaged>")
    }

    /// The bytes of a string as they are.
    fn raw(&mut self, start: NullTerminatedString) {
        let string = self.string(start);
        self.out.extend_from_slice(string);
    }

    fn quoted(&mut self, start: NullTerminatedString) {
        self.str("\"");
        self.escaped(start);
        self.str("\"");
    }

    fn escaped(&mut self, start: NullTerminatedString) {
        let string = self.string(start);
        text::escape(string, self.out);
    }

    fn id(&mut self, start: NullTerminatedString) {
        let string = self.string(start);
        let rules = self.zir.format().generation.rules();
        text::identifier(string, rules, self.out);
    }

    fn hash(&mut self, hash: [u8; 16]) {
        for byte in hash {
            put!(self, "{byte:02x}");
        }
    }

    fn operand(&mut self, operand: Ref) {
        if operand.is_none() {
            self.str(".none");
        } else if let Some(inst) = operand.to_index() {
            self.index(inst);
        } else {
            self.str("@");
            self.str(operand.constant_name().unwrap_or("<damaged>"));
        }
    }

    fn index(&mut self, inst: Index) {
        put!(self, "%{}", inst.0);
    }

    fn operands(&mut self, operands: impl Iterator<Item = Ref>) {
        for (n, operand) in operands.enumerate() {
            self.flag(", ", n != 0);
            self.operand(operand);
        }
    }

    fn span(&mut self, what: &str, span: Option<Span>) {
        self.str(what);
        match span {
            Some(span) => {
                put!(
                    self,
                    ":{}:{} to :{}:{}",
                    span.start_line,
                    span.start_column,
                    span.end_line,
                    span.end_column
                );
            }
            None => self.str(":?"),
        }
    }

    /// A node relative to the declaration.
    fn src_node(&mut self, offset: i32) {
        let node = self.parent_decl_node.wrapping_add(offset as u32);
        match self.positions {
            Some(positions) => self.span("node_offset", positions.node(node)),
            None => put!(self, "node:{node}"),
        }
    }

    /// A token relative to the declaration's first.
    fn src_tok(&mut self, offset: u32) {
        match self.positions {
            Some(positions) => {
                let first = positions.first_token(self.parent_decl_node);
                let token = first.and_then(|first| first.checked_add(offset));
                self.span(
                    "token_offset",
                    token.and_then(|token| positions.token(token)),
                );
            }
            None => put!(self, "token:+{offset}"),
        }
    }

    fn token_abs(&mut self, token: u32) {
        match self.positions {
            Some(positions) => self.span("token_abs", positions.token(token)),
            None => put!(self, "token:{token}"),
        }
    }

    /// A body in braces.
    fn braced(&mut self, body: Body<'a>) {
        if body.is_empty() {
            self.str("{}");
            return;
        }
        if self.depth >= MAX_PRINT_DEPTH || self.abridging != 0 || self.repeated_too_much() {
            self.abridged(body);
            return;
        }
        self.depth += 1;
        self.str("{\n");
        self.indent += 2;
        stacker::maybe_grow(64 << 10, 1 << 20, || self.body(body));
        self.indent -= 2;
        self.depth -= 1;
        self.spaces();
        self.str("}");
    }

    /// A body that several instructions have.
    fn shared(&mut self, body: Body<'a>) {
        let again = !self.defers.insert((body.start(), body.len()));
        self.repeating += u32::from(again);
        self.braced(body);
        self.repeating -= u32::from(again);
    }

    fn repeated_too_much(&self) -> bool {
        self.repeating != 0 && self.repeated >= MAX_PRINT_REPEATED
    }

    /// Whether this instruction is printed for the first time.
    fn is_new(&mut self, inst: Index) -> bool {
        let Some(bits) = self.printed.get_mut(inst.to_usize() / 64) else {
            return false;
        };
        let bit = 1 << (inst.0 % 64);
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }

    /// A body in braces one step further in, as it stands in a field.
    fn braced_in(&mut self, body: Body<'a>) {
        self.indent += 2;
        self.braced(body);
        self.indent -= 2;
    }

    /// The first and the last instruction of a body.
    fn abridged(&mut self, body: Body<'a>) {
        self.str("{");
        if let (Some(first), Some(last)) = (body.get(0), body.last()) {
            self.index(first);
            if body.len() > 1 {
                self.str(if body.len() == 2 { ", " } else { ".." });
                self.index(last);
            }
        }
        self.str("}");
    }

    fn body(&mut self, body: Body<'a>) {
        for inst in body.iter() {
            if self.repeating != 0 {
                // What it is indented by counts as well.
                self.repeated += 1 + self.indent as u64 / 64;
            }
            self.spaces();
            self.index(inst);
            self.str(" ");
            self.inst(inst);
            self.str("\n");
        }
    }

    fn inst(&mut self, inst: Index) {
        let (Some(tag), Some(data)) = (self.zir.tag(inst), self.zir.data(inst)) else {
            self.str("= <damaged>");
            return;
        };
        // An instruction that is in itself would be printed without end.
        let again = !self.is_new(inst) && self.repeating == 0;
        self.abridging += u32::from(again);
        self.str("= ");
        self.str(tag.name());
        self.str("(");
        if self.inst_data(inst, tag, data).is_none() {
            self.str("<damaged>");
        }
        self.abridging -= u32::from(again);
    }

    fn inst_data(&mut self, inst: Index, tag: Tag, data: Data) -> Option<()> {
        match tag.info().data {
            DataKind::Extended => return self.extended(data.as_extended(self.zir.format())?),
            DataKind::UnNode => {
                let data = data.as_un_node(self.zir.format());
                self.operand(data.operand);
                self.close(data.src_node);
            }
            DataKind::UnTok => {
                let data = data.as_un_tok(self.zir.format());
                self.operand(data.operand);
                self.str(") ");
                self.src_tok(data.src_tok);
            }
            DataKind::PlNode => {
                let data = data.as_pl_node();
                let kind = tag.info().payload?;
                self.pl_node(inst, tag, kind, data.payload_index)?;
                // Functions print where their braces are before.
                self.src_node(data.src_node);
            }
            DataKind::PlTok => {
                let data = data.as_pl_tok();
                match tag {
                    Tag::Import => {
                        let (head, _) = self.zir.payload::<payload::Import>(data.payload_index)?;
                        self.operand(head.res_ty);
                        self.str(", ");
                        self.quoted(head.path);
                    }
                    _ => {
                        let (head, end) = self.zir.payload::<payload::Param>(data.payload_index)?;
                        let body = self.zir.list(end, head.r#type.body_len)?;
                        self.quoted(head.name);
                        self.str(", ");
                        self.flag("[generic] ", head.r#type.is_generic);
                        self.braced(body);
                    }
                }
                self.str(") ");
                self.src_tok(data.src_tok);
            }
            DataKind::Bin => {
                let data = data.as_elem_val_imm(self.zir.format());
                self.operand(data.operand);
                put!(self, ", {})", data.idx);
            }
            DataKind::Str => {
                let data = data.as_str();
                match tag {
                    Tag::IntBig => {
                        let len = data.len.checked_mul(8)?;
                        text::big_integer(self.zir.string_of_len(data.start, len)?, self.out);
                    }
                    _ => {
                        let bytes = self.zir.string_of_len(data.start, data.len)?;
                        self.str("\"");
                        text::escape(bytes, self.out);
                        self.str("\"");
                    }
                }
                self.str(")");
            }
            DataKind::StrTok => {
                let data = data.as_str_tok();
                self.quoted(data.start);
                self.str(") ");
                self.src_tok(data.src_tok);
            }
            DataKind::Tok => {
                self.str(") ");
                self.src_tok(data.as_tok());
            }
            DataKind::Node => self.close(data.as_node()),
            DataKind::Int => put!(self, "{})", data.as_int()),
            DataKind::Float => {
                text::float(data.as_float(), self.out);
                self.str(")");
            }
            DataKind::PtrType => self.ptr_type(data)?,
            DataKind::IntType => {
                let data = data.as_int_type()?;
                let prefix = &data.signedness.name()[..1];
                let prefix = if prefix == "s" { "i" } else { prefix };
                put!(self, "{prefix}{}", data.bit_count);
                self.close(data.src_node);
            }
            DataKind::Unreachable => self.close(data.as_unreachable().src_node),
            DataKind::Break => {
                let data = data.as_break(self.zir.format());
                let (head, _) = self.zir.payload::<payload::Break>(data.payload_index)?;
                self.index(head.block_inst);
                self.str(", ");
                self.operand(data.operand);
                self.str(")");
            }
            DataKind::DbgStmt => {
                let data = data.as_dbg_stmt();
                put!(
                    self,
                    "{}, {})",
                    u64::from(data.line) + 1,
                    u64::from(data.column) + 1
                );
            }
            DataKind::InstNode => {
                let data = data.as_inst_node();
                self.index(data.inst);
                self.close(data.src_node);
            }
            DataKind::StrOp => {
                let data = data.as_str_op(self.zir.format());
                self.operand(data.operand);
                self.str(", ");
                self.quoted(data.str);
                self.str(")");
            }
            DataKind::Defer => {
                let data = data.as_defer();
                self.shared(self.zir.list(data.index, data.len)?);
                self.str(")");
            }
            DataKind::DeferErrCode => {
                let data = data.as_defer_err_code(self.zir.format());
                let (head, _) = self
                    .zir
                    .payload::<payload::DeferErrCode>(data.payload_index)?;
                let body = self.zir.list(head.index, head.len)?;
                self.index(head.remapped_err_code);
                self.str(" = ");
                self.operand(data.err_code);
                self.str(", ");
                self.shared(body);
                self.str(")");
            }
            DataKind::SaveErrRetIndex => {
                self.operand(data.as_save_err_ret_index(self.zir.format()).operand);
                self.str(")");
            }
            DataKind::ElemValImm => {
                let data = data.as_elem_val_imm(self.zir.format());
                self.operand(data.operand);
                put!(self, ", {})", data.idx);
            }
            DataKind::Declaration => {
                let data = data.as_declaration();
                self.declaration(data.src_node, data.payload_index)?;
            }
        }
        Some(())
    }

    /// The closing parenthesis and the source node.
    fn close(&mut self, src_node: i32) {
        self.str(") ");
        self.src_node(src_node);
    }

    /// The two closing parentheses of an extended instruction and the source node.
    fn close_extended(&mut self, src_node: i32) {
        self.str(")) ");
        self.src_node(src_node);
    }

    /// The payload of a `pl_node` and everything up to the source node.
    fn pl_node(&mut self, inst: Index, tag: Tag, kind: PayloadKind, at: u32) -> Option<()> {
        let zir = self.zir;
        match kind {
            PayloadKind::Block => {
                let (head, end) = zir.payload::<payload::Block>(at)?;
                let body = zir.list(end, head.body_len)?;
                self.braced(body);
            }
            PayloadKind::BlockComptime => {
                let (head, end) = zir.payload::<payload::BlockComptime>(at)?;
                let body = zir.list(end, head.body_len)?;
                let reason: SimpleComptimeReason = head.reason;
                put!(self, "reason={}, ", reason.name());
                self.braced(body);
            }
            PayloadKind::BoolBr => {
                let (head, end) = zir.payload::<payload::BoolBr>(at)?;
                self.operand_and_body(head.lhs, zir.list(end, head.body_len)?);
            }
            PayloadKind::Try => {
                let (head, end) = zir.payload::<payload::Try>(at)?;
                self.operand_and_body(head.operand, zir.list(end, head.body_len)?);
            }
            PayloadKind::CondBr => {
                let (head, end) = zir.payload::<payload::CondBr>(at)?;
                let then_body = zir.list(end, head.then_body_len)?;
                let else_body =
                    zir.list(end.checked_add(head.then_body_len)?, head.else_body_len)?;
                self.operand_and_body(head.condition, then_body);
                self.str(", ");
                self.braced(else_body);
            }
            PayloadKind::MultiOp => {
                let (head, end) = zir.payload::<payload::MultiOp>(at)?;
                let operands: Refs<'_> = zir.list(end, head.operands_len)?;
                let mut operands = operands.iter();
                // The first operand of a typed initialisation is the type.
                if matches!(tag, Tag::ArrayInit | Tag::ArrayInitRef) {
                    self.operand(operands.next()?);
                }
                self.str("{");
                self.operands(operands);
                self.str("}");
            }
            PayloadKind::StructInit => {
                let (head, mut at) = zir.payload::<payload::StructInit>(at)?;
                for n in 0..head.fields_len {
                    let (item, end) = zir.payload::<payload::StructInitItem>(at)?;
                    at = end;
                    self.str(if n == 0 { "[" } else { ", [" });
                    self.index(item.field_type);
                    self.str(", ");
                    self.operand(item.init);
                    self.str("]");
                }
            }
            PayloadKind::StructInitAnon => {
                let (head, mut at) = zir.payload::<payload::StructInitAnon>(at)?;
                for n in 0..head.fields_len {
                    let (item, end) = zir.payload::<payload::StructInitAnonItem>(at)?;
                    at = end;
                    self.str(if n == 0 { "[" } else { ", [" });
                    self.raw(item.field_name);
                    self.str("=");
                    self.operand(item.init);
                    self.str("]");
                }
            }
            PayloadKind::SliceLength => {
                let (head, _) = zir.payload::<payload::SliceLength>(at)?;
                self.operands([head.lhs, head.start, head.len].into_iter());
                if !head.sentinel.is_none() {
                    self.str(", ");
                    self.operand(head.sentinel);
                }
            }
            PayloadKind::FieldType => {
                let (head, _) = zir.payload::<payload::FieldType>(at)?;
                self.operand(head.container_type);
                self.str(", ");
                self.raw(head.name_start);
            }
            PayloadKind::ArrayInitRefTy => {
                let (head, _) = zir.payload::<payload::ArrayInitRefTy>(at)?;
                self.operand(head.ptr_ty);
                put!(self, ", , {}", head.elem_count);
            }
            PayloadKind::ValidateDestructure => {
                let (head, _) = zir.payload::<payload::ValidateDestructure>(at)?;
                self.operand(head.operand);
                put!(self, ", {}) (destructure=", head.expect_len);
                self.src_node(head.destructure_node);
            }
            PayloadKind::BuiltinCall => {
                let (head, _) = zir.payload::<payload::BuiltinCall>(at)?;
                self.flag("nodiscard ", head.flags.ensure_result_used);
                self.flag("nosuspend ", head.flags.is_nosuspend);
                self.operands([head.modifier, head.callee, head.args].into_iter());
            }
            PayloadKind::Float128 => {
                let (head, _) = zir.payload::<payload::Float128>(at)?;
                text::float(text::f128_to_f64(head.to_bits()), self.out);
            }
            PayloadKind::ErrorSetDecl => {
                let (head, end) = zir.payload::<payload::ErrorSetDecl>(at)?;
                let names = zir.list::<NullTerminatedString>(end, head.fields_len)?;
                self.str("{\n");
                self.indent += 2;
                for name in names.iter() {
                    self.spaces();
                    self.id(name);
                    self.str(",\n");
                }
                self.indent -= 2;
                self.spaces();
                self.str("}");
            }
            PayloadKind::Func | PayloadKind::FuncFancy => {
                return self.func(shape::Func::read(zir, tag, at)?);
            }
            PayloadKind::Call | PayloadKind::FieldCall => {
                self.call(shape::Call::read(zir, tag, at)?)
            }
            PayloadKind::SwitchBlock | PayloadKind::SwitchBlockErrUnion
                if zir.format().generation.rules().switch_items_are_bodies =>
            {
                self.switch16(inst, shape::Switch16::read(zir, tag, at)?);
            }
            PayloadKind::SwitchBlock | PayloadKind::SwitchBlockErrUnion => {
                self.switch(tag, shape::Switch::read(zir, tag, at)?);
            }
            _ => self.words(kind, at)?,
        }
        self.str(") ");
        Some(())
    }

    fn operand_and_body(&mut self, operand: Ref, body: Body<'a>) {
        self.operand(operand);
        self.str(", ");
        self.braced(body);
    }

    /// The words of a payload by the table: references, names and numbers. Relative nodes are left out.
    fn words(&mut self, kind: PayloadKind, at: u32) -> Option<()> {
        let (info, format) = (kind.info(), self.zir.format());
        let words = self.zir.list::<u32>(at, info.len_of(format))?;
        let shown = info
            .words_of(format)
            .zip(words.iter())
            .filter(|(word, _)| word.kind != WordKind::Signed);
        for (n, (info, word)) in shown.enumerate() {
            self.flag(", ", n != 0);
            match info.kind {
                WordKind::Ref => self.operand(format.ref_of(word)),
                WordKind::Index => self.index(Index(word)),
                WordKind::String => self.quoted(NullTerminatedString(word)),
                WordKind::Plain | WordKind::Signed | WordKind::Reason | WordKind::Flags => {
                    put!(self, "{word}")
                }
            }
        }
        Some(())
    }

    fn ptr_type(&mut self, data: Data) -> Option<()> {
        let data = data.as_ptr_type()?;
        let flags = data.flags;
        let ptr = shape::PtrType::read(self.zir, flags, data.payload_index)?;
        self.operand(ptr.head.elem_type);
        self.str(", ");
        self.flag("allowzero, ", flags.is_allowzero);
        self.flag("const, ", !flags.is_mutable);
        self.flag("volatile, ", flags.is_volatile);
        self.str(data.size.name());
        if flags.has_sentinel {
            self.str(", ");
            self.operand(ptr.sentinel);
        }
        if flags.has_align {
            self.str(", align(");
            self.operand(ptr.align);
            if flags.has_bit_range {
                self.str(":");
                self.operand(ptr.bit_start);
                self.str(":");
                self.operand(ptr.host_size);
            }
            self.str(")");
        }
        if flags.has_addrspace {
            self.str(", addrspace(");
            self.operand(ptr.addrspace);
            self.str(")");
        }
        self.close(ptr.head.src_node);
        Some(())
    }

    fn cast_flags(&mut self, small: u16, with_ptr_cast: bool, qualifiers_only: bool) {
        let flags = FullPtrCastFlags::from_bits(small);
        self.flag("ptr_cast, ", flags.ptr_cast && with_ptr_cast);
        self.flag("align_cast, ", flags.align_cast && !qualifiers_only);
        self.flag("addrspace_cast, ", flags.addrspace_cast && !qualifiers_only);
        self.flag("const_cast, ", flags.const_cast);
        self.flag("volatile_cast, ", flags.volatile_cast);
    }

    fn extended(&mut self, ext: ExtendedData) -> Option<()> {
        let zir = self.zir;
        let at = ext.operand;
        self.str(ext.opcode.name());
        self.str("(");
        match ext.opcode {
            Extended::This
            | Extended::RetAddr
            | Extended::ErrorReturnTrace
            | Extended::Frame
            | Extended::FrameAddress
            | Extended::Breakpoint
            | Extended::DisableInstrumentation
            | Extended::DisableIntrinsics
            | Extended::CVaStart
            | Extended::InComptime => self.close_extended(ext.operand as i32),
            // Its operand means nothing; instructions like it are never in a body.
            Extended::ValuePlaceholder | Extended::DbgEmptyStmt | Extended::AstgenError => {
                self.str("))")
            }
            Extended::BuiltinSrc => {
                let (head, _) = zir.payload::<payload::Src>(at)?;
                put!(
                    self,
                    ")):{}:{}",
                    u64::from(head.line) + 1,
                    u64::from(head.column) + 1
                );
            }
            Extended::Asm => self.asm(shape::Asm::read(zir, ext.small, at)?, false),
            Extended::AsmExpr => self.asm(shape::Asm::read(zir, ext.small, at)?, true),
            Extended::Alloc => {
                let alloc = shape::AllocExtended::read(zir, ext.small, at)?;
                let small: AllocExtended = alloc.small;
                self.flag(",is_const", small.is_const);
                self.flag(",is_comptime", small.is_comptime);
                for (name, operand) in [(",ty=", alloc.ty), (",align=", alloc.align)] {
                    if !operand.is_none() {
                        self.str(name);
                        self.operand(operand);
                    }
                }
                self.close_extended(alloc.head.src_node);
            }
            Extended::CompileLog | Extended::MinMulti | Extended::MaxMulti => {
                let (head, end) = zir.payload::<payload::NodeMultiOp>(at)?;
                let operands: Refs<'_> = zir.list(end, u32::from(ext.small))?;
                self.operands(operands.iter());
                self.close_extended(head.src_node);
            }
            Extended::TypeofPeer => {
                let (head, end) = zir.payload::<payload::TypeOfPeer>(at)?;
                let operands: Refs<'_> = zir.list(end, u32::from(ext.small))?;
                let body = zir.list(head.body_index, head.body_len)?;
                self.braced(body);
                self.str(",[");
                self.operands(operands.iter());
                self.str("])");
            }
            Extended::StructDecl | Extended::UnionDecl | Extended::EnumDecl
                if zir.format().generation.rules().container_fields_are_bodies =>
            {
                let decl = shape::ContainerDecl16::read(zir, ext.opcode, ext.small, at)?;
                self.container_decl_16(decl);
            }
            Extended::StructDecl => self.struct_decl(shape::StructDecl::read(zir, ext.small, at)?),
            Extended::UnionDecl => self.union_decl(shape::UnionDecl::read(zir, ext.small, at)?),
            Extended::EnumDecl => self.enum_decl(shape::EnumDecl::read(zir, ext.small, at)?),
            Extended::OpaqueDecl => self.opaque_decl(shape::OpaqueDecl::read(zir, ext.small, at)?),
            Extended::TupleDecl => {
                let (head, end) = zir.payload::<payload::TupleDecl>(at)?;
                let fields: Refs<'_> = zir.list(end, u32::from(ext.small) * 2)?;
                self.str("{ ");
                for n in 0..u32::from(ext.small) {
                    self.flag(", ", n != 0);
                    put!(self, "@\"{n}\": ");
                    self.operand(fields.get(2 * n)?);
                    self.str(" = ");
                    self.operand(fields.get(2 * n + 1)?);
                }
                self.str(" }");
                self.close(head.src_node);
            }
            Extended::Reify => {
                let (head, _) = zir.payload::<payload::Reify>(at)?;
                put!(self, "line({}), ", head.src_line);
                self.operand(head.operand);
                let outer = std::mem::replace(&mut self.parent_decl_node, head.node);
                self.close_extended(0);
                self.parent_decl_node = outer;
            }
            Extended::PtrCastFull => {
                let (head, _) = zir.payload::<payload::BinNode>(at)?;
                self.cast_flags(ext.small, true, false);
                self.operands([head.lhs, head.rhs].into_iter());
                self.close_extended(head.node);
            }
            Extended::PtrCastNoDest => {
                let (head, _) = zir.payload::<payload::UnNode>(at)?;
                self.cast_flags(ext.small, false, true);
                self.operand(head.operand);
                self.close_extended(head.node);
            }
            Extended::FieldParentPtr => {
                let (head, _) = zir.payload::<payload::FieldParentPtr>(at)?;
                self.cast_flags(ext.small, false, false);
                self.operands([head.parent_ptr_type, head.field_name, head.field_ptr].into_iter());
                self.close(head.src_node);
            }
            Extended::RestoreErrRetIndex => {
                let (head, _) = zir.payload::<payload::RestoreErrRetIndex>(at)?;
                self.operand(head.block);
                self.operand(head.operand);
                self.close(head.src_node);
            }
            Extended::Select | Extended::BuiltinAsyncCall | Extended::Cmpxchg => {
                self.node_and_operands(ext)?;
                self.str(") ");
                self.src_node(zir.word(at)? as i32);
            }
            Extended::ClosureGet => {
                put!(self, "{}", ext.small);
                self.close_extended(ext.operand as i32);
            }
            Extended::BuiltinValue | Extended::StdLangValue => {
                self.str(zir.format().builtin_value_of(u32::from(ext.small))?.name());
                self.close_extended(ext.operand as i32);
            }
            Extended::InplaceArithResultTy => {
                self.operand(zir.format().ref_of(ext.operand));
                put!(
                    self,
                    ", {}))",
                    InplaceOp::from_int(u32::from(ext.small))?.name()
                );
            }
            Extended::RoundOp => {
                self.str(RoundOp::from_int(u32::from(ext.small))?.name());
                self.str(", ");
                self.node_and_operands(ext)?;
                self.close_extended(zir.word(at)? as i32);
            }
            Extended::ReifySliceArgTy => {
                self.str(ReifySliceArgInfo::from_int(u32::from(ext.small))?.name());
                self.str(", ");
                self.node_and_operands(ext)?;
                self.close_extended(zir.word(at)? as i32);
            }
            Extended::ReifyStruct
            | Extended::ReifyUnion
            | Extended::ReifyEnum
            | Extended::ReifySpirvType => {
                self.reified(ext)?;
            }
            Extended::BuiltinExtern
            | Extended::RoundOpTy
            | Extended::ReifyEnumValueSliceTy
            | Extended::ReifyPointerSentinelTy
            | Extended::ReifyTuple
            | Extended::ReifyPointer
            | Extended::ReifyFn
            | Extended::FloatOpResultTy
            | Extended::AddWithOverflow
            | Extended::SubWithOverflow
            | Extended::MulWithOverflow
            | Extended::ShlWithOverflow
            | Extended::CUndef
            | Extended::CInclude
            | Extended::CDefine
            | Extended::WasmMemorySize
            | Extended::WasmMemoryGrow
            | Extended::Prefetch
            | Extended::SetFloatMode
            | Extended::ErrorCast
            | Extended::AwaitNosuspend
            | Extended::IntFromError
            | Extended::ErrorFromInt
            | Extended::CVaArg
            | Extended::CVaCopy
            | Extended::CVaEnd
            | Extended::WorkItemId
            | Extended::WorkGroupSize
            | Extended::WorkGroupId
            | Extended::BranchHint => {
                self.node_and_operands(ext)?;
                self.close_extended(zir.word(at)? as i32);
            }
        }
        Some(())
    }

    /// A type that a builtin makes, from 0.16 on. Its node is absolute.
    fn reified(&mut self, ext: ExtendedData) -> Option<()> {
        let (zir, at) = (self.zir, ext.operand);
        let (line, node, operands) = match ext.opcode {
            Extended::ReifyStruct => {
                let (head, _) = zir.payload::<payload::ReifyStruct>(at)?;
                let fields = [head.field_names, head.field_types, head.field_attrs];
                let operands = [&[head.layout, head.backing_ty][..], &fields].concat();
                (head.src_line, head.node, operands)
            }
            Extended::ReifyUnion => {
                let (head, _) = zir.payload::<payload::ReifyUnion>(at)?;
                let fields = [head.field_names, head.field_types, head.field_attrs];
                let operands = [&[head.layout, head.arg_ty][..], &fields].concat();
                (head.src_line, head.node, operands)
            }
            Extended::ReifyEnum => {
                let (head, _) = zir.payload::<payload::ReifyEnum>(at)?;
                let operands = vec![head.tag_ty, head.mode, head.field_names, head.field_values];
                (head.src_line, head.node, operands)
            }
            _ => {
                let (head, _) = zir.payload::<payload::ReifySpirvType>(at)?;
                (head.src_line, head.node, vec![head.operand])
            }
        };
        put!(self, "line({line}), ");
        if ext.opcode != Extended::ReifySpirvType {
            self.str(NameStrategy::from_int(u32::from(ext.small))?.name());
            self.str(", ");
        }
        self.operands(operands.into_iter());
        let outer = std::mem::replace(&mut self.parent_decl_node, node);
        self.close_extended(0);
        self.parent_decl_node = outer;
        Some(())
    }

    /// The operands of a payload whose first word is the source node.
    fn node_and_operands(&mut self, ext: ExtendedData) -> Option<()> {
        match ext.opcode.info().operand {
            crate::inst::ExtendedOperand::Payload(kind) => self.words(kind, ext.operand),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Zir, small};

    #[test]
    fn what_is_in_itself_is_printed_once() {
        // A struct that is its own declaration, twice: each level would be twice as long as the one around
        // it.
        let small = small::StructDecl {
            has_decls_len: true,
            ..Default::default()
        };
        let generation = crate::Generation::G14;
        let format = crate::Format::of(generation);
        let zir = Zir {
            generation,
            tags: vec![format.tag_byte(Tag::Extended)],
            data: vec![Data::extended(
                format,
                Extended::StructDecl,
                small.to_bits(),
                2,
            )],
            string_bytes: vec![0],
            extra: vec![0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0],
        };
        let mut out = Vec::new();
        print(zir.view(), None, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text.matches("%0 = extended(struct_decl(").count(),
            3,
            "{text}"
        );
        assert_eq!(text.matches("{%0, %0}").count(), 2, "{text}");
    }
}
