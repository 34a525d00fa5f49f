//! What maintainers run. Nothing that is shipped depends on this crate, and it depends on everything.
//!
//! The binary `compare` holds our crates against the [`mod@reference`], the released Zig, and measures both;
//! a verb is a file of [`compare`]. The binary `faults` breaks what `zirc check` relies on. [`mutate`] makes
//! broken and unusual sources out of good ones, reproducibly. CONTRIBUTING.md tells how the binaries are
//! called.

mod bench;
pub mod compare;
mod cost;
pub mod faults;
mod generated;
mod growth;
mod limits;
mod machine;
pub mod mutate;
pub mod reference;
mod sizes;
mod zirc;
