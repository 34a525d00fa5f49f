//! What the parser makes of small texts, good and bad, and what holds for any text.

use std::fmt::Write;

use syntax::limits::MAX_NESTING;
use syntax::{Ast, ErrorTag, Mode, NodeTag, Release, TokenTag};

fn tokens(source: &[u8]) -> String {
    let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
    let mut out = String::new();
    for token in 0..tree.tokens_len() {
        let (tag, start) = (tree.token_tag(token), tree.token_start(token));
        let _ = writeln!(
            out,
            "{start:3} {tag:?} {}",
            tree.token_slice(token).escape_ascii()
        );
    }
    out
}

fn dump(source: &str, mode: Mode) -> String {
    let tree = Ast::parse(source.as_bytes(), mode, Release::V0_14_1);
    let mut out = String::new();
    for node in 0..tree.nodes_len() {
        let (tag, main, data) = (
            tree.node_tag(node),
            tree.main_token(node),
            tree.node_data(node),
        );
        let text = tree.token_slice(main).escape_ascii();
        let _ = writeln!(
            out,
            "{node:3} {tag:?} {} {}  {main}: {text}",
            data.lhs, data.rhs
        );
    }
    let _ = writeln!(out, "extra {:?}", tree.extra_data);
    for error in &tree.errors {
        let kind = if error.is_note { "note" } else { "error" };
        let place = if error.token_is_prev { "after" } else { "at" };
        let _ = writeln!(
            out,
            "{kind} {:?} {:?} {place} token {}",
            error.tag, error.extra, error.token
        );
    }
    out
}

/// What holds for every tree, whatever the text.
fn check(tree: &Ast<'_>) {
    let last = tree.tokens_len() - 1;
    assert_eq!(tree.token_tag(last), TokenTag::Eof);
    assert_eq!(
        tree.token_tags()
            .iter()
            .filter(|&&tag| tag == TokenTag::Eof)
            .count(),
        1
    );
    assert!(tree.token_starts().is_sorted());
    assert_eq!(tree.token_start(last) as usize, tree.source.len());
    let mut end = 0;
    for token in 0..=last {
        assert!(end <= tree.token_start(token), "tokens do not overlap");
        // Of `.**` the slice shows one byte more than the token takes.
        if tree.token_tag(token) != TokenTag::InvalidPeriodasterisks {
            end = tree.token_start(token) + tree.token_slice(token).len() as u32;
        }
    }

    assert_eq!(tree.node_tag(0), NodeTag::Root);
    assert!(tree.main_tokens().all(|token| token <= last));
    for error in &tree.errors {
        assert!(error.token <= last);
    }
    assert!(!tree.errors.first().is_some_and(|error| error.is_note));
    assert!(
        tree.root_decls()
            .iter()
            .all(|&node| node < tree.nodes_len())
    );
}

const SAMPLE: &str = r#"//! file
const std = @import("std");
/// doc
pub fn f(comptime T: type, x: *align(4) const T, y: [*:0]u8, ...) callconv(.c) !void {
    defer g();
    errdefer |e| switch (e) { error.A, error.B => {}, inline 1...2 => |*v, i| h(v, i), else => unreachable };
    var a: u32, const b = .{ 1, 2 };
    a, b = .{ .x = 1, .y = .{} };
    outer: while (x) |v| : (i += 1) { break :outer v; } else |e| return e;
    for (xs, 0..) |*v, i| { _ = v.*[i..][0..2 :0]; } else {}
    if (a) |v| b else |e| c orelse d.? catch |e2| -e2;
    asm volatile ("x" : [r] "=r" (-> u8), [s] "=r" (s) : [i] "r" (1 + 2) : "memory");
}
pub const S = packed struct(u8) { a: u8 align(1) = 2, comptime b: ?[3:0]u8 = null, const c = 1; };
const U = union(enum(u8)) { a, b: anyframe->void, };
extern "c" var q: i32 linksection(".x");
test "t" { const s = \\a
    \\b
    ; }
comptime { _ = error{ A, B } || E!T; }
"#;

#[test]
fn literals_and_words() {
    insta::assert_snapshot!(tokens(
        b"a _1 @\"b c\" @d if iff \"e\\\"\" 'f' '\\'' 0 1.5 1..2 0x1p-3 1e+2.3 1.x \\\\g\n.a.*.?...... .**"
    ));
}

#[test]
fn operators() {
    insta::assert_snapshot!(tokens(
        b"<<|=<<|<<=<<<=< >>=>>>=> +%=+|=+%+|+=+++ -%=-|=-%-|->-=- *%=*|=*%*|*=*** &=& ^=^ %=% /=/ |=||| !=! ==>== =~?"
    ));
}

