//! What an instruction consists of: its operands, strings and bodies, found by the tables.

use crate::Format;
use crate::enums::{InplaceOp, NameStrategy, ReifySliceArgInfo, RoundOp};
use crate::index::{Index, NullTerminatedString, Ref};
use crate::inst::{
    Data, DataFieldKind, Extended, ExtendedOperand, FLAG_LIST, FLAG_PLAIN_RHS, SmallKind, Tag,
};
use crate::list::Body;
use crate::payload::{self, PayloadKind, Trailing, WordKind};
use crate::problem::Problem;
use crate::shape::{self, BackingInt, Callee, Captures, Cursor, RefOrBody, SwitchItem};
use crate::small::Capture;
use crate::view::ZirRef;

/// Takes what [`walk`] finds. Each method may end the walk with a problem.
pub(crate) trait Sink<'a> {
    /// Words of `extra` that belong to the instruction; called before what is in them.
    fn words(&mut self, _start: u32, _len: u32) -> Result<(), Problem> {
        Ok(())
    }
    /// A reference.
    fn operand(&mut self, _operand: Ref) -> Result<(), Problem> {
        Ok(())
    }
    /// An instruction that stands elsewhere.
    fn inst(&mut self, _inst: Index) -> Result<(), Problem> {
        Ok(())
    }
    /// A string that ends at a zero byte.
    fn string(&mut self, _start: NullTerminatedString) -> Result<(), Problem> {
        Ok(())
    }
    /// String bytes of known length.
    fn bytes(&mut self, _start: NullTerminatedString, _len: u64) -> Result<(), Problem> {
        Ok(())
    }
    /// A body that is part of the instruction.
    fn body(&mut self, body: Body<'a>) -> Result<(), Problem>;
    /// The declarations of a container.
    fn declarations(&mut self, body: Body<'a>) -> Result<(), Problem> {
        self.body(body)
    }
    /// A body that other instructions may have as well.
    fn shared_body(&mut self, body: Body<'a>) -> Result<(), Problem> {
        self.words(body.start(), body.len())?;
        self.body(body)
    }
}

/// Hands everything in an instruction to a sink. Each word of its payload is looked at once.
pub(crate) fn walk<'a>(
    zir: ZirRef<'a>,
    inst: Index,
    sink: &mut impl Sink<'a>,
) -> Result<(), Problem> {
    let number = *zir
        .tag_bytes()
        .get(inst.to_usize())
        .ok_or(Problem::Instruction(inst.0))?;
    let tag = zir.format().tag(number).ok_or(Problem::Tag(number))?;
    let data = zir.data(inst).ok_or(Problem::Instruction(inst.0))?;
    if tag == Tag::Extended {
        return extended(zir, data, sink);
    }
    let info = tag.info();
    for field in info.data.info().fields {
        let at = usize::from(field.offset);
        let word =
            || u32::from_ne_bytes([data.0[at], data.0[at + 1], data.0[at + 2], data.0[at + 3]]);
        match field.kind {
            DataFieldKind::Plain => {}
            DataFieldKind::Ref if info.flags & FLAG_PLAIN_RHS != 0 && field.name == "rhs" => {}
            DataFieldKind::Ref => sink.operand(zir.format().ref_of(word()))?,
            DataFieldKind::Index => sink.inst(Index(word()))?,
            // Strings of known length may contain zero bytes and need none behind them.
            DataFieldKind::String if matches!(tag, Tag::Str | Tag::IntBig) => {}
            DataFieldKind::String => sink.string(NullTerminatedString(word()))?,
        }
    }
    match tag {
        Tag::Str => {
            let string = data.as_str();
            sink.bytes(string.start, u64::from(string.len))?;
        }
        Tag::IntBig => {
            let string = data.as_str();
            sink.bytes(string.start, u64::from(string.len) * 8)?;
        }
        Tag::Defer => {
            let defer = data.as_defer();
            sink.shared_body(
                zir.list(defer.index, defer.len)
                    .ok_or(Problem::Words(defer.index))?,
            )?;
        }
        Tag::IntType => {
            data.as_int_type().ok_or(Problem::Number)?;
        }
        Tag::PtrType => {
            let data = data.as_ptr_type().ok_or(Problem::Number)?;
            let ptr = shape::PtrType::read(zir, data.flags, data.payload_index);
            let ptr = ptr.ok_or(Problem::Payload(data.payload_index))?;
            sink.words(data.payload_index, ptr.end() - data.payload_index)?;
            for operand in [
                ptr.head.elem_type,
                ptr.sentinel,
                ptr.align,
                ptr.addrspace,
                ptr.bit_start,
                ptr.host_size,
            ] {
                sink.operand(operand)?;
            }
            return Ok(());
        }
        _ => {}
    }
    match info.payload {
        None => Ok(()),
        Some(kind) => payload(
            zir,
            Source {
                tag,
                small: 0,
                asm_expr: false,
            },
            kind,
            data.payload_index(),
            sink,
        ),
    }
}

