//! Formatted text against what the reference made of the same inputs.

use std::collections::HashMap;

use fixtures::inputs;
use release::Generation;
use syntax::{Ast, Mode, Release};
use zongen::fmt::{Error, MAX_DEPTH, MAX_NESTING, Part, render};

fn format(source: &[u8]) -> Result<Vec<u8>, Error> {
    render(&Ast::parse(source, Mode::Zon, Release::V0_14_1))
}

/// What each generation makes of each input. In `out` is what 0.14 does, in `out_since` what a later
/// generation does otherwise than the one before. Where there is nothing, or nothing in the file, the text is
/// not formatted: it has syntax errors, or a part of it would be lost.
#[test]
fn the_reference_agrees() {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let stem = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let mut expected = HashMap::new();
    let mut compared = 0;
    for &generation in Generation::ALL {
        let folder = match generation {
            Generation::G14 => "zon_fmt/out".to_owned(),
            later => format!("zon_fmt/out_since/{}", later.name()),
        };
        for golden in inputs(&folder) {
            expected.insert(stem(&golden.name), golden.bytes.clone());
            compared += 1;
        }
        for source in inputs("zon_fmt/in") {
            let tree = Ast::parse(&source.bytes, Mode::Zon, generation.newest_release());
            let golden = expected
                .get(&stem(&source.name))
                .filter(|text| !text.is_empty());
            let at = format!("{} in {}", source.name, generation.name());
            match golden {
                Some(golden) => {
                    let text = render(&tree).unwrap_or_else(|error| panic!("{at}: {error}"));
                    assert_eq!(lossy(&text), lossy(golden), "{at}");
                }
                None => assert!(render(&tree).is_err(), "{at}"),
            }
        }
    }
    assert!(compared > inputs("zon_fmt/out").count());
}

#[test]
fn what_is_formatted_stays() {
    // Rows around elements of many lines move in the reference too when it formats its own output.
    let unsettled = [
        "builtins.zon",
        "string_places.zon",
        "array_sections.zon",
        "columns.zon",
        "containers.zon",
        "lists.zon",
        "operators.zon",
    ];
    for golden in inputs("zon_fmt/out") {
        if unsettled.iter().any(|name| golden.name.ends_with(name)) {
            continue;
        }
        let text = format(&golden.bytes).unwrap();
        assert_eq!(text, golden.bytes, "{}", golden.name);
    }
    for input in inputs("zon/ok") {
        let once = format(&input.bytes).unwrap();
        assert_eq!(format(&once).unwrap(), once, "{}", input.name);
    }
}

#[test]
fn the_value_stays() {
    let value = |source: &[u8]| {
        let tree = Ast::parse(source, Mode::Zon, Release::V0_14_1);
        let zoir = zongen::generate(&tree, zongen::Options::default());
        assert!(!zoir.view().has_compile_errors());
        let mut text = String::new();
        zoir::print(&mut text, zoir.view(), Release::V0_14_1).unwrap();
        text
    };
    for input in inputs("zon/ok") {
        let text = format(&input.bytes).unwrap();
        assert_eq!(value(&text), value(&input.bytes), "{}", input.name);
    }
}

#[test]
fn what_is_not_formatted() {
    assert_eq!(format(b".{ .a = }"), Err(Error::Syntax));
    assert_eq!(format(b""), Err(Error::Syntax));
    // Wrong only in what it means.
    assert_eq!(
        format(b".{.a=foo,.a=\"\\q\",.b=1+u8}").unwrap(),
        b".{ .a = foo, .a = \"\\q\", .b = 1 + u8 }\n"
    );
}

/// What is between « and » in `marked` is what the reference would lose first, or where it has no layout.
fn refused(marked: &str) -> (String, Error, std::ops::Range<usize>) {
    let (before, rest) = marked.split_once('«').unwrap();
    let (place, behind) = rest.split_once('»').unwrap();
    let source = [before, place, behind].concat();
    let range = before.len()..before.len() + place.len();
    let error = format(source.as_bytes()).expect_err(&source);
    (source, error, range)
}

