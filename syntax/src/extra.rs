//! Payloads of nodes whose data does not fit two words; they lie in the extra array one word a field.

use crate::NodeIndex;

/// A payload of a fixed number of words, read by [`Ast::extra_data`](crate::Ast::extra_data).
pub trait ExtraData: Sized {
    /// Number of words.
    const LEN: usize;
    /// Takes the payload from the first `LEN` words.
    fn read(words: &[u32]) -> Self;
    /// Appends the payload's words.
    fn write(&self, out: &mut Vec<u32>);
}

macro_rules! extra_structs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: u32,)*
        }

        impl ExtraData for $name {
            const LEN: usize = [$(stringify!($field)),*].len();

            #[inline]
            fn read(words: &[u32]) -> Self {
                let mut words = words[..Self::LEN].iter().copied();
                $name { $($field: words.next().unwrap_or_default(),)* }
            }

            #[inline]
            fn write(&self, out: &mut Vec<u32>) {
                out.extend_from_slice(&[$(self.$field),*]);
            }
        }
    )*};
}

extra_structs! {
    /// A range of the extra array that lists nodes.
    SubRange {
        /// First index.
        start,
        /// Index after the last.
        end,
    }
    /// Of `LocalVarDecl`.
    LocalVarDecl {
        /// The type.
        type_node,
        /// The alignment.
        align_node,
    }
    /// Of `GlobalVarDecl`; each may be absent.
    GlobalVarDecl {
        /// The type.
        type_node,
        /// The alignment.
        align_node,
        /// The address space.
        addrspace_node,
        /// The link section.
        section_node,
    }
    /// Of `ArrayTypeSentinel`.
    ArrayTypeSentinel {
        /// The sentinel.
        sentinel,
        /// The element type.
        elem_type,
    }
    /// Of `PtrType`; each may be absent.
    PtrType {
        /// The sentinel.
        sentinel,
        /// The alignment.
        align_node,
        /// The address space.
        addrspace_node,
    }
    /// Of `PtrTypeBitRange`; sentinel and address space may be absent.
    PtrTypeBitRange {
        /// The sentinel.
        sentinel,
        /// The alignment.
        align_node,
        /// The address space.
        addrspace_node,
        /// Second operand of `align`.
        bit_range_start,
        /// Third operand of `align`.
        bit_range_end,
    }
    /// Of `If`.
    If {
        /// Body when the condition holds.
        then_expr,
        /// Body when it does not.
        else_expr,
    }
    /// Of `ContainerField`.
    ContainerField {
        /// The alignment.
        align_expr,
        /// The default value.
        value_expr,
    }
    /// Of `Slice`.
    Slice {
        /// Start of the slice.
        start,
        /// End of the slice.
        end,
    }
    /// Of `SliceSentinel`.
    SliceSentinel {
        /// Start of the slice.
        start,
        /// End of the slice, absent in an open one.
        end,
        /// The sentinel.
        sentinel,
    }
    /// Of `While`.
    While {
        /// The continue expression, may be absent.
        cont_expr,
        /// The body.
        then_expr,
        /// The body after `else`.
        else_expr,
    }
    /// Of `WhileCont`.
    WhileCont {
        /// The continue expression.
        cont_expr,
        /// The body.
        then_expr,
    }
    /// Of `FnProtoOne`; each may be absent.
    FnProtoOne {
        /// Type of the one parameter.
        param,
        /// The alignment.
        align_expr,
        /// The address space.
        addrspace_expr,
        /// The link section.
        section_expr,
        /// The calling convention.
        callconv_expr,
    }
    /// Of `FnProto`; the expressions may be absent.
    FnProto {
        /// First index of the parameters' types.
        params_start,
        /// Index after the last of them.
        params_end,
        /// The alignment.
        align_expr,
        /// The address space.
        addrspace_expr,
        /// The link section.
        section_expr,
        /// The calling convention.
        callconv_expr,
    }
    /// Of `AsmLegacy`, and of `Asm` where clobbers are no expression.
    AsmLegacy {
        /// First index of the outputs and inputs.
        items_start,
        /// Index after the last of them.
        items_end,
        /// Token of the closing `)`.
        rparen,
    }
    /// Of `Asm` where clobbers are an expression.
    Asm {
        /// First index of the outputs and inputs.
        items_start,
        /// Index after the last of them.
        items_end,
        /// The clobbers, may be absent.
        clobbers,
        /// Token of the closing `)`.
        rparen,
    }
}

/// The right data word of a `For` node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct For {
    /// Number of operands.
    pub inputs: u32,
    /// Whether an `else` body follows the body.
    pub has_else: bool,
}

impl For {
    /// From the data word.
    #[inline]
    pub const fn from_bits(bits: u32) -> For {
        For {
            inputs: bits & 0x7fff_ffff,
            has_else: bits >> 31 != 0,
        }
    }

    /// To the data word.
    #[inline]
    pub const fn to_bits(self) -> u32 {
        self.inputs | (self.has_else as u32) << 31
    }
}

/// Two nodes of which the second may be absent, or none at all, as stored in the data words of `..Two` nodes.
pub(crate) fn pair_of(items: &[NodeIndex]) -> (NodeIndex, NodeIndex) {
    (
        items.first().copied().unwrap_or(0),
        items.get(1).copied().unwrap_or(0),
    )
}