fn switch16<'a>(
    switch: &shape::Switch16<'a>,
    at: u32,
    sink: &mut impl Sink<'a>,
) -> Result<(), Problem> {
    sink.words(at, switch.end() - at)?;
    sink.operand(switch.operand)?;
    for inst in [switch.payload_capture_inst, switch.tag_capture_inst] {
        inst.map_or(Ok(()), |inst| sink.inst(inst))?;
    }
    if let Some(non_err) = switch.non_err {
        sink.body(non_err.body)?;
    }
    if let Some((_, body)) = switch.else_prong {
        sink.body(body)?;
    }
    for prong in switch.cases() {
        sink.body(prong.body)?;
        for item in prong.items().chain(prong.ranges()) {
            match item {
                SwitchItem::EnumLiteral(name) | SwitchItem::ErrorValue(name) => {
                    sink.string(name)?;
                }
                SwitchItem::Body(body) => sink.body(body)?,
                SwitchItem::Under => {}
            }
        }
    }
    Ok(())
}

/// What of the instruction decides over the shape of its payload.
#[derive(Clone, Copy)]
struct Source {
    tag: Tag,
    small: u16,
    asm_expr: bool,
}

fn extended<'a>(zir: ZirRef<'a>, data: Data, sink: &mut impl Sink<'a>) -> Result<(), Problem> {
    let ext = data.as_extended(zir.format()).ok_or(Problem::Number)?;
    let info = ext.opcode.info();
    let small = u32::from(ext.small);
    let known = match info.small {
        SmallKind::NameStrategy => NameStrategy::from_int(small).is_some(),
        SmallKind::BuiltinValue => zir.format().builtin_value_of(small).is_some(),
        SmallKind::InplaceOp => InplaceOp::from_int(small).is_some(),
        SmallKind::RoundOp => RoundOp::from_int(small).is_some(),
        SmallKind::ReifySliceArgInfo => ReifySliceArgInfo::from_int(small).is_some(),
        SmallKind::Bool => small <= 1,
        // The containers' readers look at theirs.
        _ => true,
    };
    if !known {
        return Err(Problem::Number);
    }
    match info.operand {
        ExtendedOperand::SrcNode | ExtendedOperand::Dead => Ok(()),
        ExtendedOperand::Operand => sink.operand(zir.format().ref_of(ext.operand)),
        ExtendedOperand::Payload(kind) => {
            let asm_expr = ext.opcode == Extended::AsmExpr;
            payload(
                zir,
                Source {
                    tag: Tag::Extended,
                    small: ext.small,
                    asm_expr,
                },
                kind,
                ext.operand,
                sink,
            )
        }
    }
}

