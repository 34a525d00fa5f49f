//! AST to ZIR: lowers the flat syntax tree of one `.zig` file to Zig's untyped instruction list.
//!
//! The one entry point is [`generate`]. Its result is identical, in every byte that Zig defines, to what
//! Zig 0.14's own `AstGen` makes of the same source; bytes that Zig leaves undefined are zero here, so the
//! result is a function of the source alone.
//!
//! What this crate does: expressions, statements, declarations and containers, result locations, closures,
//! source hashes, debug statements, and every compile error of this stage with its notes. Errors are part of
//! the result, see [`zir::Zir`]. What it does not do: types, values, name lookup across files; an `@import`
//! is only recorded. It performs no I/O and keeps no state between calls.
//!
//! # How it is laid out
//!
//! Everything is a method of one generator, `gen::AstGen`. Functions keep the names that Zig gives them, in
//! Rust's case, so that a later release can be followed by name. The files split by kind:
//!
//! - machinery: `gen` (the generator), `genzir` and `scope` (records of blocks and scopes, addressed by
//!   index), `emit` (appending instructions), `fixups` (bodies), `result` (result locations), `strings`,
//!   `errors`, `cursor` (source lines), `src_hash`, `rl_annotate` and `classify` (questions asked of the
//!   tree);
//! - declarations: `containers`, `decls`, `fn_proto`;
//! - expressions: `expr` (the dispatch), `blocks`, `vars`, `cond`, `loops`, `ops`, `switch`,
//!   `switch_err_union`, `builtin_fn`, `builtin_call`, `builtins`, `reify`, `calls`, `inits`, `identifiers`,
//!   `literals`, `asm`.
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
pub mod limits;
mod result;
mod scope;
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

pub use r#gen::generate;
