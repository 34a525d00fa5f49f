//! The kinds of sources.

use std::io::{self, Write};

use super::mixed;
use super::row::Row;
use crate::reference::Mode;

type Out<'w> = &'w mut dyn Write;

const K: usize = 1000;
const M: usize = 1000 * K;

const MANY: &[usize] = &[K, 3 * K, 10 * K, 30 * K, 100 * K];
/// Of what is short.
const MORE: &[usize] = &[K, 10 * K, 100 * K, 300 * K, M];
/// At most 65,535 are allowed.
const FEW: &[usize] = &[K, 4 * K, 16 * K, 64 * K];
/// At most 200,000 levels are taken, for which see `limits`.
const DEEP: &[usize] = &[K, 3 * K, 10 * K, 20 * K, 60 * K, 190 * K];
const NESTED: &[usize] = &[500, K, 2 * K, 4 * K, 8 * K];

/// `one` for each number, between `before` and `after`.
fn list(
    out: Out,
    before: &str,
    count: usize,
    one: impl Fn(usize) -> String,
    after: &str,
) -> io::Result<()> {
    out.write_all(before.as_bytes())?;
    for n in 0..count {
        out.write_all(one(n).as_bytes())?;
    }
    out.write_all(after.as_bytes())
}

/// `one` over and over, between `before` and `after`.
fn same(out: Out, before: &str, count: usize, one: &str, after: &str) -> io::Result<()> {
    list(out, before, count, |_| one.to_owned(), after)
}

/// `count` openings, `inner`, and as many ends.
fn nested(
    out: Out,
    before: &str,
    count: usize,
    open: &str,
    inner: &str,
    close: &str,
    after: &str,
) -> io::Result<()> {
    same(out, before, count, open, inner)?;
    same(out, "", count, close, after)
}

/// Declarations of what a row refers to.
const NONE: &str = "";
const IN_FUNCTION: &str = "const a = 1;\nconst b = 1;\nconst c = 1;\nconst g = 1;\nconst h = 1;\n";
const IN_CONSTANT: &str = "const b = 1;\nconst c = 1;\nconst f = 1;\nconst S = 1;\nconst T = 1;\n";

macro_rules! rows {
    ($($group:literal $names:ident { $($name:literal $sizes:ident $mode:ident |$n:ident, $out:ident| $body:expr;)* })*) => {
        vec![$($(Row {
            name: $name,
            group: $group,
            mode: Mode::$mode,
            sizes: $sizes,
            names: $names,
            write: |$n, $out| $body,
        },)*)*]
    };
}

const BYTES: &[usize] = &[K, 10 * K, 100 * K, M, 10 * M, 100 * M];

