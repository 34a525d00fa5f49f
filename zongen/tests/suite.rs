//! Lowering of the fixtures, of what no sane person writes, and of every byte in every place.

use std::time::{Duration, Instant};

use fixtures::{Input, Kind, goldens};
use syntax::{Ast, Mode, Release};
use zoir::{Node, Place, Zoir};
use zongen::{Options, generate};

fn lower(source: &[u8]) -> Zoir {
    let zoir = generate(
        &Ast::parse(source, Mode::Zon, Release::V0_14_1),
        Options::default(),
    );
    zoir::validate(zoir.view()).unwrap_or_else(|error| panic!("{error}"));
    zoir
}

fn messages(zoir: &Zoir) -> Vec<String> {
    let view = zoir.view();
    let text = |start: u32| view.string(start).unwrap().escape_ascii().to_string();
    let place = |place: Place| match place {
        Place::Node(node) => format!("node {node}"),
        Place::Token { token, offset: 0 } => format!("token {token}"),
        Place::Token { token, offset } => format!("token {token}+{offset}"),
    };
    let mut lines = Vec::new();
    for error in view.compile_errors() {
        lines.push(format!("{}: {}", place(error.place), text(error.msg)));
        lines.extend(
            view.notes(&error)
                .map(|note| format!("  {}: note: {}", place(note.place), text(note.msg))),
        );
    }
    lines
}

/// The goldens were taken when the comparison found the bytes of all of these files identical to the
/// reference's.
fn good(input: &Input) -> String {
    let zoir = lower(&input.bytes);
    assert_eq!(messages(&zoir), [""; 0], "{}", input.name);
    let mut text = String::new();
    zoir::print(&mut text, zoir.view(), Release::V0_14_1).unwrap();
    text
}

fn bad(input: &Input) -> String {
    let zoir = lower(&input.bytes);
    assert!(zoir.view().has_compile_errors(), "{}", input.name);
    assert!(zoir.tags.is_empty() && zoir.extra.is_empty() && zoir.limbs.is_empty());
    let lines = messages(&zoir);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn values_and_messages() {
    let kind = |name, folder, text| Kind { name, folder, text };
    goldens(
        env!("CARGO_MANIFEST_DIR"),
        &[
            kind("zoir", "zon/ok", &good),
            kind("errors", "zon/err", &bad),
        ],
    );
}

/// The reference takes these for numbers: a release of it makes something up, a build with checks dies.
#[test]
fn a_period_in_an_exponent_is_reported_where_it_is() {
    let cases = [
        ("1e1.0", 3),
        ("12e1.0", 4),
        ("1e12.0", 4),
        ("1E1.0", 3),
        ("0x1p1.0", 5),
        ("0x12p1.0", 6),
        ("1e1_2.0", 5),
        ("1e1.0_1", 3),
    ];
    for (literal, offset) in cases {
        assert_eq!(
            messages(&lower(literal.as_bytes())),
            [format!(
                "token 0+{offset}: unexpected period after exponent"
            )],
            "{literal}"
        );
    }
    assert_eq!(
        messages(&lower(b"0x.p1")),
        ["token 0: expected a digit after base prefix"]
    );
}

#[test]
fn strings_can_be_left_for_later() {
    let source = b".{ \"a\\n\", \"\\q\",\n\\\\one\n\\\\two\n, .name }";
    let tree = Ast::parse(source, Mode::Zon, Release::V0_14_1);
    let zoir = generate(
        &tree,
        Options {
            parse_str_lits: false,
        },
    );
    let view = zoir.view();
    assert!(!view.has_compile_errors());
    let Some(Node::Array(elements)) = view.root() else {
        panic!()
    };
    let value = |n: u32| {
        let element = elements.get(n).unwrap();
        assert!(matches!(view.node(element), Some(Node::String(b""))));
        let mut out = Vec::new();
        let node = view.ast_node(element).unwrap();
        let result = zongen::parse_str_lit(&tree, node, &mut out);
        (
            result.map(|()| out).map_err(|error| error.offset()),
            zongen::str_lit_size_hint(&tree, node),
        )
    };
    assert_eq!(value(0), (Ok(b"a\n".to_vec()), 5));
    assert_eq!(value(1), (Err(2), 4));
    assert_eq!(value(2), (Ok(b"one\ntwo".to_vec()), 7));
    assert!(matches!(
        view.node(elements.get(3).unwrap()),
        Some(Node::EnumLiteral(b"name"))
    ));
}

/// Generous: what is quadratic takes minutes.
fn in_time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{what}: {:?}",
        start.elapsed()
    );
    result
}

