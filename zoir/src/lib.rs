//! The layout of ZOIR, the flat form of a ZON document that Zig's compiler works with and keeps in its cache.
//!
//! The form is the same in all releases of Zig from 0.14.0 to 0.17.1.
//!
//! A document is a list of nodes; the first is the root, and those of one array or struct follow each other.
//! A [`Zoir`] owns its arrays, a [`ZoirRef`] borrows them from bytes that may lie anywhere, such as a file
//! that has been mapped; both are read through the same accessors, and no accessor panics on any bytes.
//! [`validate`] tells whether bytes from elsewhere hold together.
//!
//! The crate makes no ZOIR from text: `zongen` does. It needs no standard library, only `alloc`.
//!
//! ```
//! use zoir::{Node, Tag, Zoir};
//!
//! let mut zoir = Zoir::default();
//! zoir.push_node(Tag::IntLiteralSmall, 7, 1);
//! assert!(zoir::validate(zoir.view()).is_ok());
//! assert!(matches!(zoir.view().root(), Some(Node::Int(7))));
//! ```

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "cache"))]
extern crate std;

mod big_int;
#[cfg(feature = "cache")]
mod cache;
mod decimal;
mod errors;
mod float;
mod header;
pub mod limits;
mod node;
mod owned;
pub mod print;
mod string;
mod tag;
pub mod text;
#[cfg(feature = "serde")]
pub mod typed;
mod validate;
mod view;

pub use big_int::BigInt;
#[cfg(feature = "cache")]
pub use cache::Summary;
pub use errors::{CompileError, INVALID_TOKEN, Note, Place};
pub use float::F128;
pub use header::{HEADER_LEN, Header, Stat, Truncated, read_entry};
pub use node::{Names, Node, NodeIndex, Range, Struct};
pub use owned::Zoir;
pub use print::print;
pub use tag::Tag;
pub use validate::{Error, Problem, validate};
pub use view::ZoirRef;
