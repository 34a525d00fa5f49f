//! Nesting and chains of any length end in a result or in an error, soon, and never by a signal.

use std::fs;
use std::sync::Mutex;
use std::time::Instant;

use crate::common::Project;

/// Deeper than anything that is accepted.
const MILLION: usize = 1_000_000;
/// Below the parser's limit, so that what comes after the parser is tried too.
const DEEP: usize = 150_000;
/// Below the limit for containers, each of which is hashed with all that is in it.
const DEEP_CONTAINERS: usize = 4_000;

/// Makes a text, which is not kept.
type Make = Box<dyn Fn() -> String + Sync>;

/// `before`, `open` many times, `core`, `close` as many times, `after`.
struct Nest(
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const EXPRESSIONS: &[Nest] = &[
    Nest("const x = ", "(", "a", ")", ";"),
    Nest("const x = ", ".{", "", "}", ";"),
    Nest("const x = ", ".{ .a = ", "1", "}", ";"),
    Nest("const x = ", "T{ .a = ", "1", "}", ";"),
    Nest("const x = ", "[_]u8{", "", "}", ";"),
    Nest("const x = ", "-", "a", "", ";"),
    Nest("const x = ", "!", "a", "", ";"),
    Nest("const x = ", "~", "a", "", ";"),
    Nest("const x = ", "&", "a", "", ";"),
    Nest("const x = ", "try ", "a", "", ";"),
    Nest("const x = ", "comptime ", "a", "", ";"),
    Nest("const x = ", "nosuspend ", "a", "", ";"),
    Nest("const x = ", "f(", "", ")", ";"),
    Nest("const x = ", "@as(u8, ", "1", ")", ";"),
    Nest("const x = ", "a[", "0", "]", ";"),
    Nest("const x = ", "a[0..", "1", "]", ";"),
    Nest("const x = ", "if (a) ", "a", "", ";"),
    Nest("const x = ", "if (a) b else ", "a", "", ";"),
    Nest("const x = ", "while (a) ", "a", "", ";"),
    Nest("const x = ", "for (a) |b| ", "a", "", ";"),
    Nest("const x = ", "switch (a) { else => ", "1", "}", ";"),
    Nest("const x = ", "switch (", "1", ") {}", ";"),
    Nest("const x = ", "a catch ", "b", "", ";"),
    Nest("const x = ", "a orelse ", "b", "", ";"),
    Nest("const x = ", "blk: { break :blk ", "1", ";}", ";"),
    Nest("fn f() void { ", "return ", "1", "", "; }"),
];

const TYPES: &[Nest] = &[
    Nest("const x = ", "[", "1", "]u8", ";"),
    Nest("const x = ", "[", "", "", ""),
    Nest("const x = ", "[]", "u8", "", ";"),
    Nest("const x = ", "[1]", "u8", "", ";"),
    Nest("const x = ", "?", "u8", "", ";"),
    Nest("const x = ", "*", "u8", "", ";"),
    Nest("const x = ", "*align(", "1", ") u8", ";"),
    Nest("const x = ", "fn () ", "void", "", ";"),
    Nest("const x = ", "fn (a: ", "u8", ") void", ";"),
    Nest("const x = ", "anyframe->", "void", "", ";"),
    Nest("const x = ", "a || (", "b", ")", ";"),
];

const CONTAINERS: &[Nest] = &[
    Nest("const x = ", "struct { a: ", "u8", "}", ";"),
    Nest("const x = ", "union { a: ", "u8", "}", ";"),
    Nest("const x = ", "enum(", "u8", "){ a }", ";"),
    Nest("", "const a = struct {", "", "};", ""),
    Nest("", "test { _ = struct {", "", "}; }", ""),
    Nest(
        "const x = ",
        "struct { fn f() void { _ = ",
        "1",
        "; } }",
        ";",
    ),
];

const STATEMENTS: &[Nest] = &[
    Nest("fn f() void { ", "{", "", "}", "}"),
    Nest("fn f() void { ", "a: {", "", "}", "}"),
    Nest("fn f() void { ", "comptime {", "", "}", "}"),
    Nest("fn f() void { ", "defer {", "", "}", "}"),
    Nest("fn f() void { ", "suspend {", "", "}", "}"),
    Nest("fn f() void { ", "while (true) {", "", "}", "}"),
    Nest("fn f() void { ", "for (0..1) |_| {", "", "}", "}"),
    Nest("fn f() void { ", "if (true) {", "", "}", "}"),
    Nest("fn f() void { ", "if (true) {} else {", "", "}", "}"),
    Nest("fn f() void { ", "switch (1) { else => {", "", "}}", "}"),
    Nest(
        "fn f() void { ",
        "_ = struct { fn g() void {",
        "",
        "}};",
        "}",
    ),
];

/// `before`, then `link` many times, `after`.
struct Chain(&'static str, &'static str, &'static str);

const CHAINS: &[Chain] = &[
    Chain("const x = 1", ".b", ";"),
    Chain("const x = 1", ".?", ";"),
    Chain("const x = 1", ".*", ";"),
    Chain("const x = 1", "[0]", ";"),
    Chain("const x = 1", "[0..]", ";"),
    Chain("const x = 1", "()", ";"),
    Chain("const x = 1", " + 1", ";"),
    Chain("const x = 1", " ++ 1", ";"),
    Chain("const x = 1", " ** 1", ";"),
    Chain("const x = 1", " << 1", ";"),
    Chain("const x = 1", " | 1", ";"),
    Chain("const x = 1", " == 1", ";"),
    Chain("const x = true", " and true", ";"),
    Chain("const x = true", " or true", ";"),
    Chain("const x = 1", " orelse 1", ";"),
    Chain("const x = 1", " catch 1", ";"),
    Chain("const x = 1", " catch |e| e", ";"),
    Chain("const x = 1", " || 1", ";"),
    Chain("const x = u8", "!u8", ";"),
    Chain("const x = if (true) 1", " else if (true) 1", " else 1;"),
    Chain("fn f() void { if (true) {}", " else if (true) {}", "}"),
    Chain("fn f() void { const a", ", const b", " = 1; }"),
    Chain("fn f() void { _", ", _", " = .{}; }"),
    Chain("fn f() void {", " {} ", "}"),
    Chain("fn f() void {", " const b = 1;", "}"),
    Chain("const x = .{", "1,", "};"),
    Chain("const x = 1(", "1,", ");"),
    Chain("fn f(", "_: u8,", ") void {}"),
    Chain("const x = error{", "a,", "};"),
    Chain("", "a: u8, ", ""),
    Chain("", "usingnamespace a;\n", ""),
    Chain("", "test {}\n", ""),
    Chain("const x = switch (1) {", "1 => 1, ", "else => 1};"),
    Chain("const x =", "\n\\\\a", "\n;"),
    Chain("", "\"", ""),
    Chain("", "}", ""),
    Chain("", "/// a\n", ""),
    Chain("//", " a", "\n"),
    Chain("const x = ", "9", ";"),
    Chain("const x = 0x1.", "f", "p1;"),
    Chain("const x = \"", "\\u{1F600}", "\";"),
];

impl Nest {
    fn text(&self, depth: usize, closed: bool) -> String {
        let Nest(before, open, core, close, after) = self;
        if closed {
            [
                *before,
                &open.repeat(depth),
                core,
                &close.repeat(depth),
                after,
            ]
            .concat()
        } else {
            [*before, &open.repeat(depth)].concat()
        }
    }
}

impl Chain {
    fn text(&self, length: usize) -> String {
        let Chain(before, link, after) = self;
        [*before, &link.repeat(length), after].concat()
    }
}

/// Runs `command` on each text in a process of its own, as many at once as there are cores.
fn all_end(command: &[&str], texts: &[(String, Make)]) {
    let project = Project::new(&[]);
    let next = Mutex::new(0..texts.len());
    let slowest = Mutex::new((0, String::new()));
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(4);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (project, next, slowest) = (&project, &next, &slowest);
            scope.spawn(move || {
                let name = format!(
                    "t{thread}.{}",
                    if command.contains(&"--zon") {
                        "zon"
                    } else {
                        "zig"
                    }
                );
                loop {
                    let Some(n) = next.lock().unwrap().next() else {
                        break;
                    };
                    let (what, text) = &texts[n];
                    fs::write(project.path(&name), text()).unwrap();
                    let started = Instant::now();
                    let mut args = command.to_vec();
                    args.push(&name);
                    let ran = project.run(&args);
                    let took = started.elapsed().as_millis();
                    let start = String::from_utf8_lossy(&ran.stderr[..ran.stderr.len().min(300)])
                        .into_owned();
                    assert!(
                        matches!(ran.status, Some(0 | 1)),
                        "{what}: {:?} {start}",
                        ran.status
                    );
                    assert!(!start.contains("panicked"), "{what}: {start}");
                    let mut slowest = slowest.lock().unwrap();
                    if took > slowest.0 {
                        *slowest = (took, what.clone());
                    }
                }
            });
        }
    });
    let (took, what) = slowest.into_inner().unwrap();
    eprintln!("{} texts; the slowest took {took} ms: {what}", texts.len());
}

