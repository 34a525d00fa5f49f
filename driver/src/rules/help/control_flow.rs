//! Jumps, loops, labels, `defer`, `suspend`.

super::row::rows! {
    "break-outside-loop" "\
A `break` without a label leaves the loop around it, and there is none; the body of a function inside of a loop is outside of \
it. To leave a block, label it and write `break :label`; to leave the function, `return`."
    wrong "\
fn f(yes: bool) void {
    if (yes) break;
}
"
    right "\
fn f(yes: bool) void {
    if (yes) return;
}
";

    "continue-outside-loop" "\
`continue` goes on with the next round of a loop, or with another prong of a labelled `switch`, and there is none around it. \
From 0.16 on it is also told of a `continue` with the label of a block; before, that label counted as not found."
    wrong "\
fn f(yes: bool) void {
    if (yes) continue;
}
"
    right "\
fn f(yes: bool) void {
    while (true) {
        if (yes) continue;
        break;
    }
}
";

    "continue-operand" "\
`continue :label value` goes on in a labelled `switch` with that value; the `switch` cannot do without it, and a loop has no \
use for it."
    wrong "\
fn f(n: u8) void {
    again: switch (n) {
        0 => {},
        else => continue :again,
    }
}
"
    right "\
fn f(n: u8) void {
    again: switch (n) {
        0 => {},
        else => continue :again n - 1,
    }
}
";

    "jump-out-of-defer" "\
What is deferred runs while its block is being left, and it cannot change where that leads: no `return`, no `try`, and no `break` \
or `continue` of a loop around it. Handle an error there with `catch`. Loops and blocks inside of the `defer` can be left."
    wrong "\
fn f() !void {
    defer try close();
}
fn close() !void {
    return error.Failed;
}
"
    right "\
fn f() !void {
    defer close() catch {};
}
fn close() !void {
    return error.Failed;
}
";

    "undeclared-label" "\
No block, loop or `switch` around this jump has that label. A label stands before what it names, and only what is inside can \
jump to it; a function inside of it cannot."
    wrong "\
fn f() void {
    while (true) {
        break :outer;
    }
}
"
    right "\
fn f() void {
    outer: while (true) {
        break :outer;
    }
}
";

    "redefined-label" "\
Something around has the same label, so that a jump would not tell where it leads. Rename one of the two. Labels that are \
not inside of each other may be alike."
    wrong "\
fn f() void {
    loop: while (true) {
        loop: while (true) {
            break :loop;
        }
        break :loop;
    }
}
"
    right "\
fn f() void {
    outer: while (true) {
        inner: while (true) {
            break :inner;
        }
        break :outer;
    }
}
";

    "for-captures" "\
A `for` has one capture for each input, in the same order; `_` takes the place of what is not used. One input at least has an \
end, since a range such as `0..` has none, and ranges are captured by value, never as `|*i|`."
    wrong "\
fn f(items: []const u8) usize {
    var sum: usize = 0;
    for (items, 0..) |item| {
        sum += item;
    }
    return sum;
}
"
    right "\
fn f(items: []const u8) usize {
    var sum: usize = 0;
    for (items, 0..) |item, i| {
        sum += item * i;
    }
    return sum;
}
";

    "suspend" "\
Inside of `suspend` nothing can be suspended again, and inside of `nosuspend` nothing at all; a `nosuspend` in \
another one changes nothing. The note shows the outer one. `await` is told here in 0.14 only, as later releases have no such \
keyword."
    wrong "\
fn f() void {
    nosuspend {
        nosuspend {}
    }
}
"
    right "\
fn f() void {
    nosuspend {}
}
";

    "capture-modifier" "\
The asterisk in `|*x|` captures a pointer, so that the value can be changed in its place. A value that is thrown away (`|*_|`) \
needs none, and errors are captured by value only. Up to 0.15 a second capture, that of the tag, is refused here where the \
prong is not `inline`; from 0.16 on it is refused where errors are switched on."
    wrong "\
fn f(maybe: ?u8) bool {
    if (maybe) |*_| return true;
    return false;
}
"
    right "\
fn f(maybe: ?u8) bool {
    if (maybe) |_| return true;
    return false;
}
";
}
