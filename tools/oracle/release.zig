//! What the releases of Zig disagree on, said once: each of oracle.zig and bench.zig is one source for all of them.
//!
//! Standard libraries differ most in how files, streams and clocks are reached, so those are system calls here, which
//! all of them have. Linux only.

const std = @import("std");
const Allocator = std.mem.Allocator;
const Ast = std.zig.Ast;
const linux = std.os.linux;

/// The program's arguments, its name first.
pub const Args = []const [*:0]const u8;

/// Has the `main` of a program that is `run`.
pub fn Program(comptime run: fn (args: Args) anyerror!void) type {
    return if (@hasDecl(std.process, "Init")) struct {
        pub fn main(init: std.process.Init.Minimal) !void {
            return run(init.args.vector);
        }
    } else struct {
        pub fn main() !void {
            return run(std.os.argv);
        }
    };
}

pub fn parse(gpa: Allocator, source: [:0]const u8, mode: Ast.Mode) !Ast {
    return Ast.parse(gpa, source, if (@hasDecl(Ast, "ParseOptions")) .{ .mode = mode } else mode);
}

/// The formatted text of a tree without errors.
pub fn render(gpa: Allocator, tree: *const Ast) ![]const u8 {
    return if (@hasDecl(Ast, "renderAlloc")) tree.renderAlloc(gpa) else tree.render(gpa);
}

/// The message of an error.
pub fn errorMessage(gpa: Allocator, tree: *const Ast, err: Ast.Error) ![]const u8 {
    if (comptime hasNewWriters()) {
        var message: std.Io.Writer.Allocating = .init(gpa);
        try tree.renderError(err, &message.writer);
        return message.written();
    }
    var message: std.ArrayListUnmanaged(u8) = .empty;
    try tree.renderError(err, message.writer(gpa));
    return message.items;
}

fn hasNewWriters() bool {
    return @hasDecl(std, "Io") and @hasDecl(std.Io, "Writer");
}

/// What a system call gave.
pub fn done(result: usize) !usize {
    return if (@as(isize, @bitCast(result)) < 0) error.SystemCall else result;
}

/// Fresh memory of the process that is only there where it is touched.
pub fn reserve(len: usize) ![]align(std.heap.page_size_min) u8 {
    const flags: linux.MAP = .{ .TYPE = .PRIVATE, .ANONYMOUS = true, .NORESERVE = true };
    const start = try done(linux.mmap(
        null,
        len,
        if (@hasDecl(linux.PROT, "READ")) linux.PROT.READ | linux.PROT.WRITE else .{ .READ = true, .WRITE = true },
        flags,
        -1,
        0,
    ));
    return @as([*]align(std.heap.page_size_min) u8, @ptrFromInt(start))[0..len];
}

const PathBuffer = [4096]u8;

fn terminate(buffer: *PathBuffer, path: []const u8) ![*:0]const u8 {
    if (path.len >= buffer.len) return error.NameTooLong;
    @memcpy(buffer[0..path.len], path);
    buffer[path.len] = 0;
    return buffer[0..path.len :0];
}

/// Opens a file for reading.
pub fn open(path: []const u8) !i32 {
    var buffer: PathBuffer = undefined;
    return @intCast(try done(linux.open(try terminate(&buffer, path), .{ .CLOEXEC = true }, 0)));
}

pub fn close(fd: i32) void {
    _ = linux.close(fd);
}

/// Fills the buffer, and less of it only where the file ends. How much was read.
pub fn readFull(fd: i32, buffer: []u8) !usize {
    var len: usize = 0;
    while (len < buffer.len) {
        const n = try done(linux.read(fd, buffer[len..].ptr, buffer.len - len));
        if (n == 0) break;
        len += n;
    }
    return len;
}

/// The rest of an open file that is so long.
pub fn readSource(gpa: Allocator, fd: i32, size: usize) ![:0]u8 {
    const source = try gpa.allocSentinel(u8, size, 0);
    errdefer gpa.free(source);
    if (try readFull(fd, source) != size) return error.UnexpectedEndOfFile;
    return source;
}

pub fn readFile(gpa: Allocator, path: []const u8) ![:0]u8 {
    const fd = try open(path);
    defer close(fd);
    const size = try done(linux.lseek(fd, 0, linux.SEEK.END));
    _ = try done(linux.lseek(fd, 0, linux.SEEK.SET));
    return readSource(gpa, fd, size);
}

pub fn writeAll(fd: i32, bytes: []const u8) !void {
    var rest = bytes;
    while (rest.len != 0) rest = rest[try done(linux.write(fd, rest.ptr, rest.len))..];
}

/// Makes a file of bytes; an older one is gone.
pub fn writeFile(path: []const u8, bytes: []const u8) !void {
    var buffer: PathBuffer = undefined;
    const options: linux.O = .{ .ACCMODE = .WRONLY, .CREAT = true, .TRUNC = true, .CLOEXEC = true };
    const fd: i32 = @intCast(try done(linux.open(try terminate(&buffer, path), options, 0o644)));
    defer close(fd);
    try writeAll(fd, bytes);
}

