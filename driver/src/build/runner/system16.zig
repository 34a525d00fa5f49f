//! How a process reaches its surroundings in 0.16.

const std = @import("std");
const Build = std.Build;
const Io = std.Io;

const System = @This();

io: Io,
arena: std.mem.Allocator,
args: []const [:0]const u8,
environment: std.process.Environ.Map,
/// Absolute.
current_dir: []const u8,

pub fn main(init: std.process.Init.Minimal) !void {
    // The process is short: all is freed when it ends.
    var arena_instance: std.heap.ArenaAllocator = .init(std.heap.page_allocator);
    const arena = arena_instance.allocator();
    var threaded: Io.Threaded = .init(std.heap.page_allocator, .{
        .environ = init.environ,
        .argv0 = .init(init.args),
    });
    defer threaded.deinit();
    const io = threaded.io();
    var system: System = .{
        .io = io,
        .arena = arena,
        .args = try init.args.toSlice(arena),
        .environment = try init.environ.createMap(arena),
        .current_dir = try std.process.currentPathAlloc(io, arena),
    };
    return @import("root").run(&system);
}

/// The value of an environment variable, which the build does not see.
pub fn takeVariable(system: *System, name: []const u8) ?[]const u8 {
    const value = system.environment.get(name) orelse return null;
    const copy = system.arena.dupe(u8, value) catch @panic("OOM");
    _ = system.environment.swapRemove(name);
    return copy;
}

pub fn cwd() Io.Dir {
    return .cwd();
}

pub fn openDir(system: *System, path: []const u8) !Io.Dir {
    return cwd().openDir(system.io, path, .{});
}

pub fn makeDir(system: *System, path: []const u8) !Io.Dir {
    return cwd().createDirPathOpen(system.io, path, .{});
}

/// A graph without what the arguments say.
pub fn graph(system: *System, local_cache: Io.Dir) !Build.Graph {
    return .{
        .io = system.io,
        .arena = system.arena,
        .cache = .{
            .io = system.io,
            .gpa = std.heap.page_allocator,
            .manifest_dir = try local_cache.createDirPathOpen(system.io, "h", .{}),
            .cwd = system.current_dir,
        },
        .zig_exe = undefined,
        .environ_map = system.environment,
        .global_cache_root = undefined,
        .zig_lib_directory = undefined,
        .host = .{ .query = .{}, .result = try std.zig.system.resolveTargetQuery(system.io, .{}) },
        .time_report = false,
    };
}

/// Tells the build whether to use colors.
pub fn tellColor(system: *System, of: *Build.Graph, color: std.zig.Color) !void {
    const no_color = std.zig.EnvVar.NO_COLOR.isSet(&of.environ_map);
    const force = std.zig.EnvVar.CLICOLOR_FORCE.isSet(&of.environ_map);
    of.stderr_mode = switch (color) {
        .auto => try .detect(system.io, .stderr(), no_color, force),
        .on => .escape_codes,
        .off => .no_color,
    };
}

/// Writes a file under a new name and gives it its own.
pub fn replaceFile(system: *System, path: []const u8, new_path: []const u8, text: []const u8) !void {
    errdefer cwd().deleteFile(system.io, new_path) catch {};
    try cwd().writeFile(system.io, .{ .sub_path = new_path, .data = text });
    try cwd().rename(new_path, cwd(), path, system.io);
}
