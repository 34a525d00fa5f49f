//! The layout of ZIR, the untyped instruction list that Zig's compiler makes of one source file.

#[cfg(feature = "cache")]
mod cache;
mod enums;
mod header;
pub mod inst;
mod iter;
pub mod limits;
mod list;
mod owned;
pub mod payload;
pub mod print;
pub mod shape;
pub mod small;
mod table;
pub mod validate;
mod view;
mod walk;

#[cfg(feature = "cache")]
pub use cache::{Summary, SummaryImport};
pub use enums::*;
pub use header::{HEADER_LEN, Header, Stat, Truncated, read_entry};
pub use inst::{
    Data, DataKind, Extended, ExtendedData, ExtendedOperand, Index, NullTerminatedString,
    OptionalIndex, Ref, SmallKind, Tag, dead_bytes, is_always_void,
};
pub use iter::{CompileError, Import};
pub use list::{Body, FromWord, List, Refs, Strings};
pub use owned::Zir;
pub use payload::{Payload, PayloadKind};
pub use print::{Positions, Span, print};
pub use small::{
    Capture, DeclarationFlags, DeclarationId, DeclarationKind, DeclarationLinkage, PtrTypeFlags,
    SpecialProng,
};
pub use validate::validate;
pub use view::{EXTRA_COMPILE_ERRORS, EXTRA_IMPORTS, EXTRA_RESERVED, Words, ZirRef};