#[test]
fn invalid_text_costs_its_line() {
    insta::assert_snapshot!(tokens(
        b"a # b\nc \"d\ne 'f\ng \"\\\nh @1 i\n@\n\\j\nk // \x01\nl /// \0 m\nn // \r o\np // q\r\nr \"\t\"\ns"
    ));
}

#[test]
fn comments() {
    insta::assert_snapshot!(tokens(b"// a\n//! b\n/// c\n//// d\n///\n//"));
}

#[test]
fn sample() {
    let tree = Ast::parse(SAMPLE.as_bytes(), Mode::Zig, Release::V0_14_1);
    assert_eq!(tree.errors, []);
    check(&tree);
    insta::assert_snapshot!(dump(SAMPLE, Mode::Zig));
}

#[test]
fn zon() {
    insta::assert_snapshot!(dump(
        ".{ .a = .{ 1, -2.5, 'c' }, .b = .c, .d = .{}, .e = \"f\" }",
        Mode::Zon
    ));
}

#[test]
fn recovery() {
    insta::assert_snapshot!(dump(
        "const a = ;\nb: u8\nfn f() void { c d; if (e) g h; { i = ; } j }\nstruct K { l, }\npub m;\nconst n = 1;\no: p,\ntest {",
        Mode::Zig
    ));
}

#[test]
fn operator_mistakes() {
    insta::assert_snapshot!(dump(
        "test { _ = a < b < c; _ = a && b; _ = a +b; _ = a.**b; }",
        Mode::Zig
    ));
}

#[test]
fn any_beginning_of_a_text_can_be_parsed() {
    for end in 0..SAMPLE.len() {
        for mode in [Mode::Zig, Mode::Zon] {
            for &release in Release::ALL {
                check(&Ast::parse(&SAMPLE.as_bytes()[..end], mode, release));
            }
        }
    }
}

/// Every byte put in every fifth place.
#[test]
fn any_byte_may_stand_anywhere() {
    let mut source = SAMPLE.as_bytes().to_vec();
    for place in (0..source.len()).step_by(5) {
        let kept = source[place];
        for byte in [
            0, b'\n', b'\r', b'"', b'\'', b'\\', b'/', b'.', b'*', b'(', b'}', b'@', 0x7f, 0xff,
        ] {
            source[place] = byte;
            for &release in Release::ALL {
                check(&Ast::parse(&source, Mode::Zig, release));
            }
        }
        source[place] = kept;
    }
}

/// Deep enough to matter, and cut off cleanly where it gets too deep.
#[test]
fn nesting_ends_in_an_error() {
    for unit in [
        "(",
        ".{",
        ".{.a=",
        "{",
        "a:{",
        "-",
        "f(",
        "@f(",
        "a[",
        "if(a)",
        "if(a)b else ",
        "[",
        "*",
        "**",
        "?",
        "a!",
        "[]",
        "fn()",
        "fn(",
        "switch(a){b=>",
        "while(a)",
        "for(a)|b|",
        "return ",
        "struct{a:",
        "struct{const a=",
        "asm(",
        "*align(",
        "a orelse (",
    ] {
        let source = unit.repeat(2 * MAX_NESTING as usize);
        for release in [Release::OLDEST, Release::NEWEST] {
            let tree = Ast::parse(source.as_bytes(), Mode::Zon, release);
            let tags: Vec<ErrorTag> = tree.errors.iter().map(|error| error.tag).collect();
            assert_eq!(tags, [ErrorTag::NestingTooDeep], "{unit} of {release}");
        }
    }
    let statements = format!("test{{{}", "if(a){}else ".repeat(2 * MAX_NESTING as usize));
    for release in [Release::OLDEST, Release::NEWEST] {
        let tree = Ast::parse(statements.as_bytes(), Mode::Zig, release);
        assert_eq!(
            tree.errors.last().map(|error| error.tag),
            Some(ErrorTag::NestingTooDeep)
        );
    }
}

#[test]
fn nesting_below_the_limit_is_fine() {
    let depth = MAX_NESTING as usize - 1;
    let source = format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let tree = Ast::parse(source.as_bytes(), Mode::Zon, Release::V0_14_1);
    assert_eq!(tree.errors, []);
    assert_eq!(tree.nodes_len() as usize, depth + 2);
}

#[test]
fn chains_have_no_limit() {
    for (first, unit) in [
        ("a", ".b"),
        ("a", " + 1"),
        ("a", "()"),
        ("a", "[0]"),
        ("a", ".*"),
        ("a", " catch b"),
    ] {
        let source = format!("{first}{}", unit.repeat(1_000_000));
        let tree = Ast::parse(source.as_bytes(), Mode::Zon, Release::V0_14_1);
        assert_eq!(tree.errors, [], "{unit}");
        assert!(tree.nodes_len() > 1_000_000, "{unit}");
    }
}
