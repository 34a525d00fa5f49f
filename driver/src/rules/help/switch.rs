//! `switch` and its prongs.

super::row::rows! {
    "switch-several-else" "\
A `switch` has one `else` at most, and one `_`, which stands for the values of an enum without names. Put what they do into one \
prong. In 0.14 a switch has one of both; from 0.15 on `_` may stand beside `else`, and in a prong with other items."
    wrong "\
fn f(x: u8) u8 {
    return switch (x) {
        0 => 1,
        else => 2,
        else => 3,
    };
}
"
    right "\
fn f(x: u8) u8 {
    return switch (x) {
        0 => 1,
        else => 2,
    };
}
";

    "switch-underscore" "\
`_` stands for the values of an enum that is not exhaustive and that have no name. Errors all have names, so there `else` is \
meant; and an `inline` prong has to know each of its values."
    wrong "\
fn f(result: anyerror!u8) u8 {
    return result catch |err| switch (err) {
        error.Empty => 0,
        _ => 1,
    };
}
"
    right "\
fn f(result: anyerror!u8) u8 {
    return result catch |err| switch (err) {
        error.Empty => 0,
        else => 1,
    };
}
";

    "switch-on-string" "\
A string is a pointer to bytes, and a `switch` would compare where it is, not what it says. Compare with `std.mem.eql` in a chain \
of `if`, or turn the text into an enum (`std.meta.stringToEnum`) and switch on that."
    wrong "\
fn f(name: []const u8) u8 {
    return switch (name) {
        \"one\" => 1,
        else => 0,
    };
}
"
    right "\
const std = @import(\"std\");
fn f(name: []const u8) u8 {
    if (std.mem.eql(u8, name, \"one\")) return 1;
    return 0;
}
";
}