fn nests(kinds: &[&'static [Nest]], depth: usize, closed: bool) -> Vec<(String, Make)> {
    let nests = kinds.iter().flat_map(|kind| kind.iter());
    nests
        .map(|nest| {
            let what = format!(
                "{depth} times '{}'{}",
                nest.1,
                if closed { "" } else { ", unclosed" }
            );
            (what, Box::new(move || nest.text(depth, closed)) as Make)
        })
        .collect()
}

fn chains(length: usize) -> Vec<(String, Make)> {
    let texts = CHAINS.iter().map(|chain| {
        let what = format!("{length} times '{}'", chain.1.escape_debug());
        (what, Box::new(move || chain.text(length)) as Make)
    });
    texts.collect()
}

const ALL: &[&[Nest]] = &[EXPRESSIONS, TYPES, CONTAINERS, STATEMENTS];

#[test]
fn a_million_nested() {
    all_end(&["ast-check"], &nests(ALL, MILLION, true));
}

#[test]
fn a_million_unclosed() {
    all_end(
        &["ast-check"],
        &nests(&[EXPRESSIONS, CONTAINERS], MILLION, false),
    );
}

#[test]
fn a_million_chained() {
    all_end(&["ast-check"], &chains(MILLION));
}

#[test]
fn as_deep_as_is_parsed() {
    all_end(
        &["ast-check"],
        &nests(&[EXPRESSIONS, TYPES, STATEMENTS], DEEP, true),
    );
    all_end(&["ast-check"], &nests(&[CONTAINERS], DEEP / 15, true));
}

#[test]
fn dumped() {
    all_end(
        &["dump"],
        &nests(&[EXPRESSIONS, TYPES, STATEMENTS], DEEP / 30, true),
    );
    all_end(&["dump"], &nests(&[CONTAINERS], DEEP_CONTAINERS / 4, true));
    all_end(&["dump"], &chains(MILLION / 20));
}

#[test]
fn checked_with_a_cache() {
    all_end(&["check"], &nests(&[CONTAINERS, STATEMENTS], MILLION, true));
    all_end(&["check"], &chains(MILLION / 20));
}

#[test]
fn zon() {
    let nest: &'static [Nest] = &[
        Nest("", ".{", "1", "}", ""),
        Nest("", ".{ .a = ", "1", "}", ""),
        Nest("", "-", "1", "", ""),
        Nest("", "(", "1", ")", ""),
        Nest("", "&", "1", "", ""),
        Nest("", "if (a) ", "1", "", ""),
        Nest("", "struct {", "", "}", ""),
    ];
    for (depth, closed) in [(MILLION, true), (MILLION, false), (DEEP, true)] {
        all_end(&["ast-check", "--zon"], &nests(&[nest], depth, closed));
    }
    all_end(&["dump"], &nests(&[&nest[..2]], 1000, true));
}

