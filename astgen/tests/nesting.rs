//! Sources that nest deeply: the stack grows as far as the limit, and beyond it there is an error, never an
//! overflow. Each test runs on the small stack of a test thread.

use astgen::limits::MAX_NESTING;
use syntax::{Ast, Mode};
use zir::Generation;

/// Deeper than any stack of ordinary size allows.
const DEEP: usize = 100_000;

/// Deep enough for what takes time quadratic in its depth.
const MODERATE: usize = 3_000;

struct Lowered {
    instructions: usize,
    errors: Vec<String>,
}

/// What each generation makes of a source that has no syntax errors in any.
fn lower(source: &str) -> impl Iterator<Item = Lowered> {
    Generation::ALL
        .iter()
        .map(|&generation| lower_by(source, generation))
}

fn lower_by(source: &str, generation: Generation) -> Lowered {
    let release = generation.newest_release();
    let tree = Ast::parse(source.as_bytes(), Mode::Zig, release);
    assert!(tree.errors.is_empty(), "the source parses");
    let zir = astgen::generate(&tree);
    let view = zir.view();
    let errors = view
        .compile_errors()
        .map(|error| String::from_utf8_lossy(error.message).into_owned())
        .collect();
    Lowered {
        instructions: zir.tags.len(),
        errors,
    }
}

#[track_caller]
fn lowers(source: &str, least_instructions: usize) {
    for lowered in lower(source) {
        assert_eq!(lowered.errors, Vec::<String>::new());
        assert!(
            lowered.instructions >= least_instructions,
            "{} instructions",
            lowered.instructions
        );
    }
}

fn around(open: &str, inside: &str, close: &str, levels: usize) -> String {
    [&open.repeat(levels), inside, &close.repeat(levels)].concat()
}

#[test]
fn parentheses() {
    lowers(&format!("const x = {};", around("(", "1", ")", DEEP)), 3);
    lowers(
        &format!("fn f() void {{ _ = {}; }}", around("(", "1", ")", DEEP)),
        3,
    );
}

#[test]
fn a_parenthesised_statement_is_the_statement_inside() {
    let often = format!("test {{ {}; }}", around("(", "1", ")", DEEP));
    for (once, often) in lower("test { (1); }").zip(lower(&often)) {
        assert_eq!(
            (once.instructions, once.errors),
            (often.instructions, often.errors)
        );
    }
}

#[test]
fn initialisers() {
    lowers(
        &format!("const x = {};", around(".{", "1", "}", DEEP)),
        DEEP,
    );
    lowers(
        &format!("const x = {};", around(".{ .a = ", "1", "}", DEEP)),
        DEEP,
    );
}

#[test]
fn prefix_operators() {
    lowers(&format!("const x = {}true;", "!".repeat(DEEP)), DEEP);
    lowers(
        &format!("const x = {}y; const y = 1;", "&".repeat(DEEP)),
        DEEP,
    );
    lowers(
        &format!("fn f() anyerror!void {{ {}f(); }}", "try ".repeat(DEEP)),
        DEEP,
    );
}

#[test]
fn types() {
    lowers(&format!("const x = {}u8;", "?".repeat(DEEP)), DEEP);
    lowers(&format!("const x = {}u8;", "[]const ".repeat(DEEP)), DEEP);
    lowers(
        &format!("const x = {};", around("fn (", "u8", ") void", DEEP)),
        DEEP,
    );
}

#[test]
fn suffixes() {
    lowers(
        &format!("const x = y{}; const y = 1;", ".*".repeat(DEEP)),
        DEEP,
    );
    lowers(
        &format!("const x = y{}; const y = 1;", "[0]".repeat(DEEP)),
        DEEP,
    );
    lowers(
        &format!("const x = y{}; const y = 1;", "()".repeat(DEEP)),
        DEEP,
    );
}

#[test]
fn blocks() {
    lowers(&format!("fn f() void {}", around("{", "", "}", DEEP)), DEEP);
}

#[test]
fn branches_and_loops() {
    for open in [
        "if (c) {",
        "while (c) {",
        "while (o) |_| {",
        "for (a) |_| {",
        "inline for (a) |_| {",
        "if (c) {} else {",
        "switch (c) { true, false => {} } {",
    ] {
        let body = around(open, "", "}", MODERATE);
        lowers(
            &format!(
                "extern var c: bool; extern var o: ?u8; extern var a: [4]u8; fn f() void {{ {body} }}"
            ),
            MODERATE,
        );
    }
    let body = around("switch (c) { true, false => {", "", "} }", MODERATE);
    lowers(
        &format!("extern var c: bool; fn f() void {{ {body} }}"),
        MODERATE,
    );
}

#[test]
fn containers() {
    lowers(
        &format!(
            "const x = {};",
            around("struct { const y0 = ", "1", "; }", 500)
        ),
        500,
    );
    lowers(
        &format!("const x = {};", around("union { a: ", "u8", " }", MODERATE)),
        MODERATE,
    );
    lowers(
        &around("fn f() type { return struct { ", "", "}; }", 500),
        500,
    );
}

#[test]
fn a_million_operators_in_a_row() {
    const LONG: usize = 1_000_000;
    lowers(&format!("const x = 1{};", " + 1".repeat(LONG)), LONG);
    lowers(
        &format!("const x = true{};", " and true".repeat(LONG)),
        LONG,
    );
    lowers(
        &format!("const x = y{}; const y = 1;", ".a".repeat(LONG)),
        LONG,
    );
}

#[test]
fn beyond_the_limit_is_an_error() {
    let levels = MAX_NESTING as usize + 1;
    for (source, place) in [
        (
            format!("const x = y{}; const y = 1;", "()".repeat(levels)),
            "calls",
        ),
        (format!("const x = 1{};", " << 1".repeat(levels)), "shifts"),
        (
            format!(
                "const x = E{}; const E = error{{}};",
                " || E".repeat(levels)
            ),
            "error sets",
        ),
    ] {
        for lowered in lower(&source) {
            assert_eq!(
                lowered.errors,
                ["expression is nested too deeply"],
                "{place}"
            );
        }
    }
}
