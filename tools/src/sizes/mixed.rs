//! Files that look like what people write: declarations of all kinds, comments, tests, functions with bodies.

use std::io::{self, Write};

use fixtures::Rng;

/// A piece of a file. `#` is its number, so that no two declarations of a file have one name, and `@` a small
/// random number.
const PIECES: &[&str] = &[
    "/// A list of items that grows by doubling. Items may move when one is added,\n\
     /// so pointers to them do not last.\n\
     pub const List# = struct {\n    items: []Item# = &.{},\n    capacity: usize = 0,\n    generation: u32 = @,\n\n    \
     pub fn append(self: *List#, item: Item#) !void {\n        if (self.items.len == self.capacity) {\n            \
     try self.grow(self.capacity * 2 + @);\n        }\n        self.items.len += 1;\n        \
     self.items[self.items.len - 1] = item;\n        self.generation +%= 1;\n    }\n\n    \
     fn grow(self: *List#, wanted: usize) !void {\n        if (wanted > limit#) return error.TooMany;\n        \
     var rounded: usize = 8;\n        while (rounded < wanted) rounded <<= 1;\n        self.capacity = rounded;\n    }\n};\n\n\
     pub const Item# = struct { key: u64, value: []const u8 = \"\", flags: packed struct(u8) { a: bool, b: bool, rest: u6 } };\n\
     const limit# = 0x@_0000;\n\n",
    "pub const Kind# = enum(u8) {\n    none,\n    first = @,\n    second,\n    third,\n    last = 0xff,\n\n    \
     pub fn name(kind: Kind#) []const u8 {\n        return switch (kind) {\n            .none => \"nothing at all\",\n            \
     .first, .second => \"one of two\",\n            .third => \"third of @\",\n            .last => unreachable,\n        };\n    }\n};\n\n",
    "/// Counts the words of a text. Words are what blanks separate.\n\
     fn count#(text: []const u8) usize {\n    var count: usize = 0;\n    var inside = false;\n    for (text, 0..) |c, i| {\n        \
     const blank = c == ' ' or c == '\\t' or (c == '\\n' and i != @);\n        if (blank) {\n            inside = false;\n        \
     } else if (!inside) {\n            inside = true;\n            count += 1;\n        }\n    }\n    return count;\n}\n\n",
    "const Error# = error{ OutOfMemory, NotFound#, Invalid };\n\n\
     pub fn load#(allocator: anytype, path: []const u8) Error#![]u8 {\n    // The caller frees what this returns.\n    \
     const buffer = try allocator.alloc(u8, path.len + @);\n    errdefer allocator.free(buffer);\n    \
     @memcpy(buffer[0..path.len], path);\n    var i: usize = path.len;\n    while (i < buffer.len) : (i += 1) {\n        \
     buffer[i] = switch (i & 3) {\n            0 => 'a',\n            1 => 'b' + 1,\n            else => |rest| @as(u8, @intCast(rest % @)),\n        \
     };\n    }\n    if (buffer[0] == 0) return error.NotFound#;\n    return buffer;\n}\n\n",
    "pub const table# = [_]u16{\n    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,\n    \
     @, 4129, 8258, 12387, 16516, 20645, 24774, 28903,\n    0b1010, 0o17, 1_000, 'x', @, @, @, @,\n};\n\n",
    "test \"case #\" {\n    const given = .{ .a = @, .b = \"text with \\\"quotes\\\" and \\u{1f600}\", .c = [2]f32{ 1.5, -2e3 } };\n    \
     const sum = given.a + @;\n    if (sum == 0) return error.TestUnexpectedResult;\n    _ = given.b;\n    \
     inline for (.{ u8, u16, u32 }) |T| {\n        const x: T = @truncate(@as(u64, sum));\n        if (x > @) continue;\n    }\n}\n\n",
    "const help# =\n    \\\\usage: tool [options] file#\n    \\\\\n    \\\\  -o, --output FILE   where to write to\n    \
     \\\\  -j, --jobs @        how many at a time\n    \\\\\n;\n\n",
    "pub fn Map#(comptime K: type, comptime V: type) type {\n    return struct {\n        const Self = @This();\n        \
     keys: []K,\n        values: []V,\n\n        pub fn get(self: Self, key: K) ?V {\n            \
     for (self.keys, self.values) |k, v| {\n                if (k == key) return v;\n            }\n            \
     return if (@sizeOf(V) == @) self.values[0] else null;\n        }\n    };\n}\n\n",
    "// ---------------------------------------------------------------------------\n\
     // What follows is not part of what others may rely on, and changes with # and @.\n\n\
     const Shape# = union(enum) {\n    circle: f64,\n    square: struct { side: f64 },\n    other: []const Shape#,\n\n    \
     fn area(shape: *const Shape#) f64 {\n        switch (shape.*) {\n            .circle => |r| return r * r * 3.14159,\n            \
     .square => |s| return s.side * s.side,\n            .other => |list| {\n                var sum: f64 = @;\n                \
     for (list) |*one| sum += one.area();\n                return sum;\n            },\n        }\n    }\n};\n\n",
    "export fn step#(state: *[4]u32, input: ?*const u32) callconv(.C) u32 {\n    const x = state[0] ^ (state[0] << 11);\n    \
     const y = if (input) |p| p.* else state[@ % 4];\n    state.* = .{ state[1], state[2], state[3], y ^ (y >> 19) ^ x ^ (x >> 8) };\n    \
     const z = blk: {\n        if (x == y) break :blk x;\n        defer state[0] +%= @;\n        break :blk x +% y *% 5 | 1;\n    };\n    \
     return z;\n}\n\n",
];

