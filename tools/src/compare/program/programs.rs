//! The programs that are compared.

/// A made-up program: its files, and the arguments by which both compilers know it.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) files: &'static [(&'static str, &'static str)],
    pub(super) args: &'static [&'static str],
}

pub(super) const HELLO: Program = Program {
    name: "hello",
    files: &[(
        "hello.zig",
        "const std = @import(\"std\");\npub fn main() void {\n    std.debug.print(\"hello\\n\", .{});\n}\n",
    )],
    args: &["hello.zig"],
};

pub(super) const MODULES: Program = Program {
    name: "modules",
    files: &[
        (
            "src/main.zig",
            "const std = @import(\"std\");\n\
             const util = @import(\"util\");\n\
             const other_name = @import(\"cfg\");\n\
             const inner = @import(\"inner/deep.zig\");\n\
             const Values = struct { name: []const u8, count: u32, list: []const i64, wide: u256 };\n\
             const values: Values = @import(\"values.zon\");\n\
             pub fn main() void {\n    \
                 std.debug.print(\"{s} {d} {d}\\n\", .{ values.name, util.twice(values.count), other_name.limit + inner.depth });\n    \
                 var wide = values.wide;\n    \
                 _ = &wide;\n    \
                 std.debug.print(\"{x}\\n\", .{wide});\n\
             }\n",
        ),
        (
            "src/inner/deep.zig",
            "const up = @import(\"../sibling.zig\");\npub const depth = up.one + 1;\n",
        ),
        (
            "src/sibling.zig",
            "//! Imports back and itself.\nconst deep = @import(\"inner/./deep.zig\");\nconst self = @import(\"sibling.zig\");\n\
             pub const one: u32 = 1;\ntest {\n    _ = deep;\n    _ = self;\n}\n",
        ),
        (
            "src/values.zon",
            ".{\n    .name = \"some \\\"name\\\"\",\n    .count = 0x10,\n    .list = .{ -1, 2, 9_000_000_000 },\n    \
             .wide = 1157920892373161954235709850086879078532699846656405640394575840079131296399_35,\n}\n",
        ),
        (
            "util/util.zig",
            "const cfg = @import(\"settings\");\nconst more = @import(\"more.zig\");\n\
             pub fn twice(x: u32) u32 {\n    return more.add(x, x) + cfg.limit;\n}\n",
        ),
        (
            "util/more.zig",
            "pub fn add(a: u32, b: u32) u32 {\n    return a +% b;\n}\nconst never_used = @import(\"unused.zig\");\n",
        ),
        ("util/unused.zig", "pub const nothing = {};\n"),
        (
            "settings.zig",
            "const root = @import(\"root\");\nconst builtin = @import(\"builtin\");\n\
             pub const limit: u32 = if (builtin.is_test) 1 else 2;\ncomptime {\n    _ = root;\n}\n",
        ),
    ],
    args: &[
        "--dep",
        "util",
        "--dep",
        "cfg=settings",
        "-Mroot=src/main.zig",
        "--dep",
        "settings",
        "-Mutil=util/util.zig",
        "-Msettings=settings.zig",
    ],
};

