//! `asm`.

super::row::rows! {
    "assembly-not-volatile" "\
Assembly without an output can only be there for what else it does, and without `volatile` it might be left out. Write \
`asm volatile`."
    wrong "\
fn f() void {
    asm (\"nop\");
}
"
    right "\
fn f() void {
    asm volatile (\"nop\");
}
";

    "assembly-outputs" "\
One output at most is the value of the expression (`-> T`). Others go into variables that are named in their stead."
    wrong "\
fn f() u32 {
    return asm volatile (\"cpuid\"
        : [a] \"={eax}\" (-> u32),
          [b] \"={ebx}\" (-> u32),
    );
}
"
    right "\
fn f() u32 {
    var b: u32 = undefined;
    return asm volatile (\"cpuid\"
        : [a] \"={eax}\" (-> u32),
          [b] \"={ebx}\" (b),
    );
}
";

    "assembly-clobbers" "\
0.15 says so of clobbers that are strings: from then on they are one value, a struct with a field for each register, as in \
`.{ .memory = true }`. `zig fmt` of 0.15 rewrites them. Before, in 0.14, only strings are taken; from 0.16 on strings are \
parsed as any value, and refused when the function is compiled."
    wrong "\
fn f() void {
    asm volatile (\"\" ::: \"memory\");
}
"
    right "\
fn f() void {
    asm volatile (\"\" ::: .{ .memory = true });
}
";

    "global-assembly" "\
Assembly outside of functions is text that is assembled as it stands. It has no operands and no clobbers, as there is nothing \
around it to connect them to, and it always stays, so `volatile` says nothing. Put what needs values into a function."
    wrong "\
comptime {
    asm volatile (\".globl start\");
}
"
    right "\
comptime {
    asm (\".globl start\");
}
";
}
