//! Kinds of nodes, as they are stored.

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $zig:literal,)*) => {
        /// The kind of a node as it is stored, numbered as in Zig.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Tag {
            $($(#[$doc])* $name,)*
        }

        impl Tag {
            /// All of them in the order of their numbers.
            pub const ALL: &'static [Tag] = &[$(Tag::$name),*];

            /// What Zig calls it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Tag::$name => $zig,)*
                }
            }
        }
    };
}

tags! {
    /// `true`. No data.
    True = "true",
    /// `false`. No data.
    False = "false",
    /// `null`. No data.
    Null = "null",
    /// `inf`. No data.
    PosInf = "pos_inf",
    /// `-inf`. No data.
    NegInf = "neg_inf",
    /// `nan`. No data.
    Nan = "nan",
    /// An integer; data is the `i32`.
    IntLiteralSmall = "int_literal_small",
    /// An integer beyond that; data is the index in `extra` of the number of limbs and the index of the
    /// first.
    IntLiteralPos = "int_literal_pos",
    /// The same below zero; the limbs are those of the magnitude.
    IntLiteralNeg = "int_literal_neg",
    /// A float that an `f32` holds exactly; data is its bits.
    FloatLiteralSmall = "float_literal_small",
    /// Another float; data is the index in `extra` of its four words.
    FloatLiteral = "float_literal",
    /// A character; data is its code point.
    CharLiteral = "char_literal",
    /// An enum literal; data is the start of its name.
    EnumLiteral = "enum_literal",
    /// A string with a NUL in it; data is the index in `extra` of its start and its length.
    StringLiteral = "string_literal",
    /// A string that ends at its first NUL; data is its start.
    StringLiteralNull = "string_literal_null",
    /// `.{}`. No data.
    EmptyLiteral = "empty_literal",
    /// An array; data is the index in `extra` of the number of elements and the index of the first.
    ArrayLiteral = "array_literal",
    /// A struct; data is the same, and the starts of the names follow in `extra`.
    StructLiteral = "struct_literal",
}

impl Tag {
    /// From its number.
    #[inline]
    pub fn from_u8(number: u8) -> Option<Tag> {
        Tag::ALL.get(usize::from(number)).copied()
    }
}
