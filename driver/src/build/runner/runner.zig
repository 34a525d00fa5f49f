//! Configures a build and writes the map of its modules to the file that `ZIRC_MODULE_MAP` names. No step is
//! run, and nothing is written to standard output.

const builtin = @import("builtin");
const std = @import("std");
const Build = std.Build;

const map = @import("map.zig");
const System = if (builtin.zig_version.minor >= 16) @import("system16.zig") else @import("system14.zig");

// What std.Build looks for in the root file.
pub const root = @import("@build");
pub const dependencies = @import("@dependencies");

pub const std_options: std.Options = .{
    .side_channels_mitigations = .none,
    .http_disable_tls = true,
};

pub const main = System.main;

/// Where the map goes.
const map_variable = "ZIRC_MODULE_MAP";
/// What `zig build` gives before the user's arguments, without the program's name.
const places = .{ "zig compiler", "zig lib directory", "build root", "local cache", "global cache" };

/// All but what differs by release in how a process reaches its surroundings.
pub fn run(system: *System) !void {
    const arena = system.arena;
    const map_path = system.takeVariable(map_variable) orelse
        fail("this build runner is zirc's, and {s} does not say where the map goes", .{map_variable});

    var args: Args = .{ .rest = system.args[@min(1, system.args.len)..] };
    var place: [places.len][:0]const u8 = undefined;
    inline for (places, &place) |name, *value| {
        value.* = args.next() orelse fail("the path of the {s} is missing", .{name});
    }
    const build_root: Build.Cache.Directory = .{ .path = place[2], .handle = try system.openDir(place[2]) };
    const local_cache: Build.Cache.Directory = .{ .path = place[3], .handle = try system.makeDir(place[3]) };
    const global_cache: Build.Cache.Directory = .{ .path = place[4], .handle = try system.makeDir(place[4]) };

    const graph = try arena.create(Build.Graph);
    graph.* = try system.graph(local_cache.handle);
    graph.zig_exe = place[0];
    graph.zig_lib_directory = .{ .path = place[1], .handle = try system.openDir(place[1]) };
    graph.global_cache_root = global_cache;
    graph.cache.addPrefix(.{ .path = null, .handle = System.cwd() });
    graph.cache.addPrefix(build_root);
    graph.cache.addPrefix(local_cache);
    graph.cache.addPrefix(global_cache);
    graph.cache.hash.addBytes(builtin.zig_version_string);

    const b = try Build.create(graph, build_root, local_cache, dependencies.root_deps);
    const told = try takeOptions(b, &args);
    try system.tellColor(graph, told.color);
    b.resolveInstallPrefix(told.prefix, told.dirs);
    try b.runBuild(root);

    // A step may be needed by nothing but a module: that is seen while the map is made.
    const text = map.write(b, system.current_dir) catch |err| switch (err) {
        error.InvalidUtf8 => fail("a name or path in this build is not UTF-8", .{}),
        else => |e| return e,
    };

    // Without the absent packages an option may be unknown only because nobody could ask for it yet.
    const complete = graph.needed_lazy_dependencies.count() == 0;
    if (if (complete) b.validateUserInputDidItFail() else b.invalid_user_input) {
        std.process.fatal("  access the help menu with 'zig build -h'", .{});
    }
    if (complete) refuseUnknownSystemLibraries(b);

    const nonce = told.nonce orelse fail("-Z is missing", .{});
    const new_path = try std.fmt.allocPrint(arena, "{s}.{s}", .{ map_path, nonce });
    system.replaceFile(map_path, new_path, text) catch |err|
        fail("cannot write the map to {s}: {s}", .{ map_path, @errorName(err) });
}

const Args = struct {
    rest: []const [:0]const u8,

    fn next(args: *Args) ?[:0]const u8 {
        if (args.rest.len == 0) return null;
        defer args.rest = args.rest[1..];
        return args.rest[0];
    }

    fn value(args: *Args, option: []const u8) [:0]const u8 {
        return args.next() orelse failWithHint("expected argument after '{s}'", .{option});
    }
};

/// What the options say that is used only after all have been read.
const Told = struct {
    nonce: ?[]const u8 = null,
    prefix: ?[]const u8 = null,
    dirs: Build.DirList = .{},
    color: std.zig.Color = .auto,
};

