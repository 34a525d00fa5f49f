//! What ZON leaves out of Zig.

super::row::rows! {
    "zon-type" "\
A document has values and no types: what reads it knows which type is wanted. Begin structs and lists with `.{` instead of a \
type and a brace."
    wrong "\
Point{ .x = 1, .y = 2 }
"
    right "\
.{ .x = 1, .y = 2 }
";

    "zon-pointer" "\
There are no addresses in a document, so `&` means nothing there. Leave it out: a list is read as a slice just as well."
    wrong "\
.{ .items = &.{ 1, 2 } }
"
    right "\
.{ .items = .{ 1, 2 } }
";

    "zon-void" "\
`{}` is a value of type `void` in Zig and has no place in a document. An empty struct or list is `.{}`; a field of a union that \
carries nothing is the field's name with a point before it. That a document is `{}` as a whole is told from 0.15 on only."
    wrong "\
.{ .mode = {} }
"
    right "\
.{ .mode = .fast }
";

    "zon-negation" "\
A minus belongs to a number, or to `inf`, and to nothing else: documents are not evaluated. `nan` has no sign."
    wrong "\
.{ .level = -low }
"
    right "\
.{ .level = -1 }
";

    "zon-identifier" "\
Besides `true`, `false`, `null`, `inf` and `nan` a document has no names, since nothing in it could declare one. For a value of an \
enum put a point before it, for text put quotes around it."
    wrong "\
.{ .mode = fast }
"
    right "\
.{ .mode = .fast }
";
}