/// The words of a payload as the table has them, and what trails them.
fn payload<'a>(
    zir: ZirRef<'a>,
    source: Source,
    kind: PayloadKind,
    at: u32,
    sink: &mut impl Sink<'a>,
) -> Result<(), Problem> {
    let info = kind.info();
    let problem = Problem::Payload(at);
    let words = zir
        .list::<u32>(at, info.len_of(zir.format()))
        .ok_or(problem)?;
    let trailing_at = at + words.len();
    let last = words.last().unwrap_or(0);
    let small = u32::from(source.small);
    let trailing_len = match info.trailing {
        Trailing::None => 0,
        Trailing::Body | Trailing::Refs | Trailing::Strings => last,
        Trailing::SmallRefs => small,
        Trailing::SmallRefPairs => small * 2,
        Trailing::Items(item) => last
            .checked_mul(item.info().len_of(zir.format()))
            .ok_or(problem)?,
        Trailing::Own => return own(zir, source, kind, at, sink),
    };
    let trailing = zir.list::<u32>(trailing_at, trailing_len).ok_or(problem)?;
    sink.words(at, words.len() + trailing.len())?;
    fixed(zir.format(), kind, words.iter(), sink)?;
    match info.trailing {
        Trailing::None | Trailing::Own => {}
        Trailing::Body => {
            let body: Body<'a> = zir.list(trailing_at, trailing_len).ok_or(problem)?;
            if source.tag.info().flags & FLAG_LIST != 0 {
                body.iter().try_for_each(|inst| sink.inst(inst))?;
            } else {
                sink.body(body)?;
            }
        }
        Trailing::Refs | Trailing::SmallRefs | Trailing::SmallRefPairs => {
            // The first operand of these is the type.
            if matches!(source.tag, Tag::ArrayInit | Tag::ArrayInitRef) && trailing.is_empty() {
                return Err(problem);
            }
            trailing
                .iter()
                .try_for_each(|word| sink.operand(zir.format().ref_of(word)))?;
        }
        Trailing::Strings => trailing
            .iter()
            .try_for_each(|word| sink.string(NullTerminatedString(word)))?,
        Trailing::Items(item) => {
            let len = item.info().len_of(zir.format());
            for n in 0..last {
                let words = trailing.slice(n * len, (n + 1) * len).ok_or(problem)?;
                fixed(zir.format(), item, words.iter(), sink)?;
            }
        }
    }
    Ok(())
}

/// Words of the kinds that the table gives them.
pub(crate) fn fixed<'a>(
    format: &Format,
    kind: PayloadKind,
    words: impl Iterator<Item = u32>,
    sink: &mut impl Sink<'a>,
) -> Result<(), Problem> {
    for (info, word) in kind.info().words_of(format).zip(words) {
        match info.kind {
            WordKind::Plain | WordKind::Signed | WordKind::Flags => {}
            WordKind::Ref => sink.operand(format.ref_of(word))?,
            WordKind::Index => sink.inst(Index(word))?,
            WordKind::String => sink.string(NullTerminatedString(word))?,
            WordKind::Reason => {
                format.reason_of(word).ok_or(Problem::Number)?;
            }
        }
    }
    Ok(())
}

fn captures<'a>(captures: Captures<'a>, sink: &mut impl Sink<'a>) -> Result<(), Problem> {
    for (capture, name) in captures.iter() {
        match capture.ok_or(Problem::Number)? {
            Capture::Nested(_) => {}
            Capture::Instruction(inst) | Capture::InstructionLoad(inst) => sink.inst(inst)?,
            Capture::DeclVal(name) | Capture::DeclRef(name) => sink.string(name)?,
        }
        sink.string(name)?;
    }
    Ok(())
}

fn ref_or_body<'a>(part: RefOrBody<'a>, sink: &mut impl Sink<'a>) -> Result<(), Problem> {
    match part {
        RefOrBody::None => Ok(()),
        RefOrBody::Ref(operand) => sink.operand(operand),
        RefOrBody::Body(body) => sink.body(body),
    }
}