/// Makes a directory, unless it is there.
pub fn makeDir(path: []const u8) !void {
    var buffer: PathBuffer = undefined;
    const result: isize = @bitCast(linux.mkdir(try terminate(&buffer, path), 0o755));
    if (result < 0 and result != -17) return error.SystemCall; // EEXIST
}

/// What tells that a file is another one or was written to.
pub const Stat = struct { inode: u64, size: u64, mtime: i128 };

pub fn stat(fd: i32) !Stat {
    var found: linux.Statx = undefined;
    const empty_path = 0x1000;
    const basic_stats = 0x7ff;
    const mask: if (@hasDecl(linux, "STATX") and @typeInfo(linux.STATX) == .@"struct") linux.STATX else u32 =
        @bitCast(@as(u32, basic_stats));
    _ = try done(linux.statx(fd, "", empty_path, mask, &found));
    return .{
        .inode = found.ino,
        .size = found.size,
        .mtime = @as(i128, found.mtime.sec) * std.time.ns_per_s + found.mtime.nsec,
    };
}

/// Opens a directory.
pub fn openDir(path: []const u8) !i32 {
    var buffer: PathBuffer = undefined;
    const options: linux.O = .{ .DIRECTORY = true, .CLOEXEC = true };
    return @intCast(try done(linux.open(try terminate(&buffer, path), options, 0)));
}

/// Opens a file of a directory for reading and writing; it is made if it is not there.
pub fn openEntry(dir: i32, name: []const u8) !i32 {
    var buffer: PathBuffer = undefined;
    const options: linux.O = .{ .ACCMODE = .RDWR, .CREAT = true, .CLOEXEC = true };
    return @intCast(try done(linux.openat(dir, try terminate(&buffer, name), options, 0o666)));
}

pub const Lock = enum(i32) { shared = 1, exclusive = 2, none = 8 };

pub fn setLock(fd: i32, lock: Lock) !void {
    _ = try done(linux.flock(fd, @intFromEnum(lock)));
}

/// What is left of vectors when so many bytes are done; the first of it has some.
fn behind(vectors: anytype, bytes: usize) @TypeOf(vectors) {
    var rest = vectors;
    var n = bytes;
    while (rest.len != 0 and n >= rest[0].len) {
        n -= rest[0].len;
        rest = rest[1..];
    }
    if (n != 0) {
        rest[0].base += n;
        rest[0].len -= n;
    }
    return rest;
}

/// Gives empty vectors an address, which slices need not have and some kernels look at. So does the standard library.
fn addressEmpty(vectors: anytype) void {
    for (vectors) |*vector| {
        if (vector.len == 0) vector.base = @ptrCast(vectors.ptr);
    }
}

/// Fills the vectors. Whether the file was long enough.
pub fn readVectors(fd: i32, vectors: []std.posix.iovec) !bool {
    addressEmpty(vectors);
    var rest = vectors;
    while (true) {
        rest = behind(rest, 0);
        if (rest.len == 0) return true;
        const n = try done(linux.readv(fd, rest.ptr, rest.len));
        if (n == 0) return false;
        rest = behind(rest, n);
    }
}

/// Whether this release empties a cache entry before it writes it, and does not cut it to its length afterwards.
const empties_first = !@hasDecl(std.process, "Init");

/// Before an entry that is open is written anew.
pub fn emptyEntry(fd: i32) !void {
    if (empties_first) _ = try done(linux.ftruncate(fd, 0));
    _ = try done(linux.lseek(fd, 0, linux.SEEK.SET));
}

/// Writes all of an entry that `emptyEntry` was called for.
pub fn writeEntry(fd: i32, vectors: []std.posix.iovec_const) !void {
    addressEmpty(vectors);
    var len: usize = 0;
    for (vectors) |vector| len += vector.len;
    var rest = vectors;
    while (true) {
        rest = behind(rest, 0);
        if (rest.len == 0) break;
        rest = behind(rest, try done(linux.writev(fd, rest.ptr, rest.len)));
    }
    if (!empties_first) _ = try done(linux.ftruncate(fd, @intCast(len)));
}

/// Writes a line of at most 512 bytes to standard output.
pub fn print(comptime format: []const u8, values: anytype) !void {
    var buffer: [512]u8 = undefined;
    try writeAll(1, try std.fmt.bufPrint(&buffer, format, values));
}

/// Nanoseconds of a clock that only goes forward.
pub fn now() u64 {
    var time: linux.timespec = undefined;
    // The library's function does not link in 0.15.1. 1 is the clock that only goes forward.
    _ = linux.syscall2(.clock_gettime, 1, @intFromPtr(&time));
    return @as(u64, @intCast(time.sec)) * std.time.ns_per_s + @as(u64, @intCast(time.nsec));
}

/// Measures stretches of time that follow each other.
pub const Timer = struct {
    since: u64,

    pub fn start() Timer {
        return .{ .since = now() };
    }

    /// What has gone by since the start or the last lap.
    pub fn lap(timer: *Timer) u64 {
        const time = now();
        defer timer.since = time;
        return time - timer.since;
    }
};
