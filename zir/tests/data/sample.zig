//! One of most kinds of instruction, for the tests of layout, validator and text form.
const std = @import("std");
const other = @import("other.zig");

pub const Error = error{ Low, @"not plain", High };

const big = 123456789012345678901234567890123456789012345678901234567890;
const wide: f128 = 0.1;
const short = 1.5;

pub extern "lib" fn outside(a: [*c]const u8, ...) callconv(.c) c_int;
export var exported: u32 align(8) linksection(".data") = 7;
threadlocal var local_to_thread: ?*anyopaque = null;
extern threadlocal var from_elsewhere: i128;
pub usingnamespace other;

fn Generic(comptime T: type, noalias a: *T, b: anytype) type {
    return struct {
        const Outer = T;
        x: T = a.*,
        y: @TypeOf(b, a.x) align(4),
        comptime z: u8 = 3,
        const Inner = struct { Outer, u8 };
    };
}

const Packed = packed struct(u16) { a: u7, b: bool, c: i8 };
const Plain = union { a: u8, b: []const u8 };
const Tagged = union(enum(u8)) { a: u8 align(2) = 4, b, c: void = 9 };
const Count = enum(u8) { one = 1, two, @"while", _ };
const Hidden = opaque {
    pub fn f(self: *Hidden) void {
        _ = self;
    }
};

comptime {
    @setEvalBranchQuota(2000);
    @export(&exported, .{ .name = "again" });
}

fn control(input: Error!?u32, items: []const Tagged, count: Count) Error!u32 {
    errdefer |err| std.log.err("{s}", .{@errorName(err)});
    defer {
        local_to_thread = null;
    }
    const got = (try input) orelse return error.Low;
    var sum: u32 = 0;
    outer: for (items, 0..) |item, i| {
        switch (item) {
            .a => |*p| sum +%= p.*,
            .b => continue :outer,
            .c => break :outer,
        }
        if (i > 3 and got != 2 or i == 9) sum -|= 1 else sum *= 2;
    } else {
        sum <<= 1;
    }
    var n: u32 = got;
    while (n < 10) : (n += 1) {
        if (n & 1 == 0) continue;
        sum ^= n;
    }
    sum += switch (n) {
        0, 5...9 => 1,
        10 => 2,
        inline 11, 12 => |v| v,
        else => |v| v / 2,
    };
    again: switch (count) {
        .one => continue :again .two,
        .two => {},
        _ => unreachable,
    }
    const low = input catch |err| switch (err) {
        error.Low => 1,
        else => |e| return e,
    };
    _ = low;
    return sum;
}

fn operations(a: u32, b: u32, p: *align(4:0:2) volatile u8, s: [:0]const u8) !void {
    _ = .{ a + b, a - b, a * b, a % b, a << 3, a >> 1, ~a, -%a, a ++ b, a ** 2, !(a < b) };
    _ = .{ s[1..], s[1..2], s[1..2 :0], s[0..][0..4], p.*, &s[0], s.len };
    _ = .{ @as(u8, @intCast(a)), @divExact(a, b), @min(a, b, 3), @clz(a), @sqrt(2.0) };
    _ = @addWithOverflow(a, b);
    _ = @cmpxchgStrong(u32, &exported, 1, 2, .seq_cst, .monotonic);
    _ = @atomicRmw(u32, &exported, .Add, 1, .acq_rel);
    _ = @call(.always_inline, operations, .{ a, b, p, s });
    const cast: *const u16 = @ptrCast(@alignCast(@constCast(p)));
    _ = cast;
    const parent: *Packed = @fieldParentPtr("a", p);
    _ = parent;
    _ = @Vector(4, u32);
    _ = @typeInfo(@TypeOf(a));
    _ = @Type(.{ .int = .{ .signedness = .unsigned, .bits = 3 } });
    const arr: [3:0]u8 = .{ 1, 2, 3 };
    const first, var second = arr[0..2].*;
    second = first;
    const text = "quote \" and\ttab";
    @compileLog(text, @This());
    asm volatile ("nop"
        : [out] "=r" (second),
        : [in] "r" (a),
        : "memory", "cc"
    );
    try std.io.getStdOut().writeAll(text);
    nosuspend std.debug.print("{}", .{Packed{ .a = 1, .b = true, .c = -1 }});
    const U = @unionInit(Plain, "a", 3);
    _ = U;
    if (@inComptime()) {
        @branchHint(.cold);
        @trap();
    } else @panic("x");
}

test "named" {
    const T = Generic(u8, undefined, 3);
    try std.testing.expectEqual(@as(usize, 1), @sizeOf(T));
}

test control {}

test {
    _ = comptime blk: {
        break :blk 3;
    };
}
