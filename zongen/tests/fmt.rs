//! Formatted text against what the reference made of the same inputs.

use fixtures::inputs;
use syntax::{Ast, Mode, NodeTag};
use zongen::fmt::{Error, MAX_NESTING, render};

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
    let source = b".{ .a = 1 + 2, .b = u8 }";
    let tree = Ast::parse(source, Mode::Zon);
    let Err(Error::NotZon(node)) = render(&tree) else {
        panic!()
    };
    assert_eq!(tree.node_tag(node), NodeTag::Add);
    // Wrong only in what it means.
    assert_eq!(
        format(b".{.a=foo,.a=\"\\q\"}").unwrap(),
        b".{ .a = foo, .a = \"\\q\" }\n"
    );
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: u32| {
        let depth = depth as usize;
        [b".{".repeat(depth), b"1".to_vec(), b"}".repeat(depth)].concat()
    };
    let deepest = nested(MAX_NESTING);
    assert_eq!(format(&deepest).unwrap(), [&deepest[..], b"\n"].concat());
    assert!(matches!(
        format(&nested(MAX_NESTING + 1)),
        Err(Error::TooDeep(_))
    ));
    assert!(matches!(format(&nested(100_000)), Err(Error::TooDeep(_))));
}
