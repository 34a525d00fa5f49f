//! What rules have in common.

macro_rules! families {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal;)*) => {
        /// A group of rules about the same thing.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Family {
            $($(#[doc = $doc])* $name,)*
        }

        impl Family {
            /// All families.
            pub const ALL: &'static [Family] = &[$(Family::$name,)*];

            /// What it is called.
            pub fn name(self) -> &'static str {
                match self {
                    $(Family::$name => stringify!($name),)*
                }
            }

            /// What is to be known about all of its rules.
            pub fn help(self) -> &'static str {
                match self {
                    $(Family::$name => $text,)*
                }
            }
        }
    };
}

families! {
    /// The parser expected something else.
    Syntax "\
The text is not Zig at this place. The parser says what it expected and what it found; what is missing often belongs \
at the end of the line before. After the first such error of a statement or a member it goes on with the next one, so \
mend the first and look again: those that follow may be its consequences.";
    /// Something has no use.
    Unused "\
Zig wants every local, parameter and capture to be used, and every statement to be reached. Remove what has no use, \
or say that it has none on purpose with `_ = name;`.";
    /// Names that are not known, or known twice.
    Names "\
A name means one thing at each place. What is declared in a container or around a block is seen inside as well, and \
may not be declared there again; names of primitive types (`u8`, `bool`) are taken. A name that must be so is written \
@\"..\".";
    /// Numbers, strings, characters.
    Literals "\
The literal is not written as Zig has it. Numbers have the prefixes 0x, 0o and 0b in lower case, and `_` only \
between digits; strings and characters have the escapes \\n \\r \\t \\\\ \\' \\\" \\xNN and \\u{NNNNNN}.";
    /// Structs, unions, enums, opaques, tuples.
    Containers "\
What a container may have depends on its kind: fields have types in structs and unions, values in enums; a packed or \
extern container has a layout that others rely on, and less freedom; a struct whose fields have no names is a tuple.";
    /// Functions, their types and parameters.
    Functions "\
A function with a body names its parameters; a function type names nothing but types. What a prototype says of \
linkage, alignment and calling convention belongs to declarations, not to types.";
    /// Declarations of variables and what is assigned.
    Variables "\
A declaration says once what a name is: `const` where nothing changes it, `var` where something does, with a value, \
and with a type where the value alone does not tell it.";
    /// Jumps, loops, labels, `defer`, `suspend`.
    ControlFlow "\
Jumps need something to leave or to go on with: a loop, a labelled block, a function. What runs later (`defer`, \
`errdefer`) cannot jump out of itself.";
    /// `switch` and its prongs.
    Switch "\
A switch has each case once, at most one `else` and one `_` prong, and captures only what the prong can give.";
    /// Builtin functions, imports by name, `@cImport`.
    Builtins "\
A builtin function is known by its name, has a fixed number of arguments, and may only stand where it means \
something. The language reference of the release has each with its arguments.";
    /// `asm`.
    Assembly "\
Inline assembly has at most one output that is a value, a bounded number of operands, and is `volatile` unless its \
output is its only effect. Assembly outside of functions is text alone.";
    /// What values may be and where they go.
    Values "\
The expression cannot stand where it stands: its result has no type, no place, or a form that what takes it apart \
does not fit.";
    /// What ZON leaves out of Zig.
    Zon "\
A ZON document is one value: numbers, strings, characters, `true`, `false`, `null`, enum literals, and `.{ .. }` of \
these. Types, names, operators and calls are Zig, not ZON.";
    /// Bounds of the implementation.
    Limits "\
The source is larger or deeper than can be handled. Limits that are Zig's are the same there; those that are \
zirc's own stand where the compiler would end by a signal.";
    /// Files and modules.
    Imports "\
An import is the name of a module, or the path of a .zig or .zon file relative to the file that imports it and inside \
its module. A file belongs to one module: other modules import that module and not its files.";
    /// What `zirc cache verify` finds.
    Cache "\
Something in a cache is not as its manifests say. `zirc cache verify --repair` mends what makes a build fail; \
what is only a miss is done anew by the next build, and `zirc cache gc` frees what takes room.";
    /// Notes.
    Notes "\
A note belongs to the error above it and shows another place that has to do with it, or a way out.";
    /// Anything else.
    Other "\
The message is not one of those that releases of Zig known here have. It comes from a compiler that was changed, \
whose entries are in the cache.";
}
