//! Structs, unions, enums, opaques, tuples.

super::row::rows! {
    "comptime-field-without-default" "\
A `comptime` field has one value that all instances share, and that value stands behind the field. Add it, or leave `comptime` \
out if each instance has a value of its own."
    wrong "\
const S = struct {
    comptime size: u8,
};
"
    right "\
const S = struct {
    comptime size: u8 = 4,
};
";

    "comptime-field" "\
A `comptime` field takes no room, which goes with plain structs and tuples only: the fields of an enum have no values to be \
kept, those of a union are alternatives, and a packed or extern struct is laid out in full. Make it a declaration of the \
container."
    wrong "\
const S = extern struct {
    comptime size: u8 = 4,
};
"
    right "\
const S = extern struct {
    const size: u8 = 4;
};
";

    "field-without-name" "\
What stands here reads as a type, and the fields of unions and enums have names: only a struct may be without, and is a tuple \
then. Put a name and a colon before it."
    wrong "\
const U = union {
    []u8,
};
"
    right "\
const U = union {
    text: []u8,
};
";

    "field-without-type" "\
A field of a union says its type behind a colon. Only in a union with a tag, as `union(enum)` has one, a name alone is a field, \
of type `void`. A name alone in a struct is not told here: it is taken for the type of a tuple's field."
    wrong "\
const U = union {
    a,
    b: u8,
};
"
    right "\
const U = union {
    a: u16,
    b: u8,
};
";

    "enum-field-type" "\
An enum's fields are values, all of the enum's own type. Alternatives that carry something are a `union(enum)`; the type of \
the numbers behind the values is said once, as in `enum(u8)`."
    wrong "\
const E = enum {
    a: u8,
};
"
    right "\
const E = union(enum) {
    a: u8,
};
";

    "enum-without-tag-type" "\
Where an enum gives numbers to its values, or is not exhaustive, it has to say of which integer type they are. Write it in \
parentheses. From 0.16 on the message names the enum and points at it, with a note at the value; before, it pointed at the \
value."
    wrong "\
const E = enum {
    a = 1,
};
"
    right "\
const E = enum(u8) {
    a = 1,
};
";

    "non-exhaustive-mark" "\
A lone `_` as the last field of an enum says that its integer type may hold other values too. It stands behind all fields, \
once, and has no value. From 0.16 on a second one is told to be a duplicate member."
    wrong "\
const E = enum(u8) {
    _,
    a,
};
"
    right "\
const E = enum(u8) {
    a,
    _,
};
";

    "union-without-tag-type" "\
Only the tag of a union has numbers. If a field says one, the union is to be a `union(enum(T))`, whose tag is made from its \
fields with T as integer type; a union whose tag is an enum of its own takes the numbers from there."
    wrong "\
const U = union(enum) {
    a: u8 = 1,
};
"
    right "\
const U = union(enum(u8)) {
    a: u8 = 1,
};
";

    "union-tag-with-layout" "\
In a packed or extern union all fields begin at the same bits, and there is no room for a tag that says which one counts. \
Leave the tag out and keep it beside the union, or make it a plain `union(enum)` if nothing depends on its layout."
    wrong "\
const U = extern union(enum) {
    a: u8,
    b: u16,
};
"
    right "\
const U = extern union {
    a: u8,
    b: u16,
};
";

    "packed-field-alignment" "\
Fields of a packed struct follow each other bit by bit, so none can be aligned; pad with a field of the width that is wanted. \
From 0.15 on the same is said of packed unions."
    wrong "\
const S = packed struct {
    a: u8,
    b: u16 align(2),
};
"
    right "\
const S = packed struct {
    a: u8,
    padding: u8 = 0,
    b: u16,
};
";

    "opaque-fields" "\
Of an opaque type nothing but its address is known, so it has no fields; it may have declarations. If the layout is known, it \
is an `extern struct`."
    wrong "\
const File = opaque {
    handle: u32,
};
"
    right "\
const File = opaque {
    pub const Handle = u32;
};
";

    "opaque-layout" "\
`packed` and `extern` say how a container is laid out, and an opaque type has no layout that is known. Leave the word out."
    wrong "\
const File = extern opaque {};
"
    right "\
const File = opaque {};
";

    "tuple-field" "\
A struct one of whose fields has no name is a tuple, and then no field may have a name or an alignment, and only \
`comptime` fields have a default. If it was not meant to be a tuple, the field before has lost its name or its type."
    wrong "\
const Pair = struct {
    u8,
    second: u8,
};
"
    right "\
const Pair = struct {
    u8,
    u8,
};
";

    "tuple-declarations" "\
A struct whose fields have no names is a tuple, and a tuple has no declarations. Give the fields names, or declare \
beside it. Where no tuple is meant, the field that the note shows lacks its name."
    wrong "\
const Pair = struct {
    u8,
    const size = 2;
};
"
    right "\
const Pair = struct {
    u8,
};
const size = 2;
";

    "tuple-file" "\
A file is a struct, and one with fields that have no names would be a tuple, which a file cannot be. Mostly something at the \
top of the file is not meant as a field: a declaration that lacks its `const`, or a word too many. Otherwise put a tuple \
into a declaration."
    wrong "\
size,
"
    right "\
const size = 1;
";
}
