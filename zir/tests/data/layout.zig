//! Prints what the reference compiler says about the layout of ZIR: `zig run layout.zig 2> layout.txt`.
const std = @import("std");
const Zir = std.zig.Zir;
const Inst = Zir.Inst;
fn packedInfo(comptime name: []const u8, comptime T: type) void {
    std.debug.print("PACKED {s} bits={d}\n", .{ name, @bitSizeOf(T) });
    inline for (@typeInfo(T).@"struct".fields) |f| {
        std.debug.print("  {s} @{d} :{d} {s}\n", .{ f.name, @bitOffsetOf(T, f.name), @bitSizeOf(f.type), @typeName(f.type) });
    }
}
fn enumInfo(comptime name: []const u8, comptime T: type) void {
    std.debug.print("ENUM {s}\n", .{name});
    inline for (@typeInfo(T).@"enum".fields) |f| std.debug.print("  {s} = {d}\n", .{ f.name, f.value });
}
pub fn main() void {
    @setEvalBranchQuota(100000);
    inline for (@typeInfo(Inst.Data).@"union".fields) |uf| {
        std.debug.print("DATA {s} size={d}\n", .{ uf.name, @sizeOf(uf.type) });
        switch (@typeInfo(uf.type)) {
            .@"struct" => |s| inline for (s.fields) |f| {
                std.debug.print("  {s} @{d} size={d} {s}\n", .{ f.name, @offsetOf(uf.type, f.name), @sizeOf(f.type), @typeName(f.type) });
            },
            else => {},
        }
    }
    std.debug.print("sizeof Data {d}\n", .{@sizeOf(Inst.Data)});
    inline for (@typeInfo(Inst.Tag).@"enum".fields) |f| {
        const t: Inst.Tag = @enumFromInt(f.value);
        const d: Inst.Data = .{ .extended = .{ .opcode = .struct_decl, .small = 0, .operand = 0 } };
        std.debug.print("TAG {d} {s} {s} {} {}\n", .{ f.value, f.name, @tagName(Inst.Tag.data_tags[f.value]), t.isNoReturn(), t.isAlwaysVoid(d) });
    }
    inline for (@typeInfo(Inst.Extended).@"enum".fields) |f| {
        const t: Inst.Extended = @enumFromInt(f.value);
        const d: Inst.Data = .{ .extended = .{ .opcode = t, .small = 0, .operand = 0 } };
        std.debug.print("EXT {d} {s} {}\n", .{ f.value, f.name, Inst.Tag.extended.isAlwaysVoid(d) });
    }
    inline for (@typeInfo(Inst.Ref).@"enum".fields) |f| std.debug.print("REF {d} {s}\n", .{ f.value, f.name });
    packedInfo("StructDecl.Small", Inst.StructDecl.Small);
    packedInfo("UnionDecl.Small", Inst.UnionDecl.Small);
    packedInfo("EnumDecl.Small", Inst.EnumDecl.Small);
    packedInfo("OpaqueDecl.Small", Inst.OpaqueDecl.Small);
    packedInfo("AllocExtended.Small", Inst.AllocExtended.Small);
    packedInfo("Call.Flags", Inst.Call.Flags);
    packedInfo("BuiltinCall.Flags", Inst.BuiltinCall.Flags);
    packedInfo("SwitchBlock.Bits", Inst.SwitchBlock.Bits);
    packedInfo("ProngInfo", Inst.SwitchBlock.ProngInfo);
    packedInfo("SwitchBlockErrUnion.Bits", Inst.SwitchBlockErrUnion.Bits);
    packedInfo("FuncFancy.Bits", Inst.FuncFancy.Bits);
    packedInfo("Param.Type", Inst.Param.Type);
    packedInfo("Func.RetTy", Inst.Func.RetTy);
    packedInfo("Declaration.Flags", Inst.Declaration.Flags);
    packedInfo("Capture", Inst.Capture);
    packedInfo("FullPtrCastFlags", Inst.FullPtrCastFlags);
    packedInfo("ptr_type.flags", @TypeOf(@as(Inst.Data, undefined).ptr_type.flags));
    enumInfo("NameStrategy", Inst.NameStrategy);
    enumInfo("BuiltinValue", Inst.BuiltinValue);
    enumInfo("InplaceOp", Inst.InplaceOp);
    enumInfo("ContainerLayout", std.builtin.Type.ContainerLayout);
    enumInfo("SimpleComptimeReason", std.zig.SimpleComptimeReason);
    enumInfo("Signedness", std.builtin.Signedness);
    enumInfo("PointerSize", std.builtin.Type.Pointer.Size);
    enumInfo("CallModifier", std.builtin.CallModifier);
    enumInfo("ProngCapture", Inst.SwitchBlock.ProngInfo.Capture);
    enumInfo("CaptureTag", @TypeOf(@as(Inst.Capture, undefined).tag));
    inline for (@typeInfo(Inst.Declaration.Flags.Id).@"enum".fields) |f| {
        const id: Inst.Declaration.Flags.Id = @enumFromInt(f.value);
        std.debug.print("DECLID {d} {s} name={} lib={} type={} value={} special={} {s} {s} pub={} tl={}\n", .{ f.value, f.name, id.hasName(), id.hasLibName(), id.hasTypeBody(), id.hasValueBody(), id.hasSpecialBodies(), @tagName(id.linkage()), @tagName(id.kind()), id.isPub(), id.isThreadlocal() });
    }
    inline for (@typeInfo(Inst).@"struct".decls) |dcl| {
        const v = @field(Inst, dcl.name);
        if (@TypeOf(v) == type) {
            if (@typeInfo(v) == .@"struct" and @typeInfo(v).@"struct".layout == .auto) {
                std.debug.print("PAYLOAD {s}\n", .{dcl.name});
                inline for (@typeInfo(v).@"struct".fields) |f| std.debug.print("  {s}: {s}\n", .{ f.name, @typeName(f.type) });
            }
        }
    }
    std.debug.print("Header {d}\n", .{@sizeOf(Zir.Header)});
    inline for (@typeInfo(Zir.Header).@"struct".fields) |f| std.debug.print("  {s} @{d}\n", .{ f.name, @offsetOf(Zir.Header, f.name) });
}
