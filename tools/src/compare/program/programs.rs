//! The programs without errors that are compared.

use fixtures::programs::Program;

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
