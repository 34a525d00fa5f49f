//! What values may be and where they go.

super::row::rows! {
    "array-size-unknown" "\
`[_]T` lets the initial values behind it tell how many elements there are, and none stand there. Write it in front of them, as in \
`[_]u8{ 1, 2 }`; a type by itself, of a variable or a parameter, says the number, or is a slice (`[]T`)."
    wrong "\
const x: [_]u8 = .{ 1, 2 };
"
    right "\
const x = [_]u8{ 1, 2 };
";

    "array-struct-syntax" "\
The elements of an array have no names: they stand behind each other without `.name =`. If they are to be reached by name, the \
type has to be a struct."
    wrong "\
const x = [2]u8{ .a = 1, .b = 2 };
"
    right "\
const x = [2]u8{ 1, 2 };
";

    "destructured-value" "\
What is taken apart has as many elements as there are names on the left, and its elements have no names: it is a tuple, an \
array or a vector. Take fields of a struct one by one; `_` takes what is not wanted."
    wrong "\
fn f() u8 {
    const a, const b = .{ 1, 2, 3 };
    return a + b;
}
"
    right "\
fn f() u8 {
    const a, const b, _ = .{ 1, 2, 3 };
    return a + b;
}
";

    "string-comparison" "\
A string literal is a pointer, and `==` would compare where the text is and not what it says. Compare with `std.mem.eql(u8, a, b)`."
    wrong "\
fn f(name: []const u8) bool {
    return name == \"zig\";
}
"
    right "\
const std = @import(\"std\");
fn f(name: []const u8) bool {
    return std.mem.eql(u8, name, \"zig\");
}
";
}