#[test]
fn deep_documents_end() {
    for open in [".{", ".{.a=", "(", "-", ".{(", "!", "a[", "f("] {
        let zoir = in_time(open, || lower(open.repeat(1_000_000).as_bytes()));
        assert!(zoir.view().has_compile_errors(), "{open}");
    }
    let deepest = 100_000;
    let source = ".{".repeat(deepest) + &"}".repeat(deepest);
    let zoir = in_time("deep", || lower(source.as_bytes()));
    assert_eq!(zoir.tags.len(), deepest);
    let mut text = String::new();
    in_time("print", || {
        zoir::print(&mut text, zoir.view(), Release::V0_14_1)
    })
    .unwrap();
}

#[test]
fn long_numbers_end() {
    for (prefix, digits) in [
        ("", "9876543210"),
        ("0x", "fedcba9876543210"),
        ("0b", "10"),
        ("0o", "76543210"),
    ] {
        let source = prefix.to_owned() + &digits.repeat(1_000_000 / digits.len());
        let zoir = in_time(prefix, || lower(source.as_bytes()));
        let Some(Node::BigInt(int)) = zoir.view().root() else {
            panic!("{prefix}")
        };
        assert!(int.limbs().len() > 15_000 && !int.is_negative());
    }
    let float = "1".repeat(500_000) + "." + &"1".repeat(500_000) + "e-1_000_000";
    let zoir = in_time("float", || lower(float.as_bytes()));
    assert!(matches!(zoir.view().root(), Some(Node::Float(_))));
}

#[test]
fn long_strings_and_many_names_end() {
    let text = "a".repeat(100_000_000);
    let zoir = in_time("string", || lower(format!("\"{text}\"").as_bytes()));
    assert!(matches!(zoir.view().root(), Some(Node::String(value)) if value == text.as_bytes()));
    let fields: Vec<String> = (0..200_000).map(|n| format!(".f{n} = .f{n}")).collect();
    let source = format!(".{{ {} }}", fields.join(", "));
    let zoir = in_time("names", || lower(source.as_bytes()));
    let Some(Node::Struct(fields)) = zoir.view().root() else {
        panic!()
    };
    assert_eq!(fields.names.get(199_999), Some(b"f199999".as_slice()));
}

#[test]
fn every_byte_in_every_place() {
    let source = b".{ .a = -1.5, .@\"b\" = \"x\\n\\u{41}\", .c = 'c' }";
    let mut outcomes = [0; 2];
    for at in 0..source.len() {
        for byte in 0..=255 {
            let mut source = source.to_vec();
            source[at] = byte;
            let zoir = lower(&source);
            outcomes[usize::from(zoir.view().has_compile_errors())] += 1;
        }
    }
    assert!(outcomes[0] > 1000 && outcomes[1] > 1000, "{outcomes:?}");
}

#[test]
fn names_are_printed_as_their_release_writes_them() {
    for (release, async_, while_) in [
        (Release::V0_14_1, "@\"async\"", "@\"while\""),
        (Release::NEWEST, "async", "@\"while\""),
    ] {
        let tree = Ast::parse(b".{ .@\"async\" = .@\"while\" }", Mode::Zon, release);
        let zoir = generate(&tree, Options::default());
        let mut text = String::new();
        zoir::print(&mut text, zoir.view(), release).unwrap();
        let value = format!("[{async_}] %1 = enum_literal({while_})");
        assert!(text.contains(&value), "{release}: {text}");
    }
}
