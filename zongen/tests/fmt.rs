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
    let settled = |name: &str| name != "columns.zon";
    for golden in inputs("zon_fmt/out").filter(|golden| settled(&golden.name)) {
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