/// Counts what goes through it.
struct Counting<'w> {
    out: &'w mut dyn Write,
    written: usize,
}

impl Counting<'_> {
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.written += text.len();
        self.out.write_all(text.as_bytes())
    }
}

/// Writes a file of about `bytes` bytes that imports `imports` (paths) and has no errors. It is a function of
/// `seed`.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write(
    seed: u64,
    bytes: usize,
    imports: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rng = Rng::new(seed, 0);
    let mut out = Counting { out, written: 0 };
    out.text("//! One of many files. It is made up, and does nothing.\n\n")?;
    for (number, path) in imports.iter().enumerate() {
        out.text(&format!("const import_{number} = @import(\"{path}\");\n"))?;
    }
    for number in 0.. {
        let piece = PIECES[rng.below(PIECES.len())];
        // A piece more than half of which does not fit is left out.
        if number > 0 && out.written + piece.len() / 2 > bytes {
            break;
        }
        let mut rest = piece;
        while let Some(at) = rest.find(['#', '@']) {
            out.text(&rest[..at])?;
            let marked = &rest[at..];
            // A builtin's name is left as it is.
            if marked.starts_with('#') {
                out.text(&format!("_{number}"))?;
            } else if marked[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                out.text("@")?;
            } else {
                out.text(&(rng.below(900) + 100).to_string())?;
            }
            rest = &marked[1..];
        }
        out.text(rest)?;
    }
    for number in 0..imports.len() {
        out.text(&format!("comptime {{\n    _ = import_{number};\n}}\n"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_errors_in_any_release() {
        let mut text = Vec::new();
        write(
            7,
            200_000,
            &["a.zig".to_owned(), "std".to_owned()],
            &mut text,
        )
        .unwrap();
        let text = String::from_utf8(text).unwrap();
        for piece in PIECES {
            let begin = piece.split(['#', '@']).next().unwrap_or_default();
            assert!(text.contains(begin), "{begin}");
        }
        for &release in release::Release::ALL {
            let tree = syntax::Ast::parse(text.as_bytes(), syntax::Mode::Zig, release);
            let zir = astgen::generate(&tree);
            assert!(!zir.view().has_compile_errors(), "{release}");
        }
    }
}
