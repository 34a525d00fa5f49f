//! AST to ZIR: lowers the flat syntax tree of one `.zig` file to Zig's untyped instruction list.
//!
//! The one entry point is [`generate`]. Its result is identical, in every byte that Zig defines, to what
//! `AstGen` of the release that the tree was parsed as makes of the same source; bytes that Zig leaves
//! undefined are zero here, so the result is a function of source and release alone.
//!
//! What this crate does: expressions, statements, declarations and containers, result locations, closures,
//! source hashes, debug statements, and every compile error of this stage with its notes. Errors are part of
//! the result, see [`zir::Zir`]. What it does not do: types, values, name lookup across files; an `@import`
//! is only recorded. It performs no I/O, and between calls it keeps nothing but room of arrays.
//!
//! # How it is laid out
//!
//! Everything is a method of one generator, `gen::AstGen`. Functions keep the names that Zig gives them, in
//! Rust's case, so that a later release can be followed by name. The files split by kind:
//!
//! - machinery: `gen` (the generator), `genzir` and `scope` (records of blocks and scopes, addressed by
//!   index), `emit` (appending instructions), `fixups` (bodies), `result` (result locations), `strings`,
//!   `errors`, `spare` (what is kept from file to file), `cursor` (source lines), `src_hash`, `rl_annotate`
//!   and `classify` (questions asked of the tree);
//! - declarations: `containers` (those of 0.16 on in its `bodies`), `decls`, `fn_proto`;
//! - expressions: `expr` (the dispatch), `blocks`, `labels`, `vars`, `cond`, `loops`, `ops`, `switch` and
//!   `switch_err_union` (those of 0.16 on in `switch::item_bodies`), `builtin_fn`, `builtin_call`,
//!   `builtins`, `reify` (`@Int` and its like), `calls`, `inits`, `identifiers`, `literals`, `asm`.
//!
//! Where a release does something else, a named rule of it is asked (`rules`, see the crate `release`).
//!
//! # Example
//!
//! ```
//! let tree = syntax::Ast::parse(b"const x = 1;\n", syntax::Mode::Zig, syntax::Release::V0_14_1);
//! let zir = astgen::generate(&tree);
//! assert!(!zir.view().has_compile_errors());
//! ```

mod cursor;
mod emit;
mod errors;
mod fixups;
mod r#gen;
mod genzir;
mod ids;
pub mod limits;
mod result;
mod room;
mod scope;
mod spare;
mod strings;

mod classify;
mod rl_annotate;
mod src_hash;

mod containers;
mod decls;
mod fn_proto;

mod asm;
mod blocks;
mod builtin_call;
mod builtin_fn;
mod builtins;
mod calls;
mod cond;
mod expr;
mod identifiers;
mod inits;
mod labels;
mod literals;
mod loops;
mod ops;
mod reify;
mod switch;
mod switch_err_union;
mod vars;

pub use r#gen::{generate, reuse};