/// What is far below the limits is accepted.
#[test]
fn what_people_might_generate_is_accepted() {
    let project = Project::new(&[]);
    for (before, open, core, close, after, depth) in [
        ("pub const x = ", "(", "1", ")", ";", 20_000),
        ("pub const x = ", ".{ .a = ", "1", "}", ";", 20_000),
        ("pub const x = ", "-", "1", "", ";", 20_000),
        (
            "pub const x = ",
            "struct { a: ",
            "u8",
            " }",
            ";",
            DEEP_CONTAINERS,
        ),
        ("pub fn f() void { ", "while (true) {", "", "}", "}", 10_000),
        ("pub fn f() void { ", "{", "", "}", "}", 20_000),
        ("pub const x = 1", " + 1", "", "", ";", MILLION),
        ("pub const x = \"\"", " ++ \"a\"", "", "", ";", 100_000),
    ] {
        let text = Nest(before, open, core, close, after).text(depth, true);
        project.write("a.zig", text.as_bytes());
        let ran = project.run(&["ast-check", "a.zig"]);
        let start = String::from_utf8_lossy(&ran.stderr[..ran.stderr.len().min(300)]).into_owned();
        assert_eq!(
            (ran.status, start.as_str()),
            (Some(0), ""),
            "{depth} times '{open}'"
        );
    }
}
