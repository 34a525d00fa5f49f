//! Containers of every release: what is written is what is read back, and damage in it is found.

use syntax::{Ast, Mode, Release};
use zir::shape::{Container, ContainerDecl16, Field16, Kind16};
use zir::{Extended, Generation, Index, Tag, UnionKind, Zir};

/// Containers of all kinds, with every part that a field can have, in files of their own.
const SOURCES: [&str; 8] = [
    "",
    "a: u8,\nb: [2]u8 align(4) = undefined,\nconst S = struct {};\ntest {}\n",
    "const S = packed struct(u16) { a: u8, b: u8 = 1 };\n",
    "const T = u8;\nconst S = packed struct(T) {\n    a: T,\n    const B = 1;\n};\n",
    "const U = union(enum(u8)) { a: *u8 align(8) = 3, b = 4, c, const X = 1; };\n",
    "const E = enum(u8) { a, b = 7, _, fn f() void {} };\nconst U = union(E) { a, b: u8 };\n",
    "fn f(comptime T: type) type {\n    return opaque {\n        const Q = T;\n        const O = extern union { a: T };\n    };\n}\n",
    "const S = struct { a: u8, comptime b: u8 = 1, d: u8 align(2), c: struct { e: u8 = 2 } = .{} };\n",
];

fn lower(source: &str, generation: Generation) -> Zir {
    let release = generation.newest_release();
    astgen::generate(&Ast::parse(source.as_bytes(), Mode::Zig, release))
}

fn text(zir: &Zir) -> String {
    let mut text = Vec::new();
    zir::print(zir.view(), None, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The first container of a kind that is not the file itself.
fn first(zir: &Zir, opcode: Extended) -> ContainerDecl16<'_> {
    let view = zir.view();
    let mut decls = (1..view.instructions_len()).filter_map(|inst| {
        let ext = match view.tag(Index(inst))? {
            Tag::Extended => view.data(Index(inst))?.as_extended(view.format())?,
            _ => return None,
        };
        (ext.opcode == opcode)
            .then(|| ContainerDecl16::read(view, opcode, ext.small, ext.operand))
            .flatten()
    });
    decls.next().expect("there is one")
}

#[test]
fn containers_are_read_as_they_were_written() {
    for &generation in Generation::ALL {
        for source in SOURCES {
            let zir = lower(source, generation);
            let view = zir.view();
            assert!(!view.has_compile_errors(), "{generation:?}: {source}");
            zir::validate(view).unwrap_or_else(|err| panic!("{generation:?}: {err}: {source}"));
            assert!(
                !text(&zir).contains("<damaged>"),
                "{generation:?}: {source}"
            );
            let mapping = zir::map_old_to_new(view, view);
            assert!(mapping.is_unchanged(), "{generation:?}: {source}");
            let containers = (0..view.instructions_len()).filter(|&inst| {
                view.tag(Index(inst)) == Some(Tag::Extended)
                    && view
                        .data(Index(inst))
                        .and_then(|data| data.as_extended(view.format()))
                        .and_then(|ext| Container::read(view, ext))
                        .is_some()
            });
            assert_eq!(
                mapping.containers().len(),
                containers.count(),
                "{generation:?}: {source}"
            );
        }
    }
}

#[test]
fn each_part_of_a_field_is_a_body() {
    let zir = lower(SOURCES[4], Generation::G16);
    let decl = first(&zir, Extended::UnionDecl);
    let Kind16::Union(small) = decl.kind else {
        panic!("a union is read as {:?}", decl.kind);
    };
    assert_eq!(small.kind, UnionKind::TaggedEnumExplicit);
    let fields: Vec<Field16<'_>> = decl.fields().collect();
    let lens: Vec<_> = fields
        .iter()
        .map(|field| {
            (
                zir.view().string(field.name).expect("its name is there"),
                field.type_body.len(),
                field.align_body.len(),
                field.value_body.len(),
            )
        })
        .collect();
    // What is given, and a break out of the declaration.
    assert_eq!(
        lens,
        [
            (b"a".as_slice(), 2, 2, 2),
            (b"b".as_slice(), 0, 0, 2),
            (b"c".as_slice(), 0, 0, 0),
        ]
    );
    assert_eq!(decl.arg_body.len(), 1);
    assert_eq!((decl.decls.len(), decl.captures.len()), (1, 0));
    let text = text(&zir);
    assert!(text.contains("parent, tagged(enum({\n"), "{text}");
    assert!(text.contains(" align({\n"), "{text}");
}

#[test]
fn which_tokens_count_from_what() {
    // Of the argument `T` and of the type `T` of the field, each from where it counts; then line and column.
    let places = |generation| {
        let zir = lower(SOURCES[3], generation);
        let decl = first(&zir, Extended::StructDecl);
        let field = decl.fields().next().expect("there is a field");
        let [arg, ty] = [decl.arg_body, field.type_body].map(|body| {
            let inst = body.get(0).expect("it is not empty");
            let data = zir.view().data(inst).expect("it has data");
            data.as_str_tok().src_tok
        });
        (arg, ty, decl.src_line, decl.src_column)
    };
    // `packed struct(T) { a: T`; the line of 0.16 is that of the last declaration.
    assert_eq!(places(Generation::G16), (3, 8, 3, 0));
    assert_eq!(places(Generation::G17_0), (3, 2, 1, 10));
    assert_eq!(places(Generation::G17_1), (0, 2, 1, 10));
}

#[test]
fn the_argument_belongs_to_the_hash_from_017_on() {
    let hash = |source: &str, generation| {
        let zir = lower(source, generation);
        first(&zir, Extended::EnumDecl).fields_hash
    };
    let (one, other) = (
        "const E = enum(u8) { a, fn f() void {} };\n",
        "const E = enum(u16) { a, fn g() void {} };\n",
    );
    assert_eq!(
        hash(one, Generation::G16),
        hash(other, Generation::G16),
        "0.16 hashes fields only"
    );
    assert_ne!(hash(one, Generation::G17_0), hash(other, Generation::G17_0));
}

/// Whatever one word is changed to, the file is valid or not, and all that can be asked has an answer.
#[test]
fn damage_is_found_or_harmless() {
    let mut refused = 0;
    for &generation in Generation::ALL {
        for source in SOURCES {
            let good = lower(source, generation);
            for at in 0..good.extra.len() {
                for word in [
                    0,
                    1,
                    2,
                    good.extra[at] ^ 4,
                    good.extra.len() as u32,
                    u32::MAX,
                ] {
                    let mut zir = good.clone();
                    zir.extra[at] = word;
                    let valid = zir::validate(zir.view()).is_ok();
                    refused += usize::from(!valid);
                    let text = text(&zir);
                    assert!(
                        !valid || !text.contains("<damaged>"),
                        "{source}: {at}: {word}"
                    );
                    zir::map_old_to_new(good.view(), zir.view());
                }
            }
        }
    }
    assert_ne!(refused, 0);
}

#[test]
fn releases_of_a_generation_agree() {
    for source in SOURCES {
        for release in Release::ALL {
            let tree = Ast::parse(source.as_bytes(), Mode::Zig, *release);
            assert!(
                astgen::generate(&tree) == lower(source, release.generation()),
                "{release}: {source}"
            );
        }
    }
}
