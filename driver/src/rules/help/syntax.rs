//! Where the parser expected something else.

super::row::rows! {
    "asterisk-after-dereference" "\
`.**` is one token up to 0.16, so `p.**q` is not read as the product of what `p` points to and `q`. Put a space on \
both sides of the operator. From 0.17 on there is no such token, and the same text is read as a multiplication."
    wrong "\
fn f(p: *u8, q: u8) u8 {
    return p.**q;
}
"
    right "\
fn f(p: *u8, q: u8) u8 {
    return p.* * q;
}
";

    "chained-comparison" "\
A comparison yields a bool, so `a < b < c` does not mean what it does on paper, and Zig does not take it. Compare \
twice and join both with `and`."
    wrong "\
fn f(a: u8, b: u8, c: u8) bool {
    return a < b < c;
}
"
    right "\
fn f(a: u8, b: u8, c: u8) bool {
    return a < b and b < c;
}
";

    "declaration-between-fields" "\
All fields of a container stand together, with the declarations before or behind them. The notes show the fields on \
both sides; move what is declared between them. A comma that was typed as a semicolon can be the cause as well."
    wrong "\
const Point = struct {
    x: u8,
    const origin = 0;
    y: u8,
};
"
    right "\
const Point = struct {
    const origin = 0;
    x: u8,
    y: u8,
};
";

    "expected-block-or-assignment" "\
What an `if`, a `while` or a `for` does in a statement is a block, or an expression such as a call or an assignment. \
A declaration would end at once, so it cannot stand there alone. Put braces around what is meant."
    wrong "\
fn f(yes: bool) void {
    if (yes) const x = 1;
}
"
    right "\
fn f(yes: bool) void {
    if (yes) {
        const x = 1;
        _ = &x;
    }
}
";

    "expected-block-or-expression" "\
Behind `defer`, `errdefer`, `nosuspend` or `suspend` stands a block or one expression; a declaration would end at once. \
From 0.17 on `errdefer` captures no error, and `errdefer |err|` is told here: move what may fail into a function of its own, \
and look at its error with `catch |err|` where it is called."
    wrong "\
fn f() !void {
    defer const x = 1;
    return error.Failed;
}
"
    right "\
fn f() !void {
    defer {
        const x = 1;
        _ = &x;
    }
    return error.Failed;
}
";

    "expected-expression" "\
A value is missing here: an operand of an operator, what a declaration is set to, or an argument. Operators that Zig \
does not have lead here too: there is no `++` or `--` that counts a variable up or down, and an array type is written \
`[]T`, not `T[]`."
    wrong "\
fn f() u8 {
    var n: u8 = 1;
    n++;
    return n;
}
"
    right "\
fn f() u8 {
    var n: u8 = 1;
    n += 1;
    return n;
}
";

    "expected-public-declaration" "\
`pub` belongs to functions, constants and variables; fields are as public as their container, and tests and \
`comptime` blocks have no name to be seen. From 0.15 on it is also told of `pub usingnamespace`, which is gone: declare \
each name that others need."
    wrong "\
const Point = struct {
    pub x: u8,
};
"
    right "\
const Point = struct {
    x: u8,
};
";

    "expected-semicolon" "\
A declaration or a statement goes on where it should have ended. Mostly the semicolon is missing at the end of the \
line before; only blocks, and `if`, loops and `switch` that end in one, need none. `async` and `await` are names and no \
keywords from 0.15 on, so what follows them is told here, and so is a declaration in the manner of C, as in `int x = 1;`."
    wrong "\
const a = 1
const b = 2;
"
    right "\
const a = 1;
const b = 2;
";

    "expected-semicolon-or-else" "\
What an `if` or a loop does is one expression here, and that expression is not ended. Put a semicolon behind it, or go on \
with `else`. A body in braces needs neither."
    wrong "\
fn f(yes: bool) void {
    if (yes) return
}
"
    right "\
fn f(yes: bool) void {
    if (yes) return;
}
";

    "expected-suffix" "\
Behind a point comes the name of a field, `*` for what a pointer points to, or `?` for the value of an optional. \
A name that is a keyword or has other characters than letters, digits and `_` is written `.@\"..\"`."
    wrong "\
const std = @import(\"std\");
const x = std.;
"
    right "\
const std = @import(\"std\");
const x = std.math;
";

    "expected-type" "\
A type is missing: behind the colon of a variable, a field or a parameter, behind `*`, `?` or `[]`, or on one side of the \
`!` of an error union. Types have names (`u8`), or are expressions like any other (`[4]u8`, `*const T`)."
    wrong "\
fn f() void {
    var x: = 1;
    x = 2;
}
"
    right "\
fn f() void {
    var x: u8 = 1;
    x = 2;
}
";

    "expected-comma" "\
Two items of a list follow each other without a comma, or a list goes on with something else. Fields, arguments, \
parameters, initial values and prongs have commas between them, not semicolons. In a container a declaration without its \
`const`, `var` or `fn` is taken for a field and told here; so is `usingnamespace` from 0.15 on, where it is gone: declare the names \
that are wanted one by one."
    wrong "\
const Point = struct {
    x: u8;
    y: u8,
};
"
    right "\
const Point = struct {
    x: u8,
    y: u8,
};
";

    "expected-var-or-const" "\
A name with a type and a value is a declaration, and a declaration says whether its name may be assigned to later. Put \
`const` before it, or `var` if something changes it."
    wrong "\
fn f() u8 {
    x: u8 = 1;
    return x;
}
"
    right "\
fn f() u8 {
    const x: u8 = 1;
    return x;
}
";

    "expected-token" "\
One certain token has to stand here and another one does. Conditions of `if`, `while` and `switch` stand in parentheses, \
captures between `|`, and what was opened has to be closed; a missing brace is often told at the end of the file and \
belongs far above. In a `catch`, an error is captured by value, so `|*err|` is told here too."
    wrong "\
fn f(yes: bool) u8 {
    if yes { return 1; }
    return 0;
}
"
    right "\
fn f(yes: bool) u8 {
    if (yes) { return 1; }
    return 0;
}
";

    "extern-function-body" "\
`extern` says that the function is defined elsewhere, so it ends with a semicolon. A function that is defined here and \
called from elsewhere is `export`."
    wrong "\
extern fn answer() c_int {
    return 42;
}
"
    right "\
export fn answer() c_int {
    return 42;
}
";

    "doc-comment-unattached" "\
A comment with three slashes describes the field or declaration behind it, and nothing that could be described follows. \
Use two slashes for a remark; what describes the whole file or container stands at its start with `//!`."
    wrong "\
const x = 1;
/// The end.
"
    right "\
const x = 1;
// The end.
";

    "mismatched-whitespace" "\
A binary operator has white space on both sides or on neither. Otherwise a reader could take it for a sign before an \
operand. From 0.17 on there is no operator `**`: it is read as two asterisks, so that `a ** n` gives this message about \
`*`; an array of equal elements is made by `@splat` there, which earlier releases have as well."
    wrong "\
const x = 1 +2;
"
    right "\
const x = 1 + 2;
";

    "ampersand-ampersand" "\
Zig says `and` and `or` where C says `&&` and `||`. The address of something can be an operand of `&` too, and then \
a space between both shows what is meant."
    wrong "\
fn f(a: bool, b: bool) bool {
    return a && b;
}
"
    right "\
fn f(a: bool, b: bool) bool {
    return a and b;
}
";

    "c-style-container" "\
Containers have no names of their own: they are values of type `type`, and a declaration gives one a name. \
Write `const Name = struct { .. };`, with a semicolon, and the same for `enum`, `union` and `opaque`."
    wrong "\
struct Point {
    x: u8,
}
"
    right "\
const Point = struct {
    x: u8,
};
";

    "equal-equal-initializer" "\
`==` compares; what gives a variable its value is a single `=`."
    wrong "\
const x == 1;
"
    right "\
const x = 1;
";

    "invalid-byte" "\
A literal or a comment has a byte in it that it may not have, which the message shows: a control character, such as a tab or \
a lone carriage return. Write it as an escape (`\\t`). If the byte is `\\n`, the quote that ends the literal is missing on its \
line; text of several lines is written with `\\\\` before each."
    wrong "\
const x = \"text;
"
    right "\
const x = \"text\";
";
}
