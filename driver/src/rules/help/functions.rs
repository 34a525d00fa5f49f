//! Functions, their types and parameters.

super::row::rows! {
    "function-without-body" "\
A function is defined where it is declared; there are no forward declarations in Zig, and none are needed, since the order \
does not matter. Add the body, or `extern` if it is defined in another object."
    wrong "\
fn answer() u8;
"
    right "\
fn answer() u8 {
    return 42;
}
";

    "function-without-name" "\
A function that is declared has a name behind `fn`. Zig has no functions without one: declare it in a struct where it is \
needed, and take it from there."
    wrong "\
const double = struct {
    fn (x: u8) u8 {
        return 2 * x;
    }
};
"
    right "\
const double = struct {
    fn call(x: u8) u8 {
        return 2 * x;
    }
}.call;
";

    "parameter-without-name" "\
Parameters of a function with a body are written `name: Type`. If the name alone stands there, its type is missing; the notes \
show both readings, from 0.15 on with a colon before them. A parameter that is never used is `_: Type`."
    wrong "\
fn f(u8) u8 {
    return 1;
}
"
    right "\
fn f(_: u8) u8 {
    return 1;
}
";

    "inferred-error-set-of-prototype" "\
`!T` lets the body of the function tell which errors there are, and here is no body. Write the error set before the `!`, \
or `anyerror` if it may be any."
    wrong "\
const Callback = fn (u8) !void;
"
    right "\
const Callback = fn (u8) anyerror!void;
";

    "function-type-attribute" "\
This is the type of functions, not one of them: it has no name, and no alignment, section or address space of its own, which \
belong to a declaration. Calling conventions are part of the type and stay. If a function is meant, its body is missing or it \
stands where only a type can."
    wrong "\
const Callback = *const fn call(u8) void;
"
    right "\
const Callback = *const fn (u8) void;
";

    "outside-function" "\
`return`, `try` and some builtins (`@src`, `@returnAddress`, `@breakpoint` and their like) mean something to the function \
they are in, and here is none: this is a field, a type, or the value of a declaration in a container. Do it in a function or \
a `test`, or write `catch` with what is to become of the error."
    wrong "\
const x = try load();
fn load() !u8 {
    return 1;
}
"
    right "\
const x = load() catch 0;
fn load() !u8 {
    return 1;
}
";

    "test-name" "\
A test has a string as its name, the name of a declaration that it describes, or none. An empty string is left out; a name \
of a primitive type or of something that is no declaration here has to be a string."
    wrong "\
test \"\" {}
"
    right "\
test {}
";

    "library-name" "\
The string behind `extern` is the name of the library that has the symbol, as in `extern \"c\"`. Leave it out if none is to \
be named; it has no zero bytes."
    wrong "\
extern \"\" fn getpid() c_int;
"
    right "\
extern \"c\" fn getpid() c_int;
";
}
