//! The map of a configured build's modules, as a ZON document.

const builtin = @import("builtin");
const std = @import("std");
const Allocator = std.mem.Allocator;
const Build = std.Build;
const Compile = Build.Step.Compile;
const LazyPath = Build.LazyPath;
const Module = Build.Module;
const Step = Build.Step;

/// The version of the document's layout.
const version = 1;

const Program = struct {
    kind: []const u8,
    name: []const u8,
    step: []const u8,
    package: []const u8,
    module: *Module,
    /// Absolute.
    test_runner: ?[]const u8 = null,
};

/// The document. Relative paths of the build begin at `current_dir`, which is absolute.
pub fn write(b: *Build, current_dir: []const u8) ![]const u8 {
    var map: Map = .{ .arena = b.graph.arena, .current_dir = current_dir };
    for (b.top_level_steps.values()) |top| try map.addSteps(&top.step);
    try map.addOffered(b);
    for (map.programs.items) |program| try map.addModules(program.module);
    try map.writeAll(b);
    return map.text.items;
}

const Map = struct {
    arena: Allocator,
    current_dir: []const u8,
    steps: std.AutoArrayHashMapUnmanaged(*Step, void) = .empty,
    programs: std.ArrayListUnmanaged(Program) = .empty,
    modules: std.AutoArrayHashMapUnmanaged(*Module, void) = .empty,
    /// How many of `modules` have their imports among them.
    modules_seen: usize = 0,
    /// Those whose text has their paths.
    options: std.AutoArrayHashMapUnmanaged(*Step.Options, void) = .empty,
    text: std.ArrayListUnmanaged(u8) = .empty,

    /// Adds the compile steps among a step and what it depends on.
    fn addSteps(map: *Map, step: *Step) !void {
        if ((try map.steps.getOrPut(map.arena, step)).found_existing) return;
        if (step.cast(Compile)) |compile| {
            dependOnModules(compile);
            try map.programs.append(map.arena, .{
                .kind = @tagName(compile.kind),
                .name = compile.name,
                .step = step.name,
                .package = step.owner.dep_prefix,
                .module = compile.root_module,
                .test_runner = if (compile.test_runner) |runner| try map.known(runner.path) else null,
            });
        }
        for (step.dependencies.items) |dependency| try map.addSteps(dependency);
    }

    /// Adds the modules that the package offers and that are no program's root.
    fn addOffered(map: *Map, b: *Build) !void {
        next: for (b.modules.keys(), b.modules.values()) |name, module| {
            for (map.programs.items) |program| if (program.module == module) continue :next;
            try map.programs.append(map.arena, .{
                .kind = "module",
                .name = name,
                .step = "",
                .package = b.dep_prefix,
                .module = module,
            });
        }
    }

    /// Adds a module and all that can be reached from it by imports.
    fn addModules(map: *Map, root: *Module) !void {
        try map.modules.put(map.arena, root, {});
        while (map.modules_seen < map.modules.count()) : (map.modules_seen += 1) {
            const module = map.modules.keys()[map.modules_seen];
            for (module.import_table.values()) |import| try map.modules.put(map.arena, import, {});
        }
    }

    fn writeAll(map: *Map, b: *Build) !void {
        try map.print(".{{\n    .version = {d},\n    .zig = ", .{version});
        try map.string(builtin.zig_version_string);
        try map.raw(",\n    .build_root = ");
        try map.string(try map.resolve(b.build_root, "."));
        try map.raw(",\n    .modules = .{");
        for (map.modules.keys()) |module| {
            try map.raw("\n        .{\n            .root = ");
            try map.rootFile(module);
            try map.raw(",\n            .package = ");
            try map.string(module.owner.dep_prefix);
            try map.raw(",\n            .imports = .{");
            for (module.import_table.keys(), module.import_table.values()) |name, import| {
                try map.raw("\n                .{ .name = ");
                try map.string(name);
                try map.print(", .module = {d} }},", .{map.modules.getIndex(import).?});
            }
            try map.end(module.import_table.count(), 3);
            try map.raw("\n        },");
        }
        try map.end(map.modules.count(), 1);
        try map.raw("\n    .programs = .{");
        for (map.programs.items) |program| {
            try map.print("\n        .{{\n            .kind = .{s},\n            .name = ", .{
                if (std.mem.eql(u8, program.kind, "test")) "@\"test\"" else program.kind,
            });
            try map.string(program.name);
            try map.raw(",\n            .step = ");
            try map.string(program.step);
            try map.raw(",\n            .package = ");
            try map.string(program.package);
            try map.print(",\n            .module = {d},", .{map.modules.getIndex(program.module).?});
            if (program.test_runner) |path| {
                try map.raw("\n            .test_runner = ");
                try map.string(path);
                try map.raw(",");
            }
            try map.raw("\n        },");
        }
        try map.end(map.programs.items.len, 1);
        try map.raw("\n    .absent_packages = .{");
        const absent = b.graph.needed_lazy_dependencies.keys();
        for (absent) |hash| {
            try map.raw("\n        ");
            try map.string(hash);
            try map.raw(",");
        }
        try map.end(absent.len, 1);
        try map.raw("\n}\n");
    }

    /// Ends a list that has a line for each of its items.
    fn end(map: *Map, items: usize, depth: usize) !void {
        if (items != 0) try map.raw("\n");
        if (items != 0) try map.text.appendNTimes(map.arena, ' ', 4 * depth);
        try map.raw("},");
    }

    fn rootFile(map: *Map, module: *Module) !void {
        const source = module.root_source_file orelse return map.raw(".none");
        if (try map.known(source)) |path| {
            try map.raw(".{ .path = ");
            try map.string(path);
            return map.raw(" }");
        }
        const generated = source.generated;
        if (try map.foreseen(source)) |text| {
            try map.raw(".{ .text = .{ .name = ");
            const name = std.fs.path.basename(generated.sub_path);
            try map.string(if (name.len == 0) "options.zig" else name);
            try map.raw(", .text = ");
            try map.string(text);
            return map.raw(" } }");
        }
        try map.raw(".{ .generated = .{ .step = ");
        try map.string(generated.file.step.name);
        try map.raw(", .sub_path = ");
        var path: std.ArrayListUnmanaged(u8) = .empty;
        for (0..generated.up) |_| try path.appendSlice(map.arena, "../");
        try path.appendSlice(map.arena, generated.sub_path);
        try map.string(path.items);
        try map.raw(" } }");
    }

    /// The absolute path, unless a step makes the file.
    fn known(map: *Map, lazy: LazyPath) !?[]const u8 {
        return switch (lazy) {
            .src_path => |source| try map.resolve(source.owner.build_root, source.sub_path),
            .cwd_relative => |path| try std.fs.path.resolve(map.arena, &.{ map.current_dir, path }),
            .dependency => |source| try map.resolve(source.dependency.builder.build_root, source.sub_path),
            .generated => null,
        };
    }

    fn resolve(map: *Map, dir: Build.Cache.Directory, sub_path: []const u8) ![]const u8 {
        return std.fs.path.resolve(map.arena, &.{ map.current_dir, dir.path orelse ".", sub_path });
    }

    /// The text of a file that a step will write, if it is the step's only one and known already. It is not
    /// where other steps come first: they can change what will be written.
    fn foreseen(map: *Map, lazy: LazyPath) !?[]const u8 {
        const generated = lazy.generated;
        const step = generated.file.step;
        if (generated.up != 0 or step.dependencies.items.len != 0) return null;
        const text = if (step.cast(Step.Options)) |options|
            if (generated.sub_path.len == 0) try map.optionsText(options) else null
        else if (step.cast(Step.WriteFile)) |files|
            onlyText(files, generated.sub_path)
        else
            null;
        return if (std.unicode.utf8ValidateSlice(text orelse return null)) text else null;
    }

    /// What an options step will write: paths become options when it is run, behind all others.
    fn optionsText(map: *Map, options: *Step.Options) ![]const u8 {
        if (!(try map.options.getOrPut(map.arena, options)).found_existing) {
            for (options.args.items) |arg| {
                const path = arg.path.getPath2(options.step.owner, &options.step);
                options.addOption([]const u8, arg.name, path);
            }
        }
        return options.contents.items;
    }

    fn raw(map: *Map, text: []const u8) !void {
        try map.text.appendSlice(map.arena, text);
    }

    fn print(map: *Map, comptime format: []const u8, args: anytype) !void {
        try map.raw(try std.fmt.allocPrint(map.arena, format, args));
    }

    fn string(map: *Map, text: []const u8) !void {
        if (!std.unicode.utf8ValidateSlice(text)) return error.InvalidUtf8;
        const digits = "0123456789abcdef";
        try map.raw("\"");
        for (text) |byte| switch (byte) {
            '"', '\\' => try map.raw(&.{ '\\', byte }),
            ' '...'!', '#'...'[', ']'...'~' => try map.text.append(map.arena, byte),
            else => try map.raw(&.{ '\\', 'x', digits[byte >> 4], digits[byte & 15] }),
        };
        try map.raw("\"");
    }
};

