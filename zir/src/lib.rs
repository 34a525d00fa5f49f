//! The layout of ZIR, the untyped instruction list that Zig's compiler makes of one source file.
//!
//! What is here:
//! - the tables: every instruction with number, name, data kind, payload and flags ([`Tag::TABLE`]), the
//!   extended instructions ([`Extended::TABLE`]), the data kinds and their dead bytes ([`DataKind::TABLE`],
//!   [`dead_bytes`]), the payloads ([`PayloadKind::TABLE`]) and the packed words ([`small`]);
//! - two forms of one file's ZIR: [`Zir`] owns its arrays, [`ZirRef`] borrows them from bytes that may lie
//!   anywhere. Whatever can be asked is asked of the borrowed form, which the owned one [lends](Zir::view)
//!   for nothing;
//! - the [`Header`] that precedes the arrays in a cache entry;
//! - [`validate()`]: whether bytes from anywhere are ZIR that can be followed without looking;
//! - readers: [imports](ZirRef::imports), [compile errors](ZirRef::compile_errors),
//!   [declarations](ZirRef::declarations), [bodies](ZirRef::bodies), and every payload taken apart
//!   ([`shape`]);
//! - [`print()`]: the text form, which is that of the reference's own dump;
//! - [`map`]: what became of the instructions of a file's previous version.
//!
//! What is not: lowering a syntax tree, analysing, any I/O but for the feature `cache`, which implements the
//! cache store's trait.
//!
//! Everything is that of the releases of Zig from 0.14.0 to 0.17.1: there is one set of instructions,
//! constants and payloads for all of them, and a [`Format`] has the numbers of each [`Generation`]. Numbers
//! are in the byte order of the machine, as in the reference's files. The numbers themselves are those of a
//! 64-bit little-endian machine on every machine: limbs of integers have 64 bits, and what the reference
//! hashes, or stores as bytes in strings, has the least significant byte first.
//!
//! # Trust
//!
//! No accessor trusts the arrays: what would be out of range or has no known number is `None`, or ends an
//! iterator. After [`validate()`] that does not happen.
//!
//! # Example
//!
//! ```
//! use zir::{Data, Extended, Format, Generation, Index, Tag, Zir};
//!
//! // What an empty file is in 0.14: a struct without fields and declarations.
//! let format = Format::of(Generation::G14);
//! let mut zir = Zir::new(Generation::G14);
//! let payload = zir::payload::StructDecl {
//!     fields_hash_0: 0, fields_hash_1: 0, fields_hash_2: 0, fields_hash_3: 0, src_line: 0, src_column: 0,
//!     src_node: 0,
//! };
//! zir.tags.push(format.tag_byte(Tag::Extended));
//! zir.data.push(Data::extended(format, Extended::StructDecl, 0, 2));
//! zir::Payload::encode(&payload, format, &mut zir.extra);
//!
//! zir::validate(zir.view())?;
//! assert!(zir.view().declarations(Index::MAIN_STRUCT_INST).unwrap().is_empty());
//! let mut text = Vec::new();
//! zir::print(zir.view(), None, &mut text);
//! assert!(text.starts_with(b"%0 = extended(struct_decl(hash("));
//! # Ok::<(), zir::validate::Error>(())
//! ```
//!
//! # Limits
//!
//! Arrays have at most 2³² - 1 elements, as the format does. Those of the printer are in [`limits`].

#[cfg(feature = "cache")]
mod cache;
mod enums;
mod format;
mod header;
mod index;
pub mod inst;
mod iter;
pub mod limits;
mod list;
pub mod map;
mod owned;
pub mod payload;
pub mod print;
mod problem;
pub mod shape;
pub mod small;
mod table;
pub mod validate;
mod view;
mod walk;

#[cfg(feature = "cache")]
pub use cache::{Summary, SummaryImport};
pub use enums::*;
pub use format::Format;
pub use header::{HEADER_LEN, Header, Stat, Truncated, read_entry};
pub use index::{Index, NullTerminatedString, Ref};
pub use inst::{
    Data, DataKind, Extended, ExtendedData, ExtendedOperand, SmallKind, Tag, dead_bytes,
    is_always_void,
};
pub use iter::{CompileError, Import};
pub use list::{Body, FromWord, List, Refs, Strings};
pub use map::{Mapping, map_old_to_new};
pub use owned::Zir;
pub use payload::{Payload, PayloadKind};
pub use print::{Positions, Span, print};
pub use release::{Generation, Release};
pub use small::{
    Capture, DeclarationFlags, DeclarationId, DeclarationKind, DeclarationLinkage, PtrTypeFlags,
    Under,
};
pub use validate::validate;
pub use view::{EXTRA_COMPILE_ERRORS, EXTRA_IMPORTS, EXTRA_RESERVED, Words, ZirRef};