/// Takes the options on which a configuration can depend, and refuses others.
fn takeOptions(b: *Build, args: *Args) !Told {
    const graph = b.graph;
    var told: Told = .{};
    while (args.next()) |arg| {
        if (after(arg, "-Z")) |nonce| {
            told.nonce = nonce;
        } else if (after(arg, "-D")) |option| {
            if (option.len == 0) failWithHint("expected option name after '-D'", .{});
            const refused = if (std.mem.indexOfScalar(u8, option, '=')) |end|
                try b.addUserInputOption(option[0..end], option[end + 1 ..])
            else
                try b.addUserInputFlag(option);
            if (refused) std.process.fatal("  access the help menu with 'zig build -h'", .{});
        } else if (after(arg, "-fsys=")) |name| {
            try graph.system_library_options.put(graph.arena, name, .user_enabled);
        } else if (after(arg, "-fno-sys=")) |name| {
            try graph.system_library_options.put(graph.arena, name, .user_disabled);
        } else if (is(arg, "--system")) {
            graph.system_package_mode = true;
        } else if (is(arg, "--release")) {
            b.release_mode = .any;
        } else if (after(arg, "--release=")) |mode| {
            b.release_mode = std.meta.stringToEnum(Build.ReleaseMode, mode) orelse
                failWithHint("expected [off|any|fast|safe|small] in '{s}', found '{s}'", .{ arg, mode });
        } else if (is(arg, "--search-prefix")) {
            b.addSearchPrefix(args.value(arg));
        } else if (is(arg, "--sysroot")) {
            b.sysroot = args.value(arg);
        } else if (is(arg, "--libc")) {
            b.libc_file = args.value(arg);
        } else if (is(arg, "-p") or is(arg, "--prefix")) {
            told.prefix = args.value(arg);
        } else if (is(arg, "--prefix-lib-dir")) {
            told.dirs.lib_dir = args.value(arg);
        } else if (is(arg, "--prefix-exe-dir")) {
            told.dirs.exe_dir = args.value(arg);
        } else if (is(arg, "--prefix-include-dir")) {
            told.dirs.include_dir = args.value(arg);
        } else if (is(arg, "--color")) {
            const color = args.value(arg);
            told.color = std.meta.stringToEnum(std.zig.Color, color) orelse
                failWithHint("expected [auto|on|off] after '{s}', found '{s}'", .{ arg, color });
        } else if (is(arg, "--seed")) {
            const seed = args.value(arg);
            graph.random_seed = std.fmt.parseUnsigned(u32, seed, 0) catch |err| fail(
                "unable to parse seed '{s}' as unsigned 32-bit integer: {s}",
                .{ seed, @errorName(err) },
            );
        } else if (after(arg, "-j")) |_| {
            // It is for the compiler, which has looked at it.
        } else if (is(arg, "--")) {
            b.args = if (args.rest.len == 0) null else args.rest;
            break;
        } else if (!takeEmulator(b, arg)) {
            failWithHint("unrecognized argument: '{s}'", .{arg});
        }
    }
    return told;
}

fn takeEmulator(b: *Build, arg: []const u8) bool {
    inline for (.{ "darling", "qemu", "rosetta", "wasmtime", "wine" }) |name| {
        if (is(arg, "-f" ++ name)) {
            @field(b, "enable_" ++ name) = true;
            return true;
        }
        if (is(arg, "-fno-" ++ name)) {
            @field(b, "enable_" ++ name) = false;
            return true;
        }
    }
    return false;
}

fn refuseUnknownSystemLibraries(b: *Build) void {
    const libraries = &b.graph.system_library_options;
    var unknown = false;
    for (libraries.keys(), libraries.values()) |name, mode| switch (mode) {
        .declared_disabled, .declared_enabled => {},
        .user_disabled, .user_enabled => {
            std.debug.print("system library name not recognized by build script: '{s}'\n", .{name});
            unknown = true;
        },
    };
    if (unknown) {
        std.debug.print("  access the help menu with 'zig build -h'\n", .{});
        std.process.exit(1);
    }
}

fn is(arg: []const u8, name: []const u8) bool {
    return std.mem.eql(u8, arg, name);
}

fn after(arg: [:0]const u8, start: []const u8) ?[:0]const u8 {
    return if (std.mem.startsWith(u8, arg, start)) arg[start.len..] else null;
}

fn fail(comptime message: []const u8, args: anytype) noreturn {
    std.debug.print("error: " ++ message ++ "\n", args);
    std.process.exit(1);
}

fn failWithHint(comptime message: []const u8, args: anytype) noreturn {
    std.debug.print(message ++ "\n  access the help menu with 'zig build -h'\n", args);
    std.process.exit(1);
}
