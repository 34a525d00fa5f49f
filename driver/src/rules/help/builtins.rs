//! Builtin functions, imports by name, `@cImport`.

super::row::rows! {
    "unknown-builtin" "\
This release has no builtin function of that name. It may be misspelled, capitals count, or it belongs to another release.\n\
`@asyncCall` and `@frameSize` are in 0.14 only, and `@memmove` is new in 0.15. 0.16 has `@Int`, `@Struct`, `@Union`, `@Enum`, \
`@Pointer`, `@Fn`, `@Tuple` and `@EnumLiteral` in place of `@Type`, which ends with 0.15. In 0.17 come `@divCeil`, \
`@backingInt`, `@fromBackingInt` and `@SpirvType`, and `@cImport`, `@cInclude`, `@cDefine` and `@cUndef` go: headers \
of C are translated by the build.\n\
None of these releases has `@setCold` (which is `@branchHint(.cold)` now), `@fence` or `@setAlignStack`."
    wrong "\
const x = @bitSizeof(u8);
"
    right "\
const x = @bitSizeOf(u8);
";

    "argument-count" "\
A builtin function has a fixed number of arguments, and this call has another; `@min`, `@max`, `@TypeOf` and `@compileLog` take \
as many as they are given, the first two at least two. Builtins that convert (`@intCast`, `@ptrCast`, `@truncate`) take the \
value alone: the type comes from where the result goes, or from `@as`."
    wrong "\
fn f(x: u16) u8 {
    return @intCast(u8, x);
}
"
    right "\
fn f(x: u16) u8 {
    return @intCast(x);
}
";

    "redundant-builtin" "\
Casts of a pointer that are inside each other are one cast, and this one is already in it. Remove one of the two."
    wrong "\
fn f(p: *anyopaque) *u8 {
    return @ptrCast(@alignCast(@ptrCast(p)));
}
"
    right "\
fn f(p: *anyopaque) *u8 {
    return @ptrCast(@alignCast(p));
}
";

    "result-type-unknown" "\
The builtin function turns its argument into the type that is wanted where its result goes, and nothing there says which \
that is. Give the constant a type, or write `@as(T, ..)` around the call. The parts of a destructuring have no type in common, so there \
each value needs its own."
    wrong "\
fn f(x: u16) u8 {
    const low = @truncate(x);
    return low;
}
"
    right "\
fn f(x: u16) u8 {
    const low: u8 = @truncate(x);
    return low;
}
";

    "branch-hint-place" "\
`@branchHint` tells how likely the branch is that it stands in, so it comes first in one: in the body of a function, of an \
`if`, of a loop, of a prong, or of what follows `orelse`, `catch`, `and` and `or`. In a plain block there is \
nothing to choose, and behind another statement it comes too late."
    wrong "\
fn f() void {
    g();
    @branchHint(.cold);
}
fn g() void {}
"
    right "\
fn f() void {
    @branchHint(.cold);
    g();
}
fn g() void {}
";

    "import-operand" "\
What is imported has to be known before anything is evaluated: a string literal, not empty, that is the name of a module or \
the path of a file. To choose between files, import each and choose between the results."
    wrong "\
const name = \"std\";
const std = @import(name);
"
    right "\
const std = @import(\"std\");
";

    "outside-c-import" "\
Up to 0.16: `@cInclude`, `@cDefine` and `@cUndef` are lines of the C source that a `@cImport` around them makes, and there \
is none. From 0.17 on there is none of the four, and headers of C are translated by the build."
    wrong "\
fn f() void {
    @cInclude(\"stdio.h\");
}
"
    right "\
const c = @cImport({
    @cInclude(\"stdio.h\");
});
";

    "nested-c-import" "\
Up to 0.16: a `@cImport` makes one C source of what stands in it, and there cannot be another in it. Include what both need \
in one, or give each a declaration of its own."
    wrong "\
const c = @cImport({
    @cInclude(\"a.h\");
    _ = @cImport(@cInclude(\"b.h\"));
});
"
    right "\
const c = @cImport({
    @cInclude(\"a.h\");
    @cInclude(\"b.h\");
});
";
}
