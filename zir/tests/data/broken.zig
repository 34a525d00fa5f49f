//! Errors with and without notes, and imports, for the tests of the iterators.
const a = @import("one.zig");
const b = @import("two/three.zig");

fn first() void {
    const unused = a;
}

fn second(x: u8) u8 {
    const x = b;
    return x;
}
