//! Inputs too large or too regular to keep as files.

use fixtures::Input;

fn input(name: &str, text: String) -> Input {
    Input {
        name: format!("generated/{name}.zig"),
        bytes: text.into_bytes(),
    }
}

fn repeated(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// Sources at the limits of the format: counts that just fit and counts that do not.
pub(crate) fn at_limits() -> Vec<Input> {
    let tuple = |fields: usize| format!("const T = struct {{{}}};\n", "u8,".repeat(fields));
    let captures = |count: usize| {
        format!(
            "fn f() type {{\n    return struct {{\n{}        const S = struct {{\n            const all = .{{{}}};\n        }};\n    }};\n}}\n",
            repeated(count, |n| format!("const a{n} = 0;\n")),
            repeated(count, |n| format!("a{n},")),
        )
    };
    let tunnels = |count: usize| {
        format!(
            "fn f() type {{\n    return struct {{\n{}const S = struct {{\n{}const T = struct {{\nconst U = struct {{\nconst all = .{{{}{}}};\n}};\n}};\n}};\n}};\n}}\n",
            repeated(count, |n| format!("const a{n} = 0;\n")),
            repeated(count, |n| format!("const b{n} = 0;\n")),
            repeated(count, |n| format!("b{n},")),
            repeated(count, |n| format!("a{n},")),
        )
    };
    vec![
        input("tuple_65535", tuple(65535)),
        input("tuple_65536", tuple(65536)),
        input("captures_65536", captures(65536)),
        input("captures_65537", captures(65537)),
        input("tunnels_32768", tunnels(32768)),
        input("tunnels_40000", tunnels(40000)),
        input(
            "fields_5000",
            format!(
                "{}const x = 1;\n",
                repeated(5000, |n| format!("a{n}: u{} align({n}) = {n},\n", n % 9))
            ),
        ),
        input(
            "declarations_20000",
            repeated(20000, |n| format!("pub const a{n} = a{};\n", n * 7 % 20000)),
        ),
        input(
            "statements_20000",
            format!(
                "fn f() void {{\n{}}}\n",
                repeated(20000, |n| format!("    _ = {n};\n"))
            ),
        ),
        input(
            "prongs_5000",
            format!(
                "fn f(x: u32) void {{\n    switch (x) {{\n{}        else => {{}},\n    }}\n}}\n",
                repeated(5000, |n| format!("        {n} => _ = {n},\n"))
            ),
        ),
        input(
            "integer_of_40000_digits",
            format!(
                "const a = {};\nconst b = 0x{};\n",
                "9".repeat(4000),
                "f".repeat(40000)
            ),
        ),
        input(
            "float_of_20000_digits",
            format!(
                "const a = 0.{};\nconst b = 1{}.5e-20000;\n",
                "3".repeat(20000),
                "0".repeat(20000)
            ),
        ),
        input(
            "string_of_1_MiB",
            format!("const a = \"{}\";\n", "a\\n".repeat(1 << 18)),
        ),
        input(
            "line_of_1_MiB",
            format!("const a = .{{{}}};\n", "1,".repeat(1 << 19)),
        ),
        input(
            "identifier_of_1_MiB",
            format!("const a{0} = 1;\nconst b = a{0};\n", "x".repeat(1 << 20)),
        ),
        input(
            "empty_lines_1_Mi",
            format!("{}const a = b;\n", "\n".repeat(1 << 20)),
        ),
    ]
}

/// Nested expressions and chains of a given depth. The reference overflows its stack at depths it does not
/// name.
pub(crate) fn nested(depth: usize) -> Vec<Input> {
    let name = |kind: &str| format!("{kind}_{depth}");
    let around = |kind: &str, open: &str, inner: &str, close: &str| {
        input(
            &name(kind),
            format!(
                "const a = {}{inner}{};\n",
                open.repeat(depth),
                close.repeat(depth)
            ),
        )
    };
    let body = |kind: &str, open: &str, inner: &str, close: &str| {
        input(
            &name(kind),
            format!(
                "fn f() void {{\n{}{inner}{}\n}}\n",
                open.repeat(depth),
                close.repeat(depth)
            ),
        )
    };
    vec![
        around("parens", "(", "1", ")"),
        around("lists", ".{", "1", "}"),
        around("fields", ".{.a=", "1", "}"),
        around("negations", "-", "a", ""),
        around("nots", "!", "a", ""),
        around("calls", "f(", "1", ")"),
        around("builtins", "@abs(", "1", ")"),
        around("pointers", "*", "u8", ""),
        around("optionals", "?", "u8", ""),
        around("slices", "[]", "u8", ""),
        around("arrays", "[1]", "u8", ""),
        around("members", "", "a", ".b"),
        around("derefs", "", "a", ".*"),
        around("indices", "", "a", "[0]"),
        around("sums", "", "1", " + 1"),
        around("sums_right", "1 + (", "1", ")"),
        around("orelses", "", "a", " orelse a"),
        around("catches", "", "a", " catch a"),
        around("ands", "", "a", " and a"),
        around("concats", "", "a", " ++ a"),
        around("error_unions", "", "a", "!a"),
        around("structs", "struct{const a=", "1", ";}"),
        around("functions", "struct{fn f() void{_ = ", "1", ";}}"),
        around("ifs", "if (a) ", "1", " else 2"),
        around("else_ifs", "if (a) 1 else ", "2", ""),
        around("switches", "switch (1) {else=>", "1", "}"),
        around("tries", "try ", "a", ""),
        around("comptimes", "blk: {break :blk ", "1", ";}"),
        around("function_types", "fn () ", "void", ""),
        around("unclosed_parens", "(", "", ""),
        around("unclosed_lists", ".{", "", ""),
        body("blocks", "{", "", "}"),
        body("whiles", "while (true) ", "{}", ""),
        body("fors", "for (a) |_| ", "{}", ""),
        body("if_statements", "if (a) ", "{}", ""),
        body("else_if_statements", "if (a) {} else ", "{}", ""),
        body("defers", "{defer foo();", "", "}"),
        body("constants", "{const x = 1; _ = x;", "", "}"),
        body("unclosed_blocks", "{", "", ""),
    ]
}