/// Programs with errors that both find. `#` in a file's name makes it special: see `Session::write`.
pub(super) const WRONG: &[Program] = &[
    Program {
        name: "missing import",
        files: &[(
            "main.zig",
            "const a = @import(\"absent.zig\");\npub fn main() void {}\n",
        )],
        args: &["main.zig"],
    },
    Program {
        name: "missing imports below and beside",
        files: &[
            (
                "src/main.zig",
                "const a = @import(\"sub/a.zig\");\nconst b = @import(\"./sub/../gone.zig\");\n",
            ),
            (
                "src/sub/a.zig",
                "const x = 1;\nconst b = @import(\"none/b.zig\");\nconst c = @import(\"../gone2.zig\");\n",
            ),
        ],
        args: &["src/main.zig"],
    },
    Program {
        name: "the same missing file imported twice",
        files: &[(
            "main.zig",
            "const a = @import(\"absent.zig\");\nconst b = @import(\"absent.zig\");\n",
        )],
        args: &["main.zig"],
    },
    Program {
        name: "missing zon",
        files: &[("main.zig", "const a: u8 = @import(\"absent.zon\");\n")],
        args: &["main.zig"],
    },
    Program {
        name: "import of a directory",
        files: &[
            ("main.zig", "const a = @import(\"dir.zig\");\n"),
            ("dir.zig/inside.zig", ""),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "import through a file",
        files: &[
            (
                "main.zig",
                "const a = @import(\"b.zig/c.zig\");\nconst b = @import(\"b.zig\");\n",
            ),
            ("b.zig", ""),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "symlink loop",
        files: &[
            ("main.zig", "const a = @import(\"loop.zig\");\n"),
            ("loop.zig#link", "loop.zig"),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "symlink to nothing",
        files: &[
            ("main.zig", "const a = @import(\"lost.zig\");\n"),
            ("lost.zig#link", "nowhere"),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "symlink to a file with an error",
        files: &[
            ("main.zig", "const a = @import(\"link.zig\");\n"),
            ("link.zig#link", "real/target.zig"),
            ("real/target.zig", "const a = b;\n"),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "errors in several files",
        files: &[
            (
                "main.zig",
                "const a = @import(\"a.zig\");\nconst b = @import(\"b.zig\");\nfn f() void {\n    const unused = 1;\n}\n",
            ),
            ("a.zig", "fn f(\n"),
            (
                "b.zig",
                "const c = @import(\"c/c.zig\");\nconst x = undeclared;\nconst x = 2;\n",
            ),
            (
                "c/c.zig",
                "pub fn f(a: u8) void {\n    var v = 1;\n    _ = a;\n    _ = a;\n}\n",
            ),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "cycle with errors",
        files: &[
            (
                "main.zig",
                "const a = @import(\"a.zig\");\nconst self = @import(\"main.zig\");\nconst e = e1;\n",
            ),
            ("a.zig", "const b = @import(\"b.zig\");\nconst e = e2;\n"),
            (
                "b.zig",
                "const a = @import(\"a.zig\");\nconst m = @import(\"main.zig\");\nconst e = e3;\n",
            ),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "file that cannot be lowered imports nothing",
        files: &[
            ("main.zig", "const a = @import(\"a.zig\");\nfn f( void {}\n"),
            ("a.zig", "const e = e1;\n"),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "file with an error still imports",
        files: &[
            ("main.zig", "const a = @import(\"a.zig\");\nconst e = e0;\n"),
            ("a.zig", "const e = e1;\n"),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "file in two modules",
        files: &[
            (
                "main.zig",
                "const s = @import(\"shared.zig\");\nconst m = @import(\"m\");\n",
            ),
            ("m.zig", "const s = @import(\"shared.zig\");\n"),
            ("shared.zig", "pub const x = 1;\n"),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "root of a module imported by path",
        files: &[
            (
                "main.zig",
                "const s = @import(\"m.zig\");\nconst m = @import(\"m\");\n",
            ),
            ("m.zig", "pub const x = 1;\n"),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "root imported by another module",
        files: &[
            ("main.zig", "const m = @import(\"m\");\n"),
            ("m.zig", "const s = @import(\"main.zig\");\n"),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "one file, two modules' roots",
        files: &[
            (
                "main.zig",
                "const a = @import(\"a\");\nconst b = @import(\"b\");\n",
            ),
            ("m.zig", "pub const x = 1;\n"),
        ],
        args: &[
            "--dep",
            "a",
            "--dep",
            "b",
            "-Mroot=main.zig",
            "-Ma=m.zig",
            "-Mb=m.zig",
        ],
    },
    Program {
        name: "zon in two modules",
        files: &[
            (
                "main.zig",
                "const s: u8 = @import(\"s.zon\");\nconst m = @import(\"m\");\n",
            ),
            ("m.zig", "const s: u8 = @import(\"s.zon\");\n"),
            ("s.zon", "1"),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "several notes of a file in two modules",
        files: &[
            (
                "main.zig",
                "const a = @import(\"s.zig\");\nconst b = @import(\"s.zig\");\nconst m = @import(\"m\");\nconst c = @import(\"x.zig\");\n",
            ),
            ("x.zig", "const in_x = @import(\"s.zig\");\n"),
            (
                "m.zig",
                "const in_m = @import(\"s.zig\");\nconst b = @import(\"./s.zig\");\n",
            ),
            ("s.zig", ""),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "more files in two modules than are reported",
        files: &[
            (
                "main.zig",
                "const m = @import(\"m\");\nconst a1 = @import(\"a.zig\");\nconst b1 = @import(\"b.zig\");\n\
                 const c1 = @import(\"c.zig\");\nconst d1 = @import(\"d.zig\");\nconst e1 = @import(\"e.zig\");\n\
                 const f1 = @import(\"f.zig\");\nconst g1 = @import(\"g.zig\");\n",
            ),
            (
                "m.zig",
                "const am = @import(\"a.zig\");\nconst bm = @import(\"b.zig\");\nconst cm = @import(\"c.zig\");\n\
                 const dm = @import(\"d.zig\");\nconst em = @import(\"e.zig\");\nconst fm = @import(\"f.zig\");\n\
                 const gm = @import(\"g.zig\");\n",
            ),
            ("a.zig", ""),
            ("b.zig", ""),
            ("c.zig", ""),
            ("d.zig", ""),
            ("e.zig", ""),
            ("f.zig", ""),
            ("g.zig", ""),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "more references than are shown",
        files: &[
            (
                "main.zig",
                "const m = @import(\"m\");\nconst s1 = @import(\"s.zig\");\nconst s2 = @import(\"./s.zig\");\n\
                 const s3 = @import(\"././s.zig\");\nconst s4 = @import(\"x/../s.zig\");\n\
                 const s5 = @import(\"y/../s.zig\");\nconst s6 = @import(\"z/../s.zig\");\n",
            ),
            ("m.zig", "const in_m = @import(\"s.zig\");\n"),
            ("s.zig", ""),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "root with a path",
        files: &[
            (
                "src/deep/main.zig",
                "const a = @import(\"a/b.zig\");\nconst e = e0;\n",
            ),
            ("src/deep/a/b.zig", "const e = e1;\n"),
        ],
        args: &["./src/../src/deep/main.zig"],
    },
    Program {
        name: "module root missing",
        files: &[("main.zig", "const m = @import(\"m\");\n")],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=sub/m.zig"],
    },
    Program {
        name: "module with errors",
        files: &[
            (
                "main.zig",
                "const m = @import(\"m\");\nconst n = @import(\"n\");\n",
            ),
            (
                "sub/m.zig",
                "const e = e0;\nconst gone = @import(\"gone.zig\");\n",
            ),
            ("n.zig", "fn f() void { return 1 }\n"),
        ],
        args: &[
            "--dep",
            "m",
            "--dep",
            "n",
            "-Mroot=main.zig",
            "-Mm=sub/m.zig",
            "-Mn=n.zig",
        ],
    },
    Program {
        name: "unused module is not loaded",
        files: &[
            ("main.zig", "const e = e0;\n"),
            ("m.zig", "const e = e1;\n"),
        ],
        args: &["--dep", "m", "-Mroot=main.zig", "-Mm=m.zig"],
    },
    Program {
        name: "syntax errors in zon",
        files: &[
            (
                "main.zig",
                "const z: u8 = @import(\"z.zon\");\nconst e = e0;\n",
            ),
            ("z.zon", ".{ .a = , }\n"),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "errors in zon past the syntax",
        files: &[
            ("main.zig", "const z: u8 = @import(\"z.zon\");\n"),
            (
                "z.zon",
                ".{ .a = 1, .a = 2, .b = x, .c = 1 + 2, .d = nan, .e = -0 }\n",
            ),
        ],
        args: &["main.zig"],
    },
    Program {
        name: "bytes that are not text",
        files: &[(
            "main.zig",
            "const a = 1;\r\nconst b\t= \"\u{e9}\x01\";\nconst c = '\u{1F600}\u{1F600}';\n// \x7f\n",
        )],
        args: &["main.zig"],
    },
];
