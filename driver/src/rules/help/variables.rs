//! Declarations of variables and what is assigned.

super::row::rows! {
    "variable-without-value" "\
A variable has a value from its start. If it is to be filled later, say so with `= undefined`; if it is defined in another \
object, with `extern`."
    wrong "\
var buffer: [16]u8;
"
    right "\
var buffer: [16]u8 = undefined;
";

    "extern-variable-value" "\
`extern` says that the variable is defined in another object, and with it its value. Leave one of the two out; a variable that \
is defined here for others is `export`."
    wrong "\
extern var count: c_int = 1;
"
    right "\
export var count: c_int = 1;
";

    "threadlocal-constant" "\
What never changes need not be there once a thread. Take `threadlocal` away, or make it a `var`."
    wrong "\
threadlocal const limit: u8 = 1;
"
    right "\
const limit: u8 = 1;
";

    "variable-type-unknown" "\
The variable has neither a type nor a value that would tell it, as those that are `extern` need. Write the type behind its \
name."
    wrong "\
extern var count;
"
    right "\
extern var count: c_int;
";

    "local-variable-attribute" "\
Sections and address spaces are for what stays in the program from its start to its end; a local is on the stack or in \
a register. Declare it in a container, which may be a struct inside of the function."
    wrong "\
fn f() u8 {
    const x: u8 linksection(\".data\") = 1;
    return x;
}
"
    right "\
const x: u8 linksection(\".data\") = 1;
fn f() u8 {
    return x;
}
";

    "invalid-assignment" "\
What stands on the left has no place that could be assigned to: a number, a call, a sum. Assign to a variable, a field, an \
element, or to what a pointer points to (`p.*`). To compare, write `==`."
    wrong "\
fn f() void {
    g() = 1;
}
fn g() void {}
"
    right "\
fn f() void {
    g().* = 1;
}
fn g() *u8 {
    return &x;
}
var x: u8 = 0;
";

    "redundant-comptime" "\
The value of a declaration in a container, the types of parameters and all in a `comptime` block are evaluated at compile time \
as they are: a `comptime`, an `inline` before a loop and `@inComptime` change nothing there. Remove it. A constant in a \
function is written `const x = comptime f();`, since its value is what is to be known, not its name."
    wrong "\
const x = comptime f();
fn f() u8 {
    return 1;
}
"
    right "\
const x = f();
fn f() u8 {
    return 1;
}
";

    "returned-local-address" "\
From 0.16 on: the function returns the address of one of its own variables, which is gone when the caller looks at it. \
Return the value, take memory from an allocator, or let the caller hand in where it goes."
    wrong "\
fn f() *u8 {
    var x: u8 = 1;
    return &x;
}
"
    right "\
fn f(x: *u8) *u8 {
    x.* = 1;
    return x;
}
";
}
