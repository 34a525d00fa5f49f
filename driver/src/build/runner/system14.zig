//! How a process reaches its surroundings in 0.14 and 0.15.

const std = @import("std");
const Build = std.Build;

const System = @This();

arena: std.mem.Allocator,
args: []const [:0]const u8,
environment: std.process.EnvMap,
/// Absolute.
current_dir: []const u8,

pub fn main() !void {
    // The process is short: all is freed when it ends. A build may use threads.
    var arena_instance = std.heap.ArenaAllocator.init(std.heap.page_allocator);
    var safe: std.heap.ThreadSafeAllocator = .{ .child_allocator = arena_instance.allocator() };
    const arena = safe.allocator();
    var system: System = .{
        .arena = arena,
        .args = try std.process.argsAlloc(arena),
        .environment = try std.process.getEnvMap(arena),
        .current_dir = try std.process.getCwdAlloc(arena),
    };
    return @import("root").run(&system);
}

/// The value of an environment variable, which the build does not see.
pub fn takeVariable(system: *System, name: []const u8) ?[]const u8 {
    const value = system.environment.get(name) orelse return null;
    const copy = system.arena.dupe(u8, value) catch @panic("OOM");
    system.environment.remove(name);
    return copy;
}

pub fn cwd() std.fs.Dir {
    return std.fs.cwd();
}

pub fn openDir(_: *System, path: []const u8) !std.fs.Dir {
    return cwd().openDir(path, .{});
}

pub fn makeDir(_: *System, path: []const u8) !std.fs.Dir {
    return cwd().makeOpenPath(path, .{});
}

/// A graph without what the arguments say.
pub fn graph(system: *System, local_cache: std.fs.Dir) !Build.Graph {
    var result: Build.Graph = undefined;
    inline for (@typeInfo(Build.Graph).@"struct".fields) |field| {
        if (comptime field.defaultValue()) |value| @field(result, field.name) = value;
    }
    if (@hasField(Build.Graph, "time_report")) result.time_report = false;
    result.arena = system.arena;
    result.cache = .{ .gpa = system.arena, .manifest_dir = try local_cache.makeOpenPath("h", .{}) };
    result.env_map = system.environment;
    result.host = .{ .query = .{}, .result = try std.zig.system.resolveTargetQuery(.{}) };
    return result;
}

/// Tells programs that the build starts whether to use colors.
pub fn tellColor(_: *System, of: *Build.Graph, color: std.zig.Color) !void {
    const stderr: std.fs.File = .{ .handle = std.posix.STDERR_FILENO };
    const colored = switch (color) {
        .auto => std.io.tty.detectConfig(stderr) == .escape_codes,
        .on => true,
        .off => false,
    };
    try of.env_map.put(if (colored) "CLICOLOR_FORCE" else "NO_COLOR", "1");
}

/// Writes a file under a new name and gives it its own.
pub fn replaceFile(_: *System, path: []const u8, new_path: []const u8, text: []const u8) !void {
    errdefer cwd().deleteFile(new_path) catch {};
    try cwd().writeFile(.{ .sub_path = new_path, .data = text });
    try cwd().rename(new_path, path);
}