/// Payloads with shapes of their own.
fn own<'a>(
    zir: ZirRef<'a>,
    source: Source,
    kind: PayloadKind,
    at: u32,
    sink: &mut impl Sink<'a>,
) -> Result<(), Problem> {
    let Source {
        tag,
        small,
        asm_expr,
    } = source;
    let problem = Problem::Payload(at);
    match kind {
        PayloadKind::StructDecl | PayloadKind::UnionDecl | PayloadKind::EnumDecl
            if zir.format().generation.rules().container_fields_are_bodies =>
        {
            let opcode = match kind {
                PayloadKind::StructDecl => Extended::StructDecl,
                PayloadKind::UnionDecl => Extended::UnionDecl,
                _ => Extended::EnumDecl,
            };
            let decl = shape::ContainerDecl16::read(zir, opcode, small, at).ok_or(problem)?;
            sink.words(at, decl.end() - at)?;
            captures(decl.captures, sink)?;
            sink.declarations(decl.decls)?;
            sink.body(decl.arg_body)?;
            for field in decl.fields() {
                sink.string(field.name)?;
                sink.body(field.type_body)?;
                sink.body(field.align_body)?;
                sink.body(field.value_body)?;
            }
        }
        PayloadKind::StructDecl => {
            let decl = shape::StructDecl::read(zir, small, at).ok_or(problem)?;
            sink.words(at, decl.end() - at)?;
            captures(decl.captures, sink)?;
            match decl.backing_int {
                BackingInt::None => {}
                BackingInt::Ref(operand) => sink.operand(operand)?,
                BackingInt::Body(body) => sink.body(body)?,
            }
            sink.declarations(decl.decls)?;
            for field in decl.fields() {
                sink.string(field.name)?;
                sink.operand(field.ty)?;
                sink.body(field.type_body)?;
                sink.body(field.align_body)?;
                sink.body(field.init_body)?;
            }
        }
        PayloadKind::UnionDecl => {
            let decl = shape::UnionDecl::read(zir, small, at).ok_or(problem)?;
            sink.words(at, decl.end() - at)?;
            sink.operand(decl.tag_type)?;
            captures(decl.captures, sink)?;
            sink.declarations(decl.decls)?;
            sink.body(decl.body)?;
            for field in decl.fields() {
                sink.string(field.name)?;
                for operand in [field.ty, field.align, field.value].into_iter().flatten() {
                    sink.operand(operand)?;
                }
            }
        }
        PayloadKind::EnumDecl => {
            let decl = shape::EnumDecl::read(zir, small, at).ok_or(problem)?;
            sink.words(at, decl.end() - at)?;
            sink.operand(decl.tag_type)?;
            captures(decl.captures, sink)?;
            sink.declarations(decl.decls)?;
            sink.body(decl.body)?;
            for field in decl.fields() {
                sink.string(field.name)?;
                if let Some(value) = field.value {
                    sink.operand(value)?;
                }
            }
        }
        PayloadKind::OpaqueDecl => {
            let decl = shape::OpaqueDecl::read(zir, small, at).ok_or(problem)?;
            sink.words(at, decl.end() - at)?;
            captures(decl.captures, sink)?;
            sink.declarations(decl.decls)?;
        }
        PayloadKind::Declaration => {
            let decl = shape::Declaration::read(zir, at).ok_or(problem)?;
            sink.words(at, decl.end() - at)?;
            sink.string(decl.name)?;
            sink.string(decl.lib_name)?;
            for body in decl.bodies() {
                sink.body(body)?;
            }
        }
        PayloadKind::Func | PayloadKind::FuncFancy => {
            let func = shape::Func::read(zir, tag, at).ok_or(problem)?;
            sink.words(at, func.end() - at)?;
            sink.inst(func.param_block)?;
            ref_or_body(func.cc, sink)?;
            ref_or_body(func.ret_ty, sink)?;
            sink.body(func.body)?;
        }
        PayloadKind::Call | PayloadKind::FieldCall => {
            let call = shape::Call::read(zir, tag, at).ok_or(problem)?;
            sink.words(at, call.end() - at)?;
            match call.callee {
                Callee::Direct(callee) => sink.operand(callee)?,
                Callee::Field { obj_ptr, name } => {
                    sink.operand(obj_ptr)?;
                    sink.string(name)?;
                }
            }
            for body in call.args() {
                sink.body(body)?;
            }
        }
        PayloadKind::SwitchBlock | PayloadKind::SwitchBlockErrUnion
            if zir.format().generation.rules().switch_items_are_bodies =>
        {
            let switch = shape::Switch16::read(zir, tag, at).ok_or(problem)?;
            switch16(&switch, at, sink)?;
        }
        PayloadKind::SwitchBlock | PayloadKind::SwitchBlockErrUnion => {
            let switch = shape::Switch::read(zir, tag, at).ok_or(problem)?;
            sink.words(at, switch.end() - at)?;
            sink.operand(switch.operand)?;
            if let Some(inst) = switch.capture_inst {
                sink.inst(inst)?;
            }
            for prong in switch
                .non_err
                .into_iter()
                .chain(switch.else_prong)
                .chain(switch.under_prong)
                .chain(switch.cases())
            {
                prong
                    .items
                    .iter()
                    .chain(prong.ranges.iter())
                    .try_for_each(|item| sink.operand(item))?;
                sink.body(prong.body)?;
            }
        }
        PayloadKind::CondBr => {
            let (head, end) = zir.payload::<payload::CondBr>(at).ok_or(problem)?;
            let then_body = zir.list(end, head.then_body_len).ok_or(problem)?;
            let else_body = zir
                .list(end + head.then_body_len, head.else_body_len)
                .ok_or(problem)?;
            sink.words(at, end - at + then_body.len() + else_body.len())?;
            sink.operand(head.condition)?;
            sink.body(then_body)?;
            sink.body(else_body)?;
        }
        PayloadKind::Param => {
            let (head, end) = zir.payload::<payload::Param>(at).ok_or(problem)?;
            let body = zir.list(end, head.r#type.body_len).ok_or(problem)?;
            sink.words(at, end - at + body.len())?;
            sink.string(head.name)?;
            sink.body(body)?;
        }
        PayloadKind::DeferErrCode => {
            let (head, end) = zir.payload::<payload::DeferErrCode>(at).ok_or(problem)?;
            sink.words(at, end - at)?;
            sink.inst(head.remapped_err_code)?;
            sink.shared_body(
                zir.list(head.index, head.len)
                    .ok_or(Problem::Words(head.index))?,
            )?;
        }
        PayloadKind::TypeOfPeer => {
            let (head, end) = zir.payload::<payload::TypeOfPeer>(at).ok_or(problem)?;
            let operands = zir.list::<u32>(end, u32::from(small)).ok_or(problem)?;
            let body: Body<'a> = zir
                .list(head.body_index, head.body_len)
                .ok_or(Problem::Words(head.body_index))?;
            sink.words(at, end - at + operands.len())?;
            sink.words(body.start(), body.len())?;
            operands
                .iter()
                .try_for_each(|word| sink.operand(zir.format().ref_of(word)))?;
            sink.body(body)?;
        }
        PayloadKind::Asm => {
            let asm = shape::Asm::read(zir, small, at).ok_or(problem)?;
            sink.words(at, asm.end() - at)?;
            if asm_expr {
                sink.operand(zir.format().ref_of(asm.head.asm_source.0))?;
            } else {
                sink.string(asm.head.asm_source)?;
            }
            for (output, _) in asm.outputs() {
                sink.string(output.name)?;
                sink.string(output.constraint)?;
                sink.operand(output.operand)?;
            }
            for input in asm.inputs() {
                sink.string(input.name)?;
                sink.string(input.constraint)?;
                sink.operand(input.operand)?;
            }
            sink.operand(asm.head.clobbers)?;
            asm.clobbers
                .iter()
                .try_for_each(|clobber| sink.string(clobber))?;
        }
        PayloadKind::AllocExtended => {
            let alloc = shape::AllocExtended::read(zir, small, at).ok_or(problem)?;
            sink.words(at, alloc.end() - at)?;
            sink.operand(alloc.ty)?;
            sink.operand(alloc.align)?;
        }
        // Pointer types have flags beside the payload index and are read with them; all others have no shape
        // of their own.
        _ => {
            let words = Cursor::new(zir, at)
                .list::<u32>(kind.info().len_of(zir.format()))
                .ok_or(problem)?;
            sink.words(at, words.len())?;
            fixed(zir.format(), kind, words.iter(), sink)?;
        }
    }
    Ok(())
}
