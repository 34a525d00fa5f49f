//! The layout of ZIR, the untyped instruction list that Zig's compiler makes of one source file.

mod enums;
pub mod inst;
mod owned;
pub mod payload;
pub mod small;
mod table;
mod view;

pub use enums::*;
pub use inst::{
    Data, DataKind, Extended, ExtendedData, ExtendedOperand, Index, NullTerminatedString,
    OptionalIndex, Ref, SmallKind, Tag, is_always_void,
};
pub use owned::Zir;
pub use payload::{Payload, PayloadKind};
pub use small::{
    Capture, DeclarationFlags, DeclarationId, DeclarationKind, DeclarationLinkage, PtrTypeFlags,
    SpecialProng,
};
pub use view::{EXTRA_COMPILE_ERRORS, EXTRA_IMPORTS, EXTRA_RESERVED, Words, ZirRef};
