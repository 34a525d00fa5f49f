//! Names that are not known, or known twice.

super::row::rows! {
    "undeclared-identifier" "\
Nothing around this place declares the name: no local, no parameter or capture, no declaration or import of the containers \
around it. Look for a misspelling, an import that is missing, or a declaration in another container, which is reached by \
its name (`Other.name`). Fields are no names inside of methods: they are reached by the parameter, as in `self.name`."
    wrong "\
const Point = struct {
    x: u8,
    fn double(self: Point) u8 {
        return 2 * x;
    }
};
"
    right "\
const Point = struct {
    x: u8,
    fn double(self: Point) u8 {
        return 2 * self.x;
    }
};
";

    "ambiguous-reference" "\
Containers in each other both declare the name, and the inner one does not win. The notes show both. Say which is meant \
with its container before it, or call one of them otherwise."
    wrong "\
const size = 1;
const Inner = struct {
    const size = 2;
    fn get() u8 {
        return size;
    }
};
"
    right "\
const size = 1;
const Inner = struct {
    const size = 2;
    fn get() u8 {
        return Inner.size;
    }
};
";

    "inaccessible-mutable" "\
A container inside of a function can use constants of that function, but nothing that may change while the program runs, \
since its functions may be called when the variable is gone. Hand the value over as a parameter or a field, or make it a \
constant that is known at compile time."
    wrong "\
fn f() u8 {
    var count: u8 = 0;
    count += 1;
    const Inner = struct {
        fn get() u8 {
            return count;
        }
    };
    return Inner.get();
}
"
    right "\
fn f() u8 {
    var count: u8 = 0;
    count += 1;
    const Inner = struct {
        fn get(n: u8) u8 {
            return n;
        }
    };
    return Inner.get(count);
}
";

    "shadowed-primitive" "\
The name is that of a primitive type or value, such as `u8`, `type` or `null`, and would hide it. Take another one. Where \
the name is given from outside, quote it as the note shows, and quote it wherever it is used. Fields need no quotes."
    wrong "\
fn f() u8 {
    const u1 = 3;
    return u1;
}
"
    right "\
fn f() u8 {
    const first = 3;
    return first;
}
";

    "shadowed-name" "\
A local, a parameter or a capture has the name of something that is seen here already: of a local further out, or of a \
declaration of a container around, even if that stands below. Zig hides no name behind another. Rename one of the two; the \
note shows the other."
    wrong "\
const size = 1;
fn f(size: u8) u8 {
    return size;
}
"
    right "\
const size = 1;
fn f(n: u8) u8 {
    return n;
}
";

    "redeclared-name" "\
The same function declares the name twice in the same scope, and the note shows the first. Rename one. If the second was to \
change the first, make that a `var` and assign to it."
    wrong "\
fn f() u8 {
    const x = 1;
    const x = 2;
    return x;
}
"
    right "\
fn f() u8 {
    var x: u8 = 1;
    x = 2;
    return x;
}
";

    "duplicate-member" "\
Two fields or declarations of a container have one name, and a field may not have that of a declaration either. The notes \
show all of them and the container. Rename or remove what is too much; there is no overloading of functions. From 0.16 on \
a second `_` in an enum is told in these words too."
    wrong "\
const Point = struct {
    x: u8,
    x: u8,
};
"
    right "\
const Point = struct {
    x: u8,
    y: u8,
};
";

    "duplicate-field" "\
An initial value, of a struct or in a ZON document, sets the same field twice. The notes show each place. Remove those \
that are not meant."
    wrong "\
const p = .{ .x = 1, .x = 2 };
"
    right "\
const p = .{ .x = 1, .y = 2 };
";

    "duplicate-error" "\
The error set has the same name twice. Remove one: an error is its name, and the same one in every set."
    wrong "\
const E = error{ NotFound, NotFound };
"
    right "\
const E = error{NotFound};
";

    "duplicate-test" "\
Two tests of a container have the same name, so that a failure would not tell which it was. Rename one. Tests without a name \
may be as many as you like."
    wrong "\
test \"works\" {}
test \"works\" {}
"
    right "\
test \"works\" {}
test \"works twice\" {}
";

    "empty-identifier" "\
`@\"\"` names nothing. It has to have one character at least."
    wrong "\
const @\"\" = 1;
"
    right "\
const @\" \" = 1;
";

    "null-byte-in-identifier" "\
A quoted name may have any character but the zero byte, since names end with one where they are stored and in object files. \
Write the name without `\\x00`."
    wrong r#"const @"a\x00b" = 1;
"#
    right r#"const @"a b" = 1;
"#;

    "underscore-identifier" "\
A lone `_` is no name: it stands where a value is thrown away, as in `_ = f();` and `|_|`, or marks an enum as not \
exhaustive. What is to be used needs a name that can be written again. Where others demand this very name, it is `@\"_\"`."
    wrong "\
fn f(_: u8) u8 {
    return _;
}
"
    right "\
fn f(x: u8) u8 {
    return x;
}
";

    "primitive-too-wide" "\
Integers have at most 65535 bits, and a name of `u` or `i` with a greater number behind it is taken for such a type. Use an \
array of integers, or quote the name (`@\"u70000\"`) if it was not meant to be a type."
    wrong "\
const T = u65536;
"
    right "\
const T = u65535;
";

    "primitive-leading-zero" "\
A name of `u` or `i` with a number behind it is an integer type, and that number begins with no zero. Write `u8` for `u08`, \
or quote the name if it was not meant to be a type."
    wrong "\
const T = u08;
"
    right "\
const T = u8;
";

    "primitive-signed-zero" "\
From 0.17 on there is no `i0`: with no bit there is none for the sign. Use `u0`, whose one value is 0. Earlier releases \
take `i0`, so code that chooses the width of integers may meet this when it moves to 0.17."
    wrong "\
const T = i0;
"
    right "\
const T = u0;
";
}