#[test]
fn what_the_reference_loses_is_refused() {
    for (part, marked) in [
        // Text behind the switch, inside an element of an array of several lines.
        (
            Part::Unformatted,
            ".{\n    .{\n        // zig fmt: off\n        «1»,\n    },\n    2,\n}\n",
        ),
        (
            Part::Unformatted,
            ".{\n    .{\n        1, // zig fmt: off\n        «// two»  \n        2,\n    },\n    2,\n}\n",
        ),
        (
            Part::Comment,
            "// zig fmt: off\n// zig fmt: on\nasm (\"\" : «// lost» \n:)",
        ),
        // Comments behind the last comma or colon of assembly, and where a keyword takes a convention's
        // place.
        (Part::Comment, "asm (\"\" ::: \"a\", «// lost»\n)"),
        (Part::Comment, "asm (\"\" : «// lost»\n:)"),
        (
            Part::Comment,
            "// kept\nasm (\"\" : «// kept»\n:) // kept\n// kept",
        ),
        (
            Part::Comment,
            "struct { fn a() callconv( «// lost»\n.@\"inline\") void {} }",
        ),
        // That keyword behind one that it cannot stand with.
        (
            Part::InlineConvention,
            "struct { noinline fn a() «callconv»(.@\"inline\") void {} }",
        ),
        (
            Part::InlineConvention,
            "struct {\n// kept\ninline fn b() void {}\npub noinline fn a(b: u8) «callconv»(.@\"inline\") void {} }",
        ),
        // The value and the comma of a field without a type, but with an alignment.
        (Part::AlignedField, "struct { a «align»(4) = 5, b: u8 }"),
        (Part::AlignedField, "enum { a «align»(4), b }"),
        (
            Part::AlignedField,
            "struct { a: u8 align(4) = 5, b: enum { c, a «align»(4), b } }",
        ),
        // The documentation of the first parameter goes on the line of the parenthesis, where there may be
        // none.
        (Part::Documentation, "fn (\n«/// one»\na: u8) void"),
        // The quotes of a long name with an escape before the characters that need them.
        (
            Part::Name,
            ".{ .@\"b c\" = 2, .«@\"a\\x62-cccccccccccccccccc\"» = 1 }",
        ),
        // The first of two, in either order.
        (
            Part::Comment,
            ".{ asm (\"\" : «// lost»\n:), enum { a align(4), b } }",
        ),
        (
            Part::AlignedField,
            ".{ enum { a «align»(4), b }, asm (\"\" : // lost\n:) }",
        ),
        // What is only moved is not lost.
        (
            Part::Comment,
            ".{ *const align(4) volatile u8, asm (\"\" : «// lost»\n:) }",
        ),
        (
            Part::AlignedField,
            ".{ *const align(4) volatile u8, enum { a «align»(4), b } }",
        ),
    ] {
        let (source, error, range) = refused(marked);
        let Error::Lossy(loss) = error else {
            panic!("{error:?}: {source}");
        };
        let found = loss.start as usize..loss.end as usize;
        assert_eq!((loss.part, found), (part, range), "{source}");
    }
}

#[test]
fn the_inner_assembly_has_no_layout() {
    // Indented less than not at all.
    for marked in [
        "asm (\"\" : : [a] \"r\" («asm (\"\" : : [b] \"r\" (1))»))",
        ".{ 1, asm (\"\" : : [a] \"r\" (-«asm (\"\" : : [b] \"r\" (1))»)), 2 }",
    ] {
        let (source, error, range) = refused(marked);
        let Error::NoLayout(node) = error else {
            panic!("{error:?}: {source}");
        };
        let tree = Ast::parse(source.as_bytes(), Mode::Zon, Release::V0_14_1);
        let start = tree.token_start(tree.first_token(node)) as usize;
        assert_eq!(start, range.start, "{source}");
    }
}

