//! What has no use.

super::row::rows! {
    "unused-local" "\
Nothing reads this constant or variable. Remove it if it is a leftover; otherwise the place that should use it is \
missing or uses another name. `_ = name;` says that it is unused on purpose, and has to go again when a use comes."
    wrong "\
fn f() void {
    const size = 4;
}
"
    right "\
fn f() u8 {
    const size = 4;
    return size;
}
";

    "unused-parameter" "\
The function never uses this parameter. If others decide its type, as with a callback, call it `_` or begin the body with \
`_ = name;`; otherwise take it out, and its arguments at the calls."
    wrong "\
fn f(a: u8, b: u8) u8 {
    return a;
}
"
    right "\
fn f(a: u8, _: u8) u8 {
    return a;
}
";

    "unused-capture" "\
What stands between the bars is a name for a value that the branch never uses. Where the value is of no interest, `_` \
takes its place; where the whole capture may be left out, leave it out."
    wrong "\
fn f(maybe: ?u8) bool {
    if (maybe) |value| {
        return true;
    }
    return false;
}
"
    right "\
fn f(maybe: ?u8) bool {
    if (maybe) |_| {
        return true;
    }
    return false;
}
";

    "unused-label" "\
Nothing jumps to this label: there is no `break :name` or `continue :name` inside. Remove it, or look at the jumps, \
which may mean another loop."
    wrong "\
fn f(items: []const u8) void {
    outer: for (items) |item| {
        if (item == 0) break;
    }
}
"
    right "\
fn f(items: []const u8) void {
    for (items) |item| {
        if (item == 0) break;
    }
}
";

    "pointless-discard" "\
`_ = name;` says that a name is unused, and the note shows that it is used. Remove the discard."
    wrong "\
fn f(x: u8) u8 {
    _ = x;
    return x;
}
"
    right "\
fn f(x: u8) u8 {
    return x;
}
";

    "discarded-capture" "\
A capture that is `_` says nothing where the capture may be left out as a whole: that of an error behind `catch`, that of \
the tag in an inline prong, and from 0.16 on that of the value in any prong of a `switch`. Remove it with its bars, or with \
its comma. An `if` on an optional keeps its `|_|`, because it would be an `if` on a bool without."
    wrong "\
fn f(result: anyerror!u8) u8 {
    return result catch |_| 0;
}
"
    right "\
fn f(result: anyerror!u8) u8 {
    return result catch 0;
}
";

    "discarded-counter" "\
An input without an end such as `0..` is there to count, and its count is thrown away. Remove both the input and its `_`."
    wrong "\
fn f(items: []u8) void {
    for (items, 0..) |*item, _| {
        item.* = 0;
    }
}
"
    right "\
fn f(items: []u8) void {
    for (items) |*item| {
        item.* = 0;
    }
}
";

    "never-mutated" "\
Nothing in the function assigns to the variable, takes its address or calls a method of it. Declare it with `const`. If it is \
meant to be changed, look whether another variable is changed in its stead."
    wrong "\
fn f() u8 {
    var x: u8 = 1;
    return x;
}
"
    right "\
fn f() u8 {
    const x: u8 = 1;
    return x;
}
";

    "unreachable-code" "\
What stands before never comes to an end: it returns, breaks, continues, panics or loops without a `break`. The note shows \
where; what follows would never run. Remove it or make the jump depend on something. Operands count too: in `f(return)` \
the call never happens."
    wrong "\
fn f() u8 {
    return 1;
    g();
}
fn g() void {}
"
    right "\
fn f() u8 {
    g();
    return 1;
}
fn g() void {}
";
}
