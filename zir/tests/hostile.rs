//! ZIR that no compiler writes: bodies in themselves, in each other, deeper than any stack, larger than any
//! file.

use std::time::{Duration, Instant};

use zir::validate::{Place, Problem};
use zir::{
    Data, Extended, Format, Generation, Index, NullTerminatedString, Payload, Ref, Tag, Zir,
    payload, small, validate,
};

const GENERATION: Generation = Generation::G14;

fn format() -> &'static Format {
    Format::of(GENERATION)
}

fn byte(tag: Tag) -> u8 {
    format().tag_byte(tag)
}

/// A file of one `test {}` with the instructions 2 and up as its body, in which `body` stands.
fn file(body: &[u32]) -> Zir {
    let mut zir = Zir::new(GENERATION);
    let small = small::StructDecl {
        has_decls_len: true,
        ..Default::default()
    };
    zir.tags.push(byte(Tag::Extended));
    zir.data.push(Data::extended(
        format(),
        Extended::StructDecl,
        small.to_bits(),
        zir.extra.len() as u32,
    ));
    zir.extra.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    zir.tags.push(byte(Tag::Declaration));
    zir.data.push(Data::declaration(0, zir.extra.len() as u32));
    let flags = zir::DeclarationFlags {
        src_line: 0,
        src_column: 0,
        id: zir::DeclarationId::UnnamedTest,
    };
    payload::Declaration::new(format(), [0; 16], flags).encode(format(), &mut zir.extra);
    zir.extra.push(body.len() as u32);
    zir.extra.extend(body);
    zir
}

/// Appends a block with a body.
fn block(zir: &mut Zir, body: &[u32]) {
    zir.tags.push(byte(Tag::BlockInline));
    zir.data.push(Data::pl_node(0, zir.extra.len() as u32));
    zir.extra.push(body.len() as u32);
    zir.extra.extend(body);
}

fn problem(zir: &Zir) -> (Place, Problem) {
    let error = validate(zir.view()).unwrap_err();
    assert!(!error.to_string().is_empty());
    (error.place, error.problem)
}

