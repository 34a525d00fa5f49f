//! Prints what the reference compiler says about the layout of ZIR, whatever its release:
//! `zig run -O ReleaseFast layout.zig 2> layout-0.16.txt` (with safety checks a union has a tag as well).
const std = @import("std");
const Zir = std.zig.Zir;
const Inst = Zir.Inst;
const print = std.debug.print;

/// A member of a struct, union or enum.
const Member = struct { name: []const u8, type: type = void, value: comptime_int = 0 };

/// What `@typeInfo` says of members, in both its forms: from 0.17 on a list for each property.
fn membersOf(comptime T: type) []const Member {
    const info = switch (@typeInfo(T)) {
        inline .@"struct", .@"union", .@"enum" => |info| info,
        else => unreachable,
    };
    const is_enum = @typeInfo(T) == .@"enum";
    var members: []const Member = &.{};
    if (@hasField(@TypeOf(info), "fields")) {
        for (info.fields) |f| members = members ++ .{
            if (is_enum) Member{ .name = f.name, .value = f.value } else Member{ .name = f.name, .type = f.type },
        };
    } else for (info.field_names, 0..) |name, n| members = members ++ .{
        if (is_enum) Member{ .name = name, .value = info.field_values[n] } else Member{ .name = name, .type = info.field_types[n] },
    };
    return members;
}

fn declsOf(comptime T: type) []const []const u8 {
    const info = @typeInfo(T).@"struct";
    if (@hasField(@TypeOf(info), "decl_names")) {
        var names: []const []const u8 = &.{};
        for (info.decl_names) |name| names = names ++ .{@as([]const u8, name)};
        return names;
    }
    var names: []const []const u8 = &.{};
    for (info.decls) |decl| names = names ++ .{@as([]const u8, decl.name)};
    return names;
}

/// The name of a type. Types without one are numbered in an order that means nothing.
fn nameOf(comptime T: type) []const u8 {
    return if (std.mem.indexOf(u8, @typeName(T), "__") != null) "anonymous" else @typeName(T);
}

fn printPacked(comptime name: []const u8, comptime T: type) void {
    print("PACKED {s} bits={d}\n", .{ name, @bitSizeOf(T) });
    inline for (comptime membersOf(T)) |f| {
        print("  {s} @{d} :{d} {s}\n", .{ f.name, @bitOffsetOf(T, f.name), @bitSizeOf(f.type), comptime nameOf(f.type) });
    }
}

fn printEnum(comptime name: []const u8, comptime T: type) void {
    print("ENUM {s}\n", .{name});
    inline for (comptime membersOf(T)) |f| print("  {s} = {d}\n", .{ f.name, f.value });
}

/// All types that are declared in a struct, with what is declared in those.
fn printTypes(comptime prefix: []const u8, comptime T: type) void {
    inline for (comptime declsOf(T)) |decl_name| {
        const decl = @field(T, decl_name);
        if (@TypeOf(decl) != type) continue;
        const name = prefix ++ decl_name;
        switch (@typeInfo(decl)) {
            .@"struct" => |info| {
                if (info.layout == .@"packed") {
                    printPacked(name, decl);
                } else {
                    print("PAYLOAD {s}\n", .{name});
                    inline for (comptime membersOf(decl)) |f| print("  {s}: {s}\n", .{ f.name, comptime nameOf(f.type) });
                }
                printTypes(name ++ ".", decl);
            },
            // The three big ones have lines of their own.
            .@"enum" => if (decl != Inst.Tag and decl != Inst.Extended and decl != Inst.Ref) printEnum(name, decl),
            else => {},
        }
    }
}

pub fn main() void {
    @setEvalBranchQuota(100000);
    inline for (comptime membersOf(Inst.Data)) |kind| {
        print("DATA {s} size={d}\n", .{ kind.name, @sizeOf(kind.type) });
        if (@typeInfo(kind.type) == .@"struct") inline for (comptime membersOf(kind.type)) |f| {
            print("  {s} @{d} size={d} {s}\n", .{ f.name, @offsetOf(kind.type, f.name), @sizeOf(f.type), comptime nameOf(f.type) });
        };
    }
    print("sizeof Data {d}\n", .{@sizeOf(Inst.Data)});
    inline for (comptime membersOf(Inst.Tag)) |f| {
        const tag: Inst.Tag = @enumFromInt(f.value);
        const data: Inst.Data = .{ .extended = .{ .opcode = .struct_decl, .small = 0, .operand = 0 } };
        print("TAG {d} {s} {s} {} {}\n", .{ f.value, f.name, @tagName(Inst.Tag.data_tags[f.value]), tag.isNoReturn(), tag.isAlwaysVoid(data) });
    }
    inline for (comptime membersOf(Inst.Extended)) |f| {
        const data: Inst.Data = .{ .extended = .{ .opcode = @enumFromInt(f.value), .small = 0, .operand = 0 } };
        print("EXT {d} {s} {}\n", .{ f.value, f.name, Inst.Tag.extended.isAlwaysVoid(data) });
    }
    inline for (comptime membersOf(Inst.Ref)) |f| print("REF {d} {s}\n", .{ f.value, f.name });
    printTypes("", Inst);
    printPacked("ptr_type.flags", @FieldType(@FieldType(Inst.Data, "ptr_type"), "flags"));
    printEnum("Capture.tag", @FieldType(Inst.Capture, "tag"));
    if (@hasField(Inst.SwitchBlock.Bits, "special_prongs")) printEnum("SpecialProngs", @FieldType(Inst.SwitchBlock.Bits, "special_prongs"));
    printEnum("SimpleComptimeReason", std.zig.SimpleComptimeReason);
    printEnum("ContainerLayout", std.builtin.Type.ContainerLayout);
    printEnum("Signedness", std.builtin.Signedness);
    printEnum("PointerSize", std.builtin.Type.Pointer.Size);
    printEnum("CallModifier", std.builtin.CallModifier);
    const Id = Inst.Declaration.Flags.Id;
    inline for (comptime membersOf(Id)) |f| {
        const id: Id = @enumFromInt(f.value);
        print("DECLID {d} {s} name={} lib={} type={} value={} special={} {s} {s} pub={} tl={}\n", .{
            f.value,             f.name,            id.hasName(),          id.hasLibName(),
            id.hasTypeBody(),    id.hasValueBody(), id.hasSpecialBodies(), @tagName(id.linkage()),
            @tagName(id.kind()), id.isPub(),        id.isThreadlocal(),
        });
    }
    print("Header {d}\n", .{@sizeOf(Zir.Header)});
    inline for (comptime membersOf(Zir.Header)) |f| print("  {s} @{d}\n", .{ f.name, @offsetOf(Zir.Header, f.name) });
}
