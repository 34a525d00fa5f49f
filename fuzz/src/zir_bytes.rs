//! Bytes taken for ZIR.

use std::hint::black_box;

use syntax::Release;
use zir::shape::{
    AllocExtended, Asm, Call, ContainerDecl16, Declaration, EnumDecl, Func, OpaqueDecl, PtrType,
    StructDecl, Switch, UnionDecl,
};
use zir::{
    Data, Extended, Generation, HEADER_LEN, Index, NullTerminatedString, Positions, Span, Tag,
    ZirRef,
};

/// Four bytes of the header mean nothing: the first of them says here which generation it is read as.
const RELEASE_AT: usize = 12;

/// How many of the words after the first instructions' are taken for payloads that nothing refers to.
const ASKED: u32 = 32;

/// Whatever the bytes are, they are an entry that is too short, or ZIR that is valid or not; and all that can
/// be asked of it has an answer.
///
/// # Panics
/// If not.
pub fn check(bytes: &[u8]) {
    let by = bytes.get(RELEASE_AT).copied().unwrap_or_default();
    let generation = Generation::ALL[usize::from(by) % Generation::COUNT];
    let Some((header, view)) = zir::read_entry(generation, bytes) else {
        return;
    };
    let view = match view {
        Ok(view) => view,
        // As many of each section as there are, so that a changed length does not hide what is behind it.
        Err(_) => {
            let mut rest = &bytes[HEADER_LEN..];
            let mut section = |len: u64| {
                let len = usize::try_from(len).map_or(rest.len(), |len| len.min(rest.len()));
                let (section, tail) = rest.split_at(len);
                rest = tail;
                section
            };
            let [tags, data, strings, extra] = header.section_lens();
            let (tags, data) = (section(tags), section(data));
            let (strings, extra) = (section(strings), section(extra));
            let data: Vec<Data> = data
                .chunks_exact(8)
                .map(|bytes| Data(bytes.try_into().expect("eight bytes")))
                .collect();
            whole(ZirRef::new(generation, tags, &data, strings, extra));
            return;
        }
    };
    whole(view);
}

fn whole(view: ZirRef<'_>) {
    let valid = zir::validate(view).is_ok();
    if let Err(err) = zir::validate(view) {
        black_box(err.to_string());
    }
    read_all(view, valid);
    if let Some(owned) = view.to_owned() {
        assert_eq!(owned.view().sections(), view.sections());
    }
    black_box(zir::map_old_to_new(view, view).is_unchanged());
    let mut summary = Vec::new();
    zir::Summary::of(view).encode(&mut summary);
    black_box(zir::Summary::decode(&summary));
    black_box(zir::Summary::decode(view.string_bytes()));
}

/// Places that have some of the numbers and not others.
struct Places;

impl Positions for Places {
    fn node(&self, node: u32) -> Option<Span> {
        (!node.is_multiple_of(3)).then_some(Span {
            start_line: node,
            start_column: 1,
            end_line: node,
            end_column: 2,
        })
    }
    fn token(&self, token: u32) -> Option<Span> {
        self.node(token)
    }
    fn first_token(&self, node: u32) -> Option<u32> {
        (!node.is_multiple_of(5)).then_some(node)
    }
}

/// Asks everything. Of what is valid, everything reachable must be there.
pub(crate) fn read_all(view: ZirRef<'_>, valid: bool) {
    let words = view.extra().len() as u32;
    for inst in (0..view.instructions_len()).map(Index) {
        instruction(view, inst);
    }
    for at in (0..words.min(ASKED)).chain([words, u32::MAX - 1, u32::MAX]) {
        payloads(view, at);
    }
    for at in 0..(view.string_bytes().len() as u32 + 2).min(ASKED) {
        black_box(view.string(NullTerminatedString(at)));
        black_box(view.string_of_len(NullTerminatedString(at), u32::MAX - at));
    }
    let errors = view.compile_errors().take(words as usize + 1);
    let notes: usize = errors.map(|error| error.notes().count()).sum();
    black_box(notes);
    black_box(view.imports().count());
    black_box((view.has_compile_errors(), view.lowering_failed()));
    let mut text = Vec::new();
    zir::print(view, None, &mut text);
    let damaged = b"<damaged>";
    let says_so = |text: &[u8]| text.windows(damaged.len()).any(|part| part == damaged);
    assert!(
        !valid || !says_so(&text) || says_so(view.string_bytes()),
        "what is valid is printed as damaged"
    );
    text.clear();
    zir::print(view, Some(&Places), &mut text);
}