#[test]
fn where_the_reference_crashes() {
    for (source, text) in [
        ("{}", "{}\n"),
        ("{a();}", "{\n    a();\n}\n"),
        (
            "error{\n/// one\nA, B}",
            "error{\n    /// one\n    A,\n    B,\n}\n",
        ),
    ] {
        let formatted = format(source.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(&formatted), text);
    }
}

#[test]
fn the_same_document() {
    let same = |a: &str, b: &str| {
        zongen::fmt::is_same_document(
            &Ast::parse(a.as_bytes(), Mode::Zon, Release::V0_14_1),
            b.as_bytes(),
        )
    };
    for (a, b) in [
        (".{ .a = 1, .b = .{2} }", ".{.@\"a\"=1,.b=.{2,},}"),
        ("*const align(4) u8", "*align(4) const u8"),
        ("asm (\"\" : :)", "asm (\"\")"),
        (".{ 1 } //zig fmt: off \n", "// zig fmt: off\n.{1}"),
        (
            "struct { fn a() callconv(.@\"inline\") void {} }",
            "struct { inline fn a() void {} }",
        ),
    ] {
        assert!(same(a, b), "{a} / {b}");
    }
    for (a, b) in [
        (".{ .a = 1 }", ".{ .b = 1 }"),
        (".{ .a = 1 }", ".{ .a = 2 }"),
        (".{ .a = 1 }", ".{ .a = 1, .a = 1 }"),
        (".{ 1 }", ".{ 1 } // more"),
        (".{ 1 } // one", ".{ 1 } // two"),
        (".{ 1 }", ".{ 1"),
        ("\\\\a ", "\\\\a"),
        ("[*:0]u8", "[*]u8"),
        (".{ \"a\" }", ".{ \"b\" }"),
    ] {
        assert!(!same(a, b), "{a} / {b}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |open: &[u8], inner: &[u8], close: &[u8], depth: u32| {
        let depth = depth as usize;
        [open.repeat(depth), inner.to_vec(), close.repeat(depth)].concat()
    };
    let too_deep = |source: &[u8]| matches!(format(source), Err(Error::TooDeep(_)));
    // Where the line begins that is indented too often.
    let too_indented = |source: &[u8]| match format(source) {
        Err(Error::TooIndented(node)) => {
            let tree = Ast::parse(source, Mode::Zon, Release::V0_14_1);
            Some(tree.token_start(tree.first_token(node)) as usize)
        }
        _ => None,
    };

    // Nothing is indented on one line.
    let deep = nested(b".{", b"1", b"}", 20_000);
    assert_eq!(format(&deep).unwrap(), [&deep[..], b"\n"].concat());
    assert!(too_deep(&nested(b".{", b"1", b"}", MAX_DEPTH)));
    assert!(too_deep(&nested(b"", b"1", b"+1", MAX_DEPTH)));
    assert!(too_deep(&nested(b"-", b"1", b"", MAX_DEPTH)));

    let lines = |depth| nested(b".{.a=", b".{}", b",}", depth);
    assert!(format(&lines(MAX_NESTING)).is_ok());
    let deepest = (MAX_NESTING as usize + 1) * ".{.a=".len();
    assert_eq!(too_indented(&lines(MAX_NESTING + 1)), Some(deepest));
    assert_eq!(too_indented(&lines(50_000)), Some(deepest));
    let arrays = |depth| nested(b".{1,", b"2", b",}", depth);
    assert!(format(&arrays(100)).is_ok());
    let deepest = (MAX_NESTING as usize + 1) * ".{1,".len() - "1,".len();
    assert_eq!(too_indented(&arrays(MAX_NESTING + 1)), Some(deepest));
    // More than the parser reads.
    assert_eq!(
        format(&nested(b".{", b"1", b"}", 1_000_000)),
        Err(Error::Syntax)
    );
}