/// All kinds, in the order in which they are shown.
pub(crate) fn rows() -> Vec<Row> {
    rows! {
        "Single files" NONE {
            "bytes of ordinary code" BYTES Zig |n, out| mixed::write(1, n, &[], out);
        }
        "Declarations and members" NONE {
            "constants" MANY Zig |n, out| list(out, "", n, |i| format!("pub const a{i} = a{};\n", i * 7 % n), "");
            "functions" MANY Zig |n, out| list(out, "", n, |i| format!("fn fn_{i}(x: u32) u32 {{\n    return x + {i};\n}}\n"), "");
            "tests" MANY Zig |n, out| list(out, "", n, |i| format!("test \"number {i}\" {{\n    _ = {i};\n}}\n"), "");
            "imports in one file" MANY Zig |n, out|
                list(out, "", n, |i| format!("const m{i} = @import(\"dir{}/m{i}.zig\");\n", i % 9), "");
            "fields of a struct" MANY Zig |n, out| list(out, "", n, |i| format!("a{i}: u{} = {i},\n", i % 60 + 1), "");
            "fields of an enum" MANY Zig |n, out| list(out, "const E = enum {\n", n, |i| format!("    a{i},\n"), "};\n");
            "fields of a union" MANY Zig |n, out|
                list(out, "const U = union(enum) {\n", n, |i| format!("    a{i}: []const u8,\n"), "};\n");
            "names of an error set" MANY Zig |n, out| list(out, "const E = error{\n", n, |i| format!("    A{i},\n"), "};\n");
            "structs, each with a method" MANY Zig |n, out|
                list(out, "", n, |i| format!("const S{i} = struct {{\n    x: u8,\n    fn f(s: S{i}) u8 {{\n        return s.x;\n    }}\n}};\n"), "");
            "parameters of a function" MANY Zig |n, out|
                list(out, "extern fn f(\n", n, |i| format!("    a{i}: u{},\n", i % 9 + 1), ") void;\n");
            "parameters that are used" MANY Zig |n, out| {
                list(out, "fn f(\n", n, |i| format!("    a{i}: u8,\n"), ") void {\n")?;
                list(out, "", n, |i| format!("    _ = a{i};\n"), "}\n")
            };
            "comptime blocks" MANY Zig |n, out| list(out, "", n, |i| format!("comptime {{\n    _ = {i};\n}}\n"), "");
        }
        "In one function" IN_FUNCTION {
            "constants, each of the last" MANY Zig |n, out|
                list(out, "fn f() u32 {\n    const a0 = 1;\n", n, |i| format!("    const a{} = a{i} + 1;\n", i + 1), &format!("    return a{n};\n}}\n"));
            "variables, changed later" MANY Zig |n, out| {
                list(out, "fn f() void {\n", n, |i| format!("    var a{i}: u32 = {i};\n"), "")?;
                list(out, "", n, |i| format!("    a{i} += 1;\n"), "}\n")
            };
            "constants with try" MANY Zig |n, out|
                list(out, "fn f() !void {\n", n, |i| format!("    const a{i} = try g({i});\n    h(a{i});\n"), "}\n");
            "constants, each with a return" MANY Zig |n, out|
                list(out, "fn f() !void {\n", n, |i| format!("    const a{i} = g();\n    if (a{i}) return error.A;\n"), "}\n");
            "constants, each with a labeled block" MANY Zig |n, out|
                list(out, "fn f() void {\n", n, |i| format!("    const a{i} = b{i}: {{\n        break :b{i} g();\n    }};\n    h(a{i});\n"), "}\n");
            "constants, each with a loop" MANY Zig |n, out|
                list(out, "fn f() void {\n", n, |i| format!("    const a{i} = g();\n    while (a{i}) |x| {{\n        if (x) break else continue;\n    }}\n"), "}\n");
            "constants, each in a struct" FEW Zig |n, out| {
                list(out, "fn f() type {\n", n, |i| format!("    const a{i} = {i};\n"), "    return struct {\n")?;
                list(out, "", n, |i| format!("        const b{i} = a{i};\n"), "    };\n}\n")
            };
            "structs, each of the last" MANY Zig |n, out|
                list(out, "fn f() void {\n    const S0 = struct {};\n", n, |i| format!("    const S{} = struct {{ const Last = S{i}; }};\n", i + 1),
                     &format!("    _ = S{n};\n}}\n"));
            "values captured from a generic function" FEW Zig |n, out| {
                list(out, "fn f() type {\n    return struct {\n", n, |i| format!("        const a{i} = 0;\n"), "        fn g() type {\n")?;
                list(out, "            return struct {\n                const all = .{\n", n, |i| format!("                    a{i},\n"), "                };\n            };\n        }\n    };\n}\n")
            };
            "statements" MANY Zig |n, out| list(out, "fn f() void {\n", n, |i| format!("    g({i});\n"), "}\n");
            "defers" MANY Zig |n, out| list(out, "fn f() void {\n", n, |i| format!("    defer g({i});\n"), "}\n");
            "loops" MANY Zig |n, out| same(out, "fn f() void {\n", n, "    for (b) |*x| {\n        x.* += 1;\n    }\n", "}\n");
            "ifs with captures" MANY Zig |n, out| same(out, "fn f() void {\n", n, "    if (a) |x| g(x) else |err| g(err);\n", "}\n");
            "prongs of a switch" MANY Zig |n, out|
                list(out, "fn f(x: u32) void {\n    switch (x) {\n", n, |i| format!("        {i} => g({i}),\n"), "        else => {},\n    }\n}\n");
            "items of a prong" MANY Zig |n, out|
                list(out, "fn f(x: u32) void {\n    switch (x) {\n", n, |i| format!("        {i},\n"), "        => {},\n        else => {},\n    }\n}\n");
            "else ifs" DEEP Zig |n, out| list(out, "fn f(x: u32) u32 {\n    return ", n, |i| format!("if (x == {i}) {i} else "), "0;\n}\n");
        }
        "Expressions" IN_CONSTANT {
            "string literals" MANY Zig |n, out| list(out, "const a = .{\n", n, |i| format!("    \"text number {i}\",\n"), "};\n");
            "equal string literals" MANY Zig |n, out| same(out, "const a = .{\n", n, "    \"the same text\",\n", "};\n");
            "lines of a multiline string" MANY Zig |n, out| list(out, "const a =\n", n, |i| format!("    \\\\line number {i}\n"), ";\n");
            "elements of an array" MANY Zig |n, out| list(out, "const a = [_]u32{\n", n, |i| format!("    {i},\n"), "};\n");
            "elements of a tuple" MANY Zig |n, out| list(out, "const a = .{\n", n, |i| format!("    .a{i},\n"), "};\n");
            "fields of an initializer" MANY Zig |n, out| list(out, "const a = S{\n", n, |i| format!("    .a{i} = {i},\n"), "};\n");
            "fields of an initializer in place" MANY Zig |n, out| list(out, "var a: S = .{\n", n, |i| format!("    .a{i} = f({i}),\n"), "};\n");
            "arguments of a call" MANY Zig |n, out| list(out, "const a = f(\n", n, |i| format!("    {i},\n"), ");\n");
            "chain of +" MANY Zig |n, out| list(out, "const a = 1\n", n, |i| format!("    + {i}\n"), ";\n");
            "chain of ++" MANY Zig |n, out| list(out, "const a = \"\"\n", n, |i| format!("    ++ \"{i}\"\n"), ";\n");
            "chain of and" MANY Zig |n, out| same(out, "const a = true\n", n, "    and b\n", ";\n");
            "chain of orelse" DEEP Zig |n, out| same(out, "const a = b\n", n, "    orelse b\n", ";\n");
            "chain of fields" MANY Zig |n, out| list(out, "const a = b\n", n, |i| format!("    .f{i}\n"), ";\n");
            "chain of calls" DEEP Zig |n, out| list(out, "const a = b\n", n, |i| format!("    .f{i}({i})\n"), ";\n");
            "chain of indices" DEEP Zig |n, out| list(out, "const a = b\n", n, |i| format!("    [{i}]\n"), ";\n");
        }
        "Nesting" IN_CONSTANT {
            "parentheses" DEEP Zig |n, out| nested(out, "const a = ", n, "(", "1", ")", ";\n");
            "lists" DEEP Zig |n, out| nested(out, "const a = ", n, ".{", "1", "}", ";\n");
            "initializers" DEEP Zig |n, out| nested(out, "const a: T = ", n, ".{ .a = ", "1", " }", ";\n");
            "nested calls" DEEP Zig |n, out| nested(out, "const a = ", n, "f(", "1", ")", ";\n");
            "nested builtin calls" DEEP Zig |n, out| nested(out, "const a = ", n, "@abs(", "1", ")", ";\n");
            "nested indices" DEEP Zig |n, out| nested(out, "const a = ", n, "b[", "1", "]", ";\n");
            "right operands" DEEP Zig |n, out| nested(out, "const a = ", n, "1 + (", "1", ")", ";\n");
            "unary operators" DEEP Zig |n, out| nested(out, "const a = ", n, "-", "b", "", ";\n");
            "types" FEW Zig |n, out| nested(out, "const a = ", n, "[]?*", "u8", "", ";\n");
            "pointers" DEEP Zig |n, out| nested(out, "const a = ", n, "*", "u8", "", ";\n");
            "optionals" DEEP Zig |n, out| nested(out, "const a = ", n, "?", "u8", "", ";\n");
            "array types" DEEP Zig |n, out| nested(out, "const a = ", n, "[1]", "u8", "", ";\n");
            "lengths of array types" DEEP Zig |n, out| nested(out, "const a = ", n, "[", "1", "]u8", ";\n");
            "error unions" DEEP Zig |n, out| nested(out, "const a = ", n, "", "b", "!c", ";\n");
            "function types" DEEP Zig |n, out| nested(out, "const a = ", n, "fn (u8) ", "void", "", ";\n");
            "switches" DEEP Zig |n, out| nested(out, "const a = ", n, "switch (b) { else => ", "1", " }", ";\n");
        }
        "Containers in containers" IN_CONSTANT {
            "containers" NESTED Zig |n, out| nested(out, "const a = ", n, "struct { const a = ", "1", "; }", ";\n");
            "functions in containers" NESTED Zig |n, out|
                nested(out, "const a = ", n, "struct { fn f() type { return ", "u8", "; } }", ";\n");
            "types of fields" NESTED Zig |n, out| nested(out, "const a = ", n, "struct { a: ", "u8", " }", ";\n");

        }
        "Nesting" IN_FUNCTION {
            "tries" DEEP Zig |n, out| nested(out, "fn f() !void {\n    ", n, "try ", "g()", "", ";\n}\n");
            "blocks" DEEP Zig |n, out| nested(out, "fn f() void {\n", n, "{", "", "}", "\n}\n");
            "blocks with locals" DEEP Zig |n, out| {
                list(out, "fn f() void {\n", n, |i| format!("{{ const a{i} = 1; _ = a{i};\n"), "")?;
                same(out, "", n, "}", "\n}\n")
            };
            "labeled blocks" DEEP Zig |n, out| {
                list(out, "fn f() void {\n", n, |i| format!("b{i}: {{ if (c) break :b{i};\n"), "")?;
                same(out, "", n, "}", "\n}\n")
            };
            "ifs" DEEP Zig |n, out| nested(out, "fn f() void {\n", n, "if (a) {", "", "}", "\n}\n");
            "whiles" DEEP Zig |n, out| nested(out, "fn f() void {\n", n, "while (a) {", "break;", "}", "\n}\n");
            "defers in defers" DEEP Zig |n, out| nested(out, "fn f() void {\n", n, "{ defer ", "g();", "}", "\n}\n");
            "fors" DEEP Zig |n, out| nested(out, "fn f() void {\n", n, "for (a) |_| {", "break;", "}", "\n}\n");
            "errdefers in errdefers" DEEP Zig |n, out| nested(out, "fn f() !void {\n", n, "{ errdefer ", "g();", "}", "\n}\n");
        }
        "Text" NONE {
            "lines of comments" MORE Zig |n, out| list(out, "", n, |i| format!("// line {i}\n"), "");
            "lines of a doc comment" MORE Zig |n, out| list(out, "", n, |i| format!("/// line {i}\n"), "const a = 1;\n");
            "empty lines" MORE Zig |n, out| same(out, "", n, "\n", "");
            "bytes of a comment" MORE Zig |n, out| same(out, "// ", n, "x", "\n");
            "bytes of a string" MORE Zig |n, out| same(out, "const a = \"", n, "x", "\";\n");
            "escapes of a string" MORE Zig |n, out| same(out, "const a = \"", n, "\\u{1f600}", "\";\n");
            "bytes of an identifier" MORE Zig |n, out| same(out, "const a", n, "x", " = 1;\n");
            "elements on one line" MORE Zig |n, out| same(out, "const a = .{", n, "1,", "};\n");
            "digits of a hexadecimal integer" MORE Zig |n, out| same(out, "const a = 0xf", n, "1", ";\n");
            "digits of an octal integer" MORE Zig |n, out| same(out, "const a = 0o7", n, "1", ";\n");
            "digits of a binary integer" MORE Zig |n, out| same(out, "const a = 0b1", n, "1", ";\n");
            "digits of a float" MORE Zig |n, out| same(out, "const a = 1.9", n, "1", ";\n");
        }
        "Decimal integers" NONE {
            "digits of a decimal integer" MORE Zig |n, out| same(out, "const a = 9", n, "1", ";\n");
            "digits of an integer" MORE Zon |n, out| same(out, "9", n, "1", "\n");
        }
        "Errors" NONE {
            "unused constants of one function" MANY Zig |n, out| list(out, "fn f() void {\n", n, |i| format!("    const a{i} = {i};\n"), "}\n");
            "equal fields" MANY Zon |n, out| same(out, ".{\n", n, "    .a = 1,\n", "}\n");
            "values that ZON has not" MANY Zon |n, out| list(out, ".{\n", n, |i| format!("    a{i},\n"), "}\n");
            "undeclared names, in one declaration each" MANY Zig |n, out| list(out, "", n, |i| format!("const a{i} = b{i};\n"), "");
            "unused locals, in one function each" MANY Zig |n, out|
                list(out, "", n, |i| format!("fn fn_{i}() void {{\n    const a = 1;\n}}\n"), "");
            "equal names" MANY Zig |n, out| same(out, "", n, "const a = 1;\n", "");
            "equal names of fields" MANY Zig |n, out| same(out, "", n, "a: u8,\n", "");
            "declarations that do not parse" MANY Zig |n, out| list(out, "", n, |i| format!("const a{i} = ;\n"), "");
            "statements that do not parse" MANY Zig |n, out| same(out, "fn f() void {\n", n, "    a b;\n", "}\n");
            "missing commas on one line" MANY Zig |n, out| same(out, "const a = .{", n, "1 ", "};\n");
            "bytes that no token has" MANY Zig |n, out| same(out, "const a = 1;\n", n, "\x01", "\n");
            "parentheses that nothing closes" MANY Zig |n, out| same(out, "const a = ", n, "(", "");
            "braces that nothing opens" MANY Zig |n, out| same(out, "const a = 1;\n", n, "}", "");
        }
        "ZON" NONE {
            "fields" MANY Zon |n, out| list(out, ".{\n", n, |i| format!("    .a{i} = {i},\n"), "}\n");
            "entries" MORE Zon |n, out| list(out, ".{\n", n, |i| format!("    {i},\n"), "}\n");
            "records" MANY Zon |n, out|
                list(out, ".{\n", n, |i| format!("    .{{ .name = \"number {i}\", .id = {i}, .tags = .{{ .a, .b, 1.5 }} }},\n"), "}\n");
            "strings" MANY Zon |n, out| list(out, ".{\n", n, |i| format!("    \"text {i}\",\n"), "}\n");
            "nested lists" DEEP Zon |n, out| nested(out, "", n, ".{", "1", "}", "\n");
            "nested fields" DEEP Zon |n, out| nested(out, "", n, ".{ .a = ", "1", " }", "\n");
            "big integers" MANY Zon |n, out| list(out, ".{\n", n, |i| format!("    1234567890123456789012345678901234567890{i},\n"), "}\n");
            "digits of a fraction" MORE Zon |n, out| same(out, "1.9", n, "1", "\n");
        }
    }
}