fn instruction(view: ZirRef<'_>, inst: Index) {
    let (tag, data) = (view.tag(inst), view.data(inst));
    for body in view.bodies(inst) {
        black_box(body.iter().count());
    }
    black_box(view.declarations(inst).map(|body| body.len()));
    black_box(
        view.declaration(inst)
            .map(|decl| (decl.id(), decl.bodies())),
    );
    let (Some(tag), Some(data)) = (tag, data) else {
        return;
    };
    if tag == Tag::Extended
        && let Some(ext) = data.as_extended(view.format())
    {
        let (small, operand) = (ext.small, ext.operand);
        match ext.opcode {
            Extended::StructDecl
            | Extended::UnionDecl
            | Extended::EnumDecl
            | Extended::OpaqueDecl => containers(view, small, operand),
            Extended::Asm | Extended::AsmExpr => assembly(view, small, operand),
            Extended::Alloc => drop(black_box(AllocExtended::read(view, small, operand))),
            _ => {}
        }
    } else {
        of_tag(view, tag, data.as_pl_node().payload_index);
    }
}

fn payloads(view: ZirRef<'_>, at: u32) {
    for small in [0, 1, 0x5555, 0xaaaa, u16::MAX] {
        containers(view, small, at);
        assembly(view, small, at);
        black_box(AllocExtended::read(view, small, at));
        let flags = zir::PtrTypeFlags::from_bits(small as u8);
        black_box(PtrType::read(view, flags, at));
    }
    black_box(Declaration::read(view, at).map(|decl| (decl.bodies(), decl.end())));
    for tag in [
        Tag::Func,
        Tag::FuncInferred,
        Tag::FuncFancy,
        Tag::Call,
        Tag::FieldCall,
        Tag::SwitchBlock,
        Tag::SwitchBlockRef,
        Tag::SwitchBlockErrUnion,
    ] {
        of_tag(view, tag, at);
    }
    black_box(view.words(at, u32::MAX));
    black_box(view.list::<u32>(at, 3));
}

fn of_tag(view: ZirRef<'_>, tag: Tag, at: u32) {
    black_box(Func::read(view, tag, at).map(|func| func.end()));
    if let Some(call) = Call::read(view, tag, at) {
        black_box((call.args().count(), call.end()));
    }
    if let Some(switch) = Switch::read(view, tag, at) {
        let items = switch.cases().map(|prong| prong.items.len() as usize);
        black_box((items.sum::<usize>(), switch.end()));
    }
}

fn containers(view: ZirRef<'_>, small: u16, at: u32) {
    for opcode in [
        Extended::StructDecl,
        Extended::UnionDecl,
        Extended::EnumDecl,
    ] {
        if let Some(decl) = ContainerDecl16::read(view, opcode, small, at) {
            black_box((decl.captures.iter().count(), decl.fields().count()));
            black_box((decl.arg_body.len(), decl.end(), decl.decls.len()));
        }
    }
    if let Some(decl) = StructDecl::read(view, small, at) {
        black_box((decl.captures.iter().count(), decl.fields().count()));
        black_box((decl.fields_hash(), decl.end(), decl.decls.len()));
    }
    if let Some(decl) = UnionDecl::read(view, small, at) {
        black_box((decl.captures.iter().count(), decl.fields().count()));
        black_box((decl.fields_hash(), decl.end(), decl.decls.len()));
    }
    if let Some(decl) = EnumDecl::read(view, small, at) {
        black_box((decl.captures.iter().count(), decl.fields().count()));
        black_box((decl.fields_hash(), decl.end(), decl.decls.len()));
    }
    if let Some(decl) = OpaqueDecl::read(view, small, at) {
        black_box((decl.captures.iter().count(), decl.decls.len()));
        black_box(decl.end());
    }
}

fn assembly(view: ZirRef<'_>, small: u16, at: u32) {
    if let Some(asm) = Asm::read(view, small, at) {
        black_box((asm.outputs().count(), asm.inputs().count(), asm.end()));
        black_box(asm.clobbers.iter().count());
    }
}

/// Seeds: what `input` is lowered to.
pub fn seed(input: &fixtures::Input, release: Release) -> Vec<u8> {
    let tree = syntax::Ast::parse(&input.bytes, syntax::Mode::Zig, release);
    let mut bytes = astgen::generate(&tree).to_bytes();
    bytes[RELEASE_AT] = release.generation() as u8;
    bytes
}
