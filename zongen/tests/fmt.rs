//! Formatted text against what the reference made of the same inputs.

use fixtures::inputs;
use syntax::{Ast, Mode};
use zongen::fmt::{Error, MAX_DEPTH, MAX_NESTING, render};

fn format(source: &[u8]) -> Result<Vec<u8>, Error> {
    render(&Ast::parse(source, Mode::Zon))
}

#[test]
fn the_reference_agrees() {
    let goldens: Vec<_> = inputs("zon_fmt/out").collect();
    let sources: Vec<_> = inputs("zon_fmt/in").collect();
    assert_eq!(sources.len(), goldens.len());
    for (source, golden) in sources.iter().zip(&goldens) {
        assert_eq!(source.name, golden.name);
        let text = format(&source.bytes).unwrap();
        let lossy = |bytes| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(lossy(&text), lossy(&golden.bytes), "{}", source.name);
    }
}

#[test]
fn what_is_formatted_stays() {
    // Rows around elements of many lines move in the reference too when it formats its own output.
    let unsettled = [
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
        let tree = Ast::parse(source, Mode::Zon);
        let zoir = zongen::generate(&tree, zongen::Options::default());
        assert!(!zoir.view().has_compile_errors());
        let mut text = String::new();
        zoir::print(&mut text, zoir.view()).unwrap();
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

#[test]
fn what_the_reference_loses_is_refused() {
    for source in [
        // Text behind the switch, inside an element of an array of several lines.
        ".{\n    .{\n        // zig fmt: off\n        1,\n    },\n    2,\n}\n",
        // Comments behind the last comma or colon of assembly, and where a keyword takes a convention's place.
        "asm (\"\" ::: \"a\", // lost\n)",
        "asm (\"\" : // lost\n:)",
        "struct { fn a() callconv( // lost\n.@\"inline\") void {} }",
        // That keyword behind one that it cannot stand with.
        "struct { noinline fn a() callconv(.@\"inline\") void {} }",
        // The value and the comma of a field without a type, but with an alignment.
        "struct { a align(4) = 5, b: u8 }",
        "enum { a align(4), b }",
        // The documentation of the first parameter goes on the line of the parenthesis, where there may be none.
        "fn (\n/// one\na: u8) void",
        // The quotes of a long name with an escape before the characters that need them.
        ".{ .@\"a\\x62-cccccccccccccccccc\" = 1 }",
    ] {
        assert_eq!(format(source.as_bytes()), Err(Error::Lossy), "{source}");
    }
    // Indented less than not at all.
    let source = b"asm (\"\" : : [a] \"r\" (asm (\"\" : : [b] \"r\" (1))))";
    assert!(matches!(format(source), Err(Error::NoLayout(_))));
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
        zongen::fmt::is_same_document(&Ast::parse(a.as_bytes(), Mode::Zon), b.as_bytes())
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

    // Nothing is indented on one line.
    let deep = nested(b".{", b"1", b"}", 20_000);
    assert_eq!(format(&deep).unwrap(), [&deep[..], b"\n"].concat());
    assert!(too_deep(&nested(b".{", b"1", b"}", MAX_DEPTH)));
    assert!(too_deep(&nested(b"", b"1", b"+1", MAX_DEPTH)));
    assert!(too_deep(&nested(b"-", b"1", b"", MAX_DEPTH)));

    let lines = |depth| nested(b".{.a=", b".{}", b",}", depth);
    assert!(format(&lines(MAX_NESTING)).is_ok());
    assert!(too_deep(&lines(MAX_NESTING + 1)));
    assert!(too_deep(&lines(50_000)));
    let arrays = |depth| nested(b".{1,", b"2", b",}", depth);
    assert!(format(&arrays(100)).is_ok());
    assert!(too_deep(&arrays(MAX_NESTING + 1)));
    // More than the parser reads.
    assert_eq!(
        format(&nested(b".{", b"1", b"}", 1_000_000)),
        Err(Error::Syntax)
    );
}