fn print(zir: &Zir) -> String {
    let mut out = Vec::new();
    zir::print(zir.view(), None, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn small_files() {
    let mut zir = file(&[2]);
    block(&mut zir, &[]);
    validate(zir.view()).unwrap();
    assert!(print(&zir).contains("%2 = block_inline({}) node:0"));

    let empty = Zir {
        string_bytes: Vec::new(),
        extra: Vec::new(),
        ..Zir::new(GENERATION)
    };
    assert_eq!(problem(&empty), (Place::File, Problem::Extra));
    let nothing = Zir::new(GENERATION);
    assert_eq!(problem(&nothing), (Place::File, Problem::Empty));
    let no_strings = Zir {
        string_bytes: Vec::new(),
        ..Zir::new(GENERATION)
    };
    assert_eq!(problem(&no_strings), (Place::File, Problem::Strings));
    let mut no_struct = zir.clone();
    no_struct.tags[0] = byte(Tag::Add);
    assert_eq!(problem(&no_struct), (Place::File, Problem::MainStruct));
}

#[test]
fn out_of_range() {
    let mut zir = file(&[2]);
    assert_eq!(
        problem(&zir),
        (Place::Instruction(Index(1)), Problem::Instruction(2))
    );
    let two = Place::Instruction(Index(2));
    zir.tags.push(byte(Tag::Load));
    zir.data.push(Data::un_node(format(), 0, Index(3).to_ref()));
    assert_eq!(
        problem(&zir),
        (two, Problem::Reference(format().constants_len() + 3))
    );
    let far = u32::MAX / 2;
    zir.data[2] = Data::un_node(format(), 0, format().ref_of(far));
    assert_eq!(problem(&zir), (two, Problem::Reference(far)));
    zir.data[2] = Data::un_node(format(), 0, Ref::NONE);
    validate(zir.view()).unwrap();

    zir.tags[2] = byte(Tag::DeclVal);
    zir.data[2] = Data::str_tok(NullTerminatedString(1), 0);
    assert_eq!(problem(&zir), (two, Problem::String(1)));
    // In range, but nothing ends it.
    zir.string_bytes.push(b'a');
    assert_eq!(problem(&zir), (two, Problem::String(1)));
    zir.string_bytes.push(0);
    validate(zir.view()).unwrap();
    zir.tags[2] = byte(Tag::Str);
    zir.data[2] = Data::str(NullTerminatedString(1), 3);
    assert_eq!(problem(&zir), (two, Problem::String(1)));
    zir.tags[2] = byte(Tag::IntBig);
    zir.data[2] = Data::str(NullTerminatedString(0), u32::MAX);
    assert_eq!(problem(&zir), (two, Problem::String(0)));

    let len = zir.extra.len() as u32;
    zir.tags[2] = byte(Tag::Add);
    for at in [len - 1, len, u32::MAX] {
        zir.data[2] = Data::pl_node(0, at);
        assert_eq!(problem(&zir), (two, Problem::Payload(at)));
    }
    zir.tags[2] = byte(Tag::Defer);
    zir.data[2] = Data::defer_(u32::MAX, u32::MAX);
    assert_eq!(problem(&zir), (two, Problem::Words(u32::MAX)));
    zir.tags[2] = byte(Tag::Extended);
    zir.data[2] = Data([0xff; 8]);
    assert_eq!(problem(&zir), (two, Problem::Number));
}

#[test]
fn bodies_in_each_other() {
    let mut itself = file(&[2]);
    block(&mut itself, &[2]);
    assert_eq!(
        problem(&itself),
        (Place::Instruction(Index(2)), Problem::Shared(2))
    );

    let mut ring = file(&[2]);
    block(&mut ring, &[3]);
    block(&mut ring, &[2]);
    assert_eq!(
        problem(&ring),
        (Place::Instruction(Index(3)), Problem::Shared(2))
    );

    let mut root = file(&[2]);
    block(&mut root, &[0]);
    assert_eq!(
        problem(&root),
        (Place::Instruction(Index(2)), Problem::Shared(0))
    );

    // Each block is twice in the one before: text of 2 to the power of 60 lines.
    let mut twice = file(&[2]);
    for inst in 2..62 {
        block(&mut twice, &[inst + 1, inst + 1]);
    }
    block(&mut twice, &[]);
    assert!(matches!(problem(&twice).1, Problem::Shared(_)));

    // A declaration list of something else.
    let mut zir = file(&[]);
    zir.tags[1] = byte(Tag::Trap);
    assert_eq!(
        problem(&zir),
        (Place::Instruction(Index(0)), Problem::Declaration(1))
    );
}

#[test]
fn overlapping_payloads() {
    // Many error sets that share one long list: as text, its length times their number.
    let count = if cfg!(miri) { 200 } else { 20_000 };
    let body: Vec<u32> = (2..2 + count).collect();
    let mut zir = file(&body);
    let at = zir.extra.len() as u32;
    zir.extra.push(count);
    zir.extra.resize(zir.extra.len() + count as usize, 0);
    for _ in 0..count {
        zir.tags.push(byte(Tag::ErrorSetDecl));
        zir.data.push(Data::pl_node(0, at));
    }
    let start = Instant::now();
    assert_eq!(problem(&zir).1, Problem::Overlap);
    assert!(start.elapsed() < Duration::from_secs(5) || cfg!(miri));
}

#[test]
fn deep_nesting() {
    let depth = if cfg!(miri) { 100 } else { 1_000_000 };
    let mut zir = file(&[2]);
    for inst in 2..2 + depth {
        block(&mut zir, &[inst + 1]);
    }
    block(&mut zir, &[]);
    validate(zir.view()).unwrap();
    let text = print(&zir);
    assert!(text.contains("%90 = block_inline({\n"));
    let is_abridged = text.contains("= block_inline({%");
    assert!(is_abridged || cfg!(miri), "nothing was abridged");
    assert!(text.len() < 10_000_000);
}

#[test]
fn defers_in_defers() {
    // Each body of a defer has the next one twice, as a block that is left in two places.
    let levels = if cfg!(miri) { 6 } else { 40 };
    let mut zir = file(&[2]);
    let first = zir.extra.len() as u32;
    for level in 0..levels {
        // The body of this level is two instructions, which stand at `first + 2 * level`.
        zir.tags.push(byte(Tag::Defer));
        zir.data.push(Data::defer_(first + 2 * level, 2));
        if level > 0 {
            zir.tags.push(byte(Tag::Defer));
            zir.data.push(Data::defer_(first + 2 * level, 2));
        }
    }
    for level in 0..levels - 1 {
        zir.extra.extend([3 + 2 * level, 4 + 2 * level]);
    }
    let inst = zir.tags.len() as u32;
    zir.extra.extend([inst, inst + 1]);
    for _ in 0..2 {
        zir.tags.push(byte(Tag::DbgStmt));
        zir.data.push(Data::dbg_stmt(0, 0));
    }
    validate(zir.view()).unwrap();
    let text = print(&zir);
    assert!(text.contains("dbg_stmt(1, 1)"));
    let is_abridged = text.contains("= defer({%");
    assert!(is_abridged || cfg!(miri), "nothing was abridged");
    assert!(text.len() < 1 << 30);
}

#[test]
fn damage_is_printed_as_such() {
    let mut zir = file(&[2, 3]);
    zir.tags.push(byte(Tag::Add));
    zir.data.push(Data::pl_node(0, u32::MAX));
    assert!(print(&zir).contains("%2 = add(<damaged>\n"));
    assert!(print(&zir).contains("%3 = <damaged>\n"));
}

#[test]
fn compile_errors() {
    let mut zir = Zir {
        string_bytes: b"\0what\0".to_vec(),
        extra: vec![2, 0, 1],
        ..Zir::new(GENERATION)
    };
    payload::CompileErrorsItem {
        msg: NullTerminatedString(1),
        node: Some(1),
        token: None,
        byte_offset: 0,
        notes: 8,
    }
    .encode(format(), &mut zir.extra);
    assert_eq!(problem(&zir), (Place::CompileErrors, Problem::Payload(8)));
    assert_eq!(zir.view().compile_errors().count(), 0);
    // A note that is the error itself.
    zir.extra.extend([1, 3]);
    assert_eq!(problem(&zir), (Place::CompileErrors, Problem::NestedNotes));
    zir.extra[9] = 10;
    payload::CompileErrorsItem {
        msg: NullTerminatedString(1),
        node: None,
        token: Some(3),
        byte_offset: 1,
        notes: 0,
    }
    .encode(format(), &mut zir.extra);
    validate(zir.view()).unwrap();
    let errors: Vec<_> = zir.view().compile_errors().collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0].notes().map(|note| note.token).collect::<Vec<_>>(),
        [Some(3)]
    );
}

#[test]
fn imports() {
    let mut zir = file(&[]);
    zir.string_bytes.extend(b"a.zig\0");
    zir.extra[1] = zir.extra.len() as u32;
    zir.extra.extend([2, 1, 7, 9]);
    let at = zir.extra[1] + 1;
    assert_eq!(problem(&zir), (Place::Imports, Problem::Payload(at)));
    zir.extra.push(8);
    assert_eq!(problem(&zir), (Place::Imports, Problem::String(9)));
    // What stands before the damage is read.
    let paths = |zir: &Zir| {
        zir.view()
            .imports()
            .map(|import| import.path.to_vec())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(&zir), [b"a.zig"]);
    *zir.extra.iter_mut().rev().nth(1).unwrap() = 3;
    validate(zir.view()).unwrap();
    assert_eq!(paths(&zir), [b"a.zig".as_slice(), b"zig"]);
    assert!(
        print(&zir)
            .ends_with("Imports:\n  @import(\"a.zig\") token:7\n  @import(\"zig\") token:8\n")
    );
}
