//! Zig's concrete syntax: text in, tokens and a flat tree out.
//!
//! The crate reads `.zig` and `.zon` text and gives what the rest of a front end needs of it: the token and
//! node arrays ([`Ast`]), views of nodes with all their parts ([`full`]), the extent of a node in the text,
//! the values of literals, and parse errors with their messages. Token numbers, node numbers and their order,
//! and the errors found, are those of Zig's own parser of the release that was asked for: later stages store
//! them. Tags of tokens, nodes and errors are those of all releases together.
//!
//! It does no I/O, knows nothing of meaning (names, types, values beyond single literals), and does not
//! format or edit text. Comments are kept only as positions between tokens, doc comments as tokens.
//!
//! ```
//! use syntax::{Ast, Mode, NodeTag, Release};
//!
//! let tree = Ast::parse(b"const a = 1 + 2;", Mode::Zig, Release::V0_14_1);
//! assert!(tree.errors.is_empty());
//! let decl = tree.root_decls()[0];
//! assert_eq!(tree.node_tag(decl), NodeTag::SimpleVarDecl);
//! let init = tree.node_data(decl).rhs;
//! assert_eq!(tree.node_tag(init), NodeTag::Add);
//! assert_eq!(tree.token_slice(tree.main_token(init)), b"+");
//! ```
//!
//! Any bytes at all can be parsed: bad ones give errors, never a panic. See [`limits`] for how deep and how
//! long a text may be.

mod ast;
mod blocks;
mod bytes;
mod error_tag;
pub mod extents;
pub mod extra;
mod far_token;
pub mod float_literal;
mod fmt_id;
pub mod full;
pub mod int_literal;
mod keywords;
pub mod limits;
pub mod location;
mod node;
pub mod number_literal;
mod parser;
pub mod plain_number;
pub mod primitives;
mod render_error;
mod spare;
pub mod string_literal;
mod token;
mod token_list;
mod tokenizer;

pub use ast::{Ast, AstError, ErrorExtra, Mode};
pub use error_tag::ErrorTag;
pub use fmt_id::{FmtEscapes, FmtId, fmt_escapes, fmt_id, is_underscore, is_valid_id};
pub use node::{NodeData, NodeTag};
pub use token::TokenTag;
pub use tokenizer::{Token, Tokenizer};

/// The releases of Zig, see [`release`].
pub use release::Release;

/// Index of a token.
pub type TokenIndex = u32;
/// Index of a node; 0 is the root and stands for "none" where a node is optional.
pub type NodeIndex = u32;
/// Offset into the source.
pub type ByteOffset = u32;
/// Index into the extra array.
pub type ExtraIndex = u32;
