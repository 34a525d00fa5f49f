//! AST nodes: tags, the two data words, and the list that holds them.

use std::ops::{Index, IndexMut};

use crate::{NodeIndex, TokenIndex};
use release::{Generation, Range, counted_numbers};

macro_rules! node_tags {
    ($($(#[$doc:meta])* $name:ident $([$($range:tt)*])?,)*) => {
        /// What kind of node this is, in any release of Zig. The order is the reference's; its numbers are
        /// counted, see [`NodeTag::number`].
        ///
        /// The text of each variant shows the source form with the node's data words `lhs` and `rhs` in it;
        /// `X[lhs]` reads "an `extra::X` at extra index `lhs`", `extra[lhs..rhs]` a list of nodes. A data
        /// word that is not mentioned is 0. Several tags differ only in a trailing comma or semicolon, so
        /// that the last token of a node can be found without looking at what follows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum NodeTag {
            $($(#[$doc])* $name,)*
        }

        impl NodeTag {
            /// Every tag, in order.
            pub const ALL: &'static [NodeTag] = &[$(NodeTag::$name,)*];

            const RANGES: [Range; NodeTag::ALL.len()] = [$(node_tags!(@range $($($range)*)?),)*];
        }
    };
    (@range) => { Range::ALL };
    (@range $($range:tt)+) => { release::generations!($($range)+) };
}

// In brackets the generations that have the node, where not all do.
node_tags! {
    /// The file: `extra[lhs..rhs]` are its members. In ZON `lhs` is the value.
    Root,
    /// `usingnamespace lhs;`
    Usingnamespace [..G15],
    /// `test "name" rhs`; `lhs` is the token of the name, or 0.
    TestDecl,
    /// `var a: T align(x) addrspace(y) linksection(z) = rhs`; `GlobalVarDecl[lhs]`.
    GlobalVarDecl,
    /// `var a: T align(x) = rhs`; `LocalVarDecl[lhs]`.
    LocalVarDecl,
    /// `var a: lhs = rhs`; both optional.
    SimpleVarDecl,
    /// `var a align(lhs) = rhs`; `rhs` optional.
    AlignedVarDecl,
    /// `errdefer |e| rhs`; `lhs` is the token of the payload, or 0, as always where a release knows no
    /// payload.
    Errdefer,
    /// `defer rhs`
    Defer,
    /// `lhs catch rhs` or `lhs catch |e| rhs`; main token is `catch`.
    Catch,
    /// `lhs.a`; `rhs` is the token of the name, main token the dot.
    FieldAccess,
    /// `lhs.?`; `rhs` is the token `?`, main token the dot.
    UnwrapOptional,
    /// `lhs == rhs`
    EqualEqual,
    /// `lhs != rhs`
    BangEqual,
    /// `lhs < rhs`
    LessThan,
    /// `lhs > rhs`
    GreaterThan,
    /// `lhs <= rhs`
    LessOrEqual,
    /// `lhs >= rhs`
    GreaterOrEqual,
    /// `lhs *= rhs`
    AssignMul,
    /// `lhs /= rhs`
    AssignDiv,
    /// `lhs %= rhs`
    AssignMod,
    /// `lhs += rhs`
    AssignAdd,
    /// `lhs -= rhs`
    AssignSub,
    /// `lhs <<= rhs`
    AssignShl,
    /// `lhs <<|= rhs`
    AssignShlSat,
    /// `lhs >>= rhs`
    AssignShr,
    /// `lhs &= rhs`
    AssignBitAnd,
    /// `lhs ^= rhs`
    AssignBitXor,
    /// `lhs |= rhs`
    AssignBitOr,
    /// `lhs *%= rhs`
    AssignMulWrap,
    /// `lhs +%= rhs`
    AssignAddWrap,
    /// `lhs -%= rhs`
    AssignSubWrap,
    /// `lhs *|= rhs`
    AssignMulSat,
    /// `lhs +|= rhs`
    AssignAddSat,
    /// `lhs -|= rhs`
    AssignSubSat,
    /// `lhs = rhs`
    Assign,
    /// `a, b = rhs`; at extra index `lhs` a count and then that many targets, each a variable declaration
    /// without initializer or an expression. A `comptime` before it makes no node of its own.
    AssignDestructure,
    /// `lhs || rhs`
    MergeErrorSets,
    /// `lhs * rhs`
    Mul,
    /// `lhs / rhs`
    Div,
    /// `lhs % rhs`
    Mod,
    /// `lhs ** rhs`
    ArrayMult [..G17_0],
    /// `lhs *% rhs`
    MulWrap,
    /// `lhs *| rhs`
    MulSat,
    /// `lhs + rhs`
    Add,
    /// `lhs - rhs`
    Sub,
    /// `lhs ++ rhs`
    ArrayCat,
    /// `lhs +% rhs`
    AddWrap,
    /// `lhs -% rhs`
    SubWrap,
    /// `lhs +| rhs`
    AddSat,
    /// `lhs -| rhs`
    SubSat,
    /// `lhs << rhs`
    Shl,
    /// `lhs <<| rhs`
    ShlSat,
    /// `lhs >> rhs`
    Shr,
    /// `lhs & rhs`
    BitAnd,
    /// `lhs ^ rhs`
    BitXor,
    /// `lhs | rhs`
    BitOr,
    /// `lhs orelse rhs`
    Orelse,
    /// `lhs and rhs`
    BoolAnd,
    /// `lhs or rhs`
    BoolOr,
    /// `!lhs`
    BoolNot,
    /// `-lhs`
    Negation,
    /// `~lhs`
    BitNot,
    /// `-%lhs`
    NegationWrap,
    /// `&lhs`
    AddressOf,
    /// `try lhs`
    Try,
    /// `await lhs`
    Await [..G15],
    /// `?lhs`
    OptionalType,
    /// `[lhs]rhs`
    ArrayType,
    /// `[lhs:s]T`; `ArrayTypeSentinel[rhs]`.
    ArrayTypeSentinel,
    /// `*align(lhs) rhs`, `[*]align(lhs) rhs`, `[]rhs`; `lhs` optional. Main token of every pointer type is
    /// the `*` or the `[`; a `**` is the main token of two of them.
    PtrTypeAligned,
    /// `[*:lhs]rhs`, `[:lhs]rhs`, `*rhs`
    PtrTypeSentinel,
    /// A pointer type to `rhs`; `PtrType[lhs]`.
    PtrType,
    /// A pointer type to `rhs` with `align(a:b:c)`; `PtrTypeBitRange[lhs]`.
    PtrTypeBitRange,
    /// `lhs[rhs..]`
    SliceOpen,
    /// `lhs[a..b]`; `Slice[rhs]`.
    Slice,
    /// `lhs[a..b :s]`; `SliceSentinel[rhs]`.
    SliceSentinel,
    /// `lhs.*`
    Deref,
    /// `lhs[rhs]`
    ArrayAccess,
    /// `lhs{rhs}`
    ArrayInitOne,
    /// `lhs{rhs,}`
    ArrayInitOneComma,
    /// `.{lhs, rhs}`; both optional.
    ArrayInitDotTwo,
    /// `.{lhs, rhs,}`; `rhs` optional.
    ArrayInitDotTwoComma,
    /// `.{a, b, c}`; `extra[lhs..rhs]`.
    ArrayInitDot,
    /// `.{a, b, c,}`; `extra[lhs..rhs]`.
    ArrayInitDotComma,
    /// `lhs{a, b}`; `SubRange[rhs]`.
    ArrayInit,
    /// `lhs{a, b,}`; `SubRange[rhs]`.
    ArrayInitComma,
    /// `lhs{.a = rhs}`; `rhs` optional. Main token of every initializer is the `{`.
    StructInitOne,
    /// `lhs{.a = rhs,}`
    StructInitOneComma,
    /// `.{.a = lhs, .b = rhs}`; both optional.
    StructInitDotTwo,
    /// `.{.a = lhs, .b = rhs,}`; `rhs` optional.
    StructInitDotTwoComma,
    /// `.{.a = x, .b = y, .c = z}`; `extra[lhs..rhs]`.
    StructInitDot,
    /// `.{.a = x, .b = y, .c = z,}`; `extra[lhs..rhs]`.
    StructInitDotComma,
    /// `lhs{.a = x, .b = y}`; `SubRange[rhs]`.
    StructInit,
    /// `lhs{.a = x, .b = y,}`; `SubRange[rhs]`.
    StructInitComma,
    /// `lhs(rhs)`; `rhs` optional. Main token of every call is the `(`.
    CallOne,
    /// `lhs(rhs,)`
    CallOneComma,
    /// `async lhs(rhs)`; `rhs` optional.
    AsyncCallOne [..G15],
    /// `async lhs(rhs,)`
    AsyncCallOneComma [..G15],
    /// `lhs(a, b)`; `SubRange[rhs]`.
    Call,
    /// `lhs(a, b,)`; `SubRange[rhs]`.
    CallComma,
    /// `async lhs(a, b)`; `SubRange[rhs]`.
    AsyncCall [..G15],
    /// `async lhs(a, b,)`; `SubRange[rhs]`.
    AsyncCallComma [..G15],
    /// `switch (lhs) {}`; `SubRange[rhs]` are the prongs. Main token is the label if there is one, or else
    /// `switch`.
    Switch,
    /// As `Switch`, with a trailing comma.
    SwitchComma,
    /// `lhs => rhs`; without `lhs` it is `else`. Main token of every prong is the `=>`.
    SwitchCaseOne,
    /// `inline lhs => rhs`
    SwitchCaseInlineOne,
    /// `a, b => rhs`; `SubRange[lhs]`.
    SwitchCase,
    /// `inline a, b => rhs`; `SubRange[lhs]`.
    SwitchCaseInline,
    /// `lhs...rhs`
    SwitchRange,
    /// `while (lhs) |x| rhs`
    WhileSimple,
    /// `while (lhs) |x| : (c) b`; `WhileCont[rhs]`.
    WhileCont,
    /// `while (lhs) |x| : (c) b else |y| d`; `While[rhs]`, its continue expression optional.
    While,
    /// `for (lhs) |x| rhs`
    ForSimple,
    /// `for (a, b) |x, y| c else d`; `rhs` is a `For` word, the inputs and bodies are at extra index `lhs`.
    For,
    /// `lhs..rhs`; `rhs` optional.
    ForRange,
    /// `if (lhs) |x| rhs`
    IfSimple,
    /// `if (lhs) |x| a else |y| b`; `If[rhs]`.
    If,
    /// `suspend lhs`
    Suspend,
    /// `resume lhs`
    Resume,
    /// `continue :label rhs`; `lhs` is the token of the label; both optional.
    Continue,
    /// `break :label rhs`; `lhs` is the token of the label; both optional.
    Break,
    /// `return lhs`; `lhs` optional.
    Return,
    /// `fn (a: lhs) rhs`; `lhs` optional. Parameters `anytype` and `...` are in none of the prototypes'
    /// lists.
    FnProtoSimple,
    /// `fn (a: T, b: U) rhs`; `SubRange[lhs]`.
    FnProtoMulti,
    /// `fn (a: T) callconv(c) rhs`; `FnProtoOne[lhs]`.
    FnProtoOne,
    /// `fn (a: T, b: U) callconv(c) rhs`; `FnProto[lhs]`.
    FnProto,
    /// A function with a body: `lhs` is the prototype, `rhs` the block.
    FnDecl,
    /// `anyframe->rhs`; `lhs` is the token of the arrow.
    AnyframeType,
    /// `anyframe`
    AnyframeLiteral,
    /// `'a'`
    CharLiteral,
    /// `1`
    NumberLiteral,
    /// `unreachable`
    UnreachableLiteral,
    /// `a`
    Identifier,
    /// `.a`; `lhs` is the token of the dot, main token the name.
    EnumLiteral,
    /// `"a"`
    StringLiteral,
    /// Lines starting with `\\`, from token `lhs` to token `rhs`.
    MultilineStringLiteral,
    /// `(lhs)`; `rhs` is the token of the `)`.
    GroupedExpression,
    /// `@a(lhs, rhs)`; both optional.
    BuiltinCallTwo,
    /// `@a(lhs, rhs,)`; `rhs` optional.
    BuiltinCallTwoComma,
    /// `@a(b, c, d)`; `extra[lhs..rhs]`.
    BuiltinCall,
    /// `@a(b, c, d,)`; `extra[lhs..rhs]`.
    BuiltinCallComma,
    /// `error{a, b}`; `rhs` is the token of the `}`.
    ErrorSetDecl,
    /// `struct {a, b, c}` and the like; `extra[lhs..rhs]`. Main token of every container is the `struct`,
    /// `union`, `enum` or `opaque`.
    ContainerDecl,
    /// As `ContainerDecl`, with a trailing comma or semicolon.
    ContainerDeclTrailing,
    /// `struct {lhs, rhs}`; both optional.
    ContainerDeclTwo,
    /// As `ContainerDeclTwo`, with a trailing comma or semicolon.
    ContainerDeclTwoTrailing,
    /// `enum(lhs) {a, b}`; `SubRange[rhs]`.
    ContainerDeclArg,
    /// As `ContainerDeclArg`, with a trailing comma or semicolon.
    ContainerDeclArgTrailing,
    /// `union(enum) {a, b, c}`; `extra[lhs..rhs]`.
    TaggedUnion,
    /// As `TaggedUnion`, with a trailing comma or semicolon.
    TaggedUnionTrailing,
    /// `union(enum) {lhs, rhs}`; both optional.
    TaggedUnionTwo,
    /// As `TaggedUnionTwo`, with a trailing comma or semicolon.
    TaggedUnionTwoTrailing,
    /// `union(enum(lhs)) {a, b}`; `SubRange[rhs]`.
    TaggedUnionEnumTag,
    /// As `TaggedUnionEnumTag`, with a trailing comma or semicolon.
    TaggedUnionEnumTagTrailing,
    /// `a: lhs = rhs`; `rhs` optional. Main token of every field is its first token but for `comptime`.
    ContainerFieldInit,
    /// `a: lhs align(rhs)`
    ContainerFieldAlign,
    /// `a: lhs align(x) = y`; `ContainerField[rhs]`.
    ContainerField,
    /// `comptime lhs`
    Comptime,
    /// `nosuspend lhs`
    Nosuspend,
    /// `{lhs rhs}`; both optional.
    BlockTwo,
    /// As `BlockTwo`, with a semicolon before the `}`.
    BlockTwoSemicolon,
    /// `{a b c}`; `extra[lhs..rhs]`.
    Block,
    /// As `Block`, with a semicolon before the `}`.
    BlockSemicolon,
    /// `asm (lhs)`; `rhs` is the token of the `)`.
    AsmSimple,
    /// `asm (lhs : a : b : "c")`, with strings for clobbers; `AsmLegacy[rhs]`.
    AsmLegacy [G15..G16],
    /// `asm (lhs : a)`; `Asm[rhs]`, or `AsmLegacy[rhs]` where clobbers are no expression, see
    /// [`Ast::asm_parts`](crate::Ast::asm_parts).
    Asm,
    /// `[a] "b" (-> lhs)`, or `[a] "b" (c)` with `lhs` 0; `rhs` is the token of the `)`, main token the name.
    AsmOutput,
    /// `[a] "b" (lhs)`; `rhs` is the token of the `)`, main token the name.
    AsmInput,
    /// `error.a`; `lhs` is the token of the dot, `rhs` that of the name.
    ErrorValue,
    /// `lhs!rhs`
    ErrorUnion,
}

impl NodeTag {
    /// The generations whose parser makes this node.
    pub const fn generations(self) -> Range {
        Self::RANGES[self as usize]
    }

    /// The reference's number for the tag, counted: `None` if the generation does not have it.
    pub fn number(self, generation: Generation) -> Option<u8> {
        static NUMBERS: [[Option<u8>; NodeTag::ALL.len()]; Generation::COUNT] =
            counted_numbers(&NodeTag::RANGES);
        NUMBERS[generation as usize][self as usize]
    }

    /// Whether this is a field of a container.
    pub fn is_container_field(self) -> bool {
        matches!(
            self,
            NodeTag::ContainerFieldInit | NodeTag::ContainerFieldAlign | NodeTag::ContainerField
        )
    }
}

/// The two data words of a node; what they mean is said at [`NodeTag`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeData {
    /// Left word.
    pub lhs: u32,
    /// Right word.
    pub rhs: u32,
}

impl NodeData {
    /// Both words at once.
    #[inline]
    pub const fn new(lhs: u32, rhs: u32) -> NodeData {
        NodeData { lhs, rhs }
    }
}

/// One node. Whoever looks at a node nearly always wants all of it, so that its parts lie side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) tag: NodeTag,
    pub(crate) main_token: TokenIndex,
    pub(crate) data: NodeData,
}

/// The nodes of a tree, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeList(pub(crate) Vec<Node>);

impl NodeList {
    #[inline]
    pub(crate) fn len(&self) -> u32 {
        self.0.len() as u32
    }

    #[inline]
    pub(crate) fn add(
        &mut self,
        tag: NodeTag,
        main_token: TokenIndex,
        lhs: u32,
        rhs: u32,
    ) -> NodeIndex {
        let index = self.len();
        self.0.push(Node {
            tag,
            main_token,
            data: NodeData { lhs, rhs },
        });
        index
    }

    /// Drops the last node.
    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }

    #[inline]
    pub(crate) fn set(
        &mut self,
        index: NodeIndex,
        tag: NodeTag,
        main_token: TokenIndex,
        lhs: u32,
        rhs: u32,
    ) {
        self.0[index as usize] = Node {
            tag,
            main_token,
            data: NodeData { lhs, rhs },
        };
    }
}

impl Index<NodeIndex> for NodeList {
    type Output = Node;
    #[inline]
    fn index(&self, node: NodeIndex) -> &Node {
        &self.0[node as usize]
    }
}

impl IndexMut<NodeIndex> for NodeList {
    #[inline]
    fn index_mut(&mut self, node: NodeIndex) -> &mut Node {
        &mut self.0[node as usize]
    }
}
