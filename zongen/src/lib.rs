//! Lowers ZON text to ZOIR, byte for byte as the release of Zig does that the tree is of. With the feature
//! `serde` also typed values from text (`from_str` and its kin), as the release in their options reads them:
//! the newest, if nothing is said.
//!
//! ```
//! use syntax::{Ast, Mode, Release};
//!
//! let tree = Ast::parse(b".{ .name = .example, .version = \"0.1.0\" }", Mode::Zon, Release::NEWEST);
//! let zoir = zongen::generate(&tree, zongen::Options::default());
//! let Some(zoir::Node::Struct(fields)) = zoir.view().root() else { panic!() };
//! assert_eq!(fields.names.get(1), Some(b"version".as_slice()));
//! ```
//!
//! Any text gives a document or errors, in time nearly linear in its length. How deep it may nest is for the
//! parser to say; what comes after it does not recurse.

#![forbid(unsafe_code)]

mod errors;
pub mod fmt;
mod limits;
mod lower;
mod numbers;
mod string_table;
mod strings;
#[cfg(feature = "serde")]
mod typed;

pub use lower::{Options, generate};
pub use strings::{parse_str_lit, str_lit_size_hint};
#[cfg(feature = "serde")]
pub use typed::{from_slice, from_slice_with, from_str, from_str_with, from_zoir};

#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../../zoir/README.md")]
struct ReadMe;