fn onlyText(files: *Step.WriteFile, sub_path: []const u8) ?[]const u8 {
    if (@hasField(Step.WriteFile, "mode") and files.mode != .whole_cached) return null;
    if (files.files.items.len != 1 or files.directories.items.len != 0) return null;
    const file = files.files.items[0];
    if (!std.mem.eql(u8, file.sub_path, sub_path)) return null;
    return switch (file.contents) {
        .bytes => |bytes| bytes,
        .copy => null,
    };
}

/// Makes a compile step depend on the steps that its modules need, as is done before steps are run.
fn dependOnModules(compile: *Compile) void {
    const step = &compile.step;
    for (compile.root_module.getGraph().modules) |module| {
        if (module.root_source_file) |path| path.addStepDependencies(step);
        for (module.include_dirs.items) |include| switch (include) {
            .other_step => |other| {
                other.getEmittedIncludeTree().addStepDependencies(step);
                step.dependOn(&other.step);
            },
            .config_header_step => |header| step.dependOn(&header.step),
            inline else => |path| path.addStepDependencies(step),
        };
        for (module.lib_paths.items) |path| path.addStepDependencies(step);
        for (module.rpaths.items) |rpath| switch (rpath) {
            .lazy_path => |path| path.addStepDependencies(step),
            .special => {},
        };
        for (module.link_objects.items) |object| switch (object) {
            .static_path, .assembly_file => |path| path.addStepDependencies(step),
            .other_step => |other| step.dependOn(&other.step),
            .system_lib => {},
            .c_source_file => |source| source.file.addStepDependencies(step),
            .c_source_files => |sources| sources.root.addStepDependencies(step),
            .win32_resource_file => |resource| {
                resource.file.addStepDependencies(step);
                for (resource.include_paths) |path| path.addStepDependencies(step);
            },
        };
    }
}
